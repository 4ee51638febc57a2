"""What can be held against the reports: people met, places visited, callbacks, verifications, intelligence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from toolkit.sample import names
from toolkit.sample.days import add_working_days, day, working_days
from toolkit.sample.shape import Shaped, frame, later, stamp
from toolkit.sample.world import IS_KEY, VOICE, stream

CAREERS = (
    "设计院出身,十五年现场经验",
    "从财务主管做起",
    "集团轮岗后到任",
    "原设备部负责人",
    "海外项目归来",
    "创业元老",
)
STYLES = ("重数据,不喜寒暄", "先看案例再谈价", "集体讨论后定", "果断,看重交付", "谨慎,重风险", "听取技术意见")
INTERESTS = ("投产不延期", "降低停机损失", "付款条件与现金流", "采购合规", "国产替代指标", "年度成本下降5%")
SOURCES = ("拜访记录", "公开年报", "行业会议名录", "招标公告")
METRES = 111_320.0


def person_id(shaped: Shaped, account: int, slot: int) -> str:
    """The id of the person in one slot of an account's chain."""
    return f"P{shaped.account_ids[account][1:]}{slot + 1}"


def decision_makers(shaped: Shaped) -> pd.DataFrame:
    """The table decision_makers: everybody in the chains, met or not."""
    rng, a = stream(shaped.world.seed, "people"), shaped.accounts
    rows = []
    total = int(a["size"].sum())
    called = names.people(rng, total)
    for account in range(len(shaped.account_ids)):
        size = int(a["size"][account])
        for slot in range(size):
            role, title, _ = names.CHAIN[slot]
            met = bool(a["met"][account, slot])
            first, last = a["met_on"][account, slot], a["seen_on"][account, slot]
            pick = rng.integers(0, 720, 4)
            rows.append(
                {
                    "person_id": person_id(shaped, account, slot),
                    "account_id": shaped.account_ids[account],
                    "person_name": called[len(rows)],
                    "title": title,
                    "chain_role": role,
                    "influence": float(np.round(min(100 * VOICE[slot] / VOICE.max(), 100))),
                    "is_key": bool(IS_KEY[slot]),
                    "stance": int(np.clip(np.round(2.4 * a["support"][account, slot]), -2, 2))
                    if met
                    else None,
                    "reports_to": person_id(shaped, account, size - 1) if slot < size - 1 else None,
                    "career": CAREERS[pick[0] % 6],
                    "decision_style": STYLES[pick[1] % 6],
                    "interests": INTERESTS[pick[2] % 6],
                    "source": SOURCES[pick[3] % 4] if not met else "拜访记录",
                    "first_contacted_on": first if met else None,
                    "last_contacted_on": last if met else None,
                    "updated_on": last if met else a["opened"][account],
                }
            )
    return frame(
        (
            "person_id",
            "account_id",
            "person_name",
            "title",
            "chain_role",
            "influence",
            "is_key",
            "stance",
            "reports_to",
            "career",
            "decision_style",
            "interests",
            "source",
            "first_contacted_on",
            "last_contacted_on",
            "updated_on",
        ),
        rows,
    )


def relationships(shaped: Shaped) -> pd.DataFrame:
    """Who talks to whom inside a customer: neighbours in the chain, a few short cuts."""
    rng, rows = stream(shaped.world.seed, "relationships"), []
    for account, size in enumerate(shaped.accounts["size"].tolist()):
        for slot in range(size - 1):
            others = {slot + 1} | ({size - 1} if rng.random() < 0.3 else set())
            for other in sorted(others):
                rows.append(
                    {
                        "person_id": person_id(shaped, account, slot),
                        "other_id": person_id(shaped, account, other),
                        "strength": round(float(rng.uniform(0.3, 1.0)), 2),
                    }
                )
    return frame(("person_id", "other_id", "strength"), rows)


def contacts(shaped: Shaped, verified: pd.DataFrame) -> pd.DataFrame:
    """Who of us saw whom when: from the reports' talks, first meetings before the sample, and verifying managers."""
    r, a = shaped.reports, shaped.accounts
    seen = {
        (person_id(shaped, int(account), int(slot)), shaped.rep_ids[rep], today)
        for account, slot, rep, today in zip(r["account"], r["slot"], r["rep"], r["day"], strict=True)
        if slot >= 0
    }
    start = shaped.world.fridays[0] - 6
    for account, slot in zip(*np.nonzero(a["met"]), strict=True):
        if a["met_on"][account, slot] < start:
            seen.add(
                (
                    person_id(shaped, account, slot),
                    shaped.rep_ids[a["owner"][account]],
                    a["met_on"][account, slot],
                )
            )
    for row in verified.itertuples():
        if isinstance(row.person_id, str) and row.verifier_id[0] == "M":
            seen.add((row.person_id, row.verifier_id, np.datetime64(row.verified_on, "D")))
    rows = [
        {"person_id": p, "rep_id": rep, "contacted_on": on}
        for p, rep, on in sorted(seen, key=lambda s: (s[2], s[0], s[1]))
    ]
    return frame(("person_id", "rep_id", "contacted_on"), rows)


def account_sites(shaped: Shaped, accounts: pd.DataFrame) -> pd.DataFrame:
    """Head office and, for every third account, a works a few kilometres away."""
    rng, rows = stream(shaped.world.seed, "sites"), []
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
    rows = []
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
                "device_longitude": None
                if missing
                else round(lon + metres[1] / (METRES * np.cos(np.radians(lat))), 6),
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
    rows: list[dict[str, object]] = []
    lapsed = shaped.number_of["西域风能"]
    for friday in shaped.world.fridays:
        days = working_days(friday - 6, friday)
        for number in w["account"][(w["friday"] == friday) & (w["class"] == 0)]:
            draw, pick, on = rng.random(2), rng.random(), days[int(rng.integers(len(days)))]
            met = np.flatnonzero(a["met_on"][number] <= on)
            if (
                draw[0] < 0.05
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
                    "result": "contradicted"
                    if false
                    else ("unclear" if rng.random() < 0.08 else "confirmed"),
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
    rng, w, rows = stream(shaped.world.seed, "callbacks"), shaped.weeks, []
    owed: list[int] = []
    skip = shaped.number_of["西域风能"]
    for month in np.unique(shaped.reports["day"].astype("datetime64[M]"))[1:]:
        days = np.unique(shaped.reports["day"][shaped.reports["day"].astype("datetime64[M]") == month])
        in_month = w["friday"].astype("datetime64[M]") == month
        listed = sorted(set(w["account"][in_month & (w["class"] == 0)].tolist()) - {skip})
        owed = [n for n in owed if n in listed] or rng.permutation(listed).tolist()
        made = (
            0
            if month == np.datetime64("2026-11")
            else min(3 - int(month == np.datetime64("2026-09")), len(listed))
        )
        for i in range(made):
            owed = owed or rng.permutation(listed).tolist()
            number = int(owed.pop(0))
            on = days[min(3 + 6 * i, len(days) - 1)]
            week = (w["account"] == number) & (w["friday"] <= on)
            stage = int(w["stage"][week][-1]) if week.any() else 1
            rows.append(
                {
                    "account_id": shaped.account_ids[number],
                    "called_on": on,
                    "caller_id": "D01",
                    "stage_confirmed": stage,
                    "competitor_confirmed": names.COMPETITORS[number % 5] if rng.random() < 0.3 else "none",
                    "note": "客户所述与日报一致",
                }
            )
    number = shaped.number_of["江海船舶"]
    rows.append(
        {
            "account_id": shaped.account_ids[number],
            "called_on": day("2026-11-19"),
            "caller_id": "D01",
            "stage_confirmed": 3,
            "competitor_confirmed": "none",
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
    rng, r, a, rows = stream(shaped.world.seed, "intel"), shaped.reports, shaped.accounts, []
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
    return frame(
        ("intel_id", "observed_on", "competitor", "account_id", "industry_id", "move", "source"), rows
    )


def executive_moves(shaped: Shaped, people: pd.DataFrame) -> pd.DataFrame:
    """One or two moves a week; none in the week of 9 October and in the last one."""
    rng, rows = stream(shaped.world.seed, "moves"), []
    quiet = {day("2026-10-09"), shaped.last}
    company = dict(zip(shaped.account_ids, shaped.account_names, strict=True))
    industry = dict(zip(shaped.account_ids, shaped.industry_ids[shaped.accounts["industry"]], strict=True))
    old = set(shaped.account_ids[: len(shaped.world.owner)])
    pool = people[people["account_id"].isin(old)].reset_index(drop=True)
    for friday in shaped.world.fridays:
        for _ in range(0 if friday in quiet else int(rng.integers(1, 3))):
            person = pool.iloc[int(rng.integers(len(pool)))]
            away = rng.random() < 0.5
            elsewhere = names.companies(rng, np.array([int(rng.integers(8))]), set(company.values()))[0]
            rows.append(
                {
                    "move_id": f"X{len(rows) + 1:03d}",
                    "announced_on": friday - int(rng.integers(0, 5)),
                    "person_name": person["person_name"],
                    "from_company": company[person["account_id"]],
                    "from_title": person["title"],
                    "to_company": elsewhere if away else company[person["account_id"]],
                    "to_title": person["title"] if away else "集团" + person["title"],
                    "industry_id": industry[person["account_id"]],
                    "source": "公司公告",
                }
            )
    return frame(
        (
            "move_id",
            "announced_on",
            "person_name",
            "from_company",
            "from_title",
            "to_company",
            "to_title",
            "industry_id",
            "source",
        ),
        rows,
    )


def loss_days(shaped: Shaped) -> pd.DataFrame:
    """The table losses: each lost deal, when, and to whom where it is known."""
    rng, a, rows = stream(shaped.world.seed, "losses"), shaped.accounts, []
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


def next_working_day(on: np.datetime64, days: int = 1) -> np.datetime64:
    """The working day `days` after a day."""
    return add_working_days(on, days)[0]
