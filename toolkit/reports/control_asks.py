"""What the rules of execution ask: requests, clocks, oversteps, callbacks, doubts, directives, training, duties.

A person decides each: a request is answered by whoever may, a contradiction is closed by its owner, an overstep is
ruled on by somebody else than the rep it names.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.states import BREACH
from toolkit.language.forms import missing
from toolkit.method.self_checks import weekly_checks
from toolkit.reports import control_words as words
from toolkit.reports import request_words as said
from toolkit.reports.ask_rows import Ask, ask, contract
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState

_KIND_OF: Final = {"visit": "mismatch", "competitor": "unreported"}
_SHOWN = 2  # how many examples a reason names


def control_asks(control: ControlState, w: Wording) -> Iterator[Ask]:
    """Every ask of E4, E5, F4, M6–M8, M10–M12 and D2, unordered."""
    for maker in (_requests, _clocks, _oversteps, _callbacks, _ledger, _directives, _trainings, _duties):
        yield from maker(control, w)


def answers(control: ControlState) -> pd.DataFrame:
    """The decisions that settle an ask. Of an overstep only another director's: nobody rules on their own (E5)."""
    decisions, reps = control.data.decisions, control.data.reps
    named = decisions["action_id"].map(control.penalties.set_index("action_id")["rep_id"])
    directors = reps.loc[reps["role"] == "director", "rep_id"]
    ruling = decisions["decided_by"].isin(directors) & (decisions["decided_by"] != named)
    return decisions[named.isna() | ruling]


def _requests(control: ControlState, w: Wording) -> Iterator[Ask]:
    state, p = control.week, control.week.parameters
    clocks = control.request_clocks
    opening = clocks[clocks["step"].isin(said.OPENING)].set_index("request_id")
    judged = words.judged_requests(control)
    for row in judged[judged["pending"]].itertuples(index=False):
        clock = opening.loc[row.request_id] if row.request_id in opening.index else None
        due = pd.NaT if clock is None else clock["due_at"]
        name, rep = state.account(row.account_id), state.rep(row.rep_id)
        facts = {"account": name, "wanted": said.wanted(row, w), "choice": said.choice(row, w)}
        facts["allowance"] = said.allowance(row, p.authority, w)
        known = not missing(due)
        until = {"until": said.until(clock, control.day, w)} if known else {}
        question = w.say("ask.request.question" if known else "ask.request.question_open", **facts, **until)
        reasons = [w.say("ask.request.why", rep=rep, at=said.moment(row.requested_at, control.day, w))]
        if row.lifted:
            reasons.append(w.say("ask.request.lifted", tier=row.tier or "—", matrix_tier=row.matrix_tier))
        brief = w.say("ask.request.brief", account=name, wanted=facts["wanted"], **until) if known else name
        more = contract(state, w, row.account_id) | {"rep_id": row.rep_id, "due": pd.Timestamp(due).normalize()}
        more |= {"brief": brief, "aspect": f".{row.request_id}"}
        yield ask("request", "E4", row.requested_at.normalize(), name, question, w.prose(reasons), **more)


def _clocks(control: ControlState, w: Wording) -> Iterator[Ask]:
    state = control.week
    judged = control.requests.set_index("request_id")
    rows = control.request_clocks
    over = rows[(rows["state"] == "breached") & rows["done_at"].isna()]
    over = over[~over["request_id"].isin(judged.index[judged["pending"]])]
    for row in over.itertuples(index=False):
        name, late = state.account(row.account_id), said.span(-row.hours_left, w)
        question = w.say(f"ask.clock.question_{row.step}", account=name, over=late)
        reasons = [
            w.say(
                "ask.clock.why",
                rep=state.rep(row.rep_id),
                at=said.moment(row.started_at, control.day, w),
                time=said.within(row.allowed, row.unit, w),
                due=said.moment(row.due_at, control.day, w),
            )
        ]
        if row.provisional:
            reasons.append(w.say("ask.clock.provisional"))
        brief = w.say("ask.clock.brief", account=name, over=late)
        more = contract(state, w, row.account_id) | {"rep_id": row.rep_id, "raised": row.due_at.normalize()}
        more |= {"brief": brief, "aspect": f".{row.request_id}.{row.step}"}
        yield ask("clock", row.rule, row.started_at.normalize(), name, question, w.prose(reasons), **more)


def _oversteps(control: ControlState, w: Wording) -> Iterator[Ask]:
    state = control.week
    found = control.oversteps.set_index("overstep_id")
    for row in control.penalties.itertuples(index=False):
        if row.quarter != state.quarter and row.state != "proposal":
            continue
        mine = found.loc[list(row.overstep_ids)]
        rep, first = state.rep(row.rep_id), mine["happened_at"].min().normalize()
        code = row.state if row.state in ("not_in_force", "cannot_judge") else "proposal"
        known = {"share": row.share, "amount": row.amount} if code == "proposal" else {}
        facts = {"rep": rep, "n": int(row.violations), "quarter": row.quarter}
        question = w.say(f"ask.overstep.question_{code}", **facts, **known)
        cases = [words.overstep(case, state, w) for case in mine.tail(_SHOWN).itertuples()]
        heard = words.text(row.statement)
        told = w.say("ask.overstep.statement", text=heard) if heard else w.say("ask.overstep.unheard")
        more: Ask = {"rep_id": row.rep_id, "brief": w.say("ask.overstep.brief", **facts)}
        if code == "proposal":
            more |= {"stake": row.amount, "stake_what": w.say("stake.bonus")}
        made = ask("overstep", "E5", first, rep, question, w.prose([w.ended(w.sentence(cases)), told]), **more)
        yield made | {"action_id": row.action_id}


def _callbacks(control: ControlState, w: Wording) -> Iterator[Ask]:
    state, turn = control.week, control.callback_turn
    drawn = turn[turn["drawn"]]
    needed, done = len(drawn), int((drawn["state"] == "done").sum())
    month = pd.Timestamp(control.day).replace(day=1)
    for row in drawn[drawn["state"].isin(["due", "overdue"])].itertuples(index=False):
        name = state.account(row.account_id)
        question = w.say("ask.callback.question", account=name, done=done, needed=needed)
        why = w.say("ask.callback.why", calls=int(row.calls), needed=needed)
        more = contract(state, w, row.account_id) | {"due": row.due_on}
        yield ask("callback", "M7", month, name, question, why, **more)


def _ledger(control: ControlState, w: Wording) -> Iterator[Ask]:
    """M6's mismatches, M8's unreported moves and M12's other contradictions, as the ledger holds them."""
    state, rows = control.week, control.contradictions
    for row in rows[rows["state"] == "open"].itertuples(index=False):
        kind, name, rep = _KIND_OF.get(row.source, "contradiction"), state.account(row.account_id), row.rep_id
        claim, answer = words.claim(row, control, w), words.answer(row, control, w)
        facts = {"account": name, "rep": state.rep(rep) or w.say("words.nobody")}
        question = w.say(f"ask.{kind}.question", day=row.on, **facts)
        why = w.say(f"ask.{kind}.why", said=claim, other=answer)
        brief = w.say("ask.contradiction.brief", account=name, source=w.say(f"page.trust.other.{row.source}"))
        more = contract(state, w, row.account_id) | {"rep_id": rep, "due": row.due_on, "brief": brief}
        made = ask(kind, "M12", row.on, name, question, why, **more)
        yield made | {"action_id": row.contradiction_id}


def _directives(control: ControlState, w: Wording) -> Iterator[Ask]:
    state, p = control.week, control.week.parameters.directives
    days = words.of_week(control.directive_days, "day", control.day)
    short = days[days["state"] == "breach"]
    if len(short):
        missing_reports = int((short["needed"] - short["covered"]).sum())
        question = w.say("ask.directives.question_short", days=len(short), n=missing_reports)
        why = w.say("ask.directives.why_short", share=p.share, each=p.per_report)
        facts = {"raised": control.day, "aspect": ".short", "brief": question}
        yield ask("directives", "M10", control.week.week_ending, "", question, why, **facts)
    late = control.directives_overdue
    for owner, mine in late.groupby(late["owner_id"].fillna(""), sort=True):
        rep, first = state.rep(str(owner)) if owner else w.say("words.nobody"), mine.sort_values("due_on").iloc[0]
        question = w.say("ask.directives.question_overdue", rep=rep, n=len(mine))
        facts = {"text": first["text"], "account": state.account(words.text(first["account_id"]))}
        why = w.say("ask.directives.why_overdue", day=first["due_on"], **facts)
        brief = w.say("ask.directives.brief", rep=rep, n=len(mine))
        more: Ask = {"rep_id": str(owner), "aspect": ".overdue", "brief": brief}
        yield ask("directives", "M10", first["due_on"], rep, question, why, **more)


def _trainings(control: ControlState, w: Wording) -> Iterator[Ask]:
    p = control.week.parameters.training
    called = control.trainings
    failed = called[called["state"] == "recurring"].drop_duplicates("problem_tag", keep="last")
    before = {row.problem_tag: row for row in failed.itertuples(index=False)}
    for row in called[called["state"] == "to_open"].itertuples(index=False):
        counts = {"times": int(row.times), "accounts": int(row.accounts), "reps": int(row.reps)}
        again = before.get(row.problem_tag)
        question = w.say("ask.training.again" if again else "ask.training.question", tag=row.problem_tag)
        why = w.say("ask.training.why", days=p.days, **counts)
        if again:
            later = w.say("ask.training.later", day=again.trained_on, n=int(again.later_times))
            why = w.prose([why, later])
        brief = w.say("ask.training.brief", tag=row.problem_tag, times=int(row.times))
        more: Ask = {"aspect": f".{row.problem_tag}", "brief": brief}
        yield ask("training", "M11", row.triggered_on, row.problem_tag, question, why, **more)


def _duties(control: ControlState, w: Wording) -> Iterator[Ask]:
    """D2's orders and sand tables; what is to be dropped is asked by the cut list."""
    rows = control.weekly_checks
    for row in rows[rows["item"].isin(["sign_orders", "update_sand_tables"])].itertuples(index=False):
        if row.state not in ("breach", "warning"):
            continue
        counts: dict[str, Any] = {"done": _whole(row.done), "needed": _whole(row.needed)}
        question = w.say(f"ask.duties.{row.item}", **counts)
        name = w.say(f"check.{row.item}")
        why = w.say(f"ask.duties.why_{row.answered_by}")
        brief = w.say("ask.duties.brief", item=name, **counts)
        more: Ask = {"raised": control.day, "aspect": f".{row.item}", "brief": brief}
        yield ask("duties", "D2", _left_since(control, row.item), name, question, why, **more)


def _left_since(control: ControlState, item: str) -> np.datetime64:
    """The Friday of the first of the running weeks in which a weekly duty was left undone."""
    table, weeks = control.week.industries, control.week.portfolio.grid.weeks
    industries = tuple(table.loc[table["picked"], "industry_id"])
    p, since = control.week.parameters.self_check, control.week.week_ending
    for friday in weeks[weeks < since][::-1]:
        rows = weekly_checks(friday, friday, control.data.tables, industries, p).set_index("item")
        if rows.loc[item, "state"] != BREACH:
            break
        since = friday
    return since


def _whole(value: float) -> int:
    return 0 if np.isnan(value) else int(value)
