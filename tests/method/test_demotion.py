"""S3 by hand, by properties, at the edges, and against plain loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.method.portfolios import (
    FIRST,
    NAN,
    fridays,
    grid_of,
    judged,
    newest,
    plain_counts,
    plain_progress,
    plain_table,
    random_portfolio,
    report_frame,
)
from toolkit.base.tiers import letters
from toolkit.method.demotion import (
    NOT_STARTED,
    DemotionParameters,
    EmergingParameters,
    emerging,
    emerging_weight,
    progress,
    spiced_gains,
    stall_step,
    stalled,
    weeks_without_progress,
)

METHOD = DemotionParameters()
WEEK = np.timedelta64(7, "D")


def count(path):
    """Counts of one account: + progress, - none, ? cannot be told, . missing week."""
    has_row = np.array([mark != "." for mark in path], dtype=bool)[:, None]
    value = np.array([{"+": 1.0, "-": 0.0}.get(mark, NAN) for mark in path], dtype=float)[:, None]
    return weeks_without_progress(has_row, value).ravel().tolist()


# The count, clause by clause


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("--", [1, 2]),  # two weeks without progress
        ("-+-", [1, 0, 1]),  # progress starts again
        ("-?-", [1, 1, 2]),  # cannot be told: neither counts nor breaks
        ("-.-", [1, 1, 2]),  # nor does a single missing week
        ("-..-", [1, 1, 2, 3]),  # the second missing week in a row counts
        ("-...", [1, 1, 2, 3]),  # and each further one
        ("-.-.-", [1, 1, 2, 2, 3]),  # single ones never do
        (".?.-", [0, 0, 0, 1]),
        ("....-", [0, 0, 0, 0, 1]),  # before the first row nothing is missing
        ("+..", [0, 0, 1]),  # silence after progress counts as well
        ("?..", [0, 0, 1]),
        ("-..+", [1, 1, 2, 0]),
        ("", []),
    ],
)
def test_the_count_follows_the_words(path, expected):
    assert count(path) == expected


def test_more_missing_weeks_may_be_allowed():
    has_row = np.array([[True], [False], [False], [False]])
    blank = np.full((4, 1), NAN)
    assert weeks_without_progress(has_row, blank, 2).ravel().tolist() == [0, 0, 0, 1]
    assert weeks_without_progress(has_row, blank, 0).ravel().tolist() == [0, 1, 2, 3]


@given(st.text(alphabet="+-?.", max_size=12))
def test_one_more_week_without_progress_never_lowers_the_count(path):
    assert count(path + "-")[-1] == (count(path) or [0])[-1] + 1


@given(st.text(alphabet="+-?.", min_size=1, max_size=12))
def test_progress_always_ends_the_count(path):
    assert count(path + "+")[-1] == 0


def test_the_step_broadcasts_over_paths():
    now, gap = stall_step(np.zeros((2, 3), int), NOT_STARTED, [True, True, False], np.array([[0.0], [1.0]]))
    assert now.tolist() == [[1, 1, 0], [0, 0, 0]] and gap.tolist() == [0, 0, NOT_STARTED]


@given(st.lists(st.text(alphabet="+-?.", min_size=9, max_size=9), min_size=1, max_size=4))
def test_accounts_count_alone(paths):
    has_row = np.array([[path[w] != "." for path in paths] for w in range(9)])
    value = np.array([[{"+": 1.0, "-": 0.0}.get(path[w], NAN) for path in paths] for w in range(9)])
    assert weeks_without_progress(has_row, value).T.tolist() == [count(path) for path in paths]


def test_only_b_accounts_are_stalled():
    assert stalled([0, 1, 2, -1], 9, 2).tolist() == [False, True, False, False]
    assert stalled(1, [1, 2, 3], 2).tolist() == [False, True, True]


# Progress


def told(stages, gains=None, contacts=None, given=None, has_row=None):
    n = len(stages)

    def column(values, fill):
        return np.array([fill] * n if values is None else values, dtype=float)[:, None]

    rows = np.array(has_row if has_row is not None else [True] * n)[:, None]
    out = progress(column(stages, NAN), rows, column(gains, NAN), column(contacts, 0), column(given, NAN), METHOD)
    return [None if np.isnan(x) else int(x) for x in out.ravel()]


def test_progress_is_a_stage_above_the_week_before():
    assert told([2, 3, 3, 2]) == [None, 1, 0, 0]


def test_a_stage_that_is_missing_in_either_week_cannot_be_told():
    assert told([2, NAN, 3, 3]) == [None, None, None, 0]
    assert told([2, 9, 3], has_row=[True, False, True]) == [None, None, None]


def test_progress_is_a_spiced_total_up_by_1():
    assert told([2, 2, 2, 2], gains=[1, 1, 0.99, -3]) == [1, 1, 0, 0]


def test_progress_is_a_new_key_contact():
    assert told([2, 2, NAN], contacts=[0, 1, 2]) == [None, 1, 1]


def test_a_spiced_total_that_stood_still_does_not_make_up_for_a_missing_stage():
    assert told([NAN, NAN], gains=[0, 0]) == [None, None]


def test_a_given_progress_wins():
    assert told([2, 3, 3], contacts=[1, 1, 0], given=[0, 0, 1]) == [0, 0, 1]


def test_a_week_without_a_row_has_no_progress_to_tell():
    assert told([NAN], contacts=[3], given=[NAN], has_row=[False]) == [None]


# SPICED and contacts from the reports

MONDAY = fridays(3)[1] - np.timedelta64(4, "D")


def gains(reports, weeks=3, accounts=("A1", "A2")):
    return spiced_gains(report_frame(reports), fridays(weeks), np.array(accounts, dtype=object))


def report(number, day, spiced=None, account="A1", contacts=NAN):
    return {"id": f"R{number}", "day": day, "account": account, "spiced": spiced, "contacts": contacts}


def test_the_gain_is_the_weeks_last_total_less_the_last_before_the_week():
    reports = [
        report(1, FIRST - 20 * WEEK, (1, 0, 0, 0, 0)),  # total 1, long before the grid
        report(2, MONDAY, (2, 2, 2, 2, 2)),  # total 10, not the week's last
        report(3, MONDAY + 1, (1, 1, 1, NAN, 0)),  # total 3: gain 3 - 1
        report(4, MONDAY + 7, (1, 1, 0, 0, 0)),  # total 2 the week after: gain 2 - 3
    ]
    gain, _ = gains(reports)
    assert gain[:, 0].tolist() == pytest.approx([NAN, 2.0, -1.0], nan_ok=True)
    assert np.isnan(gain[:, 1]).all()


def test_reports_of_one_day_are_taken_by_their_id():
    reports = [
        report(9, MONDAY, (3, 0, 0, 0, 0)),
        report(5, MONDAY, (1, 0, 0, 0, 0)),
        report(1, FIRST, (1, 0, 0, 0, 0)),
    ]
    assert gains(reports)[0][1, 0] == 2.0


def test_a_report_with_all_five_blank_has_no_total():
    reports = [report(1, FIRST, (2, 0, 0, 0, 0)), report(2, MONDAY, (3, 0, 0, 0, 0)), report(3, MONDAY + 2)]
    assert gains(reports)[0][1, 0] == 1.0
    assert np.isnan(gains([report(1, MONDAY, (3, 0, 0, 0, 0))])[0]).all()  # nothing before it


def test_a_week_runs_from_saturday_to_friday():
    week = fridays(3)[1]
    reports = [
        report(1, FIRST, contacts=1),
        report(2, FIRST + 1, contacts=2),  # the Saturday after: next week
        report(3, week, contacts=4),
        report(4, week + 1, contacts=8),
    ]
    assert gains(reports)[1][:, 0].tolist() == [1, 6, 8]


def test_reports_beyond_the_weeks_or_of_others_do_not_matter():
    reports = [
        report(1, fridays(3)[2] + 1, (3, 3, 3, 3, 3), contacts=5),
        report(2, FIRST - WEEK, contacts=5),
        report(3, FIRST, account="A9", contacts=5),
    ]
    gain, contacts = gains(reports)
    assert contacts.sum() == 0 and np.isnan(gain).all()


def test_no_reports_no_accounts_no_weeks():
    gain, contacts = gains([])
    assert np.isnan(gain).all() and contacts.tolist() == [[0, 0]] * 3
    assert gains([report(1, FIRST)], accounts=())[0].shape == (3, 0)
    assert gains([report(1, FIRST)], weeks=0)[1].shape == (0, 2)


@pytest.mark.parametrize("seed", range(20))
def test_progress_and_counts_equal_plain_loops_over_random_portfolios(seed):
    book, reports = random_portfolio(seed + 100, accounts=6)
    grid = grid_of(book, reports)
    for n, name in enumerate(grid.accounts):
        seen = [
            None if row is None else plain_progress(book[name], name, w, reports)
            for w, row in enumerate(book[name]["rows"])
        ]
        assert [None if np.isnan(x) else int(x) for x in grid["progress"][:, n]] == seen
        counted = weeks_without_progress(grid["has_row"], grid["progress"])
        assert counted[:, n].tolist() == plain_counts(book[name], name, reports)


# Demotion as it shows in the tiers


def path_of_tiers(path, role="regional_leader", p=0.5, weight=10):
    marks = {"+": 1.0, "-": 0.0, "?": NAN}
    rows = [None if m == "." else {"p": p, "weight": weight, "posture": 60, "progress": marks[m]} for m in path]
    return "".join(letters(judged(grid_of({"A1": {"role": role, "rows": rows}})).tier[:, 0]))


@pytest.mark.parametrize(
    ("path", "tiers"),
    [
        ("+--", "BBC"),
        ("+-.-", "BBBC"),
        ("+..", "BBB"),
        ("+...", "BBBC"),
        ("+--.+", "BBCCB"),  # comes back by S1 in its first week with progress
        ("+--?-+-", "BBCCCBB"),
    ],
)
def test_a_b_account_falls_after_two_weeks_and_returns_with_progress(path, tiers):
    assert path_of_tiers(path) == tiers


def test_an_a_account_is_not_demoted_but_its_weeks_are_counted():
    assert path_of_tiers("----", role="industry_benchmark", p=0.7, weight=90) == "AAAA"


def test_an_a_account_that_falls_to_b_while_still_is_c_at_once():
    rows = [{"p": p, "weight": 90, "posture": 60, "progress": 0.0} for p in (0.7, 0.7, 0.5)]
    assert "".join(letters(judged(grid_of({"A1": {"rows": rows}})).tier[:, 0])) == "AAC"


# Emerging


def emerging_of(accounts, week=-1, opened=FIRST - 100 * WEEK, **settings):
    grid = grid_of(accounts)
    book = pd.DataFrame({"account_id": list(accounts), "opened_on": pd.to_datetime([opened] * len(accounts))})
    return emerging(grid, judged(grid), book, EmergingParameters(**settings), week).set_index("account_id")


def rising(*p, role="regional_leader", value=50, **fields):
    rows = [None if x is None else {"p": x, "value": value, "posture": 60, "progress": 1.0} | fields for x in p]
    return {"role": role, "rows": rows}


def test_a_rise_of_10_points_against_the_newest_row_at_least_4_weeks_old():
    # six Fridays: the row four weeks before the last is the second, .30
    found = emerging_of({"A1": rising(0.9, 0.30, 0.31, 0.2, 0.39, 0.40), "A2": rising(0.1, 0.30, 0.1, 0.1, 0.1, 0.39)})
    assert found.index.tolist() == ["A1"] and found.loc["A1", "kind"] == "rise"
    # weight = rise x value index = .10 x 50
    assert found.loc["A1", ["rise", "weight"]].tolist() == pytest.approx([0.10, 5.0])


def test_a_missing_row_four_weeks_ago_is_that_of_the_row_before_it():
    found = emerging_of({"A1": rising(0.2, None, 0.3, 0.3, 0.3, 0.35)})
    assert found["rise"].tolist() == pytest.approx([0.15])


def test_without_a_row_that_old_the_first_one_counts():
    found = emerging_of({"A1": rising(None, None, None, 0.2, 0.3, 0.35), "A2": rising(*[None] * 3, 0.2, 0.25, 0.3)})
    assert found["rise"].to_dict() == pytest.approx({"A1": 0.15, "A2": 0.10})


def test_on_a_friday_without_a_row_the_newest_one_counts():
    assert emerging_of({"A1": rising(0.2, 0.2, 0.4, None)})["rise"].tolist() == pytest.approx([0.2])


def test_a_and_demoted_and_inactive_accounts_are_not_emerging():
    stuck = {"progress": 0.0}
    found = emerging_of(
        {
            "A1": rising(0.4, 0.4, 0.7, role="industry_benchmark", weight=90),
            "A2": rising(0.3, 0.3, 0.5, **stuck),
            "A3": rising(0.05, 0.05, 0.25, **stuck),  # C by criteria, not demoted
            "A4": rising(0.3, 0.3, 0.5, role="long_tail"),
            "A5": rising(0.3, 0.3, 0.5) | {"active": [True, True, False]},
        }
    )
    assert found.index.tolist() == ["A3", "A4"]


@pytest.mark.parametrize(("days", "expected"), [(0, True), (56, True), (57, False)])
def test_an_account_opened_at_most_56_days_ago_is_emerging_with_progress_in_this_fridays_row(days, expected):
    opened = fridays(2)[-1] - np.timedelta64(days, "D")
    found = emerging_of(
        {"A1": rising(0.4, 0.4), "A2": rising(0.4, 0.4, progress=0.0), "A3": rising(0.4, None)}, opened=opened
    )
    assert found.index.tolist() == (["A1"] if expected else [])
    if expected:
        # no rise: it counts as .01; .01 x 50
        assert found.loc["A1", ["rise", "weight", "kind"]].tolist() == [0.0, pytest.approx(0.5), "new"]


def test_a_new_account_that_rose_too_is_a_rise():
    assert emerging_of({"A1": rising(0.3, 0.5)}, opened=FIRST)["kind"].tolist() == ["rise"]


def test_a_blank_value_index_counts_0():
    assert emerging_of({"A1": rising(0.3, 0.5, value=NAN)})["weight"].tolist() == [0.0]


def test_nobody_emerging_gives_an_empty_frame():
    still = emerging_of({"A1": rising(0.3, 0.3), "A2": {"rows": [None, None]}})
    assert still.empty and still.columns.tolist() == ["rise", "weight", "kind"]
    assert emerging_of({}).empty


def test_a_minimum_rise_of_0_departs_from_the_method():
    assert EmergingParameters(min_rise=0).departures() == ("emerging.min_rise",)
    assert EmergingParameters().departures() == DemotionParameters().departures() == ()


@given(st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 100))
def test_a_larger_rise_never_weighs_less(rise, more, value):
    parameters = EmergingParameters()
    _, less = emerging_weight(rise, value, True, True, parameters)
    _, greater = emerging_weight(rise + more, value, True, True, parameters)
    assert greater >= less >= 0


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"min_spiced_gain": 0}, {"weeks": 2.5}, {"max_missing_weeks": -1}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        DemotionParameters(**wrong)


@pytest.mark.parametrize("seed", range(8))
def test_the_emerging_equal_plain_loops_over_random_portfolios(seed):
    book, reports = random_portfolio(seed + 50)
    grid = grid_of(book, reports)
    outcome = judged(grid)
    opened = pd.DataFrame({"account_id": list(book), "opened_on": pd.to_datetime([a["opened"] for a in book.values()])})
    for week in range(grid.shape[0]):
        frame = emerging(grid, outcome, opened, EmergingParameters(), week)
        found = {row.account_id: (row.rise, row.weight, row.kind) for row in frame.itertuples()}
        expected = plain_emerging(book, reports, week)
        assert list(found) == list(expected)
        for name in expected:
            assert found[name][2] == expected[name][2]
            assert found[name][:2] == pytest.approx(expected[name][:2])


def plain_emerging(book, reports, week):
    out = {}
    for judgement in plain_table(book, reports, week):
        name = judgement["account_id"]
        account = book[name]
        row, _ = newest(account, week)
        if row is None or judgement["tier"] == "A" or "stalled_b" in judgement["reason"]:
            continue
        older = newest(account, week - 4)[0] if week >= 4 else None
        first = next(r for r in account["rows"] if r is not None)
        rise = row["p"] - (older or first)["p"]
        age = (fridays(week + 1)[-1] - account["opened"]).astype(int)
        new = 0 <= age <= 56 and account["rows"][week] is not None and plain_progress(account, name, week, reports) == 1
        value = 0 if np.isnan(row["value"]) else row["value"]
        if rise >= 0.1 - 1e-9 or new:
            out[name] = (rise, max(rise, 0.01) * value, "rise" if rise >= 0.1 - 1e-9 else "new")
    return out
