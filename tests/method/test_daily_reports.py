"""M9: what a daily report must hold, and an account's SPICED over time."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.daily_reports import DIMENSIONS, incomplete, spiced, spiced_weeks

WHOLE = {
    "report_id": "D1", "report_date": pd.Timestamp("2026-11-20"), "rep_id": "R1", "account_id": "A1",
    "stage_before": 2.0, "stage_after": 3.0, "spiced_situation": 1.0, "spiced_pain": 0.0, "spiced_impact": 2.0,
    "spiced_critical_event": 3.0, "spiced_decision": 1.0, "competitor": "X", "competitor_person": "Li",
    "competitor_action_on": pd.Timestamp("2026-11-19"), "competitor_strategy": "lower price", "technical_hours": 0.0,
    "price_concession": 0.0, "labour_hours": 0.0, "new_key_contacts": 1.0,
}  # fmt: skip
NONE = {"competitor": "none", "competitor_person": None, "competitor_action_on": pd.NaT, "competitor_strategy": None}


def reports(*changes):
    return pd.DataFrame([WHOLE | change for change in changes] or [WHOLE]).astype(
        {"competitor_action_on": "datetime64[us]"}
    )


def lacks(change):
    found = incomplete(reports(change))
    return found["missing"].iloc[0] if len(found) else ()


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),  # zeros are answers
        (NONE, ()),  # none is an answer
        ({"stage_after": np.nan}, ("stage",)),
        ({"spiced_pain": np.nan}, ("spiced",)),
        (NONE | {"competitor": None}, ("competitor",)),
        ({"competitor_person": None}, ("competitor_detail",)),
        ({"competitor_action_on": pd.NaT}, ("competitor_detail",)),
        ({"competitor_strategy": None}, ("competitor_detail",)),
        ({"labour_hours": np.nan}, ("resources",)),
        ({"stage_before": np.nan, "price_concession": np.nan}, ("stage", "resources")),
    ],
)
def test_what_a_report_lacks(change, missing):
    assert lacks(change) == missing


def test_incomplete_reports_come_by_day_and_id_and_none_is_an_empty_frame():
    rows = reports({"report_id": "D3", "spiced_pain": np.nan}, {"report_id": "D2", "spiced_pain": np.nan}, {})
    assert incomplete(rows)["report_id"].tolist() == ["D2", "D3"]
    assert len(incomplete(reports().iloc[:0])) == 0


def test_the_newest_score_given_counts_with_its_report_and_none_is_unknown():
    rows = reports(
        {"report_id": "D1", "report_date": pd.Timestamp("2026-11-18"), "spiced_pain": 2.0},
        {"report_id": "D2", "report_date": pd.Timestamp("2026-11-20"), "spiced_pain": np.nan, "spiced_impact": 1.0},
        {"report_id": "D9", "report_date": pd.Timestamp("2026-11-21"), "spiced_pain": 3.0},
    )
    found = spiced(rows, pd.DataFrame({"account_id": ["A2", "A1"]}), "2026-11-20")
    first = found[found["account_id"] == "A1"].set_index("dimension")
    assert list(first.index) == list(DIMENSIONS)
    assert first.loc["pain", ["score", "report_id"]].tolist() == [2.0, "D1"]
    assert first.loc["impact", ["score", "report_id"]].tolist() == [1.0, "D2"]
    assert found[found["account_id"] == "A2"]["score"].isna().all()


def test_totals_contacts_and_stage_are_carried_from_week_to_week():
    weeks = np.array(["2026-11-06", "2026-11-13", "2026-11-20"], dtype="datetime64[D]")
    rows = reports(
        {"report_id": "D1", "report_date": pd.Timestamp("2026-11-10")},  # 1 + 0 + 2 + 3 + 1 = 7
        {"report_id": "D2", "report_date": pd.Timestamp("2026-11-20"), "spiced_pain": 2.0, "stage_after": np.nan},
    )
    found = spiced_weeks(rows, weeks, np.array(["A1", "A2"], dtype=object))
    mine = found[found["account_id"] == "A1"]
    assert mine["total"].tolist()[1:] == [7.0, 9.0] and np.isnan(mine["total"].iloc[0])
    assert mine["contacts"].tolist() == [0.0, 1.0, 2.0] and mine["stage"].tolist()[1:] == [3.0, 3.0]
    assert found[found["account_id"] == "A2"]["total"].isna().all()
