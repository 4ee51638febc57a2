"""An Excel workbook's sheets as text: numbers, dates and booleans are written out exactly.

Formulas come with the result that the file holds; one that was never calculated has none, and is marked.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from html import unescape
from pathlib import Path
from typing import Any, Final

import numpy as np

from toolkit.data.refusal import Refused
from toolkit.data.source import PLAIN, UNCALCULATED, Found, Layout, shape

Range = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0
_CELL: Final = re.compile(rb'<c\s(?:[^>]*?\s)?r="([A-Z]+)(\d+)"[^>]*(?<!/)>((?:(?!</c>).)*)</c>', re.DOTALL)
_VALUE: Final = re.compile(rb"<v(?:\s[^>]*)?>[^<]|<is>")
_SHEET: Final = re.compile(rb"<sheet\s[^>]*>")
_RELATION: Final = re.compile(rb"<Relationship\s[^>]*>")


def open_workbook(
    place: Path, content: bytes, wanted: Callable[[str], bool], layout: Callable[[str], Layout] = lambda name: PLAIN
) -> Found:
    """The sheets whose name `wanted` knows; `layout`: how one of a name lies."""
    names, grids = workbook_grids(place, content, wanted)
    sheets = []
    for name, (records, merged) in grids.items():
        mine = layout(name)
        if mine.merged:
            fill_merged(records, merged)
        sheets.append(shape(name, f"{place} [{name}]", records, np.arange(1, len(records) + 1), mine))
    return Found(str(place), tuple(sheets), hashlib.sha256(content).hexdigest(), names)


def workbook_grids(
    place: Path, content: bytes, wanted: Callable[[str], bool]
) -> tuple[tuple[str, ...], dict[str, tuple[list[list[str]], list[Range]]]]:
    """The names of all sheets; of the wanted ones the cells as text from A1 on, and the merged ranges."""
    from python_calamine import CalamineError, CalamineWorkbook

    stream = io.BytesIO(content)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names if wanted(name)}
        grids = {name: sheet.to_python(skip_empty_area=False) for name, sheet in sheets.items()}
        marked = formulas_without_value(content) if zipfile.is_zipfile(stream) else {}
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("workbook", where=place, why=error) from None
    out = {}
    for name, grid in grids.items():
        records = [[written(cell) for cell in row] for row in grid]
        for row, column in marked.get(name, ()):
            if row < len(records) and column < len(records[row]):
                records[row][column] = UNCALCULATED
        out[name] = (records, list(sheets[name].merged_cell_ranges or ()))
    return tuple(book.sheet_names), out


def fill_merged(records: list[list[str]], merged: Iterable[Range]) -> None:
    """Write the value of each merged range, which stands in its first cell, into all of its cells."""
    for (top, left), (bottom, right) in merged:
        for row in records[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = records[top][left]


def written(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates and times in ISO, booleans true and false.

    Examples
    --------
    >>> from datetime import datetime
    >>> [written(cell) for cell in (7.0, 0.65, True, datetime(2026, 11, 20), "007", None)]
    ['7', '0.65', 'true', '2026-11-20', '007', '']
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def formulas_without_value(content: bytes) -> dict[str, list[tuple[int, int]]]:
    """By sheet the (row, column), from 0, of formulas whose result the file does not hold.

    A program that writes formulas without calculating them leaves such cells; read naively they are blank.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
            return places
        relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {_attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in relations}
        for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
            part = "xl/" + targets.get(_attribute(tag, b"r:id"), "").removeprefix("/xl/")
            xml = archive.read(part) if part in parts else b""
            if b"<f" in xml:
                places[_attribute(tag, b"name")] = [
                    (int(row) - 1, _column_number(letters))
                    for letters, row, inside in _CELL.findall(xml)
                    if b"<f" in inside and not _VALUE.search(inside)
                ]
    return places


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace")) if match else ""


def _column_number(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + letter - ord("A") + 1
    return position - 1
