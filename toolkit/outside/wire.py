"""One message to a robot's server, and what became of it: a server that says no in a body with status 200 says no.

A refusal has a *kind*: what a person can do about it. `fast` (too many messages), `busy` (the server's own trouble) and
`silent` (no answer) pass by themselves, `failed` (a service of apprise's own, which tells no more) may; the others
(`key`, `sign`, `keyword`, `ip`, `long`, `other`, `address`, `variable`, `extra`) need a person.
`busy` and `silent` are tried again at once, a few times; who was too fast waits: asking again only lengthens the ban.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

PASSING: Final = frozenset({"fast", "busy", "silent", "failed"})
SOON: Final = frozenset({"busy", "silent"})
TRIES: Final = 3
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_WORDS: Final = 200


@dataclass(frozen=True)
class Refusal:
    """Why a message was not taken: kind, the server's code, and its words without the secrets of the address."""

    kind: str
    code: str = ""
    words: str = ""

    @property
    def passes(self) -> bool:
        """True where the same message may be taken later, without anybody's help."""
        return self.kind in PASSING


class Refused(Exception):
    """A message was not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.kind} {refusal.code} {refusal.words}".strip())
        self.refusal = refusal


class Pace:
    """At most so many messages a minute to one place: `wait(place)` returns when the next may go.

    Examples
    --------
    >>> seconds = [0.0]
    >>> pace = Pace(2, clock=lambda: seconds[0], sleep=lambda wait: seconds.__setitem__(0, seconds[0] + wait))
    >>> [(pace.wait("robot"), seconds[0])[1] for _ in range(5)]
    [0.0, 0.0, 60.0, 60.0, 120.0]
    """

    def __init__(
        self,
        a_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] = time.sleep,
    ) -> None:
        self._most, self._clock, self._sleep = a_minute, clock, sleep
        self._sent: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def wait(self, place: str) -> None:
        """Wait until one more message may go to a place, and count it."""
        with self._lock:
            sent = self._sent[place]
            while len(sent) >= self._most:
                left = sent[0] + 60.0 - self._clock()
                if left <= 0:
                    sent.popleft()
                else:
                    self._sleep(left)
            sent.append(self._clock())


def check_base(base: str) -> str:
    """A server's address without a slash at its end. Raises ValueError unless it is https, or http to this machine.

    Examples
    --------
    >>> check_base("https://wecom.example.com/"), check_base("http://127.0.0.1:8080")
    ('https://wecom.example.com', 'http://127.0.0.1:8080')
    >>> check_base("http://wecom.example.com")
    Traceback (most recent call last):
    ValueError: base must begin with https:// (http:// only to this machine itself)
    """
    parts = urlsplit(base)
    secure = parts.scheme == "https" and parts.hostname
    if not secure and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("base must begin with https:// (http:// only to this machine itself)")
    return base.rstrip("/")


def post(
    url: str,
    body: Callable[[], Mapping[str, Any]],
    query: Callable[[], Mapping[str, str]],
    verdict: Callable[[Mapping[str, Any]], Refusal | None],
    sleep: Callable[[float], Any] = time.sleep,
    timeout: Any = 10.0,
    verify: bool = True,
) -> None:
    """Send a JSON body; `verdict` reads the answer's. Raises Refused, after a few tries where that may help.

    Body and query are made anew for each try: a signature holds the time. No redirection is followed: the address is
    a secret.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

    again = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Refused) and error.refusal.kind in SOON),
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(multiplier=1, max=10),
        sleep=sleep,
        reraise=True,
    )
    again(lambda: _once(url, body(), query(), verdict, timeout, verify))


def _once(
    url: str,
    body: Mapping[str, Any],
    query: Mapping[str, str],
    verdict: Callable[[Mapping[str, Any]], Refusal | None],
    timeout: Any,
    verify: bool,
) -> None:
    import json

    import requests

    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        answer = requests.post(
            url, data=raw, params=dict(query), headers=headers, timeout=timeout, verify=verify, allow_redirects=False
        )
    except requests.RequestException as error:
        raise Refused(Refusal("silent", words=type(error).__name__)) from None  # its text would hold the address
    status = str(answer.status_code)
    if answer.status_code == 429:
        raise Refused(Refusal("fast", status))
    if answer.status_code >= 500:
        raise Refused(Refusal("busy", status))
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused(Refusal("other", status, answer.text[:_MOST_WORDS] if answer.text else ""))
    refusal = verdict(said)
    if refusal is None and answer.status_code != 200:
        refusal = Refusal("other", status)
    if refusal is not None:
        raise Refused(refusal)
