"""The forward simulation: what may come of a team's accounts, week by week, under the product's own rules.

Formula (QUANT.md, Forward simulation; sigma is the logistic function, numbers of `dynamics` in brackets). Every week,
for every open account:

    report     p = sigma(eta + [report_noise] z1)
    policy     tiers (S1, S3) and shares (S6) by `toolkit.whatif.policy`, from p and the weeks without progress w
    effort     R <- [carry_over] R + x, x in even shares;  h = R^g / (k^g + R^g), k [half_effect], g [steepness]
    progress   with chance sigma([base] + [effort] h + [odds] eta + [stall] min(w, [max_stall])):
               w <- 0, contacts <- min(contacts + 1, [max_contacts]);  else w <- w + 1
    odds       eta <- eta + [reversion] (mu - eta) + [gain] or - [slip] + [odds_noise] z2
    close      k = sigma([base] + [effort] h + [contacts] contacts), with the contacts and eta just reached:
               won if u < k sigma(eta), lost if u < k, else open

The draws z1, z2 and the two u are addressed by (path, week, account): see `toolkit.whatif.draws`.

Units: weeks, CNY, log-odds, shares. Effort x = share of the resource x accounts now x (this policy's weekly total / the
start's): 1 is an even share of today's resource. Missing values: as in the rules; a missing amount is 0 at the start.

Readings.
* Week t runs from its opening Friday, t - 1 weeks after the start, to the next one. Report and policy are that
  Friday's, tiers and shares hold in the week; the first report is drawn anew, though it was made.
* Progress of the Friday's row is that of the week before; for the first, no weeks without progress so far.
* The look-back of the emerging reaches into the probabilities stated before the start; a first row is its own.
* Every open account reports every week, and it can always be told whether there was progress; so S3's count is w.
* A closed account draws nothing and leaves the tiers; an arrival plays from the week in which it opens.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.compare import at_least, at_most
from toolkit.base.errors import InputError
from toolkit.base.tiers import A, B, C
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.whatif.draws import Drawn, Draws
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.policy import AtLine, Policy, Tiered

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIGURES: Final = (
    "won_amount", "wins", "losses", "a_accounts", "b_accounts", "c_accounts", "demotions", "reserve_share",
)  # fmt: skip
_CHUNK: Final = 16_000  # account-paths whose state stays in a core's cache


@dataclass(frozen=True)
class Start:
    """Every account as a simulation finds it: N of them, the active ones by id, then the arrivals.

    `opens_in` 0 (active now) or the week in which an arrival opens; `role` codes; `amount` CNY of a win (0: unknown);
    `odds` and `mean_odds` eta and mu; `effort` R in even shares; `stall` weeks without progress; `contacts` key people
    reached; `past` (L, N) the probabilities stated on the L Fridays before the start, oldest first (NaN: none);
    `age_days` on the start Friday; `even` the number of active accounts; `resource` the weekly total of the first
    resource; `in_a`, `run_a` the state at the A line on the start Friday, `friday`. Arrays (N,) unless said.
    """

    accounts: NDArray[Any]
    opens_in: NDArray[np.int64]
    role: NDArray[Any]
    strategic_weight: Array
    value_index: Array
    amount: Array
    odds: Array
    mean_odds: Array
    effort: Array
    stall: NDArray[Any]
    contacts: Array
    past: Array
    age_days: Array
    even: int
    resource: float
    in_a: Flags
    run_a: NDArray[np.int64]
    friday: np.datetime64 = np.datetime64("NaT")


@dataclass(frozen=True)
class Futures:
    """What came of every path.

    `weekly`: by figure of FIGURES, (H, P): won_amount (CNY), wins, losses, demotions up to the end of each week (spells
    of demotion, those on at the start included); accounts in each tier in the week; reserve_share, the share of the
    resource that nobody drew, mean over the weeks so far. Shares of the paths by account, (N,): `won`, `lost`; `in_a`,
    `in_b`, `in_c` in the last week.
    """

    weeks: int
    paths: int
    weekly: dict[str, Array]
    won: Array
    lost: Array
    in_a: Array
    in_b: Array
    in_c: Array

    @property
    def end(self) -> dict[str, Array]:
        """The figures of the last week, (P,) each."""
        return {figure: values[-1] for figure, values in self.weekly.items()}

    def followed_by(self, more: "Futures") -> "Futures":
        """These paths and further ones of the same start as one; the same as if simulated at once."""
        paths = self.paths + more.paths
        weekly = {figure: np.concatenate([self.weekly[figure], more.weekly[figure]], axis=1) for figure in FIGURES}
        counts = (
            np.rint(getattr(self, name) * self.paths + getattr(more, name) * more.paths)
            for name in ("won", "lost", "in_a", "in_b", "in_c")
        )
        return Futures(self.weeks, paths, weekly, *(count / paths for count in counts))


def simulate(
    start: Start,
    dynamics: Dynamics,
    parameters: Parameters,
    *,
    weeks: int,
    paths: int,
    seed: int,
    first_path: int = 0,
    threads: int | None = None,
    plan: Array | None = None,
    draws: Draws | None = None,
    language: str = "zh",
) -> Futures:
    """Futures of the paths first_path, first_path + 1 … under the parameters. The same whatever the threads.

    `dynamics`: one number each, or (P, 1), a row a path. `plan`: (N,) shares of the resource held in place of S6.
    `draws`: of the same seed, kept from an earlier call; default: drawn anew. `threads`: default one; array calls are
    so short here that threads wait for each other, and two gain nothing (benchmarks/simulation.py). Raises InputError
    for what the model does not have, and where limits of S6 cannot all hold in some future.
    """
    model = _model(start, dynamics, parameters, weeks, draws or Draws(seed), plan, language)
    size = max(_CHUNK // max(len(start.accounts), 1), 1)
    spans = [(at, min(at + size, paths)) for at in range(0, paths, size)]
    weekly = {figure: np.zeros((weeks, paths)) for figure in FIGURES}

    def run(span: tuple[int, int]) -> NDArray[np.int64]:
        return _Chunk.of(model, *span, first_path).run({name: part[:, slice(*span)] for name, part in weekly.items()})

    workers = min(threads or 1, len(spans))
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            counts = sum(pool.map(run, spans))
    else:
        counts = sum(map(run, spans))
    won, lost, in_a, in_b, in_c = np.asarray(counts) / paths
    return Futures(weeks, paths, weekly, won, lost, in_a, in_b, in_c)


@dataclass(frozen=True)
class _Model:
    """What all chunks share. `ratio`: effort in even shares of a share of the resource."""

    start: Start
    dynamics: Dynamics
    policy: Policy
    weeks: int
    draws: Draws
    plan: Array | None
    ratio: float
    past: Array
    first_row: NDArray[np.int64]  # week whose report is an account's first; 0: before the start

    def young(self, week: int) -> Flags:
        """Whether an account is young enough to be emerging on the opening Friday of a week, (N,)."""
        age = self.start.age_days + 7 * (week - 1)
        return at_least(age, 0) & at_most(age, self.policy.emerging.max_age_days)


def _model(
    start: Start,
    dynamics: Dynamics,
    parameters: Parameters,
    weeks: int,
    draws: Draws,
    plan: Array | None,
    language: str,
) -> _Model:
    policy = Policy.of(
        parameters,
        role=start.role,
        strategic_weight=start.strategic_weight,
        value_index=start.value_index,
        names=start.accounts,
        language=language,
    )
    if not start.resource > 0:
        raise InputError(say("forward.no_resource", language, resource=parameters.resources[0].name))
    ratio = start.even * parameters.resources[0].weekly_total / start.resource
    past = _past(start.past, policy.emerging.lookback_weeks)
    unseen = np.isnan(past).all(axis=0)
    first_row = np.where(unseen, np.maximum(start.opens_in, 1), 0)
    return _Model(start, dynamics, policy, weeks, draws, plan, ratio, past, first_row)


def _past(past: Array, weeks: int) -> Array:
    """(weeks, N) of the probabilities before the start; before an account's first known one, that one."""
    before = past[max(len(past) - weeks, 0) :]
    early = np.full((weeks - len(before), past.shape[1]), np.nan)
    out = np.concatenate([early, before])
    known = ~np.isnan(out)
    first = np.take_along_axis(out, known.argmax(axis=0)[None, :], axis=0)
    return np.where(np.logical_or.accumulate(known, axis=0), out, first)


@dataclass
class _Chunk:
    """The state of some paths, (C, N) each: what a week leaves to the next."""

    model: _Model
    d: Dynamics
    first: int  # the number of the first path
    odds: Array
    effort: Array
    stall: Array
    contacts: Array
    active: Flags
    progressed: Flags
    demoted: Flags
    stated: list[Array]
    line: AtLine | None
    drift: Array  # of the odds in a week without progress: reversion to the mean, less the slip
    counts: NDArray[np.int64]
    reserve: Any = 0.0

    @classmethod
    def of(cls, model: _Model, low: int, high: int, first_path: int) -> "_Chunk":
        """The paths low … high - 1 of those asked for, as they start."""
        start, d, n = model.start, model.dynamics.rows(low, high), high - low

        def spread(values: Any, kind: Any = float) -> Any:
            return np.repeat(np.asarray(values, dtype=kind)[None, :], n, axis=0)

        known = (start.opens_in == 0) & (model.first_row == 0)
        line = AtLine(spread(start.in_a, bool), spread(np.maximum(start.run_a - 1, 0), np.int64))
        return cls(
            model=model,
            d=d,
            first=first_path + low,
            odds=spread(start.odds),
            effort=spread(start.effort),
            stall=spread(start.stall),
            contacts=spread(start.contacts),
            active=spread(start.opens_in == 0, bool),
            progressed=spread(known & (np.asarray(start.stall) == 0), bool),
            demoted=spread(np.zeros(len(start.accounts)), bool),
            stated=[spread(row) for row in model.past],
            line=line if model.policy.has_line else None,
            drift=d.reversion * spread(start.mean_odds) - d.slip,
            counts=np.zeros((5, len(start.accounts)), dtype=np.int64),
        )

    def run(self, weekly: dict[str, Array]) -> NDArray[np.int64]:
        """All weeks; fills in `weekly` (H, C) by figure, and returns by account how many paths end in what, (5, N)."""
        flows = ("won_amount", "wins", "losses", "demotions")
        for week in range(1, self.model.weeks + 1):
            for figure, values in self._week(week):
                weekly[figure][week - 1] = values
        for figure in flows:
            np.cumsum(weekly[figure], axis=0, out=weekly[figure])
        return self.counts

    def _week(self, week: int) -> Iterator[tuple[str, Any]]:
        model, shape = self.model, self.odds.shape
        self._open(week)
        drawn = model.draws.week(first=self.first, paths=shape[0], week=week, accounts=shape[1])
        less = drawn.report * -self.d.report_noise
        less -= self.odds
        p = _logistic_of_less(less)
        friday = model.policy.tiers_of(p, stall=self.stall, active=self.active, line=self.line)
        share, reserve = self._shares(friday, p, week)
        h = self._effect(share)
        progress = self._progress(h, drawn)
        won, lost = self._closed(h, drawn)

        tier = friday.tier
        in_tiers = [tier == code for code in (A, B, C)]
        yield from zip(FIGURES[3:6], (np.count_nonzero(flag, axis=1) for flag in in_tiers), strict=True)
        yield "demotions", np.count_nonzero(friday.demoted & ~self.demoted, axis=1)
        self.reserve = self.reserve + reserve
        yield "reserve_share", self.reserve / week
        self.demoted, self.line, self.progressed = friday.demoted, friday.line, progress
        for kind, (path, account) in enumerate((won, lost)):
            yield FIGURES[1 + kind], np.bincount(path, minlength=shape[0])
            self.counts[kind] += np.bincount(account, minlength=shape[1])
            self.active[path, account] = False
        yield "won_amount", np.bincount(won[0], model.start.amount[won[1]], minlength=shape[0])
        if week == model.weeks:
            self.counts[2:] = [flag.sum(axis=0) for flag in in_tiers]

    def _open(self, week: int) -> None:
        """The arrivals of the week as they start: what the weeks before made of them was nobody's."""
        start = self.model.start
        here = start.opens_in == week
        if not here.any():
            return
        self.active[:, here] = True
        self.progressed[:, here] = False
        self.odds[:, here] = start.odds[here]
        self.effort[:, here] = start.effort[here]
        self.stall[:, here] = start.stall[here]
        self.contacts[:, here] = start.contacts[here]

    def _shares(self, friday: Tiered, p: Array, week: int) -> tuple[Array, Array]:
        """What each account draws in the week, (C, N), and the reserve, (C,); the probabilities are kept."""
        model, slot = self.model, (week - 1) % len(self.stated)
        new_here = model.first_row == week
        if new_here.any():
            for before in self.stated:
                before[:, new_here] = p[:, new_here]
        rise = p - self.stated[slot]
        self.stated[slot] = p
        if model.plan is not None:
            share = model.plan * self.active
            return share, 1.0 - share.sum(axis=1)
        return model.policy.shares(friday, p, rise=rise, new=self.progressed & model.young(week))

    def _effect(self, share: Array) -> Array:
        """h of this week's effort: the logistic of steepness x (ln R - ln half_effect)."""
        d = self.d
        self.effort *= d.carry_over
        share = share * self.model.ratio
        self.effort += share
        with np.errstate(divide="ignore"):
            less = np.log(self.effort, out=share)  # no effort: -inf, no effect
        less *= -d.steepness
        less += d.steepness * np.log(d.half_effect)
        return _logistic_of_less(less)

    def _progress(self, h: Array, drawn: Drawn) -> Flags:
        """Who makes progress; weeks without, contacts and odds as they are after the week."""
        d = self.d
        chance = np.minimum(self.stall, d.max_stall)
        chance *= d.progress_stall
        chance += d.progress_base
        part = d.progress_effort * h
        chance += part
        chance += np.multiply(self.odds, d.progress_odds, out=part)
        progress = drawn.progress < chance
        moved = progress.astype(float)
        self.stall += 1.0
        self.stall -= np.multiply(self.stall, moved, out=part)
        self.contacts += moved
        np.minimum(self.contacts, d.max_contacts, out=self.contacts)
        self.odds *= 1.0 - d.reversion
        self.odds += self.drift
        moved *= d.gain + d.slip
        self.odds += moved
        self.odds += np.multiply(drawn.odds, d.odds_noise, out=part)
        return progress

    def _closed(self, h: Array, drawn: Drawn) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """(path, account) of what is won and of what is lost in the week; h is used up."""
        d = self.d
        hazard = np.multiply(h, d.close_effort, out=h)
        part = self.contacts * d.close_contacts
        part += d.close_base
        hazard += part
        closes = drawn.close < hazard
        closes &= self.active
        path, account = np.divmod(np.flatnonzero(closes), closes.shape[1])
        u, k, eta = (_logistic_of_less(-values[path, account]) for values in (drawn.close, hazard, self.odds))
        won = u < k * eta
        return (path[won], account[won]), (path[~won], account[~won])


def _logistic_of_less(less: Array) -> Array:
    """1 / (1 + e^x) of -x, the log-odds with their sign turned; in place."""
    with np.errstate(over="ignore"):
        np.exp(less, out=less)
    less += 1.0
    return np.reciprocal(less, out=less)
