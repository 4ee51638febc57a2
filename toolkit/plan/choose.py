"""Which reports a run is about, and which of them have to be made.

By the clock: of each report with a rhythm what is due and not done, as far back as `catch_up` weeks, the newest always;
when a report has never been due in a run before, only its newest. By a day: every report of the plan as of that day.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from toolkit.base.errors import InputError
from toolkit.base.settings import nearest
from toolkit.base.workdays import Workdays
from toolkit.language import say
from toolkit.plan.due import Occurrence, occurrences
from toolkit.plan.fingerprint import Fingerprints, changed
from toolkit.plan.inside import PLAN
from toolkit.plan.job import Job
from toolkit.plan.ledger import Ledger, Line
from toolkit.plan.model import Plan
from toolkit.publish.staging import MARK

_FURTHEST: Final = timedelta(days=75)  # back enough for every rhythm's newest occurrence


@dataclass(frozen=True)
class Wanted:
    """A report of a day that a run is about; `at`: when it was due, None where it has no rhythm."""

    job: Job
    day: date
    at: datetime | None


@dataclass(frozen=True)
class Step:
    """What is to be done with a wanted report, and why.

    why  done · new · changed · again · failed · killed · refused
    """

    wanted: Wanted
    action: Literal["leave", "make", "refuse"]
    why: str
    parts: tuple[str, ...] = ()
    fingerprint: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    record: Mapping[str, Any] | None = None


def by_clock(plan: Plan, jobs: Sequence[Job], ledger: Ledger, now: datetime, calendar: Workdays) -> list[Wanted]:
    """What is due now, oldest first; the order of the plan where it is due at the same time."""
    lines: dict[str, list[Line]] = {}
    for line in ledger.lines:
        if line.at is not None and (line.scheduled or line.event == "begun" and line.facts.get("scheduled")):
            lines.setdefault(line.name, []).append(line)
    out: list[Wanted] = []
    for job in jobs:
        if job.rhythm:
            mine = _due(plan, job, lines.get(job.name, ()), now, calendar)
            out += [Wanted(job, one.day, one.at) for one in mine]
    return sorted(out, key=lambda wanted: wanted.at or now)


def _due(plan: Plan, job: Job, lines: Sequence[Line], now: datetime, calendar: Workdays) -> list[Occurrence]:
    assert job.rhythm is not None
    furthest = timedelta(weeks=plan.catch_up)
    found = occurrences(job.rhythm, now - max(furthest, _FURTHEST), now, calendar)
    if not found:
        return []
    if not lines:
        return [found[-1]]
    first = min(line.at for line in lines if line.at)
    done = {line.day for line in lines if line.event == "done"}
    near = [one for one in found if one is found[-1] or one.at > now - furthest]
    return [one for one in near if one.at >= first and one.day not in done]


def by_day(jobs: Sequence[Job], day: date, calendar: Workdays) -> list[Wanted]:
    """Every report as of a day, in the order of the plan."""
    return [Wanted(job, job.day_for(day), _due_of(job, job.day_for(day), calendar)) for job in jobs]


def _due_of(job: Job, day: date, calendar: Workdays) -> datetime | None:
    """When the report of a day is due, if it is of one of its rhythm's days."""
    if job.rhythm is None:
        return None
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=job.zone)
    near = occurrences(job.rhythm, noon - timedelta(days=40), noon + timedelta(days=40), calendar)
    return next((one.at for one in near if one.day == day), None)


def named(jobs: Sequence[Job], names: Iterable[str], language: str) -> list[Job]:
    """The reports of those names, or whose entry has them; InputError for a name that none has."""
    asked = list(names)
    known = {name for job in jobs for name in (job.name, job.entry.team) if name}
    for name in asked:
        if name not in known:
            near = ", ".join(nearest(name, sorted(known)) or sorted(known)[:8])
            raise InputError(say("plan.no_report", language, name=name, near=near))
    return [job for job in jobs if not asked or job.name in asked or job.entry.team in asked]


def steps(
    root: Path, wanted: Iterable[Wanted], ledger: Ledger, again: bool, by_the_clock: bool, language: str
) -> list[Step]:
    """What is to be done with each wanted report."""
    prints, last = Fingerprints(), ledger.last()
    return [_step(root, one, prints, last, again, by_the_clock, language) for one in wanted]


def _step(
    root: Path,
    wanted: Wanted,
    prints: Fingerprints,
    last: Mapping[tuple[str, date], Line],
    again: bool,
    by_the_clock: bool,
    language: str,
) -> Step:
    job, day = wanted.job, wanted.day
    record = record_in(root / job.folder(day))
    if by_the_clock and not again and _done_since(record, wanted):
        return Step(wanted, "leave", "done", record=record)
    try:
        wish = prints.of(job, day, job.entry.language)
    except InputError as error:
        return Step(wanted, "refuse", "refused", reason=str(error), record=record)
    parts = changed((record or {}).get(PLAN), wish)
    if not again and not parts:
        return Step(wanted, "leave", "done", fingerprint=wish, record=record)
    before = last.get((job.name, day))
    why = "again" if again else "changed" if record else "new"
    if before is not None and not again:
        why = {"begun": "killed", "failed": "failed", "refused": "failed"}.get(before.event, why)
    return Step(wanted, "make", why, parts if why == "changed" else (), wish, record=record)


def _done_since(record: Mapping[str, Any] | None, wanted: Wanted) -> bool:
    """True where the folder holds this report, made when its hour had come."""
    own = (record or {}).get(PLAN) or {}
    begun = own.get("begun_at")
    same = own.get("name") == wanted.job.name and own.get("day") == wanted.day.isoformat()
    return bool(same and begun and wanted.at and datetime.fromisoformat(begun) >= wanted.at)


def record_in(folder: Path) -> dict[str, Any] | None:
    """The run record in a report's folder; None where there is none that can be read."""
    try:
        record = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get(PLAN), dict) else None
