"""When a report is due: every working day, every Friday, every month, by the working calendar.

An occurrence has a *day*, the `as_of` of its report, and a moment *at* which it is due. Readings:

- `daily`: each working day, make-up days included, as of that day.
- `weekly`: each Friday, as of that Friday. A Friday that is not worked is due on the last working day before it in its
  week (Saturday to Friday), still as of that Friday. A week without any working day is due on the first one after it:
  a week is not reviewed before it has begun.
- `monthly`: each calendar month, as of its last day, due on the first working day after it: then the month is over.

Each day has one moment, and moments stand in the order of their days. `occurrences` takes what is due after one moment
up to and with another, so that whatever the times of the wake-ups, the intervals between them hold each once. A later
notice can still move a day of a *provisional* year: whoever keeps what is done keeps it by its day, and asks far
enough back.

Times are aware, compared as instants; an hour that summer time skips is due an hour later by the wall clock, one that
it repeats is due the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np

from toolkit.base.weeks import fridays
from toolkit.base.workdays import Days, Workdays

Every = Literal["daily", "weekly", "monthly"]

_REACH: Final = np.timedelta64(31, "D")  # no run of days off is as long, so no day is due farther from itself
_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Rhythm:
    """How often a report is due, and at which hour of which time zone."""

    every: Every
    at: time
    zone: ZoneInfo


@dataclass(frozen=True)
class Occurrence:
    """One report to be made: as of `day`, due `at` (aware, in the rhythm's time zone)."""

    day: date
    at: datetime


def occurrences(rhythm: Rhythm, after: datetime, until: datetime, calendar: Workdays) -> tuple[Occurrence, ...]:
    """What falls due after one moment, up to and with another, in order. Raises ValueError for a time without a zone.

    Examples
    --------
    Friday 2 October 2026 lies in the National Day week; Wednesday 30 September is the last working day before it.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> first, last = datetime(2026, 9, 27, tzinfo=zone), datetime(2026, 10, 12, tzinfo=zone)
    >>> for found in occurrences(Rhythm("weekly", time(16, 0), zone), first, last, Workdays()):
    ...     print(found.day, "due", found.at)
    2026-10-02 due 2026-09-30 16:00:00+08:00
    2026-10-09 due 2026-10-09 16:00:00+08:00
    >>> [str(found.day) for found in occurrences(Rhythm("daily", time(8, 30), zone), first, last, Workdays())]
    ['2026-09-28', '2026-09-29', '2026-09-30', '2026-10-08', '2026-10-09', '2026-10-10']
    >>> [str(found.at) for found in occurrences(Rhythm("monthly", time(9, 0), zone), first, last, Workdays())]
    ['2026-10-08 09:00:00+08:00']
    """
    if after.tzinfo is None or until.tzinfo is None:
        raise ValueError("a time without a time zone cannot be compared")
    first, last = (np.datetime64(moment.astimezone(rhythm.zone).date()) for moment in (after, until))
    days = _days(rhythm.every, first - _REACH, last + _REACH, calendar)
    due = _due_days(rhythm.every, days, calendar)
    found = (Occurrence(day, _moment(on, rhythm)) for day, on in zip(days.tolist(), due.tolist(), strict=True))
    return tuple(_between(found, after.astimezone(UTC), until.astimezone(UTC)))


def _days(every: Every, first: np.datetime64, last: np.datetime64, calendar: Workdays) -> Days:
    """The days of which a report is made, from one day to another."""
    if every == "weekly":
        return fridays(first, last)
    if every == "monthly":
        months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
        return np.asarray((months + 1).astype("datetime64[D]") - _DAY)
    days = np.arange(first, last + _DAY)
    return np.asarray(days[calendar.is_working(days)])


def _due_days(every: Every, days: Days, calendar: Workdays) -> Days:
    """The working day on which each of the days is due."""
    if every == "daily":
        return days
    after = calendar.nth_working_day(days, 1)
    if every == "monthly":
        return after
    week = days[:, None] - _DAY * np.arange(7)  # Friday, Thursday … Saturday
    worked = calendar.is_working(week)
    latest = np.take_along_axis(week, worked.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(worked.any(axis=1), latest, after)


def _moment(day: date, rhythm: Rhythm) -> datetime:
    wall = datetime.combine(day, rhythm.at, rhythm.zone)
    return wall.astimezone(UTC).astimezone(rhythm.zone)  # an hour that does not exist becomes one that does


def _between(found: Iterator[Occurrence], after: datetime, until: datetime) -> Iterator[Occurrence]:
    return (one for one in found if after < one.at.astimezone(UTC) <= until)
