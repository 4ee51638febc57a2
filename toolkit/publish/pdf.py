"""A page as a PDF, where the extra `documents` (weasyprint) is installed: A4, the page's own print layout."""

import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_SIGN: Final = '<svg class="ic"'  # the triangle or diamond of an alert
_RED: Final = re.compile(rf'(class="[^"]*\bal?-red\b[^"]*"[^>]*>(?:(?!<svg).)*{_SIGN})', re.DOTALL)


def is_installed() -> bool:
    """True where the extra is installed, whether or not it works."""
    return find_spec("weasyprint") is not None


@cache
def can_print() -> bool:
    """True where weasyprint is installed and finds its libraries."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # OSError: the package is there, Pango is not
        return False
    return True


def write_pdf(page: str, target: Path) -> None:
    """Print a page (`kat`'s own, one file without links to others) into a file."""
    from weasyprint import HTML

    HTML(string=for_paper(page), url_fetcher=_nothing).write_pdf(target)


def for_paper(page: str) -> str:
    """The page as the printing library can print it: `paper.css` at the end of its style, signs filled by attribute,
    the light palette written in (inside SVG it looks up no variables).

    Examples
    --------
    >>> for_paper('<path style="fill: var(--ink)"/>')
    '<path style="fill: #1B2430"/>'
    """
    from toolkit.publish.assembly import scoped  # lazy: whether it is installed is asked without drawing
    from toolkit.publish.charts.style import LIGHT

    mends = scoped(files("toolkit.publish").joinpath("paper.css").read_text("utf-8").partition("*/\n")[2])
    page = page.replace("</style>", f"{mends}</style>", 1)
    head, end, body = page.partition("</style>")
    body = _RED.sub(r'\1 fill="var(--red)"', body)
    page = head + end + body.replace(f"{_SIGN} view", f'{_SIGN} fill="var(--yel)" view')
    for name, colour in asdict(LIGHT).items():
        page = page.replace(f"var(--{name})", colour)
    return page


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    """No page of ours fetches anything; should one ask, it gets nothing."""
    raise ValueError(f"not fetched: {url}")
