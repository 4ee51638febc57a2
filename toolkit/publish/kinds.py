"""What each kind of report is called on disk, and which module makes its page (imported when it is needed)."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final


@dataclass(frozen=True)
class Kind:
    """One kind of report: the stem of its files, and the module that holds its `page` and `fragment`."""

    stem: str
    module: str

    @property
    def page_file(self) -> str:
        """The page's name in an output folder."""
        return f"{self.stem}.html"

    @property
    def workbook_file(self) -> str:
        """The workbook's name in an output folder."""
        return f"{self.stem}.xlsx"

    @property
    def notebook_file(self) -> str:
        """The notebook's name, among the toolkit's notebooks and in an output folder."""
        return f"{self.stem}.ipynb"

    def pages(self) -> Any:
        """The module with `page(report)`, `fragment(report, section)` and `SECTIONS`."""
        return import_module(self.module)


KINDS: Final = {
    "weekly": Kind("weekly_review", "toolkit.publish.weekly_page"),
    "what_if": Kind("what_if", "toolkit.publish.what_if_page"),
}
