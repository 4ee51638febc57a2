"""Frames that the monthly page is drawn from: numbers in the unit shown, sentences where a person reads them."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.wins import win_chances
from toolkit.language.forms import missing, number
from toolkit.reports import control_words as words
from toolkit.reports.evidence import tier_lowered
from toolkit.reports.monthly_month import Month
from toolkit.reports.request_words import within
from toolkit.reports.team_evidence import gap_rows
from toolkit.reports.wording import Wording, by_account

Frames = dict[str, pd.DataFrame]
_CALL_STATE: Final = {"done": GOOD, "due": WARNING, "overdue": BREACH, "other": GOOD}
_MOST_WINS: Final = 30


def frames(month: Month, w: Wording) -> Frames:
    """All of them by name; those for the director alone only in the director's copy."""
    own: Frames = {}
    if w.audience == DIRECTOR:
        own = {
            "callbacks": callbacks(month, w),
            "credibility": credibility(month),
            "contradictions": contradictions(month, w),
            "oversteps": oversteps(month, w),
            "penalties": penalties(month, w),
            "gap_rows": gap_rows(month.control, w),
        }
    return own | {
        "service": service(month, w),
        "duties": duties(month, w),
        **moves(month, w),
        "forecast": forecast(month, w),
        "win_chances": chances(month),
    }


def callbacks(month: Month, w: Wording) -> pd.DataFrame:
    """M7's calls with their state and what the customer said, in words."""
    rows = month.callbacks
    return rows.assign(
        owner_id=[month.week.owner(account) for account in rows["account_id"]],
        state=rows["state"].map(_CALL_STATE),
        stand=[_call(row, w) for row in rows.itertuples(index=False)],
        said=[_heard(row, w) for row in rows.itertuples(index=False)],
    )


def _call(row: Any, w: Wording) -> str:
    if row.state in ("done", "other"):
        return w.say(f"monthly.callback.{row.state}", day=row.called_on)
    return w.say(f"monthly.callback.{row.state}", day=row.due_on)


def _heard(row: Any, w: Wording) -> str:
    """What the customer confirmed and did not, and the note."""
    if missing(row.called_on):
        return ""
    parts = []
    for code, value in (("stage", row.stage_confirmed), ("competitor", row.competitor_confirmed)):
        if not pd.isna(value):
            parts.append(w.say(f"monthly.callback.{code}_{'yes' if value else 'no'}"))
    note = words.text(row.note)
    return w.sentence([*parts, note]) if note else w.sentence(parts)


def credibility(month: Month) -> pd.DataFrame:
    """M12's figure of each rep over all accounts, by id, with how much of it is of this month."""
    figures = month.control.credibility
    items = month.control.evidence_items
    new = items[month.holds(items["on"])].groupby("rep_id").size()
    mine = figures[figures["account_id"] == ""].sort_values("rep_id", ignore_index=True)
    return mine.assign(new_items=mine["rep_id"].map(new).fillna(0).astype("int64"))


def contradictions(month: Month, w: Wording) -> pd.DataFrame:
    """M12's ledger in words: what the month raised, then what it closed, then the older ones, the longest due first."""
    rows = month.contradictions
    order = np.where(month.holds(rows["on"]) & (rows["state"] == "open"), 0, np.where(rows["state"] == "open", 2, 1))
    rows = rows.assign(_o=order).sort_values(["_o", "due_on", "on", "contradiction_id"], ignore_index=True)
    late = (rows["state"] == "open") & (rows["due_on"] < pd.Timestamp(month.control.day))
    told = list(rows.itertuples(index=False))
    return rows.assign(
        said=[words.claim(row, month.control, w) for row in told],
        other=[words.answer(row, month.control, w) for row in told],
        late=late,
        stand=[_closure(row, bool(over), month, w) for row, over in zip(told, late, strict=True)],
    ).drop(columns="_o")


def _closure(row: Any, over: bool, month: Month, w: Wording) -> str:
    if row.state == "open":
        owner = month.week.rep(words.text(row.owner_id)) or w.say("words.nobody")
        return w.say("monthly.ledger.late" if over else "monthly.ledger.open", owner=owner, day=row.due_on)
    reason = words.text(row.reason)
    key = "monthly.ledger.closed_why" if reason else "monthly.ledger.closed"
    return w.say(key, day=row.closed_on, reason=reason) if reason else w.say(key, day=row.closed_on)


def oversteps(month: Month, w: Wording) -> pd.DataFrame:
    """E5's findings of the month, a row a person and kind, by id: how often, where, and the newest in words."""
    rows = month.oversteps.sort_values(["happened_at", "overstep_id"], ignore_index=True)
    found = []
    for (rep, kind), cases in rows.groupby(["rep_id", "kind"], sort=True):
        newest = next(cases.tail(1).itertuples(index=False))
        names = [month.week.account(account) for account in dict.fromkeys(cases["account_id"])]
        found.append(
            {
                "rep_id": rep,
                "kind": kind,
                "times": len(cases),
                "what": w.say(f"monthly.overstep.{kind}", n=len(cases)),
                "where": w.listing(names, 3),
                "newest": words.overstep(newest, month.week, w),
            }
        )
    return pd.DataFrame(found, columns=["rep_id", "kind", "times", "what", "where", "newest"])


def penalties(month: Month, w: Wording) -> pd.DataFrame:
    """E5's proposals of the quarter, a row a person by id: how often, what is proposed, what the rep says."""
    rows = month.penalties.sort_values("rep_id", ignore_index=True)
    stand = []
    for row in rows.itertuples(index=False):
        amount = {"amount": row.amount} if row.state in ("proposal", "confirmed") else {}
        stand.append(w.say(f"overstep.state.{row.state}", **amount))
    columns = ["action_id", "rep_id", "violations", "state", "statement"]
    return rows[columns].assign(stand=stand, statement=[words.text(text) for text in rows["statement"]])


def service(month: Month, w: Wording) -> pd.DataFrame:
    """How each kind of clock was kept, with what it allows in words and the median time it took."""
    rows, clocks = month.service_levels, month.clocks
    allowed = {}
    for key, group in clocks[clocks["due_at"].notna()].groupby(["step", "tier"], sort=True):
        pairs = group.groupby(["allowed", "unit"]).size()
        if len(pairs) == 1:
            length, unit = pairs.index[0]
            allowed[key] = within(length, unit, w)
    working = set(
        clocks.loc[clocks["unit"] == "working_days", "step"] + clocks.loc[clocks["unit"] == "working_days", "tier"]
    )
    told, took = [], []
    for row in rows.itertuples(index=False):
        everywhere = {allowed[key] for key in allowed if key[0] == row.step}
        one = next(iter(everywhere)) if len(everywhere) == 1 else ""
        told.append(one if row.tier == "" else allowed.get((row.step, row.tier), ""))
        took.append(_took(row.median_hours, row.step + row.tier in working, w))
    return rows.assign(
        kind_name=[w.say(f"kind.{kind}") for kind in rows["kind"]],
        step_name=[w.say(f"clock.step.{step}") for step in rows["step"]],
        allowed=told,
        took=took,
    )


def _took(hours: float, working: bool, w: Wording) -> str:
    if missing(hours):
        return ""
    if working:
        return w.say("monthly.service.took_working", days=number(hours / 24, 2))
    return w.say("monthly.service.took", hours=number(hours, 2))


def duties(month: Month, w: Wording) -> pd.DataFrame:
    """D3's three answers in words."""
    rows = month.control.monthly_checks
    here = rows[rows["month"] == pd.Timestamp(month.first)].reset_index(drop=True)
    return here.assign(text=[_duty(row, w) for row in here.itertuples(index=False)])


def _duty(row: Any, w: Wording) -> str:
    if row.state == CANNOT_JUDGE or missing(row.done):
        return w.say("check.asked")
    return w.say("check.count", done=int(row.done), needed=int(row.needed))


def moves(month: Month, w: Wording) -> Frames:
    """Who moved and why, up first; the flow from the month's first tiers to its last."""
    now, changed = month.week, month.tier_moves
    here = by_account(now.tiers.assign(lowered=tier_lowered(now)))
    earlier = by_account(month.tiers_before)
    moved = changed[changed["direction"].isin(["up", "down"])]
    moved = moved.assign(
        why=[w.why_move(here[a], earlier[a]) for a in moved["account_id"]],
        owner_id=[now.owner(a) for a in moved["account_id"]],
    ).sort_values(["direction", "to_tier", "account_id"], ascending=[False, True, True], ignore_index=True)
    tier, (first, last) = now.portfolio.tiers.tier, month.fridays
    names = np.array(["A", "B", "C", ""])
    flow = pd.DataFrame({"from_tier": names[tier[first]], "to_tier": names[tier[last]]})
    flow = flow[(flow != "").any(axis=1)].value_counts().reset_index()
    back = pd.DataFrame({"account_id": pd.array(month.there_and_back, dtype="str")})
    return {
        "moves": moved,
        "flow": flow.sort_values(["from_tier", "to_tier"], ignore_index=True),
        "there_and_back": back,
    }


def forecast(month: Month, w: Wording) -> pd.DataFrame:
    """The accounts that were due in the month or closed in it, the largest first: what was stated, what came."""
    rows = month.forecast
    shown = rows[rows["due_in_month"] | (rows["outcome"] != "open")]
    shown = shown.assign(
        owner_id=[month.week.owner(account) for account in shown["account_id"]],
        contract_amount=shown["won_amount"].fillna(shown["account_id"].map(month.week.contract)),
        stand=[_outcome(row, month, w) for row in shown.itertuples(index=False)],
        _o=~shown["due_in_month"].astype(bool),
    )
    shown = shown.sort_values(["_o", "expected_amount", "account_id"], ascending=[True, False, True], ignore_index=True)
    return shown.drop(columns="_o")


def _outcome(row: Any, month: Month, w: Wording) -> str:
    if row.outcome == "open":
        return w.say("monthly.forecast.slipped" if month.over else "monthly.forecast.open")
    return w.say(f"monthly.forecast.{row.outcome}", day=row.on)


def chances(month: Month) -> pd.DataFrame:
    """The chance of each count of wins among those due, were the stated probabilities right: wins, chance, actual."""
    due = month.forecast[month.forecast["due_in_month"] & month.forecast["stated"].notna()]
    chance = win_chances(due["stated"]) if 0 < len(due) <= _MOST_WINS else np.empty(0)
    actual = int((due["outcome"] == "won").sum())
    wins = np.arange(len(chance))
    return pd.DataFrame({"wins": wins, "chance": chance, "actual": wins == actual})
