"""A plan: which reports, of which team and day, in whose language, where to, and whom to tell.

The file is YAML, read by `toolkit.plan.read`. What an entry can say of data, language, audience, parameters, overrides,
folder and pdf, the plan can say for all of them, beside `reports:`.
"""

from datetime import time
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Kind = Literal["weekly", "daily", "monthly", "what_if"]
OWN: Final = "notebook"  # the kind of a report that a notebook of one's own makes


class Part(BaseModel):
    """A part of a plan; unknown keys and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class When(Part):
    """How often a report is due, and at which hour (in the parameters' time zone)."""

    every: Literal["daily", "weekly", "monthly"]
    at: time

    @field_validator("at", mode="before")
    @classmethod
    def _hour_and_minute(cls, value: Any) -> Any:
        """18:30, not the seconds since midnight that pydantic would take a bare number for."""
        if isinstance(value, str) and ":" not in value:
            raise ValueError("no hour and minute")
        return value


class Retry(Part):
    """How often a report that failed is tried again in the same run, and after how many seconds; each wait doubles."""

    times: int = Field(2, ge=0, le=10)
    wait_seconds: float = Field(20.0, ge=0, le=3600)


class Quiet(Part):
    """Hours in which nobody is told; what waits is told when they end."""

    start: time
    end: time


class Telling(Part):
    """How people are told.

    red_through   red alerts are told in quiet hours too
    ends          the end of an alert is told as well
    failures      a report that could not be made is told as well
    together      of more finished reports than this one address hears in one message
    give_up_days  days after which what an address did not take is given up
    served_at     the address below which the plan's output is served; without it messages name the file
    """

    red_through: bool = True
    ends: bool = False
    failures: bool = True
    together: int = Field(3, ge=1, le=50)
    give_up_days: int = Field(3, ge=1, le=30)
    served_at: str = ""

    @field_validator("served_at")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("no address")
        return value


class Shared(Part):
    """What an entry can say for itself and the plan for all of them.

    data        where the team's data lies: a folder, a workbook, a database's address
    columns     the mapping file of that data; without it the one near the data, if there is one
    folder      where a report lies in the plan's output; may hold {name}, {team}, {kind}, and must hold {day}
    pdf         whether a report is printed as well, where the extra `documents` is installed
    """

    data: str = ""
    columns: str = ""
    language: Literal["zh", "en"] = "zh"
    audience: Literal["director", "team"] = "director"
    parameters: str = ""
    overrides: dict[str, Any] = {}
    folder: str = "{name}/{day}"
    pdf: bool = True


class Entry(Shared):
    """One report, or one for each of its teams; then every text may hold {team}.

    kind      weekly | daily | monthly | what_if; or
    notebook  the path of a notebook of one's own
    values    what this notebook alone asks for: a what-if's scenario, compare, plan, log; anything of one's own
    when      without it the report is made only when a day is named
    tell      names under the plan's `tell:`
    """

    name: str = Field(min_length=1, max_length=80)
    kind: Kind | None = None
    notebook: str = ""
    values: dict[str, Any] = {}
    team: str = ""
    teams: tuple[str, ...] = ()
    when: When | None = None
    tell: tuple[str, ...] = ()

    @field_validator("teams", "tell", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def what(self) -> str:
        """The kind of report, or `notebook`."""
        return self.kind or OWN


class Plan(Shared):
    """The whole plan. Paths are as everywhere in `kat`: relative to the working folder.

    output    the folder that all reports and the index page lie in
    catch_up  weeks that a missed report is still made for
    retry     what happens when a report fails by our fault or the machine's
    timeout   seconds after which one cell of a notebook is given up
    listed    reports on the index page
    tell      who is told: a name, and the addresses of that name; `${NAME}` is taken from the environment
    quiet     hours in which nobody is told
    telling   how they are told
    """

    output: str = "out/reports"
    catch_up: int = Field(2, ge=0, le=53)
    retry: Retry = Retry()
    timeout: int = Field(1800, ge=1, le=86_400)
    listed: int = Field(60, ge=1, le=5000)
    tell: dict[str, tuple[str, ...]] = {}
    quiet: Quiet | None = None
    telling: Telling = Telling()
    reports: tuple[Entry, ...] = Field(min_length=1)

    @field_validator("tell", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: (one,) if isinstance(one, str) else one for name, one in value.items()}
