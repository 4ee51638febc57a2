"""How long personal data is kept before `kat purge` takes it out of a store."""

from toolkit.base.parameters import Slice, setting


class RetentionParameters(Slice):
    """Days by kind of personal data (path `retention`); none of them changes a rule."""

    positions_days: int = setting(180, unit="days", rule="M6", ge=0, le=3650)
    notes_days: int = setting(730, unit="days", rule="M9", ge=0, le=3650)
    drafts_days: int = setting(30, unit="days", rule="M9", ge=0, le=3650)
    journal_days: int = setting(1095, unit="days", rule="Common", ge=0, le=3650)
    people_days: int = setting(730, unit="days", rule="F1", ge=0, le=3650)
    team_days: int = setting(730, unit="days", rule="F7", ge=0, le=3650)
