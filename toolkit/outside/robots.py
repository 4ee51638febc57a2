"""The group robots of WeCom, Feishu and DingTalk as plugins of apprise, in place of its own.

Apprise's own take an answer with an error code in its body for a success, sign wrongly or not at all, and count
characters where the server counts bytes. These sign as the vendors say, read the code, split by bytes, keep to the
robot's pace and try again what may pass; what was refused, and why, stays in `refusal`.

    wecom://KEY                          WeCom signs nothing: the key is the secret
    feishu://TOKEN?secret=SECRET         `secret` where the robot checks signatures
    dingtalk://TOKEN?secret=SECRET

or the webhook address as the robot's page shows it, with `secret=…` added. `keyword=…`: the word that the robot's
settings ask for; `format=text`: plain text (WeChat shows no markdown of WeCom's); `base=https://…`: another server, of
a private deployment.

This module imports apprise: only `toolkit.outside.channels` imports it, when something is told.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from apprise import NotifyBase, NotifyFormat, NotifyType
from apprise.common import OverflowMode
from apprise.manager_plugins import NotificationManager

from toolkit.outside.pieces import pieces
from toolkit.outside.wire import Pace, Refusal, Refused, check_base, post


class Robot(NotifyBase):
    """What the three have in common. A subclass says where to, what, how it is signed, and what an answer means."""

    request_rate_per_sec = 0  # `pace` does it
    notify_format = NotifyFormat.MARKDOWN
    overflow_mode = OverflowMode.UPSTREAM  # `send` splits, by bytes
    body_maxlen = 1_000_000
    title_maxlen = 250
    templates = ("{schema}://{host}",)

    server: ClassVar[str]
    native: ClassVar[str]  # the webhook's address, with a group `key`
    most_markdown: ClassVar[int]
    most_text: ClassVar[int]
    pace: ClassVar[Pace]

    def __init__(
        self, key: str, secret: str = "", base: str = "", keyword: str = "", plain: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not re.fullmatch(r"[\w-]+", key or ""):
            raise TypeError("the robot's key is missing, or holds a sign that none has")
        try:
            self.base = check_base(base or self.server)
        except ValueError as error:
            raise TypeError(str(error)) from None
        self.key, self.secret, self.keyword, self.plain = key, secret, keyword, plain
        self.refusal: Refusal | None = None

    @property
    def url_identifier(self) -> tuple[str, str, str]:
        """What tells this robot from another."""
        return (self.secure_protocol, self.base, self.key)

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """The address as text; with `privacy` without its secrets."""
        more = {"format": "text"} if self.plain else {}
        if self.base != self.server:
            more["base"] = self.base
        if self.keyword:
            more["keyword"] = self.keyword
        if self.secret:
            more["secret"] = "****" if privacy else self.secret
        key = "****" if privacy else self.key
        return f"{self.secure_protocol}://{key}/" + (f"?{urlencode(more)}" if more else "")

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Send the text in as many messages as its bytes need; False, and `refusal` says why, where one was refused."""
        self.refusal = None
        most = self.most_text if self.plain else self.most_markdown
        try:
            for part in pieces(self.text_of(title, body), most):
                self.pace.wait(self.url())
                self._send(title, part)
        except Refused as error:
            found = error.refusal
            self.refusal = Refusal(found.kind, found.code, without(found.words, (self.key, self.secret)))
            self.logger.warning("%s refused a message: %s %s", self.service_name, found.kind, found.code)
        return self.refusal is None

    def now(self) -> float:
        """Seconds since 1970: signatures hold the time."""
        return time.time()

    def rest(self, seconds: float) -> None:
        """Wait before another try."""
        time.sleep(seconds)

    def _send(self, title: str, text: str) -> None:
        post(
            self.base + self.path(),
            lambda: self.payload(title, text),
            self.query,
            self.verdict,
            self.rest,
            self.request_timeout,
            self.verify_certificate,
        )

    def text_of(self, title: str, body: str) -> str:
        """The text of a message that shows its title itself."""
        head = title if self.plain or not title else f"**{title}**"
        return "\n\n".join(part for part in (head, self.with_keyword(title, body)) if part)

    def with_keyword(self, title: str, body: str) -> str:
        """The text, with the word that the robot waits for at its end where it lacks it."""
        return body if self.keyword in title + body else f"{body}\n\n{self.keyword}"

    def path(self) -> str:
        """The path of the webhook on its server."""
        raise NotImplementedError

    def query(self) -> Mapping[str, str]:
        """What stands behind the path's question mark."""
        return {}

    def payload(self, title: str, text: str) -> Mapping[str, Any]:
        """The body of one message."""
        raise NotImplementedError

    def verdict(self, said: Mapping[str, Any]) -> Refusal | None:
        """What an answer's body means; None where the message was taken."""
        raise NotImplementedError

    @classmethod
    def parse_url(cls, url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The arguments of an address such as `wecom://KEY?format=text`."""
        results = NotifyBase.parse_url(url, verify_host=False)
        if not results:
            return None
        asked = results["qsd"]
        results["key"] = asked.get("key") or NotifyBase.unquote(results["host"])
        results["secret"] = asked.get("secret") or results.get("user") or ""
        results["base"] = asked.get("base") or ""
        results["keyword"] = asked.get("keyword") or ""
        results["plain"] = asked.get("format") == "text"
        return dict(results)

    @classmethod
    def parse_native_url(cls, url: str) -> dict[str, Any] | None:
        """The arguments of a webhook's address as the robot's page shows it."""
        found = re.match(cls.native, url)
        if not found:
            return None
        rest = [(n, v) for n, v in parse_qsl(urlsplit(url).query) if n not in ("key", "access_token")]
        return cls.parse_url(f"{cls.secure_protocol}://{found['key']}/" + (f"?{urlencode(rest)}" if rest else ""))


class WeCom(Robot):
    """企业微信群机器人: text of 2,048 bytes, markdown of 4,096, 20 messages a minute."""

    service_name = "WeCom"
    secure_protocol = "wecom"
    server = "https://qyapi.weixin.qq.com"
    native = r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?(?:.*&)?key=(?P<key>[\w-]+)"
    most_markdown, most_text = 4096, 2048
    pace = Pace(20)

    def path(self) -> str:
        return "/cgi-bin/webhook/send"

    def query(self) -> Mapping[str, str]:
        return {"key": self.key}

    def payload(self, title: str, text: str) -> Mapping[str, Any]:
        kind = "text" if self.plain else "markdown"
        return {"msgtype": kind, kind: {"content": text}}

    def verdict(self, said: Mapping[str, Any]) -> Refusal | None:
        kinds = {"93000": "key", "45009": "fast", "40058": "long", "-1": "busy"}
        return _refusal(said, "errcode", "errmsg", kinds)


class Feishu(Robot):
    """飞书自定义机器人: a request of 20 kB, 5 messages a second and 100 a minute; the signature stands in the body."""

    service_name = "Feishu"
    secure_protocol = "feishu"
    server = "https://open.feishu.cn"
    native = r"https://open\.feishu\.cn/open-apis/bot/v2/hook/(?P<key>[\w-]+)"
    most_markdown = most_text = 12_000  # as JSON, with its signs escaped, below 20 kB
    pace = Pace(60)

    def path(self) -> str:
        return f"/open-apis/bot/v2/hook/{self.key}"

    def text_of(self, title: str, body: str) -> str:
        return super().text_of(title if self.plain else "", body)  # a card has a head of its own

    def payload(self, title: str, text: str) -> Mapping[str, Any]:
        return {**self._signed(), **self._message(title, text)}

    def _message(self, title: str, text: str) -> Mapping[str, Any]:
        if self.plain:
            return {"msg_type": "text", "content": {"text": text}}
        card: dict[str, Any] = {"elements": [{"tag": "markdown", "content": text}]}
        if title:
            card["header"] = {"title": {"tag": "plain_text", "content": title}}
        return {"msg_type": "interactive", "card": card}

    def _signed(self) -> Mapping[str, str]:
        """The time in seconds and the HMAC-SHA256 of nothing, keyed by time and secret."""
        if not self.secret:
            return {}
        now = str(int(self.now()))
        return {"timestamp": now, "sign": _hmac(f"{now}\n{self.secret}", "")}

    def verdict(self, said: Mapping[str, Any]) -> Refusal | None:
        kinds = {"19001": "key", "19021": "sign", "19022": "ip", "19024": "keyword", "11232": "fast"}
        found = _refusal(said, "code", "msg", kinds)
        if found is not None and "frequency limited" in found.words.lower():
            return Refusal("fast", found.code, found.words)
        return found


class DingTalk(Robot):
    """钉钉自定义机器人: a request of 20 kB, 20 messages a minute (else banned for ten); the signature in the query."""

    service_name = "DingTalk"
    secure_protocol = "dingtalk"
    server = "https://oapi.dingtalk.com"
    native = r"https://oapi\.dingtalk\.com/robot/send\?(?:.*&)?access_token=(?P<key>[\w-]+)"
    most_markdown = most_text = 12_000
    pace = Pace(20)

    def path(self) -> str:
        return "/robot/send"

    def query(self) -> Mapping[str, str]:
        """The token; with a secret the time in milliseconds and the HMAC-SHA256 of both, keyed by the secret."""
        if not self.secret:
            return {"access_token": self.key}
        now = str(int(self.now() * 1000))
        return {"access_token": self.key, "timestamp": now, "sign": _hmac(self.secret, f"{now}\n{self.secret}")}

    def payload(self, title: str, text: str) -> Mapping[str, Any]:
        if self.plain:
            return {"msgtype": "text", "text": {"content": text}}
        return {"msgtype": "markdown", "markdown": {"title": title or text.split("\n")[0][:60], "text": text}}

    def verdict(self, said: Mapping[str, Any]) -> Refusal | None:
        kinds = {
            "300001": "key", "300005": "key", "400101": "key", "400013": "key", "400102": "key",
            "130101": "fast", "302033": "fast", "410100": "fast", "-1": "busy", "310000": "sign",
        }  # fmt: skip
        found = _refusal(said, "errcode", "errmsg", kinds)
        if found is None or found.code != "310000":  # one code for all that the robot's safety settings refuse
            return found
        words = found.words.lower()
        kind = "keyword" if "keyword" in words or "关键词" in words else "ip" if "whitelist" in words else "sign"
        return Refusal(kind, found.code, found.words)


ROBOTS = {"wecom": WeCom, "wecombot": WeCom, "feishu": Feishu, "dingtalk": DingTalk}  # apprise's names among them


def register() -> None:
    """Make apprise use these for their addresses. May be called again."""
    plugins = NotificationManager()
    for schema, robot in ROBOTS.items():
        if schema in plugins and plugins[schema] is not robot:
            plugins.remove(schema, unload=False)
    for robot in (WeCom, Feishu, DingTalk):
        mine = [schema for schema, its in ROBOTS.items() if its is robot and schema not in plugins]
        if mine:
            plugins.add(robot, schemas=mine)


def without(text: str, secrets: Any) -> str:
    """A text without the secrets that it may hold.

    Examples
    --------
    >>> without("invalid key 693a91f6-7xxx", ["693a91f6-7xxx", ""])
    'invalid key …'
    """
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _refusal(said: Mapping[str, Any], code: str, words: str, kinds: Mapping[str, str]) -> Refusal | None:
    """What an answer with a code and words means; without a code it cannot be told, and is no success."""
    if code not in said:
        return Refusal("other", words=str(said)[:200])
    if str(said[code]) == "0":
        return None
    return Refusal(kinds.get(str(said[code]), "other"), str(said[code]), str(said.get(words) or "")[:200])
