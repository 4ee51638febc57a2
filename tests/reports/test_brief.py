"""The daily brief: any day as it was known then, in sentences."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.data.load import load
from toolkit.publish.brief_page import page
from toolkit.publish.brief_summary import lines
from toolkit.reports.brief import brief

SALT = Salt.from_environment(7, {"KAT_DRAW_SALT": "only the director knows"})


@pytest.fixture(scope="module")
def team():
    return load("sample_data")


@pytest.fixture(scope="module")
def friday(team):
    return brief(team, "2026-11-20", language="en", salt=SALT)


def test_a_friday_names_what_falls_due_what_is_late_and_the_alerts(friday):
    said = " ".join(friday.verdict)
    assert "due today" in said and "overdue" in said and "4 yellow alerts" in said


def test_the_open_price_request_stands_first_with_what_the_matrix_leaves(friday):
    first = friday.evidence["decisions"].iloc[0]
    assert "12%" in first["question"] and "8%" in first["question"] and first["due"] == "Today"


def test_a_request_over_its_time_is_named_with_by_how_much_and_one_due_today_with_its_hour(friday):
    clocks = friday.evidence["clocks"]
    assert clocks["stand"].tolist() == ["over", "today"]
    assert clocks["text"].str.contains("2 days over").any() and clocks["text"].str.contains("due 17:05 today").any()


def test_the_directors_day_is_answered_from_the_data(friday):
    # 20 November: none qualified (self-check), no handout that day, six facts verified
    checks = friday.evidence["checks"].set_index("item")
    assert checks["state"].to_dict() == {"cut_account": "good", "give_weapon": "breach", "verify_facts": "good"}
    assert checks.loc["verify_facts", "text"] == "6/3"


def test_figures_are_those_of_the_day(team, friday):
    table = friday.tables["indicators"]
    row = table[(table["scope"] == "team") & (table["indicator"] == "competitor_defence") & (table["period"] == "day")]
    shown = friday.evidence["figures"].set_index("code").loc["competitor_defence"]
    assert row["date"].tolist() == [pd.Timestamp("2026-11-20")]
    assert shown["text"] == f"{row['value'].iloc[0] * 100:.1f}%"


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-11-15", "Not a working day"), ("2026-10-03", "Not a working day"), ("2026-11-18", "reports from")],
)
def test_a_sunday_a_public_holiday_and_a_working_day_say_what_they_are(team, day, said):
    found = brief(team, day, language="en", salt=SALT)
    assert said in found.lead
    assert (len(found.evidence["checks"]) == 0) == ("Not" in said)


def test_what_is_dated_later_is_out_of_sight(team):
    early = brief(team, "2026-11-17", language="en", salt=SALT)
    assert not early.tables["actions"]["action_id"].str.contains("Q0404").any()  # asked on the 19th
    assert early.tables["request_clocks"]["started_at"].max() < pd.Timestamp("2026-11-18")


def test_without_daily_reports_and_requests_nothing_is_green(tmp_path):
    for file in Path("sample_data").glob("*.csv"):
        if file.name not in ("daily_reports.csv", "directives.csv", "resource_requests.csv", "planted.csv"):
            shutil.copy(file, tmp_path)
    found = brief(load(tmp_path), "2026-11-20", language="en", salt=SALT)
    assert "alerts cannot be judged." in found.verdict and "cannot be judged" in found.lead
    figures = found.evidence["figures"]
    assert set(figures["state"]) == {"cannot_judge"} and set(figures["text"]) == {""}
    assert found.sections["clocks"].headline == "No resource requests on record: clocks cannot be judged"


def test_a_day_before_the_first_week_is_refused(team):
    with pytest.raises(InputError, match="2026-01-01"):
        brief(team, "2026-01-01", language="en")


def test_the_teams_copy_holds_no_draw_and_no_word_on_a_person(team, friday):
    copy = brief(team, "2026-11-20", language="en", audience="team", salt=SALT)
    assert "draws" not in copy.sections and "spot_checks" not in copy.tables and "callbacks" not in copy.tables
    assert not copy.tables["actions"]["rule"].isin(["E5", "M6", "M7", "M8", "M12"]).any()
    words = page(copy) + " ".join(line.text for line in lines(copy))
    assert "drawn" not in words and "overstepped" not in words
    assert "drawn" in page(friday)


def test_without_a_secret_the_page_warns_and_run_json_says_so(team):
    found = brief(team, "2026-11-20", language="en", salt=Salt.from_environment(7, {}))
    assert found.run["draw"]["secret"] is False and "no secret key" in page(found)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_terminal_says_the_same_lines(team, language):
    found = brief(team, "2026-11-20", language=language, salt=SALT)
    words = [line.text for line in lines(found)]
    assert any(found.evidence["decisions"]["question"].iloc[0] in line for line in words) and len(words) < 40
