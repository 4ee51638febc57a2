"""`kat report`: what it says, and its exit codes."""

import pytest
from typer.testing import CliRunner

from tests.plan.plans import notebook, plan_file
from toolkit.cli import app

pytestmark = pytest.mark.xdist_group("plan")


def kat(*words):
    return CliRunner().invoke(app, ["report", *words])


@pytest.fixture
def mine(tmp_path):
    path = notebook(tmp_path / "mine.ipynb", "print(as_of)")
    return plan_file(tmp_path, [{"name": "mine", "notebook": path}, {"name": "daily", "kind": "daily"}])


def test_a_dry_run_says_what_would_be_made_and_why_and_touches_nothing(mine, tmp_path):
    done = kat("--plan", mine, "--day", "2026-11-20", "--dry-run")
    assert done.exit_code == 0
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == [
        "would be made mine · mine: not made yet",
        "would be made Daily brief of 20 Nov · daily: not made yet",
    ]
    assert not (tmp_path / "out").exists()


def test_a_run_says_what_it_made_and_the_next_one_that_all_is_as_it_is(mine, tmp_path):
    first = kat("--plan", mine, "--day", "2026-11-20", "--only", "mine")
    assert first.exit_code == 0, first.output
    assert "1 report made" in first.stdout and "index.html" in first.stdout
    assert "1/1 mine · mine: done" in first.stderr
    again = kat("--plan", mine, "--day", "2026-11-20", "--only", "mine")
    assert again.exit_code == 0
    assert "mine · mine: as it is" in again.stdout and "1 done already" in again.stdout
    assert "/1" not in again.stderr
    with (tmp_path / "team" / "reps.csv").open("a", encoding="utf-8") as table:
        table.write("R9,New,rep\n")
    would = kat("--plan", mine, "--day", "2026-11-20", "--only", "mine", "--dry-run")
    assert would.stdout.split("mine: ")[1].strip() == "changed: the data"


def test_where_nothing_is_due_it_says_so(mine):
    done = kat("--plan", mine)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Nothing is due.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--day", "tomorrow"), "tomorrow"),
        (("--day", "2026-11-20", "--only", "daly"), "nearest: daily"),
        (("--dask", "tcp://nowhere.invalid:1", "--day", "2026-11-20"), "Nobody answers"),
    ],
)
def test_bad_words_are_refused_with_nothing_made(mine, tmp_path, monkeypatch, words, said):
    from toolkit.plan import pool

    monkeypatch.setattr(pool, "PATIENCE", "1s")
    done = kat("--plan", mine, *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out" / "ledger.jsonl").exists()


def test_a_wrong_plan_is_refused_in_its_own_language(tmp_path):
    file = plan_file(tmp_path, [{"name": "w", "knd": "weekly"}], language="zh")
    done = kat("--plan", file)
    assert done.exit_code == 2
    assert "最接近的是：kind" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_report_refused_for_bad_input_ends_with_two_and_names_the_reason(tmp_path):
    file = plan_file(tmp_path, [{"name": "daily", "kind": "daily", "data": str(tmp_path / "nowhere")}])
    done = kat("--plan", file, "--day", "2026-11-20")
    assert done.exit_code == 2
    assert "nowhere" in done.stdout and "1 refused for bad input" in done.stdout
