"""The state that the process works on: one array a name, first axis the seats of the field."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from toolkit.sample.cast import Deal
from toolkit.sample.world import PEOPLE, VOICE, World, open_accounts, stream

LUCK = 0.55  # spread of the vote's outcome


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
        self.s["met_on"] = np.where(self.s["met"], self.s["opened"][:, None] + 12 * (people + 1), np.datetime64("NaT"))
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
        for name in ("credit", "belief", "cost", "idle", "contacts", "dry"):
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
        cheat = self.world.liar[self.world.owner] & (self.rng.random(len(p)) < 0.9)
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
