"""Requests of a desk: what E4 allows before one is made, the asking, their clocks (F4), and what they brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pandas as pd

from toolkit.base.errors import InputError
from toolkit.data.store import Changed
from toolkit.language import say
from toolkit.reports.control_words import judged_requests
from toolkit.state.moment import MomentState
from toolkit.widgets.desk_model import DeskModel

KINDS: Final = ("technical", "price", "executive")
LEVELS: Final = ("manager", "director")
FORBIDDEN: Final = "forbidden"
# what a rep says of a request once it is approved, by kind
RESULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "technical": ("delivered_at", "doubts_raised", "doubts_resolved"),
    "price": ("drawn_at", "price_drawn", "stage_advanced_on"),
    "executive": ("delivered_at", "drawn_level", "commitment_on", "commitment_by"),
}
_ASKED: Final = "~"  # the id of a request that nobody has made yet; after any other of the same minute
_LIVE: Final = ("running", "breached")


@dataclass(frozen=True)
class Verdict:
    """What the matrix says to a request before it is made.

    judged  its row of E4's judgement with what was asked; clocks  what is due once it is made, and when
    state   what the verdict was made from
    """

    judged: Any
    clocks: pd.DataFrame
    state: MomentState

    @property
    def may_ask(self) -> bool:
        """Whether it may be made: what is forbidden may not, what goes beyond a limit is put to the director."""
        return self.judged.code != "price_missing" and self.judged.verdict != FORBIDDEN

    @property
    def beyond(self) -> bool:
        """Whether it goes beyond what the matrix allows by itself."""
        return bool(self.judged.verdict != "allowed")


class RequestsModel:
    """The requests of one desk."""

    def __init__(self, desk: DeskModel) -> None:
        self.desk = desk
        self._seen: dict[str, int] = {}  # the version of a request whose results the form showed

    def verdict(self, account: str, kind: str, price_change: float | None = None, level: str | None = None) -> Verdict:
        """What E4 and F4 say to a request of this moment, as the review will say once it is made.

        price_change  a fraction, negative: off; level  manager | director. Raises InputError for an account that is not
        the rep's own.
        """
        self.desk.check_own(account)
        asked = self._row(_ASKED, account, kind, price_change, level)
        state = self.desk.rules.state().about([account], asked)
        rows = judged_requests(state)
        judged = next(row for row in rows.itertuples(index=False) if row.request_id == _ASKED)
        clocks = state.request_clocks
        return Verdict(judged, clocks[clocks["request_id"] == _ASKED].reset_index(drop=True), state)

    def _row(
        self, request: str, account: str, kind: str, price_change: float | None, level: str | None
    ) -> dict[str, Any]:
        if kind not in KINDS:
            raise ValueError(kind)
        return {
            "request_id": request,
            "rep_id": self.desk.rep,
            "account_id": account,
            "kind": kind,
            "requested_at": pd.Timestamp(self.desk.now()).floor("min"),
            "price_change": price_change if kind == "price" else None,
            "executive_level": level if kind == "executive" else None,
        }

    def ask(self, account: str, kind: str, price_change: float | None = None, level: str | None = None) -> Verdict:
        """Make the request; made twice within a minute it is one.

        Raises InputError for what is forbidden, and for a price request without a change.
        """
        verdict = self.verdict(account, kind, price_change, level)
        if not verdict.may_ask:
            raise InputError(say(f"desk.ask.refused.{verdict.judged.verdict}", self.desk.language))
        at = verdict.judged.requested_at
        request = f"{self.desk.rep}-{at:%Y%m%d-%H%M}-{account}-{kind}"
        row = self._row(request, account, kind, price_change, level)
        row |= {"requested_at": at.to_pydatetime(), "stage_at_request": self._stage(account)}
        self.desk.store.save("resource_requests", row)
        return verdict

    def _stage(self, account: str) -> Any:
        """The account's stage after its newest report."""
        rows = [row.values for row in self.desk.store.rows("daily_reports", account_id=account)]
        rows = [row for row in rows if row["stage_after"] is not None]
        newest = max(rows, key=lambda row: (row["report_date"], row["report_id"]), default={"stage_after": None})
        return newest["stage_after"]

    # --- what was asked -----------------------------------------------------------------------------------------------

    def mine(self) -> list[tuple[Any, pd.DataFrame, str]]:
        """The own requests that still run, and those of the last weeks: each as judged, with its clocks, and what it
        was to bring ("" while nothing is told of it). What is overdue first, then the newest.
        """
        accounts = {row.values["account_id"] for row in self.desk.store.rows("accounts")}
        state = self.desk.rules.state().about(accounts)
        clocks, outcomes = state.request_clocks, state.outcomes.set_index("request_id")
        since = pd.Timestamp(self.desk.day - timedelta(weeks=self.desk.parameters.report.recent_weeks))
        rows = judged_requests(state)
        out = []
        for row in rows[rows["rep_id"] == self.desk.rep].itertuples(index=False):
            own = clocks[clocks["request_id"] == row.request_id]
            known = row.request_id in outcomes.index
            code = outcomes.loc[row.request_id, "code"] if known else ""
            live = row.pending or (known and outcomes.loc[row.request_id, "state"] in ("running", "owed"))
            if live or row.requested_at >= since:
                out.append((row, own, code))
        return sorted(out, key=lambda one: (not _overdue(one[1]), not one[0].pending, -one[0].requested_at.value))

    def answer(self, request: str) -> str:
        """The reason that was given with the answer to a request; "" without one."""
        row = self.desk.store.row("decisions", request)
        return str(row.values["reason"] or "") if row else ""

    def withdraw(self, request: str) -> None:
        """Take a request back that nobody has answered. Raises InputError for another."""
        row = self._own(request)
        values = {**row.values, "decision": "withdrawn", "approved_at": self.desk.now().replace(microsecond=0)}
        self.desk.store.save("resource_requests", values, row.version)

    def told(self, request: str) -> dict[str, Any]:
        """What is on record of what a request brought; the stage's advance as its reports tell it, where it is not."""
        found = self._own(request)
        self._seen[request], row = found.version, found.values
        values = {name: row[name] for name in RESULTS[row["kind"]]}
        if row["kind"] == "price" and row["stage_advanced_on"] is None and row["stage_at_request"] is not None:
            values["stage_advanced_on"] = self._advanced(row)
        return values

    def _advanced(self, request: Mapping[str, Any]) -> Any:
        """The day of the first report since a request with a later stage than it was made in; None without one."""
        rows = [row.values for row in self.desk.store.rows("daily_reports", account_id=request["account_id"])]
        since, stage = request["requested_at"].date(), request["stage_at_request"]
        days = [row["report_date"] for row in rows if row["report_date"] >= since and (row["stage_after"] or 0) > stage]
        return min(days, default=None)

    def tell(self, request: str, values: Mapping[str, Any]) -> None:
        """Write what a request brought.

        Raises Refusal where a value breaks a rule, Changed where somebody else changed it since the form showed it:
        written once more, it takes the place of what was shown then.
        """
        row = self._own(request)
        told = {name: values.get(name) for name in RESULTS[row.values["kind"]]}
        try:
            self.desk.store.save("resource_requests", {**row.values, **told}, self._seen.get(request, row.version))
        except Changed as changed:
            self._seen[request] = changed.theirs.version
            raise

    def people(self, account: str) -> dict[str, str]:
        """Who of an account's decision makers could have given a commitment: id to title and name."""
        rows = [row.values for row in self.desk.store.rows("decision_makers", account_id=account)]
        return {row["person_id"]: f"{row['title'] or ''} {row['person_name']}".strip() for row in rows}

    def _own(self, request: str) -> Any:
        row = self.desk.store.row("resource_requests", request)
        if row is None or row.values["rep_id"] != self.desk.rep:
            raise InputError(
                say("store.not_yours", self.desk.language, table=say("table.resource_requests", self.desk.language))
            )
        return row


def _overdue(clocks: pd.DataFrame) -> bool:
    return bool(((clocks["state"] == "breached") & clocks["done_at"].isna()).any())
