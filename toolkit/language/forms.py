"""How values are written in each language: money, shares, dates, counts, numbers."""

import math
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_skeleton, get_day_names
from babel.lists import format_list

_MINUS = "−"
_LOCALES = {"zh": "zh_CN", "en": "en_GB"}


def form(value: Any, spec: str, language: str) -> str:
    """`value` written as `spec` says: money, percent, points, brief, years, date, number, signed, count …, or plain.

    A count names its words (`count:day|days`). A missing value is written — (em dash): never nan.

    Examples
    --------
    >>> form(10_100_000, "money", "zh"), form(10_100_000, "money", "en")
    ('1010万', '¥10.1M')
    >>> form(0.123, "percent", "en"), form(9, "count:day|days", "en"), form(1, "count:day|days", "en")
    ('12%', '9 days', '1 day')
    >>> form(None, "money", "zh")
    '—'
    """
    kind, _, rest = spec.partition(":")
    if kind == "list":
        return listing(value, language)
    if missing(value):
        return "—"
    match kind:
        case "":
            return str(value)
        case "money":
            return money(float(value), language)
        case "money_signed":
            return _sign(float(value)) + money(abs(float(value)), language)
        case "percent":
            return percent(float(value))
        case "years":
            return years(float(value), language)
        case "percent1":
            return percent(float(value), 1)
        case "points":
            return brief(abs(float(value)) * 100)
        case "brief":
            return brief(float(value))
        case "number":
            return number(float(value))
        case "signed":
            return _sign(float(value)) + number(abs(float(value)))
        case "date":
            return day(value, language)
        case "day_of_year":
            return day(value, language, year=True)
        case "weekday":
            return weekday(value, language)
        case "count":
            one, _, many = rest.partition("|")
            n = number(float(value))
            return f"{n} {one if n == '1' else many}"
        case _:
            raise ValueError(f"unknown form {spec!r}")


def missing(value: Any) -> bool:
    """True for None, NaN, NaT and pandas' NA (known by its name: pandas is not imported for it).

    Examples
    --------
    >>> missing(None), missing(float("nan")), missing("")
    (True, True, False)
    """
    return value is None or type(value).__name__ == "NAType" or value != value


def _sign(value: float) -> str:
    return "+" if value > 0 else _MINUS if value < 0 else ""


def number(value: float, digits: int = 3) -> str:
    """A number to `digits` significant figures, never rounding whole hundreds away; a true minus sign.

    Examples
    --------
    >>> number(21.437), number(1980.4), number(-0.0457), number(3.0)
    ('21.4', '1,980', '−0.0457', '3')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "—"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value)) + 1e-12))
    text = f"{abs(value):,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (_MINUS if value < 0 and text != "0" else "") + text


def brief(value: float) -> str:
    """A score or a difference of points: one decimal below 10, none above; a true minus sign.

    Examples
    --------
    >>> brief(0.672), brief(2.0), brief(41.9), brief(-3.25)
    ('0.7', '2', '42', '−3.3')
    """
    places = 0 if abs(value) >= 9.95 else 1
    text = f"{abs(value) + 1e-9:.{places}f}".removesuffix(".0")
    return (_MINUS if value < 0 and text != "0" else "") + text


def percent(share: float, places: int = 0) -> str:
    """A fraction in per cent, rounded half away from zero.

    Examples
    --------
    >>> percent(0.585), percent(-0.1), percent(0.0034, 1)
    ('59%', '−10%', '0.3%')
    """
    x = abs(share) * 100
    scaled = math.floor(x * 10**places + 0.5 + 1e-9) / 10**places
    return f"{_MINUS if share < 0 and scaled else ''}{scaled:.{places}f}%"


def money(amount: float, language: str) -> str:
    """CNY as people say it: 万 and 亿 in Chinese, k, M and bn in English, three significant figures.

    Examples
    --------
    >>> [money(x, "zh") for x in (380, 65_000, 1_200_000, 128_400_000)]
    ['380元', '6.5万', '120万', '1.28亿']
    >>> [money(x, "en") for x in (380, 65_000, 1_200_000, 128_400_000, 32_000_000_000)]
    ['¥380', '¥65k', '¥1.2M', '¥128M', '¥32bn']
    """
    size = abs(amount)
    if language == "zh":
        if size >= 0.99995e8:
            return number(amount / 1e8) + "亿"
        if size >= 0.99995e4:
            return _wan(amount) + "万"
        return number(round(amount)) + "元"
    sign = _MINUS if amount < 0 else ""
    if size >= 0.9995e9:
        return f"{sign}¥{number(size / 1e9)}bn"
    if size >= 0.9995e6:
        return f"{sign}¥{number(size / 1e6)}M"
    if size >= 0.9995e3:
        return f"{sign}¥{number(size / 1e3)}k"
    return f"{sign}¥{number(round(size))}"


def _wan(amount: float) -> str:
    wan = amount / 1e4
    return number(wan).replace(",", "") if abs(wan) < 1000 else f"{wan:.0f}".replace("-", _MINUS)


def day(value: Any, language: str, *, year: bool = False) -> str:
    """A day in prose: 11月19日 or 19 Nov (with the year where asked).

    Examples
    --------
    >>> day("2026-11-19", "zh"), day("2026-11-19", "en"), day("2026-11-19", "en", year=True)
    ('11月19日', '19 Nov', '19 Nov 2026')
    """
    text = str(value.isoformat() if hasattr(value, "isoformat") else value)[:10]
    return _day(text, "yMMMd" if year else "MMMd", language)


@lru_cache(maxsize=4096)
def _day(text: str, skeleton: str, language: str) -> str:
    return str(format_skeleton(skeleton, date.fromisoformat(text), locale=_LOCALES[language]))


def years(value: float, language: str) -> str:
    """So many years, with one decimal.

    Examples
    --------
    >>> years(2.34, "zh"), years(2.34, "en"), years(1.0, "en")
    ('2.3年', '2.3 years', '1.0 years')
    """
    return f"{value:.1f}年" if language == "zh" else f"{value:.1f} years"


def weekday(value: Any, language: str) -> str:
    """The day of the week.

    Examples
    --------
    >>> weekday(date(2026, 11, 20), "zh"), weekday(date(2026, 11, 20), "en")
    ('周五', 'Friday')
    """
    names = get_day_names("abbreviated" if language == "zh" else "wide", locale=_LOCALES[language])
    return str(names[value.weekday()])


def listing(names: Iterable[Any], language: str) -> str:
    """Names in a row: 甲、乙和丙, or A, B and C.

    Examples
    --------
    >>> listing(["A", "B", "C"], "en"), listing(["甲", "乙", "丙"], "zh"), listing([], "zh")
    ('A, B and C', '甲、乙和丙', '')
    """
    return format_list([str(name) for name in names], locale=_LOCALES[language])
