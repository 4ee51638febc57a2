"""The threshold panel driven in Chromium: served by Voila, every request off the machine refused, and none tried."""

import functools
import os
import re
import time
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.apps.served import SOON, TOKEN, move, says, stands
from toolkit.apps.serve import environment

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]


@pytest.fixture
def panel(opened):
    """`opened(...)` on the panel."""
    return functools.partial(opened, app="threshold_panel.ipynb")


def test_a_slider_moved_with_the_keyboard_changes_the_result(panel):
    tab, faults = panel()
    says(tab, "按现行参数，A类1家，B类2家，C类2家")
    move(tab, "A类成交概率线", "ArrowLeft", 2)  # 58 %: Hengda has 57 %
    says(tab, "没有客户升降")
    start = time.monotonic()
    tab.keyboard.press("ArrowLeft")
    says(tab, "1家升级")
    print(f"a move is answered in {time.monotonic() - start:.3f} s")
    assert "Hengda" in tab.inner_text(".movers") and "57%" in tab.inner_text(".movers .why")
    assert tab.locator(".control.differs").count() == 1
    assert faults == []


def test_a_number_typed_into_its_box_counts_as_well(panel):
    tab, faults = panel("en")
    box = tab.get_by_label("Win probability for B", exact=True).and_(tab.locator("input"))
    box.fill("40")
    box.press("Enter")
    says(tab, "1 account moves down")
    stands(tab, "Win probability for B", "40.0")
    assert faults == []


def test_the_language_is_switched_in_place(panel):
    tab, faults = panel()
    move(tab, "A类成交概率线", "ArrowLeft", 5)
    says(tab, "1家升级")
    tab.get_by_role("button", name="English").click()
    says(tab, "1 account moves up")
    assert not re.search("[一-鿿]", tab.inner_text(".kat-thresholds .grid"))
    stands(tab, "Win probability for A", "55.0")
    tab.wait_for_function("document.documentElement.lang === 'en'")
    assert faults == []


def test_reset_and_export(panel):
    tab, faults = panel("en")
    reset, export = tab.get_by_role("button", name="Reset"), tab.get_by_role("button", name="Export parameters")
    assert reset.is_disabled() and export.is_disabled()
    assert "nothing to reset" in tab.inner_text(".why-not")
    move(tab, "Share of tier A", "ArrowLeft", 10)
    says(tab, "would go elsewhere")
    export.click()
    tab.wait_for_selector(".export textarea")
    assert "share_a: 0.6" in tab.input_value(".export textarea")
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Download thresholds.yaml").click()
    assert "share_b: 0.4" in saved.value.path().read_text("utf-8")
    reset.click()
    says(tab, "With the parameters in force")
    stands(tab, "Share of tier A", "70.0")
    tab.locator(".export textarea").wait_for(state="hidden", timeout=SOON)
    assert faults == []


def test_a_choice_is_labelled_and_works(panel):
    tab, faults = panel("en")
    tab.get_by_label("Inside a tier").select_option(label="evenly")
    says(tab, "would go elsewhere")
    assert faults == []


def test_nothing_is_wider_than_the_window_and_the_scheme_is_followed(panel):
    tab, faults = panel("en")
    move(tab, "Win probability for A", "ArrowLeft", 8)
    says(tab, "1 account moves up")
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_timeout(300)
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        page = tab.evaluate("getComputedStyle(document.querySelector('.kat-thresholds')).backgroundColor")
        assert page == {"light": "rgb(245, 247, 250)", "dark": "rgb(17, 22, 29)"}[scheme]
        left, right = (tab.locator(name).bounding_box() for name in (".controls", ".detail"))
        assert (left["x"] + left["width"] <= right["x"]) == (width == 1280)
    assert faults == []


def test_the_verdict_stays_in_sight_while_the_last_slider_is_moved(panel):
    tab, faults = panel("en")
    tab.get_by_role("slider", name="Share of tier A").scroll_into_view_if_needed()
    tab.evaluate("scrollTo(0, 500)")
    assert tab.locator(".verdict h2").bounding_box()["y"] >= 0
    assert faults == []


def test_without_the_token_nothing_is_served(server):
    kernel = "12345678-1234-1234-1234-123456789012"
    for path in ("/", "/voila/tree", "/voila/render/threshold_panel.ipynb"):
        assert "/login" in urllib.request.urlopen(server.base + path).url
    files = [
        "/voila/static/voila.js", "/voila/templates/kat/static/index.css", "/voila/templates/base/static/voila.js",
        "/voila/labextensions/@jupyter-widgets/jupyterlab-manager/package.json", "/voila/api/themes/x/index.css",
        "/voila/files/threshold_panel.ipynb", "/voila/api/contents", f"/api/kernels/{kernel}",
        f"/voila/query/{kernel}", f"/api/kernels/{kernel}/channels",
    ]  # fmt: skip
    assert {path: server.status(path) for path in files} == dict.fromkeys(files, 403)
    for path in (f"/voila/query/{kernel}", f"/api/kernels/{kernel}/channels"):
        with pytest.raises(InvalidStatus, match="403"):
            connect(server.base.replace("http", "ws") + path)
    assert server.status("/voila/files/threshold_panel.ipynb?token=" + TOKEN) == 403


def test_the_server_can_be_told_where_to_look(server):
    assert os.path.isabs(environment("data", "zh", TOKEN)["KAT_DATA"])
    assert server.status("/?token=" + TOKEN) == 200
