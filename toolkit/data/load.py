"""The one door for data: `load(source)` gives clean frames, the faults, and any past day as it was.

Nothing behind this door guesses, fills in, or checks again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from toolkit.base.weeks import Day
from toolkit.base.weeks import day as day_of
from toolkit.data.contract import TABLES
from toolkit.data.faults import headline, strict_lines
from toolkit.data.foreign import rewritten
from toolkit.data.gate import Room, clean, gate, listed
from toolkit.data.opportunities import derived
from toolkit.data.own_names import OwnNames, own_names
from toolkit.data.parsed import Parsed, parse
from toolkit.data.refusal import Refused
from toolkit.data.rejected import rejected
from toolkit.data.sight import Sight, everything, on_day
from toolkit.data.source import digest_of, locate, open_source
from toolkit.language import check_language

TIMEZONE: Final = "Asia/Shanghai"


class Source(NamedTuple):
    """Where the data came from, and the sha256 of its content (a mapping file's, where one is used, too)."""

    path: str
    sha256: str


@dataclass(frozen=True, repr=False, eq=False)
class Data:
    """Clean frames of every table of the contract, and what the gate found.

    `data.accounts` is `data.tables["accounts"]`. `faults` has the columns table, row, column, value, rule,
    action (set_aside, blanked, noted) and detail; `rejected` table, row, key, reason, record. `out_of_sight`
    counts, by table, the rows that cannot be known on `day` yet and, by `table.column`, the cells. `foreign`: what of a
    foreign source the tables were made of (opportunities), as the gate found it; `left_out`: (table,
    line, first cell) of rows that the mapping file says are no data.
    """

    tables: Mapping[str, pd.DataFrame]
    faults: pd.DataFrame
    rejected: pd.DataFrame
    source: Source
    out_of_sight: Mapping[str, int]
    day: date | None
    parsed: Mapping[str, Parsed]
    foreign: Mapping[str, Room] = field(default_factory=dict)
    left_out: tuple[tuple[str, int, str], ...] = ()

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(f"Data has no table or attribute {name!r}")

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.tables.items() if len(frame))
        seen = f" on {self.day}" if self.day else ""
        return f"Data({self.source.path}{seen}: {rows}; {len(self.faults)} faults)"

    def at(self, day: Day) -> "Data":
        """The same source as it could be known at the end of `day`: later rows, cells and faults are unseen.

        Equal to loading a copy of the source that ends on that day. Data that is cut already is cut further,
        never less. InputError for what is no day.
        """
        wanted = day_of(day).astype("datetime64[D]").item()
        if self.day is not None:
            wanted = min(wanted, self.day)
        return _data(self.parsed, on_day(self.parsed, wanted), self.source, wanted, self.foreign, self.left_out)


def load(
    source: str | Path,
    *,
    columns: str | Path | None = None,
    seen_on: date | None = None,
    parameters: Any = None,
    strict: bool = False,
    language: str = "zh",
) -> Data:
    """Read a folder of CSV files, an Excel workbook, a CSV file or a database through the gate.

    Parameters
    ----------
    source : a path (a relative one is looked for in the working folder and the folders above it) or a database URL.
    columns : the mapping file; None is `columns.yaml` beside the source or `parameters/columns.yaml`, if there is one.
    seen_on : the day of an export of opportunities, where neither a column nor the file's name says it.
    parameters : what has a `timezone`, to which times with an offset are converted; None is Asia/Shanghai.
    strict : refuse the source if it has any fault.
    language : of the message, should the source be refused.

    Raises
    ------
    InputError : nothing is there, a file cannot be read, a needed table or a required column is missing; with
        `strict` any fault.
    """
    check_language(language)
    try:
        data = _load(source, columns, seen_on, getattr(parameters, "timezone", TIMEZONE))
        if strict and len(data.faults):
            lines = strict_lines(data.faults, language)
            told = headline(data.faults, len(data.rejected), language)
            raise Refused("strict", headline=told, lines="\n".join(lines))
    except Refused as refusal:
        raise refusal.told_in(language) from None
    return data


def source_sha256(source: str | Path, columns: str | Path | None = None, language: str = "zh") -> str:
    """The sha256 that `load(source).source` would hold, without parsing files: whether a source has changed.

    Raises InputError where nothing is there or a file cannot be read.

    Examples
    --------
    >>> source_sha256("sample_data") == load("sample_data").source.sha256
    True
    """
    try:
        own = own_names(None if "://" in str(source) else locate(source), columns)
        return _with_mapping(digest_of(source, own.wanted), own)
    except Refused as refusal:
        raise refusal.told_in(language) from None


def _with_mapping(content: str, own: OwnNames) -> str:
    return hashlib.sha256(f"{content}{own.sha256}".encode()).hexdigest() if own.sha256 else content


def _load(source: str | Path, columns: str | Path | None, seen_on: date | None, timezone: str) -> Data:
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused("timezone", name=timezone) from None
    own = own_names(None if "://" in str(source) else locate(source), columns)
    opened = open_source(source, own.wanted, own.layout)
    made = derived(rewritten(opened, own, zone), own, zone, seen_on)
    parsed = parse(made.found, own, zone)
    origin = Source(opened.path, _with_mapping(opened.sha256, own))
    return _data(parsed, everything(parsed), origin, None, made.rooms, made.found.left_out)


def _data(
    parsed: Mapping[str, Parsed],
    sights: Mapping[str, Sight],
    source: Source,
    day: date | None,
    foreign: Mapping[str, Room],
    left_out: tuple[tuple[str, int, str], ...],
) -> Data:
    rooms = gate(parsed, sights)
    tables = {name: clean(room) for name, room in rooms.items()}
    every = {**foreign, **rooms}
    faults = listed(every)
    aside = rejected(every, faults)
    return Data(tables, faults, aside, source, _out_of_sight(parsed, sights), day, parsed, foreign, left_out)


def _out_of_sight(parsed: Mapping[str, Parsed], sights: Mapping[str, Sight]) -> dict[str, int]:
    counts = {}
    for name, sight in sights.items():
        counts[name] = len(parsed[name].lines) - len(sight.rows)
        for later in TABLES[name].later:
            if later.date in sight.blank:
                counts[f"{name}.{later.date}"] = int(sight.blank[later.date].sum())
    return {name: count for name, count in counts.items() if count}
