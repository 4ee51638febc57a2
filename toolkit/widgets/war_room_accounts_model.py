"""The war room's list of accounts: every active one as a row, what is asked of the list. No widgets."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from toolkit.reports.teller import Teller

SIGNALS: Final = ("alert", "watch", "single")
SORTED_BY: Final = ("tier", "name", "owner", "industry", "stage", "chance", "change", "contract")
_LARGEST_FIRST: Final = ("chance", "change", "contract", "stage")


@dataclass(frozen=True)
class Asked:
    """What the list should show: a part of name, id or owner in any case; one tier, owner, industry, stage; what has a
    signal; by which column, and whether from its other end. "" is every.
    """

    search: str = ""
    tier: str = ""
    owner: str = ""
    industry: str = ""
    stage: str = ""
    signal: str = ""
    by: str = "tier"
    turned: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any((self.search.strip(), self.tier, self.owner, self.industry, self.stage, self.signal))


def account_rows(t: Teller) -> pd.DataFrame:
    """Every active account: account_id, name, tier, before, owner_id, owner, industry_id, industry, stage (1-6),
    stage_name, chance, change (since last Friday), contract, alert (M5 is on), watch (S2), single (one way in, F1).
    """
    team, week = t.team, t.team.week
    rows = week.active.merge(week.tiers[["account_id", "previous_tier", "on_watch"]], on="account_id")
    ids = rows["account_id"]
    grid = week.portfolio.grid
    chance = week.portfolio.column("win_probability")
    before = week.portfolio.column("win_probability", -2) if len(grid.weeks) > 1 else chance * float("nan")
    still = week.yellow.loc[week.yellow["ended_on"].isna(), "account_id"]
    chains = team.chains.set_index("account_id")["single_threaded"]
    stage = ids.map(week.portfolio.column("decision_stage"))
    return pd.DataFrame(
        {
            "account_id": ids,
            "name": [t.account(account) for account in ids],
            "tier": rows["tier"],
            "before": rows["previous_tier"],
            "owner_id": rows["owner_id"].fillna(""),
            "owner": [week.rep(week.owner(account)) for account in ids],
            "industry_id": rows["industry_id"].fillna(""),
            "industry": ["" if pd.isna(one) else t.industry(one) for one in rows["industry_id"]],
            "stage": stage,
            "stage_name": [t.stage(one) for one in stage],
            "chance": rows["win_probability"],
            "change": ids.map(chance) - ids.map(before),
            "contract": [week.contract(account) for account in ids],
            "alert": ids.isin(still),
            "watch": rows["on_watch"],
            "single": ids.map(chains).fillna(False).astype(bool),
        }
    )


def chosen(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The rows that are asked for. Ties: tier, contract, id; what is missing comes last."""
    if wanted := asked.search.strip().casefold():
        text = rows[["account_id", "name", "owner"]].astype("str").agg(" ".join, axis=1).str.casefold()
        rows = rows[text.str.contains(wanted, regex=False)]
    for column, value in (("tier", asked.tier), ("owner_id", asked.owner), ("industry_id", asked.industry)):
        rows = rows[rows[column] == value] if value else rows
    if asked.stage:
        rows = rows[rows["stage"] == float(asked.stage)]
    if asked.signal:
        rows = rows[rows[asked.signal]]
    ordered = rows.assign(_c=-rows["contract"].fillna(0.0)).sort_values(["tier", "_c", "account_id"])
    up = (asked.by not in _LARGEST_FIRST) != asked.turned
    return ordered.sort_values(asked.by, ascending=up, kind="stable", ignore_index=True).drop(columns="_c")
