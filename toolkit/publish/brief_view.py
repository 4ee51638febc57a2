"""What the daily brief's templates ask of a Report. It shows; it decides nothing."""

from typing import Any, ClassVar, Final

from toolkit.language.forms import form
from toolkit.publish import charts
from toolkit.publish.view import ReportView

_ALERTS: Final = 2


class View(ReportView):
    """A daily brief as its templates see it."""

    vocabulary = (*ReportView.vocabulary, "has", "first_alerts", "due", "done", "weekday")
    charts: ClassVar[Any] = charts

    def name_of_section(self, code: str) -> str:
        """What a section is called where the report says nothing of it."""
        return self.t(f"brief.eyebrow.{code}")

    def weekday(self) -> str:
        """The day of the week."""
        return form(self.report.as_of, "weekday", self.language)

    def has(self, code: str) -> bool:
        """Whether the report holds the section: the team's copy leaves some out."""
        return code in self.report.sections

    def first_alerts(self) -> list[Any]:
        """The alerts that are on, red first: at most two."""
        return [alert for alert in self.rows("alert_cards") if alert.on][:_ALERTS]

    def figures_beside(self, figure: Any) -> str:
        """What a figure is held against, in a line."""
        return f"{figure.before} · {figure.week}"

    def due(self, decision: Any) -> str:
        """When a line falls due, in a word: today, or so many days late (of several the oldest)."""
        late = int((self.report.as_of - decision.due_on).days)
        return self.t("brief.late", n=late) if late > 0 else str(decision.due)

    def done(self, check: Any) -> bool:
        """Whether one of the day's three was done."""
        return bool(check.state == "good")
