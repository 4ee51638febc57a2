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
    frame = pd.concat([_without_request(drawing), _on_requests(requests, judged, drawing)], ignore_index=True)
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


def _on_requests(requests: pd.DataFrame, judged: pd.DataFrame, drawing: pd.DataFrame) -> pd.DataFrame:
    """Draws on requests, kind by kind, with the reports that drew on them."""
    rows = requests.reset_index(drop=True).assign(limit=judged["limit"].to_numpy(), used=judged["used"].to_numpy())
    rows["limit_rank"] = level_codes(judged["limit_level"])
    linked = _linked(rows, drawing)
    rows = _drawn(rows, linked)
    approved, drew = rows["decision"] == "approved", rows["drew_at"].notna()
    drawn = rows["price_drawn"].abs()
    granted = rows["price_granted"].fillna(rows["price_change"]).abs()
    early = (rows["approved_at"] - rows["drew_by"]) / _HOUR
    total = rows["used"] + drawn
    rank = pd.Series(level_codes(rows["drawn_level"]), dtype=float)
    may = _level_allowed(rows, approved)
    amount, unit = _amount(rows)
    parts = [
        _frame(rows, "not_approved", drew & ~approved, amount, 0.0, unit),
        _frame(rows, "before_approval", drew & approved & (early > 0), early, 0.0, "hours"),
        _frame(rows, "beyond_approval", drew & approved & above(drawn, granted), drawn, granted, "fraction"),
        _frame(rows, "past_float", drew & above(total, rows["limit"]), total, rows["limit"], "fraction"),
        _frame(rows, "wrong_level", drew & (rank > may) & (rank > 0), rank, may, "level"),
    ]
    found = pd.concat(parts, ignore_index=True)
    reports = linked[linked["request_id"].isin(found["request_id"])]
    drew_on = reports.groupby("request_id")["report_id"].agg(tuple)
    return found.assign(report_ids=[drew_on.get(name, ()) for name in found["request_id"]])


def _linked(rows: pd.DataFrame, drawing: pd.DataFrame) -> pd.DataFrame:
    """Reports that draw on a request what it is for, oldest first: hours on a technical one, money on a price one."""
    kind = drawing["request_id"].map(dict(zip(rows["request_id"], rows["kind"], strict=True)))
    hours = (kind == "technical") & (drawing["technical_hours"] > 0)
    money = (kind == "price") & (drawing["price_concession"] > 0)
    return drawing[hours | money].sort_values(["report_date", "report_id"])


def _drawn(rows: pd.DataFrame, linked: pd.DataFrame) -> pd.DataFrame:
    """When each request was drawn on (drew_at), at the latest (drew_by: a report knows the day only), and how many
    hours and how much money its reports drew."""
    sums = linked.groupby("request_id").agg(
        on=("report_date", "min"), hours=("technical_hours", "sum"), money=("price_concession", "sum")
    )
    found = sums.reindex(rows["request_id"]).set_axis(rows.index)
    at, nothing = rows["drawn_at"], rows["price_drawn"] == 0
    return rows.assign(
        drew_at=at.fillna(found["on"]).mask(nothing),
        drew_by=at.fillna(found["on"] + pd.Timedelta(days=1)).mask(nothing),
        hours=found["hours"],
        money=found["money"],
    )


def _amount(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """What was drawn on each request, and its unit: the price's fraction, else money; the engineers' hours."""
    price, technical = rows["kind"] == "price", rows["kind"] == "technical"
    fraction = rows["price_drawn"].abs().where(price)
    amount = fraction.fillna(rows["money"].where(price)).fillna(rows["hours"].where(technical))
    unit = np.select([fraction.notna(), price], ["fraction", "CNY"], default="hours")
    return amount, pd.Series(unit, index=rows.index)


def _level_allowed(rows: pd.DataFrame, approved: pd.Series) -> pd.Series:
    """The highest rank that may step in: the approved one, and no more than the tier's; NaN where neither is known."""
    asked = pd.Series(level_codes(rows["executive_level"]), dtype=float)
    tier = rows["limit_rank"].astype(float)
    known = pd.concat([asked.where(approved & (asked >= 0)), tier.where(tier >= 0)], axis=1)
    return known.min(axis=1)


def _frame(
    rows: pd.DataFrame,
    kind: str,
    mine: pd.Series,
    measured: pd.Series,
    threshold: pd.Series | float,
    unit: pd.Series | str,
) -> pd.DataFrame:
    """The requests of a mask as oversteps of a kind."""
    found = rows[mine.to_numpy(dtype=bool)]
    figures = pd.DataFrame({"measured": measured, "threshold": threshold, "unit": unit}, index=rows.index)
    return figures.loc[found.index].assign(
        overstep_id="E5-" + found["request_id"] + f"-{kind}",
        kind=kind,
        rep_id=found["rep_id"],
        account_id=found["account_id"],
        request_id=found["request_id"],
        happened_at=found["drew_at"],
    )
