"""Is what was stated what came? Stated against won, with intervals, beside the line on which the two agree."""

import math
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.language.forms import percent
from toolkit.publish.charts.scale import Scale, level, upright
from toolkit.publish.charts.style import Look, canvas, text, text_width

SIZES: Final = {"l": (508, 330), "s": (326, 300)}


def reliability(frame: pd.DataFrame, ax: Axes, look: Look, horizontal: str, vertical: str, *, count: str = "n") -> Axes:
    """Draw stated, share, low, high (fractions) and n: a dot a bin, its Wilson interval, and how many stand behind.

    horizontal, vertical: what the axes are called; count: the sentence that counts what stands behind a dot. The dashed
    line is where both agree. A bin that stands for too few (state cannot_judge, where there is one) is hollow.
    """
    width, height = canvas(ax)
    c = look.colours
    x = Scale(0.0, _reach(frame.stated), 40, width - 34)
    y = Scale(0.0, _reach(frame.high), height - 46, 34)
    both = min(x.high, y.high)
    level(ax, y, y.marks(5), x.start, x.end, look, percent)
    upright(ax, x, x.marks(5), y.start, y.start, look, percent)
    ax.plot([x.start, x.at(both)], [y.start, y.at(both)], color=c.muted, lw=1.25, dashes=(4, 3), zorder=1)
    text(ax, 0, 12, vertical, c.muted)
    text(ax, x.end, height - 10, horizontal, c.muted, ha="right")
    agree = say(f"what_if_page.reliability.agree_{count}", look.language)
    text(ax, x.at(both), y.at(both) - 14, agree, c.muted, ha="right", size=11)
    taken: list[tuple[float, float]] = []
    for row in frame.sort_values("stated").itertuples(index=False):
        at, middle = x.at(row.stated), y.at(row.share)
        unjudged = getattr(row, "state", "") == "cannot_judge"
        ax.plot([at, at], [y.at(row.low), y.at(row.high)], color=c.B, lw=2.5, alpha=0.45, zorder=2)
        ax.plot(at, middle, "o", ms=10, mfc=c.card if unjudged else c.B, mec=c.B, mew=1.75, zorder=4)
        words = say(f"what_if_page.reliability.{count}", look.language, n=row.n)
        spot = _place(at, middle, text_width(words, 11), x, y, taken)
        if spot is not None:
            taken.append(spot)
            text(ax, *spot, words, c.muted, size=11)
    return ax


def _reach(shares: pd.Series) -> float:
    """Where an axis ends: a tenth above the largest share, in whole tenths."""
    return min(1.0, math.ceil(float(shares.max()) * 11 - 1e-9) / 10) or 0.1


def _place(
    at: float, middle: float, long: float, x: Scale, y: Scale, taken: list[tuple[float, float]]
) -> tuple[float, float] | None:
    """Right of the dot, else left of it, where no other label stands; None where there is no room."""
    for start in (at + 10, at - 10 - long):
        shares = ((p - x.start) / (x.end - x.start) * x.high for p in (start, start + long))
        diagonal = any(abs(y.within(share) - middle) < 7 for share in shares)
        free = all(abs(start - a) > long or abs(middle - b) > 14 for a, b in taken)
        if free and start >= x.start and start + long <= x.end + 34 and not diagonal:
            return start, middle
    return None
