"""The threshold panel's widgets: they move the model's controls and show its outcome. No rules, no own numbers."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import LANGUAGES, check_language, say
from toolkit.parameters import explanation
from toolkit.publish.charts.style import DARK, LIGHT, variables
from toolkit.publish.weekly_page import scoped
from toolkit.widgets.threshold_model import GROUPS, Control, ThresholdModel
from toolkit.widgets.threshold_result import detail, message, verdict
from toolkit.widgets.threshold_words import (
    ThresholdWords,
    departures,
    inside,
    outside,
    shown,
    unit_of,
)

_ROOT: Final = "kat-thresholds"
_AUTONYMS: Final = {"zh": "中文", "en": "English"}
_FILE: Final = "thresholds.yaml"
_COMMAND: Final = f"kat review --parameters {_FILE}"
_MORE: Final = {  # roles that the report's palette does not have: outlines of controls, links
    "light": "--edge:#8794A3;--link:#1F5C9E;--scheme:light",
    "dark": "--edge:#66758A;--link:#8FBDF2;--scheme:dark",
}


class ThresholdView(widgets.VBox):
    """The panel: controls left, verdict and evidence right, one column where it is narrow."""

    def __init__(self, model: ThresholdModel, language: str = "zh") -> None:
        self._model = model
        self._language = check_language(language)
        self._rows = {control.path: _Row(control, self._moved) for control in model.controls}
        self._title, self._verdict, self._detail = widgets.HTML(), _html("verdict"), _html("detail")
        self._groups = {name: widgets.HTML() for name in GROUPS}
        self._tongue = widgets.ToggleButtons(options=[(_AUTONYMS[x], x) for x in LANGUAGES], value=language)
        self._reset, self._export = widgets.Button(), widgets.ToggleButton()
        self._why_not, self._how = _html("why-not"), widgets.HTML()
        self._text = widgets.Textarea()
        self._quiet = False
        super().__init__([widgets.HTML(_style()), self._page()])
        self.add_class(_ROOT)
        self._tongue.observe(self._switched, "value")
        self._reset.on_click(lambda _: self._do(model.reset))
        self._export.observe(lambda _: self._show_controls(), "value")
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
        tongue = _box(widgets.Box, "language", self._tongue)
        head = _box(widgets.Box, "head", self._title, tongue)
        if self._model.empty:
            return _box(widgets.VBox, "page", head, self._detail)
        parts: list[widgets.Widget] = []
        for name, paths in GROUPS.items():
            parts += [self._groups[name], *(self._rows[path].box for path in paths)]
        parts[0].add_class("first")
        self._file = _box(widgets.VBox, "export", self._how, self._text)
        controls = _box(
            widgets.VBox, "controls", *parts, _box(widgets.Box, "buttons", self._reset, self._export),
            self._why_not, self._file,
        )  # fmt: skip
        return _box(widgets.VBox, "page", head, _box(widgets.Box, "grid", self._verdict, controls, self._detail))

    def _moved(self, path: str, value: Any) -> None:
        if not self._quiet:
            self._do(lambda: self._model.set(path, value))

    def _switched(self, change: Any) -> None:
        self._language = change["new"]
        self._relabel()

    def _do(self, change: Callable[[], None]) -> None:
        """Change the model; what is shown is dimmed until the answer is there."""
        with self._dimmed():
            change()

    @contextmanager
    def _dimmed(self) -> Iterator[None]:
        for part in (self._verdict, self._detail):
            part.add_class("busy")
        try:
            yield
        finally:
            for part in (self._verdict, self._detail):
                part.remove_class("busy")

    def _relabel(self) -> None:
        """Everything that is written, in the language."""
        language = self._language
        for name in LANGUAGES:
            self.remove_class(f"in-{name}")
        self.add_class(f"in-{language}")
        self._title.value = Markup("<h1>{}</h1>").format(say("threshold.title", language))
        self._tongue.tooltip = say("threshold.language", language)
        for name, heading in self._groups.items():
            heading.value = Markup("<h3>{}</h3>").format(say(f"threshold.group.{name}", language))
        self._quiet = True
        for row in self._rows.values():
            row.relabel(language)
        self._quiet = False
        self._text.description = say("threshold.export_text", language)
        self._show()

    def _show(self) -> None:
        """The outcome, and the controls as the model has them."""
        model, language = self._model, self._language
        if model.outcome is None:
            lines = [say(f"threshold.empty.{key}", language) for key in ("body", "next")]
            self._detail.value = message(say("threshold.empty.title", language), lines)
            return
        words = ThresholdWords(model.outcome, language)
        self._show_controls()
        self._detail.value = detail(words)
        self._verdict.value = verdict(words, departures(model, language), model.problem(language))  # the last word

    def _show_controls(self) -> None:
        model, language = self._model, self._language
        self._quiet = True
        for path, row in self._rows.items():
            row.show(model.value(path), model.differs(path))
        self._quiet = False
        share = model.changes.get("allocation.share_b", model.base.allocation.share_b)
        self._rows["allocation.share_a"].add(say("threshold.share_b", language, share=share))
        self._buttons(language)

    def _buttons(self, language: str) -> None:
        model = self._model
        text = "" if model.refused else model.export()
        self._reset.disabled, self._export.disabled = not model.changes, not text
        if not text:
            self._export.value = False
        self._reset.description = say("threshold.reset", language)
        self._export.description = say("threshold.export_close" if self._export.value else "threshold.export", language)
        not_reset = "" if model.changes else say("threshold.reset_not", language)
        not_export = (
            "" if text else say("threshold.export_not_now" if model.refused else "threshold.export_not", language)
        )
        self._reset.tooltip = not_reset or say("threshold.reset_now", language)
        self._export.tooltip = not_export or say("threshold.export", language)
        whys = [why for why in (not_reset, not_export) if why]
        self._why_not.value = Markup("<br>").join(whys)
        self._file.layout.display = None if self._export.value else "none"
        self._text.rows, self._text.value = text.count("\n") + 1, text
        link = "data:text/yaml;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
        self._how.value = Markup('<p>{}</p><code>{}</code><a download="{}" href="{}">{}</a>').format(
            say("threshold.export_how", language), _COMMAND, _FILE, link, say("threshold.download", language)
        )


def note(title: str, lines: list[str]) -> widgets.VBox:
    """A message in the panel's looks: what is missing, and what to do."""
    card = widgets.HTML(message(title, lines))
    panel = widgets.VBox([widgets.HTML(_style()), _box(widgets.VBox, "page", card)])
    panel.add_class(_ROOT)
    return panel


class _Row:
    """One control: a slider with a labelled number box, or a choice; its scale, its explanation, its dot."""

    def __init__(self, control: Control, moved: Callable[[str, Any], None]) -> None:
        self.control = control
        self._more = ""
        self._language = ""
        self._about = _html("about")
        if control.choices:
            self._choice = widgets.Dropdown(options=list(control.choices), value=control.base)
            self._choice.observe(lambda change: moved(control.path, change["new"]), "value")
            self.box = _box(widgets.VBox, "control", self._choice, self._about)
            return
        low, high, step = (inside(control, x) for x in (control.low, control.high, control.step))
        ends = {"min": low, "max": high, "step": step, "value": inside(control, control.base)}
        self._number = widgets.BoundedFloatText(**ends)
        self._slider = widgets.FloatSlider(**ends, readout=False, continuous_update=True)
        self._unit, self._scale = _html("unit"), widgets.HTML()
        self._slider.observe(lambda change: moved(control.path, outside(control, change["new"])), "value")
        self._number.observe(lambda change: self._slider.set_trait("value", change["new"]), "value")
        top = _box(widgets.Box, "top", self._number, self._unit)
        self.box = _box(widgets.VBox, "control", top, self._slider, self._scale, self._about)

    def relabel(self, language: str) -> None:
        """The label, unit, scale and explanation in a language."""
        control, self._language = self.control, language
        label, about = say(f"threshold.label.{control.path}", language), explanation(control.path, language)
        self._describe(about)
        if control.choices:
            value = self._choice.value
            self._choice.description = label
            self._choice.options = [(say(f"threshold.choice.{x}", language), x) for x in control.choices]
            self._choice.value = value
            return
        self._number.description = label
        self._number.tooltip = self._slider.tooltip = f"{label}：{about}" if language == "zh" else f"{label}: {about}"
        self._unit.value = Markup.escape(unit_of(control, language))
        self._scale.value = _scale(control, language)

    def show(self, value: Any, differs: bool) -> None:
        """The model's value, and whether it differs from the one in force."""
        if self.control.choices:
            self._choice.value = value
        else:
            self._slider.value = self._number.value = inside(self.control, value)
        if differs:
            self.box.add_class("differs")
        else:
            self.box.remove_class("differs")

    def add(self, more: str) -> None:
        """A sentence after the explanation."""
        if more != self._more:
            self._more = more
            self._describe(explanation(self.control.path, self._language))

    def _describe(self, about: str) -> None:
        gap = " " if self._language == "en" else "；"
        said = gap.join(part for part in (about.rstrip("。") if self._more else about, self._more) if part)
        dot = say("threshold.differs", self._language)
        self._about.value = Markup('<span class="dot">{}</span>{}').format(dot, said)


def _scale(control: Control, language: str) -> Markup:
    """Both ends of a slider, and a tick where its value in force stands."""
    span = control.high - control.low
    place = (control.base - control.low) / span * 100 if span else 0.0
    key = "default" if control.base == control.default else "in_force"
    marked = say(f"threshold.{key}", language, value=shown(control, control.base, language))
    ends = Markup("")
    if place > 24:
        ends += Markup('<span class="low">{:g}</span>').format(inside(control, control.low))
    if place < 76:
        ends += Markup('<span class="high">{:g}</span>').format(inside(control, control.high))
    shift = -min(max(place, 4), 96)  # the words stay inside at either end
    tick = Markup(
        '<i class="tick" style="left:{0:.1f}%"></i>'
        '<span style="left:{0:.1f}%;transform:translateX({1:.0f}%)">{2}</span>'
    )
    return Markup('<div class="scale">{}{}</div>').format(ends, tick.format(place, shift, marked))


def _box(kind: type[widgets.Box], name: str, *children: widgets.Widget) -> widgets.Box:
    box = kind(list(children))
    box.add_class(name)
    return box


def _html(name: str) -> widgets.HTML:
    html = widgets.HTML()
    html.add_class(name)
    return html


@cache
def _style() -> str:
    """The panel's CSS: JupyterLab's theme decides where it is known, else what the reader's system prefers."""
    light, dark = f"{variables(LIGHT)};{_MORE['light']}", f"{variables(DARK)};{_MORE['dark']}"
    css = files("toolkit.widgets").joinpath("threshold_panel.css").read_text("utf-8")
    rules = [
        f".{_ROOT}{{{light}}}",
        f"@media (prefers-color-scheme:dark){{.{_ROOT}{{{dark}}}}}",
        f'[data-jp-theme-light="true"] .{_ROOT}{{{light}}}',
        f'[data-jp-theme-light="false"] .{_ROOT}{{{dark}}}',
    ]
    return "<style>" + "\n".join([*rules, scoped(css, f".{_ROOT}")]) + "</style>"
