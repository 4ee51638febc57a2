"""Where the people of a decision chain stand on its map: columns by reporting line, rows downwards; and folding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 25


@dataclass(frozen=True)
class Place:
    """One row of the map: a person, or (person_id "") those folded away under `boss`.

    column  how far below the top of the reporting line; row  a boss stands midway between the first and last of theirs
    line    the row in an outline, where everybody has a line of their own; folded  who is folded away here
    """

    person_id: str
    boss: str
    column: int
    row: float
    line: int
    folded: tuple[str, ...] = ()


def superiors(bosses: Mapping[str, str | None]) -> dict[str, str]:
    """Everybody's superior among these people; "" for the top. A circle is cut at its first person.

    Examples
    --------
    >>> superiors({"P1": None, "P2": "P1", "P3": "elsewhere"}), superiors({"P1": "P2", "P2": "P1"})
    ({'P1': '', 'P2': 'P1', 'P3': ''}, {'P1': '', 'P2': 'P1'})
    """
    out = {person: boss if boss in bosses and boss != person else "" for person, boss in bosses.items()}
    for person in out:
        here, seen = out[person], {person}
        while here and here not in seen:
            seen.add(here)
            here = out[here]
        if here == person:
            out[person] = ""
    return {person: boss or "" for person, boss in out.items()}


def placed(
    bosses: Mapping[str, str | None], weights: Mapping[str, float], most: int = MOST, keep: Sequence[str] = ()
) -> list[Place]:
    """Everybody's place, in reading order; at most `most` rows, the lightest ends of branches folded first.

    bosses   person to superior, in the order in which people of one superior are to stand
    weights  what a person weighs; who is in `keep`, and everybody above them, is never folded

    Examples
    --------
    >>> tree = {"P1": None, "P2": "P1", "P3": "P1", "P4": "P1"}
    >>> [(p.person_id, p.column, p.row) for p in placed(tree, {})]
    [('P1', 0, 1.0), ('P2', 1, 0.0), ('P3', 1, 1.0), ('P4', 1, 2.0)]
    >>> [(p.person_id, p.folded) for p in placed(tree, {"P2": 3, "P3": 1, "P4": 2}, most=3)]
    [('P1', ()), ('P2', ()), ('', ('P3', 'P4'))]
    """
    above = superiors(bosses)
    gone = _folded(above, weights, most, set(keep))
    below: dict[str, list[str]] = {}
    for person, boss in above.items():
        if person not in gone:
            below.setdefault(boss, []).append(person)
    away: dict[str, list[str]] = {}
    for person in above:
        if person in gone:
            boss = above[person]
            while boss in gone:
                boss = above[boss]
            away.setdefault(boss, []).append(person)
    out: list[Place] = []
    _walk("", 0, 0.0, below, away, out)
    return out


def _folded(above: Mapping[str, str], weights: Mapping[str, float], most: int, keep: set[str]) -> set[str]:
    gone: set[str] = set()
    stubs: set[str] = set()
    while len(above) - len(gone) + len(stubs) > most:
        bosses = {above[person] for person in above if person not in gone}
        ends = [person for person in above if person not in gone | bosses | keep]
        if not ends:
            break
        gone.add(min(ends, key=lambda person: (weights.get(person, 0.0), person)))
        stubs = {above[person] for person in gone} - gone
    return gone - _alone(above, gone)


def _alone(above: Mapping[str, str], gone: set[str]) -> set[str]:
    """Who would be folded away alone: shown they take no more room."""
    under: dict[str, list[str]] = {}
    for person in gone:
        boss = above[person]
        while boss in gone:
            boss = above[boss]
        under.setdefault(boss, []).append(person)
    return {people[0] for people in under.values() if len(people) == 1}


def _walk(
    boss: str, column: int, row: float, below: dict[str, list[str]], away: dict[str, list[str]], out: list[Place]
) -> float:
    """Place who is under `boss` from a row on; the next free row."""
    for person in below.get(boss, []):
        at = len(out)
        out.append(Place(person, boss, column, row, at))
        free = _walk(person, column + 1, row, below, away, out)
        mine = [place.row for place in out[at + 1 :] if place.boss == person]
        middle = (mine[0] + mine[-1]) / 2 if mine else row
        out[at] = Place(person, boss, column, middle, at)
        row = max(free, row + 1)
    if boss in away:
        out.append(Place("", boss, column, row, len(out), tuple(away[boss])))
        row += 1
    return row
