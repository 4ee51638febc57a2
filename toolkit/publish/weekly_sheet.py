"""The first sheet of the weekly review's workbook: the page's first screen."""

from xlsxwriter.worksheet import Worksheet

from toolkit.publish.cells import plain
from toolkit.publish.sheets import Styles, put
from toolkit.publish.weekly_view import View
from toolkit.reports.report import Report


def first_sheet(sheet: Worksheet, report: Report, styles: Styles) -> None:
    """The page's first screen: verdict, four figures, decisions."""
    view, row = View(report), 0
    sheet.hide_gridlines(2)
    for column, width in enumerate((5, 52, 60, 16, 16, 14)):
        sheet.set_column(column, column, width, styles.text)
    for words, style, height in (
        (" · ".join([view.t("page.kind"), *view.facts()]), styles.muted, 18),
        (view.joined(tuple(part.strip() for part in report.verdict)), styles.title, 44),
        (report.lead, styles.muted, 32),
    ):
        sheet.merge_range(row, 0, row, 5, "", style)
        put(sheet, row, 0, words, style)
        sheet.set_row(row, height)
        row += 1
    row += 1
    for card in view.kpi_cards():
        figure = f"{card['value']} {card['unit']}".strip() if card["value"] else view.t("page.cannot_judge")
        for column, words, style in (
            (1, card["label"], styles.text), (2, card["context"], styles.muted), (3, figure, styles.bold),
            (4, card["change"] if card["value"] else "", styles.text),
        ):  # fmt: skip
            put(sheet, row, column, words, style)
        row += 1
    row += 1
    put(sheet, row, 1, view.section("decisions").headline, styles.bold)
    for decision in view.rows("decisions"):
        row += 1
        stake, who = (view.words(decision.stake), view.words(decision.stake_what)), view.words(decision.who)
        cells = (
            decision.no, decision.question, decision.why, " ".join(stake).strip(), f"{view.due(decision)} {who}",
            view.t(f"page.decision.{decision.state}"),
        )  # fmt: skip
        for column, value in enumerate(cells):
            style = styles.bold if column == 1 else styles.muted if column == 2 else styles.wrap
            put(sheet, row, column, plain(value), style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
