"""S7, F5, F7 and D3's gaps in the weekly review of the sample team: what was planted is found, and told."""

import shutil
from pathlib import Path

import pytest

import toolkit as kat
from toolkit.publish.weekly_page import fragment, page


def test_the_board_shows_a_live_card_and_the_column_over_its_limit(sample_week):
    cards = sample_week.tables["campaigns"].set_index("account_id")
    assert cards.loc["A001", "board_column"] == "negotiating" and cards.loc["A001", "code"] == "on_time"
    columns = sample_week.tables["campaign_columns"].set_index("board_column")
    assert columns.loc["negotiating", "cards"] == 13 and columns.loc["negotiating", "state"] == "breach"
    asked = sample_week.actions[sample_week.actions["rule"] == "S7"]
    assert "Negotiating holds 13 cards, over its limit of 8" in asked["text"].item()
    assert sample_week.sections["campaigns"].headline.endswith("over the limit: Negotiating")


def test_the_flow_ends_with_the_board_of_the_day(sample_week):
    flow = sample_week.tables["campaign_flow"]
    last = flow[flow["week_ending"] == flow["week_ending"].max()].set_index("board_column")["cards"]
    assert last.to_dict() == sample_week.tables["campaign_columns"].set_index("board_column")["cards"].to_dict()


def test_the_ladder_finds_the_three_who_are_on_it(sample_week):
    ladder = sample_week.tables["resilience"].set_index("rep_id")
    assert ladder["code"].to_dict() == {"R08": "short", "R10": "done", "R12": "reached"}
    # one week of R10's third step was missed
    assert ladder.loc["R10", "weeks_judged"] - ladder.loc["R10", "weeks_met"] == 1
    asked = sample_week.actions[sample_week.actions["rule"] == "F5"]
    assert asked["rep_id"].tolist() == ["R08"] and "周凯, month 2" in asked["text"].item()


def test_two_a_accounts_and_three_tactics_make_gold(sample_week):
    ranks = sample_week.tables["ranks"].set_index("rep_id")
    assert (ranks.loc["R09", "rank"], ranks.loc["R09", "next_rank"]) == ("gold", "king")
    found = sample_week.tables["rank_evidence"]
    mine = found[(found["rep_id"] == "R09") & (found["rank"] == "silver")]
    assert mine["evidence_id"].tolist() == ["A017", "A033"]


def test_of_everyone_it_is_told_what_the_rank_rests_on_and_what_comes_next(sample_week):
    told = sample_week.evidence["rank_rows"].set_index("rep_id")
    names = sample_week.names["accounts"]
    assert told.loc["R09", "basis"] == f"a full cycle alone; won {names['A017']}, {names['A033']}; 3 tactics"
    ladder = sample_week.evidence["ladder_rows"].set_index("rep_id")["following"]
    # R08 began on 8 October 2026: its third month begins 60 days later
    assert ladder["R08"].startswith("from 7 Dec: 1 decision-chain breakpoint")
    assert ladder["R12"] == "at the top"


def test_no_achievement_of_the_sample_lies_before_its_reps_first_day(sample_team):
    rows = sample_team.achievements.merge(sample_team.reps[["rep_id", "hired_on"]], on="rep_id")
    assert (rows["achieved_on"] >= rows["hired_on"]).all()


def test_single_people_are_not_in_the_teams_copy(sample_team):
    copy = kat.review(sample_team, "2026-11-20", language="en", audience="team")
    assert "growth" not in copy.sections and "campaigns" in copy.sections
    assert not {"resilience", "resilience_weeks", "ranks", "rank_evidence", "capability_gaps"} & set(copy.tables)
    assert not copy.actions["rule"].isin(["F5"]).any()
    assert "Resilience ladder" not in page(copy) and "Campaign board" in page(copy)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_campaigns_and_achievements_nothing_is_green(tmp_path, language):
    for file in Path("sample_data").glob("*.csv"):
        if file.name not in ("campaigns.csv", "campaign_moves.csv", "achievements.csv", "planted.csv"):
            shutil.copy(file, tmp_path)
    bare = kat.review(kat.load(tmp_path), "2026-11-20", language=language)
    told = bare.sections["campaigns"].headline
    assert told in ("没有战役数据，看板无从显示", "No campaigns on record, nothing to show on the board")
    assert set(bare.tables["resilience"]["state"]) == {"cannot_judge"}
    assert set(bare.tables["ranks"]["rank"]) == {""}
    assert "hx" in fragment(bare, "growth") and "cant" in fragment(bare, "campaigns")
