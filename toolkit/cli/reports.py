"""`kat review | brief | monthly | whatif | document`: reports and documents into a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.base.audience import DIRECTOR
from toolkit.base.places import sample_or
from toolkit.cli.common import (
    AsOf,
    Audience,
    Columns,
    Data,
    Debug,
    Language,
    Output,
    Pairs,
    Settings,
    Strict,
    app,
    chosen_parameters,
    echo,
    exit_codes,
    help_of,
    progress,
)
from toolkit.language import check_audience, say

if TYPE_CHECKING:
    from toolkit.data.load import Data as Team
    from toolkit.parameters import Parameters
    from toolkit.publish.deliver import Delivery
    from toolkit.reports.report import Report


@app.command("review", help=help_of("review"))
def review_command(
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    output: Output = "out/weekly_review",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The weekly review into a folder, and its summary."""
    _report("weekly", data, columns, as_of, output, parameters, pairs, audience, language, strict, debug)


@app.command("brief", help=help_of("brief"))
def brief_command(
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    output: Output = "out/daily_brief",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The daily brief into a folder, and its summary."""
    _report("daily", data, columns, as_of, output, parameters, pairs, audience, language, strict, debug)


@app.command("monthly", help=help_of("monthly"))
def monthly_command(
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    output: Output = "out/monthly_review",
    parameters: Settings = None,
    pairs: Pairs = None,
    audience: Audience = DIRECTOR,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """The monthly review into a folder, and its summary."""
    _report("monthly", data, columns, as_of, output, parameters, pairs, audience, language, strict, debug)


def _report(
    kind: str,
    data: str | None,
    columns: str | None,
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
    with exit_codes(language, debug):
        check_audience(audience, language)
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))

        def make(team: "Team", tell: Callable[[str], None]) -> "Report":
            import toolkit

            by_kind = {"daily": "brief", "weekly": "review", "monthly": "monthly"}
            return getattr(toolkit, by_kind[kind])(team, as_of, chosen, language, tell, audience=audience)

        own = {"audience": audience}
        _deliver(kind, make, source, columns, as_of, Path(output), chosen, language, strict, own)


@app.command("whatif", help=help_of("whatif"))
def whatif_command(
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help=help_of("scenario"), metavar="NAME|FILE")] = None,
    compare: Annotated[
        list[str] | None, typer.Option("--compare", help=help_of("compare"), metavar="NAME|FILE|all")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help=help_of("plan"), metavar="FILE")] = None,
    log: Annotated[list[str] | None, typer.Option("--log", help=help_of("log"), metavar="FOLDER")] = None,
    output: Output = "out/what_if",
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """Scenarios laid beside the rules in force, looking back and ahead, into a folder, and their summary."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.reports.what_if_asked import scenarios_of

        scenarios = scenarios_of([scenario or "", *(compare or ())], language)

        def make(team: "Team", tell: Callable[[str], None]) -> "Report":
            from toolkit.reports.what_if import what_if

            return what_if(team, as_of, chosen, scenarios, language, tell, plan=plan, logs=log or ())

        own = {"scenario": scenario or "", "compare": compare or [], "plan": plan or "", "log": log or []}
        _deliver("what_if", make, source, columns, as_of, Path(output), chosen, language, strict, own)


def _deliver(
    kind: str,
    make: Callable[["Team", Callable[[str], None]], "Report"],
    source: str,
    columns: str | None,
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
    with progress(language) as tell:
        tell(say("progress.load", language))
        from toolkit.data.load import load

        team = load(source, columns=columns, parameters=chosen, strict=strict, language=language)
        from toolkit.publish.deliver import make_and_deliver
        from toolkit.publish.parameter_file import changes

        notebook = {
            "data": source,
            "columns": columns or "",
            "as_of": as_of or "",
            "language": language,
            "overrides": changes(chosen),
        }
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
        echo(line.text, line.style)
    echo(say("cli.where", language, folder=delivery.folder), "bold")
    files = {"page": kind.page_file, "workbook": kind.workbook_file, "notebook": kind.notebook_file}
    for name, file in (files | {"tables": "tables/", "run": "run.json"}).items():
        echo(f"  {file:<21}{say(f'cli.file.{name}', language)}")


@app.command("document", help=help_of("document"))
def document_command(
    kinds: Annotated[list[str], typer.Argument(help=help_of("document_kinds"), metavar="KIND")],
    data: Data = None,
    columns: Columns = None,
    as_of: AsOf = None,
    account: Annotated[str, typer.Option("--account", help=help_of("document_account"), metavar="ID")] = "",
    industry: Annotated[str, typer.Option("--industry", help=help_of("document_industry"), metavar="ID")] = "",
    loss: Annotated[str, typer.Option("--loss", help=help_of("document_loss"), metavar="ID")] = "",
    output: Output = "out/documents",
    parameters: Settings = None,
    pairs: Pairs = None,
    language: Language = "zh",
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """Printable documents into a folder: drill, reviews, playbooks, white paper, ROI model; `all` of them."""
    with exit_codes(language, debug):
        chosen = chosen_parameters(parameters, pairs, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.base.weeks import day
        from toolkit.publish.staging import check_target

        if as_of:
            day(as_of)
        check_target(output, language)
        with progress(language) as tell:
            tell(say("progress.load", language))
            from toolkit.data.load import load
            from toolkit.publish.document_page import print_documents
            from toolkit.reports.drill_room import drill_room

            team = load(source, columns=columns, parameters=chosen, strict=strict, language=language)
            tell(say("cli.progress.files", language))
            room = drill_room(team, as_of, chosen, language, account)
            every = kinds == ["all"]
            named = [] if every else [room.document(kind, industry, account, loss) for kind in kinds]
            made = named or room.documents(industry, loss)
            delivery = print_documents(made, output, room.run)
        echo(say("cli.where", language, folder=delivery.folder), "bold")
        titles = {document.kind: document.title for document in made}
        for file in delivery.files:
            echo(f"  {file:<26}{titles.get(file.partition('.')[0], '')}".rstrip())
