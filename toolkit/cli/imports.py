"""`kat import`: a source into a store or a folder, week after week; and with --guess the mapping that it needs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.base.errors import InputError
from toolkit.base.places import sample_or
from toolkit.cli.common import (
    Columns,
    Data,
    Debug,
    Language,
    Pairs,
    SeenOn,
    Settings,
    Strict,
    app,
    chosen_parameters,
    day_asked,
    echo,
    exit_codes,
    help_of,
)
from toolkit.language import say

if TYPE_CHECKING:
    from toolkit.data.accumulate import Added
    from toolkit.data.load import Data as Team
    from toolkit.data.own_names import OwnNames


@app.command("import", help=help_of("import"))
def import_command(
    to: Annotated[str | None, typer.Option("--to", help=help_of("to"), metavar="URL|FOLDER")] = None,
    data: Data = None,
    columns: Columns = None,
    seen_on: SeenOn = None,
    add: Annotated[bool, typer.Option("--add", help=help_of("add"))] = False,
    guess: Annotated[str | None, typer.Option("--guess", help=help_of("guess"), metavar="FILE")] = None,
    mapping: Annotated[
        str, typer.Option("--mapping", help=help_of("mapping"), metavar="FILE")
    ] = "parameters/columns.yaml",
    answer: Annotated[list[str] | None, typer.Option("--answer", help=help_of("answer"), metavar="KEY=VALUE")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=help_of("overwrite"))] = False,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """A source into a store or a folder: every clean row, all or none. With --guess: a proposal for its mapping."""
    with exit_codes(language, debug):
        if guess:
            from toolkit.cli.guess import show_guess

            show_guess(guess, Path(mapping), answer or [], overwrite, language)
            return
        if not to:
            raise InputError(say("store.to_where", language))
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.data.faults import fault_headline
        from toolkit.data.load import load
        from toolkit.data.own_names import own_names
        from toolkit.data.source import locate

        day = day_asked(seen_on)
        team = load(source, columns=columns, seen_on=day, parameters=chosen, strict=strict, language=language)
        if day and not team.foreign:
            raise InputError(say("store.as_of_of_what", language))
        own = own_names(None if "://" in source else locate(source), columns)
        into = _into_store if "://" in to else _into_folder
        into(to, team, own, add or bool(team.foreign), language)
        if len(team.faults):
            echo(fault_headline(team, language), "yellow")
            echo(say("store.aside", language, source=_again(source, columns, seen_on)))


def _again(source: str, columns: str | None, seen_on: str | None) -> str:
    """The source and its options as a shell takes them."""
    from shlex import quote

    named = f" --columns {quote(columns)}" if columns else ""
    return quote(source) + named + (f" --as-of {seen_on}" if seen_on else "")


def _into_store(to: str, team: "Team", own: "OwnNames", add: bool, language: str) -> None:
    """Into a new store, or added to one that holds rows."""
    from getpass import getuser

    from toolkit.data.accumulate import add_to_store
    from toolkit.data.database import shown
    from toolkit.data.store import Store

    store = Store(to, getuser(), make=True, language=language)
    try:
        if add and store.rows("accounts"):
            _tell(add_to_store(store, team, own), team, shown(to), language)
        else:
            counts = store.take_in(team)
            echo(say("store.imported", language, rows=sum(counts.values()), url=shown(to)), "bold")
    finally:
        store.close()


def _into_folder(to: str, team: "Team", own: "OwnNames", add: bool, language: str) -> None:
    """Into a new folder of CSV files, or added to one that an import made; replaced whole or not at all."""
    import shutil

    from toolkit.data.accumulate import added, read_texts, write_texts
    from toolkit.publish.staging import MARK, check_target, staged

    place = Path(to)
    check_target(place, language)
    if (place / MARK).is_file() and not add:
        raise InputError(say("store.not_empty", language, url=to))
    tables, changes = added(read_texts(place) if place.is_dir() else {}, team, own)
    with staged(place, language) as fresh:
        if place.is_dir():
            shutil.copytree(place, fresh, dirs_exist_ok=True)
        write_texts(tables, fresh)
        (fresh / MARK).write_text(json.dumps(_record(place / MARK, team), ensure_ascii=False, indent=1) + "\n", "utf-8")
    _tell(changes, team, to, language)


def _record(mark: Path, team: "Team") -> dict[str, Any]:
    """run.json: what was imported, each source once, in the order of its first import."""
    told = json.loads(mark.read_text("utf-8")) if mark.is_file() else {}
    this = {"source": Path(team.source.path).name, "sha256": team.source.sha256, "weeks": _weeks(team)}
    return {"imports": [*(one for one in told.get("imports", []) if one != this), this]}


def _weeks(team: "Team") -> list[str]:
    return sorted({str(day)[:10] for day in team.account_weeks["week_ending"]})


def _tell(changes: "list[Added]", team: "Team", to: str, language: str) -> None:
    """What the import changed, table by table."""
    from toolkit.data.headers import table_label

    weeks = _weeks(team)
    span = weeks[0] if len(weeks) == 1 else say("store.span", language, first=weeks[0], last=weeks[-1])
    echo(say("store.added", language, to=to, weeks=span), "bold")
    for one in changes:
        label = table_label(one.table, language)
        line = say("store.change", language, table=label, new=one.new, changed=one.changed)
        echo(f"  {line}" + (say("store.gone", language, n=one.gone) if one.gone else ""))
