"""D3: capability gaps with their sample sizes."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.capability import (
    CapabilityParameters,
    gaps,
    obstacle_samples,
    spiced_samples,
    stage_samples,
)

P = CapabilityParameters()


def seen(good, of, rep="R1", source="spiced", capability="pain"):
    flags = [n < good for n in range(of)]
    return pd.DataFrame({"source": source, "capability": capability, "rep_id": rep, "good": flags})


def team(samples, p=P):
    found = gaps(samples, p)
    return found[found["scope"] == "team"].iloc[0]


@pytest.mark.parametrize(
    ("good", "of", "state"),
    [(1, 4, "cannot_judge"), (5, 10, "good"), (4, 10, "warning"), (1, 10, "breach"), (0, 5, "breach")],
)
def test_a_gap_is_one_whose_whole_interval_lies_below_the_line(good, of, state):
    assert team(seen(good, of))["state"] == state


def test_the_interval_is_wilsons():
    # Newcombe (1998), Statistics in Medicine 17: 81/263 has the 95 % interval .2553 to .3662
    row = team(seen(81, 263), CapabilityParameters(interval=0.95))
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.2553, 0.3662)


def test_team_and_reps_are_counted_apart_and_a_sample_without_a_rep_is_the_teams():
    both = pd.concat([seen(3, 6), seen(1, 6, "R2"), seen(0, 2, "")])
    found = gaps(both, P).set_index("scope_id")[["good", "samples"]]
    assert (
        found.loc[""].tolist() == [4, 14] and found.loc["R1"].tolist() == [3, 6] and found.loc["R2"].tolist() == [1, 6]
    )
    assert found.index.tolist() == ["", "R1", "R2"]


def test_a_score_counts_from_the_evidence_on_and_what_is_not_scored_is_no_sample():
    scores = pd.DataFrame({"dimension": "pain", "score": [0, 1, 2, 3, np.nan], "rep_id": "R1"})
    assert spiced_samples(scores, P)["good"].tolist() == [False, False, True, True]


def test_obstacles_of_the_last_thirteen_weeks_drills_count():
    held = pd.to_datetime(
        ["2026-08-21T09:00", "2026-08-22T09:00", "2026-11-20T23:00", "2026-11-21T00:00", "2026-11-02T09:00"]
    )
    sessions = pd.DataFrame({"session_id": list("abcde"), "kind": ["drill"] * 4 + ["training"], "held_at": held})
    obstacles = pd.DataFrame({"session_id": list("abcdec"), "obstacle": "cash", "rep_id": "R1"})
    obstacles["handled"] = pd.array([True, True, False, True, True, None], dtype="boolean")
    # 91 days before Friday 20 November is 21 August: the first day inside is the 22nd
    assert obstacle_samples(sessions, obstacles, "2026-11-20", P)["good"].tolist() == [True, False]


def test_a_week_with_progress_is_good_and_one_that_cannot_be_told_is_no_sample():
    weeks = pd.DataFrame(
        {"decision_stage": [2, 2, 3, np.nan], "progress": [1, 0, np.nan, 1], "rep_id": ["R1", "", "", ""]}
    )
    found = stage_samples(weeks)
    assert found[["capability", "good"]].values.tolist() == [["2", True], ["2", False]]


def test_counts_and_shares_equal_a_plain_loop():
    rng = np.random.default_rng(8)
    rows = [(s, c, r, bool(rng.integers(2))) for s in ("spiced", "stage") for c in "12" for r in ("R1", "R2", "")
            for _ in range(rng.integers(0, 9))]  # fmt: skip
    samples = pd.DataFrame(rows, columns=["source", "capability", "rep_id", "good"])
    for row in gaps(samples, P).itertuples(index=False):
        mine = [g for s, c, r, g in rows if (s, c) == (row.source, row.capability)
                and (row.scope == "team" or r == row.scope_id)]  # fmt: skip
        assert (row.good, row.samples, row.share) == (sum(mine), len(mine), sum(mine) / len(mine))


def test_without_samples_there_is_nothing_to_tell():
    assert gaps(seen(0, 0), P).empty
