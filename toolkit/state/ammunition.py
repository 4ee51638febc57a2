"""F3's facts: the contract of an ROI model, comparable accounts, what was said of them, how doubts were answered."""

import numpy as np
import pandas as pd

from toolkit.method import risk_register
from toolkit.state.drill_room import industry_of
from toolkit.state.team import TeamState

EVIDENCE = ("account_id", "adopted", "raised", "resolved", "hours")


def contract(team: TeamState, account: str) -> float:
    """The contract amount of an account, of its newest week or its master row; NaN where neither tells it."""
    known = team.week.contract(account)
    return float(known) if known and np.isfinite(known) and known > 0 else np.nan


def comparable(team: TeamState, account: str) -> list[str]:
    """The other accounts of its industry, by id; none where it has no industry."""
    industry = industry_of(team, account)
    rows = team.data.accounts
    return sorted(rows.loc[(rows["industry_id"] == industry) & (rows["account_id"] != account), "account_id"])


def risks(team: TeamState, account: str) -> pd.DataFrame:
    """The risk register of an account (risk_register.REGISTER)."""
    d, p = team.data, team.week.parameters.risk_register
    people = d.decision_makers
    interests = people.loc[(people["account_id"] == account) & people["interests"].notna(), "interests"]
    return risk_register.register(_spoken(team, p.look_back_weeks), comparable(team, account), interests.tolist(), p)


def _spoken(team: TeamState, weeks: int) -> pd.DataFrame:
    """account_id and text of what reports, drills and reviews of the last weeks say."""
    d, since = team.data, pd.Timestamp(team.day) - pd.Timedelta(weeks=weeks)
    reports = d.daily_reports[d.daily_reports["report_date"] > since]
    held = d.sessions[d.sessions["held_at"] > since]
    obstacles = d.session_obstacles.merge(held[["session_id", "account_id"]], on="session_id")
    parts = [
        *((reports, name) for name in ("problem_tag", "note")),
        (obstacles, "obstacle"),
        (held, "conclusion_customer"),
    ]
    frames = [
        pd.DataFrame({"account_id": rows["account_id"], "text": rows[name]}).dropna().astype("str")
        for rows, name in parts
    ]
    return pd.concat(frames, ignore_index=True)


def evidence(team: TeamState, account: str) -> pd.DataFrame:
    """How technical doubts of comparable accounts were answered: EVIDENCE; buyers first, then the most doubts.

    Accounts that were lost or dropped are none.

    hours  mean hours from a technical request to its answer; NaN where none was answered
    """
    d = team.data
    accounts = comparable(team, account)
    rows = d.resource_requests
    rows = rows[(rows["kind"] == "technical") & rows["account_id"].isin(accounts) & rows["doubts_raised"].notna()]
    hours = (rows["responded_at"] - rows["requested_at"]) / pd.Timedelta(hours=1)
    grouped = rows.assign(hours=hours).groupby("account_id", as_index=False)
    found = grouped.agg(raised=("doubts_raised", "sum"), resolved=("doubts_resolved", "sum"), hours=("hours", "mean"))
    status = found["account_id"].map(d.accounts.set_index("account_id")["status"])
    found = found.assign(adopted=status == "won")[(found["raised"] > 0) & status.isin(["won", "active"])]
    found = found.sort_values(["adopted", "raised", "account_id"], ascending=[False, False, True], ignore_index=True)
    return found[list(EVIDENCE)].head(team.week.parameters.risk_register.evidence)
