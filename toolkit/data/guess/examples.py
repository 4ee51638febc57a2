"""For each proposed column a cell of theirs and what becomes of it, made by the reader of the mapping file itself."""

from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from toolkit.base.names import plain
from toolkit.data.cells import reader
from toolkit.data.columns import Column
from toolkit.data.database import cell_text
from toolkit.data.foreign import foreign_cell
from toolkit.data.guess.proposal import Proposal, TableGuess
from toolkit.data.tables_foreign import READABLE

_ZONE: Final = ZoneInfo("Asia/Shanghai")


def show(guess: TableGuess, proposal: Proposal, zone: tzinfo = _ZONE) -> None:
    """For each column one of their cells and what becomes of it, where something does, the first that changes."""
    plan = guess.plan()
    for column in READABLE[guess.table].columns:
        profile = guess.profile(column.name)
        if profile is None:
            continue
        read = reader(column, zone)
        linked = guess.ids.get(column.name, ("",))[0]
        if "." in linked:
            known = _known_ids(linked, proposal)
            named = [(text, known.get(plain(text), "")) for text in profile.distinct]
            guess.columns[column.name].examples = tuple([pair for pair in named if pair[1]] or named)[:2]
            continue
        pairs = []
        for text in profile.distinct[:60]:
            written = foreign_cell(text, column, plan, zone).strip()
            meant = guess.values.get(column.name, {}).get(written, written)
            value, rule = read(meant) if meant else (None, "")
            ours = "" if rule or value is None else _told(value, column)
            pairs.append((text, ours))
        changed = [pair for pair in pairs if pair[1] and pair[0].strip() != pair[1]]
        guess.columns[column.name].examples = tuple((changed or pairs)[:2])


def _known_ids(linked: str, proposal: Proposal) -> dict[str, str]:
    """By plain name the ids of the table that names are looked up in."""
    table, _, name = linked.partition(".")
    guess = proposal.of(table)
    if guess is None or name not in guess.columns:
        return {}
    key = READABLE[table].key[0]
    names = guess.grid.cells(guess.columns[name].header)
    ids = guess.grid.cells(guess.columns[key].header) if key in guess.columns else [plain(text) for text in names]
    return {plain(text): ident.strip() for text, ident in zip(names, ids, strict=True)}


def _told(value: object, column: Column) -> str:
    if column.kind in ("date", "friday"):
        return str(value)[:10]
    return cell_text(value)
