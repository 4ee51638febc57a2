"""The price of the rule: what each division of the resource is worth beside the best there is (QUANT.md, Allocation).

Worth of a division: sum of v f(x), the responses of `toolkit.whatif.responses`. Plans: my_plan (an analyst's own
shares), current (where the reported cost went), the rule of S6 with each way inside the tiers (equal, value,
expected_value, optimal) at the shares of A and B that are set, best_split (S6 with `optimal` inside and the share of A
that is worth most, B the rest: concave in it where g is 1, so exact), optimum (any active account, C included).

The optimum keeps floors and caps by name where they are set, as the same amounts that they are in S6: fractions of the
pool of the account's tier. It hands out the whole, as far as caps let it. Of g = 1 it is exact; above, see
`toolkit.base.steep`: it is never below a plan within the limits, and `bound` is what no division can pass.

Unit: value is in value index points, `share_of_optimum` 1 for the optimum. A share is of the whole resource; what a
plan leaves over, or spends on accounts that are not active, is its `reserve`. Missing values: an account without value
index or probability is worth nothing; a blank number of a plan counts 0. Ties: by account id. A plan that cannot be
computed keeps its row with state `failed` and the reason in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.base import steep
from toolkit.base.compare import TOLERANCE
from toolkit.base.errors import InputError
from toolkit.base.settings import nearest
from toolkit.base.tiers import A, B, tier_codes
from toolkit.language import say
from toolkit.method import allocation
from toolkit.parameters import Parameters
from toolkit.whatif import responses as curves_of
from toolkit.whatif.responses import Responses, responses_of
from toolkit.whatif.robustness import ASSUMPTION_COLUMNS, assumptions, best_division, robustness

Array = NDArray[np.float64]

INSIDE: Final[tuple[allocation.Inside, ...]] = ("equal", "value", "expected_value", "optimal")
PLANS: Final = ("my_plan", "current", *INSIDE, "best_split", "optimum")
PLAN_COLUMNS: Final = (
    "plan", "value", "share_of_optimum", "share_a", "share_b", "share_c", "reserve", "in_force", "state", "reason",
    "within_limits", "elasticity",
)  # fmt: skip
_GRID: Final = 257  # splits tried before the best of them is refined
_HALVINGS: Final = 60


@dataclass(frozen=True)
class Price:
    """What plans are worth. `divisions`: shares (N,) of the whole by plan, in the responses' order; a failed plan has
    its reason in `reasons` instead. `rule`: the plan in force. `bound`: what no division within the limits can pass."""

    parameters: Parameters
    responses: Responses
    tiers: NDArray[np.int8]
    divisions: dict[str, Array]
    reasons: dict[str, str]
    limits: tuple[Array, Array]
    bound: float
    language: str

    @property
    def rule(self) -> str:
        """The plan of the rule in force."""
        return self.parameters.allocation.inside

    @cached_property
    def plans(self) -> pd.DataFrame:
        """A row a plan, in the order of PLANS (columns PLAN_COLUMNS)."""
        best = float(self.responses.total(self.divisions["optimum"])) if "optimum" in self.divisions else np.nan
        rows = [self._row(plan, best) for plan in PLANS if plan in self.divisions or plan in self.reasons]
        return pd.DataFrame(rows, columns=list(PLAN_COLUMNS)).astype({"plan": "str", "state": "str", "reason": "str"})

    @property
    def cost(self) -> float:
        """The price of the rule: the part of the optimum's worth that it leaves out; NaN where not known."""
        row = self.plans[self.plans["in_force"]]
        return float(1.0 - row["share_of_optimum"].iloc[0])

    @cached_property
    def shares(self) -> pd.DataFrame:
        """plan, account_id, share (of the whole resource) of every plan that could be computed."""
        ids = self.responses.accounts
        pieces = [
            pd.DataFrame({"plan": plan, "account_id": ids, "share": x})
            for plan, x in self._computed().items()
            if len(ids)
        ]
        none = pd.DataFrame({"plan": [], "account_id": [], "share": np.empty(0)})
        table = pd.concat(pieces, ignore_index=True) if pieces else none
        return table.astype({"plan": "str", "account_id": "str"})

    @cached_property
    def robustness(self) -> pd.DataFrame:
        """What is left of each plan when the responses are wrong (see `toolkit.whatif.robustness`)."""
        w = self.parameters.whatif
        return robustness(
            self.responses,
            self._valued(),
            self.rule,
            w.price_errors,
            w.price_draws,
            w.seed,
            w.interval,
            self.limits,
        )

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """The price under other half effects and steepnesses for all accounts at once; empty where it is not known."""
        known = self._valued()
        rule, optimum = known.get(self.rule), known.get("optimum")
        if rule is None or optimum is None:
            return pd.DataFrame(columns=list(ASSUMPTION_COLUMNS))
        half, steepnesses = self.parameters.allocation.half_effect, (1.0, max(self.parameters.dynamics.steepness, 1.0))
        return assumptions(self.responses, rule, optimum, half, steepnesses, self.limits)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Response curves, long enough for every plan's points: account_id, effort (even shares), worth."""
        most = max((float(x.max(initial=0.0)) for x in self._computed().values()), default=0.0) / self.responses.even
        return curves_of.curves(self.responses, max(curves_of.REACH, float(np.ceil(most))))

    @cached_property
    def points(self) -> pd.DataFrame:
        """Each account's point under each plan: plan, account_id, effort, worth, elasticity."""
        return curves_of.points(self.responses, self._computed())

    def _computed(self) -> dict[str, Array]:
        return {plan: self.divisions[plan] for plan in PLANS if plan in self.divisions}

    def _valued(self) -> dict[str, Array]:
        known = "optimum" in self.divisions and bool(self.responses.value.any())
        return self._computed() if known else {}

    def _row(self, plan: str, best: float) -> tuple[Any, ...]:
        in_force = plan == self.rule
        if plan in self.reasons:
            return (plan, *[np.nan] * 6, in_force, "failed", self.reasons[plan], False, np.nan)
        x = self.divisions[plan]
        value = float(self.responses.total(x))
        parts = [float(x[self.tiers == code].sum()) for code in (A, B)]
        rest = float(x.sum()) - sum(parts)
        known = best > 0
        why = "" if known else self.reasons.get("optimum") or say("price.no_value", self.language)
        return (
            plan, value, value / best if known else np.nan, *parts, rest, max(1.0 - float(x.sum()), 0.0), in_force,
            "ok" if known else "failed", why, _within(x, self.limits),
            self.responses.elasticity(x),
        )  # fmt: skip


def price(
    team: pd.DataFrame,
    parameters: Parameters,
    *,
    current: pd.Series | None = None,
    plan: pd.Series | None = None,
    language: str = "zh",
) -> Price:
    """What the rule of S6 costs beside the best division, and what other plans are worth (see the module).

    team: a row an active account with account_id, tier, value_index, win_probability, demoted, emerging_weight (as for
    `allocation.allocate`). current: reported cost by account id (any unit, accounts that are not active included).
    plan: own shares of the whole resource, 0 to 1, by account id; accounts not in it get nothing. Raises InputError, in
    `language`, for a plan with an unknown account, one that stands twice, a negative share or more than the whole.

    Examples
    --------
    Worths 16 and 4, half effect 1.5 even shares, 0.75: x = s sqrt(12) - 0.75 and s sqrt(3) - 0.75 add up to 1 at s =
    2.5 / (3 sqrt(3)): 0.917 and 0.083, worth 8.8 + 0.4. The rule, 0.7 and 0.3: 11.2/1.45 + 1.2/1.05 = 8.867.

    >>> team = pd.DataFrame({"account_id": ["A1", "A2"], "tier": ["A", "B"], "value_index": [64.0, 16],
    ...     "win_probability": 0.5, "demoted": False, "emerging_weight": 0.0})
    >>> found = price(team, Parameters())
    >>> found.divisions["optimum"].round(3).tolist(), found.divisions["equal"].tolist()
    ([0.917, 0.083], [0.7, 0.3])
    >>> round(found.cost, 4)
    0.0362
    """
    rows = team.sort_values("account_id", kind="stable", ignore_index=True)
    responses = responses_of(rows, parameters)
    code = tier_codes(rows["tier"])
    own = None if plan is None else _own(plan, responses.accounts, language)
    limits = _limits(rows, code, parameters.allocation)
    makers: dict[str, Callable[[], Array]] = {}
    if own is not None:
        makers["my_plan"] = lambda: own
    if current is not None:
        makers["current"] = lambda: _actual(current, responses.accounts, language)
    for inside in INSIDE:
        makers[inside] = partial(_divided, rows, code, parameters.allocation, {"inside": inside})
    makers["best_split"] = lambda: _best_split(rows, code, parameters.allocation, responses)
    divisions: dict[str, Array] = {}
    reasons: dict[str, str] = {}

    def keep(name: str, make: Callable[[], Array]) -> None:
        try:
            if not len(rows):
                raise InputError(say("price.no_accounts", language))
            divisions[name] = make()
        except InputError as error:
            reasons[name] = str(error)

    for name, make in makers.items():
        keep(name, make)
    keep("optimum", lambda: _optimum(responses, limits, divisions))
    bound = _bound(responses, limits) if "optimum" in divisions else float("nan")
    return Price(parameters, responses, code, divisions, reasons, limits, bound, language)


def shares_of_amounts(amounts: pd.Series, resource: allocation.Resource, language: str = "zh") -> pd.Series:
    """A plan in units of a resource as shares of its weekly total; refused where there is nothing to share.

    Examples
    --------
    >>> shares_of_amounts(pd.Series({"A1": 100_000.0}), allocation.Resource()).to_dict()
    {'A1': 0.25}
    """
    if resource.weekly_total <= 0:
        raise InputError(say("price.nothing_to_share", language, resource=resource.name))
    return amounts.astype(float) / resource.weekly_total


def _own(plan: pd.Series, accounts: NDArray[Any], language: str) -> Array:
    """An analyst's own shares (N,), checked."""
    ids = [str(account) for account in plan.index]
    known = [str(account) for account in accounts]
    share = pd.to_numeric(plan, errors="coerce").to_numpy(dtype=float)
    text = plan.notna().to_numpy() & np.isnan(share) | np.isinf(share)
    for number, account in enumerate(ids):
        if account not in known:
            near = ", ".join(nearest(account, known))
            key = "price.unknown_account_near" if near else "price.unknown_account"
            raise InputError(say(key, language, account=account, near=near))
        if ids.index(account) < number:
            raise InputError(say("price.account_twice", language, account=account))
        if text[number] or share[number] < 0:
            raise InputError(say("price.not_a_share", language, account=account, value=plan.iloc[number]))
    share = np.nan_to_num(share)
    if share.sum() > 1.0 + TOLERANCE:
        raise InputError(say("price.above_whole", language, total=float(share.sum())))
    return pd.Series(share, index=ids, dtype=float).reindex(known).fillna(0.0).to_numpy(dtype=float)


def _actual(cost: pd.Series, accounts: NDArray[Any], language: str) -> Array:
    """Shares (N,) of the reported cost; what went to accounts that are not active is in nobody's share."""
    total = float(cost.sum())
    if not total > 0:
        raise InputError(say("price.no_cost", language))
    return cost.groupby(level=0).sum().reindex(accounts).fillna(0.0).to_numpy(dtype=float) / total


def _divided(
    rows: pd.DataFrame, code: NDArray[np.int8], parameters: allocation.AllocationParameters, changes: dict[str, Any]
) -> Array:
    """Shares (N,) that S6 gives with some settings changed: from an account's own pool and from S3's released one."""
    p = parameters.model_copy(update=changes)
    weight = allocation.weights(rows["value_index"], rows["win_probability"], p.inside)
    ids = rows["account_id"].to_numpy(dtype=object)
    division = allocation.divide(code, weight, rows["demoted"], rows["emerging_weight"], p, ids)
    return division.tier + division.emerging


def _limits(
    rows: pd.DataFrame, code: NDArray[np.int8], parameters: allocation.AllocationParameters
) -> tuple[Array, Array]:
    """Floors and caps (N,) as shares of the whole: fractions of the pool of the account's tier; none for C."""
    low, high = np.zeros(len(rows)), np.full(len(rows), np.inf)
    if not (parameters.floors or parameters.caps) or not len(rows):
        return low, high
    free = {"inside": "equal", "floors": {}, "caps": {}}
    shares = _divided(rows.assign(emerging_weight=0.0), code, parameters, free)
    for tier in (A, B):
        pool = shares[code == tier].sum()
        for i in np.flatnonzero(code == tier):
            account = str(rows["account_id"].iloc[i])
            low[i] = parameters.floors.get(account, 0.0) * pool
            if account in parameters.caps:
                high[i] = parameters.caps[account] * pool
    return low, high


def _within(x: Array, limits: tuple[Array, Array]) -> bool:
    low, high = limits
    return bool((x >= low - TOLERANCE).all() and (x <= high + TOLERANCE).all() and x.sum() <= 1.0 + TOLERANCE)


def _best_split(
    rows: pd.DataFrame, code: NDArray[np.int8], parameters: allocation.AllocationParameters, responses: Responses
) -> Array:
    """S6 with `optimal` inside and the best share of A: every account's share is linear in it."""
    ends = [
        _divided(rows, code, parameters, {"inside": "optimal", "share_a": s, "share_b": 1.0 - s}) for s in (0.0, 1.0)
    ]
    slope = ends[1] - ends[0]
    splits = np.unique([*np.linspace(0.0, 1.0, _GRID), parameters.share_a])
    best = int(np.argmax(responses.total(ends[0] + splits[:, None] * slope)))
    a, b = splits[max(best - 1, 0)], splits[min(best + 1, len(splits) - 1)]
    for _ in range(_HALVINGS):
        middle = (a + b) / 2
        rises = (responses.marginal(ends[0] + middle * slope) * slope).sum() > 0
        a, b = (middle, b) if rises else (a, middle)
    found = [ends[0] + s * slope for s in (a, b, splits[best])]
    return max(found, key=lambda x: float(responses.total(x)))


def _optimum(responses: Responses, limits: tuple[Array, Array], plans: dict[str, Array]) -> Array:
    """The best division within the limits; of S-shaped responses no worse than any plan's own choice of accounts."""
    best = best_division(responses, limits)
    if responses.steepness == 1.0:
        return best
    low, high = limits
    turning = steep.turning_point(responses.kappa, responses.steepness)
    found = [best]
    for x in plans.values():
        if _within(x, limits):
            total = np.minimum(1.0, high.sum())
            other = steep.settled(
                responses.value, responses.kappa, responses.steepness, total, x >= turning, low=low, high=high
            )
            found += [x] + ([other] if np.isfinite(other).all() else [])
    return max(found, key=lambda x: float(responses.total(x)))


def _bound(responses: Responses, limits: tuple[Array, Array]) -> float:
    """The envelope's optimum: no division within the limits is worth more."""
    low, high = limits
    total = np.minimum(1.0, high.sum())
    if responses.steepness == 1.0:
        return float(responses.total(best_division(responses, limits)))
    x = steep.envelope_optimal(responses.value, responses.kappa, responses.steepness, total, low=low, high=high)
    effect = steep.envelope(
        x, responses.kappa, responses.steepness, low=low, high=np.maximum(np.minimum(high, total), low)
    )
    return float((responses.value * effect).sum())
