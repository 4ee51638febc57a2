"""F4: what each request was to bring. Formula, units, missing values and readings: see the package."""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.compare import at_least, at_most
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.method.requests.clocks import RequestClockParameters

OUTCOME_COLUMNS: Final = (
    "request_id",
    "rep_id",
    "account_id",
    "kind",
    "state",
    "measured",
    "threshold",
    "due_on",
    "code",
)
STATE_OF: Final = {
    "undecided": "running",
    "not_delivered": "running",
    "stage_open": "running",
    "no_doubts": GOOD,
    "doubts_resolved": GOOD,
    "stage_advanced": GOOD,
    "commitment": GOOD,
    "doubts_open": BREACH,
    "stage_late": BREACH,
    "stage_still": BREACH,
    "doubts_unknown": "owed",
    "no_commitment": "owed",
    "stage_unknown": CANNOT_JUDGE,
    "commitment_by_unknown": CANNOT_JUDGE,
}


def outcomes(requests: pd.DataFrame, now: pd.Timestamp, parameters: RequestClockParameters) -> pd.DataFrame:
    """What each request that was neither rejected nor withdrawn has brought at `now`, in the rows' order.

    `requests`: the contract's table. Columns (OUTCOME_COLUMNS): the request's own, state (good | breach | owed |
    running | cannot_judge), measured (technical: share of the doubts resolved; price: days to the stage advance),
    threshold, due_on (price: the last day), code (of STATE_OF). Owed: the visit took place, or the engineers came, and
    what it brought is not on record.
    """
    rows = requests[~requests["decision"].isin(["rejected", "withdrawn"])].reset_index(drop=True)
    kind = rows["kind"].to_numpy(dtype=object)
    price, technical = kind == "price", kind == "technical"
    share = _share(rows)
    asked_on = rows["requested_at"].dt.normalize()
    advanced = rows["stage_advanced_on"].where(rows["stage_advanced_on"] < now)
    days = (advanced - asked_on).dt.days.to_numpy(dtype=float)
    due_on = (asked_on + pd.Timedelta(days=parameters.stage_within_days)).where(price)
    code = np.select(
        [technical, price],
        [_technical(rows, share, now, parameters), _price(rows, days, due_on, now, parameters)],
        default=_executive(rows, now),
    )
    threshold = np.select([technical, price], [parameters.min_doubts_resolved, parameters.stage_within_days], np.nan)
    frame = rows[["request_id", "rep_id", "account_id", "kind"]].assign(
        state=np.array([STATE_OF[c] for c in STATE_OF])[pd.Index(list(STATE_OF)).get_indexer(code)],
        measured=np.select([technical, price], [share, days], default=np.nan),
        threshold=threshold,
        due_on=due_on.astype("datetime64[us]"),
        code=code,
    )
    return frame[list(OUTCOME_COLUMNS)].astype({"state": "str", "code": "str"})


def _share(rows: pd.DataFrame) -> np.ndarray:
    """The share of the doubts resolved; NaN where unknown or where there were none."""
    raised = rows["doubts_raised"].to_numpy(dtype=float)
    return rows["doubts_resolved"].to_numpy(dtype=float) / np.where(raised > 0, raised, np.nan)


def _technical(
    rows: pd.DataFrame, share: np.ndarray, now: pd.Timestamp, parameters: RequestClockParameters
) -> np.ndarray:
    delivered = (rows["delivered_at"] <= now).to_numpy()
    conditions = [~delivered, (rows["doubts_raised"] == 0).to_numpy(), np.isnan(share)]
    resolved = at_least(share, parameters.min_doubts_resolved)
    codes = ["not_delivered", "no_doubts", "doubts_unknown", "doubts_resolved"]
    return np.select([*conditions, resolved], codes, default="doubts_open")


def _price(
    rows: pd.DataFrame, days: np.ndarray, due_on: pd.Series, now: pd.Timestamp, parameters: RequestClockParameters
) -> np.ndarray:
    in_time = at_most(days, parameters.stage_within_days)
    conditions = [
        in_time,
        ~np.isnan(days),
        rows["decision"].isna().to_numpy(),
        rows["stage_at_request"].isna().to_numpy(),
        (now < due_on + pd.Timedelta(days=1)).to_numpy(),
    ]
    codes = ["stage_advanced", "stage_late", "undecided", "stage_unknown", "stage_open"]
    return np.select(conditions, codes, default="stage_still")


def _executive(rows: pd.DataFrame, now: pd.Timestamp) -> np.ndarray:
    given = (rows["commitment_on"] < now).to_numpy()
    by = rows["commitment_by"].notna().to_numpy()
    visited = (rows["delivered_at"] <= now).to_numpy()
    codes = ["commitment", "commitment_by_unknown", "no_commitment"]
    return np.select([given & by, given, visited], codes, default="not_delivered")
