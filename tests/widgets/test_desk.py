"""The desk without a browser: a report filled, refused, kept, sent, and in the next review; only one's own."""

import shutil
from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.test_threshold_view import all_of, html
from toolkit.base.errors import InputError
from toolkit.data.entry import Refusal
from toolkit.data.store import Changed, Store
from toolkit.widgets.desk import Desk
from toolkit.widgets.desk_model import DeskModel, Lacks

TUESDAY = date(2026, 11, 24)
REP = "R01"
WHOLE = {
    "stage_before": "3", "stage_after": "4", "spiced_situation": "2", "spiced_pain": "3", "spiced_impact": "1",
    "spiced_critical_event": "0", "spiced_decision": "2", "communications": "3", "competitor_mentions": "1",
    "new_key_contacts": "1", "competitor": "none", "technical_hours": "0", "labour_hours": "2.5",
    "price_concession": "0", "note": "=cmd() <b>",
}  # fmt: skip


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


@pytest.fixture
def desk(url):
    return DeskModel(url, REP, "en", clock=lambda: TUESDAY)


def mine(desk):
    return next(iter(desk.accounts()))


def theirs(team):
    rows = team.accounts
    return rows.loc[(rows["owner_id"] != REP) & (rows["status"] == "active"), "account_id"].iloc[0]


def test_a_report_is_sent_found_by_the_next_review_and_twice_is_once(desk, url):
    account = mine(desk)
    told = desk.send(account, WHOLE)
    assert "SPICED 8/15" in told and "Critical event" in told
    desk.send(account, WHOLE)
    data = kat.load(url)
    rows = data.daily_reports[data.daily_reports["report_date"] == pd.Timestamp(TUESDAY)]
    assert rows[["rep_id", "account_id", "stage_after", "labour_hours", "competitor"]].values.tolist() == [
        [REP, account, 4.0, 2.5, "none"]
    ]
    assert rows["note"].tolist() == ["=cmd() <b>"]
    brief = kat.brief(data, str(TUESDAY), language="en")
    assert brief.as_of == pd.Timestamp(TUESDAY)


def test_sent_again_with_a_change_it_is_changed_and_the_journal_keeps_both(desk):
    account = mine(desk)
    desk.send(account, WHOLE)
    desk.send(account, WHOLE | {"labour_hours": "4"})
    history = desk.store.history("daily_reports", desk.report_id(account))
    assert [entry["after"]["labour_hours"] for entry in history] == ["2.5", "4"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"stage_after": None}, "stage"), ({"spiced_pain": None}, "spiced"), ({"competitor": None}, "competitor"),
     ({"competitor": "华岳"}, "competitor_detail"), ({"price_concession": None}, "resources")],
)  # fmt: skip
def test_what_m9_requires_is_refused_where_it_lacks_and_zero_and_none_are_answers(desk, change, code):
    account = mine(desk)
    with pytest.raises(Lacks) as caught:
        desk.send(account, WHOLE | change)
    assert caught.value.codes == (code,)
    assert not desk.sent(account)


def test_a_value_that_breaks_a_rule_is_refused_by_its_column(desk):
    with pytest.raises(Refusal) as caught:
        desk.send(mine(desk), WHOLE | {"labour_hours": "-1"})
    assert list(caught.value.columns) == ["labour_hours"]


def test_what_is_typed_is_kept_until_it_is_sent_and_then_forgotten(desk, url):
    account = mine(desk)
    desk.keep(account, {"note": "half a sentence"})
    again = DeskModel(url, REP, "en", clock=lambda: TUESDAY)
    assert again.filled(account)["note"] == "half a sentence"
    again.send(account, WHOLE)
    assert again.store.draft(again.report_id(account)) == {}
    assert again.filled(account)["note"] == WHOLE["note"]


def test_a_refused_report_stays_as_a_draft(desk):
    account = mine(desk)
    with pytest.raises(Lacks):
        desk.send(account, {"note": "do not lose me"})
    assert desk.filled(account)["note"] == "do not lose me"


def test_the_form_begins_with_the_last_stage_and_scores_and_leaves_the_rest_to_answer(desk, team):
    account = mine(desk)
    rows = team.daily_reports[team.daily_reports["account_id"] == account].sort_values(["report_date", "report_id"])
    filled = desk.filled(account)
    assert filled["stage_before"] == filled["stage_after"] == rows["stage_after"].iloc[-1]
    assert filled["spiced_pain"] == rows["spiced_pain"].iloc[-1]
    assert filled["competitor"] is None and filled["labour_hours"] is None


def test_another_reps_report_cannot_be_taken_over_by_its_id(desk, team):
    other = team.daily_reports[team.daily_reports["account_id"] == theirs(team)].iloc[-1]
    values = WHOLE | {"report_id": other["report_id"], "report_date": TUESDAY, "rep_id": REP, "account_id": mine(desk)}
    with pytest.raises(InputError, match="not yours"):
        desk.store.save("daily_reports", values, 1)


def test_directives_are_ones_own_answered_once_and_gone(url, team):
    rows = team.directives[team.directives["followed"].isna() | (team.directives["followed"] == "open")]
    rep = rows["owner_id"].dropna().iloc[-1]
    here = DeskModel(url, rep, "en", clock=lambda: date(2026, 11, 20))
    listed = here.directives()
    assert listed and all(row["owner_id"] == rep for row in listed)
    here.answer(listed[0]["directive_id"], True)
    assert listed[0]["directive_id"] not in {row["directive_id"] for row in here.directives()}
    assert kat.load(url).directives.set_index("directive_id").loc[listed[0]["directive_id"], "followed"] == "yes"
    someone = team.directives[team.directives["owner_id"] != rep]["directive_id"].iloc[-1]
    with pytest.raises(InputError, match="not yours"):
        here.answer(someone, True)


def test_two_who_change_one_report_do_not_overwrite_each_other(desk, url):
    account = mine(desk)
    desk.send(account, WHOLE)
    boss = Store(url, "M01")
    row = boss.row("daily_reports", desk.report_id(account))
    old = desk.store.row("daily_reports", desk.report_id(account))
    boss.save("daily_reports", {**row.values, "note": "by the manager"}, row.version)
    with pytest.raises(Changed, match="M01"):
        desk.store.save("daily_reports", {**old.values, "note": "by the rep"}, old.version)
    boss.close()


def test_the_form_shows_what_lacks_keeps_what_was_typed_and_says_what_the_report_gives_back(url):
    view = Desk(DeskModel(url, REP, "en", clock=lambda: TUESDAY), "en")
    send = next(b for b in all_of(view, widgets.Button) if b.description == "Send the report")
    note = next(w for w in all_of(view, widgets.Textarea))
    note.value = "<i>typed</i>"
    send.click()
    assert "No competitor move today" in html(view) and note.value == "<i>typed</i>"
    next(b for b in all_of(view, widgets.Button) if b.description == "No competitor move today").click()
    for name in ("technical_hours", "labour_hours", "price_concession"):
        view._fields[name].value = "0"
    send.click()
    assert "Sent. SPICED" in html(view)


def test_a_folder_is_no_desk_and_a_stranger_has_none(url):
    with pytest.raises(InputError, match="kat import"):
        DeskModel("sample_data", REP, "en")
    with pytest.raises(InputError, match="R01"):
        DeskModel(url, "R99", "en")
