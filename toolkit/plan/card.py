"""A report, its alerts and its failures as short messages: the first screen's lines, in the reader's language."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolkit.language import say
from toolkit.outside.message import Line, Message
from toolkit.plan.made import AlertRow, Figure, Made

MARKS: Final = {"red": "▲", "yellow": "◆"}
_MOST_DECISIONS: Final = 7  # as on the page


def card(made: Made, link: str) -> Message:
    """The first screen of a report: verdict, figures, what to decide, where it lies. A notebook of one's own has no
    first screen that is known here: its name, and where it lies.
    """
    language, screen = made.language, made.screen
    if screen is None:
        return Message(_titled(made.title, made), (Line(say("tell.ready", language)),), language, link)
    lines = [Line(screen.verdict), *(Line(figure(one, language), "item") for one in screen.figures)]
    if screen.lines:
        lines.append(Line(say("tell.decisions", language, n=len(screen.lines)), "head"))
        lines += [Line(f"{n}. {text}", "item") for n, text in enumerate(screen.lines[:_MOST_DECISIONS], start=1)]
    return Message(_titled(screen.title, made), tuple(line for line in lines if line.text), language, link)


def figure(one: Figure, language: str) -> str:
    """One figure in a line; what cannot be judged says so.

    Examples
    --------
    >>> figure(Figure("gap", "1010", "万", "+120"), "en"), figure(Figure("gap", ""), "en")
    ('gap 1010 万 (+120)', 'gap cannot judge')
    """
    if not one.text:
        return f"{one.label} {say('page.cannot_judge', language)}"
    text = f"{one.text}{one.unit}" if one.unit.startswith("%") else f"{one.text} {one.unit}".strip()
    value = f"{one.label} {text}"
    return say("tell.figure", language, value=value, change=one.change) if one.change else value


def alert(row: AlertRow, made: Made, link: str) -> Message:
    """One alert as a line; many become one message when they are sent."""
    text = f"{MARKS[row.severity]} {say(f'tell.severity.{row.severity}', made.language)} {_of_team(row.title, made)}"
    return Message("", (Line(text),), made.language, link)


def ended(title: str, made: Made, link: str) -> Message:
    """The end of an alert as a line."""
    return Message("", (Line(_of_team(title, made)),), made.language, link)


def failed(made: Made, link: str) -> Message:
    """A report that could not be made as a line."""
    text = say("tell.failed_line", made.language, name=made.name, day=made.day, reason=made.reason)
    return Message("", (Line(text),), made.language, link)


def merged(kinds: Sequence[str], messages: Sequence[Message], index: str) -> Message:
    """Lines of alerts, of their ends and of failures (`kinds`: which each is) as one message."""
    language = messages[0].language
    lines: list[Line] = []
    heads = []
    for kind in ("alert", "ended", "failed"):
        mine = [
            line.text for which, message in zip(kinds, messages, strict=True) if which == kind for line in message.lines
        ]
        if mine:
            heads.append(say(f"tell.title.{kind}", language, n=len(mine)))
            lines += [Line(heads[-1], "head")] if len(heads) > 1 else []
            lines += [Line(text, "item") for text in sorted(mine, key=_red_first)]
    links = {message.link for message in messages}
    return Message(heads[0], tuple(lines), language, links.pop() if len(links) == 1 else index)


def digest(messages: Sequence[Message], index: str) -> Message:
    """Many finished reports as one message: each by its title and verdict."""
    language = messages[0].language
    lines = []
    for message in messages:
        verdict = message.lines[0].text if message.lines else ""
        lines += [Line(message.title, "head"), Line(verdict)]
    return Message(say("tell.title.reports", language, n=len(messages)), tuple(lines), language, index)


def link_to(file: str, root: Path, served_at: str) -> str:
    """Where a file of the plan's output lies: below the address that it is served at, else as a path.

    Examples
    --------
    >>> link_to("weekly/2026-11-20/weekly_review.html", Path("out"), "https://reports.example.com/kat/")
    'https://reports.example.com/kat/weekly/2026-11-20/weekly_review.html'
    """
    from urllib.parse import quote

    return f"{served_at.rstrip('/')}/{quote(file)}" if served_at else str((root / file).resolve())


def _titled(title: str, made: Made) -> str:
    return f"{made.team} · {title}" if made.team and made.team not in title else title


def _of_team(text: str, made: Made) -> str:
    return (
        f"{made.team}: {text}" if made.team and made.language == "en" else f"{made.team}：{text}" if made.team else text
    )


def _red_first(text: str) -> int:
    return 0 if text.startswith(MARKS["red"]) else 1
