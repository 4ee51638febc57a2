"""A calendar month up to a day: what the rules of execution say of it, as frames of ids and numbers.

A clock belongs to the month in which it was decided: by being met, or by running out. Tier moves are those from the
tiers in force on the month's first day (the last Friday on or before it) to those of its last Friday so far, so that
the months' moves add up.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.tiers import NOT_ACTIVE, A, letters
from toolkit.base.wins import as_far_off, win_chances
from toolkit.method import callbacks, forecast_record, tiering
from toolkit.method.pipeline import quarter_of
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

_DAY: Final = np.timedelta64(1, "D")
_MONTHS: Final = 6  # how far back the small lines go
SERVICE_COLUMNS: Final = (
    "kind", "step", "tier", "met", "late", "breached", "running", "share_met", "median_hours",
)  # fmt: skip
MOVE_COLUMNS: Final = (
    "account_id", "from_tier", "to_tier", "direction", "moved_on", "moves", "probability_before", "win_probability",
    "reason",
)  # fmt: skip
STEPS: Final = ("accept", "in_place", "answer", "contact", "visit")
_ENDED: Final = ("met", "late", "breached")


@dataclass(frozen=True)
class Month:
    """The calendar month that holds the state's day, up to it. Each frame is computed once, when first asked for."""

    control: TeamState

    @property
    def week(self) -> WeekState:
        """The state of the last Friday on or before the day."""
        return self.control.week

    @property
    def first(self) -> np.datetime64:
        """The month's first day."""
        return self.control.day.astype("datetime64[M]").astype("datetime64[D]")

    @property
    def end(self) -> np.datetime64:
        """The month's last day."""
        return (self.control.day.astype("datetime64[M]") + 1).astype("datetime64[D]") - _DAY

    @property
    def over(self) -> bool:
        """Whether the month is over: its last day is looked at."""
        return bool(self.control.day >= self.end)

    @property
    def quarter(self) -> str:
        """The month's quarter, such as 2026Q4."""
        return quarter_of(self.first)

    def holds(self, times: pd.Series) -> pd.Series:
        """Which times lie in the month, up to the end of the day."""
        return (times >= pd.Timestamp(self.first)) & (times < self.control.now)

    @cached_property
    def months(self) -> pd.DatetimeIndex:
        """The months of the small lines by their first days, this one last: at most six, none before the data."""
        began = self.week.portfolio.grid.weeks[0] - 6 * _DAY
        start = (began - _DAY).astype("datetime64[M]") + 1  # the first month that the data hold whole
        here = self.first.astype("datetime64[M]")
        known = np.arange(min(max(start, here - (_MONTHS - 1)), here), here + 1)
        return pd.DatetimeIndex(known.astype("datetime64[us]"))

    # --- M7, M12, E5 ------------------------------------------------------------------------------------------------

    @cached_property
    def callbacks(self) -> pd.DataFrame:
        """M7: the A accounts of the month's draw, with what the customer confirmed; then every other call of the month.

        account_id, calls (in person, before the month), called_on, drawn, due_on, state (done | due | overdue | other:
        not by a director, not the first, or not to an A account), caller_id, stage_confirmed, competitor_confirmed,
        note.
        """
        turn = self.control.callback_turn
        rows = self.control.data.callbacks
        directors = self.control.data.reps.loc[self.control.data.reps["role"] == "director", "rep_id"]
        said = rows[self.holds(rows["called_on"])].sort_values(["called_on", "callback_id"])
        in_person = said[said["caller_id"].isin(directors)].drop_duplicates("account_id")
        words = ["caller_id", "stage_confirmed", "competitor_confirmed", "note"]
        drawn = turn[turn["drawn"]].merge(in_person[["account_id", *words]], on="account_id", how="left")
        told = said["callback_id"].isin(in_person.loc[in_person["account_id"].isin(drawn["account_id"]), "callback_id"])
        other = said.loc[~told, ["account_id", "called_on", *words]].assign(drawn=False, state="other")
        other["calls"] = other["account_id"].map(turn.set_index("account_id")["calls"])
        order = drawn["state"].map({"overdue": 0, "due": 1, "done": 2})
        drawn = drawn.assign(_o=order).sort_values(["_o", "called_on", "account_id"]).drop(columns="_o")
        both = pd.concat([drawn, other.reindex(columns=drawn.columns)], ignore_index=True) if len(other) else drawn
        return both.reset_index(drop=True)

    @cached_property
    def callback_months(self) -> pd.DataFrame:
        """M7: calls needed and made, by month; an earlier month by the A accounts of its last Friday."""
        portfolio, d = self.week.portfolio, self.control.data
        a_then = portfolio.tier_in_force(d.callbacks["account_id"], d.callbacks["called_on"]) == "A"
        last = {m: int(np.flatnonzero(portfolio.grid.weeks.astype("datetime64[M]") <= m)[-1]) for m in self._months()}
        counts = pd.Series([int((portfolio.tiers.tier[last[m]] == A).sum()) for m in self._months()], self.months)
        p = self.week.parameters.callbacks
        found = callbacks.callback_months(d.callbacks[a_then], d.reps, counts, p)
        turn = self.control.callback_turn
        found.loc[found.index[-1:], ["needed", "done"]] = (
            int(turn["drawn"].sum()), int((turn["state"] == "done").sum()),
        )  # fmt: skip
        return found

    def _months(self) -> list[np.datetime64]:
        return list(self.months.to_numpy().astype("datetime64[M]"))

    @cached_property
    def contradictions(self) -> pd.DataFrame:
        """M12's ledger: what is open, and what was raised or closed in the month."""
        rows = self.control.contradictions
        shown = (rows["state"] == "open") | self.holds(rows["on"]) | self.holds(rows["closed_on"])
        return rows[shown].reset_index(drop=True)

    @cached_property
    def oversteps(self) -> pd.DataFrame:
        """E5's findings of the month."""
        rows = self.control.oversteps
        return rows[self.holds(rows["happened_at"])].reset_index(drop=True)

    @cached_property
    def penalties(self) -> pd.DataFrame:
        """E5's proposals of the month's quarter."""
        rows = self.control.penalties
        return rows[rows["quarter"] == self.quarter].reset_index(drop=True)

    # --- E4, F4 -----------------------------------------------------------------------------------------------------

    @cached_property
    def clocks(self) -> pd.DataFrame:
        """Every clock with its tier, when it was decided (met, or run out), and its hours until done.

        hours: by the clock's own time, so a working day counts 24 and a weekend none; NaN where not done.
        """
        rows = self.control.request_clocks
        tier = self.control.requests.set_index("request_id")["matrix_tier"]
        start, done = rows["started_at"].to_numpy(), rows["done_at"].to_numpy()
        working = self.control.clock.elapsed(start, done, "working_days") * 24
        hours = np.where(rows["unit"] == "working_days", working, self.control.clock.elapsed(start, done, "hours"))
        decided = rows[["due_at", "done_at"]].min(axis=1)
        return rows.assign(tier=rows["request_id"].map(tier), decided_at=decided, hours=hours)

    @cached_property
    def service_levels(self) -> pd.DataFrame:
        """How the clocks decided in the month were kept, by kind, step and tier, and with an empty tier all together.

        Columns SERVICE_COLUMNS: met, late, breached, running (counts; running: undecided now), share_met (of those
        decided), median_hours (of those done).
        """
        rows = self.clocks
        here = rows[(self.holds(rows["decided_at"]) & rows["state"].isin(_ENDED)) | (rows["state"] == "running")]
        both = pd.concat([here.assign(tier=""), here])
        groups = both.groupby(["kind", "step", "tier"], sort=True)
        found = [_kept(rows) | dict(zip(("kind", "step", "tier"), key, strict=True)) for key, rows in groups]
        frame = pd.DataFrame(found, columns=list(SERVICE_COLUMNS))
        whole = dict.fromkeys(("met", "late", "breached", "running"), "int64")
        frame = frame.astype(
            whole | {"share_met": float, "median_hours": float} | dict.fromkeys(("kind", "step", "tier"), "str")
        )
        order = frame["step"].map({step: k for k, step in enumerate(STEPS)})
        ordered = frame.assign(_o=order).sort_values(["_o", "tier"], kind="stable", ignore_index=True)
        return ordered.drop(columns="_o")

    @cached_property
    def service_months(self) -> pd.DataFrame:
        """Clocks met and decided by month: month, met, ended, share."""
        rows = self.clocks[self.clocks["state"].isin(_ENDED)]
        ended = self._by_month(rows["decided_at"])
        met = self._by_month(rows.loc[rows["state"] == "met", "decided_at"])
        share = np.divide(met, ended, out=np.full(len(ended), np.nan), where=ended > 0)
        return pd.DataFrame({"month": self.months, "met": met, "ended": ended, "share": share})

    def _by_month(self, times: pd.Series) -> np.ndarray:
        """How many of some times lie in each of `months`."""
        month = times.dropna().to_numpy().astype("datetime64[M]")
        return np.array([int((month == one).sum()) for one in self._months()], dtype="int64")

    # --- S1–S3 ------------------------------------------------------------------------------------------------------

    @cached_property
    def fridays(self) -> tuple[int, int]:
        """The places of two Fridays in the grid: whose tiers held on the month's first day, and the last so far."""
        weeks = self.week.portfolio.grid.weeks
        before = int(np.searchsorted(weeks, self.first, side="right")) - 1
        return max(before, 0), len(weeks) - 1

    @property
    def opened_with(self) -> pd.Timestamp:
        """The Friday whose tiers held on the month's first day (the first known, where none did)."""
        return pd.Timestamp(self.week.portfolio.grid.weeks[self.fridays[0]])

    @property
    def closed_with(self) -> pd.Timestamp:
        """The last Friday on or before the day."""
        return pd.Timestamp(self.week.portfolio.grid.weeks[self.fridays[1]])

    @cached_property
    def tiers_before(self) -> pd.DataFrame:
        """tiers.csv of that Friday."""
        portfolio, p = self.week.portfolio, self.week.parameters.tiers
        return tiering.tier_table(portfolio.grid, portfolio.tiers, p, week=self.fridays[0])

    @cached_property
    def tier_moves(self) -> pd.DataFrame:
        """Who is in another tier than the month began with: MOVE_COLUMNS, by account id.

        direction (up | down | new | closed), moved_on (the Friday of the last change), moves (changes in the month).
        """
        grid, tier = self.week.portfolio.grid, self.week.portfolio.tiers.tier
        first, last = self.fridays
        before, here = tier[first], tier[last]
        changed = tier[first + 1 : last + 1] != tier[first:last]
        place = np.flatnonzero(before != here)
        reason = self.week.tiers.set_index("account_id")["reason"]
        latest = [first + 1 + int(np.flatnonzero(changed[:, k])[-1]) for k in place]
        frame = pd.DataFrame(
            {
                "account_id": grid.accounts[place],
                "from_tier": letters(before[place]),
                "to_tier": letters(here[place]),
                "direction": _direction(before[place], here[place]),
                "moved_on": grid.weeks[latest].astype("datetime64[us]"),
                "moves": changed[:, place].sum(axis=0),
                "probability_before": grid["win_probability"][first, place],
                "win_probability": grid["win_probability"][last, place],
            }
        )
        frame["reason"] = [reason.get(account, "") for account in frame["account_id"]]
        texts = dict.fromkeys(("account_id", "from_tier", "to_tier", "direction", "reason"), "str")
        return frame[list(MOVE_COLUMNS)].astype(texts | {"moves": "int64"})

    @cached_property
    def there_and_back(self) -> list[str]:
        """Accounts that left their tier in the month and are back in it."""
        tier = self.week.portfolio.tiers.tier
        first, last = self.fridays
        away = (tier[first : last + 1] != tier[first]).any(axis=0)
        settled = (tier[first] == tier[last]) & (tier[first] != NOT_ACTIVE)
        return [str(account) for account in self.week.portfolio.grid.accounts[away & settled]]

    # --- forecast ---------------------------------------------------------------------------------------------------

    @cached_property
    def forecast(self) -> pd.DataFrame:
        """What was stated at the month's start against what came, by account."""
        d = self.control.data
        return forecast_record.forecast_record(d.account_weeks, d.accounts, self.first, self.end)

    @cached_property
    def totals(self) -> dict[str, float]:
        """What the month's forecast comes to, by item: of the deals due in the month, and of all that closed in it.

        due, expected_wins (the sum of their stated probabilities), wins_of_due, weighted, won_of_due, brier (the mean
        squared error of those that closed), as_far_off (two-sided chance, once the month is over), wins, won_amount.
        """
        rows = self.forecast
        due = rows[rows["due_in_month"] & rows["stated"].notna()]
        won, closed = due["outcome"] == "won", due["outcome"].isin(["won", "lost", "dropped"])
        all_won = rows[rows["outcome"] == "won"]
        wins = int(won.sum())
        error = (due["stated"] - won)[closed] ** 2
        far = as_far_off(win_chances(due["stated"]), wins) if self.over and len(due) else np.nan
        return {
            "due": float(len(due)),
            "expected_wins": float(due["stated"].sum()),
            "wins_of_due": float(wins),
            "weighted": float(due["expected_amount"].sum()),
            "won_of_due": float(due.loc[won, "won_amount"].sum()),
            "brier": float(error.mean()) if closed.any() else np.nan,
            "as_far_off": far,
            "wins": float(len(all_won)),
            "won_amount": float(all_won["won_amount"].sum()),
        }

    @cached_property
    def won_months(self) -> pd.DataFrame:
        """Deals won by month: month, wins."""
        rows = self.control.data.accounts
        won = rows.loc[rows["status"] == "won", "closed_on"]
        return pd.DataFrame({"month": self.months, "wins": self._by_month(won)})

    @cached_property
    def raised_months(self) -> pd.DataFrame:
        """Contradictions by the month of what was said: month, raised."""
        return pd.DataFrame({"month": self.months, "raised": self._by_month(self.control.contradictions["on"])})


def _kept(rows: pd.DataFrame) -> dict[str, float]:
    """How a group of clocks was kept."""
    counts = rows["state"].value_counts()
    met, late, breached, running = (int(counts.get(state, 0)) for state in (*_ENDED, "running"))
    ended = met + late + breached
    share = met / ended if ended else np.nan
    hours = rows.loc[rows["state"].isin(["met", "late"]), "hours"].median()
    kept = {"met": met, "late": late, "breached": breached, "running": running}
    return kept | {"share_met": share, "median_hours": hours}


def _direction(before: np.ndarray, here: np.ndarray) -> np.ndarray:
    """up, down, new (it had no tier), closed (it has none now); codes grow from A downward."""
    conditions = [before == NOT_ACTIVE, here == NOT_ACTIVE, here < before]
    return np.select(conditions, ["new", "closed", "up"], default="down")
