"""The desk's state: whose it is, the rep's part of the store, the clock, directives to answer. No widgets."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.store import Changed, Store
from toolkit.language import say
from toolkit.method import directives
from toolkit.parameters import Parameters
from toolkit.widgets.desk_rules import DeskRules

Clock = Callable[[], datetime]


def wall_clock(parameters: Parameters) -> Clock:
    """The clock on the wall of the parameters' time zone."""
    zone = ZoneInfo(parameters.timezone)
    return lambda: datetime.now(zone).replace(tzinfo=None)


def open_store(url: str, who: str, language: str, rep: str = "") -> Store:
    """The store of an address. Raises InputError for a folder or a workbook, into which nothing can be written."""
    if "://" not in url:
        raise InputError(say("desk.no_store", language))
    return Store(url, who, language=language, rep=rep)


class DeskModel:
    """One rep's desk on a store. The store gives only what belongs to the rep's own accounts.

    rep    the rep; who  stands in the journal, default the rep; clock  says what time it is; for tests
    Raises InputError for somebody who is not on the team, or a source that is no store.
    """

    def __init__(
        self,
        url: str,
        rep: str,
        language: str = "zh",
        parameters: Parameters | None = None,
        who: str = "",
        clock: Clock | None = None,
    ) -> None:
        self.parameters = parameters or Parameters()
        self.store = open_store(url, who or rep, language, rep)
        people = {row.values["rep_id"]: row.values for row in self.store.rows("reps")}
        if rep not in people:
            raise InputError(say("desk.nobody", language, rep=rep, known=", ".join(sorted(people)[:12])))
        self.rep, self.name = rep, str(people[rep]["rep_name"])
        self.now = clock or wall_clock(self.parameters)
        self.rules = DeskRules(self.store, self.parameters, self.now)
        self._seen: dict[str, int] = {}  # the versions of the directives that were shown

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

    def accounts(self) -> dict[str, str]:
        """The rep's active accounts: id to name."""
        rows = self.store.rows("accounts", status="active")
        return {row.values["account_id"]: row.values["account_name"] for row in rows}

    def check_own(self, account: str) -> None:
        """Raises InputError for an account that is not the rep's own."""
        if self.store.row("accounts", account) is None:
            raise InputError(say("store.not_yours", self.language, table=say("table.accounts", self.language)))

    # --- directives -------------------------------------------------------------------------------------------------

    def directives(self) -> list[dict[str, Any]]:
        """What the rep was told to do and has not answered, overdue first, then the soonest due: the directive's row,
        with `days` (how long overdue; 0: not), and its report's `account` and `reported` day (None: not the rep's own).
        """
        found = self.store.rows("directives", owner_id=self.rep)
        self._seen = {row.values["directive_id"]: row.version for row in found}
        rows = [row.values for row in found]
        still = [row for row in rows if row["followed"] in (None, "open")]
        told = {row["report_id"] for row in still}
        reports = {row.values["report_id"]: row.values for row in self.store.rows("daily_reports", report_id=told)}
        late = self._overdue(still, list(reports.values()))
        names, out = self.accounts(), []
        for row in still:
            report = reports.get(row["report_id"], {})
            account = report.get("account_id")
            more = {"account": names.get(str(account), account), "reported": report.get("report_date")}
            out.append({**row, **more, "days": late.get(row["directive_id"], 0)})
        return sorted(out, key=lambda row: (-row["days"], row["due_on"] or date.max, row["directive_id"]))

    def _overdue(self, rows: list[Any], reports: list[Any]) -> dict[str, int]:
        """M10: the directives that are overdue, and by how many days."""
        if not rows:
            return {}
        frame = pd.DataFrame(rows).astype({"due_on": "datetime64[us]"})
        known = pd.DataFrame(reports, columns=["report_id", "account_id"])
        late = directives.overdue(frame, known, pd.Timestamp(self.day))
        return dict(zip(late["directive_id"], late["days"].astype(int), strict=True))

    def answer(self, directive: str, followed: bool) -> None:
        """Say whether a directive was followed.

        Raises InputError for one that is not the rep's, Changed where somebody else changed it since it was shown.
        """
        row = self.store.row("directives", directive)
        if row is None:
            raise InputError(say("store.not_yours", self.language, table=say("table.directives", self.language)))
        values = {**row.values, "followed": "yes" if followed else "no"}
        try:
            self.store.save("directives", values, self._seen.get(directive, row.version))
        except Changed as changed:
            self._seen[directive] = changed.theirs.version
            raise
