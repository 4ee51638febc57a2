"""The working calendar, held against the State Council's notice for 2026 by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.errors import InputError
from toolkit.base.workdays import Workdays

CALENDAR = Workdays()


def span(first, last):
    """Every day from first to last, both included."""
    return np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]")


def overrides(*rows):
    return pd.DataFrame(list(rows), columns=["day", "kind", "name", "note"])


def test_october_2026_with_its_make_up_saturday():
    # Notice for 2026: National Day 1-7 October (Thursday to Wednesday); Sunday 20 September and Saturday
    # 10 October are worked. So 8, 9 and 10 October are worked, the 11th is an ordinary Sunday.
    days = span("2026-09-28", "2026-10-12")
    worked = [True, True, True] + [False] * 7 + [True, True, True, False, True]
    assert CALENDAR.is_working(days).tolist() == worked
    holiday = [False] * 3 + [True] * 7 + [False] * 5
    assert CALENDAR.is_public_holiday(days).tolist() == holiday
    assert CALENDAR.is_working("2026-09-20").tolist() is True
    assert not CALENDAR.provisional(days).any()


def test_a_three_day_holiday_takes_its_weekend_along_and_no_other():
    # Mid-autumn 2026: Friday 25 to Sunday 27 September. The weekend before, 19-20 September, is ordinary
    # (its Sunday is worked), the one after, 3-4 October, lies inside National Day.
    days = span("2026-09-19", "2026-09-28")
    assert CALENDAR.is_public_holiday(days).tolist() == [False] * 6 + [True] * 3 + [False]


def test_a_weekend_that_joins_a_holiday_counts_though_no_notice_names_it():
    # 2024: Dragon Boat is Monday 10 June; the notice gives the three days 8-10 June.
    days = span("2024-06-07", "2024-06-11")
    assert CALENDAR.is_public_holiday(days).tolist() == [False, True, True, True, False]


def test_new_year_2026_27_is_provisional_beyond_the_notices():
    # 1 January 2027 is a Friday and statutory; the weekend joins it. No notice is known, so no make-up day.
    days = span("2026-12-30", "2027-01-05")
    assert CALENDAR.is_public_holiday(days).tolist() == [False, False, True, True, True, False, False]
    assert CALENDAR.is_working(days).tolist() == [True, True, False, False, False, True, True]
    assert CALENDAR.provisional(days).tolist() == [False, False] + [True] * 5
    # Strictly between Wednesday 30 December and Tuesday 5 January: Thursday 31 and Monday 4.
    assert int(CALENDAR.working_days_between("2026-12-30", "2027-01-05")) == 2


def test_an_override_settles_a_day_of_any_year():
    # Suppose the notice for 2027 makes Saturday 9 January a working day and Monday 4 January free.
    mine = Workdays(overrides(("2027-01-04", "holiday", "元旦", ""), ("2027-01-09", "working", "元旦", "")))
    assert mine.is_public_holiday(span("2027-01-01", "2027-01-05")).tolist() == [True] * 4 + [False]
    assert mine.is_working(["2027-01-04", "2027-01-09", "2027-01-10"]).tolist() == [False, True, False]
    assert mine.provisional(["2027-01-03", "2027-01-04", "2027-01-09"]).tolist() == [True, False, False]


def test_a_working_day_by_override_splits_a_holiday_and_its_weekend():
    # Working on Friday 2 October 2026 leaves 1 October alone, and 3-7 October together.
    mine = Workdays(overrides(("2026-10-02", "working", "", "")))
    found = mine.is_public_holiday(span("2026-09-30", "2026-10-08")).tolist()
    assert found == [False, True, False, True, True, True, True, True, False]


def test_an_official_holiday_on_a_weekday_joins_the_weekend():
    mine = Workdays(overrides(("2026-11-20", "holiday", "", "")))
    assert mine.is_public_holiday(span("2026-11-19", "2026-11-23")).tolist() == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_working_days_between_is_strict_and_never_negative():
    # Friday 13 to Friday 20 November 2026: Monday to Thursday lie between.
    assert int(CALENDAR.working_days_between("2026-11-13", "2026-11-20")) == 4
    assert int(CALENDAR.working_days_between("2026-11-13", "2026-11-21")) == 5
    assert CALENDAR.working_days_between("2026-11-20", ["2026-11-20", "2026-11-21", "2026-11-02"]).tolist() == [0] * 3


def test_counting_on_from_a_day():
    # After Friday 13 November: the fifth working day is Friday 20.
    assert CALENDAR.nth_working_day("2026-11-13", 5) == np.datetime64("2026-11-20")
    # Days that are no public holiday after 28 September: 29, 30, then 8 October is the third.
    assert CALENDAR.nth_day_outside_holidays("2026-09-28", 3) == np.datetime64("2026-10-08")
    assert CALENDAR.days_outside_holidays("2026-09-28", "2026-10-07").tolist() == 2
    assert CALENDAR.days_outside_holidays("2026-10-07", "2026-10-05").tolist() == 0


@given(
    st.integers(0, 1500).map(lambda n: np.datetime64("2024-01-01") + n),
    st.integers(0, 400),
    st.integers(1, 30),
)
def test_interval_counts_equal_a_plain_count_of_days(start, length, n):
    end = start + length
    inside = [d for d in span(start, end) if start < d < end]
    assert int(CALENDAR.working_days_between(start, end)) == sum(bool(CALENDAR.is_working(d)) for d in inside)
    after = [d for d in span(start, end) if d > start]
    ordinary = sum(not CALENDAR.is_public_holiday(d) for d in after)
    assert int(CALENDAR.days_outside_holidays(start, end)) == ordinary
    day, left = start, n
    while left:
        day += 1
        left -= bool(CALENDAR.is_working(day))
    assert CALENDAR.nth_working_day(start, n) == day


@given(st.lists(st.integers(-9000, 40000), min_size=1, max_size=6))
def test_a_day_is_the_same_whatever_was_asked_before(numbers):
    used = Workdays()
    for number in numbers:
        day = np.datetime64(number, "D")
        assert used.is_working(day) == Workdays().is_working(day)
        assert used.is_public_holiday(day) == Workdays().is_public_holiday(day)


def test_a_working_day_is_never_a_public_holiday():
    days = span("2004-01-01", "2030-12-31")
    assert not (CALENDAR.is_working(days) & CALENDAR.is_public_holiday(days)).any()


def test_times_of_day_do_not_matter_and_no_days_are_no_answer():
    assert CALENDAR.is_working(np.array(["2026-10-10T23:59:59"], "datetime64[us]")).tolist() == [True]
    assert CALENDAR.is_working(np.array([], "datetime64[D]")).tolist() == []
    assert CALENDAR.working_days_between(np.array([], "datetime64[D]"), "2026-11-20").tolist() == []


def test_a_missing_day_is_refused():
    with pytest.raises(ValueError, match="missing"):
        CALENDAR.is_working([np.datetime64("NaT")])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (overrides(("2027-02-30", "holiday", "", "")), "2027-02-30"),
        (overrides(("2027-02-05", "off", "", "")), "working or holiday"),
        (overrides(("2027-02-05", "holiday", "", ""), ("2027-02-05", "working", "", "")), "twice"),
        (overrides((None, "holiday", "", "")), "not a day"),
        (pd.DataFrame({"date": ["2027-02-05"]}), "no column"),
    ],
)
def test_a_faulty_override_is_named(table, message):
    with pytest.raises(InputError, match=message):
        Workdays(table)


def test_overrides_come_from_a_file(tmp_path):
    path = tmp_path / "workdays.csv"
    path.write_text("day,kind,name,note\n2027-02-20,working,春节,调休\n", encoding="utf-8")
    assert Workdays.read(path).is_working("2027-02-20").tolist() is True
    assert Workdays.read(tmp_path / "none.csv").is_working("2027-02-20").tolist() is False
    path.write_bytes(b"\xff\xfe\x00day")
    with pytest.raises(InputError, match="workdays.csv"):
        Workdays.read(path)


def test_the_table_that_comes_with_the_toolkit_can_be_read():
    from pathlib import Path

    shipped = Path(__file__).parents[2] / "parameters" / "workdays.csv"
    assert shipped.exists()
    assert Workdays.read(shipped).is_working("2026-10-10").tolist() is True
