"""F1: the graph of a decision chain, against small chains by hand and against networkx."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from toolkit.method.chain_graph import TEAM, chain, chains, cut_off, introduction, leaving, reached_by

DAY = "2026-11-20"


def people(*rows):
    """person_id, reports_to, is_key, first_contacted_on"""
    frame = pd.DataFrame(rows, columns=["person_id", "reports_to", "is_key", "first_contacted_on"])
    frame["first_contacted_on"] = pd.to_datetime(frame["first_contacted_on"]).astype("datetime64[us]")
    frame["is_key"] = frame["is_key"].astype("boolean")
    return frame.assign(account_id="A1", influence=50.0)


def ties(*rows):
    return pd.DataFrame(rows, columns=["person_id", "other_id", "strength"]).astype({"strength": float})


NO_CONTACTS = pd.DataFrame({"person_id": [], "rep_id": [], "contacted_on": pd.to_datetime([])})


def one(*rows, links=()):
    table, points = chains(["A1"], people(*rows), ties(*links), NO_CONTACTS, DAY)
    return table.iloc[0], points


def test_a_line_of_three_by_hand():
    # team - P1 - P2 - P3: P1 and P2 are sole links; P3, key and unreached, is two steps from P1
    row, points = one(("P1", None, True, "2026-01-05"), ("P2", "P1", False, None), ("P3", "P2", True, None))
    assert (row["people"], row["key_people"], row["reached"], row["coverage"]) == (3, 2, 1, 0.5)
    assert (row["single_threaded"], row["code"], row["sole_links"]) == (True, "single_threaded", 2)
    assert points[["person_id", "kind", "cuts_off"]].values.tolist() == [
        ["P3", "unreached_key", 0], ["P1", "sole_link", 2], ["P2", "sole_link", 1],
    ]  # fmt: skip
    assert points["path"].iloc[0] == ("P1", "P2", "P3") and points["steps"].iloc[0] == 2


def test_a_second_way_in_leaves_no_sole_link():
    row, points = one(
        ("P1", None, True, "2026-01-05"), ("P2", None, True, "2026-01-06"), ("P3", "P1", False, None),
        links=[("P2", "P3", 1)],
    )  # fmt: skip
    assert (row["code"], row["state"], row["sole_links"], len(points)) == ("covered", "good", 0, 0)


def test_nobody_reached_is_a_breach_and_no_way_leads_there():
    row, points = one(("P1", None, True, None), ("P2", "P1", False, None))
    assert (row["state"], row["code"], row["coverage"]) == ("breach", "nobody_reached", 0)
    assert np.isnan(points["steps"].item()) and points["path"].item() == ()


def test_without_people_or_key_people_nothing_is_judged():
    assert one()[0]["code"] == "no_people"
    assert one(("P1", None, False, DAY))[0]["code"] == "no_key_people"
    assert one(("P1", None, None, DAY))[0]["state"] == "cannot_judge"


def test_an_account_of_which_only_one_person_is_known_hangs_on_that_person():
    row, points = one(("P1", None, True, "2026-01-05"))
    assert (row["state"], row["code"], row["coverage"], len(points)) == ("breach", "single_threaded", 1, 0)


def test_only_what_was_known_on_the_day_counts():
    rows = people(("P1", None, True, "2026-11-20"), ("P2", None, True, "2026-11-21"), ("P3", None, True, None))
    contacts = pd.DataFrame({"person_id": ["P3", "P2"], "contacted_on": pd.to_datetime(["2026-11-19", "2026-11-22"])})
    assert reached_by(rows, contacts, DAY) == {"P1", "P3"}


def test_of_two_short_ways_the_one_with_the_stronger_weakest_link_is_taken():
    rows = people(*[(p, None, False, DAY if p in ("P1", "P2") else None) for p in ("P1", "P2", "P9")])
    assert introduction(chain(rows, ties(("P1", "P9", 1), ("P2", "P9", 3)), ["P1", "P2"]), "P9") == ("P2", "P9")
    assert introduction(chain(rows, ties(("P1", "P9", 2), ("P2", "P9", 2)), ["P1", "P2"]), "P9") == ("P1", "P9")


def test_a_reporting_line_is_a_way_and_a_relationship_strengthens_it():
    rows = people(("P1", None, True, DAY), ("P2", "P1", True, None))
    assert chain(rows, ties(), ["P1"]).edges["P1", "P2"]["strength"] == 0
    assert chain(rows, ties(("P2", "P1", 2)), ["P1"]).edges["P1", "P2"]["strength"] == 2


@pytest.mark.parametrize("seed", range(8))
def test_measures_equal_networkx_on_random_chains(seed):
    rng = np.random.default_rng(seed)
    ids = [f"P{n:02d}" for n in range(14)]
    rows = people(*[(p, None, bool(rng.integers(2)), DAY if rng.random() < 0.3 else None) for p in ids])
    pairs = [(a, b, rng.integers(0, 4)) for a, b in itertools.combinations(ids, 2) if rng.random() < 0.15]
    reached = reached_by(rows, NO_CONTACTS, DAY)
    graph = chain(rows, ties(*pairs), reached)
    plain = nx.Graph([(a, b) for a, b, _ in pairs] + [(TEAM, p) for p in reached])
    plain.add_nodes_from([TEAM, *ids])
    lengths = nx.single_source_shortest_path_length(plain, TEAM)
    for person in ids:
        path = introduction(graph, person)
        assert len(path) == lengths.get(person, 0) and (not path or path[0] in reached)
        without = plain.subgraph(set(plain) - {person})
        lost = set(lengths) - set(nx.single_source_shortest_path_length(without, TEAM)) - {person}
        assert set(cut_off(graph, person)) == lost
    _, points = chains(["A1"], rows, ties(*pairs), NO_CONTACTS, DAY)
    links = set(points.loc[points["kind"] == "sole_link", "person_id"])
    assert links <= set(nx.articulation_points(plain)) and links == {p for p in ids if cut_off(graph, p)}


def ways(rows, pairs, reached, target):
    """Every shortest way from somebody reached to a person, by breadth, without networkx."""
    near = {p: set() for p in rows["person_id"]}
    for a, b in [
        *[(a, b) for a, b, _ in pairs],
        *[(p, q) for p, q in zip(rows["person_id"], rows["reports_to"], strict=True) if isinstance(q, str)],
    ]:
        near[a].add(b)
        near[b].add(a)
    rim = [[p] for p in sorted(reached)]
    seen = set(reached)
    while rim:
        if found := [way for way in rim if way[-1] == target]:
            return found
        rim = [[*way, p] for way in rim for p in sorted(near[way[-1]]) if p not in seen]
        seen |= {way[-1] for way in rim}
    return []


@pytest.mark.parametrize("seed", range(6))
def test_an_introduction_is_the_shortest_way_whose_weakest_link_is_strongest_by_a_plain_search(seed):
    rng = np.random.default_rng(200 + seed)
    ids = [f"P{n:02d}" for n in range(12)]
    bosses = [None if rng.random() < 0.6 else ids[rng.integers(n)] if n else None for n in range(12)]
    rows = people(*[(p, boss, True, DAY if rng.random() < 0.25 else None) for p, boss in zip(ids, bosses, strict=True)])
    pairs = [(a, b, int(rng.integers(0, 4))) for a, b in itertools.combinations(ids, 2) if rng.random() < 0.2]
    reached = reached_by(rows, NO_CONTACTS, DAY)
    strength = {frozenset((a, b)): s for a, b, s in pairs}
    graph = chain(rows, ties(*pairs), reached)
    for person in ids:
        all_of_them = ways(rows, pairs, reached, person)
        best = min(
            all_of_them,
            key=lambda way: (-min((strength.get(frozenset(ab), 0) for ab in itertools.pairwise(way)), default=0), way),
            default=[],
        )
        assert introduction(graph, person) == tuple(best)


def test_more_contacts_never_lower_coverage():
    rows = [(f"P{n}", None, True, None) for n in range(5)]
    shares = [one(*[(p, b, k, DAY if n < met else d) for n, (p, b, k, d) in enumerate(rows)])[0]["coverage"]
              for met in range(6)]  # fmt: skip
    assert shares == sorted(shares) and shares[-1] == 1


def test_what_leaving_changes_by_hand():
    # team - P1 - P2 - P3, team - P4 - P3: without P1, P2 is met through P4 and P3 (1 step became 2); P5 hangs on P1
    rows = people(
        ("P1", None, True, DAY), ("P2", "P1", True, None), ("P3", "P2", False, None), ("P4", None, True, DAY),
        ("P5", "P1", False, None),
    )  # fmt: skip
    graph = chain(rows, ties(("P4", "P3", 1)), ["P1", "P4"])
    gone = leaving(graph, rows, "P1")
    assert (gone.cut_off, gone.longer) == (("P5",), ("P2",))
    assert (gone.coverage_before, gone.coverage_after) == (2 / 3, 1 / 3)  # P1's post stays, its next holder is unknown
    gone = leaving(graph, rows, "P5")
    assert (gone.cut_off, gone.longer, gone.coverage_after) == ((), (), 2 / 3)
    with pytest.raises(KeyError):
        leaving(graph, rows, "P9")


def test_leaving_an_account_without_key_people_has_no_coverage():
    rows = people(("P1", None, False, DAY))
    gone = leaving(chain(rows, ties(), ["P1"]), rows, "P1")
    assert np.isnan(gone.coverage_before) and np.isnan(gone.coverage_after)


@pytest.mark.parametrize("seed", range(4))
def test_leaving_equals_the_graph_built_anew(seed):
    rng = np.random.default_rng(100 + seed)
    ids = [f"P{n:02d}" for n in range(12)]
    rows = people(*[(p, None, True, DAY if rng.random() < 0.3 else None) for p in ids])
    pairs = ties(*[(a, b, 1) for a, b in itertools.combinations(ids, 2) if rng.random() < 0.2])
    reached = reached_by(rows, NO_CONTACTS, DAY)
    graph = chain(rows, pairs, reached)
    for person in ids:
        rest = rows[rows["person_id"] != person]
        anew = chain(rest, pairs, reached)
        gone = leaving(graph, rows, person)
        ways = {p: (introduction(graph, p), introduction(anew, p)) for p in rest["person_id"]}
        assert set(gone.cut_off) == {p for p, (was, now) in ways.items() if was and not now}
        assert set(gone.longer) == {p for p, (was, now) in ways.items() if now and len(now) > len(was)}
