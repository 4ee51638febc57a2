"""Directives to answer: overdue first, with the report that each belongs to."""

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.widgets.desk_model import DeskModel
from toolkit.widgets.desk_part import Part
from toolkit.widgets.threshold_looks import Kit
from toolkit.widgets.threshold_result import tag


class DirectivesPart(Part):
    """What the rep was told to do. `answered` is called after each answer."""

    def __init__(self, model: DeskModel, kit: Kit, language: str, answered: Callable[[], None]) -> None:
        super().__init__(kit, language)
        self.model, self._answered = model, answered
        self._list = kit.column("mine")
        self.box = kit.column("part", self.said, self._list)

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language
        self._show()

    def _show(self) -> None:
        rows = self.model.directives()
        head = (
            self.heading(self.say("directives.title", n=len(rows))) if rows else tag("p", self.say("directives.none"))
        )
        self._list.children = [self.kit.html("group", head), *(self._directive(row) for row in rows)]

    def _directive(self, row: dict[str, Any]) -> widgets.Widget:
        known = row["account"] is not None
        about = self.say("directives.about", account=row["account"], day=row["reported"]) if known else ""
        due = ""
        if row["due_on"] is not None:
            due = self.say("directives.late" if row["days"] else "directives.due", day=row["due_on"], n=row["days"])
        late = Markup('<p class="clock {}">{}</p>').format("over" if row["days"] else "runs", due)
        told = self.kit.html("", tag("h3", row["text"]) + tag("p", about, "sub") + (late if due else Markup("")))
        directive = row["directive_id"]
        buttons = [
            self.button(partial(self._said, directive, followed), self.say(f"directives.{key}"))
            for key, followed in (("followed", True), ("not_followed", False))
        ]
        return self.kit.column("card asked", told, self.kit.box("answer", *buttons))

    def _said(self, directive: str, followed: bool) -> None:
        if self.guarded(lambda: self.model.answer(directive, followed)):
            self._show()
            self._answered()
