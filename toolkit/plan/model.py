"""A plan: which reports, of which team and day, in whose language, where to, and whom to tell.

The file is YAML, read by `toolkit.plan.read`. Whatever stands under an entry is also a default for all entries when it
stands beside `reports:` (data, language, audience, parameters, overrides, output, tell, pdf).
"""

from datetime import time
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Every = Literal["daily", "weekly", "monthly"]
KINDS_IN_PLANS: Final = ("weekly", "daily", "monthly", "what_if")


class Part(BaseModel):
    """A part of a plan; unknown keys and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class When(Part):
    """How often a report is due, and at which hour (in the parameters' time zone)."""

    every: Every
    at: time


class Retry(Part):
    """How often a report that failed is tried again in the same run, and after how many seconds; each wait doubles."""

    times: int = Field(2, ge=0, le=10)
    wait_seconds: float = Field(20.0, ge=0, le=3600)


class Quiet(Part):
    """Hours in which nobody is told anything but red alerts; what waits is told when they end."""

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
    """What an entry can say for itself and the plan for all of them."""

    data: str = ""
    language: Literal["zh", "en"] = "zh"
    audience: Literal["director", "team"] = "director"
    parameters: str = ""
    overrides: dict[str, Any] = {}
    output: str = "{name}/{day}"
    pdf: bool = True


class Entry(Shared):
    """One report, or one for each team. Texts may hold {team}, the output {name}, {kind} and {day} as well.

    kind      weekly | daily | monthly | what_if; or
    notebook  the path of a notebook of one's own
    values    what this notebook alone asks for: a what-if's scenario, compare, plan, log; anything of one's own
    when      without it the report is made only when a day is named
    tell      names under the plan's `tell:`
    """

    name: str = Field(min_length=1, max_length=80)
    kind: Literal["weekly", "daily", "monthly", "what_if"] | None = None
    notebook: str = ""
    values: dict[str, Any] = {}
    team: str = ""
    teams: tuple[str, ...] = ()
    when: When | None = None
    tell: tuple[str, ...] = ()


class Plan(Part):
    """The whole plan. Paths are as everywhere in `kat`: relative to the working folder.

    root      the folder that all reports and the index page lie in
    catch_up  weeks that a missed report is still made for
    retry     what happens when a report fails by our fault or the machine's
    timeout   seconds after which a notebook is given up
    listed    reports on the index page
    tell      who is told: a name, and the addresses of that name; `${NAME}` is taken from the environment
    quiet     hours in which nobody is told
    telling   how they are told
    """

    language: Literal["zh", "en"] = "zh"
    root: str = "out/reports"
    catch_up: int = Field(2, ge=0, le=53)
    retry: Retry = Retry()
    timeout: int = Field(1800, ge=10, le=86_400)
    listed: int = Field(60, ge=1, le=5000)
    tell: dict[str, tuple[str, ...]] = {}
    quiet: Quiet | None = None
    telling: Telling = Telling()
    reports: tuple[Entry, ...] = Field(min_length=1)
