"""What of a source can be known on a day: rows by their own date, cells by the date that they come with.

A row is seen from the day in its table's `seen_from` column; one whose date cannot be read is always seen, so
that its fault is listed. A table without such a column is known from the start, but a row of it that refers
to a row out of sight is out of sight itself (a site of an account that opens later).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from toolkit.data.contract import by_reference
from toolkit.data.parsed import Parsed


@dataclass(frozen=True)
class Sight:
    """For one table: the rows (positions) that are seen, and what cells of them are not yet, as (n,) flags.

    `blank` are cells that are blank until later; `reset` those that hold another value until then.
    """

    rows: np.ndarray
    blank: Mapping[str, np.ndarray] = field(default_factory=dict)
    reset: Mapping[str, tuple[np.ndarray, str]] = field(default_factory=dict)


def everything(tables: Mapping[str, Parsed]) -> dict[str, Sight]:
    """All rows and cells."""
    return {name: Sight(np.arange(len(table.lines))) for name, table in tables.items()}


def on_day(tables: Mapping[str, Parsed], day: date) -> dict[str, Sight]:
    """What is seen at the end of `day`."""
    tomorrow = (np.datetime64(day, "D") + 1).astype("datetime64[us]")
    hidden: dict[str, set[str]] = {}
    sights: dict[str, Sight] = {}
    for contract in by_reference():
        table = tables[contract.name]
        seen = np.ones(len(table.lines), dtype=bool)
        if table.seen_from is not None:
            seen = ~(table.seen_from >= tomorrow)
        elif not contract.seen_from:
            for column in contract.references():
                if gone := hidden.get(column.refers_to):
                    seen &= ~table.values[column.name].isin(gone).to_numpy()
        seen[list(table.long)] = True
        if not seen.all():
            key = table.values[contract.key[0]]
            hidden[contract.name] = set(key[~seen].dropna()) - set(key[seen])
        sights[contract.name] = _cells(table, np.flatnonzero(seen), tomorrow)
    return {name: sights[name] for name in tables}


def _cells(table: Parsed, rows: np.ndarray, tomorrow: np.datetime64) -> Sight:
    blank: dict[str, np.ndarray] = {}
    reset: dict[str, tuple[np.ndarray, str]] = {}
    for later in table.table.later:
        not_yet = table.values[later.date].to_numpy()[rows] >= tomorrow
        if not_yet.any():
            blank |= dict.fromkeys((later.date, *later.cells), not_yet)
            reset |= {column: (not_yet, value) for column, value in later.reset}
    return Sight(rows, blank, reset)
