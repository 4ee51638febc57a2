"""How many of a few deals are won, if each is won with its own stated probability."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def win_chances(probabilities: ArrayLike) -> NDArray[np.float64]:
    """The chance of 0, 1, … n wins among n deals that are won independently (the Poisson binomial law), shape (n + 1,).

    Deals without a probability are left out. The order of the deals does not matter.

    Examples
    --------
    >>> win_chances([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    >>> win_chances([]).tolist()
    [1.0]
    """
    chances = np.ones(1)
    for p in np.asarray(probabilities, dtype=float):
        if not np.isnan(p):
            chances = np.convolve(chances, [1.0 - p, p])
    return chances


def as_far_off(chances: ArrayLike, wins: int) -> float:
    """The chance of a count of wins as unlikely as `wins` or more unlikely still: a two-sided exact p value.

    Examples
    --------
    >>> as_far_off([0.25, 0.5, 0.25], 0), as_far_off([0.25, 0.5, 0.25], 1)
    (0.5, 1.0)
    """
    all_of_them = np.asarray(chances, dtype=float)
    if not 0 <= wins < len(all_of_them):
        return 0.0
    return float(min(all_of_them[all_of_them <= all_of_them[wins] + 1e-12].sum(), 1.0))
