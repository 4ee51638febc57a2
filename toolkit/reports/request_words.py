"""Requests in words: what is asked, what the authority matrix (E4) allows, until when (F4), how much it is over."""

from typing import Any

import numpy as np
import pandas as pd

from toolkit.language.forms import missing, number
from toolkit.method.requests import AuthorityParameters
from toolkit.reports.wording import Wording

OPENING = frozenset({"accept", "answer", "contact"})  # the step that answers a request


def exact_percent(share: float) -> str:
    """A share in per cent, exact to the basis point: 8% and 8.01% are not the same.

    Examples
    --------
    >>> exact_percent(0.08), exact_percent(-0.0801), exact_percent(0.125)
    ('8%', '8.01%', '12.5%')
    """
    return f"{number(abs(share) * 100, 4)}%"


def span(hours: float, w: Wording) -> str:
    """A length of time: minutes below one hour, hours below two days, else days."""
    if hours < 1:
        return w.say("span.minutes", n=max(round(hours * 60), 1))
    if hours < 48:
        return w.say("span.hours", n=int(hours))
    return w.say("span.days", n=int(hours // 24))


def within(allowed: float, unit: str, w: Wording) -> str:
    """The time that a clock gives: 48 hours, 5 working days."""
    return w.say(f"span.{unit}", n=int(allowed))


def moment(at: pd.Timestamp, day: np.datetime64, w: Wording) -> str:
    """A time of the day reviewed by its hour, another one with its date."""
    key = "moment.today" if at.normalize() == pd.Timestamp(day) else "moment.other"
    return w.say(key, day=at, time=f"{at:%H:%M}")


def wanted(row: Any, w: Wording) -> str:
    """What a request asks for; `row` has kind, price_change and executive_level."""
    if row.kind == "price":
        if missing(row.price_change):
            return w.say("request.wanted.price")
        way = "price_down" if row.price_change < 0 else "price_up"
        return w.say(f"request.wanted.{way}", share=exact_percent(row.price_change))
    if row.kind == "executive":
        return w.say(f"request.wanted.{row.level if row.level in ('manager', 'director') else 'executive'}")
    return w.say("request.wanted.technical")


def allowance(row: Any, p: AuthorityParameters, w: Wording) -> str:
    """What the matrix says to a judged request."""
    facts: dict[str, Any] = {"tier": row.matrix_tier}
    if row.code in ("within_float", "over_float", "float_used_up"):
        facts["limit"] = exact_percent(row.limit)
        if row.code != "float_used_up" and row.used > 0:
            facts |= {"used": exact_percent(row.used), "left": exact_percent(row.remaining)}
            return w.say(f"request.allowance.{row.code}_used", **facts)
    elif row.code in ("level_allowed", "level_too_high", "level_missing"):
        facts["level"] = w.say(f"level.{row.limit_level}")
    elif row.code == "technical_allowed":
        matrix = next((m for m in p.earlier if m.name == row.matrix), p)
        tier = getattr(matrix, row.matrix_tier.lower())
        facts["time"] = within(tier.technical_within, tier.technical_unit, w)
    return w.say(f"request.allowance.{row.code}", **facts)


def choice(row: Any, w: Wording) -> str:
    """Between what a person decides."""
    if row.code == "over_float":
        return w.say("request.choice.limit", limit=exact_percent(row.remaining))
    if row.code == "level_too_high":
        return w.say("request.choice.level", level=w.say(f"level.{row.limit_level}"))
    return w.say(f"request.choice.{row.verdict}")


def until(clock: Any, day: np.datetime64, w: Wording) -> str:
    """By when a request is to be answered, by its clock; before the day reviewed: by how much it is over."""
    if clock.due_at < pd.Timestamp(day):
        return w.say("request.until.past", over=span(-clock.hours_left, w))
    return w.say("request.until.due", moment=moment(clock.due_at, day, w))


def stand(clock: Any, w: Wording) -> str:
    """How a clock that is not met stands: so much left, over, or late."""
    told = w.say(f"clock.{clock.state}", time=span(abs(clock.hours_left), w))
    return w.sentence([told, w.say("clock.provisional")]) if clock.provisional else told
