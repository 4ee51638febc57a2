"""How a report becomes one HTML file, offline, without script, for light, dark, phone and print; or pieces of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language.forms import missing
from toolkit.publish.charts.style import DARK, LIGHT, variables
from toolkit.publish.view import ReportView
from toolkit.reports.report import Report

_FRAGMENT: Final = "fragment.html.j2"


@dataclass(frozen=True)
class Layout:
    """One kind of page: its name in messages, its sections in order, its template, where the sections' lie, its CSS
    and its view.
    """

    name: str
    sections: tuple[str, ...]
    template: str
    folder: str
    styles: tuple[str, ...]
    view: Callable[[Report], ReportView]


def whole_page(report: Report, layout: Layout) -> str:
    """The whole report as one HTML file that needs nothing beside it; the same text for the same report."""
    return _render(layout.template, report, layout, css=stylesheet(layout.styles, notebook=False))


def part_of_page(report: Report, layout: Layout, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of the layout's sections. Raises InputError for another.
    """
    if section is not None and section not in layout.sections:
        raise InputError(f"the {layout.name} has no section {section!r}; it has {', '.join(layout.sections)}")
    css = stylesheet(layout.styles, notebook=True)
    codes = [section] if section else list(layout.sections)
    return _render(_FRAGMENT, report, layout, css=css, codes=codes, folder=layout.folder)


def stylesheet(styles: tuple[str, ...], *, notebook: bool) -> Markup:
    """The colours and these files' rules, every selector under .kat; in a notebook they stay inside their part."""
    rules = scoped(_css(styles))
    return Markup(f"{_colours(notebook=notebook)}\n{_contained(rules) if notebook else rules}")


def _render(name: str, report: Report, layout: Layout, **more: Any) -> str:
    template = templates().get_template(name)
    words = layout.view(report).words_of_templates()
    macros = templates().get_template("macros.html.j2").make_module(words)
    return str(template.render(words | {"m": macros, "span": ""} | more))


@cache
def templates() -> Environment:
    """The templates of all pages: everything escaped, an unknown name an error, a missing value a dash."""
    return Environment(
        loader=PackageLoader("toolkit.publish", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "—" if missing(value) else value,
    )


@cache
def _css(styles: tuple[str, ...]) -> str:
    text = "".join(files("toolkit.publish").joinpath(name).read_text("utf-8") for name in styles)
    return re.sub(r"/\*.*?\*/\n*", "", text, flags=re.S)


def _colours(*, notebook: bool) -> str:
    """The variables: light, and dark on a screen that asks for it. In a notebook JupyterLab's theme goes before."""
    light, dark = variables(LIGHT), variables(DARK)
    rules = [f".kat{{{light}}}", f"@media screen and (prefers-color-scheme:dark){{.kat{{{dark}}}}}"]
    if notebook:
        rules.append(
            f'@media screen{{[data-jp-theme-light="false"] .kat{{{dark}}}[data-jp-theme-light="true"] .kat{{{light}}}}}'
        )
    return "\n".join(rules)


def scoped(css: str, root: str = ".kat") -> str:
    """Every selector of `css` under `root` (doubled, to win over a notebook's own rules); & stands for the root.

    Examples
    --------
    >>> scoped("h1, .a b { margin: 0; }")
    '.kat.kat h1, .kat.kat .a b { margin: 0; }'
    >>> scoped("@media print {\\n&:lang(en) p { margin: 0; }\\n}")
    '@media print {\\n.kat.kat:lang(en) p { margin: 0; }\\n}'
    """
    twice = root + root

    def under(selector: str) -> str:
        selector = selector.strip()
        return selector.replace("&", twice, 1) if selector.startswith("&") else f"{twice} {selector}"

    def rule(match: re.Match[str]) -> str:
        if match[1].startswith("@"):
            return match[0]
        return ", ".join(map(under, match[1].split(","))) + " {"

    return re.sub(r"^([^{}\n]+?) \{", rule, css, flags=re.M)


def _contained(css: str) -> str:
    """For a fragment its own width counts, not the window's: media queries of width become container queries."""
    css = re.sub(
        r"@media screen and \(max-width: (\d+)px\)", lambda m: f"@container (max-width: {int(m[1]) - 48}px)", css
    )
    return f".kat.part {{ container-type: inline-size; background: none; padding: 1px 0; }}\n{css}"
