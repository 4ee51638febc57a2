"""A report in a notebook."""

from typing import Any

from toolkit.publish.weekly_page import fragment
from toolkit.reports.report import Report


def show(report: Report, section: str | None = None) -> Any:
    """The report, or one of its sections, as a displayable object (JupyterLab, Voila, exported notebooks).

    section: a name of `toolkit.publish.weekly_page.SECTIONS`, such as "decisions" or "alerts"; None shows all.
    """
    from IPython.display import HTML

    return HTML(fragment(report, section))
