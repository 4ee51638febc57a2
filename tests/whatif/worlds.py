"""Histories made from the model's own equations (QUANT.md, Forward simulation), by a plain loop over weeks.

Nothing here is the simulator's: draws, order and effort are written down again from the text.
"""

import numpy as np
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.whatif.history import History

FIRST = np.datetime64("2026-01-02")  # a Friday


def simulated(truth=None, accounts=400, weeks=40, seed=0, missing=0.0):
    """A recorded history of a team whose truth is `truth` (DynamicsParameters, or a mapping of some of its numbers)."""
    d = truth if isinstance(truth, DynamicsParameters) else DynamicsParameters(**(truth or {}))
    rng = np.random.default_rng(seed)
    shape = (weeks, accounts)
    mu = rng.normal(-0.3, 0.8, accounts)
    keep = 1 - d.reversion
    eta = mu + rng.normal(0, 1, accounts) * d.odds_noise / np.sqrt(1 - keep**2)
    stock = np.full(accounts, 1 / (1 - d.carry_over))
    stall = np.zeros(accounts, dtype=int)
    people = rng.integers(0, 4, accounts).astype(float)
    here, said = np.ones(accounts, dtype=bool), mu
    out = {name: np.full(shape, np.nan) for name in ("stated", "progress", "effort", "contacts")}
    out |= {"active": np.zeros(shape, bool), "stall": np.zeros(shape, int), "closed": np.zeros(shape, np.int8)}
    for t in range(weeks):
        if t:
            x = np.where(said > 0.4, 2.0, np.where(said > -0.85, 1.0, 0.3)) * rng.lognormal(0, 0.3, accounts)
            stock = d.carry_over * stock + x * here.sum() / x[here].sum()
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
