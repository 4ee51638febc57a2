"""Were the alerts worth heeding? M4 and M5 over the recorded series, against what was lost afterwards.

episode    a rising edge: the day on which a red alert (M4) or an account's yellow alert (M5) came on
hit        a loss 1 to `whatif.loss_within_days` days after it: of any A or B account (M4), of that account (M5)
precision  hits / episodes whose days are all over by the Friday (`judged`: the others may still come true)
base_rate  the same of a random day on which an alert could have come on: a day with a defined efficiency (M4), a day of
           an account in a watched tier (M5). An alert is worth something as far as precision lies above it
recall     losses of A and B accounts with an episode that many days before (`caught`) / those of them whose days before
           are all on record
lead       days from the first such episode to the loss, the median over those caught

Intervals are Wilson's, 95 %; episodes near each other share losses, so they are on the narrow side. Missing: without
an episode judged or without any loss nothing can be judged (NaN), which is not 0; so is a recall without losses.

Readings: a loss is an account of status lost, on the day it was closed; whether it was A or B is read the day before,
from the tiers in force (those of `state`), so that all parameters are held against the same losses. A loss on the day
of the alert came without warning. Caution: an alert that was acted on may have saved the account, which counts against
the alert here; so it looks worse than it is.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from toolkit.base.states import CANNOT_JUDGE, GOOD, WARNING
from toolkit.method import yellow_alert
from toolkit.method.red_alert import red_spells
from toolkit.method.stated_probability import wilson
from toolkit.parameters import Parameters
from toolkit.state.weekly_state import WeekState
from toolkit.whatif.replay import EXACT, LABEL

READINGS: Final = ("each_day", "cumulative", "baseline")
CAUTION: Final = "acted_on"

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Days:
    """Days by subject: `subject` (n,) codes >= 0, `day` (n,) day numbers; sorted by both."""

    subject: Ints
    day: Ints

    @classmethod
    def of(cls, subject: ArrayLike, day: ArrayLike) -> "Days":
        """Sorted; `day` as days or day numbers."""
        codes, numbers = np.asarray(subject, dtype=np.int64), np.asarray(day).astype("datetime64[D]").astype(np.int64)
        order = np.lexsort((numbers, codes))
        return cls(codes[order], numbers[order])

    @property
    def key(self) -> Ints:
        return (self.subject << 32) + self.day

    def where(self, kept: NDArray[np.bool_]) -> "Days":
        return Days(self.subject[kept], self.day[kept])


@dataclass(frozen=True)
class Quality:
    """Counts of one rule, and the days of lead of the losses caught; base_rate NaN without a loss or a day."""

    episodes: int
    judged: int
    hits: int
    base_rate: float
    losses: int
    caught: int
    lead_days: Ints


def followed(days: Days, losses: Days, within: int) -> NDArray[np.bool_]:
    """Of each day: is there a loss of its subject 1 to `within` days after it?

    Examples
    --------
    >>> days, losses = Days.of([0, 0, 0, 1], [10, 19, 20, 10]), Days.of([0], [20])
    >>> followed(days, losses, 5).tolist()
    [False, True, False, False]
    """
    ends = np.searchsorted(losses.key, days.key + within, side="right")
    return np.asarray(ends > np.searchsorted(losses.key, days.key, side="right"))


def quality(edges: Days, exposed: Days, hits: Days, losses: Days, *, first: int, last: int, within: int) -> Quality:
    """The counts, from rising edges, the days on which one could have been, and losses.

    `hits`: the losses that make an edge true; `losses`: those that should have been foreseen; `first`, `last`: the day
    numbers between which all is on record.

    Examples
    --------
    Alerts on days 10, 30 and 95, a loss on day 40, days 0 to 99 on record, 5 days to come true. The alert of day 95 is
    not judged yet, no other came within 5 days before the loss. Of the 95 days judged, 35 to 39 are: 5 / 95.

    >>> edges, loss = Days.of([0, 0, 0], [10, 30, 95]), Days.of([0], [40])
    >>> found = quality(edges, Days.of([0] * 100, range(100)), loss, loss, first=0, last=99, within=5)
    >>> found.episodes, found.judged, found.hits, found.losses, found.caught, round(found.base_rate, 3)
    (3, 2, 0, 1, 0, 0.053)
    """
    over = edges.where(edges.day + within <= last)
    days = exposed.where(exposed.day + within <= last)
    known = losses.where(losses.day - within >= first)
    at = np.searchsorted(edges.key, known.key - within, side="left")
    begins = edges.key[at[at < len(edges.key)]]
    lead = np.full(len(at), -1)
    lead[at < len(edges.key)] = known.key[at < len(edges.key)] - begins
    caught = lead > 0
    base = followed(days, hits, within).mean() if len(hits.day) and len(days.day) else np.nan
    return Quality(
        episodes=len(edges.day),
        judged=len(over.day),
        hits=int(followed(over, hits, within).sum()),
        base_rate=float(base),
        losses=len(known.day),
        caught=int(caught.sum()),
        lead_days=lead[caught],
    )


def alert_quality(state: WeekState, parameters: Parameters) -> pd.DataFrame:
    """M4, in each of its readings, and M5 as the parameters would have had them, against what was lost.

    `state`: the reviewed Friday under the parameters in force. Columns: rule (M4 | M5), reading ("" for M5), in_force
    (bool, by `parameters`), episodes, judged, hits, precision, precision_low, precision_high, base_rate, losses,
    caught, recall, recall_low, recall_high, lead_days_median, tag (exact; label where other tiers watch other
    accounts), state (good: better than chance; warning: not; cannot_judge), code (better_than_chance, as_chance,
    worse_than_chance, no_episodes, no_losses), caution (acted_on).
    """
    other = state if parameters == state.parameters else WeekState(state.data, state.friday, parameters)
    lost = _losses(state)
    return pd.DataFrame([*_red_rows(state, other, lost), _yellow_row(state, other, lost)])


def _red_rows(state: WeekState, other: WeekState, lost: pd.DataFrame) -> list[dict[str, Any]]:
    """M4 in each reading, on the efficiency that the other parameters make of the recorded reports."""
    p, within = other.parameters.red_alert, other.parameters.whatif.loss_within_days
    series, last = other.efficiency_by_day.dropna(), _number(state.friday)
    reporting = Days.of(np.zeros(len(series)), series["date"])
    losses = Days.of(np.zeros(lost["watched"].sum()), lost.loc[lost["watched"], "closed_on"])
    first = int(reporting.day.min(initial=last))
    rows = []
    for reading in READINGS:
        read = p.model_copy(update={"reading": reading})
        spells = red_spells(series["date"], series["value"], state.friday, state.calendar, read)
        fired = spells.loc[spells["severity"] == "red", "fired_on"]
        edges = Days.of(np.zeros(len(fired)), fired)
        found = quality(edges, reporting, losses, losses, first=first, last=last, within=within)
        rows.append(_row("M4", reading, reading == p.reading, EXACT, found))
    return rows


def _yellow_row(state: WeekState, other: WeekState, lost: pd.DataFrame) -> dict[str, Any]:
    """M5 on the recorded moves, for the accounts that the other parameters' tiers watch."""
    weeks, accounts = state.portfolio.grid.weeks, pd.Index(state.portfolio.grid.accounts)
    edges = Days.of(accounts.get_indexer(other.yellow["account_id"]), other.yellow["fired_on"])
    every, known = (
        Days.of(accounts.get_indexer(rows["account_id"]), rows["closed_on"]) for rows in (lost, lost[lost["watched"]])
    )
    ends = {"first": _number(weeks[0]), "last": _number(state.friday)}
    within = other.parameters.whatif.loss_within_days
    found = quality(edges, _watched_days(other, accounts), every, known, within=within, **ends)
    same = np.array_equal(other.portfolio.tiers.tier, state.portfolio.tiers.tier)
    return _row("M5", "", True, EXACT if same else LABEL, found)


def _number(day: np.datetime64) -> int:
    return int(day.astype("datetime64[D]").astype(np.int64))


def _losses(state: WeekState) -> pd.DataFrame:
    """account_id, closed_on, watched (A or B on the day before) of every lost account of the grid."""
    accounts = state.data.accounts
    lost = accounts.loc[(accounts["status"] == "lost") & accounts["closed_on"].notna(), ["account_id", "closed_on"]]
    tier = state.portfolio.tier_in_force(lost["account_id"], lost["closed_on"] - pd.Timedelta(days=1))
    return lost.assign(watched=np.isin(tier, ("A", "B")))


def _watched_days(state: WeekState, accounts: pd.Index) -> Days:
    """Every day of an account in a watched tier, up to the Friday."""
    p, last = state.parameters.yellow_alert, state.friday.astype("datetime64[D]")
    spans = yellow_alert.exposure(state.portfolio.tiers_long(), state.data.accounts, state.friday, p)
    begin = spans["exposed_from"].to_numpy().astype("datetime64[D]").astype(np.int64)
    until = spans["exposed_until"].fillna(pd.Timestamp(last) + pd.Timedelta(days=1))
    length = until.to_numpy().astype("datetime64[D]").astype(np.int64) - begin
    place = np.repeat(np.arange(len(spans)), length)
    day = begin[place] + np.arange(len(place)) - (np.cumsum(length) - length)[place]
    return Days.of(accounts.get_indexer(spans["account_id"])[place], day)


def _row(rule: str, reading: str, in_force: bool, tag: str, q: Quality) -> dict[str, Any]:
    judged = 0 if np.isnan(q.base_rate) else q.judged
    precision_low, precision_high = wilson(q.hits, judged)
    recall_low, recall_high = wilson(q.caught, q.losses)
    if not judged:
        state, code = CANNOT_JUDGE, "no_losses" if q.judged else "no_episodes"
    elif precision_low > q.base_rate:
        state, code = GOOD, "better_than_chance"
    else:
        state, code = WARNING, "worse_than_chance" if precision_high < q.base_rate else "as_chance"
    return {
        "rule": rule,
        "reading": reading,
        "in_force": in_force,
        "episodes": q.episodes,
        "judged": q.judged,
        "hits": q.hits,
        "precision": q.hits / judged if judged else np.nan,
        "precision_low": float(precision_low),
        "precision_high": float(precision_high),
        "base_rate": q.base_rate,
        "losses": q.losses,
        "caught": q.caught,
        "recall": q.caught / q.losses if q.losses else np.nan,
        "recall_low": float(recall_low),
        "recall_high": float(recall_high),
        "lead_days_median": float(np.median(q.lead_days)) if len(q.lead_days) else np.nan,
        "tag": tag,
        "state": state,
        "code": code,
        "caution": CAUTION,
    }
