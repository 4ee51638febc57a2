"""The studio's widgets: settings left; verdict, tabs and the section that is looked at right. No rules, no numbers."""

from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import LANGUAGES, check_language, say
from toolkit.widgets.studio_ahead_result import looked_ahead
from toolkit.widgets.studio_model import TABS, StudioModel
from toolkit.widgets.studio_picker import Picker
from toolkit.widgets.studio_plan_view import PlanEditor
from toolkit.widgets.studio_price import priced
from toolkit.widgets.studio_result import replayed, side_by_side
from toolkit.widgets.studio_words import Words
from toolkit.widgets.threshold_controls import ThresholdControls
from toolkit.widgets.threshold_looks import ROOT, Kit, mark, show_if, style
from toolkit.widgets.threshold_result import detail, verdict
from toolkit.widgets.threshold_view import dimmed, nothing
from toolkit.widgets.threshold_words import ThresholdWords, departures

_ROOT: Final = "kat-studio"
_SET: Final = "set"  # the tab of the settings, where the page has one column


class StudioView(widgets.VBox):
    """The studio: one section at a time is made, the one that is looked at."""

    def __init__(self, model: StudioModel, language: str = "zh") -> None:
        self._model = model
        self._language = check_language(language)
        self._kit = kit = Kit()
        self._title, self._verdict, self._detail = kit.html(), kit.html("verdict"), kit.html("detail")
        self._tabs = kit.make(widgets.ToggleButtons, "tabs", options=[_SET, *TABS], value=TABS[0])
        self._picker = Picker(kit, model, self._do)
        self._controls = ThresholdControls(kit, model.thresholds, self._do, (self._picker.box,))
        self._editor: PlanEditor | None = None
        self._plan = kit.column("plans hidden")
        self._tongue = kit.tongue(self._language, self._switched)
        self._quiet = self._quiet_ahead = False
        super().__init__([kit.html("", style(("studio.css", _ROOT))), self._page()])
        self._dom_classes = (ROOT, _ROOT)
        self._tabs.observe(self._turned, "value")
        model.observe(self._show)
        if not model.empty:
            model.ahead.observe(self._refined)
            model.worth.observe(self._refined)
        self._relabel()

    @property
    def model(self) -> StudioModel:
        """The state behind the studio."""
        return self._model

    @property
    def language(self) -> str:
        """The language that is shown; the studio's own buttons switch it."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        if check_language(language) != self._language:
            self._tongue.children[0].value = language

    def refresh(self) -> None:
        """Read the scenarios on file again: others may have saved some."""
        self._model.shelf.refresh(self._language)
        self._show()

    def _page(self) -> widgets.Box:
        kit = self._kit
        head = kit.box("head", self._title, self._tongue)
        if self._model.empty:
            return kit.column("page", head, self._detail)
        section = kit.column("section", self._detail, self._plan)
        return kit.column("page", head, kit.box("grid", self._verdict, self._tabs, self._controls.box, section))

    def _switched(self, language: str) -> None:
        self._language = language
        self._relabel()

    def _turned(self, change: Any) -> None:
        if self._quiet:
            return
        mark(self, "on-set", change["new"] == _SET)
        if change["new"] != _SET:
            self._do(lambda: self._model.show(change["new"]))

    def _do(self, change: Callable[[], None]) -> None:
        """Change the model; what is shown is dimmed until the answer is there."""
        with dimmed(self._verdict, self._detail):
            change()

    def _relabel(self) -> None:
        """Everything that is written, in the language."""
        language = self._language
        for name in LANGUAGES:
            mark(self, f"in-{name}", name == language)
        self._title.value = Markup("<h1>{}</h1>").format(say("studio.title", language))
        self._quiet = True
        chosen = self._tabs.value
        self._tabs.options = [(say(f"studio.tab.{tab}", language), tab) for tab in (_SET, *TABS)]
        self._tabs.value = chosen
        self._quiet = False
        self._controls.relabel(language)
        self._picker.relabel(language)
        self._show()

    def _show(self) -> None:
        """What the model has: the settings, the section that is looked at, the verdict."""
        model, language = self._model, self._language
        if model.empty:
            self._detail.value = nothing(language)
            return
        self._controls.show()
        self._picker.show()
        self._quiet_ahead = True
        model.look_ahead(language)
        self._quiet_ahead = False
        self._detail.value = self._section()
        self._show_plan()
        thresholds = model.thresholds
        words = ThresholdWords(model.outcome, language)
        problem = thresholds.problem(language)
        self._verdict.value = verdict(words, departures(thresholds, language), problem)  # the last word

    def _refined(self) -> None:
        """There is more of what is computed in the background."""
        if not self._quiet_ahead and self._model.tab in ("ahead", "price", "scenarios"):
            self._detail.value = self._section()

    def _section(self) -> Markup:
        model, language = self._model, self._language
        if model.tab == "replay":
            return replayed(model, language)
        if model.tab == "scenarios":
            return side_by_side(model, language)
        if model.tab == "ahead":
            return looked_ahead(Words(model, language), model.ahead.outlook)
        if model.tab == "price":
            return priced(Words(model, language), model.price(language), model.worth.left)
        return detail(ThresholdWords(model.outcome, language))

    def _show_plan(self) -> None:
        """The plan editor, made when it is first looked at."""
        shown = self._model.tab == "price"
        if shown:
            if self._editor is None:
                self._editor = PlanEditor(self._kit, self._model.plan, self._do)
                self._plan.children = [self._editor.box]
            self._editor.show(Words(self._model, self._language))
        show_if(self._plan, shown)
