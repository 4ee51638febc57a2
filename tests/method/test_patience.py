"""S9 by hand, at its edges, and against a plain loop."""

import random

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.base.weeks import friday_of
from toolkit.method.patience import PatienceParameters, patience, patience_findings

METHOD = PatienceParameters()
FRIDAY = pd.Timestamp("2026-11-20")
DAY, WEEK = pd.Timedelta(days=1), pd.Timedelta(days=7)
TUESDAY = FRIDAY - 3 * DAY
REPS = pd.DataFrame({"rep_id": ["S1", "S2", "M1", "D1"], "role": ["rep", "rep", "manager", "director"]})
PEOPLE = pd.DataFrame({"person_id": ["P1", "P2"], "account_id": ["A1", "A2"]})


def frame(columns, rows, **types):
    out = pd.DataFrame(rows, columns=columns)
    return out.astype({name: "str" for name in columns if not name.endswith("_on")} | types)


def accounts(*rows):
    """(id, owner, opened)."""
    out = pd.DataFrame(rows, columns=["account_id", "owner_id", "opened_on"]).astype({"account_id": "str"})
    return out.assign(opened_on=pd.to_datetime(out["opened_on"]).astype("datetime64[us]"))


def judge(
    output=(), verifications=(), callbacks=(), contacts=(), book=None, friday=FRIDAY, parameters=METHOD, people=PEOPLE
):
    """`output`: (account, week, value); `verifications`: (day, who, account, kind, result); `callbacks`, `contacts`:
    (account or person, day, who). Without others, A1 of rep S1, opened long ago."""
    weekly = pd.DataFrame(output, columns=["account_id", "week_ending", "output_value"])
    weekly = weekly.astype({"account_id": "str", "output_value": float})
    weekly["week_ending"] = pd.to_datetime(weekly["week_ending"])
    checks = pd.DataFrame(verifications, columns=["verified_on", "verifier_id", "account_id", "kind", "result"])
    checks["verified_on"] = pd.to_datetime(checks["verified_on"])
    calls = pd.DataFrame(callbacks, columns=["account_id", "called_on", "caller_id"])
    calls["called_on"] = pd.to_datetime(calls["called_on"])
    met = pd.DataFrame(contacts, columns=["person_id", "contacted_on", "rep_id"])
    met["contacted_on"] = pd.to_datetime(met["contacted_on"])
    book = accounts(("A1", "S1", "2024-01-05")) if book is None else book
    return patience(book, weekly, checks, calls, met, people, REPS, friday, parameters)


def one(**given):
    return judge(**given).iloc[0]


def weeks_ago(n):
    return FRIDAY - n * WEEK


VERIFIED = [(TUESDAY, "M1", "A1", "decision_chain", "confirmed")]


# Output


@pytest.mark.parametrize(
    ("weeks", "code", "state"),
    [(0, "output", GOOD), (1, "patient", GOOD), (13, "patient", GOOD), (14, "output_overdue", BREACH)],
)
def test_an_a_account_may_be_without_output_for_13_weeks(weeks, code, state):
    row = one(output=[("A1", weeks_ago(weeks), 5000)], verifications=VERIFIED)
    assert (row["weeks_without_output"], row["code"], row["state"]) == (weeks, code, state)


def test_only_output_above_0_is_output():
    row = one(
        output=[("A1", weeks_ago(20), 1), ("A1", weeks_ago(1), 0), ("A1", FRIDAY, np.nan)], verifications=VERIFIED
    )
    assert row["weeks_without_output"] == 20 and row["last_output_on"] == weeks_ago(20)


def test_output_after_the_friday_has_not_come_yet():
    assert one(output=[("A1", weeks_ago(3), 1), ("A1", FRIDAY + WEEK, 1)])["weeks_without_output"] == 3


@pytest.mark.parametrize(
    ("opened", "weeks", "code"),
    [
        ("2026-11-16", 0, "patient"),
        ("2026-11-13", 1, "patient"),
        ("2026-08-15", 13, "patient"),  # 97 days: 13 whole weeks
        ("2026-08-14", 14, "output_overdue"),
    ],
)
def test_without_any_output_patience_runs_from_the_opening(opened, weeks, code):
    row = one(output=[("A9", FRIDAY, 1)], verifications=VERIFIED, book=accounts(("A1", "S1", opened)))
    assert (row["weeks_without_output"], row["code"]) == (weeks, code) and pd.isna(row["last_output_on"])


def test_without_any_output_figure_of_anybody_output_cannot_be_judged():
    row = one(output=[("A1", weeks_ago(2), np.nan)], verifications=VERIFIED)
    assert (row["state"], row["code"]) == (CANNOT_JUDGE, "no_data") and np.isnan(row["weeks_without_output"])
    # the other half is judged all the same
    late = [(weeks_ago(2), "M1", "A1", "decision_chain", "confirmed")]
    assert one(verifications=late)["code"] == "not_verified"


# Verification

STILL = [("A1", weeks_ago(5), 100)]


@pytest.mark.parametrize(
    ("check", "counts"),
    [
        ((TUESDAY, "M1", "A1", "decision_chain", "confirmed"), True),
        ((TUESDAY, "S2", "A1", "decision_chain", "contradicted"), True),  # it was looked at
        ((TUESDAY, "M1", "A1", "decision_chain", "unclear"), False),
        ((TUESDAY, "M1", "A1", "visit", "confirmed"), False),
        ((TUESDAY, "S1", "A1", "decision_chain", "confirmed"), False),  # its own rep
        ((TUESDAY, "M1", "A2", "decision_chain", "confirmed"), False),  # another account
        ((FRIDAY, "M1", "A1", "decision_chain", "confirmed"), True),
        ((FRIDAY - 6 * DAY, "M1", "A1", "decision_chain", "confirmed"), True),  # the Saturday
        ((FRIDAY - 7 * DAY, "M1", "A1", "decision_chain", "confirmed"), False),  # last week's Friday
        ((FRIDAY + DAY, "M1", "A1", "decision_chain", "confirmed"), False),  # not come yet
    ],
)
def test_a_chain_is_verified_this_week_by_someone_else_than_its_rep(check, counts):
    other = (weeks_ago(9), "M1", "A9", "decision_chain", "confirmed")
    row = one(output=STILL, verifications=[check, other])
    assert (row["code"], row["state"]) == (("patient", GOOD) if counts else ("not_verified", BREACH))


def test_a_callback_verifies():
    assert one(output=STILL, callbacks=[("A1", TUESDAY, "D1")])["code"] == "patient"
    assert one(output=STILL, callbacks=[("A1", TUESDAY, "S1")])["code"] == "not_verified"


@pytest.mark.parametrize(
    ("contact", "counts"),
    [
        (("P1", TUESDAY, "M1"), True),
        (("P1", TUESDAY, "D1"), True),
        (("P1", TUESDAY, "S2"), False),  # no manager
        (("P2", TUESDAY, "M1"), False),  # a person of another account
        (("P9", TUESDAY, "M1"), False),  # of none
    ],
)
def test_a_managers_contact_verifies(contact, counts):
    old = [("A1", weeks_ago(30), "D1")]
    assert one(output=STILL, contacts=[contact], callbacks=old)["code"] == ("patient" if counts else "not_verified")


def test_a_manager_who_owns_the_account_does_not_verify_it():
    book = accounts(("A1", "M1", "2024-01-05"))
    assert one(output=STILL, contacts=[("P1", TUESDAY, "M1")], book=book)["code"] == "not_verified"


def test_where_nobody_owns_the_account_anyone_is_someone_else():
    book = accounts(("A1", np.nan, "2024-01-05"))
    assert one(output=STILL, verifications=VERIFIED, book=book)["code"] == "patient"


def test_without_any_verification_on_record_it_cannot_be_judged():
    row = one(output=STILL)
    assert (row["state"], row["code"]) == (CANNOT_JUDGE, "no_data")
    assert pd.isna(row["last_verified_on"]) and pd.isna(row["verified_since"])


def test_in_a_week_with_output_nothing_has_to_be_verified():
    old = [(weeks_ago(30), "M1", "A1", "decision_chain", "confirmed")]
    assert one(output=[("A1", FRIDAY, 10)], verifications=old)["code"] == "output"


def test_both_may_lapse():
    old = [(weeks_ago(3) - DAY, "M1", "A1", "decision_chain", "confirmed")]
    row = one(output=[("A1", weeks_ago(20), 10)], verifications=old)
    assert (row["code"], row["state"]) == ("output_overdue_not_verified", BREACH)
    # 20 weeks ago + 14 = six weeks ago; verified in the week named by three Fridays ago: lapsed since the one after
    assert (row["output_since"], row["verified_since"]) == (weeks_ago(6), weeks_ago(2))


def test_a_lapse_of_verification_starts_after_the_last_output_at_the_earliest():
    old = [(weeks_ago(30), "M1", "A1", "decision_chain", "confirmed")]
    assert one(output=STILL, verifications=old)["verified_since"] == weeks_ago(4)


def test_a_lapse_keeps_its_start_from_week_to_week():
    book = accounts(("A1", "S1", "2026-07-01"))  # a Wednesday
    other = [("A9", FRIDAY - 9 * WEEK, "D1")]
    starts = {
        one(output=[("A9", FRIDAY - 20 * WEEK, 1)], callbacks=other, book=book, friday=FRIDAY + n * WEEK)[
            "output_since"
        ]
        for n in range(3)
    }
    # the week of 1 July is named by 3 July; 14 weeks on is 9 October
    assert starts == {pd.Timestamp("2026-10-09")}


def test_less_frequent_verification_is_a_departure():
    fortnight = PatienceParameters(verify_every_weeks=2)
    check = [(weeks_ago(1), "M1", "A1", "decision_chain", "confirmed")]
    assert one(output=STILL, verifications=check, parameters=fortnight)["code"] == "patient"
    assert fortnight.departures() == ("patience.verify_every_weeks",) and METHOD.departures() == ()
    with pytest.raises(ValidationError):
        PatienceParameters(weeks=0)


# Findings and edges


def findings_of(**given):
    return patience_findings(judge(**given), FRIDAY, METHOD)


def test_a_lapse_of_either_is_a_finding():
    old = [(weeks_ago(3), "M1", "A1", "decision_chain", "confirmed")]
    both = findings_of(output=[("A1", weeks_ago(20), 10)], verifications=old)
    assert both["code"].tolist() == ["output_overdue", "not_verified"]
    assert both["measured"].tolist() == [20, 3] and both["threshold"].tolist() == [13, 1]
    assert set(both["state"]) == {BREACH} and set(both["rule"]) == {"S9"} and set(both["due_on"]) == {FRIDAY + WEEK}
    assert both["since"].tolist() == [weeks_ago(6), weeks_ago(2)]


def test_a_chain_never_verified_has_nothing_measured():
    found = findings_of(output=STILL, callbacks=[("A9", TUESDAY, "D1")])
    assert found["code"].tolist() == ["not_verified"] and found["measured"].isna().all()


def test_missing_data_is_never_good():
    found = findings_of(output=STILL)
    assert found[["state", "code"]].values.tolist() == [[CANNOT_JUDGE, "no_data"]] and found["due_on"].isna().all()


def test_no_a_account_gives_empty_frames():
    none = judge(book=accounts())
    assert none.empty and "output_since" in none.columns
    assert patience_findings(none, FRIDAY, METHOD).empty


def test_accounts_come_by_id():
    book = accounts(("A2", "S1", "2024-01-05"), ("A1", "S1", "2024-01-05"))
    assert judge(output=STILL, book=book)["account_id"].tolist() == ["A1", "A2"]


@pytest.mark.parametrize("seed", range(10))
def test_every_account_equals_a_plain_loop_on_random_data(seed):
    rng = random.Random(seed)
    names = [f"A{n}" for n in range(6)]
    opened = [FRIDAY - rng.randint(0, 200) * DAY for _ in names]
    book = accounts(*[(name, rng.choice(["S1", "M1"]), day) for name, day in zip(names, opened, strict=True)])
    output = [(name, weeks_ago(rng.randint(0, 25)), rng.choice([0, 0, 10])) for name in names for _ in range(3)]
    people = pd.DataFrame({"person_id": [f"P{n}" for n in range(6)], "account_id": names})
    who = ["S1", "S2", "M1", "D1"]
    day = lambda: FRIDAY - rng.randint(-3, 20) * DAY  # noqa: E731
    verifications = [
        (
            day(),
            rng.choice(who),
            rng.choice(names),
            rng.choice(["decision_chain", "visit"]),
            rng.choice(["confirmed", "unclear"]),
        )
        for _ in range(8)
    ]
    callbacks = [(rng.choice(names), day(), rng.choice(["D1", "M1"])) for _ in range(2)]
    contacts = [(rng.choice(list(people["person_id"])), day(), rng.choice(who)) for _ in range(6)]
    table = judge(output, verifications, callbacks, contacts, book, people=people).set_index("account_id")
    for name, owner, start in book.itertuples(index=False):
        made = [week for account, week, value in output if account == name and value > 0]
        weeks = (FRIDAY - max(made, default=start)).days // 7
        checks = [
            d
            for d, by, a, kind, result in verifications
            if (a, kind, result) == (name, "decision_chain", "confirmed") and by != owner
        ]
        checks += [d for a, d, by in callbacks if a == name and by != owner]
        checks += [d for p, d, by in contacts if "A" + p[1:] == name and by in ("M1", "D1") and by != owner]
        checks = [d for d in checks if d <= FRIDAY]
        verified = any(friday_of(np.datetime64(d, "D")) == FRIDAY for d in checks)
        late, unseen = weeks > 13, weeks >= 1 and not verified
        good = "output" if weeks == 0 and made else "patient"
        expected = "_".join(["output_overdue"] * late + ["not_verified"] * unseen) or good
        assert table.loc[name, "code"] == expected
        assert table.loc[name, "weeks_without_output"] == weeks
        assert (
            pd.isna(table.loc[name, "last_verified_on"])
            if not checks
            else table.loc[name, "last_verified_on"] == max(checks)
        )
