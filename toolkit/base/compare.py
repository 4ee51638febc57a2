"""Comparisons of a value with a threshold, with the method's common tolerance of 1e-9.

A threshold that the text calls "at least" is inclusive; a value that misses it by rounding alone meets it.
Missing values compare false: nothing missing meets a criterion or breaks a limit.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOLERANCE: Final = 1e-9


def _pair(value: ArrayLike, threshold: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.asarray(value, dtype=float), np.asarray(threshold, dtype=float)


def at_least(value: ArrayLike, threshold: ArrayLike) -> NDArray[np.bool_]:
    """True where value >= threshold, within 1e-9; NaN is false.

    Examples
    --------
    >>> at_least([0.6, 0.6 - 1e-12, 0.59, float("nan")], 0.6).tolist()
    [True, True, False, False]
    """
    v, t = _pair(value, threshold)
    return np.asarray(v >= t - TOLERANCE)


def at_most(value: ArrayLike, threshold: ArrayLike) -> NDArray[np.bool_]:
    """True where value <= threshold, within 1e-9; NaN is false.

    Examples
    --------
    >>> at_most([2.0, 2.1, float("nan")], 2.0).tolist()
    [True, False, False]
    """
    v, t = _pair(value, threshold)
    return np.asarray(v <= t + TOLERANCE)


def above(value: ArrayLike, threshold: ArrayLike) -> NDArray[np.bool_]:
    """True where value > threshold by more than 1e-9; NaN is false.

    Examples
    --------
    >>> above([2.0 + 1e-12, 2.01], 2.0).tolist()
    [False, True]
    """
    v, t = _pair(value, threshold)
    return np.asarray(v > t + TOLERANCE)


def below(value: ArrayLike, threshold: ArrayLike) -> NDArray[np.bool_]:
    """True where value < threshold by more than 1e-9; NaN is false.

    Examples
    --------
    >>> below([30.0, 29.9], 30.0).tolist()
    [False, True]
    """
    v, t = _pair(value, threshold)
    return np.asarray(v < t - TOLERANCE)
