"""The four states of a judgement. Missing data is never good: it cannot be judged."""

from typing import Final

GOOD: Final = "good"
WARNING: Final = "warning"
BREACH: Final = "breach"
CANNOT_JUDGE: Final = "cannot_judge"
STATES: Final = (GOOD, WARNING, BREACH, CANNOT_JUDGE)
WORST_FIRST: Final = {BREACH: 0, WARNING: 1, CANNOT_JUDGE: 2, GOOD: 3}  # the order in which they are shown
