"""M4 of one series: its red spells and warnings as a frame, and what that makes of the reviewed Friday."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import TOLERANCE
from toolkit.base.findings import findings
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import day as one_day
from toolkit.base.workdays import Workdays
from toolkit.method.red_alert.core import RedAlertParameters, Reds, Rows, means_before, reds

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

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def red_spells(
    days: Any,
    values: Any,
    friday: Any,
    working_days: Workdays | None = None,
    parameters: RedAlertParameters | None = None,
) -> pd.DataFrame:
    """M4 of one series, as known on the reviewed Friday: every red spell and every warning, by start.

    days, values  the reporting days, ascending, and their efficiency (NaN: not defined); later days are
    left out
    Returns  severity (red | warning), started_on (first falling day), fired_on (the day it came on), ended_on
             (NaT: on), depth (fraction), value_before, recovery_line (the value to come back to), next_line
             (at or below it on the next reporting day, the spell goes on or fires; a red that is on: its
             recovery line; NaN once ended), days_forming (of those needed), code (fired | forming |
             cumulative), judged_on (tuple of the falling days judged)

    Examples
    --------
    >>> days = np.arange("2026-11-16", "2026-11-21", dtype="datetime64[D]")
    >>> found = red_spells(days, [100, 90, 81, 85, 84], "2026-11-20")
    >>> found[["severity", "started_on", "ended_on", "depth", "days_forming"]]
      severity started_on   ended_on  depth  days_forming
    0  warning 2026-11-17 2026-11-19   0.19             2
    """
    p, calendar = parameters or RedAlertParameters(), working_days or Workdays()
    day, value = known_days(days, values, friday)
    found = reds(value, day, np.zeros(1, np.int64), calendar, p)
    rows = Rows(value, day, np.zeros(1, np.int64), calendar, p.max_gap_working_days)
    lines = [_red_row(rows, found, k, p) for k in range(len(found.started))]
    lines += _warnings(rows, found, one_day(friday), p)
    frame = pd.DataFrame(lines, columns=list(SPELL_COLUMNS)).sort_values(
        ["started_on", "fired_on"], ignore_index=True, kind="stable"
    )
    for column in ("started_on", "fired_on", "ended_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    numbers = dict.fromkeys(SPELL_COLUMNS[4:8], "float64")
    kinds: dict[str, Any] = {"severity": "str", "code": "str", "judged_on": object, "days_forming": "int64"}
    return frame.astype(kinds | numbers)


def known_days(days: Any, values: Any, friday: Any) -> tuple[NDArray[np.datetime64], Floats]:
    """The defined days up to the Friday, and their values."""
    day = np.asarray(days).astype("datetime64[D]")
    value = np.asarray(values, dtype=float)
    if len(day) != len(value) or (np.diff(day) <= np.timedelta64(0, "D")).any():
        raise ValueError("days must be ascending, each once, with a value each")
    inside = (day <= one_day(friday)) & ~np.isnan(value)
    return day[inside], value[inside]


def _red_row(rows: Rows, found: Reds, k: int, p: RedAlertParameters) -> dict[str, Any]:
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
    """Of every row: days a spell has been forming, where it starts, the value before it (0, -1, NaN)."""

    count: Ints
    start: Ints
    before: Floats


def _falling_runs(rows: Rows, factor: float) -> _Forming:
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


def _below_baseline(rows: Rows, p: RedAlertParameters) -> _Forming:
    """Of every row, the earliest start (at most days - 1 back) whose baseline all rows since are below."""
    v, n, b = rows.values, len(rows.values), p.baseline_days
    mean = np.full(n, np.nan)
    if n > b:
        mean[b:] = means_before(v, b, n, b)
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


def _warnings(rows: Rows, found: Reds, friday: np.datetime64, p: RedAlertParameters) -> list[dict[str, Any]]:
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
                "days_forming": min(int(forming.count[last]), p.days - 1),
                "code": "forming" if forming.count[last] and forming.start[last] == start else "cumulative",
                "judged_on": tuple(rows.days[start : last + 1]),
            }
        )
    return out


def _warning_end(rows: Rows, last: int, friday: np.datetime64) -> np.datetime64:
    """The first day on which a warning last seen on a row no longer forms; NaT while it may go on."""
    after = rows.days[last + 1] if last + 1 < len(rows.days) else friday + 1
    if rows.working_days.working_days_between(rows.days[last], after) > rows.max_gap:
        fifth: np.datetime64 = rows.working_days.nth_working_day(rows.days[last : last + 1], rows.max_gap + 1)[0]
        return fifth
    return after if last + 1 < len(rows.days) else np.datetime64("NaT", "D")


def _next_line(rows: Rows, forming: _Forming, last: int, p: RedAlertParameters) -> float:
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
    """M4 judged on the reviewed Friday: a row for what is on, and one if reports stay away: no all-clear.

    Codes: red_alert.red (breach), red_alert.warning, red_alert.quiet (good), red_alert.reports_stay_away and
    red_alert.never_defined (cannot judge). measured is the depth (fraction); for reports that stay away the
    working days without a defined value since the last one, up to and with the Friday.

    Examples
    --------
    >>> days = np.arange("2026-11-09", "2026-11-14", dtype="datetime64[D]")
    >>> found = red_findings(days, [100, 101, 99, 98, 99], "2026-11-20")
    >>> found[["state", "measured", "code"]].values.tolist()
    [['cannot_judge', 5.0, 'red_alert.reports_stay_away']]
    """
    p, calendar = parameters or RedAlertParameters(), working_days or Workdays()
    common: dict[str, Any] = {"rule": "M4", "subject_kind": "team", "subject_id": ""}
    day, _ = known_days(days, values, friday)
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
        quiet = {"state": GOOD, "threshold": p.fall, "unit": "fraction", "code": "red_alert.quiet"}
        rows.append(common | quiet | {"arguments": {}})
    return findings(rows)
