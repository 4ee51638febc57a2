"""Changes of parameters by dotted path: flat, and each value in its setting's type.

What two settings make of each other is not judged here: a change may fit one base and not another.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from toolkit.base.errors import InputError
from toolkit.base.parameters import Slice
from toolkit.base.settings import tree_of, value_at
from toolkit.language import say
from toolkit.method.allocation import Resource
from toolkit.parameters import SETTINGS, Parameters

_PATHS: Final = frozenset(known.path for known in SETTINGS)
_LISTS: Final[Mapping[str, type[Slice]]] = {"resources": Resource}


def flat(changes: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Changes, nested or dotted, by dotted path; items of a list by their name: `resources.budget.weekly_total`.

    Examples
    --------
    >>> flat({"tiers": {"a": {"min_win_probability": 0.5}, "stage_caps": {2: 0.4}}})
    {'tiers.a.min_win_probability': 0.5, 'tiers.stage_caps': {2: 0.4}}
    """
    found: dict[str, Any] = {}
    for key, value in (changes if prefix else tree_of(changes)).items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value and (path not in _PATHS or path in _LISTS):
            found |= flat(value, f"{path}.")
        else:
            found[path] = list(value) if isinstance(value, tuple) else value
    return found


def plain_value(path: str, value: Any, language: str) -> Any:
    """A value in its setting's type, as JSON has it. Refused with the sentence of `Parameters.read`.

    Examples
    --------
    >>> plain_value("demotion.weeks", "3", "en")
    3
    >>> plain_value("demotion.weeks", 99, "en")
    Traceback (most recent call last):
    toolkit.base.errors.InputError: demotion.weeks is 99; it can be 1 … 26 (weeks)
    """
    kind = _kind(path)
    if kind is not None:
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(allow_inf_nan=False))
            understood = adapter.validate_python(value)
            if isinstance(understood, bool) or not isinstance(value, bool):  # true is no number
                return json.loads(adapter.dump_json(understood))
        except ValidationError:
            pass
    Parameters.read(overrides={path: value}, language=language)
    raise InputError(say("parameters.not_possible", language, path=path, value=value))


def nulls(value: Any) -> Any:
    """YAML read as plain text, with null understood.

    Examples
    --------
    >>> nulls({"leave_a_below": "null", "inside": "value"})
    {'leave_a_below': None, 'inside': 'value'}
    """
    if isinstance(value, dict):
        return {name: nulls(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [nulls(inner) for inner in value]
    return None if value in ("", "null", "~") else value


def _kind(path: str) -> Any:
    """The type of the setting at a path, with its bounds; None where there is none."""
    first, _, rest = path.partition(".")
    if first in _LISTS and rest:
        owner: type[Slice] = _LISTS[first]
        name = path.rpartition(".")[2]
        if rest.count(".") != 1 or name not in owner.model_fields:
            return None
    elif path in _PATHS:
        group, _, name = path.rpartition(".")
        owner = type(value_at(Parameters(), group)) if group else Parameters
    else:
        return None
    field = owner.model_fields[name]
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
