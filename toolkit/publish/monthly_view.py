"""What the monthly page's templates ask of a Report. It shows; it decides nothing."""

from typing import Any, ClassVar

from toolkit.language.forms import missing
from toolkit.publish import numbers
from toolkit.publish.charts import monthly
from toolkit.publish.view import ReportView

_COLUMN = {"open": "warning", "lost": "", "dropped": "", "won": ""}


class View(ReportView):
    """A monthly review as its templates see it."""

    vocabulary = (
        *ReportView.vocabulary, "told", "facts", "cards", "due", "pressing", "owner", "tier_rows", "ended", "kept",
        "has_clocks", "has_credibility", "ledger_state", "over", "percent_column", "count_rows",
    )  # fmt: skip
    charts: ClassVar[Any] = monthly

    def name_of_section(self, code: str) -> str:
        """What a section is called where the report says nothing of it."""
        return self.t(f"monthly.section.{code}.eyebrow")

    def told(self, code: str) -> bool:
        """Whether the report has a section at all: the team's copy leaves some out."""
        return code in self.report.sections

    def over(self) -> bool:
        """Whether the month is over."""
        return bool(self.report.run.get("month_over", True))

    def facts(self) -> list[str]:
        """What the report covers: the month, and up to which day."""
        first = self.report.as_of.replace(day=1)
        out = [self.t("monthly_page.month", first=first)]
        day = self.report.as_of
        return [*out, self.t("monthly_page.whole") if self.over() else self.t("monthly_page.so_far", day=day)]

    def cards(self) -> list[dict[str, Any]]:
        """The four figures, written out, each with the line of its last months."""
        return [self._card(row) for row in self.rows("figures")]

    def _card(self, row: Any) -> dict[str, Any]:
        history = list(row.history) if isinstance(row.history, list | tuple) else []
        known = [
            (value, words) for value, words in zip((v for v in history if v is not None), row.written, strict=True)
        ]
        line = ""
        if len(known) > 1:
            low, high = (end(known)[1] for end in (min, max))
            line = monthly.spark(row.label, history, (low, high), self.language)
        return {
            "label": row.label, "text": row.text, "unit": row.unit, "change": row.change, "context": row.context,
            "spark": line, "months": len(history),
        }  # fmt: skip

    def due(self, decision: Any) -> str:
        """When a decision is due: the report's words."""
        return self.day(decision.due)

    def pressing(self, decision: Any) -> bool:
        """Due today, or overdue."""
        return bool(decision.due_today or decision.late)

    def owner(self, row: Any) -> str:
        """The owner's name of a row that has one."""
        return self.rep(getattr(row, "owner_id", None))

    def ended(self, row: Any) -> int:
        """How many clocks of a row were decided."""
        return int(row.met + row.late + row.breached)

    def kept(self, row: Any) -> str:
        """How many of those were in time."""
        return self.t("monthly_page.service.of", met=int(row.met), ended=self.ended(row)) if self.ended(row) else "—"

    def has_clocks(self) -> bool:
        """Whether any clock was decided in the month."""
        frame = self.frame("service")
        return bool(len(frame)) and bool((frame["met"] + frame["late"] + frame["breached"]).sum())

    def tier_rows(self) -> list[Any]:
        """The service levels by tier."""
        return [row for row in self.rows("service") if row.tier]

    def has_credibility(self) -> bool:
        """Whether any rep has a figure."""
        frame = self.frame("credibility")
        return bool(len(frame)) and bool(frame["score"].notna().any())

    def ledger_state(self, row: Any) -> str:
        """The mark of a contradiction: past its day, open, or none where it is closed."""
        if row.state != "open":
            return ""
        return "breach" if row.late else "warning"

    def percent_column(self, value: Any) -> str:
        """A share in whole per cent."""
        return "—" if missing(value) else numbers.whole(value)

    def count_rows(self, code: str) -> int:
        """How many rows an evidence frame has."""
        return len(self.frame(code))
