"""The product's own Friday over many futures at once: S1, S3 and S6 by the rules' own array cores.

Formula. Tier by the three criteria, with `tiers.enter_a_after` and `leave_a_below` where set; a stalled B is C; the
emerging receive what the demoted release; the resource is divided by tier and weight. Nothing is decided here: every
step is a call of `toolkit.method.tiering.criteria`, `toolkit.method.demotion` or `toolkit.method.allocation`.

Units: win probability 0-1, points 0-100, weeks, shares of the whole resource. Ties, missing values: as in those
rules. Decision stages are not in the forward model: `tiers.stage_caps` is refused (InputError). S2's watch and the
director's own demotions are not in it either.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.base.compare import TOLERANCE
from toolkit.base.errors import InputError
from toolkit.base.tiers import A
from toolkit.language import say
from toolkit.method.allocation import AllocationParameters, divide, weights
from toolkit.method.demotion import EmergingParameters, emerging_weight, stalled
from toolkit.method.tiering.criteria import TierParameters, a_line_step, criteria_tier
from toolkit.parameters import Parameters

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class AtLine:
    """What S1's options at the A line remember of the Friday before: in A, Fridays running at the line."""

    in_a: Flags
    run: NDArray[np.int64]


@dataclass(frozen=True)
class Tiered:
    """One Friday's tiers, (..., N) codes, NOT_ACTIVE where not active; whom S3 demoted; the state at the A line."""

    tier: NDArray[np.int8]
    demoted: Flags
    line: AtLine | None


@dataclass(frozen=True)
class Policy:
    """The rules under one set of parameters, for accounts of fixed role, strategic weight and value index, each (N,).

    Examples
    --------
    >>> of = Policy.of(Parameters(), role=[0, 1], strategic_weight=[90.0, 90.0], value_index=[60.0, 40.0])
    >>> p, all_of = np.array([[0.7, 0.5]]), np.array([[True, True]])
    >>> friday = of.tiers_of(p, stall=np.array([[0, 0]]), active=all_of)
    >>> friday.tier.tolist()
    [[0, 1]]
    >>> of.shares(friday, p, rise=p * 0, new=~all_of)[0].tolist()
    [[0.7, 0.3]]
    """

    tiers: TierParameters
    demotion_weeks: int
    emerging: EmergingParameters
    allocation: AllocationParameters
    role: NDArray[Any]
    strategic_weight: Array
    value_index: Array
    names: NDArray[Any] | None = None

    @classmethod
    def of(
        cls,
        parameters: Parameters,
        *,
        role: Any,
        strategic_weight: Any,
        value_index: Any,
        names: NDArray[Any] | None = None,
        language: str = "zh",
    ) -> "Policy":
        """The policy of the parameters; `names` (N,) ids are needed where floors or caps are set. Raises InputError."""
        check(parameters, language)
        known = (np.asarray(strategic_weight, dtype=float), np.asarray(value_index, dtype=float))
        p = parameters
        return cls(p.tiers, p.demotion.weeks, p.emerging, p.allocation, np.asarray(role), *known, names)

    @property
    def has_line(self) -> bool:
        """Whether an option at the A line is set, so that a Friday depends on the one before."""
        return self.tiers.enter_a_after > 1 or self.tiers.leave_a_below is not None

    def tiers_of(self, p: Array, *, stall: NDArray[Any], active: Flags, line: AtLine | None = None) -> Tiered:
        """S1 and S3: win probabilities p (..., N), weeks without progress so far, who is active.

        `line`: the state of the Friday before, where `has_line`.
        """
        tier = criteria_tier(self.role, p, self.strategic_weight, self.tiers)
        if self.has_line and line is not None:
            tier, line = self._at_line(tier, p, active, line)
        demoted = stalled(tier, stall, self.demotion_weeks) & active
        tier += demoted  # B is 1, C is 2
        tier *= active
        tier -= ~active  # NOT_ACTIVE is -1
        return Tiered(tier, demoted, line)

    def shares(self, friday: Tiered, p: Array, *, rise: Array, new: Flags) -> tuple[Array, Array]:
        """S3's released share and S6: what each account draws of the whole resource (..., N); the reserve (...).

        `rise` of the win probability against the emerging look-back; `new`: young enough, with progress this Friday.
        """
        eligible = (friday.tier > A) & ~friday.demoted
        _, claim = emerging_weight(rise, self.value_index, eligible, new, self.emerging)
        weight = weights(self.value_index, p, self.allocation.inside)
        division = divide(friday.tier, weight, friday.demoted, claim, self.allocation, self.names)
        rest = 1.0 - self.allocation.share_a - self.allocation.share_b
        rest = rest if rest > TOLERANCE else 0.0
        return division.tier + division.emerging, division.reserve_a + division.reserve_b + rest

    def _at_line(
        self, tier: NDArray[np.int8], p: Array, active: Flags, line: AtLine
    ) -> tuple[NDArray[np.int8], AtLine]:
        leave = self.tiers.leave_a_below
        stays = criteria_tier(self.role, p, self.strategic_weight, self.tiers, a_line=leave) == A
        otherwise = criteria_tier(self.role, p, self.strategic_weight, self.tiers, a_line=np.inf)
        enter = self.tiers.enter_a_after
        in_a, run = a_line_step(line.in_a, line.run, (tier == A) & active, stays & active, enter)
        return np.where(in_a, np.int8(A), otherwise), AtLine(in_a, run)


def check(parameters: Parameters, language: str = "zh") -> None:
    """Raise InputError for what the forward model does not have."""
    if parameters.tiers.stage_caps:
        raise InputError(say("forward.stage_caps", language))


def reach(parameters: Parameters) -> tuple[Any, ...]:
    """The settings that the forward model uses: equal ones mean equal futures of the same start.

    Examples
    --------
    >>> reach(Parameters()) == reach(Parameters.read(overrides={"red_alert.fall": 0.08}))
    True
    """
    p = parameters
    return p.tiers, p.demotion.weeks, p.emerging, p.allocation, p.resources[0].weekly_total
