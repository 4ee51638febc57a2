"""The Excel workbook of the weekly review: a summary, then a sheet a contract table, under the contract's names."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from toolkit.language import has, say
from toolkit.publish.cells import plain
from toolkit.publish.charts.style import LIGHT, text_width
from toolkit.publish.weekly_view import View
from toolkit.reports.report import Report

_LONGEST: Final = 32_767
_TIERS: Final = ("tier", "previous_tier", "criteria_tier")
_FORMATS: Final = {
    "0.0%": ("win_probability", "share", "planned_share", "actual_share"),
    "0.0": ("strategic_weight", "value_index", "score"),
    "0.00": ("resource_consumption_ratio", "depth"),
    "#,##0": ("cost", "this_week", "last_week"),
    "#,##0.##": ("amount",),
    "#,##0.0###": ("numerator", "denominator", "value", "next_tier_gap"),
}
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_workbook(report: Report, path: Path | str) -> Path:
    """Write weekly_review.xlsx: the sheet summary, then each output table. The same report gives the same file.

    Headers are the contract's column names, their labels in the report's language stand in a note on each.
    Text is written as text, never as a formula or a link.
    """
    out = Path(path)
    with xlsxwriter.Workbook(str(out), dict(_OPTIONS)) as book:
        stamp = report.week_ending.to_pydatetime()
        book.set_properties({"title": say("page.title", report.language, day=stamp), "created": stamp, "author": "kat"})
        styles = _Styles(book)
        _summary(book.add_worksheet("summary"), report, styles)
        for name, table in report.tables.items():
            _table(book.add_worksheet(name), name, table, report.language, styles)
    return out


class _Styles:
    """The workbook's formats, each made once."""

    def __init__(self, book: Workbook) -> None:
        ink, muted, line = LIGHT.ink, LIGHT.muted, LIGHT.line
        base: dict[str, Any] = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": ink, "valign": "top"}
        self.text = book.add_format(base)
        self.wrap = book.add_format(base | {"text_wrap": True})
        self.muted = book.add_format(base | {"font_color": muted, "text_wrap": True})
        self.bold = book.add_format(base | {"bold": True, "text_wrap": True})
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "text_wrap": True})
        self.header = book.add_format(base | {"bold": True, "bottom": 1, "bottom_color": line, "bg_color": LIGHT.page})
        self.date = book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.time = book.add_format(base | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.number = {
            column: book.add_format(base | {"num_format": form}) for form, names in _FORMATS.items() for column in names
        }
        fills = {"A": (LIGHT.A, "#FFFFFF"), "B": (LIGHT.B, "#FFFFFF"), "C": ("#E4E9EF", LIGHT.onC)}
        self.tier = {
            k: book.add_format(base | {"bg_color": fill, "font_color": on, "bold": True, "align": "center"})
            for k, (fill, on) in fills.items()
        }


def _summary(sheet: Worksheet, report: Report, styles: _Styles) -> None:
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
        _put(sheet, row, 0, words, style)
        sheet.set_row(row, height)
        row += 1
    row += 1
    for card in view.kpi_cards():
        figure = f"{card['value']} {card['unit']}".strip() if card["value"] else view.t("page.cannot_judge")
        for column, words, style in (
            (1, card["label"], styles.text), (2, card["context"], styles.muted), (3, figure, styles.bold),
            (4, card["change"] if card["value"] else "", styles.text),
        ):  # fmt: skip
            _put(sheet, row, column, words, style)
        row += 1
    row += 1
    _put(sheet, row, 1, view.section("decisions").headline, styles.bold)
    for decision in view.rows("decisions"):
        row += 1
        stake, who = (view.words(decision.stake), view.words(decision.stake_what)), view.words(decision.who)
        cells = (
            decision.no, decision.question, decision.why, " ".join(stake).strip(), f"{view.due(decision)} {who}",
            view.t(f"page.decision.{decision.state}"),
        )  # fmt: skip
        for column, value in enumerate(cells):
            style = styles.bold if column == 1 else styles.muted if column == 2 else styles.wrap
            _put(sheet, row, column, plain(value), style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _table(sheet: Worksheet, name: str, table: pd.DataFrame, language: str, styles: _Styles) -> None:
    for column, title in enumerate(map(str, table.columns)):
        values = [plain(value) for value in table[title].tolist()]
        sheet.write_string(0, column, title, styles.header)
        label = _label(name, title, language)
        if label:
            sheet.write_comment(0, column, label, {"author": "kat", "x_scale": 1.2, "y_scale": 0.5})
        sheet.set_column(column, column, _width(title, values))
        style = styles.number.get(title, styles.text)
        for row, value in enumerate(values, start=1):
            _put(sheet, row, column, value, style, styles)
        if title in _TIERS and values:
            for letter, fill in styles.tier.items():
                rule = {"type": "cell", "criteria": "==", "value": f'"{letter}"', "format": fill}
                sheet.conditional_format(1, column, len(values), column, rule)
    sheet.freeze_panes(1, 0)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def _put(sheet: Worksheet, row: int, column: int, value: Any, style: Any, styles: _Styles | None = None) -> None:
    """One cell by its kind; text always as text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime) and styles:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), styles.time)
    elif isinstance(value, date) and styles:
        sheet.write_datetime(row, column, datetime.combine(value, time()), styles.date)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST], style)


def _label(table: str, column: str, language: str) -> str:
    """What a column is called in the report's language."""
    for key in (f"output.{table}.{column}", f"output.{column}", f"column.{column}"):
        if has(key, language):
            return say(key, language)
    return ""


def _width(title: str, values: list[Any]) -> float:
    """Wide enough for the header and the first rows' text, within reason; a character is about 7 pixels."""
    longest = max([text_width(title, 11) + 24, *(text_width(str(v), 11) for v in values[:200] if isinstance(v, str))])
    return min(max(longest / 7, 9), 60)
