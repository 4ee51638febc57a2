"""S6's optimum: exact by breakpoints, beside SLSQP and a HiGHS linear programme of the same problem."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from benchmarks.timing import Measured, Row, measure
from toolkit.base.apportion import optimal
from toolkit.parameters import Parameters
from toolkit.whatif.price import Price, price

Array = NDArray[np.float64]

ACCOUNTS = 200
HALF_EFFECT = 1.5  # even shares
PIECES = 50  # of the linear programme, an account


def problem(accounts: int, paths: int = 1, seed: int = 1) -> tuple[Array, Array]:
    """Worths (paths, accounts) of the full effect, and half effects in shares of a total of 1."""
    rng = np.random.default_rng(seed)
    value = rng.uniform(20, 95, (paths, accounts)) * rng.uniform(0.02, 0.25, (paths, accounts))
    return value, HALF_EFFECT / accounts * rng.lognormal(0, 0.3, (paths, accounts))


def worth(value: Array, kappa: Array, x: Array) -> float:
    """What a division is worth."""
    return float((value * x / (kappa + x)).sum())


def by_slsqp(value: Array, kappa: Array) -> Array:
    """The same by scipy's SLSQP from even shares, with its gradient given."""
    n = len(value)
    solved = minimize(
        lambda x: -(value * x / (kappa + x)).sum(),
        np.full(n, 1 / n),
        jac=lambda x: -value * kappa / (kappa + x) ** 2,
        bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1, "jac": lambda x: np.ones(n)},
        method="SLSQP",
        options={"maxiter": 500},
    )
    return np.asarray(solved.x / solved.x.sum())  # it leaves the sum at 1 to within its tolerance only


def by_highs(value: Array, kappa: Array) -> Array:
    """The same by HiGHS: each response cut into pieces up to a twentieth of the total, of falling worth."""
    n = len(value)
    edges = np.linspace(0, 0.05, PIECES + 1)[:, None]
    gain = np.diff(value * edges / (kappa + edges), axis=0)
    width = 0.05 / PIECES
    solved = linprog(-gain.ravel(), A_eq=np.full((1, gain.size), width), b_eq=[1.0], bounds=(0, 1), method="highs")
    return np.asarray(solved.x).reshape(PIECES, n).sum(axis=0) * width


def team(accounts: int, seed: int = 2) -> pd.DataFrame:
    """A made-up team as `price` takes it: a seventh A, three sevenths B."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "account_id": [f"A{k:04d}" for k in range(accounts)],
            "tier": rng.choice(["A", "B", "C"], accounts, p=[1 / 7, 3 / 7, 3 / 7]),
            "value_index": rng.uniform(20, 95, accounts),
            "win_probability": rng.uniform(0.05, 0.9, accounts),
            "demoted": False,
            "emerging_weight": np.where(rng.random(accounts) < 0.05, 5.0, 0.0),
        }
    )


def with_robustness(rows: pd.DataFrame) -> Price:
    """The whole price, what is left of it under wrong responses included."""
    found = price(rows, Parameters())
    _ = found.plans, found.robustness, found.curves, found.points
    return found


def run(quick: bool) -> list[Row]:
    """One division of 200 accounts; 1,000 paths of 60 at once; the whole price of 60."""
    accounts, paths = (60, 100) if quick else (ACCOUNTS, 1_000)
    value, kappa = problem(accounts)
    ours = optimal(value[0], kappa[0], 1.0)
    others = {"SLSQP": by_slsqp(value[0], kappa[0]), "HiGHS, 50 pieces": by_highs(value[0], kappa[0])}
    best = worth(value[0], kappa[0], ours)
    lacks = {name: 1 - worth(value[0], kappa[0], x) / best for name, x in others.items()}
    if min(lacks.values()) < -1e-9 or max(lacks.values()) > 1e-3:
        raise RuntimeError(f"the optima do not agree: {lacks}")
    repeats = 1 if quick else 3
    one = measure(lambda: optimal(value[0], kappa[0], 1.0), 21)
    slsqp = measure(lambda: by_slsqp(value[0], kappa[0]), 1, warm=0)
    highs = measure(lambda: by_highs(value[0], kappa[0]), repeats)
    many_value, many_kappa = problem(60, paths)
    many = measure(lambda: optimal(many_value, many_kappa, np.ones(paths)))
    slice_ = range(5 if quick else 25)
    loop = measure(lambda: [by_slsqp(many_value[i], many_kappa[i]) for i in slice_], repeats, warm=0)
    highs_loop = measure(lambda: [by_highs(many_value[i], many_kappa[i]) for i in slice_], repeats)
    rows = team(60)
    first, whole = measure(lambda: price(rows, Parameters()).plans), measure(lambda: with_robustness(rows))
    worlds = Parameters().whatif.price_draws * len(Parameters().whatif.price_errors)
    single, batch = f"S6 optimum of {accounts} accounts", f"S6 optimum of {paths:,} paths x 60 accounts"
    missed = f"SLSQP misses {lacks['SLSQP']:.0e} of the optimum, HiGHS on pieces {lacks['HiGHS, 50 pieces']:.0e}"
    alone, alone_s = "SLSQP, the optimum alone", Measured(loop.seconds / len(slice_), loop.peak_mb)
    return [
        Row(single, 1, "division", one, "SLSQP", slsqp, 1, note=missed),
        Row(single, 1, "division", one, "HiGHS", highs, 1),
        Row(batch, paths, "divisions", many, "SLSQP", loop, len(slice_)),
        Row(batch, paths, "divisions", many, "HiGHS", highs_loop, len(slice_)),
        Row("price of the rule, 60 accounts", 1, "price", first, alone, alone_s, 1, 60.0),
        Row("the same in wrong worlds", worlds, "worlds", whole, alone, loop, len(slice_), 400.0),
    ]
