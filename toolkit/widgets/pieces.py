"""Pieces of HTML that the chain walk and the ROI panel share. Text is escaped."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from toolkit.publish.charts.documents import chart
from toolkit.reports.document import Picture

ROOT: Final = "kat-figures"


def drawing(picture: Picture, language: str) -> Markup:
    """A picture with its finding and its measure; the page's CSS shows the size that fits."""
    drawn = chart(picture, language)
    return Markup('<section class="card drawing"><h3>{}</h3><p class="sub">{}</p>{}</section>').format(
        drawn.title, drawn.subtitle, Markup("").join(drawn.svgs())
    )


def pairs(facts: Iterable[tuple[str, str]]) -> Markup:
    """Names and what they stand for."""
    rows = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*fact) for fact in facts)
    return Markup('<dl class="pairs">{}</dl>').format(rows)
