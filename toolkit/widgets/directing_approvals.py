"""Approvals: what waits for an answer with what the matrix says, answered in place; contacts to be made."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from toolkit.widgets.desk_fields import Number, Words
from toolkit.widgets.desk_part import Part
from toolkit.widgets.desk_words import DeskWords
from toolkit.widgets.directing_model import DirectingModel, Waiting
from toolkit.widgets.threshold_looks import Kit
from toolkit.widgets.threshold_result import tag


class ApprovalsPart(Part):
    """The requests that wait. `answered` is called after each answer."""

    def __init__(self, model: DirectingModel, kit: Kit, language: str, answered: Callable[[], None]) -> None:
        super().__init__(kit, language)
        self.model, self._answered = model, answered
        self._list = kit.column("mine")
        self.box = kit.column("part", self.said, self._list)

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language
        self.show()

    def show(self) -> None:
        """Look again."""
        waiting, contacts = self.model.waiting(), self.model.to_contact()
        words = DeskWords(self.model.rules.state(), self.language)
        rows: list[widgets.Widget] = [self.kit.html("group", self.heading(self.model.say("waiting", n=len(waiting))))]
        rows += [_Request(self, one, words).box for one in waiting]
        if contacts:
            rows.append(self.kit.html("group", self.heading(self.model.say("contacts", n=len(contacts)))))
            rows += [self._contact(row, clock, words) for row, clock in contacts]
        self._list.children = rows

    def told(self, row: Any, clocks: pd.DataFrame, words: DeskWords) -> Markup:
        """A request in words: who asks what, what the matrix says, its clocks."""
        week = words.state.week
        title = self.say("mine.what", account=week.account(row.account_id), wanted=words.wanted(row))
        asked = self.model.say("asked", rep=week.rep(row.rep_id), at=words.moment(row.requested_at))
        parts = [
            tag("h3", title),
            tag("p", self.model.say(f"verdict.{row.verdict}", allowance=words.allowance(row))),
            tag("p", asked, "sub"),
        ]
        for clock in clocks.itertuples(index=False):
            if line := words.clock(clock):
                kind = "over" if clock.state == "breached" else "runs"
                parts.append(Markup('<p class="clock {}">{}</p>').format(kind, line))
        return Markup("").join(parts)

    def _contact(self, row: Any, clock: pd.DataFrame, words: DeskWords) -> widgets.Widget:
        button = self.button(
            lambda: self.did(lambda: self.model.contacted(row.request_id)), self.model.say("contacted")
        )
        button.disabled, button.tooltip = bool(self.model.read_only), self.model.read_only
        told = self.kit.html("", self.told(row, clock, words))
        return self.kit.column("card asked", told, self.kit.box("answer", button))

    def did(self, write: Callable[[], None]) -> bool:
        """Write, and look again."""
        if not self.guarded(write):
            return False
        self.show()
        self._answered()
        return True


class _Request(Part):
    """One request that waits: approve, to how much, reject, and why."""

    def __init__(self, part: ApprovalsPart, waiting: Waiting, words: DeskWords) -> None:
        super().__init__(part.kit, part.language)
        self._part, self._row = part, waiting.judged
        kit, model, row = part.kit, part.model, waiting.judged
        self._granted, self._reason = Number(kit, self._usual()), Words(kit)
        self._granted.label(model.say("granted"))
        self._reason.label(model.say("reason"))
        self._granted.value = self._usual()[0] if self._usual() else None
        approve = self.button(lambda: self._decided(approve=True), model.say("approve"), "yes")
        reject = self.button(lambda: self._decided(approve=False), model.say("reject"))
        for button in (approve, reject):
            button.disabled, button.tooltip = bool(waiting.may_not), waiting.may_not
        fields = [self._granted.box] if row.kind == "price" else []
        why = tag("p", waiting.may_not, "sub") if waiting.may_not else Markup("")
        form = kit.column("form", *fields, self._reason.box)
        told = kit.html("", part.told(row, waiting.clocks, words) + why)
        self.box = kit.column("card asked", told, form, kit.box("answer", approve, reject), self.said)

    def _usual(self) -> tuple[str, ...]:
        """What is left of the float, and what was asked, in per cent."""
        row = self._row
        if row.kind != "price" or pd.isna(row.asked):
            return ()
        left = [row.remaining] if not pd.isna(row.remaining) and 0 < row.remaining < row.asked else []
        return tuple(f"{share * 100:g}" for share in (*left, row.asked))

    def _decided(self, *, approve: bool) -> None:
        model, request = self._part.model, self._row.request_id
        granted, reason = self._granted.value, self._reason.value or ""

        def write() -> None:
            model.decide(request, approve=approve, granted=model.share(granted), reason=reason)

        if self.guarded(write):
            self._part.did(lambda: None)
