"""The first sheet of the monthly review's workbook: the page's first screen, then each section's finding."""

from collections.abc import Iterator
from typing import Any

from xlsxwriter.worksheet import Worksheet

from toolkit.publish.cells import plain
from toolkit.publish.monthly_view import View
from toolkit.publish.sheets import Styles, put
from toolkit.reports.report import Report

_WIDTHS = (5, 52, 60, 18, 18, 14)
Cells = list[tuple[Any, Any]]


def first_sheet(sheet: Worksheet, report: Report, styles: Styles) -> None:
    """The page's first screen: verdict, four figures, decisions; then the sections' findings and the limits."""
    view, last = View(report), len(_WIDTHS) - 1
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, styles.text)
    heads = (
        (" · ".join([view.t("monthly_page.kind"), *view.facts()]), styles.muted, 18),
        (view.joined(tuple(part.strip() for part in report.verdict)), styles.title, 44),
        (report.lead, styles.muted, 32),
    )
    for row, (words, style, height) in enumerate(heads):
        sheet.merge_range(row, 0, row, last, "", style)
        put(sheet, row, 0, words, style)
        sheet.set_row(row, height)
    for row, cells in enumerate(_rows(report, view, styles), start=len(heads) + 1):
        for column, (value, style) in enumerate(cells):
            put(sheet, row, column, plain(value), style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _rows(report: Report, view: View, styles: Styles) -> Iterator[Cells]:
    """The rows below the verdict, as cells with their styles; an empty one between two parts."""
    nothing = (None, styles.text)
    for card in view.cards():
        figure = f"{card['text']} {card['unit']}".strip() if card["text"] else view.t("page.cannot_judge")
        change = card["change"] if card["text"] else ""
        yield [nothing, (card["label"], styles.text), (card["context"], styles.muted), (figure, styles.bold),
               (change, styles.muted)]  # fmt: skip
    yield []
    yield [nothing, (view.section("decisions").headline, styles.bold)]
    for line in view.rows("decisions"):
        stake = f"{view.words(line.stake)} {view.words(line.stake_what)}".strip()
        yield [(line.no, styles.wrap), (line.question, styles.bold), (line.why, styles.muted), (stake, styles.wrap),
               (f"{view.due(line)} {view.words(line.who)}".strip(), styles.wrap),
               (view.t(f"monthly.state.{line.state}"), styles.wrap)]  # fmt: skip
    yield []
    for code, found in report.sections.items():
        if code != "decisions":
            yield [
                nothing,
                (found.headline, styles.bold),
                (view.joined(found.notes), styles.muted),
                (found.eyebrow, styles.wrap),
            ]
    yield []
    for limit in report.limits:
        yield [nothing, (limit, styles.wrap)]
