"""The studio driven in Chromium: served by Voila, every request off the machine refused, and none tried."""

import re
import time

import pytest
from typer.testing import CliRunner

from tests.apps.served import SOON, TOKEN, Server, move, says, stands
from tests.widgets.team import source
from toolkit.cli import app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("studio")]


def turn(tab, name):
    """Look at another section."""
    tab.locator(".tabs button", has_text=name).click()


def shown(tab, words):
    """Wait until the section holds the words."""
    says(tab, words, ".section")


def test_a_slider_is_moved_and_every_section_follows(opened):
    tab, faults = opened("en")
    move(tab, "Win probability for A", "ArrowLeft", 3)
    says(tab, "1 account moves up")
    shown(tab, "Hengda")
    turn(tab, "Replay")
    shown(tab, "3 of 15 account-weeks in another tier")
    start = time.monotonic()
    tab.get_by_role("slider", name="Win probability for A").focus()
    tab.keyboard.press("ArrowRight")
    shown(tab, "Over 3 Fridays nobody changes tier")  # 58 %: Hengda has 57 %
    print(f"a move is answered in {time.monotonic() - start:.3f} s")
    turn(tab, "Price")
    shown(tab, "less than the best division")
    assert faults == []


def test_the_language_of_the_address_is_honoured_by_a_heated_kernel(opened, server):
    server.settled()
    for language, words in (("en", "With the parameters in force"), ("zh", "按现行参数")):
        tab, faults = opened(language)
        says(tab, words)
        tab.wait_for_function(f"document.documentElement.lang.startsWith('{language}')")
        assert faults == []


def test_ahead_refines_behind_its_record_while_the_sliders_answer(opened):
    tab, faults = opened("en")
    turn(tab, "Ahead")
    tab.locator(".record h3", has_text="uncalibrated").wait_for(timeout=SOON)
    move(tab, "Win probability for A", "ArrowLeft", 3)
    says(tab, "1 account moves up")  # at once, whatever is being simulated
    shown(tab, "As set now")
    shown(tab, "1000 futures")
    said = tab.inner_text(".section")
    assert said.index("Its record first") < said.index("The next 26 weeks")
    assert faults == []


def test_saved_it_is_there_after_a_reload_and_can_be_deleted(opened, server):
    tab, faults = opened("en")
    name = tab.get_by_label("Name", exact=True)
    save = tab.get_by_role("button", name="Save", exact=True)
    assert save.is_disabled() and "nothing to save" in tab.inner_text(".picker .why-not")
    move(tab, "Win probability for A", "ArrowLeft", 5)
    says(tab, "1 account moves up")
    name.fill("Five points lower")
    save.click()
    says(tab, "Saved: ", ".picker")
    tab.goto(server.page("en"))
    says(tab, "With the parameters in force")
    tab.get_by_label("Load a scenario").select_option(label="Five points lower")
    says(tab, "1 account moves up")
    stands(tab, "Win probability for A", "55.0")
    turn(tab, "Compare")
    row = tab.locator(".side tr", has_text="Five points lower")
    assert "loaded" in row.inner_text() and "1 up" in row.inner_text()
    assert tab.locator(".side tbody tr").first.inner_text().startswith("In force")
    tab.get_by_role("button", name="Delete").click()
    says(tab, "Deleted: ", ".picker")
    assert tab.locator(".side tr", has_text="Five points lower").count() == 0
    assert faults == []


def test_the_export_is_taken_by_the_review(opened, tmp_path):
    tab, faults = opened("en")
    tab.get_by_label("Load a scenario").select_option(label="Split 70/30 → 60/40")
    says(tab, "would go elsewhere")
    tab.get_by_role("button", name="Export parameters").click()
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Download thresholds.yaml").click()
    file = tmp_path / "thresholds.yaml"
    saved.value.save_as(file)
    assert file.read_text("utf-8") == tab.input_value(".export textarea")
    data, out = source(tmp_path / "data"), tmp_path / "out"
    asked = ["review", "--data", str(data), "--parameters", str(file), "--output", str(out), "--language", "en"]
    run = CliRunner().invoke(app, asked)
    assert run.exit_code == 0, run.output
    shares = (out / "tables" / "allocation.csv").read_text("utf-8")
    assert "budget,A1,A,a,0.6" in shares
    assert faults == []


def test_a_plan_that_does_not_add_up_is_refused_with_names(opened):
    tab, faults = opened("en")
    turn(tab, "Price")
    tab.get_by_role("button", name="Start from the plan in force").click()
    says(tab, "It adds up.", ".plan")
    box = tab.get_by_label("Shuguang", exact=True)
    box.fill("300")
    box.press("Enter")
    says(tab, "¥20k too much is handed out; furthest above where the plan began: Shuguang", ".plan")
    assert tab.locator(".worth tr", has_text="My plan").count() == 0
    tab.get_by_role("button", name="Scale to fit").click()
    says(tab, "It adds up.", ".plan")
    tab.locator(".worth tr", has_text="My plan").wait_for(timeout=SOON)
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Download plan.csv").click()
    assert saved.value.path().read_text("utf-8").startswith("account_id,amount\nA1,")
    assert faults == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_section_is_wider_than_the_window(opened, language):
    tab, faults = opened(language)
    for width, scheme in ((1280, "light"), (390, "dark")):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tabs = tab.locator(".tabs button:visible")
        assert tabs.count() == (5 if width == 1280 else 6)
        for number in range(tabs.count()):
            tabs.nth(number).click()
            tab.wait_for_timeout(700)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert tab.evaluate(wide) <= 1, (width, number)
            controls = tab.locator(".controls").is_visible()
            assert controls == (width == 1280 or number == 0)
            if language == "en":
                said = tab.inner_text(".grid")
                assert not re.search("[一-鿿]", said)
        page = tab.evaluate("getComputedStyle(document.querySelector('.kat-studio')).backgroundColor")
        assert page == {"light": "rgb(245, 247, 250)", "dark": "rgb(17, 22, 29)"}[scheme]
    assert faults == []


def test_the_tabs_say_which_is_pressed(opened):
    tab, faults = opened("en")
    tab.locator(".tabs button", has_text="Replay").focus()
    tab.keyboard.press("Enter")
    tab.locator('.tabs button[aria-pressed="true"]', has_text="Replay").wait_for(timeout=SOON)
    assert tab.locator('.tabs button[aria-pressed="true"]').count() == 1
    assert faults == []


def test_closing_the_tab_frees_the_kernel_and_the_next_is_heated(opened, tmp_path):
    running = Server(source(tmp_path / "data"), tmp_path)
    try:
        assert running.settled() == 1  # heated, before anybody came
        tab, _ = opened(running=running)
        assert running.settled(2) == 2
        tab.close(run_before_unload=True)
        assert running.settled(1) == 1
    finally:
        running.end()


def test_data_that_cannot_be_opened_are_said_in_the_language_of_the_address(opened, tmp_path):
    running = Server(tmp_path / "nothing", tmp_path)
    try:
        tab, faults = opened("en", running=running, wait=".kat-thresholds .blank")
        tab.locator(".blank", has_text="These data cannot be opened").wait_for(timeout=SOON)
        assert "Traceback" not in tab.content()
        assert faults == []
    finally:
        running.end()


def test_from_the_home_page_into_an_app_and_back_in_the_language_switched_to(opened, server):
    tab, faults = opened("zh", app="", wait="a.app")
    tab.get_by_role("link", name="English").click()
    assert tab.title() == "All apps" and not tab.get_by_text("全部应用").is_visible()
    tab.reload()
    tab.get_by_role("link", name="Studio").click()
    says(tab, "With the parameters in force")
    tab.get_by_role("button", name="中文").click()
    says(tab, "按现行参数")
    tab.get_by_role("link", name="全部应用").click()
    tab.get_by_role("link", name="推演台").wait_for(timeout=SOON)
    assert "language=zh" in tab.url and f"token={TOKEN}" in tab.url
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert faults == []
