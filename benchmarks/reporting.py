"""A quarter of 10,000 reps' visits and reports: M6, M9, M10, M11, beside a loop over rows in Python."""

import math
from collections import defaultdict
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import Row, measure
from toolkit.base.coordinates import EARTH_M
from toolkit.base.keyed_draw import Salt
from toolkit.method.daily_reports import incomplete
from toolkit.method.directives import DirectiveParameters, directive_days
from toolkit.method.spot_check import SpotCheckParameters, drawn_visits, spot_checks
from toolkit.method.training import TrainingParameters, occurrences, trainings

FIRST = np.datetime64("2026-08-22")
DAYS = 91
SALT = Salt.from_environment(1, {})
SPICED = [f"spiced_{name}" for name in ("situation", "pain", "impact", "critical_event", "decision")]


def ids(letter: str, numbers: Any) -> Any:
    """Ids such as A000012."""
    return np.char.add(letter, np.char.zfill(np.asarray(numbers).astype(str), 6))


def quarter(reps: int, seed: int = 6) -> dict[str, pd.DataFrame]:
    """Reports (one a rep and day), visits (a third of them), sites, and directives on some reports."""
    rng = np.random.default_rng(seed)
    n = reps * DAYS
    day = np.repeat(np.arange(DAYS), reps)
    rep, account = np.tile(np.arange(reps), DAYS), rng.integers(0, reps * 5, n)
    at = (FIRST + day).astype("datetime64[us]")
    blank = lambda values, share: np.where(rng.random(n) < share, np.nan, values)  # noqa: E731
    reports = pd.DataFrame({"report_id": ids("D", np.arange(n)), "report_date": at})
    reports = reports.assign(rep_id=ids("R", rep), account_id=ids("A", account))
    for name in ("stage_before", "stage_after", *SPICED, "technical_hours", "price_concession", "labour_hours"):
        reports[name] = blank(rng.integers(0, 4, n).astype(float), 0.01)
    reports["competitor"] = np.where(rng.random(n) < 0.02, None, "none")
    reports = reports.assign(competitor_person=None, competitor_action_on=pd.NaT, competitor_strategy=None)
    tags = np.array([f"tag {k}" for k in range(200)], dtype=object)
    reports["problem_tag"] = np.where(rng.random(n) < 0.05, tags[rng.integers(0, len(tags), n)], None)
    seen = rng.random(n) < 1 / 3
    off = rng.normal(0, 0.002, (int(seen.sum()), 2))
    visits = reports.loc[seen, ["report_id", "rep_id", "account_id"]].reset_index(drop=True).assign(
        visit_id=ids("V", np.arange(seen.sum())), site_id=None, visited_at=at[seen] + np.timedelta64(10, "h"),
        device_at=at[seen] + np.timedelta64(610, "m"), device_latitude=31 + off[:, 0], device_longitude=121 + off[:, 1],
        accuracy_m=30.0, coordinate_system="wgs84", mock_location=False, consent=True,
    )  # fmt: skip
    sites = pd.DataFrame({"account_id": ids("A", np.arange(reps * 5)), "site_id": ids("S", np.arange(reps * 5))})
    sites = sites.assign(latitude=31.0, longitude=121.0, coordinate_system="wgs84", radius_m=np.nan)
    given = reports.loc[rng.random(n) < 0.2, ["report_id"]]
    directives = given.loc[given.index.repeat(3)].assign(text="ask who signs", owner_id="R000001", due_on=at[0])
    return {"reports": reports, "visits": visits, "sites": sites, "directives": directives.reset_index(drop=True)}


def checks(source: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Ours: every week's draw, and what the devices say."""
    p = SpotCheckParameters()
    accounts = pd.DataFrame(columns=["account_id", "latitude", "longitude", "coordinate_system"])
    return spot_checks(drawn_visits(source["visits"], SALT, p), source["sites"], accounts, p)


def checks_by_rows(drawn: pd.DataFrame, sites: pd.DataFrame) -> list[str]:
    """Visit by visit with the formulas of the sphere; the draw itself is given."""
    place = {row.account_id: (row.latitude, row.longitude) for row in sites.itertuples()}
    out = []
    for _, row in drawn.iterrows():
        lat, lon = place[row["account_id"]]
        a, b, c, d = map(math.radians, (row["device_latitude"], row["device_longitude"], lat, lon))
        h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
        away = 2 * EARTH_M * math.asin(math.sqrt(h))
        late = abs((row["device_at"] - row["visited_at"]).total_seconds()) > 3600
        if late or away - row["accuracy_m"] > 500:
            out.append("mismatch")
        else:
            out.append("verified" if away + row["accuracy_m"] <= 500 else "undetermined")
    return out


def reading(source: dict[str, pd.DataFrame]) -> tuple[int, int, int]:
    """Ours: incomplete reports, days short of directives, trainings called for."""
    none = pd.DataFrame({"account_id": [], "rep_id": [], "fired_on": pd.to_datetime([])})
    sessions = pd.DataFrame({"session_id": [], "kind": [], "problem_tag": [], "held_at": pd.to_datetime([])})
    reports, p = source["reports"], TrainingParameters()
    days = directive_days(reports, source["directives"], DirectiveParameters())
    called = trainings(occurrences(reports, none, p), sessions, FIRST + DAYS, p)
    return len(incomplete(reports)), int((days["state"] == "breach").sum()), len(called)


def reading_by_rows(source: dict[str, pd.DataFrame]) -> tuple[int, int, int]:
    """Report by report in Python."""
    required = ["stage_before", "stage_after", *SPICED, "technical_hours", "price_concession", "labour_hours"]
    given: dict[str, int] = defaultdict(int)
    for report in source["directives"]["report_id"]:
        given[report] += 1
    lacking, days, tags = 0, defaultdict(lambda: [0, 0]), defaultdict(list)
    for _, row in source["reports"].iterrows():
        lacking += any(math.isnan(row[name]) for name in required) or not isinstance(row["competitor"], str)
        days[row["report_date"]][0] += 1
        days[row["report_date"]][1] += given[row["report_id"]] == 3
        if isinstance(row["problem_tag"], str):
            tags[row["problem_tag"]].append((row["report_date"], row["account_id"], row["rep_id"]))
    short = sum(covered < math.ceil(0.2 * n - 1e-9) for n, covered in days.values())
    called = 0
    for rows in tags.values():
        for on, *_ in rows:
            window = [one for one in rows if on - timedelta(days=14) < one[0] <= on]
            if len(window) >= 5 and len({a for _, a, _ in window}) >= 3 and len({r for *_, r in window}) >= 2:
                called += 1
                break
    return lacking, short, called


def run(quick: bool) -> list[Row]:
    """Visits and reports: ours on the quarter, the loop on the quarter of fewer reps."""
    whole, part = quarter(300 if quick else 10_000), quarter(30 if quick else 100)
    found = checks(part)
    drawn = drawn_visits(part["visits"], SALT, SpotCheckParameters())
    if found["result"].tolist() != checks_by_rows(drawn, part["sites"]):
        raise RuntimeError("the two do not agree on the checks")
    if reading(part) != reading_by_rows(part):
        raise RuntimeError("the two do not agree on the reports")
    repeats = 1 if quick else 3
    fast, slow = measure(lambda: checks(whole), repeats, 0), measure(lambda: checks_by_rows(drawn, part["sites"]), 1, 0)
    note = "ours draws them too, by 10 % a week and every rep's first"
    visits = Row(
        "M6 checks of drawn visits", len(checks(whole)), "visits", fast, "loop over rows", slow, len(drawn), note=note
    )
    fast, slow = measure(lambda: reading(whole), repeats, 0), measure(lambda: reading_by_rows(part), 1, 0)
    read = Row(
        "M9-M11 on a quarter",
        len(whole["reports"]),
        "daily reports",
        fast,
        "loop over rows",
        slow,
        len(part["reports"]),
    )
    return [visits, read]
