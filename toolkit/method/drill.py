"""E2 Monday drill and E3 Thursday review: which account is drilled, and which weeks had both.

Drawn is one of the active A and B accounts that were not drilled within the last `exclusion_weeks` weeks (a drill 8
weeks ago to the day still excludes), each with weight 1, and with `stalled_weight` where its chain stands still. The
draw is a race of keyed hashes: of -ln(u) / weight, u in (0, 1] from the hash of Monday and account, the least wins, so
that neither order nor other accounts' being there changes an account's own time.

A week's drill is due on its Monday, its three-prism review on its Thursday; a review is concluded once all three
conclusions are written. Units: weeks, days. Ties: by account id. Missing values: without any session on record no week
can be judged.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.keyed_draw import Salt, order_key
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day, friday_of

CANDIDATES: Final = ("account_id", "weight", "last_drilled_on", "excluded", "drawn")
PRACTICE: Final = ("week_ending", "kind", "session_id", "held_at", "state", "code")
CONCLUSIONS: Final = ("conclusion_customer", "conclusion_competitor", "conclusion_ourselves")
_DAY: Final = np.timedelta64(1, "D")


class DrillParameters(Slice):
    """Who can be drawn for the Monday drill, how many cards are dealt, how long it takes (path `drill`)."""

    exclusion_weeks: int = setting(8, unit="weeks", rule="E2", ge=0, le=52)
    stalled_weight: float = setting(3.0, unit="ratio", rule="E2", ge=1, le=100)
    cards: int = setting(6, unit="cards", rule="E2", ge=1, le=20)
    cards_of_a_kind: int = setting(2, unit="cards", rule="E2", ge=1, le=20)
    brief_minutes: int = setting(5, unit="minutes", rule="E2", ge=1, le=120)
    play_minutes: int = setting(20, unit="minutes", rule="E2", ge=1, le=120)
    debrief_minutes: int = setting(10, unit="minutes", rule="E2", ge=1, le=120)


def candidates(
    accounts: pd.DataFrame, sessions: pd.DataFrame, monday: Day, salt: Salt, parameters: DrillParameters
) -> pd.DataFrame:
    """Who can be drawn on a Monday, and who is: CANDIDATES, by account; nobody is drawn where all are excluded.

    accounts  account_id, stalled (bool): the active A and B accounts

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "stalled": [False]})
    >>> held = pd.DataFrame({"kind": ["drill"], "account_id": ["A1"], "held_at": pd.to_datetime(["2026-09-28 09:00"])})
    >>> salt = Salt.from_environment(7, {})
    >>> candidates(accounts, held, "2026-11-23", salt, DrillParameters())["drawn"].tolist()  # 56 days
    [False]
    >>> candidates(accounts, held, "2026-11-24", salt, DrillParameters())["drawn"].tolist()  # 57 days
    [True]
    """
    on = day(monday)
    drills = sessions[(sessions["kind"] == "drill") & (sessions["held_at"] < pd.Timestamp(on))]
    last = drills.groupby("account_id")["held_at"].max()
    rows = accounts.sort_values("account_id", ignore_index=True)
    held = last.reindex(rows["account_id"]).to_numpy().astype("datetime64[D]")
    excluded = (on - held) <= parameters.exclusion_weeks * 7 * _DAY
    weight = np.where(rows["stalled"].astype(bool), parameters.stalled_weight, 1.0)
    keys = order_key(salt, f"E2 {on}", rows["account_id"]).astype(float)
    time = -np.log((keys + 1.0) / 2.0**64) / weight
    drawn = np.zeros(len(rows), dtype=bool)
    free = np.flatnonzero(~excluded)
    if len(free):
        drawn[free[np.argmin(time[free])]] = True
    frame = rows[["account_id"]].assign(weight=weight, last_drilled_on=held, excluded=excluded, drawn=drawn)
    return frame.astype({"last_drilled_on": "datetime64[us]", "weight": float})[list(CANDIDATES)]


def practice_weeks(sessions: pd.DataFrame, fridays: NDArray[np.datetime64], as_of: Day) -> pd.DataFrame:
    """Every week's drill and three-prism review: PRACTICE, by week.

    code  held; unconcluded (a review without all three conclusions); missed (its day is over); due (it is not)
    """
    today = day(as_of)
    week = friday_of(sessions["held_at"].to_numpy().astype("datetime64[D]"))
    rows: list[tuple[Any, ...]] = []
    for friday in np.asarray(fridays, dtype="datetime64[D]"):
        for kind, before in (("drill", 4), ("three_prism", 1)):
            mine = sessions[(week == friday) & (sessions["kind"] == kind).to_numpy()]
            mine = mine[mine["held_at"] < pd.Timestamp(today + _DAY)].sort_values(["held_at", "session_id"])
            whole = mine[list(CONCLUSIONS)].notna().all(axis=1) if kind == "three_prism" else mine["held_at"].notna()
            if not len(sessions):
                rows.append((friday, kind, "", None, CANNOT_JUDGE, "no_sessions"))
            elif not len(mine):
                over = today >= friday - before * _DAY
                rows.append((friday, kind, "", None, *((BREACH, "missed") if over else (WARNING, "due"))))
            else:
                best = mine[whole].tail(1) if whole.any() else mine.tail(1)
                judged = (GOOD, "held") if whole.any() else (WARNING, "unconcluded")
                rows.append((friday, kind, best["session_id"].item(), best["held_at"].item(), *judged))
    frame = pd.DataFrame(rows, columns=list(PRACTICE))
    texts = dict.fromkeys(("kind", "session_id", "state", "code"), "str")
    return frame.astype(texts | dict.fromkeys(("week_ending", "held_at"), "datetime64[us]"))
