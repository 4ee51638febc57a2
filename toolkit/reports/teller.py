"""What the documents of enablement share: names, cells, moves of competitors, and where a document comes from."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from toolkit.base.keyed_draw import Salt
from toolkit.base.version import __version__
from toolkit.data.load import Data
from toolkit.language.forms import form, missing
from toolkit.parameters import Parameters
from toolkit.reports.document import Block, Chapter, Document, facts, grid_or
from toolkit.reports.wording import Wording
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState


class Teller:
    """A day's state told in one language."""

    def __init__(self, team: TeamState, w: Wording) -> None:
        self.team = team
        self.w = w
        self.day = pd.Timestamp(team.day)

    @classmethod
    def of(cls, data: Data, on: np.datetime64, parameters: Parameters, salt: Salt, language: str) -> "Teller":
        """What was known on a day, in a language."""
        week = WeekState(data.at(pd.Timestamp(on)), on, parameters)
        return cls(TeamState.of(week, salt), Wording.of(week, language))

    def in_language(self, language: str) -> "Teller":
        """The same state told in another language."""
        return Teller(self.team, Wording.of(self.team.week, language))

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `document.<key>`."""
        return self.w.say(f"document.{key}", **arguments)

    def cell(self, value: Any, spec: str = "") -> str:
        """A value as a table's cell; a dash where it is missing."""
        return "—" if missing(value) or value == "" else form(value, spec, self.w.language)

    def account(self, account_id: str) -> str:
        """An account's name."""
        return self.team.week.account(account_id)

    def industry(self, industry_id: str) -> str:
        """An industry's name, or its id."""
        return self.team.week.names["industries"].get(industry_id, industry_id)

    def stage(self, stage: Any) -> str:
        """A decision stage in words."""
        return "—" if missing(stage) else self.w.say(f"stage.{int(stage)}")

    def person(self, row: Any) -> str:
        """A person of the decision chain by title and name."""
        return row.person_name if missing(row.title) else f"{row.title} {row.person_name}"

    def headers(self, *names: str) -> tuple[str, ...]:
        """A table's headers."""
        return tuple(self.say(f"column.{name}") for name in names)

    def facts(self, **values: str) -> Block:
        """Facts by the names that headers have."""
        return facts((self.say(f"column.{name}"), value) for name, value in values.items())

    def moves(self, rows: pd.DataFrame) -> Block:
        """Moves of competitors (M8's items) as a table."""
        cells = [
            (
                self.cell(row.on, "date"),
                row.competitor,
                self.account(row.account_id) if row.account_id else self.cell(self.industry(row.industry_id)),
                self.strategy(row),
                self.say(f"heard.{row.result}"),
            )
            for row in rows.itertuples(index=False)
        ]
        return grid_or(self.headers("day", "competitor", "where", "move", "heard"), cells, self.say("none.moves"))

    def strategy(self, item: Any) -> str:
        """What a competitor did, as it was told."""
        d = self.team.data
        if item.source == "intel":
            found = d.competitor_intel.loc[d.competitor_intel["intel_id"] == item.item_id, "move"]
        else:
            found = d.daily_reports.loc[d.daily_reports["report_id"] == item.item_id, "competitor_strategy"]
        return self.cell(found.iloc[0] if len(found) else None)

    def document(
        self, kind: str, title: str, subtitle: str, chapters: Iterable[Chapter], note: str = "", model: Any = None
    ) -> Document:
        """The document, with what it was made from at its foot; `model`: what a workbook beside it is made from."""
        source, p = self.team.data.source, self.team.week.parameters
        foot = [f"kat {__version__}", self.w.say("page.foot.source", sha=source.sha256[:8])]
        foot += [self.w.say("page.foot.parameters", sha=p.sha256()[:8])]
        foot = [self.say("known", day=self.day), *foot]
        return Document(
            kind, self.w.language, self.day, title, subtitle, tuple(chapters), note, " · ".join(foot), model
        )
