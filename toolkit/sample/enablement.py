"""How the team learns: playbooks, drills, reviews, trainings, recurring problems, what reps achieved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample import names
from toolkit.sample.cast import MA, SUN, WU, ZHENG, ZHOU
from toolkit.sample.days import add_working_days, day, is_working, weekday, working_days
from toolkit.sample.reporting import TAG_ACCESS, TAG_PRICE, TAG_RIVAL, TAG_STALLED, TAG_TECHNICAL
from toolkit.sample.shape import Shaped, day_of, frame, stamp
from toolkit.sample.world import stream

OBSTACLES = (
    "财务总监临时加问现金流",
    "总工质疑接口兼容",
    "竞品当场降价",
    "采购要求延长质保",
    "生产副总要求驻场",
    "秘书挡驾改期",
)
SESSION_COLUMNS = (
    "session_id",
    "kind",
    "held_at",
    "account_id",
    "loss_id",
    "problem_tag",
    "playbook_id",
    "playbook_version",
    "topic",
    "outcome",
    "conclusion_customer",
    "conclusion_competitor",
    "conclusion_ourselves",
)


def playbooks(shaped: Shaped) -> pd.DataFrame:
    """Handbooks a quarter, visit sand tables a month, the request guide, industry sand tables a week; some overdue."""
    rows: list[dict[str, Any]] = []

    def add(key: str, kind: str, title: str, industry: int | None, owner: str, updates: list[str]) -> None:
        for version, on in enumerate(updates, start=1):
            rows.append(
                {
                    "playbook_id": key,
                    "version": version,
                    "kind": kind,
                    "title": title,
                    "owner_id": owner,
                    "industry_id": None if industry is None else shaped.industry_ids[industry],
                    "updated_on": day(on),
                }
            )

    for i, (name, *_) in enumerate(names.INDUSTRIES):
        title, owner = f"{name}行业突破手册", "M01" if i % 2 else "M02"
        add(f"W1{i + 1:02d}", "industry_handbook", title, i, owner, _handbook_days(i))
    add(
        "W201",
        "visit_sand_table",
        "首次拜访30分钟沙盘",
        None,
        "R03",
        ["2026-06-04", "2026-07-06", "2026-08-05", "2026-09-04", "2026-10-12", "2026-11-09"],
    )
    add(
        "W202",
        "visit_sand_table",
        "高层拜访30分钟沙盘",
        None,
        "R09",
        ["2026-06-10", "2026-07-10", "2026-09-08"],
    )
    add("W301", "request_guide", "资源申请指南", None, "D01", ["2026-05-06", "2026-09-01"])
    fridays = [str(f if is_working(np.array([f]))[0] else f - 2) for f in shaped.world.fridays]
    for i in (0, 2, 3):
        updates = fridays[:-1] if i == 0 else (fridays if i == 2 else fridays[:-3])
        add(f"W4{i + 1:02d}", "industry_sand_table", f"{names.INDUSTRIES[i][0]}作战沙盘", i, "M01", updates)
    return frame(("playbook_id", "version", "kind", "title", "industry_id", "owner_id", "updated_on"), rows)


def _handbook_days(industry: int) -> list[str]:
    """When the handbook of an industry was renewed; two were not renewed in time."""
    return ["2026-03-12", "2026-06-23"] if industry in (5, 7) else ["2026-04-20", "2026-07-16", "2026-10-15"]


def sessions(shaped: Shaped, losses: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables sessions and session_obstacles, in the order of time."""
    rng = stream(shaped.world.seed, "sessions")
    rows = _drills(shaped, rng) + _reviews(shaped, rng) + _loss_reviews(shaped, losses, rng) + _trainings(shaped)
    rows = sorted(
        (row for row in rows if day_of(row["held_at"]) <= shaped.last),
        key=lambda row: (row["held_at"], row["kind"]),
    )
    obstacles = []
    for i, row in enumerate(rows, start=1):
        row["session_id"] = f"T{i:03d}"
        for number, (text, rep, handled) in enumerate(row.pop("obstacles", ()), start=1):
            obstacles.append(
                {
                    "session_id": row["session_id"],
                    "number": number,
                    "obstacle": text,
                    "rep_id": rep,
                    "handled": handled,
                }
            )
    return (
        frame(SESSION_COLUMNS, rows),
        frame(("session_id", "number", "obstacle", "rep_id", "handled"), obstacles),
    )


def _drills(shaped: Shaped, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Each working Monday a drill on a real account, not again within eight weeks; one Monday was left out."""
    rows, w, recent = [], shaped.weeks, list[int]()
    days = working_days(shaped.world.fridays[0] - 6, shaped.last)
    for monday in days[weekday(days) == 0]:
        if str(monday) == "2026-10-26":
            continue
        week = w["friday"] == monday + 4
        stuck = np.flatnonzero(week & (w["idle"] >= 1) & (w["class"] < 2))
        options = [int(n) for n in w["account"][stuck if len(stuck) else np.flatnonzero(week)] if n not in recent[-8:]]
        options = [n for n in options if shaped.accounts["opened"][n] <= monday] or [0]
        number = options[int(rng.integers(len(options)))]
        recent.append(number)
        owner = shaped.rep_ids[shaped.accounts["owner"][number]]
        picks = rng.choice(len(OBSTACLES), 3, replace=False)
        rows.append(
            {
                "kind": "drill",
                "held_at": stamp(monday, 9),
                "account_id": shaped.account_ids[number],
                "playbook_id": "W201",
                "playbook_version": 1
                + int(
                    np.searchsorted(
                        np.array(
                            ["2026-07-06", "2026-08-05", "2026-09-04", "2026-10-12", "2026-11-09"],
                            dtype="datetime64[D]",
                        ),
                        monday,
                        "right",
                    )
                ),
                "topic": "决策链突破演练",
                "outcome": ("突破", "部分突破", "未突破")[int(rng.integers(3))],
                "obstacles": [(OBSTACLES[p], owner, bool(rng.random() < 0.65)) for p in picks],
            }
        )
    return rows


def _reviews(shaped: Shaped, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Each working Thursday the three-prism review; the last one is without conclusions."""
    rows = []
    days = working_days(shaped.world.fridays[0] - 6, shaped.last)
    for thursday in days[weekday(days) == 3]:
        done = thursday < shaped.last - 1
        pick = int(rng.integers(5))
        rows.append(
            {
                "kind": "three_prism",
                "held_at": stamp(thursday, 16),
                "topic": "本周三棱镜复盘",
                "conclusion_customer": "两家客户预算评审推迟,决策链未变" if done else None,
                "conclusion_competitor": f"{names.COMPETITORS[pick]}在压价,交付周期是其漏洞" if done else None,
                "conclusion_ourselves": "技术支持仍有部分投在C类" if done else None,
            }
        )
    return rows


def _loss_reviews(shaped: Shaped, losses: pd.DataFrame, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Within two days of each loss; one came late, one was left out, the last two are still due."""
    rows = []
    for i, row in enumerate(losses.itertuples()):
        lost = day_of(row.lost_at)
        if lost > shaped.last - 7 or i == 4:
            continue
        on = add_working_days(lost, 6 if i == 2 else 1)[0]
        industry = int(shaped.accounts["industry"][list(shaped.account_ids).index(row.account_id)])
        version = int(np.searchsorted(np.array(_handbook_days(industry), dtype="datetime64[D]"), on, "right"))
        rows.append(
            {
                "kind": "loss_review",
                "held_at": stamp(on, 15),
                "account_id": row.account_id,
                "loss_id": row.loss_id,
                "playbook_id": f"W1{industry + 1:02d}",
                "playbook_version": version,
                "topic": "无损复盘会",
                "outcome": "形成战术改进2条",
                "conclusion_customer": "评审标准在最后两周改变",
                "conclusion_competitor": "对方给出更长账期" if rng.random() < 0.5 else "对方报价更低",
                "conclusion_ourselves": "应更早接触财务负责人",
            }
        )
    return rows


def _trainings(shaped: Shaped) -> list[dict[str, Any]]:
    """Trainings on recurring problems, and a monthly test of gaps."""
    rows = [
        {
            "kind": "training",
            "held_at": stamp(day(on), 14),
            "problem_tag": tag,
            "topic": f"专项训练:{tag}",
            "outcome": "全员通过演练",
        }
        for on, tag in (
            ("2026-06-24", TAG_PRICE),
            ("2026-08-19", TAG_RIVAL),
            ("2026-09-16", TAG_TECHNICAL),
            ("2026-11-11", TAG_PRICE),
        )
    ]
    rows += [
        {
            "kind": "capability_test",
            "held_at": stamp(day(on), 10),
            "topic": "能力缺口测试",
            "outcome": "缺口:财务语言",
        }
        for on in ("2026-06-29", "2026-07-29", "2026-08-31", "2026-09-29", "2026-10-30")
    ]
    return rows


def problems(shaped: Shaped) -> pd.DataFrame:
    """Recurring problems, opened and closed; two are open."""
    listed = (
        (TAG_PRICE, "2026-06-22", "2026-07-10", "R05", "报价前未核实预算"),
        (TAG_STALLED, "2026-07-06", "2026-07-31", "M01", "关键人名单不全"),
        (TAG_RIVAL, "2026-08-17", "2026-09-04", "M02", "缺少竞品反制口径"),
        (TAG_TECHNICAL, "2026-09-14", "2026-10-09", "R09", "接口说明书过期"),
        (TAG_ACCESS, "2026-10-12", "2026-10-30", "M01", "未用高层支援令"),
        (TAG_PRICE, "2026-11-09", None, "M02", None),
        (TAG_STALLED, "2026-11-16", None, None, None),
    )
    return frame(
        ("problem_tag", "opened_on", "closed_on", "owner_id", "root_cause"),
        [
            {
                "problem_tag": tag,
                "opened_on": day(a),
                "closed_on": day(b) if b else None,
                "owner_id": owner,
                "root_cause": cause,
            }
            for tag, a, b, owner, cause in listed
        ],
    )


def achievements(shaped: Shaped) -> pd.DataFrame:
    """What counts for ranks and for the ladder of new reps; wins follow from the accounts."""
    rng, a = stream(shaped.world.seed, "achievements"), shaped.accounts
    rows: list[dict[str, Any]] = []

    def add(rep: int, kind: str, on: np.datetime64, number: int | None = None, quantity: int = 1) -> None:
        rows.append(
            {
                "rep_id": shaped.rep_ids[rep],
                "kind": kind,
                "achieved_on": on,
                "quantity": quantity,
                "account_id": None if number is None else shaped.account_ids[number],
            }
        )

    add(WU, "b_cycle_alone", day("2025-09-18"))
    for number in np.flatnonzero(a["status"] == "won"):
        if a["closed"][number] < shaped.world.hired[int(a["owner"][number])]:
            continue
        add(
            int(a["owner"][number]),
            "a_won" if a["role"][number] == 0 and a["belief"][number] >= 0.6 and a["deal"][number] else "b_cycle_alone",
            a["closed"][number],
            int(number),
        )
    add(MA, "strategic_won_alone", day("2026-10-20"), shaped.number_of["玉门重装"])
    for on in ("2026-07-24", "2026-09-11", "2026-11-06"):
        add(WU, "tactic_published", day(on))
    add(SUN, "tactic_published", day("2026-08-28"))
    for rep, low, high in ((ZHOU, 0, 4), (ZHENG, 1, 5)):
        hired = shaped.world.hired[rep]
        for today in working_days(hired, min(hired + 59, shaped.last)):
            count = int(rng.integers(low, high))
            if count:
                add(rep, "objection_handled", today, quantity=count)
    for week, on in enumerate(working_days("2026-10-16", shaped.last)[::5]):
        if week != 2:
            add(ZHENG, "breakpoint_solved", on, shaped.number_of["岱宗制药"])
    rows.sort(key=lambda row: (row["achieved_on"], row["rep_id"], row["kind"]))
    for i, row in enumerate(rows, start=1):
        row["achievement_id"] = f"J{i:03d}"
    return frame(("achievement_id", "rep_id", "kind", "achieved_on", "account_id", "quantity"), rows)
