"""S6: 70/30 by hand, its properties, and a plain loop on random portfolios."""

import itertools
import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pydantic import ValidationError

from toolkit.base.errors import InputError
from toolkit.base.tiers import tier_codes
from toolkit.method.allocation import (
    COLUMNS,
    DEFAULT_RESOURCES,
    AllocationParameters,
    Resource,
    allocate,
    divide,
    released,
    weights,
)

BUDGET = Resource(weekly_total=400_000)
DAYS = Resource(name="person_days", unit="person-days", weekly_total=60, whole=True)
DEFAULT = AllocationParameters()


def team(*rows):
    """(id, tier, value index, win probability, demoted, emerging weight); the last two may be left out."""
    full = [(*row, *(False, 0.0)[len(row) - 4 :]) for row in rows]
    names = ["account_id", "tier", "value_index", "win_probability", "demoted", "emerging_weight"]
    frame = pd.DataFrame(full, columns=names)
    return frame.astype({"value_index": float, "win_probability": float, "demoted": bool, "emerging_weight": float})


def parts(table, column="amount"):
    return {(row.account_id, row.pool): getattr(row, column) for row in table.itertuples()}


# By hand


def test_seventy_goes_to_a_and_thirty_to_b_by_expected_value():
    # A: 80 x .75 = 60 and 50 x .8 = 40: 42 % and 28 % of the whole; B: 60 x .5 = 30 and 50 x .2 = 10: 22.5 % and
    # 7.5 %; C nothing. Of 400,000: 168,000, 112,000, 90,000, 30,000.
    table = allocate(
        team(
            ("K5", "C", 90, 0.9),
            ("K4", "B", 50, 0.2),
            ("K3", "B", 60, 0.5),
            ("K2", "A", 50, 0.8),
            ("K1", "A", 80, 0.75),
        ),
        (BUDGET,),
        DEFAULT,
    )
    assert tuple(table.columns) == COLUMNS
    assert table["account_id"].tolist() == ["K1", "K2", "K3", "K4"]
    assert table["pool"].tolist() == ["a", "a", "b", "b"]
    assert_allclose(table["share"], [0.42, 0.28, 0.225, 0.075])
    assert_allclose(table["amount"], [168_000, 112_000, 90_000, 30_000])


@pytest.mark.parametrize(
    ("inside", "share"),
    [("equal", [0.35, 0.35]), ("value", [0.4375, 0.2625]), ("expected_value", [0.35, 0.35])],
)
def test_the_rule_inside_a_tier(inside, share):
    # Value 50 and 30: 5/8 and 3/8 of 0.7. Expected value 50 x .6 = 30 x 1 = 30: halves.
    table = allocate(team(("K1", "A", 50, 0.6), ("K2", "A", 30, 1.0)), (BUDGET,), AllocationParameters(inside=inside))
    assert_allclose(table["share"][:2], share)


def test_the_optimum_inside_a_tier_by_hand():
    # v p (1 - p): 64 x .25 = 16 and 16 x .25 = 4; kappa 1.5 x 0.35 = 0.525 (shares of the whole).
    # x = s sqrt(v kappa) - kappa, sum 0.7: s sqrt(kappa) (4 + 2) = 0.7 + 1.05; x = 4/6 x 1.75 - 0.525 and 2/6 x ...
    table = allocate(
        team(("K1", "A", 64, 0.5), ("K2", "A", 16, 0.5)), (BUDGET,), AllocationParameters(inside="optimal")
    )
    assert_allclose(table["share"][:2], [4 / 6 * 1.75 - 0.525, 2 / 6 * 1.75 - 0.525])


def test_whole_person_days_by_hand():
    # 60 days. A (42): 60, 40, 20 -> 21, 14, 7. B (18): 30, 20, 20 -> 7.714, 5.143, 5.143: floors 7, 5, 5, the one
    # left to the .714.
    rows = team(
        ("K1", "A", 100, 0.6), ("K2", "A", 50, 0.8), ("K3", "A", 20, 1.0),
        ("K4", "B", 60, 0.5), ("K5", "B", 40, 0.5), ("K6", "B", 50, 0.4),
    )  # fmt: skip
    assert allocate(rows, (DAYS,), DEFAULT)["amount"].tolist() == [21, 14, 7, 8, 5, 5]


def test_equal_remainders_of_whole_days_go_to_the_lower_id():
    # 42 over 4 alike: 10.5 each, K1 and K2 take the two left; the reserve is 18.
    rows = team(*[(f"K{i}", "A", 50, 0.6) for i in (4, 3, 2, 1)])
    table = allocate(rows, (DAYS,), DEFAULT)
    assert table["amount"].tolist() == [11, 11, 10, 10, 18]


def test_what_demoted_accounts_release_goes_to_emerging_ones_by_weight():
    # B: 30; demoted 20 and 10: they would draw 0.3 x 30/60 = 0.15. Emerging 3 : 1 -> 0.1125 and 0.0375.
    rows = team(
        ("K1", "A", 50, 0.8), ("K2", "B", 60, 0.5), ("K3", "C", 40, 0.5, True, 0.0), ("K4", "C", 20, 0.5, True, 0.0),
        ("K5", "C", 70, 0.2, False, 3.0), ("K6", "B", 0, 0.4, False, 1.0),
    )  # fmt: skip
    found = parts(allocate(rows, (BUDGET,), DEFAULT), "share")
    expected = {
        ("K1", "a"): 0.7,
        ("K2", "b"): 0.15,
        ("K6", "b"): 0.0,
        ("K5", "emerging"): 0.1125,
        ("K6", "emerging"): 0.0375,
    }
    assert found.keys() == expected.keys()
    for key, share in expected.items():
        assert found[key] == pytest.approx(share)
    assert_allclose(released(rows, DEFAULT)["share"], [0.1, 0.05])
    assert released(rows, DEFAULT)["account_id"].tolist() == ["K3", "K4"]


def test_without_an_emerging_account_the_released_share_stays_in_the_b_pool():
    rows = team(("K1", "A", 50, 0.8), ("K2", "B", 60, 0.5), ("K3", "C", 60, 0.5, True, 0.0))
    assert parts(allocate(rows, (BUDGET,), DEFAULT), "share") == {("K1", "a"): 0.7, ("K2", "b"): 0.3}
    assert released(rows, DEFAULT)["share"].tolist() == [0.15]


def test_with_demoted_and_emerging_accounts_only_the_whole_b_pool_moves():
    rows = team(("K1", "A", 50, 0.8), ("K3", "C", 60, 0.5, True, 0.0), ("K4", "C", 60, 0.5, False, 2.0))
    for empty_tier in ("reserve", "spill"):
        table = allocate(rows, (BUDGET,), AllocationParameters(empty_tier=empty_tier))
        assert parts(table, "share") == {("K1", "a"): 0.7, ("K4", "emerging"): 0.3}


# Edges


def test_an_empty_tiers_share_stays_as_a_reserve_or_goes_over():
    spill = AllocationParameters(empty_tier="spill")
    only_b, only_a = team(("K1", "B", 50, 0.5)), team(("K1", "A", 50, 0.5))
    assert parts(allocate(only_b, (DAYS,), DEFAULT)) == {("K1", "b"): 18, ("", "a"): 42}
    assert parts(allocate(only_a, (DAYS,), DEFAULT)) == {("K1", "a"): 42, ("", "b"): 18}
    assert parts(allocate(only_b, (DAYS,), spill)) == {("K1", "b"): 60}
    assert parts(allocate(only_a, (DAYS,), spill)) == {("K1", "a"): 60}
    reserve = allocate(only_a, (DAYS,), DEFAULT).iloc[-1]
    assert (reserve["account_id"], reserve["tier"]) == ("", "")


@pytest.mark.parametrize("empty_tier", ["reserve", "spill"])
@pytest.mark.parametrize("rows", [team(), team(("K1", "C", 50, 0.2))])
def test_without_any_a_or_b_account_everything_is_reserve(rows, empty_tier):
    table = allocate(rows, DEFAULT_RESOURCES, AllocationParameters(empty_tier=empty_tier))
    assert table["account_id"].tolist() == ["", "", "", ""]
    assert_allclose(table["amount"], [280_000, 120_000, 42, 18])


def test_without_resources_the_table_is_empty_with_its_columns():
    table = allocate(team(("K1", "A", 50, 0.5)), (), DEFAULT)
    assert (len(table), tuple(table.columns)) == (0, COLUMNS)


@pytest.mark.parametrize("value", [0.0, math.nan])
@pytest.mark.parametrize("inside", ["equal", "value", "expected_value", "optimal"])
def test_a_tier_without_any_weight_shares_evenly(value, inside):
    rows = team(("K1", "A", value, 0.7), ("K2", "A", value, 0.9))
    table = allocate(rows, (DAYS,), AllocationParameters(inside=inside))
    assert_allclose(table["share"], [0.35, 0.35, 0.3])
    assert table["amount"].tolist() == [21, 21, 18]


def test_a_blank_value_counts_nothing_beside_others():
    table = allocate(team(("K1", "A", 40, 0.7), ("K2", "A", math.nan, 0.9)), (DAYS,), DEFAULT)
    assert table["amount"].tolist() == [42, 0, 18]


def test_what_the_shares_leave_over_is_a_reserve_of_no_pool():
    p = AllocationParameters(share_a=0.5, share_b=0.3)
    table = allocate(team(("K1", "A", 50, 0.5), ("K2", "B", 50, 0.5)), (DAYS,), p)
    assert parts(table) == {("K1", "a"): 30, ("K2", "b"): 18, ("", ""): 12}
    assert p.departures() == ("allocation.undistributed",)


# Limits


def test_floors_and_caps_are_found_by_name_and_are_shares_of_the_pool():
    # Alike by value; K2 at most 10 % of A's 0.7 = 0.07, the 0.63 left to K1 and K3, in any order of rows.
    p = AllocationParameters(caps={"K2": 0.1, "K9": 0.2})
    rows = team(("K1", "A", 50, 0.5), ("K2", "A", 50, 0.5), ("K3", "A", 50, 0.5))
    for order in itertools.permutations(range(3)):
        table = allocate(rows.iloc[list(order)], (BUDGET,), p)
        assert_allclose(table["share"], [0.315, 0.07, 0.315, 0.3])


def test_a_floor_holds_when_the_demoted_release_their_part():
    # Pool b 0.3: K1 has a floor of 80 % = 0.24; the demoted one gets the rest of the hypothetical pool, 0.06.
    rows = team(("K1", "B", 50, 0.5), ("K2", "C", 50, 0.5, True, 0.0), ("K3", "C", 50, 0.2, False, 1.0))
    found = parts(allocate(rows, (BUDGET,), AllocationParameters(floors={"K1": 0.8, "K2": 0.9})), "share")
    assert found[("K1", "b")] == pytest.approx(0.24)
    assert found[("K3", "emerging")] == pytest.approx(0.06)


def test_limits_that_cannot_all_hold_name_accounts_and_numbers():
    rows = team(("K1", "A", 50, 0.5), ("K2", "A", 50, 0.5), ("K3", "B", 50, 0.5))
    with pytest.raises(InputError, match=r"floors K1 0\.6, K2 0\.7 add up to 1\.3, but 1 "):
        allocate(rows, (BUDGET,), AllocationParameters(floors={"K1": 0.6, "K2": 0.7}))
    with pytest.raises(InputError, match=r"caps K1 0\.3, K2 0\.4 add up to 0\.7"):
        allocate(rows, (BUDGET,), AllocationParameters(caps={"K1": 0.3, "K2": 0.4}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_a": 0.8, "share_b": 0.3},
        {"floors": {"K1": 1.5}},
        {"caps": {"K1": -0.1}},
        {"inside": "guess"},
        {"share": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        AllocationParameters(**wrong)


def test_a_broken_total_cannot_be_handed_out_whole():
    with pytest.raises(ValidationError, match="whole units"):
        Resource(name="days", weekly_total=7.5, whole=True)


# Properties

ACCOUNT = st.tuples(
    st.sampled_from("ABC"),
    st.integers(0, 100),
    st.integers(0, 100).map(lambda p: p / 100),
    st.booleans(),
    st.sampled_from([0.0, 0.0, 0.5, 2.0]),
)


@st.composite
def portfolios(draw):
    """Up to ten accounts; a demoted one is C and not emerging, an emerging one outside A, as S3 has it."""
    rows = []
    for i, (tier, value, p, out, claim) in enumerate(draw(st.lists(ACCOUNT, max_size=10))):
        demoted = out and tier == "C"
        rows.append((f"K{i:02}", tier, value, p, demoted, 0.0 if demoted or tier == "A" else claim))
    return team(*rows)


SETTINGS = st.builds(
    AllocationParameters,
    inside=st.sampled_from(["equal", "value", "expected_value", "optimal"]),
    empty_tier=st.sampled_from(["reserve", "spill"]),
)


@given(portfolios(), SETTINGS)
def test_parts_and_reserve_add_up_to_the_cent_and_the_whole_day(rows, p):
    table = allocate(rows, (BUDGET, DAYS), p)
    for resource in (BUDGET, DAYS):
        of = table[table["resource"] == resource.name]
        assert abs(of["share"].sum() - 1) < 1e-12
        assert abs(of["amount"].sum() - resource.weekly_total) < 1e-6
        assert (of["amount"] >= 0).all()
    days = table.loc[table["resource"] == "person_days", "amount"]
    assert days.sum() == 60 and (days == days.round()).all()


@given(portfolios(), SETTINGS, st.floats(0, 0.6), st.floats(0, 0.6))
def test_with_limits_the_parts_add_up_and_hold_them_or_the_accounts_are_named(rows, p, floor, cap):
    p = p.model_copy(update={"floors": {"K00": floor}, "caps": {"K01": cap}})
    try:
        table = allocate(rows, (BUDGET, DAYS), p)
    except InputError as error:
        assert "K01" in str(error)  # the only one in its pool, or the rest of it is full
        return
    assert_allclose(table.groupby("resource")["amount"].sum(), [400_000, 60])
    assert abs(table.loc[table["resource"] == "budget", "share"].sum() - 1) < 1e-12
    pool = {"a": p.share_a, "b": p.share_b}
    if not (table["account_id"] == "").any() and p.empty_tier == "reserve":
        own = table[(table["resource"] == "budget") & table["pool"].isin(["a", "b"])]
        share = {row.account_id: row.share / pool[row.pool] for row in own.itertuples()}
        assert share.get("K00", 1.0) >= floor - 1e-9
        assert share.get("K01", 0.0) <= cap + 1e-9


@given(portfolios(), SETTINGS.filter(lambda p: p.inside != "optimal"))
def test_a_higher_score_never_gets_less(rows, p):
    table = allocate(rows, (BUDGET, DAYS), p)
    table["weight"] = table["account_id"].map(
        dict(zip(rows["account_id"], weights(rows["value_index"], rows["win_probability"], p.inside), strict=True))
    )
    of = table[table["pool"].isin(["a", "b"]) & (table["account_id"] != "")]
    for _, pool in of.groupby(["resource", "pool"]):
        for x, y in itertools.permutations(pool.itertuples(), 2):
            if x.weight > y.weight:
                assert x.share >= y.share and x.amount >= y.amount


@given(portfolios(), SETTINGS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, p, shuffle):
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    first, second = (allocate(r, (BUDGET, DAYS), p) for r in (rows, rows.iloc[order]))
    pd.testing.assert_frame_equal(first, second)


@given(portfolios(), SETTINGS)
def test_c_accounts_draw_nothing_unless_they_emerge(rows, p):
    table = allocate(rows, (BUDGET,), p)
    assert set(table.loc[table["tier"] == "C", "pool"]) <= {"emerging"}


# The plain loop


def plain_allocation(rows, total, whole, p):
    """S6 once more, account by account, for the proportional rules."""

    def weight(r):
        if p.inside == "equal":
            return 1.0
        v = 0.0 if math.isnan(r.value_index) else r.value_index
        return v if p.inside == "value" else v * (0.0 if math.isnan(r.win_probability) else r.win_probability)

    def split(members, size):
        total_weight = sum(weight(r) for r in members)
        if total_weight == 0:
            return {r.account_id: size / len(members) for r in members}
        return {r.account_id: size * weight(r) / total_weight for r in members}

    accounts = sorted(rows.itertuples(), key=lambda r: r.account_id)
    a, b = [r for r in accounts if r.tier == "A"], [r for r in accounts if r.tier == "B"]
    demoted = [r for r in accounts if r.demoted]
    emerging = [r for r in accounts if r.emerging_weight > 0]
    sizes = {"a": p.share_a, "b": p.share_b}
    if p.empty_tier == "spill":
        if not a and b:
            sizes = {"a": 0.0, "b": p.share_a + p.share_b}
        if a and not b and not (demoted and emerging):
            sizes = {"a": p.share_a + p.share_b, "b": 0.0}
    shares = {}
    for account, share in (split(a, sizes["a"]) if a else {"": sizes["a"]}).items():
        shares[(account, "a")] = share
    if demoted and emerging:
        hypothetical = split(b + demoted, sizes["b"])
        freed = sum(hypothetical[r.account_id] for r in demoted)
        claims = sum(r.emerging_weight for r in emerging)
        for r in b:
            shares[(r.account_id, "b")] = hypothetical[r.account_id]
        for r in emerging:
            if freed > 0:
                shares[(r.account_id, "emerging")] = freed * r.emerging_weight / claims
    else:
        for account, share in (split(b, sizes["b"]) if b else {"": sizes["b"]}).items():
            shares[(account, "b")] = share
    shares = {key: share for key, share in shares.items() if key[0] or share > 0}
    if not whole:
        return {key: share * total for key, share in shares.items()}

    def rounded(quantities, units, rank):
        exact = {key: round(q, 9) for key, q in quantities.items()}
        out = {key: math.floor(q) for key, q in exact.items()}
        ranked = sorted(exact, key=lambda k: (-round(exact[k] - out[k], 9), rank(k)))
        for key in ranked[: int(units) - sum(out.values())]:
            out[key] += 1
        return out

    # whole units: first for the two sides of the 70/30, then inside each
    side = {"a": "a", "b": "b", "emerging": "b"}
    size = {}
    for key, share in shares.items():
        size[side[key[1]]] = size.get(side[key[1]], 0.0) + share
    units = rounded({name: share * total for name, share in size.items()}, total, rank=lambda name: name)
    order = {"a": 0, "b": 1, "emerging": 2}
    out = {}
    for name in units:
        mine = {k: s / size[name] * units[name] for k, s in shares.items() if side[k[1]] == name and size[name]}
        out |= rounded(mine, units[name], rank=lambda k: (k[0] == "", k[0], order[k[1]]))
    return {key: out.get(key, 0) for key in shares}


def random_portfolio(rng):
    rows = []
    for i in range(rng.randrange(0, 30)):
        tier = rng.choice("ABCC")
        demoted = tier == "C" and rng.random() < 0.3
        claim = rng.random() if tier != "A" and not demoted and rng.random() < 0.3 else 0.0
        value = rng.choice([math.nan, 0.0, 50.0, 100 * rng.random(), 100 * rng.random()])
        rows.append((f"K{i:02}", tier, value, rng.random(), demoted, claim))
    return team(*rows)


@pytest.mark.parametrize("inside", ["equal", "value", "expected_value"])
@pytest.mark.parametrize("empty_tier", ["reserve", "spill"])
def test_the_rule_equals_a_plain_loop_on_random_portfolios(inside, empty_tier):
    rng = random.Random(7)
    p = AllocationParameters(inside=inside, empty_tier=empty_tier)
    for _ in range(40):
        rows = random_portfolio(rng)
        table = allocate(rows, (BUDGET, DAYS), p)
        for resource in (BUDGET, DAYS):
            found = parts(table[table["resource"] == resource.name])
            expected = plain_allocation(rows, resource.weekly_total, resource.whole, p)
            assert found.keys() == expected.keys()
            assert_allclose([found[k] for k in expected], list(expected.values()), atol=1e-6)


@pytest.mark.parametrize("inside", ["equal", "expected_value", "optimal"])
@pytest.mark.parametrize("empty_tier", ["reserve", "spill"])
def test_many_paths_at_once_equal_one_by_one(inside, empty_tier):
    p = AllocationParameters(inside=inside, empty_tier=empty_tier)
    draw = np.random.default_rng(8)
    shape = (50, 6)
    code = draw.integers(-1, 3, shape).astype(np.int8)
    demoted = (code == 2) & (draw.random(shape) < 0.4)
    claim = np.where((code > 0) & ~demoted & (draw.random(shape) < 0.3), draw.random(shape), 0.0)
    weight = np.where(draw.random(shape) < 0.2, 0.0, draw.random(shape))
    together = divide(code, weight, demoted, claim, p)
    for path in range(50):
        alone = divide(code[path], weight[path], demoted[path], claim[path], p)
        for name in ("tier", "emerging", "reserve_a", "reserve_b"):
            assert_allclose(getattr(together, name)[path], getattr(alone, name), atol=1e-12)
    total = together.tier.sum(-1) + together.emerging.sum(-1) + together.reserve_a + together.reserve_b
    assert_allclose(total, 1.0, rtol=1e-12)


def test_the_array_core_says_what_the_frame_says():
    rows = random_portfolio(random.Random(9))
    weight = weights(rows["value_index"], rows["win_probability"], "expected_value")
    division = divide(tier_codes(rows["tier"]), weight, rows["demoted"], rows["emerging_weight"], DEFAULT)
    table = allocate(rows, (BUDGET,), DEFAULT)
    own = table[table["pool"].isin(["a", "b"]) & (table["account_id"] != "")]
    by_id = dict(zip(rows["account_id"], division.tier, strict=True))
    assert_allclose(own["share"], own["account_id"].map(by_id), atol=1e-15)
