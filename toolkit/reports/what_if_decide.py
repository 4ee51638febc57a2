"""What a what-if leaves to people: at most five questions with their reasons, and what it cannot tell."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from toolkit.language.forms import missing
from toolkit.reports.what_if_findings import crossing, reading, robust_pair
from toolkit.reports.what_if_frames import Frames, of
from toolkit.reports.what_if_looks import Looks
from toolkit.reports.what_if_words import NO_CHANGE, SURE, listed, plan_row, sureness, title
from toolkit.reports.wording import Wording
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE

MOST: Final = 5
DECIDE_COLUMNS: Final = ("no", "kind", "question", "why", "account_id", "parameter")
_DETECTED: Final = 0.2  # a reading that detects this much more than the one in force is worth a question
_SHORT: Final = 0.1  # so is a rule that is this far from the optimum, if that stays better when responses err

Line = dict[str, str]
Asking = Callable[[Looks, Frames, Wording], list[Line]]


def decide(looks: Looks, shown: Frames, w: Wording) -> pd.DataFrame:
    """At most five lines, the most important first: no, kind, question, why, account_id, parameter ("" where none)."""
    asked: list[Line] = []
    for ask in (_adopt, _another, _movers, _judgements, _reading, _check, _calibrate, _divide):
        asked += ask(looks, shown, w)
    frame = pd.DataFrame(asked[:MOST], columns=list(DECIDE_COLUMNS[1:])).fillna("")
    frame.insert(0, "no", range(1, len(frame) + 1))
    return frame


def _line(kind: str, question: str, why: str, *, account_id: str = "", parameter: str = "") -> list[Line]:
    return [{"kind": kind, "question": question, "why": why, "account_id": account_id, "parameter": parameter}]


def _adopt(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """Whether to take the scenario that the report is about."""
    row = listed(shown, looks)
    if row["state"] == "failed" or row["reason"] == NO_CHANGE:
        return []
    way = "no_effect" if row["state"] == "no_effect" else sureness(row)
    if way == SURE:
        way = "more" if row["difference"] > 0 else "less"
    p = looks.parameters.whatif
    facts = {"title": title(looks.main, w), "weeks": p.weeks, "level": p.interval, "difference": row["difference"]}
    facts |= {"low": row["param_low"], "high": row["param_high"]}
    question, why = (w.say(f"what_if.decide.adopt.{way}.{part}", **facts) for part in ("question", "why"))
    return _line("adopt", question, why, parameter=next(iter(looks.main.scenario.changes), ""))


def _another(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """A compared scenario that surely brings more than the one in question does."""
    mine = listed(shown, looks)["difference"]
    rows = shown["scenarios"]
    rows = rows[(rows["state"] == "ok") & ~rows["scenario"].isin([BASELINE, MY_PLAN, looks.main.name])]
    better = [row for row in rows.itertuples(index=False) if sureness(row) == SURE and row.difference > 0]
    better = [row for row in better if missing(mine) or row.difference > mine]
    if not better:
        return []
    best = max(better, key=lambda row: (row.difference, row.scenario))
    facts = {"title": best.title, "difference": best.difference, "low": best.param_low, "high": best.param_high}
    facts |= {"level": looks.parameters.whatif.interval, "weeks": looks.parameters.whatif.weeks}
    question, why = (w.say(f"what_if.decide.another.{part}", **facts) for part in ("question", "why"))
    return _line("another", question, why, parameter=best.changes.partition(" = ")[0])


def _movers(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """The largest account that would move now, by its contract."""
    if looks.main.state is None:
        return []
    now, state = of(shown["now_moves"], looks.main.name), looks.state
    now = now[now["base_tier"] != now["tier"]]
    if not len(now):
        return []
    now = now.assign(stake=[state.stake(a) for a in now["account_id"]])
    row = now.sort_values(["stake", "account_id"], ascending=[False, True]).iloc[0]
    account = row["account_id"]
    facts = {"account": state.account(account), "before": row["base_tier"], "after": row["tier"]}
    tiers = state.tiers.set_index("account_id")
    facts |= {"p": tiers.loc[account, "win_probability"], "title": title(looks.main, w)}
    facts |= {"owner": state.rep(state.owner(account)) or w.say("words.nobody")}
    way = "up" if row["tier"] < row["base_tier"] else "down"
    question = w.say(f"what_if.decide.mover.{way}.question", **facts)
    known = "why" if row["stake"] else "why_plain"
    why = w.say(f"what_if.decide.mover.{way}.{known}", amount=row["stake"], **facts)
    return _line("mover", question, why, account_id=account)


def _judgements(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """Where the model failed its test and nobody has been asked how effort works."""
    if looks.holdout.calibrated or looks.parameters.dynamics.judgements:
        return []
    question, why = (w.say(f"what_if.decide.judgements.{part}") for part in ("question", "why"))
    return _line("judgements", question, why, parameter="dynamics.judgements")


def _reading(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """A reading of the red alert that detects clearly more than the one in force, chance taken off."""
    rows = looks.tuner
    if not len(rows) or rows["detected"].isna().all():
        return []
    rows = rows.assign(gain=rows["detected"].fillna(0.0) - rows["by_chance"].fillna(0.0))
    ours = rows[rows["in_force"].astype(bool)].iloc[0]
    best = rows.sort_values(["gain", "reading"], ascending=[False, True]).iloc[0]
    if best["gain"] < ours["gain"] + _DETECTED:
        return []
    facts: dict[str, Any] = {"ours": reading(ours["reading"], w), "other": reading(best["reading"], w)}
    facts |= {"detected": ours["detected"], "theirs": best["detected"], "fall": looks.parameters.whatif.tuner_fall}
    facts |= {"alarms": ours["false_alarms_year"], "their_alarms": best["false_alarms_year"]}
    facts["by_chance"] = 0.0 if missing(best["by_chance"]) else best["by_chance"]
    question, why = (w.say(f"what_if.decide.reading.{part}", **facts) for part in ("question", "why"))
    return _line("reading", question, why, parameter="red_alert.reading")


def _check(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """The account nearest to crossing a line: its probability is worth a check before the line decides."""
    near = crossing(shown["near"])
    if not len(near):
        return []
    row = near.iloc[0]
    facts = {"account": w.account_name(row["account_id"]), "p": row["win_probability"], "line": row["threshold"]}
    facts |= {"chance": row["chance_to_cross"]}
    question, why = (w.say(f"what_if.decide.check.{part}", **facts) for part in ("question", "why"))
    return _line("check", question, why, account_id=row["account_id"])


def _calibrate(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """Tiers that calibrated probabilities would change."""
    tiers = looks.calibrated_tiers
    changed = tiers[tiers["tier"] != tiers["calibrated_tier"]]
    team = looks.reliability[looks.reliability["rep_id"] == ""]
    if not len(changed) or not (team["state"] == "warning").any():
        return []
    names = w.listing([w.account_name(account) for account in changed["account_id"]], 3)
    facts = {"n": len(changed), "names": names}
    question, why = (w.say(f"what_if.decide.calibrate.{part}", **facts) for part in ("question", "why"))
    return _line("calibrate", question, why)


def _divide(looks: Looks, shown: Frames, w: Wording) -> list[Line]:
    """A rule far from the optimum, where the optimum stays better however wrong the responses are."""
    rule, pair = plan_row(shown, "in_force", looks.base.name), robust_pair(looks, shown)
    if rule is None or pair is None or rule["share_of_optimum"] > 1 - _SHORT:
        return []
    cv, best, ours, code = pair
    if code != "better":
        return []
    facts = {"cost": 1 - rule["share_of_optimum"], "cv": cv, "optimum": best, "rule": ours}
    other = shown["assumptions"]  # errors that all responses share
    reason = "why_turns" if (other["rule"] > other["optimum"]).any() else "why"
    question, why = (w.say(f"what_if.decide.divide.{part}", **facts) for part in ("question", reason))
    return _line("divide", question, why, parameter="allocation.inside")


def limits(looks: Looks, w: Wording) -> tuple[str, ...]:
    """What this what-if cannot tell."""
    counts, notes = looks.fitted.counts, looks.fitted.notes
    out = [w.say("what_if.limit.not_identified"), w.say("what_if.limit.model"), w.say("what_if.limit.levels")]
    few = "few_closes" in notes
    facts = {"wins": counts["wins"], "losses": counts["losses"], "weeks": counts["weeks"]}
    out.append(w.say(f"what_if.limit.{'few_deals' if few else 'deals'}", **facts))
    out += [w.say(f"what_if.limit.{code}") for code in notes if code in ("no_odds", "no_progress")]
    out.append(w.say(f"what_if.limit.{'judged' if 'judged' in notes else 'responses'}"))
    out.append(w.say("what_if.limit.acted_on"))
    out.append(w.say("what_if.limit.lines"))
    return tuple(out)
