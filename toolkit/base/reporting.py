"""What a report can be set to: how many decisions, how far back, when the week's actions fall due."""

from toolkit.base.parameters import Slice, setting


class ReportParameters(Slice):
    """Settings of the reports themselves; none of them moves a tier or an amount."""

    max_decisions: int = setting(7, unit="decisions", rule="D2", ge=1, le=20)
    brief_decisions: int = setting(4, unit="decisions", rule="D1", ge=1, le=20)
    recent_weeks: int = setting(4, unit="weeks", rule="E2", ge=1, le=26)
    trend_weeks: int = setting(8, unit="weeks", rule="M1", ge=2, le=26)
    urgent_due_working_days: int = setting(1, unit="working days", rule="D2", ge=0, le=10)
    due_working_days: int = setting(5, unit="working days", rule="D2", ge=0, le=30)
    leak_min_share: float = setting(0.05, unit="fraction of the week's cost", rule="S6", ge=0, le=1)
    listed_accounts: int = setting(16, unit="accounts", rule="S1", ge=1, le=200)
    min_share_met: float = setting(0.9, unit="fraction", rule="F4", ge=0, le=1)
