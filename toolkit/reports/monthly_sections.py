"""The findings of the month's sections: a headline each, and what a reader must know beside it."""

from typing import Any, Final

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.language.forms import missing
from toolkit.reports.monthly_month import Month
from toolkit.reports.report import Section
from toolkit.reports.wording import Wording

Frames = dict[str, pd.DataFrame]
_CHANCE: Final = 0.1  # what is at least as likely as this is told as chance


def sections(month: Month, e: Frames, w: Wording) -> dict[str, Section]:
    """Every section by code, in reading order; those for the director alone only in the director's copy."""
    made = {"decisions": _decisions(e, w)}
    if w.audience == DIRECTOR:
        made["callbacks"] = _callbacks(month, e, w)
    made["duties"] = _duties(month, e, w)
    if w.audience == DIRECTOR:
        made["credibility"] = _credibility(month, e, w)
        made["oversteps"] = _oversteps(month, e, w)
        made["capability"] = _capability(month, e, w)
    made |= {"service": _service(month, e, w), "moves": _moves(month, e, w), "forecast": _forecast(month, e, w)}
    return {
        code: Section(code, w.say(f"monthly.section.{code}.eyebrow"), texts[0], tuple(t for t in texts[1:] if t))
        for code, texts in made.items()
    }


def _decisions(e: Frames, w: Wording) -> tuple[str, ...]:
    n = len(e["decisions"])
    return (w.say("monthly.section.decisions.some", n=n) if n else w.say("monthly.section.decisions.none"),)


def _callbacks(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    rows, table = e["callbacks"], month.callback_months
    needed, done = int(table["needed"].iloc[-1]), int(table["done"].iloc[-1])
    if not needed:
        return (w.say("monthly.section.callbacks.nobody"),)
    if not len(month.control.data.callbacks):
        return (w.say("monthly.section.callbacks.unknown"),)
    called = rows[rows["called_on"].notna()]
    differs = int(called[["stage_confirmed", "competitor_confirmed"]].eq(False).fillna(False).any(axis=1).sum())
    key = "all" if done >= needed else "missed" if month.over else "owed"
    parts = [w.say(f"monthly.section.callbacks.{key}", done=done, needed=needed)]
    if len(called):
        parts.append(
            w.say("monthly.section.callbacks.differs" if differs else "monthly.section.callbacks.same", n=differs)
        )
    before = [
        w.say("monthly.section.callbacks.month", **_named(row.month, w), done=int(row.done), needed=int(row.needed))
        for row in table.iloc[:-1].itertuples(index=False)
    ]
    joint = w.say("page.list_join")
    past = w.say("monthly.section.callbacks.before", months=joint.join(before)) if before else ""
    return (w.sentence(parts), past)


def _named(day: pd.Timestamp, w: Wording) -> dict[str, str]:
    return {"month": w.say(f"monthly.name.{day.month}")}


def _duties(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    rows = e["duties"]
    done = int((rows["state"] == GOOD).sum())
    owed = owed_duties(rows, w)
    asked = int((rows["state"] == CANNOT_JUDGE).sum())
    if not owed and not asked:
        return (w.say("monthly.section.duties.all", n=len(rows)),)
    parts = [w.say("monthly.section.duties.some", done=done, n=len(rows))]
    parts += (
        [
            w.say(
                "monthly.section.duties.missed" if month.over else "monthly.section.duties.left", items=w.together(owed)
            )
        ]
        if owed
        else []
    )
    parts += [w.say("monthly.section.duties.asked", n=asked)] if asked else []
    return (w.sentence(parts), w.say("monthly.section.duties.note"))


def owed_duties(rows: pd.DataFrame, w: Wording) -> list[str]:
    """D3's duties that are not done, each with how many of how many."""
    owed = rows[rows["state"].isin([BREACH, WARNING])]
    return [
        w.say(f"monthly.duty.{row.item}", done=0 if missing(row.done) else int(row.done), needed=int(row.needed))
        for row in owed.itertuples(index=False)
    ]


def _credibility(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    rows, ledger = e["credibility"], e["contradictions"]
    if not len(rows):
        return (w.say("monthly.section.credibility.unknown"),)
    still = ledger[ledger["state"] == "open"]
    closed = int(month.holds(ledger["closed_on"]).sum())
    raised = int(month.holds(ledger["on"]).sum())
    head = w.say("monthly.section.credibility.ledger", n=len(still), raised=raised, closed=closed)
    late = int(still["late"].sum())
    parts = [head, w.say("monthly.section.credibility.late", n=late)] if late else [head]
    few = int((rows["state"] == CANNOT_JUDGE).sum())
    return (w.sentence(parts), w.say("monthly.section.credibility.few", n=few) if few else "")


def _oversteps(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    rows = e["oversteps"]
    if not len(month.control.requests) and not len(month.control.data.daily_reports):
        return (w.say("monthly.section.oversteps.unknown"),)
    policy = month.week.parameters.overstep.policy_adopted_on
    force = (
        w.say("monthly.section.oversteps.in_force", day=policy)
        if policy
        else w.say("monthly.section.oversteps.not_in_force")
    )
    note = w.prose([force, w.say("monthly.section.oversteps.note")])
    if not len(rows):
        return (w.say("monthly.section.oversteps.none"), note)
    counts = rows.groupby("kind")["times"].sum().sort_values(ascending=False, kind="stable")
    head = w.say("monthly.section.oversteps.some", n=int(counts.sum()), reps=rows["rep_id"].nunique())
    kinds = [w.say(f"monthly.overstep.{kind}", n=int(n)) for kind, n in counts.items()]
    return (w.sentence([head, w.together(kinds)]), note)


def _capability(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    """D3: gaps of the team, and what the month did about them."""
    rows = e["gap_rows"]
    if not len(rows):
        return (w.say("monthly.section.capability.unknown"),)
    gaps = rows.loc[rows["state"] == BREACH, "name"].tolist()
    few = int((rows["state"] == CANNOT_JUDGE).sum())
    head = (
        w.say("section.growth.gaps", n=len(gaps), names=w.listing(gaps, more="words.and_more_things"))
        if gaps
        else w.say("section.growth.no_gaps")
    )
    held = month.control.data.sessions
    kinds = held.loc[month.holds(held["held_at"]), "kind"].value_counts()
    counts = {"tests": int(kinds.get("capability_test", 0)), "trainings": int(kinds.get("training", 0))}
    p = month.week.parameters.capability
    notes = [w.say("section.growth.basis", weeks=p.weeks, line=p.min_share)]
    notes += [w.say("monthly.section.capability.few", n=few)] if few else []
    done = w.say("monthly.section.capability.done", **counts)
    return (w.sentence([head, done]), w.prose(notes), w.say("section.growth.note"))


def _service(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    if not len(month.control.requests):
        return (w.say("monthly.section.service.unknown"),)
    here = month.service_months.iloc[-1]
    if not here["ended"]:
        return (w.say("monthly.section.service.none"),)
    all_tiers = e["service"][e["service"]["tier"] == ""]
    parts = [w.say("monthly.section.service.some", share=here["share"], met=int(here["met"]), n=int(here["ended"]))]
    lost = all_tiers.assign(lost=all_tiers["late"] + all_tiers["breached"])
    worst = lost.sort_values(["lost", "share_met"], ascending=[False, True]).iloc[0]
    if worst["lost"]:
        facts = {"kind": worst["kind_name"], "step": worst["step_name"], "n": int(worst["lost"])}
        parts.append(w.say("monthly.section.service.worst", **facts))
    running = int(all_tiers["running"].sum())
    still = w.say("monthly.section.service.running", n=running) if running else ""
    return (w.sentence(parts), w.prose([w.say("monthly.section.service.note"), *([still] if still else [])]))


def _moves(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    first, last = month.fridays
    if first == last:
        return (w.say("monthly.section.moves.no_friday"),)
    moved = month.tier_moves["direction"].value_counts()
    up, down = int(moved.get("up", 0)), int(moved.get("down", 0))
    days = {"first": month.opened_with, "last": month.closed_with}
    parts = [w.say("monthly.section.moves.some", up=up, down=down) if up or down else w.say("monthly.moves.none")]
    new, closed = int(moved.get("new", 0)), int(moved.get("closed", 0))
    parts += [w.say("monthly.section.moves.new", n=new)] if new else []
    parts += [w.say("monthly.section.moves.closed", n=closed)] if closed else []
    back = [month.week.account(account) for account in month.there_and_back]
    returned = w.say("monthly.section.moves.returned", n=len(back), names=w.listing(back, 4)) if back else ""
    return (
        w.sentence(parts),
        w.say("monthly.section.moves.span" if month.over else "monthly.section.moves.span_so_far", **days),
        returned,
    )


def _forecast(month: Month, e: Frames, w: Wording) -> tuple[str, ...]:
    total = month.totals
    if not total["due"]:
        return (w.say("monthly.section.forecast.none", wins=int(total["wins"]), won=total["won_amount"]),)
    facts: dict[str, Any] = {
        "due": int(total["due"]),
        "expected": total["expected_wins"],
        "wins": int(total["wins_of_due"]),
    }
    parts = [w.say("monthly.section.forecast.some", **facts)]
    parts.append(w.say("monthly.section.forecast.amounts", weighted=total["weighted"], won=total["won_of_due"]))
    notes = [_verdict_of_chance(month, w)]
    beyond = int(total["wins"] - total["wins_of_due"])
    if beyond:
        amount = total["won_amount"] - total["won_of_due"]
        notes.append(w.say("monthly.section.forecast.beyond", n=beyond, amount=amount))
    if not missing(total["brier"]):
        notes.append(w.say("monthly.section.forecast.brier", brier=total["brier"]))
    return (w.sentence(parts), w.prose(notes), w.say("monthly.section.forecast.due"))


def _verdict_of_chance(month: Month, w: Wording) -> str:
    """Whether the difference says anything: not before the month is over, and not where chance alone would do."""
    far = month.totals["as_far_off"]
    if not month.over or missing(far):
        return w.say("monthly.section.forecast.not_over")
    key = "by_chance" if far >= _CHANCE else "beyond_chance"
    return w.say(f"monthly.section.forecast.{key}", chance=far)
