"""What effort does: the Hill curve, and its two numbers as a manager's five judgements tell them (CALLPLAN)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters

LEVELS: Final = (0.5, 1.0, 1.5)  # today's effort is 1; the first judgement is at 0, the last at saturation
_HALF_EFFECT: Final = (0.01, 100.0)
_STEEPNESS: Final = (0.1, 10.0)


def saturation(
    effort: NDArray[np.float64], half_effect: float | NDArray[np.float64], steepness: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """h = R^g / (k^g + R^g) of a stock R of effort: 0 without effort, 1/2 at R = k. Shapes broadcast.

    Examples
    --------
    >>> saturation(np.array([0.0, 1.5]), 1.5, 1.3).tolist()
    [0.0, 0.5]
    """
    with np.errstate(divide="ignore"):
        return np.asarray(expit(steepness * (np.log(effort) - np.log(half_effect))))


def response_from_judgements(points: tuple[float, ...], carry_over: float = 0.0) -> tuple[float, float]:
    """(half_effect, steepness) of the Hill curve through a manager's five judgements, by least squares.

    `points`: results at effort 0, 1/2, 1 and 3/2 of today's even share, and at saturation (CALLPLAN, Lodish 1971), in
    any unit, not falling. half_effect is a stock: a share held for long is worth share / (1 - carry_over).

    Examples
    --------
    A square about today's effort: e^2 / (1 + e^2) is 1/5, 1/2 and 9/13.

    >>> k, g = response_from_judgements((0, 1 / 5, 1 / 2, 9 / 13, 1))
    >>> round(k, 6), round(g, 6)
    (1.0, 2.0)
    """
    low, high = points[0], points[-1]
    effect = (np.array(points[1:-1]) - low) / (high - low)
    effort = np.array(LEVELS)

    def off(logs: NDArray[np.float64]) -> NDArray[np.float64]:
        return saturation(effort, np.exp(logs[0]), np.exp(logs[1])) - effect

    lowest, highest = np.log(np.array([_HALF_EFFECT, _STEEPNESS])).T
    found = least_squares(off, np.zeros(2), bounds=(lowest, highest), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    half, steep = np.exp(found.x)
    return float(half) / (1 - carry_over), float(steep)


def response_of(prior: DynamicsParameters) -> tuple[float, float]:
    """(half_effect, steepness) that hold: of the judgements where given, else as set."""
    if prior.judgements:
        return response_from_judgements(prior.judgements, prior.carry_over)
    return prior.half_effect, prior.steepness
