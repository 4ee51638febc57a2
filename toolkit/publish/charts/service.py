"""How the clocks of requests were kept: a bar a step, filled for in time, hatched for late, hollow for not done."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language.forms import percent
from toolkit.publish.charts.style import Look, canvas, fit, text, text_width

_ROW: Final = 46.0
_BAR: Final = 18.0


def height_of(frame: pd.DataFrame) -> int:
    """How high the drawing is, in pixels.

    Examples
    --------
    >>> height_of(pd.DataFrame({"step": ["accept", "in_place"]}))
    96
    """
    return int(_ROW * len(frame) + 4)


def service(frame: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw kind_name, step_name, allowed (words), met, late, breached (counts) and share_met: a row a step, in order.

    Every bar has the same scale, so that few clocks look like few.
    """
    width, _ = canvas(ax)
    c = look.colours
    ended = frame["met"] + frame["late"] + frame["breached"]
    right = width - 92
    unit = right / max(float(ended.max()), 1.0)
    for k, (row, n) in enumerate(zip(frame.itertuples(index=False), ended, strict=True)):
        y = _ROW * k + 10
        name = f"{row.kind_name} · {row.step_name}"
        text(ax, 0, y, name, c.ink, bold=True, size=13)
        room = right - text_width(name, 14) - 16
        if row.allowed:
            text(ax, text_width(name, 14) + 8, y, fit(row.allowed, room), c.muted)
        top, x = y + 10, 0.0
        for state in ("met", "late", "breached"):
            length = float(getattr(row, state)) * unit
            if length:
                ax.add_patch(_piece(state, x, top, length, look))
            x += length
        share = percent(row.share_met) if row.share_met == row.share_met else "—"
        text(ax, width, top + _BAR / 2, share, c.ink, ha="right", bold=True, size=14)
        text(ax, width - 48, top + _BAR / 2, f"{int(row.met)}/{int(n)}", c.muted, ha="right")
    return ax


def _piece(state: str, x: float, top: float, length: float, look: Look) -> Rectangle:
    """One stretch of a bar; a pixel of ground stays between two."""
    c, wide = look.colours, max(length - 1.5, 1.0)
    if state == "met":
        return Rectangle((x, top), wide, _BAR, facecolor=c.B, lw=0)
    if state == "late":
        return Rectangle((x, top), wide, _BAR, facecolor="none", edgecolor=c.B, hatch="////", lw=1)
    return Rectangle((x + 0.5, top + 0.5), max(wide - 1, 1.0), _BAR - 1, facecolor="none", edgecolor=c.ink, lw=1.5)
