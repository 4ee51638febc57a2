"""The weekly review as a page: one HTML file, offline, without script, for light, dark, phone and print."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language.forms import missing
from toolkit.publish.charts.style import DARK, LIGHT, variables
from toolkit.publish.weekly_view import View
from toolkit.reports.report import Report

SECTIONS: Final = (
    "masthead", "figures", "decisions", "moves", "alerts", "resources", "trust", "hands", "loop", "tiers", "roadmap",
    "margins", "allocation", "indicators", "focus", "quality", "footer",
)  # fmt: skip


def page(report: Report) -> str:
    """The whole review as one HTML file that needs nothing beside it; the same text for the same report."""
    template = _templates().get_template("page.html.j2")
    css = f"{_colours(notebook=False)}\n{scoped(_css())}"
    return _render(template, report, css=Markup(css))


def fragment(report: Report, section: str | None = None) -> str:
    """One section, or all, as a piece of HTML for notebooks: its CSS stays under its own class.

    section: one of SECTIONS. Raises InputError for another.
    """
    if section is not None and section not in SECTIONS:
        raise InputError(f"the weekly review has no section {section!r}; it has {', '.join(SECTIONS)}")
    template = _templates().get_template("fragment.html.j2")
    css = f"{_colours(notebook=True)}\n{_contained(scoped(_css()))}"
    return _render(template, report, css=Markup(css), codes=[section] if section else list(SECTIONS))


def _render(template: Any, report: Report, **more: Any) -> str:
    words = View(report).words_of_templates()
    macros = template.environment.get_template("macros.html.j2").make_module(words)
    return str(template.render(words | {"m": macros, "span": ""} | more))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("toolkit.publish", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "—" if missing(value) else value,
    )


@cache
def _css() -> str:
    text = files("toolkit.publish").joinpath("page.css").read_text("utf-8")
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
