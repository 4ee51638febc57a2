"""A quarter of 10,000 reps' resource requests: E4's verdicts and E4's and F4's clocks, beside a loop over rows."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import Row, measure
from toolkit.base.clock import Clock
from toolkit.base.workdays import Workdays
from toolkit.method.requests import AuthorityParameters, RequestClockParameters, clocks, judge

FIRST, DAYS, EACH = np.datetime64("2026-07-01"), 92, 8  # a quarter, and requests a rep
NOW = pd.Timestamp("2026-10-01")
FLOATS = {"A": 0.15, "B": 0.08, "C": 0.0}
CALENDAR = Workdays()


def quarter(reps: int, seed: int = 7) -> pd.DataFrame:
    """Requests of every kind with the tier in force, answered or not."""
    rng = np.random.default_rng(seed)
    n = reps * EACH
    at = FIRST.astype("datetime64[us]") + rng.integers(0, DAYS * 86_400, n) * np.timedelta64(1, "s")
    kind = rng.choice(np.array(["technical", "price", "executive"], dtype=object), n, p=[0.6, 0.3, 0.1])
    answered = np.where(
        rng.random(n) < 0.9, at + rng.integers(1, 200, n) * np.timedelta64(1, "h"), np.datetime64("NaT")
    )
    delivered = answered + rng.integers(1, 200, n) * np.timedelta64(1, "h")
    change = np.where(kind == "price", -rng.integers(1, 9, n) / 100, np.nan)
    approved = ~np.isnat(answered) & (answered < NOW.to_datetime64())
    frame = pd.DataFrame(
        {
            "request_id": [f"Q{k:07d}" for k in range(n)],
            "rep_id": [f"R{k:05d}" for k in np.arange(n) // EACH],
            "account_id": [f"A{k:05d}" for k in rng.integers(0, reps * 3, n)],
            "kind": kind,
            "requested_at": at,
            "price_change": change,
            "executive_level": np.where(kind == "executive", "manager", None),
            "decision": np.where(approved, "approved", None),
            "approved_at": np.where(approved, answered, np.datetime64("NaT")),
            "price_granted": np.where(approved, change, np.nan),
            "responded_at": np.where(approved, answered, np.datetime64("NaT")),
            "delivered_at": np.where(approved & (delivered < NOW.to_datetime64()), delivered, np.datetime64("NaT")),
            "price_drawn": np.nan,
            "tier": rng.choice(np.array(["A", "B", "C"], dtype=object), n),
            "listed": False,
        }
    )
    times = dict.fromkeys(("approved_at", "responded_at", "delivered_at"), "datetime64[us]")
    return frame.astype(times)


def ours(requests: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The verdicts and the clocks."""
    matrix, p = AuthorityParameters(), RequestClockParameters()
    judged = judge(requests, matrix)
    return judged, clocks(judged, requests, NOW, Clock(CALENDAR), matrix, p)


def working_deadline(start: datetime, days: int, works: dict[date, bool]) -> datetime:
    """Day by day: so many days of working time after a start."""
    left, at = timedelta(days=days), start
    while left:
        midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time())
        if works[at.date()]:
            step = min(left, midnight - at)
            left, at = left - step, at + step
        else:
            at = midnight
    return at


def by_rows(requests: pd.DataFrame) -> tuple[list[str], dict[str, int]]:
    """Request by request in Python: the verdict of each, and how many clocks stand how."""
    span = np.arange(np.datetime64("2026-06-01"), np.datetime64("2027-01-01"))
    works = dict(zip(span.tolist(), CALENDAR.is_working(span).tolist(), strict=True))
    used: dict[str, float] = defaultdict(float)
    verdicts, states = {}, defaultdict(int)
    for _, row in requests.sort_values(["requested_at", "request_id"]).iterrows():
        kind, tier, start = row["kind"], row["tier"], row["requested_at"].to_pydatetime()
        if kind == "price":
            left = max(FLOATS[tier] - used[row["account_id"]], 0.0)
            asked = abs(row["price_change"])
            verdict = "allowed" if asked <= left + 1e-9 else "forbidden" if left <= 1e-9 else "up_to"
            if row["decision"] == "approved":
                used[row["account_id"]] += abs(row["price_granted"])
        else:
            verdict = "forbidden" if tier == "C" else "allowed"
        verdicts[row["request_id"]] = verdict
        steps: list[tuple[datetime | None, Any]] = []
        may = verdict != "forbidden"
        if kind == "technical":
            steps.append((start + timedelta(hours=48), row["responded_at"]))
            within = start + timedelta(hours=72) if tier == "A" else working_deadline(start, 5, works)
            steps.append((within if may else None, row["delivered_at"]))
        elif kind == "price":
            steps.append((start + timedelta(hours=24), row["responded_at"]))
        else:
            steps.append((start + timedelta(hours=24 if tier == "A" else 48) if may else None, row["responded_at"]))
            steps.append((start + timedelta(hours=72) if may else None, row["delivered_at"]))
        for due, done in steps:
            if due is None:
                states["not_due"] += 1
            elif pd.notna(done):
                states["met" if done <= due else "late"] += 1
            else:
                states["running" if due >= NOW else "breached"] += 1
    return [verdicts[name] for name in requests["request_id"]], dict(states)


def run(quick: bool) -> list[Row]:
    """Ours on the quarter, the loop on the quarter of fewer reps."""
    whole, part = quarter(300 if quick else 10_000), quarter(50 if quick else 300)
    judged, found = ours(part)
    verdicts, states = by_rows(part)
    if judged["verdict"].tolist() != verdicts or found["state"].value_counts().to_dict() != states:
        raise RuntimeError("the two do not agree on the requests")
    fast, slow = measure(lambda: ours(whole), 1 if quick else 3), measure(lambda: by_rows(part), 1, 0)
    return [Row("E4, F4 verdicts and clocks", len(whole), "requests", fast, "loop over rows", slow, len(part))]
