"""Whether the data can be trusted, who needs a hand, and what last week left open. For coaching, never a ranking."""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.reports import control_words as words
from toolkit.reports.wording import Wording
from toolkit.state.control import ControlState
from toolkit.state.weekly_state import WeekState

_TRUST = ["account_id", "rep_id", "kind", "said", "other", "next"]
_CONTRADICTIONS: Final = 4  # how many the page tells; the others stand in their table


def trust(control: ControlState, w: Wording) -> pd.DataFrame:
    """What is doubtful: contradictions that are open (M12), then what is so in the stated probabilities: jumps over a
    line without progress, reps far from their record, crowding above a line. Columns account_id, rep_id, kind, said,
    other, next; people by id."""
    now, rows = control.week, _contradictions(control, w)
    for jump in now.jumps.itertuples(index=False):
        rep = now.owner(jump.account_id)
        said = w.say("trust.jump_said", before=jump.previous, after=jump.current, line=jump.threshold)
        then = w.say("trust.jump_next", rep=now.rep(rep))
        rows.append(_row(jump.account_id, rep, "jump", said, w.say("trust.jump_other"), then))
    for rep in _overstating(now).itertuples(index=False):
        said = w.say("trust.calibration_said", n=int(rep.closed), stated=rep.stated)
        other = w.say("trust.calibration_other", won=rep.won_share, low=rep.low, high=rep.high)
        then = w.say("trust.calibration_next", rep=now.rep(rep.rep_id))
        rows.append(_row("", rep.rep_id, "calibration", said, other, then))
    width = now.parameters.stated_probability.window
    for line in now.bunching[now.bunching["state"] == "warning"].itertuples(index=False):
        said = w.say("trust.bunching_said")
        counts = w.say("trust.bunching", line=line.threshold, width=width, above=int(line.above), below=int(line.below))
        other = w.sentence([counts, w.say("trust.bunching_other", chance=line.chance)])
        rows.append(_row("", "", "bunching", said, other, w.say("trust.bunching_next")))
    return pd.DataFrame(rows, columns=_TRUST)


def _contradictions(control: ControlState, w: Wording) -> list[dict[str, Any]]:
    """The newest open ones, each with both sources and who closes it by when."""
    now, ledger = control.week, control.contradictions
    newest = ledger[ledger["state"] == "open"].sort_values(["on", "contradiction_id"], ascending=[False, True])
    rows = []
    for row in newest.head(_CONTRADICTIONS).itertuples(index=False):
        who = now.rep(row.owner_id) or w.say("words.nobody")
        then = w.say("trust.contradiction_next", who=who, due=row.due_on)
        both = words.claim(row, control, w), words.answer(row, control, w)
        rows.append(_row(row.account_id, row.rep_id, row.source, *both, then))
    return rows


def _overstating(now: WeekState) -> pd.DataFrame:
    found = now.calibration
    return found[(found["code"] == "overstated") & (found["rep_id"] != "")]


def _row(account: str, rep: str, kind: str, said: str, other: str, then: str) -> dict[str, str]:
    return dict(zip(_TRUST, (account, rep, kind, said, other, then), strict=True))


def missing_rows(now: WeekState) -> pd.DataFrame:
    """Who sent no weekly data: rep_id, account_ids, count."""
    found = now.silent.groupby("rep_id", sort=True)["account_id"].agg(list).rename("account_ids").reset_index()
    return found.assign(count=found["account_ids"].map(len))


def hands(now: WeekState, w: Wording) -> pd.DataFrame:
    """One step of the director for each rep whose A and B chains stand still or whose account was demoted this week.

    Columns rep_id, accounts, why, you; by rep id: people are coached, not ranked.
    """
    rows = []
    still = now.stalled_now.assign(rep_id=[now.owner(a) for a in now.stalled_now["account_id"]])
    demoted = now.newly_demoted()
    for rep in sorted({*still["rep_id"], *(now.owner(a) for a in demoted)} - {""}):
        mine = still[still["rep_id"] == rep].sort_values(["days_still", "account_id"], ascending=[False, True])
        dropped = [a for a in demoted if now.owner(a) == rep]
        accounts = [*mine["account_id"], *(a for a in dropped if a not in set(mine["account_id"]))]
        why, you = [], ""
        if len(mine):
            worst = mine.iloc[0]
            name, largest = now.account(worst["account_id"]), max(mine["account_id"], key=now.stake)
            titles = now.unreached(largest)
            several = {"n": len(mine)} if len(mine) > 1 else {}
            key = "hand.stalled" if several else "hand.stalled_one"
            why.append(w.say(key, account=name, days=int(worst["days_still"]), **several))
            key = "hand.stalled_you" if titles else "hand.stalled_you_plain"
            you = w.say(key, rep=now.rep(rep), account=now.account(largest), **({"title": titles[0]} if titles else {}))
        for account in dropped:
            weeks = int(now.portfolio.tiers.weeks_without_progress[-1, now.place(account)])
            why.append(w.say("hand.demoted", account=now.account(account), weeks=weeks))
            you = you or w.say("hand.demoted_you")
        names = w.listing([now.account(a) for a in accounts], 3)
        rows.append(
            {
                "rep_id": rep,
                "accounts": names,
                "why": w.prose(why),
                "you": you,
                "account_ids": tuple(accounts),
            }
        )
    return pd.DataFrame(rows, columns=["rep_id", "accounts", "why", "you", "account_ids"])


def loop_rows(left: pd.DataFrame, now: WeekState, w: Wording) -> dict[str, pd.DataFrame]:
    """What last week left open and still is, by action, and how many were raised and settled."""
    is_open = left[left["state"].isin(["open", "snoozed"])]
    rows = []
    for action in is_open.itertuples(index=False):
        days = int((pd.Timestamp(now.friday) - action.due_on).days)
        if action.state == "snoozed":
            holds = w.say("loop.snoozed", day=action.resume_on)
        else:
            holds = w.say("loop.overdue", days=days) if days > 0 else w.say("loop.open")
        state = w.say(f"action_state.{action.state}")
        row = {"action_id": action.action_id, "what": action.question, "progress": state, "holds": holds}
        rows.append(row | {"first_raised_on": action.first_raised_on, "due_on": action.due_on})
    columns = ["action_id", "what", "progress", "first_raised_on", "due_on", "holds"]
    counts = pd.DataFrame({"raised": [len(left)], "settled": [len(left) - len(is_open)]})
    return {"loop": pd.DataFrame(rows, columns=columns), "loop_counts": counts}


def quality(now: WeekState, w: Wording) -> pd.DataFrame:
    """The six figures of data quality: code, label, value, context, state."""
    grid, outcome = now.portfolio.grid, now.portfolio.tiers
    active = outcome.tier[-1] >= 0
    fresh = int((active & grid["has_row"][-1]).sum())
    stale = int((active & outcome.stale[-1]).sum())
    unjudged = [now.account(a) for a in grid.accounts[active & outcome.cannot_judge[-1]]]
    blanked = int((now.data.faults["action"] == "blanked").sum()) if len(now.data.faults) else 0
    unseen = int(np.sum([n for table, n in now.data.out_of_sight.items() if "." not in table]))
    names = w.listing(unjudged, 3) if unjudged else w.say("quality.cannot_judge_none")
    total = int(active.sum())
    figures = [
        (
            "fresh",
            f"{fresh}/{total}",
            w.say("quality.fresh_context", carried=total - fresh, stale=stale),
            stale > 0,
        ),
        ("reports", len(now.reports_of_week(now.friday)), w.say("quality.reports_context"), False),
        ("rejected", len(now.data.rejected), w.say("quality.rejected_context"), len(now.data.rejected) > 0),
        ("faults", blanked, w.say("quality.blanked_context"), blanked > 0),
        ("out_of_sight", unseen, w.say("quality.unseen_context", day=now.friday), False),
        ("cannot_judge", len(unjudged), names, False),
    ]
    labels = {"faults": "blanked", "out_of_sight": "unseen"}
    rows = [
        (code, w.say(f"quality.{labels.get(code, code)}"), str(value), context, "warning" if bad else "good")
        for code, value, context, bad in figures
    ]
    frame = pd.DataFrame(rows, columns=["code", "label", "value", "context", "state"])
    if unjudged:
        frame.loc[frame["code"] == "cannot_judge", "state"] = "cannot_judge"
    return frame
