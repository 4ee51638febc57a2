"""The studio's scenarios to load, save and delete, above its controls. A disabled button says why."""

from collections.abc import Callable

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language import say
from toolkit.whatif.scenario import STOCK, is_slug
from toolkit.widgets.studio_model import StudioModel
from toolkit.widgets.studio_shelf import slug
from toolkit.widgets.studio_words import problem_of
from toolkit.widgets.threshold_looks import Kit


class Picker:
    """Choose, name, save, delete; `box` is the widget. It moves the studio through `do`, which may dim the result."""

    def __init__(self, kit: Kit, studio: StudioModel, do: Callable[[Callable[[], None]], None]) -> None:
        self._studio, self._do = studio, do
        self._language, self._quiet, self._said = "zh", False, Markup("")
        self._title = kit.html("first")
        self._choice = kit.make(widgets.Dropdown)
        self._name = kit.make(widgets.Text)
        self._save, self._delete = kit.make(widgets.Button), kit.make(widgets.Button)
        self._why = kit.html("why-not")
        self._message = kit.html("message")
        self._choice.observe(lambda change: self._chosen(change["new"]), "value")
        self._name.observe(lambda _: self._buttons(), "value")
        self._save.on_click(lambda _: self._attempt(self._saved))
        self._delete.on_click(lambda _: self._attempt(self._deleted))
        self.box = kit.column(
            "picker control", self._title, self._choice, self._name,
            kit.box("buttons", self._save, self._delete), self._why, self._message,
        )  # fmt: skip

    def relabel(self, language: str) -> None:
        """Every label in a language; what was said before is dropped."""
        self._language, self._said = language, Markup("")
        self._title.value = Markup("<h3>{}</h3>").format(say("studio.picker.title", language))
        self._choice.description = say("studio.picker.choose", language)
        self._name.description = say("studio.picker.name", language)
        self._name.placeholder = say("studio.picker.hint", language)

    def show(self) -> None:
        """The scenarios on file, and the one that is loaded."""
        studio, language = self._studio, self._language
        scenarios = [(scenario.title[language], scenario.name) for scenario in studio.shelf.scenarios]
        options = [(say("studio.picker.none", language), ""), *scenarios]
        self._quiet = True
        if tuple(self._choice.options) != tuple(options):
            self._choice.options = options
        self._choice.value = studio.loaded
        self._quiet = False
        self._buttons()
        self._message.value = self._said

    def _chosen(self, name: str) -> None:
        if self._quiet:
            return
        self._said = Markup("")
        if not name:
            self._do(self._studio.thresholds.reset)
            return
        if self._studio.shelf.own(name):
            self._name.value = self._studio.shelf.named(name).title[self._language]
        self._attempt(lambda: self._do(lambda: self._studio.load(name)))

    def _saved(self) -> None:
        scenario = self._studio.save(self._name.value, self._language)
        self._said = self._status("saved", scenario.title[self._language])

    def _deleted(self) -> None:
        name = self._studio.loaded
        title = self._studio.shelf.named(name).title[self._language]
        self._studio.delete(name, self._language)
        self._said = self._status("deleted", title)

    def _status(self, key: str, title: str) -> Markup:
        return Markup('<p role="status">{}</p>').format(say(f"studio.picker.{key}", self._language, title=title))

    def _attempt(self, change: Callable[[], None]) -> None:
        """Do it, or say in words why it cannot be done."""
        try:
            change()
        except InputError as error:
            self._said = problem_of(say("studio.error", self._language), str(error))
        self.show()

    def _buttons(self) -> None:
        studio, language = self._studio, self._language
        name = slug(self._name.value)
        why_not_save = (
            "save_refused" if studio.thresholds.refused
            else "save_nothing" if not studio.thresholds.changes
            else "save_no_name" if not is_slug(name)
            else "save_stock" if name in STOCK
            else ""
        )  # fmt: skip
        loaded = studio.loaded
        why_not_delete = "" if studio.shelf.own(loaded) else "delete_stock" if loaded else "delete_none"
        saved = "replace" if studio.shelf.own(name) else "save"
        self._save.description = say(f"studio.picker.{saved}", language)
        self._delete.description = say("studio.picker.delete", language)
        whys = []
        for button, why_not, now in (
            (self._save, why_not_save, "save_now"),
            (self._delete, why_not_delete, "delete_now"),
        ):
            button.disabled = bool(why_not)
            button.tooltip = say(f"studio.picker.{why_not or now}", language)
            whys += [button.tooltip] if why_not else []
        self._why.value = Markup("<br>").join(whys)
