"""S6, actual against plan: by hand, edges, and a plain loop."""

import math
import random
from collections import defaultdict

import pandas as pd
import pytest

from toolkit.method.spend import LEAK_COLUMNS, SPEND_COLUMNS, leaks, spend

PLAN = {"A": 0.7, "B": 0.3, "C": 0.0}


def reports(*rows):
    frame = pd.DataFrame(rows, columns=["rep_id", "account_id", "tier", "cost"])
    return frame.astype({"rep_id": "str", "account_id": "str", "tier": "str", "cost": float})


def test_the_team_by_tier_then_each_rep_by_tier():
    # 1,000 in all: A 580, B 310, C 110, of which 70 with R2.
    table = spend(
        reports(
            ("R2", "K1", "A", 300),
            ("R1", "K1", "A", 280),
            ("R1", "K2", "B", 310),
            ("R1", "K4", "C", 40),
            ("R2", "K4", "C", 70),
        ),  # fmt: skip
        PLAN,
    )
    assert tuple(table.columns) == SPEND_COLUMNS
    assert table[["tier", "rep_id"]].values.tolist() == [
        ["A", ""], ["B", ""], ["C", ""], ["A", "R1"], ["B", "R1"], ["C", "R1"], ["A", "R2"], ["C", "R2"],
    ]  # fmt: skip
    assert table["actual_share"].tolist() == pytest.approx([0.58, 0.31, 0.11, 0.28, 0.31, 0.04, 0.3, 0.07])
    assert table["planned_share"][:3].tolist() == [0.7, 0.3, 0.0]
    assert table["planned_share"][3:].isna().all()


def test_cost_on_closed_accounts_has_a_row_without_tier():
    table = spend(reports(("R1", "K1", "A", 75), ("R1", "K9", None, 25)), PLAN)
    assert table[["tier", "rep_id", "actual_share"]].values.tolist() == [
        ["A", "", 0.75], ["B", "", 0.0], ["C", "", 0.0], ["", "", 0.25], ["A", "R1", 0.75], ["", "R1", 0.25],
    ]  # fmt: skip
    assert table["planned_share"][3] == 0.0


@pytest.mark.parametrize("rows", [[], [("R1", "K1", "A", 0.0), ("R1", "K2", "", math.nan)]])
def test_without_cost_the_shares_are_not_defined(rows):
    table = spend(reports(*rows), PLAN)
    assert table["tier"].tolist() == ["A", "B", "C"]
    assert table["cost"].tolist() == [0, 0, 0]
    assert table["actual_share"].isna().all()
    assert len(leaks(reports(*rows), PLAN)) == 0
    assert tuple(leaks(reports(*rows), PLAN).columns) == LEAK_COLUMNS


def test_leaks_are_the_largest_first_with_the_accounts_behind_them():
    table = leaks(
        reports(
            ("R1", "K1", "A", 800),
            ("R1", "K4", "C", 40),
            ("R2", "K5", "C", 30),
            ("R2", "K4", "C", 90),
            ("R2", "K5", "C", 40),
        ),  # fmt: skip
        PLAN,
    )
    # 160 of 1,000 on C: R2 90 on K4 and 70 on K5, R1 40 on K4.
    assert table[["rep_id", "tier", "cost", "accounts"]].values.tolist() == [
        ["R2", "C", 160.0, "K4;K5"], ["R1", "C", 40.0, "K4"],
    ]  # fmt: skip
    assert table["share"].tolist() == table["excess_share"].tolist() == [0.16, 0.04]


def test_of_a_tier_over_its_plan_only_the_excess_leaks():
    # B 50 % instead of 30 %: 20 points too many, 4 : 1 by cost: 16 and 4. A within plan, C none.
    table = leaks(reports(("R1", "K1", "A", 50), ("R1", "K2", "B", 10), ("R2", "K3", "B", 40)), PLAN)
    assert table["rep_id"].tolist() == ["R2", "R1"]
    assert table["share"].tolist() == pytest.approx([0.4, 0.1])
    assert table["excess_share"].tolist() == pytest.approx([0.16, 0.04])


def test_within_the_plan_and_on_a_alone_nothing_leaks():
    assert len(leaks(reports(("R1", "K1", "A", 70), ("R1", "K2", "B", 30)), PLAN)) == 0
    assert len(leaks(reports(("R1", "K1", "A", 70)), PLAN)) == 0


def test_equal_leaks_go_by_rep():
    table = leaks(reports(("R2", "K2", "C", 10), ("R1", "K1", "C", 10), ("R1", "K3", "A", 80)), PLAN)
    assert table["rep_id"].tolist() == ["R1", "R2"]


def test_the_rows_equal_a_plain_loop_on_random_reports():
    rng = random.Random(3)
    for _ in range(20):
        rows = [
            (rng.choice(["R1", "R2", "R3"]), rng.choice(["K1", "K2", "K3", "K4"]), rng.choice(["A", "B", "C", ""]),
             rng.choice([0.0, math.nan, 100 * rng.random()]))
            for _ in range(rng.randrange(1, 40))
        ]  # fmt: skip
        costs = defaultdict(float)
        for rep, _, tier, cost in rows:
            if cost == cost and cost > 0:
                costs[(tier, rep)] += cost
                costs[(tier, "")] += cost
                costs["all"] += cost
        table = spend(reports(*rows), PLAN)
        found = {(r.tier, r.rep_id): r.actual_share for r in table.itertuples() if r.cost > 0}
        total = costs.pop("all", 0.0)
        assert found == pytest.approx({key: cost / total for key, cost in costs.items()})
