"""How people answered what the rules asked the week before: the table decisions.

An action's id is its rule, its subject and the day on which it started.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample.days import day
from toolkit.sample.shape import Shaped, frame

# rule, subject (an account's or rep's name, or an id), started, decided, verdict, reason, resume
ANSWERS = (
    ("S2", "湘江冶金", "2026-11-06", "2026-11-10", "waived", "客户换了采购负责人,先观察两周", None),
    ("S3", "岱宗制药", "2026-11-06", "2026-11-09", "confirmed", None, None),
    ("M5", "江海船舶", "2026-10-30", "2026-11-10", "done", "已约见生产副总", None),
    ("M5", "金陵电气", "2026-11-03", "2026-11-16", "snoozed", "客户年度检修停工,已书面说明", "2026-11-30"),
    ("M7", "东港重机", "2026-11-01", "2026-11-13", "done", None, None),
    ("D2", "team", "2026-11-13", "2026-11-16", "confirmed", "三家停止主动投入", None),
    ("E5", "海港机械", "2026-11-03", "2026-11-12", "confirmed", "先用后批,陈述已听取", None),
    ("S9", "西域风能", "2026-11-06", "2026-11-09", "done", "已安排经理核实", None),
)


def decisions(shaped: Shaped) -> pd.DataFrame:
    """The table decisions: most of last week's actions answered, with reasons where they were waived or snoozed."""
    rows: list[dict[str, Any]] = []
    for rule, subject, started, decided, verdict, reason, resume in ANSWERS:
        number = shaped.number_of.get(subject)
        key = subject if number is None else shaped.account_ids[number]
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
    return frame(
        ("decision_id", "action_id", "decided_on", "decided_by", "verdict", "reason", "resume_on"), rows
    )
