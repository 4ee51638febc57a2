"""An Excel workbook gives the same frames as the folder; formulas without a result are faults."""

from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from toolkit.base.errors import InputError
from toolkit.data.load import load


def workbook(file, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


ACCOUNTS = [
    ["account_id", "account_name", "market_role", "opened_on", "status"],
    ["007", "=1+1 & Co", "long_tail", date(2026, 1, 5), "active"],
    [12, "Birch", "long_tail", datetime(2026, 1, 5), "active"],
]
WEEKS = [
    ["week_ending", "account_id", "win_probability", "progress", "resource_cost"],
    [date(2026, 11, 20), "007", 0.65, True, 1200.5],
    ["2026-11-20", 12, "65%", False, None],
]


def plain_name(rows):
    return [[("Acme" if cell == "=1+1 & Co" else cell) for cell in row] for row in rows]


def test_a_workbook_reads_like_the_folder(source, tmp_path):
    folder = source(
        accounts="account_id,account_name,market_role,opened_on,status\n"
        "007,Acme,long_tail,2026-01-05,active\n12,Birch,long_tail,2026-01-05,active\n",
        account_weeks="week_ending,account_id,win_probability,progress,resource_cost\n"
        "2026-11-20,007,0.65,true,1200.5\n2026-11-20,12,0.65,false,\n",
    )
    book = workbook(tmp_path / "book.xlsx", accounts=plain_name(ACCOUNTS), account_weeks=WEEKS)
    expected, got = load(folder), load(book)
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(got.tables[name], frame)
    assert got.faults.empty


def test_sheets_and_headers_may_be_chinese(tmp_path):
    accounts = [["客户编号", "客户名称", "市场角色", "建立日期", "状态"], *plain_name(ACCOUNTS)[1:]]
    weeks = [["周五日期", "客户编号", "成交概率", "是否有进展", "资源成本"], *WEEKS[1:]]
    data = load(workbook(tmp_path / "book.xlsx", 客户=accounts, 客户周数据=weeks, 说明=[["x"]]))
    assert data.accounts["account_id"].tolist() == ["007", "12"]
    assert data.account_weeks["progress"].tolist() == [True, False]
    assert data.faults.empty


def test_a_formula_that_was_never_calculated_is_a_fault_with_its_row(tmp_path):
    weeks = [*WEEKS, [date(2026, 11, 13), "007", "=0.5+0.1", None, "=100*2"]]
    book = workbook(tmp_path / "book.xlsx", accounts=plain_name(ACCOUNTS), account_weeks=weeks)
    data = load(book)
    assert data.faults[["row", "column", "rule", "action"]].values.tolist() == [
        [4, "win_probability", "formula_without_value", "set_aside"],
        [4, "resource_cost", "formula_without_value", "blanked"],
    ]


def test_a_calculated_formula_is_its_result(tmp_path):
    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, rows in (("accounts", plain_name(ACCOUNTS)), ("account_weeks", WEEKS[:1])):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.write(i, j, f"{cell:%Y-%m-%d}" if isinstance(cell, date) else cell)
        sheet.write_row(1, 0, ["2026-11-20", "007"])
        sheet.write_formula(1, 2, "=0.5+0.1", None, 0.6)
    data = load(file)
    assert data.account_weeks["win_probability"].tolist() == [0.6]
    assert data.faults.empty


def test_a_missing_sheet_is_named(tmp_path):
    book = workbook(tmp_path / "book.xlsx", accounts=ACCOUNTS, Notes=[["x"]])
    with pytest.raises(InputError, match="lacks the table account_weeks .* It holds: accounts, Notes"):
        load(book, language="en")


def test_a_note_beside_the_table_is_kept_and_ignored(tmp_path):
    weeks = [[*WEEKS[0], None, None], [*WEEKS[1], None, "call them"]]
    data = load(workbook(tmp_path / "book.xlsx", accounts=plain_name(ACCOUNTS), account_weeks=weeks))
    assert data.faults.empty
    assert data.account_weeks["unnamed_7"].tolist() == ["call them"]
    assert "unnamed_6" not in data.account_weeks
