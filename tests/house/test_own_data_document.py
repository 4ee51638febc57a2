"""docs/own_data.md in both languages: every command that it shows is run, and prints what it shows."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.publish import run_notebook

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("make_own_data", ROOT / "docs" / "make_own_data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", generator().PAGES)
def test_the_page_shows_what_its_commands_print(name, tmp_path, monkeypatch):
    # The reviews' notebooks print nothing here; that they run with a mapping is tested below.
    nothing = [sys.executable, "-c", ""]
    monkeypatch.setattr(run_notebook, "start", lambda *given: subprocess.Popen(nothing, stderr=subprocess.PIPE))
    monkeypatch.setattr(run_notebook, "finish", lambda running: running.communicate())
    page = (ROOT / "docs" / name).read_text("utf-8")
    assert generator().filled(page, tmp_path) == page, "run docs/make_own_data.py"


def test_both_pages_run_the_same_commands():
    def commands(name):
        page = (ROOT / "docs" / name).read_text("utf-8")
        found = (line for block in generator()._BLOCK.finditer(page) for line in block["commands"].splitlines())
        return [line.replace(" --language en", "").partition(" # ")[0] for line in found]

    english, chinese = map(commands, generator().PAGES)
    assert english == chinese
    assert len(english) > 10


def test_a_review_of_the_book_runs_its_notebook_with_the_mapping_that_was_named(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from toolkit.cli import app

    book = str(ROOT / "docs" / "examples" / "key_accounts.xlsx")
    monkeypatch.chdir(tmp_path)
    guessed = CliRunner().invoke(app, ["import", "--guess", book, "--mapping", "mine.yaml"])
    assert guessed.exit_code == 0, guessed.output
    done = CliRunner().invoke(app, ["review", "--data", book, "--columns", "mine.yaml", "--as-of", "2026-11-20"])
    assert done.exit_code == 0, done.output
    assert "天枢储能" in (tmp_path / "out" / "weekly_review" / "weekly_review.ipynb").read_text("utf-8")
