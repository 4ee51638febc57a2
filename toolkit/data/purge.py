"""Personal data that is older than it may be kept, taken out of a store; the business record stays and still counts.

Kinds, each with a cut-off day of its own; what is dated before it is purged:

- positions  where a rep's device was at a visit: blanked. The visit stays; its spot check (M6) cannot be determined.
- notes      free text about people's work, and who acted at a competitor: replaced by a mark, so that a rule that
             asks whether something was said still finds that it was.
- drafts     what was typed and never sent: deleted.
- journal    what a row was before and after a write: blanked. Who wrote when stays.
- people     decision makers of accounts that were closed before the day: their name becomes their id, what is known of
             them is blanked; executive moves announced before it: deleted.
- team       who left before the day: their name becomes their id, bonuses are deleted.

The journal's pictures of every row that is purged are purged with it, however young they are. A purged row gets a new
version, so that nobody saves the old words back over it. The journal says when, by whom and how much, not what.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, case, delete, or_, select, update

from toolkit.base.errors import InputError
from toolkit.data.contract import TABLES
from toolkit.data.database import VERSION
from toolkit.data.headers import column_label
from toolkit.data.load import TIMEZONE
from toolkit.data.refusal import Refused
from toolkit.data.store import Store
from toolkit.data.store_tables import key_of
from toolkit.language import say

KINDS: Final = ("positions", "notes", "drafts", "journal", "people", "team")
MARK: Final = "—"  # stands where a text was
_UNITS: Final = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Part:
    """What goes of one table: cells `blanked`, texts `marked`, a name (its column, the id's); or, with none, the row.

    when: the column that says how old a row is; through: the column that refers to the row, and its table, whose
    `when` it is instead
    """

    kind: str
    table: str
    when: str
    blanked: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    named: tuple[str, str] | None = None
    through: tuple[str, str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that lose what they hold; none: whole rows go."""
        return (*self.blanked, *self.marked, *((self.named[0],) if self.named else ()))


PARTS: Final = (
    Part("positions", "visits", "visited_at",
         blanked=("device_at", "device_latitude", "device_longitude", "accuracy_m", "mock_location")),
    Part("notes", "daily_reports", "report_date", marked=("note", "competitor_person")),
    Part("notes", "directives", "given_on", marked=("text",)),
    Part("notes", "callbacks", "called_on", marked=("note",)),
    Part("notes", "verifications", "verified_on", marked=("fact",)),
    Part("notes", "decisions", "decided_on", marked=("reason",)),
    Part("notes", "self_checks", "done_on", marked=("evidence",)),
    Part("people", "decision_makers", "closed_on", ("title", "career", "decision_style", "interests", "source"),
         named=("person_name", "person_id"), through=("account_id", "accounts")),
    Part("people", "executive_moves", "announced_on"),
    Part("team", "reps", "left_on", ("quarterly_bonus",), named=("rep_name", "rep_id")),
    Part("team", "bonuses", "left_on", through=("rep_id", "reps")),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """So many rows of a table of which something goes; `columns`: what of them, none: all."""

    kind: str
    table: str
    rows: int
    columns: tuple[str, ...] = ()


@dataclass
class _Done:
    """What a run has done so far: steps, and by table the rows (as the journal names them) whose pictures go too."""

    steps: list[Step] = field(default_factory=list)
    keys: dict[Part, set[str]] = field(default_factory=dict)

    def step(self, step: Step) -> None:
        """Remember what went, if anything did."""
        if step.rows:
            self.steps.append(step)


class _Undo(Exception):
    """Ends a trial run: everything is rolled back."""


def cut_off(older_than: str, today: date, language: str = "zh") -> date:
    """The first day that is kept: of an age (90d, 8w, 24m, 2y) before today, or a date.

    Raises InputError for what is neither, and for a day that is still to come.

    Examples
    --------
    >>> [str(cut_off(text, date(2026, 11, 30))) for text in ("24m", "90d", "2026-01-01")]
    ['2024-11-30', '2026-09-01', '2026-01-01']
    """
    text = older_than.strip().lower()
    try:
        if text[-1:] in _UNITS:
            back = pd.DateOffset(**{_UNITS[text[-1]]: int(text[:-1])})
            day = (pd.Timestamp(today) - back).date()
        else:
            day = date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InputError(say("purge.no_age", language, text=older_than)) from None
    if day > today:
        raise InputError(say("purge.to_come", language, day=day))
    return day


def days_of(
    kinds: Iterable[str], older_than: str, kept: Mapping[str, int], today: date, language: str = "zh"
) -> dict[str, date]:
    """The first day that is kept, by kind: of an age or a date for all of them, or of the days that each is kept.

    Raises InputError for a kind that is none.
    """
    one = cut_off(older_than, today, language) if older_than else None
    days = {}
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(say("purge.no_kind", language, kind=kind, kinds=", ".join(KINDS)))
        days[kind] = one or today - timedelta(days=kept[kind])
    return days


def purge(store: Store, before: Mapping[str, date], *, trial: bool = False, timezone: str = TIMEZONE) -> list[Step]:
    """Take out what is older than the day of its kind, all or nothing: what went, by kind and table.

    before: kind to the first day that is kept; a kind that is not named is left alone
    trial: say what would go, and change nothing
    """
    store.reach.everything(store.language)
    found: list[Step] = []

    def work(connection: Connection) -> None:
        found[:] = _purged(store, connection, before, timezone)
        if trial:
            raise _Undo
        if found:
            counts = [{"kind": s.kind, "table": s.table, "columns": list(s.columns), "rows": s.rows} for s in found]
            days = {kind: day.isoformat() for kind, day in before.items()}
            store.note(connection, "", "purge", None, {"before": days, "purged": counts})

    with suppress(_Undo):
        store.run(work, writes=True)
    return found


def compacted(store: Store) -> bool:
    """Whether the database's files were written anew, so that what was deleted cannot be read in them any more."""
    try:
        store.compact()
    except Refused:
        return False
    return True


def told(steps: Iterable[Step], language: str) -> pd.DataFrame:
    """The steps in words: kind, table, rows, what of them goes."""
    rows = []
    for step in steps:
        ours = step.table in TABLES
        name = say(f"table.{step.table}", language) if ours else say(f"purge.table.{step.table}", language)
        what = [column_label(step.table, column, language) for column in step.columns]
        rows.append(
            {
                say("purge.column.kind", language): say(f"purge.kind.{step.kind}", language),
                say("purge.column.table", language): name,
                say("purge.column.rows", language): step.rows,
                say("purge.column.what", language): ", ".join(what) or say(f"purge.whole.{step.kind}", language),
            }
        )
    return pd.DataFrame(rows)


def _purged(store: Store, connection: Connection, before: Mapping[str, date], timezone: str) -> list[Step]:
    done = _Done()
    for part in PARTS:
        if part.kind in before:
            _rows(store, connection, part, before[part.kind], done)
    for kind, one in (("drafts", _drafts), ("journal", _journal)):
        if kind in before:
            done.step(Step(kind, f"kat_{kind}", one(store, connection, _instant(before[kind], timezone))))
    pictures = _pictures(store, connection, done.keys)
    done.step(Step("pictures", "kat_journal", pictures))
    return done.steps


def _instant(day: date, timezone: str) -> str:
    """The beginning of a day as the journal writes times."""
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    return begin.astimezone(UTC).isoformat(timespec="milliseconds")


def _rows(store: Store, connection: Connection, part: Part, day: date, done: _Done) -> None:
    """Take out of a table what is older than the day."""
    here = store.tables.of[part.table]
    old = _old(store, part, day)
    keys = [here.c[name] for name in TABLES[part.table].key]
    done.keys[part] = {key_of(part.table, dict(row)) for row in connection.execute(select(*keys).where(old)).mappings()}
    if not part.columns:
        gone = connection.execute(delete(here).where(old)).rowcount
    else:
        new: dict[str, Any] = dict.fromkeys(part.blanked)
        new |= {name: case((here.c[name].is_not(None), MARK)) for name in part.marked}  # no mark where nothing stood
        holds: list[ColumnElement[bool]] = [here.c[name].is_not(None) for name in part.blanked]
        holds += [and_(here.c[name].is_not(None), here.c[name] != MARK) for name in part.marked]
        if part.named:
            name, key = part.named
            new[name] = here.c[key]
            holds.append(here.c[name] != here.c[key])
        new[VERSION] = here.c[VERSION] + 1
        gone = connection.execute(update(here).where(old, or_(*holds)).values(new)).rowcount
    done.step(Step(part.kind, part.table, gone, part.columns))


def _old(store: Store, part: Part, day: date) -> ColumnElement[bool]:
    """Which rows are older than the day: by their own date, or by that of the row that they refer to."""
    here = store.tables.of[part.table]
    if not part.through:
        timed = TABLES[part.table][part.when].kind == "time"
        return here.c[part.when] < (datetime(day.year, day.month, day.day) if timed else day)
    column, target = part.through
    there = store.tables.of[target]
    return here.c[column].in_(select(there.c[TABLES[target].key[0]]).where(there.c[part.when] < day))


def _drafts(store: Store, connection: Connection, before: str) -> int:
    d = store.tables.drafts
    return connection.execute(delete(d).where(or_(d.c.at.is_(None), d.c.at < before))).rowcount


def _journal(store: Store, connection: Connection, before: str) -> int:
    """Blank what rows were before and after the writes of an older time; imports and purges hold counts alone."""
    j = store.tables.journal
    query = select(j.c.number, j.c.before, j.c.after).where(j.c.at < before, j.c.table_name != "")
    held = [number for number, *images in connection.execute(query) if any(images)]
    for start in range(0, len(held), _AT_ONCE):
        mine = j.c.number.in_(held[start : start + _AT_ONCE])
        connection.execute(update(j).where(mine).values(before=None, after=None))
    return len(held)


def _pictures(store: Store, connection: Connection, keys: Mapping[Part, set[str]]) -> int:
    """Clean the journal's pictures of purged rows, whatever their age: so many entries."""
    j = store.tables.journal
    by_table: dict[str, list[Part]] = {}
    for part in keys:
        by_table.setdefault(part.table, []).append(part)
    cleaned = 0
    for table, parts in by_table.items():
        query = select(j.c.number, j.c.row_key, j.c.before, j.c.after).where(j.c.table_name == table)
        for number, key, *images in connection.execute(query).all():
            mine = [part for part in parts if key in keys[part]]
            clean = [_cleaned(image, mine) for image in images]
            if clean != images:
                new = dict(zip(("before", "after"), clean, strict=True))
                connection.execute(update(j).where(j.c.number == number).values(new))
                cleaned += 1
    return cleaned


def _cleaned(image: Mapping[str, str] | None, parts: list[Part]) -> dict[str, str] | None:
    """A picture of a row without what is purged."""
    if image is None or any(not part.columns for part in parts):
        return None
    clean = dict(image)
    for part in parts:
        clean |= dict.fromkeys(part.blanked, "")
        clean |= {name: MARK for name in part.marked if clean.get(name)}
        if part.named and part.named[0] in clean:
            clean[part.named[0]] = clean[part.named[1]]
    return clean
