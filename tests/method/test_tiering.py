"""S1 by hand, by properties, at the edges, with its options; random portfolios are held in test_retiering."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.method.portfolios import NAN, grid_of, judged
from toolkit.base.tiers import letters
from toolkit.method.tiering import (
    RetieringParameters,
    TierA,
    TierB,
    TierParameters,
    a_line_step,
    criteria_tier,
    tier_table,
)

METHOD = TierParameters()
BENCHMARK, REGIONAL, LONG_TAIL = 0, 1, 2
GOOD_ROW = {"p": 0.7, "weight": 85, "value": 50, "posture": 60, "cost": 0, "progress": 1.0}


def tier(role, p, weight, parameters=METHOD):
    return str(letters(criteria_tier(role, p, weight, parameters)))


def table(accounts, week=-1, tiers=None, retiering=None):
    grid = grid_of(accounts)
    return tier_table(grid, judged(grid, tiers, retiering), tiers or METHOD, week).set_index("account_id")


def rows(*changes, **fields):
    """Rows of GOOD_ROW, changed; None stays a missing week."""
    return [None if change is None else GOOD_ROW | fields | change for change in changes]


# S1, the table of METHOD.md


@pytest.mark.parametrize(
    ("role", "p", "weight", "expected"),
    [
        (BENCHMARK, 0.70, 60, "B"),  # the words' own example
        (LONG_TAIL, 0.45, 90, "C"),  # the words' own example
        (BENCHMARK, 0.60, 80, "A"),  # exactly on both lines
        (BENCHMARK, 0.59, 80, "B"),  # one step off
        (BENCHMARK, 0.60, 79.9, "B"),
        (REGIONAL, 0.99, 100, "B"),
        (REGIONAL, 0.30, NAN, "B"),
        (REGIONAL, 0.29, 100, "C"),
        (BENCHMARK, 0.29, 100, "C"),
        (LONG_TAIL, 0.99, 100, "C"),
        (-1, 0.99, 100, "C"),  # a role nobody knows
    ],
)
def test_an_account_has_the_highest_tier_all_of_whose_criteria_it_meets(role, p, weight, expected):
    assert tier(role, p, weight) == expected


def test_a_value_that_misses_a_line_by_rounding_alone_meets_it():
    # 0.1 + 0.2 + 0.3 is 0.6000000000000001 and 1.1 - 0.5 is 0.6000000000000001; 0.7 - 0.1 is 0.6 less 1e-16
    assert tier(BENCHMARK, 0.7 - 0.1, 80 - 1e-10) == "A"
    assert tier(BENCHMARK, 0.6 - 2e-9, 80) == "B"


def test_without_a_strategic_weight_an_account_cannot_be_a():
    assert tier(BENCHMARK, 0.95, NAN) == "B"


def test_without_a_win_probability_it_is_c():
    assert tier(BENCHMARK, NAN, 100) == "C"


def test_an_emptied_role_list_switches_that_criterion_off():
    any_role = TierParameters(a=TierA(market_roles=()), b=TierB(market_roles=()))
    assert tier(LONG_TAIL, 0.60, 80, any_role) == "A"
    assert tier(-1, 0.30, 0, any_role) == "B"
    assert any_role.departures() == ("tiers.a.market_roles", "tiers.b.market_roles")


def test_a_minimum_of_0_and_every_option_departs_from_the_method():
    mine = TierParameters(
        a=TierA(min_win_probability=0, min_strategic_weight=0),
        b=TierB(min_win_probability=0),
        enter_a_after=2,
        leave_a_below=0,
        stage_caps={1: 0.2},
    )
    assert mine.departures() == (
        "tiers.a.min_win_probability",
        "tiers.a.min_strategic_weight",
        "tiers.b.min_win_probability",
        "tiers.enter_a_after",
        "tiers.leave_a_below",
        "tiers.stage_caps",
    )
    assert RetieringParameters(min_posture=0).departures() == ("retiering.min_posture",)
    assert METHOD.departures() == RetieringParameters().departures() == ()


def test_other_lines_are_not_a_departure():
    assert TierParameters(a=TierA(min_win_probability=0.55, min_strategic_weight=75)).departures() == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"a": {"min_win_probability": 60}},
        {"a": {"market_roles": ["giant"]}},
        {"leave_a_below": 0.65},
        {"stage_caps": {7: 0.5}},
        {"stage_caps": {1: 50}},
        {"enter_a_after": 0},
        {"enter_b_after": 2},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        TierParameters.model_validate(wrong)


SHARES = st.floats(0, 1)
POINTS = st.floats(0, 100)


@given(st.sampled_from([0, 1, 2]), SHARES, SHARES, POINTS, POINTS)
def test_a_better_score_never_lowers_a_tier(role, p, rise, weight, more):
    better = criteria_tier(role, min(1, p + rise), min(100, weight + more), METHOD)
    assert better <= criteria_tier(role, p, weight, METHOD)  # A is 0, C is 2


@given(st.sampled_from([0, 1, 2]), SHARES, POINTS, SHARES)
def test_a_lower_line_never_lowers_a_tier(role, p, weight, line):
    low = criteria_tier(role, p, weight, METHOD, a_line=0.6 * line, b_line=0.3 * line, weight_line=80 * line)
    assert low <= criteria_tier(role, p, weight, METHOD)


def test_lines_given_as_arrays_sweep_the_thresholds():
    role, p, weight = np.array([0, 0]), np.array([0.56, 0.61]), np.array([90, 90])
    lines = np.array([0.55, 0.60, 0.65])[:, None]
    swept = criteria_tier(role, p, weight, METHOD, a_line=lines)
    assert letters(swept).tolist() == [["A", "A"], ["B", "A"], ["B", "B"]]


def test_paths_by_accounts_are_judged_as_one_by_one():
    rng = np.random.default_rng(7)
    role, p, weight = rng.integers(0, 3, 5), rng.random((4, 5)), rng.random((4, 1)) * 100
    swept = criteria_tier(role, p, weight, METHOD)
    alone = [[int(criteria_tier(role[n], p[k, n], weight[k, 0], METHOD)) for n in range(5)] for k in range(4)]
    assert swept.tolist() == alone and swept.dtype == np.int8


# The options against pushing at the line


def final_tiers(row_list, **options):
    grid = grid_of({"A1": {"rows": row_list}})
    return "".join(letters(judged(grid, TierParameters(**options)).tier[:, 0]))


def test_enter_a_after_two_fridays_at_the_line():
    # p: below, at, below, at, at, below -> A only on the second Friday running
    path = rows({"p": 0.5}, {"p": 0.6}, {"p": 0.5}, {"p": 0.6}, {"p": 0.6}, {"p": 0.5})
    assert final_tiers(path) == "BABAAB"
    assert final_tiers(path, enter_a_after=2) == "BBBBAB"


def test_an_account_waiting_at_the_line_says_win_probability_without_a_gap():
    shown = table({"A1": {"rows": rows({"p": 0.65})}}, tiers=TierParameters(enter_a_after=2)).loc["A1"]
    assert (shown["tier"], shown["reason"]) == ("B", "win_probability") and np.isnan(shown["next_tier_gap"])


def test_leave_a_below_holds_an_account_in_a_but_lets_none_in():
    path = rows({"p": 0.57}, {"p": 0.60}, {"p": 0.57}, {"p": 0.55}, {"p": 0.54}, {"p": 0.57})
    assert final_tiers(path, leave_a_below=0.55) == "BAAABB"


def test_leave_a_below_does_not_forgive_a_lost_weight():
    path = rows({"p": 0.60}, {"p": 0.57, "weight": 79})
    assert final_tiers(path, leave_a_below=0.55) == "AB"


def test_an_account_that_was_not_active_starts_again_at_the_line():
    grid = grid_of({"A1": {"rows": rows(*[{}] * 5), "active": [True, True, False, True, True]}})
    outcome = judged(grid, TierParameters(enter_a_after=2))
    assert letters(outcome.tier[:, 0]).tolist() == ["B", "A", "", "B", "A"]


def test_the_step_of_a_line_broadcasts_over_paths():
    in_a, run = np.zeros((2, 3), dtype=bool), np.zeros((2, 3), dtype=int)
    meets = np.array([[True, False, True], [True, True, False]])
    for _ in range(2):
        in_a, run = a_line_step(in_a, run, meets, meets, 2)
    assert in_a.tolist() == meets.tolist() and run.tolist() == (2 * meets).tolist()


def test_stage_caps_cut_the_stated_probability():
    capped = TierParameters(stage_caps={2: 0.5})
    book = {
        "A1": {"rows": rows({"p": 0.7, "stage": 2})},
        "A2": {"rows": rows({"p": 0.7, "stage": 3})},
        "A3": {"rows": rows({"p": 0.7})},  # stage not known: as stated
    }
    shown = table(book, tiers=capped)
    assert shown["tier"].tolist() == ["B", "A", "A"]
    # the gap is measured from what counted: 0.60 - 0.50; the stated number stays in the table
    assert shown.loc["A1", "next_tier_gap"] == pytest.approx(0.1)
    assert shown.loc["A1", "win_probability"] == 0.7
