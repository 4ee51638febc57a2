"""Where a source is and what stands in it: a folder of CSV files or an Excel workbook, read as text.

Nothing is judged here but the shape: an unreadable file is an InputError that says which and why. Cells come out as
they stand in the file; Excel's numbers, dates and booleans are written out exactly.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from toolkit.base.errors import InputError

WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
_BOMS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_LONGEST_CELL: Final = 1_000_000
UNCALCULATED: Final = "\ue000"  # stands in a cell whose formula was never calculated


@dataclass(frozen=True)
class Sheet:
    """One table as it stands: `header` (k,), `cells` k arrays (n,) of text, `lines` (n,) their line in the file.

    `misshapen` holds the rows that had more or fewer cells than the header, by position: rule and what was too much.
    """

    name: str
    where: str
    header: tuple[str, ...]
    cells: tuple[np.ndarray, ...]
    lines: np.ndarray
    misshapen: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A source's sheets, the sha256 of its content, and the names of all files or sheets it holds."""

    path: str
    sheets: tuple[Sheet, ...]
    sha256: str
    names: tuple[str, ...]


def locate(path: str | Path) -> Path:
    """The path itself, or, if it is relative, the first of that name in the working folder and the folders above.

    A notebook in notebooks/ finds sample_data beside its own folder so.
    """
    given = Path(path).expanduser()
    tried = [given] if given.is_absolute() else [base / given for base in (Path.cwd(), *Path.cwd().parents)]
    for candidate in tried:
        if candidate.exists():
            return candidate
    raise InputError(f"no data at {str(path)!r}; looked for: " + ", ".join(str(place) for place in tried))


def open_source(path: str | Path, wanted: Callable[[str], bool]) -> Found:
    """Read the sheets of a folder or workbook whose name `wanted(name)` knows; the rest is not opened."""
    if "://" in str(path):
        raise InputError(f"{path} is a database address; give a folder of CSV files or an Excel workbook")
    place = locate(path)
    if place.is_dir():
        return _folder(place, wanted)
    if place.suffix.lower() in WORKBOOKS:
        return _workbook(place, wanted)
    raise InputError(
        f"{place} is neither a folder of CSV files nor an Excel workbook ({', '.join(WORKBOOKS)})"
    )


def _folder(place: Path, wanted: Callable[[str], bool]) -> Found:
    digest = hashlib.sha256()
    sheets = []
    files = [file for file in place.iterdir() if file.suffix.lower() == ".csv" and file.is_file()]
    files.sort(key=lambda file: file.name)
    for file in files:
        if not wanted(file.stem):
            continue
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
        sheets.append(csv_sheet(file.stem, str(file), content))
    return Found(str(place), tuple(sheets), digest.hexdigest(), tuple(file.stem for file in files))


def decode(content: bytes, where: str) -> str:
    """Text of a CSV file: by its BOM, else strict UTF-8, else GB18030.

    Examples
    --------
    >>> decode("客户".encode("gbk"), "a.csv"), decode(b"\\xef\\xbb\\xbfid", "a.csv")
    ('客户', 'id')
    """
    if content[:2] in _BOMS:
        raise InputError(f"{where} is UTF-16; save it as CSV UTF-8")
    if b"\0" in content:
        raise InputError(f"{where} is not a text file (it holds zero bytes); save the table as CSV UTF-8")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{where} is neither UTF-8 nor GB18030 text; save the table as CSV UTF-8")


def csv_sheet(name: str, where: str, content: bytes) -> Sheet:
    """A CSV file's cells; its first non-blank line is the header."""
    text = decode(content, where)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise InputError(f"{where}, line {reader.line_num}: {error}; check the quotation marks") from None
    lines = np.arange(1, len(records) + 1)
    if reader.line_num != len(records):
        lines = _first_lines(text)
    return shape(name, where, records, lines)


def _first_lines(text: str) -> np.ndarray:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    ends = [reader.line_num for _ in reader]
    return np.array([1] + [end + 1 for end in ends[:-1]])


def shape(name: str, where: str, records: list[Any], lines: np.ndarray) -> Sheet:
    """Records as a sheet: blank ones dropped, short ones filled up and long ones cut, both noted."""
    kept = [i for i, record in enumerate(records) if any(cell and not cell.isspace() for cell in record)]
    if not kept:
        return Sheet(name, where, (), (), np.array([], dtype=np.int64))
    header = tuple(records[kept[0]])
    while header and not header[-1].strip():
        header = header[:-1]
    width = len(header)
    rows = [records[i] for i in kept[1:]]
    misshapen = {}
    for position in [i for i, row in enumerate(rows) if len(row) != width]:
        row = rows[position]
        extra = [cell for cell in row[width:] if cell.strip()]
        if extra:
            misshapen[position] = ("too_many_cells", ",".join(extra)[:100])
        elif len(row) < width:
            misshapen[position] = ("too_few_cells", "")
        rows[position] = [*row[:width], *[""] * (width - len(row))]
    cells = tuple(np.array(column, dtype=object) for column in zip(*rows, strict=True))
    if not rows:
        cells = tuple(np.array([], dtype=object) for _ in header)
    return Sheet(name, where, header, cells, np.asarray(lines)[kept[1:]], misshapen)


def _workbook(place: Path, wanted: Callable[[str], bool]) -> Found:
    from python_calamine import CalamineError, CalamineWorkbook

    content = place.read_bytes()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [name for name in book.sheet_names if wanted(name.strip())]
        grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{place} cannot be read as an Excel workbook: {error}") from None
    sheets = []
    uncalculated = formulas_without_value(content) if zipfile.is_zipfile(io.BytesIO(content)) else {}
    for name, grid in grids.items():
        records = [[written(cell) for cell in row] for row in grid]
        for row, column in uncalculated.get(name, ()):
            if row < len(records) and column < len(records[row]):
                records[row][column] = UNCALCULATED
        sheets.append(shape(name.strip(), f"{place}, sheet {name!r}", records, np.arange(1, len(records) + 1)))
    return Found(str(place), tuple(sheets), hashlib.sha256(content).hexdigest(), tuple(book.sheet_names))


def written(cell: Any) -> str:
    """A cell of a workbook as text: whole numbers without a point, dates and times in ISO, booleans true and false.

    Examples
    --------
    >>> from datetime import datetime
    >>> [written(cell) for cell in (7.0, 0.65, True, datetime(2026, 11, 20), "007", None)]
    ['7', '0.65', 'true', '2026-11-20', '007', '']
    """
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return repr(cell)


_CELL: Final = re.compile(rb'<c\s(?:[^>]*?\s)?r="([A-Z]+)(\d+)"[^>]*(?<!/)>((?:(?!</c>).)*)</c>', re.DOTALL)
_VALUE: Final = re.compile(rb"<v>[^<]|<is>|<v\s[^>]*>[^<]")
_SHEET: Final = re.compile(rb"<sheet\s[^>]*>")
_RELATION: Final = re.compile(rb"<Relationship\s[^>]*>")


def _attribute(tag: bytes, name: bytes) -> str:
    from html import unescape

    match = re.search(rb"\b" + name + rb'="([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace")) if match else ""


def formulas_without_value(content: bytes) -> dict[str, list[tuple[int, int]]]:
    """By sheet the (row, column), from 0, of formulas whose result the file does not hold: never calculated.

    A program that writes formulas without calculating them leaves such cells; a reader would see them as blank.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            book = archive.read("xl/workbook.xml")
            relations = archive.read("xl/_rels/workbook.xml.rels")
        except KeyError:
            return places
        targets = {
            _attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in _RELATION.findall(relations)
        }
        for tag in _SHEET.findall(book):
            target = targets.get(_attribute(tag, b"r:id"), "").removeprefix("/xl/")
            try:
                xml = archive.read(f"xl/{target}")
            except KeyError:
                continue
            if b"<f" in xml:
                places[_attribute(tag, b"name")] = [
                    (int(row) - 1, _column_number(letters))
                    for letters, row, inside in _CELL.findall(xml)
                    if b"<f" in inside and not _VALUE.search(inside)
                ]
    return places


def _column_number(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + letter - 64
    return position - 1
