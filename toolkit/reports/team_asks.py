"""What S7, F5 and D3 ask: cards past their date or in a full column, steps not kept, gaps to test and train."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.states import BREACH
from toolkit.reports.ask_rows import Ask, ask, contract
from toolkit.reports.campaign_words import column_name
from toolkit.reports.team_evidence import capability_name
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState


def team_asks(team: TeamState, w: Wording) -> Iterator[Ask]:
    """Every ask of S7, F5 and D3's gaps, unordered."""
    for maker in (_cards, _columns, _ladder, _gaps):
        yield from maker(team, w)


def _cards(team: TeamState, w: Wording) -> Iterator[Ask]:
    state, rows = team.week, team.board
    for row in rows[rows["code"].isin(["overdue", "account_closed"])].itertuples(index=False):
        since = row.due_on if row.code == "overdue" else _closed_on(team, row.account_id)
        facts: dict[str, Any] = {"name": row.campaign_name, "column": column_name(row.board_column, w.language)}
        question = w.say(f"ask.campaign.{row.code}", days=int(row.days_overdue), **facts)
        known = isinstance(row.account_id, str) and row.account_id != ""
        more = contract(state, w, row.account_id) if known else {}
        owner = row.owner_id if isinstance(row.owner_id, str) else ""
        progress = w.say("ask.campaign.progress", share=row.progress) if row.progress == row.progress else ""
        why = w.prose([w.say("ask.campaign.why", owner=state.rep(owner) or w.say("words.nobody")), progress])
        more |= {"rep_id": owner, "aspect": f".{row.campaign_id}", "brief": question}
        yield ask("campaign", "S7", since, row.campaign_name, question, why, **more)


def _closed_on(team: TeamState, account: str) -> pd.Timestamp:
    accounts = team.data.accounts.set_index("account_id")
    closed = accounts.loc[account, "closed_on"]
    return pd.Timestamp(team.week.week_ending) if pd.isna(closed) else closed


def _columns(team: TeamState, w: Wording) -> Iterator[Ask]:
    rows = team.columns
    for row in rows[rows["state"] == BREACH].itertuples(index=False):
        name, limit = column_name(row.board_column, w.language), int(row.limit)
        question = w.say("ask.campaign.full", column=name, n=int(row.cards), limit=limit)
        more: Ask = {"aspect": f".{row.board_column}", "raised": team.day, "brief": question}
        since = _full_since(team, row.board_column, limit)
        yield ask("campaign", "S7", since, name, question, w.say("ask.campaign.full_why"), **more)


def _full_since(team: TeamState, column: str, limit: int) -> np.datetime64:
    """The first of the running Fridays on which a column held more cards than its limit."""
    mine = team.flow[team.flow["board_column"] == column].sort_values("week_ending", ascending=False)
    since = team.week.week_ending
    for friday, cards in zip(mine["week_ending"].to_numpy().astype("datetime64[D]"), mine["cards"], strict=True):
        if cards <= limit:
            break
        since = min(since, friday)
    return since


def _ladder(team: TeamState, w: Wording) -> Iterator[Ask]:
    state = team.week
    for row in team.ladder[team.ladder["state"] == BREACH].itertuples(index=False):
        rep, step = state.rep(row.rep_id), int(row.step)
        facts = {"rep": rep, "month": int(row.month), "done": row.done, "needed": row.needed}
        question = w.say(f"ask.ladder.question_{step}", **facts)
        why = w.say("ask.ladder.why_weeks", met=int(row.weeks_met), weeks=int(row.weeks_judged)) if step != 6 else ""
        more: Ask = {"rep_id": row.rep_id, "raised": team.day, "brief": question}
        yield ask("ladder", "F5", _short_since(team, row), rep, question, why or w.say("ask.ladder.why_6"), **more)


def _short_since(team: TeamState, row: Any) -> np.datetime64:
    """The first of the running weeks in which a step was not kept; of step 6 the day after its month."""
    if int(row.step) == 6:
        return (row.due_on + pd.Timedelta(days=1)).to_datetime64().astype("datetime64[D]")
    weeks = team.ladder_weeks
    mine = weeks[(weeks["rep_id"] == row.rep_id) & (weeks["step"] == row.step)]
    since = team.week.week_ending
    for week in mine.sort_values("week_ending", ascending=False).itertuples(index=False):
        if week.met:
            break
        since = week.week_ending.to_datetime64().astype("datetime64[D]")
    return since


def _gaps(team: TeamState, w: Wording) -> Iterator[Ask]:
    found = team.capability_gaps
    month = pd.Timestamp(team.day).replace(day=1)
    end = month + pd.offsets.MonthEnd(0)
    for row in found[(found["scope"] == "team") & (found["state"] == BREACH)].itertuples(index=False):
        name = capability_name(row.source, row.capability, w)
        facts = {"name": name, "share": row.share, "samples": int(row.samples)}
        question = w.say("ask.gap.question", source=w.say(f"capability.source.{row.source}"), **facts)
        why = w.say(f"capability.training.{row.source}", name=name)
        more: Ask = {"aspect": f".{row.source}-{row.capability}", "due": end, "raised": team.day, "brief": name}
        yield ask("gap", "D3", month, name, question, w.ended(why), **more)
