"""The contract's output tables as CSV files: one a table, always written, the same bytes for the same report."""

import csv
from pathlib import Path

import pandas as pd

from toolkit.publish.cells import written
from toolkit.reports.report import Report


def write_tables(report: Report, folder: Path | str) -> list[Path]:
    """Write every output table of the report to `folder` as UTF-8 CSV (header only when empty); the paths.

    Floats are written in full, dates ISO, lines end in \\n, text cells that a spreadsheet would run are neutralised.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    out = []
    for name, table in report.tables.items():
        out.append(place / f"{name}.csv")
        _write(table, out[-1])
    return out


def _write(table: pd.DataFrame, path: Path) -> None:
    columns = [[written(value, str(name)) for value in table[name].tolist()] for name in table.columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(zip(*columns, strict=True))
