"""S8, focus 80/20: the share of the effort on the top fifth of the field, and what that fifth brings.

Top fifth: the ceil(n / 5) accounts with the highest value index x win probability. effort share = their
report cost / the field's; output ratio = (their output / their cost) / (the field's output / its cost).
Goals: effort 80 %, output 200 %.

Units: effort CNY, output as given (see the reading), shares fractions. Ties: by account id. Missing values:
a blank number counts 0; without any effort (or output) the shares are not defined and nothing can be
judged.

Readings: the field is the active accounts, effort what the period's reports cost on them; output is the
accounts' `output_value` in the period where any is given, else value index x win probability for all (units
are not mixed).
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from toolkit.base.compare import at_least
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING

CURVE_COLUMNS: Final = ("rank", "account_id", "effort", "output", "effort_share", "output_share", "top")


class FocusParameters(Slice):
    """The 80/20 of S8."""

    top_fifth: float = setting(0.20, unit="fraction", rule="S8", gt=0, le=1)
    effort_goal: float = setting(0.80, unit="fraction", rule="S8", ge=0, le=1)
    output_goal: float = setting(2.00, unit="ratio", rule="S8", ge=0)


@dataclass(frozen=True)
class Focus:
    """S8 of a period. `curve`: rank, account_id, effort, output, cumulative effort_share and output_share, by
    rank; `top` marks the fifth. Undefined figures are NaN, their state cannot_judge."""

    accounts: int
    top_accounts: int
    effort_share: float
    effort_state: str
    output_share: float
    output_ratio: float
    output_state: str
    output_kind: Literal["reported", "expected"]
    curve: pd.DataFrame


def focus(frame: pd.DataFrame, parameters: FocusParameters) -> Focus:
    """The share of the effort on the top fifth, that fifth's output per effort, and the curve (S8).

    frame: account_id, effort (CNY), value_index (0-100), win_probability (0-1), output_value (NaN: not
    given); one row an active account.

    Examples
    --------
    >>> field = pd.DataFrame({"account_id": list("VWXYZ"), "effort": [40.0, 15, 15, 15, 15],
    ...     "value_index": [60.0, 10, 10, 10, 10], "win_probability": 1.0, "output_value": np.nan})
    >>> found = focus(field, FocusParameters())
    >>> found.top_accounts, found.effort_share, found.effort_state, round(found.output_ratio, 6)
    (1, 0.4, 'warning', 1.5)
    """
    expected = frame["value_index"].fillna(0.0) * frame["win_probability"].fillna(0.0)
    reported = frame["output_value"].fillna(0.0)
    given = bool(frame["output_value"].notna().any())
    table = pd.DataFrame(
        {
            "account_id": frame["account_id"].astype("str"),
            "effort": frame["effort"].fillna(0.0).astype(float),
            "output": (reported if given else expected).astype(float),
            "worth": -expected,
        }
    ).sort_values(["worth", "account_id"], ignore_index=True)
    top = math.ceil(round(len(table) * parameters.top_fifth, 9))
    table["rank"] = np.arange(1, len(table) + 1)
    table["top"] = table["rank"] <= top
    for name in ("effort", "output"):
        total = table[name].sum()
        table[f"{name}_share"] = table[name].cumsum() / total if total > 0 else np.nan
    effort, output = (_share(table, top, name) for name in ("effort_share", "output_share"))
    ratio = output / effort if effort > 0 else math.nan
    return Focus(
        accounts=len(table),
        top_accounts=top,
        effort_share=effort,
        effort_state=_state(effort, parameters.effort_goal),
        output_share=output,
        output_ratio=ratio,
        output_state=_state(ratio, parameters.output_goal),
        output_kind="reported" if given else "expected",
        curve=table[list(CURVE_COLUMNS)],
    )


def _share(table: pd.DataFrame, top: int, name: str) -> float:
    return float(table[name].iloc[top - 1]) if top else math.nan


def _state(measured: float, goal: float) -> str:
    if math.isnan(measured):
        return CANNOT_JUDGE
    return GOOD if at_least(measured, goal) else WARNING
