"""A session that was held, written into a source: rows of the tables sessions and session_obstacles.

Into a folder of CSV files, under the headers that stand there, or into a store by its address, with its journal. An
Excel workbook is somebody else's and is never written.
"""

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.headers import recognise, table_of
from toolkit.data.own_names import own_names
from toolkit.data.refusal import Refused
from toolkit.data.source import encoding_of, locate
from toolkit.language import say
from toolkit.reports.drill_room import Session


def record_session(
    source: str | Path, held: Session, language: str = "zh", columns: str | Path | None = None, who: str = ""
) -> tuple[str, ...]:
    """Write a session into a source: recorded again, it takes the place of its earlier rows. What was written to.

    source   a folder of CSV files, or the address of a store (sqlite:///…, postgresql+psycopg://…)
    columns  the mapping file, as of `load`; who  writes it, for the store's journal; default: this computer's user

    In a folder other rows, columns, their order and the encoding stay as they are; a file that is not there is made;
    both files are written beside the old ones first, so that a full disk leaves the old ones. In a store the rows are
    written all or none; a card that was recorded before and is dealt no more is left without an outcome.
    Raises InputError where the source is neither, or a file lacks a required column.
    """
    tables = {"sessions": held.session, "session_obstacles": held.obstacles}
    if "://" in str(source):
        return _into_store(str(source), tables, language, who or getuser())
    try:
        place = locate(source)
    except Refused:
        place = Path(source)
    if not place.is_dir():
        raise InputError(say("document.no_folder", language, folder=source))
    try:
        files = {name: _file_of(place, name, frame, columns) for name, frame in tables.items()}
    except Refused as refusal:
        raise refusal.told_in(language) from None
    session = str(held.session["session_id"].item())
    fresh = [(file.path, _fresh(file, session, tables[name])) for name, file in files.items()]
    for path, made in fresh:
        os.replace(made, path)
    return tuple(path.name for path, _ in fresh)


def _into_store(url: str, tables: Mapping[str, pd.DataFrame], language: str, who: str) -> tuple[str, ...]:
    from toolkit.data.store import Store

    store = Store(url, who, language=language)
    try:
        rows: list[tuple[str, Mapping[str, Any], int | None]] = []
        session = tables["sessions"].iloc[0].dropna().to_dict()
        before = store.row("sessions", session["session_id"])
        rows.append(("sessions", session, before.version if before else None))
        old = {row.values["number"]: row for row in store.rows("session_obstacles", session_id=session["session_id"])}
        for card in tables["session_obstacles"].to_dict("records"):
            known = old.pop(int(card["number"]), None)
            values = {name: bool(value) if name == "handled" else value for name, value in card.items()}
            rows.append(("session_obstacles", values, known.version if known else None))
        gone = [("session_obstacles", {**row.values, "handled": None}, row.version) for row in old.values()]
        store.save_all([*rows, *gone])
    finally:
        store.close()
    return tuple(tables)


@dataclass(frozen=True)
class _File:
    """A table's CSV file: its header, what each of the contract's columns is called there, its rows, its encoding."""

    path: Path
    header: list[str]
    names: Mapping[str, str]
    rows: list[dict[str, str]]
    encoding: str


def _file_of(place: Path, table: str, new: pd.DataFrame, columns: str | Path | None) -> _File:
    """The file of a table; a new one under the contract's names where there is none."""
    held = sorted(file for file in place.iterdir() if file.suffix.lower() == ".csv" and table_of(file.stem) == table)
    if not held:
        header = [str(name) for name in new.columns]
        return _File(place / f"{table}.csv", header, {name: name for name in header}, [], "utf-8")
    raw = held[0].read_bytes()
    encoding = encoding_of(raw, str(held[0]))
    rows = csv.DictReader(io.StringIO(raw.decode(encoding), newline=""))
    header = list(rows.fieldnames or [])
    own = own_names(place, columns).headers.get(table, {})
    found, _, _ = recognise(table, tuple(header), str(held[0]), own)
    return _File(held[0], header, {name: header[at] for name, at in found.items()}, list(rows), encoding)


def _fresh(file: _File, session: str, new: pd.DataFrame) -> Path:
    """A file beside it: the rows without those of the session, then its new ones; columns it lacks come at its end."""
    given: list[dict[Any, Any]] = new.astype("object").where(new.notna(), "").to_dict("records")
    added = [{file.names.get(name, name): value for name, value in row.items()} for row in given]
    kept = [row for row in file.rows if row[file.names["session_id"]] != session]
    columns = [*file.header, *(name for name in new.columns if name not in file.names and len(new))]
    fresh = file.path.with_name(f".{file.path.name}.{os.getpid()}")
    with fresh.open("w", encoding=file.encoding, newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *added])
    return fresh
