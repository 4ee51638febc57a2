"""What goes wrong in a database is one clear message in both languages; nothing is half written, and it works again."""

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

import toolkit as kat
from tests.data.databases import postgresql
from toolkit.data import database
from toolkit.data.refusal import Refused
from toolkit.data.store import Store

CALL = {"callback_id": "K900", "account_id": "A001", "called_on": date(2026, 11, 20), "caller_id": "D01"}
SAID = {
    "database_busy": ("别人正在往", "Others are writing into"),
    "database_full": ("磁盘满了", "the disk is full"),
    "database_read_only": ("不让写", "may not be written"),
    "database_unreachable": ("用不了", "cannot be used"),
}


def calls(number):
    return [("callbacks", CALL | {"callback_id": f"F{n}", "note": "x" * 2000}, None) for n in range(number)]


@contextmanager
def refused(store, code):
    """The block is refused with a code, in both languages, and the store stays as it was."""
    before = [row.version for row in store.rows("callbacks")], store.stamp()
    yield
    for language, said in zip(("zh", "en"), SAID[code], strict=True):
        store.language = language
        with pytest.raises(Refused) as caught:
            store.save_all(calls(5))
        assert caught.value.code == code and said in str(caught.value)
        assert ("什么都没有写入" if language == "zh" else "Nothing was written") in str(caught.value)
    assert ([row.version for row in store.rows("callbacks")], store.stamp()) == before


@contextmanager
def held(url):
    """Somebody else writes, and does not come to an end."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        engine = create_engine(url)
        with engine.begin() as other:
            other.execute(text(f"SELECT pg_advisory_xact_lock({database.PEN})"))
            yield
        engine.dispose()


def test_when_others_write_for_too_long_it_is_said_and_the_next_try_works(url, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    store = Store(url, "me")
    with held(url):
        with refused(store, "database_busy"):
            pass
        assert store.rows("accounts")  # reading waits for nobody
    assert len(store.save_all(calls(5))) == 5
    store.close()


def test_a_store_that_may_only_be_read_is_read_and_says_that_it_is_not_written(databases):
    url = databases.filled()
    store = Store(url, "me")
    if url.startswith("sqlite"):
        event.listen(store._engine, "checkout", lambda raw, *_: raw.execute("PRAGMA query_only=ON"))
    else:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            name = url.rpartition("/")[2]
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        engine.dispose()
        store.close()  # the setting is of new connections
    with refused(store, "database_read_only"):
        pass
    assert store.rows("accounts") and len(kat.load(url).accounts)
    store.close()


def test_a_database_that_has_no_room_left_writes_nothing_half(databases):
    """SQLite: no more pages. PostgreSQL: the server says that the disk is full, after some of the rows."""
    url = databases.filled()
    store = Store(url, "me")
    if url.startswith("sqlite"):
        pages = int(store.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one()))
        limit = lambda raw, *_: raw.execute(f"PRAGMA max_page_count={pages}")  # noqa: E731
        event.listen(store._engine, "checkout", limit)
    else:
        script = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.callback_id = 'F3' THEN RAISE EXCEPTION 'could not extend file: No space left on device'
            USING ERRCODE = 'disk_full'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER no_room BEFORE INSERT ON callbacks FOR EACH ROW EXECUTE FUNCTION no_room()"""
        store.run(lambda connection: connection.exec_driver_sql(script), writes=True)
    with refused(store, "database_full"):
        pass
    if url.startswith("sqlite"):
        event.remove(store._engine, "checkout", limit)
        event.listen(store._engine, "checkout", lambda raw, *_: raw.execute("PRAGMA max_page_count=100000"))
    else:
        store.run(lambda connection: connection.exec_driver_sql("DROP TRIGGER no_room ON callbacks"), writes=True)
    assert len(store.save_all(calls(5))) == 5
    store.close()


FILL = """
import sys
from tests.data.test_trouble import calls
from toolkit.data.refusal import Refused
from toolkit.data.store import Store
store = Store(sys.argv[1], "me", language="en")
kept = 0
try:
    for n in range(2000):
        store.save_all([(t, row | {"callback_id": f"{n}-{row['callback_id']}"}, None) for t, row, _ in calls(5)])
        kept += 5
except Refused as refusal:
    print(kept, refusal.code)
"""


def test_a_file_that_the_system_lets_grow_no_further_keeps_all_that_was_confirmed(sqlite):
    """The system itself refuses: the process may write no file beyond a size."""
    url = sqlite.filled()
    size = Path(url.removeprefix("sqlite:///")).stat().st_size + 300_000
    done = subprocess.run(
        [sys.executable, "-c", FILL, url], capture_output=True, text=True, cwd=Path.cwd(),
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip
    kept, code = done.stdout.split()
    assert code == "database_full" and int(kept) > 0
    store = Store(url, "me")
    found = [row for row in store.rows("callbacks") if "-F" in row.values["callback_id"]]
    assert len(found) == int(kept)
    assert len(store.save_all(calls(5))) == 5
    store.close()


def test_a_sqlite_file_that_is_gone_is_not_made_anew_and_found_when_it_is_back(sqlite, tmp_path):
    url = sqlite.filled()
    file = Path(url.removeprefix("sqlite:///"))
    store = Store(url, "me", language="en")
    store.close()  # so that the next call opens the file
    file.rename(tmp_path / "away.db")
    with pytest.raises(Refused, match="cannot be used"):
        store.save_all(calls(1))
    assert not file.exists()
    (tmp_path / "away.db").rename(file)
    assert len(store.save_all(calls(1))) == 1
    store.close()


@pytest.fixture(scope="module")
def server():
    with postgresql() as running:
        yield running


@pytest.mark.browser
@pytest.mark.xdist_group("postgresql")
def test_a_postgresql_that_is_gone_and_back_is_written_again_by_the_same_store(server, team):
    store = Store(server.address, "me", make=True, language="en")
    store.save_all(calls(1))
    store.keep_draft("x", {"note": "typed"})
    server.stop()
    url = server.address
    tries = [lambda: store.save_all(calls(2)), lambda: store.rows("callbacks"), lambda: store.keep_draft("x", {})]
    tries += [lambda: Store(url, "me", language="en"), lambda: kat.load(url, language="en")]
    for ask in tries:
        with pytest.raises(Refused, match="Nothing was written; once it is back"):
            ask()
    server.start()
    assert store.draft("x") == {"note": "typed"}
    assert [row.version for row in store.save_all(calls(2))] == [1, 1]
    assert len(store.rows("callbacks")) == 2
    store.close()


@pytest.mark.browser
@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("through", [True, False])
def test_where_the_answer_to_a_write_is_lost_it_says_so_and_sent_again_it_is_kept_once(server, through):
    """The connection breaks while the end of the transaction is on its way: it came through or it did not."""
    store = Store(server.address, "me", make=True, language="en")
    call = CALL | {"callback_id": f"L{through}"}

    def cut(connection):
        if connection.get_execution_options().get("kat_writes"):
            if through:
                connection.exec_driver_sql("COMMIT")
            connection.connection.driver_connection.pgconn.finish()

    event.listen(store._engine, "commit", cut)
    with pytest.raises(Refused, match="whether it came through is not known"):
        store.save("callbacks", call)
    event.remove(store._engine, "commit", cut)
    assert (store.row("callbacks", f"L{through}") is not None) == through
    assert store.save("callbacks", call) == store.save("callbacks", call)
    assert len(store.history("callbacks", f"L{through}")) == 1
    store.close()


def test_what_is_no_database_is_said_plainly(tmp_path):
    (tmp_path / "notes.db").write_text("no database at all, but a text that is long enough to be read as one" * 20)
    with pytest.raises(Refused, match="not a database"):
        Store(f"sqlite:///{tmp_path}/notes.db", "me", language="en")


def test_a_store_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store("sqlite://", "me", make=True)
    assert store.stamp() == 0
    store.close()
    assert list(tmp_path.iterdir()) == []
