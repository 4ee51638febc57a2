"""The plan read and checked: every fault at once, each with its place, its value, and what to do.

Nothing runs before the whole plan is right: keys, values, names, folders, parameters, notebooks and what they ask for.
What only the day of a run can tell (whether the data is there, say) is that report's own affair.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import ValidationError

from toolkit.base.errors import InputError
from toolkit.base.settings import merged, nearest, tree_of
from toolkit.language import LANGUAGES, say
from toolkit.plan.expects import expected, keys_at
from toolkit.plan.file import tree_of_file
from toolkit.plan.job import Job, job_of
from toolkit.plan.model import Entry, Plan, Shared

_SHARED: Final = tuple(Shared.model_fields)
_TEXTS: Final = ("name", "data", "columns", "parameters", "notebook", "folder")
_IN_FOLDER: Final = ("name", "team", "kind", "day")
_HOLE: Final = re.compile(r"\{([^{}]*)\}")


def read_plan(path: str | Path, language: str | None = None) -> tuple[Plan, tuple[Job, ...]]:
    """The plan and its reports, one for each team; messages in `language`, else in the plan's.

    Raises InputError with every fault, a line each.
    """
    file = Path(path)
    tree = tree_of_file(file, language or "zh")
    said = language or _language(tree)
    try:
        plan = Plan.model_validate(_with_defaults(tree))
    except ValidationError as error:
        problems = error.errors()
        inside = any(len(problem["loc"]) > 1 for problem in problems)  # then a list only counts as short for want of it
        lines = [_refusal(one, tree, said) for one in problems if not (inside and one["type"] == "too_short")]
    else:
        jobs, lines = _jobs(plan, said)
        if not lines:
            return plan, jobs
    raise InputError("\n".join(f"{file}: {line}" for line in dict.fromkeys(lines)))


def _with_defaults(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree without blank keys, its entries with what the plan says for all of them."""
    out = {key: value for key, value in tree.items() if not _blank(value)}
    common = {key: out[key] for key in _SHARED if key in out}
    if isinstance(out.get("reports"), list):
        out["reports"] = [_entry(common, entry) if isinstance(entry, dict) else entry for entry in out["reports"]]
    return out


def _entry(common: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry over what the plan says for all; of the overrides those of both count, the entry's own before."""
    own = dict(common) | {key: value for key, value in entry.items() if not _blank(value)}
    both = [one.get("overrides") for one in (common, entry)]
    if all(isinstance(one, dict) for one in both):
        own["overrides"] = merged(tree_of(both[0]), tree_of(both[1]))  # type: ignore[arg-type]
    return own


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value in ("", "null", "~"))


def _refusal(problem: Mapping[str, Any], tree: Mapping[str, Any], language: str) -> str:
    """One sentence for one thing that pydantic found."""
    place = tuple(problem["loc"])
    where, key = _where(place, tree), str(place[-1]) if place else ""
    if problem["type"] == "extra_forbidden":
        known = keys_at(place)
        near = nearest(key, known)
        words = say(
            "plan.unknown_near" if near else "plan.unknown_key", language, where=where, near=", ".join(near or known)
        )
        return words
    if problem["type"] == "missing":
        return say("plan.missing", language, where=where, range=expected(place, language))
    return say("plan.wrong", language, where=where, value=_shown(problem["input"]), range=expected(place, language))


def _where(place: tuple[Any, ...], tree: Mapping[str, Any]) -> str:
    """A place in words that one finds in the file: `reports 2 (weekly) · when.at`."""
    if len(place) >= 2 and place[0] == "reports" and isinstance(place[1], int):
        entry = tree["reports"][place[1]]
        name = entry.get("name", "") if isinstance(entry, dict) else ""
        head = f"reports {place[1] + 1}" + (f" ({name})" if name else "")
        rest = ".".join(str(part) for part in place[2:])
        return f"{head} · {rest}" if rest else head
    return ".".join(str(part) for part in place)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _jobs(plan: Plan, language: str) -> tuple[tuple[Job, ...], list[str]]:
    """Every report of the plan, and what is wrong with them."""
    jobs: list[Job] = []
    lines: list[str] = []
    for number, entry in enumerate(plan.reports, start=1):
        where = f"reports {number} ({entry.name})"
        faults = [*_holes(entry, where, language), *_sense(entry, plan, where, language)]
        for one in () if faults else _for_teams(entry):
            try:
                jobs.append(job_of(one, plan, language))
            except InputError as error:
                faults += [f"{where} · {line}" for line in str(error).splitlines()]
        lines += faults
    lines += [] if lines else _clashes(jobs, language)
    return tuple(jobs), lines


def _holes(entry: Entry, where: str, language: str) -> Iterator[str]:
    """Placeholders that nothing fills, and a folder that every day would replace."""
    for field in (*_TEXTS, "tell"):
        value = getattr(entry, field)
        known = _IN_FOLDER if field == "folder" else ("team",)
        for hole in _HOLE.findall(" ".join(value) if isinstance(value, tuple) else value):
            if hole not in known:
                near = ", ".join(f"{{{name}}}" for name in (nearest(hole, known) or known))
                yield say("plan.hole", language, where=f"{where} · {field}", hole=f"{{{hole}}}", near=near)
            elif hole == "team" and not (entry.team or entry.teams):
                yield say("plan.no_team", language, where=f"{where} · {field}")
    if "{day}" not in entry.folder:
        yield say("plan.no_day", language, where=f"{where} · folder", value=entry.folder)


def _sense(entry: Entry, plan: Plan, where: str, language: str) -> Iterator[str]:
    """What does not go together."""
    if (entry.kind is None) == (not entry.notebook):
        yield say("plan.kind_or_notebook", language, where=where)
    if entry.team and entry.teams:
        yield say("plan.team_or_teams", language, where=where)
    if not entry.data:
        yield say("plan.no_data", language, where=where)
    if entry.kind == "what_if" and entry.audience != "director":
        yield say("plan.no_copy", language, where=where)
    for name in entry.tell:
        names = (
            [name] if "{team}" not in name else [name.replace("{team}", team) for team in entry.teams or (entry.team,)]
        )
        for one in names:
            if one not in plan.tell:
                near = ", ".join(nearest(one, list(plan.tell)) or plan.tell) or "—"
                yield say("plan.nobody", language, where=where, name=one, near=near)


def _for_teams(entry: Entry) -> Iterator[Entry]:
    """The entry itself, or one for each of its teams with the team's name in its texts."""
    if not entry.teams:
        yield _filled(entry, entry.team) if entry.team else entry
        return
    named = entry if "{team}" in entry.name else entry.model_copy(update={"name": entry.name + "-{team}"})
    for team in entry.teams:
        yield _filled(named, team)


def _filled(entry: Entry, team: str) -> Entry:
    change: dict[str, Any] = {field: _fill(getattr(entry, field), team) for field in (*_TEXTS, "tell", "values")}
    return entry.model_copy(update=change | {"team": team, "teams": ()})


def _fill(value: Any, team: str) -> Any:
    if isinstance(value, str):
        return value.replace("{team}", team)
    if isinstance(value, list | tuple):
        return type(value)(_fill(one, team) for one in value)
    if isinstance(value, dict):
        return {key: _fill(one, team) for key, one in value.items()}
    return value


def _clashes(jobs: list[Job], language: str) -> list[str]:
    """Names and folders that two reports would share, or a folder in another's, which is replaced whole with all that
    lies in it (a folder's letters count alike, large or small).
    """
    out = []
    names: dict[str, str] = {}
    folders: dict[str, str] = {}
    for job in jobs:
        folder = job.folder_pattern
        words = {"name": job.name, "folder": folder}
        if job.name in names:
            out.append(say("plan.same_name", language, other=names[job.name], **words))
        elif folder.casefold() in folders:
            out.append(say("plan.same_folder", language, other=folders[folder.casefold()], **words))
        names[job.name] = folders[folder.casefold()] = job.name
    for inner, name in folders.items():
        for outer in PurePosixPath(inner).parents:
            if other := folders.get(str(outer)):
                out.append(say("plan.inside_folder", language, name=name, other=other, folder=inner))
    return out


def language_of(path: str | Path) -> str:
    """The language that a plan is written for, as far as it can be told; Chinese otherwise."""
    try:
        return _language(tree_of_file(Path(path), "zh"))
    except InputError:
        return "zh"


def _language(tree: Mapping[str, Any]) -> str:
    return str(tree.get("language")) if tree.get("language") in LANGUAGES else "zh"
