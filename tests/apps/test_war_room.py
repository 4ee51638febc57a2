"""The war room in a browser: answer, be refused, reload, found again and in the next review; accounts."""

import pytest
from typer.testing import CliRunner

import toolkit as kat
from tests.apps.served import SOON, Server
from toolkit.cli import app
from toolkit.data.store import Store, today

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("room")]
ROOM = {"app": "war_room.ipynb", "wait": ".week h2"}
TYPED = "<script>alert(1)</script> next year"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def room_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    url = f"sqlite:///{folder}/team.db"
    store = Store(url, "import", make=True)
    store.take_in(kat.load("sample_data"))
    store.close()
    running = Server(url, folder, heated=False)
    yield running, url, folder
    running.end()


def turn(tab, name):
    """Look at another tab."""
    tab.locator(".tabs button", has_text=name).click()


def test_a_decision_is_refused_answered_found_after_a_reload_in_a_second_browser_and_by_the_next_review(
    opened, room_server
):
    server, url, folder = room_server
    tab, faults = opened("en", running=server, **ROOM)
    tab.locator(".ln", has_text="contradict").click()  # of the week's lines
    form = tab.locator(".form")
    form.get_by_role("button", name="Waive").click()
    form.get_by_text("takes a reason").wait_for(timeout=SOON)
    form.get_by_label("Reason").fill(TYPED)
    form.get_by_role("button", name="Waive").click()
    said = f"Waived: {TYPED} · 顾明川"
    tab.locator(".act.said", has_text=said).wait_for(timeout=SOON)
    assert not form.is_visible()
    tab.reload(wait_until="commit")
    tab.locator(".ln.said", has_text=said).wait_for(timeout=SOON)
    other, more = opened("zh", running=server, width=390, **ROOM)
    other.locator(".ln.said", has_text="不办：" + TYPED).wait_for(timeout=SOON)
    other.locator(".ln", has_text="申请技术支援").click()
    other.locator(".form").get_by_role("button", name="同意").click()
    tab.locator(".ln.said", has_text="Approved").wait_for(timeout=SOON)  # by itself, without a reload
    week = str(kat.load(url).account_weeks["week_ending"].max().date())
    out = folder / "review"
    asked = ["review", "--data", url, "--as-of", week, "--output", str(out), "--language", "en"]
    run = CliRunner().invoke(app, asked)
    assert run.exit_code == 0, run.output
    answers = kat.load(url).decisions
    mine = answers[answers["reason"] == TYPED]
    assert set(mine["verdict"]) == {"waived"} and set(mine["decided_on"].dt.date) == {today()}
    assert set(mine["action_id"]) <= set(
        (out / "tables" / "actions.csv").read_text("utf-8").replace("\n", ",").split(",")
    )
    assert faults == more == []


def test_an_account_is_searched_opened_and_left_again_and_the_language_switched_in_place(opened, room_server):
    server, _, _ = room_server
    tab, faults = opened("zh", running=server, **ROOM)
    turn(tab, "客户")
    tab.get_by_label("搜名称").fill("南方")
    tab.get_by_text("1家客户").wait_for(timeout=SOON)
    tab.get_by_role("button", name="南方管网").focus()
    tab.keyboard.press("Enter")
    tab.get_by_text("近八周").wait_for(timeout=SOON)
    assert tab.locator(".drawing svg >> visible=true").count() == 1
    tab.get_by_role("button", name="English").click()
    tab.get_by_text("The last eight weeks").wait_for(timeout=SOON)
    assert tab.evaluate("document.documentElement.lang") == "en" and "language=en" in tab.url
    tab.get_by_role("button", name="Back to the accounts").click()
    tab.get_by_role("button", name="Clear").click()
    tab.get_by_text("60 accounts").wait_for(timeout=SOON)
    tab.get_by_label("Tier").select_option("A")
    tab.locator(".list h3", has_not_text="60 accounts").wait_for(timeout=SOON)
    for width, scheme in ((1280, "light"), (390, "dark")):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        for name in ("This week", "Decisions due", "Accounts", "Board"):
            turn(tab, name)
            tab.wait_for_timeout(700)
            assert tab.evaluate(WIDE) <= 1, (width, name)
    assert faults == []
