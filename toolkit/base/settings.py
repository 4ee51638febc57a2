"""The settings of a slice as a list and as a tree: names, units, ranges, and values by dotted path.

The same list makes the parameter file, the table of `kat parameters`, the sliders' ends and the refusals.
"""

import difflib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic.fields import FieldInfo

from toolkit.base.parameters import Slice


@dataclass(frozen=True)
class Setting:
    """One setting: dotted path, default, unit, rule number, bounds, and its values if they are few.

    `low` and `high` are the bounds or None; `low_open` and `high_open` say that the bound itself is outside.
    """

    path: str
    default: Any
    unit: str
    rule: str
    low: float | None
    high: float | None
    low_open: bool
    high_open: bool
    choices: tuple[str, ...]
    many: bool
    optional: bool

    @property
    def range(self) -> str:
        """The values it can take, in signs that need no words: `0 … 1`, `> 0`, `a | b`; empty if anything."""
        parts = []
        if self.choices:
            parts.append(("* " if self.many else "") + " | ".join(self.choices))
        elif self.low is not None and self.high is not None:
            low, high = ("> " if self.low_open else ""), ("< " if self.high_open else "")
            parts.append(f"{low}{self.low:g} … {high}{self.high:g}")
        elif self.low is not None:
            parts.append(f"{'>' if self.low_open else '≥'} {self.low:g}")
        elif self.high is not None:
            parts.append(f"{'<' if self.high_open else '≤'} {self.high:g}")
        if self.optional:
            parts.append("null")
        return " | ".join(parts)


def settings_of(kind: type[Slice], prefix: str = "") -> Iterator[Setting]:
    """Every setting of a slice and of the slices inside it, in the order of their definition.

    Examples
    --------
    >>> from toolkit.base.parameters import setting
    >>> class Example(Slice):
    ...     max_days: int = setting(7, unit="days", rule="M5", ge=1, le=60)
    >>> [(s.path, s.default, s.range) for s in settings_of(Example, "yellow_alert.")]
    [('yellow_alert.max_days', 7, '1 … 60')]
    """
    for name, field in kind.model_fields.items():
        inner = slice_of(field.annotation)
        if inner is not None:
            yield from settings_of(inner, f"{prefix}{name}.")
        else:
            yield _setting(f"{prefix}{name}", field)


def item_settings_of(kind: type[Slice], prefix: str = "") -> Iterator[Setting]:
    """The settings of each item of the lists in a slice, with `*` for the item: `resources.*.unit`."""
    for name, field in kind.model_fields.items():
        inner, item = slice_of(field.annotation), items_of(field.annotation)
        if inner is not None:
            yield from item_settings_of(inner, f"{prefix}{name}.")
        elif item is not None:
            yield from settings_of(item, f"{prefix}{name}.*.")


def slice_of(annotation: Any) -> type[Slice] | None:
    """The slice class that an annotation names, if it names one."""
    return annotation if isinstance(annotation, type) and issubclass(annotation, Slice) else None


def items_of(annotation: Any) -> type[Slice] | None:
    """The slice class of the items of a `tuple[Slice, ...]`, if it is one."""
    inside = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else ()
    return slice_of(inside[0]) if inside else None


def slices_of(kind: type[Slice], prefix: str = "") -> Iterator[tuple[str, type[Slice]]]:
    """Every slice inside a slice with its dotted path, outer before inner."""
    for name, field in kind.model_fields.items():
        inner = slice_of(field.annotation)
        if inner is not None:
            yield f"{prefix}{name}", inner
            yield from slices_of(inner, f"{prefix}{name}.")


def value_at(slice_: Any, path: str) -> Any:
    """The value at a dotted path of a slice.

    Examples
    --------
    >>> from toolkit.base.parameters import setting
    >>> class Example(Slice):
    ...     max_days: int = setting(7, unit="days", rule="M5")
    >>> value_at(Example(), "max_days")
    7
    """
    for name in path.split("."):
        slice_ = getattr(slice_, name)
    return slice_


def nearest(name: str, known: Sequence[str], count: int = 3) -> list[str]:
    """The known names that a mistyped one most likely meant: by the whole path, then by its last part.

    Examples
    --------
    >>> nearest("tiers.a.min_win_probabilty", ["tiers.a.min_win_probability", "focus.top_fifth"])
    ['tiers.a.min_win_probability']
    >>> nearest("min_posture", ["retiering.min_posture", "focus.top_fifth"])
    ['retiering.min_posture']
    """
    close = difflib.get_close_matches(name, known, n=count, cutoff=0.72)
    last = name.rpartition(".")[2]
    tails = [path.rpartition(".")[2] for path in known]
    for tail in difflib.get_close_matches(last, sorted(set(tails)), n=count, cutoff=0.8):
        close += [path for path, own in zip(known, tails, strict=True) if own == tail and path not in close]
    return close[:count]


def tree_of(flat: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping whose own keys may be dotted paths, as a tree; the keys of its values stay as they are.

    Examples
    --------
    >>> tree_of({"tiers.a.min_win_probability": 0.55, "tiers": {"b": {"min_win_probability": 0.3}}})
    {'tiers': {'a': {'min_win_probability': 0.55}, 'b': {'min_win_probability': 0.3}}}
    """
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        first, _, rest = str(key).partition(".")
        inner = tree_of({rest: value}) if rest else value
        tree = merged(tree, {first: inner})
    return tree


class UnknownItem(ValueError):
    """A path names an item that its list does not have; a new item comes with the whole list."""

    def __init__(self, path: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{path}.{name}")
        self.path, self.name, self.known = path, name, known


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `change` laid over it, branch by branch; items of a list are found by their `name`.

    Examples
    --------
    >>> merged({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
    {'a': {'x': 1, 'y': 3}}
    >>> merged({"resources": [{"name": "budget", "total": 4}]}, {"resources": {"budget": {"total": 5}}})
    {'resources': [{'name': 'budget', 'total': 5}]}
    """
    out = dict(base)
    for key, value in change.items():
        old = out.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            out[key] = merged(old, value)
        elif isinstance(old, list | tuple) and isinstance(value, Mapping):
            by_name = {str(item["name"]): item for item in old if isinstance(item, Mapping) and "name" in item}
            unknown = value.keys() - by_name.keys()
            if unknown:
                raise UnknownItem(key, sorted(unknown)[0], tuple(by_name))
            known = merged(by_name, value)
            out[key] = [{"name": name, **item} for name, item in known.items() if isinstance(item, Mapping)]
        else:
            out[key] = value
    return out


def _setting(path: str, field: FieldInfo) -> Setting:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    bounds: dict[str, Any] = {}
    for constraint in field.metadata:
        bounds |= {n: getattr(constraint, n) for n in ("ge", "gt", "le", "lt") if hasattr(constraint, n)}
    choices, many = _choices(field.annotation)
    return Setting(
        path=path,
        default=field.get_default(call_default_factory=True),
        unit=str(extra.get("unit", "")),
        rule=str(extra.get("rule", "")),
        low=bounds.get("ge", bounds.get("gt")),
        high=bounds.get("le", bounds.get("lt")),
        low_open="gt" in bounds,
        high_open="lt" in bounds,
        choices=choices,
        many=many,
        optional=type(None) in typing.get_args(field.annotation),
    )


def _choices(annotation: Any) -> tuple[tuple[str, ...], bool]:
    """The values that an annotation lists, and whether several may be taken."""
    if annotation is bool:
        return ("true", "false"), False
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return tuple(str(value) for value in typing.get_args(annotation)), False
    if origin is tuple:
        return _choices(typing.get_args(annotation)[0])[0], True
    if origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            found, many = _choices(part)
            if found:
                return found, many
    return (), False
