"""A what-if made by hand for the tests of the publish floor: eight scenarios, one failed, one without effect.

The figures are invented but agree with each other: migration and movers, shares and amounts, counts and intervals.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from tests.publish import example_what_if_rules as rules
from tests.publish.example_texts import ACCOUNTS, REPS
from tests.publish.example_what_if_words import NOTES, REASONS, STATES, TITLES, words
from toolkit.method.stated_probability import wilson
from toolkit.reports.report import Report

FRIDAY = pd.Timestamp("2026-11-20")
WEEKS, AHEAD = 26, 26
AHEAD_BY = {  # difference of the won amount (万), simulation error, all told, wins, A accounts, demotions
    "a_line_55": (312, 46, 208, 0.62, 2.8, -0.4),
    "weight_75": (-85, 61, 240, -0.21, 1.9, 0.1),
    "split_60_40": (148, 38, 262, 0.44, 0.0, -0.9),
    "split_80_20": (-231, 41, 214, -0.52, 0.0, 0.8),
    "demotion_3_weeks": (64, 52, 148, 0.12, 0.1, -6.3),
    "spill": (0, 0, 0, 0.0, 0.0, 0.0),
}
BACK = {  # moves now, account-weeks, exact share, moved now, moved in the mean
    "a_line_55": (4, 72, 0.62, 0.083, 0.061),
    "weight_75": (3, 41, 0.70, 0.052, 0.044),
    "split_60_40": (0, 0, 0.33, 0.100, 0.100),
    "split_80_20": (0, 0, 0.33, 0.100, 0.100),
    "demotion_3_weeks": (2, 38, 0.81, 0.018, 0.021),
    "spill": (0, 0, 1.0, 0.0, 0.0),
    "red_alert_8": (0, 0, 1.0, 0.0, 0.0),
}
MOVERS = [  # base tier, tier, first week, account-weeks, tag
    ("beichen", "B", "A", "2026-10-16", 6, "exact"),
    ("delta", "B", "A", "2026-09-04", 11, "exact"),
    ("haigang", "B", "A", "2026-08-21", 14, "label"),
    ("zhujiang", "B", "A", "2026-10-30", 4, "exact"),
    ("nanfang", "B", "A", "2026-07-10", 15, "label"),
    ("huadong", "C", "B", "2026-09-18", 9, "label"),
    ("xiangjiang", "B", "C", "2026-09-11", 8, "label"),
    ("subei", "C", "B", "2026-10-02", 5, "label"),
]
MIGRATION = {
    ("A", "A"): (208, 160),
    ("A", "B"): (0, 0),
    ("A", "C"): (0, 0),
    ("B", "A"): (50, 34),
    ("B", "B"): (360, 240),
    ("B", "C"): (8, 0),
    ("C", "A"): (0, 0),
    ("C", "B"): (14, 0),
    ("C", "C"): (920, 533),
}
_FIGURES = {
    "won_amount": (rules.MEAN, 3150e4, 6740e4),
    "wins": (9.4, 5, 14),
    "losses": (11.2, 7, 16),
    "a_accounts": (8.3, 5, 12),
    "b_accounts": (16.1, 11, 21),
    "c_accounts": (35.6, 29, 42),
    "demotions": (22.4, 15, 31),
    "reserve_share": (0.012, 0.0, 0.04),
}


def _scenarios(language):
    k, nan = (0 if language == "zh" else 1), float("nan")
    rows = []
    for name, titles in TITLES.items():
        back = BACK.get(name, (nan,) * 5)
        row = dict(
            scenario=name,
            title=titles[k],
            note=NOTES[name][k],
            changes="",
            state=STATES.get(name, "ok"),
            reason=REASONS.get(name, ("", ""))[k],
        )
        rows.append(
            row
            | dict(zip(("now_moves", "account_weeks", "exact_share", "moved_share", "moved_mean"), back, strict=True))
        )
    return pd.DataFrame(rows)


def _differences(name, figure):
    """Difference, simulation error, and all told of a figure."""
    won, mc, told, wins, a, demotions = AHEAD_BY[name]
    by = {
        "won_amount": won * 1e4,
        "wins": wins,
        "losses": -wins / 2,
        "a_accounts": a,
        "b_accounts": -a / 2,
        "c_accounts": -a / 2,
        "demotions": demotions,
        "reserve_share": 0.0,
    }
    size = by[figure]
    scale = abs(size / won / 1e4) if won else 0.0
    return (size, mc * 1e4, told * 1e4) if figure == "won_amount" else (size, mc * 1e4 * scale, told * 1e4 * scale)


def _forecast(language):
    rows, k = [], (0 if language == "zh" else 1)
    for name in TITLES:
        state = STATES.get(name, "ok")
        for figure, (mean, low, high) in _FIGURES.items():
            row = dict(scenario=name, figure=figure, state=state, reason=REASONS.get(name, ("", ""))[k])
            if name == "baseline" or state == "no_effect":
                row |= dict(mean=mean, low=low, high=high)
                row |= dict.fromkeys(("difference", "mc_low", "mc_high", "param_low", "param_high"), 0.0)
            elif state == "ok":
                size, mc, told = _differences(name, figure)
                row |= dict(
                    mean=mean + size,
                    low=low + size,
                    high=high + size,
                    difference=size,
                    mc_low=size - mc,
                    mc_high=size + mc,
                    param_low=size - told,
                    param_high=size + told * 1.15,
                    variance_ratio=14.0,
                )
            rows.append(row)
    return pd.DataFrame(rows)


def _bands():
    rows = []
    for name in ("baseline", *AHEAD_BY):
        for figure, (mean, low, high) in _FIGURES.items():
            size = 0.0 if name == "baseline" else _differences(name, figure)[0]
            for week in range(1, AHEAD + 1):
                part = week / AHEAD
                grow = part if figure in ("won_amount", "wins", "losses", "demotions") else 1.0
                wide = part**0.6
                at = (mean + size * part) * grow if grow < 1 else mean + size * part
                rows.append(
                    (
                        name,
                        FRIDAY + pd.Timedelta(weeks=week),
                        figure,
                        at,
                        max(0.0, at - (mean - low) * wide),
                        at + (high - mean) * wide,
                    )
                )
    return pd.DataFrame(rows, columns=["scenario", "week_ending", "figure", "mean", "low", "high"])


def _holdout():
    score = ["method", "brier", "n", "low", "high", "difference", "difference_low", "difference_high"]
    scores = [
        ("model", 0.131, 52, 0.084, 0.181, 0.0, 0.0, 0.0),
        ("base_rate", 0.127, 52, 0.080, 0.176, 0.004, -0.01, 0.02),
        ("stated", 0.149, 52, 0.101, 0.202, -0.018, -0.04, 0.01),
    ]
    counts, wins = np.array([11, 11, 10, 10, 10]), np.array([0, 1, 1, 3, 5])
    low, high = wilson(wins, counts)
    quintiles = dict(
        bin=range(1, 6), n=counts, forecast=[0.02, 0.06, 0.12, 0.24, 0.44], won_share=wins / counts, low=low, high=high
    )
    coverage = [
        ("a_accounts", 7, 7, 1.0, 0.9),
        ("b_accounts", 7, 6, 6 / 7, 0.9),
        ("wins", 7, 5, 5 / 7, 0.9),
        ("losses", 7, 6, 6 / 7, 0.9),
    ]
    return dict(
        holdout_scores=pd.DataFrame(scores, columns=score),
        holdout_quintiles=pd.DataFrame(quintiles),
        holdout_coverage=pd.DataFrame(coverage, columns=["figure", "weeks", "inside", "share", "level"]),
    )


def _replay():
    movers = pd.DataFrame(MOVERS, columns=["account_id", "base_tier", "tier", "first_week", "account_weeks", "tag"])
    movers["first_week"] = pd.to_datetime(movers["first_week"])
    movers.insert(0, "scenario", "a_line_55")
    counts = pd.DataFrame(
        [("a_line_55", *pair, *n) for pair, n in MIGRATION.items()],
        columns=["scenario", "base_tier", "tier", "account_weeks", "exact"],
    )
    weeks = pd.date_range(end=FRIDAY, periods=WEEKS, freq="7D")
    share = [0.061 + 0.022 * math.sin(n / 3.1) for n in range(WEEKS - 1)] + [0.083]
    return dict(
        migration=counts, movers=movers, moved=pd.DataFrame(dict(scenario="a_line_55", week_ending=weeks, share=share))
    )


def example(language="zh"):
    """The what-if in a language."""
    k = 0 if language == "zh" else 1
    figures, sections, decide, limits, verdict, lead = words(language)
    evidence = (
        dict(
            scenarios=_scenarios(language),
            figures=pd.DataFrame(figures, columns=["code", "label", "text", "context", "state"]),
            forecast=_forecast(language),
            bands=_bands(),
            decide=pd.DataFrame(
                [(n, *line) for n, line in enumerate(decide, start=1)],
                columns=["no", "kind", "question", "why", "account_id", "parameter"],
            ),
        )
        | _replay()
        | _holdout()
        | rules.price(language)
        | rules.alerts()
        | rules.sensitivity()
        | rules.calibrated()
    )
    return Report(
        kind="what_if",
        language=language,
        as_of=FRIDAY,
        week_ending=FRIDAY,
        verdict=verdict,
        lead=lead,
        sections=sections,
        tables={},
        evidence=evidence,
        names=dict(
            accounts={key: a["names"][k] for key, a in ACCOUNTS.items()},
            reps={key: names[k] for key, names in REPS.items()},
            industries={},
            scenarios={name: titles[k] for name, titles in TITLES.items()},
        ),
        limits=limits,
        run=dict(
            version="0.2.0",
            calibrated=False,
            scenario="a_line_55",
            source=dict(path="sample_data", sha256="9c41e07a" * 8),
            parameters=dict(path="", sha256="5d20b3f8" * 8),
        ),
    )


def calibrated(language="zh"):
    """The same with a holdout record that stands."""
    report = example(language)
    scores = report.evidence["holdout_scores"].assign(brier=[0.108, 0.151, 0.132])
    return replace(
        report, evidence={**report.evidence, "holdout_scores": scores}, run={**report.run, "calibrated": True}
    )
