"""F1 coverage by hand."""

import numpy as np
import pandas as pd

from toolkit.method.decision_chain import coverage

WEEKS = np.array(["2026-11-06", "2026-11-13", "2026-11-20"], "datetime64[D]")


def people(rows):
    frame = pd.DataFrame(rows, columns=["person_id", "account_id", "is_key", "first_contacted_on"])
    frame["is_key"] = frame["is_key"].astype("boolean")
    frame["first_contacted_on"] = pd.to_datetime(frame["first_contacted_on"])
    return frame


def contacts(rows=()):
    frame = pd.DataFrame(list(rows), columns=["person_id", "contacted_on"])
    frame["contacted_on"] = pd.to_datetime(frame["contacted_on"])
    return frame


def test_coverage_counts_key_people_reached_by_each_friday():
    # Three key people: P1 before the first Friday, P2 on the second Friday itself, P3 never; P4 is not key.
    rows = [
        ("P1", "A1", True, "2026-10-01"),
        ("P2", "A1", True, "2026-11-13"),
        ("P3", "A1", True, None),
        ("P4", "A1", False, "2026-10-01"),
    ]
    found = coverage(people(rows), contacts(), WEEKS, np.array(["A1"]))
    assert np.allclose(found.ravel(), [1 / 3, 2 / 3, 2 / 3])


def test_the_earliest_record_of_a_contact_counts():
    rows = [("P1", "A1", True, "2026-11-20")]
    found = coverage(people(rows), contacts([("P1", "2026-11-11"), ("P1", "2026-11-19")]), WEEKS, np.array(["A1"]))
    assert found.ravel().tolist() == [0.0, 1.0, 1.0]


def test_no_key_people_on_file_is_missing_not_zero():
    rows = [("P1", "A1", False, "2026-10-01"), ("P2", "A2", None, None)]
    found = coverage(people(rows), contacts(), WEEKS, np.array(["A1", "A2"]))
    assert np.isnan(found).all()


def test_people_of_unlisted_accounts_and_empty_tables_change_nothing():
    assert np.isnan(coverage(people([]), contacts(), WEEKS, np.array(["A1"]))).all()
    rows = [("P1", "A9", True, "2026-10-01"), ("P2", "A1", True, "2026-10-01")]
    assert coverage(people(rows), contacts(), WEEKS, np.array(["A1"])).ravel().tolist() == [1.0, 1.0, 1.0]
