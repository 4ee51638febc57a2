"""All of a source into a store, and all of a store out again as CSV."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES, by_reference
from toolkit.data.database import cell_text, shown
from toolkit.data.load import Data
from toolkit.data.store_tables import StoreTables, rows_of
from toolkit.language import say

if TYPE_CHECKING:
    from toolkit.data.store import Store

BATCH: Final = 2000


def empty(connection: Connection, tables: StoreTables) -> bool:
    """Whether none of the contract's tables has a row."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in tables.of.values())


def take_in(store: "Store", data: Data) -> dict[str, int]:
    """Write all clean rows of a source into the empty store, all or none: rows by table.

    Raises InputError where the store holds rows already.
    """

    def write(connection: Connection) -> dict[str, int]:
        if not empty(connection, store.tables):
            raise InputError(say("store.not_empty", store.language, url=shown(store.url)))
        counts = {}
        for known in by_reference():
            rows = rows_of(data.tables[known.name], known)
            for start in range(0, len(rows), BATCH):
                connection.execute(insert(store.tables.of[known.name]), rows[start : start + BATCH])
            counts[known.name] = len(rows)
        store.note(connection, "", data.source.path, None, counts)
        return counts

    return store.run(write, writes=True)


def export(store: "Store", folder: str | Path) -> dict[str, int]:
    """Write every table that has rows as CSV into a folder, which is made, all of one moment; rows by table."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    found = store.run(lambda c: {name: store.rows_within(c, name, {}) for name in TABLES}, snapshot=True)
    for name, rows in found.items():
        if rows:
            names = list(TABLES[name].names)
            texts = [{column: cell_text(row.values[column]) for column in names} for row in rows]
            frame = pd.DataFrame(texts, columns=names)
            frame.to_csv(place / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
    return {name: len(rows) for name, rows in found.items() if rows}
