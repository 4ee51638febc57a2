"""The evidence of a what-if: frames of numbers and ids, baseline first; `scenario` comes first in those of several."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.reports.what_if_looks import WON, Look, Looks
from toolkit.reports.wording import Wording
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE

Frames = dict[str, pd.DataFrame]

_DIFFERENCES: Final = ("difference", "mc_low", "mc_high", "param_low", "param_high", "variance_ratio")
SCENARIO_COLUMNS: Final = (
    "scenario", "title", "note", "changes", "state", "reason", "now_moves", "account_weeks", "exact_share",
    "moved_share", "moved_mean", "mean", "low", "high", "difference", "mc_low", "mc_high", "param_low", "param_high",
    "variance_ratio", "sha256",
)  # fmt: skip
_LOOKS: Final = ("now_moves", "account_weeks", "exact_share", "moved_share", "moved_mean")
_REPLAYED: Final = {
    "replay_rows": "compared.rows",
    "migration": "compared.migration",
    "movers": "compared.movers",
    "now_moves": "compared.now",
    "moved": "compared.moved",
}
_HELD: Final = {
    "alert_quality": "quality",
    "price_plans": "price.plans",
    "price_shares": "price.shares",
    "robustness": "price.robustness",
}


def evidence(looks: Looks, w: Wording) -> Frames:
    """Every frame by its name."""
    price = looks.base.price
    assert price is not None  # of the rules in force there is always one
    out = {"scenarios": scenarios(looks, w)}
    out |= {name: _of_each(looks.others, looks.base, part) for name, part in _REPLAYED.items()}
    out |= {name: _of_each(looks.every, looks.base, part) for name, part in _HELD.items()}
    out |= {
        "tuner": looks.tuner,
        "tuner_scenarios": _tuners(looks),
        "holdout_scores": looks.holdout.scores,
        "holdout_quintiles": looks.holdout.quintiles,
        "holdout_coverage": looks.holdout.coverage,
        "forecast": looks.forecast.figures,
        "bands": looks.forecast.bands,
        "accounts_ahead": looks.forecast.accounts,
    }
    out |= {"assumptions": price.assumptions, "curves": price.curves, "points": price.points}
    return out | {
        "tornado": looks.tornado,
        "near": looks.state.near,
        "promotion": looks.promotion,
        "reliability": looks.reliability,
        "calibrated_tiers": looks.calibrated_tiers,
        "bunching": looks.state.bunching,
    }


def _of_each(looks: Iterable[Look], base: Look, part: str) -> pd.DataFrame:
    """A frame of several scenarios under one another, `scenario` first; the failed have no rows.

    part: where a look holds it, such as "compared.rows"; `base`: one that has it, for the columns where none has
    """
    frame = attrgetter(part)
    parts = [frame(look).assign(scenario=look.name) for look in looks if look.state is not None]
    whole = pd.concat(parts or [frame(base).iloc[:0].assign(scenario="")], ignore_index=True)
    return whole[["scenario", *(name for name in whole.columns if name != "scenario")]]


def _tuners(looks: Looks) -> pd.DataFrame:
    """The red alert's readings under the settings in force, then under each scenario's that sets it otherwise."""
    found = [(look.name, look.tuner) for look in looks.every]
    parts = [frame.assign(scenario=name) for name, frame in found if frame is not None]
    whole = pd.concat(parts, ignore_index=True)
    return whole[["scenario", *looks.tuner.columns]]


def scenarios(looks: Looks, w: Wording) -> pd.DataFrame:
    """A row a scenario: what it changes, what that changes now and ahead, and whether it could be computed.

    scenario, title, note, changes, state (ok | failed | no_effect: the forecast cannot show it), reason, now_moves,
    account_weeks, exact_share, moved_share (this Friday), moved_mean (all Fridays), mean, low, high, difference,
    mc_low … variance_ratio (of the won amount ahead, CNY), sha256 of its parameters. A plan of one's own is a row, too.
    """
    figures = looks.forecast.figures
    won = figures[figures["figure"] == WON].set_index("scenario").to_dict("index")
    rows = [_row(look, won, w.language) for look in looks.every]
    if looks.plan is not None:
        blank = dict.fromkeys(_LOOKS, np.nan) | {"moved_share": _moved_by_plan(looks)}
        title = {"scenario": MY_PLAN, "title": w.say("what_if.my_plan"), "note": "", "changes": "", "sha256": ""}
        rows.insert(1, title | blank | _ahead(won.get(MY_PLAN, {})))
    return pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS))


def _row(look: Look, won: dict[Any, dict[str, Any]], language: str) -> dict[str, Any]:
    s = look.scenario
    row = {"scenario": s.name, "title": s.title[language], "note": s.note[language]}
    row["changes"] = "; ".join(f"{path} = {value}" for path, value in s.changes.items())
    row["sha256"] = look.state.parameters.sha256() if look.state else ""
    failed = {"state": "failed", "reason": look.reason}
    return row | dict.fromkeys(_LOOKS, np.nan) | back(look) | _ahead(failed if look.reason else won.get(s.name, {}))


def _ahead(row: dict[str, Any]) -> dict[str, Any]:
    """What the forecast says of a scenario; failed where it says nothing."""
    numbers = {name: float(row.get(name, np.nan)) for name in ("mean", "low", "high", *_DIFFERENCES)}
    return numbers | {"state": row.get("state", "failed"), "reason": row.get("reason", "")}


def _moved_by_plan(looks: Looks) -> float:
    """The part of this Friday's resource that one's own plan puts elsewhere than the rule in force."""
    assert looks.plan is not None and looks.base.price is not None
    own, price = looks.plan, looks.base.price
    rule = pd.Series(price.divisions.get(price.rule, np.nan), index=price.responses.accounts)
    change = (own.reindex(rule.index).fillna(0.0) - rule).abs().sum()
    return float((change + abs(own.sum() - rule.sum())) / 2)


def back(look: Look) -> dict[str, float]:
    """What a scenario's replay comes to; nothing for one that failed."""
    compared = look.compared
    if compared is None:
        return {}
    now, moved = compared.now, compared.moved["share"]
    return {
        "now_moves": int((now["base_tier"] != now["tier"]).sum()),
        "account_weeks": int(compared.movers["account_weeks"].sum()),
        "exact_share": compared.exact_share,
        "moved_share": float(moved.iloc[-1]) if len(moved) else np.nan,
        "moved_mean": float(moved.mean()),
    }


def tables(looks: Looks, shown: Frames, faults: pd.DataFrame) -> Frames:
    """The output tables, CSV and sheets, in their order."""
    listed = shown["scenarios"][list(SCENARIO_COLUMNS)].drop(columns=["note"])
    holdout = pd.concat(
        [
            shown["holdout_scores"].assign(part="score").rename(columns={"method": "name", "brier": "value"}),
            shown["holdout_quintiles"].assign(part="quintile").rename(columns={"bin": "name", "won_share": "value"}),
            shown["holdout_coverage"].assign(part="coverage").rename(columns={"figure": "name", "share": "value"}),
        ],
        ignore_index=True,
    )
    first = ["part", "name", "value"]
    price = shown["price_plans"]
    return {
        "scenarios": listed,
        "replay": shown["replay_rows"],
        "migration": shown["migration"],
        "movers": shown["movers"],
        "forecast": shown["forecast"],
        "bands": shown["bands"],
        "price": price,
        "price_shares": shown["price_shares"],
        "robustness": shown["robustness"],
        "sensitivity": shown["tornado"],
        "near_lines": shown["near"],
        "promotion": shown["promotion"],
        "alert_quality": shown["alert_quality"],
        "tuner": shown["tuner_scenarios"],
        "holdout": holdout[first + [name for name in holdout.columns if name not in first]].astype({"name": "str"}),
        "reliability": shown["reliability"],
        "calibrated_tiers": shown["calibrated_tiers"],
        "faults": faults,
    }


def of(frame: pd.DataFrame, scenario: str = BASELINE) -> pd.DataFrame:
    """The rows of one scenario."""
    return frame[frame["scenario"] == scenario]
