"""The desk in a browser, by keys: fill, be refused, reload, send, find it; nobody's else."""

import pytest

import toolkit as kat
from tests.apps.served import Server
from toolkit.base.identity import digest
from toolkit.data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk")]
SOON = 60_000


@pytest.fixture(scope="module")
def desk_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    url = f"sqlite:///{folder}/team.db"
    store = Store(url, "import", make=True)
    store.take_in(kat.load("sample_data"))
    store.close()
    people = [("张伟", "rep", "R01", "k1"), ("李娜", "rep", "R02", "k2"), ("顾明川", "director", "D01", "k3")]
    rows = [f"  - {{name: {n}, role: {r}, rep_id: {i}, key_sha256: {digest(k)}}}" for n, r, i, k in people]
    (folder / "users.yaml").write_text("users:\n" + "\n".join(rows) + "\n", "utf-8")
    running = Server(url, folder, heated=False, users=folder / "users.yaml")
    yield running, url
    running.end()


def test_a_report_is_refused_kept_over_a_reload_sent_and_found_by_the_rules(opened, desk_server):
    server, url = desk_server
    tab, faults = opened(
        "en", 390, running=server, wait="button.send >> visible=true", more="&key=k1", app="desk.ipynb"
    )
    tab.get_by_role("button", name="Send the report").click()
    tab.locator(".problem").get_by_text("No competitor move today").wait_for(timeout=SOON)
    tab.get_by_label("Note").fill("<script>alert(1)</script>")
    tab.get_by_role("button", name="No competitor move today").click()
    for label in ("Technical hours", "Labour hours", "Price concession"):
        tab.get_by_label(label).fill("0")
        tab.keyboard.press("Tab")
    tab.wait_for_timeout(800)
    tab.reload()
    tab.wait_for_selector("button.send >> visible=true", timeout=SOON)
    tab.wait_for_function("() => document.querySelector('textarea').value.includes('script')")
    tab.get_by_role("button", name="Send the report").click()
    tab.get_by_text("Sent. SPICED").wait_for(timeout=SOON)
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    data = kat.load(url)
    mine = data.daily_reports[data.daily_reports["note"] == "<script>alert(1)</script>"]
    assert mine["rep_id"].tolist() == ["R01"] and (mine["labour_hours"] == 0).all()
    assert faults == []


def test_a_rep_who_names_another_in_the_address_still_sees_only_the_own_desk(opened, desk_server):
    server, _ = desk_server
    tab, _ = opened("en", running=server, wait="button.send >> visible=true", more="&key=k2&rep=R01", app="desk.ipynb")
    assert "李娜" in tab.inner_text(".head") and "张伟" not in tab.inner_text("body")


@pytest.mark.parametrize(
    ("more", "app"),
    [("&key=wrong", "desk.ipynb"), ("&key=k1", "war_room.ipynb")],
)
def test_with_a_wrong_key_or_in_anothers_role_nothing_is_shown(opened, desk_server, more, app):
    server, _ = desk_server
    tab, _ = opened("en", running=server, wait=".card.blank", more=more, app=app)
    text = tab.inner_text("body")
    assert "key" in text or "not for your role" in text
    assert "张伟" not in text and "天枢" not in text


def test_the_director_opens_any_desk(opened, desk_server):
    server, _ = desk_server
    tab, _ = opened("zh", running=server, wait="button.send >> visible=true", more="&key=k3&rep=R01", app="desk.ipynb")
    assert "张伟" in tab.inner_text(".head")
