"""What the rules say at a moment: clocks run to it, and a request that nobody has made yet is judged as if it were.

The desk and the director's side ask here, so that what is allowed before a request is what the review says after it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from toolkit.base.keyed_draw import Salt
from toolkit.data.load import Data
from toolkit.method import demotion, directives, roadmap, yellow_alert
from toolkit.parameters import Parameters
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState


@dataclass(frozen=True)
class MomentState(TeamState):
    """A TeamState at a time of its day (`at`, wall time) instead of at the day's end."""

    at: pd.Timestamp = pd.NaT
    known_lists: dict[int, set[str]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def at_time(cls, data: Data, at: pd.Timestamp, parameters: Parameters, salt: Salt) -> Self:
        """What was known on the day of `at`, with the clocks at that time."""
        day = np.datetime64(at, "D")
        week = WeekState(data.at(pd.Timestamp(day)), day, parameters)
        return cls(week.data, day, week, salt, at)

    @property
    def now(self) -> pd.Timestamp:
        """The moment."""
        return self.at

    def later(self, at: pd.Timestamp) -> Self:
        """The same data and day at another time."""
        return replace(self, at=at)

    def about(self, accounts: Collection[str], asked: Mapping[str, Any] | None = None) -> Self:
        """The same with the requests of these accounts alone; with one more, `asked` (by the contract's names), those
        of its quarter.

        A request is judged by those of its account and quarter alone, so that none is judged differently.
        """
        rows = self.data.resource_requests
        mine = rows[rows["account_id"].isin(accounts)]
        if asked is not None:
            mine = mine[mine["requested_at"] >= asked["requested_at"].to_period("Q").start_time]
            one = pd.DataFrame([{name: asked.get(name) for name in rows.columns}])
            mine = pd.concat([mine, one.astype(rows.dtypes.to_dict())], ignore_index=True)
        tables = {**self.data.tables, "resource_requests": mine.reset_index(drop=True)}
        return replace(self, data=replace(self.data, tables=tables))

    def _lists(self, week: int, five: roadmap.RoadmapParameters, emerging: demotion.EmergingParameters) -> set[str]:
        if week not in self.known_lists:
            self.known_lists[week] = super()._lists(week, five, emerging)
        return self.known_lists[week]

    @cached_property
    def chain_clock(self) -> pd.DataFrame:
        """M5: since when each account's chain stands still, whether or not that is an alert."""
        week = self.week
        return yellow_alert.standing(week.chain_moves, self.data.accounts, self.day, week.calendar)

    def drawn_of(self, day: pd.Timestamp) -> pd.DataFrame:
        """M10: the reports drawn from those of a day, as the brief of that day draws them."""
        d = self.data
        rows = d.daily_reports[d.daily_reports["report_date"] == day]
        return directives.directive_draw(rows, d.directives, self.salt, self.week.parameters.directives)
