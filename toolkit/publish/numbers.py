"""How bare numbers are written in columns and on charts: the unit stands in the header, not in the cell."""

import math
from typing import Any

from toolkit.language.forms import missing, number

MINUS = "−"


def cell(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant figures; — where there is none.

    Examples
    --------
    >>> cell(0.8421), cell(None), cell(92.0)
    ('0.842', '—', '92')
    """
    return "—" if missing(value) else number(float(value), digits)


def fixed(value: Any, places: int) -> str:
    """A number with so many decimals, for columns that are compared; — where there is none.

    Examples
    --------
    >>> fixed(1.1, 2), fixed(float("nan"), 2)
    ('1.10', '—')
    """
    return "—" if missing(value) else f"{float(value):,.{places}f}".replace("-", MINUS)


def whole(share: Any) -> str:
    """A fraction in whole per cent without the sign, rounded half up; — where there is none.

    Examples
    --------
    >>> whole(0.625), whole(None)
    ('63', '—')
    """
    return "—" if missing(share) else str(math.floor(float(share) * 100 + 0.5 + 1e-9))


def signed_points(change: Any) -> str:
    """A change of a fraction in whole points, with its sign.

    Examples
    --------
    >>> signed_points(0.05), signed_points(-0.12), signed_points(0.001)
    ('+5', '−12', '0')
    """
    return "—" if missing(change) else signed(round(float(change) * 100))


def signed(value: Any) -> str:
    """A number with its sign; 0 has none.

    Examples
    --------
    >>> signed(11.0), signed(-2.5), signed(0)
    ('+11', '−2.5', '0')
    """
    if missing(value):
        return "—"
    words = number(abs(float(value)))
    return "0" if words == "0" else ("+" if value > 0 else MINUS) + words


def amount(value: Any, unit: str, language: str) -> str:
    """A quantity of a resource for a column: money in 万元 or ¥k, anything else as a number.

    Examples
    --------
    >>> amount(22.0, "person_days", "zh"), amount(65_240, "CNY", "zh"), amount(65_240, "CNY", "en")
    ('22', '6.52', '65.2')
    """
    if missing(value) or unit != "CNY":
        return cell(value)
    return fixed(float(value) / 1e4, 2) if language == "zh" else fixed(float(value) / 1e3, 1)


def money_column(value: Any, language: str) -> str:
    """Money in the column's unit: 万元 in Chinese, ¥k in English.

    Examples
    --------
    >>> money_column(65_000, "zh"), money_column(65_000, "en")
    ('6.5', '65')
    """
    return "—" if missing(value) else number(float(value) / (1e4 if language == "zh" else 1e3))
