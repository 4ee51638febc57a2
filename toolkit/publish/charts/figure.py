"""A chart as a thing: its finding, its measure, its drawing and its sizes; for pages (SVG) and on its own (PNG)."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from toolkit.publish.charts.style import DARK, LIGHT, VARIABLES, Look, blank, lines, svg, text

_MARGIN: Final = 20.0


@dataclass(frozen=True)
class Chart:
    """`draw(ax, look)` draws it; `sizes` are pixels (width, height) by size: l wide page, m tablet, s phone."""

    title: str
    subtitle: str
    description: str
    draw: Callable[[Axes, Look], Axes]
    sizes: Mapping[str, tuple[int, int]]
    language: str
    fill: bool = False

    def svgs(self) -> list[Markup]:
        """The chart for a page: one SVG a size; the page's CSS shows the one that fits."""
        out = []
        for size, (width, height) in self.sizes.items():
            figure, ax = blank(width, height)
            self.draw(ax, Look(self.language, VARIABLES, size))
            classes = size + (" has-m" if size == "l" and "m" in self.sizes else "")
            classes += " fill" if self.fill or size == "m" else ""
            out.append(svg(figure, self.title, self.description, classes))
        return out

    def figure(self, *, dark: bool = False, size: str = "l") -> Figure:
        """The chart on its own, with its title and subtitle drawn, in real colours: for notebooks and pictures."""
        look = Look(self.language, DARK if dark else LIGHT, size)
        width, height = self.sizes[size]
        title = lines(self.title, width, 16)
        subtitle = lines(self.subtitle, width) if self.subtitle else []
        head = 24 * len(title) + 18 * len(subtitle) + 14
        wide, high = width + 2 * _MARGIN, height + head + 2 * _MARGIN
        figure = Figure(figsize=(wide / 72, high / 72), dpi=72, facecolor=look.colours.card)
        page = figure.add_axes((0, 0, 1, 1))
        page.set(xlim=(0, wide), ylim=(high, 0))
        page.axis("off")
        y = _MARGIN + 12
        for line in title:
            text(page, _MARGIN, y, line, look.colours.ink, bold=True, size=16)
            y += 24
        for line in subtitle:
            text(page, _MARGIN, y - 3, line, look.colours.muted)
            y += 18
        ax = figure.add_axes((_MARGIN / wide, _MARGIN / high, width / wide, height / high))
        self.draw(ax, look)
        return figure

    def png(self, *, dark: bool = False, size: str = "l", scale: float = 2.0) -> bytes:
        """The chart on its own as a picture, `scale` dots a pixel; the same bytes every time."""
        buffer = io.BytesIO()
        with mpl.rc_context({"hatch.linewidth": 1.0}):
            self.figure(dark=dark, size=size).savefig(buffer, format="png", dpi=72 * scale, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()
