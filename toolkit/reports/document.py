"""A printable document before it is a page: chapters of blocks in one language, for playbooks, drills and reviews."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Block:
    """One piece of a chapter: its kind and what it holds. Made by the functions below."""

    kind: str
    content: Any


@dataclass(frozen=True)
class Picture:
    """A drawing before it is drawn: which form, its finding, its measure, the finding in full words, and its data."""

    form: str
    title: str
    subtitle: str
    told: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chapter:
    """A heading and its blocks, in reading order."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A document whole.

    kind      its code, the stem of its file
    language  zh or en
    as_of     the day whose data it tells
    title, subtitle, note (how far it can be relied on; may be empty), foot (what it was made from)
    chapters  in reading order
    model     what a workbook beside it is made from (the ROI model's); None without one
    """

    kind: str
    language: str
    as_of: pd.Timestamp
    title: str
    subtitle: str
    chapters: tuple[Chapter, ...]
    note: str = ""
    foot: str = ""
    model: Any = None

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.as_of:%Y-%m-%d}, {len(self.chapters)} chapters, {self.language}>"


def text(words: str) -> Block:
    """A paragraph."""
    return Block("text", words)


def note(words: str) -> Block:
    """A remark in small type."""
    return Block("note", words)


def bullets(items: Iterable[str]) -> Block:
    """A list of points."""
    return Block("bullets", tuple(items))


def grid(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    """A table of texts; every row as long as the headers.

    Examples
    --------
    >>> grid(("a", "b"), [("1", "2")]).content
    (('a', 'b'), (('1', '2'),))
    """
    made = tuple(tuple(row) for row in rows)
    if any(len(row) != len(headers) for row in made):
        raise ValueError("a row of a table has another length than its headers")
    return Block("grid", (tuple(headers), made))


def grid_or(headers: Sequence[str], rows: Iterable[Sequence[str]], words: str) -> Block:
    """A table of texts; where it has no rows, a remark that says so."""
    made = list(rows)
    return grid(headers, made) if made else note(words)


def facts(pairs: Iterable[tuple[str, str]]) -> Block:
    """Names and what they stand for, one beside the other."""
    return Block("facts", tuple(pairs))


def figure(picture: Picture) -> Block:
    """A drawing."""
    return Block("figure", picture)


def cards(items: Iterable[tuple[str, str, str]]) -> Block:
    """Cards to cut out: a heading, what is said, and the fact behind it."""
    return Block("cards", tuple(items))


def blanks(lines: int, label: str = "") -> Block:
    """Ruled lines to write on, under a label."""
    return Block("blanks", (label, range(lines)))


def chapter(heading: str, *blocks: Block) -> Chapter:
    """A chapter of its blocks."""
    return Chapter(heading, blocks)
