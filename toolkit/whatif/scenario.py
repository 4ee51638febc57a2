"""A scenario: a named set of changed parameters, its files, and the parameters that it makes of a base.

A file `<name>.yaml` holds `title` and `note` (each one text, or zh and en), `changes` (nested or dotted paths) and
`order` (its place in lists). Reading is strict: an unknown key or parameter, a value out of its range, a key that
stands twice and a name that is no slug are refused. What two settings make of each other is judged only together with
the base: by `parameters_of`.

Reading: a changed share of A (or of B) alone moves the other one, so that both add up to what they did before.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationInfo, field_validator

from toolkit.base import places
from toolkit.base.errors import InputError
from toolkit.base.parameters import Slice
from toolkit.base.settings import nearest, value_at
from toolkit.data.source import locate
from toolkit.language import LANGUAGES, say
from toolkit.parameters import Parameters
from toolkit.whatif.changes import flat, nulls, plain_value

BASELINE: Final = "baseline"
FOLDER: Final = Path("parameters") / "scenarios"
STOCK: Final = (
    "a_line_55",
    "weight_75",
    "split_60_40",
    "split_80_20",
    "demotion_3_weeks",
    "spill",
    "optimal_inside",
    "red_alert_8",
)
_KEYS: Final = ("title", "note", "order", "changes")
_LAST: Final = 1000  # the place of a scenario that names none
_SLUG: Final = re.compile(r"[^\W_](?:[\w-]{0,62}[^\W_])?")


class Scenario(Slice):
    """A name (slug), the changed parameters by dotted path, and what people read: title and note in zh and en.

    Examples
    --------
    >>> mine = from_overrides("a_line_50", ["tiers.a.min_win_probability=0.5"])
    >>> mine.changes, mine.title["en"]
    ({'tiers.a.min_win_probability': 0.5}, 'a_line_50')
    """

    name: str
    title: dict[str, str]
    changes: dict[str, Any]
    note: dict[str, str] = dict.fromkeys(LANGUAGES, "")
    order: int = _LAST

    @field_validator("name")
    @classmethod
    def _slug(cls, name: str) -> str:
        if not is_slug(name):
            raise ValueError(f"{name!r} is no slug")
        return name

    @field_validator("title", "note")
    @classmethod
    def _both_languages(cls, text: dict[str, str], known: ValidationInfo) -> dict[str, str]:
        if set(text) != set(LANGUAGES):
            raise ValueError("a text needs zh and en")
        name = known.data.get("name", "") if known.field_name == "title" else ""
        return {language: text[language].strip() or name for language in LANGUAGES}

    @field_validator("changes")
    @classmethod
    def _by_path(cls, changes: dict[str, Any]) -> dict[str, Any]:
        return flat(changes)


def is_slug(name: str) -> bool:
    """Whether a name can name a file anywhere: lower-case letters (Chinese too), digits, - and _ inside; up to 64.

    Examples
    --------
    >>> [is_slug(name) for name in ("a_line_55", "A线放宽", "a线放宽", "../a", "")]
    [True, False, True, False, False]
    """
    return bool(_SLUG.fullmatch(name)) and name == name.lower()


def baseline() -> Scenario:
    """The parameters as they are: what every scenario is compared with."""
    title = {language: say("scenario.baseline.title", language) for language in LANGUAGES}
    note = {language: say("scenario.baseline.note", language) for language in LANGUAGES}
    return Scenario(name=BASELINE, title=title, note=note, changes={}, order=0)


def scenario_of(
    name: str,
    changes: Mapping[str, Any],
    *,
    title: str | Mapping[str, str] = "",
    note: str | Mapping[str, str] = "",
    order: int = _LAST,
    language: str = "zh",
) -> Scenario:
    """A scenario, checked: slug, names and single values; changes may be nested or dotted.

    `title` and `note`: one text for both languages, or zh and en; an empty title is the name. Raises InputError.

    Examples
    --------
    >>> scenario_of("mine", {"tiers": {"a": {"min_win_probability": "0.5"}}}).changes
    {'tiers.a.min_win_probability': 0.5}
    """
    if not is_slug(name):
        raise InputError(say("scenario.not_a_name", language, name=name))
    texts = {"title": _texts(title, "title", language), "note": _texts(note, "note", language)}
    values = {path: plain_value(path, value, language) for path, value in flat(changes).items()}
    return Scenario(name=name, **texts, changes=values, order=order)


def from_overrides(name: str, pairs: Mapping[str, Any] | Iterable[str], language: str = "zh") -> Scenario:
    """A scenario of texts `path=value` or a mapping, titled by its name. Raises InputError.

    Examples
    --------
    >>> from_overrides("mine", ["yellow_alert.max_days=9"]).changes
    {'yellow_alert.max_days': 9}
    """
    if isinstance(pairs, Mapping):
        return scenario_of(name, pairs, language=language)
    changes = {}
    for text in [pairs] if isinstance(pairs, str) else pairs:
        path, equals, value = text.partition("=")
        if not (path.strip() and equals):
            raise InputError(say("parameters.not_a_pair", language, text=text))
        try:
            changes[path.strip()] = nulls(yaml.load(value, yaml.BaseLoader))
        except yaml.YAMLError:
            raise InputError(say("parameters.not_a_pair", language, text=text)) from None
    return scenario_of(name, changes, language=language)


def parameters_of(scenario: Scenario, base: Parameters, language: str = "zh") -> Parameters:
    """The base with the scenario's changes. Raises InputError where they do not fit it.

    A changed `allocation.share_a` or `share_b` alone moves the other, so that the two add up as in the base.

    Examples
    --------
    >>> shares = parameters_of(from_overrides("mine", ["allocation.share_a=0.8"]), Parameters()).allocation
    >>> shares.share_a, shares.share_b
    (0.8, 0.2)
    """
    return parameters_with(scenario.changes, base, language)


def parameters_with(changes: Mapping[str, Any], base: Parameters, language: str = "zh") -> Parameters:
    """The base with changes (dotted or nested); the shares of A and B as in `parameters_of`."""
    return Parameters.read(base, {**flat(changes), **_other_share(flat(changes), base)}, language=language)


def departs(scenario: Scenario, base: Parameters, language: str = "zh") -> bool:
    """Whether the scenario changes anything of the base at all.

    Examples
    --------
    >>> departs(baseline(), Parameters())
    False
    """
    return parameters_of(scenario, base, language) != base


def distinct(scenarios: Sequence[Scenario], language: str = "zh") -> tuple[Scenario, ...]:
    """The scenarios as given. Raises InputError where two have one name, or one takes the baseline's.

    Examples
    --------
    >>> distinct([baseline()], "en")
    Traceback (most recent call last):
    toolkit.base.errors.InputError: two scenarios are named baseline; each needs a name of its own
    """
    seen = {BASELINE}
    for scenario in scenarios:
        if scenario.name in seen:
            raise InputError(say("scenario.twice", language, name=scenario.name))
        seen.add(scenario.name)
    return tuple(scenarios)


def read_scenario(path_or_name: str | Path, language: str = "zh") -> Scenario:
    """A scenario by its file, or by its name: the working folder's, else one of the toolkit's. Raises InputError.

    Examples
    --------
    >>> read_scenario("weight_75").changes
    {'tiers.a.min_strategic_weight': 75.0}
    """
    path = Path(path_or_name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return _read_file(path, language)
    name = str(path_or_name)
    if name == BASELINE:
        return baseline()
    for folder in _folders():
        if is_slug(name) and (folder / f"{name}.yaml").is_file():
            return _read_file(folder / f"{name}.yaml", language)
    known = [BASELINE, *(scenario.name for scenario in stock(language=language))]
    near = nearest(name, known) or known
    raise InputError(say("scenario.unknown", language, name=name, near=", ".join(near)))


def stock(folder: str | Path | None = None, language: str = "zh") -> tuple[Scenario, ...]:
    """The scenarios of a folder by `order`, then name; default: the toolkit's own and those of the working folder's
    parameters/scenarios, whose files win where a name is in both. Raises InputError.

    Examples
    --------
    >>> [scenario.name for scenario in stock()][:3]
    ['a_line_55', 'weight_75', 'split_60_40']
    """
    found: dict[str, Scenario] = {}
    for place in [Path(folder)] if folder is not None else reversed(_folders()):
        mine = distinct([_read_file(file, language) for file in _files(place)], language)
        found |= {scenario.name: scenario for scenario in mine}
    return tuple(sorted(found.values(), key=lambda s: (s.order, s.name)))


def own_folder() -> Path:
    """Where one's own scenarios lie: parameters/scenarios of the working folder or of the first folder above it that
    has one, else to be made in the working folder.

    Examples
    --------
    >>> own_folder().parts[-2:]
    ('parameters', 'scenarios')
    """
    with suppress(InputError):
        return locate(FOLDER)
    return FOLDER


def save(scenario: Scenario, folder: str | Path | None = None, *, replace: bool = False, language: str = "zh") -> Path:
    """Write `<folder>/<name>.yaml` (default: in `own_folder()`), which reads back equal: whole or not at all.

    An earlier scenario of one's own with the name is replaced; one of the toolkit's only with `replace`; the
    baseline's name is nobody's. Gives the file's path back. Raises InputError.
    """
    checked = scenario_of(scenario.name, scenario.changes, language=language)
    if scenario.name == BASELINE or (scenario.name in STOCK and not replace):
        raise InputError(say("scenario.taken", language, name=scenario.name))
    tree = {**scenario.model_dump(include={"title", "note", "order"}), "changes": checked.changes}
    place = own_folder() if folder is None else Path(folder).expanduser()
    target = place / f"{scenario.name}.yaml"
    try:
        place.mkdir(parents=True, exist_ok=True)
        _write(target, yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=120))
    except OSError as error:
        raise InputError(say("scenario.not_saved", language, file=target, why=error.strerror or error)) from None
    return target


def _write(target: Path, text: str) -> None:
    """Through a temporary file beside the target, so that a reader meets the old file or the new one."""
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".scenario-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)  # mkstemp's is for the owner alone; a shared folder is read by others
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _folders() -> list[Path]:
    """Where scenarios are looked for by name: the working folder's (or one above it), then the toolkit's own."""
    return [own_folder(), places.scenarios()]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())


def _read_file(file: Path, language: str) -> Scenario:
    tree = _tree(file, language)
    unknown = [key for key in tree if key not in _KEYS]
    changes, order = tree.get("changes") or {}, str(tree.get("order", _LAST))
    if unknown:
        keys = {"found": unknown[0], "near": ", ".join(nearest(unknown[0], _KEYS) or _KEYS)}
        raise InputError(say("scenario.unknown_key", language, file=file, **keys))
    if not isinstance(changes, dict):
        raise InputError(say("scenario.not_yaml", language, file=file, why="changes"))
    if not re.fullmatch(r"-?\d{1,6}", order):
        raise InputError(say("scenario.not_yaml", language, file=file, why=f"order: {order}"))
    texts = {"title": tree.get("title", ""), "note": tree.get("note", "")}
    try:
        return scenario_of(file.stem, nulls(changes), **texts, order=int(order), language=language)
    except InputError as error:
        raise InputError(say("scenario.in_file", language, file=file, why=error)) from None


def _tree(file: Path, language: str) -> dict[str, Any]:
    try:
        tree = yaml.load(file.read_text("utf-8-sig"), _Strict)
    except OSError as error:
        raise InputError(say("scenario.no_file", language, file=file, why=error.strerror or error)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(say("scenario.not_yaml", language, file=file, why=" ".join(str(error).split()))) from None
    if not isinstance(tree, dict):
        raise InputError(say("scenario.not_yaml", language, file=file, why=type(tree).__name__))
    return tree


class _Strict(yaml.BaseLoader):
    """YAML as plain text, in which no key may stand twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for k, key in enumerate(keys) if key in keys[:k]]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]}: 2x", node.start_mark)
        return super().construct_mapping(node, deep)


def _texts(text: str | Mapping[str, str], what: str, language: str) -> dict[str, str]:
    """A text in both languages: one text stands for both, a missing one is the other's."""
    if isinstance(text, str):
        return dict.fromkeys(LANGUAGES, text)
    known = isinstance(text, Mapping) and text and set(text) <= set(LANGUAGES)
    if not known or not all(isinstance(value, str) for value in text.values()):
        raise InputError(say("scenario.not_a_text", language, what=what))
    other = next(value for value in text.values())
    return {key: text.get(key, other) for key in LANGUAGES}


def _other_share(changes: Mapping[str, Any], base: Parameters) -> dict[str, float]:
    shares = {f"allocation.share_{tier}": value_at(base, f"allocation.share_{tier}") for tier in ("a", "b")}
    given = [path for path in shares if path in changes]
    if len(given) != 1:
        return {}
    (other,) = set(shares) - set(given)
    with suppress(TypeError, ValueError):  # what is no number is refused with the rest
        return {other: round(max(sum(shares.values()) - float(changes[given[0]]), 0.0), 12)}
    return {}
