"""A store of a small team for the desk: R1 owns an A, a stalled C and a long-tail C account, R2 two B accounts.

It is Tuesday, 24 November 2026, half past ten. Tiers as of `team`: A1 is A, A2 and A3 are B, A4 and A5 are C.
"""

import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.reports.team import account, weekly, write
from tests.widgets.team import NAMES, PROBABILITY, ROLES
from toolkit.data.load import load
from toolkit.data.store import Store

NOW = datetime(2026, 11, 24, 10, 30)
INFLUENCE = {"A1": 80, "A2": 80, "A3": 80, "A4": 10, "A5": 10}  # A4 and A5 are none of S5's five
OWNERS = {"A1": "R1", "A2": "R2", "A3": "R2", "A4": "R1", "A5": "R1"}
REPS = [
    {"rep_id": "R1", "rep_name": "张伟", "role": "rep", "quarterly_bonus": 30000},
    {"rep_id": "R2", "rep_name": "李娜", "role": "rep"},
    {"rep_id": "M1", "rep_name": "高经理", "role": "manager"},
    {"rep_id": "D1", "rep_name": "顾总", "role": "director"},
]
SCORES = {"spiced_situation": 2, "spiced_pain": 1, "spiced_impact": 2, "spiced_critical_event": 1, "spiced_decision": 2}
WHOLE = {
    "stage_before": "3", "stage_after": "4", "spiced_situation": "2", "spiced_pain": "3", "spiced_impact": "1",
    "spiced_critical_event": "0", "spiced_decision": "2", "communications": "3", "competitor_mentions": "1",
    "new_key_contacts": "1", "competitor": "none", "technical_hours": "0", "labour_hours": "2.5",
    "price_concession": "0", "note": "=cmd() <b>",
}  # fmt: skip


def report(number, account_id, day, **changes):
    """A whole daily report that moves nothing."""
    row = {"report_id": f"D{number}", "report_date": day, "rep_id": OWNERS[account_id], "account_id": account_id,
           "stage_before": 3, "stage_after": 3, **SCORES, "communications": 2, "competitor_mentions": 0,
           "new_key_contacts": 0, "competitor": "none", "technical_hours": 0, "labour_hours": 2,
           "price_concession": 0}  # fmt: skip
    return row | changes


def request(number, account_id, kind, at, **changes):
    """A request that nobody has answered."""
    row = {"request_id": f"Q{number}", "rep_id": OWNERS[account_id], "account_id": account_id, "kind": kind,
           "requested_at": at, "stage_at_request": 3}  # fmt: skip
    return row | changes


PEOPLE = [
    {"person_id": "P1", "account_id": "A1", "person_name": "Chen", "title": "Buyer", "is_key": 0,
     "first_contacted_on": "2026-10-01"},
    {"person_id": "P2", "account_id": "A1", "person_name": "Lin", "title": "Chief engineer", "is_key": 1,
     "influence": 90, "reports_to": "P1"},
    {"person_id": "P3", "account_id": "A2", "person_name": "Zhao", "title": "CFO", "is_key": 1},
]  # fmt: skip


@cache
def _usual():
    """The usual team's store, made once and copied."""
    return made(Path(mkdtemp()))


def store(folder, **tables):
    """The team in a store of its own: its address. `tables` take the place of the usual ones."""
    if tables:
        return made(folder, **tables)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_usual().removeprefix("sqlite:///"), folder / "team.db")
    return f"sqlite:///{folder}/team.db"


def made(folder, **tables):
    """The team in a new store."""
    accounts = [
        account(i, account_name=NAMES[i], market_role=ROLES[i], owner_id=OWNERS[i], industry_influence=INFLUENCE[i])
        for i in NAMES
    ]
    weeks = [row for i, p in PROBABILITY.items() for row in weekly(i, (p, p, p))]
    for row in weeks:
        if row["account_id"] == "A4":
            row["progress"] = int(row["week_ending"] == "2026-11-06")
    usual = {
        "reps": REPS,
        "decision_makers": PEOPLE,
        "daily_reports": [report(1, "A1", "2026-11-19"), report(2, "A2", "2026-11-20")],
    }
    write(folder / "source", accounts, weeks, **(usual | tables))
    data = load(folder / "source", language="en")
    assert not len(data.faults), data.faults.to_string()
    url = f"sqlite:///{folder}/team.db"
    new = Store(url, "import", make=True)
    new.take_in(data)
    new.close()
    return url
