"""The red-alert tuner: noise by moments, false alarms, and what each reading detects."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.workdays import Workdays
from toolkit.method.red_alert import RedAlertParameters, reds
from toolkit.parameters import Parameters
from toolkit.whatif.tuner import COLUMNS, team_noise, tuner

CALENDAR = Workdays()
EVERY = np.arange("2025-06-01", "2026-11-21", dtype="datetime64[D]")
DAYS = EVERY[CALENDAR.is_working(EVERY)]


def settings(**changes):
    return Parameters.read(overrides={"whatif.tuner_series": 500} | changes)


def tuned(noise_sd, **changes):
    return tuner(DAYS, np.ones(len(DAYS)), CALENDAR, settings(**changes), noise_sd=noise_sd).set_index("reading")


# The team's noise


def recorded(noise, movement, seed=1, count=4000):
    rng = np.random.default_rng(seed)
    level = np.cumsum(movement * rng.standard_normal(count))
    days = np.arange(np.datetime64("2015-01-01"), np.datetime64("2015-01-01") + count)
    return days, np.exp(level + noise * rng.standard_normal(count))


@pytest.mark.parametrize(("noise", "movement"), [(0.05, 0.0), (0.07, 0.03), (0.02, 0.06)])
def test_noise_and_movement_are_told_apart(noise, movement):
    found = team_noise(*recorded(noise, movement), CALENDAR, RedAlertParameters())
    assert found[0] == pytest.approx(noise, rel=0.15)
    assert found[1] == pytest.approx(movement, abs=0.012)


def test_one_collapse_on_record_is_not_noise():
    days, values = recorded(0.05, 0.0, count=130)
    collapsed = values.copy()
    collapsed[60:63] *= (0.8, 0.65, 0.45)
    quiet, after = (team_noise(days, v, CALENDAR, RedAlertParameters())[0] for v in (values, collapsed))
    assert after == pytest.approx(quiet, rel=0.15)
    assert np.diff(np.log(collapsed)).std() > 1.3 * np.diff(np.log(values)).std()  # as plain moments would have it


def test_what_is_not_defined_takes_no_part():
    days, values = recorded(0.05, 0.0, count=200)
    with_blanks, blank_days = np.r_[0.0, np.nan, values], np.r_[days[0] - 2, days[0] - 1, days]
    p = RedAlertParameters()
    assert team_noise(blank_days, with_blanks, CALENDAR, p) == team_noise(days, values, CALENDAR, p)


def test_a_jump_over_a_long_gap_is_no_change():
    # Two flat halves at 1 and 3 with five weeks between them: no change on record is other than 0.
    days = np.r_[np.arange("2026-01-05", "2026-03-01", dtype="datetime64[D]"),
                 np.arange("2026-04-06", "2026-06-01", dtype="datetime64[D]")]  # fmt: skip
    values = np.where(days < np.datetime64("2026-03-15"), 1.0, 3.0)
    assert team_noise(days, values, CALENDAR, RedAlertParameters()) == (0.0, 0.0)


@pytest.mark.parametrize("count", [0, 1, 5, 24])
def test_too_little_on_record_cannot_be_judged(count):
    found = tuner(DAYS[:count], np.linspace(1, 2, count), CALENDAR, settings())
    assert found.columns.tolist() == list(COLUMNS)
    assert found["reading"].tolist() == ["each_day", "cumulative", "baseline"]
    assert found.drop(columns=["reading", "in_force"]).isna().all(axis=None)


# False alarms and detection


def test_without_noise_there_is_no_false_alarm():
    found = tuned(0.0)
    assert found["false_alarms_year"].tolist() == [0, 0, 0] and found["by_chance"].tolist() == [0, 0, 0]
    # 0 in 500 years: up to 3.69 / 500 with 97.5 % (Poisson: exp(-3.69) = 0.025).
    assert found["false_high"].tolist() == pytest.approx([3.6889 / 500] * 3, rel=1e-4)


def test_a_fall_of_ten_per_cent_a_day_is_detected_by_the_words():
    # 28 % in 3 equal steps: each 1 - 0.72^(1/3) = 10.4 %. All readings fire on its third day; the baseline on the
    # third day below 90 % of 1, which is the third as well.
    found = tuned(0.0, **{"whatif.tuner_fall": 0.28, "whatif.tuner_fall_days": 3})
    assert found["detected"].tolist() == [1, 1, 1]
    assert found["delay_days_median"].tolist() == [3, 3, 3]


def test_a_slow_fall_without_noise_is_seen_by_all_but_the_words():
    # 20 % over 10 days: 0.8^(1/10), 2.2 % a day. Cumulative: 0.8^(k/10) <= 0.9 from k = 4.72: day 5. Baseline of the
    # 20 quiet days before the spell: the spell's first day s has k = s; its own 20 days before hold the first steps of
    # the fall. The mean before day 6 holds 5 fallen days, 1 - (0.0221+0.0436+0.0647+0.0853+0.1056)/20 = 0.9839; day 6
    # is at 0.8747 <= 0.9 x 0.9839 = 0.8855, and 7 and 8 below it: fires on day 8. Day 5, at 0.8944 against
    # 0.9 x 0.9892 = 0.8903, starts nothing.
    found = tuned(0.0)
    assert found["detected"].tolist() == [0, 1, 1]
    assert found["delay_days_median"].tolist()[1:] == [5, 8] and np.isnan(found.loc["each_day", "delay_days_median"])


def test_at_five_per_cent_noise_the_words_stay_silent_and_the_cumulative_reading_calls_often():
    # The prototype: each_day about no false alarm a year and none of a slow fall detected; cumulative about 6 a year.
    found = tuned(0.05)
    assert found.loc["each_day", "false_alarms_year"] < 0.05 and found.loc["each_day", "detected"] < 0.02
    assert 3 < found.loc["cumulative", "false_alarms_year"] < 8
    assert found.loc["cumulative", "detected"] > found.loc["cumulative", "by_chance"] + 0.2
    assert found.loc["baseline", "detected"] > 0.95 and found.loc["baseline", "false_alarms_year"] < 0.1
    for name, ends in (("detected", "detected"), ("false_alarms_year", "false")):
        inside = found[name].between(found[f"{ends}_low"] - 1e-12, found[f"{ends}_high"] + 1e-12)
        assert inside.all(), name


def test_false_alarms_are_what_the_rule_itself_finds_series_by_series():
    # The same years of noise, each judged alone: its red alerts of the last 365 days.
    p = settings(**{"whatif.tuner_series": 100, "red_alert.reading": "cumulative"})
    found = tuner(DAYS, np.ones(len(DAYS)), CALENDAR, p, noise_sd=0.08).set_index("reading")
    before = DAYS[-1] - 365
    days = DAYS[np.searchsorted(DAYS, before, side="right") - p.red_alert.baseline_days :]
    noise = np.exp(0.08 * np.random.default_rng(p.whatif.seed).standard_normal((100, len(days))))
    count = 0
    for series in noise:
        fired = reds(series, days, np.zeros(1, np.int64), CALENDAR, p.red_alert).fired
        count += int((days[fired] > before).sum())
    assert found.loc["cumulative", "false_alarms_year"] == count / 100
    assert found["in_force"].tolist() == [False, True, False]


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    one, same, other = (tuned(0.06, **{"whatif.seed": seed}) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)
