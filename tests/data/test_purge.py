"""Purge: what is too old goes, from tables, journal and file; the rest, and the reviews, stay as they were."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.data.purge import KINDS, MARK, PARTS, cut_off, days_of, purge
from toolkit.data.store import Changed, Store
from toolkit.parameters import Parameters

DAY = date(2026, 8, 1)
OLD, NEW = date(2026, 7, 31), DAY
LATER = date(9000, 1, 1)
EVERY = dict.fromkeys(KINDS, DAY)


def steps(done):
    return {(step.kind, step.table): step.rows for step in done}


def report(number, day, note="张总说 secret-note"):
    return {"report_id": f"X{number}", "report_date": day, "rep_id": "R01", "account_id": "A001", "note": note}


def visit(number, day):
    at = datetime(day.year, day.month, day.day, 9, 30)
    return {"visit_id": f"X{number}", "rep_id": "R01", "account_id": "A001", "visited_at": at,
            "device_at": at, "device_latitude": 31.234567, "device_longitude": 121.0,
            "accuracy_m": 12.0, "coordinate_system": "gcj02", "mock_location": False, "consent": True}  # fmt: skip


def test_a_trial_says_what_would_go_by_table_and_changes_nothing(store, url):
    before, said = kat.load(url).source, store.stamp()
    tried = purge(store, EVERY, trial=True)
    assert kat.load(url).source == before and store.stamp() == said
    assert steps(tried)[("positions", "visits")] > 0 and steps(tried)[("notes", "daily_reports")] > 0
    assert purge(store, EVERY) == tried
    assert purge(store, EVERY) == []


def test_a_position_goes_from_the_day_before_the_cut_off_and_the_visit_stays(store):
    for number, day in ((1, OLD), (2, NEW)):
        store.save("visits", visit(number, day))
    purge(store, {"positions": DAY})
    old, new = (store.row("visits", f"X{number}").values for number in (1, 2))
    kept = {"visit_id", "rep_id", "account_id", "visited_at", "coordinate_system", "consent"}
    assert {name for name, value in old.items() if value is not None} == kept
    assert new == {**dict.fromkeys(new), **visit(2, NEW)}


def test_a_text_is_replaced_by_a_mark_and_a_blank_stays_blank(store):
    store.save("daily_reports", report(1, OLD))
    store.save("daily_reports", report(2, OLD, note=None))
    store.save("daily_reports", report(3, NEW))
    purge(store, {"notes": DAY})
    assert [store.row("daily_reports", f"X{n}").values["note"] for n in (1, 2, 3)] == [MARK, None, "张总说 secret-note"]
    texts = {(part.table, column) for part in PARTS for column in part.marked}
    for table, column in texts:
        when = next(part.when for part in PARTS if part.table == table)
        for row in store.rows(table):
            told = pd.Timestamp(row.values[when]) < pd.Timestamp(DAY)
            assert not told or row.values[column] in (None, MARK)


def test_of_a_closed_accounts_people_the_id_stays_and_of_an_active_ones_everything(store, team):
    purge(store, {"people": DAY})
    accounts = [row.values for row in store.rows("accounts")]
    closed = {row["account_id"] for row in accounts if row["closed_on"] and row["closed_on"] < DAY}
    before = team.decision_makers.set_index("person_id")
    people = store.rows("decision_makers")
    assert closed and any(row.values["account_id"] in closed for row in people)
    for row in people:
        here = row.values
        if here["account_id"] in closed:
            assert here["person_name"] == here["person_id"]
            assert {here[name] for name in ("title", "career", "decision_style", "interests", "source")} == {None}
        else:
            assert here["person_name"] == before.loc[here["person_id"], "person_name"]
    assert all(row.values["announced_on"] >= DAY for row in store.rows("executive_moves"))


def test_of_who_left_before_the_day_only_the_id_stays(store):
    for rep, left in (("R02", OLD), ("R03", NEW)):
        row = store.row("reps", rep)
        store.save("reps", {**row.values, "left_on": left, "quarterly_bonus": 9000.0}, row.version)
        for old in store.rows("bonuses", rep_id=rep, quarter="2026Q1"):
            store.save("bonuses", {**old.values, "amount": 1.0}, old.version)
    purge(store, {"team": DAY})
    gone, there = (store.row("reps", rep).values for rep in ("R02", "R03"))
    assert (gone["rep_name"], gone["quarterly_bonus"]) == ("R02", None)
    assert there["rep_name"] != "R03" and there["quarterly_bonus"] == 9000
    assert store.rows("bonuses", rep_id="R02") == []


def test_the_journals_pictures_of_a_purged_row_go_with_it_however_young(store):
    first = store.save("daily_reports", report(1, OLD))
    store.save("daily_reports", {**first.values, "note": None}, first.version)
    store.save("daily_reports", report(2, NEW))
    purge(store, {"notes": DAY})
    old, new = (store.history("daily_reports", f"X{number}") for number in (1, 2))
    assert "secret" not in str(old) and old[0]["after"]["note"] == MARK and old[0]["after"]["rep_id"] == "R01"
    assert "secret" in str(new)
    assert [entry["who"] for entry in old] == ["顾总", "顾总"]


def test_of_old_writes_the_journal_keeps_who_and_when_alone(store):
    store.save("daily_reports", report(1, NEW))
    number = store.stamp()
    purge(store, {"journal": LATER})
    (entry,) = store.history("daily_reports", "X1")
    assert (entry["who"], entry["before"], entry["after"]) == ("顾总", None, None) and entry["at"]
    assert store.stamp() == number + 1
    assert store.save("daily_reports", report(1, NEW)).version == 1


def test_drafts_go_by_the_day_they_were_kept(store):
    store.keep_draft("x", {"note": "typed"})
    assert purge(store, {"drafts": date(2020, 1, 1)}) == []
    assert store.draft("x") == {"note": "typed"}
    assert steps(purge(store, {"drafts": LATER})) == {("drafts", "kat_drafts"): 1}
    assert store.draft("x") == {}


def test_the_journal_says_once_what_was_purged_in_counts_and_holds_no_content(store):
    store.save("daily_reports", report(1, OLD))
    number = store.stamp()
    done = purge(store, EVERY)
    assert store.stamp() == number + 1
    query = text("select who, table_name, row_key, before, after from kat_journal order by number desc limit 1")
    who, table, key, before, after = store.run(lambda connection: connection.execute(query).one())
    assert (who, table, key) == ("顾总", "", "purge") and before in (None, "null")
    assert "secret" not in str(after) and all(f"{step.rows}" in str(after) for step in done)


def test_nobody_saves_the_old_words_back(store, url):
    row = store.save("daily_reports", report(1, OLD))
    purge(store, {"notes": DAY})
    other = Store(url, "R01", language="en")
    with pytest.raises(Changed):
        other.save("daily_reports", {**row.values, "stage_after": 2}, row.version)
    other.close()


def test_what_is_left_has_no_fault_and_the_reports_run_with_the_same_verdicts(sqlite):
    store = Store(sqlite.filled(), "顾总")
    before = kat.load(store.url)
    purge(store, EVERY)
    store.close()
    after = kat.load(store.url)
    assert len(after.faults) == 0
    for name, table in before.tables.items():
        gone = {part.table for part in PARTS if not part.columns}
        assert name in gone or len(after.tables[name]) == len(table)
    was, now = (kat.review(data, "2026-11-20", language="en") for data in (before, after))
    for name in ("tiers", "allocation", "indicators", "alerts", "actions", "pipeline"):
        pd.testing.assert_frame_equal(now.tables[name], was.tables[name])
    kat.brief(after, "2026-07-17", language="en")


def test_of_a_sqlite_store_nothing_that_was_purged_can_be_read_in_its_files(sqlite):
    store = Store(sqlite.filled(), "顾总", language="en")
    for number in range(20):
        store.save("daily_reports", report(number, OLD, note=f"secret-note-{number}"))
    store.keep_draft("x", {"note": "secret-draft"})
    files = sorted(Path(store.url.removeprefix("sqlite:///")).parent.glob(Path(store.url).name + "*"))
    assert any(b"secret-note" in file.read_bytes() for file in files)
    purge(store, EVERY | {"drafts": LATER})
    store.compact()
    assert not any(b"secret" in file.read_bytes() for file in files if file.exists())
    store.close()


def test_a_rep_purges_nothing(url):
    mine = Store(url, "R01", rep="R01", language="en")
    with pytest.raises(InputError, match="not yours"):
        purge(mine, EVERY)
    mine.close()


@pytest.mark.parametrize(
    ("said", "day"), [("24m", "2024-11-30"), ("1m", "2026-10-30"), ("8w", "2026-10-05"), ("0d", "2026-11-30"),
                      ("2026-02-01", "2026-02-01")],
)  # fmt: skip
def test_an_age_or_a_date_is_the_first_day_that_is_kept(said, day):
    assert str(cut_off(said, date(2026, 11, 30))) == day


@pytest.mark.parametrize("said", ["", "m", "-3d", "3", "two years", "2026-02-30", "2026-12-01", "99999999y"])
def test_what_is_no_age_or_still_to_come_is_refused(said):
    with pytest.raises(InputError):
        cut_off(said, date(2026, 11, 30), "en")


def test_without_an_age_each_kind_has_its_own_days():
    kept = {kind: getattr(Parameters().retention, f"{kind}_days") for kind in KINDS}
    assert set(kept) | {"departures"} >= {
        name.removesuffix("_days") for name in type(Parameters().retention).model_fields
    }
    days = days_of(KINDS, "", kept, date(2026, 11, 30))
    assert days["positions"] == date(2026, 6, 3) and days["drafts"] == date(2026, 10, 31)
    with pytest.raises(InputError, match="positions"):
        days_of(["souls"], "", kept, date(2026, 11, 30), "en")
