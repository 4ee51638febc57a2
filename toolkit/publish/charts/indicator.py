"""An indicator over its days: an ink line, alert spells as bands, judged days as dots, missing days hatched."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from toolkit.language import say
from toolkit.language.forms import missing, number, percent
from toolkit.publish.charts.style import Look, canvas, label_rows, text, text_width

SIZES: Final = {"l": (1080, 280), "m": (660, 260), "s": (326, 230)}
_DAYS: Final = {"l": 92, "m": 61, "s": 33}
_DAY: Final = pd.Timedelta(days=1)


@dataclass(frozen=True)
class _Plane:
    """From days and values to pixels."""

    first: pd.Timestamp
    last: pd.Timestamp
    low: float
    high: float
    box: tuple[float, float, float, float]

    def x(self, day: Any) -> float:
        left, _, right, _ = self.box
        share = (pd.Timestamp(day) - self.first) / (self.last - self.first + _DAY)
        return float(left + (share + 0.5 / ((self.last - self.first).days + 1)) * (right - left))

    def y(self, value: float) -> float:
        _, top, _, bottom = self.box
        return float(bottom - (value - self.low) / (self.high - self.low) * (bottom - top))

    @property
    def day(self) -> float:
        """Pixels a day takes."""
        return (self.box[2] - self.box[0]) / ((self.last - self.first).days + 1)


def indicator(daily: pd.DataFrame, spells: pd.DataFrame, ax: Axes, look: Look) -> Axes:
    """Draw daily (day, value, public_holiday) with spells.

    spells: severity, started_on, fired_on, ended_on, judged (days), recovery_line, next_line.
    """
    width, height = canvas(ax)
    last = daily.day.max()
    daily = daily[daily.day > last - pd.Timedelta(days=_DAYS[look.size])]
    spells = spells[spells.ended_on.isna() | (spells.ended_on > daily.day.min())]
    right = width - (46 if look.narrow else 100)
    marks, low, high = _scale(daily, spells)
    plane = _Plane(daily.day.min(), last, low, high, (34, 26, right, height - 28))
    c = look.colours
    for v in marks:
        ax.plot([plane.box[0], right], [plane.y(v)] * 2, color=c.line, lw=1, zorder=0)
        text(ax, 26, plane.y(v), number(v), c.muted, ha="right")
    _weeks(ax, plane, height, look)
    _missing(ax, daily, plane, look)
    _spells(ax, daily, spells, plane, look)
    known = daily.dropna(subset=["value"])
    for run in _runs(daily):
        ax.plot([plane.x(d) for d in run.day], [plane.y(v) for v in run.value], color=c.ink, lw=1.75, zorder=4,
                solid_joinstyle="round")  # fmt: skip
        if len(run) == 1:
            ax.plot(plane.x(run.day.iloc[0]), plane.y(run.value.iloc[0]), "o", ms=3, color=c.ink, zorder=4)
    if len(known):
        _newest(ax, known, spells, plane, look)
    return ax


def _scale(daily: pd.DataFrame, spells: pd.DataFrame) -> tuple[list[float], float, float]:
    values = [*daily.value.dropna(), *spells.recovery_line.dropna(), *spells.next_line.dropna()]
    if not values:
        return [0.0, 1.0], 0.0, 1.0
    low, high = min(values), max(values)
    pad = max((high - low) * 0.18, abs(high) * 0.02, 1e-9)
    marks = [float(v) for v in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low - pad, high + pad)]
    return [v for v in marks if low - pad <= v <= high + pad], low - pad, high + pad


def _weeks(ax: Axes, plane: _Plane, height: float, look: Look) -> None:
    """Labels under the Mondays, every so many that they do not touch."""
    mondays = [d for d in pd.date_range(plane.first, plane.last) if d.day_of_week == 0]
    every = max(1, int(np.ceil(62 / (7 * plane.day))))
    for d in mondays[::-1][::every]:
        words = f"{d:%m-%d}" if look.language == "zh" else f"{d.day} {d:%b}"
        if plane.x(d) - text_width(words) / 2 > plane.box[0] - 12:
            text(ax, plane.x(d), height - 11, words, look.colours.muted, ha="center")


def _absent(daily: pd.DataFrame) -> pd.DataFrame:
    """Runs of days without a value: public holidays (their weekends too), and workdays on which no report came."""
    holiday = daily.public_holiday.astype(bool)
    gap = daily.value.isna() & (holiday | (daily.day.dt.day_of_week < 5))
    weekend = daily.value.isna() & ~gap
    kind = np.where(daily.value.notna(), "", np.where(holiday, "holiday", np.where(weekend, "weekend", "absent")))
    frame = pd.DataFrame({"day": daily.day.to_numpy(), "kind": kind})
    frame = frame[frame.kind != "weekend"].reset_index(drop=True)
    frame["run"] = (frame.kind != frame.kind.shift()).cumsum()
    runs = frame[frame.kind != ""].groupby(["run", "kind"]).agg(first=("day", "min"), last=("day", "max"))
    return runs.reset_index()


def _missing(ax: Axes, daily: pd.DataFrame, plane: _Plane, look: Look) -> None:
    c = look.colours
    for run in _absent(daily).itertuples():
        left, right = plane.x(run.first) - plane.day / 2, plane.x(run.last) + plane.day / 2
        top, bottom = plane.box[1], plane.box[3]
        ax.add_patch(
            Rectangle((left, top), right - left, bottom - top, facecolor="none", edgecolor=c.line, hatch="///", lw=0)
        )
        for key in (f"page.indicator.{run.kind}", f"page.indicator.{run.kind}_short"):
            words = say(key, look.language)
            if text_width(words) < right - left + 4:
                text(ax, (left + right) / 2, bottom - 10, words, c.muted, ha="center")
                break


def _runs(daily: pd.DataFrame) -> list[pd.DataFrame]:
    """The line's pieces: it breaks over hatched days and runs on over weekends."""
    breaks = _absent(daily)
    known = daily.dropna(subset=["value"])
    piece = np.searchsorted(breaks["first"].to_numpy(), known.day.to_numpy())
    return [part for _, part in known.groupby(piece)]


def _spells(ax: Axes, daily: pd.DataFrame, spells: pd.DataFrame, plane: _Plane, look: Look) -> None:
    """Bands, recovery lines, judged days; their names above, where there is room."""
    c, values = look.colours, daily.set_index("day").value
    labels = []
    for spell in spells.itertuples():
        red = spell.severity == "red"
        open_ended = missing(spell.ended_on)
        start = max(spell.started_on, plane.first)
        end = plane.last + _DAY / 2 if open_ended else spell.ended_on - _DAY / 2
        left, right = plane.x(start - _DAY / 2), plane.x(end)
        band = c.redbg if red else c.yelbg
        ax.add_patch(Rectangle((left, 8), right - left, plane.box[3] - 8, facecolor=band, lw=0, zorder=0.5))
        if not missing(spell.recovery_line):
            level = plane.y(spell.recovery_line)
            tail = 0 if open_ended else plane.day / 2
            ax.plot([left - plane.day / 2, right + tail], [level, level], color=c.ink, lw=1, dashes=(3, 2), zorder=3)
        for n, d in enumerate(d for d in map(pd.Timestamp, spell.judged) if d >= plane.first):
            if missing(values.get(d)):
                continue
            marker, colour, size = ("o", c.red, 8.0) if red else ("D", c.yel, 7.5)
            ax.plot(plane.x(d), plane.y(values[d]), marker, ms=size, color=colour, mec=c.card, mew=1, zorder=6)
            before = values[values.index < d].dropna()
            if look.size == "l" and len(before) and n < 6:
                fall = percent(values[d] / before.iloc[-1] - 1)
                text(ax, plane.x(d) - 10, plane.y(values[d]) + 8, fall, c.redtx if red else c.yeltx, ha="right")
        labels.append((spell, left, right))
    _spell_names(ax, labels, plane, look)


def _spell_names(ax: Axes, labels: list[tuple[Any, float, float]], plane: _Plane, look: Look) -> None:
    c, spans, words = look.colours, [], []
    for spell, left, right in labels:
        name = say(f"page.indicator.{spell.severity}", look.language)
        long = text_width(name)
        # centred in its band where that holds it, else outside: before an open band, after a closed one
        start = left - long - 6 if missing(spell.ended_on) else right + 6
        start = (left + right - long) / 2 if long < right - left else start
        start = min(max(start, plane.box[0]), plane.box[2] - long)
        words.append((name, start, spell))
        spans.append((start, start + long))
    for (name, start, spell), row in zip(words, label_rows(spans, rows=1), strict=True):
        if row is None:
            continue
        colour = c.redtx if spell.severity == "red" else c.yeltx
        text(ax, start, 16, name, colour, bold=True)
        fired = spell.severity == "red" and look.size == "l" and not missing(spell.fired_on)
        if fired and not missing(spell.ended_on):
            after = max(start + text_width(name), plane.x(spell.ended_on)) + 6
            facts = say("page.indicator.fired", look.language, fired=spell.fired_on, ended=spell.ended_on)
            span = (after, after + text_width(facts))
            if span[1] < plane.box[2] and label_rows([*spans, span], rows=1)[-1] is not None:
                spans.append(span)
                text(ax, after, 16, facts, colour)


def _newest(ax: Axes, known: pd.DataFrame, spells: pd.DataFrame, plane: _Plane, look: Look) -> None:
    """The newest value in figures, and under it the line that the next day is judged by."""
    c, value = look.colours, float(known.value.iloc[-1])
    x, y = plane.x(known.day.iloc[-1]) + 12, plane.y(value)
    text(ax, x, y, number(value), c.ink, bold=True, size=16)
    ahead = spells[spells.ended_on.isna()].dropna(subset=["next_line"])
    if ahead.empty:
        return
    line = float(ahead.next_line.iloc[-1])
    level = plane.y(line)
    at = level if abs(level - y) > 18 else y + (20 if level >= y else -20)
    ax.plot([x - 18, x - 6], [level, level], color=c.yel, lw=2, zorder=6)
    words = number(line) if look.narrow else say("page.indicator.next_line", look.language, line=line)
    for n, part in enumerate(words.split("\n")):
        text(ax, x, at + 16 * n, part, c.yeltx)
