"""Dividing a total when small efforts are lost and large ones saturate: S-shaped responses (gamma above 1).

The effect is Hill's, f(x) = x^g / (kappa^g + x^g). Of g = 1 it is concave, and `apportion.optimal` divides exactly.
Of g > 1 it is convex up to kappa ((g - 1)/(g + 1))^(1/g): a sum of such effects has many local optima. Its concave
envelope has not: from the lower limit a straight line to the point where it touches f (from 0: kappa (g - 1)^(1/g)),
then f. Its optimum is exact: amounts fall with the price mu of a unit, jump over the straight line at the mu that is
its slope, and the mu at which they add up is bracketed by bisection over the sorted breakpoints and solved inside.

At most one account is left on its straight line, where f is below the envelope. `steep_optimal` settles it (all in,
left out, or where it is, whichever is worth most); the envelope's value bounds every division from above, so what is
given away by not searching on is known: `envelope` of the optimum less its own value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.base.apportion import group_weights, limits_of, optimal, with_spare

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEPS = 100  # bisections and Newton steps end by themselves long before


def hill(amount: ArrayLike, kappa: ArrayLike, steepness: float = 1.0) -> Array:
    """The effect of an amount, 0 to 1: x^g / (kappa^g + x^g); a half at kappa.

    Examples
    --------
    >>> hill([0.0, 1.0, 3.0], 1.0).tolist(), hill([1.0, 2.0], 1.0, 2.0).tolist()
    ([0.0, 0.5, 0.75], [0.5, 0.8])
    """
    ratio = (np.asarray(amount, dtype=float) / np.asarray(kappa, dtype=float)) ** steepness
    return ratio / (1.0 + ratio)


def hill_slope(ratio: ArrayLike, steepness: float = 1.0) -> Array:
    """The slope of the effect at an amount in units of kappa: g y^(g - 1) / (1 + y^g)^2.

    Examples
    --------
    >>> hill_slope([0.0, 1.0]).tolist(), hill_slope([0.0, 1.0], 2.0).tolist()
    ([1.0, 0.25], [0.0, 0.5])
    """
    y = np.asarray(ratio, dtype=float)
    return np.asarray(steepness * y ** (steepness - 1.0) / (1.0 + y**steepness) ** 2)


def elasticity(amount: ArrayLike, kappa: ArrayLike, steepness: float = 1.0) -> Array:
    """By how many per cent the effect grows with one per cent more effort: g (1 - f(x)).

    Examples
    --------
    >>> elasticity([0.0, 1.0, 3.0], 1.0).tolist()
    [1.0, 0.5, 0.25]
    """
    return steepness * (1.0 - hill(amount, kappa, steepness))


def turning_point(kappa: ArrayLike, steepness: float) -> Array:
    """The amount from which more effort brings less and less: kappa ((g - 1)/(g + 1))^(1/g).

    Examples
    --------
    >>> turning_point([1.0], 1.0).tolist(), turning_point([2.0], 2.0).round(4).tolist()
    ([0.0], [1.1547])
    """
    share = (steepness - 1.0) / (steepness + 1.0)
    return np.asarray(kappa, dtype=float) * share ** (1.0 / steepness)


def envelope(
    amount: ArrayLike, kappa: ArrayLike, steepness: float, *, low: ArrayLike = 0.0, high: ArrayLike = np.inf
) -> Array:
    """The concave envelope of `hill` between limits: what no mixture of amounts between them passes. Shapes broadcast.

    Examples
    --------
    Of g = 2 and kappa 1 the line from 0 touches at 1, where the effect is a half.

    >>> envelope([0.5, 1.0, 2.0], 1.0, 2.0).tolist()
    [0.25, 0.5, 0.8]
    """
    x, k, lo, hi = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (amount, kappa, low, high)))
    touch = np.minimum(k * _touching(lo / k, steepness), hi)
    at_low = hill(lo, k, steepness)
    straight = touch > lo
    slope = (hill(touch, k, steepness) - at_low) / np.where(straight, touch - lo, 1.0)
    return np.where((x < touch) & straight, at_low + slope * (x - lo), hill(x, k, steepness))


def envelope_optimal(
    value: ArrayLike,
    kappa: ArrayLike,
    steepness: float,
    total: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> Array:
    """The division (..., N) of a total (...) that maximises sum of value * envelope of `hill`; exact.

    value (..., N), kappa (..., N) or (..., 1) > 0, limits (..., N) in the unit of the total. The envelope is the one
    from each lower limit up; where an upper limit cuts the straight line, the line to that limit. Accounts that tie
    are filled one after the other, by position. Values of zero and errors as in `apportion.optimal`, which this is
    for a steepness of 1.

    Examples
    --------
    Three alike, kappa 1, g = 2, total 2: two get the 1 at which the line touches, one nothing.

    >>> envelope_optimal([5.0, 5.0, 5.0], 1.0, 2.0, 2.0).tolist()
    [1.0, 1.0, 0.0]
    """
    if steepness == 1.0:
        return optimal(value, kappa, total, low=low, high=high, names=names)
    v, inside = group_weights(value, None)
    shape = np.broadcast_shapes(v.shape, np.shape(kappa), (*np.shape(total), 1))
    v, inside = np.broadcast_to(v, shape), np.broadcast_to(inside, shape)
    k = np.broadcast_to(np.asarray(kappa, dtype=float), shape)
    if (k <= 0).any():
        raise ValueError("kappa must be above 0")
    amount, lo, hi = limits_of(inside, total, low, high, names)
    flat = (-1, shape[-1])
    lines = _Lines.of(v.reshape(flat), k.reshape(flat), steepness, lo.reshape(flat), hi.reshape(flat))
    return with_spare(lines.divide(amount.reshape(-1)).reshape(shape), v > 0, inside, amount, lo, hi)


def steep_optimal(
    value: ArrayLike,
    kappa: ArrayLike,
    steepness: float,
    total: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> Array:
    """The optimum of the envelope with the account on its straight line settled: the best that is found of f itself.

    Arguments and errors as in `envelope_optimal`. Exact for a steepness of 1, and wherever its value equals the
    envelope's.

    Examples
    --------
    Two alike, total 1.5: the envelope would halve the second's way to 1. All of it for the first is worth 0.69,
    0.75 each 0.72, 1 and 0.5 only 0.7.

    >>> steep_optimal([1.0, 1.0], 1.0, 2.0, 1.5).tolist()
    [0.75, 0.75]
    """
    best = envelope_optimal(value, kappa, steepness, total, low=low, high=high, names=names)
    if steepness == 1.0:
        return best
    v = np.nan_to_num(np.asarray(value, dtype=float))
    k = np.broadcast_to(np.asarray(kappa, dtype=float), best.shape)
    lo = np.broadcast_to(0.0 if low is None else np.asarray(low, dtype=float), best.shape)
    on_line = (best > lo) & (best < k * _touching(lo / k, steepness) * (1 - 1e-12))
    for inside in ((best > lo) | on_line, (best > lo) & ~on_line):
        other = settled(value, kappa, steepness, total, inside, low=low, high=high)
        gain = (v * (hill(other, k, steepness) - hill(best, k, steepness))).sum(axis=-1, keepdims=True)
        best = np.where(gain > 0, other, best)  # a NaN, where that set cannot take the total, is no gain
    return best


def settled(
    value: ArrayLike,
    kappa: ArrayLike,
    steepness: float,
    total: ArrayLike,
    chosen: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> Array:
    """The best division with the chosen accounts beyond their turning points and the others at their lower limits.

    Arguments as in `envelope_optimal`; chosen (..., N) bool. Exact: beyond the turning points f is concave. NaN where
    the chosen cannot take the total so.

    Examples
    --------
    >>> settled([5.0, 5.0, 5.0], 1.0, 2.0, 2.0, [True, False, False]).tolist()
    [2.0, 0.0, 0.0]
    """
    inside = np.asarray(chosen, dtype=bool)
    shape = np.broadcast_shapes(np.shape(value), np.shape(kappa), (*np.shape(total), 1), inside.shape)
    amount = np.broadcast_to(np.asarray(total, dtype=float), shape[:-1])
    lo = np.broadcast_to(0.0 if low is None else np.asarray(low, dtype=float), shape)
    hi = np.broadcast_to(np.inf if high is None else np.asarray(high, dtype=float), shape)
    floor = np.where(inside, np.minimum(np.maximum(lo, turning_point(kappa, steepness)), hi), lo)
    ceiling = np.where(inside, hi, lo)
    fits = (floor.sum(axis=-1) <= amount) & (ceiling.sum(axis=-1) >= amount)
    floor = np.where(fits[..., None], floor, 0.0)
    ceiling = np.where(fits[..., None], ceiling, np.inf)
    x = envelope_optimal(value, kappa, steepness, total, low=floor, high=ceiling)
    return np.where(fits[..., None], x, np.nan)


@dataclass(frozen=True)
class _Lines:
    """Envelopes (R, N) in units of kappa, by the price of a unit at which they move (see the module).

    An account leaves its lower limit at the price `starts`, over the straight line up to `touch`, and full at `ends`.
    """

    steepness: float
    kappa: Array
    worth: Array
    low: Array
    high: Array
    touch: Array
    starts: Array
    ends: Array
    moves: Flags

    @classmethod
    def of(cls, value: Array, kappa: Array, steepness: float, low: Array, high: Array) -> "_Lines":
        """The lines of accounts (R, N); limits in the unit of kappa."""
        lo, hi = low / kappa, high / kappa
        moves = (value > 0) & (hi > lo)
        worth = value / kappa
        touch = np.clip(_touching(lo, steepness), lo, hi)
        rise = hill(touch, 1.0, steepness) - hill(lo, 1.0, steepness)
        straight = touch > lo
        slope = np.where(straight, rise / np.where(straight, touch - lo, 1.0), hill_slope(lo, steepness))
        starts = np.where(moves, worth * slope, 0.0)
        ends = np.where(moves & (touch < hi), worth * hill_slope(hi, steepness), starts)
        return cls(steepness, kappa, worth, lo, hi, touch, starts, ends, moves)

    def take(self, rows: NDArray[np.intp]) -> "_Lines":
        """Some of the rows."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "steepness"}
        return _Lines(self.steepness, **arrays)

    def at(self, price: Array) -> Array:
        """The amounts (R, N) in units of kappa at a price (R, 1) of a unit; beyond the jump at its very price."""
        y = self.low.copy()
        over = self.moves & (price <= self.starts)
        full = over & (price <= self.ends)
        y[full] = self.high[full]
        inner = over & ~full
        steep = np.log((price / np.where(self.worth > 0, self.worth, 1.0))[inner])
        y[inner] = np.clip(_beyond_turning(steep, self.steepness), self.touch[inner], self.high[inner])
        return y

    def divide(self, amount: Array) -> Array:
        """The amounts (R, N) that add up to `amount` (R,) as far as the moving accounts can take it."""
        prices = -np.sort(-np.concatenate([self.starts, self.ends], axis=-1), axis=-1)
        target = amount[:, None] * (1 - 1e-15)
        first = np.full((len(amount), 1), -1, dtype=np.int64)  # too little at prices[first], enough at [last]
        last = np.full_like(first, prices.shape[-1] - 1)
        while (last - first > 1).any():
            middle = np.maximum((first + last) // 2, 0)
            there = np.take_along_axis(prices, middle, -1)
            enough = (self.kappa * self.at(there)).sum(axis=-1, keepdims=True) >= target
            first, last = np.where(enough, first, middle), np.where(enough, middle, last)
        price = np.take_along_axis(prices, last, -1)
        jumps = self.moves & (self.starts == price) & (self.touch > self.low)
        before = self.kappa * np.where(jumps, self.low, self.at(price))
        rest = amount[:, None] - before.sum(axis=-1, keepdims=True)
        way = np.where(jumps, self.kappa * (self.touch - self.low), 0.0)
        x = before + np.clip(rest - (np.cumsum(way, axis=-1) - way), 0.0, way)
        dearer = np.take_along_axis(prices, np.maximum(first, 0), -1)
        rows = np.flatnonzero((rest < 0) & (dearer > price))
        if len(rows):
            x[rows] = self.take(rows)._between(price[rows], dearer[rows], amount[rows])
        return x

    def _between(self, low_price: Array, high_price: Array, amount: Array) -> Array:
        """The amounts at the price between two neighbouring breakpoints: Newton on its logarithm, kept inside.

        Only the free accounts answer to it there; the last step is taken in the amounts, so that they add up.
        """
        free = self.moves & (self.starts >= high_price) & (self.ends <= low_price) & (self.ends < self.starts)
        fixed = np.where(free, 0.0, self.kappa * np.where(self.starts >= high_price, self.high, self.low))
        rest = amount[:, None] - fixed.sum(axis=-1, keepdims=True)
        b = np.log(high_price)
        a = np.log(np.where(low_price > 0, low_price, np.exp(b - 700.0)))
        at = (a + b) / 2
        for _ in range(_STEPS):
            y = np.where(free, self.at(np.exp(at)), 0.0)
            x = self.kappa * y
            gap = x.sum(axis=-1, keepdims=True) - rest
            answer = np.where(free, -x / _log_slope(np.log(np.where(free, y, 1.0)), self.steepness), 0.0)
            step = gap / answer.sum(axis=-1, keepdims=True)
            if (np.abs(step) <= 1e-9).all():
                break
            a, b = np.where(gap > 0, at, a), np.where(gap > 0, b, at)
            at = np.where((at + step > a) & (at + step < b), at + step, (a + b) / 2)
        return np.where(free, x - answer * step, fixed)


def _log_slope(q: Array, steepness: float) -> Array:
    """How the logarithm of the slope of f changes with that of the amount in units of kappa; below 0 beyond turning."""
    return np.minimum((steepness - 1.0) - 2.0 * steepness / (1.0 + np.exp(-steepness * q)), -1e-12)


def _beyond_turning(log_slope: Array, steepness: float) -> Array:
    """The amount, in units of kappa and beyond the turning point, at which f has a slope.

    The logarithm of the slope is concave in that of the amount, so Newton from above never passes the root.
    """
    g = steepness
    turn = np.log(turning_point(1.0, g))
    steepest = np.log(g) + (g - 1.0) * turn - 2.0 * np.log1p(np.exp(g * turn))
    c = np.clip(log_slope, -700.0, steepest)
    near = turn + np.sqrt((steepest - c) * 4.0 / (g * g - 1.0))  # the parabola at the turning point
    q = np.minimum((np.log(g) - c) / (g + 1.0), near)  # and where f is all but full
    for _ in range(_STEPS):
        power = np.exp(g * np.minimum(q, 700.0 / g))
        off = np.log(g) + (g - 1.0) * q - 2.0 * np.log1p(power) - c
        step = off / np.minimum((g - 1.0) - 2.0 * g * power / (1.0 + power), -1e-12)
        q = np.maximum(q - step, turn)
        if (np.abs(step) <= 1e-9 * (1.0 + np.abs(q))).all():
            break
    return np.exp(q)


def _touching(low: Array, steepness: float) -> Array:
    """Where the straight line from `low` (units of kappa) touches f; `low` itself beyond the turning point."""
    turn, from_zero = float(turning_point(1.0, steepness)), (steepness - 1.0) ** (1.0 / steepness)
    touch = np.where(low < turn * (1 - 1e-12), from_zero, low)
    between = (low > 0) & (low < turn * (1 - 1e-12))
    if not between.any():
        return touch
    start = low[between]
    a, b = np.full_like(start, turn), np.full_like(start, from_zero)
    for _ in range(_STEPS):
        middle = (a + b) / 2
        rise = hill(middle, 1.0, steepness) - hill(start, 1.0, steepness)
        before = hill_slope(middle, steepness) * (middle - start) > rise
        a, b = np.where(before, middle, a), np.where(before, b, middle)
    touch[between] = b
    return touch
