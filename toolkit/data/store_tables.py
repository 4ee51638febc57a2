"""The store's tables in a database: the contract's with a version each, the journal, and the drafts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
)

from toolkit.data import columns as contract
from toolkit.data.contract import TABLES
from toolkit.data.database import VERSION, cell_text

JOURNAL: Final = "kat_journal"
DRAFTS: Final = "kat_drafts"
_TYPES: Final[Mapping[str, Any]] = (
    dict.fromkeys(contract.TEXT_KINDS, String)
    | dict.fromkeys(("number", "fraction"), Float)
    | {"integer": Integer, "boolean": Boolean, "date": Date, "friday": Date, "time": DateTime}
)


@dataclass(frozen=True)
class Row:
    """A row as it stands: its values by the contract's names (None: blank), and its version."""

    values: Mapping[str, Any]
    version: int


class StoreTables:
    """Every table of a store, as SQLAlchemy knows it: `of[name]`, `journal`, `drafts`."""

    def __init__(self) -> None:
        self._meta = MetaData()
        self.of: Mapping[str, Table] = {name: _table(self._meta, table) for name, table in TABLES.items()}
        self.journal = Table(
            JOURNAL, self._meta,
            Column("number", Integer, primary_key=True, autoincrement=True),
            Column("at", String, nullable=False), Column("who", String, nullable=False),
            Column("table_name", String, nullable=False), Column("row_key", String, nullable=False),
            Column("before", JSON), Column("after", JSON),
        )  # fmt: skip
        self.drafts = Table(
            DRAFTS, self._meta,
            Column("who", String, primary_key=True), Column("name", String, primary_key=True),
            Column("held", JSON), Column("at", String),
        )  # fmt: skip

    @property
    def all(self) -> dict[str, Table]:
        """The contract's tables, then the journal and the drafts, by name."""
        return {**self.of, JOURNAL: self.journal, DRAFTS: self.drafts}

    def lacking(self, connection: Connection) -> tuple[list[Table], list[Column[Any]]]:
        """The tables that a database does not have, and the columns that its tables lack."""
        there = inspect(connection)
        names = set(there.get_table_names())
        columns: list[Column[Any]] = []
        for table in self.all.values():
            if table.name in names:
                known = {column["name"] for column in there.get_columns(table.name)}
                columns += [column for column in table.columns if column.name not in known]
        return [table for name, table in self.all.items() if name not in names], columns

    def complete(self, connection: Connection) -> None:
        """Make what is lacking: all of a new store, the newer tables and columns of an older one."""
        tables, columns = self.lacking(connection)
        self._meta.create_all(connection, tables=tables, checkfirst=False)
        for column in columns:
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind}")


def _table(meta: MetaData, table: contract.Table) -> Table:
    made = [
        Column(one.name, _TYPES[one.kind], primary_key=one.name in table.key, autoincrement=False)
        for one in table.columns
    ]
    return Table(table.name, meta, *made, Column(VERSION, Integer, nullable=False, server_default="1"))


def conditions(table: Table, where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """`where` as SQL: a column that equals a value, or is one of several."""
    return [
        table.c[name].in_(value) if isinstance(value, list | tuple | set | frozenset) else table.c[name] == value
        for name, value in where.items()
    ]


def row_of(table: str, found: Any) -> Row:
    """A found record as a row."""
    return Row(plain(table, found), int(found[VERSION]))


def plain(table: str, found: Any) -> dict[str, Any]:
    """The contract's columns; a blank key is blank, as every blank."""
    return {name: None if found[name] == "" else found[name] for name in TABLES[table].names}


def same(before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row that is to be written says what stands there."""
    return all(before[name] == (None if row[name] == "" else row[name]) for name in before)


def texts(values: Mapping[str, Any] | None) -> dict[str, str] | None:
    """A row as the journal keeps it: each cell as the contract writes it."""
    return None if values is None else {name: cell_text(value) for name, value in values.items()}


def key_text(key: Iterable[Any]) -> str:
    """A key as the journal keeps it.

    Examples
    --------
    >>> key_text(["K1", 2])
    '["K1", "2"]'
    """
    return json.dumps([cell_text(part) for part in key], ensure_ascii=False)


def key_of(table: str, row: Mapping[str, Any]) -> str:
    """The key of a row as the journal keeps it."""
    return key_text(row[name] for name in TABLES[table].key)


def rows_of(frame: pd.DataFrame, table: contract.Table) -> list[dict[str, Any]]:
    """The rows of a clean frame as the database takes them."""
    columns = {}
    for column in table.columns:
        values = frame[column.name].astype("object").where(frame[column.name].notna(), None)
        columns[column.name] = [stored(value, column, key=column.name in table.key) for value in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def stored(value: Any, column: contract.Column, *, key: bool) -> Any:
    """A clean value as the database takes it; a blank part of a key is the empty text."""
    if value is None or value != value:
        return "" if key else None
    if column.kind == "time":
        return pd.Timestamp(value).to_pydatetime()
    if column.kind in contract.DATE_KINDS:
        return pd.Timestamp(value).date()
    if column.kind == "integer":
        return int(value)
    if column.kind == "boolean":
        return bool(value)
    return float(value) if column.kind in contract.NUMBER_KINDS else str(value)
