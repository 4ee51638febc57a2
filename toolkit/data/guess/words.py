"""The words of words.yaml, and how headers are compared: without case, width, spaces, signs and what brackets hold."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import yaml

from toolkit.base.names import plain
from toolkit.data.headers import column_label, table_label
from toolkit.data.tables_foreign import READABLE
from toolkit.language import LANGUAGES

_BRACKETS: Final = re.compile(r"[(（\[【<《]([^)）\]】>》]*)[)）\]】>》]")
_SIGNS: Final = re.compile(r"[\s_\-.:：*#/%％,，、;'\"]+")
_UNITS: Final = re.compile(
    r"(?:[/,，:：]?\s*单位[:：]?)?(百万元|千元|万元|亿元|万|亿|元|rmb|cny|usd|%)$", re.IGNORECASE
)
NEAR: Final = 0.82  # two headers this alike are probably the same


class Likeness(NamedTuple):
    """How much a header is like a column: 0 to 1, a code of why, and the word that it is like."""

    score: float
    why: str
    word: str


NOTHING: Final = Likeness(0.0, "", "")


@cache
def _tree() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("words.yaml").read_text("utf-8"))
    return loaded


def bare(text: str) -> str:
    """A header or word without what does not distinguish it.

    Examples
    --------
    >>> bare("年潜力（万元）"), bare("合同额/万元"), bare("Probability (%)"), bare(" ACCOUNT_Name* ")
    ('年潜力', '合同额', 'probability', 'accountname')
    """
    outside = plain(_BRACKETS.sub("", text))
    cut = _UNITS.search(outside)
    if cut and cut.start() > 1:
        outside = outside[: cut.start()]
    return _SIGNS.sub("", outside) or _SIGNS.sub("", plain(text))


def unit_in(header: str) -> str:
    """The unit that a header names in brackets or at its end, "" for none.

    Examples
    --------
    >>> unit_in("年潜力(万元)"), unit_in("成交概率%"), unit_in("合同额/万元"), unit_in("Amount [kCNY]"), unit_in("区域")
    ('万元', '%', '万元', 'kcny', '')
    """
    text = plain(header)
    inside = [match[1].removeprefix("单位").lstrip(":：") for match in _BRACKETS.finditer(text)]
    found = next((part for part in inside if part), "")
    if found:
        return found
    match = _UNITS.search(text)
    return match[1] if match and match.start() > 1 else ""


@cache
def column_words(table: str) -> dict[str, dict[str, float]]:
    """By column the bare words that mean it, with how sure: names and labels 1, what others say a little less."""
    known = _tree()["columns"]
    out = {}
    for column in READABLE[table].names:
        labels = [column, *(column_label(table, column, language) for language in LANGUAGES)]
        said = {bare(word): 0.94 for word in known.get(f"{table}.{column}", known.get(column, ()))}
        out[column] = said | {bare(word): 1.0 for word in labels}
    return out


@cache
def _never() -> frozenset[str]:
    return frozenset(bare(word) for word in _tree()["never"])


def likeness(header: str, table: str, column: str) -> Likeness:
    """How much a header is like a column of a table, by its words alone.

    Examples
    --------
    >>> likeness("客户名称", "accounts", "account_name").why, likeness("Acount Name", "accounts", "account_name").why
    ('same', 'near')
    """
    return _alike(header, tuple(column_words(table)[column].items()))


@cache
def _alike(header: str, known: tuple[tuple[str, float], ...]) -> Likeness:
    """How much a header is like a column of these words."""
    word, said = bare(header), dict(known)
    if not word:
        return NOTHING
    if word in said:
        return Likeness(said[word], "same" if said[word] == 1.0 else "synonym", word)
    if word in _never():
        return NOTHING
    last = bare(header.split()[-1])
    if last != word and last in said:
        return Likeness(said[last] - 0.05, "synonym", last)
    best = NOTHING
    matcher = SequenceMatcher(None, b=word, autojunk=False)
    for other in said:
        short, long = sorted((len(other), len(word)))
        if short >= _shortest(other) and (other in word or word in other):
            best = max(best, Likeness(0.45 + 0.4 * short / long, "part", other))
        if short >= 4 and 2 * short >= NEAR * (short + long):
            matcher.set_seq1(other)
            if matcher.quick_ratio() >= NEAR and (ratio := matcher.ratio()) >= NEAR:
                best = max(best, Likeness(0.9 * ratio, "near", other))
    return best


def _shortest(word: str) -> int:
    """How long a word must be to count as a part of another: two Chinese characters, four letters."""
    return 4 if word.isascii() else 2


@cache
def _table_words() -> dict[str, frozenset[str]]:
    known = _tree()["tables"]
    return {
        table: frozenset(
            bare(word) for word in (table, *(table_label(table, one) for one in LANGUAGES), *known.get(table, ()))
        )
        for table in READABLE
    }


def table_likeness(name: str, table: str) -> float:
    """How much a sheet's or file's name is like a table, 0 to 1."""
    word = bare(re.sub(r"\d+", "", name))
    if not word:
        return 0.0
    words = _table_words()[table]
    if word in words:
        return 1.0
    parts = [known for known in words if len(known) >= _shortest(known) and (known in word or word in known)]
    if parts:
        return 0.5 + 0.4 * max(min(len(p), len(word)) / max(len(p), len(word)) for p in parts)
    ratio = max(SequenceMatcher(None, known, word).ratio() for known in words)
    return 0.7 * ratio if ratio >= NEAR else 0.0


@cache
def meanings(column: str) -> dict[str, str]:
    """Bare words and the codes of a choice (or of a stage, a stance) that they mean.

    Examples
    --------
    >>> meanings("market_role")["标杆客户"], meanings("stage")["closedwon"], meanings("status")["在谈"]
    ('industry_benchmark', 'won', 'active')
    """
    stages = ("stage_before", "stage_after", "stage_at_request")
    tree = _tree()["stance"] if column == "stance" else _tree()["values"]
    known = tree if column == "stance" else tree.get("decision_stage" if column in stages else column, {})
    return {bare(str(word)): str(code) for code, words in known.items() for word in words}


def closed_stages(texts: Iterable[str]) -> dict[str, str]:
    """Words of closed stages that go with these words of stages, and what they mean."""
    script = "latin" if all(text.isascii() for text in texts) else "chinese"
    return dict(_tree()["closed"][script])


@cache
def booleans() -> dict[str, str]:
    """Bare words for true and false."""
    return {bare(str(word)): code for code, words in _tree()["booleans"].items() for word in words} | {
        str(word): code for code, words in _tree()["booleans"].items() for word in words
    }


@cache
def totals() -> frozenset[str]:
    """Plain words that begin a row of totals."""
    return frozenset(plain(word) for word in _tree()["totals"])


@cache
def blanks() -> frozenset[str]:
    """Plain words that mean that nothing is known."""
    return frozenset(plain(str(word)) for word in _tree()["blanks"])


def known_header(text: str) -> bool:
    """Whether a cell is a word that heads a column of any table.

    Examples
    --------
    >>> known_header("客户名称"), known_header("华东电力")
    (True, False)
    """
    return bare(text) in _all_headers()


@cache
def _all_headers() -> frozenset[str]:
    words: Iterable[str] = (word for table in READABLE for some in column_words(table).values() for word in some)
    return frozenset(words) | _never()
