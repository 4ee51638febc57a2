"""The studio's widgets, without a browser: what is shown follows the model, in both languages."""

from html import unescape

import ipywidgets as widgets
import pytest

import toolkit as kat
from tests.widgets.team import team
from toolkit.base.errors import InputError
from toolkit.parameters import Parameters

QUICK = {"whatif.paths": 100, "whatif.weeks": 3, "whatif.posterior_draws": 10, "whatif.price_draws": 100}
EVIL = "<script>alert('&')</script>"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return team(tmp_path_factory.mktemp("team") / "data", A2=EVIL)


@pytest.fixture
def view(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return kat.studio(data, Parameters.read(QUICK), "en")


def all_of(root, kind):
    """Every widget of a kind, in order."""
    found, todo = [], [root]
    while todo:
        here = todo.pop(0)
        found += [here] if isinstance(here, kind) else []
        todo = list(getattr(here, "children", ())) + todo
    return found


def page(view):
    return "\n".join(w.value for w in all_of(view, widgets.HTML))


def words(view):
    return unescape(page(view))


def button(view, name):
    return next(w for w in all_of(view, widgets.Button) if w.description == name)


def by_label(view, kind, label):
    return next(w for w in all_of(view, kind) if w.description == label)


def turn(view, tab):
    all_of(view, widgets.ToggleButtons)[1].value = tab


def test_a_slider_moves_the_section_that_is_looked_at(view):
    slider = all_of(view, widgets.FloatSlider)[0]
    slider.value = 57
    assert "1 account moves up" in words(view) and "Who would move" in words(view)
    turn(view, "replay")
    assert "Over 3 Fridays, 3 of 15 account-weeks in another tier" in words(view)
    assert "Who would move" not in words(view)
    slider.value = 60
    assert "no week would have differed" in words(view)


def test_ahead_shows_its_record_first(view):
    all_of(view, widgets.FloatSlider)[0].value = 57
    turn(view, "ahead")
    shown = words(view)
    assert 0 < shown.index("the forward model is uncalibrated") < shown.index("The next 3 weeks")
    assert "100 futures" in shown and "As set now" in shown
    assert "Trust differences more than levels" in shown


def test_a_scenario_is_loaded_saved_and_deleted(view):
    choice = by_label(view, widgets.Dropdown, "Load a scenario")
    choice.value = "weight_75"
    assert all_of(view, widgets.FloatSlider)[1].value == 75
    save, delete = button(view, "Save"), button(view, "Delete")
    assert save.disabled and "Give the scenario a name" in words(view)
    assert delete.disabled and "came with the toolkit" in words(view)
    by_label(view, widgets.Text, "Name").value = "Easier weight"
    assert not save.disabled
    save.click()
    assert choice.value == "easier_weight" and "Saved: Easier weight" in words(view)
    turn(view, "scenarios")
    assert "Easier weight <span" in page(view)  # marked as loaded
    button(view, "Delete").click()
    assert choice.value == "" and "Deleted: Easier weight" in words(view)
    choice.value = "weight_75"
    choice.value = ""
    assert view.model.thresholds.changes == {}


def test_a_name_of_the_toolkits_is_refused_before_it_is_saved(view):
    all_of(view, widgets.FloatSlider)[0].value = 57
    by_label(view, widgets.Text, "Name").value = "Spill"
    assert button(view, "Save").disabled and "choose another" in words(view)


def test_what_cannot_be_written_is_said(view, tmp_path):
    (tmp_path / "parameters").write_text("in the way")
    all_of(view, widgets.FloatSlider)[0].value = 57
    by_label(view, widgets.Text, "Name").value = "mine"
    button(view, "Save").click()
    assert 'role="alert"' in page(view) and "That did not work" in words(view)


def test_a_plan_is_edited_refused_and_mended(view):
    turn(view, "price")
    assert len(all_of(view, widgets.BoundedFloatText)) == 8  # the sliders' only: rows come with a plan
    button(view, "Start from the plan in force").click()
    assert "¥400k of ¥400k handed out" in words(view) and "It adds up." in words(view)
    assert "plan.csv" in words(view) and "My plan" in words(view)
    row = by_label(view, widgets.BoundedFloatText, "Shuguang")
    assert row.value == 280.0  # thousands
    row.value = 300
    assert "¥20k too much is handed out; furthest above where the plan began: Shuguang." in words(view)
    assert not button(view, "Scale to fit").disabled
    button(view, "Scale to fit").click()
    assert view.model.plan.check.code == "fits"
    button(view, "Clear").click()
    assert view.model.plan.empty and button(view, "Clear").disabled


def test_an_account_is_added_to_the_plan(view):
    turn(view, "price")
    button(view, "Start from the plan in force").click()
    by_label(view, widgets.Dropdown, "Add an account").value = "A5"
    assert by_label(view, widgets.BoundedFloatText, "Jinfeng").value == 0


def test_the_language_is_switched_in_place(view):
    view.model.load("a_line_55")
    for tab, zh in (("replay", "周"), ("ahead", "今后3周"), ("price", "比最优少"), ("scenarios", "各情景并排")):
        turn(view, tab)
        view.language = "zh"
        assert zh in words(view) and "推演台" in words(view)
        assert all_of(view, widgets.ToggleButtons)[1].value == tab
        view.language = "en"
        assert zh not in words(view)
    assert by_label(view, widgets.Dropdown, "Load a scenario").value == "a_line_55"


def test_a_contradiction_is_shown_and_cannot_be_saved(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    view = kat.studio(data, Parameters.read(QUICK | {"tiers.leave_a_below": 0.58}), "en")
    all_of(view, widgets.FloatSlider)[0].value = 50
    assert "leave_a_below" in words(view) and 'role="alert"' in page(view)
    assert button(view, "Save").disabled and "mend them before saving" in words(view)
    choice = by_label(view, widgets.Dropdown, "Load a scenario")
    all_of(view, widgets.FloatSlider)[0].value = 60
    choice.value = "a_line_55"  # cannot hold together with leave_a_below
    assert choice.value == "" and "That did not work" in words(view)
    turn(view, "scenarios")
    assert "cannot hold" in words(view)


def test_names_are_escaped_and_no_number_is_missing(view):
    view.model.plan.start_from("in_force")
    view.model.load("demotion_3_weeks")
    view.model.thresholds.set("tiers.a.min_win_probability", 0.55)
    for language in ("zh", "en"):
        view.language = language
        for tab in ("friday", "replay", "ahead", "price", "scenarios"):
            turn(view, tab)
            shown = page(view)
            assert EVIL not in shown
            assert ">nan" not in shown.lower() and "None" not in shown


def test_every_control_has_a_label(view):
    turn(view, "price")
    button(view, "Start from the plan in force").click()
    for control in all_of(view, (widgets.BoundedFloatText, widgets.Dropdown, widgets.Text, widgets.Button)):
        assert control.description
    assert all(b.tooltip for b in all_of(view, widgets.Button))


def test_nothing_is_dimmed_when_the_answer_is_there(view):
    all_of(view, widgets.FloatSlider)[0].value = 55
    assert not any("busy" in w._dom_classes for w in all_of(view, widgets.HTML))


def test_the_settings_are_a_section_of_their_own_where_it_is_narrow(view):
    turn(view, "set")
    assert "on-set" in view._dom_classes and view.model.tab == "friday"
    turn(view, "replay")
    assert "on-set" not in view._dom_classes


def test_without_data_it_says_what_to_do(data):
    view = kat.studio(data.at("2026-01-10"), language="en")
    assert "There are no data to look at yet" in words(view)
    view.language = "zh"
    assert "还没有可看的数据" in words(view)


def test_an_unknown_language_is_refused(data):
    with pytest.raises(InputError):
        kat.studio(data, language="fr")
