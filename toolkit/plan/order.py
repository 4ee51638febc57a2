"""What a worker is told, and what it tells back: plain values that pass between processes and machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.plan.made import Status


@dataclass(frozen=True)
class Order:
    """One report to be made.

    cwd          the folder that relative paths start from
    root         the plan's output, an absolute path; `folder` lies in it
    kind         weekly | daily | monthly | what_if, or notebook
    notebook     the file to run, `values` what goes into it
    fingerprint  what the report depends on, as it is wanted; the run record keeps what it really was
    facts        what the run record says of the plan beside that
    """

    name: str
    day: str
    cwd: str
    root: str
    folder: str
    kind: str
    notebook: str
    values: Mapping[str, Any]
    language: str
    title: str
    pdf: bool
    timeout: int
    tries: int
    wait_seconds: float
    fingerprint: Mapping[str, str]
    parameters: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How it went: the run record where the report is done, else why not and the notebook that shows where."""

    status: Status
    record: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    notebook: str = ""
    seconds: float = 0.0
    tries: int = 1
