"""The sample's calendar: Fridays, and the working days of the Chinese calendar from December 2025 to 2026.

A plain list, so that the sample does not change when a holiday package does (a test holds it against one).
Outside the list's span Monday to Friday are working days.

Examples:
    >>> days = working_days("2026-09-26", "2026-10-10")
    >>> [str(day) for day in days]
    ['2026-09-28', '2026-09-29', '2026-09-30', '2026-10-08', '2026-10-09', '2026-10-10']
"""

from __future__ import annotations

import numpy as np

HOLIDAYS = (  # first and last day of each statutory holiday, weekends included
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
MAKE_UP_DAYS = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")


def day(text: str) -> np.datetime64:
    """One day from ISO text."""
    return np.datetime64(text, "D")


def fridays(last: str, weeks: int) -> np.ndarray:
    """The `weeks` Fridays up to and including `last`; ValueError when `last` is not a Friday.

    Examples:
        >>> [str(friday) for friday in fridays("2026-11-20", 2)]
        ['2026-11-13', '2026-11-20']
    """
    end = day(last)
    if weekday(np.array([end]))[0] != 4:
        raise ValueError(f"{last} is not a Friday")
    if weeks < 1:
        raise ValueError("weeks must be at least 1")
    return end - 7 * np.arange(weeks - 1, -1, -1)


def weekday(days: np.ndarray) -> np.ndarray:
    """Monday 0 … Sunday 6 of datetime64[D] days."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def is_working(days: np.ndarray) -> np.ndarray:
    """Whether each day is worked: make-up days are, statutory holidays and weekends are not."""
    days = days.astype("datetime64[D]")
    worked = weekday(days) < 5
    for first, last in HOLIDAYS:
        worked &= ~((days >= day(first)) & (days <= day(last)))
    return worked | np.isin(days, np.array(MAKE_UP_DAYS, dtype="datetime64[D]"))


def working_days(first: str | np.datetime64, last: str | np.datetime64) -> np.ndarray:
    """The working days from `first` to `last`, both included."""
    days = np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]")
    return days[is_working(days)]


def add_working_days(start: np.ndarray | np.datetime64, count: np.ndarray | int) -> np.ndarray:
    """The day `count` working days after each start day (0: the start itself or the next worked day)."""
    start = np.atleast_1d(start).astype("datetime64[D]")
    calendar = working_days(start.min(), start.max() + 3 * int(np.max(count)) + 21)
    return calendar[np.searchsorted(calendar, start) + count]
