"""`kat parameters | sample`: all settings, and a team to try them on."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from toolkit.base.errors import InputError
from toolkit.base.places import SAMPLE_FOLDER
from toolkit.cli.common import Debug, Language, Pairs, Settings, app, chosen_parameters, echo, exit_codes, help_of
from toolkit.language import say


@app.command("parameters", help=help_of("parameters"))
def parameters_command(
    parameters: Settings = None,
    pairs: Pairs = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help=help_of("yaml"))] = False,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """Every parameter, what differs, and what departs from the method."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        from toolkit.publish.parameter_file import listing, to_yaml

        if as_yaml:
            sys.stdout.write(to_yaml(chosen))
            return
        for line in listing(chosen, language):
            echo(line.text, line.style)


@app.command("sample", help=help_of("sample"))
def sample_command(
    output: Annotated[str, typer.Option("--output", help=help_of("sample_output"), metavar="FOLDER")] = SAMPLE_FOLDER,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """The synthetic team's tables into a folder."""
    with exit_codes(language, debug):
        place = Path(output)
        if place.exists() and not (place / "accounts.csv").is_file() and (place.is_file() or any(place.iterdir())):
            raise InputError(say("cli.output_not_ours", language, folder=output))
        from toolkit.sample import make, write

        write(make(), output)
        echo(say("cli.sample_done", language, folder=output))
