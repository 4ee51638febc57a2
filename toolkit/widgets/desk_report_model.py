"""The daily report's state: what is to report today, the form as it was left, what lacks, what a report gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.store import Changed
from toolkit.language import say
from toolkit.method.daily_reports import DIMENSIONS, NONE, incomplete
from toolkit.widgets.desk_model import DeskModel

STAGE: Final = ("stage_before", "stage_after")
SPICED: Final = tuple(f"spiced_{name}" for name in DIMENSIONS)
COUNTS: Final = ("communications", "competitor_mentions", "new_key_contacts")
RESOURCES: Final = ("technical_hours", "labour_hours", "price_concession")
COMPETITOR: Final = ("competitor", "competitor_person", "competitor_action_on", "competitor_strategy")
FIELDS: Final = (*STAGE, *SPICED, *COMPETITOR, *RESOURCES, "request_id", *COUNTS, "problem_tag", "note")
# which fields a code of M9 asks for
ASKED: Final = {
    "stage": STAGE,
    "spiced": SPICED,
    "competitor": COMPETITOR[:1],
    "competitor_detail": COMPETITOR[1:],
    "resources": RESOURCES,
}
_CARRIED: Final = ("stage_after", *SPICED)
_DRAWS: Final = {"technical_hours": "technical", "price_concession": "price"}


class Lacks(InputError):
    """A report that lacks what M9 requires: `codes` of daily_reports.LACKS, `fields` with what is said beside each."""

    def __init__(self, codes: tuple[str, ...], values: Mapping[str, Any], language: str) -> None:
        self.codes = codes
        beside = {code: say(f"desk.beside.{code}", language) for code in codes}
        self.fields = {name: beside[code] for code in codes for name in ASKED[code] if values.get(name) in (None, "")}
        super().__init__("\n".join(say(f"desk.lacks.{code}", language) for code in codes))


@dataclass(frozen=True)
class ToReport:
    """An account as it stands today: state is sent, draft or open; last: the day of its last report before today."""

    account: str
    name: str
    state: str
    last: date | None


@dataclass(frozen=True)
class Sent:
    """What a report says of itself: the SPICED total, the one before (None: there was none), what is known least."""

    total: int
    was: int | None
    weakest: str

    @property
    def change(self) -> int:
        """By how much the total rose since the report before."""
        return self.total - (self.total if self.was is None else self.was)


class ReportModel:
    """Today's reports of one desk."""

    def __init__(self, desk: DeskModel) -> None:
        self.desk = desk
        self._seen: dict[str, int | None] = {}  # the version of today's report that the form showed, by account

    def report_id(self, account: str) -> str:
        """The id of today's report on an account: sent twice, it is one report."""
        return f"{self.desk.rep}-{self.desk.day:%Y%m%d}-{account}"

    def accounts(self) -> list[ToReport]:
        """The active accounts: those not yet reported today first, the longest silent of them first."""
        store, day = self.desk.store, self.desk.day
        names = self.desk.accounts()
        last: dict[str, date] = {}
        for row in store.rows("daily_reports", account_id=set(names)):
            if row.values["report_date"] < day:
                account = row.values["account_id"]
                last[account] = max(last.get(account, date.min), row.values["report_date"])
        out = [ToReport(account, name, self._state(account), last.get(account)) for account, name in names.items()]
        return sorted(out, key=lambda one: (one.state == "sent", one.last or date.min, one.account))

    def _state(self, account: str) -> str:
        if self.desk.store.row("daily_reports", self.report_id(account)) is not None:
            return "sent"
        return "draft" if self.desk.store.draft(self.report_id(account)) else "open"

    def words(self, column: str) -> list[str]:
        """What was entered in a text column before, the most frequent first: the same word counts as the same."""
        rows = self.desk.store.rows("daily_reports")
        said = pd.Series([row.values[column] for row in rows], dtype=object).dropna()
        return [word for word in said.value_counts(sort=True).index if word != NONE][:20]

    def requests(self, account: str) -> list[Mapping[str, Any]]:
        """The account's approved requests that a report can draw on, the newest first."""
        rows = [row.values for row in self.desk.store.rows("resource_requests", account_id=account)]
        rows = [row for row in rows if row["decision"] == "approved" and row["kind"] in _DRAWS.values()]
        return sorted(rows, key=lambda row: row["requested_at"], reverse=True)[:8]

    def draws(self, values: Mapping[str, Any]) -> bool:
        """Whether a report draws on what E4 gives by request: technical hours, or a price conceded."""
        return any(_positive(values.get(name)) for name in _DRAWS)

    # --- the form ---------------------------------------------------------------------------------------------------

    def filled(self, account: str) -> dict[str, Any]:
        """What the form begins with: the draft, else what was sent today, else the last report's stage and scores."""
        row = self.desk.store.row("daily_reports", self.report_id(account))
        self._seen[account] = row.version if row else None
        if held := self.desk.store.draft(self.report_id(account)):
            return {name: held.get(name) for name in FIELDS}
        if row is not None:
            return {name: row.values[name] for name in FIELDS}
        before = self.last(account)
        values: dict[str, Any] = dict.fromkeys(FIELDS)
        return values | {name: before.get(name) for name in _CARRIED} | {"stage_before": before.get("stage_after")}

    def last(self, account: str) -> dict[str, Any]:
        """The account's last report before today; empty without any."""
        rows = [row.values for row in self.desk.store.rows("daily_reports", account_id=account)]
        rows = [row for row in rows if row["report_date"] < self.desk.day]
        return dict(max(rows, key=lambda row: (row["report_date"], row["report_id"]), default={}))

    def keep(self, account: str, values: Mapping[str, Any]) -> None:
        """Keep what is typed, until it is sent."""
        self.desk.check_own(account)
        texts = {name: None if value is None else str(value) for name, value in values.items() if name in FIELDS}
        self.desk.store.keep_draft(self.report_id(account), texts)

    def send(self, account: str, values: Mapping[str, Any]) -> Sent:
        """Write today's report on an account; sent again, it is changed.

        Raises Lacks where M9 lacks something, Refusal where a value breaks a rule, Changed where somebody else changed
        it since the form showed it: sent once more, it takes the place of what was shown then. Nothing is written, and
        the draft stays.
        """
        desk = self.desk
        self.keep(account, values)
        row: dict[str, Any] = {name: None if values.get(name) == "" else values.get(name) for name in FIELDS} | {
            "report_id": self.report_id(account), "report_date": desk.day, "rep_id": desk.rep, "account_id": account,
        }  # fmt: skip
        if row["competitor"] == NONE:
            row |= dict.fromkeys(COMPETITOR[1:])
        if not self.draws(row):
            row["request_id"] = None
        lacking = incomplete(pd.DataFrame([row]))
        if len(lacking):
            raise Lacks(lacking["missing"].iloc[0], row, desk.language)
        before = self.last(account)
        try:
            self._seen[account] = desk.store.save("daily_reports", row, self._seen.get(account)).version
        except Changed as changed:
            self._seen[account] = changed.theirs.version
            raise
        desk.store.drop_draft(row["report_id"])
        return _sent(row, before)


def _sent(row: Mapping[str, Any], before: Mapping[str, Any]) -> Sent:
    scores = {name: int(float(row[name])) for name in SPICED}
    was = [before.get(name) for name in SPICED]
    known = [int(score) for score in was if score is not None]
    weakest = min(scores, key=lambda name: (scores[name], SPICED.index(name)))
    return Sent(sum(scores.values()), sum(known) if known else None, weakest.removeprefix("spiced_"))


def _positive(value: Any) -> bool:
    try:
        return float(value or 0) > 0
    except ValueError:
        return False
