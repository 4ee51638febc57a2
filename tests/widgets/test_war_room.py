"""The war room without a browser: what is answered, refused, found again, and in the next review."""

import shutil
from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.test_threshold_view import all_of, html
from toolkit.base.errors import InputError
from toolkit.data.store import Changed, Store
from toolkit.widgets.war_room import WarRoom
from toolkit.widgets.war_room_model import WarRoomModel

TUESDAY = date(2026, 11, 24)


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


@pytest.fixture
def url(tmp_path, made):
    shutil.copy(made, tmp_path / "team.db")
    return f"sqlite:///{tmp_path}/team.db"


def model(source, language="en"):
    return WarRoomModel(source, "2026-11-20", language=language, clock=lambda: TUESDAY)


def test_an_answer_is_written_for_every_action_of_its_line_and_found_by_the_next_review(url):
    here = model(url)
    lines = here.decisions("en").set_index("no")
    several = int(lines.index[lines["action_ids"].map(len) > 1][0])
    here.answer(several, "waived", "not this quarter", language="en")
    again = model(url)
    row = again.decisions("en").set_index("no").loc[several]
    assert (row["verdict"], row["reason"]) == ("waived", "not this quarter")
    data = kat.load(url)
    mine = data.decisions[data.decisions["decided_on"] == pd.Timestamp(TUESDAY)]
    assert set(mine["action_id"]) == set(lines.loc[several, "action_ids"])
    assert set(mine["decided_by"]) == {"D01"}
    later = kat.review(data, "2026-11-27", language="en").actions.set_index("action_id")
    known = [one for one in mine["action_id"] if one in later.index]
    assert all(later.loc[one, "state"] == "waived" for one in known)


def test_answered_again_on_the_same_day_it_takes_the_place_of_the_earlier_answer(url):
    here = model(url)
    here.answer(1, "done", language="en")
    here.answer(1, "snoozed", resume_on="2026-11-30", language="en")
    row = model(url).decisions("en").set_index("no").loc[1]
    assert row["verdict"] == "snoozed" and row["resume_on"] == pd.Timestamp("2026-11-30")
    store = Store(url, "x")
    ids = here.report("en").evidence["decisions"].set_index("no").loc[1, "action_ids"]
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
        here.answer(1, verdict, language="en", **more)
    assert model(url).decisions("en").set_index("no").loc[1, "verdict"] == ""


def test_two_directors_who_answer_the_same_line_at_once_do_not_overwrite_each_other(url, monkeypatch):
    one, other = model(url), WarRoomModel(url, "2026-11-20", who="M01", language="en", clock=lambda: TUESDAY)
    other._store.row = lambda *key: None  # looked before the first answer was there
    one.answer(1, "done", language="en")
    with pytest.raises(Changed, match="D01"):
        other.answer(1, "waived", "no", language="en")
    assert model(url).decisions("en").set_index("no").loc[1, "verdict"] == "done"


def test_a_source_that_is_no_store_is_read_only_and_says_why():
    room = WarRoom(model("sample_data"), "en")
    answers = [b for b in all_of(room, widgets.Button) if b.description in ("Done", "Agree", "Waive", "Snooze")]
    assert answers and all(b.disabled and "kat import" in b.tooltip for b in answers)
    with pytest.raises(InputError, match="kat import"):
        room.model.answer(1, "done", language="en")


def test_a_refused_answer_keeps_what_was_typed_and_an_accepted_one_is_shown(url):
    room = WarRoom(model(url), "en")
    reason = next(w for w in all_of(room, widgets.Text) if w.description == "Reason")
    next(b for b in all_of(room, widgets.Button) if b.description == "Waive").click()
    assert "takes a reason" in html(room)
    reason.value = "<b>costs</b> too much"
    next(b for b in all_of(room, widgets.Button) if b.description == "Waive").click()
    shown = "".join(w.value for w in all_of(room, widgets.HTML))
    assert "&lt;b&gt;costs&lt;/b&gt; too much" in shown and "<b>costs</b>" not in shown


@pytest.mark.parametrize(
    ("search", "tier", "some"), [("张伟", "", True), ("a001", "", True), ("张伟", "A", True), ("zzz", "", False)]
)
def test_accounts_are_found_by_name_id_or_owner_in_a_tier(team, search, tier, some):
    found = model("sample_data").accounts("en", search, tier)
    assert bool(len(found)) is some
    if tier:
        assert set(found["tier"]) == {tier}


def test_an_accounts_page_tells_tier_history_chain_and_spiced():
    room = WarRoom(model("sample_data"), "en")
    pick = next(w for w in all_of(room, widgets.Dropdown) if w.description == "Look at")
    pick.value = "A001"
    text = html(room)
    for words in ("The last eight weeks", "key people reached", "Pain", "Decision stage"):
        assert words in text


def test_an_account_that_nobody_has_says_what_to_do():
    room = WarRoom(model("sample_data"), "en")
    next(w for w in all_of(room, widgets.Text) if w.description.startswith("Search")).value = "zzz"
    assert "No such account" in html(room)
