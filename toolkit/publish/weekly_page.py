"""The weekly review as a page: one HTML file, offline, without script, for light, dark, phone and print."""

from typing import Final

from toolkit.publish.assembly import Layout, part_of_page, scoped, whole_page
from toolkit.publish.weekly_view import View
from toolkit.reports.report import Report

__all__ = ["SECTIONS", "fragment", "page", "scoped"]

SECTIONS: Final = (
    "masthead", "figures", "decisions", "moves", "alerts", "resources", "trust", "hands", "loop", "tiers", "roadmap",
    "margins", "allocation", "indicators", "requests", "verification", "daily", "discipline", "patience",
    "chains", "practice", "campaigns", "growth", "focus",
    "quality", "footer",
)  # fmt: skip
_LAYOUT: Final = Layout("weekly review", SECTIONS, "page.html.j2", "sections", ("page.css",), View)


def page(report: Report) -> str:
    """The whole review as one HTML file that needs nothing beside it; the same text for the same report."""
    return whole_page(report, _LAYOUT)


def fragment(report: Report, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of SECTIONS. Raises InputError for another.
    """
    return part_of_page(report, _LAYOUT, section)
