"""A rep's store: own accounts are read and written, within what is a rep's to write; all else is refused."""

from datetime import date, datetime

import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.own import BY_ACCOUNT, BY_PERSON
from toolkit.data.store import Store

REP = "R01"
CLOSED = ("bonuses", "callbacks", "competitor_intel", "self_checks", "targets", "verifications")
ASKED = {"request_id": "Q900", "rep_id": REP, "kind": "price", "requested_at": datetime(2026, 11, 24, 9, 30),
         "price_change": -0.05, "stage_at_request": 4}  # fmt: skip


@pytest.fixture(scope="module")
def team():
    return kat.load("sample_data")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, team):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/team.db", "D01", make=True, language="en")
    store.take_in(team)
    yield store
    store.close()


@pytest.fixture
def mine(whole):
    store = Store(whole.url, REP, language="en", rep=REP)
    yield store
    store.close()


@pytest.fixture(scope="module")
def owned(team):
    return set(team.accounts.loc[team.accounts["owner_id"] == REP, "account_id"])


@pytest.fixture
def account(owned):
    return min(owned)


@pytest.fixture
def other(team, owned):
    return min(set(team.accounts["account_id"]) - owned)


def refused(call, *args):
    with pytest.raises(InputError, match="not yours"):
        call(*args)


def test_every_table_of_own_accounts_is_read_and_of_others_nothing(mine, whole, owned, other):
    for table in BY_ACCOUNT:
        found = {row.values["account_id"] for row in mine.rows(table)}
        assert found == {row.values["account_id"] for row in whole.rows(table)} & owned
        assert mine.rows(table, account_id=other) == []
    assert mine.row("accounts", other) is None


def test_contacts_and_relationships_are_those_of_the_own_chains(mine, whole, owned):
    people = {row.values["person_id"] for row in whole.rows("decision_makers") if row.values["account_id"] in owned}
    for table, columns in BY_PERSON.items():
        found = mine.rows(table)
        assert found and all(row.values[name] in people for row in found for name in columns)


@pytest.mark.parametrize("table", CLOSED)
def test_what_checks_pays_or_judges_people_is_closed(mine, table):
    refused(mine.rows, table)


def test_of_the_team_a_rep_reads_names_and_only_the_own_bonus(mine):
    bonus = {row.values["rep_id"]: row.values["quarterly_bonus"] for row in mine.rows("reps")}
    assert [rep for rep, amount in bonus.items() if amount is not None] == [REP] and len(bonus) > 10


def test_the_journal_of_another_reps_row_is_closed(mine, other):
    refused(mine.history, "accounts", other)


WRITTEN = {"daily_reports", "resource_requests", "directives", "campaigns", "campaign_moves"}


@pytest.mark.parametrize("table", sorted(set(TABLES) - WRITTEN))
def test_no_table_but_reports_requests_directives_and_campaigns_is_written(mine, whole, table):
    for row in whole.rows(table)[:1]:
        refused(mine.save, table, row.values, row.version)


def test_a_request_is_asked_within_own_accounts_in_ones_own_name(mine, account, other):
    refused(mine.save, "resource_requests", ASKED | {"account_id": other})
    refused(mine.save, "resource_requests", ASKED | {"account_id": account, "rep_id": "R02"})
    assert mine.save("resource_requests", ASKED | {"request_id": "Q901", "account_id": account}).version == 1


@pytest.mark.parametrize(
    "change",
    [{"decision": "approved"}, {"decision": "rejected"}, {"approved_by": REP}, {"price_granted": -0.05},
     {"responded_at": datetime(2026, 11, 24, 10)}],
)  # fmt: skip
def test_nobody_answers_an_own_request_at_once_or_later(mine, account, change):
    asked = ASKED | {"request_id": f"Q-{next(iter(change))}", "account_id": account}
    refused(mine.save, "resource_requests", asked | change)
    row = mine.save("resource_requests", asked)
    refused(mine.save, "resource_requests", {**row.values, **change}, row.version)


def test_what_was_asked_stays_what_it_brought_is_told_and_it_is_withdrawn_once(mine, account):
    row = mine.save("resource_requests", ASKED | {"request_id": "Q902", "account_id": account})
    refused(mine.save, "resource_requests", {**row.values, "price_change": -0.15}, row.version)
    row = mine.save("resource_requests", {**row.values, "stage_advanced_on": date(2026, 11, 25)}, row.version)
    gone = {"decision": "withdrawn", "approved_at": datetime(2026, 11, 25, 9)}
    row = mine.save("resource_requests", {**row.values, **gone}, row.version)
    refused(mine.save, "resource_requests", {**row.values, "decision": None}, row.version)


def test_an_approved_request_is_not_withdrawn(mine, whole, account):
    mine.save("resource_requests", ASKED | {"request_id": "Q903", "account_id": account})
    row = whole.row("resource_requests", "Q903")
    approved = {"decision": "approved", "approved_by": "D01", "approved_at": datetime(2026, 11, 24, 12)}
    row = whole.save("resource_requests", {**row.values, **approved}, row.version)
    refused(mine.save, "resource_requests", {**row.values, "decision": "withdrawn"}, row.version)


def test_of_the_decisions_a_rep_reads_the_answers_to_own_requests(mine, whole, account):
    mine.save("resource_requests", ASKED | {"request_id": "Q904", "account_id": account})
    said = {"action_id": "E4-x", "decided_on": date(2026, 11, 24), "decided_by": "D01", "verdict": "done"}
    whole.save("decisions", said | {"decision_id": "Q904", "reason": "not now"})
    whole.save("decisions", said | {"decision_id": "Z904"})
    assert [row.values["reason"] for row in mine.rows("decisions")] == ["not now"]


def test_of_a_directive_only_the_answer_is_the_reps(mine):
    row = mine.rows("directives")[0]
    refused(mine.save, "directives", {**row.values, "text": "nothing"}, row.version)
    refused(mine.save, "directives", {**row.values, "directive_id": "V900"})
    answer = "no" if row.values["followed"] == "yes" else "yes"
    assert mine.save("directives", {**row.values, "followed": answer}, row.version).version == 2


def test_a_report_of_another_account_in_another_name_or_on_anothers_id_is_refused(mine, whole, account, other):
    theirs = next(row for row in whole.rows("daily_reports", account_id=other)).values
    report = {"report_id": "X1", "report_date": date(2026, 11, 24), "rep_id": REP, "account_id": account}
    refused(mine.save, "daily_reports", report | {"account_id": other})
    refused(mine.save, "daily_reports", report | {"rep_id": "R02"})
    refused(mine.save, "daily_reports", report | {"report_id": theirs["report_id"]}, 1)
