"""`kat brief` and `kat monthly` as a user runs them, and what the team's copy leaves behind: nothing of a person."""

import json

import nbformat
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from tests.house.test_notebooks import ROOT, tags
from toolkit.cli import app

pytestmark = pytest.mark.xdist_group("kat-brief")
KINDS = {"brief": "daily_brief", "monthly": "monthly_review"}
HIDDEN = {"credibility", "contradictions", "spot_checks", "callbacks", "oversteps", "penalties", "competitor_check"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The brief for the team and the monthly review for the director, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("made")
    out = {}
    for name, more in (("brief", ["--for", "team", "--language", "en"]), ("monthly", ["--language", "zh"])):
        words = [
            name,
            "--data",
            str(ROOT / "sample_data"),
            "--as-of",
            "2026-11-18",
            "--output",
            str(folder / name),
            *more,
        ]
        done = CliRunner().invoke(app, words, env={"KAT_DRAW_SALT": "only the director knows"})
        assert done.exit_code == 0, done.output
        out[name] = (folder / name, done.stdout)
    return out


@pytest.mark.parametrize("name", KINDS)
def test_everything_is_in_the_folder_and_told(made, name):
    folder, told = made[name]
    stem = KINDS[name]
    here = {path.name for path in folder.iterdir()}
    assert here == {f"{stem}.html", f"{stem}.xlsx", f"{stem}.ipynb", "tables", "run.json"}
    assert f"{stem}.html" in told
    sheets = openpyxl.load_workbook(folder / f"{stem}.xlsx", read_only=True).sheetnames
    assert sheets == [
        "summary",
        *(path.stem for path in sorted((folder / "tables").iterdir(), key=lambda p: sheets.index(p.stem))),
    ]


def test_run_json_holds_the_salts_hash_and_never_the_secret(made):
    for folder, _ in made.values():
        run = json.loads((folder / "run.json").read_text("utf-8"))
        assert run["draw"]["secret"] is True and len(run["draw"]["salt_sha256"]) == 16
        for path in folder.rglob("*"):
            if path.suffix in (".json", ".html", ".ipynb", ".csv"):
                assert "only the director knows" not in path.read_text("utf-8")


def test_the_teams_folder_holds_nothing_of_a_single_person(made):
    folder, told = made["brief"]
    assert not HIDDEN & {path.stem for path in (folder / "tables").iterdir()}
    words = (folder / "daily_brief.html").read_text("utf-8") + (folder / "daily_brief.ipynb").read_text("utf-8") + told
    for word in ("Callbacks", "drawn this week", "overstepped", "contradict"):
        assert word not in words
    assert json.loads((folder / "run.json").read_text("utf-8"))["audience"] == "team"


def test_the_directors_folder_holds_them(made):
    folder, _ = made["monthly"]
    assert {path.stem for path in (folder / "tables").iterdir()} >= {"credibility", "contradictions", "penalties"}


@pytest.mark.parametrize("name", KINDS)
def test_the_notebook_has_run_to_its_end_in_one_language(made, name):
    folder, _ = made[name]
    cells = nbformat.read(folder / f"{KINDS[name]}.ipynb", as_version=4).cells
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
    assert len({tag for cell in cells for tag in tags(cell) if tag.startswith("lang-")}) == 1


@pytest.mark.parametrize("name", KINDS)
def test_an_audience_that_is_none_is_refused_and_nothing_is_written(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    words = [name, "--data", str(ROOT / "sample_data"), "--for", "board", "--language", "en", "--output", "x"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and "director or team" in done.output and not list(tmp_path.iterdir())


def test_a_secret_that_could_be_guessed_is_refused(tmp_path):
    words = ["brief", "--data", str(ROOT / "sample_data"), "--output", str(tmp_path / "x")]
    done = CliRunner().invoke(app, words, env={"KAT_DRAW_SALT": "short"})
    assert done.exit_code == 2 and "16" in done.output and not (tmp_path / "x").exists()


@pytest.mark.parametrize("stem", KINDS.values())
def test_the_parameter_file_and_the_parameters_cell_name_the_same_settings(stem):
    named = set(yaml.safe_load((ROOT / "parameters" / f"{stem}.yaml").read_text("utf-8")))
    cells = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells
    cell = next(one for one in cells if "parameters" in tags(one))
    assert {line.partition(" = ")[0] for line in cell["source"].splitlines()} == named
    assert all(len(one["source"].splitlines()) <= 8 for one in cells if one["cell_type"] == "code")
