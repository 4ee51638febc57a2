"""The store: the contract's tables in a database that people write into; who wrote what, when, before and after.

A row carries a version. Who saves says which version was looked at; if it has been changed since, `Changed` is raised
with what stands there now and by whom, and nothing is overwritten. What the same person sends twice, because no answer
came back, is kept once. Every write stands in the journal, in the same transaction.

Every row goes through the same gate as an imported one before it is written; what breaks a rule is refused with the
column and what to do.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from toolkit.base.errors import InputError
from toolkit.data import columns as contract
from toolkit.data.contract import TABLES, by_reference
from toolkit.data.database import VERSION, cell_text, engine_of, shown
from toolkit.data.entry import Refusal, checked
from toolkit.data.gate import Fault
from toolkit.data.load import TIMEZONE, Data
from toolkit.data.own import OPEN, blanked, may_write, narrowed
from toolkit.data.refusal import Refused
from toolkit.language import say

_JOURNAL: Final = "kat_journal"
_DRAFTS: Final = "kat_drafts"
_BATCH: Final = 2000
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


class Changed(InputError):
    """Somebody saved the row since it was looked at: `theirs` stands there now, by `who` at `at`."""

    def __init__(self, theirs: Row, who: str, at: str, language: str) -> None:
        super().__init__(say("store.changed", language, who=who, at=at))
        self.theirs, self.who, self.at = theirs, who, at


class Store:
    """A store, open. `who` is written into the journal with every write.

    rep  a rep's id: every query then gives only what belongs to this rep's own accounts, and only that is written; ""
         is everybody

    Raises Refused for an address that is none or a database that cannot be reached.
    """

    def __init__(self, url: str, who: str, *, make: bool = False, language: str = "zh", rep: str = "") -> None:
        self.url, self.who, self.language, self.rep = url, who, language, rep
        try:
            self._engine: Engine = engine_of(url, make=make)
        except Refused as refusal:
            raise refusal.told_in(language) from None
        self._meta = MetaData()
        self._tables = {name: _table(self._meta, table) for name, table in TABLES.items()}
        self._journal = Table(
            _JOURNAL, self._meta,
            Column("number", Integer, primary_key=True, autoincrement=True),
            Column("at", String, nullable=False), Column("who", String, nullable=False),
            Column("table_name", String, nullable=False), Column("row_key", String, nullable=False),
            Column("before", JSON), Column("after", JSON),
        )  # fmt: skip
        self._drafts = Table(
            _DRAFTS, self._meta,
            Column("who", String, primary_key=True), Column("name", String, primary_key=True), Column("held", JSON),
        )  # fmt: skip
        if make:
            self._run(lambda connection: self._meta.create_all(connection))
        elif not self._run(lambda connection: inspect(connection).has_table(_JOURNAL)):
            raise Refused("database_no_store", language=language, url=shown(url))
        else:  # a store of an earlier version gets the tables that it lacks
            self._run(lambda connection: self._meta.create_all(connection))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    # --- looking ----------------------------------------------------------------------------------------------------

    def rows(self, table: str, **where: Any) -> list[Row]:
        """The rows of a table by its key; `where`: column = value, or one of several."""
        here = self._tables[table]
        query = (
            select(here)
            .where(*_where(here, where), *self._own(table))
            .order_by(*(here.c[name] for name in TABLES[table].key))
        )
        found = self._run(lambda connection: [_row(table, one) for one in connection.execute(query).mappings()])
        return [Row(blanked(table, dict(row.values), self.rep), row.version) for row in found] if self.rep else found

    def _own(self, table: str) -> list[ColumnElement[bool]]:
        """What a rep's queries are narrowed to. Raises InputError for a table that is not a rep's to read."""
        conditions = narrowed(table, self._tables, self.rep) if self.rep else []
        if conditions is None:
            raise self._not_yours(table)
        return conditions

    def _not_yours(self, table: str) -> InputError:
        return InputError(say("store.not_yours", self.language, table=say(f"table.{table}", self.language)))

    def row(self, table: str, *key: Any) -> Row | None:
        """The row of a key; None where there is none."""
        found = self.rows(table, **dict(zip(TABLES[table].key, key, strict=True)))
        return found[0] if found else None

    def history(self, table: str, *key: Any) -> list[dict[str, Any]]:
        """Every write of a row, the first one first: at, who, before, after."""
        if self.rep and self.row(table, *key) is None:
            raise self._not_yours(table)
        j = self._journal
        mine = and_(j.c.table_name == table, j.c.row_key == _key_text(key))
        query = select(j.c.at, j.c.who, j.c.before, j.c.after).where(mine).order_by(j.c.number)
        return self._run(lambda connection: [dict(found) for found in connection.execute(query).mappings()])

    def stamp(self) -> int:
        """The number of the last write: whoever sees it grow looks again."""
        query = select(func.coalesce(func.max(self._journal.c.number), 0))
        return int(self._run(lambda connection: connection.execute(query).scalar_one()))

    # --- writing ----------------------------------------------------------------------------------------------------

    def save(self, table: str, values: Mapping[str, Any], version: int | None = None) -> Row:
        """Write one row; `version`: of the row that was looked at, None for a new one. What stands there then.

        Raises Refusal where a value breaks a rule, Changed where somebody saved it since.
        """
        row = self._checked(table, values)
        return self._run(lambda connection: self._save(connection, table, row, version), writes=True)

    def save_all(self, rows: Iterable[tuple[str, Mapping[str, Any], int | None]]) -> list[Row]:
        """Write several rows (table, values, version), all or none; as `save`."""
        made = [(table, self._checked(table, values), version) for table, values, version in rows]
        return self._run(
            lambda connection: [self._save(connection, table, row, version) for table, row, version in made],
            writes=True,
        )

    def _checked(self, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
        row = checked(table, {name: cell_text(value) for name, value in values.items()}, self.language)
        missing = self._run(lambda connection: self._unknown(connection, table, row))
        self._mine_only(table, row)
        if missing:
            target = TABLES[table][missing].refers_to
            fault = Fault(table, 0, missing, str(row[missing]), "unknown_reference", "", target)
            raise Refusal([fault], self.language)
        return row

    def _mine_only(self, table: str, row: Mapping[str, Any]) -> None:
        """A rep writes of own accounts, and only what `own` names; a row that is somebody else's is not taken over."""
        if not self.rep:
            return
        here, key = self._tables[table], TABLES[table].key
        query = select(here).where(*(here.c[name] == row[name] for name in key))
        there = self._run(lambda connection: connection.execute(query).first())
        mine = None if table in OPEN else self.row(table, *(row[name] for name in key))
        taken_over = there is not None and mine is None
        account = row.get("account_id")
        others = (account and self.row("accounts", account) is None) or row.get("rep_id", self.rep) != self.rep
        if taken_over or others or not may_write(table, mine.values if mine else None, row):
            raise self._not_yours(table)

    def _unknown(self, connection: Connection, table: str, row: Mapping[str, Any]) -> str:
        """The first column that refers to a row that is not there; a table that is empty is not asked."""
        for column in TABLES[table].references():
            value, target = row.get(column.name), self._tables[column.refers_to]
            key = target.c[TABLES[column.refers_to].key[0]]
            known = select(func.count()).select_from(target)
            there = known.where(key == value)
            asked = value and connection.execute(known).scalar_one()
            if asked and not connection.execute(there).scalar_one():
                return column.name
        return ""

    # --- drafts -----------------------------------------------------------------------------------------------------

    def keep_draft(self, name: str, held: Mapping[str, Any]) -> None:
        """Keep what somebody has typed and not sent; it takes the place of the earlier draft of that name."""
        d = self._drafts
        mine = and_(d.c.who == self.who, d.c.name == name)

        def write(connection: Connection) -> None:
            if connection.execute(update(d).where(mine).values(held=dict(held))).rowcount == 0:
                connection.execute(insert(d).values(who=self.who, name=name, held=dict(held)))

        self._run(write, writes=True)

    def draft(self, name: str) -> dict[str, Any]:
        """What was typed and not sent; empty without a draft."""
        d = self._drafts
        query = select(d.c.held).where(d.c.who == self.who, d.c.name == name)
        return dict(self._run(lambda connection: connection.execute(query).scalar_one_or_none()) or {})

    def drop_draft(self, name: str) -> None:
        """Forget a draft."""
        d = self._drafts
        self._run(lambda c: c.execute(delete(d).where(d.c.who == self.who, d.c.name == name)), writes=True)

    def _save(self, connection: Connection, table: str, row: dict[str, Any], version: int | None) -> Row:
        here, key = self._tables[table], TABLES[table].key
        mine = [here.c[name] == row[name] for name in key]
        found = connection.execute(select(here).where(*mine)).mappings().first()
        before = _row(table, found) if found else None
        if before and _same(before.values, row) and self._mine(connection, table, row, version, before):
            return before
        if version is None and before is None:
            connection.execute(insert(here).values({**row, VERSION: 1}))
            self._note(connection, table, row, None)
            return Row(_plain(table, row), 1)
        if before is None or version != before.version:
            raise self._changed(connection, table, row, before)
        changed = update(here).where(*mine, here.c[VERSION] == version).values({**row, VERSION: version + 1})
        if connection.execute(changed).rowcount != 1:
            again = connection.execute(select(here).where(*mine)).mappings().first()
            raise self._changed(connection, table, row, _row(table, again) if again else None)
        self._note(connection, table, row, before.values)
        return Row(_plain(table, row), version + 1)

    def _mine(self, connection: Connection, table: str, row: Mapping[str, Any], version: int | None, now: Row) -> bool:
        """Whether a row that stands there already is nothing new: as it was looked at, or sent twice by the same."""
        if version == now.version:
            return True
        sent_before = version is None or version == now.version - 1
        return sent_before and self._last(connection, table, row)[0] == self.who

    def _last(self, connection: Connection, table: str, row: Mapping[str, Any]) -> tuple[str, str]:
        """Who wrote a row last, and when; "" where it was imported."""
        j = self._journal
        mine = and_(j.c.table_name == table, j.c.row_key == _key_text(row[name] for name in TABLES[table].key))
        last = connection.execute(select(j.c.who, j.c.at).where(mine).order_by(j.c.number.desc())).first()
        return (last[0], last[1]) if last else ("", "")

    def _changed(self, connection: Connection, table: str, row: Mapping[str, Any], now: Row | None) -> Changed:
        who, at = self._last(connection, table, row)
        return Changed(now or Row({}, 0), who, at, self.language)

    def _note(self, connection: Connection, table: str, row: Mapping[str, Any], before: Any) -> None:
        after = {name: cell_text(value) for name, value in row.items()}
        was = None if before is None else {name: cell_text(value) for name, value in before.items()}
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": self.who, "table_name": table,
            "row_key": _key_text(row[name] for name in TABLES[table].key), "before": was, "after": after,
        }  # fmt: skip
        connection.execute(insert(self._journal).values(entry))

    # --- in and out -------------------------------------------------------------------------------------------------

    def take_in(self, data: Data) -> dict[str, int]:
        """Write all clean rows of a source into the empty store, all or none: rows by table.

        Raises InputError where the store holds rows already.
        """
        if self._run(lambda connection: any(self._count(connection, name) for name in TABLES)):
            raise InputError(say("store.not_empty", self.language, url=shown(self.url)))

        def write(connection: Connection) -> dict[str, int]:
            counts = {}
            for known in by_reference():
                rows = _rows_of(data.tables[known.name], known)
                for start in range(0, len(rows), _BATCH):
                    connection.execute(insert(self._tables[known.name]), rows[start : start + _BATCH])
                counts[known.name] = len(rows)
            entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": self.who, "table_name": "",
                     "row_key": data.source.path, "before": None, "after": counts}  # fmt: skip
            connection.execute(insert(self._journal).values(entry))
            return counts

        return self._run(write, writes=True)

    def _count(self, connection: Connection, table: str) -> int:
        return int(connection.execute(select(func.count()).select_from(self._tables[table])).scalar_one())

    def export(self, folder: str | Path) -> dict[str, int]:
        """Write every table that has rows as CSV into a folder, which is made; rows by table."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        counts = {}
        for name, table in TABLES.items():
            rows = self.rows(name)
            if rows:
                texts = [{column: cell_text(row.values[column]) for column in table.names} for row in rows]
                frame = pd.DataFrame(texts, columns=list(table.names))
                frame.to_csv(place / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
                counts[name] = len(rows)
        return counts

    # --- the connection ---------------------------------------------------------------------------------------------

    def _run(self, work: Any, *, writes: bool = False) -> Any:
        """Do `work` in a transaction. Where two add the same row at once, the second sees what the first did."""
        for attempt in (1, 2):
            try:
                with self._engine.connect().execution_options(kat_writes=writes) as connection, connection.begin():
                    return work(connection)
            except IntegrityError:
                if attempt == 2:
                    raise
            except DBAPIError as error:
                why = str(error.orig).splitlines()[0]
                raise Refused("database_unreachable", language=self.language, url=shown(self.url), why=why) from None
        raise AssertionError


def _table(meta: MetaData, table: contract.Table) -> Table:
    made = [
        Column(one.name, _TYPES[one.kind], primary_key=one.name in table.key, autoincrement=False)
        for one in table.columns
    ]
    return Table(table.name, meta, *made, Column(VERSION, Integer, nullable=False, server_default="1"))


def _where(table: Table, where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [
        table.c[name].in_(value) if isinstance(value, list | tuple | set | frozenset) else table.c[name] == value
        for name, value in where.items()
    ]


def _row(table: str, found: Any) -> Row:
    return Row(_plain(table, found), int(found[VERSION]))


def _plain(table: str, found: Any) -> dict[str, Any]:
    """The contract's columns; a blank key is blank, as every blank."""
    return {name: None if found[name] == "" else found[name] for name in TABLES[table].names}


def _same(before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return all(before[name] == (None if row[name] == "" else row[name]) for name in before)


def _key_text(key: Iterable[Any]) -> str:
    return json.dumps([cell_text(part) for part in key], ensure_ascii=False)


def _rows_of(frame: pd.DataFrame, table: contract.Table) -> list[dict[str, Any]]:
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


def today(timezone: str = TIMEZONE) -> date:
    """The day by the clock on the wall of a time zone: what apps call today."""
    return datetime.now(ZoneInfo(timezone)).date()
