"""The sentences that carry the report: the verdict, how the gap moved, the four figures, each section's finding."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.spells import on_in_week
from toolkit.language.forms import missing
from toolkit.reports import control_sections, team_sections
from toolkit.reports.report import Section
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

PER_10K = 1e4
_SAME = 0.5  # CNY: a gap that moved by less has not moved


def verdict(now: WeekState, pending: pd.DataFrame, w: Wording) -> tuple[str, ...]:
    """The report in a sentence, as clauses: the gap, its change, the cause, and what to decide first."""
    gap = now.pipeline["gap"]
    if missing(gap):
        clauses = [w.say("verdict.gap_unknown")]
    else:
        covered = gap <= 0
        clauses = [w.say("verdict.gap_none", surplus=-gap) if covered else w.say("verdict.gap_short", gap=gap)]
        clauses += _change(now, gap, w)
    if len(pending):
        clauses.append(w.say("verdict.first_decision", question=pending.iloc[0]["question"]))
    else:
        clauses.append(w.say("verdict.no_decision"))
    return tuple(clauses)


def _change(now: WeekState, gap: float, w: Wording) -> list[str]:
    last = now.previous
    if last is None or missing(last.pipeline["gap"]):
        return [w.say("verdict.gap_first")]
    change = gap - last.pipeline["gap"]
    if abs(change) < _SAME:
        return [w.say("verdict.gap_same")]
    key = "verdict.gap_wider" if change > 0 else "verdict.gap_narrower"
    clauses = [w.say(key, change=abs(change))]
    same_way = now.bridge[np.sign(now.bridge["change"]) == np.sign(change)]
    if not len(same_way):
        return [*clauses, w.say("verdict.no_cause")]
    top = same_way.iloc[0]
    name = now.account(top["account_id"]) if top["account_id"] else ""
    return [*clauses, w.say("verdict.cause", account=name, cause=_cause(top["kind"], top["change"], w))]


def _cause(kind: str, change: float, w: Wording) -> str:
    """What an account did to the gap; a change above 0 widened it."""
    names = {"weighted": ("weighted_down", "weighted_up"), "signed": ("signed_loss", "signed_gain")}
    worse, better = names.get(kind, (kind, kind))
    return w.say(f"cause.{worse if change > 0 else better}")


def lead(now: WeekState, w: Wording) -> str:
    """How the gap moved from last week's to this week's: the three largest parts by account, and the rest."""
    gap, last = now.pipeline["gap"], now.previous
    if last is None or missing(gap) or missing(last.pipeline["gap"]):
        return w.say("lead.none")
    shown = now.bridge.head(3)
    parts = [
        w.say(
            "lead.part",
            account=now.account(row.account_id) if row.account_id else "",
            cause=_cause(row.kind, row.change, w),
            change=row.change,
        ).strip()
        for row in shown.itertuples(index=False)
    ]
    rest = now.bridge["change"].iloc[len(shown) :].sum()
    if abs(rest) >= _SAME:
        parts.append(w.say("lead.rest", change=rest))
    if not parts:
        return w.say("lead.same", gap=gap)
    joint = "，" if w.language == "zh" else ", "
    return w.say("lead.bridge", last=last.pipeline["gap"], parts=joint.join(parts), now=gap)


def kpis(now: WeekState, w: Wording) -> pd.DataFrame:
    """The four figures with their last value, trend and how they are made up."""
    rows = [_gap_kpi(now, w)]
    scale = {"resource_efficiency": PER_10K, "breakthrough_rate": 1.0, "competitor_defence": 1.0}
    table = now.indicators
    weekly = table[(table["period"] == "week") & (table["scope"] == "team")]
    weeks = now.trend_fridays()
    for code, factor in scale.items():
        mine = weekly[weekly["indicator"] == code].set_index("date").reindex(weeks)
        history = (mine["value"] * factor).tolist()
        here = mine.iloc[-1]
        known = not missing(here["value"])
        facts = {"numerator": here["numerator"], "denominator": here["denominator"]}
        context = w.say(f"kpi.{code}.context", **facts) if known else w.say(f"kpi.{code}.unknown")
        rows.append(_kpi(code, history, context, w) | facts)
    return pd.DataFrame(rows)


def _kpi(code: str, history: list[float], context: str, w: Wording) -> dict[str, Any]:
    value = history[-1]
    return {
        "code": code,
        "value": value,
        "previous": history[-2] if len(history) > 1 else np.nan,
        "numerator": np.nan,
        "denominator": np.nan,
        "state": "cannot_judge" if missing(value) else "good",
        "history": [None if missing(x) else x for x in history],
        "label": w.say(f"kpi.{code}.label"),
        "unit": w.say(f"kpi.{code}.unit"),
        "context": context,
    }


def _gap_kpi(now: WeekState, w: Wording) -> dict[str, Any]:
    items = now.pipeline
    if missing(items["gap"]):
        context = w.say("kpi.gap.unknown", quarter=now.quarter)
    else:
        context = w.say("kpi.gap.context", target=items["target"], signed=items["signed"], weighted=items["weighted"])
    return _kpi("gap", [now.gap_on(friday) for friday in now.trend_fridays()], context, w)


def sections(control: TeamState, e: dict[str, pd.DataFrame], w: Wording) -> dict[str, Section]:
    """The finding of every section in its reading order."""
    now = control.week
    made = {
        "decisions": _decisions(e, w),
        "moves": _moves(now, e, w),
        "alerts": _alerts(now, e, w),
        "resources": _resources(now, e, w),
        "trust": _trust(control, e, w),
        "hands": _counted("hands", len(e["hands"]), w),
        "loop": _loop(control, e, w),
        "tiers": _tiers(now, w),
        "roadmap": _roadmap(now, w),
        "margins": _margins(now, w),
        "allocation": _allocation(e, w),
        "indicators": _indicators(now, w),
        "focus": _focus(now, w),
        **control_sections.findings(control, e, w),
        **team_sections.findings(control, e, w),
        "quality": _quality(now, w),
    }
    return {
        code: Section(code, w.say(f"section.{code}.eyebrow"), headline, tuple(note for note in notes if note))
        for code, (headline, *notes) in made.items()
    }


def _counted(code: str, n: int, w: Wording) -> tuple[str]:
    return (w.say(f"section.{code}.some", n=n) if n else w.say(f"section.{code}.none"),)


def _decisions(e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    lines = e["decisions"]
    if not len(lines):
        return (w.say("section.decisions.none"),)
    parts = [w.say("section.decisions.some", n=len(lines))]
    for column, key in (("due_today", "today"), ("late", "late")):
        if lines[column].any():
            parts.append(w.say(f"section.decisions.{key}", n=int(lines[column].sum())))
    joint = "，" if w.language == "zh" else ", "
    rest = int(e["decisions_left"]["count"].iloc[0])
    return (joint.join(parts), w.say("section.decisions.rest", n=rest) if rest else "")


def _moves(now: WeekState, e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    moved = e["moves"]
    if not len(moved):
        return (w.say("section.moves.none"),)
    up = int((moved["direction"] == "up").sum())
    head = w.say("section.moves.some", n=len(moved), up=up, down=len(moved) - up)
    fresh = [a for a in now.newly_demoted() if a in set(now.released["account_id"])]
    if not fresh:
        return (head,)
    share = now.released.set_index("account_id")["share"]
    amount = sum(share[a] for a in fresh) * now.parameters.resources[0].weekly_total
    facts = {"head": head, "accounts": w.listing([now.account(a) for a in fresh], 2), "amount": amount}
    if not len(now.emerging):
        return (w.say("section.moves.released_back", **facts),)
    gainers = now.emerging.sort_values(["weight", "account_id"], ascending=[False, True])["account_id"]
    targets = w.listing([now.account(a) for a in gainers], 2)
    return (w.say("section.moves.released", **facts, targets=targets),)


def _alerts(now: WeekState, e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    cards = e["alert_cards"]
    on = cards[cards["on"].astype(bool)]["severity"].value_counts()
    if not len(now.data.daily_reports):
        return (w.say("section.alerts.unknown"),)
    parts = [w.say(f"section.alerts.{s}", n=int(on[s])) for s in ("red", "yellow", "warning") if s in on]
    away = now.red_findings[now.red_findings["state"] == "cannot_judge"]
    if len(away):
        code, facts = away["code"].iloc[0], away["arguments"].iloc[0] or {}
        parts.append(w.say(f"finding.{code}", **facts))
    until = now.snoozed_accounts
    names = [w.say("alert.snoozed", account=now.account(a), day=until[a]) for a in sorted(until)]
    snoozed = w.listing(names, 5)
    note = w.say("section.alerts.snoozed_note", accounts=snoozed) if now.snoozed_accounts else ""
    headline = w.sentence(parts) if parts else w.say("section.alerts.none")
    week = on_in_week(now.yellow, now.friday)
    over = [now.account(a) for a in week.loc[week["ended_on"].notna(), "account_id"].unique()]
    return (headline, w.say("section.alerts.ended_note", accounts=w.listing(over, 5)) if over else "", note)


def _resources(now: WeekState, e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    plan = e["plan_actual"].set_index("tier")
    if not len(plan) or plan["actual_share"].isna().all():
        return (w.say("section.resources.none"),)
    actual, planned = plan["actual_share"], plan["planned_share"]["A"]
    short = planned - actual["A"]
    small = now.leaks[~now.leaks["rep_id"].isin(e["leaks"]["rep_id"])]
    rest = w.say("section.resources.rest", n=len(small), share=small["share"].sum()) if len(small) else ""
    funded = now.spent("C") - now.leaks["share"].sum()
    emerging = w.say("section.resources.emerging", share=funded) if funded > 0.0005 else ""
    if short < 0.005:
        return (w.say("section.resources.on_plan", a=actual["A"], plan=planned, c=actual["C"]), rest, emerging)
    return (w.say("section.resources.off_plan", a=actual["A"], short=short, c=actual["C"]), rest, emerging)


def _trust(control: ControlState, e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    now, kinds = control.week, e["trust"]["kind"].value_counts()
    doubts = int((control.contradictions["state"] == "open").sum())
    parts = [w.say("section.trust.contradictions", n=doubts)] if doubts else []
    parts += [w.say("section.trust.jumps", n=int(kinds["jump"]))] if "jump" in kinds else []
    if "calibration" in kinds:
        parts.append(w.say("section.trust.calibration", n=int(kinds["calibration"])))
    crowded = now.bunching[now.bunching["state"] == "warning"]
    if len(crowded):
        parts.append(w.say("section.trust.bunching", line=crowded["threshold"].iloc[0]))
    missing_rows = e["missing_rows"]
    shown = int(e["trust"]["kind"].isin(control_sections.SOURCES).sum())
    notes = [w.say("trust.more_note", n=doubts - shown)] if doubts > shown else []
    if len(missing_rows):
        accounts = int(missing_rows["count"].sum())
        parts.append(w.say("section.trust.missing", n=len(missing_rows), accounts=accounts))
        who = [
            w.say(
                "trust.missing_who",
                rep=now.rep(row.rep_id),
                n=row.count_,
                accounts=w.listing([now.account(a) for a in row.account_ids], 2),
            )
            for row in missing_rows.rename(columns={"count": "count_"}).itertuples(index=False)
        ]
        cut_off = now.parameters.retiering.cut_off
        notes.append(w.say("trust.missing_note", who=w.listing(who, 6), cut_off=cut_off))
    if (now.calibration["code"] == "few").any():
        notes.append(w.say("trust.thin_note", n=now.parameters.stated_probability.min_closed))
    notes.append(w.say("trust.coaching_note"))
    return (w.sentence(parts) if parts else w.say("section.trust.clean"), *notes)


def _loop(control: ControlState, e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    counts = e["loop_counts"].iloc[0]
    n, settled = int(counts["raised"]), int(counts["settled"])
    if not n:
        head = w.say("section.loop.none")
    elif n == settled:
        head = w.say("section.loop.all_settled", n=n)
    else:
        head = w.say("section.loop.some", n=n, settled=settled, open=n - settled)
    owed = control_sections.duties(control, w)
    joint = "，" if w.language == "zh" else ", "
    return (w.say("section.loop.duties", head=head, duties=joint.join(owed)) if owed else head,)


def _tiers(now: WeekState, w: Wording) -> tuple[str, ...]:
    counts = now.tiers["tier"].value_counts()
    a, b, c = (int(counts.get(t, 0)) for t in "ABC")
    p = now.parameters.scores
    headline = w.say("section.tiers.some", a=a, b=b, c=c, near=now.near["account_id"].nunique())
    share = a / len(now.tiers) if len(now.tiers) else np.nan
    warning = ""
    if share < p.min_a_share - 1e-9:
        warning = w.say("section.tiers.concentration", share=share, limit=p.min_a_share)
    elif share > p.max_a_share + 1e-9:
        warning = w.say("section.tiers.dilution", share=share, limit=p.max_a_share)
    shown = now.parameters.report.listed_accounts
    rest = len(now.tiers) - shown
    return (headline, warning, w.say("section.tiers.listed", n=shown, rest=rest) if rest > 0 else "")


def _roadmap(now: WeekState, w: Wording) -> tuple[str, ...]:
    table, last = now.roadmap, now.previous
    kind = table.groupby("kind")["id"].agg(list)
    industries, accounts = kind.get("industry", []), kind.get("account", [])
    if not industries and not accounts:
        return (w.say("section.roadmap.none"),)
    p = now.parameters.roadmap
    few = len(accounts) < p.accounts
    note = w.say("section.roadmap.few_accounts", n=len(accounts), limit=p.min_industry_influence) if few else ""
    before = set(last.roadmap["id"]) if last is not None else {*industries, *accounts}
    names = now.names["industries"]
    new_industries = [names.get(i, i) for i in industries if i not in before]
    new_accounts = [now.account(a) for a in accounts if a not in before]
    parts = [w.say("section.roadmap.industry_in", names=w.listing(new_industries))] if new_industries else []
    parts += [w.say("section.roadmap.account_in", names=w.listing(new_accounts))] if new_accounts else []
    same = w.say("section.roadmap.same", n=len(industries), m=len(accounts))
    return (w.sentence(parts) if parts else same, note)


def _margins(now: WeekState, w: Wording) -> tuple[str, ...]:
    near, t = now.near, now.parameters.tiers
    if not len(near):
        return (w.say("section.margins.none"),)
    lines = near["line"].value_counts()
    facts = {"a": int(lines.get("a", 0)), "b": int(lines.get("b", 0))}
    headline = w.say(
        "section.margins.some",
        n=len(near),
        a_line=t.a.min_win_probability,
        b_line=t.b.min_win_probability,
        **facts,
    )
    table = now.line_moves.set_index(["line", "shift"])["moves"]
    step = int(now.line_moves["shift"].max())
    counts = {
        f"{line}_{way}": int(table[line, sign * step]) for line in "ab" for way, sign in (("down", -1), ("up", 1))
    }
    return (headline, w.say("section.margins.shift", points=step / 100, **counts))


def _allocation(e: dict[str, pd.DataFrame], w: Wording) -> tuple[str, ...]:
    table = e["dumbbell"]
    first = (
        table[(table["resource"] == table["resource"].iloc[0]) & (table["account_id"] != "")] if len(table) else table
    )
    changed = first[first["change"].abs() > 1e-6]
    if not len(changed):
        return (w.say("section.allocation.same"),)
    gain, loss = changed.loc[changed["change"].idxmax()], changed.loc[changed["change"].idxmin()]
    if gain["change"] > 0 > loss["change"]:
        facts = {"gain": w.account_name(gain["account_id"]), "loss": w.account_name(loss["account_id"])}
        up, down = w.quantity(gain["change"], gain["unit"]), w.quantity(-loss["change"], loss["unit"])
        return (w.say("section.allocation.biggest", up=up, down=down, **facts),)
    one = gain if gain["change"] > 0 else loss
    change = ("+" if one["change"] > 0 else "−") + w.quantity(abs(one["change"]), one["unit"])
    return (w.say("section.allocation.one", name=w.account_name(one["account_id"]), change=change),)


def _indicators(now: WeekState, w: Wording) -> tuple[str, ...]:
    if not now.efficiency_by_day["value"].notna().any():
        return (w.say("section.indicators.none"),)
    on = now.red[now.red["ended_on"].isna()]
    red = on[on["severity"] == "red"]
    if len(red):
        return (w.say("section.indicators.red", started=red.iloc[0]["started_on"], depth=red.iloc[0]["depth"]),)
    forming = on[(on["severity"] == "warning") & (on["code"] == "forming")]
    if len(forming):
        days, needed = int(forming.iloc[0]["days_forming"]), now.parameters.red_alert.days
        key = "forming" if needed - days == 1 else "forming_early"
        return (w.say(f"section.indicators.{key}", days=days, left=needed - days),)
    week = on_in_week(now.red[now.red["severity"] == "red"], now.friday)
    if len(week):
        return (w.say("section.indicators.recovered", ended=week.iloc[-1]["ended_on"]),)
    return (w.say("section.indicators.steady"),)


def _focus(now: WeekState, w: Wording) -> tuple[str, ...]:
    found, p = now.focus, now.parameters.focus
    if found.effort_state == "cannot_judge":
        return (w.say("section.focus.none"),)
    key = "good" if found.effort_state == "good" else "short"
    headline = w.say(f"section.focus.{key}", top=p.top_fifth, effort=found.effort_share, goal=p.effort_goal)
    if missing(found.output_ratio):
        return (headline, w.say("section.focus.output_none"))
    return (headline, w.say("section.focus.output", ratio=found.output_ratio, goal=p.output_goal))


def _quality(now: WeekState, w: Wording) -> tuple[str, ...]:
    grid, outcome = now.portfolio.grid, now.portfolio.tiers
    active = outcome.tier[-1] >= 0
    fresh, total = int((active & grid["has_row"][-1]).sum()), int(active.sum())
    rows = len(now.data.rejected)
    cells = int((now.data.faults["action"] == "blanked").sum()) if len(now.data.faults) else 0
    facts = {"fresh": fresh, "total": total}
    head = (
        w.say("section.quality.some", rows=rows, cells=cells, **facts)
        if rows or cells
        else w.say("section.quality.good", **facts)
    )
    if not len(now.data.daily_reports):
        head = w.say("section.quality.no_reports", **facts)
    unjudged = int((active & outcome.cannot_judge[-1]).sum())
    return (w.say("section.quality.cannot", head=head, n=unjudged) if unjudged else head,)
