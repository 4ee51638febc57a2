"""The store: nothing lost, nothing doubled, nothing overwritten unseen; and a database as a source."""

import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.data.database import cell_text, engine_of
from toolkit.data.entry import Refusal
from toolkit.data.refusal import Refused
from toolkit.data.store import Changed, Store

CALL = {"callback_id": "K900", "account_id": "A001", "called_on": "2026-11-20", "caller_id": "D01"}


def test_what_is_taken_in_is_read_back_to_the_cell(store, url, team):
    again = kat.load(url)
    assert not len(again.faults)
    for name, table in team.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table[again.tables[name].columns])
    assert kat.load(url).source == again.source


def test_the_review_of_a_database_is_that_of_its_folder(store, url, team):
    ours, theirs = (kat.review(data, "2026-11-20", language="en") for data in (team, kat.load(url)))
    for name, table in ours.tables.items():
        pd.testing.assert_frame_equal(theirs.tables[name], table)


def test_what_is_exported_is_the_source_again(store, tmp_path, team):
    store.export(tmp_path / "out")
    again = kat.load(tmp_path / "out")
    for name, table in team.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table[again.tables[name].columns])


def test_a_row_is_saved_found_and_its_journal_says_who_when_before_and_after(store, url):
    first = store.save("callbacks", CALL)
    assert (first.version, first.values["note"]) == (1, None)
    second = store.save("callbacks", CALL | {"note": "a \"quoted\" <b>, 'line'"}, first.version)
    assert second.version == 2
    history = store.history("callbacks", "K900")
    assert [entry["who"] for entry in history] == ["顾总", "顾总"]
    assert history[0]["before"] is None and history[1]["before"]["note"] == ""
    assert history[1]["after"]["note"] == "a \"quoted\" <b>, 'line'"
    assert pd.Timestamp(history[1]["at"]) >= pd.Timestamp(history[0]["at"])
    found = kat.load(url).callbacks.set_index("callback_id").loc["K900"]
    assert found["note"] == "a \"quoted\" <b>, 'line'"


def test_the_second_of_two_editors_sees_what_the_first_did_and_overwrites_nothing(store, url):
    mine = store.save("callbacks", CALL)
    other = Store(url, "林岚", language="en")
    other.save("callbacks", CALL | {"note": "first"}, mine.version)
    with pytest.raises(Changed, match="林岚") as caught:
        store.save("callbacks", CALL | {"note": "second"}, mine.version)
    assert caught.value.theirs.values["note"] == "first" and caught.value.theirs.version == 2
    assert store.row("callbacks", "K900").values["note"] == "first"
    assert store.save("callbacks", CALL | {"note": "second"}, caught.value.theirs.version).version == 3
    other.close()


def test_a_reference_within_a_table_is_looked_up_in_the_store(store):
    row = next(row for row in store.rows("decision_makers") if row.values["reports_to"])
    saved = store.save("decision_makers", {**row.values, "title": "CFO"}, row.version)
    assert saved.values["reports_to"] == row.values["reports_to"]
    with pytest.raises(Refusal, match="P999"):
        store.save("decision_makers", {**row.values, "reports_to": "P999"}, saved.version)


def test_what_is_sent_twice_is_kept_once(store):
    before = store.stamp()
    assert store.save("callbacks", CALL) == store.save("callbacks", CALL)
    assert store.stamp() == before + 1


def test_the_same_change_by_two_people_from_the_same_look_is_seen_by_the_second(store, url):
    first = store.save("callbacks", CALL)
    other = Store(url, "林岚", language="en")
    other.save("callbacks", CALL | {"note": "same"}, first.version)
    with pytest.raises(Changed):
        store.save("callbacks", CALL | {"note": "same"}, first.version)
    other.close()


def test_a_new_row_on_a_taken_key_is_refused_with_what_stands_there(store):
    store.save("callbacks", CALL)
    with pytest.raises(Changed) as caught:
        store.save("callbacks", CALL | {"account_id": "A002"})
    assert caught.value.theirs.values["account_id"] == "A001"


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"called_on": "2026-11-31"}, "called_on", "calendar"),
        ({"called_on": ""}, "called_on", "required"),
        ({"account_id": "A999"}, "account_id", "A999"),
        ({"stage_confirmed": "maybe"}, "stage_confirmed", "yes or no"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_column_and_not_written(store, change, column, said):
    before = store.stamp()
    with pytest.raises(Refusal) as caught:
        store.save("callbacks", CALL | change)
    assert list(caught.value.columns) == [column] and said in caught.value.columns[column]
    assert store.stamp() == before and store.row("callbacks", "K900") is None


def test_of_several_rows_all_are_written_or_none(store):
    with pytest.raises(Changed):
        store.save_all(
            [("callbacks", CALL, None), ("accounts", store.row("accounts", "A001").values | {"region": "x"}, 9)]
        )
    assert store.row("callbacks", "K900") is None


def test_a_store_with_data_takes_no_second_import(store, team):
    with pytest.raises(InputError, match="second import"):
        store.take_in(team)


def test_a_database_that_is_not_there_is_refused_and_not_made(tmp_path):
    with pytest.raises(InputError, match="no database file"):
        kat.load(f"sqlite:///{tmp_path}/none.db", language="en")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("nonsense://x", "no address"), ("oracle+cx_oracle://u:secret@h/d", "not installed"),
     ("postgresql+psycopg://u:secret@127.0.0.1:1/d", "cannot be used")],
)  # fmt: skip
def test_an_address_that_does_not_work_is_refused_without_its_password(wrong, said):
    with pytest.raises(InputError, match=said) as caught:
        kat.load(wrong, language="en")
    assert "secret" not in str(caught.value)


def test_a_database_that_is_no_store_can_be_read_but_not_written_into(tmp_path, team):
    url = f"sqlite:///{tmp_path}/crm.db"
    engine = engine_of(url, make=True)
    for name in ("accounts", "account_weeks"):
        team.tables[name].to_sql(name, engine, index=False)
    engine.dispose()
    assert len(kat.load(url).accounts) == len(team.accounts)
    with pytest.raises(Refused, match="not made by kat"):
        Store(url, "me", language="en")


def test_a_number_is_written_as_the_contract_writes_it():
    assert [cell_text(value) for value in (1e20, 0.1, -3.0, float("nan"))] == ["1e+20", "0.1", "-3", ""]
