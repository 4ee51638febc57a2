"""Replay by hand, by properties, and against a plain loop over accounts and weeks."""

import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.method.portfolios import (
    FIRST,
    NAN,
    blank,
    fridays,
    grid_of,
    newest,
    plain_counts,
    plain_progress,
    plain_table,
    random_portfolio,
)
from toolkit.base.errors import InputError
from toolkit.base.tiers import NOT_ACTIVE, letters
from toolkit.parameters import Parameters
from toolkit.state.portfolio import Scored, scored_with
from toolkit.whatif.log import Log, under
from toolkit.whatif.replay import EXACT, LABEL, Replay, compare, replay

SCENARIOS = (
    {},
    {"tiers.a.min_win_probability": 0.45, "tiers.a.min_strategic_weight": 60},
    {"demotion.weeks": 3, "allocation.empty_tier": "spill", "allocation.inside": "value"},
    {"tiers.b.min_win_probability": 0.2, "allocation.share_a": 0.5, "allocation.inside": "equal"},
    {"emerging.min_rise": 0.05, "emerging.lookback_weeks": 2, "emerging.max_age_days": 20},
)


def read(changes):
    return Parameters.read(overrides=changes)


def log_from(book, reports=(), decisions=(), parameters=None):
    """A log of a portfolio of tests.method.portfolios, published under `parameters`."""
    p = parameters or Parameters()
    grid = grid_of(book, list(reports))
    columns = ["decision_id", "action_id", "decided_on", "verdict"]
    answers = pd.DataFrame(list(decisions), columns=columns).astype({"decided_on": "datetime64[us]"})
    opened = np.array([book[name].get("opened", FIRST - 700) for name in sorted(book)], "datetime64[D]")
    scored = Scored(grid, pd.DataFrame(), pd.DataFrame())
    log = Log(SimpleNamespace(decisions=answers), grid.weeks[-1], scored, scored_with(p), opened, None)
    return replace(log, published=under(log, p))


# The plain loop, from METHOD.md's words


def plain_tier(role, row, p):
    if row is None:
        return "C"
    weight, a, b = row.get("weight", NAN), p.tiers.a, p.tiers.b
    heavy = not blank(weight) and weight >= a.min_strategic_weight - 1e-9
    if role in a.market_roles and row["p"] >= a.min_win_probability - 1e-9 and heavy:
        return "A"
    return "B" if role in b.market_roles and row["p"] >= b.min_win_probability - 1e-9 else "C"


def watch_spells(book, reports):
    """(account, first week, last week) of every spell on watch, from the plain table."""
    count, out = len(next(iter(book.values()))["rows"]), []
    watched = {w: {r["account_id"] for r in plain_table(book, reports, w) if r["on_watch"]} for w in range(count)}
    for name in book:
        w = 0
        while w < count:
            end = w
            while end < count and name in watched[end]:
                end += 1
            if end > w:
                out.append((name, w, end - 1))
            w = max(end, w + 1)
    return out


def plain_replay(book, reports, lowered, p):
    """{(account, week): (tier, share)} and the reserve of every week. `lowered`: (account, week) the director took."""
    share, reserve = {}, []
    for w in range(len(next(iter(book.values()))["rows"])):
        active = [name for name in sorted(book) if book[name]["active"][w]]
        tier, demoted = {}, set()
        for name in active:
            tier[name] = plain_tier(book[name]["role"], newest(book[name], w)[0], p)
            if tier[name] == "B" and plain_counts(book[name], name, reports)[w] >= p.demotion.weeks:
                tier[name] = "C"
                demoted.add(name)
            if (name, w) in lowered and tier[name] != "C":
                tier[name] = {"A": "B", "B": "C"}[tier[name]]
        taken = {(name, week) for name, week in lowered if week == w}
        rising = {
            name: weight
            for name in active
            if tier[name] != "A" and name not in demoted and not lowers(name, w, taken, book, reports, p)
            for weight in [plain_emerging(book[name], name, w, reports, p)]
            if weight > 0
        }
        parts, kept = plain_division(book, w, tier, demoted, rising, p)
        reserve.append(kept)
        share |= {(name, w): (tier[name], parts.get(name, 0.0)) for name in active}
    return share, reserve


def lowers(name, w, taken, book, reports, p):
    """Was the account lowered on that Friday, that is, confirmed and not C without it?"""
    before = plain_tier(book[name]["role"], newest(book[name], w)[0], p)
    stalls = before == "B" and plain_counts(book[name], name, reports)[w] >= p.demotion.weeks
    return (name, w) in taken and before != "C" and not stalls


def plain_emerging(account, name, w, reports, p):
    """S3's weight; 0 where not emerging."""
    row, _ = newest(account, w)
    if row is None:
        return 0.0
    old, _ = newest(account, w - p.emerging.lookback_weeks)
    rise = row["p"] - (old or next(r for r in account["rows"] if r is not None))["p"]
    age = (FIRST + np.timedelta64(7 * w, "D") - account["opened"]).astype(int)
    here = account["rows"][w] is not None
    young = 0 <= age <= p.emerging.max_age_days and here and plain_progress(account, name, w, reports) == 1
    if not (young or rise >= p.emerging.min_rise - 1e-9):
        return 0.0
    value = row.get("value", NAN)
    return max(rise, p.emerging.min_weight_rise) * (0.0 if blank(value) else value)


def plain_division(book, w, tier, demoted, rising, p):
    """S6 of one Friday: {account: share}, reserve."""
    a = [name for name in tier if tier[name] == "A"]
    b = [name for name in tier if tier[name] == "B"]
    leaving = sorted(demoted) if rising else []
    pool_a, pool_b, rest = p.allocation.share_a, p.allocation.share_b, 0.0
    if p.allocation.empty_tier == "spill" and a and not (b or leaving):
        pool_a, pool_b = pool_a + pool_b, 0.0
    elif p.allocation.empty_tier == "spill" and b and not a:
        pool_a, pool_b = 0.0, pool_a + pool_b
    parts = {}

    def pour(size, names):
        weights = []
        for name in names:
            row = newest(book[name], w)[0] or {}
            value = 0.0 if blank(row.get("value", NAN)) else row["value"]
            by = {"equal": 1.0, "value": value, "expected_value": value * row.get("p", 0.0)}
            weights.append(by[p.allocation.inside])
        total = sum(weights)
        return {n: size * (x / total if total else 1 / len(names)) for n, x in zip(names, weights, strict=True)}

    if a:
        parts |= pour(pool_a, a)
    else:
        rest += pool_a
    if b or leaving:
        drawn = pour(pool_b, b + leaving)
        freed = sum(drawn.pop(name) for name in leaving)
        parts |= drawn
        for name, weight in rising.items():
            parts[name] = parts.get(name, 0.0) + freed * weight / sum(rising.values())
    else:
        rest += pool_b
    return parts, rest + 1 - p.allocation.share_a - p.allocation.share_b


def confirmed(book, reports, seed):
    """(answers to proposals of S2, the account-weeks on which a confirmed one holds), at random."""
    rng, answers, lowered = random.Random(seed), [], set()
    for k, (name, first, last) in enumerate(watch_spells(book, reports)):
        decided = rng.randint(first, last + 1)  # in time or not; before the second Friday it was not proposed yet
        if rng.random() < 0.4:
            spell, day = FIRST + 7 * first, FIRST + 7 * decided - rng.randint(0, 3)
            answers.append((f"Y{k}", f"S2-{name}-{spell}", day, "confirmed"))
            if first + 1 <= decided <= last:
                lowered |= {(name, w) for w in range(decided, last + 1)}
    return answers, lowered


@pytest.mark.parametrize("seed", range(6))
def test_every_friday_agrees_with_a_plain_loop(seed):
    book, reports = random_portfolio(seed, accounts=10, weeks=9)
    answers, lowered = confirmed(book, reports, seed)
    log = log_from(book, reports, answers)
    names = sorted(book)
    for changes in SCENARIOS:
        p = read(changes)
        found, (expected, reserve) = replay(log, p), plain_replay(book, reports, lowered, p)
        on = {(names[n], int(w)) for w, n in zip(*np.nonzero(found.tier != NOT_ACTIVE), strict=True)}
        assert on == set(expected)
        for (name, w), (tier, share) in expected.items():
            n = names.index(name)
            assert letters(found.tier[w, n]) == tier, (changes, name, w)
            assert found.share[w, n] == pytest.approx(share, abs=1e-12), (changes, name, w)
        assert found.reserve == pytest.approx(reserve, abs=1e-12)


def test_the_plain_loops_see_demotions_emerging_accounts_and_confirmed_proposals():
    released, lowered = 0.0, 0
    for seed in range(6):
        book, reports = random_portfolio(seed, accounts=10, weeks=9)
        plain = log_from(book, reports).published
        taken = log_from(book, reports, confirmed(book, reports, seed)[0]).published
        assert plain.demoted.any()
        released, lowered = released + plain.emerging.sum(), lowered + (taken.tier > plain.tier).sum()
    assert released > 0 and lowered > 0


# Tags by hand


def book_of(**probabilities):
    """Industry benchmarks of weight 85 and value 50 that always move."""
    rows = {"weight": 85.0, "value": 50.0, "posture": 60.0, "progress": 1.0}
    return {
        name: {
            "role": "industry_benchmark",
            "active": [True] * len(chain),
            "rows": [None if p is None else rows | {"p": p} for p in chain],
        }
        for name, chain in probabilities.items()
    }


@pytest.fixture
def two():
    """K1 is A throughout; K2 is B, and A at a line of 55 % in the second week only.

    Base: K1 0.7, K2 0.3. Second week at 55 %: both in A, weights 50 x 0.70 and 50 x 0.57, so K1 0.7 x 70/127 =
    0.3858 (diverges), K2 0.7 x 57/127 = 0.3142 (4.7 % more than 0.3: does not); B is empty, 0.3 in reserve.
    """
    log = log_from(book_of(K1=[0.7, 0.7, 0.7], K2=[0.5, 0.57, 0.5]))
    return log, replay(log, read({"tiers.a.min_win_probability": 0.55}))


def test_exact_up_to_the_friday_of_the_first_divergence_and_label_after_it(two):
    log, other = two
    found = compare(log.published, other, 0.05)
    assert found.rows["account_id"].tolist() == ["K1", "K2"] * 3
    assert found.rows["tag"].tolist() == [EXACT] * 4 + [LABEL, EXACT]
    assert found.rows["tier"].tolist() == ["A", "B", "A", "A", "A", "B"]
    assert found.rows["base_tier"].tolist() == ["A", "B"] * 3
    assert found.rows["share"].tolist() == pytest.approx([0.7, 0.3, 0.7 * 70 / 127, 0.7 * 57 / 127, 0.7, 0.3])
    assert found.exact_share == pytest.approx(5 / 6)
    assert found.not_identified == ("wins", "won_amount", "progress")


def test_a_narrower_divergence_catches_the_other_account_too(two):
    found = compare(two[0].published, two[1], 0.04)
    assert found.rows["tag"].tolist() == [EXACT] * 4 + [LABEL, LABEL]


def test_moved_resource_counts_the_reserve_once(two):
    # Second week: K1 gives 0.7 x 57/127 = 0.3142; K2 gains 0.0142 and 0.3 goes to the reserve.
    moved = compare(two[0].published, two[1], 0.05).moved
    assert moved["share"].tolist() == pytest.approx([0.0, 0.7 * 57 / 127, 0.0])


def test_movers_migration_and_the_last_friday(two):
    found = compare(two[0].published, two[1], 0.05)
    assert found.movers.drop(columns=["first_week", "last_week"]).values.tolist() == [["K2", "B", "A", 1, EXACT]]
    assert (found.movers["first_week"] == pd.Timestamp(fridays(3)[1])).all()
    table = found.migration.set_index(["base_tier", "tier"])
    assert table.loc[("A", "A")].tolist() == [3, 2] and table.loc[("B", "A")].tolist() == [1, 1]
    assert table.loc[("B", "B")].tolist() == [2, 2] and table["account_weeks"].sum() == 6
    assert found.now.values.tolist() == [["K1", "A", "A", LABEL], ["K2", "B", "B", EXACT]]


def test_from_nothing_to_something_is_a_divergence():
    # K2 at 25 % is C without a share; at a line of 20 % it is B and draws 0.3, which lay in reserve.
    log = log_from(book_of(K1=[0.7, 0.7], K2=[0.25, 0.25]))
    found = compare(log.published, replay(log, read({"tiers.b.min_win_probability": 0.2})), 0.05)
    assert found.rows["tag"].tolist() == [EXACT, EXACT, EXACT, LABEL]
    assert found.moved["share"].tolist() == pytest.approx([0.3, 0.3])


def test_a_smaller_whole_is_a_divergence_of_all_that_draw():
    # 400,000 to 300,000: everybody's plan falls by a quarter, and so does the whole: a quarter of it moved.
    log = log_from(book_of(K1=[0.7, 0.7], K2=[0.1, 0.1]))
    budget = {"name": "budget", "unit": "CNY", "weekly_total": 300_000}
    found = compare(log.published, replay(log, read({"resources": [budget]})), 0.05)
    assert found.rows["tag"].tolist() == [EXACT, EXACT, LABEL, EXACT]
    assert found.moved["share"].tolist() == pytest.approx([0.25, 0.25])


def test_a_scenario_that_changes_nothing_is_exact_throughout():
    book, reports = random_portfolio(1)
    log = log_from(book, reports)
    found = compare(log.published, replay(log, read({"red_alert.fall": 0.08})), 0.0)
    assert found.exact_share == 1.0 and len(found.movers) == 0
    assert found.moved["share"].tolist() == [0.0] * 12
    assert (found.migration["account_weeks"] == found.migration["exact"]).all()


# Properties over random portfolios


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("changes", SCENARIOS[1:])
def test_whatever_is_compared_adds_up(seed, changes):
    book, reports = random_portfolio(seed)
    log = log_from(book, reports)
    other = replay(log, read(changes))
    found = compare(log.published, other, 0.05)
    assert np.allclose(other.share.sum(axis=1) + other.reserve, 1.0)
    assert (other.share >= 0).all() and (other.emerging <= other.share + 1e-12).all()
    assert found.migration["account_weeks"].sum() == len(found.rows) == found.active.sum()
    assert found.migration["exact"].sum() == (found.rows["tag"] == EXACT).sum()
    assert found.exact_share == pytest.approx((found.rows["tag"] == EXACT).mean())
    assert found.moved["share"].between(0, 1).all()
    differing = found.rows[found.rows["base_tier"] != found.rows["tier"]]
    assert set(found.movers["account_id"]) == set(differing["account_id"])
    assert found.movers["account_weeks"].sum() == len(differing)
    for _, mine in found.rows.groupby("account_id"):  # once label, always label
        assert (mine["tag"] == LABEL).is_monotonic_increasing
    back = compare(other, log.published, 0.05)
    assert back.moved["share"].tolist() == pytest.approx(found.moved["share"].tolist())


def test_limits_that_cannot_hold_are_named():
    log = log_from(book_of(K1=[0.7], K2=[0.7]))
    limits = {"allocation.floors": {"K1": 0.7, "K2": 0.6}}
    with pytest.raises(InputError, match=r"K1 0\.7, K2 0\.6"):
        replay(log, read(limits))


def test_nobody_at_all_has_no_exact_share():
    none = np.zeros((1, 0))
    empty = Replay(fridays(1), np.array([], dtype=object), none.astype(np.int8), none, np.ones(1), 1.0, none > 0, none,
                   np.ones(1, dtype=bool))  # fmt: skip
    found = compare(empty, empty, 0.05)
    assert np.isnan(found.exact_share) and len(found.rows) == len(found.movers) == len(found.now) == 0
    assert found.migration["account_weeks"].sum() == 0 and found.moved["share"].tolist() == [0.0]


def test_replays_of_different_logs_are_not_compared(two):
    other = log_from(book_of(K1=[0.7, 0.7, 0.7], K3=[0.5, 0.5, 0.5])).published
    with pytest.raises(ValueError, match="one log"):
        compare(two[0].published, other, 0.05)
