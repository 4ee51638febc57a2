"""The panel's widgets, without a browser."""

from html import unescape

import ipywidgets as widgets
import pytest

import toolkit as kat
from tests.widgets.team import team
from toolkit.base.errors import InputError
from toolkit.parameters import Parameters
from toolkit.widgets.threshold_view import note


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return team(tmp_path_factory.mktemp("team") / "data")


def all_of(panel, kind):
    """Every widget of a kind in the panel, in order."""
    found, todo = [], [panel]
    while todo:
        here = todo.pop(0)
        found += [here] if isinstance(here, kind) else []
        todo = list(getattr(here, "children", ())) + todo
    return found


def by_label(panel, kind, label):
    return next(w for w in all_of(panel, kind) if w.description == label)


def html(panel):
    return unescape("\n".join(w.value for w in all_of(panel, widgets.HTML)))


def button(panel, words):
    return next(w for w in all_of(panel, (widgets.Button, widgets.ToggleButton)) if w.description == words)


def test_a_number_moves_its_slider_the_model_and_the_result(data):
    panel = kat.threshold_panel(data, language="en")
    by_label(panel, widgets.BoundedFloatText, "Win probability for A").value = 55
    assert all_of(panel, widgets.FloatSlider)[0].value == 55
    assert panel.model.changes == {"tiers.a.min_win_probability": 0.55}
    assert "1 account moves up" in html(panel) and "Hengda" in html(panel)


def test_a_slider_moves_its_number(data):
    panel = kat.threshold_panel(data, language="en")
    all_of(panel, widgets.FloatSlider)[0].value = 70
    assert by_label(panel, widgets.BoundedFloatText, "Win probability for A").value == 70


def test_a_choice_moves_the_model(data):
    panel = kat.threshold_panel(data, language="en")
    by_label(panel, widgets.Dropdown, "Inside a tier").value = "equal"
    assert panel.model.changes == {"allocation.inside": "equal"}


def test_a_control_that_differs_is_marked(data):
    panel = kat.threshold_panel(data, language="en")
    assert not any("differs" in box._dom_classes for box in all_of(panel, widgets.VBox))
    all_of(panel, widgets.FloatSlider)[0].value = 70
    assert sum("differs" in box._dom_classes for box in all_of(panel, widgets.VBox)) == 1


def test_disabled_buttons_say_why(data):
    panel = kat.threshold_panel(data, language="en")
    reset, export = button(panel, "Reset"), button(panel, "Export parameters")
    assert reset.disabled and export.disabled
    assert reset.tooltip in html(panel) and export.tooltip in html(panel)
    all_of(panel, widgets.FloatSlider)[0].value = 70
    assert not reset.disabled and not export.disabled
    assert "nothing to reset" not in html(panel)


def test_reset_puts_every_control_back(data):
    panel = kat.threshold_panel(data, language="en")
    before = html(panel)
    for slider in all_of(panel, widgets.FloatSlider):
        slider.value = slider.max
    button(panel, "Reset").click()
    assert panel.model.changes == {}
    assert [s.value for s in all_of(panel, widgets.FloatSlider)] == [60, 80, 30, 30, 2, 2, 10, 70]
    assert html(panel) == before


def test_the_language_is_switched_in_place(data):
    panel = kat.threshold_panel(data)
    all_of(panel, widgets.FloatSlider)[0].value = 55
    assert "1家升级" in html(panel)
    all_of(panel, widgets.ToggleButtons)[0].value = "en"
    assert panel.language == "en"
    assert "1 account moves up" in html(panel) and "升级" not in html(panel)
    assert panel.model.changes == {"tiers.a.min_win_probability": 0.55}
    assert by_label(panel, widgets.Dropdown, "Inside a tier").value == "expected_value"


def test_the_export_opens_and_follows_the_controls(data):
    panel = kat.threshold_panel(data, language="en")
    slider, text = all_of(panel, widgets.FloatSlider)[0], all_of(panel, widgets.Textarea)[0]
    slider.value = 55
    button(panel, "Export parameters").value = True
    assert "kat review --parameters thresholds.yaml" in html(panel)
    assert text.value == panel.model.export() != ""
    slider.value = 50
    assert "0.5\n" in text.value
    slider.value = 60
    assert button(panel, "Export parameters").value is False  # nothing to export: closed again


def test_a_contradiction_is_shown_and_the_last_result_stays(data):
    panel = kat.threshold_panel(data, Parameters.read({"tiers.leave_a_below": 0.55}), "en")
    slider = all_of(panel, widgets.FloatSlider)[0]
    slider.value = 50
    assert 'role="alert"' in html(panel) and "leave_a_below" in html(panel)
    assert button(panel, "Export parameters").disabled
    slider.value = 58
    assert 'role="alert"' not in html(panel)


def test_an_own_file_of_parameters_is_marked_as_in_force(data):
    panel = kat.threshold_panel(data, Parameters.read({"tiers.a.min_win_probability": 0.55}), "en")
    assert "in force 55%" in html(panel) and "default 80 pts" in html(panel)


def test_every_number_has_a_label_and_a_tooltip(data):
    for language in ("zh", "en"):
        panel = kat.threshold_panel(data, language=language)
        for control in all_of(panel, (widgets.BoundedFloatText, widgets.Dropdown)):
            assert control.description
        assert all(w.tooltip for w in all_of(panel, widgets.BoundedFloatText))


def test_nothing_is_dimmed_when_the_answer_is_there(data):
    panel = kat.threshold_panel(data)
    all_of(panel, widgets.FloatSlider)[0].value = 55
    assert not any("busy" in w._dom_classes for w in all_of(panel, widgets.HTML))


def test_without_data_it_says_what_to_do(data):
    panel = kat.threshold_panel(data.at("2026-01-10"), language="en")
    assert "There are no data to look at yet" in html(panel) and "account_weeks" in html(panel)
    assert all_of(panel, widgets.FloatSlider) == []
    all_of(panel, widgets.ToggleButtons)[0].value = "zh"
    assert "还没有可看的数据" in html(panel)


def test_an_unknown_language_is_refused(data):
    with pytest.raises(InputError):
        kat.threshold_panel(data, language="fr")


def test_a_note_is_a_panel_with_words():
    assert "what to do" in html(note("title", ["what to do"]))
