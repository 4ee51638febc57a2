"""The daily brief: one phone screen of any day. What it shows is worked out by the rules for that day."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.weeks import day as one_day
from toolkit.data.load import Data
from toolkit.language import check_audience, check_language, say
from toolkit.parameters import Parameters
from toolkit.reports import actions, brief_frames, brief_words, control_asks, evidence
from toolkit.reports.asks import asks
from toolkit.reports.audience import asks_for, copy_for
from toolkit.reports.control_tables import self_checks
from toolkit.reports.provenance import provenance
from toolkit.reports.report import Report
from toolkit.reports.review import alert_table
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

KIND: Final = "daily"
_OF_THE_WEEK: Final = ("leak",)  # asked on Fridays, of a whole week


def brief(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    audience: str = DIRECTOR,
    salt: Salt | None = None,
) -> Report:
    """The brief of a day (default: the day of the newest daily report, without any the newest week's Friday).

    What is dated on the day is known, what is dated later is out of sight; tiers are those of the last Friday on or
    before it. Arguments as of `review`.

    Raises InputError for a day that is none, or before the first Friday with weekly data.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> brief(load("sample_data"), "2026-11-18", language="en")
    <daily brief of 2026-11-18, 9 tables, en>
    """
    check_language(language)
    check_audience(audience, language)
    p, tell = parameters or Parameters(), progress or (lambda step: None)
    day = brief_day(data, as_of, language)
    tell(say("brief.progress.now", language))
    now = WeekState(data.at(pd.Timestamp(day)), day, p)
    control = TeamState.of(now, salt or Salt.from_environment(p.spot_check.seed))
    tell(say("brief.progress.report", language))
    return copy_for(_report(control, Wording.of(now, language, audience)), audience)


def brief_day(data: Data, as_of: Any, language: str) -> np.datetime64:
    """The day that a brief is of: as_of, else that of the newest daily report, else the newest Friday."""
    weeks = data.account_weeks["week_ending"]
    newest = data.daily_reports["report_date"].max() if len(data.daily_reports) else weeks.max()
    day = one_day(newest if as_of is None else as_of)
    if not (weeks <= pd.Timestamp(day)).any():
        raise InputError(say("review.no_week", language, friday=str(day), path=data.source.path))
    return day


def _report(control: TeamState, w: Wording) -> Report:
    now, day = control.week, pd.Timestamp(control.day)
    listed = _actions(control, w)
    pending = listed[listed["state"] == actions.OPEN]
    due = pending[pending["due_on"] <= day]
    shown = {
        "figures": brief_frames.figures(control, w),
        "alert_cards": evidence.alert_cards(now, w),
        "red_findings": now.red_findings,
        "decisions": actions.first_screen(due, control.day, w, now.parameters.report.brief_decisions),
        "clocks": brief_frames.clocks(control, w),
        "draws": brief_frames.draws(control, w),
        "checks": brief_frames.checks(control, w),
    }
    return Report(
        kind=KIND,
        language=w.language,
        as_of=day,
        week_ending=pd.Timestamp(now.portfolio.grid.weeks[-1]),
        verdict=brief_words.verdict(control, due, shown, w),
        lead=brief_words.lead(control, w),
        sections=brief_words.sections(control, len(due), len(pending) - len(due), shown, w),
        tables=_tables(control, listed, w),
        evidence=shown,
        names=now.names,
        limits=() if control.salt.secret else (w.say("limit.no_salt"),),
        departures=tuple(w.say(f"departure.{code}") for code in now.parameters.departures()),
        run=provenance(now, day, w.language, control.salt),
    )


def _actions(control: TeamState, w: Wording) -> pd.DataFrame:
    """All that is asked on the day, ranked; what is asked of a whole week is left to its Friday."""
    now = control.week
    asked = asks_for(asks(control, w), w.audience)
    if control.day != now.week_ending:
        asked = asked[~asked["kind"].isin(_OF_THE_WEEK)].reset_index(drop=True)
    asked["who"] = [now.rep(rep) if rep else "" for rep in asked["rep_id"]]
    answers, p = control_asks.answers(control), now.parameters.report
    return actions.with_answers(asked, answers, control.day, now.calendar, p)


def _tables(control: TeamState, listed: pd.DataFrame, w: Wording) -> dict[str, pd.DataFrame]:
    now, clocks = control.week, control.request_clocks
    table = now.indicators
    last = brief_frames.last_reporting_day(control)
    of_day = (table["period"] == "day") & (table["date"] == last)
    of_week = (table["period"] == "week") & (table["date"] == brief_frames.figures_week(control))
    return {
        "actions": actions.action_table(listed, w),
        "alerts": alert_table(now, w),
        "indicators": table[of_day | of_week].reset_index(drop=True),
        "request_clocks": clocks[clocks["state"].isin(["running", "breached"])].reset_index(drop=True),
        "directives": control.directive_draw,
        "spot_checks": brief_frames.visits_drawn(control),
        "callbacks": control.callback_turn,
        "trainings": control.trainings,
        "self_checks": self_checks(control),
    }
