"""From the process's arrays to the tables that every size has: accounts, their weeks, reps, industries, daily reports.

Dates are datetime64 at midnight, times ISO text with offset, ids text, missing text None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsInt

import numpy as np
import pandas as pd

from toolkit.sample import names, stories
from toolkit.sample.cast import CAST, HIRED, MENTORS
from toolkit.sample.field import Log
from toolkit.sample.world import World, stream

ROLE_NAMES = np.array(["industry_benchmark", "regional_leader", "long_tail"], dtype=object)
SPICED = ("situation", "pain", "impact", "critical_event", "decision")
NOT_A_TIME = np.datetime64("NaT")


def frame(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A table from rows as dicts; a column that a row lacks is missing there; datetime64 days become dates.

    Examples:
        >>> frame(("a", "b"), [{"a": "x"}])["b"].isna().all()
        np.True_
    """
    listed = list(rows)
    result = {}
    for name in columns:
        values = [row.get(name) for row in listed]
        if any(isinstance(value, np.datetime64) for value in values):
            days = np.array([NOT_A_TIME if value is None else value for value in values], dtype="datetime64[D]")
            result[name] = pd.Series(days.astype("datetime64[us]"))
        elif values and all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) or v is None for v in values):
            result[name] = pd.Series(pd.array([pd.NA if v is None else int(v) for v in values], dtype="Int64"))
        elif any(isinstance(v, (float, np.floating)) for v in values):
            result[name] = pd.Series([np.nan if v is None else float(v) for v in values], dtype="float64")
        else:
            result[name] = pd.Series(values, dtype=object)
    return pd.DataFrame(result, columns=list(columns))


def stamp(on: np.datetime64, hour: SupportsInt, minute: SupportsInt = 0) -> str:
    """A time of day in China as the contract writes it.

    Examples:
        >>> stamp(np.datetime64("2026-11-20"), 9, 30)
        '2026-11-20T09:30:00+08:00'
    """
    moment = on.astype("datetime64[D]") + np.timedelta64(60 * int(hour) + int(minute), "m")
    return f"{np.datetime_as_string(moment, unit='s')}+08:00"


def later(text: str, hours: float) -> str:
    """The time `hours` after an ISO time (to the minute)."""
    moment = np.datetime64(text[:16], "m") + np.timedelta64(round(hours * 60), "m")
    return f"{np.datetime_as_string(moment, unit='s')}+08:00"


def day_of(text: str) -> np.datetime64:
    """The day of an ISO time."""
    return np.datetime64(text[:10], "D")


def numbered(letter: str, count: int, width: int) -> np.ndarray:
    """Ids letter + running number, from 1, as an object array."""
    width = max(width, len(str(count)))
    return np.array([f"{letter}{n:0{width}d}" for n in range(1, count + 1)], dtype=object)


def dates(days: np.ndarray) -> np.ndarray:
    """Days as the frames hold them."""
    return days.astype("datetime64[D]").astype("datetime64[us]")


class Shaped:
    """The log joined into whole arrays, with ids: `accounts`, `weeks`, `reports` (dicts of arrays) and id lists."""

    def __init__(self, world: World, log: Log) -> None:
        self.world = world
        joined = {k: np.concatenate([b[k] for b in log.accounts]) for k in log.accounts[0]}
        order = np.argsort(joined["number"], kind="stable")
        self.accounts = {k: v[order] for k, v in joined.items()}
        self.weeks = {k: np.concatenate([b[k] for b in log.weeks]) for k in log.weeks[0]}
        self.reports = {k: np.concatenate([b[k] for b in log.reports]) for k in log.reports[0]}
        self.account_ids = numbered("A", len(order), 3)
        self.rep_ids = numbered("R", world.reps, 2)
        self.industry_ids = numbered("I", len(names.INDUSTRIES), 2)
        self.report_ids = numbered("D", len(self.reports["day"]), 5)
        taken = {deal.name for seat in CAST for deal in seat.deals}
        drawn = names.companies(stream(world.seed, "companies"), self.accounts["industry"], taken)
        told = self.accounts["deal"]
        self.account_names = np.array([t or d for t, d in zip(told.tolist(), drawn, strict=True)], dtype=object)
        self.number_of = {name: i for i, name in enumerate(self.account_names.tolist())}
        self.last = world.fridays[-1]


def accounts(shaped: Shaped) -> pd.DataFrame:
    """The table accounts."""
    a = shaped.accounts
    region = np.array([r[0] for r in names.REGIONS], dtype=object)
    place = np.array([(r[1], r[2]) for r in names.REGIONS])[a["region"]] + a["place"]
    closed = a["status"] != "active"
    expect = np.where(closed, a["closed"], a["expect"])
    return pd.DataFrame(
        {
            "account_id": shaped.account_ids,
            "account_name": shaped.account_names,
            "industry_id": np.where(a["known"], shaped.industry_ids[a["industry"]], None),
            "region": region[a["region"]],
            "market_role": ROLE_NAMES[a["role"]],
            "owner_id": shaped.rep_ids[a["owner"]],
            "industry_influence": np.where(a["known"], a["influence"], np.nan),
            "technical_fit": np.where(a["known"], a["fit"], np.nan),
            "annual_potential": np.where(a["known"], a["potential"], np.nan),
            "opened_on": dates(a["opened"]),
            "status": a["status"].astype(object),
            "closed_on": dates(a["closed"]),
            "contract_amount": a["amount"],
            "expected_close_on": dates(expect),
            "latitude": place[:, 0].round(5),
            "longitude": place[:, 1].round(5),
            "coordinate_system": "wgs84",
            "gross_margin": a["gross_margin"],
            "growth": a["growth"],
        }
    )


def account_weeks(shaped: Shaped, detail: bool) -> pd.DataFrame:
    """The table account_weeks; with `detail` some rows were never submitted and some scores are left to be computed."""
    w, a = shaped.weeks, shaped.accounts
    number = w["account"]
    given = a["known"][number] & (~detail | (number % stories.COMPUTED_EVERY != stories.COMPUTED_EVERY - 1))
    table = pd.DataFrame(
        {
            "week_ending": dates(w["friday"]),
            "account_id": shaped.account_ids[number],
            "win_probability": w["p"].round(4),
            "competitive_posture": w["posture"],
            "strategic_weight": np.where(given, w["weight"], np.nan),
            "value_index": np.where(given | ~a["known"][number], w["value"], np.nan),
            "resource_cost": w["cost"].round(2),
            "decision_stage": w["stage"],
            "progress": pd.array([pd.NA] * len(number), dtype="boolean"),
            "output_value": w["output"],
            "contract_amount": w["amount"],
            "expected_close_on": dates(w["expect"]),
        }
    )
    if not detail:
        return table
    _agreed_progress(shaped, table)
    kept = table[~_silent(shaped)]
    return kept.sort_values(["week_ending", "account_id"], kind="stable", ignore_index=True)


def _agreed_progress(shaped: Shaped, table: pd.DataFrame) -> None:
    """A few rows in which the manager settled by hand whether the week brought progress."""
    rng, w = stream(shaped.world.seed, "progress"), shaped.weeks
    early = w["friday"] < shaped.last - 28
    rows = np.flatnonzero((rng.random(len(table)) < 0.02) & early & (w["class"] < 2))
    table.loc[rows, "progress"] = w["progress"][rows]


def _silent(shaped: Shaped) -> np.ndarray:
    """Weekly rows that were not submitted: the stories', and one or two forgotten each Friday."""
    rng, w = stream(shaped.world.seed, "silence"), shaped.weeks
    friday, number = w["friday"], w["account"]
    silent = np.zeros(len(number), dtype=bool)
    told = np.array([bool(name) for name in shaped.accounts["deal"]])
    for name, fridays in stories.SILENT_ACCOUNTS.items():
        silent |= (number == shaped.number_of[name]) & np.isin(friday, np.array(fridays, dtype="datetime64[D]"))
    for rep, fridays in stories.SILENT_REPS.items():
        silent |= (w["owner"] == rep) & np.isin(friday, np.array(fridays, dtype="datetime64[D]"))
    for week in shaped.world.fridays:
        rows = np.flatnonzero((friday == week) & ~told[number])
        silent[rng.choice(rows, rng.integers(1, 3), replace=False)] = True
    return silent


def reps(shaped: Shaped, detail: bool) -> pd.DataFrame:
    """The table reps: the reps, and with `detail` two managers and the director."""
    world = shaped.world
    columns = ("rep_id", "rep_name", "team", "role", "hired_on", "left_on", "quarterly_bonus", "mentor_id")
    rows = []
    for i, rep_id in enumerate(shaped.rep_ids):
        name = names.REPS[i] if i < len(names.REPS) else f"{names.REPS[i % len(names.REPS)]}{i + 1}"
        mentor = shaped.rep_ids[MENTORS[i]] if world.told and i in MENTORS else None
        rows.append(
            {
                "rep_id": rep_id,
                "rep_name": name,
                "team": "一部" if i % 2 == 0 else "二部",
                "role": "rep",
                "hired_on": np.datetime64(HIRED[i] if world.told else "2015-01-01"),
                "quarterly_bonus": 30000.0 + 2000.0 * (i % 6),
                "mentor_id": mentor,
            }
        )
    if detail:
        for i, name in enumerate(names.MANAGERS):
            rows.append(
                {
                    "rep_id": f"M{i + 1:02d}",
                    "rep_name": name,
                    "team": ("一部", "二部")[i],
                    "role": "manager",
                    "hired_on": np.datetime64("2017-05-08"),
                    "quarterly_bonus": 60000.0,
                }
            )
        rows.append(
            {
                "rep_id": "D01",
                "rep_name": names.DIRECTOR,
                "role": "director",
                "hired_on": np.datetime64("2016-02-22"),
                "quarterly_bonus": 100000.0,
            }
        )
    table = frame(columns, rows)
    table["left_on"] = pd.Series(np.full(len(rows), NOT_A_TIME, dtype="datetime64[us]"))
    return table


def industries(shaped: Shaped) -> pd.DataFrame:
    """The table industries."""
    return frame(
        ("industry_id", "industry_name", "market_capacity", "competitive_whitespace"),
        [
            {
                "industry_id": shaped.industry_ids[i],
                "industry_name": n,
                "market_capacity": c,
                "competitive_whitespace": s,
            }
            for i, (n, c, s) in enumerate(names.INDUSTRIES)
        ],
    )


def daily_reports(shaped: Shaped) -> pd.DataFrame:
    """The table daily_reports, texts still empty (see `told_reports`)."""
    r = shaped.reports
    n = len(r["day"])
    rival = r["account"] % len(names.COMPETITORS)
    pick = (np.arange(n) * 7 + r["account"]) % 6
    empty = np.full(n, None, dtype=object)
    table: dict[str, Any] = {
        "report_id": shaped.report_ids,
        "report_date": dates(r["day"]),
        "rep_id": shaped.rep_ids[r["rep"]],
        "account_id": shaped.account_ids[r["account"]],
        "stage_before": r["before"],
        "stage_after": r["after"],
    }
    table |= {f"spiced_{name}": r["spiced"][:, i].astype(np.int64) for i, name in enumerate(SPICED)}
    table |= {
        "communications": r["talks"],
        "competitor_mentions": r["mentions"],
        "new_key_contacts": r["contacts"],
        "technical_hours": r["hours"],
        "price_concession": r["money"],
        "labour_hours": r["labour"],
        "request_id": empty,
        "competitor": np.where(r["push"], np.array(names.COMPETITORS, dtype=object)[rival], "none"),
        "competitor_person": np.where(r["push"], np.array(names.COMPETITOR_PEOPLE, dtype=object)[rival], None),
        "competitor_action_on": dates(np.where(r["push"], r["day"] - pick % 4, NOT_A_TIME)),
        "competitor_strategy": np.where(r["push"], np.array(names.COMPETITOR_STRATEGIES, dtype=object)[pick], None),
        "problem_tag": empty.copy(),
        "note": empty.copy(),
    }
    return pd.DataFrame(table)
