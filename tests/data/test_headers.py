"""Headers: names, labels in both languages, the mapping file, and clear words about the rest."""

import pytest

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.headers import column_label
from toolkit.data.load import load

ROW = "A1,Acme,long_tail,2026-01-05,active\n"
REQUIRED = ("account_id", "account_name", "market_role", "opened_on", "status")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_of_either_language_are_headers(source, language):
    header = ",".join(column_label("accounts", name, language) for name in REQUIRED)
    data = load(source(accounts=f"{header}\n{ROW}", account_weeks="周五日期,客户编号,成交概率\n2026-11-20,A1,0.5\n"))
    assert data.accounts.columns.tolist() == list(TABLES["accounts"].names)
    assert data.faults.empty


def test_case_spaces_and_a_bom_do_not_matter(source):
    header = "\ufeff Account ID ,ACCOUNT_NAME,Market-Role,opened on,Status"
    weeks = "week_ending,account_id,win_probability\n2026-11-20,A1,1\n"
    data = load(source(accounts=f"{header}\n{ROW}", account_weeks=None, 客户周数据=weeks))
    assert data.accounts["account_id"].tolist() == ["A1"]


def test_a_wrong_header_is_refused_with_the_nearest_right_one(source):
    with pytest.raises(InputError) as error:
        load(source(accounts=f"account_id,acount_nmae,market_role,opened_on,status\n{ROW}"), language="en")
    told = str(error.value)
    assert "the table accounts lacks the required account_name (客户名称). Is acount_nmae meant?" in told


def test_an_optional_header_misspelled_is_listed_and_the_column_kept(source):
    weeks = "week_ending,account_id,win_probability,competitve_posture\n2026-11-20,A1,0.5,50\n"
    data = load(source(account_weeks=weeks))
    assert data.faults[["row", "value", "rule", "action", "detail"]].values.tolist() == [
        [1, "competitve_posture", "unknown_header", "noted", "competitive_posture"]
    ]
    assert data.account_weeks["competitve_posture"].tolist() == ["50"]


def test_unknown_columns_are_kept_as_text_behind_the_others(source):
    weeks = "mood,week_ending,account_id,win_probability\n007,2026-11-20,A1,0.5\n"
    data = load(source(account_weeks=weeks))
    assert data.account_weeks.columns[-1] == "mood"
    assert data.account_weeks["mood"].tolist() == ["007"]
    assert data.faults.empty


def test_two_headers_for_one_column_are_refused(source):
    weeks = "week_ending,account_id,客户编号,win_probability\n2026-11-20,A1,A1,0.5\n"
    with pytest.raises(InputError, match="account_id and 客户编号 both mean account_id"):
        load(source(account_weeks=weeks), language="en")


def test_two_files_for_one_table_are_refused(source):
    with pytest.raises(InputError, match="both hold the table accounts"):
        load(source(客户=f"{','.join(REQUIRED)}\n{ROW}"), language="en")


def test_a_mapping_file_tells_headers_and_words(source):
    place = source(accounts="客户编码,account_name,market_role,opened_on,status\nA1,Acme,长尾,2026-01-05,active\n")
    (place / "columns.yaml").write_text(
        "accounts:\n  客户编码: account_id\n  values:\n    market_role: {长尾: long_tail}\n", "utf-8"
    )
    plain = load(place)
    assert plain.accounts["market_role"].tolist() == ["long_tail"]
    (place / "columns.yaml").write_text("accounts: {客户编码: account_id}\n", "utf-8")
    other = load(place)
    assert other.faults["rule"].tolist()[0] == "unknown_choice"
    assert plain.source.sha256 != other.source.sha256


def test_a_mapping_file_near_the_working_folder_is_used(source, tmp_path, monkeypatch):
    place = source(accounts=f"客户编码,account_name,market_role,opened_on,status\n{ROW}")
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "columns.yaml").write_text("accounts: {客户编码: account_id}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert load(place).accounts["account_id"].tolist() == ["A1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("acounts: {x: account_id}", "names acounts, which is no table or column of ours. Is accounts meant?"),
        ("accounts: {x: acount_id}", "names acount_id"),
        ("accounts: [x]", "should hold tables"),
        ("accounts: {x: [", "cannot be read"),
    ],
)
def test_a_mapping_file_that_is_wrong_is_refused(source, text, told):
    place = source()
    (place / "columns.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        load(place, language="en")
    assert told in str(error.value)
