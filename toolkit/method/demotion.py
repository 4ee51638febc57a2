"""S3 demotion of stalled B accounts, and the emerging accounts that their resources go to.

Formula. Progress in a week = decision stage above the week before, or SPICED total (last report of the week
less the last before that week) up by >= 1, or a new key contact in its reports; a given `progress` wins.
Weeks without progress: 0 with progress, + 1 for a row without, + 1 for each missing week from the second in
a row on. A B account (by criteria) with 2 or more is C. Emerging: outside A, not demoted, win probability
up by >= .10 against the newest row at least 4 weeks old (else their first), or opened at most 56 days ago
with progress in this Friday's row; weight = max(rise, .01) x value index.

Units: weeks, SPICED points (0-15), win probability 0-1, value index 0-100. Comparisons have the common
tolerance of 1e-9 and are inclusive. Ties: reports of one day by report id; tables by account id.

Missing values. Progress is NaN (cannot be told) without a row, or where no sign is there and one of the two
stages to compare is missing; it neither counts nor breaks. A blank SPICED part counts 0; a report with all
five blank has no total. A blank value index counts 0.

Readings.
* Only weekly rows count and break: reports in a week without a row are no progress of that week.
* A stage is compared with the row of the Friday before; where that row is missing it cannot be told.
* The count starts with the account's first row, whatever the tier; weeks before it are not missing weeks.
* The rise is that of the newest row on or before the Friday; without any row an account is not emerging.
"""

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from toolkit.base.compare import at_least, at_most
from toolkit.base.grid import Grid
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import NOT_ACTIVE, A, B
from toolkit.base.weeks import friday_of

SPICED = ("spiced_situation", "spiced_pain", "spiced_impact", "spiced_critical_event", "spiced_decision")
NOT_STARTED = -1  # the gap of an account that has not had its first row


class DemotionParameters(Slice):
    """When a B account is demoted, and what counts as progress (path `demotion`)."""

    weeks: int = setting(2, unit="weeks", rule="S3", ge=1, le=26)
    min_spiced_gain: float = setting(1.0, unit="SPICED points", rule="S3", gt=0, le=15)
    max_missing_weeks: int = setting(1, unit="weeks", rule="S3", ge=0, le=26)


class EmergingParameters(Slice):
    """Who receives what the demoted release (path `emerging`)."""

    min_rise: float = setting(0.10, unit="fraction", rule="S3", ge=0, le=1)
    lookback_weeks: int = setting(4, unit="weeks", rule="S3", ge=1, le=52)
    max_age_days: int = setting(56, unit="days", rule="S3", ge=0, le=366)
    min_weight_rise: float = setting(0.01, unit="fraction", rule="S3", gt=0, le=1)

    def departures(self) -> tuple[str, ...]:
        """With a minimum rise of 0 every account that did not fall would be emerging."""
        return ("emerging.min_rise",) if self.min_rise == 0 else ()


class Tiered(Protocol):
    """What S3 needs of a re-tiering: (W, N) tier codes, who is demoted, and whom the director lowered."""

    @property
    def tier(self) -> NDArray[Any]: ...

    @property
    def demoted(self) -> NDArray[Any]: ...

    @property
    def lowered(self) -> NDArray[Any]: ...


def spiced_gains(
    reports: pd.DataFrame, weeks: NDArray[np.datetime64], accounts: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(gain, new contacts) of every week and account, both (W, N).

    Gain: SPICED total of the week's last report less that of the last report before the week; NaN where
    either is missing. New contacts: sum over the week's reports, 0 without any.

    `reports`: report_id, report_date, account_id, the five SPICED columns, new_key_contacts; reports before
    the first week are looked at, those after the last week are not. `weeks`, `accounts` ascending.

    Examples
    --------
    >>> reports = pd.DataFrame({
    ...     "report_id": ["R1", "R2"], "report_date": pd.to_datetime(["2026-11-10", "2026-11-17"]),
    ...     "account_id": ["A1", "A1"], "spiced_situation": [1.0, 3.0], "spiced_pain": [1.0, float("nan")],
    ...     "spiced_impact": 0.0, "spiced_critical_event": 0.0, "spiced_decision": 0.0,
    ...     "new_key_contacts": [0.0, 2.0]})
    >>> gain, contacts = spiced_gains(reports, np.array(["2026-11-20"], "datetime64[D]"), np.array(["A1"]))
    >>> gain.tolist(), contacts.tolist()
    ([[1.0]], [[2.0]])
    """
    shape = (len(weeks), len(accounts))
    gain, contacts = np.full(shape, np.nan), np.zeros(shape)
    n = pd.Index(accounts).get_indexer(reports["account_id"])
    friday = friday_of(reports["report_date"].to_numpy().astype("datetime64[D]"))
    w = np.searchsorted(weeks, friday)
    w = np.where(friday < weeks[:1], -1, w) if shape[0] else np.full(len(friday), shape[0])
    new = np.nan_to_num(reports["new_key_contacts"].to_numpy(dtype=float, na_value=np.nan))
    inside = (n >= 0) & (w >= 0) & (w < shape[0])
    np.add.at(contacts, (w[inside], n[inside]), new[inside])

    scores = reports[list(SPICED)].to_numpy(dtype=float, na_value=np.nan)
    scored = np.flatnonzero(~np.isnan(scores).all(axis=1) & (n >= 0) & (w < shape[0]))
    order = reports.iloc[scored].sort_values(["report_date", "report_id"], kind="stable").index
    rows = scored[reports.index[scored].get_indexer(order)]
    rows = rows[np.lexsort((friday[rows], n[rows]))]
    last = np.ones(len(rows), dtype=bool)  # the last scored report of its account and week
    last[:-1] = (n[rows[1:]] != n[rows[:-1]]) | (friday[rows[1:]] != friday[rows[:-1]])
    rows = rows[last]
    total = np.nansum(scores[rows], axis=1)
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = n[rows[1:]] == n[rows[:-1]]
    known = np.flatnonzero(follows & (w[rows] >= 0))
    gain[w[rows[known]], n[rows[known]]] = total[known] - total[known - 1]
    return gain, contacts


def progress(
    stage: NDArray[np.float64],
    has_row: NDArray[np.bool_],
    spiced_gain: NDArray[np.float64],
    new_contacts: NDArray[np.float64],
    given: NDArray[np.float64],
    parameters: DemotionParameters,
) -> NDArray[np.float64]:
    """Progress of every weekly row, (W, N): 1 yes, 0 no, NaN cannot be told or no row that week.

    `stage` is each row's own decision stage (1-6; not carried forward), `given` the row's progress (1, 0,
    NaN), which wins. All (W, N), weeks ascending without gaps; `new_contacts` is NaN without any report.

    Examples
    --------
    >>> stage = np.array([[2.0], [2.0], [3.0], [np.nan]])
    >>> blank, rows = np.full((4, 1), np.nan), np.ones((4, 1), dtype=bool)
    >>> progress(stage, rows, blank, np.zeros((4, 1)), blank, DemotionParameters()).ravel().tolist()
    [nan, 0.0, 1.0, nan]
    """
    stage = np.where(has_row, stage, np.nan)
    rise = np.full(stage.shape, np.nan)
    rise[1:] = stage[1:] - stage[:-1]
    sign = (rise > 0) | at_least(spiced_gain, parameters.min_spiced_gain) | at_least(new_contacts, 1)
    told = np.where(sign, 1.0, np.where(np.isnan(rise) | np.isnan(new_contacts), np.nan, 0.0))
    return np.where(has_row, np.where(np.isnan(given), told, given), np.nan)


def stall_step(
    count: ArrayLike, gap: ArrayLike, has_row: ArrayLike, progress: ArrayLike, max_missing_weeks: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One week of the count: (weeks without progress, missing weeks in a row) after it. Shapes broadcast.

    `count` and `gap` are those of the week before; `gap` starts at NOT_STARTED (-1) and stays there until
    the first row. `progress`: 1, 0 or NaN (cannot be told; looked at only where there is a row).

    Examples
    --------
    >>> count, gap = 0, 0
    >>> for has_row in (True, False, False, False):
    ...     count, gap = stall_step(count, gap, has_row, 0.0)
    ...     print(int(count), int(gap))
    1 0
    1 1
    2 2
    3 3
    """
    count, gap, moved = np.asarray(count), np.asarray(gap), np.asarray(progress, dtype=float)
    gap = np.where(has_row, 0, np.where(gap < 0, gap, gap + 1))
    counts = np.where(has_row, moved == 0, gap > max_missing_weeks)
    return np.where(np.logical_and(has_row, moved == 1), 0, count + counts), gap


def weeks_without_progress(
    has_row: NDArray[np.bool_], progress: NDArray[np.float64], max_missing_weeks: int = 1
) -> NDArray[np.int64]:
    """S3's count after every week, (W, N), for every tier; 0 before the first row.

    Examples
    --------
    >>> rows = np.array([[True], [False], [True], [True]])
    >>> weeks_without_progress(rows, np.array([[0.0], [np.nan], [0.0], [1.0]])).ravel().tolist()
    [1, 1, 2, 0]
    """
    out = np.zeros(has_row.shape, dtype=np.int64)
    count = np.zeros(has_row.shape[1], dtype=np.int64)
    gap = np.full(has_row.shape[1], NOT_STARTED, dtype=np.int64)
    for w in range(has_row.shape[0]):
        count, gap = stall_step(count, gap, has_row[w], progress[w], max_missing_weeks)
        out[w] = count
    return out


def stalled(criteria_tier: ArrayLike, count: ArrayLike, weeks: int) -> NDArray[np.bool_]:
    """True for B accounts (tier code by criteria) with at least `weeks` weeks without progress. Shapes
    broadcast.

    Examples
    --------
    >>> stalled([1, 1, 0, 2], [2, 1, 5, 5], 2).tolist()
    [True, False, False, False]
    """
    return (np.asarray(criteria_tier) == B) & (np.asarray(count) >= weeks)


def emerging_weight(
    rise: ArrayLike,
    value_index: ArrayLike,
    eligible: ArrayLike,
    new_with_progress: ArrayLike,
    parameters: EmergingParameters,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(emerging, weight) of accounts; the weight is 0 where not emerging. Shapes broadcast.

    `rise` of the win probability (0-1; NaN: not known), `eligible`: outside A and not demoted.

    Examples
    --------
    >>> eligible, new = [True, True, True, False], [False, True, False, True]
    >>> yes, weight = emerging_weight([0.2, -0.1, 0.05, 0.3], 50.0, eligible, new, EmergingParameters())
    >>> yes.tolist(), weight.tolist()
    ([True, True, False, False], [10.0, 0.5, 0.0, 0.0])
    """
    rose = at_least(rise, parameters.min_rise)
    yes = np.asarray(eligible) & (rose | np.asarray(new_with_progress))
    least = np.fmax(np.asarray(rise, dtype=float), parameters.min_weight_rise)
    return yes, np.where(yes, least * np.nan_to_num(np.asarray(value_index, dtype=float)), 0.0)


def emerging(
    grid: Grid, outcome: Tiered, accounts: pd.DataFrame, parameters: EmergingParameters, week: int = -1
) -> pd.DataFrame:
    """The emerging accounts of one Friday by id: account_id, rise, weight, kind ("rise", or "new" where
    only that).

    Grid: win_probability, value_index (carried forward), has_row, progress (of `progress()`), all (W, N).
    `accounts`: account_id, opened_on. `rise` is in win probability (0-1).
    """
    w = range(grid.shape[0])[week]
    p, has_row = grid["win_probability"], grid["has_row"][: w + 1]
    first = np.argmax(has_row, axis=0)
    reference = p[first, np.arange(grid.shape[1])]
    if w >= parameters.lookback_weeks:
        older = p[w - parameters.lookback_weeks]
        reference = np.where(np.isnan(older), reference, older)
    rise = p[w] - reference
    opened = accounts.set_index("account_id")["opened_on"].reindex(grid.accounts).to_numpy()
    age = (grid.weeks[w] - opened.astype("datetime64[D]")) / np.timedelta64(1, "D")
    new = at_least(age, 0) & at_most(age, parameters.max_age_days) & (grid["progress"][w] == 1) & has_row[w]
    eligible = ~np.isin(outcome.tier[w], (A, NOT_ACTIVE)) & ~outcome.demoted[w] & ~outcome.lowered[w]
    yes, weight = emerging_weight(rise, grid["value_index"][w], eligible, new, parameters)
    on = np.flatnonzero(yes)
    rose = at_least(rise[on], parameters.min_rise)
    kind = np.where(rose, "rise", "new")
    frame = {"account_id": grid.accounts[on], "rise": rise[on], "weight": weight[on], "kind": kind}
    return pd.DataFrame(frame).astype({"account_id": "str", "kind": "str"})
