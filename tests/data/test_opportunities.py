"""Opportunities as accounts and weeks: what an export tells of its Friday, several together, and the history."""

import numpy as np
import pytest

from toolkit.base.errors import InputError
from toolkit.data.load import load

HEAD = "Deal,Account,Stage,P,Amount,Close,Owner,Created\n"
MAPPING = """
opportunities:
  Deal: opportunity_id
  Account: account_name
  Stage: stage
  P: win_probability
  Amount: amount
  Close: close_on
  Owner: owner_name
  Created: created_on
  read: {sheet: "deals_*"}
  ids: {account_id: account_name, owner_id: owner_name}
  constants: {market_role: long_tail}
  values: {stage: {Early: "1", Offer: "4", Won: won, Lost: lost}}
"""
HISTORY = """opportunity_history:
  Deal: opportunity_id
  When: changed_at
  Stage: stage
  P: win_probability
  Amount: amount
  read: {sheet: history}
  values: {stage: {Early: "1", Offer: "4", Won: won, Lost: lost}}
"""


def team(folder, rest="", **files):
    for name, rows in files.items():
        head = HEAD if name.startswith("deals") else ""
        (folder / f"{name.replace('__', '-')}.csv").write_text(head + rows, "utf-8")
    (folder / "columns.yaml").write_text(MAPPING + rest, "utf-8")
    return load(folder)


def weeks(data):
    rows = data.account_weeks
    return (
        rows[["week_ending", "account_id"]].assign(week_ending=rows["week_ending"].dt.strftime("%m-%d")).values.tolist()
    )


def test_an_export_is_the_row_of_the_friday_of_its_week(tmp_path):
    row = "D1,Acme,Offer,0.5,1000,2026-12-15,Li Na,2026-03-01\n"
    data = team(tmp_path, deals_2026__11__18=row)  # a Wednesday
    assert weeks(data) == [["11-20", "acme"]]
    account = data.accounts.iloc[0]
    assert (account["account_name"], account["status"], account["owner_id"]) == ("Acme", "active", "lina")
    assert str(account["opened_on"])[:10] == "2026-03-01"
    assert data.reps[["rep_id", "rep_name", "role"]].values.tolist() == [["lina", "Li Na", "rep"]]


def test_of_two_exports_of_a_week_the_later_counts_and_weeks_add_up(tmp_path):
    rows = "D1,Acme,Offer,{},1000,2026-12-15,Li Na,2026-03-01\n"
    data = team(
        tmp_path,
        deals_2026__11__13=rows.format(0.4),
        deals_2026__11__18=rows.format(0.5),
        deals_2026__11__20=rows.format(0.6),
    )
    assert data.account_weeks["win_probability"].tolist() == [0.4, 0.6]


DEALS = """D1,Acme,Offer,0.6,1000,2026-12-15,Li Na,2026-03-01
D2,Acme,Early,0.1,9000,2027-05-01,Li Na,2026-02-01
"""


@pytest.mark.parametrize(("combine", "probability"), [("lead", 0.1), ("weighted", 0.15)])
def test_several_opportunities_are_one_row_and_the_money_in_hand_stays(tmp_path, combine, probability):
    data = team(tmp_path, f"  snapshot: {{combine: {combine}}}\n", deals_2026__11__20=DEALS)
    row = data.account_weeks.iloc[0]
    assert row["win_probability"] == pytest.approx(probability)
    assert row["win_probability"] * row["contract_amount"] == pytest.approx(0.6 * 1000 + 0.1 * 9000)
    assert str(data.accounts["opened_on"].iloc[0])[:10] == "2026-02-01"
    assert (row["decision_stage"], str(row["expected_close_on"])[:10]) == (1, "2027-05-01")  # 900 is above 600


def test_one_opportunity_keeps_its_own_amount_and_a_blank_one_stays_blank(tmp_path):
    data = team(tmp_path, deals_2026__11__20="D1,Acme,Offer,0.3,,2026-12-15,,\nD2,Birch,Offer,0.3,70,,,\n")
    assert data.account_weeks["contract_amount"].fillna(-1).tolist() == [-1, 70]


def test_an_account_without_an_open_opportunity_is_what_its_last_one_became(tmp_path):
    rows = """D1,Acme,Won,1,1000,2026-11-10,Li Na,2026-03-01
D2,Acme,Won,1,500,2026-10-05,Li Na,2026-03-01
D3,Acme,Won,1,400,2026-06-05,Li Na,2026-03-01
D4,Birch,Lost,0,800,2026-12-31,Li Na,2026-03-01
D5,Cedar,Won,1,300,2026-11-17,Li Na,2026-03-01
D6,Cedar,Early,0.1,900,2027-02-01,Li Na,2026-11-18
"""
    data = team(tmp_path, deals_2026__11__20=rows)
    told = data.accounts.set_index("account_id")
    assert told["status"].to_dict() == {"acme": "won", "birch": "lost", "cedar": "active"}
    assert told["contract_amount"].fillna(-1).to_dict() == {"acme": 1500, "birch": -1, "cedar": -1}
    assert str(told.loc["acme", "closed_on"])[:10] == "2026-11-10"
    assert str(told.loc["birch", "closed_on"])[:10] == "2026-11-20"  # closed by the export's day at the latest
    assert weeks(data) == [["11-20", "cedar"]]
    assert data.account_weeks["output_value"].tolist() == [300]


def test_history_fills_the_weeks_that_no_export_covers(tmp_path):
    history = """Deal,When,Stage,P,Amount
D1,2026-10-28 10:00,Early,0.1,900
D1,2026-11-10 09:00,Offer,0.5,
D9,2026-10-01 10:00,Early,0.1,900
"""
    data = team(
        tmp_path, HISTORY, deals_2026__11__20="D1,Acme,Offer,0.6,1000,2026-12-15,Li Na,2026-03-01\n", history=history
    )
    rows = data.account_weeks
    assert rows["week_ending"].dt.strftime("%m-%d").tolist() == ["10-30", "11-06", "11-13", "11-20"]
    assert rows["win_probability"].tolist() == [0.1, 0.1, 0.5, 0.6]
    assert rows["decision_stage"].tolist() == [1, 1, 4, 4]
    assert rows["contract_amount"].tolist() == [900, 900, 900, 1000]


def test_a_field_history_is_read_value_by_value(tmp_path):
    mapping = """opportunity_history:
  Deal: opportunity_id
  When: changed_at
  Field: field
  New: new_value
  read: {sheet: history}
  values:
    field: {Stage: stage, Probability: win_probability}
    new_value: {Early: "1", Offer: "4"}
"""
    history = """Deal,When,Field,New
D1,2026-11-03 10:00,Stage,Early
D1,2026-11-03 10:00,Probability,10%
D1,2026-11-11 10:00,Stage,Offer
"""
    data = team(
        tmp_path, mapping, deals_2026__11__20="D1,Acme,Offer,0.6,1000,2026-12-15,,2026-03-01\n", history=history
    )
    assert data.account_weeks[["decision_stage", "win_probability"]].values.tolist() == [[1, 0.1], [4, 0.1], [4, 0.6]]


def test_a_fault_in_an_opportunity_is_listed_with_its_line_and_costs_the_cell_alone(tmp_path):
    data = team(tmp_path, deals_2026__11__20="D1,Acme,Haggling,0.6,1000,2026-12-15,,\nD2,,Offer,0.5,1,,,\n")
    listed = data.faults[["table", "row", "column", "rule", "action"]].values.tolist()
    assert ["opportunities", 2, "stage", "unknown_choice", "blanked"] in listed
    assert ["opportunities", 3, "account_id", "required", "set_aside"] in listed
    assert data.rejected["table"].tolist() == ["opportunities"]
    assert np.isnan(data.account_weeks["decision_stage"].iloc[0])


def test_an_export_that_does_not_say_its_day_is_refused_and_can_be_told_it(tmp_path):
    (tmp_path / "deals_x.csv").write_text(HEAD + "D1,Acme,Offer,0.6,1000,2026-12-15,,\n", "utf-8")
    (tmp_path / "columns.yaml").write_text(MAPPING, "utf-8")
    with pytest.raises(InputError, match="--as-of"):
        load(tmp_path, language="en")
    from datetime import date

    assert weeks(load(tmp_path, seen_on=date(2026, 11, 20))) == [["11-20", "acme"]]


def test_a_past_friday_of_accumulated_exports_is_as_it_was(tmp_path):
    rows = "D1,Acme,{},1000,2026-11-18,Li Na,2026-03-01\n"
    data = team(tmp_path, deals_2026__11__13=rows.format("Offer,0.5"), deals_2026__11__20=rows.format("Won,1"))
    assert data.accounts["status"].tolist() == ["won"]
    assert data.at("2026-11-13").accounts["status"].tolist() == ["active"]


def test_an_unknown_stage_is_open_only_where_the_probability_says_so(tmp_path):
    rows = "D1,Acme,Haggling,0.6,1000,,,\nD2,Birch,Beaten,0,900,,,\nD3,Cedar,Signed,1,800,,,\n"
    data = team(tmp_path, deals_2026__11__20=rows)
    assert weeks(data) == [["11-20", "acme"]]
    assert data.faults["rule"].tolist() == ["unknown_choice"] * 3
