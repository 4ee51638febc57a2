"""`kat report`: the reports of a plan, made by themselves."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.common import Debug, app, echo, exit_codes, help_of
from toolkit.language import say

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.plan.choose import Step
    from toolkit.plan.made import Made
    from toolkit.plan.report import Watcher
    from toolkit.plan.run import Run

_STYLES = {"done": "", "failed": "bold red", "refused": "red"}


@app.command("report", help=help_of("report"))
def report_command(
    plan: Annotated[str, typer.Option("--plan", help=help_of("plan_file"), metavar="FILE")] = "parameters/plan.yaml",
    day: Annotated[str | None, typer.Option("--day", help=help_of("day"), metavar="DAY")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help=help_of("only"), metavar="NAME")] = None,
    again: Annotated[bool, typer.Option("--again", help=help_of("again"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("dry_run"))] = False,
    workers: Annotated[int, typer.Option("--workers", help=help_of("workers"), min=1, max=64)] = 1,
    dask: Annotated[str, typer.Option("--dask", help=help_of("dask"), metavar="ADDRESS")] = "",
    install: Annotated[
        str | None, typer.Option("--install", help=help_of("install"), metavar="systemd|cron|windows")
    ] = None,
    try_telling: Annotated[bool, typer.Option("--try-telling", help=help_of("try_telling"))] = False,
    language: Annotated[str | None, typer.Option("--language", help=help_of("plan_language"), metavar="zh|en")] = None,
    debug: Debug = False,
) -> None:
    """What is due of a plan, or its reports of a day, into the plan's output."""
    said = language or _language_of(plan)
    with exit_codes(said, debug):
        if install is not None:
            _install(install, plan, said)
            return
        if try_telling:
            _try_telling(plan, said)
            return
        from toolkit.base.weeks import day as day_of
        from toolkit.plan.report import Asked, report, would_make
        from toolkit.plan.run import NoRoom

        wanted = day_of(day).astype("datetime64[D]").item() if day else None
        asked = Asked(plan, wanted, tuple(only or ()), again, workers, dask, language)
        if dry_run:
            _would(would_make(asked), said)
            return
        try:
            with _watched(said) as watcher:
                run, root = report(asked, watcher)
        except NoRoom as error:
            echo(str(error), "bold red", error=True)
            raise typer.Exit(1) from None
        _told(run, root, said)
        if run.exit_code:
            raise typer.Exit(run.exit_code)


def _install(system: str, plan: str, language: str) -> None:
    """The lines that wake this command by itself, for a machine's scheduler, on stdout and nothing else."""
    from pathlib import Path

    from toolkit.plan.install import Place, lines_for
    from toolkit.plan.read import read_plan

    read, jobs = read_plan(plan, language)
    zones = {job.zone.key for job in jobs if job.rhythm}
    place = Place(sys.executable, str(Path.cwd()), str(Path(plan).resolve()))
    zone = zones.pop() if len(zones) == 1 else ""
    sys.stdout.write(lines_for(system, read.model_copy(update={"language": language}), place, zone))


def _try_telling(plan: str, language: str) -> None:
    """A line to every address of the plan, and how each took it; exit code 2 where one did not."""
    from toolkit.plan.addresses import try_all
    from toolkit.plan.read import read_plan

    read, _ = read_plan(plan, language)
    refused = False
    for name, reason in try_all(read.model_copy(update={"language": language})):
        text = (
            say("tell.test.refused", language, to=name, why=reason)
            if reason
            else say("tell.test.taken", language, to=name)
        )
        echo(text, "red" if reason else "")
        refused = refused or bool(reason)
    if not read.tell:
        echo(say("tell.test.nobody", language))
    if refused:
        raise typer.Exit(2)


def _language_of(plan: str) -> str:
    from toolkit.plan.read import language_of

    return language_of(plan)


@contextmanager
def _watched(language: str) -> Iterator["Watcher"]:
    """Progress on stderr: a bar where someone is watching, a line a report otherwise."""
    from rich.console import Console

    from toolkit.plan.report import Watcher

    class Lines(Watcher):
        """A line as each report ends."""

        todo = done = 0

        def begun(self, todo: int) -> None:
            self.todo = todo
            self.show(say("plan.progress.begun", language, n=todo) if todo else "")

        def ended(self, made: "Made") -> None:
            if made.fresh and made.status != "refused" or made.tries and made.seconds:
                self.done += 1
                how = say(f"plan.progress.how.{made.status if made.fresh else 'left'}", language, why=made.reason)
                facts = {"n": self.done, "of": self.todo, "title": made.title, "name": made.name}
                self.show(say("plan.progress.one", language, how=how, **facts))

        def show(self, text: str) -> None:
            if text:
                print(text, file=sys.stderr, flush=True)

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(say("plan.progress.making", language), total=None)

        class Bar(Lines):
            """The same under a moving bar."""

            def begun(self, todo: int) -> None:
                super().begun(todo)
                bar.update(task, total=todo)

            def ended(self, made: "Made") -> None:
                super().ended(made)
                bar.update(task, completed=self.done)

            def show(self, text: str) -> None:
                if text:
                    bar.console.print(text, markup=False, highlight=False)

        yield Bar()


def _would(chosen: Sequence["Step"], language: str) -> None:
    """What a run would do with each report, and why."""
    if not chosen:
        echo(say("plan.summary.nothing", language))
    for step in chosen:
        parts = say("cli.summary.join", language).join(say(f"plan.part.{part}", language) for part in step.parts)
        why = say(f"plan.why.{step.why}", language, parts=parts, reason=step.reason)
        job = step.wanted.job
        head = say(f"plan.summary.would.{step.action}", language)
        echo(f"{head:<20} {job.title(step.wanted.day)} · {job.name}: {why}", "dim" if step.action == "leave" else "")


def _told(run: "Run", root: "Path", language: str) -> None:
    """A line for each report, failures with what to do, then the sum and where the index lies."""
    for one in run.made:
        if not one.fresh:
            mark = say("plan.summary.left_mark", language)
        elif one.status == "done":
            mark = say("plan.summary.seconds", language, seconds=f"{one.seconds:.1f}")
        else:
            mark = one.reason
        echo(f"{one.title} · {one.name}: {mark}", _STYLES[one.status] if one.fresh else "dim")
        if one.status != "done" and one.files.get("notebook"):
            echo("  " + say("plan.summary.notebook", language, path=root / one.files["notebook"]))
    for trouble in run.troubles:
        echo(trouble, "bold red", error=True)
    for sentence in run.telling:
        echo(sentence, "yellow", error=True)
    counts = {
        "done": sum(one.status == "done" and one.fresh for one in run.made),
        "left": sum(not one.fresh for one in run.made),
        "failed": sum(one.status == "failed" for one in run.made),
        "refused": sum(one.status == "refused" for one in run.made),
    }
    parts = [say(f"plan.summary.{what}", language, n=n) for what, n in counts.items() if n]
    echo(say("cli.summary.join", language).join(parts) if parts else say("plan.summary.nothing", language), "bold")
    echo(say("plan.summary.where", language, page=root / "index.html"))
