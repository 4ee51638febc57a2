"""After a run: finished reports and alerts go to those whom the plan names. A failure to tell fails no report.

- A report is told once for its day, also where it is made again; an alert once to each address, however many reports
  show it (its `key`, in one team's data); with `ends` its end as well, once a later report does not show it any more.
- What one address hears of alerts at one time is one message; so are more than `together` finished reports.
- In quiet hours things wait, but for red alerts (`red_through`). What was refused is tried again with later runs and
  given up after `give_up_days`. A failure that is made good before anybody heard of it is told to nobody.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from toolkit.language import say
from toolkit.outside.channels import send
from toolkit.outside.message import Message
from toolkit.outside.outbox import Item, Outbox, Reader
from toolkit.outside.wire import Refusal
from toolkit.plan import card
from toolkit.plan.addresses import Send, called, why
from toolkit.plan.made import FirstScreen, Made
from toolkit.plan.model import Plan, Quiet

FOLDER: Final = ".telling"  # in the plan's output
INDEX: Final = "index.html"
_TOLD: Final = ("red", "yellow")
_ENDED: Final = "ended "  # before the key of the alert


class Teller:
    """Tells in two steps: `note` each report as soon as it is made, so that a run that is killed later loses nothing;
    `send` at the end of the run, and what could not be sent before is sent again. Neither raises anything but what ends
    the process. `root` is the plan's output; `now` is aware, its wall clock is that of the quiet hours.
    """

    def __init__(self, plan: Plan, root: Path) -> None:
        self._plan, self._root = plan, root
        self._outbox: Outbox | None = None
        self._troubles: list[str] = []

    def note(self, made: Sequence[Made], now: datetime) -> None:
        """Keep what there is to tell of these reports; what is known already is not kept again."""
        self._harmless(lambda outbox: outbox.accept(_items(self._plan, self._root, made, outbox, now)))
        self._harmless(lambda outbox: _drop(outbox, _outdated(outbox, made)))

    def send(self, now: datetime, transport: Send = send) -> tuple[str, ...]:
        """Send what is due now, unless nothing could be kept; what went wrong since the beginning, in sentences."""
        if not self._troubles:
            self._harmless(lambda outbox: self._troubles.extend(_spoiled(outbox, self._plan)))
            self._harmless(
                lambda outbox: self._troubles.extend(_delivered(self._plan, self._root, outbox, now, transport))
            )
        return tuple(dict.fromkeys(self._troubles))

    def _harmless(self, step: Callable[[Outbox], Any]) -> None:
        """A step with the outbox, none where there is nobody to tell; what fails in it becomes a sentence."""
        folder, language = self._root / FOLDER, self._plan.language
        try:
            if self._outbox is None and (self._plan.tell or folder.exists()):
                self._outbox = Outbox(folder)
            if self._outbox is not None:
                step(self._outbox)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._troubles.append(say("tell.no_room", language, folder=folder, why=reason))
        except Exception as error:
            self._troubles.append(say("tell.our_fault", language, why=f"{type(error).__name__}: {error}"))


def _items(plan: Plan, root: Path, made: Sequence[Made], outbox: Outbox, now: datetime) -> Iterator[Item]:
    """Everything that there is to tell, for every address of whom it goes to, known or not."""
    p = plan.telling
    heard = _heard(outbox) if p.ends else {}
    for one in made:
        page = card.link_to(one.files.get("page") or INDEX, root, p.served_at)
        for reader in _readers(plan, one):
            if one.status == "done":
                yield Item(*reader, "report", f"report {one.name} {one.day}", card.card(one, page), now.isoformat())
            if one.status == "done" and one.screen is not None:
                yield from _alerts(plan, one, one.screen, reader, page, now)
                yield from _ends(plan, one, one.screen, heard.get(reader, {}), reader, page, now)
            if one.status != "done" and p.failures:
                line = card.failed(one, card.link_to(INDEX, root, p.served_at))
                yield Item(*reader, "failed", _failure(one), line, now.isoformat())


def _failure(one: Made) -> str:
    return f"failed {one.name} {one.day}"


def _outdated(outbox: Outbox, made: Sequence[Made]) -> list[Item]:
    """Failures that still wait to be told though the report has been made since."""
    done = {_failure(one) for one in made if one.status == "done"}
    return [item for item in outbox.waiting() if item.key in done] if done else []


def _alerts(plan: Plan, made: Made, screen: FirstScreen, reader: Reader, link: str, now: datetime) -> Iterator[Item]:
    """Each alert of a report that is told at all."""
    for row in screen.alerts:
        if row.severity in _TOLD:
            key, line = f"alert {_source(plan, made)} {row.key}", card.alert(row, made, link)
            urgent = row.severity == "red" and plan.telling.red_through
            about = (("day", str(made.day)), ("title", row.title))
            yield Item(*reader, "alert", key, line, now.isoformat(), urgent, about)


def _heard(outbox: Outbox) -> dict[Reader, dict[str, Mapping[str, str]]]:
    """The alerts whose end each reader has not heard of, by key, with the day and the title they were told with."""
    out: dict[Reader, dict[str, Mapping[str, str]]] = {}
    for known in outbox.known():
        mine = out.setdefault((known.to, known.nth), {})
        if known.kind == "alert":
            mine[known.key] = dict(known.about)
        elif known.kind == "ended":
            mine.pop(known.key.removeprefix(_ENDED), None)
    return out


def _ends(
    plan: Plan,
    made: Made,
    screen: FirstScreen,
    heard: Mapping[str, Mapping[str, str]],
    reader: Reader,
    link: str,
    now: datetime,
) -> Iterator[Item]:
    """The end of each alert that a reader heard of and that a report of a later day shows no more."""
    head = f"alert {_source(plan, made)} "
    shown = {head + row.key for row in screen.alerts}
    for key, facts in heard.items():
        if key.startswith(head) and key not in shown and facts["day"] < str(made.day):
            yield Item(*reader, "ended", _ENDED + key, card.ended(facts["title"], made, link), now.isoformat())


def _readers(plan: Plan, made: Made) -> Iterator[Reader]:
    for name in dict.fromkeys(made.tell):
        yield from ((name, place) for place in range(len(plan.tell.get(name, ()))))


def _source(plan: Plan, made: Made) -> str:
    """What tells one team's data from another's: the team, else the entry's data (hashed: it may be a secret)."""
    if made.team:
        return made.team
    data = next((entry.data for entry in plan.reports if entry.name == made.name), made.name)
    return hashlib.sha256(data.encode()).hexdigest()[:12]


@dataclass
class _Outcome:
    """What a delivery could not do, by reader, so that ten refusals of one address are one sentence."""

    refused: dict[Reader, tuple[Refusal, int]] = field(default_factory=dict)
    given_up: dict[Reader, int] = field(default_factory=dict)
    nobody: dict[Reader, int] = field(default_factory=dict)


def _delivered(plan: Plan, root: Path, outbox: Outbox, now: datetime, transport: Send) -> Iterator[str]:
    """Send what is due; sentences about what was not taken."""
    outcome = _Outcome()
    quiet = plan.quiet is not None and is_quiet(plan.quiet, now)
    index = card.link_to(INDEX, root, plan.telling.served_at)
    for reader in dict.fromkeys(item.reader for item in outbox.waiting()):
        mine = [item for item in outbox.waiting() if item.reader == reader]
        addresses = plan.tell.get(reader[0], ())
        if reader[1] >= len(addresses):
            outcome.nobody[reader] = len(mine)
            _drop(outbox, mine)
            continue
        old = [item for item in mine if item.tries and _age(item, now) >= timedelta(days=plan.telling.give_up_days)]
        due = [item for item in mine if item.due(now) and (item.urgent or not quiet)]
        for items, message in _batches(due, plan.telling.together, index):
            refusal = transport(addresses[reader[1]], message)
            if refusal is None:
                for item in items:
                    outbox.told(item)
                continue
            outcome.refused[reader] = (refusal, len(due))
            for item in items:
                outbox.keep(item.refused(refusal, now))
            break  # what the next message would meet is the same
        late = [item for item in old if item.id in {waiting.id for waiting in outbox.waiting()}]
        if late:
            outcome.given_up[reader] = len(late)
            _drop(outbox, late)
    yield from _sentences(outcome, plan)


def _batches(due: Sequence[Item], together: int, index: str) -> Iterator[tuple[list[Item], Message]]:
    """What is sent at once to one address: alerts, their ends and failures as one message; many reports as one."""
    for language in dict.fromkeys(item.message.language for item in due):
        mine = [item for item in due if item.message.language == language]
        lines = [item for item in mine if item.kind != "report"]
        reports = [item for item in mine if item.kind == "report"]
        if lines:
            yield lines, card.merged([item.kind for item in lines], [item.message for item in lines], index)
        if len(reports) > together:
            yield reports, card.digest([item.message for item in reports], index)
        else:
            yield from (([item], item.message) for item in reports)


def is_quiet(quiet: Quiet, now: datetime) -> bool:
    """True from `start` up to `end` of the wall clock, over midnight too; the same hour twice is never.

    Examples
    --------
    >>> from datetime import time
    >>> night = Quiet(start=time(21, 0), end=time(7, 30))
    >>> [is_quiet(night, datetime(2026, 11, 20, hour)) for hour in (7, 12, 20, 21, 23)]
    [True, False, False, True, True]
    """
    clock = now.time().replace(tzinfo=None)
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def _age(item: Item, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(item.created)


def _drop(outbox: Outbox, items: Sequence[Item]) -> None:
    for item in items:
        outbox.told(item)


def _sentences(outcome: _Outcome, plan: Plan) -> Iterator[str]:
    language = plan.language
    for reader, (refusal, n) in outcome.refused.items():
        yield say("tell.not_told", language, to=called(reader, plan), n=n, why=why(refusal, language))
    for reader, n in outcome.given_up.items():
        yield say("tell.given_up", language, to=called(reader, plan), n=n, days=plan.telling.give_up_days)
    for reader, n in outcome.nobody.items():
        yield say("tell.nobody", language, to=called(reader, plan), n=n)


def _spoiled(outbox: Outbox, plan: Plan) -> Iterator[str]:
    if outbox.spoiled:
        files: Mapping[str, None] = dict.fromkeys(outbox.spoiled)
        yield say("tell.spoiled", plan.language, folder=outbox.folder, files=", ".join(files))
