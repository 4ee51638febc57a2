"""F3 as documents: the white paper and the ROI model, on the sample team."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.publish.document_page import page, print_documents
from toolkit.reports.drill_room import DOCUMENTS, drill_room


@pytest.fixture(scope="module", params=["zh", "en"])
def room(request, sample_data):
    return drill_room(sample_data, "2026-11-20", language=request.param)


@pytest.fixture(scope="module")
def sample_data():
    return kat.load("sample_data")


def test_the_white_paper_has_its_seven_chapters(room):
    assert len(room.white_paper("A001").chapters) == 7


@pytest.mark.parametrize("account", ["A001", "A012", "A033"])
def test_the_white_paper_names_no_other_account_and_nothing_that_is_ours_alone(room, sample_data, account):
    html = page(room.white_paper(account))
    others = sample_data.accounts.loc[sample_data.accounts["account_id"] != account, "account_name"]
    mine = sample_data.accounts.set_index("account_id").loc[account, "account_name"]
    assert not [name for name in others if name in html and name not in mine]
    people = sample_data.decision_makers
    theirs = set(people.loc[people["account_id"] == account, "person_name"])
    ours = set(sample_data.reps["rep_name"])
    strangers = set(people["person_name"]) - theirs - ours
    assert not [name for name in strangers if name in html]
    for word in ("成交概率", "攻坚级", "立场", "强烈", "Win probability", "stance", "Stance", "strongly"):
        assert word not in html
    for competitor in sample_data.competitor_intel["competitor"].dropna().unique():
        assert competitor not in html


def test_evidence_of_lost_accounts_is_not_shown(room, sample_data):
    from toolkit.state.ammunition import evidence

    accounts = sample_data.accounts.set_index("account_id")["status"]
    for account in ("A001", "A012", "A033"):
        found = evidence(room.today.team, account)
        assert accounts.reindex(found["account_id"]).isin(["won", "active"]).all()
        assert (found["resolved"] <= found["raised"]).all()
        assert account not in set(found["account_id"])


def test_neither_drills_nor_loss_reviews_are_evidence_for_a_customer(sample_data, tmp_path):
    """A drill's obstacles are invented by us, and F6 keeps a loss review to itself."""
    from toolkit.state.ammunition import risks

    for file in Path("sample_data").glob("*.csv"):
        if file.stem not in ("sessions", "session_obstacles"):
            shutil.copy(file, tmp_path)
    without = kat.load(tmp_path)
    teams = [drill_room(data, "2026-11-20", account="A001").today.team for data in (sample_data, without)]
    assert len(teams[0].data.sessions) and not len(teams[1].data.sessions)
    for account in ("A001", "A012", "A033"):
        pd.testing.assert_frame_equal(risks(teams[0], account), risks(teams[1], account))


def test_the_roi_model_is_for_the_finance_head_and_adds_up(room):
    made = room.roi_model("A001")
    assert "财务总监" in made.subtitle
    years = made.model.years
    assert years["cumulated"].iloc[-1] == pytest.approx(years["flow"].sum())
    assert made.model.measures.npv == pytest.approx(years["discounted"].sum())
    contract = room.today.team.week.contract("A001")
    assert -years["flow"].iloc[0] == pytest.approx(contract * 1.08)


def test_without_a_contract_the_model_says_so_and_writes_no_workbook(tmp_path, sample_data):
    from dataclasses import replace

    from toolkit.reports.roi_document import roi_document
    from toolkit.state import ammunition

    room = drill_room(sample_data, "2026-11-20", language="en")
    document = roi_document(room.today, "A001")
    unknown = replace(document, model=replace(document.model, contract=float("nan")))
    print_documents([unknown], tmp_path / "out", room.run)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["roi_model.html", "run.json"]
    assert "no return can be computed" in unknown.model.verdict
    assert ammunition.contract(room.today.team, "nobody") != ammunition.contract(room.today.team, "nobody")


def test_every_kind_of_document_can_be_made_and_another_is_refused(room):
    for kind in DOCUMENTS:
        assert room.document(kind).kind == kind
    with pytest.raises(InputError, match="white_paper"):
        room.document("white_papers")
    with pytest.raises(InputError, match="A999"):
        room.document("roi_model", account="A999")


def test_the_case_shows_the_whole_chain_and_the_ways_to_who_is_not_reached(room):
    from toolkit.reports.chain_story import chain_picture

    found = chain_picture(room.monday, "A001")
    people = found.data["people"]
    unreached = people.loc[people["key"] & ~people["reached"], "person_id"]
    assert {way[-1] for way in found.data["ways"]} == set(unreached)
    reached = set(people.loc[people["reached"], "person_id"])
    assert all(way[0] in reached for way in found.data["ways"])
    assert isinstance(people, pd.DataFrame) and len(people) == 6
