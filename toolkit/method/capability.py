"""D3 Capability gaps: where a team keeps failing, from what was observed, with sample sizes.

Three sources give samples, each good or not: a SPICED dimension (the newest score of an A or B account is good from
`evidence_score` on), an obstacle of a drill (good: handled), a decision stage (a week in which an A or B account stood
in it is good if the chain made progress). By team and rep: share = good / samples, with Wilson's interval at
`interval`. State: good (share >= `min_share`), warning (below, but the interval reaches it), breach (the whole interval
below), cannot_judge (fewer than `min_samples`).

Units: shares are fractions. Ties: by source, capability and id. Missing values: what was not scored, answered or told
is no sample; a sample without a rep counts for the team alone.

Readings. Half is the line: S3 asks for progress in one of two weeks. The last 13 weeks count, a quarter. Samples of one
account are not independent, so the interval is a guide and never a verdict on a person. The training a gap asks for is
its dimension, obstacle or stage.
"""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.base.compare import at_least
from toolkit.base.parameters import Slice, setting
from toolkit.base.states import BREACH, CANNOT_JUDGE, GOOD, WARNING
from toolkit.base.weeks import Day, day
from toolkit.base.wilson import wilson

SAMPLES: Final = ("source", "capability", "rep_id", "good")
GAPS: Final = (
    "scope", "scope_id", "source", "capability", "good", "samples", "share", "low", "high", "threshold", "state",
)  # fmt: skip
SOURCES: Final = ("spiced", "obstacle", "stage")


class CapabilityParameters(Slice):
    """What counts as able (path `capability`)."""

    weeks: int = setting(13, unit="weeks", rule="D3", ge=1, le=104)
    evidence_score: int = setting(2, unit="SPICED score", rule="D3", ge=1, le=3)
    min_share: float = setting(0.5, unit="fraction of the samples", rule="D3", gt=0, le=1)
    min_samples: int = setting(5, unit="samples", rule="D3", ge=1, le=1000)
    interval: float = setting(0.90, unit="fraction", rule="D3", gt=0, lt=1)


def spiced_samples(scores: pd.DataFrame, parameters: CapabilityParameters) -> pd.DataFrame:
    """SAMPLES from the newest scores: dimension, score, rep_id."""
    known = scores[scores["score"].notna()]
    good = known["score"].to_numpy(dtype=float) >= parameters.evidence_score
    return _samples("spiced", known["dimension"], known["rep_id"], good)


def obstacle_samples(
    sessions: pd.DataFrame, obstacles: pd.DataFrame, as_of: Day, parameters: CapabilityParameters
) -> pd.DataFrame:
    """SAMPLES from the obstacles of the last weeks' drills."""
    today = pd.Timestamp(day(as_of))
    first = today - pd.Timedelta(weeks=parameters.weeks) + pd.Timedelta(days=1)
    held = sessions[(sessions["kind"] == "drill") & (sessions["held_at"] < today + pd.Timedelta(days=1))]
    held = held.loc[held["held_at"] >= first, "session_id"]
    known = obstacles[obstacles["session_id"].isin(held) & obstacles["handled"].notna()]
    return _samples("obstacle", known["obstacle"], known["rep_id"], known["handled"].astype(bool).to_numpy())


def stage_samples(weeks: pd.DataFrame) -> pd.DataFrame:
    """SAMPLES from account-weeks: decision_stage, progress (NaN: cannot be told), rep_id."""
    known = weeks[weeks["progress"].notna() & weeks["decision_stage"].notna()]
    stage = known["decision_stage"].astype("int64").astype("str")
    return _samples("stage", stage, known["rep_id"], known["progress"].to_numpy(dtype=float) > 0)


def _samples(source: str, capability: pd.Series, reps: pd.Series, good: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"source": source, "capability": capability.to_numpy(), "rep_id": reps.fillna("").to_numpy(), "good": good}
    )
    return frame.astype({"source": "str", "capability": "str", "rep_id": "str", "good": bool})


def gaps(samples: pd.DataFrame, parameters: CapabilityParameters) -> pd.DataFrame:
    """Every capability of the team and of each rep: GAPS; the team first, then by rep; in each by source and name.

    Examples
    --------
    >>> seen = pd.DataFrame({"source": "spiced", "capability": "pain", "rep_id": "R1", "good": [False] * 9 + [True]})
    >>> gaps(seen, CapabilityParameters())[["scope", "share", "samples", "state"]].values.tolist()
    [['team', 0.1, 10, 'breach'], ['rep', 0.1, 10, 'breach']]
    """
    team = samples.assign(scope="team", scope_id="")
    own = samples[samples["rep_id"] != ""].assign(scope="rep", scope_id=lambda rows: rows["rep_id"])
    keys = ["scope", "scope_id", "source", "capability"]
    both = pd.concat([part for part in (team, own) if len(part)] or [team], ignore_index=True)
    counts = both.groupby(keys)["good"].agg(good="sum", samples="size").reset_index()
    low, high = wilson(counts["good"], counts["samples"], parameters.interval)
    share = counts["good"].to_numpy(dtype=float) / counts["samples"].to_numpy(dtype=float)
    line = parameters.min_share
    few = counts["samples"].to_numpy() < parameters.min_samples
    state = np.select([few, at_least(share, line), at_least(high, line)], [CANNOT_JUDGE, GOOD, WARNING], BREACH)
    found = counts.assign(share=share, low=low, high=high, threshold=line, state=state)
    place = found["scope"].map({"team": 0, "rep": 1}), found["source"].map({name: n for n, name in enumerate(SOURCES)})
    found = found.assign(_s=place[0], _o=place[1]).sort_values(
        ["_s", "scope_id", "_o", "capability"], ignore_index=True
    )
    texts = dict.fromkeys((*keys, "state"), "str")
    return found[list(GAPS)].astype(texts | {"good": "int64", "samples": "int64", "threshold": float})
