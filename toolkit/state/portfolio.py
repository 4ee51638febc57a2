"""S1–S3 over the whole history: the weekly grid, its scores, progress and tiers, as known on one day."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.grid import Grid, carry_forward, scatter, weeks_since
from toolkit.base.tiers import letters, role_codes
from toolkit.base.weeks import fridays
from toolkit.data.load import Data
from toolkit.method import decision_chain, demotion, roadmap, scoring
from toolkit.method.tiering import Retiering, criteria_over_weeks, retier, with_confirmed
from toolkit.parameters import Parameters

_DATES = "datetime64[D]"


@dataclass(frozen=True)
class Portfolio:
    """Every account on every Friday: what was known (`grid`) and what the rules made of it (`tiers`).

    `value_parts` and `weight_parts` hold, by account, the computed score of the last Friday with its contributions.
    """

    grid: Grid
    tiers: Retiering
    value_parts: pd.DataFrame
    weight_parts: pd.DataFrame

    def tiers_long(self) -> pd.DataFrame:
        """week_ending, account_id, tier of every active account on every Friday."""
        week, account = np.nonzero(self.tiers.tier >= 0)
        frame = {
            "week_ending": self.grid.weeks[week].astype("datetime64[us]"),
            "account_id": self.grid.accounts[account],
            "tier": letters(self.tiers.tier[week, account]),
        }
        return pd.DataFrame(frame).astype({"account_id": "str", "tier": "str"})

    def values_long(self) -> pd.DataFrame:
        """week_ending, account_id, value_index of every weekly row, the computed ones included."""
        week, account = np.nonzero(self.grid["has_row"])
        frame = {
            "week_ending": self.grid.weeks[week].astype("datetime64[us]"),
            "account_id": self.grid.accounts[account],
            "value_index": self.grid["value_index"][week, account],
        }
        return pd.DataFrame(frame).astype({"account_id": "str"})

    def tier_in_force(self, accounts: pd.Series, days: pd.Series) -> NDArray[Any]:
        """The tier letter of each account on each day: the last Friday's on or before it; "" where it has none."""
        week = np.searchsorted(self.grid.weeks, days.to_numpy().astype(_DATES), side="right") - 1
        account = pd.Index(self.grid.accounts).get_indexer(accounts)
        return np.where((week >= 0) & (account >= 0), letters(self.tiers.tier[week, account]), "")

    def column(self, name: str, week: int = -1) -> pd.Series:
        """One value of the grid on one Friday, by account id."""
        return pd.Series(self.grid[name][week], index=self.grid.accounts, name=name)


@dataclass(frozen=True)
class Scored:
    """The grid with scores and progress, before any tier: what thresholds of S1-S3 leave as it is.

    `value_parts`, `weight_parts`: as of `Portfolio`.
    """

    grid: Grid
    value_parts: pd.DataFrame
    weight_parts: pd.DataFrame


def scored_with(parameters: Parameters) -> tuple[Any, ...]:
    """The settings that a scored grid depends on: equal ones mean the same grid of the same data.

    Examples
    --------
    >>> scored_with(Parameters()) == scored_with(Parameters.read(overrides={"tiers.a.min_win_probability": 0.5}))
    True
    """
    d = parameters.demotion
    return parameters.scores, parameters.roadmap, d.min_spiced_gain


def build_scored(data: Data, friday: np.datetime64, parameters: Parameters) -> Scored:
    """Grid, scores and progress of every Friday up to `friday`.

    `data` must not hold anything later (`data.at(friday)`). The grid starts in the week of the first weekly row.
    """
    return Scored(*_scored(data, _known(data, friday), parameters))


def build_portfolio(
    data: Data, friday: np.datetime64, parameters: Parameters, scored: Scored | None = None
) -> Portfolio:
    """The portfolio as known on `friday`: grid, scores, progress and tiers of every Friday up to it.

    `data` must not hold anything later (`data.at(friday)`). `scored`: of `build_scored`, with settings that
    `scored_with` calls equal; default: computed here.
    """
    base = scored or build_scored(data, friday, parameters)
    grid = base.grid
    count = demotion.weeks_without_progress(grid["has_row"], grid["progress"], parameters.demotion.max_missing_weeks)
    stalled = demotion.stalled(criteria_over_weeks(grid, parameters.tiers), count, parameters.demotion.weeks)
    tiers = retier(grid, count, stalled, parameters.tiers, parameters.retiering)
    confirmed = confirmed_demotions(data.decisions, grid, tiers.on_watch, parameters.retiering.proposal_after)
    tiers = with_confirmed(tiers, confirmed, grid["weeks_since_row"], parameters.retiering)
    return Portfolio(grid, tiers, base.value_parts, base.weight_parts)


def confirmed_demotions(
    decisions: pd.DataFrame, grid: Grid, on_watch: NDArray[np.bool_], proposal_after: int
) -> NDArray[np.bool_]:
    """The Fridays on which a confirmed proposal of S2 holds, (W, N).

    An answer is about the spell on watch that its action_id, S2-<account>-<first Friday>, names. It takes effect on the
    first Friday on or after it, if that spell is still running and long enough to have been proposed, until the spell
    ends or a later answer takes it back: what was published in between stays as it was.
    """
    out = np.zeros(grid.shape, dtype=bool)
    place = {account: k for k, account in enumerate(grid.accounts)}
    for answer in decisions.sort_values(["decided_on", "decision_id"]).itertuples(index=False):
        rule, _, rest = str(answer.action_id).partition("-")
        account, start = rest[: -len("-2026-11-20")], rest[-len("2026-11-20") :]
        first = np.flatnonzero(grid.weeks.astype(str) == start)
        if rule != "S2" or account not in place or not len(first):
            continue
        k, begin = place[account], int(first[0])
        week = int(np.searchsorted(grid.weeks, np.datetime64(answer.decided_on, "D")))
        off = np.flatnonzero(~on_watch[begin:, k])
        end = begin + int(off[0]) if len(off) else len(grid.weeks)
        opens = begin == 0 or not on_watch[begin - 1, k]
        if opens and begin + proposal_after - 1 <= week < end:
            out[week:end, k] = answer.verdict == "confirmed"
    return out


def active_on(accounts: pd.DataFrame, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Which accounts are active on which days, (days, accounts in the frame's order).

    Active from `opened_on`; with `closed_on` the status holds from that day, before it the account was active; without
    one the status holds throughout.

    Examples
    --------
    >>> accounts = pd.DataFrame({"opened_on": pd.to_datetime(["2026-11-01"]), "status": ["won"],
    ...                          "closed_on": pd.to_datetime(["2026-11-20"])})
    >>> active_on(accounts, np.array(["2026-11-13", "2026-11-20"], "datetime64[D]")).ravel().tolist()
    [True, False]
    """
    opened = accounts["opened_on"].to_numpy().astype(_DATES)
    closed = accounts["closed_on"].to_numpy().astype(_DATES)
    open_ended = (accounts["status"] == "active").to_numpy()
    day = days.astype(_DATES)[:, None]
    return (opened <= day) & (open_ended | (~np.isnat(closed) & (day < closed)))


def _known(data: Data, friday: np.datetime64) -> Grid:
    """The grid as reported: rows scattered and carried forward, nothing computed yet."""
    rows = data.account_weeks
    accounts = data.accounts.sort_values("account_id", ignore_index=True)
    first = rows["week_ending"].min() if len(rows) else friday
    weeks = fridays(first, friday)
    ids = accounts["account_id"].to_numpy(dtype=object)
    has_row = ~np.isnan(scatter(rows.assign(_row=1.0), weeks, ids, "_row"))
    values: dict[str, NDArray[Any]] = {
        "active": active_on(accounts, weeks),
        "has_row": has_row,
        "weeks_since_row": weeks_since(has_row),
        "role": role_codes(accounts["market_role"]),
        "progress_given": scatter(rows, weeks, ids, "progress"),
        "stage": scatter(rows, weeks, ids, "decision_stage"),
        "resource_cost": np.nan_to_num(scatter(rows, weeks, ids, "resource_cost")),
    }
    for name in ("win_probability", "competitive_posture", "strategic_weight", "value_index"):
        values[name] = scatter(rows, weeks, ids, name)
    values["decision_stage"] = carry_forward(values["stage"], has_row)
    return Grid(weeks, ids, values)


def _scored(data: Data, grid: Grid, parameters: Parameters) -> tuple[Grid, pd.DataFrame, pd.DataFrame]:
    """The grid with scores computed where a row leaves them blank, and progress; the last Friday's contributions."""
    accounts = data.accounts.sort_values("account_id", ignore_index=True)
    chain = decision_chain.coverage(data.decision_makers, data.contacts, grid.weeks, grid.accounts)
    industries = roadmap.industry_scores(data.industries, parameters.roadmap).set_index("industry_id")["score"]
    static = accounts.assign(market_attractiveness=accounts["industry_id"].map(industries).astype(float))
    every = static.loc[np.tile(np.arange(len(static)), len(grid.weeks))]
    worth = scoring.value_index(every.assign(chain_coverage=chain.ravel()), parameters.scores)
    weight = scoring.strategic_weight(static, parameters.scores)
    values = dict(grid.values)
    for name, computed in (
        ("value_index", worth["score"].to_numpy().reshape(grid.shape)),
        ("strategic_weight", np.broadcast_to(weight["score"].to_numpy(), grid.shape)),
    ):
        values[name] = np.where(grid["has_row"] & np.isnan(grid[name]), computed, grid[name])
    for name in ("win_probability", "competitive_posture", "strategic_weight", "value_index"):
        values[name] = carry_forward(values[name], grid["has_row"])
    gain, contacts = demotion.spiced_gains(data.daily_reports, grid.weeks, grid.accounts)
    if not len(data.daily_reports):  # no data: that nothing is reported says nothing
        contacts = np.full(grid.shape, np.nan)
    values["progress"] = demotion.progress(
        grid["stage"], grid["has_row"], gain, contacts, grid["progress_given"], parameters.demotion
    )
    last = worth.tail(len(static))
    return Grid(grid.weeks, grid.accounts, values), _by_account(last, static), _by_account(weight, static)


def _by_account(parts: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    return parts.set_axis(accounts["account_id"].to_numpy(), axis=0)
