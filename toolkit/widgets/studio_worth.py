"""What plans are worth in the studio; in the background what is left of them when the responses err. No widgets."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import pandas as pd

from toolkit.state.weekly_state import WeekState
from toolkit.whatif.price import Price, price
from toolkit.widgets.studio_background import Alive, Background


class Worth:
    """The price of the rule under a state's settings. Observers are called when `left` is there.

    before  the Friday under the parameters in force: where the week's reported cost went is the plan `current`

    `left`: what is left of each plan when the responses are wrong (`Price.robustness`); None while it is being drawn.
    """

    def __init__(self, before: WeekState) -> None:
        self._before = before
        self._background = Background()
        self._known: tuple[Any, Price] | None = None
        self._observers: list[Callable[[], None]] = []
        self.left: pd.DataFrame | None = None

    @cached_property
    def _cost(self) -> pd.Series:
        week = self._before.reports_of_week(self._before.friday)
        return week.groupby("account_id")["cost"].sum()

    def of(self, state: WeekState, plan: pd.Series | None, language: str) -> Price:
        """The price under a state's settings, with a plan of one's own where there is one."""
        own = None if plan is None else tuple(plan.items())
        if self._known is None or self._known[0][0] is not state or self._known[0][1:] != (own, language):
            found = price(state.team, state.parameters, current=self._cost, plan=plan, language=language)
            self._known, self.left = ((state, own, language), found), None
            self._background.ask(lambda alive: self._steps(found, alive), self._take, lambda error: None)
        return self._known[1]

    def observe(self, seen: Callable[[], None]) -> None:
        """Have `seen` called when `left` is there."""
        self._observers.append(seen)

    def _steps(self, found: Price, alive: Alive) -> Iterator[pd.DataFrame]:
        if alive():
            yield found.robustness

    def _take(self, left: pd.DataFrame) -> None:
        self.left = left
        for seen in self._observers:
            seen()
