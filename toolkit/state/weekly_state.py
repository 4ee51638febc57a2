"""One Friday's state: every rule applied to what was known on that day; wired here, since rules do not know rules."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from toolkit.base.grid import running_since
from toolkit.base.tiers import NOT_ACTIVE, A, letters
from toolkit.base.weeks import friday_of
from toolkit.base.workdays import Workdays
from toolkit.method import (
    allocation,
    demotion,
    discipline,
    focus,
    indicators,
    patience,
    red_alert,
    roadmap,
    spend,
    stated_probability,
    tiering,
    yellow_alert,
)
from toolkit.method.tiering.criteria import role_passes
from toolkit.parameters import Parameters
from toolkit.state.calendar_file import working_calendar
from toolkit.state.known import newest_answers
from toolkit.state.portfolio import Portfolio, Scored, build_portfolio, scored_with
from toolkit.state.quarter_state import QuarterState

_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class WeekState(QuarterState):
    """What every rule says on one Friday. Each property is computed once, when it is first asked for.

    `friday` may be another day, for a daily brief: tiers are then those of the last Friday on or before it, days and
    alerts run up to it, and what belongs to a whole week (spend, focus) covers the seven days to it.

    Frames hold ids and numbers only; `account()`, `rep()` give names. `scored`: the grid before any tier, where it is
    known already.
    """

    previous: "WeekState | None" = None
    scored: Scored | None = None

    def under(self, parameters: Parameters) -> "WeekState":
        """The same Friday under other parameters; the grid is not scored again where they leave the scores alone."""
        p = self.portfolio
        same = scored_with(parameters) == scored_with(self.parameters)
        scored = Scored(p.grid, p.value_parts, p.weight_parts) if same else None
        return WeekState(self.data, self.friday, parameters, scored=scored)

    @property
    def week_ending(self) -> np.datetime64:
        """The Friday that names the week: this one, or on another day the one to come."""
        return np.datetime64(friday_of(self.friday).item(), "D")

    @cached_property
    def calendar(self) -> Workdays:
        """Working days with the override file's corrections."""
        return working_calendar()

    @cached_property
    def portfolio(self) -> Portfolio:
        """S1–S3 over the whole history."""
        return build_portfolio(self.data, self.friday, self.parameters, self.scored)

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """tiers.csv of this Friday."""
        return tiering.tier_table(self.portfolio.grid, self.portfolio.tiers, self.parameters.tiers)

    @cached_property
    def tiers_before(self) -> pd.DataFrame:
        """The same of the Friday before; only where there was one."""
        return tiering.tier_table(self.portfolio.grid, self.portfolio.tiers, self.parameters.tiers, week=-2)

    def newly_demoted(self) -> list[str]:
        """Accounts that S3 demoted this Friday."""
        demoted = self.portfolio.tiers.demoted
        new = demoted[-1] & ~demoted[-2] if len(demoted) > 1 else demoted[-1]
        return [str(account) for account in self.portfolio.grid.accounts[new]]

    def trend_fridays(self) -> pd.DatetimeIndex:
        """The Fridays of the trend up to this one, as far as there are data."""
        weeks = self.portfolio.grid.weeks[-self.parameters.report.trend_weeks :]
        return pd.DatetimeIndex(weeks.astype("datetime64[us]"))

    @cached_property
    def active(self) -> pd.DataFrame:
        """The active accounts' own rows, with tier, value index and win probability of this Friday."""
        tiers = self.tiers[["account_id", "tier", "value_index", "win_probability"]]
        return tiers.merge(self.data.accounts, on="account_id", how="left", validate="one_to_one")

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Daily reports with cost (CNY) and the tier in force on their day."""
        rows = self.data.daily_reports
        cost = indicators.report_cost(rows, self.parameters.indicators)
        return rows.assign(cost=cost, tier=self.portfolio.tier_in_force(rows["account_id"], rows["report_date"]))

    def reports_of_week(self, friday: np.datetime64) -> pd.DataFrame:
        """The reports of the week (Saturday to Friday) of a Friday."""
        days = self.reports["report_date"].to_numpy().astype("datetime64[D]")
        return self.reports[(days > friday - _WEEK) & (days <= friday)]

    @cached_property
    def emerging(self) -> pd.DataFrame:
        """S3's emerging accounts: account_id, rise, weight, kind."""
        outcome, accounts = self.portfolio.tiers, self.data.accounts
        return demotion.emerging(self.portfolio.grid, outcome, accounts, self.parameters.emerging)

    @cached_property
    def team(self) -> pd.DataFrame:
        """What S6 divides by: account_id, tier, value_index, win_probability, demoted, emerging_weight."""
        weight = self.emerging.set_index("account_id")["weight"]
        demoted = self.portfolio.grid.accounts[self.portfolio.tiers.demoted[-1]]
        team = self.tiers[["account_id", "tier", "value_index", "win_probability"]]
        return team.assign(
            demoted=team["account_id"].isin(demoted),
            emerging_weight=team["account_id"].map(weight).fillna(0.0).astype(float),
        )

    @cached_property
    def allocation(self) -> pd.DataFrame:
        """allocation.csv of this Friday."""
        return allocation.allocate(self.team, self.parameters.resources, self.parameters.allocation)

    @cached_property
    def released(self) -> pd.DataFrame:
        """What S3 releases: account_id, share of a resource."""
        return allocation.released(self.team, self.parameters.allocation)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """indicators.csv up to this Friday; on another day the running week so far, named by the Friday to come."""
        values, tiers = self.portfolio.values_long(), self.portfolio.tiers_long()
        reports, p = self.data.daily_reports, self.parameters.indicators
        return indicators.indicators(reports, self.data.reps, values, tiers, self.week_ending, p)

    @cached_property
    def efficiency_by_day(self) -> pd.DataFrame:
        """The team's resource efficiency by day: date, value (points per CNY; NaN where not defined)."""
        table = self.indicators
        rows = (table["period"] == "day") & (table["scope"] == "team") & (table["indicator"] == "resource_efficiency")
        return table.loc[rows, ["date", "value"]].reset_index(drop=True)

    @cached_property
    def red(self) -> pd.DataFrame:
        """M4's spells, red and warning."""
        days = self.efficiency_by_day
        return red_alert.red_spells(days["date"], days["value"], self.friday, self.calendar, self.parameters.red_alert)

    @cached_property
    def red_findings(self) -> pd.DataFrame:
        """M4 as judged on this Friday, reports that stay away included."""
        days, p = self.efficiency_by_day, self.parameters.red_alert
        return red_alert.red_findings(days["date"], days["value"], self.friday, self.calendar, p)

    @cached_property
    def chain_moves(self) -> pd.DataFrame:
        """M5: every day on which an account's chain moved."""
        grid = self.portfolio.grid
        week, account = np.nonzero(grid["progress"] == 1)
        progress = pd.DataFrame(
            {"week_ending": grid.weeks[week].astype("datetime64[us]"), "account_id": grid.accounts[account]}
        )
        return yellow_alert.chain_moves(self.data.daily_reports, progress.assign(progress=1.0))

    @cached_property
    def yellow(self) -> pd.DataFrame:
        """M5's alerts of every account; none can be judged without any daily report."""
        p, accounts = self.parameters.yellow_alert, self.data.accounts
        exposed = yellow_alert.exposure(self.portfolio.tiers_long(), accounts, self.friday, p)
        if not len(self.data.daily_reports):
            exposed = exposed.iloc[:0]
        return yellow_alert.stall_spells(self.chain_moves, exposed, accounts, self.friday, self.calendar, p)

    @cached_property
    def industries(self) -> pd.DataFrame:
        """S4: every industry, ranked."""
        return roadmap.industry_scores(self.data.industries, self.parameters.roadmap)

    @cached_property
    def strategic(self) -> pd.DataFrame:
        """S5: the eligible active accounts, ranked."""
        return roadmap.strategic_accounts(self.active, self.parameters.roadmap)

    @cached_property
    def roadmap(self) -> pd.DataFrame:
        """roadmap.csv of this Friday."""
        return roadmap.roadmap_table(self.industries, self.strategic, self.parameters.roadmap)

    @property
    def plan(self) -> dict[str, float]:
        """Planned share of the resources by tier."""
        p = self.parameters.allocation
        return {"A": p.share_a, "B": p.share_b, "C": 0.0}

    @cached_property
    def spend(self) -> pd.DataFrame:
        """spend.csv of this week."""
        return spend.spend(self.reports_of_week(self.friday), self.plan)

    def spent(self, tier: str) -> float:
        """The share of the week's cost that went to a tier."""
        team = self.spend[(self.spend["rep_id"] == "") & (self.spend["tier"] == tier)]
        return float(team["actual_share"].sum())

    @cached_property
    def leaks(self) -> pd.DataFrame:
        """C-tier cost by rep, emerging accounts left out: rep_id, share, cost, accounts (tuple), since (a Friday)."""
        week = self.reports_of_week(self.friday)
        funded = week["account_id"].isin(self.emerging["account_id"])
        found = spend.leaks(week.assign(cost=week["cost"].where(~funded, 0.0)), self.plan)
        total = week["cost"].sum()
        found = found.assign(share=found["cost"] / total if total > 0 else np.nan)
        found = found[found["tier"] == "C"].reset_index(drop=True)
        first = {rep: self._leaking_since(rep) for rep in found["rep_id"]}
        since = found["rep_id"].map(first)
        return found.assign(accounts=found["accounts"].str.split(";").map(tuple), since=since.astype("datetime64[us]"))

    def _leaking_since(self, rep: str) -> pd.Timestamp:
        weeks = self.portfolio.grid.weeks
        rows = self.reports.assign(
            week=np.searchsorted(weeks, self.reports["report_date"].to_numpy().astype("datetime64[D]"))
        )
        rows = rows[rows["week"] < len(weeks)]
        total = np.bincount(rows["week"], rows["cost"], len(weeks))
        mine = rows[(rows["rep_id"] == rep) & (rows["tier"] == "C")]
        share = np.divide(np.bincount(mine["week"], mine["cost"], len(weeks)), total, out=total * 0, where=total > 0)
        leaking = share >= self.parameters.report.leak_min_share
        return pd.Timestamp(weeks[min(running_since(leaking[:, None])[0], len(weeks) - 1)])

    @cached_property
    def patience(self) -> pd.DataFrame:
        """S9: how the patience with each A account stands."""
        d = self.data
        accounts = self.active[self.active["tier"] == "A"]
        return patience.patience(
            accounts, d.account_weeks, d.verifications, d.callbacks, d.contacts, d.decision_makers, d.reps,
            self.friday, self.parameters.patience,
        )  # fmt: skip

    @cached_property
    def focus(self) -> focus.Focus:
        """S8 of this week."""
        week = self.reports_of_week(self.friday)
        rows = self.data.account_weeks
        output = rows[rows["week_ending"] == pd.Timestamp(self.friday)].set_index("account_id")["output_value"]
        field = self.active[["account_id", "value_index", "win_probability"]]
        effort = field["account_id"].map(week.groupby("account_id")["cost"].sum()).fillna(0.0).astype(float)
        return focus.focus(
            field.assign(effort=effort, output_value=field["account_id"].map(output).astype(float)),
            self.parameters.focus,
        )

    def _cut_on(self, week: int) -> pd.DataFrame:
        """D2's cut list on the Friday of index `week`, from the tiers and the five of that Friday.

        Reading: S9's accounts are the A accounts. A lapse of patience is a finding of its own, no reason to drop one.
        """
        tiers, grid = self.portfolio.tiers, self.portfolio.grid
        on = np.flatnonzero(tiers.tier[week] != NOT_ACTIVE)
        values = pd.DataFrame({"account_id": grid.accounts[on], "value_index": grid["value_index"][week, on]})
        accounts = values.merge(self.data.accounts, on="account_id")
        five = roadmap.strategic_accounts(accounts, self.parameters.roadmap)
        accounts["in_patience"] = accounts["account_id"].isin(grid.accounts[tiers.tier[week] == A])
        accounts["strategic"] = accounts["account_id"].isin(five.loc[five["picked"], "account_id"])
        return discipline.cut_list(accounts, self.reports, grid.weeks[week], self.parameters.discipline).cuts

    @cached_property
    def cut(self) -> pd.DataFrame:
        """D2's cut list with `since`, the first Friday of an account's running weeks on it."""
        weeks = self.portfolio.grid.weeks
        cuts = self._cut_on(len(weeks) - 1)
        since = dict.fromkeys(cuts["account_id"], weeks[-1])
        running = set(since)
        for week in range(len(weeks) - 2, -1, -1):
            running &= set(self._cut_on(week)["account_id"])
            since |= dict.fromkeys(running, weeks[week])
            if not running:
                break
        return cuts.assign(since=cuts["account_id"].map(since).astype("datetime64[us]"))

    @cached_property
    def proposals(self) -> pd.DataFrame:
        """S2's demotion proposals."""
        return tiering.watch_proposals(self.portfolio.grid, self.portfolio.tiers, self.parameters.retiering)

    @cached_property
    def silent(self) -> pd.DataFrame:
        """Active accounts without a row this Friday, with the rep who owes it."""
        rows = tiering.not_submitted(self.portfolio.grid, self.portfolio.tiers)
        return rows.assign(rep_id=[self.owner(a) for a in rows["account_id"]])

    @cached_property
    def near(self) -> pd.DataFrame:
        """Accounts within twice the weekly noise of a line."""
        grid, outcome = self.portfolio.grid, self.portfolio.tiers
        return tiering.near_lines(grid, outcome, self.parameters.tiers, tiering.weekly_noise_sd(grid))

    @cached_property
    def from_lines(self) -> pd.DataFrame:
        """The same of every account that a line could move, however far from it."""
        grid, outcome = self.portfolio.grid, self.portfolio.tiers
        noise = tiering.weekly_noise_sd(grid)
        return tiering.near_lines(grid, outcome, self.parameters.tiers, noise, within=np.inf)

    @cached_property
    def line_moves(self) -> pd.DataFrame:
        """How many accounts change tier if a line moves by up to 5 points."""
        grid, outcome, weeks = self.portfolio.grid, self.portfolio.tiers, self.parameters.demotion.weeks
        return tiering.moves_if_line_moves(grid, outcome, self.parameters.tiers, stall_weeks=weeks)

    @property
    def _lines(self) -> dict[str, float]:
        t = self.parameters.tiers
        return {"a": t.a.min_win_probability, "b": t.b.min_win_probability}

    @cached_property
    def bunching(self) -> pd.DataFrame:
        """S2: crowding just above a line this Friday."""
        p = self.tiers["win_probability"].to_numpy(dtype=float)
        return stated_probability.bunching(p, self._lines, self.parameters.stated_probability)

    @cached_property
    def jumps(self) -> pd.DataFrame:
        """S2: accounts that jumped a line this Friday without progress."""
        grid = self.portfolio.grid
        p, has_row = grid["win_probability"], grid["has_row"][-1]
        blank = np.full(len(grid.accounts), np.nan)
        frame = pd.DataFrame(
            {
                "account_id": grid.accounts,
                "rep_id": [self.owner(a) for a in grid.accounts],
                "previous": p[-2] if len(p) > 1 else blank,
                "current": np.where(has_row, p[-1], np.nan),
                "progress": grid["progress"][-1],
            }
        )
        frame = frame[self.portfolio.tiers.tier[-1] != NOT_ACTIVE]
        return stated_probability.late_jumps(frame, self._lines, self.parameters.stated_probability)

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """S2: stated against won, team and reps."""
        deals = stated_probability.closed_deals(self.data.accounts, self.data.account_weeks, self.friday)
        return stated_probability.calibration(deals, self.parameters.stated_probability)

    @cached_property
    def stalled_now(self) -> pd.DataFrame:
        """M5's alerts that are on and that nobody has accepted."""
        still = self.yellow[self.yellow["ended_on"].isna()]
        return still[~still["account_id"].isin(self.snoozed_accounts)]

    @cached_property
    def snoozed_accounts(self) -> dict[str, pd.Timestamp]:
        """Accounts whose present stall (M5) the director accepted until a day that has not come, with that day."""
        still = self.yellow[self.yellow["ended_on"].isna()]
        ids = {
            f"M5-{row.account_id}-{row.started_on:%Y-%m-%d}": row.account_id for row in still.itertuples(index=False)
        }
        answers = newest_answers(self.data.decisions)
        asleep = answers[(answers["verdict"] == "snoozed") & ~(answers["resume_on"] <= pd.Timestamp(self.friday))]
        days = zip(asleep.index, asleep["resume_on"], strict=True)
        return {ids[action]: day for action, day in days if action in ids}

    @cached_property
    def _budgets(self) -> dict[str, float]:
        first = self.allocation[self.allocation["resource"] == self.parameters.resources[0].name]
        return dict(first.groupby("account_id")["amount"].sum())

    def budget(self, account_id: str) -> float:
        """What the first resource's plan gives an account this week."""
        return float(self._budgets.get(account_id, 0.0))

    def a_since(self, account_id: str) -> pd.Timestamp:
        """The first Friday of the running weeks in which an account is A."""
        tier = self.portfolio.tiers.tier[:, [self.place(account_id)]]
        weeks = self.portfolio.grid.weeks
        return pd.Timestamp(weeks[min(running_since(tier == A)[0], len(weeks) - 1)])

    def tier_as_proposed(self, account_id: str) -> str:
        """The tier from which S2 proposes to demote: the one before a confirmed demotion."""
        outcome, k = self.portfolio.tiers, self.place(account_id)
        return str(letters(outcome.tier[-1, k] - outcome.lowered[-1, k]))

    def place(self, account_id: str) -> int:
        """The account's column in the grid."""
        return int(np.searchsorted(self.portfolio.grid.accounts.astype(str), account_id))

    def could_be_a(self) -> set[str]:
        """Accounts that meet A's role and probability."""
        p, grid = self.parameters.tiers.a, self.portfolio.grid
        enough = grid["win_probability"][-1] >= p.min_win_probability - 1e-9
        return set(grid.accounts[enough & role_passes(grid["role"], p.market_roles)])
