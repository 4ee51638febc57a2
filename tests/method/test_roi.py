"""F3's ROI model against published examples and its own definitions."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.method.roi import INPUTS, RoiParameters, cash_flows, internal_rate, measured, payback, sensitivity


@pytest.mark.parametrize(
    ("flows", "npv", "irr", "back", "discounted"),
    [
        ([-1000, 500, 400, 300, 100], 78.82, 14.49, 2.33, 2.95),
        ([-1000, 100, 300, 400, 600], 49.18, 11.79, 3.33, 3.88),
    ],
    ids=["Brigham and Ehrhardt, project S", "Brigham and Ehrhardt, project L"],
)
def test_published_projects_come_out_as_published(flows, npv, irr, back, discounted):
    found = measured(flows, 0.10)
    assert round(found.npv, 2) == npv
    assert round(found.irr * 100, 2) == irr
    assert round(found.payback, 2) == back
    assert round(found.discounted_payback, 2) == discounted


def test_the_office_building_of_brealey_and_myers_is_worth_thirty_thousand():
    assert round(measured([-370_000, 420_000], 0.05).npv) == 30_000


def test_the_rate_of_numpy_financials_example_is_found():
    assert round(internal_rate(np.array([-100.0, 39, 59, 55, 20])), 5) == 0.28095


@pytest.mark.parametrize(
    "flows",
    [[-100.0, -5.0], [100.0, 5.0], [0.0, 0.0], [-100.0, 230.0, -132.0]],
    ids=["all out", "all in", "none", "two"],
)
def test_without_exactly_one_change_of_sign_there_is_no_rate(flows):
    assert math.isnan(internal_rate(np.array(flows)))


@given(
    st.floats(1e3, 1e9),
    st.lists(st.floats(1.0, 1e9), min_size=1, max_size=5),
)
def test_at_its_internal_rate_an_investment_is_worth_nothing(invested, later):
    flows = np.array([-invested, *later])
    rate = internal_rate(flows)
    worth = (flows / (1 + rate) ** np.arange(len(flows))).sum()
    assert abs(worth) <= 1e-6 * invested


def test_what_is_paid_back_to_the_day_is_paid_back():
    assert payback(np.array([-300.0, 100.0, 100.0, 100.0])) == pytest.approx(3.0)


def test_what_three_years_do_not_bring_is_not_paid_back():
    assert math.isnan(payback(np.array([-300.0, 100.0, 100.0, 99.0])))


def test_flows_are_the_contract_its_implementation_and_the_benefits_of_the_ramp():
    p = RoiParameters(implementation_share=0.5, running_share=0.1, downtime_share=1.0, output_share=0.0,
                      labour_share=0.0, quality_share=0.0, first_year=0.25)  # fmt: skip
    assert cash_flows(100.0, p).tolist() == pytest.approx([-150.0, 15.0, 90.0, 90.0])


def test_without_a_contract_nothing_is_claimed():
    found = measured(cash_flows(float("nan"), RoiParameters()), 0.1)
    assert all(math.isnan(value) for value in (found.roi, found.npv, found.irr, found.payback))


def test_the_sensitivity_moves_one_input_at_a_time_and_leads_with_the_widest():
    p = RoiParameters()
    found = sensitivity(1_000_000, p)
    assert set(found["path"]) == {f"roi.{name}" for name in INPUTS}
    assert found["swing"].is_monotonic_decreasing
    row = found.set_index("path").loc["roi.discount_rate"]
    again = measured(cash_flows(1_000_000, p), row["low"])
    assert row["at_low"] == pytest.approx(again.npv)
    assert row["low"] == pytest.approx(p.discount_rate * 0.8)
    pd.testing.assert_frame_equal(found, sensitivity(1_000_000, p))
