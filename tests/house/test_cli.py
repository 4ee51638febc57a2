"""The command `kat` as a process: what it writes, says and returns."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.cli import app
from toolkit.cli.common import exit_codes
from toolkit.publish.staging import staged
from toolkit.publish.tables import write_tables

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
WEEK = ("--data", "sample_data", "--as-of", "2026-11-24")  # a Tuesday: the Friday before it is reviewed
pytestmark = pytest.mark.xdist_group("kat")


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "toolkit.cli", *words]
    return subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """One English review with a parameter changed: the process and its folder."""
    folder = tmp_path_factory.mktemp("kat") / "wr"
    done = run("review", *WEEK, "--output", str(folder), "--language", "en", "--set", "tiers.leave_a_below=0.5")
    return done, folder


def test_a_review_ends_well_and_writes_everything(reviewed):
    done, folder = reviewed
    assert done.returncode == 0, done.stderr
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    tables = [
        "actions",
        "alerts",
        "allocation",
        "breakpoints",
        "callbacks",
        "campaign_columns",
        "campaign_flow",
        "campaign_moves",
        "campaigns",
        "capability_gaps",
        "chains",
        "competitor_check",
        "contradictions",
        "credibility",
        "directives",
        "drill_draw",
        "executive_moves",
        "faults",
        "incomplete_reports",
        "indicators",
        "loss_reviews",
        "outcomes",
        "oversteps",
        "penalties",
        "pipeline",
        "playbook_versions",
        "playbooks",
        "practice",
        "rank_evidence",
        "ranks",
        "rejected",
        "request_clocks",
        "requests",
        "resilience",
        "resilience_weeks",
        "roadmap",
        "self_checks",
        "spend",
        "spot_checks",
        "tiers",
        "trainings",
    ]
    pages = ["run.json", "weekly_review.html", "weekly_review.ipynb", "weekly_review.xlsx"]
    assert names == sorted([f"tables/{name}.csv" for name in tables] + pages)
    assert [path.name for path in folder.parent.iterdir()] == ["wr"]


def test_the_summary_goes_to_stdout_red_before_decisions_and_steps_to_stderr(reviewed):
    done, folder = reviewed
    assert done.stdout.startswith("Weekly review, 20 Nov")
    assert done.stdout.index("◆") < done.stdout.index("Decisions due") < done.stdout.index(str(folder))
    assert "Departs from the method" in done.stdout
    assert "Reading the data" in done.stderr
    assert "\x1b[" not in done.stdout


def test_run_json_says_what_it_was_made_from(reviewed):
    facts = json.loads((reviewed[1] / "run.json").read_text("utf-8"))
    assert (facts["as_of"], facts["week_ending"], facts["language"]) == ("2026-11-24", "2026-11-20", "en")
    assert facts["version"] == kat.__version__
    assert facts["parameters"]["differences"] == {"tiers.leave_a_below": 0.5}
    mine = kat.Parameters.read(overrides=facts["parameters"]["differences"])
    assert facts["parameters"]["sha256"] == mine.sha256()
    assert facts["departures"] == ["tiers.leave_a_below"]
    assert len(facts["source"]["sha256"]) == 64
    assert set(facts["seconds"]) == {"report", "tables", "workbook", "page", "notebook"}
    assert {"rows", "rows_out_of_sight"} <= set(facts)


def test_the_tables_are_byte_for_byte_those_of_the_library(reviewed, tmp_path):
    mine = kat.Parameters.read(overrides=["tiers.leave_a_below=0.5"])
    week = kat.review(kat.load(ROOT / "sample_data"), "2026-11-24", mine, "en")
    write_tables(week, tmp_path)
    for file in sorted(tmp_path.iterdir()):
        assert file.read_bytes() == (reviewed[1] / "tables" / file.name).read_bytes(), file.name


def test_the_notebook_speaks_one_language_and_has_run_to_its_end(reviewed):
    cells = json.loads((reviewed[1] / "weekly_review.ipynb").read_text("utf-8"))["cells"]
    assert not any("lang-zh" in cell["metadata"].get("tags", ()) for cell in cells)
    assert any("lang-en" in cell["metadata"].get("tags", ()) for cell in cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    assert "error" not in {output["output_type"] for cell in code for output in cell["outputs"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "tiers.a.min_win_probabilty=0.5"), "nearest: tiers.a.min_win_probability"),
        (("--set", "focus.top_fifth=20"), "0 … 1"),
        (("--parameters", "nowhere.yaml"), "nowhere.yaml"),
        (("--as-of", "tomorrow"), "tomorrow"),
        (("--data", "nowhere"), "nowhere"),
        (("--as-of", "2001-01-05"), "2001"),
        (("--language", "fr"), "zh or en"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_written(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    given = ["review", "--data", str(ROOT / "sample_data"), "--language", "en", "--output", "wr", *words]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_without_data_it_says_how_to_get_some(tmp_path):
    done = run("review", "--language", "en", cwd=tmp_path)
    assert done.returncode == 2
    assert "kat sample" in done.stderr


def test_a_folder_with_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    given = ["review", "--data", str(ROOT / "sample_data"), "--output", str(tmp_path), "--language", "en"]
    assert CliRunner().invoke(app, given).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_strict_refuses_data_with_a_fault_and_check_lists_it(tmp_path):
    source = tmp_path / "team"
    source.mkdir()
    for file in (ROOT / "sample_data").glob("*.csv"):
        (source / file.name).write_bytes(file.read_bytes())
    with (source / "industries.csv").open("a", encoding="utf-8") as table:
        table.write("I99,Nonsense,-5,7\n")
    words = ["--data", str(source), "--language", "en"]
    strict = CliRunner().invoke(app, ["review", *words, "--strict", "--output", str(tmp_path / "wr")])
    assert strict.exit_code == 2
    assert not (tmp_path / "wr").exists()
    checked = CliRunner().invoke(app, ["check", *words, "--output", str(tmp_path / "found")])
    assert checked.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "found").iterdir()) == ["faults.csv", "rejected.csv"]
    assert "industries" in (tmp_path / "found" / "faults.csv").read_text("utf-8")


def test_a_killed_run_leaves_the_old_folder_and_the_next_one_clears_up(tmp_path):
    target = tmp_path / "wr"
    with staged(target) as fresh:
        (fresh / "run.json").write_text("{}")
    command = [sys.executable, "-m", "toolkit.cli", "review", *WEEK, "--output", str(target)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, start_new_session=True, **quiet)
    while not list(tmp_path.glob(".wr.making-*")):
        assert running.poll() is None
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert (target / "run.json").read_text() == "{}"
    with staged(target) as fresh:
        assert list(tmp_path.glob(".wr.making-*")) == [fresh]


def test_parameters_are_listed_and_printed_as_a_file(tmp_path):
    listed = run("parameters", "--set", "yellow_alert.max_days=9", "--language", "en")
    assert listed.returncode == 0
    assert "● yellow_alert.max_days: 9" in listed.stdout
    printed = run("parameters", "--yaml", "--set", "yellow_alert.max_days=9")
    (tmp_path / "mine.yaml").write_text(printed.stdout, "utf-8")
    assert kat.Parameters.read(tmp_path / "mine.yaml").yellow_alert.max_days == 9


def test_help_names_every_command_without_heavy_imports():
    told = run("--help")
    for command in ("review", "check", "parameters", "sample", "apps"):
        assert command in told.stdout
    code = "import sys, toolkit, toolkit.cli; print(sorted({'pandas', 'matplotlib', 'numpy'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert loaded.stdout.strip() == "[]"


def test_our_own_faults_end_with_one_a_short_message_and_a_log(capsys):
    with pytest.raises(typer.Exit) as ended, exit_codes("en", debug=False):
        raise RuntimeError("a wire came loose")
    assert ended.value.exit_code == 1
    said = capsys.readouterr().err
    assert "a wire came loose" in said
    log = Path(said.partition("Details: ")[2].strip())
    assert "Traceback" in log.read_text("utf-8")
    log.unlink()


def test_debug_lets_our_own_faults_through_and_bad_input_never_does():
    with pytest.raises(RuntimeError), exit_codes("en", debug=True):
        raise RuntimeError("a wire came loose")
    with pytest.raises(typer.Exit) as ended, exit_codes("en", debug=True):
        raise InputError("mend this")
    assert ended.value.exit_code == 2
