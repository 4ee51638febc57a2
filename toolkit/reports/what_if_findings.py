"""Findings of a what-if on its price, alerts, sensitivity and stated probabilities: a headline, then notes."""

from typing import Any, Final

import pandas as pd

from toolkit.base.states import CANNOT_JUDGE, WARNING
from toolkit.language import has
from toolkit.language.forms import form
from toolkit.reports.what_if_frames import Frames, of
from toolkit.reports.what_if_looks import Looks
from toolkit.reports.what_if_words import episodes, moves, plan_row, title
from toolkit.reports.wording import Wording
from toolkit.whatif.scenario import BASELINE

_SAME: Final = 0.5  # CNY
_OFF: Final = 0.05  # a line that is read as so much more or less is worth saying

Finding = tuple[str, ...]


def price(looks: Looks, shown: Frames, w: Wording) -> Finding:
    rule = plan_row(shown, "in_force", looks.base.name)
    if rule is None:
        return (w.say("what_if.section.price.unknown"),)
    share = rule["share_of_optimum"]
    key = "what_if.section.price.free" if share > 0.995 else "what_if.section.price.some"
    notes = [_price_parts(shown, share, looks, w)]
    for plan in ("my_plan", "current"):
        row = plan_row(shown, plan, looks.base.name)
        if row is not None:
            own, facts = row["share_of_optimum"], {"share": row["share_of_optimum"], "points": row["share_of_optimum"]}
            facts["points"] = own - share
            way = "same" if abs(own - share) < 0.005 else "more" if own > share else "less"
            notes.append(w.say(f"what_if.section.price.{plan}_{way}", **facts))
    theirs = plan_row(shown, "in_force", looks.main.name) if looks.main.state is not None else None
    if theirs is not None and abs(theirs["share_of_optimum"] - share) >= 0.005:
        facts = {"title": title(looks.main, w), "share": theirs["share_of_optimum"]}
        notes.append(w.say("what_if.section.price.scenario", **facts))
    return (w.say(key, share=share, cost=1 - share), *notes, _spread(looks, shown, w), _robust(looks, shown, w))


def _spread(looks: Looks, shown: Frames, w: Wording) -> str:
    """Where the optimum goes that the rule never does: C accounts."""
    best = plan_row(shown, "optimum", looks.base.name)
    if best is None or best["share_c"] < 0.005:
        return ""
    return w.say("what_if.section.price.to_c", share=best["share_c"])


def _price_parts(shown: Frames, share: float, looks: Looks, w: Wording) -> str:
    """What of the rule's price lies in how a tier's part is divided, and what in the 70/30 itself."""
    inner = plan_row(shown, "optimal", looks.base.name)
    if inner is None or inner["share_of_optimum"] < share - 1e-9:
        return ""
    p = looks.parameters.allocation
    facts = {"inner": inner["share_of_optimum"] - share, "split": 1 - inner["share_of_optimum"]}
    key = "parts" if facts["inner"] >= 0.0005 else "split"
    return w.say(f"what_if.section.price.{key}", a=p.share_a, b=p.share_b, **facts)


def robust_pair(looks: Looks, shown: Frames) -> tuple[float, float, float, str] | None:
    """(cv, optimum's mean, rule's mean, code) where the responses are most wrong; shares of the true optimum."""
    rows = shown["robustness"]
    rule = plan_row(shown, "in_force", looks.base.name)
    if not len(rows) or rule is None:
        return None
    rows = of(rows, looks.base.name)
    worst = rows[rows["cv"] == rows["cv"].max()].set_index("plan")
    if "optimum" not in worst.index or rule["plan"] not in worst.index:
        return None
    best, ours = worst.loc["optimum"], worst.loc[rule["plan"]]
    return float(best["cv"]), float(best["mean"]), float(ours["mean"]), str(best["code"])


def _robust(looks: Looks, shown: Frames, w: Wording) -> str:
    found = robust_pair(looks, shown)
    if found is None:
        return ""
    cv, best, rule, code = found
    return w.say(f"what_if.section.price.robust_{code}", cv=cv, optimum=best, rule=rule)


def alerts(looks: Looks, shown: Frames, w: Wording) -> Finding:
    quality = of(shown["alert_quality"], BASELINE)
    quality = quality[quality["in_force"].astype(bool)]
    days = looks.parameters.whatif.loss_within_days
    parts = [
        w.say(
            f"what_if.alert.{row.code}",
            alert=w.say(f"what_if.alert.rule_{row.rule}"),
            n=int(row.judged),
            hits=int(row.hits),
            precision=row.precision,
            base=row.base_rate,
            days=days,
        )
        for row in quality.itertuples(index=False)
    ]
    notes = [_recall(row, w) for row in quality.itertuples(index=False)]
    notes.append(_red_changed(looks, shown, w))
    return (w.sentence(parts), *notes, *_tuned(looks, w), w.say("what_if.section.alerts.caution"))


def _red_changed(looks: Looks, shown: Frames, w: Wording) -> str:
    """How many red alerts the scenario would have had, where that differs."""
    if looks.main.state is None:
        return ""
    before, after = (episodes(shown["alert_quality"], look.name) for look in (looks.base, looks.main))
    facts = {"title": title(looks.main, w), "before": before, "after": after}
    return w.say("what_if.section.alerts.changed", **facts) if before != after else ""


def _recall(row: Any, w: Wording) -> str:
    if not row.losses or row.state == CANNOT_JUDGE:
        return ""
    facts = {"alert": w.say(f"what_if.alert.rule_{row.rule}"), "losses": int(row.losses), "caught": int(row.caught)}
    key = "recall" if row.caught else "recall_none"
    return w.say(f"what_if.section.alerts.{key}", lead=row.lead_days_median, **facts)


def reading(code: str, w: Wording) -> str:
    """What a reading of M4 is called."""
    return w.say(f"what_if_page.reading.{code}")


def _tuned(looks: Looks, w: Wording) -> list[str]:
    rows = looks.tuner
    if not len(rows) or rows["false_alarms_year"].isna().all():
        return [w.say("what_if.section.alerts.no_tuner")]
    p = looks.parameters.whatif
    facts = {"fall": p.tuner_fall, "days": p.tuner_fall_days, "noise": rows["noise_sd"].iloc[0]}
    said = [
        w.say(
            "what_if.section.alerts.reading",
            reading=reading(row.reading, w),
            alarms=row.false_alarms_year,
            detected=row.detected,
            by_chance=row.by_chance,
        )
        for row in rows.sort_values("in_force", ascending=False).itertuples(index=False)
    ]
    theirs = looks.main.tuner
    if theirs is not None and looks.main.state is not None and theirs["detected"].notna().any():
        row = theirs[theirs["in_force"].astype(bool)].iloc[0]
        more = {"title": title(looks.main, w), "alarms": row["false_alarms_year"], "detected": row["detected"]}
        after = [w.say("what_if.section.alerts.tuner_scenario", reading=reading(row["reading"], w), **more)]
    else:
        after = []
    return [w.say("what_if.section.alerts.tuner", **facts, readings=w.sentence(said)), *after]


def parameter(path: str, w: Wording) -> str:
    """What a parameter is called in a sentence; its path where it has no short name."""
    key = f"what_if.parameter.{path}"
    return w.say(key) if has(key, w.language) else path


def value_of(path: str, value: float, end: str, w: Wording) -> str:
    """A parameter's value as a sentence holds it; of the model's, whether the estimate is low or high (`end`)."""
    if path.startswith("dynamics."):
        return w.say(f"what_if.estimate.{end}")
    if "probability" in path or "share" in path:
        return form(value, "percent", w.language)
    return form(value, "number", w.language)


def sensitivity(looks: Looks, shown: Frames, w: Wording) -> Finding:
    rows = looks.tornado.dropna(subset=["swing"])
    if not len(rows):
        return (w.say("what_if.section.sensitivity.nothing"), *_near(looks, shown, w))
    row = rows.iloc[0]
    if row["swing"] < _SAME:
        return (w.say("what_if.section.sensitivity.same"), *_near(looks, shown, w))
    facts = {"parameter": parameter(row["path"], w), "swing": row["swing"], "weeks": looks.parameters.whatif.weeks}
    facts |= {end: value_of(row["path"], row[end], end, w) for end in ("low", "high")}
    facts |= {end: row[end] for end in ("at_low", "at_high")}
    ours = rows[~rows["path"].str.startswith("dynamics.")]
    notes = []
    if len(ours) and ours.iloc[0]["path"] != row["path"]:
        first = ours.iloc[0]
        more = {"parameter": parameter(first["path"], w), "swing": first["swing"]}
        more |= {end: value_of(first["path"], first[end], end, w) for end in ("low", "high")}
        notes.append(w.say("what_if.section.sensitivity.ours", **more))
    return (w.say("what_if.section.sensitivity.some", **facts), *notes, *_near(looks, shown, w))


def crossing(near: pd.DataFrame) -> pd.DataFrame:
    """Accounts near a line, the likeliest to cross it next week first."""
    return near.sort_values(["chance_to_cross", "account_id"], ascending=[False, True])


def nearly_a(promotion: pd.DataFrame) -> pd.DataFrame:
    """Accounts that miss a single, reachable criterion of A, the smallest gap first: numbers before the rest."""
    single = promotion.groupby("account_id")["criterion"].transform("size") == 1
    rows = promotion[single & promotion["reachable"].astype(bool) & promotion["gap"].notna()]
    order = {"win_probability": 100.0, "strategic_weight": 1.0}
    scaled = rows["gap"] * rows["criterion"].map(order).fillna(1.0)
    return rows.assign(_gap=scaled).sort_values(["_gap", "account_id"]).drop(columns="_gap")


def _near(looks: Looks, shown: Frames, w: Wording) -> list[str]:
    near, notes = crossing(shown["near"]), []
    if len(near):
        first = near.iloc[0]
        facts = {"n": near["account_id"].nunique(), "account": w.account_name(first["account_id"])}
        facts |= {"p": first["win_probability"], "line": first["threshold"], "chance": first["chance_to_cross"]}
        notes.append(w.say("what_if.section.sensitivity.near", **facts))
    almost = nearly_a(looks.promotion)
    if len(almost):
        names = [
            w.say(f"what_if.gap.{row.criterion}", account=w.account_name(row.account_id), gap=row.gap)
            for row in almost.head(3).itertuples(index=False)
            if has(f"what_if.gap.{row.criterion}", w.language)
        ]
        notes.append(w.say("what_if.section.sensitivity.nearly_a", names=w.listing(names)) if names else "")
    return notes


def calibrated(looks: Looks, shown: Frames, w: Wording) -> Finding:
    team = looks.reliability[looks.reliability["rep_id"] == ""]
    judged = team[team["state"] != CANNOT_JUDGE]
    off = judged[judged["state"] == WARNING].sort_values(["n", "bin"], ascending=[False, True])
    n = int(team["n"].sum())
    if not len(judged):
        headline = w.say(f"what_if.section.calibrated.{'few' if n else 'none'}", n=n)
    elif len(off):
        row = off.iloc[0]
        facts = {"n": int(row["n"]), "stated": row["stated"], "won": row["share"], "low": row["low"]}
        headline = w.say("what_if.section.calibrated.clearly_off", high=row["high"], **facts)
    else:
        headline = _whole(looks, n, w)
    tiers = looks.calibrated_tiers
    changed = tiers[tiers["tier"] != tiers["calibrated_tier"]]
    renamed = changed.rename(columns={"tier": "base_tier", "calibrated_tier": "tier"})
    key = "moves" if len(changed) else "no_moves"
    notes = [w.say(f"what_if.section.calibrated.{key}", n=len(changed), moves=moves(renamed, w, 4))]
    reps = looks.reliability[(looks.reliability["rep_id"] != "") & (looks.reliability["state"] == WARNING)]
    names = [looks.state.rep(rep) for rep in dict.fromkeys(reps["rep_id"])]
    notes.append(w.say("what_if.section.calibrated.reps", reps=w.people(names, 4)) if names else "")
    return (headline, *notes, w.say("what_if.section.calibrated.small"))


def _whole(looks: Looks, n: int, w: Wording) -> str:
    """Where no range alone is clearly off: what the calibration of all deals makes of the two lines."""
    t = looks.parameters.tiers
    lines = [t.a.min_win_probability, t.b.min_win_probability]
    a, b = (float(x) for x in looks.recalibration.apply(lines))
    if max(abs(a - lines[0]), abs(b - lines[1])) < _OFF:
        return w.say("what_if.section.calibrated.good", n=n)
    return w.say("what_if.section.calibrated.read", n=n, a=lines[0], read_a=a, b=lines[1], read_b=b)
