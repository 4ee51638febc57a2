"""A source added to what is there already: week after week, the same one twice without harm.

Rows are known by their key. What the source brings takes the place of what stood there; what it does not bring stays:
columns that only people fill in, rows of other weeks, other tables. Assumed values (constants of the mapping) are for
new rows only. An account's `opened_on` is never later than before. A weekly row of an account that the source shows as
closed by that Friday goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from toolkit.data.columns import Table
from toolkit.data.contract import TABLES, by_reference
from toolkit.data.database import cell_text
from toolkit.data.load import Data
from toolkit.data.own_names import OwnNames
from toolkit.data.source import content_of, csv_sheet
from toolkit.data.tables_foreign import OPPORTUNITIES

if TYPE_CHECKING:
    from toolkit.data.store import Store

_DAYS: Final = ("date", "friday")


@dataclass(frozen=True)
class Added:
    """What an import changed of a table: rows that are new, that are different now, that went."""

    table: str
    new: int
    changed: int
    gone: int = 0


def texts_of(data: Data, table: str) -> pd.DataFrame:
    """The clean rows of a table as text, only the columns that the source brings."""
    known, frame = TABLES[table], data.tables[table]
    brought = [column for column in known.columns if column.name in data.parsed[table].text or column.name in known.key]
    return pd.DataFrame({column.name: _column(frame[column.name], column.kind) for column in brought}, dtype="object")


def _column(values: "pd.Series[Any]", kind: str) -> list[str]:
    def written(value: Any) -> str:
        if pd.isna(value):
            return ""
        return cell_text(value.date() if kind in _DAYS else value)

    return [written(value) for value in values]


def assumed(own: OwnNames, table: str) -> set[str]:
    """The columns of a table that the mapping only assumes."""
    names = (table, OPPORTUNITIES.name) if table in ("accounts", "reps") else (table,)
    held = {column for name in names if name in own.plans for column in own.plans[name].constants}
    return held | ({"role"} if table == "reps" and OPPORTUNITIES.name in own.plans else set())


def merged(table: Table, old: pd.DataFrame, new: pd.DataFrame, guessed: set[str]) -> tuple[pd.DataFrame, Added]:
    """The rows of `old` with those of `new`: text, the columns of both. `guessed` columns are for new rows only."""
    columns = [*old.columns, *(name for name in new.columns if name not in old.columns)]
    blank = dict.fromkeys(columns, "")
    rows = {_key(row, table): {**blank, **row} for row in old.to_dict("records")}
    count, changed = len(rows), 0
    for row in new.to_dict("records"):
        was = rows.get(_key(row, table), blank)
        now = {**was, **{name: value for name, value in row.items() if not _stays(name, was[name], value, guessed)}}
        changed += int(was is not blank and now != was)
        rows[_key(row, table)] = now
    frame = pd.DataFrame([rows[key] for key in sorted(rows)], columns=columns, dtype="object")
    return frame, Added(table.name, len(rows) - count, changed)


def _key(row: Mapping[Any, Any], table: Table) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")) for name in table.key)


def _stays(name: str, was: str, value: str, guessed: set[str]) -> bool:
    """Whether a cell that is there is kept: an assumed one, or the earlier day on which an account was opened."""
    return bool(was) and (name in guessed or (name == "opened_on" and was <= value))


def without_closed(weeks: pd.DataFrame, data: Data) -> tuple[pd.DataFrame, int]:
    """The weekly rows without those, of weeks that the source shows, of accounts that it shows as closed by then."""
    accounts = data.accounts
    closed = accounts[(accounts["status"] != "active") & accounts["closed_on"].notna()]
    by_id = dict(zip(closed["account_id"], closed["closed_on"].dt.strftime("%Y-%m-%d"), strict=True))
    shown = set(data.account_weeks["week_ending"].dt.strftime("%Y-%m-%d"))
    rows = zip(weeks["week_ending"], weeks["account_id"], strict=True)
    gone = np.array([week in shown and by_id.get(account, "9999") <= week for week, account in rows], dtype=bool)
    return weeks[~gone].reset_index(drop=True), int(gone.sum())


def read_texts(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a folder that was imported into before, as text, unknown columns included."""
    out = {}
    for name in TABLES:
        file = folder / f"{name}.csv"
        if file.is_file():
            sheet = csv_sheet(name, str(file), content_of(file))
            cells = dict(zip((head.strip() for head in sheet.header), sheet.cells, strict=True))
            out[name] = pd.DataFrame(cells, dtype="object")
    return out


def added(old: Mapping[str, pd.DataFrame], data: Data, own: OwnNames) -> tuple[dict[str, pd.DataFrame], list[Added]]:
    """The tables with what the source brings, and what changed, table by table."""
    tables, told = dict(old), []
    for name, table in TABLES.items():
        if not len(data.tables[name]):
            continue
        fresh = texts_of(data, name)
        there = old.get(name, pd.DataFrame(columns=list(fresh.columns), dtype="object"))
        if name == "account_weeks" and len(there) and data.foreign:
            there, gone = without_closed(there, data)
        else:
            gone = 0
        tables[name], change = merged(table, there, fresh, assumed(own, name))
        told.append(Added(name, change.new, change.changed, gone))
    return tables, told


def write_texts(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Every table as CSV, the contract's columns first."""
    for name, frame in tables.items():
        first = [column for column in TABLES[name].names if column in frame.columns]
        order = [*first, *(column for column in frame.columns if column not in first)]
        frame[order].to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


def add_to_store(store: "Store", data: Data, own: OwnNames) -> list[Added]:
    """Write what a source brings into a store that holds rows already, all or none; what changed, table by table.

    Every write is in the journal, under the name of who imports. Rows are not taken out of a store.
    """
    writes: list[tuple[str, Mapping[str, Any], int | None]] = []
    told = []
    for table in by_reference():
        if not len(data.tables[table.name]):
            continue
        there = store.rows(table.name)
        texts = [{name: cell_text(value) for name, value in row.values.items()} for row in there]
        old = pd.DataFrame(texts, columns=list(table.names), dtype="object")
        frame, change = merged(table, old, texts_of(data, table.name), assumed(own, table.name))
        known = {_key(text, table): (text, row.version) for text, row in zip(texts, there, strict=True)}
        for row in frame.to_dict("records"):
            before, version = known.get(_key(row, table), (None, None))
            if row != before:
                writes.append((table.name, {str(name): value for name, value in row.items()}, version))
        told.append(change)
    store.save_all(writes)
    return told
