"""`kat whatif` as a process, its folder, and the notebook that papermill runs for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.cli import app
from toolkit.publish.run_notebook import NAMES
from toolkit.publish.tables import write_tables

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
NOTEBOOK = ROOT / "notebooks" / "what_if.ipynb"
QUICK = {
    "whatif.paths": 50,
    "whatif.weeks": 3,
    "whatif.posterior_draws": 10,
    "whatif.tuner_series": 100,
    "whatif.price_draws": 100,
}
OWN = ("scenario", "compare", "plan", "log")
pytestmark = pytest.mark.xdist_group("kat-what-if")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolkit.cli", *words],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """One English what-if about a stock scenario, beside one from a file: the process, its folder, the file."""
    place = tmp_path_factory.mktemp("kat")
    mine = place / "mine.yaml"
    mine.write_text("title: Mine\nchanges: {yellow_alert.max_days: 9}\n", "utf-8")
    sets = [word for path, value in QUICK.items() for word in ("--set", f"{path}={value}")]
    words = ("--data", "sample_data", "--as-of", "2026-11-24", "--scenario", "a_line_55", "--compare", str(mine))
    folder = place / "what_if"
    done = run("whatif", *words, *sets, "--output", str(folder), "--language", "en")
    return done, folder, mine


def test_a_what_if_ends_well_and_writes_everything(asked):
    done, folder, _ = asked
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = {"run.json", "what_if.html", "what_if.ipynb", "what_if.xlsx"}
    tables = {name for name in names if name.startswith("tables/")}
    assert names - tables == pages
    assert {"tables/scenarios.csv", "tables/replay.csv", "tables/forecast.csv", "tables/price.csv"} <= tables
    assert not list(folder.parent.glob(".what_if.*"))


def test_the_summary_goes_to_stdout_and_the_steps_to_stderr(asked):
    done, folder, _ = asked
    assert done.stdout.startswith("What if, 20 Nov")
    told = [done.stdout.index(part) for part in ("A line 60% → 55%", "As it is", "Mine", "  1. ", str(folder))]
    assert told == sorted(told)
    assert "what_if.html " in done.stdout
    assert "Replaying every scenario" in done.stderr
    assert "\x1b[" not in done.stdout


def test_run_json_says_which_scenarios_by_which_parameters(asked):
    _, folder, _ = asked
    facts = json.loads((folder / "run.json").read_text("utf-8"))
    assert (facts["as_of"], facts["week_ending"], facts["language"]) == ("2026-11-24", "2026-11-20", "en")
    assert facts["parameters"]["differences"] == QUICK
    assert (facts["seed"], facts["paths"], facts["weeks"]) == (20261120, 50, 3)
    assert (facts["scenario"], list(facts["scenarios"])) == ("a_line_55", ["baseline", "a_line_55", "mine"])
    assert facts["scenarios"]["mine"]["state"] == "no_effect"
    assert all(len(scenario["sha256"]) == 64 for scenario in facts["scenarios"].values())
    assert set(facts["seconds"]) == {"report", "tables", "workbook", "page", "notebook"}


def test_the_tables_are_byte_for_byte_those_of_the_library(asked, tmp_path):
    _, folder, mine = asked
    p = kat.Parameters.read(overrides=QUICK)
    told = kat.what_if(kat.load(ROOT / "sample_data"), "2026-11-24", p, ["a_line_55", mine], "en")
    write_tables(told, tmp_path)
    for file in sorted(tmp_path.iterdir()):
        assert file.read_bytes() == (folder / "tables" / file.name).read_bytes(), file.name


def test_the_workbook_has_the_summary_and_a_sheet_a_table(asked):
    _, folder, _ = asked
    book = openpyxl.load_workbook(folder / "what_if.xlsx")
    assert book.sheetnames == ["summary", *json_order(folder)]
    words = [str(cell) for row in book["summary"].iter_rows(values_only=True) for cell in row if cell]
    assert any("A line 60% → 55%" in word for word in words)
    assert any("What this what-if cannot tell" in word for word in words)
    header = [cell for cell in next(book["scenarios"].iter_rows(values_only=True)) if cell]
    assert header[:2] == ["scenario", "title"]


def json_order(folder: Path) -> list[str]:
    """The tables of the folder in the order of the report."""
    names = (
        "scenarios", "replay", "migration", "movers", "forecast", "bands", "price", "price_shares", "robustness",
        "sensitivity", "near_lines", "promotion", "alert_quality", "tuner", "holdout", "reliability",
        "calibrated_tiers", "faults",
    )  # fmt: skip
    assert {path.stem for path in (folder / "tables").iterdir()} == set(names)
    return list(names)


def test_the_documentation_names_every_table_and_column(asked):
    rows = [line for line in (ROOT / "docs" / "what_if.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    told = {line.split("`")[1]: set(line.split("`")[3::2]) for line in rows}
    written = {file.stem: file.read_text("utf-8").splitlines()[0] for file in (asked[1] / "tables").iterdir()}
    assert told == {name: set(header.split(",")) for name, header in written.items()}


def test_the_notebook_speaks_one_language_and_has_run_to_its_end(asked):
    cells = json.loads((asked[1] / "what_if.ipynb").read_text("utf-8"))["cells"]
    assert not any("lang-zh" in cell["metadata"].get("tags", ()) for cell in cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    assert "error" not in {output["output_type"] for cell in code for output in cell["outputs"]}
    page = "".join(text for cell in code for o in cell["outputs"] for text in o.get("data", {}).get("text/html", ()))
    assert "A line 60% → 55%" in page and "Mine" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scenario", "a_line_5"), "a_line_55"),
        (("--compare", "nowhere.yaml"), "nowhere.yaml"),
        (("--plan", "plan.csv"), "A9999"),
        (("--plan", "nowhere.csv"), "nowhere.csv"),
        (("--log", "nowhere"), "nowhere"),
        (("--set", "whatif.paths=5"), "whatif.paths"),
        (("--as-of", "tomorrow"), "tomorrow"),
        (("--output", "."), "holds other things"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_written(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.csv").write_text("account_id,share\nA9999,0.5\n")
    given = ["whatif", "--data", str(ROOT / "sample_data"), "--language", "en", "--output", "what_if", *words]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["plan.csv"]


def test_the_help_names_the_command_and_says_how_to_compare():
    told = CliRunner().invoke(app, ["whatif", "--help"], env={"COLUMNS": "200"}).stdout
    for option in ("--scenario", "--compare", "--plan", "--log", "--set", "--strict"):
        assert option in told
    assert "all" in told


def test_the_parameter_file_is_what_the_notebook_takes():
    given = yaml.safe_load((ROOT / "parameters" / "what_if.yaml").read_text("utf-8"))
    injected = "# Parameters\n" + "\n".join(f"{name} = {value!r}" for name, value in given.items())
    run_on = kat.settings(given | {"In": ["", injected]}, *OWN)
    assert (run_on.data, run_on.as_of, run_on.language) == ("sample_data", "2026-11-20", "zh")
    assert run_on.listed("scenario", "compare", "plan", "log") == ()


def test_the_parameter_file_and_the_parameters_cell_name_the_same_settings():
    names = {*NAMES, *OWN}
    given = yaml.safe_load((ROOT / "parameters" / "what_if.yaml").read_text("utf-8"))
    assert set(given) == names
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    place = next(i for i, c in enumerate(cells) if "parameters" in c["metadata"].get("tags", ()))
    here: dict = {}
    exec(cells[place]["source"], here)
    assert names <= set(here)
    assert {name: here[name] for name in names} == given
    assert cells[place + 1]["source"].startswith(
        f"run = kat.settings(globals(), {', '.join(f'{n!r}' for n in OWN)}".replace("'", '"')
    )


def test_settings_of_a_notebook_of_its_own_are_checked_like_the_others():
    run_on = kat.settings({"compare": ["a", "", "b"], "scenario": "c"}, *OWN)
    assert run_on.listed("scenario", "compare") == ("c", "a", "b")
    for wrong in ({"compare": [1]}, {"scenario": 5}, {"In": ["", "# Parameters\nscenari = 1"], "language": "en"}):
        with pytest.raises(InputError):
            kat.settings(wrong, *OWN)
    with pytest.raises(InputError, match="scenario"):
        kat.settings({"In": ["", "# Parameters\nscenari = 1"], "language": "en"}, *OWN)


def test_the_notebook_asks_a_question_and_ends_with_its_limits():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert cells[0]["source"].splitlines()[0].endswith("？")
    assert cells[-2]["source"].startswith("## 这次推演说不清的事")
    assert cells[-1]["source"].startswith("## What this cannot tell")
