"""What reps write besides numbers: problem tags, notes, gaps; and the director's directives on the reports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from toolkit.sample.days import add_working_days
from toolkit.sample.shape import Shaped, dates, frame
from toolkit.sample.world import stream

TAG_STALLED, TAG_RIVAL, TAG_PRICE, TAG_TECHNICAL, TAG_ACCESS = (
    "决策链停滞",
    "竞品压价",
    "价格异议",
    "技术疑虑",
    "见不到关键人",
)
NOTES = {
    TAG_STALLED: ("关键人本周未约到,请求支援", "客户内部流程暂停,等通知"),
    TAG_RIVAL: ("客户转述对方新报价,需要应对口径", "对方已进场演示"),
    TAG_PRICE: ("客户要求再降价,未松口", "采购要求分期付款"),
    TAG_TECHNICAL: ("总工对接口兼容性有疑问,已约工程师", "客户要看同类工况的运行数据"),
    TAG_ACCESS: ("财务负责人两次改期", "秘书代为回复,未见本人"),
}
PLAIN_NOTES = (
    "例行沟通,无异常",
    "已送方案修订稿",
    "与使用部门核对需求清单",
    "陪同客户看样机",
    "跟进上次承诺事项",
    "约定下周技术交流",
)
DIRECTIVES = (
    "三天内约见{who},带上同类案例",
    "把竞品报价依据核实到人和日期",
    "用三年ROI测算回应付款条件",
    "请技术支持到场演示一次并记录疑虑",
    "补全SPICED中的关键事件和证据",
    "下次拜访前写明要拿到的承诺",
    "向客户内线确认决策流程和时间表",
    "把让利换成交付承诺再谈一轮",
    "更新决策链关系图并标出未触达的人",
)
WHO = ("总工程师", "财务总监", "采购总监", "总经理", "生产副总")


def told_reports(shaped: Shaped, table: pd.DataFrame) -> pd.DataFrame:
    """The reports with tags, notes and the gaps that M9 looks for."""
    rng, r, n = stream(shaped.world.seed, "reporting"), shaped.reports, len(table)
    draw = rng.random(n)
    tag = np.full(n, None, dtype=object)
    tag[(r["money"] > 0) & (draw < 0.10)] = TAG_PRICE
    tag[(r["hours"] > 6) & (draw > 0.93)] = TAG_TECHNICAL
    tag[r["push"] & (draw < 0.5)] = TAG_RIVAL
    tag[r["blocked"] & (draw < 0.6)] = TAG_STALLED
    tag[r["blocked"] & (draw > 0.85)] = TAG_ACCESS
    notes = np.full(n, None, dtype=object)
    pick = rng.integers(0, 1000, n)
    for i in np.flatnonzero((rng.random(n) < 0.25) | (tag != None)):  # noqa: E711
        lines = NOTES.get(tag[i], PLAIN_NOTES)
        notes[i] = lines[pick[i] % len(lines)]
    table["problem_tag"], table["note"] = tag, notes
    _leave_gaps(shaped, table, rng.random(n))
    return table


def _leave_gaps(shaped: Shaped, table: pd.DataFrame, draw: np.ndarray) -> None:
    """Reports that lack a required item, and one rep's silence about a competitor's move."""
    moves = ["competitor_person", "competitor_action_on", "competitor_strategy"]
    table.loc[draw < 0.008, ["competitor", *moves]] = None
    scores = [c for c in table.columns if c.startswith("spiced_")]
    table[scores] = table[scores].astype("Int64")
    table.loc[draw > 0.994, ["spiced_critical_event", "spiced_decision"]] = pd.NA
    number = shaped.number_of["中原重工"]
    hushed = (shaped.reports["account"] == number) & (shaped.reports["day"] >= shaped.last - 6)
    table.loc[hushed, "competitor"] = "none"
    table.loc[hushed, moves] = None


def directives(shaped: Shaped, reports: pd.DataFrame) -> pd.DataFrame:
    """A fifth of a day's reports with three directives each; on some days the director did not get to it."""
    rng = stream(shaped.world.seed, "directives")
    day = shaped.reports["day"]
    rows: list[dict[str, object]] = []
    for today in np.unique(day):
        if rng.random() < 0.12:
            continue
        here = np.flatnonzero(day == today)
        due = add_working_days(today, 3)[0]
        for row in rng.choice(here, int(np.ceil(0.2 * len(here))), replace=False):
            picks = rng.choice(len(DIRECTIVES), 3, replace=False)
            for number, pick in enumerate(picks, start=1):
                open_still = due >= shaped.last or rng.random() < 0.06
                verdict = (
                    "open" if open_still and today > shaped.last - 21 else ("yes" if rng.random() < 0.78 else "no")
                )
                rows.append(
                    {
                        "directive_id": f"V{len(rows) + 1:05d}",
                        "report_id": shaped.report_ids[row],
                        "given_on": np.datetime64(today),
                        "number": number,
                        "text": DIRECTIVES[pick].format(who=WHO[(row + number) % len(WHO)]),
                        "owner_id": reports["rep_id"].iloc[row],
                        "due_on": due,
                        "followed": verdict,
                    }
                )
    return frame(("directive_id", "report_id", "given_on", "number", "text", "owner_id", "due_on", "followed"), rows)


def self_checks(shaped: Shaped, closed: np.ndarray) -> pd.DataFrame:
    """The director's own checklist, answered where it was answered: daily, weekly (Fridays), monthly."""
    rng, day = stream(shaped.world.seed, "checks"), np.unique(shaped.reports["day"])
    rows: list[dict[str, object]] = []

    def add(on: np.datetime64, item: str, count: int, evidence: str | None) -> None:
        rows.append(
            {
                "check_id": f"K{len(rows) + 1:04d}",
                "done_on": on,
                "item": item,
                "count": count,
                "evidence": evidence,
            }
        )

    for today in day:
        if rng.random() < 0.8:
            dropped = int(np.isin(today, closed))
            add(today, "cut_account", dropped, "已停止主动投入1家" if dropped else "今日无符合条件的客户")
        if rng.random() < 0.7:
            add(today, "give_weapon", int(rng.integers(1, 3)), None)
        if rng.random() < 0.75:
            add(today, "verify_facts", int(rng.integers(2, 5)), None)
    for friday in shaped.world.fridays[:-1]:
        add(friday, "drop_three", int(rng.integers(0, 4)), None)
        add(friday, "sign_orders", int(rng.integers(0, 3)), None)
        add(friday, "update_sand_tables", int(rng.integers(1, 4)), None)
    for month in np.unique(day.astype("datetime64[M]"))[:-1]:
        last = day[day.astype("datetime64[M]") == month][-1]
        add(last, "publish_playbook", 1, "行业突破手册修订")
        add(last, "close_problems", int(rng.integers(1, 4)), None)
        add(last, "test_gaps", 1, "能力测试与专项训练")
    rows.sort(key=lambda row: (row["done_on"], row["check_id"]))
    return frame(("check_id", "done_on", "item", "count", "evidence"), rows)


def bonuses_and_targets(shaped: Shaped) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables bonuses and targets: the team's 60 million for the last quarter, spread over the reps."""
    quarters = ("2026Q2", "2026Q3", "2026Q4")
    team = (38.0e6, 45.0e6, 60.0e6)
    weights = np.array([8, 5, 8, 7, 7, 8, 6, 3, 8, 3, 8, 8][: shaped.world.reps] + [6] * max(0, shaped.world.reps - 12))
    targets: list[dict[str, object]] = []
    bonuses: list[dict[str, object]] = []
    for quarter, total in zip(quarters, team, strict=True):
        targets.append({"quarter": quarter, "rep_id": None, "amount": total})
        share = np.floor(total * weights / weights.sum() / 1e4) * 1e4
        share[0] += total - share.sum()
        for rep_id, amount in zip(shaped.rep_ids, share, strict=True):
            targets.append({"quarter": quarter, "rep_id": rep_id, "amount": float(amount)})
            bonuses.append({"rep_id": rep_id, "quarter": quarter, "amount": float(30000 + 2000 * (len(bonuses) % 6))})
    return frame(("rep_id", "quarter", "amount"), bonuses), frame(("quarter", "rep_id", "amount"), targets)


def as_dates(table: pd.DataFrame, column: str) -> np.ndarray:
    """A date column as days."""
    return dates(table[column].to_numpy()).astype("datetime64[D]")
