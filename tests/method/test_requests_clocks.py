"""F4 and E4's clocks by hand: to the minute, over weekends, the October holiday and New Year; and what was brought."""

import random

import numpy as np
import pandas as pd
import pytest

from tests.method.asked import CLOCK, METHOD, NOW, TIMES, asked, executive, price, technical, timed
from toolkit.base.workdays import Workdays
from toolkit.method.requests import (
    CLOCK_COLUMNS,
    OUTCOME_COLUMNS,
    AuthorityB,
    AuthorityParameters,
    EarlierMatrix,
    RequestClockParameters,
    clocks,
    judge,
    outcomes,
)

ASKED = "2026-11-10T09:00"  # a Tuesday


def at(text):
    return pd.Timestamp(text)


# To the minute


@pytest.mark.parametrize(
    ("row", "step", "on_time", "late"),
    [
        # 48 h 0 min and 48 h 1 min
        (technical(), "accept", {"responded_at": "2026-11-12T09:00"}, {"responded_at": "2026-11-12T09:01"}),
        (price(-0.05), "answer", {"responded_at": "2026-11-11T09:00"}, {"responded_at": "2026-11-11T09:01"}),
        # 72 h
        (executive(), "visit", {"delivered_at": "2026-11-13T09:00"}, {"delivered_at": "2026-11-13T09:01"}),
        (executive(tier="A"), "contact", {"responded_at": "2026-11-11T09:00"}, {"responded_at": "2026-11-11T09:01"}),
        (executive(tier="B"), "contact", {"responded_at": "2026-11-12T09:00"}, {"responded_at": "2026-11-12T09:01"}),
        (technical(tier="A"), "in_place", {"delivered_at": "2026-11-13T09:00"}, {"delivered_at": "2026-11-13T09:01"}),
        # 5 working days: Tuesday to Tuesday
        (technical(tier="B"), "in_place", {"delivered_at": "2026-11-17T09:00"}, {"delivered_at": "2026-11-17T09:01"}),
    ],
)
def test_a_clock_is_met_to_the_minute(row, step, on_time, late):
    met = timed({**row, **on_time}).loc[("Q1", step)]
    over = timed({**row, **late}).loc[("Q1", step)]
    assert (met["state"], met["hours_left"]) == ("met", 0)
    assert (over["state"], over["hours_left"]) == ("late", pytest.approx(-1 / 60))
    due = next(iter(on_time.values()))
    assert met["due_at"] == at(due)
    # nobody acts: the last minute runs, the next is a breach
    assert timed(row, now=due).loc[("Q1", step), "state"] == "running"
    later = timed(row, now=at(due) + pd.Timedelta(minutes=1)).loc[("Q1", step)]
    assert (later["state"], later["hours_left"]) == ("breached", pytest.approx(-1 / 60))


def test_what_comes_after_now_has_not_happened():
    row = technical(responded_at="2026-11-12T08:00")
    before = timed(row, now="2026-11-12T07:00").loc[("Q1", "accept")]
    assert before["state"] == "running" and before["hours_left"] == 2 and pd.isna(before["done_at"])


# Working days


@pytest.mark.parametrize(
    ("asked_at", "due"),
    [
        ("2026-09-30T10:00", "2026-10-13T10:00"),  # over the October holiday and its make-up Saturday (see test_clock)
        ("2026-10-10T16:00", "2026-10-16T16:00"),  # on the make-up Saturday: 8 h, four days, 16 h of Friday
        ("2026-10-04T12:00", "2026-10-14T00:00"),  # in the holiday
        ("2026-11-14T15:00", "2026-11-21T00:00"),  # on a Saturday
    ],
)
def test_five_working_days_follow_the_calendar(asked_at, due):
    row = timed(technical(asked_at)).loc[("Q1", "in_place")]
    assert row["due_at"] == at(due) and not row["provisional"]
    assert (row["allowed"], row["unit"], row["rule"]) == (5, "working_days", "E4")


def test_across_new_year_2026_27_the_deadline_is_provisional():
    rows = timed(technical("2026-12-30T10:00"), technical("2026-12-30T10:00", tier="A"), now="2027-01-01")
    assert rows.loc[("Q1", "in_place"), "due_at"] == at("2027-01-07T10:00")
    assert rows["provisional"].tolist() == [False, True, False, False]  # hours need no calendar
    holiday = [("2027-01-01", "holiday", "", ""), *((f"2027-01-0{n}", "working", "", "") for n in range(2, 8))]
    clock = type(CLOCK)(Workdays(pd.DataFrame(holiday, columns=["day", "kind", "name", "note"])))
    settled = timed(technical("2026-12-30T10:00"), clock=clock).loc[("Q1", "in_place")]
    # 2, 3, 4 January worked too: 14 h + 24 h + 72 h = 110 h, 10 h of 5 January
    assert settled["due_at"] == at("2027-01-05T10:00") and not settled["provisional"]


def test_a_request_on_a_holiday_is_answered_around_the_clock():
    assert timed(price(-0.02, "2026-10-02T20:00")).loc[("Q1", "answer"), "due_at"] == at("2026-10-03T20:00")


# What is due of whom


def states(row, **more):
    return timed(row, **more)["state"].tolist()


def test_each_kind_has_its_steps():
    steps = timed(technical(), price(-0.02), executive()).reset_index()
    assert steps[["request_id", "rule", "step"]].values.tolist() == [
        ["Q1", "F4", "accept"],
        ["Q1", "E4", "in_place"],
        ["Q2", "F4", "answer"],
        ["Q3", "E4", "contact"],
        ["Q3", "F4", "visit"],
    ]


def test_a_refusal_is_an_answer_and_nothing_more_is_due():
    no = {"decision": "rejected", "approved_at": "2026-11-11T08:00"}
    assert states(technical(**no)) == ["met", "not_due"]
    assert states(price(-0.02, **no)) == ["met"]
    assert states(executive(**no)) == ["not_due", "not_due"]
    assert states(price(-0.02, **no | {"approved_at": "2026-11-12T08:00"})) == ["late"]


def test_what_the_matrix_forbids_is_still_answered():
    assert states(technical(tier="C")) == ["breached", "not_due"]
    assert states(price(-0.02, tier="C")) == ["breached"]
    assert states(executive(tier="C")) == ["not_due", "not_due"]
    row = timed(technical(tier="C")).loc[("Q1", "in_place")]
    assert np.isnan(row["allowed"]) and pd.isna(row["due_at"]) and np.isnan(row["hours_left"])


def test_a_price_is_answered_by_whichever_came_first():
    both = {"decision": "approved", "approved_at": "2026-11-11T08:00", "responded_at": "2026-11-12T08:00"}
    row = timed(price(-0.02, **both)).loc[("Q1", "answer")]
    assert (row["state"], row["done_at"]) == ("met", at("2026-11-11T08:00"))


def test_an_approval_alone_does_not_accept_a_technical_request():
    assert states(technical(decision="approved", approved_at="2026-11-10T10:00"))[0] == "breached"


def test_what_was_delivered_was_accepted_by_then():
    assert states(technical(delivered_at="2026-11-11T08:00")) == ["met", "met"]
    assert states(executive(delivered_at="2026-11-11T08:00")) == ["met", "met"]


def test_a_withdrawn_request_owes_nothing_unless_it_was_done_before():
    gone = {"decision": "withdrawn", "approved_at": "2026-11-13T09:00"}
    assert states(technical(**gone)) == ["not_due", "not_due"]
    assert states(technical(**gone, responded_at="2026-11-13T09:00")) == ["not_due", "not_due"]
    assert states(technical(**gone, responded_at="2026-11-12T09:01")) == ["late", "not_due"]
    assert states(executive(decision="withdrawn", responded_at="2026-11-11T09:00")) == ["met", "not_due"]


def test_a_decision_at_an_unknown_time_cannot_be_judged():
    assert states(price(-0.02, decision="approved")) == ["cannot_judge"]
    assert states(technical(decision="rejected")) == ["cannot_judge", "not_due"]


def test_without_a_tier_what_the_matrix_sets_cannot_be_judged():
    assert states(technical(tier="")) == ["breached", "cannot_judge"]
    assert states(executive(tier="", responded_at="2026-11-10T10:00")) == ["cannot_judge", "breached"]
    assert timed(technical(tier=""))["hours_left"].isna().tolist() == [False, True]


def test_the_matrix_of_the_day_sets_the_time():
    old = EarlierMatrix(name="old", until="2026-11-10", b=AuthorityB(technical_within=24, technical_unit="hours"))
    p = AuthorityParameters(earlier=(old,))
    rows = timed(technical(), technical("2026-11-11T09:00"), p=p)
    assert rows.loc[("Q1", "in_place"), "due_at"] == at("2026-11-11T09:00")
    assert rows.loc[("Q2", "in_place"), "due_at"] == at("2026-11-18T09:00")


def test_the_times_are_parameters():
    p = RequestClockParameters(technical_accept_hours=1, price_answer_hours=2, executive_visit_hours=3)
    rows = timed(technical(), price(-0.02), executive(), times=p)
    hours = (rows["due_at"] - rows["started_at"]) / pd.Timedelta(hours=1)
    assert hours.drop(("Q1", "in_place")).tolist() == [1, 2, 48, 3]


def test_no_requests_have_no_clocks():
    none = timed().reset_index()
    assert set(none.columns) == set(CLOCK_COLUMNS) and none.empty
    assert none["due_at"].dtype == "datetime64[us]" and none["provisional"].dtype == bool


@pytest.mark.parametrize("seed", range(2))
def test_every_clock_equals_a_plain_loop_on_random_requests(seed):
    rng, rows = random.Random(seed), []
    start = pd.Timestamp("2026-09-20")

    def some(chance, low=0, high=24 * 12):
        return asked_at + pd.Timedelta(hours=rng.randrange(low, high)) if rng.random() < chance else None

    for _ in range(120):
        asked_at = start + pd.Timedelta(hours=rng.randrange(24 * 40))
        kind = rng.choice(["technical", "price", "executive"])
        times = {"responded_at": some(0.6), "delivered_at": some(0.5), "approved_at": some(0.7)}
        decision = rng.choice([None, "approved", "rejected", "withdrawn"])
        level = rng.choice(["director", "manager"]) if kind == "executive" else None
        tier = rng.choice(["A", "B", "C", ""])
        rows.append({"kind": kind, "requested_at": asked_at, "price_change": -0.01, "executive_level": level,
                     "decision": decision, "tier": tier, **times})  # fmt: skip
    frame, now = asked(*rows), pd.Timestamp("2026-11-01")
    found = clocks(judge(frame, METHOD), frame, now, CLOCK, METHOD, TIMES).set_index(["request_id", "step"])
    assert len(found) == (frame["kind"] != "price").sum() * 2 + (frame["kind"] == "price").sum()
    forbidden = judge(frame, METHOD)["verdict"] == "forbidden"
    for n, row in enumerate(frame.to_dict("records")):
        for step, due, done, owed, known in _expected(row, forbidden[n], now):
            assert found.loc[(row["request_id"], step), "state"] == _state(row, due, done, owed, known, now)


def _expected(row, forbidden, now):
    """Step, deadline (None: unknown), done, whether it is due, and whether a time of doing would be on record."""
    asked_at, tier, no = row["requested_at"], row["tier"], row["decision"] == "rejected"
    responded, approved, delivered = (
        row[name] if pd.notna(row[name]) and row[name] <= now else None
        for name in ("responded_at", "approved_at", "delivered_at")
    )
    first = min((t for t in (responded, approved) if t), default=None)
    hour = pd.Timedelta(hours=1)
    if row["kind"] == "price":
        yield "answer", asked_at + 24 * hour, first, True, row["decision"] not in ("approved", "rejected")
    elif row["kind"] == "technical":
        yield "accept", asked_at + 48 * hour, first if no else responded or delivered, True, not no
        working = pd.Timestamp(CLOCK.deadline(asked_at.to_datetime64(), 5, "working_days")[()])
        due = {"A": asked_at + 72 * hour, "B": working}.get(tier)
        yield "in_place", due, delivered, not (no or forbidden), True
    else:
        due = {"A": asked_at + 24 * hour, "B": asked_at + 48 * hour}.get(tier)
        yield "contact", due, responded or delivered, not (no or forbidden), True
        yield "visit", asked_at + 72 * hour, delivered, not (no or forbidden), True


def _state(row, due, done, owed, known, now):
    gone = row["approved_at"] if pd.notna(row["approved_at"]) and row["approved_at"] <= now else None
    if row["decision"] == "withdrawn" and (done is None or (gone is not None and done >= gone)):
        return "not_due"
    if not owed:
        return "not_due"
    if due is None or (done is None and not known):
        return "cannot_judge"
    if done is not None:
        return "met" if done <= due else "late"
    return "running" if now <= due else "breached"


# Outcomes


def brought(row, now=NOW, p=TIMES):
    return outcomes(asked(row), pd.Timestamp(now), p).iloc[0]


@pytest.mark.parametrize(
    ("advanced", "code", "state", "days"),
    [
        ("2026-11-10", "stage_advanced", "good", 0),
        ("2026-11-13", "stage_advanced", "good", 3),  # day 3
        ("2026-11-14", "stage_late", "breach", 4),  # day 4
    ],
)
def test_the_stage_advances_within_three_days_of_a_price_request(advanced, code, state, days):
    row = brought(price(-0.05, "2026-11-10T23:00", decision="approved", stage_at_request=4, stage_advanced_on=advanced))
    assert (row["code"], row["state"], row["measured"], row["threshold"]) == (code, state, days, 3)
    assert row["due_on"] == at("2026-11-13")


def test_three_days_are_over_with_the_third_day():
    row = price(-0.05, decision="approved", stage_at_request=4)
    assert brought(row, "2026-11-13")["code"] == "stage_open"  # the end of the 12th
    assert brought(row, "2026-11-13T23:59")["state"] == "running"
    assert brought(row, "2026-11-14")["code"] == "stage_still"  # the end of the 13th
    later = {**row, "stage_advanced_on": "2026-11-13"}
    assert brought(later, "2026-11-13")["code"] == "stage_open"  # not come yet
    assert brought(later, "2026-11-14")["code"] == "stage_advanced"


def test_without_a_stage_or_a_decision_no_advance_is_missed():
    assert brought(price(-0.05, decision="approved"))["state"] == "cannot_judge"
    assert brought(price(-0.05, stage_at_request=4))["code"] == "undecided"


@pytest.mark.parametrize(
    ("raised", "resolved", "code", "state"),
    [
        (5, 4, "doubts_resolved", "good"),  # 80 %
        (10, 7, "doubts_open", "breach"),
        (1000, 799, "doubts_open", "breach"),
        (3, 3, "doubts_resolved", "good"),
        (0, 0, "no_doubts", "good"),
        (0, None, "no_doubts", "good"),
        (5, None, "doubts_unknown", "owed"),
        (None, None, "doubts_unknown", "owed"),
    ],
)
def test_four_fifths_of_the_doubts_are_resolved(raised, resolved, code, state):
    done = {"decision": "approved", "delivered_at": "2026-11-12T09:00"}
    row = brought(technical(**done, doubts_raised=raised, doubts_resolved=resolved))
    assert (row["code"], row["state"], row["threshold"]) == (code, state, 0.8)
    assert pd.isna(row["due_on"]) and (np.isnan(row["measured"]) or row["measured"] == resolved / raised)


def test_what_was_not_delivered_has_brought_nothing_yet():
    assert brought(technical(doubts_raised=5))["code"] == "not_delivered"
    assert brought(technical(delivered_at="2026-11-12T09:00", doubts_raised=5), "2026-11-12")["state"] == "running"
    assert brought(executive())["state"] == "running"


def test_a_visit_owes_a_decision_maker_s_commitment():
    visit = {"delivered_at": "2026-11-12T09:00"}
    assert brought(executive(**visit))[["code", "state"]].tolist() == ["no_commitment", "owed"]
    given = {"commitment_on": "2026-11-13"}
    assert brought(executive(**visit, **given, commitment_by="P1"))["state"] == "good"
    assert brought(executive(**visit, **given))["state"] == "cannot_judge"
    assert brought(executive(**visit, **given, commitment_by="P1"), "2026-11-13")["state"] == "owed"


def test_what_was_rejected_or_withdrawn_owes_nothing():
    rows = [technical(decision="rejected"), price(-0.02, decision="withdrawn"), executive(decision="approved")]
    assert outcomes(asked(*rows), NOW, TIMES)["request_id"].tolist() == ["Q3"]


def test_no_requests_have_no_outcomes():
    none = outcomes(asked(), NOW, TIMES)
    assert none.empty and list(none.columns) == list(OUTCOME_COLUMNS) and none["measured"].dtype == float
