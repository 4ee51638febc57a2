"""A printable document as a page: A4, one HTML file, offline, without script; or as a piece for a notebook."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.publish.assembly import stylesheet, templates
from toolkit.publish.charts.documents import chart
from toolkit.publish.deliver import Delivery, write_record
from toolkit.publish.roi_workbook import roi_workbook
from toolkit.publish.staging import staged
from toolkit.reports.document import Document
from toolkit.reports.roi_document import RoiModel

_STYLES: Final = ("page.css", "document.css")
_NUMBER: Final = re.compile(r"[+±−-]?¥?\d[\d,.]*(%|万|亿|k|M|bn)?|\d+(/| of )\d+|\d+%–\d+%|—|")

_DIGIT: Final = re.compile(r"\d")


def page(document: Document) -> str:
    """The whole document as one HTML file that needs nothing beside it; everything in it is escaped."""
    return _render("document/page.html.j2", document, notebook=False)


def fragment(document: Document) -> str:
    """The document as a piece of HTML for notebooks: its CSS stays under its own class."""
    return _render("document/fragment.html.j2", document, notebook=True)


def print_documents(documents: Iterable[Document], folder: str | Path, run: Mapping[str, Any]) -> Delivery:
    """Write each document as `<kind>.html` and run.json (`run`) into `folder`, replaced whole or not at all.

    The ROI model is written as a workbook (`roi_model.xlsx`) as well.


    Raises InputError where the folder holds something else.
    """
    made = list(documents)
    with staged(folder, made[0].language) as place:
        for document in made:
            (place / f"{document.kind}.html").write_text(page(document), "utf-8", newline="\n")
            if isinstance(document.model, RoiModel) and not missing(document.model.contract):
                (place / f"{document.kind}.xlsx").write_bytes(roi_workbook(document.model))
        files = write_record(run, place)
    return Delivery(Path(folder), files, {})


def numeric(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns of a table hold numbers alone, to be aligned right; never the first, which names the row.

    Examples
    --------
    >>> numeric([("北辰", "¥1.4M", "2/5", "方案"), ("1", "—", "12%", "3")])
    [False, True, True, False]
    """
    columns = list(zip(*rows, strict=True))
    return [
        place > 0 and any(map(_DIGIT.search, cells)) and all(_NUMBER.fullmatch(cell.strip()) for cell in cells)
        for place, cells in enumerate(columns)
    ]


def _render(name: str, document: Document, *, notebook: bool) -> str:
    words = {
        "t": partial(say, language=document.language),
        "css": stylesheet(_STYLES, notebook=notebook),
        "numeric": numeric,
        "drawn": lambda picture: chart(picture, document.language).svgs(),
    }
    return str(templates().get_template(name).render(words | {"document": document}))
