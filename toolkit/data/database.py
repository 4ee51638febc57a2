"""A database as a source: its tables read as text, like a folder's files. Any database that SQLAlchemy has a URL for.

What stands in a cell is written as the contract writes it (ISO dates, true and false, plain numbers), so that the same
gate judges it. A table is read in the order of its key, so that the same content gives the same frames.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import Engine, MetaData, Table, create_engine, event, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from toolkit.data.contract import TABLES
from toolkit.data.headers import table_of
from toolkit.data.refusal import Refused
from toolkit.data.source import Found, Sheet
from toolkit.data.trouble import trouble

VERSION: Final = "kat_version"  # the store's own column: not the source's
BUSY_SECONDS: Final = 10  # how long a write waits for others
_STILL_SECONDS: Final = 60  # how long a write may stand still before the server ends it
PEN: Final = 0x6B6174  # the lock that a writer holds: "kat"
_MEMORY: Final = (None, "", ":memory:")


def engine_of(url: str, *, make: bool = False) -> Engine:
    """The engine of a database's address. SQLite works in WAL mode, and waits for other writers.

    make: whether a SQLite file that is not there is made. Refused for an address that is none, a driver that is not
    installed, and a file that is not there.
    """
    try:
        place = make_url(url)
        engine = create_engine(place, **_options(place, make))
    except ModuleNotFoundError as error:
        raise Refused("database_driver", url=shown(url), module=error.name or str(error)) from None
    except (ArgumentError, NoSuchModuleError):
        raise Refused("database_url", url=shown(url)) from None
    if place.get_backend_name() == "sqlite":
        if place.database not in _MEMORY and not make and not Path(str(place.database)).is_file():
            raise Refused("database_missing", url=shown(url))
        _sqlite(engine)
    if place.get_backend_name() == "postgresql":
        _postgresql(engine)
    return engine


def _options(place: URL, make: bool) -> dict[str, Any]:
    if place.get_backend_name() == "sqlite":
        if place.database in _MEMORY:
            return {}
        file = f"{Path(str(place.database)).absolute().as_uri()}?mode={'rwc' if make else 'rw'}"

        def opened() -> sqlite3.Connection:  # a file that vanished is not made anew
            return sqlite3.connect(file, timeout=BUSY_SECONDS, check_same_thread=False, uri=True)

        return {"creator": opened}
    options: dict[str, Any] = {"pool_pre_ping": True}
    if place.get_backend_name() == "postgresql":
        options["isolation_level"] = "READ COMMITTED"
        if place.get_driver_name() in ("psycopg", "psycopg2"):
            options["connect_args"] = {"connect_timeout": BUSY_SECONDS} if "connect_timeout" not in place.query else {}
    return options


def _postgresql(engine: Engine) -> None:
    """One writer at a time, as in SQLite: writes are short, nobody runs into a deadlock, what is checked before a write
    still holds when it is written, and the journal's numbers grow in the order in which writes become visible. Who
    waits or stands still for too long makes room.
    """

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("kat_snapshot", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if options.get("kat_writes", False):
            connection.exec_driver_sql(
                f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true),"
                f" set_config('idle_in_transaction_session_timeout', '{_STILL_SECONDS}s', true)"
            )
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({PEN})")


def _sqlite(engine: Engine) -> None:
    """WAL, so that readers never wait; a write takes the lock at once, so that two never overwrite each other; and it
    is on the disk before anybody is told that it is written.
    """

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get("kat_outside", False):  # what cannot be done in a transaction
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("kat_writes", False) else "BEGIN")


def shown(url: str) -> str:
    """An address as it may be shown: without its password.

    Examples
    --------
    >>> shown("postgresql+psycopg://kat:secret@db/team")
    'postgresql+psycopg://kat:***@db/team'
    """
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.partition("://")[0] + "://…"


def open_database(url: str, wanted: Callable[[str], bool]) -> Found:
    """Read the tables whose name `wanted` knows. Refused where the database cannot be reached."""
    engine = engine_of(url)
    digest = hashlib.sha256()
    sheets = []
    try:
        with engine.connect().execution_options(kat_snapshot=True) as connection:
            names = inspect(connection).get_table_names()
            for name in sorted(filter(wanted, names)):
                table = Table(name, MetaData(), autoload_with=connection)
                order = [column for column in table.columns if column.name in _key(name)] or list(table.columns)
                mine = [column for column in table.columns if column.name != VERSION]
                rows = connection.execute(select(*mine).order_by(*order)).all()
                sheets.append(_sheet(name, url, tuple(column.name for column in mine), rows))
                digest.update(f"{name}\0{sheets[-1].header}\0".encode())
                for cells in sheets[-1].cells:
                    digest.update("\0".join(cells).encode())
    except SQLAlchemyError as error:
        raise trouble(error, shown(url), "zh") from None
    finally:
        engine.dispose()
    return Found(shown(url), tuple(sheets), digest.hexdigest(), tuple(names))


def _key(name: str) -> tuple[str, ...]:
    known = table_of(name)
    return TABLES[known].key if known else ()


def _sheet(name: str, url: str, header: tuple[str, ...], rows: Any) -> Sheet:
    texts = [[cell_text(value) for value in row] for row in rows]
    columns = list(zip(*texts, strict=True)) if texts else [()] * len(header)
    cells = tuple(np.array(column, dtype=object) for column in columns)
    return Sheet(name, f"{shown(url)} · {name}", header, cells, np.arange(1, len(texts) + 1))


def cell_text(value: Any) -> str:
    """A cell as the contract writes it.

    Examples
    --------
    >>> [cell_text(v) for v in (None, True, 2.0, 0.65, date(2026, 11, 20), datetime(2026, 11, 20, 9, 30))]
    ['', 'true', '2', '0.65', '2026-11-20', '2026-11-20T09:30:00']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
