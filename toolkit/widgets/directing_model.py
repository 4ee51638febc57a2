"""The director's side of the desk: the day's draw with its directives (M10), requests to approve (E4). No widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.compare import above
from toolkit.base.errors import InputError
from toolkit.base.identity import LEADS
from toolkit.data.store import Row
from toolkit.language import say
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.method.requests.matrix import LEVELS
from toolkit.parameters import Parameters
from toolkit.reports.ask_rows import action_id
from toolkit.reports.control_words import judged_requests
from toolkit.state.moment import MomentState
from toolkit.widgets.desk_model import Clock, open_store, wall_clock
from toolkit.widgets.desk_rules import DeskRules

PARTS: Final = ("text", "owner_id", "due_on")
_DAYS: Final = 5  # reporting days whose draws are offered


class Owed(InputError):
    """Directives that are not whole: `fields` says of each (number, part) what lacks."""

    def __init__(self, fields: Mapping[tuple[int, str], str]) -> None:
        self.fields = dict(fields)
        super().__init__("\n".join(dict.fromkeys(self.fields.values())))


@dataclass(frozen=True)
class Drawn:
    """A drawn report: its row, and the directives that it has, by number."""

    report: Mapping[str, Any]
    given: Mapping[int, Row]

    @property
    def scores(self) -> dict[str, int]:
        """The SPICED scores that the report gives."""
        found = {name: self.report[f"spiced_{name}"] for name in DIMENSIONS}
        return {name: int(score) for name, score in found.items() if score is not None}

    @property
    def total(self) -> int:
        """Their sum."""
        return sum(self.scores.values())


@dataclass(frozen=True)
class Waiting:
    """A request that waits for an answer: as judged, its clocks, and why the user may not answer it ("": may)."""

    judged: Any
    clocks: pd.DataFrame
    may_not: str


class DirectingModel:
    """What a director or manager does every day, on a store.

    who   the user's id on the team, or name; default: the team's director where it has exactly one
    role  of the user: director and manager write, anybody else reads
    """

    def __init__(
        self,
        url: str,
        who: str = "",
        role: str = "director",
        language: str = "zh",
        parameters: Parameters | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.url, self.role = url, role
        self.parameters = parameters or Parameters()
        self.store = open_store(url, who, language)
        self.people = {row.values["rep_id"]: row.values for row in self.store.rows("reps")}
        self.who = self._on_team(who)
        self.store.who = self.who or who or role
        self.now = clock or wall_clock(self.parameters)
        self.rules = DeskRules(self.store, self.parameters, self.now)
        self._seen: dict[str, dict[int, int]] = {}  # the versions of a report's directives that the form showed

    def _on_team(self, who: str) -> str:
        """The user's id on the team: as named, else of that name, else of the only one in the role; "" for nobody."""
        if who in self.people:
            return who
        named = [rep for rep, row in self.people.items() if who and row["rep_name"] == who]
        same = [rep for rep, row in self.people.items() if row["role"] == self.role]
        found = named or (same if not who else [])
        return found[0] if len(found) == 1 else ""

    @property
    def day(self) -> date:
        """Today."""
        return self.now().date()

    @property
    def language(self) -> str:
        """The language of messages."""
        return self.store.language

    @language.setter
    def language(self, language: str) -> None:
        self.store.language = language

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `directing.<key>`."""
        return say(f"directing.{key}", self.language, **arguments)

    @property
    def read_only(self) -> str:
        """Why the user may write nothing here; "" for one who may."""
        if self.role not in LEADS:
            return self.say("read_only")
        return "" if self.who else self.say("nobody")

    @property
    def stamp(self) -> int:
        """The store's last write."""
        return self.store.stamp()

    def reps(self) -> dict[str, str]:
        """Whose desk the user may open: the team's reps, id to name; none for one who only looks."""
        if self.role not in LEADS:
            return {}
        return {rep: row["rep_name"] for rep, row in self.people.items() if row["role"] == "rep" and not row["left_on"]}

    # --- directives -------------------------------------------------------------------------------------------------

    def days(self) -> pd.DataFrame:
        """The last days with reports, the newest first, as `directive_days` counts them."""
        return self.rules.state().directive_days.tail(_DAYS).iloc[::-1].reset_index(drop=True)

    def drawn(self, day: Any) -> list[Drawn]:
        """The reports drawn from those of a day, those without all their directives first."""
        found = []
        for row in self.rules.state().drawn_of(pd.Timestamp(day)).itertuples(index=False):
            report = self.store.row("daily_reports", row.report_id)
            rows = self.store.rows("directives", report_id=row.report_id)
            if report is not None:
                given = {int(one.values["number"]): one for one in rows}
                self._seen[row.report_id] = {number: one.version for number, one in given.items()}
                found.append(Drawn(report.values, given))
        return sorted(found, key=lambda one: len(one.given) >= self.parameters.directives.per_report)

    def due(self) -> date:
        """The day that a directive is given until, unless another is said."""
        calendar, days = self.rules.state().week.calendar, self.parameters.report.due_working_days
        found: date = calendar.nth_working_day(np.datetime64(self.day), days).astype("datetime64[D]").item()
        return found

    def texts(self) -> list[str]:
        """What was directed before, the most frequent first."""
        said = pd.Series([row.values["text"] for row in self.store.rows("directives")], dtype=object)
        return list(said.value_counts(sort=True).index[:20])

    def draft(self, report: str) -> dict[str, Any]:
        """Directives that were begun and not given."""
        return self.store.draft(f"directives {report}")

    def keep(self, report: str, held: Mapping[str, Any]) -> None:
        """Keep directives until they are given."""
        self.store.keep_draft(f"directives {report}", held)

    def give(self, report: str, directives: Sequence[Mapping[str, Any]]) -> None:
        """Write a report's directives, all or none.

        directives  text, owner_id and due_on of each, exactly as many as the method wants. Raises Owed where something
        lacks, InputError where somebody else gave some since they were shown, Refusal and Changed as the store does.
        """
        self._check_writer()
        wanted = self.parameters.directives.per_report
        rows = [dict(one) for one in directives][:wanted] + [{}] * (wanted - len(directives))
        lacks = {
            (number, part): self.say(f"lacks.{part}", n=number)
            for number, row in enumerate(rows, 1)
            for part in PARTS
            if not str(row.get(part) or "").strip()
        }
        if lacks:
            raise Owed(lacks)
        known = {int(row.values["number"]): row for row in self.store.rows("directives", report_id=report)}
        if self._seen.get(report, {}) != {number: row.version for number, row in known.items()}:
            raise InputError(self.say("given_meanwhile"))
        written = []
        for number, row in enumerate(rows, 1):
            before = known.get(number)
            new = {"directive_id": f"{report}-{number}", "report_id": report, "given_on": self.day, "number": number}
            values = dict(before.values) if before else new | {"followed": "open"}
            version = before.version if before else None
            written.append(("directives", values | {part: row[part] for part in PARTS}, version))
        self.store.save_all(written)
        self.store.drop_draft(f"directives {report}")

    # --- approvals --------------------------------------------------------------------------------------------------

    def waiting(self) -> list[Waiting]:
        """The requests that wait for an answer, the soonest due first."""
        state = self.rules.state()
        clocks = state.request_clocks
        out = []
        for row in _judged(state):
            if row.pending:
                out.append(Waiting(row, clocks[clocks["request_id"] == row.request_id], self.may_not(row)))
        return sorted(out, key=lambda one: (one.clocks["due_at"].min(), one.judged.request_id))

    def may_not(self, row: Any) -> str:
        """Why the user may not answer a judged request at all; "" where the user may."""
        if self.read_only:
            return self.read_only
        if row.rep_id == self.who:
            return self.say("own")
        asked = LEVELS.index(row.level) if row.level in LEVELS else 0
        return self.say("above_level") if asked > LEVELS.index(self.role) else ""

    def beyond(self, row: Any, granted: float | None = None) -> bool:
        """Whether an approval goes beyond the matrix: a price past what is left of the float, or what it forbids."""
        if row.kind == "price" and granted is not None and row.code in ("within_float", "over_float"):
            return bool(above(abs(granted), row.remaining))
        return row.verdict != "allowed" and row.code != "level_missing"

    def decide(self, request: str, *, approve: bool, granted: float | None = None, reason: str = "") -> None:
        """Answer a request: its row and, as how the ask was answered, a row of `decisions`, both or none.

        granted  of a price request, a fraction; default: as asked. Within the matrix whoever may approve does; beyond
        it a director alone, with a reason. An executive's contact is made later, and has its own clock (`contacted`).
        Raises InputError for what the user may not, and what is answered already.
        """
        row = self._pending(request)
        if refused := self.may_not(row):
            raise InputError(refused)
        if approve:
            granted = self._granted(row, granted)
            if self.beyond(row, granted):
                self._beyond(row, reason)
        now = self.now().replace(microsecond=0)
        there = self.store.row("resource_requests", request)
        assert there is not None
        answer = {
            "decision": "approved" if approve else "rejected",
            "approved_by": self.who,
            "approved_at": now,
            "price_granted": granted if approve else None,
            "responded_at": None if approve and row.kind == "executive" else now,
        }
        asked = action_id("E4", row.account_id, row.requested_at.normalize(), f".{request}")
        decision = {
            "decision_id": request, "action_id": asked, "decided_on": now.date(), "decided_by": self.who,
            "verdict": "confirmed" if approve else "done", "reason": reason.strip() or None,
        }  # fmt: skip
        self.store.save_all(
            [("resource_requests", {**there.values, **answer}, there.version), ("decisions", decision, None)]
        )

    def share(self, percent: str | None) -> float | None:
        """A typed number of per cent as a fraction; None for nothing. Raises InputError for what is none."""
        if not percent:
            return None
        try:
            return float(percent.strip("%％ ")) / 100
        except ValueError:
            raise InputError(say("desk.ask.percent", self.language)) from None

    def _pending(self, request: str) -> Any:
        row = next((one for one in _judged(self.rules.state()) if one.request_id == request), None)
        if row is None or not row.pending:
            raise InputError(self.say("answered"))
        return row

    def _granted(self, row: Any, granted: float | None) -> float | None:
        if row.kind != "price":
            return None
        amount = row.asked if granted is None else abs(granted)
        if pd.isna(amount) or above(amount, row.asked):
            raise InputError(self.say("too_much"))
        return float(-amount if row.price_change < 0 else amount)

    def _beyond(self, row: Any, reason: str) -> None:
        if self.role != "director":
            raise InputError(self.say("directors_only"))
        if not reason.strip():
            raise InputError(self.say("no_reason"))

    def to_contact(self) -> list[tuple[Any, pd.DataFrame]]:
        """Approved requests for an executive whose contact is not on record: as judged, with that clock, by its end."""
        state = self.rules.state()
        clocks = state.request_clocks
        open_ones = clocks[(clocks["step"] == "contact") & clocks["done_at"].isna() & clocks["due_at"].notna()]
        due = open_ones.set_index("request_id")
        rows = [row for row in _judged(state) if row.decision == "approved" and row.request_id in due.index]
        rows.sort(key=lambda row: due.loc[row.request_id, "due_at"])
        return [(row, due.loc[[row.request_id]].reset_index()) for row in rows]

    def contacted(self, request: str) -> None:
        """The executive has made contact with the customer, now."""
        self._check_writer()
        row = self.store.row("resource_requests", request)
        if row is None or row.values["decision"] != "approved" or row.values["responded_at"] is not None:
            raise InputError(self.say("answered"))
        now = self.now().replace(microsecond=0)
        self.store.save("resource_requests", {**row.values, "responded_at": now}, row.version)

    def _check_writer(self) -> None:
        if self.read_only:
            raise InputError(self.read_only)


def _judged(state: MomentState) -> list[Any]:
    return list(judged_requests(state).itertuples(index=False))
