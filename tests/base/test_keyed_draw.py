"""Draws by a keyed hash: uniform over salts, the same whatever the order, unchanged by what comes later."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import VARIABLE, Salt, draw, needed, order_key

SALT = Salt.from_environment(7, {})


def test_over_100_000_salts_every_visit_is_drawn_equally_often():
    # 10 ids, 1 drawn: the counts are multinomial with p = 1/10. False alarms: once in a million runs of other salts;
    # these salts are fixed, so the test says the same every time.
    ids, salts = [f"V{n:03d}" for n in range(10)], 100_000
    counts = np.zeros(len(ids))
    for n in range(salts):
        salt = Salt(hashlib.sha256(n.to_bytes(4, "big")).digest(), secret=True)
        counts[np.argmin(order_key(salt, "M6", ids))] += 1
    expected = salts / len(ids)
    assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-6, df=len(ids) - 1)


def test_over_many_salts_each_of_a_group_is_its_first_equally_often():
    ids, groups = ["V1", "V2", "V3", "V4"], ["R1", "R1", "R1", "R2"]
    drawn = np.zeros(4)
    for n in range(3_000):
        drawn += draw(Salt(hashlib.sha256(n.to_bytes(4, "big")).digest(), True), "M6", ids, 0.01, groups)
    assert drawn[3] == 3_000  # alone in its group
    # one of four is first of all; 0.01 of 4 is one: V1-V3 are drawn where they are R1's first: a third each
    assert np.abs(drawn[:3] - 1_000).max() < 5 * np.sqrt(3_000 * (1 / 3) * (2 / 3))


names = st.lists(st.text("0123456789ABC", min_size=1, max_size=4), min_size=1, max_size=30, unique=True)


@given(names, st.randoms())
def test_the_order_of_the_rows_does_not_matter(ids, shuffler):
    mixed = list(ids)
    shuffler.shuffle(mixed)
    first = {i for i, d in zip(ids, draw(SALT, "M6", ids, 0.3), strict=True) if d}
    assert first == {i for i, d in zip(mixed, draw(SALT, "M6", mixed, 0.3), strict=True) if d}


@given(names, names, st.floats(0.05, 1))
def test_a_late_arrival_displaces_only_whom_it_beats(ids, late, share):
    late = [one for one in late if one not in ids]
    before = {i for i, d in zip(ids, draw(SALT, "M6", ids, share), strict=True) if d}
    both = ids + late
    after = {i for i, d in zip(both, draw(SALT, "M6", both, share), strict=True) if d}
    left, came = before - after, after & set(late)
    assert len(left) <= len(came)
    key = dict(zip(both, order_key(SALT, "M6", both).tolist(), strict=True))
    assert all(key[gone] > key[new] for gone in left for new in came)
    stayed = [key[one] for one in ids if one in after]
    assert sorted(stayed) == sorted(key[one] for one in ids)[: len(stayed)]  # of the old ones still the first by key


@given(names)
def test_of_every_group_the_first_is_drawn(ids):
    groups = [one[0] for one in ids]
    drawn = draw(SALT, "M6", ids, 0.1, groups)
    assert {group for group, d in zip(groups, drawn, strict=True) if d} == set(groups)
    assert drawn.sum() >= needed(0.1, len(ids))


def test_purposes_and_salts_draw_apart():
    ids = [f"V{n}" for n in range(200)]
    other = Salt.from_environment(8, {})
    assert (draw(SALT, "M6", ids, 0.1) != draw(SALT, "M10", ids, 0.1)).any()
    assert (draw(SALT, "M6", ids, 0.1) != draw(other, "M6", ids, 0.1)).any()


def test_nothing_is_drawn_from_nothing():
    assert draw(SALT, "M6", [], 0.1, []).tolist() == []


@pytest.mark.parametrize(
    ("share", "count", "taken"), [(0.1, 1, 1), (0.1, 10, 1), (0.1, 11, 2), (0.2, 5, 1), (0.2, 6, 2), (1, 3, 3)]
)
def test_shares_are_rounded_up_and_never_for_a_rounding_error(share, count, taken):
    assert needed(share, count) == taken


def test_the_secret_is_never_shown_and_its_hash_is():
    salt = Salt.from_environment(7, {VARIABLE: "only the director knows"})
    assert salt.secret and "director" not in repr(salt) and salt.key.hex() not in repr(salt)
    assert len(salt.digest) == 16 and salt.digest not in salt.key.hex()


def test_a_secret_that_could_be_guessed_is_refused():
    with pytest.raises(InputError, match="16"):
        Salt.from_environment(7, {VARIABLE: "short"})
