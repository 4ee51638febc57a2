"""What the sheets of every workbook share: the formats, and one cell written by its kind."""

from datetime import date, datetime, time
from math import isfinite
from typing import Any, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from toolkit.publish.charts.style import LIGHT

_LONGEST: Final = 32_767
_FORMATS: Final = {
    "0.0%": (
        "win_probability", "share", "planned_share", "actual_share", "base_share", "exact_share", "moved_share",
        "moved_mean", "share_of_optimum", "share_a", "share_b", "share_c", "reserve", "precision", "precision_low",
        "precision_high", "base_rate", "recall", "recall_low", "recall_high", "chance_to_cross", "chance_next_week",
        "stated", "calibrated", "detected", "detected_low", "detected_high", "by_chance", "raw", "share_met",
        "probability_before",
    ),
    "0.0#%": ("asked", "limit", "used", "remaining", "price_granted"),
    "0.0": ("strategic_weight", "value_index", "score"),
    "0.00": ("resource_consumption_ratio", "depth"),
    "#,##0": ("cost", "this_week", "last_week", "bonus", "distance_m", "minutes", "expected_amount", "won_amount"),
    "#,##0.##": ("amount",),
    "#,##0.0###": (
        "numerator", "denominator", "value", "next_tier_gap", "mean", "low", "high", "difference", "mc_low", "mc_high",
        "param_low", "param_high", "variance_ratio", "at_low", "at_high", "base", "swing", "false_alarms_year",
        "false_low", "false_high", "noise_sd", "movement_sd", "margin", "hours_left", "measured", "held",
        "median_hours",
    ),
}  # fmt: skip


class Styles:
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


def put(sheet: Worksheet, row: int, column: int, value: Any, style: Any, styles: Styles | None = None) -> None:
    """One cell by its kind; text always as text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float) and isfinite(value):  # Excel has no infinite number: it stays a word
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime) and styles:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), styles.time)
    elif isinstance(value, date) and styles:
        sheet.write_datetime(row, column, datetime.combine(value, time()), styles.date)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST], style)
