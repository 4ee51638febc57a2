"""Monday's drill as it is held, without a browser."""

import shutil

import ipywidgets as widgets
import pytest

import toolkit as kat
from tests.widgets.test_threshold_view import all_of, button, html


@pytest.fixture(scope="module")
def data():
    return kat.load("sample_data")


def test_what_was_held_is_recorded_with_the_cards_that_were_ticked(data, tmp_path):
    source = tmp_path / "source"
    shutil.copytree("sample_data", source)
    drill = kat.drill_session(data, source, "2026-11-20", language="en", account="A001", who="D01")
    keep = button(drill, "Record it")
    assert keep.disabled and keep.tooltip == "Write the outcome first."
    ticks = all_of(drill, widgets.Checkbox)
    assert len(ticks) == 6 and ticks[0].description.startswith("1 · ")
    ticks[1].value = True
    all_of(drill, widgets.Textarea)[0].value = " broken through "
    assert not keep.disabled
    keep.click()
    assert "1 of 6 cards handled" in html(drill)
    again = kat.load(source)
    held = again.sessions.set_index("session_id").loc["drill-2026-11-23"]
    assert (held["account_id"], held["outcome"]) == ("A001", "broken through")
    cards = again.session_obstacles[again.session_obstacles["session_id"] == "drill-2026-11-23"]
    assert cards["handled"].tolist() == [False, True, False, False, False, False]


def test_what_cannot_be_recorded_is_said_where_one_looks(data, tmp_path):
    drill = kat.drill_session(data, tmp_path / "team.xlsx", "2026-11-20", language="en", account="A001")
    all_of(drill, widgets.Textarea)[0].value = "x"
    button(drill, "Record it").click()
    assert "is no folder, nothing was written" in html(drill)


def test_in_another_language_what_is_ticked_and_written_stays(data, tmp_path):
    drill = kat.drill_session(data, tmp_path, "2026-11-20", language="zh", account="A001")
    ticked, outcome = all_of(drill, widgets.Checkbox)[0], all_of(drill, widgets.Textarea)[0]
    was = ticked.description
    ticked.value, outcome.value = True, "held"
    drill._switched("en")
    assert ticked.description != was and ticked.value and outcome.value == "held"
    assert button(drill, "Record it") and "in-en" in drill._dom_classes and "in-zh" not in drill._dom_classes
