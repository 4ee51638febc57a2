"""The quarter's pipeline and the bridge of its gap: by hand, edges, and a plain loop on random books."""

import math
import random

import numpy as np
import pandas as pd
import pytest

from toolkit.method.pipeline import ITEMS, KINDS, bridge, items, pipeline, positions, quarter_of, target

FRIDAY, BEFORE = "2026-11-20", "2026-11-13"
NAN = math.nan


def accounts(*rows):
    """(account, status, closed on, amount, expected close, opened on); from the third on they may be left out."""
    rest = (None, 1e6, "2026-12-15", "2026-01-05")
    names = ["account_id", "status", "closed_on", "contract_amount", "expected_close_on", "opened_on"]
    frame = pd.DataFrame([(*row, *rest[len(row) - 2 :]) for row in rows], columns=names)
    for name in ("closed_on", "expected_close_on", "opened_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame.astype({"account_id": "str", "status": "str", "contract_amount": float})


def weeks(*rows):
    """(account, Friday, probability, amount, expected close); the last two may be left out."""
    rest = (NAN, None)
    names = ["account_id", "week_ending", "win_probability", "contract_amount", "expected_close_on"]
    frame = pd.DataFrame([(*row, *rest[len(row) - 3 :]) for row in rows], columns=names)
    for name in ("week_ending", "expected_close_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame.astype({"account_id": "str", "win_probability": float, "contract_amount": float})


def targets(*rows):
    frame = pd.DataFrame(rows, columns=["quarter", "rep_id", "amount"])
    return frame.astype({"quarter": "str", "rep_id": "str", "amount": float})


TARGET = targets(("2026Q4", None, 10e6))


def part(book, rows, friday=FRIDAY):
    table = positions(book, rows, friday).set_index("account_id")
    return table["signed"].to_dict(), table["weighted"].to_dict()


# Target


def test_the_teams_row_goes_before_the_sum_of_the_reps():
    both = targets(("2026Q4", None, 60e6), ("2026Q4", "R1", 20e6), ("2026Q4", "R2", 30e6), ("2026Q3", None, 9e6))
    assert target(both, FRIDAY) == 60e6
    assert target(both[both["rep_id"].notna()], FRIDAY) == 50e6
    assert target(both.fillna({"rep_id": ""}), FRIDAY) == 60e6


@pytest.mark.parametrize("rows", [(), (("2026Q3", None, 5e6),), (("2026Q4", None, NAN),)])
def test_without_a_target_the_gap_is_not_defined(rows):
    found = items(accounts(("K1", "active")), weeks(("K1", FRIDAY, 0.5)), targets(*rows), FRIDAY)
    assert math.isnan(found["target"]) and math.isnan(found["gap"])
    assert found["weighted"] == 0.5e6


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-01-02", "2026Q1"), ("2026-06-26", "2026Q2"), ("2026-10-02", "2026Q4"), ("2027-01-01", "2027Q1")],
)
def test_a_friday_lies_in_its_calendar_quarter(day, quarter):
    assert quarter_of(day) == quarter


# Positions


def test_an_open_contract_counts_its_amount_times_its_probability():
    signed, weighted = part(accounts(("K1", "active", None, 2e6)), weeks(("K1", FRIDAY, 0.35)))
    assert weighted == {"K1": pytest.approx(0.7e6)} and signed == {"K1": 0.0}


@pytest.mark.parametrize(
    ("expected", "counts"), [("2026-12-31", True), ("2027-01-01", False), ("2026-08-01", True), (None, False)]
)
def test_only_what_is_expected_by_the_quarters_end_is_weighted_and_overdue_counts(expected, counts):
    _, weighted = part(accounts(("K1", "active", None, 1e6, expected)), weeks(("K1", FRIDAY, 0.5)))
    assert weighted == {"K1": 0.5e6 if counts else 0.0}


@pytest.mark.parametrize(
    ("closed", "signed"), [("2026-10-01", 1e6), ("2026-11-20", 1e6), ("2026-09-30", 0.0), (None, 0.0)]
)
def test_won_in_the_quarter_up_to_the_friday_is_signed(closed, signed):
    assert part(accounts(("K1", "won", closed)), weeks(("K1", FRIDAY, 0.9))) == ({"K1": signed}, {"K1": 0.0})


def test_a_closing_after_the_friday_is_out_of_sight():
    # Won on the 21st: on the 20th still an open contract at 90 %.
    assert part(accounts(("K1", "won", "2026-11-21")), weeks(("K1", FRIDAY, 0.9))) == ({"K1": 0.0}, {"K1": 0.9e6})


def test_rows_and_accounts_after_the_friday_are_out_of_sight():
    book = accounts(("K1", "active"), ("K2", "active", None, 1e6, "2026-12-15", "2026-11-23"))
    _, weighted = part(book, weeks(("K1", FRIDAY, 0.5), ("K1", "2026-11-27", 0.9)))
    assert weighted == {"K1": 0.5e6}


def test_a_missing_week_is_carried_forward_cell_by_cell():
    rows = weeks(("K1", "2026-11-06", 0.2, 3e6, "2027-02-01"), ("K1", BEFORE, 0.4, NAN, "2026-12-20"))
    _, weighted = part(accounts(("K1", "active")), rows)
    assert weighted == {"K1": pytest.approx(1.2e6)}


def test_the_weekly_amount_goes_first_while_open_and_the_accounts_own_once_closed():
    rows = weeks(("K1", FRIDAY, 0.5, 3e6), ("K2", FRIDAY, 0.5, 3e6), ("K3", FRIDAY, 0.5, 3e6))
    book = accounts(("K1", "active", None, 1e6), ("K2", "won", FRIDAY, 1e6), ("K3", "won", FRIDAY, NAN))
    assert part(book, rows) == ({"K1": 0.0, "K2": 1e6, "K3": 3e6}, {"K1": 1.5e6, "K2": 0.0, "K3": 0.0})


def test_blank_numbers_count_nothing_and_are_counted():
    book = accounts(
        ("K1", "active", None, NAN), ("K2", "active", None, 1e6), ("K3", "active", None, 1e6, None),
        ("K4", "won", "2026-11-02", NAN), ("K5", "won", None, 1e6), ("K6", "lost", "2026-11-02", NAN),
    )  # fmt: skip
    found = items(book, weeks(("K1", FRIDAY, 0.5), ("K3", FRIDAY, 0.5)), TARGET, FRIDAY)
    # K1 and K4 without amount; K3 without expected closing day, K5 without closing day; K2 without any row counts 0.
    assert (found["unpriced"], found["undated"], found["open_contracts"]) == (2, 2, 2)
    assert (found["signed"], found["weighted"], found["gap"]) == (0, 0, 10e6)


# Items


def test_the_items_of_a_quarter_by_hand():
    book = accounts(
        ("K1", "won", "2026-10-20", 2e6), ("K2", "won", "2026-11-18", 1e6), ("K3", "active", None, 4e6),
        ("K4", "lost", "2026-11-19", 3e6), ("K5", "active", None, 2e6, "2026-11-01"), ("K6", "active", None, 5e6),
        ("K7", "active", None, 1e6, "2026-12-15", "2026-11-16"), ("K8", "lost", "2026-09-01", 7e6),
        ("K9", "dropped", "2026-11-19", 1e6),
    )  # fmt: skip
    rows = weeks(
        ("K2", BEFORE, 0.8), ("K3", BEFORE, 0.25), ("K3", FRIDAY, 0.5), ("K4", BEFORE, 0.5), ("K5", BEFORE, 0.5),
        ("K6", BEFORE, 0.4, NAN, "2026-12-10"), ("K6", FRIDAY, 0.4, NAN, "2027-01-10"), ("K7", FRIDAY, 0.3),
        ("K9", BEFORE, 0.1),
    )  # fmt: skip
    table = pipeline(book, rows, TARGET, FRIDAY)
    assert table["item"].tolist() == list(ITEMS)
    this, last = (dict(zip(table["item"], table[name], strict=True)) for name in ("this_week", "last_week"))
    # This week: signed 2 + 1; weighted K3 2, K5 1, K7 .3. Last week: signed 2; weighted K2 .8, K3 1, K4 1.5, K5 1,
    # K6 2, K9 .1.
    assert this["signed"] == 3e6 and last["signed"] == 2e6
    assert this["weighted"] == pytest.approx(3.3e6) and last["weighted"] == pytest.approx(6.4e6)
    assert this["gap"] == pytest.approx(3.7e6) and last["gap"] == pytest.approx(1.6e6)
    assert (this["lost"], last["lost"]) == (3e6, 0.0)
    assert (this["slipped"], this["new"]) == (2e6, pytest.approx(0.3e6))
    assert (this["open_contracts"], last["open_contracts"], this["overdue"]) == (3, 6, 1)
    found = bridge(positions(book, rows, FRIDAY), positions(book, rows, BEFORE), FRIDAY, 10e6, 10e6)
    changes = {(r.account_id, r.kind): r.change for r in found.itertuples()}
    assert changes == pytest.approx(
        {
            ("K2", "signed"): -0.2e6,
            ("K3", "weighted"): -1e6,
            ("K4", "lost"): 1.5e6,
            ("K6", "slipped"): 2e6,
            ("K7", "new"): -0.3e6,
            ("K9", "dropped"): 0.1e6,
        }
    )
    assert found["account_id"].tolist() == ["K6", "K4", "K3", "K7", "K2", "K9"]
    assert found["change"].sum() == pytest.approx(2.1e6)


def test_without_accounts_the_gap_is_the_target():
    found = items(accounts(), weeks(), TARGET, FRIDAY)
    assert found == dict.fromkeys(ITEMS, 0.0) | {"target": 10e6, "gap": 10e6}


def test_a_passed_target_leaves_a_negative_gap():
    found = items(accounts(("K1", "won", FRIDAY, 12e6)), weeks(), TARGET, FRIDAY)
    assert found["gap"] == -2e6


# The bridge


def one(before, now, friday=FRIDAY, **more):
    book = accounts(("K1", "active", None, 1e6, None))
    earlier = str((pd.Timestamp(friday) - pd.Timedelta(days=7)).date())
    rows = weeks(("K1", earlier, *before), ("K1", friday, *now))
    found = bridge(positions(book, rows, friday), positions(book, rows, earlier), friday, **more)
    return found.values.tolist()


def test_an_earlier_closing_day_pulls_an_account_in():
    assert one((0.5, 1e6, "2027-01-05"), (0.5, 1e6, "2026-12-30")) == [["K1", "pulled_in", -500000.0]]


def test_a_corrected_amount_is_a_weighted_change():
    assert one((0.5, 1e6, "2026-12-01"), (0.5, 3e6, "2026-12-01")) == [["K1", "weighted", -1000000.0]]


def test_what_does_not_change_the_gap_is_not_in_the_bridge():
    assert one((0.5, 1e6, "2026-12-01"), (0.5, 1e6, "2026-12-20")) == []


def test_a_changed_target_is_a_line_of_its_own():
    found = one((0.5, 1e6, "2026-12-01"), (0.6, 1e6, "2026-12-01"), target_this=9e6, target_last=8e6)
    assert [(a, kind) for a, kind, _ in found] == [("", "target"), ("K1", "weighted")]


def test_a_new_quarter_is_named_as_the_cause():
    # Expected in January: not in the fourth quarter, in the first one.
    assert one((0.5, 1e6, "2027-01-20"), (0.5, 1e6, "2027-01-20"), "2027-01-01") == [["K1", "quarter", -500000.0]]


def test_equal_changes_go_by_account():
    book = accounts(("K2", "active"), ("K1", "active"))
    rows = weeks(*[(k, d, p) for k in ("K1", "K2") for d, p in ((BEFORE, 0.2), (FRIDAY, 0.4))])
    found = bridge(positions(book, rows, FRIDAY), positions(book, rows, BEFORE), FRIDAY)
    assert found["account_id"].tolist() == ["K1", "K2"]


def random_book(rng):
    def a_day(first, last):
        span = (pd.Timestamp(last) - pd.Timestamp(first)).days
        return pd.Timestamp(first) + pd.Timedelta(days=rng.randrange(span + 1))

    book, rows = [], []
    for i in range(rng.randrange(0, 14)):
        opened = rng.choice([pd.Timestamp("2026-01-05"), a_day("2026-11-01", "2026-11-25")])
        status = rng.choice(["active", "active", "won", "lost", "dropped"])
        closed = None if status == "active" else max(opened, a_day("2026-09-15", "2026-11-25"))
        due = rng.choice([None, a_day("2026-11-01", "2027-02-01")])
        book.append((f"K{i:02}", status, closed, rng.choice([NAN, 1e6 * rng.random()]), due, opened))
        for friday in pd.date_range("2026-10-30", "2026-11-27", freq="7D"):
            if rng.random() < 0.6 and friday >= opened:
                due = rng.choice([None, a_day("2026-11-01", "2027-02-01")])
                rows.append((f"K{i:02}", friday, rng.random(), rng.choice([NAN, 1e6 * rng.random()]), due))
    return accounts(*book), weeks(*rows)


def plain_gap(book, rows, friday, goal):
    """Target - signed - weighted, account by account."""
    friday, gap = pd.Timestamp(friday), goal
    for row in book.itertuples():
        if row.opened_on > friday:
            continue
        own = [r for r in rows.itertuples() if r.account_id == row.account_id and r.week_ending <= friday]
        weekly = {"win_probability": NAN, "contract_amount": NAN, "expected_close_on": pd.NaT}
        for r in sorted(own, key=lambda r: r.week_ending):
            weekly |= {name: getattr(r, name) for name in weekly if not pd.isna(getattr(r, name))}
        if pd.isna(row.closed_on) or row.closed_on > friday:
            amounts = (weekly["contract_amount"], row.contract_amount)
            due = weekly["expected_close_on"] if not pd.isna(weekly["expected_close_on"]) else row.expected_close_on
            amount = next((a for a in amounts if not math.isnan(a)), 0.0)
            if not pd.isna(due) and due <= pd.Timestamp("2026-12-31"):
                p = weekly["win_probability"]
                gap -= amount * (0.0 if math.isnan(p) else p)
        elif row.status == "won" and row.closed_on >= pd.Timestamp("2026-10-01"):
            amounts = (row.contract_amount, weekly["contract_amount"])
            gap -= next((a for a in amounts if not math.isnan(a)), 0.0)
    return gap


def test_gap_and_bridge_equal_a_plain_loop_on_random_books():
    rng = random.Random(4)
    for _ in range(40):
        book, rows = random_book(rng)
        found = pipeline(book, rows, TARGET, FRIDAY).set_index("item").loc["gap"]
        gaps = [plain_gap(book, rows, friday, 10e6) for friday in (FRIDAY, BEFORE)]
        assert found.tolist() == pytest.approx(gaps, abs=1e-3)
        changes = bridge(positions(book, rows, FRIDAY), positions(book, rows, BEFORE), FRIDAY, 10e6, 10e6)
        assert changes["change"].sum() == pytest.approx(gaps[0] - gaps[1], abs=0.005)
        assert set(changes["kind"]) <= set(KINDS)
        assert (np.diff(changes["change"].abs()) <= 1e-9).all()


def test_the_order_of_rows_does_not_matter():
    rng = random.Random(5)
    book, rows = random_book(rng)
    first = pipeline(book, rows, TARGET, FRIDAY)
    again = pipeline(book.sample(frac=1, random_state=1), rows.sample(frac=1, random_state=1), TARGET, FRIDAY)
    pd.testing.assert_frame_equal(first, again)
