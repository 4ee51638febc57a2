"""The one door for data: `load(source)` gives clean frames, the faults, and any past day as it was.

Nothing behind this door guesses, fills in, or checks again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.faults import strict_message
from toolkit.data.gate import Passed, gate
from toolkit.data.headers import MAPPING_FILE, NO_OWN_NAMES, OwnNames, read_mapping, table_of
from toolkit.data.parsed import Parsed, parse
from toolkit.data.sight import Sight, everything, on_day
from toolkit.data.source import locate, open_source

TIMEZONE: Final = "Asia/Shanghai"


class Source(NamedTuple):
    """Where the data came from, and the sha256 of its content (and of the mapping file, where one was used)."""

    path: str
    sha256: str


@dataclass(frozen=True, repr=False)
class Data:
    """Clean frames of every table of the contract, and what the gate found.

    `data.accounts` is `data.tables["accounts"]`. `out_of_sight` counts, by table, the rows that cannot be known on
    `day` yet, and by `table.column` the cells.
    """

    tables: Mapping[str, pd.DataFrame]
    faults: pd.DataFrame
    rejected: pd.DataFrame
    source: Source
    out_of_sight: Mapping[str, int]
    day: date | None = None
    parsed: Mapping[str, Parsed] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(f"Data has no table or attribute {name!r}")

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.tables.items() if len(frame))
        seen = f" on {self.day}" if self.day else ""
        return f"Data({self.source.path}{seen}: {rows}; {len(self.faults)} faults)"

    def at(self, day: str | date | pd.Timestamp) -> "Data":
        """The same source as it could be known at the end of `day`; its later rows, cells and faults are unseen.

        Equal to loading a copy of the source that ends on that day. From data that is cut already, never more.
        """
        wanted = as_date(day)
        if self.day is not None:
            wanted = min(wanted, self.day)
        sights = on_day(self.parsed, wanted)
        return _data(self.parsed, sights, self.source, wanted)


def as_date(day: str | date | pd.Timestamp) -> date:
    """A day as a date; InputError for what is none.

    Examples
    --------
    >>> as_date("2026-11-20")
    datetime.date(2026, 11, 20)
    """
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(str(day).strip())
    except ValueError:
        raise InputError(f"{day!r} is not a date such as 2026-11-20") from None


def load(source: str | Path, *, parameters: Any = None, strict: bool = False) -> Data:
    """Read a folder of CSV files or an Excel workbook through the gate.

    Parameters
    ----------
    source : path; a relative one is looked for in the working folder and the folders above it.
    parameters : object with a `timezone`, or None for Asia/Shanghai; times with an offset are converted to it.
    strict : raise InputError on any fault.

    Raises
    ------
    InputError : nothing there, an unreadable file, a needed table or required column missing; with `strict` any fault.
    """
    zone = _zone(getattr(parameters, "timezone", TIMEZONE))
    found = open_source(source, lambda name: table_of(name) is not None)
    names, digest = _own_names(Path(found.path))
    parsed = parse(found, names, zone)
    sha = hashlib.sha256(f"{found.sha256}{digest}".encode()).hexdigest() if digest else found.sha256
    data = _data(parsed, everything(parsed), Source(found.path, sha), None)
    if strict and len(data.faults):
        raise InputError(strict_message(data))
    return data


def _data(parsed: Mapping[str, Parsed], sights: Mapping[str, Sight], source: Source, day: date | None) -> Data:
    passed: Passed = gate(parsed, sights)
    hidden = {name: len(parsed[name].lines) - len(sight.rows) for name, sight in sights.items()}
    cells = {
        f"{name}.{column}": len(rows)
        for name, sight in sights.items()
        for column, rows in sight.blank.items()
        if column in {later.date for later in TABLES[name].later}
    }
    counts = {name: count for name, count in (hidden | cells).items() if count}
    return Data(passed.tables, passed.faults, passed.rejected, source, counts, day, parsed)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InputError(f"timezone is {name!r}; it should be a name such as Asia/Shanghai") from None


def _own_names(place: Path) -> tuple[OwnNames, str]:
    """The mapping file beside the tables, or else parameters/columns.yaml near the working folder."""
    beside = (place if place.is_dir() else place.parent) / MAPPING_FILE
    if beside.is_file():
        file = beside
    else:
        try:
            file = locate(Path("parameters") / MAPPING_FILE)
        except InputError:
            return NO_OWN_NAMES, ""
    return read_mapping(file), hashlib.sha256(file.read_bytes()).hexdigest()
