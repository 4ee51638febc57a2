"""M4 Red alert: resource efficiency (team, by day) falls 10 % or more on 3 consecutive days.

With v the values of the reporting days on which efficiency is defined, fall = 1 - v[i] / v[i-1]; the spell
that starts on its first falling day s *fires* on the third, f, by one of three readings:

each_day    (default) each of the 3 days is at least 10 % below the one before; value before the spell v[s-1]
cumulative  falls on each of >= 3 days, >= 10 % in all: 1 - v[f] / v[s-1]; value before the spell v[s-1]
baseline    3 days running at least 10 % below the mean of the 20 defined days before s; that mean is the
            value before the spell; a day with fewer than 20 defined days before it starts nothing

It ends on the first day after it fired that is back at >= 90 % of the value before the spell; depth =
1 - lowest value / value before [fraction], over the days from s to the end. While one is on no other starts.

Undefined days (NaN) are skipped. Gap: more than 4 working days strictly between two defined days ends a
forming spell; a new one may start on the day after the gap, against the value before the gap ("the one
before"). A red that fired stays on. A value is never made up for a day that has none.

A *warning* is on while a spell forms (1 or 2 of 3; under `cumulative` every run of falling days that has not
fired) or, where that is not the reading itself, while the cumulative reading holds: the run of falling days
goes on, 3 or more, 10 % or more in all. It starts on its first falling day, as known when it came on, and
ends on the first defined day on which it no longer forms, or, by a gap, on the fifth working day without a
value. One that turns into a red row leaves no row of its own.

Values are >= 0; a fall from 0 is none. Comparisons within 1e-9 of the fraction, inclusive.
"""

from toolkit.method.red_alert.core import RedAlertParameters, Reds, reds
from toolkit.method.red_alert.spells import SPELL_COLUMNS, red_findings, red_spells

__all__ = [
    "SPELL_COLUMNS",
    "RedAlertParameters",
    "Reds",
    "red_findings",
    "red_spells",
    "reds",
]
