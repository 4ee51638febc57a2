"""The proposal for a foreign file: sheets as tables, columns, ids, what is assumed and what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from toolkit.base.names import plain
from toolkit.base.weeks import friday_of
from toolkit.data.columns import Column
from toolkit.data.foreign import day_in
from toolkit.data.foreign_cells import day
from toolkit.data.guess import words
from toolkit.data.guess.answers import answered, columns_answered
from toolkit.data.guess.examples import show
from toolkit.data.guess.grids import Grid, grids_of
from toolkit.data.guess.match import TableMatch, assigned, tables_of
from toolkit.data.guess.profiles import Profile, profiles
from toolkit.data.guess.proposal import NAMED_BY, ColumnGuess, Proposal, Question, Said, TableGuess
from toolkit.data.guess.settle import codes_of, settle
from toolkit.data.refusal import Refused
from toolkit.data.tables_foreign import HISTORY, OPPORTUNITIES, READABLE

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_ASSUMED: Final = {
    ("accounts", "market_role"): "long_tail",
    ("accounts", "status"): "active",
    ("opportunities", "market_role"): "long_tail",
    ("reps", "role"): "rep",
}
_OVERLAP: Final = 0.5


def propose(path: str | Path, answers: Mapping[str, str] | None = None) -> Proposal:
    """What the file probably means. `answers`: question key -> value, as people decided.

    Refused where nothing that looks like a table is there, or an answer belongs to no question.
    """
    place, grids = grids_of(path)
    answers = dict(answers or {})
    groups = _grouped(grids)
    seen = [profiles(grid.sheet.header, grid.sheet.cells) for _, grid in groups]
    options = [tables_of(grid, some) for (_, grid), some in zip(groups, seen, strict=True)]
    chosen = _chosen(groups, options, answers)
    tables: dict[str, TableGuess] = {}
    unread = []
    for (pattern, grid), some, match in zip(groups, seen, chosen, strict=True):
        if match is None:
            unread.append(pattern)
            continue
        tables[match.table] = _table(pattern, grid, some, match)
    tables = {name: tables[name] for name in READABLE if name in tables}
    proposal = Proposal(place, tables, unread)
    if not tables:
        raise Refused("guess_nothing", where=place)
    columns_answered(proposal, answers)
    for guess in list(tables.values()):
        _references(guess, proposal)
    _reps_of_owners(proposal)
    questions: list[Question] = []
    for guess in proposal.tables.values():
        _ids(guess, proposal)
        questions += [*_rivals(guess), *settle(guess)]
    for guess in proposal.tables.values():
        questions += _absent(guess, proposal)
    answered(proposal, questions, answers)
    for guess in proposal.tables.values():
        show(guess, proposal)
    return proposal


def _grouped(grids: Sequence[Grid]) -> list[tuple[str, Grid]]:
    """Sheets and files with the pattern of their names; exports of several days with one header are one."""
    found: dict[tuple[str, tuple[str, ...]], list[Grid]] = {}
    for grid in grids:
        found.setdefault((_pattern(grid.name), grid.sheet.header), []).append(grid)
    out = []
    for (pattern, _), some in found.items():
        first = some[0]
        if len(some) > 1:
            cells = tuple(np.concatenate(parts) for parts in zip(*(grid.sheet.cells for grid in some), strict=True))
            lines = np.concatenate([grid.sheet.lines for grid in some])
            skip = tuple(dict.fromkeys(word for grid in some for word in grid.skip))
            first = replace(first, sheet=replace(first.sheet, cells=cells, lines=lines), skip=skip)
        out.append((pattern, first))
    return out


def _pattern(name: str) -> str:
    """A name with `*` for the day in it.

    Examples
    --------
    >>> _pattern("opportunities_2026-11-20"), _pattern("客户台账")
    ('opportunities_*', '客户台账')
    """
    if day_in(name) is None:
        return name
    digits = [k for k, sign in enumerate(name) if sign.isdigit()]
    return f"{name[: digits[0]]}*{name[digits[-1] + 1 :]}"


def _chosen(
    groups: Sequence[tuple[str, Grid]], options: Sequence[list[TableMatch]], answers: dict[str, str]
) -> list[TableMatch | None]:
    """The table of each sheet: as answered, else as likely; accounts that carry a probability are opportunities."""
    free = []
    for (pattern, _), some in zip(groups, options, strict=True):
        said = answers.pop(f"tables.{pattern}", None)
        if said is not None and said not in (*READABLE, "none"):
            raise Refused(
                "guess_answer", question=f"tables.{pattern}", value=said, choices=", ".join((*READABLE, "none"))
            )
        free.append(some if said is None else [one for one in some if one.table == said])
    chosen = assigned(free)
    if not {"account_weeks", OPPORTUNITIES.name} & {one.table for one in chosen if one}:
        for k, one in enumerate(chosen):
            other = next((o for o in free[k] if o.table == OPPORTUNITIES.name), None)
            if one and one.table == "accounts" and other and "win_probability" in other.columns:
                chosen[k] = other
    return [one if one is None or _served(one, chosen) else None for one in chosen]


def _served(one: TableMatch, chosen: Sequence[TableMatch | None]) -> bool:
    """A history alone tells nothing: it needs the opportunities."""
    return one.table != HISTORY.name or any(other and other.table == OPPORTUNITIES.name for other in chosen)


def _table(pattern: str, grid: Grid, some: Sequence[Profile], match: TableMatch) -> TableGuess:
    guess = TableGuess(match.table, pattern, grid, match.score, {profile.header: profile for profile in some})
    for column, one in match.columns.items():
        why = [Said(f"header_{one.header_why}" if one.header_why else "values_alone", {"word": one.word})]
        own_scale = (
            column == "market_role" and one.header_why != "same"
        )  # a grade of theirs is not quite a role of ours
        guess.columns[column] = ColumnGuess(column, one.header, min(one.score, 0.75) if own_scale else one.score, why)
        if one.rival:
            guess.notes.append(Said("rival", {"column": column, "header": one.header, "rival": one.rival}))
    return guess


def _rivals(guess: TableGuess) -> Iterator[Question]:
    for note in guess.notes:
        if note.code == "rival":
            key = f"columns.{guess.table}.{note.arguments['column']}"
            said = Said("ask.rival", dict(note.arguments))
            headers = (note.arguments["header"], note.arguments["rival"])
            yield Question(key, said, headers, note.arguments["header"])


# --- references and ids ---------------------------------------------------------------------------------------------


def _names(guess: TableGuess | None, column: str) -> frozenset[str]:
    profile = guess.profile(column) if guess else None
    return frozenset(plain(text) for text in profile.distinct) if profile else frozenset()


def _references(guess: TableGuess, proposal: Proposal) -> None:
    """Columns that refer to another table: by its ids, or by the names that it gives them."""
    for column, target in _targets(guess.table):
        if target == guess.table and column.name == READABLE[guess.table].key[0]:
            continue
        other = proposal.of(target)
        key, name = READABLE[target].key[0], NAMED_BY.get(target, "")
        ids, named = _names(other, key), _names(other, name) if name else frozenset()
        if column.name not in guess.columns:
            _find(guess, column, target, name, ids | named)
        profile = guess.profile(column.name)
        if profile is None or not profile.texts:
            continue
        told = guess.columns[column.name]
        if named and profile.overlap(named) > profile.overlap(ids):
            guess.ids[column.name] = (f"{target}.{name}",)
            told.why.append(Said("by_name", {"sheet": other.sheet if other else ""}))
            told.score = max(told.score, 0.9 if profile.overlap(named) >= 0.9 else 0.7)
        elif ids and profile.overlap(ids) >= _OVERLAP:
            told.why.append(Said("by_id", {"sheet": other.sheet if other else ""}))
            told.score = max(told.score, 0.9)


def _targets(table: str) -> list[tuple[Column, str]]:
    known = READABLE[table]
    own = [(column, column.refers_to) for column in known.references()]
    if table == OPPORTUNITIES.name:
        own = [(known["account_id"], "accounts"), (known["owner_id"], "reps"), (known["industry_id"], "industries")]
    return own


def _find(guess: TableGuess, column: Column, target: str, name: str, known: frozenset[str]) -> None:
    """A header for a column that refers to a table: by its words as the table's name, or by its cells alone."""
    best, found = 0.0, None
    for header in guess.unused:
        profile = guess.profiles[header]
        like = words.likeness(header, target, name).score if name else 0.0
        inside = profile.overlap(known) if known and profile.texts else 0.0
        score = max(0.9 * like * (0.6 + 0.4 * inside) if not known or inside else 0.5 * like, 0.75 * inside)
        if score > max(best, 0.45) and (inside >= _OVERLAP or like >= 0.9):
            best, found = score, ColumnGuess(column.name, header, score, [Said("refers" if inside else "names")])
    if found is not None and (column.required or best >= 0.6):
        guess.columns[column.name] = found


def _reps_of_owners(proposal: Proposal) -> None:
    """Without a table of reps, those whom a table of accounts, opportunities or reports names."""
    if proposal.of("reps"):
        for guess in proposal.tables.values():
            if guess.table == OPPORTUNITIES.name and "owner_name" in guess.columns and "owner_id" not in guess.columns:
                named = guess.columns.pop("owner_name")
                guess.columns["owner_id"] = replace(named, column="owner_id", why=[*named.why, Said("by_name_of_reps")])
                guess.ids["owner_id"] = ("reps.rep_name",)
        return
    for table, column in (("accounts", "owner_id"), ("daily_reports", "rep_id")):
        named_in = proposal.of(table)
        if named_in is None or column not in named_in.columns or OPPORTUNITIES.name in proposal.tables:
            continue
        owner = named_in.columns[column]
        reps = TableGuess("reps", named_in.sheet, named_in.grid, named_in.score, named_in.profiles, distinct="rep_name")
        reps.columns["rep_name"] = ColumnGuess("rep_name", owner.header, owner.score, [Said("owners")])
        reps.constants["role"] = "rep"
        proposal.tables["reps"] = reps
        for other in proposal.tables.values():
            for one, target in _targets(other.table):
                if target == "reps" and one.name in other.columns:
                    other.ids[one.name] = ("reps.rep_name",)
        proposal.tables = {name: proposal.tables[name] for name in READABLE if name in proposal.tables}
        return


def _ids(guess: TableGuess, proposal: Proposal) -> None:
    """Ids that the source lacks, made of names or of what tells its rows apart."""
    table = READABLE[guess.table]
    if guess.table == OPPORTUNITIES.name:
        if "account_id" not in guess.columns:
            linked = "accounts.account_name" if proposal.of("accounts") else "account_name"
            guess.ids["account_id"] = (linked,)
        if "owner_id" not in guess.columns and "owner_name" in guess.columns:
            guess.ids["owner_id"] = ("owner_name",)
        if "opportunity_id" not in guess.columns:
            there = [one for one in ("account_name", "account_id", "opportunity_name") if one in guess.columns]
            guess.ids["opportunity_id"] = tuple(there[:1] + there[-1:] if len(there) > 1 else there)
        return
    deals = proposal.of(OPPORTUNITIES.name)
    if guess.table == HISTORY.name and "opportunity_id" not in guess.columns and deals:
        guess.ids["opportunity_id"] = deals.ids.get("opportunity_id", ("opportunity_name",))
        return
    for name in table.key:
        column = table[name]
        if column.kind != "id" or column.refers_to or guess.has(name):
            continue
        named = NAMED_BY.get(guess.table, "")
        others = [one.name for one in table.columns if one.required and one.name in guess.columns]
        made = (named,) if named in guess.columns else tuple(others)
        if made:
            guess.ids = {name: made, **guess.ids} if named in made else {**guess.ids, name: made}
            guess.notes.append(Said("ids_made", {"column": name, "of": made}))
    if guess.table == "accounts" and not guess.has("account_name") and "account_id" in guess.columns:
        guess.ids["account_name"] = ("account_id",)


# --- what lacks ----------------------------------------------------------------------------------------


def _absent(guess: TableGuess, proposal: Proposal) -> Iterator[Question]:
    """Required columns that no header gives: assumed where something harmless can be, and asked."""
    for column in READABLE[guess.table].columns:
        wanted = column.required or (guess.table, column.name) in _ASSUMED
        if not wanted or guess.has(column.name):
            continue
        if guess.table == OPPORTUNITIES.name and column.name == "market_role" and proposal.of("accounts"):
            continue
        assumed = _ASSUMED.get((guess.table, column.name), "")
        if column.name == "opened_on":
            assumed = _first_week(proposal)
        if assumed:
            guess.constants[column.name] = assumed
        said = Said("ask.absent", {"table": guess.table, "column": column.name, "assumed": assumed})
        options = tuple(codes_of(column)) if column.choices else ()
        yield Question(f"constants.{guess.table}.{column.name}", said, options, assumed)
    if guess.table == OPPORTUNITIES.name and "seen_on" not in guess.columns and day_in(guess.grid.name) is None:
        yield Question("snapshot.opportunities.seen_on", Said("ask.seen_on"))


def _first_week(proposal: Proposal) -> str:
    """The Saturday on which the first week that the source knows begins; "" where it knows none."""
    weeks = proposal.of("account_weeks")
    profile = weeks.profile("week_ending") if weeks else None
    if weeks is None or profile is None:
        return ""
    order = weeks.dates.get("week_ending", "ymd")
    texts = [day(text, order) for text in profile.distinct]  # type: ignore[arg-type]
    days = [np.datetime64(text, "D") for text in texts if len(text) == 10 and text[4] == "-"]
    return str(friday_of(min(days)) - np.timedelta64(6, "D")) if days else ""
