"""A report in a notebook."""

from typing import Any

from toolkit.publish import document_page
from toolkit.publish.kinds import KINDS
from toolkit.reports.document import Document
from toolkit.reports.report import Report


def show(report: Report | Document, section: str | None = None) -> Any:
    """The report, one of its sections, or a document, as a displayable object (JupyterLab, Voila, exported notebooks).

    section: a name of the page's SECTIONS (`toolkit.publish.weekly_page`, …), such as
    "decisions" or "forecast"; None shows all.
    """
    from IPython.display import HTML

    if isinstance(report, Document):
        return HTML(document_page.fragment(report))
    return HTML(KINDS[report.kind].module("page").fragment(report, section))
