"""M8 Competitor cross-check: what sales report of competitors' moves against what intelligence says.

A reported move (a daily report that names a competitor; its day is that of the move, else of the report) and a piece of
intelligence belong together if they name the same competitor, lie at most `days` days apart, and concern the same
account or, where the intelligence names none or another account, the same industry. Results: confirmed (either finds
the other); unreported (intelligence that sales did not report); unconfirmed (a report that no intelligence bears out);
open (its window still runs: either may yet come).

Names. Compared without case, width (NFKC) and spaces; an alias listed under a name (`aliases`) is that name; and a name
of two characters or more with which exactly one other known name begins is short for that one (海澜 for 海澜智造).

Units: days. Ties: the nearest in time, then by id. Missing values: `none` is an answer and names nobody; a blank
competitor is no answer (M9) and reports nothing; intelligence on neither account nor industry is matched by nothing.

Readings. Intelligence that names an account is reported only by a report on that very account; a report is confirmed
by intelligence on its account or its industry. Where a report on the account says `none` on or after the day observed,
within the window, sales have answered: it is unreported at once, and that report is what was said. The rep of a piece
of intelligence is the owner of its account.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import field_validator

from toolkit.base.names import plain
from toolkit.base.parameters import Slice, setting
from toolkit.base.weeks import Day, day

CONFIRMED: Final = "confirmed"
UNREPORTED: Final = "unreported"
UNCONFIRMED: Final = "unconfirmed"
OPEN: Final = "open"
NONE: Final = "none"
COLUMNS: Final = (
    "source", "item_id", "rep_id", "account_id", "industry_id", "competitor", "on", "result", "matched_id",
    "days_apart", "answer_id",
)  # fmt: skip
_SHORTEST: Final = 2
_FAR: Final = 10**7  # days between the keys of two groups: more than any calendar holds


class CompetitorCheckParameters(Slice):
    """How near in time, and which names are one (path `competitor_check`)."""

    days: int = setting(14, unit="days", rule="M8", ge=0, le=92)
    aliases: dict[str, tuple[str, ...]] = setting({}, unit="name: other names", rule="M8")

    @field_validator("aliases")
    @classmethod
    def _one_name_each(cls, aliases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """An alias can stand for one competitor only."""
        seen: dict[str, str] = {}
        for name, others in aliases.items():
            for other in {plain(name), *map(plain, others)}:
                if seen.setdefault(other, name) != name:
                    raise ValueError(f"{other!r} stands for both {seen[other]!r} and {name!r}")
        return aliases


def canonical(names: pd.Series, parameters: CompetitorCheckParameters) -> pd.Series:
    """Each name as the one it stands for: by the aliases, then by the only longer name that begins with it.

    Examples
    --------
    >>> canonical(pd.Series(["海澜智造", "海澜", "中擎科技"]), CompetitorCheckParameters()).tolist()
    ['海澜智造', '海澜智造', '中擎科技']
    """
    listed = {plain(other): name for name, others in parameters.aliases.items() for other in (name, *others)}
    known = {one: plain(one) for one in names.dropna().unique()}
    shown: dict[str, str] = {}  # the first spelling by text stands for all
    for one in sorted(known):
        shown.setdefault(known[one], listed.get(known[one], one))
    full = {}
    for short in shown:
        longer = [other for other in shown if other != short and other.startswith(short)]
        ends = [other for other in longer if not any(x != other and x.startswith(other) for x in longer)]
        alone = len(ends) == 1 and len(short) >= _SHORTEST and short not in listed
        full[short] = shown[ends[0]] if alone else shown[short]
    return names.map({one: full[key] for one, key in known.items()})


def cross_check(
    reports: pd.DataFrame,
    intel: pd.DataFrame,
    accounts: pd.DataFrame,
    as_of: Day,
    parameters: CompetitorCheckParameters,
) -> pd.DataFrame:
    """Every reported move and every piece of intelligence, and what the other side says: COLUMNS, by day and id.

    reports   report_id, report_date, rep_id, account_id, competitor, competitor_action_on
    intel     intel_id, observed_on, competitor, account_id, industry_id
    accounts  account_id, industry_id, owner_id

    `source` is report or intel; answer_id is the report that said `none` where sales answered so.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["A1"], "industry_id": ["I1"], "owner_id": ["R1"]})
    >>> reports = pd.DataFrame({"report_id": ["D1"], "report_date": pd.to_datetime(["2026-11-18"]), "rep_id": ["R1"],
    ...     "account_id": ["A1"], "competitor": ["none"], "competitor_action_on": pd.to_datetime([None])})
    >>> intel = pd.DataFrame({"intel_id": ["N1"], "observed_on": pd.to_datetime(["2026-11-16"]),
    ...     "competitor": ["X Corp"], "account_id": ["A1"], "industry_id": ["I1"]})
    >>> found = cross_check(reports, intel, accounts, "2026-11-20", CompetitorCheckParameters())
    >>> found[["item_id", "result", "answer_id"]].values.tolist()
    [['N1', 'unreported', 'D1']]
    """
    both = _items(reports, intel, accounts, parameters)
    told, seen = (both[both["source"] == source].reset_index(drop=True) for source in ("report", "intel"))
    of_report = _nearest(told, seen, "account_id", parameters.days)
    by_industry = _nearest(told, seen, "industry_id", parameters.days)
    told_by = np.where(of_report >= 0, of_report, by_industry)
    named = (seen["account_id"] != "").to_numpy()
    on_account = _nearest(seen, told, "account_id", parameters.days)
    seen_by = np.where(named, on_account, _nearest(seen, told, "industry_id", parameters.days))
    answer = _answers(reports, seen, parameters.days)
    parts = []
    for own, other, by in ((told, seen, told_by), (seen, told, seen_by)):
        found = by >= 0
        ids, days = other["item_id"].to_numpy(dtype=object), other["on"].to_numpy()
        matched = np.where(found, ids[by] if len(ids) else "", "")
        apart = np.abs((days[by] - own["on"].to_numpy()) / np.timedelta64(1, "D")) if len(ids) else np.nan
        parts.append(own.assign(matched_id=matched, days_apart=np.where(found, apart, np.nan)))
    out = pd.concat([parts[0].assign(answer_id=""), parts[1].assign(answer_id=answer)], ignore_index=True)
    over = (out["on"] + pd.Timedelta(days=parameters.days) < pd.Timestamp(day(as_of))).to_numpy()
    matched, is_intel = (out["matched_id"] != "").to_numpy(), (out["source"] == "intel").to_numpy()
    answered = is_intel & (out["answer_id"] != "").to_numpy()
    out["result"] = np.select(
        [matched, answered | (is_intel & over), over], [CONFIRMED, UNREPORTED, UNCONFIRMED], default=OPEN
    )
    out.loc[matched, "answer_id"] = ""
    kinds = dict.fromkeys((c for c in COLUMNS if c not in ("on", "days_apart")), "str")
    return out.sort_values(["on", "item_id"], ignore_index=True)[list(COLUMNS)].astype(kinds | {"days_apart": float})


def _items(
    reports: pd.DataFrame, intel: pd.DataFrame, accounts: pd.DataFrame, parameters: CompetitorCheckParameters
) -> pd.DataFrame:
    """Reported moves and intelligence in one frame, under one set of names."""
    of = accounts.set_index("account_id")
    moves = reports[reports["competitor"].notna() & (reports["competitor"] != NONE)]
    told = pd.DataFrame(
        {
            "source": "report",
            "item_id": moves["report_id"],
            "rep_id": moves["rep_id"],
            "account_id": moves["account_id"],
            "industry_id": moves["account_id"].map(of["industry_id"]),
            "competitor": moves["competitor"],
            "on": moves["competitor_action_on"].fillna(moves["report_date"]),
        }
    )
    seen = pd.DataFrame(
        {
            "source": "intel",
            "item_id": intel["intel_id"],
            "rep_id": intel["account_id"].map(of["owner_id"]),
            "account_id": intel["account_id"],
            "industry_id": intel["industry_id"].fillna(intel["account_id"].map(of["industry_id"])),
            "competitor": intel["competitor"],
            "on": intel["observed_on"],
        }
    )
    both = pd.concat([told, seen], ignore_index=True)
    both["competitor"] = canonical(both["competitor"], parameters)
    blank = dict.fromkeys(("rep_id", "account_id", "industry_id", "competitor"), "")
    return both.fillna(blank).astype({"on": "datetime64[us]"}).sort_values(["on", "item_id"], ignore_index=True)


def _nearest(own: pd.DataFrame, other: pd.DataFrame, scope: str, days: int) -> NDArray[np.int64]:
    """For each row of `own` the nearest of `other` in time with the same competitor and scope; -1 where none is near.

    Both sorted by day and id. Keys of competitor and scope, spread over one axis with the day, are searched at once.
    """
    if not len(own) or not len(other):
        return np.full(len(own), -1, dtype=np.int64)
    names = pd.concat([own, other])["competitor"] + "\n" + pd.concat([own, other])[scope]
    group = pd.factorize(names)[0].astype(np.int64)
    at = pd.concat([own, other])["on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    axis = group * _FAR + at
    mine, there = axis[: len(own)], axis[len(own) :]
    order = np.argsort(there, kind="stable")
    after = np.searchsorted(there[order], mine, side="left")
    place, best = np.full(len(own), -1, dtype=np.int64), np.full(len(own), days + 1, dtype=np.int64)
    for candidate in (after - 1, after):
        inside = (candidate >= 0) & (candidate < len(there))
        spot = order[np.clip(candidate, 0, len(there) - 1)]
        first = np.searchsorted(there[order], there[spot], side="left")  # of one day the first by id
        spot = order[first]
        away = np.abs(there[spot] - mine)
        better = inside & (away < best) & (own[scope] != "").to_numpy()
        place, best = np.where(better, spot, place), np.where(better, away, best)
    return place


def _answers(reports: pd.DataFrame, seen: pd.DataFrame, days: int) -> NDArray[Any]:
    """For each piece of intelligence on an account the first report there that says `none`, from its day on."""
    silent = reports[reports["competitor"] == NONE].sort_values(["report_date", "report_id"], ignore_index=True)
    if not len(silent) or not len(seen):
        return np.full(len(seen), "", dtype=object)
    group = pd.factorize(pd.concat([seen["account_id"], silent["account_id"]]))[0].astype(np.int64) * _FAR
    at = pd.concat([seen["on"], silent["report_date"]]).to_numpy().astype("datetime64[D]").astype(np.int64)
    mine, there = (group + at)[: len(seen)], (group + at)[len(seen) :]
    order = np.argsort(there, kind="stable")
    after = np.searchsorted(there[order], mine, side="left")
    spot = order[np.clip(after, 0, len(there) - 1)]
    inside = (after < len(there)) & (there[spot] - mine <= days) & (seen["account_id"] != "").to_numpy()
    return np.where(inside, silent["report_id"].to_numpy(dtype=object)[spot], "")
