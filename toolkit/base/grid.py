"""The weekly grid: every Friday by every account, as aligned arrays that the array cores take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """Weeks by accounts. `weeks` (W,) datetime64[D], Fridays without gaps; `accounts` (N,) ids ascending;
    `values` name -> array of shape (W, N), or (N,) for what does not change.

    Examples
    --------
    >>> weeks = np.array(["2026-11-13", "2026-11-20"], dtype="datetime64[D]")
    >>> grid = Grid(weeks, np.array(["A1"]), {"win_probability": np.array([[0.5], [0.6]])})
    >>> grid["win_probability"][-1].tolist()
    [0.6]
    """

    weeks: NDArray[np.datetime64]
    accounts: NDArray[Any]
    values: Mapping[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.values[name]

    @property
    def shape(self) -> tuple[int, int]:
        """(number of weeks, number of accounts)."""
        return len(self.weeks), len(self.accounts)


def scatter(
    rows: pd.DataFrame,
    weeks: NDArray[np.datetime64],
    accounts: NDArray[Any],
    column: str,
    day: str = "week_ending",
) -> NDArray[Any]:
    """A column of long rows (day, account_id) as a (W, N) float array; NaN where there is no row.

    Rows of other weeks or accounts are left out; `weeks` and `accounts` are ascending.

    Examples
    --------
    >>> rows = pd.DataFrame({"week_ending": ["2026-11-20"], "account_id": ["A2"], "x": [3.0]})
    >>> scatter(rows, np.array(["2026-11-20"], "datetime64[D]"), np.array(["A1", "A2"]), "x").tolist()
    [[nan, 3.0]]
    """
    out = np.full((len(weeks), len(accounts)), np.nan)
    w = pd.Index(weeks.astype("datetime64[us]")).get_indexer(pd.to_datetime(rows[day]).astype("datetime64[us]"))
    n = pd.Index(accounts).get_indexer(rows["account_id"])
    inside = (w >= 0) & (n >= 0)
    out[w[inside], n[inside]] = rows[column].to_numpy(dtype=float, na_value=np.nan)[inside]
    return out


def weeks_since(has_row: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weeks since the newest row, (W, N): 0 with a row that week, NaN before the first row.

    Examples
    --------
    >>> weeks_since(np.array([[False], [True], [False], [False]])).ravel().tolist()
    [nan, 0.0, 1.0, 2.0]
    """
    week = np.arange(has_row.shape[0])[:, None]
    newest = np.maximum.accumulate(np.where(has_row, week, -1), axis=0)
    return np.where(newest >= 0, week - newest, np.nan)


def carry_forward(values: NDArray[Any], has_row: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each week's value of the newest row on or before it, (W, N); NaN before the first row.

    A blank cell in a row that exists stays blank: rows are carried forward, not cells.

    Examples
    --------
    >>> carry_forward(np.array([[1.0], [np.nan], [3.0]]), np.array([[True], [False], [True]])).ravel().tolist()
    [1.0, 1.0, 3.0]
    """
    age = weeks_since(has_row)
    known = ~np.isnan(age)
    week = np.arange(values.shape[0])[:, None] - np.where(known, age, 0).astype(int)
    return np.where(known, np.take_along_axis(values.astype(float), week, axis=0), np.nan)


def running_since(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the first week of each column's run of True that lasts to the last week; W where it is not on, (N,).

    Examples
    --------
    >>> running_since(np.array([[True, True], [False, True], [True, False]])).tolist()
    [2, 3]
    """
    week = np.arange(mask.shape[0])[:, None]
    return np.where(mask, -1, week).max(axis=0, initial=-1) + 1
