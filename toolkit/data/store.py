"""The store: the contract's tables in a database that people write into; who wrote what, when, before and after.

A row carries a version. Who saves says which version was looked at; if it has been changed since, `Changed` is raised
with what stands there now and by whom, and nothing is overwritten. What the same person sends twice, because no answer
came back, is kept once. Every write stands in the journal, in the same transaction.

Every row goes through the same gate as an imported one before it is written; what breaks a rule is refused with the
column and what to do.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, delete, func, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout

from toolkit.base.errors import InputError
from toolkit.data import in_and_out
from toolkit.data.contract import TABLES, by_reference
from toolkit.data.database import VERSION, cell_text, engine_of, shown
from toolkit.data.entry import Refusal, checked
from toolkit.data.gate import Fault
from toolkit.data.load import TIMEZONE, Data
from toolkit.data.own import OPEN
from toolkit.data.reach import Reach
from toolkit.data.refusal import Refused
from toolkit.data.store_tables import (
    JOURNAL,
    Row,
    StoreTables,
    conditions,
    key_of,
    key_text,
    plain,
    row_of,
    same,
    texts,
)
from toolkit.data.trouble import again, trouble
from toolkit.language import say

_TRIES: Final = 5
_ORDER: Final = {table.name: place for place, table in enumerate(by_reference())}

__all__ = ["Changed", "Row", "Store", "today"]


class Changed(InputError):
    """Somebody saved the row since it was looked at: `theirs` stands there now, by `who` at `at`."""

    def __init__(self, theirs: Row, who: str, at: str, language: str, name: str = "") -> None:
        named = name or who or say("store.somebody", language)
        super().__init__(say("store.changed", language, who=named, at=wall(at)))
        self.theirs, self.who, self.at = theirs, who, at


class Store:
    """A store, open. `who` is written into the journal with every write.

    rep  a rep's id: every query then gives only what belongs to this rep's own accounts, and only that is written; ""
         is everybody (data.reach)

    Raises Refused for an address that is none or a database that cannot be reached.
    """

    def __init__(self, url: str, who: str, *, make: bool = False, language: str = "zh", rep: str = "") -> None:
        self.url, self.who, self.language, self.rep = url, who, language, rep
        try:
            self._engine: Engine = engine_of(url, make=make)
        except Refused as refusal:
            raise refusal.told_in(language) from None
        self.tables = StoreTables()
        self.reach = Reach(rep, self.tables)
        names = self.run(lambda connection: set(inspect(connection).get_table_names()))
        if JOURNAL not in names and (not make or names & set(TABLES)):
            raise Refused("database_no_store", language=language, url=shown(url))
        if JOURNAL not in names or any(self.run(self.tables.lacking)):
            self.run(self.tables.complete, writes=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    # --- looking ----------------------------------------------------------------------------------------------------

    def rows(self, table: str, **where: Any) -> list[Row]:
        """The rows of a table by its key; `where`: column = value, or one of several."""
        return self.run(lambda connection: self.rows_within(connection, table, where))

    def rows_within(self, connection: Connection, table: str, where: Mapping[str, Any]) -> list[Row]:
        """`rows`, inside a transaction."""
        here = self.tables.of[table]
        query = (
            select(here)
            .where(*conditions(here, where), *self.reach.narrowed(table, self.language))
            .order_by(*(here.c[name] for name in TABLES[table].key))
        )
        found = [row_of(table, one) for one in connection.execute(query).mappings()]
        return [Row(self.reach.shown(table, row.values), row.version) for row in found]

    def row(self, table: str, *key: Any) -> Row | None:
        """The row of a key; None where there is none."""
        found = self.rows(table, **dict(zip(TABLES[table].key, key, strict=True)))
        return found[0] if found else None

    def history(self, table: str, *key: Any) -> list[dict[str, Any]]:
        """Every write of a row, the first one first: at, who, before, after. A rep sees that of rows within reach."""
        j = self.tables.journal
        mine = and_(j.c.table_name == table, j.c.row_key == key_text(key))
        query = select(j.c.at, j.c.who, j.c.before, j.c.after).where(mine).order_by(j.c.number)
        if self.rep and table in OPEN:
            raise self.reach.refused(table, self.language)

        def look(connection: Connection) -> list[dict[str, Any]]:
            where = dict(zip(TABLES[table].key, key, strict=True))
            if self.rep and not self.rows_within(connection, table, where):
                raise self.reach.refused(table, self.language)
            found = [dict(one) for one in connection.execute(query).mappings()]
            images = ("before", "after")
            return [one | {name: self.reach.past(connection, table, one[name]) for name in images} for one in found]

        return self.run(look)

    def stamp(self) -> int:
        """The number of the last write: whoever sees it grow looks again."""
        query = select(func.coalesce(func.max(self.tables.journal.c.number), 0))
        return int(self.run(lambda connection: connection.execute(query).scalar_one()))

    def written_since(self, stamp: int) -> set[str]:
        """The tables that were written into after a stamp."""
        j = self.tables.journal
        query = select(j.c.table_name).where(j.c.number > stamp).distinct()
        return set(self.run(lambda connection: connection.execute(query).scalars().all()))

    # --- writing ----------------------------------------------------------------------------------------------------

    def save(self, table: str, values: Mapping[str, Any], version: int | None = None) -> Row:
        """Write one row; `version`: of the row that was looked at, None for a new one. What stands there then.

        Raises Refusal where a value breaks a rule, Changed where somebody saved it since.
        """
        return self.save_all([(table, values, version)])[0]

    def save_all(self, rows: Iterable[tuple[str, Mapping[str, Any], int | None]]) -> list[Row]:
        """Write several rows (table, values, version), all or none; as `save`.

        Whatever the order that they are given in, what is referred to is written first.
        """
        made = [(table, self._checked(table, values), version) for table, values, version in rows]
        order = sorted(range(len(made)), key=lambda n: (_ORDER[made[n][0]], key_of(made[n][0], made[n][1])))

        def write(connection: Connection) -> list[Row]:
            saved = {n: self._save(connection, *made[n]) for n in order}
            return [saved[n] for n in range(len(made))]

        return self.run(write, writes=True)

    def _checked(self, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return checked(table, {name: cell_text(value) for name, value in values.items()}, self.language)

    def _save(self, connection: Connection, table: str, row: dict[str, Any], version: int | None) -> Row:
        here = self.tables.of[table]
        mine = [here.c[name] == row[name] for name in TABLES[table].key]
        found = connection.execute(select(here).where(*mine)).mappings().first()
        before = row_of(table, found) if found else None
        self.reach.may_write(connection, table, row, before.values if before else None, self.language)
        self._refers(connection, table, row)
        if before and same(before.values, row) and self._mine(connection, table, row, version, before):
            return before
        if version is None and before is None:
            connection.execute(insert(here).values({**row, VERSION: 1}))
            self.note(connection, table, key_of(table, row), None, texts(row))
            return Row(plain(table, row), 1)
        if before is None or version != before.version:
            raise self._changed(connection, table, row, before)
        changed = update(here).where(*mine, here.c[VERSION] == version).values({**row, VERSION: version + 1})
        if connection.execute(changed).rowcount != 1:  # a database that lets two write at once
            again = connection.execute(select(here).where(*mine)).mappings().first()
            raise self._changed(connection, table, row, row_of(table, again) if again else None)
        self.note(connection, table, key_of(table, row), texts(before.values), texts(row))
        return Row(plain(table, row), version + 1)

    def _refers(self, connection: Connection, table: str, row: Mapping[str, Any]) -> None:
        """Refusal for a column that refers to a row that is not there; a table that is empty is not asked.

        To a rep, what is out of reach is not there.
        """
        for column in TABLES[table].references():
            value, target = row.get(column.name), self.tables.of[column.refers_to]
            key = target.c[TABLES[column.refers_to].key[0]]
            if not value or connection.execute(select(key).limit(1)).first() is None:
                continue
            reach = self.reach.narrowed(column.refers_to, self.language)
            if connection.execute(select(key).where(key == value, *reach).limit(1)).first() is None:
                fault = Fault(table, 0, column.name, str(value), "unknown_reference", "", column.refers_to)
                raise Refusal([fault], self.language)

    def _mine(self, connection: Connection, table: str, row: Mapping[str, Any], version: int | None, now: Row) -> bool:
        """Whether a row that stands there already is nothing new: as it was looked at, or sent twice by the same."""
        if version == now.version:
            return True
        sent_before = version is None or version == now.version - 1
        return sent_before and self._last(connection, table, row)[0] == self.who

    def _last(self, connection: Connection, table: str, row: Mapping[str, Any]) -> tuple[str, str]:
        """Who wrote a row last, and when; "" where it was imported."""
        j = self.tables.journal
        mine = and_(j.c.table_name == table, j.c.row_key == key_of(table, row))
        last = connection.execute(select(j.c.who, j.c.at).where(mine).order_by(j.c.number.desc())).first()
        return (last[0], last[1]) if last else ("", "")

    def _changed(self, connection: Connection, table: str, row: Mapping[str, Any], now: Row | None) -> Changed:
        who, at = self._last(connection, table, row)
        reps = self.tables.of["reps"]
        name = connection.execute(select(reps.c.rep_name).where(reps.c.rep_id == who)).scalar()
        return Changed(now or Row({}, 0), who, at, self.language, name or "")

    def note(self, connection: Connection, table: str, key: str, before: Any, after: Any) -> None:
        """An entry of the journal; `table`: "" for what is about the whole store."""
        entry = {"at": now(), "who": self.who, "table_name": table, "row_key": key, "before": before, "after": after}
        connection.execute(insert(self.tables.journal).values(entry))

    # --- drafts -----------------------------------------------------------------------------------------------------

    def keep_draft(self, name: str, held: Mapping[str, Any]) -> None:
        """Keep what somebody has typed and not sent; it takes the place of the earlier draft of that name."""
        d = self.tables.drafts
        mine = and_(d.c.who == self.who, d.c.name == name)
        kept = {"held": dict(held), "at": now()}

        def write(connection: Connection) -> None:
            if connection.execute(update(d).where(mine).values(kept)).rowcount == 0:
                connection.execute(insert(d).values(who=self.who, name=name, **kept))

        self.run(write, writes=True)

    def draft(self, name: str) -> dict[str, Any]:
        """What was typed and not sent; empty without a draft."""
        d = self.tables.drafts
        query = select(d.c.held).where(d.c.who == self.who, d.c.name == name)
        return dict(self.run(lambda connection: connection.execute(query).scalar_one_or_none()) or {})

    def drop_draft(self, name: str) -> None:
        """Forget a draft."""
        d = self.tables.drafts
        self.run(lambda c: c.execute(delete(d).where(d.c.who == self.who, d.c.name == name)), writes=True)

    # --- the whole store ----------------------------------------------------------------------------------------------

    def take_in(self, data: Data) -> dict[str, int]:
        """Write all clean rows of a source into the empty store, all or none: rows by table."""
        self.reach.everything(self.language)
        return in_and_out.take_in(self, data)

    def export(self, folder: str | Path) -> dict[str, int]:
        """Write every table that has rows as CSV into a folder, which is made; rows by table."""
        self.reach.everything(self.language)
        return in_and_out.export(self, folder)

    def compact(self) -> None:
        """Write the files of the database anew, so that nothing that was deleted can be read in them any more.

        PostgreSQL only marks the room as free. Raises Refused where others use the store for too long.
        """
        kind = self._engine.dialect.name
        options: dict[str, Any] = {"kat_outside": True, "isolation_level": "AUTOCOMMIT"}
        try:
            with self._engine.connect().execution_options(**options) as connection:
                if kind in ("sqlite", "postgresql"):
                    connection.exec_driver_sql("VACUUM")
                if kind == "sqlite" and connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one():
                    raise Refused("database_busy", language=self.language, url=shown(self.url), why="wal_checkpoint")
        except DBAPIError as error:
            raise trouble(error, shown(self.url), self.language) from None

    # --- the connection ---------------------------------------------------------------------------------------------

    def run(self, work: Any, *, writes: bool = False, snapshot: bool = False) -> Any:
        """Do `work` in a transaction, and give what it gives.

        writes    one writer at a time (data.database)
        snapshot  all that it reads is of one moment
        Raises Refused where the database does not do it; then nothing was written.
        """
        options: dict[str, Any] = {"kat_writes": writes, "kat_snapshot": snapshot}
        for attempt in range(1, _TRIES + 1):
            ending = False
            try:
                with self._engine.connect().execution_options(**options) as connection, connection.begin():
                    done = work(connection)
                    ending = writes
                return done
            except IntegrityError:  # two add the same row at once: the second sees what the first did
                if attempt == _TRIES:
                    raise
            except DBAPIError as error:
                if attempt == _TRIES or not again(error):
                    raise trouble(error, shown(self.url), self.language, unsure=ending) from None
            except SQLAlchemyTimeout as error:
                raise trouble(error, shown(self.url), self.language) from None
        raise AssertionError


def wall(at: str, timezone: str = TIMEZONE) -> str:
    """A moment of the journal as people read it on the wall; "" for none.

    Examples
    --------
    >>> wall("2026-11-20T01:30:00.000+00:00")
    '2026-11-20 09:30'
    """
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" if at else ""


def now() -> str:
    """This moment as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def today(timezone: str = TIMEZONE) -> date:
    """The day by the clock on the wall of a time zone: what apps call today."""
    return datetime.now(ZoneInfo(timezone)).date()
