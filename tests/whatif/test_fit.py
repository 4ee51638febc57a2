"""Known parameters come back from histories made from QUANT's equations; without data the priors stay."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.fit import FREE, elasticity, fit, response_from_judgements
from toolkit.whatif.history import efforts, stock
from toolkit.whatif.logistic import Normal, logistic_map
from toolkit.whatif.simulate import Start

from .worlds import simulated

PRIOR = DynamicsParameters()
PLAIN = {"gain": 0.3, "slip": 0.02, "odds_noise": 0.15, "report_noise": 0.4, "close_base": -4.8, "progress_effort": 1.2}


def values_of(numbers, names=FREE):
    return np.array([getattr(numbers, name) for name in names])


def off_in_sds(fitted, truth):
    return (values_of(fitted.dynamics) - values_of(truth)) / np.array([fitted.sds[name] for name in FREE])


def only(history, accounts):
    """The same history of some of the accounts."""
    cut = {name: array[:, accounts] for name, array in vars(history).items() if name not in ("weeks", "accounts")}
    return replace(history, accounts=history.accounts[accounts], **cut)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("truth", [{}, PLAIN], ids=["defaults", "other"])
def test_known_parameters_come_back_within_three_posterior_sds(seed, truth):
    truth = DynamicsParameters(**truth)
    fitted = fit(simulated(truth, accounts=400, weeks=40, seed=seed, missing=0.05), PRIOR)
    assert np.abs(off_in_sds(fitted, truth)).max() < 3.0
    assert fitted.notes == ()


def test_posterior_intervals_cover_at_about_their_level_when_the_truth_is_drawn_from_the_prior():
    rng = np.random.default_rng(7)
    drawn = [name for name in FREE if f"{name}_sd" in DynamicsParameters.model_fields]
    off = []
    for seed in range(40):
        truth = PRIOR.model_copy(
            update={name: rng.normal(getattr(PRIOR, name), getattr(PRIOR, f"{name}_sd")) for name in drawn}
            | {"gain": rng.uniform(0.1, 0.3), "slip": rng.uniform(0.0, 0.1)}
            | {"odds_noise": rng.uniform(0.15, 0.3), "report_noise": rng.uniform(0.15, 0.35)}
        )
        off.append(off_in_sds(fit(simulated(truth, accounts=100, weeks=26, seed=seed), PRIOR), truth))
    inside = np.abs(np.array(off)) < 1.645
    # 440 intervals of 90 %, those of one world not independent: 3 sds of 440 independent ones is 4.3 %
    assert 0.85 < inside.mean() < 0.95
    # by number, 40 each: P(X <= 28), X binomial(40, 0.9), is 1 in 3,000
    assert inside.sum(axis=0).min() > 28


def test_without_any_history_the_priors_are_what_is_left():
    fitted = fit(simulated(accounts=0, weeks=5), PRIOR)
    assert values_of(fitted.dynamics) == pytest.approx(values_of(PRIOR))
    assert [fitted.sds[name] for name in FREE[:7]] == pytest.approx(values_of(PRIOR, [f"{n}_sd" for n in FREE[:7]]))
    assert fitted.notes == ("no_odds", "no_progress", "few_closes")
    assert fitted.counts["closing_steps"] == 0


def test_an_empty_record_of_no_weeks_gives_the_priors_too():
    none = simulated(accounts=3, weeks=2)
    none = replace(none, **{k: v[:0] for k, v in vars(none).items() if k != "accounts"})
    assert values_of(fit(none, PRIOR).dynamics) == pytest.approx(values_of(PRIOR))


def test_one_account_moves_the_priors_little():
    fitted = fit(only(simulated(seed=3), [5]), PRIOR)
    off = (values_of(fitted.dynamics)[:7] - values_of(PRIOR)[:7]) / values_of(PRIOR, [f"{n}_sd" for n in FREE[:7]])
    assert np.isfinite(values_of(fitted.dynamics)).all()
    assert np.abs(off).max() < 2.0


def test_without_stated_odds_and_progress_only_the_closes_tell():
    history = simulated(seed=1)
    blank = np.full(history.shape, np.nan)
    fitted = fit(replace(history, stated=blank, progress=blank), PRIOR)
    closing = ["close_base", "close_effort", "close_contacts"]
    others = [name for name in FREE if name not in closing]
    assert values_of(fitted.dynamics, others) == pytest.approx(values_of(PRIOR, others))
    assert fitted.sds["close_base"] < PRIOR.close_base_sd / 3
    assert fitted.notes == ("no_odds", "no_progress")


def test_draws_have_the_posteriors_mean_and_sd_and_repeat():
    fitted = fit(simulated(accounts=60, weeks=26, seed=2), PRIOR)
    drawn = fitted.draw(4000, seed=11)
    assert isinstance(drawn, Dynamics)
    for name in FREE[:9]:  # the noises are normal in their squares
        values = getattr(drawn, name)
        assert values.shape == (4000,)
        assert values.mean() == pytest.approx(getattr(fitted.dynamics, name), abs=1e-9)
        assert values.std() == pytest.approx(fitted.sds[name], rel=0.06)
    assert (drawn.odds_noise**2).mean() == pytest.approx(fitted.dynamics.odds_noise**2, rel=0.01)
    assert (drawn.half_effect == PRIOR.half_effect).all() and drawn.half_effect.shape == (4000,)
    again = fitted.draw(4000, seed=11)
    assert all((getattr(again, name) == getattr(drawn, name)).all() for name in FREE)


@pytest.mark.parametrize(("half", "steep"), [(0.4, 0.7), (1.0, 1.0), (1.5, 1.3), (0.8, 4.0)])
def test_the_response_behind_five_judgements_is_found_exactly(half, steep):
    curve = [100 + 250 * e**steep / (half**steep + e**steep) for e in (0.0, 0.5, 1.0, 1.5)]
    assert response_from_judgements((*curve, 350.0)) == pytest.approx((half, steep), rel=1e-6)
    # carry-over 0.5: today's effort, held, is a stock of 2 even shares
    assert response_from_judgements((*curve, 350.0), 0.5) == pytest.approx((2 * half, steep), rel=1e-6)


def test_judgements_replace_the_response_that_is_set():
    prior = DynamicsParameters(judgements=(0.0, 0.2, 0.5, 9 / 13, 1.0))  # e^2 / (1 + e^2)
    fitted = fit(simulated(accounts=20, weeks=10), prior)
    assert (fitted.dynamics.half_effect, fitted.dynamics.steepness) == pytest.approx((2.0, 2.0))
    assert "judged" in fitted.notes


def test_judgements_without_any_rise_at_the_levels_asked_stay_within_bounds():
    half, steep = response_from_judgements((0.0, 0.0, 0.0, 0.0, 1.0))
    assert 1.5 < half <= 100 and 0.1 <= steep <= 10.0001


def test_logistic_map_agrees_with_a_plain_search():
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(60), rng.normal(size=60)])
    y = (rng.random(60) < expit(x @ [0.5, -1.0])).astype(float)
    prior = Normal(np.array([0.0, 0.0]), np.diag([1.0, 0.25]))

    def loss(b):
        p = expit(x @ b)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() + b[0] ** 2 / 2 + b[1] ** 2 / 0.5

    best, step = np.zeros(2), 1.0
    while step > 1e-7:  # compass search
        tries = [best + step * np.array(d) for d in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        nearest = min(tries, key=loss)
        best, step = (nearest, step) if loss(nearest) < loss(best) else (best, step / 2)
    assert logistic_map(x, y, prior).mean == pytest.approx(best, abs=1e-5)


def test_perfectly_separated_outcomes_stay_finite():
    x = np.column_stack([np.ones(20), np.repeat([-1.0, 1.0], 10)])
    found = logistic_map(x, np.repeat([0.0, 1.0], 10), Normal(np.zeros(2), np.eye(2)))
    assert np.isfinite(found.mean).all() and np.linalg.eigvalsh(found.covariance).min() > 0


def test_effort_is_a_share_of_the_week_and_its_stock_starts_as_if_it_had_always_been_so():
    cost = np.array([[100.0, 300.0], [0.0, 0.0], [50.0, 50.0]])
    rows = np.array([[True, True], [True, True], [True, False]])
    x = efforts(cost, rows)
    # week 2: nobody reported cost, so it repeats 0.5 and 1.5; week 3: alone in reporting is even; the other repeats
    assert np.nan_to_num(x, nan=-1).tolist() == [[0.5, 1.5], [-1, -1], [1.0, -1]]
    # R = x / (1 - 0.5), then 0.5 R + x
    assert stock(x, rows, 0.5).tolist() == [[1.0, 3.0], [1.0, 3.0], [1.5, 3.0]]


def test_an_account_has_no_stock_before_its_first_row():
    x = np.array([[np.nan], [2.0]])
    found = stock(x, np.array([[False], [True]]), 0.5).ravel()
    assert np.isnan(found[0]) and found[1] == 4.0


def start_with(effort, **more):
    """Accounts that differ in effort alone."""
    n = len(effort)
    even = {"odds": 0.0, "mean_odds": 0.0, "contacts": 2.0} | more
    whole = {name: np.full(n, value, dtype=float) for name, value in even.items()}
    zeros, no = np.zeros(n), np.zeros(n, dtype=bool)
    rest = {name: zeros for name in ("role", "strategic_weight", "value_index", "amount", "age_days")}
    whole |= rest | {"opens_in": np.zeros(n, int), "stall": np.zeros(n, int), "past": np.zeros((4, n)), "in_a": no}
    ids = np.array([f"K{k}" for k in range(n)], dtype=object)
    return Start(
        accounts=ids, effort=np.array(effort, dtype=float), even=n, resource=1.0, run_a=np.zeros(n, int), **whole
    )


def test_elasticity_by_hand_where_effort_moves_the_close_alone():
    d = Dynamics.of(PRIOR.model_copy(update={"progress_effort": 0.0, "close_base": -8.0, "close_contacts": 0.0}))
    # h = R/(k+R) with steepness 1, R = k: dh/dlnR = 1/4; a rare close: dln(win)/dh = c_h = 0.8; so 0.2
    d = replace(d, steepness=1.0)
    assert elasticity(d, start_with([d.half_effect])) == pytest.approx(0.2, rel=0.01)


def test_elasticity_of_the_defaults_lies_near_the_published_range_and_nobody_has_none():
    assert 0.1 < elasticity(Dynamics.of(PRIOR), start_with([1.0, 2.0, 3.0])) < 0.5
    assert np.isnan(elasticity(Dynamics.of(PRIOR), start_with([])))
