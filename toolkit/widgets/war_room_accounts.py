"""The war room's accounts: search, filters and sorting; one account's page."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets
import pandas as pd

from toolkit.publish import room_page
from toolkit.widgets.pressed import Pressed
from toolkit.widgets.threshold_looks import show_if
from toolkit.widgets.war_room_accounts_model import SIGNALS, Asked

if TYPE_CHECKING:
    from toolkit.widgets.war_room import WarRoom

_STEP: Final = 60  # rows that are shown at once
_FILTERS: Final = ("tier", "owner", "industry", "stage", "signal")


class AccountsPart:
    """The list with its filters; in its place one account's page, with the way back to where it was opened."""

    def __init__(self, room: "WarRoom") -> None:
        self._room, kit = room, room.kit
        self._asked, self._most, self._quiet = Asked(), _STEP, False
        self._account, self._back = "", "accounts"
        self.search = kit.make(widgets.Text)
        self.filters: dict[str, Any] = {name: kit.make(widgets.Dropdown) for name in _FILTERS}
        self._list = kit.make(Pressed, pressed=self.press)
        self._page = kit.make(Pressed, pressed=self.press)
        filters = kit.box("filters", self.search, *self.filters.values())
        self._found = kit.column("found", filters, self._list)
        self._one = kit.column("one hidden", self._page)
        self.box = kit.column("accounts hidden", self._found, self._one)
        for widget in (self.search, *self.filters.values()):
            widget.observe(lambda _: self._narrowed(), "value")

    def relabel(self) -> None:
        """The filters' words, and what can be chosen."""
        room, rows = self._room, self._room.model.week.rows(self._room.language)
        known = {
            "tier": [(letter, letter) for letter in sorted(set(rows["tier"]))],
            "owner": _pairs(rows, "owner", "owner_id"),
            "industry": _pairs(rows, "industry", "industry_id"),
            "stage": _stages(rows),
            "signal": [(room.say(f"signal.{name}"), name) for name in SIGNALS],
        }
        self._quiet = True
        self.search.description = self.search.placeholder = room.say("search")
        for name, box in self.filters.items():
            key = "signals" if name == "signal" else name
            kept = box.value
            box.description = room.say(key)
            box.options = [(room.say(f"every.{key}"), ""), *known[name]]
            box.value = kept if kept in [value for _, value in box.options] else ""
        self._quiet = False

    def show(self) -> None:
        """The list, or the account's page."""
        room, model = self._room, self._room.model
        there = self._account in set(model.week.rows(room.language)["account_id"])
        if there:
            back = room.say(f"back.{'week' if self._back == 'week' else 'accounts'}")
            self._page.html = room_page.account(model.page(self._account, room.language), room.language, back)
        else:
            self._account = ""
            self._show_list()
        show_if(self._found, not there)
        show_if(self._one, there)

    def _show_list(self) -> None:
        rows, asked = self._room.model.accounts(self._room.language, self._asked), self._asked
        more = max(len(rows) - self._most, 0)
        language = self._room.language
        self._list.html = room_page.accounts(
            rows.head(self._most), language, asked.by, asked.turned, more, asked.narrowed
        )

    def _narrowed(self) -> None:
        if self._quiet:
            return
        chosen: dict[str, Any] = {name: box.value or "" for name, box in self.filters.items()}
        self._asked = replace(self._asked, search=self.search.value, **chosen)
        self._most = _STEP
        self._show_list()

    def open(self, account: str, back: str = "accounts") -> None:
        """Open an account's page; back: the tab that its button leads to."""
        self._account, self._back = account, back
        self._room.made_old("accounts")

    def press(self, name: str, value: str = "") -> None:
        """What a button of the list or of the page does."""
        if name == "account":
            self.open(value)
            return
        if name == "back":
            self._account = ""
            if self._back != "accounts":
                self._room.made_old("accounts")
                self._room.tab = self._back
                return
        elif name == "sort":
            turned = value == self._asked.by and not self._asked.turned
            self._asked = replace(self._asked, by=value, turned=turned)
        elif name == "more":
            self._most += _STEP
        elif name == "all":
            self._cleared()
        self.show()

    def _cleared(self) -> None:
        self._quiet = True
        self.search.value = ""
        for box in self.filters.values():
            box.value = ""
        self._quiet = False
        self._asked = Asked(by=self._asked.by, turned=self._asked.turned)


def _pairs(rows: pd.DataFrame, name: str, key: str) -> list[tuple[str, str]]:
    known = rows.loc[rows[key] != "", [name, key]].drop_duplicates().sort_values([name, key])
    return list(known.itertuples(index=False, name=None))


def _stages(rows: pd.DataFrame) -> list[tuple[str, str]]:
    known = rows.loc[rows["stage"].notna(), ["stage", "stage_name"]].drop_duplicates().sort_values("stage")
    return [(name, str(int(stage))) for stage, name in known.itertuples(index=False, name=None)]
