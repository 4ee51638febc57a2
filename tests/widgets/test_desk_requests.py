"""Requests at the desk without a browser: what E4 and F4 say before, as the review says after; asked, followed."""

from datetime import date, datetime

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.desk_team import NOW, report, request, store
from tests.widgets.test_desk_report import desk
from tests.widgets.test_threshold_view import all_of, button, html
from toolkit.base.errors import InputError
from toolkit.data.entry import Refusal
from toolkit.data.store import Store
from toolkit.widgets.desk import Desk
from toolkit.widgets.desk_requests_model import RequestsModel
from toolkit.widgets.desk_words import DeskWords

APPROVED = {"decision": "approved", "approved_by": "D1", "approved_at": "2026-11-20T10:00:00"}
OFF = {"price_change": -0.05}


@pytest.fixture
def url(tmp_path):
    return store(tmp_path)


def model(url, rep="R1"):
    return RequestsModel(desk(url, rep))


def due(verdict):
    return {row.step: row.due_at for row in verdict.clocks.itertuples() if not pd.isna(row.due_at)}


def said(verdict):
    words = DeskWords(verdict.state, "en")
    return "\n".join([words.headline(verdict.judged), *words.lines(verdict)])


@pytest.mark.parametrize(
    ("rep", "account", "kind", "level", "verdict", "until"),
    [("R1", "A1", "technical", None, "allowed", {"accept": "11-26 10:30", "in_place": "11-27 10:30"}),
     ("R1", "A1", "executive", "director", "allowed", {"contact": "11-25 10:30", "visit": "11-27 10:30"}),
     ("R2", "A2", "technical", None, "allowed", {"accept": "11-26 10:30", "in_place": "12-01 10:30"}),
     ("R2", "A2", "executive", "manager", "allowed", {"contact": "11-26 10:30", "visit": "11-27 10:30"}),
     ("R2", "A2", "executive", "director", "up_to", {"contact": "11-26 10:30", "visit": "11-27 10:30"}),
     ("R1", "A5", "technical", None, "forbidden", {"accept": "11-26 10:30"}),
     ("R1", "A4", "executive", "manager", "forbidden", {})],
)  # fmt: skip
def test_the_matrix_and_its_clocks_before_a_request(url, rep, account, kind, level, verdict, until):
    found = model(url, rep).verdict(account, kind, level=level)
    assert found.judged.verdict == verdict
    assert {step: f"{at:%m-%d %H:%M}" for step, at in due(found).items()} == until


@pytest.mark.parametrize(
    ("rep", "account", "change", "verdict", "words"),
    [("R1", "A1", -0.15, "allowed", "within A's 15%"), ("R1", "A1", -0.16, "up_to", "15% is left within the matrix"),
     ("R2", "A2", 0.08, "allowed", "within B's 8%"), ("R2", "A2", -0.12, "up_to", "8% is left within the matrix"),
     ("R1", "A5", -0.01, "forbidden", "a long tail cannot be B"), ("R1", "A1", None, "cannot_judge", "15% left")],
)  # fmt: skip
def test_up_to_what_a_price_may_go_and_what_would_change_it(url, rep, account, change, verdict, words):
    found = model(url, rep).verdict(account, "price", change)
    assert found.judged.verdict == verdict and words in said(found)


def test_floats_of_the_quarter_add_up_whoever_asked_and_start_afresh_with_the_next(tmp_path):
    before = {"price_change": -0.08, "decision": "approved", "approved_by": "D1"}
    used = [request(1, "A2", "price", "2026-09-30T09:00:00", approved_at="2026-09-30T12:00:00", **before),
            request(2, "A2", "price", "2026-10-01T09:00:00", price_change=-0.06, **APPROVED)]  # fmt: skip
    here = model(store(tmp_path, resource_requests=used), "R2")
    assert "6% used, 2% left" in said(here.verdict("A2", "price", -0.02))
    assert here.verdict("A2", "price", -0.03).judged.verdict == "up_to"
    here.ask("A2", "price", -0.02)
    boss = Store(here.desk.store.url, "D1")
    row = boss.rows("resource_requests", account_id="A2", requested_at=NOW)[0]
    boss.save("resource_requests", {**row.values, **APPROVED, "approved_at": "2026-11-24T11:00:00"}, row.version)
    gone = here.verdict("A2", "price", -0.01)
    assert gone.judged.code == "float_used_up" and "on 1 Jan" in said(gone) and not gone.may_ask


def test_the_five_strategic_accounts_count_as_b_while_they_are_listed(tmp_path):
    folder = tmp_path / "lifted"
    url = store(folder)
    boss = Store(url, "D1")
    row = boss.row("accounts", "A5")
    boss.save("accounts", {**row.values, "industry_influence": 90, "technical_fit": 90}, row.version)
    found = model(url).verdict("A5", "technical")
    assert (found.judged.tier, found.judged.matrix_tier, found.judged.verdict) == ("C", "B", "allowed")


def test_what_is_asked_is_judged_by_the_review_as_it_was_before(url):
    here = model(url, "R2")
    before = here.verdict("A2", "price", -0.12)
    here.ask("A2", "price", -0.12)
    data = kat.load(url)
    row = data.resource_requests.iloc[0]
    assert (row["rep_id"], row["kind"], row["price_change"], row["stage_at_request"]) == ("R2", "price", -0.12, 3)
    clocks = kat.brief(data, "2026-11-24", language="en").tables["request_clocks"]
    assert dict(zip(clocks["step"], clocks["due_at"], strict=True)) == due(before)
    actions = kat.brief(data, "2026-11-24", language="en").tables["actions"]
    assert actions["rule"].tolist().count("E4") == 1
    assert actions.loc[actions["rule"] == "E4", "text"].str.contains("over B's 8%").all()


def test_what_is_asked_twice_within_a_minute_is_one_request(url):
    here = model(url)
    here.ask("A1", "technical")
    here.ask("A1", "technical")
    assert len(here.desk.store.rows("resource_requests")) == 1


@pytest.mark.parametrize(("account", "kind"), [("A5", "technical"), ("A4", "executive"), ("A1", "price")])
def test_what_is_forbidden_and_a_price_without_a_figure_are_refused_and_not_written(url, account, kind):
    here = model(url)
    with pytest.raises(InputError, match="nothing was asked"):
        here.ask(account, kind, None, "manager")
    assert here.desk.store.rows("resource_requests") == []


@pytest.mark.parametrize("call", ["verdict", "ask"])
def test_another_reps_account_is_neither_judged_nor_asked_for(url, call):
    with pytest.raises(InputError, match="not yours"):
        getattr(model(url), call)("A2", "technical")


def test_own_requests_the_overdue_first_then_what_waits_and_nobody_elses(tmp_path):
    asked = [request(1, "A1", "price", "2026-11-24T09:00:00", **OFF),
             request(2, "A1", "price", "2026-11-20T09:00:00", **OFF),
             request(3, "A2", "price", "2026-11-20T09:00:00", **OFF),
             request(4, "A1", "executive", "2026-11-19T09:00:00", executive_level="director", **APPROVED,
                     responded_at="2026-11-20T08:00:00", delivered_at="2026-11-21T09:00:00"),
             request(5, "A1", "price", "2026-06-01T09:00:00", **OFF, **APPROVED)]  # fmt: skip
    rows = model(store(tmp_path, resource_requests=asked)).mine()
    assert [row.request_id for row, _, _ in rows] == ["Q2", "Q1", "Q4"]
    assert [code for _, _, code in rows] == ["undecided", "undecided", "no_commitment"]
    clock = rows[1][1].iloc[0]
    assert (clock["state"], clock["hours_left"]) == ("running", 22.5)


def test_a_request_is_taken_back_while_nobody_has_answered_it(tmp_path):
    asked = [request(1, "A1", "price", "2026-11-24T09:00:00", **OFF),
             request(2, "A1", "price", "2026-11-20T09:00:00", **OFF, **APPROVED),
             request(3, "A2", "price", "2026-11-20T09:00:00", **OFF)]  # fmt: skip
    here = model(store(tmp_path, resource_requests=asked))
    here.withdraw("Q1")
    row = here.desk.store.row("resource_requests", "Q1").values
    assert (row["decision"], row["approved_at"]) == ("withdrawn", NOW)
    for request_id in ("Q2", "Q3"):
        with pytest.raises(InputError, match="not yours"):
            here.withdraw(request_id)


def test_what_a_request_brought_is_told_and_judged_and_an_impossible_figure_is_refused(tmp_path):
    asked = [request(1, "A1", "technical", "2026-11-18T09:00:00", **APPROVED, responded_at="2026-11-18T12:00:00")]
    here = model(store(tmp_path, resource_requests=asked))
    told = {"delivered_at": "2026-11-20T09:00:00", "doubts_raised": "5", "doubts_resolved": "6"}
    with pytest.raises(Refusal) as caught:
        here.tell("Q1", told)
    assert list(caught.value.columns) == ["doubts_resolved"]
    here.tell("Q1", told | {"doubts_resolved": "4"})
    assert here.mine()[0][2] == "doubts_resolved"
    assert here.told("Q1") == {"delivered_at": datetime(2026, 11, 20, 9), "doubts_raised": 5, "doubts_resolved": 4}


def test_the_stages_advance_is_proposed_from_the_reports(tmp_path):
    asked = [request(1, "A1", "price", "2026-11-18T09:00:00", **OFF, **APPROVED)]
    reports = [report(1, "A1", "2026-11-19"), report(2, "A1", "2026-11-20", stage_after=4)]
    here = model(store(tmp_path, resource_requests=asked, daily_reports=reports))
    assert here.told("Q1")["stage_advanced_on"] == date(2026, 11, 20)
    here.tell("Q1", here.told("Q1") | {"price_drawn": "-5%"})
    assert here.mine()[0][2] == "stage_advanced"
    assert here.desk.store.row("resource_requests", "Q1").values["price_drawn"] == -0.05


# --- the view -------------------------------------------------------------------------------------------------------


def tapped(view, value):
    next(w for w in all_of(view, widgets.ToggleButtons) if value in [one for _, one in w.options]).value = value


@pytest.fixture
def view(url):
    made = Desk(desk(url), "en")
    tapped(made, "requests")
    return made


def asking(view):
    return next(w for w in all_of(view.requests.box, widgets.Button) if "send" in w._dom_classes)


def test_the_button_says_why_it_is_off_and_what_goes_beyond_is_put_to_the_director(view):
    account = all_of(view.requests.box, widgets.Dropdown)[0]
    assert asking(view).disabled and asking(view).description == "Pick the account and what you need"
    account.value = "A5"
    tapped(view.requests.box, "technical")
    assert asking(view).disabled and "You may not ask: no technical resources for C" in html(view)
    account.value = "A1"
    assert not asking(view).disabled and "by 10:30 on 27 Nov" in html(view)
    tapped(view.requests.box, "price")
    assert asking(view).description == "Say by how much first"
    number = next(w for w in all_of(view.requests.box, widgets.Text) if w.description == "By how many per cent")
    number.value = "20"
    assert asking(view).description == "Beyond the matrix, put it to the director"
    number.value = "abc"
    assert "A number from 0 to 100" in html(view)
    number.value = "20"
    asking(view).click()
    assert "Asked; the next deadline is 10:30 on 25 Nov" in html(view)
    assert "Shuguang asks for 20% off" in html(view) and "My requests (1)" in html(view)
    button(view, "Withdraw").click()
    assert "withdrawn" in html(view)


def test_a_result_is_told_in_its_place(tmp_path):
    contacted = {"executive_level": "director", "responded_at": "2026-11-20T12:00:00"}
    asked = [request(1, "A1", "executive", "2026-11-20T09:00:00", **APPROVED, **contacted)]
    view = Desk(desk(store(tmp_path, resource_requests=asked)), "en")
    tapped(view, "requests")
    button(view, "Say what it brought").click()
    who = next(w for w in all_of(view, widgets.Dropdown) if w.description == "Commitment given by")
    who.value = "P2"
    all_of(view, widgets.NaiveDatetimePicker)[0].value = datetime(2026, 11, 24, 9)
    next(w for w in all_of(view, widgets.DatePicker) if w.description == "Commitment given on").value = NOW.date()
    button(view, "Save").click()
    assert "A decision maker gave a commitment." in html(view)
