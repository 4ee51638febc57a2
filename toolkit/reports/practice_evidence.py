"""Frames of the sections on decision chains and practice: who is not reached, moves, playbooks, drills, reviews."""

from typing import Any

import pandas as pd

from toolkit.base.states import BREACH, GOOD, WARNING, WORST_FIRST
from toolkit.language.forms import missing
from toolkit.reports import request_words as said
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState

Frames = dict[str, pd.DataFrame]


def practice_frames(team: TeamState, w: Wording) -> Frames:
    """All of them by name."""
    return {
        "chain_rows": chain_rows(team, w),
        "move_rows": move_rows(team, w),
        "playbook_rows": playbook_rows(team, w),
        "practice_rows": practice_rows(team, w),
        "loss_rows": loss_rows(team, w),
    }


def chain_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """The A and B accounts whose chain has a break, the worst first: account_id, tier, coverage, what, way, state."""
    tiers = team.week.tiers.set_index("account_id")["tier"]
    rows = team.chains.assign(tier=team.chains["account_id"].map(tiers))
    rows = rows[rows["tier"].isin(["A", "B"]) & (rows["state"] != GOOD)]
    stake = [-team.week.stake(account) for account in rows["account_id"]]
    rows = rows.assign(_o=rows["state"].map(WORST_FIRST), _s=stake).sort_values(["_o", "tier", "_s", "account_id"])
    points = dict(tuple(team.breakpoints.groupby("account_id")))
    out = []
    for row in rows.itertuples(index=False):
        mine = points.get(row.account_id, team.breakpoints.iloc[:0])
        unreached = mine[mine["kind"] == "unreached_key"]
        what = [w.say(f"chain.{row.code}")] if row.code != "breakpoints" else []
        if len(unreached):
            titles = dict.fromkeys(team.title(person) for person in unreached["person_id"])
            what.append(w.say("chain.unreached", titles=w.listing(titles, 2)))
        links = mine[mine["kind"] == "sole_link"].sort_values("cuts_off", ascending=False)
        if len(links):
            first = links.iloc[0]
            what.append(w.say("chain.sole_link", title=team.title(first["person_id"]), n=int(first["cuts_off"])))
        coverage = "" if missing(row.coverage) else w.say("chain.coverage", met=row.reached_key, of=row.key_people)
        told = (row.account_id, row.tier, coverage, w.sentence(what), _way(team, unreached, w), row.state, row.code)
        out.append(told)
    return pd.DataFrame(out, columns=["account_id", "tier", "coverage", "what", "way", "state", "code"])


def _way(team: TeamState, unreached: pd.DataFrame, w: Wording) -> str:
    """The shortest introduction to the most influential key person not reached."""
    known = unreached[unreached["steps"].notna()]
    if not len(known):
        return w.say("chain.no_way") if len(unreached) else ""
    return " → ".join(team.title(person) for person in known["path"].iloc[0])


def move_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """The moves of the last weeks, those that concern an account first: announced_on, account_id, what, state."""
    rows = team.executive_moves
    recent = rows[rows["announced_on"] > team.recent]
    out = []
    for row in recent.itertuples(index=False):
        account = row.from_account or row.to_account
        name = team.week.account(account) if account else ""
        what = [w.say(f"move_of.{row.change}", person=row.person_name, account=name)]
        what += [w.say(f"move_of.breaks_{row.breaks}")] if row.breaks else []
        what += [w.say("move_of.opens", account=team.week.account(row.opens))] if row.opens else []
        state = BREACH if row.breaks else WARNING if row.person_id else GOOD
        out.append((row.announced_on, account, w.sentence(what), state))
    frame = pd.DataFrame(out, columns=["announced_on", "account_id", "what", "state"])
    frame = frame.assign(_o=frame["state"].map(WORST_FIRST), _i=frame["account_id"] == "")
    frame = frame.sort_values(["_o", "_i", "announced_on"], ascending=[True, True, False], ignore_index=True)
    return frame.drop(columns=["_o", "_i"]).astype({"announced_on": "datetime64[us]"})


def playbook_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """Every playbook, the longest overdue first: title, kind, version, updated_on, owner_id, stand, wins, state."""
    versions = dict(tuple(team.playbook_versions.groupby("playbook_id")))
    out = []
    for row in team.playbooks.itertuples(index=False):
        stand = w.say(f"playbook.stand.{row.code}", days=int(row.days_overdue))
        kind, wins = w.say(f"playbook.kind.{row.kind}"), _wins(versions[row.playbook_id], w)
        out.append((row.title, kind, row.version, row.updated_on, row.owner_id, stand, wins, row.state))
    columns = ["title", "kind", "version", "updated_on", "owner_id", "stand", "wins", "state"]
    return pd.DataFrame(out, columns=columns).astype({"updated_on": "datetime64[us]"})


def _wins(versions: pd.DataFrame, w: Wording) -> str:
    """Deals won of those closed in the time of the version before, and in that of the newest."""
    rows = versions.tail(2).itertuples(index=False)
    return " → ".join(w.say("playbook.wins", won=int(row.won), closed=int(row.closed)) for row in rows)


def practice_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """The last weeks' drills and reviews, the newest first: week_ending, kind, what, state."""
    rows = team.practice_weeks.iloc[::-1]
    sessions = team.data.sessions.drop_duplicates("session_id").set_index("session_id")
    out = []
    for row in rows.itertuples(index=False):
        what = w.say(f"practice.{row.code}")
        account = sessions["account_id"].get(row.session_id)
        if isinstance(account, str) and account:
            what = w.sentence([what, team.week.account(account)])
        out.append((row.week_ending, w.say(f"practice.kind.{row.kind}"), what, row.state))
    return pd.DataFrame(out, columns=["week_ending", "kind", "what", "state"])


def loss_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """The losses still to review, and those of the last weeks: account_id, lost_at, stand, state."""
    rows = team.loss_reviews
    rows = rows[rows["reviewed_at"].isna() | (rows["lost_at"] > team.recent)]
    out: list[tuple[Any, ...]] = []
    for row in rows.itertuples(index=False):
        facts = {"time": said.span(row.hours, w), "due": said.moment(row.due_at, team.day, w)}
        out.append((row.account_id, row.lost_at, w.say(f"loss.{row.code}", **facts), row.state))
    return pd.DataFrame(out, columns=["account_id", "lost_at", "stand", "state"])
