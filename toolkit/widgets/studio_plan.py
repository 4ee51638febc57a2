"""A plan of one's own: what each account would get of the week's first resource. No widgets.

A plan counts only when it adds up: the accounts and the reserve make the resource's whole. What does not is refused,
with the names of the accounts that are furthest above (or below) the plan that it was started from. Amounts are held
in grains (100 CNY; a whole unit where the resource has whole ones), so that what one types can add up.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.apportion import largest_remainder
from toolkit.method.allocation import Resource
from toolkit.state.weekly_state import WeekState

RESERVE: Final = ""
IN_FORCE: Final = "in_force"
AS_SET: Final = "as_set"
_NAMED: Final = 3  # accounts named in a refusal
_GRAINS: Final = {"CNY": 100.0}  # amounts are multiples of it: what two decimals of 万元 hold, or one of ¥k
_FINE: Final = 0.01  # the grain of any other unit that is not handed out whole


@dataclass(frozen=True)
class Check:
    """Whether a plan adds up: code (none | fits | over | under), by how much it does not, and of whom that
    is said, the largest first.
    """

    code: str
    gap: float = 0.0
    accounts: tuple[str, ...] = ()


class PlanModel:
    """The amounts of a plan by account, and what they are compared with. Observers are called after every change.

    state  of the Friday; as_set gives the state under the settings of the moment

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> from toolkit.widgets.threshold_model import ThresholdModel
    >>> thresholds = ThresholdModel(load("sample_data"))
    >>> plan = PlanModel(thresholds.outcome.before, lambda: thresholds.outcome.after)
    >>> plan.start_from("in_force")
    >>> plan.check.code, round(plan.handed_out) == plan.resource.weekly_total
    ('fits', True)
    """

    def __init__(self, state: WeekState, as_set: Callable[[], WeekState]) -> None:
        self.resource: Resource = state.parameters.resources[0]
        self.accounts: tuple[str, ...] = tuple(state.tiers["account_id"])
        self.grain = 1.0 if self.resource.whole else _GRAINS.get(self.resource.unit, _FINE)
        self._state, self._as_set = state, as_set
        self._amounts: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self._observers: list[Callable[[], None]] = []

    @property
    def empty(self) -> bool:
        """True where there is no plan of one's own."""
        return not self._amounts

    @property
    def handed_out(self) -> float:
        """What all accounts and the reserve have together."""
        return float(sum(self._amounts.values()))

    @property
    def check(self) -> Check:
        """Whether the plan adds up."""
        if self.empty:
            return Check("none")
        gap = self.handed_out - self.resource.weekly_total
        if abs(gap) <= self.grain / 2:
            return Check("fits")
        change = {a: (x - self._begun.get(a, 0.0)) * np.sign(gap) for a, x in self._amounts.items() if a != RESERVE}
        named = [a for a in sorted(change, key=lambda a: (-change[a], a)) if change[a] > self.grain / 2]
        return Check("over" if gap > 0 else "under", gap, tuple(named[:_NAMED]))

    @property
    def shares(self) -> pd.Series | None:
        """Shares of the resource by account id, every active account; None while the plan does not add up."""
        if self.check.code != "fits":
            return None
        total = self.resource.weekly_total or 1.0
        return pd.Series({a: self._amounts.get(a, 0.0) / total for a in self.accounts}, dtype=float)

    def amount(self, account_id: str) -> float:
        """What an account (or the reserve) has in the plan."""
        return self._amounts.get(account_id, 0.0)

    def rows(self) -> pd.DataFrame:
        """account_id (the reserve last), tier, in_force, as_set, plan: whoever has anything in one of them.

        By tier as set and what the plan was started with, so that rows stay in place while one edits.
        """
        before, after = amounts_of(self._state), amounts_of(self._as_set())
        tier = dict(zip(self._as_set().tiers["account_id"], self._as_set().tiers["tier"], strict=True))
        ids = [a for a in self.accounts if a in self._amounts or before.get(a) or after.get(a)]
        ids.sort(key=lambda a: (tier.get(a, "C"), -self._begun.get(a, after.get(a, 0.0)), a))
        frame = pd.DataFrame({"account_id": [*ids, RESERVE]}).astype("str")
        return frame.assign(
            tier=[*(tier.get(a, "") for a in ids), ""],
            **{name: [x.get(a, 0.0) for a in frame["account_id"]] for name, x in
               ((IN_FORCE, before), (AS_SET, after), ("plan", self._amounts))},
        )  # fmt: skip

    def start_from(self, which: str) -> None:
        """Begin with what the rule gives: under the parameters in force, or as set."""
        given = {RESERVE: 0.0} | amounts_of(self._state if which == IN_FORCE else self._as_set())
        self._begun = self._in_grains(given, self.resource.weekly_total)
        self._amounts = dict(self._begun)
        self._changed()

    def set(self, account_id: str, amount: float) -> None:
        """Give an account (or the reserve, "") an amount in the resource's unit."""
        self._amounts[account_id] = max(round(float(amount) / self.grain) * self.grain, 0.0)
        self._changed()

    def rest_to_reserve(self) -> None:
        """What is not handed out becomes the reserve; of too much, the reserve gives first."""
        accounts = self.handed_out - self.amount(RESERVE)
        self.set(RESERVE, max(self.resource.weekly_total - accounts, 0.0))

    def fit(self) -> None:
        """Make the accounts' amounts add up with the reserve: all by the same factor."""
        accounts = {a: x for a, x in self._amounts.items() if a != RESERVE}
        if not sum(accounts.values()):
            accounts = dict.fromkeys(accounts, 1.0)
        self._amounts |= self._in_grains(accounts, max(self.resource.weekly_total - self.amount(RESERVE), 0.0))
        self._changed()

    def _in_grains(self, amounts: Mapping[str, float], total: float) -> dict[str, float]:
        """Amounts in proportion that make the total, each a multiple of the grain."""
        have = np.array(list(amounts.values()))
        count = round(total / self.grain)
        parts = largest_remainder(have / (have.sum() or 1.0) * count, count) * self.grain
        return dict(zip(amounts, map(float, parts), strict=True))

    def clear(self) -> None:
        """No plan of one's own any more."""
        self._amounts, self._begun = {}, {}
        self._changed()

    def export(self) -> str:
        """The plan as the CSV that `kat whatif --plan` takes: account_id, amount; "" while it does not add up."""
        if self.check.code != "fits":
            return ""
        lines = [f"{a},{self._amounts[a]:.10g}" for a in self.accounts if self._amounts.get(a, 0.0) > 0]
        return "\n".join(["account_id,amount", *lines]) + "\n"

    def observe(self, seen: Callable[[], None]) -> None:
        """Have `seen` called after every change."""
        self._observers.append(seen)

    def _changed(self) -> None:
        for seen in self._observers:
            seen()


def amounts_of(state: WeekState) -> dict[str, float]:
    """What the rule gives of the first resource this Friday, by account; the reserve under ""."""
    table = state.allocation
    first = table[table["resource"] == state.parameters.resources[0].name]
    return _summed(zip(first["account_id"], first["amount"], strict=True))


def _summed(pairs: Iterable[tuple[Any, Any]]) -> dict[str, float]:
    out: dict[str, float] = {}
    for account, amount in pairs:
        out[str(account)] = out.get(str(account), 0.0) + float(amount)
    return out
