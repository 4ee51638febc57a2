"""`kat import --guess`: the proposal on the terminal, then the mapping file, a trial, and what is still missing."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.base.errors import InputError
from toolkit.cli.common import echo
from toolkit.language import say

if TYPE_CHECKING:
    from toolkit.data.guess.proposal import Proposal, TableGuess

_STYLES = {"high": "green", "medium": "yellow", "low": "red"}
_LONGEST = 28
_LACKS = 8


def show_guess(file: str, mapping: Path, answers: Sequence[str], overwrite: bool, language: str) -> None:
    """Propose, show, write, try: everything that `kat import --guess` does."""
    from toolkit.data.guess.propose import propose
    from toolkit.data.guess.write import write
    from toolkit.data.refusal import Refused

    try:
        proposal = propose(file, _pairs(answers, language))
        for guess in proposal.tables.values():
            _table(guess, language)
        _sheets(proposal, language)
        _questions(proposal, language)
        _missing(proposal, language)
        done = write(proposal, mapping, language, overwrite=overwrite)
    except Refused as refusal:
        raise refusal.told_in(language) from None
    echo("")
    echo(say(f"guess.written.{done}", language, file=mapping), "bold")
    _trial(file, mapping, proposal, language)


def _pairs(answers: Iterable[str], language: str) -> dict[str, str]:
    """--answer KEY=VALUE; the key itself may hold no equals sign."""
    out = {}
    for one in answers:
        key, sign, value = one.partition("=")
        if not sign:
            raise InputError(say("guess.no_answer", language, given=one))
        out[key.strip()] = value.strip()
    return out


def _table(guess: "TableGuess", language: str) -> None:
    """One sheet: which table it is, and its columns with an example and the reason."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from toolkit.data.guess.told import note, reasons
    from toolkit.data.headers import column_label

    echo("")
    table = _named(guess.table, language)
    echo(say("guess.sheet", language, sheet=guess.sheet, table=table, rows=guess.rows), "bold")
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    heads = ("theirs", "ours", "sure", "example", "why")
    for head in heads:
        shown.add_column(say(f"guess.head.{head}", language), overflow="fold", header_style="dim")
    for one in guess.ordered():
        level = Text(say(f"guess.level.{one.level}", language), style=_STYLES[one.level])
        theirs = Text(one.header + _hidden(guess, one.header, language))
        ours = Text(column_label(guess.table, one.column, language))
        shown.add_row(theirs, ours, level, Text(_example(one.examples)), Text(reasons(guess, one.column, language)))
    Console(highlight=False).print(shown)
    for column, words in guess.values.items():
        told = say("guess.list", language).join(f"{word} → {code}" for word, code in words.items())
        header = guess.columns[column].header if column in guess.columns else column
        echo(f"  {say('guess.meanings', language, header=header, words=told)}", "dim")
    for remark in guess.notes:
        echo(f"  {note(remark, guess.table, language)}", "dim")
    if guess.unused:
        names = [header + _hidden(guess, header, language) for header in guess.unused]
        echo(f"  {say('guess.unused', language, headers=say('guess.list', language).join(names))}", "dim")
    if guess.grid.skip:
        echo(f"  {say('guess.skipped', language, words=say('guess.list', language).join(guess.grid.skip))}", "dim")


def _hidden(guess: "TableGuess", header: str, language: str) -> str:
    return say("guess.hidden", language) if header in guess.grid.hidden else ""


def _example(pairs: Sequence[tuple[str, str]]) -> str:
    """Their cell and ours, the first of the examples."""
    for theirs, ours in pairs[:1]:
        left, right = (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in (theirs, ours))
        return f"{left} → {right}" if left != right else left
    return ""


def _sheets(proposal: "Proposal", language: str) -> None:
    if proposal.unread:
        echo("")
        names = say("guess.list", language).join(proposal.unread)
        echo(say("guess.unread", language, sheets=names), "dim")


def _questions(proposal: "Proposal", language: str) -> None:
    """What people must decide, each with the option that answers it."""
    from toolkit.data.guess.told import question_line

    if not proposal.questions:
        return
    echo("")
    echo(say("guess.questions", language, n=len(proposal.questions)), "bold yellow")
    for number, question in enumerate(proposal.questions, 1):
        echo(f"  {number}. {question_line(question, language)}")
        echo(f"     --answer {shlex.quote(question.key)}=", "dim")


def _missing(proposal: "Proposal", language: str) -> None:
    """What can be judged, and what lacks for the rest, the most valued first."""
    from rich.console import Console
    from rich.table import Table

    from toolkit.data.guess.needs import given, judged, lacking

    there = given(proposal)
    can = judged(there)
    echo("")
    rules = " ".join(dict.fromkeys(need.rule for need in can))
    echo(say("guess.can", language, n=len(can), rules=rules or say("guess.nothing", language)), "bold")
    lacks = lacking(there)
    if not lacks:
        return
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for head in ("lacks", "opens"):
        shown.add_column(say(f"guess.head.{head}", language), overflow="fold", header_style="dim")
    for lack in lacks[:_LACKS]:
        opens = (f"{need.rule} {say(f'guess.judges.{need.code}', language)}" for need in lack.needs)
        shown.add_row(_named(lack.what, language), say("guess.join", language).join(opens))
    Console(highlight=False).print(shown)
    if len(lacks) > _LACKS:
        rest = say("guess.list", language).join(_named(lack.what, language) for lack in lacks[_LACKS:])
        echo(f"  {say('guess.rest', language, names=rest)}", "dim")


def _named(what: str, language: str) -> str:
    """A table or a column by label and name."""
    from toolkit.data.headers import column_label, table_label

    table, _, column = what.partition(".")
    label = table_label(table, language)
    if column:
        return f"{label} · {column_label(table, column, language)}"
    return label if label == table else say("guess.named", language, label=label, name=table)


def _trial(file: str, mapping: Path, proposal: "Proposal", language: str) -> None:
    """Read the file by the mapping that was just written, and say what comes of it and what to do next."""
    from datetime import date

    from toolkit.data.faults import fault_headline
    from toolkit.data.headers import table_label
    from toolkit.data.load import load

    unknown_day = any(question.said.code == "ask.seen_on" for question in proposal.questions)
    day = date(2000, 1, 1) if unknown_day else None
    try:
        team = load(file, columns=mapping, seen_on=day, language=language)
    except InputError as error:
        echo(say("guess.trial_failed", language, why=error), "yellow")
        return
    join = say("guess.list", language)
    counts = [f"{table_label(name, language)} {len(frame)}" for name, frame in team.tables.items() if len(frame)]
    echo(say("guess.trial", language, counts=join.join(counts)))
    echo(fault_headline(team, language), "yellow" if len(team.faults) else "green")
    named = "" if mapping == Path("parameters/columns.yaml") else f" --columns {shlex.quote(str(mapping))}"
    when = " --as-of YYYY-MM-DD" if unknown_day else ""
    source = f"--data {shlex.quote(file)}{named}"
    echo(say("guess.next", language), "bold")
    echo(f"  kat check {source}{when}")
    if team.foreign:
        echo(f"  kat import {source}{when} --to team")
        echo("  kat review --data team")
    else:
        echo(f"  kat review {source}")
