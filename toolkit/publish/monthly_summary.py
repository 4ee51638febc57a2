"""The monthly review in a terminal: the verdict, the four figures, what to decide."""

from collections.abc import Iterator

from toolkit.language import say
from toolkit.publish.lines import Line
from toolkit.reports.report import Report


def lines(report: Report) -> Iterator[Line]:
    """The verdict, each figure in a line, what to decide, and departures."""
    language = report.language
    yield Line(say("monthly.title", language, day=report.week_ending), "bold")
    yield Line("".join(report.verdict))
    for row in report.evidence["figures"].itertuples(index=False):
        text = row.text or say("page.cannot_judge", language)
        unit = f" {row.unit}" if row.text and row.unit else ""
        more = row.change if row.text and row.change else row.context
        yield Line(
            "  " + say("monthly_page.summary.figure", language, label=row.label, text=text, unit=unit, change=more)
        )
    decide = report.evidence["decisions"]
    yield Line(report.sections["decisions"].headline, "bold")
    for line in decide.itertuples(index=False):
        text = say("cli.summary.decision", language, no=line.no, question=line.question, due=line.due)
        yield Line(f"  {text}", "red" if line.late or line.due_today else "")
    for sentence in report.departures:
        yield Line(say("cli.summary.departs", language, what=sentence), "magenta")
