"""F3 The technical risks of a white paper: how likely, by what comparable accounts told; how grave, by who cares here.

Comparable are the other accounts of the industry of which some risk is on record. A risk was raised at an account where
something said there holds one of the risk's words. Likelihood: high from `likely` of the comparable accounts on, medium
from `possible`, else low; with fewer than `min_accounts` of them it cannot be judged and counts as medium in the order.
Effect: as the register has it, one level up (at most high) where this account raised it, or somebody of its decision
chain named it as what they care about.

Units: levels 1 low, 2 medium, 3 high; shares of accounts. Ties: by the register's order. Missing values: an account of
which no risk is on record tells nothing, and silence is no low likelihood: it is not counted.

Readings. The text asks for a white paper on technical risk prevention and names no risks: the seven are those that a
supplier of industrial equipment answers for. Words are looked for in what daily reports tell of the customer: drills
are our own inventions, and nothing of a loss review is evidence elsewhere (F6).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.compare import at_least
from toolkit.base.parameters import Slice, setting

LOW: Final = 1
MEDIUM: Final = 2
HIGH: Final = 3
REGISTER: Final = (
    "risk", "raised", "accounts", "share", "likelihood", "known", "effect", "named_here", "weight",
)  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """A risk: its code, the effect it has as a rule, and the words by which it is spoken of."""

    code: str
    effect: int
    words: tuple[str, ...]


RISKS: Final = (
    Risk("interface", MEDIUM, ("接口", "兼容", "对接", "interface", "compatib")),
    Risk("downtime", HIGH, ("停机", "停产", "切换", "downtime", "outage")),
    Risk("delay", MEDIUM, ("延期", "投产", "工期", "delay", "commissioning")),
    Risk("performance", HIGH, ("技术疑虑", "性能", "不达标", "performance")),
    Risk("service", MEDIUM, ("质保", "备件", "售后", "驻场", "warranty", "spare", "on site")),
    Risk("people", LOW, ("培训", "操作", "不会用", "training", "operator")),
    Risk("supply", LOW, ("供货", "断供", "国产替代", "supply", "substitut")),
)


class RiskParameters(Slice):
    """When a technical risk is likely (path `risk_register`)."""

    look_back_weeks: int = setting(52, unit="weeks", rule="F3", ge=1, le=260)
    likely: float = setting(0.4, unit="fraction of the comparable accounts", rule="F3", gt=0, le=1)
    possible: float = setting(0.15, unit="fraction of the comparable accounts", rule="F3", gt=0, le=1)
    min_accounts: int = setting(3, unit="accounts", rule="F3", ge=1, le=1000)
    evidence: int = setting(5, unit="accounts", rule="F3", ge=1, le=50)


def spoken_of(texts: Iterable[str]) -> set[str]:
    """The risks that some of these texts speak of.

    Examples
    --------
    >>> sorted(spoken_of(["总工质疑接口兼容", "降低停机损失", ""]))
    ['downtime', 'interface']
    """
    said = [text.lower() for text in texts]
    return {risk.code for risk in RISKS if any(word in text for word in risk.words for text in said)}


def register(
    texts: pd.DataFrame, comparable: Iterable[str], here: Iterable[str], parameters: RiskParameters
) -> pd.DataFrame:
    """Every risk for one account: REGISTER, the heaviest (likelihood x effect) first.

    texts       account_id, text: what is on record of accounts; others than those to compare are ignored
    comparable  accounts to compare; here  what this account raised, and what its people care about

    Examples
    --------
    >>> said = pd.DataFrame({"account_id": ["A1", "A2", "A3", "A4"], "text": ["接口不兼容", "接口", "质保", "价格"]})
    >>> found = register(said, ["A1", "A2", "A3", "A4"], ["降低停机损失"], RiskParameters())
    >>> found[["risk", "raised", "accounts", "likelihood", "effect"]].values.tolist()[:2]
    [['interface', 2, 3, 3, 2], ['service', 1, 3, 2, 2]]
    """
    by_account = texts[texts["account_id"].isin(set(comparable))].groupby("account_id")["text"]
    raised = [risks for _, group in by_account if (risks := spoken_of(group))]
    named = spoken_of(here)
    known = len(raised) >= parameters.min_accounts
    rows = []
    for risk in RISKS:
        times = sum(risk.code in one for one in raised)
        share = times / len(raised) if raised else np.nan
        level = _level(share, parameters) if known else MEDIUM
        effect = min(risk.effect + (risk.code in named), HIGH)
        rows.append((risk.code, times, len(raised), share, level, known, effect, risk.code in named, level * effect))
    frame = pd.DataFrame(rows, columns=list(REGISTER))
    return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def _level(share: float, parameters: RiskParameters) -> int:
    return HIGH if at_least(share, parameters.likely) else MEDIUM if at_least(share, parameters.possible) else LOW
