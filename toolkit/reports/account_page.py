"""One account on one page: why it is in its tier, what it lacks, its weeks, people, scores, requests, doubts, actions.

Everything comes from the rules' frames and the report of the week; nothing is judged here.
"""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from toolkit.base.audience import DIRECTOR
from toolkit.language.forms import missing
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.reports import control_words as words
from toolkit.reports import request_words as asked
from toolkit.reports.campaign_words import column_name
from toolkit.reports.chain_story import chain_picture
from toolkit.reports.control_evidence import CLOCK_STATES
from toolkit.reports.document import Picture
from toolkit.reports.evidence import every_tier_row
from toolkit.reports.report import Report
from toolkit.reports.teller import Teller
from toolkit.state.drill_room import people_of

WEEKS: Final = 8  # Fridays of the history
_REQUESTS: Final = 4  # the newest ones
_DOUBTS: Final = 4
_FAR: Final = 0.005  # a chance that would be written as 0 %


@dataclass(frozen=True)
class AccountPage:
    """An account, told in one language.

    facts     names and values; why  the reason of its tier; margin  how far each line is, with the week's noise
    history   week_ending, tier, win_probability, posture, stage (words), newest first; lines  the lines A and B
    spiced    name, score (0-3, NaN), said, on; total, before: the sum now and four weeks ago
    requests  wanted, asked_on, allowance, verdict, clocks (state and words of each)
    doubts    said, other, next, open: contradictions with both sources; None for others than the director
    alerts    severity, title, why, on · campaigns name, column, stand, progress, state · actions text, due_on, state
    chain     its people as a picture; None where nobody is on record
    """

    account_id: str
    name: str
    tier: str
    before: str
    facts: tuple[tuple[str, str], ...]
    why: str
    margin: tuple[str, ...]
    history: pd.DataFrame
    lines: dict[str, float]
    spiced: pd.DataFrame
    total: float
    before_total: float
    requests: pd.DataFrame
    doubts: pd.DataFrame | None
    alerts: pd.DataFrame
    campaigns: pd.DataFrame
    actions: pd.DataFrame
    chain: Picture | None


class AccountPages:
    """The pages of a report's accounts; what all of them need is worked out once.

    `t` is the report's state in the report's language.
    """

    def __init__(self, t: Teller, report: Report) -> None:
        self._t, self._report = t, report
        self._tiers = every_tier_row(t.team.week, t.w).set_index("account_id")
        self._asked = words.judged_requests(t.team)

    def page(self, account: str) -> AccountPage:
        """The page of an account. Raises KeyError for one that is not active on the Friday."""
        t, report, row = self._t, self._report, self._tiers.loc[account]
        tiers = t.team.week.parameters.tiers
        total, before = _totals(t, account)
        return AccountPage(
            account_id=account,
            name=t.account(account),
            tier=row["tier"],
            before=words.text(row["previous_tier"]),
            facts=_facts(t, account, row),
            why=row["why"],
            margin=_margin(t, account, row),
            history=_history(t, account),
            lines={"A": tiers.a.min_win_probability, "B": tiers.b.min_win_probability},
            spiced=_spiced(t, account),
            total=total,
            before_total=before,
            requests=_requests(t, _of(self._asked, account)),
            doubts=_doubts(t, account) if report.audience == DIRECTOR else None,
            alerts=_alerts(report, account),
            campaigns=_campaigns(t, report, account),
            actions=_of(report.tables["actions"], account)[["action_id", "text", "due_on", "state"]],
            chain=chain_picture(t, account) if len(people_of(t.team, account)) else None,
        )


def _of(frame: pd.DataFrame, account: str) -> pd.DataFrame:
    return frame[frame["account_id"] == account].reset_index(drop=True)


def _facts(t: Teller, account: str, row: pd.Series) -> tuple[tuple[str, str], ...]:
    week = t.team.week
    known = week.active.set_index("account_id").loc[account]
    facts = {
        "owner": week.rep(week.owner(account)) or "—",
        "industry": "—" if missing(known["industry_id"]) else t.industry(known["industry_id"]),
        "role": t.w.role(account),
        "stage": t.stage(week.portfolio.column("decision_stage")[account]),
        "contract": t.cell(week.contract(account), "money"),
        "expected": t.cell(_newest(t, account, "expected_close_on"), "date"),
        "value": t.cell(row["value_index"], "number"),
        "weight": t.cell(row["strategic_weight"], "number"),
        "ratio": t.cell(row["resource_consumption_ratio"], "number"),
        "budget": t.cell(week.budget(account), "money"),
    }
    return tuple((t.w.say(f"account.fact.{name}"), value) for name, value in facts.items())


def _newest(t: Teller, account: str, column: str) -> Any:
    """The newest weekly row's value, else the account's own."""
    rows = _of(t.team.data.account_weeks, account).sort_values("week_ending")[column].dropna()
    return rows.iloc[-1] if len(rows) else _of(t.team.data.accounts, account)[column].iloc[0]


def _margin(t: Teller, account: str, row: pd.Series) -> tuple[str, ...]:
    """What lacks for the next tier; of each line that could change the tier how far, and how likely next week's report
    crosses it.
    """
    found = _of(t.team.week.from_lines, account).sort_values("line")
    said = [] if row["tier"] == "A" else [row["why"]]
    for one in found[found["chance_to_cross"].notna()].itertuples(index=False):
        side = "above" if one.win_probability >= one.threshold else "below"
        facts = {"tier": one.line.upper(), "line": one.threshold, "points": one.win_probability - one.threshold}
        if one.chance_to_cross < _FAR:
            said.append(t.w.say(f"account.margin.far_{side}", **facts))
        else:
            noise = {"low": one.low, "high": one.high, "chance": one.chance_to_cross}
            said.append(t.w.say(f"account.margin.{side}", **facts, **noise))
    if row["on_watch"]:
        said.append(t.w.say("account.margin.watch"))
    return tuple(said if len(found) else [*said, t.w.say("account.margin.none")])


def _history(t: Teller, account: str) -> pd.DataFrame:
    """The last Fridays, the newest first."""
    rows = _of(t.team.data.account_weeks, account)
    tiers = t.team.week.portfolio.tiers_long()
    mine = rows.merge(tiers[tiers["account_id"] == account], on=["week_ending", "account_id"], how="left")
    mine = mine.sort_values("week_ending", ascending=False, ignore_index=True).head(WEEKS)
    return pd.DataFrame(
        {
            "week_ending": mine["week_ending"],
            "tier": mine["tier"].fillna(""),
            "win_probability": mine["win_probability"],
            "posture": mine["competitive_posture"],
            "stage": [t.stage(stage) for stage in mine["decision_stage"]],
        }
    )


def _spiced(t: Teller, account: str) -> pd.DataFrame:
    """The newest score of each dimension, in the order of the letters."""
    rows = _of(t.team.spiced, account).set_index("dimension").loc[list(DIMENSIONS)].reset_index()
    said = ["—" if missing(score) else t.w.say(f"desk.score.{int(score)}") for score in rows["score"]]
    names = [t.w.say(f"spiced.{dimension}.name") for dimension in rows["dimension"]]
    return pd.DataFrame({"name": names, "score": rows["score"], "said": said, "on": rows["on"]})


def _totals(t: Teller, account: str) -> tuple[float, float]:
    """The sum of the scores on the Friday, and four Fridays before it."""
    weeks = _of(t.team.spiced_weeks, account).set_index("week_ending")["total"]
    friday = pd.Timestamp(t.team.week.friday)
    back = friday - pd.Timedelta(weeks=t.team.week.parameters.report.recent_weeks)
    return float(weeks.get(friday, float("nan"))), float(weeks.get(back, float("nan")))


def _requests(t: Teller, judged: pd.DataFrame) -> pd.DataFrame:
    """The newest requests with what the matrix says and how their clocks stand."""
    newest = judged.sort_values("requested_at", ascending=False).head(_REQUESTS)
    clocks, p = t.team.request_clocks, t.team.week.parameters.authority
    rows = []
    for one in newest.itertuples(index=False):
        mine = clocks[clocks["request_id"] == one.request_id].sort_values("started_at")
        mine = mine[mine["state"].isin(CLOCK_STATES)]
        told = [(CLOCK_STATES[clock.state], _clock(clock, t)) for clock in mine.itertuples(index=False)]
        verdict = t.w.say(f"account.request.{words.text(one.decision) or 'open'}")
        allowance = asked.allowance(one, p, t.w)
        rows.append((asked.wanted(one, t.w), one.requested_at, allowance, verdict, tuple(told)))
    return pd.DataFrame(rows, columns=["wanted", "asked_on", "allowance", "verdict", "clocks"])


def _clock(clock: Any, t: Teller) -> str:
    """A step and how it stands: kept, late, running, over, or not to be judged."""
    step = t.w.say(f"clock.step.{clock.step}")
    if clock.state in ("breached", "late", "running"):
        return t.w.say("account.clock", step=step, stand=asked.stand(clock, t.w))
    return t.w.say("account.clock", step=step, stand=t.w.say(f"account.clock_{clock.state}"))


def _doubts(t: Teller, account: str) -> pd.DataFrame:
    """The newest contradictions, open ones first, each with both sources and how it ends or ended."""
    rows = _of(t.team.contradictions, account)
    rows = rows.assign(_o=rows["state"] != "open").sort_values(["_o", "on"], ascending=[True, False])
    made = []
    for row in rows.head(_DOUBTS).itertuples(index=False):
        is_open = row.state == "open"
        if is_open:
            who = t.team.week.rep(row.owner_id) or t.w.say("words.nobody")
            ends = t.w.say("trust.contradiction_next", who=who, due=row.due_on)
        else:
            reason = words.text(row.reason) or "—"
            ends = t.w.say("account.doubt_closed", day=row.closed_on, reason=reason)
        made.append((words.claim(row, t.team, t.w), words.answer(row, t.team, t.w), ends, is_open))
    return pd.DataFrame(made, columns=["said", "other", "next", "open"])


def _alerts(report: Report, account: str) -> pd.DataFrame:
    """The account's alerts that are on, as their cards tell them, then those that ended this week."""
    cards = _of(report.evidence["alert_cards"], account)
    on = cards.assign(on=True)[["severity", "title", "why", "on"]]
    table = report.tables["alerts"]
    over = table[(table["scope_id"] == account) & (table["scope"] == "account")]
    over = over[over["ended_on"].notna() | (len(cards) == 0)]
    ended = pd.DataFrame(
        {"severity": over["severity"], "title": over["detail"], "why": "", "on": over["ended_on"].isna()}
    )
    return pd.concat([on, ended], ignore_index=True)


def _campaigns(t: Teller, report: Report, account: str) -> pd.DataFrame:
    rows = _of(report.evidence["board_cards"], account)
    columns = [column_name(code, t.w.language) for code in rows["board_column"]]
    made = {"name": rows["campaign_name"], "column": columns, "stand": rows["stand"]}
    return pd.DataFrame(made | {"progress": rows["progress"], "state": rows["state"]})
