"""The campaign board (S7): drag and drop, keyboard, live for everyone who has it open.

`Board` is the board itself, to be put into any page; `campaign_board` gives it with a title and a switch of language.
The page asks every few seconds whether others wrote, as long as it can be seen: a closed tab asks nothing and keeps
nothing awake.
"""

from importlib.resources import files
from typing import Any, Final

import anywidget
import ipywidgets as widgets
import traitlets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language import LANGUAGES, check_language, say
from toolkit.parameters import Parameters
from toolkit.publish.assembly import scoped
from toolkit.widgets.board_model import BoardModel
from toolkit.widgets.board_words import outcome, told
from toolkit.widgets.threshold_looks import ROOT, Kit, colours, mark, style

_BOARD: Final = "kat-board"
_EVERY: Final = 2000  # ms between two looks at what others wrote
_GIVEN: Final = ("owner_id", "due_on", "industry_id", "account_id")
_HERE: Final = files("toolkit.widgets")


class Board(anywidget.AnyWidget):
    """The board. `model` is what it shows and writes; `language` can be set."""

    _esm = "\n".join(_HERE.joinpath(name).read_text("utf-8") for name in ("board_drag.js", "board.js"))
    _css = "\n".join([str(colours(f".{_BOARD}")), scoped(_HERE.joinpath("board.css").read_text("utf-8"), f".{_BOARD}")])
    state = traitlets.Dict().tag(sync=True)
    every = traitlets.Int(_EVERY).tag(sync=True)

    def __init__(self, model: BoardModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        super().__init__(_dom_classes=(_BOARD,))
        self._tell()
        self.on_msg(lambda _, message, __: self.asked(message))

    @property
    def model(self) -> BoardModel:
        """The state behind the board."""
        return self._model

    @property
    def language(self) -> str:
        """The language that it speaks."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = self._model.language = check_language(language)
        self._tell()

    def _tell(self) -> None:
        self._shown = self._model.board
        self.state = told(self._model, self._language)

    def asked(self, message: dict[str, Any]) -> None:
        """Do what the page asks, and answer: `ok`, and a sentence (of what is refused, why)."""
        answer: dict[str, Any] = {"ref": message.get("ref"), "ok": True, "text": ""}
        try:
            answer["text"] = self._done(message)
        except InputError as error:
            answer |= {"ok": False, "text": str(error)}
        if self._model.board is not self._shown:
            self._tell()
        self.send(answer)

    def _done(self, message: dict[str, Any]) -> str:
        model = self._model
        if message["kind"] == "look":
            return "\n".join(model.look())
        given: dict[str, Any] = {name: message[name] or None for name in _GIVEN if name in message}
        if message["kind"] == "add":
            return outcome(model, model.add(message["name"], message["column"], given), self._language)
        if "progress" in message:
            given["progress"] = None if message["progress"] is None else message["progress"] / 100
        model.change(message["id"], message["version"], message["column"], given)
        return outcome(model, message["id"], self._language)


class BoardPage(widgets.VBox):
    """The board as a page of its own: a title, the switch of the language, the board."""

    def __init__(self, model: BoardModel, language: str = "zh") -> None:
        self._kit = kit = Kit()
        self._title = kit.html()
        self.board = Board(model, language)
        head = kit.box("head", self._title, kit.tongue(language, self._switched))
        super().__init__([kit.html("", style()), kit.column("page", head, self.board)])
        self._dom_classes = (ROOT,)
        self._relabel()

    @property
    def model(self) -> BoardModel:
        """The state behind the board."""
        return self.board.model

    def _switched(self, language: str) -> None:
        self.board.language = language
        self._relabel()

    def _relabel(self) -> None:
        for name in LANGUAGES:
            mark(self, f"in-{name}", name == self.board.language)
        self._title.value = Markup("<h1>{}</h1>").format(say("board.title", self.board.language))


def campaign_board(
    source: str, parameters: Parameters | None = None, language: str = "zh", who: str = "", rep: str = ""
) -> BoardPage:
    """The campaign board of a source as a widget, for JupyterLab and Voila.

    source  a store's address, into which moves are written; of another source the board is read only
    who     stands as moved_by; rep  whose accounts' campaigns alone are shown, "" everybody's
    Raises InputError for a source that is not there.

    Examples
    --------
    >>> page = campaign_board("sample_data", language="en")
    >>> page.model.read_only, len(page.model.board.cards)
    (True, 25)
    """
    return BoardPage(BoardModel(source, parameters, language, who, rep), language)
