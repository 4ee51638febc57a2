"""S4 and S5 by hand, by properties, at the edges, and against plain loops."""

import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.method.portfolios import NAN
from toolkit.method.roadmap import RoadmapParameters, industry_scores, roadmap_table, strategic_accounts

METHOD = RoadmapParameters()


def industries(**rows):
    """id -> (capacity, whitespace)."""
    columns = ["industry_id", "market_capacity", "competitive_whitespace"]
    frame = pd.DataFrame([(name, *pair) for name, pair in rows.items()], columns=columns)
    return frame.astype({"industry_id": "str", "market_capacity": float, "competitive_whitespace": float})


def accounts(**rows):
    """id -> (influence, fit, annual potential)."""
    columns = ["account_id", "industry_influence", "technical_fit", "annual_potential"]
    frame = pd.DataFrame([(name, *row) for name, row in rows.items()], columns=columns)
    return frame.astype({"account_id": "str"} | dict.fromkeys(columns[1:], float))


def test_an_industry_scores_capacity_times_whitespace_each_scaled_to_its_maximum():
    # capacities to 800, whitespace to .8: I1 1 x .5 = 50; I2 .5 x 1 = 50; I3 .75 x .75 = 56.25; I4 .25 x .25 = 6.25
    frame = industries(I1=(800, 0.4), I2=(400, 0.8), I3=(600, 0.6), I4=(200, 0.2))
    ranked = industry_scores(frame)
    assert ranked["industry_id"].tolist() == ["I3", "I1", "I2", "I4"]  # I1 and I2 tie: the larger capacity first
    assert ranked["score"].tolist() == pytest.approx([56.25, 50, 50, 6.25])
    assert ranked["rank"].tolist() == [1, 2, 3, 4] and ranked["picked"].tolist() == [True, True, True, False]


def test_all_tied_industries_go_by_id():
    ranked = industry_scores(industries(I3=(5, 0.5), I1=(5, 0.5), I2=(5, 0.5)))
    assert ranked["industry_id"].tolist() == ["I1", "I2", "I3"] and set(ranked["score"]) == {100.0}


def test_a_tie_by_arithmetic_is_a_tie():
    # .1 x 3 and .3 x 1 of .3 x 3: the floats differ in the last digit
    ranked = industry_scores(industries(I1=(1, 0.3), I2=(3, 0.1), I3=(3, 0.3)))
    assert ranked["industry_id"].tolist() == ["I3", "I2", "I1"]


def test_one_industry_none_and_worthless_ones():
    assert industry_scores(industries(I1=(7, 0.1)))["score"].tolist() == [100.0]
    assert industry_scores(industries()).empty
    assert industry_scores(industries(I1=(0, 0.1), I2=(0, 0.2)))["score"].tolist() == [0.0, 0.0]
    assert industry_scores(industries(I1=(10, 0)))["score"].tolist() == [0.0]


@given(st.lists(st.tuples(st.floats(0.1, 1e9), st.floats(0, 1)), min_size=1, max_size=8), st.floats(0.5, 1000))
def test_the_currency_of_capacity_does_not_matter(pairs, rate):
    one = industry_scores(industries(**{f"I{k}": pair for k, pair in enumerate(pairs)}))
    other = industry_scores(industries(**{f"I{k}": (c * rate, w) for k, (c, w) in enumerate(pairs)}))
    assert one["score"].tolist() == pytest.approx(other["score"].tolist())


def test_a_strategic_account_needs_both_at_least_50():
    # A1 80 x 90 / 100 = 72; A2 100 x 49.9: no; A3 50 x 50 = 25; A4 and A5 blank: no; A6 60 x 100 = 60
    frame = accounts(
        A1=(80, 90, 1), A2=(100, 49.9, 9), A3=(50, 50, 1), A4=(NAN, 90, 9), A5=(90, NAN, 9), A6=(60, 100, 1)
    )
    ranked = strategic_accounts(frame, METHOD)
    assert ranked["account_id"].tolist() == ["A1", "A6", "A3"]
    assert ranked["score"].tolist() == pytest.approx([72, 60, 25])
    assert ranked["picked"].all()


def test_tied_accounts_go_by_annual_potential_then_by_id():
    # all score 54
    frame = accounts(A4=(60, 90, NAN), A3=(90, 60, 5), A1=(60, 90, 5), A2=(90, 60, 7), A0=(60, 90, 0))
    assert strategic_accounts(frame, METHOD)["account_id"].tolist() == ["A2", "A1", "A3", "A0", "A4"]


def test_the_top_five_are_picked():
    frame = accounts(**{f"A{k}": (90 - k, 80, 1) for k in range(7)})
    ranked = strategic_accounts(frame, METHOD)
    assert ranked["picked"].tolist() == [True] * 5 + [False] * 2
    assert roadmap_table(industry_scores(industries()), ranked, METHOD)["id"].tolist() == [f"A{k}" for k in range(5)]


def test_no_account_qualifies():
    assert strategic_accounts(accounts(A1=(10, 90, 1)), METHOD).empty
    assert strategic_accounts(accounts(), METHOD).empty


def test_the_roadmap_lists_industries_then_accounts():
    ranked = industry_scores(industries(I1=(8, 0.4), I2=(4, 0.2)))
    table = roadmap_table(ranked, strategic_accounts(accounts(A1=(80, 90, 1)), METHOD), METHOD)
    assert table.columns.tolist() == ["kind", "rank", "id", "score"]
    assert table[["kind", "rank", "id"]].values.tolist() == [
        ["industry", 1, "I1"],
        ["industry", 2, "I2"],
        ["account", 1, "A1"],
    ]
    assert table["score"].tolist() == pytest.approx([100, 25, 72])
    empty = roadmap_table(industry_scores(industries()), strategic_accounts(accounts(), METHOD), METHOD)
    assert empty.empty and empty.columns.tolist() == table.columns.tolist()


@pytest.mark.parametrize("seed", range(10))
def test_rankings_equal_plain_loops_on_random_data(seed):
    rng = random.Random(seed)
    capacity = {f"I{k}": (rng.choice([100, 200, 400]), rng.choice([0.2, 0.4, 0.8])) for k in range(9)}
    top, wide = max(c for c, _ in capacity.values()), max(w for _, w in capacity.values())
    plain = sorted(
        capacity, key=lambda i: (-round(capacity[i][0] / top * capacity[i][1] / wide, 9), -capacity[i][0], i)
    )
    assert industry_scores(industries(**capacity))["industry_id"].tolist() == plain
    book = {f"A{k}": tuple(rng.choice([40, 50, 60, 80]) for _ in range(2)) + (rng.choice([1, 2]),) for k in range(15)}
    fit = [name for name, (influence, technical, _) in book.items() if influence >= 50 and technical >= 50]
    plain = sorted(fit, key=lambda a: (-book[a][0] * book[a][1], -book[a][2], a))
    assert strategic_accounts(accounts(**book), METHOD)["account_id"].tolist() == plain


def test_order_of_the_rows_does_not_matter():
    frame = industries(I1=(8, 0.4), I2=(4, 0.8), I3=(6, 0.6))
    pd.testing.assert_frame_equal(industry_scores(frame), industry_scores(frame[::-1]))


def test_other_counts_and_minimums_are_parameters_and_a_minimum_of_0_departs():
    one = RoadmapParameters(industries=1, accounts=1, min_industry_influence=0, min_technical_fit=0)
    assert industry_scores(industries(I1=(8, 0.4), I2=(4, 0.8)), one)["picked"].tolist() == [True, False]
    assert len(strategic_accounts(accounts(A1=(10, 90, 1), A2=(10, 80, 1)), one)) == 2
    assert one.departures() == ("roadmap.min_industry_influence", "roadmap.min_technical_fit")
    assert METHOD.departures() == ()
    with pytest.raises(ValidationError):
        RoadmapParameters(industries=0)
