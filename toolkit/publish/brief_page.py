"""The daily brief as a page: one phone screen, one HTML file, offline, without script."""

from typing import Final

from toolkit.publish.assembly import Layout, part_of_page, whole_page
from toolkit.publish.brief_view import View
from toolkit.reports.report import Report

SECTIONS: Final = ("masthead", "figures", "decisions", "alerts", "clocks", "draws", "checks", "footer")
_LAYOUT: Final = Layout("daily brief", SECTIONS, "brief/page.html.j2", "brief", ("page.css", "brief.css"), View)


def page(report: Report) -> str:
    """The whole brief as one HTML file that needs nothing beside it; the same text for the same report."""
    return whole_page(report, _LAYOUT)


def fragment(report: Report, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of SECTIONS. Raises InputError for another.
    """
    return part_of_page(report, _LAYOUT, section)
