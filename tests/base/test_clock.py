"""The clock by hand across holidays, weekends and New Year, and against an hour-by-hour loop."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.clock import Clock
from toolkit.base.workdays import Workdays

CALENDAR = Workdays()
CLOCK = Clock(CALENDAR)
HOUR = np.timedelta64(1, "h")


def end(start, amount, unit="working_days", clock=CLOCK):
    return str(clock.deadline(start, amount, unit).astype("datetime64[m]"))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # an ordinary week: the next week's same hour
        ("2026-11-11T10:00", 5, "2026-11-18T10:00"),
        # 14 h of Wednesday 30 September; 1-7 October off; 8, 9 and the make-up Saturday 10 October make 14 + 72 = 86 h;
        # Sunday off; Monday 12 October: 110 h; the missing 10 h on Tuesday
        ("2026-09-30T10:00", 5, "2026-10-13T10:00"),
        # 7 h of Friday 9 October, 24 h of the make-up Saturday, 17 h of Monday
        ("2026-10-09T17:00", 2, "2026-10-12T17:00"),
        # asked on the make-up Saturday itself: 8 h, then 16 h of Monday
        ("2026-10-10T16:00", 1, "2026-10-12T16:00"),
        # asked in the holiday: from Thursday 8 October 00:00; 8, 9, 10, 12, 13 October, to the end of the last
        ("2026-10-03T12:00", 5, "2026-10-14T00:00"),
        # a Saturday and a Sunday: Monday to Friday
        ("2026-11-14T15:00", 5, "2026-11-21T00:00"),
        ("2026-11-15T23:59", 5, "2026-11-21T00:00"),
        # midnight starts the day that it opens
        ("2026-11-16T00:00", 5, "2026-11-21T00:00"),
        # 14 h of 30 December and 24 h of the 31st: 38; Friday 1 January and its weekend off; 4, 5, 6 January: 110; 10 h
        ("2026-12-30T10:00", 5, "2027-01-07T10:00"),
        ("2026-11-11T10:00", 0, "2026-11-11T10:00"),
        ("2026-11-14T10:00", 0, "2026-11-14T10:00"),
        ("2026-11-13T12:00", 0.5, "2026-11-14T00:00"),  # the rest of the Friday, to the minute
        ("2026-11-13T12:00", 0.75, "2026-11-16T06:00"),
    ],
)
def test_working_days_end(start, days, due):
    assert end(start, days) == due


def test_hours_and_days_run_around_the_clock():
    assert end("2026-10-01T09:00", 48, "hours") == "2026-10-03T09:00"
    assert end("2026-10-30T09:00", 3, "days") == "2026-11-02T09:00"
    assert end("2026-12-31T23:59", 1.5, "hours") == "2027-01-01T01:29"


def test_elapsed_working_time_leaves_out_what_is_not_worked():
    # Friday 12:00 to Tuesday 06:00: 12 h of Friday, 24 h of Monday, 6 h of Tuesday: 42 h
    assert CLOCK.elapsed("2026-11-13T12:00", "2026-11-17T06:00", "working_days") == 42 / 24
    # from the make-up Saturday 12:00 to Sunday 12:00: the Saturday's half
    assert CLOCK.elapsed("2026-10-10T12:00", "2026-10-11T12:00", "working_days") == 0.5
    assert CLOCK.elapsed("2026-10-02T12:00", "2026-10-05T12:00", "working_days") == 0
    assert CLOCK.elapsed("2026-11-13T12:00", "2026-11-17T06:00", "hours") == 90
    assert CLOCK.elapsed("2026-11-13T12:00", "2026-11-16T12:00", "days") == 3


def test_an_end_before_its_start_has_no_elapsed_time():
    for unit in ("hours", "days", "working_days"):
        assert CLOCK.elapsed("2026-11-17T06:00", "2026-11-13T12:00", unit) == 0


def test_past_the_calendar_s_years_the_answer_is_provisional():
    due = CLOCK.deadline("2026-12-30T10:00", [1, 2, 5], "working_days")
    assert CLOCK.provisional("2026-12-30T10:00", due).tolist() == [False, True, True]
    assert not CLOCK.provisional("2026-09-30T10:00", "2026-10-14T00:00")
    # the end of 31 December touches no day of the new year
    assert CLOCK.provisional("2026-12-30", ["2027-01-01T00:00", "2027-01-01T00:01"]).tolist() == [False, True]
    # days on both sides may be settled while one between is not
    settled = [(f"2027-01-0{n}", "working" if n > 3 else "holiday", "", "") for n in (1, 2, 4, 5, 6, 7)]
    some = Clock(Workdays(pd.DataFrame(settled, columns=["day", "kind", "name", "note"])))
    assert some.provisional("2026-12-31T10:00", ["2027-01-02T10:00", "2027-01-05T10:00"]).tolist() == [False, True]


def test_an_override_moves_the_deadline_and_settles_its_day():
    rows = [("2027-01-02", "working", "", ""), ("2027-01-01", "holiday", "New Year", "")]
    clock = Clock(Workdays(pd.DataFrame(rows, columns=["day", "kind", "name", "note"])))
    # 31 December from 12:00: 12 h; Saturday 2 January worked: 36 h, more than the 24 h needed
    assert end("2026-12-31T12:00", 1, clock=clock) == "2027-01-02T12:00"
    assert not clock.provisional("2026-12-31T12:00", "2027-01-02T12:00")


def test_missing_times_stay_missing():
    starts = np.array(["NaT", "2026-11-13T12:00", "2026-11-13T12:00"], dtype="datetime64[us]")
    for unit in ("hours", "days", "working_days"):
        assert np.isnat(CLOCK.deadline(starts, [1, np.nan, 1], unit)).tolist() == [True, True, False]
        assert np.isnan(CLOCK.elapsed(starts, "NaT", unit)).all()
        assert np.isnan(CLOCK.elapsed(starts, "2026-11-16", unit)).tolist() == [True, False, False]
    assert CLOCK.provisional(starts, "2027-05-01").tolist() == [False, True, True]
    assert not CLOCK.provisional("NaT", "NaT")


def test_nothing_in_nothing_out():
    none = np.array([], dtype="datetime64[us]")
    for unit in ("hours", "days", "working_days"):
        assert CLOCK.deadline(none, 1, unit).shape == CLOCK.elapsed(none, none, unit).shape == (0,)
    assert CLOCK.provisional(none, none).shape == (0,)


def test_starts_and_amounts_broadcast():
    starts = np.array([["2026-11-11T10:00"], ["2026-11-14T10:00"]], dtype="datetime64[us]")
    due = CLOCK.deadline(starts, [0, 1, 5], "working_days")
    assert due.shape == (2, 3) and due.dtype == np.dtype("datetime64[us]")
    assert due[:, 2].astype("datetime64[m]").astype(str).tolist() == ["2026-11-18T10:00", "2026-11-21T00:00"]


def test_a_negative_amount_and_an_unknown_unit_are_refused():
    with pytest.raises(ValueError, match="negative"):
        CLOCK.deadline("2026-11-11", -1, "hours")
    with pytest.raises(ValueError, match="weeks"):
        CLOCK.elapsed("2026-11-11", "2026-11-12", "weeks")


@given(
    start=st.integers(0, 400 * 24 * 60),
    amount=st.floats(0, 30, allow_nan=False),
    more=st.floats(0, 5, allow_nan=False),
)
def test_a_deadline_is_the_first_moment_at_which_the_time_has_passed(start, amount, more):
    begin = np.datetime64("2026-01-01", "us") + np.timedelta64(start, "m")
    due = CLOCK.deadline(begin, amount, "working_days")
    assert CLOCK.elapsed(begin, due, "working_days") == pytest.approx(amount, abs=1e-9)
    if due > begin:
        assert CLOCK.elapsed(begin, due - np.timedelta64(1, "s"), "working_days") < amount
    assert CLOCK.deadline(begin, amount + more, "working_days") >= due


@pytest.mark.parametrize("seed", range(3))
def test_the_clock_equals_a_loop_over_hours(seed):
    rng = random.Random(seed)
    first = np.datetime64("2026-09-10T00", "h")
    hours = first + np.arange(24 * 200)
    works = CALENDAR.is_working(hours.astype("datetime64[D]"))
    starts, amounts, ends = [], [], []
    for _ in range(150):
        starts.append(rng.randrange(24 * 120))
        amounts.append(rng.randrange(24 * 12))
        ends.append(starts[-1] + rng.randrange(-5, 24 * 20))
    due = CLOCK.deadline(first + np.array(starts) * HOUR, np.array(amounts) / 24, "working_days")
    passed = CLOCK.elapsed(first + np.array(starts) * HOUR, first + np.array(ends) * HOUR, "working_days")
    for start, amount, finish, got, took in zip(starts, amounts, ends, due, passed, strict=True):
        place, left = start, amount
        while left:
            left -= int(works[place])
            place += 1
        assert got == (first + place * HOUR)
        assert took * 24 == pytest.approx(sum(works[start:finish]))
