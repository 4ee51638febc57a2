"""Five accounts over three Fridays whose tiers and shares can be told by hand.

In force: Shuguang is A; Hengda is B for want of 3 points of probability; Lanhai is B; Beichen is a B account without
progress for two weeks, hence C; Jinfeng is a long-tail account, hence C. Every value index is 50.
"""

from tests.reports.team import account, weekly, write
from toolkit.data.load import load

NAMES = {"A1": "Shuguang", "A2": "Hengda", "A3": "Lanhai", "A4": "Beichen", "A5": "Jinfeng"}
ROLES = {"A1": "industry_benchmark", "A2": "industry_benchmark", "A3": "regional_leader", "A4": "regional_leader",
         "A5": "long_tail"}  # fmt: skip
PROBABILITY = {"A1": 0.62, "A2": 0.57, "A3": 0.35, "A4": 0.30, "A5": 0.45}


def source(folder, **names):
    """The team as a folder of CSV files; `names` gives an account another name."""
    accounts = [account(i, account_name=names.get(i, NAMES[i]), market_role=ROLES[i]) for i in NAMES]
    weeks = [row for i, p in PROBABILITY.items() for row in weekly(i, (p, p, p))]
    for row in weeks:
        if row["account_id"] == "A4":
            row["progress"] = int(row["week_ending"] == "2026-11-06")
        if row["account_id"] == "A3":
            row["competitive_posture"] = 25
    return write(folder, accounts, weeks)


def team(folder, **names):
    """The team behind the gate."""
    return load(source(folder, **names), language="en")
