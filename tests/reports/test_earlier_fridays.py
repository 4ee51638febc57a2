"""Any earlier Friday can be reviewed as it was: the full source gives what a copy that ends on that day gives."""

from pathlib import Path

import pandas as pd
import pytest

import toolkit as kat

SAMPLE = Path(__file__).parents[2] / "sample_data"
# When a row can be known: the contract's own date columns, written down once more by hand.
DATED = {
    "accounts": "opened_on", "account_weeks": "week_ending", "daily_reports": "report_date", "visits": "visited_at",
    "contacts": "contacted_on", "executive_moves": "announced_on", "resource_requests": "requested_at",
    "executive_orders": "signed_on", "verifications": "verified_on", "callbacks": "called_on",
    "competitor_intel": "observed_on", "campaign_moves": "moved_at", "playbooks": "updated_on", "handouts": "given_on",
    "directives": "given_on", "sessions": "held_at", "losses": "lost_at", "problems": "opened_on",
    "achievements": "achieved_on", "self_checks": "done_on", "decisions": "decided_on",
}  # fmt: skip
# Cells that came later than their row, with what depends on them.
LATER = {
    ("resource_requests", "approved_at"): ["decision", "approved_by", "price_granted"],
    ("resource_requests", "responded_at"): [],
    ("resource_requests", "delivered_at"): ["doubts_raised", "doubts_resolved"],
    ("resource_requests", "drawn_at"): ["price_drawn", "drawn_level"],
    ("resource_requests", "stage_advanced_on"): [],
    ("resource_requests", "commitment_on"): ["commitment_by"],
    ("decision_makers", "first_contacted_on"): [],
    ("decision_makers", "last_contacted_on"): [],
    ("decision_makers", "updated_on"): [],
    ("reps", "left_on"): [],
    ("problems", "closed_on"): ["root_cause"],
}
# Rows without a date of their own came with what they belong to.
BELONGS = {
    "account_sites": ("account_id", "accounts"),
    "decision_makers": ("account_id", "accounts"),
    "campaigns": ("account_id", "accounts"),
    "relationships": ("person_id", "decision_makers"),
    "session_obstacles": ("session_id", "sessions"),
}


def truncated(folder, day):
    """A copy of the sample as somebody would have exported it on the evening of `day`."""
    folder.mkdir()
    read = {file.stem: pd.read_csv(file, dtype=str, keep_default_na=False) for file in SAMPLE.glob("*.csv")}
    for name, column in DATED.items():
        read[name] = read[name][read[name][column].str[:10] <= day].copy()
    for (name, column), cells in LATER.items():
        read[name].loc[read[name][column].str[:10] > day, [column, *cells]] = ""
    open_then = read["accounts"]["closed_on"] > day
    read["accounts"].loc[open_then, "status"] = "active"
    read["accounts"].loc[open_then, "closed_on"] = ""
    for name, (column, parent) in BELONGS.items():
        known = read[name][column].isin([*read[parent][column], ""])
        read[name] = read[name][known]
    for name, table in read.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize("day", ["2026-11-13", "2026-10-09", "2026-07-03"])
def test_the_full_source_gives_the_tables_of_a_copy_that_ends_there(tmp_path, day):
    full = kat.review(kat.load(SAMPLE), day)
    copy = kat.review(kat.load(truncated(tmp_path / "copy", day)), day)
    for name, table in full.tables.items():
        assert table.to_csv() == copy.tables[name].to_csv(), name
    assert full.verdict == copy.verdict


def test_the_sample_answers_only_what_was_asked():
    data = kat.load(SAMPLE)
    asked = set()
    for friday in pd.date_range("2026-10-30", "2026-11-20", freq="7D"):
        week = kat.review(data, friday)
        asked |= {*week.actions["action_id"], *week.contradictions["contradiction_id"]}
    assert set(data.decisions["action_id"]) <= asked
