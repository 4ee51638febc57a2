"""How cells leave the house: dates ISO, floats in full, text that a spreadsheet cannot take for a formula."""

import re
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.language.forms import missing

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)*%?")
_IDS: Final = ("id", "key")


def is_id(column: str) -> bool:
    """Does a column hold ids? They stay as they are.

    Examples
    --------
    >>> is_id("account_id"), is_id("text")
    (True, False)
    """
    return column in _IDS or column.endswith("_id")


def neutral(text: str) -> str:
    """Text that a spreadsheet would run gets a leading apostrophe; plain numbers stay.

    Examples
    --------
    >>> neutral("=cmd()"), neutral("-5"), neutral("中原重工")
    ("'=cmd()", '-5', '中原重工')
    """
    return "'" + text if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text) else text


def plain(value: Any) -> Any:
    """A cell as a plain Python value: None, bool, int, float, date, datetime or text (lists joined by `;`).

    Examples
    --------
    >>> plain(np.float64("nan")), plain(np.True_), plain(pd.Timestamp("2026-11-20")), plain(("a", "b"))
    (None, True, datetime.date(2026, 11, 20), 'a;b')
    """
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    if missing(value):
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, datetime):
        value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        return value.date() if value.time() == time() and value.tzinfo is None else value
    return value


def written(value: Any, column: str) -> str:
    """A cell of a CSV file: ISO dates, shortest exact floats, true/false, neutral text, nothing where missing.

    Examples
    --------
    >>> written(0.1 + 0.2, "share"), written(None, "share"), written(True, "on_watch"), written("=A1", "text")
    ('0.30000000000000004', '', 'true', "'=A1")
    >>> written(pd.Timestamp("2026-11-20"), "due_on"), written("=A1", "account_id")
    ('2026-11-20', '=A1')
    """
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if is_id(column) or not isinstance(value, str) else neutral(text)
