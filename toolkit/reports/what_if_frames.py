"""The evidence of a what-if: frames of numbers and ids, baseline first; `scenario` comes first in those of several."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.reports.what_if_looks import WON, Look, Looks
from toolkit.whatif.scenario import BASELINE

Frames = dict[str, pd.DataFrame]

_DIFFERENCES: Final = ("difference", "mc_low", "mc_high", "param_low", "param_high", "variance_ratio")
_LOOKS: Final = ("now_moves", "account_weeks", "exact_share", "moved_share", "moved_mean")
_PRICE: Final = {"price_plans": "plans", "price_shares": "shares", "robustness": "robustness"}


def evidence(looks: Looks, language: str) -> Frames:
    """Every frame by its name."""
    state, price = looks.state, looks.base.price
    replayed = {
        "replay_rows": lambda look: look.compared.rows,
        "migration": lambda look: look.compared.migration,
        "movers": lambda look: look.compared.movers,
        "now_moves": lambda look: look.compared.now,
        "moved": lambda look: look.compared.moved,
    }
    out = {"scenarios": scenarios(looks, language)}
    out |= {name: _of_each(looks, frame, differing=True) for name, frame in replayed.items()}
    out["alert_quality"] = _of_each(looks, lambda look: look.quality)
    out |= {
        "tuner": looks.tuner,
        "holdout_scores": looks.holdout.scores,
        "holdout_quintiles": looks.holdout.quintiles,
        "holdout_coverage": looks.holdout.coverage,
        "forecast": looks.forecast.figures,
        "bands": looks.forecast.bands,
        "accounts_ahead": looks.forecast.accounts,
    }
    out |= {name: _of_each(looks, lambda look, code=code: _priced(look, code)) for name, code in _PRICE.items()}
    out |= {"curves": price.curves, "points": price.points} if price else {}
    return out | {
        "tornado": looks.tornado,
        "near": state.near,
        "promotion": looks.promotion,
        "reliability": looks.reliability,
        "calibrated_tiers": looks.calibrated_tiers,
        "bunching": state.bunching,
    }


def _priced(look: Look, code: str) -> pd.DataFrame | None:
    return getattr(look.price, code) if look.price else None


def _of_each(looks: Looks, frame: Callable[[Any], pd.DataFrame | None], *, differing: bool = False) -> pd.DataFrame:
    """A frame of every scenario under one another, `scenario` first; the failed have no rows.

    differing: without the baseline, which does not differ from itself
    """
    every = looks.others if differing else looks.every
    found = [(look.name, frame(look)) for look in every if look.state is not None]
    parts = [part.assign(scenario=name) for name, part in found if part is not None]
    if not parts:
        blank = frame(looks.base)
        parts = [pd.DataFrame() if blank is None else blank.iloc[:0].assign(scenario="")]
    whole = pd.concat(parts, ignore_index=True)
    return whole[["scenario", *(name for name in whole.columns if name != "scenario")]]


def scenarios(looks: Looks, language: str) -> pd.DataFrame:
    """A row a scenario: what it changes, what that changes now and ahead, and whether it could be computed.

    scenario, title, note, changes, state (ok | failed | no_effect: the forecast cannot show it), reason, now_moves,
    account_weeks, exact_share, moved_share (this Friday), moved_mean (all Fridays), mean, low, high, difference,
    mc_low … variance_ratio (of the won amount ahead, CNY), sha256 of its parameters.
    """
    figures = looks.forecast.figures
    won = figures[figures["figure"] == WON].set_index("scenario")
    rows = []
    for look in looks.every:
        s = look.scenario
        row: dict[str, Any] = {"scenario": s.name, "title": s.title[language], "note": s.note[language]}
        row["changes"] = "; ".join(f"{path} = {value}" for path, value in s.changes.items())
        ahead = won.loc[s.name] if s.name in won.index else pd.Series(dtype=object)
        state, reason = ("failed", look.reason) if look.reason else (ahead.get("state"), ahead.get("reason"))
        row |= {"state": state or "failed", "reason": reason or ""}
        row |= dict.fromkeys(_LOOKS, np.nan) | back(look)
        row |= {name: float(ahead.get(name, np.nan)) for name in ("mean", "low", "high", *_DIFFERENCES)}
        row["sha256"] = look.state.parameters.sha256() if look.state else ""
        rows.append(row)
    return pd.DataFrame(rows)


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
    listed = shown["scenarios"].drop(columns=["note"])
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
        "tuner": shown["tuner"],
        "holdout": holdout[first + [name for name in holdout.columns if name not in first]].astype({"name": "str"}),
        "reliability": shown["reliability"],
        "calibrated_tiers": shown["calibrated_tiers"],
        "faults": faults,
    }


def of(frame: pd.DataFrame, scenario: str = BASELINE) -> pd.DataFrame:
    """The rows of one scenario."""
    return frame[frame["scenario"] == scenario]
