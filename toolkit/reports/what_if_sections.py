"""The finding of every section of a what-if, in a sentence, with what a reader must know beside it."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.states import CANNOT_JUDGE, WARNING
from toolkit.language import has
from toolkit.language.forms import form, missing
from toolkit.reports.report import Section
from toolkit.reports.what_if_frames import Frames, of
from toolkit.reports.what_if_looks import Looks
from toolkit.reports.what_if_words import SURE, episodes, failed, listed, moves, plan_row, sureness, title, won_rows
from toolkit.reports.wording import Wording
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE

_OFF: Final = 0.05  # a line that is read as so much more or less is worth saying

Finding = tuple[str, ...]


def sections(looks: Looks, shown: Frames, limits: tuple[str, ...], w: Wording) -> dict[str, Section]:
    """The finding of every section in its reading order: a headline, then notes."""
    made: dict[str, Finding] = {"figures": (w.say("what_if.section.figures.some"),)}
    parts: dict[str, Callable[[Looks, Frames, Wording], Finding]] = {
        "scenarios": _scenarios,
        "replay": _replay,
        "forecast": _forecast,
        "price": _price,
        "alerts": _alerts,
        "sensitivity": _sensitivity,
        "calibrated": _calibrated,
        "decide": _decide,
    }
    made |= {code: part(looks, shown, w) for code, part in parts.items()}
    made["cannot"] = (w.say("what_if.section.cannot.some"), *limits)
    return {
        code: Section(code, w.say(f"what_if.section.{code}.eyebrow"), headline, tuple(note for note in notes if note))
        for code, (headline, *notes) in made.items()
    }


def _scenarios(looks: Looks, shown: Frames, w: Wording) -> Finding:
    rows = shown["scenarios"]
    rows = rows[~rows["scenario"].isin([BASELINE, MY_PLAN])]
    ok = rows[rows["state"] == "ok"]
    told = [row for row in ok.itertuples(index=False) if sureness(row) == SURE]
    told.sort(key=lambda row: (-abs(row.difference), row.scenario))
    names = [w.say("what_if.section.scenarios.one", title=row.title, difference=row.difference) for row in told]
    facts = {"n": len(ok), "k": len(told), "names": w.listing(names, 3, "what_if.more_scenarios")}
    headline = w.say(f"what_if.section.scenarios.{'some' if told else 'none' if len(ok) else 'nothing'}", **facts)
    still = rows.loc[rows["state"] == "no_effect", "title"]
    notes = [w.say("what_if.section.scenarios.no_effect", titles=w.together(still.tolist()))] if len(still) else []
    notes += [
        w.say(f"what_if.section.scenarios.{_failure(row)}", title=row["title"], reason=failed(looks, row, w))
        for _, row in rows[rows["state"] == "failed"].iterrows()
    ]
    ratio = ok.loc[np.isfinite(ok["variance_ratio"]), "variance_ratio"]
    if len(ratio):
        facts = {"low": ratio.min(), "high": ratio.max(), "paths": looks.parameters.whatif.paths}
        notes.append(w.say("what_if.section.scenarios.paired", **facts))
    return (headline, *notes)


def _failure(row: pd.Series) -> str:
    """Nothing of it could be computed, or only the forecast could not."""
    return "failed" if missing(row["now_moves"]) else "not_ahead"


def _replay(looks: Looks, shown: Frames, w: Wording) -> Finding:
    main = looks.main
    row = listed(shown, looks)
    if main.compared is None:
        return (w.say("what_if.section.replay.failed", title=title(main, w), reason=failed(looks, row, w)),)
    movers = main.compared.movers
    weeks = len(looks.log.grid.weeks) - len(looks.log.unpublished)
    facts = {"weeks": weeks, "n": len(movers), "account_weeks": int(row["account_weeks"])}
    facts |= {"exact": row["exact_share"], "title": title(main, w), "mean": row["moved_mean"]}
    headline = w.say(f"what_if.section.replay.{'some' if len(movers) else 'none'}", **facts)
    now = of(shown["now_moves"], main.name)
    names = moves(now, w, 6)
    notes = [w.say("what_if.section.replay.now", moves=names) if names else ""]
    if len(movers):
        notes.append(w.say("what_if.section.replay.moved", now=row["moved_share"], mean=row["moved_mean"]))
    notes.append(w.say("what_if.section.replay.label", limit=looks.parameters.whatif.divergence))
    notes.append(w.say("what_if.section.replay.not_identified"))
    if looks.log.unpublished:
        n = len(looks.log.unpublished)
        notes.append(w.say("what_if.section.replay.unpublished", n=n, weeks=weeks))
    return (headline, *notes)


def brier(looks: Looks) -> dict[str, float]:
    """Each method's Brier score on the holdout."""
    scores = looks.holdout.scores
    return dict(zip(scores["method"], scores["brier"], strict=True))


def _forecast(looks: Looks, shown: Frames, w: Wording) -> Finding:
    return (_record(looks, w), *_record_notes(looks, w), *_ahead_notes(looks, shown, w))


def _record(looks: Looks, w: Wording) -> str:
    found = looks.holdout
    facts: dict[str, Any] = {"weeks": found.weeks, "deals": found.deals}
    facts |= {"limit": looks.parameters.stated_probability.min_closed}
    facts |= dict.fromkeys(("model", "base_rate", "stated")) | brier(looks)
    if found.calibrated:
        return w.say("what_if.section.forecast.calibrated", **facts)
    why = [w.say(f"what_if.uncalibrated.{code}", **facts) for code in found.reasons]
    return w.say("what_if.section.forecast.uncalibrated", why=w.sentence(why))


def _record_notes(looks: Looks, w: Wording) -> list[str]:
    coverage = looks.holdout.coverage
    rows = coverage[coverage["figure"] == "won_amount"]
    if not len(rows):
        return []
    row = rows.iloc[0]
    facts = {"inside": int(row["inside"]), "weeks": int(row["weeks"]), "level": row["level"]}
    return [w.say("what_if.section.forecast.coverage", **facts)]


def _ahead_notes(looks: Looks, shown: Frames, w: Wording) -> list[str]:
    won, weeks, level = won_rows(shown), looks.parameters.whatif.weeks, looks.parameters.whatif.interval
    if BASELINE not in won.index or missing(won.loc[BASELINE, "mean"]):
        return [w.say("what_if.section.forecast.no_base")]
    base = won.loc[BASELINE]
    facts = {"weeks": weeks, "level": level, "mean": base["mean"], "low": base["low"], "high": base["high"]}
    notes = [w.say("what_if.section.forecast.base", **facts)]
    row = listed(shown, looks)
    if row["state"] != "ok":
        key = f"what_if.section.forecast.{row['state']}"
        return [*notes, w.say(key, title=title(looks.main, w), reason=failed(looks, row, w))]
    ends = {name: row[name] for name in ("difference", "mc_low", "mc_high", "param_low", "param_high")}
    notes.append(w.say("what_if.section.forecast.difference", title=title(looks.main, w), level=level, **ends))
    if looks.plan is not None:
        notes.append(_plan_ahead(shown, level, w))
    others = [_end(looks, shown, figure, w) for figure in ("a_accounts", "demotions", "reserve_share")]
    told = w.sentence([text for text in others if text])
    return [*notes, w.say("what_if.section.forecast.ends", weeks=weeks, told=told) if told else ""]


def _plan_ahead(shown: Frames, level: float, w: Wording) -> str:
    row = of(shown["scenarios"], MY_PLAN).iloc[0]
    if row["state"] != "ok":
        return w.say("what_if.section.forecast.failed", title=row["title"], reason=row["reason"])
    ends = {name: row[name] for name in ("difference", "mc_low", "mc_high", "param_low", "param_high")}
    return w.say("what_if.section.forecast.difference", title=row["title"], level=level, **ends)


def _end(looks: Looks, shown: Frames, figure: str, w: Wording) -> str:
    rows = won_rows(shown, figure)
    if looks.main.name not in rows.index or missing(rows.loc[looks.main.name, "difference"]):
        return ""
    base, mine = rows.loc[BASELINE, "mean"], rows.loc[looks.main.name, "mean"]
    if abs(mine - base) < 0.005:
        return ""
    return w.say(f"what_if.end.{figure}", before=base, after=mine)


def _price(looks: Looks, shown: Frames, w: Wording) -> Finding:
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


def _alerts(looks: Looks, shown: Frames, w: Wording) -> Finding:
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


def _sensitivity(looks: Looks, shown: Frames, w: Wording) -> Finding:
    rows = looks.tornado.dropna(subset=["swing"])
    if not len(rows):
        return (w.say("what_if.section.sensitivity.nothing"), *_near(looks, shown, w))
    row = rows.iloc[0]
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


def _calibrated(looks: Looks, shown: Frames, w: Wording) -> Finding:
    team = looks.reliability[looks.reliability["rep_id"] == ""]
    judged = team[team["state"] != CANNOT_JUDGE]
    off = judged[judged["state"] == WARNING].sort_values(["n", "bin"], ascending=[False, True])
    n = int(team["n"].sum())
    if not len(judged):
        headline = w.say("what_if.section.calibrated.few", n=n)
    elif len(off):
        row = off.iloc[0]
        facts = {"n": int(row["n"]), "stated": row["stated"], "won": row["share"], "low": row["low"]}
        headline = w.say("what_if.section.calibrated.off", high=row["high"], **facts)
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


def _decide(looks: Looks, shown: Frames, w: Wording) -> Finding:
    n = len(shown["decide"])
    return (w.say("what_if.section.decide.some", n=n) if n else w.say("what_if.section.decide.none"),)
