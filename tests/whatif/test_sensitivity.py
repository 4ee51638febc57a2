"""Tornado and Sobol's indices against functions whose answers are known."""

from math import nan, pi, sin

import numpy as np
import pytest

from toolkit.base.errors import InputError
from toolkit.parameters import Parameters
from toolkit.whatif.sensitivity import MIN_DRAWS, SOBOL_COLUMNS, TORNADO_COLUMNS, sobol, stock_ranges, tornado


def linear(x):
    """3 a - 2 b + c, at a = 1, b = 2, c = 5 unless changed: 4."""
    return 3 * x.get("a", 1) - 2 * x.get("b", 2) + x.get("c", 5)


# Tornado


def test_a_tornado_by_hand():
    # a 0 … 2: -3+4 = 1, 7; b 1 … 3: 6, 2; c 5 … 5: 4, 4; the base is 4
    frame = tornado(linear, {}, {"c": (5, 5), "b": (1, 3), "a": (0, 2)})
    assert tuple(frame.columns) == TORNADO_COLUMNS
    assert frame[["path", "at_low", "at_high", "base", "swing", "state"]].values.tolist() == [
        ["a", 1, 7, 4, 6, "ok"],
        ["b", 6, 2, 4, 4, "ok"],
        ["c", 4, 4, 4, 0, "ok"],
    ]


def test_a_linear_result_swings_evenly_about_its_base():
    frame = tornado(linear, {}, {"a": (0, 2), "b": (1, 3)})
    assert (frame["at_high"] - frame["base"]).tolist() == (frame["base"] - frame["at_low"]).tolist()


def test_a_peak_at_the_base_is_a_swing_too():
    frame = tornado(lambda x: -(x.get("a", 0) ** 2), {}, {"a": (-1, 1)})
    assert frame.loc[0, ["at_low", "at_high", "swing"]].tolist() == [-1, -1, 1]


def test_what_the_base_changes_holds_in_every_run():
    frame = tornado(linear, {"c": 15, "a": 2}, {"a": (0, 3)})  # base 6 - 4 + 15; ends 0 - 4 + 15, 9 - 4 + 15
    assert frame.loc[0, ["base", "at_low", "at_high"]].tolist() == [17, 11, 20]


def test_six_parameters_take_thirteen_runs():
    asked = []
    tornado(lambda x: asked.append(dict(x)) or 0.0, {}, stock_ranges(Parameters()))
    assert len(asked) == 13
    assert asked[0] == {} and all(len(changes) == 1 for changes in asked[1:])


def test_a_run_that_fails_stays_with_its_reason_at_the_end():
    def run(x):
        if x.get("a", 1) > 1:
            raise InputError("a is above its line")
        return nan if x.get("b", 2) < 2 else linear(x)

    frame = tornado(run, {}, {"a": (0, 2), "b": (1, 3), "c": (4, 6)}).set_index("path")
    assert list(frame.index) == ["c", "a", "b"]
    assert frame["state"].tolist() == ["ok", "failed", "failed"]
    assert frame["reason"].tolist() == ["", "a is above its line", "not_finite"]
    assert frame.loc["a", "at_low"] == 1 and np.isnan(frame.loc["a", ["at_high", "swing"]].astype(float)).all()


def test_a_mistake_in_the_code_is_not_hidden():
    def run(x):
        if x:
            raise KeyError("a")
        return 0.0

    with pytest.raises(KeyError):
        tornado(run, {}, {"a": (0, 1)})


def test_equal_swings_are_ordered_by_path():
    frame = tornado(lambda x: x.get("a", 0) + x.get("b", 0), {}, {"b": (-1, 1), "a": (-1, 1)})
    assert frame["path"].tolist() == ["a", "b"]


def test_no_parameter_is_an_empty_tornado():
    frame = tornado(linear, {}, {})
    assert frame.empty and tuple(frame.columns) == TORNADO_COLUMNS


def test_a_range_upside_down_is_refused():
    for call in (lambda r: tornado(linear, {}, r), lambda r: sobol(linear, r, 64, 1)):
        with pytest.raises(ValueError, match="from low to high: a"):
            call({"a": (2, 0)})
        with pytest.raises(ValueError, match="from low to high: a"):
            call({"a": (0, nan)})


# The stock ranges


def test_the_stock_ranges_by_hand():
    assert stock_ranges(Parameters()) == {
        "tiers.a.min_win_probability": (0.55, 0.65),
        "tiers.a.min_strategic_weight": (75, 85),
        "allocation.share_a": (0.6, 0.8),
        "demotion.weeks": (1, 3),
        "dynamics.progress_effort": (1.5, 2.9),  # 2.2 ± .7
        "dynamics.close_effort": (0.3, 1.3),  # .8 ± .5
    }


def test_stock_ranges_stay_inside_the_bounds():
    edge = Parameters.read(
        overrides={
            "tiers.a.min_win_probability": 0.98,
            "demotion.weeks": 1,
            "allocation.share_a": 1,
            "allocation.share_b": 0,
            "dynamics.progress_effort": -10,
        }
    )
    ranges = stock_ranges(edge)
    assert ranges["tiers.a.min_win_probability"] == (0.93, 1.0)
    assert ranges["demotion.weeks"] == (1, 2)
    assert ranges["allocation.share_a"] == (0.9, 1.0)
    assert ranges["dynamics.progress_effort"] == (-10, -9.3)
    for path, ends in ranges.items():
        for end in ends:
            shares = {"allocation.share_b": 0} if path == "allocation.share_a" else {}
            Parameters.read(edge, {path: end, **shares})


def test_a_fitted_number_takes_the_place_of_its_prior():
    ranges = stock_ranges(Parameters(), {"dynamics.close_effort": (1.0, 0.2), "dynamics.gain": (0.1, 0.1)})
    assert ranges["dynamics.close_effort"] == (0.8, 1.2)
    assert ranges["dynamics.progress_effort"] == (1.5, 2.9)
    assert len(ranges) == 6


# Sobol


def test_ishigamis_function_has_its_analytic_effects():
    # y = sin x1 + 7 sin(x2)^2 + .1 x3^4 sin x1 on (-pi, pi)^3 (Ishigami and Homma 1990):
    # V1 = (1 + b pi^4/5)^2/2, V2 = a^2/8, V13 = b^2 pi^8 (1/18 - 1/50)
    a, b = 7.0, 0.1
    v1, v2, v13 = (1 + b * pi**4 / 5) ** 2 / 2, a**2 / 8, b**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    frame = sobol(
        lambda x: sin(x["x1"]) + a * sin(x["x2"]) ** 2 + b * x["x3"] ** 4 * sin(x["x1"]),
        dict.fromkeys(("x3", "x2", "x1"), (-pi, pi)),
        2048,
        20261120,
    )
    assert tuple(frame.columns) == SOBOL_COLUMNS
    assert frame["path"].tolist() == ["x1", "x2", "x3"]
    assert frame["total"].tolist() == pytest.approx([(v1 + v13) / whole, v2 / whole, v13 / whole], abs=0.03)
    assert frame["first"].tolist() == pytest.approx([v1 / whole, v2 / whole, 0], abs=0.03)
    assert (frame["low"] <= frame["total"]).all() and (frame["total"] <= frame["high"]).all()


def test_a_sum_has_total_effects_in_the_proportion_of_its_variances():
    # 3 a + b, both uniform on (0, 1): variances 9 : 1, no interaction
    frame = sobol(lambda x: 3 * x["a"] + x["b"], {"a": (0, 1.0), "b": (0, 1.0)}, 512, 1)
    assert frame["total"].tolist() == pytest.approx([0.9, 0.1], abs=0.02)


def test_whole_numbers_stay_whole_and_each_is_as_likely():
    seen = []
    sobol(lambda x: seen.append(x["weeks"]) or float(x["weeks"]), {"weeks": (1, 3), "b": (0.0, 1.0)}, 256, 1)
    assert {type(weeks) for weeks in seen} == {int}
    assert np.bincount(seen)[1:].tolist() == pytest.approx([len(seen) / 3] * 3, rel=0.05)


def test_a_result_that_never_changes_has_no_effects():
    frame = sobol(lambda x: 4.0, {"b": (0.0, 1.0), "a": (0.0, 1.0)}, 64, 1)
    assert frame.values.tolist() == [["a", 0, 0, 0, 0], ["b", 0, 0, 0, 0]]


def test_the_same_seed_gives_the_same_effects():
    ranges = {"a": (0.0, 1.0), "b": (0.0, 1.0)}

    def run(x):
        return x["a"] * x["b"]

    first, again, other = (sobol(run, ranges, 64, seed)["total"].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_too_few_draws_and_draws_that_are_no_power_of_two_are_refused():
    with pytest.raises(ValueError, match="power of 2"):
        sobol(linear, {"a": (0.0, 1.0)}, 100, 1)
    with pytest.raises(ValueError, match="at least 64 draws, not 32"):
        sobol(linear, {"a": (0.0, 1.0)}, 32, 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_fewest_draws_are_enough_to_tell_what_matters(seed):
    # 10 f + 2 a + b over six uniform parameters: variances 100 : 4 : 1, the rest nothing
    ranges = dict.fromkeys("abcdef", (0.0, 1.0))
    frame = sobol(lambda x: 10 * x["f"] + 2 * x["a"] + x["b"], ranges, MIN_DRAWS, seed)
    assert frame["path"].tolist()[:3] == ["f", "a", "b"]
    assert frame["total"].tolist() == pytest.approx([100 / 105, 4 / 105, 1 / 105, 0, 0, 0], abs=0.05)


def test_a_failing_run_is_passed_on():
    def run(x):
        raise InputError("no")

    with pytest.raises(InputError):
        sobol(run, {"a": (0.0, 1.0)}, 64, 1)
