"""One ask: the row that a condition makes, with whose it is and what is at stake."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.reports.wording import Wording
from toolkit.state.weekly_state import WeekState

COLUMNS: Final = (
    "action_id",
    "kind",
    "rule",
    "account_id",
    "rep_id",
    "since",
    "raised",
    "due",
    "stake",
    "stake_what",
    "name",
    "brief",
    "question",
    "why",
)
Ask = dict[str, Any]


def ask(kind: str, rule: str, since: Any, name: str, question: str, why: str, **more: Any) -> Ask:
    """An ask with blanks where nothing is said.

    since    the day its condition began; it is part of the id
    aspect   what the id says besides rule, subject and day, for asks that could share these
    due      its own day to be done by, else NaT: the rule of its kind
    """
    blank: Ask = {
        "account_id": "",
        "rep_id": "",
        "raised": since,
        "due": pd.NaT,
        "stake": np.nan,
        "stake_what": "",
        "brief": name,
        "aspect": "",
    }
    row = blank | {"kind": kind, "rule": rule, "since": since, "name": name, "question": question, "why": why} | more
    subject = row["account_id"] or row["rep_id"] or "team"
    return {"action_id": f"{rule}-{subject}{row.pop('aspect')}-{pd.Timestamp(since):%Y-%m-%d}"} | row


def whose(state: WeekState, account: str) -> Ask:
    """The account and its owner."""
    return {"account_id": account, "rep_id": state.owner(account)}


def contract(state: WeekState, w: Wording, account: str) -> Ask:
    """The account, its owner, and its contract as the stake."""
    return whose(state, account) | {"stake": state.contract(account), "stake_what": w.say("stake.contract")}
