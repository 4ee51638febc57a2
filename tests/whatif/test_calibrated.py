"""Are the accounts called 60 % won six times in ten? By hand, by properties, and against another optimiser."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.method.portfolios import NAN
from tests.widgets.team import team
from toolkit.method.stated_probability import StatedProbabilityParameters, closed_deals
from toolkit.parameters import Parameters
from toolkit.state.weekly_state import WeekState
from toolkit.whatif import calibrated
from toolkit.whatif.calibrated import (
    RELIABILITY_COLUMNS,
    Recalibration,
    bunching_when_calibrated,
    calibrated_portfolio,
    recalibration,
    reliability,
    tiers_when_calibrated,
)

FRIDAY = np.datetime64("2026-11-20")


def deals(*rows):
    """Deals as (rep, stated, won)."""
    frame = pd.DataFrame(rows, columns=["rep_id", "stated", "won"])
    return frame.astype({"rep_id": "str", "stated": float, "won": bool})


def logit(p):
    return np.log(p / (1 - p))


def truth(count, alpha, beta, seed=1):
    """Deals won with probability s(alpha + beta logit(stated))."""
    rng = np.random.default_rng(seed)
    stated = rng.uniform(0.05, 0.95, count).round(2)
    won = rng.random(count) < 1 / (1 + np.exp(-(alpha + beta * logit(stated))))
    return deals(*(("R1", p, w) for p, w in zip(stated, won, strict=True)))


# Reliability


def test_reliability_by_hand():
    # 60 % stated ten times, six won: Wilson's 95 % interval for 6 of 10 is .3127 to .8318
    frame = reliability(deals(*[("R1", 0.6, True)] * 6, *[("R1", 0.6, False)] * 4))
    assert tuple(frame.columns) == RELIABILITY_COLUMNS
    assert frame["rep_id"].tolist() == ["", "R1"]
    team_row = frame.iloc[0]
    assert team_row[["bin", "bin_low", "bin_high", "n", "won"]].tolist() == [3, 0.6, 0.8, 10, 6]
    assert team_row[["stated", "share", "low", "high"]].tolist() == pytest.approx([0.6, 0.6, 0.3127, 0.8318], abs=1e-4)
    assert team_row["state"] == "good"


def test_a_value_on_an_edge_belongs_to_the_bin_above_and_1_to_the_last():
    frame = reliability(deals(*(("R1", p, True) for p in (0.0, 0.2, 0.4 - 1e-12, 0.599, 1.0))))
    assert frame.loc[frame["rep_id"] == "", ["bin", "n"]].values.tolist() == [[0, 1], [1, 1], [2, 2], [4, 1]]


def test_few_deals_cannot_be_judged_and_have_a_wide_interval():
    frame = reliability(deals(("R1", 0.7, True)))
    assert frame["state"].tolist() == ["cannot_judge", "cannot_judge"]
    # one of one: low = 1/(1 + z²) = .2065, high 1
    assert frame[["low", "high"]].values.tolist() == pytest.approx(np.array([[0.2065, 1.0]] * 2), abs=1e-4)


def test_what_is_overstated_is_a_warning():
    parameters = StatedProbabilityParameters(min_count=4)
    frame = reliability(deals(*[("R1", 0.9, False)] * 4), parameters)
    assert frame["state"].tolist() == ["warning", "warning"]  # 0 of 4: at most .4899
    assert reliability(deals(*[("R1", 0.9, False)] * 4))["state"].tolist() == ["cannot_judge"] * 2


def test_all_won_and_all_lost_are_shares_of_1_and_0():
    frame = reliability(deals(*[("R1", 0.7, True)] * 8, *[("R2", 0.3, False)] * 8))
    assert frame.loc[frame["rep_id"] == "", "share"].tolist() == [0, 1]


def test_reps_come_by_id_and_not_by_their_record():
    frame = reliability(deals(("R3", 0.7, True), ("R1", 0.7, False), ("R2", 0.7, True)))
    assert frame["rep_id"].tolist() == ["", "R1", "R2", "R3"]


def test_deals_without_a_rep_count_for_the_team_alone():
    frame = reliability(deals(("", 0.7, True), ("R1", 0.7, True)))
    assert frame[["rep_id", "n"]].values.tolist() == [["", 2], ["R1", 1]]


def test_no_deals_and_nothing_stated_are_no_rows():
    for rows in ((), (("R1", NAN, True),)):
        frame = reliability(deals(*rows))
        assert frame.empty and tuple(frame.columns) == RELIABILITY_COLUMNS


def test_bins_can_be_ones_own_but_must_rise():
    frame = reliability(deals(("R1", 0.6, True), ("R1", 0.65, True)), bins=(0.0, 0.55, 0.65, 1.0))
    assert frame.loc[frame["rep_id"] == "", ["bin_low", "n"]].values.tolist() == [[0.55, 1], [0.65, 1]]
    for bins in ((0.5,), (0.0, 0.5, 0.5), (1.0, 0.0)):
        with pytest.raises(ValueError, match="rising"):
            reliability(deals(), bins=bins)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(["", "R1", "R2"]), st.floats(0, 1), st.booleans()), max_size=30))
def test_every_deal_is_in_one_bin_of_the_team(rows):
    frame = reliability(deals(*rows))
    whole = frame[frame["rep_id"] == ""]
    assert whole["n"].sum() == len(rows)
    assert whole["won"].sum() == sum(won for _, _, won in rows)
    assert (frame["low"] <= frame["share"] + 1e-12).all() and (frame["share"] <= frame["high"] + 1e-12).all()
    named = frame[frame["rep_id"] != ""]
    assert named["n"].sum() == sum(rep != "" for rep, _, _ in rows)


# Recalibration


def test_without_deals_everything_is_as_stated():
    found = recalibration(deals())
    assert (found.alpha, found.beta, found.sds, found.n) == (0, 1, (1, 0.5), 0)
    p = np.array([0.0, 0.003, 0.3, 0.6, 1.0])
    assert found.apply(p) == pytest.approx(p, abs=1e-9)


def test_one_deal_by_hand():
    # stated .5, won: logit 0, so beta stays 1; 1 - s(alpha) = alpha (the slope of the log posterior is 0):
    # alpha = .4010581 solves 1 - 1/(1 + e^-a) = a
    found = recalibration(deals(("R1", 0.5, True)))
    assert found.beta == pytest.approx(1, abs=1e-9)
    assert 1 - 1 / (1 + np.exp(-found.alpha)) == pytest.approx(found.alpha, abs=1e-9)
    assert found.alpha == pytest.approx(0.4010581, abs=1e-6)
    # curvature: s(1 - s) + 1 = .24021 + 1, s(a) = .5989
    assert found.sds[0] == pytest.approx((0.5989419 * 0.4010581 + 1) ** -0.5, abs=1e-6)
    assert found.n == 1


def test_few_deals_move_less_than_many_of_the_same_kind():
    shifts = [recalibration(deals(*[("R1", 0.6, True)] * k, *[("R1", 0.6, False)] * 3 * k)).apply(0.6) for k in (1, 8)]
    assert 0.25 < shifts[1] < shifts[0] < 0.6


def test_all_won_and_all_lost_stay_finite():
    for won in (True, False):
        found = recalibration(deals(*[("R1", p, won) for p in (0.0, 0.3, 1.0)] * 40))
        assert np.isfinite([found.alpha, found.beta, *found.sds]).all()
        assert ((found.apply([0.3, 0.7]) > 0) & (found.apply([0.3, 0.7]) < 1)).all()


def test_a_missing_statement_takes_no_part():
    rows = [("R1", 0.5, True), ("R1", 0.7, False)]
    assert recalibration(deals(*rows, ("R1", NAN, True))) == recalibration(deals(*rows))


def test_a_record_turned_round_says_that_statements_tell_nothing():
    # what was called 90 % was lost, what was called 10 % was won; as often one as the other: .5 for all
    rows = [("R1", 0.9, False), ("R1", 0.1, True)] * 50
    found = recalibration(deals(*rows))
    assert found.beta == 0
    assert found.apply([0.0, 0.2, 0.9, 1.0]) == pytest.approx([0.5] * 4, abs=1e-9)


def test_many_deals_give_the_truth_back():
    found = recalibration(truth(4000, -0.6, 0.7))
    assert abs(found.alpha + 0.6) < 3 * found.sds[0]
    assert abs(found.beta - 0.7) < 3 * found.sds[1]
    assert found.sds[0] < 0.06


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_another_optimiser_finds_the_same(seed):
    rng = np.random.default_rng(seed)
    frame = truth(int(rng.integers(1, 40)), *rng.normal([0, 1], [0.8, 0.3]), seed)
    x = logit(np.clip(frame["stated"].to_numpy(), 0.005, 0.995))

    def minus_log_posterior(b):
        z = b[0] + b[1] * x
        likely = np.where(frame["won"], -np.logaddexp(0, -z), -np.logaddexp(0, z)).sum()
        return b[0] ** 2 / 2 + (b[1] - 1) ** 2 / (2 * 0.5**2) - likely

    best = minimize(minus_log_posterior, [0.0, 1.0], bounds=[(None, None), (0, None)], options={"ftol": 1e-14}).x
    found = recalibration(frame)
    assert (found.alpha, found.beta) == pytest.approx(best.tolist(), abs=1e-4)


@given(st.floats(-3, 3), st.floats(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_statement_never_gets_less(alpha, beta, p, q):
    low, high = Recalibration(alpha, beta).apply(sorted((p, q)))
    assert 0 <= low <= high <= 1
    assert np.isnan(Recalibration(alpha, beta).apply(NAN))


# The tiers it would give


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Three Fridays of five accounts: .62 (A), .57 (B), .35 (B), .30 (stalled: C), .45 (long tail: C)."""
    data = team(tmp_path_factory.mktemp("team") / "data")
    return WeekState(data.at(FRIDAY), FRIDAY, Parameters())


def letters(frame):
    return dict(zip(frame["account_id"], frame["calibrated_tier"], strict=True))


def test_as_stated_no_tier_changes(state):
    frame = tiers_when_calibrated(state, Recalibration())
    assert frame["tier"].tolist() == state.tiers["tier"].tolist() == list("ABBCC")
    assert frame["calibrated_tier"].tolist() == frame["tier"].tolist()
    assert frame["calibrated"].tolist() == pytest.approx(frame["win_probability"].tolist(), abs=1e-9)


def test_tiers_on_calibrated_probabilities_by_hand(state):
    # a tenth of log-odds less: .62 -> .5962 (under .6: B), .57 -> .5453, .35 -> .3276 (B still)
    lower = tiers_when_calibrated(state, Recalibration(alpha=-0.1))
    assert letters(lower) == {"A1": "B", "A2": "B", "A3": "B", "A4": "C", "A5": "C"}
    # a fifth more: .57 -> .6182 (A); A4 reaches .3436 but stays stalled, A5 stays a long-tail account
    higher = tiers_when_calibrated(state, Recalibration(alpha=0.2))
    assert letters(higher) == {"A1": "A", "A2": "A", "A3": "B", "A4": "C", "A5": "C"}
    assert higher.set_index("account_id").loc["A2", "calibrated"] == pytest.approx(0.6182, abs=1e-4)


def test_all_but_the_probability_stays_as_it_is(state):
    then = calibrated_portfolio(state, Recalibration(alpha=-1.0))
    now = state.portfolio
    assert (then.tiers.weeks_without_progress == now.tiers.weeks_without_progress).all()
    assert (then.tiers.on_watch == now.tiers.on_watch).all()
    for name in now.grid.values:
        same = np.array_equal(then.grid[name], now.grid[name], equal_nan=now.grid[name].dtype.kind == "f")
        assert same == (name != "win_probability"), name


def test_a_higher_recalibration_never_lowers_a_tier_by_criteria(state):
    tiers = [calibrated_portfolio(state, Recalibration(alpha=a)).tiers.criteria_tier for a in (-1, -0.2, 0, 0.3, 1)]
    for lower, higher in zip(tiers, tiers[1:], strict=False):
        assert (higher <= lower).all()


def test_bunching_is_told_on_stated_and_on_calibrated_probabilities(state):
    frame = bunching_when_calibrated(state, Recalibration(alpha=0.2))
    assert frame["kind"].tolist() == ["stated", "stated", "calibrated", "calibrated"]
    # within .05 of .6 as stated: .62 above, .57 below; calibrated: .6182 above (A2), .6659 out of the window
    assert frame.loc[frame["line"] == "a", ["below", "above"]].values.tolist() == [[1, 1], [0, 1]]
    assert frame.iloc[:2].drop(columns="kind").equals(state.bunching)


def test_the_deals_are_those_of_s2(state):
    expected = closed_deals(state.data.accounts, state.data.account_weeks, FRIDAY)
    assert calibrated.closed_deals(state).equals(expected)
