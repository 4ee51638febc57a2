"""Which table a sheet is, and which column a header means: contract names, labels in Chinese or English, a mapping.

The mapping file (`columns.yaml` beside the tables, or else parameters/columns.yaml) names a source's own headers and,
under `values`, its own words for choices:

    accounts:
      客户编码: account_id
      values:
        market_role: {行业标杆: industry_benchmark}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from toolkit.base.errors import InputError
from toolkit.data.cells import half_width
from toolkit.data.contract import TABLES
from toolkit.language import LANGUAGES, catalogue

MAPPING_FILE: Final = "columns.yaml"


@dataclass(frozen=True)
class OwnNames:
    """A source's own headers and words: by table, header -> column and column -> word -> value."""

    headers: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Mapping[str, Mapping[str, str]]]


NO_OWN_NAMES: Final = OwnNames({}, {})


def table_label(table: str, language: str) -> str:
    return catalogue(language)[f"table.{table}"]


def column_label(table: str, column: str, language: str) -> str:
    """A column's label: its own in this table, or else the one that all tables share.

    Examples
    --------
    >>> column_label("accounts", "account_id", "zh"), column_label("accounts", "account_id", "en")
    ('客户编号', 'account ID')
    """
    texts = catalogue(language)
    return texts.get(f"column.{table}.{column}") or texts[f"column.{column}"]


def plain_name(name: str) -> str:
    """A header without what does not distinguish it: case, outer spaces, inner spaces and hyphens as underscores.

    Examples
    --------
    >>> plain_name(" Account-ID "), plain_name("客户编号（必填）")
    ('account_id', '客户编号(必填)')
    """
    return half_width(name).strip().strip("\ufeff*!").casefold().replace(" ", "_").replace("-", "_")


@cache
def _table_names() -> dict[str, str]:
    names = {name: name for name in TABLES}
    for language in LANGUAGES:
        names |= {plain_name(table_label(name, language)): name for name in TABLES}
    return names


@cache
def _column_names(table: str) -> dict[str, str]:
    names = {}
    for language in LANGUAGES:
        names |= {plain_name(column_label(table, name, language)): name for name in TABLES[table].names}
    return names | {name: name for name in TABLES[table].names}


def table_of(name: str) -> str | None:
    """The contract's table that a file or sheet of this name holds, or None.

    Examples
    --------
    >>> table_of("Accounts"), table_of("客户"), table_of("holiday_photos")
    ('accounts', 'accounts', None)
    """
    return _table_names().get(plain_name(name))


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known name that looks most like `name`, or ""."""
    return next(iter(get_close_matches(plain_name(name), list(known), n=1, cutoff=cutoff)), "")


def nearest_table(names: Iterable[str], table: str) -> str:
    """The one of these file or sheet names that was probably meant to be `table`, or ""."""
    by_plain = {plain_name(name): name for name in names if table_of(name) is None}
    wanted = [known for known, target in _table_names().items() if target == table]
    return next((by_plain[hit] for name in wanted if (hit := nearest(name, by_plain))), "")


def recognise(
    table: str, header: tuple[str, ...], where: str, mapping: OwnNames
) -> tuple[dict[str, int], dict[str, int], list[tuple[str, str]]]:
    """Positions of the contract's columns and of the unknown ones, and (header, column it resembles) of near misses.

    Raises InputError where a required column is missing or two headers mean the same column.
    """
    known = _column_names(table)
    own = {plain_name(key): column for key, column in mapping.headers.get(table, {}).items()}
    found: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for position, name in enumerate(header):
        plain = plain_name(name)
        column = own.get(plain) or known.get(plain)
        if column is None:
            if plain:
                unknown[_fresh(name.strip(), unknown, table)] = position
        elif column in found:
            raise InputError(
                f"{where}: the headers {header[found[column]]!r} and {name!r} both mean {column}; keep one"
            )
        else:
            found[column] = position
    _require(table, header, where, found, unknown)
    absent = {plain: column for plain, column in known.items() if column not in found}
    near = [(name, absent[hit]) for name in unknown if (hit := nearest(name, absent, cutoff=0.85))]
    return found, unknown, near


def _fresh(name: str, taken: Iterable[str], table: str) -> str:
    """`name`, with a number behind it where another unknown column or the contract has it already."""
    fresh, number = name, 2
    while fresh in taken or fresh in TABLES[table].names:
        fresh, number = f"{name}_{number}", number + 1
    return fresh


def _require(
    table: str, header: tuple[str, ...], where: str, found: Iterable[str], unknown: Iterable[str]
) -> None:
    missing = [column.name for column in TABLES[table].columns if column.required and column.name not in found]
    if not missing:
        return
    plain = {plain_name(name): name for name in unknown}
    words = []
    for column in missing:
        label = column_label(table, column, "zh")
        hit = nearest(column, plain) or nearest(label, plain)
        words.append(f"{column} ({label})" + (f"; is {plain[hit]!r} meant?" if hit else ""))
    stands = ", ".join(repr(name) for name in header[:12]) + (" …" if len(header) > 12 else "")
    raise InputError(
        f"{where}: the table {table} lacks the required column {', '.join(words)} The header is: {stands[:300]}"
    )


def read_mapping(file: Path) -> OwnNames:
    """The mapping file's content, checked against the contract; InputError where it names what does not exist."""
    try:
        content = yaml.safe_load(file.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or not all(isinstance(part or {}, dict) for part in content.values()):
        raise InputError(f"{file}: it should hold tables, and under each the source's headers with our columns")
    headers: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, dict[str, str]]] = {}
    for table, part in content.items():
        if table not in TABLES:
            raise InputError(f"{file}: no table {table!r}{_meant(str(table), TABLES)}")
        part = dict(part or {})
        words = part.pop("values", None) or {}
        for column in [*part.values(), *words]:
            if column not in TABLES[table].names:
                raise InputError(f"{file}: {table} has no column {column!r}{_meant(str(column), TABLES[table].names)}")
        headers[table] = {str(key): column for key, column in part.items()}
        values[table] = {
            column: {str(word).strip(): str(value) for word, value in (meaning or {}).items()}
            for column, meaning in words.items()
        }
    return OwnNames(headers, values)


def _meant(name: str, known: Iterable[str]) -> str:
    hit = nearest(name, known)
    return f"; is {hit!r} meant?" if hit else ""
