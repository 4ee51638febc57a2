"""E4 and F4: the clocks of each request. Formula, units, missing values and readings: see the package."""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from toolkit.base.clock import Clock
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import tier_codes
from toolkit.method.requests.matrix import FORBIDDEN, UNITS, AuthorityParameters, Matrices

CLOCK_COLUMNS: Final = (
    "request_id",
    "rep_id",
    "account_id",
    "kind",
    "rule",
    "step",
    "started_at",
    "due_at",
    "done_at",
    "state",
    "hours_left",
    "allowed",
    "unit",
    "provisional",
)
_HOUR: Final = np.timedelta64(3_600_000_000, "us")


class RequestClockParameters(Slice):
    """How long each kind of request may take, and what it is to bring (path `request_clock`)."""

    technical_accept_hours: float = setting(48, unit="hours", rule="F4", gt=0, le=1000)
    price_answer_hours: float = setting(24, unit="hours", rule="F4", gt=0, le=1000)
    executive_visit_hours: float = setting(72, unit="hours", rule="F4", gt=0, le=1000)
    min_doubts_resolved: float = setting(0.8, unit="fraction", rule="F4", ge=0, le=1)
    stage_within_days: int = setting(3, unit="days", rule="F4", ge=1, le=90)
    running_out_hours: float = setting(24, unit="hours", rule="F4", gt=0, le=1000)


def clocks(
    judged: pd.DataFrame,
    requests: pd.DataFrame,
    now: pd.Timestamp,
    clock: Clock,
    authority: AuthorityParameters,
    parameters: RequestClockParameters,
) -> pd.DataFrame:
    """Every clock of every request as it stands at `now`, by request (in the rows' order) and step.

    `judged`: of `judge()`, row by row beside `requests`, the contract's table. Columns (CLOCK_COLUMNS): the request's
    own, rule (E4 | F4), step (accept, in_place | answer | contact, visit), started_at, due_at (NaT: nothing due, or
    unknown), done_at, state (running | met | late | breached | cannot_judge | not_due), hours_left (from done_at, else
    from now, to due_at; negative: over; NaN without due_at), allowed and its unit (hours | working_days), provisional
    (the deadline rests on days without an official notice).
    """
    facts = _facts(judged, requests, now)
    m, place = Matrices.of(authority), Matrices.of(authority).places(judged["matrix"])
    tier = tier_codes(judged["matrix_tier"])
    technical_unit = m.technical_unit[place, tier]
    in_place = np.where(technical_unit == FORBIDDEN, np.nan, m.technical_within[place, tier])
    working = technical_unit == UNITS.index("working_days")
    accepted, contacted, answered = facts["opened"], facts["opened"], facts["answered"]
    refused = facts["decision"] == "rejected"
    always = np.ones(len(judged), dtype=bool)
    may = (judged["verdict"] != "forbidden").to_numpy(dtype=bool) & ~refused
    p, round_the_clock = parameters, np.zeros(len(judged), dtype=bool)
    steps = [
        ("technical", "F4", "accept", p.technical_accept_hours, round_the_clock,
         np.where(refused, answered, accepted), always, refused),
        ("technical", "E4", "in_place", in_place, working, facts["delivered"], may, ~always),
        ("price", "F4", "answer", p.price_answer_hours, round_the_clock, answered, always, facts["decided"]),
        ("executive", "E4", "contact", m.contact_hours[place, tier], round_the_clock, contacted, may, ~always),
        ("executive", "F4", "visit", p.executive_visit_hours, round_the_clock, facts["delivered"], may, ~always),
    ]  # fmt: skip
    parts = [_step(judged, facts, now, clock, *step, order=i) for i, step in enumerate(steps)]
    frame = pd.concat(parts, ignore_index=True).sort_values(["_row", "_order"], ignore_index=True)
    return frame[list(CLOCK_COLUMNS)]


def _facts(judged: pd.DataFrame, requests: pd.DataFrame, now: pd.Timestamp) -> dict[str, NDArray[Any]]:
    """Times and decisions as arrays beside `judged`: what lies after `now` has not happened."""
    at = np.datetime64(now, "us")
    out: dict[str, NDArray[Any]] = {}
    for name in ("responded", "approved", "delivered"):
        times = requests[f"{name}_at"].to_numpy().astype("datetime64[us]")
        out[name] = np.where(times <= at, times, np.datetime64("NaT", "us"))
    out["opened"] = np.where(np.isnat(out["responded"]), out["delivered"], out["responded"])
    out["answered"] = np.fmin(out["responded"], out["approved"])
    out["decision"] = requests["decision"].fillna("").to_numpy(dtype=object)
    out["decided"] = np.isin(out["decision"], ["approved", "rejected"])
    out["withdrawn"] = out["decision"] == "withdrawn"
    out["started"] = judged["requested_at"].to_numpy().astype("datetime64[us]")
    return out


def _step(
    judged: pd.DataFrame,
    facts: dict[str, NDArray[Any]],
    now: pd.Timestamp,
    clock: Clock,
    kind: str,
    rule: str,
    step: str,
    allowed: ArrayLike,
    working: NDArray[np.bool_],
    done: NDArray[np.datetime64],
    owed: NDArray[np.bool_],
    timeless: NDArray[np.bool_],
    order: int,
) -> pd.DataFrame:
    """One step of the requests of one kind. `owed`: due unless withdrawn; `timeless`: done, though no time says when.

    What is withdrawn is judged only if it was done before.
    """
    mine = (judged["kind"] == kind).to_numpy(dtype=bool)
    length, on_working_days, done = np.broadcast_to(allowed, len(judged))[mine], working[mine], done[mine]
    start = facts["started"][mine]
    plain = clock.deadline(start, np.where(on_working_days, np.nan, length), "hours")
    due = np.where(on_working_days, clock.deadline(start, length, "working_days"), plain)
    withdrawn_at = facts["approved"][mine]
    done_before = ~np.isnat(done) & (np.isnat(withdrawn_at) | (done < withdrawn_at))
    nothing = ~owed[mine] | (facts["withdrawn"][mine] & ~done_before)
    due = np.where(nothing, np.datetime64("NaT", "us"), due)
    state = clock_state(due, done, now, nothing, timeless[mine])
    until = np.where(np.isnat(done), np.datetime64(now, "us"), done)
    frame = judged.loc[mine, ["request_id", "rep_id", "account_id", "kind"]].assign(
        rule=rule,
        step=step,
        started_at=start,
        due_at=due,
        done_at=done,
        state=state,
        hours_left=np.where(state == "cannot_judge", np.nan, (due - until) / _HOUR),
        allowed=length.astype(float),
        unit=np.where(on_working_days, "working_days", "hours"),
        provisional=on_working_days & clock.provisional(start, due),
        _row=np.flatnonzero(mine),
        _order=order,
    )
    return frame.astype({name: "str" for name in ("rule", "step", "state", "unit")})


def clock_state(
    due: ArrayLike, done: ArrayLike, now: Any, nothing_due: ArrayLike = False, timeless: ArrayLike = False
) -> NDArray[np.str_]:
    """The state of a clock: done by the deadline is met, to the microsecond.

    NaT as `due` cannot be judged unless `nothing_due`; `timeless`: done at a time that nobody recorded.

    Examples
    --------
    >>> due = np.array(["2026-11-18T09:00"] * 4, "datetime64[us]")
    >>> done = np.array(["2026-11-18T09:00", "2026-11-18T09:01", "NaT", "NaT"], "datetime64[us]")
    >>> clock_state(due, done, np.array(["2026-11-20T00:00"] * 3 + ["2026-11-18T09:00"], "datetime64[us]")).tolist()
    ['met', 'late', 'breached', 'running']
    """
    due, done, at = (np.asarray(value, dtype="datetime64[us]") for value in (due, done, now))
    unknown = np.isnat(due) | (np.isnat(done) & np.asarray(timeless))
    conditions = [nothing_due, unknown, done <= due, done > due, at <= due]
    names = ["not_due", "cannot_judge", "met", "late", "running"]
    shape = np.broadcast_shapes(*(np.shape(condition) for condition in conditions))
    return np.select([np.broadcast_to(c, shape) for c in conditions], names, default="breached")
