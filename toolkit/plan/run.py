"""A run of a plan: what is wanted is chosen, made, written down, shown in the index, and told."""

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from toolkit.language import say
from toolkit.plan.choose import Step
from toolkit.plan.inside import PLAN
from toolkit.plan.ledger import Ledger, Line
from toolkit.plan.made import Made
from toolkit.plan.model import Plan
from toolkit.plan.order import Order, Outcome
from toolkit.plan.pool import Maker
from toolkit.plan.screen import screen_from
from toolkit.plan.telling import Teller
from toolkit.publish.kinds import KINDS

PAGE: Final = "index.html"
_INDEX_SECONDS: Final = 15.0  # while a run goes on the index page is written again at most so often


@dataclass(frozen=True)
class Run:
    """What a run made or left as it was; in sentences what could not be written beside the reports, and not be told."""

    made: tuple[Made, ...]
    troubles: tuple[str, ...]
    telling: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: all done; 1: something failed by our fault or the machine's; 2: bad input alone."""
        states = {one.status for one in self.made}
        return 1 if "failed" in states or self.troubles else 2 if "refused" in states else 0


def carry_out(
    plan: Plan,
    root: Path,
    steps: Sequence[Step],
    ledger: Ledger,
    maker: Maker,
    clock: Callable[[], datetime],
    told: Callable[[Made], None],
    *,
    scheduled: bool,
) -> Run:
    """Make what is to be made; `told` hears of each report as it ends. The lock is held by the caller."""
    begun, teller, known = clock(), Teller(plan, root), len(ledger.lines)
    troubles: list[str] = []
    made: list[Made] = []
    to_make = [step for step in steps if step.action == "make"]
    _begin(ledger, root, to_make, begun, scheduled, plan.language)
    for step in steps:
        if step.action != "make":
            made.append(_not_made(step, root, begun))
            told(made[-1])
    teller.note(made, begun)
    with _room(troubles, root, plan.language):
        last = ledger.last()
        ledger.add(_line(one) for one in made if _is_news(one, last.get((one.name, one.day))))
    by_key = {(step.wanted.job.name, step.wanted.day.isoformat()): step for step in to_make}
    orders = [order_of(step, plan, root, begun) for step in to_make]
    written = time.monotonic()
    for order, outcome in maker(orders) if orders else ():
        one = _made(by_key[order.name, order.day], outcome, root, clock())
        made.append(one)
        with _room(troubles, root, plan.language):
            ledger.add([_line(one)])
        teller.note([one], clock())
        told(one)
        if time.monotonic() - written > _INDEX_SECONDS:
            with _room(troubles, root, plan.language):
                _index(plan, root, ledger, clock())
            written = time.monotonic()
    if len(ledger.lines) > known or not (root / PAGE).exists():
        with _room(troubles, root, plan.language):
            _index(plan, root, ledger, clock())
    return Run(tuple(made), tuple(dict.fromkeys(troubles)), teller.send(clock()))


def _index(plan: Plan, root: Path, ledger: Ledger, now: datetime) -> None:
    from toolkit.plan import index  # lazy: most wake-ups find nothing due and draw nothing

    index.write(plan, root, ledger, now)


def order_of(step: Step, plan: Plan, root: Path, begun: datetime) -> Order:
    """What a worker needs to know to make a report."""
    job, day, at = step.wanted.job, step.wanted.day, step.wanted.at
    facts = {
        "name": job.name,
        "team": job.entry.team,
        "kind": job.entry.what,
        "audience": job.entry.audience,
        "day": day.isoformat(),
        "at": at.isoformat() if at else None,
        "begun_at": begun.isoformat(timespec="seconds"),
    }
    p = job.parameters
    parameters = {"differences": {d.path: d.value for d in p.differences()}, "sha256": p.sha256()}
    return Order(
        name=job.name,
        day=day.isoformat(),
        cwd=str(Path.cwd()),
        root=str(root.resolve()),
        folder=job.folder(day),
        kind=job.entry.what,
        notebook=str(job.notebook.resolve()),
        values=job.values(day),
        language=job.entry.language,
        title=job.title(day),
        pdf=job.entry.pdf,
        timeout=plan.timeout,
        tries=plan.retry.times + 1,
        wait_seconds=plan.retry.wait_seconds,
        fingerprint=step.fingerprint,
        parameters=parameters,
        facts=facts,
    )


def _begin(ledger: Ledger, root: Path, steps: Sequence[Step], now: datetime, scheduled: bool, language: str) -> None:
    """Write down what this run sets out to make, so that a killed run is finished by the next one."""
    lines = []
    for step in steps:
        at = step.wanted.at
        facts = {"at": at.isoformat() if at else None, "began_at": now.isoformat(), "scheduled": scheduled}
        lines.append(Line(step.wanted.job.name, step.wanted.day, "begun", facts))
    try:
        ledger.add(lines)
    except OSError as error:
        raise NoRoom(say("plan.no_room", language, folder=root, why=error.strerror or error)) from None


class NoRoom(OSError):
    """Nothing can be written into the output at all; nothing was begun."""


@contextmanager
def _room(troubles: list[str], root: Path, language: str) -> Iterator[None]:
    """What cannot be written beside the reports (a full disk) is told, and fails no report."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise
        troubles.append(say("plan.no_room", language, folder=root, why=error.strerror or error))


def _is_news(one: Made, before: Line | None) -> bool:
    """True where the last line about a report tells something else: another end (its run was killed before it could
    write it down), another reason, or an end before its hour had come.
    """
    if before is None or before.event != one.status or _later(one, before):
        return True
    return one.status != "done" and before.facts.get("reason") != one.reason


def _later(one: Made, before: Line) -> bool:
    """Done before its hour by somebody's wish, and still right when its hour has come."""
    return bool(one.at and not before.scheduled and one.made_at >= one.at)


def _not_made(step: Step, root: Path, now: datetime) -> Made:
    if step.action == "refuse":
        return _made(step, Outcome("refused", {}, step.reason), root, now)
    return replace(_made(step, Outcome("done", step.record or {}), root, now), fresh=False)


def _made(step: Step, outcome: Outcome, root: Path, now: datetime) -> Made:
    """What is handed over of one report."""
    job, day = step.wanted.job, step.wanted.day
    own: dict[str, Any] = dict(outcome.record.get(PLAN) or {})
    folder = job.folder(day)
    files = files_of(root, folder, job.entry.what, Path(job.notebook).name) if outcome.status == "done" else {}
    if outcome.notebook:
        files = {"notebook": outcome.notebook, "page": outcome.notebook.removesuffix(".ipynb") + ".html"}
    return Made(
        name=job.name,
        kind=job.entry.what,
        team=job.entry.team,
        language=job.entry.language,
        audience=job.entry.audience,
        day=day,
        at=step.wanted.at,
        made_at=now,
        status=outcome.status,
        folder=root / folder,
        files={what: file for what, file in files.items() if (root / file).exists()},
        screen=screen_from(own.get("screen")),
        reason=outcome.reason or str(own.get("no_pdf") or ""),
        seconds=outcome.seconds,
        tries=outcome.tries,
        tell=job.entry.tell,
        title=job.title(day),
    )


def files_of(root: Path, folder: str, what: str, notebook: str) -> dict[str, str]:
    """The files of a report by what they are, relative to the plan's output."""
    if what in KINDS:
        kind = KINDS[what]
        names = {"page": kind.page_file, "pdf": kind.pdf_file, "workbook": kind.workbook_file}
        names |= {"notebook": kind.notebook_file, "tables": "tables"}
    else:
        names = {"page": notebook.removesuffix(".ipynb") + ".html", "notebook": notebook}
    return {what: f"{folder}/{name}" for what, name in (names | {"run": "run.json"}).items()}


def _line(one: Made) -> Line:
    """A report's end as the ledger keeps it: of its first screen what the index shows."""
    screen = asdict(replace(one.screen, lines=())) if one.screen else None
    facts = {
        "at": one.at.isoformat() if one.at else None,
        "made_at": one.made_at.isoformat(timespec="seconds"),
        "title": one.title,
        "kind": one.kind,
        "team": one.team,
        "language": one.language,
        "audience": one.audience,
        "files": one.files,
        "reason": one.reason,
        "seconds": one.seconds,
        "tries": one.tries,
        "screen": screen,
    }
    return Line(one.name, one.day, one.status, facts)
