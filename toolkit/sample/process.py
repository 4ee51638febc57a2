"""How the weeks go by: attention, people won over one after another, competitors' pushes, decisions by vote.

The mechanism (units: support −1…1, probabilities 0–1, hours, CNY):

* Each rep shares two visits a day over the own accounts by *credit*: an account earns credit by what it promises and
  pays with one for a visit. Engineers' hours and concessions are a daily pool that follows the visits to A and B.
* A visit may open the door to the next person of the decision chain, wins support of somebody met already, and finds
  out one more of the five SPICED answers. A blocked chain does neither; a competitor's push undoes support.
* The customer decides on a day of its own by vote: the voices' support against pushes, plus luck. The chance of
  that vote going our way is the true win probability; the rep's belief follows it late, with own optimism.
* Stated figures are the belief, rounded; some reps push it over the next line.

Nothing here is an autoregression of log-odds, a saturating effort curve or a closing hazard: a model fitted to such a
world is not flattered. State is held per seat in arrays, so twenty thousand accounts cost little more than sixty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from toolkit.sample import stories
from toolkit.sample.cast import Deal
from toolkit.sample.days import day, working_days
from toolkit.sample.world import IS_KEY, PEOPLE, VOICE, World, money_points, open_accounts, stream

LUCK = 0.55  # spread of the vote's outcome
VISITS_BY_CLASS = np.array([4.0, 3.0, 1.0])
HOURS_BY_CLASS = np.array([1.0, 0.62, 0.0])
NEEDS = ((0, 0), (1, 2), (2, 5), (3, 8), (4, 11))  # people met and SPICED total for stages 1 … 5


@dataclass
class Log:
    """What the process leaves behind, as lists of dicts of arrays (one dict a week, a day, a batch of accounts)."""

    weeks: list[dict[str, np.ndarray]] = field(default_factory=list)
    reports: list[dict[str, np.ndarray]] = field(default_factory=list)
    accounts: list[dict[str, np.ndarray]] = field(default_factory=list)


class Field:
    """The seats' state: `s` holds one array a name, first axis the seats."""

    def __init__(self, world: World, detail: bool) -> None:
        self.world, self.detail, self.log = world, detail, Log()
        self.rng = stream(world.seed, "process")
        n = len(world.owner)
        self.seats = np.arange(n)
        self.deals: list[Deal | None] = [queue.pop(0) if queue else None for queue in world.queue]
        self.start = world.fridays[0] - 6
        self.s = open_accounts(world, self.rng, self.seats, self.start, False, self.deals)
        self.s["number"] = self.seats.copy()
        self.opened = n
        people = np.arange(PEOPLE)
        self.s["met_on"] = np.where(
            self.s["met"], self.s["opened"][:, None] + 12 * (people + 1), np.datetime64("NaT")
        )
        self.s["met_on"] = np.minimum(self.s["met_on"], self.start - 1)
        self.s["seen_on"] = self.s["met_on"].copy()
        self.zero(self.seats)
        self.push, self.blocked = np.zeros(n), np.zeros(n, dtype=np.int64)
        first = np.array([d.turns[0][1] if d else np.nan for d in self.deals])
        with np.errstate(invalid="ignore"):
            shift = LUCK * ndtri(first) - self.margin()
        self.s["lean"] = np.where(np.isnan(first), self.s["lean"], self.s["lean"] + shift)
        self.s["belief"] = self.true_probability()
        self.sort_into_classes()

    def zero(self, seats: np.ndarray) -> None:
        """Counters of accounts that have just come in."""
        n = len(self.world.owner)
        for name in ("credit", "belief", "cost", "idle", "contacts"):
            self.s.setdefault(name, np.zeros(n))[seats] = 0.0
        for name in ("before_total", "last_total", "week_stage"):
            self.s.setdefault(name, np.full(n, np.nan))[seats] = np.nan
        for name in ("class", "pull"):
            self.s.setdefault(name, np.full(n, 2))[seats] = 2

    def margin(self) -> np.ndarray:
        """The vote as it stands: support of those met, the unmet's leaning, the push of a competitor."""
        voice = np.where(np.arange(PEOPLE) < self.s["size"][:, None], VOICE, 0.0)
        total = (voice * self.s["support"] * self.s["met"]).sum(1) / voice.sum(1)
        push = getattr(self, "push", 0.0)
        return 1.1 * total + 0.05 * (self.s["stage"] - 3) + self.s["lean"] - 0.25 * push

    def true_probability(self) -> np.ndarray:
        """The chance that a vote held now goes our way."""
        return ndtr(self.margin() / LUCK)

    def stated(self) -> np.ndarray:
        """What the reps write down: whole per cent, and by some a little over the next line."""
        p = np.clip(np.round(self.s["belief"], 2), 0.02, 0.97)
        cheat = self.world.liar[self.world.owner] & (self.rng.random(len(p)) < 0.7)
        for line, reach in ((0.30, 0.05), (0.60, 0.05)):
            near = cheat & (p < line - 1e-9) & (p >= line - reach)
            p = np.where(near, line + self.rng.integers(0, 3, len(p)) / 100, p)
        return np.round(p, 2)

    def sort_into_classes(self) -> None:
        """The team's own working classes 0–2 for resources, and the pull on the reps' time, for the next week."""
        p, role = np.round(self.s["belief"], 2), self.s["role"]
        with np.errstate(invalid="ignore"):
            top = (role == 0) & (p >= 0.6) & (self.s["weight"] >= 80)
        self.s["pull"] = np.where(top, 0, np.where((role <= 1) & (p >= 0.3), 1, 2))
        self.s["class"] = np.where((self.s["pull"] == 1) & (self.s["idle"] >= 2), 2, self.s["pull"])


def simulate(world: World, detail: bool) -> Log:
    """Runs all weeks and returns the log; `detail` keeps who was met and talked to in each report."""
    team = Field(world, detail)
    for friday in world.fridays:
        begin_week(team, friday)
        for today in working_days(friday - 6, friday):
            close_and_open(team, today)
            visits(team, today)
        end_week(team, friday)
    archive(team, team.seats, np.full(len(team.seats), "active"), np.datetime64("NaT"))
    return team.log


def begin_week(team: Field, friday: np.datetime64) -> None:
    """Competitors start pushing or tire; doors close for a while."""
    n, rng = len(team.seats), team.rng
    promising = team.s["belief"] > 0.3
    team.push = np.where(rng.random(n) < 0.025 * promising, rng.uniform(0.5, 1.0, n), team.push * 0.75)
    team.blocked = np.where(rng.random(n) < 0.02, rng.integers(1, 3, n), np.maximum(team.blocked - 1, 0))
    for seat, deal in enumerate(team.deals):
        if deal is not None:
            team.blocked[seat] = 0
            team.push[seat] = max(
                [s for a, b, s in deal.push if day(a) <= friday and friday - 6 <= day(b)], default=0.0
            )
    # questions thought settled come up again: a new demand, a new voice
    reopened = (team.s["spiced"].sum(1) >= 11) & (rng.random(n) < 0.25)
    held = np.array(
        [d is not None and any(day(a) <= friday <= day(b) for a, b in d.held) for d in team.deals]
    )
    loss = rng.integers(0, 3, (n, 5)) * (reopened & ~held)[:, None]
    team.s["spiced"] = np.maximum(team.s["spiced"] - loss, 0)
    for seat, deal in enumerate(team.deals):  # room for what the story has them find out
        if deal and any(friday < day(on) <= friday + 21 for on in deal.learns):
            while team.s["spiced"][seat].sum() > 11:
                team.s["spiced"][seat, np.argmax(team.s["spiced"][seat])] -= 1
    team.s["before_total"] = team.s["last_total"].copy()


def close_and_open(team: Field, today: np.datetime64) -> None:
    """Decisions that fall today, drops by the director, and the accounts that take the free seats."""
    s, rng = team.s, team.rng
    due = np.flatnonzero(s["decide"] <= today)
    forced = np.array([team.deals[seat] is not None for seat in due], dtype=bool)
    ready = forced | (s["stage"][due] >= 4) | (s["role"][due] == 2)
    late = due[~ready]
    s["decide"][late] = today + rng.integers(28, 85, len(late))
    closing = due[ready]
    won = rng.random(len(closing)) < team.true_probability()[closing]
    status = np.where(won, "won", "lost").astype("<U7")
    for i, seat in enumerate(closing):
        deal = team.deals[seat]
        if deal is not None and deal.close:
            status[i] = "won" if deal.close[1] else "lost"
    if team.world.told and str(today) in stories.DROPS:
        hopeless = np.flatnonzero((s["role"] == 2) & (today - s["opened"] > np.timedelta64(90, "D")))
        hopeless = hopeless[~np.isin(hopeless, closing)]
        closing = np.append(closing, hopeless[np.argmin(s["belief"][hopeless])])
        status = np.append(status, "dropped")
    if len(closing):
        archive(team, closing, status, today)
        replace(team, closing, today)


def archive(team: Field, seats: np.ndarray, status: np.ndarray, on: np.datetime64) -> None:
    """Writes the accounts of these seats into the log as they are now."""
    keep = (
        "number",
        "role",
        "influence",
        "fit",
        "potential",
        "amount",
        "opened",
        "known",
        "gross_margin",
        "growth",
        "region",
        "place",
        "size",
        "met",
        "met_on",
        "seen_on",
        "support",
        "decide",
        "belief",
        "stage",
        "given",
    )
    batch = {name: team.s[name][seats].copy() for name in keep}
    batch |= {
        "status": status,
        "closed": np.full(len(seats), on),
        "seat": seats.copy(),
        "owner": team.world.owner[seats],
        "industry": team.world.industry[seats],
        "deal": np.array([d.name if (d := team.deals[seat]) else "" for seat in seats]),
        "expect": expected(team, on)[seats],
    }
    team.log.accounts.append(batch)


def replace(team: Field, seats: np.ndarray, today: np.datetime64) -> None:
    """The next accounts of these seats, opened today."""
    queued: list[Deal | None] = [
        team.world.queue[seat].pop(0) if team.world.queue[seat] else None for seat in seats
    ]
    new = open_accounts(team.world, team.rng, seats, today, True, queued)
    for name, values in new.items():
        team.s[name][seats] = values
    team.s["number"][seats] = team.opened + np.arange(len(seats))
    team.opened += len(seats)
    team.s["met_on"][seats] = team.s["seen_on"][seats] = np.datetime64("NaT")
    team.zero(seats)
    team.push[seats], team.blocked[seats] = 0.0, 0
    for seat, deal in zip(seats, queued, strict=True):
        team.deals[seat] = deal
    team.s["belief"][seats] = team.true_probability()[seats]
    for seat, deal in zip(seats, queued, strict=True):
        if deal is not None:
            team.s["belief"][seat] = max(deal.turns[0][1] - 0.04, 0.05)


def expected(team: Field, on: np.datetime64) -> np.ndarray:
    """The close that the rep expects: the customer's day, or what the story says from a day on."""
    result = team.s["decide"].copy()
    for seat, deal in enumerate(team.deals):
        if deal is not None:
            for since, close in deal.expects:
                if np.isnat(on) or day(since) <= on:
                    result[seat] = day(close)
    return result


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
    marks = {
        name: np.zeros(len(team.seats), dtype=bool)
        for name in ("held", "meets", "visited", "claims", "learns")
    }
    for seat, deal in enumerate(team.deals):
        if deal is not None:
            marks["held"][seat] = any(day(a) <= today <= day(b) for a, b in deal.held)
            for name in ("meets", "visited", "claims", "learns"):
                marks[name][seat] = str(today) in getattr(deal, name)
    marks["visited"] |= marks["meets"] | marks["claims"] | marks["learns"]
    return marks


def _choose(
    team: Field, reporter: np.ndarray, told: dict[str, np.ndarray], event: stories.Event | None
) -> np.ndarray:
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
    eager = (
        s["credit"]
        + rng.uniform(0, 0.3, len(wish))
        + 9.0 * told["visited"]
        + 5.0 * (leak & (event is not None))
    )
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
    usual = np.clip(VISITS_BY_CLASS[kind] / (5 * s["rate"][chosen]), 0.4, 1.5)
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
    ahead = (
        ~blocked
        & trusted
        & (met >= need[:, 0])
        & (total >= need[:, 1])
        & (stage < 5)
        & (rng.random(n) < 0.35)
    )
    s["stage"][chosen] = stage + ahead
    lies = team.world.liar[rep] & (s["class"][chosen] < 2) & ~ahead & ~told["held"][chosen]
    draw = rng.random(n)
    return ((lies & (draw < 0.05)) | told["claims"][chosen]).astype(np.int64), (lies & (draw > 0.95)).astype(
        np.int64
    )


def end_week(team: Field, friday: np.datetime64) -> None:
    """Friday: minds drift, beliefs follow, the weekly rows are written, the team sorts its accounts anew."""
    s, world, rng = team.s, team.world, team.rng
    n, weeks_left = len(team.seats), int((world.fridays[-1] - friday) // np.timedelta64(7, "D"))
    s["support"] *= 0.985
    pinned = np.full(n, np.nan)
    margin = team.margin()
    for seat, deal in enumerate(team.deals):
        later = [(back, p) for back, p in deal.turns if back <= weeks_left] if deal else []
        if later:
            back, p = max(later)
            s["lean"][seat] += (LUCK * ndtri(p) - margin[seat]) / (weeks_left - back + 1)
            pinned[seat] = p if back == weeks_left else np.nan
    true = team.true_probability()
    s["belief"] += 0.5 * (true + world.optimism[world.owner] - s["belief"]) + rng.normal(0, 0.012, n)
    s["belief"] = np.clip(np.where(np.isnan(pinned), s["belief"], pinned), 0.02, 0.97)
    p = np.where(np.isnan(pinned), team.stated(), pinned)

    progress = (
        (s["stage"] > s["week_stage"]) | (s["last_total"] - s["before_total"] >= 1) | (s["contacts"] > 0)
    )
    s["idle"] = np.where(progress, 0, s["idle"] + 1)
    posture = np.clip(52 + 34 * np.tanh(team.margin()) - 16 * team.push + rng.normal(0, 2.5, n), 2, 98).round(
        1
    )
    for seat, deal in enumerate(team.deals):
        posture[seat] = dict(deal.posture).get(str(friday), posture[seat]) if deal else posture[seat]
    orders = s["output"] & (s["stage"] >= 3) & (s["role"] < 2) & (rng.random(n) < 0.14)
    key = IS_KEY & (np.arange(PEOPLE) < s["size"][:, None])
    coverage = (s["met"] & key).sum(1) / key.sum(1)
    value = (money_points(s["potential"]) + s["influence"] + s["fit"] + 100 * coverage) / 4
    team.log.weeks.append(
        {
            "friday": np.full(n, friday),
            "account": s["number"].copy(),
            "p": p,
            "true": true,
            "posture": posture,
            "weight": s["weight"].copy(),
            "value": value.round(1),
            "cost": s["cost"].copy(),
            "stage": s["stage"].copy(),
            "output": np.where(orders, (s["amount"] * rng.uniform(0.01, 0.05, n)).round(-2), 0.0),
            "amount": s["amount"].copy(),
            "expect": expected(team, friday),
            "progress": progress,
            "class": s["class"].copy(),
            "idle": s["idle"].copy(),
            "owner": world.owner.copy(),
            "given": s["given"].copy(),
            "known": s["known"].copy(),
        }
    )
    s["week_stage"] = s["stage"].astype(np.float64)
    s["cost"], s["contacts"] = np.zeros(n), np.zeros(n)
    team.sort_into_classes()
