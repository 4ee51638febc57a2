"""F2 Executive moves: matched to accounts and people each week; a week that brings none is overdue.

A company is an account where the names are the same, without case, width (NFKC) and spaces, or where one begins with
the other and with no other account's. A person is the account's decision maker of the same name.

Change: left (a decision maker's company is the one left), joined (it is the one joined), within (both), industry (the
companies are no accounts). A move breaks what it takes from the account left: a sole link, else a key person. It opens
the account joined where we have met the person. Units: weeks, Saturday to Friday. Ties: by day and id. Missing values:
without any move on record no week can be judged.
"""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.names import plain
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.base.weeks import friday_of

MOVES: Final = (
    "move_id", "announced_on", "person_name", "from_account", "to_account", "person_id", "change", "is_key",
)  # fmt: skip
EFFECTS: Final = (*MOVES, "breaks", "opens")
WEEKS: Final = ("week_ending", "moves", "state")
_SHORTEST: Final = 2


def matched(moves: pd.DataFrame, people: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Every move with the accounts and the person that it concerns: MOVES, by day.

    from_account, to_account, person_id  "" where none is known; is_key of that person

    Examples
    --------
    >>> moves = pd.DataFrame({"move_id": ["X1"], "announced_on": pd.to_datetime(["2026-11-10"]), "person_name": ["Li"],
    ...     "from_company": ["North Grid"], "to_company": ["Elsewhere"]})
    >>> people = pd.DataFrame({"person_id": ["P1"], "account_id": ["A1"], "person_name": ["Li"], "is_key": [True]})
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "account_name": ["North grid"]})
    >>> matched(moves, people, accounts)[["from_account", "person_id", "change"]].values.tolist()
    [['A1', 'P1', 'left']]
    """
    names = dict(zip(accounts["account_name"].map(plain), accounts["account_id"], strict=True))
    key = people["is_key"].fillna(False).astype(bool)
    who = {
        (row.account_id, plain(row.person_name)): (row.person_id, is_key)
        for row, is_key in zip(people.itertuples(index=False), key, strict=True)
    }
    rows = []
    for row in moves.sort_values(["announced_on", "move_id"]).itertuples(index=False):
        source, target = _account(row.from_company, names), _account(row.to_company, names)
        found = [who[(a, plain(row.person_name))] for a in (source, target) if (a, plain(row.person_name)) in who]
        person, is_key = found[0] if found else ("", False)
        change = "within" if source and source == target else "left" if source else "joined" if target else "industry"
        rows.append((row.move_id, row.announced_on, row.person_name, source, target, person, change, is_key))
    frame = pd.DataFrame(rows, columns=list(MOVES))
    texts = dict.fromkeys(("move_id", "person_name", "from_account", "to_account", "person_id", "change"), "str")
    return frame.astype(texts | {"announced_on": "datetime64[us]", "is_key": bool})


def effects(
    moves: pd.DataFrame, people: pd.DataFrame, reached: Collection[str], sole_links: Collection[str]
) -> pd.DataFrame:
    """What each move does to us: EFFECTS.

    moves  of `matched`; people  person_id, account_id; reached, sole_links  ids of F1
    breaks  sole_link, key or ""; opens  the account that somebody we have met joins, or ""

    Examples
    --------
    >>> moves = pd.DataFrame({"from_account": ["A1"], "to_account": ["A2"], "person_id": ["P1"], "is_key": [True]})
    >>> people = pd.DataFrame({"person_id": ["P1"], "account_id": ["A1"]})
    >>> effects(moves.reindex(columns=list(MOVES)), people, {"P1"}, set())[["breaks", "opens"]].values.tolist()
    [['key', 'A2']]
    """
    home = moves["person_id"].map(dict(zip(people["person_id"], people["account_id"], strict=True)))
    gone = (home == moves["from_account"]) & (moves["from_account"] != moves["to_account"])
    lost = np.where(moves["person_id"].isin(list(sole_links)), "sole_link", np.where(moves["is_key"], "key", ""))
    met = gone & moves["person_id"].isin(list(reached))
    told = moves.assign(breaks=np.where(gone, lost, ""), opens=moves["to_account"].where(met, ""))
    return told[list(EFFECTS)].astype({"breaks": "str", "opens": "str"})


def _account(company: Any, names: dict[str, str]) -> str:
    """The account of a company's name; "" where none or more than one would do."""
    told = plain(company) if isinstance(company, str) else ""
    if len(told) < _SHORTEST:
        return ""
    near = [account for name, account in names.items() if name.startswith(told) or told.startswith(name)]
    return names.get(told) or (near[0] if len(near) == 1 else "")


def move_weeks(moves: pd.DataFrame, fridays: NDArray[np.datetime64]) -> pd.DataFrame:
    """How many moves each week brought: WEEKS. breach where none; cannot_judge where none is on record at all."""
    week = friday_of(moves["announced_on"].to_numpy().astype("datetime64[D]"))
    counts = [int((week == friday).sum()) for friday in np.asarray(fridays, dtype="datetime64[D]")]
    state = [(GOOD if n else BREACH) if len(moves) else CANNOT_JUDGE for n in counts]
    frame = pd.DataFrame({"week_ending": fridays, "moves": counts, "state": state}, columns=list(WEEKS))
    return frame.astype({"week_ending": "datetime64[us]", "moves": "int64", "state": "str"})
