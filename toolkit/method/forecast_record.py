"""Forecast against outcome: what was stated of each account at a period's start, and what came of it by its end.

Stated are the win probability, contract amount and expected close of an account's newest weekly row on or before the
first day. An account was due if its expected close lay on or before the last day (an overdue one still counts, as in
the pipeline). Expected amount = probability x contract amount. Outcome: won, lost or dropped on a day of the period,
else open.

Units: probabilities 0-1, money CNY, dates. Ties: none; rows by account id. Missing values: an account without a row by
the first day stated nothing (NaN); without an expected close in its row the account's own counts, without either it was
not due; a blank amount leaves the expected one empty.

Readings. Accounts closed before the first day or opened after the last are left out. One that was opened in the period
stated nothing at its start, and is listed where it closed.
"""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.weeks import Day, day

COLUMNS: Final = ("account_id", "stated", "expected_amount", "due_in_month", "outcome", "won_amount", "on")
OPEN: Final = "open"


def forecast_record(account_weeks: pd.DataFrame, accounts: pd.DataFrame, first: Day, last: Day) -> pd.DataFrame:
    """Stated at the start against the outcome, by account id: COLUMNS; `on` is the day of the outcome.

    account_weeks  week_ending, account_id, win_probability, contract_amount, expected_close_on
    accounts       account_id, opened_on, status, closed_on, contract_amount, expected_close_on

    Examples
    --------
    >>> days = pd.to_datetime(["2026-10-30", None])
    >>> weeks = pd.DataFrame({"week_ending": days[:1], "account_id": ["A1"], "win_probability": [0.6],
    ...     "contract_amount": [1e6], "expected_close_on": pd.to_datetime(["2026-11-20"])})
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "opened_on": pd.to_datetime(["2026-01-05"]), "status": ["won"],
    ...     "closed_on": pd.to_datetime(["2026-11-18"]), "contract_amount": [9e5], "expected_close_on": days[1:]})
    >>> found = forecast_record(weeks, accounts, "2026-11-01", "2026-11-30")
    >>> found[["stated", "expected_amount", "due_in_month", "outcome", "won_amount"]].values.tolist()
    [[0.6, 600000.0, True, 'won', 900000.0]]
    """
    start, end = pd.Timestamp(day(first)), pd.Timestamp(day(last))
    there = (accounts["opened_on"] <= end) & ~(accounts["closed_on"] < start)
    rows = accounts[there].sort_values("account_id", ignore_index=True)
    known = account_weeks[account_weeks["week_ending"] <= start].sort_values("week_ending")
    newest = known.drop_duplicates("account_id", keep="last").set_index("account_id").reindex(rows["account_id"])
    expected = newest["expected_close_on"].reset_index(drop=True)
    expected = expected.fillna(rows["expected_close_on"].where(newest["win_probability"].notna().to_numpy()))
    closed = rows["closed_on"].between(start, end) & (rows["status"] != "active")
    outcome = np.where(closed, rows["status"], OPEN)
    stated = newest["win_probability"].to_numpy(dtype=float)
    out = pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "stated": stated,
            "expected_amount": stated * newest["contract_amount"].to_numpy(dtype=float),
            "due_in_month": (expected <= end) & ~np.isnan(stated),
            "outcome": outcome,
            "won_amount": rows["contract_amount"].astype(float).where(outcome == "won"),
            "on": rows["closed_on"].where(closed),
        }
    )
    return out[list(COLUMNS)].astype({"account_id": "str", "outcome": "str", "on": "datetime64[us]"})
