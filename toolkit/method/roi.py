"""F3 The three-year ROI model for the finance head: cash flows, ROI, NPV, IRR, payback, and what they hang on.

Year 0: -contract x (1 + implementation_share). Years 1 to 3: contract x (the four benefit shares x the year's ramp -
running_share); the ramp is `first_year` in year 1 and whole from then on.

    ROI  = (sum of years 1-3 - investment) / investment
    NPV  = sum of flow_t / (1 + discount_rate)^t
    IRR  = the rate at which NPV is 0
    payback = the years until the cumulated flows reach 0, a year's flow spread evenly over it; discounted likewise

Units: CNY, shares of the contract a year, rates a year, years. Missing values: no contract, no figures (NaN). IRR is
NaN where the flows change their sign not exactly once: no rate, or more than one; payback is NaN where three years do
not pay it back.

Readings. The text names the model and three years, nothing else. The four benefits (downtime avoided, more output,
less labour, less scrap and energy) are assumptions until the customer puts in figures of their own; so is every default
here.

Source: Brigham and Ehrhardt, Financial Management, capital budgeting (projects S and L).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from toolkit.base.parameters import Slice, setting

YEARS: Final = 3
BENEFITS: Final = ("downtime_share", "output_share", "labour_share", "quality_share")
INPUTS: Final = ("implementation_share", "running_share", *BENEFITS, "first_year", "discount_rate")
SENSITIVITY: Final = ("path", "low", "high", "at_low", "at_high", "base", "swing")


class RoiParameters(Slice):
    """What an investment costs and brings, as shares of its contract (path `roi`)."""

    implementation_share: float = setting(0.08, unit="fraction", rule="F3", ge=0, le=1)
    running_share: float = setting(0.05, unit="fraction", rule="F3", ge=0, le=1)
    downtime_share: float = setting(0.25, unit="fraction", rule="F3", ge=0, le=2)
    output_share: float = setting(0.20, unit="fraction", rule="F3", ge=0, le=2)
    labour_share: float = setting(0.12, unit="fraction", rule="F3", ge=0, le=2)
    quality_share: float = setting(0.08, unit="fraction", rule="F3", ge=0, le=2)
    first_year: float = setting(0.6, unit="fraction", rule="F3", ge=0, le=1)
    discount_rate: float = setting(0.10, unit="fraction", rule="F3", ge=0, le=1)
    spread: float = setting(0.2, unit="fraction", rule="F3", gt=0, lt=1)


@dataclass(frozen=True)
class Roi:
    """The measures of a row of cash flows; NaN where one is not defined."""

    flows: tuple[float, ...]
    roi: float
    npv: float
    irr: float
    payback: float
    discounted_payback: float


def cash_flows(contract: float, parameters: RoiParameters) -> NDArray[np.float64]:
    """The flows of years 0 to 3.

    Examples
    --------
    >>> cash_flows(1_000_000, RoiParameters()).round(2).tolist()
    [-1080000.0, 340000.0, 600000.0, 600000.0]
    """
    p = parameters
    whole = sum(getattr(p, name) for name in BENEFITS)
    ramp = np.array([p.first_year, *[1.0] * (YEARS - 1)])
    return np.concatenate([[-contract * (1 + p.implementation_share)], contract * (whole * ramp - p.running_share)])


def measured(flows: Sequence[float] | NDArray[np.float64], rate: float) -> Roi:
    """The measures of flows, the first of them the investment.

    Examples
    --------
    >>> s = measured([-1000, 500, 400, 300, 100], 0.10)
    >>> round(s.npv, 2), round(s.irr, 4), round(s.payback, 2), round(s.discounted_payback, 2)
    (78.82, 0.1449, 2.33, 2.95)
    """
    money = np.asarray(flows, dtype=float)
    discounted = money / (1 + rate) ** np.arange(len(money))
    paid = -money[0]
    roi = (money[1:].sum() - paid) / paid if paid > 0 else np.nan
    known = bool(np.isfinite(money).all())
    return Roi(
        tuple(money.tolist()),
        float(roi),
        float(discounted.sum()),
        internal_rate(money) if known else np.nan,
        payback(money) if known else np.nan,
        payback(discounted) if known else np.nan,
    )


def internal_rate(flows: NDArray[np.float64]) -> float:
    """The rate at which the net present value is 0; NaN where the flows change their sign not exactly once.

    Examples
    --------
    >>> round(internal_rate(np.array([-100.0, 39, 59, 55, 20])), 5), internal_rate(np.array([-100.0, -5.0]))
    (0.28095, nan)
    """
    signs = np.sign(flows[flows != 0])
    if np.count_nonzero(np.diff(signs)) != 1:
        return float("nan")
    power = np.arange(len(flows))

    def worth(log_factor: float) -> float:
        return float((flows * np.exp(-log_factor * power)).sum())

    low, high = -1.0, 1.0
    while worth(low) * worth(high) > 0:
        low, high = 2 * low, 2 * high
        if high > 64:
            return float("nan")
    return float(np.expm1(brentq(worth, low, high, xtol=1e-14, rtol=1e-14)))


def payback(flows: NDArray[np.float64]) -> float:
    """The years until the cumulated flows first reach 0; NaN where they never do.

    Examples
    --------
    >>> payback(np.array([-100.0, 50.0, 50.0])), payback(np.array([-100.0, 30.0])), payback(np.array([0.0, 5.0]))
    (2.0, nan, 0.0)
    """
    total = np.cumsum(flows)
    reached = np.flatnonzero(total >= -1e-9 * np.abs(flows).max(initial=0.0))
    if not len(reached):
        return float("nan")
    year = int(reached[0])
    return float(year - 1 + -total[year - 1] / flows[year]) if year else 0.0


def sensitivity(contract: float, parameters: RoiParameters) -> pd.DataFrame:
    """The NPV with each input `spread` lower and higher: SENSITIVITY, the widest swing first, then by name.

    Examples
    --------
    >>> found = sensitivity(1_000_000, RoiParameters())
    >>> found["path"].tolist()[:3], bool((found["at_low"] < found["base"]).any())
    (['roi.downtime_share', 'roi.output_share', 'roi.first_year'], True)
    """
    base = measured(cash_flows(contract, parameters), parameters.discount_rate).npv
    rows = []
    for name in INPUTS:
        value, spread = getattr(parameters, name), parameters.spread
        low, high = value * (1 - spread), value * (1 + spread)
        ends = [parameters.model_copy(update={name: one}) for one in (low, high)]
        npv = [measured(cash_flows(contract, one), one.discount_rate).npv for one in ends]
        rows.append((f"roi.{name}", low, high, *npv, base, abs(npv[1] - npv[0])))
    frame = pd.DataFrame(rows, columns=list(SENSITIVITY))
    return frame.sort_values(["swing", "path"], ascending=[False, True], ignore_index=True)
