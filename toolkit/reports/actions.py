"""The week's actions: asks with their answers, ranked; what last week left open; the few lines of the first screen."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.reporting import ReportParameters
from toolkit.base.weeks import friday_of
from toolkit.base.workdays import Workdays
from toolkit.language.forms import form
from toolkit.reports.asks import KINDS, URGENT
from toolkit.reports.wording import Wording
from toolkit.state.known import newest_answers

ACTION_COLUMNS: Final = (
    "action_id",
    "rank",
    "rule",
    "account_id",
    "rep_id",
    "first_raised_on",
    "due_on",
    "state",
    "text",
)
LINE_COLUMNS: Final = (
    "no",
    "kind",
    "question",
    "why",
    "stake",
    "stake_what",
    "due_on",
    "due",
    "due_today",
    "late",
    "who",
    "state",
    "action_ids",
)
OPEN: Final = "open"
_BRIEFS: Final = 4  # how many subjects a merged line tells of
_APART: Final = {"request": 2}  # each has its own hour and its own figure: so many stay lines of their own
_NEWEST_FIRST: Final = ("contradiction", "mismatch", "unreported")  # what is fresh can still be asked
_ORDER: Final = {"open": 0, "snoozed": 1, "confirmed": 2, "waived": 2, "done": 2}


def with_answers(
    asked: pd.DataFrame,
    decisions: pd.DataFrame,
    friday: np.datetime64,
    calendar: Workdays,
    p: ReportParameters,
) -> pd.DataFrame:
    """Asks with first_raised_on (a Friday), due_on, state, reason and resume_on, ranked from 1, the most urgent first.

    Due is an ask's own day where it has one, else so many working days after it was raised, by its kind. State is the
    newest answer in `decisions` known on `friday`; a snooze ends on its resume_on. Open comes first, a red alert before
    anything; then by kind (of contradictions the newest), stake, account and rep.
    """
    out = asked.reset_index(drop=True).copy()
    raised = friday_of(out["raised"].to_numpy().astype("datetime64[D]"))
    out["first_raised_on"] = raised.astype("datetime64[us]")
    urgent = out["kind"].isin(URGENT).to_numpy()
    due = np.where(
        urgent,
        calendar.nth_working_day(raised, p.urgent_due_working_days),
        calendar.nth_working_day(raised, p.due_working_days),
    )
    out["due_on"] = out["due"].fillna(pd.Series(due.astype("datetime64[us]"), index=out.index))
    answer = newest_answers(decisions).reindex(out["action_id"])
    out["state"] = answer["verdict"].fillna(OPEN).to_numpy(dtype=object)
    out["reason"] = answer["reason"].fillna("").to_numpy(dtype=object)
    out["resume_on"] = answer["resume_on"].to_numpy()
    over = (out["state"] == "snoozed") & (out["resume_on"] <= pd.Timestamp(friday))
    out.loc[over, "state"] = OPEN
    return _ranked(out)


def _ranked(actions: pd.DataFrame) -> pd.DataFrame:
    keys = actions.assign(
        _state=actions["state"].map(_ORDER),
        _kind=actions["kind"].map({kind: k for k, kind in enumerate(KINDS)}),
        _newest=(pd.Timestamp.max - actions["since"]).where(actions["kind"].isin(_NEWEST_FIRST), pd.Timedelta(0)),
        _stake=-actions["stake"].fillna(0.0),
    )
    by = ["_state", "_kind", "_newest", "_stake", "account_id", "rep_id"]
    ordered = keys.sort_values(by, kind="stable", ignore_index=True)[list(actions.columns)]
    return ordered.assign(rank=np.arange(1, len(ordered) + 1))


def carried_over(now: pd.DataFrame, last: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """`now`, then last week's open actions whose condition has ended: answered as decided, else done of itself."""
    gone = last[(last["state"] == OPEN) & ~last["action_id"].isin(now["action_id"])]
    verdict = newest_answers(decisions)["verdict"].reindex(gone["action_id"]).to_numpy(dtype=object)
    settled = np.where(pd.isna(verdict) | (verdict == "snoozed"), "done", verdict)
    both = pd.concat([now, gone.assign(state=settled)], ignore_index=True)
    return both.assign(rank=np.arange(1, len(both) + 1))


def action_table(actions: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """actions.csv: the contract's columns, text = question and reason."""
    text = [wording.prose([wording.ended(q), why]) for q, why in zip(actions["question"], actions["why"], strict=True)]
    table = actions.assign(text=text)[list(ACTION_COLUMNS)]
    return table.astype(dict.fromkeys(("action_id", "rule", "account_id", "rep_id", "state", "text"), "str"))


def loop(now: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Last week's open actions with their state of now: action_id, kind, question, first_raised_on, due_on, state."""
    was_open = last[last["state"] == OPEN]
    here = now.set_index("action_id").reindex(was_open["action_id"])
    state = here["state"].fillna("done").to_numpy(dtype=object)
    return was_open.assign(state=state, resume_on=here["resume_on"].to_numpy()).reset_index(drop=True)


def first_screen(actions: pd.DataFrame, friday: np.datetime64, wording: Wording, most: int) -> pd.DataFrame:
    """The open actions as at most `most` lines: the kind with most lines is merged first, never ten alarms.

    A few requests stay apart. What has no room is counted by `not_shown`.
    Columns LINE_COLUMNS; stake and due are words, state is open or carried (raised before this Friday).
    """
    pending = actions[actions["state"] == OPEN]
    groups = [[row] for row in pending.to_dict("records")]
    while len(groups) > most:
        kinds = pd.Series([group[0]["kind"] for group in groups]).value_counts()
        kinds = kinds.where(kinds > kinds.index.map(lambda kind: _APART.get(kind, 1)), 1)
        if kinds.max() == 1:
            break
        kind = max((k for k in KINDS if k in kinds), key=lambda k: (kinds[k], KINDS.index(k)))
        together = [row for group in groups if group[0]["kind"] == kind for row in group]
        place = next(k for k, group in enumerate(groups) if group[0]["kind"] == kind)
        groups = (
            [g for g in groups[:place] if g[0]["kind"] != kind]
            + [together]
            + [g for g in groups[place:] if g[0]["kind"] != kind]
        )
    lines = [_line(no, group, friday, wording) for no, group in enumerate(groups[:most], 1)]
    return pd.DataFrame(lines, columns=list(LINE_COLUMNS))


def not_shown(actions: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """How many open actions the first screen does not tell: one row, column count."""
    shown = sum(len(ids) for ids in lines["action_ids"])
    return pd.DataFrame({"count": [int((actions["state"] == OPEN).sum()) - shown]})


def _line(no: int, group: list[dict[str, Any]], friday: np.datetime64, w: Wording) -> dict[str, Any]:
    first = group[0]
    due = min(row["due_on"] for row in group)
    question, why = first["question"], first["why"]
    if len(group) > 1:
        limits = {"limit": w.limit_of(first["kind"])}
        names = w.listing(dict.fromkeys(row["name"] for row in group), 3)
        question = w.say(f"ask.{first['kind']}.many", n=len(group), accounts=names, **limits)
        why = w.sentence([row["brief"] for row in group[:_BRIEFS]])
    stakes = [row["stake"] for row in group if row["stake"] == row["stake"]]
    late = int((pd.Timestamp(friday) - due).days)
    people = dict.fromkeys(row["who"] for row in group if row["who"])
    return {
        "no": no,
        "kind": first["kind"],
        "question": question,
        "why": why,
        "stake": form(sum(stakes), "money", w.language) if stakes else "",
        "stake_what": first["stake_what"] if stakes else "",
        "due_on": due,
        "due": _due(due, late, len({row["due_on"] for row in group}) > 1, w),
        "due_today": late == 0,
        "late": late > 0,
        "who": w.people(people),
        "state": "carried" if min(row["first_raised_on"] for row in group) < pd.Timestamp(friday) else OPEN,
        "action_ids": tuple(row["action_id"] for row in group),
    }


def _due(due: pd.Timestamp, late: int, mixed: bool, w: Wording) -> str:
    """When a line falls due, in words; of several days the oldest, and said so."""
    if late == 0:
        return w.say("due.today")
    if late < 0:
        return w.say("due.on", day=due)
    return w.say("due.oldest" if mixed else "due.late", days=late)
