"""One report of a plan, checked and ready: its notebook, what goes into it, its parameters, its folder for a day."""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from toolkit.base import places
from toolkit.base.errors import InputError
from toolkit.base.settings import nearest
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.plan.due import Rhythm
from toolkit.plan.model import Entry, Plan
from toolkit.publish.kinds import KINDS
from toolkit.publish.parameter_file import changes

_BAD_IN_NAME: Final = '/\\:*?"<>|\0'
_OF_WHAT_IF: Final[Mapping[str, Any]] = {"scenario": "", "compare": [], "plan": "", "log": []}
_FRIDAY: Final = 4


@dataclass(frozen=True)
class Job:
    """One report of the plan for one team.

    notebook  the file that is run
    asked     the values of the notebook's own parameters
    names     the names of all parameters that the notebook has
    """

    entry: Entry
    parameters: Parameters
    notebook: Path
    asked: Mapping[str, Any]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in the plan, the same from day to day."""
        return self.entry.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its hours."""
        return ZoneInfo(self.parameters.timezone)

    @property
    def rhythm(self) -> Rhythm | None:
        """When it is due; None where only a day that is named makes it."""
        when = self.entry.when
        return Rhythm(when.every, when.at, self.zone) if when else None

    @property
    def folder_pattern(self) -> str:
        """Its folder in the plan's output, with {day} still open."""
        one = self.entry
        return one.folder.replace("{name}", one.name).replace("{team}", one.team).replace("{kind}", one.what)

    def folder(self, day: date) -> str:
        """Its folder in the plan's output for a day, with slashes."""
        return self.folder_pattern.replace("{day}", day.isoformat())

    def day_for(self, day: date) -> date:
        """The day that its report of any day goes by: of a week its Friday, on or before the day."""
        weekly = self.entry.kind == "weekly"
        return day - timedelta(days=(day.weekday() - _FRIDAY) % 7) if weekly else day

    def values(self, day: date) -> dict[str, Any]:
        """What goes into the notebook."""
        one = self.entry
        common: dict[str, Any] = {"data": one.data, "columns": one.columns, "as_of": day.isoformat()}
        common |= {"language": one.language, "overrides": changes(self.parameters), "audience": one.audience}
        return {name: value for name, value in common.items() if name in self.names} | dict(self.asked)

    def title(self, day: date) -> str:
        """What the report is called before it is made."""
        kind = self.entry.kind
        return (
            say(KINDS[kind].title, self.entry.language, day=datetime(day.year, day.month, day.day))
            if kind
            else self.name
        )


def job_of(entry: Entry, plan: Plan, language: str) -> Job:
    """An entry for one team as a job. Raises InputError, a line for each fault, each beginning with its key."""
    lines = [*_name(entry.name, language), *_folder(entry, language)]
    parameters = Parameters()
    try:
        parameters = _parameters(entry, language)
    except InputError as error:
        lines += [f"parameters · {line}" for line in str(error).splitlines()]
    notebook, names = Path(), tuple[str, ...]()
    try:
        notebook, names = _notebook(entry, language)
        asked = _asked(entry, names, language)
    except InputError as error:
        lines += str(error).splitlines()
    if lines:
        raise InputError("\n".join(lines))
    return Job(entry, parameters, notebook, asked, names)


def _name(name: str, language: str) -> list[str]:
    """A name is also a folder's: it must be one on any machine."""
    bad = any(letter in _BAD_IN_NAME or ord(letter) < 32 for letter in name) or name != name.strip(" .")
    return [say("plan.bad_name", language, value=name, bad='/ \\ : * ? " < > |')] if bad else []


def _folder(entry: Entry, language: str) -> list[str]:
    parts = Path(entry.folder).parts
    bad = Path(entry.folder).is_absolute() or any(part.startswith(".") for part in parts) or "\\" in entry.folder
    return [say("plan.bad_folder", language, value=entry.folder)] if bad else []


def _parameters(entry: Entry, language: str) -> Parameters:
    return Parameters.read(entry.parameters or None, entry.overrides, language=language)


def _notebook(entry: Entry, language: str) -> tuple[Path, tuple[str, ...]]:
    """The notebook's file, and the names of its parameters."""
    if entry.kind:
        path = places.notebook(KINDS[entry.kind].notebook_file)
    else:
        path = Path(entry.notebook)
        if not path.is_file():
            raise InputError(say("plan.no_notebook", language, path=path))
    names = _names_in(path, language)
    if not names:
        raise InputError(say("plan.no_cell", language, path=path))
    return path, names


def _names_in(path: Path, language: str) -> tuple[str, ...]:
    """What the notebook's `parameters` cell assigns (read as JSON: nbformat takes seconds to import)."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        tagged = [cell["source"] for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
        found = ast.walk(ast.parse("".join(tagged[0]) if tagged else ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(say("plan.bad_notebook", language, path=path, why=why)) from None
    return tuple(node.id for node in found if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _asked(entry: Entry, names: tuple[str, ...], language: str) -> dict[str, Any]:
    """The values that this notebook alone asks for, each known to it."""
    if entry.kind == "what_if":
        known = tuple(_OF_WHAT_IF)
    else:
        given = ("data", "columns", "as_of", "language", "audience", "overrides", "parameters_file", "output")
        known = () if entry.kind else tuple(name for name in names if name not in given)
    lines = []
    for name in entry.values:
        if name not in known:
            near = ", ".join(nearest(name, known) or known) or "—"
            lines.append(say("plan.not_asked", language, name=name, near=near))
    if lines:
        raise InputError("\n".join(lines))
    if entry.kind != "what_if":
        return dict(entry.values)
    from toolkit.reports.what_if_asked import scenarios_of

    asked = {**_OF_WHAT_IF, **entry.values}
    compare, log = (_listed(asked[name]) for name in ("compare", "log"))
    scenarios_of([str(asked["scenario"]), *compare], language)
    return asked | {"compare": compare, "log": log}


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)] if value else []
