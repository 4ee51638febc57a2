"""Teams for the simulator to start from: by hand, or at random."""

import numpy as np

from toolkit.base.forecasting import DynamicsParameters
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.simulate import Start

DYNAMICS = Dynamics.of(DynamicsParameters())


def start_with(n=1, lookback=4, **given):
    """n accounts alike: benchmarks of weight 90, value 50, amount 100, odds 1, effort 2; `given` replaces columns."""
    columns = {
        "opens_in": np.zeros(n, dtype=int),
        "role": np.zeros(n, dtype=np.int8),
        "strategic_weight": np.full(n, 90.0),
        "value_index": np.full(n, 50.0),
        "amount": np.full(n, 100.0),
        "odds": np.full(n, 1.0),
        "mean_odds": np.full(n, 1.0),
        "effort": np.full(n, 2.0),
        "stall": np.zeros(n, dtype=int),
        "contacts": np.zeros(n),
        "past": np.full((lookback, n), 0.7),
        "age_days": np.full(n, 400.0),
        "in_a": np.zeros(n, dtype=bool),
        "run_a": np.zeros(n, dtype=int),
    }
    columns |= {name: np.asarray(values) for name, values in given.items()}
    even = int((columns["opens_in"] == 0).sum())
    ids = np.array([f"A{k:03d}" for k in range(n)], dtype=object)
    return Start(accounts=ids, even=even, resource=400_000.0, friday=np.datetime64("2026-11-20"), **columns)


def random_start(n=20, arrivals=5, weeks=12, seed=0):
    """n active accounts and some arrivals, with blanks in weight, value and past."""
    rng = np.random.default_rng(seed)
    total = n + arrivals
    opens_in = np.r_[np.zeros(n, dtype=int), np.sort(rng.integers(1, weeks + 1, arrivals))]
    now = opens_in == 0
    odds = rng.normal(-0.2, 0.9, total)
    past = np.where(now, 1 / (1 + np.exp(-odds - rng.normal(0, 0.4, (4, total)))), np.nan)
    past[:2, rng.random(total) < 0.2] = np.nan
    past[:, rng.random(total) < 0.1] = np.nan
    blank = rng.random((2, total)) < 0.1
    return start_with(
        total,
        opens_in=opens_in,
        role=rng.choice([0, 0, 0, 1, 2], total).astype(np.int8),
        strategic_weight=np.where(blank[0], np.nan, rng.uniform(60, 100, total)),
        value_index=np.where(blank[1], np.nan, rng.uniform(5, 95, total)),
        amount=rng.integers(0, 50, total) * 1000.0,
        odds=odds,
        mean_odds=odds + rng.normal(0, 0.3, total),
        effort=np.where(now, rng.uniform(0, 4, total), 0.0),
        stall=np.where(now, rng.integers(0, 4, total), 0),
        contacts=rng.integers(0, 5, total).astype(float),
        past=past,
        age_days=np.where(now, rng.integers(0, 300, total), -7 * opens_in).astype(float),
    )
