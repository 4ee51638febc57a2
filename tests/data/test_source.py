"""Reading a folder: encodings, shapes, and what cannot be read at all."""

import random

import pytest

from toolkit.base.errors import InputError
from toolkit.data.load import load

CHINESE = "account_id,account_name,market_role,opened_on,status\nA1,华北重工喆,long_tail,2026-01-05,active\n"
WEEK = "week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_utf8_bom_and_gbk_give_the_same_frames(source, encoding):
    data = load(source(accounts=CHINESE.encode(encoding), account_weeks=WEEK))
    assert data.accounts["account_name"].tolist() == ["华北重工喆"]
    assert data.faults.empty


def refusal(place, **rest):
    with pytest.raises(InputError) as error:
        load(place, language="en", **rest)
    return str(error.value)


def test_utf16_is_refused_with_what_to_do(source):
    told = refusal(source(accounts=CHINESE.encode("utf-16")))
    assert "accounts.csv is UTF-16. Save it as CSV UTF-8." in told


def test_ten_megabytes_of_junk_are_refused_by_name(source):
    junk = random.Random(7).randbytes(10_000_000)
    assert "accounts.csv is not a text file" in refusal(source("binary", accounts=junk))
    assert "accounts.csv is neither UTF-8 nor GB18030" in refusal(source("high", accounts=junk.replace(b"\0", b"\xff")))
    assert "line 1" in refusal(source("endless", accounts=b"x" * 10_000_000))
    assert "lacks the required account_id" in refusal(source("lines", accounts=b"x,y\n" * 2_500_000))


def test_junk_in_a_workbook_is_refused_by_name(tmp_path):
    book = tmp_path / "book.xlsx"
    book.write_bytes(random.Random(7).randbytes(1_000_000))
    assert "book.xlsx cannot be read as an Excel workbook" in refusal(book)


def test_an_open_quotation_mark_is_refused_with_its_line(source):
    told = refusal(source(accounts=CHINESE + 'A2,"open,long_tail,2026-01-05,active\n'))
    assert "accounts.csv cannot be read beyond line 3" in told


def test_a_needed_table_may_not_be_missing_or_empty(source):
    assert "lacks the table account_weeks (客户周数据)" in refusal(source("a", account_weeks=None))
    assert "accounts.csv is empty" in refusal(source("b", accounts=""))
    header = CHINESE.splitlines()[0]
    assert "accounts.csv is empty" in refusal(source("c", accounts=header + "\n\n"))


def test_a_misspelled_table_is_pointed_out(source):
    told = refusal(source(accounts=None, acounts=CHINESE))
    assert "Is acounts meant?" in told


def test_an_empty_file_of_another_table_is_like_none(source):
    data = load(source(reps="", visits=" \n"))
    assert data.faults.empty
    assert data.reps.empty
    assert str(data.visits["visited_at"].dtype) == "datetime64[us]"


def test_every_table_of_the_contract_is_there_in_its_types(source):
    data = load(source())
    assert len(data.tables) == 30
    assert str(data.reps["rep_name"].dtype) == "str"
    assert str(data.visits["consent"].dtype) == "boolean"
    assert str(data.account_weeks["value_index"].dtype) == "float64"
    with pytest.raises(AttributeError):
        _ = data.no_such_table


def test_nothing_there_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = refusal("no_such_data")
    assert "No data at no_such_data" in told
    assert str(tmp_path) in told


def test_a_file_that_is_no_source_and_a_database_that_is_not_there_are_refused(source, tmp_path):
    (tmp_path / "notes.docx").write_text("notes")
    assert "neither a folder" in refusal(tmp_path / "notes.docx")
    assert "kat import --guess" in refusal(source() / "accounts.csv")
    assert "database" in refusal("sqlite:///team.db")


def test_a_notebook_finds_the_data_beside_its_folder(source, tmp_path, monkeypatch):
    source("sample")
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "deep")
    assert len(load("sample").accounts) == 2


def test_lines_are_those_of_the_file_blank_lines_and_line_breaks_in_cells_counted(source):
    weeks = '\nweek_ending,account_id,win_probability,remark\n\n2026-11-20,A1,0.5,"two\nlines"\n2026-11-20,A2,65,\n'
    faults = load(source(account_weeks=weeks)).faults
    # line 1 blank, 2 header, 3 blank, 4 and 5 the first row, 6 the second
    assert faults["row"].tolist() == [6]


def test_a_row_with_a_comma_too_many_is_set_aside_whole(source):
    data = load(source(account_weeks="week_ending,account_id,win_probability\n2026-11-20,A1,0,5\n2026-11-20,A2,0.5\n"))
    assert data.faults[["row", "rule", "action"]].values.tolist() == [[2, "too_many_cells", "set_aside"]]
    assert data.account_weeks["account_id"].tolist() == ["A2"]
    assert data.rejected["record"].tolist() == [
        '{"week_ending": "2026-11-20", "account_id": "A1", "win_probability": "0", "": "5"}'
    ]


def test_a_short_row_is_filled_up_and_listed(source):
    weeks = "week_ending,account_id,win_probability,competitive_posture\n2026-11-20,A1,0.5\n"
    data = load(source(account_weeks=weeks))
    assert data.faults[["rule", "action"]].values.tolist() == [["too_few_cells", "noted"]]
    assert len(data.account_weeks) == 1


def test_the_fingerprint_is_of_the_content_only(source):
    first, second = source("one"), source("two")
    (second / "notes.txt").write_text("not ours")
    third = source("three", reps="rep_id,rep_name,role\nR1,Li,rep\n")
    shas = [load(place).source.sha256 for place in (first, second, third)]
    assert shas[0] == shas[1] != shas[2]


def test_the_time_zone_is_a_parameter(source):
    class Parameters:
        timezone = "UTC"

    visits = "visit_id,rep_id,account_id,visited_at\nV1,R1,A1,2026-11-20T09:30:00+08:00\n"
    place = source(visits=visits)
    assert str(load(place).visits["visited_at"].iloc[0]) == "2026-11-20 09:30:00"
    assert str(load(place, parameters=Parameters()).visits["visited_at"].iloc[0]) == "2026-11-20 01:30:00"
    Parameters.timezone = "Mars/Olympus"
    assert "no time zone Mars/Olympus" in refusal(place, parameters=Parameters())


def test_strict_refuses_any_fault_and_says_the_first(source):
    place = source(account_weeks="week_ending,account_id,win_probability\n2026-11-20,A1,65\n2026-11-20,A2,0.5\n")
    assert len(load(place).account_weeks) == 1
    told = refusal(place, strict=True)
    assert "1 fault: 1 row set aside, 0 cells blanked." in told
    assert 'account_weeks, row 2, win_probability "65"' in told
    assert load(source("clean"), strict=True).faults.empty
