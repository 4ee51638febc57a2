"""F1 Decision chain: how much of an account's chain has been reached.

Coverage = contacted key people / key people, by a date; interval [0, 1]. A key person counts as contacted from the
earliest of its own first contact and any recorded contact. An account without key people on file has no coverage
(missing, not zero): nothing is known of its chain.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def coverage(
    people: pd.DataFrame, contacts: pd.DataFrame, weeks: NDArray[np.datetime64], accounts: NDArray[Any]
) -> NDArray[np.float64]:
    """F1 coverage of every account's chain by every Friday, (W, N); NaN where no key person is on file.

    people    person_id, account_id, is_key (blank: not key), first_contacted_on
    contacts  person_id, contacted_on
    weeks     Fridays ascending; accounts ascending

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["P1", "P2"], "account_id": ["A1", "A1"], "is_key": [True, True],
    ...                        "first_contacted_on": pd.to_datetime(["2026-11-10", None])})
    >>> contacts = pd.DataFrame({"person_id": ["P2"], "contacted_on": pd.to_datetime(["2026-11-18"])})
    >>> weeks = np.array(["2026-11-13", "2026-11-20"], "datetime64[D]")
    >>> coverage(people, contacts, weeks, np.array(["A1", "A2"])).tolist()
    [[0.5, nan], [1.0, nan]]
    """
    key = people[people["is_key"].fillna(False).astype(bool)]
    recorded = contacts.groupby("person_id")["contacted_on"].min().reindex(key["person_id"]).to_numpy()
    own = key["first_contacted_on"].to_numpy()
    first = np.fmin(own.astype("datetime64[D]"), recorded.astype("datetime64[D]"))
    account = pd.Index(accounts).get_indexer(key["account_id"])
    first, account = first[account >= 0], account[account >= 0]
    on_file = np.bincount(account, minlength=len(accounts))
    reached = np.zeros((len(weeks), len(accounts)))
    known = ~np.isnat(first)
    week = np.searchsorted(weeks.astype("datetime64[D]"), first[known])
    inside = week < len(weeks)
    np.add.at(reached, (week[inside], account[known][inside]), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(on_file > 0, np.cumsum(reached, axis=0) / on_file, np.nan)
