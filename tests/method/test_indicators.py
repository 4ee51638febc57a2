"""M1-M3 by hand, by properties, and against a plain loop. 20 November 2026 is a Friday."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolkit.method.indicators import COLUMNS, CostRates, IndicatorParameters, indicators, report_cost

FRIDAY = "2026-11-20"
NUMBERS = [
    "communications",
    "competitor_mentions",
    "new_key_contacts",
    "technical_hours",
    "price_concession",
    "labour_hours",
]


def reports(*rows):
    """(day, rep, account, communications, mentions, contacts, technical, price, labour)."""
    frame = pd.DataFrame(list(rows), columns=["report_date", "rep_id", "account_id", *NUMBERS])
    frame["report_date"] = pd.to_datetime(frame["report_date"])
    return frame.astype({c: float for c in NUMBERS})


def reps(*rows):
    frame = pd.DataFrame(list(rows), columns=["rep_id", "role", "hired_on", "left_on"])
    return frame.assign(hired_on=pd.to_datetime(frame["hired_on"]), left_on=pd.to_datetime(frame["left_on"]))


def weekly(*rows, column="value_index"):
    frame = pd.DataFrame(list(rows), columns=["week_ending", "account_id", column])
    return frame.assign(week_ending=pd.to_datetime(frame["week_ending"]))


TEAM = reps(("R1", "rep", None, None), ("R2", "rep", "2026-11-17", None), ("M1", "manager", None, None))
VALUES = weekly(
    ("2026-11-06", "A1", 50.0),
    ("2026-11-13", "A1", 60.0),
    ("2026-11-20", "A1", 70.0),
    ("2026-11-13", "A2", 40.0),
)
TIERS = weekly(("2026-11-13", "A1", "B"), ("2026-11-13", "A2", "C"), ("2026-11-20", "A1", "A"), column="tier")


def measure(found, date, period, scope, scope_id, indicator):
    """(numerator, denominator, value) of one row."""
    row = found[
        (found["date"] == date)
        & (found["period"] == period)
        & (found["scope"] == scope)
        & (found["scope_id"] == scope_id)
        & (found["indicator"] == indicator)
    ]
    assert len(row) == 1
    return tuple(row[["numerator", "denominator", "value"]].iloc[0])


def indices(*rows, values=VALUES, tiers=TIERS, team=TEAM, friday=FRIDAY, parameters=None):
    return indicators(reports(*rows), team, values, tiers, friday, parameters)


# --- cost ---


def test_cost_by_the_rates_with_blanks_as_nothing():
    # 2 h x 500 + 300 + 3 h x 200 = 1900; blank, 300, blank = 300; nothing = 0.
    rows = reports(
        ("2026-11-16", "R1", "A1", 1, 0, 0, 2, 300, 3),
        ("2026-11-16", "R1", "A1", 1, 0, 0, None, 300, None),
        ("2026-11-16", "R1", "A1", 1, 0, 0, None, None, None),
    ).set_index(pd.Index([7, 8, 9]))
    found = report_cost(rows)
    assert found.tolist() == [1900, 300, 0]
    assert found.index.tolist() == [7, 8, 9]
    dear = IndicatorParameters(cost_rates=CostRates(technical=1000, labour=0))
    assert report_cost(rows, dear).tolist() == [2300, 300, 0]


# --- M1 ---


def test_m1_divides_new_key_contacts_by_the_reps_of_that_day():
    found = indices(
        ("2026-11-16", "R1", "A1", 1, 0, 3, 0, 0, 0),
        ("2026-11-17", "R1", "A1", 1, 0, 1, 0, 0, 0),
        ("2026-11-17", "M1", "A1", 1, 0, 2, 0, 0, 0),
    )
    # Monday 16: R2 is not hired yet: 3 / 1. Tuesday 17: R2 counts; the manager does not, her contacts do.
    assert measure(found, "2026-11-16", "day", "team", "", "breakthrough_rate") == (3, 1, 3)
    assert measure(found, "2026-11-17", "day", "team", "", "breakthrough_rate") == (3, 2, 1.5)
    # The week counts heads on its Friday: 6 / 2.
    assert measure(found, FRIDAY, "week", "team", "", "breakthrough_rate") == (6, 2, 3)
    assert measure(found, "2026-11-17", "day", "rep", "R1", "breakthrough_rate") == (1, 1, 1)
    numerator, denominator, value = measure(found, "2026-11-17", "day", "rep", "M1", "breakthrough_rate")
    assert (numerator, denominator) == (2, 0)
    assert math.isnan(value)


def test_m1_who_leaves_on_a_day_has_left_by_it():
    team = reps(("R1", "rep", "2026-11-16", "2026-11-18"), ("R2", "rep", None, None))
    found = indices(
        *((f"2026-11-{d}", "R2", "A1", 1, 0, 4, 0, 0, 0) for d in (13, 16, 17, 18)),
        team=team,
        friday="2026-11-20",
    )
    heads = {d: measure(found, f"2026-11-{d}", "day", "team", "", "breakthrough_rate")[1] for d in (13, 16, 17, 18)}
    assert heads == {13: 1, 16: 2, 17: 2, 18: 1}


# --- M2 ---


def test_m2_counts_an_account_once_by_its_newest_row_and_only_where_it_cost():
    found = indices(
        ("2026-11-18", "R1", "A1", 1, 0, 0, 2, 0, 0),  # 1000
        ("2026-11-18", "R2", "A1", 1, 0, 0, 0, 500, 0),  # 500
        ("2026-11-18", "R1", "A2", 1, 0, 0, 0, 0, 0),  # no cost: its 40 points stay out
        ("2026-11-19", "R1", "A2", 1, 0, 0, 0, 0, 5),  # 1000
        ("2026-11-19", "R1", "A3", 1, 0, 0, 0, 250, 0),  # no weekly row: 0 points, 250 of cost
    )
    # Wednesday: A1 at the row of 13 November: 60 / 1500.
    assert measure(found, "2026-11-18", "day", "team", "", "resource_efficiency") == (60, 1500, 0.04)
    assert measure(found, "2026-11-19", "day", "team", "", "resource_efficiency") == (40, 1250, 0.032)
    # The week: A1 at its Friday's 70, A2 40, A3 0, over 1500 + 1000 + 250.
    assert measure(found, FRIDAY, "week", "team", "", "resource_efficiency") == (110, 2750, 0.04)
    assert measure(found, FRIDAY, "week", "rep", "R1", "resource_efficiency") == (110, 2250, 110 / 2250)
    assert measure(found, FRIDAY, "week", "rep", "R2", "resource_efficiency") == (70, 500, 0.14)
    assert measure(found, FRIDAY, "week", "account", "A1", "resource_efficiency") == (70, 1500, 70 / 1500)
    assert measure(found, "2026-11-19", "day", "account", "A3", "resource_efficiency") == (0, 250, 0)
    numerator, denominator, value = measure(found, "2026-11-18", "day", "account", "A2", "resource_efficiency")
    assert (numerator, denominator) == (0, 0)
    assert math.isnan(value)


def test_m2_the_newest_row_counts_even_if_its_index_is_blank():
    values = weekly(("2026-11-06", "A1", 50.0), ("2026-11-13", "A1", None))
    found = indices(("2026-11-18", "R1", "A1", 1, 0, 0, 2, 0, 0), values=values)
    assert measure(found, "2026-11-18", "day", "team", "", "resource_efficiency") == (0, 1000, 0)


def test_a_row_of_the_same_friday_counts_on_that_friday_and_not_on_thursday():
    rows = [(f"2026-11-{d}", "R1", "A1", 1, 0, 0, 0, 100, 0) for d in (12, 13)]
    found = indices(*rows, friday="2026-11-13")
    assert measure(found, "2026-11-12", "day", "team", "", "resource_efficiency")[0] == 50
    assert measure(found, "2026-11-13", "day", "team", "", "resource_efficiency")[0] == 60


# --- M3 ---


def test_m3_is_mentions_over_communications_and_undefined_without_any():
    found = indices(
        ("2026-11-18", "R1", "A1", 4, 1, 0, 0, 0, 0),
        ("2026-11-18", "R2", "A2", 6, None, 0, 0, 0, 0),
        ("2026-11-19", "R1", "A1", None, None, 0, 0, 0, 0),
    )
    assert measure(found, "2026-11-18", "day", "team", "", "competitor_defence") == (1, 10, 0.1)
    assert measure(found, "2026-11-18", "day", "account", "A1", "competitor_defence") == (1, 4, 0.25)
    numerator, denominator, value = measure(found, "2026-11-19", "day", "team", "", "competitor_defence")
    assert (numerator, denominator) == (0, 0)
    assert math.isnan(value)


# --- tiers and periods ---


def test_a_report_belongs_to_the_tier_in_force_on_its_day():
    # A1 is B from Friday 13 and A from Friday 20: the 14th to the 19th are B, Friday 20 is A. A3 has no tier.
    found = indices(
        ("2026-11-12", "R1", "A1", 1, 0, 0, 0, 0, 0),  # before the first Friday with tiers
        ("2026-11-14", "R1", "A1", 2, 0, 0, 0, 100, 0),
        ("2026-11-19", "R1", "A1", 3, 1, 0, 0, 100, 0),
        ("2026-11-19", "R1", "A3", 5, 1, 0, 0, 100, 0),
        ("2026-11-20", "R1", "A1", 4, 2, 0, 0, 300, 0),
        ("2026-11-20", "R1", "A2", 7, 2, 0, 0, 300, 0),  # no row that Friday: not active, no tier
    )
    tiers = found[(found["scope"] == "tier") & (found["period"] == "day")]
    assert sorted(set(zip(tiers["date"].dt.day, tiers["scope_id"], strict=True))) == [
        (14, "B"),
        (19, "B"),
        (20, "A"),
    ]
    # In the week A1 counts in both tiers, each with the cost of its days, at the Friday's 70.
    assert measure(found, FRIDAY, "week", "tier", "B", "resource_efficiency") == (70, 200, 0.35)
    assert measure(found, FRIDAY, "week", "tier", "A", "resource_efficiency") == (70, 300, 70 / 300)
    assert measure(found, FRIDAY, "week", "tier", "B", "competitor_defence") == (1, 5, 0.2)


def test_a_week_runs_from_saturday_to_its_friday_and_empty_weeks_are_there():
    found = indices(
        ("2026-10-30", "R1", "A1", 1, 0, 1, 0, 0, 0),  # Friday
        ("2026-10-31", "R1", "A1", 1, 0, 2, 0, 0, 0),  # Saturday: the week of 6 November
        ("2026-11-14", "R2", "A2", 1, 0, 4, 0, 0, 0),  # the week of 20 November
    )
    team = found[(found["period"] == "week") & (found["scope"] == "team") & (found["indicator"] == "breakthrough_rate")]
    assert team["date"].dt.strftime("%m-%d").tolist() == ["10-30", "11-06", "11-13", "11-20"]
    assert team["numerator"].tolist() == [1, 2, 0, 4]
    # R2's weeks begin with the week of its first report; R1's go on to the reviewed Friday.
    weeks = found[(found["period"] == "week") & (found["scope"] == "rep")].groupby("scope_id")["date"].nunique()
    assert weeks.to_dict() == {"R1": 4, "R2": 1}


def test_what_is_dated_after_the_friday_is_out_of_sight():
    rows = [("2026-11-20", "R1", "A1", 1, 0, 1, 0, 9, 0), ("2026-11-21", "R1", "A1", 1, 0, 1, 0, 9, 0)]
    pd.testing.assert_frame_equal(indices(*rows), indices(*rows[:1]))


# --- edge groups ---


def test_no_reports_no_rows():
    found = indices()
    assert tuple(found.columns) == COLUMNS
    assert len(found) == 0
    assert found["date"].dtype == "datetime64[us]"


def test_without_reps_values_and_tiers_nothing_is_invented():
    found = indices(
        ("2026-11-18", "R1", "A1", 2, 1, 1, 1, 0, 0),
        values=weekly(),
        tiers=weekly(column="tier"),
        team=reps(),
    )
    assert set(found["scope"]) == {"team", "rep", "account"}
    assert measure(found, "2026-11-18", "day", "team", "", "resource_efficiency") == (0, 500, 0)
    assert math.isnan(measure(found, "2026-11-18", "day", "team", "", "breakthrough_rate")[2])


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValidationError):
        CostRates(technical=-1)
    with pytest.raises(ValidationError):
        IndicatorParameters(rates={})


# --- against a plain loop ---


def plain(rows, team, values, tiers, friday):
    """Every row of indicators.csv by METHOD's words, one report at a time."""
    friday = pd.Timestamp(friday)
    rows = [r for r in rows.to_dict("records") if r["report_date"] <= friday]

    def week(day):
        return day + pd.Timedelta(days=(4 - day.weekday()) % 7)

    def number(x):
        return 0.0 if x is None or math.isnan(x) else x

    def tier_of(account, day):
        last = day - pd.Timedelta(days=(day.weekday() - 4) % 7)
        hit = [t["tier"] for t in tiers.to_dict("records") if t["week_ending"] == last and t["account_id"] == account]
        return hit[0] if hit else None

    def worth(account, day):
        mine = [v for v in values.to_dict("records") if v["account_id"] == account and v["week_ending"] <= day]
        return number(max(mine, key=lambda v: v["week_ending"])["value_index"]) if mine else 0.0

    def counted(rep, day):
        hired = pd.isna(rep["hired_on"]) or rep["hired_on"] <= day
        return rep["role"] == "rep" and hired and (pd.isna(rep["left_on"]) or rep["left_on"] > day)

    def members(r):
        yield "team", ""
        yield "rep", r["rep_id"]
        yield "account", r["account_id"]
        tier = tier_of(r["account_id"], r["report_date"])
        if tier:
            yield "tier", tier

    groups = {}
    for r in rows:
        for scope, who in members(r):
            groups.setdefault((r["report_date"], "day", scope, who), []).append(r)
            groups.setdefault((week(r["report_date"]), "week", scope, who), []).append(r)
    for date, period, scope, who in list(groups):
        while period == "week" and date < friday:
            date += pd.Timedelta(days=7)
            groups.setdefault((date, "week", scope, who), [])
    out = {}
    for (date, period, scope, who), mine in groups.items():
        cost = {}
        for r in mine:
            spent = number(r["technical_hours"]) * 500 + number(r["price_concession"]) + number(r["labour_hours"]) * 200
            cost[r["account_id"]] = cost.get(r["account_id"], 0) + spent
        key = (date, period, scope, who)
        points = sum(worth(a, date) for a, c in cost.items() if c > 0)
        out[*key, "resource_efficiency"] = (points, sum(cost.values()))
        mentions = sum(number(r["competitor_mentions"]) for r in mine)
        out[*key, "competitor_defence"] = (mentions, sum(number(r["communications"]) for r in mine))
        if scope in ("team", "rep"):
            heads = sum(counted(x, date) for x in team.to_dict("records") if scope == "team" or x["rep_id"] == who)
            out[*key, "breakthrough_rate"] = (sum(number(r["new_key_contacts"]) for r in mine), heads)
    return dict(sorted(out.items()))


def random_source(seed, n=80):
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2026-10-05") + pd.to_timedelta(rng.integers(0, 50, n), unit="D")
    frame = pd.DataFrame({"report_date": days})
    frame["rep_id"] = rng.choice(["R1", "R2", "R10", "M1", "R?"], n)
    frame["account_id"] = rng.choice([f"A{k}" for k in range(9)], n)
    for column in NUMBERS:
        frame[column] = np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 4, n).astype(float))
    team = reps(
        ("R1", "rep", None, "2026-11-02"),
        ("R2", "rep", "2026-10-20", None),
        ("R10", "rep", None, None),
        ("M1", "manager", None, None),
    )
    fridays = pd.date_range("2026-10-02", "2026-11-20", freq="7D")
    grid = pd.DataFrame([(f, f"A{k}") for f in fridays for k in range(8)], columns=["week_ending", "account_id"])
    values = grid[rng.random(len(grid)) < 0.7].copy()
    values["value_index"] = np.where(rng.random(len(values)) < 0.1, np.nan, rng.random(len(values)) * 100)
    tiers = grid[rng.random(len(grid)) < 0.9].copy()
    tiers["tier"] = rng.choice(list("ABC"), len(tiers))
    return frame, team, values, tiers


@pytest.mark.parametrize("seed", range(4))
def test_indicators_equal_a_plain_loop(seed):
    frame, team, values, tiers = random_source(seed)
    expected = plain(frame, team, values, tiers, "2026-11-20")
    found = indicators(frame, team, values, tiers, "2026-11-20")
    keys = list(zip(*(found[c] for c in COLUMNS[:5]), strict=True))
    assert keys == list(expected)
    assert found["numerator"].tolist() == pytest.approx([e[0] for e in expected.values()])
    assert found["denominator"].tolist() == pytest.approx([e[1] for e in expected.values()])
    ratio = [e[0] / e[1] if e[1] else math.nan for e in expected.values()]
    assert found["value"].tolist() == pytest.approx(ratio, nan_ok=True)


# --- properties ---


@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(seed):
    frame, team, values, tiers = random_source(seed, 25)
    mixed = [f.sample(frac=1, random_state=seed) for f in (frame, team, values, tiers)]
    a, b = indicators(frame, team, values, tiers, FRIDAY), indicators(*mixed, FRIDAY)
    pd.testing.assert_frame_equal(a, b, rtol=1e-12)


@given(st.integers(0, 10_000))
def test_parts_add_up_to_the_team(seed):
    found = indicators(*random_source(seed, 30), FRIDAY)
    whole = found[found["indicator"] == "competitor_defence"]
    for scope in ("rep", "account"):
        parts = whole[whole["scope"] == scope].groupby(["date", "period"])["denominator"].sum()
        team = whole[whole["scope"] == "team"].set_index(["date", "period"])["denominator"]
        assert parts.reindex(team.index).tolist() == pytest.approx(team.tolist())


@given(st.integers(0, 10_000))
def test_a_dearer_hour_never_raises_efficiency(seed):
    frame, team, values, tiers = random_source(seed, 25)
    frame["price_concession"] = 10.0  # every report costs, so that no account joins by the rate alone
    cheap = indicators(frame, team, values, tiers, FRIDAY)
    rates = IndicatorParameters(cost_rates=CostRates(technical=800, labour=300))
    dear = indicators(frame, team, values, tiers, FRIDAY, rates)
    mask = (cheap["indicator"] == "resource_efficiency") & cheap["value"].notna()
    assert (dear["value"][mask] <= cheap["value"][mask] + 1e-12).all()
