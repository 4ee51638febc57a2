"""The rows that the gate set aside, each once, with its reasons and the record as the source has it."""

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from toolkit.data.gate import SET_ASIDE, Room

REJECTED_COLUMNS: Final = ("table", "row", "key", "reason", "record")


def rejected(rooms: Mapping[str, Room], faults: pd.DataFrame) -> pd.DataFrame:
    """Columns table, row (line in the file), key, reason (codes joined by ";"), record (JSON).

    `faults` is what the gate listed. The record has the source's own headers; what is not seen yet is blank.
    """
    parts = [_of_table(room, faults) for room in rooms.values() if room.aside.any()]
    types = dict.fromkeys(REJECTED_COLUMNS, "str") | {"row": "int64"}
    none = pd.DataFrame(columns=list(REJECTED_COLUMNS))
    return (pd.concat(parts, ignore_index=True) if parts else none).astype(types)


def _of_table(room: Room, faults: pd.DataFrame) -> pd.DataFrame:
    rows = np.flatnonzero(room.aside)
    name = room.parsed.table.name
    mine = faults[(faults["table"] == name) & (faults["action"] == SET_ASIDE)]
    once = mine.drop_duplicates(["row", "rule"])
    reasons = once.groupby("row")["rule"].agg(";".join)
    lines = room.lines[rows]
    columns = (name, lines, room.key_text(rows), reasons.reindex(lines).to_numpy(), _records(room, rows))
    return pd.DataFrame(dict(zip(REJECTED_COLUMNS, columns, strict=True)))


def _records(room: Room, rows: np.ndarray) -> list[str]:
    headers = list(room.parsed.headers.values())
    cells = [room.text(name, rows).tolist() for name in room.parsed.headers]
    records = [dict(zip(headers, record, strict=True)) for record in zip(*cells, strict=True)]
    for record, place in zip(records, room.sight.rows[rows].tolist(), strict=True):
        if place in room.parsed.long:
            record[""] = room.parsed.long[place]
    return [json.dumps(record, ensure_ascii=False) for record in records]
