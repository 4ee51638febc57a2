"""The daily report without a browser: filled, refused beside the field, kept, sent, found by the rules."""

from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest

import toolkit as kat
from tests.widgets.desk_team import NOW, WHOLE, report, request, store
from tests.widgets.test_threshold_view import all_of, button, by_label, html
from toolkit.base.errors import InputError
from toolkit.data.entry import Refusal
from toolkit.data.store import Changed, Store
from toolkit.widgets.desk import Desk
from toolkit.widgets.desk_fields import shown
from toolkit.widgets.desk_model import DeskModel
from toolkit.widgets.desk_report_model import Lacks, ReportModel, Sent
from toolkit.widgets.desk_words import DeskWords


def desk(url, rep="R1", language="en", who=""):
    return DeskModel(url, rep, language, who=who, clock=lambda: NOW)


@pytest.fixture
def url(tmp_path):
    return store(tmp_path)


@pytest.fixture
def model(url):
    return ReportModel(desk(url))


def test_who_is_to_report_comes_first_the_longest_silent_first_and_what_is_sent_last(model):
    assert [(row.account, row.state) for row in model.accounts()] == [("A4", "open"), ("A5", "open"), ("A1", "open")]
    assert model.accounts()[2].last == date(2026, 11, 19)
    model.keep("A5", {"note": "half"})
    model.send("A4", WHOLE)
    assert [(row.account, row.state) for row in model.accounts()] == [("A5", "draft"), ("A1", "open"), ("A4", "sent")]


def test_a_report_is_sent_found_by_the_next_brief_and_twice_is_once(model, url):
    assert model.send("A1", WHOLE) == Sent(8, 8, "critical_event")
    model.send("A1", WHOLE)
    data = kat.load(url)
    rows = data.daily_reports[data.daily_reports["report_date"] == pd.Timestamp(NOW.date())]
    assert rows[["rep_id", "account_id", "stage_after", "labour_hours", "competitor", "note"]].values.tolist() == [
        ["R1", "A1", 4.0, 2.5, "none", "=cmd() <b>"]
    ]
    assert kat.brief(data, "2026-11-24", language="en").tables["directives"]["report_id"].tolist() == ["R1-20261124-A1"]


def test_sent_again_with_a_change_it_is_changed_and_the_journal_keeps_both(model):
    model.send("A1", WHOLE)
    model.send("A1", WHOLE | {"labour_hours": "4"})
    history = model.desk.store.history("daily_reports", "R1-20261124-A1")
    assert [(entry["who"], entry["after"]["labour_hours"]) for entry in history] == [("R1", "2.5"), ("R1", "4")]


def test_who_writes_on_a_reps_desk_stands_in_the_journal(url):
    ReportModel(desk(url, who="D1")).send("A1", WHOLE)
    assert [entry["who"] for entry in Store(url, "D1").history("daily_reports", "R1-20261124-A1")] == ["D1"]


@pytest.mark.parametrize(
    ("change", "code", "fields"),
    [({"stage_after": None}, "stage", ["stage_after"]), ({"spiced_pain": None}, "spiced", ["spiced_pain"]),
     ({"competitor": None}, "competitor", ["competitor"]),
     ({"competitor": "华岳", "competitor_person": "Wu"}, "competitor_detail",
      ["competitor_action_on", "competitor_strategy"]),
     ({"price_concession": None, "labour_hours": ""}, "resources", ["labour_hours", "price_concession"])],
)  # fmt: skip
def test_what_m9_requires_is_refused_beside_the_field_that_lacks_it(model, change, code, fields):
    with pytest.raises(Lacks) as caught:
        model.send("A1", WHOLE | change)
    assert caught.value.codes == (code,) and sorted(caught.value.fields) == fields
    assert model.filled("A1")["note"] == WHOLE["note"] and model.accounts()[2].state == "draft"


def test_a_value_that_breaks_a_rule_is_refused_by_its_column(model):
    with pytest.raises(Refusal) as caught:
        model.send("A1", WHOLE | {"labour_hours": "-1"})
    assert list(caught.value.columns) == ["labour_hours"]


def test_what_is_typed_is_kept_for_whoever_opens_the_desk_again_and_forgotten_once_sent(model, url):
    model.keep("A1", {"note": "half a sentence", "stage_after": "5"})
    again = ReportModel(desk(url))
    assert (again.filled("A1")["note"], again.filled("A1")["stage_after"]) == ("half a sentence", "5")
    again.send("A1", WHOLE)
    assert again.filled("A1")["note"] == WHOLE["note"]


def test_the_form_begins_with_the_last_stage_and_scores_and_leaves_the_rest_to_answer(model):
    filled = model.filled("A1")
    assert (filled["stage_before"], filled["stage_after"], filled["spiced_pain"]) == (3, 3, 1)
    assert filled["competitor"] is None and filled["labour_hours"] is None
    assert set(model.filled("A4").values()) == {None}


def test_a_draw_asks_for_its_request_and_offers_the_approved_ones_of_the_account(tmp_path):
    approved = {"decision": "approved", "approved_by": "D1", "approved_at": "2026-11-19T10:00:00"}
    asked = [request(1, "A1", "technical", "2026-11-18T09:00:00", **approved),
             request(2, "A1", "price", "2026-11-19T09:00:00", price_change=-0.05),
             request(3, "A2", "technical", "2026-11-18T09:00:00", **approved)]  # fmt: skip
    model = ReportModel(desk(store(tmp_path, resource_requests=asked)))
    assert [row["request_id"] for row in model.requests("A1")] == ["Q1"]
    assert model.draws(WHOLE | {"technical_hours": "4"}) and not model.draws(WHOLE | {"labour_hours": "4"})
    model.send("A1", WHOLE | {"technical_hours": "4", "request_id": "Q1"})
    assert model.desk.store.row("daily_reports", "R1-20261124-A1").values["request_id"] == "Q1"
    model.send("A1", WHOLE | {"request_id": "Q1"})
    assert model.desk.store.row("daily_reports", "R1-20261124-A1").values["request_id"] is None


def test_words_entered_before_are_offered_the_most_frequent_first_and_none_is_no_competitor(tmp_path):
    rows = [report(n, "A1", "2026-11-19", problem_tag=tag) for n, tag in enumerate(("price", "doubts", "doubts"))]
    model = ReportModel(desk(store(tmp_path, daily_reports=rows)))
    assert model.words("problem_tag") == ["doubts", "price"] and model.words("competitor") == []


def gives(model, account):
    return "\n".join(DeskWords(model.desk.rules.state(), "en").gives_back(account))


def test_a_report_gives_back_the_chains_clock_whom_to_reach_and_what_lacks_for_the_next_tier(tmp_path):
    rows = [report(1, "A2", "2026-11-20", new_key_contacts=1), report(2, "A1", "2026-11-19")]
    url = store(tmp_path, daily_reports=rows)
    told = gives(ReportModel(desk(url, "R2")), "A2")
    assert "stood still for 4 days (since 20 Nov); 3 more days and it is over 7" in told
    assert "0 of 1 key people met; next: CFO" in told and "3 points of probability short of A" in told
    mine = ReportModel(desk(url))
    assert "whom Buyer can introduce" in gives(mine, "A1")
    mine.send("A1", WHOLE)
    assert "moved today" in gives(mine, "A1")
    assert "stood still" not in gives(mine, "A4"), "no clock runs for a C account"


def test_after_eight_days_the_alert_is_on(tmp_path):
    model = ReportModel(DeskModel(store(tmp_path), "R1", "en", clock=lambda: NOW.replace(day=28)))
    assert "stood still for 8 days, over 7: the yellow alert is on" in gives(model, "A1")


@pytest.mark.parametrize("call", [lambda m: m.send("A2", WHOLE), lambda m: m.keep("A2", WHOLE)])
def test_a_report_on_another_reps_account_is_refused_and_nothing_is_kept(model, call):
    with pytest.raises(InputError, match="not yours"):
        call(model)
    assert model.filled("A2") == dict.fromkeys(model.filled("A2"))


def test_who_sends_on_top_of_anothers_change_sees_it_first_and_may_then_take_its_place(url):
    model = ReportModel(desk(url))
    model.send("A1", WHOLE)
    boss = Store(url, "M1")
    row = boss.row("daily_reports", "R1-20261124-A1")
    boss.save("daily_reports", {**row.values, "note": "by the manager"}, row.version)
    with pytest.raises(Changed, match="高经理 has changed this") as caught:
        model.send("A1", WHOLE | {"note": "by the rep"})
    assert caught.value.theirs.values["note"] == "by the manager"
    assert model.filled("A1")["note"] == "by the rep"
    model.send("A1", WHOLE | {"note": "by the rep"})
    assert boss.row("daily_reports", "R1-20261124-A1").values["note"] == "by the rep"


def test_directives_come_overdue_first_with_their_report_and_are_answered_once(tmp_path):
    told = {"report_id": "D1", "given_on": "2026-11-19", "text": "ask who signs"}
    whose = ((1, "R1", "2026-11-24"), (2, "R1", "2026-11-21"), (3, "R2", "2026-11-21"))
    given = [told | {"directive_id": f"V{n}", "number": n, "owner_id": owner, "due_on": due} for n, owner, due in whose]
    model = desk(store(tmp_path, directives=given))
    rows = model.directives()
    assert [(row["directive_id"], row["days"], row["account"]) for row in rows] == [
        ("V2", 3, "Shuguang"),
        ("V1", 0, "Shuguang"),
    ]
    model.answer("V2", True)
    assert [row["directive_id"] for row in model.directives()] == ["V1"]
    assert model.store.row("directives", "V2").values["followed"] == "yes"
    with pytest.raises(InputError, match="not yours"):
        model.answer("V3", True)


def test_a_directive_that_was_answered_meanwhile_is_not_answered_over(tmp_path):
    told = {"directive_id": "V1", "number": 1, "report_id": "D1", "given_on": "2026-11-19", "text": "ask who signs"}
    url = store(tmp_path, directives=[told | {"owner_id": "R1", "due_on": "2026-11-24"}])
    first, second = desk(url), desk(url, who="M1")
    assert len(first.directives()) == len(second.directives()) == 1
    first.answer("V1", True)
    with pytest.raises(Changed, match="张伟"):
        second.answer("V1", False)
    assert first.store.row("directives", "V1").values["followed"] == "yes"


def test_money_stands_in_the_form_with_all_its_digits(model):
    model.send("A1", WHOLE | {"price_concession": "1234567.5"})
    assert shown(model.filled("A1")["price_concession"]) == "1234567.5"


def test_a_folder_is_no_desk_and_a_stranger_has_none(url):
    with pytest.raises(InputError, match="kat import"):
        DeskModel("sample_data", "R1", "en")
    with pytest.raises(InputError, match="R1"):
        DeskModel(url, "R99", "en")


# --- the view -------------------------------------------------------------------------------------------------------


@pytest.fixture
def view(url):
    return Desk(desk(url), "en")


def pick(view, value):
    """Tap the choice that has a value, wherever it is offered."""
    taps = next(w for w in all_of(view, widgets.ToggleButtons) if value in [one for _, one in w.options])
    taps.value = value


def test_the_form_says_what_lacks_beside_the_field_and_three_taps_send_it(view):
    pick(view, "A1")
    note = all_of(view, widgets.Textarea)[0]
    note.value = "<i>typed</i>"
    button(view, "Send the report").click()
    assert html(view).count("Required; 0 where there were none.") == 3 and "no move is an answer" in html(view)
    assert note.value == "<i>typed</i>"
    pick(view, "none")
    button(view, "No resources today, all 0").click()
    assert "Required" not in html(view)
    button(view, "Send the report").click()
    told = html(view)
    assert "SPICED 8/15, as last time" in told and "1 of 3 sent today; still to report: Beichen, Jinfeng" in told
    assert "whom Buyer can introduce" in told
    button(view, "Next: Beichen").click()
    assert all_of(view, widgets.Textarea)[0].value == ""


def test_a_competitors_move_asks_who_when_and_what_and_none_takes_its_place(view):
    pick(view, "A1")
    rival = by_label(view, widgets.Combobox, "Which competitor")
    pick(view, "named")
    rival.value = "Huayue"
    button(view, "No resources today, all 0").click()
    button(view, "Send the report").click()
    assert html(view).count("A move needs this.") == 3
    pick(view, "none")
    button(view, "Send the report").click()
    assert view.model.store.row("daily_reports", "R1-20261124-A1").values["competitor"] == "none"


def test_what_somebody_else_wrote_meanwhile_stands_beside_the_field(view):
    pick(view, "A1")
    pick(view, "none")
    button(view, "No resources today, all 0").click()
    button(view, "Send the report").click()
    boss = Store(view.model.store.url, "M1")
    row = boss.row("daily_reports", "R1-20261124-A1")
    boss.save("daily_reports", {**row.values, "note": "<b>ask the CFO</b>"}, row.version)
    by_label(view, widgets.Text, "Labour hours *").value = "2"
    button(view, "Send the report").click()
    assert "Here it now says: <b>ask the CFO</b>." in html(view)
    assert boss.row("daily_reports", "R1-20261124-A1").values["note"] == "<b>ask the CFO</b>"


def test_the_language_is_switched_in_place_and_what_is_typed_stays(view):
    pick(view, "A1")
    by_label(view, widgets.Text, "Labour hours *").value = "3"
    pick(view, "zh")
    assert by_label(view, widgets.Text, "人工工时（小时） *").value == "3"
    assert "今天交了0/3" in html(view)


def test_a_rep_without_accounts_reads_what_to_do(tmp_path):
    view = Desk(desk(store(tmp_path), "M1"), "en")
    assert "You own no active account" in html(view)
