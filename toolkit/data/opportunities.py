"""Accounts, their weeks and their reps out of a CRM's opportunities: a snapshot an export, and the history of stages.

Readings, all documented in docs/own_data.md:

- An export tells how every opportunity stood on its day; it is the row of the Friday of that day's week (Saturday to
  Friday). Of several exports of a week the latest counts.
- Several open opportunities of an account: `lead` takes probability, stage, closing day and scores of the one with the
  highest expected value, and an amount that carries the others' expected value too, so that amount x probability is
  what the CRM has in hand. `weighted` adds the amounts up and weighs the probability by them: the same product, a
  lower probability where a large deal has only begun.
- An account without an open opportunity is what its last closed one became, on the earlier of that one's closing day
  and the day of the export; its amount is what it won in that quarter. It has no weekly row then. What an account
  with other open opportunities won in the week is its `output_value`.
- An account is opened with its first opportunity, as far as the export tells; never after its first row.
- A stage that nobody can read, in an opportunity whose probability is not between 0 and 1, may be a closed one: it
  counts neither as open nor as closed, and the gate has listed it.
- History: a week that no export covers shows each opportunity as its last change up to that Friday left it; one
  without history is known from its first export on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import PurePath
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.weeks import friday_of
from toolkit.data.columns import Table
from toolkit.data.contract import TABLES
from toolkit.data.foreign import day_in, places_of
from toolkit.data.gate import Room, gate_one
from toolkit.data.own_names import OwnNames, Snapshot
from toolkit.data.parsed import Parsed, parse_table
from toolkit.data.refusal import Refused
from toolkit.data.sight import Sight
from toolkit.data.source import Found, Sheet
from toolkit.data.tables_foreign import DROPPED, HISTORY, LOST, OPEN_STAGES, OPPORTUNITIES, WON

_CLOSED: Final = (WON, LOST, DROPPED)
_MASTER: Final = (
    "account_name", "industry_id", "region", "market_role", "owner_id", "industry_influence", "technical_fit",
    "annual_potential", "gross_margin", "growth",
)  # fmt: skip
_LEAD: Final = ("competitive_posture", "strategic_weight", "value_index")
_CHANGES: Final = ("stage", "win_probability", "amount", "close_on")
_WEEK: Final = "_week"


@dataclass(frozen=True)
class Derived:
    """A source with the tables that were made of its opportunities, and what the gate found in these."""

    found: Found
    rooms: Mapping[str, Room]


def derived(found: Found, own: OwnNames, zone: tzinfo, seen_on: date | None = None) -> Derived:
    """The source with accounts, account_weeks and reps made of its opportunities, where it has them not itself.

    seen_on  the day of the export; None: a column, the file's name or the mapping says it. Refused where nothing does.
    """
    sheets = [sheet for sheet in found.sheets if sheet.name == OPPORTUNITIES.name]
    if not sheets:
        return Derived(found, {})
    snapshot = own.plans[OPPORTUNITIES.name].snapshot
    dated = [_dated(sheet, own, seen_on or snapshot.seen_on) for sheet in sheets]
    rooms = [_room(OPPORTUNITIES, sheet, own, zone) for sheet in dated]
    states = _newest_of_week(pd.concat([_rows(room) for room in rooms], ignore_index=True))
    told = [_room(HISTORY, sheet, own, zone) for sheet in found.sheets if sheet.name == HISTORY.name]
    if told:
        states = _with_history(states, _changes(pd.concat([_rows(room) for room in told], ignore_index=True), zone))
    states = states.sort_values([_WEEK, "account_id", "opportunity_id"], ignore_index=True)
    where = dated[-1].where
    made = {
        "accounts": lambda: _accounts(states),
        "account_weeks": lambda: _weeks(states, snapshot),
        "reps": lambda: _reps(states),
    }
    there = {sheet.name for sheet in found.sheets}
    fresh = [_sheet(TABLES[name], make(), where) for name, make in made.items() if name not in there]
    kept = [sheet for sheet in found.sheets if sheet.name not in (OPPORTUNITIES.name, HISTORY.name)]
    both = [(f"{room.parsed.table.name} {k}", room) for k, room in enumerate((*rooms, *told))]
    return Derived(replace(found, sheets=(*kept, *fresh)), dict(both))


def _dated(sheet: Sheet, own: OwnNames, fallback: date | None) -> Sheet:
    """The sheet with the day of its export in `seen_on`: its own column, else the day asked for, else its name's."""
    if "seen_on" in places_of(sheet.name, sheet.header, own.headers.get(sheet.name, {})):
        return sheet
    name = PurePath(sheet.where).name
    day = fallback or day_in(name)
    if day is None:
        raise Refused("snapshot_day", where=sheet.where)
    column = np.full(len(sheet.lines), day.isoformat(), dtype=object)
    return replace(sheet, header=(*sheet.header, "seen_on"), cells=(*sheet.cells, column))


def _room(table: Table, sheet: Sheet, own: OwnNames, zone: tzinfo) -> Room:
    parsed: Parsed = parse_table(table, sheet, own, zone)
    return gate_one(parsed, Sight(np.arange(len(parsed.lines))))


def _rows(room: Room) -> pd.DataFrame:
    """The rows that the gate lets through, with their line in the file, and whether their stage cannot be read."""
    frame = room.frame.assign(_line=room.lines, _unread=room.broken("stage"))
    return frame[~room.aside]


def _newest_of_week(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each week's latest export, with their week."""
    days = rows["seen_on"].to_numpy().astype("datetime64[D]")
    rows = rows.assign(**{_WEEK: friday_of(days).astype("datetime64[us]")})
    rows = rows[~(rows["_unread"] & ~rows["win_probability"].between(0, 1, inclusive="neither"))]
    return rows[rows["seen_on"] == rows.groupby(_WEEK)["seen_on"].transform("max")]


# --- history --------------------------------------------------------------------------------------------------------


def _changes(rows: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """One row a change: opportunity_id, changed_at and what it left; a field history's values in their columns."""
    from toolkit.data.cells import reader

    changes = rows.copy()
    for name in _CHANGES:
        read = reader(HISTORY[name], zone)
        mine = changes["field"] == name
        if mine.any():
            texts = changes.loc[mine, "new_value"].fillna("")
            values = [read(text.strip())[0] if text.strip() else None for text in texts]
            changes.loc[mine, name] = pd.Series(values, index=texts.index, dtype=changes[name].dtype)
    return changes.sort_values(["opportunity_id", "changed_at"], kind="stable")


def _with_history(states: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """The states with those of earlier weeks, worked out from the changes."""
    known = states.sort_values("seen_on").drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    changes = changes[changes["opportunity_id"].isin(known.index)]
    if not len(changes):
        return states
    first = str(friday_of(np.datetime64(changes["changed_at"].min(), "D")))
    covered = set(states[_WEEK])
    weeks = [friday for friday in pd.date_range(first, states[_WEEK].max(), freq="7D")
             if friday not in covered]  # fmt: skip
    filled = changes.copy()
    filled[list(_CHANGES)] = changes.groupby("opportunity_id")[list(_CHANGES)].ffill()
    parts = [states]
    for friday in weeks:
        upto = filled[filled["changed_at"] < friday + pd.Timedelta(days=1)]
        last = upto.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
        rows = known.loc[last.index].assign(**{name: last[name] for name in _CHANGES})
        parts.append(rows.assign(**{_WEEK: friday, "seen_on": friday}).reset_index())
    return pd.concat(parts, ignore_index=True)


# --- what becomes of it ---------------------------------------------------------------------------------------------


def _open(states: pd.DataFrame) -> pd.Series:
    return ~states["stage"].isin(_CLOSED)


def _leading(rows: pd.DataFrame) -> pd.DataFrame:
    """By week and account the row with the highest expected value; ties by probability, then by id."""
    worth = rows["amount"].fillna(0.0) * rows["win_probability"].fillna(0.0)
    order = rows.assign(_worth=worth).sort_values(
        ["_worth", "win_probability", "opportunity_id"], ascending=[False, False, True]
    )
    return order.drop_duplicates([_WEEK, "account_id"]).set_index([_WEEK, "account_id"]).sort_index()


def _weeks(states: pd.DataFrame, snapshot: Snapshot) -> pd.DataFrame:
    """account_weeks: a row for each account with an open opportunity, each week."""
    rows = states[_open(states)]
    lead = _leading(rows)
    keys = [rows[_WEEK], rows["account_id"]]
    table = pd.DataFrame({"_line": lead["_line"]})
    counted = rows["amount"].where(rows["win_probability"].notna())
    total = counted.groupby(keys).sum(min_count=1)
    expected = (counted * rows["win_probability"]).groupby(keys).sum(min_count=1)
    table["win_probability"], table["contract_amount"] = lead["win_probability"], lead["amount"]
    some = expected > 0
    if snapshot.combine == "weighted":
        table["win_probability"] = (expected / total).where(some, table["win_probability"]).clip(0, 1)
        table["contract_amount"] = total.where(some, table["contract_amount"])
    else:
        several = some & (rows.groupby(keys).size() > 1)
        table["contract_amount"] = (
            (expected / lead["win_probability"]).round(2).where(several, table["contract_amount"])
        )
    table["decision_stage"] = lead["stage"].where(lead["stage"].isin(OPEN_STAGES))
    table["expected_close_on"] = lead["close_on"]
    for name in _LEAD:
        table[name] = lead[name]
    table["resource_cost"] = rows["resource_cost"].groupby(keys).sum(min_count=1)
    table["output_value"] = _brought(states, rows).reindex(table.index)
    out = table.reset_index().rename(columns={_WEEK: "week_ending"})
    return out[["week_ending", "account_id", *table.columns]]


def _brought(states: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """What an account brought in a week: the column's sum, or what it won between the last Friday and this one."""
    given = rows["output_value"].groupby([rows[_WEEK], rows["account_id"]]).sum(min_count=1)
    won = states[(states["stage"] == WON) & states["close_on"].notna()]
    new = won[(won["close_on"] <= won[_WEEK]) & (won["close_on"] > won[_WEEK] - pd.Timedelta(days=7))]
    signed = new["amount"].groupby([new[_WEEK], new["account_id"]]).sum(min_count=1)
    return given.combine_first(signed)


def _accounts(states: pd.DataFrame) -> pd.DataFrame:
    """accounts: each as the newest week that shows it tells."""
    newest = states[states[_WEEK] == states.groupby("account_id")[_WEEK].transform("max")]
    is_open = _open(newest)
    lead = _leading(newest[is_open | ~newest["account_id"].isin(newest.loc[is_open, "account_id"])])
    lead = lead.reset_index(_WEEK, drop=True)
    first = states.groupby("account_id").agg(created=("created_on", "min"), seen=("seen_on", "min"))
    table = pd.DataFrame({"_line": lead["_line"]})
    for name in _MASTER:
        table[name] = newest.groupby("account_id")[name].first().combine_first(lead[name]).reindex(lead.index)
        table[name] = lead[name].where(lead[name].notna(), table[name])
    table["account_name"] = table["account_name"].fillna(pd.Series(table.index, index=table.index))
    table["opened_on"] = first.min(axis=1).reindex(lead.index)
    ended = _ended(newest[~newest["account_id"].isin(newest.loc[is_open, "account_id"])])
    table["status"] = ended["status"].reindex(lead.index).fillna("active")
    table["closed_on"] = ended["closed_on"].reindex(lead.index)
    table["contract_amount"] = ended["amount"].reindex(lead.index)
    return table.reset_index()


def _ended(rows: pd.DataFrame) -> pd.DataFrame:
    """Status, day and amount of accounts without an open opportunity, by their last closed one."""
    day = rows["close_on"].where(rows["close_on"] <= rows["seen_on"], rows["seen_on"])
    ordered = rows.assign(closed_on=day).sort_values(["closed_on", "opportunity_id"], na_position="first")
    last = ordered.drop_duplicates("account_id", keep="last").set_index("account_id")
    quarter = ordered["closed_on"].dt.to_period("Q")
    same = quarter == last["closed_on"].reindex(ordered["account_id"]).set_axis(ordered.index).dt.to_period("Q")
    won = ordered[same & (ordered["stage"] == WON)].groupby("account_id")["amount"].sum(min_count=1)
    amount = won.reindex(last.index).where(last["stage"] == WON)
    return pd.DataFrame({"status": last["stage"], "closed_on": last["closed_on"], "amount": amount})


def _reps(states: pd.DataFrame) -> pd.DataFrame:
    """reps: the owners of opportunities, by the newest row that names them."""
    owners = states[states["owner_id"].notna()].sort_values([_WEEK, "_line"]).drop_duplicates("owner_id", keep="last")
    name = owners["owner_name"].where(owners["owner_name"].notna(), owners["owner_id"])
    table = {"_line": owners["_line"], "rep_id": owners["owner_id"], "rep_name": name, "team": owners["team"]}
    return pd.DataFrame(table).assign(role="rep").sort_values("rep_id", ignore_index=True)


def _sheet(table: Table, frame: pd.DataFrame, where: str) -> Sheet:
    """A frame as a sheet of text under the contract's headers, blank columns left out."""
    filled = [column for column in table.columns if column.name in frame and frame[column.name].notna().any()]
    needed = [column.name for column in table.columns if column in filled or column.required]
    cells = [_texts(frame[name] if name in frame else pd.Series([None] * len(frame))) for name in needed]
    lines = frame["_line"].to_numpy(dtype=np.int64)
    return Sheet(table.name, where, tuple(needed), tuple(cells), lines)


def _texts(values: "pd.Series[Any]") -> np.ndarray:
    from toolkit.data.database import cell_text

    days = str(values.dtype).startswith("datetime")
    cells: Iterable[Any] = (value.date() if days and not pd.isna(value) else value for value in values)
    return np.array(["" if pd.isna(cell) else cell_text(cell) for cell in cells], dtype=object)
