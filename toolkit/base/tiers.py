"""Codes for tiers and market roles, so that array cores work on small integers."""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

A: Final = 0
B: Final = 1
C: Final = 2
NOT_ACTIVE: Final = -1
LETTERS: Final = ("A", "B", "C")
ROLES: Final = ("industry_benchmark", "regional_leader", "long_tail")


def letters(codes: ArrayLike) -> NDArray[Any]:
    """Tier letters of codes; NOT_ACTIVE becomes an empty text.

    Examples
    --------
    >>> letters([0, 2, -1]).tolist()
    ['A', 'C', '']
    """
    return np.array([*LETTERS, ""])[np.asarray(codes, dtype=np.int64)]


def tier_codes(names: ArrayLike) -> NDArray[np.int8]:
    """Codes of tier letters; anything else is NOT_ACTIVE.

    Examples
    --------
    >>> tier_codes(["B", ""]).tolist()
    [1, -1]
    """
    return _codes(names, LETTERS)


def role_codes(names: ArrayLike) -> NDArray[np.int8]:
    """Codes of market roles (0 benchmark, 1 regional leader, 2 long tail); unknown is -1.

    Examples
    --------
    >>> role_codes(["long_tail", "industry_benchmark"]).tolist()
    [2, 0]
    """
    return _codes(names, ROLES)


def _codes(names: ArrayLike, known: tuple[str, ...]) -> NDArray[np.int8]:
    text = np.asarray(names, dtype=object)
    out = np.full(text.shape, -1, dtype=np.int8)
    for code, name in enumerate(known):
        out[text == name] = code
    return out
