"""E5 by hand: what was drawn without, before, beyond, past or too high; what it may cost, and who says so."""

import random
from functools import cache

import numpy as np
import pandas as pd
import pytest

from tests.method.asked import METHOD, REPORT, asked, executive, granted, price, technical, typed
from toolkit.method.requests import OVERSTEP_COLUMNS, PENALTY_COLUMNS, OverstepParameters, judge, oversteps, penalties

AT = "2026-11-10T09:00"
APPROVED = {"decision": "approved", "approved_at": "2026-11-11T09:00"}


def reports(*rows):
    given = {"rep_id": "S1", "account_id": "X1", "technical_hours": 0.0, "price_concession": 0.0}
    return typed([{"report_id": f"D{n}", **row} for n, row in enumerate(rows, 1)], REPORT, given)


def found(*rows, drew=()):
    frame = asked(*rows)
    return oversteps(frame, judge(frame, METHOD), reports(*drew))


def kinds(*rows, drew=()):
    return found(*rows, drew=drew)["kind"].tolist()


def price_drawn(asked_for, drawn, at="2026-11-12T09:00", **more):
    return granted(asked_for, AT, **{"drawn_at": at, "price_drawn": drawn, **more})


# Draws on requests


@pytest.mark.parametrize("sign", [1, -1])
def test_drawn_beyond_the_approval(sign):
    assert kinds(price_drawn(sign * 0.05, sign * 0.05)) == []
    assert kinds(price_drawn(sign * 0.05, sign * 0.03)) == []
    row = found(price_drawn(sign * 0.05, sign * 0.0501)).iloc[0]
    assert (row["kind"], row["measured"], row["threshold"], row["unit"]) == (
        "beyond_approval",
        0.0501,
        0.05,
        "fraction",
    )
    assert kinds(price_drawn(sign * 0.05, sign * 0.03, price_granted=sign * 0.02)) == ["beyond_approval"]
    assert kinds(price_drawn(sign * 0.05, sign * 0.05, price_granted=np.nan)) == []  # granted as asked


@pytest.mark.parametrize(
    ("drawn_at", "kind", "hours"),
    [("2026-11-11T09:00", None, None), ("2026-11-11T08:59", "before_approval", 1 / 60), (AT, "before_approval", 24)],
)
def test_drawn_before_the_approval(drawn_at, kind, hours):
    rows = found(price(-0.05, AT, **APPROVED, price_granted=-0.05, drawn_at=drawn_at, price_drawn=-0.05))
    assert rows["kind"].tolist() == ([kind] if kind else [])
    if kind:
        assert rows["measured"][0] == pytest.approx(hours) and rows["unit"][0] == "hours"
        assert rows["happened_at"][0] == pd.Timestamp(drawn_at) and rows["overstep_id"][0] == "E5-Q1-before_approval"


@pytest.mark.parametrize("decision", [None, "rejected", "withdrawn"])
def test_drawn_though_never_approved(decision):
    row = found(price(-0.05, AT, decision=decision, drawn_at="2026-11-12T09:00", price_drawn=-0.05)).iloc[0]
    assert (row["kind"], row["measured"], row["unit"]) == ("not_approved", 0.05, "fraction")


@pytest.mark.parametrize(("tier", "limit", "drawn"), [("A", 0.15, 0.1501), ("B", 0.08, 0.0801), ("C", 0.0, 0.0001)])
def test_drawn_past_the_float_oversteps_even_if_approved(tier, limit, drawn):
    assert kinds(price_drawn(-drawn, -limit, tier=tier)) == []
    row = found(price_drawn(-drawn, -drawn, tier=tier)).iloc[0]
    assert (row["kind"], row["measured"], row["threshold"]) == ("past_float", pytest.approx(drawn), limit)


def test_two_draws_of_a_quarter_add_up_past_the_float():
    rows = found(price_drawn(-0.05, -0.05), {**price_drawn(-0.05, -0.05), "requested_at": "2026-11-12T09:00"})
    assert rows[["request_id", "kind"]].values.tolist() == [["Q2", "past_float"]]
    assert rows["measured"][0] == pytest.approx(0.10)


def test_drawn_by_a_level_above_the_approved_or_the_tier_s():
    cases = [
        ("manager", "manager", "B", False),
        ("manager", "director", "B", True),
        ("manager", "director", "A", True),  # the tier would have, the approval did not
        ("director", "director", "A", False),
        ("director", "manager", "A", False),
        ("director", "director", "B", True),  # approved, but above the tier's level
        ("manager", "manager", "C", True),
        (None, "manager", "B", False),
        (None, "director", "B", True),
        (None, "director", "", False),  # nobody knows the limit
        ("manager", None, "B", False),
    ]
    drew = {**APPROVED, "drawn_at": "2026-11-12T09:00"}
    rows = found(*(executive(level, AT, tier=tier, **drew, drawn_level=drawn) for level, drawn, tier, _ in cases))
    assert set(rows["kind"]) == {"wrong_level"}
    too_high = [n for n, case in enumerate(cases, 1) if case[3]]
    assert sorted(int(name[1:]) for name in rows["request_id"]) == too_high


def test_one_draw_may_overstep_in_several_ways():
    row = price(-0.06, AT, tier="C", **APPROVED, price_granted=-0.05, drawn_at=AT, price_drawn=-0.06)
    assert kinds(row) == ["before_approval", "beyond_approval", "past_float"]


def test_what_cannot_be_told_is_no_overstep():
    rows = [
        price_drawn(-0.05, 0.0, tier="C"),  # nothing was drawn
        price_drawn(-0.05, np.nan, tier="C"),  # how much is unknown
        price_drawn(-0.05, -0.05, tier=""),  # the float is unknown
        price(-0.05, AT, decision="approved", price_granted=-0.05, drawn_at=AT, price_drawn=-0.05),  # approved when?
        price(-0.2, AT),
        technical(AT, **APPROVED, drawn_at="2026-11-12T09:00"),
        technical(AT, tier="C", **APPROVED, drawn_at="2026-11-12T09:00"),  # an exception somebody made
    ]
    assert kinds(*({**row, "account_id": f"X{n}"} for n, row in enumerate(rows))) == []


# Reports


def test_a_report_that_draws_without_a_request():
    drew = [{"report_date": "2026-11-10", "technical_hours": 3.5}]
    row = found(drew=drew).iloc[0]
    assert row[["overstep_id", "kind", "request_id"]].tolist() == ["E5-D1-no_request", "no_request", ""]
    assert (row["measured"], row["unit"], row["report_ids"], row["quarter"]) == (3.5, "hours", ("D1",), "2026Q4")
    money = found(drew=[{"report_date": "2026-11-10", "price_concession": 2000.0}]).iloc[0]
    assert (money["measured"], money["unit"]) == (2000, "CNY")
    assert kinds(drew=[{"report_date": "2026-11-10"}, {"report_date": "2026-11-10", "technical_hours": np.nan}]) == []


def test_reports_of_a_rep_account_and_week_are_one_overstep():
    hours = {"technical_hours": 1.0}
    rows = found(
        drew=[
            {"report_date": "2026-11-18", **hours},
            {"report_date": "2026-11-14", **hours},  # a Saturday: the same week
            {"report_date": "2026-11-20", **hours},
            {"report_date": "2026-11-21", **hours},  # the next week
            {"report_date": "2026-11-18", "account_id": "X2", **hours},
            {"report_date": "2026-11-18", "rep_id": "S2", **hours},
        ]
    )
    assert rows["report_ids"].tolist() == [("D2", "D1", "D3"), ("D5",), ("D6",), ("D4",)]
    assert rows["measured"].tolist() == [3, 1, 1, 1] and rows["overstep_id"][0] == "E5-D2-no_request"


def test_a_report_that_names_an_approved_request_is_covered():
    drew = [{"report_date": "2026-11-12", "technical_hours": 2.0, "request_id": "Q1"}]
    assert kinds(technical(AT, **APPROVED), drew=drew) == []


@pytest.mark.parametrize(("day", "early"), [("2026-11-10", True), ("2026-11-11", False)])
def test_a_report_knows_the_day_only(day, early):
    drew = [{"report_date": day, "technical_hours": 2.0, "request_id": "Q1"}]
    rows = found(technical(AT, **APPROVED), drew=drew)
    assert rows["kind"].tolist() == ["before_approval"] * early
    # the end of the 10th to the 11th, 9:00
    assert rows["measured"].tolist() == [9.0] * early and rows["report_ids"].tolist() == [("D1",)] * early
    # the record of the draw itself goes first
    assert kinds(technical(AT, **APPROVED, drawn_at="2026-11-11T10:00"), drew=drew) == []


@pytest.mark.parametrize("decision", [None, "rejected", "withdrawn"])
def test_reports_may_draw_on_what_was_not_approved(decision):
    drew = [
        {"report_date": "2026-11-13", "technical_hours": 2.0, "request_id": "Q1"},
        {"report_date": "2026-11-12", "technical_hours": 1.5, "request_id": "Q1"},
        {"report_date": "2026-11-11", "price_concession": 900.0, "request_id": "Q1"},  # not what it is for
        {"report_date": "2026-11-12", "price_concession": 900.0, "request_id": "Q2"},
    ]
    rows = found(technical(AT, decision=decision), price(-0.05, AT, decision=decision), drew=drew)
    assert set(rows["kind"]) == {"not_approved"} and rows["measured"].tolist() == [3.5, 900]
    assert rows["unit"].tolist() == ["hours", "CNY"] and rows["report_ids"].tolist() == [("D2", "D1"), ("D4",)]
    assert rows["happened_at"].tolist() == [pd.Timestamp("2026-11-12")] * 2


def test_nothing_on_record_is_an_empty_typed_frame():
    none = found()
    assert none.empty and list(none.columns) == list(OVERSTEP_COLUMNS)
    assert none["happened_at"].dtype == "datetime64[us]" and none["measured"].dtype == float
    assert none["kind"].dtype == "str"


@pytest.mark.parametrize("seed", range(2))
def test_oversteps_equal_a_plain_loop_on_random_draws(seed):
    rng, rows, drew = random.Random(seed), [], []
    for _ in range(60):
        at = pd.Timestamp("2026-09-01") + pd.Timedelta(hours=rng.randrange(2400))
        row = price(rng.randrange(-9, 10) / 100, at, account_id=f"X{rng.randrange(8)}", tier=rng.choice("ABC"))
        row |= {"decision": rng.choice([None, "approved", "rejected"]), "rep_id": f"S{rng.randrange(3)}"}
        if rng.random() < 0.8:
            row["approved_at"] = at + pd.Timedelta(hours=rng.randrange(50))
        if rng.random() < 0.7:
            row |= {"drawn_at": at + pd.Timedelta(hours=rng.randrange(80)), "price_drawn": rng.randrange(-9, 10) / 100}
        if rng.random() < 0.7:
            row["price_granted"] = rng.randrange(-9, 10) / 100
        rows.append(row)
    for _ in range(60):
        day = pd.Timestamp("2026-09-01") + pd.Timedelta(days=rng.randrange(100))
        more = {"rep_id": f"S{rng.randrange(2)}", "account_id": f"X{rng.randrange(2)}"}
        drew.append({"report_date": day, "technical_hours": rng.choice([0.0, 1.0]), **more})
    frame = asked(*rows)
    judged, got = judge(frame, METHOD), found(*rows, drew=drew)
    expected = set()
    for n, row in enumerate(frame.to_dict("records")):
        drawn, ok = row["price_drawn"], row["decision"] == "approved"
        if np.isnan(drawn) or drawn == 0:
            continue
        grant = row["price_change"] if np.isnan(row["price_granted"]) else row["price_granted"]
        if not ok:
            expected.add((row["request_id"], "not_approved"))
        if ok and row["drawn_at"] < row["approved_at"]:
            expected.add((row["request_id"], "before_approval"))
        if ok and abs(drawn) > abs(grant) + 1e-9:
            expected.add((row["request_id"], "beyond_approval"))
        if judged["used"][n] + abs(drawn) > judged["limit"][n] + 1e-9:
            expected.add((row["request_id"], "past_float"))
    weeks = {}
    for row in reports(*drew).to_dict("records"):
        if row["technical_hours"] > 0:
            week = row["report_date"] + pd.Timedelta(days=(4 - row["report_date"].weekday()) % 7)
            weeks.setdefault((row["rep_id"], row["account_id"], week), []).append(
                (row["report_date"], row["report_id"])
            )
    of_reports = {tuple(report for _, report in sorted(mine)) for mine in weeks.values()}
    on_requests = got[got["kind"] != "no_request"]
    assert set(zip(on_requests["request_id"], on_requests["kind"], strict=True)) == expected
    assert set(got.loc[got["kind"] == "no_request", "report_ids"]) == of_reports
    assert got["overstep_id"].is_unique and got["happened_at"].is_monotonic_increasing


# Penalties

REPS = typed(
    [
        {"rep_id": "S1", "role": "rep", "quarterly_bonus": 30000.0},
        {"rep_id": "S2", "role": "rep"},
        {"rep_id": "M1", "role": "manager"},
        {"rep_id": "D1", "role": "director", "quarterly_bonus": 90000.0},
    ],
    {"rep_id": "str", "role": "str", "quarterly_bonus": float},
)
IN_FORCE = OverstepParameters(policy_adopted_on="2026-10-01")


def decisions(*rows):
    """(by, verdict, reason) on S1's action of 10 November, a day after another."""
    types = {name: "str" for name in ("decision_id", "action_id", "decided_by", "verdict", "reason")}
    given = {"action_id": "E5-S1-2026-11-10"}
    full = [
        {"decision_id": f"Y{n}", "decided_on": f"2026-11-{n + 10}", "decided_by": by, "verdict": verdict, "reason": why}
        for n, (by, verdict, why) in enumerate(rows, 1)
    ]
    return typed(full, types | {"decided_on": "datetime64[us]"}, given)


def bonuses(*rows):
    names = ("rep_id", "quarter", "amount")
    return typed(
        [dict(zip(names, row, strict=True)) for row in rows], {"rep_id": "str", "quarter": "str", "amount": float}
    )


@cache
def drew_on(*days, rep="S1"):
    """An overstep in a report on each of these days."""
    return found(drew=[{"report_date": day, "rep_id": rep, "technical_hours": 1.0} for day in days])


def proposed(cases, p=IN_FORCE, said=(), paid=()):
    return penalties(cases, bonuses(*paid), REPS, decisions(*said), p)


def test_a_fifth_of_the_quarter_s_bonus_once_a_person_and_quarter():
    cases = drew_on("2026-11-10", "2026-11-20", "2027-01-04")
    rows = proposed(cases, paid=[("S1", "2026Q4", 40000.0), ("S2", "2027Q1", 1.0)])
    assert rows["action_id"].tolist() == ["E5-S1-2026-11-10", "E5-S1-2027-01-04"]
    assert rows["violations"].tolist() == [2, 1] and rows["quarter"].tolist() == ["2026Q4", "2027Q1"]
    # 20 % of the 40,000 of that quarter; of the usual 30,000 where the quarter has no row of its own
    assert rows["amount"].tolist() == [8000, 6000] and set(rows["state"]) == {"proposal"}
    assert rows["overstep_ids"][0] == ("E5-D1-no_request", "E5-D2-no_request")


def test_per_violation_takes_the_share_for_each_draw_and_never_more_than_all():
    every = OverstepParameters(policy_adopted_on="2026-10-01", per_violation=True)
    assert proposed(drew_on("2026-11-10", "2026-11-20"), every)["share"].tolist() == [0.4]
    weeks = [f"2026-{day}" for day in ("10-08", "10-15", "10-22", "10-29", "11-05", "11-12")]
    assert proposed(drew_on(*weeks), every)[["violations", "share", "amount"]].values.tolist() == [[6, 1, 30000]]
    one_draw = found(price(-0.06, AT, tier="C", **APPROVED, price_granted=-0.05, drawn_at=AT, price_drawn=-0.06))
    assert len(one_draw) == 3 and proposed(one_draw, every)["violations"].tolist() == [1]


def test_without_a_policy_nothing_is_in_force():
    rows = proposed(drew_on("2026-11-10"), OverstepParameters(), said=[("D1", "confirmed", None)])
    assert rows["state"].tolist() == ["not_in_force"] and rows["amount"].isna().all()
    assert rows["bonus"].tolist() == [30000]


def test_what_came_before_the_policy_never_counts():
    cases = drew_on("2026-11-09", "2026-11-16")
    assert proposed(cases, OverstepParameters(policy_adopted_on="2026-11-17")).empty
    rows = proposed(cases, OverstepParameters(policy_adopted_on="2026-11-16"))
    assert rows[["action_id", "violations"]].values.tolist() == [["E5-S1-2026-11-16", 1]]


def test_without_a_bonus_the_amount_cannot_be_told():
    rows = proposed(drew_on("2026-11-10", rep="S2"))
    assert rows["state"].tolist() == ["cannot_judge"] and rows[["bonus", "amount"]].isna().all().all()


@pytest.mark.parametrize(
    ("said", "state", "statement", "decided_by"),
    [
        ([], "proposal", "", ""),
        ([("D1", "confirmed", "clear")], "confirmed", "", "D1"),
        ([("D1", "waived", None)], "waived", "", "D1"),
        ([("D1", "waived", None), ("D1", "confirmed", None)], "confirmed", "", "D1"),
        ([("D1", "snoozed", "hear them first")], "proposal", "", "D1"),
        ([("S1", "waived", "it was urgent")], "proposal", "it was urgent", ""),  # nobody rules on their own
        ([("S1", "done", "urgent"), ("D1", "waived", "I see")], "waived", "urgent", "D1"),
        ([("S1", "done", "first"), ("S1", "done", "second"), ("S1", "done", None)], "proposal", "second", ""),
        ([("M1", "waived", "fine by me")], "proposal", "", ""),  # no director
        ([("S2", "done", "I saw it")], "proposal", "", ""),
    ],
)
def test_the_rep_states_and_a_director_rules(said, state, statement, decided_by):
    row = proposed(drew_on("2026-11-10"), said=said).iloc[0]
    assert row[["state", "statement", "decided_by"]].tolist() == [state, statement, decided_by]


def test_a_director_does_not_rule_on_their_own():
    types = {name: "str" for name in ("decision_id", "action_id", "decided_by", "verdict", "reason")}
    own = {
        "decision_id": "Y1",
        "action_id": "E5-D1-2026-11-10",
        "decided_by": "D1",
        "verdict": "waived",
        "reason": "mine",
    }
    said = typed([own | {"decided_on": "2026-11-11"}], types | {"decided_on": "datetime64[us]"})
    row = penalties(drew_on("2026-11-10", rep="D1"), bonuses(), REPS, said, IN_FORCE).iloc[0]
    assert row[["state", "statement", "verdict"]].tolist() == ["proposal", "mine", ""]


def test_no_overstep_no_proposal():
    none = proposed(drew_on())
    assert none.empty and list(none.columns) == list(PENALTY_COLUMNS) and none["amount"].dtype == float
