"""Running a notebook: its parameters checked, the prose of one language kept, papermill in a process of its own.

`settings(globals())` is what a notebook calls behind its `parameters` cell. `start` runs a notebook while the caller
goes on computing; `python -m toolkit.publish.run_notebook` is that other process.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from toolkit.base.audience import DIRECTOR
from toolkit.base.errors import InputError
from toolkit.base.places import SAMPLE_FOLDER, notebook
from toolkit.base.settings import nearest
from toolkit.language import LANGUAGES, check_audience, check_language, say
from toolkit.parameters import Parameters

NAMES: Final = ("data", "columns", "as_of", "language", "parameters_file", "overrides", "output")
_INJECTED: Final = "# Parameters"  # papermill's first line in the cell that it puts behind the `parameters` cell


@dataclass(frozen=True)
class NotebookSettings:
    """What a notebook runs on, checked: `as_of` None means the newest week; `output` "" writes no files.

    `columns`: the mapping file; "" is the one near the data or the working folder, if there is one.
    `more`: what this notebook asks for beside what every notebook has: a text, or several.
    """

    data: str
    as_of: str | None
    language: str
    parameters: Parameters
    output: str
    more: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    columns: str = ""

    @property
    def audience(self) -> str:
        """Whom the report is for; the director where the notebook does not say."""
        return check_audience(str(self.more.get("audience") or DIRECTOR), self.language)

    def listed(self, *names: str) -> tuple[str, ...]:
        """The texts under some names of `more`, in order, blank ones left out."""
        given = (self.more[name] for name in names)
        texts = (text for value in given for text in ((value,) if isinstance(value, str) else value))
        return tuple(text for text in texts if text)


def settings(namespace: Mapping[str, Any], *more: str) -> NotebookSettings:
    """The notebook's parameters out of its `globals()`, validated; `more`: the names of those that it alone has.

    Raises InputError for a name that papermill injected and the notebook does not have (papermill itself only
    warns), a value of the wrong kind, an unknown language, and whatever `Parameters.read` refuses.

    Examples
    --------
    >>> run = settings({"language": "en", "overrides": {"tiers.a.min_win_probability": 0.55}})
    >>> run.data, run.parameters.tiers.a.min_win_probability
    ('sample_data', 0.55)
    >>> settings({"scenario": "spill", "compare": ["weight_75"]}, "scenario", "compare").listed("scenario", "compare")
    ('spill', 'weight_75')
    """
    known = (*NAMES, *more)
    language = check_language(namespace.get("language") or "zh")
    for name in _injected(namespace):
        if name not in known:
            near = nearest(name, known) or list(known)
            raise InputError(say("parameters.not_a_setting", language, name=name, near=", ".join(near)))
    given = {name: _text(namespace, name, language) for name in NAMES if name != "overrides"}
    own = {name: _texts(namespace, name, language) for name in more}
    overrides = namespace.get("overrides") or {}
    if not isinstance(overrides, Mapping):
        kind = say("parameters.kind.overrides", language)
        raise InputError(say("parameters.wrong_kind", language, name="overrides", value=overrides, kind=kind))
    parameters = Parameters.read(given["parameters_file"], overrides, language=language)
    data, as_of = given["data"] or SAMPLE_FOLDER, given["as_of"] or None
    return NotebookSettings(data, as_of, language, parameters, given["output"], own, given["columns"])


def _text(namespace: Mapping[str, Any], name: str, language: str) -> str:
    value = namespace.get(name) or ""
    if not isinstance(value, str):
        kind = say("parameters.kind.text", language)
        raise InputError(say("parameters.wrong_kind", language, name=name, value=value, kind=kind))
    return value


def _texts(namespace: Mapping[str, Any], name: str, language: str) -> str | tuple[str, ...]:
    value = namespace.get(name) or ""
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    return _text(namespace, name, language)


def _injected(namespace: Mapping[str, Any]) -> Iterator[str]:
    """The names that papermill's injected cells of this run assign (IPython keeps the cells' text in `In`)."""
    for source in namespace.get("In", ()):
        if source.startswith(_INJECTED):
            for statement in ast.parse(source).body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def in_one_language(cells: list[Any], language: str) -> list[Any]:
    """The cells of a notebook without those tagged for another language.

    Examples
    --------
    >>> cells = [{"metadata": {"tags": [f"lang-{one}"]}, "source": one} for one in ("zh", "en")]
    >>> [cell["source"] for cell in in_one_language(cells, "en")]
    ['en']
    """
    others = {f"lang-{other}" for other in LANGUAGES if other != language}
    return [cell for cell in cells if not others & set(cell["metadata"].get("tags", ()))]


def start(name: str, target: Path, values: Mapping[str, Any]) -> "subprocess.Popen[str]":
    """Begin to run the notebook `name` with the values of its parameters, into `target`; `finish` waits for it."""
    order = json.dumps({"name": name, "target": str(target), "values": dict(values)})
    command = [sys.executable, "-m", "toolkit.publish.run_notebook", order]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(running: "subprocess.Popen[str]") -> None:
    """Wait for a notebook that `start` began; RuntimeError with its own words if it failed."""
    _, words = running.communicate()
    if running.returncode:
        raise RuntimeError(f"the notebook failed:\n{words.strip()}")


def run(name: str, target: Path, values: Mapping[str, Any]) -> None:
    """Run a notebook in the present process: filter by language, inject the values, execute, save into `target`."""
    import nbformat
    import papermill

    pages = nbformat.read(notebook(name), as_version=4)
    pages.cells = in_one_language(pages.cells, str(values.get("language") or "zh"))
    papermill.execute_notebook(
        pages,
        str(target),
        parameters=dict(values),
        kernel_name="python3",
        progress_bar=False,
        log_output=False,
    )


if __name__ == "__main__":
    ordered = json.loads(sys.argv[1])
    run(ordered["name"], Path(ordered["target"]), ordered["values"])
