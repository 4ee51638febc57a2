"""Parameters made visible: the commented YAML file, and rows for the table of `kat parameters`."""

import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from toolkit.base.settings import Setting, value_at
from toolkit.language import say
from toolkit.parameters import ITEM_SETTINGS, SETTINGS, Parameters, explanation, unit_of
from toolkit.publish.lines import Line

_WIDTH = 96


def to_yaml(parameters: Parameters) -> str:
    """The parameters as a file that `Parameters.read` takes: every setting with what it does in Chinese and
    English, unit, range and rule as comments.

    Examples
    --------
    >>> [line for line in to_yaml(Parameters()).splitlines() if "max_days" in line]
    ['  max_days: 7']
    """
    lines = _comment(say("parameters.heading", "zh"), "") + _comment(say("parameters.heading", "en"), "")
    lines += _comment(say("parameters.generated", "zh"), "") + _comment(say("parameters.generated", "en"), "")
    open_groups: tuple[str, ...] = ()
    for known in SETTINGS:
        *groups, name = known.path.split(".")
        if groups[:1] != list(open_groups[:1]) or not groups:
            group = groups[0] if groups else name
            lines += ["", *_heading(group if groups or _is_group(name) else "general")]
        for depth, part in enumerate(groups):
            if tuple(groups[: depth + 1]) != open_groups[: depth + 1]:
                lines.append(f"{'  ' * depth}{part}:")
        open_groups = tuple(groups)
        indent = "  " * len(groups)
        lines += _about(known, indent)
        lines += _entry(name, value_at(parameters, known.path), indent)
    return "\n".join(lines) + "\n"


def facts(known: Setting, language: str) -> str:
    """Unit, range and rule of a setting in one line.

    Examples
    --------
    >>> by_path = {known.path: known for known in SETTINGS}
    >>> facts(by_path["yellow_alert.max_days"], "en")
    'unit days · range 1 … 90 · rule M5'
    """
    parts = [say("parameters.facts", language, unit=unit_of(known, language))]
    if known.range:
        parts.append(say("parameters.range", language, range=known.range))
    if known.rule:
        parts.append(say("parameters.rule", language, rule=known.rule))
    return " · ".join(parts)


def shown(value: Any) -> str:
    """A value as it is written in a parameter file, on one line.

    Examples
    --------
    >>> shown(("A", "B")), shown(None), shown(0.6)
    ('[A, B]', 'null', '0.6')
    """
    text = yaml.safe_dump(_plain(value), default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")


def changes(parameters: Parameters) -> dict[str, Any]:
    """What differs from the defaults, as plain values by dotted path: overrides that make the same parameters.

    Examples
    --------
    >>> changes(Parameters.read(overrides=["yellow_alert.max_days=9"]))
    {'yellow_alert.max_days': 9}
    """
    return {difference.path: _plain(difference.value) for difference in parameters.differences()}


def listing(parameters: Parameters, language: str) -> Iterator[Line]:
    """Every parameter with its explanation, what differs (●), and what departs from the method: for a terminal."""
    differing = {difference.path: difference for difference in parameters.differences()}
    group = ""
    for known in SETTINGS:
        first = known.path.partition(".")[0]
        name = first if "." in known.path or _is_group(first) else "general"
        if name != group:
            group = name
            yield Line("")
            yield Line(say(f"parameters.group.{group}", language), "bold")
        mark = "●" if known.path in differing else " "
        value = shown(value_at(parameters, known.path))
        yield Line(f"{mark} {known.path}: {value}", "yellow" if mark == "●" else "")
        yield Line(f"    {explanation(known.path, language)} · {facts(known, language)}", "dim")
    yield Line("")
    if not differing:
        yield Line(say("cli.parameters.none", language), "bold")
    for path, found in differing.items():
        values = {"value": shown(found.value), "default": shown(found.default)}
        yield Line("● " + say("cli.parameters.changed", language, path=path, **values), "yellow")
    for code in parameters.departures():
        yield Line(say("cli.summary.departs", language, what=say(f"departure.{code}", language)), "magenta")


def _is_group(name: str) -> bool:
    return any(known.path.startswith(f"{name}.*") for known in ITEM_SETTINGS)


def _heading(group: str) -> list[str]:
    names = [say(f"parameters.group.{group}", language) for language in ("zh", "en")]
    return [f"# ── {' / '.join(names)}"]


def _about(known: Setting, indent: str) -> list[str]:
    lines = [line for language in ("zh", "en") for line in _comment(explanation(known.path, language), indent)]
    lines += _comment(facts(known, "en"), indent)
    for item in ITEM_SETTINGS:
        if item.path.startswith(f"{known.path}.*."):
            name = item.path.partition(".*.")[2]
            if "." in name:  # a group inside an item is written as the group of the same name
                continue
            for language in ("zh", "en"):
                lines += _comment(f"  {name}: {explanation(item.path, language)}", indent)
            lines += _comment(f"  {name}: {facts(item, 'en')}", indent)
    return lines


def _entry(name: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, tuple) and value and hasattr(value[0], "model_dump"):
        return [f"{indent}{name}:", *(f"{indent}  - {shown(item)}" for item in value)]
    return [f"{indent}{name}: {shown(value)}"]


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in _wrapped(text)]


def _wrapped(text: str) -> Iterator[str]:
    """Lines of at most 96 columns; Chinese breaks anywhere, English between words."""
    if text.isascii() or " " in text[: _WIDTH // 2]:
        yield from textwrap.wrap(text, _WIDTH, subsequent_indent="  " if text.startswith("  ") else "")
    else:
        yield from (text[start : start + _WIDTH // 2] for start in range(0, len(text), _WIDTH // 2))
