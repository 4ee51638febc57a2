"""Which table a sheet is, and which column a header means: contract names or labels in either language."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from toolkit.data.cells import half_width
from toolkit.data.contract import TABLES
from toolkit.data.refusal import Refused
from toolkit.data.tables_foreign import READABLE
from toolkit.language import LANGUAGES, catalogue, say

_LOOKS_LIKE: Final = 0.6
_ALMOST: Final = 0.85


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
    """A header without what does not distinguish it: case, outer spaces; inner ones become underscores.

    Examples
    --------
    >>> plain_name(" Account-ID "), plain_name("半径（米）")
    ('account_id', '半径(米)')
    """
    return half_width(name).strip("\ufeff*! \t\r\n").casefold().replace(" ", "_").replace("-", "_")


@cache
def _table_names() -> dict[str, str]:
    labels = {plain_name(table_label(name, lang)): name for lang in LANGUAGES for name in TABLES}
    return labels | {name: name for name in TABLES}


@cache
def known_columns(table: str) -> dict[str, str]:
    """Plain names and labels of a table's columns, and the columns that they mean."""
    names = READABLE[table].names
    labels = {plain_name(column_label(table, name, lang)): name for lang in LANGUAGES for name in names}
    return labels | {name: name for name in names}


def table_of(name: str) -> str | None:
    """The contract's table that a file or sheet of this name holds, or None.

    Examples
    --------
    >>> table_of("Accounts"), table_of("客户"), table_of("holiday_photos")
    ('accounts', 'accounts', None)
    """
    return _table_names().get(plain_name(name))


def nearest(name: str, known: Iterable[str], cutoff: float = _LOOKS_LIKE) -> str:
    """The known name that looks most like `name`, or "".

    Examples
    --------
    >>> nearest("acount_nmae", ["account_name", "region"])
    'account_name'
    """
    return next(iter(get_close_matches(plain_name(name), list(known), n=1, cutoff=cutoff)), "")


def nearest_table(names: Iterable[str], table: str) -> str:
    """The one of these file or sheet names that was probably meant to be `table`, or ""."""
    by_plain = {plain_name(name): name for name in names if table_of(name) is None}
    wanted = [known for known, target in _table_names().items() if target == table]
    return next((by_plain[hit] for name in wanted if (hit := nearest(name, by_plain))), "")


def recognise(
    table: str, header: tuple[str, ...], where: str, own: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, int], list[tuple[str, str]]]:
    """Positions of the contract's columns and of the unknown ones, and near misses: (header, column).

    `own` are the source's own headers and the columns they mean. Refused where a required column is missing
    or two headers mean the same one.
    """
    known = known_columns(table) | {plain_name(key): column for key, column in own.items()}
    found: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for position, name in enumerate(header):
        column = known.get(plain_name(name))
        if column is None:
            unknown[_fresh(name.strip() or f"unnamed_{position + 1}", unknown, table)] = position
        elif column in found:
            first = header[found[column]]
            raise Refused("same_column", where=where, first=first, second=name, column=column)
        else:
            found[column] = position
    _require(table, header, where, found, unknown)
    absent = {plain: column for plain, column in known.items() if column not in found}
    near = [(name, absent[hit]) for name in unknown if (hit := nearest(name, absent, _ALMOST))]
    return found, unknown, near


def _fresh(name: str, taken: Iterable[str], table: str) -> str:
    """`name`, with a number behind it where another unknown column or the contract has it already."""
    fresh, number = name, 2
    while fresh in taken or fresh in READABLE[table].names:
        fresh, number = f"{name}_{number}", number + 1
    return fresh


def _require(table: str, header: tuple[str, ...], where: str, found: Iterable[str], unknown: Iterable[str]) -> None:
    required = [column.name for column in READABLE[table].columns if column.required]
    missing = [name for name in required if name not in found]
    if not missing:
        return
    plain = {plain_name(name): name for name in unknown}
    names = []
    hits = []
    for name in missing:
        labels = [column_label(table, name, language) for language in LANGUAGES]
        names.append(f"{name} ({labels[0]})")
        hits += [hit for word in (name, *labels) if (hit := nearest(word, plain))][:1]
    held = ", ".join(header)
    raise Refused(
        "lacks_columns",
        where=where,
        table=table,
        columns=", ".join(names),
        hit=", ".join(plain[hit] for hit in dict.fromkeys(hits)),
        header=held if len(held) <= 300 else held[:300] + " …",
    )


def listed_label(table: str, column: str, language: str) -> str:
    """A column as a sentence names it: its name and its label."""
    return say("fault.named", language, name=column, label=column_label(table, column, language))
