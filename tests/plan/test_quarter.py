"""A quarter passes in front of a frozen clock: each report once, none missed, across holidays, kills and a full disk.

The machine wakes the plan twice a day. It is off for ten days in November, killed in the middle of two runs, has a full
disk on one evening and a broken report on another. Expected days are the calendar's own: Monday to Friday without 1-7
October and New Year's Day, and Saturday 10 October, which is worked.
"""

import errno
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from tests.plan.plans import ZONE, plan_file, stubbed
from toolkit.plan.ledger import Ledger
from toolkit.plan.order import Outcome
from toolkit.plan.report import Asked, report

FIRST, LAST = date(2026, 9, 28), date(2027, 1, 15)
OFF = [date(2026, 10, day) for day in (1, 2, 5, 6, 7)] + [date(2027, 1, 1)]
MADE_UP = [date(2026, 10, 10)]
SLEEPS = (date(2026, 11, 10), date(2026, 11, 19))
KILLED = (date(2026, 10, 9), date(2026, 12, 4))
FULL = date(2026, 10, 20)
BROKEN = date(2026, 12, 15)
PLAN = [
    {"name": "weekly", "kind": "weekly", "when": {"every": "weekly", "at": "18:30"}},
    {"name": "daily", "kind": "daily", "when": {"every": "daily", "at": "18:30"}},
    {"name": "monthly", "kind": "monthly", "when": {"every": "monthly", "at": "08:30"}},
]


class Killed(BaseException):
    """What a kill -9 is to the run: it ends there."""


class Machine:
    """The stub maker on a machine that has its bad days; it counts what it made."""

    def __init__(self):
        self.made, self.today, self.killed = Counter(), FIRST, set()

    def __call__(self, orders):
        for number, order in enumerate(orders):
            if self.today in KILLED and self.today not in self.killed and number == 1:
                self.killed.add(self.today)
                raise Killed
            if self.today == BROKEN and order.name == "daily":
                yield order, Outcome("failed", {}, "a wire came loose")
                continue
            self.made[order.name, order.day] += 1
            yield order, stubbed(order)


def wake_ups():
    day = FIRST
    while day <= LAST:
        if not SLEEPS[0] <= day <= SLEEPS[1]:
            yield datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
            yield datetime(day.year, day.month, day.day, 19, tzinfo=ZONE)
        day += timedelta(days=1)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    """What the machine made, and the ledger at the end."""
    folder = tmp_path_factory.mktemp("quarter")
    file, machine, write = plan_file(folder, PLAN, catch_up=3), Machine(), Ledger.add

    def add(self, lines):
        if machine.today == FULL and now.hour == 19:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, lines)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "add", add)
        for now in wake_ups():
            machine.today = now.date()
            try:
                report(Asked(file), clock=lambda now=now: now, maker=machine)
            except (Killed, OSError):
                continue
    return machine, Ledger(folder / "out")


def working_days(first, last):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day in MADE_UP or (day.weekday() < 5 and day not in OFF)]


def test_every_working_day_has_its_brief_once(quarter):
    made = {date.fromisoformat(day): n for (name, day), n in quarter[0].made.items() if name == "daily"}
    newest = date(2026, 9, 24)  # of the first wake-up: the 25th, Mid-Autumn, is off
    assert made == dict.fromkeys(working_days(FIRST, LAST), 1) | {newest: 1}


def test_every_friday_has_its_review_once_holidays_and_downtime_or_not(quarter):
    made = {date.fromisoformat(day): n for (name, day), n in quarter[0].made.items() if name == "weekly"}
    fridays = [date(2026, 9, 25) + timedelta(weeks=k) for k in range(17)]
    assert made == dict.fromkeys(fridays, 1)


def test_every_month_has_its_review_once(quarter):
    made = {day: n for (name, day), n in quarter[0].made.items() if name == "monthly"}
    assert made == dict.fromkeys(["2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"], 1)


def test_the_review_of_a_friday_off_was_ready_before_the_holiday(quarter):
    (line,) = [
        one for one in quarter[1].lines if (one.name, str(one.day), one.event) == ("weekly", "2026-10-02", "done")
    ]
    assert line.made_at.date() == date(2026, 9, 30)


def test_it_did_go_through_its_bad_days(quarter):
    machine, ledger = quarter
    assert machine.killed == set(KILLED)
    assert [str(line.day) for line in ledger.lines if line.event == "failed"] == ["2026-12-15"]
    late = {line.day: line.made_at.date() for line in ledger.lines if line.event == "done" and line.name == "daily"}
    assert late[date(2026, 10, 20)] == date(2026, 10, 21)
    assert late[date(2026, 11, 10)] == late[date(2026, 11, 19)] == date(2026, 11, 20)


def test_at_the_end_nothing_is_left_undone(quarter):
    assert {line.event for line in quarter[1].last().values()} == {"done"}
