"""M4 by hand, by properties, and against a plain loop. 2 November 2026 is a Monday; no holiday that month."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolkit.base.workdays import Workdays
from toolkit.method.red_alert import SPELL_COLUMNS, RedAlertParameters, red_findings, red_spells, reds

CALENDAR = Workdays()
READINGS = ("each_day", "cumulative", "baseline")
NAN = float("nan")


def november(*days):
    return np.array([f"2026-11-{d:02d}" for d in days], "datetime64[D]")


def working_from(first, n):
    """n working days from a Monday on, weekends left out (weeks without a holiday)."""
    days = np.datetime64(first) + np.arange(2 * n + 7)
    return days[np.is_busday(days)][:n]


def spells(days, values, friday="2026-11-27", **settings):
    return red_spells(days, values, friday, CALENDAR, RedAlertParameters(**settings))


def rows(found):
    """(severity, started, fired, ended) as days of the month."""
    out = []
    for r in found.itertuples():
        stamps = (r.started_on, r.fired_on, r.ended_on)
        out.append((r.severity, *(None if pd.isna(s) else f"{s:%m-%d}" for s in stamps)))
    return out


# --- each_day ---


def test_three_days_of_exactly_ten_per_cent_fire_on_the_third():
    # 100 -> 90 -> 81 -> 72.9: each exactly 10 % below the one before. It starts on the first fall, the 3rd.
    found = spells(november(2, 3, 4, 5), [100, 90, 81, 72.9])
    assert rows(found) == [("red", "11-03", "11-05", None)]
    red = found.iloc[0]
    assert red.depth == pytest.approx(1 - 0.729)
    assert (red.value_before, red.recovery_line, red.next_line) == (100, 90, 90)
    assert (red.days_forming, red.code) == (3, "fired")
    assert list(red.judged_on) == list(november(3, 4, 5))


def test_one_step_short_of_ten_per_cent_on_any_day_does_not_fire():
    for short in ([100, 90.01, 81, 72.9], [100, 90, 81.01, 72.9], [100, 90, 81, 72.91]):
        found = spells(november(2, 3, 4, 5), short)
        assert "red" not in set(found["severity"])


def test_it_ends_on_the_first_day_back_at_exactly_ninety_per_cent():
    # Before: 100. 89.99 is not back, 90 is. Lowest 60: depth .4.
    found = spells(november(2, 3, 4, 5, 6, 9, 10), [100, 90, 81, 60, 89.99, 90, 200])
    assert rows(found) == [("red", "11-03", "11-05", "11-09")]  # 90 on Monday 9
    assert found.depth[0] == pytest.approx(0.4)
    assert np.isnan(found.next_line[0])


def test_the_lowest_day_may_come_after_it_fired():
    # 100 90 81 72, then 30 while it is on: depth .7.
    found = spells(november(2, 3, 4, 5, 6, 9), [100, 90, 81, 72, 30, 95])
    assert found.depth[0] == pytest.approx(0.7)


def test_falls_inside_a_red_belong_to_it():
    # On since the 5th; three more falls of 10 % follow while it has not come back to 90.
    found = spells(november(2, 3, 4, 5, 6, 9, 10, 11), [100, 90, 81, 72, 80, 70, 60, 50])
    assert rows(found) == [("red", "11-03", "11-05", None)]


def test_two_reds_in_a_row():
    values = [100, 90, 81, 72, 95, 80, 70, 60, 61]
    found = spells(november(2, 3, 4, 5, 6, 9, 10, 11, 12), values)
    assert rows(found) == [("red", "11-03", "11-05", "11-06"), ("red", "11-09", "11-11", None)]
    assert found.value_before.tolist() == [100, 95]


# --- undefined days and gaps ---


def test_undefined_days_neither_count_nor_break():
    found = spells(november(2, 3, 4, 5, 6, 9), [100, 90, NAN, 81, NAN, 72.9])
    assert rows(found) == [("red", "11-03", "11-09", None)]


def test_four_working_days_between_two_defined_days_do_not_break():
    # After Tuesday 3: 4, 5, 6 and 9 lie strictly between it and Tuesday 10.
    found = spells(november(2, 3, 10, 11), [100, 90, 81, 72.9])
    assert rows(found) == [("red", "11-03", "11-11", None)]


def test_five_working_days_between_end_a_forming_spell():
    # Strictly between Tuesday 3 and Wednesday 11: 4, 5, 6, 9, 10. The warning lapses on the fifth, the 10th;
    # what follows forms anew: 11th and 12th are days 1 and 2, the 13th (65.61) would be the third.
    days, values = november(2, 3, 11, 12, 13), [100, 90, 81, 72.9, 65.61]
    assert rows(spells(days[:4], values[:4], friday="2026-11-13")) == [
        ("warning", "11-03", "11-03", "11-10"),
        ("warning", "11-11", "11-11", None),
    ]
    found = spells(days, values)
    assert rows(found) == [("warning", "11-03", "11-03", "11-10"), ("red", "11-11", "11-13", None)]
    assert found.value_before.tolist() == [100, 90]


def test_a_holiday_is_no_gap_but_its_make_up_day_counts():
    # Wednesday 30 September is the first fall. Strictly between it and Tuesday 13 October: 8, 9, 10 (a worked
    # Saturday) and 12 October = 4: goes on. Wednesday 14 would be 5.
    first = ["2026-09-29", "2026-09-30"]
    values = [100, 90, 81, 72.9]
    kept = spells(np.array([*first, "2026-10-13", "2026-10-14"], "datetime64[D]"), values, friday="2026-10-16")
    assert rows(kept) == [("red", "09-30", "10-14", None)]
    broken = spells(np.array([*first, "2026-10-14", "2026-10-15"], "datetime64[D]"), values, friday="2026-10-16")
    assert rows(broken) == [
        ("warning", "09-30", "09-30", "10-13"),
        ("warning", "10-14", "10-14", None),
    ]


def test_a_fired_red_stays_on_through_any_gap():
    found = spells(november(2, 3, 4, 5, 20), [100, 90, 81, 72.9, 85])
    assert rows(found) == [("red", "11-03", "11-05", None)]


def test_reports_that_stay_away_are_a_finding_and_never_an_all_clear():
    # Last defined day Friday 13; up to and with Friday 20 five working days: more than 4.
    found = red_findings(november(11, 12, 13, 16), [100, 100, 100, NAN], "2026-11-20", CALENDAR)
    assert found[["state", "measured", "threshold", "code"]].values.tolist() == [
        ["cannot_judge", 5.0, 4.0, "red_alert.reports_stay_away"]
    ]
    # With a value on Monday 16 there are four, and nothing is on: quiet.
    found = red_findings(november(11, 12, 13, 16), [100, 100, 100, 100], "2026-11-20", CALENDAR)
    assert found[["state", "code"]].values.tolist() == [["good", "red_alert.quiet"]]


def test_a_red_that_is_on_and_missing_reports_are_both_told():
    found = red_findings(november(2, 3, 4, 5), [100, 90, 81, 72.9], "2026-11-20", CALENDAR)
    assert found["code"].tolist() == ["red_alert.red", "red_alert.reports_stay_away"]
    assert found["state"].tolist() == ["breach", "cannot_judge"]


# --- warnings ---


def test_a_warning_forms_and_tells_how_far_it_is():
    # The 3rd: 1 of 3. The 4th: 2 of 3; at 72.9 or below the next reporting day fires.
    one = spells(november(2, 3), [100, 90], friday="2026-11-06")
    assert rows(one) == [("warning", "11-03", "11-03", None)]
    assert (one.days_forming[0], one.code[0]) == (1, "forming")
    two = spells(november(2, 3, 4), [100, 90, 81], friday="2026-11-06")
    assert rows(two) == [("warning", "11-03", "11-03", None)]
    assert two.days_forming[0] == 2
    assert two.next_line[0] == pytest.approx(72.9)
    assert two.depth[0] == pytest.approx(0.19)
    assert two.recovery_line[0] == 90


@given(st.floats(0.5, 89.9))
def test_the_next_line_is_where_it_fires(last):
    days, values = november(2, 3, 4, 5), [100, 90, 81, last]
    line = spells(days[:3], values[:3], friday="2026-11-04").next_line[0]
    fired = "red" in set(spells(days, values)["severity"])
    assert fired == (last <= line)


def test_a_warning_ends_on_the_first_day_that_does_not_fall_far_enough():
    found = spells(november(2, 3, 4, 5), [100, 90, 81, 80], friday="2026-11-06")
    # 80 is 1.2 % below 81: not day 3 of 3; but three falling days make 20 %: the cumulative reading holds.
    assert rows(found) == [("warning", "11-03", "11-03", None)]
    assert (found.days_forming[0], found.code[0]) == (0, "cumulative")
    found = spells(november(2, 3, 4, 5), [100, 90, 81, 81], friday="2026-11-06")
    assert rows(found) == [("warning", "11-03", "11-03", "11-05")]


def test_a_slow_fall_warns_while_the_cumulative_reading_holds():
    # 4 % a day: no day falls 10 %; after three falling days 1 - .96^3 = 11.5 % in all. A rise ends it.
    values = [100, 96, 92.16, 88.4736, 84.93, 85]
    found = spells(november(2, 3, 4, 5, 6, 9), values)
    assert rows(found) == [("warning", "11-03", "11-05", "11-09")]
    assert found.code[0] == "cumulative"
    assert found.value_before[0] == 100


def test_a_warning_that_fires_leaves_the_red_row_alone():
    # Slow falls warn from the 5th on; the three steep days 6, 9, 10 fire: one row.
    found = spells(november(2, 3, 4, 5, 6, 9, 10), [100, 96, 92, 88, 79, 71, 63])
    assert rows(found) == [("red", "11-06", "11-10", None)]
    assert found.value_before[0] == 88


def test_a_warning_lapses_when_no_value_comes_for_five_working_days():
    # 2 of 3 on Wednesday 4. Thursday 5 to Wednesday 11 are five working days.
    days, values = november(2, 3, 4), [100, 90, 81]
    assert rows(spells(days, values, friday="2026-11-10"))[0][3] is None
    assert rows(spells(days, values, friday="2026-11-11"))[0][3] == "11-11"
    assert np.isnan(spells(days, values, friday="2026-11-11").next_line[0])


# --- the other readings ---


def test_cumulative_needs_three_falling_days_and_ten_per_cent_in_all():
    days = november(2, 3, 4, 5, 6)
    exact = spells(days[:4], [100, 96, 93, 90], reading="cumulative")
    assert rows(exact) == [("red", "11-03", "11-05", None)]
    # 9.99 % after three days goes on forming; the fourth falling day fires, and the spell began on the first.
    short = spells(days[:4], [100, 96, 93, 90.01], reading="cumulative", friday="2026-11-06")
    assert rows(short) == [("warning", "11-03", "11-03", None)]
    assert short.next_line[0] == pytest.approx(90)
    assert short.days_forming[0] == 2  # three days have fallen, and it is still a day short
    later = spells(days, [100, 96, 93, 90.01, 89], reading="cumulative")
    assert rows(later) == [("red", "11-03", "11-06", None)]
    assert list(later.judged_on[0]) == list(days[1:])
    # 30 % in two days is not three falling days.
    assert rows(spells(days[:3], [100, 80, 70], reading="cumulative", friday="2026-11-05"))[0][0] == "warning"
    # An equal day breaks the run.
    flat = spells(days, [100, 95, 90, 90, 80], reading="cumulative")
    assert [r[0] for r in rows(flat)] == ["warning", "warning"]


def test_cumulative_ends_back_at_ninety_per_cent_of_the_value_before():
    found = spells(november(2, 3, 4, 5, 6, 9), [100, 96, 92, 88, 89.9, 90], reading="cumulative")
    assert rows(found) == [("red", "11-03", "11-05", "11-09")]
    assert found.depth[0] == pytest.approx(0.12)


def test_baseline_counts_three_days_below_the_mean_of_the_twenty_before():
    days = working_from("2026-10-12", 24)  # 12 October to 12 November
    steady = [90.0, 110.0] * 10  # mean 100
    found = spells(days[:23], [*steady, 90, 89, 90], reading="baseline")
    assert [r[0] for r in rows(found)] == ["red"]
    assert found.value_before[0] == pytest.approx(100)
    assert found.started_on[0] == days[20]
    assert found.fired_on[0] == days[22]
    # The day after, at exactly 90 % of the mean, it is back.
    ended = spells(days, [*steady, 90, 89, 90, 90], reading="baseline")
    assert ended.ended_on[0] == days[23]
    # 90.01 on the third day: not three running.
    assert "red" not in set(spells(days[:23], [*steady, 90, 89, 90.01], reading="baseline")["severity"])


def test_baseline_says_nothing_with_nineteen_days_before():
    days = working_from("2026-10-12", 22)
    values = [100.0] * 19 + [50, 50, 50]
    # The first low day has 19 days before it; the second has 20, but is only the first of two.
    assert "red" not in set(spells(days, values, reading="baseline")["severity"])


def test_baseline_stays_with_the_mean_before_the_spell():
    # Lower and lower days would pull a moving mean down with them; the spell keeps the mean before it.
    days = working_from("2026-10-12", 23)
    found = spells(days[:22], [100.0] * 20 + [80, 80], reading="baseline", friday=str(days[21]))
    assert rows(found)[0][0] == "warning"
    assert found.days_forming[0] == 2
    assert found.next_line[0] == pytest.approx(90)


# --- edge groups and refusals ---


@pytest.mark.parametrize("reading", READINGS)
def test_nothing_one_all_equal_all_missing_and_all_zero_are_silent(reading):
    days = working_from("2026-10-12", 30)
    for values in ([], [100.0], [100.0] * 30, [NAN] * 30, [0.0] * 30):
        found = spells(days[: len(values)], values, friday="2026-11-20", reading=reading)
        assert len(found) == 0
        assert tuple(found.columns) == SPELL_COLUMNS
    assert red_findings(days, [NAN] * 30, "2026-11-20")["code"].tolist() == ["red_alert.never_defined"]
    assert red_findings([], [], "2026-11-20")["state"].tolist() == ["cannot_judge"]


def test_a_fall_to_nothing_counts_and_a_fall_from_nothing_does_not():
    found = spells(november(2, 3, 4, 5, 6), [100, 90, 81, 0, 0])
    assert rows(found) == [("red", "11-03", "11-05", None)]
    assert found.depth[0] == 1
    assert "red" not in set(spells(november(2, 3, 4, 5), [100, 90, 0, 0])["severity"])


def test_days_must_ascend():
    with pytest.raises(ValueError, match="ascending"):
        spells(november(3, 2), [1, 2])
    with pytest.raises(ValueError, match="ascending"):
        spells(november(2, 2), [1, 2])


@pytest.mark.parametrize("bad", [{"fall": 0}, {"days": 1}, {"recovery": 1.5}, {"reading": "any"}, {"depth": 1}])
def test_settings_out_of_range_are_refused(bad):
    with pytest.raises(ValidationError):
        RedAlertParameters(**bad)


# --- against a plain loop ---


def plain_between(a, b):
    return sum(bool(CALENDAR.is_working(a + k)) for k in range(1, int((b - a).astype(int))))


def plain_start(days, values, i, last_end, reading):
    """Where a red that fires on row i starts, and the value before it; None if none does."""

    def falls(k):
        return values[k - 1] > 0 and 1 - values[k] / values[k - 1] > 1e-9

    def steep(k):
        return values[k - 1] > 0 and 1 - values[k] / values[k - 1] >= 0.1 - 1e-9

    def together(a, b):
        return all(plain_between(days[k - 1], days[k]) <= 4 for k in range(a + 1, b + 1))

    if reading == "baseline":
        s = i - 2
        if s - 20 < 0 or s <= last_end or not together(s, i):
            return None
        mean = sum(values[s - 20 : s]) / 20
        low = mean > 0 and all(1 - values[k] / mean >= 0.1 - 1e-9 for k in range(s, i + 1))
        return (s, mean) if low else None
    counts = steep if reading == "each_day" else falls
    s = i
    while s > max(last_end, 0) and counts(s) and (s == i or together(s, s + 1)):
        s -= 1
    s += 1
    if i - s + 1 < 3:
        return None
    if reading == "each_day":
        return s, values[s - 1]
    return (s, values[s - 1]) if 1 - values[i] / values[s - 1] >= 0.1 - 1e-9 else None


def plain_reds(days, values, reading):
    """(started, fired, ended or -1, value before, lowest) row by row."""
    out, on, last_end = [], None, -1
    for i in range(len(values)):
        if on:
            if values[i] / on[2] >= 0.9 - 1e-9:
                out.append((*on[:2], i, on[2], min(values[on[0] : i])))
                on, last_end = None, i
            continue
        found = plain_start(days, values, i, last_end, reading)
        if found:
            on = (found[0], i, found[1])
    if on:
        out.append((*on[:2], -1, on[2], min(values[on[0] :])))
    return out


def random_series(seed, n):
    """A restless series: runs of falls, exact ten per cents, ties, zeros, undefined days, gaps."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([0.9, 0.85, 0.96, 0.899999, 1.0, 1.1, 1.3, 0.9], size=n)
    values = 100 * np.cumprod(steps)
    values = np.where(values > 500, 100 * rng.random(n), values)
    values[rng.random(n) < 0.01] = 0
    values[rng.random(n) < 0.15] = NAN
    days = np.datetime64("2026-01-05") + np.cumsum(rng.choice([1, 1, 1, 3, 5, 7, 8, 11], size=n))
    return days, values


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("seed", range(6))
def test_reds_equal_a_plain_loop(reading, seed):
    days, values = random_series(seed, 160)
    if reading == "baseline":
        values = values + 60  # steadier, so that means of 20 days are now and then undercut
    kept = ~np.isnan(values)
    expected = plain_reds(days[kept], values[kept], reading)
    found = red_spells(days, values, days[-1] + 7, CALENDAR, RedAlertParameters(reading=reading))
    found = found[found["severity"] == "red"]
    d = days[kept]
    assert found["started_on"].to_numpy().astype("datetime64[D]").tolist() == [d[e[0]].item() for e in expected]
    assert found["fired_on"].to_numpy().astype("datetime64[D]").tolist() == [d[e[1]].item() for e in expected]
    ended = [None if e[2] < 0 else d[e[2]].item() for e in expected]
    assert found["ended_on"].to_numpy().astype("datetime64[D]").tolist() == ended
    assert found["value_before"].tolist() == pytest.approx([e[3] for e in expected])
    assert found["depth"].tolist() == pytest.approx([1 - e[4] / e[3] for e in expected])


def plain_warned(days, values, i, expected):
    """Whether row i warns under each_day: 1 or 2 of 3, or the cumulative reading holds; no red is on."""
    if any(f <= i and (e < 0 or i < e) for _, f, e, *_ in expected):
        return False

    def run(threshold):
        k = i
        while k > 0 and values[k - 1] > 0 and 1 - values[k] / values[k - 1] >= threshold:
            k -= 1
            if plain_between(days[k], days[k + 1]) > 4:
                break
        return i - k

    slow = run(1.0001e-9)
    return run(0.1 - 1e-9) > 0 or (slow >= 3 and 1 - values[i] / values[i - slow] >= 0.1 - 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_warnings_are_on_on_the_days_on_which_a_plain_loop_says_so(seed):
    days, values = random_series(seed + 100, 120)
    kept = ~np.isnan(values)
    d, v = days[kept], values[kept]
    expected = plain_reds(d, v, "each_day")
    warned = [plain_warned(d, v, i, expected) for i in range(len(v))]
    found = red_spells(days, values, d[-1], CALENDAR, RedAlertParameters())
    warnings = found[found["severity"] == "warning"]
    told = np.zeros(len(d), dtype=bool)
    for w in warnings.itertuples():
        # Judged days run from the first falling day; on since the day it fired.
        told |= (d >= np.datetime64(w.fired_on, "D")) & (d <= w.judged_on[-1])
    for red in found[found["severity"] == "red"].itertuples():
        # The days on which it formed went over into the red row.
        k = int(np.searchsorted(d, np.datetime64(red.fired_on, "D"))) - 1
        while k >= 0 and warned[k]:
            assert not told[k]
            told[k] = True
            if plain_between(d[k - 1], d[k]) > 4:
                break
            k -= 1
    assert told.tolist() == warned


@pytest.mark.parametrize("reading", READINGS)
def test_many_series_in_one_array_are_each_judged_alone(reading):
    p = RedAlertParameters(reading=reading)
    parts = [random_series(seed, n) for seed, n in enumerate((90, 1, 0, 200, 2, 61))]
    days = np.concatenate([d for d, _ in parts])
    values = np.concatenate([v + (60 if reading == "baseline" else 0) for _, v in parts])
    starts = np.cumsum([0, *(len(v) for _, v in parts)])[:-1]
    found = reds(values, days, starts, CALENDAR, p)
    assert len(found.series) > 3
    for k, (d, _) in enumerate(parts):
        mine = values[starts[k] : starts[k] + len(d)]
        alone = reds(mine, d, np.zeros(1, np.int64), CALENDAR, p)
        own = found.series == k
        assert (found.started[own] - starts[k]).tolist() == alone.started.tolist()
        assert (found.fired[own] - starts[k]).tolist() == alone.fired.tolist()
        ended = found.ended[own]
        assert np.where(ended < 0, -1, ended - starts[k]).tolist() == alone.ended.tolist()
        assert found.before[own].tolist() == alone.before.tolist()
        assert found.lowest[own].tolist() == alone.lowest.tolist()


# --- properties ---

SERIES = st.lists(st.sampled_from([NAN, 50.0, 81.0, 90.0, 100.0, 72.9, 65.61, 120.0]), min_size=1, max_size=40)


@given(SERIES, st.sampled_from(READINGS), st.integers(0, 39))
def test_what_came_later_changes_nothing_that_was_known(values, reading, cut):
    days = working_from("2026-03-02", len(values))
    friday = days[min(cut, len(days) - 1)]
    seen = days <= friday
    whole = spells(days, values, friday, reading=reading)
    pd.testing.assert_frame_equal(whole, spells(days[seen], np.array(values)[seen], friday, reading=reading))
    # A red, once fired, is never taken back by later days.
    later = spells(days, values, days[-1], reading=reading)
    fired = later[(later["severity"] == "red") & (later["fired_on"] <= friday)]["fired_on"].tolist()
    assert whole[whole["severity"] == "red"]["fired_on"].tolist() == fired


@given(SERIES, st.sampled_from(READINGS), st.sampled_from([1e-6, 3.0, 1e5]))
def test_the_unit_of_efficiency_does_not_matter(values, reading, factor):
    days = working_from("2026-03-02", len(values))
    mine = spells(days, values, days[-1], reading=reading)
    scaled = spells(days, np.array(values) * factor, days[-1], reading=reading)
    assert rows(mine) == rows(scaled)
    assert mine["depth"].tolist() == pytest.approx(scaled["depth"].tolist())


@given(SERIES)
def test_spells_of_one_severity_never_overlap(values):
    days = working_from("2026-03-02", len(values))
    found = spells(days, values, days[-1])
    for _, same in found.groupby("severity"):
        assert (same["ended_on"].iloc[:-1].to_numpy() <= same["fired_on"].iloc[1:].to_numpy()).all()
