"""What the rules of enablement and field support say on one day: chains, playbooks, practice, campaigns, growth.

Wired here, since rules do not know rules.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.tiers import A, B
from toolkit.method import (
    campaigns,
    capability,
    chain_graph,
    drill,
    executive_moves,
    loss_review,
    playbooks,
    ranks,
    resilience,
)
from toolkit.state.control import ControlState

_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class TeamState(ControlState):
    """A ControlState that knows S7, E1–E3, F1, F2, F5–F7 and D3's capability gaps as well."""

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

    @cached_property
    def _titles(self) -> dict[str, str]:
        people = self.data.decision_makers
        titles = people["title"].fillna(people["person_name"])
        return dict(zip(people["person_id"], titles.astype("str"), strict=True))

    def title(self, person_id: str) -> str:
        """What a person is in the account: the title, else the name."""
        return self._titles.get(person_id, person_id)

    # --- F1, F2 -----------------------------------------------------------------------------------------------------

    @cached_property
    def reached(self) -> set[str]:
        """F1: whom we had met by the day, by person_id."""
        return chain_graph.reached_by(self.data.decision_makers, self.data.contacts, self.day)

    @cached_property
    def _chains(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        d = self.data
        active = self.week.tiers["account_id"]
        return chain_graph.chains(active, d.decision_makers, d.relationships, d.contacts, self.day)

    @property
    def chains(self) -> pd.DataFrame:
        """F1: every active account's decision chain."""
        return self._chains[0]

    @property
    def breakpoints(self) -> pd.DataFrame:
        """F1: key people not reached, and people through whom alone others can be."""
        return self._chains[1]

    @cached_property
    def executive_moves(self) -> pd.DataFrame:
        """F2: every move, matched to accounts and people, with what it breaks and opens."""
        d, links = self.data, self.breakpoints
        moves = executive_moves.matched(d.executive_moves, d.decision_makers, d.accounts)
        sole = set(links.loc[links["kind"] == "sole_link", "person_id"])
        return executive_moves.effects(moves, d.decision_makers, self.reached, sole)

    def leaving(self, person_id: str) -> chain_graph.Leaving:
        """F1: what changes in an account's chain when this person leaves it."""
        d = self.data
        people = d.decision_makers
        account = people.loc[people["person_id"] == person_id, "account_id"].item()
        mine = people[people["account_id"] == account]
        graph = chain_graph.chain(mine, d.relationships, self.reached)
        return chain_graph.leaving(graph, mine, person_id)

    @property
    def recent(self) -> pd.Timestamp:
        """The day after which something is recent."""
        return pd.Timestamp(self.day) - pd.Timedelta(weeks=self.week.parameters.report.recent_weeks)

    @cached_property
    def move_weeks(self) -> pd.DataFrame:
        """F2: how many moves the last weeks brought."""
        return executive_moves.move_weeks(self.data.executive_moves, self.last_weeks)

    @property
    def last_weeks(self) -> NDArray[np.datetime64]:
        """The Fridays of the trend, up to that of the day's week."""
        weeks = self.week.parameters.report.trend_weeks
        return np.asarray(self.week.week_ending - _WEEK * np.arange(weeks - 1, -1, -1))

    # --- E1, E2, E3, F6 ---------------------------------------------------------------------------------------------

    @cached_property
    def playbooks(self) -> pd.DataFrame:
        """E1: the newest version of every playbook; a request guide is held against E4's and F4's last change."""
        p = self.week.parameters
        days = [np.datetime64(matrix.until, "D") + np.timedelta64(1, "D") for matrix in p.authority.earlier]
        if p.request_clock.changed_on:
            days.append(np.datetime64(p.request_clock.changed_on, "D"))
        changed = max((on for on in days if on <= self.day), default=np.datetime64("NaT", "D"))
        return playbooks.register(self.data.playbooks, changed, self.day, p.playbooks)

    @cached_property
    def playbook_versions(self) -> pd.DataFrame:
        """E1: every version, what fed it, and the deals of its time."""
        d = self.data
        return playbooks.versions(d.playbooks, d.sessions, d.accounts, self.day, self.week.parameters.playbooks)

    @cached_property
    def drill_draw(self) -> pd.DataFrame:
        """E2: who can be drawn on the Monday after the day's week, and who is."""
        week = self.week
        rows = week.tiers.loc[week.tiers["tier"].isin(["A", "B"]), ["account_id"]]
        still = week.yellow.loc[week.yellow["ended_on"].isna(), "account_id"]
        rows = rows.assign(stalled=rows["account_id"].isin(still))
        monday = week.week_ending + np.timedelta64(3, "D")
        return drill.candidates(rows, self.data.sessions, monday, self.salt, week.parameters.drill)

    @cached_property
    def practice_weeks(self) -> pd.DataFrame:
        """E2, E3: the drills and three-prism reviews of the last weeks."""
        return drill.practice_weeks(self.data.sessions, self.last_weeks, self.day)

    @cached_property
    def loss_reviews(self) -> pd.DataFrame:
        """F6: every loss and its review."""
        d = self.data
        return loss_review.loss_reviews(d.losses, d.sessions, self.now, self.week.parameters.loss_review)

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
