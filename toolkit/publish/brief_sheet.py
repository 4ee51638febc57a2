"""The first sheet of the daily brief's workbook: the whole brief, line by line."""

from collections.abc import Iterator
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from toolkit.publish.brief_view import View
from toolkit.publish.cells import plain
from toolkit.publish.sheets import Styles, put
from toolkit.reports.report import Report

_WIDTHS: Final = (5, 60, 60, 20)


def first_sheet(sheet: Worksheet, report: Report, styles: Styles) -> None:
    """Verdict, figures, decisions, alerts, clocks, draws and checks; what the copy leaves out is not there."""
    view = View(report)
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, styles.text)
    heads = (
        (view.t("brief.title", day=report.as_of), styles.muted, 18),
        (view.joined(tuple(part.strip() for part in report.verdict)), styles.title, 44),
        (report.lead, styles.muted, 18),
    )
    for row, (words, style, height) in enumerate(heads):
        sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, "", style)
        put(sheet, row, 0, words, style)
        sheet.set_row(row, height)
    for row, cells in enumerate(_lines(view, styles), start=len(heads) + 1):
        for column, (value, style) in enumerate(cells):
            put(sheet, row, column, plain(value), style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lines(view: View, styles: Styles) -> Iterator[list[tuple[Any, Any]]]:
    """The lines below the verdict as cells with their styles; an empty one between two parts."""
    nothing = (None, styles.text)
    for figure in view.rows("figures"):
        value = f"{figure.text} {figure.unit}".strip() if figure.text else view.t("page.cannot_judge")
        yield [nothing, (figure.label, styles.wrap), (view.figures_beside(figure), styles.muted), (value, styles.bold)]
    parts = {
        "decisions": [(d.no, d.question, d.why, d.due) for d in view.rows("decisions")],
        "alerts": [("", a.title, a.why, view.day(a.since)) for a in view.first_alerts()],
        "clocks": [("", c.text, view.rep(c.rep_id), c.due) for c in view.rows("clocks")],
        "draws": [("", d.text, "", "") for d in view.rows("draws")],
        "checks": [("", c.label, c.text, "") for c in view.rows("checks")],
    }
    for code, lines in parts.items():
        if not view.has(code):
            continue
        yield []
        yield [nothing, (f"{view.section(code).eyebrow} · {view.section(code).headline}", styles.bold)]
        for line in lines:
            yield list(zip(line, (styles.text, styles.wrap, styles.muted, styles.text), strict=True))
