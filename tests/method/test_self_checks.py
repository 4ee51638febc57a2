"""D1–D3: the director's duties, answered by the data, else by the self-check, else by nobody."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.self_checks import SelfCheckParameters, daily_checks, monthly_checks, weekly_checks

P = SelfCheckParameters()
COLUMNS = {
    "accounts": ["account_id", "status", "closed_on"],
    "decisions": ["decision_id", "action_id", "decided_on", "verdict"],
    "handouts": ["handout_id", "given_on"],
    "verifications": ["verification_id", "verified_on", "result"],
    "self_checks": ["item", "done_on", "count"],
    "executive_orders": ["order_id", "signed_on"],
    "playbooks": ["playbook_id", "version", "kind", "industry_id", "updated_on"],
    "problems": ["problem_tag", "closed_on", "root_cause"],
    "sessions": ["session_id", "kind", "held_at"],
}
DAYS = {"closed_on", "decided_on", "given_on", "verified_on", "done_on", "signed_on", "updated_on", "held_at"}


def tables(**rows):
    out = {}
    for name, columns in COLUMNS.items():
        frame = pd.DataFrame(rows.get(name, []), columns=columns)
        kinds = {c: "datetime64[us]" if c in DAYS else float if c == "count" else "str" for c in columns}
        out[name] = frame.astype(kinds)
    return out


def on(day):
    return pd.Timestamp(day)


def daily(item, day="2026-11-20", **rows):
    found = daily_checks(np.array([day], dtype="datetime64[D]"), tables(**rows), P).set_index("item")
    return found.loc[item, ["answered_by", "state", "code"]].tolist()


FRIDAY, BEFORE = on("2026-11-20"), on("2026-11-19")


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ({}, ["nobody", "cannot_judge", "asked"]),
        ({"self_checks": [("cut_account", FRIDAY, 0.0)]}, ["self_check", "good", "none_qualifies"]),
        ({"self_checks": [("cut_account", FRIDAY, 1.0)]}, ["self_check", "good", "done"]),
        ({"accounts": [("A1", "dropped", FRIDAY)]}, ["data", "good", "done"]),
        ({"accounts": [("A1", "dropped", BEFORE)]}, ["nobody", "cannot_judge", "asked"]),  # another day says nothing
        ({"accounts": [("A1", "lost", FRIDAY)]}, ["nobody", "cannot_judge", "asked"]),
        (
            {"accounts": [("A1", "active", None)], "decisions": [("Y1", "D2-A1-2026-11-06", FRIDAY, "confirmed")]},
            ["data", "good", "done"],
        ),
        (
            {"accounts": [("A1", "active", None)], "decisions": [("Y1", "D2-A1-2026-11-06", FRIDAY, "waived")]},
            ["nobody", "cannot_judge", "asked"],
        ),
    ],
)
def test_was_an_account_cut(rows, answer):
    assert daily("cut_account", **rows) == answer


def verified(n, result="confirmed", day=FRIDAY):
    return [(f"F{k}", day, result) for k in range(n)]


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ({}, ["nobody", "cannot_judge", "asked"]),
        ({"verifications": verified(3)}, ["data", "good", "done"]),
        ({"verifications": verified(2)}, ["data", "breach", "short"]),
        ({"verifications": verified(3, "unclear")}, ["nobody", "cannot_judge", "asked"]),  # verifies nothing
        ({"verifications": verified(3, "contradicted")}, ["data", "good", "done"]),
        ({"verifications": verified(3, day=BEFORE)}, ["data", "breach", "short"]),  # on record, but not that day
        (
            {"verifications": verified(2), "self_checks": [("verify_facts", FRIDAY, 4.0)]},
            ["data", "breach", "disagree"],  # the data count
        ),
        ({"self_checks": [("verify_facts", FRIDAY, 3.0)]}, ["self_check", "good", "done"]),
        ({"self_checks": [("verify_facts", FRIDAY, 2.0)]}, ["self_check", "breach", "short"]),
    ],
)
def test_were_three_facts_verified(rows, answer):
    assert daily("verify_facts", **rows) == answer


def test_a_weapon_given_answers_and_a_self_check_without_a_count_says_once():
    assert daily("give_weapon", handouts=[("H1", FRIDAY)]) == ["data", "good", "done"]
    assert daily("give_weapon", self_checks=[("give_weapon", FRIDAY, np.nan)]) == ["self_check", "good", "done"]


def test_no_working_day_no_duty():
    assert len(daily_checks(np.array([], dtype="datetime64[D]"), tables(), P)) == 0


def weekly(item, as_of="2026-11-20", industries=("I1", "I2"), **rows):
    found = weekly_checks("2026-11-20", as_of, tables(**rows), industries, P).set_index("item")
    return found.loc[item, ["needed", "done", "state"]].tolist()


def orders(*days):
    return {"executive_orders": [(f"E{k}", on(day)) for k, day in enumerate(days)]}


@pytest.mark.parametrize(
    ("days", "done", "state"),
    [
        (("2026-11-14", "2026-11-20"), 2, "good"),  # Saturday to Friday
        (("2026-11-13", "2026-11-20"), 1, "breach"),
        (("2026-11-13",), 0, "breach"),
    ],
)
def test_two_orders_are_signed_in_the_week(days, done, state):
    assert weekly("sign_orders", **orders(*days)) == [2, done, state]


def test_a_week_that_still_runs_warns_and_breaches_nothing():
    assert weekly("sign_orders", "2026-11-18", **orders("2026-11-16"))[2] == "warning"
    assert weekly("drop_three", "2026-11-18")[2] == "warning"
    assert weekly("drop_three")[2] == "cannot_judge"


def test_each_must_win_sand_table_on_file_is_updated_once_a_week():
    def table(n, industry, day):
        return (f"W{n}", "1", "industry_sand_table", industry, on(day))

    old = [table(1, "I1", "2026-11-06"), table(2, "I2", "2026-11-06"), table(3, "I9", "2026-11-06")]
    assert weekly("update_sand_tables", playbooks=old) == [2, 0.0, "breach"]
    twice = [*old, table(4, "I1", "2026-11-16"), table(5, "I1", "2026-11-18")]
    assert weekly("update_sand_tables", playbooks=twice) == [2, 1.0, "breach"]
    assert weekly("update_sand_tables", playbooks=[*twice, table(6, "I2", "2026-11-20")]) == [2, 2.0, "good"]
    assert weekly("update_sand_tables", industries=(), playbooks=old)[0] == 3


def monthly(item, as_of="2026-11-30", **rows):
    found = monthly_checks(as_of, tables(**rows), P).set_index("item")
    return found.loc[item, ["done", "state"]].tolist()


def problem(n, day, cause="why"):
    return (f"P{n}", on(day), cause)


def test_three_problems_are_closed_at_the_root():
    three = [problem(n, "2026-11-10") for n in range(3)]
    assert monthly("close_problems", problems=three) == [3, "good"]
    assert monthly("close_problems", problems=[*three[:2], problem(3, "2026-11-10", None)]) == [2, "breach"]
    assert monthly("close_problems", problems=[*three[:2], problem(3, "2026-10-31")]) == [2, "breach"]
    assert monthly("close_problems", "2026-11-20", problems=three[:2]) == [2, "warning"]


def test_gaps_need_a_test_and_a_training():
    test, training = ("T1", "capability_test", on("2026-11-05")), ("T2", "training", on("2026-11-06"))
    assert monthly("test_gaps", sessions=[test, training]) == [2, "good"]
    assert monthly("test_gaps", sessions=[test, ("T3", "capability_test", on("2026-11-07"))]) == [1, "breach"]
    assert monthly("test_gaps")[1] == "cannot_judge"


def test_a_sand_table_is_no_reusable_playbook():
    sand = ("W1", "1", "industry_sand_table", "I1", on("2026-11-05"))
    book = ("W2", "1", "visit_sand_table", None, on("2026-11-05"))
    assert monthly("publish_playbook", playbooks=[sand])[1] == "cannot_judge"
    assert monthly("publish_playbook", playbooks=[sand, book]) == [1, "good"]


def test_a_duty_of_none_departs_from_the_method():
    assert P.departures() == () and SelfCheckParameters(orders_per_week=0).departures() == (
        "self_check.orders_per_week",
    )
