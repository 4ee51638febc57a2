"""Weeks ahead: the mean and the band that holds most futures, the baseline's and a scenario's; hatched if unproven."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from toolkit.language import say
from toolkit.publish.charts import outcome
from toolkit.publish.charts.scale import Scale, covering, level
from toolkit.publish.charts.style import Look, canvas, fit, name_of, text, text_width

SIZES: Final = {"l": (1080, 300), "m": (660, 280), "s": (326, 270)}
SMALL: Final = {"l": (508, 250), "s": (326, 240)}
_HATCH: Final = "//"
_LABEL: Final = 34.0


def bands(
    frame: pd.DataFrame, ax: Axes, look: Look, titles: Mapping[str, str], baseline: str, *, calibrated: bool
) -> Axes:
    """Draw one figure of two scenarios: scenario, figure, week_ending, mean, low, high; the baseline is muted.

    Without a holdout record that stands (`calibrated` false) the bands are hatched and the word stands beside them.
    """
    width, height = canvas(ax)
    c, figure = look.colours, str(frame.figure.iloc[0])
    names = [one for one in frame.scenario.unique() if one == baseline]
    names += [one for one in frame.scenario.unique() if one != baseline]
    beside = width >= 460
    top = 30.0 if beside else 58.0
    bottom = height - 28
    values = covering(frame[["low", "high"]].to_numpy(dtype=float).ravel(), bottom, top, zero=figure == "won_amount")
    marks = values.marks(4, whole=figure not in ("won_amount", "reserve_share"))
    written = [outcome.written(figure, v, look.language) for v in marks]
    left = 12 + max(text_width(words) for words in written)
    right = width - (_room(width) if beside else 6)
    days = sorted(frame.week_ending.unique())
    weeks = Scale(0, max(len(days) - 1, 1), left + 4, right - 4)
    level(ax, values, marks, left, right, look, lambda v: outcome.written(figure, v, look.language))
    _days(ax, days, weeks, height, look)
    ends: list[tuple[float, str, pd.Series]] = []
    for n, one in enumerate(names):
        mine = frame[frame.scenario == one].sort_values("week_ending")
        colour = c.muted if n == 0 else c.B
        x = [weeks.at(days.index(day)) for day in mine.week_ending]
        low, high, mean = ([values.at(v) for v in mine[k]] for k in ("low", "high", "mean"))
        if calibrated:
            ax.fill_between(x, low, high, color=colour, alpha=0.16, lw=0, zorder=1 + n)
        else:
            hatch = _HATCH if n == 0 else _HATCH.replace("/", "\\")
            ax.fill_between(x, low, high, facecolor="none", edgecolor=colour, hatch=hatch, alpha=0.35, lw=0, zorder=1)
        for edge in (low, high):
            ax.plot(x, edge, color=colour, lw=0.8, zorder=2 + n)
        dashes = (4, 2.5) if n == 0 else (None, None)
        ax.plot(x, mean, color=colour, lw=2.25, dashes=dashes, zorder=4 + n, solid_joinstyle="round")
        ends.append((mean[-1], colour, mine.iloc[-1]))
    if beside:
        _beside(ax, ends, titles, right + 10, width, (top, bottom), look)
    else:
        _above(ax, ends, titles, width, look)
    if not calibrated:
        _unproven(ax, left, 12 if beside else top - 14, look)
    return ax


def _room(width: float) -> float:
    return 210.0 if width > 900 else 150.0


def _days(ax: Axes, days: list[pd.Timestamp], weeks: Scale, height: float, look: Look) -> None:
    """Dates beneath: the first, the last, and some between."""
    most = max(2, int((weeks.end - weeks.start) / 90))
    step = max(1, -(-(len(days) - 1) // most))
    shown = [n for n in range(0, len(days), step) if len(days) - 1 - n >= step * 0.7] + [len(days) - 1]
    for n in dict.fromkeys(shown):
        place = "left" if n == 0 and len(days) > 1 else "right" if n == len(days) - 1 else "center"
        text(ax, weeks.at(n), height - 10, f"{pd.Timestamp(days[n]):%m-%d}", look.colours.muted, ha=place)


def _beside(
    ax: Axes, ends: list[tuple[float, str, pd.Series]], titles: Mapping[str, str], x: float, width: float,
    reach: tuple[float, float], look: Look,
) -> None:  # fmt: skip
    """Each line's name, mean and band at its end, moved apart where they would touch."""
    ordered = sorted(ends, key=lambda one: one[0])
    places = [y for y, _, _ in ordered]
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + _LABEL)
    over = places[-1] + 16 - reach[1]
    places = [y - max(over, 0) for y in places]
    for y, (_, colour, row) in zip(places, ordered, strict=True):
        name = fit(name_of(titles, row.scenario), width - x)
        text(ax, x, y - 7, name, colour, bold=True)
        text(ax, x, y + 9, fit(_end(row, look), width - x, 11), look.colours.muted, size=11)


def _above(
    ax: Axes, ends: list[tuple[float, str, pd.Series]], titles: Mapping[str, str], width: float, look: Look
) -> None:
    """On the phone the names stand above, each with a piece of its line."""
    for n, (_, colour, row) in enumerate(ends):
        y = 8 + 17 * n
        dashes = (4, 2.5) if n == 0 else (None, None)
        ax.plot([0, 18], [y, y], color=colour, lw=2.25, dashes=dashes)
        told = outcome.written(row.figure, row["mean"], look.language)
        name = fit(name_of(titles, row.scenario), width - 24 - text_width(told) - 10)
        text(ax, 24, y, name, colour, bold=True)
        text(ax, width, y, told, look.colours.ink, ha="right", bold=True)


def _end(row: pd.Series, look: Look) -> str:
    mean, low, high = (outcome.written(row.figure, row[k], look.language) for k in ("mean", "low", "high"))
    return say("what_if_page.bands.end", look.language, mean=mean, low=low, high=high)


def _unproven(ax: Axes, x: float, y: float, look: Look) -> None:
    c = look.colours
    ax.add_patch(Rectangle((x, y - 6), 12, 12, facecolor="none", edgecolor=c.muted, hatch="////", lw=1, ls="--"))
    text(ax, x + 18, y, say("what_if_page.uncalibrated.word", look.language), c.muted, bold=True)
