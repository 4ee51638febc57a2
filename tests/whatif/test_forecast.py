"""Scenarios on the same draws: what differs, how sure it is, and what is said of a scenario that cannot differ."""

import numpy as np
import pandas as pd
import pytest

from tests.whatif.starts import DYNAMICS, random_start, start_with
from toolkit.base.errors import InputError
from toolkit.parameters import Parameters
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.forecast import FIGURE_COLUMNS, Forecaster, between_draws, forecast, monte_carlo, refine
from toolkit.whatif.scenario import from_overrides, stock
from toolkit.whatif.simulate import FIGURES, simulate

WEEKS = 10


class Told:
    """A fit by hand: the numbers, and draws whose `progress_base` alone is unsure, by `sd`, as far as that goes."""

    def __init__(self, sd=0.0):
        self.dynamics, self.sd = DYNAMICS, sd

    def draw(self, n, seed):
        rows = {name: np.full(n, value) for name, value in vars(self.dynamics).items()}
        rows["progress_base"] = rows["progress_base"] + self.sd * np.linspace(-1.7, 1.7, n)
        return Dynamics(**rows)


def base(**changes):
    return Parameters.read({"whatif": {"weeks": WEEKS, "paths": 400, "posterior_draws": 20, **changes}})


def of(made, scenario, figure="wins"):
    rows = made.figures
    return rows[(rows["scenario"] == scenario) & (rows["figure"] == figure)].iloc[0]


@pytest.fixture(scope="module")
def made():
    """All stock scenarios, one that fails and one that changes nothing, on a team of 60."""
    extra = (from_overrides("impossible", ["allocation.share_a=0.9", "allocation.share_b=0.9"]),)
    extra += (from_overrides("nothing", ["tiers.a.min_win_probability=0.6"]),)
    extra += (from_overrides("capped", {"tiers": {"stage_caps": {2: 0.5}}}),)
    return forecast(random_start(60, 12, WEEKS, seed=2), Told(0.4), base(), (*stock(), *extra), language="en")


def test_the_baseline_comes_first_and_every_scenario_has_its_rows(made):
    names = ["baseline", *(s.name for s in stock()), "impossible", "nothing", "capped"]
    assert made.figures["scenario"].tolist() == [name for name in names for _ in FIGURES]
    assert made.figures["figure"].tolist() == list(FIGURES) * len(names)
    assert made.figures.columns.tolist() == list(FIGURE_COLUMNS)
    assert (of(made, "baseline")[["difference", "mc_low", "mc_high", "param_low", "param_high"]] == 0).all()


def test_common_draws_make_every_difference_surer(made):
    # QUANT: the variance of a difference falls; each stock scenario that reaches the model, each figure it changes
    for scenario in stock():
        for figure in ("wins", "won_amount", "losses", "demotions", "a_accounts"):
            row = of(made, scenario.name, figure)
            if row["state"] == "ok":
                assert row["variance_ratio"] > 2, (scenario.name, figure)  # a NaN is none
    reached = made.figures[(made.figures["figure"] == "wins") & (made.figures["state"] == "ok")]
    assert len(reached) == 1 + len(stock()) - 1  # all but the red alert's


def test_what_the_model_cannot_see_changes_nothing_exactly(made):
    for name, reason in (("red_alert_8", "not_in_model"), ("nothing", "no_change")):
        rows = made.figures[made.figures["scenario"] == name]
        assert (rows["state"] == "no_effect").all() and (rows["reason"] == reason).all()
        assert (rows[["difference", "mc_low", "mc_high", "param_low", "param_high"]] == 0).all(axis=None)
        assert rows["mean"].tolist() == made.figures[made.figures["scenario"] == "baseline"]["mean"].tolist()


def test_a_failed_scenario_stays_with_its_reason_and_hinders_none(made):
    for name, words in (("impossible", "share_a"), ("capped", "no decision stages")):
        rows = made.figures[made.figures["scenario"] == name]
        assert (rows["state"] == "failed").all() and rows["reason"].str.contains(words).all()
        assert rows.iloc[:, 2:11].isna().all(axis=None)
        assert name not in set(made.bands["scenario"]) | set(made.accounts["scenario"])
    assert of(made, "spill")["state"] == "ok"


def test_a_future_in_which_the_rules_break_fails_the_scenario_alone():
    # one account cannot take all of its pool
    cap = from_overrides("cap", {"allocation": {"caps": {"A000": 0.5}}})
    made = forecast(start_with(1), Told(), base(), [cap], language="en")
    assert of(made, "cap")["state"] == "failed" and "A000" in of(made, "cap")["reason"]
    with pytest.raises(InputError, match="A000"):
        forecast(start_with(1), Told(), Parameters.read(base(), {"allocation.caps": {"A000": 0.5}}), [])


def test_figures_are_those_of_the_simulator():
    p, start = base(), random_start(12, 3, WEEKS, seed=5)
    made = forecast(start, Told(), p, [from_overrides("easy", ["tiers.b.min_win_probability=0.2"])])
    asked = {"weeks": WEEKS, "paths": 400, "seed": p.whatif.seed}
    easy = Parameters.read(p, ["tiers.b.min_win_probability=0.2"])
    one, other = (simulate(start, DYNAMICS, q, **asked) for q in (p, easy))
    for figure in FIGURES:
        row, d = of(made, "easy", figure), other.end[figure] - one.end[figure]
        assert row["mean"] == other.end[figure].mean() and row["difference"] == pytest.approx(d.mean(), abs=1e-12)
        half = 1.959963984540054 * d.std(ddof=1) / 20
        assert [row["mc_low"], row["mc_high"]] == pytest.approx([d.mean() - half, d.mean() + half], abs=1e-9)
        assert [row["low"], row["high"]] == np.quantile(other.end[figure], [0.05, 0.95]).tolist()
        weekly = made.bands[(made.bands["scenario"] == "easy") & (made.bands["figure"] == figure)]
        assert weekly["mean"].tolist() == pytest.approx(other.weekly[figure].mean(axis=1).tolist(), abs=1e-9)
    days = pd.DatetimeIndex(made.bands["week_ending"].unique()).strftime("%F").tolist()
    assert len(days) == WEEKS and [days[0], days[-1]] == ["2026-11-27", "2027-01-29"]
    mine = made.accounts[made.accounts["scenario"] == "easy"]
    assert mine["won"].tolist() == other.won.tolist() and mine["account_id"].tolist() == start.accounts.tolist()


def test_the_wider_interval_holds_the_narrower(made):
    rows = made.figures[made.figures["state"] == "ok"]
    assert (rows["param_low"] <= rows["mc_low"] + 1e-9).all() and (rows["param_high"] >= rows["mc_high"] - 1e-9).all()


def test_an_unsure_fit_widens_the_interval_of_parameters_only():
    scenario = [from_overrides("lax", ["demotion.weeks=6"])]
    start = random_start(30, 0, WEEKS, seed=3)
    sure, unsure = (of(forecast(start, Told(sd), base(), scenario), "lax", "demotions") for sd in (0.0, 1.5))
    assert (sure["mc_low"], sure["mc_high"]) == (unsure["mc_low"], unsure["mc_high"])
    widths = [row["param_high"] - row["param_low"] for row in (sure, unsure)]
    assert widths[0] == pytest.approx(sure["mc_high"] - sure["mc_low"])  # nothing is left open
    assert widths[1] > 2 * widths[0]


def test_more_and_more_paths_end_in_the_same_forecast():
    start, p = random_start(10, 3, WEEKS, seed=7), base(paths=500)
    asked = (start, Told(0.3), p, [from_overrides("spill", ["allocation.empty_tier=spill"])])
    looks = list(refine(*asked))
    assert [look.paths for look in looks] == [100, 400, 500]
    once = forecast(*asked)
    for frame in ("figures", "bands", "accounts"):
        pd.testing.assert_frame_equal(getattr(looks[-1], frame), getattr(once, frame))


def test_a_forecaster_forgets_no_paths_and_mixes_none_up():
    start, p = random_start(10, 3, WEEKS, seed=7), base()
    kept = Forecaster(start, Told(0.3), p)
    for weeks in (3, 2, 4):
        scenario = [from_overrides("mine", [f"demotion.weeks={weeks}"])]
        for look in kept.refine(scenario, (50, 200, 400)):
            small = Forecaster(start, Told(0.3), p)
            (alone,) = small.refine(scenario, (look.paths,))
            pd.testing.assert_frame_equal(look.figures, alone.figures)
            pd.testing.assert_frame_equal(look.bands, alone.bands)


def test_a_plan_of_ones_own_stands_beside_the_rule():
    start, p = start_with(3, odds=[1.0, 0.5, 0.0]), base(paths=100)
    plan = pd.Series([0.2, 0.8], index=["A002", "A000"])  # by name, in any order; who is not named draws nothing
    made = forecast(start, Told(), p, [], plan=plan)
    futures = simulate(start, DYNAMICS, p, weeks=WEEKS, paths=100, seed=p.whatif.seed, plan=np.array([0.8, 0.0, 0.2]))
    assert made.figures["scenario"].unique().tolist() == ["baseline", "my_plan"]
    assert of(made, "my_plan")["mean"] == futures.end["wins"].mean()


def test_a_simulation_interval_holds_the_truth_as_often_as_it_says():
    # 400 replications of 50 paths each, cut from one long run; the truth is the mean of all 20,000. 95 % of 400 with
    # 4 standard errors (.011 each): .907 to .993
    start, d = start_with(4, odds=np.array([0.2, 0.5, -0.7, 0.4]), stall=np.array([1, 2, 0, 1])), DYNAMICS
    asked = {"weeks": 4, "paths": 20_000, "seed": 6}
    rules = (Parameters(), Parameters.read({"demotion": {"weeks": 3}}))
    one, other = (simulate(start, d, p, **asked).end["demotions"] for p in rules)
    difference = other - one
    truth = difference.mean()
    held = [low <= truth <= high for low, high in map(monte_carlo, difference.reshape(400, 50))]
    assert 0.907 <= np.mean(held) <= 0.993
    unpaired = [monte_carlo(row) for row in (other - np.roll(one, 50)).reshape(400, 50)]
    paired = [monte_carlo(row) for row in difference.reshape(400, 50)]
    assert np.mean([b - a for a, b in unpaired]) > np.mean([b - a for a, b in paired])


def test_the_noise_of_few_paths_is_not_taken_for_doubt_about_the_parameters():
    # 200 draws with true means of sd s, 25 paths each with noise of sd 2, so of .4 in a mean
    rng = np.random.default_rng(4)
    for sd in (0.0, 0.5):
        truth = rng.normal(0, sd, 200)
        values = truth[np.arange(5000) % 200] + rng.normal(0, 2, 5000)
        found = between_draws(values, 200)
        assert found.mean() == pytest.approx(np.mean(values), abs=1e-9)
        assert abs(found.std() - sd) < 0.15
        assert np.array([values[k::200].mean() for k in range(200)]).std() > found.std()


def test_groups_of_one_path_are_left_as_they_are():
    assert between_draws(np.array([1.0, 5.0, 3.0]), 4).tolist() == [1.0, 5.0, 3.0]
    assert between_draws(np.array([2.0, 2.0, 2.0, 2.0]), 2).tolist() == [2.0, 2.0]


def test_progress_is_told_by_name():
    told = []
    spill = [from_overrides("spill", ["allocation.empty_tier=spill"])]
    forecast(start_with(1), Told(), base(paths=50), spill, progress=told.append)
    assert told == ["baseline", "spill"]
