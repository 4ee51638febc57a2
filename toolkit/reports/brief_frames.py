"""The daily brief's frames: three figures, clocks running out, the day's draws, the director's own day."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.states import CANNOT_JUDGE, GOOD
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


def figures(control: ControlState, w: Wording) -> pd.DataFrame:
    """The team's three indicators on the last reporting day: code, label, text, unit, context, state."""
    table = control.week.indicators
    team = table[table["scope"] == "team"]
    daily, weekly = team[team["period"] == "day"], team[team["period"] == "week"]
    rows = []
    for code in FIGURES:
        mine = daily[daily["indicator"] == code].set_index("date")["value"]
        week = weekly[weekly["indicator"] == code].set_index("date")["value"]
        value = mine.iloc[-1] if len(mine) else np.nan
        before = mine.iloc[-2] if len(mine) > 1 else np.nan
        running = week.get(pd.Timestamp(control.week.week_ending), np.nan)
        facts = {"before": _written(code, before), "week": _written(code, running)}
        rows.append(
            {
                "code": code,
                "label": w.say(f"kpi.{code}.label"),
                "value": value,
                "text": "" if missing(value) else _written(code, value),
                "unit": "" if code == "competitor_defence" else w.say(f"kpi.{code}.unit"),
                "context": w.say("brief.figure", **facts),
                "state": CANNOT_JUDGE if missing(value) else GOOD,
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
    """Requests whose time is over or nearly: account_id, rep_id, state, text, due; what is over longest first."""
    soon = control.week.parameters.request_clock.running_out_hours
    rows = control.request_clocks
    rows = rows[rows["done_at"].isna() & rows["state"].isin(["running", "breached"]) & (rows["hours_left"] <= soon)]
    out = []
    for row in rows.sort_values(["hours_left", "request_id"]).itertuples(index=False):
        over = row.state == "breached"
        facts = {"account": control.week.account(row.account_id), "step": w.say(f"brief.step.{row.kind}_{row.step}")}
        key = "brief.clock.over" if over else "brief.clock.left"
        text = w.say(key, **facts, span=said.span(abs(row.hours_left), w))
        due = said.moment(row.due_at, control.day, w)
        out.append({"account_id": row.account_id, "rep_id": row.rep_id, "state": row.state, "text": text, "due": due})
    return pd.DataFrame(out, columns=["account_id", "rep_id", "state", "text", "due"])


def draws(control: ControlState, w: Wording) -> pd.DataFrame:
    """What the draws ask for: kind (report | visit | callback), done, needed, text."""
    week, p = control.week, control.week.parameters
    reports, visits, turn = control.directive_draw, visits_drawn(control), control.callback_turn
    monthly = turn[turn["drawn"]]
    rest = monthly[monthly["state"] != "done"]
    parts: list[tuple[str, int, int, str, Any]] = [
        ("report", int((reports["given"] >= p.directives.per_report).sum()), len(reports), "", reports["account_id"]),
        ("visit", int((visits["result"] != "undetermined").sum()), len(visits), "", visits["account_id"]),
        ("callback", len(monthly) - len(rest), len(monthly), "", rest["account_id"]),
    ]
    rows = []
    for kind, done, needed, _, accounts in parts:
        names = w.listing(dict.fromkeys(week.account(a) for a in accounts), 1)
        facts = {"accounts": names, "done": done, "needed": needed, "each": p.directives.per_report}
        key = f"brief.draw.{kind}" if needed and names else f"brief.draw.{kind}_none"
        rows.append({"kind": kind, "done": done, "needed": needed, "text": w.say(key, **facts)})
    return pd.DataFrame(rows)


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
