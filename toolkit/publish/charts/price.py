"""The price of the rule: every plan's worth as a part of the optimum's, and what is left of it when responses err."""

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language import has, say
from toolkit.language.forms import form, percent
from toolkit.publish.charts.scale import Scale, upright
from toolkit.publish.charts.style import Look, canvas, fit, text, text_width

OPTIMUM: Final = "optimum"
_TOP: Final = 8.0
_ROW: Final = 32.0
_WRONG: Final = 38.0
_BETWEEN: Final = 84.0
_FOOT: Final = 30.0


def height_of(plans: pd.DataFrame, robustness: pd.DataFrame) -> int:
    """How high the drawing is, in pixels: a row a plan, and a row for each way of being wrong.

    Examples
    --------
    >>> height_of(pd.DataFrame({"plan": ["optimum", "equal"]}), pd.DataFrame({"cv": []}))
    102
    """
    wrong = robustness.cv.nunique()
    return int(_TOP + _ROW * len(plans) + _FOOT + (_BETWEEN + _WRONG * wrong + _FOOT if wrong else 0))


def plan_name(code: str, language: str) -> str:
    """What a plan is called."""
    return say(f"what_if_page.plan.{code}", language) if has(f"what_if_page.plan.{code}", language) else code


def ordered(plans: pd.DataFrame) -> pd.DataFrame:
    """The optimum first, then by what each is worth; what failed last."""
    order = plans.assign(known=plans.state == "ok", best=plans.plan == OPTIMUM)
    kept = order.sort_values(["known", "best", "share_of_optimum"], ascending=False, kind="stable")
    return kept.drop(columns=["known", "best"])


def price(plans: pd.DataFrame, robustness: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw plans (plan, share_of_optimum, in_force, state, reason), then robustness (plan, cv, mean, low, high).

    The rule in force is dark, with what it lacks of the optimum bracketed; the rest is in the colour of C.
    """
    width, _ = canvas(ax)
    rows = ordered(plans)
    names = [plan_name(code, look.language) for code in rows.plan]
    left = min(max(text_width(name) * 1.05 for name in names) + 14, width * 0.42)
    scale = Scale(0.0, 1.0, left, width - 52)
    bottom = _TOP + _ROW * len(rows)
    upright(ax, scale, [0.0, 0.25, 0.5, 0.75, 1.0], _TOP, bottom, look, _percent)
    ax.plot([scale.at(1.0)] * 2, [_TOP, bottom], color=look.colours.ink, lw=1.5, zorder=1)
    for n, (row, name) in enumerate(zip(rows.itertuples(index=False), names, strict=True)):
        _bar(ax, row, fit(name, left - 12), scale, _TOP + (n + 0.5) * _ROW, width, look)
    if len(robustness):
        ours = str(plans.plan[plans.in_force].iloc[0]) if plans.in_force.any() else ""
        _wrong(ax, robustness, ours, scale, bottom + _FOOT + _BETWEEN, width, look)
    return ax


def _percent(share: float) -> str:
    return percent(share) if share in (0.0, 1.0) else percent(share)[:-1]


def _bar(ax: Axes, row: Any, name: str, scale: Scale, y: float, width: float, look: Look) -> None:
    c = look.colours
    if row.state != "ok":
        text(ax, 0, y, name, c.muted)
        reason = say("what_if_page.price.failed", look.language, reason=row.reason)
        text(ax, scale.start + 6, y, fit(reason, width - scale.start - 6, 11), c.muted, size=11)
        return
    ours = bool(row.in_force)
    end = scale.within(row.share_of_optimum)
    colour = c.A if ours else c.C
    text(ax, 0, y, name, c.ink, bold=ours)
    if row.plan == OPTIMUM:
        ax.add_patch(Rectangle((scale.start, y - 8), end - scale.start, 16, facecolor="none", edgecolor=c.C, lw=1.5))
    else:
        ax.add_patch(Rectangle((scale.start, y - 8), end - scale.start, 16, facecolor=colour, lw=0))
    text(ax, width, y, percent(row.share_of_optimum), c.ink, ha="right", bold=ours)
    if ours:
        _bracket(ax, end, scale.at(1.0), y, 1 - row.share_of_optimum, scale.start, look)


def _bracket(ax: Axes, start: float, end: float, y: float, lack: float, left: float, look: Look) -> None:
    """From the bar's end to the optimum's, with the cost: in the gap where it fits, else in the bar."""
    c = look.colours
    if end - start > 3:
        ax.plot([start + 2, start + 2], [y - 6, y + 6], color=c.ink, lw=1.25, zorder=5)
        ax.plot([start + 2, end - 2], [y, y], color=c.ink, lw=1.25, zorder=5)
        ax.plot([end - 2, end - 2], [y - 6, y + 6], color=c.ink, lw=1.25, zorder=5)
    words = say("what_if_page.price.lack", look.language, x=lack)
    if start - left > text_width(words) + 16:
        text(ax, start - 8, y, words, c.onA, ha="right", bold=True)


def _wrong(ax: Axes, robustness: pd.DataFrame, ours: str, scale: Scale, top: float, width: float, look: Look) -> None:
    """What is left of the true optimum when the responses are wrong: the rule in force and the optimum, as dots."""
    c = look.colours
    cvs, least = sorted(robustness.cv.unique()), float(robustness.low.min())
    scale = Scale(0.5 if least >= 0.5 else 0.0, 1.0, scale.start, scale.end)
    bottom = top + _WRONG * len(cvs)
    text(ax, 0, top - 56, say("what_if_page.price.wrong", look.language), c.ink, bold=True, size=13)
    shown = [plan for plan in dict.fromkeys((ours, OPTIMUM)) if plan and (robustness.plan == plan).any()]
    x = 0.0
    for plan in shown:
        name = plan_name(plan, look.language)
        _dot(ax, x + 5, top - 32, plan == ours, look)
        text(ax, x + 14, top - 32, name, c.ink, bold=plan == ours)
        x += 34 + text_width(name)
    upright(ax, scale, scale.marks(5), top - 8, bottom, look, percent)
    for n, cv in enumerate(cvs):
        middle = top + (n + 0.5) * _WRONG
        text(ax, 0, middle, say("what_if_page.price.cv", look.language, cv=form(cv, "percent", look.language)), c.ink)
        for k, plan in enumerate(shown):
            row = robustness[(robustness.cv == cv) & (robustness.plan == plan)].iloc[0]
            y = middle + (k - (len(shown) - 1) / 2) * 16
            colour = c.A if plan == ours else c.C
            ends = [scale.within(row.low), scale.within(row.high)]
            ax.plot(ends, [y, y], color=colour, lw=2.5, zorder=2, solid_capstyle="butt", alpha=0.6)
            _dot(ax, scale.within(row["mean"]), y, plan == ours, look)
            text(ax, width, y, percent(row["mean"]), c.ink, ha="right", bold=plan == ours)


def _dot(ax: Axes, x: float, y: float, ours: bool, look: Look) -> None:
    c = look.colours
    ax.plot(x, y, "o", ms=8, mfc=c.A if ours else c.card, mec=c.A if ours else c.C, mew=1.75, zorder=4)
