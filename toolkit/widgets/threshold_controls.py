"""The controls of the threshold panel and of the studio: sliders and choices, reset, the parameter file."""

import base64
from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import say
from toolkit.parameters import explanation
from toolkit.widgets.threshold_looks import Kit, mark, show_if
from toolkit.widgets.threshold_model import GROUPS, Control, ThresholdModel
from toolkit.widgets.threshold_words import inside, outside, shown, unit_of

_FILE: Final = "thresholds.yaml"
_COMMAND: Final = f"kat review --parameters {_FILE}"


class ThresholdControls:
    """The column of controls: `box` is the widget, with `above` on top. They move the model through `do`, which may dim
    what is shown.
    """

    def __init__(
        self,
        kit: Kit,
        model: ThresholdModel,
        do: Callable[[Callable[[], None]], None],
        above: tuple[widgets.Widget, ...] = (),
    ) -> None:
        self._model = model
        self._do = do
        self._quiet = False
        self._language = ""
        self._rows = {control.path: Row(kit, control, self._moved) for control in model.controls}
        self._groups = {name: kit.html("" if k or above else "first") for k, name in enumerate(GROUPS)}
        self._others = kit.html("others hidden")
        self._reset, self._export = kit.make(widgets.Button), kit.make(widgets.ToggleButton)
        self._why_not, self._how = kit.html("why-not"), kit.html()
        self._text = kit.make(widgets.Textarea)
        self._file = kit.column("export hidden", self._how, self._text)
        self._reset.on_click(lambda _: self._do(model.reset))
        self._export.observe(lambda _: self.show(), "value")
        parts: list[widgets.Widget] = []
        for name, paths in GROUPS.items():
            parts += [self._groups[name], *(self._rows[path].box for path in paths)]
        buttons = kit.box("buttons", self._reset, self._export)
        self.box = kit.column("controls", *above, *parts, self._others, buttons, self._why_not, self._file)

    def relabel(self, language: str) -> None:
        """Every label in a language."""
        self._language = language
        for name, heading in self._groups.items():
            heading.value = Markup("<h3>{}</h3>").format(say(f"threshold.group.{name}", language))
        self._quiet = True
        for row in self._rows.values():
            row.relabel(language)
        self._quiet = False
        self._text.description = say("threshold.export_text", language)

    def show(self) -> None:
        """The controls as the model has them."""
        model, language = self._model, self._language
        share = model.changes.get("allocation.share_b", model.base.allocation.share_b)
        more = {"allocation.share_a": say("threshold.share_b", language, share=share)}
        self._quiet = True
        for path, row in self._rows.items():
            row.show(model.value(path), model.differs(path), more.get(path, ""))
        self._quiet = False
        others = [f"{path} = {value}" for path, value in model.others.items()]
        self._others.value = Markup("{}<br>{}").format(
            say("threshold.others", language), Markup("<br>").join(others)
        )  # fmt: skip
        show_if(self._others, bool(others))
        self._buttons()

    def _moved(self, path: str, value: Any) -> None:
        if not self._quiet:
            self._do(lambda: self._model.set(path, value))

    def _buttons(self) -> None:
        model, language = self._model, self._language
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
        show_if(self._file, self._export.value)
        if self._export.value:
            self._show_file(text)

    def _show_file(self, text: str) -> None:
        language = self._language
        self._text.rows, self._text.value = text.count("\n") + 1, text
        link = "data:text/yaml;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
        self._how.value = Markup('<p>{}</p><code>{}</code><a download="{}" href="{}">{}</a>').format(
            say("threshold.export_how", language), _COMMAND, _FILE, link, say("threshold.download", language)
        )


class Row:
    """One control: a slider with a labelled number box, or a choice; its scale, its explanation, its dot."""

    def __init__(self, kit: Kit, control: Control, moved: Callable[[str, Any], None]) -> None:
        self.control = control
        self._more = ""
        self._language = ""
        self._about = kit.html("about")
        if control.choices:
            self._choice = kit.make(widgets.Dropdown, options=list(control.choices), value=control.base)
            self._choice.observe(lambda change: moved(control.path, change["new"]), "value")
            self.box = kit.column("control", self._choice, self._about)
            return
        low, high, step = (inside(control, x) for x in (control.low, control.high, control.step))
        ends = {"min": low, "max": high, "step": step, "value": inside(control, control.base)}
        self._number = kit.make(widgets.BoundedFloatText, **ends)
        self._slider = kit.make(widgets.FloatSlider, **ends, readout=False, continuous_update=True)
        self._unit = kit.html("unit")
        self._slider.observe(lambda change: moved(control.path, outside(control, change["new"])), "value")
        self._number.observe(lambda change: self._slider.set_trait("value", change["new"]), "value")
        self.box = kit.column("control", kit.box("top", self._number, self._unit), self._slider, self._about)

    def relabel(self, language: str) -> None:
        """The label, unit, scale and explanation in a language."""
        control, self._language = self.control, language
        label, about = say(f"threshold.label.{control.path}", language), explanation(control.path, language)
        self._describe()
        if control.choices:
            value = self._choice.value
            self._choice.description = label
            self._choice.options = [(say(f"threshold.choice.{x}", language), x) for x in control.choices]
            self._choice.value = value
            return
        self._number.description = label
        self._number.tooltip = self._slider.tooltip = f"{label}：{about}" if language == "zh" else f"{label}: {about}"
        self._unit.value = Markup.escape(unit_of(control, language))

    def show(self, value: Any, differs: bool, more: str) -> None:
        """The model's value, whether it differs from the one in force, and a sentence after the explanation."""
        if self.control.choices:
            self._choice.value = value
        else:
            self._slider.value = self._number.value = inside(self.control, value)
        mark(self.box, "differs", differs)
        if more != self._more:
            self._more = more
            self._describe()

    def _describe(self) -> None:
        about = explanation(self.control.path, self._language)
        gap = " " if self._language == "en" else "；"
        said = gap.join(part for part in (about.rstrip("。") if self._more else about, self._more) if part)
        scale = Markup("") if self.control.choices else _scale(self.control, self._language)
        dot = say("threshold.differs", self._language)
        self._about.value = scale + Markup('<span class="dot">{}</span>{}').format(dot, said)


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
