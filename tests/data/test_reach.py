"""A rep reaches own accounts alone: every table, every call of the store, by any key, in both databases."""

from datetime import date

import pytest

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.entry import Refusal
from toolkit.data.own import BY_ACCOUNT, BY_PERSON, LATER, NEW, OPEN
from toolkit.data.store import Store

ME, OTHER = "R01", "R02"
BY_OWNER = {"directives"}
THROUGH = set(BY_PERSON) | {"decisions", "campaign_moves"}  # read where they belong to a row within reach
CLOSED = set(TABLES) - set(OPEN) - BY_ACCOUNT - BY_OWNER - THROUGH
REPORT = {"report_id": "X1", "report_date": date(2026, 11, 24), "rep_id": ME}


@pytest.fixture
def mine(url):
    made = Store(url, ME, language="en", rep=ME)
    yield made
    made.close()


@pytest.fixture(scope="module")
def owned(team):
    return set(team.accounts.loc[team.accounts["owner_id"] == ME, "account_id"])


def refused():
    return pytest.raises(InputError, match="not yours")


def key(table, row):
    return [row.values[name] for name in TABLES[table].key]


def scope(table, owned):
    return ("account_id", owned) if table in BY_ACCOUNT else ("owner_id", {ME})


def test_every_table_gives_own_rows_or_is_refused(mine, store, owned):
    for table in BY_ACCOUNT | BY_OWNER:
        column, own = scope(table, owned)
        assert [row.values for row in mine.rows(table)] == [
            row.values for row in store.rows(table) if row.values[column] in own
        ]
    people = {row.values["person_id"] for row in mine.rows("decision_makers")}
    for table, columns in BY_PERSON.items():
        assert {row.values[name] for row in mine.rows(table) for name in columns} <= people
    cards = {row.values["campaign_id"] for row in mine.rows("campaigns")}
    moved = {row.values["campaign_id"] for row in mine.rows("campaign_moves")}
    assert moved and moved <= cards
    assert mine.rows("decisions") == []
    for table in CLOSED:
        with refused():
            mine.rows(table)


def test_no_filter_and_no_key_opens_what_is_anothers(mine, store, owned):
    for table in BY_ACCOUNT | BY_OWNER:
        column, own = scope(table, owned)
        others = [row for row in store.rows(table) if row.values[column] not in own]
        for row in others[:3] + others[-3:]:
            assert mine.row(table, *key(table, row)) is None
            assert mine.rows(table, **{column: row.values[column]}) == []
            assert mine.rows(table, **{column: [row.values[column]]}) == []
            with refused():
                mine.history(table, *key(table, row))
    for table in CLOSED:
        some = store.rows(table)[0]
        for ask in (mine.row, mine.history):
            with refused():
                ask(table, *key(table, some))


def test_the_teams_list_shows_a_rep_no_bonus_but_the_own_and_no_history(mine, store):
    bonus = {row.values["rep_id"]: row.values["quarterly_bonus"] for row in mine.rows("reps")}
    assert bonus[ME] is not None and set(bonus.values()) == {bonus[ME], None} and len(bonus) > 2
    assert mine.row("reps", OTHER).values["quarterly_bonus"] is None
    row = store.row("reps", OTHER)
    store.save("reps", {**row.values, "quarterly_bonus": 1.0}, row.version)
    for table, id_ in (("reps", OTHER), ("industries", "I01")):
        with refused():
            mine.history(table, id_)


def test_history_shows_a_rep_nothing_of_the_time_when_the_row_was_anothers(mine, store, owned):
    theirs = next(row for row in store.rows("visits") if row.values["account_id"] not in owned)
    store.save("visits", {**theirs.values, "account_id": min(owned)}, theirs.version)
    (entry,) = mine.history("visits", *key("visits", theirs))
    assert entry["before"] is None and entry["after"]["account_id"] == min(owned)


def test_into_every_table_a_rep_writes_nothing_that_is_anothers(mine, store, owned):
    before = store.stamp()
    for table in TABLES:
        column, own = scope(table, owned)
        row = next(row for row in store.rows(table) if row.values.get(column) not in own)
        for write in (
            lambda t=table, r=row: mine.save(t, r.values, r.version),  # as it stands
            lambda t=table, r=row: mine.save(t, r.values),
            lambda t=table, r=row: mine.save_all([(t, r.values, r.version)]),
            lambda t=table, r=row: mine.save(t, taken_over(t, r.values, owned), r.version),
        ):
            with refused():
                write()
    assert store.stamp() == before


def taken_over(table, values, owned):
    """The row as if it were the rep's own, but for its key."""
    mine = {"account_id": min(owned), "rep_id": ME, "owner_id": ME}
    return {name: mine.get(name, value) if name not in TABLES[table].key else value for name, value in values.items()}


def test_what_others_judge_a_rep_by_is_not_the_reps_to_write_for_own_accounts_either(mine, store, owned):
    for table in (BY_ACCOUNT | {"callbacks", "verifications", "competitor_intel"}) - set(NEW) - set(LATER):
        row = next((row for row in store.rows(table) if row.values["account_id"] in owned), None)
        if row is not None:
            with refused():
                mine.save(table, row.values, row.version)


def test_of_a_directive_a_rep_says_only_whether_it_was_followed(mine):
    row = mine.rows("directives")[0]
    for change in ({"text": "less"}, {"due_on": date(2027, 1, 1)}, {"owner_id": OTHER}, {"directive_id": "X9"}):
        with refused():
            mine.save("directives", {**row.values, **change}, row.version)
    assert mine.save("directives", {**row.values, "followed": "yes"}, row.version).values["followed"] == "yes"


def test_the_reports_of_an_accounts_former_owner_can_be_read_and_not_changed(mine, store, owned):
    mine.save("daily_reports", REPORT | {"account_id": min(owned)})
    boss = store.row("daily_reports", "X1")
    old = store.save("daily_reports", {**boss.values, "rep_id": OTHER}, boss.version)
    assert mine.row("daily_reports", "X1").values["rep_id"] == OTHER
    for values in (old.values, {**old.values, "rep_id": ME}):
        with refused():
            mine.save("daily_reports", values, old.version)


def test_an_account_that_was_handed_over_is_out_of_reach_at_once(mine, store, owned):
    account = store.row("accounts", min(owned))
    mine.save("daily_reports", REPORT | {"account_id": min(owned)})
    store.save("accounts", {**account.values, "owner_id": OTHER}, account.version)
    assert mine.row("daily_reports", "X1") is None
    with refused():
        mine.history("daily_reports", "X1")
    with refused():
        mine.save("daily_reports", REPORT | {"account_id": min(owned), "note": "late"}, 1)


def test_an_account_that_is_anothers_and_one_that_is_not_there_are_refused_alike(mine, team, owned):
    theirs = next(account for account in team.accounts["account_id"] if account not in owned)
    said = []
    for account in (theirs, "A999"):
        with refused() as caught:
            mine.save("daily_reports", REPORT | {"account_id": account})
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_to_a_reference_out_of_reach_a_rep_cannot_refer(mine, store, owned):
    theirs = next(row for row in store.rows("resource_requests") if row.values["account_id"] not in owned)
    report = REPORT | {"account_id": min(owned)}
    said = []
    for request in (theirs.values["request_id"], "Q-none"):
        with pytest.raises(Refusal) as caught:
            mine.save("daily_reports", report | {"request_id": request})
        said.append(str(caught.value).replace(request, "…"))
    assert said[0] == said[1]


def test_nothing_is_exported_or_taken_in_by_a_rep_and_no_folder_is_left(mine, team, tmp_path):
    for ask in (lambda: mine.export(tmp_path / "out"), lambda: mine.take_in(team)):
        with refused():
            ask()
    assert not (tmp_path / "out").exists()


def test_a_draft_is_its_authors_alone(mine, url):
    other = Store(url, OTHER, language="en", rep=OTHER)
    other.keep_draft("R02-20261124-A002", {"note": "mine"})
    assert mine.draft("R02-20261124-A002") == {}
    mine.drop_draft("R02-20261124-A002")
    mine.keep_draft("R02-20261124-A002", {"note": "not yours"})
    assert other.draft("R02-20261124-A002") == {"note": "mine"}
    other.close()


def test_of_others_writes_a_rep_learns_the_number_and_the_tables_and_no_more(mine, store):
    before = mine.stamp()
    row = store.row("reps", OTHER)
    store.save("reps", {**row.values, "quarterly_bonus": 1.0}, row.version)
    assert mine.stamp() == store.stamp() == before + 1
    assert mine.written_since(before) == {"reps"} and mine.written_since(mine.stamp()) == set()


def test_no_call_of_the_store_is_left_out_here():
    looking = {"rows", "row", "history", "stamp", "written_since", "draft", "export"}
    writing = {"save", "save_all", "keep_draft", "drop_draft", "take_in"}
    inner = {"close", "compact", "rows_within", "note", "run"}  # the first two look at nothing; the others work within
    assert {name for name in vars(Store) if not name.startswith("_")} == looking | writing | inner
