"""What decision chains and practice ask: who is to be reached, moves, playbooks, drills, reviews."""

from collections.abc import Iterator

import pandas as pd

from toolkit.base.states import BREACH
from toolkit.reports import request_words as said
from toolkit.reports.ask_rows import Ask, ask, contract
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState


def practice_asks(team: TeamState, w: Wording) -> Iterator[Ask]:
    """Every ask of E1–E3, F1, F2 and F6, unordered."""
    for maker in (_chains, _moves, _playbooks, _practice, _losses):
        yield from maker(team, w)


def _chains(team: TeamState, w: Wording) -> Iterator[Ask]:
    state = team.week
    strategic = state.tiers.loc[state.tiers["tier"] == "A", "account_id"]
    rows = team.chains[team.chains["account_id"].isin(strategic) & (team.chains["state"] == BREACH)]
    for row in rows.itertuples(index=False):
        name = state.account(row.account_id)
        question = w.say(f"ask.chain.{row.code}", account=name)
        mine = team.breakpoints[team.breakpoints["account_id"] == row.account_id]
        people = mine.loc[mine["kind"] == "unreached_key", "person_id"]
        titles = w.people(dict.fromkeys(team.title(person) for person in people), 3)
        why = w.say("ask.chain.why", titles=titles) if titles else w.say("ask.chain.why_all", people=int(row.people))
        more = contract(state, w, row.account_id) | {"raised": team.day, "brief": name}
        yield ask("chain", "F1", state.a_since(row.account_id), name, question, why, **more)


def _moves(team: TeamState, w: Wording) -> Iterator[Ask]:
    state, weeks = team.week, team.move_weeks
    empty = int(weeks["state"].iloc[::-1].eq(BREACH).cumprod().sum())
    if empty:
        question, why = w.say("ask.executive_move.none", weeks=empty), w.say("ask.executive_move.none_why")
        since = weeks["week_ending"].iloc[-empty]
        name = w.say("ask.executive_move.name")
        yield ask("executive_move", "F2", since, name, question, why, raised=team.day, brief=question)
    left = team.executive_moves
    left = left[(left["breaks"] != "") & (left["announced_on"] > team.recent)]
    for row in left[left["from_account"].isin(state.tiers["account_id"])].itertuples(index=False):
        name = state.account(row.from_account)
        question = w.say("ask.executive_move.left", account=name, title=team.title(row.person_id))
        more = contract(state, w, row.from_account) | {"aspect": f".{row.move_id}", "brief": question}
        gone = team.leaving(row.person_id)
        reasons = [w.say("ask.executive_move.left_why", day=row.announced_on)]
        if gone.coverage_after < gone.coverage_before:
            facts = {"before": gone.coverage_before, "after": gone.coverage_after}
            reasons.append(w.say("ask.executive_move.coverage", **facts))
        reasons += [w.say("ask.executive_move.cut_off", n=len(gone.cut_off))] if gone.cut_off else []
        yield ask("executive_move", "F2", row.announced_on, name, question, w.prose(reasons), **more)


def _playbooks(team: TeamState, w: Wording) -> Iterator[Ask]:
    for row in team.playbooks[team.playbooks["state"] == BREACH].itertuples(index=False):
        owner = row.owner_id if isinstance(row.owner_id, str) else ""
        stand = w.say(f"playbook.stand.{row.code}", days=int(row.days_overdue))
        question = w.say("ask.playbook.question", title=row.title, stand=stand)
        who = team.week.rep(owner) or w.say("words.nobody")
        why = w.say("ask.playbook.why", version=row.version, day=row.updated_on, owner=who)
        since = row.due_on + pd.Timedelta(days=1)
        more: Ask = {"rep_id": owner, "aspect": f".{row.playbook_id}", "raised": team.day, "brief": question}
        yield ask("playbook", "E1", since, row.title, question, why, **more)


def _practice(team: TeamState, w: Wording) -> Iterator[Ask]:
    rows = team.practice_weeks[team.practice_weeks["week_ending"] > team.recent]
    for row in rows[rows["code"].isin(["missed", "unconcluded"])].itertuples(index=False):
        rule, name = "E2" if row.kind == "drill" else "E3", w.say(f"practice.kind.{row.kind}")
        day = row.week_ending - pd.Timedelta(days=4 if row.kind == "drill" else 1)
        question = w.say(f"ask.practice.{row.kind}_{row.code}", day=day)
        more: Ask = {"raised": min(row.week_ending, pd.Timestamp(team.day)), "brief": question}
        yield ask("practice", rule, row.week_ending, name, question, w.say(f"ask.practice.why_{row.kind}"), **more)


def _losses(team: TeamState, w: Wording) -> Iterator[Ask]:
    state = team.week
    for row in team.loss_reviews[team.loss_reviews["reviewed_at"].isna()].itertuples(index=False):
        name, due = state.account(row.account_id), said.moment(row.due_at, team.day, w)
        question = w.say(f"ask.loss.{row.code}", account=name, due=due)
        more: Ask = {"account_id": row.account_id, "aspect": f".{row.loss_id}", "brief": question}
        more |= {"due": row.due_at.normalize()}
        why = w.say("ask.loss.why", time=said.span(row.hours, w))
        yield ask("loss", "F6", row.lost_at.normalize(), name, question, why, **more)
