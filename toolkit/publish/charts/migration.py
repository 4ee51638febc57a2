"""Who would have been in which tier: account-weeks as they were and as a scenario has them, the names beside."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.publish.charts.style import Look
from toolkit.publish.charts.tier_flow import height_of as flow_height
from toolkit.publish.charts.tier_flow import tier_flow


def height_of(movers: pd.DataFrame) -> int:
    """How high the drawing must be, in pixels, so that the movers' names fit."""
    return flow_height(_moves(movers))


def migration(counts: pd.DataFrame, movers: pd.DataFrame, ax: Axes, look: Look, names: Mapping[str, str]) -> Axes:
    """Draw counts (base_tier, tier, account_weeks) as a flow, with movers (account_id, base_tier, tier) named.

    Of the movers those with the most account-weeks come first.
    """
    flow = counts.rename(columns={"base_tier": "from_tier", "tier": "to_tier", "account_weeks": "count"})
    base, then = (say(f"what_if_page.migration.{side}", look.language) for side in ("base", "then"))
    return tier_flow(flow, _moves(movers), ax, look, names, heads=(base, then))


def _moves(movers: pd.DataFrame) -> pd.DataFrame:
    ordered = movers.sort_values("account_weeks", ascending=False, kind="stable")
    return ordered.rename(columns={"base_tier": "from_tier", "tier": "to_tier"})
