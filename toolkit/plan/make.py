"""One report made: its notebook run, its files and its run record in a folder that is replaced whole or not at all."""

import contextlib
import errno
import json
import logging
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.language import say
from toolkit.plan.inside import PLAN, code
from toolkit.plan.order import Order, Outcome
from toolkit.plan.seat import STOPPING, AfterError, Seat, seat_of_thread
from toolkit.publish.kinds import KINDS
from toolkit.publish.staging import MARK, staged

FAILED: Final = "failed"  # where the notebooks of failed reports lie, in the plan's output
_NO_ROOM: Final = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_NO_ROOM_WORDS: Final = tuple(f"[Errno {number}]" for number in _NO_ROOM)
_INPUT: Final = ("InputError", "Refused", "BadUsers")


class _Failed(Exception):
    """An attempt that did not make the report. `again`: whether another may."""

    def __init__(self, reason: str, *, refused: bool = False, again: bool = True) -> None:
        super().__init__(reason)
        self.refused, self.again = refused, again and not refused


def make(order: Order) -> Outcome:
    """Make the report, trying again as often as the order says; nothing is raised."""
    from tenacity import Retrying, retry_if_exception, sleep_using_event, stop_after_attempt, wait_exponential

    began, tries = time.perf_counter(), 0
    attempts = Retrying(
        stop=stop_after_attempt(order.tries),
        wait=wait_exponential(multiplier=order.wait_seconds) if order.wait_seconds else (lambda _: 0.0),
        retry=retry_if_exception(lambda error: isinstance(error, _Failed) and error.again and not STOPPING.is_set()),
        sleep=sleep_using_event(STOPPING),
        reraise=True,
    )
    notebook = Path(order.root) / FAILED / f"{order.name} {order.day}.ipynb"
    for left in (notebook, notebook.with_suffix(".html")):  # of an earlier run
        with contextlib.suppress(OSError):
            left.unlink(missing_ok=True)
    try:
        for attempt in attempts:
            with attempt:
                tries += 1
                record = _attempt(order, notebook, tries)
    except _Failed as error:
        kept = notebook.relative_to(order.root).as_posix() if notebook.exists() else ""
        seconds = round(time.perf_counter() - began, 3)
        return Outcome("refused" if error.refused else "failed", {}, str(error), kept, seconds, tries)
    return Outcome("done", record, "", "", round(time.perf_counter() - began, 3), tries)


def _attempt(order: Order, failed: Path, number: int) -> Mapping[str, Any]:
    """The run record of a report that was made; _Failed, with its notebook kept, of one that was not."""
    try:
        with staged(Path(order.root) / order.folder, order.language) as place:
            try:
                _fill(order, place)
                return _record(order, place, number)
            except Exception as error:
                why = _why(error, order)
                _keep(place, failed, order, str(why))
                raise why from error
    except _Failed:
        raise
    except Exception as error:
        raise _why(error, order) from error


def _fill(order: Order, place: Path) -> None:
    """Run the notebook into a folder, with everything that is made of it."""
    import nbformat

    from toolkit.publish.run_notebook import in_one_language

    logging.getLogger("papermill").setLevel(logging.ERROR)
    pages = nbformat.read(order.notebook, as_version=4)
    pages.cells = in_one_language(pages.cells, order.language)
    began = time.perf_counter()
    if order.kind in KINDS:
        target = place / KINDS[order.kind].notebook_file
        seat_of_thread().run(
            pages, target, dict(order.values), order.cwd, order.timeout, code(order.kind, place, order.pdf)
        )
        return
    target, seat = place / Path(order.notebook).name, Seat()
    try:
        seat.run(pages, target, dict(order.values), order.cwd, order.timeout, "")
    finally:
        seat.close()
    from toolkit.publish.notebook_page import notebook_page

    (place / target.with_suffix(".html").name).write_text(notebook_page(target, order.title, order.language), "utf-8")
    facts = {
        "version": order.fingerprint["version"],
        "as_of": order.day,
        "language": order.language,
        "source": {"path": order.values.get("data", ""), "sha256": order.fingerprint["source"]},
        "parameters": dict(order.parameters),
        "seconds": {"notebook": round(time.perf_counter() - began, 3)},
        PLAN: {"pdf": False, "no_pdf": say("plan.pdf.own", order.language)},
    }
    _write_json(place / MARK, facts)


def _record(order: Order, place: Path, number: int) -> dict[str, Any]:
    """The run record, completed by what the plan knows; what the report really depended on is in it."""
    record = json.loads((place / MARK).read_text("utf-8"))
    held = {**order.fingerprint, "source": record["source"]["sha256"], "version": record["version"]}
    if order.kind in KINDS:
        held["parameters"] = record["parameters"]["sha256"]
        held["salt"] = record.get("draw", {}).get("salt_sha256", held["salt"])
    elsewhere = [part for part in ("parameters", "salt", "version") if held[part] != order.fingerprint[part]]
    if elsewhere:
        parts = say("cli.summary.join", order.language).join(
            say(f"plan.part.{part}", order.language) for part in elsewhere
        )
        raise _Failed(say("plan.worker_differs", order.language, parts=parts), refused=True)
    record[PLAN] = {**order.facts, **record.get(PLAN, {}), "tries": number, "fingerprint": held}
    _write_json(place / MARK, record)
    return record


def _why(error: Exception, order: Order) -> _Failed:
    """An error as the reason why a report was not made, in plain words."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, _Failed):
        return error
    name, words = type(error).__name__, str(error)
    if isinstance(error, PapermillExecutionError):
        name, words = error.ename, error.evalue
    elif isinstance(error, AfterError):
        name, words = error.name, error.words
    elif isinstance(error, CellTimeoutError):
        return _Failed(say("plan.timed_out", order.language, seconds=order.timeout))
    elif isinstance(error, DeadKernelError):
        return _Failed(say("plan.kernel_died", order.language))
    if name in _INPUT:
        return _Failed(words, refused=True)
    no_room = isinstance(error, OSError) and error.errno in _NO_ROOM
    if no_room or (name == "OSError" and words.startswith(_NO_ROOM_WORDS)):
        free = shutil.disk_usage(order.root).free / 1e6
        return _Failed(say("plan.disk_full", order.language, folder=order.root, free=round(free)), again=False)
    if name == "PermissionError":
        return _Failed(say("plan.not_allowed", order.language, why=words), again=False)
    what = f"{name}: {words}".splitlines()[0]
    cell = isinstance(error, PapermillExecutionError)
    return _Failed(say("plan.cell_failed" if cell else "plan.our_fault", order.language, why=what))


def _keep(place: Path, failed: Path, order: Order, why: str) -> None:
    """The notebook of a failed report, the error marked in it, beside the good ones; and a page to read it by.

    What cannot be kept (a full disk) is let go: the reason is told all the same.
    """
    try:
        (found,) = place.glob("*.ipynb")
        failed.parent.mkdir(exist_ok=True)
        fresh = failed.with_name(f".{failed.name}.{os.getpid()}")
        shutil.copyfile(found, fresh)
        os.replace(fresh, failed)
        from toolkit.publish.notebook_page import notebook_page

        page = notebook_page(failed, " · ".join(dict.fromkeys((order.title, order.name))), order.language, why)
        failed.with_suffix(".html").write_text(page, "utf-8")
    except (OSError, ValueError):
        return


def _write_json(path: Path, tree: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
