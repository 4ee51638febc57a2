"""The guess: sheets, headers, words, units, days and ids of files that nobody prepared; what is open is asked."""

import pytest
from openpyxl import Workbook

from toolkit.base.errors import InputError
from toolkit.data.guess.needs import given
from toolkit.data.guess.propose import propose
from toolkit.data.guess.write import edited, text_of, write
from toolkit.data.load import load

CUSTOMERS = "客户名称,行业,客户等级,成交概率%,年潜力(万元),更新日期\n"


def guess(folder, answers=None, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    only = folder / f"{next(iter(files))}.csv"
    return propose(only if len(files) == 1 else folder, answers)


def means(proposal, table):
    return {one.header: one.column for one in proposal.tables[table].ordered()}


def asked(proposal):
    return {question.key: question for question in proposal.questions}


def test_english_headers_abbreviations_and_crm_words_are_known(tmp_path):
    text = "Acct,Opp Name,Sales Stage,Prob,Deal Value,Est. Close Date,KAM\nAcme,P1,Closed Won,100%,5,2026-11-01,Li\n"
    found = means(guess(tmp_path, deals=text), "opportunities")
    assert found == {
        "Acct": "account_name",
        "Opp Name": "opportunity_name",
        "Sales Stage": "stage",
        "Prob": "win_probability",
        "Deal Value": "amount",
        "Est. Close Date": "close_on",
        "KAM": "owner_name",
    }


@pytest.mark.parametrize(
    "header", ["合同额（万元）", "合同金额", "成交金额(元)", "预计签约额", "Contract Value", "ACV"]
)
def test_what_a_deal_is_worth_is_known_by_the_names_that_contracts_have(tmp_path, header):
    text = f'客户,商机名称,商机阶段,成交概率,{header},结单日期\n甲,改造,商务谈判,65%,"1,200.5",2026-12-05\n'
    assert means(guess(tmp_path, 商机=text), "opportunities")[header] == "amount"


def test_full_width_headers_with_units_and_stars_are_known(tmp_path):
    text = "＊客户编码，不用,客户名称＊,成交概率（％）,预计签约日期,统计日期\nK1,甲,65,2026-12-01,2026-11-20\n"
    found = means(guess(tmp_path, 周报=text), "account_weeks")
    assert found["成交概率（％）"] == "win_probability"
    assert found["统计日期"] == "week_ending"


def test_a_misspelled_header_is_likely_not_sure(tmp_path):
    text = "Account Nmae,Market Role,Opened On,Status\nAcme,strategic,2026-01-05,open\nBirch,SMB,2026-01-06,won\n"
    one = guess(tmp_path, accounts=text).tables["accounts"].columns["account_name"]
    assert (one.header, one.level) == ("Account Nmae", "medium")


def test_a_header_that_says_nothing_is_told_by_its_words(tmp_path):
    text = "客户名称,X1,建档日期\n甲,标杆客户,2026-01-05\n乙,区域龙头,2026-01-06\n丙,普通,2026-01-07\n"
    one = guess(tmp_path, 客户=text).tables["accounts"].columns["market_role"]
    assert (one.header, one.level, one.why[0].code) == ("X1", "low", "values_alone")


def test_last_activity_is_no_date_of_ours(tmp_path):
    text = "Opportunity Name,Account Name,Stage,Amount,Last Activity Date\nP1,Acme,Proposal,5,2026-11-01\n"
    assert "Last Activity Date" not in means(guess(tmp_path, deals=text), "opportunities")


def test_units_of_header_title_and_cells_become_factors(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "客户"
    for row in (
        ["重点客户（单位：万元）"], ["编码", "名称", "年潜力", "合同额（元）", "毛利率", "影响力", "建档日期"],
        ["K1", "甲", 5800, 1_200_000, 30, 80, "2026-01-05"], ["K2", "乙", 600, 90_000, 28, 60, "2026-01-06"],
    ):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    table = propose(tmp_path / "b.xlsx").tables["accounts"]
    assert {name: float(factor) for name, factor in table.factors.items()} == {
        "annual_potential": 10000, "gross_margin": 0.01,
    }  # fmt: skip


def test_an_excel_share_under_a_per_cent_header_stays_a_fraction_and_mixed_ones_are_asked(tmp_path):
    rows = "甲,重工,A,{},10,2026-11-20\n乙,重工,B,{},20,2026-11-20\n"
    plain = guess(tmp_path, 客户=CUSTOMERS + rows.format("0.65", "0.2")).tables["opportunities"]
    assert "win_probability" not in plain.factors
    whole = guess(tmp_path, 客户=CUSTOMERS + rows.format("65", "85%")).tables["opportunities"]
    assert float(whole.factors["win_probability"]) == 0.01
    mixed = guess(tmp_path, 客户=CUSTOMERS + rows.format("65", "0.2"))
    assert "factors.opportunities.win_probability" in asked(mixed)
    assert "win_probability" not in mixed.tables["opportunities"].factors


def test_bands_are_taken_by_their_middle_and_words_for_a_probability_are_asked(tmp_path):
    rows = "甲,重工,A,60%-80%,10,2026-11-20\n乙,重工,B,高,20,2026-11-20\n"
    proposal = guess(tmp_path, 客户=CUSTOMERS + rows)
    assert proposal.tables["opportunities"].values["win_probability"] == {"60%-80%": "0.7"}
    assert "values.opportunities.win_probability.高" in asked(proposal)


def test_an_amount_too_small_for_yuan_is_asked(tmp_path):
    text = "客户名称,年潜力,建档日期,状态\n甲,5800,2026-01-05,在谈\n乙,600,2026-01-06,赢单\n"
    assert asked(guess(tmp_path, 客户=text))["factors.accounts.annual_potential"].options == ("1", "10000")


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (("13/04/2026", "03/04/2026"), "dmy"),
        (("04/13/2026", "03/04/2026"), "mdy"),
        (("2026/4/3", "2026年4月5日"), None),
    ],
)
def test_the_rest_of_the_column_tells_the_order_of_days(tmp_path, days, order):
    text = "客户名称,建档日期,状态\n" + "".join(f"N{k},{day},在谈\n" for k, day in enumerate(days))
    proposal = guess(tmp_path, 客户=text)
    assert proposal.tables["accounts"].dates.get("opened_on") == order
    assert "dates.accounts.opened_on" not in asked(proposal)


def test_another_column_tells_the_order_and_where_none_does_it_is_asked_and_can_be_answered(tmp_path):
    head = "Account Name,Stage,Amount,Close Date,Created Date\n"
    helped = guess(tmp_path, deals=head + "Acme,Proposal,5,03/04/2026,25/12/2025\n").tables["opportunities"]
    assert helped.dates == {"created_on": "dmy", "close_on": "dmy"}
    text = head + "Acme,Proposal,5,03/04/2026,05/06/2026\n"
    open_ = guess(tmp_path, deals=text)
    assert {"dates.opportunities.close_on", "dates.opportunities.created_on"} <= set(asked(open_))
    assert open_.tables["opportunities"].dates == {}
    told = guess(tmp_path, {"dates.opportunities.close_on": "mdy", "dates.opportunities.created_on": "mdy"}, deals=text)
    assert told.tables["opportunities"].dates == {"close_on": "mdy", "created_on": "mdy"}


def test_another_currency_is_asked_and_taken_as_answered(tmp_path):
    text = 'Account Name,Stage,Amount,Close Date\nAcme,Proposal,"$1,000",2026-12-01\n'
    assert "currencies.opportunities.$" in asked(guess(tmp_path, deals=text))
    proposal = guess(tmp_path, {"currencies.opportunities.$": "7.1"}, deals=text)
    assert "  currencies:\n    $: 7.1\n" in text_of(proposal, "en")


def test_words_that_nobody_knows_are_asked_one_by_one(tmp_path):
    text = "客户名称,状态,建档日期\n甲,在谈,2026-01-05\n乙,赢单,2026-01-06\n丙,雪藏,2026-01-07\n"
    proposal = guess(tmp_path, 客户=text)
    assert proposal.tables["accounts"].values["status"] == {"在谈": "active", "赢单": "won"}
    assert "values.accounts.status.雪藏" in asked(proposal)
    told = guess(tmp_path, {"values.accounts.status.雪藏": "dropped"}, 客户=text)
    assert told.tables["accounts"].values["status"]["雪藏"] == "dropped"


def test_names_in_another_sheet_are_looked_up_and_ids_that_lack_are_made_of_names(tmp_path):
    proposal = guess(
        tmp_path,
        客户="编码,客户名称,负责人,建档日期,状态\nK1,甲,张伟,2026-01-05,在谈\nK2,乙,李娜,2026-01-05,在谈\n",
        周报="统计日期,单位,成交概率\n2026-11-20,甲,65%\n2026-11-20,乙,20%\n",
        销售="姓名,部门\n张伟,一部\n李娜,二部\n",
    )
    assert proposal.tables["account_weeks"].ids == {"account_id": ("accounts.account_name",)}
    assert proposal.tables["accounts"].ids == {"owner_id": ("reps.rep_name",)}
    assert proposal.tables["reps"].ids == {"rep_id": ("rep_name",)}


def test_owners_become_reps_where_there_is_no_table_of_them(tmp_path):
    proposal = guess(
        tmp_path,
        客户="编码,客户名称,负责人,建档日期,状态\nK1,甲,张伟,2026-01-05,在谈\nK2,乙,张伟,2026-01-05,在谈\n",
        周报="统计日期,客户编码,成交概率\n2026-11-20,K1,65%\n2026-11-20,K2,20%\n",
    )
    reps = proposal.tables["reps"]
    assert (reps.distinct, reps.constants) == ("rep_name", {"role": "rep"})


def test_a_ledger_with_probabilities_and_no_weeks_is_a_snapshot(tmp_path):
    rows = "甲,重工,标杆,65,5800,2026-11-20\n乙,重工,普通,20,600,2026-11-20\n"
    proposal = guess(tmp_path, 客户=CUSTOMERS + rows)
    assert list(proposal.tables) == ["opportunities"]
    assert proposal.tables["opportunities"].ids["opportunity_id"] == ("account_name",)


def test_a_required_column_that_no_header_gives_is_assumed_and_asked_and_not_given_to_the_rules(tmp_path):
    text = "Account Name,Stage,Probability,Close Date\nAcme,Proposal,50%,2026-12-01\n"
    proposal = guess(tmp_path, deals=text)
    assert asked(proposal)["constants.opportunities.market_role"].assumed == "long_tail"
    assert "accounts.market_role" not in given(proposal)
    assert "account_weeks.win_probability" in given(proposal)


def test_two_headers_for_one_column_are_shown_and_the_other_can_be_chosen(tmp_path):
    text = "Account Name,Stage,Probability,Prob,Close Date\nAcme,Proposal,50%,40%,2026-12-01\n"
    key = "columns.opportunities.win_probability"
    assert set(asked(guess(tmp_path, deals=text))[key].options) == {"Probability", "Prob"}
    chosen = guess(tmp_path, {key: "Prob"}, deals=text)
    assert chosen.tables["opportunities"].columns["win_probability"].header == "Prob"


def test_titles_totals_and_remarks_are_no_data(tmp_path):
    text = (
        "台账,,\n制表：王敏,,\n客户名称,建档日期,状态\n甲,2026-01-05,在谈\n乙,2026-01-06,在谈\n合计,,\n注：仅供内部,,\n"
    )
    table = guess(tmp_path, 客户=text).tables["accounts"]
    assert (table.grid.layout.header, table.grid.skip, table.rows) == (3, ("合计", "注*"), 2)


def test_semicolons_gb18030_and_a_bom_are_read(tmp_path):
    text = "客户名称;建档日期;状态\n甲;2026-01-05;在谈\n乙;2026-01-06;赢单\n"
    for content in (text.encode("gb18030"), b"\xef\xbb\xbf" + text.encode()):
        table = guess(tmp_path, 客户=content).tables["accounts"]
        assert (table.grid.layout.delimiter, len(table.columns)) == (";", 3)


def test_a_week_dated_by_a_sunday_is_the_friday_before_and_asked(tmp_path):
    text = "统计日期,客户编码,成交概率\n2026-11-22,K1,65%\n2026-11-15,K1,20%\n"
    proposal = guess(tmp_path, 周报=text)
    assert proposal.tables["account_weeks"].fridays == {"week_ending": "before"}
    assert "fridays.account_weeks.week_ending" in asked(proposal)


def test_exports_of_several_days_are_one_table(tmp_path):
    head = "Account Name,Stage,Probability,Close Date\n"
    rows = "Acme,Proposal,50%,2026-12-01\nBirch,Proposal,50%,2026-12-01\n"
    files = {f"opps_2026-11-{day}": head + rows for day in (13, 20)}
    table = guess(tmp_path, **files).tables["opportunities"]
    assert (table.sheet, table.rows) == ("opps_*", 4)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"dates.accounts.opened": "dmy"}, "dates.accounts.opened"),
        ({"factors.accounts.annual_potential": "viel"}, "cannot be viel"),
        ({"columns.accounts.region": "没有"}, "can be: 客户名称"),
        ({"tables.客户": "clients"}, "cannot be clients"),
        ({"nonsense": "1"}, "nothing to answer under nonsense"),
    ],
)
def test_an_answer_that_fits_no_question_is_refused(tmp_path, answers, told):
    text = "客户名称,建档日期,状态\n甲,2026-01-05,在谈\n"
    from toolkit.data.refusal import Refused

    with pytest.raises(Refused) as error:
        guess(tmp_path, answers, 客户=text)
    assert told in str(error.value.told_in("en"))


def test_nothing_like_a_table_is_refused(tmp_path):
    with pytest.raises(InputError):
        guess(tmp_path, notes="hello\nworld\n")


def test_the_file_that_is_written_reads_the_source_without_more(tmp_path):
    proposal = guess(
        tmp_path,
        客户="编码,客户名称,客户类别,建档日期,状态\nK1,甲,标杆,2026年1月5日,在谈\nK2,乙,普通,2026.1.6,在谈\n",
        周报="统计日期,单位,成交概率\n2026-11-20,甲,65\n2026/11/20,乙,20\n",
    )
    assert write(proposal, tmp_path / "columns.yaml", "zh") == "new"
    data = load(tmp_path)
    assert data.faults.empty
    assert data.account_weeks["win_probability"].tolist() == [0.65, 0.2]


def test_a_mapping_that_somebody_edited_is_kept_until_told_otherwise(tmp_path):
    proposal = guess(tmp_path, 客户="客户名称,建档日期,状态\n甲,2026-01-05,在谈\n")
    file = tmp_path / "columns.yaml"
    assert [write(proposal, file, "en"), write(proposal, file, "en"), write(proposal, file, "zh")] == [
        "new", "same", "replaced",
    ]  # fmt: skip
    file.write_text(file.read_text("utf-8").replace("客户名称: account_name", "客户名称: account_id"), "utf-8")
    before = file.read_text("utf-8")
    assert edited(file)
    with pytest.raises(InputError, match="--overwrite"):
        write(proposal, file, "en")
    assert file.read_text("utf-8") == before
    assert write(proposal, file, "en", overwrite=True) == "replaced"


def test_the_next_export_may_close_deals_with_words_that_this_one_does_not_hold(tmp_path):
    text = "Account Name,Stage,Probability,Close Date\nAcme,Proposal,50%,2026-12-01\n"
    values = guess(tmp_path, deals=text).tables["opportunities"].values["stage"]
    assert values == {"Closed Won": "won", "Closed Lost": "lost", "Proposal": "4"}


def test_a_foreign_currency_in_a_header_or_a_column_of_codes_is_asked(tmp_path):
    head = "Account Name,Stage,Amount (USD),Close Date\n"
    header = guess(tmp_path, deals=head + "Acme,Proposal,5,2026-12-01\n")
    assert "factors.opportunities.amount" in asked(header)
    text = "客户名称,阶段,商机金额,币种,预计结单日期\n甲,谈判,500000,CNY,2026-12-01\n乙,谈判,90000,USD,2026-12-01\n"
    column = guess(tmp_path, 商机=text)
    assert column.tables["opportunities"].currency == "币种"
    assert "currencies.opportunities.USD" in asked(column)
