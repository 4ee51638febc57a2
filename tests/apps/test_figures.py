"""The walk along a chain, the ROI panel and the drill in a browser."""

import re

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("apps")]
SOON = 60_000
SHOWN = {"wait": ".drawing svg >> visible=true"}


def test_a_person_is_picked_and_one_walks_on(opened, sample_server):
    tab, faults = opened("en", app="chain_walk.ipynb", running=sample_server, **SHOWN)
    tab.get_by_label("Person").select_option(index=1)
    tab.get_by_text("Shortest introduction").or_(tab.get_by_text("Reached already")).first.wait_for(timeout=SOON)
    first = tab.locator(".detail .card h3").nth(1).inner_text()
    tab.locator(".go button").first.click()
    tab.wait_for_function(
        "was => [...document.querySelectorAll('.detail .card h3')].slice(1).some(h => h.innerText !== was)",
        arg=first,
    )
    assert faults == []


@pytest.mark.parametrize("app", ["chain_walk.ipynb", "roi_panel.ipynb"])
def test_it_fits_any_window(opened, sample_server, app):
    tab, faults = opened("zh", app=app, running=sample_server, **SHOWN)
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(300)
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        assert tab.locator(".drawing svg >> visible=true").count() == 1
        edges = tab.evaluate("[...document.querySelectorAll('.card')].map(e => e.getBoundingClientRect().right)")
        assert max(edges) <= width - 15  # the page's margin is kept
    assert faults == []


def test_a_slider_moved_by_key_changes_the_verdict_and_the_workbook_that_is_downloaded(opened, sample_server, tmp_path):
    tab, faults = opened("en", app="roi_panel.ipynb", running=sample_server, **SHOWN)
    before = tab.inner_text(".verdict h2")
    tab.get_by_role("slider").last.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_function("said => document.querySelector('.verdict h2').innerText !== said", arg=before)
    tab.get_by_text("at 15%").wait_for(timeout=SOON)
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Download the workbook").click()
    saved.value.save_as(tmp_path / "roi.xlsx")
    assert openpyxl.load_workbook(tmp_path / "roi.xlsx").worksheets[0]["B12"].value == pytest.approx(0.15)
    assert faults == []


def test_the_drills_timer_runs_and_stops(opened, sample_server):
    tab, faults = opened(
        "en", app="drill.ipynb", running=sample_server, wait=".jupyter-widgets.widget-play >> visible=true"
    )
    label = tab.locator(".timer .widget-label >> visible=true")
    assert re.search(r"Read: 5:00 left", label.inner_text())
    buttons = tab.locator(".widget-play button")
    buttons.first.click()
    tab.get_by_text(re.compile(r"Read: 4:5\d left")).wait_for(timeout=SOON)
    tab.wait_for_timeout(1_500)
    buttons.first.click()  # pause
    tab.wait_for_timeout(1_200)
    stands = label.inner_text()
    tab.wait_for_timeout(2_200)
    assert label.inner_text() == stands
    assert tab.get_by_text("Obstacle cards").is_visible()
    assert faults == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_drill_fits_its_window_and_its_facts_stand_in_lines(opened, sample_server, width):
    tab, faults = opened(
        "zh", app="drill.ipynb", running=sample_server, width=width, wait=".factlist dt >> visible=true"
    )
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    heights = tab.evaluate("[...document.querySelectorAll('.factlist dt')].map(e => e.offsetHeight)")
    assert heights and max(heights) < 30
    assert tab.get_by_role("button", name="记下来").is_disabled() and faults == []
