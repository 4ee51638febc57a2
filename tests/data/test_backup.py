"""Backup and restore: equal row by row with versions, journal and drafts, from any database into any other."""

import gzip
import resource
import subprocess
import sys
import threading
from datetime import date

import pytest
from sqlalchemy import select

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.data.backup import backup, restore, verified
from toolkit.data.store import Store

CALL = {"callback_id": "K900", "account_id": "A001", "called_on": date(2026, 11, 20), "caller_id": "D01"}
WORDS = "“引号” 'and' \"quotes\"\n<b>, =cmd() 喆\u2028\x1f"


def content(store):
    """Everything that stands in a store, table by table."""

    def read(connection):
        tables = store.tables.all
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in tables.items()
        }

    return store.run(read, snapshot=True)


@pytest.fixture
def used(store):
    """The store with writes, blanks and drafts in it."""
    first = store.save("callbacks", CALL | {"note": WORDS, "stage_confirmed": True})
    store.save("callbacks", {**first.values, "note": None, "competitor_confirmed": False}, first.version)
    store.save("targets", {"quarter": "2027Q1", "amount": 0.1 + 0.2})
    store.keep_draft("R01-20261124-A001", {"note": WORDS, "stage_after": None})
    return store


@pytest.mark.parametrize("into", ["sqlite", "same"])
def test_what_is_restored_is_equal_row_by_row_with_versions_journal_and_drafts(used, databases, sqlite, tmp_path, into):
    counts = backup(used, tmp_path / "team.kat")
    target = (databases if into == "same" else sqlite).empty()
    assert restore(tmp_path / "team.kat", target, "somebody") == counts
    again = Store(target, "顾总")
    assert content(again) == content(used)
    number = again.stamp()
    again.save("callbacks", CALL | {"callback_id": "K901"})
    assert again.stamp() == number + 1
    again.close()


def test_a_sqlite_file_becomes_a_postgresql(databases, sqlite, tmp_path):
    one = Store(sqlite.filled(), "顾总")
    backup(one, tmp_path / "team.kat")
    target = databases.empty()
    restore(tmp_path / "team.kat", target, "somebody")
    assert len(kat.load(target).faults) == 0
    other = Store(target, "顾总")
    assert content(other) == content(one)
    one.close()
    other.close()


def test_a_backup_while_others_write_is_of_one_moment(store, url, tmp_path):
    """Each write changes a row of two tables at once: a backup holds both or neither."""
    problem = {"problem_tag": "count", "opened_on": date(2026, 11, 20)}
    stop = threading.Event()

    def work():
        mine = Store(url, "w", language="en")
        number = 0
        while not stop.is_set():
            number += 1
            call = CALL | {"callback_id": f"W{number}"}
            mine.save_all([("callbacks", call, None), ("problems", problem | {"problem_tag": f"W{number}"}, None)])
        mine.close()

    writer = threading.Thread(target=work)
    writer.start()
    files = [tmp_path / f"{number}.kat" for number in range(3)]
    for file in files:
        backup(store, file)
    stop.set()
    writer.join()
    for file in files:
        lines = gzip.decompress(file.read_bytes()).decode().split("\n")
        assert sum('["callbacks", "W' in line for line in lines) == sum('["problems", "W' in line for line in lines)
        assert verified(file)["accounts"] == len(store.rows("accounts"))


def test_a_store_that_holds_anything_is_not_restored_into(used, databases, tmp_path):
    backup(used, tmp_path / "team.kat")
    target = databases.empty()
    other = Store(target, "me", make=True, language="en")
    other.keep_draft("x", {})
    before = content(other)
    with pytest.raises(InputError, match="holds data already"):
        restore(tmp_path / "team.kat", target, "me", "en")
    assert content(other) == before
    other.close()


@pytest.fixture
def one(sqlite):
    made = Store(sqlite.filled(), "顾总", language="en")
    yield made
    made.close()


def test_a_file_that_is_there_is_not_overwritten(one, tmp_path):
    (tmp_path / "x.kat").write_text("mine")
    with pytest.raises(InputError, match="not overwritten"):
        backup(one, tmp_path / "x.kat")
    assert (tmp_path / "x.kat").read_text() == "mine"


@pytest.mark.parametrize("harm", ["short", "bit", "row", "not_packed", "empty", "other"])
def test_a_damaged_file_is_refused_and_nothing_is_made(one, tmp_path, harm):
    file = tmp_path / "team.kat"
    backup(one, file)
    raw = file.read_bytes()
    lines = gzip.decompress(raw).splitlines(keepends=True)
    file.write_bytes(
        {
            "short": raw[: len(raw) // 2],
            "bit": raw[:-200] + bytes([raw[-200] ^ 1]) + raw[-199:],
            "row": gzip.compress(b"".join(lines[:5] + lines[6:])),
            "not_packed": gzip.decompress(raw),
            "empty": b"",
            "other": gzip.compress(b'{"a": 1}\n'),
        }[harm]
    )
    with pytest.raises(InputError, match="damaged"):
        restore(file, f"sqlite:///{tmp_path}/new.db", "me", "en")
    assert not (tmp_path / "new.db").exists()


def test_a_file_of_a_later_version_is_refused_by_name(tmp_path):
    head = '{"kat_backup": 1, "version": "9.9", "at": "", "columns": {"accounts": ["account_id", "soul"]}}\n'
    (tmp_path / "team.kat").write_bytes(gzip.compress(head.encode()))
    with pytest.raises(InputError, match=r"later version \(9\.9\)"):
        restore(tmp_path / "team.kat", f"sqlite:///{tmp_path}/new.db", "me", "en")
    with pytest.raises(InputError, match="no file"):
        restore(tmp_path / "none.kat", f"sqlite:///{tmp_path}/new.db", "me", "en")
    assert not (tmp_path / "new.db").exists()


def test_where_the_disk_is_full_no_half_file_is_left(one, tmp_path):
    """The process may write no file of more than 20 kB."""
    words = ["backup", "--data", one.url, "--to", str(tmp_path / "out" / "team.kat"), "--language", "en"]
    limit = (20_000, 20_000)
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", *words], capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )  # fmt: skip
    assert done.returncode == 2 and "No half file was left" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_only_its_owner_reads_a_backup(one, tmp_path):
    backup(one, tmp_path / "team.kat")
    assert (tmp_path / "team.kat").stat().st_mode & 0o077 == 0
