"""Tables to a folder of CSV files: the same bytes everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def write(tables: dict[str, pd.DataFrame], folder: str | Path) -> None:
    """Writes each table as `<name>.csv`: UTF-8, `\\n`, ISO dates, `true`/`false`, numbers without needless digits."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        text = pd.DataFrame({column: _cells(table[column]) for column in table.columns}, columns=table.columns)
        content = text.to_csv(index=False, lineterminator="\n")
        (target / f"{name}.csv").write_bytes(content.encode("utf-8"))


def _cells(column: pd.Series) -> pd.Series:
    """The cells of a column as the contract writes them."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_float_dtype(column) and isinstance(column.dtype, np.dtype):
        return pd.Series([None if np.isnan(x) else f"{x:.12g}" for x in column.to_numpy()], dtype=object)
    return pd.Series([_word(x) for x in column.astype(object)], dtype=object)


def _word(cell: object) -> object:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    return cell
