"""Replay: what earlier Fridays would have looked like under other parameters, a pure function of the log.

Every Friday is tiered again (S1-S3) and the resource is divided again (S6) from the recorded weeks. Nothing that
happened changes: not what was reported, not what was won. So each account-week of a comparison carries a tag:

exact  up to and with the Friday of the account's first divergence: tier, demotion and planned resource are what the
       rules would have said, since until then the account was treated the same
label  after it: what the rules say of weeks that another allocation would have changed

Divergence: what is planned for an account differs by more than `whatif.divergence` of the base's plan; from nothing to
something is one. Wins, value and later progress under another allocation are not identified, and never shown.

Moved resource of a Friday: half the sum of all differences, the reserve and what the whole grows or shrinks by among
them, over the base's whole. Weeks that one side does not know are left out; they have no plan to depart from. Ties end
by account id; a share of nothing is NaN.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import above
from toolkit.base.tiers import LETTERS, NOT_ACTIVE, letters
from toolkit.parameters import Parameters
from toolkit.whatif.log import Log, Replay, under

EXACT: Final = "exact"
LABEL: Final = "label"
NOT_IDENTIFIED: Final = ("wins", "won_amount", "progress")

__all__ = ["EXACT", "LABEL", "NOT_IDENTIFIED", "Comparison", "Replay", "compare", "replay"]


def replay(log: Log, parameters: Parameters) -> Replay:
    """Every Friday of the log under these parameters; under the factual ones, the log itself.

    Raises InputError where limits of S6 cannot all hold on a Friday.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> from toolkit.whatif.log import log_of
    >>> log = log_of(load("sample_data"), "2026-11-20", Parameters())
    >>> bool((replay(log, Parameters()).tier == log.published.tier).all())
    True
    """
    return under(log, parameters)


@dataclass(frozen=True)
class Comparison:
    """Two replays of one log beside each other; frames are made when they are asked for.

    `active` (W, N): the account-weeks compared; `label` (W, N): those after the account's first divergence;
    `moved_share` (W,): the part of the resource that goes elsewhere, 0-1, NaN where a week is not known.
    """

    base: Replay
    other: Replay
    active: NDArray[np.bool_]
    label: NDArray[np.bool_]
    moved_share: NDArray[np.float64]

    @property
    def not_identified(self) -> tuple[str, ...]:
        """Codes of what no replay can tell."""
        return NOT_IDENTIFIED

    @cached_property
    def exact_share(self) -> float:
        """The share of account-weeks that is exact; NaN without any."""
        count = int(self.active.sum())
        return float((self.active & ~self.label).sum() / count) if count else float("nan")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every account-week: week_ending, account_id, base_tier, tier, base_share, share, tag."""
        week, account = np.nonzero(self.active)
        frame = self._tiers(week, account)
        frame.insert(0, "week_ending", self.base.weeks[week].astype("datetime64[us]"))
        return frame.assign(
            base_share=self.base.share[week, account],
            share=self.other.share[week, account],
            tag=self._tags(week, account),
        )

    @cached_property
    def migration(self) -> pd.DataFrame:
        """base_tier, tier, account_weeks, exact (how many of them): all nine pairs, by tier."""
        pair = self.base.tier[self.active].astype(np.int64) * len(LETTERS) + self.other.tier[self.active]
        size = len(LETTERS) ** 2
        exact = ~self.label[self.active]
        return pd.DataFrame(
            {
                "base_tier": np.repeat(LETTERS, len(LETTERS)),
                "tier": np.tile(LETTERS, len(LETTERS)),
                "account_weeks": np.bincount(pair, minlength=size),
                "exact": np.bincount(pair[exact], minlength=size),
            }
        ).astype({"base_tier": "str", "tier": "str"})

    @cached_property
    def movers(self) -> pd.DataFrame:
        """Whoever has another tier at some time, by account id.

        account_id, base_tier, tier (of the newest differing Friday), first_week, last_week (the first and the newest
        differing Friday), account_weeks (how many differ), tag (exact: all of them are).
        """
        differs = self.active & (self.base.tier != self.other.tier)
        account = np.flatnonzero(differs.any(axis=0))
        first = differs[:, account].argmax(axis=0)
        newest = len(differs) - 1 - differs[::-1, account].argmax(axis=0)
        return self._tiers(newest, account).assign(
            first_week=self.base.weeks[first].astype("datetime64[us]"),
            last_week=self.base.weeks[newest].astype("datetime64[us]"),
            account_weeks=differs[:, account].sum(axis=0),
            tag=self._tags(newest, account),
        )

    @cached_property
    def now(self) -> pd.DataFrame:
        """Every active account on the last Friday, movers and stayers: account_id, base_tier, tier, tag."""
        account = np.flatnonzero(self.active[-1])
        week = np.full(len(account), len(self.active) - 1)
        return self._tiers(week, account).assign(tag=self._tags(week, account))

    @cached_property
    def moved(self) -> pd.DataFrame:
        """week_ending, share: the part of the resource that goes elsewhere on each known Friday."""
        known = ~np.isnan(self.moved_share)
        weeks = self.base.weeks[known].astype("datetime64[us]")
        return pd.DataFrame({"week_ending": weeks, "share": self.moved_share[known]})

    def _tiers(self, week: NDArray[Any], account: NDArray[Any]) -> pd.DataFrame:
        frame = {
            "account_id": self.base.accounts[account],
            "base_tier": letters(self.base.tier[week, account]),
            "tier": letters(self.other.tier[week, account]),
        }
        return pd.DataFrame(frame).astype("str")

    def _tags(self, week: NDArray[Any], account: NDArray[Any]) -> pd.Series:
        return pd.Series(np.where(self.label[week, account], LABEL, EXACT), dtype="str")


def compare(base: Replay, other: Replay, divergence: float) -> Comparison:
    """Another replay beside a base, with the tag of each account-week (`whatif.divergence`: a fraction).

    Both are of one log: ValueError where weeks or accounts differ.

    Examples
    --------
    A1's plan grows by 10 % in the first week: that week is exact, the one after it is label.

    >>> weeks, ids = np.array(["2026-11-13", "2026-11-20"], "datetime64[D]"), np.array(["A1", "A2"], dtype=object)
    >>> def plan(share):
    ...     tier, no = np.zeros((2, 2), dtype=np.int8), np.zeros((2, 2), dtype=bool)
    ...     return Replay(weeks, ids, tier, np.array(share), np.zeros(2), 100.0, no, np.zeros((2, 2)), ~no[:, 0])
    >>> found = compare(plan([[0.2, 0.8], [0.5, 0.5]]), plan([[0.22, 0.78], [0.5, 0.5]]), 0.05)
    >>> found.rows["tag"].tolist(), found.exact_share, found.moved["share"].round(3).tolist()
    (['exact', 'exact', 'label', 'exact'], 0.75, [0.02, 0.0])
    """
    if not (np.array_equal(base.weeks, other.weeks) and np.array_equal(base.accounts, other.accounts)):
        raise ValueError("two replays of one log are compared; these differ in weeks or accounts")
    both = (base.known & other.known)[:, None]
    active = both & (base.tier != NOT_ACTIVE) & (other.tier != NOT_ACTIVE)
    scale = other.total / base.total if base.total else float(other.total > 0)
    planned = other.share * scale
    change = np.abs(planned - base.share)
    diverges = active & above(change, divergence * base.share)
    label = np.zeros(active.shape, dtype=bool)
    label[1:] = np.logical_or.accumulate(diverges, axis=0)[:-1]
    rest = np.abs(other.reserve * scale - base.reserve) + abs(scale - 1.0)
    moved = np.where(both[:, 0], (change.sum(axis=1) + rest) / 2, np.nan)
    return Comparison(base, other, active, label, moved)
