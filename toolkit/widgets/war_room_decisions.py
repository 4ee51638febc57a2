"""The war room's decisions: a list, and one form that opens under the line that is chosen."""

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.publish import room_page
from toolkit.widgets.pressed import Pressed
from toolkit.widgets.threshold_looks import show_if
from toolkit.widgets.threshold_result import tag
from toolkit.widgets.war_room_model import VERDICTS, Answer

if TYPE_CHECKING:
    from toolkit.widgets.war_room import WarRoom


def with_words(room: "WarRoom", lines: pd.DataFrame, chosen: tuple[str, ...] = ()) -> pd.DataFrame:
    """Lines with what is said of their answers (`answered`), and whether their form is open (`chosen`)."""
    said = [told(room, answer) if answer is not None else "" for answer in lines["answer"]]
    return lines.assign(answered=said, chosen=[ids == chosen for ids in lines["action_ids"]])


def told(room: "WarRoom", answer: Answer) -> str:
    """An answer in words: what, why, by whom, when."""
    until = {"day": answer.resume_on} if answer.verdict == "snoozed" else {}
    facts = {"what": room.say(f"answered.{answer.verdict}", **until), "who": room.model.name(answer.who)}
    facts |= {"day": pd.Timestamp(answer.on)}
    if answer.reason:
        return room.say("answered_why", reason=answer.reason, **facts)
    return room.say("answered_by", **facts)


class DecisionsPart:
    """What waits for an answer. The lines above the form, the form, the lines below it."""

    def __init__(self, room: "WarRoom") -> None:
        self._room, kit = room, room.kit
        self._chosen: tuple[str, ...] = ()
        self._all = False
        self._above, self._below, self._foot = (kit.make(Pressed, pressed=self.press) for _ in range(3))
        self._note, self._hint, self._fault = kit.html(), kit.html(), kit.html("fault")
        self.reason = kit.make(widgets.Text)
        self.until = kit.make(widgets.Dropdown)
        self.buttons = {verdict: kit.make(widgets.Button, f"v-{verdict}") for verdict in VERDICTS}
        for verdict, button in self.buttons.items():
            button.on_click(lambda _, verdict=verdict: self._answer(verdict))
        fields = kit.box("fields", self.reason, self.until)
        self._form = kit.column(
            "form hidden", self._hint, fields, kit.box("answers", *self.buttons.values()), self._fault
        )
        lines = kit.column("card lines", self._above, self._form, self._below)
        self.box = kit.column("decisions hidden", self._note, lines, self._foot)
        self._lines = lines

    def relabel(self) -> None:
        """The form's words."""
        room, closed = self._room, self._room.model.closed(self._room.language)
        self.reason.description, self.until.description = room.say("reason"), room.say("resume_on")
        kept = self.until.value
        self.until.options = [(room.say("pick_day"), ""), *room.model.resume_days(room.language)]
        self.until.value = kept if kept in [day for _, day in self.until.options] else ""
        for verdict, button in self.buttons.items():
            button.description = room.say(f"verdict.{verdict}")
        self._note.value = tag("p", closed, "sub") if closed else ""

    def show(self) -> None:
        """The lines with their answers."""
        room = self._room
        lines = room.model.decisions(room.language)
        others = int((~lines["first"] & lines["answer"].isna()).sum())
        shown = lines if self._all else lines[lines["first"] | lines["answer"].notna()]
        place = next((k for k, ids in enumerate(shown["action_ids"], 1) if ids == self._chosen), len(shown))
        words = with_words(room, shown, self._chosen)
        self._above.html = room_page.decisions(words.iloc[:place], room.language) if place else ""
        self._below.html = room_page.decisions(words.iloc[place:], room.language) if place < len(shown) else ""
        if not len(shown):
            self._above.html = tag("p", room.say("no_decisions"), "none")
        self._foot.html = self._other(others)
        there = self._chosen in set(shown["action_ids"])
        why = room.model.closed(room.language) or ("" if there else room.say("gone"))
        for button in self.buttons.values():
            button.disabled, button.tooltip = bool(why), why
        if self._chosen and not there:
            self._fault.value = tag("p", why, "sub")
        show_if(self._form, bool(self._chosen))

    def _other(self, n: int) -> Markup:
        if not n:
            return Markup("")
        said = self._room.say("fewer") if self._all else self._room.say("others", n=n)
        return Markup('<p class="more"><button type="button" class="bt" data-press="all">{}</button></p>').format(said)

    def press(self, name: str, value: str = "") -> None:
        """What a button of the list does: open or close a line's form, show all lines or the first screen's."""
        if name == "all":
            self._all = not self._all
            self.show()
        elif name == "open":
            self.choose(int(value))

    def choose(self, number: int) -> None:
        """Open the form of a line by its number, or close it where it is open. What was typed goes with its line."""
        lines = self._room.model.decisions(self._room.language).set_index("no")
        ids, answer = lines.loc[number, ["action_ids", "answer"]]
        self._chosen = () if ids == self._chosen else ids
        self._fault.value = ""
        asked = self._chosen and self._room.model.request(self._chosen)
        self._hint.value = tag("p", self._room.say("request_hint"), "sub") if asked else ""
        self.reason.value = answer.reason if answer is not None else ""
        self.until.value = self._known_day(answer)
        self._room.made_old("decisions")

    def _known_day(self, answer: Answer | None) -> Any:
        day = answer.resume_on.date() if answer is not None and answer.resume_on is not None else None
        return day if day in [known for _, known in self.until.options] else ""

    def _answer(self, verdict: str) -> None:
        """Write the answer; what is wrong stays beside the fields, which keep what was typed."""
        room = self._room
        try:
            room.model.answer(self._chosen, verdict, self.reason.value, self.until.value, room.language)
        except InputError as error:
            self._fault.value = Markup('<p class="problem" role="alert">{}</p>').format(str(error))
            room.answered()
            return
        self._chosen, self._fault.value = (), ""
        room.answered()
