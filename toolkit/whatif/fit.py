"""The forward model's numbers as the team's own weeks tell them, with how unsure they are (QUANT.md).

Formula. Progress and close are logistic in effort's effect h, odds or contacts, and stall, with the normal priors of
`dynamics` (MAP and Laplace's posterior); gain, slip, movement and report noise come with the filter of the stated odds
(`toolkit.whatif.odds`); reversion and carry-over are fixed; half effect and steepness follow from the managers' five
judgements where given, else stay as set.

Units: log-odds; effort in even shares of the week. Ties: none. Missing values: a step takes part in what it can tell;
without any history the priors are what is left. Codes in `notes`: no_odds (fewer than MIN_CHANGES weekly changes),
no_progress, few_closes (fewer than MIN_CHANGES), judged (the response is the managers').

Readings. The close's h takes the last known effort in the week of closing (see `toolkit.whatif.history`). The win of a
deal that closes is s(eta), with nothing to fit: the record over the rest of the history shows whether that holds.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.method.tiering.margins import MIN_CHANGES
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.history import History, history_of
from toolkit.whatif.judgements import response_from_judgements, response_of, saturation
from toolkit.whatif.logistic import Normal, logistic_map
from toolkit.whatif.odds import follow
from toolkit.whatif.simulate import Start

__all__ = ["FREE", "Fitted", "elasticity", "fit", "history_of", "response_from_judgements"]

FREE: Final = (
    "progress_base", "progress_effort", "progress_odds", "progress_stall",
    "close_base", "close_effort", "close_contacts", "gain", "slip", "odds_noise", "report_noise",
)  # fmt: skip
_NOISES: Final = 2  # the last two of FREE: normal in their squares, the variances


@dataclass(frozen=True)
class Fitted:
    """The most likely `dynamics`, and a normal posterior over the numbers FREE (the noises by their variances).

    `counts`: accounts, weeks, changes, progress_steps, closing_steps, wins, losses. `notes`: codes, see the module.
    """

    dynamics: Dynamics
    posterior: Normal
    counts: dict[str, int]
    notes: tuple[str, ...]

    @property
    def sds(self) -> dict[str, float]:
        """Posterior sd of each number of FREE, in its own unit."""
        sd = np.sqrt(np.diag(self.posterior.covariance))
        sd[-_NOISES:] /= 2 * np.sqrt(np.maximum(self.posterior.mean[-_NOISES:], 1e-9))
        return dict(zip(FREE, sd.tolist(), strict=True))

    def draw(self, n: int, seed: int) -> Dynamics:
        """n draws of the posterior as one Dynamics of (n,) arrays; what is fixed is repeated.

        Draws come in mirrored pairs, so that their mean is the most likely value for every even n (of the noises: of
        their variances). The same seed gives the same draws.
        """
        z = np.random.default_rng(seed).standard_normal(((n + 1) // 2, len(FREE)))
        values, vectors = np.linalg.eigh(self.posterior.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        drawn = self.posterior.mean + np.concatenate([z, -z])[:n] @ root.T
        return _dynamics(self.dynamics, drawn.T)


def fit(history: History, prior: DynamicsParameters) -> Fitted:
    """The forward model fitted to a history. See the module; a History of no accounts gives the priors."""
    half_effect, steepness = response_of(prior)
    track = follow(history, prior)
    close, counts = _close(history, prior)
    parts = (track.progress, close, track.drift, track.noise)
    posterior = Normal(np.concatenate([part.mean for part in parts]), block_diag(*(part.covariance for part in parts)))
    known = {
        "no_odds": track.changes < MIN_CHANGES,
        "no_progress": not track.told,
        "few_closes": counts["wins"] + counts["losses"] < MIN_CHANGES,
        "judged": bool(prior.judgements),
    }
    weeks, accounts = history.shape
    size = {"accounts": accounts, "weeks": weeks, "changes": track.changes, "progress_steps": track.told}
    base = Dynamics.of(prior.model_copy(update={"half_effect": half_effect, "steepness": steepness}))
    return Fitted(
        _dynamics(base, posterior.mean), posterior, size | counts, tuple(code for code, on in known.items() if on)
    )


def elasticity(dynamics: Dynamics, start: Start) -> float:
    """Relative change of next week's expected wins for 1 % more effort on every account (NaN: no win expected).

    To first order: expected progress, odds moved by their mean, chance to close x chance to win, by a central
    difference. A check of sense: published elasticities of personal selling average .34, .31 corrected for the
    studies' own biases (Albers, Mantrala and Sridhar 2010, J. Marketing Research 47, 840-853); effort that is spread
    evenly but pays late, as here, lies lower in the first week.
    """
    step = 0.01
    here = start.opens_in == 0

    def wins(scale: float) -> float:
        d = dynamics
        h = saturation(start.effort[here] * scale, d.half_effect, d.steepness)
        odds, stall = start.odds[here], np.minimum(start.stall[here], d.max_stall)
        z = d.progress_base + d.progress_effort * h + d.progress_odds * odds + d.progress_stall * stall
        chance = expit(z)
        moved = odds + d.reversion * (start.mean_odds[here] - odds) + d.gain * chance - d.slip * (1 - chance)
        reached = np.minimum(start.contacts[here] + chance, d.max_contacts)
        return float((expit(d.close_base + d.close_effort * h + d.close_contacts * reached) * expit(moved)).sum())

    base = wins(1.0)
    return (wins(1 + step) - wins(1 - step)) / (2 * step * base) if base > 0 else float("nan")


def _close(history: History, prior: DynamicsParameters) -> tuple[Normal, dict[str, int]]:
    """The logistic of a close (won or lost) in a week on (1, h, contacts), over the accounts at risk."""
    h = saturation(history.effort, *response_of(prior))[1:]
    closed = history.closed[1:]
    at_risk = history.active[:-1] & (history.active[1:] | (closed != 0)) & ~np.isnan(h)
    reached = np.minimum(history.contacts[1:], prior.max_contacts)
    x = np.stack([np.ones_like(h), np.nan_to_num(h), reached], axis=-1)
    known = Normal.of(prior, "close_base", "close_effort", "close_contacts")
    found = logistic_map(x[at_risk], (closed[at_risk] != 0).astype(float), known)
    ended = closed[at_risk]
    counts = {"closing_steps": len(ended), "wins": int((ended > 0).sum()), "losses": int((ended < 0).sum())}
    return found, counts


def _dynamics(base: Dynamics, free: NDArray[np.float64]) -> Dynamics:
    """`base` with the numbers FREE, given as (11,) or (11, n), the noises as variances."""
    values = np.array(free, dtype=float)
    values[-_NOISES:] = np.sqrt(np.maximum(values[-_NOISES:], 0.0))
    given: dict[str, Any] = dict(zip(FREE, values, strict=True))
    n = values.shape[1:]
    whole = {name: value for name, value in vars(base).items() if name not in given}
    fixed = {name: np.full(n, value) if n else value for name, value in whole.items()}
    drawn = {name: value if n else float(value) for name, value in given.items()}
    return type(base)(**fixed, **drawn)
