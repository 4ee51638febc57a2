"""E3 and F6 as documents: Thursday's three prisms, prefilled; the blame-free review of a lost deal."""

from typing import Any, Final

import pandas as pd

from toolkit.base.states import BREACH, GOOD
from toolkit.language.forms import missing
from toolkit.reports import request_words as said
from toolkit.reports.document import Block, Chapter, Document, blanks, bullets, chapter, facts, grid_or, note, text
from toolkit.reports.teller import Teller
from toolkit.state import drill_room

_WEEK: Final = pd.Timedelta(weeks=1)
_MOST: Final = 10  # rows of a prism's table
_WORST: Final = 5
_BEFORE: Final = 8  # weekly rows before a loss
PRISMS: Final = ("customer", "competitor", "ourselves")


def three_prism(t: Teller) -> Document:
    """The review of the day's week: what changed by prism, and lines for the conclusions that people draw."""
    friday = pd.Timestamp(t.team.week.week_ending)
    last = _last_conclusions(t)
    blocks = {"customer": _customer(t), "competitor": _competitor(t), "ourselves": _ourselves(t)}
    chapters = []
    for prism in PRISMS:
        before = [note(t.say("prism.last", words=last[prism]))] if last[prism] else []
        chapters.append(chapter(t.say(f"prism.{prism}"), *blocks[prism], *before, blanks(3, t.say("prism.conclusion"))))
    subtitle = t.say("prism.subtitle", since=friday - _WEEK + pd.Timedelta(days=1), day=min(friday, t.day))
    return t.document("three_prism", t.say("prism.title"), subtitle, chapters, t.say("prism.note"))


def _last_conclusions(t: Teller) -> dict[str, str]:
    rows = t.team.data.sessions
    whole = rows[(rows["kind"] == "three_prism") & rows["conclusion_customer"].notna()].sort_values("held_at")
    if not len(whole):
        return dict.fromkeys(PRISMS, "")
    row = whole.iloc[-1]
    return {prism: "" if missing(row[f"conclusion_{prism}"]) else str(row[f"conclusion_{prism}"]) for prism in PRISMS}


def spiced_changes(t: Teller) -> pd.DataFrame:
    """The A and B accounts whose SPICED total, stage or contacts changed in the day's week, the largest first."""
    rows, week = t.team.spiced_weeks.sort_values(["account_id", "week_ending"]), t.team.week
    now = rows[rows["week_ending"] == rows["week_ending"].max()].set_index("account_id")
    earlier = rows[rows["week_ending"] < rows["week_ending"].max()]
    before = earlier.groupby("account_id")[["total", "stage"]].last().add_suffix("_before")
    tiers = week.tiers.set_index("account_id")["tier"]
    frame = now.join(before).assign(tier=tiers)
    frame = frame.assign(change=frame["total"] - frame["total_before"], moved=frame["stage"] - frame["stage_before"])
    live = frame["change"].fillna(0).ne(0) | frame["moved"].fillna(0).ne(0) | frame["contacts"].fillna(0).gt(0)
    frame = frame[live & frame["tier"].isin(["A", "B"])].reset_index()
    order = frame.assign(_c=-frame["change"].abs().fillna(0), _m=-frame["moved"].abs().fillna(0))
    return order.sort_values(["_c", "_m", "account_id"], ignore_index=True).head(_MOST)


def _customer(t: Teller) -> list[Block]:
    rows = [
        (
            t.account(row.account_id),
            row.tier,
            "—" if missing(row.change) else t.cell(row.change, "signed"),
            t.stage(row.stage) if row.moved == 0 or missing(row.moved) else _from_to(t, row),
            t.cell(row.contacts, "number"),
        )
        for row in spiced_changes(t).itertuples(index=False)
    ]
    headers = t.headers("account", "tier", "spiced", "stage", "contacts")
    still = t.team.week.stalled_now
    named = t.w.listing(t.account(account) for account in still["account_id"])
    more = [text(t.say("prism.still", n=len(still), accounts=named))] if len(still) else []
    return [grid_or(headers, rows, t.say("none.changes")), *more]


def _from_to(t: Teller, row: Any) -> str:
    return f"{t.stage(row.stage_before)} → {t.stage(row.stage)}"


def _competitor(t: Teller) -> list[Block]:
    since = pd.Timestamp(t.team.week.week_ending) - _WEEK + pd.Timedelta(days=1)
    rows = t.team.cross_check
    return [t.moves(rows[rows["on"] >= since].sort_values(["on", "item_id"], ascending=[False, True]))]


def _ourselves(t: Teller) -> list[Block]:
    week = t.team.week
    spent = week.reports_of_week(week.week_ending).groupby("account_id")["cost"].sum()
    rows = week.active[["account_id", "tier", "value_index"]].assign(
        cost=week.active["account_id"].map(spent).fillna(0.0)
    )
    rows = rows[rows["cost"] > 0]
    rows = rows.assign(efficiency=rows["value_index"].fillna(0.0) / rows["cost"] * 1000)
    worst = rows.sort_values(["efficiency", "account_id"]).head(_WORST)
    cells = [
        (t.account(r.account_id), r.tier, t.cell(r.cost, "money"), t.cell(r.efficiency, "number"))
        for r in worst.itertuples(index=False)
    ]
    table = grid_or(t.headers("account", "tier", "cost", "efficiency"), cells, t.say("none.costs"))
    errors = [t.say(f"error.{code}", n=n) for code, n in slips(t).items() if n]
    return [table, text(t.say("prism.errors")), bullets(errors) if errors else note(t.say("none.errors"))]


def slips(t: Teller) -> dict[str, float]:
    """Facts of the week that look like tactical errors, by code: counts, and C's share of the cost. Nobody is named."""
    team, week = t.team, t.team.week
    since = pd.Timestamp(week.week_ending) - _WEEK + pd.Timedelta(days=1)
    reports = week.reports_of_week(week.week_ending)
    total = float(reports["cost"].sum())
    clocks, practice = team.request_clocks, team.practice_weeks
    late = (clocks["state"] == "breached") & (clocks["due_at"] >= since)
    mine = practice[(practice["week_ending"] == pd.Timestamp(week.week_ending)) & (practice["kind"] == "drill")]
    return {
        "cost_on_c": float(reports.loc[reports["tier"] == "C", "cost"].sum()) / total if total else 0.0,
        "incomplete": int((team.incomplete["report_date"] >= since).sum()),
        "late_clocks": int(clocks.loc[late, "request_id"].nunique()),
        "contradictions": int((team.contradictions["on"] >= since).sum()),
        "unreported": int(((team.cross_check["on"] >= since) & (team.cross_check["result"] == "unreported")).sum()),
        "no_drill": int((mine["state"] == BREACH).any()),
    }


def open_loss(t: Teller) -> str:
    """The loss to review: the newest without a review, else the newest; "" without a loss."""
    rows = t.team.loss_reviews
    waiting = rows[rows["reviewed_at"].isna()]
    picked = waiting if len(waiting) else rows
    return str(picked["loss_id"].iloc[0]) if len(picked) else ""


def loss_review(t: Teller, loss_id: str) -> Document:
    """The review of a lost deal: what could be seen, what was put in, three questions. It names no person."""
    rows = t.team.loss_reviews
    mine = rows[rows["loss_id"] == loss_id]
    if not len(mine):
        return t.document("loss_review", t.say("loss.title_none"), "", [chapter(t.say("none.losses"))])
    row = next(mine.itertuples(index=False))
    chapters = [
        chapter(t.say("loss.clock"), _clock(t, row)),
        _seen(t, row),
        chapter(t.say("loss.rivals"), t.moves(_rivals(t, row))),
        chapter(t.say("loss.put_in", weeks=t.team.week.parameters.loss_review.look_back_weeks), _put_in(t, row)),
        *(chapter(t.say(f"loss.{prism}"), blanks(4, t.say(f"loss.ask_{prism}"))) for prism in PRISMS),
        chapter(t.say("loss.tactics"), blanks(4, _feeds(t, row.account_id))),
    ]
    title = t.say("loss.title", account=t.account(row.account_id))
    return t.document("loss_review", title, t.say("loss.subtitle"), chapters, t.say("loss.note"))


def _clock(t: Teller, row: Any) -> Block:
    losses = t.team.data.losses.set_index("loss_id")
    stand = t.w.say(
        f"loss.{row.code}", time=said.span(row.hours, t.w), due=said.moment(row.due_at, t.team.day, t.w)
    )  # fmt: skip
    marks = {GOOD: "", BREACH: "▲ "}
    return t.facts(
        lost=f"{t.cell(row.lost_at, 'date')} {row.lost_at:%H:%M}",
        due=f"{t.cell(row.due_at, 'date')} {row.due_at:%H:%M}",
        stand=marks.get(row.state, "◆ ") + stand,
        competitor=t.cell(losses["competitor"].get(row.loss_id)),
    )


def _seen(t: Teller, row: Any) -> Chapter:
    """What the account's last weekly rows and its chain showed before the loss."""
    weekly = t.team.data.account_weeks
    mine = weekly[(weekly["account_id"] == row.account_id) & (weekly["week_ending"] <= row.lost_at)]
    cells = [
        (
            t.cell(r.week_ending, "date"),
            t.stage(r.decision_stage),
            t.cell(r.win_probability, "percent"),
            t.cell(r.competitive_posture, "number"),
        )
        for r in mine.sort_values("week_ending").tail(_BEFORE).itertuples(index=False)
    ]
    table = grid_or(t.headers("week", "stage", "probability", "posture"), cells, t.say("none.weeks"))
    chain = drill_room.chain_on(t.team, row.account_id, row.lost_at.normalize())
    met = "" if missing(chain["coverage"]) else t.say("loss.chain", met=chain["reached_key"], of=chain["key_people"])
    return chapter(t.say("loss.seen"), table, *([text(met)] if met else []))


def _look_back(t: Teller) -> pd.Timedelta:
    return pd.Timedelta(weeks=t.team.week.parameters.loss_review.look_back_weeks)


def _rivals(t: Teller, row: Any) -> pd.DataFrame:
    since = row.lost_at.normalize() - _look_back(t)
    moves = drill_room.rival_moves(t.team, since, row.account_id, drill_room.industry_of(t.team, row.account_id))
    return moves[moves["on"] <= row.lost_at].head(_MOST)


def _put_in(t: Teller, row: Any) -> Block:
    reports = t.team.week.reports
    days = reports["report_date"]
    mine = reports[
        (reports["account_id"] == row.account_id) & (days > row.lost_at - _look_back(t)) & (days <= row.lost_at)
    ]
    if not len(mine):
        return note(t.say("none.costs"))
    hours = [(name, t.cell(mine[name].sum(), "number")) for name in ("technical_hours", "labour_hours")]
    money = [(name, t.cell(mine[name].sum(), "money")) for name in ("price_concession", "cost")]
    names = {"cost": "spent"}
    return facts((t.say(f"column.{names.get(name, name)}"), value) for name, value in (*hours, *money))


def _feeds(t: Teller, account: str) -> str:
    """Which playbook the tactics go into: the newest handbook of the account's industry."""
    books = t.team.playbooks
    industry = drill_room.industry_of(t.team, account)
    mine = books[(books["kind"] == "industry_handbook") & (books["industry_id"] == industry)]
    if not len(mine):
        return t.say("loss.feeds_new", industry=t.cell(t.industry(industry)))
    return t.say("loss.feeds", title=mine["title"].iloc[0], version=mine["version"].iloc[0])
