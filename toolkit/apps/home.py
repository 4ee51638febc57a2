"""The home page: the apps as cards, what each is for and for whom; at once, without a kernel."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from toolkit.base.errors import InputError
from toolkit.base.identity import LOCAL, ROLES, STAFF, BadUsers, User, users, whose
from toolkit.base.places import SAMPLE_FOLDER
from toolkit.data.database import shown
from toolkit.data.store import Store
from toolkit.language import LANGUAGES, say
from toolkit.widgets.threshold_looks import AUTONYMS, colours

PATH: Final = "/voila/tree"


@dataclass(frozen=True)
class App:
    """An app: its notebook's name, who may open it, whether it writes, in which group of cards it stands."""

    name: str
    group: str
    roles: tuple[str, ...] = STAFF
    writes: bool = False


APPS: Final = (
    App("war_room", "daily"),
    App("desk", "daily", ROLES, writes=True),
    App("board", "daily", ROLES),
    App("studio", "what_if"),
    App("threshold_panel", "what_if"),
    App("drill", "prepare"),
    App("chain_walk", "prepare"),
    App("roi_panel", "prepare"),
)
GROUPS: Final = ("daily", "what_if", "prepare")


def home(asked: Mapping[str, str]) -> str:
    """The page in both languages, of which one is shown; `asked`: what the address says (language, token, key …).

    It holds the apps that the address's user may open, with the address's own words in their links. Where a key is
    nobody's, or the data cannot be read, it says so and what to do.
    """
    source = os.environ.get("KAT_DATA") or SAMPLE_FOLDER
    asked_for = asked.get("language", "")
    language = asked_for if asked_for in LANGUAGES else os.environ.get("KAT_LANGUAGE", "zh")
    user, refused = _user(asked)
    troubles = refused or _troubles(source)
    apps = [app for app in APPS if user and user.role in app.roles]
    groups = {group: [app for app in apps if app.group == group] for group in GROUPS}
    stored = "://" in source
    words: dict[str, Any] = {
        "language": language,
        "languages": LANGUAGES,
        "autonyms": AUTONYMS,
        "colours": colours(".home"),
        "say": lambda key, tongue, **more: say(f"home.{key}", tongue, **more),
        "groups": {group: cards for group, cards in groups.items() if cards},
        "user": user,
        "troubles": troubles,
        "stored": stored,
        "reading": not stored and not troubles,
        "source": shown(source) if stored else source,
        "base": PATH,
        "query": {name: urlencode({**asked, "language": name}) for name in LANGUAGES},
    }
    return _pages().get_template("home.html.j2").render(words)


def _user(asked: Mapping[str, str]) -> tuple[User | None, dict[str, str]]:
    """Who asks; nobody, and why in each language, where the key is nobody's or the file of users cannot be used."""
    file = os.environ.get("KAT_USERS")
    if not file:
        return LOCAL, {}
    try:
        found = whose(asked.get("key", ""), users(file))
    except BadUsers as error:
        return None, {name: say("apps.bad_users", name, file=file, why=str(error)) for name in LANGUAGES}
    return found, {} if found else {name: say("apps.no_key", name) for name in LANGUAGES}


def _troubles(source: str) -> dict[str, str]:
    """Why the data cannot be read, in each language; empty where they can."""
    if "://" not in source:
        return {} if Path(source).exists() else {name: say("home.missing", name, source=source) for name in LANGUAGES}
    found = {name: _trouble(source, name) for name in LANGUAGES}
    return {name: why for name, why in found.items() if why}


def _trouble(url: str, language: str) -> str:
    try:
        store = Store(url, "home", language=language)
        store.stamp()
        store.close()
    except InputError as error:
        return str(error)
    return ""


def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("toolkit.apps", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
