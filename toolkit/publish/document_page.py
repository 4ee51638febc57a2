"""A printable document as a page: A4, one HTML file, offline, without script; or as a piece for a notebook."""

from collections.abc import Iterable, Mapping
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


def _render(name: str, document: Document, *, notebook: bool) -> str:
    words = {
        "t": partial(say, language=document.language),
        "css": stylesheet(_STYLES, notebook=notebook),
        "drawn": lambda picture: chart(picture, document.language).svgs(),
    }
    return str(templates().get_template(name).render(words | {"document": document}))
