"""The holdout record: a true model is told from noise, scores by their formulas, nothing seen of what came later."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from toolkit.base.errors import InputError
from toolkit.data.load import load
from toolkit.parameters import Parameters
from toolkit.whatif.history import LOST, WON
from toolkit.whatif.holdout import _coverage, base_rate, brier_scores, holdout, quintiles

from .worlds import simulated, written

FEW_PATHS = Parameters.read(overrides={"whatif.paths": 200})
BUSY = {"close_base": -4.5, "close_contacts": 0.2, "close_effort": 1.0}


@pytest.fixture(scope="module")
def true_world():
    return simulated(BUSY, accounts=150, weeks=24, seed=6, known_people=1)


def record_of(history, folder, parameters=FEW_PATHS):
    return holdout(load(written(folder, history)), history.weeks[-1], parameters)


@pytest.fixture(scope="module")
def true_record(true_world, tmp_path_factory):
    return record_of(true_world, tmp_path_factory.mktemp("true"))


def test_where_the_model_is_true_it_beats_base_rate_and_stated_probability(true_record):
    brier = true_record.scores.set_index("method")["brier"]
    assert brier["model"] < brier["base_rate"] < brier["stated"]
    assert true_record.calibrated and true_record.reasons == ()


def test_where_stated_odds_mean_nothing_it_is_not_calibrated(true_world, tmp_path):
    rng = np.random.default_rng(1)
    level = rng.normal(0, 2, 150)[None, :] + rng.normal(0, 0.2, true_world.shape)
    noise = replace(true_world, stated=np.where(true_world.active, level, np.nan))
    record = record_of(noise, tmp_path)
    assert not record.calibrated
    assert "no_better_than_base_rate" in record.reasons


def test_the_cut_ends_three_quarters_of_the_weeks_and_the_rest_is_forecast(true_world, true_record):
    # 24 weeks: 18 fitted, the 18th is the cut, 6 ahead
    assert true_record.cut == true_world.weeks[17]
    assert true_record.weeks == 6
    assert len(true_record.accounts) == true_world.active[17].sum()
    came = true_world.closed[18:]
    assert (true_record.accounts["outcome"] == WON).sum() == (came == WON).sum()
    assert true_record.deals == (came != 0).sum()


def test_what_comes_after_the_cut_does_not_move_the_forecast(true_world, true_record, tmp_path):
    other = replace(
        true_world, **{name: np.array(getattr(true_world, name)) for name in ("stated", "progress", "closed")}
    )
    other.stated[18:] += 1.0
    other.progress[18:] = 1.0
    other.closed[18:] *= -1
    forecast = ["account_id", "won", "lost", "stated"]
    pd.testing.assert_frame_equal(record_of(other, tmp_path).accounts[forecast], true_record.accounts[forecast])


def test_scores_by_hand(true_record):
    table = true_record.accounts
    won, lost = (table["outcome"] == WON) * 1.0, (table["outcome"] == LOST) * 1.0
    assert true_record.scores["brier"][0] == pytest.approx(((table["won"] - won) ** 2).mean())
    assert true_record.scores["brier"][2] == pytest.approx(((table["stated"] - won) ** 2).mean())
    assert true_record.lost_scores["brier"][0] == pytest.approx(((table["lost"] - lost) ** 2).mean())
    assert true_record.lost_scores["brier"][2] == pytest.approx(((1 - table["stated"] - lost) ** 2).mean())
    assert (true_record.scores["low"] <= true_record.scores["brier"]).all()
    assert (true_record.scores["brier"] <= true_record.scores["high"]).all()


def test_base_rate_counts_every_window_that_fits():
    active = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 1], [0, 0, 1]], dtype=bool)
    closed = np.array([[0, 0, 0], [0, 0, 0], [0, -1, 0], [1, 0, 0]], dtype=np.int8)
    history = replace(simulated(accounts=3, weeks=4), active=active, closed=closed)
    # windows of 2 weeks from week 1 (accounts 1 and 2) and week 2 (all three): 5, won in week 4 seen by one
    assert base_rate(history, WON, 2) == pytest.approx((1 + 1) / (5 + 2))
    # account 2 is lost in week 3: within 2 weeks of week 1 and of week 2
    assert base_rate(history, LOST, 2) == pytest.approx((2 + 1) / (5 + 2))
    # no window: one of each, whether the record is a little too short or far too short
    assert [base_rate(history, WON, weeks) for weeks in (4, 5, 6, 7, 9)] == [0.5] * 5


def test_brier_interval_covers_the_bootstrap_of_a_plain_loop():
    rng = np.random.default_rng(3)
    p = pd.Series(rng.random(80))
    came = pd.Series(rng.random(80) < p)
    scores = brier_scores(came, {"model": p, "base_rate": 0.5}, Parameters.read(overrides={"whatif.paths": 4000}))
    errors = (p - came).to_numpy() ** 2
    means = [errors[rng.integers(0, 80, 80)].mean() for _ in range(4000)]
    assert scores[["low", "high"]].iloc[0].to_numpy() == pytest.approx(np.quantile(means, [0.05, 0.95]), abs=0.004)
    assert scores["difference"].tolist() == [0.0, pytest.approx(errors.mean() - 0.25)]


def test_quintiles_hold_each_account_once_from_the_lowest_forecast_up():
    p = pd.Series([0.9, 0.1, 0.5, 0.3, 0.7, 0.2])
    table = quintiles(p, pd.Series([True, False, True, False, True, False]))
    assert table["n"].tolist() == [2, 1, 1, 1, 1]
    assert table["forecast"].tolist() == pytest.approx([0.15, 0.3, 0.5, 0.7, 0.9])
    assert table["won_share"].tolist() == [0, 0, 1, 1, 1]
    assert len(quintiles(p[:2], pd.Series([True, False]))) == 2


def test_coverage_counts_the_weeks_inside(true_record):
    table = true_record.coverage.set_index("figure")
    # the tiers of a week are those of its opening Friday; the first is the cut itself
    assert table["weeks"].to_dict() == {"a_accounts": 5, "b_accounts": 5, "c_accounts": 5, "wins": 6, "losses": 6}
    assert (table["inside"] <= table["weeks"]).all()
    assert (table["level"] == 0.9).all()


def test_coverage_holds_each_week_against_its_own():
    # what came moves by one a week, every path is what came: all inside; every path a week late: none of the tiers
    weeks, ahead, accounts = 9, 4, 10
    tier = np.array([[0] * (w + 1) + [1] * (accounts - w - 1) for w in range(weeks)])
    closed = np.zeros((weeks, accounts), dtype=np.int8)
    closed[-ahead:, 0], closed[-1, 1] = WON, LOST
    whole, after = SimpleNamespace(tiers=SimpleNamespace(tier=tier)), SimpleNamespace(closed=closed)
    opens = tier[-ahead - 1 : -1]  # a week has the tiers of its opening Friday, the first those of the cut
    came = {f"{letter}_accounts": (opens == code).sum(axis=1) for code, letter in enumerate("abc")}
    came |= {"wins": np.array([1, 2, 3, 4]), "losses": np.array([0, 0, 0, 1])}

    def inside(weekly):
        futures = SimpleNamespace(weekly={figure: np.repeat(v[:, None], 3, axis=1) for figure, v in weekly.items()})
        table = _coverage(futures, whole, after, ahead, 0.9).set_index("figure")
        return table["inside"].to_dict()

    assert inside(came) == {"a_accounts": 3, "b_accounts": 3, "c_accounts": 3, "wins": 4, "losses": 4}
    late = {figure: np.roll(values, 1) for figure, values in came.items()}
    assert inside(late) == {"a_accounts": 0, "b_accounts": 0, "c_accounts": 3, "wins": 0, "losses": 2}


def test_too_few_deals_is_said(tmp_path):
    record = record_of(simulated({"close_base": -9.0}, accounts=12, weeks=12, seed=2), tmp_path)
    assert not record.calibrated and "few_deals" in record.reasons
    assert record.deals < 8


@pytest.mark.parametrize("weeks", [1, 2])
def test_a_record_too_short_to_fit_is_said(weeks, tmp_path):
    record = record_of(simulated(accounts=5, weeks=weeks), tmp_path)
    assert record.reasons == ("few_weeks",) and not record.calibrated
    assert record.scores["method"].tolist() == ["model", "base_rate", "stated"]
    assert record.scores["brier"].isna().all() and record.quintiles.empty and record.coverage.empty


@pytest.mark.parametrize("weeks", [8, 9])
def test_a_fit_part_without_a_window_as_long_as_the_rest_has_no_base_rate(weeks, tmp_path):
    # half of 9 weeks: 4 fitted, 5 ahead; half of 8: 4 and 4. Neither fits into what 4 Fridays tell
    half = Parameters.read(overrides={"whatif.paths": 50, "whatif.fit_share": 0.5})
    record = record_of(simulated(accounts=20, weeks=weeks, seed=3), tmp_path, half)
    assert record.reasons == ("few_weeks",) and not record.calibrated
    assert record.scores["brier"].isna().all()


def test_what_the_model_does_not_have_is_refused_in_the_language_asked_for(tmp_path):
    source = load(written(tmp_path, simulated(accounts=5, weeks=8, seed=3)))
    caps = Parameters.read(overrides={"tiers.stage_caps": {2: 0.5}, "whatif.paths": 50})
    friday = source.account_weeks["week_ending"].max().to_numpy().astype("datetime64[D]")
    for language, words in (("en", "tiers.stage_caps is set"), ("zh", "设了 tiers.stage_caps")):
        with pytest.raises(InputError, match=words):
            holdout(source, friday, caps, language=language)


def test_one_account_and_accounts_never_stated_are_judged_without_failing(tmp_path):
    one = record_of(simulated(accounts=1, weeks=8, seed=1), tmp_path / "one")
    assert len(one.accounts) <= 1 and not one.calibrated
    world = simulated(accounts=6, weeks=12, seed=4)
    world.stated[:, 2] = np.nan
    record = record_of(world, tmp_path / "unstated")
    unstated = record.accounts.set_index("account_id").loc["A002"]
    assert np.isnan(unstated["stated"]) and 0 <= unstated["won"] <= 1
    assert record.scores["brier"].notna().all()


def test_the_sample_team_is_judged_on_its_last_seven_weeks():
    record = holdout(load("sample_data"), np.datetime64("2026-11-20"), FEW_PATHS)
    # 26 recorded weeks, 19 fitted; accounts.csv: six won and three lost after 2 October of those active then
    assert (record.cut, record.weeks, record.deals) == (np.datetime64("2026-10-02"), 7, 9)
    assert record.scores["n"].tolist() == [60, 60, 60]
    assert record.calibrated == (not record.reasons)
    assert set(record.scores["method"]) == {"model", "base_rate", "stated"}
