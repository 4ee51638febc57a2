"""M1–M3 Indicators: the three figures that are watched daily, by day and by week.

M1 breakthrough_rate    = new key contacts in the reports / head count             [contacts a head]
M2 resource_efficiency  = value indices of the accounts worked on / reported cost  [points per CNY]
M3 competitor_defence   = mentions of a competitor / communications; low is good   [fraction, 0–1]

Scopes: team and rep; M2 and M3 by tier and account too. Periods: every day with a report, and every week
(Saturday to Friday, named by its Friday) up to the reviewed Friday.

Readings
- A rep, tier or account has a row for every day on which it has a report, and for every week from the week of
  its first report on (a week without one is there, with zeros); the team for every week since the first of
  all.
- Head count of a day: role rep, hired on or before it (or blank), not left by it: who leaves on a day has
  left by it. For a rep it is 1 if counted, else 0 (a manager's contacts count for the team, over nobody).
- M2 counts an account once a period, if the period's reports on it cost more than 0 in all, by its newest
  weekly row on or before the day (for a week: its Friday); without a row, or with a blank index in it, it
  adds 0 to the numerator and its cost to the denominator.
- A report's tier is the tier in force on its day: that of the last Friday on or before it. In a week in which
  an account changes tier its reports split; a report on an account without a tier is in no tier's figures.

Missing values: a blank number counts 0. A zero denominator is "not defined": value NaN, the row is there.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import above
from toolkit.base.grid import carry_forward, scatter
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import LETTERS, tier_codes
from toolkit.base.weeks import day as one_day
from toolkit.base.weeks import friday_of

COLUMNS: Final = (
    "date",
    "period",
    "scope",
    "scope_id",
    "indicator",
    "numerator",
    "denominator",
    "value",
)
INDICATORS: Final = ("breakthrough_rate", "competitor_defence", "resource_efficiency")
SCOPES: Final = ("account", "rep", "team", "tier")
PERIODS: Final = ("day", "week")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class CostRates(Slice):
    """What an hour costs in the resource cost of a daily report."""

    technical: float = setting(500.0, unit="CNY an hour", rule="M2", ge=0)
    labour: float = setting(200.0, unit="CNY an hour", rule="M2", ge=0)


class IndicatorParameters(Slice):
    """Settings of M1–M3."""

    cost_rates: CostRates = CostRates()


def report_cost(reports: pd.DataFrame, parameters: IndicatorParameters | None = None) -> pd.Series:
    """Cost of each daily report in CNY: technical hours x rate + price concession + labour hours x rate.

    Columns: technical_hours, price_concession, labour_hours; a blank counts 0. The index is kept.

    Examples
    --------
    >>> reports = pd.DataFrame({"technical_hours": [2.0], "price_concession": [None], "labour_hours": [3.0]})
    >>> report_cost(reports).tolist()
    [1600.0]
    """
    rates = (parameters or IndicatorParameters()).cost_rates
    technical, price, labour = (_numbers(reports, c) for c in ("technical_hours", "price_concession", "labour_hours"))
    return pd.Series(technical * rates.technical + price + labour * rates.labour, index=reports.index)


@dataclass(frozen=True)
class _Pieces:
    """What a scope's figures are made of: pieces of one account, each belonging to one member of the scope."""

    piece: Ints  # (n,) code of each cell's piece, -1: in none
    member: Ints  # (K,) code of the member that a piece belongs to
    account: Ints  # (K,)


@dataclass(frozen=True)
class _Cells:
    """Reports summed by day, rep and account."""

    days: Ints  # (D,) the days with a report, ascending, as day numbers
    fridays: Ints  # (W,) every Friday from the first report's to the reviewed one
    day: Ints  # (n,) place in days
    week: Ints  # (n,) place in fridays
    pieces: dict[str, _Pieces]  # by scope
    names: dict[str, NDArray[Any]]  # scope -> ids of its members, ascending
    sums: list[NDArray[Any]]  # contacts, mentions, communications, cost; (n,) each


def indicators(
    reports: pd.DataFrame,
    reps: pd.DataFrame,
    values: pd.DataFrame,
    tiers: pd.DataFrame,
    friday: Any,
    parameters: IndicatorParameters | None = None,
) -> pd.DataFrame:
    """M1–M3 for every day with a report and every week up to the reviewed Friday.

    reports  daily reports (report_date, rep_id, account_id, communications, competitor_mentions,
             new_key_contacts, technical_hours, price_concession, labour_hours); later ones are left out
    reps     rep_id, role, hired_on, left_on
    values   week_ending, account_id, value_index (0–100; computed ones included)
    tiers    week_ending, account_id, tier (A | B | C) of the active accounts of every Friday
    Returns  date, period, scope, scope_id ("" for the team), indicator, numerator, denominator, value; sorted
             by the first five. Units and readings: see the module.

    Examples
    --------
    >>> day, friday = pd.to_datetime(["2026-11-18"]), pd.to_datetime(["2026-11-13"])
    >>> reports = pd.DataFrame({"report_date": day, "rep_id": "R1", "account_id": "A1", "communications": 4.0,
    ...                         "competitor_mentions": 1.0, "new_key_contacts": 2.0, "technical_hours": 1.0})
    >>> reps = pd.DataFrame({"rep_id": ["R1"], "role": ["rep"], "hired_on": [pd.NaT], "left_on": [pd.NaT]})
    >>> values = pd.DataFrame({"week_ending": friday, "account_id": "A1", "value_index": 70.0})
    >>> tiers = pd.DataFrame({"week_ending": friday, "account_id": "A1", "tier": "B"})
    >>> found = indicators(reports, reps, values, tiers, "2026-11-20")
    >>> found.loc[found.scope == "team", ["indicator", "numerator", "denominator", "value"]].head(3)
                 indicator  numerator  denominator  value
    5    breakthrough_rate        2.0          1.0   2.00
    6   competitor_defence        1.0          4.0   0.25
    7  resource_efficiency       70.0        500.0   0.14
    """
    last = int(one_day(friday).astype(np.int64))
    cells = _cells(reports, tiers, last, parameters or IndicatorParameters())
    if not len(cells.day):
        return _frame([], cells)
    worth = _Weekly(values, _numbers(values, "value_index"), cells.names["account"], last).carried_forward()
    blocks = []
    for period, (dates, at) in enumerate(((cells.days, cells.day), (cells.fridays, cells.week))):
        heads = _heads(reps, cells.names["rep"], dates)
        for scope in SCOPES:
            blocks += _scope(cells, scope, period, dates, at, worth, heads)
    return _frame(blocks, cells)


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    if column not in frame.columns:
        return np.zeros(len(frame))
    found = frame[column].to_numpy(dtype=float, na_value=np.nan)
    blank = np.isnan(found)
    return np.where(blank, 0.0, found) if blank.any() else found


def _day_numbers(column: Any) -> Ints:
    return np.asarray(pd.to_datetime(column)).astype("datetime64[D]").astype(np.int64)


def _cells(reports: pd.DataFrame, tiers: pd.DataFrame, last: int, parameters: IndicatorParameters) -> _Cells:
    number = _day_numbers(reports["report_date"])
    seen = number <= last
    if not seen.all():
        reports, number = reports[seen], number[seen]
    rep, rep_names = pd.factorize(reports["rep_id"], sort=True)
    account, account_names = pd.factorize(reports["account_id"], sort=True)
    names = {
        "account": np.asarray(account_names, dtype=object),
        "rep": np.asarray(rep_names, dtype=object),
        "team": np.array([""], dtype=object),
        "tier": np.array(LETTERS, dtype=object),
    }
    n = max(len(account_names), 1)
    pair, pairs = pd.factorize(rep.astype(np.int64) * n + account)
    days, day = pd.factorize(number, sort=True)[::-1]
    rows = [_numbers(reports, c) for c in ("new_key_contacts", "competitor_mentions", "communications")]
    rows.append(report_cost(reports, parameters).to_numpy())
    key, sums = _sums(day * len(pairs) + pair, len(days) * len(pairs), *rows)
    day, pair = key // max(len(pairs), 1), key % max(len(pairs), 1)
    friday = friday_of(days.astype("datetime64[D]")).astype(np.int64)
    first = int(friday[0]) if len(days) else last + 7
    in_force = _Weekly(tiers, tier_codes(tiers["tier"].to_numpy(dtype=object)), names["account"], last)
    pieces = _pieces(pairs, pair, n, in_force, days[day])
    week = ((friday - first) // 7)[day]
    return _Cells(days, np.arange(first, last + 1, 7), day, week, pieces, names, sums)


def _pieces(pairs: Ints, pair: Ints, n: int, in_force: "_Weekly", days: Ints) -> dict[str, _Pieces]:
    """The pieces of every scope: pairs of rep and account for the reps, tier and account for the tiers."""
    everyone = np.arange(n)
    account = (pairs % n)[pair]
    tier = np.nan_to_num(in_force.at(account, days), nan=-1).astype(np.int64)
    return {
        "account": _Pieces(account, everyone, everyone),
        "rep": _Pieces(pair, pairs // n, pairs % n),
        "team": _Pieces(account, np.zeros(n, np.int64), everyone),
        "tier": _Pieces(
            np.where(tier < 0, -1, tier * n + account),
            np.repeat(np.arange(len(LETTERS)), n),
            np.tile(everyone, len(LETTERS)),
        ),
    }


class _Weekly:
    """Numbers by Friday and account (one weekly row each), asked for by day: NaN where there is no row."""

    def __init__(self, rows: pd.DataFrame, numbers: NDArray[Any], accounts: NDArray[Any], last: int) -> None:
        week = _day_numbers(rows["week_ending"])
        first = int(week.min()) if len(week) else last
        self.weeks = np.arange(first, last + 1, 7).astype("datetime64[D]")
        table = rows[["week_ending", "account_id"]].assign(number=numbers.astype(float))
        self.table = scatter(table, self.weeks, accounts, "number")

    def carried_forward(self) -> "_Weekly":
        self.table = carry_forward(self.table, ~np.isnan(self.table))
        return self

    def at(self, account: Ints, day: Ints) -> Floats:
        """The number of the last Friday on or before the day."""
        if not self.table.size:
            return np.full(len(account), np.nan)
        week = (day - self.weeks[0].astype(np.int64)) // 7
        found = self.table[np.clip(week, 0, len(self.weeks) - 1), account]
        return np.where((week >= 0) & (week < len(self.weeks)), found, np.nan)


def _heads(reps: pd.DataFrame, rep_names: NDArray[Any], dates: Ints) -> dict[str, Ints]:
    """Who is counted: (P, 1) for the team, (P, R) for the reps that report."""
    day = dates.astype("datetime64[D]")[:, None]
    hired = np.asarray(pd.to_datetime(reps["hired_on"])).astype("datetime64[D]")
    left = np.asarray(pd.to_datetime(reps["left_on"])).astype("datetime64[D]")
    is_rep = (reps["role"] == "rep").to_numpy(dtype=bool, na_value=False)
    counted = is_rep & (np.isnat(hired) | (hired <= day)) & (np.isnat(left) | (left > day))
    place = pd.Index(reps["rep_id"]).get_indexer(rep_names)
    own = np.zeros((len(dates), len(rep_names)), dtype=np.int64)
    own[:, place >= 0] = counted[:, place[place >= 0]]
    return {"team": counted.sum(axis=1)[:, None], "rep": own}


def _sums(key: Ints, size: int, *weights: Floats) -> tuple[Ints, list[NDArray[Any]]]:
    """Distinct keys in [0, size), ascending, and the sums of each weight by key."""
    if size <= 4 * len(key) + 1024:
        there = np.flatnonzero(np.bincount(key, minlength=size))
        return there, [np.bincount(key, w, minlength=size)[there] for w in weights]
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, np.int64)
    return key[starts], [np.add.reduceat(w[order], starts) if len(key) else w for w in weights]


@dataclass(frozen=True)
class _Block:
    """Rows of one period, scope and indicator: place of the date, code of the member, the two numbers."""

    period: int
    scope: int
    indicator: int
    date: Ints
    member: Ints
    numerator: NDArray[Any]
    denominator: NDArray[Any]


def _scope(
    cells: _Cells, scope: str, period: int, dates: Ints, at: Ints, worth: _Weekly, heads: dict[str, Ints]
) -> list[_Block]:
    """The blocks of one period and scope, a block an indicator."""
    part, m = cells.pieces[scope], len(cells.names[scope])
    size, inside = len(part.member), part.piece >= 0
    key, sums = _sums((at * size + part.piece)[inside], len(dates) * size, *(w[inside] for w in cells.sums))
    place, piece = key // size, key % size
    value = np.where(above(sums[-1], 0.0), np.nan_to_num(worth.at(part.account[piece], dates[place])), 0.0)
    rows, summed = _sums(place * m + part.member[piece], len(dates) * m, *sums, value)
    if PERIODS[period] == "week":
        group, rows = rows, _every_week_since_the_first(rows, len(dates), m)
        summed = [_spread(w, np.searchsorted(rows, group), len(rows)) for w in summed]
    contacts, mentions, communications, spent, points = summed
    date, who, code = rows // m, rows % m, SCOPES.index(scope)
    blocks = [
        _Block(period, code, 1, date, who, mentions, communications),
        _Block(period, code, 2, date, who, points, spent),
    ]
    if scope in heads:
        blocks.append(_Block(period, code, 0, date, who, contacts, heads[scope][date, who].astype(float)))
    return blocks


def _every_week_since_the_first(group: Ints, weeks: int, members: int) -> Ints:
    first = np.full(members, weeks)
    np.minimum.at(first, group % members, group // members)
    return np.flatnonzero(np.arange(weeks)[:, None] >= first)


def _spread(values: NDArray[Any], place: Ints, n: int) -> Floats:
    out = np.zeros(n)
    out[place] = values
    return out


def _frame(blocks: list[_Block], cells: _Cells) -> pd.DataFrame:
    """One sorted frame of all blocks."""
    if not blocks:
        empty = {c: pd.Series(dtype="float64" if c in COLUMNS[5:] else "str") for c in COLUMNS}
        return pd.DataFrame(empty).astype({"date": "datetime64[us]"})
    sizes = [len(b.date) for b in blocks]
    date = np.concatenate([(cells.fridays if b.period else cells.days)[b.date] for b in blocks])
    period, scope, indicator = (
        np.repeat([getattr(b, name) for b in blocks], sizes) for name in ("period", "scope", "indicator")
    )
    member = np.concatenate([b.member for b in blocks])
    numerator = np.concatenate([b.numerator for b in blocks])
    denominator = np.concatenate([b.denominator for b in blocks])
    width = max(len(names) for names in cells.names.values())
    rank = (((date - date.min()) * 2 + period) * 4 + scope) * width + member
    order = np.argsort(rank * 3 + indicator, kind="stable")
    offset = np.cumsum([0, *(len(cells.names[s]) for s in SCOPES)])
    ids = np.concatenate([cells.names[s] for s in SCOPES])
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(denominator > 0, numerator / denominator, np.nan)
    return pd.DataFrame(
        {
            "date": date[order].astype("datetime64[D]").astype("datetime64[us]"),
            "period": _text(PERIODS, period[order]),
            "scope": _text(SCOPES, scope[order]),
            "scope_id": _text(ids, (offset[scope] + member)[order]),
            "indicator": _text(INDICATORS, indicator[order]),
            "numerator": numerator[order],
            "denominator": denominator[order],
            "value": value[order],
        }
    )


def _text(names: Any, codes: Ints) -> pd.Series:
    return pd.Series(np.asarray(names, dtype=object), dtype="str").take(codes).reset_index(drop=True)
