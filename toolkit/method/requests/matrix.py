"""E4: what the authority matrix says to a request. Formula, units, missing values and readings: see the package."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, field_validator

from toolkit.base.compare import at_most
from toolkit.base.parameters import Slice, setting
from toolkit.base.tiers import NOT_ACTIVE, B, C, letters, tier_codes

TechnicalUnit = Literal["hours", "working_days", "forbidden"]
Level = Literal["director", "manager", "none"]

LEVELS: Final = ("none", "manager", "director")  # their ranks 0, 1, 2; unknown is -1
UNITS: Final = ("hours", "working_days", "forbidden")
FORBIDDEN: Final = 2  # the place of "forbidden" in UNITS
JUDGED_COLUMNS: Final = (
    "request_id",
    "rep_id",
    "account_id",
    "kind",
    "requested_at",
    "tier",
    "matrix_tier",
    "lifted",
    "verdict",
    "asked",
    "level",
    "limit",
    "limit_level",
    "used",
    "remaining",
    "code",
    "pending",
    "matrix",
)
_TEXTS: Final = ("request_id", "rep_id", "account_id", "kind", "tier", "matrix_tier", "verdict", "level", "limit_level",
                 "code", "matrix")  # fmt: skip


class AuthorityA(Slice):
    """What an A account may ask for (path `authority.a`)."""

    price_float: float = setting(0.15, unit="fraction", rule="E4", ge=0, le=1)
    technical_within: float = setting(72, unit="hours or working days", rule="E4", gt=0, le=1000)
    technical_unit: TechnicalUnit = setting("hours", unit="choice", rule="E4")
    executive_level: Level = setting("director", unit="choice", rule="E4")
    contact_hours: float = setting(24, unit="hours", rule="E4", gt=0, le=1000)


class AuthorityB(Slice):
    """What a B account may ask for (path `authority.b`)."""

    price_float: float = setting(0.08, unit="fraction", rule="E4", ge=0, le=1)
    technical_within: float = setting(5, unit="hours or working days", rule="E4", gt=0, le=1000)
    technical_unit: TechnicalUnit = setting("working_days", unit="choice", rule="E4")
    executive_level: Level = setting("manager", unit="choice", rule="E4")
    contact_hours: float = setting(48, unit="hours", rule="E4", gt=0, le=1000)


class AuthorityC(Slice):
    """What a C account may ask for: nothing (path `authority.c`). The times hold once something is allowed."""

    price_float: float = setting(0.0, unit="fraction", rule="E4", ge=0, le=1)
    technical_within: float = setting(5, unit="hours or working days", rule="E4", gt=0, le=1000)
    technical_unit: TechnicalUnit = setting("forbidden", unit="choice", rule="E4")
    executive_level: Level = setting("none", unit="choice", rule="E4")
    contact_hours: float = setting(48, unit="hours", rule="E4", gt=0, le=1000)


class EarlierMatrix(Slice):
    """A matrix that held before, up to and with a day (an item of `authority.earlier`)."""

    name: str = setting("before", unit="name", rule="E4")
    until: date = setting(date(2000, 1, 1), unit="date", rule="E4")
    a: AuthorityA = Field(default_factory=AuthorityA)
    b: AuthorityB = Field(default_factory=AuthorityB)
    c: AuthorityC = Field(default_factory=AuthorityC)


class AuthorityParameters(Slice):
    """The authority matrix (path `authority`).

    Examples
    --------
    >>> AuthorityParameters().departures()
    ()
    >>> AuthorityParameters(c=AuthorityC(price_float=0.02)).departures()
    ('authority.c',)
    """

    a: AuthorityA = Field(default_factory=AuthorityA)
    b: AuthorityB = Field(default_factory=AuthorityB)
    c: AuthorityC = Field(default_factory=AuthorityC)
    lift: bool = setting(True, unit="yes or no", rule="E4")
    earlier: tuple[EarlierMatrix, ...] = setting((), unit="list", rule="E4")

    @field_validator("earlier")
    @classmethod
    def _told_apart(cls, earlier: tuple[EarlierMatrix, ...]) -> tuple[EarlierMatrix, ...]:
        names, days = {m.name for m in earlier}, {m.until for m in earlier}
        if "" in names or len(names) < len(earlier) or len(days) < len(earlier):
            raise ValueError("earlier matrices need a name and a last day (until) of their own each")
        return tuple(sorted(earlier, key=lambda matrix: matrix.until))

    def departures(self) -> tuple[str, ...]:
        """The method gives C accounts nothing of the three."""
        c = self.c
        gives = c.price_float > 0 or c.technical_unit != "forbidden" or c.executive_level != "none"
        return ("authority.c",) if gives else ()


@dataclass(frozen=True)
class Matrices:
    """All matrices as arrays: the present one at place 0, then the earlier ones by their last day. A row each, a
    column a tier (A, B, C) and one more of missing values, which code NOT_ACTIVE (-1) finds."""

    names: NDArray[Any]
    until: NDArray[np.datetime64]  # of the earlier ones
    price_float: NDArray[np.float64]
    technical_within: NDArray[np.float64]
    technical_unit: NDArray[np.int8]
    executive_level: NDArray[np.int8]
    contact_hours: NDArray[np.float64]

    @classmethod
    def of(cls, p: AuthorityParameters) -> "Matrices":
        """The matrices of the parameters."""
        rows = [(p.a, p.b, p.c), *((m.a, m.b, m.c) for m in p.earlier)]

        def numbers(name: str) -> NDArray[np.float64]:
            return np.array([[*(getattr(tier, name) for tier in row), np.nan] for row in rows], dtype=float)

        def codes(name: str, known: tuple[str, ...]) -> NDArray[np.int8]:
            return np.array([[*(known.index(getattr(t, name)) for t in row), -1] for row in rows], dtype=np.int8)

        return cls(
            np.array(["", *(m.name for m in p.earlier)], dtype=object),
            np.array([m.until for m in p.earlier], dtype="datetime64[D]"),
            numbers("price_float"),
            numbers("technical_within"),
            codes("technical_unit", UNITS),
            codes("executive_level", LEVELS),
            numbers("contact_hours"),
        )

    def on(self, days: ArrayLike) -> NDArray[np.int64]:
        """The place of the matrix of each day: the earlier one that ends first on or after it, else the present."""
        place = np.searchsorted(self.until, np.asarray(days, dtype="datetime64[D]"))
        return np.where(place < len(self.until), place + 1, 0)

    def places(self, names: ArrayLike) -> NDArray[np.int64]:
        """The places of matrices by name."""
        return pd.Index(self.names).get_indexer(pd.Index(np.asarray(names, dtype=object)))


def level_codes(names: ArrayLike) -> NDArray[np.int8]:
    """Ranks of executive levels: none 0, manager 1, director 2; anything else -1.

    Examples
    --------
    >>> level_codes(["director", "manager", None]).tolist()
    [2, 1, -1]
    """
    text = np.asarray(names, dtype=object)
    return np.select([text == name for name in LEVELS], list(range(len(LEVELS))), default=-1).astype(np.int8)


def quarters(times: pd.Series) -> NDArray[np.int64]:
    """Calendar quarters as numbers that count on: year x 4 + quarter - 1."""
    return (times.dt.year * 4 + times.dt.quarter - 1).to_numpy(dtype=np.int64)


def price_used(requests: pd.DataFrame) -> NDArray[np.float64]:
    """What the account's earlier price requests of the same calendar quarter used of its float, in the rows' order.

    `requests`: the contract's table. NaN for other kinds. Earlier: by requested_at, then request_id.
    """
    is_price = (requests["kind"] == "price").to_numpy()
    out = np.full(len(requests), np.nan)
    if not is_price.any():
        return out
    rows = requests[is_price]
    taken = price_taken(rows)
    account, _ = pd.factorize(rows["account_id"])
    quarter = quarters(rows["requested_at"])
    rank, _ = pd.factorize(rows["request_id"], sort=True)
    order = np.lexsort([rank, rows["requested_at"].to_numpy(), quarter, account])
    first = np.r_[True, (np.diff(account[order]) != 0) | (np.diff(quarter[order]) != 0)]
    total = pd.Series(taken[order]).groupby(np.cumsum(first)).cumsum().to_numpy()
    used = np.empty(len(rows))
    used[order] = np.where(first, 0.0, np.r_[0.0, total[:-1]])
    out[is_price] = used
    return out


def price_taken(requests: pd.DataFrame) -> NDArray[np.float64]:
    """What each request took of the float: |drawn|, else |granted| if it was approved (as asked, where no figure was
    granted), else 0."""
    drawn, asked = requests["price_drawn"].to_numpy(dtype=float), requests["price_change"].to_numpy(dtype=float)
    granted = requests["price_granted"].to_numpy(dtype=float)
    approved = (requests["decision"] == "approved").to_numpy(dtype=bool)
    given = np.where(approved, np.where(np.isnan(granted), asked, granted), 0.0)
    return np.nan_to_num(np.abs(np.where(np.isnan(drawn), given, drawn)))


def judge(requests: pd.DataFrame, parameters: AuthorityParameters) -> pd.DataFrame:
    """What the matrix says to each request, in the rows' order.

    `requests`: the contract's table with `tier` ("A", "B", "C"; "" unknown: in force on the last Friday before the
    request's day) and `listed` (bool: S5's five or S3's emerging accounts of that Friday). Columns (JUDGED_COLUMNS):
    the request's own, then matrix_tier (after the lift), lifted, verdict (allowed | up_to | forbidden | cannot_judge),
    asked (|price change|; NaN for other kinds), level (asked, executive only), limit (the float; NaN for other kinds),
    limit_level (executive only), used and remaining (of the float), code, pending (waits for a decision), matrix (name
    of an earlier one; "" is the present). Codes: within_float, over_float, float_used_up, price_forbidden,
    price_missing, technical_allowed, technical_forbidden, level_allowed, level_too_high, level_missing,
    executive_forbidden, no_tier.
    """
    m = Matrices.of(parameters)
    place = m.on(requests["requested_at"].to_numpy().astype("datetime64[D]"))
    tier = tier_codes(requests["tier"])
    lifted = (tier == C) & requests["listed"].to_numpy(dtype=bool) & parameters.lift
    matrix_tier = np.where(lifted, B, tier)
    kind = requests["kind"].to_numpy(dtype=object)
    price, executive = kind == "price", kind == "executive"
    level = level_codes(requests["executive_level"])
    allowed_level = m.executive_level[place, matrix_tier]

    asked = np.where(price, np.abs(requests["price_change"].to_numpy(dtype=float)), np.nan)
    limit = np.where(price, m.price_float[place, matrix_tier], np.nan)
    used = price_used(requests)
    remaining = np.maximum(limit - used, 0.0)

    code = np.select(
        [matrix_tier == NOT_ACTIVE, price, executive],
        ["no_tier", price_code(asked, limit, remaining), level_code(level, allowed_level)],
        default=technical_code(m.technical_unit[place, matrix_tier]),
    )
    answered = requests["decision"].notna() | requests["responded_at"].notna() | requests["delivered_at"].notna()
    frame = requests[["request_id", "rep_id", "account_id", "kind", "requested_at"]].reset_index(drop=True)
    frame = frame.assign(
        tier=letters(tier),
        matrix_tier=letters(matrix_tier),
        lifted=lifted,
        verdict=_verdict(code),
        asked=asked,
        level=np.where(executive, _names(level), ""),
        limit=limit,
        limit_level=np.where(executive, _names(allowed_level), ""),
        used=used,
        remaining=remaining,
        code=code,
        pending=~answered.to_numpy(dtype=bool),
        matrix=m.names[place],
    )
    return frame[list(JUDGED_COLUMNS)].astype(dict.fromkeys(_TEXTS, "str"))


def price_code(asked: ArrayLike, limit: ArrayLike, remaining: ArrayLike) -> NDArray[np.str_]:
    """The verdict on a price change by what is left of the float.

    Examples
    --------
    >>> price_code([0.08, 0.0801, 0.08, 0.05], [0.08, 0.08, 0.08, 0.0], [0.08, 0.08, 0.0, 0.0]).tolist()
    ['within_float', 'over_float', 'float_used_up', 'price_forbidden']
    """
    missing, within = np.isnan(asked), at_most(asked, remaining)
    none, used_up = at_most(limit, 0.0), at_most(remaining, 0.0)
    codes = ["price_missing", "within_float", "price_forbidden", "float_used_up"]
    return np.select([missing, within, none, used_up], codes, default="over_float")


def level_code(asked: ArrayLike, limit: ArrayLike) -> NDArray[np.str_]:
    """The verdict on an executive's level, both as ranks (`level_codes`); -1 asked: no level named."""
    asked, limit = np.asarray(asked), np.asarray(limit)
    codes = ["executive_forbidden", "level_missing", "level_allowed"]
    return np.select([limit == 0, asked < 0, asked <= limit], codes, default="level_too_high")


def technical_code(unit: ArrayLike) -> NDArray[np.str_]:
    """The verdict on technical resources by the place of the matrix's unit in UNITS."""
    return np.where(np.asarray(unit) == FORBIDDEN, "technical_forbidden", "technical_allowed")


def _verdict(code: NDArray[np.str_]) -> NDArray[np.str_]:
    known = {
        "allowed": ("within_float", "technical_allowed", "level_allowed"),
        "up_to": ("over_float", "level_too_high", "level_missing"),
        "forbidden": ("price_forbidden", "float_used_up", "technical_forbidden", "executive_forbidden"),
    }
    return np.select([np.isin(code, codes) for codes in known.values()], list(known), default="cannot_judge")


def _names(ranks: NDArray[np.int8]) -> NDArray[Any]:
    return np.array([*LEVELS, ""])[ranks]
