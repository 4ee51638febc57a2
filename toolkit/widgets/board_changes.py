"""What somebody changed on the campaign board, as a sentence: who, when, which card, and what it is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from toolkit.language import say
from toolkit.language.forms import day as day_told
from toolkit.reports.campaign_words import column_name

Names = Mapping[str, Mapping[str, str]]
_MOST: Final = 3  # changes told one by one


@dataclass(frozen=True)
class Change:
    """A card before (None: it is new) and after, by the contract's names; who wrote it, and when on the wall."""

    card: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    who: str
    at: datetime


def changes_told(changes: list[Change], names: Names, today: date, language: str) -> list[str]:
    """A sentence a change, the newest first; beyond a few, how many more."""
    newest = sorted(changes, key=lambda change: change.at, reverse=True)
    told = [say("board.news", language, **_facts(change, names, today, language)) for change in newest[:_MOST]]
    more = len(newest) - len(told)
    return [*told, say("board.more", language, n=more)] if more else told


def overtaken(change: Change, names: Names, today: date, language: str) -> str:
    """Why a card was not written: somebody else did, since it was looked at."""
    return say("board.overtaken", language, **_facts(change, names, today, language))


def moment(at: datetime, today: date, language: str) -> str:
    """A moment as people say it: the time, with the day where it is another one.

    Examples
    --------
    >>> moment(datetime(2026, 11, 20, 9, 5), date(2026, 11, 20), "en")
    '09:05'
    >>> moment(datetime(2026, 11, 19, 9, 5), date(2026, 11, 20), "en")
    '19 Nov 09:05'
    """
    return f"{at:%H:%M}" if at.date() == today else f"{day_told(at.date(), language)} {at:%H:%M}"


def _facts(change: Change, names: Names, today: date, language: str) -> dict[str, str]:
    return {
        "who": names["reps"].get(change.who, change.who) or say("board.somebody", language),
        "at": moment(change.at, today, language),
        "name": str(change.after["campaign_name"]),
        "what": say("page.list_join", language).join(_what(change, names, language)),
    }


def _what(change: Change, names: Names, language: str) -> list[str]:
    """What is different, column by column."""
    was, now = change.before, change.after
    target = column_name(str(now["board_column"]), language)
    if was is None:
        return [say("board.move.new", language, target=target)]
    told = []
    if was["board_column"] != now["board_column"]:
        source = column_name(str(was["board_column"]), language)
        told.append(say("board.move.from", language, source=source, target=target))
    if was["progress"] != now["progress"]:
        told.append(say("board.progress", language, share=None if _blank(now["progress"]) else float(now["progress"])))
    if was["owner_id"] != now["owner_id"]:
        owner = say("board.no_owner", language) if _blank(now["owner_id"]) else now["owner_id"]
        told.append(say("board.owner", language, name=names["reps"].get(owner, owner)))
    if was["due_on"] != now["due_on"]:
        blank = _blank(now["due_on"])
        told.append(say("board.stand.no_due" if blank else "board.stand.on_time", language, day=now["due_on"]))
    return told or [say("board.same", language)]


def _blank(value: Any) -> bool:
    return value in (None, "")
