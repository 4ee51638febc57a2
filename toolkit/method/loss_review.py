"""F6 Blame-free loss review: within 72 hours of a lost deal, around the clock; tactics only.

due_at = lost_at + `within_hours`; the review is the first session of kind loss_review that names the loss. It is in
time up to and with due_at. Nothing here names a person, and no other rule takes evidence from it.

Units: hours. Ties: by time and id. Missing values: a loss without a session is running until its time is over.
"""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, GOOD, WARNING

REVIEWS: Final = ("loss_id", "account_id", "lost_at", "due_at", "session_id", "reviewed_at", "hours", "state", "code")


class LossReviewParameters(Slice):
    """How soon a loss is reviewed, and what its document looks back on (path `loss_review`)."""

    within_hours: float = setting(72, unit="hours", rule="F6", gt=0, le=720)
    look_back_weeks: int = setting(13, unit="weeks", rule="F6", ge=1, le=104)


def loss_reviews(
    losses: pd.DataFrame, sessions: pd.DataFrame, now: pd.Timestamp, parameters: LossReviewParameters
) -> pd.DataFrame:
    """Every loss up to `now` and its review: REVIEWS, the newest loss first.

    hours  from the loss to the review, or to now
    state  good (in_time), breach (late, overdue), warning (running)

    Examples
    --------
    >>> lost_at = pd.to_datetime(["2026-11-17 10:00"])
    >>> losses = pd.DataFrame({"loss_id": ["L1"], "account_id": ["A1"], "lost_at": lost_at})
    >>> none = pd.DataFrame({"session_id": [], "kind": [], "loss_id": [], "held_at": pd.to_datetime([])})
    >>> p = LossReviewParameters()
    >>> loss_reviews(losses, none, pd.Timestamp("2026-11-20 10:00"), p)["code"].item()
    'running'
    >>> loss_reviews(losses, none, pd.Timestamp("2026-11-20 10:01"), p)["code"].item()
    'overdue'
    """
    rows = losses[losses["lost_at"] < now].sort_values(["lost_at", "loss_id"], ascending=[False, True])
    held = sessions[(sessions["kind"] == "loss_review") & (sessions["held_at"] < now)]
    held = held.sort_values(["held_at", "session_id"]).drop_duplicates("loss_id").set_index("loss_id")
    rows = rows.reset_index(drop=True)
    rows["session_id"] = held["session_id"].reindex(rows["loss_id"]).astype("object").fillna("").to_numpy()
    rows["reviewed_at"] = held["held_at"].reindex(rows["loss_id"]).to_numpy().astype("datetime64[us]")
    rows["due_at"] = rows["lost_at"] + pd.Timedelta(hours=parameters.within_hours)
    done, until = rows["reviewed_at"].notna(), rows["reviewed_at"].fillna(now)
    rows["hours"] = (until - rows["lost_at"]).dt.total_seconds() / 3600
    over = until > rows["due_at"]
    rows["code"] = np.select([done & ~over, done & over, over], ["in_time", "late", "overdue"], "running")
    rows["state"] = rows["code"].map({"in_time": GOOD, "late": BREACH, "overdue": BREACH, "running": WARNING})
    return rows[list(REVIEWS)].astype({"session_id": "str", "code": "str", "state": "str", "hours": float})
