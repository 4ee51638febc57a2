"""Whom a copy of a report is for."""

from typing import Final

DIRECTOR: Final = "director"
TEAM: Final = "team"
AUDIENCES: Final = (DIRECTOR, TEAM)
