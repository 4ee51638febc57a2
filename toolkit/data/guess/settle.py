"""What the cells of a proposed column need: words, factors, orders of days; and what they leave open."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import numpy as np

from toolkit.base.names import plain
from toolkit.base.weeks import friday_of
from toolkit.data.columns import DATE_KINDS, NUMBER_KINDS, Column
from toolkit.data.foreign_cells import day
from toolkit.data.guess import words
from toolkit.data.guess.profiles import Profile, band
from toolkit.data.guess.proposal import Question, Said, TableGuess
from toolkit.data.tables_foreign import READABLE

MONEY_UNITS: Final = {
    "千": 1_000, "k": 1_000, "thousand": 1_000, "万": 10_000, "w": 10_000, "百万": 1_000_000, "m": 1_000_000,
    "mn": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "亿": 100_000_000,
}  # fmt: skip
_HOME: Final = ("人民币", "rmb", "cny", "元", "¥", "￥")
_ABROAD: Final = (
    "us$",
    "usd",
    "美元",
    "eur",
    "欧元",
    "gbp",
    "hkd",
    "港币",
    "港元",
    "jpy",
    "日元",
    "sgd",
    "$",
    "€",
    "£",
)
_UNIT_IN_TITLE: Final = re.compile(r"(?:单位|[Uu]nit)\s*[:：]\s*([^\s)）\]】,，;；]+)")
_CURRENCY_HEAD: Final = re.compile(r"币种|货币|币别|currency|curr")
_SMALL: Final = 100_000  # no yearly potential or contract of a key account is this small in CNY
_LARGE: Final = (
    ("accounts", "annual_potential"), ("accounts", "contract_amount"), ("account_weeks", "contract_amount"),
    ("opportunities", "amount"), ("opportunities", "annual_potential"), ("targets", "amount"),
    ("industries", "market_capacity"),
)  # fmt: skip
_STAGES: Final = {"decision_stage", "stage_before", "stage_after", "stage_at_request", "stance"}
_ASKED_WORDS: Final = 8


def settle(guess: TableGuess) -> Iterator[Question]:
    """Fill in what the columns of a table need; the questions that are left."""
    for column in READABLE[guess.table].columns:
        profile = guess.profile(column.name)
        if profile is None or not profile.texts:
            continue
        if column.kind in NUMBER_KINDS and column.name in _STAGES:
            yield from _words(guess, column, profile)
        elif column.kind in NUMBER_KINDS:
            yield from _numbers(guess, column, profile)
        elif column.kind in DATE_KINDS or column.kind == "time":
            yield from _days(guess, column, profile)
        elif column.kind == "choice":
            yield from _words(guess, column, profile)
        elif column.kind == "boolean":
            yield from _yes_no(guess, column, profile)
        if column.kind not in ("text", "id"):
            guess.blank |= dict.fromkeys(profile.blanks)
    yield from _row_currencies(guess)
    _doubles(guess)


def _because(guess: TableGuess, column: Column, code: str, **arguments: object) -> None:
    guess.columns[column.name].why.append(Said(code, arguments))


def _doubles(guess: TableGuess) -> None:
    """Ids that stand more than once: the gate sets their rows aside unless they are alike."""
    key = READABLE[guess.table].key
    profile = guess.profile(key[0]) if len(key) == 1 else None
    if profile is not None and profile.repeated and not guess.distinct:
        _because(guess, READABLE[guess.table][key[0]], "doubles", ids=", ".join(profile.repeated[:3]))


# --- numbers --------------------------------------------------------------------------------------------------------


def _numbers(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    yield from _currencies(guess, profile)
    bad = [text for text in profile.distinct if text not in profile.numbers]
    if bad and column.kind != "fraction":
        _because(guess, column, "no_numbers", n=len(bad), first=bad[0])
    if column.kind == "fraction":
        yield from _shares(guess, column, profile, bad)
    elif column.unit == "CNY":
        yield from _money(guess, column, profile)
    elif column.high == 100 and len(profile.numbers) >= 4 and 0 < profile.largest <= 10:
        factor = 20 if profile.largest <= 5 else 10
        key = f"factors.{guess.table}.{column.name}"
        said = Said("ask.scale", {"header": profile.header, "largest": profile.largest, "top": 100 // factor})
        yield Question(key, said, ("1", str(factor)))


def _currencies(guess: TableGuess, profile: Profile) -> Iterator[Question]:
    for sign in profile.currencies:
        if sign not in guess.currencies:
            guess.currencies[sign] = Decimal(0)
            some = next(text for text in profile.distinct if sign in text)
            yield Question(f"currencies.{guess.table}.{sign}", Said("ask.currency", {"sign": sign, "example": some}))


def _row_currencies(guess: TableGuess) -> Iterator[Question]:
    """A column that says in which currency a row's amounts are."""
    for header in guess.unused:
        profile = guess.profiles[header]
        codes = [text for text in profile.distinct if re.fullmatch(r"[A-Z]{3}|人民币|美元|欧元|港币|日元", text)]
        if not codes or len(codes) < len(profile.distinct) or not _CURRENCY_HEAD.search(plain(header)):
            continue
        guess.currency = header
        for code in codes:
            if plain(code) not in _HOME and code not in guess.currencies:
                guess.currencies[code] = Decimal(0)
                said = Said("ask.row_currency", {"header": header, "code": code})
                yield Question(f"currencies.{guess.table}.{code}", said)


def _money(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    scale, abroad = money_unit(profile.unit)
    titled = not scale and not abroad and not _at_home(profile.unit)
    word = profile.unit if scale else _title_unit(guess) if titled else ""
    factor = scale or (money_unit(word)[0] if titled else 0)
    if factor:
        guess.factors[column.name] = Decimal(factor)
        _because(guess, column, "unit" if scale else "unit_of_title", unit=word, factor=factor)
    key = f"factors.{guess.table}.{column.name}"
    if abroad:
        said = Said("ask.header_currency", {"header": profile.header, "unit": profile.unit})
        yield Question(key, said, (), str(factor or 1))
    elif not factor and titled and _small(guess, column, profile):
        yield Question(key, Said("ask.money", {"header": profile.header, "largest": profile.largest}), ("1", "10000"))


def money_unit(unit: str) -> tuple[int, str]:
    """What a unit multiplies with (0: nothing), and the foreign currency that it names.

    Examples
    --------
    >>> money_unit("万元"), money_unit("krmb"), money_unit("k usd"), money_unit("元"), money_unit("小时")
    ((10000, ''), (1000, ''), (1000, 'usd'), (0, ''), (0, ''))
    """
    abroad = next((word for word in _ABROAD if word in unit), "")
    bare = unit.replace(abroad, "") if abroad else unit
    for word in _HOME:
        bare = bare.replace(word, "")
    return MONEY_UNITS.get(bare.strip(" /"), 0), abroad


def _at_home(unit: str) -> bool:
    """Whether a unit says that the numbers are CNY as they are."""
    return any(word in unit for word in _HOME)


def _small(guess: TableGuess, column: Column, profile: Profile) -> bool:
    """Whether amounts that ought to be large are so small that they must be in tens of thousands."""
    return (guess.table, column.name) in _LARGE and 0 < profile.largest < _SMALL and not _scaled(profile)


def _scaled(profile: Profile) -> bool:
    """Whether the cells say their own unit (12万)."""
    return any(sign in text for text in profile.distinct for sign in "万亿¥￥")


def _title_unit(guess: TableGuess) -> str:
    """The unit that a title above the header gives for the whole sheet."""
    for title in guess.grid.titles:
        found = _UNIT_IN_TITLE.search(title)
        unit = plain(found[1]) if found else ""
        if money_unit(unit)[0]:
            return unit
    return ""


def _shares(guess: TableGuess, column: Column, profile: Profile, bad: list[str]) -> Iterator[Question]:
    """A share as 0.65, 65 or 65%: by the cells, and where they are of both kinds, by asking."""
    bands = {text: middle for text in bad if (middle := band(text))}
    if bands:
        guess.values.setdefault(column.name, {}).update(bands)
        _because(guess, column, "bands", example=next(iter(bands)), value=next(iter(bands.values())))
    for text in [text for text in bad if text not in bands][:_ASKED_WORDS]:
        said = Said("ask.share_word", {"header": profile.header, "word": text})
        yield Question(f"values.{guess.table}.{column.name}.{text}", said)
    plain = [value for text, value in profile.numbers.items() if not text.endswith(("%", "％"))]
    if not plain:
        return
    above = [value for value in plain if abs(value) > 1]
    between = [value for value in plain if 0 < abs(value) < 1]
    if above and not between:
        guess.factors[column.name] = Decimal("0.01")
        _because(guess, column, "per_cent", example=str(above[0]))
    elif above and between:
        key = f"factors.{guess.table}.{column.name}"
        said = Said("ask.share", {"header": profile.header, "one": str(above[0]), "other": str(between[0])})
        yield Question(key, said, ("0.01", "1"))
    elif between and profile.unit == "%":
        _because(guess, column, "fraction", example=str(between[0]))


# --- days -----------------------------------------------------------------------------------------------------------


def _days(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    order = profile.order
    if "ymd" not in order and len(order) == 1:
        guess.dates[column.name] = order[0]
        told = next((text for text in profile.distinct if len(profile.orders[text]) == 1), "")
        _because(guess, column, f"order_{order[0]}", example=told)
    elif "ymd" not in order and profile.ambiguous:
        decided = {o for name, o in _orders_of_sheet(guess).items() if name != column.name and o in order}
        if len(decided) == 1:
            (guess.dates[column.name],) = decided
            _because(guess, column, "order_of_sheet", order=guess.dates[column.name])
        else:
            said = Said("ask.order", {"header": profile.header, "example": profile.ambiguous})
            yield Question(f"dates.{guess.table}.{column.name}", said, order)
    bad = [text for text in profile.distinct if not profile.orders[text]]
    if bad:
        _because(guess, column, "no_days", n=len(bad), first=bad[0])
    if column.kind == "friday":
        yield from _fridays(guess, column, profile)


def _orders_of_sheet(guess: TableGuess) -> dict[str, str]:
    """The orders that columns of days tell by themselves."""
    days = [column.name for column in READABLE[guess.table].columns if column.kind in (*DATE_KINDS, "time")]
    found = {name: profile.order for name in days if (profile := guess.profile(name)) is not None}
    return {name: order[0] for name, order in found.items() if len(order) == 1 and order[0] != "ymd"}


def _fridays(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    """A week that is dated by another day than its Friday."""
    order = guess.dates.get(column.name, "ymd")
    texts = [day(text, order) for text in profile.distinct]  # type: ignore[arg-type]
    days = [np.datetime64(text, "D") for text in texts if len(text) == 10 and text[4] == "-"]
    if not days or all(friday_of(one) == one for one in days):
        return
    weekend = all((one.astype(int) + 4) % 7 in (0, 6) for one in days)
    guess.fridays[column.name] = "before" if weekend else "following"
    other = next(str(one) for one in days if friday_of(one) != one)
    said = Said("ask.friday", {"header": profile.header, "example": other})
    yield Question(f"fridays.{guess.table}.{column.name}", said, ("following", "before"), guess.fridays[column.name])


# --- words ----------------------------------------------------------------------------------------------------------


def codes_of(column: Column) -> list[str]:
    """The codes that a choice, a stage or a stance can be."""
    if column.choices:
        return list(column.choices)
    return [str(code) for code in range(int(column.low or 0), int(column.high or 0) + 1)]


def _words(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    codes = codes_of(column)
    known = profile.meaning(column.name, codes)
    mine = {text: code for text, code in known.items() if text.casefold() != code}
    if column.name == "stage" and mine:
        mine = words.closed_stages(mine) | mine
    if mine:
        guess.values[column.name] = mine
    _because(guess, column, "words", known=len(known), n=len(profile.distinct))
    for text in [text for text in profile.distinct if text not in known][:_ASKED_WORDS]:
        said = Said("ask.word", {"header": profile.header, "word": text})
        yield Question(f"values.{guess.table}.{column.name}.{text}", said, tuple(codes))


def _yes_no(guess: TableGuess, column: Column, profile: Profile) -> Iterator[Question]:
    known = profile.yes_no
    mine = {text: code for text, code in known.items() if text.lower() not in ("true", "false", "1", "0", "是", "否")}
    if mine:
        guess.values[column.name] = mine
    for text in [text for text in profile.distinct if text not in known][:_ASKED_WORDS]:
        said = Said("ask.word", {"header": profile.header, "word": text})
        yield Question(f"values.{guess.table}.{column.name}.{text}", said, ("true", "false"))
