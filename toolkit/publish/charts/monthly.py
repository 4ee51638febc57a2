"""The monthly review's charts: a Report's evidence frames in, `Chart`s with their findings out.

>>> sorted(name for name in CHARTS)
['credibility', 'service', 'tier_flow', 'wins']
"""

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.publish.charts.credibility import credibility as draw_credibility
from toolkit.publish.charts.credibility import height_of as credibility_height
from toolkit.publish.charts.figure import Chart
from toolkit.publish.charts.service import height_of as service_height
from toolkit.publish.charts.service import service as draw_service
from toolkit.publish.charts.spark import SIZE as SPARK_SIZE
from toolkit.publish.charts.spark import spark as draw_spark
from toolkit.publish.charts.style import VARIABLES, Look, blank, svg
from toolkit.publish.charts.tier_flow import height_of as flow_height
from toolkit.publish.charts.tier_flow import tier_flow as draw_tier_flow
from toolkit.publish.charts.wins import SIZES as WINS_SIZES
from toolkit.publish.charts.wins import wins as draw_wins
from toolkit.reports.report import Report


def _title(report: Report, code: str) -> str:
    return report.sections[code].headline if code in report.sections else ""


def credibility(report: Report) -> Chart:
    """M12's figure of each rep with its interval, by id (evidence credibility)."""
    frame, names = report.evidence["credibility"], report.names["reps"]

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_credibility(frame, ax, look, names)

    title, height = say("monthly_page.credibility.title", report.language), credibility_height(frame)
    subtitle = say("page.credibility.subtitle", report.language)
    sizes = {"l": (1080, height), "m": (660, height), "s": (326, height)}
    return Chart(title, subtitle, title, draw, sizes, report.language)


def service(report: Report) -> Chart:
    """How each step's clocks were kept (evidence service, over all tiers)."""
    frame, language = report.evidence["service"], report.language
    frame = frame[(frame["tier"] == "") & (frame["met"] + frame["late"] + frame["breached"] > 0)]
    parts = (
        say("monthly_page.service.told", language, kind=r.kind_name, step=r.step_name, met=int(r.met),
            ended=int(r.met + r.late + r.breached))
        for r in frame.itertuples()
    )  # fmt: skip
    told = say("page.list_join", language).join(parts)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_service(frame, ax, look)

    title, height = say("monthly_page.service.title", language), service_height(frame)
    subtitle = say("monthly_page.service.subtitle", language)
    return Chart(title, subtitle, told or title, draw, {"l": (508, height), "s": (326, height)}, language, fill=True)


def tier_flow(report: Report) -> Chart:
    """Who moved between the tiers since the month began (evidence flow, moves)."""
    flow, moves, language = report.evidence["flow"], report.evidence["moves"], report.language
    title, names = _title(report, "moves"), report.names["accounts"]
    over = report.run.get("month_over", True)
    heads = tuple(say(f"monthly_page.flow.{side}", language) for side in ("first", "last" if over else "now"))
    height = flow_height(moves)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_tier_flow(flow, moves, ax, look, names, heads=(heads[0], heads[1]))

    told = ", ".join(f"{names.get(m.account_id, m.account_id)} {m.from_tier}→{m.to_tier}" for m in moves.itertuples())
    return Chart(title, "", told or title, draw, {"l": (520, height), "s": (326, height)}, language)


def wins(report: Report) -> Chart:
    """The chance of each number of wins among the deals due (evidence win_chances)."""
    frame, language = report.evidence["win_chances"], report.language
    came = frame[frame["actual"]].iloc[0]
    told = say("monthly_page.forecast.told", language, wins=int(came["wins"]), chance=came["chance"])
    over = report.run.get("month_over", True)
    subtitle = say("monthly_page.forecast.subtitle" if over else "monthly_page.forecast.subtitle_so_far", language)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_wins(frame, ax, look)

    title = say("monthly_page.forecast.title", language)
    return Chart(title, subtitle, told, draw, WINS_SIZES, language, fill=True)


def spark(label: str, history: list[float | None], ends: tuple[str, str], language: str) -> Markup:
    """The line under a figure; its lowest and highest, already written out, stand in the description."""
    figure, ax = blank(*SPARK_SIZE)
    draw_spark(history, ax, Look(language, VARIABLES))
    known = sum(not missing(v) for v in history)
    told = say("monthly_page.spark", language, label=label, n=known, low=ends[0], high=ends[1])
    return svg(figure, told, told, "spark fill")


CHARTS: Final[Mapping[str, Callable[[Report], Chart]]] = {
    "credibility": credibility,
    "service": service,
    "tier_flow": tier_flow,
    "wins": wins,
}
