"""The daily brief in a terminal: its lines, as on the phone."""

from collections.abc import Iterator

from toolkit.language import say
from toolkit.publish.brief_view import View
from toolkit.publish.lines import Line
from toolkit.reports.report import Report


def lines(report: Report) -> Iterator[Line]:
    """Verdict, figures, then each section with its lines; what the copy leaves out is not there."""
    view, language = View(report), report.language
    yield Line(f"{say('brief.title', language, day=report.as_of)} · {view.weekday()}", "bold")
    yield Line(view.joined(tuple(part.strip() for part in report.verdict)))
    yield Line(report.lead)
    for figure in view.rows("figures"):
        value = f"{figure.text} {figure.unit}".strip() if figure.text else say("page.cannot_judge", language)
        yield Line(f"  {figure.label} {value} ({view.figures_beside(figure)})")
    texts = {
        "decisions": [f"{d.no}. {d.question} [{d.due}]" for d in view.rows("decisions")],
        "alerts": [a.title for a in view.first_alerts()],
        "clocks": [f"{c.text} ({c.due})" if c.due else c.text for c in view.rows("clocks")],
        "draws": [d.text for d in view.rows("draws")],
        "checks": [f"{c.label} {c.text}" for c in view.rows("checks")],
    }
    for code, mine in texts.items():
        if view.has(code):
            yield Line(f"{view.section(code).eyebrow} · {view.section(code).headline}", "bold")
            yield from (Line(f"  {text}") for text in mine)
    for sentence in report.departures:
        yield Line(say("cli.summary.departs", language, what=sentence), "magenta")
