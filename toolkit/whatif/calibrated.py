"""S2, are the accounts called 60 % won six times in ten? Reliability, recalibration, and the tiers it would give.

Formula. Reliability: closed deals by the last probability stated before they closed, in bins [low, high) (the last one
closed); the share won with Wilson's 95 % interval. Recalibration: logit P(won) = alpha + beta logit(stated), the most
likely values under alpha ~ N(0, 1), beta ~ N(1, 0.5) and beta >= 0: "as stated" is alpha 0, beta 1, and few deals stay
near it (Cox 1958, Biometrika 45, 562-565; the priors are a reading).

Units: probabilities 0-1. Ties: reps by id (people are coached, not ranked). Missing values: a missing probability stays
missing; a bin of fewer deals than `stated_probability.min_count` cannot be judged.

Readings. Stated values are held within .005 to .995 in the fit; beta below 0 would turn the order round, so it stops at
0: what is stated then tells nothing. All deals of the team make one recalibration: a rep's are too few. The tiers on
calibrated probabilities take everything else as it is: scores, progress, weeks without it, confirmed demotions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from toolkit.base.compare import TOLERANCE
from toolkit.base.grid import Grid
from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.tiers import NOT_ACTIVE, letters
from toolkit.method import stated_probability
from toolkit.method.stated_probability import StatedProbabilityParameters, wilson
from toolkit.method.tiering.margins import EDGE
from toolkit.state.portfolio import Portfolio, Scored, build_portfolio
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.logistic import Normal, logistic_map

BINS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
PRIOR: Final = Normal(np.array([0.0, 1.0]), np.diag([1.0, 0.5**2]))
RELIABILITY_COLUMNS: Final = (
    "rep_id", "bin", "bin_low", "bin_high", "stated", "n", "won", "share", "low", "high", "state",
)  # fmt: skip
_SMALL: Final = 1e-12  # log-odds of 0 and 1 are infinite


@dataclass(frozen=True)
class Recalibration:
    """logit P(won) = alpha + beta logit(stated); `sds` of alpha and beta, `n` deals behind them."""

    alpha: float = 0.0
    beta: float = 1.0
    sds: tuple[float, float] = (1.0, 0.5)
    n: int = 0

    def apply(self, win_probability: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities of stated ones, elementwise; NaN stays NaN; a higher one never gets less.

        Examples
        --------
        >>> Recalibration().apply([0.3, 0.6]).round(9).tolist()
        [0.3, 0.6]
        >>> Recalibration(alpha=-0.5).apply([0.6]).round(3).tolist()
        [0.476]
        """
        held = np.clip(np.asarray(win_probability, dtype=float), _SMALL, 1 - _SMALL)
        return np.asarray(expit(self.alpha + self.beta * logit(held)))


def closed_deals(state: WeekState) -> pd.DataFrame:
    """The deals closed by the state's Friday: account_id, rep_id, closed_on, won, stated."""
    return stated_probability.closed_deals(state.data.accounts, state.data.account_weeks, state.friday)


def reliability(
    deals: pd.DataFrame, parameters: StatedProbabilityParameters | None = None, bins: Sequence[float] = BINS
) -> pd.DataFrame:
    """What was stated against what was won, in bins of the stated probability: the team (rep_id ""), then each rep.

    deals: rep_id, stated, won. Columns rep_id, bin (number from 0), bin_low, bin_high, stated (mean), n, won (counts),
    share, low, high (Wilson 95 %), state (cannot_judge below `min_count` deals; warning where the stated mean lies
    outside the interval; good). Bins without a deal have no row.

    Examples
    --------
    >>> deals = pd.DataFrame({"rep_id": "R1", "stated": [0.6] * 8, "won": [True] * 2 + [False] * 6})
    >>> reliability(deals)[["rep_id", "bin_low", "n", "won", "share", "state"]].values.tolist()
    [['', 0.6, 8, 2, 0.25, 'warning'], ['R1', 0.6, 8, 2, 0.25, 'warning']]
    """
    limits = parameters or StatedProbabilityParameters()
    edges = np.asarray(bins, dtype=float)
    if len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise ValueError("bins need at least two edges, rising")
    known = deals[deals["stated"].between(edges[0] - TOLERANCE, edges[-1] + TOLERANCE)]
    place = np.searchsorted(edges, known["stated"].to_numpy(dtype=float) + TOLERANCE, side="right") - 1
    known = known.assign(bin=np.minimum(place, len(edges) - 2), won=known["won"].astype(float))
    named = known[known["rep_id"].notna() & (known["rep_id"] != "")]
    both = pd.concat([known.assign(rep_id=""), named], ignore_index=True)
    groups = both.groupby(["rep_id", "bin"])
    table = groups.agg(stated=("stated", "mean"), n=("won", "size"), won=("won", "sum")).reset_index()
    table["bin_low"], table["bin_high"] = edges[table["bin"]], edges[table["bin"] + 1]
    table["share"] = table["won"] / table["n"]
    table["low"], table["high"] = wilson(table["won"], table["n"])
    outside = (table["stated"] < table["low"]) | (table["stated"] > table["high"])
    states = np.where(table["n"] < limits.min_count, CANNOT_JUDGE, np.where(outside, WARNING, GOOD))
    counts = dict.fromkeys(("bin", "n", "won"), "int64")
    return table.assign(state=states)[list(RELIABILITY_COLUMNS)].astype({"rep_id": "str", "state": "str", **counts})


def recalibration(deals: pd.DataFrame) -> Recalibration:
    """How stated probabilities would have to be read, by the deals that closed (stated, won); see the module.

    Examples
    --------
    >>> recalibration(pd.DataFrame({"stated": [], "won": []}))
    Recalibration(alpha=0.0, beta=1.0, sds=(1.0, 0.5), n=0)
    """
    known = deals[deals["stated"].notna()]
    stated = logit(np.clip(known["stated"].to_numpy(dtype=float), EDGE, 1 - EDGE))
    won = known["won"].to_numpy(dtype=float)
    x = np.column_stack([np.ones_like(stated), stated])
    found = logistic_map(x, won, PRIOR)
    alpha, beta = found.mean.tolist()
    if beta < 0:
        level = Normal(PRIOR.mean[:1], PRIOR.covariance[:1, :1])
        alpha, beta = float(logistic_map(x[:, :1], won, level).mean[0]), 0.0
    sds = np.sqrt(np.diag(found.covariance))
    return Recalibration(alpha, beta, (float(sds[0]), float(sds[1])), len(known))


def calibrated_portfolio(state: WeekState, recalibration: Recalibration) -> Portfolio:
    """S1-S3 of every Friday with calibrated probabilities in place of the stated ones."""
    before = state.portfolio
    values = {**before.grid.values, "win_probability": recalibration.apply(before.grid["win_probability"])}
    grid = Grid(before.grid.weeks, before.grid.accounts, values)
    scored = Scored(grid, before.value_parts, before.weight_parts)
    return build_portfolio(state.data, state.friday, state.parameters, scored)


def tiers_when_calibrated(state: WeekState, recalibration: Recalibration) -> pd.DataFrame:
    """This Friday's tier of each active account, and the one it would have on calibrated probabilities.

    Columns: account_id, tier, calibrated_tier, win_probability (as stated), calibrated; by account id.
    """
    now, then = state.portfolio, calibrated_portfolio(state, recalibration)
    on = np.flatnonzero(now.tiers.tier[-1] != NOT_ACTIVE)
    frame = {
        "account_id": now.grid.accounts[on],
        "tier": letters(now.tiers.tier[-1, on]),
        "calibrated_tier": letters(then.tiers.tier[-1, on]),
        "win_probability": now.grid["win_probability"][-1, on],
        "calibrated": then.grid["win_probability"][-1, on],
    }
    return pd.DataFrame(frame).astype(dict.fromkeys(("account_id", "tier", "calibrated_tier"), "str"))


def bunching_when_calibrated(state: WeekState, recalibration: Recalibration) -> pd.DataFrame:
    """S2's bunching at the lines on this Friday: `kind` ("stated", "calibrated"), then the columns of `bunching`."""
    p = state.tiers["win_probability"].to_numpy(dtype=float)
    t = state.parameters.tiers
    lines = {"a": t.a.min_win_probability, "b": t.b.min_win_probability}
    found = [
        stated_probability.bunching(values, lines, state.parameters.stated_probability).assign(kind=kind)
        for kind, values in (("stated", p), ("calibrated", recalibration.apply(p)))
    ]
    frame = pd.concat(found, ignore_index=True)
    return frame[["kind", *stated_probability.BUNCHING_COLUMNS]].astype({"kind": "str"})
