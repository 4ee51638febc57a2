"""The desk: a rep's daily report on the phone, kept while it is typed, and directives to answer."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.data.columns import STAGES
from toolkit.data.entry import Refusal
from toolkit.data.headers import column_label
from toolkit.language import LANGUAGES, check_language, say
from toolkit.method.daily_reports import NONE
from toolkit.widgets.desk_model import COMPETITOR, COUNTS, FIELDS, RESOURCES, SPICED, DeskModel
from toolkit.widgets.threshold_looks import ROOT, Kit, show_if, style
from toolkit.widgets.threshold_result import tag

_DESK: Final = "kat-desk"


class Desk(widgets.VBox):
    """The desk. `model` is what it reads and writes."""

    def __init__(self, model: DeskModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        self._kit = kit = Kit()
        self._quiet = False
        self._title, self._said = kit.html(), kit.html("fault")
        self._account = kit.make(widgets.Dropdown)
        self._fields: dict[str, Any] = {name: self._field(name) for name in FIELDS}
        self._none = kit.make(widgets.Button)
        self._none.on_click(lambda _: setattr(self._fields["competitor"], "value", NONE))
        self._sending = kit.make(widgets.Button, "send")
        self._sending.on_click(lambda _: self._sent())
        self._groups = {name: kit.html() for name in ("stage", "spiced", "competitor", "resources", "more")}
        self._todo = kit.column("todo")
        head = kit.box("head", self._title, kit.tongue(self._language, self._switched))
        form = kit.column("card form", self._account, *self._form(), self._said, self._sending)
        look = style(("desk.css", _DESK))
        super().__init__([kit.html("", look), kit.column("page", head, form, self._todo)])
        self._dom_classes = (ROOT, _DESK)
        self._account.observe(lambda _: self._opened(), "value")
        for name in FIELDS:
            self._fields[name].observe(lambda _: self._typed(), "value")
        self._relabel()

    @property
    def model(self) -> DeskModel:
        """The state behind the desk."""
        return self._model

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `desk.<key>`."""
        return say(f"desk.{key}", self._language, **arguments)

    def _field(self, name: str) -> Any:
        kit = self._kit
        if name in SPICED or name.startswith("stage"):
            return kit.make(widgets.Dropdown)
        if name == "competitor_action_on":
            return kit.make(widgets.DatePicker)
        if name == "note":
            return kit.make(widgets.Textarea, rows=2)
        return kit.make(widgets.Text, continuous_update=False)

    def _form(self) -> list[widgets.Widget]:
        f, g = self._fields, self._groups
        return [
            g["stage"], self._kit.box("pair2", f["stage_before"], f["stage_after"]),
            g["spiced"], self._kit.box("pair2", *(f[name] for name in SPICED)),
            g["competitor"], self._none, self._kit.box("pair2", *(f[name] for name in COMPETITOR)),
            g["resources"], self._kit.box("pair2", *(f[name] for name in (*RESOURCES, *COUNTS))),
            g["more"], f["problem_tag"], f["note"],
        ]  # fmt: skip

    def _switched(self, language: str) -> None:
        self._language = self._model.store.language = language
        self._relabel()

    def _relabel(self) -> None:
        language = self._language
        for name in LANGUAGES:
            (self.add_class if name == language else self.remove_class)(f"in-{name}")
        self._title.value = Markup("<h1>{}</h1>").format(self.say("title", rep=self._model.name, day=self._model.day))
        for name, group in self._groups.items():
            group.value = tag("h3", self.say(f"group.{name}"))
        self._quiet = True
        chosen = self._account.value
        known = self._model.accounts()
        self._account.options = [(self._label(account, name), account) for account, name in known.items()]
        self._account.value = chosen if chosen in known else next(iter(known), None)
        self._account.description = self.say("account")
        stages = [(say(f"stage.{n}", language), str(n)) for n in range(STAGES[0], STAGES[1] + 1)]
        scores = [(self.say(f"score.{n}"), str(n)) for n in range(4)]
        for name, field in self._fields.items():
            field.description = column_label("daily_reports", name, language)
            if isinstance(field, widgets.Dropdown):
                value = field.value
                field.options = [("—", ""), *(scores if name in SPICED else stages)]
                field.value = value or ""
        self._none.description, self._sending.description = self.say("no_move"), self.say("send")
        self._quiet = False
        self._opened()
        self._show_todo()

    def _label(self, account: str, name: str) -> str:
        return self.say("sent_mark", name=name) if self._model.sent(account) else name

    def _opened(self) -> None:
        """The form of the account that is picked, as it was left."""
        if self._quiet:
            return
        self._said.value = ""
        self._sending.disabled = self._account.value is None
        if self._account.value is None:
            self._said.value = tag("p", self.say("no_accounts"))
            return
        self._quiet = True
        for name, value in self._model.filled(self._account.value).items():
            field = self._fields[name]
            if isinstance(field, widgets.DatePicker):
                field.value = None if value in (None, "") else date.fromisoformat(str(value)[:10])
            else:
                field.value = _shown(value)
        self._quiet = False

    def _values(self) -> dict[str, Any]:
        return {name: field.value if field.value not in ("", None) else None for name, field in self._fields.items()}

    def _typed(self) -> None:
        if not self._quiet and self._account.value is not None:
            self._guarded(lambda: self._model.keep(self._account.value, self._values()))

    def _sent(self) -> None:
        def write() -> None:
            told = self._model.send(self._account.value, self._values())
            self._relabel()
            self._said.value = tag("p", told, "done")

        self._guarded(write)

    def _guarded(self, write: Callable[[], None]) -> None:
        """Do it; what is wrong stands above the button, and what was typed stays."""
        try:
            write()
        except Refusal as refusal:
            lines = Markup("").join(tag("li", line) for line in refusal.columns.values())
            self._said.value = Markup('<div class="problem" role="alert"><ul>{}</ul></div>').format(lines)
        except InputError as error:
            lines = Markup("").join(tag("li", line) for line in str(error).splitlines())
            self._said.value = Markup('<div class="problem" role="alert"><ul>{}</ul></div>').format(lines)

    # --- directives -------------------------------------------------------------------------------------------------

    def _show_todo(self) -> None:
        rows = self._model.directives()
        head = self._kit.html("", tag("h3", self.say("directives", n=len(rows))))
        self._todo.children = [head, *(self._directive(row) for row in rows)]
        show_if(self._todo, bool(rows))

    def _directive(self, row: dict[str, Any]) -> widgets.Widget:
        due = self.say("due", day=row["due_on"]) if row["due_on"] else ""
        said = self._kit.html("", tag("p", row["text"]) + tag("p", due, "sub"))
        buttons = []
        for key, followed in (("followed", True), ("not_followed", False)):
            button = self._kit.make(widgets.Button, description=self.say(key))
            button.on_click(lambda _, yes=followed: self._answered(row["directive_id"], yes))
            buttons.append(button)
        return self._kit.column("card", said, self._kit.box("answer", *buttons))

    def _answered(self, directive: str, followed: bool) -> None:
        self._guarded(lambda: self._model.answer(directive, followed))
        self._show_todo()


def _shown(value: Any) -> str:
    """A stored value as a field holds it."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def desk(url: str, rep: str, language: str = "zh") -> Desk:
    """A rep's desk on a store as a widget, for JupyterLab and Voila.

    Raises InputError where the source is no store, or the rep is not on the team.
    """
    return Desk(DeskModel(url, rep, language), language)
