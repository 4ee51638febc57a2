"""The fields of the desk's forms: quick taps, numbers by one tap or typed, text, days. A value is text or None.

Each has its label, a line for what its value means, and a line for what is wrong with it, beside it.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.data.database import cell_text
from toolkit.widgets.threshold_looks import Kit, mark
from toolkit.widgets.threshold_result import tag

Options = Iterable[tuple[str, str]]  # words and value


class Field:
    """One field: `box` holds its `control`, with a hint and what is wrong below."""

    def __init__(self, kit: Kit, control: Any, classes: str, *parts: widgets.Widget) -> None:
        self.control = control
        self._hint, self._wrong = kit.html("hint"), kit.html("wrong")
        self.box = kit.column(f"field {classes}", *parts, control, self._hint, self._wrong)

    @property
    def value(self) -> str | None:
        """What is entered; None for nothing."""
        return self.control.value or None

    @value.setter
    def value(self, value: Any) -> None:
        self.control.value = shown(value)

    def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever the value does."""
        self.control.observe(lambda _: changed(), "value")

    def label(self, words: str, *, required: bool = False) -> None:
        """Name the field; what is required is marked."""
        self.control.description = f"{words} *" if required else words

    def hint(self, words: str) -> None:
        """What the value means; "" for nothing."""
        self._hint.value = tag("p", words, "sub") if words else ""

    def wrong(self, words: str) -> None:
        """What is wrong with the value; "" where nothing is."""
        self._wrong.value = Markup('<p role="alert">{}</p>').format(words) if words else ""
        mark(self.box, "lacks", bool(words))


class Taps(Field):
    """One of a few answers, by one tap."""

    def __init__(self, kit: Kit, classes: str = "") -> None:
        super().__init__(kit, kit.make(widgets.ToggleButtons, options=[], value=None), f"taps {classes}")

    def options(self, options: Options) -> None:
        """Offer these; what was chosen stays chosen."""
        chosen = self.control.value
        self.control.options = list(options)
        self.value = chosen

    @property
    def value(self) -> str | None:
        return self.control.value

    @value.setter
    def value(self, value: Any) -> None:
        known = [one for _, one in self.control.options]
        self.control.value = shown(value) if shown(value) in known else None


class Picked(Taps):
    """One of many, from a list."""

    def __init__(self, kit: Kit) -> None:
        Field.__init__(self, kit, kit.make(widgets.Dropdown, options=[("—", "")], value=""), "")

    @property
    def value(self) -> str | None:
        return self.control.value or None

    @value.setter
    def value(self, value: Any) -> None:
        known = [one for _, one in self.control.options]
        self.control.value = shown(value) if shown(value) in known else ""

    def options(self, options: Options) -> None:
        super().options([("—", ""), *options])


class Words(Field):
    """Text; `lines` of it, or one with what was entered before on offer.

    It comes when the field is left: letter by letter, the last ones could come after the tap on Send.
    """

    def __init__(self, kit: Kit, lines: int = 0) -> None:
        late = {"continuous_update": False}
        made = (
            kit.make(widgets.Textarea, rows=lines, **late) if lines else kit.make(widgets.Combobox, options=(), **late)
        )
        super().__init__(kit, made, "words")

    def offer(self, known: list[str]) -> None:
        """What was entered before."""
        self.control.options = tuple(known)


class Number(Field):
    """A number: the usual ones by one tap, any other typed."""

    def __init__(self, kit: Kit, usual: tuple[str, ...]) -> None:
        self._taps = kit.make(widgets.ToggleButtons, options=list(usual), value=None)
        self._usual = usual
        super().__init__(kit, kit.make(widgets.Text, continuous_update=False), "number", self._taps)
        self._taps.observe(lambda change: self._tapped(change["new"]), "value")
        self.control.observe(lambda _: self._typed(), "value")

    def other(self, words: str) -> None:
        """What stands in the box for any other number while it is empty."""
        self.control.placeholder = words

    def _tapped(self, value: str | None) -> None:
        if value is not None:
            self.control.value = value

    def _typed(self) -> None:
        typed = self.control.value
        self._taps.value = typed if typed in self._usual else None

    @property
    def value(self) -> str | None:
        return self.control.value.strip() or None

    @value.setter
    def value(self, value: Any) -> None:
        self.control.value = shown(value)


class Day(Field):
    """A day, or with `time` a time of a day."""

    def __init__(self, kit: Kit, *, time: bool = False) -> None:
        self._time = time
        super().__init__(kit, kit.make(widgets.NaiveDatetimePicker if time else widgets.DatePicker), "day")

    @property
    def value(self) -> str | None:
        at = self.control.value
        return at.isoformat() if at is not None else None

    @value.setter
    def value(self, value: Any) -> None:
        if value in (None, ""):
            self.control.value = None
        elif self._time:
            self.control.value = datetime.fromisoformat(str(value))
        else:
            self.control.value = date.fromisoformat(str(value)[:10])


def shown(value: Any) -> str:
    """A stored value as a field holds it: a number with all its digits."""
    return "" if value is None else cell_text(value) if isinstance(value, float) else str(value)
