"""From a file as it comes to clean tables: a Chinese CRM's report, a ledger in English, the contract's own labels."""

from datetime import date

import numpy as np
import pytest
from openpyxl import Workbook

from toolkit.data.guess.grids import Grid
from toolkit.data.guess.match import tables_of
from toolkit.data.guess.profiles import Profile
from toolkit.data.guess.propose import propose
from toolkit.data.guess.write import write
from toolkit.data.headers import column_label, table_label
from toolkit.data.load import load
from toolkit.data.source import Layout, Sheet
from toolkit.data.tables_foreign import READABLE

REPORT = """商机报表
导出人：王敏　导出时间：2026-11-20 18:03

商机名称,客户名称,销售阶段,赢率,商机金额,币种,预计结单日期,商机所有人,创建时间,最近跟进时间,客户级别,行业,输单原因
一期储能电站,天枢储能科技有限公司,谈判审核,70,"7,600,000.00",CNY,2026-12-18,张伟,2026-06-28 10:22,2026-11-19,KA,新能源,
二期扩容,天枢储能科技有限公司,验证客户,10,"12,000,000.00",CNY,2027-06-30,张伟,2026-10-05 14:01,,KA,新能源,
产线自动化,启明半导体,需求确认,30,"730,000.00",USD,2026-12-24,王磊,2026-04-08 11:11,2026-11-17,战略客户,电子,
变电站改造,华东电力设备,赢单,100,"9,450,000.00",CNY,2026-11-19,陈晨,2026-07-01 09:00,2026-11-19,战略客户,电力,
加药撬块,苏北化工,商机验证,20,"4,100,000.00",CNY,2027-03-31,李娜,2026-09-02 13:30,2026-10-22,普通客户,化工,
压机产线,中原重工,输单,0,"11,800,000.00",CNY,2026-11-17,王磊,2025-11-18 15:20,2026-11-17,重点客户,装备,价格
"""


def test_a_chinese_crm_report_in_gb18030_with_titles_and_two_currencies(tmp_path):
    file = tmp_path / "商机报表20261120.csv"
    file.write_bytes(REPORT.encode("gb18030"))
    first = propose(file)
    assert {question.key for question in first.questions} == {
        "values.opportunities.stage.商机验证",
        "currencies.opportunities.USD",
    }
    answers = {"values.opportunities.stage.商机验证": "2", "currencies.opportunities.USD": "7.1"}
    proposal = propose(file, answers)
    assert proposal.questions == []
    write(proposal, tmp_path / "columns.yaml", "zh")
    data = load(file)
    assert data.faults.empty
    weeks = data.account_weeks.set_index("account_id")
    assert weeks.loc["启明半导体", "contract_amount"] == pytest.approx(730_000 * 7.1)
    whole = weeks.loc["天枢储能科技有限公司"]
    assert whole["win_probability"] * whole["contract_amount"] == pytest.approx(0.7 * 7.6e6 + 0.1 * 12e6, abs=0.01)
    status = data.accounts.set_index("account_id")["status"].to_dict()
    assert (status["华东电力设备"], status["中原重工"], status["苏北化工"]) == ("won", "lost", "active")
    assert str(data.accounts.set_index("account_id").loc["天枢储能科技有限公司", "opened_on"])[:10] == "2026-06-28"


def test_an_english_ledger_of_one_sheet_with_a_scale_of_five_and_no_day(tmp_path):
    book = Workbook()
    sheet = book.active
    for row in (
        ["Key accounts FY26 – status review"], [],
        ["#", "Customer", "KAM", "Segment", "Sector", "Win %", "Phase", "Est. value (kRMB)", "Target close", "Since",
         "Posture (1-5)", "Spend this wk"],
        [1, "Tianshu Energy", "Zhang Wei", "Strategic", "Energy", 0.65, "3 - Proposal", "7,600",
         "18-Dec-26", "28-Jun-25", 4, 10750],
        [2, "Xiyu Wind", "Li Na", "Strategic", "Energy", 0.62, "4 - Negotiation", "6,800",
         "26-Feb-27", "12-Feb-25", 3, 8700],
        [3, "Qiming Semi", "Wang Lei", "Regional leader", "Chips", 0.5, "2 - Qualified", "5,200",
         "TBD", "8-Apr-26", 4, 8300],
        [4, "Southern Pipeline", "Chen Chen", "SMB", "Power", 0.3, "1 - Discovery", "3,300",
         "TBD", "15-Oct-25", 2, 3050],
        ["Total", None, None, None, None, None, None, 22900],
    ):  # fmt: skip
        sheet.append(row)
    file = tmp_path / "KA review.xlsx"
    book.save(file)
    proposal = propose(file, {"factors.opportunities.competitive_posture": "20"})
    assert [question.said.code for question in proposal.questions] == ["ask.seen_on"]
    write(proposal, tmp_path / "columns.yaml", "en")
    data = load(file, seen_on=date(2026, 11, 20))
    assert data.faults.empty
    row = data.account_weeks.set_index("account_id").loc["tianshuenergy"]
    assert (row["win_probability"], row["decision_stage"], row["contract_amount"]) == (0.65, 4, 7_600_000)
    assert (row["competitive_posture"], row["resource_cost"]) == (80, 10750)
    roles = ["industry_benchmark", "industry_benchmark", "long_tail", "regional_leader"]
    assert sorted(data.accounts["market_role"]) == roles


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", list(READABLE))
def test_the_contracts_own_labels_are_what_they_say(name, language):
    headers = {column: column_label(name, column, language) for column in READABLE[name].names}
    sheet = Sheet(name, "x", tuple(headers.values()), (), np.array([]))
    grid = Grid(table_label(name, language), sheet, Layout())
    best = tables_of(grid, [Profile.of(header, []) for header in headers.values()])[0]
    assert best.table == name
    assert {column: match.header for column, match in best.columns.items()} == headers
