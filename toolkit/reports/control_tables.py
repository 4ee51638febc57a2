"""The weekly review's tables of the rules of execution; never a position."""

from typing import Final

import pandas as pd

from toolkit.state.control import ControlState

_DECIDED: Final = ["request_id", "decision", "approved_by", "approved_at", "price_granted"]


def control_tables(control: ControlState) -> dict[str, pd.DataFrame]:
    """Requests and their clocks, oversteps, checks, ledger, reports, trainings and self-checks, in their order."""
    decided = control.data.resource_requests[_DECIDED]
    return {
        "requests": control.requests.merge(decided, on="request_id", validate="one_to_one"),
        "request_clocks": control.request_clocks,
        "outcomes": control.outcomes,
        "oversteps": control.oversteps,
        "penalties": control.penalties,
        "spot_checks": control.spot_checks,
        "callbacks": control.callback_turn,
        "competitor_check": control.cross_check,
        "credibility": control.credibility,
        "contradictions": control.contradictions,
        "incomplete_reports": control.incomplete,
        "directives": control.directive_days,
        "trainings": control.trainings,
        "self_checks": self_checks(control),
    }


def self_checks(control: ControlState) -> pd.DataFrame:
    """D1's and D2's answers of the week: rule, on (the day, or the Friday), item and how it was answered."""
    daily = control.daily_checks.rename(columns={"day": "on"}).assign(rule="D1")
    weekly = control.weekly_checks.rename(columns={"week_ending": "on"}).assign(rule="D2")
    both = pd.concat([daily, weekly], ignore_index=True)
    return both[["rule", "on", "item", "needed", "done", "claimed", "answered_by", "state", "code", "evidence"]]
