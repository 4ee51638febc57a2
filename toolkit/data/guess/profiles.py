"""What a column's cells are by themselves: days, numbers, words, ids, and in which units and orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np

from toolkit.base.names import plain
from toolkit.data.cells import half_width, moment
from toolkit.data.foreign_cells import ORDERS, Order, amount, currency_of, orders_of
from toolkit.data.guess import words

_MANY: Final = 5000  # cells that are looked at


@dataclass(frozen=True)
class Profile:
    """The cells of one column. `texts`: the first cells that hold something, trimmed; `blanks`: words for nothing."""

    header: str
    texts: tuple[str, ...]
    blanks: tuple[str, ...]
    count: int
    unit: str

    @classmethod
    def of(cls, header: str, cells: Iterable[str]) -> "Profile":
        """The profile of a header's cells."""
        held = [cell.strip() for cell in cells]
        nothing = {text for text in held if text and plain(text) in words.blanks()}
        texts = tuple(text for text in held if text and text not in nothing)[:_MANY]
        return cls(header, texts, tuple(sorted(nothing)), len(held), words.unit_in(header))

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """The different texts, in their first order."""
        return tuple(dict.fromkeys(self.texts))

    @cached_property
    def unique(self) -> bool:
        """Whether (nearly) every cell is filled with another text: one double in fifty may be a slip."""
        return bool(self.texts) and len(self.texts) == self.count and len(self.distinct) >= 0.94 * len(self.texts)

    @cached_property
    def repeated(self) -> tuple[str, ...]:
        """The texts that stand more than once."""
        seen: dict[str, int] = {}
        for text in self.texts:
            seen[text] = seen.get(text, 0) + 1
        return tuple(text for text, times in seen.items() if times > 1)

    def share(self, yes: Iterable[bool]) -> float:
        """The share of the cells for which something holds; 0 where there is none."""
        found = list(yes)
        return sum(found) / len(found) if found else 0.0

    @cached_property
    def numbers(self) -> dict[str, Decimal]:
        """The cells that are amounts, and their value without the column's unit (currencies taken as they are)."""
        out = {}
        for text in self.distinct:
            rates = {currency_of(text): Decimal(1)}
            written = amount(half_width(text), rates=rates).removesuffix("%").strip()
            try:
                out[text] = Decimal(written)
            except ArithmeticError:
                continue
        return out

    @cached_property
    def numeric(self) -> float:
        """The share of amounts."""
        return self.share(text in self.numbers for text in self.texts)

    @cached_property
    def signed(self) -> float:
        """The share of cells with a per cent sign."""
        return self.share(text.endswith(("%", "％")) for text in self.texts)

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The signs and codes of currencies other than CNY."""
        found = (currency_of(text) for text in self.distinct if text in self.numbers)
        return tuple(dict.fromkeys(one for one in found if one))

    @cached_property
    def largest(self) -> float:
        """The largest amount; 0 without any."""
        return max((float(abs(value)) for value in self.numbers.values()), default=0.0)

    @cached_property
    def orders(self) -> dict[str, frozenset[str]]:
        """By text the orders in which it is a day."""
        return {text: orders_of(text) or _with_offset(text) for text in self.distinct}

    def dated(self, order: Order) -> float:
        """The share of cells that are a day in this order."""
        return self.share(order in self.orders[text] for text in self.texts)

    @cached_property
    def dates(self) -> float:
        """The share of cells that are a day in some order."""
        return self.share(bool(self.orders[text]) and not self._bare(text) for text in self.texts)

    @staticmethod
    def _bare(text: str) -> bool:
        """Whether a text is a number that only a date's header makes a day of (46329)."""
        return text.isdigit() and len(text) != 8

    @cached_property
    def order(self) -> tuple[Order, ...]:
        """The orders that read the most days; several where the cells do not tell."""
        best = max(self.dated(order) for order in ORDERS)
        return tuple(order for order in ORDERS if best and self.dated(order) >= best - 1e-9)

    @cached_property
    def ambiguous(self) -> str:
        """A cell that is another day in another of the orders; "" where there is none."""
        return next((text for text in self.distinct if {"dmy", "mdy"} == set(self.orders[text])), "")

    def meaning(self, column: str, codes: Iterable[str]) -> dict[str, str]:
        """The words that mean a code of a choice, and which."""
        known = words.meanings(column)
        own = {words.bare(code): code for code in codes}
        out = {}
        for text in self.distinct:
            word = words.bare(text)
            after = words.bare(text.lstrip("0123456789０１２３４５６７８９ .-、:：)）"))
            code = own.get(word) or known.get(word) or known.get(after) or _digit(text, own)
            if code:
                out[text] = code
        return out

    def filled(self, known: dict[str, str]) -> float:
        """The share of cells whose text is in `known`."""
        return self.share(text in known for text in self.texts)

    @cached_property
    def yes_no(self) -> dict[str, str]:
        """The words for true and false."""
        known = words.booleans()
        direct = {"true": "true", "false": "false", "1": "true", "0": "false"}
        out = {}
        for text in self.distinct:
            code = direct.get(text.lower()) or known.get(text) or known.get(words.bare(text))
            if code:
                out[text] = code
        return out

    def overlap(self, names: frozenset[str]) -> float:
        """The share of the different texts that are among some names (plain)."""
        return self.share(plain(text) in names for text in self.distinct)


def _digit(text: str, own: dict[str, str]) -> str | None:
    """A stage with its number before its name: 3-方案, 3. Proposal."""
    head = half_width(text).strip()
    if len(own) and all(code.isdigit() for code in own.values() if len(code) == 1) and head[:1].isdigit():
        return own.get(head[0]) if len(head) > 1 and not head[1].isdigit() else own.get(head)
    return None


def profiles(header: Iterable[str], cells: Iterable[np.ndarray]) -> list[Profile]:
    """A profile for each column."""
    return [Profile.of(name, column) for name, column in zip(header, cells, strict=True)]


def band(text: str) -> str:
    """The middle of a band of per cents, as a fraction; "" for anything else.

    Examples
    --------
    >>> band("60%-80%"), band("50~70％"), band("高")
    ('0.7', '0.6', '')
    """
    ends = text.replace("％", "%").replace("~", "-").replace("—", "-").replace("–", "-").replace("至", "-").split("-")
    numbers = [end.strip().removesuffix("%") for end in ends]
    if (
        len(ends) != 2
        or "%" not in text.replace("％", "%")
        or not all(n.replace(".", "", 1).isdigit() for n in numbers)
    ):
        return ""
    return str((Decimal(numbers[0]) + Decimal(numbers[1])) / 200)


def _with_offset(text: str) -> frozenset[str]:
    """All orders for a time in ISO with its offset, which the gate reads by itself; none for anything else."""
    return frozenset(ORDERS) if moment(text, UTC, whole_day=False)[0] is not None else frozenset()
