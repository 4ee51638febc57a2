"""M9 Daily report: what it must hold, and what it says of an account over time.

Required: the stage change (before and after) with the five SPICED scores; the competitor's latest move: a name with
who, when and what, or `none`, which is an answer; the resources in numbers, where 0 is an answer. Codes of what lacks:
stage, spiced, competitor (no answer at all), competitor_detail (named, but not who, when and what), resources.
An incomplete report is listed and counts in the indicators all the same.

SPICED: five dimensions, each 0 unknown, 1 claimed, 2 evidenced, 3 confirmed by the customer; total 0-15. An account's
scores on a day are those of its newest report on or before it that gives that dimension.

Ties: reports of one day by id, the last one counts. Missing values: a dimension that no report ever gave has no score
(NaN), and without any there is no total; where some are known, a missing one counts 0, as in a blank report.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.grid import scatter
from toolkit.base.weeks import Day, day, friday_of

DIMENSIONS: Final = ("situation", "pain", "impact", "critical_event", "decision")
MOST: Final = 3 * len(DIMENSIONS)  # the highest total
LACKS: Final = ("stage", "spiced", "competitor", "competitor_detail", "resources")
NONE: Final = "none"
_SPICED: Final = tuple(f"spiced_{name}" for name in DIMENSIONS)
_IDS: Final = ["report_id", "report_date", "rep_id", "account_id"]


def incomplete(reports: pd.DataFrame) -> pd.DataFrame:
    """The reports that lack something required (M9): report_id, report_date, rep_id, account_id, missing (of LACKS).

    Examples
    --------
    >>> whole = {"report_id": "D1", "report_date": pd.Timestamp("2026-11-20"), "rep_id": "R1", "account_id": "A1",
    ...     "stage_before": 2.0, "stage_after": 2.0, **dict.fromkeys(_SPICED, 1.0), "competitor": "none",
    ...     "competitor_person": None, "competitor_action_on": pd.NaT, "competitor_strategy": None,
    ...     "technical_hours": 0.0, "price_concession": 0.0, "labour_hours": 2.0}
    >>> rows = pd.DataFrame([whole, whole | {"report_id": "D2", "competitor": None, "labour_hours": np.nan}])
    >>> incomplete(rows)[["report_id", "missing"]].values.tolist()
    [['D2', ('competitor', 'resources')]]
    """
    named = reports["competitor"].notna() & (reports["competitor"] != NONE)
    lacks = np.column_stack(
        [
            _any_blank(reports, "stage_before", "stage_after"),
            _any_blank(reports, *_SPICED),
            _any_blank(reports, "competitor"),
            _any_blank(reports, "competitor_person", "competitor_action_on", "competitor_strategy") & named,
            _any_blank(reports, "technical_hours", "price_concession", "labour_hours"),
        ]
    ).astype(bool)
    bad = lacks.any(axis=1)
    missing = [tuple(np.array(LACKS, dtype=object)[row]) for row in lacks[bad]]
    out = reports.loc[bad, _IDS].reset_index(drop=True)
    out["missing"] = pd.Series(missing, index=out.index, dtype=object)
    return out.sort_values(["report_date", "report_id"], ignore_index=True)


def _any_blank(reports: pd.DataFrame, *columns: str) -> NDArray[Any]:
    return reports[list(columns)].isna().any(axis=1).to_numpy()


def spiced(reports: pd.DataFrame, accounts: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Each account's newest score in each dimension, with the report that is its evidence.

    Columns account_id, dimension, score (0-3; NaN: never given), on, report_id; by account id, dimensions in order.

    Examples
    --------
    >>> reports = pd.DataFrame({"report_id": ["D1", "D2"], "report_date": pd.to_datetime(["2026-11-18", "2026-11-20"]),
    ...     "account_id": "A1", **dict.fromkeys(_SPICED, [1.0, np.nan])}).assign(spiced_pain=[1.0, 3.0])
    >>> table = spiced(reports, pd.DataFrame({"account_id": ["A1"]}), "2026-11-20")
    >>> table[["dimension", "score", "report_id"]].head(2).values.tolist()
    [['situation', 1.0, 'D1'], ['pain', 3.0, 'D2']]
    """
    known = reports[reports["report_date"].to_numpy().astype("datetime64[D]") <= day(as_of)]
    ordered = known.sort_values(["report_date", "report_id"])
    ids = accounts["account_id"].sort_values(ignore_index=True)
    parts = []
    for name, column in zip(DIMENSIONS, _SPICED, strict=True):
        given = ordered[ordered[column].notna()].drop_duplicates("account_id", keep="last").set_index("account_id")
        newest = given.reindex(ids)
        facts = {"score": newest[column], "on": newest["report_date"], "report_id": newest["report_id"]}
        parts.append(
            pd.DataFrame({name: value.to_numpy() for name, value in facts.items()}).assign(
                account_id=ids, dimension=name
            )
        )
    both = pd.concat(parts, ignore_index=True)
    place = both["dimension"].map({name: k for k, name in enumerate(DIMENSIONS)})
    both = both.assign(_place=place).sort_values(["account_id", "_place"], ignore_index=True)
    kinds = {"score": float, "on": "datetime64[us]", "account_id": "str", "dimension": "str"}
    return both[["account_id", "dimension", "score", "on", "report_id"]].astype(kinds)


def spiced_weeks(reports: pd.DataFrame, weeks: NDArray[np.datetime64], accounts: NDArray[Any]) -> pd.DataFrame:
    """An account's SPICED total and decision chain by week: account_id, week_ending, total, contacts, stage.

    total     the newest scores up to the Friday added up (0-15; NaN before any)
    contacts  new key contacts in its reports up to the Friday, added up
    stage     the newest stage after a report (1-6; NaN before any)
    `weeks` (W,): Fridays ascending, `accounts` (N,): ids ascending. Rows by account, then week.
    """
    ordered = reports.sort_values(["report_date", "report_id"])
    week = friday_of(ordered["report_date"].to_numpy().astype("datetime64[D]")).astype("datetime64[us]")
    rows = ordered.assign(week_ending=week)
    scores = np.stack([_newest(rows, column, weeks, accounts) for column in _SPICED])
    total = np.where(np.isnan(scores).all(axis=0), np.nan, np.nansum(scores, axis=0))
    summed = rows.groupby(["week_ending", "account_id"], as_index=False)["new_key_contacts"].sum()
    contacts = np.cumsum(np.nan_to_num(scatter(summed, weeks, accounts, "new_key_contacts")), axis=0)
    stage = _newest(rows, "stage_after", weeks, accounts)
    place = np.tile(np.arange(len(weeks)), len(accounts))
    return pd.DataFrame(
        {
            "account_id": np.repeat(np.asarray(accounts, dtype=object), len(weeks)),
            "week_ending": weeks[place].astype("datetime64[us]"),
            "total": total.T.ravel(),
            "contacts": contacts.T.ravel(),
            "stage": stage.T.ravel(),
        }
    ).astype({"account_id": "str"})


def _newest(rows: pd.DataFrame, column: str, weeks: NDArray[Any], accounts: NDArray[Any]) -> NDArray[Any]:
    """A column's newest value by each Friday, (W, N); NaN before any."""
    given = rows[rows[column].notna()].drop_duplicates(["week_ending", "account_id"], keep="last")
    values = scatter(given, weeks, accounts, column)
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(weeks))[:, None]), axis=0)
    return np.where(last >= 0, np.take_along_axis(values, np.maximum(last, 0), axis=0), np.nan)
