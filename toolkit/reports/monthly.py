"""The monthly review: the calendar month that holds a day, up to it, made into one frozen Report."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.weeks import day as to_day
from toolkit.base.weeks import last_friday
from toolkit.data.load import Data
from toolkit.language import check_audience, check_language, say
from toolkit.parameters import Parameters
from toolkit.reports import monthly_decide, monthly_figures, monthly_frames, monthly_sections
from toolkit.reports.audience import copy_for
from toolkit.reports.monthly_month import Month
from toolkit.reports.provenance import provenance
from toolkit.reports.report import Report
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState


def monthly(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    audience: str = DIRECTOR,
    salt: Salt | None = None,
) -> Report:
    """The review of the calendar month that holds `as_of` (default: the newest weekly row's day), as known that day.

    A month that is not over is reviewed so far: up to the day. Tiers are those of the last Friday on or before it.

    data        from `load`; what is dated after the day is out of sight
    parameters  default: the method as written
    language    zh or en, of every sentence in it
    progress    called with each step's sentence as it begins
    audience    director, or team: without what is for the director alone
    salt        keys the draw of M7; default: the secret of the environment, else the seed

    Raises InputError for a day that is none, or where no Friday with weekly data lies on or before it.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> monthly(load("sample_data"), as_of="2026-11-20", language="en")
    <monthly review of 2026-11-20, 11 tables, en>
    """
    check_language(language)
    check_audience(audience, language)
    p = parameters or Parameters()
    tell = progress or (lambda step: None)
    weeks = data.account_weeks["week_ending"]
    on = to_day(weeks.max() if as_of is None else as_of)
    friday = last_friday(on)
    if not (weeks <= pd.Timestamp(friday)).any():
        raise InputError(say("review.no_week", language, friday=str(friday), path=data.source.path))
    tell(say("progress.now", language))
    known = data.at(pd.Timestamp(on))
    tell(say("progress.report", language))
    keyed = salt or Salt.from_environment(p.spot_check.seed)
    control = TeamState(known, on, WeekState(known, on, p), keyed)
    return copy_for(_report(Month(control), language, audience), audience)


def _report(month: Month, language: str, audience: str) -> Report:
    control, week = month.control, month.week
    w = Wording.of(week, language, audience)
    shown = {"decisions": monthly_decide.lines(month, w), **monthly_frames.frames(month, w)}
    shown["figures"] = monthly_figures.figures(month, w)
    as_of = pd.Timestamp(control.day)
    return Report(
        kind="monthly",
        language=language,
        as_of=as_of,
        week_ending=as_of,
        verdict=monthly_figures.verdict(month, shown["decisions"], w),
        lead=_lead(month, w),
        sections=monthly_sections.sections(month, shown, w),
        tables=_tables(month),
        evidence=shown,
        names=week.names,
        limits=_limits(month, w),
        departures=tuple(w.say(f"departure.{code}") for code in week.parameters.departures()),
        run=_run(month, as_of, language),
    )


def _lead(month: Month, w: Wording) -> str:
    """What is told of, and where the picture is not the month's own."""
    facts = {"first": pd.Timestamp(month.first), "day": pd.Timestamp(month.control.day)}
    head = w.say("monthly.lead.whole" if month.over else "monthly.lead.so_far", **facts)
    return w.prose([head, w.say("monthly.lead.friday", friday=month.closed_with)])


def _tables(month: Month) -> dict[str, pd.DataFrame]:
    """The contract's tables in its order."""
    total = month.totals
    summary = pd.DataFrame({"item": list(total), "value": list(total.values())}).astype({"item": "str", "value": float})
    return {
        "callbacks": month.callbacks,
        "credibility": month.control.credibility,
        "contradictions": month.contradictions,
        "oversteps": month.oversteps,
        "penalties": month.penalties,
        "capability_gaps": month.control.capability_gaps,
        "service_levels": month.service_levels,
        "self_checks": month.control.monthly_checks,
        "tier_moves": month.tier_moves,
        "forecast_record": month.forecast,
        "forecast_summary": summary,
    }


def _run(month: Month, as_of: pd.Timestamp, language: str) -> dict[str, Any]:
    made_from = provenance(month.week, as_of, language, month.control.salt)
    own = {"month": str(month.first.astype("datetime64[M]")), "month_over": month.over}
    return {**made_from, "week_ending": f"{month.closed_with:%Y-%m-%d}", **own}


def _limits(month: Month, w: Wording) -> tuple[str, ...]:
    """What this report cannot tell."""
    limits = [w.say(f"monthly.limit.{code}") for code in ("cause", "unseen", "small")]
    if not month.over:
        limits.append(w.say("monthly.limit.so_far"))
    if w.audience == DIRECTOR and not month.control.salt.secret:
        limits.append(w.say("limit.no_salt"))
    used = ("resource_requests", "daily_reports", "callbacks", "playbooks", "problems", "sessions")
    empty = [w.say(f"table.{name}") for name in used if not len(month.control.data.tables[name])]
    if empty:
        limits.append(w.say("limit.thin", tables=w.listing(empty, 10)))
    return tuple(limits)
