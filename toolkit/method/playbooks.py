"""E1 Playbooks: the newest version of each, whether it is overdue, what fed it, and wins before and after.

A version is due again `handbook_days` (quarterly), `visit_days` (monthly) or `sand_table_days` (weekly) after it; it is
overdue from the day after that. A request guide has no date: it is overdue once E4's or F4's parameters changed after
it (`changed_on`), from that day on.

A drill or loss review that names a version fed the next one. Wins of a version: of the accounts of the playbook's
industry that were won or lost from its day up to the day before the next version, the share won, with Wilson's interval
at `interval`. They are observed, never a proof: much else changed as well.

Units: days, deals, fractions. Versions are texts: the newest is the one updated last. Ties: of one day by version, of
one version the later. Missing values: a playbook without an industry has no wins; a share of no deals is NaN.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, GOOD
from toolkit.base.weeks import Day, day
from toolkit.base.wilson import wilson

KINDS: Final = ("industry_handbook", "visit_sand_table", "request_guide", "industry_sand_table")
REGISTER: Final = (
    "playbook_id", "version", "kind", "title", "industry_id", "owner_id", "updated_on", "due_on", "days_overdue",
    "state", "code",
)  # fmt: skip
VERSIONS: Final = (
    "playbook_id", "version", "since", "until", "drills", "loss_reviews", "fed_by", "won", "closed", "share", "low",
    "high",
)  # fmt: skip

_FEEDS: Final = ("drill", "loss_review")


class PlaybookParameters(Slice):
    """How often each kind is renewed, and what it looks back on (path `playbooks`)."""

    handbook_days: int = setting(92, unit="days", rule="E1", ge=1, le=732)
    visit_days: int = setting(31, unit="days", rule="E1", ge=1, le=366)
    sand_table_days: int = setting(7, unit="days", rule="E1", ge=1, le=92)
    look_back_weeks: int = setting(26, unit="weeks", rule="E1", ge=1, le=156)
    interval: float = setting(0.90, unit="fraction", rule="E1", gt=0, lt=1)


def register(
    playbooks: pd.DataFrame, changed_on: np.datetime64, as_of: Day, parameters: PlaybookParameters
) -> pd.DataFrame:
    """The newest version of every playbook: REGISTER, the longest overdue first.

    changed_on  since when E4's and F4's parameters hold as they are; NaT: they never changed
    code        current, overdue, changed (a request guide older than the parameters)

    Examples
    --------
    >>> books = pd.DataFrame({"playbook_id": ["W1"], "version": ["1"], "kind": ["visit_sand_table"], "title": ["x"],
    ...     "industry_id": ["I1"], "owner_id": ["R1"], "updated_on": pd.to_datetime(["2026-10-20"])})
    >>> never = np.datetime64("NaT", "D")
    >>> register(books, never, "2026-11-20", PlaybookParameters())["code"].tolist()
    ['current']
    >>> register(books, never, "2026-11-21", PlaybookParameters())["days_overdue"].tolist()
    [1]
    """
    today = pd.Timestamp(day(as_of))
    known = playbooks[playbooks["updated_on"] <= today].sort_values(["playbook_id", "updated_on", "version"])
    rows = known.drop_duplicates("playbook_id", keep="last").reset_index(drop=True)
    p = parameters
    lasts = {KINDS[0]: p.handbook_days, KINDS[1]: p.visit_days, KINDS[3]: p.sand_table_days}
    due = rows["updated_on"] + pd.to_timedelta(rows["kind"].map(lasts).astype(float), unit="D")
    changed = pd.Timestamp(changed_on)
    guide = (rows["kind"] == KINDS[2]) & (rows["updated_on"] < changed) & (changed <= today)
    due = due.where(~guide, changed - pd.Timedelta(days=1))
    late = (today - due).dt.days.clip(lower=0).fillna(0).astype("int64")
    code = np.select([guide, late > 0], ["changed", "overdue"], "current")
    rows = rows.assign(due_on=due.astype("datetime64[us]"), days_overdue=late, code=code)
    rows["state"] = np.where(rows["code"] == "current", GOOD, BREACH)
    rows = rows.sort_values(["days_overdue", "playbook_id"], ascending=[False, True], ignore_index=True)
    return rows[list(REGISTER)].astype({"state": "str", "code": "str"})


def versions(
    playbooks: pd.DataFrame,
    sessions: pd.DataFrame,
    accounts: pd.DataFrame,
    as_of: Day,
    parameters: PlaybookParameters,
) -> pd.DataFrame:
    """Every version, what fed it and the deals of its time: VERSIONS, by playbook and version.

    until     NaT while the version holds
    fed_by    ids of the drills and loss reviews that fed it, joined by ";", the first held first
    sessions  the contract's; drills and loss reviews with playbook_id and playbook_version
    accounts  the contract's; won and lost ones with a day of closing
    """
    today = pd.Timestamp(day(as_of))
    known = playbooks[playbooks["updated_on"] <= today].sort_values(["playbook_id", "updated_on", "version"])
    known = known.drop_duplicates(["playbook_id", "version"], keep="last")
    named = sessions[(sessions["held_at"] < today + pd.Timedelta(days=1)) & sessions["kind"].isin(_FEEDS)]
    named = named.sort_values(["held_at", "session_id"])
    fed = dict(tuple(named.groupby(["playbook_id", "playbook_version"])))
    closed = accounts[accounts["status"].isin(["won", "lost"]) & (accounts["closed_on"] <= today)]
    rows: list[tuple[Any, ...]] = []
    for playbook, mine in known.groupby("playbook_id", sort=True):
        since, numbers = mine["updated_on"].tolist(), mine["version"].tolist()
        industry = mine["industry_id"].iloc[-1]
        for n, number in enumerate(numbers):
            until = since[n + 1] if n + 1 < len(since) else pd.NaT
            before = numbers[n - 1] if n else ""
            mine_of = fed.get((playbook, before), named.iloc[:0])
            counts = [int((mine_of["kind"] == kind).sum()) for kind in _FEEDS]
            deals = closed[(closed["industry_id"] == industry) & (closed["closed_on"] >= since[n])]
            deals = deals if pd.isna(until) else deals[deals["closed_on"] < until]
            told = ";".join(mine_of["session_id"])
            won = int((deals["status"] == "won").sum())
            rows.append((playbook, number, since[n], until, *counts, told, won, len(deals)))
    frame = pd.DataFrame(rows, columns=list(VERSIONS[:9]))
    frame["share"] = frame["won"] / frame["closed"].where(frame["closed"] > 0).astype(float)
    frame["low"], frame["high"] = wilson(frame["won"], frame["closed"], parameters.interval)
    dates = dict.fromkeys(("since", "until"), "datetime64[us]")
    counts_of = dict.fromkeys(("drills", "loss_reviews", "won", "closed"), "int64")
    return frame.astype(dates | counts_of | {"playbook_id": "str", "version": "str", "fed_by": "str", "share": float})
