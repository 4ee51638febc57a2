"""The month's verdict and its four figures: each with the month before, its last months, and how it is made up."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.language.forms import missing, number, percent
from toolkit.reports.monthly_month import Month
from toolkit.reports.monthly_sections import owed_duties
from toolkit.reports.wording import Wording

Figure = dict[str, Any]
COLUMNS = ("code", "label", "text", "unit", "change", "history", "written", "context", "state")


def figures(month: Month, w: Wording) -> pd.DataFrame:
    """Four figures: for the director callbacks, clocks kept, contradictions, deals; for the team moves and duties."""
    made = (_callbacks, _service, _contradictions, _forecast)
    if w.audience != DIRECTOR:
        made = (_service, _moves, _duties, _forecast)
    return pd.DataFrame([one(month, w) for one in made], columns=list(COLUMNS))


def verdict(month: Month, lines: pd.DataFrame, w: Wording) -> tuple[str, ...]:
    """The month in a sentence, as clauses: what it was, and what to decide first."""
    clauses = [w.say("monthly.verdict.so_far" if not month.over else "monthly.verdict.whole", **when(month, w))]
    if w.audience == DIRECTOR:
        turn = month.callback_months.iloc[-1]
        if not len(month.control.data.callbacks):
            clauses.append(w.say("monthly.verdict.no_calls"))
        elif turn["needed"]:
            clauses.append(w.say("monthly.verdict.callbacks", done=int(turn["done"]), needed=int(turn["needed"])))
        still = int((month.contradictions["state"] == "open").sum())
        if len(month.control.evidence_items):
            clauses.append(w.say("monthly.verdict.open" if still else "monthly.verdict.none_open", n=still))
        else:
            clauses.append(w.say("monthly.verdict.unchecked"))
    kept = month.service_months.iloc[-1]
    if kept["ended"]:
        clauses.append(w.say("monthly.verdict.service", share=kept["share"], n=int(kept["ended"])))
    clauses.append(_deals(month, w))
    if len(lines):
        first = w.say("monthly.verdict.first", question=lines.iloc[0]["question"])
    else:
        first = w.say("monthly.verdict.nothing")
    return (*clauses, first)


def _deals(month: Month, w: Wording) -> str:
    total = month.totals
    if not total["due"]:
        return w.say("monthly.verdict.no_deals", wins=int(total["wins"]))
    return w.say("monthly.verdict.deals", expected=total["expected_wins"], wins=int(total["wins_of_due"]))


def when(month: Month, w: Wording) -> dict[str, Any]:
    """The month by name, and the day up to which it is looked at."""
    name = w.say(f"monthly.name.{pd.Timestamp(month.first).month}")
    return {"month": name, "day": pd.Timestamp(month.control.day)}


def _figure(code: str, text: str, unit: str, change: str, history: list[Any], w: Wording, context: str) -> Figure:
    known = [None if missing(value) else float(value) for value in history]
    written = [percent(v) if code == "service" else number(v) for v in known if v is not None]
    return {
        "code": code,
        "label": w.say(f"monthly.figure.{code}.label"),
        "text": text,
        "unit": unit,
        "change": change,
        "history": known,
        "written": written,
        "context": context,
        "state": "good" if text else "cannot_judge",
    }


def _before(values: pd.Series) -> Any:
    """The month before; NaN where none is known."""
    return values.iloc[-2] if len(values) > 1 else np.nan


def _last(values: pd.Series, w: Wording, code: str) -> str:
    before = _before(values)
    return w.say("monthly.figure.no_last") if missing(before) else w.say(f"monthly.figure.{code}.last", value=before)


def _callbacks(month: Month, w: Wording) -> Figure:
    table = month.callback_months
    needed, done = int(table["needed"].iloc[-1]), int(table["done"].iloc[-1])
    if not needed or not len(month.control.data.callbacks):
        key = "none" if not needed else "unknown"
        return _figure("callbacks", "", "", "", [], w, w.say(f"monthly.figure.callbacks.{key}"))
    owed = month.callbacks.loc[month.callbacks["state"].isin(["due", "overdue"]), "account_id"]
    names = w.listing([month.week.account(account) for account in owed], 3)
    key = "all" if not len(owed) else "missed" if month.over else "owed"
    context = (
        w.say(f"monthly.figure.callbacks.{key}", names=names) if len(owed) else w.say("monthly.figure.callbacks.all")
    )
    change = w.say("monthly.figure.no_last")
    if len(table) > 1:
        last = table.iloc[-2]
        change = w.say("monthly.figure.callbacks.last", done=int(last["done"]), needed=int(last["needed"]))
    return _figure("callbacks", str(done), f"/ {needed}", change, table["done"].tolist(), w, context)


def _service(month: Month, w: Wording) -> Figure:
    table = month.service_months
    here = table.iloc[-1]
    history = table["share"].tolist()
    if not here["ended"]:
        key = "none" if len(month.control.requests) else "unknown"
        return _figure("service", "", "", "", history, w, w.say(f"monthly.figure.service.{key}"))
    counts = month.service_levels[month.service_levels["tier"] == ""][["late", "breached"]].sum()
    facts = {"met": int(here["met"]), "ended": int(here["ended"])}
    facts |= {"late": int(counts["late"]), "breached": int(counts["breached"])}
    context = w.say("monthly.figure.service.context", **facts)
    change, share = _last(table["share"], w, "service"), percent(here["share"])
    return _figure("service", share[:-1], "%", change, history, w, context)


def _contradictions(month: Month, w: Wording) -> Figure:
    rows, table = month.contradictions, month.raised_months
    still = rows[rows["state"] == "open"]
    raised, closed = int(month.holds(rows["on"]).sum()), int(month.holds(rows["closed_on"]).sum())
    if not len(month.control.evidence_items):
        return _figure("contradictions", "", "", "", [], w, w.say("monthly.figure.contradictions.unknown"))
    context = w.say("monthly.figure.contradictions.context", raised=raised, closed=closed)
    change = _last(table["raised"], w, "contradictions")
    unit = w.say("monthly.figure.contradictions.unit")
    return _figure("contradictions", str(len(still)), unit, change, table["raised"].tolist(), w, context)


def _forecast(month: Month, w: Wording) -> Figure:
    total, table = month.totals, month.won_months
    change = _last(table["wins"], w, "forecast")
    amounts = {"won": total["won_of_due"], "weighted": total["weighted"]}
    if not total["due"]:
        context = w.say("monthly.figure.forecast.none_due", won=total["won_amount"])
        return _figure("forecast", number(total["wins"]), "", change, table["wins"].tolist(), w, context)
    unit = w.say("monthly.figure.forecast.unit", expected=total["expected_wins"])
    context = w.say("monthly.figure.forecast.context", due=int(total["due"]), **amounts)
    return _figure("forecast", number(total["wins_of_due"]), unit, change, table["wins"].tolist(), w, context)


def _moves(month: Month, w: Wording) -> Figure:
    if month.fridays[0] == month.fridays[1]:
        return _figure("moves", "", "", "", [], w, w.say("monthly.section.moves.no_friday"))
    moved = month.tier_moves
    up, down = (moved.loc[moved["direction"] == way, "account_id"] for way in ("up", "down"))
    names = [month.week.account(account) for account in (*up, *down)]
    context = w.say("monthly.figure.moves.context", names=w.listing(names, 4)) if names else w.say("monthly.moves.none")
    return _figure("moves", f"↑{len(up)} ↓{len(down)}", "", "", [], w, context)


def _duties(month: Month, w: Wording) -> Figure:
    rows = month.control.monthly_checks
    done = int((rows["state"] == "good").sum())
    owed = owed_duties(rows, w)
    context = (
        w.say("monthly.figure.duties.owed", items=w.listing(owed, 3, "words.and_more_things"))
        if owed
        else w.say("monthly.figure.duties.all")
    )
    return _figure("duties", str(done), f"/ {len(rows)}", "", [], w, context)
