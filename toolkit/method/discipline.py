"""D2, the weekly cut list: the accounts with the lowest efficiency over four weeks.

To drop one is to stop active investment, when the director confirms.

efficiency = value index (newest weekly row) / cost of the reports over the `cut_weeks` weeks to the Friday,
in points per CNY, as M2 for one account. Exempt: `strategic` (S5's five), `patience` (S9's), `young`
(opened less than `min_age_weeks` weeks ago), `undefined` (no cost). The lowest `cut_count` of the rest are
listed, fewer where there are fewer.

Ties: by account id. Missing values: without a value index the account counts 0 at its cost (M2) and is marked
`no_index`; a blank cost counts 0.

Readings: only active accounts are candidates; an account is young up to the day before it is
`min_age_weeks` x 7 days old; of several exemptions the first in the order above is named.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.compare import below
from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import day

CUT_COLUMNS: Final = ("rank", "account_id", "efficiency", "cost", "value_index", "no_index")


class DisciplineParameters(Slice):
    """The weekly cut of D2."""

    cut_count: int = setting(3, unit="accounts", rule="D2", ge=0, le=100)
    cut_weeks: int = setting(4, unit="weeks", rule="D2", ge=1, le=52)
    min_age_weeks: int = setting(8, unit="weeks", rule="D2", ge=0, le=520)

    def departures(self) -> tuple[str, ...]:
        """Without any account to drop there is no weekly cut."""
        return () if self.cut_count else ("discipline.no_cut",)


@dataclass(frozen=True)
class CutList:
    """`cuts`: rank, account_id, efficiency, cost, value_index, no_index; `exempt`: account_id, code."""

    cuts: pd.DataFrame
    exempt: pd.DataFrame


def efficiency_over_weeks(
    accounts: pd.DataFrame, reports: pd.DataFrame, friday: Any, parameters: DisciplineParameters
) -> pd.DataFrame:
    """Efficiency of each account over the weeks to a Friday (D2); the rows and columns of `accounts`, by id.

    accounts: account_id, value_index (0-100), …; reports: report_date, account_id, cost (CNY). Adds cost and
    efficiency (points per CNY; NaN where the cost is 0) and no_index.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1", "K2"], "value_index": [50.0, 60.0]})
    >>> reports = pd.DataFrame({"report_date": pd.to_datetime(["2026-10-23", "2026-10-24", "2026-11-20"]),
    ...     "account_id": "K1", "cost": [9_000.0, 1_500.0, 1_000.0]})
    >>> table = efficiency_over_weeks(accounts, reports, "2026-11-20", DisciplineParameters())
    >>> table[["account_id", "cost", "efficiency"]].values.tolist()
    [['K1', 2500.0, 0.02], ['K2', 0.0, nan]]
    """
    last = day(friday)
    days = reports["report_date"].to_numpy().astype("datetime64[D]")
    inside = (days > last - np.timedelta64(7 * parameters.cut_weeks, "D")) & (days <= last)
    cost = reports[inside].groupby("account_id")["cost"].sum()
    table = accounts.sort_values("account_id", ignore_index=True)
    table["cost"] = table["account_id"].map(cost).fillna(0.0).astype(float)
    table["no_index"] = table["value_index"].isna()
    table["efficiency"] = table["value_index"].fillna(0.0) / table["cost"].where(table["cost"] > 0)
    return table


def cut_list(accounts: pd.DataFrame, reports: pd.DataFrame, friday: Any, parameters: DisciplineParameters) -> CutList:
    """The accounts to drop (D2), the least efficient first, and who is exempt and why.

    accounts: account_id, value_index, opened_on, strategic (bool, S5), in_patience (bool, S9), one row an
    active account; reports: report_date, account_id, cost.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1", "K2", "K3"], "value_index": [50.0, 60.0, 40.0],
    ...     "opened_on": pd.to_datetime("2026-01-05"), "strategic": [False, False, True],
    ...     "in_patience": False})
    >>> reports = pd.DataFrame({"report_date": pd.to_datetime("2026-11-19"), "account_id": ["K1", "K2", "K3"],
    ...     "cost": [1_000.0, 3_000.0, 9_000.0]})
    >>> found = cut_list(accounts, reports, "2026-11-20", DisciplineParameters())
    >>> found.cuts["account_id"].tolist(), found.exempt.values.tolist()
    (['K2', 'K1'], [['K3', 'strategic']])
    """
    table = efficiency_over_weeks(accounts, reports, friday, parameters)
    opened = table["opened_on"].to_numpy().astype("datetime64[D]")
    age = (day(friday) - opened).astype("timedelta64[D]").astype(float)
    reasons = {
        "strategic": table["strategic"].to_numpy(dtype=bool),
        "patience": table["in_patience"].to_numpy(dtype=bool),
        "young": below(age, 7 * parameters.min_age_weeks),
        "undefined": table["efficiency"].isna().to_numpy(),
    }
    table["code"] = np.select(list(reasons.values()), list(reasons), default="")
    candidates = table[table["code"] == ""].sort_values(["efficiency", "account_id"], kind="stable")
    cuts = candidates.head(parameters.cut_count).reset_index(drop=True)
    cuts["rank"] = np.arange(1, len(cuts) + 1)
    exempt = table.loc[table["code"] != "", ["account_id", "code"]].reset_index(drop=True)
    return CutList(cuts[list(CUT_COLUMNS)], exempt.astype({"code": "str"}))
