"""A small team written as a source: two reps, a few accounts, three weeks; each test changes what it is about."""

from pathlib import Path

import pandas as pd

FRIDAYS = ("2026-11-06", "2026-11-13", "2026-11-20")


def account(account_id, **changes):
    """An account that could be A: an industry benchmark opened long ago."""
    row = {
        "account_id": account_id,
        "account_name": f"客户{account_id}",
        "industry_id": "I1",
        "market_role": "industry_benchmark",
        "owner_id": "R1",
        "industry_influence": 80,
        "technical_fit": 80,
        "annual_potential": 10_000_000,
        "opened_on": "2026-01-05",
        "status": "active",
        "closed_on": "",
        "contract_amount": 1_000_000,
        "expected_close_on": "2026-12-15",
    }
    return row | changes


def weekly(account_id, probabilities, **changes):
    """A row for each Friday of FRIDAYS; None leaves that week out. Progress is given: it moves unless said."""
    rows = []
    for friday, probability in zip(FRIDAYS, probabilities, strict=True):
        if probability is not None:
            row = {
                "week_ending": friday,
                "account_id": account_id,
                "win_probability": probability,
                "competitive_posture": 60,
                "strategic_weight": 85,
                "value_index": 50,
                "resource_cost": 1000,
                "decision_stage": 3,
                "progress": 1,
                "contract_amount": 1_000_000,
                "expected_close_on": "2026-12-15",
            }
            rows.append(row | changes)
    return rows


def write(folder, accounts, weeks, **tables):
    """A source folder from lists of rows; other tables by name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    people = [
        {"rep_id": "R1", "rep_name": "张伟", "role": "rep"},
        {"rep_id": "R2", "rep_name": "李娜", "role": "rep"},
        {"rep_id": "D1", "rep_name": "顾总", "role": "director"},
    ]
    industries = [
        {"industry_id": "I1", "industry_name": "储能", "market_capacity": 100.0, "competitive_whitespace": 0.5}
    ]
    goal = [{"quarter": "2026Q4", "rep_id": "", "amount": 5_000_000}]
    given = {"accounts": accounts, "account_weeks": weeks, "reps": people, "industries": industries, "targets": goal}
    for name, rows in (given | tables).items():
        if rows:
            pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return folder
