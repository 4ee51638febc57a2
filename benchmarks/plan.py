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

ROOT = Path(__file__).parents[1]
DAY = "2026-11-20"
KIND = "weekly"


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


def plan(folder: Path, names: list[str], output: str, *, pdf: bool) -> str:
    """The plan of a weekly review for every team."""
    entry = {"name": "week-{team}", "kind": KIND, "teams": names, "data": str(folder / "teams" / "{team}")}
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


def bare(folder: Path, names: list[str]) -> Measured:
    """papermill by itself, a command for each team, as a shell loop would: the notebook and no files."""

    def one(name: str) -> Measured:
        out = folder / f"{name}.ipynb"
        given = ["-p", "data", str(folder / "teams" / name), "-p", "as_of", DAY, "-p", "language", "en"]
        return timed([sys.executable, "-m", "papermill", "notebooks/weekly_review.ipynb", str(out), *given])

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


def run(quick: bool, count: int | None = None) -> list[Row]:
    """A weekly review of each team (`count` of them): four ways, beside bare papermill on a few of the teams."""
    many = count or (2 if quick else 100)
    few = min(many, 2 if quick else 5)
    with tempfile.TemporaryDirectory(prefix="kat-plan-") as name:
        folder = Path(name)
        names = teams(folder, many)
        slow = bare(folder, names[:few])
        ways: dict[str, Callable[[], Measured]] = {
            "1 worker": lambda: timed(report(plan(folder, names, "one", pdf=False))),
            "2 workers": lambda: timed(report(plan(folder, names, "two", pdf=False), "--workers", "2")),
            "Dask, 2 workers": lambda: on_a_cluster(plan(folder, names, "dask", pdf=False)),
            "2 workers, PDF too": lambda: timed(report(plan(folder, names, "pdf", pdf=True), "--workers", "2")),
        }
        rows = []
        for what, way in ways.items():
            note = "ours leaves page, workbook, tables and record too; peak is of all its processes"
            rows.append(Row(f"kat report, {what}", many, "teams", way(), "papermill, one by one", slow, few, note=note))
        if not tables(folder, "one") == tables(folder, "two") == tables(folder, "dask"):
            raise RuntimeError("the ways do not agree on the tables")
    return rows


if __name__ == "__main__":
    from benchmarks.timing import told

    for row in run(False, int(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(told(row), flush=True)
