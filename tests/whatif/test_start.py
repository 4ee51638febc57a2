"""Where the forward model starts, by hand on a small team, and what is done where nothing is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from toolkit.base.forecasting import DynamicsParameters
from toolkit.data.load import load
from toolkit.parameters import Parameters
from toolkit.state.portfolio import build_portfolio
from toolkit.whatif.odds import follow
from toolkit.whatif.start import start_of

from .worlds import simulated

FRIDAYS = pd.date_range("2026-10-02", "2026-11-20", freq="7D").strftime("%Y-%m-%d")  # eight


def account(account_id, **changes):
    row = {
        "account_id": account_id,
        "account_name": account_id,
        "market_role": "industry_benchmark",
        "annual_potential": 9_000_000,
        "opened_on": "2026-01-05",
        "status": "active",
        "contract_amount": 700_000,
    }
    return row | changes


def rows(account_id, probabilities, **changes):
    """A row for each of FRIDAYS; None leaves the week out."""
    known = {"strategic_weight": 85, "value_index": 50, "resource_cost": 1000, "progress": 0} | changes
    pairs = zip(FRIDAYS, probabilities, strict=True)
    return [
        {"week_ending": f, "account_id": account_id, "win_probability": p} | known for f, p in pairs if p is not None
    ]


def start(folder, accounts, weeks, overrides=None, arrivals=True, **tables):
    folder.mkdir(exist_ok=True)
    pd.DataFrame(accounts).to_csv(folder / "accounts.csv", index=False)
    pd.DataFrame(weeks).to_csv(folder / "account_weeks.csv", index=False)
    for name, table in tables.items():
        pd.DataFrame(table).to_csv(folder / f"{name}.csv", index=False)
    data, parameters = load(folder), Parameters.read(overrides=overrides)
    friday = np.datetime64(FRIDAYS[-1])
    then = data.at(friday)
    return start_of(build_portfolio(then, friday, parameters), then, parameters, arrivals=arrivals)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """K1 draws three times K2's effort; K3 was won before; P1 of K1 is reached before the record, P2 in it."""
    people = [
        {"person_id": p, "account_id": "K1", "person_name": p, "is_key": True, "first_contacted_on": d}
        for p, d in (("P1", "2026-09-01"), ("P2", "2026-10-20"), ("P3", ""))
    ]
    return start(
        tmp_path_factory.mktemp("two"),
        [account("K2"), account("K1"), account("K3", status="won", closed_on="2026-11-18")],
        rows("K1", [0.7] * 8, resource_cost=3000, contract_amount=1_200_000)
        + rows("K2", [0.2] * 4 + [None] + [0.3] * 3, progress=1)
        + rows("K3", [0.9] * 7 + [None], resource_cost=2000),
        decision_makers=people,
    )


def test_the_active_accounts_by_id(two):
    assert two.accounts.tolist() == ["K1", "K2"]
    assert two.opens_in.tolist() == [0, 0] and two.even == 2
    assert two.role.tolist() == [0, 0]
    assert two.resource == 400_000  # the first resource of METHOD: the budget a week, CNY
    assert two.strategic_weight.tolist() == [85, 85] and two.value_index.tolist() == [50, 50]


def test_the_stock_of_effort_follows_the_share_of_the_reported_cost(two):
    # three of 6,000: 1.5, 0.5, 1.0 even shares; held from the start: R = x / (1 - 0.5) = 3 and 1
    r1, r2 = 3.0, 1.0
    # week 5 lacks K2's row: K1 has 3000 of the mean 2500, 1.2; K2 repeats 0.5
    r1, r2 = r1 / 2 + 1.2, r2 / 2 + 0.5
    for _ in range(2):
        r1, r2 = r1 / 2 + 1.5, r2 / 2 + 0.5
    # week 8, without K3: 3000 and 1000 of the mean 2000
    assert two.effort.tolist() == pytest.approx([r1 / 2 + 1.5, r2 / 2 + 0.5])


def test_stall_contacts_amount_age_and_past(two):
    assert two.stall.tolist() == [8, 0]
    # K1: P1 reached by the first row, no progress since. K2: nobody on file, seven later weeks, of which six rows of
    # progress, and one without row that counts the team's mean: K1 0 of 8, K2 7 of 7, K3 0 of 7
    assert two.contacts.tolist() == pytest.approx([1.0, min(6 + 7 / 22, 6.0)])
    assert two.amount.tolist() == [1_200_000, 700_000]  # of the newest row; else of the account
    assert two.age_days.tolist() == [319, 319]  # 5 January to 20 November
    # the four Fridays before the last one: K2's fourth row, the same carried over the fifth week, two rows
    assert two.past.T.tolist() == [[0.7] * 4, [0.2, 0.2, 0.3, 0.3]]
    assert two.in_a.tolist() == [True, False] and two.run_a.tolist() == [8, 0]


def test_odds_lie_between_the_newest_statement_and_the_level(two):
    assert two.odds[0] == pytest.approx(logit(0.7), abs=0.15)
    assert logit(0.15) < two.odds[1] < logit(0.35)
    assert two.mean_odds[0] > two.mean_odds[1]


def test_report_noise_is_filtered_out_of_a_true_history():
    history = simulated({"report_noise": 0.6}, accounts=400, weeks=26, seed=8)
    track = follow(history, DynamicsParameters())
    steady = simulated({"report_noise": 0.0}, accounts=400, weeks=26, seed=8)
    both = history.active[-1] & steady.active[-1]
    # the two worlds part where a report moves effort; so only the spread about the statement is judged
    off = (track.odds[-1] - history.stated[-1])[both]
    assert track.noise.mean[1] ** 0.5 == pytest.approx(0.6, abs=0.05)
    assert 0.3 < off.std() < 0.6


def test_levels_are_shrunk_to_the_teams_the_more_the_fewer_the_weeks():
    # nobody closes and nothing drifts: an account's level shows in its mean alone
    history = simulated({"close_base": -12.0, "gain": 0.0, "slip": 0.0}, accounts=300, weeks=30, seed=2)
    history.stated[:27, :150] = np.nan
    track = follow(history, DynamicsParameters())
    off, stated = track.mean_odds - track.team_odds, np.nanmean(history.stated, axis=0)
    three, thirty = (np.polyfit(stated[of], off[of], 1)[0] for of in (slice(0, 150), slice(150, 300)))
    assert 0 < three < thirty < 1


def test_an_account_never_stated_starts_at_the_level_of_the_c_accounts(tmp_path):
    found = start(
        tmp_path,
        [account("K1"), account("K2"), account("K3", industry_influence=80, technical_fit=60, gross_margin=0.3)],
        rows("K1", [0.8] * 8) + rows("K2", [0.1] * 8),
    )
    assert found.odds[2] == found.mean_odds[2] == found.mean_odds[1]
    assert found.effort[2] == 0 and np.isnan(found.past[:, 2]).all() and found.stall[2] == 0
    assert np.isfinite(found.value_index[2])  # computed from what is known of the account


def test_without_any_row_of_theirs_or_of_a_c_account_everybody_starts_at_the_b_line(tmp_path):
    gone = account("K9", status="won", closed_on="2026-11-04")
    book = [account("K1"), account("K2", contract_amount=""), gone]
    found = start(tmp_path, book, rows("K9", [0.9] * 4 + [None] * 4))
    assert found.odds.tolist() == pytest.approx([logit(0.3)] * 2)
    assert found.amount.tolist() == [700_000, 9_000_000]
    assert found.opens_in.tolist() == [0, 0]


def test_without_any_active_account_the_start_is_empty(tmp_path):
    gone = account("K1", status="lost", closed_on="2026-11-04")
    found = start(tmp_path, [gone], rows("K1", [0.5] * 4 + [None] * 4))
    assert len(found.accounts) == 0 and found.even == 0 and found.past.shape == (4, 0)


def test_a_longer_look_back_than_the_record_is_filled_with_nothing_known(tmp_path):
    found = start(tmp_path, [account("K1")], rows("K1", [0.5] * 8), {"emerging.lookback_weeks": 10})
    assert found.past.shape == (10, 1)
    assert np.isnan(found.past[:3, 0]).all() and found.past[3:, 0].tolist() == [0.5] * 7


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    """K1 is old; K2 and K3 opened within the record, K3 is lost since; K4 opened in it, but was never reported."""
    accounts = [
        account("K1"),
        account("K2", opened_on="2026-10-12", market_role="regional_leader"),
        account("K3", opened_on="2026-10-26", status="lost", closed_on="2026-11-16", contract_amount=40_000),
        account("K4", opened_on="2026-11-02"),
    ]
    weeks = rows("K1", [0.6] * 8) + rows("K2", [None] * 2 + [0.4] * 6, value_index=33)
    return tmp_path_factory.mktemp("opening"), accounts, weeks + rows("K3", [None] * 4 + [0.5] * 3 + [None])


def test_arrivals_come_at_the_pace_of_the_record_as_they_first_were(opening):
    found = start(*opening, {"whatif.weeks": 14})
    # two accounts opened and reported in the 7 weeks after the first: 14 weeks ahead bring 4
    assert found.accounts.tolist() == ["K1", "K2", "K4", "+01", "+02", "+03", "+04"]
    new = found.opens_in > 0
    assert new.tolist() == [False] * 3 + [True] * 4
    assert (np.diff(found.opens_in[new]) >= 0).all() and found.opens_in.max() <= 14
    kinds = set(zip(found.role[new], found.value_index[new], found.amount[new], strict=True))
    assert kinds <= {(1, 33.0, 700_000.0), (0, 50.0, 40_000.0)}
    assert (found.effort[new] == 0).all() and (found.stall[new] == 0).all() and np.isnan(found.past[:, new]).all()
    assert found.age_days[new].tolist() == (-7 * (found.opens_in[new] - 1)).tolist()
    assert not found.in_a[new].any() and found.even == 3


def test_the_list_of_arrivals_hangs_on_the_seed_alone(opening):
    first, again = (start(*opening, {"whatif.weeks": 52}) for _ in range(2))
    scenario = start(*opening, {"whatif.weeks": 52, "tiers.a.min_win_probability": 0.4, "allocation.share_a": 0.5})
    other = start(*opening, {"whatif.weeks": 52, "whatif.seed": 1})
    assert (first.opens_in == again.opens_in).all() and (first.amount == again.amount).all()
    assert (first.opens_in == scenario.opens_in).all() and (first.amount == scenario.amount).all()
    assert (first.opens_in != other.opens_in).any()


def test_arrivals_can_be_left_out(opening):
    assert start(*opening, arrivals=False).accounts.tolist() == ["K1", "K2", "K4"]
