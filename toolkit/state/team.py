"""What the rules of enablement say on one day: the campaign board, the resilience ladder, ranks, capability gaps.

Wired here, since rules do not know rules.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from toolkit.base.tiers import A, B
from toolkit.method import campaigns, capability, ranks, resilience
from toolkit.state.control import ControlState

_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class TeamState(ControlState):
    """A ControlState that knows S7, F5, F7 and D3's capability gaps as well."""

    # --- S7 ---------------------------------------------------------------------------------------------------------

    @cached_property
    def board(self) -> pd.DataFrame:
        """Every card where it stands."""
        d, p = self.data, self.week.parameters.campaigns
        return campaigns.board(d.campaigns, d.campaign_moves, d.accounts, self.day, p)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """The board's columns, their cards and limits."""
        return campaigns.columns(self.board, self.week.parameters.campaigns)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """The moves of the day's week, up to the day."""
        since = self.week.week_ending - _WEEK
        moves, p = self.data.campaign_moves, self.week.parameters.campaigns
        return campaigns.moved(moves, since, self.day, p)

    @cached_property
    def flow(self) -> pd.DataFrame:
        """How many cards stood in each column, Friday by Friday."""
        weeks = self.week.portfolio.grid.weeks
        return campaigns.flow(self.data.campaign_moves, weeks, self.week.parameters.campaigns)

    # --- F5, F7 -----------------------------------------------------------------------------------------------------

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """Where everyone on the resilience ladder stands."""
        d, week = self.data, self.week
        return resilience.ladder(d.reps, d.achievements, self.day, week.calendar, week.parameters.resilience)

    @cached_property
    def ladder_weeks(self) -> pd.DataFrame:
        """Every week of everyone on the ladder."""
        d, week = self.data, self.week
        p = week.parameters.resilience
        return resilience.ladder_weeks(d.reps, d.achievements, self.day, week.calendar, p)

    @cached_property
    def rank_evidence(self) -> pd.DataFrame:
        """What counts for the ranks; a win by the tier of the last Friday before it."""
        d = self.data
        won = d.accounts[(d.accounts["status"] == "won") & d.accounts["closed_on"].notna()]
        won = won[won["closed_on"] <= pd.Timestamp(self.day)]
        before = won["closed_on"] - pd.Timedelta(days=1)
        tier = self.week.portfolio.tier_in_force(won["account_id"], before)
        wins = ranks.wins_of(won.assign(tier=tier), d.achievements)
        return ranks.evidence(d.reps, wins, d.achievements, self.day)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """The rank of everyone, and what the next one asks."""
        p = self.week.parameters.ranks
        return ranks.ranks(self.data.reps, self.rank_evidence, self.day, p)

    # --- D3 ---------------------------------------------------------------------------------------------------------

    @cached_property
    def capability_gaps(self) -> pd.DataFrame:
        """Every capability of the team and of each rep, from SPICED scores, drills and stages."""
        p = self.week.parameters.capability
        tiers = self.week.tiers
        pressed = tiers.loc[tiers["tier"].isin(["A", "B"]), "account_id"]
        scores = self.spiced[self.spiced["account_id"].isin(pressed)]
        scores = scores.assign(rep_id=[self.week.owner(account) for account in scores["account_id"]])
        parts = [
            capability.spiced_samples(scores, p),
            capability.obstacle_samples(self.data.sessions, self.data.session_obstacles, self.day, p),
            capability.stage_samples(self._stage_weeks(p.weeks)),
        ]
        return capability.gaps(pd.concat(parts, ignore_index=True), p)

    def _stage_weeks(self, weeks: int) -> pd.DataFrame:
        """The last weeks of the accounts that were A or B in them: decision_stage, progress, rep_id."""
        portfolio = self.week.portfolio
        grid, tier = portfolio.grid, portfolio.tiers.tier[-weeks:]
        week, account = np.nonzero((tier == A) | (tier == B))
        owners = np.array([self.week.owner(a) for a in grid.accounts], dtype=object)
        return pd.DataFrame(
            {
                "decision_stage": grid["decision_stage"][-weeks:][week, account],
                "progress": grid["progress"][-weeks:][week, account],
                "rep_id": owners[account],
            }
        )
