"""The people in the customers' decision chains: who they are, whom they know, whom we saw, who moves on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample import names
from toolkit.sample.days import day
from toolkit.sample.shape import Shaped, frame
from toolkit.sample.world import IS_KEY, VOICE, stream

CAREERS = (
    "设计院出身,十五年现场经验",
    "从财务主管做起",
    "集团轮岗后到任",
    "原设备部负责人",
    "海外项目归来",
    "创业元老",
)
STYLES = (
    "重数据,不喜寒暄",
    "先看案例再谈价",
    "集体讨论后定",
    "果断,看重交付",
    "谨慎,重风险",
    "听取技术意见",
)
INTERESTS = ("投产不延期", "降低停机损失", "付款条件与现金流", "采购合规", "国产替代指标", "年度成本下降5%")
SOURCES = ("拜访记录", "公开年报", "行业会议名录", "招标公告")


def person_id(shaped: Shaped, account: int, slot: int) -> str:
    """The id of the person in one slot of an account's chain."""
    return f"P{shaped.account_ids[account][1:]}{slot + 1}"


def decision_makers(shaped: Shaped) -> pd.DataFrame:
    """The table decision_makers: everybody in the chains, met or not."""
    rng, a = stream(shaped.world.seed, "people"), shaped.accounts
    rows: list[dict[str, Any]] = []
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
                    "stance": int(np.clip(np.round(2.4 * a["support"][account, slot]), -2, 2)) if met else None,
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
    rng = stream(shaped.world.seed, "relationships")
    rows: list[dict[str, Any]] = []
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


def executive_moves(shaped: Shaped, people: pd.DataFrame) -> pd.DataFrame:
    """One or two moves a week; none in the week of 9 October and in the last one."""
    rng = stream(shaped.world.seed, "moves")
    rows: list[dict[str, Any]] = []
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
