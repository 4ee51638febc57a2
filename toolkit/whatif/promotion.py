"""What would have to change for an account to be A, and who stands near a line (S1-S3, QUANT.md Margins).

Formula: gap = needed - now for each criterion of tier A that an account misses this Friday; all of them together, and
nothing else, make it A. The chance is that of next week's stated probability to cross A's line: Phi(-|m| / sd), m =
logit(p) - logit(line), sd the team's weekly noise.

Criteria: market_role (no number), win_probability (0-1), strategic_weight (0-100); with the options of `tiers`,
decision_stage (1-6: the lowest later stage whose cap lets the probability reach the line) and fridays_at_line
(`enter_a_after`); watch where a demotion that the director confirmed holds it down, until its spell on watch ends.

Missing values: a missing probability or weight is a criterion missed, with now, gap and chance NaN.

Readings. A stall is no criterion of A: S3 demotes B accounts, and who meets A's criteria is A at once, so a stalled B
is told by `stalled_b` on the way to B alone. Reachable is what the account or the director can change; its role in the
market is not, nor a stage where every later one is capped below the line too.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import at_least
from toolkit.base.grid import Grid, running_since
from toolkit.base.tiers import A, letters
from toolkit.method.tiering import Retiering, TierParameters, criteria_tier, margins, weekly_noise_sd
from toolkit.method.tiering.criteria import effective_probability, role_passes
from toolkit.state.weekly_state import WeekState

COLUMNS: Final = ("account_id", "tier", "criterion", "now", "needed", "gap", "reachable", "chance_next_week")
CRITERIA: Final = ("market_role", "win_probability", "decision_stage", "strategic_weight", "fridays_at_line", "watch")
_STAGES: Final = range(1, 7)


def to_be_a(state: WeekState) -> pd.DataFrame:
    """What each active account outside A would have to change to be A on the state's Friday.

    Columns: account_id, tier, criterion (code of CRITERIA), now, needed, gap (NaN where no number), reachable,
    chance_next_week (0-1, of win_probability alone). A row a missed criterion; by account id, then as in CRITERIA.
    """
    grid = state.portfolio.grid
    return missed_for_a(grid, state.portfolio.tiers, state.parameters.tiers, weekly_noise_sd(grid))


def near(state: WeekState) -> pd.DataFrame:
    """Accounts near a line with their chance to cross it next week, as `tiering.near_lines` gives them."""
    return state.near


def missed_for_a(grid: Grid, outcome: Retiering, parameters: TierParameters, noise_sd: float) -> pd.DataFrame:
    """The frame of `to_be_a` for the last Friday of a grid (as `retier` takes it) and its outcome.

    Examples
    --------
    >>> from toolkit.method.tiering import RetieringParameters, retier
    >>> one = {"win_probability": 0.5, "strategic_weight": 84.0, "value_index": 60.0, "competitive_posture": 50.0,
    ...        "resource_cost": 100.0, "weeks_since_row": 0.0}
    >>> values = {name: np.array([[x]]) for name, x in one.items()}
    >>> true = np.array([[True]])
    >>> values |= {"active": true, "has_row": true, "role": np.array([0], dtype=np.int8)}
    >>> grid = Grid(np.array(["2026-11-20"], dtype="datetime64[D]"), np.array(["A1"]), values)
    >>> outcome = retier(grid, np.array([[0]]), ~true, TierParameters(), RetieringParameters())
    >>> missed_for_a(grid, outcome, TierParameters(), 0.4).round(3).values.tolist()
    [['A1', 'B', 'win_probability', 0.5, 0.6, 0.1, True, 0.155]]
    """
    a = parameters.a
    stated, weight = grid["win_probability"][-1], grid["strategic_weight"][-1]
    judged = effective_probability(grid, parameters)[-1]
    blank = np.full(grid.shape[1], np.nan)
    stage, allowed, capped = _stages(grid, parameters)
    run = _fridays_at_line(grid, parameters)
    waits = (parameters.enter_a_after > 1) & (outcome.criteria_tier[-1] != A)
    missed: dict[str, tuple[NDArray[Any], NDArray[Any], Any]] = {
        "market_role": (~role_passes(grid["role"], a.market_roles), blank, np.nan),
        "win_probability": (~at_least(stated, a.min_win_probability), stated, a.min_win_probability),
        "decision_stage": (capped, stage, allowed),
        "strategic_weight": (~at_least(weight, a.min_strategic_weight), weight, a.min_strategic_weight),
        "fridays_at_line": (waits, run, parameters.enter_a_after),
        "watch": (outcome.lowered[-1], blank, np.nan),
    }
    reachable = {"market_role": np.zeros(grid.shape[1], dtype=bool), "decision_stage": ~np.isnan(allowed)}
    _, chance = margins(judged, a.min_win_probability, noise_sd)
    below = outcome.tier[-1] > A
    parts = []
    for place, code in enumerate(CRITERIA):
        misses, now, needed = missed[code]
        on = np.flatnonzero(below & misses)
        part = {
            "account_id": grid.accounts[on],
            "tier": letters(outcome.tier[-1, on]),
            "criterion": code,
            "now": now[on].astype(float),
            "needed": np.broadcast_to(np.asarray(needed, dtype=float), blank.shape)[on],
            "reachable": reachable.get(code, np.ones(len(blank), dtype=bool))[on],
            "chance_next_week": (chance if code == "win_probability" else blank)[on],
            "place": place,
        }
        parts.append(pd.DataFrame(part))
    frame = pd.concat(parts, ignore_index=True).sort_values(["account_id", "place"], ignore_index=True)
    frame = frame.assign(gap=frame["needed"] - frame["now"])
    return frame[list(COLUMNS)].astype(dict.fromkeys(COLUMNS[:3], "str"))


def _stages(grid: Grid, parameters: TierParameters) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]:
    """(stage now, the lowest later stage at which A's line can be stated, whether today's cap lies below it)."""
    if not parameters.stage_caps:
        blank = np.full(grid.shape[1], np.nan)
        return blank, blank, np.zeros(grid.shape[1], dtype=bool)
    stage, caps = grid["decision_stage"][-1], parameters.stage_caps
    open_ = [k for k in _STAGES if at_least(caps.get(k, np.inf), parameters.a.min_win_probability)]
    later = np.array([[k if k > now else np.nan for k in open_] or [np.nan] for now in stage])
    known = np.isin(stage, list(_STAGES))
    return stage, np.fmin.reduce(later, axis=1), known & ~np.isin(stage, open_)


def _fridays_at_line(grid: Grid, parameters: TierParameters) -> NDArray[np.int64]:
    """How many Fridays running up to the last one each account met A's three criteria, (N,)."""
    p = effective_probability(grid, parameters)
    meets = criteria_tier(grid["role"], p, grid["strategic_weight"], parameters) == A
    return grid.shape[0] - running_since(meets & grid["active"])
