"""How many wins would surprise: the chance of each number of them, with what came in the darkest colour."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language import say
from toolkit.language.forms import percent
from toolkit.publish.charts.style import Look, canvas, text

SIZES: Final = {"l": (508, 190), "s": (326, 190)}
_LEAST: Final = 0.005  # what is rarer is not drawn, unless it came
_TOP: Final = 24.0
_FOOT: Final = 22.0
_WIDEST: Final = 64.0


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The counts that are drawn: from the first to the last that is not very rare, and the one that came.

    Examples
    --------
    >>> frame = pd.DataFrame({"wins": [0, 1, 2], "chance": [0.6, 0.399, 0.001], "actual": [True, False, False]})
    >>> shown(frame)["wins"].tolist()
    [0, 1]
    """
    kept = frame.index[(frame["chance"] >= _LEAST) | frame["actual"]]
    return frame.loc[kept.min() : kept.max()] if len(kept) else frame


def wins(frame: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw wins (counts), chance (fractions) and actual (bool): a bar a count, its chance above, the count beneath."""
    width, height = canvas(ax)
    c, rows = look.colours, shown(frame)
    step = min(width / max(len(rows), 1), _WIDEST)
    bottom = height - _FOOT
    scale = (bottom - _TOP) / max(float(rows["chance"].max()), 1e-9)
    ax.plot([0, step * len(rows)], [bottom, bottom], color=c.line, lw=1, zorder=0)
    for k, row in enumerate(rows.itertuples(index=False)):
        middle, high = step * (k + 0.5), row.chance * scale
        colour, ink = (c.A, c.ink) if row.actual else (c.C, c.muted)
        ax.add_patch(Rectangle((middle - step * 0.36, bottom - high), step * 0.72, high, facecolor=colour, lw=0))
        words = percent(row.chance) if row.chance >= _LEAST else "<0.5%"
        if step >= 34 or row.actual:
            text(ax, middle, bottom - high - 10, words, ink, ha="center", bold=row.actual)
        text(ax, middle, bottom + 12, say("monthly_page.forecast.wins", look.language, n=row.wins), ink, ha="center",
             bold=row.actual)  # fmt: skip
    return ax
