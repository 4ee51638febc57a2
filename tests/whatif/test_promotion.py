"""What would have to change for an account to be A: by hand, and by changing exactly that on random portfolios."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.method.portfolios import NAN, grid_of, judged, random_portfolio
from tests.widgets.team import team
from toolkit.base.grid import Grid
from toolkit.base.tiers import NOT_ACTIVE, A
from toolkit.method.tiering import (
    RetieringParameters,
    TierParameters,
    tier_table,
    weekly_noise_sd,
    with_confirmed,
)
from toolkit.parameters import Parameters
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.promotion import COLUMNS, CRITERIA, missed_for_a, near, to_be_a

BENCHMARK, LEADER, TAIL = "industry_benchmark", "regional_leader", "long_tail"
PLAIN = TierParameters()
OPTIONS = (
    PLAIN,
    TierParameters(enter_a_after=3),
    TierParameters(stage_caps={2: 0.5}),
    TierParameters(stage_caps={3: 0.7}, enter_a_after=2, leave_a_below=0.5),
    TierParameters.model_validate({"a": {"market_roles": (), "min_strategic_weight": 0}}),
)


def book(**accounts):
    """Accounts by id as (role, p, weight, stage), with one row each."""
    rows = {n: (role, dict(p=p, weight=weight, value=50, posture=60, stage=stage, progress=1.0))
            for n, (role, p, weight, stage) in accounts.items()}  # fmt: skip
    return grid_of({name: {"role": role, "rows": [row]} for name, (role, row) in rows.items()})


def missed(grid, tiers=PLAIN, noise=0.4):
    return missed_for_a(grid, judged(grid, tiers), tiers, noise)


def told(frame):
    shown = frame[["account_id", "tier", "criterion", "now", "needed", "gap", "reachable"]].round(9)
    return shown.astype(object).where(shown.notna(), None).values.tolist()


# By hand


def test_each_missed_criterion_is_a_row_with_now_needed_and_gap():
    grid = book(
        A1=(BENCHMARK, 0.65, 85, 2),
        A2=(BENCHMARK, 0.57, 85, 2),
        A3=(BENCHMARK, 0.65, 76, 2),
        A4=(LEADER, 0.70, 90, 2),
        A5=(TAIL, 0.25, 70, 2),
    )
    assert told(missed(grid)) == [
        ["A2", "B", "win_probability", 0.57, 0.6, 0.03, True],
        ["A3", "B", "strategic_weight", 76, 80, 4, True],
        ["A4", "B", "market_role", None, None, None, False],
        ["A5", "C", "market_role", None, None, None, False],
        ["A5", "C", "win_probability", 0.25, 0.6, 0.35, True],
        ["A5", "C", "strategic_weight", 70, 80, 10, True],
    ]


def test_the_chance_is_that_of_a_week_s_noise_to_carry_the_report_over_the_line():
    # logit .6 - logit .5 = ln 1.5 = .405465; noise .4: Phi(-1.01366)
    frame = missed(book(A1=(BENCHMARK, 0.5, 70, 2)), noise=0.4)
    assert frame["chance_next_week"].iloc[0] == pytest.approx(NormalDist().cdf(-0.4054651 / 0.4), abs=1e-6)
    assert np.isnan(frame["chance_next_week"].iloc[1])  # a weight has no weekly noise


def test_a_chance_without_noise_to_judge_by_cannot_be_told():
    assert missed(book(A1=(BENCHMARK, 0.5, 90, 2)), noise=NAN)["chance_next_week"].isna().all()


def test_an_account_exactly_on_the_line_meets_it():
    assert missed(book(A1=(BENCHMARK, 0.6, 80, 2), A2=(BENCHMARK, 0.6 - 1e-12, 80 - 1e-12, 2))).empty


def test_what_is_missing_is_a_criterion_without_numbers():
    grid = grid_of({"A1": {"role": BENCHMARK, "rows": [None]}, "A2": {"role": BENCHMARK, "rows": [{"p": 0.7}]}})
    assert told(missed(grid)) == [
        ["A1", "C", "win_probability", None, 0.6, None, True],
        ["A1", "C", "strategic_weight", None, 80, None, True],
        ["A2", "B", "strategic_weight", None, 80, None, True],
    ]


def test_a_stall_is_no_criterion_of_a():
    rows = [{"p": 0.5, "weight": 90, "value": 50, "stage": 2, "progress": 0.0}] * 2
    grid = grid_of({"A1": {"role": BENCHMARK, "rows": rows}})
    assert told(missed(grid)) == [["A1", "C", "win_probability", 0.5, 0.6, 0.1, True]]


def test_who_waits_at_the_line_is_told_how_many_fridays():
    rows = [{"p": p, "weight": 90, "value": 50, "stage": 2, "progress": 1.0} for p in (0.5, 0.7, 0.7)]
    grid = grid_of({"A1": {"role": BENCHMARK, "rows": rows}})
    assert told(missed(grid, TierParameters(enter_a_after=3))) == [["A1", "B", "fridays_at_line", 2, 3, 1, True]]


def test_a_capped_account_is_told_the_stage_that_lets_it_in():
    caps = TierParameters(stage_caps={1: 0.3, 2: 0.5, 3: 0.55, 6: 0.1})
    grid = book(A1=(BENCHMARK, 0.7, 90, 2), A2=(BENCHMARK, 0.7, 90, 6), A3=(BENCHMARK, 0.7, 90, NAN))
    assert told(missed(grid, caps)) == [
        ["A1", "B", "decision_stage", 2, 4, 2, True],
        ["A2", "C", "decision_stage", 6, None, None, False],
    ]


def test_a_confirmed_demotion_is_told_as_watch():
    grid = book(A1=(BENCHMARK, 0.7, 90, 2))
    outcome = with_confirmed(judged(grid), np.array([[True]]), grid["weeks_since_row"], RetieringParameters())
    assert told(missed_for_a(grid, outcome, PLAIN, 0.4)) == [["A1", "B", "watch", None, None, None, True]]


def test_nobody_outside_a_is_an_empty_frame():
    for grid in (book(), book(A1=(BENCHMARK, 0.7, 90, 2))):
        frame = missed(grid)
        assert frame.empty and tuple(frame.columns) == COLUMNS


def test_an_account_that_is_not_active_has_no_row():
    accounts = {"A1": {"role": TAIL, "rows": [{"p": 0.2}], "active": [False]}}
    assert missed(grid_of(accounts)).empty


# On random portfolios


def judged_with_watch(grid, tiers, lowered):
    """S1 to S3, with demotions confirmed for some accounts on the last Friday."""
    confirmed = np.zeros(grid.shape, dtype=bool)
    confirmed[-1] = lowered
    return with_confirmed(judged(grid, tiers), confirmed, grid["weeks_since_row"], RetieringParameters())


def changed(grid, frame, fridays):
    """The grid with everything that the frame says changed, held for as many Fridays more as it takes."""
    place = {name: k for k, name in enumerate(grid.accounts)}
    fields = {"win_probability": "win_probability", "strategic_weight": "strategic_weight",
              "decision_stage": "decision_stage"}  # fmt: skip
    weeks = grid.weeks[-1] + np.arange(1, fridays + 1) * np.timedelta64(7, "D")
    values = {
        name: array.copy() if array.ndim == 1 else np.concatenate([array, np.repeat(array[-1:], fridays, axis=0)])
        for name, array in grid.values.items()
    }
    for row in frame.itertuples(index=False):
        k = place[row.account_id]
        if row.criterion == "market_role":
            values["role"][k] = 0
        elif row.criterion in fields:
            values[fields[row.criterion]][-fridays:, k] = row.needed
    return Grid(np.concatenate([grid.weeks, weeks]), grid.accounts, values)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(OPTIONS))
def test_changing_what_the_frame_says_makes_every_account_a_and_nothing_less_does(seed, tiers):
    accounts, reports = random_portfolio(seed, accounts=14, weeks=6)
    grid = grid_of(accounts, reports)
    lowered = np.random.default_rng(seed).random(grid.shape[1]) < 0.2
    outcome = judged_with_watch(grid, tiers, lowered)
    frame = missed_for_a(grid, outcome, tiers, 0.4)
    outside = outcome.tier[-1] > A
    assert set(frame["account_id"]) == set(grid.accounts[outside])
    frame = frame[~((frame["criterion"] == "decision_stage") & frame["needed"].isna())]

    def tier_after(kept):
        waits = (kept["criterion"] == "fridays_at_line").any()
        held = (
            lowered
            & outcome.lowered[-1]
            & ~np.isin(grid.accounts, kept.loc[kept["criterion"] == "watch", "account_id"])
        )
        return judged_with_watch(changed(grid, kept, tiers.enter_a_after if waits else 1), tiers, held).tier[-1]

    assert (tier_after(frame)[outside] == A).all()
    for code in set(frame["criterion"]) - {"fridays_at_line"}:
        without = tier_after(frame[frame["criterion"] != code])
        misses = np.isin(grid.accounts, frame.loc[frame["criterion"] == code, "account_id"])
        assert (without[misses] != A).all(), code
        assert (without[outside & ~misses] == A).all(), code


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_b_account_misses_what_its_reason_in_tiers_csv_says(seed):
    accounts, reports = random_portfolio(seed, accounts=14, weeks=6)
    grid = grid_of(accounts, reports)
    outcome = judged(grid)
    frame = missed_for_a(grid, outcome, PLAIN, 0.4)
    table = tier_table(grid, outcome, PLAIN)
    assert set(frame["account_id"]) == set(table.loc[table["tier"] != "A", "account_id"])
    for row in table[table["tier"] == "B"].itertuples(index=False):
        mine = frame[frame["account_id"] == row.account_id].set_index("criterion")
        named = [code for code in CRITERIA if code in row.reason.split(";") and code != "watch"]
        known = [code for code in mine.index if code == "market_role" or not np.isnan(mine.loc[code, "now"])]
        assert known == named
        single = mine["gap"].iloc[0] if len(mine) == 1 else NAN
        assert row.next_tier_gap == pytest.approx(single, nan_ok=True)


def test_the_frame_says_the_same_whatever_the_accounts_are_called():
    accounts, reports = random_portfolio(5)
    turned = {f"Z{99 - int(name[1:]):02d}": account for name, account in accounts.items()}
    one = missed(grid_of(accounts)).drop(columns="account_id")
    other = missed(grid_of(turned)).sort_values(["account_id"], ascending=False, kind="stable")
    assert reports and sorted(map(str, one.values.tolist())) == sorted(
        map(str, other.drop(columns="account_id").values.tolist())
    )


# Of a Friday


def test_a_team_by_hand(tmp_path):
    friday = np.datetime64("2026-11-20")
    data = team(tmp_path / "team")
    state = WeekState(data.at(friday), friday, Parameters())
    frame = to_be_a(state)
    only = frame.groupby("account_id").filter(lambda rows: len(rows) == 1)
    assert only[["account_id", "criterion"]].values.tolist() == [["A2", "win_probability"]]
    assert only["gap"].tolist() == pytest.approx([0.03])
    assert state.portfolio.tiers.tier[-1].tolist().count(NOT_ACTIVE) == 0
    assert set(frame["account_id"]) == set(state.tiers.loc[state.tiers["tier"] != "A", "account_id"])
    assert near(state).equals(state.near)


def test_the_noise_is_the_team_s_own(tmp_path):
    friday = np.datetime64("2026-11-20")
    data = team(tmp_path / "team")
    state = WeekState(data.at(friday), friday, Parameters())
    sd = weekly_noise_sd(state.portfolio.grid)
    again = missed_for_a(state.portfolio.grid, state.portfolio.tiers, state.parameters.tiers, sd)
    assert to_be_a(state).equals(again)
