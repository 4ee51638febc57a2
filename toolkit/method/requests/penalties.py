"""E5: what an overstep may cost, as a proposal that a director rules on. Formula and readings: see the package."""

from typing import Final

import numpy as np
import pandas as pd

from toolkit.method.requests.oversteps import OverstepParameters

PENALTY_COLUMNS: Final = (
    "action_id",
    "rep_id",
    "quarter",
    "violations",
    "overstep_ids",
    "bonus",
    "share",
    "amount",
    "state",
    "statement",
    "verdict",
    "decided_by",
)
_TEXTS: Final = ("action_id", "rep_id", "quarter", "state", "statement", "verdict", "decided_by")


def penalties(
    oversteps: pd.DataFrame,
    bonuses: pd.DataFrame,
    reps: pd.DataFrame,
    decisions: pd.DataFrame,
    parameters: OverstepParameters,
) -> pd.DataFrame:
    """A proposal for each person and quarter with an overstep, by quarter and rep.

    `oversteps`: of `oversteps()`; `bonuses`, `reps`, `decisions`: the contract's tables. Amount = share x that
    quarter's bonus (bonuses; else the rep's quarterly_bonus); the share is taken once, with `per_violation` once a
    draw, at most all of it. What happened before `policy_adopted_on` is left out; without that day everything is
    listed as not_in_force, without an amount.

    Columns (PENALTY_COLUMNS): action_id (E5-<rep_id>-<day of the first overstep counted>), rep_id, quarter, violations
    (draws), overstep_ids (tuple), bonus, share, amount (CNY; NaN: none), state (proposal | confirmed | waived |
    not_in_force | cannot_judge: no bonus known), statement (the newest reason of the rep's own rows on that action),
    verdict and decided_by (the newest row of a director other than the rep; "" without one).
    """
    adopted = parameters.policy_adopted_on
    rows = oversteps
    if adopted is not None:
        rows = rows[rows["happened_at"] >= pd.Timestamp(adopted)]
    draw = rows["request_id"].where(rows["request_id"] != "", rows["overstep_id"])
    groups = rows.assign(draw=draw).groupby(["quarter", "rep_id"], sort=True)
    frame = groups.agg(
        first=("happened_at", "min"),
        violations=("draw", "nunique"),
        overstep_ids=("overstep_id", tuple),
    ).reset_index()
    frame["action_id"] = "E5-" + frame["rep_id"] + "-" + frame["first"].dt.strftime("%Y-%m-%d")
    frame["bonus"] = _bonus(frame, bonuses, reps)
    times = frame["violations"] if parameters.per_violation else 1
    frame["share"] = np.minimum(parameters.penalty_share * times, 1.0)
    frame["statement"] = _by_action(frame, _statements(frame, decisions))
    ruling = _rulings(frame, decisions, reps)
    frame["verdict"] = _by_action(frame, ruling["verdict"])
    frame["decided_by"] = _by_action(frame, ruling["decided_by"])
    frame["state"] = _state(frame, adopted is not None)
    in_force = ~frame["state"].isin(["not_in_force", "cannot_judge"])
    frame["amount"] = (frame["share"] * frame["bonus"]).where(in_force)
    return frame[list(PENALTY_COLUMNS)].astype(dict.fromkeys(_TEXTS, "str") | {"bonus": float, "amount": float})


def _bonus(frame: pd.DataFrame, bonuses: pd.DataFrame, reps: pd.DataFrame) -> pd.Series:
    """The bonus of that rep and quarter; without one, the rep's usual."""
    known = frame[["rep_id", "quarter"]].merge(bonuses, on=["rep_id", "quarter"], how="left")["amount"]
    usual = reps.set_index("rep_id")["quarterly_bonus"].reindex(frame["rep_id"])
    return known.fillna(pd.Series(usual.to_numpy(), index=known.index)).astype(float)


def _on_actions(frame: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The decisions on these actions with the rep whom each is about, oldest first."""
    rows = decisions.merge(frame[["action_id", "rep_id"]], on="action_id")
    return rows.sort_values(["decided_on", "decision_id"], kind="stable")


def _by_action(frame: pd.DataFrame, texts: pd.Series) -> np.ndarray:
    return texts.astype(object).reindex(frame["action_id"]).fillna("").to_numpy()


def _statements(frame: pd.DataFrame, decisions: pd.DataFrame) -> pd.Series:
    rows = _on_actions(frame, decisions)
    own = rows[(rows["decided_by"] == rows["rep_id"]) & rows["reason"].notna()]
    return own.groupby("action_id")["reason"].last()


def _rulings(frame: pd.DataFrame, decisions: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    rows = _on_actions(frame, decisions)
    directors = reps.loc[reps["role"] == "director", "rep_id"]
    theirs = rows[rows["decided_by"].isin(directors) & (rows["decided_by"] != rows["rep_id"])]
    return theirs.groupby("action_id")[["verdict", "decided_by"]].last()


def _state(frame: pd.DataFrame, in_force: bool) -> np.ndarray:
    if not in_force:
        return np.full(len(frame), "not_in_force", dtype=object)
    verdict = frame["verdict"].to_numpy(dtype=object)
    conditions = [verdict == "waived", frame["bonus"].isna().to_numpy(), verdict == "confirmed"]
    return np.select(conditions, ["waived", "cannot_judge", "confirmed"], default="proposal")
