"""Reports are really made: own notebooks and the toolkit's kinds, the good beside the failing, with warm kernels."""

import json
import re
import resource
import subprocess
import sys

import nbformat
import pytest

from tests.plan.plans import FRIDAY, ROOT, environment, notebook, plan_file, run, told
from toolkit.plan.pool import here
from toolkit.plan.seat import Seat

pytestmark = pytest.mark.xdist_group("plan")
COUNTED = "import pathlib\nlog = pathlib.Path(tries)\nlog.write_text((log.read_text() if log.exists() else '') + 'x')"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Four reports in one run: a broken cell, a good one, bad input, and one that is well when tried again."""
    folder = tmp_path_factory.mktemp("mixed")
    asked = 'as_of = ""\nlanguage = "zh"\ntries = ""'
    refuses = "from toolkit.base.errors import InputError\nraise InputError('mend this')"
    second = "if len(log.read_text()) < 2: raise OSError('the network is away')"
    cells = {
        "broken": (COUNTED, "print('before')", "1 / 0", "print('after')"),
        "good": (COUNTED, "print(as_of, language)", "import pandas as pd\npd.DataFrame({'a': ['<script>x</script>']})"),
        "refused": (COUNTED, refuses),
        "shaky": (COUNTED, second),
    }
    reports = []
    for name, mine in cells.items():
        path = notebook(folder / f"{name}.ipynb", *mine, parameters=asked)
        reports.append({"name": name, "notebook": path, "values": {"tries": str(folder / f"{name}.tries")}})
    file = plan_file(folder, reports, retry={"times": 1, "wait_seconds": 0})
    return run(file, maker=here(1)), folder


def outcome(mixed, name):
    return next(one for one in mixed[0].made if one.name == name)


def test_one_that_fails_stops_no_other(mixed):
    assert told(mixed[0]) == [
        ("broken", "2026-11-20", "failed", True),
        ("good", "2026-11-20", "done", True),
        ("refused", "2026-11-20", "refused", True),
        ("shaky", "2026-11-20", "done", True),
    ]
    assert mixed[0].exit_code == 1


def test_what_failed_is_tried_again_but_bad_input_is_not(mixed):
    tries = {name: len((mixed[1] / f"{name}.tries").read_text()) for name in ("broken", "good", "refused", "shaky")}
    assert tries == {"broken": 2, "good": 1, "refused": 1, "shaky": 2}
    assert {one.name: one.tries for one in mixed[0].made} == tries


def test_a_failed_report_leaves_its_notebook_with_the_error_marked_and_no_folder(mixed):
    folder = mixed[1] / "out"
    assert not list((folder / "broken").iterdir())
    pages = nbformat.read(folder / "failed" / "broken 2026-11-20.ipynb", as_version=4)
    assert "papermill-error-cell-tag" in pages.cells[0].metadata.tags
    errors = [out for cell in pages.cells for out in cell.get("outputs", ()) if out.output_type == "error"]
    assert [error.ename for error in errors] == ["ZeroDivisionError"]
    assert "ZeroDivisionError" in (folder / "failed" / "broken 2026-11-20.html").read_text("utf-8")
    assert outcome(mixed, "broken").reason == "The notebook stopped in a cell: ZeroDivisionError: division by zero"


def test_bad_input_is_told_in_its_own_words(mixed):
    assert outcome(mixed, "refused").reason == "mend this"
    assert (mixed[1] / "out" / "failed" / "refused 2026-11-20.ipynb").is_file()


def test_what_failed_is_found_from_the_index_and_so_is_what_is_good(mixed):
    page = (mixed[1] / "out" / "index.html").read_text("utf-8")
    links = re.findall(r'href="([^"]+)"', page)
    assert "failed/broken%202026-11-20.html" in links and "good/2026-11-20/good.html" in links
    assert "20 Nov: 2 ready, 2 could not be made" in page
    assert "Input to mend: mend this" in page and "<script" not in page


def test_a_notebook_of_ones_own_leaves_itself_a_page_and_a_record(mixed):
    folder = mixed[1] / "out" / "good" / "2026-11-20"
    assert sorted(path.name for path in folder.iterdir()) == ["good.html", "good.ipynb", "run.json"]
    pages = nbformat.read(folder / "good.ipynb", as_version=4)
    assert [out.text for cell in pages.cells for out in cell.get("outputs", ()) if "text" in out] == ["2026-11-20 en\n"]
    page = (folder / "good.html").read_text("utf-8")
    assert "2026-11-20 en" in page and "<script>x" not in page and "default-src 'none'" in page
    record = json.loads((folder / "run.json").read_text("utf-8"))
    assert record["plan"]["no_pdf"].startswith("No PDF")
    assert len(record["source"]["sha256"]) == 64


def test_a_report_that_fails_when_made_again_keeps_the_good_one(mixed):
    _, folder = mixed
    before = {path.name: path.read_bytes() for path in (folder / "out" / "good" / "2026-11-20").iterdir()}
    source = folder / "good.ipynb"
    kept = source.read_bytes()
    notebook(source, "raise ValueError('now it is broken')", parameters='tries = ""')
    made = run(str(folder / "plan.yaml"), maker=here(1), only=["good"])
    source.write_bytes(kept)
    assert told(made) == [("good", "2026-11-20", "failed", True)]
    assert {path.name: path.read_bytes() for path in (folder / "out" / "good" / "2026-11-20").iterdir()} == before
    page = (folder / "out" / "index.html").read_text("utf-8")
    assert "the last good one" in page


def test_a_warm_kernel_knows_nothing_of_the_notebook_before(tmp_path):
    seat = Seat()
    try:
        for number in (1, 2):
            cells = ("assert 'mine' not in globals()\nmine = 1", "import os\nos.getpid()")
            path = notebook(tmp_path / f"{number}.ipynb", *cells)
            pages = nbformat.read(path, as_version=4)
            seat.run(pages, tmp_path / f"out{number}.ipynb", {"as_of": "x"}, str(tmp_path), 60, "")
        done = [nbformat.read(tmp_path / f"out{number}.ipynb", as_version=4) for number in (1, 2)]
        counts = [[cell.execution_count for cell in pages.cells] for pages in done]
        assert counts == [[1, 2, 3, 4], [1, 2, 3, 4]]
        same = {pages.cells[-1].outputs[0].data["text/plain"] for pages in done}
        assert len(same) == 1
    finally:
        seat.close()


def test_a_cell_that_takes_too_long_is_given_up_and_marked(tmp_path):
    slow = notebook(tmp_path / "slow.ipynb", "import time\ntime.sleep(600)")
    made = run(plan_file(tmp_path, [{"name": "slow", "notebook": slow}], timeout=1), maker=here(1))
    assert told(made) == [("slow", "2026-11-20", "failed", True)]
    assert "longer than 1 seconds" in made.made[0].reason
    pages = nbformat.read(tmp_path / "out" / "failed" / "slow 2026-11-20.ipynb", as_version=4)
    assert "papermill-error-cell-tag" in pages.cells[0].metadata.tags


def test_a_kernel_that_dies_fails_its_report_alone(tmp_path):
    dies = notebook(tmp_path / "dies.ipynb", "import os\nos._exit(1)")
    lives = notebook(tmp_path / "lives.ipynb", "1 + 1")
    reports = [{"name": "dies", "notebook": dies}, {"name": "lives", "notebook": lives}]
    made = run(plan_file(tmp_path, reports), maker=here(1))
    assert [one.status for one in made.made] == ["failed", "done"]
    assert "ended all of a sudden" in made.made[0].reason


FULL = 400_000  # bytes that a file may have: what a full disk is to a process, without being root


def test_a_full_disk_is_told_leaves_nothing_half_written_and_harms_no_other(tmp_path):
    small = notebook(tmp_path / "small.ipynb", "print('small')")
    large = notebook(tmp_path / "large.ipynb", "print('x' * size)", parameters="size = 10")
    report = {"name": "large", "notebook": large, "values": {"size": 10}}
    file = plan_file(tmp_path, [report, {"name": "small", "notebook": small}])
    assert [one.status for one in run(file, maker=here(1)).made] == ["done", "done"]
    out = tmp_path / "out"
    before = {path.name: path.read_bytes() for path in (out / "large" / "2026-11-20").iterdir()}
    plan_file(tmp_path, [report | {"values": {"size": 1_000_000}}, {"name": "small", "notebook": small}])
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "report", "--plan", file, "--day", str(FRIDAY), "--again"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL)),
    )
    assert done.returncode == 1, done.stderr
    assert "No room on the disk below" in done.stdout
    assert "1 report made" in done.stdout and "1 failed" in done.stdout
    assert {path.name: path.read_bytes() for path in (out / "large" / "2026-11-20").iterdir()} == before
    assert [path.name for path in (out / "large").iterdir()] == ["2026-11-20"]
    states = {row["name"]: row["status"] for row in json.loads((out / "runs.json").read_text("utf-8"))}
    assert states == {"large": "failed", "small": "done"}


def test_where_nothing_can_be_written_at_all_it_says_so_and_begins_nothing(tmp_path):
    file = plan_file(tmp_path, [{"name": "weekly", "kind": "weekly"}])
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "report", "--plan", file, "--day", str(FRIDAY)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert done.returncode == 1
    assert "cannot be written to" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "weekly").exists()
