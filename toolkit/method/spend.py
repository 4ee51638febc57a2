"""S6, actual against plan: where the week's reported cost went, by tier and rep, beside the 70/30.

actual share = cost of the reports in that row / cost of all reports of the week; a tier is the one in force
on the report's day, empty where the account had none (closed: planned 0).

Unit: CNY; shares are fractions of the week's cost. Missing values: a blank cost counts 0; with no cost at
all the shares are not defined (NaN). Ties: by tier, rep id.

Reading: a *leak* is cost outside A beyond the tier's plan: all of C's and of closed accounts', and B's
above its planned share, laid on its reps in proportion to their cost. A above plan shows in the table and
is no leak.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

SPEND_COLUMNS: Final = ("tier", "rep_id", "planned_share", "actual_share", "cost")
LEAK_COLUMNS: Final = ("rep_id", "tier", "share", "cost", "excess_share", "accounts")
_TIERS: Final = ("A", "B", "C", "")


def spend(reports: pd.DataFrame, plan: Mapping[str, float]) -> pd.DataFrame:
    """The rows of spend.csv (S6): the team by tier (rep_id empty) with its plan, then each rep by tier.

    reports: rep_id, tier (A, B, C, empty), cost (CNY) of the week's reports. plan: planned share by tier; a
    tier it does not name has 0. Columns tier, rep_id, planned_share (NaN on the reps' rows), actual_share,
    cost. A, B and C always have a team row, the empty tier only where it has cost.

    Examples
    --------
    >>> reports = pd.DataFrame({"rep_id": ["R1", "R1", "R2"], "tier": ["A", "C", "A"],
    ...     "cost": [60.0, 10.0, 30.0]})
    >>> spend(reports, {"A": 0.7, "B": 0.3}).values.tolist()
    [['A', '', 0.7, 0.9, 90.0], ['B', '', 0.3, 0.0, 0.0], ['C', '', 0.0, 0.1, 10.0],
     ['A', 'R1', nan, 0.6, 60.0], ['C', 'R1', nan, 0.1, 10.0], ['A', 'R2', nan, 0.3, 30.0]]
    """
    rows = _clean(reports)
    total = rows["cost"].sum()
    by_tier = rows.groupby("tier")["cost"].sum()
    tiers = [tier for tier in _TIERS if tier or by_tier.get("", 0.0) > 0]
    team = pd.DataFrame({"tier": tiers, "rep_id": "", "planned_share": [plan.get(t, 0.0) for t in tiers]})
    team["cost"] = team["tier"].map(by_tier).fillna(0.0).astype(float)
    reps = rows.groupby(["rep_id", "tier"])["cost"].sum().reset_index()
    reps = reps[reps["cost"] > 0].assign(planned_share=np.nan, place=lambda r: r["tier"].map(_TIERS.index))
    table = pd.concat([team, reps.sort_values(["rep_id", "place"])], ignore_index=True)
    table["actual_share"] = table["cost"] / total if total > 0 else np.nan
    return table[list(SPEND_COLUMNS)].astype({"tier": "str", "rep_id": "str"})


def leaks(reports: pd.DataFrame, plan: Mapping[str, float]) -> pd.DataFrame:
    """Where the plan leaks (S6), by rep and tier outside A: the largest first, with the accounts behind it.

    reports: rep_id, account_id, tier, cost of the week. Columns rep_id, tier, share (of the week's cost),
    cost, excess_share (the part of it above the tier's plan), accounts (ids joined by `;`, the costliest
    first). Sorted by excess_share, then rep and tier; tiers within their plan are left out.

    Examples
    --------
    >>> reports = pd.DataFrame({"rep_id": ["R1", "R1", "R2"], "account_id": ["K1", "K2", "K3"],
    ...     "tier": ["A", "C", "B"], "cost": [50.0, 10.0, 40.0]})
    >>> leaks(reports, {"A": 0.7, "B": 0.3})[["rep_id", "tier", "share", "accounts"]].values.tolist()
    [['R1', 'C', 0.1, 'K2'], ['R2', 'B', 0.4, 'K3']]
    """
    rows = _clean(reports)
    rows = rows[rows["cost"] > 0]
    total = rows["cost"].sum()
    by_tier = rows.groupby("tier")["cost"].sum()
    over = {tier: by_tier.get(tier, 0.0) - plan.get(tier, 0.0) * total for tier in ("B", "C", "")}
    over = {tier: excess for tier, excess in over.items() if excess > 1e-9 * total}
    rows = rows[rows["tier"].isin(list(over))]
    by_account = rows.groupby(["rep_id", "tier", "account_id"])["cost"].sum().reset_index()
    by_account = by_account.sort_values(["cost", "account_id"], ascending=[False, True], kind="stable")
    table = by_account.groupby(["rep_id", "tier"], as_index=False).agg(
        cost=("cost", "sum"), accounts=("account_id", ";".join)
    )
    excess = table["cost"] * table["tier"].map({t: over[t] / by_tier[t] for t in over}).astype(float)
    table = table.assign(share=table["cost"] / total, excess_share=excess / total)
    table["order"] = -table["excess_share"].round(9)
    table = table.sort_values(["order", "rep_id", "tier"], ignore_index=True)
    return table[list(LEAK_COLUMNS)].astype({"rep_id": "str", "tier": "str", "accounts": "str"})


def _clean(reports: pd.DataFrame) -> pd.DataFrame:
    """Blank costs are 0 and a missing tier is the empty one."""
    tier = reports["tier"].astype(object)
    return reports.assign(tier=tier.where(tier.isin(["A", "B", "C"]), ""), cost=reports["cost"].fillna(0.0))
