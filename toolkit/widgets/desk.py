"""The desk: a rep's daily report on the phone, what may be asked and what was, and directives to answer."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language import LANGUAGES, check_language
from toolkit.parameters import Parameters
from toolkit.widgets.desk_directives import DirectivesPart
from toolkit.widgets.desk_model import DeskModel
from toolkit.widgets.desk_report import ReportPart
from toolkit.widgets.desk_report_model import ReportModel
from toolkit.widgets.desk_requests import RequestsPart
from toolkit.widgets.desk_requests_model import RequestsModel
from toolkit.widgets.studio_background import Background
from toolkit.widgets.threshold_looks import ROOT, Kit, show_if, style
from toolkit.widgets.threshold_result import tag

DESK: Final = "kat-desk"
_TABS: Final = ("report", "requests", "directives")


class Desk(widgets.VBox):
    """The desk. `model` is what it reads and writes."""

    def __init__(self, model: DeskModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        self._kit = kit = Kit()
        self._quiet, self._read = False, False
        self._background = Background()
        self._title, self._waiting = kit.html(), kit.html("fault")
        self._tabs = kit.make(widgets.ToggleButtons, "tabs", options=list(_TABS))
        self.report = ReportPart(ReportModel(model), kit, language, Background())
        self.requests = RequestsPart(RequestsModel(model), kit, language)
        self.directives = DirectivesPart(model, kit, language, self._counted)
        self._parts = dict(zip(_TABS, (self.report, self.requests, self.directives), strict=True))
        head = kit.box("head", self._title, kit.tongue(self._language, self._switched))
        page = kit.column("page", head, self._tabs, self._waiting, *(part.box for part in self._parts.values()))
        super().__init__([kit.html("", style(("desk.css", DESK))), page])
        self._dom_classes = (ROOT, DESK)
        self._tabs.observe(lambda _: self._turned(), "value")
        self._relabel()
        self._warm()

    @property
    def model(self) -> DeskModel:
        """The state behind the desk."""
        return self._model

    def _switched(self, language: str) -> None:
        self._language = self._model.language = language
        self.report.caught(self._relabel)

    def _relabel(self) -> None:
        for name in LANGUAGES:
            (self.add_class if name == self._language else self.remove_class)(f"in-{name}")
        self.report.relabel(self._language)
        self.requests.relabel(self._language)
        self.directives.relabel(self._language)
        title = self.report.say("title", rep=self._model.name, day=self._model.day)
        self._title.value = Markup("<h1>{}</h1>").format(title)
        self._counted()
        self._turned()

    def _counted(self) -> None:
        """The tabs, with how many directives wait."""
        waiting = len(self._model.directives())
        self._quiet = True
        chosen = self._tabs.value
        names = {tab: self.report.say(f"tab.{tab}") for tab in _TABS}
        if waiting:
            names["directives"] = self.report.say("tab.directives_n", n=waiting)
        self._tabs.options = [(name, tab) for tab, name in names.items()]
        self._tabs.value = chosen
        self._quiet = False

    def _turned(self) -> None:
        """Show the part that is picked; the requests once the rules have read the store."""
        if self._quiet:
            return
        picked = self._tabs.value
        for tab, part in self._parts.items():
            show_if(part.box, tab == picked and (tab != "requests" or self._read))
        waits = picked == "requests" and not self._read
        self._waiting.value = tag("p", self.report.say("reading"), "sub") if waits else ""
        if picked == "requests" and self._read:
            self.requests.guarded(self.requests.refresh)

    def _warm(self) -> None:
        """Have the rules read the store while the first report is filled in."""

        def take(_: Any) -> None:
            self._read = True
            self._turned()

        def failed(error: Exception) -> None:
            if not isinstance(error, InputError):
                raise error
            self._waiting.value = self.report.problem(str(error).splitlines())

        def steps(_: Callable[[], bool]) -> Iterator[Any]:
            yield self.requests.model.mine()

        self._background.ask(steps, take, failed)


def desk(url: str, rep: str, language: str = "zh", parameters: Parameters | None = None, who: str = "") -> Desk:
    """A rep's desk on a store as a widget, for JupyterLab and Voila. who  stands in the journal; default: the rep

    Raises InputError where the source is no store, or the rep is not on the team.
    """
    return Desk(DeskModel(url, rep, language, parameters, who), language)
