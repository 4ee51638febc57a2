"""What each kind of report is called on disk, and which modules show it (imported when they are needed)."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final


@dataclass(frozen=True)
class Kind:
    """One kind of report: the stem of its files, the prefix of the modules that show it, the key of its title.

    The modules are `<prefix>_page` with `page(report)`, `fragment(report, section)` and `SECTIONS`; `<prefix>_sheet`
    with `first_sheet(sheet, report, styles)`; `<prefix>_summary` with `lines(report)` for the terminal.
    """

    stem: str
    prefix: str
    title: str

    @property
    def page_file(self) -> str:
        """The page's name in an output folder."""
        return f"{self.stem}.html"

    @property
    def workbook_file(self) -> str:
        """The workbook's name in an output folder."""
        return f"{self.stem}.xlsx"

    @property
    def pdf_file(self) -> str:
        """The printed page's name in an output folder."""
        return f"{self.stem}.pdf"

    @property
    def notebook_file(self) -> str:
        """The notebook's name, among the toolkit's notebooks and in an output folder."""
        return f"{self.stem}.ipynb"

    def module(self, part: str) -> Any:
        """The module that shows one part of it: page, sheet or summary."""
        return import_module(f"toolkit.publish.{self.prefix}_{part}")


KINDS: Final = {
    "daily": Kind("daily_brief", "brief", "brief.title"),
    "weekly": Kind("weekly_review", "weekly", "page.title"),
    "monthly": Kind("monthly_review", "monthly", "monthly.title"),
    "what_if": Kind("what_if", "what_if", "what_if.title"),
}
