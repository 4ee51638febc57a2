"""A report's first screen in words: what the index page shows of it and what a card tells."""

from collections.abc import Iterator
from typing import Any

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.plan.made import AlertRow, Figure, FirstScreen
from toolkit.publish.kinds import KINDS
from toolkit.reports.report import Report


def first_screen(report: Report) -> FirstScreen:
    """Title, verdict, figures, what is to be decided, and the alerts that are on, red first."""
    kind = KINDS[report.kind]
    day = report.as_of if report.kind == "daily" else report.week_ending
    space = " " if report.language == "en" else ""
    return FirstScreen(
        title=say(kind.title, report.language, day=day),
        verdict=space.join(clause.strip() for clause in report.verdict),
        lead=report.lead,
        figures=tuple(_figures(report)),
        lines=tuple(_decisions(report)),
        alerts=tuple(_alerts(report)),
    )


def screen_from(tree: Any) -> FirstScreen | None:
    """A first screen out of a run record; None where there is none."""
    if not isinstance(tree, dict):
        return None
    figures = tuple(Figure(**figure) for figure in tree.get("figures", ()))
    alerts = tuple(AlertRow(**alert) for alert in tree.get("alerts", ()))
    lines = tuple(tree.get("lines", ()))
    return FirstScreen(tree["title"], tree["verdict"], tree.get("lead", ""), figures, lines, alerts)


def _figures(report: Report) -> Iterator[Figure]:
    """The headline figures, as the page writes them."""
    if report.kind == "weekly":
        from toolkit.publish.weekly_view import View

        for card in View(report).kpi_cards():
            yield Figure(card["label"], card["value"], card["unit"], card["change"])
        return
    for row in report.evidence["figures"].itertuples(index=False):
        change = getattr(row, "before", None) or getattr(row, "change", None)
        unit = getattr(row, "unit", "")
        yield Figure(row.label, _text(row.text), _text(unit), _text(change))


def _decisions(report: Report) -> Iterator[str]:
    """What the first screen asks to be decided, the most urgent first, with its due day where it has one."""
    rows = report.evidence.get("decisions", report.evidence.get("decide"))
    for row in () if rows is None else rows.itertuples(index=False):
        due = _text(getattr(row, "due", None))
        yield say("plan.decision", report.language, question=row.question, due=due) if due else _text(row.question)


def _text(value: Any) -> str:
    return "" if missing(value) else str(value)


def _alerts(report: Report) -> Iterator[AlertRow]:
    """The alerts that are on and shown (a snoozed one is not), red first.

    A key holds the rule, what it is about, how severe, and when it started.
    """
    table, cards = report.tables.get("alerts"), report.evidence.get("alert_cards")
    if table is None or cards is None or "account_id" not in cards:
        return
    shown = {
        (card.severity, _text(card.account_id)): card.title for card in cards[cards["on"].astype(bool)].itertuples()
    }
    rows = {(row.severity, row.scope_id): row for row in table.itertuples(index=False) if missing(row.ended_on)}
    for place, title in shown.items():
        if place in rows:
            row = rows[place]
            started = f"{row.started_on:%Y-%m-%d}"
            key = ":".join((row.rule, row.scope, row.scope_id, row.severity, started))
            yield AlertRow(key, row.severity, row.rule, row.scope, row.scope_id, started, title)
