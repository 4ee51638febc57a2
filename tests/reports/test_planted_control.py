"""What planted.csv names for the rules of execution, found on the sample's last Friday; what is not, and why."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.data.load import load
from toolkit.method.spot_check import spot_checks
from toolkit.parameters import Parameters
from toolkit.state.control import ControlState
from toolkit.state.weekly_state import WeekState

FRIDAY = np.datetime64("2026-11-20")
RULES = {"E4", "E5", "F4", "M6", "M7", "M8", "M9", "M10", "M11", "M12", "D1", "D2", "D3", "S9"}


@pytest.fixture(scope="module")
def control():
    data = load("sample_data")
    week = WeekState(data.at(pd.Timestamp(FRIDAY)), FRIDAY, Parameters())
    return ControlState.of(week, Salt.from_environment(week.parameters.spot_check.seed, {}))


def request(control, account, **values):
    rows = control.data.resource_requests
    here = rows["account_id"] == account
    for column, value in values.items():
        here &= rows[column] == value
    return rows.loc[here, "request_id"].tolist()


def test_e4_beyond_the_float(control):
    row = control.requests.set_index("request_id").loc[request(control, "A014", price_change=-0.12)[0]]
    assert (row["verdict"], row["limit"], row["tier"]) == ("up_to", 0.08, "B")


def test_e4_floats_add_up(control):
    second = request(control, "A065", price_granted=-0.05)[-1]
    row = control.requests.set_index("request_id").loc[second]
    assert row["used"] > 0.05 - 1e-9 and row["used"] + row["asked"] > row["limit"]


@pytest.mark.parametrize(
    ("account", "kind"), [("A011", "before_approval"), ("A069", "wrong_level"), ("A032", "no_request")]
)
def test_e5_oversteps(control, account, kind):
    found = control.oversteps
    assert ((found["account_id"] == account) & (found["kind"] == kind) & (found["happened_at"] >= "2026-11-01")).any()


def test_e5_is_a_proposal_not_in_force(control):
    assert set(control.penalties["state"]) == {"not_in_force"} and control.penalties["amount"].isna().all()


def test_f4_unanswered_after_48_hours(control):
    rows = control.request_clocks
    row = rows[(rows["account_id"] == "A087") & (rows["step"] == "accept") & rows["done_at"].isna()]
    assert row["state"].tolist() == ["breached"]


def test_f4_price_answered_late(control):
    late = request(control, "A082", price_change=-0.04)[-1]
    rows = control.request_clocks
    assert rows.loc[(rows["request_id"] == late) & (rows["step"] == "answer"), "state"].tolist() == ["late"]


def test_m6_the_mismatch_is_one_but_the_default_seed_does_not_draw_it(control):
    # 42 visits that week, 12 drawn: one false visit is caught in 30 % of the draws; this seed's is not among them
    visit = control.data.visits.query("account_id == 'A088' and accuracy_m == 40.0")
    assert not control.drawn_visits["visit_id"].isin(visit["visit_id"]).any()
    d, p = control.data, control.week.parameters.spot_check
    found = spot_checks(visit.assign(week_ending=pd.Timestamp(FRIDAY)), d.account_sites, d.accounts, p)
    assert found["code"].tolist() == ["far"] and 22_000 < found["distance_m"].iloc[0] < 24_000
    assert control.catch_chances.set_index("k").loc[1, "chance"] == pytest.approx(0.30, abs=0.02)


def test_m6_no_consent_cannot_be_determined(control):
    found = control.spot_checks
    assert (found[found["code"] == "no_consent"]["result"] == "undetermined").all() and "no_consent" in set(
        found["code"]
    )


def test_m7_one_call_of_three(control):
    turn = control.callback_turn
    assert turn["drawn"].sum() == 3 and turn.loc[turn["state"] == "done", "account_id"].tolist() == ["A007"]


def test_m8_unreported_by_sales(control):
    found = control.cross_check
    row = found[(found["account_id"] == "A014") & (found["on"] == "2026-11-16")]
    assert row["result"].tolist() == ["unreported"] and row["answer_id"].iloc[0] != ""


def test_m9_incomplete(control):
    blank = control.data.daily_reports["competitor"].isna()
    listed = control.incomplete[control.incomplete["missing"].map(lambda codes: "competitor" in codes)]
    assert blank.sum() > 0 and set(listed["report_id"]) == set(control.data.daily_reports.loc[blank, "report_id"])


def test_m10_three_on_each_report_drawn(control):
    days = control.directive_days
    assert days["partly"].sum() == 0 and (days["state"] == "good").mean() > 0.8


def test_m11_recurring_tag_with_an_open_training(control):
    row = control.trainings.query("problem_tag == '价格异议' and state == 'open'")
    assert row["trained_on"].tolist() == [pd.Timestamp("2026-11-11")]


def test_m12_claimed_meeting_denied(control):
    ledger = control.contradictions
    row = ledger[(ledger["account_id"] == "A007") & (ledger["on"] == pd.Timestamp("2026-11-19"))].iloc[0]
    reports = control.data.daily_reports.set_index("report_id")
    assert reports.loc[row["said_id"], "report_date"] == pd.Timestamp("2026-11-17")
    assert (row["other_table"], row["state"]) == ("callbacks", "open")


def test_d1_none_qualifies_is_an_answer(control):
    found = control.daily_checks
    assert (found["code"] == "none_qualifies").any() and (
        found[found["code"] == "none_qualifies"]["state"] == "good"
    ).all()


def test_d2_orders_owed(control):
    row = control.weekly_checks.set_index("item").loc["sign_orders"]
    assert (row["done"], row["needed"], row["state"]) == (0, 2, "breach")


def test_d2_lowest_efficiency(control):
    assert "A031" in set(control.week.cut["account_id"])


def test_d3_problems_open(control):
    row = control.monthly_checks.set_index("item").loc["close_problems"]
    assert row["state"] == "warning" and row["done"] == 0


def test_s9_verification_lapsed_and_no_output(control):
    row = control.week.patience.set_index("account_id").loc["A002"]
    assert row["code"] == "output_overdue_not_verified" and row["weeks_without_output"] == 14


def test_every_planted_case_of_these_rules_is_looked_at_here():
    planted = pd.read_csv("sample_data/planted.csv")
    assert len(planted[planted["rule"].isin(RULES)]) == 21
