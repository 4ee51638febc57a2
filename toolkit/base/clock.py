"""One clock for hours, calendar days and Chinese working days: deadlines and elapsed time.

Units. `hours` and `days` (of 24 hours) run around the clock. Of `working_days`, only the time that lies on working
days runs, 24 hours each: 5 working days from Wednesday 10:00 end on the next Wednesday at 10:00. A start on a day that
is none waits for the next working day's 00:00, so that 5 working days end at the end (24:00) of the fifth.

Formula. With w(t) the working time before t, a deadline is the earliest t >= start with w(t) - w(start) = amount, and
the elapsed time is w(end) - w(start): interval arithmetic over the running counts of `Workdays`, no loop over rows.

Times are naive wall time, `datetime64[us]`. Ties: none. Missing values: NaT in, NaT or NaN out. An end before its
start has no elapsed time (0). An answer in working days is *provisional* if any day that it touches is: the calendar
has no official notice for it yet; the end of a day touches that day, not the next.
"""

from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.base.workdays import Workdays

Unit = Literal["hours", "days", "working_days"]
Times = NDArray[np.datetime64]

_LENGTH: Final = {"hours": 3_600_000_000, "days": 86_400_000_000, "working_days": 86_400_000_000}  # microseconds
_DAY: Final = 86_400_000_000


class Clock:
    """Time that passes: around the clock, or on the working days of a calendar.

    Examples
    --------
    >>> clock = Clock(Workdays())
    >>> str(clock.deadline("2026-11-16T09:00", 48, "hours"))
    '2026-11-18T09:00:00.000000'

    Wednesday 30 September 2026, 10:00; National Day is 1-7 October, Saturday 10 October is worked:

    >>> str(clock.deadline("2026-09-30T10:00", 5, "working_days"))  # 14 h, then 8, 9, 10, 12 October, then 10 h
    '2026-10-13T10:00:00.000000'
    """

    def __init__(self, workdays: Workdays) -> None:
        self.workdays = workdays

    def deadline(self, start: ArrayLike, amount: ArrayLike, unit: Unit) -> Times:
        """The moment at which `amount` (>= 0) units have passed since `start`; both broadcast.

        NaT or NaN give NaT. Raises ValueError for a negative amount or an unknown unit.

        Examples
        --------
        >>> clock = Clock(Workdays())
        >>> str(clock.deadline("2026-11-14T15:00", 1, "working_days"))  # a Saturday: Monday, to its end
        '2026-11-17T00:00:00.000000'
        """
        length = _length(unit)
        begin, count = np.broadcast_arrays(_times(start), np.asarray(amount, dtype=float))
        known = ~np.isnat(begin) & ~np.isnan(count)
        if (count[known] < 0).any():
            raise ValueError(f"an amount of time is negative: {count[known].min()}")
        out = np.full(begin.shape, np.datetime64("NaT", "us"))
        t, span = begin[known].astype(np.int64), np.rint(count[known] * length).astype(np.int64)
        out[known] = (self._working_deadline(t, span) if unit == "working_days" else t + span).astype("datetime64[us]")
        return out

    def elapsed(self, start: ArrayLike, end: ArrayLike, unit: Unit) -> NDArray[np.float64]:
        """Units that passed from `start` to `end`, both broadcast: never negative; NaN where either is missing.

        Examples
        --------
        >>> clock = Clock(Workdays())
        >>> clock.elapsed("2026-11-13T12:00", ["2026-11-15T12:00", "2026-11-17T06:00"], "working_days").tolist()
        [0.5, 1.75]
        """
        length = _length(unit)
        begin, finish = np.broadcast_arrays(_times(start), _times(end))
        known = ~np.isnat(begin) & ~np.isnat(finish)
        a = begin[known].astype(np.int64)
        b = np.maximum(finish[known].astype(np.int64), a)
        out = np.full(begin.shape, np.nan)
        out[known] = (self._working_time(a, b) if unit == "working_days" else b - a) / length
        return out

    def provisional(self, start: ArrayLike, end: ArrayLike) -> NDArray[np.bool_]:
        """True where a day from `start` to `end` has no official notice; False where either is missing.

        Examples
        --------
        >>> Clock(Workdays()).provisional("2026-12-30T10:00", ["2027-01-01T00:00", "2027-01-01T00:01"]).tolist()
        [False, True]
        """
        begin, finish = np.broadcast_arrays(_times(start), _times(end))
        known = ~np.isnat(begin) & ~np.isnat(finish)
        out = np.zeros(begin.shape, dtype=bool)
        if known.any():
            first = begin[known].astype(np.int64) // _DAY
            last = np.maximum((finish[known].astype(np.int64) - 1) // _DAY, first)
            lowest = first.min()
            days = np.arange(lowest, last.max() + 1).astype("datetime64[D]")
            before = np.r_[0, np.cumsum(self.workdays.provisional(days))]
            out[known] = before[last - lowest + 1] > before[first - lowest]
        return out

    def _working_time(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Microseconds of working days between two times, a <= b."""
        first, last = _day(a), _day(b)
        works_first, works_last = self.workdays.is_working(first), self.workdays.is_working(last)
        whole = self.workdays.working_days_between(first, last) * _DAY
        across = works_first * (_DAY - a % _DAY) + whole + works_last * (b % _DAY)
        return np.where(first == last, works_first * (b - a), across)

    def _working_deadline(self, t: NDArray[np.int64], span: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rest of the first day if it is worked, then whole working days, then a part of the last."""
        first = _day(t)
        today = self.workdays.is_working(first) * (_DAY - t % _DAY)
        rest = np.maximum(span - today, 0)
        days = -(-rest // _DAY)
        last = self.workdays.nth_working_day(first, np.maximum(days, 1)).astype(np.int64)
        later = last * _DAY + rest - (days - 1) * _DAY
        return np.where(rest > 0, later, t + span)


def _length(unit: str) -> int:
    if unit not in get_args(Unit):
        raise ValueError(f"{unit!r} is no unit of time; there are {', '.join(get_args(Unit))}")
    return _LENGTH[unit]


def _times(values: Any) -> Times:
    return np.asarray(values, dtype="datetime64[us]")


def _day(microseconds: NDArray[np.int64]) -> Times:
    return (microseconds // _DAY).astype("datetime64[D]")
