"""Both catalogues say the same things."""

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
        say("form.change_up", "zh")


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="zh or en"):
        catalogue("fr")
