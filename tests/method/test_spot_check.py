"""M6: what the device of a visit says, and how likely a draw was to catch false ones."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from toolkit.base.coordinates import EARTH_M, gcj02
from toolkit.base.keyed_draw import Salt
from toolkit.method.spot_check import (
    COLUMNS,
    SpotCheckParameters,
    _missed,
    chance_to_catch,
    drawn_visits,
    spot_checks,
)

P, SALT = SpotCheckParameters(), Salt.from_environment(7, {})
AT = (31.0, 121.0)
AWAY_500 = np.degrees(500 / EARTH_M)  # degrees of latitude that are 500 m on the sphere


def visit(**changes):
    row = {
        "visit_id": "V1", "week_ending": pd.Timestamp("2026-11-20"), "rep_id": "R1", "account_id": "A1",
        "report_id": "D1", "site_id": None, "visited_at": pd.Timestamp("2026-11-18 14:00"),
        "device_at": pd.Timestamp("2026-11-18 14:10"), "device_latitude": AT[0], "device_longitude": AT[1],
        "accuracy_m": 0.0, "coordinate_system": "wgs84", "mock_location": False, "consent": True,
    }  # fmt: skip
    frame = pd.DataFrame([row | changes])
    return frame.astype({"mock_location": "boolean", "consent": "boolean"})


def site(**changes):
    row = {"site_id": "S1", "account_id": "A1", "latitude": AT[0], "longitude": AT[1], "coordinate_system": "wgs84"}
    return pd.DataFrame([row | {"radius_m": np.nan} | changes])


def accounts(latitude=np.nan, longitude=np.nan, datum=None):
    facts = {"account_id": ["A1"], "latitude": latitude, "longitude": longitude, "coordinate_system": datum}
    return pd.DataFrame(facts)


def checked(row, sites=None):
    found = spot_checks(row, site() if sites is None else sites, accounts(), P)
    return found["result"].iloc[0], found["code"].iloc[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"device_latitude": AT[0] + AWAY_500}, ("verified", "ok")),  # 500 m exactly
        ({"device_latitude": AT[0] + AWAY_500 * 1.002}, ("mismatch", "far")),  # 501 m
        ({"device_latitude": AT[0] + AWAY_500 * 0.9, "accuracy_m": 50.0}, ("verified", "ok")),  # 450 + 50
        ({"device_latitude": AT[0] + AWAY_500 * 0.9, "accuracy_m": 51.0}, ("undetermined", "straddles")),
        ({"device_latitude": AT[0] + AWAY_500 * 1.2, "accuracy_m": 100.0}, ("undetermined", "straddles")),  # 600 - 100
        ({"device_latitude": AT[0] + AWAY_500 * 1.2, "accuracy_m": 99.0}, ("mismatch", "far")),
        ({"device_at": pd.Timestamp("2026-11-18 15:00:00")}, ("verified", "ok")),  # 60 min exactly
        ({"device_at": pd.Timestamp("2026-11-18 13:00:00")}, ("verified", "ok")),
        ({"device_at": pd.Timestamp("2026-11-18 15:00:01")}, ("mismatch", "late")),
        ({"device_at": pd.Timestamp("2026-11-18 18:00"), "device_latitude": 32.0}, ("mismatch", "far_and_late")),
        ({"device_at": pd.NaT}, ("undetermined", "no_time")),
        ({"mock_location": True}, ("undetermined", "mock_location")),
        ({"consent": False, "device_latitude": 40.0}, ("undetermined", "no_consent")),
        ({"consent": None}, ("undetermined", "no_consent")),
        ({"device_latitude": np.nan}, ("undetermined", "no_position")),
        ({"coordinate_system": None}, ("undetermined", "no_position")),  # half a kilometre could hide in it
    ],
)
def test_what_a_device_says(changes, said):
    assert checked(visit(**changes)) == said


def test_a_place_in_another_datum_is_the_same_place():
    lat, lon = gcj02(*AT)
    assert checked(visit(), site(latitude=lat, longitude=lon, coordinate_system="gcj02")) == ("verified", "ok")
    taken_for_wgs84 = spot_checks(visit(), site(latitude=lat, longitude=lon), accounts(), P)
    assert taken_for_wgs84["distance_m"].iloc[0] > 100


def test_the_nearest_site_counts_unless_one_is_named_and_its_own_radius_holds():
    far = site(site_id="S2", latitude=32.0, radius_m=200_000.0)
    both = pd.concat([site(), far], ignore_index=True)
    assert checked(visit(), both) == ("verified", "ok")
    assert checked(visit(site_id="S2"), both) == ("verified", "ok")  # 111 km away, within its 200 km
    assert checked(visit(site_id="S2"), pd.concat([site(), site(site_id="S2", latitude=32.0)])) == ("mismatch", "far")


def test_without_sites_the_accounts_own_place_counts_and_without_any_nothing_can_be_said():
    none = site().iloc[:0]
    assert spot_checks(visit(), none, accounts(*AT, "wgs84"), P)["code"].tolist() == ["ok"]
    assert spot_checks(visit(), none, accounts(), P)["code"].tolist() == ["no_place"]


def test_no_position_leaves_the_rule_and_none_is_read_without_consent():
    found = spot_checks(visit(consent=False), site(), accounts(), P)
    assert list(found.columns) == list(COLUMNS)
    assert not any("latitude" in name or "longitude" in name for name in found.columns)
    assert found[["distance_m", "minutes"]].isna().all(axis=None)


def test_each_week_is_drawn_on_its_own_and_every_rep_at_least_once():
    visits = pd.concat([visit(visit_id=f"V{n}", rep_id=f"R{n % 4}") for n in range(40)], ignore_index=True)
    later = visits.assign(visited_at=visits["visited_at"] + pd.Timedelta(weeks=1), visit_id="W" + visits["visit_id"])
    both = pd.concat([later, visits], ignore_index=True).drop(columns="week_ending")
    drawn = drawn_visits(both, SALT, P)
    for friday in ("2026-11-20", "2026-11-27"):
        week = drawn[drawn["week_ending"] == friday]
        assert 4 <= len(week) <= 8 and set(week["rep_id"]) == {"R0", "R1", "R2", "R3"}
    alone = drawn_visits(visits.drop(columns="week_ending"), SALT, P)
    assert alone["visit_id"].tolist() == drawn.loc[drawn["week_ending"] == "2026-11-20", "visit_id"].tolist()


def test_no_visits_no_draw_and_no_check():
    none = visit().iloc[:0]
    assert len(spot_checks(drawn_visits(none.drop(columns="week_ending"), SALT, P), site(), accounts(), P)) == 0
    assert len(chance_to_catch(none, P)) == 0


def exact_miss(sizes, m, k):
    """Over every order and every choice of k false visits, by simulation of the draw itself."""
    n, rng = sum(sizes), np.random.default_rng(1)
    reps = np.repeat(np.arange(len(sizes)), sizes)
    keys = rng.random((40_000, n))
    drawn = np.argsort(np.argsort(keys, axis=1), axis=1) < m
    for r in range(len(sizes)):
        mine = np.flatnonzero(reps == r)
        drawn[np.arange(len(keys)), mine[np.argmin(keys[:, mine], axis=1)]] = True
    return np.mean([(~drawn[:, list(false)].any(axis=1)).mean() for false in combinations(range(n), k)])


@pytest.mark.parametrize(("sizes", "m", "k"), [([3, 2, 1, 4], 1, 1), ([3, 2, 1, 4], 3, 2), ([5, 3], 2, 3), ([4], 1, 2)])
def test_the_chance_to_miss_is_that_of_the_draw(sizes, m, k):
    assert _missed(np.array(sizes), m, k) == pytest.approx(exact_miss(sizes, m, k), abs=0.01)


def test_worked_chance_one_rep_two_visits_one_drawn():
    # two visits, one drawn: one false is caught half of the time, two always
    found = chance_to_catch(pd.DataFrame({"visit_id": ["V1", "V2"], "rep_id": "R1"}), P)
    assert found[["k", "chance"]].values.tolist() == [[1.0, pytest.approx(0.5)], [2.0, pytest.approx(1.0)]]


def test_the_chance_grows_with_the_number_of_false_visits_and_holds_for_large_weeks():
    found = chance_to_catch(pd.DataFrame({"rep_id": np.repeat(np.arange(400).astype(str), 5)}), P)
    assert found["chance"].is_monotonic_increasing and found["chance"].between(0, 1).all()
    assert found["drawn"].iloc[0] == pytest.approx(
        200 + 400 * 0.9**5, rel=0.02
    )  # the first 200, and whose first lies behind
