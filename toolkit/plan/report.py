"""`kat report`: a plan's reports that are due, or those of a day, from the file to the exit code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from toolkit.plan.choose import Step, by_clock, by_day, named, steps
from toolkit.plan.job import Job
from toolkit.plan.ledger import Ledger
from toolkit.plan.lock import only_one
from toolkit.plan.made import Made
from toolkit.plan.model import Plan
from toolkit.plan.pool import Maker, here, on_cluster
from toolkit.plan.read import read_plan
from toolkit.plan.run import Run, carry_out
from toolkit.publish.staging import clear_below
from toolkit.state.calendar_file import working_calendar


@dataclass(frozen=True)
class Asked:
    """What a run is asked for.

    day      None: what is due by the clock
    only     names of reports or teams; empty: all
    again    make it even where it is done
    workers  how many reports at a time on this machine
    dask     the address of a cluster that makes them instead
    """

    plan: str
    day: date | None = None
    only: Sequence[str] = ()
    again: bool = False
    workers: int = 1
    dask: str = ""
    language: str | None = None


class Watcher:
    """Who watches a run: told how many there are, and of each as it ends. This one looks away."""

    def begun(self, todo: int) -> None:
        """So many reports are going to be made."""

    def ended(self, made: Made) -> None:
        """A report is done, failed or stays as it is."""


def now_of_the_machine() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


def would_make(asked: Asked, clock: Callable[[], datetime] = now_of_the_machine) -> list[Step]:
    """What a run would make, and why; nothing is touched."""
    plan, jobs = read_plan(asked.plan, asked.language)
    root = Path(plan.output)
    return _steps(asked, plan, jobs, Ledger(root), clock)


def report(
    asked: Asked,
    watcher: Watcher | None = None,
    clock: Callable[[], datetime] = now_of_the_machine,
    maker: Maker | None = None,
) -> tuple[Run, Path]:
    """Make a plan's reports; what was made, and the plan's output.

    `clock` and `maker` are for tests: a frozen moment, and reports that cost nothing.

    Raises InputError, with nothing written, for a plan that is not right, a lock that another run holds, a cluster that
    does not answer; NoRoom where nothing can be written at all.
    """
    plan, jobs = read_plan(asked.plan, asked.language)
    language, root, zone = asked.language or plan.language, Path(plan.output), jobs[0].zone
    watcher = watcher or Watcher()
    with only_one(root, clock().astimezone(zone), language):
        clear_below(root)
        ledger = Ledger(root)
        chosen = _steps(asked, plan, jobs, ledger, clock)
        watcher.begun(sum(step.action == "make" for step in chosen))
        make = maker or (on_cluster(asked.dask, language) if asked.dask else here(asked.workers))
        run = carry_out(
            plan,
            root,
            chosen,
            ledger,
            make,
            lambda: clock().astimezone(zone),
            watcher.ended,
            scheduled=asked.day is None,
        )
        clear_below(root)
    return run, root


def _steps(asked: Asked, plan: Plan, jobs: Sequence[Job], ledger: Ledger, clock: Callable[[], datetime]) -> list[Step]:
    language = asked.language or plan.language
    mine = named(jobs, asked.only, language)
    calendar = working_calendar()
    day = asked.day
    wanted = by_day(mine, day, calendar) if day else by_clock(plan, mine, ledger, clock(), calendar)
    return steps(Path(plan.output), wanted, ledger, asked.again, day is None, language)
