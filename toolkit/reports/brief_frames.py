"""The daily brief's frames: three figures, clocks running out, the day's draws, the director's own day."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.states import CANNOT_JUDGE, GOOD
from toolkit.base.weeks import friday_of
from toolkit.language.forms import missing, number, percent
from toolkit.reports import request_words as said
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState

PER_10K: Final = 1e4
FIGURES: Final = ("resource_efficiency", "breakthrough_rate", "competitor_defence")


def last_reporting_day(control: ControlState) -> pd.Timestamp:
    """The last day with a report, on or before the day; NaT without any."""
    days = control.data.daily_reports["report_date"]
    return days.max() if len(days) else pd.NaT


def figures_week(control: ControlState) -> pd.Timestamp:
    """The Friday that names the week of the last reporting day; without any report the day's own week."""
    last = last_reporting_day(control)
    return pd.Timestamp(control.week.week_ending if pd.isna(last) else friday_of(last).item())


def figures(control: ControlState, w: Wording) -> pd.DataFrame:
    """The team's three indicators on the last reporting day: code, label, value, text, unit, before, week, state.

    before and week say the figure of the reporting day before and of the week so far. On a day without reports the
    figures are the last day's and the day itself cannot be judged.
    """
    table, last = control.week.indicators, last_reporting_day(control)
    team = table[table["scope"] == "team"]
    daily, weekly = team[team["period"] == "day"], team[team["period"] == "week"]
    rows = []
    for code in FIGURES:
        mine = daily[daily["indicator"] == code].set_index("date")["value"]
        week = weekly[weekly["indicator"] == code].set_index("date")["value"]
        value = mine.iloc[-1] if len(mine) else np.nan
        before = mine.iloc[-2] if len(mine) > 1 else np.nan
        running = week.get(figures_week(control), np.nan)
        stale = missing(value) or last != pd.Timestamp(control.day)
        rows.append(
            {
                "code": code,
                "label": w.say(f"kpi.{code}.label"),
                "value": value,
                "text": "" if missing(value) else _written(code, value),
                "unit": "" if code == "competitor_defence" else w.say(f"kpi.{code}.unit"),
                "before": w.say("brief.figure.before", value=_written(code, before)),
                "week": w.say("brief.figure.week", value=_written(code, running)),
                "state": CANNOT_JUDGE if stale else GOOD,
            }
        )
    return pd.DataFrame(rows)


def _written(code: str, value: float) -> str:
    if missing(value):
        return "—"
    if code == "competitor_defence":
        return percent(value, 1)
    return number(value * PER_10K) if code == "resource_efficiency" else number(value, 2)


def clocks(control: ControlState, w: Wording) -> pd.DataFrame:
    """Requests whose time is over or nearly: account_id, rep_id, stand, text, due; what is over longest first.

    stand: over (its time ended before the day), today (it ends on it), soon (within running_out_hours of its end). What
    is not over says until when, since a brief is read at any hour of its day; due is until when the others had time.
    """
    soon = control.week.parameters.request_clock.running_out_hours
    rows = control.request_clocks
    rows = rows[rows["done_at"].isna() & rows["state"].isin(["running", "breached"]) & (rows["hours_left"] <= soon)]
    out = []
    for row in rows.sort_values(["hours_left", "request_id"]).itertuples(index=False):
        over = row.due_at < pd.Timestamp(control.day)
        facts = {"account": control.week.account(row.account_id), "step": w.say(f"brief.step.{row.kind}_{row.step}")}
        due = said.moment(row.due_at, control.day, w)
        if over:
            text = w.say("brief.clock.over", **facts, span=said.span(-row.hours_left, w))
        else:
            text = w.say("brief.clock.due", **facts, moment=due)
        stand = "over" if over else "today" if row.due_at < control.now else "soon"
        ids = {"account_id": row.account_id, "rep_id": row.rep_id}
        out.append(ids | {"stand": stand, "text": text, "due": due if over else ""})
    return pd.DataFrame(out, columns=["account_id", "rep_id", "stand", "text", "due"])


def draws(control: ControlState, w: Wording) -> pd.DataFrame:
    """What the draws ask for: kind (report | visit | callback), done, needed, owed, text.

    done: reports with all their directives; visits that place and time verify; callbacks made. owed: what is left to
    do; of visits only those that do not match, each to be explained.
    """
    reports, visits, turn = control.directive_draw, visits_drawn(control), control.callback_turn
    monthly, found = turn[turn["drawn"]], visits["result"].value_counts()
    without = reports[reports["given"] < control.week.parameters.directives.per_report]
    uncalled = monthly[monthly["state"] != "done"]
    results = [(code, int(found[code])) for code in ("verified", "mismatch", "undetermined") if code in found]
    told = w.listing([w.say(f"brief.draw.{code}", n=n) for code, n in results])
    odd, fine = (int(found.get(code, 0)) for code in ("mismatch", "verified"))
    rows = [
        ("report", len(reports) - len(without), len(reports), len(without), _names(without, control, w)),
        ("visit", fine, len(visits), odd, told),
        ("callback", len(monthly) - len(uncalled), len(monthly), len(uncalled), _names(uncalled, control, w)),
    ]
    frame = pd.DataFrame(rows, columns=["kind", "done", "needed", "owed", "what"])
    return frame.assign(text=[_draw(row, w) for row in frame.itertuples(index=False)]).drop(columns="what")


def _draw(row: Any, w: Wording) -> str:
    stand = "none" if not row.needed else "done" if row.done == row.needed else "open"
    return w.say(f"brief.draw.{row.kind}_{stand}", done=row.done, needed=row.needed, what=row.what)


def _names(rows: pd.DataFrame, control: ControlState, w: Wording) -> str:
    return w.listing(dict.fromkeys(control.week.account(account) for account in rows["account_id"]), 1)


def visits_drawn(control: ControlState) -> pd.DataFrame:
    """The visits drawn in the running week so far, as checked."""
    rows = control.spot_checks
    return rows[rows["week_ending"] == pd.Timestamp(control.week.week_ending)].reset_index(drop=True)


def checks(control: ControlState, w: Wording) -> pd.DataFrame:
    """D1 on the day: item, state, label, short (the same in a word), text; empty on a day that is no working day."""
    rows = control.daily_checks
    rows = rows[rows["day"] == pd.Timestamp(control.day)]
    texts = [_answer(row, w) for row in rows.itertuples(index=False)]
    labels = [w.say(f"check.{item}") for item in rows["item"]]
    short = [w.say(f"brief.check.{item}") for item in rows["item"]]
    return rows[["item", "state"]].assign(label=labels, short=short, text=texts).reset_index(drop=True)


def _answer(row: Any, w: Wording) -> str:
    if row.state == CANNOT_JUDGE or missing(row.done):
        return w.say("check.asked")
    if row.code == "none_qualifies":
        return w.say("check.none_qualifies")
    return w.say("check.count", done=int(row.done), needed=int(row.needed))
