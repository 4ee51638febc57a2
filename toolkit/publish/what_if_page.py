"""A what-if as a page: one HTML file, offline, without script, for light, dark, phone and print."""

from typing import Final

from toolkit.publish.assembly import Layout, part_of_page, whole_page
from toolkit.publish.what_if_view import View
from toolkit.reports.report import Report

SECTIONS: Final = (
    "masthead", "figures", "decide", "scenarios", "replay", "forecast", "price", "alerts", "sensitivity", "calibrated",
    "cannot", "footer",
)  # fmt: skip
_LAYOUT: Final = Layout("what-if", SECTIONS, "what_if/page.html.j2", "what_if", ("page.css", "what_if.css"), View)


def page(report: Report) -> str:
    """The whole what-if as one HTML file that needs nothing beside it; the same text for the same report."""
    return whole_page(report, _LAYOUT)


def fragment(report: Report, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of SECTIONS. Raises InputError for another.
    """
    return part_of_page(report, _LAYOUT, section)
