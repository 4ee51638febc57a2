"""The same process at other sizes, without the stories."""

import chinese_calendar
import numpy as np
import pytest

from toolkit.sample import make
from toolkit.sample.days import is_working


def test_the_large_variant_has_accounts_times_weeks_rows_and_whole_references() -> None:
    tables = make(seed=5, accounts=2000, reps=400, weeks=5, detail=False)
    weeks, accounts, reports = tables["account_weeks"], tables["accounts"], tables["daily_reports"]
    assert len(weeks) == 10_000
    assert not weeks.duplicated(["week_ending", "account_id"]).any()
    assert weeks["account_id"].isin(accounts["account_id"]).all()
    assert reports["account_id"].isin(accounts["account_id"]).all()
    assert reports["rep_id"].isin(tables["reps"]["rep_id"]).all()
    assert accounts["account_id"].is_unique and accounts["account_name"].is_unique
    assert (accounts["status"] == "active").sum() == 2000


def test_the_large_variant_keeps_an_accounts_rows_inside_its_life() -> None:
    tables = make(seed=5, accounts=300, reps=50, weeks=20, detail=False)
    for name, column in (("account_weeks", "week_ending"), ("daily_reports", "report_date")):
        rows = tables[name].merge(tables["accounts"], on="account_id")
        assert (rows[column] >= rows["opened_on"]).all(), name
        assert (rows["closed_on"].isna() | (rows[column] < rows["closed_on"])).all(), name


def test_weekly_cost_agrees_with_the_reports_at_any_size() -> None:
    tables = make(seed=3, accounts=100, reps=20, weeks=4, detail=False)
    # an account that closes within a week has no row that Friday
    kept = set(tables["accounts"].loc[tables["accounts"]["status"] == "active", "account_id"])
    reports = tables["daily_reports"][tables["daily_reports"]["account_id"].isin(kept)]
    weeks = tables["account_weeks"][tables["account_weeks"]["account_id"].isin(kept)]
    cost = 500 * reports["technical_hours"] + reports["price_concession"] + 200 * reports["labour_hours"]
    assert weeks["resource_cost"].sum() == pytest.approx(cost.sum())


def test_the_same_seed_makes_the_same_team() -> None:
    first, second = (make(seed=9, accounts=50, reps=10, weeks=3, detail=False) for _ in range(2))
    assert all(first[name].equals(second[name]) for name in first)


def test_the_working_days_are_those_of_the_chinese_calendar() -> None:
    days = np.arange("2025-12-01", "2027-01-01", dtype="datetime64[D]")
    expected = [chinese_calendar.is_workday(day.astype(object)) for day in days]
    assert is_working(days).tolist() == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accounts": 100}, "default size"),
        ({"accounts": 3, "reps": 5, "detail": False}, "at least one account"),
        ({"last_friday": "2026-11-19", "detail": False}, "not a Friday"),
        ({"weeks": 0, "detail": False}, "at least 1"),
    ],
)
def test_sizes_that_cannot_be_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**arguments)  # type: ignore[arg-type]
