"""Monday's drill as it is held: the case, its timer, what was handled, how it came out, and the record of it."""

from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.data.load import Data
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.publish.document_page import fragment
from toolkit.publish.record_session import record_session
from toolkit.reports.drill_room import DrillRoom, drill_room
from toolkit.widgets.drill_timer import drill_timer
from toolkit.widgets.threshold_looks import ROOT, Kit, style
from toolkit.widgets.threshold_result import tag

DRILL: Final = "kat-drill"


class DrillSession(widgets.VBox):
    """The drill of a room. What was held is recorded into `source` by `who`."""

    def __init__(self, room: DrillRoom, source: str | Path, who: str) -> None:
        self._room, self._source, self._who = room, source, who
        self._kit = kit = Kit()
        self._cards = [
            kit.make(widgets.Checkbox, "handled", description=f"{number} · {name}", indent=False)
            for number, name in room.cards
        ]
        team = room.monday.team
        reps = [(str(team.week.rep(one)), str(one)) for one in team.week.active["owner_id"].dropna().unique()]
        self._rep = kit.make(widgets.Dropdown, options=[(self._say("nobody"), ""), *sorted(reps)])
        self._rep.description = self._say("rep")
        self._outcome = kit.make(widgets.Textarea, placeholder=self._say("outcome_how"))
        self._keep = kit.make(widgets.Button, description=self._say("record"))
        self._said = kit.html()
        title = Markup("<h1>{}</h1>").format(say("document.case.title_none", room.language))
        case = kit.column("detail", kit.html("", fragment(room.drill())))
        body = kit.box("grid", self._controls(), case) if room.cards else case
        looks = kit.html("", style(("drill_session.css", DRILL)))
        super().__init__([looks, kit.column("page", kit.box("head", kit.html("", title)), body)])
        self._dom_classes = (ROOT, DRILL)
        self._outcome.observe(lambda _: self._ready(), "value")
        self._keep.on_click(lambda _: self.record())
        self._ready()

    def _controls(self) -> widgets.Box:
        kit = self._kit
        timer = drill_timer(self._room.phases, self._room.language)
        timer.add_class("timer")
        handled = kit.column("cards", kit.html("", tag("h3", self._say("handled"))), *self._cards)
        outcome = kit.column("outcome", kit.html("", tag("h3", self._say("outcome"))), self._outcome)
        who = kit.column("control", self._rep)
        return kit.column("controls", timer, handled, who, outcome, kit.box("buttons", self._keep), self._said)

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
