"""M5 by hand, by properties, and against a plain walk over the days. November 2026 holds no holiday."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolkit.base.workdays import Workdays
from toolkit.method.yellow_alert import (
    YellowAlertParameters,
    chain_moves,
    exposure,
    stall_findings,
    stall_spells,
)

CALENDAR = Workdays()
FRIDAY = "2026-11-27"


def moves(*days, account="A1"):
    return pd.DataFrame({"account_id": account, "moved_on": pd.to_datetime(list(days))})


def tiers(letters, first="2026-10-02", account="A1"):
    """One letter a Friday from the first on; a blank is a Friday on which the account was not active."""
    fridays = pd.date_range(first, periods=len(letters), freq="7D")
    frame = pd.DataFrame({"week_ending": fridays, "account_id": account, "tier": list(letters)})
    return frame[frame["tier"] != " "]


def accounts(opened="2026-01-05", status="active", closed=None, account="A1"):
    days = {"opened_on": pd.to_datetime([opened]), "closed_on": pd.to_datetime([closed])}
    return pd.DataFrame({"account_id": [account], "status": [status], **days})


def alerts(moved, letters, friday=FRIDAY, book=None, **settings):
    """(started, fired, ended, days still) of an account in these tiers from Friday 2 October 2026 on.

    Without a book the account was opened on the day of its first move, so that no clock ran before it.
    """
    if book is None:
        book = accounts(opened=moved["moved_on"].min()) if len(moved) else accounts()
    p = YellowAlertParameters(**settings)
    exposed = exposure(tiers(letters), book, friday, p)
    found = stall_spells(moved, exposed, book, friday, CALENDAR, p)
    stamps = found[["started_on", "fired_on", "ended_on"]].apply(lambda c: c.dt.strftime("%m-%d"))
    return [
        (a, b, None if pd.isna(c) else c, n)
        for (a, b, c), n in zip(stamps.to_numpy().tolist(), found["days_still"], strict=True)
    ]


B_ALL_ALONG = "BBBBBBBBB"  # 2 October to 27 November


# --- the clock ---


def test_day_seven_is_silent_and_day_eight_fires():
    # Moved on Monday 2 November: the 9th is day 7, the 10th day 8.
    assert alerts(moves("2026-11-02"), "BBBBBB", friday="2026-11-09") == []
    assert alerts(moves("2026-11-02"), "BBBBBB", friday="2026-11-10") == [("11-02", "11-10", None, 8)]


def test_a_move_on_day_eight_comes_in_time():
    assert alerts(moves("2026-11-02", "2026-11-10"), B_ALL_ALONG, friday="2026-11-13") == []


def test_it_ends_when_the_chain_moves_and_days_still_are_counted_to_the_end():
    # Moved on the 2nd and the 16th: on from day 8 (the 10th) to the 16th, 14 days after the last move.
    found = alerts(moves("2026-11-02", "2026-11-16"), B_ALL_ALONG, friday="2026-11-20")
    assert found == [("11-02", "11-10", "11-16", 14)]


def test_holidays_with_their_weekend_do_not_count_and_make_up_days_do():
    # Moved on Monday 28 September. 29, 30 September are days 1 and 2; 1-7 October do not count; 8, 9, 10
    # (make-up Saturday), 11 (Sunday), 12, 13 October are days 3-8.
    assert alerts(moves("2026-09-28"), "BB", friday="2026-10-12") == []
    assert alerts(moves("2026-09-28"), "BB", friday="2026-10-13") == [("09-28", "10-13", None, 8)]


def test_a_move_inside_a_holiday_starts_the_clock_after_it():
    # Moved on Saturday 3 October: the 8th is day 1, Thursday 15 day 8.
    assert alerts(moves("2026-10-03"), "BBB", friday="2026-10-16") == [("10-03", "10-15", None, 9)]


def test_with_no_move_ever_the_clock_starts_at_the_opening():
    opened = accounts(opened="2026-11-04")
    found = alerts(moves(), "     BBB", book=opened, friday="2026-11-20")
    assert found == [("11-04", "11-12", None, 16)]
    # The opening is no move once there is one, even if the move is older.
    found = alerts(moves("2026-11-02"), "     BBB", book=opened, friday="2026-11-20")
    assert found == [("11-02", "11-10", None, 18)]


def test_the_opening_runs_until_the_first_move():
    opened = accounts(opened="2026-10-12")
    found = alerts(moves("2026-11-03"), B_ALL_ALONG, book=opened, friday="2026-11-10")
    assert found == [("10-12", "10-20", "11-03", 22)]


# --- tiers ---


def test_it_ends_on_the_friday_on_which_the_account_leaves_a_or_b():
    # Moved on 12 October, B until Friday 30 October, then C: ended that Friday after 18 days.
    assert alerts(moves("2026-10-12"), "BBBBCCCCC", friday="2026-11-06") == [("10-12", "10-20", "10-30", 18)]


def test_coming_back_while_still_fires_that_friday():
    # C on 30 October and 6 November, B again on the 13th: still for 32 days that Friday, 39 a week later.
    found = alerts(moves("2026-10-12"), "BBBBCCBB", friday="2026-11-20")
    assert found == [("10-12", "10-20", "10-30", 18), ("10-12", "11-13", None, 39)]


def test_coming_back_before_day_eight_waits_for_it():
    # Moved on Thursday 12 November while C; B from Friday 13: day 8 is Friday 20.
    found = alerts(moves("2026-11-12"), "CCCCCCBB", friday="2026-11-20")
    assert found == [("11-12", "11-20", None, 8)]


def test_day_eight_on_the_leaving_friday_does_not_fire():
    # Moved on Thursday 22 October: day 8 is Friday 30 October, on which the account becomes C.
    assert alerts(moves("2026-10-22"), "BBBBC", friday="2026-10-30") == []


def test_from_b_to_a_the_alert_goes_on():
    found = alerts(moves("2026-10-12"), "BBBBAAAA", friday="2026-11-20")
    assert found == [("10-12", "10-20", None, 39)]


def test_c_accounts_are_silent_unless_they_are_watched():
    assert alerts(moves("2026-10-12"), "CCCCCCCC", friday="2026-11-20") == []
    assert len(alerts(moves("2026-10-12"), "CCCCCCCC", friday="2026-11-20", tiers=("A", "B", "C"))) == 1


def test_a_closed_account_is_no_longer_active_from_that_day():
    # Won on Tuesday 27 October: the alert ends that day, not on the Friday after.
    won = accounts(opened="2026-10-12", status="won", closed="2026-10-27")
    found = alerts(moves("2026-10-12"), "BBBB", book=won, friday="2026-10-30")
    assert found == [("10-12", "10-20", "10-27", 15)]


def test_a_friday_without_the_account_ends_the_stretch():
    found = exposure(tiers("BB BB"), accounts(), "2026-10-30")
    assert found["exposed_from"].dt.strftime("%m-%d").tolist() == ["10-02", "10-23"]
    assert found["exposed_until"].dt.strftime("%m-%d").tolist()[0] == "10-16"
    assert pd.isna(found["exposed_until"].iloc[1])


# --- what moves a chain ---


def reports(*rows):
    columns = ["report_date", "account_id", "stage_before", "stage_after", "new_key_contacts"]
    frame = pd.DataFrame(list(rows), columns=columns).astype({c: float for c in columns[2:]})
    return frame.assign(report_date=pd.to_datetime(frame["report_date"]))


def progress(*rows):
    frame = pd.DataFrame(list(rows), columns=["week_ending", "account_id", "progress"])
    return frame.assign(week_ending=pd.to_datetime(frame["week_ending"]), progress=frame["progress"].astype(float))


def test_what_moves_a_chain_and_what_does_not():
    found = chain_moves(
        reports(
            ("2026-11-02", "A1", 2, 3, 0),  # stage advance
            ("2026-11-03", "A1", 3, 3, 0),  # nothing
            ("2026-11-04", "A1", 3, 2, 0),  # a step back
            ("2026-11-05", "A1", None, 3, None),  # from nowhere known
            ("2026-11-09", "A1", None, None, 1),  # a new key contact
            ("2026-11-09", "A1", 2, 3, 2),  # the same day again
        ),
        progress(
            ("2026-11-06", "A1", 0),
            ("2026-11-13", "A1", None),
            ("2026-11-20", "A1", 1),
            ("2026-11-20", "A0", 1),
        ),
    )
    expected = [("A0", "11-20"), ("A1", "11-02"), ("A1", "11-09"), ("A1", "11-20")]
    assert list(zip(found["account_id"], found["moved_on"].dt.strftime("%m-%d"), strict=True)) == expected


def test_progress_may_come_as_booleans_with_blanks():
    rows = progress(("2026-11-06", "A1", 1), ("2026-11-13", "A1", 0)).assign(
        progress=pd.array([True, None], dtype="boolean")
    )
    assert len(chain_moves(reports(), rows)) == 1


# --- edge groups, findings, settings ---


def test_no_accounts_no_moves_no_tiers():
    assert len(chain_moves(reports(), progress())) == 0
    nobody = exposure(tiers(""), accounts(), FRIDAY)
    assert list(nobody.columns) == ["account_id", "exposed_from", "exposed_until"]
    found = stall_spells(moves(), nobody, accounts(), FRIDAY, CALENDAR)
    assert len(found) == 0
    columns = ["account_id", "started_on", "fired_on", "ended_on", "days_still", "moved"]
    assert list(found.columns) == columns
    assert len(stall_findings(found)) == 0


def test_findings_hold_what_is_on_and_say_whether_it_ever_moved():
    book = pd.concat([accounts(), accounts(account="A2", opened="2026-10-12")])
    rows = pd.concat([tiers("BBBBB"), tiers("BBBBB", account="A2")])
    exposed = exposure(rows, book, "2026-10-30")
    spells = stall_spells(moves("2026-10-12"), exposed, book, "2026-10-30", CALENDAR)
    found = stall_findings(spells)
    assert found[["subject_id", "state", "measured", "threshold", "code"]].values.tolist() == [
        ["A1", "breach", 18.0, 7.0, "yellow_alert.stalled"],
        ["A2", "breach", 18.0, 7.0, "yellow_alert.never_moved"],
    ]


def test_leaving_a_or_b_unwatched_departs_from_the_method():
    assert YellowAlertParameters().departures() == ()
    assert YellowAlertParameters(tiers=("A", "B", "C")).departures() == ()
    assert YellowAlertParameters(tiers=("A",)).departures() == ("yellow_alert.tiers",)


@pytest.mark.parametrize("bad", [{"max_days": 0}, {"tiers": ("D",)}, {"days": 7}])
def test_settings_out_of_range_are_refused(bad):
    with pytest.raises(ValidationError):
        YellowAlertParameters(**bad)


# --- against a plain walk over the days ---


def plain_days(since, day):
    """Days after one day up to another that are no public holiday."""
    days = np.arange(since + 1, day + 1)
    return len([d for d in days if not CALENDAR.is_public_holiday(d)])


def plain_alerts(moved, letters, opened, friday, limit=7):
    """Day by day: is the account in A or B, and how long has its chain stood still? Rising edges fire."""
    first = np.datetime64("2026-10-02")
    out, on = [], None
    day = min([opened, *moved, first])
    while day <= friday:
        clock = [m for m in moved if m <= day]
        since = max(clock) if clock else opened if opened <= day else None
        week = int((day - first).astype(int)) // 7
        watched = day >= first and week < len(letters) and letters[week] in "AB"
        still = 0 if since is None else plain_days(since, day)
        alert = watched and still > limit
        if on and not alert:
            out.append((*on, day, plain_days(on[0], day)))
            on = None
        if alert and not on:
            on = (since, day)
        day += 1
    if on:
        out.append((*on, None, still))
    return [(*(None if d is None else str(d)[5:] for d in row[:3]), row[3]) for row in out]


@pytest.mark.parametrize("seed", range(12))
def test_alerts_equal_a_plain_walk_over_the_days(seed):
    rng = np.random.default_rng(seed)
    start = np.datetime64("2026-09-21")
    moved = np.unique(start + rng.integers(0, 66, size=rng.integers(0, 6)))
    letters = "".join(rng.choice(list("ABC "), p=[0.2, 0.5, 0.2, 0.1], size=9))
    opened = start + int(rng.integers(-20, 20))
    friday = np.datetime64("2026-11-27")
    expected = plain_alerts(list(moved), letters, opened, friday)
    found = alerts(moves(*moved.astype(str)), letters, friday=friday, book=accounts(opened=str(opened)))
    assert found == expected


def test_many_accounts_are_each_judged_alone():
    rng = np.random.default_rng(7)
    books, rows, moved, expected = [], [], [], []
    for k in range(25):
        name = f"A{k:02d}"
        days = np.unique(np.datetime64("2026-09-21") + rng.integers(0, 66, size=rng.integers(0, 6)))
        letters = "".join(rng.choice(list("ABC "), p=[0.2, 0.5, 0.2, 0.1], size=9))
        books.append(accounts(account=name, opened="2026-09-10"))
        rows.append(tiers(letters, account=name))
        moved.append(moves(*days.astype(str), account=name))
        mine = alerts(moves(*days.astype(str)), letters, book=accounts(opened="2026-09-10"))
        expected += [(name, *row) for row in mine]
    shuffled = pd.concat(moved).sample(frac=1, random_state=1)
    exposed = exposure(pd.concat(rows).sample(frac=1, random_state=2), pd.concat(books), FRIDAY)
    found = stall_spells(shuffled, exposed, pd.concat(books).sample(frac=1, random_state=3), FRIDAY, CALENDAR)
    assert found["account_id"].tolist() == [row[0] for row in expected]
    assert found["started_on"].dt.strftime("%m-%d").tolist() == [row[1] for row in expected]
    assert found["fired_on"].dt.strftime("%m-%d").tolist() == [row[2] for row in expected]
    assert found["days_still"].tolist() == [row[4] for row in expected]


# --- properties ---

DAYS = st.lists(st.integers(0, 66), max_size=6, unique=True).map(
    lambda ns: [str(np.datetime64("2026-09-21") + n) for n in sorted(ns)]
)
LETTERS = st.text("ABC ", min_size=9, max_size=9)


@given(DAYS, LETTERS, st.integers(0, 56))
def test_what_came_later_changes_nothing_that_was_known(days, letters, back):
    friday = np.datetime64(FRIDAY) - back
    seen = [d for d in days if np.datetime64(d) <= friday]
    weeks = letters[: max(int((friday - np.datetime64("2026-10-02")).astype(int)) // 7 + 1, 0)]
    book = accounts(opened="2026-09-14")
    known = alerts(moves(*days), letters, friday=friday, book=book)
    assert known == alerts(moves(*seen), weeks, friday=friday, book=book)


@given(DAYS, LETTERS)
def test_patience_never_adds_alert_days(days, letters):
    seven = alerts(moves(*days), letters)
    ten = alerts(moves(*days), letters, max_days=10)
    assert {row[0] for row in ten} <= {row[0] for row in seven}
    assert len(ten) <= len(seven)


@given(DAYS, LETTERS)
def test_whoever_is_on_is_still_for_more_than_seven_days(days, letters):
    assert all(row[3] > 7 for row in alerts(moves(*days), letters))
