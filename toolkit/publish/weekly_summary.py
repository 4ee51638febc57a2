"""The weekly review in a terminal: a dozen lines, red first."""

from collections.abc import Iterator

from toolkit.language import say
from toolkit.publish.lines import Line
from toolkit.reports.report import Report

_MARKS = {"red": "▲", "yellow": "◆", "warning": "◆"}
_STYLES = {"red": "bold red", "yellow": "yellow", "warning": "yellow"}


def lines(report: Report) -> Iterator[Line]:
    """The verdict, then alerts (red first), decisions, what cannot be judged, faults, and departures."""
    language = report.language
    yield Line(say("cli.summary.title", language, day=report.week_ending), "bold")
    yield Line("".join(report.verdict))
    yield from _alerts(report)
    yield from _decisions(report)
    rows = report.evidence["tier_rows"]
    unknown = rows.loc[rows["cannot_judge"], "account_id"]
    if len(unknown):
        names = say("cli.summary.join", language).join(report.names["accounts"].get(i, i) for i in unknown)
        yield Line(say("cli.summary.cannot_judge", language, n=len(unknown), names=names), "cyan")
    faults, rejected = len(report.tables["faults"]), len(report.tables["rejected"])
    if faults:
        yield Line(say("cli.summary.faults", language, n=faults, rejected=rejected), "yellow")
    for sentence in report.departures:
        yield Line(say("cli.summary.departs", language, what=sentence), "magenta")


def _alerts(report: Report) -> Iterator[Line]:
    cards = report.evidence["alert_cards"]
    cards = cards[cards["on"].astype(bool)]
    if "cannot_judge" in report.evidence["red_findings"]["state"].tolist():
        yield Line("  " + report.sections["alerts"].headline, "yellow")
    elif not len(cards):
        yield Line(say("cli.summary.no_alerts", report.language))
    for severity in _MARKS:
        for card in cards[cards["severity"] == severity].itertuples():
            yield Line(f"  {_MARKS[severity]} {card.title}", _STYLES[severity])


def _decisions(report: Report) -> Iterator[Line]:
    asked = report.evidence["decisions"]
    if not len(asked):
        return
    yield Line(say("cli.summary.decisions", report.language, n=len(asked)), "bold")
    for row in asked.itertuples():
        text = say("cli.summary.decision", report.language, no=row.no, question=row.question, due=row.due)
        yield Line(f"  {text}", "red" if row.late or row.due_today else "")
