"""E4 and F4: the clocks of each request. Formula, units, missing values and readings: see the package."""

from datetime import date
from typing import Any, Final, NamedTuple

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
    changed_on: date | None = setting(None, unit="date", rule="F4")


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
    steps = _steps(judged, facts, authority, parameters)
    parts = [_step(judged, facts, now, clock, step).assign(_order=i) for i, step in enumerate(steps)]
    frame = pd.concat(parts, ignore_index=True).sort_values(["_row", "_order"], ignore_index=True)
    return frame[list(CLOCK_COLUMNS)]


class _Step(NamedTuple):
    """One step of the requests of one kind, an entry a request."""

    kind: str
    rule: str
    name: str
    allowed: NDArray[np.float64]
    working: NDArray[np.bool_]  # in working days, else in hours
    done: NDArray[np.datetime64]
    owed: NDArray[np.bool_]  # due, unless the request was withdrawn before it was done
    timeless: NDArray[np.bool_]  # done, though no time says when


def _steps(
    judged: pd.DataFrame,
    facts: dict[str, NDArray[Any]],
    authority: AuthorityParameters,
    p: RequestClockParameters,
) -> list[_Step]:
    """The five clocks, in the order of their rows."""
    m, tier = Matrices.of(authority), tier_codes(judged["matrix_tier"])
    place, n = m.places(judged["matrix"]), len(judged)
    unit = m.technical_unit[place, tier]
    in_place = np.where(unit == FORBIDDEN, np.nan, m.technical_within[place, tier])
    contact = m.contact_hours[place, tier]
    accept, answer, visit = (
        np.full(n, hours) for hours in (p.technical_accept_hours, p.price_answer_hours, p.executive_visit_hours)
    )
    yes, no = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    decided, delivered, opened, answered = (facts[key] for key in ("decided", "delivered", "opened", "answered"))
    refused = facts["decision"] == "rejected"
    accepted = np.where(refused, answered, opened)
    may = (judged["verdict"] != "forbidden").to_numpy(dtype=bool) & ~refused
    return [
        _Step("technical", "F4", "accept", accept, no, accepted, yes, refused),
        _Step("technical", "E4", "in_place", in_place, unit == UNITS.index("working_days"), delivered, may, no),
        _Step("price", "F4", "answer", answer, no, answered, yes, decided),
        _Step("executive", "E4", "contact", contact, no, opened, may, no),
        _Step("executive", "F4", "visit", visit, no, delivered, may, no),
    ]


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
    judged: pd.DataFrame, facts: dict[str, NDArray[Any]], now: pd.Timestamp, clock: Clock, step: _Step
) -> pd.DataFrame:
    """One step of the requests of its kind. What is withdrawn is judged only if it was done before."""
    mine = (judged["kind"] == step.kind).to_numpy(dtype=bool)
    length, working, done = step.allowed[mine], step.working[mine], step.done[mine]
    start = facts["started"][mine]
    plain = clock.deadline(start, np.where(working, np.nan, length), "hours")
    due = np.where(working, clock.deadline(start, np.where(working, length, np.nan), "working_days"), plain)
    withdrawn_at = facts["approved"][mine]
    done_before = ~np.isnat(done) & (np.isnat(withdrawn_at) | (done < withdrawn_at))
    nothing = ~step.owed[mine] | (facts["withdrawn"][mine] & ~done_before)
    due = np.where(nothing, np.datetime64("NaT", "us"), due)
    state = clock_state(due, done, now, nothing, step.timeless[mine])
    until = np.where(np.isnat(done), np.datetime64(now, "us"), done)
    frame = judged.loc[mine, ["request_id", "rep_id", "account_id", "kind"]].assign(
        rule=step.rule,
        step=step.name,
        started_at=start,
        due_at=due,
        done_at=done,
        state=state,
        hours_left=np.where(state == "cannot_judge", np.nan, (due - until) / _HOUR),
        allowed=length,
        unit=np.where(working, "working_days", "hours"),
        provisional=working & clock.provisional(start, due),
        _row=np.flatnonzero(mine),
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
