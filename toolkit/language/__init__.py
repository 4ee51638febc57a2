"""Every sentence that a person reads: catalogues in Chinese and English, and `say()` that fills them in.

`zh/*.yaml` and `en/*.yaml` hold a chapter each; nested keys are joined by dots. Values are plain text with named
placeholders; after a colon a placeholder may name a form: `{amount:money}`, `{share:percent}`, `{gap:points}`,
`{day:date}`, `{x:number}`, `{n:count:day|days}` (see `toolkit.language.forms`). Nothing here escapes: that is the
page's business.
"""

import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from toolkit.base.audience import AUDIENCES
from toolkit.base.errors import InputError
from toolkit.language.forms import form

LANGUAGES: Final = ("zh", "en")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Filler(string.Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        return form(value, format_spec, self.language)

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]


def _flatten(tree: Mapping[Any, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(key, bool):  # YAML reads a bare on, off, yes or no as true or false
            raise ValueError(f"a key under {prefix!r} is {key}; write it in quotes")
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{path}.")
        elif isinstance(value, str):
            flat[path] = value
        else:
            raise ValueError(f"the sentence {path!r} is {value!r}, not text")
    return flat


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language by dotted key. A key that two chapters hold is an error.

    Examples
    --------
    >>> catalogue("en")["tier.a"], catalogue("zh")["tier.a"]
    ('strategic', '战略级')
    """
    check_language(language)
    merged: dict[str, str] = {}
    for chapter in sorted(files(__name__).joinpath(language).iterdir(), key=lambda f: f.name):
        if not chapter.name.endswith(".yaml"):
            continue
        flat = _flatten(yaml.load(chapter.read_text("utf-8"), _Loader) or {})
        twice = merged.keys() & flat.keys()
        if twice:
            raise ValueError(f"{language}/{chapter.name} says again: {sorted(twice)}")
        merged |= flat
    return merged


def check_language(language: str) -> str:
    """The language if it is one of ours; InputError otherwise.

    Examples
    --------
    >>> check_language("zh")
    'zh'
    """
    if language not in LANGUAGES:
        raise InputError(f"language is {language!r}; it can be zh or en")
    return language


def check_audience(audience: str, language: str) -> str:
    """Whom a copy is for, if it is director or team; InputError otherwise.

    Examples
    --------
    >>> check_audience("team", "en")
    'team'
    """
    if audience not in AUDIENCES:
        raise InputError(say("review.no_audience", language, audience=audience))
    return audience


def has(key: str, language: str) -> bool:
    """True where the catalogue holds the key.

    Examples
    --------
    >>> has("tier.a", "zh"), has("tier.z", "zh")
    (True, False)
    """
    return key in catalogue(language)


def say(key: str, language: str, **arguments: Any) -> str:
    """The sentence `key` in `language` with its placeholders filled in.

    Raises KeyError for a sentence or an argument that is not there: a hole in a page is our fault, never shown.

    Examples
    --------
    >>> say("words.and_more", "en", n=3)
    'and 3 more'
    """
    sentence = catalogue(language).get(key)
    if sentence is None:
        raise KeyError(f"no sentence {key!r} in {language}")
    return _Filler(language).vformat(sentence, (), arguments)


def placeholders(sentence: str) -> frozenset[str]:
    """The names of a sentence's placeholders (the tests hold both languages to the same ones).

    Examples
    --------
    >>> sorted(placeholders("{a:money} of {b}"))
    ['a', 'b']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
