"""M4, the array core: red spells of many series at once. Formula, readings and gaps: see the package."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.base.compare import TOLERANCE
from toolkit.base.parameters import Slice, setting
from toolkit.base.workdays import Workdays

_CHUNK: Final = 1 << 15

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class RedAlertParameters(Slice):
    """Settings of M4."""

    reading: Literal["each_day", "cumulative", "baseline"] = setting("each_day", unit="choice", rule="M4")
    fall: float = setting(0.10, unit="fraction", rule="M4", gt=0, lt=1)
    days: int = setting(3, unit="reporting days", rule="M4", ge=2, le=10)
    baseline_days: int = setting(20, unit="reporting days", rule="M4", ge=2, le=120)
    recovery: float = setting(0.90, unit="fraction", rule="M4", gt=0, le=1)
    max_gap_working_days: int = setting(4, unit="working days", rule="M4", ge=0, le=30)


@dataclass(frozen=True)
class Reds:
    """Red spells of many series, in their order; positions are places in the rows given to `reds`."""

    series: Ints
    started: Ints
    fired: Ints
    ended: Ints  # -1: still on
    before: Floats  # value before the spell
    lowest: Floats


def reds(
    values: Floats,
    days: NDArray[np.datetime64],
    starts: Ints,
    working_days: Workdays,
    parameters: RedAlertParameters,
) -> Reds:
    """Array core: every red spell of many series in one array of rows, sorted by series and day.

    values (n,) efficiency >= 0, NaN undefined; days (n,); starts (k,) place of each series' first row,
    ascending.

    Examples
    --------
    Two series: 100, 90, 81, 72.9, 95 fires on its fourth row and ends on the fifth; the other never falls.

    >>> values = np.array([100, 90, 81, 72.9, 95, 1, 2, 3.0])
    >>> days = np.array("2026-11-16", "datetime64[D]") + np.array([0, 1, 2, 3, 4, 0, 1, 2])
    >>> found = reds(values, days, np.array([0, 5]), Workdays(), RedAlertParameters())
    >>> found.series.tolist(), found.started.tolist(), found.fired.tolist(), found.ended.tolist()
    ([0], [1], [3], [4])
    """
    values, starts = np.asarray(values, dtype=float), np.asarray(starts, dtype=np.int64)
    kept: Ints | None = None
    if len(values) and np.isnan(values.min()):
        kept = np.flatnonzero(~np.isnan(values))
        values, days, starts = values[kept], days[kept], np.searchsorted(kept, starts)
    rows = Rows(values, days, starts, working_days, parameters.max_gap_working_days)
    started, fired, before = _CANDIDATES[parameters.reading](rows, parameters)
    series = rows.series(started)
    chosen, ended = _one_after_another(rows, series, started, fired, before * (parameters.recovery - TOLERANCE))
    series, started, fired, before = series[chosen], started[chosen], fired[chosen], before[chosen]
    lowest = _lowest(values, started, np.where(ended < 0, rows.stops[series], ended))
    if kept is not None:
        started, fired, ended = kept[started], kept[fired], np.where(ended < 0, -1, kept[ended])
    return Reds(series, started, fired, ended, before, lowest)


@dataclass(frozen=True)
class Rows:
    """Defined rows of all series."""

    values: Floats
    days: NDArray[np.datetime64]
    starts: Ints
    working_days: Workdays
    max_gap: int

    @property
    def stops(self) -> Ints:
        return np.r_[self.starts[1:], len(self.values)]

    def series(self, place: Ints) -> Ints:
        return np.searchsorted(self.starts, place, side="right") - 1

    def gap_before(self, place: Ints) -> NDArray[np.bool_]:
        """True where too many working days lie between a row and the one before it."""
        between = self.working_days.working_days_between(self.days[place - 1], self.days[place])
        return np.asarray(between > self.max_gap)

    def unbroken(self, start: Ints, n: int, lead: int) -> Ints:
        """Those starts whose n rows and the `lead` before lie in one series, without a gap inside the n."""
        start = start[start >= lead]
        start = start[self.series(start - lead) == self.series(start + n - 1)]
        for k in range(1, n):
            start = start[~self.gap_before(start + k)]
        return start


def _runs(values: Floats, factor: float, n: int) -> Ints:
    """Places of the first of n rows, each at most factor x the row before; in chunks that fit the cache."""
    found = []
    for a in range(1, len(values) - n + 1, _CHUNK):
        part = values[a - 1 : a + _CHUNK + n - 1]
        falls = part[1:] <= part[:-1] * factor
        m = len(falls) - n + 1
        hit = falls[:m].copy()
        for k in range(1, n):
            hit &= falls[k : k + m]
        found.append(np.flatnonzero(hit) + a)
    start = np.concatenate(found) if found else np.empty(0, np.int64)
    return start[values[start + n - 2] > 0]  # a fall from 0 is none; the rows before are not below it


def _each_day(rows: Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    start = rows.unbroken(_runs(rows.values, 1 - p.fall + TOLERANCE, p.days), p.days, 1)
    return start, start + p.days - 1, rows.values[start - 1]


def _cumulative(rows: Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    start = rows.unbroken(_runs(rows.values, 1 - TOLERANCE, p.days), p.days, 1)
    opens = np.r_[True, np.diff(start) != 1][: len(start)]  # consecutive places are one run of falling days
    run = np.cumsum(opens) - 1
    first = start[opens]
    before = rows.values[first - 1][run]
    far = np.flatnonzero(rows.values[start + p.days - 1] <= before * (1 - p.fall + TOLERANCE))
    far = far[np.r_[True, np.diff(run[far]) != 0][: len(far)]]  # the first in its run
    return first[run[far]], start[far] + p.days - 1, before[far]


def _baseline(rows: Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    v, n, b = rows.values, p.days, p.baseline_days
    found, means = [np.empty(0, np.int64)], [np.empty(0)]
    for a in range(b, len(v) - n + 1, _CHUNK):
        mean = means_before(v, a, min(a + _CHUNK, len(v) - n + 1), b)
        hit = np.ones(len(mean), dtype=bool)
        for k in range(n):
            hit &= v[a + k : a + k + len(mean)] <= mean * (1 - p.fall + TOLERANCE)
        hit &= mean > 0
        found.append(np.flatnonzero(hit) + a)
        means.append(mean[hit])
    start, mean = np.concatenate(found), np.concatenate(means)
    kept = rows.unbroken(start, n, b)
    return kept, kept + n - 1, mean[np.searchsorted(start, kept)]


_CANDIDATES: Final = {"each_day": _each_day, "cumulative": _cumulative, "baseline": _baseline}


def means_before(values: Floats, a: int, z: int, n: int) -> Floats:
    """Means of the n rows before each of the rows a … z-1."""
    total = values[a - n : z - n].copy()
    for k in range(1, n):
        total += values[a - n + k : z - n + k]
    return np.asarray(total / n)


def _one_after_another(rows: Rows, series: Ints, started: Ints, fired: Ints, line: Floats) -> tuple[Ints, Ints]:
    """Places of the candidates that become spells, ascending, and the rows on which they end (-1: on).

    A candidate that starts while an earlier spell of its series is on belongs to that spell. Round by
    round, the next spell of every series at once.
    """
    if not len(started):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    now = np.flatnonzero(np.r_[True, np.diff(series) != 0])
    last = np.r_[now[1:], len(series)]
    chosen, ends = [], []
    while len(now):
        ended = _first_at_least(rows.values, line[now], fired[now] + 1, rows.stops[series[now]])
        chosen.append(now)
        ends.append(ended)
        over = ended >= 0
        now, last = np.searchsorted(started, ended[over], side="right"), last[over]
        now, last = now[now < last], last[now < last]
    place, end = np.concatenate(chosen), np.concatenate(ends)
    order = np.argsort(place)
    return place[order], end[order]


def _first_at_least(values: Floats, line: Floats, begin: Ints, stop: Ints) -> Ints:
    """First row in [begin, stop) with a value of at least the line, -1 without one; windows that double."""
    out = np.full(len(begin), -1, dtype=np.int64)
    who, width = np.flatnonzero(begin < stop), 16
    begin = begin.copy()
    while len(who):
        at = begin[who, None] + np.arange(width)
        inside = at < stop[who, None]
        back = inside & (values[np.where(inside, at, 0)] >= line[who, None])
        hit = back.any(axis=1)
        out[who[hit]] = begin[who[hit]] + back[hit].argmax(axis=1)
        begin[who] += width
        who = who[~hit & (begin[who] < stop[who])]
        width = max(16, min(2 * width, (1 << 20) // max(len(who), 1)))
    return out


def _lowest(values: Floats, start: Ints, stop: Ints) -> Floats:
    """Smallest value of each [start, stop); the stretches ascend and do not overlap."""
    if not len(start):
        return np.empty(0)
    edges = np.column_stack([start, stop]).ravel()
    return np.minimum.reduceat(values, edges[:-1] if edges[-1] == len(values) else edges)[::2]
