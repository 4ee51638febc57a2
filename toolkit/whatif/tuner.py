"""The red-alert tuner: what each reading of M4 costs in false alarms, and what it detects, on the team's own noise.

Noise. The logs x of the recorded daily efficiencies change by movement, which stays, and by noise, which is gone the
next day: Var(x[t+k] - x[t]) = k s2 + 2 t2. From k = 1 and k = 5 (a week) s2 = (V5 - V1) / 4 and t2 = (V1 - s2) / 2, not
below 0; t is `noise_sd`. V is robust, (1.4826 x median absolute deviation)^2, so that one collapse on record does not
turn into noise (on the sample team: sd 7 %, where the plain moments of a series with one collapse say more). Changes
across a gap longer than `red_alert.max_gap_working_days` and days without efficiency, or with 0, are left out.

Series. `whatif.tuner_series` of exp(t z), z normal and independent, on the working days of the year up to the last
recorded day, after `red_alert.baseline_days` days of run-in; the same for all readings, from `whatif.seed`.

false alarms a year  red alerts that fire in that year, in which nothing happens
detected             series with a red alert while efficiency falls by `whatif.tuner_fall` over `whatif.tuner_fall_days`
                     reporting days (by the same percentage each) or in the `red_alert.baseline_days` after it, in which
                     it stays down; of those without a false alarm on as the fall begins
by_chance            the same of as many days without a fall: detection is worth what it has above it
delay                reporting days from the fall's first day to the alert, both counted; the median over the detected

Intervals: 95 %, Poisson (Garwood) and Wilson; they tell the error of the simulation, not of `noise_sd`. Everything is
NaN where fewer than `red_alert.baseline_days` changes are on record.

Readings: every working day is a reporting day; noise is normal on the log scale, though what is on record may have
heavier tails; movement is left out of the simulation: an alarm about it is not false.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from toolkit.base.workdays import Workdays
from toolkit.method.red_alert import RedAlertParameters, reds
from toolkit.method.stated_probability import wilson
from toolkit.parameters import Parameters

READINGS: Final = ("each_day", "cumulative", "baseline")
WEEK: Final = 5  # reporting days
YEAR: Final = 365  # days
LEVEL: Final = 0.95
COLUMNS: Final = (
    "reading", "in_force", "false_alarms_year", "false_low", "false_high", "detected", "detected_low", "detected_high",
    "by_chance", "delay_days_median", "noise_sd", "movement_sd",
)  # fmt: skip
_MAD: Final = 1.4826  # makes the median absolute deviation of a normal its sd

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def team_noise(days: Any, values: Any, calendar: Workdays, parameters: RedAlertParameters) -> tuple[float, float]:
    """(noise sd, movement sd a day) of the log efficiency; NaN where too little is on record.

    days, values  the reporting days, ascending, and their efficiency (NaN: not defined)

    Examples
    --------
    Up and down by the same tenth every other day: five days on, the change is the same, so that all of it is noise.

    >>> days = np.arange("2026-01-01", "2026-06-01", dtype="datetime64[D]")
    >>> values = np.exp(0.1 * (np.arange(len(days)) % 2))
    >>> noise, movement = team_noise(days, values, Workdays(), RedAlertParameters())
    >>> round(noise, 4), movement
    (0.1048, 0.0)
    """
    day, value = np.asarray(days).astype("datetime64[D]"), np.asarray(values, dtype=float)
    kept = value > 0
    day, x = day[kept], np.log(value[kept])
    gap = calendar.working_days_between(day[:-1], day[1:]) > parameters.max_gap_working_days
    stretch = np.r_[0, np.cumsum(gap)][: len(x)]
    spreads = []
    for k in (1, WEEK):
        change = (x[k:] - x[:-k])[stretch[k:] == stretch[:-k]]
        if len(change) < parameters.baseline_days:
            return float("nan"), float("nan")
        spreads.append((_MAD * np.median(np.abs(change - np.median(change)))) ** 2)
    one, week = spreads
    movement = min(max((week - one) / (WEEK - 1), 0.0), one)
    return float(np.sqrt((one - movement) / 2)), float(np.sqrt(movement))


def tuner(
    days: Any, values: Any, calendar: Workdays, parameters: Parameters, *, noise_sd: float | None = None
) -> pd.DataFrame:
    """M4's readings side by side on the team's own noise, or on `noise_sd` (of the log efficiency) where given.

    days, values  the reporting days, ascending, and their efficiency (NaN: not defined)

    Columns: reading, in_force, false_alarms_year, false_low, false_high, detected, detected_low, detected_high,
    by_chance (shares), delay_days_median (reporting days), noise_sd, movement_sd. Other settings as in `red_alert`.

    Examples
    --------
    >>> days, few = np.arange("2026-11-16", "2026-11-21", dtype="datetime64[D]"), np.ones(5)
    >>> tuner(days, few, Workdays(), Parameters())["false_alarms_year"].tolist()
    [nan, nan, nan]
    """
    p, found, movement = parameters.red_alert, noise_sd, float("nan")
    if found is None:
        found, movement = team_noise(days, values, calendar, p)
    common = {"noise_sd": found, "movement_sd": movement}
    if np.isnan(found):
        rows = [{"reading": r, "in_force": r == p.reading, **common} for r in READINGS]
        return pd.DataFrame(rows, columns=list(COLUMNS))
    last = np.asarray(days).astype("datetime64[D]").max()
    on = _reporting_days(last, p.baseline_days, calendar)
    rng = np.random.default_rng(parameters.whatif.seed)
    quiet = np.exp(found * rng.standard_normal((parameters.whatif.tuner_series, len(on))))
    rows = []
    for reading in READINGS:
        read = p.model_copy(update={"reading": reading})
        result = _false_alarms(quiet, on, calendar, read) | _detected(quiet, on, calendar, read, parameters)
        rows.append({"reading": reading, "in_force": reading == p.reading, **result, **common})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _reporting_days(last: np.datetime64, run_in: int, calendar: Workdays) -> Dates:
    """The working days of the year up to a day, with as many before it as the run-in has."""
    every = np.arange(last - YEAR - 2 * run_in - YEAR // 6, last + 1)
    working = every[calendar.is_working(every)]
    year = int((working > last - YEAR).sum())
    return np.asarray(working[-(year + run_in) :])


def _fired(values: Floats, days: Dates, calendar: Workdays, p: RedAlertParameters) -> tuple[Any, Any, Any]:
    """(series, place of firing, place of the end or a place past all) of the red alerts of values (series, days)."""
    count, length = values.shape
    found = reds(values.ravel(), np.tile(days, count), np.arange(count) * length, calendar, p)
    ended = np.where(found.ended < 0, length, found.ended - found.series * length)
    return found.series, found.fired - found.series * length, ended


def _false_alarms(quiet: Floats, days: Dates, calendar: Workdays, p: RedAlertParameters) -> dict[str, float]:
    _, fired, _ = _fired(quiet, days, calendar, p)
    count, years = int((fired >= p.baseline_days).sum()), len(quiet)
    tail = (1 - LEVEL) / 2
    low = gammaincinv(count, tail) if count else 0.0
    return {
        "false_alarms_year": count / years,
        "false_low": float(low) / years,
        "false_high": float(gammaincinv(count + 1, 1 - tail)) / years,
    }


def _detected(
    quiet: Floats, days: Dates, calendar: Workdays, p: RedAlertParameters, parameters: Parameters
) -> dict[str, float]:
    begin, fall_days = p.baseline_days, parameters.whatif.tuner_fall_days
    end = begin + fall_days + p.baseline_days
    step = np.clip(np.arange(end) - begin + 1, 0, fall_days) / fall_days
    falling = quiet[:, :end] * (1 - parameters.whatif.tuner_fall) ** step
    first, open_ = _first_alarms(falling, days[:end], calendar, p, begin)
    chance, _ = _first_alarms(quiet[:, :end], days[:end], calendar, p, begin)
    delay = first[~open_ & (first >= 0)] - begin + 1
    trials = int((~open_).sum())
    low, high = wilson(len(delay), trials, LEVEL)
    return {
        "detected": len(delay) / trials if trials else np.nan,
        "detected_low": float(low),
        "detected_high": float(high),
        "by_chance": float((chance[~open_] >= 0).mean()) if trials else np.nan,
        "delay_days_median": float(np.median(delay)) if len(delay) else np.nan,
    }


def _first_alarms(
    values: Floats, days: Dates, calendar: Workdays, p: RedAlertParameters, begin: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Of each series: the place of the first alarm from `begin` on (-1: none); is an earlier one still on there?"""
    series, fired, ended = _fired(values, days, calendar, p)
    first, open_ = np.full(len(values), -1), np.zeros(len(values), dtype=bool)
    open_[series[(fired < begin) & (ended > begin)]] = True
    late = np.flatnonzero(fired >= begin)[::-1]  # the first of a series is written last
    first[series[late]] = fired[late]
    return first, open_
