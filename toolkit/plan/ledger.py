"""What has happened to the reports of a plan: a line of JSON an event, in `ledger.jsonl` of the plan's output.

begun     a run set out to make the report; without a later line it was killed
done      it is whole in its folder        failed, refused    it is not, and why

Lines are only ever added, each flushed to the disk, so a kill or a full disk costs at most the last one; a line that is
cut short is passed over. Whether a report is done is not decided here but by the run record in its folder.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

FILE: Final = "ledger.jsonl"
_ENDS: Final = ("done", "failed", "refused")


@dataclass(frozen=True)
class Line:
    """One event: the report's name in the plan, its day, and everything else as it was written."""

    name: str
    day: date
    event: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime | None:
        """When the report was due, where it was due at all."""
        text = self.facts.get("at")
        return datetime.fromisoformat(text) if text else None

    @property
    def made_at(self) -> datetime | None:
        """When the run ended that the line tells of."""
        text = self.facts.get("made_at")
        return datetime.fromisoformat(text) if text else None

    @property
    def scheduled(self) -> bool:
        """True where the report's own hour had come, not only somebody's wish for that day."""
        return self.event in _ENDS and self.at is not None and self.made_at is not None and self.made_at >= self.at


class Ledger:
    """The ledger of an output folder, as it stood when it was opened, and what is added to it."""

    def __init__(self, root: Path) -> None:
        self.path = root / FILE
        self.lines: list[Line] = list(_lines(self.path))

    def add(self, lines: Iterable[Line]) -> None:
        """Write lines at the end, at once and to the disk. OSError where they do not fit: then none of them counts."""
        new = list(lines)
        text = "".join(json.dumps(_tree(line), ensure_ascii=False, separators=(",", ":")) + "\n" for line in new)
        before = self.path.stat().st_size if self.path.exists() else 0
        whole = before == 0 or _ends_a_line(self.path)
        try:
            with self.path.open("ab") as stream:
                stream.write((text if whole else "\n" + text).encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            _cut(self.path, before)
            raise
        self.lines += new

    def last(self) -> dict[tuple[str, date], Line]:
        """The last line of each report and day."""
        return {(line.name, line.day): line for line in self.lines}

    def ended(self) -> dict[tuple[str, date], Line]:
        """The last line of each report and day that tells of an end, in the order of those ends."""
        out: dict[tuple[str, date], Line] = {}
        for line in self.lines:
            if line.event in _ENDS:
                out.pop((line.name, line.day), None)
                out[line.name, line.day] = line
        return out


def _lines(path: Path) -> Iterator[Line]:
    try:
        text = path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return
    for raw in text.split("\n"):
        try:
            tree = json.loads(raw)
            yield Line(tree.pop("name"), date.fromisoformat(tree.pop("day")), tree.pop("event"), tree)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _tree(line: Line) -> dict[str, Any]:
    return {"name": line.name, "day": line.day.isoformat(), "event": line.event, **line.facts}


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def _cut(path: Path, size: int) -> None:
    """Back to what it was: half a line would be read over anyway, this only keeps the file tidy."""
    try:
        os.truncate(path, size)
    except OSError:
        return
