"""The campaign board mirrored to Miro (S7), through Miro's official client: a frame a column, a card a campaign.

What the mirror made it finds again by a mark: a frame's heading ends with its column's code in brackets, a card's text
with `kat·` and the campaign's id. So nothing has to be remembered beside the board, a run that broke off is simply run
again, and what people put on the board themselves stays as it is. The mirror goes one way: a card that somebody moved
on Miro goes back to where the campaign stands. A campaign that is no longer on the board loses its card; a frame is
never removed, nor moved once it stands.

The client comes with the extra `miro`. It asks for an older urllib3 than the rest: install it in an environment of its
own where that matters.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as day_time
from functools import partial
from html import escape, unescape
from typing import Any, Final
from urllib.parse import urlparse
from urllib.request import getproxies

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from toolkit.base.errors import InputError
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.language import say
from toolkit.outside.mirror import Card, Frame, Mirror
from toolkit.publish.charts.style import LIGHT

TOKEN: Final = "MIRO_ACCESS_TOKEN"
SERVICE: Final = "KAT_MIRO_URL"  # another address of Miro's service, for a gateway or a test
_HOME: Final = "https://api.miro.com"
_MINE: Final = ("127.0.0.1", "localhost", "::1")
_PAGE: Final = "50"  # items a request; the most that Miro gives
_TRIES: Final = 6
_LONGEST_WAIT: Final = 60.0  # seconds; Miro counts its credits by the minute
_SECONDS: Final = 30.0  # a request's time-out
_COLOUR: Final = {BREACH: LIGHT.red, WARNING: LIGHT.yel, CANNOT_JUDGE: LIGHT.C, GOOD: LIGHT.B}  # beside the words
_WIDE, _GAP, _TOP, _STEP = 380, 40, 110, 190  # px: a frame's width, between frames, above the first card, a card
_NOON: Final = day_time(12, tzinfo=UTC)  # the same date from America to Japan
_CARD: Final = re.compile(r"kat·(\S+)\s*$")
_FRAME: Final = re.compile(r"\[([^\[\]]+)\]\s*$")


@dataclass(frozen=True)
class Item:
    """Something on Miro that the mirror made: its id there, its key here, what is written on it, where it is."""

    id: str
    key: str
    title: str
    text: str = ""
    due: str = ""
    parent: str = ""
    y: float = 0.0


@dataclass(frozen=True)
class There:
    """What the mirror made on Miro, by key; `spare`: cards that stand twice."""

    frames: dict[str, Item]
    cards: dict[str, Item]
    spare: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Step:
    """One request: what is done (create, update, delete) with a frame or a card, and its id on Miro."""

    what: str
    thing: Frame | Card | Item
    place: int = 0
    id: str = ""


def steps(board: Mirror, there: There) -> list[Step]:
    """What has to be done so that Miro shows the board, frames first; nothing where it does already.

    Examples
    --------
    >>> board = Mirror((Frame("won", "Won · 1 card"),), (Card("C1", "won", "Campaign C1", (), None, "good"),))
    >>> [(step.what, type(step.thing).__name__) for step in steps(board, There({}, {}))]
    [('create', 'Frame'), ('create', 'Card')]
    """
    made = []
    for place, frame in enumerate(board.frames):
        known = there.frames.get(frame.column)
        if known is None:
            made.append(Step("create", frame, place))
        elif known.title != heading(frame):
            made.append(Step("update", frame, place, known.id))
    ranks: dict[str, int] = {}
    outdated = []
    for card in board.cards:
        place = ranks[card.column] = ranks.get(card.column, -1) + 1
        known = there.cards.get(card.id)
        if known is None or (known.due and card.due_on is None):  # Miro's client cannot take a due date away
            made.append(Step("create", card, place))
            outdated += [known] if known else []
        elif _differs(card, place, known, there.frames.get(card.column)):
            made.append(Step("update", card, place, known.id))
    gone = [item for key, item in there.cards.items() if key not in {card.id for card in board.cards}]
    return [*made, *(Step("delete", item, 0, item.id) for item in (*outdated, *gone, *there.spare))]


def _differs(card: Card, place: int, known: Item, frame: Item | None) -> bool:
    due = card.due_on.isoformat() if card.due_on else ""
    stands = frame is not None and known.parent == frame.id and abs(known.y - _height(place)) < 1
    return (known.title, known.text, known.due) != (card.title, text_of(card), due) or not stands


def heading(frame: Frame) -> str:
    """A frame's heading, with its mark.

    Examples
    --------
    >>> heading(Frame("won", "Won · 1 card"))
    'Won · 1 card [won]'
    """
    return f"{frame.title} [{frame.column}]"


def text_of(card: Card) -> str:
    """A card's text, with its mark."""
    return " · ".join([*card.lines, f"kat·{card.id}"])


def _height(place: int) -> float:
    return float(_TOP + place * _STEP)


class MiroBoard:
    """A board on Miro. `wait` sleeps; for tests.

    Raises InputError where the client is not installed, the token lacks or is refused, the board is not there, or Miro
    does not answer.
    """

    def __init__(
        self,
        board: str,
        language: str = "zh",
        environ: Any = os.environ,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._board, self._language, self._wait = board, language, wait
        token = environ.get(TOKEN)
        if not token:
            raise InputError(say("miro.no_token", language, name=TOKEN))
        try:
            import miro_api
        except ModuleNotFoundError:
            raise InputError(say("miro.no_client", language)) from None
        self._miro = miro_api
        self._api = miro_api.MiroApi(token)
        self._api.api_client.configuration = self._settings(environ.get(SERVICE) or _HOME)
        self._api.api_client.rest_client = miro_api.rest.RESTClientObject(self._api.api_client.configuration)

    def _settings(self, service: str) -> Any:
        where = urlparse(service)
        if where.scheme != "https" and where.hostname not in _MINE:
            raise InputError(say("miro.not_safe", self._language, name=SERVICE, url=service))
        settings = self._miro.configuration.Configuration(host=service)
        settings.retries = False  # we know better when a request may be sent again
        if where.hostname not in _MINE:
            settings.proxy = getproxies().get("https")
        return settings

    # --- looking ----------------------------------------------------------------------------------------------------

    def there(self) -> There:
        """What the mirror made on the board so far."""
        frames = [(_FRAME.search(item.title), item) for item in self._items("frame")]
        cards: dict[str, Item] = {}
        spare = []
        for item in sorted(self._items("card"), key=lambda item: (len(item.id), item.id)):
            mark = _CARD.search(item.text)
            if mark and mark[1] in cards:
                spare.append(item)
            elif mark:
                cards[mark[1]] = item
        return There({mark[1]: item for mark, item in frames if mark}, cards, tuple(spare))

    def _items(self, kind: str) -> Iterator[Item]:
        cursor = None
        while True:
            page = self._asked(partial(self._api.get_items, self._board, limit=_PAGE, type=kind, cursor=cursor,
                                       _request_timeout=_SECONDS))  # fmt: skip
            yield from (_item(one.to_dict()) for one in page.data or ())
            cursor = page.cursor
            if not cursor:
                return

    # --- writing ----------------------------------------------------------------------------------------------------

    def carry_out(self, todo: Iterable[Step], there: There) -> None:
        """Do the steps, one after the other."""
        frames = {column: item.id for column, item in there.frames.items()}
        for step in todo:
            if isinstance(step.thing, Frame):
                frames[step.thing.column] = self._frame(step, step.thing)
            elif isinstance(step.thing, Card):
                self._card(step, step.thing, frames[step.thing.column])
            else:
                self._delete(step.id)

    def _frame(self, step: Step, frame: Frame) -> str:
        models = self._miro.models
        data = models.FrameChanges(title=escape(heading(frame), False), type="freeform", format="custom")
        if step.what == "update":
            request = models.FrameUpdateRequest(data=data)
            self._asked(lambda: self._api.update_frame_item(self._board, step.id, request, _request_timeout=_SECONDS))
            return step.id
        place = models.PositionChange(x=step.place * (_WIDE + _GAP), y=0)
        size = models.GeometryNoRotation(width=_WIDE, height=_height(8))
        request = models.FrameCreateRequest(data=data, position=place, geometry=size)
        return self._made(
            lambda: self._api.create_frame_item(self._board, request, _request_timeout=_SECONDS),
            lambda: self.there().frames.get(frame.column),
        )

    def _card(self, step: Step, card: Card, frame: str) -> None:
        models = self._miro.models
        due = card.due_on and datetime.combine(card.due_on, _NOON)
        data = models.CardData(title=escape(card.title, False), description=escape(text_of(card), False), due_date=due)
        rest = {
            "position": models.PositionChange(x=_WIDE / 2, y=_height(step.place)), "parent": models.Parent(id=frame),
        }  # fmt: skip
        colour = _COLOUR[card.state]
        if step.what == "update":
            style = models.UpdateCardStyle(card_theme=colour)
            request = models.CardUpdateRequest(data=data, style=style, **rest)
            self._asked(lambda: self._api.update_card_item(self._board, step.id, request, _request_timeout=_SECONDS))
            return
        request = models.CardCreateRequest(data=data, style=models.CardStyle(card_theme=colour), **rest)
        self._made(
            lambda: self._api.create_card_item(self._board, request, _request_timeout=_SECONDS),
            lambda: self.there().cards.get(card.id),
        )

    def _delete(self, item: str) -> None:
        """A card that is gone already is as it should be."""
        try:
            self._asked(lambda: self._api.delete_card_item(self._board, item, _request_timeout=_SECONDS))
        except _Gone:
            return

    # --- the wire ---------------------------------------------------------------------------------------------------

    def _made(self, make: Callable[[], Any], find: Callable[[], Item | None]) -> str:
        """The id of what is made. After a failure nobody knows whether it was: it is looked for, then made again."""
        tried = False

        def once() -> str:
            nonlocal tried
            known = find() if tried else None
            tried = True
            return known.id if known else str(make().id)

        return str(self._asked(once))

    def _asked(self, request: Callable[[], Any]) -> Any:
        """A request, sent again where that helps. Raises InputError in words where it does not."""
        from urllib3.exceptions import HTTPError

        api_error = self._miro.exceptions.ApiException
        again = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, HTTPError) or _later(getattr(error, "status", 0))),
            stop=stop_after_attempt(_TRIES), wait=_pause, sleep=self._wait, reraise=True,
        )  # fmt: skip
        try:
            return again(request)
        except api_error as error:
            if error.status == 404:
                raise _Gone(say("miro.not_there", self._language, board=self._board)) from None
            key = {401: "refused", 403: "forbidden", 429: "busy"}.get(error.status, "failed")
            why = f"{error.status} {error.reason or ''}".strip()
            raise InputError(say(f"miro.{key}", self._language, why=why, name=TOKEN, board=self._board)) from None
        except HTTPError as error:
            why = type(error).__name__
            raise InputError(say("miro.unreachable", self._language, why=why)) from None


class _Gone(InputError):
    """What a request is about is not on Miro."""


def _later(status: int) -> bool:
    return status == 429 or 500 <= (status or 0) <= 599


def _pause(state: RetryCallState) -> float:
    """How long to wait: what Miro says, else twice as long every time."""
    error = state.outcome.exception() if state.outcome else None
    headers = getattr(error, "headers", None) or {}
    if after := headers.get("Retry-After"):
        return min(float(after), _LONGEST_WAIT) if str(after).isdigit() else 1.0
    if reset := headers.get("X-RateLimit-Reset"):
        return min(max(float(reset) - time.time(), 1.0), _LONGEST_WAIT) if str(reset).isdigit() else 1.0
    return float(2 ** (state.attempt_number - 1))


def _item(found: dict[str, Any]) -> Item:
    """An item as Miro gives it; it may put texts into paragraphs."""
    data = found.get("data") or {}
    title = _plain(data.get("title"))
    text = _plain(data.get("description"))
    due = str(data.get("dueDate") or "")[:10]
    parent = str((found.get("parent") or {}).get("id") or "")
    mark = _CARD.search(text) or _FRAME.search(title)
    y = float((found.get("position") or {}).get("y") or 0)
    return Item(str(found["id"]), mark[1] if mark else "", title, text, due, parent, y)


def _plain(text: Any) -> str:
    return unescape(re.sub(r"<[^>]*>", "", str(text or ""))).strip()
