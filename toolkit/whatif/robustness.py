"""What is left of each plan when the responses that it was judged by are wrong (QUANT.md, Allocation).

The true worth and the true half effect of every account are the assumed ones times lognormal errors of mean 1 and a
coefficient of variation cv, each drawn on its own: exp(s z - s^2/2), s^2 = ln(1 + cv^2), z standard normal. Each draw
has an optimum of its own; what a plan reaches of it is averaged, with the interval of the draws. The z are the same for
every cv and plan, and the first n of more draws are the same.

Errors that all accounts share (a half effect that is wrong for everyone) leave these draws untouched: `assumptions`
recomputes the price under other half effects and steepnesses.

Codes: is_rule; better, where the whole interval of the paired difference to the rule is above 0; often_better, where
its mean is; no_better. Unit: shares of the true optimum, 0 to 1. Ties: none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base import steep
from toolkit.whatif.responses import Responses

Array = NDArray[np.float64]

COLUMNS: Final = (
    "plan",
    "cv",
    "mean",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "wins",
    "code",
)
ASSUMPTION_COLUMNS: Final = ("half_effect", "steepness", "rule", "optimum", "in_use")
HALF_EFFECTS: Final = (0.5, 1.0, 2.0, 4.0)  # times the assumed one
_CHUNK: Final = 1000  # draws at a time


def robustness(
    responses: Responses,
    plans: Mapping[str, Array],
    rule: str,
    errors: Sequence[float],
    draws: int,
    seed: int,
    interval: float,
    limits: tuple[Array, Array],
) -> pd.DataFrame:
    """What plans (shares (N,) by name) reach of the true optimum when responses err; a row a plan and cv.

    Columns: plan, cv, mean, low, high (over the draws, level `interval`), difference and its low and high (to the plan
    `rule`, draw by draw; NaN without one), wins (share of the draws in which it is worth more), code (see the module).
    """
    rows = []
    ends = [(1 - interval) / 2, (1 + interval) / 2]
    for cv in errors if plans else ():
        reached = _reached(responses, plans, cv, draws, seed, limits)
        for number, plan in enumerate(plans):
            low, high = np.quantile(reached[number], ends)
            versus = _versus(reached[number], reached[list(plans).index(rule)], ends) if rule in plans else _UNKNOWN
            code = "is_rule" if plan == rule else versus[-1]
            rows.append((plan, cv, reached[number].mean(), low, high, *versus[:-1], code))
    numbers = dict.fromkeys(COLUMNS[1:-1], float)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"plan": "str", "code": "str"} | numbers)


_UNKNOWN: Final = (np.nan, np.nan, np.nan, np.nan, "")


def _versus(own: Array, rule: Array, ends: list[float]) -> tuple[float, float, float, float, str]:
    difference = own - rule
    low, high = np.quantile(difference, ends)
    mean = float(difference.mean())
    code = "better" if low > 0 else "often_better" if mean > 0 else "no_better"
    return mean, float(low), float(high), float((difference > 0).mean()), code


def _reached(
    responses: Responses, plans: Mapping[str, Array], cv: float, draws: int, seed: int, limits: tuple[Array, Array]
) -> Array:
    """(plans, draws): each plan's share of the true optimum; the optimum is no less than the best of the plans."""
    shares = np.array(list(plans.values()))
    parts = []
    for z in _normals(seed, draws, len(responses.accounts)):
        value, kappa = (true * _errors(z[:, k], cv) for k, true in enumerate((responses.value, responses.kappa)))
        truth = replace(responses, value=value, kappa=kappa)
        worth = np.array([truth.total(x) for x in shares])
        best = truth.total(best_division(truth, limits))
        parts.append(worth / np.maximum(best, worth.max(axis=0)))
    return np.concatenate(parts, axis=1)


def best_division(responses: Responses, limits: tuple[Array, Array]) -> Array:
    """The best division (..., N) of the whole within limits, as far as it can be handed out."""
    low, high = limits
    total = np.minimum(1.0, high.sum())
    shape = responses.value.shape[:-1]
    return steep.steep_optimal(
        responses.value, responses.kappa, responses.steepness, np.full(shape, total), low=low, high=high,
        names=[str(account) for account in responses.accounts],
    )  # fmt: skip


def _normals(seed: int, draws: int, accounts: int) -> Iterator[Array]:
    """Standard normals (chunk, 2, N): for the worth, for the half effect."""
    rng = np.random.Generator(np.random.Philox(seed))
    for start in range(0, draws, _CHUNK):
        yield rng.standard_normal((min(_CHUNK, draws - start), 2, accounts))


def _errors(z: Array, cv: float) -> Array:
    s = np.sqrt(np.log1p(cv * cv))
    return np.asarray(np.exp(s * z - s * s / 2))


def assumptions(
    responses: Responses,
    rule: Array,
    optimum: Array,
    half_effect: float,
    steepnesses: Sequence[float],
    limits: tuple[Array, Array],
) -> pd.DataFrame:
    """The price under other responses for all: what rule and assumed optimum (shares (N,)) reach of the best there.

    half_effect: the one in use; a row for each of HALF_EFFECTS times it and each steepness. Columns: half_effect,
    steepness, rule, optimum (shares of the best division under that row), in_use.
    """
    rows = []
    for steepness in dict.fromkeys((*steepnesses, responses.steepness)):
        for factor in HALF_EFFECTS:
            truth = replace(responses, kappa=responses.kappa * factor, steepness=steepness)
            worth = [float(truth.total(x)) for x in (rule, optimum, best_division(truth, limits))]
            best = max(worth)
            in_use = factor == 1.0 and steepness == responses.steepness
            rows.append((half_effect * factor, steepness, worth[0] / best, worth[1] / best, in_use))
    table = pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))
    return table.sort_values(["steepness", "half_effect"], ignore_index=True)
