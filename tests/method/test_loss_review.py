"""F6: the clock of the blame-free loss review."""

import pandas as pd
import pytest

from toolkit.method.loss_review import LossReviewParameters, loss_reviews

from .held import session, sessions


@pytest.mark.parametrize(
    ("held", "code", "state"),
    [("2026-11-20T10:00", "in_time", "good"), ("2026-11-20T10:01", "late", "breach"), (None, "overdue", "breach")],
)
def test_a_loss_is_reviewed_within_seventy_two_hours_around_the_clock(held, code, state):
    losses = pd.DataFrame({"loss_id": ["L1"], "account_id": ["A1"], "lost_at": pd.to_datetime(["2026-11-17T10:00"])})
    done = sessions(session("loss_review", held, loss="L1")) if held else sessions()
    found = loss_reviews(losses, done, pd.Timestamp("2026-11-21"), LossReviewParameters()).iloc[0]
    assert (found["code"], found["state"]) == (code, state)
    assert not {"rep_id", "owner_id", "person_id"} & set(found.index)
