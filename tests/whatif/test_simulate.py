"""The forward simulation: by hand, against a plain loop, in closed form, and what stays the same whatever one does."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.plain_loop import drawn_lists, path_of
from tests.whatif.starts import DYNAMICS, random_start, start_with
from toolkit.base.errors import InputError
from toolkit.method.demotion import stall_step
from toolkit.parameters import Parameters
from toolkit.whatif import simulate as module
from toolkit.whatif.draws import Drawn, Draws
from toolkit.whatif.simulate import FIGURES, simulate

SHARES = ("won", "lost", "in_a", "in_b", "in_c")


def parameters(**changes):
    return Parameters.read(overrides={name.replace("__", "."): value for name, value in changes.items()})


def same(one, other, paths=None):
    figures = all((one.weekly[f][:, :paths] == other.weekly[f][:, :paths]).all() for f in FIGURES)
    return figures and (paths is not None or all((getattr(one, s) == getattr(other, s)).all() for s in SHARES))


class Given:
    """Draws by hand: per week (report z, odds z, u progress, u close), each a number or one a path."""

    def __init__(self, *weeks):
        self.weeks = weeks

    def week(self, *, first, paths, week, accounts):
        report, odds, *uniform = (np.broadcast_to(np.asarray(x, dtype=float), (paths,)) for x in self.weeks[week - 1])
        parts = (report, odds, *(np.log(u / (1 - u)) for u in uniform))
        return Drawn(*(np.repeat(part[:, None], accounts, axis=1) for part in parts))


def test_two_weeks_by_hand():
    # One benchmark account, weight 90, odds 1: p = s(1) = .731, so A. Its pool is 70 % of the resource, B's 30 % stays
    # as a reserve; even = 1, so x = .7 and R = .5 x 1 + .7 = 1.2 = half effect: h = .5.
    # Progress: 0 + 2 x .5 + .5 x 1 - .1 x min(3, 2) = 1.3, s = .7858; u = .78: progress. Contacts 2 + 1 = 3, the most.
    # Odds: 1 + .1 x (0 - 1) + .2 + .3 x 1 = 1.4. Close: -2 + 1 x .5 + .25 x 3 = -.75, k = .3208;
    # k s(1.4) = .3208 x .8022 = .2574. Paths: u = .257 won, .258 lost, .320 lost, .321 open.
    # Week 2, the open path: p = s(1.4 - .25 x 4) = s(.4) = .5987, so B; A's 70 % is the reserve, x = .3,
    # R = .5 x 1.2 + .3 = .9, h = .9 / 2.1 = .42857. Progress: .85714 + .5 x 1.4 - 0 = 1.55714, s = .82594;
    # u = .826: none.
    # Odds: 1.4 + .1 x (0 - 1.4) - .1 + 0 = 1.16. Close: -2 + .42857 + .75 = -.82143, k = .30545, s(1.16) = .76133,
    # k s = .23255; u = .232: won.
    d = replace(
        DYNAMICS,
        carry_over=0.5, half_effect=1.2, steepness=1.0, progress_base=0.0, progress_effort=2.0, progress_odds=0.5,
        progress_stall=-0.1, max_stall=2, max_contacts=3, gain=0.2, slip=0.1, odds_noise=0.3, reversion=0.1,
        report_noise=0.25, close_base=-2.0, close_effort=1.0, close_contacts=0.25,
    )  # fmt: skip
    start = start_with(1, odds=[1.0], mean_odds=[0.0], effort=[1.0], stall=[3], contacts=[2.0])
    draws = Given((0, 1, 0.78, [0.257, 0.258, 0.320, 0.321]), (-4, 0, 0.826, 0.232))
    futures = simulate(start, d, Parameters(), weeks=2, paths=4, seed=1, draws=draws)
    expected = {
        "won_amount": [[100, 0, 0, 0], [100, 0, 0, 100]],
        "wins": [[1, 0, 0, 0], [1, 0, 0, 1]],
        "losses": [[0, 1, 1, 0], [0, 1, 1, 0]],
        "a_accounts": [[1, 1, 1, 1], [0, 0, 0, 0]],
        "b_accounts": [[0, 0, 0, 0], [0, 0, 0, 1]],
        "c_accounts": [[0, 0, 0, 0], [0, 0, 0, 0]],
        "demotions": [[0, 0, 0, 0], [0, 0, 0, 0]],
        "reserve_share": [[0.3] * 4, [0.65, 0.65, 0.65, 0.5]],  # closed paths: everything is a reserve
    }
    for figure, values in expected.items():
        np.testing.assert_allclose(futures.weekly[figure], values, atol=1e-12, err_msg=figure)
    assert [getattr(futures, s).tolist() for s in SHARES] == [[0.5], [0.5], [0], [0.25], [0]]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tiers__a__min_win_probability": 0.5, "tiers__a__min_strategic_weight": 70},
        {"demotion__weeks": 1, "allocation__inside": "equal", "allocation__empty_tier": "spill"},
        {"allocation__inside": "value", "emerging__lookback_weeks": 2, "emerging__max_age_days": 14},
        {"emerging__lookback_weeks": 6, "allocation__share_a": 0.5, "resources__budget__weekly_total": 600_000},
    ],
)
def test_every_path_equals_a_plain_loop(changes):
    # the loop has its own S1, S3 and S6, in words; draws and starting team are all that is shared
    p, start = parameters(**changes), random_start(18, 6, 14, seed=4)
    futures = simulate(start, DYNAMICS, p, weeks=14, paths=12, seed=9)
    teams = [path_of(start, DYNAMICS, p, drawn) for drawn in drawn_lists(start, 9, 14, 12)]
    for figure in FIGURES:
        expected = np.array([[row[figure] for row in team.weekly] for team in teams]).T
        np.testing.assert_allclose(futures.weekly[figure], expected, atol=1e-9, err_msg=figure)
    closed = np.array([[account.closed for account in team.accounts] for team in teams])
    assert futures.won.tolist() == (closed == "won").mean(axis=0).tolist()
    assert futures.lost.tolist() == (closed == "lost").mean(axis=0).tolist()


def test_weeks_without_progress_are_those_of_s3():
    # one path of one account, stalled or not by the draw alone: the count that S3's own step makes, week by week
    moves = [False, False, True, False, True, True, False, False, False, True]
    flat = dict.fromkeys(("progress_base", "progress_effort", "progress_odds", "progress_stall"), 0.0)
    d = replace(DYNAMICS, **flat, close_base=-20.0)
    draws = Given(*((0, 0, 0.4 if moved else 0.6, 0.999) for moved in moves))
    p, start = parameters(tiers__a__min_strategic_weight=95), start_with(1, stall=[1])
    futures = simulate(start, d, p, weeks=len(moves), paths=1, seed=1, draws=draws)
    count, demoted = 1, []
    for moved in moves:
        demoted.append(int(count >= 2))  # on the opening Friday
        count, _ = stall_step(count, 0, True, float(moved))
    assert futures.weekly["c_accounts"].ravel().tolist() == demoted
    began = [now and not before for now, before in zip(demoted, [0, *demoted], strict=False)]
    assert futures.weekly["demotions"].ravel().tolist() == np.cumsum(began).tolist()


def test_wins_without_any_effect_follow_the_geometric_law():
    # k = s(-2) each week whatever happens, and the odds stay: P(won by week 10) = s(eta) (1 - (1 - k)^10); a share of
    # 4,000 paths may be off by 4 standard errors of the binomial
    still = dict.fromkeys(("gain", "slip", "odds_noise", "close_effort", "close_contacts"), 0.0)
    start = start_with(5, odds=np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), mean_odds=np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
    futures = simulate(start, replace(DYNAMICS, **still, close_base=-2.0), Parameters(), weeks=10, paths=4000, seed=2)
    logistic = 1 / (1 + np.exp(-start.odds))
    closed = 1 - (1 - 1 / (1 + np.exp(2.0))) ** 10
    for share, chance in ((futures.won, logistic * closed), (futures.lost, (1 - logistic) * closed)):
        assert (abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / 4000)).all()
    assert futures.end["wins"].mean() == pytest.approx(futures.won.sum(), abs=1e-12)


def test_odds_without_noise_go_back_to_their_mean_at_the_rate_of_reversion():
    # eta_t = 2 x .9^t - 1 from 1 to -1: at least ln 1.5 = .405 (60 %) for t <= 3, as .9^3 = .729 > .7027 > .9^4 = .656;
    # at least ln(3/7) = -.847 (30 %) for t <= 24, since .9^24 = .0798 > .0764 > .9^25 = .0718. Week t + 1 sees eta_t.
    still = dict.fromkeys(("gain", "slip", "odds_noise", "report_noise"), 0.0)
    d = replace(DYNAMICS, **still, reversion=0.1, close_base=-50.0)
    p = parameters(demotion__weeks=26)
    start = start_with(1, odds=[1.0], mean_odds=[-1.0])
    futures = simulate(start, d, p, weeks=27, paths=1, seed=3)
    tiers = np.array([futures.weekly[f"{t}_accounts"].ravel() for t in "abc"])
    assert tiers.argmax(axis=0).tolist() == [0] * 4 + [1] * 21 + [2] * 2


def test_one_thread_equals_two_and_any_cut_into_chunks(monkeypatch):
    start, p = random_start(30, 8, 8, seed=1), Parameters()
    asked = {"weeks": 8, "paths": 61, "seed": 5}
    whole = simulate(start, DYNAMICS, p, **asked, threads=1)
    monkeypatch.setattr(module, "_CHUNK", 200)  # 5 paths a chunk
    assert same(whole, simulate(start, DYNAMICS, p, **asked, threads=1))
    assert same(whole, simulate(start, DYNAMICS, p, **asked, threads=2))
    monkeypatch.setattr(module, "_CHUNK", 1)
    assert same(whole, simulate(start, DYNAMICS, p, **asked, threads=2))


def test_the_first_1000_of_10000_paths_are_the_same():
    start = start_with(3, odds=np.array([0.3, 0.5, -0.6]), stall=np.array([0, 1, 2]))
    asked = {"weeks": 5, "seed": 5}
    few = simulate(start, DYNAMICS, Parameters(), **asked, paths=1000)
    many = simulate(start, DYNAMICS, Parameters(), **asked, paths=10_000)
    assert same(few, many, paths=1000)
    later = simulate(start, DYNAMICS, Parameters(), **asked, paths=9000, first_path=1000)
    assert same(few.followed_by(later), many)


def test_kept_draws_change_nothing():
    start, draws = random_start(10, 2, 6), Draws(5, keep=True)
    asked = {"weeks": 6, "seed": 5}
    for paths in (20, 50, 30):
        anew = simulate(start, DYNAMICS, Parameters(), **asked, paths=paths)
        assert same(anew, simulate(start, DYNAMICS, Parameters(), **asked, paths=paths, draws=draws))


def test_numbers_a_path_are_each_paths_own():
    start, p = random_start(8, 2, 6), Parameters()
    other = replace(DYNAMICS, progress_base=-0.5, gain=0.3, steepness=2.0)
    both = type(DYNAMICS)(**{n: np.array([v, vars(other)[n]]) for n, v in vars(DYNAMICS).items()}).per_path(30)
    mixed = simulate(start, both, p, weeks=6, paths=30, seed=1)
    alone = [simulate(start, d, p, weeks=6, paths=30, seed=1) for d in (DYNAMICS, other)]
    for figure in FIGURES:
        for k in (0, 1):
            np.testing.assert_allclose(mixed.weekly[figure][:, k::2], alone[k].weekly[figure][:, k::2], atol=1e-9)


def test_a_closed_account_leaves_and_an_arrival_plays_from_its_week():
    # everything closes in its first week: the account open now in week 1, the arrival in week 3
    d = replace(DYNAMICS, close_base=50.0)
    futures = simulate(start_with(2, opens_in=[0, 3]), d, Parameters(), weeks=4, paths=2, seed=1)
    in_tiers = sum(futures.weekly[f"{t}_accounts"] for t in "abc")
    assert in_tiers.tolist() == [[1, 1], [0, 0], [1, 1], [0, 0]]
    assert (futures.weekly["wins"] + futures.weekly["losses"]).tolist() == [[1, 1], [1, 1], [2, 2], [2, 2]]


def test_every_account_ends_in_one_state():
    start = random_start(20, 0, 10, seed=6)
    futures = simulate(start, DYNAMICS, Parameters(), weeks=10, paths=40, seed=1)
    # tiers are those of the last week's opening Friday; who closed in that week stood in one of them
    in_tiers = futures.in_a + futures.in_b + futures.in_c
    assert (in_tiers + futures.won + futures.lost >= 1 - 1e-12).all() and (in_tiers <= 1 + 1e-12).all()
    total = sum(futures.end[f"{t}_accounts"] for t in "abc").mean()
    assert in_tiers.sum() == pytest.approx(total)


def test_a_plan_is_held_as_it_is():
    # half of the resource on the first of two: 1 even share each way; the reserve is what the plan leaves, and what
    # the plan gives to closed accounts
    d = replace(DYNAMICS, close_base=-50.0)
    plan = np.array([0.5, 0.25])
    futures = simulate(start_with(2), d, Parameters(), weeks=3, paths=2, seed=1, plan=plan)
    assert (futures.weekly["reserve_share"] == 0.25).all()
    gone = simulate(start_with(2), replace(d, close_base=50.0), Parameters(), weeks=2, paths=2, seed=1, plan=plan)
    assert gone.weekly["reserve_share"].tolist() == [[0.25] * 2, [0.625] * 2]


def test_twice_the_resource_is_twice_the_effort():
    start = start_with(1, effort=[0.0])
    d = replace(DYNAMICS, carry_over=0.0)
    draws = Given((0, 0, 0.5, 0.9))
    # x = .7 under today's resource, 1.4 under twice as much: the same as half the half effect
    asked = {"weeks": 1, "paths": 1, "seed": 1, "draws": draws}
    more = simulate(start, d, parameters(resources__budget__weekly_total=800_000), **asked)
    easier = simulate(start, replace(d, half_effect=0.75), Parameters(), **asked)
    assert same(more, easier)


def test_what_the_model_does_not_have_is_refused_in_words():
    start = start_with(1)
    caps = Parameters.read({"tiers": {"stage_caps": {2: 0.5}}})
    for language, words in (("en", "tiers.stage_caps is set"), ("zh", "设了 tiers.stage_caps")):
        with pytest.raises(InputError, match=words):
            simulate(start, DYNAMICS, caps, weeks=1, paths=1, seed=1, language=language)
    with pytest.raises(InputError, match="weekly total of budget is 0"):
        simulate(replace(start, resource=0.0), DYNAMICS, Parameters(), weeks=1, paths=1, seed=1, language="en")


def test_limits_that_cannot_hold_in_some_future_are_named():
    p = Parameters.read({"allocation": {"caps": {"A000": 0.5}}})
    with pytest.raises(InputError, match="A000"):
        simulate(start_with(1), DYNAMICS, p, weeks=1, paths=1, seed=1)


def test_a_team_without_accounts_has_futures_without_anything():
    futures = simulate(start_with(0), DYNAMICS, Parameters(), weeks=2, paths=3, seed=1)
    assert futures.end["wins"].tolist() == [0, 0, 0] and futures.won.shape == (0,)
    assert (futures.end["reserve_share"] == 1).all()
