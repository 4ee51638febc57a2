"""A foreign source's sheets as the contract's tables, as the mapping file tells: before the gate, and judging nothing.

Headers and words stay the source's own; cells are written anew where a factor, a currency or an order of days is
given. What cannot be read stays as it stands, so that the gate lists it with its line in the file.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.names import plain
from toolkit.base.weeks import friday_of, last_friday
from toolkit.data import foreign_cells
from toolkit.data.cells import moment
from toolkit.data.columns import DATE_KINDS, NUMBER_KINDS, Column, Table
from toolkit.data.contract import by_reference
from toolkit.data.headers import known_columns, plain_name, table_of
from toolkit.data.own_names import OwnNames, Plan
from toolkit.data.source import Found, Sheet
from toolkit.data.tables_foreign import FOREIGN, READABLE

_JOIN: Final = " / "
_DAY_IN_NAME: Final = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(\d{1,2})[-_.月]?(\d{1,2})(?!\d)")


def rewritten(found: Found, own: OwnNames, zone: tzinfo) -> Found:
    """The source with the sheets that the mapping names under their table's name; the others as they are."""
    if not own.plans:
        return found
    claimed: dict[str, list[Sheet]] = {}
    ready: dict[str, list[Sheet]] = {}
    unknown = []
    for sheet in found.sheets:
        tables, known = own.tables_of(sheet.name), table_of(sheet.name)
        if not tables and known and known in own.plans and not own.plans[known].read.sheet:
            tables = (known,)
        for name in tables:
            claimed.setdefault(name, []).append(sheet)
        if not tables and known:
            ready.setdefault(known, []).append(sheet)
        elif not tables:
            unknown.append(sheet)
    left_out: list[tuple[str, int, str]] = []
    for table in (*by_reference(), *FOREIGN.values()):
        for sheet in claimed.get(table.name, ()):
            plan, headers = own.plans[table.name], own.headers.get(table.name, {})
            first = _first_cells(sheet)
            keep = _kept(first, plan)
            left_out += [(table.name, int(sheet.lines[row]), first[row]) for row in np.flatnonzero(~keep)]
            made = _rewritten(table, _rows(sheet, keep), plan, headers, zone)
            ready.setdefault(table.name, []).append(_with_ids(table, made, own, ready))
    sheets = (*unknown, *(sheet for several in ready.values() for sheet in several))
    return replace(found, sheets=sheets, left_out=tuple(left_out))


def places_of(table: str, header: tuple[str, ...], own: Mapping[str, str]) -> dict[str, int]:
    """Where the columns that a header names stand, the first of each.

    Examples
    --------
    >>> places_of("accounts", ("编码", "客户名称"), {"编码": "account_id"})
    {'account_id': 0, 'account_name': 1}
    """
    known = known_columns(table) | {plain_name(key): column for key, column in own.items()}
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        column = known.get(plain_name(name))
        if column and column not in found:
            found[column] = position
    return found


def _rewritten(table: Table, sheet: Sheet, plan: Plan, headers: Mapping[str, str], zone: tzinfo) -> Sheet:
    """One sheet's rows and cells as the contract writes them, under the table's name."""
    sheet = replace(sheet, name=table.name)
    places = places_of(table.name, sheet.header, headers)
    blank = {plain(word) for word in plan.read.blank}
    cells = list(sheet.cells)
    for place in [place for column, place in places.items() if table[column].unit == "CNY"]:
        cells[place] = _in_currency(cells[place], sheet, plan.read.currency)
    for column, place in places.items():
        declared = table[column]
        cells[place] = _each(cells[place], partial(_cell, column=declared, plan=plan, blank=blank, zone=zone))
    sheet = replace(sheet, cells=tuple(cells))
    absent = [name for name in plan.constants if name not in places]
    texts = (np.full(len(sheet.lines), plan.constants[name], dtype=object) for name in absent)
    sheet = _with(sheet, dict(zip(absent, texts, strict=True)))
    if plan.read.distinct in places:
        named = pd.Series([plain(text) for text in sheet.cells[places[plan.read.distinct]]], dtype="object")
        sheet = _rows(sheet, ((named != "") & ~named.duplicated()).to_numpy(dtype=bool))
    return sheet


def _in_currency(cells: np.ndarray, sheet: Sheet, header: str) -> np.ndarray:
    """Amounts with the code of their row's currency behind them, where it is not CNY and the cell has no sign."""
    place = next((k for k, name in enumerate(sheet.header) if header and plain_name(name) == plain_name(header)), None)
    if place is None:
        return cells
    codes = [code.strip() for code in sheet.cells[place]]
    pairs = zip(cells, codes, strict=True)
    home = foreign_cells.CNY
    texts = [f"{cell.strip()} {code}" if cell.strip() and plain(code) not in home else cell for cell, code in pairs]
    return np.array(texts, dtype=object)


def _first_cells(sheet: Sheet) -> list[str]:
    """The first cell of each row that holds something."""
    rows = range(len(sheet.lines))
    return [next((cells[row].strip() for cells in sheet.cells if cells[row].strip()), "") for row in rows]


def _kept(first: Sequence[str], plan: Plan) -> np.ndarray:
    """Which rows are data: those whose first cell is none of the words to skip."""
    whole = {plain(word) for word in plan.read.skip}
    begins = tuple(plain(word.removesuffix("*")) for word in plan.read.skip if word.endswith("*"))
    no_data = [plain(text) in whole or plain(text).startswith(begins or ("\0",)) for text in first]
    return ~np.array(no_data, dtype=bool)


def _rows(sheet: Sheet, keep: np.ndarray) -> Sheet:
    """The sheet with only some of its rows."""
    if keep.all():
        return sheet
    new = {int(old): position for position, old in enumerate(np.flatnonzero(keep))}
    return replace(
        sheet,
        cells=tuple(cells[keep] for cells in sheet.cells),
        lines=sheet.lines[keep],
        long={new[old]: text for old, text in sheet.long.items() if old in new},
        short=tuple(new[old] for old in sheet.short if old in new),
    )


def _with(sheet: Sheet, columns: Mapping[str, np.ndarray]) -> Sheet:
    """The sheet with more columns behind its own."""
    return replace(sheet, header=(*sheet.header, *columns), cells=(*sheet.cells, *columns.values()))


def _each(cells: np.ndarray, change: Callable[[str], str]) -> np.ndarray:
    """Every cell as `change` writes it; asked once for each distinct text."""
    known: dict[str, str] = {}
    for text in cells:
        if text not in known:
            known[text] = change(text)
    return np.array([known[text] for text in cells], dtype=object)


def _cell(text: str, column: Column, plan: Plan, blank: set[str], zone: tzinfo) -> str:
    """One cell as the contract writes it."""
    bare = text.strip()
    if not bare or plain(bare) in blank:
        return ""
    if column.kind in NUMBER_KINDS:
        return foreign_cells.amount(bare, plan.factors.get(column.name, foreign_cells.ONE), plan.currencies)
    order = plan.dates.get(column.name, "ymd")
    if column.kind in DATE_KINDS:
        written = _day(bare, order, zone)
        side = plan.fridays.get(column.name)
        return _friday(written, side) if side else written
    if column.kind == "quarter":
        return foreign_cells.quarter(bare)
    if column.kind == "time":
        return foreign_cells.moment(bare, order)
    return text


def foreign_cell(text: str, column: Column, plan: Plan, zone: tzinfo) -> str:
    """One cell as a plan writes it for the gate."""
    return _cell(text, column, plan, {plain(word) for word in plan.read.blank}, zone)


def _day(text: str, order: foreign_cells.Order, zone: tzinfo) -> str:
    """A day; a time with an offset is the day that it is in the time zone."""
    found, _ = moment(text, zone, whole_day=False)
    return found.date().isoformat() if found is not None else foreign_cells.day(text, order)


def _friday(text: str, side: str) -> str:
    """The Friday of the week in which a day lies, or the last one on or before it; or the text itself."""
    try:
        return str(friday_of(np.datetime64(text, "D")) if side == "following" else last_friday(text))
    except ValueError:
        return text


def _with_ids(table: Table, sheet: Sheet, own: OwnNames, ready: Mapping[str, list[Sheet]]) -> Sheet:
    """The sheet with ids that are made of names, or looked up by them."""
    plan = own.plans[table.name]
    for column, sources in plan.ids.items():
        places = places_of(table.name, sheet.header, own.headers.get(table.name, {}))
        if len(sources) == 1 and "." in sources[0]:
            sheet = _looked_up(table, sheet, column, sources[0], own, ready)
        elif all(one in places for one in sources):
            texts = [sheet.cells[places[one]] for one in sources]
            ids = [_JOIN.join(plain(part) for part in parts if part.strip()) for parts in zip(*texts, strict=True)]
            sheet = _put(sheet, column, np.array(ids, dtype=object), places)
    return sheet


def _put(sheet: Sheet, column: str, ids: np.ndarray, places: Mapping[str, int]) -> Sheet:
    """The column with ids where its cells are blank, or a new column of them."""
    if column not in places:
        return _with(sheet, {column: ids})
    cells = list(sheet.cells)
    there = cells[places[column]]
    cells[places[column]] = np.array([a if a.strip() else b for a, b in zip(there, ids, strict=True)], dtype=object)
    return replace(sheet, cells=tuple(cells))


def _looked_up(
    table: Table, sheet: Sheet, column: str, source: str, own: OwnNames, ready: Mapping[str, list[Sheet]]
) -> Sheet:
    """Names in a column as the ids of the table that it refers to; a name that is not there stays, for the gate.

    Where the source has no such table, or it makes its ids of names itself, the id is made of the name.
    """
    places = places_of(table.name, sheet.header, own.headers.get(table.name, {}))
    target, _, name = source.partition(".")
    if column not in places and name in places:
        sheet = _with(sheet, {column: sheet.cells[places[name]]})
        places[column] = len(sheet.header) - 1
    if column not in places:
        return sheet
    key = READABLE[target].key[0]
    ids: dict[str, set[str]] = {}
    by_name = target in own.plans and key in own.plans[target].ids
    others = [sheet] if target == table.name else ready.get(target, [])
    for other in others:
        held = places_of(target, other.header, own.headers.get(target, {}))
        if key in held and name in held:
            for named, ident in zip(other.cells[held[name]], other.cells[held[key]], strict=True):
                ids.setdefault(plain(named), set()).add(ident.strip())

    def looked_up(text: str) -> str:
        known = ids.get(plain(text), set())
        if len(known) == 1:
            return next(iter(known)) or plain(text)
        return plain(text) if text.strip() and (by_name or not others) else text

    cells = list(sheet.cells)
    cells[places[column]] = _each(cells[places[column]], looked_up)
    return replace(sheet, cells=tuple(cells))


def day_in(text: str) -> date | None:
    """The day that a file's or sheet's name tells: 2026-11-20, 2026_11_20 or 20261120.

    Examples
    --------
    >>> day_in("opportunities_2026-11-20"), day_in("商机20261120导出"), day_in("v2")
    (datetime.date(2026, 11, 20), datetime.date(2026, 11, 20), None)
    """
    for match in _DAY_IN_NAME.finditer(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None
