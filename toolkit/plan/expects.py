"""What may stand at a place in a plan: the keys, and the values in words, taken from the model itself."""

import types
import typing
from datetime import time
from typing import Any, Literal

from pydantic.fields import FieldInfo

from toolkit.language import say
from toolkit.plan.model import Part, Plan


def keys_at(place: tuple[Any, ...]) -> list[str]:
    """The keys that can stand where this one does not.

    Examples
    --------
    >>> keys_at(("reports", 0, "when", "evry"))
    ['every', 'at']
    """
    part: Any = Plan
    for name in place[:-1]:
        if isinstance(name, str) and name in part.model_fields:
            part = _part(part.model_fields[name].annotation) or part
    return list(part.model_fields)


def expected(place: tuple[Any, ...], language: str) -> str:
    """What can stand at a place, in words.

    Examples
    --------
    >>> expected(("reports", 0, "kind"), "en"), expected(("catch_up",), "en")
    ('weekly | daily | monthly | what_if', '0 … 53')
    """
    part: type[Part] = Plan
    field: FieldInfo | None = None
    for name in place:
        if isinstance(name, str) and name in part.model_fields:
            field = part.model_fields[name]
            part = _part(field.annotation) or part
    if field is None or isinstance(place[-1], int):
        return say("plan.expects.mapping", language)
    return _words(field, language)


def _part(annotation: Any) -> type[Part] | None:
    """The part that an annotation names: itself, optional, or the items of a tuple."""
    for one in (annotation, *typing.get_args(annotation)):
        if isinstance(one, type) and issubclass(one, Part):
            return one
    return None


def _words(field: FieldInfo, language: str) -> str:
    annotation = field.annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        annotation = next(one for one in typing.get_args(annotation) if one is not type(None))
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return " | ".join(typing.get_args(annotation))
    if annotation is bool:
        return "true | false"
    if annotation is time:
        return say("plan.expects.hour", language)
    if annotation in (int, float):
        bounds = {name: getattr(one, name) for one in field.metadata for name in ("ge", "le") if hasattr(one, name)}
        return f"{bounds['ge']} … {bounds['le']}"
    if origin is tuple and _part(annotation):
        return say("plan.expects.reports", language)
    if origin is tuple:
        return say("plan.expects.list", language)
    if annotation is str:
        return say("plan.expects.text", language)
    return say("plan.expects.mapping", language)
