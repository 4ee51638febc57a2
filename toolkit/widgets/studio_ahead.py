"""The studio's look ahead: the model's own record first, then a forecast that refines while one watches. No widgets."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.fit import fit, history_of
from toolkit.whatif.forecast import Forecast, Forecaster
from toolkit.whatif.holdout import Holdout, holdout
from toolkit.whatif.scenario import Scenario
from toolkit.whatif.start import start_of
from toolkit.widgets.studio_background import Alive, Background

IDLE: Final = "idle"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"


@dataclass(frozen=True)
class Outlook:
    """What is known so far: state (idle | running | done | failed), the holdout record, the forecast of `paths` paths
    of `most`; `problem`: why it failed, in words where the input is to blame, else what happened.
    """

    state: str = IDLE
    record: Holdout | None = None
    forecast: Forecast | None = None
    paths: int = 0
    most: int = 0
    problem: str = ""


class _Cancelled(Exception):
    """Nobody waits for this forecast any more."""


class Ahead:
    """Forecasts of scenarios on a Friday, one question at a time. Observers are called whenever `outlook` changes.

    state  of the Friday, under the parameters in force
    """

    def __init__(self, state: WeekState) -> None:
        self._state = state
        self._background = Background()
        self._asked: Any = None
        self._known: dict[Any, Outlook] = {}
        self._observers: list[Callable[[], None]] = []
        self.outlook = Outlook()

    @cached_property
    def record(self) -> Holdout:
        """How the model's forecasts did on the last part of the record."""
        return holdout(self._state.data, self._state.friday, self._state.parameters)

    @cached_property
    def _forecaster(self) -> Forecaster:
        """The model fitted to the team's history. One core is left to whoever moves a slider meanwhile."""
        state, parameters = self._state, self._state.parameters
        fitted = fit(history_of(state.portfolio, state.data, parameters), parameters.dynamics)
        start = start_of(state.portfolio, state.data, parameters)
        return Forecaster(start, fitted, parameters, threads=max((os.cpu_count() or 1) - 1, 1))

    def ask(self, scenarios: tuple[Scenario, ...], plan: pd.Series | None, language: str) -> None:
        """Look ahead at scenarios, and at a plan that is held; nothing happens where that is being done already."""
        question = _key(scenarios, plan, language)
        if question == self._asked:
            return
        self._asked = question
        if question in self._known:
            self._background.cancel()
            self._take(self._known[question])
            return
        self._take(replace(self.outlook, state=RUNNING, paths=0, problem=""))
        self._background.ask(
            lambda alive: self._steps(scenarios, plan, language, alive),
            lambda found: self._keep(question, found),
            lambda error: self._take(replace(self.outlook, state=FAILED, problem=_words(error))),
        )

    def cancel(self) -> None:
        """Nobody looks at it now."""
        if self.outlook.state == RUNNING:
            self._asked = None
            self._background.cancel()

    def observe(self, seen: Callable[[], None]) -> None:
        """Have `seen` called whenever `outlook` changes."""
        self._observers.append(seen)

    def _steps(
        self, scenarios: tuple[Scenario, ...], plan: pd.Series | None, language: str, alive: Alive
    ) -> Iterator[Outlook]:
        """The record, then the forecast of more and more paths."""
        parameters = self._state.parameters
        most = parameters.whatif.paths
        yield Outlook(RUNNING, self.record, None, 0, most)
        forecaster = self._forecaster
        accounts = forecaster.start.accounts
        forecaster.plan = None if plan is None else plan.reindex(accounts).fillna(0.0).to_numpy(dtype=float)
        forecaster.language = language

        def go_on(name: str) -> None:
            if not alive():
                raise _Cancelled(name)

        with suppress(_Cancelled):
            for found in forecaster.refine(scenarios, progress=go_on):
                state = DONE if found.paths >= most else RUNNING
                yield Outlook(state, self.record, found, found.paths, most)

    def _keep(self, question: Any, found: Outlook) -> None:
        if found.state == DONE:
            self._known[question] = found
        elif found.forecast is None:  # the older forecast stays, dimmed, until there is a newer one
            found = replace(found, forecast=self.outlook.forecast)
        self._take(found)

    def _take(self, outlook: Outlook) -> None:
        self.outlook = outlook
        for seen in self._observers:
            seen()


def _key(scenarios: tuple[Scenario, ...], plan: pd.Series | None, language: str) -> Any:
    changes = tuple((s.name, repr(sorted(s.changes.items()))) for s in scenarios)
    return changes, None if plan is None else tuple(plan.round(9).items()), language


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
