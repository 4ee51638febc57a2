"""What a column and a table of the contract can say about themselves, and short words to declare them with.

A name that ends in `!` is required, as in the contract's own text: `ident("account_id!")`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["id", "text", "choice", "quarter", "number", "integer", "fraction", "boolean", "date", "friday", "time"]
TEXT_KINDS: Final = frozenset({"id", "text", "choice", "quarter"})
NUMBER_KINDS: Final = frozenset({"number", "integer", "fraction"})
DATE_KINDS: Final = frozenset({"date", "friday"})
STAGES: Final = (1, 6)
DATUM: Final = ("wgs84", "gcj02", "bd09")


@dataclass(frozen=True)
class Column:
    """One column: kind, whether a row needs it, inclusive range, choices, unit, the table it refers to."""

    name: str
    kind: Kind
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    refers_to: str = ""


@dataclass(frozen=True)
class Later:
    """Cells that come with a date of their own: before that date they are blank, or what `reset` says."""

    date: str
    cells: tuple[str, ...] = ()
    reset: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Parent:
    """`column` may not lie before `start` of the row of `table` that `by` refers to."""

    column: str
    by: str
    table: str
    start: str


@dataclass(frozen=True)
class Table:
    """One table: key, columns, date a row is seen from, later cells, (start, end) and (part, whole) pairs."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    seen_from: str = ""
    later: tuple[Later, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    after: Parent | None = None

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def sets_aside(self, name: str) -> bool:
        """True where a fault in the column costs the row: it is required, or part of the key."""
        return self[name].required or name in self.key

    def references(self) -> Iterator[Column]:
        return (column for column in self.columns if column.refers_to)


def _column(name: str, kind: Kind, **rest: object) -> Column:
    return Column(name.rstrip("!"), kind, name.endswith("!"), **rest)  # type: ignore[arg-type]


def ident(name: str, to: str = "") -> Column:
    """An identifier, kept as text with its leading zeros; `to` is the table it must be found in."""
    return _column(name, "id", refers_to=to)


def text(name: str) -> Column:
    return _column(name, "text")


def choice(name: str, *choices: str) -> Column:
    return _column(name, "choice", choices=choices)


def quarter(name: str) -> Column:
    return _column(name, "quarter")


def number(name: str, low: float | None = None, high: float | None = None, unit: str = "") -> Column:
    return _column(name, "number", low=low, high=high, unit=unit)


def money(name: str) -> Column:
    """CNY, not negative."""
    return number(name, low=0, unit="CNY")


def score(name: str) -> Column:
    return number(name, low=0, high=100, unit="0-100")


def integer(name: str, low: float | None = 0, high: float | None = None) -> Column:
    return _column(name, "integer", low=low, high=high)


def fraction(name: str, low: float = 0, high: float = 1) -> Column:
    """A share or probability; `65%` is read as 0.65, a bare 65 is refused."""
    return _column(name, "fraction", low=low, high=high)


def boolean(name: str) -> Column:
    return _column(name, "boolean")


def date(name: str) -> Column:
    return _column(name, "date")


def friday(name: str) -> Column:
    return _column(name, "friday")


def time(name: str) -> Column:
    return _column(name, "time")


def latitude(name: str) -> Column:
    return number(name, low=-90, high=90, unit="degrees")


def longitude(name: str) -> Column:
    return number(name, low=-180, high=180, unit="degrees")


def account(name: str = "account_id") -> Column:
    return ident(name, to="accounts")


def industry() -> Column:
    return ident("industry_id", to="industries")


def rep(name: str = "rep_id") -> Column:
    return ident(name, to="reps")
