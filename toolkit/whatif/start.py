"""Where the forward model starts: every active account on the last recorded Friday, and the accounts yet to open.

Odds and long-run odds are those of the filter (`toolkit.whatif.odds`): the newest stated log-odds, shrunk for report
noise by what the account's own weeks say, and mu, the account's level, shrunk to the team's.

Units: even shares for effort, log-odds, CNY, people, weeks, days. Ties: accounts by id, then arrivals by opening week.

Missing values. An account never stated is a C account to S1: it starts at the mean level of the team's C accounts;
with none, at the B line, which no C account with B's role is above. Scores that no row has given yet are the computed
ones. Amount: the newest contract amount of a row, else of the account, else the annual potential, else 0. No key
person on file: none reached. No row yet: no effort spent so far.

Arrivals. Each repeats an account that opened in the recorded weeks and was reported since, as its first row showed it,
drawn with replacement, in a week drawn evenly, by a generator keyed by `whatif.seed`: one list for all scenarios and
paths. As many come a week as opened a week, the first recorded week left out, which older ones would seem to open in.
None opened: none arrives. An arrival has had no effort yet, and is 0 days old on the Friday that opens its week.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.grid import running_since
from toolkit.base.tiers import A, C
from toolkit.data.load import Data
from toolkit.method.tiering.criteria import criteria_tier, effective_probability
from toolkit.parameters import Parameters
from toolkit.state.portfolio import Portfolio
from toolkit.whatif.history import History, history_of, log_odds
from toolkit.whatif.odds import Track, follow
from toolkit.whatif.simulate import Start

_DATES = "datetime64[D]"


def start_of(portfolio: Portfolio, data: Data, parameters: Parameters, *, arrivals: bool = True) -> Start:
    """The start of the forward model on the portfolio's last Friday; `data` must be `data.at(that Friday)`.

    `arrivals=False`: only the accounts active now. See the module.
    """
    history = history_of(portfolio, data, parameters)
    track = follow(history, parameters.dynamics)
    now = np.flatnonzero(portfolio.grid["active"][-1])
    last = np.full(len(now), len(history.weeks) - 1)
    newly, first, opens_in = _arrivals(history, data, parameters) if arrivals else _nobody()
    account, week = np.concatenate([now, newly]), np.concatenate([last, first])
    opens_in = np.concatenate([np.zeros(len(now), dtype=np.int64), opens_in])
    new = opens_in > 0

    grid, n0 = portfolio.grid, len(now)
    odds = track.odds[week, account]
    level = np.where(np.isnan(odds), _unstated_level(portfolio, track, parameters), track.mean_odds[account])
    effort = np.nan_to_num(history.effort[week, account])
    in_a, run_a = _at_the_line(portfolio, parameters)
    opened = data.accounts.set_index("account_id")["opened_on"].reindex(grid.accounts).to_numpy().astype(_DATES)
    age = (grid.weeks[-1] - opened[account]) / np.timedelta64(1, "D")
    return Start(
        accounts=np.array([*grid.accounts[now], *(f"+{k:02d}" for k in range(1, len(newly) + 1))], dtype=object),
        opens_in=opens_in,
        role=grid["role"][account],
        strategic_weight=_score(grid["strategic_weight"], portfolio.weight_parts, week, account),
        value_index=_score(grid["value_index"], portfolio.value_parts, week, account),
        amount=_amounts(data, grid.accounts)[account],
        odds=np.where(np.isnan(odds), level, odds),
        mean_odds=level,
        effort=np.where(new, 0.0, effort),
        stall=np.where(new, 0, history.stall[week, account]),
        contacts=history.contacts[week, account],
        past=np.where(new, np.nan, _past(grid["win_probability"], parameters.emerging.lookback_weeks)[:, account]),
        age_days=np.where(new, -7.0 * (opens_in - 1), age),
        even=n0,
        resource=parameters.resources[0].weekly_total,
        in_a=~new & in_a[account],
        run_a=np.where(new, 0, run_a[account]),
        friday=grid.weeks[-1],
    )


def _nobody() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    none = np.zeros(0, dtype=np.int64)
    return none, none, none


def _arrivals(
    history: History, data: Data, parameters: Parameters
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(account whose first row is repeated, week of that row, week ahead in which it opens), by opening week."""
    opened = data.accounts.set_index("account_id")["opened_on"].reindex(history.accounts).to_numpy().astype(_DATES)
    rows = ~np.isnan(history.stated)
    pool = np.flatnonzero((opened > history.weeks[0]) & (opened <= history.weeks[-1]) & rows.any(axis=0))
    if not len(pool):
        return _nobody()
    ahead = parameters.whatif.weeks
    count = round(len(pool) / (len(history.weeks) - 1) * ahead)
    rng = np.random.default_rng(parameters.whatif.seed)
    account = pool[rng.integers(len(pool), size=count)]
    opens_in = rng.integers(1, ahead + 1, size=count)
    order = np.argsort(opens_in, kind="stable")
    return account[order], rows.argmax(axis=0)[account[order]], opens_in[order]


def _unstated_level(portfolio: Portfolio, track: Track, parameters: Parameters) -> float:
    """Where an account stands of which no win probability is known."""
    stated = (portfolio.tiers.tier[-1] == C) & ~np.isnan(track.odds[-1])
    if stated.any():
        return float(track.mean_odds[stated].mean())
    return float(log_odds(np.array(parameters.tiers.b.min_win_probability)))


def _score(
    known: NDArray[np.float64], computed: pd.DataFrame, week: NDArray[np.int64], account: NDArray[np.int64]
) -> NDArray[np.float64]:
    here = known[week, account]
    return np.where(np.isnan(here), computed["score"].to_numpy(dtype=float)[account], here)


def _amounts(data: Data, accounts: NDArray[np.object_]) -> NDArray[np.float64]:
    """What a win is worth, by account (CNY): see the module; 0 where nothing is known."""
    rows = data.account_weeks.dropna(subset=["contract_amount"]).sort_values("week_ending")
    newest = rows.drop_duplicates("account_id", keep="last").set_index("account_id")["contract_amount"]
    book = data.accounts.set_index("account_id")
    amount = newest.reindex(accounts)
    for column in ("contract_amount", "annual_potential"):
        amount = amount.fillna(book[column].reindex(accounts))
    return amount.fillna(0.0).to_numpy(dtype=float)


def _past(stated: NDArray[np.float64], weeks: int) -> NDArray[np.float64]:
    """The probabilities of the `weeks` Fridays before the last one, the oldest first; NaN before the record."""
    before = stated[:-1][-weeks:]
    return np.concatenate([np.full((weeks - len(before), stated.shape[1]), np.nan), before])


def _at_the_line(portfolio: Portfolio, parameters: Parameters) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """(in A by S1, Fridays running on which A's criteria held), by account of the grid."""
    grid = portfolio.grid
    p = effective_probability(grid, parameters.tiers)
    meets = (criteria_tier(grid["role"], p, grid["strategic_weight"], parameters.tiers) == A) & grid["active"]
    return portfolio.tiers.criteria_tier[-1] == A, len(grid.weeks) - running_since(meets)
