"""The what-if's charts: a Report's evidence frames in, `Chart`s with their findings out.

>>> sorted(name for name in CHARTS)
['bands', 'forest', 'margin', 'migration', 'price', 'quintiles', 'reliability', 'response', 'tornado', 'tuner']
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from toolkit.base.tiers import LETTERS
from toolkit.language import has, say
from toolkit.language.forms import listing, percent
from toolkit.method.stated_probability import wilson
from toolkit.parameters import SETTINGS
from toolkit.publish.charts import forest as forests
from toolkit.publish.charts import migration as migrations
from toolkit.publish.charts import outcome, style
from toolkit.publish.charts import price as prices
from toolkit.publish.charts import reliability as reliabilities
from toolkit.publish.charts import response as responses
from toolkit.publish.charts import tornado as tornados
from toolkit.publish.charts import tuner as tuners
from toolkit.publish.charts.bands import SIZES as BANDS_SIZES
from toolkit.publish.charts.bands import SMALL as BANDS_SMALL
from toolkit.publish.charts.bands import bands as draw_bands
from toolkit.publish.charts.figure import Chart
from toolkit.publish.charts.margin import height_of as margin_height
from toolkit.publish.charts.margin import margin as draw_margin
from toolkit.publish.charts.spark import SIZE as SPARK_SIZE
from toolkit.publish.charts.spark import spark as draw_spark
from toolkit.publish.charts.style import Look
from toolkit.publish.numbers import cell, signed
from toolkit.reports.report import Report
from toolkit.whatif.scenario import BASELINE

WON: Final = "won_amount"
_MOST_TOLD: Final = 2
_LEAST: Final = 0.02  # a gap between stated and won that is told as one
_UNITS: Final = {known.path: known.unit for known in SETTINGS}


def compared(report: Report) -> str:
    """The scenario that the report is about; empty where there is none."""
    return str(report.run.get("scenario", ""))


def simulated(report: Report) -> bool:
    """Whether the forecast has something to say of that scenario: it did not fail, and the model feels it."""
    frame = rows_of(report, "forecast", compared(report))
    return bool(len(frame)) and bool((frame["state"] == "ok").all())


def rows_of(report: Report, code: str, scenario: str) -> pd.DataFrame:
    """The rows of an evidence frame that belong to a scenario; all of a frame that has no scenarios."""
    frame = report.evidence.get(code, pd.DataFrame())
    return frame[frame["scenario"] == scenario] if "scenario" in frame else frame


def titles_of(report: Report) -> Mapping[str, str]:
    """What the scenarios are called."""
    return report.names.get("scenarios", {})


def calibrated(report: Report) -> bool:
    """Whether the holdout record stands; without one it does not."""
    return bool(report.run.get("calibrated", False))


def forest(report: Report) -> Chart:
    """The scenarios' won amount against the baseline's (evidence forecast)."""
    every, language = report.evidence["forecast"], report.language
    frame, titles, ours = every[every.figure == WON], titles_of(report), compared(report)
    others = frame[(frame.scenario != BASELINE) & (frame.state == "ok")]
    title = say("what_if_page.forest.title_none", language)
    if len(others):
        most = others.loc[others.difference.abs().idxmax()]
        key = "what_if_page.forest.title" if abs(most.difference) > 0 else "what_if_page.forest.title_same"
        ends = {"x": most.difference, "low": most.param_low, "high": most.param_high}
        facts = {name: outcome.difference(WON, value, language) for name, value in ends.items()}
        title = say(key, language, scenario=style.name_of(titles, most.scenario), **facts)
    weeks = rows_of(report, "bands", BASELINE)
    ahead = weeks.week_ending.nunique() if len(weeks) else None
    told = say("page.list_join", language).join(
        say("what_if_page.forest.told", language, scenario=style.name_of(titles, r.scenario),
            x=outcome.difference(WON, r.difference, language)) for r in others.itertuples()
    )  # fmt: skip

    def draw(ax: Axes, look: Look) -> Axes:
        return forests.forest(frame, ax, look, titles, ours)

    sizes = {size: (width, forests.height_of(frame, size)) for size, width in (("l", 1080), ("m", 660), ("s", 326))}
    subtitle = say("what_if_page.forest.subtitle", language, weeks=ahead)
    return Chart(title, subtitle, told or title, draw, sizes, language)


def migration(report: Report) -> Chart:
    """Who would have been in which tier under the compared scenario (evidence migration, movers)."""
    ours, language = compared(report), report.language
    counts, movers = rows_of(report, "migration", ours), rows_of(report, "movers", ours)
    names, title = report.names["accounts"], say("what_if_page.replay.title_none", language)
    if len(movers):
        net = counts.groupby("tier").account_weeks.sum() - counts.groupby("base_tier").account_weeks.sum()
        parts = [say("what_if_page.replay.part", language, tier=k, change=signed(net.get(k, 0))) for k in LETTERS]
        title = say("what_if_page.replay.title", language, parts=listing(parts, language))
    told = ", ".join(f"{style.name_of(names, m.account_id)} {m.base_tier}→{m.tier}" for m in movers.itertuples())

    def draw(ax: Axes, look: Look) -> Axes:
        return migrations.migration(counts, movers, ax, look, names)

    height = migrations.height_of(movers)
    subtitle = say("what_if_page.replay.subtitle", language)
    return Chart(title, subtitle, told or title, draw, {"l": (520, height), "s": (326, height)}, language)


def bands(report: Report, figure: str = WON) -> Chart:
    """A figure week by week, the baseline's and the compared scenario's (evidence bands)."""
    ours, language, titles = compared(report) if simulated(report) else "", report.language, titles_of(report)
    every = report.evidence["bands"]
    frame = every[(every.figure == figure) & every.scenario.isin([BASELINE, ours])]
    ends = frame.sort_values("week_ending").groupby("scenario")["mean"].last()
    until = frame.week_ending.max()
    facts = {
        "figure": outcome.name(figure, language), "day": until,
        "base": outcome.written(figure, ends.get(BASELINE, float("nan")), language),
    }  # fmt: skip
    if ours in ends.index:
        facts |= {"scenario": style.name_of(titles, ours), "then": outcome.written(figure, ends[ours], language)}
        same = facts["then"] == facts["base"]
        title = say(f"what_if_page.bands.{'title_same' if same else 'title'}", language, **facts)
    else:
        title = say("what_if_page.bands.title_alone", language, **facts)
    sums = figure in (WON, "wins", "losses", "demotions")
    subtitle = say(f"what_if_page.bands.{'subtitle' if sums else 'subtitle_now'}", language)
    stands = calibrated(report)

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_bands(frame, ax, look, titles, BASELINE, calibrated=stands)

    word = "" if stands else say("what_if_page.uncalibrated.word", language) + ": "
    sizes = BANDS_SIZES if figure == WON else BANDS_SMALL
    return Chart(title, subtitle, word + title, draw, sizes, language, fill=figure != WON)


def quintiles(report: Report) -> Chart:
    """What was forecast against what came, by fifths of the forecast (evidence holdout_quintiles)."""
    frame, language = report.evidence["holdout_quintiles"], report.language
    frame = frame.rename(columns={"forecast": "stated", "won_share": "share"})
    means = {k: float((frame[k] * frame.n).sum() / frame.n.sum()) for k in ("stated", "share")}
    title = say("what_if_page.holdout.quintiles", language, **means)
    axes = [say(f"what_if_page.holdout.{k}", language) for k in ("forecast", "won")]

    def draw(ax: Axes, look: Look) -> Axes:
        return reliabilities.reliability(frame, ax, look, *axes, count="accounts")

    subtitle = say("what_if_page.holdout.quintiles_sub", language)
    return Chart(title, subtitle, title, draw, reliabilities.SIZES, language)


def reliability(report: Report) -> Chart:
    """Stated against won, the team's closed deals (evidence reliability)."""
    every, language = report.evidence["reliability"], report.language
    frame = every[every.rep_id == ""]
    stated, share = (float((frame[k] * frame.n).sum() / frame.n.sum()) for k in ("stated", "share"))
    gap = stated - share
    n = int(frame.n.sum())
    low, high = (float(end) for end in wilson(share * n, n))
    kind = "right" if abs(gap) < _LEAST else "unsure" if low <= stated <= high else "high" if gap > 0 else "low"
    title = say(f"what_if_page.reliability.title_{kind}", language, stated=stated, share=share, x=gap, n=n)
    axes = [say(f"what_if_page.reliability.{k}", language) for k in ("stated", "won")]

    def draw(ax: Axes, look: Look) -> Axes:
        return reliabilities.reliability(frame, ax, look, *axes)

    subtitle = say("what_if_page.reliability.subtitle", language)
    return Chart(title, subtitle, title, draw, reliabilities.SIZES, language)


def price(report: Report) -> Chart:
    """What each plan is worth, and what is left of it when responses err (evidence price_plans, robustness)."""
    language = report.language
    plans, wrong = rows_of(report, "price_plans", BASELINE), rows_of(report, "robustness", BASELINE)
    ours = plans[plans.in_force & (plans.state == "ok")]
    title = say("what_if_page.price.title_none", language)
    if len(ours):
        title = say("what_if_page.price.title", language, share=float(ours.share_of_optimum.iloc[0]))
        title = _title_when_wrong(wrong, str(ours.plan.iloc[0]), language) or title
    told = say("page.list_join", language).join(
        say("what_if_page.price.told", language, plan=prices.plan_name(r.plan, language), share=r.share_of_optimum)
        for r in prices.ordered(plans[plans.state == "ok"]).itertuples()
    )

    def draw(ax: Axes, look: Look) -> Axes:
        return prices.price(plans, wrong, ax, look)

    height = prices.height_of(plans, wrong)
    subtitle = say("what_if_page.price.subtitle", language)
    return Chart(title, subtitle, told or title, draw, {"l": (508, height), "s": (326, height)}, language, fill=True)


def _title_when_wrong(robustness: pd.DataFrame, plan: str, language: str) -> str:
    """What the rule and the optimum keep where the responses are most wrong; empty where that is not known."""
    if not len(robustness):
        return ""
    cv = float(robustness.cv.max())
    kept = robustness[robustness.cv == cv].set_index("plan")["mean"]
    if plan not in kept.index or prices.OPTIMUM not in kept.index:
        return ""
    return say("what_if_page.price.title_wrong", language, cv=cv, rule=kept[plan], best=kept[prices.OPTIMUM])


def response(report: Report) -> Chart:
    """Response curves with where the rule in force and the optimum stand (evidence curves, points)."""
    curves, points, language = report.evidence["curves"], report.evidence["points"], report.language
    plans, names = rows_of(report, "price_plans", BASELINE), report.names["accounts"]
    ours = [str(code) for code in plans.plan[plans.in_force]] if len(plans) else []
    plan = ours[0] if ours else "current"
    title = _response_title(points, plan, names, language)

    def draw(ax: Axes, look: Look) -> Axes:
        return responses.response(curves, points, plan, ax, look, names)

    height = responses.height_of(len(responses.chosen(points, plan)))
    subtitle = say("what_if_page.response.subtitle", language)
    return Chart(title, subtitle, title, draw, {"l": (508, height), "s": (326, height)}, language, fill=True)


def _response_title(points: pd.DataFrame, plan: str, names: Mapping[str, str], language: str) -> str:
    """Whom the optimum would give more, and whom less: at most two each."""
    effort = points.pivot_table(index="account_id", columns="plan", values="effort", aggfunc="first")
    if prices.OPTIMUM not in effort or plan not in effort:
        return say("what_if_page.response.title_none", language)
    change = (effort[prices.OPTIMUM] - effort[plan]).sort_index().sort_values(kind="stable")
    change = change[change.abs() > 1e-6]
    less, more = change[change < 0].index[:_MOST_TOLD], change[change > 0].index[::-1][:_MOST_TOLD]
    named = [listing([style.name_of(names, one) for one in ids], language) for ids in (more, less)]
    if not len(more):
        return say("what_if_page.response.title_none", language)
    kind = "title" if len(less) else "title_one"
    facts = {"more": named[0]} | ({"less": named[1]} if len(less) else {})
    return say(f"what_if_page.response.{kind}", language, **facts)


def tuner(report: Report) -> Chart:
    """False alarms a year against the chance to detect a fall, a row a reading of M4 (evidence tuner)."""
    frame, language = _readings(report), report.language
    ours = frame[frame.in_force]
    title = say("what_if_page.tuner.title_none", language)
    if len(ours):
        row = ours.iloc[0]
        title = say("what_if_page.tuner.title", language, x=row.false_alarms_year, share=row.detected)
    told = say("page.list_join", language).join(
        say("what_if_page.tuner.told", language, reading=r.name, x=r.false_alarms_year, share=r.detected)
        for r in frame.itertuples()
    )

    def draw(ax: Axes, look: Look) -> Axes:
        return tuners.tuner(frame, ax, look, frame.name.tolist())

    sizes = {size: (width, tuners.height_of(len(frame), size)) for size, width in (("l", 508), ("s", 326))}
    subtitle = say("what_if_page.tuner.subtitle", language, noise=float(frame.noise_sd.iloc[0]))
    return Chart(title, subtitle, told or title, draw, sizes, language, fill=True)


def _readings(report: Report) -> pd.DataFrame:
    """The readings of the red alert, then how it is read where a scenario changes what that comes to."""
    frame, language, titles = report.evidence["tuner"], report.language, titles_of(report)
    named = frame.assign(name=[tuners.reading_name(code, language) for code in frame.reading])
    other = report.evidence.get("tuner_scenarios", pd.DataFrame({"scenario": [], "in_force": []}))
    other = other[(other.scenario != BASELINE) & other.in_force.astype(bool)]
    if not len(other):
        return named
    theirs = other.assign(name=[style.name_of(titles, one) for one in other.scenario], in_force=False)
    return pd.concat([named, theirs[named.columns]], ignore_index=True)


def tornado(report: Report) -> Chart:
    """The result at both ends of each parameter's range (evidence tornado)."""
    every, language = report.evidence["tornado"], report.language
    frame = every[every.swing.notna()]
    labels = {path: path_name(path, language) for path in frame.path}
    ends = {r.path: (_setting(r.path, r.low), _setting(r.path, r.high)) for r in frame.itertuples()}
    title = say("what_if_page.tornado.title_none", language)
    if len(frame) and frame.swing.iloc[0] > 0:
        facts = {"what": labels[frame.path.iloc[0]], "x": outcome.written(WON, frame.swing.iloc[0], language)}
        if len(frame) > 1:
            facts |= {"second": labels[frame.path.iloc[1]], "y": outcome.written(WON, frame.swing.iloc[1], language)}
        title = say(f"what_if_page.tornado.{'title' if len(frame) > 1 else 'title_one'}", language, **facts)

    def draw(ax: Axes, look: Look) -> Axes:
        return tornados.tornado(frame, ax, look, WON, labels, ends)

    sizes = {size: (width, tornados.height_of(len(frame), size)) for size, width in (("l", 508), ("s", 326))}
    subtitle = say("what_if_page.tornado.subtitle", language)
    return Chart(title, subtitle, title, draw, sizes, language, fill=True)


def path_name(path: str, language: str) -> str:
    """What a parameter is called; its path where it has no short name."""
    key = f"what_if_page.path.{path}"
    return say(key, language) if has(key, language) else path


def _setting(path: str, value: float) -> str:
    return percent(value) if _UNITS.get(path) == "fraction" else cell(value)


def margin(report: Report) -> Chart:
    """Who stands near a line, with the chance to cross it next week (evidence near)."""
    language, names = report.language, report.names["accounts"]
    frame = report.evidence["near"]
    title = say("what_if_page.near.title_none", language)
    if len(frame):
        first = frame.sort_values("chance_to_cross", ascending=False, kind="stable").iloc[0]
        who = style.name_of(names, first.account_id)
        title = say("what_if_page.near.title", language, n=frame.account_id.nunique(), who=who)
    frame = frame.assign(hint=[say("what_if_page.near.chance", language, chance=x) for x in frame.chance_to_cross])

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_margin(frame, ax, look, names)

    height = margin_height(frame)
    subtitle = say("what_if_page.near.subtitle", language)
    return Chart(title, subtitle, title, draw, {"l": (508, height), "s": (326, height)}, language, fill=True)


def spark(report: Report) -> Markup:
    """The share of the resource that moves each week, small (evidence moved)."""
    frame, language = rows_of(report, "moved", compared(report)), report.language
    history: list[Any] = frame.sort_values("week_ending")["share"].astype(float).tolist()
    figure, ax = style.blank(*SPARK_SIZE)
    draw_spark(history, ax, Look(language, style.VARIABLES))
    label = say("what_if_page.replay.spark", language)
    low, high = (percent(end(history), 1) for end in (min, max))
    told = say("page.kpi.range", language, label=label, n=len(history), low=low, high=high)
    return style.svg(figure, label, told, "spark fill")


CHARTS: Final[Mapping[str, Callable[[Report], Chart]]] = {
    "forest": forest,
    "migration": migration,
    "quintiles": quintiles,
    "bands": bands,
    "price": price,
    "response": response,
    "tuner": tuner,
    "tornado": tornado,
    "margin": margin,
    "reliability": reliability,
}
