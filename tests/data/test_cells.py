"""Cells: what is converted is converted exactly, what cannot be is refused with the right rule."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.cells import read_column
from toolkit.data.columns import Column

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(kind, *texts, meanings=None):
    column = Column("x", kind)
    return read_column(np.array(texts, dtype=object), column, SHANGHAI, meanings or {})


def one(kind, text):
    values, rules = read(kind, text)
    return values.iloc[0], "" if rules is None else rules[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [("65%", 0.65), ("0.65", 0.65), (" 65 % ", 0.65), ("６５％", 0.65), ("33.3%", 0.333), ("7%", 0.07)],
)
def test_a_share_with_a_per_cent_sign_is_exact(text, value):
    assert one("fraction", text) == (value, "")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,200.5", 1200.5), ("１２００", 1200), ("－3", -3), ("−3", -3), ("+3", 3), ("1e5", 1e5), (".5", 0.5)],
)
def test_a_number_is_read_as_it_is_meant(text, value):
    assert one("number", text) == (value, "")


@pytest.mark.parametrize("text", ["1,2", "12万", "¥5", "n/a", "nan", "inf", "1e400", "1_000", "0x10", "--1", "5%"])
def test_what_is_no_number_is_refused(text):
    value, rule = one("number", text)
    assert np.isnan(value)
    assert rule == "not_a_number"


def test_one_cell_that_is_no_number_does_not_touch_the_others():
    values, rules = read("number", "1", "x", "2", "", "1")
    assert values.tolist()[:3:2] == [1, 2]
    assert values.isna().tolist() == [False, True, False, True, False]
    assert rules.tolist() == ["", "not_a_number", "", "", ""]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_out_comes_back_the_same(number):
    assert one("number", repr(number)) == (number, "")


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "是", "１"])
def test_words_for_yes(text):
    assert one("boolean", text) == (True, "")


@pytest.mark.parametrize("text", ["false", "0", "否"])
def test_words_for_no(text):
    assert one("boolean", text) == (False, "")


def test_any_other_word_is_neither_yes_nor_no():
    assert one("boolean", "maybe")[1] == "not_a_boolean"


@pytest.mark.parametrize("text", ["2026-11-20", "2026/11/20", "2026/11/20 00:00:00", "２０２６－１１－２０"])
def test_a_date_is_read(text):
    assert one("date", text) == (pd.Timestamp("2026-11-20"), "")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2026-02-30", "impossible_date"),
        ("2026-13-01", "impossible_date"),
        ("0026-11-20", "impossible_date"),
        ("20.11.2026", "not_a_date"),
        ("2026-11/20", "not_a_date"),
        ("46346", "not_a_date"),
        ("2026-11-20T09:30:00", "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused(text, rule):
    value, broken = one("date", text)
    assert pd.isna(value)
    assert broken == rule


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20T09:30:00+08:00", datetime(2026, 11, 20, 9, 30)),
        ("2026-11-20T01:30:00Z", datetime(2026, 11, 20, 9, 30)),
        ("2026-11-19T20:30:00-0500", datetime(2026, 11, 20, 9, 30)),
        ("2026-11-20 09:30", datetime(2026, 11, 20, 9, 30)),
        ("2026/11/20 9:30:15.25", datetime(2026, 11, 20, 9, 30, 15, 250_000)),
        ("2026-11-20", datetime(2026, 11, 20)),
    ],
)
def test_a_time_is_wall_time_in_the_zone(text, value):
    assert one("time", text) == (value, "")


def test_an_hour_that_no_clock_has_is_refused():
    assert one("time", "2026-11-20T25:00:00")[1] == "impossible_date"


def test_ids_keep_leading_zeros_and_lose_spaces():
    values, rules = read("id", " 007 ", "Ａ０１", "x y", "　8")
    assert values.tolist() == ["007", "A01", "x y", "8"]
    assert rules is None


def test_an_id_that_a_spreadsheet_has_rounded_is_refused():
    assert one("id", "1.23457E+15")[1] == "damaged_id"


def test_text_keeps_what_it_says():
    for text in ('<script>alert("x")</script>', "=cmd()", "Ｆｕｌｌ，ｗｉｄｔｈ", "none", "NA"):
        assert one("text", text) == (text, "")


def test_quarters_and_choices_do_not_mind_case():
    assert one("quarter", "2026q4") == ("2026Q4", "")
    assert one("quarter", "2026-Q5")[1] == "not_a_quarter"
    assert one("choice", "Active") == ("active", "")


def test_blank_cells_are_missing_in_every_kind():
    for kind in ("id", "text", "number", "fraction", "boolean", "date", "time"):
        values, rules = read(kind, "", "  ", "\u3000")
        assert values.isna().all()
        assert rules is None


def test_a_source_may_have_words_of_its_own():
    values, _ = read("choice", "行业标杆", meanings={"行业标杆": "industry_benchmark"})
    assert values.tolist() == ["industry_benchmark"]


def test_spreadsheet_errors_are_no_values_even_in_text():
    assert one("text", "#REF!")[1] == "spreadsheet_error"
    assert one("number", "#DIV/0!")[1] == "spreadsheet_error"
