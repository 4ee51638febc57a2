"""S1-S3: the tiers of every Friday, beside the groupby().apply that an analyst would write."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.timing import Row, measure
from toolkit.base.grid import Grid
from toolkit.base.tiers import LETTERS, ROLES
from toolkit.method.demotion import stalled, weeks_without_progress
from toolkit.method.tiering import Retiering, RetieringParameters, TierParameters, criteria_tier, retier

WEEKS = 50


def portfolio(accounts: int, seed: int = 1) -> tuple[Grid, NDArray[np.float64]]:
    """A grid of 50 Fridays with every row there, and the progress of each account-week (1 or 0)."""
    rng = np.random.default_rng(seed)
    shape = (WEEKS, accounts)
    everywhere = np.ones(shape, dtype=bool)
    values = {
        "active": everywhere,
        "has_row": everywhere,
        "weeks_since_row": np.zeros(shape),
        "role": rng.integers(0, 3, accounts).astype(np.int8),
        "win_probability": rng.random(shape),
        "strategic_weight": rng.random(shape) * 100,
        "value_index": rng.random(shape) * 100,
        "competitive_posture": rng.random(shape) * 100,
        "resource_cost": rng.random(shape) * 1e4,
    }
    weeks = np.datetime64("2025-01-03") + 7 * np.arange(WEEKS)
    names = np.array([f"A{k:06d}" for k in range(accounts)])
    return Grid(weeks, names, values), (rng.random(shape) < 0.4).astype(float)


def ours(grid: Grid, progress: NDArray[np.float64]) -> Retiering:
    """S1, S2's signals and S3's demotion of every account-week."""
    parameters = TierParameters()
    by_criteria = criteria_tier(grid["role"], grid["win_probability"], grid["strategic_weight"], parameters)
    count = weeks_without_progress(grid["has_row"], progress)
    return retier(grid, count, stalled(by_criteria, count, 2), parameters, RetieringParameters())


def long_rows(grid: Grid, progress: NDArray[np.float64], accounts: int) -> pd.DataFrame:
    """The first accounts of the grid as the rows that an analyst has, by account and week."""
    columns = ("win_probability", "strategic_weight", "value_index", "competitive_posture", "resource_cost")
    frame = pd.DataFrame({name: grid[name][:, :accounts].T.ravel() for name in columns})
    frame["progress"] = progress[:, :accounts].T.ravel()
    frame["account_id"] = np.repeat(grid.accounts[:accounts], WEEKS)
    frame["market_role"] = np.repeat(np.array(ROLES)[grid["role"][:accounts]], WEEKS)
    frame["week_ending"] = np.tile(grid.weeks, accounts)
    return frame


def criteria_by_pandas(rows: pd.DataFrame) -> NDArray[np.str_]:
    """S1 of one account's rows."""
    role, p = rows["market_role"], rows["win_probability"]
    is_a = (role == "industry_benchmark") & (p >= 0.6) & (rows["strategic_weight"] >= 80)
    is_b = (role != "long_tail") & (p >= 0.3)
    return np.select([is_a, is_b], ["A", "B"], "C")


def analyst(frame: pd.DataFrame) -> pd.DataFrame:
    """The same, account by account, in pandas."""
    totals = frame.groupby("week_ending")[["resource_cost", "value_index"]].transform("sum")
    cost_share = frame["resource_cost"] / totals["resource_cost"]
    frame = frame.assign(ratio=cost_share / (frame["value_index"] / totals["value_index"]))

    def one_account(rows: pd.DataFrame) -> pd.DataFrame:
        tier = criteria_by_pandas(rows)
        still = (rows["progress"] == 0).groupby((rows["progress"] == 1).cumsum()).cumsum()
        tier = np.where((tier == "B") & (still >= 2), "C", tier)
        on_watch = (rows["competitive_posture"] < 30) | (rows["ratio"] > 2)
        return rows.assign(tier=tier, on_watch=on_watch)

    return frame.groupby("account_id", group_keys=False).apply(one_account)


def run(quick: bool) -> list[Row]:
    """Account-weeks tiered: ours on all of them, the analyst's on a slice of the accounts."""
    accounts = 2_000 if quick else 20_000
    part = 100 if quick else 1_000
    grid, progress = portfolio(accounts)
    rows = long_rows(grid, progress, part)
    same = np.array(LETTERS)[ours(grid, progress).tier[:, :part]].T.ravel() == analyst(rows)["tier"].to_numpy()
    if not same.all():
        raise RuntimeError("the two do not agree on the tiers")
    repeats = 1 if quick else 3
    by_account = rows.groupby("account_id")[["market_role", "win_probability", "strategic_weight"]]
    slow_criteria = measure(lambda: by_account.apply(criteria_by_pandas), repeats, warm=0)
    slow_whole = measure(lambda: analyst(rows), repeats, warm=0)
    size = accounts * WEEKS
    flat = [np.broadcast_to(grid["role"], progress.shape).ravel()]
    flat += [grid[name].ravel() for name in ("win_probability", "strategic_weight")]
    criteria = measure(lambda: criteria_tier(*flat, TierParameters()))
    whole = measure(lambda: ours(grid, progress))
    unit, other, target = "account-weeks", "groupby().apply", 50.0 if size == 1_000_000 else None
    return [
        Row("S1 tier by criteria", size, unit, criteria, other, slow_criteria, len(rows), target),
        Row("S1-S3 tiers, watch, demotion", size, unit, whole, other, slow_whole, len(rows), target),
    ]
