"""The director's side of the desk: today's draw with three directives each, approvals, and any rep's desk."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language import LANGUAGES, check_language, say
from toolkit.parameters import Parameters
from toolkit.widgets.desk import DESK, Desk
from toolkit.widgets.desk_fields import Picked
from toolkit.widgets.desk_model import DeskModel
from toolkit.widgets.desk_part import Part
from toolkit.widgets.directing_approvals import ApprovalsPart
from toolkit.widgets.directing_draw import DrawPart
from toolkit.widgets.directing_model import DirectingModel
from toolkit.widgets.studio_background import Background
from toolkit.widgets.threshold_looks import ROOT, Kit, show_if, style
from toolkit.widgets.threshold_result import tag

_TABS: Final = ("draw", "approvals", "desks")


class Directing(widgets.VBox):
    """The director's side. `model` is what it reads and writes."""

    def __init__(self, model: DirectingModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        self._kit = kit = Kit()
        self._quiet = False
        self._ready, self._background = False, Background()
        self._fresh: dict[str, int] = {}
        self._title, self._waiting = kit.html(), kit.html("fault")
        self._tabs = kit.make(widgets.ToggleButtons, "tabs", options=list(_TABS))
        self.draw = DrawPart(model, kit, language)
        self.approvals = ApprovalsPart(model, kit, language, self._counted)
        self.desks = DesksPart(model, kit, language)
        self._parts = dict(zip(_TABS, (self.draw, self.approvals, self.desks), strict=True))
        if not model.reps():
            del self._parts["desks"]
        head = kit.box("head", self._title, kit.tongue(self._language, self._switched))
        page = kit.column("page", head, self._tabs, self._waiting, *(part.box for part in self._parts.values()))
        super().__init__([kit.html("", style(("desk.css", DESK))), page])
        self._dom_classes = (ROOT, DESK)
        self._tabs.observe(lambda _: self._turned(), "value")
        self._relabel()
        self._read()

    @property
    def model(self) -> DirectingModel:
        """The state behind it."""
        return self._model

    def _switched(self, language: str) -> None:
        self._language = self._model.language = language
        self.draw.caught(self._relabel)

    def _relabel(self) -> None:
        for name in LANGUAGES:
            (self.add_class if name == self._language else self.remove_class)(f"in-{name}")
        for part in self._parts.values():
            if self._ready:
                part.relabel(self._language)
        self._fresh = dict.fromkeys(self._parts, self._model.stamp)
        waiting = "" if self._ready else tag("p", say("desk.reading", self._language), "sub")
        self._waiting.value = waiting
        self._title.value = Markup("<h1>{}</h1>").format(self._model.say("title", day=self._model.day))
        self._counted()
        self._turned()

    def _counted(self) -> None:
        """The tabs, with how many requests wait."""
        n = len(self._model.waiting()) if self._ready else 0
        self._quiet = True
        chosen = self._tabs.value
        names = {tab: self._model.say(f"tab.{tab}") for tab in self._parts}
        if n:
            names["approvals"] = self._model.say("tab.approvals_n", n=n)
        self._tabs.options = [(name, tab) for tab, name in names.items()]
        self._tabs.value = chosen
        self._quiet = False

    def _turned(self) -> None:
        if self._quiet:
            return
        picked = self._tabs.value
        for tab, part in self._parts.items():
            show_if(part.box, self._ready and tab == picked)
        if self._ready and picked != "desks":
            self._parts[picked].caught(lambda: self._renewed(picked))

    def _renewed(self, tab: str) -> None:
        """A tab is made again when it is opened and somebody wrote since."""
        stamp = self._model.stamp
        if self._fresh[tab] != stamp:
            self._parts[tab].relabel(self._language)
            self._fresh[tab] = stamp
            self._counted()

    def _read(self) -> None:
        """Show the parts once the rules have read the store."""

        def steps(_: Callable[[], bool]) -> Iterator[Any]:
            yield self._model.waiting()

        def take(_: Any) -> None:
            self._ready = True
            self._relabel()

        def failed(error: Exception) -> None:
            if not isinstance(error, InputError):
                raise error
            self._waiting.value = self.draw.problem(str(error).splitlines())

        self._background.ask(steps, take, failed)


class DesksPart(Part):
    """Any rep's desk."""

    def __init__(self, model: DirectingModel, kit: Kit, language: str) -> None:
        super().__init__(kit, language)
        self.model = model
        self._rep = Picked(kit)
        self._place = kit.column("place")
        self.box = kit.column("part", kit.column("form", self._rep.box), self.said, self._place)
        self._rep.watch(self._opened)

    def relabel(self, language: str) -> None:
        """Say everything in a language; a desk that is open is opened anew."""
        self.language = language
        self._rep.label(self.model.say("whose"))
        self._rep.options((name, rep) for rep, name in self.model.reps().items())
        self._opened()

    def _opened(self) -> None:
        rep, model = self._rep.value, self.model
        self._place.children = []
        if rep:
            self.guarded(lambda: self._show(Desk(
                DeskModel(model.url, rep, self.language, model.parameters, model.store.who, model.now), self.language
            )))  # fmt: skip

    def _show(self, desk: Desk) -> None:
        self._place.children = [desk]


def directing(
    url: str, who: str = "", role: str = "director", language: str = "zh", parameters: Parameters | None = None
) -> Directing:
    """The director's side of the desk on a store as a widget, for JupyterLab and Voila.

    who   the user's id on the team, or name; default: the team's director where it has exactly one
    role  director and manager give directives and approve, anybody else reads
    Raises InputError where the source is no store.
    """
    return Directing(DirectingModel(url, who, role, language, parameters), language)
