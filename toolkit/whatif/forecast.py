"""Scenarios looked ahead at together: figures with bands, and what each changes against the baseline, and how sure.

Formula. All scenarios meet the same draws, path by path, so a difference is a mean of paired differences d. Its Monte
Carlo interval is mean(d) -+ z sd(d) / sqrt(paths) at level MC_LEVEL: how far more paths could move it. The second one
adds what the history leaves open: the same paths with `whatif.posterior_draws` draws of the fitted numbers, path k with
draw k mod n. What a draw moves the difference by, on the average of its own paths, drawn together by the simulation
error that each still has (one-way analysis of variance), has quantiles at level `whatif.interval`; these are added to
the Monte Carlo distances by the root of the sum of squares, so that the wider interval holds the narrower. Bands and
`low`, `high` are quantiles over the paths at level `whatif.interval`. variance_ratio = (Var(base) + Var(scenario)) /
Var(d): how many times as many paths unpaired draws would need.

Units as in `toolkit.whatif.simulate`. Ties: none. Missing values: a scenario that fails keeps a row a figure with its
reason in words and no numbers; one that changes nothing the model has is `no_effect` (reason not_in_model, or no_change
where it changes nothing at all), its differences exactly 0. variance_ratio: NaN where nothing varies, inf where only
the difference does not.

Differences are to be trusted more than levels: what is wrong with the model is wrong in both.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from toolkit.base.errors import InputError
from toolkit.parameters import Parameters
from toolkit.whatif.draws import Draws
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.policy import reach
from toolkit.whatif.scenario import BASELINE, Scenario, parameters_of
from toolkit.whatif.simulate import FIGURES, Futures, Start, simulate

Array = NDArray[np.float64]

MC_LEVEL: Final = 0.95
OK: Final = "ok"
MY_PLAN: Final = "my_plan"
FAILED: Final = "failed"
NO_EFFECT: Final = "no_effect"
FIRST_SIZES: Final = (100, 400, 1000, 4000)  # paths of the first looks of `refine`
FIGURE_COLUMNS: Final = (
    "scenario", "figure", "mean", "low", "high", "difference", "mc_low", "mc_high", "param_low", "param_high",
    "variance_ratio", "state", "reason",
)  # fmt: skip
BAND_COLUMNS: Final = ("scenario", "week_ending", "figure", "mean", "low", "high")
ACCOUNT_COLUMNS: Final = ("scenario", "account_id", "won", "a", "b", "c")
_KEPT_BYTES: Final = 200_000_000  # draws are kept between scenarios up to this
_BYTES: Final = 32  # of draws, an account-week


class Fit(Protocol):
    """What a forecast needs of a fit: the most likely numbers, and draws of the posterior, (n,) each."""

    @property
    def dynamics(self) -> Dynamics: ...

    def draw(self, n: int, seed: int) -> Dynamics: ...


@dataclass(frozen=True)
class Forecast:
    """Frames FIGURE_COLUMNS, BAND_COLUMNS and ACCOUNT_COLUMNS, the baseline first; `paths` they are made of.

    `accounts` are shares of the paths: won by the end, in each tier in the last week. Arrivals are named +01 …
    """

    paths: int
    figures: pd.DataFrame
    bands: pd.DataFrame
    accounts: pd.DataFrame


@dataclass
class Side:
    """A scenario on its way: its parameters, or why there are none; the paths so far, and their posterior ends."""

    name: str
    parameters: Parameters | None
    state: str = OK
    reason: str = ""
    futures: Futures | None = None
    spread: dict[str, Array] = field(default_factory=dict)
    plan: Array | None = None

    def fail(self, why: InputError) -> None:
        """No numbers, but the reason."""
        self.state, self.reason, self.futures, self.spread = FAILED, str(why), None, {}


class Forecaster:
    """One start under many scenarios: draws and the baseline's paths are kept from one forecast to the next.

    `fitted`: dynamics and draw(n, seed). `plan`: shares of the resource, (N,) or by account id, that the scenario
    MY_PLAN holds in place of S6. Raises InputError where the base itself cannot be simulated.
    """

    def __init__(
        self,
        start: Start,
        fitted: Fit,
        base: Parameters,
        *,
        plan: Array | pd.Series | None = None,
        threads: int | None = None,
        language: str = "zh",
    ) -> None:
        self.start, self.base = start, base
        self.plan = plan
        if isinstance(plan, pd.Series):
            self.plan = plan.reindex(start.accounts).fillna(0.0).to_numpy(dtype=float)
        self.threads, self.language = threads, language
        self.dynamics = fitted.dynamics
        settings = base.whatif
        self.posterior = fitted.draw(settings.posterior_draws, settings.seed)
        size = settings.paths * settings.weeks * len(start.accounts) * _BYTES
        self.draws = Draws(settings.seed, keep=size <= _KEPT_BYTES)
        self._baselines: dict[int, Side] = {0: Side(BASELINE, base)}

    def forecast(self, scenarios: Iterable[Scenario], progress: Callable[[str], None] | None = None) -> Forecast:
        """The scenarios beside the baseline, on all paths. `progress` is called with each scenario's name."""
        (last,) = self.refine(scenarios, (self.base.whatif.paths,), progress)
        return last

    def refine(
        self,
        scenarios: Iterable[Scenario],
        sizes: Sequence[int] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Iterator[Forecast]:
        """Forecasts on more and more paths, the earlier ones among them; the last is what `forecast` gives.

        `sizes`: numbers of paths, ascending; default FIRST_SIZES and then all.
        """
        paths = self.base.whatif.paths
        sides = [Side(MY_PLAN, self.base, plan=self.plan)] if self.plan is not None else []
        sides += [self._side(scenario) for scenario in scenarios if scenario.name != BASELINE]
        tell = progress or (lambda name: None)
        for size in sizes or (*(n for n in FIRST_SIZES if n < paths), paths):
            tell(BASELINE)
            base = self._baseline(size)
            for side in sides:
                tell(side.name)
                try:
                    self._extend(side, size)
                except InputError as error:
                    side.fail(error)
            yield self._told(base, sides)

    def _baseline(self, paths: int) -> Side:
        """The baseline on so many paths, kept; made of the fewer ones already there."""
        if paths not in self._baselines:
            before = self._baselines[max(n for n in self._baselines if n < paths)]
            self._baselines[paths] = replace(before)
            self._extend(self._baselines[paths], paths)
        return self._baselines[paths]

    def _side(self, scenario: Scenario) -> Side:
        side = Side(scenario.name, None)
        try:
            side.parameters = parameters_of(scenario, self.base, self.language)
        except InputError as error:
            side.fail(error)
            return side
        if reach(side.parameters) == reach(self.base):
            side.state = NO_EFFECT
            side.reason = "no_change" if side.parameters == self.base else "not_in_model"
        return side

    def _extend(self, side: Side, paths: int) -> None:
        """The paths that the side still lacks, with the most likely numbers and with the posterior's."""
        have = side.futures.paths if side.futures else 0
        if side.state != OK or side.parameters is None or have >= paths:
            return
        settings = self.base.whatif
        asked: dict[str, Any] = {
            "weeks": settings.weeks,
            "paths": paths - have,
            "seed": settings.seed,
            "first_path": have,
            "threads": self.threads,
            "plan": side.plan,
            "draws": self.draws,
            "language": self.language,
        }
        drawn = self.posterior.per_path(paths - have, have)
        likely = simulate(self.start, self.dynamics, side.parameters, **asked)
        ends = simulate(self.start, drawn, side.parameters, **asked).end
        side.futures = side.futures.followed_by(likely) if side.futures else likely
        side.spread = {f: np.concatenate([side.spread.get(f, ends[f][:0]), ends[f]]) for f in FIGURES}

    def _told(self, base: Side, sides: Sequence[Side]) -> Forecast:
        assert base.futures is not None
        every = [base, *(_same(side, base) if side.state == NO_EFFECT else side for side in sides)]
        level, draws = self.base.whatif.interval, self.base.whatif.posterior_draws
        figures = [_figure(side, base, figure, level, draws) for side in every for figure in FIGURES]
        shown = [side for side in every if side.futures is not None]
        bands = [_bands(side, self.start.friday, level) for side in shown]
        accounts = [_accounts(side, self.start) for side in shown]
        return Forecast(
            paths=base.futures.paths,
            figures=pd.DataFrame(figures, columns=list(FIGURE_COLUMNS)),
            bands=pd.concat(bands, ignore_index=True)[list(BAND_COLUMNS)],
            accounts=pd.concat(accounts, ignore_index=True)[list(ACCOUNT_COLUMNS)],
        )


def forecast(
    start: Start,
    fitted: Fit,
    base: Parameters,
    scenarios: Iterable[Scenario],
    *,
    plan: Array | pd.Series | None = None,
    progress: Callable[[str], None] | None = None,
    language: str = "zh",
) -> Forecast:
    """The scenarios beside the baseline on `whatif.paths` paths. See the module and `Forecaster`."""
    return Forecaster(start, fitted, base, plan=plan, language=language).forecast(scenarios, progress)


def refine(
    start: Start,
    fitted: Fit,
    base: Parameters,
    scenarios: Iterable[Scenario],
    *,
    plan: Array | pd.Series | None = None,
    language: str = "zh",
) -> Iterator[Forecast]:
    """The same on 100, 400, 1,000 … paths up to all of them, each with the earlier paths among its own."""
    return Forecaster(start, fitted, base, plan=plan, language=language).refine(scenarios)


def monte_carlo(difference: Array) -> tuple[float, float]:
    """The interval of the mean of paired differences (P,) at MC_LEVEL.

    Examples
    --------
    Mean 1, sd sqrt(2), two paths: 1 -+ 1.96.

    >>> [round(end, 2) for end in monte_carlo(np.array([0.0, 2.0]))]
    [-0.96, 2.96]
    """
    mean, n = float(difference.mean()), len(difference)
    sd = float(difference.std(ddof=1)) if n > 1 else np.nan
    half = float(ndtri((1 + MC_LEVEL) / 2) * sd / np.sqrt(n))
    return mean - half, mean + half


def between_draws(values: Array, draws: int) -> Array:
    """The means of the draws' groups, (draws,), shrunk to their mean by the simulation error in them.

    `values` (P,): path k belongs to draw k mod `draws`. Fewer than two paths a draw: the groups' means as they are.

    Examples
    --------
    Two draws, 0 and 2 on the average, with noise of variance 2 in groups of two: of the variance 2 between them, 1 is
    noise, so they are drawn together by sqrt(1/2).

    >>> between_draws(np.array([-1.0, 1.0, 1.0, 3.0]), 2).round(3).tolist()
    [0.293, 1.707]
    """
    group = np.arange(len(values)) % draws
    n = np.bincount(group, minlength=draws)
    mean = np.bincount(group, values, draws)[n > 0] / n[n > 0]
    if len(mean) < 2 or n.min() < 2:
        return mean
    inside = np.bincount(group, (values - mean[group]) ** 2) / (n - 1) / n
    total = mean.var(ddof=1)
    kept = np.sqrt(max(total - inside.mean(), 0.0) / total) if total > 0 else 0.0
    return np.asarray(mean.mean() + kept * (mean - mean.mean()))


def _figure(side: Side, base: Side, figure: str, level: float, draws: int) -> tuple[Any, ...]:
    """One row of FIGURE_COLUMNS."""
    nothing = (np.nan,) * 9
    if side.futures is None:
        return side.name, figure, *nothing, side.state, side.reason
    assert base.futures is not None
    mine, theirs = side.futures.weekly[figure][-1], base.futures.weekly[figure][-1]
    low, high = np.quantile(mine, [(1 - level) / 2, (1 + level) / 2])
    d = mine - theirs
    mc_low, mc_high = monte_carlo(d)
    moved = between_draws(side.spread[figure] - base.spread[figure] - d, draws)
    outer = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2])
    param_low = d.mean() - np.hypot(d.mean() - mc_low, max(-outer[0], 0.0))
    param_high = d.mean() + np.hypot(mc_high - d.mean(), max(outer[1], 0.0))
    paired, unpaired = d.var(), mine.var() + theirs.var()
    ratio = np.nan if side.name == BASELINE or unpaired == 0 else unpaired / paired if paired > 0 else np.inf
    ratio = np.nan if side.state == NO_EFFECT else ratio
    ends = (float(x) for x in (mine.mean(), low, high, d.mean(), mc_low, mc_high, param_low, param_high, ratio))
    return side.name, figure, *ends, side.state, side.reason


def _bands(side: Side, friday: np.datetime64, level: float) -> pd.DataFrame:
    futures = side.futures
    assert futures is not None
    days = (friday.astype("datetime64[D]") + 7 * np.arange(1, futures.weeks + 1)).astype("datetime64[us]")
    every = [futures.weekly[figure] for figure in FIGURES]
    edges = [np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=1) for values in every]
    frame = {
        "scenario": np.full(len(FIGURES) * len(days), side.name, dtype=object),
        "week_ending": np.tile(days, len(FIGURES)),
        "figure": np.repeat(np.array(FIGURES, dtype=object), len(days)),
        "mean": np.concatenate([values.mean(axis=1) for values in every]),
        "low": np.concatenate([low for low, _ in edges]),
        "high": np.concatenate([high for _, high in edges]),
    }
    return pd.DataFrame(frame).astype({"scenario": "str", "figure": "str"})


def _accounts(side: Side, start: Start) -> pd.DataFrame:
    futures = side.futures
    assert futures is not None
    shares = {"won": futures.won, "a": futures.in_a, "b": futures.in_b, "c": futures.in_c}
    return pd.DataFrame({"account_id": start.accounts, **shares}).assign(scenario=side.name)


def _same(side: Side, base: Side) -> Side:
    """The baseline's paths under the name of a scenario that the model cannot tell from it."""
    return Side(side.name, side.parameters, side.state, side.reason, base.futures, base.spread)
