"""S6: every discretionary resource goes 70 % to A and 30 % to B; C draws none.

Order: the pools are split, an empty tier's pool stays as a reserve or goes over to the other tier, each
pool is divided inside its tier by a weight, and the parts are made whole. Weights: `equal` 1; `value` the
value index v; `expected_value` v p (p the win probability); `optimal` maximises sum v p(1 - p) x/(kappa +
x), with kappa = `half_effect` times an even part of the pool. A share is of the whole resource before
rounding, an amount after.

*Released* (S3) is what the demoted accounts would draw were they B: their part of the B pool divided over B
and the demoted together. It goes to the emerging accounts in proportion to their weight; with none, it
stays in the B pool. An account that is both B and emerging has a row in each pool.

Whole units go by largest remainder over all rows of a resource, the reserve included (`optimal`: over the
pools, then by marginal value inside each), so they add up to the weekly total; limits then hold to within
one unit.

Ties: by account id, the reserve last. Missing values: a blank number counts 0; where a tier's weights are
all 0 or missing, its accounts draw evenly.

Readings: `limited` (C) is none, its routine contact is outside; limits are shares of the pool that the tier
has by the plan, before S3 takes from it, and count only while the account is in A or B (a demoted one
brings its cap to the released share, not its floor); a pool spills only to a tier that has accounts; what
share_a and share_b leave over is a reserve of no pool.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import field_validator, model_validator

from toolkit.base.apportion import largest_remainder, optimal, proportional, whole_optimal
from toolkit.base.compare import TOLERANCE
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import A, B, letters, tier_codes

Array = NDArray[np.float64]
Inside = Literal["equal", "value", "expected_value", "optimal"]

COLUMNS = ("resource", "account_id", "tier", "pool", "share", "amount")
POOLS = ("a", "b", "emerging", "")


class AllocationParameters(Slice):
    """How a resource is divided (S6)."""

    share_a: float = setting(0.70, unit="fraction", rule="S6", ge=0, le=1)
    share_b: float = setting(0.30, unit="fraction", rule="S6", ge=0, le=1)
    inside: Inside = setting("expected_value", unit="choice", rule="S6")
    empty_tier: Literal["reserve", "spill"] = setting("reserve", unit="choice", rule="S6")
    floors: dict[str, float] = setting({}, unit="fraction of the pool by account", rule="S6")
    caps: dict[str, float] = setting({}, unit="fraction of the pool by account", rule="S6")
    half_effect: float = setting(1.5, unit="even parts of the pool", rule="S6", gt=0, le=100)

    @field_validator("floors", "caps")
    @classmethod
    def _fractions(cls, limits: dict[str, float]) -> dict[str, float]:
        wrong = {name: limit for name, limit in limits.items() if not 0 <= limit <= 1}
        if wrong:
            raise ValueError(f"limits are fractions of the pool, 0 to 1: {wrong}")
        return limits

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.share_a + self.share_b > 1 + TOLERANCE:
            raise ValueError(f"share_a {self.share_a:g} and share_b {self.share_b:g} are more than the whole")
        return self

    def departures(self) -> tuple[str, ...]:
        """Less than all for A and B, or more for B than for A, leaves the core of 70/30."""
        found = (
            ("allocation.undistributed", self.share_a + self.share_b < 1 - TOLERANCE),
            ("allocation.not_concentrated", self.share_a < self.share_b - TOLERANCE),
        )
        return tuple(code for code, departs in found if departs)


class Resource(Slice):
    """A discretionary resource of the week (S6)."""

    name: str = setting("budget", unit="name", rule="S6")
    unit: str = setting("CNY", unit="name", rule="S6")
    weekly_total: float = setting(400_000.0, unit="units a week", rule="S6", ge=0)
    whole: bool = setting(False, unit="yes or no", rule="S6")

    @model_validator(mode="after")
    def _whole_total(self) -> Self:
        if self.whole and self.weekly_total != round(self.weekly_total):
            raise ValueError(f"{self.name}: {self.weekly_total:g} cannot be handed out in whole units")
        return self


DEFAULT_RESOURCES = (
    Resource(),
    Resource(name="person_days", unit="person_days", weekly_total=60.0, whole=True),
)


@dataclass(frozen=True)
class Division:
    """Shares of a resource: `tier` (..., N) what A and B accounts draw from their own pools, `emerging`
    (..., N) what comes from S3's released share, and (...) the reserves of the two pools."""

    tier: Array
    emerging: Array
    reserve_a: Array
    reserve_b: Array


def weights(value_index: ArrayLike, win_probability: ArrayLike, inside: Inside) -> Array:
    """What an account's part is in proportion to (S6), elementwise; for `optimal`, its marginal value.

    value_index 0-100, win_probability 0-1; missing counts 0.

    Examples
    --------
    >>> weights([50.0, 80.0, 60.0], [0.5, 0.25, float("nan")], "expected_value").tolist()
    [25.0, 20.0, 0.0]
    """
    v, p = _filled(value_index), _filled(win_probability)
    match inside:
        case "equal":
            return np.ones(np.broadcast_shapes(v.shape, p.shape))
        case "value":
            return np.broadcast_to(v, np.broadcast_shapes(v.shape, p.shape))
        case "expected_value":
            return np.asarray(v * p)
        case "optimal":
            return np.asarray(v * p * (1 - p))


def _filled(values: ArrayLike) -> Array:
    """The numbers, 0 where missing; they themselves if none is."""
    known = np.asarray(values, dtype=float)
    return np.nan_to_num(known) if np.isnan(known).any() else known


def divide(
    tier: ArrayLike,
    weight: ArrayLike,
    demoted: ArrayLike,
    emerging_weight: ArrayLike,
    parameters: AllocationParameters,
    names: NDArray[Any] | None = None,
) -> Division:
    """Shares of a resource (S6), broadcasting over leading axes (paths).

    tier (..., N) codes; weight (..., N) from `weights`; demoted (..., N) bool; emerging_weight (..., N), 0
    where not emerging; names (N,) account ids, needed for floors and caps only. All shares add up to
    share_a + share_b. Raises InputError where limits cannot all hold.

    Examples
    --------
    A: 40 and 30; B: 20 and a demoted 10 whose part, 0.3 x 10/30, goes to the emerging last account.

    >>> codes, none = [0, 0, 1, 2, 2], [False] * 5
    >>> d = divide(codes, [40.0, 30, 20, 10, 5], [*none[:3], True, False], [0.0, 0, 0, 0, 7],
    ...            AllocationParameters())
    >>> d.tier.round(3).tolist(), d.emerging.round(3).tolist()
    ([0.4, 0.3, 0.2, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.1])
    """
    code, w = np.broadcast_arrays(np.asarray(tier), np.asarray(weight, dtype=float))
    in_a, in_b = code == A, code == B
    out = np.broadcast_to(np.asarray(demoted, dtype=bool), code.shape) & ~in_b & ~in_a
    claim = np.broadcast_to(np.asarray(emerging_weight, dtype=float), code.shape)
    new = claim > 0
    any_a, any_b, any_new = in_a.any(axis=-1), in_b.any(axis=-1), new.any(axis=-1)
    b_used = any_b | (out.any(axis=-1) & any_new)
    size_a, size_b = _sizes(any_a, any_b, b_used, parameters)
    low, high = _limits(names, parameters)
    part_a = _inside(w, size_a, in_a, parameters, low, high, names)
    asking = in_b | (out & np.asarray(any_new)[..., None])
    part_b = _inside(w, size_b, asking, parameters, np.where(in_b, low, 0.0), high, names)
    freed = part_b * out
    part_a += part_b  # nobody is in both
    part_a -= freed
    return Division(
        tier=part_a,
        emerging=proportional(claim, freed.sum(axis=-1), members=new),
        reserve_a=np.where(any_a, 0.0, size_a),
        reserve_b=np.where(b_used, 0.0, size_b),
    )


def _sizes(
    any_a: NDArray[np.bool_],
    any_b: NDArray[np.bool_],
    b_used: NDArray[np.bool_],
    parameters: AllocationParameters,
) -> tuple[Array, Array]:
    """The two pools, after an empty tier's went over to the other one under `spill`."""
    spill = parameters.empty_tier == "spill"
    to_a, to_b = spill & any_a & ~b_used, spill & any_b & ~any_a
    a, b = parameters.share_a, parameters.share_b
    return np.where(to_b, 0.0, a + np.where(to_a, b, 0.0)), np.where(to_a, 0.0, b + np.where(to_b, a, 0.0))


def _limits(names: NDArray[Any] | None, parameters: AllocationParameters) -> tuple[Any, Any]:
    """Floors and caps by name, as shares of a pool; without any, 0 and infinity."""
    if names is None or not (parameters.floors or parameters.caps):
        return 0.0, np.inf
    low = np.array([parameters.floors.get(str(name), 0.0) for name in names])
    return low, np.array([parameters.caps.get(str(name), np.inf) for name in names])


def _inside(
    w: Array,
    size: Array,
    members: NDArray[np.bool_],
    parameters: AllocationParameters,
    low: Any,
    high: Any,
    names: NDArray[Any] | None,
) -> Array:
    """A pool of `size` divided among its members; limits are fractions of it."""
    limited = bool(parameters.floors or parameters.caps)
    if not limited and parameters.inside != "optimal":
        return proportional(w, size, members=members)
    whole = np.ones_like(size)
    limits: dict[str, Any] = {}
    if limited:
        limits = {"low": low, "high": high, "names": None if names is None else list(names)}
    if parameters.inside == "optimal":
        part = optimal(w, _kappa(whole, members, parameters), whole, members=members, **limits)
    else:
        part = proportional(w, whole, members=members, **limits)
    return part * size[..., None]


def _kappa(size: Array, members: NDArray[np.bool_], parameters: AllocationParameters) -> Array:
    """The amount with half the effect: `half_effect` even parts of the pool, (..., 1)."""
    even = size / np.maximum(members.sum(axis=-1), 1)
    return np.where(even > 0, parameters.half_effect * even, 1.0)[..., None]


def allocate(frame: pd.DataFrame, resources: tuple[Resource, ...], parameters: AllocationParameters) -> pd.DataFrame:
    """The rows of allocation.csv (S6): every resource, by pool and account, with the reserves.

    frame: account_id, tier (A, B, C), value_index (0-100), win_probability (0-1), demoted (bool),
    emerging_weight (0: not emerging); one row an active account, in any order. Result: resource (in the
    given order), account_id, tier, pool (a, b, emerging), share of the whole resource, amount in its unit;
    by resource, pool, account, the reserves (empty account_id and tier) last. Raises InputError where
    limits cannot all hold.

    Examples
    --------
    >>> team = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "tier": ["A", "B", "B"],
    ...     "value_index": [70.0, 40, 20], "win_probability": [0.7, 0.5, 0.5], "demoted": False,
    ...     "emerging_weight": 0.0})
    >>> days = Resource(name="person_days", unit="person_days", weekly_total=10, whole=True)
    >>> allocate(team, (days,), AllocationParameters())[["account_id", "pool", "amount"]].values.tolist()
    [['A1', 'a', 7.0], ['A2', 'b', 2.0], ['A3', 'b', 1.0]]
    """
    team = frame.sort_values("account_id", kind="stable", ignore_index=True)
    ids, code = team["account_id"].to_numpy(dtype=object), tier_codes(team["tier"])
    weight = _weight(team, parameters)
    division = divide(code, weight, team["demoted"], team["emerging_weight"], parameters, ids)
    rows = _rows(ids, code, weight, division, parameters)
    parts = [rows.assign(resource=resource.name, amount=_amounts(rows, resource, parameters)) for resource in resources]
    columns = list(COLUMNS)
    if not parts:
        return rows.assign(resource="", amount=0.0).loc[[], columns].reset_index(drop=True)
    return pd.concat(parts, ignore_index=True)[columns]


def _weight(team: pd.DataFrame, parameters: AllocationParameters) -> Array:
    return weights(team["value_index"], team["win_probability"], parameters.inside)


def _rows(
    ids: NDArray[Any],
    code: NDArray[np.int8],
    weight: Array,
    division: Division,
    parameters: AllocationParameters,
) -> pd.DataFrame:
    """Account rows by pool and id, then the reserves; `weight` goes with the shares for whole units."""
    rest = 1.0 - parameters.share_a - parameters.share_b
    pieces = [
        (code == A, "a", division.tier),
        (code == B, "b", division.tier),
        (division.emerging > 0, "emerging", division.emerging),
    ]
    rows = [
        pd.DataFrame({"account_id": ids[of], "tier": letters(code[of]), "pool": pool, "share": share[of]}).assign(
            weight=weight[of]
        )
        for of, pool, share in pieces
    ]
    kept = {
        "a": float(division.reserve_a),
        "b": float(division.reserve_b),
        "": rest if rest > TOLERANCE else 0.0,
    }
    reserve = pd.DataFrame([(pool, share) for pool, share in kept.items() if share > 0], columns=["pool", "share"])
    rows.append(reserve.assign(account_id="", tier="", weight=0.0).astype({"share": float}))
    table = pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)
    return table.astype({"account_id": "str", "tier": "str", "pool": "str"})


def _amounts(rows: pd.DataFrame, resource: Resource, parameters: AllocationParameters) -> Array:
    share = rows["share"].to_numpy(dtype=float)
    quantity = share * resource.weekly_total
    if not resource.whole or not len(rows):
        return quantity
    if parameters.inside == "optimal":
        return _whole_optimal(rows, resource, parameters)
    side = rows["pool"].map({"a": 0, "b": 1, "emerging": 1, "": 2}).to_numpy(dtype=np.int64)
    sizes = np.bincount(side, weights=share, minlength=3)
    units = largest_remainder(sizes * resource.weekly_total, resource.weekly_total)
    order = np.lexsort((np.arange(len(rows)), rows["account_id"], rows["account_id"] == ""))
    amounts = np.zeros(len(rows))
    for number in np.flatnonzero(units):
        of = order[side[order] == number]
        amounts[of] = largest_remainder(share[of] / sizes[number] * units[number], units[number])
    return amounts


def _whole_optimal(rows: pd.DataFrame, resource: Resource, parameters: AllocationParameters) -> Array:
    """Whole units for the pools by largest remainder, then for the accounts of each by marginal value."""
    share, reserve = rows["share"].to_numpy(dtype=float), rows["account_id"].to_numpy() == ""
    pool = rows["pool"].map({name: i for i, name in enumerate(POOLS)}).to_numpy(dtype=np.int64) * 2 + reserve
    sizes = np.bincount(pool, weights=share, minlength=2 * len(POOLS))
    units = largest_remainder(sizes * resource.weekly_total, resource.weekly_total)
    amounts = np.zeros(len(rows))
    for number in np.flatnonzero(units):
        of = pool == number
        quantity = share[of] / sizes[number] * units[number]
        if number in (0, 2):  # pools a and b; emerging accounts and reserves go by their shares
            members = np.ones(of.sum(), dtype=bool)
            kappa = _kappa(units[number], members, parameters)
            amounts[of] = whole_optimal(quantity, rows["weight"].to_numpy()[of], kappa, units[number])
        else:
            amounts[of] = largest_remainder(quantity, units[number])
    return amounts


def released(frame: pd.DataFrame, parameters: AllocationParameters) -> pd.DataFrame:
    """What S3 releases: the share of a resource that each demoted account would draw were it B.

    frame as for `allocate`. Result: account_id, share; its sum is the released share, whether or not an
    emerging account takes it.

    Examples
    --------
    >>> team = pd.DataFrame({"account_id": ["A1", "A2"], "tier": ["B", "C"], "value_index": [40.0, 20.0],
    ...     "win_probability": 0.5, "demoted": [False, True], "emerging_weight": 0.0})
    >>> released(team, AllocationParameters()).round(3).values.tolist()
    [['A2', 0.1]]
    """
    team = frame.sort_values("account_id", kind="stable", ignore_index=True)
    ids, code = team["account_id"].to_numpy(dtype=object), tier_codes(team["tier"])
    in_a, in_b = code == A, code == B
    out = team["demoted"].to_numpy(dtype=bool) & ~in_a & ~in_b
    _, size = _sizes(in_a.any(), in_b.any(), in_b.any() | out.any(), parameters)
    low, high = _limits(ids, parameters)
    asking, low = in_b | out, np.where(in_b, low, 0.0)
    share = _inside(_weight(team, parameters), size, asking, parameters, low, high, ids)
    return pd.DataFrame({"account_id": team.loc[out, "account_id"].to_numpy(), "share": share[out]})
