"""One working day: whom the reps visit, what that moves, what it costs (the mechanism is told in `process`)."""

from __future__ import annotations

import numpy as np

from toolkit.sample import stories
from toolkit.sample.days import day
from toolkit.sample.field import Field
from toolkit.sample.world import IS_KEY

VISITS_BY_CLASS = np.array([4.0, 3.0, 1.0])
HOURS_BY_CLASS = np.array([1.0, 0.62, 0.0])
NEEDS = ((0, 0), (1, 2), (2, 5), (3, 8), (4, 11))  # people met and SPICED total for stages 1 … 5


def visits(team: Field, today: np.datetime64) -> None:
    """One day's reports: who is visited, who is met, what it moves and what it costs."""
    s, world, rng = team.s, team.world, team.rng
    event = stories.EVENTS.get(str(today)) if world.told else None
    reporter = np.where(world.hired[world.owner] <= today, world.owner, world.cover[world.owner])
    told = _told_today(team, today)
    chosen = _choose(team, reporter, told, event)
    rep, n = reporter[chosen], len(chosen)
    blocked = (team.blocked[chosen] > 0) | told["held"][chosen]
    push, kind = team.push[chosen], s["class"][chosen]
    before = s["stage"][chosen].copy()

    hours, money, labour = _draw_resources(team, chosen, rep, event)
    slot = np.argmin(s["met"][chosen], axis=1)
    free = (~s["met"][chosen]).any(1) & (slot < np.minimum(s["size"], s["met_cap"])[chosen])
    mood = (s["support"][chosen] * s["met"][chosen]).sum(1) / np.maximum(s["met"][chosen].sum(1), 1)
    door = 0.13 * world.skill[rep] * (0.75 + 0.5 * mood) * np.array([0.8, 1.0, 0.6])[kind]
    door = np.where(s["met"][chosen].any(1), door, 0.5)
    meets = free & ~blocked & (rng.random(n) < door)
    meets |= told["meets"][chosen] & (slot < s["size"][chosen]) & ~s["met"][chosen, slot]
    row = np.flatnonzero(meets)
    s["met"][chosen[row], slot[row]] = True
    s["met_on"][chosen[row], slot[row]] = today

    met = s["met"][chosen]
    known = met.sum(1)
    talk = np.where(meets, slot, np.floor(rng.random(n) * known).astype(np.int64))
    talk = np.where(known > 0, np.minimum(talk, np.maximum(known - 1, 0)), -1)
    row = np.flatnonzero(talk >= 0)
    who = (chosen[row], talk[row])
    s["seen_on"][who] = today
    gain = 0.07 * world.skill[rep[row]] * (1 + 0.5 * (hours[row] > 4)) / s["stubborn"][who] - 0.10 * push[row]
    s["support"][who] = np.clip(
        s["support"][who] + np.where(blocked[row], 0, gain) + rng.normal(0, 0.03, len(row)), -1, 1
    )

    _learn(team, chosen, rep, blocked, push)
    for seat in chosen[told["learns"][chosen]]:
        while s["spiced"][seat].sum() <= min(s["before_total"][seat], 14):
            s["spiced"][seat, np.argmin(s["spiced"][seat])] += 1
    claimed_contact, claimed_stage = _advance_and_claim(team, chosen, rep, blocked, told)
    key = IS_KEY[slot] & meets
    s["contacts"][chosen] += key + claimed_contact
    s["last_total"][chosen] = s["spiced"][chosen].sum(1)
    s["cost"][chosen] += 500 * hours + money + 200 * labour
    talks = 1 + rng.poisson(1.0, n)
    row_log = {
        "day": np.full(n, today),
        "rep": rep,
        "account": s["number"][chosen],
        "before": before,
        "after": np.minimum(s["stage"][chosen] + claimed_stage, 5),
        "spiced": s["spiced"][chosen].astype(np.int8),
        "talks": talks,
        "mentions": rng.binomial(talks, np.clip(0.11 + 0.35 * push, 0, 0.9)),
        "contacts": key + claimed_contact,
        "hours": hours,
        "money": money,
        "labour": labour,
        "push": push > 0.35,
        "blocked": blocked,
        "class": kind,
    }
    if team.detail:
        row_log |= {"slot": talk, "claim": claimed_contact + claimed_stage, "meets": meets}
    team.log.reports.append(row_log)


def _told_today(team: Field, today: np.datetime64) -> dict[str, np.ndarray]:
    """The stories' marks on each seat for today."""
    marks = {name: np.zeros(len(team.seats), dtype=bool) for name in ("held", "meets", "visited", "claims", "learns")}
    for seat, deal in enumerate(team.deals):
        if deal is not None:
            marks["held"][seat] = any(day(a) <= today <= day(b) for a, b in deal.held)
            for name in ("meets", "visited", "claims", "learns"):
                marks[name][seat] = str(today) in getattr(deal, name)
    marks["visited"] |= marks["meets"] | marks["claims"] | marks["learns"]
    return marks


def _choose(team: Field, reporter: np.ndarray, told: dict[str, np.ndarray], event: stories.Event | None) -> np.ndarray:
    """The seats visited today: each rep takes those with most credit."""
    s, rng, reps = team.s, team.rng, team.world.reps
    leak = team.world.leaky[team.world.owner] & (s["class"] == 2)
    wish = VISITS_BY_CLASS[s["pull"]] * np.where(leak, 1.6, 1.0)
    total = np.bincount(reporter, weights=wish, minlength=reps)
    s["rate"] = 2 * wish / total[reporter]
    s["credit"] += s["rate"]
    count = np.where(rng.random(reps) < 0.04, 1, 2) + (rng.random(reps) < 0.04)
    count += np.bincount(reporter[reporter != team.world.owner], minlength=reps) > 0
    if event is not None:
        count[list(event.away)] = 0
    eager = s["credit"] + rng.uniform(0, 0.3, len(wish)) + 9.0 * told["visited"] + 5.0 * (leak & (event is not None))
    order = np.lexsort((-eager, reporter))
    first = np.searchsorted(reporter[order], np.arange(reps))
    rank = np.arange(len(order)) - first[reporter[order]]
    chosen = np.sort(order[rank < count[reporter[order]]])
    s["credit"][chosen] -= 1
    s["credit"] = np.clip(s["credit"], -1.5, 2.5)
    return chosen


def _draw_resources(
    team: Field, chosen: np.ndarray, rep: np.ndarray, event: stories.Event | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Engineers' hours, concessions (CNY) and own hours of each visit; the pools are shared by what promises most."""
    rng, s, n = team.rng, team.s, len(chosen)
    kind = s["class"][chosen]
    leak = team.world.leaky[rep] & (kind == 2)
    usual = np.clip(VISITS_BY_CLASS[kind] / (5 * s["rate"][chosen]), 0.4, 1.1)
    weight = (HOURS_BY_CLASS[kind] * usual * s["tech"][chosen] + 0.30 * leak) * np.exp(rng.normal(0, 0.2, n))
    pool = 6.3 * team.world.reps
    hours = pool * weight / max(weight.sum(), 1e-9)
    if event is not None and leak.any():
        hours += leak * event.surge_hours / leak.sum()
    asks = (kind < 2) & (rng.random(n) < 0.4)
    share = asks * rng.uniform(0.6, 1.4, n)
    money = 750 * team.world.reps * share / max(share.sum(), 1e-9)
    visits_of = np.bincount(rep, minlength=team.world.reps)[rep]
    labour = np.where(visits_of > 0, 8.0 / np.maximum(visits_of, 1), 0) * rng.uniform(0.85, 1.15, n)
    return np.round(hours * 2) / 2, np.round(money, -2), np.maximum(np.round(labour * 2) / 2, 0.5)


def _learn(team: Field, chosen: np.ndarray, rep: np.ndarray, blocked: np.ndarray, push: np.ndarray) -> None:
    """One SPICED answer better evidenced, or one that no longer holds."""
    s, rng, n = team.s, team.rng, len(chosen)
    scores = s["spiced"][chosen]
    total = scores.sum(1)
    rise = 0.62 * team.world.skill[rep] * (1 - (total / 15) ** 4) * np.where(s["pull"][chosen] == 2, 0.6, 1.0)
    rise = np.where(s["met"][chosen].any(1), rise, 0.3 * rise)
    draw, pick = rng.random(n), rng.random((n, 5))
    up = np.argmax(np.where(scores < 3, pick, -1), axis=1)
    down = np.argmax(np.where(scores > 0, pick, -1), axis=1)
    better = ~blocked & (draw < rise)
    worse = ~blocked & (draw > 1 - 0.02 - 0.05 * push)
    for which, where, step in ((better, up, 1), (worse, down, -1)):
        row = np.flatnonzero(which)
        s["spiced"][chosen[row], where[row]] = np.clip(s["spiced"][chosen[row], where[row]] + step, 0, 3)


def _advance_and_claim(
    team: Field, chosen: np.ndarray, rep: np.ndarray, blocked: np.ndarray, told: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Moves the decision stage where its needs are met; returns contacts and stages that are claimed only."""
    s, rng, n = team.s, team.rng, len(chosen)
    stage, total, met = s["stage"][chosen], s["spiced"][chosen].sum(1), s["met"][chosen].sum(1)
    needs = np.array([*NEEDS, (99, 99)])
    need = needs[np.clip(stage, 1, 5)]
    trusted = s["belief"][chosen] >= np.array([0, 0, 0, 0.15, 0.42, 1])[stage]
    ahead = ~blocked & trusted & (met >= need[:, 0]) & (total >= need[:, 1]) & (stage < 5) & (rng.random(n) < 0.35)
    s["stage"][chosen] = stage + ahead
    lies = team.world.liar[rep] & (s["class"][chosen] < 2) & ~ahead & ~told["held"][chosen]
    draw = rng.random(n)
    return ((lies & (draw < 0.05)) | told["claims"][chosen]).astype(np.int64), (lies & (draw > 0.95)).astype(np.int64)
