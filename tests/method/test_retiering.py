"""S2 by hand, by properties, at the edges: signals, missing weeks, reasons, tiers.csv; S1 to S3 against plain loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.method.portfolios import NAN, fridays, grid_of, judged, plain_table, random_portfolio
from toolkit.method.tiering import (
    RetieringParameters,
    TierParameters,
    consumption_ratio,
    not_submitted,
    tier_table,
    watch_proposals,
)

METHOD = TierParameters()
SHARES, POINTS = st.floats(0, 1), st.floats(0, 100)
GOOD_ROW = {"p": 0.7, "weight": 85, "value": 50, "posture": 60, "cost": 0, "progress": 1.0}


def table(accounts, week=-1, tiers=None, retiering=None):
    grid = grid_of(accounts)
    return tier_table(grid, judged(grid, tiers, retiering), tiers or METHOD, week).set_index("account_id")


def rows(*changes, **fields):
    """Rows of GOOD_ROW, changed; None stays a missing week."""
    return [None if change is None else GOOD_ROW | fields | change for change in changes]


# S2, the signals


def test_the_ratio_is_the_share_of_cost_over_the_share_of_value():
    # cost 600 of 1,000, value 30 of 100: 0.6 / 0.3 = 2; 400 of 1,000 over 70 of 100: 0.4 / 0.7
    ratio = consumption_ratio([600, 400], [30, 70], [True, True])
    assert ratio.tolist() == pytest.approx([2.0, 4 / 7])


def test_the_ratio_counts_only_accounts_with_a_row():
    # the third has no row: 100 / 300 over 50 / 100, and 200 / 300 over 50 / 100
    ratio = consumption_ratio([100, 200, 9000], [50, 50, 50], [True, True, False])
    assert ratio[:2].tolist() == pytest.approx([2 / 3, 4 / 3]) and np.isnan(ratio[2])


@pytest.mark.parametrize(
    ("cost", "value", "expected"),
    [
        ([0, 0], [50, 50], [NAN, NAN]),  # nobody has cost
        ([10, 10], [0, 50], [NAN, 0.5]),  # no share of the value: not defined
        ([NAN, 10], [50, 50], [0.0, 2.0]),  # blank cost counts 0
        ([10, 10], [NAN, 50], [NAN, 0.5]),
        ([10, 10], [0, 0], [NAN, NAN]),
        ([7], [3], [1.0]),  # one account is always fair
        ([], [], []),
    ],
)
def test_where_the_ratio_is_not_defined(cost, value, expected):
    assert consumption_ratio(cost, value, np.ones(len(cost), dtype=bool)).tolist() == pytest.approx(
        expected, nan_ok=True
    )


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(1, 100)), min_size=1, max_size=8))
def test_ratios_weighted_by_value_average_to_1(pairs):
    cost, value = np.array(pairs).T
    ratio = consumption_ratio(cost, value, np.ones(len(cost), dtype=bool))
    if cost.sum() > 0:
        assert (ratio * value).sum() / value.sum() == pytest.approx(1)


def test_watch_needs_a_posture_below_30_or_a_ratio_above_2():
    # all have value 25 of 100; cost 50 of 100 is exactly 2.0, so it is not above
    book = {
        "A1": {"rows": rows({"posture": 30, "value": 25, "cost": 50})},
        "A2": {"rows": rows({"posture": 29.9, "value": 25, "cost": 20})},
        "A3": {"rows": rows({"posture": NAN, "value": 25, "cost": 30})},
        "A4": {"rows": rows({"posture": 0, "value": 25, "cost": 0})},
    }
    shown = table(book)
    assert shown["on_watch"].tolist() == [False, True, False, True]
    assert shown["resource_consumption_ratio"].tolist() == pytest.approx([2.0, 0.8, 1.2, 0.0])
    # one step more: 51 of 101 over a quarter is 2.02
    book["A1"]["rows"] = rows({"posture": 30, "value": 25, "cost": 51})
    assert table(book).loc["A1", "reason"] == "watch"


def test_on_a_friday_without_a_row_the_posture_is_carried_forward_and_the_ratio_is_not_defined():
    book = {"A1": {"rows": rows({"posture": 20, "cost": 90}, None)}, "A2": {"rows": rows({}, {"cost": 10})}}
    shown = table(book).loc["A1"]
    assert shown["on_watch"] and np.isnan(shown["resource_consumption_ratio"])


def test_watch_does_not_set_the_tier():
    assert table({"A1": {"rows": rows({"posture": 0})}}).loc["A1", "tier"] == "A"


def proposals(accounts, **settings):
    grid = grid_of(accounts)
    return watch_proposals(grid, judged(grid), RetieringParameters(**settings))


def test_two_fridays_running_on_watch_make_a_proposal():
    book = {
        "A1": {"rows": rows({"posture": 60}, {"posture": 20}, {"posture": 25})},
        "A2": {"rows": rows({"posture": 20}, {"posture": 60}, {"posture": 25})},
        "A3": {"rows": rows({"posture": 20}, {"posture": 20}, {"posture": 60})},
    }
    found = proposals(book)
    assert found["account_id"].tolist() == ["A1"]
    assert found["since"].tolist() == [pd.Timestamp(fridays(3)[1])] and found["fridays"].tolist() == [2]
    assert found[["low_posture", "high_ratio", "posture", "tier"]].values.tolist() == [[True, False, 25.0, "A"]]


def test_a_spell_may_change_its_signal_and_lasts_from_the_first_friday_of_all():
    # cost 90 of 100 over half of the value: 1.8; 90 of 100 over a fifth of it: 4.5
    book = {
        "A1": {"rows": rows({"posture": 20, "cost": 90}, {"value": 12.5, "cost": 90})},
        "A2": {"rows": rows({"cost": 10}, {"cost": 10})},
    }
    found = proposals(book)
    assert found["since"].tolist() == [pd.Timestamp(fridays(1)[0])]
    assert found[["low_posture", "high_ratio"]].values.tolist() == [[False, True]]
    assert found["ratio"].tolist() == pytest.approx([4.5])


def test_a_c_account_on_watch_has_no_lower_tier_to_propose():
    assert proposals({"A1": {"rows": rows({"posture": 20}, {"posture": 20}, p=0.1)}}).empty


def test_the_proposal_waits_as_many_fridays_as_it_is_told():
    book = {"A1": {"rows": rows({"posture": 20}, {"posture": 20})}}
    assert proposals(book, proposal_after=3).empty and len(proposals(book, proposal_after=1)) == 1


# S2, missing weeks


def missing(tier_row, weeks):
    return table({"A1": {"rows": [GOOD_ROW | tier_row] + [None] * weeks}}).loc["A1"]


@pytest.mark.parametrize(
    ("row", "letter", "allowed"),
    [({}, "A", 1), ({"p": 0.1, "progress": 1.0}, "C", 4)],
)
def test_an_account_is_stale_beyond_its_tiers_weeks_without_a_row(row, letter, allowed):
    fresh, stale = missing(row, allowed), missing(row, allowed + 1)
    assert fresh["tier"] == stale["tier"] == letter
    assert "stale" not in fresh["reason"] and "stale" in stale["reason"].split(";")


def test_a_b_account_is_stale_after_2_weeks():
    # the second missing week is the first that counts, so two leave it B (count 1) and three make it C
    assert missing({"p": 0.5}, 2)[["tier", "reason"]].tolist() == ["B", "win_probability"]
    three = table(
        {"A1": {"rows": [GOOD_ROW | {"p": 0.5}] + [None] * 3}}, retiering=RetieringParameters(stale_after_c=2)
    )
    assert three.loc["A1", ["tier", "reason"]].tolist() == ["C", "stalled_b;stale"]


def test_staleness_goes_by_the_final_tier():
    # three missing weeks after a B row: stalled (count 2), C now, and C is stale beyond 4 only
    assert missing({"p": 0.5}, 3)[["tier", "reason"]].tolist() == ["C", "stalled_b"]


def test_a_missing_week_is_carried_forward():
    shown = missing({"p": 0.61, "weight": 81}, 1)
    assert shown[["tier", "win_probability", "strategic_weight"]].tolist() == ["A", 0.61, 81.0]


def test_an_account_without_any_row_is_c_and_cannot_be_judged():
    book = {"A1": {"rows": [None, None]}, "A2": {"rows": [None, None], "role": "long_tail"}}
    shown = table(book)
    assert shown["tier"].tolist() == ["C", "C"] and shown["weeks_without_progress"].tolist() == [0, 0]
    assert shown["reason"].tolist() == ["cannot_judge", "market_role;cannot_judge"]
    assert shown["next_tier_gap"].isna().all() and shown["on_watch"].tolist() == [False, False]


def test_who_has_not_submitted_is_listed():
    grid = grid_of({"A1": {"rows": rows({}, {})}, "A2": {"rows": rows({}, None)}, "A3": {"rows": [None, None]}})
    listed = not_submitted(grid, judged(grid))
    assert listed["account_id"].tolist() == ["A2", "A3"]
    assert listed["weeks_without_row"].tolist() == pytest.approx([1.0, NAN], nan_ok=True)


@pytest.mark.parametrize("text", ["25:00", "18", "18:60", "6:00", "six"])
def test_a_cut_off_that_is_no_time_is_refused(text):
    with pytest.raises(ValidationError, match="cut_off"):
        RetieringParameters(cut_off=text)


# Reasons and the gap


@pytest.mark.parametrize(
    ("role", "row", "letter", "reason", "gap"),
    [
        ("industry_benchmark", {}, "A", "", NAN),
        ("industry_benchmark", {"p": 0.55}, "B", "win_probability", 0.05),
        ("industry_benchmark", {"weight": 72}, "B", "strategic_weight", 8),
        ("industry_benchmark", {"p": 0.55, "weight": 72}, "B", "win_probability;strategic_weight", NAN),
        ("regional_leader", {}, "B", "market_role", NAN),
        ("regional_leader", {"p": 0.5, "weight": 1}, "B", "market_role;win_probability;strategic_weight", NAN),
        ("industry_benchmark", {"weight": NAN}, "B", "cannot_judge", NAN),
        ("industry_benchmark", {"weight": NAN, "p": 0.5}, "B", "win_probability;cannot_judge", NAN),
        ("industry_benchmark", {"p": 0.22}, "C", "win_probability", 0.08),
        ("industry_benchmark", {"p": 0.22, "weight": NAN}, "C", "win_probability", 0.08),
        ("long_tail", {"p": 0.45}, "C", "market_role", NAN),
        ("long_tail", {"p": 0.22, "posture": 3}, "C", "market_role;win_probability;watch", NAN),
    ],
)
def test_every_decision_names_what_failed_and_by_how_much(role, row, letter, reason, gap):
    shown = table({"A1": {"role": role, "rows": rows(row)}}).loc["A1"]
    assert (shown["tier"], shown["reason"]) == (letter, reason)
    assert shown["next_tier_gap"] == pytest.approx(gap, nan_ok=True)


def test_a_stalled_b_says_stalled_b_alone_and_then_its_flags():
    still = {"p": 0.5, "weight": 10, "progress": 0.0}
    shown = table({"A1": {"role": "regional_leader", "rows": rows(still, still)}}).loc["A1"]
    assert shown[["tier", "criteria_tier", "reason"]].tolist() == ["C", "B", "stalled_b"]
    assert shown["weeks_without_progress"] == 2 and np.isnan(shown["next_tier_gap"])
    watched = still | {"posture": 1, "weight": NAN}
    shown = table({"A1": {"role": "regional_leader", "rows": rows(watched, watched)}}).loc["A1"]
    assert shown["reason"] == "stalled_b;watch"


@given(SHARES, POINTS)
def test_closing_the_gap_changes_the_verdict(p, weight):
    shown = table({"A1": {"rows": rows({"p": p, "weight": weight})}}).loc["A1"]
    gap = shown["next_tier_gap"]
    if not np.isnan(gap):
        name = {"win_probability": "p", "strategic_weight": "weight"}[shown["reason"]]
        closed = {"p": p, "weight": weight}
        closed[name] += gap
        assert table({"A1": {"rows": rows(closed)}}).loc["A1", "tier"] < shown["tier"]


# The table


def test_the_table_has_the_contracts_columns():
    columns = [
        "week_ending", "account_id", "previous_tier", "tier", "criteria_tier", "reason", "weeks_without_progress",
        "win_probability", "strategic_weight", "value_index", "resource_consumption_ratio", "on_watch",
        "next_tier_gap",
    ]  # fmt: skip
    grid = grid_of({"A1": {"rows": rows({})}})
    shown = tier_table(grid, judged(grid), METHOD)
    assert shown.columns.tolist() == columns
    assert shown["week_ending"].dtype == "datetime64[us]" and shown["tier"].dtype == "str"


def test_the_previous_tier_is_that_of_the_friday_before_if_it_was_active_then():
    book = {
        "A1": {"rows": rows({}, {"p": 0.5})},
        "A2": {"rows": rows({}, {}), "active": [False, True]},
        "A3": {"rows": rows({}, {}), "active": [True, False]},
    }
    shown = table(book)
    assert shown.index.tolist() == ["A1", "A2"]
    assert shown["previous_tier"].tolist() == ["A", ""] and shown["tier"].tolist() == ["B", "A"]
    assert table(book, week=0)["previous_tier"].tolist() == ["", ""]


def test_nobody_active_gives_an_empty_table_with_its_columns():
    shown = table({"A1": {"rows": rows({}), "active": [False]}})
    assert shown.empty and "reason" in shown.columns
    assert table({}).empty and proposals({}).empty


def test_all_tied_accounts_have_one_tier():
    shown = table({f"A{n}": {"rows": rows({"cost": 10})} for n in range(5)})
    assert set(shown["tier"]) == {"A"} and shown["resource_consumption_ratio"].tolist() == pytest.approx([1.0] * 5)


@pytest.mark.parametrize("row", [{"p": 0.1}, {"p": 0.5}])
def test_a_portfolio_may_have_no_a_account(row):
    assert "A" not in set(table({f"A{n}": {"rows": rows(row)} for n in range(3)})["tier"])


def test_an_earlier_friday_reads_as_it_did_then():
    book, reports = random_portfolio(3)
    short = {name: a | {"rows": a["rows"][:8], "active": a["active"][:8]} for name, a in book.items()}
    whole, cut = grid_of(book, reports), grid_of(short, reports)
    then = tier_table(whole, judged(whole), METHOD, week=7)
    pd.testing.assert_frame_equal(then, tier_table(cut, judged(cut), METHOD))


def test_order_and_names_of_the_accounts_do_not_matter():
    book, reports = random_portfolio(4, accounts=8)
    names = dict(zip(sorted(book), sorted(book, reverse=True), strict=True))
    other = {names[name]: account for name, account in book.items()}
    moved = [r | {"account": names[r["account"]]} for r in reports]
    first, second = grid_of(book, reports), grid_of(other, moved)
    ours = tier_table(first, judged(first), METHOD).set_index("account_id")
    theirs = tier_table(second, judged(second), METHOD).set_index("account_id").rename(index=names).sort_index()
    pd.testing.assert_frame_equal(ours, theirs, check_names=False)


@pytest.mark.parametrize("seed", range(12))
def test_every_friday_equals_plain_loops_over_random_portfolios(seed):
    book, reports = random_portfolio(seed)
    grid = grid_of(book, reports)
    outcome = judged(grid)
    for week in range(grid.shape[0]):
        expected = pd.DataFrame(plain_table(book, reports, week))
        if expected.empty:
            continue
        shown = tier_table(grid, outcome, METHOD, week)[expected.columns]
        pd.testing.assert_frame_equal(shown, expected, check_dtype=False, atol=1e-12)
