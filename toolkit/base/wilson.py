"""Wilson's interval for a share of a few."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[NDArray[Any], NDArray[Any]]:
    """Wilson's interval for a share, elementwise; NaN without trials (Wilson 1927).

    Examples
    --------
    >>> low, high = wilson([5], [10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.2366], [0.7634])
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    z = float(ndtri(0.5 + level / 2))
    n = np.where(n > 0, n, np.nan)
    middle = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    return middle - half, middle + half
