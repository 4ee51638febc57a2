"""A walk along a decision chain: its map, somebody picked, the way to them, what changes without them, who is next."""

from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.data.load import Data
from toolkit.language import LANGUAGES, check_language, say
from toolkit.parameters import Parameters
from toolkit.reports.chain_story import Person, chain_picture, person
from toolkit.reports.provenance import reviewed_friday
from toolkit.reports.teller import Teller
from toolkit.state.drill_room import people_of
from toolkit.widgets.pieces import ROOT as FIGURES
from toolkit.widgets.pieces import drawing, pairs
from toolkit.widgets.threshold_looks import ROOT, Kit, show_if, style
from toolkit.widgets.threshold_result import message, tag

_ORDER: Final = {BREACH: 0, WARNING: 1, GOOD: 2, CANNOT_JUDGE: 3}


class ChainWalk(widgets.VBox):
    """The walk. `account` and `person` are what is looked at; both can be set."""

    def __init__(self, tellers: dict[str, Teller], account: str, language: str) -> None:
        self._tellers, self._language = tellers, language
        self._kit = kit = Kit()
        self._quiet = False
        self._title, self._map, self._card = kit.html(), kit.html(), kit.html()
        self._where, self._go = kit.html(), kit.box("go")
        self._accounts, self._people = kit.make(widgets.Dropdown), kit.make(widgets.Dropdown)
        head = kit.box("head", self._title, kit.tongue(language, self._switched))
        rows = [kit.column("control", one) for one in (self._accounts, self._people)]
        controls = kit.column("controls", *rows, self._where, self._go)
        shown = kit.column("detail", self._map, self._card)
        body = kit.box("grid", controls, shown) if self._known else self._map
        super().__init__([kit.html("", style(("figures.css", FIGURES))), kit.column("page", head, body)])
        self._dom_classes = (ROOT, FIGURES)
        self._quiet = True
        self._accounts.options = self._account_options()
        if self._known:
            self._accounts.value = account or self._known[0]
        self._quiet = False
        self._accounts.observe(lambda _: self._chosen(""), "value")
        self._people.observe(lambda change: self._chosen(change["new"] or ""), "value")
        self._chosen("")

    @property
    def account(self) -> str:
        """The account that is looked at; "" without any."""
        return self._accounts.value or ""

    @account.setter
    def account(self, account: str) -> None:
        self._accounts.value = account

    @property
    def person(self) -> str:
        """The person who is picked; "" nobody."""
        return self._people.value or ""

    @person.setter
    def person(self, person_id: str) -> None:
        self._people.value = person_id

    @property
    def _t(self) -> Teller:
        return self._tellers[self._language]

    @property
    def _known(self) -> list[str]:
        """Accounts with people on record, those in the worst state first."""
        team = self._t.team
        rows = team.chains[team.chains["people"] > 0]
        rows = rows.assign(_s=rows["state"].map(_ORDER)).sort_values(["_s", "account_id"])
        return [str(account) for account in rows["account_id"]]

    def _account_options(self) -> list[tuple[str, str]]:
        return [(self._t.account(account), account) for account in self._known]

    def _switched(self, language: str) -> None:
        self._language = language
        self._chosen(self.person)

    def _chosen(self, person_id: str) -> None:
        """Show an account's chain, and the person who is picked."""
        if self._quiet:
            return
        t, language = self._t, self._language
        for name in LANGUAGES:
            (self.add_class if name == language else self.remove_class)(f"in-{name}")
        self._title.value = Markup("<h1>{}</h1>").format(t.say("chain_walk.title"))
        if not self.account:
            lines = [say("document.chain_walk.empty", language)]
            self._map.value = message(t.say("chain_walk.title"), lines)
            return
        people = people_of(t.team, self.account)
        names = [(t.person(row), row.person_id) for row in people.itertuples(index=False)]
        self._quiet = True
        self._accounts.description, self._people.description = t.say("chain_walk.account"), t.say("chain_walk.person")
        self._people.options = [(t.say("chain_walk.everyone"), ""), *names]
        self._people.value = person_id
        self._quiet = False
        self._map.value = drawing(chain_picture(t, self.account, person_id), language)
        self._tell(person(t, self.account, person_id) if person_id else None)

    def _tell(self, who: Person | None) -> None:
        t = self._t
        for part in (self._go, self._card):
            show_if(part, who is not None)
        if who is None:
            self._where.value = tag("p", t.say("chain_walk.all"), "sub")
            self._go.children = ()
            return
        parts = [
            tag("h3", who.title),
            pairs(who.facts),
            tag("h4", t.say("chain_walk.how")),
            tag("p", who.way),
            tag("h4", t.say("chain_walk.leaving")),
            tag("p", who.leaving),
        ]
        self._card.value = Markup('<section class="card">{}</section>').format(Markup("").join(parts))
        self._where.value = tag("h3", t.say("chain_walk.go")) if who.neighbours else ""
        self._go.children = [self._step(one, label) for one, label in who.neighbours.items()]

    def _step(self, person_id: str, label: str) -> Any:
        button = self._kit.make(widgets.Button, description=label)
        button.on_click(lambda _: setattr(self, "person", person_id))
        return button


def chain_walk(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    account: str = "",
    salt: Salt | None = None,
) -> ChainWalk:
    """The walk along the chains of a Friday as a widget, for JupyterLab and Voila.

    account  which chain comes first; default: the one in the worst state; the rest as of `review`
    Raises InputError for a day or an account that is not there.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> walk = chain_walk(load("sample_data"), "2026-11-20", account="A001")
    >>> walk.person = "P0016"
    >>> walk.account, walk.person
    ('A001', 'P0016')
    """
    check_language(language)
    p = parameters or Parameters()
    friday, _ = reviewed_friday(data, as_of, language)
    keyed = salt or Salt.from_environment(p.spot_check.seed)
    first = Teller.of(data, friday, p, keyed, language)
    tellers = {name: first if name == language else first.in_language(name) for name in LANGUAGES}
    chains = first.team.chains
    known = chains.loc[chains["people"] > 0, "account_id"].tolist()
    if account and account not in known:
        near = ", ".join(known[:12])
        raise InputError(say("document.not_known", language, value=account, known=near))
    return ChainWalk(tellers, account, language)
