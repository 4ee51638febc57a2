"""The apps' server is closed by default, and the apps' notebooks are what they should be."""

import json
import re
import socket

import nbformat
import pytest

import toolkit as kat
from tests.widgets.team import source
from toolkit.apps import page
from toolkit.apps.serve import HERE, address, arguments, environment, serve
from toolkit.base.errors import InputError
from toolkit.base.places import PACKAGE, notebooks

TEMPLATES = PACKAGE / "apps" / "jupyter" / "voila" / "templates" / "kat"
APPS = sorted((notebooks() / "apps").iterdir())


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
    assert {file.suffix for file in APPS if not file.name.startswith(".")} == {".ipynb"}


@pytest.mark.parametrize("name", ["studio", "threshold_panel"])
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


def make():
    return kat.studio(kat.load(page.source(), language=page.language()), page.parameters(), page.language())


def test_a_heated_studio_takes_the_language_of_the_address(heated):
    prepared = page.prepared(make)
    assert prepared.widget.language == "zh"
    opened = page.opened(prepared)
    assert opened is prepared.widget and opened.language == "en"


def test_a_heated_studio_knows_the_scenarios_saved_since(heated):
    prepared = page.prepared(make)
    other = make()
    other.model.thresholds.set("demotion.weeks", 4)
    other.model.save("mine")
    assert page.opened(prepared).model.shelf.own("mine")


def test_a_heated_studio_is_made_again_where_the_data_have_changed(heated):
    prepared = page.prepared(make)
    weeks = heated / "account_weeks.csv"
    weeks.write_text(weeks.read_text("utf-8").replace("0.57", "0.99"), "utf-8")
    opened = page.opened(prepared)
    assert opened is not prepared.widget
    assert opened.model.outcome.after.tiers.set_index("account_id").loc["A2", "tier"] == "A"


def test_a_heated_refusal_is_said_in_the_language_of_the_address(heated, monkeypatch, tmp_path):
    monkeypatch.setenv("KAT_DATA", str(tmp_path / "nothing"))
    prepared = page.prepared(make)
    words = "".join(w.value for w in page.opened(prepared).children[1].children)
    assert "cannot be opened" in words


def test_a_studio_that_is_not_heated_is_shown_as_made(heated, monkeypatch):
    monkeypatch.delenv("VOILA_PREHEAT")
    prepared = page.prepared(make)
    assert page.opened(prepared) is prepared.widget


def test_the_first_app_alone_is_heated():
    given = arguments(8866)
    assert "--preheat_kernel=True" in given and "--pool_size=1" in given
    denied = next(word for word in given if "preheat_denylist" in word)
    assert denied.endswith("threshold_panel.ipynb")
