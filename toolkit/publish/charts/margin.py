"""Who stands near a tier's line: win probabilities on a logit axis, with the noise of one normal week."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.publish.charts.style import Look, canvas, chip, fit, name_of, text, text_width
from toolkit.publish.numbers import whole

_TICKS: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_MOST: Final = 12
_TOP: Final = 40.0


def _logit(p: Any) -> Any:
    p = np.clip(p, 0.005, 0.995)
    return np.log(p / (1 - p))


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn: at most twelve a line, the nearest, from the highest probability down."""
    distance = (_logit(frame.win_probability) - _logit(frame.threshold)).abs()
    near = frame.assign(distance=distance).sort_values("distance", kind="stable").groupby("line").head(_MOST)
    return near.sort_values(["line", "win_probability"], ascending=[True, False], kind="stable")


def height_of(frame: pd.DataFrame) -> int:
    """How high the drawing is, in pixels, at 28 a row."""
    return int(_TOP + 30 + 26 + 28 * min(len(shown(frame)), 17))


def margin(frame: pd.DataFrame, ax: Axes, look: Look, names: Mapping[str, str]) -> Axes:
    """Draw account_id, line, threshold, win_probability, low, high, tier, hint: a row an account, a group a line."""
    width, height = canvas(ax)
    c, rows = look.colours, shown(frame)
    room = (100.0 if look.language == "zh" else 132.0) if look.narrow else 168.0
    words = [fit(name_of(names, i), room - 30) for i in rows.account_id]
    left = 30 + max([60.0, *(text_width(w) for w in words)])
    bounds = _logit(np.array([min(rows.low.min(), rows.threshold.min()), max(rows.high.max(), rows.threshold.max())]))
    low, high = bounds[0] - 0.15, bounds[1] + 0.15

    def at(p: float) -> float:
        return float(left + (_logit(p) - low) / (high - low) * (width - 44 - left))

    lines = dict(zip(rows.line, rows.threshold, strict=True))
    _axis(ax, at, (low, high), lines, width, height, look)
    step = (height - 30 - _TOP - 26 * (len(lines) - 1)) / len(rows)
    y, last = _TOP, rows.line.iloc[0]
    for row, name in zip(rows.itertuples(), words, strict=True):
        if row.line != last:
            ax.plot([0, width], [y + 13, y + 13], color=c.line, lw=1)
            y, last = y + 26, row.line
        middle = y + step / 2
        chip(ax, 8, middle, row.tier, c)
        text(ax, 22, middle, name, c.ink)
        ends = at(row.low), at(row.high)
        ax.plot(ends, [middle, middle], color=c.muted, lw=2, alpha=0.55, zorder=2, solid_capstyle="butt")
        ax.plot(at(row.win_probability), middle, "o", ms=9, color=c.tier(row.tier), mec=c.card, mew=1, zorder=3)
        if row.hint and not look.narrow:
            _hint(ax, row.hint, ends, middle, (left, width - 40), [at(t) for t in lines.values()], look)
        text(ax, width, middle, whole(row.win_probability), c.ink, ha="right", bold=True)
        y += step
    return ax


def _axis(
    ax: Axes, at: Any, ends: tuple[float, float], lines: dict[str, float], width: float, height: float, look: Look
) -> None:
    """Grid at round per cents, and an ink line with its name at each threshold."""
    c, bottom = look.colours, height - 30
    marks = [p for p in _TICKS if ends[0] <= _logit(p) <= ends[1]]
    for n, p in enumerate(marks):
        if all(abs(p - t) > 1e-9 for t in lines.values()):
            ax.plot([at(p), at(p)], [_TOP - 14, bottom], color=c.line, lw=1, zorder=0)
        text(ax, at(p), bottom + 16, f"{p * 100:.0f}" + ("%" if n == 0 else ""), c.muted, ha="center")
    text(ax, width, 12, say("page.margin.probability", look.language), c.muted, ha="right")
    limit = width - text_width(say("page.margin.probability", look.language)) - 8
    for code, p in sorted(lines.items(), key=lambda x: -x[1]):
        ax.plot([at(p), at(p)], [_TOP - 14, bottom], color=c.ink, lw=1.5, zorder=1)
        words = say("page.margin.line", look.language, tier=code.upper(), share=p)
        half = text_width(words) / 2
        middle = min(at(p), limit - half)
        text(ax, middle, 12, words, c.ink, ha="center", bold=True)
        limit = middle - half - 8


def _hint(
    ax: Axes, words: str, ends: tuple[float, float], y: float, room: tuple[float, float], lines: list[float], look: Look
) -> None:
    """The hint on the side of the bar where it meets no line; left out where neither side has room."""
    long = text_width(words, 11)
    for start, ha in ((ends[1] + 8, "left"), (ends[0] - 8 - long, "right")):
        free = room[0] <= start and start + long <= room[1]
        if free and not any(start - 3 < x < start + long + 3 for x in lines):
            text(ax, start + (long if ha == "right" else 0), y, words, look.colours.muted, ha=ha, size=11)
            return
