"""The log: what reviews publish, from the data and from their folders."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as kat
from tests.reports.team import account, weekly, write
from toolkit.base.errors import InputError
from toolkit.base.tiers import NOT_ACTIVE, letters
from toolkit.publish.tables import write_tables
from toolkit.reports.review import review
from toolkit.whatif.log import log_of, read_log
from toolkit.whatif.replay import compare, replay

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def sample():
    data = kat.load(SAMPLE)
    return data, log_of(data, "2026-11-20", kat.Parameters())


def published(log, friday):
    """{account: (tier, budget share)} of one Friday of the log, and the reserve."""
    out, w = log.published, int(np.flatnonzero(log.grid.weeks.astype(str) == friday)[0])
    on = np.flatnonzero(out.tier[w] != NOT_ACTIVE)
    pairs = zip(letters(out.tier[w, on]), out.share[w, on], strict=True)
    return dict(zip(out.accounts[on], pairs, strict=True)), out.reserve[w]


@pytest.mark.parametrize("friday", ["2026-06-26", "2026-10-30", "2026-11-20"])
def test_the_log_is_what_the_reviews_of_those_fridays_publish(sample, friday):
    data, log = sample
    week = review(data, friday)
    budget = week.allocation[week.allocation["resource"] == "budget"]
    share = budget.groupby("account_id")["share"].sum()
    tiers, reserve = published(log, friday)
    assert {name: tier for name, (tier, _) in tiers.items()} == dict(
        zip(week.tiers["account_id"], week.tiers["tier"], strict=True)
    )
    for name, (_, given) in tiers.items():
        assert given == pytest.approx(share.get(name, 0.0), abs=1e-12), name
    assert reserve == pytest.approx(share.get("", 0.0), abs=1e-12)


def test_a_log_cut_on_an_earlier_friday_is_the_first_part_of_the_later_one(sample):
    data, log = sample
    early = log_of(data, "2026-09-13", kat.Parameters()).published  # a Sunday: the Friday before it
    weeks, index = len(early.weeks), pd.Index(log.published.accounts).get_indexer(early.accounts)
    assert str(early.weeks[-1]) == "2026-09-11"
    assert np.array_equal(early.tier, log.published.tier[:weeks, index])
    assert np.allclose(early.share, log.published.share[:weeks, index], atol=1e-12)


def test_every_friday_is_handed_out_whole(sample):
    out = sample[1].published
    assert np.allclose(out.share.sum(axis=1) + out.reserve, 1.0)
    assert not out.share[out.tier == NOT_ACTIVE].any()


def test_replay_under_the_parameters_in_force_is_the_log_exactly(sample):
    log = sample[1]
    again = replay(log, kat.Parameters())
    for name in ("tier", "share", "reserve", "demoted", "emerging"):
        assert np.array_equal(getattr(again, name), getattr(log.published, name)), name


def test_other_scores_are_computed_again_from_the_data_of_the_log(sample):
    data, log = sample
    other = kat.Parameters.read(overrides={"demotion.min_spiced_gain": 3, "scores.prior": 20})
    fresh, again = log_of(data, "2026-11-20", other).published, replay(log, other)
    assert np.array_equal(again.tier, fresh.tier) and np.array_equal(again.share, fresh.share)
    assert not np.array_equal(again.share, log.published.share)


def test_without_a_week_there_is_no_log(sample):
    with pytest.raises(InputError, match="2020-01-03"):
        log_of(sample[0], "2020-01-03", kat.Parameters(), language="en")


# Folders of earlier reviews


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """Three Fridays of a small team; a confirmed proposal, a stall, a newcomer; reviews of the last two Fridays."""
    place = tmp_path_factory.mktemp("team")
    accounts = [
        account("A1"),
        account("A2"),
        account("B1", market_role="regional_leader"),
        account("B2", market_role="regional_leader"),
        account("N1", market_role="long_tail", opened_on="2026-11-09"),
    ]
    weeks = [
        *weekly("A1", (0.7, 0.7, 0.7)),
        *weekly("A2", (0.6, 0.57, 0.62), competitive_posture=20),
        *weekly("B1", (0.5, 0.5, 0.5), progress=0),
        *weekly("B2", (0.35, 0.4, 0.4)),
        *weekly("N1", (None, 0.2, 0.25)),
    ]
    answers = [
        {
            "decision_id": "Y1",
            "action_id": "S2-A2-2026-11-06",
            "decided_on": "2026-11-16",
            "decided_by": "D1",
            "verdict": "confirmed",
        }
    ]
    data = kat.load(write(place / "source", accounts, weeks, decisions=answers))
    folders = []
    for friday in ("2026-11-13", "2026-11-20"):
        report = review(data, friday)
        folders.append(place / friday)
        write_tables(report, folders[-1] / "tables")
        (folders[-1] / "run.json").write_text(json.dumps(dict(report.run), default=str), "utf-8")
    return data, folders


def test_published_folders_are_read_back_and_replayed_exactly(team):
    data, folders = team
    log = read_log(folders[::-1], data, kat.Parameters())
    full = log_of(data, "2026-11-20", kat.Parameters()).published
    assert log.unpublished == ("2026-11-06",)
    assert log.published.known.tolist() == [False, True, True]
    assert np.array_equal(log.published.tier[1:], full.tier[1:])
    assert np.array_equal(log.published.demoted[1:], full.demoted[1:]) and full.demoted[1:].any()
    for name in ("share", "emerging", "reserve"):
        assert np.allclose(getattr(log.published, name)[1:], getattr(full, name)[1:], atol=1e-12), name
    assert full.emerging[1:].any()
    found = compare(log.published, replay(log, kat.Parameters()), 0.0)
    assert found.exact_share == 1.0 and len(found.movers) == 0
    assert found.moved["week_ending"].astype(str).tolist() == ["2026-11-13", "2026-11-20"]
    assert found.moved["share"].tolist() == pytest.approx([0, 0], abs=1e-12)
    # 4 accounts on the Friday not published are not compared; 5 on each of the others are.
    assert len(found.rows) == 10


def edited(folder, to, name, change):
    """A copy of a published folder with one of its tables changed."""
    shutil.copytree(folder, to)
    file = to / "tables" / f"{name}.csv"
    table = change(pd.read_csv(file, dtype=str, keep_default_na=False))
    table.to_csv(file, index=False)
    return to


def cell(row, column, value):
    def change(table):
        table.loc[row, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("tiers", cell(1, "tier", "D"), r"tiers\.csv, row 3, tier is D: a tier is A, B or C"),
        ("tiers", cell(0, "week_ending", "2026-11-13"), r"tiers\.csv, row 2, week_ending is 2026-11-13: not the Fri"),
        ("tiers", cell(2, "account_id", "A1"), r"tiers\.csv, row 4, account_id is A1: there twice"),
        ("tiers", cell(4, "account_id", "Z9"), r"tiers\.csv, row 6: the data have no account Z9"),
        ("tiers", lambda t: t.drop(columns="reason"), r"tiers\.csv has no column reason"),
        ("allocation", cell(1, "share", "much"), r"allocation\.csv, row 3, share is much: a share is a number"),
        ("allocation", cell(1, "share", "nan"), r"allocation\.csv, row 3, share is nan: a share is a number"),
        ("allocation", cell(0, "share", "0"), r"allocation\.csv: the shares of budget add up to 0\.3.*, not to 1"),
        ("allocation", cell(0, "account_id", "Z9"), r"allocation\.csv, row 2: the data have no account Z9"),
        ("allocation", lambda t: t[t["resource"] != "budget"], r"no resource budget.*it has: person_days"),
    ],
)
def test_a_table_that_is_not_as_published_is_refused_by_place(team, tmp_path, name, change, message):
    data, folders = team
    folder = edited(folders[1], tmp_path / "edited", name, change)
    with pytest.raises(InputError, match=message):
        read_log([folder], data, kat.Parameters(), language="en")


def test_folders_that_are_no_reviews_are_refused(team, tmp_path):
    data, folders = team

    def refused(message, *given, language="en"):
        with pytest.raises(InputError, match=message):
            read_log(given, data, kat.Parameters(), language=language)

    refused("No folder")
    refused("are both of Friday 2026-11-20", folders[1], folders[1])
    refused("has no run.json", tmp_path)
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "run.json").write_text('{"week_ending": "2026-11-19"}', "utf-8")
    refused("2026-11-19, which is not a Friday", bare)
    (bare / "run.json").write_text('{"week_ending": "soon"}', "utf-8")
    refused("读不出 week_ending", bare, language="zh")
    (bare / "run.json").write_text('{"week_ending": "2026-11-20"}', "utf-8")
    refused(r"tiers\.csv is missing", bare)
    (bare / "tables").mkdir()
    (bare / "tables" / "tiers.csv").write_bytes(b"")
    refused(r"tiers\.csv cannot be read", bare)
    early = tmp_path / "early"
    shutil.copytree(folders[0], early)
    (early / "run.json").write_text('{"week_ending": "2026-10-30"}', "utf-8")
    table = pd.read_csv(early / "tables" / "tiers.csv", dtype=str).assign(week_ending="2026-10-30")
    table.to_csv(early / "tables" / "tiers.csv", index=False)
    refused("2026-10-30 lies before the first weekly data", early, folders[1])
