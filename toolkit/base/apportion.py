"""Dividing a total by weights: in proportion, at the best value, in whole units (the arithmetic of S6).

All functions divide along the last axis and broadcast over leading axes (paths, weeks). Weights are >= 0,
missing ones count 0; where no member of a group has a weight, the members share evenly. Non-members get
nothing, a group without members hands out nothing. What is handed out adds up to the total; ties go by
position (callers sort by id).

Proportional with limits solves sum(clip(c w, low, high)) = total for c. The optimum maximises sum v
x/(kappa + x) (Hill, gamma 1): x = clip(sqrt(v kappa / mu) - kappa, low, high), which is linear in s =
1/sqrt(mu). Both are one problem, sum(clip(a s - b, low, high)) = total, increasing and piecewise linear in
s: the piece is found by bisection over its sorted breakpoints, and solved there exactly. Responses that are
S-shaped (gamma above 1) are divided in `toolkit.base.steep`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.base.errors import InputError

Array = NDArray[np.float64]

_NEGLIGIBLE = 1e-150  # of the largest weight: less than this is no weight
_SMALL = 1e-200  # a sum of weights above this can be divided by
_LIMIT_TOLERANCE = 1e-9


def proportional(
    weights: ArrayLike,
    total: ArrayLike,
    *,
    members: ArrayLike | None = None,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> Array:
    """A total divided in proportion to weights, within limits if there are any (S6): clip(c w, low, high).

    weights (..., N); total (...); members (..., N) bool, default all; low and high (..., N) in the unit of
    the total. Equal weights get equal parts; without limits of its own, a higher weight never gets less.
    Weights that are all zero or missing: even parts. Raises InputError naming the limits that cannot all
    hold, ValueError for a negative weight.

    Examples
    --------
    >>> proportional([1.0, 2.0, float("nan"), 1.0], 100.0).tolist()
    [25.0, 50.0, 0.0, 25.0]
    >>> proportional([0.0, 0.0, 5.0], 1.0, members=[True, True, False]).tolist()
    [0.5, 0.5, 0.0]
    >>> proportional([1.0, 1.0, 2.0], 100.0, high=[100.0, 100.0, 40.0]).tolist()
    [30.0, 30.0, 40.0]
    """
    if low is None and high is None:
        return _by_weight(np.asarray(weights, dtype=float), np.asarray(total, dtype=float), members)
    w, inside = group_weights(weights, members)
    return _within_limits(w, np.zeros_like(w), total, inside, low, high, names)


def optimal(
    value: ArrayLike,
    kappa: ArrayLike,
    total: ArrayLike,
    *,
    members: ArrayLike | None = None,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> Array:
    """The division that maximises sum of value * x / (kappa + x) within limits (S6 `optimal`); exact.

    value (..., N), the worth of the full effect; kappa (..., N) or (..., 1) > 0, the amount with half the
    effect, in the unit of the total. A value of zero or missing gets its lower limit, unless the others are
    full. Errors as in `proportional`.

    Examples -------- Four times the value, kappa 1, total 4: sqrt(4/mu) - 1 + sqrt(1/mu) - 1 = 4, so
    1/sqrt(mu) = 2 and x = 3, 1.

    >>> optimal([4.0, 1.0], 1.0, 4.0).tolist()
    [3.0, 1.0]
    """
    v, inside = group_weights(value, members)
    k = np.broadcast_to(np.asarray(kappa, dtype=float), v.shape)
    if (k <= 0).any():
        raise ValueError("kappa must be above 0")
    return _within_limits(np.sqrt(v * k), np.array(k), total, inside, low, high, names)


def largest_remainder(quantities: ArrayLike, total: ArrayLike) -> Array:
    """Quantities (..., N) made whole so that they add up to the whole total (...).

    Floors first, then a unit each to the largest remainders; remainders within 1e-9 of each other tie,
    and ties go to the earlier position.

    Raises ValueError where the quantities do not add up to the total.

    Examples
    --------
    >>> largest_remainder([1.5, 1.5, 3.0], 6).tolist()
    [2.0, 1.0, 3.0]
    """
    q = np.round(np.asarray(quantities, dtype=float), 9)
    floors = np.floor(q)
    return floors + _leftover(floors, total, np.round(q - floors, 9))


def whole_optimal(quantities: ArrayLike, value: ArrayLike, kappa: ArrayLike, total: ArrayLike) -> Array:
    """The optimum (..., N) of `optimal` in whole units: the units that greedy marginal value would choose.

    Of a concave effect every unit below the continuous optimum is worth at least mu, every unit beyond the
    next whole one at most mu; so only the unit in which the optimum lies is open, and the most valuable of
    these are taken. Limits hold to within one unit. Ties go to the earlier position.

    Examples
    --------
    >>> whole_optimal(optimal([4.0, 1.0], 1.0, 5.0), [4.0, 1.0], 1.0, 5).tolist()
    [4.0, 1.0]
    """
    q = np.round(np.asarray(quantities, dtype=float), 9)
    floors = np.floor(q)
    v, k = np.nan_to_num(np.asarray(value, dtype=float)), np.asarray(kappa, dtype=float)
    gain = v * k / ((k + floors) * (k + floors + 1))
    return floors + _leftover(floors, total, np.where(q > floors, gain, -1.0))


def _leftover(floors: Array, total: ArrayLike, claim: Array) -> Array:
    """One more unit each for the strongest claims, until the total is reached."""
    units = np.round(np.asarray(total, dtype=float) - floors.sum(axis=-1))[..., None]
    if (units < 0).any() or (units > floors.shape[-1]).any():
        raise ValueError("the quantities do not add up to the total")
    order = np.argsort(-claim, axis=-1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(order.shape[-1]), order.shape), axis=-1)
    return (rank < units).astype(float)


def _by_weight(weights: Array, total: Array, members: ArrayLike | None) -> Array:
    w = weights if members is None else np.where(members, weights, 0.0)
    sums = w.sum(axis=-1, keepdims=True)
    lacking = ~(sums[..., 0] > _SMALL)  # groups without members, or with missing or no weights
    inside = True if members is None else np.broadcast_to(np.asarray(members), w.shape)[lacking].any()
    if w.min(initial=0.0) < 0 or (lacking.any() and inside):
        w, _ = group_weights(weights, members)
        sums = w.sum(axis=-1, keepdims=True)
    return w * (total[..., None] / np.where(sums > 0, sums, 1.0))


def group_weights(weights: ArrayLike, members: ArrayLike | None) -> tuple[Array, NDArray[np.bool_]]:
    """Weights (..., N) relative to the largest of the group, zero outside it, all one where none has a weight; and
    who is inside.

    Examples
    --------
    >>> group_weights([2.0, 4.0, 9.0], [True, True, False])[0].tolist()
    [0.5, 1.0, 0.0]
    """
    w = np.asarray(weights, dtype=float)
    if (w < 0).any():
        raise ValueError("weights must not be negative")
    if members is None:
        inside = np.ones(w.shape, dtype=bool)
    else:
        flags = np.asarray(members, dtype=bool)
        inside = np.broadcast_to(flags, np.broadcast_shapes(w.shape, flags.shape))
    w = np.where(inside & (w > 0), w, 0.0)  # NaN > 0 is false
    largest = w.max(axis=-1, keepdims=True, initial=0.0)
    if not largest.all():
        w, largest = np.where(largest > 0, w, inside), np.where(largest > 0, largest, 1.0)
    return w / largest, inside


def _within_limits(
    slope: Array,
    offset: Array,
    total: ArrayLike,
    inside: NDArray[np.bool_],
    low: ArrayLike | None,
    high: ArrayLike | None,
    names: Sequence[str] | None,
) -> Array:
    amount, lo, hi = limits_of(inside, total, low, high, names)
    slope = np.where(slope > _NEGLIGIBLE * slope.max(axis=-1, keepdims=True, initial=0.0), slope, 0.0)
    return with_spare(_solve(slope, offset, amount, lo, hi), slope > 0, inside, amount, lo, hi)


def limits_of(
    inside: NDArray[np.bool_],
    total: ArrayLike,
    low: ArrayLike | None,
    high: ArrayLike | None,
    names: Sequence[str] | None,
) -> tuple[Array, Array, Array]:
    """The amount of each group (...) and the limits (..., N) of its members, which can all hold.

    Nobody's upper limit is above the amount. Raises InputError naming the limits that cannot hold.

    Examples
    --------
    >>> [a.tolist() for a in limits_of(np.array([True, False]), 2.0, None, None, None)]
    [2.0, [0.0, 0.0], [2.0, 0.0]]
    """
    group = inside.any(axis=-1)
    amount = np.where(group, np.broadcast_to(np.asarray(total, dtype=float), group.shape), 0.0)
    lo = np.where(inside, 0.0 if low is None else np.asarray(low, dtype=float), 0.0)
    hi = np.where(inside, np.inf if high is None else np.asarray(high, dtype=float), 0.0)
    _check_limits(lo, hi, amount, names)
    return amount, lo, np.where(inside, np.minimum(hi, np.maximum(amount[..., None], lo)), 0.0)


def with_spare(
    x: Array, weighted: NDArray[np.bool_], inside: NDArray[np.bool_], amount: Array, lo: Array, hi: Array
) -> Array:
    """`x` with what the weighted members cannot take shared evenly, within limits, by those without weight.

    Examples
    --------
    >>> one = np.array([True, False, False])
    >>> with_spare(np.array([1.0, 0, 0]), one, np.ones(3, bool), np.array(3.0), np.zeros(3), np.full(3, 9.0)).tolist()
    [1.0, 1.0, 1.0]
    """
    rest = amount - np.where(weighted, x, 0.0).sum(axis=-1)
    spare = ~weighted & inside
    spare_lo, spare_hi = np.where(spare, lo, 0.0), np.where(spare, hi, 0.0)
    if (rest - spare_lo.sum(axis=-1) > _LIMIT_TOLERANCE * amount).any():
        x = np.where(spare, _solve(spare.astype(float), np.zeros_like(x), rest, spare_lo, spare_hi), x)
    return x


def _solve(a: Array, b: Array, total: Array, low: Array, high: Array) -> Array:
    """clip(a s - b, low, high) with the s at which it adds up to the total; where a is 0, low."""
    with np.errstate(divide="ignore", invalid="ignore"):
        start = np.where(a > 0, (low + b) / a, 0.0)  # s at which an entry leaves its lower limit
        end = np.where(a > 0, (high + b) / a, 0.0)  # s at which it reaches its upper limit
    points = np.sort(np.concatenate([start, end], axis=-1), axis=-1)
    if points.shape[-1] == 0:
        return low

    def filled(s: Array) -> Array:
        return np.where(a > 0, np.clip(a * s - b, low, high), low).sum(axis=-1, keepdims=True)

    first = np.zeros((*total.shape, 1), dtype=np.int64)  # the bracket: points[first] <= s <= points[last]
    last = np.full_like(first, points.shape[-1] - 1)
    target = total[..., None] * (1 - 1e-15)
    while (last - first > 1).any():
        middle = (first + last) // 2
        enough = filled(np.take_along_axis(points, middle, axis=-1)) >= target
        first, last = np.where(enough, first, middle), np.where(enough, middle, last)
    s_first, s_last = np.take_along_axis(points, first, axis=-1), np.take_along_axis(points, last, axis=-1)
    free = (a > 0) & (start <= s_first) & (end >= s_last) & (start < end)
    fixed = np.where((a > 0) & (end <= s_first) & ~free, high, low)
    sum_a = np.where(free, a, 0.0).sum(axis=-1, keepdims=True)
    rest = total[..., None] - np.where(free, -b, fixed).sum(axis=-1, keepdims=True)
    s = np.clip(rest / np.where(sum_a > 0, sum_a, 1.0), s_first, s_last)
    return np.where(free, np.clip(a * s - b, low, high), fixed)


def _check_limits(low: Array, high: Array, total: Array, names: Sequence[str] | None) -> None:
    """Raise InputError for limits that cannot all hold, with names and numbers."""
    slack = _LIMIT_TOLERANCE * np.maximum(np.abs(total), 1e-300)
    if (low > high).any():
        which = (low > high).reshape(-1, low.shape[-1]).any(axis=0)
        text = _listed(which, low, names), _listed(which, high, names)
        raise InputError(f"a floor is above its cap: floors {text[0]}; caps {text[1]}")
    for sums, wrong, what in (
        (low.sum(axis=-1), low.sum(axis=-1) > total + slack, "floors"),
        (high.sum(axis=-1), high.sum(axis=-1) < total - slack, "caps"),
    ):
        if wrong.any():
            path = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            limits = low[path] if what == "floors" else high[path]
            where = np.asarray((limits > 0) & np.isfinite(limits))
            raise InputError(
                f"the {what} {_listed(where, limits, names)} add up to {sums[path]:g}, "
                f"but {total[path]:g} is to be handed out; loosen them"
            )


def _listed(which: Any, limits: Array, names: Sequence[str] | None) -> str:
    labels: Any = names if names is not None else [f"#{i}" for i in range(len(which))]
    row = limits.reshape(-1, limits.shape[-1])[0]
    return ", ".join(f"{labels[i]} {row[i]:g}" for i in np.flatnonzero(which))
