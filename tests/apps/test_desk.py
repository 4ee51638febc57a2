"""The desk in a browser, by keys: a day of a rep and of the director, found in the next `kat review`; nobody else's."""

import subprocess
import sys

import pandas as pd
import pytest

from tests.apps.served import SOON, Server
from tests.widgets.desk_team import store
from toolkit.base.identity import digest
from toolkit.base.weeks import friday_of
from toolkit.data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk")]
PEOPLE = [("张伟", "rep", "R1", "k1"), ("李娜", "rep", "R2", "k2"), ("高经理", "manager", "M1", "k3"),
          ("顾总", "director", "D1", "k4")]  # fmt: skip
SEND = "button.send >> visible=true"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The apps on the small team, for people with keys; and the store."""
    folder = tmp_path_factory.mktemp("desk")
    url = store(folder)
    rows = [f"  - {{name: {n}, role: {r}, rep_id: {i}, key_sha256: {digest(k)}}}" for n, r, i, k in PEOPLE]
    (folder / "users.yaml").write_text("users:\n" + "\n".join(rows) + "\n", "utf-8")
    running = Server(url, folder, heated=False, users=folder / "users.yaml")
    yield running, url
    running.end()


@pytest.fixture
def desk(opened, served):
    """`desk(key)` opens the desk of whoever holds a key."""

    def open_one(key, wait=SEND, more=""):
        return opened("en", 390, running=served[0], wait=wait, more=f"&key={key}{more}", app="desk.ipynb")

    return open_one


def fits(tab):
    return tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1


def reviewed(url, day, folder):
    """The tables of `kat review`, run as a process, of the Friday of a day."""
    friday = pd.Timestamp(friday_of(day).item())
    words = [
        "review",
        "--data",
        url,
        "--as-of",
        f"{friday:%Y-%m-%d}",
        "--output",
        str(folder / "out"),
        "--language",
        "en",
    ]
    subprocess.run([sys.executable, "-m", "toolkit.cli", *words], check=True, timeout=300, capture_output=True)
    names = ("indicators", "requests", "directives")
    return {name: pd.read_csv(folder / "out" / "tables" / f"{name}.csv") for name in names}


def test_a_report_is_refused_kept_over_a_reload_and_gives_back_and_the_director_directs_it(desk, served, tmp_path):
    _, url = served
    tab, faults = desk("k1")
    assert "0 of 3 sent today" in tab.inner_text("body")
    tab.get_by_role("button", name="Shuguang").click()
    tab.get_by_role("button", name="Send the report").click()
    tab.locator(".lacks").get_by_text("Required; 0 where there were none.").first.wait_for(timeout=SOON)
    tab.get_by_label("Note").fill(ATTACK)
    tab.get_by_role("button", name="No competitor move today").click()
    tab.get_by_role("button", name="No resources today, all 0").click()
    tab.locator(".number input >> visible=true").nth(1).fill("1.5")
    tab.keyboard.press("Tab")
    tab.wait_for_timeout(1500)
    tab.reload(wait_until="commit")
    tab.get_by_role("button", name="Shuguang (draft)").click(timeout=SOON)
    tab.wait_for_function("() => document.querySelector('textarea').value.includes('script')", timeout=SOON)
    tab.get_by_role("button", name="Send the report").click()
    tab.get_by_text("Sent. SPICED").wait_for(timeout=SOON)
    tab.locator(".done li").get_by_text("key people met").wait_for(timeout=SOON)
    assert fits(tab) and "1 of 3 sent today" in tab.inner_text("body")

    boss, more = desk("k4", wait=".drawn >> visible=true")
    drawn = boss.locator(".drawn").first
    assert ATTACK in drawn.inner_text()
    drawn.get_by_role("button", name="Give all 3").click()
    drawn.get_by_text("Directive 2: say what is to be done.").first.wait_for(timeout=SOON)
    for n in (1, 2, 3):
        drawn.get_by_label(f"Directive {n} *").fill(f"step {n}")
    boss.keyboard.press("Tab")
    boss.get_by_role("button", name="Give all 3").click()
    boss.get_by_text("3 directives given").wait_for(timeout=SOON)
    assert fits(boss)

    sent = Store(url, "test").rows("daily_reports", note=ATTACK)[0].values
    assert (sent["rep_id"], sent["labour_hours"]) == ("R1", 1.5)
    found = reviewed(url, sent["report_date"], tmp_path)
    day = f"{sent['report_date']:%Y-%m-%d}"
    figures, days = found["indicators"], found["directives"]
    assert ((figures["period"] == "day") & (figures["scope_id"] == "A1") & (figures["date"] == day)).any()
    assert days.loc[days["day"] == day, ["reports", "covered"]].values.tolist() == [[1, 1]]
    assert faults == [] and more == []


def test_a_request_is_forbidden_or_put_to_the_director_approved_and_found_in_the_review(desk, served, tmp_path):
    _, url = served
    tab, faults = desk("k2")
    tab.get_by_role("button", name="Requests").click()
    tab.get_by_label("Account").wait_for(timeout=SOON)
    assert "Shuguang" not in tab.get_by_label("Account").inner_text()
    tab.get_by_label("Account").select_option(label="Hengda")
    tab.get_by_role("button", name="technical support").click()
    tab.get_by_text("allowed for B and in place within 5 working days").wait_for(timeout=SOON)
    tab.get_by_role("button", name="price approval").click()
    tab.get_by_label("By how many per cent").fill("12")
    tab.keyboard.press("Tab")
    tab.get_by_role("button", name="Beyond the matrix, put it to the director").click(timeout=SOON)
    tab.get_by_text("Asked; the next deadline").wait_for(timeout=SOON)
    assert fits(tab)

    boss, more = desk("k3", wait=".tabs button >> visible=true")
    boss.get_by_role("button", name="Approvals (1)").click(timeout=SOON)
    boss.get_by_label("Granted, in per cent").fill("12")
    boss.get_by_label("Reason").fill(ATTACK)
    boss.get_by_role("button", name="Approve", exact=True).click()
    boss.get_by_text("the director alone can make an exception").wait_for(timeout=SOON)
    boss.get_by_label("Granted, in per cent").fill("8")
    boss.keyboard.press("Tab")
    boss.get_by_role("button", name="Approve", exact=True).click()
    boss.get_by_text("0 requests wait for an answer").wait_for(timeout=SOON)

    tab.reload(wait_until="commit")
    tab.get_by_role("button", name="Requests").click(timeout=SOON)
    tab.get_by_text(f"Answer: {ATTACK}").wait_for(timeout=SOON)
    asked = Store(url, "test").rows("resource_requests")[0].values
    found = reviewed(url, asked["requested_at"].date(), tmp_path)["requests"]
    assert found[["rep_id", "account_id", "verdict", "decision", "approved_by", "price_granted"]].values.tolist() == [
        ["R2", "A2", "up_to", "approved", "M1", -0.08]
    ]
    assert faults == [] and more == []


def test_a_rep_who_names_another_in_the_address_still_sees_only_the_own_desk(desk):
    tab, _ = desk("k2", more="&rep=R1")
    assert "李娜" in tab.inner_text(".head") and "张伟" not in tab.inner_text("body")


@pytest.mark.parametrize(("more", "app"), [("&key=wrong", "desk.ipynb"), ("&key=k1", "war_room.ipynb")])
def test_with_a_wrong_key_or_in_anothers_role_nothing_is_shown(opened, served, more, app):
    tab, _ = opened("en", running=served[0], wait=".card.blank", more=more, app=app)
    text = tab.inner_text("body")
    assert "key" in text or "not for your role" in text
    assert "张伟" not in text and "Shuguang" not in text


def test_the_director_opens_any_desk(desk):
    tab, _ = desk("k4", more="&rep=R1")
    assert "张伟" in tab.inner_text(".head")
