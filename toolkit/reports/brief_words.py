"""The daily brief's sentences: the verdict, what it looks at, and the finding of every section."""

import pandas as pd

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.reports.brief_frames import last_reporting_day
from toolkit.reports.report import Section
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState

Frames = dict[str, pd.DataFrame]


def verdict(control: ControlState, due: pd.DataFrame, e: Frames, w: Wording) -> tuple[str, ...]:
    """The day in a sentence, as clauses: what falls due, what is late, the alerts."""
    late = int((due["due_on"] < pd.Timestamp(control.day)).sum())
    today = len(due) - late
    clauses = [w.say("brief.verdict.today", n=today) if today else w.say("brief.verdict.nothing")]
    clauses += [w.say("brief.verdict.late", n=late)] if late else []
    return (*clauses, w.ended(_alerts(control, e, w)))


def _alerts(control: ControlState, e: Frames, w: Wording) -> str:
    """The alerts in a clause; reports that stay away are never an all-clear."""
    if not len(control.data.daily_reports):
        return w.say("brief.verdict.alerts_unknown")
    on = e["alert_cards"][e["alert_cards"]["on"].astype(bool)]["severity"].value_counts()
    parts = [w.say(f"section.alerts.{s}", n=int(on[s])) for s in ("red", "yellow", "warning") if s in on]
    if "red" not in on and CANNOT_JUDGE in e["red_findings"]["state"].tolist():
        parts.insert(0, w.say("brief.verdict.red_unknown"))
    return w.sentence(parts) if parts else w.say("brief.verdict.no_alerts")


def _headline(clause: str) -> str:
    """A clause that stands on its own."""
    return clause[:1].upper() + clause[1:]


def lead(control: ControlState, w: Wording) -> str:
    """Which day the figures are of, and the Friday of the tiers."""
    last, day = last_reporting_day(control), pd.Timestamp(control.day)
    friday = control.week.portfolio.grid.weeks[-1]
    if pd.isna(last):
        return w.say("brief.lead.never", friday=friday)
    if last == day:
        today = control.data.daily_reports["report_date"] == day
        people = control.data.daily_reports.loc[today, "rep_id"].nunique()
        return w.say("brief.lead.today", n=int(today.sum()), people=people, friday=friday)
    holiday = not bool(control.week.calendar.is_working([control.day])[0])
    key = "brief.lead.no_working_day" if holiday else "brief.lead.no_reports"
    return w.say(key, last=last, friday=friday)


def sections(control: ControlState, due: int, later: int, e: Frames, w: Wording) -> dict[str, Section]:
    """The finding of every section in its reading order."""
    made = {
        "decisions": _decisions(due, later, e, w),
        "alerts": (_headline(_alerts(control, e, w)),),
        "clocks": _clocks(len(control.requests), e, w),
        "draws": _draws(e, w),
        "checks": _checks(e, w),
    }
    return {
        code: Section(code, w.say(f"brief.eyebrow.{code}"), head, tuple(note for note in notes if note))
        for code, (head, *notes) in made.items()
    }


def _decisions(due: int, later: int, e: Frames, w: Wording) -> tuple[str, ...]:
    """How many are due, and how many of the lines are shown: a line may stand for several."""
    together = int(e["decisions"]["action_ids"].map(len).sum())
    if not due:
        head = w.say("brief.decisions.none")
    elif together < due:
        head = w.say("brief.decisions.first", n=due, shown=together)
    else:
        head = w.say("brief.decisions.some", n=due)
    return (w.sentence([head, w.say("brief.decisions.later", n=later) if later else ""]),)


def _clocks(requests: int, e: Frames, w: Wording) -> tuple[str, ...]:
    if not requests:
        return (w.say("brief.clocks.unknown"),)
    counts = e["clocks"]["stand"].value_counts()
    parts = [w.say(f"brief.clocks.{code}", n=int(counts[code])) for code in ("over", "today", "soon") if code in counts]
    return (w.sentence(parts) if parts else w.say("brief.clocks.none"),)


def _draws(e: Frames, w: Wording) -> tuple[str, ...]:
    """What of the drawn is still to be done."""
    rows = e["draws"]
    if not rows["needed"].any():
        return (w.say("brief.draws.none"),)
    left = rows[rows["owed"] > 0]
    owed = [w.say(f"brief.draws.{row.kind}", n=int(row.owed)) for row in left.itertuples(index=False)]
    return (w.say("brief.draws.owed", items=w.together(owed)) if owed else w.say("brief.draws.done"),)


def _checks(e: Frames, w: Wording) -> tuple[str, ...]:
    rows = e["checks"]
    if not len(rows):
        return (w.say("brief.checks.no_working_day"),)
    done, short = int((rows["state"] == GOOD).sum()), int((rows["state"] == BREACH).sum())
    if done == len(rows):
        return (w.say("brief.checks.done"),)
    parts = [w.say("brief.checks.some", done=done, n=len(rows))]
    parts += [w.say("brief.checks.short", n=short)] if short else []
    parts += [w.say("brief.checks.asked", n=len(rows) - done - short)] if done + short < len(rows) else []
    return (w.sentence(parts),)
