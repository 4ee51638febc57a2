"""What the week asks of the director: one row an ask, in words, with what is at stake; the page merges rows of a kind.

An ask is a condition that holds on the reviewed Friday. Its id names rule, subject and the day the condition began, so
that it stays the same over the weeks while the condition lasts; the answers are looked up by it.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.grid import running_since
from toolkit.reports.ask_rows import COLUMNS, Ask, ask, contract, whose
from toolkit.reports.control_asks import control_asks
from toolkit.reports.practice_asks import practice_asks
from toolkit.reports.team_asks import team_asks
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

# The most urgent first.
KINDS: Final = (
    "red",
    "request",
    "clock",
    "stall",
    "released",
    "watch",
    "contradiction",
    "mismatch",
    "loss",
    "overstep",
    "patience",
    "unverified",
    "callback",
    "leak",
    "cut",
    "duties",
    "chain",
    "executive_move",
    "campaign",
    "practice",
    "playbook",
    "training",
    "gap",
    "ladder",
    "unreported",
    "directives",
    "unjudged",
    "silent",
)
# These fall due sooner and stand first.
URGENT: Final = frozenset({"red", "request", "clock", "stall", "released", "watch"})


def asks(control: TeamState, wording: Wording) -> pd.DataFrame:
    """Everything this Friday's state asks, a row each (COLUMNS), kinds in the order of KINDS."""
    state = control.week
    makers = (_red, _released, _stalls, _watch, _unverified, _patience, _leaks, _cuts, _silent, _unjudged)
    rows = [row for maker in makers for row in maker(state, wording)]
    for more in (control_asks, practice_asks, team_asks):
        rows += more(control, wording)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    if frame["action_id"].duplicated().any():
        raise ValueError(f"two asks of one id: {frame['action_id'][frame['action_id'].duplicated()].tolist()}")
    dates = dict.fromkeys(("since", "raised", "due"), "datetime64[us]")
    return frame.astype({"stake": float, **dates})


def _red(state: WeekState, w: Wording) -> Iterator[Ask]:
    p = state.parameters.red_alert
    for spell in state.red[(state.red["severity"] == "red") & state.red["ended_on"].isna()].itertuples(index=False):
        low = spell.value_before * (1 - spell.depth)
        facts = {"started": spell.started_on, "before": spell.value_before * 1e4, "lowest": low * 1e4}
        if w.audience == DIRECTOR and len(state.leaks):
            worst = state.leaks.iloc[0]
            facts |= {"days": p.days, "fall": p.fall, "share": state.spent("C"), "rep": state.rep(worst["rep_id"])}
            why = w.say("ask.red.why", **facts)
        else:
            why = w.say("ask.red.why_plain", **facts)
        yield ask("red", "M4", spell.started_on, "", w.say("ask.red.question"), why, raised=spell.fired_on)


def _released(state: WeekState, w: Wording) -> Iterator[Ask]:
    resource = state.parameters.resources[0]
    gainers = state.emerging.sort_values(["weight", "account_id"], ascending=[False, True])
    targets = [state.account(a) for a in gainers["account_id"]]
    demoted = _accounts_since(state, state.portfolio.tiers.demoted)
    share = state.released.set_index("account_id")["share"]
    target_why: list[str] = []
    lookback = state.parameters.emerging.lookback_weeks
    if len(gainers):
        first = gainers.iloc[0]
        target_why = [
            w.say(f"ask.released.target_{first['kind']}", target=targets[0], rise=first["rise"], weeks=lookback)
        ]
    for account, since in demoted:
        name, amount = state.account(account), share.get(account, 0.0) * resource.weekly_total
        key = "ask.released.question" if targets else "ask.released.question_none"
        question = w.say(key, account=name, amount=amount, targets=w.listing(targets, 2))
        weeks = int(state.portfolio.tiers.weeks_without_progress[-1, state.place(account)])
        why = w.prose([w.say("ask.released.why", weeks=weeks, amount=amount), *target_why])
        brief = w.say("ask.released.brief", account=name, amount=amount)
        more = whose(state, account) | {"stake": amount, "stake_what": w.say("stake.weekly"), "brief": brief}
        yield ask("released", "S3", since, name, question, why, **more)


def _stalls(state: WeekState, w: Wording) -> Iterator[Ask]:
    limit = state.parameters.yellow_alert.max_days
    for spell in state.yellow[state.yellow["ended_on"].isna()].itertuples(index=False):
        account, name = spell.account_id, state.account(spell.account_id)
        titles = state.unreached(account)
        key = "ask.stall.why" if spell.moved else "ask.stall.why_never"
        reasons = [w.say(key, since=spell.started_on, limit=limit)]
        reasons += [w.say("ask.stall.person", titles=w.together(titles[:2]))] if titles else []
        question = w.say("ask.stall.question", account=name, days=spell.days_still)
        brief = w.say("ask.stall.brief", account=name, days=spell.days_still)
        more = contract(state, w, account) | {"raised": spell.fired_on, "brief": brief}
        yield ask("stall", "M5", spell.started_on, name, question, w.prose(reasons), **more)


def _watch(state: WeekState, w: Wording) -> Iterator[Ask]:
    p = state.parameters.retiering
    for row in state.proposals.itertuples(index=False):
        name, reasons = state.account(row.account_id), []
        if row.low_posture:
            reasons.append(w.say("ask.watch.posture", posture=row.posture, limit=p.min_posture))
        if row.high_ratio:
            reasons.append(w.say("ask.watch.ratio", ratio=row.ratio, limit=p.max_consumption_ratio))
        tier = state.tier_as_proposed(row.account_id)
        lower = {"A": "B", "B": "C"}[tier]
        question = w.say("ask.watch.question", account=name, tier=tier, lower=lower)
        why = w.say("ask.watch.why", weeks=row.fridays, reasons=w.sentence(reasons))
        raised = row.since + pd.Timedelta(weeks=p.proposal_after - 1)
        brief = w.say("ask.watch.brief", account=name, reasons=w.sentence(reasons))
        more = {
            "raised": raised,
            "stake": state.budget(row.account_id),
            "stake_what": w.say("stake.weekly"),
            "brief": brief,
        }
        yield ask("watch", "S2", row.since, name, question, why, **whose(state, row.account_id), **more)


def _unverified(state: WeekState, w: Wording) -> Iterator[Ask]:
    limit = state.parameters.patience.weeks
    for row in state.patience[state.patience["verified_since"].notna()].itertuples(index=False):
        name = state.account(row.account_id)
        seen = pd.notna(row.last_verified_on)
        last = w.say("ask.unverified.last", day=row.last_verified_on) if seen else w.say("ask.unverified.never")
        question = w.say("ask.unverified.question", account=name)
        why = w.say("ask.unverified.why", limit=limit, last=last)
        brief = w.say("ask.unverified.brief", account=name, last=last)
        since = max(row.verified_since, state.a_since(row.account_id))
        more = contract(state, w, row.account_id) | {"brief": brief, "aspect": ".chain"}
        yield ask("unverified", "S9", since, name, question, why, **more)


def _patience(state: WeekState, w: Wording) -> Iterator[Ask]:
    limit = state.parameters.patience.weeks
    for row in state.patience[state.patience["output_since"].notna()].itertuples(index=False):
        name, ever = state.account(row.account_id), pd.notna(row.last_output_on)
        last = w.say("ask.patience.last", day=row.last_output_on) if ever else w.say("ask.patience.never")
        question = w.say("ask.patience.question", account=name, weeks=int(row.weeks_without_output), limit=limit)
        why = w.say("ask.patience.why", last=last, limit=limit)
        since = max(row.output_since, state.a_since(row.account_id))
        yield ask("patience", "S9", since, name, question, why, **contract(state, w, row.account_id))


def _leaks(state: WeekState, w: Wording) -> Iterator[Ask]:
    total, cut = state.spent("C"), set(state.cut["account_id"])
    for row in state.leaks[state.leaks["share"] >= state.parameters.report.leak_min_share].itertuples(index=False):
        rep, accounts = state.rep(row.rep_id), [state.account(a) for a in row.accounts if a not in cut]
        if not accounts:
            continue  # the cut list asks already
        question = w.say("ask.leak.question", rep=rep, n=len(accounts), accounts=w.listing(accounts, 3))
        why = w.say("ask.leak.why", share=total, part=row.share, rep=rep)
        brief = w.say("ask.leak.brief", rep=rep, part=row.share)
        more = {"rep_id": row.rep_id, "stake": row.cost, "stake_what": w.say("stake.cost_week"), "brief": brief}
        yield ask("leak", "S6", row.since, rep, question, why, **more)


def _cuts(state: WeekState, w: Wording) -> Iterator[Ask]:
    weeks = state.parameters.discipline.cut_weeks
    for row in state.cut.itertuples(index=False):
        name = state.account(row.account_id)
        question = w.say("ask.cut.question", account=name)
        why = w.say("ask.cut.why", weeks=weeks, efficiency=row.efficiency * 1e4, rank=row.rank)
        brief = w.say("ask.cut.brief", account=name, efficiency=row.efficiency * 1e4)
        more = {"stake": row.cost, "stake_what": w.say("stake.cost_weeks", weeks=weeks), "brief": brief}
        yield ask("cut", "D2", row.since, name, question, why, **whose(state, row.account_id), **more)


def _silent(state: WeekState, w: Wording) -> Iterator[Ask]:
    grid = state.portfolio.grid
    missing = grid["active"] & ~grid["has_row"]
    for rep, accounts in state.silent.groupby("rep_id", sort=True)["account_id"]:
        mine = [k for k, a in enumerate(grid.accounts) if state.owner(a) == rep]
        since = grid.weeks[running_since(missing[:, mine].any(axis=1, keepdims=True))[0]]
        names = [state.account(a) for a in accounts]
        name = state.rep(rep) if rep else w.say("words.nobody")
        question = w.say("ask.silent.question", rep=name, n=len(names))
        why = w.say("ask.silent.why", cut_off=state.parameters.retiering.cut_off, accounts=w.listing(names))
        brief = w.say("ask.silent.brief", rep=name, accounts=w.listing(names, 2))
        yield ask("silent", "S2", since, name, question, why, rep_id=rep, brief=brief, aspect=".rows")


def _unjudged(state: WeekState, w: Wording) -> Iterator[Ask]:
    could_be_a = state.could_be_a()
    for account, since in _accounts_since(state, state.portfolio.tiers.cannot_judge):
        if account in could_be_a:
            name = state.account(account)
            question = w.say("ask.unjudged.question", account=name)
            yield ask(
                "unjudged",
                "S1",
                since,
                name,
                question,
                w.say("ask.unjudged.why"),
                **contract(state, w, account),
            )


def _accounts_since(state: WeekState, mask: Any) -> Iterator[tuple[str, np.datetime64]]:
    """Accounts for which `mask` (W, N) holds on the last Friday, each with the first Friday of its run."""
    first = running_since(mask)
    for k in np.flatnonzero(mask[-1]):
        yield str(state.portfolio.grid.accounts[k]), state.portfolio.grid.weeks[first[k]]
