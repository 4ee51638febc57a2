"""The contract's ranges, choices and required cells as pandera schemas, made from the declaration.

A check reports as its error the rule that a failing cell breaks. pandera is imported on first use only.
"""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from toolkit.data.columns import Column
from toolkit.data.tables_foreign import READABLE


def _checks(column: Column) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    if column.low is not None and column.high is not None:
        checks.append(pa.Check.in_range(column.low, column.high, error="out_of_range"))
    elif column.low is not None:
        checks.append(pa.Check.ge(column.low, error="out_of_range"))
    if column.choices:
        checks.append(pa.Check.isin(column.choices, error="unknown_choice"))
    if column.kind == "integer":
        checks.append(pa.Check(lambda values: values % 1 == 0, error="not_whole"))
    if column.kind == "friday":
        checks.append(pa.Check(lambda days: days.dt.day_of_week == 4, error="not_a_friday"))
    return checks


@cache
def schema(table: str) -> Any:
    """The pandera schema of a table's parsed columns."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(checks=_checks(column), nullable=not column.required)
            for column in READABLE[table].columns
        }
    )


def failures(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Cells that break the table's schema: `row` (position), `column`, `rule`.

    `frame` has the contract's columns and a RangeIndex.
    """
    from pandera.errors import SchemaErrors

    try:
        schema(table).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return pd.DataFrame(
            {
                "row": cases["index"].astype(np.int64).to_numpy(),
                "column": cases["column"].to_numpy(),
                "rule": cases["check"].replace({"not_nullable": "required"}).to_numpy(),
            }
        )
    return pd.DataFrame({"row": np.array([], np.int64), "column": [], "rule": []})
