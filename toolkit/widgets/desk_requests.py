"""Requests on the phone: what is allowed, up to what and by when, before one is made; asking; following the clock."""

from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from toolkit.language import say
from toolkit.language.forms import missing
from toolkit.widgets.desk_fields import Day, Field, Number, Picked, Taps
from toolkit.widgets.desk_part import Part
from toolkit.widgets.desk_requests_model import KINDS, LEVELS, RESULTS, RequestsModel, Verdict
from toolkit.widgets.desk_words import DeskWords
from toolkit.widgets.threshold_looks import Kit, show_if
from toolkit.widgets.threshold_result import tag

_PERCENT: Final = ("3", "5", "8", "10", "12")
_STATE: Final = {"breached": "over", "late": "late", "running": "runs", "met": "met"}


class RequestsPart(Part):
    """Before a request, and what was asked."""

    def __init__(self, model: RequestsModel, kit: Kit, language: str) -> None:
        super().__init__(kit, language)
        self.model = model
        self._quiet = False
        self._account, self._kind = Picked(kit), Taps(kit, "three")
        self._change, self._way, self._level = Number(kit, _PERCENT), Taps(kit, "two"), Taps(kit, "two")
        self._head, self._answer = kit.html("group"), kit.html("verdict-of-desk")
        self._ask = self.button(self._asked, classes="send")
        self._done, self._mine = kit.html("fault"), kit.column("mine")
        shown = [self._account, self._kind, self._way, self._change, self._level]
        form = kit.column(
            "card form", self._head, *(f.box for f in shown), self._answer, self.said, self._ask, self._done
        )
        self.box = kit.column("part", form, self._mine)
        for field in shown:
            field.watch(self._looked)

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language
        self._quiet = True
        self._head.value = self.heading(self.say("ask.title"), self.say("ask.sub"))
        for field, name in ((self._account, "account"), (self._kind, "kind"), (self._way, "way"),
                            (self._change, "change"), (self._level, "level")):  # fmt: skip
            field.label(self.say(f"ask.field.{name}"))
        self._change.other(self.say("other"))
        self._account.options((name, account) for account, name in self.model.desk.accounts().items())
        self._kind.options((say(f"kind.{kind}", language), kind) for kind in KINDS)
        self._way.options((self.say(f"ask.way.{way}"), way) for way in ("down", "up"))
        self._level.options((say(f"level.{level}", language), level) for level in LEVELS)
        self._way.value = self._way.value or "down"
        self._level.value = self._level.value or LEVELS[0]
        self._quiet = False
        self._looked()

    def refresh(self) -> None:
        """Look again, with what was written since."""
        self._looked()
        self._show_mine()

    # --- before -----------------------------------------------------------------------------------------------------

    def _wanted(self) -> tuple[str, str, float | None, str | None]:
        return self._account.value or "", self._kind.value or "", self._fraction(), self._level.value

    def _fraction(self) -> float | None:
        """The price change as a fraction; None for nothing, or what is no number of per cent."""
        try:
            share = float((self._change.value or "").strip("%％ ")) / 100
        except ValueError:
            return None
        return (-share if self._way.value == "down" else share) if 0 <= share <= 1 else None

    def _looked(self) -> None:
        """What the rules say to what is picked, at once."""
        if self._quiet:
            return
        account, kind, change, level = self._wanted()
        show_if(self._change.box, kind == "price")
        show_if(self._way.box, kind == "price")
        show_if(self._level.box, kind == "executive")
        self._change.wrong(self.say("ask.percent") if self._change.value and change is None else "")
        self._done.value = ""
        self._off(self.say("ask.pick"))
        if account and kind:
            self.guarded(lambda: self._show(self.model.verdict(account, kind, change, level)))

    def _off(self, why: str) -> None:
        self._answer.value = ""
        self._ask.disabled, self._ask.description, self._ask.tooltip = True, why, why

    def _show(self, verdict: Verdict) -> None:
        words, row = DeskWords(verdict.state, self.language), verdict.judged
        lines = Markup("").join(tag("li", line) for line in words.lines(verdict))
        self._answer.value = Markup('<div class="answer-{}" role="status"><h3>{}</h3><ul>{}</ul></div>').format(
            row.verdict, words.headline(row), lines
        )
        key = "forbidden" if row.verdict == "forbidden" else "missing" if not verdict.may_ask else ""
        key = key or ("beyond" if verdict.beyond else "send")
        self._ask.disabled, self._ask.description = not verdict.may_ask, self.say(f"ask.button.{key}")
        self._ask.tooltip = self._ask.description

    def _asked(self) -> None:
        account, kind, change, level = self._wanted()
        made: list[Verdict] = []
        if self.guarded(lambda: made.append(self.model.ask(account, kind, change, level))):
            words = DeskWords(made[0].state, self.language)
            self._show_mine()
            clocks = made[0].clocks["due_at"].dropna()
            until = words.moment(clocks.min()) if len(clocks) else "—"
            self._done.value = self.done([self.say("ask.sent", until=until)])

    # --- after ------------------------------------------------------------------------------------------------------

    def _show_mine(self) -> None:
        rows = self.model.mine()
        words = DeskWords(self.model.desk.rules.state(), self.language)
        head = self.kit.html("group", self.heading(self.say("mine.title", n=len(rows))))
        self._mine.children = [head, *(_Asked(self, row, clocks, code, words).box for row, clocks, code in rows)]
        if not rows:
            self._mine.children = [head, self.kit.html("", tag("p", self.say("mine.none"), "sub"))]


class _Asked(Part):
    """One request that was made: how it stands, its clocks, and what can be said of it."""

    def __init__(self, part: RequestsPart, row: Any, clocks: pd.DataFrame, code: str, words: DeskWords) -> None:
        super().__init__(part.kit, part.language)
        self._part, self._model, self._row = part, part.model, row
        kit = part.kit
        told = kit.html("", self._told(row, clocks, code, words))
        self._form = kit.column("form")
        buttons = []
        if row.pending:
            buttons.append(self.button(self._withdrawn, self.say("mine.withdraw")))
        elif row.decision == "approved":
            buttons.append(self.button(self._opened, self.say("mine.tell")))
        self.box = kit.column("card asked", told, kit.box("answer", *buttons), self._form, self.said)

    def _told(self, row: Any, clocks: pd.DataFrame, code: str, words: DeskWords) -> Markup:
        name = words.state.week.account(row.account_id)
        decision = "pending" if row.pending else row.decision if not missing(row.decision) else "answered"
        facts = self.say(f"mine.{decision}", at=words.moment(row.requested_at))
        lines = [Markup("<h3>{}</h3>").format(self.say("mine.what", account=name, wanted=words.wanted(row)))]
        lines.append(tag("p", words.w.sentence([facts, words.allowance(row)]), "sub"))
        for clock in clocks.itertuples(index=False):
            if told := words.clock(clock):
                lines.append(Markup('<p class="clock {}">{}</p>').format(_STATE.get(clock.state, ""), told))
        if reason := self._model.answer(row.request_id):
            lines.append(tag("p", self.say("mine.reason", reason=reason)))
        if code and not row.pending:
            lines.append(tag("p", self.say(f"mine.outcome.{code}"), "sub"))
        return Markup("").join(lines)

    def _withdrawn(self) -> None:
        if self.guarded(lambda: self._model.withdraw(self._row.request_id)):
            self._part.refresh()

    def _opened(self) -> None:
        """The form for what the request brought."""
        fields = {name: self._field(name) for name in RESULTS[self._row.kind]}
        for name, value in self._model.told(self._row.request_id).items():
            fields[name].label(self.say(f"result.{name}"))
            percent = name == "price_drawn" and value is not None
            fields[name].value = round(abs(value) * 100, 4) if percent else value
        save = self.button(lambda: self._saved(fields), self.say("mine.save"), "send")
        self._form.children = [*(field.box for field in fields.values()), save]

    def _field(self, name: str) -> Field:
        kit = self.kit
        if name == "commitment_by":
            people = Picked(kit)
            people.options((who, person) for person, who in self._model.people(self._row.account_id).items())
            return people
        if name == "drawn_level":
            levels = Taps(kit, "two")
            levels.options((say(f"level.{level}", self.language), level) for level in LEVELS)
            return levels
        if name.endswith(("_at", "_on")):
            return Day(kit, time=name.endswith("_at"))
        return Number(kit, ("0", "1", "2", "3", "4") if name.startswith("doubts") else _PERCENT)

    def _saved(self, fields: dict[str, Field]) -> None:
        values: dict[str, Any] = {name: field.value for name, field in fields.items()}
        if values.get("price_drawn"):
            sign = "-" if (self._row.price_change or 0) <= 0 else ""
            values["price_drawn"] = f"{sign}{values['price_drawn'].strip('%％ ')}%"
        if self.guarded(lambda: self._model.tell(self._row.request_id, values), fields):
            self._part.refresh()
