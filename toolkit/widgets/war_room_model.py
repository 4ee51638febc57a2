"""The war room's state: the week's report, the director's answers, the accounts. No widgets."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.weeks import day as one_day
from toolkit.data.load import Data, load
from toolkit.data.store import Store, today
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.reports.provenance import reviewed_friday
from toolkit.reports.report import Report
from toolkit.reports.review import review
from toolkit.reports.teller import Teller

VERDICTS: Final = ("done", "confirmed", "waived", "snoozed")


class WarRoomModel:
    """The last Friday of a source on or before a day, and what is decided of it.

    source  any source; answers are written where it is a store, else `read_only` says why they are not
    who     stands as decided_by; default: the team's director where it has exactly one, else "director"
    clock   says which day it is, in the parameters' time zone; for tests
    """

    def __init__(
        self,
        source: str,
        as_of: Any = None,
        parameters: Parameters | None = None,
        language: str = "zh",
        who: str = "",
        clock: Callable[[], date] | None = None,
    ) -> None:
        self.source, self.as_of = source, as_of
        self.parameters = parameters or Parameters()
        self._clock = clock or (lambda: today(self.parameters.timezone))
        self._made: dict[str, tuple[Report, Teller]] = {}
        self._store: Store | None = None
        self.data: Data = load(source, parameters=self.parameters, language=language)
        self.friday, _ = reviewed_friday(self.data, as_of, language)
        self.who = who or self._director()
        if "://" in source:
            self._store = Store(source, self.who, language=language)
            self._stamp = self._store.stamp()

    def _director(self) -> str:
        directors = self.data.reps.loc[self.data.reps["role"] == "director", "rep_id"]
        return str(directors.iloc[0]) if len(directors) == 1 else "director"

    @property
    def read_only(self) -> bool:
        """Whether answers cannot be written: the source is no store."""
        return self._store is None

    def refresh(self) -> bool:
        """Read again what others wrote since, and work the week out again; True where something was written."""
        if self._store is None or self._store.stamp() == self._stamp:
            return False
        self._stamp = self._store.stamp()
        self.data = load(self.source, parameters=self.parameters)
        self._made = {}
        return True

    def report(self, language: str) -> Report:
        """The weekly review, as it was on the Friday."""
        return self._of(language)[0]

    def teller(self, language: str) -> Teller:
        """The Friday's state, told in a language."""
        return self._of(language)[1]

    def _of(self, language: str) -> tuple[Report, Teller]:
        if language not in self._made:
            salt = Salt.from_environment(self.parameters.spot_check.seed)
            week = review(self.data, self.as_of, self.parameters, language)
            teller = Teller.of(self.data, self.friday, self.parameters, salt, language)
            self._made[language] = (week, teller)
        return self._made[language]

    # --- decisions --------------------------------------------------------------------------------------------------

    def decisions(self, language: str) -> pd.DataFrame:
        """The week's decision lines with what was answered since: verdict, reason, resume_on ("" and NaT: nothing)."""
        lines = self.report(language).evidence["decisions"]
        newest = self._answers()
        found = [[newest[one] for one in ids if one in newest] for ids in lines["action_ids"]]
        whole = [
            answers[-1] if answers and len(answers) == len(ids) else None
            for answers, ids in zip(found, lines["action_ids"], strict=True)
        ]
        return lines.assign(
            verdict=["" if answer is None else answer.verdict for answer in whole],
            reason=["" if answer is None or pd.isna(answer.reason) else answer.reason for answer in whole],
            resume_on=[pd.NaT if answer is None else answer.resume_on for answer in whole],
        )

    def _answers(self) -> dict[str, Any]:
        """The newest answer to each action since the Friday."""
        rows = self.data.decisions
        rows = rows[rows["decided_on"] >= pd.Timestamp(self.friday)].sort_values(["decided_on", "decision_id"])
        return {row.action_id: row for row in rows.itertuples(index=False)}

    def answer(self, number: int, verdict: str, reason: str = "", resume_on: Any = None, language: str = "zh") -> None:
        """Write an answer to a decision line: a row of `decisions` for each of its actions, all or none.

        Answered again on the same day, it takes the place of the earlier answer. Raises InputError where the source is
        no store, a waiver has no reason, or a snooze has no day after today; Refusal and Changed as the store does.
        """
        if self._store is None:
            raise InputError(say("war_room.read_only", language))
        if verdict not in VERDICTS:
            raise ValueError(verdict)
        on = max(self._clock(), _date(self.friday))
        later = None if resume_on in (None, "") else _date(resume_on)
        if verdict == "waived" and not reason.strip():
            raise InputError(say("war_room.no_reason", language))
        if verdict == "snoozed" and (later is None or later <= on):
            raise InputError(say("war_room.no_day", language, day=pd.Timestamp(on)))
        lines = self.report(language).evidence["decisions"].set_index("no")
        rows = []
        for action in lines.loc[number, "action_ids"]:
            key = f"{action}@{on:%Y%m%d}"
            before = self._store.row("decisions", key)
            values = {
                "decision_id": key, "action_id": action, "decided_on": on, "decided_by": self.who, "verdict": verdict,
                "reason": reason.strip(), "resume_on": later if verdict == "snoozed" else None,
            }  # fmt: skip
            rows.append(("decisions", values, before.version if before else None))
        self._store.save_all(rows)
        self._stamp = self._store.stamp()
        self.data = load(self.source, parameters=self.parameters)

    # --- accounts ---------------------------------------------------------------------------------------------------

    def accounts(self, language: str, search: str = "", tier: str = "") -> pd.DataFrame:
        """The active accounts by tier and contract: account_id, name, tier, before, owner, chance, contract, alert.

        search: a part of the name, the id or the owner's name, in any case.
        """
        t = self.teller(language)
        week = t.team.week
        rows = week.active.merge(week.tiers[["account_id", "previous_tier"]], on="account_id")
        still = set(week.yellow.loc[week.yellow["ended_on"].isna(), "account_id"])
        frame = pd.DataFrame(
            {
                "account_id": rows["account_id"],
                "name": [t.account(account) for account in rows["account_id"]],
                "tier": rows["tier"],
                "before": rows["previous_tier"],
                "owner": [week.rep(week.owner(account)) for account in rows["account_id"]],
                "chance": rows["win_probability"],
                "contract": [week.contract(account) for account in rows["account_id"]],
                "alert": rows["account_id"].isin(still),
            }
        )
        if tier:
            frame = frame[frame["tier"] == tier]
        if wanted := search.strip().casefold():
            text = frame[["account_id", "name", "owner"]].astype("str").agg(" ".join, axis=1).str.casefold()
            frame = frame[text.str.contains(wanted, regex=False)]
        order = frame.assign(_c=-frame["contract"].fillna(0.0))
        return order.sort_values(["tier", "_c", "account_id"], ignore_index=True).drop(columns="_c")

    def history(self, account: str, weeks: int = 8) -> pd.DataFrame:
        """An account's last Fridays, the newest first: week_ending, tier, win_probability, decision_stage."""
        data = self.data.at(pd.Timestamp(self.friday))
        rows = data.account_weeks[data.account_weeks["account_id"] == account]
        tiers = self.teller("zh").team.week.portfolio.tiers_long()
        mine = rows.merge(tiers[tiers["account_id"] == account], on=["week_ending", "account_id"], how="left")
        mine = mine.sort_values("week_ending", ascending=False).head(weeks)
        return mine[["week_ending", "tier", "win_probability", "decision_stage"]].reset_index(drop=True)


def _date(value: Any) -> date:
    return date.fromisoformat(str(one_day(value)))
