"""The campaign board's state (S7): where every card stands today, who may move it, what others did. No widgets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from toolkit.base.errors import InputError
from toolkit.base.weeks import last_friday
from toolkit.data.cells import DTYPES
from toolkit.data.contract import TABLES
from toolkit.data.entry import ready
from toolkit.data.load import load
from toolkit.data.store import Changed, Row, Store
from toolkit.language import check_language, say
from toolkit.method import campaigns
from toolkit.parameters import Parameters
from toolkit.widgets.board_changes import Change, changes_told, overtaken

READ: Final = ("campaigns", "campaign_moves", "accounts", "industries", "reps")
_NUMBERED: Final = r"C(\d+)"
_EVER: Final = "1970-01-01"
_TRIES: Final = 5  # for a number that somebody else takes at the same moment


class Overtaken(InputError):
    """Somebody saved the card since it was looked at; nothing was overwritten, and the board is read again."""


@dataclass(frozen=True)
class Standing:
    """The board on a day, as the rule sees it: frames of method.campaigns, and names by id."""

    cards: pd.DataFrame
    columns: pd.DataFrame
    moved: pd.DataFrame  # this week
    paths: Mapping[str, list[Any]]  # a card's moves, the newest first
    before: pd.DataFrame  # how many stood where last Friday
    names: Mapping[str, Mapping[str, str]]


class BoardModel:
    """The campaigns of a source today.

    source  any source; what is changed is written where it is a store, else `read_only`
    who     stands in the journal and as moved_by; default: the director, where the team has exactly one
    rep     a rep's id: only campaigns of the rep's own accounts, and none is added; "" is everybody's
    clock   says the moment, in the parameters' time zone; for tests
    Raises InputError for a source that is none.
    """

    def __init__(
        self,
        source: str,
        parameters: Parameters | None = None,
        language: str = "zh",
        who: str = "",
        rep: str = "",
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.parameters = parameters or Parameters()
        self._zone = ZoneInfo(self.parameters.timezone)
        self._clock = clock or (lambda: datetime.now(self._zone))
        self._language, self.rep = check_language(language), rep
        self._store: Store | None = None
        self._stamp, self._rows = 0, dict[str, Row]()
        if "://" in source:
            self._store = Store(source, who or rep, language=language, rep=rep)
            self._read()
            self._store.who = who or rep or self._director()
        else:
            data = load(source, parameters=self.parameters, language=language)
            self._frames = {name: data.tables[name] for name in READ}
        self._board: tuple[Any, Standing] | None = None
        self._ready = False

    # --- looking ----------------------------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The language of what is refused."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = check_language(language)
        if self._store:
            self._store.language = language

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: the source is no store."""
        return self._store is None

    @property
    def can_add(self) -> bool:
        """Whether campaigns can be added: by everybody but a rep."""
        return not self.read_only and not self.rep

    @property
    def now(self) -> datetime:
        """This moment on the wall, to the second."""
        return self._clock().replace(tzinfo=None, microsecond=0)

    @property
    def board(self) -> Standing:
        """The board today."""
        key = (self._stamp, self.now.date())
        if self._board is None or self._board[0] != key:
            self._board = (key, self._judged())
        return self._board[1]

    def _judged(self) -> Standing:
        p, f, day = self.parameters.campaigns, self._frames, str(self.now.date())
        friday = last_friday(np.datetime64(day) - 1)
        cards = campaigns.board(f["campaigns"], f["campaign_moves"], f["accounts"], day, p)
        columns = campaigns.columns(cards, p)
        moved = campaigns.moved(f["campaign_moves"], friday, day, p)
        paths: dict[str, list[Any]] = {}
        for move in campaigns.moved(f["campaign_moves"], _EVER, day, p).iloc[::-1].itertuples(index=False):
            paths.setdefault(str(move.campaign_id), []).append(move)
        before = campaigns.flow(f["campaign_moves"], np.array([friday]), p)
        names = {
            name: dict(zip(f[name][key], f[name][label], strict=True))
            for name, key, label in (
                ("accounts", "account_id", "account_name"), ("industries", "industry_id", "industry_name"),
                ("reps", "rep_id", "rep_name"), ("campaigns", "campaign_id", "campaign_name"),
            )
        }  # fmt: skip
        return Standing(cards, columns, moved, paths, before, names)

    def version(self, campaign: str) -> int:
        """The version of a card that stands on the board; 0 where nothing can be written."""
        return self._rows[campaign].version if campaign in self._rows else 0

    def owners(self) -> dict[str, str]:
        """Who can take a campaign, id to name: whoever is on the team."""
        rows = self._frames["reps"]
        here = ~(rows["left_on"] <= pd.Timestamp(self.now.date()))
        return dict(zip(rows.loc[here, "rep_id"], rows.loc[here, "rep_name"], strict=True))

    def accounts(self) -> dict[str, str]:
        """The active accounts, id to name."""
        rows = self._frames["accounts"]
        rows = rows[rows["status"] == "active"]
        return dict(zip(rows["account_id"], rows["account_name"], strict=True))

    def look(self) -> list[str]:
        """Read what others wrote since, and tell it; nothing new, no sentence."""
        if self._store and not self._ready:  # while the board is read first, not while a card is first moved
            ready("campaigns", "campaign_moves")
            self._ready = True
        if self._store is None or self._store.stamp() == self._stamp:
            return []
        before = dict(self._rows)
        self._read()
        return changes_told(self._changes(before), self.board.names, self.now.date(), self._language)

    def _changes(self, before: Mapping[str, Row]) -> list[Change]:
        """What cards became since; `before`: the rows as they were."""
        found = []
        for card, row in self._rows.items():
            was = before.get(card)
            last = self._last(card) if was is None or was.version != row.version else None
            if last:  # none: imported, and come within a rep's reach with its account
                found.append(Change(card, was.values if was else None, row.values, last.who, last.at))
        return found

    def _last(self, card: str) -> Change | None:
        """The last change of a card, of the journal; None for an imported one that nobody changed."""
        assert self._store is not None
        history = self._store.history("campaigns", card)
        if not history:
            return None
        entry = history[-1]
        at = datetime.fromisoformat(entry["at"]).astimezone(self._zone).replace(tzinfo=None)
        return Change(card, entry["before"], entry["after"], entry["who"], at)

    def _read(self) -> None:
        assert self._store is not None
        stamp = self._store.stamp()  # first: what is written meanwhile is read again at the next look
        rows = {name: self._store.rows(name) for name in READ}
        self._stamp = stamp
        self._rows = {row.values["campaign_id"]: row for row in rows["campaigns"]}
        self._frames = {name: _frame(name, found) for name, found in rows.items()}

    def _director(self) -> str:
        reps = self._frames["reps"]
        directors = reps.loc[reps["role"] == "director", "rep_id"]
        return str(directors.iloc[0]) if len(directors) == 1 else "director"

    # --- writing ----------------------------------------------------------------------------------------------------

    def move(self, card: str, version: int, column: str) -> None:
        """Put a card into another column: its row and a row of `campaign_moves`, both or none. See `change`."""
        self.change(card, version, column)

    def change(self, card: str, version: int, column: str, given: Mapping[str, Any] | None = None) -> None:
        """Write a card as somebody changed it, and its move where the column is another one, all or none.

        version  of the card that was looked at; given  progress (0–1 or None), owner_id, due_on
        `updated_at` dates the progress, as in the contract: it changes with it alone.
        Raises Overtaken where somebody saved the card since, Refusal where a value breaks a rule, InputError for a
        column that the board does not have, a card that is not there, or a source that is no store.
        """
        store = self._writable(column)
        stands = self.board.cards.set_index("campaign_id")["board_column"].get(card)
        if stands is None or card not in self._rows:
            raise InputError(say("board.gone", self._language))
        old, now = self._rows[card].values, self.now
        new = {**old, "board_column": column, **(given or {})}
        if new["progress"] != old["progress"]:
            new["updated_at"] = now
        rows: list[tuple[str, Mapping[str, Any], int | None]] = [("campaigns", new, version)]
        if column != stands:
            rows.append(("campaign_moves", _move(card, version + 1, now, stands, column, store.who), None))
        self._save(store, card, rows)

    def add(self, name: str, column: str, given: Mapping[str, Any]) -> str:
        """Put a new campaign onto the board; its id. given: industry_id, account_id (one of them), owner_id, due_on.

        Raises InputError without a name or without what it is about; otherwise as `change`.
        """
        store = self._writable(column)
        if not self.can_add:
            raise InputError(say("board.no_adding", self._language))
        if not name.strip():
            raise InputError(say("board.no_name", self._language))
        account, industry = given.get("account_id"), given.get("industry_id")
        if not account and not industry:
            raise InputError(say("board.no_subject", self._language))
        if account and not industry:
            found = self._frames["accounts"].set_index("account_id")["industry_id"].get(account)
            industry = None if pd.isna(found) else found
        now = self.now
        values = {
            **given, "campaign_name": name.strip(), "board_column": column, "industry_id": industry, "progress": 0.0,
            "updated_at": now,
        }  # fmt: skip
        for _ in range(_TRIES):
            card = self._next_id()
            new = {**values, "campaign_id": card}
            try:
                move = _move(card, 1, now, None, column, store.who)
                self._save(store, card, [("campaigns", new, None), ("campaign_moves", move, None)])
                return card
            except Overtaken:
                continue
        raise InputError(say("board.busy", self._language))

    def _next_id(self) -> str:
        taken = pd.Series(sorted(self._rows), dtype="str").str.extract(f"^{_NUMBERED}$")[0].dropna().astype(int)
        return f"C{int(taken.max() if len(taken) else 0) + 1:02d}"

    def _writable(self, column: str) -> Store:
        if self._store is None:
            raise InputError(say("board.read_only", self._language))
        if column not in self.parameters.campaigns.columns:
            raise InputError(say("board.no_column", self._language))
        return self._store

    def _save(self, store: Store, card: str, rows: list[tuple[str, Mapping[str, Any], int | None]]) -> None:
        try:
            store.save_all(rows)
        except Changed as changed:
            self._read()
            last = self._last(card)
            told = overtaken(last, self.board.names, self.now.date(), self._language) if last else str(changed)
            raise Overtaken(told) from None
        self._read()


def _move(card: str, version: int, at: datetime, source: str | None, column: str, who: str) -> dict[str, Any]:
    """A row of campaign_moves. Its id orders the moves of one second, and is the same when sent twice."""
    key = f"{card}-{at:%Y%m%d%H%M%S}-{version:04d}"
    names = ("move_id", "campaign_id", "moved_at", "from_column", "to_column", "moved_by")
    return dict(zip(names, (key, card, at, source, column, who), strict=True))


def _frame(table: str, rows: list[Row]) -> pd.DataFrame:
    """The rows as a clean frame of the contract."""
    known = TABLES[table].columns
    return pd.DataFrame(
        {one.name: pd.Series([row.values[one.name] for row in rows], dtype=DTYPES[one.kind]) for one in known}
    )
