"""S7 Campaign board: cards in columns, how many a column may hold, what moved, and the flow over time.

A card stands in the column of its last move on or before the day; without a move, in its `board_column`. It is
overdue from the day after `due_on` until it reaches a column of `done`. A column is over its limit with more cards than
the limit; the limit itself is allowed. The flow counts, at the end of every Friday, the cards by column.

Units: cards, days, progress a fraction. Ties: moves of one moment by move id. Missing values: a card without a due date
cannot be judged; one without a move has no day of entry and is not in the flow.

Readings. The text names no limits: a column of open work may hold 8 cards, one for each of the three must-win
industries and the five strategic accounts. A card whose account was won, lost or dropped, but which still stands among
the open ones, is to be moved.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import model_validator

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day

BOARD: Final = (
    "campaign_id", "campaign_name", "industry_id", "account_id", "board_column", "progress", "owner_id", "due_on",
    "entered_on", "days_in_column", "days_overdue", "state", "code",
)  # fmt: skip
COLUMNS: Final = ("board_column", "cards", "limit", "progress", "state")
MOVED: Final = ("move_id", "campaign_id", "moved_at", "from_column", "to_column", "direction", "moved_by")
FLOW: Final = ("week_ending", "board_column", "cards")


class CampaignParameters(Slice):
    """The board's columns, their limits, and which of them are done (path `campaigns`)."""

    columns: tuple[str, ...] = setting(
        ("planned", "engaged", "assault", "negotiating", "won", "lost"), unit="column codes", rule="S7"
    )
    done: tuple[str, ...] = setting(("won", "lost"), unit="column codes", rule="S7")
    limits: dict[str, int] = setting(
        {"engaged": 8, "assault": 8, "negotiating": 8}, unit="column code: cards", rule="S7"
    )

    @model_validator(mode="after")
    def _known_columns(self) -> "CampaignParameters":
        """Limits and done columns are columns of the board; a limit holds at least one card."""
        unknown = sorted({*self.done, *self.limits} - set(self.columns))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no column of the board; it has {', '.join(self.columns)}")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("a column stands twice on the board")
        if any(limit < 1 for limit in self.limits.values()):
            raise ValueError("a limit holds at least one card")
        return self


def board(
    campaigns: pd.DataFrame, moves: pd.DataFrame, accounts: pd.DataFrame, as_of: Day, parameters: CampaignParameters
) -> pd.DataFrame:
    """Every card where it stands on a day: BOARD, in the order of the columns, the soonest due first.

    campaigns, moves, accounts  the contract's; days_overdue is 0 for what is not
    state  good (on_time, done), warning (account_closed), breach (overdue), cannot_judge (no_due, unknown_column)

    Examples
    --------
    >>> cards = pd.DataFrame({"campaign_id": ["C1"], "campaign_name": ["x"], "account_id": ["A1"],
    ...     "industry_id": [""], "board_column": ["planned"], "progress": [0.1], "owner_id": ["R1"],
    ...     "due_on": pd.to_datetime(["2026-11-19"])})
    >>> none = pd.DataFrame({"move_id": [], "campaign_id": [], "moved_at": pd.to_datetime([]), "to_column": []})
    >>> account = pd.DataFrame({"account_id": ["A1"], "status": ["active"], "closed_on": pd.to_datetime([None])})
    >>> board(cards, none, account, "2026-11-20", CampaignParameters())[["code", "days_overdue"]].values.tolist()
    [['overdue', 1.0]]
    """
    today = pd.Timestamp(day(as_of))
    last = _standing(moves, today)
    rows = campaigns.copy()
    moved_to = last["to_column"].reindex(rows["campaign_id"]).astype("object").set_axis(rows.index)
    rows["board_column"] = moved_to.where(moved_to.notna(), rows["board_column"]).astype("str")
    entered = last["moved_at"].reindex(rows["campaign_id"]).set_axis(rows.index).dt.normalize()
    rows["entered_on"] = entered.astype("datetime64[us]")
    rows["days_in_column"] = (today - entered).dt.days.astype(float)
    rows["days_overdue"] = (today - rows["due_on"]).dt.days.clip(lower=0).astype(float)
    codes = _codes(rows, _closed(accounts, today), parameters)
    rows["days_overdue"] = rows["days_overdue"].where(codes == "overdue", 0.0)
    states = {"done": GOOD, "on_time": GOOD, "account_closed": WARNING, "overdue": BREACH}
    rows["code"] = codes
    rows["state"] = [states.get(code, CANNOT_JUDGE) for code in codes]
    place = {column: n for n, column in enumerate(parameters.columns)}
    order = rows["board_column"].map(place).fillna(len(place))
    rows = rows.assign(_o=order).sort_values(["_o", "due_on", "campaign_id"], ignore_index=True)
    return rows[list(BOARD)].astype({"state": "str", "code": "str"})


def _standing(moves: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """The last move of every card on or before a day, by campaign_id."""
    known = moves[moves["moved_at"] < until + pd.Timedelta(days=1)].sort_values(["moved_at", "move_id"])
    return known.drop_duplicates("campaign_id", keep="last").set_index("campaign_id")


def _closed(accounts: pd.DataFrame, today: pd.Timestamp) -> set[str]:
    gone = accounts["status"].isin(["won", "lost", "dropped"]) & ~(accounts["closed_on"] > today)
    return set(accounts.loc[gone, "account_id"])


def _codes(rows: pd.DataFrame, closed: set[str], p: CampaignParameters) -> NDArray[np.str_]:
    column = rows["board_column"]
    return np.asarray(
        np.select(
            [
                ~column.isin(p.columns), column.isin(p.done), rows["account_id"].isin(closed), rows["due_on"].isna(),
                rows["days_overdue"] > 0,
            ],
            ["unknown_column", "done", "account_closed", "no_due", "overdue"],
            "on_time",
        )
    )  # fmt: skip


def columns(cards: pd.DataFrame, parameters: CampaignParameters) -> pd.DataFrame:
    """Every column of the board, then any other that holds a card: COLUMNS.

    cards  of `board`; limit and mean progress are NaN where there is none
    state  breach (more cards than the limit), cannot_judge (a column that the board does not have), else good
    """
    known = parameters.columns
    others = sorted(set(cards["board_column"]) - set(known))
    rows = []
    for code in (*known, *others):
        mine = cards[cards["board_column"] == code]
        limit = float(parameters.limits.get(code, np.nan))
        state = CANNOT_JUDGE if code in others else BREACH if len(mine) > limit else GOOD
        rows.append((code, len(mine), limit, mine["progress"].mean() if len(mine) else np.nan, state))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"board_column": "str", "cards": "int64", "state": "str"})


def moved(moves: pd.DataFrame, since: Day, until: Day, parameters: CampaignParameters) -> pd.DataFrame:
    """The moves after one day up to and with another, oldest first: MOVED.

    direction  the column itself where it is one of `done`; else new (it came onto the board), forward or back; unknown
               where a column is not of the board
    """
    first, last = pd.Timestamp(day(since)) + pd.Timedelta(days=1), pd.Timestamp(day(until)) + pd.Timedelta(days=1)
    rows = moves[(moves["moved_at"] >= first) & (moves["moved_at"] < last)].sort_values(["moved_at", "move_id"])
    place = {column: n for n, column in enumerate(parameters.columns)}
    told = [
        _direction(source, target, place, parameters.done)
        for source, target in zip(rows["from_column"], rows["to_column"], strict=True)
    ]
    return rows.assign(direction=pd.Series(told, index=rows.index, dtype="str"))[list(MOVED)].reset_index(drop=True)


def _direction(source: object, target: object, place: dict[str, int], done: tuple[str, ...]) -> str:
    if target not in place:
        return "unknown"
    if target in done:
        return str(target)
    if pd.isna(source) or source == "":
        return "new"
    if source not in place:
        return "unknown"
    return "forward" if place[str(target)] > place[str(source)] else "back"


def flow(moves: pd.DataFrame, fridays: NDArray[np.datetime64], parameters: CampaignParameters) -> pd.DataFrame:
    """How many cards stood in each column at the end of every Friday: FLOW, zero where none."""
    rows = []
    for friday in np.asarray(fridays, dtype="datetime64[D]"):
        counts = _standing(moves, pd.Timestamp(friday))["to_column"].value_counts()
        rows += [(friday, column, int(counts.get(column, 0))) for column in parameters.columns]
    frame = pd.DataFrame(rows, columns=list(FLOW))
    return frame.astype({"week_ending": "datetime64[us]", "board_column": "str", "cards": "int64"})
