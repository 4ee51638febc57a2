"""The first sheet of a what-if's workbook: the verdict, four figures, what to decide, what this cannot tell."""

from collections.abc import Iterator
from typing import Any

from xlsxwriter.worksheet import Worksheet

from toolkit.language import say
from toolkit.publish.cells import plain
from toolkit.publish.sheets import Styles, put
from toolkit.reports.report import Report

_WIDTHS = (5, 52, 60, 18)


def first_sheet(sheet: Worksheet, report: Report, styles: Styles) -> None:
    """The page's first screen: verdict, figures, decisions, limits."""
    sheet.hide_gridlines(2)
    last = len(_WIDTHS) - 1
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, styles.text)
    joint = "" if report.language == "zh" else " "
    title = say("what_if.title", report.language, day=report.week_ending)
    verdict = joint.join(clause.strip() for clause in report.verdict)
    heads = ((title, styles.muted, 18), (verdict, styles.title, 66), (report.lead, styles.muted, 32))
    for row, (words, style, height) in enumerate(heads):
        sheet.merge_range(row, 0, row, last, "", style)
        put(sheet, row, 0, words, style)
        sheet.set_row(row, height)
    for row, cells in enumerate(_rows(report, styles), start=len(heads) + 1):
        for column, (value, style) in enumerate(cells):
            put(sheet, row, column, plain(value), style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _rows(report: Report, styles: Styles) -> Iterator[list[tuple[Any, Any]]]:
    """The rows below the verdict, as cells with their styles; an empty one between two parts."""
    nothing = (None, styles.text)
    for figure in report.evidence["figures"].itertuples(index=False):
        yield [nothing, (figure.label, styles.wrap), (figure.context, styles.muted), (figure.text, styles.bold)]
    yield []
    yield [nothing, (report.sections["decide"].headline, styles.bold)]
    for line in report.evidence["decide"].itertuples(index=False):
        yield [(line.no, styles.wrap), (line.question, styles.bold), (line.why, styles.muted)]
    yield []
    yield [nothing, (report.sections["cannot"].headline, styles.bold)]
    for limit in report.limits:
        yield [nothing, (limit, styles.wrap)]
