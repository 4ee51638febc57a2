"""Which table a sheet is and which column a header means: words first, then what the cells are, best taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.data.columns import DATE_KINDS, Column, Table
from toolkit.data.foreign_cells import quarter
from toolkit.data.guess import words
from toolkit.data.guess.grids import Grid
from toolkit.data.guess.profiles import Profile, band
from toolkit.data.tables_foreign import FOREIGN, READABLE

LEAST: Final = 0.5  # a header that is less like a column is not proposed
SURE: Final = 0.82  # from here on nothing need be asked
_TABLE_LEAST: Final = 0.42
_FROM_VALUES: Final = ("market_role", "status", "stage", "chain_role")
_STAGES: Final = ("decision_stage", "stage_before", "stage_after", "stage_at_request", "stance")


@dataclass(frozen=True)
class Match:
    """A header for a column: how sure, why (`header` and `values`: codes), and the other header that is as good."""

    header: str
    score: float
    header_why: str
    word: str
    fit: float
    rival: str = ""


@dataclass(frozen=True)
class TableMatch:
    """A sheet as a table: how sure, and the headers of its columns."""

    table: str
    score: float
    columns: Mapping[str, Match]


def fit(profile: Profile, column: Column) -> float:
    """How well the cells are what the column holds, 0 to 1; 0.6 for a column without any.

    Examples
    --------
    >>> from toolkit.data.columns import date, score
    >>> fit(Profile.of("x", ["2026年11月3日", "11-Nov-26"]), date("opened_on"))
    1.0
    >>> fit(Profile.of("x", ["850"]), score("s"))
    0.3
    """
    if not profile.texts:
        return 0.6
    match column.kind:
        case "id":
            return 0.2 if profile.dates > 0.9 else 1.0
        case "text":
            return 0.35 if profile.numeric > 0.5 or profile.dates > 0.5 else 1.0
        case "choice":
            known = profile.filled(profile.meaning(column.name, column.choices))
            return max(known, 0.35 if len(profile.distinct) <= 12 and profile.numeric < 0.5 else 0.0)
        case "boolean":
            return max(profile.filled(profile.yes_no), 0.3 if len(profile.distinct) <= 3 else 0.0)
        case "quarter":
            return profile.share(quarter(text) != text or quarter(text)[4:5] == "Q" for text in profile.texts)
        case "time":
            return profile.dates
        case kind if kind in DATE_KINDS:
            serial = profile.share(text.isdigit() and 30_000 < int(text) < 80_000 for text in profile.texts)
            return max(profile.dates, serial)
        case _:
            return _numbers(profile, column)


def _numbers(profile: Profile, column: Column) -> float:
    if column.name in _STAGES:
        codes = [str(code) for code in range(int(column.low or 0), int(column.high or 0) + 1)]
        return max(profile.filled(profile.meaning(column.name, codes)), 0.3 if profile.numeric < 0.5 else 0.0)
    numeric = profile.numeric
    if column.kind == "fraction":
        wide = profile.largest > 100 * (column.high or 1) and not profile.signed
        few = 0.3 if len(profile.distinct) <= 12 else 0.0
        bands = profile.share(bool(band(text)) for text in profile.texts)
        return max((numeric + bands) * (0.3 if wide else 1.0), few)
    if column.high is not None and profile.largest > column.high:
        return 0.3 * numeric
    return 0.3 * numeric if profile.signed > 0.5 else numeric


def scored(profile: Profile, table: str, column: Column) -> tuple[float, words.Likeness, float]:
    """How sure a header is of a column: its words, weakened where the cells do not fit; cells alone seldom tell."""
    like = words.likeness(profile.header, table, column.name)
    fits = fit(profile, column)
    if like.score:
        return like.score * (0.6 + 0.4 * fits if fits >= 0.3 else 0.3), like, fits
    if column.name in _FROM_VALUES and fits >= 0.8 and len(profile.distinct) >= 2 and profile.numeric < 0.5:
        return 0.55, like, fits
    return 0.0, like, fits


def matched(table: Table, profiles: Sequence[Profile]) -> dict[str, Match]:
    """The headers of a table's columns, so that all together are as sure as can be."""
    from scipy.optimize import linear_sum_assignment

    parts = [[scored(profile, table.name, column) for profile in profiles] for column in table.columns]
    scores = np.array([[score for score, _, _ in row] for row in parts])
    rows, places = linear_sum_assignment(scores, maximize=True)
    found = {}
    taken = {place for row, place in zip(rows, places, strict=True) if scores[row, place] >= LEAST}
    for row, place in zip(rows, places, strict=True):
        score = float(scores[row, place])
        if score < LEAST:
            continue
        others = [k for k in range(len(profiles)) if k not in taken and scores[row, k] > score - 0.06]
        rival = profiles[max(others, key=lambda k: scores[row, k])].header if others else ""
        _, like, fits = parts[row][place]
        found[table.columns[row].name] = Match(profiles[place].header, score, like.why, like.word, fits, rival)
    return found


def tables_of(grid: Grid, profiles: Sequence[Profile]) -> list[TableMatch]:
    """The tables that a sheet can be, the likeliest first."""
    found = []
    for table in READABLE.values():
        columns = matched(table, profiles)
        if not columns:
            continue
        named = words.table_likeness(grid.name, table.name)
        total = sum(match.score for match in columns.values()) / max(2, min(len(profiles), 12))
        needed = [column for column in table.columns if column.required]
        there = sum(_covered(column, columns) for column in needed) / len(needed)
        score = 0.35 * named + 0.35 * min(total, 1.0) + 0.3 * there
        if score >= _TABLE_LEAST and _possible(table.name, columns):
            found.append(TableMatch(table.name, float(score), columns))
    return sorted(found, key=lambda one: (-one.score, list(READABLE).index(one.table)))


def _covered(column: Column, columns: Mapping[str, Match]) -> float:
    """A required column: there, or one that can be made (an id of a name) or said once for all rows."""
    if column.name in columns:
        return columns[column.name].score
    if column.kind == "id" and any(name.endswith("_name") for name in columns):
        return 0.9
    return 0.3 if column.kind == "choice" else 0.0


def _possible(table: str, columns: Mapping[str, Match]) -> bool:
    """Whether a sheet with these columns can be the table at all."""
    if table == "opportunities":
        some = {"stage", "win_probability", "amount"} & set(columns)
        return bool({"account_name", "account_id"} & set(columns)) and bool(some)
    if table == "opportunity_history":
        return "changed_at" in columns and bool({"stage", "new_value"} & set(columns))
    if table == "account_weeks":
        return "week_ending" in columns and len(columns) >= 2
    if table == "accounts":
        return bool({"account_name", "account_id"} & set(columns)) and len(columns) >= 2
    needed = [one for one in READABLE[table].columns if one.required and one.kind not in ("choice", "id")]
    return all(column.name in columns for column in needed) and len(columns) >= 2


def assigned(candidates: Sequence[Sequence[TableMatch]]) -> list[TableMatch | None]:
    """One table for each sheet and one sheet for each table, so that all together are as sure as can be."""
    from scipy.optimize import linear_sum_assignment

    tables = list(READABLE)
    scores = np.zeros((len(candidates), len(tables)))
    for row, options in enumerate(candidates):
        for option in options:
            scores[row, tables.index(option.table)] = option.score + (0.02 if option.table not in FOREIGN else 0.0)
    rows, places = linear_sum_assignment(scores, maximize=True)
    chosen: list[TableMatch | None] = [None] * len(candidates)
    for row, place in zip(rows, places, strict=True):
        if scores[row, place]:
            chosen[row] = next(option for option in candidates[row] if option.table == tables[place])
    return chosen
