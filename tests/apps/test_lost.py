"""A page whose kernel or server is gone says so, in its language, and how to go on; it never dies in silence."""

import os
import signal
import sqlite3

import pytest

from tests.apps.served import SOON, Server
from tests.widgets.desk_team import store
from tests.widgets.team import source

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lost")]
PANEL = {"app": "threshold_panel.ipynb"}
SAID = {
    "zh": ("这一页已经停了", "重新打开", "连不上服务器"),
    "en": ("This page has stopped", "Open again", "cannot be reached"),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The apps without a kernel that waits: every kernel is a page's."""
    folder = tmp_path_factory.mktemp("lost")
    running = Server(source(folder / "data"), folder, heated=False)
    yield running
    running.end()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_whose_kernel_was_killed_says_so_and_opens_again(opened, plain, language):
    tab, _ = opened(language, 390, running=plain, **PANEL)
    bar, button = tab.locator("#lost"), tab.locator("#lost button")
    assert not bar.is_visible()
    (kernel,) = plain.kernel_pids()
    os.kill(kernel, signal.SIGKILL)
    bar.get_by_text(SAID[language][0]).wait_for(timeout=SOON)
    assert bar.get_attribute("role") == "alert" and button.inner_text() == SAID[language][1]
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    button.click()
    tab.wait_for_selector(".verdict h2", timeout=SOON)
    assert not bar.is_visible()
    tab.close(run_before_unload=True)
    assert plain.settled(0) == 0


def test_a_page_says_that_the_server_cannot_be_reached_and_leaves_what_was_typed(opened, tmp_path):
    running = Server(source(tmp_path / "data"), tmp_path, heated=False)
    tab, _ = opened("en", running=running, **PANEL)
    words = tab.inner_text(".verdict h2")
    running.end()
    tab.locator("#lost").get_by_text(SAID["en"][2]).wait_for(timeout=SOON)
    assert not tab.locator("#lost button").is_visible() and tab.inner_text(".verdict h2") == words


def test_what_was_typed_before_the_kernel_died_is_there_as_a_draft(opened, tmp_path):
    url = store(tmp_path)
    running = Server(url, tmp_path, heated=False)
    desk = {"app": "desk.ipynb", "more": "&rep=R1", "wait": "button.send >> visible=true"}
    tab, _ = opened("en", 390, running=running, **desk)
    tab.get_by_role("button", name="Shuguang").click()
    tab.get_by_label("Note").fill("typed before it died")
    tab.keyboard.press("Tab")
    kept = sqlite3.connect(url.removeprefix("sqlite:///"))
    for _ in range(SOON // 300):
        if "typed before it died" in str(kept.execute("SELECT held FROM kat_drafts").fetchall()):
            break
        tab.wait_for_timeout(300)
    kept.close()
    os.kill(running.kernel_pids()[0], signal.SIGKILL)
    tab.locator("#lost button").click(timeout=SOON)
    tab.get_by_role("button", name="Shuguang (draft)").click(timeout=SOON)
    tab.wait_for_function("() => document.querySelector('textarea').value === 'typed before it died'", timeout=SOON)
    running.end()
