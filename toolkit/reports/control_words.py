"""What was said and what another source says, an overstep, a state: the words that asks, sections and tables share."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.weeks import friday_of
from toolkit.language.forms import missing, number
from toolkit.method.requests.matrix import LEVELS
from toolkit.reports.request_words import exact_percent, span
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState
from toolkit.state.weekly_state import WeekState

_ASKED = ["request_id", "price_change", "executive_level", "decision", "approved_by"]


def text(value: Any) -> str:
    """Text as it is; nothing where it is missing."""
    return "" if missing(value) else str(value)


def of_week(rows: pd.DataFrame, column: str, day: np.datetime64) -> pd.DataFrame:
    """The rows of the week (Saturday to Friday) in which a day lies, up to the day."""
    days = rows[column].to_numpy().astype("datetime64[D]")
    return rows[(friday_of(days) == friday_of(day)) & (days <= day)]


def judged_requests(control: ControlState) -> pd.DataFrame:
    """E4's judgements with what the request itself says."""
    return control.requests.merge(control.data.resource_requests[_ASKED], on="request_id", validate="one_to_one")


def overstep(row: Any, state: WeekState, w: Wording) -> str:
    """One overstep as a clause: when, where, what was done against which limit."""
    facts = {"day": row.happened_at, "account": state.account(row.account_id)}
    return w.say("overstep.case", **facts, what=overstep_what(row, w))


def overstep_what(row: Any, w: Wording) -> str:
    """What was done, with the figure and its limit where there are any."""
    if missing(row.measured):
        return w.say("overstep.unmeasured")
    figures = {"measured": _figure(row.measured, row.unit, w), "threshold": _figure(row.threshold, row.unit, w)}
    return w.say(f"overstep.{row.kind}", **figures)


def _figure(value: float, unit: str, w: Wording) -> str:
    if missing(value):
        return "—"
    if unit == "fraction":
        return exact_percent(value)
    if unit == "hours":
        return span(value, w)
    if unit == "level":
        return w.say(f"level.{LEVELS[int(value)]}")
    return w.quantity(value, "CNY")


def claim(row: Any, control: ControlState, w: Wording) -> str:
    """What the rep's own source says of a contradiction (a row of the ledger)."""
    found = _row(control, row.said_table, row.said_id)
    about_competitor = "competitor" in (row.source, row.code)
    if found is None:
        return w.say("claim.silent" if row.source == "competitor" else "claim.unnamed")
    if row.said_table == "visits":
        return w.say("claim.visit", day=row.on, time=f"{found['visited_at']:%H:%M}")
    day = found["report_date"]
    if about_competitor:
        named = text(found["competitor"])
        key = "claim.competitor" if named and named != "none" else "claim.no_competitor"
        return w.say(key, day=day, competitor=named)
    parts = _report(found, w)
    return w.say("claim.report", day=day, what=w.together(parts)) if parts else w.say("claim.plain", day=day)


def _report(row: Any, w: Wording) -> list[str]:
    parts = []
    if row["stage_after"] > row["stage_before"]:
        before, after = (w.say(f"stage.{int(row[c])}") for c in ("stage_before", "stage_after"))
        parts.append(w.say("claim.stage", before=before, after=after))
    if row["new_key_contacts"] > 0:
        parts.append(w.say("claim.contacts", n=int(row["new_key_contacts"])))
    note = text(row["note"])
    return [*parts, note] if note else parts


def answer(row: Any, control: ControlState, w: Wording) -> str:
    """What the other source says of a contradiction."""
    if row.source == "visit":
        checks = control.spot_checks
        return spot_check(checks[checks["visit_id"] == row.said_id].iloc[0], w)
    found = _row(control, row.other_table, row.other_id)
    if row.other_table == "callbacks":
        denied = w.say(f"answer.callback_{row.code}", day=found["called_on"])
        note = text(found["note"])
        return w.say("answer.noted", told=denied, note=note) if note else denied
    if row.other_table == "competitor_intel":
        move = text(found["move"]) or "—"
        return w.say("answer.intel", day=found["observed_on"], competitor=found["competitor"], move=move)
    fact, who = text(found["fact"]) or "—", control.week.rep(found["verifier_id"])
    return w.say("answer.verification", day=found["verified_on"], who=who, fact=fact)


def spot_check(check: Any, w: Wording) -> str:
    """What the device says of a visit."""
    facts = {"km": number(check.distance_m / 1000, 2), "minutes": number(check.minutes)}
    return w.say(f"spot_check.{check.code}", **facts)


def _row(control: ControlState, table: str, key: str) -> Any:
    """The row of a table by its id; None where there is none."""
    if table not in control.data.tables or not key:
        return None
    rows = control.data.tables[table]
    found = rows[rows[rows.columns[0]] == key]
    return found.iloc[0] if len(found) else None
