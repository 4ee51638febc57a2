"""The drill room: Monday's case, Thursday's three prisms, the loss review, the playbooks; what is recorded of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.weeks import day as one_day
from toolkit.data.load import Data
from toolkit.language import check_language, say
from toolkit.method.playbooks import KINDS
from toolkit.parameters import Parameters
from toolkit.reports.document import Document
from toolkit.reports.drill_case import card_name, drill_case, phases, whole_name
from toolkit.reports.playbook_documents import OF_INDUSTRY, playbook
from toolkit.reports.provenance import provenance, reviewed_friday
from toolkit.reports.review_documents import PRISMS, loss_review, open_loss, three_prism
from toolkit.reports.roi_document import roi_document
from toolkit.reports.teller import Teller
from toolkit.reports.white_paper import white_paper
from toolkit.state import drill_room as facts

OF_ACCOUNT: Final = ("visit_sand_table", "white_paper", "roi_model")
DOCUMENTS: Final = ("drill_case", "three_prism", "loss_review", *KINDS, "white_paper", "roi_model")


@dataclass(frozen=True)
class Session:
    """What was held, as rows of the contract's tables `sessions` and `session_obstacles`."""

    session: pd.DataFrame
    obstacles: pd.DataFrame


@dataclass(frozen=True)
class DrillRoom:
    """A day's drill and reviews in one language.

    monday   what was known on the last Friday on or before the day: the drill of the Monday after it
    today    what was known on the day: reviews and playbooks
    account  who is drilled: drawn, or as chosen; "" where nobody could be drawn
    """

    monday: Teller
    today: Teller
    account: str

    def drill(self) -> Document:
        """E2: Monday's case."""
        return drill_case(self.monday, self.account)

    def three_prism(self) -> Document:
        """E3: Thursday's review, prefilled."""
        return three_prism(self.today)

    def loss_review(self, loss_id: str = "") -> Document:
        """F6: the review of a loss; without one named, of the newest that waits.

        Raises InputError for a loss that is not there.
        """
        if loss_id:
            _one_of(loss_id, self.today.team.loss_reviews["loss_id"].tolist(), self.today)
        return loss_review(self.today, loss_id or open_loss(self.today))

    def playbook(self, kind: str, industry: str = "", account: str = "") -> Document:
        """E1: a playbook of one of the four kinds; default: the first industry by rank, the account of the drill.

        Raises InputError for a kind, an industry or an account that is not there.
        """
        t = self.today
        known = t.team.week.industries["industry_id"].tolist()
        _one_of(kind, KINDS, t)
        place = industry or (known[0] if known else "")
        who = account or self.account
        if kind in OF_INDUSTRY:
            _one_of(place, known, t)
        if kind == "visit_sand_table":
            _one_of(who, t.team.data.accounts["account_id"].tolist(), t)
        return playbook(t, kind, place, who)

    def white_paper(self, account: str = "") -> Document:
        """F3: the technical risk prevention white paper, for an account's chief engineer; default: the drill's account.

        Raises InputError for an account that is not there.
        """
        return white_paper(self.today, self._known(account))

    def roi_model(self, account: str = "") -> Document:
        """F3: the three-year ROI model, for an account's finance head; default: the drill's account.

        Raises InputError for an account that is not there.
        """
        return roi_document(self.today, self._known(account))

    def document(self, kind: str, industry: str = "", account: str = "", loss_id: str = "") -> Document:
        """A document by its kind (DOCUMENTS). Raises InputError for another, and for what is not there."""
        _one_of(kind, DOCUMENTS, self.today)
        makers: dict[str, Callable[[], Document]] = {
            "drill_case": self.drill,
            "three_prism": self.three_prism,
            "loss_review": lambda: self.loss_review(loss_id),
            "white_paper": lambda: self.white_paper(account),
            "roi_model": lambda: self.roi_model(account),
        }
        return makers[kind]() if kind in makers else self.playbook(kind, industry, account)

    def _known(self, account: str) -> str:
        who = account or self.account
        _one_of(who, self.today.team.data.accounts["account_id"].tolist(), self.today)
        return who

    def documents(self, industry: str = "", loss_id: str = "") -> tuple[Document, ...]:
        """All that can be made of the day; those of an industry and of a loss for the named ones.

        Raises InputError for an industry or a loss that is not there.
        """
        kinds = [kind for kind in DOCUMENTS if self.account or kind not in OF_ACCOUNT]
        kinds = [kind for kind in kinds if kind not in OF_INDUSTRY or len(self.today.team.week.industries)]
        return tuple(self.document(kind, industry, loss_id=loss_id) for kind in kinds)

    @property
    def language(self) -> str:
        """The room's language."""
        return self.monday.w.language

    @property
    def cards(self) -> list[tuple[int, str]]:
        """The drill's cards: number, and name with what it is about; none without an account."""
        if not self.account:
            return []
        t = self.monday
        dealt = facts.deck(t.team, self.account)
        return [(int(row.number), whole_name(t, row.kind, row.subject_id)) for row in dealt.itertuples(index=False)]

    @property
    def phases(self) -> list[tuple[str, int]]:
        """The drill's phases and their minutes."""
        return phases(self.monday)

    @property
    def run(self) -> dict[str, Any]:
        """What the documents were made from, for run.json."""
        team = self.today.team
        return provenance(team.week, self.today.day, self.today.w.language, team.salt)

    # --- what was held ----------------------------------------------------------------------------------------------

    def held_drill(self, outcome: str, handled: tuple[int, ...] = (), rep_id: str = "") -> Session:
        """Monday's drill as it was held: its outcome, and the numbers of the cards that were handled.

        rep_id: who answered them; default: nobody in particular. Raises InputError for a number that was not dealt.
        """
        t = self.monday
        dealt = facts.deck(t.team, self.account)
        for number in handled:
            _one_of(number, dealt["number"].tolist(), t)
        on = pd.Timestamp(t.team.week.week_ending + np.timedelta64(3, "D"))
        session = self._row("drill", f"{on:%Y-%m-%d}", on, account_id=self.account, outcome=outcome)
        rows = pd.DataFrame(
            {
                "session_id": session["session_id"].item(),
                "number": dealt["number"],
                "obstacle": [card_name(t, r.kind, r.subject_id) for r in dealt.itertuples(index=False)],
                "rep_id": rep_id,
                "handled": dealt["number"].isin(handled),
            }
        )
        return Session(session, rows)

    def held_three_prism(self, *conclusions: str) -> Session:
        """Thursday's review as it was concluded: on the customer, the competitor, ourselves."""
        thursday = pd.Timestamp(self.today.team.week.week_ending - np.timedelta64(1, "D"))
        return Session(self._row("three_prism", f"{thursday:%Y-%m-%d}", thursday, **_three(conclusions)), _NO_CARDS)

    def held_loss_review(self, held_at: Any, outcome: str, *conclusions: str, loss_id: str = "") -> Session:
        """A loss review as it was held: tactics only.

        held_at: day and time, which its 72 hours are counted to. Raises InputError for a loss that is not there, and
        for a time that is none or lies before the loss.
        """
        t = self.today
        loss = loss_id or open_loss(t)
        rows = t.team.loss_reviews.set_index("loss_id")
        _one_of(loss, rows.index.tolist(), t)
        at = pd.to_datetime(held_at, errors="coerce")
        if pd.isna(at) or at < rows.loc[loss, "lost_at"]:
            raise InputError(t.say("no_time", value=held_at, lost=str(rows.loc[loss, "lost_at"])[:16]))
        about = {"loss_id": loss, "account_id": rows.loc[loss, "account_id"], "outcome": outcome}
        return Session(self._row("loss_review", loss, at, **about, **_three(conclusions)), _NO_CARDS)

    def _row(self, kind: str, name: str, on: pd.Timestamp, **values: str) -> pd.DataFrame:
        t = self.today
        about = {"session_id": f"{kind}-{name}", "kind": kind, "held_at": f"{on:%Y-%m-%dT%H:%M:%S}"}
        books = t.team.playbooks
        industry = facts.industry_of(t.team, values.get("account_id", ""))
        mine = books[(books["kind"] == "industry_handbook") & (books["industry_id"] == industry)]
        if len(mine):
            about |= {"playbook_id": mine["playbook_id"].iloc[0], "playbook_version": mine["version"].iloc[0]}
        return pd.DataFrame([about | {"topic": t.say(f"topic.{kind}")} | values])


_NO_CARDS: Final = pd.DataFrame({"session_id": [], "number": [], "obstacle": [], "rep_id": [], "handled": []})


def _three(conclusions: tuple[str, ...]) -> dict[str, str]:
    if len(conclusions) != len(PRISMS):
        raise ValueError("three conclusions: on the customer, the competitor, ourselves")
    return {f"conclusion_{prism}": words for prism, words in zip(PRISMS, conclusions, strict=True)}


def _one_of(value: Any, known: Any, t: Teller) -> None:
    if value not in known:
        near = ", ".join(str(one) for one in list(known)[:12])
        raise InputError(t.say("not_known", value=value, known=near))


def drill_room(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    account: str = "",
    salt: Salt | None = None,
) -> DrillRoom:
    """The drill room of a day (default: the newest week's Friday).

    account  who is drilled instead of the one drawn; the rest as of `review`
    Raises InputError for a day or an account that is not there.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> room = drill_room(load("sample_data"), "2026-11-20", language="en", account="A001")
    >>> room.drill()
    <drill_case of 2026-11-20, 6 chapters, en>
    """
    check_language(language)
    p = parameters or Parameters()
    friday, _ = reviewed_friday(data, as_of, language)
    on = friday if as_of is None else one_day(as_of)
    keyed = salt or Salt.from_environment(p.spot_check.seed)
    monday = Teller.of(data, friday, p, keyed, language)
    today = monday if on == friday else Teller.of(data, on, p, keyed, language)
    if account and account not in set(monday.team.data.accounts["account_id"]):
        raise InputError(say("document.not_known", language, value=account, known="account_id"))
    drawn = monday.team.drill_draw
    picked = drawn.loc[drawn["drawn"], "account_id"]
    return DrillRoom(monday, today, account or (picked.item() if len(picked) else ""))
