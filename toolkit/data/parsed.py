"""A source's tables as values: every cell read and checked by itself, once, whatever day is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np
import pandas as pd

from toolkit.data.cells import DTYPES, read_column
from toolkit.data.columns import Column, Table
from toolkit.data.contract import NEEDED, TABLES
from toolkit.data.headers import nearest_table, recognise, table_label, table_of
from toolkit.data.own_names import OwnNames
from toolkit.data.refusal import Refused
from toolkit.data.schemas import failures
from toolkit.data.source import UNCALCULATED, Found, Sheet

_NO_LINES = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class Parsed:
    """One table: `values` (n rows, the contract's columns), the cells' `text`, the `rules` that they break.

    `rules` holds an array (n,) of codes for each column in which a cell breaks one; `text` and `extra` the
    columns of the source, the contract's and the unknown ones, and `headers` what they are called there.
    `seen_from` (n,) is the day from which a row can be known, before anything else is asked of it.
    """

    table: Table
    values: pd.DataFrame
    text: Mapping[str, np.ndarray] = field(default_factory=dict)
    rules: Mapping[str, np.ndarray] = field(default_factory=dict)
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    lines: np.ndarray = field(default_factory=lambda: _NO_LINES)
    seen_from: np.ndarray | None = None
    long: Mapping[int, str] = field(default_factory=dict)
    short: tuple[int, ...] = ()
    near_headers: tuple[tuple[str, str], ...] = ()

    def cells(self, column: str, rows: np.ndarray) -> np.ndarray:
        """The text of these rows' cells as the source has them, "" where it has no such column."""
        texts = self.text.get(column, self.extra.get(column))
        if texts is None:
            return np.full(len(rows), "", dtype=object)
        return np.where(texts[rows] == UNCALCULATED, "", texts[rows])


def no_rows(table: Table) -> pd.DataFrame:
    """An empty frame with the table's columns in their types."""
    return pd.DataFrame({column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.columns})


def parse(found: Found, own: OwnNames, zone: tzinfo) -> dict[str, Parsed]:
    """All tables of the contract; one that the source lacks has no rows. Refused where a needed one lacks."""
    sheets: dict[str, Sheet] = {}
    for sheet in found.sheets:
        table = table_of(sheet.name)
        if table is None:
            continue
        if table in sheets:
            raise Refused("same_table", first=sheets[table].where, second=sheet.where, table=table)
        sheets[table] = sheet
    for name in NEEDED:
        _needed(name, sheets.get(name), found)
    return {
        name: parse_table(table, sheets[name], own, zone)
        if name in sheets and sheets[name].header
        else Parsed(table, no_rows(table))
        for name, table in TABLES.items()
    }


def _needed(name: str, sheet: Sheet | None, found: Found) -> None:
    label = table_label(name, "zh")
    if sheet is None:
        held = ", ".join(found.names[:12]) or "—"
        hit = nearest_table(found.names, name)
        raise Refused("lacks_table", where=found.path, table=name, label=label, hit=hit, held=held)
    if not len(sheet.lines):
        raise Refused("empty_table", where=sheet.where, table=name, label=label)


def parse_table(table: Table, sheet: Sheet, own: OwnNames, zone: tzinfo) -> Parsed:
    """One table from its sheet. Refused where a required column lacks."""
    places, others, near = recognise(table.name, sheet.header, sheet.where, own.headers.get(table.name, {}))
    meanings = own.values.get(table.name, {})
    text = {name: sheet.cells[place] for name, place in places.items()}
    values: dict[str, pd.Series] = {}
    rules: dict[str, np.ndarray] = {}
    for column in table.columns:
        if column.name in text:
            cells = text[column.name]
            values[column.name], broken = read_column(cells, column, zone, meanings.get(column.name, {}))
            if broken is not None:
                rules[column.name] = broken
        else:
            values[column.name] = pd.Series([None] * len(sheet.lines), dtype=DTYPES[column.kind])
    seen_from = values[table.seen_from].to_numpy() if table.seen_from else None
    frame = pd.DataFrame(values)
    _check(table, frame, text, rules)
    extra = {name: sheet.cells[place] for name, place in others.items()}
    nameless = [name for name, cells in extra.items() if not sheet.header[others[name]].strip()]
    for name in nameless:
        if not any(map(str.strip, extra[name])):
            del extra[name]
    headers = {name: sheet.header[place].strip("\ufeff ") for name, place in places.items()}
    return Parsed(
        table,
        frame,
        text,
        rules,
        extra,
        headers | {name: name for name in extra},
        sheet.lines,
        seen_from,
        sheet.long,
        sheet.short,
        tuple(near),
    )


def _check(table: Table, frame: pd.DataFrame, text: Mapping[str, np.ndarray], rules: dict[str, np.ndarray]) -> None:
    """Add to `rules` what the schema refuses, the first rule of each cell; refused cells become blank."""
    cases = failures(table.name, frame)
    for name in cases["column"].unique():
        mine = cases[cases["column"] == name].drop_duplicates("row")
        rows = mine["row"].to_numpy()
        codes = mine["rule"].to_numpy(dtype=object)
        if table[name].kind == "fraction":
            bare = _bare(table[name], frame[name].to_numpy()[rows], text[name][rows])
            codes = np.where(bare, "bare_percent", codes)
        broken = rules.setdefault(name, np.full(len(frame), "", dtype=object))
        free = broken[rows] == ""
        broken[rows[free]] = codes[free]
    for name, broken in rules.items():
        frame[name] = frame[name].mask(broken != "")


def _bare(column: Column, values: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """True where a fraction seems to be written in per cent without the sign."""
    signed = np.array([text.rstrip().endswith(("%", "％")) for text in texts], dtype=bool)
    low, high = (column.low or 0) * 100, (column.high or 0) * 100
    return np.asarray(~signed & (values >= low) & (values <= high))
