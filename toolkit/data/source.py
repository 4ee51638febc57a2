"""Where a source is and what stands in it: a folder of CSV files, an Excel workbook or a database, read as text.

Nothing is judged here but the shape: what cannot be read is refused with the file and the reason. Cells come
out as they stand.
"""

import codecs
import csv
import gc
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from toolkit.data.refusal import Refused

TEXT_FILES: Final = (".csv", ".txt", ".tsv")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
UNCALCULATED: Final = "\ue000"  # stands in a cell whose formula was never calculated
_LONGEST_CELL: Final = 1_000_000


@dataclass(frozen=True)
class Layout:
    """How a foreign sheet lies, as a mapping file tells: nothing said is a table of the contract.

    header     the line of the header in the file; 0 is the first line that is not blank
    rows       the header's lines: with two, a cell of the upper one stands for those below that are blank
    merged     whether each cell of a merged range holds its value
    delimiter  what separates the cells of a CSV file
    """

    header: int = 0
    rows: int = 1
    merged: bool = False
    delimiter: str = ","


PLAIN: Final = Layout()


@dataclass(frozen=True)
class Sheet:
    """One table as it stands: `header` (k,), k arrays `cells` (n,) of text, `lines` (n,): lines in the file.

    `long` holds, by position, what the row had beyond the header's width; `short` the positions of rows that
    ended before it and were filled up with blanks.
    """

    name: str
    where: str
    header: tuple[str, ...]
    cells: tuple[np.ndarray, ...]
    lines: np.ndarray
    long: dict[int, str] = field(default_factory=dict)
    short: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """A source's sheets, the sha256 of its content, and the names of all files or sheets it holds.

    `left_out`: the rows that a mapping file says are no data: table, line in the file, first cell.
    """

    path: str
    sheets: tuple[Sheet, ...]
    sha256: str
    names: tuple[str, ...]
    left_out: tuple[tuple[str, int, str], ...] = ()


def locate(path: str | Path) -> Path:
    """The path itself or, if it is relative, the first such in the working folder and the folders above.

    So a notebook in notebooks/ finds sample_data beside its own folder. Refused where there is none.
    """
    given = Path(path).expanduser()
    bases = [Path(), *Path.cwd().parents]
    tried = [given] if given.is_absolute() else [base / given for base in bases]
    for candidate in tried:
        if candidate.exists():
            return candidate
    places = ", ".join(str(place.absolute()) for place in tried)
    raise Refused("not_found", path=str(path), tried=places)


def open_source(
    path: str | Path, wanted: Callable[[str], bool], layout: Callable[[str], Layout] = lambda name: PLAIN
) -> Found:
    """Read the files or sheets whose name `wanted` knows; the rest is not opened. `layout`: how one of a name lies."""
    if "://" in str(path):
        from toolkit.data.database import open_database

        return open_database(str(path), wanted)
    place = locate(path)
    if place.is_dir():
        return _folder(place, wanted, layout)
    if place.suffix.lower() in TEXT_FILES:
        return _file(place, wanted, layout)
    if place.suffix.lower() in WORKBOOKS:
        from toolkit.data.workbook import open_workbook

        return open_workbook(place, content_of(place), wanted, layout)
    raise Refused("neither", path=place, endings=", ".join((*TEXT_FILES, *WORKBOOKS)))


def digest_of(path: str | Path, wanted: Callable[[str], bool]) -> str:
    """The sha256 of a source's content, as `open_source` finds it, without parsing files."""
    if "://" in str(path):
        return open_source(path, wanted).sha256
    place = locate(path)
    if not place.is_dir():
        return hashlib.sha256(content_of(place)).hexdigest()
    digest = hashlib.sha256()
    for file in _csv_files(place):
        if wanted(file.stem):
            _take_in(digest, file, content_of(file))
    return digest.hexdigest()


def content_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused("unreadable", where=file, why=error.strerror or error) from None


def _file(place: Path, wanted: Callable[[str], bool], layout: Callable[[str], Layout]) -> Found:
    """A single CSV file: one table."""
    content = content_of(place)
    name = place.stem
    sheets = (csv_sheet(name, str(place), content, layout(name)),) if wanted(name) else ()
    return Found(str(place), sheets, hashlib.sha256(content).hexdigest(), (name,))


def _folder(place: Path, wanted: Callable[[str], bool], layout: Callable[[str], Layout]) -> Found:
    files = _csv_files(place)
    digest = hashlib.sha256()
    sheets = []
    for file in files:
        if wanted(file.stem):
            content = content_of(file)
            _take_in(digest, file, content)
            sheets.append(csv_sheet(file.stem, str(file), content, layout(file.stem)))
    return Found(str(place), tuple(sheets), digest.hexdigest(), tuple(file.stem for file in files))


def _csv_files(place: Path) -> list[Path]:
    try:
        held = sorted(place.iterdir(), key=lambda file: file.name)
    except OSError as error:
        raise Refused("unreadable", where=place, why=error.strerror or error) from None
    return [file for file in held if file.suffix.lower() == ".csv" and file.is_file()]


def _take_in(digest: "hashlib._Hash", file: Path, content: bytes) -> None:
    digest.update(f"{file.name}\0{len(content)}\0".encode() + content)


def encoding_of(content: bytes, where: str) -> str:
    """How a CSV file is written: by its BOM, else strict UTF-8, else GB18030. Refused for anything else.

    Examples
    --------
    >>> encoding_of("客户".encode("gbk"), "a.csv"), encoding_of(b"id", "a.csv")
    ('gb18030', 'utf-8')
    >>> encoding_of(codecs.BOM_UTF8 + b"id", "a.csv")
    'utf-8-sig'
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("utf16", where=where)
    if b"\0" in content:
        raise Refused("zero_bytes", where=where)
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else encoding
    raise Refused("encoding", where=where)


def decode(content: bytes, where: str) -> str:
    """Text of a CSV file, without its BOM.

    Examples
    --------
    >>> decode("客户".encode("gbk"), "a.csv"), decode(b"\\xef\\xbb\\xbfid", "a.csv")
    ('客户', 'id')
    """
    return content.decode(encoding_of(content, where))


def csv_sheet(name: str, where: str, content: bytes, layout: Layout = PLAIN) -> Sheet:
    """A CSV file's cells; its first line that is not blank is the header, unless the layout says otherwise."""
    with _no_collection():
        return shape(name, where, *csv_records(where, content, layout.delimiter), layout)


def csv_records(where: str, content: bytes, delimiter: str = ",") -> tuple[list[list[str]], np.ndarray]:
    """A CSV file's records, and the line on which each starts."""
    text = decode(content, where)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        records = list(reader)
    except csv.Error as error:
        raise Refused("quoting", where=where, line=reader.line_num, why=error) from None
    whole = reader.line_num == len(records)
    return records, np.arange(1, len(records) + 1) if whole else _first_lines(text, delimiter)


@contextmanager
def _no_collection() -> Iterator[None]:
    """The garbage collector looks at every new list: with a million rows that is half of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _first_lines(text: str, delimiter: str) -> np.ndarray:
    """The line on which each record starts, where cells hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    ends = [reader.line_num for _ in reader]
    return np.array([1] + [end + 1 for end in ends[:-1]])


def shape(name: str, where: str, records: Sequence[list[str]], lines: np.ndarray, layout: Layout = PLAIN) -> Sheet:
    """Records as a sheet: blank ones dropped, short ones filled up and long ones cut, both remembered."""
    kept = [i for i, cells in enumerate(records) if lines[i] >= layout.header and any(map(str.strip, cells))]
    if not kept:
        return Sheet(name, where, (), (), np.array([], dtype=np.int64))
    header = header_of([records[i] for i in kept[: layout.rows]])
    kept = kept[layout.rows - 1 :]
    rows = [records[i] for i in kept[1:]]
    width = len(header)
    long, short = {}, []
    for position in [i for i, row in enumerate(rows) if len(row) != width]:
        row = rows[position]
        beyond = [cell for cell in row[width:] if cell.strip()]
        if beyond:
            long[position] = ",".join(beyond)
        elif len(row) < width:
            short.append(position)
        rows[position] = [*row[:width], *[""] * (width - len(row))]
    columns = zip(*rows, strict=True) if rows else [()] * width
    cells = tuple(np.array(column, dtype=object) for column in columns)
    return Sheet(name, where, header, cells, lines[kept[1:]], long, tuple(short))


def header_of(rows: Sequence[list[str]]) -> tuple[str, ...]:
    """The header that one line or several ones write: what stands above a cell is put before it, once.

    Examples
    --------
    >>> header_of([["客户", "商机", ""], ["客户", "金额", "概率"]])
    ('客户', '商机 金额', '商机 概率')
    """
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(map(len, rows))
    names = []
    above = [""] * (len(rows) - 1)
    for k in range(width):
        cells = [row[k].strip() if k < len(row) else "" for row in rows]
        for level, cell in enumerate(cells[:-1]):
            if cell:
                above[level:] = [cell, *[""] * (len(above) - level - 1)]
        parts = [*above, cells[-1]] if cells[-1] else cells
        names.append(" ".join(dict.fromkeys(part for part in parts if part)))
    return tuple(names)
