"""Where a point lies: WGS-84 (GPS), GCJ-02 (Chinese maps) and BD-09 (Baidu), each turned into WGS-84; distances.

GCJ-02 shifts every point of China by a published series (19 to 678 m); BD-09 shifts it again. The way back has no
closed form: it is found by iteration, to far below a millimetre. Outside China neither differs from WGS-84. A point
without its datum is no point: it could lie half a kilometre away. Latitude first, in degrees; distances in metres on a
sphere.

Source: the series as published in the eviltransform project, against which the tests hold every function.
"""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Datum = Literal["wgs84", "gcj02", "bd09"]
Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]

EARTH_M: Final = 6_371_008.8  # mean radius
_AXIS: Final = 6_378_137.0  # semi-major axis as the series has it
_EE: Final = 0.00669342162296594323
_BAIDU: Final = np.pi * 3000 / 180
_STEPS: Final = 12  # each step shrinks the error by some 1e-3; a double is full after six
_CHINA: Final = (0.8293, 55.8271, 72.004, 137.8347)  # latitude, then longitude


def in_china(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]:
    """True within the box in which GCJ-02 shifts.

    Examples
    --------
    >>> in_china([31.23, 51.50], [121.47, -0.12]).tolist()
    [True, False]
    """
    lat, lon = np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
    south, north, west, east = _CHINA
    return np.asarray((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))


def gcj02(latitude: ArrayLike, longitude: ArrayLike) -> Points:
    """WGS-84 to GCJ-02; unchanged outside China.

    Examples
    --------
    >>> [round(float(x), 6) for x in gcj02(31.23, 121.47)]
    [31.228067, 121.474535]
    """
    lat, lon = np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
    north, east = _shift(lat, lon)
    inside = in_china(lat, lon)
    return np.where(inside, lat + north, lat), np.where(inside, lon + east, lon)


def bd09(latitude: ArrayLike, longitude: ArrayLike) -> Points:
    """GCJ-02 to BD-09; unchanged outside China."""
    lat, lon = np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    inside = in_china(lat, lon)
    north, east = radius * np.sin(angle) + 0.006, radius * np.cos(angle) + 0.0065
    return np.where(inside, north, lat), np.where(inside, east, lon)


def from_gcj02(latitude: ArrayLike, longitude: ArrayLike) -> Points:
    """GCJ-02 to WGS-84, by iteration; there and back leaves less than a micrometre."""
    return _inverse(gcj02, np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float))


def from_bd09(latitude: ArrayLike, longitude: ArrayLike) -> Points:
    """BD-09 to GCJ-02, by iteration."""
    return _inverse(bd09, np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float))


def wgs84(latitude: ArrayLike, longitude: ArrayLike, datum: ArrayLike) -> Points:
    """Points of mixed datums as WGS-84; NaN where the datum is blank or a coordinate is.

    Examples
    --------
    >>> lat, lon = wgs84([31.228067, 31.23], [121.474535, 121.47], ["gcj02", ""])
    >>> [round(float(x), 5) for x in (lat[0], lon[0])], bool(np.isnan(lat[1]))
    ([31.23, 121.47], True)
    """
    lat, lon = np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
    kind = np.asarray(datum, dtype=object)
    north, east = np.full(lat.shape, np.nan), np.full(lat.shape, np.nan)
    for name in ("wgs84", "gcj02", "bd09"):
        here = kind == name
        if not here.any():
            continue
        point: Points = (lat[here], lon[here])
        if name == "bd09":
            point = from_bd09(*point)
        north[here], east[here] = point if name == "wgs84" else from_gcj02(*point)
    missing = np.isnan(north) | np.isnan(east)
    return np.where(missing, np.nan, north), np.where(missing, np.nan, east)


def distance_m(lat: ArrayLike, lon: ArrayLike, other_lat: ArrayLike, other_lon: ArrayLike) -> Floats:
    """The great-circle distance in metres (haversine, mean radius); NaN where a coordinate is.

    Examples
    --------
    >>> round(float(distance_m(31.0, 121.0, 31.001, 121.0)), 1)
    111.2
    """
    a, b, c, d = (np.radians(np.asarray(x, dtype=float)) for x in (lat, lon, other_lat, other_lon))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _inverse(forward: Callable[[Floats, Floats], Points], lat: Floats, lon: Floats) -> Points:
    north, east = lat.copy(), lon.copy()
    for _ in range(_STEPS):
        there = forward(north, east)
        north, east = north + lat - there[0], east + lon - there[1]
    return north, east


def _shift(lat: Floats, lon: Floats) -> Points:
    """The shift of GCJ-02 in degrees, north and east."""
    x, y = lon - 105, lat - 35
    both = np.sqrt(np.abs(x))
    wave = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * both
    north += (wave + 20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y / 30 * np.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * both
    east += (wave + 20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    flat = 1 - _EE * np.sin(np.radians(lat)) ** 2
    to_north = 180 / ((_AXIS * (1 - _EE)) / (flat * np.sqrt(flat)) * np.pi)
    to_east = 180 / (_AXIS / np.sqrt(flat) * np.cos(np.radians(lat)) * np.pi)
    return north * to_north, east * to_east
