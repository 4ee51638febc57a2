"""The studio's state: thresholds, a plan of one's own, scenarios on file, and what follows from them. No widgets.

What follows is computed when it is looked at, and once for the same settings; the forecast in the background.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.load import Data
from toolkit.language import LANGUAGES, say
from toolkit.parameters import Parameters
from toolkit.whatif.log import Log, log_of
from toolkit.whatif.price import Price
from toolkit.whatif.replay import Comparison, compare, replay
from toolkit.whatif.scenario import Scenario, baseline
from toolkit.widgets.studio_ahead import Ahead
from toolkit.widgets.studio_plan import PlanModel
from toolkit.widgets.studio_shelf import AS_SET, Line, Shelf, line_of
from toolkit.widgets.studio_worth import Worth
from toolkit.widgets.threshold_model import Outcome, ThresholdModel

TABS: Final = ("friday", "replay", "ahead", "price", "scenarios")
_COUNTS: Final = ("a", "b", "c")


class StudioModel:
    """All that the studio is set to. Observers are called after every change.

    data        of `load`; the last Friday with weekly data in it is looked at, as it was known on that day
    parameters  those in force; default: the method as written

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> studio = StudioModel(load("sample_data"))
    >>> studio.load("a_line_55")
    >>> studio.thresholds.changes, len(studio.comparison.now) == len(studio.outcome.after.tiers)
    ({'tiers.a.min_win_probability': 0.55}, True)
    """

    def __init__(self, data: Data, parameters: Parameters | None = None) -> None:
        self.thresholds = ThresholdModel(data, parameters)
        self.shelf = Shelf(self.thresholds.base)
        self.tab = TABS[0]
        self.chosen = ""
        self._observers: list[Callable[[], None]] = []
        self._compared: tuple[Outcome, Comparison] | None = None
        self._facts: dict[str, tuple[Parameters, dict[str, Any]]] = {}
        if self.empty:
            return
        self.plan = PlanModel(self.outcome.before, lambda: self.outcome.after)
        self.ahead = Ahead(self.outcome.before)
        self.worth = Worth(self.outcome.before)
        self.thresholds.observe(self._changed)
        self.plan.observe(self._changed)

    @property
    def empty(self) -> bool:
        """True without any weekly data: there is nothing to judge."""
        return self.thresholds.empty

    @property
    def base(self) -> Parameters:
        """The parameters in force."""
        return self.thresholds.base

    @property
    def outcome(self) -> Outcome:
        """What the settings make of this Friday."""
        assert self.thresholds.outcome is not None
        return self.thresholds.outcome

    @cached_property
    def log(self) -> Log:
        """The recorded weeks, published under the parameters in force."""
        before = self.outcome.before
        return log_of(before.data, before.friday, self.base)

    @property
    def comparison(self) -> Comparison:
        """The recorded weeks under the settings beside those in force."""
        if self._compared is None or self._compared[0] is not self.outcome:
            self._compared = self.outcome, self._compare(self.outcome.after.parameters)
        return self._compared[1]

    def price(self, language: str = "zh") -> Price:
        """What the rule costs under the settings, and what other plans are worth."""
        return self.worth.of(self.outcome.after, self.plan.shares, language)

    def look_ahead(self, language: str = "zh") -> None:
        """Ask for the forecast that the section looked at shows; `ahead.outlook` follows. Elsewhere none goes on."""
        if self.tab not in ("ahead", "scenarios"):
            self.ahead.cancel()
            return
        if self.tab == "scenarios":
            asked = [line.scenario for line in self.lines(language)[1:]]
        else:
            asked = [] if self.as_set is None else [self.as_set]
        self.ahead.ask(tuple(asked), self.plan.shares, language)

    def _compare(self, parameters: Parameters) -> Comparison:
        return compare(self.log.published, replay(self.log, parameters), self.base.whatif.divergence)

    def show(self, tab: str) -> None:
        """Look at another section. Raises ValueError for one that is not there."""
        if tab not in TABS:
            raise ValueError(f"the studio has {', '.join(TABS)}, not {tab}")
        self.tab = tab
        self._changed()

    @property
    def loaded(self) -> str:
        """The scenario that was loaded or saved last, while the settings still are what it says; else ""."""
        if not self.chosen or self.thresholds.refused:
            return ""
        line = line_of(self.shelf.named(self.chosen), self.base)
        return self.chosen if line.parameters == self.outcome.after.parameters else ""

    def load(self, name: str) -> None:
        """Set everything to a scenario on file. Raises InputError where it does not fit the parameters in force."""
        scenario = self.shelf.named(name)
        self.chosen = name
        self.thresholds.load(scenario.changes)

    def save(self, title: str, language: str = "zh") -> Scenario:
        """Save the settings under a title. Raises InputError, in words."""
        if self.thresholds.refused:
            raise InputError(say("studio.shelf.refused", language))
        scenario = self.shelf.save(title, self.thresholds.changes, language)
        self.chosen = scenario.name
        self._changed()
        return scenario

    def delete(self, name: str, language: str = "zh") -> None:
        """Delete a scenario that was saved here; the settings stay. Raises InputError, in words."""
        self.shelf.delete(name, language)
        self.chosen = "" if self.chosen == name else self.chosen
        self._changed()

    @property
    def as_set(self) -> Scenario | None:
        """The settings as a scenario, named `as_set`; None where nothing differs or they are refused."""
        changes = self.thresholds.changes
        if not changes or self.thresholds.refused:
            return None
        title = {language: say("studio.as_set", language) for language in LANGUAGES}
        return Scenario(name=AS_SET, title=title, changes=changes)

    def lines(self, language: str = "zh") -> list[Line]:
        """What is laid side by side: the baseline, the settings unless they are one on file, the scenarios on file."""
        lines = [Line(baseline(), self.base)]
        if self.as_set is not None and not self.loaded:
            lines.append(Line(self.as_set, self.outcome.after.parameters))
        return lines + self.shelf.lines(language)

    def table(self, language: str = "zh") -> pd.DataFrame:
        """The scenarios side by side, the baseline first; one that failed stays, with its reason.

        name, title, state (ok | failed), reason, a, b, c (accounts this Friday), up, down (tuples of ids that move),
        moved (share of the first resource that goes elsewhere this Friday), account_weeks (of the recorded ones, with
        another tier), exact_share.
        """
        return pd.DataFrame([self._row(line, language) for line in self.lines(language)])

    def _row(self, line: Line, language: str) -> dict[str, Any]:
        name, title = line.scenario.name, line.scenario.title[language]
        row = {"name": name, "title": title, "state": "ok", "reason": ""}
        if line.parameters is None:
            return row | {"state": "failed", "reason": line.reason}
        if name not in self._facts or self._facts[name][0] != line.parameters:
            try:
                self._facts[name] = line.parameters, self._judged(line.parameters)
            except InputError as error:
                return row | {"state": "failed", "reason": str(error)}
        return row | self._facts[name][1]

    def _judged(self, parameters: Parameters) -> dict[str, Any]:
        before = self.outcome.before
        outcome = Outcome(before, before if parameters == self.base else before.under(parameters))
        moves, first = outcome.moves, outcome.moved.iloc[0]
        found = self._compare(parameters)
        counts = dict(zip(_COUNTS, outcome.counts["then"].tolist(), strict=True))
        ways = {w: tuple(moves.loc[moves["direction"] == w, "account_id"]) for w in ("up", "down")}
        differ = int((found.active & (found.base.tier != found.other.tier)).sum())
        share = first.moved / first.total if first.total else np.nan
        return counts | ways | {"moved": share, "account_weeks": differ, "exact_share": found.exact_share}

    def observe(self, seen: Callable[[], None]) -> None:
        """Have `seen` called after every change."""
        self._observers.append(seen)

    def _changed(self) -> None:
        for seen in self._observers:
            seen()
