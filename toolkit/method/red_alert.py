"""M4 Red alert: resource efficiency (team, by day) falls 10 % or more on 3 consecutive days.

With v the values of the reporting days on which efficiency is defined, fall = 1 - v[i] / v[i-1]; the spell that
starts on its first falling day s *fires* on the third, f, by one of three readings:

each_day    (default) each of the 3 days is at least 10 % below the one before; value before the spell v[s-1]
cumulative  falls on each of >= 3 days, >= 10 % in all: 1 - v[f] / v[s-1]; value before the spell v[s-1]
baseline    3 days running at least 10 % below the mean of the 20 defined days before s; that mean is the value
            before the spell; a day with fewer than 20 defined days before it starts nothing

It ends on the first day after it fired that is back at >= 90 % of the value before the spell; depth = 1 - lowest
value / value before [fraction], the lowest of the days from s to the end. While one is on, no other starts.

Undefined days (NaN) are skipped. Gap: more than 4 working days strictly between two defined days ends a forming
spell; a new one may start on the day after the gap, against the value before the gap. A red that fired stays on.

A *warning* is on while a spell forms (1 or 2 of 3; under `cumulative` every run of falling days that has not
fired) or, where that is not the reading itself, while the cumulative reading holds: the run of falling days goes
on, 3 or more, 10 % or more in all. It ends on the first defined day on which it no longer forms, or, by a gap, on
the fifth working day without a value; one that turns into a red row leaves no row of its own.

Values are >= 0; a fall from 0 is none. Comparisons within 1e-9 of the fraction, inclusive.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import TOLERANCE
from toolkit.base.findings import findings
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import day as one_day
from toolkit.base.workdays import Workdays

SPELL_COLUMNS: Final = (
    "severity",
    "started_on",
    "fired_on",
    "ended_on",
    "depth",
    "value_before",
    "recovery_line",
    "next_line",
    "days_forming",
    "code",
    "judged_on",
)
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

    values (n,) efficiency >= 0, NaN undefined; days (n,); starts (k,) place of each series' first row, ascending.

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
    rows = _Rows(values, days, starts, working_days, parameters.max_gap_working_days)
    started, fired, before = _CANDIDATES[parameters.reading](rows, parameters)
    series = rows.series(started)
    chosen, ended = _one_after_another(rows, series, started, fired, before * (parameters.recovery - TOLERANCE))
    series, started, fired, before = (x[chosen] for x in (series, started, fired, before))
    lowest = _lowest(values, started, np.where(ended < 0, rows.stops[series], ended))
    if kept is not None:
        started, fired, ended = kept[started], kept[fired], np.where(ended < 0, -1, kept[ended])
    return Reds(series, started, fired, ended, before, lowest)


@dataclass(frozen=True)
class _Rows:
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
        """Those starts whose n rows, and `lead` rows before them, lie in one series without a gap inside the n."""
        start = start[start >= lead]
        start = start[self.series(start - lead) == self.series(start + n - 1)]
        for k in range(1, n):
            start = start[~self.gap_before(start + k)]
        return start


def _runs(values: Floats, factor: float, n: int) -> Ints:
    """Places of the first of n rows that each are at most factor x the row before; in chunks that fit the cache."""
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


def _each_day(rows: _Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    start = rows.unbroken(_runs(rows.values, 1 - p.fall + TOLERANCE, p.days), p.days, 1)
    return start, start + p.days - 1, rows.values[start - 1]


def _cumulative(rows: _Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    start = rows.unbroken(_runs(rows.values, 1 - TOLERANCE, p.days), p.days, 1)
    opens = np.r_[True, np.diff(start) != 1][: len(start)]  # consecutive places are one run of falling days
    run = np.cumsum(opens) - 1
    first = start[opens]
    before = rows.values[first - 1][run]
    far = np.flatnonzero(rows.values[start + p.days - 1] <= before * (1 - p.fall + TOLERANCE))
    far = far[np.r_[True, np.diff(run[far]) != 0][: len(far)]]  # the first in its run
    return first[run[far]], start[far] + p.days - 1, before[far]


def _baseline(rows: _Rows, p: RedAlertParameters) -> tuple[Ints, Ints, Floats]:
    v, n, b = rows.values, p.days, p.baseline_days
    found, means = [np.empty(0, np.int64)], [np.empty(0)]
    for a in range(b, len(v) - n + 1, _CHUNK):
        mean = _means_before(v, a, min(a + _CHUNK, len(v) - n + 1), b)
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


def _means_before(values: Floats, a: int, z: int, n: int) -> Floats:
    """Means of the n rows before each of the rows a … z-1."""
    total = values[a - n : z - n].copy()
    for k in range(1, n):
        total += values[a - n + k : z - n + k]
    return np.asarray(total / n)


def _one_after_another(
    rows: _Rows, series: Ints, started: Ints, fired: Ints, line: Floats
) -> tuple[Ints, Ints]:
    """Places of the candidates that become spells, ascending, and the rows on which they end (-1: on).

    A candidate that starts while an earlier spell of its series is on belongs to that spell. Round by round, the
    next spell of every series at once.
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


def red_spells(
    days: Any,
    values: Any,
    friday: Any,
    working_days: Workdays | None = None,
    parameters: RedAlertParameters | None = None,
) -> pd.DataFrame:
    """M4 of one series, as known on the reviewed Friday: every red spell and every warning, by the day it started.

    days, values  the reporting days, ascending, and their efficiency (NaN: not defined); later days are left out
    Returns  severity (red | warning), started_on (first falling day), fired_on (the day it came on), ended_on
             (NaT: on), depth (fraction), value_before, recovery_line (the value to come back to), next_line (at
             or below it on the next reporting day, the spell goes on or fires; a red that is on: its recovery
             line; NaN once ended), days_forming (of those needed), code (fired | forming | cumulative),
             judged_on (tuple of the falling days judged)

    Examples
    --------
    >>> days = np.arange("2026-11-16", "2026-11-21", dtype="datetime64[D]")
    >>> found = red_spells(days, [100, 90, 81, 85, 84], "2026-11-20")
    >>> found[["severity", "started_on", "ended_on", "depth", "days_forming"]]
      severity started_on   ended_on  depth  days_forming
    0  warning 2026-11-17 2026-11-19   0.19             2
    """
    p, calendar = parameters or RedAlertParameters(), working_days or Workdays()
    day, value = _known(days, values, friday)
    found = reds(value, day, np.zeros(1, np.int64), calendar, p)
    rows = _Rows(value, day, np.zeros(1, np.int64), calendar, p.max_gap_working_days)
    lines = [_red_row(rows, found, k, p) for k in range(len(found.started))]
    lines += _warnings(rows, found, one_day(friday), p)
    frame = pd.DataFrame(lines, columns=list(SPELL_COLUMNS)).sort_values(
        ["started_on", "fired_on"], ignore_index=True, kind="stable"
    )
    for column in ("started_on", "fired_on", "ended_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    numbers = {c: float for c in SPELL_COLUMNS[4:8]}
    return frame.astype({"severity": "str", "code": "str", "judged_on": object, "days_forming": "int64", **numbers})


def _known(days: Any, values: Any, friday: Any) -> tuple[NDArray[np.datetime64], Floats]:
    """The defined days up to the Friday, and their values."""
    day = np.asarray(days).astype("datetime64[D]")
    value = np.asarray(values, dtype=float)
    if len(day) != len(value) or (np.diff(day) <= np.timedelta64(0, "D")).any():
        raise ValueError("days must be ascending, each once, with a value each")
    inside = (day <= one_day(friday)) & ~np.isnan(value)
    return day[inside], value[inside]


def _red_row(rows: _Rows, found: Reds, k: int, p: RedAlertParameters) -> dict[str, Any]:
    start, fired, ended = int(found.started[k]), int(found.fired[k]), int(found.ended[k])
    line = p.recovery * found.before[k]
    return {
        "severity": "red",
        "started_on": rows.days[start],
        "fired_on": rows.days[fired],
        "ended_on": rows.days[ended] if ended >= 0 else np.datetime64("NaT", "D"),
        "depth": 1 - found.lowest[k] / found.before[k],
        "value_before": found.before[k],
        "recovery_line": line,
        "next_line": line if ended < 0 else np.nan,
        "days_forming": fired - start + 1,
        "code": "fired",
        "judged_on": tuple(rows.days[start : fired + 1]),
    }


@dataclass(frozen=True)
class _Forming:
    """Of every row: how many days a spell has been forming, where it starts, the value before it (0, -1, NaN: none)."""

    count: Ints
    start: Ints
    before: Floats


def _falling_runs(rows: _Rows, factor: float) -> _Forming:
    """Runs of rows at most factor x the row before; a gap opens a new run."""
    v, n = rows.values, len(rows.values)
    falls = np.zeros(n, dtype=bool)
    falls[1:] = (v[1:] <= v[:-1] * factor) & (v[:-1] > 0)
    gap = np.zeros(n, dtype=bool)
    gap[1:] = rows.gap_before(np.arange(1, n))
    opens = falls & (~np.r_[False, falls[:-1]] | gap)
    start = np.where(falls, np.maximum.accumulate(np.where(opens, np.arange(n), -1)), -1)
    count = np.where(falls, np.arange(n) - start + 1, 0)
    return _Forming(count, start, np.where(falls, v[np.maximum(start - 1, 0)], np.nan))


def _below_baseline(rows: _Rows, p: RedAlertParameters) -> _Forming:
    """Of every row, the earliest start (at most days - 1 back) whose baseline all rows since are below."""
    v, n, b = rows.values, len(rows.values), p.baseline_days
    mean = np.full(n, np.nan)
    if n > b:
        mean[b:] = _means_before(v, b, n, b)
    mean[~(mean > 0)] = np.nan
    gap = np.zeros(n, dtype=bool)
    gap[1:] = rows.gap_before(np.arange(1, n))
    start = np.full(n, -1)
    for k in range(p.days):  # later k: a start further back, which wins
        s = np.arange(n - k)
        holds = np.ones(len(s), dtype=bool)
        for j in range(k + 1):
            holds &= v[s + j] <= mean[s] * (1 - p.fall + TOLERANCE)
            if j:
                holds &= ~gap[s + j]
        start[s[holds] + k] = s[holds]
    forms = start >= 0
    before = np.where(forms, mean[np.maximum(start, 0)], np.nan)
    return _Forming(np.where(forms, np.arange(n) - start + 1, 0), start, before)


def _warnings(rows: _Rows, found: Reds, friday: np.datetime64, p: RedAlertParameters) -> list[dict[str, Any]]:
    """The rows of the warnings: stretches of days that form a spell and did not turn into a red row."""
    n = len(rows.values)
    if n < 2:
        return []
    weak = _falling_runs(rows, 1 - TOLERANCE)
    holds = (weak.count >= p.days) & (rows.values <= weak.before * (1 - p.fall + TOLERANCE))
    if p.reading == "cumulative":
        forming, holds = weak, np.zeros(n, dtype=bool)
    elif p.reading == "each_day":
        forming = _falling_runs(rows, 1 - p.fall + TOLERANCE)
    else:
        forming = _below_baseline(rows, p)
    red = np.zeros(n + 1, dtype=np.int64)
    np.add.at(red, found.fired, 1)
    np.add.at(red, np.where(found.ended < 0, n, found.ended), -1)
    on = np.cumsum(red[:n]) > 0
    warned = ~on & ((forming.count > 0) | holds)
    gap = np.r_[False, rows.gap_before(np.arange(1, n))]
    opens = np.flatnonzero(warned & (~np.r_[False, warned[:-1]] | gap))
    closes = np.flatnonzero(warned & ~np.r_[warned[1:] & ~gap[1:], False])
    out = []
    for first, last in zip(opens.tolist(), closes.tolist(), strict=True):
        if last + 1 < n and on[last + 1] and not gap[last + 1]:
            continue  # it turned into the red row
        run = weak if holds[first] else forming
        start, before = int(run.start[first]), float(run.before[first])
        ended = _warning_end(rows, last, friday)
        out.append(
            {
                "severity": "warning",
                "started_on": rows.days[start],
                "fired_on": rows.days[first],
                "ended_on": ended,
                "depth": 1 - rows.values[start : last + 1].min() / before,
                "value_before": before,
                "recovery_line": p.recovery * before,
                "next_line": _next_line(rows, forming, last, p) if np.isnat(ended) else np.nan,
                "days_forming": int(forming.count[last]),
                "code": "forming" if forming.count[last] else "cumulative",
                "judged_on": tuple(rows.days[start : last + 1]),
            }
        )
    return out


def _warning_end(rows: _Rows, last: int, friday: np.datetime64) -> np.datetime64:
    """The first day on which a warning last seen on a row no longer forms; NaT while it may go on."""
    after = rows.days[last + 1] if last + 1 < len(rows.days) else friday + 1
    if rows.working_days.working_days_between(rows.days[last], after) > rows.max_gap:
        return np.datetime64(rows.working_days.nth_working_day(rows.days[last], rows.max_gap + 1), "D")
    return after if last + 1 < len(rows.days) else np.datetime64("NaT", "D")


def _next_line(rows: _Rows, forming: _Forming, last: int, p: RedAlertParameters) -> float:
    value = float(rows.values[last])
    if p.reading == "cumulative":
        fires = forming.count[last] + 1 >= p.days
        return min(value, (1 - p.fall) * float(forming.before[last])) if fires else value
    if p.reading == "baseline" and forming.count[last]:
        return (1 - p.fall) * float(forming.before[last])
    return (1 - p.fall) * value


def red_findings(
    days: Any,
    values: Any,
    friday: Any,
    working_days: Workdays | None = None,
    parameters: RedAlertParameters | None = None,
) -> pd.DataFrame:
    """M4 judged on the reviewed Friday: a row for what is on, and one if reports stay away; never an all-clear then.

    Codes: red_alert.red (breach), red_alert.warning, red_alert.quiet (good), red_alert.reports_stay_away and
    red_alert.never_defined (cannot judge). measured is the depth (fraction), for reports that stay away the working
    days without a defined value since the last one, up to and with the Friday.

    Examples
    --------
    >>> days = np.arange("2026-11-09", "2026-11-14", dtype="datetime64[D]")
    >>> red_findings(days, [100, 101, 99, 98, 99], "2026-11-20")[["state", "measured", "code"]].values.tolist()
    [['cannot_judge', 5.0, 'red_alert.reports_stay_away']]
    """
    p, calendar = parameters or RedAlertParameters(), working_days or Workdays()
    common = {"rule": "M4", "subject_kind": "team", "subject_id": ""}
    day, _ = _known(days, values, friday)
    if not len(day):
        return findings([common | {"state": CANNOT_JUDGE, "code": "red_alert.never_defined", "arguments": {}}])
    spells = red_spells(days, values, friday, calendar, p)
    rows = []
    for spell in spells[spells["ended_on"].isna()].itertuples(index=False):
        rows.append(
            common
            | {
                "state": BREACH if spell.severity == "red" else WARNING,
                "measured": spell.depth,
                "threshold": p.fall,
                "unit": "fraction",
                "since": spell.started_on,
                "code": f"red_alert.{spell.severity}",
                "arguments": {"depth": spell.depth, "days": spell.days_forming, "needed": p.days},
            }
        )
    away = int(calendar.working_days_between(day[-1], one_day(friday) + 1))
    if away > p.max_gap_working_days:
        rows.append(
            common
            | {
                "state": CANNOT_JUDGE,
                "measured": away,
                "threshold": p.max_gap_working_days,
                "unit": "working days",
                "since": day[-1],
                "code": "red_alert.reports_stay_away",
                "arguments": {"days": away, "last_on": pd.Timestamp(day[-1])},
            }
        )
    if not rows:
        quiet = {"state": GOOD, "threshold": p.fall, "unit": "fraction", "code": "red_alert.quiet", "arguments": {}}
        rows.append(common | quiet)
    return findings(rows)
