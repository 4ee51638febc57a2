"""What is shown of the campaign board elsewhere: frames and cards in words, with names only where that is asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from toolkit.reports.team_evidence import board_cards, board_columns
from toolkit.reports.teller import Teller


@dataclass(frozen=True)
class Card:
    """One campaign: its id, the column it stands in, what is written on it, its state (of base.states)."""

    id: str
    column: str
    title: str
    lines: tuple[str, ...]
    due_on: date | None
    state: str


@dataclass(frozen=True)
class Frame:
    """One column: its code and its heading."""

    column: str
    title: str


@dataclass(frozen=True)
class Mirror:
    """The whole board: its frames from left to right, its cards in the order of the board."""

    frames: tuple[Frame, ...]
    cards: tuple[Card, ...]


def mirror(teller: Teller, *, names: bool = False) -> Mirror:
    """The board (S7) as it stands on the teller's day.

    names  whether accounts, campaigns and people are named; else a card bears its campaign's id, its industry, the
           owner's id and no account at all

    Examples
    --------
    >>> from toolkit.base.keyed_draw import Salt
    >>> from toolkit.data.load import load
    >>> from toolkit.parameters import Parameters
    >>> import numpy as np
    >>> day = np.datetime64("2026-11-20")
    >>> board = mirror(Teller.of(load("sample_data"), day, Parameters(), Salt.from_environment(7, {}), "en"))
    >>> [frame.title for frame in board.frames][:2]
    ['Planned · 0 cards', 'Engaged · 4/8 cards']
    """
    columns = board_columns(teller.team, teller.w)
    frames = tuple(Frame(row.board_column, f"{row.name} · {row.count}") for row in columns.itertuples(index=False))
    cards = board_cards(teller.team, teller.w)
    return Mirror(frames, tuple(_card(row, teller, names) for row in cards.itertuples(index=False)))


def _card(row: Any, teller: Teller, names: bool) -> Card:
    week = teller.team.week
    owner = row.owner_id if isinstance(row.owner_id, str) else ""
    title = row.campaign_name if names else teller.w.say("miro.masked", id=row.campaign_id)
    where = [teller.industry(row.industry_id)] if isinstance(row.industry_id, str) and row.industry_id else []
    if names and isinstance(row.account_id, str) and row.account_id:
        where.append(teller.account(row.account_id))
    lines = [" · ".join(where)] if where else []
    lines.append(
        teller.w.say("miro.owner", owner=(week.rep(owner) if names else owner) or teller.w.say("words.nobody"))
    )
    if row.progress == row.progress:
        lines.append(teller.w.say("miro.progress", share=row.progress))
    lines.append(row.stand)
    due = None if pd.isna(row.due_on) else row.due_on.date()
    return Card(row.campaign_id, row.board_column, title, tuple(lines), due, row.state)
