"""How people answered what the rules asked the week before: the table decisions.

An action's id is its rule, its subject and the day on which it started.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample.days import day
from toolkit.sample.shape import Shaped, frame

# rule, subject (an account's name or a rep's id, and what about it), started, decided, verdict, reason, resume
ANSWERS = (
    ("S3", "云峰生物", "2026-10-30", "2026-11-02", "confirmed", None, None),
    ("D2", "甬江模具", "2026-10-16", "2026-11-02", "confirmed", "停止主动投入", None),
    ("D2", "太行轴承", "2026-09-11", "2026-11-09", "waived", "年底前先谈完维保框架", None),
    ("M5", "江海船舶", "2026-10-23", "2026-11-10", "done", "已约见生产副总", None),
    ("M5", "瓯海真空", "2026-10-28", "2026-11-10", "done", None, None),
    ("S3", "岱宗制药", "2026-11-06", "2026-11-09", "confirmed", None, None),
    ("S9", "西域风能.chain", "2026-11-06", "2026-11-09", "done", "已安排经理核实", None),
    ("S2", "R09.rows", "2026-11-06", "2026-11-09", "done", None, None),
    ("M5", "川渝冷链", "2026-11-05", "2026-11-16", "done", None, None),
    ("M5", "金陵电气", "2026-11-06", "2026-11-16", "snoozed", "客户年度检修停工，已书面说明", "2026-11-30"),
    ("S3", "丹桂制药", "2026-11-13", "2026-11-16", "confirmed", None, None),
    ("S2", "天枢储能", "2026-11-06", "2026-11-16", "waived", "验收期投入集中，下月回落", None),
    ("S2", "东港重机", "2026-11-06", "2026-11-16", "waived", None, None),
    ("S9", "东港重机.chain", "2026-11-13", "2026-11-17", "done", "已回访", None),
    ("S1", "燕山仪表", "2026-08-28", "2026-11-16", "snoozed", "等协会十二月的评级", "2026-12-11"),
    ("S2", "R03.rows", "2026-11-13", "2026-11-16", "done", None, None),
    ("S2", "R11.rows", "2026-11-13", "2026-11-16", "done", None, None),
)


SETTLED = (("核实后属实", "confirmed"), ("已向客户补充说明", "done"), ("记录有误，已更正", "done"))
# Visits whose device was elsewhere, as far as the draws by the default seed found them.
DRAWN = ("G00047", "G00104", "G00312", "G00360", "G00454", "G00499", "G00557", "G00647", "G00651")
OLD = np.timedelta64(28, "D")  # what was contradicted earlier than this before the end has been settled


def decisions(shaped: Shaped, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The table decisions: most of last week's actions answered, with reasons where they were waived or snoozed, and
    older contradictions settled: facts contradicted, callbacks denied, drawn visits whose device was elsewhere."""
    rows: list[dict[str, Any]] = []
    for rule, subject, started, decided, verdict, reason, resume in ANSWERS:
        name, dot, aspect = subject.partition(".")
        number = shaped.number_of.get(name)
        key = (name if number is None else shaped.account_ids[number]) + dot + aspect
        rows.append(
            {
                "decision_id": f"Y{len(rows) + 1:03d}",
                "action_id": f"{rule}-{key}-{started}",
                "decided_on": day(decided),
                "decided_by": "D01",
                "verdict": verdict,
                "reason": reason,
                "resume_on": np.datetime64(resume) if resume else None,
            }
        )
    rows += _settled(shaped, tables, len(rows))
    return frame(("decision_id", "action_id", "decided_on", "decided_by", "verdict", "reason", "resume_on"), rows)


def _settled(shaped: Shaped, tables: dict[str, pd.DataFrame], before: int) -> list[dict[str, Any]]:
    """One answer for each old contradiction, in the days after the Friday that first asked, in their order."""
    facts, calls, visits = (tables[name] for name in ("verifications", "callbacks", "visits"))
    facts = facts[facts["result"] == "contradicted"]
    found = [(day(on), account, key) for on, account, key in _columns(facts, "verified_on", "verification_id")]
    for what in ("stage", "competitor"):
        denied = calls[calls[f"{what}_confirmed"] == False]  # noqa: E712
        found += [
            (day(on), account, f"{key}.{what}") for on, account, key in _columns(denied, "called_on", "callback_id")
        ]
    drawn = visits[visits["visit_id"].isin(DRAWN)]
    found += [(day(str(at)[:10]), account, key) for at, account, key in _columns(drawn, "visited_at", "visit_id")]
    old = sorted(one for one in found if one[0] < shaped.last - OLD)
    out = []
    for k, (on, account, key) in enumerate(old):
        reason, verdict = SETTLED[k % len(SETTLED)]
        out.append(
            {
                "decision_id": f"Y{before + k + 1:03d}",
                "action_id": f"M12-{account}.{key}-{on}",
                "decided_on": on + (5 - int(on.astype(int)) + 3) % 7 + 3 + k % 3,
                "decided_by": "D01",
                "verdict": verdict,
                "reason": reason,
                "resume_on": None,
            }
        )
    return out


def _columns(rows: pd.DataFrame, on: str, key: str) -> list[tuple[Any, str, str]]:
    return list(rows[[on, "account_id", key]].itertuples(index=False, name=None))
