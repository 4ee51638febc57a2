"""The plan's file as a tree: YAML as it is written.

`no`, `on` and 18:30 stay text, 007 keeps its zeros; a key that stands twice is refused. Only below `values:`, which go
into a notebook as they are, true, false, null and plain numbers have their kind.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from toolkit.base.errors import InputError
from toolkit.language import say

_CORE: Final = (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
)


class _Twice(ValueError):
    """A key stands twice in one mapping."""


def _mapping(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
    out: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in out:
            raise _Twice(f"{key} ({key_node.start_mark.line + 1})")
        out[key] = loader.construct_object(value_node, deep=True)
    return out


class _AsText(yaml.BaseLoader):
    """Every scalar is text."""


class _CoreKinds(yaml.SafeLoader):
    """Every scalar has its kind in YAML's core schema; there are no `yes`, no dates and no sixties."""


_AsText.construct_mapping = _mapping  # type: ignore[assignment]
_CoreKinds.construct_mapping = _mapping  # type: ignore[assignment]
_CoreKinds.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in _CORE:
    _CoreKinds.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def tree_of_file(path: Path, language: str) -> dict[str, Any]:
    """The file's tree: text everywhere, but below `values:` of each report what they are.

    Raises InputError where there is no such file or it is no mapping in YAML.
    """
    try:
        text = path.read_text("utf-8-sig")
        tree, typed = yaml.load(text, _AsText), yaml.load(text, _CoreKinds)
    except OSError:
        raise InputError(say("plan.no_file", language, file=path)) from None
    except _Twice as error:
        raise InputError(say("plan.twice", language, file=path, twice=error)) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise InputError(say("plan.not_yaml", language, file=path, why=" ".join(str(error).split()))) from None
    if not isinstance(tree, dict):
        raise InputError(say("plan.not_yaml", language, file=path, why=type(tree).__name__))
    reports = tree.get("reports")
    for place, entry in enumerate(reports if isinstance(reports, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("values"), dict):
            entry["values"] = typed["reports"][place]["values"]
    return {str(key): value for key, value in tree.items()}
