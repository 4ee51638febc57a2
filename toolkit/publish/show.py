"""A report in a notebook."""

from typing import Any

from toolkit.publish.kinds import KINDS
from toolkit.reports.report import Report


def show(report: Report, section: str | None = None) -> Any:
    """The report, or one of its sections, as a displayable object (JupyterLab, Voila, exported notebooks).

    section: a name of the page's SECTIONS (`toolkit.publish.weekly_page`, …), such as
    "decisions" or "forecast"; None shows all.
    """
    from IPython.display import HTML

    return HTML(KINDS[report.kind].module("page").fragment(report, section))
