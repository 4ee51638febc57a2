"""All parameters: the rules' slices under their path names, read from files, mappings and `path=value` pairs.

Every number of the method is a parameter; `parameters/default.yaml` is generated from here. Nothing unknown
and nothing out of range passes: the refusal names the place, the range, and the nearest right name.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import ValidationError, field_validator

from toolkit.base.errors import InputError
from toolkit.base.forecasting import DynamicsParameters, WhatIfParameters
from toolkit.base.parameters import Slice, setting
from toolkit.base.reporting import ReportParameters
from toolkit.base.retention import RetentionParameters
from toolkit.base.settings import (
    Setting,
    UnknownItem,
    item_settings_of,
    merged,
    nearest,
    settings_of,
    slices_of,
    tree_of,
    value_at,
)
from toolkit.language import say
from toolkit.method.allocation import DEFAULT_RESOURCES, AllocationParameters, Resource
from toolkit.method.callbacks import CallbackParameters
from toolkit.method.campaigns import CampaignParameters
from toolkit.method.capability import CapabilityParameters
from toolkit.method.competitor_check import CompetitorCheckParameters
from toolkit.method.credibility import CredibilityParameters
from toolkit.method.demotion import DemotionParameters, EmergingParameters
from toolkit.method.directives import DirectiveParameters
from toolkit.method.discipline import DisciplineParameters
from toolkit.method.drill import DrillParameters
from toolkit.method.focus import FocusParameters
from toolkit.method.indicators import IndicatorParameters
from toolkit.method.loss_review import LossReviewParameters
from toolkit.method.patience import PatienceParameters
from toolkit.method.playbooks import PlaybookParameters
from toolkit.method.ranks import RankParameters
from toolkit.method.red_alert import RedAlertParameters
from toolkit.method.requests import AuthorityParameters, OverstepParameters, RequestClockParameters
from toolkit.method.resilience import ResilienceParameters
from toolkit.method.risk_register import RiskParameters
from toolkit.method.roadmap import RoadmapParameters
from toolkit.method.roi import RoiParameters
from toolkit.method.scoring import ScoreParameters
from toolkit.method.self_checks import SelfCheckParameters
from toolkit.method.spot_check import SpotCheckParameters
from toolkit.method.stated_probability import StatedProbabilityParameters
from toolkit.method.tiering import RetieringParameters, TierParameters
from toolkit.method.training import TrainingParameters
from toolkit.method.yellow_alert import YellowAlertParameters

Overrides = Mapping[str, Any] | Iterable[str] | None
Source = Mapping[str, Any] | Slice | str | Path | None


class Parameters(Slice):
    """Everything that can be set. `Parameters()` is the method as written.

    Examples
    --------
    >>> mine = Parameters.read(overrides={"tiers.a.min_win_probability": 0.55})
    >>> [(d.path, d.value, d.default) for d in mine.differences()]
    [('tiers.a.min_win_probability', 0.55, 0.6)]
    """

    timezone: str = setting("Asia/Shanghai", unit="IANA name", rule="Common")
    scores: ScoreParameters = ScoreParameters()
    tiers: TierParameters = TierParameters()
    retiering: RetieringParameters = RetieringParameters()
    demotion: DemotionParameters = DemotionParameters()
    emerging: EmergingParameters = EmergingParameters()
    roadmap: RoadmapParameters = RoadmapParameters()
    patience: PatienceParameters = PatienceParameters()
    resources: tuple[Resource, ...] = setting(DEFAULT_RESOURCES, unit="list", rule="S6")
    allocation: AllocationParameters = AllocationParameters()
    focus: FocusParameters = FocusParameters()
    discipline: DisciplineParameters = DisciplineParameters()
    stated_probability: StatedProbabilityParameters = StatedProbabilityParameters()
    indicators: IndicatorParameters = IndicatorParameters()
    red_alert: RedAlertParameters = RedAlertParameters()
    yellow_alert: YellowAlertParameters = YellowAlertParameters()
    authority: AuthorityParameters = AuthorityParameters()
    overstep: OverstepParameters = OverstepParameters()
    request_clock: RequestClockParameters = RequestClockParameters()
    spot_check: SpotCheckParameters = SpotCheckParameters()
    callbacks: CallbackParameters = CallbackParameters()
    competitor_check: CompetitorCheckParameters = CompetitorCheckParameters()
    directives: DirectiveParameters = DirectiveParameters()
    training: TrainingParameters = TrainingParameters()
    campaigns: CampaignParameters = CampaignParameters()
    playbooks: PlaybookParameters = PlaybookParameters()
    drill: DrillParameters = DrillParameters()
    loss_review: LossReviewParameters = LossReviewParameters()
    resilience: ResilienceParameters = ResilienceParameters()
    ranks: RankParameters = RankParameters()
    roi: RoiParameters = RoiParameters()
    risk_register: RiskParameters = RiskParameters()
    capability: CapabilityParameters = CapabilityParameters()
    credibility: CredibilityParameters = CredibilityParameters()
    self_check: SelfCheckParameters = SelfCheckParameters()
    report: ReportParameters = ReportParameters()
    retention: RetentionParameters = RetentionParameters()
    whatif: WhatIfParameters = WhatIfParameters()
    dynamics: DynamicsParameters = DynamicsParameters()

    @field_validator("resources")
    @classmethod
    def _names_differ(cls, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
        names = [resource.name for resource in resources]
        if not names or len(set(names)) < len(names):
            raise ValueError("resources need at least one, each with a name of its own")
        return resources

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; Asia/Shanghai is one") from None

    @classmethod
    def read(cls, source: Source = None, overrides: Overrides = None, *, language: str = "zh") -> "Parameters":
        """The parameters of a YAML file, a mapping (nested or dotted) or `Parameters`, with overrides on top.

        Overrides are a mapping of dotted paths or texts `path=value`. Raises InputError, in `language`, for
        whatever is unknown, not understood or out of range: all of it at once.

        Examples
        --------
        >>> Parameters.read(overrides=["focus.top_fith=0.3"], language="en")
        Traceback (most recent call last):
        toolkit.base.errors.InputError: unknown parameter focus.top_fith; nearest: focus.top_fifth
        """
        if isinstance(source, Slice):
            given: Mapping[str, Any] = source.model_dump()
        elif isinstance(source, Mapping):
            given = tree_of(source)
        else:
            given = tree_of(_from_file(Path(source), language)) if source else {}
        changes = tree_of(_pairs(overrides, language))
        try:
            tree = merged(merged(cls().model_dump(), given), changes)
        except UnknownItem as error:
            near = ", ".join(f"{error.path}.{name}" for name in error.known)
            raise InputError(say("parameters.unknown_near", language, path=error, near=near)) from None
        problems = _true_for_a_number(tree, language)
        if not problems:
            try:
                return cls.model_validate(tree)
            except ValidationError as error:
                problems = [_refusal(problem, language) for problem in error.errors()]
        raise InputError("\n".join(problems))

    def departures(self) -> tuple[str, ...]:
        """Codes of all settings that leave the method's core; their sentences are `departure.<code>`."""
        codes = (code for path, _ in slices_of(type(self)) for code in value_at(self, path).departures())
        return tuple(dict.fromkeys(codes))

    def differences(self) -> tuple["Difference", ...]:
        """What differs from the method as written, in the order of the parameter file."""
        rows = ((s, value_at(self, s.path)) for s in SETTINGS)
        return tuple(Difference(s.path, value, s.default) for s, value in rows if value != s.default)

    def canonical(self) -> str:
        """The parameters as one line of JSON with sorted names: the text that `sha256` is taken of."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def sha256(self) -> str:
        """Fingerprint of the parameters, the same on every machine."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """A setting that is not at its default."""

    path: str
    value: Any
    default: Any


SETTINGS: Final[tuple[Setting, ...]] = tuple(settings_of(Parameters))
ITEM_SETTINGS: Final[tuple[Setting, ...]] = tuple(item_settings_of(Parameters))
_BY_PATH: Final = {known.path: known for known in (*SETTINGS, *ITEM_SETTINGS)}
_NAMES: Final = [*_BY_PATH, *(path for path, _ in slices_of(Parameters))]


def explanation(path: str, language: str) -> str:
    """What a setting does, in a sentence: the catalogues' `parameter.<path>`."""
    return say(f"parameter.{path.replace('.*.', '.')}", language)


def _from_file(path: Path, language: str) -> dict[str, Any]:
    try:
        tree = yaml.load(path.read_text("utf-8-sig"), yaml.BaseLoader)
    except OSError:
        raise InputError(say("parameters.no_file", language, path=path)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = " ".join(str(error).split())
        raise InputError(say("parameters.not_yaml", language, path=path, place=place)) from None
    if tree in (None, ""):
        return {}
    if not isinstance(tree, dict):
        raise InputError(say("parameters.not_yaml", language, path=path, place=type(tree).__name__))
    return {str(name): _nulls(value) for name, value in tree.items()}


def _pairs(overrides: Overrides, language: str) -> dict[str, Any]:
    if overrides is None or isinstance(overrides, Mapping):
        return dict(overrides or {})
    pairs: dict[str, Any] = {}
    for text in [overrides] if isinstance(overrides, str) else overrides:
        path, equals, value = str(text).partition("=")
        if not (path.strip() and equals):
            raise InputError(say("parameters.not_a_pair", language, text=text))
        try:
            pairs[path.strip()] = _nulls(yaml.load(value, yaml.BaseLoader))
        except yaml.YAMLError:
            raise InputError(say("parameters.not_a_pair", language, text=text)) from None
    return pairs


def _nulls(value: Any) -> Any:
    """YAML read as plain text, so that yes, 18:00 and 2026-11-20 stay as written; only null is understood."""
    if isinstance(value, dict):
        return {name: _nulls(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_nulls(inner) for inner in value]
    return None if value in ("", "null", "~") else value


def _true_for_a_number(tree: Mapping[str, Any], language: str) -> list[str]:
    """Refusals of true and false where a number is due: left alone, they would pass as 1 and 0."""
    out = []
    for known in SETTINGS:
        value: Any = tree
        for name in known.path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, bool) and "true" not in known.choices:
            out.append(_not_understood(known.path, value, known, language))
    return out


def _refusal(problem: Mapping[str, Any], language: str) -> str:
    """One sentence for one thing that pydantic found."""
    path = ".".join(str(part) for part in problem["loc"])
    kind, value = str(problem["type"]), problem["input"]
    if kind == "extra_forbidden":
        close = nearest(path, _NAMES)
        return say(f"parameters.unknown_{'near' if close else 'name'}", language, path=path, near=", ".join(close))
    known = _known(problem["loc"])
    if kind == "missing":
        return say("parameters.missing", language, path=path)
    if kind == "value_error":
        reason = str(problem.get("ctx", {}).get("error", problem["msg"]))
        return say("parameters.does_not_fit", language, path=path or "parameters", reason=reason)
    return _not_understood(path, value, known, language)


def _not_understood(path: str, value: Any, known: Setting | None, language: str) -> str:
    if known is None:
        return say("parameters.not_possible", language, path=path, value=_shown(value))
    unit = unit_of(known, language)
    key = "out_of_range" if known.range else "not_in_unit"
    text = say(f"parameters.{key}", language, path=path, value=_shown(value), range=known.range, unit=unit)
    if known.unit.startswith("fraction"):
        text += say("parameters.fraction_hint", language)
    return text


def unit_of(known: Setting, language: str) -> str:
    """The unit of a setting in a language."""
    key = f"parameters.unit.{known.unit}"
    return say(key, language)


def _known(place: Sequence[Any]) -> Setting | None:
    """The setting that a place in the tree belongs to, through list items and the keys of a mapping."""
    parts = [str(part) for part in place]
    for end in range(len(parts), 0, -1):
        for path in (
            ".".join(parts[:end]),
            ".".join("*" if part.isdigit() else part for part in parts[:end]),
        ):
            if path in _BY_PATH:
                return _BY_PATH[path]
    return None


def _shown(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
