"""The director's side without a browser: the brief's own draw, three directives or none, approvals by the matrix."""

from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.desk_team import NOW, report, request, store
from tests.widgets.test_desk_report import desk
from tests.widgets.test_threshold_view import all_of, button, html
from toolkit.base.errors import InputError
from toolkit.widgets.desk_requests_model import RequestsModel
from toolkit.widgets.directing import Directing
from toolkit.widgets.directing_model import DirectingModel, Owed

TODAY = "2026-11-24"
THREE = [{"text": f"step {n}", "owner_id": "R1", "due_on": "2026-11-27"} for n in (1, 2, 3)]
ASKED = [
    request(1, "A1", "price", "2026-11-24T09:00:00", price_change=-0.10),
    request(2, "A2", "price", "2026-11-24T08:00:00", price_change=-0.12),
    request(3, "A2", "technical", "2026-11-23T09:00:00"),
    request(4, "A1", "executive", "2026-11-24T07:00:00", executive_level="director"),
    request(5, "A5", "technical", "2026-11-24T06:00:00"),
    request(6, "A1", "technical", "2026-11-24T05:00:00", rep_id="M1"),
]


def model(url, who="D1", role="director", language="en"):
    return DirectingModel(url, who, role, language, clock=lambda: NOW)


@pytest.fixture
def url(tmp_path):
    reports = [report(n, account, TODAY) for n, account in enumerate(("A1", "A1", "A2", "A2", "A3", "A3"))]
    return store(tmp_path, daily_reports=reports, resource_requests=ASKED)


def test_the_draw_is_the_briefs_draw_of_the_day(url):
    here = model(url)
    drawn = {one.report["report_id"] for one in here.drawn(TODAY)}
    brief = kat.brief(kat.load(url), TODAY, language="en").tables["directives"]
    assert drawn == set(brief["report_id"]) and len(drawn) == 2
    assert here.days()[["reports", "needed", "covered"]].values.tolist() == [[6, 2, 0]]


def test_three_directives_are_written_or_none_and_the_next_brief_knows_them(url):
    here = model(url)
    drawn = here.drawn(TODAY)[0].report["report_id"]
    with pytest.raises(Owed) as caught:
        here.give(drawn, [*THREE[:2], {"text": " ", "owner_id": "R1", "due_on": None}])
    assert sorted(caught.value.fields) == [(3, "due_on"), (3, "text")]
    with pytest.raises(Owed):
        here.give(drawn, THREE[:2])
    assert here.store.rows("directives") == []
    here.give(drawn, THREE)
    rows = [row.values for row in here.store.rows("directives")]
    assert [(row["number"], row["text"], row["given_on"], row["followed"]) for row in rows] == [
        (n, f"step {n}", date(2026, 11, 24), "open") for n in (1, 2, 3)
    ]
    brief = kat.brief(kat.load(url), TODAY, language="en").tables["directives"]
    assert dict(zip(brief["report_id"], brief["given"], strict=True))[drawn] == 3
    assert here.drawn(TODAY)[-1].report["report_id"] == drawn, "what is done comes last"


def test_an_owner_who_is_not_on_the_team_is_refused_and_nothing_is_written(url):
    here = model(url)
    with pytest.raises(InputError, match="R9"):
        here.give("D0", [*THREE[:2], THREE[2] | {"owner_id": "R9"}])
    assert here.store.rows("directives") == []


def test_two_who_direct_one_report_do_not_overwrite_each_other(url):
    here, other = model(url), model(url, "M1", "manager")
    drawn = here.drawn(TODAY)[0].report["report_id"]
    other.drawn(TODAY)
    here.give(drawn, THREE)
    with pytest.raises(InputError, match="Somebody else has just given"):
        other.give(drawn, [one | {"text": "mine"} for one in THREE])
    assert [row.values["text"] for row in here.store.rows("directives")] == ["step 1", "step 2", "step 3"]


def test_directives_that_were_begun_are_kept_and_forgotten_once_given(url):
    model(url).keep("D0", {"text 1": "half"})
    assert model(url).draft("D0") == {"text 1": "half"}
    model(url).give("D0", THREE)
    assert model(url).draft("D0") == {}


def test_a_directive_is_due_five_working_days_later_unless_another_day_is_said(url):
    assert model(url).due() == date(2026, 12, 1)


def test_what_waits_is_listed_by_its_deadline_with_who_may_not_answer_it(url):
    rows = model(url, "M1", "manager").waiting()
    assert [row.judged.request_id for row in rows] == ["Q4", "Q2", "Q1", "Q3", "Q6", "Q5"]
    refused = {row.judged.request_id: row.may_not for row in rows if row.may_not}
    assert sorted(refused) == ["Q4", "Q6"] and "higher level" in refused["Q4"] and "your own" in refused["Q6"]


def decided(here, request_id):
    return here.store.row("resource_requests", request_id).values


def test_within_the_matrix_a_manager_approves_and_the_clock_is_met(url):
    here = model(url, "M1", "manager")
    here.decide("Q1", approve=True)
    row = decided(here, "Q1")
    assert (row["decision"], row["approved_by"], row["price_granted"]) == ("approved", "M1", -0.10)
    assert row["approved_at"] == row["responded_at"] == NOW
    clocks = here.rules.state().request_clocks
    assert clocks.loc[clocks["request_id"] == "Q1", "state"].tolist() == ["met"]
    assert here.store.history("resource_requests", "Q1")[-1]["who"] == "M1"


def test_a_price_is_granted_up_to_what_is_left_and_beyond_by_a_director_with_a_reason_alone(url):
    manager, director = model(url, "M1", "manager"), model(url)
    with pytest.raises(InputError, match="director alone"):
        manager.decide("Q2", approve=True, reason="please")
    with pytest.raises(InputError, match="takes a reason"):
        director.decide("Q2", approve=True, granted=0.09)
    with pytest.raises(InputError, match="No more can be granted"):
        director.decide("Q2", approve=True, granted=0.13, reason="more")
    assert decided(director, "Q2")["decision"] is None and director.store.rows("decisions") == []
    manager.decide("Q2", approve=True, granted=0.08)
    assert decided(manager, "Q2")["price_granted"] == -0.08


def test_an_exception_keeps_its_reason_where_the_rep_reads_it_and_the_review_counts_it_as_answered(url):
    here = model(url)
    here.decide("Q5", approve=True, reason="<b>one time</b>")
    assert RequestsModel(desk(url)).answer("Q5") == "<b>one time</b>"
    row = here.store.row("decisions", "Q5").values
    assert (row["action_id"], row["verdict"], row["decided_by"]) == ("E4-A5.Q5-2026-11-24", "confirmed", "D1")
    actions = kat.brief(kat.load(url), TODAY, language="en").tables["actions"]
    assert not actions["action_id"].str.contains("Q5").any() and actions["action_id"].str.contains("Q2").any()


def test_a_request_is_rejected_and_answered_once(url):
    here, other = model(url), model(url, "M1", "manager")
    here.decide("Q3", approve=False, reason="no engineer")
    row = decided(here, "Q3")
    assert (row["decision"], row["price_granted"], row["responded_at"]) == ("rejected", None, NOW)
    with pytest.raises(InputError, match="has been answered"):
        other.decide("Q3", approve=True)


def test_nobody_approves_an_own_request_and_a_manager_no_director(url):
    with pytest.raises(InputError, match="your own"):
        model(url, "M1", "manager").decide("Q6", approve=True)
    with pytest.raises(InputError, match="higher level"):
        model(url, "M1", "manager").decide("Q4", approve=True)


def test_an_executives_contact_has_its_own_clock(url):
    here = model(url)
    here.decide("Q4", approve=True)
    assert decided(here, "Q4")["responded_at"] is None
    assert [row.request_id for row, _ in here.to_contact()] == ["Q4"]
    here.contacted("Q4")
    assert decided(here, "Q4")["responded_at"] == NOW and here.to_contact() == []
    with pytest.raises(InputError, match="has been answered"):
        here.contacted("Q4")


@pytest.mark.parametrize(("who", "role"), [("策略", "strategy"), ("nobody", "manager"), ("R1", "rep")])
def test_who_is_no_director_or_manager_of_the_team_looks_and_writes_nothing(url, who, role):
    here = model(url, who, role)
    assert here.read_only and len(here.waiting()) == 6
    for write in (
        lambda: here.decide("Q1", approve=True),
        lambda: here.give("D0", THREE),
        lambda: here.contacted("Q4"),
    ):
        with pytest.raises(InputError):
            write()
    assert here.store.rows("directives") == [] and decided(here, "Q1")["decision"] is None


def test_a_user_is_found_on_the_team_by_id_by_name_or_as_the_only_director(url):
    assert [model(url, who).who for who in ("D1", "顾总", "")] == ["D1", "D1", "D1"]


# --- the view -------------------------------------------------------------------------------------------------------


def test_a_drawn_report_shows_its_content_and_takes_exactly_three_directives(url):
    view = Directing(model(url), "en")
    assert "6/15" not in html(view) and "8/15 · Situation 2" in html(view)
    give = button(view, "Give all 3")
    first = [w for w in all_of(view, widgets.Combobox) if w.description == "Directive 1 *"][0]
    first.value = "<b>call the CFO</b>"
    give.click()
    assert "Directive 2: say what is to be done." in html(view) and first.value == "<b>call the CFO</b>"
    for n in (2, 3):
        next(w for w in all_of(view, widgets.Combobox) if w.description == f"Directive {n} *").value = f"step {n}"
    give.click()
    assert "3 directives given" in html(view) and "1 with all directives" in str(
        all_of(view, widgets.Dropdown)[0].options
    )
    assert "&lt;b&gt;call the CFO" in "\n".join(w.value for w in all_of(view, widgets.HTML))


def test_a_request_is_answered_in_its_place_and_the_tab_counts_down(url):
    view = Directing(model(url), "en")
    assert "('Approvals (6)', 'approvals')" in str(all_of(view, widgets.ToggleButtons)[1].options)
    card = next(w for w in all_of(view, widgets.VBox) if "asked" in w._dom_classes and "12% off" in html(w))
    granted = next(w for w in all_of(card, widgets.Text) if w.description == "Granted, in per cent")
    assert granted.value == "8", "what is left of the float"
    granted.value = "12"
    button(card, "Approve").click()
    assert "takes a reason" in html(card)
    all_of(card, widgets.Combobox)[0].value = "the tender closes"
    button(card, "Approve").click()
    assert "12% off" not in html(view)
    assert "('Approvals (5)', 'approvals')" in str(all_of(view, widgets.ToggleButtons)[1].options)
    assert decided(view.model, "Q2")["price_granted"] == pytest.approx(-0.12)


def test_any_reps_desk_is_opened_and_a_reader_finds_the_buttons_off_with_the_reason(url):
    view = Directing(model(url), "en")
    whose = next(w for w in all_of(view, widgets.Dropdown) if w.description == "Whose desk")
    whose.value = "R2"
    assert "李娜" in html(view) and "still to report" in html(view)
    reader = Directing(model(url, "策略", "strategy"), "en")
    off = [w for w in all_of(reader, widgets.Button) if w.description in ("Approve", "Reject", "Give all 3")]
    assert off and all(w.disabled and "Only directors and managers" in w.tooltip for w in off)


def test_who_only_looks_opens_nobodys_desk(url):
    reader = Directing(model(url, "策略", "strategy"), "en")
    assert model(url, "M1", "manager").reps() and model(url, "策略", "strategy").reps() == {}
    assert "desks" not in str(all_of(reader, widgets.ToggleButtons)[1].options)


def test_what_is_asked_for_meanwhile_stands_there_once_the_tab_is_opened(url):
    view = Directing(model(url), "en")
    RequestsModel(desk(url)).ask("A1", "executive", level="manager")
    view._tabs.value = "approvals"
    assert "('Approvals (7)', 'approvals')" in str(all_of(view, widgets.ToggleButtons)[1].options)


def test_without_reports_the_draw_says_what_it_waits_for(tmp_path):
    view = Directing(model(store(tmp_path, daily_reports=[], decision_makers=[])), "en")
    assert "No reports to draw from yet" in html(view) and "0 requests wait" in html(view)
    assert not len(pd.DataFrame(view.model.waiting()))
