"""Weeks run Saturday to Friday and are named by their Friday (METHOD.md, Common)."""

from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.base.errors import InputError

_FRIDAY = np.datetime64("1970-01-02", "D")  # a Friday
_WEEK = np.timedelta64(7, "D")

Day = str | date | datetime | np.datetime64


def day(value: Any) -> np.datetime64:
    """One calendar day from text (ISO), a date, a timestamp or a datetime64.

    Examples
    --------
    >>> day("2026-11-20")
    np.datetime64('2026-11-20')
    """
    try:
        found = np.datetime64(getattr(value, "isoformat", lambda: value)(), "D")
    except (TypeError, ValueError) as error:
        raise InputError(f"{value!r} is not a day; write it as 2026-11-20") from error
    if np.isnat(found):
        raise InputError("the day is missing; write it as 2026-11-20")
    return found


def friday_of(days: ArrayLike) -> NDArray[np.datetime64]:
    """The Friday that names the week (Saturday to Friday) in which each day lies; NaT stays NaT.

    Examples
    --------
    >>> friday_of(np.array(["2026-11-14", "2026-11-20", "2026-11-21"], dtype="datetime64[D]"))
    array(['2026-11-20', '2026-11-20', '2026-11-27'], dtype='datetime64[D]')
    """
    d = np.asarray(days, dtype="datetime64[D]")
    return np.asarray(d + (-(d - _FRIDAY)) % _WEEK)


def last_friday(value: Any) -> np.datetime64:
    """The last Friday on or before a day: the Friday that a review of that day takes.

    Examples
    --------
    >>> last_friday("2026-11-26"), last_friday("2026-11-20")
    (np.datetime64('2026-11-20'), np.datetime64('2026-11-20'))
    """
    d = day(value)
    return d - (d - _FRIDAY) % _WEEK


def fridays(first: Any, last: Any) -> NDArray[np.datetime64]:
    """Every Friday from the week of `first` to the last Friday on or before `last`, ascending.

    Examples
    --------
    >>> fridays("2026-11-03", "2026-11-20").astype(str).tolist()
    ['2026-11-06', '2026-11-13', '2026-11-20']
    """
    start = friday_of(day(first))
    count = (last_friday(last) - start) // _WEEK + 1
    return start + _WEEK * np.arange(max(int(count), 0))
