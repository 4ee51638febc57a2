"""Chinese working days: weekends, public holidays with the days moved for them, make-up working days.

Three layers, a later one wins over an earlier:
1. `chinesecalendar` for the years it knows (2004–2026: the State Council's notices, make-up days included);
   for other years the statutory days of `holidays`, without make-up days, marked *provisional*;
2. the override table (`parameters/workdays.csv`: day, kind, name, note), which settles single days in any
   year; kind `holiday` is an official holiday, kind `working` a working day.

- A *working day* is a weekday that is not a public holiday, or a make-up day.
- A *public holiday* (M5: "its weekends included") is every day of an unbroken run of days off that holds at
  least one announced or statutory holiday. An ordinary weekend is none; a make-up working day is none.

Days are `datetime64` (any unit; the time of day is cut off) or ISO text, scalars or arrays. A missing day
(NaT) is an error: whoever asks about a day must have one.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from toolkit.base.errors import InputError

KINDS: Final = ("working", "holiday")
OVERRIDE_COLUMNS: Final = ("day", "kind", "name", "note")
_STATUTORY_YEARS: Final = range(1950, 2101)  # of the package `holidays`; outside it only weekends are known

Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]


@cache
def _year(year: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], bool]:
    """(working, named holiday) of each day of a year, and whether the year is provisional."""
    first = np.datetime64(f"{year:04d}-01-01", "D")
    n = int((np.datetime64(f"{year + 1:04d}-01-01", "D") - first).astype(int))
    working = np.asarray(np.is_busday(first + np.arange(n)))
    named = np.zeros(n, dtype=bool)

    def places(days: Any) -> list[int]:
        return [d.timetuple().tm_yday - 1 for d in days if d.year == year]

    from chinese_calendar import constants  # lazy: not every command asks for working days

    if min(constants.holidays).year <= year <= max(constants.holidays).year:
        named[places(constants.holidays)] = True
        working[named] = False
        working[places(constants.workdays)] = True
        return working, named, False
    if year in _STATUTORY_YEARS:
        import holidays

        named[places(holidays.country_holidays("CN", years=year))] = True
        working[named] = False
    return working, named, True


@dataclass(frozen=True)
class _Table:
    """A stretch of whole years, a day a place: flags, and running counts for intervals."""

    first: int  # day number of place 0
    working: NDArray[np.bool_]
    holiday: NDArray[np.bool_]
    provisional: NDArray[np.bool_]
    working_until: Ints  # (n + 1,) working days before a place
    ordinary_until: Ints  # (n + 1,) days that are no public holiday, before a place
    working_places: Ints
    ordinary_places: Ints


def _runs_holding(off: NDArray[np.bool_], named: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """True on every day of a run of days off that holds a named holiday."""
    starts = np.flatnonzero(off & ~np.r_[False, off[:-1]])
    if not len(starts):
        return np.zeros_like(off)
    holds = np.add.reduceat((named & off).astype(np.int64), starts) > 0
    run = np.cumsum(off & ~np.r_[False, off[:-1]]) - 1
    return np.asarray(off & holds[np.maximum(run, 0)])


class Workdays:
    """The working calendar. `overrides` has the columns day, kind (working | holiday), name, note.

    Raises InputError for an override without a day, of an unknown kind, or for a day that is there twice.

    Examples
    --------
    >>> calendar = Workdays()
    >>> days = np.array(["2026-10-01", "2026-10-03", "2026-10-10", "2026-10-11"], "datetime64[D]")
    >>> calendar.is_working(days).tolist()  # National Day, its Saturday, a make-up Saturday, a Sunday
    [False, False, True, False]
    >>> calendar.is_public_holiday(days).tolist()
    [True, True, False, False]
    >>> calendar.working_days_between("2026-09-30", "2026-10-10").tolist()  # 8 and 9 October
    2
    """

    def __init__(self, overrides: pd.DataFrame | None = None) -> None:
        self._days, self._works = _checked(overrides)
        self._cached: _Table | None = None

    @classmethod
    def read(cls, path: str | Path) -> "Workdays":
        """The calendar with the override table of a CSV file (UTF-8); without the file, without overrides.

        Examples
        --------
        >>> Workdays.read("no/such/file.csv").is_working("2026-10-10").tolist()
        True
        """
        if not Path(path).exists():
            return cls()
        try:
            table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True)
        except (ValueError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: not a table of working days ({error})") from error
        return cls(table)

    def is_working(self, days: ArrayLike) -> NDArray[np.bool_]:
        """True on working days, make-up days included."""
        table, place = self._places(days)
        return np.asarray(table.working[place])

    def is_public_holiday(self, days: ArrayLike) -> NDArray[np.bool_]:
        """True on the days of an official public holiday, the weekends in its run of days off included.

        Examples
        --------
        New Year 2027 lies past the notices: the statutory Friday and the weekend that joins it.

        >>> days = np.arange("2026-12-31", "2027-01-05", dtype="datetime64[D]")
        >>> Workdays().is_public_holiday(days).tolist()
        [False, True, True, True, False]
        """
        table, place = self._places(days)
        return np.asarray(table.holiday[place])

    def provisional(self, days: ArrayLike) -> NDArray[np.bool_]:
        """True on days of a year without an official notice that no override settles.

        Examples
        --------
        >>> Workdays().provisional(["2026-12-31", "2027-01-01"]).tolist()
        [False, True]
        """
        table, place = self._places(days)
        return np.asarray(table.provisional[place])

    def working_days_between(self, start: ArrayLike, end: ArrayLike) -> Ints:
        """Working days strictly between two days; 0 when the end is not after the start. Broadcasts.

        Examples
        --------
        >>> Workdays().working_days_between("2026-11-13", ["2026-11-16", "2026-11-20", "2026-11-10"]).tolist()
        [0, 4, 0]
        """
        table, (a, b) = self._pair(start, end)
        return np.where(b > a, table.working_until[np.maximum(b, a)] - table.working_until[a + 1], 0)

    def nth_working_day(self, start: ArrayLike, n: ArrayLike) -> Days:
        """The n-th working day after a day (n >= 1), as datetime64[D]; both broadcast.

        Examples
        --------
        >>> str(Workdays().nth_working_day("2026-09-30", 3))  # 8, 9 and the make-up Saturday 10 October
        '2026-10-10'
        """
        count = np.asarray(n, dtype=np.int64)
        table, place = self._places(start, ahead=int(count.max(initial=1)))
        return _as_days(table.first + table.working_places[table.working_until[place + 1] + count - 1])

    def days_outside_holidays(self, start: ArrayLike, end: ArrayLike) -> Ints:
        """Days after `start` up to and with `end` that are no public holiday; 0 when the end is not later.

        Examples
        --------
        >>> Workdays().days_outside_holidays("2026-09-28", "2026-10-09").tolist()  # 11 days less 1–7 October
        4
        """
        table, (a, b) = self._pair(start, end)
        return np.maximum(table.ordinary_until[b + 1] - table.ordinary_until[a + 1], 0)

    def nth_day_outside_holidays(self, start: ArrayLike, n: int) -> Days:
        """The n-th day after a day that is no public holiday (n >= 1), as datetime64[D].

        Examples
        --------
        >>> str(Workdays().nth_day_outside_holidays("2026-09-28", 8))  # 29, 30 September, then 8–13 October
        '2026-10-13'
        """
        table, place = self._places(start, ahead=n)
        return _as_days(table.first + table.ordinary_places[table.ordinary_until[place + 1] + n - 1])

    def _pair(self, start: ArrayLike, end: ArrayLike) -> tuple[_Table, tuple[Ints, Ints]]:
        a, b = _numbers(start), _numbers(end)
        if not (a.size and b.size):
            table = self._table(0, 0)
        else:
            table = self._table(int(min(a.min(), b.min())), int(max(a.max(), b.max())))
        return table, (a - table.first, b - table.first)

    def _places(self, days: ArrayLike, ahead: int = 0) -> tuple[_Table, Ints]:
        numbers = _numbers(days)
        if not numbers.size:
            return self._table(0, 0), numbers
        table = self._table(int(numbers.min()), int(numbers.max()) + 3 * ahead)
        return table, numbers - table.first

    def _table(self, first: int, last: int) -> _Table:
        """The table that covers these days with a month to spare at each end (runs are never cut)."""
        old = self._cached
        if old is not None:
            if old.first + 31 <= first and last + 31 < old.first + len(old.working):
                return old
            first, last = min(first, old.first + 31), max(last, old.first + len(old.working) - 32)
        self._cached = self._built(first, last)
        return self._cached

    def _built(self, first: int, last: int) -> _Table:
        years = range(_year_of(first - 31), _year_of(last + 31) + 1)
        parts = [_year(year) for year in years]
        working = np.concatenate([part[0] for part in parts])
        named = np.concatenate([part[1] for part in parts])
        provisional = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
        start = int(np.datetime64(f"{years[0]:04d}-01-01", "D").astype(np.int64))
        place = self._days - start
        inside = (place >= 0) & (place < len(working))
        working[place[inside]] = self._works[inside]
        named[place[inside]] = ~self._works[inside]
        provisional[place[inside]] = False
        holiday = _runs_holding(~working, named)
        return _Table(
            start,
            working,
            holiday,
            provisional,
            np.r_[0, np.cumsum(working)],
            np.r_[0, np.cumsum(~holiday)],
            np.flatnonzero(working),
            np.flatnonzero(~holiday),
        )


def _year_of(number: int) -> int:
    return int(np.datetime64(number, "D").astype("datetime64[Y]").astype(int)) + 1970


def _as_days(numbers: Ints) -> Days:
    return np.asarray(numbers).astype("datetime64[D]")


def _numbers(days: ArrayLike) -> Ints:
    found = np.asarray(days, dtype="datetime64[D]")
    if np.isnat(found).any():
        raise ValueError("a day is missing (NaT)")
    return found.astype(np.int64)


def _checked(overrides: pd.DataFrame | None) -> tuple[Ints, NDArray[np.bool_]]:
    if overrides is None:
        return np.empty(0, np.int64), np.empty(0, bool)
    missing = [c for c in ("day", "kind") if c not in overrides.columns]
    if missing:
        raise InputError(f"working days: no column {missing[0]!r}; the columns are {', '.join(OVERRIDE_COLUMNS)}")
    days = pd.to_datetime(overrides["day"], format="ISO8601", errors="coerce").to_numpy().astype("datetime64[D]")
    if np.isnat(days).any():
        row = int(np.flatnonzero(np.isnat(days))[0])
        raise InputError(f"working days: {overrides['day'].iloc[row]!r} is not a day; write it as 2027-02-05")
    kind = overrides["kind"].to_numpy(dtype=object)
    unknown = [str(k) for k in kind if k not in KINDS]
    if unknown:
        raise InputError(f"working days: kind is {unknown[0]!r}; it can be working or holiday")
    twice = days[pd.Index(days).duplicated()]
    if len(twice):
        raise InputError(f"working days: {twice[0]} is there twice; keep one row")
    return days.astype(np.int64), np.asarray(kind == "working")
