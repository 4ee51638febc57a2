"""The red-alert tuner: for each reading its false alarms a year, and its chance to detect a fall."""

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.language.forms import form, percent
from toolkit.publish.charts.scale import Scale, covering, upright
from toolkit.publish.charts.style import Look, canvas, fit, lines, text, text_width

_TOP: Final = 44.0
_FOOT: Final = 30.0
_ROW: Final = {"l": 44.0, "m": 44.0, "s": 66.0}


def height_of(rows: int, size: str) -> int:
    """How high the drawing is, in pixels, for so many readings.

    Examples
    --------
    >>> height_of(3, "l")
    206
    """
    return int(_TOP + _FOOT + _ROW[size] * rows)


def reading_name(code: str, language: str) -> str:
    """What a reading of M4 is called."""
    return say(f"what_if_page.reading.{code}", language)


def tuner(frame: pd.DataFrame, ax: Axes, look: Look, names: list[str]) -> Axes:
    """Draw false_alarms_year, false_low, false_high, detected, detected_low, detected_high, in_force, a row a name.

    Two panels with a row a reading: false alarms at the left (fewer is better), detection at the right (more is). A
    tick is what chance alone would detect (`by_chance`).
    """
    width, height = canvas(ax)
    c, bottom = look.colours, height - _FOOT
    left = 6.0 if look.narrow else min(max(text_width(name) for name in names) + 30, width * 0.36)
    middle = left + (width - left) / 2
    alarms = covering(frame[["false_alarms_year", "false_high"]].to_numpy(dtype=float).ravel(), left, middle - 44)
    chance = Scale(0.0, 1.0, middle + 10, width - 44)
    upright(ax, alarms, alarms.marks(3), _TOP - 8, bottom, look, lambda v: form(v, "brief", look.language))
    upright(ax, chance, [0.0, 0.5, 1.0], _TOP - 8, bottom, look, lambda v: f"{v * 100:.0f}" + ("%" if v == 1 else ""))
    for scale, code in ((alarms, "false"), (chance, "detected")):
        text(ax, scale.start - 4, 12, say(f"what_if_page.tuner.{code}", look.language), c.muted)
    for n, (row, name) in enumerate(zip(frame.itertuples(index=False), names, strict=True)):
        top = _TOP + n * _ROW[look.size]
        y = top + (44 if look.narrow else _ROW[look.size] / 2)
        if n:
            ax.plot([0, width], [top, top], color=c.line, lw=1, zorder=0)
        _name(ax, row, name, top + 16 if look.narrow else y, width if look.narrow else left, look)
        _dot(ax, row, ("false_alarms_year", "false_low", "false_high"), alarms, y, look)
        _dot(ax, row, ("detected", "detected_low", "detected_high"), chance, y, look)
        if np.isfinite(row.by_chance):
            ax.plot([chance.at(row.by_chance)] * 2, [y - 9, y + 9], color=c.ink, lw=1.5, zorder=3)
    return ax


def _name(ax: Axes, row: Any, name: str, y: float, width: float, look: Look) -> None:
    """The reading; the one in force bold, with the word beside or beneath."""
    c, room = look.colours, width - (60 if look.narrow else 14)
    mark = say("what_if_page.in_force", look.language)
    if not row.in_force:
        said = [name] if look.narrow else lines(name, room)[:2]
        for n, line in enumerate(said):
            text(ax, 0, y + (n - (len(said) - 1) / 2) * 15, fit(line, room), c.ink)
    elif look.narrow:
        text(ax, 0, y, name, c.ink, bold=True)
        text(ax, width, y, mark, c.muted, ha="right", size=11)
    else:
        text(ax, 0, y - 7, name, c.ink, bold=True)
        text(ax, 0, y + 9, mark, c.muted, size=11)


def _dot(ax: Axes, row: Any, fields: tuple[str, str, str], scale: Scale, y: float, look: Look) -> None:
    c = look.colours
    value, low, high = (float(getattr(row, field)) for field in fields)
    if not np.isfinite(value):
        return
    colour = c.A if row.in_force else c.C
    ax.plot([scale.within(low), scale.within(high)], [y, y], color=colour, lw=2.5, alpha=0.6, zorder=2)
    ax.plot(scale.within(value), y, "o", ms=9, color=colour, mec=c.card, mew=1, zorder=4)
    share = fields[0] == "detected"
    words = percent(value) if share else form(value, "brief", look.language)
    text(ax, max(scale.within(high), scale.within(value)) + 9, y, words, c.ink, bold=bool(row.in_force))
