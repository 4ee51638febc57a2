"""S8's curve, small: the share of effort and of output that the best accounts take, from the first to the last."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.publish.charts.style import Look, canvas, text, text_width

SIZES: Final = {"l": (508, 250), "s": (326, 230)}


def focus_curve(frame: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw rank (1 is best), effort_share and output_share (cumulative fractions) and top (is it in the top fifth?).

    An ink line stands behind the last account of the top fifth, with both shares written where they cross it.
    """
    width, height = canvas(ax)
    c = look.colours
    left, top, right, bottom = 40.0, 14.0, width - 12, height - 30
    x = left + np.r_[0.0, frame["rank"].to_numpy(dtype=float) / len(frame)] * (right - left)
    for v in (0.0, 0.5, 1.0):
        level = bottom - v * (bottom - top)
        ax.plot([left, right], [level, level], color=c.line, lw=1, zorder=0)
        text(ax, left - 8, level, f"{v * 100:.0f}" + ("%" if v else ""), c.muted, ha="right")
    ax.plot([left, right], [bottom, top], color=c.muted, lw=1, dashes=(3, 3), zorder=1)
    cut = int(frame.top.sum())
    marks: list[tuple[float, str, str]] = []
    for name, colour in (("output", c.B), ("effort", c.ink)):
        share = frame[f"{name}_share"].to_numpy(dtype=float)
        if np.isfinite(share).all():
            y = bottom - np.r_[0.0, share] * (bottom - top)
            ax.plot(x, y, color=colour, lw=2, solid_joinstyle="round", zorder=3)
            marks.append((float(y[cut]), colour, say(f"page.focus.{name}", look.language, share=float(share[cut - 1]))))
    if cut:
        ax.plot([x[cut], x[cut]], [top, bottom], color=c.ink, lw=1, zorder=2)
        text(ax, x[cut], height - 11, say("page.focus.top", look.language, n=cut), c.ink, ha="center")
        _crossings(ax, marks, float(x[cut]), left, look)
    text(ax, right, height - 11, say("page.focus.all", look.language, n=len(frame)), c.muted, ha="right")
    return ax


def _crossings(ax: Axes, marks: list[tuple[float, str, str]], x: float, left: float, look: Look) -> None:
    """Dots where the curves cross the line, and what they say: above the upper curve, below the lower one."""
    for n, (y, colour, words) in enumerate(sorted(marks)):
        ax.plot(x, y, "o", ms=8, color=colour, mec=look.colours.card, mew=1, zorder=5)
        if n == 0 and len(marks) == 2:
            start = max(left + 4, x - 8 - text_width(words))
            text(ax, start, y - 16, words, colour, bold=True)
        else:
            text(ax, x + 10, y + 14, words, colour, bold=True)
