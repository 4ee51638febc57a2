"""What more effort would bring: each account's response curve, small, with where the rule and the optimum put it."""

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from toolkit.language.forms import brief
from toolkit.publish.charts.price import OPTIMUM
from toolkit.publish.charts.scale import Scale
from toolkit.publish.charts.style import Look, canvas, fit, name_of, text, text_width
from toolkit.publish.numbers import cell

MOST: Final = 8
_ACROSS: Final = 2
_ROW: Final = 132.0
_FOOT: Final = 22.0


def height_of(accounts: int) -> int:
    """How high the drawing is, in pixels, for so many accounts.

    Examples
    --------
    >>> height_of(8), height_of(3)
    (550, 286)
    """
    return int(_ROW * -(-min(accounts, MOST) // _ACROSS) + _FOOT)


def chosen(points: pd.DataFrame, plan: str) -> list[str]:
    """Whom the optimum would give most more, then whom most less: at most eight, half of each; ties by id.

    Where one half has fewer than four, the other fills the room.

    Examples
    --------
    >>> points = pd.DataFrame({"plan": ["rule", "rule", "optimum", "optimum"], "account_id": ["a", "b"] * 2,
    ...                        "effort": [1.0, 2.0, 0.5, 5.0], "worth": 1.0})
    >>> chosen(points, "rule")
    ['b', 'a']
    """
    effort = points.pivot_table(index="account_id", columns="plan", values="effort", aggfunc="first")
    if OPTIMUM not in effort or plan not in effort:
        return list(effort.index[:MOST])
    change = (effort[OPTIMUM] - effort[plan]).sort_index()
    more = change[change >= 0].sort_values(ascending=False, kind="stable").index
    less = change[change < 0].sort_values(kind="stable").index
    half = MOST // 2
    return [*more[: max(half, MOST - len(less))], *less[: max(half, MOST - len(more))]]


def response(
    curves: pd.DataFrame, points: pd.DataFrame, plan: str, ax: Axes, look: Look, names: Mapping[str, str]
) -> Axes:
    """Draw curves (account_id, effort, worth) with points (plan, account_id, effort, worth) on common axes.

    Filled: the plan `plan`; hollow: the optimum; the line between them is what the optimum would move.
    """
    width, height = canvas(ax)
    shown, across = chosen(points, plan), _ACROSS
    cell_width = width / across
    told = points[points.account_id.isin(shown) & points.plan.isin([plan, OPTIMUM])]
    reach = max(math.ceil(float(told.effort.max()) * 1.15), 1)
    curves = curves[curves.effort <= reach + 1e-9]
    known = curves[curves.account_id.isin(shown)]
    most = float(max(known.worth.max(), 1e-9))
    for n, account in enumerate(shown):
        left, top = n % across * cell_width, n // across * _ROW
        box = (left + 6, top + 28, left + cell_width - 20, top + _ROW - 14)
        moved = _moved(points[points.account_id == account], plan)
        room = cell_width - 28 - text_width(moved)
        text(ax, left, top + 10, fit(name_of(names, account), room), look.colours.ink, bold=True)
        text(ax, box[2], top + 10, moved, look.colours.muted, ha="right")
        _curve(ax, curves[curves.account_id == account], points[points.account_id == account], plan, box,
               (reach, most), look)  # fmt: skip
    for n in range(min(across, len(shown))):
        left, last = n * cell_width, n + across * ((len(shown) - 1 - n) // across)
        y = (last // across + 1) * _ROW + 2
        text(ax, left + 6, y, "0", look.colours.muted, size=11)
        text(ax, left + cell_width - 20, y, cell(reach, 2), look.colours.muted, ha="right", size=11)
    return ax


def _moved(points: pd.DataFrame, plan: str) -> str:
    """The effort by the plan, and what the optimum would make of it."""
    effort = points.set_index("plan")["effort"]
    return "→".join(brief(effort[code]) for code in (plan, OPTIMUM) if code in effort.index)


def _curve(
    ax: Axes, curve: pd.DataFrame, points: pd.DataFrame, plan: str, box: tuple[float, float, float, float],
    reach: tuple[float, float], look: Look,
) -> None:  # fmt: skip
    c, (left, top, right, bottom) = look.colours, box
    x, y = Scale(0.0, reach[0], left, right), Scale(0.0, reach[1], bottom, top)
    ax.plot([left, right], [bottom, bottom], color=c.line, lw=1, zorder=0)
    drawn = curve.sort_values("effort")
    ax.plot([x.at(v) for v in drawn.effort], [y.at(v) for v in drawn.worth], color=c.C, lw=1.75, zorder=2)
    where = points.set_index("plan")
    here = [code for code in (plan, OPTIMUM) if code in where.index]
    ends = [(code, x.at(where.effort[code]), y.at(where.worth[code])) for code in here]
    if len(ends) == 2:
        between = drawn[(drawn.effort - where.effort[plan]) * (drawn.effort - where.effort[OPTIMUM]) <= 0]
        path = sorted([ends[0][1:], ends[1][1:], *((x.at(p.effort), y.at(p.worth)) for p in between.itertuples())])
        ax.plot([a for a, _ in path], [b for _, b in path], color=c.A, lw=3, alpha=0.45, zorder=3)
    for code, at, high in reversed(ends):
        ours = code == plan
        ax.plot([at, at], [high, bottom], color=c.A if ours else c.C, lw=1, zorder=1, dashes=(2, 2))
        ax.plot(at, high, "o", ms=8, mfc=c.A if ours else c.card, mec=c.A if ours else c.C, mew=1.75, zorder=5)
