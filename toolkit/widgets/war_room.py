"""The war room: the week on one screen, decisions answered in place, accounts with search and a page each."""

import asyncio
import time
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.language import LANGUAGES, check_language, say
from toolkit.parameters import Parameters
from toolkit.publish import room_page
from toolkit.widgets.board import Board
from toolkit.widgets.board_model import BoardModel
from toolkit.widgets.pieces import ROOT as FIGURES
from toolkit.widgets.pressed import Pressed
from toolkit.widgets.threshold_looks import ROOT, Kit, mark, show_if, style
from toolkit.widgets.threshold_result import tag
from toolkit.widgets.war_room_accounts import AccountsPart
from toolkit.widgets.war_room_decisions import DecisionsPart, with_words
from toolkit.widgets.war_room_model import WarRoomModel

_ROOM: Final = "kat-room"
_TABS: Final = ("week", "decisions", "accounts", "board")
_EVERY: Final = 2000  # ms between two looks at what others wrote
_REST: Final = 30.0  # seconds that a week that was worked out again stands at least


class WarRoom(widgets.VBox):
    """The room. `model` is what it shows and writes. Only the tab that is looked at is made."""

    def __init__(self, model: WarRoomModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        self._kit = kit = Kit()
        self._quiet = self._looking = self._lost = False
        self._worked_out = 0.0
        self._title, self._notice = kit.html(), kit.html("notice")
        self._tongue = kit.tongue(self._language, self._switched)
        self._week = kit.make(Pressed, pressed=self.press, every=_EVERY if model.follows else 0)
        self.decisions = DecisionsPart(self)
        self.accounts = AccountsPart(self)
        self._board = kit.column("board hidden")
        boxes = (kit.column("week", self._week), self.decisions.box, self.accounts.box, self._board)
        self._parts = dict(zip(_TABS, boxes, strict=True))
        self._old = set(self._parts)
        self._tabs = kit.make(widgets.ToggleButtons, "tabs", options=list(self._parts))
        head = kit.box("head", self._title, self._tabs, self._tongue)
        page = kit.column("page", head, self._notice, *self._parts.values())
        look = style(("figures.css", FIGURES), ("war_room.css", _ROOM))
        super().__init__([kit.html("", look), page])
        self._dom_classes = (ROOT, FIGURES, _ROOM)
        self._tabs.observe(lambda _: self._turned(), "value")
        self._relabel()

    @property
    def model(self) -> WarRoomModel:
        """The state behind the room."""
        return self._model

    @property
    def kit(self) -> Kit:
        """Makes the room's widgets."""
        return self._kit

    @property
    def language(self) -> str:
        """The language that is shown; the room's own buttons switch it."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        if check_language(language) != self._language:
            self._tongue.children[0].value = language

    @property
    def tab(self) -> str:
        """The tab that is looked at: week, decisions, accounts, board."""
        return str(self._tabs.value)

    @tab.setter
    def tab(self, tab: str) -> None:
        self._tabs.value = tab

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `war_room.<key>`."""
        return say(f"war_room.{key}", self._language, **arguments)

    def press(self, name: str, value: str = "") -> None:
        """What a button of the week does: open a decision's form or an account's page, or look at what others wrote."""
        if name == "decision":
            self.decisions.choose(int(value))
            self.tab = "decisions"
        elif name == "account":
            back = self.tab
            self.accounts.open(value, back)
            self.tab = "accounts"
        elif name == "look":
            self.look()

    def _switched(self, language: str) -> None:
        self._language = language
        self._relabel()

    def _relabel(self) -> None:
        for name in LANGUAGES:
            mark(self, f"in-{name}", name == self._language)
        self._title.value = Markup("<h1>{}</h1>").format(self.say("title", day=self._model.friday))
        self._notice.value = ""
        self._count()
        self.accounts.relabel()
        self.decisions.relabel()
        self._made_anew()

    def _count(self) -> None:
        """The tabs, with how many decisions wait."""
        waiting = self._model.waiting(self._language)
        self._quiet = True
        chosen = self._tabs.value
        self._tabs.options = [(self.say(f"tab.{tab}", n=waiting), tab) for tab in self._parts]
        self._tabs.value = chosen
        self._quiet = False

    def _made_anew(self) -> None:
        """What is looked at is made again at once, the rest when it is looked at."""
        self._old = set(self._parts)
        self._turned()

    def made_old(self, tab: str) -> None:
        """A tab is to be made again: at once where it is looked at, else when it is."""
        self._old.add(tab)
        if tab == self.tab:
            self._turned()

    def _turned(self) -> None:
        if self._quiet:
            return
        tab = self.tab
        if tab in self._old:
            self._old.discard(tab)
            try:
                self._show(tab)
            except InputError as error:
                self._old.add(tab)
                self._gone(error)
        for name, part in self._parts.items():
            show_if(part, name == tab)

    def _show(self, tab: str) -> None:
        show = {"week": self._show_week, "decisions": self.decisions.show, "accounts": self.accounts.show}
        show.get(tab, self._show_board)()

    def _show_board(self) -> None:
        """The campaign board, made when it is first looked at; it follows its store by itself."""
        if not self._board.children:
            model = self._model
            board = BoardModel(model.source, model.parameters, self._language, model.who)
            self._board.children = [Board(board, self._language)]
        self._board.children[0].language = self._language

    def _show_week(self) -> None:
        model, language = self._model, self._language
        lines = model.decisions(language)
        self._week.html = room_page.week(model.report(language), with_words(self, lines[lines["first"]]))

    def answered(self) -> None:
        """An answer was written, or read: show it wherever it stands."""
        self._count()
        self._old |= {"week", "decisions"}
        self._turned()

    def refresh(self) -> None:
        """Take what was written since it was made."""
        self.look()

    # --- what others write --------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look at what others wrote, without keeping whoever clicks waiting; outside of a loop, at once."""
        if self._looking:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            found = self._model.look()
            self._saw(found)
            if "week" in found:
                self._take(self._model.worked_out(self._language))
            return
        self._looking = True
        self._task = loop.create_task(self._looked())

    async def _looked(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(None, self._model.look)
            self._saw(found)
            if "week" in found and time.monotonic() - self._worked_out > _REST:
                self._notice.value = tag("p", self.say("working"), "sub")
                self._take(await loop.run_in_executor(None, self._model.worked_out, self._language))
        except InputError as error:
            self._gone(error)
        finally:
            self._looking = False

    def _gone(self, error: InputError) -> None:
        """The store cannot be read: said above the room until it can be again."""
        self._notice.value = tag("p", self.say("lost", why=str(error)), "problem")
        self._lost = True

    def _saw(self, found: set[str]) -> None:
        if self._lost:
            self._lost, self._notice.value = False, ""
        if "answers" in found:
            self.answered()

    def _take(self, week: Any) -> None:
        self._worked_out = time.monotonic()
        self._model.take(week)
        self._relabel()
        self._notice.value = tag("p", self.say("fresh", time=time.strftime("%H:%M")), "sub")


def war_room(
    source: str,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    who: str = "",
    audience: str = DIRECTOR,
) -> WarRoom:
    """The war room of a source as a widget, for JupyterLab and Voila.

    source    a store's address, into which answers are written; of another source the room is read only
    as_of     any day; the last Friday on or before it is looked at; who  stands as decided_by
    audience  director, or team: without what is the director's alone, and read only
    Raises InputError for a source or a day that is not there.

    Examples
    --------
    >>> room = war_room("sample_data", "2026-11-20")
    >>> room.model.read_only, room.model.who
    (True, 'D01')
    >>> room.press("account", "A001")
    >>> room.tab
    'accounts'
    """
    return WarRoom(WarRoomModel(source, as_of, parameters, language, who, audience=audience), language)
