"""Who gets what: hollow last week, filled now, amount and change beside; who did not change shares one row a tier."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.base.tiers import LETTERS
from toolkit.language import say
from toolkit.publish.charts.style import Look, canvas, chip, fit, name_of, text, text_width
from toolkit.publish.numbers import MINUS, amount, money_column

_TOP: Final = 34.0
_GAP: Final = 0.55
_MOST: Final = 12
_SMALL: Final = 0.02  # of the largest amount: what changed by less is told together


def _rows(frame: pd.DataFrame) -> list[tuple[str, Any]]:
    """What is drawn, from the top: ("row", account), ("same", accounts), ("gap", None), ("reserve", row)."""
    out: list[tuple[str, Any]] = []
    least = max(1e-9, _SMALL * float(frame[["now", "last"]].max().max()))
    for tier in LETTERS:
        mine = frame[frame.tier == tier].sort_values(["now", "last"], ascending=False, kind="stable")
        moved = mine.change.abs() >= least
        drawn = mine[moved & (mine.change.abs().rank(method="first", ascending=False) <= _MOST)]
        rest = mine.drop(index=drawn.index)
        rest = rest[(rest.now != 0) | (rest["last"] != 0)]
        if out and len(drawn) + len(rest):
            out.append(("gap", None))
        out += [("row", row) for row in drawn.itertuples()]
        if len(rest):
            out.append(("same", rest))
    reserve = frame[frame.account_id.fillna("") == ""]
    return out + [("reserve", row) for row in reserve.itertuples()]


def height_of(frame: pd.DataFrame) -> int:
    """How high the drawing is, in pixels, at 26 a row."""
    return int(_TOP + 26 + 26 * sum(_GAP if kind == "gap" else 1 for kind, _ in _rows(frame)))


def dumbbell(frame: pd.DataFrame, ax: Axes, look: Look, names: Mapping[str, str]) -> Axes:
    """Draw one resource: account_id (empty: the reserve), tier, now, last, change, unit."""
    width, height = canvas(ax)
    c, rows = look.colours, _rows(frame)
    unit = str(frame.unit.iloc[0])
    room = 128.0 if look.narrow else 172.0
    left = 34 + max([66.0, *(min(text_width(_words(kind, row, names, look)), room - 34) for kind, row in rows)])
    change_at, now_at = width, width - (46 if look.narrow else 60)
    right = now_at - (46 if look.narrow else 52) - (26 if unit == "CNY" else 0)
    top_value = max(float(frame[["now", "last"]].max().max()), 1e-9)
    marks = [v for v in MaxNLocator(4 if look.narrow else 5, integer=unit != "CNY").tick_values(0, top_value) if v >= 0]
    scale = (right - left) / max(top_value, marks[-2] if len(marks) > 1 else top_value)
    text(ax, now_at, 12, say("page.dumbbell.now", look.language), c.muted, ha="right")
    text(ax, change_at, 12, say("page.dumbbell.change", look.language), c.muted, ha="right")
    for v in marks:
        if left + v * scale <= right + 1:
            ax.plot([left + v * scale] * 2, [_TOP - 8, height - 26], color=c.line, lw=1, zorder=0)
            text(ax, left + v * scale, height - 11, _mark(v, unit, look), c.muted, ha="center")
    step = (height - 26 - _TOP) / sum(_GAP if kind == "gap" else 1 for kind, _ in rows)
    y, keyed = _TOP, False
    for kind, row in rows:
        if kind == "gap":
            ax.plot([0, width], [y + step * _GAP / 2] * 2, color=c.line, lw=1)
            y += step * _GAP
            continue
        middle = y + step / 2
        y += step
        words = fit(_words(kind, row, names, look), left - 34)
        if kind == "same":
            _same(ax, row, words, middle, left, scale, look)
            text(ax, now_at, middle, _range(row.now, unit, look), c.muted, ha="right")
            most = row.change.abs().max()
            small = "±" + amount(most, unit, look.language) if most > 1e-9 else "0"
            text(ax, change_at, middle, small, c.muted, ha="right")
            continue
        _pair(ax, row, middle, left, scale, look)
        text(ax, 22, middle, words, c.muted if kind == "reserve" else c.ink)
        text(ax, now_at, middle, amount(row.now, unit, look.language), c.ink, ha="right", bold=True)
        big = abs(row.change) > 0.1 * top_value
        text(
            ax,
            change_at,
            middle,
            _signed(row.change, unit, look),
            c.ink if row.change else c.muted,
            ha="right",
            bold=big,
        )
        if not keyed and abs(row.change) * scale > 60:
            keyed = True
            text(
                ax,
                left + row.last * scale,
                middle - 12,
                say("page.dumbbell.last", look.language),
                c.muted,
                ha="center",
                size=11,
            )
    return ax


def _words(kind: str, row: Any, names: Mapping[str, str], look: Look) -> str:
    if kind == "same":
        steady = bool((row.change.abs() <= 1e-9).all())
        return say("page.dumbbell.same" if steady else "page.dumbbell.small", look.language, n=len(row))
    if kind == "reserve":
        return say("page.dumbbell.reserve", look.language)
    return "" if kind == "gap" else name_of(names, row.account_id)


def _same(ax: Axes, rows: pd.DataFrame, words: str, y: float, left: float, scale: float, look: Look) -> None:
    c = look.colours
    tier = rows.tier.iloc[0]
    chip(ax, 8, y, tier, c, size=14)
    text(ax, 22, y, words, c.muted)
    ax.plot(
        left + rows.now * scale, [y] * len(rows), "o", ms=6, mfc=c.tier(tier), mec=c.card, mew=0.75, alpha=0.7, zorder=3
    )


def _pair(ax: Axes, row: Any, y: float, left: float, scale: float, look: Look) -> None:
    c, colour = look.colours, look.colours.tier(row.tier or "")
    if row.tier:
        chip(ax, 8, y, row.tier, c, size=14)
    if row.change:
        ends = [left + row.last * scale, left + row.now * scale]
        ax.plot(ends, [y, y], color=colour, lw=2.5, zorder=1, solid_capstyle="butt", alpha=0.55)
        ax.plot(ends[0], y, "o", ms=8, mfc=c.card, mec=colour, mew=1.5, zorder=2)
    ax.plot(left + row.now * scale, y, "o", ms=8.5, mfc=colour, mec=colour, mew=0.5, zorder=3)


def _signed(change: float, unit: str, look: Look) -> str:
    if not abs(change) > 1e-9:
        return "0"
    return ("+" if change > 0 else MINUS) + amount(abs(change), unit, look.language)


def _mark(value: float, unit: str, look: Look) -> str:
    return money_column(value, look.language) if unit == "CNY" else amount(value, unit, look.language)


def _range(values: pd.Series, unit: str, look: Look) -> str:
    low, high = (amount(v, unit, look.language) for v in (values.min(), values.max()))
    return low if low == high else f"{low}–{high}"
