"""Alert quality by hand: windows to the day, a small team, and what cannot be judged."""

import numpy as np
import pandas as pd
import pytest

import toolkit as kat
from tests.reports.team import account, write
from toolkit.base.states import CANNOT_JUDGE
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.alert_quality import Days, alert_quality, followed, quality

FRIDAY = np.datetime64("2026-11-20")
FRIDAYS = [str(d) for d in np.arange("2026-10-09", "2026-11-21", 7, dtype="datetime64[D]")]


def test_a_loss_counts_from_the_day_after_the_alert_to_the_last_day_of_the_window():
    days = Days.of([0] * 5, [9, 10, 11, 15, 16])
    # A loss on day 16, 5 days to come true: days 11 to 15.
    assert followed(days, Days.of([0], [16]), 5).tolist() == [False, False, True, True, False]
    assert not followed(days, Days.of([1], [16]), 5).any()  # another subject's loss
    assert not followed(days, Days.of([], []), 5).any()


def test_precision_recall_lead_and_base_rate_by_hand():
    # Alerts 10, 30, 50 and 90; losses 35, 70 and 15; 20 days; days 0 to 100 on record.
    # 90 is not judged (its days end on 110). 10 meets 15, 30 meets 35, 50 meets 70: all hit.
    # Loss 15 looks back to -5, before the record: left out. 35: alert 30, lead 5. 70: alert 50, lead 20.
    edges, losses = Days.of([0] * 4, [90, 10, 50, 30]), Days.of([0] * 3, [70, 35, 15])
    found = quality(edges, Days.of([0] * 101, range(101)), losses, losses, first=0, last=100, within=20)
    assert (found.episodes, found.judged, found.hits, found.losses, found.caught) == (4, 3, 3, 2, 2)
    assert sorted(found.lead_days.tolist()) == [5, 20]
    # Days 0–80 are judged; followed are 0–34 (of 15 and 35) and 50–69: 55 of 81.
    assert found.base_rate == pytest.approx(55 / 81)


def test_the_lead_is_taken_from_the_first_alert_in_the_window():
    edges, loss = Days.of([0, 0, 0], [5, 12, 18]), Days.of([0], [20])
    found = quality(edges, edges, loss, loss, first=0, last=100, within=10)
    assert found.lead_days.tolist() == [8]  # 12, not 18; 5 lies before the window


def rows(name, moving_until, **changes):
    """Weekly rows of a B account: progress on every Friday up to one, then rows that tell nothing of it."""
    out = []
    for friday in FRIDAYS:
        row = {"week_ending": friday, "account_id": name, "win_probability": 0.65, "value_index": 50}
        out.append(row | changes | {"progress": 1 if friday <= moving_until else ""})
    return out


def lost(name, day, **changes):
    return account(name, market_role="regional_leader", status="lost", closed_on=day) | changes


def source(place, **changes):
    """K1 and K3 stand still from 9 October on; K1 is lost on the 28th. K4 stands still from 6 November on.

    K2 and K6 move every week; K6 is lost on 10 November, without an alert. K5, a long tail, is lost in C.
    """
    moving, still = FRIDAYS[-1], "2026-10-09"
    accounts = [
        lost("K1", "2026-10-28"),
        account("K2", market_role="regional_leader"),
        account("K3", market_role="regional_leader"),
        account("K4", market_role="regional_leader"),
        lost("K5", "2026-11-12", market_role="long_tail"),
        lost("K6", "2026-11-10"),
    ]
    weeks = [
        *rows("K1", still),
        *rows("K2", moving),
        *rows("K3", still, win_probability=0.5),
        *rows("K4", "2026-11-06"),
        *rows("K5", moving),
        *rows("K6", moving),
    ]
    # Value index 50 over the cost: falls of 10.7, 11.1 and 11.3 % on 14, 15 and 16 October, back on the 19th.
    cost = {"12": 1000, "13": 1000, "14": 1120, "15": 1260, "16": 1420, "19": 1000}
    reports = [
        {
            "report_id": f"D{day}",
            "report_date": f"2026-10-{day}",
            "rep_id": "R1",
            "account_id": "K2",
            "price_concession": price,
            "new_key_contacts": 0,
        }
        for day, price in cost.items()
    ]
    tables = {"accounts": accounts, "weeks": weeks, "daily_reports": reports} | changes
    data = kat.load(write(place / "team", tables.pop("accounts"), tables.pop("weeks"), **tables))
    return WeekState(data.at(FRIDAY), FRIDAY, parameters())


def parameters(**changes):
    return kat.Parameters.read(overrides={"whatif.loss_within_days": 14} | changes)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    return source(tmp_path_factory.mktemp("quality"))


def line(frame, rule, reading=""):
    return frame[(frame["rule"] == rule) & (frame["reading"] == reading)].iloc[0]


def test_yellow_alerts_of_a_small_team(team):
    found = line(alert_quality(team, parameters()), "M5")
    # Day 8 after 9 October is the 17th: K1 and K3; K4 on 14 November, whose 14 days are not over. K1 is lost on day 11.
    assert found[["episodes", "judged", "hits"]].tolist() == [3, 2, 1]
    assert found["precision"] == 0.5
    # Lost in A or B: K1 (alert 11 days before) and K6 (none).
    assert found[["losses", "caught", "recall", "lead_days_median"]].tolist() == [2, 1, 0.5, 11.0]
    # Days in B from 9 October to 6 November: K1 19 (to the 27th), K2, K3, K4, K6 29 each: 135. Followed by a loss
    # within 14 days: K1 14–27 October, 14; K6 27 October – 6 November, 11.
    assert found["base_rate"] == pytest.approx(25 / 135)
    assert found["precision_low"] < found["base_rate"] < found["precision_high"]
    assert found[["tag", "code", "caution"]].tolist() == ["exact", "as_chance", "acted_on"]


def test_red_alerts_of_a_small_team(team):
    found = line(alert_quality(team, parameters()), "M4", "each_day")
    # Fired on 16 October; K1, a B account, is lost 12 days later. K6's 14 days before hold no alert.
    assert found[["episodes", "judged", "hits", "precision"]].tolist() == [1, 1, 1, 1.0]
    assert found[["losses", "caught", "recall", "lead_days_median"]].tolist() == [2, 1, 0.5, 12.0]
    # Of the six reporting days the 14th, 15th, 16th and 19th lie within 14 days of the 28th.
    assert found["base_rate"] == pytest.approx(4 / 6)
    assert found["tag"] == "exact" and found["in_force"]


def test_a_reading_that_never_fires_cannot_be_judged(team):
    found = line(alert_quality(team, parameters()), "M4", "baseline")  # 20 days before a spell are not there
    assert found[["episodes", "judged", "caught", "recall"]].tolist() == [0, 0, 0, 0.0]
    assert np.isnan(found["precision"]) and np.isnan(found["lead_days_median"])
    assert found[["state", "code"]].tolist() == [CANNOT_JUDGE, "no_episodes"]


def test_other_tiers_watch_other_accounts_against_the_same_losses(team):
    # At a B line of 60 % K3 (50 %) is C and has no alert: K1 alone is judged, and hit.
    found = line(alert_quality(team, parameters(**{"tiers.b.min_win_probability": 0.6})), "M5")
    assert found[["episodes", "judged", "hits", "precision"]].tolist() == [2, 1, 1, 1.0]
    assert found["base_rate"] == pytest.approx(25 / 106)
    assert found[["losses", "caught", "tag"]].tolist() == [2, 1, "label"]


def test_other_alert_settings_read_the_recorded_series_again(team):
    found = alert_quality(team, parameters(**{"red_alert.fall": 0.12, "yellow_alert.max_days": 12}))
    assert line(found, "M4", "each_day")["episodes"] == 0
    # Day 13 after 9 October is the 22nd: 6 days before K1 is lost; K4's comes on 19 November.
    assert line(found, "M5")[["episodes", "lead_days_median", "tag"]].tolist() == [3, 6.0, "exact"]


def test_without_a_loss_nothing_can_be_judged(tmp_path):
    accounts = [account(f"K{k}", market_role="regional_leader") for k in range(1, 7)]
    found = alert_quality(source(tmp_path, accounts=accounts), parameters())
    for row in (line(found, "M4", "each_day"), line(found, "M5")):
        assert row["judged"] > 0 and row["losses"] == 0
        assert np.isnan(row[["precision", "base_rate", "recall", "lead_days_median"]].astype(float)).all()
        assert row[["state", "code"]].tolist() == [CANNOT_JUDGE, "no_losses"]


def test_without_reports_there_is_no_alert_at_all(tmp_path):
    found = alert_quality(source(tmp_path, daily_reports=[]), parameters())
    assert found["episodes"].tolist() == [0, 0, 0, 0]
    assert (found["state"] == CANNOT_JUDGE).all() and found["precision"].isna().all()
    assert pd.isna(line(found, "M4", "each_day")["base_rate"])
