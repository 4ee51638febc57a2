"""The desk's state: a rep's own accounts, the day's reports, drafts, directives to answer. No widgets."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.store import Store, today
from toolkit.language import say
from toolkit.method.daily_reports import DIMENSIONS, NONE, incomplete

SPICED: Final = tuple(f"spiced_{name}" for name in DIMENSIONS)
COUNTS: Final = ("communications", "competitor_mentions", "new_key_contacts")
RESOURCES: Final = ("technical_hours", "labour_hours", "price_concession")
COMPETITOR: Final = ("competitor", "competitor_person", "competitor_action_on", "competitor_strategy")
FIELDS: Final = (
    "stage_before", "stage_after", *SPICED, *COUNTS, *COMPETITOR, *RESOURCES, "problem_tag", "note",
)  # fmt: skip
_CARRIED: Final = ("stage_after", *SPICED)
_LATEST: Final = 30  # days in which an open directive is still asked


class Lacks(InputError):
    """A report that lacks what M9 requires: `codes`, of daily_reports.LACKS."""

    def __init__(self, codes: tuple[str, ...], language: str) -> None:
        self.codes = codes
        super().__init__("\n".join(say(f"desk.lacks.{code}", language) for code in codes))


class DeskModel:
    """One rep's desk on a store. The store gives only what belongs to the rep's own accounts.

    rep    the rep; clock  says which day it is; for tests
    Raises InputError for somebody who is not on the team.
    """

    def __init__(self, url: str, rep: str, language: str = "zh", clock: Callable[[], date] | None = None) -> None:
        if "://" not in url:
            raise InputError(say("desk.no_store", language))
        self.store = Store(url, rep, language=language, rep=rep)
        people = {row.values["rep_id"]: row.values for row in self.store.rows("reps")}
        if rep not in people:
            raise InputError(say("desk.nobody", language, rep=rep, known=", ".join(sorted(people)[:12])))
        self.rep, self.name = rep, str(people[rep]["rep_name"])
        self._clock = clock or today

    @property
    def day(self) -> date:
        """Today."""
        return self._clock()

    def accounts(self) -> dict[str, str]:
        """The rep's active accounts: id to name."""
        rows = self.store.rows("accounts", status="active")
        return {row.values["account_id"]: row.values["account_name"] for row in rows}

    # --- the daily report -------------------------------------------------------------------------------------------

    def report_id(self, account: str) -> str:
        """The id of today's report on an account: sent twice, it is one report."""
        return f"{self.rep}-{self.day:%Y%m%d}-{account}"

    def sent(self, account: str) -> bool:
        """Whether today's report on an account is there already."""
        return self.store.row("daily_reports", self.report_id(account)) is not None

    def filled(self, account: str) -> dict[str, Any]:
        """What the form begins with: what was sent today, else the draft, else the last report's stage and scores."""
        row = self.store.row("daily_reports", self.report_id(account))
        if row is not None:
            return {name: row.values[name] for name in FIELDS}
        if held := self.store.draft(self.report_id(account)):
            return {name: held.get(name) for name in FIELDS}
        before = self._last(account)
        values: dict[str, Any] = dict.fromkeys(FIELDS)
        return values | {name: before.get(name) for name in _CARRIED} | {"stage_before": before.get("stage_after")}

    def _last(self, account: str) -> dict[str, Any]:
        rows = [row.values for row in self.store.rows("daily_reports", account_id=account)]
        rows = [row for row in rows if row["report_date"] < self.day]
        newest = max(rows, key=lambda row: (row["report_date"], row["report_id"]), default={})
        return dict(newest)

    def keep(self, account: str, values: Mapping[str, Any]) -> None:
        """Keep what is typed, until it is sent."""
        texts = {name: None if value is None else str(value) for name, value in values.items() if name in FIELDS}
        self.store.keep_draft(self.report_id(account), texts)

    def send(self, account: str, values: Mapping[str, Any]) -> str:
        """Write today's report on an account; sent again, it is changed. What it gives back, as a sentence.

        Raises Lacks where M9 lacks something, Refusal where a value breaks a rule, Changed as the store does. Nothing
        is written then, and the draft stays.
        """
        self.keep(account, values)
        row = {name: values.get(name) for name in FIELDS} | {
            "report_id": self.report_id(account), "report_date": self.day, "rep_id": self.rep, "account_id": account,
        }  # fmt: skip
        if row["competitor"] == NONE:
            row |= dict.fromkeys(COMPETITOR[1:])
        frame = pd.DataFrame([row]).replace("", None)
        lacking = incomplete(frame)
        if len(lacking):
            raise Lacks(lacking["missing"].iloc[0], self.store.language)
        before, known = self._last(account), self.store.row("daily_reports", self.report_id(account))
        self.store.save("daily_reports", row, known.version if known else None)
        self.store.drop_draft(self.report_id(account))
        return self._gives_back(row, before)

    def _gives_back(self, row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
        """What the report says of the account: its SPICED total and what is known least."""
        scores = {name: int(float(row[name])) for name in SPICED}
        was = sum(int(before.get(name) or 0) for name in SPICED)
        least = min(scores, key=lambda name: (scores[name], SPICED.index(name)))
        language = self.store.language
        weakest = say(f"spiced.{least.removeprefix('spiced_')}.name", language)
        return say("desk.gives_back", language, total=sum(scores.values()), was=was, weakest=weakest)

    # --- directives -------------------------------------------------------------------------------------------------

    def directives(self) -> list[dict[str, Any]]:
        """What the rep was told to do and has not answered, the soonest due first."""
        rows = [dict(row.values) for row in self.store.rows("directives", owner_id=self.rep)]
        since = self.day - timedelta(days=_LATEST)
        still = [row for row in rows if row["followed"] in (None, "open") and row["given_on"] >= since]
        return sorted(still, key=lambda row: (row["due_on"] or date.max, row["directive_id"]))

    def answer(self, directive: str, followed: bool) -> None:
        """Say whether a directive was followed. Raises InputError for one that is not the rep's."""
        row = self.store.row("directives", directive)
        if row is None or row.values["owner_id"] != self.rep:
            raise InputError(
                say("store.not_yours", self.store.language, table=say("table.directives", self.store.language))
            )
        self.store.save("directives", {**row.values, "followed": "yes" if followed else "no"}, row.version)
