"""M12: what counts as evidence, how few items are shrunk, and the ledger of contradictions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.method.credibility import (
    ITEMS,
    LEDGER,
    CredibilityParameters,
    contradictions,
    credibility,
    evidence,
    shrunk,
)

P = CredibilityParameters()
ON = pd.Timestamp("2026-11-20")
EMPTY = {
    "checks": ["visit_id", "rep_id", "account_id", "visited_at", "result", "code"],
    "callbacks": ["callback_id", "account_id", "called_on", "caller_id", "stage_confirmed", "competitor_confirmed"],
    "cross": ["source", "item_id", "rep_id", "account_id", "on", "result", "matched_id", "answer_id"],
    "verifications": ["verification_id", "verified_on", "verifier_id", "account_id", "kind", "report_id", "result"],
    "reports": ["report_id", "report_date", "rep_id", "account_id", "stage_before", "stage_after", "new_key_contacts"],
    "account_weeks": ["account_id", "week_ending", "decision_stage"],
    "accounts": ["account_id", "owner_id"],
}
DAYS = {"visited_at", "called_on", "on", "verified_on", "report_date", "week_ending"}


def table(name, *rows):
    frame = pd.DataFrame(rows, columns=EMPTY[name])
    kinds = {c: "datetime64[us]" if c in DAYS else "str" for c in frame.columns if c in DAYS or c.endswith("_id")}
    return frame.astype(kinds)


def items(as_of=ON, **tables):
    given_tables = {name: tables.get(name, table(name)) for name in EMPTY}
    given_tables["accounts"] = tables.get("accounts", table("accounts", ("A1", "R1"), ("A2", "R2")))
    return evidence(*given_tables.values(), as_of, P)


def report(day, before=2, after=3, name="D1", contacts=0):
    return (name, pd.Timestamp(day), "R1", "A1", before, after, contacts)


def held(found):
    return dict(zip(found["item_id"], found["held"], strict=True))


def test_a_drawn_visit_is_an_item_unless_nothing_can_be_said():
    checks = table(
        "checks",
        ("V1", "R1", "A1", pd.Timestamp("2026-11-18 14:00"), "verified", "ok"),
        ("V2", "R1", "A1", pd.Timestamp("2026-11-18 14:00"), "mismatch", "far"),
        ("V3", "R1", "A1", pd.Timestamp("2026-11-18 14:00"), "undetermined", "no_consent"),
    )
    assert held(items(checks=checks)) == {"V1": 1.0, "V2": 0.0}


def test_a_callback_is_set_against_the_newest_report_that_claims_something():
    told = table(
        "reports", report("2026-11-17", 2, 3, "D1"), report("2026-11-18", 3, 3, "D2"), report("2026-11-20", 3, 3, "D3")
    )
    calls = table("callbacks", ("B1", "A1", pd.Timestamp("2026-11-19"), "D01", False, True))
    found = items(reports=told, callbacks=calls)
    found = found[found["source"] == "callback"].set_index("item_id")
    assert found.loc["B1.stage", ["held", "said_id", "rep_id"]].tolist() == [0.0, "D1", "R1"]
    assert found.loc["B1.competitor", ["held", "said_id"]].tolist() == [1.0, "D2"]


def test_a_callback_without_a_report_before_it_says_nothing_of_one():
    calls = table("callbacks", ("B1", "A1", pd.Timestamp("2026-11-16"), "D01", False, None))
    assert (
        len(items(reports=table("reports", report("2026-11-17")), callbacks=calls).query("source == 'callback'")) == 0
    )


def test_intelligence_that_sales_did_not_report_is_held_against_the_owner():
    cross = table(
        "cross",
        ("report", "D1", "R1", "A1", ON, "confirmed", "N1", ""),
        ("report", "D2", "R1", "A1", ON, "unconfirmed", "", ""),
        ("intel", "N2", "R1", "A1", ON, "unreported", "", "D9"),
        ("intel", "N3", "", "", ON, "unreported", "", ""),
        ("intel", "N4", "R1", "A1", ON, "open", "", ""),
    )
    assert held(items(cross=cross)) == {"D1": 1.0, "N2": 0.0}


def test_a_fact_counts_where_somebody_else_answered_it():
    rows = table(
        "verifications",
        ("F1", ON, "M1", "A1", "visit", "D1", "contradicted"),
        ("F2", ON, "M1", "A2", "decision_chain", None, "confirmed"),
        ("F3", ON, "R1", "A1", "visit", "D1", "confirmed"),  # the rep's own
        ("F4", ON, "M1", "A1", "visit", "D1", "unclear"),
    )
    found = items(verifications=rows, reports=table("reports", report("2026-11-17", 3, 3)))
    assert held(found) == {"F1": 0.0, "F2": 1.0}
    assert found.set_index("item_id")["rep_id"].to_dict() == {"F1": "R1", "F2": "R2"}  # by report, else by owner


@pytest.mark.parametrize(
    ("proof", "day", "expected"),
    [
        ("weekly", "2026-11-15", 1.0),
        ("weekly", "2026-11-16", 0.0),
        ("fact", "2026-11-15", 1.0),
        ("fact", "2026-10-31", 0.0),
    ],
)
def test_a_claimed_advance_needs_evidence_within_fourteen_days(proof, day, expected):
    # claimed on 1 November: day 14 is the 15th, day 15 the 16th; the day before the claim proves nothing of it
    told, when = table("reports", report("2026-11-01")), pd.Timestamp(day)
    rows = {
        "weekly": {"account_weeks": table("account_weeks", ("A1", when, 3.0))},
        "fact": {"verifications": table("verifications", ("F1", when, "M1", "A1", "progress", "D1", "confirmed"))},
    }[proof]
    assert held(items(reports=told, **rows))["D1.stage"] == expected


def test_a_weekly_row_below_the_claimed_stage_proves_nothing():
    weeks = table("account_weeks", ("A1", pd.Timestamp("2026-11-06"), 2.0))
    assert held(items(reports=table("reports", report("2026-11-01")), account_weeks=weeks)) == {"D1.stage": 0.0}


@pytest.mark.parametrize(("as_of", "known"), [("2026-11-15", False), ("2026-11-16", True)])
def test_a_claim_too_young_is_no_item_yet(as_of, known):
    assert ("D1.stage" in held(items(as_of, reports=table("reports", report("2026-11-01"))))) == known


def test_without_anything_there_is_no_item_no_figure_and_no_contradiction():
    none = items()
    assert list(none.columns) == list(ITEMS) and len(credibility(none, P)) == 0
    ledger = contradictions(none, decisions(), table("accounts"), P)
    assert list(ledger.columns) == list(LEDGER) and len(ledger) == 0


def test_worked_figure():
    # team 0.8; 2 of 4 held: (10 x 0.8 + 2) / (10 + 4) = 10 / 14
    score, low, high = shrunk(2, 4, 0.8, P)
    assert float(score) == pytest.approx(10 / 14) and low < score < high


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.05, 0.95))
def test_one_more_that_held_never_lowers_the_figure(held_count, rest, team):
    fewer = [float(x) for x in shrunk(held_count, held_count + rest + 1, team, P)]
    more = [float(x) for x in shrunk(held_count + 1, held_count + rest + 1, team, P)]
    assert all(a <= b + 1e-12 for a, b in zip(fewer, more, strict=True))
    assert 0 <= fewer[1] <= fewer[0] <= fewer[2] <= 1


@pytest.mark.parametrize(("spread", "least", "most"), [(10.0, 0.885, 0.915), (20.0, 0.90, 0.97), (5.0, 0.80, 0.90)])
def test_the_interval_holds_the_true_share_as_often_as_it_says(spread, least, most):
    # 20,000 reps with true shares from Beta(0.85 s, 0.15 s) and 1 to 30 items each. Where reps differ as the prior has
    # it (s = 10) coverage is exact: 0.90 within four Monte Carlo errors (4 x 0.0021) and the rounding of counts; where
    # they differ less it holds more often, where they differ more less often: never below 0.80 at half the prior.
    rng, n = np.random.default_rng(11), 20_000
    truth = rng.beta(0.85 * spread, 0.15 * spread, n)
    counts = rng.integers(1, 31, n)
    _, low, high = shrunk(rng.binomial(counts, truth), counts, 0.85, P)
    assert least < ((truth >= low) & (truth <= high)).mean() < most


def test_all_held_and_all_refuted_stay_within_the_unit_interval():
    score, low, high = shrunk([50, 0], [50, 50], 1.0, P)
    assert (low > 0).all() and (high < 1).all() and score[0] > 0.95 and score[1] < 0.25


def test_few_items_cannot_be_judged_and_many_below_the_team_warn():
    good = pd.DataFrame({"rep_id": "R1", "account_id": "A1", "held": [1.0] * 60})
    bad = pd.DataFrame({"rep_id": "R2", "account_id": "A2", "held": [0.0] * 8 + [1.0] * 2})
    few = pd.DataFrame({"rep_id": "R3", "account_id": "A3", "held": [0.0] * 4})
    found = credibility(pd.concat([bad, few, good], ignore_index=True), P)
    whole = found[found["account_id"] == ""]
    assert whole["rep_id"].tolist() == ["R1", "R2", "R3"]  # by id, not by figure
    assert whole["state"].tolist() == ["good", "warning", "cannot_judge"]


def decisions(*rows):
    columns = ["decision_id", "action_id", "decided_on", "decided_by", "verdict", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"decided_on": "datetime64[us]"})


MISMATCH = ("V2", "R1", "A1", pd.Timestamp("2026-11-18 14:00"), "mismatch", "far")
NAME = "M12-A1.V2-2026-11-18"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (None, "open"),
        (("Y1", NAME, pd.Timestamp("2026-11-19"), "D01", "confirmed", "met at the plant"), "closed"),
        (("Y1", NAME, pd.Timestamp("2026-11-19"), "D01", "snoozed", ""), "open"),
        (("Y1", NAME, pd.Timestamp("2026-11-19"), "R1", "done", "I was there"), "open"),  # nobody closes his own
    ],
)
def test_a_contradiction_is_closed_by_somebody_else(answer, state):
    found = items(checks=table("checks", MISMATCH))
    ledger = contradictions(found, decisions(*([answer] if answer else [])), table("accounts", ("A1", "R1")), P)
    assert ledger[["contradiction_id", "state", "owner_id"]].values.tolist() == [[NAME, state, "R1"]]
    assert ledger["due_on"].tolist() == [pd.Timestamp("2026-11-25")]


def test_an_unproven_claim_is_no_contradiction():
    found = items(reports=table("reports", report("2026-11-01")))
    assert len(found) == 1 and len(contradictions(found, decisions(), table("accounts"), P)) == 0
