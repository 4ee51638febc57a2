"""The studio's state: scenarios on file, side by side, the recorded weeks, the forecast, the price."""

import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.team import team
from toolkit.base.errors import InputError
from toolkit.parameters import Parameters
from toolkit.whatif.log import log_of
from toolkit.whatif.replay import compare, replay
from toolkit.whatif.scenario import STOCK
from toolkit.widgets.studio_model import StudioModel
from toolkit.widgets.studio_shelf import slug

A_LINE = "tiers.a.min_win_probability"
QUICK = {"whatif.paths": 100, "whatif.weeks": 3, "whatif.posterior_draws": 10, "whatif.price_draws": 100}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return team(tmp_path_factory.mktemp("team") / "data")


@pytest.fixture
def studio(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return StudioModel(data, Parameters.read(QUICK))


def test_the_toolkits_scenarios_are_there(studio):
    assert tuple(s.name for s in studio.shelf.scenarios) == STOCK
    assert not any(studio.shelf.own(name) for name in STOCK)


def test_a_scenario_sets_the_controls(studio):
    studio.load("a_line_55")
    assert studio.thresholds.value(A_LINE) == 0.55 and studio.thresholds.differs(A_LINE)
    assert studio.loaded == "a_line_55"
    studio.load("split_60_40")
    assert studio.thresholds.changes == {"allocation.share_a": 0.6, "allocation.share_b": 0.4}
    assert studio.thresholds.others == {}


def test_what_no_control_moves_is_kept_and_named(studio):
    studio.load("red_alert_8")
    assert studio.thresholds.others == {"red_alert.fall": 0.08}
    assert studio.outcome.after.parameters.red_alert.fall == 0.08
    studio.thresholds.set(A_LINE, 0.55)
    assert studio.thresholds.changes == {A_LINE: 0.55, "red_alert.fall": 0.08}
    assert "red_alert" in studio.thresholds.export()
    studio.thresholds.reset()
    assert studio.thresholds.changes == {}


def test_a_moved_slider_is_no_longer_the_scenario(studio):
    studio.load("a_line_55")
    studio.thresholds.set(A_LINE, 0.56)
    assert studio.loaded == "" and studio.chosen == "a_line_55"
    studio.thresholds.set(A_LINE, 0.55)
    assert studio.loaded == "a_line_55"


def test_saved_it_is_there_the_next_time(studio, data):
    studio.thresholds.set(A_LINE, 0.5)
    studio.thresholds.set("demotion.weeks", 4)
    saved = studio.save(" A线 50，4周 ")
    assert saved.name == "a线_50_4周" and studio.loaded == saved.name
    again = StudioModel(data, Parameters.read(QUICK))
    assert again.shelf.own(saved.name)
    again.load(saved.name)
    assert again.thresholds.changes == {A_LINE: 0.5, "demotion.weeks": 4}
    assert again.table()["title"].tolist()[-1] == "A线 50，4周"


def test_saved_again_it_is_replaced(studio):
    studio.thresholds.set(A_LINE, 0.5)
    studio.save("mine")
    studio.thresholds.set(A_LINE, 0.4)
    studio.save("Mine")
    assert [s.changes for s in studio.shelf.scenarios if s.name == "mine"] == [{A_LINE: 0.4}]


def test_deleted_it_is_gone_and_the_settings_stay(studio):
    studio.thresholds.set(A_LINE, 0.5)
    studio.save("mine")
    studio.delete("mine")
    assert tuple(s.name for s in studio.shelf.scenarios) == STOCK
    assert studio.thresholds.value(A_LINE) == 0.5 and studio.loaded == ""


@pytest.mark.parametrize(
    ("title", "changes", "words"),
    [
        ("…", {A_LINE: 0.5}, "letter or a digit"),
        ("mine", {}, "nothing to save"),
        ("spill", {A_LINE: 0.5}, "spill"),
        ("baseline", {A_LINE: 0.5}, "baseline"),
    ],
)
def test_what_cannot_be_saved_is_refused_in_words(studio, title, changes, words):
    studio.thresholds.load(changes)
    with pytest.raises(InputError, match=words):
        studio.save(title, "en")


def test_settings_that_contradict_each_other_are_not_saved(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = StudioModel(data, Parameters.read(QUICK | {"tiers.leave_a_below": 0.55}))
    studio.thresholds.set(A_LINE, 0.5)
    with pytest.raises(InputError, match="contradict"):
        studio.save("mine", "en")


def test_one_of_the_toolkits_cannot_be_deleted(studio):
    with pytest.raises(InputError, match="of your own"):
        studio.delete("spill", "en")


def test_a_file_that_cannot_be_read_hinders_no_other(studio, tmp_path):
    folder = tmp_path / "parameters" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("changes: {tiers.a.min_win: 1}", "utf-8")
    studio.shelf.refresh("en")
    assert "broken.yaml" in studio.shelf.problem
    assert tuple(s.name for s in studio.shelf.scenarios) == STOCK


def test_side_by_side_the_baseline_first(studio):
    studio.thresholds.set(A_LINE, 0.57)  # A2 has 57 %
    table = studio.table().set_index("name")
    assert table.index.tolist() == ["baseline", "as_set", *STOCK]
    assert table.loc["baseline", ["a", "b", "c", "moved", "account_weeks", "exact_share"]].tolist() == [
        1,
        2,
        2,
        0,
        0,
        1,
    ]
    # A1 gives up 134,117.65 of 400,000; A2 is another tier on all three Fridays
    assert table.loc["as_set", ["a", "b", "c"]].tolist() == [2, 1, 2]
    assert table.loc["as_set", "up"] == ("A2",) and table.loc["as_set", "down"] == ()
    assert table.loc["as_set", "moved"] == pytest.approx(134_117.647 / 400_000)
    assert table.loc["as_set", "account_weeks"] == 3
    assert table.loc["red_alert_8", ["moved", "account_weeks"]].tolist() == [0, 0]


def test_a_scenario_that_is_loaded_stands_once(studio):
    studio.load("a_line_55")
    assert studio.table()["name"].tolist() == ["baseline", *STOCK]


def test_one_that_fails_stays_with_its_reason(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = StudioModel(data, Parameters.read(QUICK | {"tiers.leave_a_below": 0.58}))
    table = studio.table("en").set_index("name")
    assert table.loc["a_line_55", "state"] == "failed" and "leave_a_below" in table.loc["a_line_55", "reason"]
    assert (table.drop(index="a_line_55")["state"] == "ok").all()


def test_the_recorded_weeks_are_those_of_the_replay(studio, data):
    studio.thresholds.set(A_LINE, 0.55)
    log = log_of(data, "2026-11-20", studio.base)
    found = compare(log.published, replay(log, studio.thresholds.parameters()), 0.05)
    assert studio.comparison.rows.equals(found.rows)
    assert studio.comparison is studio.comparison  # once for the same settings


def test_the_price_takes_the_plan_only_when_it_adds_up(studio):
    assert "my_plan" not in studio.price().plans["plan"].tolist()
    studio.plan.start_from("in_force")
    plans = studio.price().plans.set_index("plan")
    worth = plans["share_of_optimum"]
    assert worth["my_plan"] == pytest.approx(worth["expected_value"], abs=1e-3)  # but for the grains
    assert worth["optimum"] == 1.0
    assert studio.worth.left is not None  # without a loop there is no waiting
    studio.plan.set("A1", 0)
    assert "my_plan" not in studio.price().plans["plan"].tolist()


def test_ahead_the_record_comes_before_the_forecast(studio):
    seen = []
    studio.ahead.observe(lambda: seen.append(studio.ahead.outlook))
    studio.show("ahead")
    studio.load("a_line_55")
    studio.look_ahead("en")
    with_record = [o for o in seen if o.record is not None]
    assert with_record[0].forecast is None
    last = seen[-1]
    assert (last.state, last.paths, last.most) == ("done", 100, 100)
    assert last.forecast.figures["scenario"].unique().tolist() == ["baseline", "as_set"]
    assert last.record.reasons  # three weeks cannot calibrate anything


def test_the_same_question_is_asked_once(studio):
    studio.show("ahead")
    studio.look_ahead("en")
    first = studio.ahead.outlook
    studio.load("a_line_55")
    studio.look_ahead("en")
    other = studio.ahead.outlook
    assert other is not first
    studio.thresholds.reset()
    studio.look_ahead("en")
    assert studio.ahead.outlook is first  # known already


def test_exactly_my_plan_is_looked_ahead_at(studio):
    studio.plan.start_from("in_force")
    studio.show("ahead")
    studio.look_ahead("en")
    assert studio.ahead.outlook.forecast.figures["scenario"].unique().tolist() == ["baseline", "my_plan"]


def test_every_scenario_is_looked_ahead_at_side_by_side(studio):
    studio.show("scenarios")
    studio.look_ahead("en")
    figures = studio.ahead.outlook.forecast.figures
    assert figures["scenario"].unique().tolist() == ["baseline", *STOCK]
    assert set(figures.loc[figures["scenario"] == "red_alert_8", "state"]) == {"no_effect"}


def test_elsewhere_nothing_is_looked_ahead_at(studio):
    studio.look_ahead("en")
    assert studio.ahead.outlook.state == "idle"


def test_what_the_model_does_not_have_is_said(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = StudioModel(data, Parameters.read(QUICK | {"tiers.stage_caps": {1: 0.3}}))
    studio.show("ahead")
    studio.look_ahead("en")
    assert studio.ahead.outlook.state == "failed" and "stage_caps" in studio.ahead.outlook.problem


def test_a_tab_that_is_not_there_is_our_fault(studio):
    with pytest.raises(ValueError, match="scenarios"):
        studio.show("nothing")


def test_without_weekly_data_there_is_nothing_to_judge(data):
    studio = StudioModel(data.at("2026-01-10"))
    assert studio.empty


def test_the_export_makes_the_review_of_the_studio(studio, data, tmp_path):
    studio.load("demotion_3_weeks")
    studio.thresholds.set("allocation.share_a", 0.6)
    file = tmp_path / "mine.yaml"
    file.write_text(studio.thresholds.export(), "utf-8")
    week = kat.review(data, parameters=Parameters.read(file), language="en")
    assert studio.outcome.after.tiers.equals(week.tiers)
    assert studio.outcome.after.allocation.equals(week.allocation)


def test_titles_make_names():
    assert [slug(x) for x in ("A  line", "70/30→60/40", "__a__", "！")] == ["a_line", "70_30_60_40", "a", ""]
    assert len(slug("x" * 200)) == 64


def test_the_moved_share_is_a_fraction(studio):
    table = studio.table()
    assert table["moved"].between(0, 1).all() and isinstance(table, pd.DataFrame)
