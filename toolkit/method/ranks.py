"""F7 Ranks: bronze, silver, gold, king; each needs those below, and once reached it is kept.

Bronze: a B account's full cycle alone (one `b_cycle_alone`). Silver: `silver_wins` A accounts won within `silver_days`
days, first and last win at most so many days apart. Gold: `gold_tactics` reproducible tactics (`tactic_published`).
King: `king_silvers` reps whose mentor one is have reached silver. A rank is reached on the day on which the last of
what it and those below ask was there.

Wins count by the tier in force on the last Friday before the win, for the account's owner and for whoever has an
`a_won` on that account, once an account and person. Privileges: basic support; faster price approval; a seat in
strategy; a weighted profit share. They are told, not applied: who grants what decides a person.

Units: counts, days. Ties: wins and tactics of one day by id. Missing values: an `a_won` without an account, or on one
whose tier before the win is not known, is no evidence and does not count.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import Day, day

RANKS: Final = ("bronze", "silver", "gold", "king")
STANDING: Final = ("rep_id", "rank", "reached_on", "next_rank", "have", "needed")
EVIDENCE: Final = ("rep_id", "rank", "on", "kind", "evidence_id")
WINS: Final = ("rep_id", "account_id", "won_on")
_KINDS: Final = {"bronze": "b_cycle_alone", "silver": "a_won", "gold": "tactic_published", "king": "silver_developed"}


class RankParameters(Slice):
    """What the ranks ask (path `ranks`)."""

    silver_wins: int = setting(2, unit="A accounts", rule="F7", ge=1, le=50)
    silver_days: int = setting(365, unit="days", rule="F7", ge=1, le=3660)
    gold_tactics: int = setting(3, unit="tactics", rule="F7", ge=1, le=50)
    king_silvers: int = setting(2, unit="reps", rule="F7", ge=1, le=50)


def wins_of(won: pd.DataFrame, achievements: pd.DataFrame) -> pd.DataFrame:
    """Whose win an A account was, once a person and account: WINS.

    won  account_id, owner_id, closed_on, tier (before the win) of every account that was won
    """
    mine = won[won["tier"] == "A"]
    owners = mine.rename(columns={"owner_id": "rep_id", "closed_on": "won_on"})[list(WINS)]
    told = achievements[achievements["kind"] == "a_won"].merge(mine[["account_id", "closed_on"]], on="account_id")
    others = told.rename(columns={"closed_on": "won_on"})[list(WINS)]
    both = pd.concat([owners, others], ignore_index=True)
    both = both[both["rep_id"].notna() & (both["rep_id"] != "") & both["won_on"].notna()]
    both = both.drop_duplicates(["rep_id", "account_id"])
    return both.sort_values(["rep_id", "won_on", "account_id"], ignore_index=True)


def within(days: NDArray[np.datetime64], count: int, span: int) -> tuple[int, np.datetime64]:
    """The most of `days` (ascending) at most `span` days apart, and the day on which `count` of them first were (NaT).

    Examples
    --------
    >>> within(np.array(["2025-11-20", "2026-11-20"], dtype="datetime64[D]"), 2, 365)
    (2, np.datetime64('2026-11-20'))
    >>> within(np.array(["2025-11-20", "2026-11-21"], dtype="datetime64[D]"), 2, 365)[0]
    1
    """
    first = np.searchsorted(days, days - np.timedelta64(span, "D"), side="left")
    sizes = np.arange(1, len(days) + 1) - first
    full = np.flatnonzero(sizes >= count)
    return int(sizes.max(initial=0)), days[full[0]] if len(full) else np.datetime64("NaT", "D")


def evidence(reps: pd.DataFrame, wins: pd.DataFrame, achievements: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """What counts for bronze, silver and gold, known on the day: EVIDENCE, by rep, rank and day.

    evidence_id  the achievement's, for silver the account's
    """
    told = achievements[achievements["kind"].isin([_KINDS["bronze"], _KINDS["gold"]])]
    rank = told["kind"].map({kind: name for name, kind in _KINDS.items()})
    plain = pd.DataFrame(
        {"rep_id": told["rep_id"], "rank": rank, "on": told["achieved_on"], "kind": told["kind"],
         "evidence_id": told["achievement_id"]}
    )  # fmt: skip
    won = pd.DataFrame(
        {"rep_id": wins["rep_id"], "rank": "silver", "on": wins["won_on"], "kind": _KINDS["silver"],
         "evidence_id": wins["account_id"]}
    )  # fmt: skip
    both = pd.concat([part for part in (plain, won) if len(part)] or [plain], ignore_index=True)
    both = both[(both["on"] <= pd.Timestamp(day(as_of))) & both["rep_id"].isin(reps["rep_id"])]
    order = both["rank"].map({name: n for n, name in enumerate(RANKS)})
    both = both.assign(_o=order).sort_values(["rep_id", "_o", "on", "evidence_id"], ignore_index=True)
    return both[list(EVIDENCE)].astype(
        {"on": "datetime64[us]", **dict.fromkeys(("rep_id", "rank", "kind", "evidence_id"), "str")}
    )


def ranks(reps: pd.DataFrame, found: pd.DataFrame, as_of: Day, parameters: RankParameters) -> pd.DataFrame:
    """The rank of every rep who has not left: STANDING, by rep id.

    found  of `evidence`, of all reps, those who left as well
    rank, reached_on  empty and NaT below bronze; next_rank is empty for a king
    have, needed      of what the next rank itself asks (the ranks below it are there)

    Examples
    --------
    >>> reps = pd.DataFrame({"rep_id": ["R1"], "role": ["rep"], "left_on": pd.to_datetime([None]), "mentor_id": [""]})
    >>> cycle = pd.DataFrame({"rep_id": ["R1"], "rank": ["bronze"], "on": pd.to_datetime(["2026-06-25"])})
    >>> ranks(reps, cycle, "2026-11-20", RankParameters())[["rank", "next_rank", "have", "needed"]].values.tolist()
    [['bronze', 'silver', 0, 2]]
    """
    today = day(as_of)
    reached = {str(rep): _reached(found[found["rep_id"] == rep], parameters) for rep in reps["rep_id"]}
    _crown(reps, reached, today, parameters)
    here = reps[(reps["role"] == "rep") & ~(reps["left_on"] <= pd.Timestamp(today))].sort_values("rep_id")
    rows = []
    for rep in here["rep_id"]:
        mine = reached[str(rep)]
        held = [name for name in RANKS if not np.isnat(mine[name][1])]
        above = RANKS[len(held)] if len(held) < len(RANKS) else ""
        have, needed = (mine[above][0], _needed(above, parameters)) if above else (0, 0)
        rows.append((rep, held[-1] if held else "", mine[held[-1]][1] if held else None, above, have, needed))
    frame = pd.DataFrame(rows, columns=list(STANDING))
    texts = dict.fromkeys(("rep_id", "rank", "next_rank"), "str")
    return frame.astype(texts | {"reached_on": "datetime64[us]", "have": "int64", "needed": "int64"})


def _needed(rank: str, p: RankParameters) -> int:
    return {"bronze": 1, "silver": p.silver_wins, "gold": p.gold_tactics, "king": p.king_silvers}[rank]


def _reached(mine: pd.DataFrame, p: RankParameters) -> dict[str, tuple[int, np.datetime64]]:
    """Of one rep: how much each rank's own condition has, and since when the rank is held (NaT: not)."""
    out: dict[str, tuple[int, np.datetime64]] = {}
    since: Any = np.datetime64("0001-01-01", "D")
    for rank in RANKS[:-1]:
        days = np.sort(mine.loc[mine["rank"] == rank, "on"].to_numpy().astype("datetime64[D]"))
        if rank == "silver":
            have, on = within(days, p.silver_wins, p.silver_days)
        else:
            needed = _needed(rank, p)
            have, on = len(days), days[needed - 1] if len(days) >= needed else np.datetime64("NaT", "D")
        since = np.datetime64("NaT", "D") if np.isnat(on) or np.isnat(since) else max(since, on)
        out[rank] = (have, since)
    return out


def _crown(reps: pd.DataFrame, reached: dict[str, Any], today: np.datetime64, p: RankParameters) -> None:
    """Adds to every rep how many of theirs reached silver, and since when that makes a king."""
    mentors = reps["mentor_id"].fillna("").astype("str")
    for rep, mine in reached.items():
        days = np.array([reached[str(one)]["silver"][1] for one in reps.loc[mentors == rep, "rep_id"]], "datetime64[D]")
        days = np.sort(days[~np.isnat(days) & (days <= today)])
        on = days[p.king_silvers - 1] if len(days) >= p.king_silvers else np.datetime64("NaT", "D")
        gold = mine["gold"][1]
        mine["king"] = (len(days), np.datetime64("NaT", "D") if np.isnat(on) or np.isnat(gold) else max(on, gold))
