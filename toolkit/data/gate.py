"""The gate: what is seen of a source in, clean frames out, and every fault of every row in between.

Order: cells (read and checked before), ends before their starts, parts above their wholes, duplicate keys; then, table
by table with what is referred to first, references and rows before their parent's start. A fault in a required column
or a key column sets the row aside, elsewhere it blanks the cell.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from toolkit.data.columns import TEXT_KINDS, Column
from toolkit.data.contract import TABLES, by_reference
from toolkit.data.parsed import Parsed
from toolkit.data.sight import Sight

SET_ASIDE: Final = "row_set_aside"
BLANKED: Final = "cell_blanked"
NOTED: Final = "noted"
FAULT_COLUMNS: Final = ("table", "row", "column", "value", "rule", "action", "detail")
REJECTED_COLUMNS: Final = ("table", "row", "key", "reason", "record")


@dataclass
class Room:
    """One table on its way through the gate: the seen rows, which of them are set aside, and the faults so far."""

    parsed: Parsed
    sight: Sight
    frame: pd.DataFrame
    rules: dict[str, np.ndarray]
    aside: np.ndarray
    faults: list[pd.DataFrame] = field(default_factory=list)

    def fault(self, column: str, rows: np.ndarray, rules: str | np.ndarray, detail: object = "") -> None:
        """List a fault of these rows (positions in the frame) in this column, and do what the contract says."""
        if not len(rows):
            return
        setting_aside = self.parsed.table.sets_aside(column)
        self._list(column, rows, rules, SET_ASIDE if setting_aside else BLANKED, detail)
        if setting_aside:
            self.aside[rows] = True
        else:
            self.frame[column] = self.frame[column].mask(_flags(rows, len(self.frame)))

    def set_aside(self, column: str, rows: np.ndarray, rule: str, detail: object = "") -> None:
        """List a fault of whole rows and set them aside."""
        if len(rows):
            self._list(column, rows, rule, SET_ASIDE, detail)
            self.aside[rows] = True

    def note(self, column: str, rows: np.ndarray, rule: str, detail: object = "") -> None:
        """List a fault that changes nothing."""
        if len(rows):
            self._list(column, rows, rule, NOTED, detail)

    def _list(
        self, column: str, rows: np.ndarray, rules: str | np.ndarray, action: str, detail: object
    ) -> None:
        places = self.sight.rows[rows]
        self.faults.append(
            pd.DataFrame(
                {
                    "table": self.parsed.table.name,
                    "row": self.parsed.lines[places],
                    "column": column,
                    "value": self.parsed.cell(column, places),
                    "rule": rules,
                    "action": action,
                    "detail": detail,
                }
            )
        )

    def broken(self, column: str) -> np.ndarray:
        """True (n,) where the column's cell breaks a rule by itself."""
        if column not in self.rules:
            return np.zeros(len(self.frame), dtype=bool)
        return np.asarray(self.rules[column] != "")


@dataclass(frozen=True)
class Passed:
    """What the gate lets through: clean tables, the faults and the rows set aside."""

    tables: dict[str, pd.DataFrame]
    faults: pd.DataFrame
    rejected: pd.DataFrame


def gate(tables: Mapping[str, Parsed], sights: Mapping[str, Sight]) -> Passed:
    """Pass every table of the contract through the gate."""
    rooms = {name: _enter(table, sights[name]) for name, table in tables.items()}
    for contract in by_reference():
        room = rooms[contract.name]
        if len(room.frame):
            _cells(room)
            _ends(room)
            _parts(room)
            _duplicates(room)
            _before_parent(room, rooms)
            _references(room, rooms)
    faults = [fault for name in TABLES for fault in [*_headers(tables[name]), *rooms[name].faults]]
    listed = pd.concat(faults, ignore_index=True) if faults else pd.DataFrame(columns=list(FAULT_COLUMNS))
    order = {name: position for position, name in enumerate(TABLES)}
    listed = listed.sort_values(["table", "row"], key=lambda c: c.map(order) if c.name == "table" else c, kind="stable")
    listed = _typed(listed, FAULT_COLUMNS)
    return Passed(
        {name: _leave(room) for name, room in rooms.items()},
        listed,
        _typed(pd.concat([_rejected(rooms[name], listed) for name in TABLES]), REJECTED_COLUMNS),
    )


def _typed(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    types = {column: "int64" if column == "row" else "str" for column in columns}
    return frame[list(columns)].astype(types).reset_index(drop=True)


def _flags(rows: np.ndarray, count: int) -> np.ndarray:
    flags = np.zeros(count, dtype=bool)
    flags[rows] = True
    return flags


def _enter(parsed: Parsed, sight: Sight) -> Room:
    whole = len(sight.rows) == len(parsed.lines)
    frame = parsed.values.copy() if whole else parsed.values.take(sight.rows).reset_index(drop=True)
    rules = {name: broken[sight.rows] for name, broken in parsed.rules.items()}
    for column, places in sight.blank.items():
        hidden = np.isin(sight.rows, places)
        frame[column] = frame[column].mask(hidden)
        if column in rules:
            rules[column][hidden] = ""
    for column, (places, value) in sight.reset.items():
        hidden = np.isin(sight.rows, places)
        frame[column] = frame[column].mask(hidden, value)
        if column in rules:
            rules[column][hidden] = ""
    return Room(parsed, sight, frame, rules, np.zeros(len(frame), dtype=bool))


def _cells(room: Room) -> None:
    for place, (rule, extra) in room.parsed.misshapen.items():
        rows = np.flatnonzero(room.sight.rows == place)
        if rule == "too_many_cells":
            room.set_aside("", rows, rule, extra)
        else:
            room.note("", rows, rule)
    for column in room.parsed.table.names:
        rows = np.flatnonzero(room.broken(column))
        if len(rows):
            room.fault(column, rows, room.rules[column][rows])


def _ends(room: Room) -> None:
    """An end before its start: the end is at fault. A time is compared with a date by its day."""
    for start, end in room.parsed.table.ends:
        first, last = room.frame[start], room.frame[end]
        if room.parsed.table[end].kind == "date":
            first = first.dt.normalize()
        rows = np.flatnonzero(last < first)
        room.fault(end, rows, "end_before_start", first.iloc[rows].dt.strftime("%Y-%m-%d").to_numpy())


def _parts(room: Room) -> None:
    for part, whole in room.parsed.table.parts:
        rows = np.flatnonzero(room.frame[part] > room.frame[whole])
        room.fault(part, rows, "part_above_whole", [f"{value:g}" for value in room.frame[whole].iloc[rows]])


def _duplicates(room: Room) -> None:
    """Rows with the same key: identical after cleaning, the first is kept; differing, all are set aside."""
    key = list(room.parsed.table.key)
    usable = ~_flags(np.array([], dtype=int), len(room.frame))
    for column in key:
        usable &= ~room.broken(column)
    usable[np.isin(room.sight.rows, [p for p, (r, _) in room.parsed.misshapen.items() if r == "too_many_cells"])] = False
    rows = np.flatnonzero(room.frame.duplicated(key, keep=False).to_numpy() & usable)
    if not len(rows):
        return
    alike = room.frame.iloc[rows].astype(object)
    for column in room.rules:
        broken = room.broken(column)[rows]
        texts = np.array(room.parsed.cell(column, room.sight.rows[rows]), dtype=object)
        alike[column] = np.where(broken, texts, alike[column].to_numpy())
    group = alike.groupby(key, dropna=False, sort=False).ngroup()
    version = alike.groupby(list(alike.columns), dropna=False, sort=False).ngroup()
    differing = (version.groupby(group).transform("nunique") > 1).to_numpy()
    first = pd.Series(room.parsed.lines[room.sight.rows[rows]]).groupby(group.to_numpy()).transform("min").to_numpy()
    lines = room.parsed.lines[room.sight.rows[rows]]
    copies = ~differing & (lines != first)
    room.set_aside(key[-1] if len(key) == 1 else "", rows[copies], "duplicate_copy", first[copies])
    others = np.where(lines[differing] == first[differing], "", first[differing].astype(str))
    room.set_aside(key[-1] if len(key) == 1 else "", rows[differing], "duplicate_key", others)


def _before_parent(room: Room, rooms: Mapping[str, Room]) -> None:
    after = room.parsed.table.after
    if after is None:
        return
    parent = rooms[after.table]
    kept = parent.frame[~parent.aside]
    starts = pd.Series(kept[after.start].to_numpy(), index=kept[parent.parsed.table.key[0]].to_numpy())
    start = room.frame[after.by].map(starts)
    rows = np.flatnonzero(room.frame[after.column] < start)
    room.fault(after.column, rows, "before_parent", start.iloc[rows].dt.strftime("%Y-%m-%d").to_numpy())


def _references(room: Room, rooms: Mapping[str, Room]) -> None:
    """Ids that their table does not hold, or holds only in rows set aside. A table without rows is not asked."""
    for column in room.parsed.table.references():
        target = rooms[column.refers_to]
        if not len(target.frame):
            continue
        ids = target.frame[target.parsed.table.key[0]]
        used = room.frame[column.name]
        missing = used.notna() & ~used.isin(ids[~target.aside].unique())
        rows = np.flatnonzero(missing)
        if len(rows):
            known = used.iloc[rows].isin(ids[target.aside].unique()).to_numpy()
            rules = np.where(known, "reference_set_aside", "unknown_reference").astype(object)
            room.fault(column.name, rows, rules, column.refers_to)


def _headers(parsed: Parsed) -> list[pd.DataFrame]:
    return [
        pd.DataFrame([[parsed.table.name, 1, name, name, "unknown_header", NOTED, column]], columns=list(FAULT_COLUMNS))
        for name, column in parsed.near_headers
    ]


def _leave(room: Room) -> pd.DataFrame:
    """The kept rows, sorted by key, with the unknown columns as text behind the contract's."""
    frame = room.frame
    for name, cells in room.parsed.extra.items():
        texts = pd.Series(cells[room.sight.rows], dtype="str")
        frame[name] = texts.mask(texts.str.strip() == "")
    if room.aside.any():
        frame = frame[~room.aside]
    return frame.sort_values(list(room.parsed.table.key), kind="stable", ignore_index=True)


def _rejected(room: Room, faults: pd.DataFrame) -> pd.DataFrame:
    rows = np.flatnonzero(room.aside)
    table = room.parsed.table
    if not len(rows):
        return pd.DataFrame(columns=list(REJECTED_COLUMNS))
    places = room.sight.rows[rows]
    lines = room.parsed.lines[places]
    mine = faults[(faults["table"] == table.name) & (faults["action"] == SET_ASIDE)]
    reasons = mine.groupby("row")["rule"].agg(lambda rules: ";".join(dict.fromkeys(rules)))
    return pd.DataFrame(
        {
            "table": table.name,
            "row": lines,
            "key": [" · ".join(parts) for parts in zip(*(room.parsed.cell(c, places) for c in table.key), strict=True)],
            "reason": reasons.reindex(lines).to_numpy(),
            "record": _records(room, places),
        }
    )


def _records(room: Room, places: np.ndarray) -> list[str]:
    """The rows as they stand in the source, as JSON; what is not seen yet is blank."""
    columns = {}
    for name, header in room.parsed.headers.items():
        cells = np.array(room.parsed.cell(name, places) if name in room.parsed.text else room.parsed.extra[name][places])
        if name in room.sight.blank:
            cells = np.where(np.isin(places, room.sight.blank[name]), "", cells)
        if name in room.sight.reset:
            later, value = room.sight.reset[name]
            cells = np.where(np.isin(places, later), value, cells)
        columns[header] = cells.tolist()
    extra = {place: text for place, (rule, text) in room.parsed.misshapen.items() if rule == "too_many_cells"}
    records = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    for record, place in zip(records, places, strict=True):
        if place in extra:
            record[""] = extra[place]
    return [json.dumps(record, ensure_ascii=False) for record in records]
