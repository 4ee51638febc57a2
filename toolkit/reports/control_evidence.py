"""Frames that the sections on requests, verification, daily reports, discipline and patience are drawn from."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WORST_FIRST
from toolkit.language.forms import form, missing
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.reports import control_words as words
from toolkit.reports import request_words as said
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState

Frames = dict[str, pd.DataFrame]
_CLOCK_ORDER: Final = {"breached": 0, "running": 1, "late": 2}
CLOCK_STATES: Final = {"breached": BREACH, "running": GOOD, "late": BREACH, "cannot_judge": CANNOT_JUDGE, "met": GOOD}
_OPEN: Final = ("breached", "running", "cannot_judge")
_TREND_WEEKS: Final = 4


def control_frames(control: ControlState, w: Wording) -> Frames:
    """All of them by name; those for the director alone bear the names that reports/audience.py takes out."""
    return {
        **requests(control, w),
        "oversteps": oversteps(control, w),
        **verification(control, w),
        **daily(control, w),
        **discipline(control, w),
        "patience_rows": patience(control, w),
    }


def requests(control: ControlState, w: Wording) -> Frames:
    """Clocks over or running, then those met late this week; and how the clocks were kept over the last weeks."""
    state, clocks = control.week, control.request_clocks
    asked = words.judged_requests(control).set_index("request_id")
    done_this_week = words.of_week(clocks[clocks["done_at"].notna()], "done_at", control.day)
    late = done_this_week[done_this_week["state"] == "late"]
    open_ones = clocks[clocks["state"].isin(["breached", "running"]) & clocks["done_at"].isna()]
    shown = pd.concat([open_ones, late], ignore_index=True)
    shown = shown.assign(_o=shown["state"].map(_CLOCK_ORDER)).sort_values(
        ["_o", "hours_left", "request_id", "step"], ignore_index=True
    )
    rows = []
    for row in shown.itertuples(index=False):
        request = asked.loc[row.request_id]
        rows.append(
            {
                "request_id": row.request_id,
                "account_id": row.account_id,
                "rep_id": row.rep_id,
                "tier": words.text(request["matrix_tier"]),
                "wanted": said.wanted(request, w),
                "allowance": said.allowance(request, state.parameters.authority, w),
                "step": w.say(f"clock.step.{row.step}"),
                "due": said.moment(row.due_at, control.day, w),
                "state": CLOCK_STATES[row.state],
                "stand": said.stand(row, w),
            }
        )
    columns = ["request_id", "account_id", "rep_id", "tier", "wanted", "allowance", "step", "due", "state", "stand"]
    return {"request_rows": pd.DataFrame(rows, columns=columns), "service": service(control)}


def service(control: ControlState) -> pd.DataFrame:
    """Clocks that ended in the last weeks, by kind and step: met, late, breached."""
    since = pd.Timestamp(control.day) - pd.Timedelta(weeks=control.week.parameters.report.trend_weeks)
    clocks = control.request_clocks
    ended = clocks[clocks["state"].isin(["met", "late", "breached"]) & (clocks["due_at"] > since)]
    keys = ["kind", "step"]
    counts = ended.groupby([*keys, "state"]).size().unstack(fill_value=0)
    return counts.reindex(columns=["met", "late", "breached"], fill_value=0).reset_index()


def oversteps(control: ControlState, w: Wording) -> pd.DataFrame:
    """E5 of the quarter, a row a person by id: how often, the newest case, what is proposed, what the rep says."""
    state = control.week
    found = control.oversteps[control.oversteps["quarter"] == state.quarter]
    mine = control.penalties[control.penalties["quarter"] == state.quarter]
    proposals = {row.rep_id: row for row in mine.itertuples(index=False)}
    rows = []
    for rep, cases in found.sort_values(["happened_at", "overstep_id"]).groupby("rep_id", sort=True):
        proposal = proposals.get(str(rep))
        newest = next(cases.tail(1).itertuples(index=False))
        rows.append(
            {
                "rep_id": rep,
                "times": int(proposal.violations) if proposal else len(cases),
                "newest": words.overstep(newest, state, w),
                "stand": _penalty(proposal, w) if proposal else w.say("overstep.state.before"),
                "statement": words.text(proposal.statement) if proposal else "",
            }
        )
    return pd.DataFrame(rows, columns=["rep_id", "times", "newest", "stand", "statement"])


def _penalty(row: Any, w: Wording) -> str:
    amount = {"amount": row.amount} if row.state in ("proposal", "confirmed") else {}
    return w.say(f"overstep.state.{row.state}", **amount)


def verification(control: ControlState, w: Wording) -> Frames:
    """This week's spot checks, this month's callbacks, the last weeks' competitor cross-check, credibility by rep."""
    checks = words.of_week(control.spot_checks, "visited_at", control.day)
    told = [words.spot_check(row, w) for row in checks.itertuples(index=False)]
    order = checks["result"].map({"mismatch": 0, "undetermined": 1, "verified": 2})
    drawn = checks.assign(what=told, _o=order).sort_values(["_o", "visited_at", "visit_id"], ignore_index=True)
    figures = control.credibility[control.credibility["account_id"] == ""]
    return {
        "spot_checks": drawn[["visit_id", "account_id", "rep_id", "visited_at", "result", "what"]],
        "catch_chances": control.catch_chances,
        "callbacks": control.callback_turn[control.callback_turn["drawn"]].reset_index(drop=True),
        "competitor_check": competitor_rows(control, w),
        "credibility": figures.sort_values("rep_id", ignore_index=True),
    }


def competitor_rows(control: ControlState, w: Wording) -> pd.DataFrame:
    """M8 of the last weeks: what was judged, unreported moves first."""
    since = pd.Timestamp(control.day) - pd.Timedelta(weeks=_TREND_WEEKS)
    rows = control.cross_check
    recent = rows[rows["on"] > since]
    order = recent["result"].map({"unreported": 0, "unconfirmed": 1, "open": 2, "confirmed": 3})
    recent = recent.assign(_o=order).sort_values(["_o", "on", "item_id"], ascending=[True, False, True])
    columns = ["source", "item_id", "rep_id", "account_id", "industry_id", "competitor", "on", "result"]
    return recent[columns].reset_index(drop=True)


def daily(control: ControlState, w: Wording) -> Frames:
    """The week's incomplete reports, SPICED of A and B accounts now and four weeks ago, directives, trainings."""
    incomplete = words.of_week(control.incomplete, "report_date", control.day)
    lacks = [w.together([w.say(f"report.missing.{code}") for code in codes]) for codes in incomplete["missing"]]
    late = control.directives_overdue.sort_values(["due_on", "directive_id"], ignore_index=True)
    return {
        "incomplete": incomplete.assign(lacks=lacks).reset_index(drop=True),
        "spiced": spiced(control),
        "directive_days": words.of_week(control.directive_days, "day", control.day).reset_index(drop=True),
        "directives_followed": control.directives_followed,
        "directives_overdue": late[["account_id", "owner_id", "text", "due_on", "days"]],
        "trainings": trainings(control, w),
    }


def spiced(control: ControlState) -> pd.DataFrame:
    """The A and B accounts whose SPICED total fell or stood still first: each dimension, total now and then."""
    weeks = control.spiced_weeks
    now = pd.Timestamp(control.week.friday)
    here = weeks[weeks["week_ending"] == now].set_index("account_id")
    before = weeks[weeks["week_ending"] == now - pd.Timedelta(weeks=_TREND_WEEKS)].set_index("account_id")
    tiers = control.week.tiers
    rows = tiers.loc[tiers["tier"].isin(["A", "B"]), ["account_id", "tier"]]
    scores = control.spiced.pivot(index="account_id", columns="dimension", values="score").reindex(columns=DIMENSIONS)
    rows = rows.join(scores, on="account_id").assign(
        total=rows["account_id"].map(here["total"]),
        before=rows["account_id"].map(before["total"]),
        contacts=rows["account_id"].map(here["contacts"]),
        stake=[control.week.stake(account) for account in rows["account_id"]],
    )
    rows["change"] = rows["total"] - rows["before"]
    known = rows[rows["total"].notna()]
    return known.sort_values(["change", "stake", "account_id"], ascending=[True, False, True], ignore_index=True)


def trainings(control: ControlState, w: Wording) -> pd.DataFrame:
    """M11: tags that call for a training or have one open, then those judged in the last weeks."""
    rows = control.trainings
    since = pd.Timestamp(control.day) - pd.Timedelta(weeks=2 * _TREND_WEEKS)
    order = rows["state"].map({"to_open": 0, "open": 1, "recurring": 2, "closed": 3})
    shown = rows[(order <= 1) | (rows["judged_on"] > since)].assign(_o=order)
    shown = shown.sort_values(["_o", "triggered_on", "problem_tag"], ascending=[True, False, True], ignore_index=True)
    told = [w.say(f"training.{row.state}", **_training(row)) for row in shown.itertuples(index=False)]
    columns = ["problem_tag", "triggered_on", "times", "accounts", "reps", "state"]
    return shown[columns].assign(stand=told)


def _training(row: Any) -> dict[str, Any]:
    if row.state == "open":
        return {"day": row.trained_on, "judged": row.judged_on}
    return {} if row.state == "to_open" else {"n": int(row.later_times), "day": row.trained_on}


def discipline(control: ControlState, w: Wording) -> Frames:
    """D1's log of the week, day by day, and D2's three items."""
    rows = control.daily_checks
    days = rows.assign(text=[_check(row, w) for row in rows.itertuples(index=False)])
    weekly = control.weekly_checks
    here = weekly[weekly["week_ending"] == pd.Timestamp(control.week.friday)]
    return {
        "daily_log": days[["day", "item", "needed", "done", "state", "text"]].reset_index(drop=True),
        "weekly_log": here.assign(text=[_check(row, w) for row in here.itertuples(index=False)]).reset_index(drop=True),
    }


def _check(row: Any, w: Wording) -> str:
    """One duty as a cell says it: how many of how many, or that nobody answered."""
    if row.state == CANNOT_JUDGE or missing(row.done):
        return w.say("check.asked")
    if row.code == "none_qualifies":
        return w.say("check.none_qualifies")
    counts = {"done": int(row.done), "needed": int(row.needed)}
    if row.code == "disagree":
        return w.say("check.disagree", claimed=int(row.claimed), **counts)
    return w.say("check.count", **counts)


def patience(control: ControlState, w: Wording) -> pd.DataFrame:
    """S9 of every A account: lapses first, then the longest without output."""
    rows, limit = control.week.patience, control.week.parameters.patience.weeks
    order = rows["state"].map(WORST_FIRST)
    stake = [control.week.contract(account) for account in rows["account_id"]]
    rows = rows.assign(_o=order, contract=stake, owner_id=[control.week.owner(a) for a in rows["account_id"]])
    rows = rows.sort_values(["_o", "weeks_without_output", "account_id"], ascending=[True, False, True])
    return (
        rows.assign(
            contract=[form(amount, "money", w.language) for amount in rows["contract"]],
            share=np.minimum(rows["weeks_without_output"].to_numpy(dtype=float) / limit, 1.0),
            stand=[w.say(f"patience.{row.code}") for row in rows.itertuples(index=False)],
        )
        .drop(columns="_o")
        .reset_index(drop=True)
    )
