"""What the threshold panel says: why an account would move, the headline, names and units. Sentences, no HTML."""

from typing import Any

from toolkit.language import has, say
from toolkit.language.forms import money, number
from toolkit.widgets.threshold_model import Control, Outcome, ThresholdModel

_HELD_BACK = ("win_probability", "strategic_weight", "stalled_b")


class ThresholdWords:
    """Sentences about an outcome, in one language."""

    def __init__(self, outcome: Outcome, language: str) -> None:
        self.outcome = outcome
        self.language = language

    def say(self, key: str, **arguments: Any) -> str:
        """The panel's sentence `key`."""
        return say(f"threshold.{key}", self.language, **arguments)

    def account(self, account_id: str) -> str:
        """An account's name."""
        return self.outcome.after.account(account_id)

    def names(self, accounts: tuple[str, ...]) -> str:
        """Accounts in a row, every one of them."""
        return ("、" if self.language == "zh" else ", ").join(map(self.account, accounts))

    def resource(self, name: str) -> str:
        """What a resource is called; its own name where the catalogues do not know it."""
        key = f"page.resource.{name}"
        return say(key, self.language) if has(key, self.language) else name

    def unit(self, unit: str) -> str:
        """The unit of a resource's column: 万元 or ¥k, person-days."""
        key = f"page.unit.{unit.replace('-', '_')}"
        return say(key, self.language) if has(key, self.language) else unit

    def amount(self, value: float, unit: str) -> str:
        """A quantity of a resource in a sentence: money as people say it, anything else with its unit."""
        if unit == "CNY":
            return money(float(value), self.language)
        return f"{number(float(value))}{'' if self.language == 'zh' else ' '}{self.unit(unit)}"

    def why(self, move: Any) -> str:
        """Why an account would move: a row of `Outcome.moves`."""
        joint = "；" if self.language == "zh" else "; "
        parts = [self._part(code, move) for code in move.codes if code in _HELD_BACK]
        other = "why.up.all" if move.direction == "up" else "why.down.other"
        tier = move.to_tier if move.direction == "up" else move.from_tier
        return joint.join(parts) or self.say(other, tier=tier)

    def _part(self, code: str, move: Any) -> str:
        was, now = self.outcome.before.parameters, self.outcome.after.parameters
        way = move.direction
        if code == "strategic_weight":
            lines = {"line": now.tiers.a.min_strategic_weight, "was": was.tiers.a.min_strategic_weight}
            return self.say(f"why.{way}.strategic_weight", weight=move.strategic_weight, **lines)
        if code == "stalled_b":
            n = int(move.weeks_without_progress)
            if way == "down" and move.criteria_from == "A":
                return self.say("why.down.stalled_from_a", n=n)
            return self.say(f"why.{way}.stalled_b", n=n, line=now.demotion.weeks, was=was.demotion.weeks)
        tier = _tier_of_line(move)
        line, before = ((p.tiers.a if tier == "A" else p.tiers.b).min_win_probability for p in (now, was))
        return self.say(f"why.{way}.win_probability", p=move.win_probability, tier=tier, line=line, was=before)

    def headline(self) -> str:
        """The finding in a sentence: who moves, and how much of the first resource goes elsewhere."""
        o = self.outcome
        if o.after is o.before:
            now = dict(zip(o.counts["tier"], o.counts["now"].map(int), strict=True))
            return self.say("headline.none", a=now["A"], b=now["B"], c=now["C"])
        up, down = ((o.moves["direction"] == way).sum() for way in ("up", "down"))
        key = "both" if up and down else "up" if up else "down" if down else "nobody"
        who = self.say(f"headline.{key}", **{k: int(v) for k, v in (("up", up), ("down", down)) if v})
        first = o.moved.iloc[0]
        if round(first.moved, 2) == 0:
            what = self.say("headline.unmoved")
        else:
            share = first.moved / first.total
            what = self.say("headline.moved", resource=self.resource(first.resource), share=share,
                            amount=self.amount(first.moved, first.unit))  # fmt: skip
        return f"{who}；{what}" if self.language == "zh" else f"{who}; {what}"

    def extremes(self) -> str:
        """Who gains and who gives up the most of the first resource; how to begin where nothing is changed."""
        o = self.outcome
        if o.after is o.before:
            return self.say("headline.none_hint")
        first = o.moved.iloc[0]
        rows = o.allocation[(o.allocation["resource"] == first.resource) & (o.allocation["account_id"] != "")]
        rows = rows[rows["change"].abs() > 0.005]
        gain, loss = rows[rows["change"] > 0].head(1), rows[rows["change"] < 0].head(1)
        said: dict[str, str] = {}
        for key, by, row in (("gain", "more", gain), ("loss", "less", loss)):
            if len(row):
                said |= {key: self.account(row["account_id"].iloc[0])}
                said |= {by: self.amount(abs(row["change"].iloc[0]), first.unit)}
        key = "extremes" if len(gain) and len(loss) else "gain" if len(gain) else "loss"
        return self.say(f"headline.{key}", **said) if said else ""


def _tier_of_line(move: Any) -> str:
    """The tier whose win probability line an account came up to, or fell below."""
    return move.to_tier if move.direction == "up" else "A" if move.to_tier == "B" else "B"


def shown(control: Control, value: Any, language: str) -> str:
    """A setting's value with its unit, as the panel writes it.

    Examples
    --------
    >>> weeks = Control("demotion.weeks", "weeks", "S3", 1, 26, 1, (), 2, 2)
    >>> shown(weeks, 2, "zh"), shown(weeks, 2, "en")
    ('2周', '2 weeks')
    """
    if control.choices:
        return say(f"threshold.choice.{value}", language)
    unit = unit_of(control, language)
    gap = " " if language == "en" and unit.isalpha() else ""
    return f"{inside(control, value):g}{gap}{unit}"


def unit_of(control: Control, language: str) -> str:
    """The unit behind a control's number."""
    return say(f"threshold.unit.{control.unit}", language)


def inside(control: Control, value: float) -> float:
    """A setting's value as a person sets it: fractions in per cent.

    Examples
    --------
    >>> inside(Control("tiers.a.min_win_probability", "fraction", "S1", 0, 1, 0.01, (), 0.6, 0.6), 0.57)
    57.0
    """
    return round(value * 100, 6) if control.unit == "fraction" else float(value)


def outside(control: Control, number: float) -> float:
    """The setting's value of what a person set."""
    return round(number / 100, 10) if control.unit == "fraction" else float(number)


def departures(model: ThresholdModel, language: str) -> list[str]:
    """What of the outcome's parameters departs from the method, in sentences."""
    if model.outcome is None:
        return []
    return [say(f"departure.{code}", language) for code in model.outcome.after.parameters.departures()]
