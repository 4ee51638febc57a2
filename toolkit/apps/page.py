"""What an app's notebook calls: where the data lie, which language, and a page that says plainly what went wrong."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import ipywidgets as widgets

from toolkit.base.errors import InputError
from toolkit.base.identity import LOCAL, STAFF, BadUsers, User, users, whose
from toolkit.base.places import SAMPLE_FOLDER
from toolkit.language import LANGUAGES, say
from toolkit.parameters import Parameters
from toolkit.widgets.studio_view import StudioView
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
    """Whose desk it is: a rep's own, whatever the address says; for others ?rep=R01."""
    here = user()
    return here.rep_id if here.role == "rep" else _asked("rep")


def who() -> str:
    """What stands as decided_by: the user's id on the team, else the name; "" for the local user."""
    here = user()
    return here.rep_id or here.name


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
    """A studio before anybody asked for it: its widget, how to make it again, and the files that it was made of."""

    widget: widgets.Widget
    make: Callable[[], widgets.Widget]
    files: list[tuple[str, int, int]]


def prepared(make: Callable[[], widgets.Widget]) -> Prepared:
    """`shown(make)`, for a kernel that is heated: it runs up to here, and then waits in `opened`.

    With a file of users nothing is made before somebody's key is known.
    """
    if os.environ.get("KAT_USERS") and os.environ.get("VOILA_PREHEAT") == "True":
        return Prepared(note("", []), make, [])
    return Prepared(shown(make), make, _stamps())


def opened(studio: Prepared) -> widgets.Widget:
    """The studio in the language of the address and on the data of this moment, once somebody asks for it.

    Where the files have changed since it was made, or where there is a refusal, whose language cannot be switched, it
    is made again.
    """
    if os.environ.get("VOILA_PREHEAT") != "True":
        return studio.widget
    before = language()
    from voila.utils import wait_for_request

    wait_for_request()
    view = studio.widget
    if studio.files != _stamps() or (language() != before and not isinstance(view, StudioView)):
        return shown(studio.make)
    if isinstance(view, StudioView):
        view.refresh()
        view.language = language()
    return view


def _stamps() -> list[tuple[str, int, int]]:
    """The files of the data and of the parameters in force: name, time and size of each."""
    files = [Path(os.environ.get("KAT_PARAMETERS") or "")]
    place = Path(source())
    files += sorted(place.iterdir()) if place.is_dir() else [place]
    stats = [(file, file.stat()) for file in files if file.is_file()]
    return [(str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats]
