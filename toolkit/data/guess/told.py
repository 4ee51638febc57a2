"""A proposal in words: why a column is meant, what is asked, in either language."""

from collections.abc import Mapping
from typing import Any

from toolkit.data.guess.proposal import Question, Said, TableGuess
from toolkit.data.headers import column_label, table_label
from toolkit.data.tables_foreign import READABLE
from toolkit.language import say


def reason(said: Said, table: str, language: str) -> str:
    """One reason for a column."""
    return say(f"guess.why.{said.code}", language, **_arguments(said.arguments, table, language))


def reasons(guess: TableGuess, column: str, language: str) -> str:
    """All reasons for a column, in one line."""
    join = say("guess.join", language)
    return join.join(reason(said, guess.table, language) for said in guess.columns[column].why)


def note(said: Said, table: str, language: str) -> str:
    """A remark on a table."""
    return say(f"guess.note.{said.code}", language, **_arguments(said.arguments, table, language))


def question_line(question: Question, language: str) -> str:
    """What is asked, what can be answered, and what is assumed until then."""
    table = question.key.split(".")[1]
    text = say(f"guess.{question.said.code}", language, **_arguments(question.said.arguments, table, language))
    if question.options:
        text += say("guess.options", language, options=" | ".join(question.options))
    if question.assumed and question.said.code != "ask.absent":
        text += say("guess.assumed", language, value=question.assumed)
    return text


def _arguments(given: Mapping[str, Any], table: str, language: str) -> dict[str, Any]:
    """Arguments in words: columns by their labels, several by commas."""
    out = dict(given)
    join = say("guess.list", language)
    if "column" in out and out["column"] in READABLE[table].names:
        out["column"] = column_label(table, str(out["column"]), language)
    if "table" in out:
        out["table"] = table_label(str(out["table"]), language)
    if "of" in out:
        out["of"] = join.join(column_label(table, name, language) for name in out["of"])
    if "assumed" in out:
        out["assumed"] = out["assumed"] or say("guess.nothing", language)
    return out
