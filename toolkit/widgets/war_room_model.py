"""The war room's state: the Friday's report, the director's answers, what others wrote since. No widgets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.base.weeks import day as one_day
from toolkit.data.load import Data, load
from toolkit.data.store import Changed, Store, today
from toolkit.language import LANGUAGES, say
from toolkit.language.forms import form
from toolkit.parameters import Parameters
from toolkit.reports.account_page import AccountPage, AccountPages
from toolkit.reports.ask_rows import action_id
from toolkit.reports.control_words import judged_requests
from toolkit.reports.report import Report
from toolkit.reports.review import told, weekly_state
from toolkit.reports.teller import Teller
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.widgets.war_room_accounts_model import Asked, account_rows, chosen

VERDICTS: Final = ("confirmed", "done", "waived", "snoozed")
_DAYS, _FRIDAYS = 7, 8  # what a snooze can last until: the days to come, then Fridays


@dataclass(frozen=True)
class Answer:
    """What somebody answered to an action: verdict, reason, until when, by whom and when; the row's id and version."""

    verdict: str
    reason: str
    resume_on: Any
    who: str
    on: Any
    decision_id: str
    action_id: str
    version: int


@dataclass(frozen=True)
class Week:
    """What the rules say of a Friday on data of one moment (`stamp`: the store's last write); told when first asked."""

    data: Data
    team: TeamState
    day: pd.Timestamp
    stamp: int
    _reports: dict[tuple[str, str], Report] = field(default_factory=dict)
    _pages: dict[tuple[str, str], AccountPages] = field(default_factory=dict)
    _rows: dict[str, pd.DataFrame] = field(default_factory=dict)

    def report(self, language: str, audience: str) -> Report:
        """The weekly review."""
        if (language, audience) not in self._reports:
            self._reports[language, audience] = told(self.team, self.day, language, audience)
        return self._reports[language, audience]

    def actions(self) -> list[str]:
        """The ids of the week's actions."""
        return [str(one) for one in next(iter(self._reports.values())).tables["actions"]["action_id"]]

    def teller(self, language: str, audience: str) -> Teller:
        """The state, told in a language."""
        return Teller(self.team, Wording.of(self.team.week, language, audience))

    def page(self, account: str, language: str, audience: str) -> AccountPage:
        """One account's page."""
        if (language, audience) not in self._pages:
            pages = AccountPages(self.teller(language, audience), self.report(language, audience))
            self._pages[language, audience] = pages
        return self._pages[language, audience].page(account)

    def rows(self, language: str) -> pd.DataFrame:
        """Every active account, as the list shows them."""
        if language not in self._rows:
            self._rows[language] = account_rows(self.teller(language, DIRECTOR))
        return self._rows[language]


class WarRoomModel:
    """The last Friday of a source on or before a day, and what is decided of it.

    source    any source; answers are written where it is a store
    who       stands as decided_by; default: the team's director where it has exactly one, else "director"
    audience  director, or team: without what is the director's alone, and without answers
    clock     says which day it is, in the parameters' time zone; for tests
    """

    def __init__(
        self,
        source: str,
        as_of: Any = None,
        parameters: Parameters | None = None,
        language: str = "zh",
        who: str = "",
        clock: Callable[[], date] | None = None,
        audience: str = DIRECTOR,
    ) -> None:
        self.source, self.as_of, self.audience = source, as_of, audience
        self.parameters = parameters or Parameters()
        self._clock = clock or (lambda: today(self.parameters.timezone))
        self._at = (lambda: datetime.combine(clock(), time(12))) if clock else None
        self._store = Store(source, who or "director", language=language) if "://" in source else None
        self.week = self.worked_out(language)
        self._answers: dict[str, Answer] = {}
        self._versions: dict[str, int] = {}
        self.works_as(who, audience)

    def works_as(self, who: str, audience: str) -> "WarRoomModel":
        """Who answers from now on, and what they may see; itself."""
        self.who, self.audience = who or self._director(), audience
        if self._store is not None:
            self._store.who = self.who
        self._read_answers()
        return self

    def _director(self) -> str:
        reps = self.week.data.reps
        directors = reps.loc[reps["role"] == "director", "rep_id"]
        return str(directors.iloc[0]) if len(directors) == 1 else "director"

    @property
    def friday(self) -> pd.Timestamp:
        """The Friday that is looked at."""
        return pd.Timestamp(self.week.team.week.friday)

    @property
    def today(self) -> date:
        """Today; never before the Friday."""
        return max(self._clock(), self.friday.date())

    @property
    def read_only(self) -> bool:
        """Whether answers cannot be written: the source is no store, or it is not for the reader to decide."""
        return bool(self.closed("zh"))

    def closed(self, language: str) -> str:
        """Why answers cannot be written; "" where they can."""
        if self._store is None:
            return say("war_room.read_only", language)
        return "" if self.audience == DIRECTOR else say("war_room.not_yours", language)

    def report(self, language: str) -> Report:
        """The weekly review, as it was on the Friday."""
        return self.week.report(language, self.audience)

    def page(self, account: str, language: str) -> AccountPage:
        """One account's page."""
        return self.week.page(account, language, self.audience)

    def warm(self) -> "WarRoomModel":
        """Tell the week in every language beforehand, so that nobody waits for it; itself."""
        for language in LANGUAGES:
            self.report(language)
            for account in self.week.rows(language)["account_id"].head(1):
                self.page(account, language)
        return self

    @property
    def follows(self) -> bool:
        """Whether it sees by itself what others write."""
        return self._store is not None

    # --- what others write --------------------------------------------------------------------------------------------

    def worked_out(self, language: str = "zh") -> Week:
        """The week on the data of this moment; what is shown stays until `take` is given it."""
        stamp = self._store.stamp() if self._store else 0
        data = load(self.source, parameters=self.parameters, language=language)
        team, day = weekly_state(data, self.as_of, self.parameters, language)
        week = Week(data, team, day, stamp)
        week.report(language, self.audience)
        return week

    def look(self) -> set[str]:
        """Read again what others wrote: "answers" where there are other answers than before, "week" where something
        else was written too, so that the week may differ.
        """
        if self._store is None:
            return set()
        before = self._answers
        self._read_answers()
        found = {"answers"} if self._answers != before else set()
        return found | ({"week"} if self._store.written_since(self.week.stamp) - {"decisions"} else set())

    def take(self, week: Week) -> None:
        """Show a week that was worked out again."""
        self.week = week
        self._read_answers()

    # --- decisions ----------------------------------------------------------------------------------------------------

    def decisions(self, language: str) -> pd.DataFrame:
        """What waits for an answer, and what was answered since the Friday: the first screen's lines (`first`), then
        the others, one by one. Columns as of the report's `decisions`, first, and `answer`: an Answer, or None.
        """
        first = self.report(language).evidence["decisions"]
        lines = pd.concat([first.assign(first=True), self._others(first, language).assign(first=False)])
        lines = lines.assign(answer=[self._answered(ids) for ids in lines["action_ids"]])
        lines = lines[lines["first"] | (lines["state"] == "open") | lines["answer"].notna()]
        return lines.assign(no=range(1, len(lines) + 1)).reset_index(drop=True)

    def _others(self, first: pd.DataFrame, language: str) -> pd.DataFrame:
        """The actions that the first screen has no room for, or that were answered already, a line each."""
        known = {one for ids in first["action_ids"] for one in ids}
        rows = self.report(language).tables["actions"]
        rows = rows[~rows["action_id"].isin(known)]
        late = rows["due_on"] < self.friday
        return pd.DataFrame(
            {
                "question": rows["text"],
                "why": "",
                "stake": "",
                "stake_what": "",
                "due_on": rows["due_on"],
                "due": [form(day, "date", language) for day in rows["due_on"]],
                "due_today": rows["due_on"] == self.friday,
                "late": late,
                "who": [self.week.team.week.rep(rep) for rep in rows["rep_id"]],
                "state": rows["state"],
                "action_ids": [(one,) for one in rows["action_id"]],
            }
        )

    def _answered(self, ids: tuple[str, ...]) -> Answer | None:
        """The answer to a line: the last one, once each of its actions has one."""
        found = [self._answers[one] for one in ids if one in self._answers]
        return max(found, key=lambda one: (one.on, one.decision_id)) if len(found) == len(ids) and found else None

    def waiting(self, language: str) -> int:
        """How many lines of the first screen are not answered."""
        lines = self.report(language).evidence["decisions"]
        return sum(self._answered(ids) is None for ids in lines["action_ids"])

    def name(self, who: str) -> str:
        """Whoever answered, by name."""
        return self.week.team.week.rep(who)

    def _read_answers(self) -> None:
        """The newest answer since the Friday to each of the week's actions."""
        ids = self.week.actions()
        if self._store is None:
            rows = self.week.data.decisions
            rows = rows[rows["action_id"].isin(ids)]
            found = [_answer(row._asdict(), 0) for row in rows.itertuples(index=False)]
        else:
            found = [_answer(row.values, row.version) for row in self._store.rows("decisions", action_id=ids)]
        since = sorted(
            (one for one in found if one.on >= self.friday.date()), key=lambda one: (one.on, one.decision_id)
        )
        self._versions = {one.decision_id: one.version for one in since}
        self._answers = {one.action_id: one for one in since}

    def resume_days(self, language: str) -> list[tuple[str, date]]:
        """The days that a snooze may last until, in words: the next seven, then Fridays."""
        days = [self.today + timedelta(days=n) for n in range(1, _DAYS + 1)]
        first = next(day for day in days if day.weekday() == 4)
        days += [first + timedelta(weeks=n) for n in range(1, _FRIDAYS + 1)]
        return [(say("war_room.day", language, day=pd.Timestamp(day)), day) for day in sorted({*days})]

    def answer(
        self, ids: Iterable[str], verdict: str, reason: str = "", resume_on: Any = None, language: str = "zh"
    ) -> None:
        """Write an answer to a line's actions: a row of `decisions` for each, all or none.

        Answered again on the same day, it takes the place of the earlier answer. A request (E4) that is agreed to is
        approved as it was asked, one that is waived is rejected, by the rules of the director's side of the desk.
        Raises InputError where answers cannot be written, a waiver has no reason, or a snooze has no day after today;
        Refusal and Changed as the store does: an answer that somebody gave since is not overwritten, but read.
        """
        if self._store is None or self.read_only:
            raise InputError(self.closed(language))
        if verdict not in VERDICTS:
            raise ValueError(verdict)
        later = None if resume_on in (None, "") else date.fromisoformat(str(one_day(resume_on)))
        if verdict == "waived" and not reason.strip():
            raise InputError(say("war_room.no_reason", language))
        if verdict == "snoozed" and (later is None or later <= self.today):
            raise InputError(say("war_room.no_day", language, day=pd.Timestamp(self.today)))
        self._store.language = language
        ids = tuple(ids)
        if verdict in ("confirmed", "waived") and (request := self.request(ids)):
            self._decide(request, verdict == "confirmed", reason, language)
            return
        rows = [self._row(action, verdict, reason, later) for action in ids]
        try:
            self._store.save_all(rows)
        except Changed:
            self._read_answers()
            raise
        self._read_answers()

    def request(self, ids: tuple[str, ...]) -> str:
        """The request (E4) that a line asks to answer; "" where it asks something else, or of more than one."""
        if len(ids) != 1:
            return ""
        rows = judged_requests(self.week.team)
        rows = rows[rows["pending"]].itertuples(index=False)
        asks = {
            action_id("E4", r.account_id, r.requested_at.normalize(), f".{r.request_id}"): r.request_id for r in rows
        }
        return str(asks.get(ids[0], ""))

    def _decide(self, request: str, approve: bool, reason: str, language: str) -> None:
        """Answer a request as the director's side of the desk does: its own row, and how the ask was answered."""
        from toolkit.widgets.directing_model import DirectingModel

        desk = DirectingModel(self.source, self.who, "director", language, self.parameters, self._at)
        try:
            desk.decide(request, approve=approve, reason=reason)
        finally:
            desk.store.close()
            self._read_answers()

    def _row(
        self, action: str, verdict: str, reason: str, later: date | None
    ) -> tuple[str, dict[str, Any], int | None]:
        key = f"{action}@{self.today:%Y%m%d}"
        values = {
            "decision_id": key, "action_id": action, "decided_on": self.today, "decided_by": self.who,
            "verdict": verdict, "reason": reason.strip(), "resume_on": later if verdict == "snoozed" else None,
        }  # fmt: skip
        return "decisions", values, self._versions.get(key)

    # --- accounts -----------------------------------------------------------------------------------------------------

    def accounts(self, language: str, asked: Asked | None = None) -> pd.DataFrame:
        """The active accounts that are asked for, in the order that is asked for."""
        return chosen(self.week.rows(language), asked or Asked())


def _answer(values: Any, version: int) -> Answer:
    """A row of `decisions`, from a frame or from the store."""
    given: dict[str, Any] = {name: None if pd.isna(value) else value for name, value in dict(values).items()}
    return Answer(
        verdict=given["verdict"],
        reason=given["reason"] or "",
        resume_on=None if given["resume_on"] is None else pd.Timestamp(given["resume_on"]),
        who=given["decided_by"],
        on=pd.Timestamp(given["decided_on"]).date(),
        decision_id=given["decision_id"],
        action_id=given["action_id"],
        version=version,
    )
