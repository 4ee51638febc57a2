"""Is what was stated what came? Stated against won, with intervals, beside the line on which the two agree."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.publish.charts.scale import Scale, level, upright
from toolkit.publish.charts.style import Look, canvas, text, text_width

SIZES: Final = {"l": (508, 330), "s": (326, 300)}
_MARKS: Final = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def reliability(frame: pd.DataFrame, ax: Axes, look: Look, horizontal: str, vertical: str, *, count: str = "n") -> Axes:
    """Draw stated, share, low, high (fractions) and n: a dot a bin, its Wilson interval, and how many stand behind.

    horizontal, vertical: what the axes are called; count: the sentence that counts what stands behind a dot. The dashed
    line is where both agree. A bin that stands for too few (state cannot_judge, where there is one) is hollow.
    """
    width, height = canvas(ax)
    c = look.colours
    x, y = Scale(0.0, 1.0, 40, width - 34), Scale(0.0, 1.0, height - 46, 34)
    level(ax, y, _MARKS, x.start, x.end, look, _mark)
    upright(ax, x, _MARKS, y.start, y.start, look, _mark)
    ax.plot([x.start, x.end], [y.start, y.end], color=c.muted, lw=1.25, dashes=(4, 3), zorder=1)
    text(ax, 0, 12, vertical, c.muted)
    text(ax, x.end, height - 10, horizontal, c.muted, ha="right")
    agree = say(f"what_if_page.reliability.agree_{count}", look.language)
    text(ax, x.end, y.end - 14, agree, c.muted, ha="right", size=11)
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


def _mark(share: float) -> str:
    return f"{share * 100:.0f}" + ("%" if share == 1.0 else "")


def _place(
    at: float, middle: float, long: float, x: Scale, y: Scale, taken: list[tuple[float, float]]
) -> tuple[float, float] | None:
    """Right of the dot, else left of it, where no other label stands; None where there is no room."""
    for start in (at + 10, at - 10 - long):
        diagonal = any(abs(y.at(min(max((p - x.start) / (x.end - x.start), 0), 1)) - middle) < 7
                       for p in (start, start + long))  # fmt: skip
        free = all(abs(start - a) > long or abs(middle - b) > 14 for a, b in taken)
        if free and start >= x.start and start + long <= x.end + 34 and not diagonal:
            return start, middle
    return None
