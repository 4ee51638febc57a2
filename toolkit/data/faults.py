"""The fault report: codes as sentences, a summary by cause, and the files faults.csv and rejected.csv."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from toolkit.base.weeks import friday_of
from toolkit.data.cells import moment
from toolkit.data.columns import Column
from toolkit.data.gate import BLANKED, Fault
from toolkit.data.headers import column_label, listed_label, table_label
from toolkit.data.tables_foreign import READABLE
from toolkit.language import say

if TYPE_CHECKING:
    from toolkit.data.load import Data

TABLE_COLUMNS: Final = ("table", "row", "column", "value", "rule", "action", "what_to_do")
SUMMARY_COLUMNS: Final = ("count", "table", "column", "rule", "action", "rows", "what_to_do")
_LONGEST_VALUE: Final = 80
_FORMULA_STARTS: Final = tuple("=+-@＝＋－＠\t\r\n")


def fault_table(data: "Data", language: str) -> pd.DataFrame:
    """Every fault in words: table and column by their labels, line in the file, value, rule, what to do.

    Columns table, row, column, value, rule, action, what_to_do; in the order of the contract's tables and of
    the lines.
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
        for fault in _each(data.faults)
    ]
    return pd.DataFrame(rows, columns=list(TABLE_COLUMNS))


def fault_summary(data: "Data", language: str) -> pd.DataFrame:
    """The faults by cause, the most frequent first: a row for each table, column and rule.

    Columns count, table, column, rule, action, rows (the first lines), what_to_do (of the first).
    """
    words = _Words(language)
    rows = []
    for _, group in data.faults.groupby(["table", "column", "rule"], sort=False):
        first = next(_each(group))
        lines = ", ".join(str(row) for row in group["row"].head(3)) + (" …" if len(group) > 3 else "")
        rows.append(
            (
                len(group),
                words.table(first.table),
                words.column(first.table, first.column),
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
    return headline(data.faults, len(data.rejected), language)


def headline(faults: pd.DataFrame, rows: int, language: str) -> str:
    if faults.empty:
        return say("fault.none", language)
    cells = int((faults["action"] == BLANKED).sum())
    return say("fault.headline", language, faults=len(faults), rows=rows, cells=cells)


def write_faults(data: "Data", folder: str | Path, language: str) -> tuple[Path, Path]:
    """Write faults.csv (codes, and what to do in words) and rejected.csv: each whole or not at all.

    UTF-8; text that a spreadsheet would run is neutralised. Gives the two paths.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    faults = coded_faults(data, language)
    return _write(faults, place / "faults.csv"), _write(data.rejected, place / "rejected.csv")


def coded_faults(data: "Data", language: str) -> pd.DataFrame:
    """Every fault in the contract's names and codes, for programs: the columns and content of faults.csv."""
    words = _Words(language)
    remedies = [words.remedy(fault) for fault in _each(data.faults)]
    return data.faults.drop(columns="detail").assign(what_to_do=pd.Series(remedies, dtype="str"))


def strict_lines(faults: pd.DataFrame, language: str, first: int = 5) -> list[str]:
    """The first faults, a line each, as a refusal shows them."""
    words = _Words(language)
    return [
        say(
            "fault.line",
            language,
            table=fault.table,
            row=fault.row,
            column=fault.column,
            value=_short(fault.value),
            rule=words.rule(fault),
            remedy=words.remedy(fault),
        )
        for fault in _each(faults.head(first))
    ]


def sentences(fault: Fault, language: str) -> str:
    """One fault of a row that is entered, in words: the column, its value, what is wrong, what to do."""
    words = _Words(language)
    column = words.column(fault.table, fault.column)
    value = f" {_short(fault.value)}" if fault.value else ""
    return say(
        "fault.entered", language, column=column, value=value, rule=words.rule(fault), remedy=words.remedy(fault)
    )


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
    safe = frame.copy()
    for name in frame.columns.drop("row"):
        safe[name] = frame[name].fillna("").map(neutral)
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


def _each(faults: pd.DataFrame) -> Iterator[Fault]:
    return (Fault(*row) for row in faults.itertuples(index=False, name=None))


def _short(value: str) -> str:
    text = " ".join(value.split()) if "\n" in value else value
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


class _Words:
    """The sentences of one language, each made once however often a fault repeats."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._made: dict[tuple[str, ...], str] = {}

    def table(self, table: str) -> str:
        return table_label(table, self.language)

    def column(self, table: str, column: str) -> str:
        return column_label(table, column, self.language) if column in READABLE[table].names else column

    def action(self, action: str) -> str:
        return say(f"fault.action.{action}", self.language)

    def rule(self, fault: Fault) -> str:
        return self._sentence("what", fault)

    def remedy(self, fault: Fault) -> str:
        return self._sentence("do", fault)

    def _sentence(self, part: str, fault: Fault) -> str:
        known = (part, fault.table, fault.column, fault.value, fault.rule, fault.detail)
        if known not in self._made:
            self._made[known] = say(f"fault.{fault.rule}.{part}", self.language, **self._arguments(fault))
        return self._made[known]

    def _arguments(self, fault: Fault) -> dict[str, str]:
        table, _, column, value, rule, _, detail = fault
        arguments = {"value": _short(value), "detail": detail}
        if rule in ("unknown_reference", "reference_set_aside"):
            arguments["detail"] = self.table(detail)
        elif rule == "unknown_header":
            arguments["detail"] = listed_label(table, detail, self.language)
        elif rule == "not_a_friday":
            arguments["detail"] = str(friday_of(moment(value.strip(), UTC, whole_day=True)[0]))
        if column in READABLE[table].names:
            declared = READABLE[table][column]
            arguments["choices"] = ", ".join(declared.choices)
            arguments["range"] = self._range(declared)
        return arguments

    def _range(self, column: Column) -> str:
        if column.high is None:
            return say("fault.range.from", self.language, low=f"{column.low or 0:g}")
        return say("fault.range.between", self.language, low=f"{column.low or 0:g}", high=f"{column.high:g}")
