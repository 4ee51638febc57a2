"""A judgement is a row: what was judged, against which limit, how it stands, since when, until when."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from toolkit.base.states import STATES

FINDING_COLUMNS: Final = (
    "rule",
    "subject_kind",
    "subject_id",
    "state",
    "measured",
    "threshold",
    "unit",
    "since",
    "due_on",
    "code",
    "arguments",
)


def findings(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame of judgements with the standard columns; what a row leaves out is empty.

    Columns: rule, subject_kind (account | rep | team …), subject_id, state (good | warning | breach | cannot_judge),
    measured, threshold (in `unit`), since, due_on, code (of the sentence), arguments (a dict for that sentence).
    Raises ValueError for an unknown column or state.

    Examples
    --------
    >>> row = {"rule": "M5", "subject_kind": "account", "subject_id": "A1", "state": "breach", "measured": 9}
    >>> findings([row])[["subject_id", "state", "measured", "code"]].values.tolist()
    [['A1', 'breach', 9.0, None]]
    """
    rows = [dict(row) for row in rows]
    for row in rows:
        unknown = set(row) - set(FINDING_COLUMNS)
        if unknown or row.get("state") not in STATES:
            raise ValueError(f"not a finding: {row}")
    frame = pd.DataFrame([[row.get(c) for c in FINDING_COLUMNS] for row in rows], columns=list(FINDING_COLUMNS))
    frame = frame.astype({"measured": float, "threshold": float})
    for column in ("since", "due_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frame.astype({"arguments": object, "code": object})
