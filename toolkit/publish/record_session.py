"""A session that was held, written into a source: rows of sessions.csv and session_obstacles.csv."""

import csv
import os
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.source import encoding_of
from toolkit.language import say
from toolkit.reports.drill_room import Session


def record_session(folder: str | Path, held: Session, language: str = "zh") -> tuple[str, ...]:
    """Write a session into a source folder: recorded again, it takes the place of its earlier rows. The files' names.

    Other rows, the files' columns, their order and encoding stay as they are; a file that is not there is made. Both
    files are written beside the old ones first, so that a full disk leaves the old ones.
    Raises InputError where the source is no folder, or a file has no column `session_id`.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError(say("document.no_folder", language, folder=folder))
    files = {"sessions.csv": held.session, "session_obstacles.csv": held.obstacles}
    read = {name: _read(place / name, frame, language) for name, frame in files.items()}
    session = held.session["session_id"].item()
    fresh = {name: _fresh(place / name, *read[name], session, frame) for name, frame in files.items()}
    for name, file in fresh.items():
        os.replace(file, place / name)
    return tuple(files)


def _read(file: Path, frame: pd.DataFrame, language: str) -> tuple[list[str], list[dict[str, str]], str]:
    if not file.exists():
        return list(frame.columns), [], "utf-8"
    raw = file.read_bytes()
    encoding = encoding_of(raw, str(file))
    rows = csv.DictReader(raw.decode(encoding).splitlines(keepends=True))
    header = list(rows.fieldnames or [])
    if "session_id" not in header:
        raise InputError(say("document.no_column", language, file=file.name))
    return header, list(rows), encoding


def _fresh(
    file: Path, header: list[str], rows: list[dict[str, str]], encoding: str, session: str, new: pd.DataFrame
) -> Path:
    """A file beside it: the rows without those of the session, then its new ones; columns it lacks come at its end."""
    given: list[dict[str, Any]] = new.astype("object").where(new.notna(), "").to_dict("records")
    kept = [row for row in rows if row["session_id"] != session]
    columns = [*header, *(name for name in new.columns if name not in header and len(new))]
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with fresh.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *given])
    return fresh
