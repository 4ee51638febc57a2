"""The Excel workbook of a report: a summary, then a sheet a contract table, under the contract's names."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from toolkit.language import has, say
from toolkit.publish.cells import plain
from toolkit.publish.charts.style import text_width
from toolkit.publish.kinds import KINDS
from toolkit.publish.sheets import Styles, put
from toolkit.reports.report import Report

_TIERS: Final = ("tier", "previous_tier", "criteria_tier", "base_tier", "calibrated_tier")
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_workbook(report: Report, path: Path | str) -> Path:
    """Write a report's workbook: the sheet summary, then each output table. The same report gives the same file.

    Headers are the contract's column names, their labels in the report's language stand in a note on each.
    Text is written as text, never as a formula or a link.
    """
    out = Path(path)
    with xlsxwriter.Workbook(str(out), dict(_OPTIONS)) as book:
        stamp = (report.as_of if report.kind == "daily" else report.week_ending).to_pydatetime()
        kind = KINDS[report.kind]
        title = say(kind.title, report.language, day=stamp)
        book.set_properties({"title": title, "created": stamp, "author": "kat"})
        styles = Styles(book)
        kind.module("sheet").first_sheet(book.add_worksheet("summary"), report, styles)
        for name, table in report.tables.items():
            _table(book.add_worksheet(name), name, table, report.language, styles)
    return out


def _table(sheet: Worksheet, name: str, table: pd.DataFrame, language: str, styles: Styles) -> None:
    for column, title in enumerate(map(str, table.columns)):
        values = [plain(value) for value in table[title].tolist()]
        sheet.write_string(0, column, title, styles.header)
        note = label(name, title, language)
        if note:
            sheet.write_comment(0, column, note, {"author": "kat", "x_scale": 1.2, "y_scale": 0.5})
        sheet.set_column(column, column, _width(title, values))
        style = styles.number.get(title, styles.text)
        for row, value in enumerate(values, start=1):
            put(sheet, row, column, value, style, styles)
        if title in _TIERS and values:
            for letter, fill in styles.tier.items():
                rule = {"type": "cell", "criteria": "==", "value": f'"{letter}"', "format": fill}
                sheet.conditional_format(1, column, len(values), column, rule)
    sheet.freeze_panes(1, 0)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def label(table: str, column: str, language: str) -> str:
    """What a column is called in the report's language."""
    for key in (f"output.{table}.{column}", f"output.{column}", f"column.{column}"):
        if has(key, language):
            return say(key, language)
    return ""


def _width(title: str, values: list[Any]) -> float:
    """Wide enough for the header and the first rows' text, within reason; a character is about 7 pixels."""
    longest = max([text_width(title, 11) + 24, *(text_width(str(v), 11) for v in values[:200] if isinstance(v, str))])
    return min(max(longest / 7, 9), 60)
