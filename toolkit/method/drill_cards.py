"""E2 What the Monday drill is played with: the person whom the director plays, and obstacle cards.

A card is a weak point of the account. Kinds, in the order in which they are dealt: nobody_reached, single_threaded (no
or one person met), unreached_key (a key person not reached), opposed (a person against us), sole_link (a person through
whom alone others are reached), unanswered (a request past its time), rival (a competitor's move), low_score (a SPICED
dimension without evidence, below `capability.evidence_score`), contradiction (an open one of M12), still (a chain that
stands still); unhandled (an obstacle of earlier drills on which the team fell short) fills up.

Dealt are the heaviest card of every kind, then the second heaviest of every kind and so on, at most `cards_of_a_kind`
of a kind; unhandled ones as far as there is room. Nobody's card speaks of the person whom the director plays.

The person played is the one with the economic role; of several, or without one, the most influential.

Units: value is influence (unreached_key), stance (opposed), people cut off (sole_link), hours over (unanswered), days
since (rival), score (low_score), days still (still), times not handled (unhandled); NaN for the other kinds. Ties: by
subject id. Missing values: a dimension never scored is a low score of 0; a person without influence comes last.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.weeks import Day, day

KINDS: Final = (
    "nobody_reached", "single_threaded", "unreached_key", "opposed", "sole_link", "unanswered", "rival", "low_score",
    "contradiction", "still", "unhandled",
)  # fmt: skip
POINTS: Final = ("kind", "subject_id", "value", "heaviness")
CARDS: Final = ("number", "kind", "subject_id", "value")
_ECONOMIC: Final = "economic"


def persona(people: pd.DataFrame) -> str:
    """The person_id whom the director plays; "" without people.

    people  person_id, chain_role, influence: those of one account

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["P1", "P2", "P3"], "chain_role": ["technical", "economic", "economic"],
    ...     "influence": [100.0, 60.0, 80.0]})
    >>> persona(people), persona(people[:1]), persona(people[:0])
    ('P3', 'P1', '')
    """
    first = (people["chain_role"] != _ECONOMIC).to_numpy()
    order = np.lexsort((people["person_id"].astype("str"), -people["influence"].fillna(-1.0), first))
    return str(people["person_id"].iloc[order[0]]) if len(people) else ""


def chain_points(code: str, breakpoints: pd.DataFrame) -> pd.DataFrame:
    """F1's weak points of an account: its code, and its breakpoints (person_id, kind, cuts_off, influence)."""
    rows: list[tuple[Any, ...]] = []
    if code in ("nobody_reached", "single_threaded"):
        rows.append((code, "", np.nan, 0.0))
    for row in breakpoints.itertuples(index=False):
        value = float(row.influence if row.kind == "unreached_key" else row.cuts_off)
        rows.append((row.kind, row.person_id, value, np.nan_to_num(value)))
    return _points(rows)


def stance_points(people: pd.DataFrame) -> pd.DataFrame:
    """People of an account who are against us (person_id, stance, influence), the most influential heaviest."""
    against = people[people["stance"] < 0]
    weights = zip(against["person_id"], against["stance"], against["influence"].fillna(0.0), strict=True)
    return _points(("opposed", person, float(stance), float(weight)) for person, stance, weight in weights)


def score_points(scores: pd.DataFrame, dimensions: Iterable[str], evidence_score: float) -> pd.DataFrame:
    """SPICED dimensions of an account below the score of evidence (dimension, score), the lowest heaviest.

    Examples
    --------
    >>> scores = pd.DataFrame({"dimension": ["pain", "impact"], "score": [1.0, 2.0]})
    >>> score_points(scores, ["pain", "impact", "decision"], 2)[["subject_id", "value"]].values.tolist()
    [['pain', 1.0], ['decision', 0.0]]
    """
    known = dict(zip(scores["dimension"], scores["score"].fillna(0.0).astype(float), strict=True))
    found = {dimension: known.get(dimension, 0.0) for dimension in dimensions}
    return _points(("low_score", name, score, -score) for name, score in found.items() if score < evidence_score)


def request_points(clocks: pd.DataFrame) -> pd.DataFrame:
    """An account's requests past their time and not done (request_id, state, hours_left), the longest heaviest."""
    late = clocks[clocks["state"] == "breached"].groupby("request_id")["hours_left"].min()
    return _points(("unanswered", str(one), -float(left), -float(left)) for one, left in late.items())


def rival_points(moves: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Competitors that moved (item_id, competitor, on): the newest move of each, the newest heaviest."""
    last = moves.sort_values(["on", "item_id"]).drop_duplicates("competitor", keep="last")
    ages = (pd.Timestamp(day(as_of)) - last["on"]).dt.days.astype(float)
    return _points(("rival", name, age, -age) for name, age in zip(last["competitor"], ages, strict=True))


def contradiction_points(ledger: pd.DataFrame) -> pd.DataFrame:
    """An account's open contradictions (contradiction_id, state)."""
    open_ones = ledger.loc[ledger["state"] != "closed", "contradiction_id"]
    return _points(("contradiction", one, np.nan, 0.0) for one in open_ones)


def still_points(days_still: float) -> pd.DataFrame:
    """The days for which an account's chain has stood still, beyond M5's limit; NaN: it has not."""
    return _points([] if np.isnan(days_still) else [("still", "", float(days_still), 0.0)])


def unhandled_points(obstacles: pd.DataFrame) -> pd.DataFrame:
    """Obstacles of earlier drills that were not handled (obstacle, handled), the most frequent heaviest."""
    fell = obstacles.loc[obstacles["handled"].eq(False).fillna(False), "obstacle"].value_counts()
    return _points(("unhandled", str(text), float(n), float(n)) for text, n in fell.items())


def deal(points: Iterable[pd.DataFrame], most: int, of_a_kind: int) -> pd.DataFrame:
    """At most so many cards of an account's weak points: CARDS, numbered from 1 in the order in which they are dealt.

    Examples
    --------
    >>> low = score_points(pd.DataFrame({"dimension": [], "score": []}), ["pain", "impact"], 2)
    >>> deal([low, still_points(9.0)], 2, 2)[["number", "kind", "subject_id"]].values.tolist()
    [[1, 'low_score', 'impact'], [2, 'still', '']]
    """
    rows = pd.concat([part for part in points if len(part)] or [_points([])], ignore_index=True)
    place = rows["kind"].map({kind: n for n, kind in enumerate(KINDS)})
    rows = rows.assign(_k=place, _h=-rows["heaviness"]).sort_values(["_k", "_h", "subject_id"], ignore_index=True)
    filler = rows["kind"] == KINDS[-1]
    rows["_turn"] = rows.groupby("kind").cumcount() + filler * len(rows)
    rows = (
        rows[filler | (rows["_turn"] < of_a_kind)]
        .sort_values(["_turn", "_k", "subject_id"], ignore_index=True)
        .head(most)
    )
    return rows.assign(number=np.arange(1, len(rows) + 1))[list(CARDS)]


def _points(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(POINTS))
    return frame.astype({"kind": "str", "subject_id": "str", "value": float, "heaviness": float})
