"""Everything that a report leaves behind, in one folder: tables, workbook, page, notebook, run.json."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from toolkit.publish import run_notebook
from toolkit.publish.kinds import KINDS
from toolkit.publish.staging import MARK, staged
from toolkit.reports.report import Report


@dataclass(frozen=True)
class Delivery:
    """Where the files lie, and how long each step took in seconds."""

    folder: Path
    files: tuple[str, ...]
    seconds: Mapping[str, float]


def deliver(report: Report, folder: str | Path) -> Delivery:
    """Write tables, workbook, page and run.json of a report into `folder`, which is replaced whole or not at all.

    Raises InputError where the folder holds something else.
    """
    with staged(folder, report.language) as place:
        seconds = write_files(report, place)
        write_run(report, place, seconds)
        files = _names(place)
    return Delivery(Path(folder), files, seconds)


def make_and_deliver(
    kind: str,
    make: Callable[[], Report],
    folder: str | Path,
    notebook: Mapping[str, Any],
    progress: Callable[[str], None],
    language: str,
) -> tuple[Report, Delivery]:
    """As `deliver`, of the report of a kind that `make` computes, with the executed notebook beside it.

    The kind's notebook runs in a process of its own with the values `notebook` while the report is computed here.
    `progress` is told "report", "files" and "notebook" as each begins.
    """
    seconds: dict[str, float] = {}
    with staged(folder, language) as place:
        began = time.perf_counter()
        name = KINDS[kind].notebook_file
        running = run_notebook.start(name, place / name, notebook)
        try:
            report = make()
            seconds["report"] = _since(began)
            progress("files")
            seconds |= write_files(report, place)
            progress("notebook")
            run_notebook.finish(running)
            seconds["notebook"] = _since(began)
        finally:
            if running.poll() is None:
                running.kill()
                running.communicate()
        write_run(report, place, seconds)
        files = _names(place)
    return report, Delivery(Path(folder), files, seconds)


def write_files(report: Report, place: Path) -> dict[str, float]:
    """Write the tables, the workbook and the page into a folder; the seconds that each took."""
    from toolkit.publish.tables import write_tables
    from toolkit.publish.workbook import write_workbook

    kind = KINDS[report.kind]
    steps: dict[str, Callable[[], Any]] = {
        "tables": lambda: write_tables(report, place / "tables"),
        "workbook": lambda: write_workbook(report, place / kind.workbook_file),
        "page": lambda: _write(place / kind.page_file, kind.module("page").page(report)),
    }
    return {name: timed(step) for name, step in steps.items()}


def write_run(report: Report, place: Path, seconds: Mapping[str, float], more: Mapping[str, Any] | None = None) -> None:
    """Write run.json: what the report was made from, so that it can be made again, how long it took, and `more`."""
    write_record({**report.run, "seconds": dict(seconds), **(more or {})}, place)


def timed(step: Callable[[], Any]) -> float:
    """Do a step; the seconds that it took."""
    began = time.perf_counter()
    step()
    return _since(began)


def write_record(run: Mapping[str, Any], place: Path) -> tuple[str, ...]:
    """Write run.json into a folder; the names of all files that now lie in it."""
    _write(place / MARK, json.dumps(run, ensure_ascii=False, indent=2, default=to_jsonable_python) + "\n")
    return _names(place)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 3)


def _names(place: Path) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()))
