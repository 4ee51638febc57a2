"""From a cell's text to its value, kind by kind, or to the code of the rule that it breaks.

Each reader takes one trimmed text that is not blank and gives `(value, "")` or `(None, code)`; `read_column`
runs it over the distinct texts of a column only. What is converted is converted exactly: `65%` is 0.65,
`1,200.5` is 1200.5, full-width digits and signs are their half-width twins, and a time with an offset is the
wall time in the time zone.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.data.columns import DATE_KINDS, NUMBER_KINDS, TEXT_KINDS, Column
from toolkit.data.source import UNCALCULATED

Read = tuple[Any, str]
DTYPES: Final = (
    dict.fromkeys(TEXT_KINDS, "str")
    | dict.fromkeys(NUMBER_KINDS, "float64")
    | dict.fromkeys(DATE_KINDS | {"time"}, "datetime64[us]")
    | {"boolean": "boolean"}
)
_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_ID_HALF: Final = {code: half for code, half in _HALF.items() if chr(half).isalnum() or chr(half) in "-_./#"}
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_DAMAGED: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII)
_QUARTER: Final = re.compile(r"\d{4}Q[1-4]", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)
_SPREADSHEET_ERRORS: Final = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"})
_BOOLEANS: Final = {
    "true": True, "1": True, "1.0": True, "是": True,
    "false": False, "0": False, "0.0": False, "否": False,
}  # fmt: skip


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their half-width twins.

    Examples
    --------
    >>> half_width("－１２．５％")
    '-12.5%'
    """
    return text.translate(_HALF)


def identifier(text: str) -> Read:
    """An identifier: half-width, otherwise as it is; what a spreadsheet has rounded (1.23E+15) is refused.

    Examples
    --------
    >>> identifier("００７"), identifier("1.23E+15")
    (('007', ''), (None, 'damaged_id'))
    """
    text = text.translate(_ID_HALF)
    return (None, "damaged_id") if _DAMAGED.fullmatch(text) else (text, "")


def plain(text: str) -> Read:
    return text, ""


def chosen(text: str) -> Read:
    return half_width(text).casefold(), ""


def quarter(text: str) -> Read:
    text = half_width(text).upper()
    return (text, "") if _QUARTER.fullmatch(text) else (None, "not_a_quarter")


def number(text: str) -> Read:
    """A finite number; thousands may be grouped by commas.

    Examples
    --------
    >>> number("1,200.5"), number("１２"), number("1,2"), number("inf")
    ((1200.5, ''), (12.0, ''), (None, 'not_a_number'), (None, 'not_a_number'))
    """
    if not _NUMBER.fullmatch(text):
        text = half_width(text)
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if not _NUMBER.fullmatch(text):
            return None, "not_a_number"
    value = float(text)
    return (value, "") if math.isfinite(value) else (None, "not_a_number")


def share(text: str) -> Read:
    """A fraction; with a per cent sign it is divided by 100.

    Examples
    --------
    >>> share("65%"), share("0.65"), share("６５ ％")
    ((0.65, ''), (0.65, ''), (0.65, ''))
    """
    text = half_width(text)
    if not text.endswith("%"):
        return number(text)
    bare = text[:-1].rstrip()
    return (float(Decimal(bare) / 100), "") if _NUMBER.fullmatch(bare) else (None, "not_a_number")


def truth(text: str) -> Read:
    value = _BOOLEANS.get(half_width(text).casefold())
    return (None, "not_a_boolean") if value is None else (value, "")


def moment(text: str, zone: tzinfo, whole_day: bool) -> Read:
    """A time as naive wall time in `zone`; with `whole_day` a date, whose time of day can only be midnight.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> moment("2026-11-20T01:30:00Z", ZoneInfo("Asia/Shanghai"), whole_day=False)
    (datetime.datetime(2026, 11, 20, 9, 30), '')
    >>> moment("2026/2/30", ZoneInfo("Asia/Shanghai"), whole_day=True)
    (None, 'impossible_date')
    """
    match = _MOMENT.fullmatch(half_width(text))
    if not match:
        return None, "not_a_date" if whole_day else "not_a_time"
    year, _, month, day, hour, minute, second, micro, offset = match.groups()
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0), int((micro or "").ljust(6, "0")))
        value = datetime.combine(date(int(year), int(month), int(day)), clock)
        if offset and not whole_day:
            sign = offset.upper().replace("Z", "+00:00")
            aware = datetime.strptime(sign, "%z").tzinfo
            value = value.replace(tzinfo=aware).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None, "impossible_date"
    if value.year < 1900:
        return None, "impossible_date"
    if whole_day and (offset or value.time() != datetime.min.time()):
        return None, "not_a_date"
    return value, ""


def reader(column: Column, zone: tzinfo) -> Callable[[str], Read]:
    """The function that reads a cell of this column."""
    match column.kind:
        case "id":
            return identifier
        case "text":
            return plain
        case "choice":
            return chosen
        case "quarter":
            return quarter
        case "number" | "integer":
            return number
        case "fraction":
            return share
        case "boolean":
            return truth
        case "time":
            return partial(moment, zone=zone, whole_day=False)
        case _:
            return partial(moment, zone=zone, whole_day=True)


def read_column(
    texts: np.ndarray, column: Column, zone: tzinfo, meanings: Mapping[str, str]
) -> tuple[pd.Series, np.ndarray | None]:
    """A column's cells: values in the column's dtype (blank: missing), and the rule that each cell breaks.

    `texts` (n,) are the cells as they stand; `meanings` says what a source's own words stand for. The second
    array (n,) holds "" where no rule is broken; it is None where none is at all.
    """
    codes, distinct = pd.factorize(texts)
    values: Any = None if meanings or column.kind not in NUMBER_KINDS else _plain_numbers(distinct)
    rules: list[str] = []
    if values is None:
        read = reader(column, zone)
        pairs = [_read(meanings.get(cell.strip(), cell.strip()), read) for cell in distinct]
        values, rules = [value for value, _ in pairs], [rule for _, rule in pairs]
    series = pd.Series(values, dtype=DTYPES[column.kind]).take(codes).reset_index(drop=True)
    return series, np.array(rules, dtype=object)[codes] if any(rules) else None


def _plain_numbers(distinct: np.ndarray) -> np.ndarray | None:
    """The numbers, if all are plain ones or blank; None if some need a closer look."""
    written = distinct != ""
    values = np.full(len(distinct), np.nan)
    try:
        values[written] = distinct[written].astype(np.float64)
    except ValueError:
        return None
    plain = np.isfinite(values[written]).all() and not any("_" in text for text in distinct)
    return values if plain else None


def _read(text: str, read: Callable[[str], Read]) -> Read:
    if not text:
        return None, ""
    if text == UNCALCULATED:
        return None, "formula_without_value"
    if text in _SPREADSHEET_ERRORS:
        return None, "spreadsheet_error"
    return read(text)
