"""The forward model once more, account by account in plain Python: what one would write first; ours must equal it.

Nothing of `toolkit.whatif` is in it but the draws, which are addressed, and of the rules none: S1, S3 and S6 are
written from the words of the method, without the options at the A line, limits by name and `optimal`. One path at a
time.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from toolkit.parameters import Parameters
from toolkit.whatif.draws import Draws
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.simulate import Start

BENCHMARK, LONG_TAIL = 0, 2
EDGE = 1e-9


def logistic(x: float) -> float:
    """1 / (1 + e^-x)."""
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


@dataclass
class Account:
    """One account on its path; the fields of the same names in Start say what they are."""

    number: int
    opens_in: int
    role: int
    weight: float
    value: float
    amount: float
    odds: float
    mean: float
    effort: float
    stall: int
    contacts: float
    past: list[float]
    age: float
    open: bool = False
    progressed: bool = False
    p: float = 0.0
    tier: str = ""
    demoted: bool = False
    was_demoted: bool = False
    closed: str = ""
    stated: list[float] = field(default_factory=list)

    def report(self, z: float, d: Dynamics) -> None:
        """The win probability of this Friday's report."""
        self.p = logistic(self.odds + d.report_noise * z)

    def rise(self, lookback: int) -> float:
        """Of the win probability against the Friday `lookback` weeks ago, else the first known one."""
        known = [*self.past, *self.stated]
        reference = known[-lookback] if len(known) >= lookback else math.nan
        first = next((p for p in known if not math.isnan(p)), self.p)
        return self.p - (first if math.isnan(reference) else reference)

    def work(self, x: float, draws: tuple[float, float, float], d: Dynamics) -> None:
        """A week's effort x in even shares: progress, odds, close."""
        z, u_progress, u_close = draws
        self.stated.append(self.p)
        self.effort = d.carry_over * self.effort + x
        h = self.effort**d.steepness / (d.half_effect**d.steepness + self.effort**d.steepness)
        z_progress = d.progress_base + d.progress_effort * h + d.progress_odds * self.odds
        z_progress += d.progress_stall * min(self.stall, d.max_stall)
        self.progressed = u_progress < logistic(z_progress)
        if self.progressed:
            self.stall, self.contacts = 0, min(self.contacts + 1, d.max_contacts)
        else:
            self.stall += 1
        drift = d.gain if self.progressed else -d.slip
        self.odds += d.reversion * (self.mean - self.odds) + drift + d.odds_noise * z
        k = logistic(d.close_base + d.close_effort * h + d.close_contacts * self.contacts)
        if u_close < k:
            self.open, self.closed = False, "won" if u_close < k * logistic(self.odds) else "lost"


class Team:
    """All accounts of one path under one policy."""

    def __init__(self, start: Start, dynamics: Dynamics, parameters: Parameters) -> None:
        self.p, self.d = parameters, dynamics
        self.even = start.even * parameters.resources[0].weekly_total / start.resource
        columns = (start.opens_in, start.role, start.strategic_weight, start.value_index, start.amount, start.odds)
        columns += (start.mean_odds, start.effort, start.stall, start.contacts, start.past.T, start.age_days)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self.accounts = [Account(number, *row) for number, row in enumerate(rows)]
        self.weekly: list[dict[str, float]] = []
        self.demotions, self.reserves = 0, 0.0
        for account in self.accounts:
            seen = any(not math.isnan(p) for p in account.past)
            account.progressed = account.opens_in == 0 and seen and account.stall == 0

    def active(self, week: int) -> list[Account]:
        """The open accounts of a week, those that open in it included."""
        for account in self.accounts:
            if account.opens_in == week or (week == 1 and account.opens_in == 0):
                account.open = True
        return [account for account in self.accounts if account.open]

    def decide(self, week: int, here: list[Account]) -> dict[int, float]:
        """This Friday's tiers and shares of the resource, by account number."""
        for account in here:
            self._tier(account)
        p = self.p.allocation
        in_a, in_b = ([a for a in here if a.tier == tier] for tier in "AB")
        out = [account for account in here if account.demoted]
        claims = {account.number: self._claim(account, week) for account in here}
        claims = {number: claim for number, claim in claims.items() if claim > 0}
        b_used = bool(in_b) or bool(out and claims)
        size_a, size_b = p.share_a, p.share_b
        if p.empty_tier == "spill" and in_a and not b_used:
            size_a, size_b = size_a + size_b, 0.0
        elif p.empty_tier == "spill" and in_b and not in_a:
            size_a, size_b = 0.0, size_a + size_b
        shares = self._divided(size_a, in_a) | self._divided(size_b, in_b + (out if claims else []))
        freed = sum(shares.pop(account.number, 0.0) for account in out)
        for number, claim in claims.items():
            shares[number] = shares.get(number, 0.0) + freed * claim / sum(claims.values())
        self._record(here, 1 - sum(shares.values()), week)
        return shares

    def _tier(self, account: Account) -> None:
        t = self.p.tiers
        account.tier = "C"
        if account.role != LONG_TAIL and account.p >= t.b.min_win_probability - EDGE:
            account.tier = "B"
        heavy = account.weight >= t.a.min_strategic_weight - EDGE  # false where missing
        if account.role == BENCHMARK and heavy and account.p >= t.a.min_win_probability - EDGE:
            account.tier = "A"
        account.demoted = account.tier == "B" and account.stall >= self.p.demotion.weeks
        if account.demoted:
            account.tier = "C"

    def _claim(self, account: Account, week: int) -> float:
        e = self.p.emerging
        if account.tier == "A" or account.demoted:
            return 0.0
        rise, age = account.rise(e.lookback_weeks), account.age + 7 * (week - 1)
        new = 0 <= age <= e.max_age_days and account.progressed
        value = 0.0 if math.isnan(account.value) else account.value
        return max(rise, e.min_weight_rise) * value if rise >= e.min_rise - EDGE or new else 0.0

    def _divided(self, size: float, members: list[Account]) -> dict[int, float]:
        inside = self.p.allocation.inside
        value = {a.number: 0.0 if math.isnan(a.value) else a.value for a in members}
        weights = {"equal": dict.fromkeys(value, 1.0), "value": value}.get(inside)
        weights = weights or {a.number: value[a.number] * a.p for a in members}
        total = sum(weights.values())
        if total == 0:
            return {number: size / len(members) for number in weights}
        return {number: size * weight / total for number, weight in weights.items()}

    def _record(self, here: list[Account], reserve: float, week: int) -> None:
        self.demotions += sum(account.demoted and not account.was_demoted for account in here)
        for account in self.accounts:
            account.was_demoted = account.open and account.demoted
        self.reserves += reserve
        row = {f"{tier.lower()}_accounts": float(sum(a.tier == tier for a in here)) for tier in "ABC"}
        self.weekly.append(row | {"demotions": float(self.demotions), "reserve_share": self.reserves / week})

    def settle(self) -> None:
        """Count what has been won and lost by the end of the week."""
        won = [account.amount for account in self.accounts if account.closed == "won"]
        lost = sum(account.closed == "lost" for account in self.accounts)
        self.weekly[-1] |= {"won_amount": sum(won), "wins": float(len(won)), "losses": float(lost)}


def drawn_lists(start: Start, seed: int, weeks: int, paths: int) -> list[Any]:
    """The addressed draws as nested lists, [path][week - 1][account] -> (report z, odds z, u progress, u close)."""
    draws, n = Draws(seed), len(start.accounts)
    by_week = []
    for week in range(1, weeks + 1):
        drawn = draws.week(first=0, paths=paths, week=week, accounts=n)
        parts = [drawn.report.tolist(), drawn.odds.tolist()]
        parts += [[[logistic(x) for x in row] for row in part.tolist()] for part in (drawn.progress, drawn.close)]
        by_week.append([list(zip(*rows, strict=True)) for rows in zip(*parts, strict=True)])
    return [list(weeks_of_path) for weeks_of_path in zip(*by_week, strict=True)]


def path_of(start: Start, dynamics: Dynamics, parameters: Parameters, drawn: list[Any]) -> Team:
    """One path, week by week; its `weekly` holds the figures of Futures."""
    team = Team(start, dynamics, parameters)
    for week, draws in enumerate(drawn, 1):
        here = team.active(week)
        for account in here:
            account.report(draws[account.number][0], dynamics)
        shares = team.decide(week, here)
        for account in here:
            account.work(team.even * shares.get(account.number, 0.0), draws[account.number][1:], dynamics)
        team.settle()
    return team
