"""Frames and tables of the campaign board and of growth: ladder, ranks, capability gaps."""

from typing import Any

import pandas as pd

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WORST_FIRST
from toolkit.reports import practice_evidence
from toolkit.reports.campaign_words import column_name, count_told, move_told, stand_told
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState

Frames = dict[str, pd.DataFrame]


def team_tables(team: TeamState) -> Frames:
    """The tables of the rules of enablement and field support."""
    return {
        "chains": team.chains,
        "breakpoints": team.breakpoints,
        "executive_moves": team.executive_moves,
        "playbooks": team.playbooks,
        "playbook_versions": team.playbook_versions,
        "drill_draw": team.drill_draw,
        "practice": team.practice_weeks,
        "loss_reviews": team.loss_reviews,
        "campaigns": team.board,
        "campaign_columns": team.columns,
        "campaign_moves": team.moved,
        "campaign_flow": team.flow,
        "resilience": team.ladder,
        "resilience_weeks": team.ladder_weeks,
        "ranks": team.ranks,
        "rank_evidence": team.rank_evidence,
        "capability_gaps": team.capability_gaps,
    }


def team_frames(team: TeamState, w: Wording) -> Frames:
    """What the sections chains, practice, campaigns and growth are drawn from."""
    return {
        **practice_evidence.practice_frames(team, w),
        "board_columns": board_columns(team, w),
        "board_cards": board_cards(team, w),
        "board_moves": board_moves(team, w),
        "board_flow": board_flow(team, w),
        "ladder_rows": ladder_rows(team, w),
        "rank_rows": rank_rows(team, w),
        "gap_rows": gap_rows(team, w),
    }


def board_columns(team: TeamState, w: Wording) -> pd.DataFrame:
    """The columns from left to right: board_column, name, cards, limit, state."""
    rows = team.columns
    names = [column_name(code, w.language) for code in rows["board_column"]]
    counts = [count_told(row, w.language) for row in rows.itertuples(index=False)]
    return rows.assign(name=names, count=counts)[["board_column", "name", "cards", "count", "state"]]


def board_cards(team: TeamState, w: Wording) -> pd.DataFrame:
    """The cards in the order of the board, each with how it stands in words."""
    rows = team.board
    return rows.assign(stand=[stand_told(row, w.language) for row in rows.itertuples(index=False)])


def board_moves(team: TeamState, w: Wording) -> pd.DataFrame:
    """The week's moves, the newest first: campaign_id, name, moved_at, what, moved_by."""
    names = dict(zip(team.board["campaign_id"], team.board["campaign_name"], strict=True))
    rows = team.moved.iloc[::-1]
    told = [move_told(row, w.language) for row in rows.itertuples(index=False)]
    name = [names.get(card, card) for card in rows["campaign_id"]]
    return rows.assign(name=name, what=told)[["campaign_id", "name", "moved_at", "what", "moved_by", "direction"]]


def board_flow(team: TeamState, w: Wording) -> pd.DataFrame:
    """The last Fridays' cards by column, from left to right: board_column, name, week_ending, cards, limit."""
    fridays = pd.Index(team.last_weeks.astype("datetime64[us]"))
    rows = team.flow[team.flow["week_ending"].isin(fridays)]
    order = {code: n for n, code in enumerate(team.columns["board_column"])}
    limits = dict(zip(team.columns["board_column"], team.columns["limit"], strict=True))
    names = {code: column_name(code, w.language) for code in order}
    rows = rows[rows["board_column"].isin(order)]
    made = rows.assign(
        name=rows["board_column"].map(names), limit=rows["board_column"].map(limits), _o=rows["board_column"].map(order)
    )
    made = made.sort_values(["_o", "week_ending"], ignore_index=True)
    return made[["board_column", "name", "week_ending", "cards", "limit"]]


def ladder_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """F5 by rep id: rep_id, where (month), asked, stand, following (the next step and its day), state."""
    p = team.week.parameters.resilience
    needs: dict[int, dict[str, float]] = {1: {"n": p.objections_per_day}, 3: {"n": p.breakpoints_per_week}, 6: {}}
    asked = {step: w.say(f"ladder.step.{step}", **found) for step, found in needs.items()}
    rows = []
    for row in team.ladder.itertuples(index=False):
        if row.code == "no_first_day":
            rows.append((row.rep_id, "", "", w.say("ladder.stand.no_first_day"), "", row.state))
            continue
        step = int(row.step)
        facts = {"done": row.done, "needed": row.needed, "day": row.due_on}
        stand = [w.say(f"ladder.stand.{row.code}", **facts)]
        if step != 6 and row.weeks_judged:
            stand.append(w.say("ladder.weeks", met=int(row.weeks_met), weeks=int(row.weeks_judged)))
        where = w.say("ladder.month", month=int(row.month), days=int(row.tenure_days))
        following = w.say("ladder.top") if row.code == "reached" else ""
        if above := {1: 3, 3: 6}.get(step):
            begins = row.started_on + pd.Timedelta(days=(above - 1) * p.month_days)
            following = w.say("ladder.following", day=begins, step=asked[above])
        rows.append((row.rep_id, where, asked[step], w.sentence(stand), following, row.state))
    return pd.DataFrame(rows, columns=["rep_id", "where", "asked", "stand", "following", "state"])


def rank_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """F7 by rep id: rep_id, rank, name, reached_on, basis (the evidence), privilege, missing (what the next asks)."""
    rows = []
    for row in team.ranks.itertuples(index=False):
        name = w.say(f"rank.{row.rank}") if row.rank else w.say("rank.none")
        privilege = w.say(f"rank.privilege.{row.rank}") if row.rank else ""
        missing = w.say("rank.highest")
        if row.next_rank:
            facts = {"next": w.say(f"rank.{row.next_rank}"), "have": int(row.have), "needed": int(row.needed)}
            missing = w.say(f"rank.next.{row.next_rank}", **facts)
        rows.append((row.rep_id, row.rank, name, row.reached_on, _basis(team, row.rep_id, w), privilege, missing))
    columns = ["rep_id", "rank", "name", "reached_on", "basis", "privilege", "missing"]
    return pd.DataFrame(rows, columns=columns).astype({"reached_on": "datetime64[us]"})


def _basis(team: TeamState, rep: str, w: Wording) -> str:
    """What a rank rests on: whole cycles, A accounts won, tactics, reps brought to silver."""
    found = team.rank_evidence
    mine = found[found["rep_id"] == rep]
    cycles = mine.loc[mine["rank"] == "bronze", "evidence_id"]
    made = team.data.achievements.set_index("achievement_id")["account_id"]
    told = []
    known = [team.week.account(account) for account in made.reindex(cycles).dropna()]
    if len(cycles):
        told.append(w.say("rank.basis.bronze", accounts=w.listing(known, 2)) if known else w.say("rank.basis.cycle"))
    won = [team.week.account(account) for account in mine.loc[mine["rank"] == "silver", "evidence_id"]]
    told += [w.say("rank.basis.silver", accounts=w.listing(won, 2))] if won else []
    tactics = int((mine["rank"] == "gold").sum())
    told += [w.say("rank.basis.gold", n=tactics)] if tactics else []
    pupils = team.data.reps.loc[team.data.reps["mentor_id"] == rep, "rep_id"]
    silver = team.ranks[team.ranks["rank"].isin(["silver", "gold", "king"]) & team.ranks["rep_id"].isin(pupils)]
    brought = [team.week.rep(one) for one in silver["rep_id"]]
    told += [w.say("rank.basis.king", names=w.people(brought))] if brought else []
    return w.sentence(told)


def capability_name(source: str, capability: str, w: Wording) -> str:
    """A capability in words: a SPICED dimension, an obstacle as it was dealt, a stage."""
    if source == "spiced":
        return w.say(f"spiced.{capability}.name")
    if source == "stage":
        return w.say(f"stage.{capability}")
    return capability


def gap_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """D3: the team's capabilities, the weakest first, with what would train them; how many reps fall short."""
    found = team.capability_gaps
    mine = found[found["scope"] == "team"]
    short = found[(found["scope"] == "rep") & (found["state"] == BREACH)].groupby(["source", "capability"]).size()
    mine = mine.assign(_o=mine["state"].map(WORST_FIRST)).sort_values(["_o", "share", "source", "capability"])
    rows = []
    for row in mine.itertuples(index=False):
        name = capability_name(row.source, row.capability, w)
        rows.append(
            {
                "source": row.source,
                "capability": row.capability,
                "kind": w.say(f"capability.source.{row.source}"),
                "name": name,
                "share": w.say("capability.share", share=row.share, good=int(row.good), samples=int(row.samples)),
                "range": w.say("capability.range", low=row.low, high=row.high),
                "reps": int(short.get((row.source, row.capability), 0)),
                "training": _training(row, name, w),
                "state": row.state,
            }
        )
    columns = ["source", "capability", "kind", "name", "share", "range", "reps", "training", "state"]
    return pd.DataFrame(rows, columns=columns)


def _training(row: Any, name: str, w: Wording) -> str:
    """What would train a weak capability; too few samples ask for a test first."""
    if row.state == CANNOT_JUDGE:
        return w.say("capability.few")
    return "" if row.state == GOOD else w.say(f"capability.training.{row.source}", name=name)
