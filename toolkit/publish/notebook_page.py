"""An executed notebook as one HTML file in the house's look: offline, and no script of it runs."""

from pathlib import Path
from typing import Final

from markupsafe import Markup

from toolkit.language import say
from toolkit.publish.assembly import stylesheet, templates

_HIDDEN: Final = ("parameters", "injected-parameters", "papermill-error-cell-tag")
_STYLES: Final = ("page.css", "notebook.css")


def notebook_page(notebook: Path, title: str, language: str, failed: str = "") -> str:
    """The notebook's prose, code and results as they were saved; the cells with its parameters are left out.

    failed  why it stopped, where it did; it stands on top, in place of papermill's own signs

    Whatever an output would load or run, the page's security policy forbids.
    """
    import nbformat
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    pages = nbformat.read(notebook, as_version=4)
    settings = Config()
    settings.TagRemovePreprocessor.remove_cell_tags = set(_HIDDEN)
    settings.TagRemovePreprocessor.enabled = True
    exporter = HTMLExporter(config=settings, template_name="basic")
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    body, _ = exporter.from_notebook_node(pages)
    words = {"title": title, "lang": say("page.lang", language), "css": stylesheet(_STYLES, notebook=False)}
    words["failed"] = failed
    return str(templates().get_template("notebook/page.html.j2").render(words | {"body": Markup(body)}))
