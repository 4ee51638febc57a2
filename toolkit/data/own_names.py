"""The mapping file: a source's own headers, and its own words for choices, booleans or numbers.

It is `columns.yaml` beside the tables, or else `parameters/columns.yaml` near the working folder:

    accounts:
      客户编码: account_id
      values:
        market_role: {行业标杆: industry_benchmark}
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.headers import nearest
from toolkit.data.refusal import Refused
from toolkit.data.source import content_of, locate

MAPPING_FILE: Final = "columns.yaml"
_VALUES: Final = "values"


@dataclass(frozen=True)
class OwnNames:
    """By table: header -> column, and column -> word -> value. `sha256` is of the file, "" without one."""

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    sha256: str = ""


def own_names(source: Path) -> OwnNames:
    """The mapping that goes with a source; an empty one where there is no file."""
    file = (source if source.is_dir() else source.parent) / MAPPING_FILE
    if not file.is_file():
        try:
            file = locate(Path("parameters") / MAPPING_FILE)
        except InputError:
            return OwnNames()
    return read_mapping(file)


def read_mapping(file: Path) -> OwnNames:
    """The mapping file's content, held against the contract. Refused where it names what does not exist."""
    content = content_of(file)
    try:
        tree = yaml.safe_load(content.decode("utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused("mapping_unreadable", where=file, why=" ".join(str(error).split())) from None
    if not isinstance(tree, dict) or not all(isinstance(part or {}, dict) for part in tree.values()):
        raise Refused("mapping_shape", where=file)
    headers, values = {}, {}
    for table, part in tree.items():
        _known(table, TABLES, file)
        part = dict(part or {})
        words = part.pop(_VALUES, None) or {}
        if not all(isinstance(meaning, dict) for meaning in (words, *words.values())):
            raise Refused("mapping_shape", where=file)
        for column in (*part.values(), *words):
            _known(column, TABLES[table].names, file)
        headers[table] = {str(header): str(column) for header, column in part.items()}
        values[table] = {str(column): _as_text(meaning) for column, meaning in words.items()}
    return OwnNames(headers, values, hashlib.sha256(content).hexdigest() if tree else "")


def _as_text(meaning: Mapping[Any, Any]) -> dict[str, str]:
    """Words and values as text; YAML reads a bare yes or no as a boolean, which becomes true or false."""
    return {str(word).strip(): str(value).lower() if isinstance(value, bool) else str(value)
            for word, value in meaning.items()}  # fmt: skip


def _known(name: Any, known: Iterable[str], file: Path) -> None:
    if name not in known:
        raise Refused("mapping_name", where=file, name=name, hit=nearest(str(name), known))
