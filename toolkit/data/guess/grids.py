"""A foreign file as it lies: its sheets' cells, where the header is, and which rows are titles, totals or remarks."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from toolkit.base.names import plain
from toolkit.data.foreign_cells import orders_of
from toolkit.data.guess import words
from toolkit.data.refusal import Refused
from toolkit.data.source import (
    TEXT_FILES,
    WORKBOOKS,
    Layout,
    Sheet,
    content_of,
    csv_records,
    decode,
    locate,
    shape,
)
from toolkit.data.workbook import Range, fill_merged, workbook_grids

_TOP: Final = 20  # how many rows a header is looked for in
_BOTTOM: Final = 8  # how many rows at the end can be remarks
_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True)
class Grid:
    """One sheet: its `sheet` under the header that was found, its layout, the words of rows that are no data.

    titles     the texts above the header
    skip       first cells of rows of totals and of remarks, as the mapping file writes them
    hidden     headers of columns that the workbook hides; `unseen`: whether it hides the whole sheet
    """

    name: str
    sheet: Sheet
    layout: Layout
    titles: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    unseen: bool = False
    file: str = field(default="", compare=False)

    def cells(self, header: str) -> np.ndarray:
        """The cells under a header, rows that are no data left out."""
        return np.asarray(self.sheet.cells[self.sheet.header.index(header)])


def grids_of(path: str | Path) -> tuple[Path, list[Grid]]:
    """Every sheet of a workbook, or file of a folder, that holds a table. Refused where the place is none of these."""
    place = locate(path)
    if place.is_dir():
        files = sorted(file for file in place.iterdir() if file.suffix.lower() in (*TEXT_FILES, *WORKBOOKS))
        found = [grid for file in files if file.suffix.lower() in TEXT_FILES for grid in _text_grid(file)]
        if not found:
            raise Refused("guess_nothing", where=place)
        return place, found
    if place.suffix.lower() in TEXT_FILES:
        found = _text_grid(place)
    elif place.suffix.lower() in WORKBOOKS:
        found = _workbook(place)
    else:
        raise Refused("neither", path=place, endings=", ".join((*TEXT_FILES, *WORKBOOKS)))
    if not found:
        raise Refused("guess_nothing", where=place)
    return place, found


def _text_grid(file: Path) -> list[Grid]:
    content = content_of(file)
    delimiter = _delimiter(decode(content, str(file)))
    records, lines = csv_records(str(file), content, delimiter)
    return _grid(file.stem, str(file), records, lines, [], delimiter)


def _delimiter(text: str) -> str:
    """What separates the cells: what splits the first lines most often and most evenly."""
    sample = "\n".join(text.splitlines()[:_TOP])
    best, most = ",", 0.0
    for one in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=one) if row]
        except csv.Error:
            continue
        if widths and (score := float(np.median(widths))) > max(most, 1.0):
            best, most = one, score
    return best


def _workbook(place: Path) -> list[Grid]:
    content = content_of(place)
    names, sheets = workbook_grids(place, content, lambda name: True)
    hidden, unseen = _hidden(place) if place.suffix.lower() in (".xlsx", ".xlsm") else ({}, frozenset())
    found = []
    for name in names:
        records, merged = sheets[name]
        where = f"{place} [{name}]"
        for grid in _grid(name, where, records, np.arange(1, len(records) + 1), merged, ","):
            places = hidden.get(name, set())
            heads = frozenset(h for k, h in enumerate(grid.sheet.header) if k in places and h.strip())
            found.append(replace(grid, hidden=heads, unseen=name in unseen))
    return found


def _hidden(place: Path) -> tuple[dict[str, set[int]], frozenset[str]]:
    """By sheet the positions of hidden columns, and the names of hidden sheets."""
    from openpyxl import load_workbook

    book = load_workbook(place)
    columns = {}
    for sheet in book.worksheets:
        dimensions = [one for one in sheet.column_dimensions.values() if one.hidden]
        columns[sheet.title] = {k - 1 for one in dimensions for k in range(one.min, one.max + 1)}
    return columns, frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")


def _grid(
    name: str, where: str, records: list[list[str]], lines: np.ndarray, merged: Sequence[Range], delimiter: str
) -> list[Grid]:
    """The sheet as a table; none where it holds no header with rows below."""
    top = _header_row(records)
    if top is None:
        return []
    first = _upper_row(records, merged, top)
    inside = [span for span in merged if span[0][0] > top and span[1][0] > span[0][0]]
    if first < top:
        fill_merged(records, [span for span in merged if first <= span[0][0] <= top])
    fill_merged(records, inside)
    layout = Layout(int(lines[first]), top - first + 1, bool(inside) or first < top, delimiter)
    sheet = shape(name, where, records, lines, layout)
    if not len(sheet.lines):
        return []
    titles = tuple(cell.strip() for row in records[:first] for cell in row if cell.strip())
    skip, keep = _no_data(sheet)
    kept = replace(sheet, cells=tuple(cells[keep] for cells in sheet.cells), lines=sheet.lines[keep], long={}, short=())
    return [Grid(name, kept, layout, titles, skip, file=where)] if keep.any() else []


def _header_row(records: Sequence[list[str]]) -> int | None:
    """The row that heads a table: the most words that head columns; else the first that is as wide as the table."""
    filled = [(i, [c for c in row if c.strip()]) for i, row in enumerate(records[:_TOP])]
    filled = [(i, cells) for i, cells in filled if cells]
    if not filled:
        return None
    widest = max(len(cells) for _, cells in filled)
    hits = {i: sum(words.known_header(cell) for cell in cells) for i, cells in filled}
    best = max(hits, key=lambda i: (hits[i], -i))
    if hits[best] >= 2 or (hits[best] == 1 and widest <= 2):
        return best
    for i, cells in filled:
        if len(cells) >= max(2, 0.6 * widest) and not any(_is_value(cell) for cell in cells):
            return i
    return None


def _is_value(cell: str) -> bool:
    text = cell.strip().removesuffix("%").replace(",", "")
    return text.replace(".", "", 1).lstrip("+-").isdigit() or bool(orders_of(cell))


def _upper_row(records: Sequence[list[str]], merged: Sequence[Range], top: int) -> int:
    """The first row of a header of two: the row above spans several columns of it, and not all of them."""
    width = sum(bool(cell.strip()) for cell in records[top])
    above = [span for span in merged if span[0][0] == span[1][0] == top - 1 and span[1][1] > span[0][1]]
    within = [span for span in above if span[1][1] - span[0][1] + 1 < max(width, 2)]
    return top - 1 if within else top


def _no_data(sheet: Sheet) -> tuple[tuple[str, ...], np.ndarray]:
    """Words of rows of totals and of remarks at the end, and which rows are data."""
    count = len(sheet.lines)
    filled = np.zeros(count, dtype=int)
    first = [""] * count
    for cells in sheet.cells:
        for row in range(count):
            if cells[row].strip():
                filled[row] += 1
                first[row] = first[row] or cells[row].strip()
    usual = float(np.percentile(filled, 75)) if count else 0.0
    keep = np.ones(count, dtype=bool)
    found: dict[str, None] = {}
    for row in range(count):
        if plain(first[row]) in words.totals():
            found[first[row]] = None
            keep[row] = False
        elif row >= count - _BOTTOM and filled[row] <= min(2, usual / 3) and usual >= 3 and not _is_value(first[row]):
            found[_remark(first[row])] = None
            keep[row] = False
    return tuple(found), keep


def _remark(text: str) -> str:
    """The beginning of a remark that will be the same in the next export."""
    for k, sign in enumerate(text):
        if sign in ":：" or sign.isdigit():
            return f"{text[:k].rstrip()}*" if k >= 1 else text
    return text if len(text) <= 24 else f"{text[:24]}*"
