"""What the month asks of the director: callbacks, doubts to clear up, oversteps to hear, clocks, duties, forecasts.

The asks of the week's rules (M7, M12, E5) keep their ids and their answers; a kind is one line. What only a month shows
(a clock kept too seldom, a duty of D3 left, deals that did not close when they were said to) is asked here.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.compare import below
from toolkit.reports import actions, control_asks
from toolkit.reports.ask_rows import COLUMNS
from toolkit.reports.audience import asks_for
from toolkit.reports.monthly_month import Month
from toolkit.reports.monthly_sections import owed_duties
from toolkit.reports.wording import Wording

_LEDGER: Final = ("contradiction", "mismatch", "unreported")
_KINDS: Final = ("overstep", "callback", "contradiction")
_MOST_NAMED: Final = 3


def lines(month: Month, w: Wording) -> pd.DataFrame:
    """At most `report.max_decisions` lines, the most urgent first: the columns of the weekly review's decisions."""
    found = [*_from_rules(month, w)]
    found += [line for maker in (_service, _duties, _slipped) for line in maker(month, w)]
    frame = pd.DataFrame(found, columns=list(actions.LINE_COLUMNS))
    frame = frame.head(month.week.parameters.report.max_decisions)
    return frame.assign(no=np.arange(1, len(frame) + 1))


def _from_rules(month: Month, w: Wording) -> Iterator[dict[str, Any]]:
    """The open asks of the rules of execution, a kind a line; the ledger's kinds are one."""
    control, p = month.control, month.week.parameters.report
    asked = pd.DataFrame(list(control_asks.control_asks(control, w)), columns=list(COLUMNS))
    asked = asks_for(asked[asked["kind"].isin([*_KINDS, *_LEDGER])], w.audience)
    asked = asked.assign(kind=asked["kind"].mask(asked["kind"].isin(_LEDGER), "contradiction"))
    dates = dict.fromkeys(("since", "raised", "due"), "datetime64[us]")
    asked = asked.assign(who=[month.week.rep(rep) if rep else "" for rep in asked["rep_id"]])
    asked = asked.astype({"stake": float, **dates})
    answers = control_asks.answers(control)
    listed = actions.with_answers(asked, answers, control.day, month.week.calendar, p)
    for kind in _KINDS:
        mine = actions.first_screen(listed[listed["kind"] == kind], control.day, w, most=1)
        yield from (_told(line, month, w) for line in mine.to_dict("records"))


def _told(line: dict[str, Any], month: Month, w: Wording) -> dict[str, Any]:
    """A line of the weekly review, told for a month: several callbacks say what the month needs instead of names."""
    if line["kind"] == "callback" and len(line["action_ids"]) > 1:
        return line | {"why": w.say("monthly.decide.callback_why", needed=month.week.parameters.callbacks.per_month)}
    return line


def _line(month: Month, w: Wording, kind: str, question: str, why: str, **more: Any) -> dict[str, Any]:
    """A line of the month's own: due within the usual working days."""
    p = month.week.parameters.report
    due = pd.Timestamp(month.week.calendar.nth_working_day(np.array([month.control.day]), p.due_working_days)[0])
    blank = {"stake": "", "stake_what": "", "who": "", "action_ids": (), "state": actions.OPEN}
    facts = {"kind": kind, "question": question, "why": why, "due_on": due, "due": w.say("due.on", day=due)}
    return blank | facts | {"due_today": False, "late": False} | more


def _service(month: Month, w: Wording) -> Iterator[dict[str, Any]]:
    """The step of requests missed most, among those kept too seldom."""
    rows, least = month.service_levels, month.week.parameters.report.min_share_met
    rows = rows[(rows["tier"] == "") & below(rows["share_met"], least)]
    if not len(rows):
        return
    lost = rows["late"] + rows["breached"]
    worst = rows.assign(_lost=-lost).sort_values(["_lost", "share_met"], kind="stable").iloc[0]
    facts = {"kind": w.say(f"kind.{worst['kind']}"), "step": w.say(f"clock.step.{worst['step']}")}
    counts = {"met": int(worst["met"]), "ended": int(worst["met"] + worst["late"] + worst["breached"])}
    question = w.say("monthly.decide.service", **facts, **counts)
    yield _line(month, w, "service", question, w.say("monthly.decide.service_why", least=least))


def _duties(month: Month, w: Wording) -> Iterator[dict[str, Any]]:
    rows = month.control.monthly_checks
    items = owed_duties(rows, w)
    if not items:
        return
    key = "duties_over" if month.over else "duties"
    question = w.say(f"monthly.decide.{key}", items=w.together(items))
    end = pd.Timestamp(month.end)
    more = {} if month.over else {"due_on": end, "due": w.say("due.on", day=end)}
    yield _line(month, w, "duties", question, w.say("monthly.decide.duties_why"), **more)


def _slipped(month: Month, w: Wording) -> Iterator[dict[str, Any]]:
    """Deals that were to close in the month and have not, once the month is over."""
    rows = month.forecast
    late = rows[rows["due_in_month"] & (rows["outcome"] == "open")]
    if not month.over or not len(late):
        return
    late = late.sort_values(["expected_amount", "account_id"], ascending=[False, True])
    names = w.listing([month.week.account(account) for account in late["account_id"]], _MOST_NAMED)
    question = w.say("monthly.decide.slipped", n=len(late), names=names)
    owners = dict.fromkeys(month.week.rep(month.week.owner(account)) for account in late["account_id"])
    who = w.people([name for name in owners if name])
    yield _line(month, w, "slipped", question, w.say("monthly.decide.slipped_why"), who=who)
