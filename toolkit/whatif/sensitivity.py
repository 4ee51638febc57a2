"""What a result hangs on: a tornado of single changes, and Sobol's total effects of all of them at once.

Formula. Tornado: the result at the low and the high end of each parameter, the others at the base; swing = largest
less smallest of the two and the base. Sobol: first = Var(E[y | x_i]) / Var(y), total = 1 - Var(E[y | x_not_i]) /
Var(y), for independent uniform x (Saltelli et al. 2010, Computer Physics Communications 181, 259-270; computed by
`scipy.stats.sobol_indices`).

Units: the result's own; indices are fractions of its variance. Ties: by path. Missing values: a run that fails or gives
no finite number leaves its place blank, and the row tells the reason.

Readings. A range whose two ends are whole numbers (int) takes whole numbers alone. A range is a question, not a belief:
an effect says what a change within it would do to the result.
"""

import warnings
from collections.abc import Callable, Mapping
from math import isfinite, nan
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.settings import Setting, value_at
from toolkit.parameters import SETTINGS, Parameters

TORNADO_COLUMNS: Final = ("path", "low", "high", "at_low", "at_high", "base", "swing", "state", "reason")
SOBOL_COLUMNS: Final = ("path", "first", "total", "low", "high")
OK, FAILED, NOT_FINITE = "ok", "failed", "not_finite"
POLICY_STEPS: Final[Mapping[str, float]] = {
    "tiers.a.min_win_probability": 0.05,
    "tiers.a.min_strategic_weight": 5.0,
    "allocation.share_a": 0.10,
    "demotion.weeks": 1,
}
UNCERTAIN: Final = ("dynamics.progress_effort", "dynamics.close_effort")
MIN_DRAWS: Final = 64  # with 16, two of Sobol's columns can run so much alike that a total effect of 1 comes out as .3

Run = Callable[[Mapping[str, float]], float]
Ranges = Mapping[str, tuple[float, float]]
_BY_PATH: Final[Mapping[str, Setting]] = {known.path: known for known in SETTINGS}


def stock_ranges(
    parameters: Parameters, fitted: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, tuple[float, float]]:
    """Six parameters to move: the policy's thresholds by a step, the model's numbers by one sd, inside their bounds.

    fitted  value and sd by path, in place of the parameters' own (those of the model are where a fit starts from)

    Examples
    --------
    >>> ranges = stock_ranges(Parameters())
    >>> len(ranges), ranges["demotion.weeks"], ranges["dynamics.progress_effort"]
    (6, (1, 3), (1.5, 2.9))
    """
    steps = {path: (value_at(parameters, path), step) for path, step in POLICY_STEPS.items()}
    steps |= {path: (value_at(parameters, path), value_at(parameters, f"{path}_sd")) for path in UNCERTAIN}
    steps |= {path: fitted[path] for path in UNCERTAIN if fitted and path in fitted}
    return {path: _within(_BY_PATH[path], value, step) for path, (value, step) in steps.items()}


def tornado(run: Run, base: Mapping[str, float], ranges: Ranges) -> pd.DataFrame:
    """The result of `run` with each parameter at either end of its range, the largest swing first.

    run     the result under changes by path; a ValueError (InputError is one) or no finite number is a failed run
    base    changes that hold in every run ({}: the parameters as they are); `run(base)` must not fail

    Columns: path, low, high, at_low, at_high, base, swing (NaN where a run failed: last), state (ok | failed), reason
    ("", the error's text, or the code not_finite). 2 x len(ranges) + 1 runs. ValueError for a range upside down.

    Examples
    --------
    >>> frame = tornado(lambda x: 2 * x.get("a", 1) + x.get("b", 5), {}, {"b": (4, 6), "a": (0, 3)})
    >>> frame[["path", "at_low", "at_high", "base", "swing"]].values.tolist()
    [['a', 5.0, 11.0, 7.0, 6.0], ['b', 6.0, 8.0, 7.0, 2.0]]
    """
    _check(ranges)
    middle = float(run(base))
    rows = []
    for path, ends in ranges.items():
        found = [_tried(run, {**base, path: end}) for end in ends]
        values, reasons = [value for value, _ in found], [reason for _, reason in found if reason]
        swing = nan if reasons else max(*values, middle) - min(*values, middle)
        rows.append((path, *ends, *values, middle, swing, FAILED if reasons else OK, "".join(reasons[:1])))
    frame = pd.DataFrame(rows, columns=list(TORNADO_COLUMNS))
    numbers = dict.fromkeys(TORNADO_COLUMNS[1:7], float)
    frame = frame.astype({**numbers, "path": "str", "state": "str", "reason": "str"})
    return frame.sort_values(["swing", "path"], ascending=[False, True], na_position="last", ignore_index=True)


def sobol(run: Run, ranges: Ranges, n: int, seed: int) -> pd.DataFrame:
    """First and total effects of the parameters on `run`, the largest total first; n x (len(ranges) + 2) runs.

    n     draws, a power of two and at least MIN_DRAWS (ValueError otherwise); seed: the same one gives the same draws

    Columns: path, first, total (both about 0-1), low, high (95 % bootstrap interval of the total; NaN where it
    cannot be told). A result that never changes has effects of 0. What a run raises is passed on: with holes the
    variance would not be the result's.

    Examples
    --------
    >>> sobol(lambda x: 3 * x["a"], {"a": (0.0, 1.0), "b": (0.0, 1.0)}, 64, 1)["total"].round(2).tolist()
    [1.0, 0.0]
    """
    from scipy import stats  # slow to import, and only this needs it

    _check(ranges)
    if n < MIN_DRAWS:
        raise ValueError(f"Sobol's effects need at least {MIN_DRAWS} draws, not {n}")
    results: list[float] = []

    def every(unit: NDArray[np.float64]) -> NDArray[np.float64]:
        changes = {path: _placed(ends, unit[k]) for k, (path, ends) in enumerate(ranges.items())}
        found = [float(run({path: changes[path][k] for path in changes})) for k in range(unit.shape[1])]
        results.extend(found)
        return np.array([found])

    generator = np.random.default_rng(seed)
    even = [stats.uniform()] * len(ranges)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # no interval for an effect of exactly 0
        effects = stats.sobol_indices(func=every, n=n, dists=even, rng=generator)
        steady = np.ptp(results) == 0
        around = None if steady else effects.bootstrap(n_resamples=200).total_order.confidence_interval
    zero = np.zeros(len(ranges))
    columns = (
        np.array(list(ranges), dtype=object),
        zero if steady else effects.first_order.ravel(),
        zero if steady else effects.total_order.ravel(),
        zero if around is None else np.ravel(around.low),
        zero if around is None else np.ravel(around.high),
    )
    frame = pd.DataFrame(dict(zip(SOBOL_COLUMNS, columns, strict=True))).astype({"path": "str"})
    return frame.sort_values(["total", "path"], ascending=[False, True], ignore_index=True)


def _check(ranges: Ranges) -> None:
    wrong = [path for path, (low, high) in ranges.items() if not low <= high]
    if wrong:
        raise ValueError(f"a range goes from low to high: {', '.join(wrong)}")


def _within(known: Setting, value: float, step: float) -> tuple[float, float]:
    """Value less and plus step, held inside the setting's bounds (where a bound is outside itself: at the value)."""
    whole = isinstance(value, int)
    low, high = (value - step, value + step) if whole else (round(value - step, 12), round(value + step, 12))
    if known.low is not None and low <= known.low:
        low = value if known.low_open else type(value)(known.low)
    if known.high is not None and high >= known.high:
        high = value if known.high_open else type(value)(known.high)
    return low, high


def _tried(run: Run, changes: Mapping[str, float]) -> tuple[float, str]:
    """(result, reason that there is none)."""
    try:
        result = float(run(changes))
    except (ValueError, ArithmeticError) as error:
        return nan, str(error) or type(error).__name__
    return (result, "") if isfinite(result) else (nan, NOT_FINITE)


def _placed(ends: tuple[float, float], unit: NDArray[np.float64]) -> list[Any]:
    """Draws of 0-1 as values of a range; whole numbers, each as likely, where both ends are."""
    low, high = ends
    if isinstance(low, int) and isinstance(high, int):
        return [min(low + int(u * (high - low + 1)), high) for u in unit]
    return (low + unit * (high - low)).tolist()
