"""The campaign board in words: its columns, how full they are, how a card stands, where it moved."""

from typing import Any

from toolkit.language import has, say
from toolkit.language.forms import missing


def column_name(code: str, language: str) -> str:
    """A column as people call it; one of their own by its code.

    Examples
    --------
    >>> column_name("assault", "en"), column_name("our_own", "en")
    ('Assault', 'our_own')
    """
    return say(f"board.column.{code}", language) if has(f"board.column.{code}", language) else code


def count_told(row: Any, language: str) -> str:
    """How many cards a column holds (a row of campaigns.columns), beside its limit where it has one."""
    if missing(row.limit):
        return say("board.count", language, n=int(row.cards))
    return say("board.count_limit", language, n=int(row.cards), limit=int(row.limit))


def stand_told(row: Any, language: str) -> str:
    """How a card stands (a row of campaigns.board)."""
    facts: dict[str, dict[str, Any]] = {"overdue": {"days": int(row.days_overdue)}, "on_time": {"day": row.due_on}}
    return say(f"board.stand.{row.code}", language, **facts.get(row.code, {}))


def move_told(row: Any, language: str) -> str:
    """From where to where a card moved (a row of campaigns.moved)."""
    target = column_name(row.to_column, language)
    if row.direction == "new" or not isinstance(row.from_column, str):
        return say("board.move.new", language, target=target)
    return say("board.move.from", language, source=column_name(row.from_column, language), target=target)
