"""A decision chain as a map: by reporting line from left to right; on the phone as an outline.

Size is influence; filled is reached, hollow is not; the border's dash is the stance; a heavy ring is a breakpoint; key
people in bold, role and stance as words. Blue lines are the ways of introduction.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.publish.charts.chain_layout import Place, placed
from toolkit.publish.charts.style import Look, canvas, fit, text, text_width

_ROW: Final = 42.0
_LOW: Final = 30.0  # a row of an outline with room for name and role on one line
_ROOMY: Final = 560.0  # from this width on there is
_LANE: Final = 7.0
_CLEAR: Final = 32.0  # from a dot to the first lane
_NARROWEST: Final = 150.0  # pixels a column needs, else the map is an outline
_INDENT: Final = 20.0
_LEFT: Final = 34.0
_KEY: Final = 24.0
_DASH: Final[Mapping[int, Any]] = {1: "-", 0: (0, (3, 2)), -1: (0, (1, 1.4))}
Ways = Sequence[Sequence[str]]
_MARKS: Final = ("reached", "hollow", "for_us", "neutral", "against", "ring", "way")


def height_of(people: pd.DataFrame, width: float, language: str, ways: Ways = (), chosen: str = "") -> int:
    """How high the drawing is, in pixels."""
    places = _places(people, ways, chosen)
    rows = len(places) if _outlined(places, width) else max((place.row for place in places), default=0.0) + 1
    return int(rows * _row(places, width) + len(_legend_rows(width, language)) * _KEY + 12)


def chain_map(people: pd.DataFrame, ways: Ways, chosen: str, ax: Axes, look: Look) -> Axes:
    """Draw the people of one chain, in the order of those of one superior.

    people  person_id, reports_to, label, said, influence (0-100), reached, stance (-2..2), key, ring
    ways    paths of introduction, each from somebody reached on, nobody on them is folded; chosen  who is marked; ""
            nobody
    """
    width, _ = canvas(ax)
    places = _places(people, ways, chosen)
    rows = {row.person_id: row for row in people.itertuples(index=False)}
    drawing = _Drawing(rows, places, ways, width, ax, look)
    for place in places:
        drawing.line(place, look.colours.C)
    for way in ways:
        drawing.way(way)
    for place in places:
        drawing.person(place, place.person_id == chosen) if place.person_id else drawing.stub(place)
    deepest = max((drawing.spot(place)[1] for place in places), default=0.0)
    _legend(deepest + _row(places, width) / 2 + 6, width, ax, look)
    return ax


def _places(people: pd.DataFrame, ways: Ways, chosen: str) -> list[Place]:
    bosses = {row.person_id: None if missing(row.reports_to) else row.reports_to for row in people.itertuples()}
    weights = {row.person_id: _weight(row) for row in people.itertuples()}
    return placed(bosses, weights, keep=[*{person for way in ways for person in way}, *([chosen] if chosen else [])])


def _weight(row: Any) -> float:
    """What keeps a person on the map: key and breakpoint before reached, reached before influence."""
    influence = 0.0 if missing(row.influence) else float(row.influence) / 100
    return 4 * bool(row.key) + 4 * bool(row.ring) + 2 * bool(row.reached) + influence


def _depth(places: list[Place]) -> int:
    return max((place.column for place in places), default=0) + 1


def _outlined(places: list[Place], width: float) -> bool:
    return width / _depth(places) < _NARROWEST


def _row(places: list[Place], width: float) -> float:
    """How high a row is: of a roomy outline, name and role stand on one line."""
    return _LOW if _outlined(places, width) and width >= _ROOMY else _ROW


def _radius(influence: Any) -> float:
    return 5.0 if missing(influence) else 5.0 + 7.0 * min(max(float(influence), 0.0), 100.0) / 100.0


class _Drawing:
    """Where everybody stands in a canvas, and the lines between them."""

    def __init__(
        self, rows: Mapping[str, Any], places: list[Place], ways: Ways, width: float, ax: Axes, look: Look
    ) -> None:
        self._rows = rows
        self._ax, self._look = ax, look
        self._column = width / _depth(places)
        self._outline, self._high = _outlined(places, width), _row(places, width)
        self._width, self._left = width, _LEFT / 2
        self._bosses = {place.person_id: place.boss for place in places if place.person_id}
        self._spots = {place.person_id: self.spot(place) for place in places if place.person_id}
        self._lanes = self._given_lanes(ways)
        self._many = len(set(self._lanes.values()))
        self._lane = min(_LANE, width / 3 / max(self._many, 1))
        if self._outline or any(self._spots[one][0] < _LEFT for one, _ in self._lanes):
            margin = self._many * self._lane + _CLEAR - 13
            self._left += margin
            self._column -= margin / _depth(places)
            self._spots = {place.person_id: self.spot(place) for place in places if place.person_id}

    def _given_lanes(self, ways: Ways) -> dict[tuple[str, str], int]:
        """The lane of each step that goes around, the shortest nearest; steps that do not overlap share one."""
        steps = {step for way in ways for step in pairwise(way) if self._around(*step)}
        taken: list[list[tuple[float, float]]] = []
        out = {}
        for one, other in sorted(steps, key=lambda step: (self._span(*step)[1] - self._span(*step)[0], step)):
            low, high = self._span(one, other)
            free = (n for n, lane in enumerate(taken) if all(high < a or b < low for a, b in lane))
            lane = next(free, len(taken))
            if lane == len(taken):
                taken.append([])
            taken[lane].append((low, high))
            out[one, other] = lane
        return out

    def _span(self, one: str, other: str) -> tuple[float, float]:
        low, high = sorted((self._spots[one][1], self._spots[other][1]))
        return low, high

    def _along(self, one: str, other: str) -> bool:
        """Whether two people are joined by the reporting line."""
        return self._bosses[one] == other or self._bosses[other] == one

    def _around(self, one: str, other: str) -> bool:
        """Whether a step goes around by a lane: in an outline every one that is no reporting line, else in a column."""
        level = abs(self._spots[one][0] - self._spots[other][0]) < 1
        return not self._along(one, other) and (self._outline or level)

    def spot(self, place: Place) -> tuple[float, float]:
        """The pixel of a place's dot."""
        if self._outline:
            return self._left + place.column * _INDENT, (place.line + 0.5) * self._high
        return self._left + place.column * self._column, (place.row + 0.5) * self._high

    def room(self, x: float) -> float:
        """How much room words have beside a dot."""
        lanes = self._many * self._lane
        return (self._width if self._outline else x - _LEFT / 2 + self._column - 14 - lanes) - x - 22

    def line(self, place: Place, colour: str, width: float = 1.0) -> None:
        """The reporting line from a place to its superior."""
        if place.boss:
            xs, ys = self._bends(self.spot(place), place.boss)
            self._ax.plot(xs, ys, color=colour, lw=width, zorder=1, solid_capstyle="butt")

    def way(self, way: Sequence[str]) -> None:
        """A way of introduction: along the reporting line where there is one, around by a lane, or as a bow."""
        c = self._look.colours
        for one, other in pairwise(way):
            (x0, y0), (x1, y1) = self._spots[one], self._spots[other]
            if self._along(one, other):
                lower, upper = (other, one) if self._bosses[other] == one else (one, other)
                xs, ys = self._bends(self._spots[lower], upper)
                self._ax.plot(xs, ys, color=c.B, lw=2.5, zorder=2, solid_capstyle="butt")
                ends = (xs[1], ys[1], xs[0], ys[0]) if other == upper else (xs[-2], ys[-2], xs[-1], ys[-1])
                self._head(*ends, shrink=0 if other == upper and not self._outline else self._edge(other))
            elif (one, other) in self._lanes:
                lane = (self._left if self._outline else x0) - _CLEAR - self._lane * self._lanes[one, other]
                self._ax.plot([x0, lane, lane], [y0, y0, y1], color=c.B, lw=2, zorder=2, solid_capstyle="butt")
                self._head(lane - 1, y1, x1, y1, shrink=self._edge(other))
            else:
                self._ax.add_patch(
                    FancyArrowPatch(
                        (x0, y0), (x1, y1), connectionstyle="arc3,rad=0.12", arrowstyle="-|>", mutation_scale=11,
                        shrinkA=10, shrinkB=13, color=c.B, lw=2, zorder=2,
                    )
                )  # fmt: skip

    def _head(self, x0: float, y0: float, x1: float, y1: float, *, shrink: float) -> None:
        """An arrow's head at the end of a line."""
        self._ax.add_patch(
            FancyArrowPatch(
                (x0, y0), (x1, y1), arrowstyle="-|>", mutation_scale=11, shrinkA=0, shrinkB=shrink,
                color=self._look.colours.B, lw=2, zorder=2,
            )
        )  # fmt: skip

    def _bends(self, spot: tuple[float, float], boss: str) -> tuple[list[float], list[float]]:
        """From the superior to somebody: in columns from behind the superior's words, in an outline down and across."""
        (x, y), (bx, by) = spot, self._spots[boss]
        if self._outline:
            return [bx, bx, x], [by, y, y]
        bend = x - _LEFT / 2 - 2
        room, row = self.room(bx), self._rows[boss]
        words = max(text_width(fit(row.label, room)), text_width(fit(row.said, room, 11), 11))
        return [min(bx + 24 + words, bend - 8), bend, bend, x], [by, by, y, y]

    def person(self, place: Place, chosen: bool) -> None:
        """Somebody's dot and words; in a low row the role stands behind the name."""
        ax, look, row = self._ax, self._look, self._rows[place.person_id]
        (x, y), c = self.spot(place), look.colours
        room, radius = self.room(x), self._size(row.influence)
        if chosen:
            ax.add_patch(Circle((x, y), radius + 7, fc=c.ghost, ec="none", zorder=2))
        _dot(ax, x, y, radius, row.reached, row.stance, row.ring, look)
        low = self._high == _LOW
        label = fit(row.label, room * 0.6 if low else room)
        text(ax, x + 20, y if low else y - 8, label, c.ink, bold=bool(row.key))
        after = text_width(label) + 12 if low else 0.0
        text(ax, x + 20 + after, y if low else y + 8, fit(row.said, room - after, 11), c.muted, size=11)

    def stub(self, place: Place) -> None:
        """Who is folded away: how many, and how many of them are reached."""
        ax, look = self._ax, self._look
        (x, y), c = self.spot(place), look.colours
        reached = sum(bool(self._rows[person].reached) for person in place.folded)
        text(ax, x, y, "+", c.muted, ha="center", bold=True, size=14)
        words = say("document.chain_map.folded", look.language, n=len(place.folded), reached=reached)
        text(ax, x + 20, y, fit(words, self.room(x)), c.muted)

    def _edge(self, person: str) -> float:
        """From the middle of somebody's dot to its outside."""
        row = self._rows[person]
        return self._size(row.influence) + (5 if row.ring else 1)

    def _size(self, influence: Any) -> float:
        return _radius(influence) * (0.75 if self._high == _LOW else 1.0)


def _dot(ax: Axes, x: float, y: float, radius: float, reached: bool, stance: Any, ring: bool, look: Look) -> None:
    c = look.colours
    if ring:
        ax.add_patch(Circle((x, y), radius + 3.5, fc=c.card, ec=c.ink, lw=3, zorder=3))
    known = not missing(stance)
    dash = _DASH[0 if not known or stance == 0 else 1 if stance > 0 else -1]
    ax.add_patch(Circle((x, y), radius, fc=c.B if reached else c.card, ec="none", zorder=4))
    edge = c.ink if known else c.C
    ax.add_patch(Circle((x, y), radius, fc="none", ec=edge, lw=1.75, ls=dash if known else "-", zorder=5))


def _legend_rows(width: float, language: str) -> list[list[tuple[str, float]]]:
    """The legend's marks, row by row, each with where it begins."""
    rows: list[list[tuple[str, float]]] = [[]]
    x = 0.0
    for mark in _MARKS:
        wide = 26 + text_width(say(f"document.chain_map.{mark}", language), 11) + 14
        if x + wide > width and rows[-1]:
            rows.append([])
            x = 0.0
        rows[-1].append((mark, x))
        x += wide
    return rows


def _legend(top: float, width: float, ax: Axes, look: Look) -> None:
    c = look.colours
    stance = {"for_us": 1, "neutral": 0, "against": -1}
    for n, row in enumerate(_legend_rows(width, look.language)):
        y = top + (n + 0.5) * _KEY
        for mark, x in row:
            if mark == "way":
                ax.plot([x + 2, x + 20], [y, y], color=c.B, lw=2)
            else:
                _dot(ax, x + 11, y, 5.5, mark == "reached", stance.get(mark), mark == "ring", look)
            text(ax, x + 26, y, say(f"document.chain_map.{mark}", look.language), c.muted, size=11)
