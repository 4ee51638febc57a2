"""The campaign board as its page shows it: lanes, cards, choices and every word of it, in one language, as plain data.

The page (board.js) knows no sentence and no rule: what it shows stands here.
"""

from typing import Any, Final

import pandas as pd

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.language import say
from toolkit.language.forms import form, missing
from toolkit.reports.campaign_words import column_name, count_told, move_told, stand_told
from toolkit.widgets.board_changes import moment
from toolkit.widgets.board_model import BoardModel, Standing

SIGNS: Final = {BREACH: "▲", WARNING: "◆", CANNOT_JUDGE: "○", GOOD: ""}  # never colour alone
LABELS: Final = (
    "add", "name", "column", "industry", "account", "owner", "due", "percent", "none", "save", "cancel", "keys",
    "touch", "held", "held_full", "put_back", "empty_lane", "lost", "path", "columns",
)  # fmt: skip
_LATER: Final = {name: f"{{{name}}}" for name in ("name", "column", "count")}  # the page fills them in
_DONE_SHOWN: Final = 6  # cards of a finished column that are shown before the rest is folded
_MOVES: Final = 12
_PATH: Final = 4  # of a card's moves


def told(model: BoardModel, language: str) -> dict[str, Any]:
    """All that the page shows."""
    board = model.board
    return {
        "language": language,
        "headline": _headline(board, language),
        "notes": _notes(model, board, language),
        "lanes": [_lane(model, board, row, language) for row in board.columns.itertuples(index=False)],
        "moves_title": say("page.campaigns.moves", language),
        "moves": _moves(model, board, language),
        "owners": _choices(model.owners()),
        "accounts": _choices(model.accounts()),
        "industries": _choices(board.names["industries"]),
        "columns": [[code, column_name(code, language)] for code in model.parameters.campaigns.columns],
        "read_only": model.read_only,
        "can_add": model.can_add,
        "owner_fixed": "" if model.can_add or model.read_only else say("board.owner_fixed", language),
        "words": {name: say(f"board.word.{name}", language, **_LATER) for name in LABELS},
    }


def _choices(names: Any) -> list[list[str]]:
    return [[key, name] for key, name in sorted(names.items(), key=lambda one: (one[1], one[0]))]


def _headline(board: Standing, language: str) -> str:
    """What the weekly review says of the board, today."""
    cards = board.cards
    if not len(cards):
        return say("section.campaigns.unknown", language)
    moved, late = board.moved["campaign_id"].nunique(), int((cards["code"] == "overdue").sum())
    over = [column_name(code, language) for code in board.columns.loc[board.columns["state"] == BREACH, "board_column"]]
    parts = [
        say("section.campaigns.open", language, n=int((cards["code"] != "done").sum())),
        say("section.campaigns.moved", language, n=moved) if moved else say("section.campaigns.still", language),
        say("section.campaigns.late", language, n=late) if late else "",
        say("section.campaigns.over", language, columns=form(over, "list", language)) if over else "",
    ]
    return ("；" if language == "zh" else "; ").join(part for part in parts if part)


def _notes(model: BoardModel, board: Standing, language: str) -> list[str]:
    closed = int((board.cards["code"] == "account_closed").sum())
    notes = [say("section.campaigns.closed", language, n=closed)] if closed else []
    if model.read_only:
        notes.insert(0, say("board.read_only", language))
    elif not len(board.cards):
        notes.append(say("board.empty" if model.can_add else "board.empty_rep", language))
    return notes


def _lane(model: BoardModel, board: Standing, column: Any, language: str) -> dict[str, Any]:
    code, p = column.board_column, model.parameters.campaigns
    rows = board.cards[board.cards["board_column"] == code]
    done = code in p.done
    if done:  # the newest first: what was won or lost long ago is folded
        rows = rows.sort_values(["entered_on", "campaign_id"], ascending=[False, True])
    cards = [_card(model, board, row, language) for row in rows.itertuples(index=False)]
    folded = max(0, len(cards) - _DONE_SHOWN) if done else 0
    over = column.state == BREACH
    return {
        "code": code,
        "name": column_name(code, language),
        "count": count_told(column, language),
        "full": column.cards >= column.limit,
        "over": say("board.over", language, n=int(column.cards - column.limit)) if over else "",
        "note": _note(board, column, language),
        "known": code in p.columns,
        "cards": cards,
        "shown": len(cards) - folded,
        "more": say("page.campaigns.more", language, n=folded) if folded else "",
    }


def _note(board: Standing, column: Any, language: str) -> str:
    """How many stood there last Friday; "" where a card without a move makes that unknown."""
    if column.state == CANNOT_JUDGE:
        return say("board.stand.unknown_column", language)
    if not len(board.cards) or board.cards["entered_on"].isna().any():
        return ""
    before = board.before.set_index("board_column")["cards"]
    return say("board.before", language, n=int(before[column.board_column]))


def _card(model: BoardModel, board: Standing, row: Any, language: str) -> dict[str, Any]:
    names = board.names
    subject = [
        names[table].get(key, key)
        for table, key in (("accounts", row.account_id), ("industries", row.industry_id))
        if isinstance(key, str) and key
    ]
    owner = names["reps"].get(row.owner_id, row.owner_id) if isinstance(row.owner_id, str) and row.owner_id else ""
    card = {
        "id": row.campaign_id,
        "version": model.version(row.campaign_id),
        "name": row.campaign_name,
        "about": " · ".join(subject),
        "column": row.board_column,
        "owner_id": row.owner_id if owner else "",
        "owner": owner or say("board.no_owner", language),
        "progress": None if missing(row.progress) else round(row.progress * 100),
        "share": form(row.progress, "percent", language),
        "due_on": "" if missing(row.due_on) else f"{row.due_on:%Y-%m-%d}",
        "stand": stand_told(row, language),
        "state": row.state,
        "sign": SIGNS[row.state],
        "path": [_step(model, board, step, language) for step in board.paths.get(row.campaign_id, [])[:_PATH]],
    }
    facts = (card["name"], column_name(row.board_column, language), card["about"], card["owner"])
    progress = say("board.progress", language, share=row.progress)
    card["label"] = say("page.list_join", language).join([*filter(None, facts), progress, card["stand"]])
    return card


def _step(model: BoardModel, board: Standing, move: Any, language: str) -> str:
    """One move: when, where, by whom."""
    who = board.names["reps"].get(move.moved_by, move.moved_by)
    at = moment(move.moved_at, model.now.date(), language)
    return " · ".join(part for part in (at, move_told(move, language), "" if missing(who) else str(who)) if part)


def _moves(model: BoardModel, board: Standing, language: str) -> list[str]:
    """What moved this week, the newest first."""
    rows: pd.DataFrame = board.moved.iloc[::-1]
    names = board.names["campaigns"]
    lines = [
        f"{names.get(move.campaign_id, move.campaign_id)} · {_step(model, board, move, language)}"
        for move in rows.head(_MOVES).itertuples(index=False)
    ]
    return lines + ([say("board.more", language, n=len(rows) - _MOVES)] if len(rows) > _MOVES else [])


def outcome(model: BoardModel, card: str, language: str) -> str:
    """What a written card became: where it stands, and whether its column is over its limit."""
    board = model.board
    row = board.cards.set_index("campaign_id").loc[card]
    column = board.columns.set_index("board_column").loc[row["board_column"]]
    name = column_name(str(row["board_column"]), language)
    said = say("board.saved", language, name=row["campaign_name"], column=name)
    if column["state"] == BREACH:
        said += say("board.saved_over", language, column=name, n=int(column["cards"]), limit=int(column["limit"]))
    return said
