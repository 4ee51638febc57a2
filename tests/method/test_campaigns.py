"""S7: cards where they stand, limits of the columns, what moved, the flow."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.campaigns import CampaignParameters, board, columns, flow, moved

P = CampaignParameters()
DAY = "2026-11-20"


def cards(*rows):
    """campaign_id, account_id, board_column, due_on"""
    frame = pd.DataFrame(rows, columns=["campaign_id", "account_id", "board_column", "due_on"])
    frame["due_on"] = pd.to_datetime(frame["due_on"]).astype("datetime64[us]")
    return frame.assign(campaign_name="x", industry_id="I01", progress=0.5, owner_id="R1")


def moves(*rows):
    """move_id, campaign_id, moved_at, from_column, to_column"""
    frame = pd.DataFrame(rows, columns=["move_id", "campaign_id", "moved_at", "from_column", "to_column"])
    frame["moved_at"] = pd.to_datetime(frame["moved_at"], format="ISO8601").astype("datetime64[us]")
    return frame.assign(moved_by="R1")


def accounts(**status):
    closed = ["2026-11-01" if s != "active" else None for s in status.values()]
    rows = {"account_id": list(status), "status": list(status.values())}
    return pd.DataFrame(rows).assign(closed_on=pd.to_datetime(pd.Series(closed, dtype="object")))


def code_of(card, *made, **status):
    return board(cards(card), moves(*made), accounts(**(status or {"A1": "active"})), DAY, P).iloc[0]


def test_a_card_stands_where_its_last_move_on_or_before_the_day_put_it():
    made = [
        ("Z1", "C1", "2026-11-02T09:00", None, "planned"),
        ("Z2", "C1", "2026-11-20T23:30", "planned", "engaged"),  # on the day itself
        ("Z3", "C1", "2026-11-21T00:00", "engaged", "assault"),  # the day after
    ]
    row = code_of(("C1", "A1", "lost", "2026-12-01"), *made)
    assert (row["board_column"], row["entered_on"], row["days_in_column"]) == ("engaged", pd.Timestamp(DAY), 0)


def test_of_two_moves_in_one_moment_the_later_id_holds():
    made = [("Z2", "C1", "2026-11-02", "x", "assault"), ("Z1", "C1", "2026-11-02", "x", "engaged")]
    assert code_of(("C1", "A1", "planned", None), *made)["board_column"] == "assault"


def test_without_a_move_the_cards_own_column_holds_and_its_age_is_not_known():
    row = code_of(("C1", "A1", "assault", "2026-12-01"))
    assert row["board_column"] == "assault" and np.isnan(row["days_in_column"])


@pytest.mark.parametrize(
    ("due", "code", "state", "days"),
    [("2026-11-20", "on_time", "good", 0), ("2026-11-19", "overdue", "breach", 1), (None, "no_due", "cannot_judge", 0)],
)
def test_a_card_is_overdue_from_the_day_after_its_due_date(due, code, state, days):
    row = code_of(("C1", "A1", "assault", due))
    assert (row["code"], row["state"], row["days_overdue"]) == (code, state, days)


def test_what_is_done_is_never_overdue():
    row = code_of(("C1", "A1", "won", "2026-01-01"))
    assert (row["code"], row["state"], row["days_overdue"]) == ("done", "good", 0)


def test_an_open_card_of_a_closed_account_is_to_be_moved():
    assert code_of(("C1", "A1", "assault", "2026-01-01"), A1="lost")["code"] == "account_closed"


def test_a_column_that_the_board_does_not_have_cannot_be_judged():
    row = code_of(("C1", "A1", "parking", "2026-12-01"))
    assert (row["code"], row["state"]) == ("unknown_column", "cannot_judge")


def test_the_limit_itself_is_allowed_and_one_more_is_not():
    p = CampaignParameters(limits={"assault": 2})
    for n, state in ((2, "good"), (3, "breach")):
        here = board(cards(*[(f"C{k}", "A1", "assault", None) for k in range(n)]), moves(), accounts(), DAY, p)
        found = columns(here, p).set_index("board_column")
        assert (found.loc["assault", "cards"], found.loc["assault", "state"]) == (n, state)
        assert np.isnan(found.loc["planned", "limit"]) and found.loc["planned", "cards"] == 0


def test_moves_of_a_week_tell_their_direction():
    made = moves(
        ("Z1", "C1", "2026-11-13T12:00", None, "planned"),  # last week's Friday
        ("Z2", "C1", "2026-11-14T00:00", "planned", "engaged"),
        ("Z3", "C2", "2026-11-16", "assault", "engaged"),
        ("Z4", "C3", "2026-11-17", None, "planned"),
        ("Z5", "C4", "2026-11-18", "negotiating", "won"),
        ("Z6", "C5", "2026-11-20T18:00", "engaged", "parking"),
    )
    found = moved(made, "2026-11-13", DAY, P)
    assert found["move_id"].tolist() == ["Z2", "Z3", "Z4", "Z5", "Z6"]
    assert found["direction"].tolist() == ["forward", "back", "new", "won", "unknown"]


def test_the_flow_counts_cards_at_the_end_of_every_friday_as_a_plain_loop_does():
    rng = np.random.default_rng(5)
    days = pd.Timestamp("2026-09-01") + pd.to_timedelta(rng.integers(0, 80, 60), unit="D")
    rows = [
        (f"Z{n:02d}", f"C{rng.integers(9)}", on, None, P.columns[rng.integers(len(P.columns))])
        for n, on in enumerate(days)
    ]
    fridays = np.arange(np.datetime64("2026-09-04"), np.datetime64("2026-11-21"), np.timedelta64(7, "D"))
    found = flow(moves(*rows), fridays, P).set_index(["week_ending", "board_column"])["cards"]
    for friday in fridays:
        where = {}
        for _id, card, on, _, to in sorted(rows, key=lambda row: (row[2], row[0])):
            if on <= pd.Timestamp(friday):
                where[card] = to
        for column in P.columns:
            assert found[(pd.Timestamp(friday), column)] == list(where.values()).count(column)


def test_an_empty_board_has_its_columns_and_no_card():
    here = board(cards(), moves(), accounts(), DAY, P)
    assert not len(here) and columns(here, P)["cards"].tolist() == [0] * 6


@pytest.mark.parametrize(
    "wrong", [{"limits": {"asault": 2}}, {"limits": {"assault": 0}}, {"done": ("x",)}, {"columns": ("a", "a")}]
)
def test_limits_and_done_columns_must_be_of_the_board(wrong):
    with pytest.raises(ValueError, match="no column|at least one|twice"):
        CampaignParameters(**wrong)
