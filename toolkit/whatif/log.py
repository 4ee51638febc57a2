"""The log: what the rules take over all recorded weeks, and what was published of them.

Replay is a pure function of it. Published is, of every Friday, the tier of each active account and its planned share
of a discretionary resource (S6, before rounding, the emerging part included), and what stayed in reserve.

A log comes from the data (`log_of`: what the reviews of all those Fridays give under some parameters) or from the
folders that earlier reviews wrote (`read_log`); Fridays without such a folder stay unpublished and are named.

Units: shares are fractions of the whole resource. Missing values, ties and readings: as in S1-S3 and S6, whose array
cores are called here over all weeks at once. Where settings of the scores change, the grid is computed again from the
data of the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import at_least, at_most
from toolkit.base.errors import InputError
from toolkit.base.grid import Grid
from toolkit.base.tiers import NOT_ACTIVE, A
from toolkit.base.weeks import last_friday
from toolkit.data.load import Data
from toolkit.language import say
from toolkit.method import allocation, demotion
from toolkit.parameters import Parameters
from toolkit.state.portfolio import Portfolio, Scored, build_portfolio, build_scored, scored_with
from toolkit.whatif.published import Run, read_run

_DATES: Final = "datetime64[D]"

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Replay:
    """What the rules publish on every Friday, arrays by week and account.

    `tier` (W, N) codes, NOT_ACTIVE where not active; `share` (W, N) of the resource; `reserve` (W,); `total`, the
    first resource's weekly total; `demoted` (W, N), S3; `emerging` (W, N), the part of `share` that S3 released;
    `known` (W,), the Fridays that it tells of: on the others tiers are NOT_ACTIVE and shares 0.
    """

    weeks: NDArray[np.datetime64]
    accounts: NDArray[Any]
    tier: NDArray[np.int8]
    share: Floats
    reserve: Floats
    total: float
    demoted: Bools
    emerging: Floats
    known: Bools


@dataclass(frozen=True)
class Log:
    """The recorded weeks up to `friday`, and what was published of them.

    `scored`: the grid that the rules take, with scores by the settings `scored_by` (of `scored_with`); `opened` (N,):
    the day each account was opened; `data`: what was known on the Friday, the decisions of S2 among it.
    """

    data: Data
    friday: np.datetime64
    scored: Scored
    scored_by: tuple[Any, ...]
    opened: NDArray[np.datetime64]
    published: Replay

    @property
    def grid(self) -> Grid:
        """Every Friday by every account: what S1-S3 take."""
        return self.scored.grid

    @property
    def unpublished(self) -> tuple[str, ...]:
        """The recorded Fridays of which nothing was published, such as "2026-11-20"."""
        return tuple(self.grid.weeks[~self.published.known].astype(str).tolist())


def log_of(data: Data, friday: Any, parameters: Parameters, *, language: str = "zh") -> Log:
    """The log of all Fridays up to the last one on or before `friday`, published under `parameters`.

    `data` may hold later rows; they are out of sight. Raises InputError without a weekly row by then, or where limits
    of S6 cannot all hold.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> log = log_of(load("sample_data"), "2026-11-20", Parameters())
    >>> log.published.tier.shape == log.grid.shape, log.unpublished
    (True, ())
    """
    log = _recorded(data, last_friday(friday), parameters, language)
    return replace(log, published=under(log, parameters))


def _recorded(data: Data, friday: np.datetime64, parameters: Parameters, language: str) -> Log:
    """The log before anything is published."""
    known = data.at(friday)
    if not len(known.account_weeks):
        raise InputError(say("review.no_week", language, friday=str(friday), path=data.source.path))
    scored = build_scored(known, friday, parameters)
    opened = known.accounts.set_index("account_id")["opened_on"].reindex(scored.grid.accounts)
    blank = _unknown(scored.grid, parameters.resources[0].weekly_total)
    return Log(known, friday, scored, scored_with(parameters), opened.to_numpy().astype(_DATES), blank)


def _unknown(grid: Grid, total: float) -> Replay:
    none, zero = np.zeros(grid.shape, dtype=bool), np.zeros(grid.shape)
    tier = np.full(grid.shape, NOT_ACTIVE, dtype=np.int8)
    reserve, known = np.zeros(len(grid.weeks)), np.zeros(len(grid.weeks), dtype=bool)
    return Replay(grid.weeks, grid.accounts, tier, zero, reserve, total, none, zero.copy(), known)


def rescored(log: Log, parameters: Parameters) -> Log:
    """The log with scores by these parameters; itself where they leave the scores as they are.

    Whoever replays many settings on top of other scores calls it once.
    """
    by = scored_with(parameters)
    if by == log.scored_by:
        return log
    return replace(log, scored=build_scored(log.data, log.friday, parameters), scored_by=by)


def under(log: Log, parameters: Parameters) -> Replay:
    """What the rules publish on every Friday of the log under these parameters: S1-S3, then S6."""
    log = rescored(log, parameters)
    portfolio = build_portfolio(log.data, log.friday, parameters, log.scored)
    return divided(portfolio, log.opened, parameters)


def divided(portfolio: Portfolio, opened: NDArray[np.datetime64], parameters: Parameters) -> Replay:
    """S6 of every Friday at once: the shares that the tiers of a portfolio give. `opened` (N,) days."""
    grid, tiers, p = portfolio.grid, portfolio.tiers, parameters.allocation
    outside = (tiers.tier != A) & (tiers.tier != NOT_ACTIVE) & ~tiers.demoted & ~tiers.lowered
    new = _new_with_progress(grid, opened, parameters.emerging)
    rise = _rises(grid, parameters.emerging.lookback_weeks)
    _, claim = demotion.emerging_weight(rise, grid["value_index"], outside, new, parameters.emerging)
    weight = allocation.weights(grid["value_index"], grid["win_probability"], p.inside)
    division = allocation.divide(tiers.tier, weight, tiers.demoted, claim, p, grid.accounts)
    reserve = division.reserve_a + division.reserve_b + max(1.0 - p.share_a - p.share_b, 0.0)
    return Replay(
        weeks=grid.weeks,
        accounts=grid.accounts,
        tier=tiers.tier,
        share=division.tier + division.emerging,
        reserve=reserve,
        total=parameters.resources[0].weekly_total,
        demoted=tiers.demoted,
        emerging=division.emerging,
        known=np.ones(len(grid.weeks), dtype=bool),
    )


def _rises(grid: Grid, lookback: int) -> Floats:
    """S3's rise of the win probability on every Friday, (W, N): against the newest row that old, else the first."""
    p = grid["win_probability"]
    first = p[np.argmax(grid["has_row"], axis=0), np.arange(grid.shape[1])]
    reference = np.broadcast_to(first, p.shape).copy()
    older = p[:-lookback]
    reference[lookback:] = np.where(np.isnan(older), reference[lookback:], older)
    return p - reference


def _new_with_progress(grid: Grid, opened: NDArray[np.datetime64], parameters: demotion.EmergingParameters) -> Bools:
    """S3's young accounts with progress in the Friday's own row, (W, N)."""
    age = (grid.weeks[:, None] - opened) / np.timedelta64(1, "D")
    young = at_least(age, 0) & at_most(age, parameters.max_age_days)
    return np.asarray(young & (grid["progress"] == 1) & grid["has_row"])


def read_log(folders: Iterable[str | Path], data: Data, parameters: Parameters, *, language: str = "zh") -> Log:
    """The log of what earlier reviews published: the folders that `kat review` wrote, in any order.

    Of each are read run.json (its Friday), tables/tiers.csv and tables/allocation.csv (the first resource of
    `parameters`; pools of an account are added up). The recorded weeks reach to the newest of their Fridays.
    `parameters` score the grid that is replayed; what was published under stays as it was published. Which accounts S3
    had demoted and which shares were emerging is read from the tables, too.

    Raises InputError, in `language`, for a folder that is no review, a table or cell that is not as the review writes
    it, an account or Friday that the data do not know, or two folders of one Friday.
    """
    resource = parameters.resources[0]
    runs = [read_run(Path(folder), resource.name, language) for folder in folders]
    if not runs:
        raise InputError(say("replay.no_folder", language))
    seen: dict[np.datetime64, Run] = {}
    for run in runs:
        if run.friday in seen:
            words = {"friday": str(run.friday), "one": seen[run.friday].folder, "other": run.folder}
            raise InputError(say("replay.friday_twice", language, **words))
        seen[run.friday] = run
    log = _recorded(data, max(seen), parameters, language)
    for friday in sorted(seen):
        _enter(log, seen[friday], language)
    return log


def _enter(log: Log, run: Run, language: str) -> None:
    """Write one published Friday into the log that is being read."""
    grid, out = log.grid, log.published
    found = np.flatnonzero(grid.weeks == run.friday)
    if not len(found):
        raise InputError(say("replay.unknown_friday", language, folder=run.folder, friday=str(run.friday)))
    week, index = int(found[0]), pd.Index(grid.accounts)
    place = index.get_indexer(run.tiers["account_id"])
    paid = index.get_indexer(run.shares["account_id"])
    for table, frame, at in (("tiers", run.tiers, place), ("allocation", run.shares, paid)):
        if (at < 0).any():
            row = int(np.flatnonzero(at < 0)[0])
            words = {"file": run.file(table), "row": int(frame["row"].iloc[row])}
            raise InputError(say("replay.unknown_account", language, **words, account=frame["account_id"].iloc[row]))
    out.known[week] = True
    out.tier[week, place] = run.tiers["tier"].to_numpy()
    out.demoted[week, place] = run.tiers["demoted"].to_numpy()
    np.add.at(out.share[week], paid, run.shares["share"].to_numpy())
    new = run.shares["pool"].to_numpy() == "emerging"
    np.add.at(out.emerging[week], paid[new], run.shares["share"].to_numpy()[new])
    out.reserve[week] = run.reserve
