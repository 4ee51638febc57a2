"""Monday's drill as it is held: the case, its timer, what was handled, how it came out, and the record of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.data.load import Data
from toolkit.language import LANGUAGES, say
from toolkit.parameters import Parameters
from toolkit.publish.document_page import fragment
from toolkit.publish.record_session import record_session
from toolkit.reports.drill_room import DrillRoom, drill_room
from toolkit.widgets.drill_timer import DrillTimer
from toolkit.widgets.threshold_looks import ROOT, Kit, mark, style
from toolkit.widgets.threshold_result import tag

DRILL: Final = "kat-drill"


class DrillSession(widgets.VBox):
    """The drill of a room. What was held is recorded into `source` by `who`."""

    def __init__(self, room: DrillRoom, source: str | Path, who: str) -> None:
        self._room, self._source, self._who = room, source, who
        self._kit = kit = Kit()
        self._title, self._case, self._said = kit.html(), kit.html(), kit.html()
        self._handled, self._how = kit.html(), kit.html()
        self._cards = [kit.make(widgets.Checkbox, "handled", indent=False) for _ in room.cards]
        self._rep = kit.make(widgets.Dropdown)
        self._outcome = kit.make(widgets.Textarea)
        self._keep = kit.make(widgets.Button)
        self._timer = DrillTimer(room.phases, room.language)
        head = kit.box("head", self._title, kit.tongue(room.language, self._switched))
        case = kit.column("detail", self._case)
        body = kit.box("grid", self._controls(), case) if room.cards else case
        super().__init__([kit.html("", style(("drill_session.css", DRILL))), kit.column("page", head, body)])
        self._dom_classes = (ROOT, DRILL)
        self._outcome.observe(lambda _: self._ready(), "value")
        self._keep.on_click(lambda _: self.record())
        self._relabel()

    def _controls(self) -> widgets.Box:
        kit = self._kit
        self._timer.add_class("timer")
        handled = kit.column("cards", self._handled, *self._cards)
        outcome = kit.column("outcome", self._how, self._outcome)
        who = kit.column("control", self._rep)
        return kit.column("controls", self._timer, handled, who, outcome, kit.box("buttons", self._keep), self._said)

    def _switched(self, language: str) -> None:
        """The same drill in another language: what is ticked, written and timed stays."""
        room = self._room
        self._room = replace(room, monday=room.monday.in_language(language), today=room.today.in_language(language))
        self._relabel()

    def _relabel(self) -> None:
        room = self._room
        for name in LANGUAGES:
            mark(self, f"in-{name}", name == room.language)
        self._title.value = Markup("<h1>{}</h1>").format(say("document.case.title_none", room.language))
        self._case.value = fragment(room.drill())
        for box, (number, name) in zip(self._cards, room.cards, strict=True):
            box.description = f"{number} · {name}"
        team, kept = room.monday.team, self._rep.value
        reps = [(str(team.week.rep(one)), str(one)) for one in team.week.active["owner_id"].dropna().unique()]
        self._rep.options = [(self._say("nobody"), ""), *sorted(reps)]
        self._rep.value = kept or ""
        self._rep.description, self._keep.description = self._say("rep"), self._say("record")
        self._outcome.placeholder = self._say("outcome_how")
        self._handled.value, self._how.value = tag("h3", self._say("handled")), tag("h3", self._say("outcome"))
        self._timer.relabel(room.phases, room.language)
        self._ready()

    def _say(self, key: str, **facts: object) -> str:
        return say(f"document.drill_session.{key}", self._room.language, **facts)

    def _ready(self) -> None:
        """A drill without an outcome is not recorded."""
        self._keep.disabled = not self._outcome.value.strip()
        self._keep.tooltip = self._say("record_not" if self._keep.disabled else "record_now")
        self._said.value = tag("p", self._keep.tooltip, "sub")

    def record(self) -> None:
        """Record the drill as it stands here; again, it takes the place of the earlier record."""
        handled = tuple(number for (number, _), one in zip(self._room.cards, self._cards, strict=True) if one.value)
        try:
            held = self._room.held_drill(self._outcome.value.strip(), handled, self._rep.value or "")
            names = record_session(self._source, held, self._room.language, who=self._who)
        except (InputError, OSError) as error:
            self._said.value = Markup('<div class="problem"><b>{}</b></div>').format(error)
            return
        told = self._say("recorded", n=len(handled), of=len(self._cards), where=", ".join(names))
        self._said.value = tag("p", told, "done")


def drill_session(
    data: Data,
    source: str | Path,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    account: str = "",
    salt: Salt | None = None,
    who: str = "",
) -> DrillSession:
    """Monday's drill as a widget, for JupyterLab and Voila.

    source  where it is recorded: a folder of CSV files or a store's address; who  writes it
    The rest as of `drill_room`.
    Raises InputError for a day or an account that is not there.
    """
    return DrillSession(drill_room(data, as_of, parameters, language, account, salt), source, who)
