"""The campaign board over time: a row a column, a bar a Friday, the limit as a line."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language import say
from toolkit.language.forms import day, missing
from toolkit.publish.charts.style import Look, canvas, fit, text
from toolkit.publish.numbers import signed

_ROW = 40.0
_FOOT = 26.0
_TOP = 22.0


def height_of(frame: pd.DataFrame) -> int:
    """How high the drawing is, in pixels."""
    return int(_TOP + _FOOT + _ROW * frame["board_column"].nunique())


def board_flow(frame: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw board_column, name, week_ending, cards, limit (NaN: none); columns in order, Fridays from left to right."""
    width, height = canvas(ax)
    c = look.colours
    weeks = sorted(frame["week_ending"].unique())
    left, right = (64.0 if look.language == "zh" else 84.0), width - (86 if look.language == "zh" else 96)
    step = (right - left) / max(len(weeks), 1)
    most = max(float(frame["cards"].max()), float(frame["limit"].max() if frame["limit"].notna().any() else 0), 1.0)
    scale = (_ROW - 12) / most
    text(ax, width, 8, say("page.campaigns.change", look.language), c.muted, ha="right", size=11)
    for n, (_, rows) in enumerate(frame.groupby("board_column", sort=False)):
        base = _TOP + (n + 1) * _ROW - 6
        ax.plot([left, right], [base, base], color=c.line, lw=1, zorder=0)
        rows = rows.sort_values("week_ending")
        text(ax, 0, base - 9, fit(str(rows["name"].iloc[0]), left - 6), c.ink)
        limit = rows["limit"].iloc[0]
        for place, row in enumerate(rows.itertuples(index=False)):
            last = place == len(rows) - 1
            over = not missing(limit) and row.cards > limit
            face = c.B if last else c.C
            x = left + place * step + step * 0.14
            ax.add_patch(
                Rectangle(
                    (x, base - row.cards * scale), step * 0.72, row.cards * scale,
                    facecolor=face, edgecolor=c.ink if over else "none", lw=1.5 if over else 0,
                )
            )  # fmt: skip
        if not missing(limit):
            ax.plot([left, right], [base - limit * scale] * 2, color=c.ink, lw=1, ls=(0, (4, 3)))
        _ends(ax, rows, width, base, look)
    for place in {0, len(weeks) - 1}:
        at = left + (place + 0.5) * step
        text(ax, at, height - 12, day(weeks[place], look.language), c.muted, ha="center", size=11)
    return ax


def _ends(ax: Axes, rows: pd.DataFrame, width: float, base: float, look: Look) -> None:
    """How many cards stand there now, the limit, and the change since the first Friday."""
    c = look.colours
    now, first, limit = int(rows["cards"].iloc[-1]), int(rows["cards"].iloc[0]), rows["limit"].iloc[0]
    known = "" if missing(limit) else f"/{int(limit)}"
    text(ax, width - 42, base - 9, f"{now}{known}", c.ink, ha="right", bold=True)
    change = now - first
    text(ax, width, base - 9, signed(change) if change else "0", c.ink if change else c.muted, ha="right")
