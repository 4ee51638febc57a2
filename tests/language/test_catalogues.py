"""Both catalogues say the same things."""

import ast
import re
from pathlib import Path

import pytest

from toolkit.base.errors import InputError
from toolkit.language import catalogue, placeholders, say

ZH, EN = catalogue("zh"), catalogue("en")
ROOT = Path(__file__).parents[2]


def test_every_sentence_exists_in_both_languages():
    assert sorted(ZH) == sorted(EN)


def test_both_languages_fill_in_the_same_things():
    # A count such as {n:count:day|days} and a plain {n} are the same thing.
    differing = [key for key in ZH if placeholders(ZH[key]) != placeholders(EN[key])]
    assert differing == []


def test_no_sentence_is_blank_and_english_has_no_chinese():
    assert [key for text in (ZH, EN) for key in text if not text[key].strip()] == []
    han = re.compile("[一-鿿]")
    allowed = ("column.", "table.")
    assert [key for key in EN if han.search(EN[key]) and not key.startswith(allowed)] == []


def test_chinese_prose_uses_full_width_punctuation():
    loose = re.compile("[一-鿿][,;:?!](?!/)")
    assert [(key, ZH[key]) for key in ZH if loose.search(re.sub(r"\{[^}]*\}", "", ZH[key]))] == []


def test_a_sentence_that_is_not_there_is_our_fault():
    with pytest.raises(KeyError):
        say("no.such.sentence", "zh")
    with pytest.raises(KeyError):
        say("words.and_more", "zh")


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="zh or en"):
        catalogue("fr")


def patterns():
    """Every text in the toolkit's code and templates that could name a sentence, as regular expressions."""
    found = set()
    for file in (ROOT / "toolkit").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r".+" for p in node.values]
                found.add("".join(parts))
    for file in (ROOT / "toolkit").rglob("*.j2"):
        for literal, more in re.findall(r"""['"]([\w.]+)['"](\s*~)?""", file.read_text("utf-8")):
            found.add(re.escape(literal) + (".+" if more else ""))
    useful = {p for p in found if re.search(r"[a-z]", p) and len(p) < 120 and p != ".+"}
    return re.compile("|".join(f"(?:{p})" for p in sorted(useful)))


def test_every_sentence_is_used():
    used = patterns()
    assert [key for key in ZH if not used.fullmatch(key)] == []
