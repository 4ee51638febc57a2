"""The finding of every section of a what-if, in a sentence, with what a reader must know beside it."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.language.forms import form, missing
from toolkit.reports.report import Section
from toolkit.reports.what_if_findings import Finding, alerts, calibrated, price, sensitivity
from toolkit.reports.what_if_frames import Frames, of
from toolkit.reports.what_if_looks import Looks
from toolkit.reports.what_if_words import SURE, failed, listed, moves, sureness, title, won_rows
from toolkit.reports.wording import Wording
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE

_MIN_WEEKS: Final = 4  # of a test, for its coverage to be worth a sentence


def sections(looks: Looks, shown: Frames, limits: tuple[str, ...], w: Wording) -> dict[str, Section]:
    """The finding of every section in its reading order: a headline, then notes."""
    made: dict[str, Finding] = {"figures": (w.say("what_if.section.figures.some"),)}
    parts: dict[str, Callable[[Looks, Frames, Wording], Finding]] = {
        "decide": _decide,
        "scenarios": _scenarios,
        "replay": _replay,
        "forecast": _forecast,
        "price": price,
        "alerts": alerts,
        "sensitivity": sensitivity,
        "calibrated": calibrated,
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
    notes = [
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
    facts: dict[str, Any] = {"weeks": weeks, "n": len(movers), "account_weeks": int(row["account_weeks"])}
    facts |= {"exact": row["exact_share"], "title": title(main, w), "mean": row["moved_mean"]}
    moved = row["moved_mean"] >= 0.0005
    headline = w.say(f"what_if.section.replay.{'some' if len(movers) else 'none' if moved else 'same'}", **facts)
    now = of(shown["now_moves"], main.name)
    names = moves(now, w, 6)
    notes = [w.say("what_if.section.replay.now", moves=names) if names else ""]
    if len(movers):
        exact = int((of(shown["movers"], main.name)["tag"] == "exact").sum())
        notes.append(w.say("what_if.section.replay.tags", n=len(movers), exact=exact))
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
    coverage, scores = looks.holdout.coverage, looks.holdout.scores.set_index("method")
    thin = looks.holdout.calibrated and scores.loc["model", "high"] >= scores.loc["base_rate", "low"]
    told = [w.say("what_if.section.forecast.thin", deals=looks.holdout.deals)] if thin else []
    rows = coverage[(coverage["figure"] == "wins") & (coverage["weeks"] >= _MIN_WEEKS)]
    if not len(rows):
        return told
    row = rows.iloc[0]
    facts = {"inside": int(row["inside"]), "weeks": int(row["weeks"]), "level": row["level"]}
    narrow = row["share"] < row["level"] - 1 / max(row["weeks"], 1)  # by more than a week
    told.append(w.say(f"what_if.section.forecast.{'coverage_narrow' if narrow else 'coverage'}", **facts))
    fifths = looks.holdout.quintiles
    off = fifths[(fifths["forecast"] < fifths["low"]) | (fifths["forecast"] > fifths["high"])]
    for fifth in off.tail(1).itertuples(index=False):
        facts = {"n": int(fifth.n), "forecast": fifth.forecast, "won": fifth.won_share}
        told.append(w.say("what_if.section.forecast.fifth_off", **facts))
    return told


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
    shown_as = "percent1" if figure.endswith("share") else "number"
    if form(base, shown_as, w.language) == form(mine, shown_as, w.language):
        return ""
    return w.say(f"what_if.end.{figure}", before=base, after=mine)


def _decide(looks: Looks, shown: Frames, w: Wording) -> Finding:
    n = len(shown["decide"])
    return (w.say("what_if.section.decide.some", n=n) if n else w.say("what_if.section.decide.none"),)
