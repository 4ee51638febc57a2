"""What an app's notebook calls: where the data lie, which language, and a page that says plainly what went wrong."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qs

import ipywidgets as widgets

from toolkit.base.audience import DIRECTOR, TEAM
from toolkit.base.errors import InputError
from toolkit.base.identity import LEADS, LOCAL, STAFF, BadUsers, User, users, whose
from toolkit.base.places import SAMPLE_FOLDER
from toolkit.data.store import Store
from toolkit.language import LANGUAGES, say
from toolkit.parameters import Parameters
from toolkit.widgets.threshold_view import note


def source() -> str:
    """The data: the environment's KAT_DATA, else sample_data."""
    return os.environ.get("KAT_DATA") or SAMPLE_FOLDER


def language() -> str:
    """The language: of the address (?language=en), else the environment's KAT_LANGUAGE, else zh.

    Examples
    --------
    >>> language() in ("zh", "en")
    True
    """
    asked = parse_qs(os.environ.get("QUERY_STRING", "")).get("language", [])
    known = [name for name in (*asked, os.environ.get("KAT_LANGUAGE", "")) if name in LANGUAGES]
    return known[0] if known else "zh"


def user() -> User:
    """Who is working: with a file of users (the environment's KAT_USERS) whom the address's ?key= names, else LOCAL.

    Raises InputError for a key that is nobody's, and for a file that cannot be used.
    """
    file = os.environ.get("KAT_USERS")
    if not file:
        return LOCAL
    try:
        known = users(file)
    except BadUsers as error:
        raise InputError(say("apps.bad_users", language(), file=file, why=str(error))) from None
    found = whose(_asked("key"), known)
    if found is None:
        raise InputError(say("apps.no_key", language()))
    return found


def rep() -> str:
    """Whose desk it is: a rep's own, whatever the address says; for a manager or director ?rep=R01.

    Strategy writes on nobody's desk.
    """
    here = user()
    return here.rep_id if here.role == "rep" else _asked("rep") if here.role in LEADS else ""


def who() -> str:
    """What stands as decided_by: the user's id on the team, else the name; "" for the local user."""
    here = user()
    return here.rep_id or here.name


def audience() -> str:
    """What the user may see of single people: everything for the director, the team's copy for others."""
    return DIRECTOR if user().role == "director" else TEAM


def _asked(name: str) -> str:
    return parse_qs(os.environ.get("QUERY_STRING", "")).get(name, [""])[0]


def parameters() -> Parameters:
    """Those in force: of the file that the environment's KAT_PARAMETERS names, else the method as written."""
    return Parameters.read(os.environ.get("KAT_PARAMETERS") or None, language=language())


def shown(make: Callable[[], widgets.Widget], roles: tuple[str, ...] = STAFF) -> widgets.Widget:
    """The widget that `make` makes, in the working folder that KAT_FOLDER names; where the data, the parameters or the
    user (whose role is none of `roles`) are refused, why, and what to do.
    """
    os.chdir(os.environ.get("KAT_FOLDER") or ".")
    try:
        if user().role not in roles:
            raise InputError(say("apps.not_for", language()))
        return make()
    except InputError as error:
        lines = [str(error), say("threshold.failed.next", language())]
        return note(say("threshold.failed.title", language()), lines)


@dataclass(frozen=True)
class Prepared:
    """An app before anybody asked for it.

    state  makes what does not depend on who asks (data, the rules' results); made: what it made, None where nothing is
    view   makes the widget of it, for the user and the language of the address; shown: the widget, where it is made
    files  what it was made of, at that moment; roles  who may open it
    """

    state: Callable[[], Any]
    view: Callable[[Any], widgets.Widget]
    roles: tuple[str, ...]
    made: Any = None
    shown: widgets.Widget | None = None
    files: tuple[Any, ...] = ()


def prepared(
    state: Callable[[], Any],
    view: Callable[[Any], widgets.Widget],
    roles: tuple[str, ...] = STAFF,
    warm: Callable[[Any], Any] = lambda made: made,
    personal: bool = False,
) -> Prepared:
    """An app of a `state` and a `view` of it. A kernel that is heated runs up to here, and waits in `opened`; it has
    the time to `warm` the state, so that the first click is as fast as the next.

    What is heated is the state, and the widget too, unless it is `personal`: another one for another user or address.
    With a file of users no widget is made before somebody's key is known: a browser may ask a kernel for every widget
    that it holds.
    """
    app = Prepared(state, view, roles)
    if os.environ.get("VOILA_PREHEAT") != "True":
        return app
    os.chdir(os.environ.get("KAT_FOLDER") or ".")
    files = _stamps()
    try:
        made = state()
        warm(made)
        shown_now = None if personal or os.environ.get("KAT_USERS") else view(made)
    except InputError:  # told to whoever opens it, in their language
        return app
    return replace(app, made=made, shown=shown_now, files=files)


def opened(app: Prepared) -> widgets.Widget:
    """The app for whoever asks for it, in the language of the address and on the data of this moment.

    What was heated is made again where the data have changed since, unless it follows its store by itself.
    """
    if os.environ.get("VOILA_PREHEAT") == "True":
        from voila.utils import wait_for_request

        wait_for_request()
    made = app.made
    if made is None or not (getattr(made, "follows", False) or app.files == _stamps()):
        return shown(lambda: app.view(app.state()), app.roles)
    view = app.shown
    if isinstance(view, Heated):
        view.refresh()
        view.language = language()
        return view
    return shown(lambda: app.view(made), app.roles)


@dataclass(frozen=True)
class Loaded:
    """What is loaded and cannot get old: code, and what it needs the first time."""

    follows: bool = True


def loaded(*_: Any) -> Loaded:
    """The state of an app that reads its store when it is opened: its code, loaded by being named here."""
    return Loaded()


@runtime_checkable
class Heated(Protocol):
    """A widget that can be made before it is asked for: it takes another language, and what is new."""

    language: str

    def refresh(self) -> None:
        """Take what is new."""


def _stamps() -> tuple[Any, ...]:
    """What the data and the parameters in force are at this moment: of files name, time and size, of a store its last
    write.
    """
    files = [Path(os.environ.get("KAT_PARAMETERS") or "")]
    if "://" in source():
        stamp: Any = _store_stamp(source())
    else:
        stamp, place = None, Path(source())
        files += sorted(place.iterdir()) if place.is_dir() else [place]
    stats = [(file, file.stat()) for file in files if file.is_file()]
    return (stamp, *((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats))


def _store_stamp(url: str) -> int | None:
    try:
        store = Store(url, "page")
        stamp = store.stamp()
        store.close()
    except InputError:
        return None
    return stamp
