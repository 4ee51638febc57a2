"""The monthly review as a page: one HTML file, offline, without script, for light, dark, phone and print."""

from typing import Final

from toolkit.publish.assembly import Layout, part_of_page, whole_page
from toolkit.publish.monthly_view import View
from toolkit.reports.report import Report

SECTIONS: Final = (
    "masthead", "figures", "decisions", "callbacks", "duties", "credibility", "oversteps", "capability", "service",
    "moves", "forecast", "footer",
)  # fmt: skip
_LAYOUT: Final = Layout(
    "monthly review", SECTIONS, "monthly/page.html.j2", "monthly", ("page.css", "monthly.css"), View
)


def page(report: Report) -> str:
    """The whole review as one HTML file that needs nothing beside it; the same text for the same report."""
    return whole_page(report, _LAYOUT)


def fragment(report: Report, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of SECTIONS; one that the report does not have (the team's copy) is empty. Raises InputError for
    another.
    """
    return part_of_page(report, _LAYOUT, section)
