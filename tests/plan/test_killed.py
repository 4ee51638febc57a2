"""kill -9 in the middle of a run, as a real process: nothing half-made looks done, and the next run finishes it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.plan.plans import FRIDAY, moment, notebook, plan_file
from toolkit.base.errors import InputError
from toolkit.plan.choose import record_in
from toolkit.plan.ledger import Ledger
from toolkit.plan.report import Asked, report, would_make

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("plan")


def wait_for(true, running=None):
    """Until something holds; a process that it depends on must go on running."""
    for _ in range(3000):
        if true():
            return
        assert running is None or running.poll() is None, running.communicate()
        time.sleep(0.05)
    raise AssertionError("waited for nothing")


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A run of two reports killed while it makes the second, what a second scheduler was told, and the next run."""
    folder = tmp_path_factory.mktemp("killed")
    gate = folder / "open"
    waiting = f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.05)"
    first = notebook(folder / "first.ipynb", "print('first')")
    second = notebook(folder / "second.ipynb", waiting)
    file = plan_file(folder, [{"name": "first", "notebook": first}, {"name": "second", "notebook": second}])
    out = folder / "out"
    command = [sys.executable, "-m", "toolkit.cli", "report", "--plan", file, "--day", str(FRIDAY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **quiet)
    wait_for(lambda: list((out / "second").glob(".*.making-*")), running)
    ours = {"number": running.pid}
    with pytest.raises(InputError) as refused:
        report(Asked(file, FRIDAY))
    second_scheduler = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    left = [path.name.partition("-")[0] for path in (out / "second").iterdir()]
    facts = {"first": record_in(out / "first" / "2026-11-20"), "second": record_in(out / "second" / "2026-11-20")}
    lines = [(line.name, line.event) for line in Ledger(out).lines]
    would = [(step.wanted.job.name, step.action, step.why) for step in would_make(Asked(file, FRIDAY))]
    before = (out / "first" / "2026-11-20" / "run.json").stat().st_mtime_ns
    gate.touch()
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    after = (out / "first" / "2026-11-20" / "run.json").stat().st_mtime_ns
    return {
        **ours, "refused": str(refused.value), "scheduler": second_scheduler, "left": left, **facts, "lines": lines,
        "would": would, "untouched": before == after, "again": again, "out": out,
    }  # fmt: skip


def test_what_was_finished_is_done_and_what_was_not_is_nowhere_but_in_a_folder_that_is_no_report(killed):
    assert killed["first"]["plan"]["day"] == "2026-11-20"
    assert killed["second"] is None
    assert killed["left"] == [".2026"]  # .2026-11-20.making-…


def test_the_ledger_knows_what_was_begun(killed):
    assert killed["lines"] == [("first", "begun"), ("second", "begun"), ("first", "done")]
    assert killed["would"] == [("first", "leave", "done"), ("second", "make", "killed")]


def test_the_next_run_makes_what_was_left_and_only_that(killed):
    assert killed["again"].returncode == 0, killed["again"].stderr
    assert killed["untouched"]
    out = killed["out"]
    assert [path.name for path in (out / "second").iterdir()] == ["2026-11-20"]
    names = {path.name for path in (out / "second" / "2026-11-20").iterdir()}
    assert names == {"run.json", "second.html", "second.ipynb"}
    assert [row["status"] for row in json.loads((out / "runs.json").read_text("utf-8"))] == ["done", "done"]


def test_a_second_scheduler_is_told_who_holds_the_folder_since_when_and_makes_nothing(killed):
    assert f"process {killed['number']}" in killed["refused"]
    assert " since 20" in killed["refused"]
    assert killed["scheduler"].returncode == 2
    assert "Another run is at work" in killed["scheduler"].stderr
    assert killed["scheduler"].stdout == ""


def test_a_kill_between_the_folder_and_the_ledger_loses_nothing(tmp_path):
    from tests.plan.plans import run, told

    file = plan_file(tmp_path, [{"name": "weekly", "kind": "weekly"}])
    run(file)
    ledger = tmp_path / "out" / "ledger.jsonl"
    lines = ledger.read_text("utf-8").splitlines(keepends=True)
    ledger.write_text(lines[0], "utf-8")  # begun, and no more
    assert told(run(file)) == [("weekly", "2026-11-20", "done", False)]
    assert [line.event for line in Ledger(tmp_path / "out").lines] == ["begun", "done"]


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_ledger_that_ends_in_half_a_line_is_read_up_to_it_and_goes_on(tmp_path, cut):
    from tests.plan.plans import run

    file = plan_file(tmp_path, [{"name": "daily", "kind": "daily", "when": {"every": "daily", "at": "18:30"}}])
    run(file, day=None, at="2026-11-19T19:00")
    ledger = tmp_path / "out" / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-cut])
    run(file, day=None, at="2026-11-20T19:00")
    done = [line.day.isoformat() for line in Ledger(tmp_path / "out").lines if line.event == "done"]
    assert done[-1] == "2026-11-20"
    assert moment("2026-11-20T19:00") == Ledger(tmp_path / "out").lines[-1].made_at
