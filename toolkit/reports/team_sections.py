"""The findings of the sections on decision chains, practice, campaigns and growth."""

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.states import BREACH, CANNOT_JUDGE
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState

Frames = dict[str, pd.DataFrame]


def findings(team: TeamState, e: Frames, w: Wording) -> dict[str, tuple[str, ...]]:
    """Headline and notes of each; growth, which is about single people, in the director's copy only."""
    made = {
        "chains": _chains(team, e, w),
        "practice": _practice(team, w),
        "campaigns": _campaigns(team, e, w),
    }
    return made | {"growth": _growth(team, e, w)} if w.audience == DIRECTOR else made


def _campaigns(team: TeamState, e: Frames, w: Wording) -> tuple[str, ...]:
    board = team.board
    if not len(board):
        return (w.say("section.campaigns.unknown"),)
    late, over = int((board["code"] == "overdue").sum()), e["board_columns"]["state"].eq(BREACH)
    moved = team.moved["campaign_id"].nunique()
    parts = [w.say("section.campaigns.open", n=int((~board["code"].eq("done")).sum()))]
    parts.append(w.say("section.campaigns.moved", n=moved) if moved else w.say("section.campaigns.still"))
    parts += [w.say("section.campaigns.late", n=late)] if late else []
    if over.any():
        parts.append(w.say("section.campaigns.over", columns=w.together(e["board_columns"].loc[over, "name"].tolist())))
    closed = int((board["code"] == "account_closed").sum())
    return (w.sentence(parts), w.say("section.campaigns.closed", n=closed) if closed else "")


def _growth(team: TeamState, e: Frames, w: Wording) -> tuple[str, ...]:
    ladder, gaps = team.ladder, e["gap_rows"]
    parts = []
    if len(ladder):
        short = int((ladder["state"] == BREACH).sum())
        parts.append(w.say("section.growth.ladder", n=len(ladder), short=short))
    held = team.ranks[team.ranks["rank"] != ""]
    parts.append(w.say("section.growth.ranks", n=len(held), of=len(team.ranks)))
    open_ones = gaps.loc[gaps["state"] == BREACH, "name"].tolist()
    if open_ones:
        parts.append(
            w.say("section.growth.gaps", n=len(open_ones), names=w.listing(open_ones, 2, "words.and_more_things"))
        )
    elif len(gaps):
        parts.append(w.say("section.growth.no_gaps"))
    p = team.week.parameters.capability
    basis = w.say("section.growth.basis", weeks=p.weeks, line=p.min_share)
    return (w.sentence(parts), basis, w.say("section.growth.note"))


def _chains(team: TeamState, e: Frames, w: Wording) -> tuple[str, ...]:
    if not len(team.data.decision_makers):
        return (w.say("section.chains.unknown"),)
    codes = e["chain_rows"]["code"].value_counts()
    parts = [
        w.say(f"section.chains.{code}", n=int(codes[code]))
        for code in ("nobody_reached", "single_threaded", "breakpoints", "no_people", "no_key_people")
        if code in codes
    ]
    notes = {BREACH: "section.chains.moves_overdue", CANNOT_JUDGE: "section.chains.moves_unknown"}
    note = notes.get(team.move_weeks["state"].iloc[-1])
    return (w.sentence(parts) if parts else w.say("section.chains.covered"), w.say(note) if note else "")


def _practice(team: TeamState, w: Wording) -> tuple[str, ...]:
    last = team.practice_weeks[team.practice_weeks["week_ending"] == pd.Timestamp(team.week.week_ending)]
    parts = [w.say(f"section.practice.{row.kind}_{row.code}") for row in last.itertuples(index=False)]
    late = int((team.playbooks["state"] == BREACH).sum())
    parts += [w.say("section.practice.overdue", n=late)] if late else []
    drawn = [team.week.account(account) for account in team.drill_draw.loc[team.drill_draw["drawn"], "account_id"]]
    following = w.say("section.practice.next", account=drawn[0]) if drawn and w.audience == DIRECTOR else ""
    return (w.sentence(parts), following, w.say("section.practice.note"))
