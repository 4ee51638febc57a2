"""The forward simulation: QUANT's targets, beside a plain loop, SimPy and Mesa, and how its time grows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.plain_loop import Team, drawn_lists, path_of
from benchmarks.timing import Measured, Row, measure
from toolkit.base.forecasting import DynamicsParameters
from toolkit.parameters import Parameters
from toolkit.whatif.draws import Draws
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.simulate import Futures, Start, simulate

WEEKS, SEED = 26, 5
DYNAMICS, RULES = Dynamics.of(DynamicsParameters()), Parameters()
TARGETS = {(60, 200): 25.0, (60, 1000): 120.0, (200, 1000): 450.0}
UNIT = "account-weeks"


def team_of(accounts: int, seed: int = 1) -> Start:
    """So many active accounts of all kinds, none to arrive."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.3, 0.8, accounts)
    return Start(
        accounts=np.array([f"A{k:05d}" for k in range(accounts)], dtype=object),
        opens_in=np.zeros(accounts, dtype=np.int64),
        role=rng.integers(0, 3, accounts).astype(np.int8),
        strategic_weight=rng.uniform(50, 100, accounts),
        value_index=rng.uniform(10, 90, accounts),
        amount=rng.uniform(1e5, 1e7, accounts),
        odds=odds,
        mean_odds=odds,
        effort=rng.uniform(0, 3, accounts),
        stall=rng.integers(0, 4, accounts),
        contacts=rng.integers(0, 4, accounts).astype(float),
        past=1 / (1 + np.exp(-odds - rng.normal(0, 0.2, (4, accounts)))),
        age_days=rng.integers(0, 300, accounts).astype(float),
        even=accounts,
        resource=RULES.resources[0].weekly_total,
        in_a=np.zeros(accounts, dtype=bool),
        run_a=np.zeros(accounts, dtype=np.int64),
    )


def run_of(start: Start, paths: int, weeks: int = WEEKS, *, keep: bool = True, **others: Any) -> Callable[[], Futures]:
    """A simulation to be measured; with `keep` warm: its draws are those of the run before, as between scenarios."""
    draws = Draws(SEED, keep=keep)
    asked = {"weeks": weeks, "paths": paths, "seed": SEED, "draws": draws, **others}
    return lambda: simulate(start, DYNAMICS, RULES, **asked)


def others_of(start: Start, paths: int, quick: bool) -> dict[str, Measured]:
    """The plain loop, SimPy and Mesa on some paths, each held to our figures; they get their draws made.

    Needs simpy and mesa.
    """
    from benchmarks.simulators import by_mesa, by_simpy

    drawn = drawn_lists(start, SEED, WEEKS, paths)
    ours = run_of(start, paths)().end
    found = {}
    for name, path in {"plain loop": path_of, "SimPy": by_simpy, "Mesa": by_mesa}.items():
        teams = [path(start, DYNAMICS, RULES, one) for one in drawn]
        _same(name, teams, ours)
        work = _all_paths(path, start, drawn)
        found[name] = measure(work, 1 if quick else 3, warm=0)
    return found


def _all_paths(path: Callable[..., Team], start: Start, drawn: list[Any]) -> Callable[[], Any]:
    return lambda: [path(start, DYNAMICS, RULES, one) for one in drawn]


def _same(name: str, teams: list[Team], ours: dict[str, Any]) -> None:
    for figure in ("wins", "losses", "a_accounts", "demotions"):
        if [team.weekly[-1][figure] for team in teams] != ours[figure].tolist():
            raise RuntimeError(f"{name} does not agree on the {figure} of each path")


def beside_others(quick: bool) -> list[Row]:
    """QUANT's three sizes warm, the middle one drawn anew too, beside what one would otherwise use."""
    slice_ = 4 if quick else 40
    start = team_of(60)
    slow = others_of(start, slice_, quick)
    part = 60 * WEEKS * slice_
    rows = []
    for accounts, paths in TARGETS:
        paths, size = (20 if quick else paths), accounts * WEEKS
        fast = measure(run_of(start if accounts == 60 else team_of(accounts), paths))
        target = None if quick else TARGETS[accounts, paths]
        what = f"Simulation, {accounts} accounts, {paths:,} paths"
        chosen = slow if (accounts, paths) != (200, 1000) else {"plain loop": slow["plain loop"]}
        rows += [Row(what, size * paths, UNIT, fast, name, slow[name], part, target) for name in chosen]
    paths = 20 if quick else 1000
    anew = measure(run_of(start, paths, keep=False))
    note = "warm: the draws are kept from the scenario before, 32 bytes an account-week; here they are made again"
    what = f"Simulation, 60 accounts, {paths:,} paths, drawn anew"
    rows.append(Row(what, 60 * WEEKS * paths, UNIT, anew, "plain loop", slow["plain loop"], part, note=note))
    return rows


def growth(quick: bool) -> list[Row]:
    """Four times as much of each thing beside the middle size: a ratio of 1 is time in proportion."""
    accounts, paths = 60, 25 if quick else 1000
    base = measure(run_of(team_of(accounts), paths))
    unit = accounts * WEEKS * paths
    grown = {
        "accounts": run_of(team_of(4 * accounts), paths),
        "weeks": run_of(team_of(accounts), paths, 4 * WEEKS),
        "paths": run_of(team_of(accounts), 4 * paths),
    }
    what = "Simulation, four times as many {}"
    rows = [Row(what.format(n), 4 * unit, UNIT, measure(w, 3), "middle size", base, unit) for n, w in grown.items()]
    one = run_of(team_of(accounts), paths)
    rows.append(Row("Simulation, four scenarios", 4 * unit, UNIT, measure(_times(one, 4), 3), "one", base, unit))
    two = measure(run_of(team_of(accounts), paths, threads=2))
    note = "array calls of some microseconds wait for Python's lock; hence one thread by default, same results"
    rows.append(Row("Simulation, two threads", unit, UNIT, two, "one thread", base, unit, note=note))
    return rows


def _times(work: Callable[[], Any], n: int) -> Callable[[], Any]:
    return lambda: [work() for _ in range(n)]


def run(quick: bool) -> list[Row]:
    """Targets, the others, growth."""
    return beside_others(quick) + growth(quick)
