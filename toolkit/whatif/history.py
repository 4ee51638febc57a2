"""What the recorded weeks say to the forward model: each account, week by week, in the model's own quantities.

Units: log-odds for stated probabilities, an even share of the week for effort (everybody the same: 1 each), weeks,
people. Ties: none. A week's step goes from one Friday to the next: effort, progress and contacts are those of the
later Friday, stall and odds those of the earlier one.

Readings.
* Effort x of a week is an account's cost by the mean cost of the accounts that reported that week; a week without
  row (or in which nobody reported cost) repeats the last known one, none known counts 1. So does the week of closing,
  whose row never comes: a blank there would teach the model that effort keeps deals from closing.
* The stock R' = carry-over x R + x starts at its first x as if that had been so for long: x / (1 - carry-over).
* Contacts are the model's own count (key people reached by the first row, then 1 a week of progress, at most
  `max_contacts`), in the past as ahead: key people as recorded grow more slowly, and a close that was fitted to those
  would come far too often once contacts grow by the model's rule.
* Dropped accounts leave the record; being dropped is not a close.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from toolkit.base.grid import carry_forward
from toolkit.data.load import Data
from toolkit.method import decision_chain
from toolkit.method.tiering.margins import EDGE
from toolkit.parameters import Parameters
from toolkit.state.portfolio import Portfolio

WON: Final = 1
LOST: Final = -1
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class History:
    """Weeks by accounts, (W, N) unless said.

    `active` on that Friday; `stated` log-odds of the week's own row (NaN: none); `effort` the stock R after the week
    (NaN: before the first row); `progress` 1, 0, NaN (cannot be told); `stall` weeks without progress after the week;
    `contacts` of `reached`; `closed` 1 won, -1 lost, in the week that ends on that Friday.
    """

    weeks: NDArray[np.datetime64]
    accounts: NDArray[Any]
    active: NDArray[np.bool_]
    stated: NDArray[np.float64]
    effort: NDArray[np.float64]
    progress: NDArray[np.float64]
    stall: NDArray[np.int64]
    contacts: NDArray[np.float64]
    closed: NDArray[np.int8]

    @property
    def shape(self) -> tuple[int, int]:
        """(number of weeks, number of accounts)."""
        return len(self.weeks), len(self.accounts)


def history_of(portfolio: Portfolio, data: Data, parameters: Parameters) -> History:
    """The history of a portfolio as known on its last Friday; `data` must be `data.at(that Friday)`."""
    grid, tiers = portfolio.grid, portfolio.tiers
    active, has_row = grid["active"], grid["has_row"]
    effort = efforts(grid["resource_cost"], has_row & active)
    return History(
        weeks=grid.weeks,
        accounts=grid.accounts,
        active=active,
        stated=np.where(has_row & active, log_odds(grid["win_probability"]), np.nan),
        effort=stock(effort, has_row, parameters.dynamics.carry_over),
        progress=np.where(active, grid["progress"], np.nan),
        stall=tiers.weeks_without_progress,
        contacts=reached(
            key_people(data, grid.weeks, grid.accounts), grid["progress"], has_row, parameters.dynamics.max_contacts
        ),
        closed=closed_by_week(data.accounts, grid.weeks, grid.accounts),
    )


def log_odds(win_probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of a stated probability, held .005 away from 0 and 1 (as the margins of S1 are); NaN stays NaN."""
    return np.asarray(logit(np.clip(win_probability, EDGE, 1 - EDGE)))


def efforts(cost: NDArray[np.float64], reported: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each week's effort in even shares, (W, N); NaN where not reported, or where nobody reported cost.

    Examples
    --------
    >>> efforts(np.array([[300.0, 100.0, 0.0]]), np.array([[True, True, False]])).tolist()
    [[1.5, 0.5, nan]]
    """
    counted = np.where(reported, cost, 0.0)
    total, n = counted.sum(axis=1, keepdims=True), reported.sum(axis=1, keepdims=True)
    told = reported & (total > 0)
    return np.divide(counted * n, np.broadcast_to(total, cost.shape), out=np.full(cost.shape, np.nan), where=told)


def stock(effort: NDArray[np.float64], has_row: NDArray[np.bool_], carry_over: float) -> NDArray[np.float64]:
    """The stock of effort after every week, (W, N); NaN before the first row. `effort` as of `efforts`.

    Examples
    --------
    >>> stock(np.array([[1.0], [2.0], [np.nan]]), np.array([[True], [True], [False]]), 0.5).ravel().tolist()
    [2.0, 3.0, 3.5]
    """
    known = carry_forward(effort, ~np.isnan(effort))
    known = np.where(np.isnan(known), 1.0, known)
    seen = np.logical_or.accumulate(has_row, axis=0)
    out = np.full(effort.shape, np.nan)
    now = known[0] / (1 - carry_over) if len(known) else np.zeros(effort.shape[1])
    for w in range(len(known)):
        first = seen[w] & ~(seen[w - 1] if w else np.zeros_like(seen[w]))
        now = np.where(first, known[w] / (1 - carry_over), carry_over * now + known[w])
        out[w] = np.where(seen[w], now, np.nan)
    return out


def key_people(data: Data, weeks: NDArray[np.datetime64], accounts: NDArray[Any]) -> NDArray[np.float64]:
    """Key people reached by every Friday, (W, N); 0 where none is on file."""
    people = data.decision_makers
    key = people[people["is_key"].fillna(False).astype(bool)]
    on_file = key.groupby("account_id").size().reindex(accounts).fillna(0).to_numpy(dtype=float)
    share = decision_chain.coverage(people, data.contacts, weeks, accounts)
    return np.rint(np.nan_to_num(share) * on_file)


def reached(
    people: NDArray[np.float64], progress: NDArray[np.float64], has_row: NDArray[np.bool_], most: int
) -> NDArray[np.float64]:
    """Contacts as the model counts them, (W, N): the key people reached by the first row, then 1 a week of progress.

    A week whose progress cannot be told counts the mean of those that can.

    Examples
    --------
    >>> rows = np.array([[False], [True], [True], [True]])
    >>> people, progress = np.array([[1.0], [2.0], [2.0], [5.0]]), np.array([[np.nan], [1.0], [0.0], [1.0]])
    >>> reached(people, progress, rows, 6).ravel().tolist()
    [1.0, 2.0, 2.0, 3.0]
    """
    seen = np.logical_or.accumulate(has_row, axis=0)
    before = np.zeros_like(seen)
    before[1:] = seen[:-1]
    first = np.take_along_axis(people, has_row.argmax(axis=0)[None, :], axis=0)
    told = ~np.isnan(progress)
    mean = progress[told].mean() if told.any() else 0.0
    since = np.cumsum(np.where(before, np.where(told, progress, mean), 0.0), axis=0)
    return np.minimum(np.where(seen, first + since, people), most)


def closed_by_week(accounts: pd.DataFrame, weeks: NDArray[np.datetime64], ids: NDArray[Any]) -> NDArray[np.int8]:
    """1 in the week (Saturday to Friday) in which an account was won, -1 lost, else 0: (W, N)."""
    book = accounts.set_index("account_id").reindex(ids)
    day = book["closed_on"].to_numpy().astype("datetime64[D]")
    result = book["status"].map({"won": WON, "lost": LOST}).fillna(0).to_numpy(dtype=np.int8)
    inside = (day[None, :] > weeks[:, None] - _WEEK) & (day[None, :] <= weeks[:, None])
    return np.where(inside, result, np.int8(0))
