"""M7: each A account in turn, drawn unpredictably, and a call reshuffles nothing."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.method.callbacks import CallbackParameters, callback_months, callback_turn

P = CallbackParameters()
REPS = pd.DataFrame({"rep_id": ["D1", "M1"], "role": ["director", "manager"]})


def salt(n=0):
    return Salt(hashlib.sha256(bytes([n])).digest(), secret=True)


def calls(*rows):
    frame = pd.DataFrame(rows, columns=["account_id", "called_on", "caller_id"])
    return frame.assign(called_on=pd.to_datetime(frame["called_on"]))


def turn(accounts, made, on="2026-11-20", n=0, parameters=P):
    return callback_turn(accounts, made, REPS, on, salt(n), parameters)


def test_three_are_drawn_and_fewer_where_there_are_fewer():
    assert turn([f"A{k}" for k in range(8)], calls())["drawn"].sum() == 3
    assert turn(["A1", "A2"], calls())["drawn"].tolist() == [True, True]
    assert len(turn([], calls())) == 0


@pytest.mark.parametrize("n", range(12))
def test_every_account_has_its_turn_before_any_has_a_second(n):
    accounts, made = [f"A{k}" for k in range(8)], []
    for month in pd.date_range("2026-01-01", periods=16, freq="MS"):
        drawn = turn(accounts, calls(*made), month + pd.Timedelta(days=20), n)
        picked = drawn.loc[drawn["drawn"], "account_id"].tolist()
        assert len(picked) == 3
        made += [(one, month + pd.Timedelta(days=10), "D1") for one in picked]
        counts = pd.Series([one for one, *_ in made]).value_counts().reindex(accounts, fill_value=0)
        assert counts.max() - counts.min() <= 1


def test_the_draw_differs_between_salts_and_months():
    accounts = [f"A{k}" for k in range(12)]
    draws = {tuple(turn(accounts, calls(), n=n).query("drawn")["account_id"]) for n in range(20)}
    months = {tuple(turn(accounts, calls(), f"2026-{m:02d}-20").query("drawn")["account_id"]) for m in range(1, 13)}
    assert len(draws) > 10 and len(months) > 5


def test_a_call_of_the_month_reshuffles_nothing():
    accounts = [f"A{k}" for k in range(8)]
    before = turn(accounts, calls(), "2026-11-02")
    first = before.loc[before["drawn"], "account_id"].iloc[0]
    after = turn(accounts, calls((first, "2026-11-10", "D1")), "2026-11-20")
    assert after["drawn"].tolist() == before["drawn"].tolist()
    assert after.set_index("account_id").loc[first, "state"] == "done"


def test_a_call_to_another_account_counts_and_the_draw_asks_for_one_fewer():
    accounts = [f"A{k}" for k in range(8)]
    before = turn(accounts, calls())
    other = before.loc[~before["drawn"], "account_id"].iloc[0]
    after = turn(accounts, calls((other, "2026-11-10", "D1")))
    assert after["drawn"].sum() == 3 and after.set_index("account_id").loc[other, "state"] == "done"


def test_only_the_director_in_person_counts():
    found = turn(["A1"], calls(("A1", "2026-11-10", "M1"), ("A1", "2026-11-11", "X9")))
    assert found["state"].tolist() == ["due"]


@pytest.mark.parametrize(("on", "state"), [("2026-11-29", "due"), ("2026-11-30", "overdue")])
def test_it_is_overdue_at_the_months_end(on, state):
    assert turn(["A1"], calls(), on)["state"].tolist() == [state]
    assert turn(["A1"], calls(), on)["due_on"].tolist() == [pd.Timestamp("2026-11-30")]


def test_months_count_each_account_once():
    counts = pd.Series([8, 2, 0], index=pd.to_datetime(["2026-09-01", "2026-10-01", "2026-11-01"]))
    made = calls(("A1", "2026-10-02", "D1"), ("A1", "2026-10-09", "D1"), ("A2", "2026-09-30", "M1"))
    found = callback_months(made, REPS, counts, P)
    assert found[["needed", "done"]].values.tolist() == [[3, 0], [2, 1], [0, 0]]


def test_without_any_call_asked_for_the_method_is_left():
    none = CallbackParameters(per_month=0)
    assert none.departures() == ("callbacks.none",) and not turn(["A1"], calls(), parameters=none)["drawn"].any()
    assert np.array_equal(turn(["A2", "A1"], calls())["account_id"], ["A1", "A2"])
