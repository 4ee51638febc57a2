"""What each rule of the method cannot do without: one list, held against the rules by tests/data/test_needs.py.

A need is met by any of its alternatives; an alternative is a table, or a column of it that holds something real (an
assumed constant does not). The list is in the order of what a director misses first;
without tiers (S1) hardly anything else has its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from toolkit.data.guess.proposal import Proposal
from toolkit.data.tables_foreign import HISTORY, OPPORTUNITIES

_COST: Final = ("daily_reports.technical_hours", "daily_reports.labour_hours", "daily_reports.price_concession")
_PARTS: Final = ("accounts.annual_potential", "accounts.industry_influence", "accounts.technical_fit")
_VALUE: Final = ("account_weeks.value_index", *_PARTS)
_WEIGHT: Final = ("account_weeks.strategic_weight", *_PARTS)
_SPICED: Final = tuple(
    f"daily_reports.spiced_{part}" for part in ("pain", "situation", "impact", "critical_event", "decision")
)


@dataclass(frozen=True)
class Need:
    """One thing that a rule judges: the rule's number, what it judges (`guess.judges.<code>`), and what it needs."""

    rule: str
    code: str
    needs: tuple[tuple[str, ...], ...]
    weight: int = 1


def _need(rule: str, code: str, *needs: str | tuple[str, ...], weight: int = 1) -> Need:
    return Need(rule, code, tuple((one,) if isinstance(one, str) else one for one in needs), weight)


NEEDS: Final = (
    _need("S1", "tiers", "accounts.market_role", "account_weeks.win_probability", weight=20),
    _need("S1", "tier_a", _WEIGHT, weight=3),
    _need("S3", "stall", ("account_weeks.decision_stage", "account_weeks.progress", "daily_reports"), weight=3),
    _need("M5", "yellow", "daily_reports", weight=3),
    _need("M4", "red", "daily_reports", _COST, _VALUE, weight=3),
    _need(
        "S2",
        "pipeline",
        "targets",
        ("account_weeks.contract_amount", "accounts.contract_amount"),
        ("account_weeks.expected_close_on", "accounts.expected_close_on"),
        weight=3,
    ),
    _need("S2", "posture", "account_weeks.competitive_posture", weight=2),
    _need("S2", "consumption", "account_weeks.resource_cost", _VALUE, weight=2),
    _need("S6", "spend", "daily_reports", _COST, weight=2),
    _need("M2", "efficiency", "daily_reports", _COST, _VALUE, weight=2),
    _need("M1", "breakthrough", "daily_reports.new_key_contacts", "reps", weight=2),
    _need("M3", "defence", "daily_reports.communications", "daily_reports.competitor_mentions", weight=2),
    _need("E4", "requests", "resource_requests", weight=2),
    _need("F4", "clocks", "resource_requests", weight=2),
    _need("F1", "chains", "decision_makers", weight=2),
    _need("S5", "five", "accounts.industry_influence", "accounts.technical_fit", weight=2),
    _need("S4", "industries", "industries"),
    _need("S6", "allocation", "accounts.market_role", "account_weeks.win_probability", weight=2),
    _need("S8", "focus", "daily_reports", _COST),
    _need("S9", "patience", ("verifications", "callbacks", "contacts")),
    _need("M9", "spiced", _SPICED),
    _need("M8", "competitors", "daily_reports.competitor", "competitor_intel"),
    _need("M6", "spot_check", "visits.device_latitude", ("account_sites", "accounts.latitude")),
    _need("M7", "callbacks", "callbacks", "reps"),
    _need("M12", "credibility", ("verifications", "callbacks", "visits")),
    _need("M10", "directives", "daily_reports", "directives"),
    _need("M11", "training", "daily_reports.problem_tag"),
    _need("E5", "oversteps", ("resource_requests", *_COST)),
    _need("S7", "board", "campaigns"),
    _need("E1", "playbooks", "playbooks"),
    _need("E2", "drills", "sessions"),
    _need("F2", "moves", "executive_moves"),
    _need("F6", "losses", "losses"),
    _need("F5", "ladder", "reps.hired_on", "achievements"),
    _need("F7", "ranks", "reps", "achievements"),
)


@dataclass(frozen=True)
class Lack:
    """Something that the source does not give, and the needs that wait for it, the most valued first."""

    what: str
    needs: tuple[Need, ...]

    @property
    def worth(self) -> int:
        """How much waits for it."""
        return sum(need.weight for need in self.needs)


def given(proposal: Proposal) -> frozenset[str]:
    """Tables and columns that the proposal gives; what is only assumed for all rows is not given."""
    found = {table for table in proposal.tables if table not in (OPPORTUNITIES.name, HISTORY.name)}
    for table, guess in proposal.tables.items():
        found |= {f"{table}.{column}" for column in (*guess.columns, *guess.ids)}
    deals = proposal.of(OPPORTUNITIES.name)
    if deals is not None:
        found |= {"accounts", "account_weeks"} | ({"reps"} if deals.has("owner_id") else set())
        made = {
            "stage": ("accounts.status", "account_weeks.decision_stage"),
            "win_probability": ("account_weeks.win_probability",),
            "amount": ("account_weeks.contract_amount", "account_weeks.output_value"),
            "close_on": ("account_weeks.expected_close_on",),
        }
        for column in deals.columns:
            found |= {*made.get(column, ()), f"accounts.{column}", f"account_weeks.{column}"}
    return frozenset(found)


def unmet(need: Need, there: Iterable[str]) -> list[str]:
    """What a need lacks: of alternatives the first."""
    known = set(there)
    return [options[0] for options in need.needs if not known & set(options)]


def judged(there: Iterable[str]) -> list[Need]:
    """What can be judged."""
    known = frozenset(there)
    return [need for need in NEEDS if not unmet(need, known)]


def lacking(there: Iterable[str]) -> list[Lack]:
    """What is missing, what most waits for first; a need stands under the first thing that it lacks.

    Columns of a table that is missing altogether are counted as the table.
    """
    known = frozenset(there)
    waiting: dict[str, list[Need]] = {}
    for need in NEEDS:
        for what in unmet(need, known)[:1]:
            table = what.partition(".")[0]
            waiting.setdefault(what if table in known else table, []).append(need)
    lacks = [Lack(what, tuple(sorted(needs, key=lambda need: -need.weight))) for what, needs in waiting.items()]
    return sorted(lacks, key=lambda lack: -lack.worth)
