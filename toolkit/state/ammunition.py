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
    people, said = d.decision_makers, _spoken(team, p.look_back_weeks)
    interests = people.loc[(people["account_id"] == account) & people["interests"].notna(), "interests"]
    here = [*interests, *said.loc[said["account_id"] == account, "text"]]
    return risk_register.register(said, comparable(team, account), here, p)


def _spoken(team: TeamState, weeks: int) -> pd.DataFrame:
    """account_id and text of what the daily reports of the last weeks tell of customers."""
    rows = team.data.daily_reports
    rows = rows[rows["report_date"] > pd.Timestamp(team.day) - pd.Timedelta(weeks=weeks)]
    frames = [rows[["account_id", name]].set_axis(["account_id", "text"], axis=1) for name in ("problem_tag", "note")]
    return pd.concat(frames, ignore_index=True).dropna().astype("str")


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
