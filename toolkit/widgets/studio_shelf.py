"""The scenarios of the studio: those on file, what each makes of this Friday and of the recorded weeks. No widgets."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolkit.base import places
from toolkit.base.errors import InputError
from toolkit.data.source import locate
from toolkit.language import say
from toolkit.parameters import Parameters
from toolkit.whatif.scenario import FOLDER, STOCK, Scenario, is_slug, parameters_of, save, scenario_of, stock

AS_SET: Final = "as_set"


@dataclass(frozen=True)
class Line:
    """A scenario beside the parameters in force: its parameters, or why it has none."""

    scenario: Scenario
    parameters: Parameters | None
    reason: str = ""


class Shelf:
    """The scenarios on file: the toolkit's own, then those saved in the working folder's parameters/scenarios.

    base: the parameters that each of them changes.
    """

    def __init__(self, base: Parameters) -> None:
        self._base = base
        self.problem = ""
        self.scenarios: tuple[Scenario, ...] = ()
        self.refresh()

    def refresh(self, language: str = "zh") -> None:
        """Read the files again; where one cannot be read, `problem` says which and the others stay."""
        try:
            self.scenarios, self.problem = stock(language=language), ""
        except InputError as error:
            self.problem = str(error)
            self.scenarios = self.scenarios or stock(places.scenarios(), language)

    def named(self, name: str) -> Scenario:
        """A scenario on file by its name. Raises KeyError."""
        return {scenario.name: scenario for scenario in self.scenarios}[name]

    def own(self, name: str) -> bool:
        """True for a scenario that was saved here: one that may be deleted."""
        return name not in STOCK and any(scenario.name == name for scenario in self.scenarios)

    def lines(self, language: str = "zh") -> list[Line]:
        """Every scenario with the parameters that it makes of those in force, or the reason why it makes none."""
        return [line_of(scenario, self._base, language) for scenario in self.scenarios]

    def save(self, title: str, changes: Mapping[str, Any], language: str = "zh") -> Scenario:
        """Write the changes under a title as people write it; one of the same name is replaced. Raises InputError."""
        name = slug(title)
        if not is_slug(name):
            raise InputError(say("studio.shelf.no_name", language))
        if not changes:
            raise InputError(say("studio.shelf.nothing", language))
        scenario = scenario_of(name, changes, title=title.strip(), language=language)
        save(scenario, folder(), language=language)
        self.refresh(language)
        return scenario

    def delete(self, name: str, language: str = "zh") -> None:
        """Remove one that was saved here. Raises InputError where it cannot be."""
        if not self.own(name):
            raise InputError(say("studio.shelf.not_own", language))
        try:
            (folder() / f"{name}.yaml").unlink()
        except OSError as error:
            raise InputError(say("studio.shelf.not_deleted", language, why=error.strerror or error)) from None
        self.refresh(language)


def line_of(scenario: Scenario, base: Parameters, language: str = "zh") -> Line:
    """A scenario's line."""
    try:
        return Line(scenario, parameters_of(scenario, base, language))
    except InputError as error:
        return Line(scenario, None, str(error))


def folder() -> Path:
    """Where scenarios are saved: parameters/scenarios of the working folder, or of the one above it that has it."""
    with suppress(InputError):
        return locate(FOLDER)
    return FOLDER


def slug(title: str) -> str:
    """The name of a file for a title: lower-case letters and digits, anything else as _.

    Examples
    --------
    >>> slug("A line 55 %"), slug(" A线放宽 "), slug("…")
    ('a_line_55', 'a线放宽', '')
    """
    return re.sub(r"[\W_]+", "_", title.lower()).strip("_")[:64].strip("_")
