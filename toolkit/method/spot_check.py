"""M6 GPS spot check: a tenth of a week's visits, drawn unforeseeably, held against the place that the report names.

Draw. Of each week's (Saturday to Friday) visits the first ceil(share·n) in the order of a keyed hash of their ids, and
of every rep who made any the first of his own. Late arrivals reshuffle nothing (`base/keyed_draw`).

Check. The device's position against the account's sites (each with its own radius; the one the visit names, else the
nearest; without sites the account's own coordinates), and its time against the visit's. verified: the whole circle of
accuracy lies within the radius, and the time within `minutes`. mismatch: the whole circle lies outside, or the time
does. undetermined: neither can be said. Codes: ok; far, late, far_and_late (mismatch); straddles (the circle crosses
the radius), mock_location, no_consent, no_position, no_time, no_place (undetermined). Limits are inclusive.

Units: metres, minutes. Positions of any datum are turned into WGS-84 first; a position or place without its datum is
none.
Missing values: a blank accuracy counts 0 m; a blank consent is no consent; a blank mock_location is none.
Ties: the nearest site, then by site id.

Readings. Without consent no position is read at all. A mock location says nothing about where the device was. The time
is judged only once the place could be. A mismatch is a question to be put, never evidence alone.
Privacy: no output holds a latitude or a longitude.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import comb, gammaln

from toolkit.base.compare import at_most
from toolkit.base.coordinates import distance_m, wgs84
from toolkit.base.keyed_draw import Salt, draw, needed
from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import friday_of

PURPOSE: Final = "M6"
VERIFIED: Final = "verified"
MISMATCH: Final = "mismatch"
UNDETERMINED: Final = "undetermined"
CODES: Final = (
    "ok", "far", "late", "far_and_late", "straddles", "mock_location", "no_consent", "no_position", "no_time",
    "no_place",
)  # fmt: skip
COLUMNS: Final = (
    "visit_id", "week_ending", "rep_id", "account_id", "report_id", "visited_at", "result", "code", "distance_m",
    "minutes", "radius_m", "site_id",
)  # fmt: skip
_MISMATCHES: Final = ("far", "late", "far_and_late")


class SpotCheckParameters(Slice):
    """How many visits are drawn, and how near device and place must be (path `spot_check`)."""

    share: float = setting(0.10, unit="fraction of the week's visits", rule="M6", gt=0, le=1)
    radius_m: float = setting(500.0, unit="m", rule="M6", gt=0, le=20_000)
    minutes: float = setting(60.0, unit="minutes", rule="M6", gt=0, le=1_440)
    seed: int = setting(20_260_101, unit="integer", rule="M6", ge=0, le=2**31 - 1)


def drawn_visits(visits: pd.DataFrame, salt: Salt, parameters: SpotCheckParameters) -> pd.DataFrame:
    """The visits drawn in each week, with `week_ending`: rows and columns of `visits`, by week and id.

    visits  visit_id, rep_id, visited_at, …

    Examples
    --------
    >>> visits = pd.DataFrame({"visit_id": ["V1", "V2", "V3"], "rep_id": ["R1", "R1", "R2"],
    ...                        "visited_at": pd.to_datetime("2026-11-18 09:00")})
    >>> len(drawn_visits(visits, Salt.from_environment(7, {}), SpotCheckParameters()))
    2
    """
    week = friday_of(visits["visited_at"].to_numpy().astype("datetime64[D]")).astype("datetime64[us]")
    rows = visits.assign(week_ending=week).sort_values(["week_ending", "visit_id"], ignore_index=True)
    taken = np.zeros(len(rows), dtype=bool)
    for place in rows.groupby("week_ending", sort=True).indices.values():
        mine = rows.iloc[place]
        taken[place] = draw(salt, PURPOSE, mine["visit_id"], parameters.share, mine["rep_id"])
    return rows[taken].reset_index(drop=True)


def spot_checks(
    drawn: pd.DataFrame, sites: pd.DataFrame, accounts: pd.DataFrame, parameters: SpotCheckParameters
) -> pd.DataFrame:
    """What the devices of the visits drawn say, a row a visit: COLUMNS.

    drawn     of `drawn_visits`
    sites     the contract's account_sites; a blank radius is the parameter's
    accounts  account_id, latitude, longitude, coordinate_system: for accounts without sites

    distance_m is to the place's centre, NaN where no position may or can be read; minutes is the time between device
    and visit, whichever came first.
    """
    at = _nearest(_readable(drawn), _places(sites, accounts, parameters))
    minutes = (drawn["device_at"] - drawn["visited_at"]).abs() / pd.Timedelta(minutes=1)
    consent = drawn["consent"].fillna(False).astype(bool).to_numpy()
    mock = drawn["mock_location"].fillna(False).astype(bool).to_numpy()
    accuracy = drawn["accuracy_m"].fillna(0.0).to_numpy(dtype=float)
    distance, radius = at["distance_m"].to_numpy(dtype=float), at["radius_m"].to_numpy(dtype=float)
    near, far = at_most(distance + accuracy, radius), ~at_most(distance - accuracy, radius)
    in_time = at_most(minutes.to_numpy(dtype=float), parameters.minutes)
    placed, located = ~np.isnan(radius), ~np.isnan(distance)
    conditions = {
        "no_consent": ~consent,
        "mock_location": mock,
        "no_position": ~_readable(drawn)["known"].to_numpy(),
        "no_place": ~placed | ~located,
        "straddles": ~near & ~far,
        "no_time": minutes.isna().to_numpy(),
        "far_and_late": far & ~in_time,
        "far": far,
        "late": ~in_time,
    }
    code = np.select(list(conditions.values()), list(conditions), default="ok")
    hidden = ~consent | mock
    out = drawn[["visit_id", "week_ending", "rep_id", "account_id", "report_id", "visited_at"]].assign(
        result=np.select([code == "ok", np.isin(code, _MISMATCHES)], [VERIFIED, MISMATCH], default=UNDETERMINED),
        code=code,
        distance_m=np.where(hidden, np.nan, distance),
        minutes=minutes.where(consent).astype(float),
        radius_m=radius,
        site_id=at["site_id"].to_numpy(dtype=object),
    )
    return out[list(COLUMNS)].astype({"result": "str", "code": "str", "site_id": "str"})


def _readable(drawn: pd.DataFrame) -> pd.DataFrame:
    """Each visit's device in WGS-84, where it may be read: lat, lon, known, and what it names."""
    may = drawn["consent"].fillna(False).astype(bool)
    lat, lon = wgs84(
        drawn["device_latitude"].where(may), drawn["device_longitude"].where(may), drawn["coordinate_system"].fillna("")
    )
    named = drawn["site_id"].fillna("").to_numpy(dtype=object)
    facts = {"account_id": drawn["account_id"].to_numpy(), "named": named, "lat": lat, "lon": lon}
    return pd.DataFrame(facts).assign(known=~np.isnan(lat) & ~np.isnan(lon))


def _places(sites: pd.DataFrame, accounts: pd.DataFrame, parameters: SpotCheckParameters) -> pd.DataFrame:
    """Every place in WGS-84: account_id, site_id, lat, lon, radius_m; an account's own where it has no site."""
    own = accounts[~accounts["account_id"].isin(sites["account_id"])].assign(site_id="", radius_m=np.nan)
    columns = ["account_id", "site_id", "latitude", "longitude", "coordinate_system", "radius_m"]
    parts = [part[columns] for part in (sites, own) if len(part)]
    both = pd.concat(parts, ignore_index=True) if parts else sites[columns]
    lat, lon = wgs84(both["latitude"], both["longitude"], both["coordinate_system"].fillna(""))
    placed = both.assign(lat=lat, lon=lon, radius_m=both["radius_m"].astype(float).fillna(parameters.radius_m))
    return placed[placed["lat"].notna() & placed["lon"].notna()]


def _nearest(devices: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """For every device the place it is held against: site_id, radius_m, distance_m; NaN where there is none."""
    pairs = devices.assign(visit=np.arange(len(devices))).merge(places, on="account_id", suffixes=("", "_place"))
    pairs = pairs[
        (pairs["named"] == "") | (pairs["named"] == pairs["site_id"]) | ~pairs["named"].isin(places["site_id"])
    ]
    away = distance_m(pairs["lat"], pairs["lon"], pairs["lat_place"], pairs["lon_place"])
    pairs = pairs.assign(distance_m=away, beyond=away - pairs["radius_m"])
    best = pairs.sort_values(["visit", "beyond", "site_id"], kind="stable").drop_duplicates("visit").set_index("visit")
    return best.reindex(np.arange(len(devices)))[["site_id", "radius_m", "distance_m"]].assign(
        site_id=lambda frame: frame["site_id"].fillna("")
    )


def chance_to_catch(
    visits: pd.DataFrame, parameters: SpotCheckParameters, false_visits: tuple[int, ...] = (1, 2, 3, 5)
) -> pd.DataFrame:
    """How likely the draw of one week's visits was to hold at least one of k false ones: visits, drawn, k, chance.

    visits: visit_id, rep_id of the week; any k of them are equally likely to be the false ones, and where k is above
    their number there is no row. `drawn` is the mean size of the draw.

    Exact. In a random order of n visits none of the k is drawn if all lie behind the first m = ceil(share·n) and none
    is its rep's first. A rep of s visits, f of them false and g among the first m, allows that in C(s,f)·C(s-f,g) ways,
    of which with g = 0 the part (s-f)/s has a true one first. The product over all reps, added up over sum f = k and
    sum g = m, over C(n,k)·C(n,m) is the chance to miss.

    Examples
    --------
    >>> visits = pd.DataFrame({"visit_id": ["V1", "V2"], "rep_id": ["R1", "R1"]})
    >>> chance_to_catch(visits, SpotCheckParameters())[["drawn", "k", "chance"]].values.tolist()
    [[1.0, 1.0, 0.5], [1.0, 2.0, 1.0]]
    """
    sizes = visits["rep_id"].value_counts().to_numpy()
    n = int(sizes.sum())
    m = needed(parameters.share, n)
    rows = [(n, _mean_drawn(sizes, m), k, 1 - _missed(sizes, m, k)) for k in false_visits if k <= n]
    return pd.DataFrame(rows, columns=["visits", "drawn", "k", "chance"]).astype(
        {"visits": "int64", "drawn": float, "k": "int64", "chance": float}
    )


def _missed(sizes: NDArray[np.int64], m: int, k: int) -> float:
    """The chance that none of k false visits is drawn; `sizes`: how many visits each rep made."""
    ways, log_scale = np.zeros((k + 1, m + 1)), 0.0
    ways[0, 0] = 1.0
    for s in sizes:
        grown = np.zeros_like(ways)
        for f in range(min(k, s) + 1):
            g = np.arange(min(m, s - f) + 1)
            weight = comb(s, f) * comb(s - f, g) * np.where(g == 0, (s - f) / s, 1.0)
            for before in range(k - f + 1):
                grown[before + f] += np.convolve(ways[before], weight)[: m + 1]
        largest = grown.max()
        ways, log_scale = grown / largest, log_scale + np.log(largest)
    if ways[k, m] == 0:
        return 0.0
    n = int(np.sum(sizes))
    return float(np.exp(np.log(ways[k, m]) + log_scale - _log_choose(n, k) - _log_choose(n, m)))


def _mean_drawn(sizes: NDArray[np.int64], m: int) -> float:
    """The mean size of the draw: m, and every rep's first that lies behind them."""
    n = int(np.sum(sizes))
    behind = [np.exp(_log_choose(n - s, m) - _log_choose(n, m)) if n - s >= m else 0.0 for s in sizes]
    return float(m + np.sum(behind))


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
