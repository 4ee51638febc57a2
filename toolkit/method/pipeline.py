"""The quarter's pipeline: target, signed, weighted, gap, and the bridge that explains the gap's change.

signed = contract amounts of accounts won with a closing day in the Friday's quarter, on or before the
Friday; weighted = sum of contract amount x win probability of the active accounts whose expected closing
day lies on or before the quarter's end (an overdue one counts); gap = target - signed - weighted, negative
when the target is passed. target: the quarter's row without rep, else the sum of its reps' rows.

Unit: CNY. Ties: by account id. Missing values: a blank amount or probability counts 0 (`unpriced` counts
accounts without an amount); without a target the gap is not defined (NaN).

Readings: an active account without an expected closing day is not in the quarter, nor a won one without a
closing day (`undated` counts both): nothing that is missing closes the gap. Weekly cells are carried
forward one by one; for an active account the weekly amount and closing day come first, else those in
`accounts`; for a closed one the amount in `accounts` comes first. A status without a closing day holds
throughout. `lost` counts the status lost in the quarter to date, not dropped.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.weeks import day

POSITION_COLUMNS: Final = (
    "account_id",
    "status",
    "closed_on",
    "contract_amount",
    "win_probability",
    "expected_close_on",
    "in_quarter",
    "signed",
    "weighted",
)
ITEMS: Final = (
    "target",
    "signed",
    "weighted",
    "gap",
    "lost",
    "slipped",
    "new",
    "open_contracts",
    "overdue",
    "unpriced",
    "undated",
)
KINDS: Final = ("target", "quarter", "signed", "lost", "dropped", "new", "slipped", "pulled_in", "weighted")
_WEEKLY: Final = ["win_probability", "contract_amount", "expected_close_on"]


def quarter_of(friday: Any) -> str:
    """The quarter in which a day lies, as the contract writes it.

    Examples
    --------
    >>> quarter_of("2026-11-20")
    '2026Q4'
    """
    return str(pd.Period(str(day(friday)), freq="Q"))


def target(targets: pd.DataFrame, friday: Any) -> float:
    """The team's target of the Friday's quarter: the row without rep, else the sum of the reps'; else NaN.

    Examples
    --------
    >>> targets = pd.DataFrame({"quarter": "2026Q4", "rep_id": ["R1", "R2"], "amount": [20e6, 40e6]})
    >>> target(targets, "2026-11-20"), target(targets, "2026-08-21")
    (60000000.0, nan)
    """
    rows = targets[(targets["quarter"] == quarter_of(friday)) & targets["amount"].notna()]
    team = rows[rows["rep_id"].isna() | (rows["rep_id"] == "")]
    rows = team if len(team) else rows
    return float(rows["amount"].sum()) if len(rows) else np.nan


def positions(accounts: pd.DataFrame, account_weeks: pd.DataFrame, friday: Any) -> pd.DataFrame:
    """Every account's part in the pipeline as it stood on a Friday; later rows and closings are out of sight.

    accounts: account_id, opened_on, status, closed_on, contract_amount, expected_close_on; account_weeks:
    week_ending, account_id, win_probability, contract_amount, expected_close_on. Columns account_id, status
    (of that day), closed_on, contract_amount, win_probability, expected_close_on, in_quarter (bool: it
    counts in signed or weighted), signed, weighted (CNY, 0 outside the quarter); by account_id.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1", "K2"], "opened_on": pd.to_datetime("2026-01-05"),
    ...     "status": ["active", "won"], "closed_on": pd.to_datetime([None, "2026-11-02"]),
    ...     "contract_amount": [2e6, 3e6], "expected_close_on": pd.to_datetime("2026-12-15")})
    >>> weeks = pd.DataFrame({"week_ending": pd.to_datetime("2026-11-20"), "account_id": ["K1"],
    ...     "win_probability": 0.5, "contract_amount": np.nan, "expected_close_on": pd.NaT})
    >>> positions(accounts, weeks, "2026-11-20")[["status", "signed", "weighted"]].values.tolist()
    [['active', 0.0, 1000000.0], ['won', 3000000.0, 0.0]]
    """
    friday = pd.Timestamp(day(friday))
    seen = accounts[accounts["opened_on"] <= friday].sort_values("account_id", ignore_index=True)
    newest = account_weeks[account_weeks["week_ending"] <= friday].sort_values("week_ending", kind="stable")
    weekly = newest.groupby("account_id")[_WEEKLY].last().reindex(seen["account_id"]).reset_index(drop=True)
    status = seen["status"].where(~(seen["closed_on"] > friday), "active")
    active = status == "active"
    dates = weekly["expected_close_on"].astype(seen["expected_close_on"].dtype)
    table = pd.DataFrame(
        {
            "account_id": seen["account_id"].astype("str"),
            "status": status.astype("str"),
            "closed_on": seen["closed_on"].where(~active),
            "contract_amount": _first(active, weekly["contract_amount"], seen["contract_amount"]).astype(float),
            "win_probability": weekly["win_probability"].astype(float),
            "expected_close_on": _first(active, dates, seen["expected_close_on"]),
        }
    )
    start, end = _bounds(friday)
    won = (status == "won") & table["closed_on"].between(start, friday)
    due = active & (table["expected_close_on"] <= end)
    amount = table["contract_amount"].fillna(0.0)
    table["in_quarter"] = won | due
    table["signed"] = amount.where(won, 0.0)
    table["weighted"] = (amount * table["win_probability"].fillna(0.0)).where(due, 0.0)
    return table[list(POSITION_COLUMNS)]


def bridge(
    this: pd.DataFrame,
    last: pd.DataFrame,
    friday: Any,
    target_this: float = np.nan,
    target_last: float = np.nan,
) -> pd.DataFrame:
    """What changed the gap since the Friday before, account by account; the changes add up to it.

    this and last: `positions` of the Friday and the one before. Columns account_id (empty: the target),
    kind, change (CNY; above 0 widens the gap); the largest first, unchanged accounts left out. Kinds:
    target; quarter (a new one began: all changes of accounts); signed; lost; dropped; new (opened since);
    slipped (expected to close after the quarter now); pulled_in (the reverse); weighted (amount or
    probability, or a corrected record). Without both targets the changes add up to that of signed and
    weighted alone.

    Examples
    --------
    >>> last = pd.DataFrame({"account_id": ["K1", "K2"], "status": "active", "in_quarter": True,
    ...     "signed": 0.0, "weighted": [1e6, 2e6]})
    >>> this = last.assign(in_quarter=[False, True], weighted=[0.0, 2.5e6])
    >>> bridge(this, last, "2026-11-20").values.tolist()
    [['K1', 'slipped', 1000000.0], ['K2', 'weighted', -500000.0]]
    """
    columns = ["status", "in_quarter", "signed", "weighted"]
    now_parts = this.set_index("account_id")[columns].add_suffix("_now")
    both = now_parts.join(last.set_index("account_id")[columns].add_suffix("_then"), how="outer")
    both = both.sort_index().reset_index()
    then, now = both["in_quarter_then"].eq(True), both["in_quarter_now"].eq(True)
    sums = both[["signed_now", "weighted_now", "signed_then", "weighted_then"]].fillna(0.0)
    change = sums["signed_then"] + sums["weighted_then"] - sums["signed_now"] - sums["weighted_now"]
    was_active, is_active = both["status_then"] == "active", both["status_now"] == "active"
    week_before = day(friday) - np.timedelta64(7, "D")
    kinds = {
        "quarter": np.full(len(both), quarter_of(friday) != quarter_of(week_before)),
        "signed": (both["status_now"] == "won") & now & (both["status_then"] != "won"),
        "lost": (both["status_now"] == "lost") & (both["status_then"] != "lost"),
        "dropped": (both["status_now"] == "dropped") & (both["status_then"] != "dropped"),
        "new": both["status_then"].isna() & is_active,
        "slipped": was_active & is_active & then & ~now,
        "pulled_in": was_active & is_active & ~then & now,
    }
    kind = np.select([np.asarray(found, dtype=bool) for found in kinds.values()], list(kinds), default="weighted")
    rows = pd.DataFrame({"account_id": both["account_id"], "kind": kind, "change": change.astype(float)})
    if np.isfinite(target_this - target_last):
        moved = {"account_id": [""], "kind": ["target"], "change": [target_this - target_last]}
        rows = pd.concat([rows, pd.DataFrame(moved)], ignore_index=True)
    rows = rows[rows["change"] != 0].assign(size=lambda r: -r["change"].abs())
    rows = rows.sort_values(["size", "account_id"], ignore_index=True)
    return rows[["account_id", "kind", "change"]].astype({"account_id": "str", "kind": "str"})


def pipeline(accounts: pd.DataFrame, account_weeks: pd.DataFrame, targets: pd.DataFrame, friday: Any) -> pd.DataFrame:
    """The rows of pipeline.csv: item, this_week, last_week.

    Tables as in `positions` and `target`. Items: target, signed, weighted, gap (CNY); lost (amount of the
    accounts lost in the quarter to date); slipped and new (weighted amounts that left the quarter, or came
    with accounts opened, in the week); open_contracts, overdue (accounts in weighted; those of them past
    their closing day); unpriced, undated (accounts, see the module).

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1"], "opened_on": pd.to_datetime("2026-01-05"),
    ...     "status": "active", "closed_on": pd.NaT, "contract_amount": [2e6],
    ...     "expected_close_on": pd.to_datetime("2026-12-15")})
    >>> weeks = pd.DataFrame({"week_ending": pd.to_datetime(["2026-11-13", "2026-11-20"]), "account_id": "K1",
    ...     "win_probability": [0.4, 0.5], "contract_amount": np.nan, "expected_close_on": pd.NaT})
    >>> targets = pd.DataFrame({"quarter": ["2026Q4"], "rep_id": [""], "amount": [5e6]})
    >>> table = pipeline(accounts, weeks, targets, "2026-11-20").set_index("item")
    >>> table.loc["gap"].tolist()
    [4000000.0, 4200000.0]
    """
    before = day(friday) - np.timedelta64(7, "D")
    columns = {
        "this_week": items(accounts, account_weeks, targets, friday),
        "last_week": items(accounts, account_weeks, targets, before),
    }
    values = {name: [found[item] for item in ITEMS] for name, found in columns.items()}
    return pd.DataFrame({"item": pd.Series(ITEMS, dtype="str"), **values})


def items(accounts: pd.DataFrame, account_weeks: pd.DataFrame, targets: pd.DataFrame, friday: Any) -> dict[str, float]:
    """The items of one Friday by name, as `pipeline` lists them; `slipped` and `new` are of the week to it.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1"], "opened_on": pd.to_datetime("2026-01-05"),
    ...     "status": "won", "closed_on": pd.to_datetime("2026-11-18"), "contract_amount": [2e6],
    ...     "expected_close_on": pd.NaT})
    >>> weeks = pd.DataFrame({"week_ending": pd.to_datetime([]), "account_id": pd.Series([], dtype="str"),
    ...     "win_probability": 0.5, "contract_amount": np.nan, "expected_close_on": pd.NaT})
    >>> targets = pd.DataFrame({"quarter": ["2026Q4"], "rep_id": [""], "amount": [5e6]})
    >>> found = items(accounts, weeks, targets, "2026-11-20")
    >>> found["signed"], found["gap"]
    (2000000.0, 3000000.0)
    """
    now = positions(accounts, account_weeks, friday)
    before = positions(accounts, account_weeks, day(friday) - np.timedelta64(7, "D"))
    start, _ = _bounds(pd.Timestamp(day(friday)))
    goal, signed, weighted = target(targets, friday), now["signed"].sum(), now["weighted"].sum()
    changes = bridge(now, before, friday).groupby("kind")["change"].sum()
    active, won = now["status"] == "active", now["status"] == "won"
    lost = (now["status"] == "lost") & (now["closed_on"] >= start)
    values = {
        "target": goal,
        "signed": signed,
        "weighted": weighted,
        "gap": goal - signed - weighted,
        "lost": now["contract_amount"].where(lost).sum(),
        "slipped": changes.get("slipped", 0.0),
        "new": 0.0 - changes.get("new", 0.0),
        "open_contracts": (active & now["in_quarter"]).sum(),
        "overdue": (active & (now["expected_close_on"] < pd.Timestamp(day(friday)))).sum(),
        "unpriced": ((active | (won & now["in_quarter"])) & now["contract_amount"].isna()).sum(),
        "undated": ((active & now["expected_close_on"].isna()) | (won & now["closed_on"].isna())).sum(),
    }
    return {item: float(values[item]) for item in ITEMS}


def _first(active: pd.Series, weekly: pd.Series, own: pd.Series) -> pd.Series:
    """The weekly cell before the account's own while active, the other way round once closed."""
    return weekly.where(active, own).fillna(own.where(active, weekly))


def _bounds(friday: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the Friday's quarter."""
    quarter = pd.Period(friday, freq="Q")
    return quarter.start_time.normalize(), quarter.end_time.normalize()
