"""The working calendar with the corrections of `parameters/workdays.csv`, where the working folder has one."""

from pathlib import Path

from toolkit.base.errors import InputError
from toolkit.base.workdays import Workdays
from toolkit.data.source import locate


def working_calendar() -> Workdays:
    """Chinese working days, corrected by parameters/workdays.csv of the working folder or a folder above it."""
    try:
        file = locate(Path("parameters") / "workdays.csv")
    except InputError:
        return Workdays()
    return Workdays.read(file)
