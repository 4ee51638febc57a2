"""Why an account is in its tier and why it moved, in words: codes and numbers of the rules made into sentences."""

from typing import Any

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.language import has, say
from toolkit.language.forms import form, missing
from toolkit.parameters import Parameters
from toolkit.state.known import Known

_ABOVE = {"B": "A", "C": "B"}


class Wording:
    """Sentences about accounts in one language, for one set of parameters."""

    def __init__(
        self,
        parameters: Parameters,
        language: str,
        roles: dict[str, str],
        names: dict[str, str],
        audience: str = DIRECTOR,
    ) -> None:
        self.parameters = parameters
        self.language = language
        self.audience = audience
        self._roles = roles
        self._names = names

    @classmethod
    def of(cls, state: Known, language: str, audience: str = DIRECTOR) -> "Wording":
        """For the accounts and parameters of a Friday's state; the team's sentences name nobody who spends."""
        accounts = state.data.accounts
        roles = dict(zip(accounts["account_id"], accounts["market_role"], strict=True))
        return cls(state.parameters, language, roles, state.names["accounts"], audience)

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `key` in the report's language."""
        return say(key, self.language, **arguments)

    def listing(self, names: Any, most: int = 4, more: str = "words.and_more") -> str:
        """Names in a row, about `most` of them; a single name is never folded away."""
        names = [str(name) for name in names]
        shown = names if len(names) <= most + 1 else [*names[:most], self.say(more, n=len(names) - most)]
        return ("、" if self.language == "zh" else ", ").join(shown)

    def people(self, names: Any, most: int = 2) -> str:
        """People's names in a row."""
        return self.listing(names, most, "words.and_more_people")

    def together(self, names: list[str]) -> str:
        """A few names as a sentence holds them."""
        return form(names, "list", self.language)

    def quantity(self, amount: float, unit: str) -> str:
        """So much of a resource, with its unit; money as money."""
        if unit == "CNY":
            return form(amount, "money", self.language)
        key = f"page.unit.{unit}"
        measure = self.say(key) if has(key, self.language) else unit
        return self.say("words.quantity", amount=amount, unit=measure)

    def account_name(self, account_id: str) -> str:
        """An account's name; its id where it has none."""
        return self._names.get(account_id, account_id)

    def prose(self, sentences: list[str]) -> str:
        """Whole sentences, one after the other."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def ended(self, sentence: str) -> str:
        """A sentence with a full stop where it has no end of its own."""
        return (
            sentence
            if sentence.endswith(("。", "？", ".", "?"))
            else sentence + ("。" if self.language == "zh" else ".")
        )

    def limit_of(self, kind: str) -> int:
        """The limit that a merged line of asks of a kind names."""
        return self.parameters.yellow_alert.max_days if kind == "stall" else self.parameters.patience.weeks

    def role(self, account_id: str) -> str:
        """The market role of an account, in words."""
        return self.say(f"role.{self._roles[account_id]}")

    def why_tier(self, row: Any) -> str:
        """Why the account of a tiers.csv row is in its tier, and what it lacks for the next."""
        codes = row.reason.split(";") if row.reason else []
        parts = [self._standing(row, codes)]
        watch, p = self.parameters.retiering, row
        if "watch" in codes:
            if not missing(p.posture) and p.posture < watch.min_posture:
                parts.append(self.say("reason.watch_posture", posture=p.posture, limit=watch.min_posture))
            if not missing(p.resource_consumption_ratio) and p.resource_consumption_ratio > watch.max_consumption_ratio:
                ratio, limit = p.resource_consumption_ratio, watch.max_consumption_ratio
                parts.append(self.say("reason.watch_ratio", ratio=ratio, limit=limit))
        if "stale" in codes:
            parts.append(self.say("reason.stale", weeks=int(p.weeks_since_row)))
        return self.sentence(parts)

    def sentence(self, parts: list[str]) -> str:
        """Parts joined as one sentence."""
        return ("；" if self.language == "zh" else "; ").join(part for part in parts if part)

    def _standing(self, row: Any, codes: list[str]) -> str:
        a = self.parameters.tiers.a
        if row.lowered:
            return self.say("reason.confirmed")
        if row.tier == "A":
            points = row.win_probability - a.min_win_probability
            weight = row.strategic_weight - a.min_strategic_weight
            if missing(weight):
                return self.say("reason.a_points", points=points)
            return self.say("reason.a_all", points=points, weight=weight)
        if "stalled_b" in codes:
            return self.say("reason.stalled_b", weeks=int(row.weeks_without_progress))
        if missing(row.win_probability):
            return self.say("reason.no_row")
        above = _ABOVE[row.tier]
        role = self.say("reason.market_role", role=self.role(row.account_id), tier=above)
        gaps = [self._gap(code, row, above) for code in codes if code in ("win_probability", "strategic_weight")]
        parts = [role if "market_role" in codes else ""]
        if gaps:
            parts.append(self.say("reason.to_next", tier=above, gaps=self.together(gaps)))
        if "cannot_judge" in codes:
            parts.append(self.say("reason.cannot_judge"))
        return self.sentence(parts)

    def _gap(self, code: str, row: Any, above: str) -> str:
        a, b = self.parameters.tiers.a, self.parameters.tiers.b
        if code == "strategic_weight":
            return self.say("reason.strategic_weight", weight=a.min_strategic_weight - row.strategic_weight)
        line = a.min_win_probability if above == "A" else b.min_win_probability
        return self.say("reason.win_probability", points=line - row.win_probability)

    def why_move(self, row: Any, before: Any) -> str:
        """Why an account changed tier: `row` and `before` are its rows of this and last Friday."""
        codes = row.reason.split(";") if row.reason else []
        a, b = self.parameters.tiers.a, self.parameters.tiers.b
        if row.tier < before.tier:
            key = "move.returned" if "stalled_b" in str(before.reason).split(";") else "move.up"
            return self.say(key, before=before.win_probability, after=row.win_probability, tier=row.tier)
        if row.lowered:
            return self.say("move.down_confirmed", weeks=self.parameters.retiering.proposal_after)
        if "stalled_b" in codes:
            return self.say("move.down_stalled", weeks=int(row.weeks_without_progress))
        if "win_probability" in codes:
            line = a.min_win_probability if before.tier == "A" else b.min_win_probability
            return self.say(
                "move.down_probability",
                before=before.win_probability,
                after=row.win_probability,
                points=line - row.win_probability,
                tier=before.tier,
            )
        if "strategic_weight" in codes:
            weight = row.strategic_weight
            return self.say("move.down_weight", after=weight, points=a.min_strategic_weight - weight, tier=before.tier)
        if "cannot_judge" in codes:
            return self.say("move.down_cannot_judge")
        if "market_role" in codes:
            return self.say("move.down_role", role=self.role(row.account_id), tier=before.tier)
        return self.say("move.other")


def by_account(table: pd.DataFrame) -> dict[str, Any]:
    """Rows of a table by account id, as named tuples."""
    return {row.account_id: row for row in table.itertuples(index=False)}
