"""S2, can the stated win probabilities be believed? Bunching above a line, late jumps, calibration by rep.

bunching: of the active accounts within `window` of a line, t <= p < t + window lie above, t - window <= p <
t below; chance = P(X >= above), X binomial(above + below, 1/2): a warning at or below `max_chance`. late
jump: this Friday's row rises by at least `min_jump` onto or over a line, without progress that week.
calibration: per rep the mean of the last probability stated before a deal closed against the share won,
with Wilson's 95 % interval; a warning where the stated mean lies outside it.

Units: probabilities and widths as fractions. Ties: rows by line, by account id, by rep id (people are
coached, not ranked). Missing values: a missing probability takes no part; fewer than `min_count` accounts
near a line or `min_closed` closed deals cannot be judged, nor a jump whose progress cannot be told.

Readings: bunching is judged on one Friday, since the same account week after week is no new evidence; a
density that falls or rises steeply across the line tilts the chance by itself; a jump over both lines is
shown at the higher one; the probability of the closing week itself does not count as a forecast; dropped
accounts are no deals; what the interval tells of few deals it tells of this rep's deals, not of the rep.
"""

from collections.abc import Mapping
from math import comb
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from toolkit.base.compare import at_least, at_most, below
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import day
from toolkit.base.wilson import wilson

BUNCHING_COLUMNS: Final = ("line", "threshold", "width", "below", "above", "chance", "state")
JUMP_COLUMNS: Final = ("account_id", "rep_id", "line", "threshold", "previous", "current", "rise", "state")
CALIBRATION_COLUMNS: Final = (
    "rep_id",
    "closed",
    "won",
    "stated",
    "won_share",
    "low",
    "high",
    "state",
    "code",
)


class StatedProbabilityParameters(Slice):
    """How the stated probabilities are watched (S2)."""

    window: float = setting(0.05, unit="fraction", rule="S2", gt=0, le=0.25)
    min_count: int = setting(6, unit="accounts", rule="S2", ge=2)
    max_chance: float = setting(0.05, unit="fraction", rule="S2", gt=0, lt=1)
    min_jump: float = setting(0.05, unit="fraction", rule="S2", ge=0, le=1)
    min_closed: int = setting(8, unit="deals", rule="S2", ge=1)


def bunching(
    win_probability: ArrayLike, lines: Mapping[str, float], parameters: StatedProbabilityParameters
) -> pd.DataFrame:
    """Accounts just above and just below each line, and the chance of such an excess above (S2).

    win_probability (N,) of the active accounts this Friday; lines: name -> threshold, such as {"a": 0.6,
    "b": 0.3}. Columns line, threshold, below, above, chance, state (warning, good, cannot_judge).

    Examples
    --------
    Six above, none below: chance 1/64.

    >>> bunching([0.60] * 6, {"a": 0.6}, StatedProbabilityParameters()).values.tolist()
    [['a', 0.6, 0.05, 0, 6, 0.015625, 'warning']]
    """
    p = np.asarray(win_probability, dtype=float)
    rows = []
    for line, threshold in lines.items():
        high = int((at_least(p, threshold) & below(p, threshold + parameters.window)).sum())
        low = int((at_least(p, threshold - parameters.window) & below(p, threshold)).sum())
        near = high + low
        chance = sum(comb(near, k) for k in range(high, near + 1)) / 2**near
        if high + low < parameters.min_count:
            state = CANNOT_JUDGE
        else:
            state = WARNING if at_most(chance, parameters.max_chance) else GOOD
        rows.append((line, threshold, parameters.window, low, high, chance, state))
    return pd.DataFrame(rows, columns=list(BUNCHING_COLUMNS))


def late_jumps(
    frame: pd.DataFrame, lines: Mapping[str, float], parameters: StatedProbabilityParameters
) -> pd.DataFrame:
    """Accounts whose stated probability jumped onto or over a line this Friday without progress (S2).

    frame: account_id, rep_id, previous (newest row before this Friday, NaN without), current (this Friday's
    row, NaN without), progress (1, 0, NaN: cannot be told). Columns account_id, rep_id, line, threshold,
    previous, current, rise, state (warning; cannot_judge where progress cannot be told); by account_id.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["K1", "K2"], "rep_id": "R1", "previous": [0.52, 0.52],
    ...     "current": [0.61, 0.61], "progress": [0.0, 1.0]})
    >>> found = late_jumps(frame, {"a": 0.6, "b": 0.3}, StatedProbabilityParameters())
    >>> found[["account_id", "line"]].values.tolist()
    [['K1', 'a']]
    """
    table = frame.assign(rise=frame["current"] - frame["previous"])
    order = sorted(lines.items(), key=lambda item: -item[1])  # the higher line first
    over = [below(table["previous"], at) & at_least(table["current"], at) for _, at in order]
    table["line"] = np.select(over, [line for line, _ in order], default="")
    table["threshold"] = np.select(over, [at for _, at in order], default=np.nan)
    found = (table["line"] != "") & at_least(table["rise"], parameters.min_jump) & (table["progress"] != 1)
    table = table[found].sort_values("account_id", ignore_index=True)
    table["state"] = np.where(table["progress"].isna(), CANNOT_JUDGE, WARNING)
    return table[list(JUMP_COLUMNS)].astype({"line": "str", "state": "str", "threshold": float})


def closed_deals(accounts: pd.DataFrame, account_weeks: pd.DataFrame, friday: Any) -> pd.DataFrame:
    """Deals closed by a Friday with the last probability stated before their closing day (S2).

    accounts: account_id, owner_id, status, closed_on; account_weeks: week_ending, account_id,
    win_probability. Columns account_id, rep_id (the owner, empty without), closed_on, won (bool), stated;
    deals without owner count for the team; deals never stated are left out; by account_id.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["K1"], "owner_id": "R1", "status": "won",
    ...     "closed_on": pd.to_datetime(["2026-11-13"])})
    >>> weeks = pd.DataFrame({"week_ending": pd.to_datetime(["2026-11-06", "2026-11-13"]), "account_id": "K1",
    ...     "win_probability": [0.7, 1.0]})
    >>> closed_deals(accounts, weeks, "2026-11-20")[["rep_id", "won", "stated"]].values.tolist()
    [['R1', True, 0.7]]
    """
    decided = accounts["status"].isin(["won", "lost"]) & (accounts["closed_on"] <= pd.Timestamp(day(friday)))
    deals = accounts.loc[decided, ["account_id", "owner_id", "status", "closed_on"]]
    rows = account_weeks[["account_id", "week_ending", "win_probability"]].merge(deals, on="account_id")
    rows = rows[(rows["week_ending"] < rows["closed_on"]) & rows["win_probability"].notna()]
    rows = rows.sort_values(["account_id", "week_ending"]).drop_duplicates("account_id", keep="last")
    owner = rows["owner_id"].astype(object)
    rows = rows.assign(
        rep_id=owner.where(owner.notna(), ""), won=rows["status"] == "won", stated=rows["win_probability"]
    )
    table = rows[["account_id", "rep_id", "closed_on", "won", "stated"]].reset_index(drop=True)
    return table.astype({"account_id": "str", "rep_id": "str", "stated": float})


def calibration(deals: pd.DataFrame, parameters: StatedProbabilityParameters) -> pd.DataFrame:
    """What was stated against what was won, for the team (rep_id empty) and each rep (S2).

    deals: rep_id, stated, won. Columns rep_id, closed, won (counts), stated (mean), won_share, low, high
    (Wilson 95 %), state, code (overstated, understated, calibrated, few); the team first, then by rep id.

    Examples
    --------
    >>> deals = pd.DataFrame({"rep_id": "R1", "stated": [0.8] * 8, "won": [True] * 2 + [False] * 6})
    >>> calibration(deals, StatedProbabilityParameters())[["rep_id", "won_share", "code"]].values.tolist()
    [['', 0.25, 'overstated'], ['R1', 0.25, 'overstated']]
    """
    named = deals[deals["rep_id"].notna() & (deals["rep_id"] != "")]
    both = pd.concat([deals.assign(rep_id=""), named], ignore_index=True)
    groups = both.groupby("rep_id")
    table = groups.agg(closed=("won", "size"), won=("won", "sum"), stated=("stated", "mean")).reset_index()
    table["won_share"] = table["won"] / table["closed"]
    table["low"], table["high"] = wilson(table["won"], table["closed"])
    few = table["closed"] < parameters.min_closed
    codes = {
        "few": few,
        "overstated": ~few & (table["stated"] > table["high"]),
        "understated": ~few & (table["stated"] < table["low"]),
    }
    table["code"] = np.select(list(codes.values()), list(codes), default="calibrated")
    table["state"] = table["code"].map({"few": CANNOT_JUDGE, "calibrated": GOOD}).fillna(WARNING)
    integers = {"closed": "int64", "won": "int64"}
    texts = {"rep_id": "str", "code": "str", "state": "str"}
    return table[list(CALIBRATION_COLUMNS)].astype({**texts, **integers})
