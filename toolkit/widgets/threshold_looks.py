"""What the apps' widgets share: their colours and CSS, widgets made light, the switch of the language, a message."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import LANGUAGES, say
from toolkit.publish.charts.style import DARK, LIGHT, variables
from toolkit.publish.weekly_page import scoped
from toolkit.widgets.threshold_result import message

ROOT: Final = "kat-thresholds"
AUTONYMS: Final = {"zh": "中文", "en": "English"}
_MORE: Final = {  # roles that the report's palette does not have: outlines of controls, links
    "light": "--edge:#8794A3;--link:#1F5C9E;--scheme:light",
    "dark": "--edge:#66758A;--link:#8FBDF2;--scheme:dark",
}


class Kit:
    """Makes the widgets of one panel. They share a layout, and a style by kind, since CSS decides all of both: a
    browser has half as many models to fetch.
    """

    def __init__(self) -> None:
        self._layout = widgets.Layout()
        self._styles: dict[type[widgets.Widget], widgets.Widget] = {}

    def make(self, kind: type[widgets.DOMWidget], *classes: str, **traits: Any) -> Any:
        """A widget of a kind, with CSS classes."""
        if kind in self._styles:
            traits["style"] = self._styles[kind]
        made = kind(layout=self._layout, _dom_classes=classes, **traits)
        if "style" in made.trait_names():
            self._styles.setdefault(kind, made.style)
        return made

    def box(self, classes: str, *children: widgets.Widget) -> widgets.Box:
        """A box with CSS classes around widgets."""
        return self.make(widgets.Box, *classes.split(), children=list(children))

    def column(self, classes: str, *children: widgets.Widget) -> widgets.VBox:
        """The same, one below the other."""
        return self.make(widgets.VBox, *classes.split(), children=list(children))

    def html(self, classes: str = "", value: str = "") -> widgets.HTML:
        """A piece of HTML."""
        return self.make(widgets.HTML, *classes.split(), value=value)

    def tongue(self, language: str, switched: Callable[[str], None]) -> widgets.Box:
        """The switch of the language, in a box; `switched` is called with the one that is chosen."""
        options = [(AUTONYMS[name], name) for name in LANGUAGES]
        buttons = self.make(widgets.ToggleButtons, options=options, value=language)
        buttons.tooltips = [say("threshold.language", name) for name in LANGUAGES]
        buttons.observe(lambda change: switched(change["new"]), "value")
        return self.box("language", buttons)


def mark(widget: widgets.DOMWidget, name: str, marked: bool) -> None:
    """Give a widget a class, or take it away; nothing is sent where it is so already."""
    if marked != (name in widget._dom_classes):
        (widget.add_class if marked else widget.remove_class)(name)


def show_if(widget: widgets.DOMWidget, shown: bool) -> None:
    """Show a widget, or hide it."""
    mark(widget, "hidden", not shown)


def note(title: str, lines: list[str]) -> widgets.VBox:
    """A message in the panel's looks: what is missing, and what to do."""
    kit = Kit()
    panel = widgets.VBox([widgets.HTML(style()), kit.column("page", kit.html("", message(title, lines)))])
    panel.add_class(ROOT)
    return panel


def colours(selector: str) -> Markup:
    """The colours as CSS variables of what `selector` names, light and dark.

    JupyterLab's theme decides where it is known, else what the reader's system prefers.
    """
    light, dark = f"{variables(LIGHT)};{_MORE['light']}", f"{variables(DARK)};{_MORE['dark']}"
    rules = [
        f"{selector}{{{light}}}",
        f"@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}",
        f'[data-jp-theme-light="true"] {selector}{{{light}}}',
        f'[data-jp-theme-light="false"] {selector}{{{dark}}}',
    ]
    return Markup("\n".join(rules))


@cache
def style(*more: tuple[str, str]) -> str:
    """The panel's CSS with its colours, and more files of this folder, each under a class of its own."""
    rules = [str(colours(f".{ROOT}"))]
    folder = files("toolkit.widgets")
    for name, root in (("threshold_panel.css", ROOT), *more):
        rules.append(scoped(folder.joinpath(name).read_text("utf-8"), f".{root}"))
    return Markup("<style>{}</style>").format(Markup("\n".join(rules)))
