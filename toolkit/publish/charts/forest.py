"""Scenarios beside each other: differences from the baseline, thick for the simulation's error, thin for all."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import has, say
from toolkit.publish.charts import outcome
from toolkit.publish.charts.scale import Scale, covering, upright
from toolkit.publish.charts.style import Look, canvas, fit, lines, name_of, text, text_width

_TOP: Final = 44.0
_BOTTOM: Final = 30.0
_ROW: Final = {"l": 34.0, "m": 34.0, "s": 52.0}
_ENDS: Final = ["difference", "mc_low", "mc_high", "param_low", "param_high"]


def height_of(frame: pd.DataFrame, size: str) -> int:
    """How high the drawing is, in pixels, for a row a scenario.

    Examples
    --------
    >>> height_of(pd.DataFrame({"scenario": ["baseline", "spill"]}), "l")
    142
    """
    return int(_TOP + _BOTTOM + _ROW[size] * len(frame))


def forest(frame: pd.DataFrame, ax: Axes, look: Look, titles: Mapping[str, str], compared: str) -> Axes:
    """Draw one figure of a forecast, the baseline in the first row.

    frame: scenario, figure, mean, difference, mc_low, mc_high, param_low, param_high, state (ok, failed, no_effect),
    reason. The scenario `compared` is drawn dark; one that failed, or that the model does not feel, has words instead.
    """
    width, height = canvas(ax)
    c, figure = look.colours, str(frame.figure.iloc[0])
    left = 4.0 if look.narrow else min(_names_width(frame, titles), width * 0.4)
    right = width - (4 if look.narrow else 92)
    drawn = frame[frame.state == "ok"]
    scale = covering(drawn[_ENDS].to_numpy(dtype=float).ravel(), left + 8, right - 8)
    bottom = height - _BOTTOM
    marks = scale.marks(3 if look.narrow else 6)
    upright(ax, scale, marks, bottom, bottom, look, lambda v: outcome.difference(figure, v, look.language))
    _heads(ax, scale, width, bottom, look)
    for n, row in enumerate(frame.itertuples(index=False)):
        top = _TOP + n * _ROW[look.size]
        if n:
            ax.plot([0, width], [top, top], color=c.line, lw=1, zorder=0)
        if row.state == "ok":
            _grid(ax, scale, marks, (top + (22 if look.narrow else 0), top + _ROW[look.size]), look)
        _row(ax, row, titles, scale, (left, right, width), top, look, compared, first=n == 0)
    return ax


def _names_width(frame: pd.DataFrame, titles: Mapping[str, str]) -> float:
    return max(120.0, *(text_width(name_of(titles, one)) * 1.05 for one in frame.scenario)) + 16


def _heads(ax: Axes, scale: Scale, width: float, bottom: float, look: Look) -> None:
    """The zero line in ink, and which side of it is more."""
    c, zero = look.colours, scale.at(0.0)
    if not look.narrow:
        ax.plot([zero, zero], [_TOP - 8, bottom], color=c.ink, lw=1.5, zorder=1)
    less, more = (say(f"what_if_page.forest.{side}", look.language) for side in ("less", "more"))
    if zero - text_width(less) > scale.start - 30:
        text(ax, zero - 8, 14, less, c.muted, ha="right")
    if zero + text_width(more) < scale.end + 8:
        text(ax, zero + 8, 14, more, c.muted)
    if not look.narrow:
        text(ax, width, 14, say("what_if_page.forest.difference", look.language), c.muted, ha="right")


def _grid(ax: Axes, scale: Scale, marks: list[float], reach: tuple[float, float], look: Look) -> None:
    """A row's piece of the hairlines; on the phone also of the zero line, so that none crosses a name."""
    c = look.colours
    for mark in marks:
        ax.plot([scale.at(mark)] * 2, list(reach), color=c.line, lw=1, zorder=0)
    if look.narrow:
        ax.plot([scale.at(0.0)] * 2, list(reach), color=c.ink, lw=1.5, zorder=1)


def _row(
    ax: Axes, row: Any, titles: Mapping[str, str], scale: Scale, at: tuple[float, float, float], top: float,
    look: Look, compared: str, *, first: bool,
) -> None:  # fmt: skip
    c, (left, right, width) = look.colours, at
    ok = row.state == "ok"
    ours = row.scenario == compared
    name_y, y = (top + 14, top + 36) if look.narrow else (top + 17, top + 17)
    told = _told(row, look, first=first)
    room = (width - text_width(told) - 12) if look.narrow else left - 12
    name = fit(name_of(titles, row.scenario), room)
    text(ax, 0, name_y, name, c.ink if ok else c.muted, bold=ours)
    text(ax, width, name_y, told, c.ink if ok else c.muted, ha="right", bold=ok and not first)
    if first:
        ax.plot(scale.at(0.0), y, "D", ms=7, mfc=c.card, mec=c.ink, mew=1.5, zorder=4)
    elif ok:
        colour = c.A if ours else c.C
        for low, high, thick in ((row.param_low, row.param_high, 1.5), (row.mc_low, row.mc_high, 7.0)):
            ends = [scale.at(low), scale.at(high)]
            ax.plot(ends, [y, y], color=colour, lw=thick, zorder=2, solid_capstyle="butt")
        ax.plot(scale.at(row.difference), y, "o", ms=9, color=colour, mec=c.card, mew=1.25, zorder=4)
    else:
        beside = (left, right) if look.narrow else _wider(scale, (left, right))
        _words(ax, _reason(row, look), beside, y, look)


def _told(row: Any, look: Look, *, first: bool) -> str:
    """What stands in the column of differences: the baseline's level, a difference, or what hinders one."""
    if first:
        return say("what_if_page.forest.level", look.language, x=outcome.written(row.figure, row.mean, look.language))
    if row.state == "ok":
        return outcome.difference(row.figure, row.difference, look.language)
    return say(f"what_if_page.state.{row.state}", look.language)


def _reason(row: Any, look: Look) -> str:
    key = f"what_if_page.reason.{row.reason}"
    if row.state == "no_effect":
        return say("what_if_page.reason.no_effect", look.language)
    return say(key, look.language) if has(key, look.language) else str(row.reason or "")


def _wider(scale: Scale, ends: tuple[float, float]) -> tuple[float, float]:
    """The wider side of the zero line."""
    (left, right), zero = ends, scale.at(0.0)
    return (zero + 10, right) if right - zero >= zero - left else (left, zero - 10)


def _words(ax: Axes, words: str, ends: tuple[float, float], y: float, look: Look) -> None:
    """The reason, in at most two lines."""
    start, stop = ends
    said = lines(words, stop - start, 11)
    shown = said[:1] + ([fit(" ".join(said[1:]), stop - start, 11)] if len(said) > 1 else [])
    for n, line in enumerate(shown):
        offset = 0.0 if len(shown) == 1 else (n - 0.5) * 14
        text(ax, start, y + offset, line, look.colours.muted, size=11)
