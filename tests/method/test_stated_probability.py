"""S2's honesty views: bunching, late jumps and calibration by hand, edges, and properties."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.method.stated_probability import (
    BUNCHING_COLUMNS,
    CALIBRATION_COLUMNS,
    JUMP_COLUMNS,
    StatedProbabilityParameters,
    bunching,
    calibration,
    closed_deals,
    late_jumps,
    wilson,
)

LINES = {"a": 0.6, "b": 0.3}
DEFAULT = StatedProbabilityParameters()


# Bunching


def test_accounts_just_above_and_just_below_the_line_are_counted():
    # Five points each side of 60: 55 to under 60 below, 60 to under 65 above; 54 and 65 are outside.
    table = bunching([0.54, 0.55, 0.59, 0.6, 0.61, 0.62, 0.63, 0.64, 0.649, 0.65, 0.9], {"a": 0.6}, DEFAULT)
    assert tuple(table.columns) == BUNCHING_COLUMNS
    row = table.iloc[0]
    assert (row["below"], row["above"]) == (2, 6)
    # At least 6 of 8 heads: (28 + 8 + 1) / 256.
    assert row["chance"] == pytest.approx(37 / 256)
    assert row["state"] == "good"


def test_a_crowd_above_the_line_is_a_warning():
    # At least 7 of 7: 1/128.
    row = bunching([0.3] * 7, {"b": 0.3}, DEFAULT).iloc[0]
    assert (row["chance"], row["state"]) == (pytest.approx(1 / 128), "warning")


def test_a_crowd_below_the_line_is_none():
    row = bunching([0.29] * 20, {"b": 0.3}, DEFAULT).iloc[0]
    assert (row["below"], row["above"], row["chance"], row["state"]) == (20, 0, 1.0, "good")


@pytest.mark.parametrize("values", [[], [math.nan] * 30, [0.6] * 5])
def test_few_accounts_around_a_line_cannot_be_judged(values):
    assert bunching(values, LINES, DEFAULT)["state"].tolist() == ["cannot_judge", "cannot_judge"]


def test_rounding_in_the_last_digit_does_not_move_an_account_over_the_line():
    row = bunching([0.1 + 0.2, 0.3 - 1e-12], {"b": 0.3}, DEFAULT).iloc[0]
    assert (row["below"], row["above"]) == (0, 2)


@given(st.lists(st.integers(0, 100).map(lambda p: p / 100), max_size=40))
def test_one_more_above_never_makes_the_excess_likelier(values):
    before, after = (bunching(v, {"a": 0.6}, DEFAULT).iloc[0] for v in (values, [*values, 0.62]))
    assert after["above"] == before["above"] + 1
    if before["above"] > before["below"]:
        assert after["chance"] <= before["chance"] + 1e-12


# Late jumps


def jumps(*rows):
    """(account, previous, current, progress)"""
    frame = pd.DataFrame(rows, columns=["account_id", "previous", "current", "progress"])
    frame = frame.astype({"account_id": "str", "previous": float, "current": float, "progress": float})
    return late_jumps(frame.assign(rep_id="R1"), LINES, DEFAULT)


@pytest.mark.parametrize(
    ("previous", "current", "line"),
    [
        (0.55, 0.60, "a"),  # onto the line, five points
        (0.52, 0.61, "a"),
        (0.25, 0.30, "b"),
        (0.20, 0.70, "a"),  # over both: the higher one
        (0.56, 0.60, None),  # four points
        (0.60, 0.75, None),  # was on the line before
        (0.50, 0.59, None),  # below the line still
        (0.70, 0.40, None),  # a fall
        (math.nan, 0.80, None),  # the first row
        (0.40, math.nan, None),  # no row this Friday
    ],
)
def test_a_rise_of_five_points_over_a_line_without_progress(previous, current, line):
    assert jumps(("K1", previous, current, 0.0))["line"].tolist() == ([line] if line else [])


def test_progress_clears_a_jump_and_unknown_progress_cannot_be_judged():
    table = jumps(("K3", 0.5, 0.62, math.nan), ("K2", 0.5, 0.62, 1.0), ("K1", 0.5, 0.62, 0.0))
    assert tuple(table.columns) == JUMP_COLUMNS
    assert table[["account_id", "state"]].values.tolist() == [["K1", "warning"], ["K3", "cannot_judge"]]
    assert table["rise"].tolist() == pytest.approx([0.12, 0.12])
    assert table["threshold"].tolist() == [0.6, 0.6]


def test_without_accounts_there_is_no_jump():
    assert tuple(jumps().columns) == JUMP_COLUMNS and len(jumps()) == 0


# Calibration


def deals(**reps):
    """rep = (stated, won, lost)"""
    rows = [(rep, stated, i < won) for rep, (stated, won, lost) in reps.items() for i in range(won + lost)]
    return pd.DataFrame(rows, columns=["rep_id", "stated", "won"]).astype(
        {"rep_id": "str", "stated": float, "won": bool}
    )


def test_wilsons_interval_of_a_published_example():
    # Newcombe 1998 (Statistics in Medicine 17, 857), table I, score method: 81/263 and 0/20.
    low, high = wilson([81, 0], [263, 20])
    assert low == pytest.approx([0.2553, 0.0], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1611], abs=5e-5)
    assert np.isnan(wilson([0], [0])).all()


def test_reps_who_state_more_or_less_than_they_win():
    # Stated 80 %, won 2 of 10: Wilson to .51. Stated 30 %, won 9 of 10: from .60. Stated 50 %, won 5 of 10: inside.
    table = calibration(deals(R3=(0.8, 2, 8), R1=(0.3, 9, 1), R2=(0.5, 5, 5)), DEFAULT)
    assert tuple(table.columns) == CALIBRATION_COLUMNS
    assert table[["rep_id", "code", "state"]].values.tolist() == [
        ["", "calibrated", "good"],
        ["R1", "understated", "warning"],
        ["R2", "calibrated", "good"],
        ["R3", "overstated", "warning"],
    ]
    assert table["closed"].tolist() == [30, 10, 10, 10]
    assert table["won"].tolist() == [16, 9, 5, 2]
    assert table["stated"][0] == pytest.approx((8 + 3 + 5) / 30)


def test_few_closed_deals_cannot_be_judged():
    table = calibration(deals(R1=(0.95, 0, 7), R2=(0.95, 0, 8)), DEFAULT)
    assert table[["rep_id", "code", "state"]].values.tolist() == [
        ["", "overstated", "warning"],
        ["R1", "few", "cannot_judge"],
        ["R2", "overstated", "warning"],
    ]


def test_without_closed_deals_the_table_is_empty():
    table = calibration(deals(), DEFAULT)
    assert len(table) == 0 and tuple(table.columns) == CALIBRATION_COLUMNS


def test_deals_without_owner_count_for_the_team_only():
    table = calibration(pd.concat([deals(R1=(0.5, 1, 1)), deals(x=(0.5, 1, 1)).assign(rep_id="")]), DEFAULT)
    assert table[["rep_id", "closed"]].values.tolist() == [["", 4], ["R1", 2]]


def test_the_last_probability_stated_before_the_closing_day_counts():
    accounts = pd.DataFrame(
        [
            ("K1", "R1", "won", "2026-11-13"),
            ("K2", "R1", "lost", "2026-11-18"),
            ("K3", None, "won", "2026-11-18"),
            ("K4", "R1", "dropped", "2026-11-18"),
            ("K5", "R1", "won", "2026-11-21"),
            ("K6", "R1", "active", None),
            ("K7", "R1", "lost", "2026-11-18"),
        ],
        columns=["account_id", "owner_id", "status", "closed_on"],
    )
    accounts["closed_on"] = pd.to_datetime(accounts["closed_on"])
    rows = [
        (f"K{i}", d, p) for i in range(1, 7) for d, p in (("2026-11-13", 0.9), ("2026-11-06", 0.7), ("2026-11-20", 1.0))
    ]
    weeks = pd.DataFrame(rows, columns=["account_id", "week_ending", "win_probability"])
    weeks["week_ending"] = pd.to_datetime(weeks["week_ending"])
    found = closed_deals(accounts, weeks, "2026-11-20")
    # K1 closed on the 13th: the row of that day is none before it. K4 dropped, K5 later, K6 open, K7 never stated.
    assert found[["account_id", "rep_id", "won", "stated"]].values.tolist() == [
        ["K1", "R1", True, 0.7],
        ["K2", "R1", False, 0.9],
        ["K3", "", True, 0.9],
    ]


@given(st.integers(0, 30), st.integers(1, 30), st.floats(0, 1))
def test_the_state_is_that_of_the_interval(won, lost, stated):
    row = calibration(deals(R1=(stated, won, lost)), DEFAULT).iloc[1]
    low, high = wilson([won], [won + lost])
    assert low[0] - 1e-12 <= won / (won + lost) <= high[0] + 1e-12
    if won + lost >= 8:
        assert (row["state"] == "good") == bool(low[0] - 1e-12 <= row["stated"] <= high[0] + 1e-12)
    else:
        assert row["state"] == "cannot_judge"
