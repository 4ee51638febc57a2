"""S8: the top fifth by hand, edges and properties."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolkit.method.focus import CURVE_COLUMNS, FocusParameters, focus

DEFAULT = FocusParameters()


def field(*rows):
    """(account, effort, value index, win probability, output value)."""
    names = ["account_id", "effort", "value_index", "win_probability", "output_value"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"account_id": "str", **dict.fromkeys(names[1:], float)})


def test_the_top_fifth_is_rounded_up_and_ranked_by_value_times_probability():
    # 6 accounts: ceil(1.2) = 2. Worth: K1 24, K2 40, K3 45, K4 9, K5 5, K6 2: K3 and K2 are the top.
    rows = field(
        ("K1", 100, 80, 0.3, math.nan), ("K2", 300, 50, 0.8, math.nan), ("K3", 500, 90, 0.5, math.nan),
        ("K4", 50, 30, 0.3, math.nan), ("K5", 50, 50, 0.1, math.nan), ("K6", 0, 20, 0.1, math.nan),
    )  # fmt: skip
    found = focus(rows, DEFAULT)
    assert (found.accounts, found.top_accounts) == (6, 2)
    assert found.curve["account_id"].tolist() == ["K3", "K2", "K1", "K4", "K5", "K6"]
    assert found.curve["top"].tolist() == [True, True, False, False, False, False]
    # Effort 800 of 1,000; output 85 of 125: 0.68 / 0.8 = 0.85 of the field's output per effort.
    assert (found.effort_share, found.effort_state) == (0.8, "good")
    assert (found.output_ratio, found.output_state) == (pytest.approx(0.85), "warning")
    assert found.output_kind == "expected"


def test_reported_output_goes_before_expected_output_for_all():
    # K1 is the top one of five; output 300 of 400 with 30 of 100: ratio .75 / .3 = 2.5.
    rows = field(
        ("K1", 30, 90, 0.9, 300), ("K2", 40, 50, 0.5, 100), ("K3", 10, 10, 0.5, math.nan), ("K4", 10, 9, 0.5, math.nan),
        ("K5", 10, 8, 0.5, math.nan),
    )  # fmt: skip
    found = focus(rows, DEFAULT)
    assert found.output_kind == "reported"
    assert (found.output_ratio, found.output_state) == (pytest.approx(2.5), "good")
    assert (found.effort_share, found.effort_state) == (0.3, "warning")


@pytest.mark.parametrize(("n", "top"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (15, 3)])
def test_the_size_of_the_fifth(n, top):
    rows = field(*[(f"K{i:02}", 1, 50, 0.5, math.nan) for i in range(n)])
    found = focus(rows, DEFAULT)
    assert found.top_accounts == top
    # All tied: the lowest ids.
    assert found.curve.loc[found.curve["top"], "account_id"].tolist() == [f"K{i:02}" for i in range(top)]


def test_nothing_can_be_judged_without_accounts():
    found = focus(field(), DEFAULT)
    assert (found.accounts, found.top_accounts) == (0, 0)
    assert math.isnan(found.effort_share) and math.isnan(found.output_ratio)
    assert (found.effort_state, found.output_state) == ("cannot_judge", "cannot_judge")
    assert tuple(found.curve.columns) == CURVE_COLUMNS


def test_nothing_can_be_judged_without_effort():
    found = focus(field(("K1", 0, 50, 0.5, math.nan), ("K2", math.nan, 40, 0.5, math.nan)), DEFAULT)
    assert (found.effort_state, found.output_state) == ("cannot_judge", "cannot_judge")


def test_with_all_values_missing_the_effort_is_judged_and_the_output_is_not():
    found = focus(field(("K1", 10, math.nan, 0.5, math.nan), ("K2", 10, 40, math.nan, math.nan)), DEFAULT)
    assert (found.effort_share, found.effort_state) == (0.5, "warning")
    assert (found.output_state, found.output_share) == ("cannot_judge", pytest.approx(math.nan, nan_ok=True))


def test_no_effort_on_the_top_fifth_leaves_its_ratio_undefined():
    found = focus(
        field(*[("K1", 0, 90, 0.9, math.nan)], *[(f"K{i}", 5, 1, 0.1, math.nan) for i in range(2, 6)]), DEFAULT
    )
    assert (found.effort_share, found.effort_state, found.output_state) == (0.0, "warning", "cannot_judge")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12), st.permutations(range(12)))
def test_the_curve_rises_to_one_and_does_not_depend_on_the_order_of_rows(values, order):
    rows = field(*[(f"K{i:02}", effort, worth, 1.0, math.nan) for i, (effort, worth) in enumerate(values)])
    found = focus(rows, DEFAULT).curve
    again = focus(rows.iloc[[i for i in order if i < len(rows)]], DEFAULT).curve
    pd.testing.assert_frame_equal(found, again)
    for name, column in (("effort", "effort_share"), ("output", "output_share")):
        if rows["effort" if name == "effort" else "value_index"].sum() > 0:
            assert (np.diff(found[column]) >= -1e-12).all()
            assert found[column].iloc[-1] == pytest.approx(1.0)


def test_a_share_of_more_than_everything_is_refused():
    with pytest.raises(ValidationError):
        FocusParameters(top_fifth=1.2)
