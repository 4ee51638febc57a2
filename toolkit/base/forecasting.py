"""What a what-if can be set to: the weeks ahead, the looks back, the price of the rule. No rule moves by it.

The numbers of `dynamics` are where a fit to the team's history starts from (a mean and the sd of a normal prior); the
forward model itself is `toolkit.whatif.simulate`, its source QUANT.md, Forward simulation.
"""

from pydantic import field_validator, model_validator

from toolkit.base.parameters import Slice, setting

LEVELS = 5  # CALLPLAN asks a manager for five points: effort 0, 1/2, 1, 3/2 of today's, and saturation


class DynamicsParameters(Slice):
    """The forward model before the team's history speaks (path `dynamics`).

    Log-odds of the win probability move by progress, slips and noise; effort saturates; deals close by a hazard.
    """

    progress_base: float = setting(-1.6, unit="log-odds", rule="What-if", ge=-10, le=10)
    progress_base_sd: float = setting(1.0, unit="log-odds", rule="What-if", gt=0, le=10)
    progress_effort: float = setting(2.2, unit="log-odds", rule="What-if", ge=-10, le=10)
    progress_effort_sd: float = setting(0.7, unit="log-odds", rule="What-if", gt=0, le=10)
    progress_odds: float = setting(0.25, unit="log-odds", rule="What-if", ge=-10, le=10)
    progress_odds_sd: float = setting(0.2, unit="log-odds", rule="What-if", gt=0, le=10)
    progress_stall: float = setting(-0.12, unit="log-odds", rule="What-if", ge=-10, le=10)
    progress_stall_sd: float = setting(0.1, unit="log-odds", rule="What-if", gt=0, le=10)
    close_base: float = setting(-4.2, unit="log-odds", rule="What-if", ge=-20, le=10)
    close_base_sd: float = setting(1.0, unit="log-odds", rule="What-if", gt=0, le=10)
    close_effort: float = setting(0.8, unit="log-odds", rule="What-if", ge=-10, le=10)
    close_effort_sd: float = setting(0.5, unit="log-odds", rule="What-if", gt=0, le=10)
    close_contacts: float = setting(0.25, unit="log-odds", rule="What-if", ge=-10, le=10)
    close_contacts_sd: float = setting(0.2, unit="log-odds", rule="What-if", gt=0, le=10)
    gain: float = setting(0.18, unit="log-odds", rule="What-if", ge=0, le=5)
    slip: float = setting(0.06, unit="log-odds", rule="What-if", ge=0, le=5)
    odds_noise: float = setting(0.22, unit="log-odds", rule="What-if", ge=0, le=5)
    report_noise: float = setting(0.25, unit="log-odds", rule="What-if", ge=0, le=5)
    half_effect: float = setting(1.5, unit="even shares of the week", rule="What-if", gt=0, le=100)
    steepness: float = setting(1.3, unit="exponent", rule="What-if", gt=0, le=10)
    carry_over: float = setting(0.5, unit="fraction", rule="What-if", ge=0, lt=1)
    reversion: float = setting(0.03, unit="fraction", rule="What-if", ge=0, lt=1)
    max_contacts: int = setting(6, unit="people", rule="What-if", ge=1, le=20)
    max_stall: int = setting(8, unit="weeks", rule="What-if", ge=1, le=52)
    judgements: tuple[float, ...] = setting((), unit="list", rule="What-if")

    @field_validator("judgements")
    @classmethod
    def _five_rising(cls, points: tuple[float, ...]) -> tuple[float, ...]:
        rising = all(a <= b for a, b in zip(points, points[1:], strict=False))
        if points and not (len(points) == LEVELS and rising and points[0] >= 0 and points[-1] > points[0]):
            raise ValueError("judgements are five results that do not fall: at effort 0, 1/2, 1, 3/2 and saturation")
        return points


class WhatIfParameters(Slice):
    """How a what-if looks back and ahead (path `whatif`)."""

    weeks: int = setting(26, unit="weeks", rule="What-if", ge=1, le=104)
    paths: int = setting(1000, unit="paths", rule="What-if", ge=50, le=100_000)
    seed: int = setting(20261120, unit="number", rule="What-if", ge=0, lt=2**63)
    posterior_draws: int = setting(40, unit="draws", rule="What-if", ge=10, le=1000)
    interval: float = setting(0.90, unit="fraction", rule="What-if", gt=0.5, lt=1)
    fit_share: float = setting(0.75, unit="fraction", rule="What-if", ge=0.5, le=0.9)
    divergence: float = setting(0.05, unit="fraction", rule="What-if", ge=0, le=1)
    loss_within_days: int = setting(56, unit="days", rule="What-if", ge=7, le=366)
    tuner_fall: float = setting(0.20, unit="fraction", rule="What-if", gt=0, lt=1)
    tuner_fall_days: int = setting(10, unit="reporting days", rule="What-if", ge=1, le=60)
    tuner_series: int = setting(2000, unit="series", rule="What-if", ge=100, le=100_000)
    price_steepness: float = setting(1.0, unit="exponent", rule="What-if", ge=1, le=10)
    price_errors: tuple[float, ...] = setting((0.3, 0.6, 1.0), unit="list", rule="What-if")
    price_draws: int = setting(1000, unit="draws", rule="What-if", ge=100, le=100_000)

    @model_validator(mode="after")
    def _errors_fit(self) -> "WhatIfParameters":
        if not self.price_errors or any(not 0 < cv <= 3 for cv in self.price_errors):
            raise ValueError("price_errors are coefficients of variation above 0 and up to 3, such as 0.3")
        return self
