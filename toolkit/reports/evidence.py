"""Frames that pages, charts and widgets draw from: numbers in the unit shown, sentences where a person reads them."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.spells import on_in_week
from toolkit.base.tiers import NOT_ACTIVE, letters
from toolkit.language.forms import missing
from toolkit.reports.wording import Wording, by_account
from toolkit.state.weekly_state import WeekState

PER_10K = 1e4
Frames = dict[str, pd.DataFrame]


def moves(now: WeekState, w: Wording) -> Frames:
    """Tier moves with their reasons, and the flow of all accounts from last Friday's tiers to this one's."""
    grid, tier = now.portfolio.grid, now.portfolio.tiers.tier
    if len(tier) < 2:
        before = np.full(tier.shape[1], NOT_ACTIVE)
        earlier: dict[str, Any] = {}
    else:
        before = tier[-2]
        earlier = by_account(now.tiers_before)
    here = by_account(now.tiers.assign(lowered=tier_lowered(now)))
    rows = []
    for k in np.flatnonzero((tier[-1] != before) & (tier[-1] >= 0) & (before >= 0)):
        account = str(grid.accounts[k])
        row, was = here[account], earlier[account]
        rows.append(
            {
                "account_id": account,
                "from_tier": was.tier,
                "to_tier": row.tier,
                "direction": "up" if row.tier < was.tier else "down",
                "why": w.why_move(row, was),
                "owner_id": now.owner(account),
            }
        )
    columns = ["account_id", "from_tier", "to_tier", "direction", "why", "owner_id"]
    moved = pd.DataFrame(rows, columns=columns).sort_values(
        ["direction", "to_tier", "account_id"], ascending=[False, True, True]
    )
    flow = pd.DataFrame({"from_tier": letters(before), "to_tier": letters(tier[-1])}).value_counts().reset_index()
    return {
        "moves": moved.reset_index(drop=True),
        "flow": flow.sort_values(["from_tier", "to_tier"], ignore_index=True),
    }


def tier_lowered(now: WeekState) -> list[bool]:
    """Of every row of `now.tiers`: whether the director's confirmation lowered it."""
    lowered = now.portfolio.tiers.lowered[-1]
    return [bool(lowered[now.place(account)]) for account in now.tiers["account_id"]]


def tier_rows(now: WeekState, w: Wording) -> pd.DataFrame:
    """The first accounts by tier, then value index x win probability, with why each is in its tier."""
    return every_tier_row(now, w).head(now.parameters.report.listed_accounts)


def every_tier_row(now: WeekState, w: Wording) -> pd.DataFrame:
    """The same of all active accounts."""
    outcome, grid = now.portfolio.tiers, now.portfolio.grid
    place = [now.place(a) for a in now.tiers["account_id"]]
    rows = now.tiers.assign(
        posture=grid["competitive_posture"][-1, place],
        weeks_since_row=grid["weeks_since_row"][-1, place],
        stale=outcome.stale[-1, place],
        cannot_judge=outcome.cannot_judge[-1, place],
        lowered=tier_lowered(now),
        owner_id=[now.owner(a) for a in now.tiers["account_id"]],
    )
    last = grid["win_probability"][-2, place] if len(grid.weeks) > 1 else np.full(len(rows), np.nan)
    rows["change"] = rows["win_probability"] - last
    rows["why"] = [w.why_tier(row) for row in rows.itertuples(index=False)]
    rows["_order"] = -(rows["value_index"].fillna(0.0) * rows["win_probability"].fillna(0.0))
    return rows.sort_values(["tier", "_order", "account_id"], ignore_index=True).drop(columns="_order")


def alert_cards(now: WeekState, w: Wording) -> pd.DataFrame:
    """A card for each alert that is on: red, warnings, then yellow by contract; the page merges what is too many.

    A red alert that ended in the week keeps its card; of the yellow ones a note tells (`section.alerts`). Snoozed
    stalls have no card.
    """
    spells = on_in_week(now.red, now.friday)
    shown = spells[(spells["severity"] == "red") | spells["ended_on"].isna()]
    cards = [_red_card(now, w, spell) for spell in shown.itertuples(index=False)]
    still = now.stalled_now.assign(amount=[now.contract(a) for a in now.stalled_now["account_id"]])
    still = still.sort_values(["amount", "account_id"], ascending=[False, True])
    cards += [_yellow_card(now, w, spell) for spell in still.itertuples(index=False)]
    columns = ["severity", "since", "title", "why", "next", "forming", "needed", "on", "account_id"]
    frame = pd.DataFrame(cards, columns=columns)
    order = frame["severity"].map({"red": 0, "warning": 1, "yellow": 2})
    return frame.assign(_order=order).sort_values("_order", kind="stable", ignore_index=True).drop(columns="_order")


def _look_first(now: WeekState, w: Wording) -> str:
    """Where to look first when efficiency falls: the largest leak."""
    if w.audience != DIRECTOR or not len(now.leaks):
        return w.say("alert.red_next_plain")
    return w.say("alert.red_next", rep=now.rep(now.leaks["rep_id"].iloc[0]))


def _red_card(now: WeekState, w: Wording, spell: Any) -> dict[str, Any]:
    p = now.parameters.red_alert
    before, lowest = spell.value_before * PER_10K, spell.value_before * (1 - spell.depth) * PER_10K
    on = missing(spell.ended_on)
    card = {"severity": spell.severity, "on": on, "account_id": "", "forming": None, "needed": p.days}
    if spell.severity == "red":
        recovery = spell.recovery_line * PER_10K
        why = w.say(
            "alert.red_why",
            started=spell.started_on,
            fired=spell.fired_on,
            before=before,
            lowest=lowest,
            recovery=recovery,
        )
        if not on:
            why += w.say("alert.red_ended", ended=spell.ended_on, recovery=recovery)
        then = _look_first(now, w)
        title = w.say("alert.red_title", days=p.days, depth=spell.depth)
        return card | {"since": spell.started_on, "title": title, "why": why, "next": then}
    days = int(spell.days_forming)
    if spell.code == "cumulative":
        title = w.say("alert.warning_title_cumulative", depth=spell.depth)
    else:
        title = w.say("alert.warning_title", days=days, left=p.days - days)
        card["forming"] = days
    why = w.say("alert.warning_why", started=spell.started_on, before=before, lowest=lowest)
    then = (
        ""
        if missing(spell.next_line)
        else w.say("alert.warning_next", next_line=spell.next_line * PER_10K, first=_look_first(now, w))
    )
    return card | {"since": spell.started_on, "title": title, "why": why, "next": then}


def _yellow_card(now: WeekState, w: Wording, spell: Any) -> dict[str, Any]:
    limit, account = now.parameters.yellow_alert.max_days, spell.account_id
    titles = now.unreached(account)
    key = "alert.yellow_why" if spell.moved else "alert.yellow_why_never"
    reasons = [w.say(key, since=spell.started_on, limit=limit, fires=limit + 1)]
    if titles:
        reasons.append(w.say("ask.stall.person", titles=w.together(titles[:2])))
    if not missing(now.contract(account)):
        reasons.append(w.say("alert.yellow_contract", amount=now.contract(account)))
    return {
        "severity": "yellow",
        "since": spell.fired_on,
        "title": w.say("alert.yellow_title", account=now.account(account), days=int(spell.days_still)),
        "why": w.prose(reasons),
        "next": w.say("alert.yellow_next", rep=now.rep(now.owner(account))),
        "forming": None,
        "needed": None,
        "on": True,
        "account_id": account,
    }


def indicator(now: WeekState) -> Frames:
    """The team's efficiency by day (points per 10k CNY), with public holidays, and the spells on it."""
    since = now.friday - np.timedelta64(7 * now.parameters.report.trend_weeks - 1, "D")
    days = np.arange(since, now.friday + 1)
    values = (
        now.efficiency_by_day.set_index("date")["value"].reindex(days.astype("datetime64[us]")).to_numpy() * PER_10K
    )
    holiday = now.calendar.is_public_holiday(days)
    daily = pd.DataFrame({"day": days.astype("datetime64[us]"), "value": values, "public_holiday": holiday})
    spells = now.red[(now.red["severity"] == "red") | now.red["ended_on"].isna()]
    seen = spells[spells["ended_on"].isna() | (spells["ended_on"] >= pd.Timestamp(since))]
    shown = seen.assign(
        judged=seen["judged_on"].map(list),
        recovery_line=seen["recovery_line"] * PER_10K,
        next_line=seen["next_line"] * PER_10K,
    )
    return {
        "indicator_daily": daily,
        "indicator_spells": shown.drop(columns="judged_on").reset_index(drop=True),
    }


def resources(now: WeekState, w: Wording) -> Frames:
    """Plan and actual by tier, and who spends most on C."""
    team = now.spend[now.spend["rep_id"] == ""]
    plan = team[team["tier"] != ""][["tier", "planned_share", "actual_share", "cost"]].reset_index(drop=True)
    large = now.leaks[now.leaks["share"] >= now.parameters.report.leak_min_share]
    names = [w.listing([now.account(a) for a in accounts], 2) for accounts in large["accounts"]]
    leaks = large[["rep_id", "share", "cost"]].assign(accounts=names, account_ids=large["accounts"])
    return {"plan_actual": plan, "leaks": leaks}


def roadmap_frames(now: WeekState) -> Frames:
    """S4's and S5's rankings with what was picked, and one more for comparison."""
    p = now.parameters.roadmap
    industries, strategic = now.industries, now.strategic
    tier = now.tiers.set_index("account_id")["tier"]
    ranked = pd.DataFrame(
        {
            "industry_id": industries["industry_id"],
            "capacity": industries["market_capacity"],
            "whitespace": industries["competitive_whitespace"],
            "score": industries["score"],
            "picked": industries["rank"] <= p.industries,
        }
    )
    accounts = pd.DataFrame(
        {
            "account_id": strategic["account_id"],
            "tier": strategic["account_id"].map(tier),
            "influence": strategic["industry_influence"],
            "fit": strategic["technical_fit"],
            "score": strategic["score"],
            "picked": strategic["rank"] <= p.accounts,
        }
    )
    return {
        "industries_ranked": ranked.head(p.industries + 1),
        "strategic_ranked": accounts.head(p.accounts + 1),
    }


def margins(now: WeekState, w: Wording) -> pd.DataFrame:
    """Accounts within twice the weekly noise of a line, with a hint where the line alone does not decide."""
    near = now.near.rename(columns={"chance_to_cross": "chance"})
    rise = now.emerging.set_index("account_id")["rise"]
    demoted = set(now.portfolio.grid.accounts[now.portfolio.tiers.demoted[-1]])
    hints = []
    for row in near.itertuples(index=False):
        hint = ""
        if row.account_id in demoted:
            weeks = int(now.portfolio.tiers.weeks_without_progress[-1, now.place(row.account_id)])
            hint = w.say("hint.stalled", weeks=weeks)
        elif row.account_id in rise.index:
            hint = w.say("hint.rise", rise=rise[row.account_id], weeks=now.parameters.emerging.lookback_weeks)
        hints.append(hint)
    order = near.assign(hint=hints).sort_values(["line", "win_probability"], ascending=[True, False], ignore_index=True)
    return order[["account_id", "line", "threshold", "win_probability", "low", "high", "tier", "chance", "hint"]]


def dumbbell(now: WeekState) -> pd.DataFrame:
    """This Friday's plan beside last Friday's: an account's pools added up, the reserve last; whole units first."""
    keys, last = ["resource", "account_id"], now.previous
    here = now.allocation.groupby(keys)["amount"].sum()
    there = last.allocation.groupby(keys)["amount"].sum() if last is not None else here.iloc[:0]
    both = pd.DataFrame({"now": here, "last": there}).fillna(0.0).reset_index()
    tier = dict(zip(now.tiers["account_id"], now.tiers["tier"], strict=True))
    if last is not None:  # an account that closed since keeps the tier it had
        tier = dict(zip(last.tiers["account_id"], last.tiers["tier"], strict=True)) | tier
    unit = {resource.name: resource.unit for resource in now.parameters.resources}
    whole_first = sorted(now.parameters.resources, key=lambda resource: not resource.whole)
    place = {resource.name: k for k, resource in enumerate(whole_first)}
    both = both.assign(
        unit=both["resource"].map(unit),
        tier=both["account_id"].map(tier).astype(object).fillna(""),
        change=both["now"] - both["last"],
        _place=both["resource"].map(place),
        _reserve=both["account_id"] == "",
    )
    ordered = both.sort_values(
        ["_place", "_reserve", "tier", "now", "account_id"], ascending=[True, True, True, False, True]
    )
    return ordered[["resource", "unit", "account_id", "tier", "now", "last", "change"]].reset_index(drop=True)


def score_parts(now: WeekState) -> pd.DataFrame:
    """What each component gives to the computed scores: account_id, kind, component, points."""
    parts = []
    for kind, frame in (
        ("value_index", now.portfolio.value_parts),
        ("strategic_weight", now.portfolio.weight_parts),
    ):
        named = frame.filter(like="points_").rename(columns=lambda c: c.removeprefix("points_"))
        long = named.rename_axis("account_id").reset_index()
        parts.append(long.melt("account_id", var_name="component", value_name="points").assign(kind=kind))
    both = pd.concat(parts, ignore_index=True)
    return both[both["account_id"].isin(now.tiers["account_id"])][
        ["account_id", "kind", "component", "points"]
    ].reset_index(drop=True)
