"""Tiny sources, written where a test asks for them; stores in both kinds of database."""

from pathlib import Path

import pytest

import toolkit as kat
from tests.data.databases import Postgres, Sqlite, postgresql
from toolkit.data.store import Store

ACCOUNTS = """account_id,account_name,market_role,opened_on,status
A1,Acme,industry_benchmark,2026-01-05,active
A2,Birch,long_tail,2026-01-05,active
"""
WEEKS = """week_ending,account_id,win_probability,competitive_posture
2026-11-13,A1,0.6,50
2026-11-20,A1,0.65,55
2026-11-20,A2,0.2,40
"""


@pytest.fixture
def source(tmp_path):
    """Writes a folder of CSV files from table=text (None: no such file); accounts and account_weeks by default."""

    def write(folder: str = "source", **tables: str | bytes | None) -> Path:
        place = tmp_path / folder
        place.mkdir()
        for name, content in ({"accounts": ACCOUNTS, "account_weeks": WEEKS} | tables).items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (place / f"{name}.csv").write_bytes(raw)
        return place

    return write


KINDS = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.browser, pytest.mark.xdist_group("postgresql")])]


@pytest.fixture(scope="session")
def team():
    return kat.load("sample_data")


@pytest.fixture(scope="session")
def postgres(team):
    """A PostgreSQL that lives as long as the tests."""
    with postgresql() as server:
        yield Postgres(server.address, team)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory, team):
    return Sqlite(tmp_path_factory.mktemp("sqlite"), team)


@pytest.fixture(params=KINDS)
def databases(request):
    """Where a test gets addresses from: `.empty()`, `.filled()` with the sample team."""
    return request.getfixturevalue("sqlite" if request.param == "sqlite" else "postgres")


@pytest.fixture
def url(databases):
    """The address of a store that holds the sample team."""
    return databases.filled()


@pytest.fixture
def store(url):
    made = Store(url, "顾总", language="en")
    yield made
    made.close()
