"""S9 patience with A accounts.

Formula. Weeks without output = whole weeks since the last weekly row with output_value > 0, else since the
account was opened; at most 13. While an account is without output, its decision chain is verified in every
week (`verify_every_weeks`) by someone else than its own rep. A lapse of either is a finding.

Verified by: a `verifications` row of kind decision_chain with an answer (confirmed or contradicted), a
callback, or a contact of a manager or director with a person of the account; each dated and by someone who
is not its owner.

Units: weeks (Saturday to Friday). Ties: none; by account id.

Missing values. No output figure of anybody on or before the Friday: output cannot be judged. No verification,
callback or contact of anybody on or before it: verification cannot be judged. Neither is ever good. Where
the owner is blank, anyone is someone else.

Readings.
* Patience begins with the first week without output; in a week with output nothing has to be verified.
* `unclear` verifies nothing; `contradicted` does: the chain was looked at (what it says is M12's business).
* Patience runs from the account's last output, whether or not it was A all the time.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.findings import findings
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.base.weeks import Day, day, friday_of

CODES: Final = (
    "output_overdue_not_verified",
    "output_overdue",
    "not_verified",
    "no_data",
    "output",
    "patient",
)
COLUMNS: Final = (
    "account_id",
    "weeks_without_output",
    "last_output_on",
    "last_verified_on",
    "state",
    "code",
    "output_since",
    "verified_since",
)
WEEK: Final = pd.Timedelta(days=7)


class PatienceParameters(Slice):
    """How long an A account may be without output, and how often it is verified (path `patience`)."""

    weeks: int = setting(13, unit="weeks", rule="S9", ge=1, le=104)
    verify_every_weeks: int = setting(1, unit="weeks", rule="S9", ge=1, le=13)

    def departures(self) -> tuple[str, ...]:
        """The method keeps its patience only while the decision chain is verified every week."""
        return ("patience.verify_every_weeks",) if self.verify_every_weeks > 1 else ()


def patience(
    a_accounts: pd.DataFrame,
    account_weeks: pd.DataFrame,
    verifications: pd.DataFrame,
    callbacks: pd.DataFrame,
    contacts: pd.DataFrame,
    decision_makers: pd.DataFrame,
    reps: pd.DataFrame,
    friday: Day,
    parameters: PatienceParameters,
) -> pd.DataFrame:
    """How the patience with each A account of a Friday stands, by account id.

    `a_accounts`: account_id, owner_id, opened_on; the other frames are the contract's tables. Columns:
    account_id, weeks_without_output (NaN: cannot be judged), last_output_on (a Friday; NaT: never),
    last_verified_on (by someone else; NaT: never), state, code (of CODES), output_since
    (the Friday on which output became overdue), verified_since (the first Friday of the running weeks without
    verification); both NaT where there is no lapse.
    """
    at = pd.Timestamp(day(friday))
    frame = a_accounts[["account_id", "owner_id", "opened_on"]].sort_values("account_id", ignore_index=True)
    weekly = account_weeks[(account_weeks["week_ending"] <= at) & account_weeks["output_value"].notna()]
    made = weekly[weekly["output_value"] > 0].groupby("account_id")["week_ending"].max()
    frame["last_output_on"] = _dates(frame["account_id"], made)
    start = frame["last_output_on"].fillna(frame["opened_on"])
    weeks = (at - start).dt.days // 7
    frame["weeks_without_output"] = weeks.astype(float) if len(weekly) else np.nan

    checks = _checks(verifications, callbacks, contacts, decision_makers, reps)
    checks = checks[checks["day"] <= at].merge(frame[["account_id", "owner_id"]], on="account_id", how="left")
    by, owner = (checks[name].to_numpy(dtype=object) for name in ("by", "owner_id"))
    other = checks[checks["answers"].to_numpy(dtype=bool) & (by != owner)]
    frame["last_verified_on"] = _dates(frame["account_id"], other.groupby("account_id")["day"].max())
    return _judged(frame, start, at, len(checks) > 0, parameters)


def _dates(accounts: pd.Series, newest: pd.Series) -> pd.Series:
    days = newest.reindex(accounts.to_numpy(dtype=object)).to_numpy()
    return pd.Series(days.astype("datetime64[us]"), index=accounts.index)


def _checks(
    verifications: pd.DataFrame,
    callbacks: pd.DataFrame,
    contacts: pd.DataFrame,
    decision_makers: pd.DataFrame,
    reps: pd.DataFrame,
) -> pd.DataFrame:
    """Every check on record: account_id, day, by, answers (it verifies a decision chain, unless by the
    owner)."""
    chain = (verifications["kind"] == "decision_chain") & verifications["result"].isin(["confirmed", "contradicted"])
    account_of = decision_makers.set_index("person_id")["account_id"]
    seniors = reps.loc[reps["role"].isin(["manager", "director"]), "rep_id"]
    senior = contacts[contacts["rep_id"].isin(seniors)]
    parts = [
        _part(verifications["account_id"], verifications["verified_on"], verifications["verifier_id"], chain),
        _part(callbacks["account_id"], callbacks["called_on"], callbacks["caller_id"], True),
        _part(senior["person_id"].map(account_of), senior["contacted_on"], senior["rep_id"], True),
    ]
    return pd.concat(parts, ignore_index=True)


def _part(account: pd.Series, on: pd.Series, by: pd.Series, answers: pd.Series | bool) -> pd.DataFrame:
    frame = pd.DataFrame({"account_id": account, "day": on, "by": by, "answers": answers})
    return frame.astype({"account_id": "str", "day": "datetime64[us]", "by": "str", "answers": bool})


def _judged(
    frame: pd.DataFrame, start: pd.Series, at: pd.Timestamp, has_checks: bool, parameters: PatienceParameters
) -> pd.DataFrame:
    """State, code and the Fridays since which a lapse lasts; `start` is the last output, else the opening."""
    every = parameters.verify_every_weeks
    weeks, verified = frame["weeks_without_output"], frame["last_verified_on"]
    overdue = weeks > parameters.weeks
    needed = weeks.isna() | (weeks >= every)
    unverified = needed & ~(verified > at - every * WEEK)
    lapsed = unverified & has_checks
    no_data = weeks.isna() | unverified
    output = (weeks == 0) & frame["last_output_on"].notna()
    which = [overdue & lapsed, overdue, lapsed, no_data, output]
    code = np.select([w.to_numpy() for w in which], list(CODES[:5]), default=CODES[5])
    state = np.select([np.isin(code, CODES[:3]), code == "no_data"], [BREACH, CANNOT_JUDGE], default=GOOD)
    began = pd.Series(friday_of(start), index=frame.index).astype("datetime64[us]")
    last = pd.concat([start, verified], axis=1).max(axis=1)
    waiting = pd.Series(friday_of(last), index=frame.index).astype("datetime64[us]")
    frame = frame.assign(
        state=state,
        code=code,
        output_since=(began + (parameters.weeks + 1) * WEEK).where(overdue),
        verified_since=(waiting + every * WEEK).where(lapsed),
    )
    return frame[list(COLUMNS)].astype({"state": "str", "code": "str"})


def patience_findings(judged: pd.DataFrame, friday: Day, parameters: PatienceParameters) -> pd.DataFrame:
    """Rule S9's findings on the accounts of `patience()`: one an account, two where both lapsed.

    Codes: output_overdue, not_verified (breach, due the next Friday), no_data (cannot judge), output,
    patient (good). Measured: weeks without output, threshold the weeks allowed; for not_verified: whole
    weeks since the last verification (empty: never) and the weeks between two. Arguments: weeks, allowed,
    last_output_on, last_verified_on.
    """
    at = pd.Timestamp(day(friday))
    rows = [row for account in judged.to_dict("records") for row in _rows(account, at, parameters)]
    return findings(rows)


def _rows(account: dict[Any, Any], at: pd.Timestamp, parameters: PatienceParameters) -> list[dict[str, Any]]:
    since = {"output_overdue": account["output_since"], "not_verified": account["verified_since"]}
    lapses = [code for code in since if code in account["code"]]
    rows = []
    for code in lapses or [account["code"]]:
        late = code == "not_verified"
        unseen = (at - account["last_verified_on"]).days // 7
        row = {
            "rule": "S9",
            "subject_kind": "account",
            "subject_id": account["account_id"],
            "state": account["state"],
            "measured": unseen if late else account["weeks_without_output"],
            "threshold": parameters.verify_every_weeks if late else parameters.weeks,
            "unit": "weeks",
            "since": since.get(code),
            "due_on": at + WEEK if lapses else None,
            "code": code,
            "arguments": {
                "weeks": account["weeks_without_output"],
                "allowed": parameters.weeks,
                "last_output_on": account["last_output_on"],
                "last_verified_on": account["last_verified_on"],
            },
        }
        rows.append(row)
    return rows
