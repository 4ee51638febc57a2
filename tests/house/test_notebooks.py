"""The notebooks: for reading, in both languages, and nothing unknown passes into them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.publish.run_notebook import NAMES, in_one_language

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
WEEKLY = ROOT / "notebooks" / "weekly_review.ipynb"
pytestmark = pytest.mark.xdist_group("notebooks")


def papermill(tmp_path: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A bare papermill run from the root of the repository, as the README shows it."""
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "notebooks/weekly_review.ipynb", str(out), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL
    )
    return done, out


def tags(cell) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def test_a_bare_papermill_run_works(tmp_path):
    done, out = papermill(tmp_path, "-f", "parameters/weekly_review.yaml")
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(out, as_version=4).cells
    pages = [data for c in cells for o in c.get("outputs", ()) if (data := o.get("data", {}).get("text/html"))]
    assert len(pages) >= 15
    assert not any("nan" in page.lower().split(">") for page in pages)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-p", "as_off", "2026-11-20", "-p", "language", "en"), "as_of"),
        (("-y", "{language: en, overrides: {tiers.a.min_win_probabilty: 0.5}}"), "tiers.a.min_win_probability"),
        (("-y", "{language: en, overrides: {focus.top_fifth: 20}}"), "0 … 1"),
    ],
)
def test_papermill_with_an_unknown_name_or_value_is_refused(tmp_path, words, said):
    done, out = papermill(tmp_path, *words)
    assert done.returncode != 0
    cells = nbformat.read(out, as_version=4).cells
    errors = [o for c in cells for o in c.get("outputs", ()) if o["output_type"] == "error"]
    assert [error["ename"] for error in errors] == ["InputError"]
    assert said in errors[0]["evalue"]


def test_the_parameter_file_and_the_parameters_cell_name_the_same_settings():
    names = {*NAMES, "audience"}
    import yaml

    assert set(yaml.safe_load((ROOT / "parameters" / "weekly_review.yaml").read_text("utf-8"))) == names
    cell = next(c for c in nbformat.read(WEEKLY, as_version=4).cells if "parameters" in tags(c))
    assert {line.partition(" = ")[0] for line in cell["source"].splitlines()} == names


def test_the_cell_behind_the_parameters_checks_them():
    cells = nbformat.read(WEEKLY, as_version=4).cells
    place = next(i for i, c in enumerate(cells) if "parameters" in tags(c))
    assert "kat.settings(globals()" in cells[place + 1]["source"]


@pytest.mark.parametrize(
    "given", [{"data": 7}, {"as_of": 20261120}, {"overrides": "tiers.a=1"}, {"language": "fr"}, {"output": ["x"]}]
)
def test_settings_of_the_wrong_kind_are_refused(given):
    with pytest.raises(InputError):
        kat.settings(given)


def test_own_variables_of_an_analyst_are_no_parameters():
    assert kat.settings({"x": 1, "In": ["", "x = 1"], "language": "en"}).language == "en"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.name)
def test_a_notebook_is_committed_for_reading(file):
    cells = nbformat.read(file, as_version=4).cells
    nbformat.validate(json.loads(file.read_text("utf-8")), version=4)
    code = [c for c in cells if c["cell_type"] == "code"]
    assert all(not c["outputs"] and c["execution_count"] is None for c in code)
    assert max(len(c["source"].splitlines()) for c in code) <= 8
    prose = [c for c in cells if c["cell_type"] == "markdown" and "lab-only" not in tags(c)]
    assert all(len(tags(c) & {"lang-zh", "lang-en"}) == 1 for c in prose)
    zh, en = (sum(f"lang-{language}" in tags(c) for c in prose) for language in ("zh", "en"))
    assert zh == en


def test_the_weekly_notebook_asks_a_question_and_ends_with_its_limits():
    cells = nbformat.read(WEEKLY, as_version=4).cells
    assert cells[0]["source"].splitlines()[0].endswith("？")
    assert cells[-2]["source"].startswith("## 这份复盘说不清的事")
    assert cells[-1]["source"].startswith("## What this cannot tell")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_language_keeps_all_code_and_its_own_prose(language):
    cells = nbformat.read(WEEKLY, as_version=4).cells
    kept = in_one_language(cells, language)
    assert [c for c in kept if c["cell_type"] == "code"] == [c for c in cells if c["cell_type"] == "code"]
    assert {t for c in kept for t in tags(c) if t.startswith("lang-")} == {f"lang-{language}"}
