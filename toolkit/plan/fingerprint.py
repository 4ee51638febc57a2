"""What a report depends on, each part by its own hash: whether it is done, and if not, what has changed.

The parts stand in the report's run.json. A report is done while all of them are what they would be today.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.version import __version__
from toolkit.data.load import source_sha256
from toolkit.data.source import locate
from toolkit.plan.job import Job
from toolkit.publish.pdf import is_installed

PARTS = ("entry", "day", "source", "parameters", "notebook", "calendar", "salt", "version", "pdf")


class Fingerprints:
    """The fingerprints of one run: a source that many reports share is read once."""

    def __init__(self) -> None:
        self._source = cache(source_sha256)
        self._calendar = _file(Path("parameters") / "workdays.csv")

    def of(self, job: Job, day: date, language: str) -> dict[str, str]:
        """Every part of a report of a day. Raises InputError, in `language`, where its data cannot be read."""
        one = job.entry
        entry = {
            "what": one.what,
            "values": {name: [value, _files(value)] for name, value in job.asked.items()},
            "data": one.data,
            "columns": one.columns,
            "language": one.language,
            "audience": one.audience,
            "team": one.team,
        }
        return {
            "entry": _sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True, default=str)),
            "day": day.isoformat(),
            "source": self._source(one.data, one.columns or None, language),
            "parameters": job.parameters.sha256(),
            "notebook": "" if one.kind else _file(job.notebook),
            "calendar": self._calendar,
            "salt": Salt.from_environment(job.parameters.spot_check.seed).digest,
            "version": __version__,
            "pdf": "yes" if one.kind and one.pdf and is_installed() else "no",
        }


def changed(record: Mapping[str, Any] | None, wanted: Mapping[str, str]) -> tuple[str, ...]:
    """The parts in which a run record differs from what is wanted; all where there is none.

    Examples
    --------
    >>> changed({"fingerprint": {"day": "2026-11-20", "source": "a"}}, {"day": "2026-11-20", "source": "b"})
    ('source',)
    """
    held = (record or {}).get("fingerprint")
    if not isinstance(held, Mapping):
        return tuple(wanted)
    return tuple(part for part in wanted if held.get(part) != wanted[part])


def _files(value: Any) -> list[str]:
    """The contents of files that a value names count, not only their names."""
    texts = value if isinstance(value, list | tuple) else [value]
    return [_file(Path(text)) for text in texts if isinstance(text, str) and text]


def _file(path: Path) -> str:
    try:
        return _sha256(locate(path).read_bytes())
    except (InputError, OSError):
        return ""


def _sha256(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
