"""A short message: a title, lines, a link; as markdown or as plain text, never longer than the tightest service takes.

Text comes from data: signs that a chat or a mail would act on (a mention, a tag, markup) become their full-width
twins, which look alike and do nothing.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from toolkit.language import say

MOST_MARKDOWN: Final = 4096  # bytes of UTF-8: WeCom's limits, the tightest
MOST_TEXT: Final = 2048
_ACTIVE: Final = str.maketrans("<>*_`#\\|", "＜＞＊＿｀＃＼｜")
_MOST_LINE: Final = 400  # characters

Style = Literal["text", "head", "item"]


@dataclass(frozen=True)
class Line:
    """One line: a paragraph, a heading over what follows, or one of several."""

    text: str
    style: Style = "text"


@dataclass(frozen=True)
class Message:
    """What is told, in one language. `link` is an address, or a path where nothing serves the reports."""

    title: str
    lines: tuple[Line, ...]
    language: str
    link: str = ""

    def markdown(self, most: int = MOST_MARKDOWN) -> str:
        """The message but its title, in the markdown that chats know: bold, lists, links."""
        return self._fitted(most, markdown=True)

    def plain(self, most: int = MOST_TEXT) -> str:
        """The message but its title, as plain text."""
        return self._fitted(most, markdown=False)

    def head(self) -> str:
        """The title, on one line, harmless."""
        return harmless(self.title)

    def _fitted(self, most: int, markdown: bool) -> str:
        """As many whole lines as fit beside title and link, and how many do not."""
        left = most - len(self.head().encode()) - 8  # a robot sets the title, in bold, above the text
        for count in range(len(self.lines), -1, -1):
            text = self._text(count, markdown)
            if len(text.encode()) <= left:
                return text
        return self._text(0, markdown).encode()[: max(left, 0)].decode(errors="ignore")

    def _text(self, count: int, markdown: bool) -> str:
        shown = list(self.lines[:count])
        rest = sum(line.style != "head" for line in self.lines[count:])
        if rest:
            shown.append(Line(say("tell.more_lines", self.language, n=rest)))
        text = ""
        for before, line in zip([None, *shown], shown, strict=False):
            close = before is not None and line.style == "item" and before.style in ("item", "head")
            gap = "" if before is None else "\n" if close and (before.style == "item" or not markdown) else "\n\n"
            text += gap + _written(line, markdown)
        link = self._link(markdown)
        return f"{text}\n\n{link}" if text and link else text or link

    def _link(self, markdown: bool) -> str:
        if not self.link:
            return ""
        if markdown and self.link.startswith(("https://", "http://")):
            return f"[{say('tell.open', self.language)}]({self.link})"
        place = "`" + self.link.replace("`", "'") + "`" if markdown else self.link
        return say("tell.lies_at", self.language, place=place)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for a file."""
        lines = [[line.style, line.text] for line in self.lines]
        return {"title": self.title, "lines": lines, "language": self.language, "link": self.link}

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> "Message":
        """What `as_dict` made.

        Examples
        --------
        >>> message = Message("Weekly review", (Line("On course."),), "en")
        >>> Message.from_dict(message.as_dict()) == message
        True
        """
        lines = tuple(Line(str(text), style) for style, text in given["lines"])
        return cls(str(given["title"]), lines, str(given["language"]), str(given["link"]))


def harmless(text: str) -> str:
    """A text from data on one line, without signs that do something, and not without end.

    Examples
    --------
    >>> harmless("Haier <@all>\\n*urgent*")
    'Haier ＜@all＞ ＊urgent＊'
    """
    flat = " ".join(str(text).split()).translate(_ACTIVE).replace("](", "］(").replace("][", "］[")
    return flat if len(flat) <= _MOST_LINE else flat[: _MOST_LINE - 1] + "…"


def _written(line: Line, markdown: bool) -> str:
    text = harmless(line.text)
    if line.style == "item" and not text[:1].isdigit():
        text = f"- {text}"
    return f"**{text}**" if markdown and line.style == "head" else text
