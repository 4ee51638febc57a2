"""What every report is made from: the Friday that a day means, and the facts for run.json."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.version import __version__
from toolkit.base.weeks import last_friday
from toolkit.data.load import Data
from toolkit.language import say
from toolkit.state.known import Known


def reviewed_friday(data: Data, as_of: Any, language: str) -> tuple[np.datetime64, pd.Timestamp]:
    """The Friday reviewed, the last one on or before a day (None: the newest week's), and the day itself.

    Raises InputError for a day that is none, or where no Friday with weekly data lies on or before it.
    """
    weeks = data.account_weeks["week_ending"]
    friday = last_friday(weeks.max() if as_of is None else as_of)
    if not (weeks <= pd.Timestamp(friday)).any():
        raise InputError(say("review.no_week", language, friday=str(friday), path=data.source.path))
    return friday, pd.Timestamp(friday if as_of is None else as_of)


def provenance(now: Known, as_of: pd.Timestamp, language: str, salt: Salt | None = None) -> dict[str, Any]:
    """What a report was made from, without timings; of a draw's salt only the hash and whether it was a secret."""
    p = now.parameters
    draw = {} if salt is None else {"draw": {"salt_sha256": salt.digest, "secret": salt.secret}}
    return draw | {
        "version": __version__,
        "as_of": f"{as_of:%Y-%m-%d}",
        "week_ending": str(now.friday),
        "language": language,
        "source": {"path": now.data.source.path, "sha256": now.data.source.sha256},
        "parameters": {
            "differences": {d.path: d.value for d in p.differences()},
            "values": p.model_dump(mode="json"),
            "sha256": p.sha256(),
        },
        "departures": list(p.departures()),
        "rows": {name: len(frame) for name, frame in now.data.tables.items() if len(frame)},
        "rows_out_of_sight": dict(now.data.out_of_sight),
    }
