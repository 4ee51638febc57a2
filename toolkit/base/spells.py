"""Alert spells: from when to when something was on, and what was on in a week."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.weeks import day as one_day
from toolkit.base.weeks import friday_of


def on_in_week(spells: pd.DataFrame, friday: Any) -> pd.DataFrame:
    """The spells that were on at some time in the week (Saturday to Friday) of a day, order and index kept.

    spells  fired_on, ended_on (empty: still on). A spell is on from the day it fired to the day it ended,
            that day included, so that the week in which it ended still shows it.

    Examples
    --------
    >>> fired = pd.to_datetime(["2026-11-02", "2026-11-03", "2026-11-20", "2026-11-21"])
    >>> ended = pd.to_datetime(["2026-11-13", "2026-11-14", None, None])
    >>> spells = pd.DataFrame({"fired_on": fired, "ended_on": ended})
    >>> on_in_week(spells, "2026-11-20").index.tolist()
    [1, 2]
    """
    last = friday_of(one_day(friday))
    fired = spells["fired_on"].to_numpy().astype("datetime64[D]")
    ended = spells["ended_on"].to_numpy().astype("datetime64[D]")
    return spells[(fired <= last) & (np.isnat(ended) | (ended > last - np.timedelta64(7, "D")))]
