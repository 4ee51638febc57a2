"""The home page: what whom, in which language, with which links; without a browser."""

import re

import pytest

from toolkit.apps.home import APPS, GROUPS, home
from toolkit.apps.page import rep as whose_desk
from toolkit.base.identity import digest
from toolkit.base.places import notebooks
from toolkit.data.store import Store


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A store without rows, and users by key."""
    url = f"sqlite:///{tmp_path}/team.db"
    Store(url, "import", make=True).close()
    people = [("李<b>娜", "rep", "R02", "k2"), ("顾明川", "director", "D01", "k3"), ("林", "strategy", "", "k4")]
    rows = [f"  - {{name: {n}, role: {r}, rep_id: {i}, key_sha256: {digest(k)}}}" for n, r, i, k in people]
    (tmp_path / "users.yaml").write_text("users:\n" + "\n".join(rows) + "\n", "utf-8")
    monkeypatch.setenv("KAT_DATA", url)
    monkeypatch.setenv("KAT_LANGUAGE", "zh")
    monkeypatch.delenv("KAT_USERS", raising=False)
    return tmp_path


def links(page):
    return re.findall(r'<a class="app" href="([^"]*)"', page)


def test_every_notebook_of_the_apps_has_a_card_and_every_card_a_notebook(here):
    files = {file.stem for file in (notebooks() / "apps").glob("*.ipynb")}
    assert {app.name for app in APPS} == files
    assert {app.group for app in APPS} == set(GROUPS)
    assert len(links(home({}))) == len(files)


def test_links_keep_what_the_address_says_and_the_language(here):
    page = home({"token": "t&x", "key": "k", "language": "en"})
    assert 'href="/voila/render/war_room.ipynb?token=t%26x&amp;key=k&amp;language=en"' in page
    assert '<html lang="en">' in page and "All apps" in page and "全部应用" in page


@pytest.mark.parametrize(
    ("key", "names"), [("k2", ["desk", "board"]), ("k3", [app.name for app in APPS]), ("wrong", [])]
)
def test_a_user_is_shown_what_the_role_may_open_and_nothing_else(here, monkeypatch, key, names):
    monkeypatch.setenv("KAT_USERS", str(here / "users.yaml"))
    page = home({"key": key})
    assert [re.search(r"render/(\w+)\.ipynb", link)[1] for link in links(page)] == names
    assert ('role="alert"' in page) is (not names)
    assert "李<b>娜" not in page and ("李&lt;b&gt;娜" in page) is (key == "k2")


@pytest.mark.parametrize(
    ("key", "asked", "whose"),
    [("k2", "R01", "R02"), ("k3", "R01", "R01"), ("k3", "", ""), ("k4", "R01", "")],
    ids=["a rep the own one", "a director any", "a director nobody's", "strategy nobody's"],
)
def test_whose_desk_an_address_opens(here, monkeypatch, key, asked, whose):
    monkeypatch.setenv("KAT_USERS", str(here / "users.yaml"))
    monkeypatch.setenv("QUERY_STRING", f"key={key}&rep={asked}")
    assert whose_desk() == whose


def test_a_file_of_users_that_cannot_be_used_is_said_and_opens_nothing(here, monkeypatch):
    monkeypatch.setenv("KAT_USERS", str(here / "none.yaml"))
    page = home({"key": "k3"})
    assert links(page) == [] and "none.yaml" in page


def test_a_store_that_is_not_there_says_how_to_make_one(here, monkeypatch):
    monkeypatch.setenv("KAT_DATA", f"sqlite:///{here}/nothing.db")
    page = home({"language": "en"})
    assert "There are no data to work on yet" in page and "kat import" in page and not (here / "nothing.db").exists()


def test_a_folder_can_be_read_and_the_desk_says_what_it_needs(here, monkeypatch):
    monkeypatch.setenv("KAT_DATA", str(here))
    page = home({"language": "en"})
    assert "can be read, not written" in page and f"kat import --data {here} --to" in page
    assert "desk.ipynb" not in "".join(links(page)) and "Needs a store" in page


def test_the_password_of_a_database_is_not_shown(here, monkeypatch):
    monkeypatch.setenv("KAT_DATA", "postgresql://kat:secret@127.0.0.1:1/none")
    assert "secret" not in home({})


@pytest.mark.parametrize("word", ['"><script>alert(1)</script>', "en"])
def test_a_language_that_is_none_is_ours_and_stays_text(here, word):
    page = home({"language": word})
    assert "<script>alert" not in page


def test_a_word_of_the_address_stays_text(here):
    assert "<script>alert" not in home({"token": "<script>alert(1)</script>", "<script>alert(2)</script>": "x"})
