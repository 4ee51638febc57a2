"""The panel's state: what it says is what the review would say, and every number can be told by hand."""

import pytest
import yaml

import toolkit as kat
from tests.widgets.team import team
from toolkit.base.errors import InputError
from toolkit.parameters import SETTINGS, Parameters
from toolkit.widgets.threshold_model import PATHS, ThresholdModel

A_LINE, B_LINE, WEEKS = "tiers.a.min_win_probability", "tiers.b.min_win_probability", "demotion.weeks"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return team(tmp_path_factory.mktemp("team") / "data")


@pytest.fixture
def model(data):
    return ThresholdModel(data)


def moves(model):
    return [(m.account_id, m.from_tier, m.to_tier, m.codes) for m in model.outcome.moves.itertuples()]


def test_at_first_nothing_differs(model):
    assert model.changes == {}
    assert moves(model) == []
    assert model.outcome.counts.values.tolist() == [["A", 1, 1], ["B", 2, 2], ["C", 2, 2]]
    assert model.outcome.moved["moved"].tolist() == [0.0, 0.0]
    assert model.export() == ""


def test_a_lower_a_line_lifts_whom_it_reaches(model):
    model.set(A_LINE, 0.57)  # A2 has 57 % and weight 85: exactly at the line is at least
    assert moves(model) == [("A2", "B", "A", ("win_probability",))]
    assert model.outcome.counts.values.tolist() == [["A", 1, 2], ["B", 2, 1], ["C", 2, 2]]


def test_a_higher_b_line_drops_whom_it_leaves_behind(model):
    model.set(B_LINE, 0.36)  # A3 has 35 %; A2's 57 % stays
    assert moves(model) == [("A3", "B", "C", ("win_probability",))]


def test_more_patience_brings_the_stalled_account_back(model):
    model.set(WEEKS, 3)  # A4 has two weeks without progress
    assert moves(model) == [("A4", "C", "B", ("stalled_b",))]
    model.set(WEEKS, 2)
    assert moves(model) == []


def test_an_a_account_that_falls_to_b_may_be_stalled_there(tmp_path):
    from tests.reports.team import account, weekly, write
    from toolkit.data.load import load

    rows = weekly("A1", (0.62, 0.62, 0.62), progress=0)
    model = ThresholdModel(load(write(tmp_path / "d", [account("A1")], rows)))
    model.set(A_LINE, 0.7)
    assert moves(model) == [("A1", "A", "C", ("stalled_b",))]
    assert model.outcome.moves["criteria_from"].tolist() == ["A"]


def test_the_allocation_beside_the_one_in_force(model):
    model.set(A_LINE, 0.55)
    rows = model.outcome.allocation
    budget = rows[rows["resource"] == "budget"].set_index("account_id")
    # In force: A1 alone draws 70 % of 400,000; A2 and A3 share 120,000 as 57 to 35 (equal value indices).
    assert budget["now"].round(2).to_dict() == {"A1": 280_000.0, "A2": 74_347.83, "A3": 45_652.17}
    # Then: A1 and A2 share 280,000 as 62 to 57; A3 alone draws 120,000.
    assert budget["then"].round(2).to_dict() == {"A1": 145_882.35, "A2": 134_117.65, "A3": 120_000.0}
    # A1 gives up 134,117.65, the others gain that together; half of all changes is what moves.
    assert model.outcome.moved["moved"].round(2).iloc[0] == 134_117.65
    assert budget.index.tolist() == ["A1", "A3", "A2"]  # by size: 134,118, 74,348, 59,770


def test_an_empty_tier_leaves_a_reserve(model):
    model.set(A_LINE, 0.9)
    reserve = model.outcome.allocation.query("account_id == '' and resource == 'budget'")
    assert reserve[["now", "then", "tier"]].values.tolist() == [[0.0, 280_000.0, ""]]
    model.set("allocation.empty_tier", "spill")
    assert not (model.outcome.allocation["account_id"] == "").any()


def test_b_takes_what_a_leaves(model):
    model.set("allocation.share_a", 0.55)
    assert model.changes == {"allocation.share_a": 0.55, "allocation.share_b": 0.45}
    model.set("allocation.share_a", 0.70)
    assert model.changes == {}


def test_what_was_not_handed_out_stays_so(data):
    base = Parameters.read({"allocation.share_a": 0.6, "allocation.share_b": 0.3})
    model = ThresholdModel(data, base)
    control = next(c for c in model.controls if c.path == "allocation.share_a")
    assert control.high == 0.9
    model.set("allocation.share_a", 0.9)
    assert model.changes["allocation.share_b"] == 0.0


def test_signals_change_lists_but_no_tiers(model):
    assert model.outcome.lists["watch"] == ((), (), 1)  # A3's posture is 25
    model.set("retiering.min_posture", 20)
    assert model.outcome.lists["watch"] == ((), ("A3",), 0)
    assert model.outcome.lists["proposals"] == ((), ("A3",), 0)  # on watch for two Fridays running
    model.set("retiering.min_posture", 61)
    assert model.outcome.lists["watch"] == (("A1", "A2", "A4", "A5"), (), 5)
    assert moves(model) == []


def test_moves_in_the_whole_history(model):
    # In force: A4 is B on 6 and 13 November (one week without progress), C on the 20th: one move.
    assert model.outcome.history == (1, 1, 3)
    model.set(WEEKS, 3)
    assert model.outcome.history == (1, 0, 3)


def test_the_panel_says_what_the_review_says(model, data):
    changes = {A_LINE: 0.55, B_LINE: 0.33, WEEKS: 1, "allocation.share_a": 0.6, "allocation.inside": "equal"}
    for path, value in changes.items():
        model.set(path, value)
    week = kat.review(data, parameters=model.parameters(), language="en")
    assert model.outcome.after.tiers.equals(week.tiers)
    assert model.outcome.after.allocation.equals(week.allocation)


def test_the_export_makes_the_same_parameters(model, tmp_path):
    model.set(A_LINE, 0.55)
    model.set("allocation.share_a", 0.65)
    file = tmp_path / "thresholds.yaml"
    file.write_text(model.export(), "utf-8")
    assert Parameters.read(file) == model.parameters()
    assert yaml.safe_load(model.export()) == {
        "tiers": {"a": {"min_win_probability": 0.55}},
        "allocation": {"share_a": 0.65, "share_b": 0.35},
    }


def test_the_export_keeps_what_was_in_force(data, tmp_path):
    model = ThresholdModel(data, Parameters.read({"yellow_alert.max_days": 9}))
    model.set(WEEKS, 4)
    file = tmp_path / "thresholds.yaml"
    file.write_text(model.export(), "utf-8")
    assert Parameters.read(file) == model.parameters()


def test_reset_goes_back_to_what_is_in_force(data):
    model = ThresholdModel(data, Parameters.read({A_LINE: 0.55}))
    model.set(A_LINE, 0.9)
    model.set("allocation.inside", "equal")
    model.reset()
    assert model.changes == {} and model.value(A_LINE) == 0.55 and moves(model) == []


def test_a_contradiction_is_said_in_words_and_leaves_the_last_result(data):
    model = ThresholdModel(data, Parameters.read({"tiers.leave_a_below": 0.55}))
    model.set(A_LINE, 0.58)
    before = model.outcome
    model.set(A_LINE, 0.50)  # below the line at which an account leaves A
    assert model.refused and model.outcome is before
    assert "leave_a_below" in model.problem("zh") and "leave_a_below" in model.problem("en")
    with pytest.raises(InputError):
        model.export()
    model.set(A_LINE, 0.56)
    assert not model.refused and model.problem("en") == ""


def test_every_control_takes_its_ends_and_unit_from_its_parameter(model):
    known = {setting.path: setting for setting in SETTINGS}
    for control in model.controls:
        setting = known[control.path]
        assert (control.unit, control.rule, control.choices) == (setting.unit, setting.rule, setting.choices)
        if not control.choices and setting.high is not None:
            assert control.high == setting.high
        if not control.choices and not setting.low_open:
            assert control.low == setting.low


def test_every_end_of_every_control_is_allowed(model):
    for control in model.controls:
        for value in control.choices or (control.low, control.high):
            model.set(control.path, value)
            assert not model.refused, (control.path, value, model.problem("en"))
        model.reset()


def test_a_value_beyond_the_usual_end_moves_the_end(data):
    model = ThresholdModel(data, Parameters.read({"retiering.max_consumption_ratio": 25.0}))
    control = next(c for c in model.controls if c.path == "retiering.max_consumption_ratio")
    assert control.high == 25.0


def test_observers_hear_of_every_change(model):
    heard = []
    model.observe(lambda: heard.append(dict(model.changes)))
    model.set(A_LINE, 0.5)
    model.reset()
    assert heard == [{A_LINE: 0.5}, {}]


def test_an_unknown_path_is_our_fault(model):
    with pytest.raises(KeyError):
        model.set("tiers.a.min_win", 0.5)


def test_without_weekly_data_there_is_nothing_to_judge(data):
    model = ThresholdModel(data.at("2026-01-10"))
    assert model.empty and model.outcome is None
    model.set(A_LINE, 0.5)
    model.reset()


def test_the_data_decide_the_friday(data):
    model = ThresholdModel(data.at("2026-11-14"))
    assert str(model.outcome.after.friday) == "2026-11-13"
    assert model.outcome.counts["now"].tolist() == [1, 3, 1]  # A4 has one week without progress only


def test_the_paths_are_settings():
    assert {setting.path for setting in SETTINGS} >= set(PATHS)
