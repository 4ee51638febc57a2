"""The price of the rule: by hand, against a linear programme, dynamic programming and every plan that fits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import linprog

from toolkit.base.apportion import whole_optimal
from toolkit.base.errors import InputError
from toolkit.data.load import load
from toolkit.method.allocation import Resource, allocate
from toolkit.parameters import Parameters
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.price import INSIDE, PLAN_COLUMNS, PLANS, price, shares_of_amounts

PLAIN = Parameters()
SAMPLE = Path(__file__).parents[2] / "sample_data"
MANY = settings(max_examples=30)


def team(*rows):
    """(id, tier, value index, win probability, demoted, emerging weight); the last two may be left out."""
    full = [(*row, *(False, 0.0)[len(row) - 4 :]) for row in rows]
    names = ["account_id", "tier", "value_index", "win_probability", "demoted", "emerging_weight"]
    return pd.DataFrame(full, columns=names).astype({"value_index": float, "win_probability": float})


def drawn(seed, most=12):
    """A random team of at least two accounts; some demoted, some emerging."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(int(rng.integers(2, most + 1))):
        tier = str(rng.choice(["A", "B", "C"]))
        demoted, emerging = tier == "C" and rng.random() < 0.4, tier != "A" and rng.random() < 0.3
        value, chance = rng.uniform(5, 95), rng.uniform(0.05, 0.95)
        rows.append((f"K{i:02d}", tier, value, chance, demoted, rng.uniform(0.1, 9) if emerging else 0.0))
    return team(*rows)


def limited(rows, seed, **more):
    """Parameters with floors and caps for some of the A and B accounts that can all hold."""
    rng = np.random.default_rng(seed)
    floors, caps = {}, {}
    for tier in ("A", "B"):
        ids = rows.loc[rows["tier"] == tier, "account_id"].tolist()
        for account in ids[: len(ids) // 2]:
            floors[account] = float(rng.uniform(0, 0.8 / len(ids)))
            if rng.random() < 0.5:
                caps[account] = float(floors[account] + rng.uniform(0.05, 0.3))
    return Parameters.read({"allocation": {"floors": floors, "caps": caps}, **more})


def worth(found, x):
    """The worth of shares by the formula, account by account."""
    r = found.responses
    ratio = (np.asarray(x) / r.kappa) ** r.steepness
    return float((r.value * ratio / (1 + ratio)).sum())


def row_of(found, plan):
    return found.plans.set_index("plan").loc[plan]


PAIR = team(("A1", "A", 64, 0.5), ("A2", "B", 16, 0.5))

# By hand


def test_the_price_of_the_rule_by_hand():
    # v p (1 - p) = 16 and 4; kappa = 1.5 x 1/2 = 0.75. s (sqrt 12 + sqrt 3) = 1 + 1.5, s = 2.5/(3 sqrt 3): 2.5 x 2/3 -
    # 0.75 = 0.91667 and 0.08333; worth 16 x 0.91667/1.66667 + 4 x 0.08333/0.83333 = 8.8 + 0.4 = 9.2. The rule: 16 x
    # 0.7/1.45 + 4 x 0.3/1.05 = 7.72414 + 1.14286 = 8.86700, 96.38 %; half each: 16 x 0.4 + 4 x 0.4 = 8, 86.96 %.
    found = price(PAIR, PLAIN, plan=pd.Series({"A2": 0.5, "A1": 0.5}), current=pd.Series({"A2": 30.0, "A9": 70.0}))
    assert tuple(found.plans.columns) == PLAN_COLUMNS
    assert found.plans["plan"].tolist() == list(PLANS)
    assert_allclose(found.divisions["optimum"], [11 / 12, 1 / 12])
    assert row_of(found, "optimum")["value"] == pytest.approx(9.2)
    assert row_of(found, "expected_value")["value"] == pytest.approx(8.867, abs=1e-3)
    assert found.cost == pytest.approx(1 - 8.867 / 9.2, abs=1e-4)
    mine, now = row_of(found, "my_plan"), row_of(found, "current")
    assert mine["share_of_optimum"] == pytest.approx(8 / 9.2)
    assert (mine["share_a"], mine["share_b"], mine["reserve"]) == (0.5, 0.5, 0.0)
    # 30 of 100 went to A2, 70 to a closed account: 4 x 0.3/1.05 = 1.14286.
    assert (now["share_a"], now["share_b"], now["reserve"]) == (0.0, pytest.approx(0.3), pytest.approx(0.7))
    assert now["value"] == pytest.approx(1.14286, abs=1e-5)


def test_with_one_account_in_each_tier_the_best_split_is_the_optimum():
    found = price(PAIR, PLAIN)
    assert_allclose(found.divisions["best_split"], [11 / 12, 1 / 12], atol=1e-9)
    assert row_of(found, "best_split")["share_of_optimum"] == pytest.approx(1.0, abs=1e-12)


def test_the_optimum_includes_c_which_the_rule_leaves_out():
    # Three alike in A, B and C: a third each; nothing for C by the rule.
    found = price(team(("K1", "A", 40, 0.5), ("K2", "B", 40, 0.5), ("K3", "C", 40, 0.5)), PLAIN)
    assert_allclose(found.divisions["optimum"], [1 / 3] * 3)
    assert row_of(found, "optimum")["share_c"] == pytest.approx(1 / 3)
    assert row_of(found, "equal")["share_c"] == 0.0


def test_a_steep_response_by_hand():
    # g = 2, two alike, kappa 0.75, total 1: turning point 0.43, touching point 0.75. One gets 0.75, the other 0.25 on
    # its line; settled: half each 2 x 4/13 = 0.615 of v, all for one 0.64.
    p = Parameters.read(overrides={"whatif.price_steepness": 2})
    found = price(team(("K1", "A", 40, 0.5), ("K2", "B", 40, 0.5)), p)
    assert sorted(found.divisions["optimum"].round(12)) == [0.0, 1.0]
    assert row_of(found, "optimum")["value"] == pytest.approx(10 * 0.64)


# Against other ways to the optimum


@pytest.mark.parametrize("seed", range(2))
def test_the_optimum_equals_a_linear_programme_by_highs(seed):
    # 400 pieces an account: concave, so the programme fills them in order; between the pieces it can only be lower.
    rows = drawn(seed)
    p = limited(rows, seed)
    found = price(rows, p)
    low, high = found.limits
    grid = np.linspace(0, 1, 401)[:, None]
    gain = np.diff(found.responses.value * grid / (found.responses.kappa + grid), axis=0)
    n = len(rows)
    sums = np.tile(np.eye(n), 400)  # each account's total, for its limits
    finite = np.isfinite(high)
    solved = linprog(
        -gain.ravel(),
        A_ub=np.vstack([-sums, sums[finite]]) / 400,
        b_ub=np.concatenate([-low, high[finite]]),
        A_eq=np.full((1, gain.size), 1 / 400),
        b_eq=[1.0],
        bounds=(0, 1),
        method="highs",
    )
    assert solved.status == 0
    assert_allclose(row_of(found, "optimum")["value"], -solved.fun, rtol=1e-4)
    assert row_of(found, "optimum")["value"] >= -solved.fun - 1e-9


def test_whole_days_of_the_optimum_equal_dynamic_programming():
    days = 60
    for seed in range(5):
        found = price(drawn(seed), PLAIN)
        value, kappa = found.responses.value, found.responses.kappa * days
        best = np.zeros(days + 1)
        for v, k in zip(value, kappa, strict=True):
            gain = v * np.arange(days + 1) / (k + np.arange(days + 1))
            best = np.array([(best[: d + 1] + gain[d::-1]).max() for d in range(days + 1)])
        whole = whole_optimal(found.divisions["optimum"] * days, value, kappa, days)
        assert whole.sum() == days
        assert_allclose(found.responses.total(whole / days), best[days], rtol=1e-12)
        assert found.responses.total(found.divisions["optimum"]) >= best[days] - 1e-9


@MANY
@given(st.integers(0, 5000))
def test_at_the_optimum_no_account_would_use_a_unit_better(seed):
    # Karush-Kuhn-Tucker: one price of a unit; marginal worth v k/(k + x)^2 no more where there is room, no less where
    # something could be taken away.
    rows = drawn(seed)
    found = price(rows, limited(rows, seed))
    x, (low, high) = found.divisions["optimum"], found.limits
    r = found.responses
    marginal = r.value * r.kappa / (r.kappa + x) ** 2
    gives, takes = marginal[x > low + 1e-9], marginal[x < high - 1e-9]
    if len(gives) and len(takes):
        assert takes.max() <= gives.min() * (1 + 1e-9)


# What always holds


@MANY
@given(st.integers(0, 5000), st.sampled_from([1.0, 1.3, 2.0, 5.0]))
def test_the_optimum_is_never_worse_than_a_plan_within_the_limits(seed, steepness):
    rows = drawn(seed)
    rng = np.random.default_rng(seed)
    plan = pd.Series(rng.dirichlet(np.full(len(rows), 0.3)) * rng.choice([1.0, 0.8]), index=rows["account_id"])
    cost = pd.Series(rng.random(len(rows)) ** 3, index=rows["account_id"])
    p = limited(rows, seed, whatif={"price_steepness": steepness}) if seed % 2 else Parameters.read(
        overrides={"whatif.price_steepness": steepness}
    )  # fmt: skip
    found = price(rows, p, plan=plan, current=cost)
    table = found.plans
    assert (table["state"] == "ok").all()
    assert (table.loc[table["within_limits"], "share_of_optimum"] <= 1 + 1e-9).all()
    assert (table.loc[table["within_limits"], "value"] <= found.bound * (1 + 1e-9)).all()
    best = row_of(found, "optimum")
    assert best["share_of_optimum"] == 1.0 and best["within_limits"]
    assert found.bound >= best["value"] * (1 - 1e-12)
    assert steepness > 1 or found.bound == pytest.approx(best["value"])


@MANY
@given(st.integers(0, 5000))
def test_every_plans_parts_add_up_to_the_whole(seed):
    rows = drawn(seed)
    found = price(rows, limited(rows, seed), current=pd.Series({"K00": 3.0, "gone": 1.0}))
    parts = found.plans[["share_a", "share_b", "share_c", "reserve"]].sum(axis=1)
    assert_allclose(parts, 1.0, atol=1e-12)
    assert_allclose(found.shares.groupby("plan")["share"].sum()["optimum"], 1.0, atol=1e-12)
    for plan, shares in found.shares.groupby("plan"):
        x = shares["share"].to_numpy()
        assert (x >= 0).all()
        assert row_of(found, plan)["value"] == pytest.approx(worth(found, x))


@settings(max_examples=12)
@given(st.integers(0, 5000))
def test_no_split_of_the_rule_with_the_optimum_inside_beats_the_best_split(seed):
    rows = drawn(seed)
    found = price(rows, limited(rows, seed))
    best, a = row_of(found, "best_split"), found.parameters.allocation
    assert best["value"] >= row_of(found, "optimal")["value"] - 1e-12
    for share in np.random.default_rng(seed).random(4):
        split = a.model_copy(update={"inside": "optimal", "share_a": share, "share_b": 1 - share})
        table = allocate(rows, (Resource(),), split)
        shares = table.groupby("account_id")["share"].sum().reindex(found.responses.accounts).fillna(0.0)
        assert best["value"] >= worth(found, shares) - 1e-9


def test_the_start_is_not_returned_as_the_optimum():
    for seed in range(10):
        rows = drawn(seed)
        even = pd.Series(1 / len(rows), index=rows["account_id"])
        found = price(rows, PLAIN, plan=even, current=even)
        for plan in ("my_plan", "current", *INSIDE):
            assert row_of(found, plan)["share_of_optimum"] < 1 - 1e-6


def test_the_order_of_the_rows_changes_nothing_and_limits_stay_with_their_names():
    rows = drawn(11)
    p = limited(rows, 11)
    assert p.allocation.floors and p.allocation.caps
    cost = pd.Series(np.arange(1.0, len(rows) + 1), index=rows["account_id"])
    first = price(rows, p, current=cost)
    other = price(rows.sample(frac=1, random_state=3), p, current=cost[::-1])
    pd.testing.assert_frame_equal(first.plans, other.plans)
    pd.testing.assert_frame_equal(first.shares, other.shares)
    pd.testing.assert_frame_equal(first.robustness, other.robustness)
    share = first.shares[first.shares["plan"] == "optimum"].set_index("account_id")["share"]
    pool = {"A": 0.7, "B": 0.3}
    tier = rows.set_index("account_id")["tier"]
    for account, floor in p.allocation.floors.items():
        assert share[account] >= floor * pool[tier[account]] - 1e-12
    for account, cap in p.allocation.caps.items():
        assert share[account] <= cap * pool[tier[account]] + 1e-12


def test_what_caps_leave_over_is_a_reserve():
    p = Parameters.read({"allocation": {"caps": {"K1": 0.5}}})
    found = price(team(("K1", "A", 40, 0.5)), p)
    assert found.divisions["optimum"].tolist() == [0.35]
    assert row_of(found, "optimum")["reserve"] == pytest.approx(0.65)
    assert row_of(found, "equal")["state"] == "failed"
    assert "K1" in row_of(found, "equal")["reason"]


# What fails, and how


def test_limits_that_cannot_all_hold_fail_the_plan_by_name():
    rows = team(("K1", "A", 40, 0.5), ("K2", "A", 30, 0.5), ("K3", "B", 30, 0.5))
    # 0.6 + 0.6 of A's pool cannot hold; as amounts, 0.42 + 0.42 of the whole, the optimum can keep them.
    found = price(rows, Parameters.read({"allocation": {"floors": {"K1": 0.6, "K2": 0.6}}}))
    for plan in INSIDE:
        row = row_of(found, plan)
        assert row["state"] == "failed" and "K1 0.6, K2 0.6" in row["reason"] and np.isnan(row["value"])
    assert row_of(found, "optimum")["state"] == "ok"
    assert np.isnan(found.cost) and found.robustness["code"].unique().tolist() == [""]
    assert not len(found.assumptions)
    # 0.8 + 0.8: 1.12 of the whole.
    found = price(rows, Parameters.read({"allocation": {"floors": {"K1": 0.8, "K2": 0.8}}}))
    assert (found.plans["state"] == "failed").all()
    assert "K1 0.56, K2 0.56 add up to 1.12" in row_of(found, "optimum")["reason"]
    assert not len(found.robustness)


def test_without_accounts_cost_or_worth_each_row_says_so():
    none = price(PAIR.iloc[:0], PLAIN, language="en")
    assert none.plans["reason"].unique().tolist() == ["there is no active account"]
    assert [len(f) for f in (none.shares, none.robustness, none.assumptions, none.curves, none.points)] == [0] * 5
    assert row_of(price(PAIR, PLAIN, current=pd.Series({"A1": 0.0}), language="en"), "current")["state"] == "failed"
    sure = price(PAIR.assign(win_probability=1.0), PLAIN)
    assert (sure.plans["state"] == "failed").all() and len(sure.shares) and not len(sure.robustness)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"A1": 0.4, "A22": 0.1}, "A22, which is not an active account; nearest: A2"),
        ({"unheard": 0.1}, "unheard, which is not an active account$"),
        ({"A1": -0.1}, "gives A1 -0.1"),
        ({"A1": "much"}, "gives A1 much"),
        ({"A1": 0.8, "A2": 0.3}, "hands out 110% of the resource"),
        ({"A1": float("inf")}, "gives A1 inf"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_account(plan, words):
    with pytest.raises(InputError, match=words):
        price(PAIR, PLAIN, plan=pd.Series(plan), language="en")


def test_a_plan_may_not_name_an_account_twice_and_blank_is_nothing():
    with pytest.raises(InputError, match="A1"):
        price(PAIR, PLAIN, plan=pd.Series([0.1, 0.2], index=["A1", "A1"]))
    found = price(PAIR, PLAIN, plan=pd.Series({"A1": 0.2, "A2": float("nan")}))
    assert found.divisions["my_plan"].tolist() == [0.2, 0.0]


def test_amounts_become_shares_of_the_weekly_total():
    assert shares_of_amounts(pd.Series({"A1": 15.0}), Resource(weekly_total=60)).tolist() == [0.25]
    with pytest.raises(InputError, match="budget"):
        shares_of_amounts(pd.Series({"A1": 15.0}), Resource(weekly_total=0))


# When the responses are wrong


def test_with_hardly_wrong_responses_the_optimum_reaches_all_of_it_and_with_wronger_ones_less():
    rows = drawn(5)
    for steepness in (1.0, 2.0):
        whatif = {"price_errors": (1e-7, 0.3, 0.6, 1.0), "price_draws": 300, "price_steepness": steepness}
        found = price(rows, Parameters.read({"whatif": whatif})).robustness
        best = found[found["plan"] == "optimum"].set_index("cv")["mean"]
        assert best[1e-7] == pytest.approx(1.0, abs=1e-6)
        assert (best.diff().dropna() < 0).all()
        assert ((found["low"] <= found["mean"]) & (found["mean"] <= found["high"]) & (found["high"] <= 1)).all()
        exact = price(rows, Parameters.read({"whatif": whatif})).plans.set_index("plan")["share_of_optimum"]
        hardly = found[found["cv"] == 1e-7].set_index("plan")["mean"]
        assert_allclose(hardly, exact[hardly.index], atol=1e-6)


def test_it_is_told_when_the_optimum_is_no_better_than_the_rule():
    # Alike, one in A and one in B: half each is best; a rule of 50/50 is as good, one of 70/30 mostly worse.
    alike = team(("K1", "A", 50, 0.5), ("K2", "B", 50, 0.5))
    codes = {}
    for share in (0.5, 0.99):
        p = Parameters.read(
            {"allocation": {"share_a": share, "share_b": 1 - share}, "whatif": {"price_errors": (0.3,)}}
        )
        found = price(alike, p).robustness.set_index("plan")
        codes[share] = found.loc["optimum", "code"]
        assert found.loc["expected_value", "code"] == "is_rule"
    assert codes == {0.5: "no_better", 0.99: "better"}


def test_errors_have_mean_one_and_the_given_variation():
    # One account and a plan of half of it: reached = (0.5/(0.5 + k)) / (1/(1 + k)), k = 1.5 e, e of mean 1 and cv 0.5.
    one = team(("K1", "A", 50, 0.5))
    p = Parameters.read({"whatif": {"price_errors": (0.5,), "price_draws": 4000}})
    found = price(one, p, plan=pd.Series({"K1": 0.5})).robustness.set_index("plan").loc["my_plan"]
    s = np.sqrt(np.log(1.25))
    z = np.linspace(-6, 6, 4001)
    k = 1.5 * np.exp(s * z - s * s / 2)
    density = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    assert found["mean"] == pytest.approx((density * 0.5 * (1 + k) / (0.5 + k)).sum(), abs=0.003)


def test_the_same_seed_gives_the_same_and_another_seed_another():
    rows = drawn(8)
    again = [price(rows, Parameters.read(overrides={"whatif.price_draws": 100})).robustness for _ in range(2)]
    pd.testing.assert_frame_equal(*again)
    other = price(rows, Parameters.read(overrides={"whatif.price_draws": 100, "whatif.seed": 1})).robustness
    assert (other["mean"] != again[0]["mean"]).any()


def test_where_small_efforts_are_lost_for_all_the_assumed_optimum_may_be_worse_than_the_rule():
    rows = team(*[(f"K{i}", "A", 60, 0.5) for i in range(2)], *[(f"L{i}", "C", 55, 0.5) for i in range(10)])
    p = Parameters.read({"dynamics": {"steepness": 4.0}})
    found = price(rows, p).assumptions
    assert found["in_use"].sum() == 1
    used = found[found["in_use"]].iloc[0]
    assert used["optimum"] == pytest.approx(1.0) and used["rule"] < 1
    assert (found.loc[found["steepness"] == 4.0, "optimum"] < found.loc[found["steepness"] == 4.0, "rule"]).any()
    assert (found[["rule", "optimum"]] <= 1 + 1e-12).all(axis=None)


# The sample


@pytest.fixture(scope="module")
def week():
    friday = np.datetime64("2026-11-20")
    return WeekState(load(SAMPLE), friday, PLAIN)


def test_the_rules_plan_is_the_one_that_the_review_publishes(week):
    found = price(week.team, PLAIN, current=week.reports_of_week(week.friday).groupby("account_id")["cost"].sum())
    published = week.allocation[week.allocation["resource"] == "budget"].groupby("account_id")["share"].sum()
    assert found.rule == "expected_value" and row_of(found, "expected_value")["in_force"]
    assert found.plans["in_force"].sum() == 1
    assert_allclose(found.divisions[found.rule], published.reindex(found.responses.accounts).fillna(0.0), atol=1e-15)
    cost = week.reports_of_week(week.friday)[["account_id", "cost"]]
    closed = cost.loc[~cost["account_id"].isin(found.responses.accounts), "cost"].sum()
    assert row_of(found, "current")["reserve"] == pytest.approx(closed / cost["cost"].sum())


def test_another_rule_inside_is_marked_as_the_one_in_force(week):
    p = Parameters.read({"allocation": {"inside": "optimal", "share_a": 0.6, "share_b": 0.3}})
    table = price(week.team, p).plans.set_index("plan")
    assert table.index[table["in_force"]].tolist() == ["optimal"]
    assert table.loc["optimal", "reserve"] == pytest.approx(0.1)
    assert table.loc["best_split", "reserve"] == pytest.approx(0.0, abs=1e-12)
