"""Resource requests, reports and the like for tests, typed as behind the gate."""

import numpy as np
import pandas as pd

from toolkit.base.clock import Clock
from toolkit.base.workdays import Workdays
from toolkit.method.requests import AuthorityParameters, RequestClockParameters, clocks, judge

METHOD = AuthorityParameters()
TIMES = RequestClockParameters()
CLOCK = Clock(Workdays())
NOW = pd.Timestamp("2026-12-31")
REQUEST = {
    "request_id": "str",
    "rep_id": "str",
    "account_id": "str",
    "kind": "str",
    "requested_at": "datetime64[us]",
    "price_change": float,
    "executive_level": "str",
    "decision": "str",
    "approved_by": "str",
    "approved_at": "datetime64[us]",
    "price_granted": float,
    "responded_at": "datetime64[us]",
    "delivered_at": "datetime64[us]",
    "drawn_at": "datetime64[us]",
    "price_drawn": float,
    "drawn_level": "str",
    "doubts_raised": float,
    "doubts_resolved": float,
    "stage_at_request": float,
    "stage_advanced_on": "datetime64[us]",
    "commitment_on": "datetime64[us]",
    "commitment_by": "str",
    "tier": "str",
    "listed": bool,
}
REPORT = {
    "report_id": "str",
    "report_date": "datetime64[us]",
    "rep_id": "str",
    "account_id": "str",
    "technical_hours": float,
    "price_concession": float,
    "request_id": "str",
}
GIVEN = {"rep_id": "S1", "account_id": "X1", "requested_at": "2026-11-10T09:00", "tier": "B", "listed": False}


def typed(rows, types, given=None):
    """Rows (mappings) as a frame with these columns; what a row leaves out is missing."""
    full = [{**dict.fromkeys(types), **(given or {}), **row} for row in rows]
    return pd.DataFrame({name: _column([row[name] for row in full], kind) for name, kind in types.items()})


def _column(values, kind):
    if kind == "datetime64[us]":
        return np.array([np.datetime64("NaT") if v is None else np.datetime64(v) for v in values], dtype=kind)
    return pd.array(values, dtype=kind) if kind == "str" else np.array(values, dtype=kind)


def asked(*rows):
    """Requests in order, Q1 on; each of rep S1 for the B account X1 on Tuesday 10 November 2026, 9:00, unless said."""
    return typed([{"request_id": f"Q{n}", **row} for n, row in enumerate(rows, 1)], REQUEST, GIVEN)


def price(change, at="2026-11-10T09:00", **more):
    return {"kind": "price", "price_change": change, "requested_at": at, **more}


def granted(change, at="2026-11-10T09:00", **more):
    return price(change, at, **{"decision": "approved", "approved_at": at, "price_granted": change, **more})


def technical(at="2026-11-10T09:00", **more):
    return {"kind": "technical", "requested_at": at, **more}


def executive(level="manager", at="2026-11-10T09:00", **more):
    return {"kind": "executive", "executive_level": level, "requested_at": at, **more}


def judged(*rows, p=METHOD):
    return judge(asked(*rows), p)


def timed(*rows, now=NOW, p=METHOD, times=TIMES, clock=CLOCK):
    """The clocks of these requests, by request and step."""
    frame = asked(*rows)
    found = clocks(judge(frame, p), frame, pd.Timestamp(now), clock, p, times)
    return found.set_index(["request_id", "step"])
