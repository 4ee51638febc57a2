"""A foreign file's cells as the contract writes them: amounts with signs and units, days in any order.

What cannot be read for certain stays as it stands, and the gate lists it: nothing is guessed here.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from toolkit.data.cells import half_width

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: Final[tuple[Order, ...]] = ("ymd", "dmy", "mdy")
ONE: Final = Decimal(1)
CNY: Final = frozenset({"", "¥", "￥", "rmb", "cny", "cn¥", "人民币", "元", "圆"})
_SCALES: Final = {
    "百": 100, "千": 1_000, "万": 10_000, "w": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
    "K": 1_000, "k": 1_000, "M": 1_000_000, "mn": 1_000_000, "B": 1_000_000_000, "bn": 1_000_000_000,
}  # fmt: skip
_COUNTED: Final = frozenset({
    "", "元", "圆", "rmb", "cny", "分", "个", "次", "人", "天", "人天", "小时", "h", "hrs", "hours",
    "米", "m", "家", "项",
})  # fmt: skip
_AMOUNT: Final = re.compile(r"(?P<before>[^\d.,+\-]*)(?P<sign>[+-]?)(?P<number>\d[\d,' ]*\.?\d*|\.\d+)(?P<after>\D*)")
_YMD: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SHORT: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"([2-7]\d{4})(\.\d+)?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})")
_MONTH_DAY: Final = re.compile(r"([A-Za-z]{3,9})\.? *(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
_CLOCK: Final = re.compile(r"[T ,]*(上午|下午)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?$")
_WEEKDAY: Final = re.compile(r"\s*[(（]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*[)）]?\s*$")
_EPOCH: Final = date(1899, 12, 30)  # day 0 of Excel's dates
_MONTHS: Final = {calendar.month_name[k].lower(): k for k in range(1, 13)}


def currency_of(text: str) -> str:
    """The currency sign or code that an amount carries, "" where it is CNY or bare.

    Examples
    --------
    >>> currency_of("$1,200"), currency_of("1200 USD"), currency_of("¥1,200"), currency_of("12万元")
    ('$', 'USD', '', '')
    """
    parts = _parts(text)
    if parts is None:
        return ""
    before, _, _, after = parts
    if before and before.lower() not in CNY:
        return before
    unit = after.removesuffix("元")
    return after if unit.lower() not in _COUNTED and unit not in _SCALES and unit != "%" else ""


def amount(text: str, factor: Decimal = ONE, rates: Mapping[str, Decimal] | None = None) -> str:
    """A number without currency signs and units, times `factor`; the text itself where it is none.

    A unit in the cell (12万) goes before the column's. A currency other than CNY needs its rate. A per cent sign stays:
    the gate reads it.

    Examples
    --------
    >>> amount("¥1,200.50"), amount("12.5万元"), amount("350", Decimal(10000)), amount("(1,200)")
    ('1200.5', '125000', '3500000', '-1200')
    >>> amount("$ 100"), amount("$ 100", rates={"$": Decimal("7.1")}), amount("65%", Decimal("0.01")), amount("n/a")
    ('$ 100', '710', '65%', 'n/a')
    """
    parts = _parts(text)
    if parts is None or parts[3] == "%":
        return text
    before, negative, number, after = parts
    value = Decimal(number)
    rate = ONE
    foreign = currency_of(text)
    if foreign:
        if foreign not in (rates or {}):
            return text
        rate, after = (rates or {})[foreign], "" if after == foreign else after
    unit = after.removesuffix("元") if after != "元" else after
    if unit in _SCALES:
        value *= _SCALES[unit]
    elif unit.lower() in _COUNTED:
        value *= factor
    else:
        return text
    value *= rate
    return _written(-value if negative else value)


def _parts(text: str) -> tuple[str, bool, str, str] | None:
    """Sign or code before, whether below zero, the bare number, what follows; None where it is no amount."""
    plain = half_width(text).strip()
    below = plain.startswith("(") and plain.endswith(")")
    match = _AMOUNT.fullmatch(plain[1:-1] if below else plain)
    if not match:
        return None
    number = re.sub(r"[,' ]", "", match["number"])
    grouped = "," in match["number"]
    if grouped and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", match["number"].replace(" ", "").strip()):
        return None
    try:
        Decimal(number)
    except InvalidOperation:
        return None
    return match["before"].strip(), below != (match["sign"] == "-"), number, match["after"].strip()


def _written(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def orders_of(text: str) -> frozenset[str]:
    """The orders in which a cell can be read as a day; all of them where it says its own (2026-11-3, 3-Nov-26).

    Examples
    --------
    >>> sorted(orders_of("13/11/2026")), sorted(orders_of("03/04/2026")), len(orders_of("2026年11月3日"))
    (['dmy'], ['dmy', 'mdy'], 3)
    """
    return frozenset(order for order in ORDERS if _day(text, order) is not None)


def day(text: str, order: Order = "ymd") -> str:
    """A day in ISO, whatever its writing; a time of day behind it goes. The text itself where it is none for certain.

    Examples
    --------
    >>> [day(text) for text in ("2026年11月3日", "2026.11.3", "20261103", "46329", "3-Nov-26", "Nov 3, 2026 5:02 PM")]
    ['2026-11-03', '2026-11-03', '2026-11-03', '2026-11-03', '2026-11-03', '2026-11-03']
    >>> day("03/04/2026", "dmy"), day("03/04/2026", "mdy"), day("03/04/2026"), day("2026年11月")
    ('2026-04-03', '2026-03-04', '03/04/2026', '2026年11月')
    """
    found = _day(text, order)
    return text if found is None else found[0].isoformat()


def moment(text: str, order: Order = "ymd") -> str:
    """As `day`, with the time of day where there is one.

    Examples
    --------
    >>> moment("20/11/2026 5:02 PM", "dmy"), moment("2026年11月3日"), moment("2026/11/3 下午2:20")
    ('2026-11-20T17:02:00', '2026-11-03', '2026-11-03T14:20:00')
    """
    found = _day(text, order)
    if found is None:
        return text
    when, clock = found
    return when.isoformat() + (f"T{clock}" if clock else "")


def quarter(text: str) -> str:
    """A quarter as 2026Q4; the text itself where it is none.

    Examples
    --------
    >>> quarter("2026年第四季度"), quarter("Q4 2026"), quarter("26Q4"), quarter("2026 FY-Q4"), quarter("2026")
    ('2026Q4', '2026Q4', '2026Q4', '2026Q4', '2026')
    """
    plain = half_width(text).strip().upper()
    for digit, word in enumerate("一二三四", 1):
        plain = plain.replace(f"第{word}季", f"Q{digit}").replace(f"{word}季", f"Q{digit}")
    plain = re.sub(r"第?([1-4])季度?", r"Q\1", plain)
    year = re.search(r"(?<!\d)(20\d{2}|\d{2})(?!\d)", plain)
    part = re.search(r"Q([1-4])", plain)
    return f"{_year(year[1])}Q{part[1]}" if year and part else text


def _day(text: str, order: Order) -> tuple[date, str] | None:
    plain = _WEEKDAY.sub("", half_width(text).strip())
    clock = ""
    if match := _CLOCK.search(plain):
        hour, half = int(match[2]), (match[5] or "").lower()
        if (half == "p" or match[1] == "下午") and hour < 12:
            hour += 12
        elif (half == "a" or match[1] == "上午") and hour == 12:
            hour = 0
        if hour > 23 or int(match[3]) > 59:
            return None
        clock = f"{hour:02d}:{match[3]}:{match[4] or '00'}"
        plain = _WEEKDAY.sub("", plain[: match.start()].strip())
    try:
        found = _date(plain, order)
    except (ValueError, OverflowError):
        return None
    return None if found is None else (found, clock)


def _date(text: str, order: Order) -> date | None:
    if match := _YMD.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _COMPACT.fullmatch(text):
        return date(int(match[1] + match[2]), int(match[3]), int(match[4]))
    if match := _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(match[1]))
    if match := _DAY_MONTH.fullmatch(text):
        month = _month(match[2])
        return date(_year(match[3]), month, int(match[1])) if month else None
    if match := _MONTH_DAY.fullmatch(text):
        month = _month(match[1])
        return date(int(match[3]), month, int(match[2])) if month else None
    if match := _SHORT.fullmatch(text):
        first, second, third = match[1], match[3], match[4]
        if order == "ymd":
            return date(_year(first), int(second), int(third)) if len(first) == len(third) == 2 else None
        days, months = (first, second) if order == "dmy" else (second, first)
        return date(_year(third), int(months), int(days))
    return None


def _year(text: str) -> int:
    """Two digits are of this century up to 69, as spreadsheets read them."""
    year = int(text)
    return year if len(text) == 4 else 2000 + year if year < 70 else 1900 + year


def _month(word: str) -> int:
    """The month that an English word or its first letters name, 0 where none."""
    return next((number for name, number in _MONTHS.items() if name.startswith(word.lower())), 0)
