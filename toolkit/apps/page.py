"""What an app's notebook calls: where the data lie, which language, and a page that says plainly what went wrong."""

import os
from collections.abc import Callable
from urllib.parse import parse_qs

import ipywidgets as widgets

from toolkit.base.errors import InputError
from toolkit.base.places import SAMPLE_FOLDER
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


def parameters() -> Parameters:
    """Those in force: of the file that the environment's KAT_PARAMETERS names, else the method as written."""
    return Parameters.read(os.environ.get("KAT_PARAMETERS") or None, language=language())


def shown(make: Callable[[], widgets.Widget]) -> widgets.Widget:
    """The widget that `make` makes, in the working folder that KAT_FOLDER names; where the data or parameters are
    refused, why, and what to do.
    """
    os.chdir(os.environ.get("KAT_FOLDER") or ".")
    try:
        return make()
    except InputError as error:
        lines = [str(error), say("threshold.failed.next", language())]
        return note(say("threshold.failed.title", language()), lines)


def in_language(widget: widgets.Widget, make: Callable[[], widgets.Widget]) -> widgets.Widget:
    """The widget that `shown(make)` gave, in the language of the address.

    A preheated kernel has made it before anybody asked: here it waits until somebody does. A refusal, which does not
    change its language, is made again.
    """
    before = language()
    if os.environ.get("VOILA_PREHEAT") == "True":
        from voila.utils import wait_for_request

        wait_for_request()
    if language() != before:
        if not hasattr(widget, "language"):
            return shown(make)
        widget.language = language()
    return widget
