"""The board in a browser: dragged, typed and touched; saved, seen by others, overtaken; nobody else's."""

import os
import signal
import time

import pandas as pd
import pytest

import toolkit as kat
from tests.apps.served import Server
from toolkit.base.identity import digest
from toolkit.base.weeks import friday_of
from toolkit.data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("board")]
SOON = 120_000
BOARD = {"app": "board.ipynb", "wait": "[data-card] >> visible=true"}
NAME = "<script>alert(1)</script>"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def board_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    url = f"sqlite:///{folder}/team.db"
    store = Store(url, "import", make=True)
    store.take_in(kat.load("sample_data"))
    store.close()
    people = [("张伟", "rep", "R01", "k1"), ("高远山", "manager", "M01", "k2"), ("顾明川", "director", "D01", "k3")]
    rows = [f"  - {{name: {n}, role: {r}, rep_id: {i}, key_sha256: {digest(k)}}}" for n, r, i, k in people]
    (folder / "users.yaml").write_text("users:\n" + "\n".join(rows) + "\n", "utf-8")
    running = Server(url, folder, heated=False, users=folder / "users.yaml")
    yield running, url
    running.end()


def shown(opened, *look, **more):
    """A tab on the board, patient with a machine that is busy, and what went wrong in it."""
    tab, faults = opened(*look, **BOARD, **more)
    tab.set_default_timeout(SOON)
    return tab, faults


def card(tab, name):
    return tab.locator("[data-card]", has_text=name)


def lane(tab, column):
    return tab.locator(f'.lane[data-column="{column}"]')


def stands(tab, name, column):
    """Wait until a card stands in a column, and is no longer on its way."""
    lane(tab, column).locator("[data-card]:not(.sent)", has_text=name).wait_for(timeout=SOON)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(tab, name, column):
    """With the mouse, straight aside into another column."""
    card(tab, name).scroll_into_view_if_needed()
    at, height = middle(card(tab, name))
    tab.mouse.move(at, height)
    tab.mouse.down()
    tab.mouse.move(middle(lane(tab, column))[0], height, steps=6)
    tab.mouse.up()


def said(tab, words):
    tab.locator(".told", has_text=words).wait_for(timeout=SOON)


def test_a_campaign_is_added_and_dragged_seen_by_another_without_a_reload_and_found_by_the_review(opened, board_server):
    server, url = board_server
    tab, faults = shown(opened, "en", running=server, more="&key=k3")
    other, other_faults = shown(opened, "zh", running=server, more="&key=k2")
    tab.get_by_role("button", name="New campaign").click()
    form = tab.get_by_role("dialog")
    form.get_by_label("Name").fill(NAME)
    form.get_by_role("button", name="Save").click()
    form.get_by_text("whom is it for?").wait_for(timeout=SOON)
    form.get_by_label("Industry").select_option(label="储能")
    form.get_by_label("Owner").select_option(label="王磊")
    form.get_by_role("button", name="Save").click()
    stands(tab, NAME, "planned")
    drag(tab, NAME, "assault")
    stands(tab, NAME, "assault")
    said(tab, f"Saved: “{NAME}” is in Assault")
    stands(other, NAME, "assault")
    assert "顾明川" in other.inner_text(".news") and NAME in other.inner_text(".news")
    tab.reload(wait_until="commit")
    stands(tab, NAME, "assault")
    data = kat.load(url)
    mine = data.campaigns.set_index("campaign_name").loc[NAME]
    moves = data.campaign_moves[data.campaign_moves["campaign_id"] == mine["campaign_id"]]
    assert moves["to_column"].tolist() == ["planned", "assault"] and set(moves["moved_by"]) == {"D01"}
    friday = friday_of(moves["moved_at"].max()).item()
    week = kat.review(data, max(pd.Timestamp(friday), data.account_weeks["week_ending"].max()), language="en")
    found = week.tables["campaigns"].set_index("campaign_id").loc[mine["campaign_id"]]
    assert (found["board_column"], found["owner_id"], found["campaign_name"]) == ("assault", "R03", NAME)
    assert faults == [] and other_faults == []


def test_by_keys_alone_a_card_is_put_back_moved_and_changed(opened, board_server):
    server, url = board_server
    tab, faults = shown(opened, "en", running=server, more="&key=k3")
    name = "楚天光缆攻坚"
    card(tab, name).focus()
    for key in ("Space", "ArrowRight", "Escape"):
        tab.keyboard.press(key)
    said(tab, "put back")
    assert lane(tab, "assault").locator("[data-card]", has_text=name).count() == 1
    for key in ("Space", "ArrowRight"):
        tab.keyboard.press(key)
    said(tab, "drop into Negotiating? It is full already")
    tab.keyboard.press("Space")
    stands(tab, name, "negotiating")
    said(tab, "its limit is 8")
    assert tab.evaluate("document.activeElement.textContent").startswith(name)
    tab.keyboard.press("Enter")
    form = tab.get_by_role("dialog")
    form.get_by_label("Progress (%)").fill("65")
    form.get_by_label("Due").fill("2020-01-02")
    tab.keyboard.press("Enter")
    card(tab, name).get_by_text("overdue").wait_for(timeout=SOON)
    assert "▲" in card(tab, name).inner_text() and "65%" in card(tab, name).inner_text()
    row = Store(url, "look").row("campaigns", "C21").values
    assert (row["progress"], row["board_column"], str(row["due_on"])) == (0.65, "negotiating", "2020-01-02")
    assert faults == []


def test_who_saves_second_is_told_what_the_first_did_and_keeps_what_was_typed(opened, board_server):
    server, url = board_server
    first, _ = shown(opened, "en", running=server, more="&key=k2")
    second, faults = shown(opened, "en", running=server, more="&key=k3")
    name = "西域风能攻坚"
    card(second, name).click()
    form = second.get_by_role("dialog")
    form.get_by_label("Owner").select_option(label="王磊")
    drag(first, name, "lost")
    stands(first, name, "lost")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("高远山 changed “西域风能攻坚” first").wait_for(timeout=SOON)
    assert "Negotiating → Lost" in form.inner_text()
    form.get_by_role("button", name="Save").click()
    said(second, "is in Lost")
    row = Store(url, "look").row("campaigns", "C02").values
    assert (row["board_column"], row["owner_id"]) == ("lost", "R03")
    assert faults == []


def test_on_a_phone_a_finger_drags_a_card_onto_a_columns_name_and_a_rep_sees_own_ones_alone(opened, board_server):
    server, url = board_server
    tab, faults = shown(opened, "zh", 390, running=server, more="&key=k1", touch=True)
    assert sorted(tab.eval_on_selector_all("[data-card]", "all => all.map(one => one.dataset.card)")) == [
        "C01", "C06", "C13",
    ]  # fmt: skip
    assert "西域风能" not in tab.inner_text("body") and tab.get_by_role("button", name="加一场战役").count() == 0
    assert tab.evaluate(WIDER) <= 1
    name, touch = "东港重机攻坚", tab.context.new_cdp_session(tab)
    start, target = middle(card(tab, name)), middle(tab.locator('.chip[data-column="won"]'))

    def finger(kind, at=None):
        points = [] if at is None else [{"x": at[0], "y": at[1]}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", start)
    tab.locator(".ghost").wait_for(timeout=SOON)
    finger("touchMove", ((start[0] + target[0]) / 2, (start[1] + target[1]) / 2))
    finger("touchMove", target)
    said(tab, "放进拿下？")
    finger("touchEnd")
    said(tab, "已保存：“东港重机攻坚”在拿下")
    assert Store(url, "look").row("campaigns", "C06").values["board_column"] == "won"
    tab.locator('.chip[data-column="won"]').click()
    card(tab, name).click()
    assert tab.get_by_label("负责人").is_disabled() and "由总监或经理来定" in tab.get_by_role("dialog").inner_text()
    tab.get_by_role("button", name="取消").click()
    tab.get_by_role("button", name="English").click()
    tab.get_by_role("heading", name="Campaign board").wait_for(timeout=SOON)
    tab.locator(".chip", has_text="Won").wait_for(timeout=SOON)
    assert tab.evaluate(WIDER) <= 1 and faults == []


def test_a_dead_kernel_is_said_and_a_closed_tab_frees_its_own(opened, board_server):
    server, _ = board_server
    before = set(server.kernel_pids())
    tab, _ = shown(opened, "en", running=server, more="&key=k3")
    (kernel,) = set(server.kernel_pids()) - before
    os.kill(kernel, signal.SIGSTOP)
    tab.get_by_text("No answer from the server").wait_for(timeout=SOON)
    os.kill(kernel, signal.SIGCONT)
    tab.get_by_text("No answer from the server").wait_for(timeout=SOON, state="hidden")
    tab.close(run_before_unload=True)
    deadline = time.monotonic() + 120
    while kernel in server.kernel_pids() and time.monotonic() < deadline:
        time.sleep(0.3)
    assert kernel not in server.kernel_pids()


def test_a_folder_of_files_is_shown_for_reading_with_what_to_do(opened, sample_server):
    tab, faults = shown(opened, "en", running=sample_server)
    assert "kat import" in tab.inner_text(".note")
    drag(tab, "楚天光缆攻坚", "won")
    assert lane(tab, "assault").locator("[data-card]", has_text="楚天光缆攻坚").count() == 1
    card(tab, "楚天光缆攻坚").click()
    form = tab.get_by_role("dialog")
    assert form.get_by_label("Column").is_disabled() and form.get_by_role("button", name="Save").count() == 0
    assert faults == []
