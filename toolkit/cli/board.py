"""`kat board push`: the campaign board onto Miro."""

from collections import Counter
from typing import Annotated

import typer

from toolkit.base.errors import InputError
from toolkit.base.places import sample_or
from toolkit.cli.common import (
    AsOf,
    Columns,
    Data,
    Debug,
    Language,
    Pairs,
    Settings,
    app,
    chosen_parameters,
    echo,
    exit_codes,
    help_of,
    progress,
)
from toolkit.language import say

commands = typer.Typer(help=help_of("board"), no_args_is_help=True)
app.add_typer(commands, name="board")


@commands.callback()
def board_command() -> None:
    """The campaign board elsewhere."""


@commands.command("push", help=help_of("board_push"))
def push_command(
    board: Annotated[str, typer.Option("--board", help=help_of("miro_board"), metavar="ID")],
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    names: Annotated[bool, typer.Option("--names", help=help_of("miro_names"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("miro_dry_run"))] = False,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """The board on Miro made as the campaigns stand; what is so already is left alone."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.outside.miro import MiroBoard, steps

        miro = MiroBoard(board, language)
        with progress(language) as tell:
            tell(say("miro.reading", language))
            there = miro.there()
            tell(say("progress.load", language))
            from toolkit.base.keyed_draw import Salt
            from toolkit.data.load import load
            from toolkit.outside.mirror import mirror
            from toolkit.reports.brief import brief_day
            from toolkit.reports.teller import Teller

            team = load(source, columns=columns, parameters=chosen, language=language)
            if not len(team.campaigns):
                raise InputError(say("miro.no_campaigns", language))
            day = brief_day(team, as_of, language)
            salt = Salt.from_environment(chosen.spot_check.seed)
            shown = mirror(Teller.of(team, day, chosen, salt, language), names=names)
            todo = steps(shown, there)
            counts = Counter(step.what for step in todo)
            if not dry_run:
                tell(say("miro.writing", language, n=len(todo)))
                miro.carry_out(todo, there)
        key = "nothing" if not todo else "would" if dry_run else "pushed"
        numbers = {name: counts[name] for name in ("create", "update", "delete")}
        echo(say(f"miro.{key}", language, cards=len(shown.cards), **numbers), "bold")
        if not names:
            echo(say("miro.names_masked", language))
