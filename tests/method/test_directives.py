"""M10: a fifth of a day's reports, three concrete directives each."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.method.directives import DirectiveParameters, directive_days, directive_draw, followed, overdue

P, SALT = DirectiveParameters(), Salt.from_environment(7, {})


def reports(count, day="2026-11-20"):
    ids = [f"D{n:02d}" for n in range(count)]
    return pd.DataFrame({"report_id": ids, "report_date": pd.Timestamp(day), "rep_id": "R1", "account_id": "A1"})


def given(report, numbers=(1, 2, 3), **changes):
    row = {"report_id": report, "text": "ask who signs", "owner_id": "R1", "due_on": pd.Timestamp("2026-11-25")}
    frame = pd.DataFrame(
        [row | {"number": n, "directive_id": f"{report}-{n}", "followed": "open"} | changes for n in numbers]
    )
    return frame.astype({"due_on": "datetime64[us]"})


def day(count, *parts):
    found = directive_days(reports(count), pd.concat(parts, ignore_index=True), P)
    return found[["needed", "covered", "partly", "state"]].values.tolist()[0]


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_a_fifth_is_rounded_up(count, needed):
    assert day(count, given("D00"))[0] == needed
    assert len(directive_draw(reports(count), given("none"), SALT, P)) == needed


@pytest.mark.parametrize("numbers", [(1, 2), (1, 2, 3, 4)])
def test_two_or_four_are_not_three(numbers):
    assert day(5, given("D00", numbers)) == [1, 0, 1, "breach"]


def test_exactly_three_cover_a_report():
    assert day(5, given("D00")) == [1, 1, 0, "good"]


@pytest.mark.parametrize("blank", [{"text": None}, {"owner_id": None}, {"due_on": pd.NaT}])
def test_a_directive_without_text_owner_or_day_is_not_concrete(blank):
    assert day(5, given("D00", (1, 2)), given("D00", (3,), **blank)) == [1, 0, 1, "breach"]


def test_without_any_directive_on_record_nothing_can_be_judged():
    assert day(5, given("D00").iloc[:0])[3] == "cannot_judge"
    assert len(directive_days(reports(0), given("D00"), P)) == 0


def test_the_draw_says_what_a_report_already_has():
    drawn = directive_draw(reports(5), given("none"), SALT, P)["report_id"].iloc[0]
    assert directive_draw(reports(5), given(drawn, (1, 2)), SALT, P)["given"].tolist() == [2]


def test_a_directive_due_today_is_not_overdue():
    rows = pd.concat([given("D00", (1,)), given("D01", (1,), due_on=pd.Timestamp("2026-11-24"))], ignore_index=True)
    late = overdue(rows, reports(2), "2026-11-25")
    assert late[["directive_id", "days", "account_id"]].values.tolist() == [["D01-1", 1, "A1"]]
    assert followed(rows, "2026-11-25")["overdue"].tolist() == [1, 1]


def test_followed_counts_over_all_and_by_owner():
    parts = [
        given("D00", (1, 2), followed="yes"),
        given("D01", (1,), followed="no", owner_id="R2"),
        given("D02", (1,), followed=None),
    ]
    rows = pd.concat(parts, ignore_index=True)
    found = followed(rows, "2026-11-20").set_index("owner_id")
    assert found.loc["", ["given", "yes", "no", "open"]].tolist() == [4, 2, 1, 1]
    assert found.loc["", "share_followed"] == pytest.approx(2 / 3)
    assert found.loc["R2", "share_followed"] == 0.0 and list(found.index) == ["", "R1", "R2"]
    nothing = followed(rows.iloc[:0], "2026-11-20")
    assert nothing["given"].tolist() == [0] and np.isnan(nothing["share_followed"].iloc[0])


def test_another_number_than_three_departs_from_the_method():
    assert P.departures() == () and DirectiveParameters(per_report=2).departures() == ("directives.per_report",)
