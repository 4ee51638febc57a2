"""Where the resources went, by tier, against the plan: bars with a tick at the planned share."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language import say
from toolkit.language.forms import percent
from toolkit.publish.charts.style import Look, canvas, chip, text, text_width
from toolkit.publish.numbers import signed_points

SIZES = {"l": (508, 170), "s": (326, 170)}


def plan_actual(frame: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw tier, planned_share, actual_share (fractions of the week's cost), a row a tier in order."""
    width, _ = canvas(ax)
    c = look.colours
    left = 84.0 if look.language == "zh" else 96.0
    right = width - (92 if look.narrow else 118)
    scale = (right - left) / max(0.8, float(frame[["planned_share", "actual_share"]].max().max()))
    heading = say("page.plan.gap_short" if look.narrow else "page.plan.gap", look.language)
    text(ax, width, 10, heading, c.muted, ha="right")
    for n, row in enumerate(frame.itertuples()):
        y = 44 + n * 46
        chip(ax, 8, y, row.tier, c)
        text(ax, 24, y, say(f"tier.{row.tier.lower()}", look.language), c.muted)
        end, tick = left + row.actual_share * scale, left + row.planned_share * scale
        ax.add_patch(Rectangle((left, y - 9), end - left, 18, facecolor=c.tier(row.tier), lw=0))
        ax.plot([tick, tick], [y - 15, y + 15], color=c.ink, lw=2.5, solid_capstyle="butt")
        _labels(ax, row, left, end, tick, y, look)
        gap = signed_points(row.actual_share - row.planned_share)
        text(ax, width, y, gap, c.ink, ha="right", bold=True, size=14)
    return ax


def _labels(ax: Axes, row: object, left: float, end: float, tick: float, y: float, look: Look) -> None:
    """The actual share in its bar where it fits beside the tick, else behind it; then the planned share."""
    actual, planned, tier = row.actual_share, row.planned_share, row.tier  # type: ignore[attr-defined]
    c, words = look.colours, percent(actual)
    need = text_width(words, 14) + 8
    inner = tick - 7 if end - need - 8 < tick < end + 4 else end - 8
    plan_at = max(end, tick) + 8
    if tier != "C" and inner - need > left:
        text(ax, inner, y, words, c.on(tier), ha="right", bold=True, size=14)
    else:
        start = max(end, tick if tick < end + need else end) + 8
        text(ax, start, y, words, c.ink, bold=True, size=14)
        plan_at = max(start + need + 6, tick + 8)
    text(ax, plan_at, y, say("page.plan.planned", look.language, share=planned), c.ink)
