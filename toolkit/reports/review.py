"""The weekly review: this Friday's state beside last Friday's, made into one frozen Report."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.keyed_draw import Salt
from toolkit.base.spells import on_in_week
from toolkit.data.faults import coded_faults
from toolkit.data.load import Data
from toolkit.language import check_audience, check_language, say
from toolkit.parameters import Parameters
from toolkit.reports import (
    actions,
    control_asks,
    control_evidence,
    control_tables,
    evidence,
    headlines,
    people,
    team_evidence,
)
from toolkit.reports.asks import asks
from toolkit.reports.audience import asks_for, copy_for
from toolkit.reports.provenance import provenance, reviewed_friday
from toolkit.reports.report import Report
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

STEPS: Final = ("now", "previous", "report")
ALERT_COLUMNS: Final = (
    "severity",
    "rule",
    "scope",
    "scope_id",
    "started_on",
    "fired_on",
    "ended_on",
    "depth",
    "detail",
)


def review(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    audience: str = DIRECTOR,
    salt: Salt | None = None,
) -> Report:
    """The review of the last Friday on or before `as_of` (default: the newest weekly row), as it was known then.

    data        from `load`; what is dated after the Friday is out of sight
    parameters  default: the method as written
    language    zh or en, of every sentence in it
    progress    called with each step's sentence as it begins
    audience    director, or team: without what is for the director alone
    salt        keys the draws of M6, M7 and M10; default: the secret of the environment, else the seed

    Raises InputError for a day that is none, or where no Friday with weekly data lies on or before it.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> review(load("sample_data"), as_of="2026-11-22", language="en")
    <weekly review of 2026-11-20, 41 tables, en>
    """
    check_audience(audience, language)
    team, day = weekly_state(data, as_of, parameters, language, progress, salt)
    return told(team, day, language, audience)


def weekly_state(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    salt: Salt | None = None,
) -> tuple[TeamState, pd.Timestamp]:
    """What every rule says on the Friday of a review, with the Friday before it, and the day that was asked for: what
    `told` makes a report of, in any language. Arguments and errors as of `review`.
    """
    check_language(language)
    p = parameters or Parameters()
    tell = progress or (lambda step: None)
    friday, day = reviewed_friday(data, as_of, language)
    tell(say("progress.now", language))
    now = _state(data, friday, p)
    tell(say("progress.previous", language))
    week = np.timedelta64(7, "D")
    if len(now.portfolio.grid.weeks) > 1:
        now = WeekState(now.data, friday, p, previous=_state(data, friday - week, p))
    tell(say("progress.report", language))
    return TeamState.of(now, salt or Salt.from_environment(p.spot_check.seed)), day


def told(team: TeamState, as_of: pd.Timestamp, language: str = "zh", audience: str = DIRECTOR) -> Report:
    """The review of a Friday's state, in a language, for a reader."""
    return copy_for(_report(team, as_of, language, audience), audience)


def _state(data: Data, friday: np.datetime64, parameters: Parameters) -> WeekState:
    return WeekState(data.at(pd.Timestamp(friday)), friday, parameters)


def _report(control: TeamState, as_of: pd.Timestamp, language: str, audience: str) -> Report:
    now = control.week
    w = Wording.of(now, language, audience)
    listed = _actions(control, w)
    left = listed.iloc[:0]
    if now.previous is not None:
        before = _actions(TeamState.of(now.previous, control.salt), w)
        listed = actions.carried_over(listed, before, control_asks.answers(control))
        left = actions.loop(listed, before)
    shown = _evidence(control, listed, left, w)
    return Report(
        kind="weekly",
        language=language,
        as_of=as_of,
        week_ending=pd.Timestamp(now.friday),
        verdict=headlines.verdict(now, listed[listed["state"] == actions.OPEN], w),
        lead=headlines.lead(now, w),
        sections=headlines.sections(control, shown, w),
        tables=_tables(control, listed, w),
        evidence=shown,
        names=now.names,
        limits=_limits(control, w),
        departures=tuple(w.say(f"departure.{code}") for code in now.parameters.departures()),
        run=provenance(now, as_of, language, control.salt),
    )


def _actions(control: TeamState, w: Wording) -> pd.DataFrame:
    state = control.week
    asked = asks_for(asks(control, w), w.audience)
    asked["who"] = [state.rep(rep) if rep else "" for rep in asked["rep_id"]]
    p = state.parameters.report
    return actions.with_answers(asked, control_asks.answers(control), state.friday, state.calendar, p)


def _evidence(control: TeamState, listed: pd.DataFrame, left: pd.DataFrame, w: Wording) -> dict[str, pd.DataFrame]:
    now = control.week
    first = actions.first_screen(listed, now.friday, w, now.parameters.report.max_decisions)
    return {
        "kpis": headlines.kpis(now, w),
        "decisions": first,
        "decisions_left": actions.not_shown(listed, first),
        **evidence.moves(now, w),
        "alert_cards": evidence.alert_cards(now, w),
        **evidence.indicator(now),
        "red_findings": now.red_findings,
        **evidence.resources(now, w),
        "trust": people.trust(control, w),
        "missing_rows": people.missing_rows(now),
        "hands": people.hands(now, w),
        **people.loop_rows(left, now, w),
        "tier_rows": evidence.tier_rows(now, w),
        **evidence.roadmap_frames(now),
        "margins": evidence.margins(now, w),
        "line_moves": now.line_moves,
        "dumbbell": evidence.dumbbell(now),
        "score_parts": evidence.score_parts(now),
        "focus": now.focus.curve,
        "calibration": now.calibration,
        "bunching": now.bunching,
        "patience": now.patience,
        **control_evidence.control_frames(control, w),
        **team_evidence.team_frames(control, w),
        "quality": people.quality(now, w),
    }


def _tables(control: TeamState, listed: pd.DataFrame, w: Wording) -> dict[str, pd.DataFrame]:
    """The contract's tables in its order."""
    now = control.week
    return {
        "tiers": now.tiers,
        "allocation": now.allocation,
        "indicators": now.indicators,
        "alerts": alert_table(now, w),
        "roadmap": now.roadmap,
        "spend": now.spend,
        "actions": actions.action_table(listed, w),
        "pipeline": now.pipeline_table,
        **control_tables.control_tables(control),
        **team_evidence.team_tables(control),
        "rejected": now.data.rejected,
        "faults": coded_faults(now.data, w.language),
    }


def alert_table(now: WeekState, w: Wording) -> pd.DataFrame:
    """alerts.csv: whatever was on at some time in the week; red first, then warnings, then yellow by account."""
    rows = []
    for spell in on_in_week(now.red, now.friday).itertuples(index=False):
        facts = {"started": spell.started_on}
        kind = "cumulative" if spell.code == "cumulative" else spell.severity
        more = {"days": int(spell.days_forming)} if kind == "warning" else {"depth": spell.depth}
        detail = w.say(f"alert.detail_{kind}", **facts, **more)
        days = (spell.started_on, spell.fired_on, spell.ended_on)
        rows.append((spell.severity, "M4", "team", "", *days, spell.depth, detail))
    for spell in on_in_week(now.yellow, now.friday).itertuples(index=False):
        name, days_still = now.account(spell.account_id), int(spell.days_still)
        detail = w.say("alert.detail_yellow", account=name, since=spell.started_on, days=days_still)
        days = (spell.started_on, spell.fired_on, spell.ended_on)
        rows.append(("yellow", "M5", "account", spell.account_id, *days, float(days_still), detail))
    frame = pd.DataFrame(rows, columns=list(ALERT_COLUMNS))
    order = frame["severity"].map({"red": 0, "warning": 1, "yellow": 2})
    frame = frame.assign(_o=order).sort_values(["_o", "started_on", "scope_id"], ignore_index=True).drop(columns="_o")
    dates = dict.fromkeys(("started_on", "fired_on", "ended_on"), "datetime64[us]")
    return frame.astype({"depth": float, **dates})


def _limits(control: TeamState, w: Wording) -> tuple[str, ...]:
    """What this report cannot tell."""
    now = control.week
    t = now.parameters.tiers
    limits = [
        w.say("limit.stated", a=t.a.min_win_probability, b=t.b.min_win_probability),
        w.say("limit.slip"),
        w.say("limit.spend"),
    ]
    if not control.salt.secret:
        limits.append(w.say("limit.no_salt"))
    used = ("daily_reports", "decision_makers", "industries", "targets", "verifications", "decisions", "reps")
    empty = [w.say(f"table.{name}") for name in used if not len(now.data.tables[name])]
    if empty:
        limits.append(w.say("limit.thin", tables=w.listing(empty, 10)))
    return tuple(limits)
