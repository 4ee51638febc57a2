"""Frames of the hand-made what-if that ask about the rules: price, responses, alerts, sensitivity, calibration."""

import math

import numpy as np
import pandas as pd

from tests.publish.example_texts import ACCOUNTS
from toolkit.method.stated_probability import wilson

MEAN = 4820e4  # the won amount ahead under the parameters in force


def logit(p):
    return math.log(p / (1 - p))


def price(language):
    limits = "limits cannot all hold" if language == "en" else "限制无法同时满足"
    plans = [
        ("my_plan", 0.884, False, "ok", ""),
        ("current", 0.792, False, "ok", ""),
        ("equal", 0.861, False, "ok", ""),
        ("value", 0.893, False, "ok", ""),
        ("expected_value", 0.917, True, "ok", ""),
        ("optimal", float("nan"), False, "failed", limits),
        ("best_split", 0.958, False, "ok", ""),
        ("optimum", 1.0, False, "ok", ""),
    ]
    rows = [
        dict(
            scenario="baseline",
            plan=p,
            value=s * 214.0,
            share_of_optimum=s,
            share_a=0.7,
            share_b=0.3,
            share_c=0.0,
            reserve=0.0,
            in_force=f,
            state=state,
            reason=reason,
        )
        for p, s, f, state, reason in plans
    ]
    wrong = [
        ("expected_value", 0.3, 0.905, 0.862, 0.941),
        ("optimum", 0.3, 0.972, 0.951, 0.988),
        ("expected_value", 0.6, 0.872, 0.791, 0.934),
        ("optimum", 0.6, 0.905, 0.842, 0.951),
        ("expected_value", 1.0, 0.823, 0.702, 0.911),
        ("optimum", 1.0, 0.816, 0.694, 0.902),
    ]
    robustness = pd.DataFrame(wrong, columns=["plan", "cv", "mean", "low", "high"])
    robustness.insert(0, "scenario", "baseline")
    curves, points = _responses()
    other = [
        (h, s, 0.94 - 0.02 * h, 1 - 0.01 * h * h * s, (h, s) == (1.5, 1.0))
        for h in (0.75, 1.5, 3.0)
        for s in (1.0, 1.3)
    ]
    assumptions = pd.DataFrame(other, columns=["half_effect", "steepness", "rule", "optimum", "in_use"])
    return dict(
        assumptions=assumptions, price_plans=pd.DataFrame(rows), robustness=robustness, curves=curves, points=points
    )


def _responses():
    curves, points = [], []
    ids = [k for k, a in ACCOUNTS.items() if a["tier"] in "AB"][:14]
    for n, k in enumerate(ids):
        a = ACCOUNTS[k]
        v = a["value"] * a["p"] * (1 - a["p"])
        kappa = 0.6 + 0.07 * (n % 5)
        rule, best = (5.2 - 0.25 * n if a["tier"] == "A" else 1.3), 3.1 + 0.6 * math.cos(2.1 * n)
        curves += [(k, x, v * x / (kappa + x)) for x in np.linspace(0, 6, 25)]
        points += [(plan, k, x, v * x / (kappa + x), 0.3) for plan, x in (("expected_value", rule), ("optimum", best))]
    return (
        pd.DataFrame(curves, columns=["account_id", "effort", "worth"]),
        pd.DataFrame(points, columns=["plan", "account_id", "effort", "worth", "elasticity"]),
    )


def alerts():
    rows = []
    given = [
        ("baseline", "M4", "each_day", True, 3, 3, 1, 0.24, 11, 2, 16.0, "warning", "as_chance"),
        ("baseline", "M4", "cumulative", False, 9, 8, 4, 0.24, 11, 6, 21.0, "warning", "as_chance"),
        ("baseline", "M4", "baseline", False, 5, 5, 3, 0.24, 11, 4, 19.0, "good", "better_than_chance"),
        ("baseline", "M5", "", True, 41, 36, 9, 0.11, 11, 8, 33.0, "good", "better_than_chance"),
        ("red_alert_8", "M4", "each_day", True, 5, 5, 2, 0.24, 11, 3, 18.0, "warning", "as_chance"),
        ("demotion_3_weeks", "M5", "", True, 41, 36, 9, 0.11, 11, 8, 33.0, "good", "better_than_chance"),
    ]
    for scenario, rule, reading, force, episodes, judged, hits, base, losses, caught, lead, state, code in given:
        low, high = wilson(hits, judged)
        less, more = wilson(caught, losses)
        rows.append(
            dict(
                scenario=scenario,
                rule=rule,
                reading=reading,
                in_force=force,
                episodes=episodes,
                judged=judged,
                hits=hits,
                precision=hits / judged,
                precision_low=float(low),
                precision_high=float(high),
                base_rate=base,
                losses=losses,
                caught=caught,
                recall=caught / losses,
                recall_low=float(less),
                recall_high=float(more),
                lead_days_median=lead,
                tag="exact",
                state=state,
                code=code,
            )
        )
    tuner = [
        ("each_day", True, 0.2, 0.1, 0.5, 0.04, 0.02, 0.07, 0.01, 9.0, 0.071, 0.02),
        ("cumulative", False, 6.1, 5.6, 6.7, 0.97, 0.95, 0.98, 0.21, 7.0, 0.071, 0.02),
        ("baseline", False, 1.4, 1.2, 1.7, 0.88, 0.85, 0.9, 0.06, 12.0, 0.071, 0.02),
    ]
    columns = [
        "reading",
        "in_force",
        "false_alarms_year",
        "false_low",
        "false_high",
        "detected",
        "detected_low",
        "detected_high",
        "by_chance",
        "delay_days_median",
        "noise_sd",
        "movement_sd",
    ]
    readings = pd.DataFrame(tuner, columns=columns)
    lower = readings[:1].assign(
        scenario="red_alert_8", false_alarms_year=1.1, false_low=0.9, false_high=1.3, detected=0.21
    )
    both = pd.concat([readings.assign(scenario="baseline"), lower], ignore_index=True)
    return dict(alert_quality=pd.DataFrame(rows), tuner=readings, tuner_scenarios=both)


def sensitivity():
    base = MEAN
    rows = [
        ("dynamics.close_effort", 0.3, 1.3, base - 1210e4, base + 1380e4),
        ("dynamics.progress_effort", 1.5, 2.9, base - 640e4, base + 590e4),
        ("tiers.a.min_win_probability", 0.55, 0.65, base + 312e4, base - 280e4),
        ("allocation.share_a", 0.6, 0.8, base + 148e4, base - 231e4),
        ("demotion.weeks", 1, 3, base - 35e4, base + 64e4),
    ]
    tornado = pd.DataFrame(
        [(p, lo, hi, a, b, base, max(a, b, base) - min(a, b, base), "ok", "") for p, lo, hi, a, b in rows]
        + [
            (
                "tiers.a.min_strategic_weight",
                75,
                85,
                base - 85e4,
                float("nan"),
                base,
                float("nan"),
                "failed",
                "not_finite",
            )
        ],
        columns=["path", "low", "high", "at_low", "at_high", "base", "swing", "state", "reason"],
    )
    near = []
    for k, a in ACCOUNTS.items():
        line, threshold = min((("a", 0.6), ("b", 0.3)), key=lambda x: abs(logit(a["p"]) - logit(x[1])))
        distance = logit(a["p"]) - logit(threshold)
        if abs(distance) <= 0.25:
            ends = [1 / (1 + math.exp(-(logit(a["p"]) + s * 0.14))) for s in (-1, 1)]
            near.append(
                (k, line, threshold, a["p"], a["tier"], distance, 0.5 * math.erfc(abs(distance) / 0.14 / 2**0.5), *ends)
            )
    promotion = [
        ("haigang", "B", "strategic_weight", 72.0, 80.0, 8.0, True, float("nan")),
        ("beichen", "B", "win_probability", 0.57, 0.60, 0.03, True, 0.19),
        ("nanfang", "B", "win_probability", 0.52, 0.60, 0.08, True, 0.03),
        ("nanfang", "B", "strategic_weight", 77.0, 80.0, 3.0, True, float("nan")),
        ("yanshan", "B", "strategic_weight", float("nan"), 80.0, float("nan"), True, float("nan")),
        ("xiangjiang", "B", "market_role", float("nan"), float("nan"), float("nan"), False, float("nan")),
        ("xiangjiang", "B", "win_probability", 0.33, 0.60, 0.27, True, 0.0),
    ]
    return dict(
        tornado=tornado,
        near=pd.DataFrame(
            near,
            columns=[
                "account_id",
                "line",
                "threshold",
                "win_probability",
                "tier",
                "margin",
                "chance_to_cross",
                "low",
                "high",
            ],
        ),
        promotion=pd.DataFrame(
            promotion,
            columns=["account_id", "tier", "criterion", "now", "needed", "gap", "reachable", "chance_next_week"],
        ),
    )


def calibrated():
    bins = [
        ("", 0, 0.13, 14, 1),
        ("", 1, 0.31, 12, 3),
        ("", 2, 0.52, 11, 4),
        ("", 3, 0.66, 13, 5),
        ("", 4, 0.86, 7, 5),
        ("ln", 2, 0.51, 4, 2),
        ("wl", 3, 0.68, 8, 2),
        ("wl", 1, 0.33, 6, 1),
        ("zw", 3, 0.64, 2, 1),
        ("zw", 4, 0.86, 3, 3),
    ]
    rows = []
    for rep, number, stated, n, won in bins:
        low, high = (float(x) for x in wilson(won, n))
        state = "cannot_judge" if n < 5 else "good" if low <= stated <= high else "warning"
        rows.append(
            dict(
                rep_id=rep,
                bin=number,
                bin_low=number / 5,
                bin_high=(number + 1) / 5,
                stated=stated,
                n=n,
                won=won,
                share=won / n,
                low=low,
                high=high,
                state=state,
            )
        )
    tiers = []
    for k, a in list(ACCOUNTS.items())[:29]:
        read = 1 / (1 + math.exp(-(logit(a["p"]) * 0.9 - 0.45)))
        then = {"A": "A" if read >= 0.6 else "B", "B": "B" if read >= 0.3 else "C", "C": "C"}[a["tier"]]
        tiers.append((k, a["tier"], then, a["p"], read))
    bunching = [("a", 0.6, 0.05, 1, 7, 0.035, "warning"), ("b", 0.3, 0.05, 3, 4, 0.5, "good")]
    return dict(
        reliability=pd.DataFrame(rows),
        calibrated_tiers=pd.DataFrame(
            tiers, columns=["account_id", "tier", "calibrated_tier", "win_probability", "calibrated"]
        ),
        bunching=pd.DataFrame(bunching, columns=["line", "threshold", "window", "below", "above", "chance", "state"]),
    )
