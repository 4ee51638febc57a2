"""The forward model's numbers (QUANT.md, Forward simulation): one for all paths, or one a path.

Units: log-odds, even shares of the week's resource, weeks, people. The equations are in `toolkit.whatif.simulate`; what
is sure and what is fitted in `toolkit.whatif.fit`.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.base.forecasting import DynamicsParameters

Number = float | NDArray[Any]


@dataclass(frozen=True)
class Dynamics:
    """The numbers of `dynamics`: each one number, or an array with one for every path, (P, 1).

    Examples
    --------
    >>> Dynamics.of(DynamicsParameters()).gain
    0.18
    """

    progress_base: Number
    progress_effort: Number
    progress_odds: Number
    progress_stall: Number
    close_base: Number
    close_effort: Number
    close_contacts: Number
    gain: Number
    slip: Number
    odds_noise: Number
    report_noise: Number
    half_effect: Number
    steepness: Number
    carry_over: Number
    reversion: Number
    max_contacts: Number
    max_stall: Number

    @classmethod
    def of(cls, parameters: DynamicsParameters) -> "Dynamics":
        """The numbers as the parameters have them, before any history."""
        return cls(**{name.name: getattr(parameters, name.name) for name in fields(cls)})

    def per_path(self, paths: int, first: int = 0) -> "Dynamics":
        """n draws, each number (n,), as (paths, 1) for the paths first, first + 1 …: path k has draw k mod n.

        Examples
        --------
        >>> drawn = Dynamics(**{name.name: np.array([1.0, 2.0]) for name in fields(Dynamics)})
        >>> drawn.per_path(3).gain.ravel().tolist()
        [1.0, 2.0, 1.0]
        """
        path = np.arange(first, first + paths)
        return self._each(lambda values: values[path % len(values)][:, None])

    def rows(self, first: int, last: int) -> "Dynamics":
        """The numbers of the paths first … last - 1 of (P, 1) arrays; single numbers stay."""
        return self._each(lambda values: values[first:last])

    def _each(self, change: Any) -> "Dynamics":
        values = {name.name: getattr(self, name.name) for name in fields(self)}
        return Dynamics(**{name: change(v) if isinstance(v, np.ndarray) else v for name, v in values.items()})
