"""The team's copy of a report: what is for the director alone is left out of it, before anything is written.

The method wants people coached, not ranked: what doubts a person, draws a check or proposes a penalty stays with the
director. `asks_for` takes such asks out before the actions, the decision lines and the verdict are made of them;
`copy_for` takes sections, tables and frames out of the finished report, so that neither page nor workbook, tables or
notebook ever hold them.
"""

from dataclasses import replace
from typing import Final

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.reports.report import Report

# Sections and evidence share their names where a section shows one frame.
SECTIONS: Final = frozenset(
    {"trust", "hands", "verification", "oversteps", "credibility", "callbacks", "draws", "growth", "capability"}
)
TABLES: Final = frozenset(
    {
        "spot_checks",
        "callbacks",
        "competitor_check",
        "credibility",
        "contradictions",
        "oversteps",
        "penalties",
        "resilience",
        "resilience_weeks",
        "ranks",
        "rank_evidence",
        "capability_gaps",
        "drill_draw",
    }
)
EVIDENCE: Final = SECTIONS | TABLES | {"calibration", "leaks", "catch_chances", "ladder_rows", "rank_rows", "gap_rows"}
KINDS: Final = frozenset({"overstep", "mismatch", "unreported", "contradiction", "callback", "leak", "ladder", "gap"})


def asks_for(asked: pd.DataFrame, audience: str) -> pd.DataFrame:
    """The asks (rows with a `kind`) that a reader may see: all for the director, none of KINDS for the team.

    Examples
    --------
    >>> asked = pd.DataFrame({"kind": ["stall", "overstep"]})
    >>> asks_for(asked, "team")["kind"].tolist(), asks_for(asked, "director")["kind"].tolist()
    (['stall'], ['stall', 'overstep'])
    """
    if audience == DIRECTOR:
        return asked
    return asked[~asked["kind"].isin(KINDS)].reset_index(drop=True)


def copy_for(report: Report, audience: str) -> Report:
    """The report as its reader may see it: as it is for the director; for the team without SECTIONS, TABLES, EVIDENCE
    and the rows of single reps in any table that has a scope or divides by rep.
    """
    if audience == DIRECTOR:
        return report
    return replace(
        report,
        audience=audience,
        sections={code: section for code, section in report.sections.items() if code not in SECTIONS},
        tables={name: _without_reps(name, table) for name, table in report.tables.items() if name not in TABLES},
        evidence={name: frame for name, frame in report.evidence.items() if name not in EVIDENCE},
        run={**report.run, "audience": audience},
    )


def _without_reps(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table without the rows of single reps."""
    if name == "indicators":
        return table[table["scope"] != "rep"].reset_index(drop=True)
    if name == "spend":
        return table[table["rep_id"] == ""].reset_index(drop=True)
    return table
