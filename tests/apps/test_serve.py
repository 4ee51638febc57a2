"""The apps' server is closed by default, and the apps' notebooks are what they should be."""

import json
import re
import socket

import nbformat
import pytest

import toolkit as kat
from tests.widgets.team import source
from toolkit.apps import page
from toolkit.apps.home import APPS
from toolkit.apps.serve import HERE, address, arguments, environment, serve
from toolkit.base.errors import InputError
from toolkit.base.identity import digest
from toolkit.base.places import PACKAGE, notebooks
from toolkit.data.store import Store

TEMPLATES = PACKAGE / "apps" / "jupyter" / "voila" / "templates" / "kat"
FILES = sorted((notebooks() / "apps").iterdir())


def test_the_server_listens_on_this_machine_only_and_asks_for_a_token():
    given = arguments(8866)
    assert f"--Voila.ip={HERE}" in given and HERE == "127.0.0.1"
    assert "--Voila.auto_token=True" in given
    assert "--show_tracebacks=False" in given


def test_the_token_is_in_the_environment_not_in_the_arguments():
    known = environment("data", "en", "secret", base={})
    assert known["JUPYTER_TOKEN"] == "secret"
    assert not any("secret" in word for word in arguments(8866))


def test_the_cross_site_check_is_off_only_behind_a_token():
    given = arguments(8866)
    assert ("--Voila.tornado_settings=disable_check_xsrf=True" in given) <= ("--Voila.auto_token=True" in given)


def test_kernels_end():
    given = " ".join(arguments(8866, idle_seconds=30))
    assert "cull_idle_timeout=30" in given and "cull_interval=30" in given


def test_an_empty_token_makes_a_new_one(monkeypatch, capsys, tmp_path):
    from toolkit.apps.server import Apps

    monkeypatch.setattr(Apps, "launch_instance", lambda argv: None)
    monkeypatch.setattr("os.environ", {})
    with socket.socket() as free:
        free.bind((HERE, 0))
        port = free.getsockname()[1]
    serve(str(tmp_path), port, "en", browser=False, token="")
    assert re.search(r"token=[\w-]{20,}", capsys.readouterr().err)


def test_the_environment_keeps_what_was_there():
    known = environment("data", "zh", "t", base={"JUPYTER_PATH": "theirs", "HOME": "home"})
    assert known["JUPYTER_PATH"].endswith("theirs") and known["HOME"] == "home"
    assert known["KAT_DATA"].endswith("data") and known["KAT_LANGUAGE"] == "zh"
    assert "KAT_PARAMETERS" not in known


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError):
        environment("data", "fr", "t")


def test_a_taken_port_is_said_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"{port}.*--port"):
            serve(str(tmp_path), port, "en", browser=False)


def test_the_address_opens_the_home_page_with_its_token():
    assert address(1, "t", language="en").endswith("/voila/tree?language=en&token=t")
    assert address(1, "t", app="threshold_panel.ipynb").endswith("threshold_panel.ipynb?language=zh&token=t")


@pytest.mark.parametrize("file", sorted(TEMPLATES.iterdir()), ids=lambda file: file.name)
def test_no_template_names_an_address(file):
    assert not re.search(r"(https?:)?//[a-z]", file.read_text("utf-8"))


def test_the_template_builds_on_voilas_own():
    assert json.loads((TEMPLATES / "conf.json").read_text("utf-8")) == {"base_template": "lab"}


def test_the_served_folder_holds_notebooks_only():
    assert {file.suffix for file in FILES if not file.name.startswith(".")} == {".ipynb"}


@pytest.mark.parametrize("name", ["studio", "threshold_panel", "war_room"])
def test_an_apps_notebook_has_four_cells(name):
    cells = nbformat.read(notebooks() / "apps" / f"{name}.ipynb", as_version=4).cells
    assert len(cells) == 4


@pytest.mark.parametrize(
    ("query", "set_to", "language"),
    [("", "", "zh"), ("", "en", "en"), ("language=en&token=t", "zh", "en"), ("language=fr", "en", "en")],
)
def test_the_language_of_the_address_comes_first(monkeypatch, query, set_to, language):
    monkeypatch.setenv("QUERY_STRING", query)
    monkeypatch.setenv("KAT_LANGUAGE", set_to)
    assert page.language() == language


def test_refused_data_are_said_in_words(monkeypatch):
    monkeypatch.setenv("KAT_LANGUAGE", "en")

    def refuse():
        raise InputError("no table <accounts>")

    words = "".join(w.value for w in page.shown(refuse).children[1].children)
    assert "no table &lt;accounts&gt;" in words and "cannot be opened" in words


def test_our_own_fault_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        page.shown(lambda: 1 / 0)


@pytest.fixture
def heated(monkeypatch, tmp_path):
    """A kernel that is heated: the address comes with the request."""
    folder = source(tmp_path / "data")
    for name, value in (("KAT_DATA", folder), ("KAT_FOLDER", tmp_path), ("KAT_LANGUAGE", "zh")):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("VOILA_PREHEAT", "True")
    monkeypatch.delenv("QUERY_STRING", raising=False)
    monkeypatch.setattr("voila.utils.wait_for_request", lambda: monkeypatch.setenv("QUERY_STRING", "language=en"))
    monkeypatch.chdir(tmp_path)
    return folder


def data():
    return kat.load(page.source(), language=page.language())


def studio(data):
    return kat.studio(data, page.parameters(), page.language())


def words(widget):
    return "".join(w.value for w in widget.children[1].children)


def test_a_heated_studio_takes_the_language_of_the_address(heated):
    app = page.prepared(data, studio)
    assert app.shown.language == "zh"
    opened = page.opened(app)
    assert opened is app.shown and opened.language == "en"


def test_a_heated_studio_knows_the_scenarios_saved_since(heated):
    app = page.prepared(data, studio)
    other = studio(data())
    other.model.thresholds.set("demotion.weeks", 4)
    other.model.save("mine")
    assert page.opened(app).model.shelf.own("mine")


def test_a_heated_studio_is_made_again_where_the_data_have_changed(heated):
    app = page.prepared(data, studio)
    weeks = heated / "account_weeks.csv"
    weeks.write_text(weeks.read_text("utf-8").replace("0.57", "0.99"), "utf-8")
    opened = page.opened(app)
    assert opened is not app.shown
    assert opened.model.outcome.after.tiers.set_index("account_id").loc["A2", "tier"] == "A"


def test_a_heated_app_on_a_store_is_made_again_where_somebody_wrote(heated, monkeypatch, tmp_path):
    url = f"sqlite:///{tmp_path}/team.db"
    store = Store(url, "import", make=True)
    store.take_in(data())
    monkeypatch.setenv("KAT_DATA", url)
    app = page.prepared(data, studio)
    row = store.row("accounts", "A2")
    store.save("accounts", {**row.values, "account_name": "Another"}, row.version)
    store.close()
    assert page.opened(app) is not app.shown


def test_with_a_file_of_users_the_state_is_heated_and_no_widget_before_the_key_is_known(heated, monkeypatch, tmp_path):
    people = [("director", "", "k1"), ("rep", "R01", "k2")]
    rows = [f"  - {{name: x, role: {role}, rep_id: '{rep}', key_sha256: {digest(key)}}}" for role, rep, key in people]
    (tmp_path / "users.yaml").write_text("users:\n" + "\n".join(rows), "utf-8")
    monkeypatch.setenv("KAT_USERS", str(tmp_path / "users.yaml"))
    app = page.prepared(data, studio)
    assert app.made is not None and app.shown is None
    for key, opens in (("k1", True), ("k2", False), ("", False)):
        asked = f"language=en&key={key}"
        monkeypatch.setattr(
            "voila.utils.wait_for_request", lambda asked=asked: monkeypatch.setenv("QUERY_STRING", asked)
        )
        assert hasattr(page.opened(app), "model") is opens


def test_what_depends_on_the_address_is_made_when_it_is_known(heated, monkeypatch):
    app = page.prepared(lambda: page.loaded(kat.studio), lambda _: studio(data()), personal=True)
    assert app.made is not None and app.shown is None
    assert page.opened(app).language == "en"


def test_a_heated_refusal_is_said_in_the_language_of_the_address(heated, monkeypatch, tmp_path):
    monkeypatch.setenv("KAT_DATA", str(tmp_path / "nothing"))
    assert "cannot be opened" in words(page.opened(page.prepared(data, studio)))


def test_what_is_not_heated_is_made_when_it_is_opened(heated, monkeypatch):
    monkeypatch.delenv("VOILA_PREHEAT")
    app = page.prepared(data, studio)
    assert app.made is None and page.opened(app).language == "zh"


def test_the_apps_of_every_day_and_the_studio_are_heated_and_nothing_else():
    given = arguments(8866)
    assert "--preheat_kernel=True" in given and "--pool_size=1" in given
    denied = {word.partition("=")[2].removesuffix(".ipynb") for word in given if "preheat_denylist" in word}
    assert {app.name for app in APPS} - denied == {"war_room", "desk", "studio"}
    assert not [word for word in arguments(8866, heated=()) if "heat" in word]
