"""Scores behind S1, S2 and M2: value index and strategic weight (QUANT.md, Scores).

Formula. Utility of a component: 0 at its lower anchor, 100 at its upper one, linear between (money: linear
in its logarithm), never beyond. Score = sum of share_k x utility_k over the components that are there + (1
- coverage) x prior, with share_k = weight_k / sum of weights and coverage = sum of the shares that are
there. The strategic weight is then put on the agreed scale: piecewise linear through (0, 0), (raw_at_80,
80), (100, 100).

Units: scores, utilities and points 0-100; money CNY; coverage, margin, growth 0-1. Ties: none; rows are
independent and keep their index.

Missing values. A missing component lowers the coverage; below `min_coverage` there is no score (NaN: cannot
judge). Bounds are always given: everything missing at 0, and at 100. Gross margin and growth take part only
where the frame has a value for anybody, so pass the whole portfolio, not one account.

Readings.
* The win probability is in neither score: it would count twice in S1 and S6.
* The prior's part is a contribution of its own (`points_prior`), so that the points add up to the score.
* Calibration stretches all points of an account alike; `raw` keeps the score before it.
* The calibration is frozen: `raw_at_80` was set on `calibrated_on` and no later portfolio moves it. The default of
  74.2 is the sample team's top fifth on 2026-05-29; a team finds its own by `calibration_anchor`, once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from toolkit.base.compare import above, below
from toolkit.base.errors import InputError
from toolkit.base.findings import findings
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.tiers import NOT_ACTIVE, A

OPTIONAL: Final = ("gross_margin", "growth")
# Saaty's mean consistency index of random matrices of order 1 to 10
RANDOM_INDEX: Final = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)


def _weight() -> Any:
    return setting(1.0, unit="weight", rule="S1", ge=0, le=100)


class ValueIndexWeights(Slice):
    """Weights of the value index; only their proportions matter (path `scores.value_index`)."""

    annual_potential: float = _weight()
    industry_influence: float = _weight()
    technical_fit: float = _weight()
    chain_coverage: float = _weight()
    gross_margin: float = _weight()
    growth: float = _weight()

    @model_validator(mode="after")
    def _some_weight(self) -> "ValueIndexWeights":
        if not sum(self.model_dump(exclude=set(OPTIONAL)).values()) > 0:
            raise ValueError("value_index needs a weight above 0 beside gross_margin and growth")
        return self


class StrategicWeightWeights(Slice):
    """Weights of the strategic weight; only their proportions matter (path `scores.strategic_weight`)."""

    industry_influence: float = _weight()
    technical_fit: float = _weight()
    market_attractiveness: float = _weight()
    market_role: float = _weight()
    annual_potential: float = _weight()

    @model_validator(mode="after")
    def _some_weight(self) -> "StrategicWeightWeights":
        if not sum(self.model_dump().values()) > 0:
            raise ValueError("strategic_weight needs a weight above 0")
        return self


class RolePoints(Slice):
    """Utility of each market role (path `scores.role_points`)."""

    industry_benchmark: float = setting(100.0, unit="points", rule="S1", ge=0, le=100)
    regional_leader: float = setting(60.0, unit="points", rule="S1", ge=0, le=100)
    long_tail: float = setting(20.0, unit="points", rule="S1", ge=0, le=100)


class ScoreParameters(Slice):
    """Anchors, weights and calibration of the scores (path `scores`)."""

    prior: float = setting(50.0, unit="points", rule="S1", ge=0, le=100)
    min_coverage: float = setting(0.6, unit="fraction", rule="S1", ge=0, le=1)
    money_low: float = setting(100_000.0, unit="CNY", rule="S1", gt=0)
    money_high: float = setting(100_000_000.0, unit="CNY", rule="S1", gt=0)
    gross_margin_low: float = setting(0.0, unit="fraction", rule="S1", ge=-1, le=1)
    gross_margin_high: float = setting(0.5, unit="fraction", rule="S1", ge=-1, le=1)
    growth_low: float = setting(0.0, unit="fraction", rule="S1", ge=-1, le=5)
    growth_high: float = setting(0.3, unit="fraction", rule="S1", ge=-1, le=5)
    value_index: ValueIndexWeights = Field(default_factory=ValueIndexWeights)
    strategic_weight: StrategicWeightWeights = Field(default_factory=StrategicWeightWeights)
    role_points: RolePoints = Field(default_factory=RolePoints)
    raw_at_80: float = setting(74.2, unit="points", rule="S1", gt=0, lt=100)
    calibrated_on: date = setting(date(2026, 5, 29), unit="date", rule="S1")
    min_a_share: float = setting(0.05, unit="fraction", rule="S1", ge=0, le=1)
    max_a_share: float = setting(0.25, unit="fraction", rule="S1", ge=0, le=1)

    @model_validator(mode="after")
    def _low_below_high(self) -> "ScoreParameters":
        pairs = [(f"{name}_low", f"{name}_high") for name in ("money", "gross_margin", "growth")]
        for low, high in [*pairs, ("min_a_share", "max_a_share")]:
            if not getattr(self, low) < getattr(self, high):
                raise ValueError(f"{low} must lie below {high}")
        return self


class Score(NamedTuple):
    """A score (NaN below the least coverage), the coverage 0-1, and the bounds from what is missing."""

    score: NDArray[np.float64]
    coverage: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def utility(values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """0 at `low`, 100 at `high`, linear between, never beyond; NaN stays NaN.

    Examples
    --------
    >>> utility([0.0, 0.25, 0.9], 0.0, 0.5).tolist()
    [0.0, 50.0, 100.0]
    """
    return np.clip(100 * (np.asarray(values, dtype=float) - low) / (high - low), 0, 100)


def money_utility(amount: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """0 at `low` CNY, 100 at `high`, linear in the logarithm, never beyond; nothing and less count as `low`.

    Examples
    --------
    >>> money_utility([0.0, 1e5, 1e6, 1e8, 1e9], 1e5, 1e8).round(1).tolist()
    [0.0, 0.0, 33.3, 100.0, 100.0]
    """
    return utility(np.log(np.maximum(np.asarray(amount, dtype=float), low)), np.log(low), np.log(high))


def points(utilities: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """What each component (last axis) adds to the score: share of the weights x utility; 0 where it is
    missing.

    Examples
    --------
    >>> points([80.0, np.nan, 40.0], [2, 1, 1]).tolist()
    [40.0, 0.0, 10.0]
    """
    return np.nan_to_num(np.asarray(utilities, dtype=float)) * _shares(weights)


def weighted_score(utilities: ArrayLike, weights: ArrayLike, prior: float, min_coverage: float) -> Score:
    """Score over the last axis of `utilities` (..., K), 0-100, NaN = missing; `weights` (K,), not negative.

    score = coverage x mean of what is there + (1 - coverage) x prior. Raises ValueError for negative weights
    and for weights that are all 0. Shrinking to the prior loses less at 20 % missing (RMSE 6.1) than
    renormalising (8.0) or filling with zero (14.8).

    Examples
    --------
    >>> s = weighted_score([80.0, np.nan, 40.0], [2, 1, 1], prior=50, min_coverage=0.6)
    >>> float(s.score), float(s.coverage), float(s.low), float(s.high)
    (62.5, 0.75, 50.0, 75.0)
    """
    there = ~np.isnan(np.asarray(utilities, dtype=float))
    coverage = (there * _shares(weights)).sum(axis=-1)
    low = points(utilities, weights).sum(axis=-1)
    score = np.where(below(coverage, min_coverage), np.nan, low + (1 - coverage) * prior)
    return Score(score, coverage, low, low + (1 - coverage) * 100)


def _shares(weights: ArrayLike) -> NDArray[np.float64]:
    w = np.asarray(weights, dtype=float)
    if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
        raise ValueError(f"weights must be numbers, none negative and one above 0, not {w.tolist()}")
    return w / w.sum()


def value_index(components: pd.DataFrame, parameters: ScoreParameters) -> pd.DataFrame:
    """The value index of every row: score, coverage, low, high, points_<component>, points_prior; index kept.

    `components`: annual_potential (CNY), industry_influence, technical_fit (0-100), chain_coverage (0-1)
    and, where the source has them, gross_margin, growth (fractions). The points add up to the score; NaN
    where there is none.

    Examples
    --------
    >>> one = pd.DataFrame({"annual_potential": [1e8], "industry_influence": [80.0], "technical_fit": [60.0],
    ...                     "chain_coverage": [float("nan")]})
    >>> value_index(one, ScoreParameters())[["score", "coverage", "low", "high"]].values.tolist()
    [[72.5, 0.75, 60.0, 85.0]]
    """
    p = parameters
    utilities = {
        "annual_potential": money_utility(_numbers(components, "annual_potential"), p.money_low, p.money_high),
        "industry_influence": utility(_numbers(components, "industry_influence"), 0, 100),
        "technical_fit": utility(_numbers(components, "technical_fit"), 0, 100),
        "chain_coverage": utility(_numbers(components, "chain_coverage"), 0, 1),
    }
    anchors = {
        "gross_margin": (p.gross_margin_low, p.gross_margin_high),
        "growth": (p.growth_low, p.growth_high),
    }
    for name, (low, high) in anchors.items():
        if name in components and components[name].notna().any():
            utilities[name] = utility(_numbers(components, name), low, high)
    return _explained(utilities, p.value_index.model_dump(), p, components.index)


def strategic_weight(components: pd.DataFrame, parameters: ScoreParameters) -> pd.DataFrame:
    """The strategic weight of every row, calibrated; columns as `value_index`, and `raw`, the score before
    it.

    `components`: industry_influence, technical_fit, market_attractiveness (S4's score of its industry)
    (0-100), market_role (text), annual_potential (CNY).

    Examples
    --------
    >>> one = pd.DataFrame({"industry_influence": [80.0], "technical_fit": [70.0],
    ...                     "market_attractiveness": [50.0], "market_role": ["industry_benchmark"],
    ...                     "annual_potential": [1e5]})
    >>> strategic_weight(one, ScoreParameters(raw_at_80=75))[["raw", "score"]].values.tolist()
    [[60.0, 64.0]]
    """
    p = parameters
    roles = components["market_role"].map(p.role_points.model_dump())
    utilities = {
        "industry_influence": utility(_numbers(components, "industry_influence"), 0, 100),
        "technical_fit": utility(_numbers(components, "technical_fit"), 0, 100),
        "market_attractiveness": utility(_numbers(components, "market_attractiveness"), 0, 100),
        "market_role": roles.to_numpy(dtype=float, na_value=np.nan),
        "annual_potential": money_utility(_numbers(components, "annual_potential"), p.money_low, p.money_high),
    }
    frame = _explained(utilities, p.strategic_weight.model_dump(), p, components.index)
    raw = frame["score"].to_numpy()
    score = calibrated(raw, p.raw_at_80)
    stretch = np.divide(score, raw, out=np.ones_like(raw), where=raw > 0)
    parts = frame.columns[frame.columns.str.startswith("points_")]
    frame[parts] = frame[parts].mul(stretch, axis=0)
    bounds = {name: calibrated(frame[name].to_numpy(), p.raw_at_80) for name in ("low", "high")}
    return frame.assign(score=score, raw=raw, **bounds)


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def _explained(
    utilities: Mapping[str, NDArray[np.float64]],
    weights: Mapping[str, float],
    parameters: ScoreParameters,
    index: pd.Index,
) -> pd.DataFrame:
    """Score, coverage, bounds and contributions as a frame; a component that takes no part has no column."""
    columns = np.stack(list(utilities.values()), axis=-1)
    shares = [weights[name] for name in utilities]
    result = weighted_score(columns, shares, parameters.prior, parameters.min_coverage)
    parts = np.where(np.isnan(result.score)[:, None], np.nan, points(columns, shares))
    prior = np.where(np.isnan(result.score), np.nan, (1 - result.coverage) * parameters.prior)
    contributions = {f"points_{name}": parts[:, k] for k, name in enumerate(utilities)}
    return pd.DataFrame({**result._asdict(), **contributions, "points_prior": prior}, index=index)


def calibrated(raw: ArrayLike, raw_at_80: float) -> NDArray[np.float64]:
    """The agreed scale: piecewise linear through (0, 0), (raw_at_80, 80), (100, 100); NaN stays NaN.

    Examples
    --------
    >>> calibrated([0.0, 30.0, 60.0, 80.0, 100.0], 60.0).tolist()
    [0.0, 40.0, 80.0, 90.0, 100.0]
    """
    return np.interp(np.asarray(raw, dtype=float), [0.0, raw_at_80, 100.0], [0.0, 80.0, 100.0])


def calibration_anchor(raw: ArrayLike, top_share: float = 0.2) -> float:
    """How the frozen `raw_at_80` is found: the raw score that the top fifth (ceil) of the base date reaches.

    Missing scores are left out; NaN without any. The result goes into the parameters by hand, with its date.

    Examples
    --------
    >>> calibration_anchor([50, 55, 60, 65, 70, float("nan")])
    70.0
    """
    known = np.sort(np.asarray(raw, dtype=float))
    known = known[~np.isnan(known)]
    count = int(np.ceil(len(known) * top_share - 1e-9))
    return float(known[-count]) if count else float("nan")


def ahp_weights(matrix: ArrayLike, max_consistency_ratio: float = 0.10) -> NDArray[np.float64]:
    """Weights (sum 1) from pairwise comparisons: the principal eigenvector of a reciprocal matrix of order
    1 to 10.

    Entry (i, j) says how many times more important i is than j. Raises InputError for a matrix that is not
    square, positive and reciprocal, and above the consistency ratio CR = (lambda - n) / (n - 1) / random
    index. Source: Saaty 1980.

    Examples
    --------
    >>> ahp_weights([[1, 2, 4], [1/2, 1, 2], [1/4, 1/2, 1]]).round(4).tolist()
    [0.5714, 0.2857, 0.1429]
    """
    m = np.asarray(matrix, dtype=float)
    if m.ndim != 2 or m.shape[0] != m.shape[1] or not 1 <= len(m) <= len(RANDOM_INDEX):
        raise InputError(f"pairwise comparisons need a square matrix of order 1 to 10, not {m.shape}")
    if not ((m > 0).all() and np.allclose(m * m.T, 1, rtol=1e-6)):
        raise InputError("pairwise comparisons must be positive, and entry (j, i) one over entry (i, j)")
    values, vectors = np.linalg.eig(m)
    largest = int(np.argmax(values.real))
    weights = np.abs(vectors[:, largest].real)
    n = len(m)
    ratio = (values[largest].real - n) / (n - 1) / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    if ratio > max_consistency_ratio + 1e-9:
        raise InputError(f"consistency ratio {ratio:.3f} is above {max_consistency_ratio:g}; compare again")
    return weights / weights.sum()


def a_share_finding(tier: ArrayLike, parameters: ScoreParameters, friday: Any) -> pd.DataFrame:
    """One finding (rule S1, subject team): does A hold 5 to 25 % of the active accounts, as the scale meant?

    `tier`: codes of one Friday. Codes: a_share_in_range (good), a_share_low, a_share_high (warning),
    a_share_unknown (cannot judge: no active account). Measured: A's share, 0-1; arguments: share, count,
    active, low, high.

    Examples
    --------
    >>> finding = a_share_finding([0, 1, 2, 2], ScoreParameters(), "2026-11-20")
    >>> finding[["state", "measured", "code"]].values.tolist()
    [['good', 0.25, 'a_share_in_range']]
    """
    codes = np.asarray(tier)
    active, count = int((codes != NOT_ACTIVE).sum()), int((codes == A).sum())
    share = count / active if active else float("nan")
    low, high = parameters.min_a_share, parameters.max_a_share
    state, code, threshold = GOOD, "a_share_in_range", high
    if not active:
        state, code = CANNOT_JUDGE, "a_share_unknown"
    elif below(share, low):
        state, code, threshold = WARNING, "a_share_low", low
    elif above(share, high):
        state, code = WARNING, "a_share_high"
    row = {
        "rule": "S1",
        "subject_kind": "team",
        "subject_id": "",
        "state": state,
        "measured": share,
        "threshold": threshold,
        "unit": "fraction",
        "since": friday,
        "code": code,
        "arguments": {"share": share, "count": count, "active": active, "low": low, "high": high},
    }
    return findings([row])
