"""M1-M5 on daily reports: indicators, red and yellow alerts, beside groupby().apply."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.timing import Row, measure
from toolkit.base.workdays import Workdays
from toolkit.method.indicators import indicators
from toolkit.method.red_alert import RedAlertParameters, reds
from toolkit.method.yellow_alert import stalls

DAYS = 1_000
FIRST = np.datetime64("2023-01-02")
FAR = 2**31 - 1


def efficiency(series: int, seed: int = 2) -> NDArray[np.float64]:
    """(series, days) of positive values with 8 % noise from day to day."""
    rng = np.random.default_rng(seed)
    return np.asarray(0.03 * np.exp(rng.normal(0, 0.08, (series, DAYS))))


def red_by_pandas(frame: pd.DataFrame) -> pd.Series:
    """Series by series: the days on which M4's each_day fires, spells and recovery followed row by row."""

    def one(values: pd.Series) -> int:
        steep = values.pct_change() <= -0.1
        third = steep & steep.shift(1, fill_value=False) & steep.shift(2, fill_value=False)
        fired, back = 0, None
        for k in np.flatnonzero(third):
            if back is None or k - 2 > back:
                fired += 1
                after = np.flatnonzero(values.to_numpy()[k + 1 :] >= 0.9 * values.iloc[k - 3])
                back = k + 1 + after[0] if len(after) else len(values)
        return fired

    return frame.groupby("series")["value"].apply(one)


def yellow_by_pandas(frame: pd.DataFrame, holidays: NDArray[np.bool_]) -> pd.Series:
    """Account by account: how often M5 fires, the days since the last move counted without holidays."""

    def one(rows: pd.DataFrame) -> int:
        counted = pd.Series(~holidays, index=rows.index).astype(int)
        still = counted.where(~rows["moved"], 0).groupby(rows["moved"].cumsum()).cumsum()
        still[rows["moved"].cumsum() == 0] = 0
        alert = still > 7
        return int((alert & ~alert.shift(1, fill_value=False)).sum())

    return frame.groupby("series")[["moved"]].apply(one)


def red(series: int, part: int, quick: bool) -> Row:
    """M4 over many series in one sorted array."""
    values = efficiency(series)
    flat, starts = values.ravel(), np.arange(0, series * DAYS, DAYS)
    days = np.tile(FIRST + np.arange(DAYS), series)
    calendar, parameters = Workdays(), RedAlertParameters()
    frame = pd.DataFrame({"series": np.repeat(np.arange(part), DAYS), "value": flat[: part * DAYS]})
    found = reds(flat, days, starts, calendar, parameters)
    fired = np.bincount(found.series, minlength=series)[:part]
    if fired.tolist() != red_by_pandas(frame).tolist():
        raise RuntimeError("the two do not agree on the red alerts")
    fast = measure(lambda: reds(flat, days, starts, calendar, parameters))
    slow = measure(lambda: red_by_pandas(frame), repeats=1 if quick else 3, warm=0)
    target = 150.0 if len(flat) == 10_000_000 else None
    return Row("M4 red alerts", len(flat), "daily rows", fast, "groupby().apply", slow, len(frame), target)


def yellow(series: int, part: int, quick: bool) -> Row:
    """M5 over many accounts in one sorted array, from the flag "the chain moved" of every daily row."""
    rng = np.random.default_rng(3)
    moved = rng.random(series * DAYS) < 0.05
    moved[::DAYS] = True  # every clock runs from the first day
    first = int(FIRST.astype(int))
    account, day = np.repeat(np.arange(series), DAYS), np.tile(np.arange(first, first + DAYS), series)
    calendar = Workdays()
    holidays = calendar.is_public_holiday(FIRST + np.arange(DAYS))
    whole = np.arange(series), np.full(series, first), np.full(series, FAR)

    def ours() -> Any:
        at = np.flatnonzero(moved)
        return stalls(account[at], day[at], *whole, first + DAYS - 1, calendar, 7)

    frame = pd.DataFrame({"series": account[: part * DAYS], "moved": moved[: part * DAYS]})
    fired = np.bincount(ours().series, minlength=series)[:part]
    if fired.tolist() != yellow_by_pandas(frame, holidays).tolist():
        raise RuntimeError("the two do not agree on the yellow alerts")
    fast = measure(ours)
    slow = measure(lambda: yellow_by_pandas(frame, holidays), repeats=1 if quick else 3, warm=0)
    target = 150.0 if len(moved) == 10_000_000 else None
    return Row("M5 yellow alerts", len(moved), "daily rows", fast, "groupby().apply", slow, len(frame), target)


def reports(n: int, accounts: int, reps: int) -> dict[str, pd.DataFrame]:
    """Daily reports in no order, with the tables that the indicators need."""
    rng = np.random.default_rng(4)
    account_ids = np.array([f"A{k:05d}" for k in range(accounts)], dtype=object)
    rep_ids = np.array([f"R{k:03d}" for k in range(reps)], dtype=object)
    account = rng.integers(0, accounts, n)
    frame = pd.DataFrame({"report_date": (FIRST + rng.integers(0, 500, n)).astype("datetime64[us]")})
    frame["rep_id"] = pd.Series(rep_ids, dtype="str").take(account % reps).to_numpy()
    frame["account_id"] = pd.Series(account_ids, dtype="str").take(account).to_numpy()
    numbers = {"communications": 6, "competitor_mentions": 2, "new_key_contacts": 2, "technical_hours": 5}
    for name, top in (numbers | {"price_concession": 3, "labour_hours": 5}).items():
        frame[name] = rng.integers(0, top, n).astype(float)
    fridays = pd.date_range("2023-01-06", periods=71, freq="7D")
    weekly = pd.MultiIndex.from_product([fridays, account_ids], names=["week_ending", "account_id"])
    grid = weekly.to_frame(index=False)
    grid["value_index"] = rng.random(len(grid)) * 100
    grid["tier"] = rng.choice(list("ABC"), len(grid))
    team = pd.DataFrame({"rep_id": rep_ids, "role": "rep", "hired_on": pd.NaT, "left_on": pd.NaT})
    return {"reports": frame, "team": team, "weekly": grid, "friday": fridays[-1]}


def indicators_by_pandas(source: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """M1-M3 by day for the team and every rep and account; no tiers, no weeks, worth by the last Friday."""
    cost = rows["technical_hours"] * 500 + rows["price_concession"] + rows["labour_hours"] * 200
    friday = rows["report_date"] - pd.to_timedelta((rows["report_date"].dt.weekday - 4) % 7, unit="D")
    worth = source["weekly"].rename(columns={"week_ending": "friday"})
    rows = rows.assign(cost=cost, friday=friday, account=rows["account_id"])
    rows = rows.merge(worth, on=["friday", "account_id"], how="left")
    heads = len(source["team"])

    def one(part: pd.DataFrame) -> pd.Series:
        costly = part.groupby("account").agg({"cost": "sum", "value_index": "first"})
        points = costly.loc[costly["cost"] > 0, "value_index"].sum()
        return pd.Series(
            {
                "breakthrough_rate": part["new_key_contacts"].sum() / heads,
                "competitor_defence": part["competitor_mentions"].sum() / max(part["communications"].sum(), 1),
                "resource_efficiency": points / max(part["cost"].sum(), 1),
            }
        )

    by = (["report_date"], ["report_date", "rep_id"], ["report_date", "account_id"])
    return pd.concat([rows.groupby(columns).apply(one).reset_index() for columns in by])


def daily(n: int, days: int, quick: bool) -> Row:
    """M1-M3 of every scope, by day and week; the slice is whole days, so that its groups are as large."""
    source = reports(n, 2_000, 200)
    weekly = source["weekly"]

    def ours() -> pd.DataFrame:
        return indicators(source["reports"], source["team"], weekly, weekly, source["friday"])

    last = FIRST + 10 + days
    rows = source["reports"][source["reports"]["report_date"].between(FIRST + 11, last)]
    found, theirs = ours(), indicators_by_pandas(source, rows)
    of_day = found[(found["date"] == last) & (found["period"] == "day") & (found["scope"] == "team")]
    rate = theirs.loc[theirs["report_date"] == last, "resource_efficiency"].iloc[0]
    if not np.isclose(of_day["value"].iloc[2], rate):
        raise RuntimeError("the two do not agree on the indicators")
    fast = measure(ours, repeats=1 if quick else 3, warm=0)
    slow = measure(lambda: indicators_by_pandas(source, rows), repeats=1 if quick else 3, warm=0)
    note = "the other one leaves out tiers and weeks"
    return Row("M1-M3 indicators", n, "daily reports", fast, "groupby().apply", slow, len(rows), note=note)


def run(quick: bool) -> list[Row]:
    """Alerts and indicators: ours on all rows, the other one on a slice."""
    series, part = (500, 20) if quick else (10_000, 200)
    n, days = (100_000, 5) if quick else (10_000_000, 1)
    return [red(series, part, quick), yellow(series, part, quick), daily(n, days, quick)]
