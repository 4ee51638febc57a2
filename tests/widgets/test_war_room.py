"""The war room without a browser: what is answered, refused, found again, and in the next review; accounts, pages."""

import shutil
from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.test_threshold_view import all_of
from toolkit.base.audience import TEAM
from toolkit.base.errors import InputError
from toolkit.data.store import Changed, Store
from toolkit.widgets.pressed import Pressed
from toolkit.widgets.war_room import WarRoom
from toolkit.widgets.war_room_accounts_model import SIGNALS, Asked
from toolkit.widgets.war_room_model import WarRoomModel

TUESDAY = date(2026, 11, 24)
DAY = pd.Timestamp(TUESDAY)
WORKED_OUT = WarRoomModel.worked_out


@pytest.fixture(scope="module")
def team():
    return kat.load("sample_data")


@pytest.fixture(scope="module")
def made(tmp_path_factory, team):
    """A store of the sample team, to be copied."""
    file = tmp_path_factory.mktemp("store") / "team.db"
    store = Store(f"sqlite:///{file}", "import", make=True)
    store.take_in(team)
    store.close()
    return file


@pytest.fixture(scope="module")
def week(made):
    """The week of that store, worked out once for all tests that do not change it."""
    return WarRoomModel(f"sqlite:///{made}", "2026-11-20", language="en", clock=lambda: TUESDAY).warm().week


@pytest.fixture(autouse=True)
def worked_out_once(monkeypatch, week):
    monkeypatch.setattr(WarRoomModel, "worked_out", lambda *_: week)


@pytest.fixture
def url(tmp_path, made):
    shutil.copy(made, tmp_path / "team.db")
    return f"sqlite:///{tmp_path}/team.db"


@pytest.fixture
def reading(worked_out_once):
    """A room on a folder: it can only be read."""
    return WarRoom(model("sample_data"), "en")


def model(source, language="en", **more):
    return WarRoomModel(source, "2026-11-20", language=language, clock=lambda: TUESDAY, **more)


def line(here, number):
    return here.decisions("en").set_index("no").loc[number]


def page(room):
    """What can be read in the room now."""
    shown = [one.html for one in all_of(room, Pressed)] + [one.value for one in all_of(room, widgets.HTML)]
    return "".join(shown)


# --- decisions


def test_an_answer_is_written_for_every_action_of_its_line_and_found_by_the_next_review(url):
    here = model(url)
    lines = here.decisions("en")
    several = lines.loc[lines["action_ids"].map(len) > 1, "action_ids"].iloc[0]
    here.answer(several, "waived", "not this quarter", language="en")
    again = model(url).decisions("en").set_index("action_ids").loc[[several], "answer"].iloc[0]
    assert (again.verdict, again.reason, again.who, again.on) == ("waived", "not this quarter", "D01", TUESDAY)
    data = kat.load(url)
    mine = data.decisions[data.decisions["decided_on"] == DAY]
    assert set(mine["action_id"]) == set(several) and set(mine["decided_by"]) == {"D01"}
    later = kat.review(data, "2026-11-27", language="en").actions.set_index("action_id")
    known = [one for one in mine["action_id"] if one in later.index]
    assert known and all(later.loc[one, "state"] == "waived" for one in known)


def test_answered_again_on_the_same_day_it_takes_the_place_of_the_earlier_answer(url):
    here = model(url)
    ids = line(here, 4)["action_ids"]
    here.answer(ids, "done", language="en")
    here.answer(ids, "snoozed", resume_on="2026-11-30", language="en")
    answer = line(model(url), 4)["answer"]
    assert answer.verdict == "snoozed" and answer.resume_on == pd.Timestamp("2026-11-30")
    store = Store(url, "x")
    assert len(store.rows("decisions", action_id=ids[0], decided_on=TUESDAY)) == 1
    assert [one["after"]["verdict"] for one in store.history("decisions", f"{ids[0]}@20261124")] == ["done", "snoozed"]
    store.close()


@pytest.mark.parametrize(
    ("verdict", "more", "said"),
    [("waived", {}, "takes a reason"), ("waived", {"reason": "  "}, "takes a reason"),
     ("snoozed", {}, "takes a day"), ("snoozed", {"resume_on": "2026-11-24"}, "takes a day")],
)  # fmt: skip
def test_what_lacks_a_reason_or_a_later_day_is_refused_and_not_written(url, verdict, more, said):
    here = model(url)
    with pytest.raises(InputError, match=said):
        here.answer(line(here, 1)["action_ids"], verdict, language="en", **more)
    assert not len(Store(url, "x").rows("decisions", decided_on=TUESDAY))


def test_a_request_that_is_agreed_to_is_approved_in_its_own_row_and_one_that_is_waived_rejected(url):
    here = model(url)
    lines = here.decisions("en")
    asked = {ids: here.request(ids) for ids in lines["action_ids"] if here.request(ids)}
    price, technical = list(asked)[:2]
    with pytest.raises(InputError, match="reason"):  # it goes beyond the matrix
        here.answer(price, "confirmed", language="en")
    assert here.decisions("en").set_index("action_ids").loc[[price], "answer"].iloc[0] is None
    here.answer(price, "confirmed", "Worth it", language="en")
    here.answer(technical, "waived", "Not now", language="en")
    data = kat.load(url)
    rows = data.resource_requests.set_index("request_id").loc[[asked[price], asked[technical]]]
    assert rows["decision"].tolist() == ["approved", "rejected"] and rows["approved_by"].tolist() == ["D01", "D01"]
    assert rows["price_granted"].iloc[0] == rows["price_change"].iloc[0]
    assert set(data.decisions["action_id"]) >= {price[0], technical[0]}
    assert here.decisions("en").set_index("action_ids").loc[[price], "answer"].iloc[0].reason == "Worth it"


def test_an_answer_given_by_another_meanwhile_is_not_overwritten_but_shown(url):
    one, other = model(url), model(url, who="M01")
    ids = line(one, 4)["action_ids"]
    one.answer(ids, "done", language="en")
    with pytest.raises(Changed, match="has changed this since") as caught:
        other.answer(ids, "waived", "no", language="en")
    assert caught.value.who == "D01" and "D01" not in str(caught.value), "a person is told by name"
    assert line(other, 4)["answer"].verdict == "done"
    other.answer(ids, "waived", "seen it", language="en")
    assert line(model(url), 4)["answer"].verdict == "waived"


def test_anothers_answer_appears_without_working_the_week_out_again(url):
    room, other = WarRoom(model(url), "en"), model(url)
    week = room.model.week
    other.answer(line(other, 4)["action_ids"], "confirmed", language="en")
    assert "Approved" not in page(room)
    room.look()
    assert "Approved" in page(room) and room.model.week is week


def test_anothers_data_appear_and_what_is_being_typed_stays(url, monkeypatch):
    monkeypatch.setattr(WarRoomModel, "worked_out", WORKED_OUT)
    room = WarRoom(model(url), "en")
    room.press("decision", "2")
    room.decisions.reason.value = "half a thought"
    store = Store(url, "R01")
    row = store.row("accounts", "A001")
    store.save("accounts", {**row.values, "account_name": "新名字 <script>"}, row.version)
    store.close()
    room.look()
    room.tab = "accounts"
    assert "新名字 &lt;script&gt;" in page(room) and "新名字 <script>" not in page(room)
    assert room.decisions.reason.value == "half a thought" and "worked out from the newest" in page(room)


def test_a_source_that_is_no_store_is_read_only_and_says_why(reading):
    reading.press("decision", "1")
    assert all(b.disabled and "kat import" in b.tooltip for b in reading.decisions.buttons.values())
    with pytest.raises(InputError, match="kat import"):
        reading.model.answer(["x"], "done", language="en")


def test_for_others_than_the_director_nothing_about_single_people_and_no_answers(url):
    room = WarRoom(model(url, audience=TEAM), "en")
    assert all("contradict" not in one for one in room.model.decisions("en")["question"])
    room.press("account", "A014")
    assert "Contradictions" not in page(room)
    with pytest.raises(InputError, match="the director's"):
        room.model.answer(line(room.model, 1)["action_ids"], "done", language="en")


def test_one_form_opens_under_the_line_that_is_chosen_and_closes_again(url):
    room = WarRoom(model(url), "en")
    room.tab = "decisions"
    room.decisions.press("open", "2")
    above, below = room.decisions._above.html, room.decisions._below.html
    assert above.count("<li") == 2 and below.count("<li") == 5
    assert above.count('aria-expanded="true"') == 1 and "hidden" not in room.decisions._form._dom_classes
    room.decisions.press("open", "2")
    assert room.decisions._below.html == "" and "hidden" in room.decisions._form._dom_classes


def test_a_refused_answer_keeps_what_was_typed_and_an_accepted_one_is_shown_as_text(url):
    room = WarRoom(model(url), "en")
    room.press("decision", "3")
    room.decisions.buttons["waived"].click()
    assert "takes a reason" in page(room)
    room.decisions.reason.value = "<b>costs</b> too much"
    room.decisions.buttons["waived"].click()
    assert "Waived: &lt;b&gt;costs&lt;/b&gt; too much · 顾明川, 24 Nov" in page(room)
    assert "<b>costs</b>" not in page(room)
    room.tab = "week"
    assert "Decisions due 6" in room._tabs.options[1][0] and "Waived: &lt;b&gt;" in room._week.html


def test_what_the_first_screen_has_no_room_for_can_be_answered_too(url):
    room = WarRoom(model(url), "en")
    room.tab = "decisions"
    room.decisions.press("all")
    others = room.model.decisions("en")
    others = others[~others["first"]]
    assert len(others) > 10 and f'data-value="{others["no"].iloc[0]}"' in room.decisions._above.html
    room.decisions.press("open", str(others["no"].iloc[0]))
    room.decisions.buttons["done"].click()
    kept = model(url).decisions("en").set_index("action_ids").loc[[others["action_ids"].iloc[0]], "answer"]
    assert kept.iloc[0].verdict == "done"


def test_a_snooze_offers_days_in_the_pages_language():
    here = model("sample_data")
    assert here.resume_days("en")[0] == ("Wednesday 25 Nov", date(2026, 11, 25))
    assert here.resume_days("zh")[0][0] == "11月25日（周三）"
    days = [day for _, day in here.resume_days("zh")]
    assert days == sorted(set(days)) and days[0] > TUESDAY and (days[-1] - TUESDAY).days > 50


# --- accounts


@pytest.mark.parametrize(
    ("asked", "some"),
    [
        (Asked("张伟"), True), (Asked("a001"), True), (Asked("张伟", tier="A"), True), (Asked("zzz"), False),
        (Asked(owner="R01"), True), (Asked(industry="I01"), True), (Asked(stage="3"), True),
        *((Asked(signal=name), True) for name in SIGNALS),
    ],
)  # fmt: skip
def test_accounts_are_found_by_what_is_asked(reading, asked, some):
    found = reading.model.accounts("en", asked)
    assert bool(len(found)) is some and len(found) < len(reading.model.accounts("en"))
    for column, value in (("tier", asked.tier), ("owner_id", asked.owner), ("industry_id", asked.industry)):
        assert not value or set(found[column]) == {value}
    assert not asked.signal or found[asked.signal].all()


def test_the_list_is_sorted_by_a_column_and_turned_by_pressing_again(reading):
    reading.tab = "accounts"
    reading.accounts.press("all")
    reading.accounts.press("sort", "contract")
    first = reading.model.accounts("en", Asked(by="contract"))
    assert first["contract"].dropna().is_monotonic_decreasing
    assert 'aria-sort="ascending"' in reading.accounts._list.html
    reading.accounts.press("sort", "contract")
    assert 'aria-sort="descending"' in reading.accounts._list.html
    assert reading.model.accounts("en", Asked(by="contract", turned=True))["contract"].dropna().is_monotonic_increasing


def test_a_list_without_a_match_says_what_to_do_and_one_press_clears_it(reading):
    reading.tab = "accounts"
    reading.accounts.search.value = "zzz"
    assert "No such account" in page(reading) and "0 accounts" in page(reading)
    reading.accounts.press("all")
    assert "60 accounts" in page(reading) and reading.accounts.search.value == ""


def test_an_accounts_page_tells_everything_and_leads_back_to_where_it_was_opened(reading):
    reading.tab = "week"
    reading.press("account", "A012")
    assert reading.tab == "accounts"
    text = page(reading)
    for words in (
        "南方管网", "8 points of probability and 3 of weight short of A", "22 points above the B line",
        "decision chain still for 9 days", "The last eight weeks", "Critical event", "3 of 5 key people reached",
        "asks for technical support", "the device was 3.5 km away", "南方管网攻坚", "Back to the week",
    ):  # fmt: skip
        assert words in text, words
    reading.accounts.press("back")
    assert reading.tab == "week"


def test_every_account_has_a_page_in_both_languages(reading):
    for language in ("zh", "en"):
        for account in reading.model.accounts(language)["account_id"]:
            found = reading.model.page(account, language)
            assert found.name and found.why and found.margin and len(found.history)


def test_the_language_is_switched_in_place_and_the_tab_stays(url):
    room = WarRoom(model(url, "zh"), "zh")
    room.press("account", "A012")
    assert "近八周" in page(room)
    room.language = "en"
    assert room.tab == "accounts" and "The last eight weeks" in page(room) and "近八周" not in room.accounts._page.html
    assert "in-en" in room._dom_classes and "in-zh" not in room._dom_classes


def test_a_store_that_is_gone_is_said_above_the_room_and_the_board_opens_once_it_is_back(url, tmp_path):
    room = WarRoom(model(url), "en")
    room.model._store.close()  # so that the next look opens the file
    (tmp_path / "team.db").rename(tmp_path / "away.db")
    room.press("decision", "3")
    room.decisions.reason.value = "typed"
    room.decisions.buttons["waived"].click()
    assert "cannot be used" in page(room) and room.decisions.reason.value == "typed"
    room.tab = "board"
    assert "The store cannot be reached" in room._notice.value and not room._board.children
    (tmp_path / "away.db").rename(tmp_path / "team.db")
    room.look()
    assert room._notice.value == ""
    room.tab = "week"
    room.tab = "board"
    assert room._board.children
    room.tab = "decisions"
    room.decisions.buttons["waived"].click()
    assert line(model(url), 3).answer.reason == "typed"
