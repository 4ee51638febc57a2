"""The daily report on the phone: who is still to report on, the form, what a report gives back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import ipywidgets as widgets

from toolkit.base.errors import InputError
from toolkit.data.columns import STAGES
from toolkit.language import say
from toolkit.method.daily_reports import NONE
from toolkit.widgets.desk_fields import Day, Field, Number, Picked, Taps, Words
from toolkit.widgets.desk_part import Part
from toolkit.widgets.desk_report_model import COMPETITOR, COUNTS, RESOURCES, SPICED, ReportModel, Sent
from toolkit.widgets.desk_words import DeskWords
from toolkit.widgets.studio_background import Background
from toolkit.widgets.threshold_looks import Kit, show_if
from toolkit.widgets.threshold_result import tag

_USUAL: Final = {  # what is reported most, by one tap
    "technical_hours": ("0", "2", "4", "8"),
    "labour_hours": ("0", "1", "2", "4"),
    "price_concession": ("0",),
    "communications": ("0", "1", "2", "3"),
    "competitor_mentions": ("0", "1", "2"),
    "new_key_contacts": ("0", "1", "2"),
}
_REQUIRED: Final = ("stage_before", "stage_after", *SPICED, *RESOURCES)
_SOMEBODY: Final = "named"


class ReportPart(Part):
    """The daily report. `opened` is called once an account is opened, `wrote` once a report is written."""

    def __init__(self, model: ReportModel, kit: Kit, language: str, background: Background) -> None:
        super().__init__(kit, language)
        self.model, self._background = model, background
        self._quiet = False
        self._progress, self._from = kit.html("today"), kit.html()
        self._account = kit.make(widgets.ToggleButtons, "pills", options=[], value=None)
        self.fields: dict[str, Field] = {
            "stage_before": Picked(kit), "stage_after": Taps(kit, "three"),
            **{name: Taps(kit, "four") for name in SPICED},
            **{name: Words(kit) for name in COMPETITOR if name != "competitor_action_on"},
            "competitor_action_on": Day(kit), "request_id": Picked(kit),
            **{name: Number(kit, usual) for name, usual in _USUAL.items()},
            "problem_tag": Words(kit), "note": Words(kit, 2),
        }  # fmt: skip
        self._moved = Taps(kit, "two")
        self._groups = {name: kit.html("group") for name in ("stage", "spiced", "competitor", "resources", "more")}
        self._zero = self.button(self._all_zero)
        self._send = self.button(self._sent, classes="send")
        self._back, self._next = kit.html("fault"), self.button(self._go_on, classes="next")
        self._rival = kit.column("rival", *(self.fields[name].box for name in COMPETITOR))
        self._form = kit.column("card form", *self._shown())
        self.box = kit.column("part", self._progress, self._account, self._form)
        self._account.observe(lambda change: self._went(change["old"]), "value")
        self._moved.watch(self._turned)
        for field in self.fields.values():
            field.watch(self._typed)

    def _shown(self) -> list[widgets.Widget]:
        f, g = self.fields, self._groups
        return [
            self._from, g["stage"], f["stage_before"].box, f["stage_after"].box,
            g["spiced"], *(f[name].box for name in SPICED),
            g["competitor"], self._moved.box, self._rival,
            g["resources"], self._zero, *(f[name].box for name in RESOURCES), f["request_id"].box,
            g["more"], *(f[name].box for name in COUNTS), f["problem_tag"].box, f["note"].box,
            self.said, self._send, self._back, self._next,
        ]  # fmt: skip

    # --- words ------------------------------------------------------------------------------------------------------

    def relabel(self, language: str) -> None:
        """Say everything in a language."""
        self.language = language
        self._quiet = True
        for name, group in self._groups.items():
            group.value = self.heading(self.say(f"group.{name}"), self.say(f"group_sub.{name}"))
        for name, field in self.fields.items():
            field.label(self._label(name), required=name in _REQUIRED)
            if isinstance(field, Number):
                field.other(self.say("other"))
        stages = [(say(f"stage.{n}", language), str(n)) for n in range(STAGES[0], STAGES[1] + 1)]
        for name in ("stage_before", "stage_after"):
            self._taps(name).options(stages)
        for name in SPICED:
            self._taps(name).options([(self.say(f"score.{n}"), str(n)) for n in range(4)])
        self._moved.label(self.say("field.moved"), required=True)
        self._moved.options([(self.say("no_move"), NONE), (self.say("a_move"), _SOMEBODY)])
        self._zero.description, self._send.description = self.say("all_zero"), self.say("send")
        self._quiet = False
        self._listed()
        self._opened()

    def _label(self, name: str) -> str:
        if name in SPICED:
            return say(f"spiced.{name.removeprefix('spiced_')}.name", self.language)
        return self.say(f"field.{name}")

    def _taps(self, name: str) -> Taps:
        field = self.fields[name]
        assert isinstance(field, Taps)
        return field

    def _words(self, name: str) -> Words:
        field = self.fields[name]
        assert isinstance(field, Words)
        return field

    def _listed(self) -> None:
        """The accounts with how they stand, and how many are done."""
        rows = self.model.accounts()
        left = [row for row in rows if row.state != "sent"]
        key = "progress.none" if not rows else "progress.done" if not left else "progress.left"
        names = self.say("and").join(row.name for row in left)
        self._progress.value = tag("p", self.say(key, sent=len(rows) - len(left), of=len(rows), names=names))
        self._quiet = True
        chosen = self._account.value
        self._account.options = [(self.say(f"account.{row.state}", name=row.name), row.account) for row in rows]
        known = [row.account for row in rows]
        self._account.value = chosen if chosen in known else next(iter(known), None)
        self._quiet = False
        show_if(self._form, bool(rows))
        self._words("problem_tag").offer(self.model.words("problem_tag"))
        self._words("competitor").offer(self.model.words("competitor"))
        show_if(self._next, False)

    # --- the form ---------------------------------------------------------------------------------------------------

    def _went(self, before: str | None) -> None:
        """Open the account that is picked; where the store does not give it, stay with the one whose form is shown."""
        if not self._quiet and not self.caught(self._opened):
            self._quiet = True
            self._account.value = before
            self._quiet = False

    def _opened(self) -> None:
        """The form of the account that is picked, as it was left."""
        account = self._account.value
        if self._quiet or account is None:
            return
        before, asked, filled = self.model.last(account), self.model.requests(account), self.model.filled(account)
        self.said.value = self._back.value = ""
        show_if(self._next, False)
        key = "from.report" if before else "from.nothing"
        self._from.value = tag("p", self.say(key, day=before.get("report_date")), "sub")
        self._quiet = True
        self._taps("request_id").options([(self._request(row), row["request_id"]) for row in asked])
        for name, value in filled.items():
            self.fields[name].value = value
            self.fields[name].wrong("")
        rival = filled["competitor"]
        self._moved.value = None if rival is None else NONE if rival == NONE else _SOMEBODY
        self._moved.wrong("")
        self._quiet = False
        self._hinted()

    def _request(self, row: Mapping[str, Any]) -> str:
        return self.say("request_option", kind=say(f"kind.{row['kind']}", self.language), day=row["requested_at"])

    def _values(self) -> dict[str, Any]:
        return {name: field.value for name, field in self.fields.items()}

    def _turned(self) -> None:
        """No move is an answer; a move asks for who, when and what."""
        if self._quiet or self._moved.value is None:
            return
        self._moved.wrong("")
        rival = self.fields["competitor"]
        if self._moved.value == NONE:
            rival.value = NONE
        elif rival.value == NONE:
            rival.value = None
        self._hinted()

    def _all_zero(self) -> None:
        for name in RESOURCES:
            self.fields[name].value = "0"

    def _typed(self) -> None:
        """Keep it; say what a score means, and ask for the request that a draw rests on."""
        account = self._account.value
        if self._quiet or account is None:
            return
        self.guarded(lambda: self.model.keep(account, self._values()))
        for field in self.fields.values():
            if field.value is not None:
                field.wrong("")
        self._hinted()

    def _hinted(self) -> None:
        for name in SPICED:
            score = self.fields[name].value
            self.fields[name].hint(
                say(f"spiced.{name.removeprefix('spiced_')}.{score}", self.language) if score else ""
            )
        show_if(self._rival, self._moved.value == _SOMEBODY)
        values = self._values()
        draws = self.model.draws(values)
        request = self.fields["request_id"]
        show_if(request.box, draws)
        request.hint(self.say("no_request") if draws and request.value is None else "")

    # --- sent -------------------------------------------------------------------------------------------------------

    def _sent(self) -> None:
        account = self._account.value
        sent: list[Sent] = []
        self._back.value = ""
        if not self.guarded(lambda: sent.append(self.model.send(account, self._values())), self.fields):
            self._moved.wrong(self.say("beside.competitor") if self._moved.value is None else "")
            return
        self._listed()
        self._opened()
        told = [self._told(sent[0])]
        self._back.value = self.done([*told, self.say("back.wait")])
        following = next((row for row in self.model.accounts() if row.state != "sent"), None)
        if following is not None:
            self._next.description = self.say("next", name=following.name)
        show_if(self._next, following is not None)
        self._ask_rules(account, told)

    def _told(self, sent: Sent) -> str:
        weakest = say(f"spiced.{sent.weakest}.name", self.language)
        if sent.was is None:
            return self.say("back.first", total=sent.total, weakest=weakest)
        key = "back.spiced" if sent.change else "back.same"
        return self.say(key, total=sent.total, change=sent.change, weakest=weakest)

    def _ask_rules(self, account: str, told: list[str]) -> None:
        """What the rules give back, once they have been worked out."""
        language, rules = self.language, self.model.desk.rules

        def steps(_: Callable[[], bool]) -> Any:
            yield DeskWords(rules.state(), language).gives_back(account)

        def take(lines: list[str]) -> None:
            if self._account.value == account:
                self._back.value = self.done([*told, *lines])

        def failed(error: Exception) -> None:
            if not isinstance(error, InputError):
                raise error
            self._back.value = self.done([*told, str(error)])

        self._background.ask(steps, take, failed)

    def _go_on(self) -> None:
        following = next((row.account for row in self.model.accounts() if row.state != "sent"), None)
        if following is not None:
            self._account.value = following
            self.fields["stage_before"].control.focus()  # the top of the form comes into view
