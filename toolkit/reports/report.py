"""The report as an object: what the notebook, the page, the workbook and the apps all read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from toolkit.base.audience import DIRECTOR

_KINDS: Final = {
    "weekly": "weekly review",
    "what_if": "what-if",
    "daily": "daily brief",
    "monthly": "monthly review",
}


@dataclass(frozen=True)
class Section:
    """One part of a report: its name, its finding in a sentence, and what a reader must know beside it."""

    code: str
    eyebrow: str
    headline: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One review: verdict, sections, tables and evidence of a week, in one language, with its provenance.

    tables    the contract's output tables by name, in the contract's order and with exactly its columns
    evidence  frames that pages, charts and widgets draw from (ids and numbers; sentences where a person reads them)
    sections  the findings by code, in reading order
    names     what ids are called: names["accounts"]["A001"], names["reps"], names["industries"]
    run       provenance for run.json, without timings
    audience  director, or team: the team's copy leaves out what is for the director alone (reports/audience.py)

    A table is also an attribute: `week.tiers`, `week.actions`.
    """

    kind: str
    language: str
    as_of: pd.Timestamp
    week_ending: pd.Timestamp
    verdict: tuple[str, ...]
    lead: str
    sections: Mapping[str, Section]
    tables: Mapping[str, pd.DataFrame]
    evidence: Mapping[str, pd.DataFrame]
    names: Mapping[str, Mapping[str, str]]
    limits: tuple[str, ...] = ()
    departures: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    audience: str = DIRECTOR

    def __post_init__(self) -> None:
        for name in ("sections", "tables", "evidence", "names", "run"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"a {self.__dict__.get('kind')} report has no {name!r}; tables: {', '.join(tables)}")

    def __repr__(self) -> str:
        kind = _KINDS.get(self.kind, self.kind)
        day = self.as_of if self.kind == "daily" else self.week_ending
        return f"<{kind} of {day:%Y-%m-%d}, {len(self.tables)} tables, {self.language}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><b>{escape(''.join(self.verdict))}</b></p>"
