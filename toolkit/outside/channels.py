"""One message to one address: an apprise URL, in which `${NAME}` stands for a variable of the environment.

A value is put in as it is where it is a whole address, else with the signs escaped that would tear an address apart
(the @ of a mail address, the / of a password).

Apprise (the extra `notify`) is imported when something is told, not before. Nothing here writes an address anywhere:
what a service says is cleaned of all parts of the address before it is handed on.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote, unquote

from toolkit.outside.message import Message
from toolkit.outside.wire import Refusal

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_SHORTEST_SECRET: Final = 4
_MOST_WORDS: Final = 200


def send(address: str, message: Message, environment: Mapping[str, str] | None = None) -> Refusal | None:
    """Send a message to an address; why it was not taken, or None. Raises nothing that an address or a server causes.

    Examples
    --------
    >>> send("wecom://${KAT_NO_SUCH_KEY}", Message("A title", (), "en"), {})
    Refusal(kind='variable', code='', words='KAT_NO_SUCH_KEY')
    """
    known = os.environ if environment is None else environment
    names = _VARIABLE.findall(address)
    missing = [name for name in names if not known.get(name)]
    if missing:
        return Refusal("variable", words=", ".join(missing))
    url = _VARIABLE.sub(lambda found: _part(known[found[1]]), address)
    try:
        import apprise
    except ImportError:
        return Refusal("extra")
    from toolkit.outside.robots import register

    register()
    with _heard() as words:
        try:
            refusal = _sent(apprise, url, message)
        except Exception as error:  # a plugin's own fault must not end the run
            refusal = Refusal("failed", words=f"{type(error).__name__}: {error}")
    if refusal is None:
        return None
    said = refusal.words or ("; ".join(words) if refusal.kind in ("failed", "address") else "")
    return Refusal(refusal.kind, refusal.code, cleaned(said, url, [known[name] for name in names]))


def _part(value: str) -> str:
    """A variable's value as it stands in an address.

    Examples
    --------
    >>> _part("ana@example.com"), _part("wecom://693a91f6?format=text")
    ('ana%40example.com', 'wecom://693a91f6?format=text')
    """
    return value if "://" in value else quote(value, safe="")


def _sent(apprise: Any, url: str, message: Message) -> Refusal | None:
    asset = apprise.AppriseAsset(app_id="kat", app_desc="kat", app_url="", async_mode=False, secure_logging=True)
    try:
        service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    except TypeError as error:
        return Refusal("address", words=str(error))
    if service is None:
        return Refusal("address")
    plain = getattr(service, "plain", False)
    letter = apprise.Apprise(asset=asset)
    letter.add(service)
    taken = letter.notify(
        title=message.head(),
        body=message.plain() if plain else message.markdown(),
        body_format=apprise.NotifyFormat.TEXT if plain else apprise.NotifyFormat.MARKDOWN,
    )
    return None if taken else getattr(service, "refusal", None) or Refusal("failed")


@contextmanager
def _heard() -> Iterator[list[str]]:
    """The warnings of apprise while something is sent; they go nowhere else."""
    words: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words.append(record.getMessage())

    voice, ear = logging.getLogger("apprise"), Ear(logging.WARNING)
    before = voice.propagate
    voice.addHandler(ear)
    voice.propagate = False
    try:
        yield words
    finally:
        voice.removeHandler(ear)
        voice.propagate = before


def cleaned(words: str, url: str, secrets: list[str]) -> str:
    """What a service said, on one line, without any part of the address but the name of a host.

    Examples
    --------
    >>> cleaned("no login for ana at smtp.example.com: pa55word", "mailtos://ana:pa55word@smtp.example.com", [])
    'no login for ana at smtp.example.com: …'
    """
    parts = {part for text in (url, unquote(url)) for part in re.split(r"[/:@?&=,+\s]+", text)}
    hidden = {part for part in parts if len(part) >= _SHORTEST_SECRET and not _is_host(part, url)}
    for part in sorted({url, *secrets, *hidden} - {""}, key=len, reverse=True):
        words = words.replace(part, "…")
    return " ".join(words.split())[:_MOST_WORDS]


def _is_host(part: str, url: str) -> bool:
    """True for a name with a dot that stands where a host does, and for the scheme."""
    scheme, _, rest = url.partition("://")
    host = re.split(r"[/?]", rest)[0].rpartition("@")[2].partition(":")[0]
    return part == scheme or (part == host and "." in part)
