"""E4 by hand: to the basis point, both signs, over a quarter; and against a plain loop."""

import random

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from tests.method.asked import METHOD, asked, executive, granted, judged, price, technical
from toolkit.base.errors import InputError
from toolkit.method.requests import JUDGED_COLUMNS, AuthorityA, AuthorityC, AuthorityParameters, EarlierMatrix, judge
from toolkit.parameters import Parameters


def one(*rows, p=METHOD):
    """The last of these requests as judged."""
    return judged(*rows, p=p).iloc[-1]


# The price float


@pytest.mark.parametrize(
    ("tier", "basis_points", "verdict"),
    [
        ("A", 1499, "allowed"),
        ("A", 1500, "allowed"),
        ("A", 1501, "up_to"),
        ("B", 799, "allowed"),
        ("B", 800, "allowed"),
        ("B", 801, "up_to"),
        ("C", 1, "forbidden"),
        ("C", 0, "allowed"),
    ],
)
def test_the_float_is_exact_to_the_basis_point_both_ways(tier, basis_points, verdict):
    rows = judged(*(price(sign * basis_points / 10_000, tier=tier, account_id=f"X{sign}") for sign in (1, -1)))
    assert rows["verdict"].tolist() == [verdict] * 2 and rows["asked"].tolist() == [basis_points / 10_000] * 2
    assert rows["limit"].tolist() == [{"A": 0.15, "B": 0.08, "C": 0.0}[tier]] * 2


def test_two_eight_per_cent_in_a_quarter_are_not_eight():
    row = one(granted(-0.08, "2026-10-13T10:00"), price(-0.08, "2026-11-10T10:00"))
    assert (row["verdict"], row["code"]) == ("forbidden", "float_used_up")
    assert (row["used"], row["remaining"]) == (0.08, 0)


def test_what_is_left_of_the_float_is_allowed():
    # 5 % used of 8 %: 3 % are left, to the basis point, whatever the sign
    before = granted(-0.05, "2026-10-13T10:00")
    assert one(before, price(-0.03))["verdict"] == "allowed"
    assert one(before, price(0.03))["verdict"] == "allowed"
    over = one(before, price(-0.0301))
    assert (over["verdict"], over["code"]) == ("up_to", "over_float")
    assert over["remaining"] == pytest.approx(0.03)


def test_up_and_down_add_up():
    assert one(granted(0.05, "2026-10-13T10:00"), price(-0.04))["used"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("before", "used"),
    [
        (granted(-0.05), 0.05),
        (granted(-0.05, drawn_at="2026-11-10T12:00", price_drawn=-0.02), 0.02),  # drawn counts rather than granted
        (granted(-0.05, drawn_at="2026-11-10T12:00", price_drawn=-0.07), 0.07),
        (price(-0.05, decision="approved", approved_at="2026-11-10T10:00"), 0.05),  # as asked
        (price(-0.06, decision="approved", price_granted=-0.04), 0.04),
        (price(-0.05), 0),  # undecided
        (price(-0.05, decision="rejected"), 0),
        (price(-0.05, decision="withdrawn"), 0),
        (price(-0.05, decision="rejected", drawn_at="2026-11-10T12:00", price_drawn=-0.05), 0.05),  # drawn all the same
        (granted(-0.05, account_id="X2"), 0),
        (granted(-0.05, rep_id="S2"), 0.05),  # whoever asked
        (technical(), 0),
        (granted(-0.05, "2026-09-30T23:59"), 0),  # the quarter before
        (granted(-0.05, "2026-10-01T00:00"), 0.05),
    ],
)
def test_an_earlier_request_of_the_quarter_has_used(before, used):
    assert one({"requested_at": "2026-11-10T09:00", **before}, price(-0.01, "2026-11-12T09:00"))["used"] == used


def test_the_quarter_starts_anew():
    before = granted(-0.08, "2026-12-31T23:59")
    assert one(before, price(-0.08, "2026-12-31T23:59:30"))["verdict"] == "forbidden"
    assert one(before, price(-0.08, "2027-01-01T00:00"))["verdict"] == "allowed"


def test_earlier_is_by_time_and_then_by_id():
    late, early = granted(-0.03, "2026-11-12T09:00"), granted(-0.02, "2026-11-11T09:00")
    assert judged(late, early)["used"].tolist() == [0.02, 0.0]
    assert judged(early, early)["used"].tolist() == [0.0, 0.02]


def test_a_price_request_without_a_change_cannot_be_judged():
    row = one(price(np.nan))
    assert (row["verdict"], row["code"]) == ("cannot_judge", "price_missing")


# Technical resources and executives


def test_technical_resources_are_for_a_and_b():
    rows = judged(technical(tier="A"), technical(tier="B"), technical(tier="C"))
    assert rows["verdict"].tolist() == ["allowed", "allowed", "forbidden"]
    assert rows[["asked", "limit", "used", "remaining"]].isna().all().all()


@pytest.mark.parametrize(
    ("tier", "level", "verdict", "code"),
    [
        ("A", "director", "allowed", "level_allowed"),
        ("A", "manager", "allowed", "level_allowed"),
        ("A", None, "up_to", "level_missing"),
        ("B", "manager", "allowed", "level_allowed"),
        ("B", "director", "up_to", "level_too_high"),
        ("C", "manager", "forbidden", "executive_forbidden"),
        ("C", None, "forbidden", "executive_forbidden"),
    ],
)
def test_an_executive_steps_in_up_to_the_tier_s_level(tier, level, verdict, code):
    row = one(executive(level, tier=tier))
    assert (row["verdict"], row["code"]) == (verdict, code)
    assert row["level"] == (level or "") and row["limit_level"] == {"A": "director", "B": "manager", "C": "none"}[tier]


def test_without_a_tier_the_matrix_cannot_say():
    rows = judged(price(-0.01, tier=""), technical(tier=""), executive(tier=""), price(-0.01, tier="", listed=True))
    assert set(rows["verdict"]) == {"cannot_judge"} and set(rows["code"]) == {"no_tier"}
    assert rows["limit"].isna().all() and not rows["lifted"].any()


# The lift


def test_a_listed_account_counts_as_at_least_b():
    rows = judged(*(price(-0.08, tier=tier, listed=True, account_id=tier) for tier in "ABC"))
    assert rows["matrix_tier"].tolist() == ["A", "B", "B"] and rows["tier"].tolist() == ["A", "B", "C"]
    assert rows["lifted"].tolist() == [False, False, True] and rows["verdict"].tolist() == ["allowed"] * 3
    assert judged(technical(tier="C", listed=True))["verdict"].tolist() == ["allowed"]


def test_the_lift_can_be_switched_off():
    row = one(price(-0.08, tier="C", listed=True), p=AuthorityParameters(lift=False))
    assert (row["matrix_tier"], row["lifted"], row["verdict"]) == ("C", False, "forbidden")


# The matrix of the day

BEFORE = EarlierMatrix(name="2026 spring", until="2026-06-30", a=AuthorityA(price_float=0.10))
FIRST = EarlierMatrix(name="2025", until="2025-12-31", a=AuthorityA(price_float=0.05))


@pytest.mark.parametrize(
    ("at", "limit", "name"),
    [
        ("2025-12-31T23:59", 0.05, "2025"),
        ("2026-01-01T00:00", 0.10, "2026 spring"),
        ("2026-06-30T23:59", 0.10, "2026 spring"),
        ("2026-07-01T00:00", 0.15, ""),
    ],
)
def test_a_request_is_judged_by_the_matrix_of_its_day(at, limit, name):
    for earlier in [(BEFORE, FIRST), (FIRST, BEFORE)]:
        row = one(price(-0.01, at, tier="A"), p=AuthorityParameters(earlier=earlier))
        assert (row["limit"], row["matrix"]) == (limit, name)


def test_earlier_matrices_are_told_apart():
    for clash in [
        (BEFORE, BEFORE),
        (BEFORE, EarlierMatrix(name="other", until="2026-06-30")),
        (EarlierMatrix(name=""),),
    ]:
        with pytest.raises(ValidationError, match="of their own"):
            AuthorityParameters(earlier=clash)


def test_an_earlier_matrix_is_read_and_changed_by_its_name():
    file = {"authority": {"earlier": [{"name": "old", "until": "2026-06-30", "b": {"price_float": "0.05"}}]}}
    read = Parameters.read(file).authority.earlier[0]
    assert (read.until.isoformat(), read.b.price_float, read.a.price_float) == ("2026-06-30", 0.05, 0.15)
    changed = Parameters.read(file, {"authority.earlier.old.b.price_float": 0.06, "authority.b.price_float": 0.09})
    assert changed.authority.earlier[0].b.price_float == 0.06 and changed.authority.b.price_float == 0.09
    with pytest.raises(InputError, match="older"):
        Parameters.read(file, {"authority.earlier.older.b.price_float": 0.06})
    with pytest.raises(InputError, match="authority.earlier.0.b.price_float"):
        Parameters.read({"authority": {"earlier": [{"name": "old", "b": {"price_float": 5}}]}})


def test_giving_c_accounts_anything_departs_from_the_method():
    for c in (AuthorityC(price_float=0.01), AuthorityC(technical_unit="hours"), AuthorityC(executive_level="manager")):
        assert AuthorityParameters(c=c).departures() == ("authority.c",)
    assert METHOD.departures() == () and Parameters().departures() == ()


# Pending, edges, reference


@pytest.mark.parametrize(
    ("more", "pending"),
    [
        ({}, True),
        ({"decision": "approved"}, False),
        ({"decision": "rejected"}, False),
        ({"decision": "withdrawn"}, False),
        ({"responded_at": "2026-11-10T10:00"}, False),
        ({"delivered_at": "2026-11-10T10:00"}, False),
    ],
)
def test_a_request_waits_until_somebody_decides_or_acts(more, pending):
    assert one(technical(**more))["pending"] == pending


def test_no_requests_make_an_empty_typed_frame():
    none = judged()
    assert list(none.columns) == list(JUDGED_COLUMNS) and none.empty
    assert none["limit"].dtype == float and none["pending"].dtype == bool and none["verdict"].dtype == "str"


def test_the_order_of_the_rows_does_not_matter():
    rows = [granted(-0.01 * n, f"2026-11-{n + 1:02d}T09:00") for n in range(1, 8)]
    frame = asked(*rows)
    backwards = judge(frame[::-1].reset_index(drop=True), METHOD)[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(judge(frame, METHOD), backwards)


@pytest.mark.parametrize("seed", range(2))
def test_every_verdict_equals_a_plain_loop_on_random_requests(seed):
    rng = random.Random(seed)
    rows = []
    for _ in range(100):
        at = pd.Timestamp("2026-08-01") + pd.Timedelta(hours=rng.randrange(24 * 150))
        more = {
            "account_id": f"X{rng.randrange(6)}",
            "tier": rng.choice(["A", "B", "C", ""]),
            "listed": rng.random() < 0.2,
        }
        more["decision"] = rng.choice([None, "approved", "rejected", "withdrawn"])
        if rng.random() < 0.4:
            more |= {"drawn_at": at, "price_drawn": rng.randrange(-9, 9) / 100}
        if rng.random() < 0.5:
            more["price_granted"] = rng.randrange(-9, 9) / 100
        rows.append(price(rng.choice([rng.randrange(-1600, 1600) / 10_000, np.nan]), at, **more))
    frame = asked(*rows)
    found = judge(frame, METHOD)
    floats = {"A": 0.15, "B": 0.08, "C": 0.0}
    for n, row in enumerate(frame.to_dict("records")):
        used = 0.0
        for other in frame.to_dict("records"):
            first = (other["requested_at"], other["request_id"]) < (row["requested_at"], row["request_id"])
            near = other["account_id"] == row["account_id"]
            if first and near and other["requested_at"].to_period("Q") == row["requested_at"].to_period("Q"):
                given = other["price_granted"] if pd.notna(other["price_granted"]) else other["price_change"]
                if pd.notna(other["price_drawn"]):
                    used += abs(other["price_drawn"])
                elif other["decision"] == "approved" and pd.notna(given):
                    used += abs(given)
        tier = "B" if row["tier"] == "C" and row["listed"] else row["tier"]
        assert found["used"][n] == pytest.approx(used) and found["matrix_tier"][n] == tier
        if not tier or np.isnan(row["price_change"]):
            verdict = "cannot_judge"
        elif abs(row["price_change"]) <= max(floats[tier] - used, 0) + 1e-9:
            verdict = "allowed"
        else:
            verdict = "up_to" if floats[tier] - used > 1e-9 else "forbidden"
        assert found["verdict"][n] == verdict
