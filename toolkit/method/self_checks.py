"""D1–D3 Self-checks: the director's daily, weekly and monthly duties, answered from the data where they can be.

D1, every working day: cut_account (one inefficient account cut; that none qualifies is an answer), give_weapon (one
tactical weapon given), verify_facts (three key facts verified). D2, every week: drop_three (three accounts dropped),
sign_orders (two executive support orders signed), update_sand_tables (the industry sand tables updated). D3, every
month: publish_playbook (one reusable playbook), close_problems (three recurring problems closed at the root), test_gaps
(capability gaps tested and a training started).

Data that answer: an account dropped (its status, or a D2 action confirmed); handouts; verifications with an answer;
executive orders; versions of industry sand tables; playbooks of the other kinds; problems closed with a root cause;
sessions of kind capability_test and training. Where the data hold any row of that kind up to the day, they answer;
where they hold fewer than the self-check claims, both figures are shown and the data count. Where they hold none, the
self-check answers; without one nobody did.

answered_by: data | self_check | nobody. State: good; warning (open, and the period is not over); breach (the period is
over and it was not done); cannot_judge (nobody answered and no data can). Codes: done, none_qualifies, short, asked,
disagree (the self-check claims more than the data hold).

Units: counts. Ties: evidence by table and id. Missing values: a self-check without a count says done once.

Readings. `unclear` verifies no fact. That no account was dropped says nothing of whether one qualified: cuts are
answered by a drop or by the self-check, never by silence. A cut counts towards the week. test_gaps needs both a test
and a training (2); which gaps there are is a later rule's business.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day, friday_of

DAILY: Final = ("cut_account", "give_weapon", "verify_facts")
WEEKLY: Final = ("drop_three", "sign_orders", "update_sand_tables")
MONTHLY: Final = ("publish_playbook", "close_problems", "test_gaps")
DATA: Final = "data"
SELF_CHECK: Final = "self_check"
NOBODY: Final = "nobody"
FIGURES: Final = ("item", "needed", "done", "claimed", "answered_by", "state", "code", "evidence")
_CUTS: Final = ("cut_account", "drop_three")
_SAND_TABLE: Final = "industry_sand_table"

Tables = Mapping[str, pd.DataFrame]


class SelfCheckParameters(Slice):
    """How much of each duty is due in its period (path `self_check`)."""

    cuts_per_day: int = setting(1, unit="accounts a day", rule="D1", ge=0, le=20)
    weapons_per_day: int = setting(1, unit="handouts a day", rule="D1", ge=0, le=20)
    facts_per_day: int = setting(3, unit="facts a day", rule="D1", ge=0, le=50)
    cuts_per_week: int = setting(3, unit="accounts a week", rule="D2", ge=0, le=100)
    orders_per_week: int = setting(2, unit="orders a week", rule="D2", ge=0, le=50)
    playbooks_per_month: int = setting(1, unit="playbooks a month", rule="D3", ge=0, le=50)
    problems_per_month: int = setting(3, unit="problems a month", rule="D3", ge=0, le=100)

    def departures(self) -> tuple[str, ...]:
        """A duty of 0 is none."""
        return tuple(f"self_check.{name}" for name, value in self if value == 0)


def daily_checks(days: NDArray[Any], tables: Tables, parameters: SelfCheckParameters) -> pd.DataFrame:
    """D1's three answers for each of `days` (the working days asked about): day, then FIGURES, in the order of DAILY.

    tables  accounts, decisions, handouts, verifications, self_checks: the contract's, by name

    Examples
    --------
    >>> day_of = pd.to_datetime(["2026-11-20"])
    >>> tables = {
    ...     "accounts": pd.DataFrame({"account_id": ["K1"], "status": "active", "closed_on": pd.to_datetime([None])}),
    ...     "decisions": pd.DataFrame({"decision_id": [], "action_id": [], "verdict": [], "decided_on": day_of[:0]}),
    ...     "handouts": pd.DataFrame({"handout_id": ["H1"], "given_on": day_of}),
    ...     "verifications": pd.DataFrame({"verification_id": [], "verified_on": day_of[:0], "result": []}),
    ...     "self_checks": pd.DataFrame({"item": ["cut_account"], "done_on": day_of, "count": [0.0]})}
    >>> found = daily_checks(np.array(["2026-11-20"], dtype="datetime64[D]"), tables, SelfCheckParameters())
    >>> found[["item", "answered_by", "state", "code"]].values.tolist()
    [['cut_account', 'self_check', 'good', 'none_qualifies'], ['give_weapon', 'data', 'good', 'done'],
     ['verify_facts', 'nobody', 'cannot_judge', 'asked']]
    """
    needed = (parameters.cuts_per_day, parameters.weapons_per_day, parameters.facts_per_day)
    events = dict(zip(DAILY, (_dropped(tables), _given(tables), _verified(tables)), strict=True))
    rows = []
    for one in days:
        for item, most in zip(DAILY, needed, strict=True):
            rows.append({"day": one} | _answer(item, most, events[item], tables["self_checks"], one, one, over=True))
    return _frame(rows, "day")


def weekly_checks(
    friday: Day, as_of: Day, tables: Tables, industries: tuple[str, ...], parameters: SelfCheckParameters
) -> pd.DataFrame:
    """D2's three answers for the week of a Friday, up to a day: week_ending, then FIGURES.

    tables      accounts, decisions, executive_orders, playbooks, self_checks
    industries  whose sand tables are to be updated: the must-win ones; without any, every one on file
    """
    last, today = day(friday), day(as_of)
    owed = _owed_tables(tables["playbooks"], industries, last)
    needed = (parameters.cuts_per_week, parameters.orders_per_week, len(owed) or 1)
    updated = _updated(tables["playbooks"], owed)
    events = dict(zip(WEEKLY, (_dropped(tables), _signed(tables), updated), strict=True))
    first = last - np.timedelta64(6, "D")
    rows = [
        {"week_ending": last}
        | _answer(item, most, events[item], tables["self_checks"], first, min(last, today), over=bool(today >= last))
        for item, most in zip(WEEKLY, needed, strict=True)
    ]
    return _frame(rows, "week_ending")


def monthly_checks(as_of: Day, tables: Tables, parameters: SelfCheckParameters) -> pd.DataFrame:
    """D3's three answers for the month of a day, up to it: month (its first day), then FIGURES.

    tables  playbooks, problems, sessions, self_checks
    """
    today = day(as_of)
    first = today.astype("datetime64[M]").astype("datetime64[D]")
    end = (today.astype("datetime64[M]") + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    needed = (parameters.playbooks_per_month, parameters.problems_per_month, 2)
    events = dict(zip(MONTHLY, (_published(tables), _closed(tables), _tested(tables)), strict=True))
    rows = []
    for item, most in zip(MONTHLY, needed, strict=True):
        found = events[item]
        if item == "test_gaps":  # a test and a training: one of each, however many of either
            month = _between(found, first, today)
            found = pd.concat([month.drop_duplicates("kind"), found[found["on"] < pd.Timestamp(first)]])
        answer = _answer(item, most, found, tables["self_checks"], first, today, over=bool(today >= end))
        rows.append({"month": first} | answer)
    return _frame(rows, "month")


def _answer(
    item: str, needed: int, events: pd.DataFrame, checks: pd.DataFrame, first: Any, last: Any, *, over: bool
) -> dict[str, Any]:
    """One duty in one period: how much was due, done and claimed, and who says so."""
    here = _between(events, first, last)
    said = checks[checks["item"] == item].rename(columns={"done_on": "on"})
    said = _between(said, first, last)
    claimed = float(said["count"].astype(float).fillna(1.0).sum()) if len(said) else np.nan
    evidence = tuple(sorted({*here["source"]}))
    known = bool((events["on"] <= pd.Timestamp(last)).any())
    row = {"item": item, "needed": needed, "claimed": claimed, "evidence": evidence}
    if item == "cut_account" and not len(here) and claimed == 0:
        return row | {"done": 0.0, "answered_by": SELF_CHECK, "state": GOOD, "code": "none_qualifies"}
    if len(here) or (known and item not in _CUTS):
        done, by = float(len(here)), DATA
    elif not np.isnan(claimed):
        done, by = claimed, SELF_CHECK
    else:
        state = CANNOT_JUDGE if over else WARNING
        return row | {"done": np.nan, "answered_by": NOBODY, "state": state, "code": "asked"}
    if done >= needed:
        return row | {"done": done, "answered_by": by, "state": GOOD, "code": "done"}
    code = "disagree" if by == DATA and claimed > done else "short"
    return row | {"done": done, "answered_by": by, "state": BREACH if over else WARNING, "code": code}


def _between(events: pd.DataFrame, first: Any, last: Any) -> pd.DataFrame:
    days = events["on"].to_numpy().astype("datetime64[D]")
    return events[(days >= first) & (days <= last)]


def _events(rows: pd.DataFrame, on: str, table: str, key: str, **more: Any) -> pd.DataFrame:
    """Rows as events: on, source ("table:id"), and whatever else."""
    source = table + ":" + rows[key].astype("str")
    facts = {"on": rows[on].to_numpy().astype("datetime64[us]"), "source": source.to_numpy()}
    return pd.DataFrame(facts | {name: rows[column].to_numpy() for name, column in more.items()})


def _dropped(tables: Tables) -> pd.DataFrame:
    """Accounts dropped: by their own status, or by a cut that somebody confirmed; each account once a day."""
    accounts, answers = tables["accounts"], tables["decisions"]
    gone = accounts[(accounts["status"] == "dropped") & accounts["closed_on"].notna()]
    subject = answers["action_id"].astype("str").str.extract(r"^D2-(.+)-\d{4}-\d\d-\d\d$", expand=False)
    settled = answers["verdict"].isin(["confirmed", "done"]) & subject.isin(accounts["account_id"])
    cut = answers.assign(account_id=subject)[settled]
    both = [
        _events(gone, "closed_on", "accounts", "account_id", account="account_id"),
        _events(cut, "decided_on", "decisions", "decision_id", account="account_id"),
    ]
    return pd.concat(both, ignore_index=True).drop_duplicates(["on", "account"])


def _given(tables: Tables) -> pd.DataFrame:
    return _events(tables["handouts"], "given_on", "handouts", "handout_id")


def _verified(tables: Tables) -> pd.DataFrame:
    rows = tables["verifications"]
    answered = rows[rows["result"].isin(["confirmed", "contradicted"])]
    return _events(answered, "verified_on", "verifications", "verification_id")


def _signed(tables: Tables) -> pd.DataFrame:
    return _events(tables["executive_orders"], "signed_on", "executive_orders", "order_id")


def _owed_tables(playbooks: pd.DataFrame, industries: tuple[str, ...], friday: Any) -> set[str]:
    """The industries whose sand table is owed: of those asked for the ones that have one on file by the Friday."""
    tables = playbooks[(playbooks["kind"] == _SAND_TABLE) & (playbooks["updated_on"] <= pd.Timestamp(friday))]
    on_file = set(tables["industry_id"].dropna())
    return on_file & set(industries) if industries else on_file


def _updated(playbooks: pd.DataFrame, owed: set[str]) -> pd.DataFrame:
    """Versions of the sand tables that are owed, each industry once a week."""
    rows = playbooks[(playbooks["kind"] == _SAND_TABLE) & playbooks["industry_id"].isin(owed)]
    events = _events(rows, "updated_on", "playbooks", "playbook_id", industry="industry_id")
    week = friday_of(events["on"].to_numpy().astype("datetime64[D]")).astype("datetime64[us]")
    return events.assign(week=week).drop_duplicates(["week", "industry"])


def _published(tables: Tables) -> pd.DataFrame:
    rows = tables["playbooks"]
    return _events(rows[rows["kind"] != _SAND_TABLE], "updated_on", "playbooks", "playbook_id")


def _closed(tables: Tables) -> pd.DataFrame:
    rows = tables["problems"]
    closed = rows[rows["closed_on"].notna() & rows["root_cause"].notna()]
    return _events(closed, "closed_on", "problems", "problem_tag")


def _tested(tables: Tables) -> pd.DataFrame:
    rows = tables["sessions"]
    rows = rows[rows["kind"].isin(["capability_test", "training"])]
    return _events(rows, "held_at", "sessions", "session_id", kind="kind")


def _frame(rows: list[dict[str, Any]], period: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[period, *FIGURES])
    kinds = {period: "datetime64[us]", "needed": "int64", "done": float, "claimed": float}
    return frame.astype(kinds | dict.fromkeys(("item", "answered_by", "state", "code"), "str"))
