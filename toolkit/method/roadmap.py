"""S4 three must-win industries and S5 five strategic accounts.

Formula. Industry score = 100 x (capacity / largest capacity) x (whitespace / largest whitespace), top 3.
Account score = industry influence x technical fit / 100 among active accounts with both >= 50, top 5.

Units: capacity CNY, whitespace 0-1, influence, fit and scores 0-100. Ties (scores equal to 1e-9):
industries by capacity, accounts by annual potential, the higher first; then by id.

Missing values: an account without influence or fit is not ranked; a blank annual potential counts 0 in a
tie; where the largest capacity or whitespace is 0, every industry scores 0.

Reading: industries are scaled by the largest of all industries given, ranked or not.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import at_least
from toolkit.base.parameters import Slice, setting


class RoadmapParameters(Slice):
    """How many industries and accounts, and the accounts' minimums (path `roadmap`)."""

    industries: int = setting(3, unit="industries", rule="S4", ge=1, le=20)
    accounts: int = setting(5, unit="accounts", rule="S5", ge=1, le=50)
    min_industry_influence: float = setting(50.0, unit="points", rule="S5", ge=0, le=100)
    min_technical_fit: float = setting(50.0, unit="points", rule="S5", ge=0, le=100)

    def departures(self) -> tuple[str, ...]:
        """A minimum of 0 switches that criterion off."""
        off = {
            "roadmap.min_industry_influence": self.min_industry_influence == 0,
            "roadmap.min_technical_fit": self.min_technical_fit == 0,
        }
        return tuple(code for code, departs in off.items() if departs)


def industry_scores(industries: pd.DataFrame, parameters: RoadmapParameters | None = None) -> pd.DataFrame:
    """All industries ranked (S4): industry_id, rank, score, market_capacity, competitive_whitespace, picked.

    `industries`: industry_id, market_capacity (CNY), competitive_whitespace (0-1). No industries: an empty
    frame.

    Examples
    --------
    >>> industries = pd.DataFrame({"industry_id": ["I1", "I2"], "market_capacity": [400.0, 200.0],
    ...                            "competitive_whitespace": [0.3, 0.6]})
    >>> industry_scores(industries)[["industry_id", "rank", "score"]].values.tolist()
    [['I1', 1, 50.0], ['I2', 2, 50.0]]
    """
    parameters = parameters or RoadmapParameters()
    frame = industries[["industry_id", "market_capacity", "competitive_whitespace"]].copy()
    frame["score"] = 100 * _scaled(frame["market_capacity"]) * _scaled(frame["competitive_whitespace"])
    ranked = _ranked(frame, "market_capacity", "industry_id")
    ranked["picked"] = ranked["rank"] <= parameters.industries
    return ranked[["industry_id", "rank", "score", "market_capacity", "competitive_whitespace", "picked"]]


def _scaled(values: pd.Series) -> NDArray[np.float64]:
    numbers = values.to_numpy(dtype=float)
    largest = numbers.max(initial=0.0)
    return numbers / largest if largest > 0 else np.zeros(len(numbers))


def _ranked(frame: pd.DataFrame, tie: str, name: str) -> pd.DataFrame:
    """By score, then `tie` (both the higher first, blank counts 0), then id; with `rank` from 1."""
    keyed = frame.assign(_score=frame["score"].round(9), _tie=frame[tie].fillna(0.0))
    ordered = keyed.sort_values(["_score", "_tie", name], ascending=[False, False, True], ignore_index=True)
    return ordered.drop(columns=["_score", "_tie"]).assign(rank=np.arange(1, len(frame) + 1))


def strategic_accounts(accounts_active: pd.DataFrame, parameters: RoadmapParameters) -> pd.DataFrame:
    """Active accounts that meet both minimums, ranked (S5); `picked` marks the top five.

    `accounts_active`: account_id, industry_influence, technical_fit (0-100), annual_potential (CNY).
    Columns out: account_id, rank, score, industry_influence, technical_fit, annual_potential, picked.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "industry_influence": [90.0, 60.0, 99.0],
    ...                          "technical_fit": [50.0, 75.0, 49.0], "annual_potential": [1e6, 2e6, 9e6]})
    >>> strategic_accounts(accounts, RoadmapParameters())[["account_id", "rank", "score"]].values.tolist()
    [['A2', 1, 45.0], ['A1', 2, 45.0]]
    """
    columns = ["account_id", "industry_influence", "technical_fit", "annual_potential"]
    influence, fit = (accounts_active[name].to_numpy(dtype=float, na_value=np.nan) for name in columns[1:3])
    meets = at_least(influence, parameters.min_industry_influence) & at_least(fit, parameters.min_technical_fit)
    frame = accounts_active.loc[meets, columns].assign(score=(influence * fit / 100)[meets])
    ranked = _ranked(frame, "annual_potential", "account_id")
    ranked["picked"] = ranked["rank"] <= parameters.accounts
    return ranked[["account_id", "rank", "score", *columns[1:], "picked"]]


def roadmap_table(
    industries_ranked: pd.DataFrame, accounts_ranked: pd.DataFrame, parameters: RoadmapParameters
) -> pd.DataFrame:
    """roadmap.csv: kind ("industry" | "account"), rank, id, score of the picked industries and accounts."""
    industries = industries_ranked[industries_ranked["rank"] <= parameters.industries]
    accounts = accounts_ranked[accounts_ranked["rank"] <= parameters.accounts]
    parts = [
        pd.DataFrame({"kind": kind, "rank": part["rank"], "id": part[name], "score": part["score"]})
        for kind, part, name in (("industry", industries, "industry_id"), ("account", accounts, "account_id"))
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"kind": "str", "rank": "int64", "id": "str", "score": float})
