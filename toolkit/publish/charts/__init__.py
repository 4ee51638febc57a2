"""The charts of the reports. Each form draws computed frames on an `ax` and gives it back; `Chart` frames it."""

from toolkit.publish.charts.dumbbell import dumbbell
from toolkit.publish.charts.figure import Chart
from toolkit.publish.charts.focus_curve import focus_curve
from toolkit.publish.charts.indicator import indicator
from toolkit.publish.charts.margin import margin
from toolkit.publish.charts.plan_actual import plan_actual
from toolkit.publish.charts.spark import spark
from toolkit.publish.charts.style import DARK, LIGHT, Look, Palette
from toolkit.publish.charts.tier_flow import tier_flow

__all__ = [
    "DARK", "LIGHT", "Chart", "Look", "Palette", "dumbbell", "focus_curve", "indicator", "margin", "plan_actual",
    "spark", "tier_flow",
]  # fmt: skip
