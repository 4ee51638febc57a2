"""D2's cut list: by hand, exemptions, ties, edges, and a plain loop."""

import math
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.method.discipline import CUT_COLUMNS, DisciplineParameters, cut_list, efficiency_over_weeks

FRIDAY = "2026-11-20"
DEFAULT = DisciplineParameters()


def accounts(*rows):
    """(account, value index, opened on, strategic, in patience); from the third on they may be left out."""
    rest = ("2026-01-05", False, False)
    frame = pd.DataFrame(
        [(*row, *rest[len(row) - 2 :]) for row in rows],
        columns=["account_id", "value_index", "opened_on", "strategic", "in_patience"],
    )
    frame["opened_on"] = pd.to_datetime(frame["opened_on"])
    return frame.astype({"account_id": "str", "value_index": float, "strategic": bool, "in_patience": bool})


def reports(*rows):
    frame = pd.DataFrame(rows, columns=["account_id", "report_date", "cost"])
    frame["report_date"] = pd.to_datetime(frame["report_date"])
    return frame.astype({"account_id": "str", "cost": float})


def test_the_three_with_the_lowest_value_for_their_cost():
    # Points per CNY: K1 50/1000 = .05, K2 60/3000 = .02, K3 40/500 = .08, K4 30/1000 = .03.
    rows = accounts(("K1", 50), ("K2", 60), ("K3", 40), ("K4", 30))
    cost = reports(
        ("K1", "2026-11-19", 1000), ("K2", "2026-11-02", 1000), ("K2", "2026-11-20", 2000), ("K3", "2026-11-19", 500),
        ("K4", "2026-11-19", 1000),
    )  # fmt: skip
    cuts = cut_list(rows, cost, FRIDAY, DEFAULT).cuts
    assert tuple(cuts.columns) == CUT_COLUMNS
    assert cuts[["rank", "account_id", "efficiency"]].values.tolist() == [
        [1, "K2", 0.02],
        [2, "K4", 0.03],
        [3, "K1", 0.05],
    ]


def test_four_weeks_run_from_saturday_to_the_friday():
    # 2026-10-24 is the Saturday four weeks before; the day before it and the day after the Friday are outside.
    cost = reports(
        ("K1", "2026-10-23", 1), ("K1", "2026-10-24", 10), ("K1", "2026-11-20", 100), ("K1", "2026-11-21", 1000)
    )
    table = efficiency_over_weeks(accounts(("K1", 55)), cost, FRIDAY, DEFAULT)
    assert table["cost"].tolist() == [110.0]
    assert table["efficiency"].tolist() == [0.5]


def test_who_is_exempt_and_why():
    rows = accounts(
        ("K1", 10, "2026-01-05", True, False), ("K2", 10, "2026-01-05", False, True), ("K3", 10, "2026-09-26"),
        ("K4", 10), ("K5", 10), ("K6", 10, "2026-11-01", True, True),
    )  # fmt: skip
    cost = reports(*[(f"K{i}", FRIDAY, 1000) for i in (1, 2, 3, 4, 6)])
    found = cut_list(rows, cost, FRIDAY, DEFAULT)
    assert found.cuts["account_id"].tolist() == ["K4"]
    assert dict(found.exempt.values.tolist()) == {
        "K1": "strategic", "K2": "patience", "K3": "young", "K5": "undefined", "K6": "strategic",
    }  # fmt: skip


def test_an_account_is_young_for_fifty_five_days():
    # 2026-09-25 is 56 days before the Friday, 2026-09-26 is 55.
    rows = accounts(("K1", 10, "2026-09-25"), ("K2", 10, "2026-09-26"))
    cost = reports(("K1", FRIDAY, 10), ("K2", FRIDAY, 10))
    assert cut_list(rows, cost, FRIDAY, DEFAULT).cuts["account_id"].tolist() == ["K1"]


def test_ties_go_by_account_id():
    rows = accounts(*[(f"K{i}", 20) for i in (5, 3, 4, 1, 2)])
    cost = reports(*[(f"K{i}", FRIDAY, 100) for i in range(1, 6)])
    assert cut_list(rows, cost, FRIDAY, DEFAULT).cuts["account_id"].tolist() == ["K1", "K2", "K3"]


def test_an_account_without_value_index_counts_nothing_at_its_cost():
    found = cut_list(
        accounts(("K1", math.nan), ("K2", 10)), reports(("K1", FRIDAY, 10), ("K2", FRIDAY, 10)), FRIDAY, DEFAULT
    )
    assert found.cuts[["account_id", "efficiency", "no_index"]].values.tolist() == [
        ["K1", 0.0, True],
        ["K2", 1.0, False],
    ]


@pytest.mark.parametrize("rows", [(), (("K1", 10),), (("K1", math.nan), ("K2", 0))])
def test_without_reports_nobody_is_cut(rows):
    found = cut_list(accounts(*rows), reports(), FRIDAY, DEFAULT)
    assert len(found.cuts) == 0 and tuple(found.cuts.columns) == CUT_COLUMNS
    assert found.exempt["code"].tolist() == ["undefined"] * len(rows)


def test_a_blank_cost_counts_nothing():
    found = cut_list(accounts(("K1", 10)), reports(("K1", FRIDAY, math.nan), ("K1", FRIDAY, 5)), FRIDAY, DEFAULT)
    assert found.cuts["cost"].tolist() == [5.0]


def test_no_weekly_cut_departs_from_the_method():
    assert DisciplineParameters(cut_count=0).departures() == ("discipline.no_cut",)
    assert DEFAULT.departures() == ()
    rows, cost = accounts(("K1", 10)), reports(("K1", FRIDAY, 5))
    assert len(cut_list(rows, cost, FRIDAY, DisciplineParameters(cut_count=0)).cuts) == 0


@given(st.permutations(range(8)))
def test_the_order_of_rows_does_not_matter(order):
    rng = random.Random(1)
    rows = accounts(*[(f"K{i}", rng.randrange(0, 3)) for i in range(8)])
    cost = reports(*[(f"K{i}", FRIDAY, rng.choice([0, 10, 20])) for i in range(8)])
    first = cut_list(rows, cost, FRIDAY, DEFAULT)
    again = cut_list(rows.iloc[order], cost.iloc[order], FRIDAY, DEFAULT)
    pd.testing.assert_frame_equal(first.cuts, again.cuts)
    pd.testing.assert_frame_equal(first.exempt, again.exempt)


def test_the_list_equals_a_plain_loop_on_random_accounts():
    rng = random.Random(2)
    days = pd.date_range("2026-10-10", "2026-11-27")
    for _ in range(25):
        rows = accounts(
            *[
                (f"K{i:02}", rng.choice([math.nan, 0.0, 30.0, 60.0]),
                 rng.choice(["2026-01-05", "2026-09-25", "2026-10-30"]), rng.random() < 0.2, rng.random() < 0.2)
                for i in range(rng.randrange(0, 15))
            ]
        )  # fmt: skip
        cost = reports(
            *[(f"K{rng.randrange(15):02}", rng.choice(days), rng.choice([0.0, 50.0, 80.0])) for _ in range(60)]
        )
        listed = []
        for row in rows.itertuples():
            spent = sum(
                r.cost for r in cost.itertuples()
                if r.account_id == row.account_id and 0 <= (pd.Timestamp(FRIDAY) - r.report_date).days < 28
            )  # fmt: skip
            young = (pd.Timestamp(FRIDAY) - row.opened_on).days < 56
            if spent > 0 and not (young or row.strategic or row.in_patience):
                value = 0.0 if math.isnan(row.value_index) else row.value_index
                listed.append((value / spent, row.account_id))
        found = cut_list(rows, cost, FRIDAY, DEFAULT).cuts
        assert list(zip(found["efficiency"], found["account_id"], strict=True)) == sorted(listed)[:3]
