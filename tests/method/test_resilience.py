"""F5: the step of a tenure, and how each week of it went."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.workdays import Workdays
from toolkit.method.resilience import ResilienceParameters, ladder, ladder_weeks, step_of

P = ResilienceParameters()
CALENDAR = Workdays(None)
FRIDAY = "2026-11-20"


def reps(hired, left=None, role="rep"):
    row = {"rep_id": ["R1"], "role": [role], "hired_on": pd.to_datetime([hired]), "left_on": pd.to_datetime([left])}
    return pd.DataFrame(row)


def done(kind, *days, quantity=1.0):
    frame = pd.DataFrame({"rep_id": "R1", "kind": kind, "achieved_on": pd.to_datetime(list(days))})
    return frame.assign(quantity=quantity, achievement_id=[f"J{n}" for n in range(len(frame))])


def hired_for(days):
    """The first day of a tenure of so many days on the Friday."""
    return pd.Timestamp(FRIDAY) - pd.Timedelta(days=days - 1)


WEEK = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")


@pytest.mark.parametrize(
    ("tenure", "month", "step"),
    [(1, 1, 1), (30, 1, 1), (31, 2, 1), (60, 2, 1), (61, 3, 3), (150, 5, 3), (151, 6, 6), (180, 6, 6), (181, 7, 6)],
)
def test_a_month_has_thirty_days_and_between_steps_the_last_one_holds(tenure, month, step):
    assert step_of(tenure) == (month, step)
    row = ladder(reps(hired_for(tenure)), done("objection_handled", "2026-11-02"), FRIDAY, CALENDAR, P).iloc[0]
    assert (row["tenure_days"], row["month"], row["step"]) == (tenure, month, step)


def test_a_tenure_begins_with_day_one():
    with pytest.raises(ValueError, match="day 1"):
        step_of(0)


def test_two_objections_on_each_working_day_keep_the_first_step():
    found = ladder(reps(hired_for(20)), done("objection_handled", *WEEK, quantity=2.0), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["needed"], found["done"], found["code"]) == (5, 5, "done")


def test_many_on_one_day_do_not_make_up_for_another():
    some = pd.concat([done("objection_handled", *WEEK[:4], quantity=9.0), done("objection_handled", WEEK[4])])
    found = ladder(reps(hired_for(20)), some, FRIDAY, CALENDAR, P).iloc[0]
    assert (found["done"], found["state"], found["code"]) == (4, "breach", "short")


def test_several_records_of_a_day_add_up_and_a_blank_quantity_counts_nothing():
    twice = done("objection_handled", *WEEK, *WEEK)
    blank = done("objection_handled", *WEEK, *WEEK, quantity=np.nan)
    assert ladder(reps(hired_for(20)), twice, FRIDAY, CALENDAR, P)["done"].item() == 5
    assert ladder(reps(hired_for(20)), blank, FRIDAY, CALENDAR, P)["done"].item() == 0


def test_days_off_and_days_before_the_first_ask_nothing():
    # hired on Wednesday 18 November; Wednesday to Friday are three working days
    found = ladder(reps("2026-11-18"), done("objection_handled", *WEEK, quantity=2.0), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["needed"], found["done"]) == (3, 3)
    # the week of 3-9 October 2026 lies in the national holiday but for Thursday and Friday
    week = ladder_weeks(reps("2026-09-20"), done("objection_handled", "2026-10-08"), "2026-10-09", CALENDAR, P)
    days = np.arange(np.datetime64("2026-10-03"), np.datetime64("2026-10-10"))
    assert week["needed"].iloc[-1] == CALENDAR.is_working(days).sum() < 5


def test_a_breakpoint_a_week_keeps_the_third_month_and_weeks_missed_are_counted():
    # tenure of 82 days: weeks ending 6, 13 and 20 November are of step 3 (day 61 is 30 October)
    solved = done("breakpoint_solved", "2026-10-30", "2026-11-13", "2026-11-16")
    found = ladder(reps(hired_for(82)), solved, FRIDAY, CALENDAR, P).iloc[0]
    assert (found["code"], found["weeks_met"], found["weeks_judged"]) == ("done", 3, 4)


def test_a_week_that_still_runs_is_not_short_yet():
    found = ladder(reps(hired_for(82)), done("breakpoint_solved", "2026-11-13"), "2026-11-18", CALENDAR, P).iloc[0]
    assert (found["state"], found["code"]) == ("warning", "running")
    on_friday = ladder(reps(hired_for(82)), done("breakpoint_solved", "2026-11-13"), FRIDAY, CALENDAR, P).iloc[0]
    assert (on_friday["state"], on_friday["code"]) == ("breach", "short")


@pytest.mark.parametrize(("tenure", "state", "code"), [(180, "warning", "running"), (181, "breach", "late")])
def test_the_strategic_account_is_due_by_the_end_of_month_six(tenure, state, code):
    found = ladder(reps(hired_for(tenure)), done("breakpoint_solved", "2026-11-02"), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["step"], found["state"], found["code"]) == (6, state, code)


def test_who_won_a_strategic_account_has_reached_the_end():
    found = ladder(reps(hired_for(200)), done("strategic_won_alone", "2026-10-20"), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["state"], found["code"]) == ("good", "reached")


def test_who_was_through_before_the_records_begin_is_not_on_the_ladder_unless_enrolled():
    records = done("objection_handled", "2026-06-01")
    assert not len(ladder(reps("2019-07-22"), records, FRIDAY, CALENDAR, P))
    again = ResilienceParameters(enrolled={"R1": "2026-11-01"})
    assert ladder(reps("2019-07-22"), records, FRIDAY, CALENDAR, again)["tenure_days"].tolist() == [20]


def test_managers_and_those_who_left_are_not_on_it():
    records = done("objection_handled", FRIDAY)
    assert not len(ladder(reps(hired_for(20), role="manager"), records, FRIDAY, CALENDAR, P))
    assert not len(ladder(reps(hired_for(20), left=FRIDAY), records, FRIDAY, CALENDAR, P))


def test_without_records_or_a_first_day_nobody_is_judged():
    found = ladder(reps(hired_for(20)), done("objection_handled"), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["state"], found["code"]) == ("cannot_judge", "no_records")
    found = ladder(reps(None), done("objection_handled", FRIDAY), FRIDAY, CALENDAR, P).iloc[0]
    assert (found["state"], found["code"]) == ("cannot_judge", "no_first_day")


def test_a_first_day_that_is_none_is_refused():
    with pytest.raises(ValueError, match="enrolled"):
        ResilienceParameters(enrolled={"R1": "soon"})


def test_weeks_of_the_ladder_equal_a_plain_loop_over_days():
    rng = np.random.default_rng(6)
    kinds = ("objection_handled", "breakpoint_solved", "strategic_won_alone")
    for _ in range(12):
        first = pd.Timestamp("2026-03-01") + pd.Timedelta(days=int(rng.integers(0, 200)))
        days = [first + pd.Timedelta(days=int(n)) for n in rng.integers(0, 220, 60)]
        records = pd.DataFrame({"rep_id": "R1", "kind": rng.choice(kinds, 60, p=(0.7, 0.28, 0.02)),
                                "achieved_on": days, "quantity": rng.integers(1, 4, 60).astype(float)})  # fmt: skip
        today = pd.Timestamp(FRIDAY) - pd.Timedelta(days=int(rng.integers(0, 7)))
        found = ladder_weeks(reps(first), records, today, CALENDAR, P).set_index("week_ending")
        weeks = {}
        for n in range((today - first).days + 1):  # day by day into the week that ends on its Friday
            on = first + pd.Timedelta(days=n)
            weeks.setdefault(on + pd.Timedelta(days=(4 - on.weekday()) % 7), []).append((n + 1, on))
        assert list(found.index) == list(weeks)
        for friday, week in weeks.items():
            tenure, last = week[-1]
            step = 1 if tenure <= 60 else 3 if tenure <= 150 else 6
            of = [r for r in records.itertuples() if r.achieved_on <= last]
            if step == 1:
                working = [on for _, on in week if CALENDAR.is_working(np.array([on], "datetime64[D]"))[0]]
                handled = {
                    on: sum(r.quantity for r in of if (r.kind, r.achieved_on) == (kinds[0], on)) for on in working
                }
                enough = [on for on, n in handled.items() if n >= 2]
                needed, made = len(working), len(enough)
            elif step == 3:
                here = {on for _, on in week}
                needed, made = 1, sum(r.quantity for r in of if r.kind == kinds[1] and r.achieved_on in here)
            else:
                needed, made = 1, int(any(r.kind == kinds[2] for r in of))
            row = found.loc[friday]
            assert (row["step"], row["needed"], row["done"]) == (step, needed, made)
            assert row["met"] == (needed > 0 and made >= needed)
