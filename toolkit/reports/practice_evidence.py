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
        what = [_thread(team, row, w)] if row.code != "breakpoints" else []
        if len(unreached):
            titles = dict.fromkeys(team.title(person) for person in unreached["person_id"])
            what.append(w.say("chain.unreached", titles=w.people(titles)))
        links = mine[mine["kind"] == "sole_link"].sort_values("cuts_off", ascending=False)
        if len(links) and row.code != "single_threaded":
            first = links.iloc[0]
            what.append(w.say("chain.sole_link", title=team.title(first["person_id"]), n=int(first["cuts_off"])))
        coverage = "" if missing(row.coverage) else w.say("chain.coverage", met=row.reached_key, of=row.key_people)
        told = (row.account_id, row.tier, coverage, w.sentence(what), _way(team, unreached, w), row.state, row.code)
        out.append(told)
    return pd.DataFrame(out, columns=["account_id", "tier", "coverage", "what", "way", "state", "code"])


def _thread(team: TeamState, row: Any, w: Wording) -> str:
    """What is wrong with a chain as a whole; of a single thread with whom it is."""
    people = team.data.decision_makers
    met = people.loc[(people["account_id"] == row.account_id) & people["person_id"].isin(team.reached), "person_id"]
    return w.say(f"chain.{row.code}", title=w.people(team.title(person) for person in met))


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
        state = BREACH if row.breaks else WARNING if row.person_id else GOOD
        out.append((row.announced_on, row.from_account or row.to_account, move_told(team, row, w), state))
    frame = pd.DataFrame(out, columns=["announced_on", "account_id", "what", "state"])
    frame = frame.assign(_o=frame["state"].map(WORST_FIRST), _i=frame["account_id"] == "")
    frame = frame.sort_values(["_o", "_i", "announced_on"], ascending=[True, True, False], ignore_index=True)
    return frame.drop(columns=["_o", "_i"]).astype({"announced_on": "datetime64[us]"})


def move_told(team: TeamState, row: Any, w: Wording) -> str:
    """A move of `TeamState.executive_moves`: who went where, what that breaks and opens."""
    known = team.data.executive_moves.set_index("move_id").loc[row.move_id]
    account = row.from_account or row.to_account
    title = known["to_title" if row.change == "joined" else "from_title"]
    person = row.person_name if missing(title) else w.say("move_of.person", title=title, person=row.person_name)
    what = [w.say(f"move_of.{row.change}", person=person, account=team.week.account(account) if account else "")]
    if row.change == "left" and not missing(known["to_company"]):
        what.append(w.say("move_of.to", company=known["to_company"]))
    if row.breaks:
        what.append(w.say(f"move_of.breaks_{row.breaks}"))
        gone = team.leaving(row.person_id)
        if gone.coverage_after < gone.coverage_before:
            what.append(w.say("move_of.coverage", before=gone.coverage_before, after=gone.coverage_after))
    what += [w.say("move_of.opens", account=team.week.account(row.opens))] if row.opens else []
    return w.sentence(what)


def playbook_rows(team: TeamState, w: Wording) -> pd.DataFrame:
    """Every playbook, longest overdue first: title, kind, version, updated_on, owner_id, stand, fed, wins, state."""
    versions = dict(tuple(team.playbook_versions.groupby("playbook_id")))
    out = []
    for row in team.playbooks.itertuples(index=False):
        stand = w.say(f"playbook.stand.{row.code}", days=int(row.days_overdue))
        kind, mine = w.say(f"playbook.kind.{row.kind}"), versions[row.playbook_id]
        version, told = w.say("playbook.version", version=row.version), (_fed(mine, w), _wins(mine, w))
        out.append((row.title, kind, version, row.updated_on, row.owner_id, stand, *told, row.state))
    columns = ["title", "kind", "version", "updated_on", "owner_id", "stand", "fed", "wins", "state"]
    return pd.DataFrame(out, columns=columns).astype({"updated_on": "datetime64[us]"})


def _fed(versions: pd.DataFrame, w: Wording) -> str:
    """How many drills and loss reviews fed the newest version; "" where none did."""
    last = versions.iloc[-1]
    counts = {name: int(last[name]) for name in ("drills", "loss_reviews")}
    return w.sentence([w.say(f"playbook.fed.{name}", n=n) for name, n in counts.items() if n])


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
