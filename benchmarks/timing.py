"""Timing: medians of repeats, peak memory, and a row of the results."""

import os
import statistics
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Median seconds of the repeats, and peak memory in MB of one more run (or of the process)."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Row:
    """One comparison: `units` things were done by ours, `other_units` by the other one in its own time."""

    what: str
    units: int
    unit: str
    ours: Measured
    other_name: str
    other: Measured
    other_units: int
    target_ms: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as many things a second as the other one."""
        return (self.units / self.ours.seconds) / (self.other_units / self.other.seconds)

    @property
    def extrapolated(self) -> bool:
        """True where the other one ran on a slice only."""
        return self.other_units != self.units


def measure(work: Callable[[], Any], repeats: int = 5, warm: int = 1) -> Measured:
    """Median seconds of `repeats` runs after `warm` unmeasured ones; peak memory of a further run."""
    for _ in range(warm):
        work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Measured(statistics.median(seconds), peak / 1e6)


def measure_process(command: Sequence[str], repeats: int = 3, **options: Any) -> Measured:
    """Median seconds and largest resident memory of a command run as a process of its own."""
    seconds, peak = [], 0
    for _ in range(repeats):
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"exit code {process.returncode}: {' '.join(command)}")
        seconds.append(time.perf_counter() - start)
        peak = max(peak, usage.ru_maxrss)
    return Measured(statistics.median(seconds), peak * 1024 / 1e6)


def told(row: Row) -> str:
    """A row as a line of text for the terminal."""
    target = f" (target {row.target_ms:.0f} ms)" if row.target_ms else ""
    ours = f"{row.ours.seconds * 1e3:.1f} ms{target}, {row.ours.peak_mb:.0f} MB"
    other = f"{row.other_name} {row.other.seconds:.2f} s for {row.other_units:,}"
    return f"{row.what}: {row.units:,} {row.unit} in {ours}; {other}; {times(row)}"


def times(row: Row) -> str:
    """The ratio as text."""
    return f"{row.ratio:,.0f} x" if row.ratio >= 10 else f"{row.ratio:.2f} x"
