"""A linear axis of a drawing: from values to pixels, and the round values that are marked on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.publish.charts.style import Look, text


@dataclass(frozen=True)
class Scale:
    """Values `low` to `high` lie on the pixels `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value.

        Examples
        --------
        >>> Scale(0, 10, 100, 200).at(5)
        150.0
        """
        return float(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start))

    def within(self, value: float) -> float:
        """The pixel of a value, at the axis's end where it lies beyond."""
        return self.at(min(max(value, self.low), self.high))

    def marks(self, most: int, *, whole: bool = False) -> list[float]:
        """Round values on the axis, about `most` of them.

        Examples
        --------
        >>> Scale(-3, 12, 0, 100).marks(4)
        [0.0, 5.0, 10.0]
        """
        ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(self.low, self.high)
        slack = 1e-9 * (self.high - self.low)
        return [float(v) + 0.0 for v in ticks if self.low - slack <= v <= self.high + slack]


def covering(values: Iterable[float], start: float, end: float, *, zero: bool = True, pad: float = 0.04) -> Scale:
    """The scale that holds all known values (and 0), with a little room at each end that is not 0.

    Examples
    --------
    >>> covering([1.0, float("nan"), 4.0], 0, 100, pad=0.0)
    Scale(low=0.0, high=4.0, start=0, end=100)
    """
    known = [float(v) for v in values if np.isfinite(v)] + ([0.0] if zero else [])
    low, high = min(known, default=0.0), max(known, default=1.0)
    if high - low < 1e-12:
        high = low + 1.0
    room = pad * (high - low)
    return Scale(low - room if low else low, high + room if high else high, start, end)


def upright(
    ax: Axes, scale: Scale, marks: list[float], top: float, bottom: float, look: Look, write: Callable[[float], str]
) -> None:
    """Hairlines at the marks of a horizontal axis, what they stand for beneath."""
    c = look.colours
    for value in marks:
        x = scale.at(value)
        ax.plot([x, x], [top, bottom], color=c.line, lw=1, zorder=0)
        text(ax, x, bottom + 15, write(value), c.muted, ha="center")


def level(
    ax: Axes, scale: Scale, marks: list[float], left: float, right: float, look: Look, write: Callable[[float], str]
) -> None:
    """Hairlines at the marks of a vertical axis, what they stand for at their left."""
    c = look.colours
    for value in marks:
        y = scale.at(value)
        ax.plot([left, right], [y, y], color=c.line, lw=1, zorder=0)
        text(ax, left - 8, y, write(value), c.muted, ha="right")
