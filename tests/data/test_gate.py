"""The gate's rules: what sets a row aside, what blanks a cell, and that every fault is listed."""

import json

import pytest

from toolkit.data.load import load

HEADER = "account_id,account_name,market_role,opened_on,status"
REPS = "rep_id,rep_name,role\nR1,Li,rep\nR2,Wang,manager\n"
REPORT = "report_id,report_date,rep_id,account_id,communications,competitor_mentions\n"


def found(data):
    return [tuple(row) for row in data.faults[["table", "row", "column", "rule", "action"]].values.tolist()]


def weeks(source, *rows, columns="competitive_posture", **tables):
    text = f"week_ending,account_id,win_probability,{columns}\n" + "\n".join(rows) + "\n"
    return load(source(account_weeks=text, **tables))


def test_a_source_without_faults_has_none(source):
    data = load(source())
    assert data.faults.empty
    assert data.rejected.empty
    assert data.account_weeks["account_id"].tolist() == ["A1", "A1", "A2"]


@pytest.mark.parametrize(
    ("row", "column", "rule", "action"),
    [
        ("2026-11-20,A1,65,50", "win_probability", "bare_percent", "set_aside"),
        ("2026-11-20,A1,165,50", "win_probability", "out_of_range", "set_aside"),
        ("2026-11-20,A1,-0.1,50", "win_probability", "out_of_range", "set_aside"),
        ("2026-11-20,A1,150%,50", "win_probability", "out_of_range", "set_aside"),
        ("2026-11-20,A1,,50", "win_probability", "required", "set_aside"),
        ("2026-11-20,A1,high,50", "win_probability", "not_a_number", "set_aside"),
        ("2026-11-19,A1,0.5,50", "week_ending", "not_a_friday", "set_aside"),
        ("2026-11-31,A1,0.5,50", "week_ending", "impossible_date", "set_aside"),
        ("2026-11-20,,0.5,50", "account_id", "required", "set_aside"),
        ("2026-11-20,ZZ,0.5,50", "account_id", "unknown_reference", "set_aside"),
        ("2026-01-02,A1,0.5,50", "week_ending", "before_parent", "set_aside"),
        ("2026-11-20,A1,0.5,101", "competitive_posture", "out_of_range", "blanked"),
        ("2026-11-20,A1,0.5,-1", "competitive_posture", "out_of_range", "blanked"),
        ("2026-11-20,A1,0.5,fair", "competitive_posture", "not_a_number", "blanked"),
    ],
)
def test_one_fault_is_listed_once_and_costs_what_the_contract_says(source, row, column, rule, action):
    data = weeks(source, row, "2026-11-20,A2,0.2,40")
    assert found(data) == [("account_weeks", 2, column, rule, action)]
    assert len(data.account_weeks) == (1 if action == "set_aside" else 2)
    if action == "blanked":
        assert data.account_weeks["competitive_posture"].isna().tolist() == [True, False]
    else:
        assert data.rejected[["table", "row", "reason"]].values.tolist() == [["account_weeks", 2, rule]]


def test_the_ends_of_a_range_belong_to_it(source):
    data = weeks(source, "2026-11-13,A1,0,0", "2026-11-20,A1,1,100")
    assert data.faults.empty


def test_a_stage_is_a_whole_number_from_one_to_six(source):
    rows = ("2026-11-13,A1,0.5,2.5", "2026-11-20,A1,0.5,7", "2026-11-20,A2,0.5,6")
    data = weeks(source, *rows, columns="decision_stage")
    assert data.faults["rule"].tolist() == ["not_whole", "out_of_range"]


def test_a_negative_cost_is_blanked_and_listed(source):
    data = weeks(source, "2026-11-20,A1,0.5,-5", columns="resource_cost")
    assert found(data) == [("account_weeks", 2, "resource_cost", "out_of_range", "blanked")]


def test_a_row_is_set_aside_once_with_every_one_of_its_faults(source):
    data = weeks(source, "2026-11-19,ZZ,65,200")
    assert sorted(data.faults["rule"]) == ["bare_percent", "not_a_friday", "out_of_range", "unknown_reference"]
    assert data.rejected["reason"].tolist() == ["not_a_friday;bare_percent;unknown_reference"]
    assert json.loads(data.rejected["record"].iloc[0]) == {
        "week_ending": "2026-11-19", "account_id": "ZZ", "win_probability": "65", "competitive_posture": "200",
    }  # fmt: skip


def test_identical_rows_are_kept_once_after_cleaning(source):
    data = weeks(source, "2026-11-20,A1,0.65,50", "2026/11/20, Ａ1 ,65%,50.0", "2026-11-20,A2,0.2,40")
    assert found(data) == [("account_weeks", 3, "", "duplicate_copy", "set_aside")]
    assert data.faults["detail"].tolist() == ["2"]
    assert data.account_weeks["win_probability"].tolist() == [0.65, 0.2]


def test_differing_rows_with_one_key_are_all_set_aside(source):
    same = "2026-11-20,A1,0.65,50"
    data = weeks(source, same, same, "2026-11-20,A1,0.6,50", "2026-11-20,A2,0.2,40")
    assert [row[1:4] for row in found(data)] == [(line, "", "duplicate_key") for line in (2, 3, 4)]
    assert data.account_weeks["account_id"].tolist() == ["A2"]
    assert data.rejected["key"].tolist() == ["2026-11-20 · A1"] * 3


def test_rows_that_differ_only_in_a_faulty_cell_are_not_identical(source):
    data = weeks(source, "2026-11-20,A1,0.65,x", "2026-11-20,A1,0.65,y")
    assert data.account_weeks.empty
    assert data.faults["rule"].tolist().count("duplicate_key") == 2


def test_blank_keys_are_no_duplicates(source):
    data = weeks(source, "2026-11-20,,0.65,50", "2026-11-20,,0.6,50")
    assert data.faults["rule"].tolist() == ["required", "required"]


def test_two_targets_of_the_team_are_duplicates(source):
    data = load(source(targets="quarter,rep_id,amount\n2026Q4,,100\n2026Q4,,200\n2026Q3,,50\n"))
    assert data.targets["amount"].tolist() == [50]


def test_a_target_of_an_unknown_rep_does_not_become_the_teams(source):
    data = load(source(reps=REPS, targets="quarter,rep_id,amount\n2026Q4,R9,100\n2026Q4,R1,50\n"))
    assert found(data) == [("targets", 2, "rep_id", "unknown_reference", "set_aside")]
    assert data.targets["rep_id"].tolist() == ["R1"]


def test_what_refers_to_a_row_set_aside_is_set_aside_with_that_reason(source):
    accounts = f"{HEADER}\nA1,Acme,long_tail,2026-01-05,active\nA2,Birch,nobody,2026-01-05,active\n"
    reports = REPORT + "D1,2026-11-20,R1,A2,3,1\nD2,2026-11-20,R1,A1,3,1\n"
    visits = "visit_id,report_id,rep_id,account_id,visited_at\nV1,D1,R1,A1,2026-11-20T09:00\n"
    data = load(source(accounts=accounts, account_weeks="week_ending,account_id,win_probability\n2026-11-20,A1,0.5\n",
                       reps=REPS, daily_reports=reports, visits=visits))  # fmt: skip
    assert found(data) == [
        ("accounts", 3, "market_role", "unknown_choice", "set_aside"),
        ("daily_reports", 2, "account_id", "reference_set_aside", "set_aside"),
        ("visits", 2, "report_id", "reference_set_aside", "blanked"),
    ]
    assert data.faults["detail"].tolist() == ["", "accounts", "daily_reports"]
    assert data.visits["report_id"].isna().all()


def test_a_reference_into_a_missing_or_empty_table_is_not_checked(source):
    reports = REPORT + "D1,2026-11-20,R1,A1,3,1\n"
    assert load(source("missing", daily_reports=reports)).faults.empty
    assert load(source("empty", daily_reports=reports, reps=REPS.splitlines()[0])).faults.empty
    there = load(source("there", daily_reports=reports, reps=REPS.replace("R1", "R3")))
    assert there.faults["rule"].tolist() == ["unknown_reference"]


def test_a_reference_within_a_table_is_blanked_not_followed(source):
    reps = "rep_id,rep_name,role,mentor_id\nR1,Li,rep,R9\nR2,Wang,rep,R1\n"
    data = load(source(reps=reps))
    assert found(data) == [("reps", 2, "mentor_id", "unknown_reference", "blanked")]
    assert data.reps["mentor_id"].fillna("").tolist() == ["", "R1"]


def test_a_part_above_its_whole_is_blanked(source):
    reports = REPORT + "D1,2026-11-20,R1,A1,3,4\nD2,2026-11-20,R1,A1,3,3\nD3,2026-11-20,R1,A1,,4\n"
    data = load(source(daily_reports=reports))
    assert found(data) == [("daily_reports", 2, "competitor_mentions", "part_above_whole", "blanked")]
    assert data.daily_reports["competitor_mentions"].fillna(-1).tolist() == [-1, 3, 4]
    assert data.daily_reports["communications"].fillna(-1).tolist() == [3, 3, -1]


def test_an_end_before_its_start_is_blanked(source):
    rows = "A1,Acme,long_tail,2026-01-05,won,2026-01-04\nA2,Birch,long_tail,2026-01-05,won,2026-01-05\n"
    data = load(source(accounts=f"{HEADER},closed_on\n{rows}"))
    assert found(data) == [("accounts", 2, "closed_on", "end_before_start", "blanked")]
    assert data.accounts["closed_on"].isna().tolist() == [True, False]


def test_a_time_and_a_date_are_compared_by_day(source):
    requests = (
        "request_id,rep_id,account_id,kind,requested_at,responded_at,stage_advanced_on\n"
        "Q1,R1,A1,price,2026-11-20T09:30,2026-11-20T10:00,2026-11-20\n"
        "Q2,R1,A1,price,2026-11-20T09:30,2026-11-20T09:00,2026-11-19\n"
    )
    data = load(source(resource_requests=requests))
    assert [row[1:4] for row in found(data)] == [
        (3, "responded_at", "end_before_start"),
        (3, "stage_advanced_on", "end_before_start"),
    ]


def test_what_was_drawn_before_the_request_is_an_overstep_not_a_fault(source):
    requests = (
        "request_id,rep_id,account_id,kind,requested_at,approved_at,drawn_at\n"
        "Q1,R1,A1,price,2026-11-20T09:30,2026-11-18T10:00,2026-11-17T10:00\n"
    )
    assert load(source(resource_requests=requests)).faults.empty


def test_frames_are_sorted_by_key(source):
    data = weeks(source, "2026-11-20,A2,0.2,40", "2026-11-13,A2,0.2,40", "2026-11-20,A1,0.5,50")
    got = data.account_weeks[["week_ending", "account_id"]].astype(str).values.tolist()
    assert got == [["2026-11-13", "A2"], ["2026-11-20", "A1"], ["2026-11-20", "A2"]]


def test_names_with_script_formulas_quotes_and_commas_are_legal_text(source):
    rest = "long_tail,2026-01-05,active\n"
    data = load(source(accounts=f'{HEADER}\nA1,"<script>alert(""x"")</script>",{rest}A2,=cmd(),{rest}'))
    assert data.accounts["account_name"].tolist() == ['<script>alert("x")</script>', "=cmd()"]
    assert data.faults.empty
