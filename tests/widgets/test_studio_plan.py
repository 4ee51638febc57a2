"""A plan of one's own: it adds up or is refused by name, and what it starts from is what the rule gives."""

import io

import pandas as pd
import pytest

from tests.widgets.team import team
from toolkit.parameters import Parameters
from toolkit.widgets.studio_plan import AS_SET, IN_FORCE, RESERVE, PlanModel
from toolkit.widgets.threshold_model import ThresholdModel

# In force: A1 draws 280,000; A2 and A3 share 120,000 as 57 to 35: 74,347.83 and 45,652.17, in grains of 100: 74,300 and
# 45,700 (floors 743 and 456 of 1,199; the unit left over goes to the larger remainder, .52 of A3's 456.52).
BUDGET = {"A1": 280_000.0, "A2": 74_300.0, "A3": 45_700.0}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return team(tmp_path_factory.mktemp("team") / "data")


@pytest.fixture
def thresholds(data):
    return ThresholdModel(data)


@pytest.fixture
def plan(thresholds):
    return PlanModel(thresholds.outcome.before, lambda: thresholds.outcome.after)


def amounts(plan):
    return {a: plan.amount(a) for a in plan.accounts if plan.amount(a)}


def test_at_first_there_is_none(plan):
    assert plan.empty and plan.check.code == "none" and plan.shares is None and plan.export() == ""
    assert plan.accounts == ("A1", "A2", "A3", "A4", "A5")


def test_it_starts_from_the_rule_in_grains_and_adds_up(plan):
    plan.start_from(IN_FORCE)
    assert amounts(plan) == BUDGET
    assert plan.check.code == "fits" and plan.handed_out == 400_000.0
    assert plan.shares.to_dict() == {"A1": 0.7, "A2": 0.18575, "A3": 0.11425, "A4": 0.0, "A5": 0.0}


def test_it_starts_from_the_settings(plan, thresholds):
    thresholds.set("allocation.share_a", 0.5)
    plan.start_from(AS_SET)
    assert plan.amount("A1") == 200_000.0 and plan.check.code == "fits"


def test_too_much_is_refused_with_who_has_it(plan):
    plan.start_from(IN_FORCE)
    plan.set("A3", 60_000)
    plan.set("A4", 5_000)
    # 14,300 more for A3 and 5,000 for A4
    assert plan.check.code == "over" and plan.check.gap == pytest.approx(19_300)
    assert plan.check.accounts == ("A3", "A4")
    assert plan.shares is None and plan.export() == ""


def test_too_little_is_refused_with_who_lacks_it(plan):
    plan.start_from(IN_FORCE)
    plan.set("A1", 270_000)
    assert (plan.check.code, plan.check.gap, plan.check.accounts) == ("under", -10_000, ("A1",))


def test_the_rest_can_be_kept(plan):
    plan.start_from(IN_FORCE)
    plan.set("A1", 270_000)
    plan.rest_to_reserve()
    assert plan.amount(RESERVE) == 10_000 and plan.check.code == "fits"
    assert plan.shares.sum() == pytest.approx(0.975)
    plan.set("A1", 275_000)  # the reserve gives first
    plan.rest_to_reserve()
    assert plan.amount(RESERVE) == 5_000 and plan.check.code == "fits"


def test_scaling_keeps_the_proportions_and_the_reserve(plan):
    plan.start_from(IN_FORCE)
    plan.set("A1", 680_000)
    plan.set(RESERVE, 80_000)
    plan.fit()
    # 800,000 for 320,000 that are left: every account has 0.4 of what it had, in grains of 100
    assert amounts(plan) == {"A1": 272_000.0, "A2": 29_700.0, "A3": 18_300.0}
    assert plan.check.code == "fits" and plan.amount(RESERVE) == 80_000


def test_whole_units_stay_whole(data):
    days = {"name": "person_days", "unit": "person_days", "weekly_total": 7, "whole": True}
    thresholds = ThresholdModel(data, Parameters.read({"resources": [days]}))
    plan = PlanModel(thresholds.outcome.before, lambda: thresholds.outcome.after)
    plan.start_from(IN_FORCE)
    assert amounts(plan) == {"A1": 5.0, "A2": 1.0, "A3": 1.0}
    plan.set("A2", 2.4)
    assert plan.amount("A2") == 2.0 and plan.check.gap == 1.0
    plan.fit()
    assert plan.check.code == "fits" and all(x == round(x) for x in amounts(plan).values())


def test_a_team_that_draws_nothing_keeps_all(data):
    nobody = Parameters.read({"tiers.a.min_win_probability": 1.0, "tiers.b.min_win_probability": 1.0})
    thresholds = ThresholdModel(data, nobody)
    plan = PlanModel(thresholds.outcome.before, lambda: thresholds.outcome.after)
    plan.start_from(IN_FORCE)
    assert amounts(plan) == {} and plan.amount(RESERVE) == 400_000 and plan.check.code == "fits"
    assert plan.shares.sum() == 0


def test_rows_stay_in_place_while_one_edits(plan):
    plan.start_from(IN_FORCE)
    before = plan.rows()["account_id"].tolist()
    assert before == ["A1", "A2", "A3", RESERVE]
    plan.set("A3", 200_000)
    assert plan.rows()["account_id"].tolist() == before
    plan.set("A5", 0)  # added: listed, although it draws nothing yet
    assert plan.rows()["account_id"].tolist() == ["A1", "A2", "A3", "A5", RESERVE]


def test_nothing_below_zero(plan):
    plan.start_from(IN_FORCE)
    plan.set("A1", -5)
    assert plan.amount("A1") == 0.0


def test_the_export_is_what_a_what_if_takes(plan):
    plan.start_from(IN_FORCE)
    plan.set("A1", 270_000)
    plan.rest_to_reserve()
    table = pd.read_csv(io.StringIO(plan.export()))
    assert table.to_dict("list") == {"account_id": ["A1", "A2", "A3"], "amount": [270_000, 74_300, 45_700]}


def test_cleared_it_is_gone(plan):
    plan.start_from(IN_FORCE)
    plan.clear()
    assert plan.empty and plan.shares is None


def test_observers_hear_of_every_change(plan):
    heard = []
    plan.observe(lambda: heard.append(plan.check.code))
    plan.start_from(IN_FORCE)
    plan.set("A1", 0)
    plan.clear()
    assert heard == ["fits", "under", "none"]
