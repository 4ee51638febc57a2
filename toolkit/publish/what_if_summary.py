"""A what-if in a terminal: the verdict, the scenarios with the failed ones last, what to decide."""

from collections.abc import Iterator

from toolkit.language import say
from toolkit.publish.lines import Line
from toolkit.reports.report import Report


def lines(report: Report) -> Iterator[Line]:
    """The verdict, each scenario in a line (the failed with their reason), what to decide, and departures."""
    language = report.language
    yield Line(say("what_if.title", language, day=report.week_ending), "bold")
    yield Line("".join(report.verdict))
    for row in report.evidence["scenarios"].itertuples(index=False):
        text = say("what_if.summary.scenario", language, title=row.title, words=row.words)
        yield Line(f"  {text}", "yellow" if row.state == "failed" else "")
    decide = report.evidence["decide"]
    yield Line(report.sections["decide"].headline, "bold")
    for line in decide.itertuples(index=False):
        yield Line("  " + say("what_if.summary.decide", language, no=line.no, question=line.question))
    for sentence in report.departures:
        yield Line(say("cli.summary.departs", language, what=sentence), "magenta")
