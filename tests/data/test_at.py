"""Any past day is exactly what loading a copy that ends on that day would have given."""

import pandas as pd
import pytest

from toolkit.base.errors import InputError
from toolkit.data.load import load

HEADER = "account_id,account_name,market_role,opened_on,status,closed_on,contract_amount"
WEEK = "week_ending,account_id,win_probability"
REQUEST = (
    "request_id,rep_id,account_id,kind,requested_at,decision,approved_by,approved_at,price_granted,"
    "responded_at,delivered_at,doubts_raised,doubts_resolved,drawn_at,price_drawn"
)


def same(one, other):
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], obj=name)
    for name in ("faults", "rejected"):
        mine, theirs = (getattr(data, name).drop(columns="row") for data in (one, other))
        pd.testing.assert_frame_equal(mine, theirs, obj=name)


def test_rows_of_a_later_day_are_unseen_and_counted(source):
    data = load(source())
    past = data.at("2026-11-19")
    assert past.account_weeks["week_ending"].astype(str).tolist() == ["2026-11-13"]
    assert past.out_of_sight == {"account_weeks": 2}
    assert len(data.at("2026-11-20").account_weeks) == 3
    assert data.out_of_sight == {}


def test_an_adversarial_source_on_a_day_equals_the_copy_that_ends_there(source):
    """By hand: what lies after 2026-11-13 is missing from the copy, cell by cell."""
    whole = source(
        "whole",
        accounts=f"{HEADER}\n"
        "A1,Acme,long_tail,2026-01-05,won,2026-11-18,900\n"  # closes later
        "A2,Birch,long_tail,2026-11-14,active,,\n"  # opens later
        "A3,Cedar,long_tail,2026-01-05,lost,2026-11-10,\n"
        "A3,Cedar2,long_tail,2026-11-16,active,,\n"  # a duplicate that only appears later
        "A4,Date,long_tail,2026-02-30,active,,\n"  # no date: always seen
        "A5,Elm,long_tail,2026-01-05,nonsense,2026-12-01,\n",  # its status is not known yet
        account_weeks=f"{WEEK}\n"
        "2026-11-13,A1,0.5\n"
        "2026-11-13,A2,0.5\n"  # refers to an account that opens later
        "2026-11-20,A1,65\n"  # a fault of a later day
        "2026-11-19,A3,0.5\n"  # not a Friday, but after the day all the same
        "2026-11-13,A3,0.4\n",
        reps="rep_id,rep_name,role,left_on\nR1,Li,rep,2026-11-15\n",
        account_sites="site_id,account_id,latitude,longitude\nS1,A1,31,121\nS2,A2,31,121\n",
        resource_requests=f"{REQUEST}\n"
        "Q1,R1,A1,price,2026-11-12T09:00,approved,R9,2026-11-14T00:00,-0.05,2026-11-13T23:59,"
        "2026-11-14T00:01,1,2,2026-11-12T10:00,-0.05\n"
        "Q2,R1,A1,price,2026-11-14T09:00,,,,,,,,,,\n",
    )
    copy = source(
        "copy",
        accounts=f"{HEADER}\n"
        "A1,Acme,long_tail,2026-01-05,active,,\n"
        "A3,Cedar,long_tail,2026-01-05,lost,2026-11-10,\n"
        "A4,Date,long_tail,2026-02-30,active,,\n"
        "A5,Elm,long_tail,2026-01-05,active,,\n",
        account_weeks=f"{WEEK}\n2026-11-13,A1,0.5\n2026-11-13,A2,0.5\n2026-11-13,A3,0.4\n",
        reps="rep_id,rep_name,role,left_on\nR1,Li,rep,\n",
        account_sites="site_id,account_id,latitude,longitude\nS1,A1,31,121\n",
        resource_requests=f"{REQUEST}\n"
        "Q1,R1,A1,price,2026-11-12T09:00,,,,,2026-11-13T23:59,,,,2026-11-12T10:00,-0.05\n",
    )
    past = load(whole).at("2026-11-13")
    same(past, load(copy))
    assert past.faults["rule"].tolist() == ["impossible_date", "unknown_reference"]
    assert past.accounts.set_index("account_id").loc["A1", "status"] == "active"


def test_a_record_set_aside_does_not_tell_the_future(source):
    place = source(
        accounts=f"{HEADER}\nA1,Acme,nobody,2026-01-05,won,2026-11-18,900\n", account_weeks=f"{WEEK}\n2026-11-13,A1,1\n"
    )
    record = load(place).at("2026-11-13").rejected["record"].iloc[0]
    assert "2026-11-18" not in record
    assert "900" not in record
    assert "won" not in record


def test_a_day_ends_at_midnight_in_the_time_zone(source):
    visits = "visit_id,rep_id,account_id,visited_at\nV1,R1,A1,2026-11-20T15:59:59Z\nV2,R1,A1,2026-11-20T16:00:00Z\n"
    assert load(source(visits=visits)).at("2026-11-20").visits["visit_id"].tolist() == ["V1"]


def test_cut_data_is_cut_further_never_less(source):
    past = load(source()).at("2026-11-13")
    assert len(past.at("2026-11-20").account_weeks) == 1
    assert past.at("2026-11-12").account_weeks.empty


def test_a_day_before_everything_is_empty_but_whole(source):
    past = load(source()).at("2000-01-01")
    assert past.accounts.empty
    assert str(past.accounts["opened_on"].dtype) == "datetime64[us]"


def test_what_is_no_day_is_refused(source):
    with pytest.raises(InputError):
        load(source()).at("last Friday")


def test_looking_back_changes_nothing_in_the_present(source):
    data = load(source(accounts=f"{HEADER}\nA1,Acme,long_tail,2026-01-05,won,2026-11-18,900\n",
                       account_weeks=f"{WEEK}\n2026-11-13,A1,0.5\n"))  # fmt: skip
    before = data.accounts.copy()
    data.at("2026-11-13")
    pd.testing.assert_frame_equal(data.at("2026-12-31").accounts, before)
    pd.testing.assert_frame_equal(data.accounts, before)
