"""A plan of many teams: one worker, two, a local Dask cluster, and bare papermill calls of the same notebook.

Each row runs `kat report` as a process of its own on teams that differ. Peak memory is that of the whole family of
processes (command and kernels, or cluster), taken from the system twice a second.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.timing import Measured, Row
from toolkit.publish.kinds import KINDS

ROOT = Path(__file__).parents[1]
DAY = "2026-11-20"


def teams(folder: Path, count: int) -> list[str]:
    """Copies of the sample team that differ in a name, so that no two sources are the same."""
    names = [f"t{number:03d}" for number in range(count)]
    for name in names:
        shutil.copytree(ROOT / "sample_data", folder / "teams" / name)
        accounts = folder / "teams" / name / "accounts.csv"
        head, first, rest = accounts.read_text("utf-8").split("\n", 2)
        cells = first.split(",")
        cells[1] = f"{cells[1]} {name}"
        accounts.write_text("\n".join((head, ",".join(cells), rest)), "utf-8")
    return names


def plan(folder: Path, kind: str, names: list[str], output: str, *, pdf: bool = False) -> str:
    """The plan of a report of a kind for every team."""
    entry = {"name": f"{kind}-{{team}}", "kind": kind, "teams": names, "data": str(folder / "teams" / "{team}")}
    tree = {"language": "en", "output": str(folder / output), "pdf": pdf, "reports": [entry]}
    file = folder / f"{output}.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    return str(file)


def family_mb(parent: int) -> float:
    """What a process and all below it hold in memory that is theirs alone, in MB (Linux; elsewhere 0)."""
    below: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            above = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        below.setdefault(above, []).append(int(place.name))
    family, total = [parent], 0.0
    while family:
        one = family.pop()
        family += below.get(one, [])
        try:
            lines = (Path("/proc") / str(one) / "smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except (OSError, ValueError, IndexError):
            continue
    return total


@contextmanager
def peak_below(parent: int) -> Iterator[list[float]]:
    """The largest memory of a family while the block runs, as the one item of a list."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            peak[0] = max(peak[0], family_mb(parent))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def timed(command: list[str], parent: int | None = None) -> Measured:
    """Seconds and peak memory of a command's family (or of `parent`'s, where others do the work)."""
    began = time.perf_counter()
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
    with subprocess.Popen(command, **quiet) as running, peak_below(parent or running.pid) as peak:
        code = running.wait()
    if code:
        raise RuntimeError(f"exit code {code}: {' '.join(command)}")
    return Measured(time.perf_counter() - began, peak[0])


def report(file: str, *more: str) -> list[str]:
    """`kat report` of a plan, as a command."""
    return [sys.executable, "-m", "toolkit.cli", "report", "--plan", file, "--day", DAY, *more]


def bare(folder: Path, kind: str, names: list[str]) -> Measured:
    """papermill by itself, a command for each team, as a shell loop would: the notebook and no files."""

    def one(name: str) -> Measured:
        file = f"{KINDS[kind].stem}.ipynb"
        given = ["-p", "data", str(folder / "teams" / name), "-p", "as_of", DAY, "-p", "language", "en"]
        return timed([sys.executable, "-m", "papermill", f"notebooks/{file}", str(folder / file), *given])

    all_of_them = [one(name) for name in names]
    return Measured(sum(m.seconds for m in all_of_them), max(m.peak_mb for m in all_of_them))


def on_a_cluster(file: str) -> Measured:
    """The same on two workers of a local Dask cluster."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        return timed(report(file, "--dask", cluster.scheduler_address), os.getpid())


def tables(folder: Path, output: str) -> dict[str, bytes]:
    """Every table that a run wrote."""
    place = folder / output
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("tables/*.csv"))}


def run(quick: bool, daily: int = 100, weekly: int = 10) -> list[Row]:
    """Every team's brief, and some teams' review: several ways, beside bare papermill on a few of the teams."""
    daily, weekly = (2, 1) if quick else (daily, weekly)
    with tempfile.TemporaryDirectory(prefix="kat-plan-") as name:
        folder = Path(name)
        names = teams(folder, max(daily, weekly))
        rows = _rows(folder, "daily", names[:daily])
        for one, two in (("daily-one", "daily-two"), ("daily-one", "daily-dask")):
            if tables(folder, one) != tables(folder, two):
                raise RuntimeError("the ways do not agree on the tables")
        return rows + _rows(folder, "weekly", names[:weekly])


def _rows(folder: Path, kind: str, names: list[str]) -> list[Row]:
    """A kind of report, for these teams, in every way."""
    few = names[: min(len(names), 4)]
    slow = bare(folder, kind, few)

    def file(output: str, *, pdf: bool = False) -> str:
        return plan(folder, kind, names, f"{kind}-{output}", pdf=pdf)

    ways: dict[str, Callable[[], Measured]] = {
        "1 worker": lambda: timed(report(file("one"))),
        "2 workers": lambda: timed(report(file("two"), "--workers", "2")),
        "Dask, 2 workers": lambda: on_a_cluster(file("dask")),
    }
    if kind == "weekly":
        ways["2 workers, PDF too"] = lambda: timed(report(file("pdf", pdf=True), "--workers", "2"))
    note = "ours leaves page, workbook, tables and record too; peak is of all its processes together"
    label, many = f"kat report, {kind}", len(names)
    return [
        Row(f"{label}, {what}", many, "teams", way(), "papermill, one by one", slow, len(few), note=note)
        for what, way in ways.items()
    ]


if __name__ == "__main__":
    from benchmarks.timing import told

    for row in run(False, *map(int, sys.argv[1:])):
        print(told(row), flush=True)
