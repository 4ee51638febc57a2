"""One row that somebody enters, judged by the same gate as an imported one."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.faults import sentences
from toolkit.data.gate import Fault, gate, listed
from toolkit.data.own_names import OwnNames
from toolkit.data.parsed import Parsed, no_rows, parse_table
from toolkit.data.sight import everything
from toolkit.data.source import Sheet
from toolkit.data.store_tables import stored


class Refusal(InputError):
    """A row that is not written: `columns` says of each column, in words, what is wrong and what to do."""

    def __init__(self, faults: Iterable[Fault], language: str) -> None:
        self.columns = {fault.column: sentences(fault, language) for fault in faults}
        super().__init__("\n".join(self.columns.values()))


def checked(
    table: str, texts: Mapping[str, str], language: str = "zh", timezone: str = "Asia/Shanghai"
) -> dict[str, Any]:
    """The row's values as the database takes them; what is not named is blank. References are not looked up here.

    Raises Refusal with every column that breaks a rule.

    Examples
    --------
    >>> call = {"callback_id": "K1", "account_id": "A1", "called_on": "2026/11/3", "caller_id": "D1"}
    >>> row = checked("callbacks", call)
    >>> str(row["called_on"]), row["note"]
    ('2026-11-03', None)
    """
    known = TABLES[table]
    unknown = [name for name in texts if name not in known.names]
    if unknown:
        raise KeyError(f"{table} has no column {unknown[0]!r}")
    given = {name: texts.get(name, "").strip() for name in known.names}
    within = [column.name for column in known.references() if column.refers_to == table]  # of rows that are not here
    cells = tuple(np.array(["" if name in within else given[name]], dtype=object) for name in known.names)
    sheet = Sheet(table, table, known.names, cells, np.array([1]))
    parsed = {**_nothing(), table: parse_table(known, sheet, OwnNames(), ZoneInfo(timezone))}
    rooms = gate(parsed, everything(parsed))
    faults = listed(rooms)
    if len(faults):
        raise Refusal((Fault(*row) for row in faults.drop_duplicates("column").itertuples(index=False)), language)
    frame = rooms[table].frame.astype("object")
    values = {name: given[name] or None if name in within else frame[name].iloc[0] for name in known.names}
    return {
        name: stored(None if pd.isna(value) else value, known[name], key=name in known.key)
        for name, value in values.items()
    }


def ready(*tables: str) -> None:
    """Load what judging rows of these tables needs, so that the first is judged as fast as the next."""
    for table in tables:
        with suppress(Refusal):
            checked(table, {})


@cache
def _nothing() -> Mapping[str, Parsed]:
    """Every table without rows."""
    return {name: Parsed(one, no_rows(one)) for name, one in TABLES.items()}
