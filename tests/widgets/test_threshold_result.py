"""The result as HTML: nothing of the data reaches the page unescaped; dots never touch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.team import team
from toolkit.parameters import Parameters
from toolkit.widgets.threshold_model import ThresholdModel
from toolkit.widgets.threshold_result import detail, message, verdict
from toolkit.widgets.threshold_strip import levels
from toolkit.widgets.threshold_words import ThresholdWords

EVIL = "<script>alert('&')</script>"


def result(tmp_path, language="en", changes=None, **names):
    model = ThresholdModel(team(tmp_path / "data", **names))
    for path, value in (changes or {}).items():
        model.set(path, value)
    words = ThresholdWords(model.outcome, language)
    return verdict(words, [], model.problem(language)) + detail(words)


def test_names_are_escaped(tmp_path):
    page = result(tmp_path, changes={"tiers.a.min_win_probability": 0.55}, A2=EVIL)
    assert EVIL not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_number_is_missing_in_words(tmp_path, language):
    page = result(tmp_path, language, {"tiers.a.min_win_probability": 0.9, "allocation.inside": "optimal"})
    assert "nan" not in page.lower() and "None" not in page


def test_nobody_moving_is_said_with_what_to_do(tmp_path):
    page = result(tmp_path)
    assert "No account changes tier this Friday." in page and "start with a win probability line" in page


def test_every_account_is_a_dot_and_movers_are_ringed(tmp_path):
    page = result(tmp_path, changes={"tiers.a.min_win_probability": 0.55})
    assert page.count('class="dot') == 3 * 5  # drawn for three widths
    assert page.count('class="ring"') == 3 * 1


def test_a_team_without_a_and_b_keeps_all_as_a_reserve(tmp_path):
    nobody = Parameters.read({"tiers.a.min_win_probability": 1.0, "tiers.b.min_win_probability": 1.0})
    model = ThresholdModel(team(tmp_path / "data"), nobody)
    assert detail(ThresholdWords(model.outcome, "en")).count("all of it is kept as a reserve") == 2
    model.reset()
    model.set("tiers.b.min_win_probability", 0.3)
    page = detail(ThresholdWords(model.outcome, "en"))
    assert "all of it is kept" not in page and "Reserve (not handed out)" in page  # A has nobody still


def test_a_message_is_escaped():
    assert EVIL not in message(EVIL, [EVIL])


@given(st.lists(st.floats(0, 800), max_size=60))
def test_dots_of_one_row_never_touch(x):
    x = np.sort(np.array(x))
    level = levels(x, 12.0)
    for height in set(level.tolist()):
        assert (np.diff(x[level == height]) >= 12.0).all()


def test_a_row_without_dots_is_flat():
    assert levels(np.array([]), 12.0).tolist() == []
