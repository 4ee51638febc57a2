"""The strip: every account a dot by win probability, a row each market role, the tier lines across it. Inline SVG.

Colours are the page's CSS variables, so that one drawing serves light and dark; drawn for three widths.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from numpy.typing import NDArray

from toolkit.base.tiers import LETTERS, ROLES
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.publish.charts.style import text_width
from toolkit.widgets.threshold_words import ThresholdWords

_WIDTHS: Final = {"l": 800, "m": 500, "s": 318}
_DOT: Final = 4.0  # radius in pixels
_STEP: Final = 12.0  # from one dot to the next that would touch it
_LEFT: Final = 8.0
_TOP: Final = 40.0


def strip(words: ThresholdWords) -> Markup:
    """The figure: heading, what it shows, the drawing in three widths."""
    outcome = words.outcome
    frame = outcome.accounts.dropna(subset=["win_probability"])
    t = outcome.after.parameters.tiers
    sub = words.say("strip.sub", weight=t.a.min_strategic_weight)
    unknown = len(outcome.accounts) - len(frame)
    if unknown:
        sub += ("" if words.language == "zh" else " ") + words.say("strip.unknown", n=unknown)
    dots = _Dots.of(words, frame)
    drawings = Markup("").join(_drawing(words, dots, size, width) for size, width in _WIDTHS.items())
    key = Markup("").join(
        Markup('<span class="t-{}"><i></i>{} {}</span>').format(
            letter, letter, say(f"tier.{letter.lower()}", words.language)
        )
        for letter in LETTERS
    )
    return Markup(
        '<figure class="strip"><figcaption class="sub"><span class="key">{}</span>{}</figcaption>{}</figure>'
    ).format(key, sub, drawings)


@dataclass(frozen=True)
class _Dots:
    """The accounts of a strip, by role and win probability: what is the same in every width."""

    role: NDArray[np.int64]
    share: NDArray[np.float64]
    classes: list[str]
    titles: list[str]
    moved: list[bool]

    @classmethod
    def of(cls, words: ThresholdWords, frame: pd.DataFrame) -> "_Dots":
        """Of `Outcome.accounts` with a win probability."""
        frame = frame.sort_values(["role", "win_probability", "account_id"])
        was = dict(zip(words.outcome.moves["account_id"], words.outcome.moves["from_tier"], strict=True))
        titles = []
        for account, p, tier in zip(frame["account_id"], frame["win_probability"], frame["tier"], strict=True):
            about: dict[str, Any] = {"account": words.account(account), "p": p, "tier": tier}
            moved = {"was": was[account]} if account in was else {}
            titles.append(str(escape(words.say("strip.dot_moved" if moved else "strip.dot", **about, **moved))))
        return cls(
            frame["role"].to_numpy(), frame["win_probability"].to_numpy(dtype=float), list(frame["tier"]), titles,
            list(frame["moved"]),
        )  # fmt: skip


def _drawing(words: ThresholdWords, dots: _Dots, size: str, width: float) -> Markup:
    scale = (width - 2 * _LEFT) / 100
    parts, y = [], _TOP
    for role, name in enumerate(ROLES):
        mine = np.flatnonzero(dots.role == role)
        x = _LEFT + dots.share[mine] * 100 * scale
        level = levels(x, _STEP)
        height = 30 + _STEP * (level.max(initial=0) + 1)
        base = y + height - 8
        parts.append(_text(_LEFT, y + 12, say(f"role.{name}", words.language), "lab"))
        parts.append(Markup('<path class="axis" d="M{:.1f} {:.1f}H{:.1f}"/>').format(_LEFT, base, width - _LEFT))
        parts += _lines(words, name, _LEFT, scale, y + 18, base)
        for k, at, up in zip(mine.tolist(), x.tolist(), level.tolist(), strict=True):
            parts.append(_dot(dots, k, at, base - _DOT - 2 - up * _STEP))
        y += height
    for share in range(0, 101, 20):
        anchor = "start" if share == 0 else "end" if share == 100 else "middle"
        edge = {"start": -_LEFT, "end": _LEFT}.get(anchor, 0)
        parts.append(_text(_LEFT + share * scale + edge, y + 10, str(share), "lab", anchor))
    parts += _line_names(words, _LEFT, scale, width)
    t = words.outcome.after.parameters.tiers
    description = words.say(
        "strip.description", a=t.a.min_win_probability, b=t.b.min_win_probability, n=len(words.outcome.moves)
    )
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {:.0f}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
    ).format(size, width, y + 16, description, words.say("strip.title"), Markup("").join(parts))


def levels(x: np.ndarray, step: float) -> np.ndarray:
    """How many dots high each dot stands, so that none touch; `x` ascending, in pixels.

    Examples
    --------
    >>> levels(np.array([10.0, 12.0, 14.0, 30.0]), 9.0).tolist()
    [0, 1, 2, 0]
    """
    last: list[float] = []
    out = []
    for at in x:
        free = next((k for k, end in enumerate(last) if at - end >= step), len(last))
        last[free : free + 1] = [float(at)]
        out.append(free)
    return np.array(out, dtype=int)


def _lines(words: ThresholdWords, role: str, left: float, scale: float, top: float, base: float) -> list[Markup]:
    """The lines that this role can cross: solid as changed, dashed as in force where that differs."""
    out = []
    for tier in ("a", "b"):
        now, was = (_line(p, tier) for p in (words.outcome.after.parameters, words.outcome.before.parameters))
        roles = getattr(words.outcome.after.parameters.tiers, tier).market_roles
        if roles and role not in roles:
            continue
        for share, kind in ((was, "was"), (now, "now")):
            if kind == "now" or abs(share - now) > 1e-9:
                x = left + share * 100 * scale
                out.append(Markup('<path class="{}" d="M{:.1f} {:.1f}V{:.1f}"/>').format(kind, x, top, base))
    return out


def _line_names(words: ThresholdWords, left: float, scale: float, width: float) -> list[Markup]:
    """What the lines are called, at the top, each in a row of its own and on its outer side, where there is room."""
    shares = {tier: _line(words.outcome.after.parameters, tier) for tier in ("a", "b")}
    out = []
    for y, tier in ((12, "a"), (28, "b")):
        now, was = shares[tier], _line(words.outcome.before.parameters, tier)
        same = abs(now - was) <= 1e-9 or width < 400
        label = words.say("strip.line" if same else "strip.line_was", tier=tier.upper(), now=now, was=was)
        x, room = left + now * 100 * scale, text_width(label) + 8
        on_left = now < max(shares.values()) and x > room or x + room > width
        out.append(Markup('<path class="now" d="M{:.1f} {}V{}"/>').format(x, y - 9, _TOP + 18))
        out.append(_text(x + (-6 if on_left else 6), y, label, "name", "end" if on_left else "start"))
    return out


def _line(parameters: Parameters, tier: str) -> float:
    return float(getattr(parameters.tiers, tier).min_win_probability)


def _dot(dots: _Dots, k: int, x: float, y: float) -> Markup:
    ring = f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{_DOT + 2}"/>' if dots.moved[k] else ""
    dot = f'<circle class="dot t-{dots.classes[k]}" cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}"/>'
    return Markup(f"<g><title>{dots.titles[k]}</title>{ring}{dot}</g>")  # numbers, letters, escaped titles


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, words)
