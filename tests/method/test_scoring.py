"""Scores by hand, by properties, at the edges, against a plain loop, and AHP against published examples."""

import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.method.portfolios import NAN
from toolkit.base.errors import InputError
from toolkit.method.scoring import (
    ScoreParameters,
    StrategicWeightWeights,
    ValueIndexWeights,
    a_share_finding,
    ahp_weights,
    calibrated,
    calibration_anchor,
    money_utility,
    strategic_weight,
    utility,
    value_index,
    weighted_score,
)

METHOD = ScoreParameters()


def worth(parameters=METHOD, **columns):
    base = {"annual_potential": 1e6, "industry_influence": 80, "technical_fit": 60, "chain_coverage": 0.5}
    n = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    return value_index(pd.DataFrame(base | columns, index=range(n)).astype(float), parameters)


def importance(parameters=METHOD, **columns):
    base = {
        "industry_influence": 80.0,
        "technical_fit": 70.0,
        "market_attractiveness": 60.0,
        "market_role": "industry_benchmark",
        "annual_potential": 1e8,
    }
    n = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    return strategic_weight(pd.DataFrame(base | columns, index=range(n)), parameters)


def test_money_is_on_a_log_scale_from_100_k_to_100_m():
    # 100 k is 0, 100 M is 100, each factor of ten a third
    amounts = [1e5, 1e6, 1e7, 1e8, 1e12, 5e4, 0, -3, NAN]
    expected = [0, 100 / 3, 200 / 3, 100, 100, 0, 0, 0, NAN]
    assert money_utility(amounts, 1e5, 1e8).tolist() == pytest.approx(expected, nan_ok=True)


def test_utilities_stay_within_0_and_100():
    assert utility([-1, 0, 0.15, 0.3, 9], 0, 0.3).tolist() == pytest.approx([0, 0, 50, 100, 100])


def test_the_value_index_by_hand():
    # utilities 33.33, 80, 60, 50 with equal weights: 223.33 / 4
    row = worth().iloc[0]
    assert row["score"] == pytest.approx(223.33333 / 4) and row["coverage"] == 1
    assert row["low"] == row["high"] == row["score"]
    assert row["points_industry_influence"] == 20 and row["points_prior"] == 0


def test_a_missing_component_is_shrunk_to_the_prior():
    # three of four: coverage .75, mean of what is there (33.33 + 80 + 60) / 3 = 57.78; .75 x 57.78 + .25 x 50
    row = worth(chain_coverage=NAN).iloc[0]
    assert row["score"] == pytest.approx(0.75 * 173.33333 / 3 + 12.5)
    assert (row["low"], row["high"]) == pytest.approx((173.33333 / 4, 173.33333 / 4 + 25))
    assert row["points_prior"] == 12.5


def test_below_the_least_coverage_there_is_no_score_but_there_are_bounds():
    row = worth(chain_coverage=NAN, technical_fit=NAN).iloc[0]  # coverage .5
    assert np.isnan(row["score"]) and np.isnan(row["points_prior"]) and np.isnan(row["points_annual_potential"])
    assert (row["low"], row["high"]) == pytest.approx((113.33333 / 4, 113.33333 / 4 + 50))


def test_coverage_exactly_at_the_least_is_enough():
    # weights 3, 1, 1 with the last two missing: coverage .6
    s = weighted_score([70, NAN, NAN], [3, 1, 1], prior=50, min_coverage=0.6)
    assert float(s.score) == pytest.approx(0.6 * 70 + 0.4 * 50)
    assert np.isnan(weighted_score([70, NAN, NAN], [2.99, 1, 1], 50, 0.6).score)


def test_everything_missing_is_no_score_between_0_and_100():
    row = worth(annual_potential=NAN, industry_influence=NAN, technical_fit=NAN, chain_coverage=NAN).iloc[0]
    assert np.isnan(row["score"]) and (row["coverage"], row["low"], row["high"]) == (0, 0, 100)


def test_margin_and_growth_join_where_anybody_has_them():
    without = worth(gross_margin=[NAN, NAN], growth=[NAN, NAN])
    assert "points_gross_margin" not in without and without["coverage"].tolist() == [1, 1]
    both = worth(gross_margin=[0.25, NAN])
    # five components: (223.33 + 50) / 5; the second has four of five
    assert both["score"].tolist() == pytest.approx([273.33333 / 5, 0.8 * 223.33333 / 4 + 0.2 * 50])
    assert worth(growth=[0.15])["points_growth"].tolist() == pytest.approx([10])


def test_a_weight_of_0_leaves_a_component_out():
    weights = ScoreParameters(value_index=ValueIndexWeights(chain_coverage=0))
    assert worth(weights, chain_coverage=NAN)["coverage"].tolist() == [1]


COMPONENTS = st.tuples(*[st.one_of(st.just(NAN), st.floats(0, 100)) for _ in range(4)])


@given(COMPONENTS)
def test_points_add_up_to_the_score(parts):
    influence, fit, chain, money = parts
    frame = worth(
        industry_influence=influence, technical_fit=fit, chain_coverage=chain / 100, annual_potential=money * 1e6
    )
    row = frame.iloc[0]
    added = row[[name for name in frame if name.startswith("points_")]].sum(skipna=False)
    assert added == pytest.approx(row["score"], nan_ok=True)
    assert row["low"] - 1e-9 <= np.nan_to_num(row["score"], nan=row["low"]) <= row["high"] + 1e-9


@given(COMPONENTS)
def test_points_of_the_strategic_weight_add_up_to_the_calibrated_score(parts):
    influence, fit, attractiveness, money = parts
    frame = importance(
        industry_influence=influence,
        technical_fit=fit,
        market_attractiveness=attractiveness,
        annual_potential=money * 1e6,
    )
    row = frame.iloc[0]
    added = row[[name for name in frame if name.startswith("points_")]].sum(skipna=False)
    assert added == pytest.approx(row["score"], nan_ok=True)
    assert np.isnan(row["score"]) or row["low"] - 1e-9 <= row["score"] <= row["high"] + 1e-9


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_better_component_never_lowers_a_score(value, more):
    better = min(100.0, value + more)
    assert worth(technical_fit=better)["score"][0] >= worth(technical_fit=value)["score"][0]
    assert importance(technical_fit=better)["score"][0] >= importance(technical_fit=value)["score"][0]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_one_outlier_moves_nobody_elses_score(values):
    alone = worth(technical_fit=values)["score"].tolist()
    joined = worth(technical_fit=[*values, 1e9])["score"].tolist()
    assert joined[:-1] == alone


def test_rows_keep_their_index():
    frame = pd.DataFrame(
        {"annual_potential": 1e6, "industry_influence": 80.0, "technical_fit": 60.0, "chain_coverage": 0.5},
        index=["x", "y"],
    )
    assert value_index(frame, METHOD).index.tolist() == ["x", "y"]
    assert value_index(frame[:0], METHOD).empty


@pytest.mark.parametrize("seed", range(5))
def test_scores_equal_a_plain_loop_on_random_data(seed):
    rng = random.Random(seed)
    table = [[rng.choice([NAN, rng.uniform(0, 100)]) for _ in range(5)] for _ in range(40)]
    weights = [rng.uniform(0, 3) for _ in range(5)]
    s = weighted_score(table, weights, prior=45, min_coverage=0.6)
    for k, row in enumerate(table):
        there = [(w, u) for w, u in zip(weights, row, strict=True) if not math.isnan(u)]
        coverage = sum(w for w, _ in there) / sum(weights)
        assert s.coverage[k] == pytest.approx(coverage)
        if coverage < 0.6:
            assert np.isnan(s.score[k])
        else:
            mean = sum(w * u for w, u in there) / sum(w for w, _ in there)
            assert s.score[k] == pytest.approx(coverage * mean + (1 - coverage) * 45)


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], [NAN, 1]])
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        weighted_score([50, 50], weights, 50, 0.6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"money_low": 1e9},
        {"gross_margin_low": 0.5},
        {"min_a_share": 0.3},
        {"raw_at_80": 100},
        {
            "value_index": dict.fromkeys(
                ("annual_potential", "industry_influence", "technical_fit", "chain_coverage"), 0
            )
        },
        {"strategic_weight": dict.fromkeys(StrategicWeightWeights.model_fields, 0)},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        ScoreParameters.model_validate(wrong)


# Strategic weight


def test_the_strategic_weight_by_hand():
    # utilities 80, 70, 60, 100, 100: raw 82, above the anchor of 70: 80 + (82 - 70) / 30 x 20 = 88
    anchored = ScoreParameters(raw_at_80=70)
    row = importance(anchored).iloc[0]
    assert (row["raw"], row["score"]) == pytest.approx((82, 88))
    # a regional leader (60) of 1 M (33.33): raw 303.33 / 5 = 60.67; below the anchor: x 80 / 70
    row = importance(anchored, market_role="regional_leader", annual_potential=1e6).iloc[0]
    assert row["score"] == pytest.approx(303.33333 / 5 * 80 / 70)
    assert row["points_market_role"] == pytest.approx(12 * 80 / 70)


def test_an_unknown_role_is_a_missing_component():
    assert importance(market_role=[None])["coverage"].tolist() == pytest.approx([0.8])


@given(st.floats(1, 99))
def test_the_calibration_passes_through_its_three_points(anchor):
    assert calibrated([0, anchor, 100, NAN], anchor).tolist() == pytest.approx([0, 80, 100, NAN], nan_ok=True)


def test_the_anchor_is_what_the_top_fifth_reaches():
    raw = [NAN, 10, 20, 30, 40, 50, 60]  # six scores, ceil(1.2) = 2 of them: 60 and 50
    assert calibration_anchor(raw) == 50
    assert (calibrated(raw, 50) >= 80).sum() == 2
    assert calibration_anchor([42.0]) == 42 and np.isnan(calibration_anchor([NAN]))
    assert calibration_anchor([5, 5, 5, 5, 5]) == 5  # all tied


@given(st.lists(st.floats(1, 99), min_size=1, max_size=30))
def test_at_least_the_top_fifth_reaches_80(raw):
    reached = calibrated(raw, calibration_anchor(raw)) >= 80 - 1e-9
    assert reached.sum() >= math.ceil(len(raw) / 5)


def test_the_win_probability_is_in_neither_score():
    frame = pd.DataFrame({"win_probability": [0.1, 0.9]}).assign(
        annual_potential=1e6, industry_influence=80.0, technical_fit=60.0, chain_coverage=0.5
    )
    score = value_index(frame, METHOD)["score"]
    assert score[0] == score[1]


# AHP


def test_ahp_weights_of_a_consistent_matrix_are_the_ratios():
    weights = np.array([0.5, 0.3, 0.2])
    assert ahp_weights(weights[:, None] / weights).tolist() == pytest.approx(weights.tolist())
    assert ahp_weights([[1]]).tolist() == [1] and ahp_weights([[1, 3], [1 / 3, 1]]).tolist() == [0.75, 0.25]


def test_ahp_weights_of_a_published_matrix():
    # the textbook's 1-3-5 matrix: weights .637, .258, .105, lambda 3.0385, consistency ratio .033
    matrix = [[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]
    assert ahp_weights(matrix).round(3).tolist() == [0.637, 0.258, 0.105]
    with pytest.raises(InputError, match=r"0\.033"):
        ahp_weights(matrix, max_consistency_ratio=0.03)


def test_contradicting_comparisons_are_refused():
    # i beats j beats k beats i
    with pytest.raises(InputError, match="consistency ratio"):
        ahp_weights([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])


@pytest.mark.parametrize(
    "matrix", [[[1, 2]], [[1, 2], [2, 1]], [[1, -2], [-0.5, 1]], [[1, 0], [0, 1]], np.ones((11, 11)), []]
)
def test_a_matrix_that_is_none_is_refused(matrix):
    with pytest.raises(InputError, match="pairwise comparisons"):
        ahp_weights(matrix)


# A's share


@pytest.mark.parametrize(
    ("a", "active", "state", "code"),
    [
        (1, 20, "good", "a_share_in_range"),  # exactly 5 %
        (5, 20, "good", "a_share_in_range"),  # exactly 25 %
        (1, 21, "warning", "a_share_low"),
        (0, 4, "warning", "a_share_low"),
        (6, 20, "warning", "a_share_high"),
        (0, 0, "cannot_judge", "a_share_unknown"),
    ],
)
def test_a_warning_where_a_holds_under_5_or_over_25_per_cent(a, active, state, code):
    tiers = [0] * a + [2] * (active - a) + [-1, -1]
    found = a_share_finding(tiers, METHOD, "2026-11-20").iloc[0]
    assert (found["state"], found["code"], found["rule"]) == (state, code, "S1")
    assert found["measured"] == pytest.approx(a / active if active else NAN, nan_ok=True)
