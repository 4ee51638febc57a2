"""The threshold panel's state: what is set, and what the rules make of it beside the plan in force. No widgets.

The rules are the product's own (`toolkit.state.weekly_state` wires them); nothing of S1-S3 and S6 is judged here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml

from toolkit.base.errors import InputError
from toolkit.base.settings import Setting, tree_of, value_at
from toolkit.base.tiers import LETTERS
from toolkit.base.weeks import last_friday
from toolkit.data.load import Data
from toolkit.parameters import SETTINGS, Parameters
from toolkit.publish.parameter_file import changes
from toolkit.state.weekly_state import WeekState

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "tiers": ("tiers.a.min_win_probability", "tiers.a.min_strategic_weight", "tiers.b.min_win_probability"),
    "watch": ("retiering.min_posture", "retiering.max_consumption_ratio"),
    "demotion": ("demotion.weeks", "emerging.min_rise"),
    "allocation": ("allocation.share_a", "allocation.inside", "allocation.empty_tier"),
}
PATHS: Final = tuple(path for paths in GROUPS.values() for path in paths)
CRITERIA: Final = ("market_role", "win_probability", "strategic_weight", "stalled_b", "cannot_judge")
_SHARE_A, _SHARE_B = "allocation.share_a", "allocation.share_b"
_STEPS: Final = {"fraction": 0.01, "ratio": 0.1}
_OPEN_END: Final = 5  # where a parameter has no upper bound, its slider ends at so many times the default


@dataclass(frozen=True)
class Control:
    """What a slider needs to know of the parameter that it moves, in the parameter's own unit.

    `low`, `high`, `step` are 0 for a choice; `base` is the value in force, `default` the method's.
    """

    path: str
    unit: str
    rule: str
    low: float
    high: float
    step: float
    choices: tuple[str, ...]
    default: Any
    base: Any


@dataclass(frozen=True)
class Outcome:
    """What the settings make of this Friday, beside the plan in force. Frames hold ids and numbers only.

    `before` and `after` are this Friday's states under the parameters in force and under the changed ones.
    """

    before: WeekState
    after: WeekState

    @cached_property
    def counts(self) -> pd.DataFrame:
        """tier, now, then: active accounts by tier."""
        now, then = (
            state.tiers["tier"].value_counts().reindex(LETTERS, fill_value=0) for state in (self.before, self.after)
        )
        return pd.DataFrame({"tier": list(LETTERS), "now": now.to_numpy(), "then": then.to_numpy()})

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Who would be in another tier this Friday: account_id, from_tier, to_tier, direction (up | down), codes
        (the criteria that decide, of CRITERIA), criteria_from, win_probability, strategic_weight,
        weeks_without_progress; those that rise first, then by new tier and id.
        """
        was, now = self.before.tiers, self.after.tiers  # of the same accounts, by id
        moved = np.flatnonzero(was["tier"].to_numpy() != now["tier"].to_numpy())
        was, now = was.take(moved), now.take(moved)
        up = now["tier"].to_numpy() < was["tier"].to_numpy()
        reason = np.where(up, was["reason"], now["reason"])  # what held it back, or what it misses now
        codes = [tuple(code for code in text.split(";") if code in CRITERIA) for text in reason]
        frame = pd.DataFrame(
            {
                "account_id": now["account_id"].to_numpy(),
                "from_tier": was["tier"].to_numpy(),
                "to_tier": now["tier"].to_numpy(),
                "direction": np.where(up, "up", "down"),
                "codes": codes,
                "criteria_from": was["criteria_tier"].to_numpy(),
                "win_probability": now["win_probability"].to_numpy(),
                "strategic_weight": now["strategic_weight"].to_numpy(),
                "weeks_without_progress": now["weeks_without_progress"].to_numpy(),
            }
        )
        if not len(frame):
            return frame
        return frame.sort_values(
            ["direction", "to_tier", "account_id"], ascending=[False, True, True], ignore_index=True
        )

    @cached_property
    def lists(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], int]]:
        """Of the watch list, the demotion proposals and the emerging accounts: who joins, who leaves, how many then."""
        out = {}
        for name, ids in (("watch", _watched), ("proposals", _proposed), ("emerging", _emerging)):
            now, then = set(ids(self.before)), set(ids(self.after))
            out[name] = (tuple(sorted(then - now)), tuple(sorted(now - then)), len(then))
        return out

    @cached_property
    def allocation(self) -> pd.DataFrame:
        """resource, unit, account_id ("": the reserve), tier (then), now, then, change in the resource's unit: every
        account that draws before or after, its pools added up; by resource, the reserve last, the largest change first.
        """
        now, then = _amounts(self.before), _amounts(self.after)
        tier = dict(zip(self.after.tiers["account_id"], self.after.tiers["tier"], strict=True))
        rows = []
        for resource in self.after.parameters.resources:
            mine = [(r, a) for r, a in {**now, **then} if r == resource.name]
            for key in mine:
                row = (*key, now.get(key, 0.0), then.get(key, 0.0))
                rows.append((row[0], resource.unit, row[1], tier.get(row[1], ""), row[2], row[3], row[3] - row[2]))
        place = {resource.name: k for k, resource in enumerate(self.after.parameters.resources)}
        rows.sort(key=lambda r: (place[r[0]], r[2] == "", -round(abs(r[6]), 6), -round(r[5], 6), r[2]))
        return pd.DataFrame(rows, columns=["resource", "unit", "account_id", "tier", "now", "then", "change"])

    @cached_property
    def moved(self) -> pd.DataFrame:
        """resource, unit, total, moved: how much of each resource would go elsewhere, half the sum of all changes."""
        resources = self.after.parameters.resources
        half = dict.fromkeys((r.name for r in resources), 0.0)
        for name, change in zip(self.allocation["resource"], self.allocation["change"], strict=True):
            half[name] += abs(change) / 2
        frame = {
            "resource": [r.name for r in resources],
            "unit": [r.unit for r in resources],
            "total": [r.weekly_total for r in resources],
            "moved": [half[r.name] for r in resources],
        }
        return pd.DataFrame(frame)

    @cached_property
    def history(self) -> tuple[int, int, int]:
        """Tier moves over the whole recorded history: now, then, and over how many Fridays."""
        now, then = (_moves_in(state.portfolio.tiers.tier) for state in (self.before, self.after))
        return now, then, len(self.after.portfolio.grid.weeks)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """This Friday's active accounts: account_id, role (code), win_probability, tier (then), moved; by id."""
        place = [self.after.place(account) for account in self.after.tiers["account_id"]]
        frame = self.after.tiers[["account_id", "win_probability", "tier"]]
        moved = frame["account_id"].isin(self.moves["account_id"])
        return frame.assign(role=self.after.portfolio.grid["role"][place], moved=moved)


class ThresholdModel:
    """What the panel's controls are set to, and the outcome. Observers are called after every change.

    data        of `load`; the last Friday with weekly data in it is looked at, as it was known on that day
    parameters  those in force; default: the method as written

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> model = ThresholdModel(load("sample_data"))
    >>> model.set("tiers.a.min_win_probability", 0.55)
    >>> model.outcome.moves[["account_id", "from_tier", "to_tier"]].values.tolist()
    [['A009', 'B', 'A']]
    """

    def __init__(self, data: Data, parameters: Parameters | None = None) -> None:
        self.base = parameters or Parameters()
        self.controls = tuple(control_of(path, self.base) for path in PATHS)
        self.outcome: Outcome | None = None
        self.refused = False
        self.others: dict[str, Any] = {}
        self._values = {control.path: control.base for control in self.controls}
        self._observers: list[Callable[[], None]] = []
        newest = data.account_weeks["week_ending"].max()
        if not pd.isna(newest) and len(data.accounts):
            friday = last_friday(newest)
            self._state = WeekState(data.at(pd.Timestamp(friday)), friday, self.base)
            self.outcome = Outcome(self._state, self._state)

    @property
    def empty(self) -> bool:
        """True without any weekly data: there is nothing to judge."""
        return self.outcome is None

    @property
    def changes(self) -> dict[str, Any]:
        """The settings that differ from those in force, by path; B's share follows A's. `others` are those that no
        control moves, of a scenario.
        """
        changed = {c.path: self._values[c.path] for c in self.controls if self.differs(c.path)}
        if _SHARE_A in changed:
            both = self.base.allocation.share_a + self.base.allocation.share_b
            changed[_SHARE_B] = round(max(both - changed[_SHARE_A], 0.0), 10)
        return changed | self.others

    def value(self, path: str) -> Any:
        """What a control is set to."""
        return self._values[path]

    def differs(self, path: str) -> bool:
        """True where a control is not at the value in force."""
        value, base = self._values[path], value_at(self.base, path)
        return value != base if isinstance(base, str) else abs(value - base) > 1e-9

    def set(self, path: str, value: Any) -> None:
        """Move one control. What the rules refuse leaves the last outcome, and `refused` is true."""
        known = {control.path: control for control in self.controls}[path]
        self._values[path] = _as_set(known, value)
        for follows in (path, _SHARE_B if path == _SHARE_A else path):
            self.others.pop(follows, None)
        self._recompute()

    def load(self, changes: Mapping[str, Any]) -> None:
        """Set everything at once: what `changes` (by dotted path) name, the rest as in force.

        What no control moves, or not so far, goes into `others`. Raises InputError, in `say`'s Chinese, for what is
        unknown or out of range; then nothing is set.
        """
        asked = Parameters.read(self.base, changes)
        values = {c.path: _as_set(c, value_at(asked, c.path)) for c in self.controls}
        far = {c.path for c in self.controls if not c.choices and not c.low <= values[c.path] <= c.high}
        self._values = {c.path: c.base if c.path in far else values[c.path] for c in self.controls}
        self.others = {}
        moved = self.changes
        rest = {path: value for path, value in changes.items() if path not in values or path in far}
        self.others = {path: value for path, value in rest.items() if moved.get(path) != value}
        self._recompute()

    def reset(self) -> None:
        """Back to the parameters in force."""
        self.others = {}
        self._values = {control.path: control.base for control in self.controls}
        self._recompute()

    def observe(self, seen: Callable[[], None]) -> None:
        """Have `seen` called after every change."""
        self._observers.append(seen)

    def parameters(self, language: str = "zh") -> Parameters:
        """The parameters as changed. Raises InputError, in words, for what does not go together."""
        return Parameters.read(self.base, self.changes, language=language)

    def problem(self, language: str) -> str:
        """Why the settings are refused, in words; "" where they are not."""
        try:
            if self.refused:
                self._outcome(self.parameters(language))
        except InputError as error:
            return str(error)
        return ""

    def export(self) -> str:
        """What differs from the method as written, as YAML that `kat review --parameters` takes; "" for nothing.

        Raises InputError where the settings are refused.
        """
        known = self.parameters() if self.refused or self.outcome is None else self.outcome.after.parameters
        tree = tree_of(changes(known))
        return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False) if tree else ""

    def _recompute(self) -> None:
        if self.empty:
            return
        try:
            self.outcome, self.refused = self._outcome(self.parameters()), False
        except InputError:
            self.refused = True
        for seen in self._observers:
            seen()

    def _outcome(self, parameters: Parameters) -> Outcome:
        before = self._state
        after = before.under(parameters) if self.changes else before
        outcome = Outcome(before, after)
        assert outcome.allocation is not None  # limits that cannot all hold are refused here, not in the view
        return outcome


def _as_set(control: Control, value: Any) -> Any:
    """A value as its control holds it: whole where the setting is, without a float's dust."""
    if control.choices:
        return value
    return round(float(value)) if isinstance(control.base, int) else round(float(value), 10)


def control_of(path: str, base: Parameters) -> Control:
    """The control of a parameter, at its value in force."""
    known = {setting.path: setting for setting in SETTINGS}[path]
    value = value_at(base, path)
    low, high, step = (0.0, 0.0, 0.0) if known.choices else _ends(known, value)
    if path == _SHARE_A:
        high = min(high, round(base.allocation.share_a + base.allocation.share_b, 10))
    return Control(path, known.unit, known.rule, low, high, step, known.choices, known.default, value)


def _ends(known: Setting, value: float) -> tuple[float, float, float]:
    """A slider's ends and step; an end that is not in the range is one step inside; the value always fits."""
    step = _STEPS.get(known.unit, 1.0)
    low = known.low or 0.0
    high = known.high if known.high is not None else _OPEN_END * known.default
    low, high = low + step * known.low_open, high - step * (known.high_open and known.high is not None)
    return min(low, value), max(high, value), step


def _amounts(state: WeekState) -> dict[tuple[str, str], float]:
    """What each account draws of each resource, its pools added up; the reserve under ""."""
    table = state.allocation
    out: dict[tuple[str, str], float] = {}
    for resource, account, amount in zip(table["resource"], table["account_id"], table["amount"], strict=True):
        out[resource, account] = out.get((resource, account), 0.0) + amount
    return out


def _watched(state: WeekState) -> list[str]:
    return [str(account) for account in state.tiers.loc[state.tiers["on_watch"], "account_id"]]


def _proposed(state: WeekState) -> list[str]:
    return [str(account) for account in state.proposals["account_id"]]


def _emerging(state: WeekState) -> list[str]:
    return [str(account) for account in state.emerging["account_id"]]


def _moves_in(tier: np.ndarray) -> int:
    """Changes of tier from one Friday to the next, of accounts active on both."""
    return int(((tier[1:] != tier[:-1]) & (tier[1:] >= 0) & (tier[:-1] >= 0)).sum())
