"""The mapping file: a source's own headers, its own words for choices, booleans or numbers, and how its sheets lie.

It is the file that is named, or `columns.yaml` beside the tables, or else `parameters/columns.yaml` near the working
folder:

    accounts:
      客户编码: account_id
      values:
        market_role: {行业标杆: industry_benchmark}
      read: {sheet: 客户台账, header: 3, skip: [合计]}
      factors: {annual_potential: 10000}

A word such as `values` or `read` is one of ours only where it holds a mapping; else it is a header of the source.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from toolkit.base.errors import InputError
from toolkit.data.headers import nearest, table_of
from toolkit.data.refusal import Refused
from toolkit.data.source import PLAIN, Layout, content_of, locate
from toolkit.data.tables_foreign import READABLE

MAPPING_FILE: Final = "columns.yaml"
_VALUES: Final = "values"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Read(_Part):
    """Where a table lies in the source.

    sheet     the sheet's or file's name; `*` stands for any text (a date in the name)
    header    the header's line in the file, 0: the first that is not blank; header_rows: how many lines it has
    merged    whether each cell of a merged range holds its value; delimiter: between the cells of a CSV file
    skip      first cells of rows that are no data (合计); a `*` at the end stands for any text
    blank     words that mean that nothing is known (-, 待定)
    distinct  a column of ours: of rows with the same value only the first is read
    currency  the header of the column that says in which currency the row's amounts are
    """

    sheet: str = ""
    header: int = Field(0, ge=0)
    header_rows: int = Field(1, ge=1, le=4)
    merged: bool = False
    delimiter: str = Field(",", min_length=1, max_length=1)
    skip: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    distinct: str = ""
    currency: str = ""

    @property
    def layout(self) -> Layout:
        """What the reader of the file needs of it."""
        return Layout(self.header, self.header_rows, self.merged, self.delimiter)


class Snapshot(_Part):
    """How opportunities become accounts and weeks.

    combine  several open opportunities of an account: `lead` judges by the one with the highest expected value,
             `weighted` by all of them; amount x probability stays what the source has
    seen_on  the day of the export, where neither a column nor the file's name says it
    """

    combine: Literal["lead", "weighted"] = "lead"
    seen_on: date | None = None


class Plan(_Part):
    """How a table is read out of a foreign source, beside headers and values; names are the contract's columns.

    factors     what a bare number is multiplied with (10000 for 万元, 0.01 for a bare per cent)
    currencies  CNY for one of another currency, by its sign or code
    dates       the order of day, month and year
    fridays     of a week's day that is no Friday: the one `following` (of its week, Saturday to Friday) or `before`
    ids         made of the cells of own columns (one or several), or looked up by name (`reps.rep_name`)
    constants   what a column holds in every row, where the source has no such column
    """

    read: Read = Read()
    factors: Mapping[str, Decimal] = {}
    currencies: Mapping[str, Decimal] = {}
    dates: Mapping[str, Literal["ymd", "dmy", "mdy"]] = {}
    fridays: Mapping[str, Literal["following", "before"]] = {}
    ids: Mapping[str, tuple[str, ...]] = {}
    constants: Mapping[str, str] = {}
    snapshot: Snapshot = Snapshot()

    @field_validator("constants", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return _as_text(value)

    @field_validator("ids", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return {key: (one,) if isinstance(one, str) else one for key, one in dict(value).items()}


_PARTS: Final = tuple(Plan.model_fields)


@dataclass(frozen=True)
class OwnNames:
    """By table: header -> column, column -> word -> value, and the plan. `sha256` is of the file, "" without one."""

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    sha256: str = ""

    def tables_of(self, sheet: str) -> tuple[str, ...]:
        """The tables that plans read out of a sheet or file of this name: a plan's exact name goes before `*`."""
        exact = [table for table, plan in self.plans.items() if plan.read.sheet == sheet]
        if exact or table_of(sheet):
            return tuple(exact)
        return tuple(t for t, plan in self.plans.items() if plan.read.sheet and fnmatchcase(sheet, plan.read.sheet))

    def wanted(self, sheet: str) -> bool:
        """Whether a sheet or file of this name is read at all."""
        return bool(table_of(sheet) or self.tables_of(sheet))

    def layout(self, sheet: str) -> Layout:
        """How a sheet of this name lies."""
        tables = self.tables_of(sheet)
        return self.plans[tables[0]].read.layout if tables else PLAIN


def own_names(source: Path | None, named: str | Path | None = None) -> OwnNames:
    """The mapping that goes with a source, or the one that is named; an empty one where there is no file."""
    if named:
        return read_mapping(locate(named))
    if source is not None:
        file = (source if source.is_dir() else source.parent) / MAPPING_FILE
        if file.is_file():
            return read_mapping(file)
    try:
        return read_mapping(locate(Path("parameters") / MAPPING_FILE))
    except InputError as error:
        if getattr(error, "code", "") == "not_found":
            return OwnNames()
        raise


def read_mapping(file: Path) -> OwnNames:
    """The mapping file's content, held against the contract. Refused where it names what does not exist."""
    content = content_of(file)
    try:
        tree = yaml.safe_load(content.decode("utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused("mapping_unreadable", where=file, why=" ".join(str(error).split())) from None
    if not isinstance(tree, dict) or not all(isinstance(part or {}, dict) for part in tree.values()):
        raise Refused("mapping_shape", where=file)
    headers, values, plans = {}, {}, {}
    for table, part in tree.items():
        _known(table, READABLE, file)
        part = dict(part or {})
        words = part.pop(_VALUES) if isinstance(part.get(_VALUES), dict) else {}
        given = {name: part.pop(name) for name in _PARTS if isinstance(part.get(name), dict)}
        if not all(isinstance(meaning, dict) for meaning in words.values()):
            raise Refused("mapping_shape", where=file)
        if not all(isinstance(column, str) for column in part.values()):
            raise Refused("mapping_shape", where=file)
        for column in (*part.values(), *words, *_columns(given)):
            _known(column, READABLE[table].names, file)
        headers[table] = {str(header): str(column) for header, column in part.items()}
        values[table] = {str(column): _as_text(meaning) for column, meaning in words.items()}
        if given:
            plans[table] = _plan(given, table, file)
    return OwnNames(headers, values, plans, hashlib.sha256(content).hexdigest() if tree else "")


def _columns(given: Mapping[str, Any]) -> Iterable[Any]:
    """The contract's columns that a plan names."""
    for name in ("factors", "dates", "fridays", "ids", "constants"):
        yield from given.get(name, {})
    for sources in given.get("ids", {}).values():
        several = [sources] if isinstance(sources, str) else sources
        yield from (one for one in several if "." not in str(one))
    if distinct := given.get("read", {}).get("distinct"):
        yield distinct


def _plan(given: Mapping[str, Any], table: str, file: Path) -> Plan:
    try:
        plan = Plan.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in (table, *first["loc"]))
        raise Refused("mapping_unreadable", where=file, why=f"{place}: {first['msg']}") from None
    for sources in plan.ids.values():
        for one in sources:
            target, _, column = one.rpartition(".")
            if target:
                _known(target, READABLE, file)
                _known(column, READABLE[target].names, file)
    return plan


def _as_text(meaning: Mapping[Any, Any]) -> dict[str, str]:
    """Words and values as text; YAML reads a bare yes or no as a boolean, which becomes true or false."""
    return {str(word).strip(): str(value).lower() if isinstance(value, bool) else str(value)
            for word, value in meaning.items()}  # fmt: skip


def _known(name: Any, known: Iterable[str], file: Path) -> None:
    if name not in known:
        raise Refused("mapping_name", where=file, name=name, hit=nearest(str(name), known))
