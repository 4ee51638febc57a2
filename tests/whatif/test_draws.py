"""Addressed draws: the published generator, a plain one, and what an address promises."""

import random

import numpy as np
import pytest

from toolkit.whatif.draws import Draws, philox, words

# Random123's known answers for philox4x32-10 (kat_vectors): counter, key, words
KNOWN = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
)


def plain_philox(counter, key):
    """Philox4x32-10 on plain integers, from the paper."""
    c, k = list(counter), list(key)
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [right >> 32 ^ c[1] ^ k[0], right & 0xFFFFFFFF, left >> 32 ^ c[3] ^ k[1], left & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def numbers(text):
    return [int(part, 16) for part in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_published_answers_are_met(counter, key, answer):
    low, high = numbers(key)
    arrays = [np.array([word], dtype=np.uint64) for word in numbers(counter)]
    assert [int(word[0]) for word in philox(arrays, high << 32 | low)] == numbers(answer)
    assert plain_philox(numbers(counter), (low, high)) == numbers(answer)


def test_words_equal_a_plain_generator_at_random_addresses():
    rng = random.Random(1)
    at = [[rng.getrandbits(32) for _ in range(200)] for _ in range(3)]
    seed = rng.getrandbits(63)
    expected = [plain_philox((*address, 0), (seed & 0xFFFFFFFF, seed >> 32)) for address in zip(*at, strict=True)]
    assert words(seed, *at).tolist() == expected


def test_a_week_of_draws_follows_from_the_words_of_its_addresses():
    drawn = Draws(11).week(first=5, paths=3, week=4, accounts=7)
    w = words(11, np.arange(5, 8)[:, None], 4, np.arange(7)).astype(float)
    radius = np.sqrt(-2 * np.log((w[..., 0] + 1) / 2**32))
    angle = 2 * np.pi * w[..., 1] / 2**32
    u = (w[..., 2:] + 0.5) / 2**32
    expected = (radius * np.cos(angle), radius * np.sin(angle), *np.moveaxis(np.log(u / (1 - u)), -1, 0))
    for got, want in zip(drawn, expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=3e-6)  # the angle is in single precision


def test_a_draw_depends_on_its_address_only():
    whole = Draws(3).week(first=0, paths=50, week=2, accounts=13)
    part = Draws(3).week(first=17, paths=5, week=2, accounts=11)
    for one, other in zip(whole, part, strict=True):
        assert (one[17:22, :11] == other).all()


def test_kept_draws_are_the_same_draws():
    kept, anew = Draws(3, keep=True), Draws(3)
    for paths in (4, 9, 6):  # a smaller block, a larger one, part of a known one
        asked = {"first": 2, "paths": paths, "week": 1, "accounts": 5}
        for one, other in zip(kept.week(**asked), anew.week(**asked), strict=True):
            assert (one == other).all()
    asked = {"first": 2, "paths": 9, "week": 1, "accounts": 5}
    assert kept.week(**asked).report is kept.week(**asked).report


def test_the_normals_are_normal_and_the_uniforms_uniform():
    # 40,000 draws each: the standard error of a mean is .005, of a correlation too; 4 of them are allowed
    drawn = Draws(8).week(first=0, paths=400, week=1, accounts=100)
    normal = np.array([drawn.report.ravel(), drawn.odds.ravel()])
    uniform = 1 / (1 + np.exp(-np.array([drawn.progress.ravel(), drawn.close.ravel()])))
    standard = (uniform - 0.5) * np.sqrt(12)
    every = np.concatenate([normal, standard])
    np.testing.assert_allclose(every.mean(axis=1), 0, atol=0.02)
    np.testing.assert_allclose(every.var(axis=1), 1, atol=0.03)
    np.testing.assert_allclose(np.corrcoef(every), np.eye(4), atol=0.02)
    assert abs((normal**4).mean() - 3) < 0.1
    assert uniform.min() > 0 and uniform.max() < 1


def test_no_draw_is_infinite():
    # the ends of the words: w0 = 0 gives the longest radius, w = 0 and 2^32 - 1 the smallest and largest uniforms
    from toolkit.whatif.draws import _log_odds, _normals

    ends = np.array([0.0, 2.0**32 - 1])
    assert np.isfinite(_normals(ends.copy(), ends.copy())).all()
    low, high = _log_odds(ends.copy())
    assert np.isfinite([low, high]).all() and low == -high
