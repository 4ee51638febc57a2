"""Who moved between the tiers: two stacked columns with ribbons, movers in their new tier's colour, names beside."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from toolkit.base.tiers import LETTERS
from toolkit.language import say
from toolkit.publish.charts.style import Look, canvas, chip, fit, name_of, text, text_width

_TOP: Final = 52.0
_COLUMN: Final = 14.0
_ROW: Final = 17.0
_MOST: Final = 8
_CURVE: Final = [1, 4, 4, 4, 2, 4, 4, 4, 79]


def height_of(moves: pd.DataFrame) -> int:
    """How high the drawing must be, in pixels, so that the movers' names of every tier fit.

    Examples
    --------
    >>> height_of(pd.DataFrame({"to_tier": ["A"]}))
    400
    """
    named = moves.to_tier.value_counts().clip(upper=_MOST + 1)
    return max(400, int(_TOP + sum(max(80, 50 + _ROW * named.get(k, 0)) for k in LETTERS) + 20))


def tier_flow(
    flow: pd.DataFrame,
    moves: pd.DataFrame,
    ax: Axes,
    look: Look,
    names: Mapping[str, str],
    heads: tuple[str, str] | None = None,
) -> Axes:
    """Draw last Friday's tiers, this Friday's, and the moves between them; or what else `heads` calls the two sides.

    flow: from_tier, to_tier, count (stayers and movers; an empty tier: new to us, or closed since).
    moves: account_id, from_tier, to_tier, the most worth knowing first.
    """
    width, height = canvas(ax)
    right = 168.0 if look.narrow else min(330.0, width - 190)
    counts = _counts(flow)
    top, unit = _layout(counts, moves, height)
    spans = [_segments(counts, top, unit, side) for side in (0, 1)]
    c = look.colours
    for (a, b), n in counts.items():
        if n and a and b:
            _ribbon(ax, right, spans[0][a, b], spans[1][a, b], c.ghost if a == b else c.tier(b), a == b)
    heads = heads or (say("page.flow.last", look.language), say("page.flow.this", look.language))
    for side, x in ((0, 0.0), (1, right)):
        text(ax, x, 12, heads[side], c.muted)
        for k in LETTERS:
            held = sum(n for pair, n in counts.items() if pair[side] == k)
            ax.add_patch(Rectangle((x, top[k]), _COLUMN, held * unit, facecolor=c.tier(k), lw=0, zorder=4))
            chip(ax, x + 8, top[k] - 15, k, c)
            text(ax, x + 21, top[k] - 15, str(held), c.ink, bold=True, size=14)
            if not look.narrow:
                word = say(f"tier.{k.lower()}", look.language)
                text(ax, x + 25 + text_width(str(held), 14), top[k] - 15, word, c.muted)
    _names(ax, moves, names, spans[1], top, right + _COLUMN, unit, look)
    return ax


def _counts(flow: pd.DataFrame) -> dict[tuple[str, str], int]:
    ends = flow[["from_tier", "to_tier"]].fillna("").astype(str).itertuples(index=False, name=None)
    return dict(zip(ends, flow["count"].astype(int), strict=True))


def _layout(counts: dict[tuple[str, str], int], moves: pd.DataFrame, height: float) -> tuple[dict[str, float], float]:
    """Where each tier's column starts, and the pixels an account takes."""
    most = {k: max(sum(n for p, n in counts.items() if p[side] == k) for side in (0, 1)) for k in LETTERS}
    named = moves.to_tier.value_counts().clip(upper=_MOST + 1)
    words = {k: _ROW * int(named.get(k, 0)) for k in LETTERS}
    room = height - _TOP - 12 - 40 * 2
    unit = 4.2
    while unit > 0.001 and sum(max(most[k] * unit, words[k]) for k in LETTERS) > room:
        unit *= 0.95
    top, y = {}, _TOP
    for k in LETTERS:
        top[k] = y
        y += max(most[k] * unit, words[k]) + 40
    return top, unit


def _segments(
    counts: dict[tuple[str, str], int], top: dict[str, float], unit: float, side: int
) -> dict[tuple[str, str], tuple[float, float]]:
    """The stretch of the column that each (from, to) takes: ordered by the other end, so that ribbons cross little."""
    out: dict[tuple[str, str], tuple[float, float]] = {}
    for k in LETTERS:
        y = top[k]
        for pair in sorted((p for p in counts if p[side] == k), key=lambda p: p[1 - side] or "Z"):
            out[pair] = (y, y + counts[pair] * unit)
            y = out[pair][1]
    return out


def _ribbon(ax: Axes, right: float, a: tuple[float, float], b: tuple[float, float], colour: str, stays: bool) -> None:
    left, middle = _COLUMN, (_COLUMN + right) / 2
    corners = [
        (left, a[0]), (middle, a[0]), (middle, b[0]), (right, b[0]), (right, b[1]),
        (middle, b[1]), (middle, a[1]), (left, a[1]), (left, a[0]),
    ]  # fmt: skip
    ax.add_patch(PathPatch(Path(corners, _CURVE), facecolor=colour, lw=0, zorder=1 if stays else 3))


def _names(
    ax: Axes,
    moves: pd.DataFrame,
    names: Mapping[str, str],
    spans: dict[tuple[str, str], tuple[float, float]],
    top: dict[str, float],
    x: float,
    unit: float,
    look: Look,
) -> None:
    """The movers' names, each at its ribbon's end; shifted down where they would touch; beyond eight: and n more."""
    (width, height), c = canvas(ax), look.colours
    room = width - x - 22 - (0 if look.narrow else 40)
    shown = [fit(name_of(names, i), room, 13) for i in moves.account_id]
    column = max((text_width(s, 13) for s in shown), default=0) + 12
    for k in LETTERS:
        mine = moves[moves.to_tier == k].assign(words=[s for s, t in zip(shown, moves.to_tier, strict=True) if t == k])
        mine = mine.assign(order=mine.from_tier.fillna("").replace("", "Z")).sort_values("order", kind="stable")
        ends = _ends(mine, spans, k, top[k], unit)
        beneath = min((v for v in top.values() if v > top[k]), default=height + 23) - 31
        for n, (move, end, y) in enumerate(zip(mine.itertuples(), ends, _apart(ends, top[k], beneath), strict=False)):
            if n == _MOST and len(mine) > _MOST + 1:
                text(ax, x + 22, y, say("words.and_more", look.language, n=len(mine) - _MOST), c.muted, size=13)
                break
            ax.plot([x + 1, x + 8, x + 14, x + 18], [end, end, y, y], color=c.muted, lw=1, zorder=2)
            text(ax, x + 22, y, move.words, c.ink, bold=True, size=13)
            if not look.narrow:
                was = move.from_tier or say("page.flow.new", look.language)
                text(ax, x + 22 + column, y, f"{was}→{k}", c.muted)


def _ends(
    mine: pd.DataFrame, spans: dict[tuple[str, str], tuple[float, float]], tier: str, top: float, unit: float
) -> list[float]:
    """Where each mover's ribbon ends on the tier's column."""
    place: dict[Any, int] = {}
    out = []
    for move in mine.itertuples():
        span = spans.get((str(move.from_tier or ""), tier), (top, top))
        out.append(min(span[0] + (place.get(move.from_tier, 0) + 0.5) * unit, max(span[1], span[0] + unit / 2)))
        place[move.from_tier] = place.get(move.from_tier, 0) + 1
    return out


def _apart(ends: list[float], top: float, beneath: float) -> list[float]:
    """The heights of the names that are told: a row apart, at their ribbons where they can be, none below `beneath`.

    Examples
    --------
    >>> _apart([50.0, 52.0], 10.0, 200.0), _apart([50.0, 52.0], 10.0, 60.0)
    ([50.0, 67.0], [43.0, 60.0])
    """
    out: list[float] = []
    for end in ends[: _MOST + 1]:
        out.append(max(end, (out[-1] if out else top + 2.5 - _ROW) + _ROW))
    return [min(y, beneath - (len(out) - 1 - n) * _ROW) for n, y in enumerate(out)]
