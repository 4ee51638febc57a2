"""F1 Decision chains as graphs: who is reached, what hangs on one person, and who could introduce us to whom.

The graph of an account holds its people and the team. The team is joined to everyone contacted by the day; people are
joined by relationships and by reporting lines. Coverage = reached key people / key people. Breakpoints: key people not
reached; people through whom alone others can be reached (`cuts_off` counts these: who loses every way to the team once
that person is gone); an account where exactly one person is reached is single-threaded.

An introduction is a shortest path from somebody reached to somebody not reached. Of equally short ones the one whose
weakest link is strongest, then the first by ids.

Units: people; strength as given (a blank counts 0, and so does a reporting line without a relationship). Missing
values: an account without people on record, or without key people, cannot be judged.

Readings. A reporting line is a way too: a superior can introduce. Ways lead through the account's own people alone. Who
leaves, leaves the post: its next holder has not been met, so that coverage loses a reached key person and keeps its
denominator. Coverage is that of `decision_chain`, which knows it for every week and feeds the value index.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day

TEAM: Final = ""
CHAINS: Final = (
    "account_id", "people", "key_people", "reached", "reached_key", "coverage", "single_threaded", "sole_links",
    "state", "code",
)  # fmt: skip
BREAKPOINTS: Final = ("account_id", "person_id", "kind", "cuts_off", "influence", "steps", "path")


def reached_by(people: pd.DataFrame, contacts: pd.DataFrame, as_of: Day) -> set[str]:
    """Who had been contacted by a day: by `first_contacted_on`, or by a contact on record."""
    today = pd.Timestamp(day(as_of))
    first = people.loc[people["first_contacted_on"] <= today, "person_id"]
    return {*first, *contacts.loc[contacts["contacted_on"] <= today, "person_id"]}


def chain(people: pd.DataFrame, relationships: pd.DataFrame, reached: Iterable[str]) -> nx.Graph:
    """The graph of these people and the team (node TEAM); edges bear `strength`.

    people  person_id, reports_to; relationships  person_id, other_id, strength, of any people
    """
    graph = nx.Graph()
    graph.add_node(TEAM)
    known = people["person_id"].tolist()
    graph.add_nodes_from(known)
    here = set(known)
    for person, boss in zip(people["person_id"], people["reports_to"], strict=True):
        if isinstance(boss, str) and boss in here and boss != person:
            graph.add_edge(person, boss, strength=0.0)
    rows = relationships[relationships["person_id"].isin(here) & relationships["other_id"].isin(here)]
    for one, other, strength in zip(rows["person_id"], rows["other_id"], rows["strength"], strict=True):
        if one != other:
            before = graph.get_edge_data(one, other, {}).get("strength", 0.0)
            graph.add_edge(one, other, strength=max(before, 0.0 if np.isnan(strength) else float(strength)))
    graph.add_edges_from(((TEAM, person) for person in sorted(set(reached) & here)), strength=np.inf)
    return graph


def cut_off(graph: nx.Graph, person: str) -> list[str]:
    """Who can be reached from the team through this person alone, by id.

    Examples
    --------
    >>> graph = nx.Graph([(TEAM, "P1"), ("P1", "P2"), (TEAM, "P3")])
    >>> cut_off(graph, "P1"), cut_off(graph, "P3")
    (['P2'], [])
    """
    before = nx.node_connected_component(graph, TEAM)
    left = graph.subgraph(node for node in graph if node != person)
    return sorted(before - nx.node_connected_component(left, TEAM) - {person})


def introduction(graph: nx.Graph, person: str) -> tuple[str, ...]:
    """The people by whom one comes to a person, from somebody reached to the person; empty where no way leads there.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["P1", "P2", "P3"], "reports_to": [None, "P1", None]})
    >>> ties = pd.DataFrame({"person_id": ["P2"], "other_id": ["P3"], "strength": [2.0]})
    >>> introduction(chain(people, ties, ["P1"]), "P3")
    ('P1', 'P2', 'P3')
    """
    if not nx.has_path(graph, TEAM, person):
        return ()
    best: tuple[float, list[str]] | None = None
    for path in nx.all_shortest_paths(graph, TEAM, person):
        weakest = min((graph.edges[a, b]["strength"] for a, b in pairwise(path[1:])), default=0.0)
        if best is None or (-weakest, path) < best:
            best = (-weakest, path)
    return tuple(best[1][1:]) if best else ()


@dataclass(frozen=True)
class Leaving:
    """What it changes when a person leaves.

    cut_off  who can then not be reached any more; longer  to whom the introduction becomes longer; both by id
    coverage_before, coverage_after  NaN without key people
    """

    cut_off: tuple[str, ...]
    longer: tuple[str, ...]
    coverage_before: float
    coverage_after: float


def leaving(graph: nx.Graph, people: pd.DataFrame, person: str) -> Leaving:
    """What changes in an account's chain when a person leaves it.

    graph  of `chain`; people  person_id, is_key, those of the account. Raises KeyError for a person who is not in it.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["P1", "P2"], "reports_to": [None, "P1"], "is_key": [True, True]})
    >>> leaving(chain(people, people[[]].assign(person_id="", other_id="", strength=0.0), ["P1"]), people, "P1")
    Leaving(cut_off=('P2',), longer=(), coverage_before=0.5, coverage_after=0.0)
    """
    if person not in graph:
        raise KeyError(person)
    before = nx.single_source_shortest_path_length(graph, TEAM)
    left = graph.subgraph(node for node in graph if node != person)
    after = nx.single_source_shortest_path_length(left, TEAM)
    key = set(people.loc[_key(people), "person_id"])
    met = key & set(graph[TEAM])
    total = len(key) or np.nan
    return Leaving(
        tuple(sorted(set(before) - set(after) - {person})),
        tuple(sorted(other for other, steps in after.items() if steps > before[other])),
        len(met) / total,
        len(met - {person}) / total,
    )


def chains(
    accounts: Iterable[str], people: pd.DataFrame, relationships: pd.DataFrame, contacts: pd.DataFrame, as_of: Day
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every account's chain (CHAINS, by account) and its breakpoints (BREAKPOINTS, key people first, by influence).

    state  breach (nobody_reached, single_threaded), warning (breakpoints), good (covered), cannot_judge (no_people,
           no_key_people)
    kind   unreached_key (steps and path of the introduction; NaN and empty without a way), sole_link
    """
    reached = reached_by(people, contacts, as_of)
    by_account = dict(tuple(people.groupby("account_id")))
    rows, points = [], []
    for account in sorted(accounts):
        mine = by_account.get(account, people.iloc[:0])
        graph = chain(mine, relationships, reached)
        found = _breakpoints(account, mine, graph, reached)
        points += found
        rows.append(_chain(account, mine, reached, found))
    frame = pd.DataFrame(rows, columns=list(CHAINS))
    counts = dict.fromkeys(("people", "key_people", "reached", "reached_key", "sole_links"), "int64")
    texts = dict.fromkeys(("account_id", "state", "code"), "str")
    listed = pd.DataFrame(points, columns=list(BREAKPOINTS)).astype(
        {
            "account_id": "str",
            "person_id": "str",
            "kind": "str",
            "cuts_off": "int64",
            "influence": float,
            "steps": float,
        }
    )
    order = listed["kind"].map({"unreached_key": 0, "sole_link": 1})
    listed = listed.assign(_o=order, _i=-listed["influence"].fillna(-1.0))
    listed = listed.sort_values(["account_id", "_o", "_i", "person_id"], ignore_index=True)[list(BREAKPOINTS)]
    return frame.astype(counts | texts | {"coverage": float, "single_threaded": bool}), listed


def _breakpoints(account: str, people: pd.DataFrame, graph: nx.Graph, reached: set[str]) -> list[tuple[Any, ...]]:
    articulation = set(nx.articulation_points(graph))
    out: list[tuple[Any, ...]] = []
    key = set(people.loc[_key(people), "person_id"])
    for row in people.itertuples(index=False):
        if row.person_id in key and row.person_id not in reached:
            path = introduction(graph, row.person_id)
            steps = float(len(path) - 1) if path else np.nan
            out.append((account, row.person_id, "unreached_key", 0, row.influence, steps, path))
        if row.person_id in articulation and (others := cut_off(graph, row.person_id)):
            out.append((account, row.person_id, "sole_link", len(others), row.influence, np.nan, ()))
    return out


def _chain(account: str, people: pd.DataFrame, reached: set[str], points: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    met = people["person_id"].isin(reached)
    key = _key(people)
    total, met_key = int(key.sum()), int((key & met).sum())
    links = sum(kind == "sole_link" for _, _, kind, *_ in points)
    coverage = met_key / total if total else np.nan
    one = int(met.sum()) == 1
    if not len(people):
        state, code = CANNOT_JUDGE, "no_people"
    elif not total:
        state, code = CANNOT_JUDGE, "no_key_people"
    elif not met.any():
        state, code = BREACH, "nobody_reached"
    elif one:
        state, code = BREACH, "single_threaded"
    else:
        state, code = (WARNING, "breakpoints") if points else (GOOD, "covered")
    return account, len(people), total, int(met.sum()), met_key, coverage, one, links, state, code


def _key(people: pd.DataFrame) -> "pd.Series[bool]":
    return people["is_key"].fillna(False).astype(bool)
