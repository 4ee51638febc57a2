"""The fault report: the gate's codes as sentences, a summary by cause, and the two files faults.csv and rejected.csv."""

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from toolkit.base.weeks import friday_of
from toolkit.data.cells import moment
from toolkit.data.columns import Column
from toolkit.data.contract import TABLES
from toolkit.data.headers import column_label, table_label
from toolkit.language import say

if TYPE_CHECKING:
    from toolkit.data.load import Data

TABLE_COLUMNS: Final = ("table", "row", "column", "value", "rule", "action", "what_to_do")
SUMMARY_COLUMNS: Final = ("count", "table", "column", "rule", "action", "rows", "what_to_do")
_LONGEST_VALUE: Final = 80
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def fault_table(data: "Data", language: str) -> pd.DataFrame:
    """Every fault in words: table and column by their labels, the line in the file, the value, rule, what to do.

    Columns table, row, column, value, rule, action, what_to_do; in the order of the contract's tables and the rows.
    """
    words = _Words(language)
    rows = [
        (
            words.table(fault.table),
            fault.row,
            words.column(fault.table, fault.column),
            _short(fault.value),
            words.rule(fault),
            words.action(fault.action),
            words.remedy(fault),
        )
        for fault in data.faults.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(TABLE_COLUMNS))


def fault_summary(data: "Data", language: str) -> pd.DataFrame:
    """The faults by cause, the most frequent first: one row a table, column and rule, with the first rows' numbers.

    Columns count, table, column, rule, action, rows (text), what_to_do (of the first such fault).
    """
    words = _Words(language)
    rows = []
    for (table, column, _), group in data.faults.groupby(["table", "column", "rule"], sort=False):
        first = next(group.itertuples(index=False))
        lines = ", ".join(str(row) for row in group["row"].head(3)) + (" …" if len(group) > 3 else "")
        rows.append(
            (
                len(group),
                words.table(table),
                words.column(table, column),
                words.rule(first),
                words.action(first.action),
                lines,
                words.remedy(first),
            )
        )
    rows.sort(key=lambda row: -row[0])
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def fault_headline(data: "Data", language: str) -> str:
    """One sentence: how many faults, rows set aside and cells blanked, or that there are none."""
    if data.faults.empty:
        return say("fault.none", language)
    blanked = int((data.faults["action"] == "cell_blanked").sum())
    return say(
        "fault.headline", language, faults=len(data.faults), rows=len(data.rejected), cells=blanked
    )


def write_faults(data: "Data", folder: str | Path, language: str) -> tuple[Path, Path]:
    """Write faults.csv (codes, and what to do in words) and rejected.csv into `folder`: each whole or not at all."""
    words = _Words(language)
    faults = data.faults.drop(columns="detail")
    faults["what_to_do"] = pd.Series(
        [words.remedy(fault) for fault in data.faults.itertuples(index=False)], dtype="str"
    )
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    return _write(faults, place / "faults.csv"), _write(data.rejected, place / "rejected.csv")


def strict_message(data: "Data", first: int = 5) -> str:
    """What `--strict` says: how many faults there are, and the first of them."""
    words = _Words("en")
    shown = [
        f"{fault.table} row {fault.row} {fault.column} {_short(fault.value)!r}: {words.rule(fault)}"
        for fault in data.faults.head(first).itertuples(index=False)
    ]
    more = len(data.faults) - len(shown)
    tail = [f"and {more} more"] if more else []
    return "\n".join([f"{fault_headline(data, 'en')} Strict: nothing is done.", *shown, *tail])


def neutral(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; a number stays as it is.

    Examples
    --------
    >>> neutral("=cmd()"), neutral("-12.5"), neutral("Acme")
    ("'=cmd()", '-12.5', 'Acme')
    """
    if not text.startswith(_FORMULA_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


def _write(frame: pd.DataFrame, file: Path) -> Path:
    safe = frame.assign(
        **{name: frame[name].fillna("").map(neutral) for name in frame if name != "row"}
    )
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            safe.to_csv(stream, index=False, lineterminator="\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return file


def _short(value: str) -> str:
    text = " ".join(value.split()) if "\n" in value else value
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


class _Words:
    """The sentences of one language, each made once however often a fault repeats."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._made: dict[Sequence[str], str] = {}

    def table(self, table: str) -> str:
        return table_label(table, self.language)

    def column(self, table: str, column: str) -> str:
        return column_label(table, column, self.language) if column in TABLES[table].names else column

    def action(self, action: str) -> str:
        return say(f"fault.action.{action}", self.language)

    def rule(self, fault: Any) -> str:
        return self._sentence("what", fault)

    def remedy(self, fault: Any) -> str:
        return self._sentence("do", fault)

    def _sentence(self, part: str, fault: Any) -> str:
        table, _row, column, value, rule, _action, detail = fault
        known = (part, table, column, value, rule, detail)
        if known not in self._made:
            arguments = self._arguments(table, column, value, rule, detail)
            self._made[known] = say(f"fault.{rule}.{part}", self.language, **arguments)
        return self._made[known]

    def _arguments(self, table: str, column: str, value: str, rule: str, detail: str) -> dict[str, str]:
        arguments = {"value": _short(value), "detail": detail}
        if rule in ("unknown_reference", "reference_set_aside"):
            arguments["detail"] = self.table(detail)
        elif rule == "unknown_header":
            arguments["detail"] = f"{detail} ({self.column(table, detail)})"
        elif rule == "not_a_friday":
            arguments["detail"] = str(friday_of(moment(value.strip(), UTC, whole_day=True)[0]))
        if column in TABLES[table].names:
            declared = TABLES[table][column]
            arguments["choices"] = ", ".join(declared.choices)
            arguments["range"] = self._range(declared)
        return arguments

    def _range(self, column: Column) -> str:
        if column.high is None:
            return say("fault.range.from", self.language, low=f"{column.low or 0:g}")
        return say("fault.range.between", self.language, low=f"{column.low or 0:g}", high=f"{column.high:g}")
