"""S2: the tiers of every Friday, with watch, staleness and reasons; tiers.csv and what follows from the
signals.

Formula: on watch = competitive posture < 30 or consumption ratio > 2.0, where ratio_i = (cost_i / sum cost) /
(value_i / sum value) over active accounts with a row this Friday. Units, ties, missing values, readings:
see the package.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import field_validator

from toolkit.base.compare import above, at_least, below
from toolkit.base.grid import Grid, running_since
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import NOT_ACTIVE, A, B, C, letters
from toolkit.method.tiering.criteria import (
    TierParameters,
    criteria_over_weeks,
    effective_probability,
    role_passes,
)

REASONS: Final = (
    "market_role",
    "win_probability",
    "strategic_weight",
    "stalled_b",
    "watch",
    "stale",
    "cannot_judge",
)


class RetieringParameters(Slice):
    """The Friday signals and their limits (path `retiering`)."""

    min_posture: float = setting(30.0, unit="points", rule="S2", ge=0, le=100)
    max_consumption_ratio: float = setting(2.0, unit="ratio", rule="S2", gt=0)
    proposal_after: int = setting(2, unit="Fridays", rule="S2", ge=1, le=12)
    stale_after_a: int = setting(1, unit="weeks", rule="S2", ge=0, le=52)
    stale_after_b: int = setting(2, unit="weeks", rule="S2", ge=0, le=52)
    stale_after_c: int = setting(4, unit="weeks", rule="S2", ge=0, le=52)
    cut_off: str = setting("18:00", unit="time on Friday", rule="S2")

    @field_validator("cut_off")
    @classmethod
    def _a_time(cls, text: str) -> str:
        hour, _, minute = text.partition(":")
        if not (len(text) == 5 and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
            raise ValueError(f"cut_off is {text!r}; write it as 18:00")
        return text

    def departures(self) -> tuple[str, ...]:
        """A minimum posture of 0 switches that signal off."""
        return ("retiering.min_posture",) if self.min_posture == 0 else ()


def consumption_ratio(cost: ArrayLike, value_index: ArrayLike, counted: ArrayLike) -> NDArray[np.float64]:
    """S2's ratio: share of cost over share of value index among the `counted` of the last axis; 1 is fair.

    Blank cost or value counts 0. NaN (not defined) where not counted, where the value is 0, or where nobody
    has cost.

    Examples
    --------
    >>> consumption_ratio([300.0, 100.0, 0.0], [50.0, 50.0, 100.0], [True, True, True]).tolist()
    [3.0, 1.0, 0.0]
    >>> consumption_ratio([0.0, 0.0], [50.0, 50.0], [True, True]).tolist()
    [nan, nan]
    """
    counted = np.asarray(counted, dtype=bool)
    cost, value = np.asarray(cost, dtype=float), np.asarray(value_index, dtype=float)
    cost = np.where(counted & ~np.isnan(cost), cost, 0.0)
    value = np.where(counted & ~np.isnan(value), value, 0.0)
    total_cost, total_value = cost.sum(axis=-1, keepdims=True), value.sum(axis=-1, keepdims=True)
    defined = counted & (value > 0) & (total_cost > 0)
    fair = total_cost * value
    return np.divide(cost * total_value, fair, out=np.full(fair.shape, np.nan), where=defined)


@dataclass(frozen=True)
class Retiering:
    """Every Friday's outcome as (W, N) arrays: tier and criteria_tier are codes (NOT_ACTIVE where not
    active), consumption_ratio is NaN where not defined, weeks_without_progress is S3's count, the rest is
    true or false."""

    tier: NDArray[np.int8]
    criteria_tier: NDArray[np.int8]
    demoted: NDArray[np.bool_]
    weeks_without_progress: NDArray[np.int64]
    on_watch: NDArray[np.bool_]
    low_posture: NDArray[np.bool_]
    high_ratio: NDArray[np.bool_]
    consumption_ratio: NDArray[np.float64]
    stale: NDArray[np.bool_]
    cannot_judge: NDArray[np.bool_]
    lowered: NDArray[np.bool_]


def retier(
    grid: Grid,
    weeks_without_progress: NDArray[np.int64],
    stalled: NDArray[np.bool_],
    parameters: TierParameters,
    retiering: RetieringParameters,
) -> Retiering:
    """S2: the tier in force on every Friday, with the signals that accompany it.

    Grid, (W, N) unless said: active, has_row, weeks_since_row (NaN before the first row), role (N,),
    win_probability, strategic_weight, value_index, competitive_posture (carried forward), resource_cost (this
    week's only). `stalled` is S3's mark of B accounts (tier by criteria), which makes them C. Rule S2.

    Examples
    --------
    >>> one = {"win_probability": 0.5, "strategic_weight": 70, "value_index": 60, "competitive_posture": 25,
    ...        "resource_cost": 100, "weeks_since_row": 0}
    >>> values = {name: np.array([[float(x)]]) for name, x in one.items()}
    >>> true = np.array([[True]])
    >>> values |= {"active": true, "has_row": true, "role": np.array([1], dtype=np.int8)}
    >>> grid = Grid(np.array(["2026-11-20"], dtype="datetime64[D]"), np.array(["A1"]), values)
    >>> count = np.array([[2]])
    >>> outcome = retier(grid, count, count >= 2, TierParameters(), RetieringParameters())
    >>> letters(outcome.tier).tolist(), letters(outcome.criteria_tier).tolist(), outcome.on_watch.tolist()
    ([['C']], [['B']], [[True]])
    """
    active, has_row, age = grid["active"], grid["has_row"], grid["weeks_since_row"]
    by_criteria = criteria_over_weeks(grid, parameters)
    demoted = (by_criteria == B) & stalled
    tier = np.where(demoted, np.int8(C), by_criteria)
    ratio = consumption_ratio(grid["resource_cost"], grid["value_index"], active & has_row)
    low = active & below(grid["competitive_posture"], retiering.min_posture)
    high = above(ratio, retiering.max_consumption_ratio)
    no_weight = (by_criteria == B) & ~demoted & np.isnan(grid["strategic_weight"])
    return Retiering(
        tier=tier,
        criteria_tier=by_criteria,
        demoted=demoted,
        weeks_without_progress=weeks_without_progress,
        on_watch=low | high,
        low_posture=low,
        high_ratio=high,
        consumption_ratio=ratio,
        stale=_stale(age, tier, retiering),
        cannot_judge=active & (np.isnan(age) | no_weight),
        lowered=np.zeros(tier.shape, dtype=bool),
    )


def with_confirmed(
    outcome: Retiering,
    confirmed: NDArray[np.bool_],
    weeks_since_row: NDArray[np.float64],
    retiering: RetieringParameters,
) -> Retiering:
    """S2: the outcome with the demotions that the director confirmed: A becomes B, B becomes C; C stays.

    `confirmed` (W, N): the Fridays on which a confirmed proposal holds. `weeks_since_row` as in the grid.

    Examples
    --------
    >>> no = np.zeros((2, 1), dtype=bool)
    >>> tier, age = np.zeros((2, 1), dtype=np.int8), np.zeros((2, 1))
    >>> before = Retiering(tier, tier, no, age, ~no, ~no, no, age, no, no, no)
    >>> after = with_confirmed(before, np.array([[False], [True]]), age, RetieringParameters())
    >>> letters(after.tier).ravel().tolist(), after.lowered.ravel().tolist()
    (['A', 'B'], [False, True])
    """
    lowered = confirmed & ((outcome.tier == A) | (outcome.tier == B))
    tier = np.where(lowered, outcome.tier + np.int8(1), outcome.tier)
    return replace(outcome, tier=tier, lowered=lowered, stale=_stale(weeks_since_row, tier, retiering))


def _stale(
    weeks_since_row: NDArray[np.float64], tier: NDArray[np.int8], retiering: RetieringParameters
) -> NDArray[np.bool_]:
    # the last limit is NOT_ACTIVE's, code -1
    limit = np.array([retiering.stale_after_a, retiering.stale_after_b, retiering.stale_after_c, np.inf])
    return np.asarray(weeks_since_row > limit[tier])


def tier_table(grid: Grid, outcome: Retiering, parameters: TierParameters, week: int = -1) -> pd.DataFrame:
    """tiers.csv of one Friday: its active accounts by id, with reasons and the single gap to the tier above.

    Columns: week_ending, account_id, previous_tier (of the Friday before; empty: it had none), tier,
    criteria_tier, reason (codes of REASONS joined by ";"), weeks_without_progress, win_probability (as
    stated), strategic_weight, value_index, resource_consumption_ratio, on_watch, next_tier_gap (0-1 for
    probability, points for weight; NaN unless exactly one criterion of the tier above failed and is a
    number). Rules S1, S2, S3.
    """
    w = range(grid.shape[0])[week]
    on = np.flatnonzero(outcome.tier[w] != NOT_ACTIVE)
    before = outcome.tier[w - 1] if w > 0 else np.full(grid.shape[1], NOT_ACTIVE)
    failed, gap = _failed(grid, outcome, parameters, w)
    frame = {
        "week_ending": np.full(len(on), grid.weeks[w].astype("datetime64[us]")),
        "account_id": grid.accounts[on],
        "previous_tier": letters(before[on]),
        "tier": letters(outcome.tier[w, on]),
        "criteria_tier": letters(outcome.criteria_tier[w, on]),
        "reason": _joined(failed[:, on]),
        "weeks_without_progress": outcome.weeks_without_progress[w, on],
        "win_probability": grid["win_probability"][w, on],
        "strategic_weight": grid["strategic_weight"][w, on],
        "value_index": grid["value_index"][w, on],
        "resource_consumption_ratio": outcome.consumption_ratio[w, on],
        "on_watch": outcome.on_watch[w, on],
        "next_tier_gap": gap[on],
    }
    text = dict.fromkeys(("account_id", "previous_tier", "tier", "criteria_tier", "reason"), "str")
    return pd.DataFrame(frame).astype(text)


def _failed(
    grid: Grid, outcome: Retiering, parameters: TierParameters, w: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(codes of REASONS x accounts, true where the code applies; the gap), for the Friday of index w."""
    a, b = parameters.a, parameters.b
    role, weight = grid["role"], grid["strategic_weight"][w]
    p = effective_probability(grid, parameters)[w]
    demoted = outcome.demoted[w]
    to_a, to_b = outcome.tier[w] == B, (outcome.tier[w] == C) & ~demoted
    wrong_role = np.where(to_a, ~role_passes(role, a.market_roles), to_b & ~role_passes(role, b.market_roles))
    line = np.where(to_a, a.min_win_probability, b.min_win_probability)
    low_p = (to_a | to_b) & ~at_least(p, line)
    low_weight = to_a & ~at_least(weight, a.min_strategic_weight)
    waiting = to_a & ~(wrong_role | low_p | low_weight) & ~outcome.lowered[w]
    count = wrong_role.astype(int) + low_p + low_weight
    gap = np.where(low_p, line - p, np.where(low_weight, a.min_strategic_weight - weight, np.nan))
    codes = [
        wrong_role,
        (low_p & ~np.isnan(p)) | waiting,
        low_weight & ~np.isnan(weight),
        demoted,
        outcome.on_watch[w],
        outcome.stale[w],
        outcome.cannot_judge[w],
    ]
    return np.array(codes), np.where(count == 1, gap, np.nan)


def _joined(applies: NDArray[np.bool_]) -> NDArray[Any]:
    """Codes x accounts as texts joined by ";" in the order of REASONS."""
    mask = (applies * (1 << np.arange(len(REASONS)))[:, None]).sum(axis=0)
    kinds, where = np.unique(mask, return_inverse=True)
    texts = [";".join(code for k, code in enumerate(REASONS) if kind >> k & 1) for kind in kinds]
    return np.array(texts, dtype=object)[where]


def watch_proposals(grid: Grid, outcome: Retiering, retiering: RetieringParameters, week: int = -1) -> pd.DataFrame:
    """S2's demotion proposals: A and B accounts on watch for `proposal_after` Fridays running or more, this
    one too.

    Columns: account_id, tier, since (first Friday of the running spell), fridays (its length), low_posture,
    high_ratio (this Friday's signals), posture, ratio. By account id; empty where there is none.
    """
    w = range(grid.shape[0])[week]
    first = running_since(outcome.on_watch[: w + 1])
    fridays = w + 1 - first
    has_lower = (outcome.tier[w] == A) | (outcome.tier[w] == B)
    on = np.flatnonzero((fridays >= retiering.proposal_after) & has_lower)
    frame = {
        "account_id": grid.accounts[on],
        "tier": letters(outcome.tier[w, on]),
        "since": grid.weeks[first[on]].astype("datetime64[us]"),
        "fridays": fridays[on],
        "low_posture": outcome.low_posture[w, on],
        "high_ratio": outcome.high_ratio[w, on],
        "posture": grid["competitive_posture"][w, on],
        "ratio": outcome.consumption_ratio[w, on],
    }
    return pd.DataFrame(frame).astype({"account_id": "str", "tier": "str"})


def not_submitted(grid: Grid, outcome: Retiering, week: int = -1) -> pd.DataFrame:
    """Active accounts without a row this Friday: what was not submitted by the cut-off (S2).

    Columns: account_id, tier, weeks_without_row (NaN: never had one), stale. By account id.
    """
    w = range(grid.shape[0])[week]
    on = np.flatnonzero((outcome.tier[w] != NOT_ACTIVE) & ~grid["has_row"][w])
    frame = {
        "account_id": grid.accounts[on],
        "tier": letters(outcome.tier[w, on]),
        "weeks_without_row": grid["weeks_since_row"][w, on],
        "stale": outcome.stale[w, on],
    }
    return pd.DataFrame(frame).astype({"account_id": "str", "tier": "str"})
