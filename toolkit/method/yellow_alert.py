"""M5 Yellow alert: the decision chain of an active A or B account has stood still for more than 7 days.

days still on a day d = days after the last move up to and with d that are no public holiday [days]
fires on the first day with days still = 8 on which the account is in A or B

The chain moves on the day of a report with a stage advance (stage_after > stage_before) or a new key
contact, and on the Friday of a weekly row with progress. With no move yet the clock starts on the day the
account was opened. Days of an official public holiday do not count, its weekends included; make-up working
days and ordinary weekends count.

The alert ends on the day of the next move, or on the Friday on which the account leaves A/B, or on the day
it was closed (it is no longer active). One that comes back to A/B, or first comes to it, while its chain
stands still for more than 7 days fires on that Friday. Days still are counted to the end, the day of the
end included. A move on day 8 itself comes in time: nothing fires.

Ties: one alert an account at a time. Missing values: a stage that is blank before or after is no advance; a
blank progress is none.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.findings import findings
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH
from toolkit.base.weeks import day as one_day
from toolkit.base.workdays import Workdays

_FAR: Final = np.int64(2**31 - 1)  # a day number later than any day

Ints = NDArray[np.int64]
Tier = Literal["A", "B", "C"]


class YellowAlertParameters(Slice):
    """Settings of M5."""

    max_days: int = setting(7, unit="days", rule="M5", ge=1, le=90)
    tiers: tuple[Tier, ...] = setting(("A", "B"), unit="tiers", rule="M5")

    def departures(self) -> tuple[str, ...]:
        """Leaving A or B unwatched leaves the method's core; watching C too does not."""
        return () if {"A", "B"} <= set(self.tiers) else ("yellow_alert.tiers",)


@dataclass(frozen=True)
class Stalls:
    """Alerts of many series, by series and day; days as day numbers (since 1970-01-01)."""

    series: Ints
    started: Ints  # the last move
    fired: Ints
    ended: Ints  # -1: on
    days_still: Ints


def stalls(
    move_series: Ints,
    moved: Ints,
    series: Ints,
    begin: Ints,
    stop: Ints,
    last_day: int,
    working_days: Workdays,
    max_days: int,
) -> Stalls:
    """Array core: every alert of many series up to a last day. Days are day numbers.

    move_series, moved    (m,) moves (the opening too), sorted by series and day
    series, begin, stop   (k,) stretches in A/B, sorted by series and begin: [begin, stop)

    Examples
    --------
    Moved on 2 November (day 20759), in B from 6 November on: still for 8 days on the 10th.

    >>> number = lambda text: np.array([np.datetime64(text, "D").astype(int)])
    >>> zero, never = np.zeros(1, int), np.array([2**31 - 1])
    >>> found = stalls(zero, number("2026-11-02"), zero, number("2026-11-06"), never,
    ...                int(number("2026-11-20")[0]), Workdays(), 7)
    >>> str(found.fired.astype("datetime64[D]")[0]), found.ended.tolist(), found.days_still.tolist()
    ('2026-11-10', [-1], [18])
    """
    move, stretch = _meetings(move_series, moved, series, begin, np.minimum(stop, last_day + 1))
    since = moved[move]
    following = np.minimum(move + 1, max(len(moved) - 1, 0))
    next_move = np.where((following > move) & (move_series[following] == series[stretch]), moved[following], _FAR)
    due = working_days.nth_day_outside_holidays(since.astype("datetime64[D]"), max_days + 1).astype(np.int64)
    fired = np.maximum(due, begin[stretch])
    end = np.minimum(next_move, stop[stretch])
    alert = (fired < end) & (fired <= last_day)
    since, fired, end = since[alert], fired[alert], end[alert]
    until = np.minimum(end, last_day).astype("datetime64[D]")
    still = working_days.days_outside_holidays(since.astype("datetime64[D]"), until)
    return Stalls(series[stretch[alert]], since, fired, np.where(end <= last_day, end, -1), still)


def _meetings(move_series: Ints, moved: Ints, series: Ints, begin: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Every pair (move, stretch) of a series in which the clock of that move runs at some time."""
    key = (move_series << 32) + moved
    first = np.searchsorted(key, (series << 32) + begin, side="right") - 1
    first += (first < 0) | (np.r_[move_series, -1][first] != series)  # none before: the first in the stretch
    count = np.maximum(np.searchsorted(key, (series << 32) + stop, side="left") - first, 0)
    stretch = np.repeat(np.arange(len(series)), count)
    skipped = np.cumsum(count) - count
    return (first - skipped)[stretch] + np.arange(len(stretch)), stretch


def chain_moves(reports: pd.DataFrame, progress: pd.DataFrame) -> pd.DataFrame:
    """Every day on which an account's decision chain moved: account_id, moved_on; sorted, each once.

    reports   report_date, account_id, stage_before, stage_after, new_key_contacts
    progress  week_ending, account_id, progress (1 or true: progress)

    Examples
    --------
    >>> days, friday = pd.to_datetime(["2026-11-17", "2026-11-18"]), pd.to_datetime(["2026-11-13"])
    >>> reports = pd.DataFrame({"report_date": days, "account_id": "A1", "stage_before": [2.0, 3.0],
    ...                         "stage_after": [3.0, 3.0], "new_key_contacts": [0.0, 0.0]})
    >>> progress = pd.DataFrame({"week_ending": friday, "account_id": "A1", "progress": 1.0})
    >>> chain_moves(reports, progress)["moved_on"].dt.strftime("%m-%d").tolist()
    ['11-13', '11-17']
    """
    before, after, contacts = (
        reports[c].to_numpy(dtype=float, na_value=np.nan) for c in ("stage_before", "stage_after", "new_key_contacts")
    )
    moved = reports.loc[(after > before) | (contacts > 0), ["account_id", "report_date"]]
    given = progress["progress"].to_numpy(dtype=float, na_value=np.nan) > 0
    rows = progress.loc[given, ["account_id", "week_ending"]]
    both = pd.concat([f.set_axis(["account_id", "moved_on"], axis=1) for f in (moved, rows)])
    both = both.astype({"moved_on": "datetime64[us]"})
    return both.drop_duplicates().sort_values(["account_id", "moved_on"], ignore_index=True)


def exposure(
    tiers: pd.DataFrame, accounts: pd.DataFrame, friday: Any, parameters: YellowAlertParameters | None = None
) -> pd.DataFrame:
    """Stretches of an account active in a watched tier: account_id, exposed_from, exposed_until.

    tiers     week_ending, account_id, tier of the active accounts of every Friday; a tier holds from its
    Friday
    accounts  account_id, status, closed_on: from the day it was closed an account is no longer active
    `exposed_until` is the first day out of it; NaT where the stretch lasts beyond the reviewed Friday's week.

    Examples
    --------
    >>> fridays = pd.to_datetime(["2026-11-06", "2026-11-13", "2026-11-20"])
    >>> tiers = pd.DataFrame({"week_ending": fridays, "account_id": "A1", "tier": ["B", "B", "C"]})
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "status": ["active"], "closed_on": [pd.NaT]})
    >>> exposure(tiers, accounts, "2026-11-20").astype(str).values.tolist()
    [['A1', '2026-11-06', '2026-11-20']]
    """
    p = parameters or YellowAlertParameters()
    last = int(one_day(friday).astype(np.int64))
    rows = tiers[tiers["tier"].isin(p.tiers)]
    week = rows["week_ending"].to_numpy().astype("datetime64[D]").astype(np.int64)
    account, names = pd.factorize(rows["account_id"], sort=True)
    inside = week <= last
    account, week = account[inside], week[inside]
    order = np.lexsort((week, account))
    account, week = account[order], week[order]
    opens = np.r_[True, (np.diff(account) != 0) | (np.diff(week) != 7)][: len(week)]
    closes = np.r_[opens[1:], True][: len(week)]
    account, begin, stop = account[opens], week[opens], week[closes] + 7
    stop = np.where(stop > last, _FAR, stop)
    known = accounts.drop_duplicates("account_id").set_index("account_id").reindex(names)
    closed = known["closed_on"].to_numpy().astype("datetime64[D]")
    closed[np.isnat(closed) | (known["status"] == "active").to_numpy()] = np.datetime64(int(_FAR), "D")
    stop = np.minimum(stop, closed.astype(np.int64)[account])
    kept = begin < stop
    return pd.DataFrame(
        {
            "account_id": pd.Series(np.asarray(names, dtype=object)[account[kept]], dtype="str"),
            "exposed_from": _stamps(begin[kept]),
            "exposed_until": _stamps(np.where(stop[kept] == _FAR, -1, stop[kept])),
        }
    )


def stall_spells(
    moves: pd.DataFrame,
    exposed: pd.DataFrame,
    accounts: pd.DataFrame,
    friday: Any,
    working_days: Workdays | None = None,
    parameters: YellowAlertParameters | None = None,
) -> pd.DataFrame:
    """M5 as known on the reviewed Friday: every alert of every account, sorted by account and day.

    moves     account_id, moved_on (`chain_moves`); later ones are left out
    exposed   account_id, exposed_from, exposed_until (`exposure`)
    accounts  account_id, opened_on
    Returns   account_id, started_on (the last move, or the opening), fired_on, ended_on (NaT: on), days_still
              (to the end, or to the Friday), moved (false: the chain never moved, the clock runs from the
              opening)

    Examples
    --------
    >>> moves = pd.DataFrame({"account_id": ["A1"], "moved_on": pd.to_datetime(["2026-11-02"])})
    >>> exposed = pd.DataFrame({"account_id": ["A1"], "exposed_from": pd.to_datetime(["2026-11-06"]),
    ...                         "exposed_until": pd.to_datetime([None])})
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "opened_on": pd.to_datetime(["2026-10-12"])})
    >>> stall_spells(moves, exposed, accounts, "2026-11-20").iloc[:, 1:5]
      started_on   fired_on ended_on  days_still
    0 2026-11-02 2026-11-10      NaT          18
    """
    p, calendar = parameters or YellowAlertParameters(), working_days or Workdays()
    last = int(one_day(friday).astype(np.int64))
    names = np.unique(exposed["account_id"].to_numpy(dtype=object).astype(str))
    series, moved, by_move = _clocks(moves, accounts, names, last)
    stretch = pd.Index(names).get_indexer(exposed["account_id"]).astype(np.int64)
    begin = _numbers(exposed["exposed_from"])
    order = np.lexsort((begin, stretch))
    stop = exposed["exposed_until"].to_numpy().astype("datetime64[D]")
    stop_number = np.where(np.isnat(stop), _FAR, stop.astype(np.int64))
    found = stalls(series, moved, stretch[order], begin[order], stop_number[order], last, calendar, p.max_days)
    clock = np.searchsorted((series << 32) + moved, (found.series << 32) + found.started)
    return pd.DataFrame(
        {
            "account_id": pd.Series(names.astype(object)[found.series], dtype="str"),
            "started_on": _stamps(found.started),
            "fired_on": _stamps(found.fired),
            "ended_on": _stamps(found.ended),
            "days_still": found.days_still,
            "moved": by_move[clock],
        }
    )


def standing(
    moves: pd.DataFrame, accounts: pd.DataFrame, as_of: Any, working_days: Workdays | None = None
) -> pd.DataFrame:
    """How long each account's chain has stood still on a day, alert or not, by account id.

    Arguments as of `stall_spells`. Returns account_id, started_on (the last move, or the opening), days_still, moved.

    Examples
    --------
    >>> moves = pd.DataFrame({"account_id": ["A1"], "moved_on": pd.to_datetime(["2026-11-16"])})
    >>> accounts = pd.DataFrame({"account_id": ["A1", "A2"], "opened_on": pd.to_datetime(["2026-10-12", "2026-11-19"])})
    >>> standing(moves, accounts, "2026-11-20")[["account_id", "days_still", "moved"]].values.tolist()
    [['A1', 4, True], ['A2', 1, False]]
    """
    last = one_day(as_of)
    names = np.unique(accounts["account_id"].to_numpy(dtype=object).astype(str))
    series, moved, by_move = _clocks(moves, accounts, names, int(last.astype(np.int64)))
    newest = np.flatnonzero(np.r_[series[1:] != series[:-1], True][: len(series)])
    since = moved[newest].astype("datetime64[D]")
    still = (working_days or Workdays()).days_outside_holidays(since, np.full(len(since), last))
    return pd.DataFrame(
        {
            "account_id": pd.Series(names.astype(object)[series[newest]], dtype="str"),
            "started_on": since.astype("datetime64[us]"),
            "days_still": still,
            "moved": by_move[newest],
        }
    )


def _clocks(
    moves: pd.DataFrame, accounts: pd.DataFrame, names: NDArray[Any], last: int
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """(series, day number, whether a move) of what starts a clock: moves, and openings before the first."""
    index = pd.Index(names)
    series, moved = index.get_indexer(moves["account_id"]).astype(np.int64), _numbers(moves["moved_on"])
    inside = (series >= 0) & (moved <= last)
    key = np.unique((series[inside] << 32) + moved[inside])
    opened_series = index.get_indexer(accounts["account_id"]).astype(np.int64)
    given = (opened_series >= 0) & accounts["opened_on"].notna().to_numpy()
    opened_series, opened = opened_series[given], _numbers(accounts.loc[given, "opened_on"])
    first = np.full(len(names), _FAR)
    np.minimum.at(first, key >> 32, key & 0xFFFFFFFF)
    alone = (opened < first[opened_series]) & (opened <= last)
    openings = (opened_series[alone] << 32) + opened[alone]
    both = np.concatenate([key, openings])
    order = np.argsort(both, kind="stable")
    return both[order] >> 32, both[order] & 0xFFFFFFFF, order < len(key)


def _numbers(column: Any) -> Ints:
    return np.asarray(pd.to_datetime(column)).astype("datetime64[D]").astype(np.int64)


def _stamps(numbers: Ints) -> NDArray[np.datetime64]:
    """Day numbers as days; -1 is no day."""
    days = numbers.astype("datetime64[D]")
    days[numbers == -1] = np.datetime64("NaT")
    return days.astype("datetime64[us]")


def stall_findings(spells: pd.DataFrame, parameters: YellowAlertParameters | None = None) -> pd.DataFrame:
    """M5 judged: a row for every alert that is on; code yellow_alert.stalled, or yellow_alert.never_moved.

    Examples
    --------
    >>> started = pd.to_datetime(["2026-11-02"])
    >>> spells = pd.DataFrame({"account_id": ["A1"], "started_on": started, "days_still": [18],
    ...                        "ended_on": [pd.NaT], "moved": [True]})
    >>> stall_findings(spells)[["subject_id", "state", "measured", "threshold", "code"]].values.tolist()
    [['A1', 'breach', 18.0, 7.0, 'yellow_alert.stalled']]
    """
    limit = (parameters or YellowAlertParameters()).max_days
    return findings(
        {
            "rule": "M5",
            "subject_kind": "account",
            "subject_id": spell.account_id,
            "state": BREACH,
            "measured": spell.days_still,
            "threshold": limit,
            "unit": "days",
            "since": spell.started_on,
            "code": "yellow_alert.stalled" if spell.moved else "yellow_alert.never_moved",
            "arguments": {"days": spell.days_still, "since": spell.started_on},
        }
        for spell in spells[spells["ended_on"].isna()].itertuples(index=False)
    )
