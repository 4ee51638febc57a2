"""What is there before the work starts: the team, the industries, and how an account comes into the field.

All draws come from streams named after their purpose (`stream`), so that a change in one table leaves the others alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

from toolkit.sample import names
from toolkit.sample.cast import BENCHMARK, CAST, COVER, HIRED, LEADER, LEAKY_REP, LIARS, LONG_TAIL, Deal
from toolkit.sample.days import day

PEOPLE = len(names.CHAIN)
IS_KEY = np.array([key for _, _, key in names.CHAIN])
VOICE = np.array([0.06, 0.14, 0.24, 0.14, 0.20, 0.22])  # a person's weight in the customer's decision
SIZES = {BENCHMARK: 6, LEADER: 6, LONG_TAIL: 4}  # people in the chain
ROLE_POINTS = np.array([90.0, 60.0, 30.0])


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The random stream of one purpose.

    Examples:
        >>> int(stream(7, "visits").integers(1000)) == int(stream(7, "visits").integers(1000))
        True
    """
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(purpose.encode())]))


@dataclass
class World:
    """The fixed setting: seats of the field (their rep, industry, role, deals to come) and the reps' natures."""

    seed: int
    fridays: np.ndarray
    reps: int
    owner: np.ndarray
    industry: np.ndarray
    seat_role: np.ndarray
    queue: list[list[Deal]]
    told: bool  # the stories are in
    skill: np.ndarray
    optimism: np.ndarray
    liar: np.ndarray
    leaky: np.ndarray
    hired: np.ndarray
    cover: np.ndarray
    attraction: np.ndarray = field(default_factory=lambda: np.zeros(0))


def build(seed: int, accounts: int, reps: int, fridays: np.ndarray, told: bool) -> World:
    """Seats and reps; with `told` the cast takes the first seats and every rep ends up with an equal share."""
    rng = stream(seed, "world")
    seats = len(CAST) if told else 0
    owner = np.concatenate([[s.rep for s in CAST[:seats]], _fill_owners(CAST[:seats], accounts, reps)]).astype(np.int64)
    drawn = accounts - seats
    industry = np.concatenate([[s.industry for s in CAST[:seats]], rng.integers(0, len(names.INDUSTRIES), drawn)])
    shares = (0.17, 0.04, 0.79) if told else (0.30, 0.33, 0.37)
    counts = np.floor(np.cumsum(shares) * drawn + 0.5).astype(np.int64)
    role = rng.permutation(np.searchsorted(counts, np.arange(drawn), side="right").clip(0, 2))
    skill = rng.uniform(0.85, 1.2, reps)
    optimism = rng.normal(0.01, 0.02, reps)
    hired = np.full(reps, day("2015-01-01"))
    cover = np.arange(reps)
    liar, leaky = rng.random(reps) < 0.15, rng.random(reps) < 0.08
    if told:
        liar, leaky = np.isin(np.arange(reps), LIARS), np.arange(reps) == LEAKY_REP
        hired = np.array([day(HIRED[r]) for r in range(reps)])
        cover = np.array([COVER.get(r, r) for r in range(reps)])
    capacity = np.array([i[1] for i in names.INDUSTRIES])
    space = np.array([i[2] for i in names.INDUSTRIES])
    return World(
        seed,
        fridays,
        reps,
        owner,
        industry.astype(np.int64),
        np.concatenate([[s.role for s in CAST[:seats]], role]).astype(np.int64),
        [list(s.deals) for s in CAST[:seats]] + [[] for _ in range(drawn)],
        told,
        skill,
        optimism,
        liar,
        leaky,
        hired,
        cover,
        100 * (capacity / capacity.max()) * (space / space.max()),
    )


def _fill_owners(cast: tuple, accounts: int, reps: int) -> list[int]:
    """The rep of each drawn seat: always the one with the fewest accounts."""
    held = [sum(1 for seat in cast if seat.rep == rep) for rep in range(reps)]
    if not cast:
        return [seat % reps for seat in range(accounts)]
    result = []
    for _ in range(accounts - len(cast)):
        rep = held.index(min(held))
        held[rep] += 1
        result.append(rep)
    return result


def money_points(amount: np.ndarray) -> np.ndarray:
    """A yearly potential in CNY as 0–100 points: 100 thousand is 0, 100 million is 100, logarithmic between."""
    return np.clip(100 * (np.log10(np.maximum(amount, 1.0)) - 5) / 3, 0, 100)


def open_accounts(
    world: World,
    rng: np.random.Generator,
    seats: np.ndarray,
    on: np.datetime64,
    fresh: bool,
    deals: list[Deal | None],
) -> dict[str, np.ndarray]:
    """New accounts on these seats: what they are worth, who decides, how far the work has come.

    `fresh`: opened today, nobody met; otherwise they were opened in the months before the sample starts.
    """
    n = len(seats)
    role = world.seat_role[seats].copy()
    for i, deal in enumerate(deals):
        if deal is not None and deal.role is not None:
            role[i] = deal.role
    level = np.array([78.0, 56.0, 24.0])[role]
    influence = np.clip(level + rng.normal(0, 8, n), 10, 98).round()
    fit = np.clip(level - 4 + rng.normal(0, 9, n), 10, 98).round()
    amount = np.array([3.0e6, 1.6e6, 0.45e6])[role] * np.exp(rng.normal(0, 0.35, n))
    potential = amount * rng.uniform(6, 12, n)
    maturity = np.where(fresh, 0.0, rng.random(n))
    size = np.array([SIZES[r] for r in (0, 1, 2)])[role]
    met = (np.arange(PEOPLE) < (maturity * 0.8 * size)[:, None]) & (np.arange(PEOPLE) < size[:, None])
    state = {
        "role": role,
        "influence": influence,
        "fit": fit,
        "potential": potential.round(-4),
        "amount": amount.round(-4),
        "size": size,
        "stubborn": rng.uniform(0.7, 1.4, (n, PEOPLE)),
        "met": met,
        "support": np.where(met, rng.normal(0.15, 0.25, (n, PEOPLE)), 0.0),
        "lean": np.array([-0.10, -0.18, -0.60])[role] - 0.15 * fresh + rng.normal(0, 0.18, n),
        "stage": np.minimum(1 + met.sum(1), 4),
        "spiced": np.minimum(rng.binomial(3, np.broadcast_to((0.15 + 0.5 * maturity)[:, None], (n, 5))), 3),
        "weight": np.full(n, np.nan),
        "decide": on + np.where(fresh, rng.integers(90, 330, n), rng.integers(5, 380, n)),
        "opened": np.where(fresh, on, on - rng.integers(20, 500, n)),
        "given": np.ones(n, dtype=bool),
        "met_cap": np.full(n, 9),
        "tech": np.ones(n),
        "gross_margin": rng.uniform(0.18, 0.42, n).round(3),
        "growth": rng.normal(0.08, 0.08, n).round(3),
        "region": rng.integers(0, len(names.REGIONS), n),
        "place": rng.normal(0, 0.06, (n, 2)),
        "deal": np.full(n, -1),
        "known": np.ones(n, dtype=bool),
    }
    state["stage"] = np.where(state["stage"] == 4, np.where(state["spiced"].sum(1) >= 7, 4, 3), state["stage"])
    attraction = world.attraction[world.industry[seats]]
    drawn_weight = (
        0.34 * influence + 0.24 * fit + 0.10 * attraction + 0.22 * ROLE_POINTS[role] + 0.10 * money_points(potential)
    )
    state["weight"] = np.clip(drawn_weight + rng.normal(0, 2, n), 5, 97).round()
    # drawn benchmarks stay short of the line: the agreed strategic accounts are the cast's
    if world.told:
        state["weight"] = np.minimum(state["weight"], 79.0)
        state["decide"] = np.where(role == LONG_TAIL, state["decide"], on + rng.integers(10, 260, n))
    for i, deal in enumerate(deals):
        if deal is not None:
            _cast_into(state, i, deal, fresh)
    return state


def _cast_into(state: dict[str, np.ndarray], i: int, deal: Deal, fresh: bool) -> None:
    """The story's parameters in place of the draws."""
    state["weight"][i] = deal.weight or np.nan
    state["amount"][i] = deal.amount * 1e4
    state["known"][i] = deal.influence is not None
    if deal.influence is not None and deal.fit is not None and deal.potential is not None:
        state["influence"][i], state["fit"][i] = deal.influence, deal.fit
        state["potential"][i] = deal.potential * 1e4
    else:
        state["influence"][i], state["fit"][i], state["potential"][i] = 74, 70, 2.8e7
    state["met_cap"][i], state["tech"][i] = deal.met_cap, deal.tech
    state["given"][i] = deal.given
    state["lean"][i] = 0.0
    state["decide"][i] = day(deal.close[0] if deal.close else "2027-06-30")
    if not fresh:
        state["met"][i] = np.arange(PEOPLE) < deal.met
        state["support"][i] = np.where(state["met"][i], 0.2, 0.0)
        state["stage"][i] = deal.stage
        state["spiced"][i] = np.minimum(np.array([2, 2, 1, 1, 1]) + (deal.stage >= 4), 3)
