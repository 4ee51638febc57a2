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
    return {"action_id": action_id(rule, subject, since, row.pop("aspect"))} | row


def action_id(rule: str, subject: str, since: Any, aspect: str = "") -> str:
    """The id of an ask: by it an answer finds what was asked.

    Examples
    --------
    >>> action_id("E4", "A014", pd.Timestamp("2026-11-19"), ".Q0404")
    'E4-A014.Q0404-2026-11-19'
    """
    return f"{rule}-{subject}{aspect}-{pd.Timestamp(since):%Y-%m-%d}"


def whose(state: WeekState, account: str) -> Ask:
    """The account and its owner."""
    return {"account_id": account, "rep_id": state.owner(account)}


def contract(state: WeekState, w: Wording, account: str) -> Ask:
    """The account, its owner, and its contract as the stake."""
    return whose(state, account) | {"stake": state.contract(account), "stake_what": w.say("stake.contract")}
