"""What every command shares: its options, its exit codes, its progress, its words on the terminal.

Exit codes: 0 done; 2 bad input or parameters (one clear message, nothing written); 1 our fault.
"""

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.base.errors import InputError
from toolkit.language import check_language, say

if TYPE_CHECKING:
    from toolkit.parameters import Parameters


def help_of(key: str) -> str:
    return f"{say(f'cli.help.{key}', 'zh')} / {say(f'cli.help.{key}', 'en')}"


app = typer.Typer(help=help_of("kat"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Data = Annotated[str | None, typer.Option("--data", help=help_of("data"), metavar="SOURCE")]
Columns = Annotated[str | None, typer.Option("--columns", help=help_of("columns"), metavar="FILE")]
AsOf = Annotated[str | None, typer.Option("--as-of", help=help_of("as_of"), metavar="DAY")]
SeenOn = Annotated[str | None, typer.Option("--as-of", help=help_of("seen_on"), metavar="DAY")]
Settings = Annotated[str | None, typer.Option("--parameters", help=help_of("parameters_file"), metavar="FILE")]
Pairs = Annotated[list[str] | None, typer.Option("--set", help=help_of("set"), metavar="PATH=VALUE")]
Audience = Annotated[str, typer.Option("--for", help=help_of("for"), metavar="director|team")]
Language = Annotated[str, typer.Option("--language", help=help_of("language"), metavar="zh|en")]
Strict = Annotated[bool, typer.Option("--strict", help=help_of("strict"))]
Debug = Annotated[bool, typer.Option("--debug", help=help_of("debug"))]


Output = Annotated[str, typer.Option("--output", help=help_of("output"), metavar="FOLDER")]


@contextmanager
def exit_codes(language: str, debug: bool) -> Iterator[None]:
    """The method's exit codes around a command: 2 with the message for what the user can mend, 1 for our fault."""
    try:
        check_language(language)
        yield
    except typer.Exit:
        raise
    except InputError as error:
        refuse(str(error))
    except PermissionError as error:
        refuse(say("cli.not_allowed", language, path=error.filename))
    except Exception as error:
        if debug:
            raise
        handle, log = tempfile.mkstemp(prefix="kat-", suffix=".log", text=True)
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(traceback.format_exc())
        name = f"{type(error).__name__}: {error}".splitlines()[0]
        echo(say("cli.our_fault", language, error=name, log=log), "bold red", error=True)
        raise typer.Exit(1) from None


def refuse(message: str) -> None:
    echo(message, "bold red", error=True)
    raise typer.Exit(2) from None


def day_asked(text: str | None) -> date | None:
    """The day of an option; None without one. Raises InputError for what is no day."""
    from toolkit.base.weeks import day

    return date.fromisoformat(str(day(text))) if text else None


def chosen_parameters(file: str | None, pairs: list[str] | None, language: str) -> "Parameters":
    from toolkit.parameters import Parameters

    return Parameters.read(file, pairs, language=language)


@contextmanager
def progress(language: str) -> Iterator[Callable[[str], None]]:
    """Steps on stderr: a spinner where someone is watching, plain lines otherwise."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: print(f"{step} …", file=sys.stderr, flush=True)
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console) as bar:
        tasks: list = []

        def tell(step: str) -> None:
            for task in tasks:
                bar.update(task, total=1, completed=1)
            tasks.append(bar.add_task(step, total=None))

        yield tell
        for task in tasks:
            bar.update(task, total=1, completed=1)


def echo(text: str, style: str = "", *, error: bool = False) -> None:
    from rich.console import Console

    Console(stderr=error, highlight=False, soft_wrap=True).print(text, style=style or None, markup=False)


def echo_table(frame: object) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in frame.columns:  # type: ignore[attr-defined]
        table.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):  # type: ignore[attr-defined]
        table.add_row(*(str(cell) for cell in row))
    Console(highlight=False).print(table)
