"""The walk along a chain and the ROI panel, without a browser."""

from html import unescape

import ipywidgets as widgets
import pytest

import toolkit as kat
from tests.widgets.test_threshold_view import all_of, button, by_label, html
from toolkit.base.errors import InputError


@pytest.fixture(scope="module")
def data():
    return kat.load("sample_data")


def test_who_is_picked_is_told_with_the_way_and_what_changes_without_them(data):
    walk = kat.chain_walk(data, "2026-11-20", language="en", account="A001")
    assert "Pick somebody" in html(walk)
    walk.person = "P0016"
    assert "Shortest introduction" in html(walk) and "If they leave" in html(walk)


def test_one_walks_on_by_a_button_and_back_to_everybody(data):
    walk = kat.chain_walk(data, "2026-11-20", language="en", account="A001")
    walk.person = "P0016"
    onward = all_of(walk, widgets.Button)
    onward[0].click()
    assert walk.person not in ("", "P0016")
    walk.person = ""
    assert not all_of(walk, widgets.Button) and "Pick somebody" in html(walk)


def test_another_account_forgets_the_person_and_the_language_keeps_them(data):
    walk = kat.chain_walk(data, "2026-11-20", language="en", account="A001")
    walk.person = "P0016"
    all_of(walk, widgets.ToggleButtons)[0].value = "zh"
    assert walk.person == "P0016" and "最短的引荐" in html(walk)
    walk.account = "A002"
    assert walk.person == ""


def test_the_chain_in_the_worst_state_comes_first_and_an_unknown_account_is_refused(data):
    walk = kat.chain_walk(data, "2026-11-20")
    chains = walk._t.team.chains.set_index("account_id")
    worst = chains.loc[chains["people"] > 0, "state"]
    assert chains.loc[walk.account, "state"] == ("breach" if (worst == "breach").any() else "warning")
    with pytest.raises(InputError, match="A999"):
        kat.chain_walk(data, "2026-11-20", account="A999")


def test_a_slider_changes_the_return_its_sentence_and_the_workbook(data):
    panel = kat.roi_panel(data, "2026-11-20", language="en", account="A001")
    before, link = panel.model.measures.npv, html(panel)
    by_label(panel, widgets.BoundedFloatText, "Discount rate").value = 25
    assert panel.model.parameters.discount_rate == 0.25
    assert panel.model.measures.npv < before
    assert "at 25%" in html(panel) and html(panel) != link


def test_reset_brings_the_defaults_and_the_contract_back(data):
    panel = kat.roi_panel(data, "2026-11-20", language="en", account="A001")
    reset = button(panel, "Reset")
    assert reset.disabled
    contract = panel.model.contract
    by_label(panel, widgets.BoundedFloatText, "Contract (CNY)").value = 1_000_000
    panel.set("downtime_share", 0.5)
    assert panel.model.contract == 1_000_000 and not reset.disabled
    reset.click()
    assert panel.model.contract == contract and panel.model.parameters.downtime_share == 0.25 and reset.disabled


def test_without_a_contract_the_panel_says_what_is_missing(data):
    panel = kat.roi_panel(data, "2026-11-20", language="en", account="A001")
    by_label(panel, widgets.BoundedFloatText, "Contract (CNY)").value = 0
    assert "no return can be computed" in unescape(html(panel))
