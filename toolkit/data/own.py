"""What of a store is a rep's own: which tables a rep reads, by what they are narrowed, and what a rep writes.

Whatever is not named here is closed to a rep: the checks of M6–M8 and M12, penalties, bonuses and targets. Of the
decisions a rep reads the answers to own requests: those that bear the request's id.
A rep may write daily reports; ask for resources, withdraw what was asked, and say what it brought, but neither change
what was asked nor answer it; say whether a directive was followed; and move a campaign of an own account on the board
and say how far it is and until when, but not hand it to somebody else.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, select

from toolkit.data.contract import TABLES

OPEN: Final = ("industries", "reps")  # what every rep may read
PRIVATE: Final = ("quarterly_bonus",)  # and what of these belongs to the person alone
BY_ACCOUNT: Final = frozenset(
    {
        "account_sites",
        "account_weeks",
        "accounts",
        "campaigns",
        "daily_reports",
        "decision_makers",
        "executive_orders",
        "handouts",
        "losses",
        "resource_requests",
        "visits",
    }
)
BY_PERSON: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts": ("person_id",),
    "relationships": ("person_id", "other_id"),
}
_ASKED: Final = frozenset({"kind", "requested_at", "price_change", "executive_level", "stage_at_request"})
_BROUGHT: Final = frozenset(
    {
        "delivered_at",
        "drawn_at",
        "price_drawn",
        "drawn_level",
        "doubts_raised",
        "doubts_resolved",
        "stage_advanced_on",
        "commitment_on",
        "commitment_by",
    }
)
_WITHDRAWAL: Final = frozenset({"decision", "approved_at"})
_WHOLE: Final = frozenset(TABLES["daily_reports"].names)
NEW: Final = {
    "daily_reports": _WHOLE,
    "resource_requests": _ASKED | {"request_id", "rep_id", "account_id"},
    "campaign_moves": frozenset(TABLES["campaign_moves"].names),
}
LATER: Final = {
    "daily_reports": _WHOLE,
    "resource_requests": _BROUGHT | _WITHDRAWAL,
    "directives": frozenset({"followed"}),
    "campaigns": frozenset({"board_column", "progress", "due_on", "updated_at"}),
}


def narrowed(table: str, tables: Mapping[str, Table], rep: str) -> list[ColumnElement[bool]] | None:
    """The conditions that leave of a table what is a rep's own; None for a table that is closed to reps."""
    here = tables[table]
    if table in OPEN:
        return []
    if table in BY_ACCOUNT:
        return [here.c.account_id.in_(_accounts(tables, rep))]
    if table in BY_PERSON:
        people = tables["decision_makers"]
        mine = select(people.c.person_id).where(people.c.account_id.in_(_accounts(tables, rep)))
        return [and_(*(here.c[name].in_(mine) for name in BY_PERSON[table]))]
    if table == "directives":
        return [here.c.owner_id == rep]
    if table == "campaign_moves":
        board = tables["campaigns"]
        mine = select(board.c.campaign_id).where(board.c.account_id.in_(_accounts(tables, rep)))
        return [here.c.campaign_id.in_(mine)]
    if table == "decisions":
        asked = tables["resource_requests"]
        mine = select(asked.c.request_id).where(asked.c.account_id.in_(_accounts(tables, rep)))
        return [here.c.decision_id.in_(mine)]
    return None


def _accounts(tables: Mapping[str, Table], rep: str) -> Select[Any]:
    accounts = tables["accounts"]
    return select(accounts.c.account_id).where(accounts.c.owner_id == rep)


def blanked(table: str, values: dict[str, Any], rep: str) -> dict[str, Any]:
    """A row as a rep may read it: of other people without what is private."""
    if table != "reps" or values["rep_id"] == rep:
        return values
    return values | dict.fromkeys(PRIVATE)


def may_write(table: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether a rep may make a row of what stood there (None: nothing) what is to stand there.

    Examples
    --------
    >>> asked = {name: None for name in TABLES["resource_requests"].names} | {"kind": "price", "price_change": -0.05}
    >>> may_write("resource_requests", None, asked)
    True
    >>> [may_write("resource_requests", asked, asked | {"decision": word}) for word in ("withdrawn", "approved")]
    [True, False]
    >>> may_write("resource_requests", asked, asked | {"price_change": -0.15})
    False
    """
    known = (NEW if before is None else LATER).get(table)
    was = before or {}
    changed = {name for name, value in after.items() if _given(value) != _given(was.get(name))}
    if known is None or not changed <= known:
        return False
    if table == "resource_requests" and changed & _WITHDRAWAL:
        return was.get("decision") is None and after["decision"] == "withdrawn"
    return True


def _given(value: Any) -> Any:
    return None if value == "" else value
