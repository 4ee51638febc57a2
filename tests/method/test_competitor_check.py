"""M8: reported moves against intelligence."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from toolkit.method.competitor_check import CompetitorCheckParameters, canonical, cross_check

P = CompetitorCheckParameters()
ACCOUNTS = pd.DataFrame(
    {"account_id": ["A1", "A2", "A3"], "industry_id": ["I1", "I1", "I2"], "owner_id": ["R1", "R2", None]}
)


def reports(*rows):
    frame = pd.DataFrame(rows, columns=["report_id", "report_date", "rep_id", "account_id", "competitor"])
    days = pd.to_datetime(frame["report_date"])
    return frame.assign(report_date=days, competitor_action_on=pd.NaT).astype(
        {"competitor_action_on": "datetime64[us]"}
    )


def intel(*rows):
    frame = pd.DataFrame(rows, columns=["intel_id", "observed_on", "competitor", "account_id", "industry_id"])
    return frame.assign(observed_on=pd.to_datetime(frame["observed_on"]))


def results(told, seen, on="2026-12-31", p=P):
    found = cross_check(told, seen, ACCOUNTS, on, p)
    return dict(zip(found["item_id"], found["result"], strict=True))


@pytest.mark.parametrize(("day", "found"), [("2026-11-16", True), ("2026-11-15", False)])
def test_fourteen_days_belong_together_and_fifteen_do_not(day, found):
    got = results(reports(("D1", "2026-11-30", "R1", "A1", "X")), intel(("N1", day, "X", "A1", None)))
    assert got == ({"D1": "confirmed", "N1": "confirmed"} if found else {"D1": "unconfirmed", "N1": "unreported"})


def test_intelligence_on_the_industry_confirms_and_is_reported_by_any_account_of_it():
    got = results(reports(("D1", "2026-11-02", "R1", "A1", "X")), intel(("N1", "2026-11-05", "X", None, "I1")))
    assert got == {"D1": "confirmed", "N1": "confirmed"}
    got = results(reports(("D1", "2026-11-02", "R1", "A3", "X")), intel(("N1", "2026-11-05", "X", None, "I1")))
    assert got == {"D1": "unconfirmed", "N1": "unreported"}


def test_intelligence_on_an_account_is_reported_by_that_account_alone():
    got = results(reports(("D1", "2026-11-02", "R2", "A2", "X")), intel(("N1", "2026-11-05", "X", "A1", None)))
    assert got == {"D1": "confirmed", "N1": "unreported"}  # same industry bears D1 out; A1's own rep said nothing


def test_another_competitor_never_matches():
    got = results(reports(("D1", "2026-11-02", "R1", "A1", "X")), intel(("N1", "2026-11-02", "Y", "A1", None)))
    assert got == {"D1": "unconfirmed", "N1": "unreported"}


def test_while_the_window_runs_either_may_yet_come():
    told, seen = reports(("D1", "2026-11-10", "R1", "A1", "X")), intel(("N1", "2026-11-10", "Y", "A2", None))
    assert results(told, seen, "2026-11-24") == {"D1": "open", "N1": "open"}  # day 14
    assert results(told, seen, "2026-11-25") == {"D1": "unconfirmed", "N1": "unreported"}


def test_a_report_of_none_on_the_account_is_an_answer_at_once():
    told = reports(("D0", "2026-11-09", "R1", "A1", "none"), ("D1", "2026-11-12", "R1", "A1", "none"))
    found = cross_check(told, intel(("N1", "2026-11-10", "X", "A1", None)), ACCOUNTS, "2026-11-13", P)
    assert found[["result", "answer_id", "rep_id"]].values.tolist() == [["unreported", "D1", "R1"]]
    assert results(told.head(1), intel(("N1", "2026-11-10", "X", "A1", None)), "2026-11-13") == {"N1": "open"}


def test_none_and_blank_report_nothing():
    told = reports(("D1", "2026-11-12", "R1", "A1", "none"), ("D2", "2026-11-12", "R1", "A1", None))
    assert results(told, intel()) == {}


def test_names_are_one_by_alias_by_spelling_and_by_the_only_longer_name():
    names = pd.Series(["海澜智造", "海澜", "ＡＢＣ Corp", "abccorp", "中", "中擎科技", "HL"])
    p = CompetitorCheckParameters(aliases={"海澜智造": ("HL",)})
    got = canonical(names, p).tolist()
    assert got[0] == got[1] == got[6] == "海澜智造" and got[2] == got[3]
    assert got[4] == "中"  # one character could be anybody


def test_a_short_name_that_begins_two_others_stays_itself():
    assert canonical(pd.Series(["海澜", "海澜智造", "海澜重工"]), P).tolist() == ["海澜", "海澜智造", "海澜重工"]


def test_an_alias_of_two_competitors_is_refused():
    with pytest.raises(ValidationError, match="stands for both"):
        CompetitorCheckParameters(aliases={"X": ("Z",), "Y": ("z",)})


def test_a_plain_loop_over_all_pairs_says_the_same():
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-09-01", periods=80)
    pick = lambda values, n: rng.choice(np.array(values, dtype=object), n)  # noqa: E731
    told = reports(
        *zip([f"D{k:03d}" for k in range(120)], pick(days, 120), pick(["R1", "R2"], 120), pick(["A1", "A2", "A3"], 120),
             pick(["X", "Y", "none", None], 120), strict=True)
    )  # fmt: skip
    seen = intel(
        *zip([f"N{k:03d}" for k in range(60)], pick(days, 60), pick(["X", "Y"], 60), pick(["A1", "A2", None], 60),
             pick(["I1", "I2"], 60), strict=True)
    )  # fmt: skip
    seen["industry_id"] = (
        seen["account_id"]
        .map(dict(zip(ACCOUNTS["account_id"], ACCOUNTS["industry_id"], strict=True)))
        .fillna(seen["industry_id"])
    )
    got, expected = results(told, seen), {}
    industry = dict(zip(ACCOUNTS["account_id"], ACCOUNTS["industry_id"], strict=True))
    named = [t for t in told.itertuples() if t.competitor in ("X", "Y")]
    near = lambda t, s: t.competitor == s.competitor and abs((t.report_date - s.observed_on).days) <= 14  # noqa: E731
    for t in named:
        hit = any(
            near(t, s) and (s.account_id == t.account_id or s.industry_id == industry[t.account_id])
            for s in seen.itertuples()
        )
        expected[t.report_id] = "confirmed" if hit else "unconfirmed"
    for s in seen.itertuples():
        own = isinstance(s.account_id, str)
        hit = any(
            near(t, s) and (t.account_id == s.account_id if own else industry[t.account_id] == s.industry_id)
            for t in named
        )
        expected[s.intel_id] = "confirmed" if hit else "unreported"
    assert got == expected
