"""Parameters of the default sample's story beyond the single accounts: events, silences, drops."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.sample.cast import CHEN, HE, LIU, SUN, WANG, WU, ZHAO


@dataclass(frozen=True)
class Event:
    """A day on which reps are away while the engineers' pool is spent all the same, and more on C accounts."""

    away: tuple[int, ...]
    surge_hours: float


EVENTS: dict[str, Event] = {
    # the trade fair of late October: fewer accounts are seen each day, while Li Na takes engineers to hers
    "2026-10-27": Event((WU,), 40),
    "2026-10-28": Event((WU,), 52),
    "2026-10-29": Event((WU, CHEN), 76),
    # the tender of late November: the same again, two days of it when the sample ends
    "2026-11-19": Event((ZHAO,), 8),
    "2026-11-20": Event((ZHAO, WANG), 62),
}

DROPS = ("2026-07-01", "2026-08-20", "2026-09-15", "2026-10-22")  # the director stops one account

# weekly rows that were not submitted: by account name, and by rep (a whole Friday)
SILENT_ACCOUNTS: dict[str, tuple[str, ...]] = {
    "南方管网": ("2026-11-13",),
    "滇池生物": ("2026-11-13", "2026-11-20"),
    "闽江光电": ("2026-10-23", "2026-10-30", "2026-11-06", "2026-11-13", "2026-11-20"),
}
SILENT_REPS: dict[int, tuple[str, ...]] = {
    SUN: ("2026-11-20",),
    LIU: ("2026-07-03",),
    HE: ("2026-08-21",),
    WANG: ("2026-10-02",),
}
# accounts whose weekly rows never carry strategic weight and value index: both are computed
COMPUTED_EVERY = 11
