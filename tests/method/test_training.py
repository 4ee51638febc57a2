"""M11: a problem that keeps coming back asks for a training, which is held to its effect."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.training import TrainingParameters, occurrences, tag_weeks, trainings

P = TrainingParameters()


def days(*offsets, accounts="123", reps="12", tag="price"):
    """Occurrences on days after 1 November, taking accounts and reps in turn."""
    n = len(offsets)
    return pd.DataFrame(
        {
            "problem_tag": tag,
            "on": pd.to_datetime("2026-11-01") + pd.to_timedelta(offsets, unit="D"),
            "account_id": [f"A{accounts[k % len(accounts)]}" for k in range(n)],
            "rep_id": [f"R{reps[k % len(reps)]}" for k in range(n)],
            "source_id": [f"D{k:02d}" for k in range(n)],
        }
    )


def held(*offsets, tag="price"):
    at = pd.to_datetime("2026-11-01") + pd.to_timedelta(offsets, unit="D") + pd.Timedelta(hours=14)
    ids = [f"T{k}" for k in range(len(offsets))]
    return pd.DataFrame({"session_id": ids, "kind": "training", "problem_tag": tag, "held_at": at})


def after(offset):
    return pd.Timestamp("2026-11-01") + pd.Timedelta(days=offset)


def states(occurred, sessions=None, on=60):
    return trainings(occurred, held() if sessions is None else sessions, after(on), P)["state"].tolist()


@pytest.mark.parametrize(
    ("occurred", "fires"),
    [
        (days(0, 1, 2, 3), False),  # 4 times
        (days(0, 1, 2, 3, 4), True),  # 5 times
        (days(0, 1, 2, 3, 13), True),  # on day 14
        (days(0, 1, 2, 3, 14), False),  # on day 15
        (days(0, 1, 2, 3, 4, accounts="12"), False),  # 2 accounts
        (days(0, 1, 2, 3, 4, reps="1"), False),  # 1 rep
        (days(0, 0, 0, 0, 0), True),  # all on one day
    ],
)
def test_when_a_tag_triggers(occurred, fires):
    assert states(occurred) == (["to_open"] if fires else [])


def test_it_triggers_on_the_day_that_completes_it_with_its_counts():
    found = trainings(days(0, 1, 2, 3, 9, 10), held(), after(60), P)
    assert found[["triggered_on", "times", "accounts", "reps"]].values.tolist() == [[after(9), 5, 3, 2]]
    assert states(days(0, 1, 2, 3, 9), on=8) == []  # the day before


def test_a_training_is_open_until_its_days_are_over_and_closed_where_fewer_came():
    occurred = days(0, 1, 2, 3, 4, 8, 9, 10, 11)  # 4 after the training of day 5, within 14 days
    assert states(occurred, held(5), on=18) == ["open"]
    assert states(occurred, held(5), on=19) == ["closed"]


def test_a_training_that_did_not_help_is_recurring_and_the_problem_triggers_anew():
    occurred = days(0, 1, 2, 3, 4, 6, 7, 8, 9, 10)  # 5 after the training of day 5
    found = trainings(occurred, held(5), after(19), P)
    assert found["state"].tolist() == ["recurring", "to_open"]
    assert found["triggered_on"].tolist() == [after(4), after(19)] and found["later_times"].iloc[0] == 5.0
    assert states(occurred, held(5, 20), on=40) == ["recurring", "closed"]


def test_one_training_a_tag_is_open_at_a_time():
    assert states(days(*range(0, 40, 2)), held(9), on=15) == ["open"]


def test_a_training_held_shortly_before_answers_the_trigger_and_an_old_one_does_not():
    # held on day 0, its days run to day 14; triggers on day 4
    assert trainings(days(0, 1, 2, 3, 4), held(0), after(10), P)["training_id"].tolist() == ["T0"]
    assert states(days(20, 21, 22, 23, 24), held(0), on=30) == ["to_open"]


def test_after_a_close_only_what_came_later_counts():
    occurred = days(0, 1, 2, 3, 4, 20, 21, 22, 23)
    assert states(occurred, held(5), on=30) == ["closed"]
    assert states(pd.concat([occurred, days(24, accounts="3", reps="2")]).sort_values("on"), held(5), on=30) == [
        "closed",
        "to_open",
    ]


def test_tags_do_not_mix():
    both = pd.concat([days(0, 1, 2), days(0, 1, 2, tag="doubt")], ignore_index=True)
    assert states(both) == []


def test_occurrences_are_tagged_reports_and_stalls():
    reports = pd.DataFrame(
        {"report_id": ["D1", "D2"], "report_date": pd.to_datetime("2026-11-20"), "account_id": "A1", "rep_id": "R1",
         "problem_tag": ["price", None]}
    )  # fmt: skip
    stalls = pd.DataFrame({"account_id": ["A2"], "rep_id": ["R2"], "fired_on": pd.to_datetime(["2026-11-18"])})
    found = occurrences(reports, stalls, P)
    assert found[["problem_tag", "account_id"]].values.tolist() == [["price", "A1"], [P.stall_tag, "A2"]]
    assert tag_weeks(found)["times"].tolist() == [1, 1]
    assert len(occurrences(reports.iloc[:0], stalls.iloc[:0], P)) == 0


def plain_trigger(occurred):
    """The first trigger of a tag by looking at every day and every row."""
    for today in sorted(set(occurred["on"])):
        window = [r for r in occurred.itertuples() if today - pd.Timedelta(days=14) < r.on <= today]
        if len(window) >= 5 and len({r.account_id for r in window}) >= 3 and len({r.rep_id for r in window}) >= 2:
            return [today]
    return []


@pytest.mark.parametrize("seed", range(20))
def test_a_plain_loop_finds_the_same_trigger(seed):
    rng = np.random.default_rng(seed)
    occurred = days(*np.sort(rng.integers(0, 60, 14)), accounts="".join(rng.permutation(list("12345"))), reps="112")
    assert trainings(occurred, held(), after(90), P)["triggered_on"].tolist() == plain_trigger(occurred)
