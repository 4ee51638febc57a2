"""The index of a plan's output: a page for people, `runs.csv` and `runs.json` for programs, each written at once."""

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from toolkit.base.version import __version__
from toolkit.language import say
from toolkit.plan.ledger import Ledger, Line
from toolkit.plan.made import FirstScreen
from toolkit.plan.model import Plan
from toolkit.plan.run import PAGE
from toolkit.plan.screen import screen_from
from toolkit.publish.assembly import stylesheet, templates
from toolkit.publish.cells import written

_STYLES: Final = ("page.css", "plan.css")
_LINKS: Final = ("page", "pdf", "workbook", "notebook")
_KINDS: Final = ("weekly", "daily", "monthly", "what_if")  # their order within a day
COLUMNS: Final = (
    "name", "team", "kind", "day", "due_at", "made_at", "status", "title", "verdict", "reason", "page", "pdf",
    "workbook", "notebook", "seconds", "tries",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One report on the index page."""

    name: str
    team: str
    kind: str
    title: str
    day: date
    status: str
    made_at: datetime
    reason: str
    screen: FirstScreen | None
    links: tuple[tuple[str, str], ...]
    earlier: str = ""

    @property
    def red(self) -> int:
        """How many red alerts are on."""
        return sum(alert.severity == "red" for alert in self.screen.alerts) if self.screen else 0

    @property
    def yellow(self) -> int:
        """How many yellow alerts are on."""
        return sum(alert.severity == "yellow" for alert in self.screen.alerts) if self.screen else 0


def write(plan: Plan, root: Path, ledger: Ledger, now: datetime) -> None:
    """Write index.html, runs.csv and runs.json. OSError where there is no room; then the old ones stay."""
    lines = sorted(ledger.ended().values(), key=_newest, reverse=True)
    earlier = _done_before(ledger)
    rows = [_row(line, root, earlier.get((line.name, line.day), {})) for line in lines[: plan.listed]]
    _replace(root / PAGE, page(plan, rows, len(lines), now).encode())
    records = [_record(line) for line in lines]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: written(value, key) for key, value in record.items()} for record in records)
    _replace(root / "runs.csv", text.getvalue().encode())
    _replace(root / "runs.json", (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode())


def page(plan: Plan, rows: list[Row], of: int, now: datetime) -> str:
    """The index page: what failed first, then every report by its day, newest first."""
    language = plan.language
    failed = [row for row in rows if row.status != "done"]
    words = {
        "t": partial(say, language=language),
        "lang": say("page.lang", language),
        "css": stylesheet(_STYLES, notebook=False),
        "verdict": _verdict(rows, failed, language),
        "failed": failed,
        "days": _days(rows),
        "listed": len(rows),
        "of": of,
        "now": now,
        "version": __version__,
        "date": lambda day: say("plan.index.day", language, day=day),
        "missing": lambda text: text in ("", None),
    }
    macros = templates().get_template("macros.html.j2").make_module({"t": words["t"], "section": None})
    return str(templates().get_template("plan/page.html.j2").render(words | {"m": macros}))


def _verdict(rows: list[Row], failed: list[Row], language: str) -> str:
    """The newest day's reports in a sentence."""
    if not rows:
        return say("plan.index.none", language)
    newest = max(row.day for row in rows)
    mine = [row for row in rows if row.day == newest]
    bad = sum(row.status != "done" for row in mine)
    head = say(
        "plan.index.verdict_bad" if bad else "plan.index.verdict", language, day=newest, n=len(mine) - bad, bad=bad
    )
    older = len(failed) - bad
    return head + (say("plan.index.older", language, n=older) if older else "")


def _days(rows: list[Row]) -> list[tuple[date, list[Row]]]:
    days: dict[date, list[Row]] = {}
    for row in rows:
        if row.status == "done":
            days.setdefault(row.day, []).append(row)
    return [(day, sorted(days[day], key=_in_a_day)) for day in sorted(days, reverse=True)]


def _in_a_day(row: Row) -> tuple[int, str]:
    return _KINDS.index(row.kind) if row.kind in _KINDS else len(_KINDS), row.name


def _row(line: Line, root: Path, earlier: Mapping[str, str]) -> Row:
    facts = line.facts
    files = facts.get("files") or {}
    links = tuple((what, quote(files[what])) for what in _LINKS if what in files and (root / files[what]).exists())
    old = earlier.get("page", "") if line.event != "done" else ""
    return Row(
        name=line.name,
        team=facts.get("team", ""),
        kind=facts.get("kind", ""),
        title=facts.get("title", line.name),
        day=line.day,
        status=line.event,
        made_at=line.made_at or datetime.min,
        reason=facts.get("reason", ""),
        screen=screen_from(facts.get("screen")),
        links=links,
        earlier=quote(old) if old and (root / old).exists() else "",
    )


def _done_before(ledger: Ledger) -> dict[tuple[str, date], Mapping[str, str]]:
    """The files of the last good run of each report and day: they are still there when a later one failed."""
    return {(line.name, line.day): line.facts.get("files") or {} for line in ledger.lines if line.event == "done"}


def _newest(line: Line) -> tuple[date, str]:
    return line.day, line.facts.get("made_at") or ""


def _record(line: Line) -> dict[str, Any]:
    facts, screen = line.facts, line.facts.get("screen") or {}
    files = facts.get("files") or {}
    return {
        "name": line.name,
        "team": facts.get("team", ""),
        "kind": facts.get("kind", ""),
        "day": line.day.isoformat(),
        "due_at": facts.get("at") or "",
        "made_at": facts.get("made_at", ""),
        "status": line.event,
        "title": facts.get("title", ""),
        "verdict": screen.get("verdict", ""),
        "reason": facts.get("reason", ""),
        **{what: files.get(what, "") for what in ("page", "pdf", "workbook", "notebook")},
        "seconds": facts.get("seconds", 0.0),
        "tries": facts.get("tries", 1),
    }


def _replace(target: Path, content: bytes) -> None:
    """The file with this content, or the old one: a temporary file takes its place when it is whole on the disk."""
    fresh = target.with_name(f".{target.name}.new")
    try:
        with fresh.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
