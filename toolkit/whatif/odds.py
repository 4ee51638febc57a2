"""The true log-odds behind the stated ones: one filter that tells movement from report noise, account by account.

Model (QUANT.md, Forward simulation): stated l = eta + tau z; a week moves eta by reversion x (mu - eta), + gain with
progress, - slip without, + sigma z. Deviations eta - mu start from their long-run law; mu differs between accounts
as N(M, s^2). Given sigma and tau all of it is linear: the filter whitens the stated odds and what gain, slip and mu
each add to them, least squares on the whitened ones are the likelihood's estimates of M, gain and slip, and each mu
is shrunk to M by what its own weeks can tell (random intercept, s^2 by EM). sigma and tau follow from the residuals'
variance and lag-1 covariance (as in the margins of S1): u = movement + report' - (1 - reversion) report.

Units: log-odds. Ties: none. Missing values: a week without row is predicted; progress that cannot be told counts as
the team's mean; an account never stated has no odds (NaN) and mu = M.

Readings.
* Level of mu and the two drifts can be traded for one another without any change of the dynamics; the record is
  taken to start with nobody above or below its mu on the average.
* Progress tells of the odds too: what it says is added to the filter (one step of Laplace's), since otherwise gain
  would be credited with it.
* Without data the defaults hold; they count as much as MIN_CHANGES weekly changes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.method.tiering.margins import MIN_CHANGES
from toolkit.whatif.history import History
from toolkit.whatif.judgements import response_of, saturation
from toolkit.whatif.logistic import Normal, logistic_map

_ROUNDS: Final = 4  # noise, filter and progress in turn: the fourth moves nothing by 0.1 % of its sd
_EM_STEPS: Final = 20
_FLAT: Final = 1e-9  # the precision of what is not known beforehand


@dataclass(frozen=True)
class Track:
    """What the history says of the odds. `odds` (W, N): filtered log-odds after each Friday, NaN before the first row.

    `mean_odds` (N,) is mu, `team_odds` M. `drift` (gain, slip) and `noise` (movement variance, report variance) have
    their sampling covariances; `progress` is the logistic of progress on (1, h, odds, stall). `changes`: the pairs of
    consecutive rows; `told`: the steps whose progress is known.
    """

    odds: NDArray[np.float64]
    mean_odds: NDArray[np.float64]
    team_odds: float
    drift: Normal
    noise: Normal
    progress: Normal
    changes: int
    told: int


def follow(history: History, prior: DynamicsParameters) -> Track:
    """The filter and everything that moves the odds, from the recorded weeks. See the module."""
    default = Normal(np.array([prior.gain, prior.slip]), np.zeros((2, 2)))
    noise = _noise_prior(prior)
    inputs = _inputs(history, prior.reversion)
    steps = _progress_steps(history, prior)
    shift = np.zeros(history.shape)
    for _ in range(_ROUNDS):
        passed = _filter(history, inputs, noise.mean, prior.reversion, shift)
        drift, mean_odds, team_odds = _least_squares(passed, default.mean, noise.mean)
        effects = np.stack([np.broadcast_to(mean_odds, history.shape), *(drift.mean[:, None, None] * inputs[2:])])
        deviation = passed.filtered[0] - np.tensordot(drift.mean, passed.filtered[2:], 1)
        odds = deviation - mean_odds * passed.filtered[1] + effects.sum(axis=0)
        progress, told, shift = _progress(history, steps, odds, passed.variance, prior)
        noise, changes = _noise(history.stated - effects.sum(axis=0), prior)
    odds = np.where(np.logical_or.accumulate(passed.weight > 0, axis=0), odds, np.nan)
    return Track(odds, mean_odds, team_odds, drift, noise, progress, changes, told)


@dataclass(frozen=True)
class _Passed:
    """A run of the filter: by channel (stated, mu, gain, slip) the innovations and the filtered values."""

    innovation: NDArray[np.float64]  # (4, W, N), 0 where there is no row
    filtered: NDArray[np.float64]  # (4, W, N)
    weight: NDArray[np.float64]  # (W, N) 1 / variance of the innovation, 0 where there is no row
    variance: NDArray[np.float64]  # (W, N) of the odds, given the rows so far


def _inputs(history: History, reversion: float) -> NDArray[np.float64]:
    """What is filtered, (4, W, N): stated odds, and what one unit of mu, gain and slip has added to them so far."""
    p = history.progress
    p = np.where(np.isnan(p), np.nanmean(p) if (~np.isnan(p)).any() else 0.5, p)
    seen = np.logical_or.accumulate(~np.isnan(history.stated), axis=0)
    out = np.zeros((4, *history.shape))
    out[0], out[1] = np.nan_to_num(history.stated), 1.0
    for w in range(1, len(p)):
        moved = np.where(seen[w - 1], [p[w], p[w] - 1], 0.0)
        out[2:, w] = (1 - reversion) * out[2:, w - 1] + moved
    return out


def _filter(
    history: History,
    inputs: NDArray[np.float64],
    noise: NDArray[np.float64],
    reversion: float,
    shift: NDArray[np.float64],
) -> _Passed:
    keep = 1 - reversion
    movement, report = noise
    rows = ~np.isnan(history.stated)
    state = np.zeros((4, history.shape[1]))
    begin = movement / max(1 - keep**2, 1e-6)
    variance = np.full(history.shape[1], begin)
    seen = np.zeros(history.shape[1], dtype=bool)
    passed = _Passed(np.zeros_like(inputs), np.zeros_like(inputs), np.zeros(history.shape), np.zeros(history.shape))
    for w in range(len(rows)):
        total = np.maximum(variance + report, 1e-12)
        seen = seen | rows[w]
        trust = np.where(rows[w], variance / total, 0.0)
        surprise = np.where(rows[w], inputs[:, w] - state, 0.0)
        state = state + trust * surprise
        variance = variance * (1 - trust)
        passed.innovation[:, w], passed.filtered[:, w] = surprise, state
        passed.weight[w], passed.variance[w] = np.where(rows[w], 1 / total, 0.0), variance
        state = keep * state
        state[0] += keep * shift[w]
        variance = np.where(seen, keep**2 * variance + movement, begin)
    return passed


def _least_squares(
    passed: _Passed, default: NDArray[np.float64], noise: NDArray[np.float64]
) -> tuple[Normal, NDArray[np.float64], float]:
    """(gain and slip, mu by account, M) from the whitened channels; mu a random intercept."""
    y, x = passed.innovation[0], passed.innovation[1:]
    own = np.einsum("wn,jwn,wn->jn", x[0], x, passed.weight)  # (3, N): mu's channel with itself, gain's, slip's
    own_y = np.einsum("wn,wn,wn->n", x[0], y, passed.weight)
    all_x = np.einsum("jwn,kwn,wn->jk", x, x, passed.weight)
    all_y = np.einsum("jwn,wn,wn->j", x, y, passed.weight)
    known = MIN_CHANGES / 2 / max(float(noise[0] + 2 * noise[1]), 1e-6)
    precision = np.array([_FLAT, known, known])
    start = np.array([0.0, *default])
    spread, beta, inverse = 1.0, start, np.diag(1 / precision)
    stated = own[0] > 0
    mean_odds = np.zeros(y.shape[1])
    for _ in range(_EM_STEPS):
        shrink = spread / (1 + spread * own[0])
        inverse = np.linalg.inv(all_x - (shrink * own) @ own.T + np.diag(precision))
        beta = inverse @ (all_y - own @ (shrink * own_y) + precision * start)
        own_part = shrink * (own_y - beta @ own)
        mean_odds = beta[0] + own_part
        if stated.any():
            spread = max(float(np.mean((own_part**2 + shrink)[stated])), 1e-6)
    return Normal(beta[1:], inverse[1:, 1:]), mean_odds, float(beta[0])


def _progress_steps(
    history: History, prior: DynamicsParameters
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """(which steps tell, (W-1, N); h; stall): all of progress's regressors but the odds."""
    seen = np.logical_or.accumulate(~np.isnan(history.stated), axis=0)
    h = saturation(history.effort, *response_of(prior))[1:]
    told = seen[:-1] & history.active[:-1] & ~np.isnan(history.progress[1:]) & ~np.isnan(h)
    return told, np.nan_to_num(h), np.minimum(history.stall[:-1], prior.max_stall).astype(float)


def _progress(
    history: History,
    steps: tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]],
    odds: NDArray[np.float64],
    variance: NDArray[np.float64],
    prior: DynamicsParameters,
) -> tuple[Normal, int, NDArray[np.float64]]:
    """(the logistic of progress, its steps, what progress says of the odds before it)."""
    told, h, stall = steps
    x = np.stack([np.ones_like(h), h, odds[:-1], stall], axis=-1)
    known = Normal.of(prior, "progress_base", "progress_effort", "progress_odds", "progress_stall")
    found = logistic_map(x[told], history.progress[1:][told], known)
    surprise = np.where(told, np.nan_to_num(history.progress[1:]) - expit(x @ found.mean), 0.0)
    shift = np.zeros_like(odds)
    shift[:-1] = found.mean[2] * variance[:-1] * surprise
    return found, int(told.sum()), shift


def _noise_prior(prior: DynamicsParameters) -> Normal:
    mean = np.array([prior.odds_noise, prior.report_noise]) ** 2
    return Normal(mean, np.diag(mean**2 * 2 / MIN_CHANGES))


def _noise(residual: NDArray[np.float64], prior: DynamicsParameters) -> tuple[Normal, int]:
    """(movement and report variance, weekly changes) by moments; the defaults weigh as MIN_CHANGES changes.

    Sampling covariance by Bartlett's formula for a moving average of order 1.
    """
    keep = 1 - prior.reversion
    before = _noise_prior(prior)
    u = residual[1:] - keep * residual[:-1]
    changes = int((~np.isnan(u)).sum())
    pairs = u[1:] * u[:-1]
    count = int((~np.isnan(pairs)).sum())
    if count < MIN_CHANGES:
        return before, changes
    v = float(np.nanmean(u**2))
    c = min(max(float(np.nanmean(pairs)), -v / 2), 0.0)
    found = np.array([v + c * (1 + keep**2) / keep, -c / keep])
    cross = 4 * v * c / changes
    moments = np.array([[(2 * v**2 + 4 * c**2) / changes, cross], [cross, (v**2 + 3 * c**2) / count]])
    turn = np.array([[1.0, (1 + keep**2) / keep], [0.0, -1 / keep]])
    ours = changes / (changes + MIN_CHANGES)
    mean = ours * np.maximum(found, 0.0) + (1 - ours) * before.mean
    return Normal(mean, ours**2 * turn @ moments @ turn.T + (1 - ours) ** 2 * before.covariance), changes
