"""What the weekly page's templates ask of a Report. It shows; it decides nothing."""

from typing import Any, ClassVar, Final

import pandas as pd

from toolkit.language.forms import listing, missing, money, number, percent
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.publish import numbers
from toolkit.publish.charts import weekly
from toolkit.publish.view import ReportView

_PERCENT: Final = "competitor_defence"
_CARDS: Final = 3


class View(ReportView):
    """A weekly review as its templates see it."""

    vocabulary = (
        *ReportView.vocabulary, "owner", "due", "names_in", "trust_name", "facts", "kpi_cards", "alert_tag", "pips",
        "spent",
        "focused", "picked", "short_list", "capacity", "pressing", "first_alerts", "other_alerts", "main_leaks",
        "other_leaks", "red_judged", "any_day", "told", "shows", "known_requests", "odd_checks", "dimensions",
        "log_items", "log_rows", "signed",
        "cards_in", "percent", "known_people",
    )  # fmt: skip
    charts: ClassVar[Any] = weekly
    dimensions = DIMENSIONS

    def name_of_section(self, code: str) -> str:
        """What a section is called where the report says nothing of it."""
        return self.t(f"page.section.{code}")

    def owner(self, row: Any) -> str:
        """The owner's name of a row that has one."""
        return self.rep(getattr(row, "owner_id", None))

    def due(self, decision: Any) -> str:
        """When a decision is due: the report's words, or its date."""
        if decision.due_today and not isinstance(decision.due, str):
            return self.t("page.today")
        return self.day(decision.due)

    def names_in(self, value: Any) -> str:
        """Accounts by name: the report's own text, or a list of ids."""
        return (
            listing(map(self.account, value), self.language) if isinstance(value, list | tuple) else self.words(value)
        )

    def trust_name(self, row: Any) -> str:
        """Whom a doubt is about: the account, else the rep, else all."""
        return self.account(row.account_id) or self.rep(row.rep_id) or self.t("page.trust.team")

    def facts(self) -> list[str]:
        """What the report covers: week, accounts, reps, day."""
        end = self.report.week_ending
        out = [self.t("page.week", first=end - pd.Timedelta(days=6), last=end)]
        if "tiers" in self.report.tables:
            out.append(self.t("page.accounts", n=len(self.report.tables["tiers"])))
        out.append(self.t("page.as_of", day=self.report.as_of))
        return out

    def kpi_cards(self) -> list[dict[str, Any]]:
        """The four figures, written out."""
        return [self._kpi(row) for row in self.rows("kpis")]

    def _kpi(self, row: Any) -> dict[str, Any]:
        value, unit = self._figure(row.code, row.value, self.words(row.unit))
        history = list(row.history) if isinstance(row.history, list | tuple) else []
        known = [v for v in history if not missing(v)]
        low, high = ("".join(self._figure(row.code, end(known), "")) if known else "—" for end in (min, max))
        return {
            "label": row.label, "value": value, "unit": unit, "context": row.context, "weeks": len(history),
            "change": self._change(row),
            "spark": weekly.spark(row.label, history, (low, high), self.language) if known else "",
        }  # fmt: skip

    def _figure(self, code: str, value: Any, unit: str) -> tuple[str, str]:
        """A figure and its unit apart: 1010 and 万元; ¥10.1M and nothing; 17.8 and what the report calls it."""
        if missing(value):
            return "", ""
        if code == "gap":
            text = money(float(value), self.language)
            return (text[:-1], text[-1] + "元") if text[-1] in "万亿" else (text, "")
        if code == _PERCENT:
            return percent(float(value), 1)[:-1], unit or "%"
        return number(float(value)), unit

    def _change(self, row: Any) -> str:
        """Against last week: an arrow and words, never a colour."""
        if missing(row.previous) or missing(row.value):
            return self.t("page.kpi.no_last")
        change = float(row.value) - float(row.previous)
        if row.code == "gap":
            size = money(abs(change), self.language)
        elif row.code == _PERCENT:
            size = self.t("page.kpi.points", x=number(abs(change) * 100, 2))
        else:
            size = number(abs(change), 2 if abs(change) < 1 else 3)
        if size.lstrip("¥").startswith("0") and abs(change) < 1e-9:
            return self.t("page.kpi.same")
        kind = "amount" if row.code == "gap" else "level"
        return self.t(f"page.kpi.{kind}_{'up' if change > 0 else 'down'}", x=size)

    def pressing(self, decision: Any) -> bool:
        """Due today, or overdue."""
        return bool(decision.due_today or getattr(decision, "late", False))

    def first_alerts(self) -> list[Any]:
        """The alerts that get a card of their own: at most three, those that are on; never ten alarms."""
        return [a for a in self.rows("alert_cards") if a.on][:_CARDS]

    def other_alerts(self) -> list[Any]:
        """The alerts that get a line: those beyond three, and those that ended this week."""
        alerts = self.rows("alert_cards")
        return [a for a in alerts if a.on][_CARDS:] + [a for a in alerts if not a.on]

    def main_leaks(self) -> list[Any]:
        """Who spent most on C: at most five reps, those with a whole point or more (always the first)."""
        return [row for n, row in enumerate(self.rows("leaks")) if n == 0 or (n < 5 and row.share >= 0.005)]

    def other_leaks(self) -> float:
        """The share of all the other reps together."""
        return float(sum(row.share for row in self.rows("leaks")[len(self.main_leaks()) :]))

    def red_judged(self) -> bool:
        """Whether the red alert could be judged: reports that stay away are never an all-clear."""
        return "cannot_judge" not in self.frame("red_findings")["state"].tolist()

    def any_day(self) -> bool:
        """Whether the indicator is defined on any day."""
        return bool(self.frame("indicator_daily")["value"].notna().any())

    def alert_tag(self, alert: Any) -> str:
        """An alert's kind in words, with how far it has formed."""
        on = self.pips(alert)
        if alert.severity == "warning" and on:
            return self.t("page.alert.forming", left=len(on) - sum(on))
        return self.t(f"page.alert.{alert.severity}")

    def pips(self, alert: Any) -> list[bool]:
        """One mark a day that the alert needs, true for those gone; empty where it does not form day by day."""
        if missing(alert.forming) or missing(alert.needed):
            return []
        return [n < int(alert.forming) for n in range(int(alert.needed))]

    def spent(self) -> bool:
        """Is there anything to hold against the plan?"""
        frame = self.frame("plan_actual")
        return bool(len(frame)) and bool(frame.actual_share.notna().all())

    def focused(self) -> bool:
        """Is there effort to draw a curve of?"""
        frame = self.frame("focus")
        return bool(len(frame)) and bool(frame.effort_share.notna().any())

    def picked(self, code: str) -> int:
        """How many of a ranking are chosen."""
        frame = self.frame(code)
        return int(frame.picked.sum()) if len(frame) else 0

    def short_list(self, code: str) -> list[Any]:
        """The chosen of a ranking and the first that was not."""
        rows = self.rows(code)
        return rows[: self.picked(code) + 1]

    def told(self, code: str) -> bool:
        """Whether the report has a section at all: the team's copy leaves some out."""
        return code in self.report.sections

    def shows(self, code: str) -> bool:
        """Whether the report has an evidence frame at all."""
        return code in self.report.evidence

    def known_requests(self) -> bool:
        """Whether any request is on record: without one no clock is kept, and none is broken."""
        return bool(len(self.report.tables.get("requests", ())))

    def odd_checks(self) -> list[Any]:
        """The week's spot checks that did not verify the visit."""
        return [row for row in self.rows("spot_checks") if row.result != "verified"]

    def log_items(self) -> list[str]:
        """What the daily self-check asks, in order."""
        return list(dict.fromkeys(row.item for row in self.rows("daily_log")))

    def log_rows(self) -> list[tuple[pd.Timestamp, list[Any]]]:
        """The days of the week's self-check, each with its cells in the order of `log_items`."""
        cells: dict[pd.Timestamp, dict[str, Any]] = {}
        for row in self.rows("daily_log"):
            cells.setdefault(row.day, {})[row.item] = row
        return [(day, [cells[day][item] for item in self.log_items()]) for day in sorted(cells)]

    def known_people(self) -> bool:
        """Whether any decision maker is on record."""
        return bool((self.report.tables["chains"]["people"] > 0).any())

    def cards_in(self, column: str) -> list[Any]:
        """The cards of a column of the campaign board."""
        return [card for card in self.rows("board_cards") if card.board_column == column]

    @staticmethod
    def percent(value: Any) -> str:
        """A share in per cent."""
        return percent(float(value), 0)

    def signed(self, value: Any) -> str:
        """A change with its sign."""
        return numbers.signed(value)

    def capacity(self, value: Any) -> str:
        """A market's capacity in the column's unit: 亿元 or ¥bn."""
        return "—" if missing(value) else number(float(value) / (1e8 if self.language == "zh" else 1e9))
