"""The findings of the sections on requests, verification, daily reports, discipline and patience."""

from typing import Any, Final

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.states import BREACH
from toolkit.language.forms import missing
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState

Frames = dict[str, pd.DataFrame]
SOURCES: Final = ("visit", "callback", "competitor", "verification", "progress")  # of M12's contradictions


def findings(control: ControlState, e: Frames, w: Wording) -> dict[str, tuple[str, ...]]:
    """Headline and notes of every section by code; those for the director alone only in the director's copy."""
    made = {"requests": _requests(control, e, w)}
    if w.audience == DIRECTOR:
        made["verification"] = _verification(control, e, w)
    return made | {
        "daily": _daily(control, e, w),
        "discipline": _discipline(e, w),
        "patience": _patience(control, e, w),
    }


def duties(control: ControlState, w: Wording) -> list[str]:
    """What the director still owes: A accounts called back this month, support orders signed this week."""
    parts = []
    turn = control.callback_turn
    drawn = turn[turn["drawn"]]
    if w.audience == DIRECTOR and len(drawn):
        parts.append(w.say("duty.callbacks", done=int((drawn["state"] == "done").sum()), needed=len(drawn)))
    for row in _item(control.weekly_checks, "sign_orders"):
        if not missing(row.done):
            parts.append(w.say("duty.orders", done=int(row.done), needed=int(row.needed)))
    return parts


def _item(rows: pd.DataFrame, item: str) -> list[Any]:
    mine = rows[(rows["item"] == item) & (rows["week_ending"] == rows["week_ending"].max())]
    return list(mine.itertuples(index=False))


def _requests(control: ControlState, e: Frames, w: Wording) -> tuple[str, ...]:
    if not len(control.requests):
        return (w.say("section.requests.unknown"),)
    rows = e["request_rows"]
    clocks = control.request_clocks
    open_ones = clocks[clocks["done_at"].isna()]
    over, running = int((open_ones["state"] == "breached").sum()), int((open_ones["state"] == "running").sum())
    late = len(rows) - over - running
    parts = [w.say("section.requests.over", n=over)] if over else []
    parts += [w.say("section.requests.running", n=running)] if running else []
    parts += [w.say("section.requests.late", n=late)] if late else []
    if w.audience == DIRECTOR and len(e["oversteps"]):
        parts.append(
            w.say("section.requests.oversteps", reps=len(e["oversteps"]), n=int(e["oversteps"]["times"].sum()))
        )
    headline = w.sentence(parts) if parts else w.say("section.requests.kept")
    return (headline, _service(e, control, w), _outcomes(control, w))


def _service(e: Frames, control: ControlState, w: Wording) -> str:
    """How the clocks were kept over the last weeks, a clause a kind and step."""
    parts: dict[str, list[str]] = {}
    for row in e["service"].itertuples(index=False):
        facts = {"met": int(row.met), "ended": int(row.met + row.late + row.breached)}
        step = w.say("section.requests.service_step", step=w.say(f"clock.step.{row.step}"), **facts)
        parts.setdefault(row.kind, []).append(step)
    if not parts:
        return ""
    told = [
        w.say("section.requests.service_part", kind=w.say(f"kind.{k}"), steps=w.together(v)) for k, v in parts.items()
    ]
    weeks = control.week.parameters.report.trend_weeks
    return w.say("section.requests.service", weeks=weeks, parts=w.sentence(told))


def _outcomes(control: ControlState, w: Wording) -> str:
    """What the requests whose day has come brought."""
    since = pd.Timestamp(control.day) - pd.Timedelta(weeks=control.week.parameters.report.trend_weeks)
    asked = control.data.resource_requests.set_index("request_id")["requested_at"]
    rows = control.outcomes
    rows = rows[rows["request_id"].map(asked) > since]
    judged = rows[rows["state"].isin(["good", BREACH])]
    if not len(judged):
        return ""
    good, owed = int((judged["state"] == "good").sum()), int((rows["state"] == "owed").sum())
    told = w.say("section.requests.outcomes", good=good, judged=len(judged))
    return w.prose([told, w.say("section.requests.owed", n=owed)]) if owed else told


def _verification(control: ControlState, e: Frames, w: Wording) -> tuple[str, ...]:
    counts = e["spot_checks"]["result"].value_counts()
    parts = []
    if len(e["spot_checks"]):
        facts = {k: int(counts.get(k, 0)) for k in ("verified", "mismatch", "undetermined")}
        parts.append(w.say("section.verification.checks", n=len(e["spot_checks"]), **facts))
    else:
        parts.append(w.say("section.verification.no_checks"))
    turn = e["callbacks"]
    if len(turn):
        done = int((turn["state"] == "done").sum())
        parts.append(w.say("section.verification.callbacks", done=done, needed=len(turn)))
    found = e["competitor_check"]["result"].value_counts()
    if int(found.get("unreported", 0)):
        parts.append(w.say("section.verification.unreported", n=int(found["unreported"])))
    chance = w.say("section.verification.salt") if not control.salt.secret else ""
    return (w.sentence(parts), _chances(e, w), chance)


def _chances(e: Frames, w: Wording) -> str:
    """How likely the draw was to catch false visits."""
    table = e["catch_chances"]
    table = table[table["k"].isin([1, 3]) & table["chance"].notna()]
    parts = [w.say("section.verification.chance_part", k=int(row.k), chance=row.chance) for row in table.itertuples()]
    if not parts:
        return ""
    facts = {"visits": int(table["visits"].iloc[0]), "drawn": len(e["spot_checks"])}
    return w.say("section.verification.chance", parts=w.sentence(parts), **facts)


def _daily(control: ControlState, e: Frames, w: Wording) -> tuple[str, ...]:
    reports = len(control.week.reports_of_week(control.week.friday))
    if not reports:
        return (w.say("section.daily.none"),)
    parts = [w.say("section.daily.reports", n=reports, incomplete=len(e["incomplete"]))]
    spiced = e["spiced"]
    known = spiced[spiced["change"].notna()]
    still = int((known["change"] <= 0).sum())
    if len(known):
        parts.append(w.say("section.daily.spiced", n=len(known), still=still) if still else w.say("section.daily.rise"))
    to_open = int((e["trainings"]["state"] == "to_open").sum())
    if to_open:
        parts.append(w.say("section.daily.to_open", n=to_open))
    return (w.sentence(parts), _directives(control, e, w))


def _directives(control: ControlState, e: Frames, w: Wording) -> str:
    days = e["directive_days"]
    if not len(control.data.directives):
        return w.say("section.daily.no_directives")
    covered, needed = int(days["covered"].sum()), int(days["needed"].sum())
    short = int((days["state"] == BREACH).sum())
    key = "section.daily.directives" if short else "section.daily.directives_all"
    told = [w.say(key, covered=covered, needed=needed, days=short)]
    everyone = e["directives_followed"]
    everyone = everyone[everyone["owner_id"] == ""]
    if len(everyone) and not missing(everyone["share_followed"].iloc[0]):
        row = everyone.iloc[0]
        told.append(w.say("section.daily.followed", share=row["share_followed"], n=int(row["yes"] + row["no"])))
    if len(e["directives_overdue"]):
        told.append(w.say("section.daily.overdue", n=len(e["directives_overdue"])))
    return w.prose(told)


def _discipline(e: Frames, w: Wording) -> tuple[str, ...]:
    log = e["daily_log"]
    judged = log[log["state"] != "cannot_judge"]
    parts = []
    if len(judged):
        met = int((judged["state"] == "good").sum())
        parts.append(w.say("section.discipline.daily", met=met, n=len(judged)))
    unknown = len(log) - len(judged)
    if unknown:
        parts.append(w.say("section.discipline.asked", n=unknown))
    week = e["weekly_log"]
    owed = [w.say(f"owed.{row.item}") for row in week[week["state"] == BREACH].itertuples(index=False)]
    if owed:
        parts.append(w.say("section.discipline.owed", items=w.together(owed)))
    return (w.sentence(parts) if parts else w.say("section.discipline.none"), w.say("section.discipline.note"))


def _patience(control: ControlState, e: Frames, w: Wording) -> tuple[str, ...]:
    rows, p = e["patience_rows"], control.week.parameters.patience
    if not len(rows):
        return (w.say("section.patience.none"),)
    if (rows["state"] == "cannot_judge").all():
        return (w.say("section.patience.unknown", n=len(rows)),)
    unverified = int(rows["verified_since"].notna().sum())
    overdue = int(rows["output_since"].notna().sum())
    if not unverified and not overdue:
        return (w.say("section.patience.good", n=len(rows), limit=p.weeks),)
    parts = [w.say("section.patience.some", n=len(rows))]
    parts += [w.say("section.patience.unverified", n=unverified)] if unverified else []
    parts += [w.say("section.patience.overdue", n=overdue, limit=p.weeks)] if overdue else []
    return (w.sentence(parts),)
