"""`kat review` as a process, beside a bare papermill run of a notebook with nothing in it."""

import importlib.util
import sys
import tempfile
from pathlib import Path

import nbformat

from benchmarks.timing import Row, measure_process

ROOT = Path(__file__).resolve().parents[1]


def run(quick: bool) -> list[Row]:
    """One weekly review of the sample team with all it writes; no row where the command is not there."""
    if importlib.util.find_spec("toolkit.cli") is None or not (ROOT / "sample_data").exists():
        return []
    repeats = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        empty, out = Path(folder) / "empty.ipynb", Path(folder) / "out.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, empty)
        papermill = [sys.executable, "-m", "papermill", str(empty), str(out)]
        review = [
            sys.executable,
            "-m",
            "toolkit.cli",
            "review",
            "--data",
            "sample_data",
            "--as-of",
            "2026-11-20",
        ]
        review += ["--output", str(Path(folder) / "review")]
        ours = measure_process(review, repeats, cwd=ROOT)
        other = measure_process(papermill, repeats, cwd=ROOT)
    note = "the other one only starts a kernel, so a ratio below 1 is what the review itself takes"
    return [Row("kat review, sample team", 1, "run", ours, "empty notebook by papermill", other, 1, note=note)]
