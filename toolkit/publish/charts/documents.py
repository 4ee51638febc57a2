"""The charts of printable documents: a document's pictures in, `Chart`s out.

>>> sorted(FORMS)
['chain_map', 'tornado']
"""

from collections.abc import Callable, Mapping
from typing import Final

from matplotlib.axes import Axes

from toolkit.publish.charts.chain_map import chain_map as draw_chain_map
from toolkit.publish.charts.chain_map import height_of as chain_height
from toolkit.publish.charts.figure import Chart
from toolkit.publish.charts.style import Look
from toolkit.publish.charts.tornado import height_of as tornado_height
from toolkit.publish.charts.tornado import tornado as draw_tornado
from toolkit.reports.document import Picture

_WIDTHS: Final = {"l": 720, "s": 326}


def chart(picture: Picture, language: str) -> Chart:
    """The chart of a picture."""
    return FORMS[picture.form](picture, language)


def chain_map(picture: Picture, language: str) -> Chart:
    """A decision chain: people, ways, chosen."""
    people, ways, chosen = (picture.data[name] for name in ("people", "ways", "chosen"))

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_chain_map(people, ways, chosen, ax, look)

    sizes = {size: (width, chain_height(people, width, language, ways, chosen)) for size, width in _WIDTHS.items()}
    return Chart(picture.title, picture.subtitle, picture.told, draw, sizes, language)


def tornado(picture: Picture, language: str) -> Chart:
    """What a net present value hangs on: frame, labels, ends."""
    frame, labels, ends = (picture.data[name] for name in ("frame", "labels", "ends"))

    def draw(ax: Axes, look: Look) -> Axes:
        return draw_tornado(frame, ax, look, "won_amount", labels, ends)

    sizes = {size: (width, tornado_height(len(frame), size)) for size, width in _WIDTHS.items()}
    return Chart(picture.title, picture.subtitle, picture.told, draw, sizes, language)


FORMS: Final[Mapping[str, Callable[[Picture, str], Chart]]] = {"chain_map": chain_map, "tornado": tornado}
