"""Dividing a total: by hand, against plain loops, against scipy's solvers and against trying everything."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import Bounds, LinearConstraint, milp, minimize

from toolkit.base.apportion import largest_remainder, optimal, proportional, whole_optimal
from toolkit.base.errors import InputError

NAN = float("nan")
WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=8)


def hill_value(value, kappa, x):
    return float(np.sum(np.asarray(value) * x / (kappa + x)))


# Proportional


def test_parts_are_in_proportion_to_the_weights():
    # 100 over 1 : 3 : 6 is 10, 30, 60.
    assert_allclose(proportional([1, 3, 6], 100.0), [10, 30, 60])


def test_one_member_takes_all_and_none_takes_nothing():
    assert proportional([0.2], 7.0).tolist() == [7.0]
    assert proportional([], 7.0).tolist() == []
    assert proportional([1.0, 2.0], 7.0, members=[False, False]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("weights", [[0.0, 0.0, 0.0], [NAN, NAN, NAN], [0.0, NAN, 0.0]])
def test_without_any_weight_the_members_share_evenly(weights):
    assert proportional(weights, 6.0, members=[True, True, False]).tolist() == [3.0, 3.0, 0.0]
    assert_allclose(optimal(weights, 1.0, 6.0, members=[True, True, False]), [3.0, 3.0, 0.0])


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="negative"):
        proportional([1.0, -1.0], 1.0)


def test_a_cap_passes_the_rest_on_in_proportion():
    # 100 over 1 : 1 : 8, the last capped at 40: 60 is left for 1 : 1.
    assert_allclose(proportional([1, 1, 8], 100.0, high=[100, 100, 40]), [30, 30, 40])


def test_a_floor_is_paid_by_the_others_in_proportion():
    # 100 over 1 : 3 : 6, the first at least 28: 72 is left for 3 : 6.
    assert_allclose(proportional([1, 3, 6], 100.0, low=[28, 0, 0]), [28, 24, 48])


def test_members_without_weight_take_what_capped_ones_cannot():
    # The weighted one is full at 2; the other 4 go evenly, up to a cap of 1 on the second.
    found = proportional([5, 0, 0], 6.0, high=[2, 1, 9])
    assert_allclose(found, [2, 1, 3])


def test_limits_that_cannot_all_hold_are_named_with_their_numbers():
    names = ["East", "West", "South"]
    with pytest.raises(InputError, match=r"floors East 0\.7, South 0\.6 add up to 1\.3.*1 is"):
        proportional([1, 1, 1], 1.0, low=[0.7, 0, 0.6], names=names)
    with pytest.raises(InputError, match=r"caps East 0\.2, West 0\.3, South 0\.1 add up to 0\.6"):
        proportional([1, 1, 1], 1.0, high=[0.2, 0.3, 0.1], names=names)
    with pytest.raises(InputError, match=r"floors West 0\.5; caps West 0\.4"):
        optimal([1, 1, 1], 1.0, 1.0, low=[0, 0.5, 0], high=[1, 0.4, 1], names=names)


@given(WEIGHTS, st.data())
def test_limited_parts_equal_a_bisection_for_c(weights, data):
    n = len(weights)
    low = np.array(data.draw(st.lists(st.integers(0, 10), min_size=n, max_size=n)), dtype=float)
    room = np.array(data.draw(st.lists(st.integers(0, 30), min_size=n, max_size=n)), dtype=float)
    high, w = low + room, np.array(weights, dtype=float)
    fillable = np.where(w > 0, high, low).sum()
    total = low.sum() + data.draw(st.floats(0, 1)) * (fillable - low.sum())
    found = proportional(weights, total, low=low, high=high)
    left, right = 0.0, 1e6
    for _ in range(200):
        c = (left + right) / 2
        left, right = (c, right) if np.clip(c * w, low, high).sum() < total else (left, c)
    assert_allclose(found.sum(), total, atol=1e-9)
    if w.any():
        assert_allclose(found, np.clip(right * w, low, high), atol=1e-6)


@given(WEIGHTS, st.floats(0.01, 1e6))
def test_a_higher_weight_never_gets_less_and_equal_weights_get_the_same(weights, total):
    parts = proportional(weights, total)
    for i, j in itertools.product(range(len(weights)), repeat=2):
        if weights[i] >= weights[j]:
            assert parts[i] >= parts[j]
    assert_allclose(parts.sum(), total, rtol=1e-12)


@pytest.mark.parametrize("limits", [{}, {"high": np.full(12, 0.2)}, {"low": np.full(12, 0.03)}])
def test_paths_divided_at_once_equal_paths_divided_one_by_one(limits):
    rng = np.random.default_rng(1)
    weights, members = rng.random((5, 3, 12)), rng.random((5, 3, 12)) < 0.8
    total = np.full((5, 3), 0.9)
    together = proportional(weights, total, members=members, **limits)
    best = optimal(weights, 0.1, total, members=members, **limits)
    for place in np.ndindex(5, 3):
        alone = proportional(weights[place], 0.9, members=members[place], **limits)
        assert_allclose(together[place], alone, atol=1e-15)
        assert_allclose(best[place], optimal(weights[place], 0.1, 0.9, members=members[place], **limits), atol=1e-12)


def test_weights_of_very_different_size_add_up_all_the_same():
    found = proportional([1e-200, 1e-9, 1.0, 1e9], 1.0, high=[1, 1, 0.2, 0.3])
    # The two large ones are full at 0.5; the rest goes to the third, next to which the first weighs nothing.
    assert_allclose(found, [0, 0.5, 0.2, 0.3], atol=1e-12)


# Whole units


def test_whole_units_go_to_the_largest_remainders():
    # 2.6, 3.3, 4.1: floors 2 + 3 + 4 = 9, the tenth to .6.
    assert largest_remainder([2.6, 3.3, 4.1], 10).tolist() == [3, 3, 4]


def test_equal_remainders_go_to_the_first():
    assert largest_remainder([2.5, 2.5, 2.5, 2.5], 10).tolist() == [3, 3, 2, 2]
    # 1/3 + 2/3 summed up in floats must not decide.
    assert largest_remainder([0.1 + 0.2, 0.3, 0.4], 1).tolist() == [0, 0, 1]
    assert largest_remainder([(0.1 + 0.2) * 5, 1.5], 3).tolist() == [2, 1]


def test_quantities_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up"):
        largest_remainder([1.0, 1.0], 5)
    with pytest.raises(ValueError, match="add up"):
        largest_remainder([3.0, 3.0], 5)


@given(WEIGHTS, st.integers(0, 100))
def test_whole_parts_add_up_stay_within_one_unit_and_keep_the_order(weights, total):
    exact = proportional(weights, float(total))
    whole = largest_remainder(exact, total)
    assert whole.sum() == total and (whole == whole.round()).all()
    assert (abs(whole - exact) < 1 + 1e-9).all()
    for i, j in itertools.product(range(len(weights)), repeat=2):
        if weights[i] > weights[j]:
            assert whole[i] >= whole[j]


def test_whole_parts_of_paths_equal_those_one_by_one():
    rng = np.random.default_rng(2)
    exact = proportional(rng.random((4, 9)), 60.0 * np.ones(4))
    together = largest_remainder(exact, np.full(4, 60))
    assert together.tolist() == [largest_remainder(row, 60).tolist() for row in exact]


# Optimum


def test_the_optimum_of_two_by_hand():
    # v 9 and 1, kappa 2, total 4: sqrt(18/mu) - 2 + sqrt(2/mu) - 2 = 4, 1/sqrt(mu) = 8/(4 sqrt 2) = sqrt 2;
    # x = sqrt(18) sqrt(2) - 2 = 4 and sqrt(2) sqrt(2) - 2 = 0.
    assert_allclose(optimal([9.0, 1.0], 2.0, 4.0), [4.0, 0.0], atol=1e-12)


def test_the_optimum_gives_no_more_where_more_effect_is_lost_than_won():
    rng = np.random.default_rng(3)
    for _ in range(20):
        value, kappa = rng.random(7) * 10, rng.random(7) + 0.2
        low, high = rng.random(7) * 0.2, 0.5 + rng.random(7)
        x = optimal(value, kappa, 3.0, low=low, high=high)
        gain = (
            value * kappa / (kappa + x) ** 2
        )  # equal inside the limits, at most that at the lower, at least at the upper
        inside = (x > low + 1e-9) & (x < high - 1e-9)
        level = gain[inside].mean()
        assert_allclose(gain[inside], level, rtol=1e-9)
        assert (gain[x <= low + 1e-9] <= level * (1 + 1e-9)).all()
        assert (gain[x >= high - 1e-9] >= level * (1 - 1e-9)).all()
        assert_allclose(x.sum(), 3.0, rtol=1e-12)


def test_the_optimum_is_not_below_slsqp_and_not_its_start():
    rng = np.random.default_rng(4)
    for n in (2, 5, 9):
        value, kappa, total = rng.random(n) * 10 + 0.1, 0.5, 2.0
        start = np.full(n, total / n)
        solved = minimize(
            lambda x, v=value: -hill_value(v, 0.5, x),
            start,
            jac=lambda x, v=value: -v * 0.5 / (0.5 + x) ** 2,
            bounds=[(0, total)] * n,
            constraints={"type": "eq", "fun": lambda x: x.sum() - 2.0},
            method="SLSQP",
            options={"ftol": 1e-12, "maxiter": 500},
        )
        ours = optimal(value, kappa, total)
        assert hill_value(value, kappa, ours) >= -solved.fun - 1e-9
        assert_allclose(ours, solved.x, atol=1e-4)
        assert hill_value(value, kappa, ours) > hill_value(value, kappa, start) + 1e-6


def test_limits_of_the_optimum_move_with_their_account_not_with_its_place():
    value, low, high = np.array([5.0, 1.0, 3.0]), np.array([0, 0.5, 0]), np.array([0.8, 9, 9])
    x = optimal(value, 1.0, 3.0, low=low, high=high)
    for order in itertools.permutations(range(3)):
        o = list(order)
        assert_allclose(optimal(value[o], 1.0, 3.0, low=low[o], high=high[o]), x[o], atol=1e-12)


def test_kappa_must_be_positive():
    with pytest.raises(ValueError, match="kappa"):
        optimal([1.0], 0.0, 1.0)


def dynamic_programme(value, kappa, units):
    """The best value of whole units, account by account."""
    best = [0.0] * (units + 1)
    for v, k in zip(value, kappa, strict=True):
        best = [max(best[u - x] + v * x / (k + x) for x in range(u + 1)) for u in range(units + 1)]
    return best[units]


def test_whole_units_of_the_optimum_equal_dynamic_programming():
    rng = np.random.default_rng(5)
    for units in (0, 1, 3, 11, 30):
        for _ in range(6):
            value, kappa = rng.random(6) * 10, rng.random(6) * 4 + 0.3
            x = whole_optimal(optimal(value, kappa, units), value, kappa, units)
            assert x.sum() == units
            assert_allclose(hill_value(value, kappa, x), dynamic_programme(value, kappa, units), rtol=1e-12)


def test_whole_units_of_the_optimum_equal_trying_everything():
    value, kappa, units = np.array([7.0, 3.0, 2.0, 0.0]), 1.5, 5
    every = [x for x in itertools.product(range(units + 1), repeat=4) if sum(x) == units]
    best = max(hill_value(value, kappa, np.array(x)) for x in every)
    x = whole_optimal(optimal(value, kappa, units), value, kappa, units)
    assert_allclose(hill_value(value, kappa, x), best, rtol=1e-12)


def test_whole_units_of_the_optimum_equal_an_integer_programme():
    # One 0/1 variable for each unit of each account, worth its marginal value; concave, so in order by itself.
    rng = np.random.default_rng(6)
    value, kappa, units = rng.random(5) * 10, 2.0, 12
    steps = np.arange(units)
    gain = (value[:, None] * ((steps + 1) / (kappa + steps + 1) - steps / (kappa + steps))).ravel()
    solved = milp(
        -gain,
        constraints=LinearConstraint(np.ones((1, gain.size)), units, units),
        integrality=1,
        bounds=Bounds(0, 1),
    )
    x = whole_optimal(optimal(value, kappa, units), value, kappa, units)
    assert_allclose(hill_value(value, kappa, x), -solved.fun, rtol=1e-9)


def test_whole_units_of_equal_accounts_go_to_the_first():
    value = np.full(4, 2.0)
    assert whole_optimal(optimal(value, 1.0, 6), value, 1.0, 6).tolist() == [2, 2, 1, 1]
