"""What the templates of every page ask of a Report: rows, names, words and dates. It shows; it decides nothing."""

from typing import Any, ClassVar

import pandas as pd

from toolkit.language import has, say
from toolkit.language.forms import day as write_day
from toolkit.language.forms import missing
from toolkit.publish import numbers
from toolkit.reports.report import Report, Section


class ReportView:
    """A Report as the templates see it; the methods named in `vocabulary` are words of theirs.

    `charts`: the module of the page's charts.
    """

    vocabulary: ClassVar[tuple[str, ...]] = (
        "t", "section", "rows", "account", "rep", "industry", "day", "label", "words", "money_column", "provenance",
        "space", "joined",
    )  # fmt: skip
    charts: ClassVar[Any]

    def __init__(self, report: Report) -> None:
        self.report = report
        self.language = report.language
        self.space = " " if report.language == "en" else ""

    def words_of_templates(self) -> dict[str, Any]:
        """The templates' vocabulary: this view's public methods, plain formatters, the report and its charts."""
        own = {name: getattr(self, name) for name in self.vocabulary}
        plain = {"missing": missing, "whole": numbers.whole, "fixed": numbers.fixed}
        plain["signed_points"] = numbers.signed_points
        return own | plain | {"report": self.report, "charts": self.charts}

    def t(self, key: str, **arguments: Any) -> str:
        """A label of the catalogue."""
        return say(key, self.language, **arguments)

    def section(self, code: str) -> Section:
        """The report's section; only its name where the report has none."""
        found = self.report.sections.get(code)
        return found or Section(code, "", self.name_of_section(code))

    def name_of_section(self, code: str) -> str:
        """What a section is called where the report says nothing of it."""
        raise NotImplementedError

    def joined(self, sentences: tuple[str, ...]) -> str:
        """Sentences one after another."""
        return self.space.join(sentences)

    def frame(self, code: str) -> pd.DataFrame:
        """An evidence frame; empty where the report has none."""
        return self.report.evidence.get(code, pd.DataFrame())

    def rows(self, code: str) -> list[Any]:
        """The rows of an evidence frame."""
        return list(self.frame(code).itertuples(index=False))

    def account(self, key: Any) -> str:
        """An account's name, or its id."""
        return self._name("accounts", key)

    def rep(self, key: Any) -> str:
        """A rep's name, or the id; empty where nobody is named."""
        return self._name("reps", key)

    def industry(self, key: Any) -> str:
        """An industry's name, or its id."""
        return self._name("industries", key)

    def _name(self, kind: str, key: Any) -> str:
        return "" if missing(key) else str(self.report.names.get(kind, {}).get(key, key))

    def words(self, value: Any) -> str:
        """Text as it is; nothing where it is missing."""
        return "" if missing(value) else str(value)

    def day(self, value: Any) -> str:
        """A date in prose, or the text that stands in its place."""
        if missing(value) or value == "":
            return "—"
        return value if isinstance(value, str) and not value[:4].isdigit() else write_day(value, self.language)

    def label(self, key: str, code: Any) -> str:
        """The key of a code's label, or of the general one where the code has none."""
        return f"{key}.{code}" if has(f"{key}.{code}", self.language) else f"{key}.any"

    def money_column(self, value: Any) -> str:
        """Money in the column's unit: 万元 or ¥k."""
        return numbers.money_column(value, self.language)

    def provenance(self) -> str:
        """Version, data and parameters by the first eight characters of their hashes, and where the rest stands."""
        run = self.report.run
        parts = [f"kat {run['version']}"] if "version" in run else []
        for part in ("source", "parameters"):
            if part in run:
                parts.append(self.t(f"page.foot.{part}", sha=str(run[part]["sha256"])[:8]))
        return " · ".join([*parts, "run.json"])
