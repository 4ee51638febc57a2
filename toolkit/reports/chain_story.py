"""F1 told: an account's chain as a picture; of one person who they are, the way to them, what their leaving changes."""

from dataclasses import dataclass
from typing import Any

import networkx as nx
import pandas as pd

from toolkit.language.forms import missing
from toolkit.method.chain_graph import TEAM, chain, introduction, reached_by
from toolkit.reports.document import Picture
from toolkit.reports.teller import Teller
from toolkit.state import drill_room


@dataclass(frozen=True)
class Person:
    """One person of a chain, told.

    facts       names and values; way  how one comes to them; leaving  what changes once they are gone
    neighbours  person_id to label, whom one can go on to: superior, subordinates, relationships
    """

    person_id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    way: str
    leaving: str
    neighbours: dict[str, str]


def chain_picture(t: Teller, account: str, chosen: str = "") -> Picture:
    """An account's chain: everybody by reporting line, and the ways to key people not reached, or to the chosen one.

    Raises KeyError for somebody who is not in the chain.
    """
    people = drill_room.people_of(t.team, account)
    graph = _graph(t, people)
    points = t.team.breakpoints
    mine = points[points["account_id"] == account]
    wanted = [chosen] if chosen else people.loc[people["is_key"] & ~people["reached"], "person_id"].tolist()
    ways = [list(introduction(graph, person)) for person in wanted]
    rings = set(mine["person_id"])
    frame = pd.DataFrame(
        {
            "person_id": people["person_id"],
            "reports_to": people["reports_to"],
            "label": [t.person(row) for row in people.itertuples(index=False)],
            "said": [_said(t, row) for row in people.itertuples(index=False)],
            "influence": people["influence"],
            "reached": people["reached"],
            "stance": people["stance"],
            "key": people["is_key"],
            "ring": people["person_id"].isin(rings),
        }
    )
    key, met = people["is_key"], people["reached"]
    title = t.say("chain_map.title", of=int(key.sum()), met=int((key & met).sum()), points=len(rings))
    words = [f"{row.label} ({row.said})" for row in frame.itertuples(index=False)]
    data = {"people": frame, "ways": [way for way in ways if len(way) > 1], "chosen": chosen}
    return Picture(
        "chain_map", title, t.say("chain_map.subtitle", account=t.account(account)), t.w.together(words) or title, data
    )


def person(t: Teller, account: str, person_id: str) -> Person:
    """One person of an account's chain, told. Raises KeyError for somebody who is not in it."""
    people = drill_room.people_of(t.team, account).set_index("person_id", drop=False)
    row = people.loc[person_id]
    graph = _graph(t, people)
    labels = {one.person_id: t.person(one) for one in people.itertuples(index=False)}
    facts = {
        "chain_role": "—" if missing(row["chain_role"]) else t.say(f"chain_role.{row['chain_role']}"),
        "influence": t.cell(row["influence"], "number"),
        "stance": "—" if missing(row["stance"]) else t.say(f"stance.{int(row['stance'])}"),
        "met": t.cell(row["last_contacted_on"], "date") if row["reached"] else t.say("case.not_reached"),
        "boss": labels.get(row["reports_to"], "—"),
        "style": t.cell(row["decision_style"]),
        "interests": t.cell(row["interests"]),
        "career": t.cell(row["career"]),
        "source": t.cell(row["source"]),
    }
    told = tuple((t.say(f"column.{name}"), value) for name, value in facts.items())
    others = {one: labels[one] for one in sorted(graph[person_id]) if one != TEAM}
    return Person(
        person_id, labels[person_id], told, _way(t, graph, row, labels), _leaving(t, person_id, labels), others
    )


def _graph(t: Teller, people: pd.DataFrame) -> nx.Graph:
    d = t.team.data
    return chain(people, d.relationships, reached_by(people, d.contacts, t.team.day))


def _said(t: Teller, row: Any) -> str:
    """Role, and stance where it is not neutral."""
    parts = [] if missing(row.chain_role) else [t.say(f"chain_role.{row.chain_role}")]
    if not missing(row.stance) and row.stance != 0:
        parts.append(t.say(f"chain_map.{'for_us' if row.stance > 0 else 'against'}"))
    return " · ".join(parts)


def _way(t: Teller, graph: nx.Graph, row: pd.Series, labels: dict[str, str]) -> str:
    if row["reached"]:
        return t.say("chain_walk.reached")
    path = introduction(graph, row["person_id"])
    if not path:
        return t.say("chain_walk.no_way")
    return t.say("chain_walk.way", way=" → ".join(labels[one] for one in path))


def _leaving(t: Teller, person_id: str, labels: dict[str, str]) -> str:
    """What it changes when this person leaves."""
    found = t.team.leaving(person_id)
    parts = []
    if found.cut_off:
        parts.append(t.say("chain_walk.cut_off", names=t.w.together([labels[one] for one in found.cut_off])))
    if found.longer:
        parts.append(t.say("chain_walk.longer", names=t.w.together([labels[one] for one in found.longer])))
    before, after = found.coverage_before, found.coverage_after
    if not missing(before) and before != after:
        parts.append(t.say("chain_walk.coverage", before=before, after=after))
    return t.w.prose([t.w.ended(part) for part in parts]) if parts else t.say("chain_walk.nothing")
