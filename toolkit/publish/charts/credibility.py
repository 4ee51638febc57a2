"""How far what was said is borne out: a figure with its interval a rep, by id; for coaching, never a ranking."""

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language import say
from toolkit.language.forms import percent
from toolkit.publish.charts.scale import Scale, upright
from toolkit.publish.charts.style import Look, canvas, fit, name_of, text, text_width
from toolkit.publish.numbers import whole

_ROW: Final = 26.0
_TOP: Final = 8.0
_MOST: Final = 24


def height_of(frame: pd.DataFrame) -> int:
    """How high the drawing is, in pixels."""
    return int(_TOP + _ROW * min(len(frame), _MOST) + 34)


def credibility(frame: pd.DataFrame, ax: Axes, look: Look, names: Mapping[str, str]) -> Axes:
    """Draw rep_id, score, low, high (fractions), items and state: a row a rep in the order given, at most 24.

    The axis ends at 100 % and begins at 50 %, or at the whole tenth below the lowest interval.
    A figure that cannot be judged is hollow; where there is none the row says only how much stands behind it.
    """
    width, _ = canvas(ax)
    c, rows = look.colours, frame.head(_MOST)
    words = [fit(name_of(names, rep), 110) for rep in rows.rep_id]
    counts = [say("page.credibility.items", look.language, n=int(n)) for n in rows["items"]]
    left = 16 + max([40.0, *(text_width(word) for word in words)])
    right = width - 52 - max([24.0, *(text_width(count, 11) for count in counts)])
    start = min(0.5, math.floor(rows.low.min() * 10 + 1e-9) / 10) if rows.low.notna().any() else 0.5
    x, bottom = Scale(start, 1.0, left, right), _TOP + _ROW * len(rows)
    upright(ax, x, x.marks(4 if look.narrow else 6), _TOP, bottom, look, percent)
    for k, row in enumerate(rows.itertuples(index=False)):
        y = _TOP + _ROW * (k + 0.5)
        text(ax, 0, y, words[k], c.ink)
        text(ax, width, y, counts[k], c.muted, ha="right", size=11)
        if row.score != row.score:
            continue
        hollow = row.state == "cannot_judge"
        ax.plot([x.at(row.low), x.at(row.high)], [y, y], color=c.B, lw=2.5, alpha=0.45, solid_capstyle="butt", zorder=2)
        ax.plot(x.at(row.score), y, "o", ms=9, mfc=c.card if hollow else c.B, mec=c.B, mew=1.75, zorder=3)
        text(ax, right + 40, y, whole(row.score), c.ink, ha="right", bold=True)
    return ax
