"""Today's draw (M10): each drawn report as it was sent, with a form for its directives."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import say
from toolkit.language.forms import form, missing
from toolkit.method.daily_reports import MOST, NONE
from toolkit.widgets.desk_fields import Day, Field, Picked, Words
from toolkit.widgets.desk_part import Part
from toolkit.widgets.desk_words import DeskWords
from toolkit.widgets.directing_model import PARTS, DirectingModel, Drawn
from toolkit.widgets.pieces import pairs
from toolkit.widgets.threshold_looks import Kit
from toolkit.widgets.threshold_result import tag


class DrawPart(Part):
    """M10: the reports drawn from a day's, each with a form for its directives."""

    def __init__(self, model: DirectingModel, kit: Kit, language: str) -> None:
        super().__init__(kit, language)
        self.model, self._quiet = model, False
        self._day = Picked(kit)
        self._list = kit.column("mine")
        self.box = kit.column("part", kit.column("form", self._day.box), self._list)
        self._day.watch(self._shown)

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language
        self._quiet = True
        self._day.label(self.model.say("day"))
        days = self.model.days()
        named = [(self._named(row), f"{row.day:%Y-%m-%d}") for row in days.itertuples(index=False)]
        self._day.options(named)
        self._day.value = self._day.value or (named[0][1] if named else None)
        self._quiet = False
        self._shown()

    def _named(self, row: Any) -> str:
        facts = {name: int(getattr(row, name)) for name in ("reports", "needed", "covered")}
        return self.model.say("of_day", day=row.day, **facts)

    def _shown(self) -> None:
        if self._quiet:
            return
        drawn = self.model.drawn(self._day.value) if self._day.value else []
        if not drawn:
            self._list.children = [self.kit.html("", tag("p", self.model.say("no_draw"), "sub"))]
            return
        words = DeskWords(self.model.rules.state(), self.language)
        self._list.children = [_Report(self, one, words).box for one in drawn]


class _Report(Part):
    """One drawn report and its directives."""

    def __init__(self, part: DrawPart, drawn: Drawn, words: DeskWords) -> None:
        super().__init__(part.kit, part.language)
        self._part, self._model, self._drawn = part, part.model, drawn
        kit = part.kit
        self._id = str(drawn.report["report_id"])
        n = part.model.parameters.directives.per_report
        self._whole = len(drawn.given) >= n
        self.fields: dict[tuple[int, str], Field] = {}
        rows = [kit.html("", self._content(words))]
        if self._whole:
            rows.append(kit.html("", self.done([self._model.say("given", n=n), *self._given()])))
        else:
            rows += [self._row(number) for number in range(1, n + 1)]
            give = self.button(self._gave, self._model.say("give", n=n), "send")
            give.disabled = bool(self._model.read_only)
            give.tooltip = self._model.read_only
            rows += [self.said, give]
            self._filled()
        self.box = kit.column("card form drawn", *rows)

    def _content(self, words: DeskWords) -> Markup:
        """What the report says."""
        r, week, told = self._drawn.report, words.state.week, self._model.say
        before, after = self._stage(r["stage_before"]), self._stage(r["stage_after"])
        money = form(r["price_concession"], "money", self.language)
        hours = {"technical": r["technical_hours"], "labour": r["labour_hours"]}
        talks = {"n": r["communications"], "mentions": r["competitor_mentions"], "contacts": r["new_key_contacts"]}
        facts = {
            "stage": told("stage", before=before, after=after),
            "spiced": self._spiced(),
            "competitor": self._rival(r),
            "resources": told("resources", price=money, **hours),
            "talks": told("talks", **talks) if r["communications"] is not None else "—",
            "note": _joined(r["problem_tag"], r["note"]),
        }
        title = Markup("<h3>{} · {}</h3>").format(week.account(r["account_id"]), week.rep(r["rep_id"]))
        why = words.why_tier(r["account_id"])
        listed = pairs((told(f"fact.{name}"), value) for name, value in facts.items())
        return title + (tag("p", why, "sub") if why else Markup("")) + listed

    def _spiced(self) -> str:
        scores = self._drawn.scores
        named = [f"{say(f'spiced.{name}.name', self.language)} {score}" for name, score in scores.items()]
        return _joined(f"{self._drawn.total}/{MOST}" if scores else None, *named)

    def _rival(self, report: Mapping[str, Any]) -> str:
        if report["competitor"] == NONE:
            return say("desk.no_move", self.language)
        return _joined(*(report[name] for name in ("competitor", "competitor_person", "competitor_strategy")))

    def _stage(self, stage: Any) -> str:
        return "—" if missing(stage) else say(f"stage.{int(stage)}", self.language)

    def _given(self) -> list[str]:
        rows = [self._drawn.given[number].values for number in sorted(self._drawn.given)]
        return [
            self._model.say("directive", text=row["text"], owner=self._name(row["owner_id"]), day=row["due_on"])
            for row in rows
        ]

    def _name(self, rep: Any) -> str:
        return str(self._model.people.get(rep, {}).get("rep_name") or "—")

    def _row(self, number: int) -> widgets.Widget:
        """One directive: what, by whom, until when."""
        text, owner, due = Words(self.kit), Picked(self.kit), Day(self.kit)
        for part, field in zip(PARTS, (text, owner, due), strict=True):
            field.label(self._model.say(f"part.{part}", n=number), required=True)
            self.fields[number, part] = field
        people = [(str(row["rep_name"]), rep) for rep, row in self._model.people.items() if not row["left_on"]]
        owner.options(people)
        text.offer(self._model.texts())
        return self.kit.box("directive", text.box, owner.box, due.box)

    def _filled(self) -> None:
        """What was begun, else what was given of it, else the report's own rep and the usual day."""
        held, due = self._model.draft(self._id), self._model.due().isoformat()
        for (number, part), field in self.fields.items():
            given = self._drawn.given.get(number)
            usual = {"owner_id": self._drawn.report["rep_id"], "due_on": due}.get(part)
            value = held.get(f"{part} {number}") or (given.values[part] if given else usual)
            field.value = value
            field.watch(self._kept)

    def _kept(self) -> None:
        held = {f"{part} {number}": field.value for (number, part), field in self.fields.items()}
        self.guarded(lambda: self._model.keep(self._id, held))

    def _gave(self) -> None:
        numbers = sorted({number for number, _ in self.fields})
        rows = [{part: self.fields[number, part].value for part in PARTS} for number in numbers]
        if self.guarded(lambda: self._model.give(self._id, rows), self.fields):
            self._part.relabel(self._part.language)


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part not in (None, "")) or "—"
