"""Help that is given and the board it shows on: executive orders, handouts, campaigns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from toolkit.sample.days import add_working_days, day, working_days
from toolkit.sample.shape import Shaped, frame, stamp
from toolkit.sample.world import stream


def executive_orders(shaped: Shaped) -> pd.DataFrame:
    """Support orders that the director signed: about two a week, none in the last week."""
    rng, w = stream(shaped.world.seed, "orders"), shaped.weeks
    rows: list[dict[str, Any]] = []
    purposes = ("约见财务总监", "陪同总经理考察样板厂", "高层互访,确认预算", "协调交付资源")
    for friday in shaped.world.fridays[:-1]:
        here = np.flatnonzero((w["friday"] == friday) & (w["class"] < 2))
        days = working_days(friday - 6, friday)
        for row in rng.choice(here, int(rng.choice([1, 2, 2, 2])), replace=False):
            on = days[int(rng.integers(len(days)))]
            on = max(on, shaped.accounts["opened"][w["account"][row]])
            rows.append(
                {
                    "signed_on": on,
                    "account_id": shaped.account_ids[w["account"][row]],
                    "executive": "顾明川" if rng.random() < 0.6 else "高远山",
                    "purpose": purposes[int(rng.integers(4))],
                    "due_on": add_working_days(on, 5)[0],
                    "commitment": "客户同意进入评审" if rng.random() < 0.5 and on < shaped.last - 7 else None,
                }
            )
    rows.sort(key=lambda row: (row["signed_on"], row["account_id"]))
    for i, row in enumerate(rows, start=1):
        row["order_id"] = f"E{i:03d}"
    return frame(("order_id", "signed_on", "account_id", "executive", "purpose", "due_on", "commitment"), rows)


def handouts(shaped: Shaped) -> pd.DataFrame:
    """Tactical weapons given: papers, return models, talk tracks, cases."""
    rng, r = stream(shaped.world.seed, "handouts"), shaped.reports
    rows: list[dict[str, Any]] = []
    for today in np.unique(r["day"]):
        if rng.random() < 0.55:
            row = int(rng.choice(np.flatnonzero(r["day"] == today)))
            kind = ("technical_white_paper", "roi_model", "talk_track", "case_study")[int(rng.integers(4))]
            rows.append(
                {
                    "handout_id": f"H{len(rows) + 1:03d}",
                    "given_on": today,
                    "kind": kind,
                    "account_id": shaped.account_ids[r["account"][row]],
                    "rep_id": shaped.rep_ids[r["rep"][row]],
                }
            )
    return frame(("handout_id", "given_on", "kind", "account_id", "rep_id"), rows)


def campaigns(shaped: Shaped) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The campaign board (strategic accounts, three industries, some already closed), and how its cards moved."""
    rng, a = stream(shaped.world.seed, "campaigns"), shaped.accounts
    columns = ("planned", "engaged", "assault", "negotiating")
    chosen = [n for n in range(len(a["deal"])) if a["deal"][n] and a["role"][n] == 0]
    chosen += [shaped.number_of[name] for name in ("海港机械", "珠江精工", "楚天光缆", "凤鸣新材")]
    cards: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    for number in chosen:
        campaign = f"C{len(cards) + 1:02d}"
        won = a["status"][number] in ("won", "lost")
        path = list(columns[: int(np.clip(a["stage"][number], 1, 4))]) + ([str(a["status"][number])] if won else [])
        start = max(a["opened"][number], shaped.world.fridays[0] - 30)
        end = a["closed"][number] if won else shaped.last - int(rng.integers(0, 20))
        steps = np.sort(rng.integers(0, max(int((end - start).astype(int)), 1) + 1, len(path)))
        days = [start + int(s) for s in steps[:-1]] + [end if won else start + int(steps[-1])]
        owner = shaped.rep_ids[a["owner"][number]]
        for i, (column, on) in enumerate(zip(path, days, strict=True)):
            moves.append(
                {
                    "campaign_id": campaign,
                    "moved_at": stamp(on, 9 + i, 15),
                    "from_column": path[i - 1] if i else None,
                    "to_column": column,
                    "moved_by": owner,
                }
            )
        cards.append(
            {
                "campaign_id": campaign,
                "campaign_name": f"{shaped.account_names[number]}攻坚",
                "board_column": path[-1],
                "industry_id": shaped.industry_ids[a["industry"][number]],
                "account_id": shaped.account_ids[number],
                "progress": 1.0 if won else round(len(path) / 5 - 0.05 * float(rng.integers(0, 3)), 2),
                "owner_id": owner,
                "due_on": a["expect"][number] if not won else a["closed"][number],
                "updated_at": moves[-1]["moved_at"],
            }
        )
    for industry, title in ((0, "储能行业突破"), (2, "化工新材料突破"), (3, "半导体装备突破")):
        campaign = f"C{len(cards) + 1:02d}"
        at = stamp(day("2026-09-14") + 7 * industry, 10)
        moves.append(
            {
                "campaign_id": campaign,
                "moved_at": at,
                "from_column": None,
                "to_column": "engaged",
                "moved_by": "D01",
            }
        )
        cards.append(
            {
                "campaign_id": campaign,
                "campaign_name": title,
                "board_column": "engaged",
                "industry_id": shaped.industry_ids[industry],
                "progress": 0.35,
                "owner_id": "M01",
                "due_on": day("2026-12-31"),
                "updated_at": at,
            }
        )
    moves.sort(key=lambda row: (row["moved_at"], row["campaign_id"], row["to_column"]))
    for i, row in enumerate(moves, start=1):
        row["move_id"] = f"Z{i:03d}"
    return (
        frame(
            (
                "campaign_id",
                "campaign_name",
                "industry_id",
                "account_id",
                "board_column",
                "progress",
                "owner_id",
                "due_on",
                "updated_at",
            ),
            cards,
        ),
        frame(("move_id", "campaign_id", "moved_at", "from_column", "to_column", "moved_by"), moves),
    )
