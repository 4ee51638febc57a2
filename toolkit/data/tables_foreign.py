"""What a CRM exports instead of accounts and their weeks: opportunities as they stand, and how their stages moved.

These tables are read by a mapping file only. `toolkit.data.opportunities` makes accounts, account_weeks and reps of
them; a column that accounts or account_weeks have too goes there as it is.
"""

from typing import Final

from toolkit.data.columns import (
    STAGES,
    Column,
    Table,
    choice,
    date,
    fraction,
    ident,
    money,
    number,
    score,
    text,
    time,
)
from toolkit.data.contract import TABLES

OPEN_STAGES: Final = tuple(str(stage) for stage in range(STAGES[0], STAGES[1] + 1))
WON, LOST, DROPPED = "won", "lost", "dropped"
_STAGE: Final = (*OPEN_STAGES, WON, LOST, DROPPED)
OPPORTUNITIES: Final = Table(
    "opportunities",
    key=("opportunity_id", "seen_on"),
    columns=(
        ident("opportunity_id!"),
        text("opportunity_name"),
        date("seen_on"),
        ident("account_id!"),
        text("account_name"),
        choice("stage", *_STAGE),
        fraction("win_probability"),
        money("amount"),
        date("close_on"),
        date("created_on"),
        ident("owner_id"),
        text("owner_name"),
        text("team"),
        ident("industry_id"),
        text("region"),
        choice("market_role", "industry_benchmark", "regional_leader", "long_tail"),
        score("industry_influence"),
        score("technical_fit"),
        money("annual_potential"),
        fraction("gross_margin", low=-1),
        fraction("growth", low=-1, high=10),
        score("competitive_posture"),
        score("strategic_weight"),
        score("value_index"),
        number("resource_cost", low=0, unit="CNY"),
        money("output_value"),
    ),
)
HISTORY: Final = Table(
    "opportunity_history",
    key=("opportunity_id", "changed_at", "field"),
    columns=(
        ident("opportunity_id!"),
        time("changed_at!"),
        text("opportunity_name"),
        text("account_name"),
        choice("field", "stage", "win_probability", "amount", "close_on"),
        text("new_value"),
        choice("stage", *_STAGE),
        fraction("win_probability"),
        money("amount"),
        date("close_on"),
    ),
)
FOREIGN: Final = {table.name: table for table in (OPPORTUNITIES, HISTORY)}
READABLE: Final = {**TABLES, **FOREIGN}


def declared(table: str, column: str) -> Column | None:
    """A column of any table that a mapping file can name; None where there is none."""
    known = READABLE.get(table)
    return known[column] if known and column in known.names else None
