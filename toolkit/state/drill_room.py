"""What a drill or review of one account is made from: its people with who is reached, its chain on a day, its cards."""

import numpy as np
import pandas as pd

from toolkit.base.weeks import Day, day
from toolkit.method import chain_graph, drill_cards
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.state.team import TeamState


def people_of(team: TeamState, account: str) -> pd.DataFrame:
    """An account's people from the top of the reporting line down, the most influential first, with reached, depth."""
    d = team.data
    people = d.decision_makers[d.decision_makers["account_id"] == account]
    bosses = dict(zip(people["person_id"], people["reports_to"], strict=True))
    depth = [_depth(person, bosses) for person in people["person_id"]]
    reached = people["person_id"].isin(chain_graph.reached_by(people, d.contacts, team.day))
    key = people["is_key"].fillna(False).astype(bool)
    rows = people.assign(is_key=key, depth=depth, reached=reached, _i=-people["influence"].fillna(-1.0))
    return rows.sort_values(["depth", "_i", "person_id"], ignore_index=True).drop(columns="_i")


def _depth(person: str, bosses: dict[str, str]) -> int:
    """How many superiors on record a person has; a circle ends where it closes."""
    seen = {person}
    while isinstance(boss := bosses.get(person), str) and boss in bosses and boss not in seen:
        seen.add(boss)
        person = boss
    return len(seen) - 1


def chain_on(team: TeamState, account: str, on: Day) -> pd.Series:
    """F1's measures of an account as they were on a day, closed or not."""
    d = team.data
    frame, _ = chain_graph.chains([account], d.decision_makers, d.relationships, d.contacts, on)
    return frame.iloc[0]


def rival_moves(team: TeamState, since: pd.Timestamp, account: str = "", industry: str = "") -> pd.DataFrame:
    """M8's items from a day on, the newest first: those on an account, or on no account but in an industry."""
    rows = team.cross_check
    wide = (rows["industry_id"] == industry) & (rows["account_id"].isin(["", account]) | (account == ""))
    mine = ((rows["account_id"] == account) & (account != "")) | (wide & (industry != ""))
    return rows[mine & (rows["on"] >= since)].sort_values(["on", "item_id"], ascending=[False, True])


def industry_of(team: TeamState, account: str) -> str:
    """The industry of an account; "" where it has none."""
    known = team.data.accounts.set_index("account_id")["industry_id"].get(account)
    return known if isinstance(known, str) else ""


def stage_of(team: TeamState, account: str) -> float:
    """The decision stage of an account's newest weekly row; NaN where none tells it."""
    return float(team.week.portfolio.column("decision_stage").get(account, np.nan))


def days_still(team: TeamState, account: str) -> float:
    """For how long M5 has been on for an account; NaN where it is not."""
    rows = team.week.yellow
    mine = rows[(rows["account_id"] == account) & rows["ended_on"].isna()]
    return float(mine["days_still"].max()) if len(mine) else np.nan


def deck(team: TeamState, account: str) -> pd.DataFrame:
    """E2's obstacle cards for an account, from its weak points of the day."""
    d = team.data
    chain, points = chain_on(team, account, team.day), team.breakpoints
    mine = {name: frame[frame["account_id"] == account] for name, frame in _facts(team).items()}
    people, p = people_of(team, account), team.week.parameters
    played = drill_cards.persona(people)
    points = points[(points["account_id"] == account) & (points["person_id"] != played)]
    since = pd.Timestamp(day(team.day)) - pd.Timedelta(weeks=p.report.recent_weeks)
    drills = d.sessions.loc[d.sessions["kind"] == "drill", "session_id"]
    obstacles = d.session_obstacles[d.session_obstacles["session_id"].isin(drills)]
    made = (
        drill_cards.chain_points(str(chain["code"]), points),
        drill_cards.stance_points(people[people["person_id"] != played]),
        drill_cards.request_points(mine["clocks"]),
        drill_cards.rival_points(rival_moves(team, since, account, industry_of(team, account)), team.day),
        drill_cards.score_points(mine["spiced"], DIMENSIONS, p.capability.evidence_score),
        drill_cards.contradiction_points(mine["contradictions"]),
        drill_cards.still_points(days_still(team, account)),
        drill_cards.unhandled_points(obstacles),
    )
    return drill_cards.deal(made, p.drill.cards, p.drill.cards_of_a_kind)


def _facts(team: TeamState) -> dict[str, pd.DataFrame]:
    return {"clocks": team.request_clocks, "spiced": team.spiced, "contradictions": team.contradictions}
