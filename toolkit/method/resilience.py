"""F5 Resilience ladder: what a new rep takes on by tenure, and how each week went.

Tenure counts the first day as day 1; month n holds the days 30(n-1)+1 … 30n (`month_days`), so that day 30 is of month
1 and day 31 of month 2. Steps: from month 1, `objections_per_day` customer objections handled on each working day; from
month 3, `breakpoints_per_week` breakpoints solved in each week; in month 6, a strategic account won as lead. Between
steps the last one holds.

A week of step 1: needed = its working days since the first day, done = those of them with enough objections
(quantities of `objection_handled` added up). Of step 3: needed = breakpoints_per_week, done = the quantities of
`breakpoint_solved`. Of step 6: needed 1, done = 1 once `strategic_won_alone` is on record. The step of a week is that
of its last day.

Units: days, breakpoints, wins. Ties: by rep id. Missing values: a blank quantity counts 0; without a first day, or
without any record of these kinds, nobody can be judged.

Readings. On the ladder are reps (role rep) who have not left and whose sixth month had not ended before the first
record of any of these kinds, and whoever is enrolled (`enrolled`: rep id and first day). Who reached the last step
stays listed as having reached it.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from pydantic import field_validator

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day, friday_of, fridays
from toolkit.base.workdays import Workdays

OBJECTIONS: Final = "objection_handled"
BREAKPOINTS: Final = "breakpoint_solved"
STRATEGIC: Final = "strategic_won_alone"
KINDS: Final = (OBJECTIONS, BREAKPOINTS, STRATEGIC)
LADDER: Final = (
    "rep_id", "started_on", "tenure_days", "month", "step", "needed", "done", "due_on", "weeks_met", "weeks_judged",
    "state", "code",
)  # fmt: skip
WEEKS: Final = ("rep_id", "week_ending", "step", "needed", "done", "met")
_STEPS: Final = (1, 3, 6)
_DAY: Final = np.timedelta64(1, "D")


class ResilienceParameters(Slice):
    """The ladder's steps (path `resilience`)."""

    month_days: int = setting(30, unit="days a month", rule="F5", ge=7, le=31)
    objections_per_day: float = setting(2, unit="objections a working day", rule="F5", gt=0, le=50)
    breakpoints_per_week: float = setting(1, unit="breakpoints a week", rule="F5", gt=0, le=20)
    enrolled: dict[str, str] = setting({}, unit="rep id: first day", rule="F5")

    @field_validator("enrolled")
    @classmethod
    def _days(cls, enrolled: dict[str, str]) -> dict[str, str]:
        """Each first day is a date."""
        for first in enrolled.values():
            np.datetime64(first, "D")
        return enrolled


def step_of(tenure_days: int, month_days: int = 30) -> tuple[int, int]:
    """The month of a tenure (its first day is 1) and the step that holds in it: 1, 3 or 6.

    Examples
    --------
    >>> [step_of(days) for days in (1, 30, 31, 60, 61, 150, 151, 400)]
    [(1, 1), (1, 1), (2, 1), (2, 1), (3, 3), (5, 3), (6, 6), (14, 6)]
    """
    if tenure_days < 1:
        raise ValueError(f"a tenure begins with day 1, not {tenure_days}")
    month = (tenure_days - 1) // month_days + 1
    return month, max(step for step in _STEPS if step <= month)


def ladder(
    reps: pd.DataFrame, achievements: pd.DataFrame, as_of: Day, calendar: Workdays, parameters: ResilienceParameters
) -> pd.DataFrame:
    """Where everyone on the ladder stands on a day: LADDER, by rep id.

    needed, done   of the week up to the day (step 6: one win)
    due_on         the end of month 6 for step 6, else the week's Friday
    weeks_met, weeks_judged  of the weeks of the same step that have ended
    state          good (done, reached), warning (running: its time is not over), breach (short, late), cannot_judge
                   (no_first_day, no_records, no_working_day)
    """
    today = day(as_of)
    weeks = ladder_weeks(reps, achievements, today, calendar, parameters)
    rows = []
    recorded = bool(achievements["kind"].isin(KINDS).any())
    for rep, first in _on_ladder(reps, achievements, today, parameters):
        row: dict[str, Any] = dict.fromkeys(LADDER, np.nan) | {"rep_id": rep, "started_on": first, "due_on": pd.NaT}
        if np.isnat(first):
            rows.append(row | {"state": CANNOT_JUDGE, "code": "no_first_day"})
            continue
        tenure = int((today - first) / _DAY) + 1
        month, step = step_of(tenure, parameters.month_days)
        mine = weeks[(weeks["rep_id"] == rep) & (weeks["step"] == step)]
        here = mine[mine["week_ending"] == pd.Timestamp(friday_of(today).item())].iloc[0]
        over = mine[mine["week_ending"] <= pd.Timestamp(today)]
        end = first + np.timedelta64(6 * parameters.month_days - 1, "D")
        row |= {"tenure_days": tenure, "month": month, "step": step, "needed": here["needed"], "done": here["done"]}
        row |= {"due_on": end if step == _STEPS[-1] else here["week_ending"]}
        row |= {"weeks_met": int(over["met"].sum()), "weeks_judged": int((over["needed"] > 0).sum())}
        rows.append(row | _judged(step, here, today, end, recorded))
    kinds = dict.fromkeys(("started_on", "due_on"), "datetime64[us]")
    figures = dict.fromkeys(("tenure_days", "month", "step", "needed", "done", "weeks_met", "weeks_judged"), float)
    return pd.DataFrame(rows, columns=list(LADDER)).astype(
        kinds | figures | {"rep_id": "str", "state": "str", "code": "str"}
    )


def _judged(step: int, here: Any, today: np.datetime64, end: np.datetime64, recorded: bool) -> dict[str, str]:
    if not recorded:
        return {"state": CANNOT_JUDGE, "code": "no_records"}
    if here["needed"] == 0:
        return {"state": CANNOT_JUDGE, "code": "no_working_day"}
    if here["met"]:
        return {"state": GOOD, "code": "reached" if step == _STEPS[-1] else "done"}
    if step == _STEPS[-1]:
        return {"state": BREACH, "code": "late"} if today > end else {"state": WARNING, "code": "running"}
    running = step != 1 and pd.Timestamp(today) < here["week_ending"]
    return {"state": WARNING, "code": "running"} if running else {"state": BREACH, "code": "short"}


def _on_ladder(
    reps: pd.DataFrame, achievements: pd.DataFrame, today: np.datetime64, p: ResilienceParameters
) -> list[tuple[str, np.datetime64]]:
    """Whom the ladder holds, each with the first day (NaT: not known), by rep id."""
    here = reps[(reps["role"] == "rep") & ~(reps["left_on"] <= pd.Timestamp(today))].sort_values("rep_id")
    records = achievements.loc[achievements["kind"].isin(KINDS), "achieved_on"].to_numpy().astype("datetime64[D]")
    since = records.min() if len(records) else today
    span = np.timedelta64(6 * p.month_days, "D")
    out = []
    for rep, hired in zip(here["rep_id"], here["hired_on"].to_numpy().astype("datetime64[D]"), strict=True):
        enrolled = rep in p.enrolled
        first = np.datetime64(p.enrolled[rep], "D") if enrolled else hired
        if np.isnat(first) or (first <= today and (enrolled or first + span > since)):
            out.append((str(rep), first))
    return out


def ladder_weeks(
    reps: pd.DataFrame, achievements: pd.DataFrame, as_of: Day, calendar: Workdays, parameters: ResilienceParameters
) -> pd.DataFrame:
    """Every week of everyone on the ladder, the last one up to the day: WEEKS.

    met  done >= needed, and something was needed
    """
    today = day(as_of)
    rows = []
    for rep, first in _on_ladder(reps, achievements, today, parameters):
        if np.isnat(first):
            continue
        mine = achievements[(achievements["rep_id"] == rep) & (achievements["achieved_on"] <= pd.Timestamp(today))]
        for friday in fridays(friday_of(first), friday_of(today)):
            last = min(friday, today)
            _, step = step_of(int((last - first) / _DAY) + 1, parameters.month_days)
            needed, done = _week(step, mine, max(friday - 6 * _DAY, first), last, calendar, parameters)
            rows.append((rep, friday, step, needed, done, needed > 0 and done >= needed - 1e-9))
    frame = pd.DataFrame(rows, columns=list(WEEKS))
    kinds = {"week_ending": "datetime64[us]", "step": "int64", "needed": float, "done": float, "met": bool}
    return frame.astype(kinds | {"rep_id": "str"})


def _week(
    step: int,
    mine: pd.DataFrame,
    first: np.datetime64,
    last: np.datetime64,
    calendar: Workdays,
    p: ResilienceParameters,
) -> tuple[float, float]:
    """What a week of a step asks, and what was done in it."""
    on = mine["achieved_on"].to_numpy().astype("datetime64[D]")
    quantity = mine["quantity"].fillna(0.0).to_numpy(dtype=float)
    kind = mine["kind"].to_numpy()
    if step == 6:
        return 1.0, float(bool((kind == STRATEGIC).any()))
    if step == 3:
        here = (kind == BREAKPOINTS) & (on >= first) & (on <= last)
        return p.breakpoints_per_week, float(quantity[here].sum())
    days = np.arange(first, last + _DAY)
    working = days[calendar.is_working(days)]
    handled = [quantity[(kind == OBJECTIONS) & (on == one)].sum() for one in working]
    return float(len(working)), float(sum(n >= p.objections_per_day - 1e-9 for n in handled))
