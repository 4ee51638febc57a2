"""E5: what was drawn without a request, before or beyond its approval, past the float, or by the wrong level.

Formula, units, missing values and readings: see the package.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.compare import above
from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import friday_of
from toolkit.method.requests.matrix import level_codes

KINDS: Final = ("no_request", "not_approved", "before_approval", "beyond_approval", "past_float", "wrong_level")
OVERSTEP_COLUMNS: Final = (
    "overstep_id",
    "kind",
    "rep_id",
    "account_id",
    "request_id",
    "report_ids",
    "happened_at",
    "quarter",
    "measured",
    "threshold",
    "unit",
    "since",
)
_TEXTS: Final = ("overstep_id", "kind", "rep_id", "account_id", "request_id", "quarter", "unit")
_HOUR: Final = pd.Timedelta(hours=1)


class OverstepParameters(Slice):
    """What an overstep may cost, and from when (path `overstep`)."""

    policy_adopted_on: date | None = setting(None, unit="date", rule="E5")
    penalty_share: float = setting(0.2, unit="fraction", rule="E5", ge=0, le=1)
    per_violation: bool = setting(False, unit="yes or no", rule="E5")


def oversteps(requests: pd.DataFrame, judged: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Every overstep on record, by time and id; one row a kind and draw.

    `requests`, `reports`: the contract's tables resource_requests and daily_reports; `judged`: of `judge()`, row by row
    beside `requests`. Columns (OVERSTEP_COLUMNS): overstep_id (E5-<request or first report>-<kind>), kind (of KINDS),
    rep_id (who asked, or reported), account_id, request_id ("" without one), report_ids (tuple: reports that drew),
    happened_at (the draw; a report's day), quarter (of it), measured against threshold in `unit` (before_approval:
    hours before it; beyond_approval, past_float: fractions of the price, past_float with what the quarter's earlier
    requests used; wrong_level: ranks, manager 1, director 2, as unit `level`; no_request, not_approved: hours, CNY, or
    a fraction of the price, NaN where nobody wrote it down), since (its day).
    """
    drawing = reports[(reports["technical_hours"] > 0) | (reports["price_concession"] > 0)]
    parts = [_without_request(drawing), *_on_requests(requests, judged, drawing)]
    frame = pd.concat(parts, ignore_index=True)
    frame["since"] = frame["happened_at"].dt.normalize()
    frame["quarter"] = quarter_names(frame["happened_at"])
    frame = frame.sort_values(["happened_at", "overstep_id"], ignore_index=True)[list(OVERSTEP_COLUMNS)]
    frame = frame.astype(dict.fromkeys(_TEXTS, "str") | {"measured": float, "threshold": float})
    return frame.astype(dict.fromkeys(("happened_at", "since"), "datetime64[us]"))


def quarter_names(times: pd.Series) -> NDArray[np.object_]:
    """The calendar quarter of each time: 2026Q4.

    Examples
    --------
    >>> quarter_names(pd.Series(pd.to_datetime(["2026-12-31T23:59", "2027-01-01T00:00"]))).tolist()
    ['2026Q4', '2027Q1']
    """
    year, quarter = times.dt.year.to_numpy(dtype=object), times.dt.quarter.to_numpy(dtype=object)
    return np.array([f"{y}Q{q}" for y, q in zip(year, quarter, strict=True)], dtype=object)


def _without_request(drawing: pd.DataFrame) -> pd.DataFrame:
    """Reports that draw and name no request: a row a rep, account and week."""
    rows = drawing[drawing["request_id"].isna()].sort_values(["report_date", "report_id"])
    keys = [rows["rep_id"], rows["account_id"], friday_of(rows["report_date"].to_numpy())]
    weeks = rows.groupby(keys, sort=False)
    found = weeks.agg(
        first=("report_id", "first"),
        rep_id=("rep_id", "first"),
        account_id=("account_id", "first"),
        happened_at=("report_date", "first"),
        hours=("technical_hours", "sum"),
        money=("price_concession", "sum"),
        report_ids=("report_id", tuple),
    )
    return pd.DataFrame(
        {
            "overstep_id": "E5-" + found["first"] + "-no_request",
            "kind": "no_request",
            "rep_id": found["rep_id"],
            "account_id": found["account_id"],
            "request_id": "",
            "report_ids": found["report_ids"],
            "happened_at": found["happened_at"],
            "measured": found["hours"].where(found["hours"] > 0, found["money"]),
            "threshold": 0.0,
            "unit": np.where(found["hours"] > 0, "hours", "CNY"),
        }
    )


def _on_requests(requests: pd.DataFrame, judged: pd.DataFrame, drawing: pd.DataFrame) -> list[pd.DataFrame]:
    """Draws on requests, a frame a kind."""
    rows = requests.reset_index(drop=True).assign(limit=judged["limit"].to_numpy(), used=judged["used"].to_numpy())
    rows["limit_rank"] = level_codes(judged["limit_level"])
    rows["drew_at"] = rows["drawn_at"].where(~(rows["price_drawn"] == 0))
    approved, drew = rows["decision"] == "approved", rows["drew_at"].notna()
    drawn = rows["price_drawn"].abs()
    granted = rows["price_granted"].fillna(rows["price_change"]).abs()

    late_reports = _after_refusal(rows, drawing)
    hours_early = (rows["approved_at"] - rows["drew_at"]) / _HOUR
    total = rows["used"] + drawn
    rank = pd.Series(level_codes(rows["drawn_level"]), dtype=float)
    may = _level_allowed(rows, approved)
    return [
        _not_approved(rows, drew & ~approved, late_reports, drawing),
        _frame(rows, drew & approved & (hours_early > 0), "before_approval", drawing, hours_early, 0.0, "hours"),
        _frame(rows, drew & approved & above(drawn, granted), "beyond_approval", drawing, drawn, granted, "fraction"),
        _frame(rows, drew & above(total, rows["limit"]), "past_float", drawing, total, rows["limit"], "fraction"),
        _frame(rows, drew & (rank > may) & (rank > 0), "wrong_level", drawing, rank, may, "level"),
    ]


def _level_allowed(rows: pd.DataFrame, approved: pd.Series) -> pd.Series:
    """The highest rank that may step in: the approved one, and no more than the tier's; NaN where neither is known."""
    asked = pd.Series(level_codes(rows["executive_level"]), dtype=float)
    tier = rows["limit_rank"].astype(float)
    known = pd.concat([asked.where(approved & (asked >= 0)), tier.where(tier >= 0)], axis=1)
    return known.min(axis=1)


def _after_refusal(rows: pd.DataFrame, drawing: pd.DataFrame) -> pd.DataFrame:
    """Reports that draw on a request which was rejected or withdrawn on an earlier day."""
    refused = rows.loc[rows["decision"].isin(["rejected", "withdrawn"]), ["request_id", "approved_at"]]
    both = drawing.merge(refused, on="request_id")
    return both[both["report_date"] > both["approved_at"]]


def _not_approved(
    rows: pd.DataFrame, drew: pd.Series, late_reports: pd.DataFrame, drawing: pd.DataFrame
) -> pd.DataFrame:
    """Draws on what was not approved: on record with the request, or in reports after it was refused."""
    reported = _by_request(rows, late_reports.groupby("request_id")["report_date"].min())
    rows = rows.assign(drew_at=rows["drew_at"].where(drew).fillna(reported))
    mine = drew | reported.notna()
    linked = drawing[drawing["request_id"].isin(rows.loc[mine, "request_id"])]
    sums = linked.groupby("request_id")[["technical_hours", "price_concession"]].sum()
    hours, money = (_by_request(rows, sums[name]) for name in ("technical_hours", "price_concession"))
    price = rows["kind"] == "price"
    amount = rows["price_drawn"].abs().where(price)
    measured = amount.fillna(money.where(price)).fillna(hours.where(rows["kind"] == "technical"))
    unit = np.select([amount.notna(), price], ["fraction", "CNY"], default="hours")
    return _frame(rows.assign(unit=unit), mine, "not_approved", drawing, measured, 0.0, None)


def _by_request(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    return pd.Series(values.reindex(rows["request_id"]).to_numpy(), index=rows.index)


def _frame(
    rows: pd.DataFrame,
    mine: pd.Series,
    kind: str,
    drawing: pd.DataFrame,
    measured: pd.Series,
    threshold: pd.Series | float,
    unit: str | None,
) -> pd.DataFrame:
    """The requests of a mask as oversteps of a kind; without a unit, the rows bring theirs."""
    found = rows[mine.to_numpy(dtype=bool)]
    reports = drawing[drawing["request_id"].isin(found["request_id"])].sort_values(["report_date", "report_id"])
    linked = reports.groupby("request_id")["report_id"].agg(tuple)
    limit = threshold.loc[found.index] if isinstance(threshold, pd.Series) else threshold
    return pd.DataFrame(
        {
            "overstep_id": "E5-" + found["request_id"] + f"-{kind}",
            "kind": kind,
            "rep_id": found["rep_id"],
            "account_id": found["account_id"],
            "request_id": found["request_id"],
            "report_ids": [linked.get(name, ()) for name in found["request_id"]],
            "happened_at": found["drew_at"],
            "measured": measured.loc[found.index],
            "threshold": limit,
            "unit": unit or found["unit"],
        }
    )
