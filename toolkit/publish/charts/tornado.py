"""What the result hangs on: the result at both ends of each parameter's range, the widest first."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.publish.charts import outcome
from toolkit.publish.charts.scale import Scale, covering, upright
from toolkit.publish.charts.style import Look, canvas, fit, text, text_width

MOST: Final = 12
_TOP: Final = 40.0
_FOOT: Final = 30.0
_ROW: Final = {"l": 38.0, "m": 38.0, "s": 52.0}


def height_of(rows: int, size: str) -> int:
    """How high the drawing is, in pixels, for so many parameters.

    Examples
    --------
    >>> height_of(6, "l")
    298
    """
    return int(_TOP + _FOOT + _ROW[size] * min(rows, MOST))


Ends = Mapping[str, tuple[str, str]]


def tornado(frame: pd.DataFrame, ax: Axes, look: Look, figure: str, labels: Mapping[str, str], ends: Ends) -> Axes:
    """Draw path, low, high, at_low, at_high, base: bars from the base both ways, hollow to the low end's result.

    labels: what a path is called; ends: its low and high value, written out.
    """
    width, height = canvas(ax)
    c, rows = look.colours, frame.head(MOST)
    left = 0.0 if look.narrow else min(max(text_width(labels[p]) for p in rows.path) + 14, width * 0.4)
    room = 8 + max(text_width(word, 11) for pair in (ends[p] for p in rows.path) for word in pair)
    base = float(rows.base.iloc[0])
    known = rows[["at_low", "at_high", "base"]].to_numpy(dtype=float).ravel()
    scale = covering(known, left + room, width - room, zero=False)
    bottom = height - _FOOT
    marks = scale.marks(3 if look.narrow else 4)
    upright(ax, scale, marks, _TOP - 8, bottom, look, lambda v: outcome.written(figure, v, look.language))
    ax.plot([scale.at(base)] * 2, [_TOP - 8, bottom], color=c.ink, lw=1.5, zorder=3)
    text(ax, scale.at(base), 14, outcome.written(figure, base, look.language), c.ink, ha="center", bold=True)
    for n, row in enumerate(rows.itertuples(index=False)):
        top = _TOP + n * _ROW[look.size]
        name_y, y = (top + 12, top + 34) if look.narrow else (top + _ROW[look.size] / 2,) * 2
        if look.narrow and n:
            ax.plot([0, width], [top - 2, top - 2], color=c.line, lw=1, zorder=0)
        text(ax, 0, name_y, fit(labels[row.path], (width if look.narrow else left) - 8), c.ink)
        _bars(ax, row, scale, y, base, ends[row.path], look)
    return ax


def _bars(ax: Axes, row: Any, scale: Scale, y: float, base: float, ends: tuple[str, str], look: Look) -> None:
    """The low end hollow, the high end filled; each end's value beside; on one side both stand above each other."""
    c = look.colours
    one_side = (row.at_low - base) * (row.at_high - base) > 0
    for k, (value, words) in enumerate(((row.at_low, ends[0]), (row.at_high, ends[1]))):
        if value != value:
            continue
        middle = y + (k - 0.5) * 14 if one_side else y
        half = 5 if one_side else 8
        a, b = sorted((scale.at(base), scale.at(value)))
        inside = c.B if k else c.card
        ax.add_patch(Rectangle((a, middle - half), b - a, 2 * half, fc=inside, ec=c.B, lw=1.5, zorder=2))
        right = value > base or (value == base and k == 1)
        text(ax, b + 6 if right else a - 6, middle, words, c.muted, ha="left" if right else "right", size=11)
