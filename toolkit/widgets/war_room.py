"""The war room: the week on one screen, decisions answered in place, accounts with search and one account's page."""

from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.language import LANGUAGES, check_language, say
from toolkit.language.forms import form, missing
from toolkit.parameters import Parameters
from toolkit.publish import weekly_page
from toolkit.reports.chain_story import chain_picture
from toolkit.state.drill_room import people_of
from toolkit.widgets.pieces import ROOT as FIGURES
from toolkit.widgets.pieces import drawing, pairs
from toolkit.widgets.threshold_looks import ROOT, Kit, show_if, style
from toolkit.widgets.threshold_result import tag
from toolkit.widgets.war_room_model import VERDICTS, WarRoomModel

_ROOM: Final = "kat-room"
_TABS: Final = ("week", "decisions", "accounts")
_MOST: Final = 60


class WarRoom(widgets.VBox):
    """The room. `model` is what it shows and writes."""

    def __init__(self, model: WarRoomModel, language: str = "zh") -> None:
        self._model, self._language = model, check_language(language)
        self._kit = kit = Kit()
        self._quiet = False
        self._title, self._week = kit.html(), kit.html("week")
        self._tabs = kit.make(widgets.ToggleButtons, "tabs", options=list(_TABS))
        self._lines = kit.column("lines")
        self._search = kit.make(widgets.Text, continuous_update=False)
        self._tier = kit.make(widgets.Dropdown, options=["", "A", "B", "C"])
        self._pick = kit.make(widgets.Dropdown)
        self._table, self._account = kit.html(), kit.html()
        filters = kit.box("filters", self._search, self._tier, self._pick)
        self._accounts = kit.column("accounts", filters, self._account, self._table)
        head = kit.box("head", self._title, kit.tongue(self._language, self._switched))
        page = kit.column("page", head, self._tabs, self._week, self._lines, self._accounts)
        look = style(("figures.css", FIGURES), ("war_room.css", _ROOM))
        super().__init__([kit.html("", look), page])
        self._dom_classes = (ROOT, FIGURES, _ROOM)
        self._tabs.observe(lambda _: self._turned(), "value")
        self._search.observe(lambda _: self._listed(), "value")
        self._tier.observe(lambda _: self._listed(), "value")
        self._pick.observe(lambda _: self._picked(), "value")
        self._relabel()

    @property
    def model(self) -> WarRoomModel:
        """The state behind the room."""
        return self._model

    def say(self, key: str, **arguments: Any) -> str:
        """The sentence `war_room.<key>`."""
        return say(f"war_room.{key}", self._language, **arguments)

    def _switched(self, language: str) -> None:
        self._language = language
        self._relabel()

    def _relabel(self) -> None:
        for name in LANGUAGES:
            (self.add_class if name == self._language else self.remove_class)(f"in-{name}")
        self._title.value = Markup("<h1>{}</h1>").format(self.say("title", day=pd.Timestamp(self._model.friday)))
        self._quiet = True
        chosen = self._tabs.value
        self._tabs.options = [(self.say(f"tab.{tab}"), tab) for tab in _TABS]
        self._tabs.value = chosen
        self._search.placeholder = self.say("search")
        self._search.description, self._tier.description = self.say("search"), self.say("tier")
        tier = self._tier.value
        self._tier.options = [(self.say("all_tiers"), ""), *((letter, letter) for letter in "ABC")]
        self._tier.value = tier
        self._pick.description = self.say("account")
        self._quiet = False
        self._show_week()
        self._show_lines()
        self._listed()
        self._turned()

    def _turned(self) -> None:
        if not self._quiet:
            for tab, part in zip(_TABS, (self._week, self._lines, self._accounts), strict=True):
                show_if(part, self._tabs.value == tab)

    def _show_week(self) -> None:
        report = self._model.report(self._language)
        parts = ("masthead", "figures", "moves", "alerts")
        self._week.value = "".join(weekly_page.fragment(report, part) for part in parts)

    # --- decisions --------------------------------------------------------------------------------------------------

    def _show_lines(self) -> None:
        rows = self._model.decisions(self._language)
        notes = [tag("p", self.say("read_only"), "sub")] if self._model.read_only else []
        notes += [tag("p", self.say("no_decisions"))] if not len(rows) else []
        made: list[widgets.Widget] = [self._kit.html("", Markup("").join(notes))] if notes else []
        made += [_Line(self, row).box for row in rows.itertuples(index=False)]
        self._lines.children = made

    def answered(self) -> None:
        """Show the lines again, with what was answered."""
        self._show_lines()

    # --- accounts ---------------------------------------------------------------------------------------------------

    def _listed(self) -> None:
        if self._quiet:
            return
        rows = self._model.accounts(self._language, self._search.value, self._tier.value or "")
        self._quiet = True
        known = [(row.name, row.account_id) for row in rows.itertuples(index=False)]
        chosen = self._pick.value
        self._pick.options = [(self.say("pick"), ""), *known]
        self._pick.value = chosen if chosen in {account for _, account in known} else ""
        self._quiet = False
        self._table.value = self._listing(rows)
        self._picked()

    def _listing(self, rows: pd.DataFrame) -> Markup:
        if not len(rows):
            return Markup('<section class="card">{}</section>').format(tag("p", self.say("nobody")))
        body = Markup("").join(
            Markup(
                '<tr><th scope="row"><span class="tier tier-{0}">{0}</span> {1}</th><td>{2}</td>'
                '<td class="n">{3}</td><td class="n">{4}</td><td>{5}</td></tr>'
            ).format(
                row.tier, row.name, row.owner, self._cell(row.chance, "percent"), self._cell(row.contract, "money"),
                self.say("still") if row.alert else "",
            )
            for row in rows.head(_MOST).itertuples(index=False)
        )  # fmt: skip
        names = self._names("name", "owner", "chance", "contract", "alert")
        more = tag("p", self.say("more", n=len(rows) - _MOST), "sub") if len(rows) > _MOST else Markup("")
        return Markup('<section class="card wide"><h3>{}</h3>{}{}</section>').format(
            self.say("found", n=len(rows)), _table(names, body), more
        )

    def _names(self, *columns: str) -> list[tuple[str, str]]:
        return [(self.say(f"column.{name}"), "n" if name in ("chance", "contract") else "") for name in columns]

    def _cell(self, value: Any, spec: str) -> str:
        return "—" if missing(value) else form(value, spec, self._language)

    def _picked(self) -> None:
        if self._quiet:
            return
        account = self._pick.value
        show_if(self._account, bool(account))
        if account:
            self._account.value = self._page_of(account)

    def _page_of(self, account: str) -> Markup:
        """One account: why this tier, history, chain map, SPICED."""
        t = self._model.teller(self._language)
        week = t.team.week
        tiers = week.tiers.set_index("account_id").loc[account]
        told = self._model.report(self._language).evidence["tier_rows"].set_index("account_id")
        why = str(told.loc[account, "why"]) if account in told.index else ""
        before, now = tiers["previous_tier"], tiers["tier"]
        facts = [
            (self.say("column.tier"), f"{before} → {now}" if before and before != now else now),
            (self.say("column.why"), why or "—"),
            (self.say("column.owner"), week.rep(week.owner(account)) or "—"),
            (self.say("column.contract"), self._cell(week.contract(account), "money")),
            *self._spiced(account),
        ]
        parts = [Markup('<section class="card">{}{}</section>').format(tag("h3", t.account(account)), pairs(facts))]
        parts.append(self._history(account))
        if len(people_of(t.team, account)):
            parts.append(drawing(chain_picture(t, account), self._language))
        return Markup("").join(parts)

    def _spiced(self, account: str) -> list[tuple[str, str]]:
        rows = self._model.teller(self._language).team.spiced
        mine = rows[rows["account_id"] == account]
        return [
            (say(f"spiced.{row.dimension}.name", self._language), self._cell(row.score, "number"))
            for row in mine.itertuples(index=False)
        ]

    def _history(self, account: str) -> Markup:
        t = self._model.teller(self._language)
        rows = Markup("").join(
            Markup('<tr><th scope="row">{}</th><td>{}</td><td class="n">{}</td><td>{}</td></tr>').format(
                form(row.week_ending, "date", self._language), "" if missing(row.tier) else row.tier,
                self._cell(row.win_probability, "percent"), t.stage(row.decision_stage),
            )
            for row in self._model.history(account).itertuples(index=False)
        )  # fmt: skip
        names = self._names("week", "tier", "chance", "stage")
        return Markup('<section class="card"><h3>{}</h3>{}</section>').format(self.say("history"), _table(names, rows))


def _table(names: list[tuple[str, str]], body: Markup) -> Markup:
    """A table; names: each column's, with the class of its cells."""
    heads = Markup("").join(Markup('<th scope="col" class="{}">{}</th>').format(kind, name) for name, kind in names)
    return Markup('<table class="t"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(heads, body)


class _Line:
    """One decision: what is asked, four answers, a reason, a day; what was answered."""

    def __init__(self, room: WarRoom, row: Any) -> None:
        self._room, self._number = room, int(row.no)
        kit = room._kit
        self._said = kit.html()
        self._reason = kit.make(widgets.Text, placeholder=room.say("reason"), description=room.say("reason"))
        self._day = kit.make(widgets.DatePicker, description=room.say("resume_on"))
        self._fault = kit.html("fault")
        buttons = [self._button(verdict) for verdict in VERDICTS]
        for button in buttons:
            button.disabled = room.model.read_only
            button.tooltip = room.say("read_only") if room.model.read_only else ""
        if row.verdict:
            self._reason.value = row.reason
            if not missing(row.resume_on):
                self._day.value = row.resume_on.date()
        self._said.value = self._told(row)
        form_row = kit.box("answer", *buttons, self._reason, self._day)
        self.box = kit.column("card line" + (" answered" if row.verdict else ""), self._said, form_row, self._fault)

    def _button(self, verdict: str) -> Any:
        button = self._room._kit.make(widgets.Button, description=self._room.say(f"verdict.{verdict}"))
        button.on_click(lambda _: self._answer(verdict))
        return button

    def _told(self, row: Any) -> Markup:
        room = self._room
        due = tag("span", f"{row.due} · {row.who}" if row.who else str(row.due), "sub")
        parts = [Markup("<h3>{}. {}</h3>").format(row.no, row.question), tag("p", row.why, "sub"), due]
        if row.verdict:
            words = [room.say(f"answered.{row.verdict}"), row.reason]
            if not missing(row.resume_on):
                words.append(form(row.resume_on, "date", room._language))
            parts.append(tag("p", " · ".join(word for word in words if word), "said"))
        return Markup("").join(parts)

    def _answer(self, verdict: str) -> None:
        """Write the answer; what is wrong stays beside the fields, which keep what was typed."""
        self._guarded(lambda: self._room.model.answer(
            self._number, verdict, self._reason.value, self._day.value, self._room._language
        ))  # fmt: skip

    def _guarded(self, write: Callable[[], None]) -> None:
        try:
            write()
        except InputError as error:
            self._fault.value = tag("p", str(error), "problem")
            return
        self._room.answered()


def war_room(
    source: str,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    who: str = "",
) -> WarRoom:
    """The war room of a source as a widget, for JupyterLab and Voila.

    source  a store's address, into which answers are written; of another source the room is read only
    as_of   any day; the last Friday on or before it is looked at; who  stands as decided_by
    Raises InputError for a source or a day that is not there.

    Examples
    --------
    >>> room = war_room("sample_data", "2026-11-20")
    >>> room.model.read_only, room.model.who
    (True, 'D01')
    """
    return WarRoom(WarRoomModel(source, as_of, parameters, language, who), language)
