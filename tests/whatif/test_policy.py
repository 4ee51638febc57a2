"""The simulator's Friday is the product's own: 1,000 random portfolios through the rules and through the simulator."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.whatif.starts import DYNAMICS, start_with
from toolkit.base.errors import InputError
from toolkit.base.grid import Grid, carry_forward, weeks_since
from toolkit.base.tiers import A, C, letters, tier_codes
from toolkit.method import demotion
from toolkit.method.allocation import Resource, allocate, divide, weights
from toolkit.method.tiering import criteria_over_weeks, retier
from toolkit.method.tiering.criteria import criteria_tier
from toolkit.parameters import Parameters
from toolkit.whatif.policy import Policy, reach
from toolkit.whatif.simulate import simulate

WEEKS, SIZE = 7, 9
NAMES = np.array([f"A{n:02d}" for n in range(SIZE)], dtype=object)
ONE = (Resource(),)
SETS = tuple(
    Parameters.read(changes)
    for changes in (
        {},
        {"allocation": {"empty_tier": "spill"}, "tiers": {"a": {"min_strategic_weight": 75}}},
        {"allocation": {"inside": "optimal"}},
        {"allocation": {"inside": "equal", "share_a": 0.5}, "demotion": {"weeks": 3}},
        {"allocation": {"inside": "value"}, "tiers": {"enter_a_after": 2}},
        {"tiers": {"leave_a_below": 0.45, "enter_a_after": 3}, "emerging": {"min_rise": 0.05, "lookback_weeks": 2}},
        {"allocation": {"caps": {"A00": 0.9, "A01": 0.95}, "floors": {"A02": 0.05}}, "emerging": {"lookback_weeks": 6}},
        {"tiers": {"a": {"market_roles": ()}, "b": {"min_win_probability": 0.4}}, "emerging": {"max_age_days": 20}},
    )
)


def portfolios(seed, count):
    """(grid, accounts frame) of many teams of SIZE beside each other: rows from some week on, with gaps, values on the
    lines; the last week is all there."""
    rng = np.random.default_rng(seed)
    total = count * SIZE
    shape = (WEEKS, total)
    first = np.minimum(rng.integers(-4, WEEKS, total), WEEKS - 1)
    has_row = (np.arange(WEEKS)[:, None] >= first) & (rng.random(shape) < 0.85)
    has_row[-1] = True
    p = rng.choice([0.2, 0.29, 0.3, 0.39, 0.4, 0.45, 0.55, 0.59, 0.6, 0.7, 0.85], shape)
    progress = np.where(has_row, (rng.random(shape) < 0.5).astype(float), np.nan)
    progress[has_row & (np.cumsum(has_row, axis=0) == 1)] = np.nan  # a first row has nothing to be compared with
    blank = rng.random((2, total)) < 0.1
    weight = np.where(blank[0], np.nan, rng.choice([60.0, 75, 79.9, 80, 95], total))
    value = np.where(blank[1], np.nan, rng.choice([0.0, 20, 50, 80], total))
    weeks = np.datetime64("2026-08-07") + 7 * np.arange(WEEKS)
    values = {
        "active": np.ones(shape, dtype=bool),
        "has_row": has_row,
        "weeks_since_row": weeks_since(has_row),
        "role": rng.choice([0, 0, 0, 1, 2], total).astype(np.int8),
        "win_probability": carry_forward(np.where(has_row, p, np.nan), has_row),
        "strategic_weight": np.broadcast_to(weight, shape),
        "value_index": np.broadcast_to(value, shape),
        "competitive_posture": np.full(shape, 60.0),
        "resource_cost": np.zeros(shape),
        "progress": progress,
    }
    ids = np.array([f"{k:04d}{name}" for k in range(count) for name in NAMES], dtype=object)
    opened = (weeks[-1] - rng.integers(0, 90, total) * np.timedelta64(1, "D")).astype("datetime64[us]")
    return Grid(weeks, ids, values), pd.DataFrame({"account_id": ids, "opened_on": opened})


def by_the_rules(grid, accounts, p):
    """What S1 to S3 say on the last Friday, as `allocate` takes it; and as a simulation finds that Friday."""
    count = demotion.weeks_without_progress(grid["has_row"], grid["progress"], p.demotion.max_missing_weeks)
    by_criteria = criteria_over_weeks(grid, p.tiers)
    outcome = retier(grid, count, demotion.stalled(by_criteria, count, p.demotion.weeks), p.tiers, p.retiering)
    emerging = demotion.emerging(grid, outcome, accounts, p.emerging).set_index("account_id")["weight"]
    team = pd.DataFrame(
        {
            "account_id": np.tile(NAMES, len(grid.accounts) // SIZE),
            "tier": letters(outcome.tier[-1]),
            "value_index": grid["value_index"][-1],
            "win_probability": grid["win_probability"][-1],
            "demoted": outcome.demoted[-1],
            "emerging_weight": emerging.reindex(grid.accounts).fillna(0.0).to_numpy(),
        }
    )
    stated = grid["win_probability"]
    meets = criteria_tier(grid["role"], stated, grid["strategic_weight"], p.tiers) == A
    past = stated[:-1][-p.emerging.lookback_weeks :]
    start = start_with(
        len(grid.accounts),
        role=grid["role"],
        strategic_weight=grid["strategic_weight"][-1],
        value_index=grid["value_index"][-1],
        odds=np.log(stated[-1] / (1 - stated[-1])),  # the report is what the row says
        stall=count[-1],
        past=past,
        age_days=(grid.weeks[-1] - accounts["opened_on"].to_numpy().astype("datetime64[D]")) / np.timedelta64(1, "D"),
        in_a=outcome.criteria_tier[-1] == A,
        run_a=np.array([int(np.argmin([*column[::-1], False])) for column in meets.T]),
    )
    return team, start


def one_of(team, start, k):
    """The k-th of the teams that stand beside each other."""
    here = slice(k * SIZE, (k + 1) * SIZE)
    columns = {name: v[..., here] for name, v in vars(start).items() if isinstance(v, np.ndarray)}
    return team.iloc[here], replace(start, **columns | {"accounts": NAMES, "even": SIZE})


def shares_by_the_rules(team, p, *, frames):
    """S6's share of every account and the reserve: of allocation.csv, or of the arrays behind it."""
    if frames:
        shares = allocate(team, ONE, p.allocation).groupby("account_id")["share"].sum()
        return shares.reindex(NAMES).fillna(0.0).to_numpy(), shares.get("", 0.0)
    weight = weights(team["value_index"], team["win_probability"], p.allocation.inside)
    claim = team["emerging_weight"].to_numpy()
    found = divide(tier_codes(team["tier"]), weight, team["demoted"], claim, p.allocation, NAMES)
    rest = 1 - p.allocation.share_a - p.allocation.share_b
    return found.tier + found.emerging, found.reserve_a + found.reserve_b + rest


def test_simulator_and_rules_agree_on_1000_random_portfolios(monkeypatch):
    seen = []
    inner = Policy.shares

    def listening(self, friday, p, **others):
        seen.append((friday, *inner(self, friday, p, **others)))
        return seen[-1][1:]

    monkeypatch.setattr(Policy, "shares", listening)
    exact = replace(DYNAMICS, report_noise=0.0)
    found = {"demoted": 0, "emerging": 0, "refused": 0}
    for number, p in enumerate(SETS):
        grid, accounts = portfolios(number, 1000 // len(SETS))
        whole = by_the_rules(grid, accounts, p)
        for k in range(1000 // len(SETS)):
            team, start = one_of(*whole, k)
            try:
                shares, left = shares_by_the_rules(team, p, frames=k % 10 == 0)
            except InputError:  # a cap that nobody makes up for: refused by both
                with pytest.raises(InputError, match="caps"):
                    simulate(start, exact, p, weeks=1, paths=1, seed=1)
                found["refused"] += 1
                continue
            futures = simulate(start, exact, p, weeks=1, paths=1, seed=1)
            friday, share, reserve = seen.pop()
            codes = np.argmax([futures.in_a, futures.in_b, futures.in_c], axis=0)
            assert letters(codes).tolist() == team["tier"].tolist() == letters(friday.tier[0]).tolist(), (number, k)
            np.testing.assert_allclose(share[0], shares, rtol=0, atol=1e-12, err_msg=f"{number} {k}")
            np.testing.assert_allclose(reserve[0], left, rtol=0, atol=1e-12, err_msg=f"{number} {k}")
            found["demoted"] += int(friday.demoted.sum())
            found["emerging"] += int(((share[0] > 0) & (friday.tier[0] == C)).sum())
    # the portfolios are not tame
    assert found["demoted"] > 500 and found["emerging"] > 100 and 0 < found["refused"] < 100, found


def test_paths_are_judged_one_by_one():
    rng = np.random.default_rng(3)
    p = rng.random((40, 6))
    stall, active, rise = rng.integers(0, 4, p.shape), rng.random(p.shape) < 0.8, rng.normal(0, 0.1, p.shape)
    new = rng.random(p.shape) < 0.1
    known = {"role": rng.integers(0, 3, 6), "strategic_weight": rng.uniform(60, 100, 6), "value_index": rng.random(6)}
    policy = Policy.of(Parameters(), **known)
    together = policy.tiers_of(p, stall=stall, active=active)
    share, reserve = policy.shares(together, p, rise=rise, new=new)
    for k in range(len(p)):
        alone = policy.tiers_of(p[k], stall=stall[k], active=active[k])
        assert alone.tier.tolist() == together.tier[k].tolist()
        one, left = policy.shares(alone, p[k], rise=rise[k], new=new[k])
        assert one.tolist() == share[k].tolist() and float(left) == reserve[k]
    assert (share[~active] == 0).all()
    np.testing.assert_allclose(share.sum(axis=1) + reserve, 1, atol=1e-12)


def test_what_is_left_of_the_whole_is_a_reserve_of_no_pool():
    p = Parameters.read({"allocation": {"share_a": 0.6, "share_b": 0.3}})
    policy = Policy.of(p, role=[0, 0], strategic_weight=[90.0, 90.0], value_index=[50.0, 50.0])
    friday = policy.tiers_of(np.array([0.7, 0.5]), stall=np.zeros(2), active=np.ones(2, dtype=bool))
    share, reserve = policy.shares(friday, np.array([0.7, 0.5]), rise=np.zeros(2), new=np.zeros(2, dtype=bool))
    assert share.round(12).tolist() == [0.6, 0.3] and round(float(reserve), 12) == 0.1


def test_only_some_settings_reach_the_model():
    base = Parameters()
    same = ("red_alert.fall=0.08", "focus.top_fifth=0.3", "demotion.min_spiced_gain=2", "retiering.min_posture=20")
    other = ("tiers.a.min_win_probability=0.55", "demotion.weeks=3", "emerging.min_rise=0.2", "allocation.inside=equal")
    assert all(reach(Parameters.read(overrides=[text])) == reach(base) for text in same)
    assert not any(reach(Parameters.read(overrides=[text])) == reach(base) for text in other)
    assert reach(Parameters.read(overrides=["resources.budget.weekly_total=1"])) != reach(base)
    assert reach(Parameters.read(overrides=["resources.person_days.weekly_total=1"])) == reach(base)
