"""M11 Training trigger: a problem that keeps coming back asks for a training, which is held to its effect.

An occurrence is a report's problem tag, or an M5 stall (tag `stall_tag`) on the day it fired. A tag triggers on the
first day on which the `days` days up to and with it hold at least `times` occurrences over at least `accounts` accounts
and `reps` reps. One training a tag is open at a time: the first session of kind training with that tag from the trigger
on. It is judged `days` days after it was held: with fewer than `times` occurrences in those days it is closed;
otherwise it is recurring: the problem is still there, and on that day triggers anew.

States: to_open (triggered, no training yet), open (held, its days still run), recurring, closed. After a close the tag
can trigger anew by occurrences after that close alone.

Units: days. Ties: occurrences of one day count together; trainings of one day by id. Missing values: a report without
a tag is no occurrence; a stall without a rep counts for no rep.

Readings. The window of 14 days holds the day itself and the 13 before it. A training held on the day of the trigger
answers it. A training held before the trigger, its 14 days not over, answers it as well: the problem is being trained.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import Day, day, friday_of

TO_OPEN: Final = "to_open"
OPEN: Final = "open"
RECURRING: Final = "recurring"
CLOSED: Final = "closed"
COLUMNS: Final = (
    "problem_tag", "triggered_on", "times", "accounts", "reps", "training_id", "trained_on", "judged_on", "later_times",
    "state",
)  # fmt: skip


class TrainingParameters(Slice):
    """When a problem asks for a training (path `training`)."""

    times: int = setting(5, unit="times", rule="M11", ge=2, le=100)
    days: int = setting(14, unit="days", rule="M11", ge=2, le=92)
    accounts: int = setting(3, unit="accounts", rule="M11", ge=1, le=100)
    reps: int = setting(2, unit="reps", rule="M11", ge=1, le=100)
    stall_tag: str = setting("决策链停滞", unit="text", rule="M11")


def occurrences(reports: pd.DataFrame, stalls: pd.DataFrame, parameters: TrainingParameters) -> pd.DataFrame:
    """Every occurrence of a problem, by tag and day: problem_tag, on, account_id, rep_id, source_id.

    reports  report_id, report_date, account_id, rep_id, problem_tag
    stalls   M5's: account_id, rep_id (owner), fired_on
    """
    tagged = reports[reports["problem_tag"].notna()]
    told = tagged[["problem_tag", "account_id", "rep_id"]].assign(
        on=tagged["report_date"], source_id=tagged["report_id"]
    )
    still = stalls[["account_id", "rep_id"]].assign(
        problem_tag=parameters.stall_tag, on=stalls["fired_on"], source_id="M5 " + stalls["account_id"].astype("str")
    )
    both = pd.concat([part for part in (told, still) if len(part)] or [told], ignore_index=True)
    ordered = both.sort_values(["problem_tag", "on", "source_id"], ignore_index=True)
    return ordered[["problem_tag", "on", "account_id", "rep_id", "source_id"]].astype({"on": "datetime64[us]"})


def trainings(
    occurred: pd.DataFrame, sessions: pd.DataFrame, as_of: Day, parameters: TrainingParameters
) -> pd.DataFrame:
    """Every time a tag called for a training, and how it went on, by tag and day: COLUMNS.

    occurred  of `occurrences`
    sessions  the contract's; those of kind training with a problem_tag
    times, accounts and reps are those of the window that triggered; judged_on is when the training is judged,
    later_times the occurrences in the days after it (NaN while they run).

    Examples
    --------
    >>> occurred = pd.DataFrame({"problem_tag": "price", "on": pd.to_datetime("2026-11-02"), "source_id": list("abcde"),
    ...     "account_id": ["A1", "A2", "A3", "A1", "A2"], "rep_id": ["R1", "R1", "R2", "R1", "R1"]})
    >>> none = pd.DataFrame({"session_id": [], "kind": [], "problem_tag": [], "held_at": pd.to_datetime([])})
    >>> trainings(occurred, none, "2026-11-20", TrainingParameters())[["times", "accounts", "state"]].values.tolist()
    [[5, 3, 'to_open']]
    """
    today = day(as_of)
    held = sessions[(sessions["kind"] == "training") & sessions["problem_tag"].notna()]
    held = held.assign(day=held["held_at"].to_numpy().astype("datetime64[D]")).sort_values(["day", "session_id"])
    held = held[held["day"].to_numpy().astype("datetime64[D]") <= today]
    rows: list[dict[str, Any]] = []
    for tag, places in occurred.groupby("problem_tag", sort=True).indices.items():
        rows += _of_tag(str(tag), occurred.iloc[places], held[held["problem_tag"] == tag], today, parameters)
    kinds = dict.fromkeys(("triggered_on", "trained_on", "judged_on"), "datetime64[us]")
    counts = dict.fromkeys(("times", "accounts", "reps"), "int64")
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(
        kinds | counts | {"later_times": float, "problem_tag": "str", "training_id": "str", "state": "str"}
    )


def _of_tag(
    tag: str, mine: pd.DataFrame, held: pd.DataFrame, today: np.datetime64, p: TrainingParameters
) -> list[dict[str, Any]]:
    """One tag's triggers in their order, each with its training; the next begins where this one was judged."""
    on = mine["on"].to_numpy().astype("datetime64[D]")
    rows: list[dict[str, Any]] = []
    first, trigger = np.datetime64("0001-01-01", "D"), _trigger(on, mine, np.datetime64("0001-01-01", "D"), p)
    while trigger is not None and trigger <= today:
        window = (on > trigger - np.timedelta64(p.days, "D")) & (on <= trigger) & (on >= first)
        reps = mine["rep_id"][window].replace("", np.nan).nunique()
        facts = {"problem_tag": tag, "triggered_on": trigger, "times": int(window.sum()), "reps": reps}
        rows.append(facts | {"accounts": mine["account_id"][window].nunique()} | _answered(on, trigger, held, today, p))
        judged = rows[-1]["judged_on"]
        if rows[-1]["state"] == RECURRING:
            first, trigger = rows[-1]["trained_on"] + np.timedelta64(1, "D"), judged
        elif rows[-1]["state"] == CLOSED:
            first = max(judged, trigger) + np.timedelta64(1, "D")
            trigger = _trigger(on, mine, first, p)
        else:
            break
        held = held[held["day"].to_numpy().astype("datetime64[D]") > rows[-1]["trained_on"]]
    return rows


def _trigger(
    on: NDArray[np.datetime64], mine: pd.DataFrame, first: np.datetime64, p: TrainingParameters
) -> np.datetime64 | None:
    """The first day from `first` on whose window, begun no earlier than `first`, holds enough of everything."""
    since = mine[on >= first]
    days = on[on >= first]
    for k in np.flatnonzero(_enough(days, p)):
        window = since[(days > days[k] - np.timedelta64(p.days, "D")) & (days <= days[k])]
        if window["account_id"].nunique() >= p.accounts and window["rep_id"].replace("", np.nan).nunique() >= p.reps:
            return np.datetime64(days[k], "D")
    return None


def _enough(on: NDArray[np.datetime64], p: TrainingParameters) -> NDArray[np.bool_]:
    """For each occurrence (ascending days) whether the days up to and with its own hold enough of them."""
    first = np.searchsorted(on, on - np.timedelta64(p.days - 1, "D"), side="left")
    return np.asarray(np.searchsorted(on, on, side="right") - first >= p.times)


def _answered(
    on: NDArray[np.datetime64], trigger: np.datetime64, held: pd.DataFrame, today: np.datetime64, p: TrainingParameters
) -> dict[str, Any]:
    """What became of a trigger: its training, the first whose days are not over by then, and how that was judged."""
    span = np.timedelta64(p.days, "D")
    days = held["day"].to_numpy().astype("datetime64[D]")
    answers = np.flatnonzero(days + span > trigger)
    row: dict[str, Any] = {"training_id": "", "trained_on": None, "judged_on": None, "later_times": np.nan}
    if not len(answers):
        return row | {"state": TO_OPEN}
    trained = days[answers[0]]
    judged = trained + span
    row |= {"training_id": held["session_id"].iloc[answers[0]], "trained_on": trained, "judged_on": judged}
    if judged > today:
        return row | {"state": OPEN}
    later = int(((on > trained) & (on <= judged)).sum())
    return row | {"later_times": later, "state": CLOSED if later < p.times else RECURRING}


def tag_weeks(occurred: pd.DataFrame) -> pd.DataFrame:
    """How often each tag came up, by week: problem_tag, week_ending, times."""
    week = friday_of(occurred["on"].to_numpy().astype("datetime64[D]")).astype("datetime64[us]")
    counts = occurred.assign(week_ending=week).groupby(["problem_tag", "week_ending"]).size()
    return counts.rename("times").reset_index()
