"""When reports are due: the notices for 2023 and 2026 by hand, a plain loop, and a quarter of chance wake-ups."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.workdays import Workdays
from toolkit.plan.due import Rhythm, occurrences

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Workdays()
EVERY = {
    "daily": Rhythm("daily", time(8, 30), SHANGHAI),
    "weekly": Rhythm("weekly", time(16, 0), SHANGHAI),
    "monthly": Rhythm("monthly", time(9, 0), SHANGHAI),
}


def moment(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(every, first, last, calendar=CALENDAR):
    """{day: the day on which it is due} of what is due from the start of one day to the end of another."""
    rhythm = EVERY.get(every, every)
    found = occurrences(rhythm, moment(f"{first}T00:00:00"), moment(f"{last}T23:59:59"), calendar)
    assert all(one.at.timetz().replace(tzinfo=None) == rhythm.at for one in found)
    return {str(one.day): str(one.at.date()) for one in found}


def test_every_working_day_with_make_up_days_and_without_holidays():
    # Notice for 2026: Sunday 20 September and Saturday 10 October are worked, 25-27 September and 1-7 October free.
    found = due("daily", "2026-09-18", "2026-10-12")
    september, october = (18, 20, 21, 22, 23, 24, 28, 29, 30), (8, 9, 10, 12)
    expected = [f"2026-09-{day:02d}" for day in september] + [f"2026-10-{day:02d}" for day in october]
    assert list(found) == expected
    assert all(day == on for day, on in found.items())


def test_a_friday_that_is_worked_is_due_on_itself():
    assert due("weekly", "2026-11-01", "2026-11-30") == {
        "2026-11-06": "2026-11-06",
        "2026-11-13": "2026-11-13",
        "2026-11-20": "2026-11-20",
        "2026-11-27": "2026-11-27",
    }


def test_a_friday_that_is_a_holiday_is_due_on_the_last_working_day_before_as_of_that_friday():
    found = due("weekly", "2026-09-19", "2026-10-09")
    # Mid-autumn is Friday 25 September; National Day runs from Thursday 1 to Wednesday 7 October.
    assert found == {"2026-09-25": "2026-09-24", "2026-10-02": "2026-09-30", "2026-10-09": "2026-10-09"}


def test_the_spring_festival_week_is_due_on_its_make_up_saturday():
    # Spring Festival 2026: 15-23 February; Saturday 14 and Saturday 28 February are worked.
    found = due("weekly", "2026-02-09", "2026-02-28")
    assert found == {"2026-02-13": "2026-02-13", "2026-02-20": "2026-02-14", "2026-02-27": "2026-02-27"}


def test_a_week_without_a_working_day_is_reviewed_on_the_first_one_after_it():
    # 2023: 29 September to 6 October are free (Friday to Friday), so the week from 30 September holds no working day;
    # Saturday 7 October is worked.
    found = due("weekly", "2023-09-25", "2023-10-13")
    assert found == {"2023-09-29": "2023-09-28", "2023-10-06": "2023-10-07", "2023-10-13": "2023-10-13"}


def test_a_month_is_due_on_the_first_working_day_after_it_as_of_its_last_day():
    found = due("monthly", "2026-08-01", "2026-12-31")
    assert found == {
        "2026-07-31": "2026-08-03",
        "2026-08-31": "2026-09-01",
        "2026-09-30": "2026-10-08",
        "2026-10-31": "2026-11-02",
        "2026-11-30": "2026-12-01",
    }


def test_over_new_year_the_provisional_calendar_decides_until_a_notice_overrides_it():
    # 1 January 2027 is a Friday; nobody has announced make-up days for 2027.
    assert due("weekly", "2026-12-28", "2027-01-08") == {"2027-01-01": "2026-12-31", "2027-01-08": "2027-01-08"}
    assert due("monthly", "2027-01-01", "2027-01-10") == {"2026-12-31": "2027-01-04"}
    worked = pd.DataFrame({"day": ["2027-01-01", "2027-01-02"], "kind": "working", "name": "", "note": ""})
    mine = Workdays(worked)
    assert due("weekly", "2026-12-28", "2027-01-08", mine) == {"2027-01-01": "2027-01-01", "2027-01-08": "2027-01-08"}
    assert due("monthly", "2027-01-01", "2027-01-10", mine) == {"2026-12-31": "2027-01-01"}


def test_the_interval_holds_its_end_and_not_its_beginning():
    at = moment("2026-11-20T16:00:00")
    second = timedelta(seconds=1)
    weekly = EVERY["weekly"]
    assert [one.at for one in occurrences(weekly, at - second, at, CALENDAR)] == [at]
    assert occurrences(weekly, at, at + second, CALENDAR) == ()
    assert occurrences(weekly, at, at - second, CALENDAR) == ()


def test_moments_in_another_zone_are_the_same_moments():
    first, last = moment("2026-11-20T07:59:59", UTC), moment("2026-11-20T08:00:00", UTC)  # 16:00 in Shanghai
    assert [one.day for one in occurrences(EVERY["weekly"], first, last, CALENDAR)] == [date(2026, 11, 20)]


def test_an_hour_that_summer_time_skips_or_repeats_is_due_once():
    # Berlin: 29 March 2026 skips 02:00-03:00 and 25 October 2026 repeats it; both are Sundays, made working here.
    berlin = ZoneInfo("Europe/Berlin")
    sundays = pd.DataFrame({"day": ["2026-03-29", "2026-10-25"], "kind": "working", "name": "", "note": ""})
    rhythm = Rhythm("daily", time(2, 30), berlin)
    for day, utc in (("2026-03-29", "01:30"), ("2026-10-25", "00:30")):
        hours = [moment(f"{day}T00:00:00", UTC) - timedelta(hours=3) + timedelta(minutes=10 * n) for n in range(60)]
        found = [
            one for a, b in zip(hours, hours[1:], strict=False) for one in occurrences(rhythm, a, b, Workdays(sundays))
        ]
        assert [(str(one.day), f"{one.at.astimezone(UTC):%H:%M}") for one in found] == [(day, utc)]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        occurrences(EVERY["daily"], datetime(2026, 11, 20), moment("2026-11-21T00:00:00"), CALENDAR)


def looped(every, first, last):
    """The same in a plain loop: {(day, due day)}, of what is due from a day to another."""
    out, day = set(), first - timedelta(days=40)

    def works(one):
        return bool(CALENDAR.is_working(one.isoformat()))

    def next_worked(one):
        one += timedelta(days=1)
        while not works(one):
            one += timedelta(days=1)
        return one

    while day <= last + timedelta(days=40):
        on = None
        if every == "daily" and works(day):
            on = day
        if every == "monthly" and (day + timedelta(days=1)).day == 1:
            on = next_worked(day)
        if every == "weekly" and day.weekday() == 4:
            on = day
            while not works(on) and on > day - timedelta(days=7):
                on -= timedelta(days=1)
            if on == day - timedelta(days=7):
                on = next_worked(day)
        if on is not None and first <= on <= last:
            out.add((day.isoformat(), on.isoformat()))
        day += timedelta(days=1)
    return out


@given(
    every=st.sampled_from(sorted(EVERY)),
    first=st.dates(date(2019, 1, 1), date(2028, 1, 1)),
    length=st.integers(0, 120),
)
def test_as_in_a_plain_loop_over_any_stretch_of_days(every, first, length):
    last = first + timedelta(days=length)
    assert set(due(every, first, last).items()) == looped(every, first, last)


QUARTER = moment("2026-09-15T00:00:00"), moment("2027-01-15T00:00:00")  # three holidays and a year's end


@given(
    every=st.sampled_from(sorted(EVERY)),
    gaps=st.lists(
        st.one_of(st.integers(1, 3_600), st.integers(3_600, 86_400), st.integers(86_400, 20 * 86_400)), max_size=200
    ),
)
def test_a_quarter_woken_at_any_times_makes_each_report_once_and_misses_none(every, gaps):
    begin, end = QUARTER
    made, before = [], begin
    for gap in gaps:  # seconds until the next wake-up: minutes, hours, or a downtime of up to twenty days
        now = before + timedelta(seconds=gap)
        if now >= end:
            break
        made += occurrences(EVERY[every], before, now, CALENDAR)
        before = now
    made += occurrences(EVERY[every], before, end, CALENDAR)
    assert made == list(occurrences(EVERY[every], begin, end, CALENDAR))
    assert len({one.day for one in made}) == len(made)
    assert [one.at for one in made] == sorted(one.at for one in made)
