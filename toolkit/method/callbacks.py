"""M7 Callbacks: every month the director in person calls three A accounts, each in turn, drawn unpredictably.

Turn. An account's turns so far are the callbacks that a director made to it before the month. The month's draw takes
the accounts with the fewest turns first, those with equally many in the order of a keyed hash of account and month:
every A account has had its turn before any has a second, and nobody can tell who comes next within a turn. It is made
from what was known on the month's first day and the A accounts of the day asked about: a call reshuffles nothing.

Needed: `per_month`, fewer where there are fewer A accounts. done: called by a director in the month; due: drawn and not
yet called; overdue: the same on the month's last day. Reading: a call to an A account that was not drawn is one of
the month's too; the draw then asks for one fewer, the last drawn.

Ties: by the keyed hash, then by id. Missing values: a caller who is not on file as director has called nobody in
person.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from toolkit.base.keyed_draw import Salt, order_key
from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import Day, day

COLUMNS = ("account_id", "calls", "called_on", "drawn", "due_on", "state")


class CallbackParameters(Slice):
    """How many A accounts the director calls a month (path `callbacks`)."""

    per_month: int = setting(3, unit="accounts a month", rule="M7", ge=0, le=31)

    def departures(self) -> tuple[str, ...]:
        """Without calls nothing that is reported is ever confirmed by a customer."""
        return () if self.per_month else ("callbacks.none",)


def callback_turn(
    a_accounts: Sequence[str],
    callbacks: pd.DataFrame,
    reps: pd.DataFrame,
    as_of: Day,
    salt: Salt,
    parameters: CallbackParameters,
) -> pd.DataFrame:
    """How the month of a day stands with every A account, by account id: COLUMNS.

    calls      by a director in person, before the month
    called_on  the first such call in the month, up to the day (NaT: none)
    drawn      whether the account is one of the month's
    state      done | due | overdue | not_drawn

    Examples
    --------
    >>> on = pd.to_datetime(["2026-10-20"])
    >>> callbacks = pd.DataFrame({"account_id": ["A1"], "called_on": on, "caller_id": ["D1"]})
    >>> reps = pd.DataFrame({"rep_id": ["D1"], "role": ["director"]})
    >>> salt, one = Salt.from_environment(7, {}), CallbackParameters(per_month=1)
    >>> callback_turn(["A1", "A2"], callbacks, reps, "2026-11-20", salt, one)[["account_id", "state"]].values.tolist()
    [['A1', 'not_drawn'], ['A2', 'due']]
    """
    last = day(as_of)
    first = last.astype("datetime64[M]").astype("datetime64[D]")
    end = (last.astype("datetime64[M]") + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    mine = _in_person(callbacks, reps)
    days = mine["called_on"].to_numpy().astype("datetime64[D]")
    before = mine[days < first].groupby("account_id").size()
    here = mine[(days >= first) & (days <= last)].groupby("account_id")["called_on"].min()

    ids = np.array(sorted(a_accounts), dtype=object)
    frame = pd.DataFrame({"account_id": ids}).astype({"account_id": "str"})
    frame["calls"] = frame["account_id"].map(before).fillna(0).astype("int64")
    frame["called_on"] = here.reindex(ids).to_numpy().astype("datetime64[us]")
    called = frame["called_on"].notna().to_numpy()
    turn = np.lexsort((ids.astype(str), order_key(salt, f"M7 {str(first)[:7]}", ids), frame["calls"], ~called))
    frame["drawn"] = called
    frame.loc[turn[: parameters.per_month], "drawn"] = True
    frame["due_on"] = np.where(frame["drawn"], end, np.datetime64("NaT", "D")).astype("datetime64[us]")
    open_state = "overdue" if last == end else "due"
    frame["state"] = np.select([called, frame["drawn"]], ["done", open_state], default="not_drawn")
    return frame[list(COLUMNS)].astype({"state": "str"})


def callback_months(
    callbacks: pd.DataFrame, reps: pd.DataFrame, a_counts: pd.Series, p: CallbackParameters
) -> pd.DataFrame:
    """Calls made against calls needed: month (its first day), needed, done, for each month of `a_counts`.

    a_counts  how many A accounts there were, by month (its first day as index); a month without any needs no call.

    Examples
    --------
    >>> on = pd.to_datetime(["2026-10-20"])
    >>> callbacks = pd.DataFrame({"account_id": ["A1"], "called_on": on, "caller_id": ["D1"]})
    >>> reps = pd.DataFrame({"rep_id": ["D1"], "role": ["director"]})
    >>> counts = pd.Series([5, 2], index=pd.to_datetime(["2026-10-01", "2026-11-01"]))
    >>> callback_months(callbacks, reps, counts, CallbackParameters())[["needed", "done"]].values.tolist()
    [[3, 1], [2, 0]]
    """
    mine = _in_person(callbacks, reps)
    month = mine["called_on"].to_numpy().astype("datetime64[M]").astype("datetime64[us]")
    done = mine.assign(month=month).drop_duplicates(["month", "account_id"]).groupby("month").size()
    needed = a_counts.clip(upper=p.per_month)
    frame = pd.DataFrame({"month": a_counts.index.to_numpy().astype("datetime64[us]"), "needed": needed.to_numpy()})
    frame["done"] = frame["month"].map(done).fillna(0)
    return frame.astype({"needed": "int64", "done": "int64"})


def _in_person(callbacks: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    """The callbacks that a director made."""
    directors = reps.loc[reps["role"] == "director", "rep_id"]
    return callbacks[callbacks["caller_id"].isin(directors)]
