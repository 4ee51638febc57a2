"""S1: an account's tier by market role, win probability and strategic weight.

Formula: A = role in `tiers.a.market_roles`, win probability >= .60, strategic weight >= 80; B = role in
`tiers.b.market_roles`, win probability >= .30; otherwise C; the highest all of whose criteria hold. Units,
ties, missing values and readings: see the package.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, field_validator, model_validator

from toolkit.base.compare import at_least
from toolkit.base.grid import Grid
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import NOT_ACTIVE, ROLES, A, C

Role = Literal["industry_benchmark", "regional_leader", "long_tail"]


class TierA(Slice):
    """Criteria of tier A (path `tiers.a`)."""

    market_roles: tuple[Role, ...] = setting(("industry_benchmark",), unit="roles", rule="S1")
    min_win_probability: float = setting(0.60, unit="fraction", rule="S1", ge=0, le=1)
    min_strategic_weight: float = setting(80.0, unit="points", rule="S1", ge=0, le=100)


class TierB(Slice):
    """Criteria of tier B (path `tiers.b`)."""

    market_roles: tuple[Role, ...] = setting(("industry_benchmark", "regional_leader"), unit="roles", rule="S1")
    min_win_probability: float = setting(0.30, unit="fraction", rule="S1", ge=0, le=1)


class TierParameters(Slice):
    """Criteria of the tiers and the options against pushing at the lines (path `tiers`).

    Examples
    --------
    >>> TierParameters().departures()
    ()
    >>> TierParameters(a=TierA(market_roles=()), enter_a_after=2).departures()
    ('tiers.a.market_roles', 'tiers.enter_a_after')
    """

    a: TierA = Field(default_factory=TierA)
    b: TierB = Field(default_factory=TierB)
    enter_a_after: int = setting(1, unit="Fridays", rule="S2", ge=1, le=12)
    leave_a_below: float | None = setting(None, unit="fraction", rule="S2", ge=0, le=1)
    stage_caps: dict[int, float] = setting({}, unit="fraction by stage", rule="S2")

    @field_validator("stage_caps")
    @classmethod
    def _known_stages(cls, caps: dict[int, float]) -> dict[int, float]:
        wrong = {stage: cap for stage, cap in caps.items() if not (1 <= stage <= 6 and 0 <= cap <= 1)}
        if wrong:
            raise ValueError(f"stage_caps needs stages 1 to 6 and caps from 0 to 1, not {wrong}")
        return caps

    @model_validator(mode="after")
    def _leave_at_or_below_the_line(self) -> "TierParameters":
        if self.leave_a_below is not None and self.leave_a_below > self.a.min_win_probability:
            raise ValueError("leave_a_below must not lie above a.min_win_probability")
        return self

    def departures(self) -> tuple[str, ...]:
        """Criteria switched off (an empty role list, a minimum of 0) and options that the method does not
        have."""
        off = {
            "tiers.a.market_roles": not self.a.market_roles,
            "tiers.a.min_win_probability": self.a.min_win_probability == 0,
            "tiers.a.min_strategic_weight": self.a.min_strategic_weight == 0,
            "tiers.b.market_roles": not self.b.market_roles,
            "tiers.b.min_win_probability": self.b.min_win_probability == 0,
            "tiers.enter_a_after": self.enter_a_after != 1,
            "tiers.leave_a_below": self.leave_a_below is not None,
            "tiers.stage_caps": bool(self.stage_caps),
        }
        return tuple(code for code, departs in off.items() if departs)


def criteria_tier(
    role_code: ArrayLike,
    win_probability: ArrayLike,
    strategic_weight: ArrayLike,
    parameters: TierParameters,
    *,
    a_line: ArrayLike | None = None,
    b_line: ArrayLike | None = None,
    weight_line: ArrayLike | None = None,
) -> NDArray[np.int8]:
    """S1 by the three criteria alone, as tier codes (int8), for arrays of any shapes that broadcast.

    The lines (win probability of A and of B, strategic weight of A) are the parameters' unless given, as
    numbers or arrays. NaN strategic weight: not A; NaN win probability: C. Source: METHOD.md S1.

    Examples
    --------
    >>> criteria_tier([0, 0, 2], [0.70, 0.60, 0.45], [60, 80, 90], TierParameters()).tolist()
    [1, 0, 2]
    >>> criteria_tier(0, 0.57, 85, TierParameters(), a_line=np.array([0.60, 0.55])).tolist()
    [1, 0]
    """
    a, b = parameters.a, parameters.b
    a_line = a.min_win_probability if a_line is None else a_line
    b_line = b.min_win_probability if b_line is None else b_line
    weight_line = a.min_strategic_weight if weight_line is None else weight_line
    role = np.asarray(role_code)
    heavy = role_passes(role, a.market_roles) & at_least(strategic_weight, weight_line)
    meets_a = heavy & at_least(win_probability, a_line)
    meets_b = role_passes(role, b.market_roles) & at_least(win_probability, b_line)
    tier = C - (meets_a | meets_b).astype(np.int8)  # the codes are 0, 1, 2: one up for either, one more for A
    return np.asarray(tier - meets_a, dtype=np.int8)


def role_passes(role: NDArray[Any], roles: tuple[str, ...]) -> NDArray[np.bool_]:
    """True where a role code is one of `roles`; an empty list switches the criterion off, so that any passes.

    Examples
    --------
    >>> role_passes(np.array([0, 2, -1]), ("industry_benchmark",)).tolist()
    [True, False, False]
    >>> role_passes(np.array([2]), ()).tolist()
    [True]
    """
    if not roles:
        return np.ones_like(role, dtype=bool)
    passes = np.zeros(len(ROLES) + 1, dtype=bool)  # the last one is role -1, unknown
    passes[[ROLES.index(name) for name in roles]] = True
    return passes[role]


def capped_probability(
    win_probability: NDArray[np.float64], stage: NDArray[np.float64], caps: dict[int, float]
) -> NDArray[np.float64]:
    """The stated win probability, not above the cap of its decision stage (1-6); no cap, or no stage: as
    stated.

    Examples
    --------
    >>> capped_probability(np.array([0.8, 0.8, 0.2]), np.array([2.0, np.nan, 2.0]), {2: 0.5}).tolist()
    [0.5, 0.8, 0.2]
    """
    limit = np.array([np.inf, *(caps.get(k, np.inf) for k in range(1, 7))])
    known = np.nan_to_num(stage, nan=0.0).astype(np.int64)
    return np.minimum(win_probability, limit[known])


def a_line_step(
    in_a: ArrayLike, run: ArrayLike, meets: ArrayLike, stays: ArrayLike, enter_after: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """One Friday of `enter_a_after` and `leave_a_below`: (in A now, Fridays running at the line).

    `meets`: A's criteria hold; `stays`: they hold with the leaving line in place of A's. Shapes broadcast.

    Examples
    --------
    >>> in_a, run = a_line_step(False, 0, True, True, 2)
    >>> bool(in_a), int(run)
    (False, 1)
    >>> in_a, run = a_line_step(in_a, run, True, True, 2)
    >>> bool(in_a), int(run)
    (True, 2)
    """
    run = np.where(meets, np.asarray(run) + 1, 0)
    return (np.asarray(in_a) & stays) | (run >= enter_after), run


def effective_probability(grid: Grid, parameters: TierParameters) -> NDArray[np.float64]:
    """The win probability that S1 judges, (W, N): as stated, or capped by stage where `stage_caps` is set."""
    stated = grid["win_probability"]
    if not parameters.stage_caps:
        return stated
    return capped_probability(stated, grid["decision_stage"], parameters.stage_caps)


def criteria_over_weeks(grid: Grid, parameters: TierParameters) -> NDArray[np.int8]:
    """S1 of every Friday, (W, N) tier codes, with the options of `tiers` where set; NOT_ACTIVE where not
    active.

    Grid: active (W, N), role (N,), win_probability, strategic_weight (W, N, carried forward);
    decision_stage too (carried forward) where `stage_caps` is set.
    """
    role, weight, active = grid["role"], grid["strategic_weight"], grid["active"]
    p = effective_probability(grid, parameters)
    tier = criteria_tier(role, p, weight, parameters)
    if parameters.enter_a_after > 1 or parameters.leave_a_below is not None:
        leave = parameters.leave_a_below
        stays = criteria_tier(role, p, weight, parameters, a_line=leave) == A
        otherwise = criteria_tier(role, p, weight, parameters, a_line=np.inf)
        in_a, run = np.zeros(grid.shape[1], dtype=bool), np.zeros(grid.shape[1], dtype=np.int64)
        for w in range(grid.shape[0]):
            meets = (tier[w] == A) & active[w]
            in_a, run = a_line_step(in_a, run, meets, stays[w] & active[w], parameters.enter_a_after)
            tier[w] = np.where(in_a, np.int8(A), otherwise[w])
    tier[~active] = NOT_ACTIVE
    return tier
