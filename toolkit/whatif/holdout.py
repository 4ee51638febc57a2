"""Did the forward model forecast what then happened? Fit on the first part of the record, forecast the rest (QUANT.md).

Formula. The cut is the Friday that ends the first `whatif.fit_share` of the recorded weeks; fit and start see what was
known then (`data.at(cut)`). Brier = mean (forecast - outcome)^2 over the accounts active at the cut, outcome 1 where
won by the last Friday. Against it: base_rate, the share won in windows of the same length that lie in the fit part,
(won + 1) / (account-windows + 2); and stated, the probability in force at the cut. Intervals: bootstrap over accounts,
`whatif.paths` times, seeded by `whatif.seed`, at level `whatif.interval`; `difference` is the model's Brier less the
method's, paired by account. Quintiles of the forecast with Wilson's 95 % interval. Coverage: the share of the weeks in
which the figure that came lies within the middle `whatif.interval` of the paths. The same scores for losses, where the
stated probability of a loss is what is left of 1.

Units: probabilities 0-1; accounts; weeks. Ties: quintiles by forecast, then account id. Missing values: an account not
stated counts the base rate as its stated probability.

`calibrated` only if enough deals closed to judge and the model beats both others beyond the chance of few accounts: the
whole interval of its difference lies below 0. Else `reasons`: few_weeks (nothing to fit, nothing left to forecast, or
no window of that length in the fit part, so that there is no base rate), few_deals (fewer than
`stated_probability.min_closed` closed since the cut), no_better_than_base_rate, no_better_than_stated.

Readings. By the scores alone, a team whose stated odds mean nothing would seem calibrated about one time in five. The
stated probability is that of winning at all, the outcome within some weeks: beating it is the lesser test.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.tiers import A, B, C
from toolkit.data.load import Data
from toolkit.method.stated_probability import wilson
from toolkit.parameters import Parameters
from toolkit.state.portfolio import Portfolio, build_portfolio
from toolkit.whatif.fit import fit, history_of
from toolkit.whatif.history import LOST, WON, History
from toolkit.whatif.simulate import Futures, simulate
from toolkit.whatif.start import start_of

METHODS: Final = ("model", "base_rate", "stated")
SCORE_COLUMNS: Final = ("method", "brier", "n", "low", "high", "difference", "difference_low", "difference_high")
QUINTILE_COLUMNS: Final = ("bin", "n", "forecast", "won_share", "low", "high")
COVERAGE_COLUMNS: Final = ("figure", "weeks", "inside", "share", "level")
BINS: Final = 5
MIN_FIT_WEEKS: Final = 2  # a step needs two Fridays
_TIERS: Final = {"a_accounts": A, "b_accounts": B, "c_accounts": C}


@dataclass(frozen=True)
class Holdout:
    """How a forecast made at `cut` for `weeks` weeks compares with what came.

    `scores` and `lost_scores` (SCORE_COLUMNS), `quintiles` (QUINTILE_COLUMNS, of wins), `coverage` (COVERAGE_COLUMNS),
    `accounts` (account_id, won, lost forecasts, stated, outcome). `deals`: closed since the cut.
    """

    cut: np.datetime64
    weeks: int
    deals: int
    scores: pd.DataFrame
    lost_scores: pd.DataFrame
    quintiles: pd.DataFrame
    coverage: pd.DataFrame
    accounts: pd.DataFrame
    calibrated: bool
    reasons: tuple[str, ...]


def holdout(data: Data, friday: np.datetime64, parameters: Parameters, *, language: str = "zh") -> Holdout:
    """The holdout record of the team's own history up to `friday`; `data` may hold later days. See the module.

    Raises InputError, in `language`, for what the forward model does not have.
    """
    now = data.at(friday)
    whole = build_portfolio(now, friday, parameters)
    weeks = whole.grid.weeks
    fitted_weeks = int(parameters.whatif.fit_share * len(weeks))
    ahead = len(weeks) - fitted_weeks
    cut = weeks[max(fitted_weeks - 1, 0)]
    then = now.at(cut)
    portfolio = build_portfolio(then, cut, parameters)
    too_short = fitted_weeks < MIN_FIT_WEEKS or not 0 < ahead < fitted_weeks
    if too_short or not portfolio.grid["active"][-1].any():
        return _nothing(cut, ahead)
    settings = parameters.whatif
    here = parameters.model_copy(update={"whatif": settings.model_copy(update={"weeks": ahead})})
    history = history_of(portfolio, then, here)
    start = start_of(portfolio, then, here)
    dynamics = fit(history, here.dynamics).dynamics
    asked: dict[str, Any] = {"weeks": ahead, "paths": settings.paths, "seed": settings.seed, "language": language}
    futures = simulate(start, dynamics, here, **asked)

    after = history_of(whole, now, parameters)
    table = _accounts(start, futures, portfolio, after, ahead)
    deals = int((table["outcome"] != 0).sum())
    won, lost = table["outcome"] == WON, table["outcome"] == LOST
    base, base_lost = base_rate(history, WON, ahead), base_rate(history, LOST, ahead)
    stated = table["stated"].fillna(base)
    scores = brier_scores(won, {"model": table["won"], "base_rate": base, "stated": stated}, parameters)
    unsaid = 1 - table["stated"].fillna(1 - base_lost)
    lost_scores = brier_scores(lost, {"model": table["lost"], "base_rate": base_lost, "stated": unsaid}, parameters)
    reasons = _reasons(scores, deals, parameters.stated_probability.min_closed)
    return Holdout(
        cut=cut,
        weeks=ahead,
        deals=deals,
        scores=scores,
        lost_scores=lost_scores,
        quintiles=quintiles(table["won"], won),
        coverage=_coverage(futures, whole, after, ahead, settings.interval),
        accounts=table,
        calibrated=not reasons,
        reasons=reasons,
    )


def base_rate(history: History, result: int, weeks: int) -> float:
    """The share of accounts that were won (1) or lost (-1) within `weeks` weeks, over all windows of the history.

    One account more of each outcome is counted (Laplace), so that nothing is impossible after a short record; where no
    window fits, these two are all there is.

    Examples
    --------
    Two accounts, three Fridays, the second won in the last week: windows of one week, 1 in 4.

    >>> weeks = np.arange(3)
    >>> active, closed = np.array([[1, 1], [1, 1], [1, 0]]) > 0, np.array([[0, 0], [0, 0], [0, 1]])
    >>> nothing = np.zeros((3, 2))
    >>> history = History(weeks, np.array(["K1", "K2"]), active, *[nothing] * 5, closed)
    >>> base_rate(history, WON, 1) == (1 + 1) / (4 + 2)
    True
    """
    until = np.cumsum(history.closed == result, axis=0)
    windows = max(len(until) - weeks, 0)
    within = (until[weeks:] - until[:windows]) > 0
    at_risk = history.active[:windows]
    return float(((within & at_risk).sum() + 1) / (at_risk.sum() + 2))


def brier_scores(outcome: pd.Series, forecasts: dict[str, Any], parameters: Parameters) -> pd.DataFrame:
    """Brier of each method (the first is what the others are compared with), with bootstrap intervals: SCORE_COLUMNS.

    outcome (n,) true or false; forecasts by method, (n,) or one number.

    Examples
    --------
    >>> scores = brier_scores(pd.Series([True, False]), {"model": 0.5, "base_rate": 0.0}, Parameters())
    >>> scores[["method", "brier", "difference"]].values.tolist()
    [['model', 0.25, 0.0], ['base_rate', 0.5, -0.25]]
    """
    came = outcome.to_numpy(dtype=float)
    error = {name: (np.broadcast_to(given, came.shape) - came) ** 2 for name, given in forecasts.items()}
    rng = np.random.default_rng(parameters.whatif.seed)
    drawn = rng.multinomial(len(came), np.full(len(came), 1 / len(came)), parameters.whatif.paths) / len(came)
    tail = (1 - parameters.whatif.interval) / 2
    model = next(iter(error.values()))
    rows = []
    for name, errors in error.items():
        parts = (errors, model - errors)
        (low, high), (less, more) = (np.quantile(drawn @ part, [tail, 1 - tail]) for part in parts)
        rows.append((name, errors.mean(), len(came), low, high, parts[1].mean(), less, more))
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def quintiles(forecast: pd.Series, won: pd.Series) -> pd.DataFrame:
    """What was forecast against what came, by fifths of the forecast, the lowest first: QUINTILE_COLUMNS.

    Fifths differ by at most one account; with fewer than five accounts, as many rows as there are.
    """
    order = np.argsort(forecast.to_numpy(), kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    p, came = forecast.to_numpy(dtype=float), won.to_numpy(dtype=float)
    counts = np.array([len(group) for group in groups])
    wins = np.array([came[group].sum() for group in groups])
    low, high = wilson(wins, counts)
    frame = {
        "bin": np.arange(1, len(groups) + 1),
        "n": counts,
        "forecast": [p[group].mean() for group in groups],
        "won_share": wins / counts,
        "low": low,
        "high": high,
    }
    return pd.DataFrame(frame, columns=list(QUINTILE_COLUMNS))


def _accounts(start: Any, futures: Futures, cut: Portfolio, after: History, ahead: int) -> pd.DataFrame:
    """The accounts active at the cut: forecasts and outcome (1 won, -1 lost, 0 neither by the end)."""
    count = start.even
    ids = start.accounts[:count]
    closed = after.closed[-ahead:]
    result = pd.Series(closed.sum(axis=0), index=after.accounts).reindex(ids).fillna(0).to_numpy(dtype=int)
    frame = {
        "account_id": ids,
        "won": futures.won[:count],
        "lost": futures.lost[:count],
        "stated": cut.column("win_probability").reindex(ids).to_numpy(),
        "outcome": result,
    }
    return pd.DataFrame(frame)


def _coverage(futures: Futures, whole: Portfolio, after: History, ahead: int, level: float) -> pd.DataFrame:
    """In how many weeks what came lies within the middle `level` of the paths, by figure.

    A week's tiers are those of its opening Friday (`toolkit.whatif.simulate`); the first, the cut itself, is no
    forecast and left out.
    """
    tiers = whole.tiers.tier[-ahead:-1]
    came = {figure: (tiers == code).sum(axis=1) for figure, code in _TIERS.items()}
    came["wins"] = np.cumsum((after.closed[-ahead:] == WON).sum(axis=1))
    came["losses"] = np.cumsum((after.closed[-ahead:] == LOST).sum(axis=1))
    rows = []
    for figure, values in came.items():
        paths = futures.weekly[figure][ahead - len(values) :]
        low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=1)
        inside, weeks = int(((values >= low) & (values <= high)).sum()), len(values)
        rows.append((figure, weeks, inside, inside / weeks if weeks else np.nan, level))
    return pd.DataFrame(rows, columns=list(COVERAGE_COLUMNS))


def _reasons(scores: pd.DataFrame, deals: int, enough: int) -> tuple[str, ...]:
    worse_by_at_most = scores.set_index("method")["difference_high"]
    codes = {
        "few_deals": deals < enough,
        "no_better_than_base_rate": worse_by_at_most["base_rate"] >= 0,
        "no_better_than_stated": worse_by_at_most["stated"] >= 0,
    }
    return tuple(code for code, on in codes.items() if on)


def _nothing(cut: np.datetime64, ahead: int) -> Holdout:
    scores = pd.DataFrame([(method, np.nan, 0, *[np.nan] * 5) for method in METHODS], columns=list(SCORE_COLUMNS))
    none: NDArray[np.float64] = np.zeros(0)
    accounts = pd.DataFrame({name: none for name in ("account_id", "won", "lost", "stated", "outcome")})
    empty = pd.DataFrame(columns=list(QUINTILE_COLUMNS), dtype=float)
    coverage = pd.DataFrame(columns=list(COVERAGE_COLUMNS), dtype=float)
    return Holdout(cut, ahead, 0, scores, scores.copy(), empty, coverage, accounts, False, ("few_weeks",))
