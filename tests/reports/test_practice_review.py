"""E1-E3, F1, F2 and F6 in the weekly review of the sample team: what was planted is found, and told."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as kat
from toolkit.method.decision_chain import coverage
from toolkit.method.requests.clocks import RequestClockParameters
from toolkit.parameters import Parameters
from toolkit.publish.weekly_page import fragment, page


def asked(week, rule):
    return week.actions[week.actions["rule"] == rule]


def test_accounts_with_one_person_met_are_single_threaded_and_asked_for_if_strategic(sample_week):
    chains = sample_week.tables["chains"].set_index("account_id")
    assert chains.loc[["A001", "A006"], "single_threaded"].all()
    assert asked(sample_week, "F1")["account_id"].tolist() == ["A001", "A006"]
    assert "Only one person met at 天枢储能 (A)" in asked(sample_week, "F1")["text"].iloc[0]


def test_every_key_person_not_reached_has_an_introduction_or_is_said_to_have_none(sample_week):
    points = sample_week.tables["breakpoints"]
    unreached = points[points["kind"] == "unreached_key"]
    assert len(unreached) and (unreached["path"].str.len().sub(1).clip(lower=0) == unreached["steps"].fillna(0)).all()
    assert all(
        path[-1] == person for path, person in zip(unreached["path"], unreached["person_id"], strict=True) if path
    )


def test_coverage_is_the_one_that_feeds_the_value_index(sample_week, sample_team):
    chains = sample_week.tables["chains"]
    known = coverage(
        sample_team.decision_makers,
        sample_team.contacts,
        np.array(["2026-11-20"], "datetime64[D]"),
        chains["account_id"].to_numpy(dtype=object),
    )[0]
    np.testing.assert_allclose(chains["coverage"], known)


def test_a_week_without_executive_moves_and_a_key_person_who_left_are_asked_about(sample_week):
    text = asked(sample_week, "F2").set_index("action_id")["text"]
    assert "No executive moves came in for 1 week" in text["F2-team-2026-11-20"]
    assert sample_week.tables["executive_moves"]["announced_on"].max() == pd.Timestamp("2026-11-13")
    left = text[text.str.contains("of 金陵电气 has left")].item()
    moved = sample_week.tables["executive_moves"].set_index("move_id")
    assert moved["breaks"].isin(["", "key", "sole_link"]).all() and "fall from" in left


def test_the_overdue_handbook_and_visit_sand_table_are_found_and_what_is_in_time_is_not(sample_week):
    register = sample_week.tables["playbooks"].set_index("playbook_id")
    assert set(register.index[register["state"] == "breach"]) >= {"W106", "W202"}
    sand = register[register["kind"] == "industry_sand_table"]
    assert len(sand) and sand["updated_on"].max() > pd.Timestamp("2026-11-01")
    assert {"E1-M01.W106-2026-09-24"} <= set(asked(sample_week, "E1")["action_id"])


@pytest.mark.parametrize(("day", "code"), [("2026-09-01", "current"), ("2026-11-16", "changed")])
def test_a_change_of_the_clocks_makes_an_older_request_guide_overdue(sample_team, day, code):
    p = Parameters().model_copy(update={"request_clock": RequestClockParameters(changed_on=day)})
    state = kat.drill_room(sample_team, "2026-11-20", p, "en").today.team
    guide = state.playbooks.set_index("playbook_id").loc["W301"]
    assert guide["code"] == code and guide["days_overdue"] == (5 if code == "changed" else 0)


def test_of_each_version_it_is_told_which_sessions_fed_it(sample_week, sample_team):
    told = sample_week.tables["playbook_versions"].set_index(["playbook_id", "version"])
    held = sample_team.sessions.set_index("session_id")
    for (playbook, version), row in told.iterrows():
        fed = [one for one in row["fed_by"].split(";") if one]
        assert len(fed) == row["drills"] + row["loss_reviews"]
        assert (held.loc[fed, "playbook_id"] == playbook).all()
        assert (held.loc[fed, "playbook_version"].astype(int) == int(version) - 1).all()
    assert told["loss_reviews"].sum() > 0 and told["drills"].sum() > 0


def test_the_missed_drill_and_the_review_without_conclusions_are_found(sample_week):
    practice = sample_week.tables["practice"].set_index(["week_ending", "kind"])["code"]
    assert practice[(pd.Timestamp("2026-10-30"), "drill")] == "missed"
    assert practice[(pd.Timestamp("2026-11-20"), "three_prism")] == "unconcluded"
    assert asked(sample_week, "E3")["text"].str.contains("Thursday, 19 Nov, lacks conclusions").all()
    assert asked(sample_week, "E2")["text"].str.contains("No drill on Monday, 26 Oct").all()
    assert len(asked(sample_week, "E2")) == len(asked(sample_week, "E3")) == 1


def test_next_mondays_account_is_one_that_was_not_drilled_for_eight_weeks(sample_week, sample_team):
    drawn = sample_week.tables["drill_draw"].set_index("account_id")
    account = drawn.index[drawn["drawn"]].item()
    drills = sample_team.sessions[
        (sample_team.sessions["kind"] == "drill") & (sample_team.sessions["account_id"] == account)
    ]
    assert not (drills["held_at"] >= pd.Timestamp("2026-11-23") - pd.Timedelta(days=56)).any()
    assert sample_week.names["accounts"][account] in " ".join(sample_week.sections["practice"].notes)


def test_the_loss_without_a_review_is_past_its_seventy_two_hours(sample_week):
    found = sample_week.tables["loss_reviews"].set_index("account_id").loc["A018"]
    assert found["code"] == "overdue" and found["due_at"] - found["lost_at"] == pd.Timedelta(hours=72)
    text = asked(sample_week, "F6").set_index("account_id")["text"]
    assert "past its time" in text["A018"] and "nobody to blame" in text["A018"]
    assert set(asked(sample_week, "F6")["rep_id"]) == {""}


def test_the_draw_of_the_drill_is_not_in_the_teams_copy(sample_team):
    copy = kat.review(sample_team, "2026-11-20", language="en", audience="team")
    assert "drill_draw" not in copy.tables and "Drawn for next Monday" not in page(copy)
    assert "Decision chains" in page(copy)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_people_playbooks_moves_and_sessions_nothing_is_green(tmp_path, language):
    gone = {"decision_makers", "relationships", "contacts", "playbooks", "executive_moves", "sessions", "planted",
            "session_obstacles"}  # fmt: skip
    for file in Path("sample_data").glob("*.csv"):
        if file.stem not in gone:
            shutil.copy(file, tmp_path)
    bare = kat.review(kat.load(tmp_path), "2026-11-20", language=language)
    assert set(bare.tables["chains"]["state"]) == {"cannot_judge"}
    assert set(bare.tables["practice"]["state"]) == {"cannot_judge"}
    assert "cant" in fragment(bare, "chains") and "cant" in fragment(bare, "practice")
    assert not bare.actions["rule"].isin(["E1", "E2", "E3", "F1", "F2"]).any()
