"""What a run hands over for each report: to the index page, to the programs that read, and to whoever is told."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

# done: whole in its folder; failed: our fault or the machine's; refused: bad input, which trying again does not mend
Status = Literal["done", "failed", "refused"]


@dataclass(frozen=True)
class Figure:
    """One of the headline figures of a report's first screen; `text` is empty where it cannot be judged."""

    label: str
    text: str
    unit: str = ""
    change: str = ""


@dataclass(frozen=True)
class AlertRow:
    """One alert that was on at the report's day. `key` stays the same from day to day while the same alert is on.

    severity  red | yellow | warning
    title     the alert in a sentence, in the report's language
    """

    key: str
    severity: str
    rule: str
    scope: str
    scope_id: str
    started_on: str
    title: str


@dataclass(frozen=True)
class FirstScreen:
    """The first screen of a report, in words: what a card tells and the index page shows.

    lines     what is to be decided, the most urgent first
    """

    title: str
    verdict: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    lines: tuple[str, ...] = ()
    alerts: tuple[AlertRow, ...] = ()


@dataclass(frozen=True)
class Made:
    """One report of one day, after its run.

    name      its name in the plan, the team in it where the entry has teams
    day       the as_of it was made of
    at        when it was due; None for a report that has no rhythm
    folder    where it lies; where a run failed: where it would lie, and perhaps an earlier one does
    files     page, workbook, notebook, pdf … by what they are, relative to the plan's output root
    screen    None where nothing could be made
    reason    why it failed, or why it has no PDF, in plain words
    fresh     made in this run; False where it was done already and left as it is
    tell      the names under the plan's `tell:` whom it goes to
    title     what it is called, whether or not it could be made
    """

    name: str
    kind: str
    team: str
    language: str
    audience: str
    day: date
    at: datetime | None
    made_at: datetime
    status: Status
    folder: Path
    files: dict[str, str]
    screen: FirstScreen | None = None
    reason: str = ""
    fresh: bool = True
    seconds: float = 0.0
    tries: int = 1
    tell: tuple[str, ...] = ()
    title: str = ""
