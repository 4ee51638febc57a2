"""F3's workbook: inputs to change, and live formulas for flows, ROI, NPV, IRR, payback and sensitivity."""

from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.method.roi import BENEFITS, INPUTS, YEARS, cash_flows
from toolkit.publish.charts.style import LIGHT
from toolkit.reports.roi_document import RoiModel

_FIRST: Final = 3  # the row of the first input
_GIVEN: Final = 4  # the column of the first input of a row of the sensitivity
_NAMES: Final = ("contract", *INPUTS)


def roi_workbook(model: RoiModel) -> bytes:
    """The workbook of a model. Every figure is a formula over named inputs; what it holds is already computed.

    Sheets: model (inputs, flows, measures), sensitivity (every input lower and higher by the spread). The same model
    gives the same file. Raises ValueError where the contract is not known.
    """
    if missing(model.contract):
        raise ValueError("no contract amount: there is nothing to compute")
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": model.say("title", account=model.account), "created": datetime(2000, 1, 1)})
        formats = _Formats(book, model.say("unit_years"))
        sheets = [book.add_worksheet(model.say(f"sheet.{name}")) for name in ("model", "sensitivity")]
        _model_sheet(book, sheets[0], model, formats)
        _sensitivity_sheet(sheets[1], model, formats)
        for sheet in sheets:
            sheet.set_paper(9)  # A4
            sheet.set_landscape()
            sheet.fit_to_pages(1, 1)
    return buffer.getvalue()


class _Formats:
    def __init__(self, book: Workbook, years: str) -> None:
        base: dict[str, Any] = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": LIGHT.ink}
        given = base | {"bg_color": "#EAF2FB", "border": 1, "border_color": LIGHT.line, "font_color": LIGHT.B}
        self.text = book.add_format(base)
        self.note = book.add_format(base | {"font_color": LIGHT.muted})
        self.bold = book.add_format(base | {"bold": True})
        self.title = book.add_format(base | {"bold": True, "font_size": 14})
        self.head = book.add_format(base | {"bold": True, "bottom": 1, "align": "right"})
        self.money = book.add_format(base | {"num_format": "#,##0.00"})
        self.percent = book.add_format(base | {"num_format": "0.0%"})
        self.end = book.add_format(base | {"align": "center"})
        self.years = book.add_format(base | {"num_format": f'0.00" {years}"'})
        self.given_money = book.add_format(given | {"num_format": "#,##0.00"})
        self.given_percent = book.add_format(given | {"num_format": "0.0%"})


def _model_sheet(book: Workbook, sheet: Worksheet, model: RoiModel, f: _Formats) -> None:
    m, p = model.measures, model.parameters
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1 + YEARS, 17)
    sheet.write_string(0, 0, model.say("title", account=model.account), f.title)
    sheet.write_string(1, 0, model.say("workbook_how"), f.note)
    sheet.write_string(_FIRST - 1, 0, model.say("assumptions"), f.bold)
    values = [model.contract, *(getattr(p, name) for name in INPUTS), p.spread]
    for row, (name, value) in enumerate(zip((*_NAMES, "spread"), values, strict=True), start=_FIRST):
        label = model.say("contract") if name == "contract" else say(f"threshold.label.roi.{name}", model.language)
        sheet.write_string(row, 0, label, f.text)
        sheet.write_number(row, 1, value, f.given_money if name == "contract" else f.given_percent)
        book.define_name(f"kat_{name}", f"='{sheet.get_name()}'!$B${row + 1}")
    top = _FIRST + len(_NAMES) + 3
    sheet.write_string(top, 0, model.say("flows"), f.bold)
    for year in range(YEARS + 1):
        sheet.write_string(top, 1 + year, model.say("column.year", n=year), f.head)
    for offset, name in enumerate(("flow", "cumulated", "discounted", "discounted_cumulated"), start=1):
        sheet.write_string(top + offset, 0, model.say(f"row.{name}"), f.text)
        for year in range(YEARS + 1):
            formula = _flow_formula(name, year, top + 2)
            sheet.write_formula(top + offset, 1 + year, formula, f.money, model.years[name].iloc[year])
    _measures(sheet, top + 6, top + 2, model, f, m)
    sheet.freeze_panes(_FIRST, 0)


def _flow_formula(name: str, year: int, row: int) -> str:
    """A cell of the table of flows whose first row (counted from 1) is `row`."""
    here, before = _column(year), _column(year - 1) if year else ""
    whole = "+".join(f"kat_{benefit}" for benefit in BENEFITS)
    if name == "flow":
        if not year:
            return "=-kat_contract*(1+kat_implementation_share)"
        ramp = "kat_first_year" if year == 1 else "1"
        return f"=kat_contract*(({whole})*{ramp}-kat_running_share)"
    if name == "discounted":
        return f"={here}{row}/(1+kat_discount_rate)^{year}"
    source = row if name == "cumulated" else row + 2
    return f"={here}{source}" + (f"+{before}{source + 1}" if year else "")


def _column(year: int) -> str:
    return "BCDE"[year]


def _measures(sheet: Worksheet, top: int, row: int, model: RoiModel, f: _Formats, m: Any) -> None:
    """The measures under a heading; `row` (from 1) is that of the flows."""
    first, last = _column(0), _column(YEARS)
    later = f"{_column(1)}{row}:{last}{row}"
    formulas = {
        "invested": (f"=-{first}{row}", f.money, -m.flows[0]),
        "net": (f"=SUM({later})", f.money, sum(m.flows[1:])),
        "roi": (f"=(SUM({later})+{first}{row})/-{first}{row}", f.percent, m.roi),
        "npv": (f"=NPV(kat_discount_rate,{later})+{first}{row}", f.money, m.npv),
        "irr": (f'=IFERROR(IRR({first}{row}:{last}{row}),"—")', f.percent, m.irr),
        "payback": (_payback(row + 1, row), f.years, m.payback),
        "discounted": (_payback(row + 3, row + 2), f.years, m.discounted_payback),
    }
    sheet.write_string(top, 0, model.say("results"), f.bold)
    for offset, (name, (formula, style, value)) in enumerate(formulas.items(), start=1):
        sheet.write_string(top + offset, 0, model.say(f"result.{name}"), f.text)
        sheet.write_formula(top + offset, 1, formula, style, "—" if missing(value) else value)


def _payback(total: int, flow: int) -> str:
    """The years until the cumulated row `total` reaches 0, the year's flow (row `flow`) spread evenly."""
    formula = '"—"'
    for year in range(YEARS, 0, -1):
        before, here = _column(year - 1), _column(year)
        formula = f"IF({here}{total}>=0,{year - 1}-{before}{total}/{here}{flow},{formula})"
    return f"=IF({_column(0)}{total}>=0,0,{formula})"


def _sensitivity_sheet(sheet: Worksheet, model: RoiModel, f: _Formats) -> None:
    """A row for every input and end: the NPV, how far it lies from the base, then all inputs and the flows."""
    p, base = model.parameters, model.measures.npv
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, len(_NAMES) + YEARS + 5, 16)
    sheet.print_area(0, 0, 3 + 2 * len(INPUTS), _GIVEN - 1)
    sheet.write_string(0, 0, model.say("hangs_on"), f.title)
    names = [model.say("contract"), *(say(f"threshold.label.roi.{name}", model.language) for name in INPUTS)]
    years = [model.say("column.year", n=year) for year in range(YEARS + 1)]
    outcome = [model.say("result.npv"), model.say("column.change")]
    heads = [model.say("column.input"), model.say("column.end"), *outcome, *names, *years]
    for column, words in enumerate(heads):
        sheet.write_string(2, column, words, f.head if column else f.bold)
    sheet.freeze_panes(3, _GIVEN)
    scenarios: list[tuple[str, int]] = [("", 0)]
    scenarios += [(path.split(".")[1], end) for path in model.sensitivity["path"] for end in (-1, 1)]
    known = model.sensitivity.set_index("path")
    for row, (name, end) in enumerate(scenarios, start=3):
        label = say(f"threshold.label.roi.{name}", model.language) if name else model.say("column.base")
        sheet.write_string(row, 0, label, f.text)
        sheet.write_string(row, 1, {-1: "−", 0: "", 1: "+"}[end], f.end)
        for column, one in enumerate(_NAMES, start=_GIVEN):
            moved = "" if one != name else f"*(1{'+' if end > 0 else '-'}kat_spread)"
            value = model.contract if one == "contract" else getattr(p, one)
            value *= 1 + end * p.spread if one == name else 1
            style = f.money if one == "contract" else f.percent
            sheet.write_formula(row, column, f"=kat_{one}{moved}", style, value)
        npv = base if not name else float(known.loc[f"roi.{name}", "at_low" if end < 0 else "at_high"])
        _scenario(sheet, row, model, f, (name, end), npv - base, npv)


def _scenario(
    sheet: Worksheet, row: int, model: RoiModel, f: _Formats, moved: tuple[str, int], change: float, npv: float
) -> None:
    """The flows, the NPV and its change of one row of inputs."""
    name, end = moved
    p = model.parameters
    if name:
        p = p.model_copy(update={name: getattr(p, name) * (1 + end * p.spread)})
    flows = cash_flows(model.contract, p)
    at = {one: f"{_letter(column)}{row + 1}" for column, one in enumerate(_NAMES, start=_GIVEN)}
    whole = "+".join(at[benefit] for benefit in BENEFITS)
    start = _GIVEN + len(_NAMES)
    for year in range(YEARS + 1):
        ramp = at["first_year"] if year == 1 else "1"
        formula = f"={at['contract']}*(({whole})*{ramp}-{at['running_share']})"
        if not year:
            formula = f"=-{at['contract']}*(1+{at['implementation_share']})"
        sheet.write_formula(row, start + year, formula, f.money, flows[year])
    first, second, last = _letter(start), _letter(start + 1), _letter(start + YEARS)
    formula = f"=NPV({at['discount_rate']},{second}{row + 1}:{last}{row + 1})+{first}{row + 1}"
    sheet.write_formula(row, _GIVEN - 2, formula, f.money, npv)
    here = _letter(_GIVEN - 2)
    sheet.write_formula(row, _GIVEN - 1, f"={here}{row + 1}-{here}$4", f.money, change)


def _letter(column: int) -> str:
    return chr(ord("A") + column)
