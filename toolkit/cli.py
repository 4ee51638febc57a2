"""The command `kat`: words in, exit code out. What it does is done elsewhere; heavy imports wait until needed.

Exit codes: 0 done; 2 bad input or parameters (one clear message, nothing written); 1 our fault.
"""

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.base.places import SAMPLE_FOLDER, sample_or
from toolkit.language import check_audience, check_language, say

if TYPE_CHECKING:
    from toolkit.data.load import Data as Team
    from toolkit.parameters import Parameters
    from toolkit.publish.deliver import Delivery
    from toolkit.reports.report import Report


def _help(key: str) -> str:
    return f"{say(f'cli.help.{key}', 'zh')} / {say(f'cli.help.{key}', 'en')}"


app = typer.Typer(help=_help("kat"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Data = Annotated[str | None, typer.Option("--data", help=_help("data"), metavar="SOURCE")]
AsOf = Annotated[str | None, typer.Option("--as-of", help=_help("as_of"), metavar="DAY")]
Settings = Annotated[str | None, typer.Option("--parameters", help=_help("parameters_file"), metavar="FILE")]
Pairs = Annotated[list[str] | None, typer.Option("--set", help=_help("set"), metavar="PATH=VALUE")]
Audience = Annotated[str, typer.Option("--for", help=_help("for"), metavar="director|team")]
Language = Annotated[str, typer.Option("--language", help=_help("language"), metavar="zh|en")]
Strict = Annotated[bool, typer.Option("--strict", help=_help("strict"))]
Debug = Annotated[bool, typer.Option("--debug", help=_help("debug"))]


@app.command("review", help=_help("review"))
def review_command(
    data: Data = None,
    as_of: AsOf = None,
    output: Annotated[str, typer.Option("--output", help=_help("output"), metavar="FOLDER")] = "out/weekly_review",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The weekly review into a folder, and its summary."""
    _report("weekly", data, as_of, output, parameters, pairs, audience, language, strict, debug)


@app.command("brief", help=_help("brief"))
def brief_command(
    data: Data = None,
    as_of: AsOf = None,
    output: Annotated[str, typer.Option("--output", help=_help("output"), metavar="FOLDER")] = "out/daily_brief",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The daily brief into a folder, and its summary."""
    _report("daily", data, as_of, output, parameters, pairs, audience, language, strict, debug)


@app.command("monthly", help=_help("monthly"))
def monthly_command(
    data: Data = None,
    as_of: AsOf = None,
    output: Annotated[str, typer.Option("--output", help=_help("output"), metavar="FOLDER")] = "out/monthly_review",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The monthly review into a folder, and its summary."""
    _report("monthly", data, as_of, output, parameters, pairs, audience, language, strict, debug)


def _report(
    kind: str,
    data: str | None,
    as_of: str | None,
    output: str,
    parameters: str | None,
    pairs: list[str] | None,
    audience: str,
    language: str,
    strict: bool,
    debug: bool,
) -> None:
    """The daily, weekly or monthly report into a folder, for the director or the team."""
    with _exit_codes(language, debug):
        check_audience(audience, language)
        chosen = _parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))

        def make(team: "Team", tell: Callable[[str], None]) -> "Report":
            import toolkit

            by_kind = {"daily": "brief", "weekly": "review", "monthly": "monthly"}
            return getattr(toolkit, by_kind[kind])(team, as_of, chosen, language, tell, audience=audience)

        own = {"audience": audience}
        _deliver(kind, make, source, as_of, Path(output), chosen, language, strict, own)


@app.command("whatif", help=_help("whatif"))
def whatif_command(
    data: Data = None,
    as_of: AsOf = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help=_help("scenario"), metavar="NAME|FILE")] = None,
    compare: Annotated[
        list[str] | None, typer.Option("--compare", help=_help("compare"), metavar="NAME|FILE|all")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help=_help("plan"), metavar="FILE")] = None,
    log: Annotated[list[str] | None, typer.Option("--log", help=_help("log"), metavar="FOLDER")] = None,
    output: Annotated[str, typer.Option("--output", help=_help("output"), metavar="FOLDER")] = "out/what_if",
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """Scenarios laid beside the rules in force, looking back and ahead, into a folder, and their summary."""
    with _exit_codes(language, debug):
        chosen = _parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.reports.what_if_asked import scenarios_of

        scenarios = scenarios_of([scenario or "", *(compare or ())], language)

        def make(team: "Team", tell: Callable[[str], None]) -> "Report":
            from toolkit.reports.what_if import what_if

            return what_if(team, as_of, chosen, scenarios, language, tell, plan=plan, logs=log or ())

        own = {"scenario": scenario or "", "compare": compare or [], "plan": plan or "", "log": log or []}
        _deliver("what_if", make, source, as_of, Path(output), chosen, language, strict, own)


def _deliver(
    kind: str,
    make: Callable[["Team", Callable[[str], None]], "Report"],
    source: str,
    as_of: str | None,
    output: Path,
    chosen: "Parameters",
    language: str,
    strict: bool,
    own: dict[str, Any] | None = None,
) -> None:
    """The report that `make` makes of the data, into a folder; `own`: what its notebook alone asks for."""
    from toolkit.base.weeks import day
    from toolkit.publish.staging import check_target

    if as_of:
        day(as_of)
    check_target(output, language)
    with _progress(language) as tell:
        tell(say("progress.load", language))
        from toolkit.data.load import load

        team = load(source, parameters=chosen, strict=strict, language=language)
        from toolkit.publish.deliver import make_and_deliver
        from toolkit.publish.parameter_file import changes

        notebook = {"data": source, "as_of": as_of or "", "language": language, "overrides": changes(chosen)}
        report, delivery = make_and_deliver(
            kind,
            lambda: make(team, tell),
            output,
            notebook | (own or {}),
            lambda step: tell(say(f"cli.progress.{step}", language)),
            language,
        )
    _told(report, delivery, language)


def _told(report: "Report", delivery: "Delivery", language: str) -> None:
    """The summary, then where everything lies."""
    from toolkit.publish.kinds import KINDS

    kind = KINDS[report.kind]
    for line in kind.module("summary").lines(report):
        _print(line.text, line.style)
    _print(say("cli.where", language, folder=delivery.folder), "bold")
    files = {"page": kind.page_file, "workbook": kind.workbook_file, "notebook": kind.notebook_file}
    for name, file in (files | {"tables": "tables/", "run": "run.json"}).items():
        _print(f"  {file:<21}{say(f'cli.file.{name}', language)}")


@app.command("document", help=_help("document"))
def document_command(
    kinds: Annotated[list[str], typer.Argument(help=_help("document_kinds"), metavar="KIND")],
    data: Data = None,
    as_of: AsOf = None,
    account: Annotated[str, typer.Option("--account", help=_help("document_account"), metavar="ID")] = "",
    industry: Annotated[str, typer.Option("--industry", help=_help("document_industry"), metavar="ID")] = "",
    loss: Annotated[str, typer.Option("--loss", help=_help("document_loss"), metavar="ID")] = "",
    output: Annotated[str, typer.Option("--output", help=_help("output"), metavar="FOLDER")] = "out/documents",
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """Printable documents into a folder: drill, reviews, playbooks, white paper, ROI model; `all` of them."""
    with _exit_codes(language, debug):
        chosen = _parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.base.weeks import day
        from toolkit.publish.staging import check_target

        if as_of:
            day(as_of)
        check_target(output, language)
        with _progress(language) as tell:
            tell(say("progress.load", language))
            from toolkit.data.load import load
            from toolkit.publish.document_page import print_documents
            from toolkit.reports.drill_room import drill_room

            team = load(source, parameters=chosen, strict=strict, language=language)
            tell(say("cli.progress.files", language))
            room = drill_room(team, as_of, chosen, language, account)
            every = kinds == ["all"]
            made = room.documents() if every else [room.document(kind, industry, account, loss) for kind in kinds]
            delivery = print_documents(made, output, room.run)
        _print(say("cli.where", language, folder=delivery.folder), "bold")
        titles = {document.kind: document.title for document in made}
        for file in delivery.files:
            _print(f"  {file:<26}{titles.get(file.partition('.')[0], '')}".rstrip())


@app.command("check", help=_help("check"))
def check_command(
    data: Data = None,
    output: Annotated[str | None, typer.Option("--output", help=_help("check_output"), metavar="FOLDER")] = None,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """What the gate finds in the data."""
    with _exit_codes(language, debug):
        chosen = _parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.data.faults import fault_headline, fault_summary, write_faults
        from toolkit.data.load import load

        team = load(source, parameters=chosen, strict=strict, language=language)
        _print(fault_headline(team, language), "yellow" if len(team.faults) else "")
        if len(team.faults):
            _table(fault_summary(team, language))
        if output:
            for file in write_faults(team, output, language):
                _print(f"  {file}")


@app.command("import", help=_help("import"))
def import_command(
    to: Annotated[str, typer.Option("--to", help=_help("to"), metavar="URL")],
    data: Data = None,
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """A source into a new store: every clean row, all or none."""
    with _exit_codes(language, debug):
        chosen = _parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from getpass import getuser

        from toolkit.data.database import shown
        from toolkit.data.faults import fault_headline
        from toolkit.data.load import load
        from toolkit.data.store import Store

        team = load(source, parameters=chosen, strict=strict, language=language)
        store = Store(to, getuser(), make=True, language=language)
        counts = store.take_in(team)
        store.close()
        _print(say("store.imported", language, rows=sum(counts.values()), url=shown(to)), "bold")
        if len(team.faults):
            _print(fault_headline(team, language), "yellow")
            _print(say("store.aside", language, source=source))


@app.command("export", help=_help("export"))
def export_command(
    data: Annotated[str, typer.Option("--data", help=_help("store"), metavar="URL")],
    output: Annotated[str, typer.Option("--output", help=_help("export_output"), metavar="FOLDER")] = "out/export",
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A store's tables as CSV into a folder, which is replaced whole or not at all."""
    with _exit_codes(language, debug):
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
        _print(say("store.exported", language, rows=sum(counts.values()), tables=len(counts), folder=output), "bold")


@app.command("parameters", help=_help("parameters"))
def parameters_command(
    parameters: Settings = None,
    pairs: Pairs = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help=_help("yaml"))] = False,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """Every parameter, what differs, and what departs from the method."""
    with _exit_codes(language, debug):
        chosen = _parameters(parameters, pairs, language)
        from toolkit.publish.parameter_file import listing, to_yaml

        if as_yaml:
            sys.stdout.write(to_yaml(chosen))
            return
        for line in listing(chosen, language):
            _print(line.text, line.style)


@app.command("sample", help=_help("sample"))
def sample_command(
    output: Annotated[str, typer.Option("--output", help=_help("sample_output"), metavar="FOLDER")] = SAMPLE_FOLDER,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """The synthetic team's tables into a folder."""
    with _exit_codes(language, debug):
        place = Path(output)
        if place.exists() and not (place / "accounts.csv").is_file() and (place.is_file() or any(place.iterdir())):
            raise InputError(say("cli.output_not_ours", language, folder=output))
        from toolkit.sample import make, write

        write(make(), output)
        _print(say("cli.sample_done", language, folder=output))


@app.command("apps", help=_help("apps"))
def apps_command(
    data: Data = None,
    parameters: Settings = None,
    users: Annotated[str | None, typer.Option("--users", help=_help("users"), metavar="FILE")] = None,
    port: Annotated[int, typer.Option("--port", help=_help("port"))] = 8866,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=_help("browser"))] = True,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """The apps, served by Voila on this machine."""
    with _exit_codes(language, debug):
        _parameters(parameters, None, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.apps.serve import serve

        if users:
            from toolkit.base.identity import BadUsers
            from toolkit.base.identity import users as read_users

            try:
                read_users(users)
            except BadUsers as error:
                raise InputError(say("apps.bad_users", language, file=users, why=str(error))) from None
        serve(source, port, language, browser, parameters=parameters, users=users)


@app.command("user", help=_help("user"))
def user_command(
    name: Annotated[str, typer.Argument(help=_help("user_name"), metavar="NAME")],
    role: Annotated[str, typer.Option("--role", help=_help("role"), metavar="director|manager|strategy|rep")] = "rep",
    rep: Annotated[str, typer.Option("--rep", help=_help("user_rep"), metavar="ID")] = "",
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A new key for somebody, and the line for the file of users."""
    with _exit_codes(language, debug):
        import secrets

        from toolkit.base.identity import ROLES, digest

        if role not in ROLES or (role == "rep" and not rep):
            raise InputError(say("apps.bad_role", language, roles=", ".join(ROLES)))
        key = secrets.token_urlsafe(24)
        whole = f"{{name: {name}, role: {role}, rep_id: {rep}, key_sha256: {digest(key)}}}"
        _print(say("apps.key", language, secret=key))
        _print(f"  - {whole}")


@contextmanager
def _exit_codes(language: str, debug: bool) -> Iterator[None]:
    """The method's exit codes around a command: 2 with the message for what the user can mend, 1 for our fault."""
    try:
        check_language(language)
        yield
    except typer.Exit:
        raise
    except InputError as error:
        _refuse(str(error))
    except PermissionError as error:
        _refuse(say("cli.not_allowed", language, path=error.filename))
    except Exception as error:
        if debug:
            raise
        handle, log = tempfile.mkstemp(prefix="kat-", suffix=".log", text=True)
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(traceback.format_exc())
        name = f"{type(error).__name__}: {error}".splitlines()[0]
        _print(say("cli.our_fault", language, error=name, log=log), "bold red", error=True)
        raise typer.Exit(1) from None


def _refuse(message: str) -> None:
    _print(message, "bold red", error=True)
    raise typer.Exit(2) from None


def _parameters(file: str | None, pairs: list[str] | None, language: str) -> "Parameters":
    from toolkit.parameters import Parameters

    return Parameters.read(file, pairs, language=language)


@contextmanager
def _progress(language: str) -> Iterator[Callable[[str], None]]:
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


def _print(text: str, style: str = "", *, error: bool = False) -> None:
    from rich.console import Console

    Console(stderr=error, highlight=False, soft_wrap=True).print(text, style=style or None, markup=False)


def _table(frame: object) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in frame.columns:  # type: ignore[attr-defined]
        table.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):  # type: ignore[attr-defined]
        table.add_row(*(str(cell) for cell in row))
    Console(highlight=False).print(table)


def main() -> None:
    """The entry point; output that is not a terminal is UTF-8 everywhere."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
