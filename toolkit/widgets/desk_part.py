"""What the desk's parts share: words, and a place where a part says what is wrong or what was done."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.data.entry import Refusal
from toolkit.data.refusal import Refused
from toolkit.data.store import Changed
from toolkit.language import say
from toolkit.widgets.desk_fields import Field, shown
from toolkit.widgets.threshold_looks import Kit
from toolkit.widgets.threshold_result import tag


class Part:
    """A part of the desk: `box` is what is shown of it."""

    box: widgets.Box

    def __init__(self, kit: Kit, language: str) -> None:
        self.kit, self.language = kit, language
        self.said = kit.html("fault")

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `desk.<key>`."""
        return say(f"desk.{key}", self.language, **arguments)

    def button(self, clicked: Callable[[], object], words: str = "", classes: str = "") -> Any:
        """A button."""
        made = self.kit.make(widgets.Button, *classes.split(), description=words)
        made.on_click(lambda _: self.caught(clicked))
        return made

    def caught(self, work: Callable[[], object]) -> bool:
        """Do what looks into the store; where it cannot, `said` says why, and what to do. Whether it was done."""
        try:
            work()
        except InputError as error:
            self.said.value = self.refused(error)
            return False
        return True

    def refused(self, error: InputError) -> Markup:
        """Why something was not done; of a database in trouble also that what was typed is still here."""
        stays = [say("desk.stays", self.language)] if isinstance(error, Refused) else []
        return self.problem([*str(error).splitlines(), *stays])

    def heading(self, words: str, sub: str = "") -> Markup:
        """A heading, with a line below it."""
        return tag("h3", words) + (tag("p", sub, "sub") if sub else Markup(""))

    def guarded(self, write: Callable[[], None], fields: Mapping[Any, Field] | None = None) -> bool:
        """Do it; what is wrong stands beside its field, else in `said`, and what was typed stays. Whether it was done.

        fields  the form's, by the names that an error gives them
        """
        for field in (fields or {}).values():
            field.wrong("")
        self.said.value = ""
        try:
            write()
        except InputError as error:
            for name, words in self._beside(error, fields or {}).items():
                if fields and name in fields:
                    fields[name].wrong(words)
            self.said.value = self.refused(error)
            return False
        return True

    def _beside(self, error: InputError, fields: Mapping[Any, Field]) -> Mapping[Any, str]:
        """What is said beside single fields: what is wrong, or what somebody else wrote there since."""
        if isinstance(error, Changed):
            theirs = {name: shown(error.theirs.values.get(name)) for name in fields}
            other = {name: value for name, value in theirs.items() if value != (fields[name].value or "")}
            return {name: self.say("theirs", value=value or "—") for name, value in other.items()}
        found: Mapping[Any, str] = error.columns if isinstance(error, Refusal) else getattr(error, "fields", {})
        return found

    def problem(self, lines: list[str]) -> Markup:
        """What is wrong, as a list."""
        items = Markup("").join(tag("li", line) for line in lines)
        return Markup('<div class="problem" role="alert"><ul>{}</ul></div>').format(items)

    def done(self, lines: list[str]) -> Markup:
        """What was done, and what follows from it."""
        first, *rest = lines
        more = Markup("<ul>{}</ul>").format(Markup("").join(tag("li", line) for line in rest)) if rest else ""
        return Markup('<div class="done" role="status">{}{}</div>').format(tag("p", first), more)
