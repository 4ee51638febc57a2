"""What a guess is made of: tables, columns with reasons and examples, and the questions that the file leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from toolkit.data.guess.grids import Grid
from toolkit.data.guess.match import SURE
from toolkit.data.guess.profiles import Profile
from toolkit.data.own_names import Plan
from toolkit.data.tables_foreign import READABLE

NAMED_BY: Final[Mapping[str, str]] = {
    "accounts": "account_name",
    "reps": "rep_name",
    "industries": "industry_name",
    "decision_makers": "person_name",
    "campaigns": "campaign_name",
}


@dataclass(frozen=True)
class Said:
    """A sentence of the chapter `guess`, not yet in words: `code` and its arguments."""

    code: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What people must decide: `--answer KEY=VALUE` names `key`; `assumed` holds until then, "" is nothing."""

    key: str
    said: Said
    options: tuple[str, ...] = ()
    assumed: str = ""


@dataclass
class ColumnGuess:
    """One column: the header, how sure, why, and (their cell, ours) as examples."""

    column: str
    header: str
    score: float
    why: list[Said] = field(default_factory=list)
    examples: tuple[tuple[str, str], ...] = ()

    @property
    def level(self) -> str:
        """high, medium or low."""
        return "high" if self.score >= SURE else "medium" if self.score >= 0.65 else "low"


@dataclass
class TableGuess:
    """One table: the sheet it is read from, its columns, and what the mapping file says of it."""

    table: str
    sheet: str
    grid: Grid
    score: float
    profiles: Mapping[str, Profile]
    columns: dict[str, ColumnGuess] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    factors: dict[str, Decimal] = field(default_factory=dict)
    currencies: dict[str, Decimal] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    fridays: dict[str, str] = field(default_factory=dict)
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    blank: dict[str, None] = field(default_factory=dict)
    distinct: str = ""
    currency: str = ""
    snapshot: dict[str, Any] = field(default_factory=dict)
    notes: list[Said] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows the sheet holds."""
        return len(self.grid.sheet.lines)

    def profile(self, column: str) -> Profile | None:
        """The cells of a column; None where no header means it."""
        guess = self.columns.get(column)
        return self.profiles.get(guess.header) if guess else None

    @property
    def unused(self) -> list[str]:
        """Headers that no column takes."""
        used = {self.currency, *(guess.header for guess in self.columns.values())}
        return [header for header in self.profiles if header.strip() and header not in used]

    def has(self, column: str) -> bool:
        """Whether the mapping gives the column at all."""
        return column in self.columns or column in self.ids or column in self.constants

    def ordered(self) -> list[ColumnGuess]:
        """The columns in the contract's order."""
        return [self.columns[name] for name in READABLE[self.table].names if name in self.columns]

    def read(self) -> dict[str, Any]:
        """The part `read` of the mapping file, what is not as usual."""
        layout = self.grid.layout
        told: dict[str, Any] = {"sheet": self.sheet}
        told |= {"header": layout.header} if layout.header > 1 else {}
        told |= {"header_rows": layout.rows} if layout.rows > 1 else {}
        told |= {"merged": True} if layout.merged else {}
        told |= {"delimiter": layout.delimiter} if layout.delimiter != "," else {}
        told |= {"skip": list(self.grid.skip)} if self.grid.skip else {}
        told |= {"blank": list(self.blank)} if self.blank else {}
        told |= {"currency": self.currency} if self.currency else {}
        return told | ({"distinct": self.distinct} if self.distinct else {})

    def parts(self) -> dict[str, Any]:
        """All parts of the mapping file beside headers and values, empty ones left out."""
        told = {
            "read": self.read(),
            "factors": {name: _number(value) for name, value in self.factors.items()},
            "currencies": {sign: _number(rate) for sign, rate in self.currencies.items() if rate},
            "dates": dict(self.dates),
            "fridays": dict(self.fridays),
            "ids": {name: list(some) if len(some) > 1 else some[0] for name, some in self.ids.items()},
            "constants": dict(self.constants),
            "snapshot": dict(self.snapshot),
        }
        return {name: part for name, part in told.items() if part}

    def plan(self) -> Plan:
        """As the reader of the mapping file would have it."""
        return Plan.model_validate(self.parts())


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass
class Proposal:
    """All that is guessed of a file: its tables in the contract's order, what is not read, what must be asked."""

    file: Path
    tables: dict[str, TableGuess]
    unread: list[str]
    questions: list[Question] = field(default_factory=list)
    answered: list[Question] = field(default_factory=list)

    def of(self, table: str) -> TableGuess | None:
        """The guess of a table; None where no sheet is it."""
        return self.tables.get(table)
