"""The small line under a figure: its last weeks, without axes; lowest and highest stand in the description."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from toolkit.publish.charts.style import Look, canvas

SIZE = (222, 40)


def spark(values: Sequence[float | None], ax: Axes, look: Look) -> Axes:
    """Draw `values` (oldest first; None or NaN breaks the line) with a dot on the newest.

    Examples
    --------
    >>> from toolkit.publish.charts.style import blank
    >>> len(spark([1, None, 3, 2], blank(*SIZE)[1], Look()).lines)
    2
    """
    width, height = canvas(ax)
    y = np.array([np.nan if v is None else v for v in values], dtype=float)
    known = np.flatnonzero(np.isfinite(y))
    if not known.size:
        return ax
    low, high = np.nanmin(y), np.nanmax(y)
    share = (y - low) / (high - low) if high > low else np.full(y.shape, 0.5)
    x = 2 + np.arange(y.size) / max(y.size - 1, 1) * (width - 10)
    drop = 7 + (1 - share) * (height - 14)
    colours = look.colours
    ax.plot(x, np.where(np.isfinite(y), drop, np.nan), color=colours.muted, lw=1.5, solid_joinstyle="round")
    ax.plot(x[known[-1]], drop[known[-1]], "o", ms=6, color=colours.ink, mec=colours.ink)
    return ax
