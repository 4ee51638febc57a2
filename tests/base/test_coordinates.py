"""Datums and distances, held against eviltransform over a grid of China and its borders."""

import eviltransform
import numpy as np
import pytest

from toolkit.base import coordinates as c

# every two degrees from beyond one border of GCJ-02's box to beyond the other, and points on either side of each edge
LATITUDES = np.r_[np.arange(-1.0, 58.0, 2.0), 0.8292, 0.8294, 55.8270, 55.8272]
LONGITUDES = np.r_[np.arange(70.0, 140.0, 2.0), 72.0039, 72.0041, 137.8346, 137.8348]
LAT, LON = (grid.ravel() for grid in np.meshgrid(LATITUDES, LONGITUDES, indexing="ij"))


def by_reference(function):
    return np.array([function(a, b) for a, b in zip(LAT, LON, strict=True)]).T


@pytest.mark.parametrize(("ours", "theirs"), [(c.gcj02, eviltransform.wgs2gcj), (c.bd09, eviltransform.gcj2bd)])
def test_the_forward_shifts_are_those_of_the_reference(ours, theirs):
    assert np.abs(np.array(ours(LAT, LON)) - by_reference(theirs)).max() < 1e-12


def test_gcj02_is_undone_to_a_hair_and_as_the_reference_undoes_it():
    inside = c.in_china(LAT, LON) & (np.abs(LAT - 28) < 25) & (np.abs(LON - 105) < 31)  # away from the box's edge
    there = c.gcj02(LAT[inside], LON[inside])
    back = np.array(c.from_gcj02(*there))
    assert np.abs(back - np.array([LAT[inside], LON[inside]])).max() < 1e-12
    exact = np.array([eviltransform.gcj2wgs_exact(a, b) for a, b in zip(*there, strict=True)]).T
    assert c.distance_m(*back, *exact).max() < 0.6  # the reference stops at about half a metre


def test_bd09_is_undone_to_a_hair():
    inside = c.in_china(LAT, LON) & (np.abs(LAT - 28) < 25) & (np.abs(LON - 105) < 31)
    points = np.array([LAT[inside], LON[inside]])
    back = np.array(c.wgs84(*c.bd09(*c.gcj02(*points)), np.full(inside.sum(), "bd09")))
    assert np.abs(back - points).max() < 1e-12


def test_outside_china_nothing_is_shifted():
    london = (51.5, -0.12)
    for datum in ("wgs84", "gcj02", "bd09"):
        assert [float(x) for x in c.wgs84(*london, datum)] == pytest.approx(london)


def test_the_shift_is_19_to_678_metres():
    inside = c.in_china(LAT, LON)
    away = c.distance_m(LAT[inside], LON[inside], *c.gcj02(LAT[inside], LON[inside]))
    assert away.min() > 5 and away.max() < 1_500  # the published 19-678 m hold on land; the box reaches beyond
    assert 400 < float(c.distance_m(39.9, 116.4, *c.gcj02(39.9, 116.4))) < 700  # Beijing


def test_a_point_without_its_datum_is_none():
    lat, lon = c.wgs84([30.0, 30.0, np.nan], [120.0, 120.0, 120.0], ["wgs84", "", "gcj02"])
    assert np.isnan(lat).tolist() == np.isnan(lon).tolist() == [False, True, True]


def test_distances_are_those_of_a_sphere():
    assert float(c.distance_m(0, 0, 0, 90)) == pytest.approx(np.pi / 2 * c.EARTH_M)  # a quarter of the equator
    assert float(c.distance_m(31.0, 121.0, 31.0, 121.0)) == 0.0
    reference = [eviltransform.distance(31.0, 121.0, a, b) for a, b in zip(LAT, LON, strict=True)]
    ours = c.distance_m(31.0, 121.0, LAT, LON)
    assert np.allclose(
        ours * 6_378_137 / c.EARTH_M, reference, rtol=1e-6, atol=0.2
    )  # the reference takes the equator's radius
