"""E2: whom the director plays, and which cards are dealt."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method import drill_cards as cards

DIMENSIONS = ("situation", "pain", "impact", "critical_event", "decision")
NONE = pd.DataFrame({"dimension": [], "score": []})


def people(*rows):
    return pd.DataFrame(rows, columns=["person_id", "chain_role", "influence", "stance"])


def breakpoints(*rows):
    return pd.DataFrame(rows, columns=["person_id", "kind", "cuts_off", "influence"])


def test_the_economic_role_goes_before_influence_and_influence_before_the_id():
    team = people(("P1", "technical", 100, 0), ("P3", "economic", 50, 0), ("P2", "economic", 50, 0))
    assert cards.persona(team) == "P2"
    assert cards.persona(team[team["chain_role"] != "economic"]) == "P1"
    assert cards.persona(people(("P1", "user", np.nan, 0), ("P2", "coach", 1, 0))) == "P2"


def test_weak_points_of_a_chain():
    found = cards.chain_points(
        "single_threaded", breakpoints(("P1", "unreached_key", 0, 90), ("P2", "sole_link", 3, 1))
    )
    assert found[["kind", "subject_id"]].values.tolist() == [
        ["single_threaded", ""], ["unreached_key", "P1"], ["sole_link", "P2"],
    ]  # fmt: skip
    assert found["value"].tolist()[1:] == [90.0, 3.0]
    assert len(cards.chain_points("covered", breakpoints())) == 0


@pytest.mark.parametrize(("score", "weak"), [(0, True), (1, True), (2, False), (3, False), (None, True)])
def test_a_score_is_weak_below_two_and_where_it_was_never_given(score, weak):
    scores = pd.DataFrame({"dimension": ["pain"], "score": pd.Series([score], dtype=float)})
    assert len(cards.score_points(scores, ["pain"], 2)) == weak


def test_only_people_against_us_and_only_requests_past_their_time_are_weak_points():
    team = people(("P1", "user", 10, -1), ("P2", "user", 20, 0), ("P3", "user", 30, np.nan))
    assert cards.stance_points(team)["subject_id"].tolist() == ["P1"]
    clocks = pd.DataFrame(
        {"request_id": ["Q1", "Q1", "Q2"], "state": ["breached", "breached", "running"], "hours_left": [-4, -30, 2.0]}
    )
    assert cards.request_points(clocks)[["subject_id", "value"]].values.tolist() == [["Q1", 30.0]]


def test_each_competitor_counts_by_its_newest_move():
    moves = pd.DataFrame(
        {"item_id": ["1", "2", "3"], "competitor": ["X", "X", "Y"],
         "on": pd.to_datetime(["2026-11-01", "2026-11-18", "2026-11-10"])}
    )  # fmt: skip
    found = cards.rival_points(moves, "2026-11-20")
    assert dict(zip(found["subject_id"], found["value"], strict=True)) == {"X": 2.0, "Y": 10.0}
    assert cards.deal([found], 1, 2)["subject_id"].tolist() == ["X"]


def test_every_kind_once_before_any_twice_and_old_obstacles_last():
    obstacles = pd.DataFrame({"obstacle": ["a", "b", "b"], "handled": pd.array([False, False, None], dtype="boolean")})
    points = [
        cards.unhandled_points(obstacles),
        cards.score_points(NONE, DIMENSIONS, 2),
        cards.chain_points("breakpoints", breakpoints(("P1", "unreached_key", 0, 10), ("P2", "unreached_key", 0, 90))),
        cards.still_points(12.0),
    ]
    dealt = cards.deal(points, 5, 2)
    assert dealt["kind"].tolist() == ["unreached_key", "low_score", "still", "unreached_key", "low_score"]
    assert dealt["subject_id"].tolist()[0] == "P2" and dealt["number"].tolist() == [1, 2, 3, 4, 5]
    every = cards.deal(points, 20, 2)["kind"]
    assert every.tolist()[-2:] == ["unhandled", "unhandled"]
    assert every.value_counts()["low_score"] == 2  # of five dimensions never scored


def test_without_weak_points_there_are_no_cards():
    dealt = cards.deal([cards.still_points(np.nan)], 6, 2)
    assert len(dealt) == 0 and tuple(dealt.columns) == cards.CARDS


def test_the_order_of_the_rows_does_not_matter():
    points = pd.concat([cards.score_points(NONE, DIMENSIONS, 2), cards.still_points(9.0)], ignore_index=True)
    one = cards.deal([points], 4, 2)
    assert cards.deal([points.iloc[::-1]], 4, 2).equals(one)
