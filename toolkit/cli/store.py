"""`kat purge | backup | restore`: what is kept of a store, and for how long."""

from typing import Annotated

import typer

from toolkit.cli.common import (
    Debug,
    Language,
    Pairs,
    Settings,
    app,
    chosen_parameters,
    echo,
    echo_table,
    exit_codes,
    help_of,
)
from toolkit.language import say

Url = Annotated[str, typer.Option("--data", help=help_of("store"), metavar="URL")]


@app.command("purge", help=help_of("purge"))
def purge_command(
    data: Url,
    older_than: Annotated[str, typer.Option("--older-than", help=help_of("older_than"), metavar="24m|90d|DATE")] = "",
    kinds: Annotated[list[str] | None, typer.Option("--kind", help=help_of("purge_kind"), metavar="KIND")] = None,
    yes: Annotated[bool, typer.Option("--yes", help=help_of("purge_yes"))] = False,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """Personal data that is too old out of a store; without --yes only what would go."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        from getpass import getuser

        from toolkit.data.purge import KINDS, compacted, days_of, purge, told
        from toolkit.data.store import Store, today

        kept = {kind: getattr(chosen.retention, f"{kind}_days") for kind in KINDS}
        before = days_of(kinds or KINDS, older_than, kept, today(chosen.timezone), language)
        store = Store(data, getuser(), language=language)
        steps = purge(store, before, trial=not yes, timezone=chosen.timezone)
        days = {
            day: [say(f"purge.kind.{kind}", language) for kind in before if before[kind] == day]
            for day in before.values()
        }
        for day, names in days.items():
            echo(say("purge.before", language, kinds=say("cli.summary.join", language).join(names), day=day))
        if steps:
            echo_table(told(steps, language))
        key = ("done" if yes else "trial") if steps else "nothing"
        echo(say(f"purge.{key}", language, rows=sum(step.rows for step in steps)), "bold")
        if yes and not compacted(store):
            echo(say("purge.not_compact", language), "yellow")
        store.close()


@app.command("backup", help=help_of("backup"))
def backup_command(
    data: Url,
    to: Annotated[str, typer.Option("--to", help=help_of("backup_to"), metavar="FILE")],
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A whole store into one file, while others may go on writing."""
    with exit_codes(language, debug):
        from getpass import getuser

        from toolkit.data.backup import backup
        from toolkit.data.store import Store

        store = Store(data, getuser(), language=language)
        counts = backup(store, to)
        store.close()
        echo(say("backup.done", language, rows=sum(counts.values()), file=to), "bold")


@app.command("restore", help=help_of("restore"))
def restore_command(
    file: Annotated[str, typer.Argument(help=help_of("backup_file"), metavar="FILE")],
    to: Annotated[str, typer.Option("--to", help=help_of("to"), metavar="URL")],
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A backup's whole content into a new store."""
    with exit_codes(language, debug):
        from getpass import getuser

        from toolkit.data.backup import restore
        from toolkit.data.database import shown

        counts = restore(file, to, getuser(), language)
        echo(say("backup.restored", language, rows=sum(counts.values()), url=shown(to)), "bold")
