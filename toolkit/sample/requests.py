"""Resource requests: what was asked, answered, drawn, and what it brought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample.cast import COVER
from toolkit.sample.chains import person_id
from toolkit.sample.days import day, working_days
from toolkit.sample.shape import Shaped, day_of, frame, later, stamp
from toolkit.sample.world import stream

REQUEST_COLUMNS = (
    "request_id",
    "rep_id",
    "account_id",
    "kind",
    "requested_at",
    "price_change",
    "executive_level",
    "decision",
    "approved_by",
    "approved_at",
    "price_granted",
    "responded_at",
    "delivered_at",
    "drawn_at",
    "price_drawn",
    "drawn_level",
    "doubts_raised",
    "doubts_resolved",
    "stage_at_request",
    "stage_advanced_on",
    "commitment_on",
    "commitment_by",
)
TIMES = ("approved_at", "responded_at", "delivered_at", "drawn_at")


def resource_requests(shaped: Shaped, reports: pd.DataFrame) -> pd.DataFrame:
    """The table resource_requests, from what the reports drew; fills the reports' request_id on the way.

    Engineers' hours of one account without a gap of three weeks are one technical request; a quarter's concessions
    are one price request. Hours drawn on accounts of the lowest class have none: that is what E5 finds.
    """
    rng, r = stream(shaped.world.seed, "requests"), shaped.reports
    rows: list[dict[str, Any]] = []
    for number in np.unique(r["account"]):
        mine = np.flatnonzero(r["account"] == number)
        helped = mine[(r["hours"][mine] > 0) & (r["class"][mine] < 2)]
        if len(helped):
            gaps = np.diff(r["day"][helped]) > np.timedelta64(20, "D")
            for group in np.split(helped, np.flatnonzero(gaps) + 1):
                for part in np.split(group, np.arange(9, len(group), 9)):
                    if len(part):
                        rows.append(_technical(shaped, rng, int(number), part))
        eased = mine[r["money"][mine] > 0]
        quarter = r["day"][eased].astype("datetime64[M]").astype(np.int64) // 3
        for q in np.unique(quarter):
            rows.append(_price(shaped, rng, int(number), eased[quarter == q], mine))
    rows += _executive(shaped, rng)
    rows += _told(shaped)
    rows.sort(key=lambda row: (row["requested_at"], row["account_id"], row["kind"]))
    request_id = np.full(len(reports), None, dtype=object)
    for i, row in enumerate(rows, start=1):
        row["request_id"] = f"Q{i:04d}"
        for report in row.pop("reports", ()):
            request_id[report] = row["request_id"]
    reports["request_id"] = request_id
    return frame(REQUEST_COLUMNS, [_seen(row, shaped.last) for row in rows])


def _seen(row: dict[str, Any], last: np.datetime64) -> dict[str, Any]:
    """Answers that would come after the last Friday have not come yet."""
    for name in TIMES:
        if row.get(name) and day_of(row[name]) > last:
            row[name] = None
    for name in ("stage_advanced_on", "commitment_on"):
        if row.get(name) is not None and row[name] > last:
            row[name] = None
    if row.get("approved_at") is None:
        for name in ("decision", "approved_by", "price_granted"):
            row[name] = None
    if row.get("delivered_at") is None:
        row["doubts_resolved"] = None
    if row.get("commitment_on") is None:
        row["commitment_by"] = None
    if row.get("drawn_at") is None:
        row["price_drawn"] = row["drawn_level"] = None
    return row


def _base(shaped: Shaped, number: int, kind: str, on: np.datetime64, hour: int, stage: int) -> dict[str, Any]:
    """What every request states; it is never older than its account or its rep's first day."""
    owner = int(shaped.accounts["owner"][number])
    on = max(on, shaped.accounts["opened"][number])
    rep = COVER.get(owner, owner) if shaped.world.hired[owner] > on else owner
    return {
        "rep_id": shaped.rep_ids[rep],
        "account_id": shaped.account_ids[number],
        "kind": kind,
        "requested_at": stamp(on, hour, 5 * (number % 12)),
        "stage_at_request": stage,
    }


def _advance_after(shaped: Shaped, mine: np.ndarray, on: np.datetime64) -> np.datetime64 | None:
    """The first stage advance of the account within 30 days of a day."""
    r = shaped.reports
    moved = mine[(r["after"][mine] > r["before"][mine]) & (r["day"][mine] > on) & (r["day"][mine] <= on + 30)]
    return r["day"][moved[0]] if len(moved) else None


def _technical(shaped: Shaped, rng: np.random.Generator, number: int, part: np.ndarray) -> dict[str, Any]:
    first = shaped.reports["day"][part[0]]
    row = _base(
        shaped,
        number,
        "technical",
        first - int(rng.integers(2, 5)),
        int(rng.integers(9, 17)),
        int(shaped.reports["before"][part[0]]),
    )
    answered = later(row["requested_at"], float(rng.uniform(2, 44 if rng.random() < 0.88 else 75)))
    drawn = max(stamp(first, 10), later(answered, 1))
    raised = int(rng.integers(3, 11))
    row |= {
        "decision": "approved",
        "approved_by": "M01" if number % 2 else "M02",
        "approved_at": answered,
        "responded_at": answered,
        "delivered_at": drawn,
        "drawn_at": drawn,
        "doubts_raised": raised,
        "doubts_resolved": int(np.round(raised * rng.uniform(0.6, 1.0))),
        "reports": part,
    }
    return row


def _price(shaped: Shaped, rng: np.random.Generator, number: int, part: np.ndarray, mine: np.ndarray) -> dict[str, Any]:
    first = shaped.reports["day"][part[0]]
    row = _base(
        shaped,
        number,
        "price",
        first - int(rng.integers(1, 4)),
        int(rng.integers(9, 17)),
        int(shaped.reports["before"][part[0]]),
    )
    asked = -round(int(rng.integers(2, 6)) / 100, 2)
    answered = later(row["requested_at"], float(rng.uniform(1, 22 if rng.random() < 0.85 else 40)))
    drawn = max(stamp(first, 11), later(answered, 0.5))
    row |= {
        "price_change": asked,
        "decision": "approved",
        "approved_by": "M01" if number % 2 else "M02",
        "approved_at": answered,
        "responded_at": answered,
        "price_granted": asked,
        "drawn_at": drawn,
        "price_drawn": asked if rng.random() < 0.7 else asked / 2,
        "stage_advanced_on": _advance_after(shaped, mine, day_of(row["requested_at"])),
        "reports": part,
    }
    return row


def _executive(shaped: Shaped, rng: np.random.Generator) -> list[dict[str, Any]]:
    """About one executive visit a week, to accounts of the two upper classes."""
    rows, w = [], shaped.weeks
    for friday in shaped.world.fridays:
        here = np.flatnonzero((w["friday"] == friday) & (w["class"] < 2))
        days = working_days(friday - 6, friday)
        for row in rng.choice(here, int(rng.integers(1, 3)), replace=False):
            number, top = int(w["account"][row]), w["class"][row] == 0
            on = days[int(rng.integers(max(len(days) - 2, 1)))]
            request = _base(shaped, number, "executive", on, int(rng.integers(9, 17)), int(w["stage"][row]))
            level = "director" if top else "manager"
            answered = later(
                request["requested_at"],
                float(rng.uniform(2, (22 if top else 44) if rng.random() < 0.85 else 60)),
            )
            visit = later(answered, float(rng.uniform(4, 45 if rng.random() < 0.8 else 70)))
            promised = day_of(visit) if rng.random() < 0.65 else None
            met = np.flatnonzero(shaped.accounts["met_on"][number] <= day_of(visit))
            request |= {
                "executive_level": level,
                "decision": "approved",
                "approved_by": "D01",
                "approved_at": answered,
                "responded_at": answered,
                "delivered_at": visit,
                "drawn_at": visit,
                "drawn_level": level,
                "commitment_on": promised if len(met) else None,
                "commitment_by": person_id(shaped, number, int(met[-1])) if promised is not None and len(met) else None,
            }
            rows.append(request)
    return rows


def _told(shaped: Shaped) -> list[dict[str, Any]]:
    """The stories' requests: the open price cut, floats that add up, draws before approval, wrong levels, lateness."""
    of = shaped.number_of

    def ask(name: str, kind: str, on: str, hour: int, **more: Any) -> dict[str, Any]:
        return _base(shaped, of[name], kind, day(on), hour, 4) | more

    return [
        ask("中原重工", "price", "2026-11-19", 17, price_change=-0.12),
        ask(
            "太行轴承",
            "price",
            "2026-10-13",
            10,
            price_change=-0.05,
            decision="approved",
            approved_by="M01",
            approved_at="2026-10-13T16:00:00+08:00",
            responded_at="2026-10-13T16:00:00+08:00",
            price_granted=-0.05,
            drawn_at="2026-10-15T10:00:00+08:00",
            price_drawn=-0.05,
        ),
        ask(
            "太行轴承",
            "price",
            "2026-11-10",
            10,
            price_change=-0.05,
            decision="approved",
            approved_by="M01",
            approved_at="2026-11-10T15:00:00+08:00",
            responded_at="2026-11-10T15:00:00+08:00",
            price_granted=-0.05,
            drawn_at="2026-11-12T10:00:00+08:00",
            price_drawn=-0.05,
        ),
        ask(
            "海港机械",
            "price",
            "2026-11-03",
            9,
            price_change=-0.06,
            decision="approved",
            approved_by="M02",
            approved_at="2026-11-04T08:30:00+08:00",
            responded_at="2026-11-04T08:30:00+08:00",
            price_granted=-0.06,
            drawn_at="2026-11-03T14:00:00+08:00",
            price_drawn=-0.06,
        ),
        ask(
            "秦岭电缆",
            "executive",
            "2026-11-05",
            10,
            executive_level="manager",
            decision="approved",
            approved_by="M01",
            approved_at="2026-11-05T18:00:00+08:00",
            responded_at="2026-11-05T18:00:00+08:00",
            delivered_at="2026-11-09T10:00:00+08:00",
            drawn_at="2026-11-09T10:00:00+08:00",
            drawn_level="director",
        ),
        ask(
            "宁海纺机",
            "technical",
            "2026-11-09",
            11,
            decision="rejected",
            approved_by="M02",
            approved_at="2026-11-10T10:00:00+08:00",
            responded_at="2026-11-10T10:00:00+08:00",
            doubts_raised=4,
        ),
        ask("楚天光缆", "technical", "2026-11-16", 9, doubts_raised=5),
        ask(
            "辽滨石化",
            "price",
            "2026-11-05",
            9,
            price_change=-0.04,
            decision="approved",
            approved_by="M01",
            approved_at="2026-11-06T17:00:00+08:00",
            responded_at="2026-11-06T17:00:00+08:00",
            price_granted=-0.04,
        ),
        ask(
            "珠江精工",
            "technical",
            "2026-10-26",
            10,
            decision="withdrawn",
            approved_by="M02",
            approved_at="2026-10-27T10:00:00+08:00",
            responded_at="2026-10-27T10:00:00+08:00",
        ),
    ]
