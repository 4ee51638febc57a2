"""A whole store as one file, and back: the contract's tables with their versions, the journal, the drafts.

The file is gzipped text, a JSON value a line: what it is; then every row as [table, values…]; last the sha256 of all
lines before. It is the same for any database, so that a SQLite file becomes a PostgreSQL and the other way round. What
is read is of one moment, whoever writes meanwhile. The file appears whole or not at all, readable by its owner alone.
"""

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, Date, DateTime, func, insert, select

from toolkit.base.errors import InputError
from toolkit.base.version import __version__
from toolkit.data.database import shown
from toolkit.data.in_and_out import BATCH
from toolkit.data.store import Store, now
from toolkit.data.store_tables import JOURNAL, StoreTables
from toolkit.language import say

_FORMAT: Final = 1
_BROKEN: Final = (
    gzip.BadGzipFile,
    IsADirectoryError,
    EOFError,
    zlib.error,
    UnicodeDecodeError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
)


def backup(store: Store, file: str | Path) -> dict[str, int]:
    """Write the store into a file that is not there yet: rows by table.

    Raises InputError where the file is there or cannot be written; nothing is left then.
    """
    store.reach.everything(store.language)
    place = Path(file)
    if place.exists():
        raise InputError(say("backup.there", store.language, file=file))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as raw:
                counts = store.run(lambda connection: _written(store, connection, raw), snapshot=True)
                raw.flush()
                os.fsync(raw.fileno())
            os.replace(fresh, place)
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(say("backup.no_room", store.language, file=file, why=error.strerror or str(error))) from None
    return dict(counts)


def _written(store: Store, connection: Connection, raw: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    digest = hashlib.sha256()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:

        def write(value: Any) -> None:
            line = json.dumps(value, ensure_ascii=False, default=_told).encode() + b"\n"
            digest.update(line)
            packed.write(line)

        tables = store.tables.all
        columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
        write({"kat_backup": _FORMAT, "version": __version__, "at": now(), "columns": columns})
        for name, table in tables.items():
            counts[name] = 0
            query = select(table).order_by(*table.primary_key.columns)
            for row in connection.execute(query, execution_options={"yield_per": BATCH}):
                write([name, *row])
                counts[name] += 1
        packed.write(json.dumps({"sha256": digest.hexdigest(), "rows": counts}).encode() + b"\n")
    return counts


def _told(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def restore(file: str | Path, url: str, who: str, language: str = "zh") -> dict[str, int]:
    """Write a file's content into an empty store, all or none, as it was: rows by table.

    Raises InputError where the file is none of ours, damaged, or of a later version (then nothing is made), and where
    the store holds anything.
    """
    counts = verified(file, language)
    store = Store(url, who, make=True, language=language)
    try:
        store.run(lambda connection: _taken_in(store, connection, file), writes=True)
    finally:
        store.close()
    return counts


def verified(file: str | Path, language: str = "zh") -> dict[str, int]:
    """The rows by table that a backup holds, once it is known to be whole. Raises InputError where it is not."""
    counts = dict.fromkeys(StoreTables().all, 0)
    for table, _ in _rows(file, language):
        counts[table] += 1
    return counts


def _taken_in(store: Store, connection: Connection, file: str | Path) -> None:
    tables = store.tables.all
    if any(connection.execute(select(table).limit(1)).first() is not None for table in tables.values()):
        raise InputError(say("store.not_empty", store.language, url=shown(store.url)))
    for name, rows in groupby(_rows(file, store.language), key=itemgetter(0)):
        batch = []
        for _, row in rows:
            batch.append({column: _stored(tables[name].c[column], value) for column, value in row.items()})
            if len(batch) == BATCH:
                connection.execute(insert(tables[name]), batch)
                batch = []
        if batch:
            connection.execute(insert(tables[name]), batch)
    if connection.dialect.name == "postgresql":  # the next entry's number goes on from the last one's
        number = select(func.max(store.tables.journal.c.number)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(JOURNAL, "number"), number)))


def _stored(column: Column[Any], value: Any) -> Any:
    """A value of the file as the database takes it."""
    if value is not None and isinstance(column.type, Date):
        return date.fromisoformat(value)
    if value is not None and isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return value


def _rows(file: str | Path, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of a backup as table and values by column; at the end InputError where the file is not whole."""
    digest, counts = hashlib.sha256(), dict.fromkeys(StoreTables().all, 0)
    try:
        with gzip.open(file, "rb") as lines:
            columns: dict[str, list[str]] = {}
            for line in lines:
                value = json.loads(line)
                if isinstance(value, dict) and "sha256" in value:
                    if value != {"sha256": digest.hexdigest(), "rows": counts} or next(lines, None):
                        break
                    return
                digest.update(line)
                if not columns:
                    columns = _columns(value, file, language)
                    continue
                name, *cells = value
                counts[name] += 1
                yield name, dict(zip(columns[name], cells, strict=True))
    except FileNotFoundError:
        raise InputError(say("backup.none", language, file=file)) from None
    except InputError:
        raise
    except _BROKEN:
        pass
    raise InputError(say("backup.damaged", language, file=file))


def _columns(head: Mapping[str, Any], file: str | Path, language: str) -> dict[str, list[str]]:
    """The columns by table that a backup's first line names. InputError for a later version's."""
    known = {name: {column.name for column in table.columns} for name, table in StoreTables().all.items()}
    columns = dict(head["columns"])
    if head["kat_backup"] != _FORMAT or any(set(names) - known.get(name, set()) for name, names in columns.items()):
        raise InputError(say("backup.later", language, file=file, version=head["version"]))
    return columns
