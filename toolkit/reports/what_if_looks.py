"""What a what-if computes, step by step: each scenario looked back at and priced, all of them looked ahead at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.state.weekly_state import WeekState
from toolkit.whatif import calibrated, fit, holdout, replay, sensitivity
from toolkit.whatif.alert_quality import alert_quality
from toolkit.whatif.draws import Draws
from toolkit.whatif.forecast import Forecast, forecast
from toolkit.whatif.log import Log, log_of, read_log
from toolkit.whatif.price import Price, price
from toolkit.whatif.promotion import to_be_a
from toolkit.whatif.scenario import BASELINE, Scenario, baseline, parameters_of, parameters_with
from toolkit.whatif.simulate import Start, simulate
from toolkit.whatif.start import start_of
from toolkit.whatif.tuner import tuner

Tell = Callable[[str], None]
WON: Final = "won_amount"
_MODEL: Final = "dynamics."


@dataclass(frozen=True)
class Look:
    """One scenario on the Friday: its state, its replay beside the log, its price, its alerts held against losses.

    `tuner`: where it sets the red alert otherwise than the parameters in force do. `reason`: why there is nothing.
    """

    scenario: Scenario
    state: WeekState | None = None
    compared: replay.Comparison | None = None
    price: Price | None = None
    quality: pd.DataFrame | None = None
    tuner: pd.DataFrame | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name


@dataclass(frozen=True)
class Looks:
    """Everything that a what-if knows. `base` and `others`: the looks; `others[0]` is what the report is about."""

    base: Look
    others: tuple[Look, ...]
    log: Log
    holdout: holdout.Holdout
    fitted: fit.Fitted
    forecast: Forecast
    tornado: pd.DataFrame
    promotion: pd.DataFrame
    reliability: pd.DataFrame
    recalibration: calibrated.Recalibration
    calibrated_tiers: pd.DataFrame
    plan: pd.Series | None

    @property
    def state(self) -> WeekState:
        """The Friday under the parameters in force."""
        assert self.base.state is not None  # the rules in force never fail: what fails them is refused before
        return self.base.state

    @property
    def tuner(self) -> pd.DataFrame:
        """The red alert's readings under the parameters in force."""
        assert self.base.tuner is not None
        return self.base.tuner

    @property
    def parameters(self) -> Parameters:
        """The parameters in force."""
        return self.state.parameters

    @property
    def main(self) -> Look:
        """The scenario that the report is about."""
        return self.others[0]

    @property
    def every(self) -> tuple[Look, ...]:
        """The baseline, then the scenarios in their order."""
        return (self.base, *self.others)


def look_at(
    now: WeekState,
    scenarios: Iterable[Scenario],
    logs: Iterable[str | Path],
    plan: pd.Series | None,
    language: str,
    tell: Tell,
) -> Looks:
    """Everything about the scenarios on the Friday of `now`; one that fails keeps its reason and hinders no other."""
    asked, folders = tuple(scenarios), tuple(logs)
    p = now.parameters
    tell(say("what_if.progress.replay", language))
    if folders:
        log = read_log(folders, now.data, p, language=language)
    else:
        log = log_of(now.data, now.friday, p, language=language)
    every = [_look(one, now, log, plan, language) for one in (baseline(), *asked)]
    tell(say("what_if.progress.fit", language))
    tested = holdout.holdout(now.data, now.friday, p, language=language)
    fitted = fit.fit(fit.history_of(now.portfolio, now.data, p), p.dynamics)
    start = start_of(now.portfolio, now.data, p)
    tell(say("what_if.progress.forecast", language))
    ahead = forecast(start, fitted, p, asked, plan=plan, language=language)
    tell(say("what_if.progress.sensitivity", language))
    deals = calibrated.closed_deals(now)
    read = calibrated.recalibration(deals)
    return Looks(
        base=every[0],
        others=tuple(every[1:]),
        log=log,
        holdout=tested,
        fitted=fitted,
        forecast=ahead,
        tornado=_tornado(start, fitted, p, language),
        promotion=to_be_a(now),
        reliability=calibrated.reliability(deals, p.stated_probability),
        recalibration=read,
        calibrated_tiers=calibrated.tiers_when_calibrated(now, read),
        plan=plan,
    )


def _look(scenario: Scenario, now: WeekState, log: Log, plan: pd.Series | None, language: str) -> Look:
    """One scenario; of the baseline what cannot be is refused, of another it is a reason."""
    try:
        here = parameters_of(scenario, now.parameters, language)
        state = now if here == now.parameters else now.under(here)
        compared = replay.compare(log.published, replay.replay(log, here), now.parameters.whatif.divergence)
        worth, quality = _price(state, plan, language), alert_quality(now, here)
        return Look(scenario, state, compared, worth, quality, _tuner(now, scenario, here))
    except InputError as error:
        if scenario.name == BASELINE:
            raise
        return Look(scenario, reason=str(error))


def _tuner(now: WeekState, scenario: Scenario, here: Parameters) -> pd.DataFrame | None:
    if scenario.name != BASELINE and here.red_alert == now.parameters.red_alert:
        return None
    days = now.efficiency_by_day
    return tuner(days["date"], days["value"], now.calendar, here)


def _price(state: WeekState, plan: pd.Series | None, language: str) -> Price:
    """What the Friday's rule is worth beside other divisions, one's own plan and where the week's cost really went."""
    cost = state.reports_of_week(state.friday).groupby("account_id")["cost"].sum()
    return price(state.team, state.parameters, current=cost, plan=plan, language=language)


def _tornado(start: Start, fitted: fit.Fitted, base: Parameters, language: str) -> pd.DataFrame:
    """The mean won amount at either end of each stock range; the model's numbers move around what was fitted."""
    settings = base.whatif
    draws = Draws(settings.seed, keep=True)

    def run(changes: Mapping[str, float]) -> float:
        own = {path: value for path, value in changes.items() if not path.startswith(_MODEL)}
        model = {path.removeprefix(_MODEL): value for path, value in changes.items() if path.startswith(_MODEL)}
        dynamics, p = replace(fitted.dynamics, **model), parameters_with(own, base, language)
        weeks, paths = settings.weeks, settings.paths
        futures = simulate(start, dynamics, p, weeks=weeks, paths=paths, seed=settings.seed, draws=draws)
        return float(futures.end[WON].mean())

    sds = fitted.sds
    known = {path: path.removeprefix(_MODEL) for path in sensitivity.UNCERTAIN}
    around = {path: (float(getattr(fitted.dynamics, name)), sds[name]) for path, name in known.items()}
    return sensitivity.tornado(run, {}, sensitivity.stock_ranges(base, around))
