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

import numpy as np
from scipy.special import ndtri

from toolkit.sample import stories
from toolkit.sample.cast import Deal
from toolkit.sample.days import day, working_days
from toolkit.sample.field import LUCK, Field, Log
from toolkit.sample.visiting import visits
from toolkit.sample.world import IS_KEY, PEOPLE, World, money_points, open_accounts


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
    reopened = (team.s["spiced"].sum(1) >= 11) & (rng.random(n) < 0.4)
    held = np.array([d is not None and any(day(a) <= friday <= day(b) for a, b in d.held) for d in team.deals])
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
    if team.world.told and today > team.world.fridays[-1] - 7:  # the last week's decision is the stories'
        due = np.array([seat for seat in due if team.deals[seat] is not None], dtype=np.int64)
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
    queued: list[Deal | None] = [team.world.queue[seat].pop(0) if team.world.queue[seat] else None for seat in seats]
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


def end_week(team: Field, friday: np.datetime64) -> None:
    """Friday: minds drift, beliefs follow, the weekly rows are written, the team sorts its accounts anew."""
    s, world, rng = team.s, team.world, team.rng
    n, weeks_left = len(team.seats), int((world.fridays[-1] - friday) // np.timedelta64(7, "D"))
    s["support"] *= 0.985
    pinned = np.full(n, np.nan)
    margin = team.margin()
    for seat, deal in enumerate(team.deals):
        later = [turn for turn in deal.turns if turn[0] <= weeks_left] if deal else []
        if later:
            back, target = max(later)
            s["lean"][seat] += (LUCK * ndtri(target) - margin[seat]) / (weeks_left - back + 1)
            pinned[seat] = target if back == weeks_left else np.nan
    true = team.true_probability()
    s["belief"] += 0.5 * (true + world.optimism[world.owner] - s["belief"]) + rng.normal(0, 0.012, n)
    s["belief"] = np.clip(np.where(np.isnan(pinned), s["belief"], pinned), 0.02, 0.97)
    p = np.where(np.isnan(pinned), team.stated(), pinned)

    progress = (s["stage"] > s["week_stage"]) | (s["last_total"] - s["before_total"] >= 1) | (s["contacts"] > 0)
    s["idle"] = np.where(progress, 0, s["idle"] + 1)
    posture = np.clip(52 + 34 * np.tanh(team.margin()) - 16 * team.push + rng.normal(0, 2.5, n), 2, 98).round(1)
    for seat, deal in enumerate(team.deals):
        posture[seat] = dict(deal.posture).get(str(friday), posture[seat]) if deal else posture[seat]
    orders = (s["stage"] >= 3) & (s["role"] < 2) & (rng.random(n) < 0.05 + 0.03 * s["dry"])
    for seat, deal in enumerate(team.deals):
        orders[seat] = str(friday) in deal.orders if deal and deal.orders is not None else orders[seat]
    s["dry"] = np.where(orders, 0, s["dry"] + 1)
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
