"""`kat check | export`: what is wrong with a source, and a store's tables."""

from typing import Annotated

import typer

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
    echo_table,
    exit_codes,
    help_of,
)
from toolkit.language import say


@app.command("check", help=help_of("check"))
def check_command(
    data: Data = None,
    columns: Columns = None,
    seen_on: SeenOn = None,
    output: Annotated[str | None, typer.Option("--output", help=help_of("check_output"), metavar="FOLDER")] = None,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """What the gate finds in the data."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.data.faults import fault_headline, fault_summary, write_faults
        from toolkit.data.headers import table_label
        from toolkit.data.load import load

        team = load(
            source, columns=columns, seen_on=day_asked(seen_on), parameters=chosen, strict=strict, language=language
        )
        echo(fault_headline(team, language), "yellow" if len(team.faults) else "")
        if len(team.faults):
            echo_table(fault_summary(team, language))
        for table in dict.fromkeys(table for table, _, _ in team.left_out):
            rows = [f"{line} ({first})" for name, line, first in team.left_out if name == table]
            label = table_label(table, language)
            echo(say("fault.left_out", language, table=label, rows=", ".join(rows)), "dim")
        if output:
            for file in write_faults(team, output, language):
                echo(f"  {file}")


@app.command("export", help=help_of("export"))
def export_command(
    data: Annotated[str, typer.Option("--data", help=help_of("store"), metavar="URL")],
    output: Annotated[str, typer.Option("--output", help=help_of("export_output"), metavar="FOLDER")] = "out/export",
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A store's tables as CSV into a folder, which is replaced whole or not at all."""
    with exit_codes(language, debug):
        import json
        from getpass import getuser

        from toolkit.data.database import shown
        from toolkit.data.store import Store
        from toolkit.publish.staging import MARK, staged

        store = Store(data, getuser(), language=language)
        with staged(output, language) as place:
            counts = store.export(place)
            (place / MARK).write_text(json.dumps({"source": shown(data), "rows": counts}, indent=1), "utf-8")
        store.close()
        echo(say("store.exported", language, rows=sum(counts.values()), tables=len(counts), folder=output), "bold")
