"""S1 tiers and S2 Friday re-tiering.

Formula. An account's tier is the highest all of whose criteria it meets: A = role in `tiers.a.market_roles`,
win probability >= .60, strategic weight >= 80; B = role in `tiers.b.market_roles`, win probability >= .30;
else C. On watch = competitive posture < 30 or resource consumption ratio > 2.0, where ratio_i = (cost_i /
sum cost) / (value_i / sum value) over active accounts with a row this Friday.

Units: win probability 0-1, strategic weight and posture 0-100, cost CNY a week, ratio 1 = fair. Comparisons
have the common tolerance of 1e-9; "at least" is inclusive, posture must be below and the ratio above their
limits. Ties: none arise; tables are ordered by account id.

Missing values. A week without a row is carried forward; a blank cell of a row stays blank. No row at all: C
and `cannot_judge`. Blank strategic weight: not A. Blank posture: no sign. Blank cost or value index: 0;
without value, without any cost, or without a row this Friday the ratio is not defined.

Readings.
* `cannot_judge` stands for the missing strategic weight of a final B; a stalled B is `stalled_b` alone.
* An account without a row fails the role criterion, if it does; its unknown probability is `cannot_judge`.
* A missing weight is a criterion not met: beside another failed one there is no single gap.
* Watch signals alone bring proposals only. A proposal that the director confirms lowers the account by one
  tier from that Friday on, while its spell on watch lasts. A C account has no lower tier: no proposal.
* Two Fridays running means consecutive Fridays on watch, for whichever of the two signals.
* `tiers.enter_a_after`, `tiers.leave_a_below`, `tiers.stage_caps` are part of S1 while set; a Friday
  carried forward counts like any other; an account of unknown stage is not capped; who waits at the A line
  is B by `win_probability`.
"""

from toolkit.method.tiering.criteria import (
    TierA,
    TierB,
    TierParameters,
    a_line_step,
    capped_probability,
    criteria_over_weeks,
    criteria_tier,
)
from toolkit.method.tiering.friday import (
    REASONS,
    Retiering,
    RetieringParameters,
    consumption_ratio,
    not_submitted,
    retier,
    tier_table,
    watch_proposals,
    with_confirmed,
)
from toolkit.method.tiering.margins import (
    Noise,
    line_crossings,
    margins,
    moves_if_line_moves,
    near_lines,
    weekly_noise,
    weekly_noise_sd,
)

__all__ = [
    "REASONS",
    "Noise",
    "Retiering",
    "RetieringParameters",
    "TierA",
    "TierB",
    "TierParameters",
    "a_line_step",
    "capped_probability",
    "consumption_ratio",
    "criteria_over_weeks",
    "criteria_tier",
    "line_crossings",
    "margins",
    "moves_if_line_moves",
    "near_lines",
    "not_submitted",
    "retier",
    "tier_table",
    "watch_proposals",
    "weekly_noise",
    "weekly_noise_sd",
    "with_confirmed",
]
