"""What if: scenarios beside the parameters in force, looking back and ahead, made into one frozen Report."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.faults import coded_faults
from toolkit.data.load import Data
from toolkit.language import check_language, say
from toolkit.parameters import Parameters
from toolkit.reports import what_if_decide, what_if_frames, what_if_words
from toolkit.reports.provenance import provenance, reviewed_friday
from toolkit.reports.report import Report
from toolkit.reports.what_if_asked import Asked, Plan, plan_of, scenarios_of
from toolkit.reports.what_if_looks import Looks, look_at
from toolkit.reports.what_if_sections import sections
from toolkit.reports.wording import Wording
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.forecast import MY_PLAN

KIND: Final = "what_if"


def what_if(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    scenarios: Asked = None,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    plan: Plan = None,
    logs: Iterable[str | Path] = (),
) -> Report:
    """What would be different under other parameters, as known on the last Friday on or before `as_of`.

    data        from `load`; what is dated after the Friday is out of sight
    parameters  those in force, which every scenario is compared with; default: the method as written
    scenarios   names, files or Scenario values; the first is what the report is about; default: every stock scenario
    language    zh or en, of every sentence in it
    progress    called with each step's sentence as it begins
    plan        an allocation plan of one's own: a CSV file, or shares of the resource by account id
    logs        folders that earlier reviews wrote: what was published then is replayed; default: worked out anew

    A scenario that fails stays, with its reason, and hinders no other. Raises InputError for a day, a scenario, a plan
    or a folder that is none.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> few = Parameters.read(overrides={"whatif.paths": 50, "whatif.weeks": 4})
    >>> what_if(load("sample_data"), "2026-11-22", few, ["spill"], "en")
    <what-if of 2026-11-20, 18 tables, en>
    """
    check_language(language)
    p, tell = parameters or Parameters(), progress or (lambda step: None)
    asked = scenarios_of(scenarios, language)
    if plan and any(scenario.name == MY_PLAN for scenario in asked):
        raise InputError(say("what_if.asked.twice", language, name=MY_PLAN))
    friday, day = reviewed_friday(data, as_of, language)
    tell(say("progress.now", language))
    now = WeekState(data.at(pd.Timestamp(friday)), friday, p)
    mine = plan_of(plan, now.tiers["account_id"], p.resources[0].weekly_total, language)
    looks = look_at(now, asked, logs, mine, language, tell)
    tell(say("progress.report", language))
    return _report(looks, day, language)


def _report(looks: Looks, as_of: pd.Timestamp, language: str) -> Report:
    now, w = looks.state, Wording.of(looks.state, language)
    shown = what_if_frames.evidence(looks, w)
    shown["scenarios"] = shown["scenarios"].assign(words=what_if_words.told(shown, w))
    shown["figures"] = what_if_words.figures(looks, shown, w)
    shown["decide"] = what_if_decide.decide(looks, shown, w)
    limits = what_if_decide.limits(looks, w)
    names = dict(zip(shown["scenarios"]["scenario"], shown["scenarios"]["title"], strict=True))
    return Report(
        kind=KIND,
        language=language,
        as_of=as_of,
        week_ending=pd.Timestamp(now.friday),
        verdict=what_if_words.verdict(looks, shown, w),
        lead=what_if_words.lead(looks, w),
        sections=sections(looks, shown, limits, w),
        tables=what_if_frames.tables(looks, shown, coded_faults(now.data, language)),
        evidence=shown,
        names={**now.names, "scenarios": names},
        limits=limits,
        departures=tuple(w.say(f"departure.{code}") for code in now.parameters.departures()),
        run=_run(looks, shown["scenarios"], as_of, language),
    )


def _run(looks: Looks, scenarios: pd.DataFrame, as_of: pd.Timestamp, language: str) -> dict[str, Any]:
    settings = looks.parameters.whatif
    rows = scenarios.set_index("scenario")
    listed = {
        look.name: {"changes": look.scenario.changes, **rows.loc[look.name, ["state", "reason", "sha256"]].to_dict()}
        for look in looks.every
    }
    return provenance(looks.state, as_of, language) | {
        "seed": settings.seed,
        "paths": settings.paths,
        "weeks": settings.weeks,
        "posterior_draws": settings.posterior_draws,
        "calibrated": looks.holdout.calibrated,
        "scenario": looks.main.name,
        "scenarios": listed,
        "plan": None if looks.plan is None else looks.plan[looks.plan > 0].to_dict(),
    }
