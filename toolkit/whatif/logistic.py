"""Logistic regression with normal priors: the most likely coefficients, and Laplace's normal about them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters

_STEPS: Final = 50
_TOLERANCE: Final = 1e-10


@dataclass(frozen=True)
class Normal:
    """A normal law: mean (K,), covariance (K, K)."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, parameters: DynamicsParameters, *names: str) -> "Normal":
        """The prior of some numbers of the model: each its default and its sd (`<name>_sd`), independent.

        Examples
        --------
        >>> Normal.of(DynamicsParameters(), "close_base", "close_effort").covariance.tolist()
        [[1.0, 0.0], [0.0, 0.25]]
        """
        mean = np.array([getattr(parameters, name) for name in names])
        return cls(mean, np.diag([getattr(parameters, f"{name}_sd") ** 2 for name in names]))


def logistic_map(x: NDArray[np.float64], y: NDArray[np.float64], prior: Normal) -> Normal:
    """Coefficients of P(y = 1) = s(x b), x (n, K), y (n,) 1 or 0, under a normal prior: MAP and inverse Hessian.

    Newton's steps, halved where they overshoot; the prior makes the maximum the only one, also without any row.

    Examples
    --------
    >>> prior = Normal(np.array([-1.0]), np.array([[4.0]]))
    >>> logistic_map(np.ones((0, 1)), np.ones(0), prior).mean.tolist()
    [-1.0]
    >>> logistic_map(np.ones((2000, 1)), np.arange(2000) % 2, prior).mean.round(2).tolist()
    [-0.0]
    """
    precision = np.linalg.inv(prior.covariance)

    def worth(b: NDArray[np.float64]) -> float:
        z, off = x @ b, b - prior.mean
        return float(y @ z - np.logaddexp(0, z).sum() - off @ precision @ off / 2)

    b, now = prior.mean.astype(float), worth(prior.mean)
    for _ in range(_STEPS):
        p = expit(x @ b)
        slope = x.T @ (y - p) - precision @ (b - prior.mean)
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + precision, slope)
        while (then := worth(b + step)) < now - _TOLERANCE and np.abs(step).max() > _TOLERANCE:
            step = step / 2
        b, now = b + step, then
        if np.abs(step).max() < _TOLERANCE:
            break
    p = expit(x @ b)
    return Normal(b, np.linalg.inv((x.T * (p * (1 - p))) @ x + precision))
