"""What the desk says of the rules: a request before it is made, a clock, what a report gives back."""

from typing import Any, Final

import pandas as pd

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.reports import request_words as said
from toolkit.reports.evidence import every_tier_row
from toolkit.reports.wording import Wording
from toolkit.state.moment import MomentState
from toolkit.widgets.desk_requests_model import Verdict

_BY_TIER: Final = ("price_forbidden", "technical_forbidden", "executive_forbidden")


class DeskWords:
    """Sentences of one moment in one language."""

    def __init__(self, state: MomentState, language: str) -> None:
        self.state, self.language = state, language
        self.w = Wording.of(state.week, language)

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `desk.<key>`."""
        return say(f"desk.{key}", self.language, **arguments)

    # --- requests ---------------------------------------------------------------------------------------------------

    def headline(self, row: Any) -> str:
        """What the matrix says to a judged request, in a word and its reason."""
        key = row.code if row.code == "price_missing" else row.verdict
        return self.say(f"ask.verdict.{key}", allowance=self.allowance(row))

    def allowance(self, row: Any) -> str:
        """What the matrix gives."""
        return said.allowance(row, self.state.week.parameters.authority, self.w)

    def lines(self, verdict: Verdict) -> list[str]:
        """What of the price float is left, by when what happens, and what would change the verdict."""
        row = verdict.judged
        lines = [self._float(row)] if row.kind == "price" and not missing(row.limit) else []
        if row.verdict != "forbidden":
            lines += [self._by_when(clock) for clock in verdict.clocks.itertuples() if not missing(clock.due_at)]
        if row.lifted:
            lines.append(self.w.say("ask.request.lifted", tier=row.tier or "—", matrix_tier=row.matrix_tier))
        return [*lines, *self._change(row)]

    def _float(self, row: Any) -> str:
        facts = {name: said.exact_percent(getattr(row, name)) for name in ("limit", "used", "remaining")}
        return self.say("ask.float", tier=row.matrix_tier, **facts)

    def _by_when(self, clock: Any) -> str:
        time, moment = said.within(clock.allowed, clock.unit, self.w), self.moment(clock.due_at)
        told = self.say(f"ask.due.{clock.step}", time=time, moment=moment)
        return self.w.sentence([told, self.w.say("clock.provisional")]) if clock.provisional else told

    def _change(self, row: Any) -> list[str]:
        """What would have to change for the request to be allowed."""
        p = self.state.week.parameters.authority
        if row.code in _BY_TIER:
            why = self.why_tier(row.account_id)
            lines = [self.say("ask.change.tier", tier=row.tier, why=why)] if why else []
            return [*lines, self.say("ask.change.lift")] if p.lift and row.tier == "C" else lines
        if row.code == "float_used_up":
            quarter = row.requested_at.to_period("Q")
            return [self.say("ask.change.quarter", day=(quarter + 1).start_time)]
        if row.code == "over_float":
            return [self.say("ask.change.over", left=said.exact_percent(row.remaining))]
        if row.code == "level_too_high":
            return [self.say("ask.change.level", level=self.w.say(f"level.{row.limit_level}"))]
        return [self.say("ask.change.no_tier")] if row.code == "no_tier" else []

    def wanted(self, row: Any) -> str:
        """What a request asks for."""
        return said.wanted(row, self.w)

    def clock(self, row: Any) -> str:
        """A clock that runs or is over, or how it was met; "" where nothing is due."""
        if row.state in ("not_due", "cannot_judge") or missing(row.due_at):
            return ""
        step = self.w.say(f"clock.step.{row.step}")
        done = not missing(row.done_at)
        if done and row.state != "late":
            return self.say("ask.done", step=step, moment=self.moment(row.done_at))
        at = self.moment(row.done_at if done else row.due_at)
        return self.say("ask.clock", step=step, stand=said.stand(row, self.w), moment=at)

    def moment(self, at: pd.Timestamp) -> str:
        """A time of today by its hour, another one with its date."""
        return said.moment(at, self.state.day, self.w)

    def why_tier(self, account: str) -> str:
        """Why an account is in its tier and what it lacks for the next; "" where it has none."""
        rows = every_tier_row(self.state.week, self.w)
        mine = rows.loc[rows["account_id"] == account, "why"]
        return str(mine.iloc[0]) if len(mine) else ""

    # --- what a report gives back -----------------------------------------------------------------------------------

    def gives_back(self, account: str) -> list[str]:
        """The most useful of what the rules say of an account now: its chain's clock, whom to reach, what it lacks."""
        return [line for line in (self._still(account), self._chain(account), self._tier(account)) if line]

    def _still(self, account: str) -> str:
        state = self.state
        rows, p = state.chain_clock.set_index("account_id"), state.week.parameters.yellow_alert
        tiers = state.week.tiers.set_index("account_id")["tier"]
        if account not in rows.index or tiers.get(account) not in p.tiers:
            return ""
        row = rows.loc[account]
        days, left = int(row["days_still"]), p.max_days - int(row["days_still"])
        if not days:
            return self.say("back.moved")
        key = "alert" if left < 0 else "still" if row["moved"] else "never"
        return self.say(f"back.{key}", days=days, since=row["started_on"], left=max(left, 0), limit=p.max_days)

    def _chain(self, account: str) -> str:
        chains = self.state.chains.set_index("account_id")
        if account not in chains.index:
            return ""
        row, points = chains.loc[account], self.state.breakpoints
        if row["code"] in ("no_people", "no_key_people"):
            return self.say("back.no_people")
        met, of = int(row["reached_key"]), int(row["key_people"])
        mine = points[(points["account_id"] == account) & (points["kind"] == "unreached_key")]
        if not len(mine):
            return self.say("back.single") if row["single_threaded"] else self.say("back.covered", of=of)
        first = mine.iloc[0]
        path = first["path"]
        facts = {"met": met, "of": of, "who": self.state.title(first["person_id"])}
        if len(path) > 1:
            return self.say("back.by", by=self.state.title(path[0]), **facts)
        return self.say("back.unreached", **facts)

    def _tier(self, account: str) -> str:
        tiers = self.state.week.tiers.set_index("account_id")["tier"]
        why = self.why_tier(account)
        return self.say("back.tier", tier=tiers[account], why=why) if why else ""
