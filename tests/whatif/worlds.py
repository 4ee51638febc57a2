"""Histories made from the model's own equations (QUANT.md, Forward simulation), by a plain loop over weeks.

Nothing here is the simulator's: draws, order and effort are written down again from the text.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.whatif.history import History

FIRST = np.datetime64("2026-01-02")  # a Friday


def simulated(truth=None, accounts=400, weeks=40, seed=0, missing=0.0, known_people=4):
    """A recorded history of a team whose truth is `truth` (DynamicsParameters, or a mapping of some of its numbers)."""
    d = truth if isinstance(truth, DynamicsParameters) else DynamicsParameters(**(truth or {}))
    rng = np.random.default_rng(seed)
    shape = (weeks, accounts)
    mu = rng.normal(-0.3, 0.8, accounts)
    keep = 1 - d.reversion
    eta = mu + rng.normal(0, 1, accounts) * d.odds_noise / np.sqrt(1 - keep**2)
    stock = np.full(accounts, 1 / (1 - d.carry_over))
    stall = np.zeros(accounts, dtype=int)
    people = rng.integers(0, known_people, accounts).astype(float)
    here, said = np.ones(accounts, dtype=bool), mu
    out = {name: np.full(shape, np.nan) for name in ("stated", "progress", "effort", "contacts")}
    out |= {"active": np.zeros(shape, bool), "stall": np.zeros(shape, int), "closed": np.zeros(shape, np.int8)}
    for t in range(weeks):
        if t:
            x = np.where(said > 0.4, 2.0, np.where(said > -0.85, 1.0, 0.3)) * rng.lognormal(0, 0.3, accounts)
            stock = d.carry_over * stock + x * here.sum() / max(x[here].sum(), 1e-9)
            h = stock**d.steepness / (d.half_effect**d.steepness + stock**d.steepness)
            chance = expit(d.progress_base + d.progress_effort * h + d.progress_odds * eta + d.progress_stall * stall)
            moved = rng.random(accounts) < chance
            stall = np.where(moved, 0, np.minimum(stall + 1, d.max_stall))
            people = np.minimum(people + moved, d.max_contacts)
            eta = (
                keep * eta + d.reversion * mu + np.where(moved, d.gain, -d.slip) + rng.normal(0, d.odds_noise, accounts)
            )
            k = expit(d.close_base + d.close_effort * h + d.close_contacts * people)
            u = rng.random(accounts)
            out["closed"][t] = np.where(here & (u < k), np.where(u < k * expit(eta), 1, -1), 0)
            out["effort"][t] = np.where(here, stock, np.nan)
            here = here & (u >= k)
            out["progress"][t] = np.where(here, moved, np.nan)
        said = eta + rng.normal(0, 1, accounts) * d.report_noise
        row = here & (rng.random(accounts) >= missing)
        out["active"][t] = here
        out["stated"][t] = np.where(row, said, np.nan)
        out["stall"][t] = stall
        out["contacts"][t] = people
        if t == 0:
            out["effort"][0] = stock
    ids = np.array([f"A{n:03d}" for n in range(accounts)], dtype=object)
    return History(weeks=FIRST + 7 * np.arange(weeks), accounts=ids, **out)


def written(folder, history, carry_over=0.5):
    """The history as a source folder: accounts that could be A, their rows, no decision makers."""
    folder.mkdir(parents=True, exist_ok=True)
    active, closed, weeks = history.active, history.closed, history.weeks.astype(str)
    result = closed.sum(axis=0)
    book = {
        "account_id": history.accounts,
        "account_name": history.accounts,
        "market_role": "industry_benchmark",
        "opened_on": "2025-01-06",
        "status": np.select([result > 0, result < 0], ["won", "lost"], "active"),
        "closed_on": np.where(result != 0, weeks[np.abs(closed).argmax(axis=0)], ""),
        "contract_amount": 1_000_000,
    }
    pd.DataFrame(book).to_csv(folder / "accounts.csv", index=False)
    before = np.concatenate([history.effort[:1] * 0 + 2.0, history.effort[:-1]])
    cost = history.effort - carry_over * before
    week, account = np.nonzero(~np.isnan(history.stated) & active)
    rows = {
        "week_ending": weeks[week],
        "account_id": history.accounts[account],
        "win_probability": expit(history.stated[week, account]).round(4),
        "strategic_weight": 85,
        "value_index": 50,
        "resource_cost": (1000 * cost[week, account]).round(2),
        "progress": pd.array(history.progress[week, account], dtype="Int64"),
    }
    pd.DataFrame(rows).to_csv(folder / "account_weeks.csv", index=False)
    return folder
