"""Small portfolios for the strategy rules: made by hand, or at random, and judged by plain loops.

An account is a dict: role, rows (one a Friday: a dict, or None for a missing week), active (one a Friday), opened.
A row is a dict of p (win probability), weight, value, posture, cost, stage, progress; what it leaves out is blank.
The loops follow METHOD.md's words row by row and share nothing with the rules.
"""

import math
import random

import numpy as np
import pandas as pd

from toolkit.base.grid import Grid, carry_forward, weeks_since
from toolkit.base.tiers import role_codes
from toolkit.method import demotion
from toolkit.method.tiering import RetieringParameters, TierParameters, criteria_over_weeks, retier

NAN = float("nan")
FIRST = np.datetime64("2026-08-07")  # a Friday
FIELDS = {
    "win_probability": "p",
    "strategic_weight": "weight",
    "value_index": "value",
    "competitive_posture": "posture",
    "resource_cost": "cost",
    "decision_stage": "stage",
    "progress": "progress",
}
SPICED = ("situation", "pain", "impact", "critical_event", "decision")


def fridays(count):
    return FIRST + np.arange(count) * np.timedelta64(7, "D")


def grid_of(accounts, reports=None, parameters=None):
    """The grid that the report wires: rows carried forward, stage and cost of the week, progress by S3."""
    names = sorted(accounts)
    count = max((len(accounts[name]["rows"]) for name in names), default=1)
    has_row = np.zeros((count, len(names)), dtype=bool)
    raw = {field: np.full(has_row.shape, NAN) for field in FIELDS}
    active = np.ones(has_row.shape, dtype=bool)
    for n, name in enumerate(names):
        active[:, n] = accounts[name].get("active", [True] * count)
        for w, row in enumerate(accounts[name]["rows"]):
            if row is not None:
                has_row[w, n] = True
                for field, short in FIELDS.items():
                    raw[field][w, n] = row.get(short, NAN)
    weeks = fridays(count)
    gain, contacts = demotion.spiced_gains(report_frame(reports or []), weeks, np.array(names, dtype=object))
    roles = [accounts[name].get("role", "industry_benchmark") for name in names]
    values = {
        "active": active,
        "has_row": has_row,
        "weeks_since_row": weeks_since(has_row),
        "role": role_codes(roles),
        "resource_cost": np.nan_to_num(raw["resource_cost"]),
        "progress": demotion.progress(
            raw["decision_stage"],
            has_row,
            gain,
            contacts,
            raw["progress"],
            parameters or demotion.DemotionParameters(),
        ),
    }
    for field in FIELDS:
        if field not in values:
            values[field] = carry_forward(raw[field], has_row)
    return Grid(weeks, np.array(names, dtype=object), values)


def report_frame(reports):
    """Reports as a frame; each is a dict of id, day, account, spiced (five numbers or None), contacts."""
    rows = []
    for report in reports:
        parts = report.get("spiced") or (NAN,) * 5
        rows.append(
            {
                "report_id": report["id"],
                "report_date": pd.Timestamp(report["day"]),
                "account_id": report["account"],
                **{f"spiced_{part}": float(x) for part, x in zip(SPICED, parts, strict=True)},
                "new_key_contacts": float(report.get("contacts", NAN)),
            }
        )
    columns = ["report_id", "report_date", "account_id", *(f"spiced_{part}" for part in SPICED), "new_key_contacts"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["report_date"] = pd.to_datetime(frame["report_date"])
    return frame


def judged(grid, tiers=None, retiering=None, stall_weeks=2):
    """S1 to S3 wired as the report wires them."""
    tiers, retiering = tiers or TierParameters(), retiering or RetieringParameters()
    count = demotion.weeks_without_progress(grid["has_row"], grid["progress"])
    stalled = demotion.stalled(criteria_over_weeks(grid, tiers), count, stall_weeks)
    return retier(grid, count, stalled, tiers, retiering)


def random_portfolio(seed, accounts=12, weeks=12):
    """(accounts, reports) with gaps, blanks, late openings, closings and values exactly on the lines."""
    rng = random.Random(seed)
    book, reports = {}, []
    for n in range(accounts):
        name = f"A{n:02d}"
        opened, closed = rng.choice([0, 0, 0, 3]), rng.choice([99, 99, 99, weeks - 2])
        book[name] = {
            "role": rng.choice(["industry_benchmark", "industry_benchmark", "regional_leader", "long_tail"]),
            "active": [opened <= w < closed for w in range(weeks)],
            "rows": [_random_row(rng) if opened <= w < closed and rng.random() < 0.75 else None for w in range(weeks)],
            "opened": FIRST + np.timedelta64(rng.randint(0, 7 * weeks) - 30, "D"),
        }
        for k in range(rng.randint(0, 10)):
            parts = [rng.choice([0, 1, 1, NAN]) for _ in SPICED]
            day = FIRST + np.timedelta64(rng.randint(-20, 7 * weeks + 5), "D")
            report = {"id": f"{rng.randint(0, 999):03d}{n:02d}{k:02d}", "day": day, "account": name}
            reports.append(report | {"spiced": parts, "contacts": rng.choice([0, 0, 0, 0, 1, NAN])})
    return book, reports


def _random_row(rng):
    row = {
        "p": rng.choice([0.2, 0.29, 0.3, 0.3, 0.45, 0.59, 0.6, 0.7, 0.85]),
        "weight": rng.choice([60, 79.9, 80, 80, 95, NAN]),
        "value": rng.choice([0, 20, 50, 80, NAN]),
        "posture": rng.choice([10, 29.9, 30, 60, 60, NAN]),
        "cost": rng.choice([0, 100, 800, 5000, NAN]),
        "stage": rng.choice([2, 2, 2, 3, NAN]),
    }
    return row | ({"progress": rng.choice([0.0, 1.0])} if rng.random() < 0.1 else {})


# The plain loops


def blank(x):
    return x is None or math.isnan(x)


def plain_progress(account, name, w, reports):
    """1, 0 or None (cannot be told) for the row of week w."""
    row = account["rows"][w]
    if not blank(row.get("progress", NAN)):
        return int(row["progress"])
    end = FIRST + np.timedelta64(7 * w, "D")
    start = end - np.timedelta64(6, "D")
    mine = sorted((r for r in reports if r["account"] == name), key=lambda r: (r["day"], r["id"]))
    contacts = sum(0 if blank(r["contacts"]) else r["contacts"] for r in mine if start <= r["day"] <= end)
    totals = [
        (r["day"], sum(0 if blank(x) else x for x in r["spiced"]))
        for r in mine
        if not all(blank(x) for x in r["spiced"])
    ]
    inside = [total for day, total in totals if start <= day <= end]
    before = [total for day, total in totals if day < start]
    now, past = row.get("stage", NAN), NAN
    if w > 0 and account["rows"][w - 1] is not None:
        past = account["rows"][w - 1].get("stage", NAN)
    told = not blank(now) and not blank(past)
    if contacts >= 1 or (inside and before and inside[-1] - before[-1] >= 1) or (told and now > past):
        return 1
    return 0 if told else None


def plain_counts(account, name, reports):
    """Weeks without progress after every week."""
    count, missing, started, out = 0, 0, False, []
    for w, row in enumerate(account["rows"]):
        if row is None:
            missing += 1
            if started and missing >= 2:
                count += 1
        else:
            started, missing = True, 0
            seen = plain_progress(account, name, w, reports)
            if seen == 1:
                count = 0
            elif seen == 0:
                count += 1
        out.append(count)
    return out


def plain_criteria(role, row):
    if row is None:
        return "C"
    p, weight = row["p"], row.get("weight", NAN)
    if role == "industry_benchmark" and p >= 0.60 - 1e-9 and not blank(weight) and weight >= 80 - 1e-9:
        return "A"
    return "B" if role in ("industry_benchmark", "regional_leader") and p >= 0.30 - 1e-9 else "C"


def newest(account, w):
    """(the newest row on or before week w, weeks since it), or (None, None)."""
    for back in range(w + 1):
        if account["rows"][w - back] is not None:
            return account["rows"][w - back], back
    return None, None


def plain_table(book, reports, w):
    """tiers.csv of week w as a list of dicts."""
    final = {}
    for name, account in book.items():
        counts = plain_counts(account, name, reports)
        for k in (w - 1, w):
            if k >= 0 and account["active"][k]:
                criteria = plain_criteria(account.get("role", "industry_benchmark"), newest(account, k)[0])
                tier = "C" if criteria == "B" and counts[k] >= 2 else criteria
                final[name, k] = (tier, criteria, counts[k])
    here = [n for n in book if book[n]["active"][w] and book[n]["rows"][w] is not None]
    cost = {n: 0 if blank(book[n]["rows"][w].get("cost", NAN)) else book[n]["rows"][w]["cost"] for n in here}
    value = {n: 0 if blank(book[n]["rows"][w].get("value", NAN)) else book[n]["rows"][w]["value"] for n in here}
    table = []
    for name in sorted(book):
        if not book[name]["active"][w]:
            continue
        tier, criteria, count = final[name, w]
        row, age = newest(book[name], w)
        ratio = NAN
        if name in here and value[name] > 0 and sum(cost.values()) > 0:
            ratio = (cost[name] / sum(cost.values())) / (value[name] / sum(value.values()))
        posture = NAN if row is None else row.get("posture", NAN)
        watch = (not blank(posture) and posture < 30) or (not blank(ratio) and ratio > 2 + 1e-9)
        stale = age is not None and age > {"A": 1, "B": 2, "C": 4}[tier]
        reason, gap = plain_reason(book[name].get("role", "industry_benchmark"), row, tier, criteria)
        no_weight = criteria == tier == "B" and blank(row.get("weight", NAN))
        flags = {"watch": watch, "stale": stale, "cannot_judge": row is None or no_weight}
        table.append(
            {
                "account_id": name,
                "previous_tier": final.get((name, w - 1), ("",))[0],
                "tier": tier,
                "criteria_tier": criteria,
                "reason": ";".join(reason + [flag for flag in flags if flags[flag]]),
                "weeks_without_progress": count,
                "resource_consumption_ratio": ratio,
                "on_watch": watch,
                "next_tier_gap": gap,
            }
        )
    return table


def plain_reason(role, row, tier, criteria):
    """(criteria of the tier above that failed, the single numeric gap)."""
    if tier == "A":
        return [], NAN
    if tier != criteria:
        return ["stalled_b"], NAN
    roles = ("industry_benchmark",) if tier == "B" else ("industry_benchmark", "regional_leader")
    failed = {} if role in roles else {"market_role": NAN}
    if row is None:
        return list(failed), NAN
    line = 0.60 if tier == "B" else 0.30
    if row["p"] < line - 1e-9:
        failed["win_probability"] = line - row["p"]
    weight = row.get("weight", NAN)
    if tier == "B" and (blank(weight) or weight < 80 - 1e-9):
        failed["strategic_weight"] = 80 - weight
    gap = next(iter(failed.values())) if len(failed) == 1 else NAN
    return [code for code in failed if not (code == "strategic_weight" and blank(weight))], gap
