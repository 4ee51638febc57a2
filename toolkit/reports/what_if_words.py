"""The sentences that carry a what-if: the verdict, the line below it, and the four figures."""

from typing import Any

import pandas as pd

from toolkit.language.forms import form, missing
from toolkit.reports.what_if_frames import Frames, of
from toolkit.reports.what_if_looks import WON, Look, Looks
from toolkit.reports.wording import Wording
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE

NO_CHANGE = "no_change"  # the forecast's reason where a scenario changes nothing at all
SURE, UNSURE, NOISE = "sure", "unsure", "noise"


def title(look: Look, w: Wording) -> str:
    """What a scenario is called."""
    return look.scenario.title[w.language]


def failed(looks: Looks, row: pd.Series, w: Wording) -> str:
    """Why a scenario has no result, as the end of a sentence."""
    return str(row["reason"]).strip().rstrip("。.") or w.say("what_if.no_reason")


def moves(rows: pd.DataFrame, w: Wording, most: int = 3) -> str:
    """Accounts with their tiers before and after: 长三角轨交B→A."""
    changed = rows[rows["base_tier"] != rows["tier"]]
    parts = [
        w.say("what_if.move", account=w.account_name(row.account_id), before=row.base_tier, after=row.tier)
        for row in changed.itertuples(index=False)
    ]
    return w.listing(parts, most)


def sureness(row: Any) -> str:
    """How sure the sign of a difference is: beyond both intervals, beyond the simulation's alone, beyond neither."""
    if row.mc_low <= 0 <= row.mc_high:
        return NOISE
    return UNSURE if row.param_low <= 0 <= row.param_high else SURE


def listed(shown: Frames, looks: Looks) -> pd.Series:
    """The main scenario's row of `scenarios`."""
    return of(shown["scenarios"], looks.main.name).iloc[0]


def verdict(looks: Looks, shown: Frames, w: Wording) -> tuple[str, ...]:
    """What the scenario changes now, what is likely ahead, what the rule costs; an uncalibrated model is said first."""
    row = listed(shown, looks)
    clauses = [] if looks.holdout.calibrated else [w.say(f"what_if.verdict.{_failed_how(looks)}")]
    if looks.main.state is None:
        clauses.append(w.say("what_if.verdict.failed", title=title(looks.main, w), reason=failed(looks, row, w)))
    else:
        clauses += [_now(looks, shown, w), _ahead(looks, row, w)]
    return (*clauses, _rule(looks, shown, w))


def _failed_how(looks: Looks) -> str:
    """The model lost its test, or there was too little on record for one."""
    return "untested" if set(looks.holdout.reasons) <= {"few_weeks", "few_deals"} else "uncalibrated"


def _now(looks: Looks, shown: Frames, w: Wording) -> str:
    row, name = listed(shown, looks), title(looks.main, w)
    weekly = looks.parameters.resources[0].weekly_total
    unit = looks.parameters.resources[0].unit
    part = row["moved_share"]
    facts = {"title": name, "share": part, "amount": w.quantity(part * weekly, unit)}
    if row["now_moves"]:
        now = of(shown["now_moves"], looks.main.name)
        return w.say("what_if.verdict.moves", n=int(row["now_moves"]), moves=moves(now, w), **facts)
    if part > 5e-4:
        return w.say("what_if.verdict.shift", **facts)
    before, after = (episodes(shown["alert_quality"], look.name) for look in (looks.base, looks.main))
    if before != after:
        weeks = len(looks.log.grid.weeks)
        return w.say("what_if.verdict.alerts", title=name, weeks=weeks, before=before, after=after)
    return w.say("what_if.verdict.same", title=name)


def episodes(quality: pd.DataFrame, scenario: str) -> int:
    """How many red alerts a scenario has, by the reading that it has in force."""
    rows = of(quality, scenario)
    rows = rows[(rows["rule"] == "M4") & rows["in_force"].astype(bool)]
    return int(rows["episodes"].sum())


def _ahead(looks: Looks, row: pd.Series, w: Wording) -> str:
    facts: dict[str, Any] = {"weeks": looks.parameters.whatif.weeks, "level": looks.parameters.whatif.interval}
    if row["state"] != "ok":
        key = NO_CHANGE if row["reason"] == NO_CHANGE else row["state"]
        return w.say(f"what_if.verdict.ahead_{key}", reason=failed(looks, row, w), **facts)
    facts |= {"difference": row["difference"], "low": row["param_low"], "high": row["param_high"]}
    sure = sureness(row)
    if sure == SURE:
        way = "more" if row["difference"] > 0 else "less"
        return w.say(f"what_if.verdict.ahead_{way}", size=abs(row["difference"]), **facts)
    return w.say(f"what_if.verdict.ahead_{sure}", **facts)


def plan_row(shown: Frames, plan: str, scenario: str) -> pd.Series | None:
    """A plan's row in the price of a scenario; `in_force` is the rule in force. None where it could not be valued."""
    rows = shown["price_plans"]
    if not len(rows):
        return None
    rows = of(rows, scenario)
    rows = rows[rows["in_force"].astype(bool)] if plan == "in_force" else rows[rows["plan"] == plan]
    rows = rows[rows["state"] == "ok"]
    return rows.iloc[0] if len(rows) and not missing(rows.iloc[0]["share_of_optimum"]) else None


def _rule(looks: Looks, shown: Frames, w: Wording) -> str:
    rule = plan_row(shown, "in_force", looks.base.name)
    if rule is None:
        return w.say("what_if.verdict.rule_unknown")
    share = rule["share_of_optimum"]
    return w.say("what_if.verdict.rule_free" if share > 0.995 else "what_if.verdict.rule", share=share)


def lead(looks: Looks, w: Wording) -> str:
    """What was laid beside what: Fridays looked back at, weeks and futures ahead, scenarios."""
    p = looks.parameters.whatif
    back = len(looks.log.grid.weeks) - len(looks.log.unpublished)
    facts = {"back": back, "weeks": p.weeks, "paths": p.paths, "n": len(looks.others)}
    return w.say("what_if.lead", **facts)


def figures(looks: Looks, shown: Frames, w: Wording) -> pd.DataFrame:
    """Four figures: code, label, value, text (as shown), context, state; `cannot_judge` where there is none."""
    made = {"moves": _moves_figure, "resource": _resource_figure, "ahead": _ahead_figure, "rule": _rule_figure}
    rows = []
    for code, make in made.items():
        value, text, context = make(looks, shown, w)
        known = not missing(value)
        label = w.say(f"what_if.figure.{code}.label", weeks=looks.parameters.whatif.weeks)
        unknown = w.say(f"what_if.figure.{code}.unknown")
        row = {"code": code, "label": label, "value": value, "text": text if known else ""}
        rows.append(row | {"context": context if known else unknown, "state": "good" if known else "cannot_judge"})
    return pd.DataFrame(rows)


Figure = tuple[float, str, str]


def _moves_figure(looks: Looks, shown: Frames, w: Wording) -> Figure:
    row = listed(shown, looks)
    if missing(row["now_moves"]):
        return float("nan"), "", ""
    now = of(shown["now_moves"], looks.main.name)
    up = int((now["tier"] < now["base_tier"]).sum())
    n = int(row["now_moves"])
    text = w.say("what_if.figure.moves.text", n=n)
    facts = {"up": up, "down": n - up, "account_weeks": int(row["account_weeks"])}
    return float(n), text, w.say("what_if.figure.moves.context", **facts)


def _resource_figure(looks: Looks, shown: Frames, w: Wording) -> Figure:
    row, first = listed(shown, looks), looks.parameters.resources[0]
    share = row["moved_share"]
    if missing(share):
        return float("nan"), "", ""
    amount = w.quantity(share * first.weekly_total, first.unit)
    context = w.say("what_if.figure.resource.context", amount=amount, mean=row["moved_mean"])
    return share, form(share, "percent", w.language), context


def _ahead_figure(looks: Looks, shown: Frames, w: Wording) -> Figure:
    row = listed(shown, looks)
    if row["state"] != "ok":
        return float("nan"), "", ""
    facts = {"low": row["param_low"], "high": row["param_high"], "level": looks.parameters.whatif.interval}
    context = w.say(f"what_if.figure.ahead.{sureness(row)}", **facts)
    return row["difference"], form(row["difference"], "money_signed", w.language), context


def _rule_figure(looks: Looks, shown: Frames, w: Wording) -> Figure:
    rule = plan_row(shown, "in_force", looks.base.name)
    if rule is None:
        return float("nan"), "", ""
    share = rule["share_of_optimum"]
    context = w.say("what_if.figure.rule.context", cost=1 - share)
    return share, form(share, "percent", w.language), context


def won_rows(shown: Frames, figure: str = WON) -> pd.DataFrame:
    """A figure's rows of the forecast by scenario."""
    rows = shown["forecast"]
    return rows[rows["figure"] == figure].set_index("scenario")


def told(shown: Frames, w: Wording) -> list[str]:
    """Each scenario of `scenarios` in a line."""
    return [_told(row, w) for row in shown["scenarios"].itertuples(index=False)]


def _told(row: Any, w: Wording) -> str:
    if row.scenario == BASELINE:
        key = "baseline_only" if missing(row.mean) else "baseline"
        return w.say(f"what_if.summary.{key}", mean=row.mean, low=row.low, high=row.high)
    if row.scenario == MY_PLAN:
        return w.say(
            f"what_if.summary.my_plan_{row.state}",
            reason=row.reason,
            share=row.moved_share,
            difference=row.difference,
            low=row.param_low,
            high=row.param_high,
        )
    facts = {"n": row.now_moves, "share": row.moved_share, "difference": row.difference, "reason": row.reason}
    key = "not_ahead" if row.state == "failed" and not missing(row.now_moves) else row.state
    return w.say(f"what_if.summary.{key}", low=row.param_low, high=row.param_high, **facts)
