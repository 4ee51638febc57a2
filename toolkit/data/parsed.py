"""A source's tables as values: every cell read and checked by itself, once, whatever day is asked for later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.cells import DTYPES, read_column
from toolkit.data.columns import Column, Table
from toolkit.data.contract import NEEDED, TABLES
from toolkit.data.headers import OwnNames, column_label, nearest_table, recognise, table_label, table_of
from toolkit.data.schemas import failures
from toolkit.data.source import UNCALCULATED, Found, Sheet


@dataclass(frozen=True)
class Parsed:
    """One table: `values` (n rows, contract columns in order), the cells' `text`, the rule each cell breaks.

    `rules` holds an array (n,) of codes for the columns in which some cell breaks one; `text` has the columns that the
    source has, `headers` what they are called there; `extra` are the unknown columns.
    """

    table: Table
    values: pd.DataFrame
    text: Mapping[str, np.ndarray] = field(default_factory=dict)
    rules: Mapping[str, np.ndarray] = field(default_factory=dict)
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    lines: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    misshapen: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    near_headers: tuple[tuple[str, str], ...] = ()

    def cell(self, column: str, rows: np.ndarray) -> list[str]:
        """The text of the cells as the source has them, "" where it has no such column."""
        if column not in self.text:
            return [""] * len(rows)
        return ["" if cell == UNCALCULATED else cell for cell in self.text[column][rows]]


def no_rows(table: Table) -> pd.DataFrame:
    """An empty frame with the table's columns in their types."""
    return pd.DataFrame({column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.columns})


def parse(found: Found, names: OwnNames, zone: tzinfo) -> dict[str, Parsed]:
    """All tables of the contract; one that the source lacks has no rows. InputError where a needed one is missing."""
    sheets: dict[str, Sheet] = {}
    for sheet in found.sheets:
        table = table_of(sheet.name)
        if table is None:
            continue
        if table in sheets:
            raise InputError(f"{sheets[table].where} and {sheet.where} both hold the table {table}; keep one")
        sheets[table] = sheet
    for name in NEEDED:
        _needed(name, sheets.get(name), found)
    return {
        name: _parse(table, sheets[name], names, zone)
        if name in sheets and sheets[name].header
        else Parsed(table, no_rows(table))
        for name, table in TABLES.items()
    }


def _needed(name: str, sheet: Sheet | None, found: Found) -> None:
    called = f"{name} ({table_label(name, 'zh')})"
    if sheet is None:
        hit = nearest_table(found.names, name)
        held = ", ".join(found.names[:12]) or "no table at all"
        raise InputError(
            f"{found.path} lacks the table {called}"
            + (f"; is {hit!r} meant?" if hit else ";")
            + f" It holds: {held}"
        )
    if not len(sheet.lines):
        raise InputError(f"{sheet.where} is empty; the table {called} is needed")


def _parse(table: Table, sheet: Sheet, names: OwnNames, zone: tzinfo) -> Parsed:
    places, unknown, near = recognise(table.name, sheet.header, sheet.where, names)
    meanings = names.values.get(table.name, {})
    count = len(sheet.lines)
    values: dict[str, pd.Series] = {}
    rules: dict[str, np.ndarray] = {}
    text = {name: sheet.cells[place] for name, place in places.items()}
    for column in table.columns:
        if column.name not in text:
            values[column.name] = pd.Series([None] * count, dtype=DTYPES[column.kind])
            continue
        cells = text[column.name]
        values[column.name], broken = read_column(cells, column, zone, meanings.get(column.name, {}))
        if broken is not None:
            rules[column.name] = broken
    frame = pd.DataFrame(values, columns=list(table.names))
    _check(table, frame, text, rules)
    return Parsed(
        table,
        frame,
        text,
        rules,
        {name: sheet.cells[place] for name, place in unknown.items()},
        {name: sheet.header[place] for name, place in {**places, **unknown}.items()},
        sheet.lines,
        sheet.misshapen,
        tuple(near),
    )


def _check(
    table: Table, frame: pd.DataFrame, text: Mapping[str, np.ndarray], rules: dict[str, np.ndarray]
) -> None:
    """Add to `rules` what the schema refuses, the first rule of each cell; the refused cells become blank."""
    cases = failures(table.name, frame)
    for name in cases["column"].unique():
        column = table[name]
        mine = cases[cases["column"] == name].drop_duplicates("row")
        rows = mine["row"].to_numpy()
        codes = mine["rule"].to_numpy(dtype=object)
        if column.kind == "fraction":
            codes = np.where(_bare(column, frame[name].to_numpy()[rows], text[name][rows]), "bare_percent", codes)
        broken = rules.setdefault(name, np.full(len(frame), "", dtype=object))
        free = broken[rows] == ""
        broken[rows[free]] = codes[free]
    for name, broken in rules.items():
        frame[name] = frame[name].mask(broken != "")


def _bare(column: Column, values: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """True where a fraction seems to be written as per cents without the sign."""
    signed = np.array([text.rstrip().endswith(("%", "％")) for text in texts], dtype=bool)
    return ~signed & (np.abs(values) > 1) & (np.abs(values) <= 100) & (np.sign(values) * 1.0 >= (column.low or 0))
