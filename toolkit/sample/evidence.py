"""What can be held against the reports: places visited, verifications, callbacks, intelligence, losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample import names
from toolkit.sample.chains import person_id
from toolkit.sample.days import day, working_days
from toolkit.sample.shape import Shaped, frame, later, stamp
from toolkit.sample.world import stream

METRES = 111_320.0


def account_sites(shaped: Shaped, accounts: pd.DataFrame) -> pd.DataFrame:
    """Head office and, for every third account, a works a few kilometres away."""
    rng = stream(shaped.world.seed, "sites")
    rows: list[dict[str, Any]] = []
    for i, row in enumerate(accounts.itertuples()):
        rows.append(
            {
                "site_id": f"S{shaped.account_ids[i][1:]}1",
                "account_id": row.account_id,
                "latitude": row.latitude,
                "longitude": row.longitude,
                "coordinate_system": "wgs84",
                "radius_m": None,
            }
        )
        shift = rng.uniform(0.02, 0.06, 2)
        if i % 3 == 0:
            rows.append(
                {
                    "site_id": f"S{shaped.account_ids[i][1:]}2",
                    "account_id": row.account_id,
                    "latitude": round(row.latitude + shift[0], 5),
                    "longitude": round(row.longitude - shift[1], 5),
                    "coordinate_system": "wgs84",
                    "radius_m": 800,
                }
            )
    return frame(("site_id", "account_id", "latitude", "longitude", "coordinate_system", "radius_m"), rows)


def visits(shaped: Shaped, sites: pd.DataFrame) -> pd.DataFrame:
    """A third of the reports come from a visit; the telephone says where it was, and now and then elsewhere."""
    rng, r = stream(shaped.world.seed, "visits"), shaped.reports
    places = {row.site_id: (row.latitude, row.longitude) for row in sites.itertuples()}
    of_account = sites.groupby("account_id", sort=False)["site_id"].agg(list).to_dict()
    far = (r["account"] == shaped.number_of["川渝冷链"]) & (r["day"] == day("2026-11-18"))
    always = far | ((r["account"] == shaped.number_of["江海船舶"]) & (r["day"] == day("2026-11-17")))
    rows: list[dict[str, Any]] = []
    for i in np.flatnonzero((rng.random(len(r["day"])) < 0.33) | always):
        options = of_account[shaped.account_ids[r["account"][i]]]
        site = options[int(rng.integers(len(options)))]
        at = stamp(r["day"][i], rng.integers(9, 17), 5 * rng.integers(0, 12))
        draw, noise = rng.random(4), rng.normal(0, 70, 2)
        metres = noise + (np.array([14_000.0, 18_200.0]) if far[i] else 0) + (2_500 if draw[0] < 0.02 else 0)
        if far[i]:
            at, draw[1:] = stamp(r["day"][i], 14), 0.5
        lat, lon = places[site]
        missing = draw[1] > 0.97
        rows.append(
            {
                "visit_id": f"G{len(rows) + 1:05d}",
                "report_id": shaped.report_ids[i],
                "rep_id": shaped.rep_ids[r["rep"][i]],
                "account_id": shaped.account_ids[r["account"][i]],
                "site_id": site,
                "visited_at": at,
                "device_at": None if missing else later(at, float(rng.normal(0, 12)) / 60),
                "device_latitude": None if missing else round(lat + metres[0] / METRES, 6),
                "device_longitude": None if missing else round(lon + metres[1] / (METRES * np.cos(np.radians(lat))), 6),
                "accuracy_m": None
                if missing
                else (40.0 if far[i] else float(np.round(rng.uniform(8, 90 if draw[2] < 0.95 else 900)))),
                "coordinate_system": None if missing else "wgs84",
                "mock_location": bool(draw[3] < 0.006),
                "consent": bool(not missing),
            }
        )
    return frame(
        (
            "visit_id",
            "report_id",
            "rep_id",
            "account_id",
            "site_id",
            "visited_at",
            "device_at",
            "device_latitude",
            "device_longitude",
            "accuracy_m",
            "coordinate_system",
            "mock_location",
            "consent",
        ),
        rows,
    )


def verifications(shaped: Shaped) -> pd.DataFrame:
    """Weekly chain checks of the strategic accounts by a manager, and facts checked day by day."""
    rng, w, r, a = stream(shaped.world.seed, "verifications"), shaped.weeks, shaped.reports, shaped.accounts
    rows: list[dict[str, Any]] = []
    lapsed = shaped.number_of["西域风能"]
    for friday in shaped.world.fridays:
        days = working_days(friday - 6, friday)
        strategic = (w["class"] == 0) | ((a["role"][w["account"]] == 0) & (w["weight"] >= 80))
        for number in w["account"][(w["friday"] == friday) & strategic]:
            draw, pick, on = rng.random(2), rng.random(), days[int(rng.integers(len(days)))]
            met = np.flatnonzero(a["met_on"][number] <= on)
            if (
                (draw[0] < 0.05 and friday < shaped.last - 21)
                or (number == lapsed and friday > day("2026-10-30"))
                or on < a["opened"][number]
            ):
                continue
            rows.append(
                {
                    "verified_on": on,
                    "verifier_id": "M01" if a["owner"][number] % 2 == 0 else "M02",
                    "account_id": shaped.account_ids[number],
                    "kind": "decision_chain",
                    "person_id": person_id(shaped, number, met[int(pick * len(met))])
                    if len(met) and draw[1] < 0.6
                    else None,
                    "fact": "决策链进展与周报一致",
                    "result": "confirmed" if draw[1] < 0.88 else "unclear",
                }
            )
    for today in np.unique(r["day"]):
        recent = np.flatnonzero((r["day"] <= today) & (r["day"] > today - 3) & (r["account"] != lapsed))
        for row in rng.choice(recent, rng.integers(1, 4), replace=False):
            false = bool(r["claim"][row]) or rng.random() < 0.05
            kind = ("progress", "visit", "competitor")[int(rng.integers(3))]
            rows.append(
                {
                    "verified_on": today,
                    "verifier_id": "D01" if rng.random() < 0.5 else "M02",
                    "account_id": shaped.account_ids[r["account"][row]],
                    "kind": "progress" if r["claim"][row] else kind,
                    "report_id": shaped.report_ids[row],
                    "fact": "日报所述进展",
                    "result": "contradicted" if false else ("unclear" if rng.random() < 0.08 else "confirmed"),
                }
            )
    rows.sort(key=lambda row: row["verified_on"])
    for i, row in enumerate(rows, start=1):
        row["verification_id"] = f"F{i:04d}"
    return frame(
        (
            "verification_id",
            "verified_on",
            "verifier_id",
            "account_id",
            "kind",
            "report_id",
            "person_id",
            "fact",
            "result",
        ),
        rows,
    )


def callbacks(shaped: Shaped) -> pd.DataFrame:
    """The director's calls: three strategic accounts a month in turn, fewer in some months, one in November so far."""
    rng, w = stream(shaped.world.seed, "callbacks"), shaped.weeks
    rows: list[dict[str, Any]] = []
    owed: list[int] = []
    skip = shaped.number_of["西域风能"]
    for month in np.unique(shaped.reports["day"].astype("datetime64[M]"))[1:]:
        days = np.unique(shaped.reports["day"][shaped.reports["day"].astype("datetime64[M]") == month])
        in_month = w["friday"].astype("datetime64[M]") == month
        listed = sorted(set(w["account"][in_month & (w["class"] == 0)].tolist()) - {skip})
        owed = [n for n in owed if n in listed] or rng.permutation(listed).tolist()
        made = 0 if month == np.datetime64("2026-11") else min(3 - int(month == np.datetime64("2026-09")), len(listed))
        for i in range(made):
            owed = owed or rng.permutation(listed).tolist()
            number = int(owed.pop(0))
            on = days[min(3 + 6 * i, len(days) - 1)]
            same = bool(rng.random() < 0.85)
            rows.append(
                {
                    "account_id": shaped.account_ids[number],
                    "called_on": on,
                    "caller_id": "D01",
                    "stage_confirmed": True,
                    "competitor_confirmed": same,
                    "note": "客户所述与日报一致" if same else "客户说另有厂家来过，日报没有提",
                }
            )
    number = shaped.number_of["江海船舶"]
    rows.append(
        {
            "account_id": shaped.account_ids[number],
            "called_on": day("2026-11-19"),
            "caller_id": "D01",
            "stage_confirmed": False,
            "competitor_confirmed": True,
            "note": "总工办说本月没有见过我方人员",
        }
    )
    for i, row in enumerate(rows, start=1):
        row["callback_id"] = f"B{i:03d}"
    return frame(
        (
            "callback_id",
            "account_id",
            "called_on",
            "caller_id",
            "stage_confirmed",
            "competitor_confirmed",
            "note",
        ),
        rows,
    )


def competitor_intel(shaped: Shaped) -> pd.DataFrame:
    """Moves heard in the industry: many that reps reported too, some that they did not."""
    rng, r, a = stream(shaped.world.seed, "intel"), shaped.reports, shaped.accounts
    rows: list[dict[str, Any]] = []
    for row in np.flatnonzero(r["push"])[::4]:
        number = int(r["account"][row])
        on = min(r["day"][row] + int(rng.integers(-6, 7)), shaped.last)
        name = names.COMPETITORS[number % 5]
        if rng.random() < 0.4:
            name = names.COMPETITOR_ALIASES[name]
        rows.append(
            {
                "observed_on": on,
                "competitor": name,
                "account_id": shaped.account_ids[number],
                "industry_id": shaped.industry_ids[a["industry"][number]],
                "move": names.COMPETITOR_STRATEGIES[(row + number) % 6],
                "source": ("招标公告", "同行转述", "展会")[row % 3],
            }
        )
    for friday in shaped.world.fridays:
        rows.append(
            {
                "observed_on": friday - int(rng.integers(0, 4)),
                "competitor": names.COMPETITORS[int(rng.integers(5))],
                "industry_id": shaped.industry_ids[int(rng.integers(len(shaped.industry_ids)))],
                "move": names.COMPETITOR_STRATEGIES[int(rng.integers(6))],
                "source": "行业媒体",
            }
        )
    number = shaped.number_of["中原重工"]
    rows.append(
        {
            "observed_on": day("2026-11-16"),
            "competitor": "远东重机",
            "account_id": shaped.account_ids[number],
            "industry_id": shaped.industry_ids[a["industry"][number]],
            "move": "报价低9%",
            "source": "同行转述",
        }
    )
    rows.sort(key=lambda row: (row["observed_on"], row["competitor"]))
    for i, row in enumerate(rows, start=1):
        row["intel_id"] = f"N{i:04d}"
    return frame(("intel_id", "observed_on", "competitor", "account_id", "industry_id", "move", "source"), rows)


def loss_days(shaped: Shaped) -> pd.DataFrame:
    """The table losses: each lost deal, when, and to whom where it is known."""
    rng, a = stream(shaped.world.seed, "losses"), shaped.accounts
    rows: list[dict[str, Any]] = []
    lost = np.flatnonzero(a["status"] == "lost")
    for number in lost[np.argsort(a["closed"][lost], kind="stable")]:
        rival = names.COMPETITORS[number % 5] if rng.random() < 0.85 else None
        rows.append(
            {
                "loss_id": f"L{len(rows) + 1:02d}",
                "account_id": shaped.account_ids[number],
                "lost_at": stamp(a["closed"][number], rng.integers(9, 18), 10 * rng.integers(0, 6)),
                "competitor": rival,
            }
        )
    return frame(("loss_id", "account_id", "lost_at", "competitor"), rows)
