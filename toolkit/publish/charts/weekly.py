"""The weekly review's charts: a Report's evidence frames in, `Chart`s with their findings out.

>>> sorted(name for name in CHARTS)
['board_flow', 'credibility', 'dumbbell', 'focus_curve', 'indicator', 'margin', 'plan_actual', 'tier_flow']
"""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from toolkit.language import has, say
from toolkit.language.forms import missing, money, number
from toolkit.publish.charts.board_flow import board_flow as draw_board_flow
from toolkit.publish.charts.board_flow import height_of as flow_bars_height
from toolkit.publish.charts.credibility import credibility as draw_credibility
from toolkit.publish.charts.credibility import height_of as credibility_height
from toolkit.publish.charts.dumbbell import dumbbell as draw_dumbbell
from toolkit.publish.charts.dumbbell import height_of as dumbbell_height
from toolkit.publish.charts.figure import Chart
from toolkit.publish.charts.focus_curve import SIZES as FOCUS_SIZES
from toolkit.publish.charts.focus_curve import focus_curve as draw_focus_curve
from toolkit.publish.charts.indicator import SIZES as INDICATOR_SIZES
from toolkit.publish.charts.indicator import indicator as draw_indicator
from toolkit.publish.charts.margin import height_of as margin_height
from toolkit.publish.charts.margin import margin as draw_margin
from toolkit.publish.charts.plan_actual import SIZES as PLAN_SIZES
from toolkit.publish.charts.plan_actual import plan_actual as draw_plan_actual
from toolkit.publish.charts.spark import SIZE as SPARK_SIZE
from toolkit.publish.charts.spark import spark as draw_spark
from toolkit.publish.charts.style import VARIABLES, Look, blank, svg
from toolkit.publish.charts.tier_flow import height_of as flow_height
from toolkit.publish.charts.tier_flow import tier_flow as draw_tier_flow
from toolkit.reports.report import Report


def _headline(report: Report, code: str) -> str:
    section = report.sections.get(code)
    return section.headline if section else say(f"page.section.{code}", report.language)


def tier_flow(report: Report) -> Chart:
    """Who moved between the tiers (evidence flow, moves)."""
    flow, moves = report.evidence["flow"], report.evidence["moves"]
    title, names = _headline(report, "moves"), report.names["accounts"]
    height = flow_height(moves)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_tier_flow(flow, moves, ax, look, names)

    told = " ".join(
        f"{names.get(m.account_id, m.account_id)} {m.from_tier or ''}→{m.to_tier}," for m in moves.itertuples()
    )
    return Chart(title, "", told.rstrip(",") or title, draw, {"l": (520, height), "s": (326, height)}, report.language)


def plan_actual(report: Report) -> Chart:
    """Where the resources went against the plan (evidence plan_actual)."""
    frame, language = report.evidence["plan_actual"], report.language
    gap = (frame.actual_share - frame.planned_share).set_axis(frame.tier)
    short, over = -round(gap.get("A", 0.0), 2), round(gap.get("C", 0.0), 2)
    more = round(gap.get("B", 0.0), 2)
    if short > 0.005 and over > 0.005 and more > 0.005:
        title = say("page.plan.leaked_both", language, short=short, over=over, more=more)
    elif short > 0.005 and over > 0.005:
        title = say("page.plan.leaked", language, short=short, over=min(short, over))
    elif short > 0.005:
        title = say("page.plan.short", language, short=short)
    else:
        title = say("page.plan.met", language)
    planned = "/".join(f"{share * 100:.0f}" for share in frame.planned_share if share > 0)
    subtitle = say("page.plan.subtitle", language, cost=frame.cost.sum(), planned=planned)
    told = say("page.plan.told", language, parts=_told(frame, language))

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_plan_actual(frame, ax, look)

    return Chart(title, subtitle, told, draw, PLAN_SIZES, language)


def _told(frame: pd.DataFrame, language: str) -> str:
    parts = (
        say("page.plan.part", language, tier=r.tier, actual=r.actual_share, planned=r.planned_share)
        for r in frame.itertuples()
    )
    return say("page.list_join", language).join(parts)


def margin(report: Report) -> Chart:
    """Who stands near a line (evidence margins)."""
    frame, names = report.evidence["margins"], report.names["accounts"]

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_margin(frame, ax, look, names)

    height, title = _pair_height(report), _headline(report, "margins")
    subtitle = say("page.margin.subtitle", report.language)
    return Chart(title, subtitle, title, draw, {"l": (508, height), "s": (326, height)}, report.language, fill=True)


def dumbbell(report: Report, resource: str | None = None) -> Chart:
    """Who gets what of a resource, the first by default, this week and last (evidence dumbbell)."""
    frame, language = report.evidence["dumbbell"], report.language
    resource = resource or str(frame.resource.iloc[0])
    frame, names = frame[frame.resource == resource], report.names["accounts"]
    unit = str(frame.unit.iloc[0])
    label, measure = (_known(f"page.{k}.{v}", v, language) for k, v in (("resource", resource), ("unit", unit)))
    total = money(frame.now.sum(), language) if unit == "CNY" else number(frame.now.sum())
    subtitle = say("page.dumbbell.subtitle", language, resource=label, total=total, unit=measure)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_dumbbell(frame, ax, look, names)

    height, title = _pair_height(report), _headline(report, "allocation")
    return Chart(title, subtitle, title, draw, {"l": (508, height), "s": (326, height)}, language, fill=True)


def _known(key: str, fallback: str, language: str) -> str:
    return say(key, language) if has(key, language) else fallback


def _pair_height(report: Report) -> int:
    """Margins and allocation stand side by side: both as high as the higher needs."""
    heights = [320]
    if len(report.evidence["margins"]):
        heights.append(margin_height(report.evidence["margins"]))
    if len(frame := report.evidence["dumbbell"]):
        heights.append(dumbbell_height(frame[frame.resource == frame.resource.iloc[0]]))
    return max(heights)


def indicator(report: Report) -> Chart:
    """Resource efficiency by day with its alert spells (evidence indicator_daily, indicator_spells)."""
    daily, spells = report.evidence["indicator_daily"], report.evidence["indicator_spells"]

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_indicator(daily, spells, ax, look)

    title = _headline(report, "indicators")
    subtitle = say("page.indicator.subtitle", report.language)
    return Chart(title, subtitle, title, draw, INDICATOR_SIZES, report.language)


def focus_curve(report: Report) -> Chart:
    """S8's curve (evidence focus)."""
    frame = report.evidence["focus"]

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_focus_curve(frame, ax, look)

    title = _headline(report, "focus")
    subtitle = say("page.focus.subtitle", report.language)
    return Chart(title, subtitle, title, draw, FOCUS_SIZES, report.language, fill=True)


def credibility(report: Report) -> Chart:
    """M12's figure of each rep with its interval, by id (evidence credibility)."""
    frame, names = report.evidence["credibility"], report.names["reps"]

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_credibility(frame, ax, look, names)

    title = say("page.verification.credibility", report.language)
    subtitle, height = say("page.credibility.subtitle", report.language), credibility_height(frame)
    sizes = {"l": (1080, height), "m": (660, height), "s": (326, height)}
    return Chart(title, subtitle, title, draw, sizes, report.language)


def board_flow(report: Report) -> Chart:
    """How many campaigns stood in each column, Friday by Friday (evidence board_flow)."""
    frame, language = report.evidence["board_flow"], report.language
    last = frame[frame["week_ending"] == frame["week_ending"].max()]
    first = frame[frame["week_ending"] == frame["week_ending"].min()]
    grown = (last.set_index("name")["cards"] - first.set_index("name")["cards"]).sort_values(kind="stable")
    name, change = str(grown.index[-1]), int(grown.iloc[-1])
    weeks = int(frame["week_ending"].nunique())
    key = "page.campaigns.grown" if change > 0 else "page.campaigns.steady"
    title = say(key, language, column=name, n=change, weeks=weeks)
    parts = (say("page.campaigns.told", language, column=r.name, n=int(r.cards)) for r in last.itertuples(index=False))
    told = say("page.list_join", language).join(parts)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_board_flow(frame, ax, look)

    height = flow_bars_height(frame)
    sizes = {"l": (508, height), "s": (326, height)}
    return Chart(title, say("page.campaigns.flow_sub", language), told, draw, sizes, language, fill=True)


def spark(label: str, history: list[float | None], ends: tuple[str, str], language: str) -> Markup:
    """The line under a figure; its lowest and highest, already written out, stand in the description."""
    figure, ax = blank(*SPARK_SIZE)
    draw_spark(history, ax, Look(language, VARIABLES))
    known = sum(not missing(v) for v in history)
    told = say("page.kpi.range", language, label=label, n=known, low=ends[0], high=ends[1])
    return svg(figure, told, told, "spark fill")


CHARTS: Final[Mapping[str, Callable[[Report], Chart]]] = {
    "board_flow": board_flow,
    "tier_flow": tier_flow,
    "plan_actual": plan_actual,
    "margin": margin,
    "dumbbell": dumbbell,
    "indicator": indicator,
    "focus_curve": focus_curve,
    "credibility": credibility,
}
