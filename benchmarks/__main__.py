"""Run the benchmarks and write benchmarks/results.md: `python -m benchmarks [--quick] [subject …]`."""

import argparse
import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import alerts, allocation, apps, control, plan, reporting, review, simulation, studio, tiering
from benchmarks.timing import Row, times, told

# processes first: a child's peak memory is never below what this process held when it started the child
SUBJECTS = {
    "review": review.run,
    "plan": plan.run,
    "studio": studio.run,
    "apps": apps.run,
    "tiering": tiering.run,
    "alerts": alerts.run,
    "control": control.run,
    "reporting": reporting.run,
    "allocation": allocation.run,
    "simulation": simulation.run,
}
RESULTS = Path(__file__).with_name("results.md")


def table(rows: list[Row], load: float) -> str:
    """The rows as a Markdown page; `load` is the machine's load average before the first of them."""
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}"
    lines = [
        "# Benchmarks",
        "",
        f"`python -m benchmarks`, {os.cpu_count()} cores, {versions}. Medians in one run.",
        "The ratio compares things done a second. Where the other one ran on a slice (*), its rate on the",
        "slice is taken for the whole. Peak memory is what a run allocated on top of its input; for a",
        "process, the whole of it. Load average of the machine before the first row: "
        f"{load:.1f} (well below the number of cores: times as they are; above: times too long, ratios fair).",
        "",
        "| what | ours | target | rate | peak | instead | ratio |",
        "|---|---:|---:|---:|---:|---|---:|",
    ]
    for row in rows:
        target = f"≤ {row.target_ms:.0f} ms" if row.target_ms else ""
        star = f" (* {row.other_units:,})" if row.extrapolated else ""
        ours = row.ours.seconds
        cells = (
            f"{row.what}: {row.units:,} {row.unit}",
            f"{ours * 1e3:.0f} ms" if ours < 1 else f"{ours:.1f} s",
            target,
            f"{row.units / ours / 1e6:.1f} M/s" if row.units > 1 else "",
            f"{row.ours.peak_mb:.0f} MB",
            f"{row.other_name}: {row.other.seconds:.2f} s{star}",
            times(row),
        )
        lines.append("| " + " | ".join(cells) + " |")
    lines += [""] + [f"- {row.what}: {row.note}." for row in rows if row.note]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run all subjects or those named; the results are written when all ran in full."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, seconds; writes nothing")
    given = parser.parse_args()
    unknown = set(given.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    rows: list[Row] = []
    load = os.getloadavg()[0]
    for name, run in SUBJECTS.items():
        if not given.subjects or name in given.subjects:
            for row in run(given.quick):
                print(told(row), flush=True)
                rows.append(row)
    if not given.quick and not given.subjects:
        RESULTS.write_text(table(rows, load), encoding="utf-8")
        print(f"written: benchmarks/{RESULTS.name}")


if __name__ == "__main__":
    main()
