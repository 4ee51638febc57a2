"""Response curves: half effects, points on their curves, elasticities by a small push."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from toolkit.parameters import Parameters
from toolkit.whatif.price import price
from toolkit.whatif.responses import CURVE_COLUMNS, POINT_COLUMNS, curves, points, responses_of

TEAM = pd.DataFrame(
    {
        "account_id": ["K3", "K1", "K2", "K4"],
        "tier": ["C", "A", "B", "C"],
        "value_index": [40.0, 80.0, 60.0, np.nan],
        "win_probability": [0.5, 0.75, 0.5, 0.5],
        "demoted": False,
        "emerging_weight": 0.0,
    }
)


def test_half_the_worth_comes_at_the_half_effect_of_an_even_share_of_the_whole():
    # Four accounts: even 1/4, kappa 1.5 x 1/4. Worths 80 x .75 x .25 = 15, 60 x .25 = 15, 40 x .25 = 10, none.
    found = responses_of(TEAM, Parameters())
    assert found.accounts.tolist() == ["K1", "K2", "K3", "K4"]
    assert_allclose(found.value, [15, 15, 10, 0])
    assert_allclose(found.kappa, 0.375)
    assert_allclose(found.worth(np.full(4, 0.375)), found.value / 2)
    twice = responses_of(TEAM, Parameters.read(overrides={"allocation.half_effect": 3}))
    assert_allclose(twice.kappa, 0.75)


@pytest.mark.parametrize("steepness", [1.0, 1.3, 3.0])
def test_curves_rise_from_nothing_and_points_lie_on_them(steepness):
    found = price(TEAM, Parameters.read(overrides={"whatif.price_steepness": steepness}))
    table = found.curves
    assert tuple(table.columns) == CURVE_COLUMNS and tuple(found.points.columns) == POINT_COLUMNS
    assert table["account_id"].unique().tolist() == ["K1", "K2", "K3", "K4"]
    for account, curve in table.groupby("account_id"):
        assert curve["effort"].iloc[0] == 0 and curve["worth"].iloc[0] == 0
        assert curve["worth"].is_monotonic_increasing
        here = found.points[found.points["account_id"] == account]
        assert here["effort"].max() <= curve["effort"].max()
        on_curve = np.interp(here["effort"], curve["effort"], curve["worth"])
        assert_allclose(here["worth"], on_curve, atol=0.05)
    assert table["effort"].max() >= 3


def test_points_are_the_plans_shares_in_even_shares():
    # The rule: 0.7 of the whole for K1, the only A account: 2.8 even shares; K2 0.3, 1.2.
    found = price(TEAM, Parameters())
    rule = found.points[found.points["plan"] == "equal"].set_index("account_id")
    assert_allclose(rule["effort"], [2.8, 1.2, 0, 0])
    assert_allclose(rule.loc["K1", "worth"], 15 * 0.7 / (0.7 + 0.375))
    total = found.plans.set_index("plan").loc["equal", "value"]
    assert rule["worth"].sum() == pytest.approx(total)


@pytest.mark.parametrize("steepness", [1.0, 1.3, 3.0])
def test_the_elasticity_is_what_one_per_cent_more_effort_brings(steepness):
    r = responses_of(TEAM, Parameters.read(overrides={"whatif.price_steepness": steepness}))
    x, push = np.array([0.5, 0.2, 0.1, 0.05]), 1e-6
    own = points(r, {"plan": x})["elasticity"].to_numpy()[:3]
    more = (r.worth(x * (1 + push)) / np.where(r.worth(x) > 0, r.worth(x), 1) - 1)[:3] / push
    assert_allclose(own, more, rtol=1e-4)
    together = (r.total(x * (1 + push)) / r.total(x) - 1) / push
    assert r.elasticity(x) == pytest.approx(together, rel=1e-4)
    assert np.isnan(r.elasticity(np.zeros(4)))
    bump = np.array([1e-7, 0, 0, 0])
    assert r.marginal(x)[0] == pytest.approx((r.total(x + bump) - r.total(x)) / 1e-7, rel=1e-4)


def test_a_curve_of_nobody_is_empty():
    none = responses_of(TEAM.iloc[:0], Parameters())
    assert not len(curves(none)) and not len(points(none, {}))
    assert list(points(none, {}).columns) == list(POINT_COLUMNS)
