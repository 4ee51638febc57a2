"""Forecast against outcome of a period."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.forecast_record import COLUMNS, forecast_record


def weeks(*rows):
    frame = pd.DataFrame(
        rows, columns=["week_ending", "account_id", "win_probability", "contract_amount", "expected_close_on"]
    )
    days = dict.fromkeys(("week_ending", "expected_close_on"), "datetime64[us]")
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}).astype(days)


def accounts(status="active", closed=None, opened="2026-01-05", amount=9e5, expected=None):
    row = ["A1", opened, status, closed, amount, expected]
    frame = pd.DataFrame(
        [row], columns=["account_id", "opened_on", "status", "closed_on", "contract_amount", "expected_close_on"]
    )
    days = ("opened_on", "closed_on", "expected_close_on")
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in days})


OCTOBER = ("2026-10-30", "A1", 0.6, 1e6, "2026-11-20")


def record(rows, account, first="2026-11-01", last="2026-11-30"):
    return forecast_record(rows, account, first, last)


def test_the_newest_row_by_the_first_day_is_what_was_stated():
    later, earlier = ("2026-11-06", "A1", 0.9, 1e6, "2026-11-20"), ("2026-10-23", "A1", 0.2, 1e6, "2026-11-20")
    assert record(weeks(later, OCTOBER, earlier), accounts())["stated"].tolist() == [0.6]


@pytest.mark.parametrize(
    ("expected", "due"), [("2026-11-30", True), ("2026-12-01", False), ("2026-10-15", True), (None, False)]
)
def test_due_by_the_last_day_overdue_ones_included(expected, due):
    rows = weeks(("2026-10-30", "A1", 0.6, 1e6, expected))
    assert record(rows, accounts())["due_in_month"].tolist() == [due]


def test_without_its_own_date_a_row_takes_the_accounts():
    rows = weeks(("2026-10-30", "A1", 0.6, 1e6, None))
    assert record(rows, accounts(expected="2026-11-10"))["due_in_month"].tolist() == [True]


@pytest.mark.parametrize(
    ("status", "closed", "outcome"),
    [("won", "2026-11-01", "won"), ("lost", "2026-11-30", "lost"), ("dropped", "2026-11-15", "dropped"),
     ("won", "2026-12-01", "open"), ("active", None, "open")],
)  # fmt: skip
def test_outcomes_of_the_period(status, closed, outcome):
    found = record(weeks(OCTOBER), accounts(status, closed))
    assert found["outcome"].tolist() == [outcome]
    assert found["won_amount"].notna().tolist() == [outcome == "won"] and found["on"].notna().tolist() == [
        outcome != "open"
    ]


def test_closed_before_or_opened_after_is_left_out():
    assert len(record(weeks(OCTOBER), accounts("won", "2026-10-31"))) == 0
    assert len(record(weeks(), accounts(opened="2026-12-01"))) == 0


def test_an_account_opened_in_the_period_stated_nothing_and_is_listed():
    found = record(weeks(), accounts("won", "2026-11-20", opened="2026-11-03", expected="2026-11-20"))
    assert np.isnan(found["stated"].iloc[0]) and found["due_in_month"].tolist() == [False]
    assert found["outcome"].tolist() == ["won"]


def test_nothing_gives_an_empty_frame_with_its_columns():
    assert list(record(weeks(), accounts().iloc[:0]).columns) == list(COLUMNS)
