"""M12 Closed loop: what reps say held against what can be verified; a figure for coaching, a ledger of contradictions.

Evidence, each item held (1) or not (0):
* visit: a visit drawn by M6 whose device says verified or mismatch;
* callback: what the customer confirmed or denied, of the stage and of the competitor apart (M7);
* competitor: a reported move that intelligence confirms; intelligence on the account that sales did not report (M8);
* verification: a fact that somebody other than the rep confirmed or contradicted;
* progress: a claimed stage advance. It held if within `within_days` days from the report on there is a verified visit,
  a callback that confirms the stage, a confirmed fact, or a weekly row at the claimed stage or above.
What cannot be said (undetermined, unclear, open windows, claims not yet `within_days` old) is no item. Loss reviews
(F6) are never evidence.

Figure = (prior_items · team + held) / (prior_items + items), team being the share that held over all reps' items: few
items say little and stay near the team. Interval: the central `interval` of the Beta distribution with parameters
prior_items · team + held and prior_items · (1 - team) + items - held. State: cannot_judge below `min_items`; warning
where the whole interval lies below the team's share.

Contradictions are the items that did not hold and have another source: both sources (table and id), owner (of the
account), closed by a decision (done, confirmed or waived) of anybody but the rep concerned. An unproven claim is no
contradiction: nobody said otherwise.

For coaching: never a ranking (rows by id), never in the team's copy.
Units: fractions 0-1. Ties: by id. Missing values: an item without a rep counts for the team alone.

Readings. Only stage advances are claims that a weekly row can bear out; a new key contact is on file by itself (F1). A
callback is set against the newest report on the account within `within_days` before it that claims something (a stage
advance or a new contact), else against the newest; without any it says nothing of a report.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from toolkit.base.parameters import Slice, setting
from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day

ITEMS: Final = (
    "item_id", "source", "rep_id", "account_id", "on", "held", "code", "said_table", "said_id", "other_table",
    "other_id",
)  # fmt: skip
FIGURES: Final = ("rep_id", "account_id", "items", "held", "raw", "score", "low", "high", "state")
LEDGER: Final = (
    "contradiction_id", "rep_id", "account_id", "on", "source", "code", "said_table", "said_id", "other_table",
    "other_id", "owner_id", "state", "closed_on", "closed_by", "reason", "due_on",
)  # fmt: skip
OPEN: Final = "open"
CLOSED: Final = "closed"
_SETTLED: Final = ("done", "confirmed", "waived")
_TEXTS: Final = tuple(name for name in ITEMS if name not in ("on", "held"))


class CredibilityParameters(Slice):
    """How claims are borne out, and how small samples are shrunk (path `credibility`)."""

    within_days: int = setting(14, unit="days", rule="M12", ge=1, le=92)
    prior_items: float = setting(10.0, unit="items", rule="M12", gt=0, le=1000)
    interval: float = setting(0.90, unit="fraction", rule="M12", gt=0, lt=1)
    min_items: int = setting(5, unit="items", rule="M12", ge=1, le=1000)
    close_within_days: int = setting(7, unit="days", rule="M12", ge=0, le=92)


def shrunk(
    held: ArrayLike, items: ArrayLike, team: float, parameters: CredibilityParameters
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The figure and its interval for counts of items held: (score, low, high). Shapes broadcast.

    Without any item the team's own share, with the prior's interval; a team share of 0 or 1 is kept off the ends by
    half an item, as a share that was seen in every case is not certain.

    Examples
    --------
    >>> score, low, high = shrunk([9, 0], [10, 0], 0.8, CredibilityParameters())
    >>> score.round(2).tolist(), [bool(l < s < h) for l, s, h in zip(low, score, high)]
    ([0.85, 0.8], [True, True])
    """
    n, k = np.asarray(items, dtype=float), np.asarray(held, dtype=float)
    prior = parameters.prior_items
    share = np.clip(team, 0.5 / (prior + 1), 1 - 0.5 / (prior + 1))
    a, b = prior * share + k, prior * (1 - share) + n - k
    tail = (1 - parameters.interval) / 2
    return a / (a + b), np.asarray(betaincinv(a, b, tail)), np.asarray(betaincinv(a, b, 1 - tail))


def credibility(items: pd.DataFrame, parameters: CredibilityParameters) -> pd.DataFrame:
    """The figure by rep (account_id "") and by rep and account: FIGURES, by id; empty where there is no item.

    Examples
    --------
    >>> items = pd.DataFrame({"rep_id": ["R1"] * 6 + ["R2"], "account_id": "A1", "held": [1.0] * 6 + [0.0]})
    >>> credibility(items, CredibilityParameters())[["rep_id", "account_id", "items", "state"]].values.tolist()
    [['R1', '', 6, 'good'], ['R1', 'A1', 6, 'good'], ['R2', '', 1, 'cannot_judge'], ['R2', 'A1', 1, 'cannot_judge']]
    """
    named = items[items["rep_id"] != ""]
    team = float(items["held"].mean()) if len(items) else np.nan
    whole = named.assign(account_id="")
    counts = pd.concat([whole, named[named["account_id"] != ""]]).groupby(["rep_id", "account_id"], sort=True)["held"]
    out = counts.agg(items="size", held="sum").reset_index()
    score, low, high = shrunk(out["held"], out["items"], team, parameters)
    few, below = out["items"] < parameters.min_items, high < team
    out = out.assign(raw=out["held"] / out["items"], score=score, low=low, high=high)
    out["state"] = np.select([few, below], [CANNOT_JUDGE, WARNING], default=GOOD)
    kinds = {"items": "int64", "held": "int64", "rep_id": "str", "account_id": "str", "state": "str"}
    return out[list(FIGURES)].astype(kinds | dict.fromkeys(("raw", "score", "low", "high"), float))


def evidence(
    checks: pd.DataFrame,
    callbacks: pd.DataFrame,
    cross: pd.DataFrame,
    verifications: pd.DataFrame,
    reports: pd.DataFrame,
    account_weeks: pd.DataFrame,
    accounts: pd.DataFrame,
    as_of: Day,
    parameters: CredibilityParameters,
) -> pd.DataFrame:
    """Whatever was said and could be checked, by day and id: ITEMS.

    checks         M6's: visit_id, rep_id, account_id, visited_at, result, code
    cross          M8's: source, item_id, rep_id, account_id, on, result, matched_id, answer_id
    the rest       the contract's tables, as known on the day
    """
    today = pd.Timestamp(day(as_of))
    owner = accounts.set_index("account_id")["owner_id"]
    visits, calls = _visits(checks), _callbacks(callbacks, reports, parameters.within_days)
    facts = _verifications(verifications, reports, owner)
    borne_out = _bearing(checks, callbacks, verifications)
    claims = _progress(reports, borne_out, account_weeks, today, parameters.within_days)
    parts = [part for part in (visits, calls, _competitors(cross), facts, claims) if len(part)]
    out = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(ITEMS))
    out[list(_TEXTS)] = out[list(_TEXTS)].fillna("")
    kinds = dict.fromkeys(_TEXTS, "str") | {"held": float, "on": "datetime64[us]"}
    return out[list(ITEMS)].astype(kinds).sort_values(["on", "item_id"], ignore_index=True)


def _item(rows: pd.DataFrame, source: str, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"source": source, "account_id": rows["account_id"]} | columns).reset_index(drop=True)


def _visits(checks: pd.DataFrame) -> pd.DataFrame:
    rows = checks[checks["result"].isin(["verified", "mismatch"])]
    return _item(
        rows, "visit", item_id=rows["visit_id"], rep_id=rows["rep_id"], on=rows["visited_at"].dt.normalize(),
        held=(rows["result"] == "verified").astype(float), code=rows["code"], said_table="visits",
        said_id=rows["visit_id"], other_table="visits", other_id=rows["visit_id"],
    )  # fmt: skip


def _callbacks(callbacks: pd.DataFrame, reports: pd.DataFrame, within: int) -> pd.DataFrame:
    """Of each callback two items, each against the report that it is set against."""
    told = reports.sort_values(["report_date", "report_id"])
    claimed = told[(told["stage_after"] > told["stage_before"]) | (told["new_key_contacts"] > 0)]
    parts = []
    for what in ("stage", "competitor"):
        rows = callbacks[callbacks[f"{what}_confirmed"].notna()].sort_values(["called_on", "callback_id"])
        found = _report_before(rows, told)
        if what == "stage":
            found = _report_before(rows, claimed, pd.Timedelta(days=within)).combine_first(found)
        held = rows[f"{what}_confirmed"].astype(bool).to_numpy()[found["report_id"].notna()]
        rows, found = rows[found["report_id"].notna().to_numpy()], found[found["report_id"].notna()]
        parts.append(
            _item(
                rows, "callback", item_id=rows["callback_id"] + "." + what, rep_id=found["rep_id"].to_numpy(),
                on=rows["called_on"], held=held.astype(float), code=what, said_table="daily_reports",
                said_id=found["report_id"].to_numpy(), other_table="callbacks", other_id=rows["callback_id"],
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _report_before(calls: pd.DataFrame, reports: pd.DataFrame, within: pd.Timedelta | None = None) -> pd.DataFrame:
    """For each call the newest report on its account on or before it: report_id, rep_id, in the calls' order."""
    columns = reports[["account_id", "report_date", "report_id", "rep_id"]]
    on = {"left_on": "called_on", "right_on": "report_date", "by": "account_id", "tolerance": within}
    return pd.merge_asof(calls[["account_id", "called_on"]], columns, **on)[["report_id", "rep_id"]]


def _competitors(cross: pd.DataFrame) -> pd.DataFrame:
    confirmed = cross[(cross["source"] == "report") & (cross["result"] == "confirmed")]
    missed = cross[(cross["source"] == "intel") & (cross["result"] == "unreported") & (cross["account_id"] != "")]
    told = _item(
        confirmed, "competitor", item_id=confirmed["item_id"], rep_id=confirmed["rep_id"], on=confirmed["on"], held=1.0,
        code="confirmed", said_table="daily_reports", said_id=confirmed["item_id"], other_table="competitor_intel",
        other_id=confirmed["matched_id"],
    )  # fmt: skip
    heard = _item(
        missed, "competitor", item_id=missed["item_id"], rep_id=missed["rep_id"], on=missed["on"], held=0.0,
        code="unreported", said_table=np.where(missed["answer_id"] != "", "daily_reports", ""),
        said_id=missed["answer_id"], other_table="competitor_intel", other_id=missed["item_id"],
    )  # fmt: skip
    return pd.concat([told, heard], ignore_index=True)


def _verifications(verifications: pd.DataFrame, reports: pd.DataFrame, owner: pd.Series) -> pd.DataFrame:
    """Facts with an answer, of the rep whose report they name, else of the account's owner; never one's own."""
    rows = verifications[verifications["result"].isin(["confirmed", "contradicted"])]
    rep = rows["report_id"].map(reports.drop_duplicates("report_id").set_index("report_id")["rep_id"]).astype("str")
    rep = rep.fillna(rows["account_id"].map(owner))
    rows, rep = rows[rep != rows["verifier_id"]], rep[rep != rows["verifier_id"]]
    return _item(
        rows, "verification", item_id=rows["verification_id"], rep_id=rep, on=rows["verified_on"],
        held=(rows["result"] == "confirmed").astype(float), code=rows["kind"],
        said_table=np.where(rows["report_id"].notna(), "daily_reports", ""), said_id=rows["report_id"],
        other_table="verifications", other_id=rows["verification_id"],
    )  # fmt: skip


def _bearing(checks: pd.DataFrame, callbacks: pd.DataFrame, verifications: pd.DataFrame) -> pd.DataFrame:
    """Whatever bears a claim out, by account and day: account_id, on."""
    visits = checks[checks["result"] == "verified"]
    calls = callbacks[callbacks["stage_confirmed"].fillna(False).astype(bool)]
    facts = verifications[verifications["result"] == "confirmed"]
    parts: Iterable[tuple[pd.DataFrame, pd.Series]] = (
        (visits, visits["visited_at"].dt.normalize()), (calls, calls["called_on"]), (facts, facts["verified_on"])
    )  # fmt: skip
    return pd.concat([pd.DataFrame({"account_id": rows["account_id"], "on": on}) for rows, on in parts])


def _progress(
    reports: pd.DataFrame, bearing: pd.DataFrame, weeks: pd.DataFrame, today: pd.Timestamp, within: int
) -> pd.DataFrame:
    """Claimed stage advances old enough to be judged, or borne out already."""
    claims = reports[reports["stage_after"] > reports["stage_before"]]
    span = pd.Timedelta(days=within)
    proof = _followed(claims, bearing, within)
    for stage in np.unique(claims["stage_after"]):
        rows = weeks[weeks["decision_stage"] >= stage].rename(columns={"week_ending": "on"})
        at = (claims["stage_after"] == stage).to_numpy()
        proof[at] |= _followed(claims[at], rows, within)
    judged = proof | (claims["report_date"] + span < today).to_numpy()
    rows, held = claims[judged], proof[judged]
    return _item(
        rows, "progress", item_id=rows["report_id"] + ".stage", rep_id=rows["rep_id"], on=rows["report_date"],
        held=held.astype(float), code=np.where(held, "borne_out", "unproven"), said_table="daily_reports",
        said_id=rows["report_id"], other_table="", other_id="",
    )  # fmt: skip


def _followed(claims: pd.DataFrame, events: pd.DataFrame, within: int) -> NDArray[np.bool_]:
    """For each claim whether an event on its account lies on its day or at most `within` days after."""
    if not len(claims) or not len(events):
        return np.zeros(len(claims), dtype=bool)
    group = pd.factorize(pd.concat([claims["account_id"], events["account_id"]]))[0].astype(np.int64) * 10**7
    at = pd.concat([claims["report_date"], events["on"]]).to_numpy().astype("datetime64[D]").astype(np.int64)
    mine, there = (group + at)[: len(claims)], np.sort((group + at)[len(claims) :])
    after = np.searchsorted(there, mine, side="left")
    nearest = there[np.minimum(after, len(there) - 1)]
    return (after < len(there)) & (nearest - mine <= within)


def contradictions(
    items: pd.DataFrame, decisions: pd.DataFrame, accounts: pd.DataFrame, parameters: CredibilityParameters
) -> pd.DataFrame:
    """The ledger: LEDGER, by day and id. A decision of the rep concerned never closes it.

    decisions  action_id, decided_on, decided_by, verdict, reason; the newest settled one counts.
    """
    rows = items[(items["held"] == 0) & (items["other_table"] != "")].reset_index(drop=True)
    rows["contradiction_id"] = (
        "M12-" + rows["account_id"] + "." + rows["item_id"] + "-" + rows["on"].dt.strftime("%Y-%m-%d")
    )
    answers = decisions[decisions["verdict"].isin(_SETTLED)].sort_values(["decided_on", "decision_id"])
    concerned = answers["action_id"].map(rows.set_index("contradiction_id")["rep_id"])
    answers = (
        answers[answers["decided_by"] != concerned].drop_duplicates("action_id", keep="last").set_index("action_id")
    )
    closed = answers.reindex(rows["contradiction_id"])
    out = rows.assign(
        owner_id=rows["account_id"].map(accounts.set_index("account_id")["owner_id"]).fillna(""),
        closed_on=closed["decided_on"].to_numpy().astype("datetime64[us]"),
        closed_by=closed["decided_by"].fillna("").to_numpy(dtype=object),
        reason=closed["reason"].fillna("").to_numpy(dtype=object),
        due_on=rows["on"] + pd.Timedelta(days=parameters.close_within_days),
    )
    out["state"] = np.where(out["closed_on"].notna(), CLOSED, OPEN)
    texts = dict.fromkeys((name for name in LEDGER if not name.endswith("on") or name == "reason"), "str")
    return out[list(LEDGER)].astype(texts)
