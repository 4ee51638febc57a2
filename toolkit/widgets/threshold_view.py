"""The threshold panel's widgets: they move the model's controls and show its outcome. No rules, no own numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import LANGUAGES, check_language, say
from toolkit.widgets.threshold_controls import ThresholdControls
from toolkit.widgets.threshold_looks import ROOT, Kit, mark, note, style
from toolkit.widgets.threshold_model import ThresholdModel
from toolkit.widgets.threshold_result import detail, message, verdict
from toolkit.widgets.threshold_words import ThresholdWords, departures

__all__ = ["ThresholdView", "note"]


class ThresholdView(widgets.VBox):
    """The panel: controls left, verdict and evidence right, one column where it is narrow."""

    def __init__(self, model: ThresholdModel, language: str = "zh") -> None:
        self._model = model
        self._language = check_language(language)
        self._kit = kit = Kit()
        self._title, self._verdict, self._detail = kit.html(), kit.html("verdict"), kit.html("detail")
        self._controls = ThresholdControls(kit, model, self._do)
        super().__init__([kit.html("", style()), self._page()])
        self.add_class(ROOT)
        model.observe(self._show)
        self._relabel()

    @property
    def model(self) -> ThresholdModel:
        """The state behind the panel."""
        return self._model

    @property
    def language(self) -> str:
        """The language that is shown; the panel's own buttons switch it."""
        return self._language

    def _page(self) -> widgets.Box:
        kit = self._kit
        head = kit.box("head", self._title, kit.tongue(self._language, self._switched))
        if self._model.empty:
            return kit.column("page", head, self._detail)
        return kit.column("page", head, kit.box("grid", self._verdict, self._controls.box, self._detail))

    def _switched(self, language: str) -> None:
        self._language = language
        self._relabel()

    def _do(self, change: Callable[[], None]) -> None:
        """Change the model; what is shown is dimmed until the answer is there."""
        with dimmed(self._verdict, self._detail):
            change()

    def _relabel(self) -> None:
        """Everything that is written, in the language."""
        language = self._language
        for name in LANGUAGES:
            mark(self, f"in-{name}", name == language)
        self._title.value = Markup("<h1>{}</h1>").format(say("threshold.title", language))
        self._controls.relabel(language)
        self._show()

    def _show(self) -> None:
        """The outcome, and the controls as the model has them."""
        model, language = self._model, self._language
        if model.outcome is None:
            self._detail.value = nothing(language)
            return
        words = ThresholdWords(model.outcome, language)
        self._controls.show()
        self._detail.value = detail(words)
        self._verdict.value = verdict(words, departures(model, language), model.problem(language))  # the last word


def nothing(language: str) -> Markup:
    """That there are no data, and what to do."""
    lines = [say(f"threshold.empty.{key}", language) for key in ("body", "next")]
    return message(say("threshold.empty.title", language), lines)


@contextmanager
def dimmed(*parts: widgets.DOMWidget) -> Iterator[None]:
    """Dim widgets until the block is done."""
    for part in parts:
        part.add_class("busy")
    try:
        yield
    finally:
        for part in parts:
            part.remove_class("busy")
