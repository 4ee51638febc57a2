"""A piece of HTML whose buttons can be pressed: one widget where a list of buttons would be a hundred."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets


class Pressed(anywidget.AnyWidget):
    """Shows `html`; whoever presses an element with `data-press` calls `pressed(its name, its data-value)`.

    Text in it must be escaped already. The element that has the focus keeps it when the HTML changes. With `every` (ms)
    the page presses "look" again and again, as long as it can be seen.
    """

    _esm = Path(__file__).with_name("pressed.js")
    html = traitlets.Unicode("").tag(sync=True)
    every = traitlets.Int(0).tag(sync=True)

    def __init__(self, pressed: Callable[[str, str], None], **traits: Any) -> None:
        super().__init__(**traits)
        self.pressed = pressed
        self.on_msg(lambda _, content, __: self.press(str(content["press"]), str(content["value"])))

    def press(self, name: str, value: str = "") -> None:
        """What a press does."""
        self.pressed(name, value)
