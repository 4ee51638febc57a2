"""Foreign sheets by a mapping file: where they lie, units, currencies, days, ids of names."""

import numpy as np
import pytest
from openpyxl import Workbook

from toolkit.base.errors import InputError
from toolkit.data.load import load

WEEKS = "周,客户,概率,花费\n2026-11-20,海澜重工,65,1.2万\n"


def write(folder, mapping, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "columns.yaml").write_text(mapping, "utf-8")
    return folder


CUSTOMERS = """华东区客户台账,,,,,
制表：王敏,,,,,
编码,名称,类别,建档,潜力,备注
K1,海澜重工,标杆,2026年1月5日,"1,200",好
K2, 北化 ,普通,2026.1.6,-,
合计,,,,1200,
"""
MAPPING = """
accounts:
  编码: account_id
  名称: account_name
  类别: market_role
  建档: opened_on
  潜力: annual_potential
  read: {sheet: 台账*, header: 3, skip: [合计], blank: ["-"]}
  factors: {annual_potential: 10000}
  constants: {status: active}
  values:
    market_role: {标杆: industry_benchmark, 普通: long_tail}
account_weeks:
  周: week_ending
  客户: account_id
  概率: win_probability
  花费: resource_cost
  read: {sheet: 周报}
  factors: {win_probability: 0.01}
  ids: {account_id: accounts.account_name}
"""


def test_a_sheet_with_titles_totals_units_and_days_of_its_own_is_read(tmp_path):
    data = load(write(tmp_path, MAPPING, 台账11月=CUSTOMERS, 周报=WEEKS))
    assert data.faults.empty
    assert data.left_out == (("accounts", 6, "合计"),)
    assert data.accounts["account_id"].tolist() == ["K1", "K2"]
    assert data.accounts["annual_potential"].tolist()[0] == 12_000_000
    assert np.isnan(data.accounts["annual_potential"].tolist()[1])
    assert data.accounts["opened_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-05", "2026-01-06"]
    assert data.accounts["status"].tolist() == ["active", "active"]
    week = data.account_weeks.iloc[0]
    assert (week["account_id"], week["win_probability"], week["resource_cost"]) == ("K1", 0.65, 12_000)


def test_what_cannot_be_read_stays_as_it_stands_and_is_listed_with_its_line_in_the_file(tmp_path):
    broken = CUSTOMERS.replace("2026.1.6", "去年初").replace(",-,", ",很多,")
    data = load(write(tmp_path, MAPPING, 台账11月=broken, 周报=WEEKS.replace("海澜重工", "海蓝重工")))
    listed = data.faults[["table", "row", "column", "value", "rule"]].values.tolist()
    assert ["accounts", 5, "opened_on", "去年初", "not_a_date"] in listed
    assert ["accounts", 5, "annual_potential", "很多", "not_a_number"] in listed
    assert ["account_weeks", 2, "account_id", "海蓝重工", "unknown_reference"] in listed


def test_a_mapping_of_sheets_that_a_source_does_not_have_leaves_it_alone(source):
    place = source()
    (place / "columns.yaml").write_text(MAPPING, "utf-8")
    assert load(place).faults.empty


def test_merged_cells_hold_their_value_in_each_of_their_cells_and_two_header_lines_are_joined(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "客户"
    for row in (
        ["编码", "名称", "评分", None],
        [None, None, "影响力", "匹配度"],
        ["K1", "甲", 80, 70],
        ["K2", "乙", 60, 50],
    ):
        sheet.append([*row, "重工"] if row[0] == "K1" else row)
    sheet["E1"] = "行业"
    for span in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "E3:E4"):
        sheet.merge_cells(span)
    weeks = book.create_sheet("account_weeks")
    weeks.append(["week_ending", "account_id", "win_probability"])
    weeks.append(["2026-11-20", "K2", 0.5])
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "mine.yaml").write_text(
        """
accounts:
  编码: account_id
  名称: account_name
  评分 影响力: industry_influence
  评分 匹配度: technical_fit
  行业: industry_id
  read: {sheet: 客户, header: 1, header_rows: 2, merged: true}
  constants: {status: active, market_role: long_tail, opened_on: 2026-01-05}
""",
        "utf-8",
    )
    data = load(tmp_path / "book.xlsx", columns=tmp_path / "mine.yaml")
    assert data.accounts[["industry_influence", "technical_fit"]].values.tolist() == [[80, 70], [60, 50]]
    assert data.accounts["industry_id"].tolist() == ["重工", "重工"]


@pytest.mark.parametrize(("order", "day"), [("dmy", "2026-04-03"), ("mdy", "2026-03-04")])
def test_days_are_read_in_the_order_that_the_mapping_says(tmp_path, order, day):
    mapping = f"accounts:\n  read: {{sheet: people}}\n  dates: {{opened_on: {order}}}\n"
    text = "account_id,account_name,market_role,opened_on,status\nA1,Acme,long_tail,03/04/2026,active\n"
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"
    data = load(write(tmp_path, mapping, people=text, account_weeks=weeks))
    assert str(data.accounts["opened_on"].iloc[0])[:10] == day


def test_another_currency_needs_its_rate(tmp_path):
    head = "account_id,account_name,market_role,opened_on,status,annual_potential\n"
    text = head + 'A1,Acme,long_tail,2026-01-05,active,"$1,000"\nA2,Birch,long_tail,2026-01-05,active,"¥1,000"\n'
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"
    mapping = "accounts:\n  read: {sheet: people}\n"
    data = load(write(tmp_path, mapping, people=text, account_weeks=weeks))
    assert data.faults[["value", "rule"]].values.tolist() == [["$1,000", "not_a_number"]]
    (tmp_path / "columns.yaml").write_text(mapping + '  currencies: {"$": 7.1}\n', "utf-8")
    assert load(tmp_path).accounts["annual_potential"].tolist() == [7100, 1000]


def test_a_week_dated_by_another_day_is_its_friday_where_the_mapping_says_so(tmp_path):
    head = "account_id,account_name,market_role,opened_on,status\nA1,Acme,long_tail,2026-01-05,active\n"
    weeks = "week_ending,account_id,win_probability\n2026-11-16,A1,0.5\n"  # a Monday
    mapping = "account_weeks:\n  read: {sheet: account_weeks}\n  fridays: {week_ending: %s}\n"
    for side, friday in (("following", "2026-11-20"), ("before", "2026-11-13")):
        place = tmp_path / side
        place.mkdir()
        data = load(write(place, mapping % side, accounts=head, account_weeks=weeks))
        assert data.account_weeks["week_ending"].dt.strftime("%Y-%m-%d").tolist() == [friday]


def test_reps_are_those_whom_a_column_names_each_once(tmp_path):
    head = "account_id,account_name,market_role,opened_on,status,owner\n"
    text = head + "".join(
        f"A{k},N{k},long_tail,2026-01-05,active,{who}\n" for k, who in enumerate(["张 伟", "李娜", "张伟"])
    )
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"
    mapping = """
accounts:
  owner: owner_id
  read: {sheet: people}
  ids: {owner_id: reps.rep_name}
reps:
  owner: rep_name
  read: {sheet: people, distinct: rep_name}
  ids: {rep_id: rep_name}
  constants: {role: rep}
"""
    data = load(write(tmp_path, mapping, people=text, account_weeks=weeks))
    assert data.faults.empty
    assert data.reps["rep_id"].tolist() == ["张伟", "李娜"]
    assert data.accounts["owner_id"].tolist() == ["张伟", "李娜", "张伟"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accounts: {read: {shet: x}}", "accounts.read.shet"),
        ("accounts: {factors: {potential: 2}}", "names potential"),
        ("accounts: {ids: {account_id: acount_name}}", "names acount_name"),
        ("accounts: {ids: {owner_id: reps.name}}", "names name"),
        ("accounts: {dates: {opened_on: ydm}}", "accounts.dates.opened_on"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_with_its_place(source, text, told):
    place = source()
    (place / "columns.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        load(place, language="en")
    assert told in str(error.value)


def test_a_word_of_ours_that_heads_a_column_of_the_source_is_a_header(tmp_path):
    text = "account_id,values,market_role,opened_on,status\nA1,Acme,long_tail,2026-01-05,active\n"
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"
    data = load(write(tmp_path, "accounts: {values: account_name}", accounts=text, account_weeks=weeks))
    assert data.accounts["account_name"].tolist() == ["Acme"]


def test_a_column_tells_the_currency_of_each_row(tmp_path):
    head = "account_id,account_name,market_role,opened_on,status,annual_potential,币种\n"
    text = head + "".join(
        f"A{k},N,long_tail,2026-01-05,active,100,{code}\n" for k, code in enumerate(["CNY", "USD", ""])
    )
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"
    mapping = "accounts:\n  read: {sheet: people, currency: 币种}\n  currencies: {USD: 7.1}\n"
    data = load(write(tmp_path, mapping, people=text, account_weeks=weeks))
    assert data.accounts["annual_potential"].tolist() == [100, 710, 100]
