"""S1's margins (QUANT.md, Margins): how far an account is from a line, and how likely next week crosses it.

Formula: m = logit(p) - logit(threshold); chance to cross next week = Phi(-|m| / sd), where sd is the standard
deviation of a week's change of logit(p). From history: Var(change) = sigma^2 + 2 tau^2 and its covariance
at lag 1 = -tau^2, with sigma the movement of the account and tau the noise of the report.

Units: log-odds; chances 0-1; lines shift by percentage points. Ties: none. Missing values: NaN in, NaN out.

Readings.
* What crosses a line is next week's report, so its sd holds both movement and noise: sd^2 = sigma^2 + 2
  tau^2.
* Changes are taken between rows of consecutive Fridays, with p held within .005 to .995 (a log-odds is
  finite there).
* Only lines that would change the tier by criteria are shown: A's where role and weight hold, B's where the
  role does.
* The count of movers re-tiers this Friday alone: options that look back (`enter_a_after`, `leave_a_below`)
  are left out.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr

from toolkit.base.compare import at_least
from toolkit.base.grid import Grid
from toolkit.base.tiers import NOT_ACTIVE, B, C, letters
from toolkit.method.tiering.criteria import TierParameters, criteria_tier, effective_probability, role_passes
from toolkit.method.tiering.friday import Retiering

EDGE = 0.005  # a stated probability is held this far from 0 and 1 when noise is estimated
MIN_CHANGES = 8  # fewer weekly changes do not make an estimate
SHIFTS = tuple(range(-5, 6))  # percentage points


class Noise(NamedTuple):
    """Weekly noise of the log-odds: sd of a week's change, its parts (movement, report), number of
    changes."""

    sd: float
    movement_sd: float
    report_sd: float
    changes: int


def weekly_noise(grid: Grid) -> Noise:
    """Movement and report noise of stated win probabilities, pooled over accounts; NaN below 8 weekly
    changes.

    Grid: win_probability (W, N), has_row (W, N). A positive lag-1 covariance means no report noise (tau =
    0), one below -Var/2 no movement (sigma = 0); sd^2 is the variance of the change itself.
    """
    p = np.where(grid["has_row"], np.clip(grid["win_probability"], EDGE, 1 - EDGE), np.nan)
    change = np.diff(logit(p), axis=0)
    known = change[~np.isnan(change)]
    if len(known) < MIN_CHANGES:
        return Noise(np.nan, np.nan, np.nan, len(known))
    variance = float(known.var())
    both = (change[1:] - known.mean()) * (change[:-1] - known.mean())
    pairs = both[~np.isnan(both)]
    report = min(max(-float(pairs.mean()), 0.0), variance / 2) if len(pairs) else 0.0
    return Noise(variance**0.5, (variance - 2 * report) ** 0.5, report**0.5, len(known))


def weekly_noise_sd(grid: Grid) -> float:
    """The sd of a week's change of logit(win probability); NaN below 8 weekly changes. See `weekly_noise`."""
    return weekly_noise(grid).sd


def margins(
    win_probability: ArrayLike, threshold: ArrayLike, noise_sd: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(m, chance): distance to a line in log-odds, positive above it, and the chance to cross it next week.

    A noise of 0 crosses nothing, but an account exactly on the line has an even chance. Shapes broadcast.

    Examples
    --------
    >>> m, chance = margins([0.5, 0.6, 0.8], 0.6, 0.5)
    >>> m.round(3).tolist(), chance.round(3).tolist()
    ([-0.405, 0.0, 0.981], [0.209, 0.5, 0.025])
    """
    m = np.asarray(logit(np.asarray(win_probability, dtype=float)) - logit(np.asarray(threshold, dtype=float)))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(m == 0, 0.0, np.abs(m) / noise_sd)
    return m, np.where(np.isnan(noise_sd), np.nan, ndtr(-z))


def line_crossings(grid: Grid, outcome: Retiering, parameters: TierParameters, week: int = -1) -> pd.DataFrame:
    """The lines that matter to each active account with a row on or before that Friday.

    Columns: account_id, line ("a" | "b"), threshold, win_probability (as judged: capped where `stage_caps`
    is set), tier (final). A row where crossing the line alone would change the tier by criteria.
    """
    w = range(grid.shape[0])[week]
    role, p = grid["role"], effective_probability(grid, parameters)[w]
    judged = (outcome.tier[w] != NOT_ACTIVE) & ~np.isnan(p)
    heavy = at_least(grid["strategic_weight"][w], parameters.a.min_strategic_weight)
    matters = {
        "a": judged & role_passes(role, parameters.a.market_roles) & heavy,
        "b": judged & role_passes(role, parameters.b.market_roles),
    }
    lines = {"a": parameters.a.min_win_probability, "b": parameters.b.min_win_probability}
    parts = [
        pd.DataFrame(
            {
                "account_id": grid.accounts[on],
                "line": line,
                "threshold": lines[line],
                "win_probability": p[on],
                "tier": letters(outcome.tier[w, on]),
            }
        )
        for line, on in matters.items()
    ]
    return pd.concat(parts, ignore_index=True).astype({"account_id": "str", "line": "str", "tier": "str"})


def near_lines(
    grid: Grid,
    outcome: Retiering,
    parameters: TierParameters,
    noise_sd: float,
    *,
    within: float = 2.0,
    week: int = -1,
) -> pd.DataFrame:
    """Accounts within `within` noise sd of a line, the nearest first on each line (ties by id).

    Columns: account_id, line, threshold, win_probability, tier, margin (log-odds), chance_to_cross, low,
    high (the win probability one noise sd down and up). Empty where the noise cannot be told (NaN).
    """
    frame = line_crossings(grid, outcome, parameters, week)
    p = frame["win_probability"].to_numpy(dtype=float)
    margin, chance = margins(p, frame["threshold"].to_numpy(dtype=float), noise_sd)
    frame = frame.assign(
        margin=margin,
        chance_to_cross=chance,
        low=expit(logit(p) - noise_sd),
        high=expit(logit(p) + noise_sd),
        distance=np.abs(margin),
    )
    near = frame[frame["distance"] <= within * noise_sd + 1e-9]
    ordered = near.sort_values(["line", "distance", "account_id"], ignore_index=True)
    return ordered.drop(columns="distance")


def moves_if_line_moves(
    grid: Grid, outcome: Retiering, parameters: TierParameters, *, stall_weeks: int, week: int = -1
) -> pd.DataFrame:
    """How many final tiers differ from today's criteria if one line moves by -5 to 5 percentage points.

    Columns: line ("a" | "b"), shift (points), threshold, moves, up, down, accounts (ids joined by ";"). A B
    account with `stall_weeks` weeks without progress is C (S3). Shift 0 moves nobody.
    """
    w = range(grid.shape[0])[week]
    active = outcome.tier[w] != NOT_ACTIVE
    idle = outcome.weeks_without_progress[w] >= stall_weeks
    role, p = grid["role"], effective_probability(grid, parameters)[w]
    weight = grid["strategic_weight"][w]

    def final(a_line: ArrayLike, b_line: ArrayLike) -> NDArray[np.int8]:
        tier = criteria_tier(role, p, weight, parameters, a_line=a_line, b_line=b_line)
        return np.where((tier == B) & idle, np.int8(C), tier)

    a, b = parameters.a.min_win_probability, parameters.b.min_win_probability
    now = final(a, b)
    steps = np.array(SHIFTS)[:, None] / 100
    rows = []
    for line, threshold, moved in (("a", a, final(a + steps, b)), ("b", b, final(a, b + steps))):
        up, down = active & (moved < now), active & (moved > now)
        for k, shift in enumerate(SHIFTS):
            names = ";".join(grid.accounts[up[k] | down[k]].tolist())
            counts = (int(up[k].sum() + down[k].sum()), int(up[k].sum()), int(down[k].sum()))
            rows.append((line, shift, threshold + shift / 100, *counts, names))
    return pd.DataFrame(rows, columns=["line", "shift", "threshold", "moves", "up", "down", "accounts"])
