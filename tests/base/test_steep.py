"""S-shaped responses: the envelope's optimum against a programme, brute force and by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import Bounds, LinearConstraint, milp

from toolkit.base.apportion import optimal
from toolkit.base.errors import InputError
from toolkit.base.steep import (
    elasticity,
    envelope,
    envelope_optimal,
    hill,
    hill_slope,
    settled,
    steep_optimal,
    turning_point,
)

STEEPNESS = st.sampled_from([1.05, 1.3, 2.0, 3.5, 8.0])


def case(seed, n=6):
    """Values, half effects, floors and caps of n accounts; a total of 1 always fits."""
    rng = np.random.default_rng(seed)
    value, kappa = rng.random(n) * 50, rng.random(n) * 0.4 + 0.03
    low = np.where(rng.random(n) < 0.3, rng.random(n) * 0.1, 0.0)
    high = np.where(rng.random(n) < 0.3, low + 0.05 + rng.random(n) * 0.4, np.inf)
    high[int(rng.integers(n))] = np.inf
    return value, kappa, low, high


def worth(value, kappa, steepness, x):
    return (value * hill(x, kappa, steepness)).sum(axis=-1)


def test_the_effect_is_a_half_at_kappa_and_its_elasticity_falls():
    # x = 2 kappa, g = 2: 4/5; elasticity 2 (1 - 4/5); slope at kappa: 2/(1 + 1)^2 = 1/2 per kappa.
    assert hill([3.0, 6.0], 3.0, 2.0).tolist() == [0.5, 0.8]
    assert_allclose(elasticity([6.0], 3.0, 2.0), [0.4])
    assert_allclose(hill_slope([1.0], 2.0), [0.5])
    step = 1e-6
    rise = (hill(1.7 + step, 1.0, 1.3) - hill(1.7 - step, 1.0, 1.3)) / (2 * step)
    assert_allclose(hill_slope(1.7, 1.3), rise, rtol=1e-8)


def test_the_response_bends_at_its_turning_point():
    for steepness in (1.3, 2.0, 5.0):
        y, d = float(turning_point(1.0, steepness)), 1e-3
        slopes = hill_slope(np.array([y - d, y, y + d]), steepness)
        assert slopes[1] >= slopes.max() - 1e-9


@pytest.mark.parametrize("low", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("steepness", [1.3, 2.0, 4.0])
def test_the_envelope_is_the_lowest_concave_line_above_the_effect(steepness, low):
    # The upper hull of a fine grid, by brute force over all chords that start at the lower limit.
    x = np.linspace(low, 6.0, 4001)
    f = hill(x, 1.0, steepness)
    chords = (f[1:] - f[0]) / (x[1:] - x[0])
    touch = int(np.argmax(chords)) + 1
    expected = np.where(x < x[touch], f[0] + chords[touch - 1] * (x - x[0]), f)
    found = envelope(x, 1.0, steepness, low=low)
    assert_allclose(found, expected, atol=1e-6)
    assert (found >= f - 1e-12).all()
    assert (np.diff(found, 2) <= 1e-12).all()


@given(st.integers(0, 10_000), STEEPNESS)
def test_the_envelopes_optimum_adds_up_keeps_limits_and_is_above_every_division(seed, steepness):
    value, kappa, low, high = case(seed)
    x = envelope_optimal(value, kappa, steepness, 1.0, low=low, high=high)
    assert_allclose(x.sum(), 1.0, rtol=1e-12)
    assert (x >= low - 1e-12).all() and (x <= high + 1e-12).all()
    bound = (value * envelope(x, kappa, steepness, low=low, high=high)).sum()
    others = np.random.default_rng(seed).dirichlet(np.ones(len(value)), 300)
    others = others[((others >= low) & (others <= high)).all(axis=1)]
    assert (worth(value, kappa, steepness, others) <= bound + 1e-9).all()
    found = steep_optimal(value, kappa, steepness, 1.0, low=low, high=high)
    assert_allclose(found.sum(), 1.0, rtol=1e-12)
    assert (found >= low - 1e-12).all() and (found <= high + 1e-12).all()
    assert worth(value, kappa, steepness, x) - 1e-9 <= worth(value, kappa, steepness, found) <= bound + 1e-9


@given(st.integers(0, 10_000), STEEPNESS)
def test_at_the_optimum_no_unit_is_worth_more_elsewhere(seed, steepness):
    # Karush-Kuhn-Tucker: one price mu; an account between its limits has envelope slope mu, at its floor no more, at
    # its cap no less.
    value, kappa, low, high = case(seed)
    x = envelope_optimal(value, kappa, steepness, 1.0, low=low, high=high)
    d = 1e-7
    more = np.minimum(x + d, high)
    gain = (
        value
        * (envelope(more, kappa, steepness, low=low, high=high) - envelope(x, kappa, steepness, low=low, high=high))
        / d
    )
    less = np.maximum(x - d, low)
    loss = (
        value
        * (envelope(x, kappa, steepness, low=low, high=high) - envelope(less, kappa, steepness, low=low, high=high))
        / d
    )
    can_grow, can_shrink = x < high - 1e-9, x > low + d
    assert gain[can_grow].max() <= loss[can_shrink].min() * (1 + 1e-4) + 1e-6


def test_the_envelopes_optimum_equals_a_linear_programme_over_fine_pieces():
    # 2,000 pieces an account, each worth the rise of the envelope over it: concave, so they fill up in order.
    for seed, steepness in ((1, 1.3), (2, 2.0), (3, 4.0)):
        rng = np.random.default_rng(seed)
        value, kappa = rng.random(4) * 20, rng.random(4) * 0.3 + 0.1
        grid = np.linspace(0.0, 1.0, 2001)
        gain = np.diff(value[:, None] * envelope(grid, kappa[:, None], steepness), axis=1).ravel()
        solved = milp(-gain, constraints=LinearConstraint(np.full((1, gain.size), 1 / 2000), 1, 1), bounds=Bounds(0, 1))
        x = envelope_optimal(value, kappa, steepness, 1.0)
        assert_allclose((value * envelope(x, kappa, steepness)).sum(), -solved.fun, rtol=2e-6)


def test_the_settled_optimum_is_close_to_trying_everything():
    units, n = 24, 4
    every = [x for x in itertools.product(range(units + 1), repeat=n - 1) if sum(x) <= units]
    grid = np.array([(*x, units - sum(x)) for x in every]) / units
    for seed in range(8):
        rng = np.random.default_rng(seed)
        value, kappa, steepness = rng.random(n) * 20, rng.random(n) * 0.15 + 0.08, 2.0
        best = worth(value, kappa, steepness, grid).max()
        assert worth(value, kappa, steepness, steep_optimal(value, kappa, steepness, 1.0)) >= best * (1 - 1e-9)


def test_alike_accounts_are_filled_one_after_the_other():
    # kappa 1, g = 2: the line touches at 1, so a total of 2 fills two of three; of 2.5 the third gets half its way: 0.5
    # + 0.5 + 0.2 = 1.2. 1.25 twice is worth 2 x 0.6098 = 1.2195, 0.833 thrice 3 x 0.4098 = 1.2295. Of 2.2: 1.1 twice
    # 2 x 0.5475 = 1.095, 0.733 thrice 3 x 0.3498 = 1.049.
    assert envelope_optimal([5.0, 5.0, 5.0], 1.0, 2.0, 2.0).tolist() == [1, 1, 0]
    assert envelope_optimal([5.0, 5.0, 5.0], 1.0, 2.0, 2.5).tolist() == [1, 1, 0.5]
    assert_allclose(steep_optimal([5.0, 5.0, 5.0], 1.0, 2.0, 2.5), [2.5 / 3] * 3)
    assert_allclose(steep_optimal([5.0, 5.0, 5.0], 1.0, 2.0, 2.2), [1.1, 1.1, 0.0])


def test_draws_divided_at_once_equal_draws_divided_one_by_one():
    rng = np.random.default_rng(4)
    value, kappa, total = rng.random((5, 3, 7)), rng.random((5, 3, 7)) + 0.05, rng.random((5, 3)) * 3
    for divide in (envelope_optimal, steep_optimal):
        together = divide(value, kappa, 1.6, total)
        for i in np.ndindex(5, 3):
            assert_allclose(together[i], divide(value[i], kappa[i], 1.6, total[i]), atol=1e-12)


def test_a_steepness_of_one_is_the_exact_optimum_and_little_more_is_close_to_it():
    value, kappa, low, high = case(3)
    exact = optimal(value, kappa, 1.0, low=low, high=high)
    assert (steep_optimal(value, kappa, 1.0, 1.0, low=low, high=high) == exact).all()
    assert_allclose(envelope_optimal(value, kappa, 1.000001, 1.0, low=low, high=high), exact, atol=1e-4)


def test_accounts_without_worth_get_only_what_others_cannot_take():
    assert envelope_optimal([1.0, 0.0], 0.5, 2.0, 1.0).tolist() == [1, 0]
    assert_allclose(envelope_optimal([1.0, 0.0, float("nan")], 0.5, 2.0, 1.0, high=[0.4, 1, 1]), [0.4, 0.3, 0.3])
    assert envelope_optimal([0.0, 0.0], 0.5, 2.0, 1.0).tolist() == [0.5, 0.5]
    assert envelope_optimal([3.0, 1.0], 0.5, 2.0, 0.0).tolist() == [0, 0]


def test_limits_that_cannot_all_hold_are_named():
    with pytest.raises(InputError, match="floors east 0.7, west 0.5 add up to 1.2"):
        envelope_optimal([1.0, 1.0], 0.5, 2.0, 1.0, low=[0.7, 0.5], names=["east", "west"])


def test_the_chosen_share_the_total_beyond_their_turning_points():
    # Two chosen alike share evenly; one chosen with a cap below the total cannot take it.
    assert_allclose(settled([2.0, 2.0, 9.0], 1.0, 2.0, 4.0, [True, True, False]), [2, 2, 0])
    assert np.isnan(settled([2.0, 2.0], 1.0, 2.0, 4.0, [True, False], high=[3.0, 9.0])).all()


def test_kappa_must_be_positive():
    with pytest.raises(ValueError, match="kappa"):
        envelope_optimal([1.0], 0.0, 2.0, 1.0)
