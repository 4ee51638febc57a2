"""What an account returns for its effort: response curves, points on them, elasticities (QUANT.md, Allocation).

Worth of a share x of the resource: v f(x). v = value index x p(1 - p), what a nudge to the log-odds is worth, in value
index points; f = Hill's effect, x^g / (kappa^g + x^g), 0 to 1. kappa = `allocation.half_effect` times an even part of
the whole resource among all active accounts; g = `whatif.price_steepness`.

Reading: the rule's own `optimal` divides a pool and counts its half effect in even parts of that pool (S6). To hold
plans that cross the tiers against each other every account needs one response, so the same definition is taken once,
of the whole resource and all accounts. `optimal` inside the tiers is therefore not always the best of the rules here.

Unit of effort: even shares (1 = the resource over the number of active accounts). Missing values: an account without
value index or win probability has no worth. Ties: by account id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from toolkit.base import steep
from toolkit.method.allocation import weights
from toolkit.parameters import Parameters

Array = NDArray[np.float64]

CURVE_COLUMNS: Final = ("account_id", "effort", "worth")
POINT_COLUMNS: Final = ("plan", "account_id", "effort", "worth", "elasticity")
REACH: Final = 3.0  # even shares that a curve shows at least
_STEPS: Final = 60  # points of a curve beside its start


@dataclass(frozen=True)
class Responses:
    """Worth (N,) of the full effect, half effect (N,) in shares of the whole, and steepness, by account id."""

    accounts: NDArray[np.object_]
    value: Array
    kappa: Array
    steepness: float

    @property
    def even(self) -> float:
        """The even share of the whole."""
        return 1.0 / max(len(self.accounts), 1)

    def worth(self, shares: ArrayLike) -> Array:
        """The worth (..., N) of shares (..., N) of the whole, account by account."""
        return np.asarray(self.value * steep.hill(shares, self.kappa, self.steepness))

    def total(self, shares: ArrayLike) -> Array:
        """The worth (...) of a division (..., N)."""
        return np.asarray(self.worth(shares).sum(axis=-1))

    def marginal(self, shares: ArrayLike) -> Array:
        """What a little more share is worth (..., N), per share of the whole."""
        x = np.asarray(shares, dtype=float)
        return np.asarray(self.value / self.kappa * steep.hill_slope(x / self.kappa, self.steepness))

    def elasticity(self, shares: ArrayLike) -> float:
        """By how many per cent the whole worth grows with one per cent more for everyone; NaN without worth."""
        worth = self.worth(shares)
        own = steep.elasticity(shares, self.kappa, self.steepness)
        return float((worth * own).sum() / worth.sum()) if worth.sum() > 0 else float("nan")


def responses_of(team: pd.DataFrame, parameters: Parameters) -> Responses:
    """The responses of a team: a row an active account with account_id, value_index (0-100), win_probability (0-1).

    Examples
    --------
    >>> team = pd.DataFrame({"account_id": ["A2", "A1"], "value_index": [80.0, 50], "win_probability": [0.5, 0.2]})
    >>> r = responses_of(team, Parameters())
    >>> r.accounts.tolist(), r.value.round(3).tolist(), r.kappa.tolist()
    (['A1', 'A2'], [8.0, 20.0], [0.75, 0.75])
    """
    rows = team.sort_values("account_id", kind="stable", ignore_index=True)
    value = np.asarray(weights(rows["value_index"], rows["win_probability"], "optimal"), dtype=float)
    half = parameters.allocation.half_effect / max(len(rows), 1)
    ids = rows["account_id"].to_numpy(dtype=object)
    return Responses(ids, value, np.full(len(rows), half), parameters.whatif.price_steepness)


def curves(responses: Responses, reach: float = REACH) -> pd.DataFrame:
    """Each account's response from no effort to `reach` even shares: account_id, effort, worth.

    Examples
    --------
    >>> one = Responses(np.array(["A1"], dtype=object), np.array([20.0]), np.array([1.5]), 1.0)
    >>> curves(one).iloc[[0, 30, 60]].round(2).values.tolist()
    [['A1', 0.0, 0.0], ['A1', 1.5, 10.0], ['A1', 3.0, 13.33]]
    """
    effort = np.linspace(0.0, reach, _STEPS + 1)
    worth = responses.worth(effort[:, None] * responses.even).T
    count = len(responses.accounts)
    frame = {
        "account_id": np.repeat(responses.accounts, len(effort)),
        "effort": np.tile(effort, count),
        "worth": worth.ravel(),
    }
    return pd.DataFrame(frame, columns=list(CURVE_COLUMNS)).astype({"account_id": "str"})


def points(responses: Responses, plans: Mapping[str, Array]) -> pd.DataFrame:
    """Where each plan puts each account on its curve: plan, account_id, effort (even shares), worth, elasticity.

    plans: shares (N,) of the whole by plan, in the responses' order. Elasticity is of the account's own worth to its
    own effort: g(1 - f).

    Examples
    --------
    >>> one = Responses(np.array(["A1"], dtype=object), np.array([20.0]), np.array([1.0]), 1.0)
    >>> points(one, {"optimum": np.array([1.0])}).values.tolist()
    [['optimum', 'A1', 1.0, 10.0, 0.5]]
    """
    pieces = [
        pd.DataFrame(
            {
                "plan": plan,
                "account_id": responses.accounts,
                "effort": shares / responses.even,
                "worth": responses.worth(shares),
                "elasticity": steep.elasticity(shares, responses.kappa, responses.steepness),
            }
        )
        for plan, shares in plans.items()
    ]
    none = pd.DataFrame(columns=list(POINT_COLUMNS)).astype(dict.fromkeys(POINT_COLUMNS[2:], float))
    table = pd.concat(pieces, ignore_index=True) if pieces else none
    return table.astype({"plan": "str", "account_id": "str"})
