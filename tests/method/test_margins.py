"""S1's margins: by hand, against simulated noise, and at the edges."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.method.portfolios import NAN, fridays, grid_of, judged
from toolkit.base.grid import Grid
from toolkit.method.tiering import (
    TierA,
    TierParameters,
    margins,
    moves_if_line_moves,
    near_lines,
    weekly_noise,
    weekly_noise_sd,
)

METHOD = TierParameters()
PHI = NormalDist().cdf


def one_week(**accounts):
    """Accounts of (role, p, weight) on one Friday, with progress."""
    row = {"value": 50, "posture": 60, "cost": 0, "progress": 1.0}
    book = {
        name: {"role": role, "rows": [row | {"p": p, "weight": weight}]} for name, (role, p, weight) in accounts.items()
    }
    grid = grid_of(book)
    return grid, judged(grid)


def moves(grid, outcome, stall_weeks=2):
    frame = moves_if_line_moves(grid, outcome, METHOD, stall_weeks=stall_weeks)
    return frame.set_index(["line", "shift"])


def test_the_margin_is_the_difference_of_log_odds():
    # logit(.7) - logit(.6) = ln(7/3) - ln(3/2) = ln(14/9) = 0.441833; Phi(-0.441833 / 0.5) = Phi(-0.883665)
    m, chance = margins(0.7, 0.6, 0.5)
    assert float(m) == pytest.approx(np.log(14 / 9))
    assert float(chance) == pytest.approx(PHI(-np.log(14 / 9) / 0.5))


def test_on_the_line_the_chance_is_even_whatever_the_noise():
    assert margins(0.6, 0.6, [0.0, 0.1, 5.0])[1].tolist() == [0.5, 0.5, 0.5]


def test_without_noise_nothing_crosses():
    assert margins([0.5, 0.7], 0.6, 0.0)[1].tolist() == [0.0, 0.0]


def test_certainty_is_infinitely_far_and_nan_stays_nan():
    m, chance = margins([0.0, 1.0, NAN], 0.6, 0.5)
    assert m[:2].tolist() == [-np.inf, np.inf] and chance[:2].tolist() == [0.0, 0.0]
    assert np.isnan(m[2]) and np.isnan(chance[2])
    assert np.isnan(margins(0.5, 0.6, NAN)[1])


@given(st.floats(0.01, 0.99), st.floats(0.05, 0.95), st.floats(0.01, 3))
def test_a_margin_has_the_side_of_its_line_and_at_most_an_even_chance(p, line, sd):
    m, chance = margins(p, line, sd)
    assert np.sign(m) == np.sign(p - line) and 0 <= chance <= 0.5


@given(st.floats(0.61, 0.98), st.floats(0.001, 0.01))
def test_the_farther_from_the_line_the_smaller_the_chance(p, step):
    assert margins(p + step, 0.6, 0.5)[1] < margins(p, 0.6, 0.5)[1]


def history(sigma, tau, weeks=60, accounts=300):
    """Reported log-odds = a random walk (sigma a week) + noise of the report (tau), as QUANT.md has it."""
    rng = np.random.default_rng(11)
    walk = np.cumsum(rng.normal(0, sigma, (weeks, accounts)), axis=0)
    p = 1 / (1 + np.exp(-(walk + rng.normal(0, tau, walk.shape))))
    has_row = np.ones(p.shape, dtype=bool)
    ids = np.array([f"A{n}" for n in range(accounts)])
    return Grid(fridays(weeks), ids, {"win_probability": p, "has_row": has_row})


def test_noise_is_told_apart_from_movement():
    noise = weekly_noise(history(sigma=0.2, tau=0.25))
    # the change has variance .2^2 + 2 x .25^2 = .165
    assert noise.sd == pytest.approx(0.165**0.5, rel=0.03)
    assert noise.movement_sd == pytest.approx(0.20, rel=0.1) and noise.report_sd == pytest.approx(0.25, rel=0.05)


def test_pure_movement_has_no_report_noise_and_pure_noise_no_movement():
    assert weekly_noise(history(sigma=0.2, tau=0.0)).report_sd < 0.04
    assert weekly_noise(history(sigma=0.0, tau=0.25)).movement_sd < 0.05


def test_the_parts_make_up_the_variance():
    noise = weekly_noise(history(sigma=0.2, tau=0.25))
    assert noise.movement_sd**2 + 2 * noise.report_sd**2 == pytest.approx(noise.sd**2)


def test_the_noise_by_hand():
    # one account, p 0.5 and 0.6 in turn: changes +d and -d with d = ln 1.5, so the variance is d^2
    ups = [{"p": 0.5 if w % 2 == 0 else 0.6} for w in range(9)]
    assert weekly_noise_sd(grid_of({"A1": {"rows": ups}})) == pytest.approx(np.log(1.5))


def test_too_few_changes_make_no_estimate():
    rows = [{"p": 0.5}, {"p": 0.6}] * 4  # 7 changes
    noise = weekly_noise(grid_of({"A1": {"rows": rows}}))
    assert np.isnan(noise.sd) and noise.changes == 7
    assert np.isnan(weekly_noise_sd(grid_of({})))


def test_a_change_over_a_missing_week_is_no_weekly_change():
    rows = [{"p": 0.5}, None, {"p": 0.6}] * 8  # only the 7 changes from .6 back to .5 are weekly
    assert weekly_noise(grid_of({"A1": {"rows": rows}})).changes == 7


def test_a_stated_certainty_does_not_break_the_estimate():
    rows = [{"p": 1.0}, {"p": 0.0}] * 6
    assert np.isfinite(weekly_noise_sd(grid_of({"A1": {"rows": rows}})))


def test_only_lines_that_would_change_the_tier_are_near():
    grid, outcome = one_week(
        A1=("industry_benchmark", 0.58, 85),  # A's line
        A2=("industry_benchmark", 0.58, 79),  # too light for A
        A3=("regional_leader", 0.62, 85),  # cannot be A
        A4=("regional_leader", 0.32, 10),  # B's line
        A5=("long_tail", 0.31, 90),  # neither
        A6=("industry_benchmark", 0.58, NAN),  # weight not known
        A7=("industry_benchmark", 0.95, 85),  # far away
    )
    near = near_lines(grid, outcome, METHOD, 0.2)
    assert near[["account_id", "line", "tier"]].values.tolist() == [["A1", "a", "B"], ["A4", "b", "B"]]
    first = near.iloc[0]
    # logit(.58) = .322773, logit(.6) = .405465: margin -.082692; chance Phi(-.41346); one sd: logit +- .2
    assert first["margin"] == pytest.approx(-0.082692, abs=1e-6)
    assert first["chance_to_cross"] == pytest.approx(PHI(-0.413460), abs=1e-6)
    low, high = (1 / (1 + np.exp(-(0.322773 + d))) for d in (-0.2, 0.2))
    assert [first["low"], first["high"]] == pytest.approx([low, high], abs=1e-6)


def test_two_sd_is_the_limit_and_the_nearest_comes_first():
    sd = 0.25
    edge = 1 / (1 + np.exp(-(np.log(1.5) + 2 * sd)))  # exactly two sd above .60
    grid, outcome = one_week(
        A1=("industry_benchmark", edge, 85),
        A2=("industry_benchmark", edge + 0.001, 85),
        A3=("industry_benchmark", 0.61, 85),
        A4=("industry_benchmark", 0.60, 85),
    )
    assert near_lines(grid, outcome, METHOD, sd)["account_id"].tolist() == ["A4", "A3", "A1"]
    assert near_lines(grid, outcome, METHOD, sd, within=3)["account_id"].tolist()[-1] == "A2"


def test_noise_that_cannot_be_told_shows_nobody():
    grid, outcome = one_week(A1=("industry_benchmark", 0.6, 85))
    near = near_lines(grid, outcome, METHOD, NAN)
    assert near.empty and "chance_to_cross" in near.columns
    assert near_lines(*one_week(), METHOD, 0.2).empty


def test_how_many_move_when_a_line_moves():
    grid, outcome = one_week(
        A1=("industry_benchmark", 0.58, 85),
        A2=("industry_benchmark", 0.60, 85),
        A3=("industry_benchmark", 0.64, 85),
        A4=("regional_leader", 0.28, 10),
        A5=("regional_leader", 0.58, 10),
    )
    frame = moves(grid, outcome)
    # A's line at .58: A1 rises; at .59: nobody; at .61: A2 falls; at .64: A3 is still on it; at .65: A3 falls too
    expected = {-5: 1, -3: 1, -2: 1, -1: 0, 0: 0, 1: 1, 4: 1, 5: 2}
    assert {k: frame.loc[("a", k), "moves"] for k in expected} == expected
    assert frame.loc[("a", 5), ["up", "down", "accounts"]].tolist() == [0, 2, "A2;A3"]
    assert frame.loc[("b", -2), ["threshold", "up", "accounts"]].tolist() == [pytest.approx(0.28), 1, "A4"]
    assert frame.loc["b", "moves"].tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_stalled_account_that_falls_out_of_a_falls_to_c():
    still = {"p": 0.60, "weight": 85, "posture": 60, "progress": 0.0}
    grid = grid_of({"A1": {"rows": [still, still]}})
    frame = moves(grid, judged(grid))
    assert frame.loc[("a", 1), ["down", "accounts"]].tolist() == [1, "A1"]
    stuck = grid_of({"A1": {"rows": [still | {"p": 0.58}] * 2}})
    # demoted now; with A's line at .58 it is A whatever its progress; a lower line of B changes nothing
    frame = moves(stuck, judged(stuck))
    assert frame.loc[("a", -2), "up"] == 1 and frame.loc["b", "moves"].sum() == 0


@given(st.lists(st.tuples(st.sampled_from(["industry_benchmark", "regional_leader"]), st.floats(0, 1)), max_size=6))
def test_more_accounts_move_the_farther_a_line_moves(pairs):
    grid, outcome = one_week(**{f"A{n}": (role, p, 90) for n, (role, p) in enumerate(pairs)})
    frame = moves_if_line_moves(grid, outcome, METHOD, stall_weeks=2)
    for _, part in frame.groupby("line"):
        count = part["moves"].to_numpy()
        assert (np.diff(count[5:]) >= 0).all() and (np.diff(count[:6]) <= 0).all() and count[5] == 0


def test_the_lines_are_those_of_the_parameters():
    lower = TierParameters(a=TierA(min_win_probability=0.5))
    grid, _ = one_week(A1=("industry_benchmark", 0.5, 85))
    assert near_lines(grid, judged(grid, lower), lower, 0.1)["threshold"].tolist() == [0.5]
