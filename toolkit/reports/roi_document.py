"""F3: the three-year ROI model for a finance head, as a printable document; and what its workbook is made from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from toolkit.language import say
from toolkit.language.forms import form, missing
from toolkit.method.drill_cards import persona
from toolkit.method.roi import INPUTS, YEARS, Roi, RoiParameters, cash_flows, measured, sensitivity
from toolkit.reports.document import Block, Document, Picture, blanks, bullets, chapter, facts, figure, grid, note, text
from toolkit.reports.teller import Teller
from toolkit.state import ammunition, drill_room

_FINANCE: Final = ("财务", "financ", "cfo")


@dataclass(frozen=True)
class RoiModel:
    """One account's model: its name, contract in CNY (NaN: not known), what it is computed with, and the language."""

    account: str
    contract: float
    parameters: RoiParameters
    language: str

    @cached_property
    def measures(self) -> Roi:
        """ROI, NPV, IRR, payback."""
        return measured(cash_flows(self.contract, self.parameters), self.parameters.discount_rate)

    @cached_property
    def years(self) -> pd.DataFrame:
        """year, flow, cumulated, discounted, discounted_cumulated."""
        flows = np.asarray(self.measures.flows)
        year = np.arange(YEARS + 1)
        discounted = flows / (1 + self.parameters.discount_rate) ** year
        columns = {"year": year, "flow": flows, "cumulated": flows.cumsum(), "discounted": discounted}
        return pd.DataFrame(columns | {"discounted_cumulated": discounted.cumsum()})

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """The NPV at both ends of every input."""
        return sensitivity(self.contract, self.parameters)

    def say(self, key: str, **arguments: object) -> str:
        """The sentence `document.roi.<key>`."""
        return say(f"document.roi.{key}", self.language, **arguments)

    def cell(self, value: float, spec: str) -> str:
        """A figure as it is written; a dash where it is not defined."""
        return "—" if missing(value) else form(value, spec, self.language)

    @property
    def verdict(self) -> str:
        """The finding in a sentence."""
        m = self.measures
        if missing(m.npv):
            return self.say("no_contract")
        key = "verdict" if not missing(m.payback) else "verdict_not_back"
        return self.say(key, invested=-m.flows[0], npv=m.npv, rate=self.parameters.discount_rate, years=m.payback)

    @property
    def results(self) -> list[tuple[str, str]]:
        """The measures, named and written."""
        m = self.measures
        told = {
            "invested": self.cell(-m.flows[0], "money"),
            "net": self.cell(sum(m.flows[1:]), "money"),
            "roi": self.cell(m.roi, "percent"),
            "npv": self.cell(m.npv, "money"),
            "irr": self.cell(m.irr, "percent1"),
            "payback": self.say("years", n=m.payback) if not missing(m.payback) else self.say("not_back"),
            "discounted": (
                self.say("years", n=m.discounted_payback) if not missing(m.discounted_payback) else self.say("not_back")
            ),
        }
        return [(self.say(f"result.{name}"), value) for name, value in told.items()]

    @property
    def flow_table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The years' flows as a table of texts: headers and rows."""
        headers = (self.say("column.what"), *(self.say("column.year", n=int(n)) for n in self.years["year"]))
        names = ("flow", "cumulated", "discounted", "discounted_cumulated")
        rows = [(self.say(f"row.{name}"), *(self.cell(value, "money") for value in self.years[name])) for name in names]
        return headers, rows

    @property
    def tornado(self) -> Picture:
        """What the NPV hangs on, as a picture."""
        rows = self.sensitivity
        first = say(f"threshold.label.{rows['path'].iloc[0]}", self.language)
        title = self.say("tornado.title", name=first)
        ends = {
            row.path: tuple(self.cell(end, "percent1").replace(".0%", "%") for end in (row.low, row.high))
            for row in rows.itertuples(index=False)
        }
        labels = {path: say(f"threshold.label.{path}", self.language) for path in rows["path"]}
        told = self.say("tornado.told", name=first, low=rows["at_low"].iloc[0], high=rows["at_high"].iloc[0])
        subtitle = self.say("tornado.subtitle", spread=self.parameters.spread)
        return Picture("tornado", title, subtitle, told, {"frame": rows, "labels": labels, "ends": ends})


def roi_model(t: Teller, account: str, parameters: RoiParameters | None = None) -> RoiModel:
    """The model of an account; parameters: default those in force."""
    p = parameters or t.team.week.parameters.roi
    return RoiModel(t.account(account), ammunition.contract(t.team, account), p, t.w.language)


def roi_document(t: Teller, account: str) -> Document:
    """The model of an account as a document for its finance head."""
    model = roi_model(t, account)
    people = drill_room.people_of(t.team, account)
    title_of = people["title"].fillna("").str.lower()
    heads = people[title_of.str.contains("|".join(_FINANCE))]
    rows = heads if len(heads) else people[people["chain_role"] == "economic"]
    who = rows[rows["person_id"] == persona(rows)]
    reader = t.person(next(who.itertuples(index=False))) if len(who) else ""
    subtitle = t.say("roi.subtitle", reader=reader, day=t.day) if reader else t.cell(t.day, "day_of_year")
    title = t.say("roi.title", account=model.account)
    if missing(model.contract):
        body = [chapter(t.say("roi.results"), note(t.say("roi.no_contract")))]
        return t.document("roi_model", title, subtitle, body)
    body = [
        chapter(t.say("roi.results"), text(model.verdict), facts(model.results)),
        chapter(t.say("roi.flows"), grid(*model.flow_table)),
        chapter(t.say("roi.hangs_on"), figure(model.tornado)),
        chapter(t.say("roi.assumptions"), _assumptions(model), note(t.say("roi.assumed"))),
        chapter(t.say("roi.how"), bullets(t.say(f"roi.formula.{name}") for name in ("flow", "npv", "irr", "payback"))),
        chapter(t.say("roi.agreed"), blanks(2, t.say("roi.agreed_by"))),
    ]
    return t.document("roi_model", title, subtitle, body, t.say("roi.note"), model)


def _assumptions(model: RoiModel) -> Block:
    """Every input, its value, and room for the customer's own figure."""
    p = model.parameters
    rows = [(model.say("contract"), model.cell(model.contract, "money"), "")]
    rows += [
        (say(f"threshold.label.roi.{name}", model.language), model.cell(getattr(p, name), "percent"), "")
        for name in INPUTS
    ]
    return grid(tuple(model.say(f"column.{name}") for name in ("input", "assumed", "yours")), rows)
