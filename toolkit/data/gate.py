"""The gate: what is seen of a source in, clean frames out, and every fault of every row in between.

Order: cells (read and checked before), ends before their starts, parts above their wholes, duplicate keys;
then, table by table with what is referred to first, rows before their parent's start and references. A fault
in a required column or a key column sets the row aside, elsewhere it blanks the cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from toolkit.data.contract import by_reference
from toolkit.data.parsed import Parsed
from toolkit.data.sight import Sight

SET_ASIDE: Final = "set_aside"
BLANKED: Final = "blanked"
NOTED: Final = "noted"


class Fault(NamedTuple):
    """One fault, as listed: `row` is the line in the file, `rule` and `action` are codes."""

    table: str
    row: int
    column: str
    value: str
    rule: str
    action: str
    detail: str


@dataclass
class Room:
    """One table in the gate: its seen rows, which of them are set aside, and the faults so far.

    Rows are positions in `frame`; `rules` holds, by column, the code of the rule that each cell breaks.
    """

    parsed: Parsed
    sight: Sight
    frame: pd.DataFrame
    rules: dict[str, np.ndarray]
    aside: np.ndarray
    faults: list[pd.DataFrame] = field(default_factory=list)

    @property
    def lines(self) -> np.ndarray:
        """Each row's line in the file."""
        return np.asarray(self.parsed.lines[self.sight.rows])

    def of_source(self, positions: Any) -> np.ndarray:
        """The rows that stand at these positions of the source."""
        return np.flatnonzero(np.isin(self.sight.rows, list(positions)))

    def text(self, column: str, rows: np.ndarray) -> np.ndarray:
        """The rows' cells as the source has them, as far as they are seen."""
        cells = self.parsed.cells(column, self.sight.rows[rows])
        if column in self.sight.blank:
            cells = np.where(self.sight.blank[column][rows], "", cells)
        if column in self.sight.reset:
            later, value = self.sight.reset[column]
            cells = np.where(later[rows], value, cells)
        return cells

    def key_text(self, rows: np.ndarray) -> np.ndarray:
        parts = [self.text(column, rows) for column in self.parsed.table.key]
        return np.array([" · ".join(part) for part in zip(*parts, strict=True)], dtype=object)

    def broken(self, column: str) -> np.ndarray:
        """True (n,) where the column's cell breaks a rule by itself."""
        if column not in self.rules:
            return np.zeros(len(self.frame), dtype=bool)
        return np.asarray(self.rules[column] != "")

    def fault(self, column: str, rows: np.ndarray, rule: Any, detail: Any = "") -> None:
        """List a fault of these rows in this column, and set the rows aside or blank the cells."""
        if not len(rows):
            return
        if self.parsed.table.sets_aside(column):
            self.list(column, rows, self.text(column, rows), rule, SET_ASIDE, detail)
        else:
            self.list(column, rows, self.text(column, rows), rule, BLANKED, detail)
            flags = np.zeros(len(self.frame), dtype=bool)
            flags[rows] = True
            self.frame[column] = self.frame[column].mask(flags)

    def list(self, column: str, rows: np.ndarray, value: Any, rule: Any, action: str, detail: Any) -> None:
        """Add faults to the list; rows that are set aside are marked."""
        if action == SET_ASIDE:
            self.aside[rows] = True
        columns = (self.parsed.table.name, self.lines[rows], column, value, rule, action, detail)
        if len(rows):
            self.faults.append(pd.DataFrame(dict(zip(Fault._fields, columns, strict=True))))


def gate(tables: Mapping[str, Parsed], sights: Mapping[str, Sight]) -> dict[str, Room]:
    """Pass every table of the contract through the gate; a room each, with all that was found."""
    rooms = {name: _enter(table, sights[name]) for name, table in tables.items()}
    for contract in by_reference():
        room = rooms[contract.name]
        _alone(room)
        if len(room.frame):
            _before_parent(room, rooms)
            _references(room, rooms)
    return rooms


def gate_one(parsed: Parsed, sight: Sight) -> Room:
    """One table by itself, without what it refers to."""
    room = _enter(parsed, sight)
    _alone(room)
    return room


def _alone(room: Room) -> None:
    """What a table's own rows tell."""
    _headers(room)
    if not len(room.frame):
        return
    _shapes(room)
    for column in room.parsed.table.names:
        rows = np.flatnonzero(room.broken(column))
        if len(rows):
            room.fault(column, rows, room.rules[column][rows])
    _ends(room)
    _parts(room)
    _duplicates(room)


def clean(room: Room) -> pd.DataFrame:
    """The kept rows, sorted by key, with the unknown columns as text behind the contract's."""
    frame = room.frame
    for name in room.parsed.extra:
        texts = pd.Series(room.parsed.cells(name, room.sight.rows), dtype="str")
        frame[name] = texts.mask(texts.str.strip() == "")
    if room.aside.any():
        frame = frame[~room.aside]
    return frame.sort_values(list(room.parsed.table.key), kind="stable", ignore_index=True)


def listed(rooms: Mapping[str, Room]) -> pd.DataFrame:
    """All faults, by table in the rooms' order and line; columns are the fields of `Fault`."""
    faults = []
    for room in rooms.values():
        if room.faults:
            mine = pd.concat(room.faults, ignore_index=True)
            faults.append(mine.sort_values("row", kind="stable"))
    types = dict.fromkeys(Fault._fields, "str") | {"row": "int64"}
    none = pd.DataFrame(columns=list(Fault._fields))
    return (pd.concat(faults, ignore_index=True) if faults else none).astype(types)


def _enter(parsed: Parsed, sight: Sight) -> Room:
    whole = len(sight.rows) == len(parsed.lines)
    frame = parsed.values.copy() if whole else parsed.values.take(sight.rows).reset_index(drop=True)
    rules = {name: broken[sight.rows] for name, broken in parsed.rules.items()}
    cut = {column: (later, None) for column, later in sight.blank.items()} | dict(sight.reset)
    for column, (later, value) in cut.items():
        frame[column] = frame[column].mask(later) if value is None else frame[column].mask(later, value)
        if column in rules:
            rules[column][later] = ""
    return Room(parsed, sight, frame, rules, np.zeros(len(frame), dtype=bool))


def _headers(room: Room) -> None:
    """Unknown headers that resemble a column which the table lacks; they stand on line 1."""
    for name, column in room.parsed.near_headers:
        fault = (room.parsed.table.name, 1, name, name, "unknown_header", NOTED, column)
        room.faults.append(pd.DataFrame([fault], columns=list(Fault._fields)))


def _shapes(room: Room) -> None:
    long = room.of_source(room.parsed.long)
    beyond = [room.parsed.long[place] for place in room.sight.rows[long].tolist()]
    room.list("", long, beyond, "too_many_cells", SET_ASIDE, "")
    short = room.of_source(room.parsed.short)
    room.list("", short, "", "too_few_cells", NOTED, "")


def _ends(room: Room) -> None:
    """An end before its start: the end is at fault. A time is compared with a date by its day."""
    for start, end in room.parsed.table.ends:
        first, last = room.frame[start], room.frame[end]
        if room.parsed.table[end].kind == "date":
            first = first.dt.normalize()
        rows = np.flatnonzero(last < first)
        room.fault(end, rows, "end_before_start", _written(room.frame[start].iloc[rows]))


def _written(moments: pd.Series) -> np.ndarray:
    texts = moments.dt.strftime("%Y-%m-%d %H:%M").str.removesuffix(" 00:00")
    return texts.to_numpy(dtype=object)


def _parts(room: Room) -> None:
    for part, whole in room.parsed.table.parts:
        rows = np.flatnonzero(room.frame[part] > room.frame[whole])
        room.fault(part, rows, "part_above_whole", room.text(whole, rows))


def _duplicates(room: Room) -> None:
    """Rows with the same key: identical after cleaning, the first is kept; differing, all are set aside."""
    key = list(room.parsed.table.key)
    usable = np.ones(len(room.frame), dtype=bool)
    usable[room.of_source(room.parsed.long)] = False
    for column in key:
        usable &= ~room.broken(column)
    rows = np.flatnonzero(room.frame.duplicated(key, keep=False).to_numpy() & usable)
    if not len(rows):
        return
    alike = room.frame.iloc[rows].astype(object)
    for column in room.rules:
        broken = room.broken(column)[rows]
        alike[column] = np.where(broken, room.text(column, rows), alike[column].to_numpy())
    group = alike.groupby(key, dropna=False, sort=False).ngroup().to_numpy()
    version = alike.groupby(list(alike.columns), dropna=False, sort=False).ngroup()
    differing = (version.groupby(group).transform("nunique") > 1).to_numpy()
    lines = room.lines[rows]
    first = pd.Series(lines).groupby(group).transform("min").to_numpy()
    single = key[0] if len(key) == 1 else ""
    copies = ~differing & (lines != first)
    for rule, some in (("duplicate_copy", copies), ("duplicate_key", differing)):
        room.list(single, rows[some], room.key_text(rows[some]), rule, SET_ASIDE, first[some])


def _before_parent(room: Room, rooms: Mapping[str, Room]) -> None:
    after = room.parsed.table.after
    if after is None:
        return
    parent = rooms[after.table]
    kept = parent.frame[~parent.aside].drop_duplicates(parent.parsed.table.key[0])
    by_id = pd.Series(kept[after.start].to_numpy(), index=kept[parent.parsed.table.key[0]].to_numpy(dtype=object))
    starts = by_id.reindex(room.frame[after.by].to_numpy(dtype=object)).reset_index(drop=True)
    rows = np.flatnonzero(room.frame[after.column] < starts)
    room.fault(after.column, rows, "before_parent", _written(starts.iloc[rows]) if len(rows) else "")


def _references(room: Room, rooms: Mapping[str, Room]) -> None:
    """Ids that their table lacks, or holds only in rows set aside. A table without rows is not asked."""
    for column in room.parsed.table.references():
        target = rooms[column.refers_to]
        if not len(target.frame):
            continue
        ids = target.frame[target.parsed.table.key[0]]
        used = room.frame[column.name]
        rows = np.flatnonzero(used.notna() & ~used.isin(ids[~target.aside].unique()))
        if len(rows):
            known = used.iloc[rows].isin(ids[target.aside].unique())
            rules = np.where(known, "reference_set_aside", "unknown_reference").astype(object)
            room.fault(column.name, rows, rules, column.refers_to)
