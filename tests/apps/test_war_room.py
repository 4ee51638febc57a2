"""The war room in a browser: answer, be refused, save, reload, find it."""

import pytest

import toolkit as kat
from tests.apps.served import Server
from toolkit.data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("room")]
SOON = 60_000
ROOM = {"app": "war_room.ipynb", "wait": ".tabs button >> visible=true"}


@pytest.fixture(scope="module")
def room_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    url = f"sqlite:///{folder}/team.db"
    store = Store(url, "import", make=True)
    store.take_in(kat.load("sample_data"))
    store.close()
    running = Server(url, folder, heated=False)
    yield running, url
    running.end()


def test_a_decision_is_refused_without_a_reason_saved_with_one_and_there_after_a_reload(opened, room_server):
    server, url = room_server
    tab, faults = opened("en", running=server, **ROOM)
    tab.get_by_role("button", name="Decisions").click()
    line = tab.locator(".line").first
    line.get_by_role("button", name="Waive").click()
    line.get_by_text("takes a reason").wait_for(timeout=SOON)
    line.get_by_label("Reason").fill("<script>alert(1)</script> next year")
    tab.keyboard.press("Tab")
    line.get_by_role("button", name="Waive").click()
    tab.locator(".line.answered").first.wait_for(timeout=SOON)
    tab.reload()
    tab.wait_for_selector(".tabs button >> visible=true", timeout=SOON)
    tab.get_by_role("button", name="Decisions").click()
    told = tab.locator(".line.answered .said").first
    told.wait_for(timeout=SOON)
    assert told.inner_text() == "Waived · <script>alert(1)</script> next year"
    data = kat.load(url)
    assert (data.decisions["reason"] == "<script>alert(1)</script> next year").any()
    assert faults == []


def test_every_tab_fits_any_window_and_an_account_opens(opened, room_server):
    server, _ = room_server
    tab, faults = opened("zh", running=server, **ROOM)
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        for name in ("本周", "待拍板", "客户"):
            tab.get_by_role("button", name=name, exact=True).click()
            tab.wait_for_timeout(300)
            assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    tab.get_by_label("看哪一家").select_option(label="天枢储能")
    tab.get_by_text("近八周").wait_for(timeout=SOON)
    assert faults == []
