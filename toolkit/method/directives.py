"""M10 Directives: a fifth of a day's reports each get exactly three concrete directives, with owner and due date.

Draw. Of each day's reports the first ceil(share·n) in the order of a keyed hash of their ids; no rep has to be among
them, unlike M6: a directive helps a report, it does not check a rep. Late reports reshuffle nothing.

Coverage of a day = reports with exactly `per_report` directives, each with text, owner and due date; needed =
ceil(share·n). Reading: which reports they are is not held against the draw, since another salt may have been in force.
State: good; breach (fewer than needed); cannot_judge where there is no directive on record at all.

Followed: `yes`, `no`, `open`; a blank is open. Overdue: open and past its due date (a directive due today is not).
share_followed = yes / (yes + no): NaN before any was judged.

Ties: by id. Missing values: a directive without text, owner or due date is not concrete and does not count.
"""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.keyed_draw import Salt, draw, needed
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD
from toolkit.base.weeks import Day, day

PURPOSE: Final = "M10"
DAYS: Final = ("day", "reports", "needed", "covered", "partly", "state")
FOLLOWED: Final = ("owner_id", "given", "yes", "no", "open", "overdue", "share_followed")
OVERDUE: Final = ("directive_id", "report_id", "account_id", "owner_id", "text", "due_on", "days")


class DirectiveParameters(Slice):
    """How many reports of a day get how many directives (path `directives`)."""

    share: float = setting(0.20, unit="fraction of a day's reports", rule="M10", gt=0, le=1)
    per_report: int = setting(3, unit="directives a report", rule="M10", ge=1, le=10)

    def departures(self) -> tuple[str, ...]:
        """The method gives exactly three."""
        return () if self.per_report == 3 else ("directives.per_report",)


def directive_days(reports: pd.DataFrame, directives: pd.DataFrame, parameters: DirectiveParameters) -> pd.DataFrame:
    """Each day with a report: day, reports, needed, covered, partly (some directives, but not as required), state.

    Examples
    --------
    >>> reports = pd.DataFrame({"report_id": ["D1", "D2"], "report_date": pd.to_datetime("2026-11-20")})
    >>> given = pd.DataFrame({"report_id": "D1", "number": [1, 2, 3], "text": "ask who signs", "owner_id": "R1",
    ...                       "due_on": pd.to_datetime("2026-11-25")})
    >>> directive_days(reports, given, DirectiveParameters())[["reports", "needed", "covered", "state"]].values.tolist()
    [[2, 1, 1, 'good']]
    """
    concrete = directives["text"].notna() & directives["owner_id"].notna() & directives["due_on"].notna()
    counts = directives.assign(concrete=concrete).groupby("report_id")["concrete"].agg(["size", "sum"])
    mine = counts.reindex(reports["report_id"]).fillna(0).to_numpy()
    whole = (mine[:, 0] == parameters.per_report) & (mine[:, 1] == parameters.per_report)
    by_day = reports.assign(covered=whole, partly=(mine[:, 0] > 0) & ~whole).groupby("report_date", sort=True)
    out = by_day.agg(reports=("report_id", "size"), covered=("covered", "sum"), partly=("partly", "sum")).reset_index()
    out["needed"] = np.array([needed(parameters.share, n) for n in out["reports"]], dtype="int64")
    enough = out["covered"] >= out["needed"]
    out["state"] = np.where(enough, GOOD, BREACH if len(directives) else CANNOT_JUDGE)
    kinds = {"reports": "int64", "covered": "int64", "partly": "int64", "day": "datetime64[us]", "state": "str"}
    return out.rename(columns={"report_date": "day"})[list(DAYS)].astype(kinds)


def directive_draw(
    reports: pd.DataFrame, directives: pd.DataFrame, salt: Salt, parameters: DirectiveParameters
) -> pd.DataFrame:
    """The reports drawn from one day's: report_id, rep_id, account_id, given (directives so far), by id."""
    drawn = reports[draw(salt, PURPOSE, reports["report_id"], parameters.share)]
    given = drawn["report_id"].map(directives.groupby("report_id").size()).fillna(0).astype("int64")
    out = drawn[["report_id", "rep_id", "account_id"]].assign(given=given)
    return out.sort_values("report_id", ignore_index=True)


def followed(directives: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """What became of the directives, over all (owner_id "") and by owner, by id: FOLLOWED."""
    late = (directives["due_on"] < pd.Timestamp(day(as_of))).to_numpy()
    answer = directives["followed"].fillna("open").to_numpy(dtype=object)
    rows = (
        directives[["owner_id"]]
        .fillna("")
        .assign(
            given=1, yes=answer == "yes", no=answer == "no", open=answer == "open", overdue=(answer == "open") & late
        )
    )
    by_owner = rows[rows["owner_id"] != ""].groupby("owner_id", sort=True).sum().reset_index()
    whole = rows.drop(columns="owner_id").sum().to_frame().T.assign(owner_id="")
    out = pd.concat([whole, by_owner], ignore_index=True)
    judged = (out["yes"] + out["no"]).astype(float)
    out["share_followed"] = out["yes"].astype(float) / judged.where(judged > 0)
    kinds = dict.fromkeys(("given", "yes", "no", "open", "overdue"), "int64")
    return out[list(FOLLOWED)].astype(kinds | {"owner_id": "str", "share_followed": float})


def overdue(directives: pd.DataFrame, reports: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Open directives past their due date, the oldest first: OVERDUE; days is how long past."""
    today = pd.Timestamp(day(as_of))
    late = directives[(directives["followed"].fillna("open") == "open") & (directives["due_on"] < today)]
    account = late["report_id"].map(reports.drop_duplicates("report_id").set_index("report_id")["account_id"])
    out = late.assign(account_id=account, days=(today - late["due_on"]).dt.days.astype("int64"))
    return out.sort_values(["due_on", "directive_id"], ignore_index=True)[list(OVERDUE)]
