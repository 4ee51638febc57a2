"""What the rules of execution say on one day: requests and clocks, checks and doubts, reports, training, duties.

Wired here, since rules do not know rules. The day of a weekly review is its Friday; a daily brief looks at any day,
with the tiers of the last Friday on or before it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from toolkit.base.clock import Clock
from toolkit.base.keyed_draw import Salt
from toolkit.base.tiers import NOT_ACTIVE
from toolkit.base.weeks import friday_of
from toolkit.data.load import Data
from toolkit.method import (
    callbacks,
    competitor_check,
    credibility,
    daily_reports,
    demotion,
    directives,
    requests,
    roadmap,
    self_checks,
    spot_check,
    training,
)
from toolkit.state.weekly_state import WeekState

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class ControlState:
    """The rules E4, E5, F4, M6–M12 and D1–D3 on one day. Each property is computed once, when it is first asked for.

    data    what was known on `day`
    week    the state of that day: tiers and lists of the last Friday on or before it, stalls
    salt    keys the draws of M6, M7 and M10
    """

    data: Data
    day: np.datetime64
    week: WeekState
    salt: Salt

    @classmethod
    def of(cls, week: WeekState, salt: Salt) -> Self:
        """On the day of a week's state."""
        return cls(week.data, week.friday, week, salt)

    @property
    def now(self) -> pd.Timestamp:
        """The end of the day: what is dated on it has happened."""
        return pd.Timestamp(self.day + _DAY)

    @cached_property
    def clock(self) -> Clock:
        """Hours, days and working days of the working calendar."""
        return Clock(self.week.calendar)

    # --- E4, E5, F4 -------------------------------------------------------------------------------------------------

    def _listed(self, accounts: pd.Series, days: pd.Series) -> np.ndarray:
        """Whether S5's five or S3's emerging accounts of the last Friday on or before each day hold the account."""
        portfolio, p = self.week.portfolio, self.week.parameters
        week = np.searchsorted(portfolio.grid.weeks, days.to_numpy().astype("datetime64[D]"), side="right") - 1
        listed = {w: self._lists(int(w), p.roadmap, p.emerging) for w in np.unique(week[week >= 0])}
        return np.array([w in listed and a in listed[w] for w, a in zip(week, accounts, strict=True)], dtype=bool)

    def _lists(self, week: int, five: roadmap.RoadmapParameters, emerging: demotion.EmergingParameters) -> set[str]:
        portfolio, accounts = self.week.portfolio, self.data.accounts
        active = portfolio.grid.accounts[portfolio.tiers.tier[week] != NOT_ACTIVE]
        ranked = roadmap.strategic_accounts(accounts[accounts["account_id"].isin(active)], five)
        rising = demotion.emerging(portfolio.grid, portfolio.tiers, accounts, emerging, week)
        return {*ranked.loc[ranked["picked"], "account_id"], *rising["account_id"]}

    @cached_property
    def requests(self) -> pd.DataFrame:
        """E4: every request as judged by the tier in force on the last Friday before it."""
        rows = self.data.resource_requests
        before = rows["requested_at"].dt.normalize() - pd.Timedelta(days=1)
        standing = rows.assign(
            tier=self.week.portfolio.tier_in_force(rows["account_id"], before),
            listed=self._listed(rows["account_id"], before),
        )
        return requests.judge(standing, self.week.parameters.authority)

    @cached_property
    def request_clocks(self) -> pd.DataFrame:
        """E4's and F4's clocks of every request."""
        p = self.week.parameters
        rows = self.data.resource_requests
        return requests.clocks(self.requests, rows, self.now, self.clock, p.authority, p.request_clock)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """F4: what each request was to bring."""
        return requests.outcomes(self.data.resource_requests, self.now, self.week.parameters.request_clock)

    @cached_property
    def oversteps(self) -> pd.DataFrame:
        """E5's findings."""
        d = self.data
        return requests.oversteps(d.resource_requests, self.requests, d.daily_reports)

    @cached_property
    def penalties(self) -> pd.DataFrame:
        """E5's proposals, once a person and quarter, each for a person to decide."""
        d, p = self.data, self.week.parameters
        return requests.penalties(self.oversteps, d.bonuses, d.reps, d.decisions, p.overstep)

    # --- M6, M7, M8, M12 --------------------------------------------------------------------------------------------

    @cached_property
    def drawn_visits(self) -> pd.DataFrame:
        """M6: the visits drawn, week by week."""
        return spot_check.drawn_visits(self.data.visits, self.salt, self.week.parameters.spot_check)

    @cached_property
    def spot_checks(self) -> pd.DataFrame:
        """M6: what the device of each drawn visit says."""
        d = self.data
        return spot_check.spot_checks(self.drawn_visits, d.account_sites, d.accounts, self.week.parameters.spot_check)

    def visits_of_week(self) -> pd.DataFrame:
        """The visits of the day's week, up to the day."""
        visits = self.data.visits
        week = friday_of(visits["visited_at"].to_numpy().astype("datetime64[D]"))
        return visits[week == self.week.week_ending]

    @cached_property
    def catch_chances(self) -> pd.DataFrame:
        """M6: how likely the week's draw was to catch k false visits."""
        return spot_check.chance_to_catch(self.visits_of_week(), self.week.parameters.spot_check)

    @cached_property
    def a_accounts(self) -> list[str]:
        """The A accounts of the last Friday."""
        tiers = self.week.tiers
        return tiers.loc[tiers["tier"] == "A", "account_id"].tolist()

    @cached_property
    def callback_turn(self) -> pd.DataFrame:
        """M7: whom the director calls this month; a call counts if the account was A on that day, A or not now."""
        d, p = self.data, self.week.parameters.callbacks
        tier = self.week.portfolio.tier_in_force(d.callbacks["account_id"], d.callbacks["called_on"])
        month = d.callbacks["called_on"] >= pd.Timestamp(self.day.astype("datetime64[M]"))
        called = d.callbacks.loc[month & (tier == "A"), "account_id"]
        accounts = sorted({*self.a_accounts, *called})
        return callbacks.callback_turn(accounts, d.callbacks, d.reps, self.day, self.salt, p)

    @cached_property
    def cross_check(self) -> pd.DataFrame:
        """M8: reported moves of competitors against intelligence."""
        d, p = self.data, self.week.parameters.competitor_check
        return competitor_check.cross_check(d.daily_reports, d.competitor_intel, d.accounts, self.day, p)

    @cached_property
    def evidence_items(self) -> pd.DataFrame:
        """M12: whatever was said and could be checked."""
        d, p = self.data, self.week.parameters.credibility
        return credibility.evidence(
            self.spot_checks, d.callbacks, self.cross_check, d.verifications, d.daily_reports, d.account_weeks,
            d.accounts, self.day, p,
        )  # fmt: skip

    @cached_property
    def credibility(self) -> pd.DataFrame:
        """M12: a figure with interval by rep and account."""
        return credibility.credibility(self.evidence_items, self.week.parameters.credibility)

    @cached_property
    def contradictions(self) -> pd.DataFrame:
        """M12's ledger."""
        d, p = self.data, self.week.parameters.credibility
        return credibility.contradictions(self.evidence_items, d.decisions, d.accounts, p)

    # --- M9, M10, M11 -----------------------------------------------------------------------------------------------

    @cached_property
    def incomplete(self) -> pd.DataFrame:
        """M9: reports that lack something required."""
        return daily_reports.incomplete(self.data.daily_reports)

    @cached_property
    def spiced(self) -> pd.DataFrame:
        """M9: each account's newest scores."""
        return daily_reports.spiced(self.data.daily_reports, self.data.accounts, self.day)

    @cached_property
    def spiced_weeks(self) -> pd.DataFrame:
        """M9: each account's SPICED total, contacts and stage by week."""
        grid = self.week.portfolio.grid
        return daily_reports.spiced_weeks(self.data.daily_reports, grid.weeks, grid.accounts)

    @cached_property
    def directive_days(self) -> pd.DataFrame:
        """M10: every day's reports, and those that got their directives."""
        d = self.data
        return directives.directive_days(d.daily_reports, d.directives, self.week.parameters.directives)

    @cached_property
    def directive_draw(self) -> pd.DataFrame:
        """M10: the reports drawn from the day's."""
        d = self.data
        today = d.daily_reports[d.daily_reports["report_date"] == pd.Timestamp(self.day)]
        return directives.directive_draw(today, d.directives, self.salt, self.week.parameters.directives)

    @cached_property
    def directives_followed(self) -> pd.DataFrame:
        """M10: followed, not followed, open, overdue; all and by owner."""
        d = self.data
        return directives.followed(d.directives, self.day)

    @cached_property
    def directives_overdue(self) -> pd.DataFrame:
        """M10: open directives past their day."""
        return directives.overdue(self.data.directives, self.data.daily_reports, self.day)

    @cached_property
    def _occurrences(self) -> pd.DataFrame:
        stalls = self.week.yellow[["account_id", "fired_on"]]
        owners = [self.week.owner(account) for account in stalls["account_id"]]
        p = self.week.parameters.training
        return training.occurrences(self.data.daily_reports, stalls.assign(rep_id=owners), p)

    @cached_property
    def tag_weeks(self) -> pd.DataFrame:
        """M11: how often each problem came up, by week."""
        return training.tag_weeks(self._occurrences)

    @cached_property
    def trainings(self) -> pd.DataFrame:
        """M11: every tag that called for a training, and how it went on."""
        return training.trainings(self._occurrences, self.data.sessions, self.day, self.week.parameters.training)

    # --- D1, D2, D3 -------------------------------------------------------------------------------------------------

    @cached_property
    def daily_checks(self) -> pd.DataFrame:
        """D1 of the day's week, day by day."""
        days = np.arange(self.week.week_ending - 6 * _DAY, self.day + _DAY)
        working = days[self.week.calendar.is_working(days)]
        return self_checks.daily_checks(working, self.data.tables, self.week.parameters.self_check)

    @cached_property
    def weekly_checks(self) -> pd.DataFrame:
        """D2 of the day's week, for the must-win industries."""
        table = self.week.industries
        industries = tuple(table.loc[table["picked"], "industry_id"])
        p = self.week.parameters.self_check
        return self_checks.weekly_checks(self.week.week_ending, self.day, self.data.tables, industries, p)

    @cached_property
    def monthly_checks(self) -> pd.DataFrame:
        """D3 of the day's month."""
        return self_checks.monthly_checks(self.day, self.data.tables, self.week.parameters.self_check)
